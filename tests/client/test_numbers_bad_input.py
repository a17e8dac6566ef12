"""Bad input: one group of tests for each row of the table "Bad input" in docs/numbers.md."""

from __future__ import annotations

import pytest

from registrum.errors import NumberFormatError, OfficeCodeError
from registrum.numbers import OfficeNumber, St13Number, current_offices, former_offices, office_code, office_name


class TestOfficeCodes:
    """Lower-case or three-letter office, unknown office, XX, former code for a new filing: refused."""

    @pytest.mark.parametrize("code", ["em", "Em", "EMX", "E", "", "E1", "\u0415M", "ZZ", "UK", "XX"])
    def test_refused(self, code: str) -> None:
        with pytest.raises(OfficeCodeError):
            office_code(code)
        with pytest.raises(OfficeCodeError):
            OfficeNumber.parse("123", "T", code)

    @pytest.mark.parametrize(
        ("text", "right"),
        [
            ("em 018660437", "T"),
            ("em/t/018660437", "T"),
            ("em/T/018660437", "T"),
            ("Em500000018660437", None),
            ("PCT/au2010/001234", None),
            ("AUS 2010001234", "P"),
            ("ZZ 123", "T"),
            ("XX 123", "T"),
            ("UK 123", "T"),
        ],
    )
    def test_refused_inside_a_text(self, text: str, right: str | None) -> None:
        with pytest.raises(OfficeCodeError):
            OfficeNumber.parse(text, right)

    def test_lower_case_before_a_number_is_refused_even_if_the_office_is_given(self) -> None:
        with pytest.raises(OfficeCodeError, match="capital"):
            OfficeNumber.parse("fr 2434232", "P", "FR")

    def test_former_codes_are_for_old_priority_data_only(self) -> None:
        for code in former_offices():
            with pytest.raises(OfficeCodeError, match="former"):
                OfficeNumber.parse(f"{code} 123456", "P")
            assert OfficeNumber.parse(f"{code} 123456", "P", allow_former=True).office == code
            assert office_name(code) == former_offices()[code]

    def test_unknown_stays_unknown_even_for_old_data(self) -> None:
        with pytest.raises(OfficeCodeError):
            office_code("XX", allow_former=True)

    def test_the_table_is_the_standard(self) -> None:
        assert len(current_offices()) == 235
        assert len(former_offices()) == 9
        assert not set(current_offices()) & set(former_offices())
        assert all(len(code) == 2 and code.isascii() and code.isupper() for code in current_offices())
        assert {"AP", "BX", "EA", "EM", "EP", "IB", "OA", "WO", "FM", "MH", "NU"} <= set(current_offices())

    def test_the_united_kingdom_is_gb(self) -> None:
        with pytest.raises(OfficeCodeError) as caught:
            office_code("UK")
        assert "GB" in caught.value.remedy


class TestCharacters:
    """Empty, over 64 bytes, control or non-ASCII, look-alikes, spaces at the ends, tab, no-break space: refused."""

    @pytest.mark.parametrize(
        ("text", "position", "name"),
        [
            ("AU 201000123\u0664", 13, "ARABIC-INDIC DIGIT FOUR"),
            ("AU 201000123\uff14", 13, "FULLWIDTH DIGIT FOUR"),
            ("AU 201000123\u2074", 13, "SUPERSCRIPT FOUR"),
            ("AU\u00a02010001234", 3, "NO-BREAK SPACE"),
            ("AU\t2010001234", 3, "U+0009"),
            ("AU 2010\u200b001234", 8, "ZERO WIDTH SPACE"),
            ("\u0410U 2010001234", 1, "CYRILLIC CAPITAL LETTER A"),
            ("AU 2010001234\x00", 14, "U+0000"),
            ("AU 2010001234\n", 14, "U+000A"),
            ("\ufeffAU 2010001234", 1, "ZERO WIDTH NO-BREAK SPACE"),
            ("US 29\u2044010907", 6, "FRACTION SLASH"),
            ("KR 10\u20132023\u20130105821", 6, "EN DASH"),
        ],
    )
    def test_the_error_names_character_and_position(self, text: str, position: int, name: str) -> None:
        with pytest.raises(NumberFormatError) as caught:
            OfficeNumber.parse(text, "P")
        assert caught.value.details["position"] == position
        assert name in caught.value.message

    @pytest.mark.parametrize("character", list("_#:;*?'\"\\<>=+&%$@!~^|`{}"))
    def test_other_ascii_signs_are_refused_by_name(self, character: str) -> None:
        with pytest.raises(NumberFormatError) as caught:
            OfficeNumber.parse(f"PA 12{character}3", "T")
        assert caught.value.details["position"] == 6

    @pytest.mark.parametrize("text", ["", " ", "AU 2010001234 ", " AU 2010001234", "2010001234  "])
    def test_empty_and_spaces_at_the_ends(self, text: str) -> None:
        with pytest.raises(NumberFormatError):
            OfficeNumber.parse(text, "P", "AU")

    def test_over_long_text_is_refused_before_it_is_looked_at(self) -> None:
        with pytest.raises(NumberFormatError, match="65 characters"):
            OfficeNumber.parse("PA " + "1" * 62, "T")
        with pytest.raises(NumberFormatError, match="1000000 characters"):
            OfficeNumber.parse("\u0661" * 1_000_000, "T")

    def test_runs_of_plain_spaces_inside_are_dropped(self) -> None:
        assert OfficeNumber.parse("AU  2010   001234", "P").text == "AU/P/2010001234"

    def test_the_letter_o_is_not_zero(self) -> None:
        with pytest.raises(NumberFormatError):
            OfficeNumber.parse("AU 2O10001234", "P")


class TestLowerCaseInNumbers:
    """Lower case in the number itself is made upper case; only the office code must be written right."""

    @pytest.mark.parametrize(
        ("text", "right", "expected"),
        [
            ("AT gm 1/2019", "U", "AT/U/GM1/2019"),
            ("CO nc2019/9876543", "P", "CO/P/NC2019/9876543"),
            ("pct/AU2010/001234", None, "AU/P/PCT/AU2010/001234"),
            ("CN 201000123456.x", "P", "CN/P/201000123456.X"),
        ],
    )
    def test_canonical_is_upper_case(self, text: str, right: str | None, expected: str) -> None:
        assert OfficeNumber.parse(text, right).text == expected


class TestCanonicalised:
    """Doubled office prefix, missing comma or slash, check digit with or without point: one canonical form."""

    @pytest.mark.parametrize("text", ["FR FR2434232", "FRFR2434232", "FR 2434232", "FR2434232", "FR FR 2434232"])
    def test_doubled_prefix(self, text: str) -> None:
        assert OfficeNumber.parse(text, "P") == OfficeNumber.parse("2434232", "P", "FR")

    @pytest.mark.parametrize("text", ["US 16/123,456", "US 16/123456", "US 16 123,456", "US16123456"])
    def test_slash_and_comma(self, text: str) -> None:
        assert OfficeNumber.parse(text, "P").text == "US/P/16/123456"

    @pytest.mark.parametrize(
        "text",
        ["PCT/AU2010/001234", "PCT/AU2010001234", "PCTAU2010001234", "PCT AU2010 001234", "AU PCT/AU2010/001234"],
    )
    def test_pct_slashes(self, text: str) -> None:
        assert OfficeNumber.parse(text).text == "AU/P/PCT/AU2010/001234"

    @pytest.mark.parametrize(
        ("texts", "right", "expected"),
        [
            (("EP 16839078.9", "EP 168390789", "EP 16839078"), "P", "EP/P/16839078.9"),
            (("CN 201811368103.8", "CN 2018113681038", "CN 201811368103"), "P", "CN/P/201811368103.8"),
            (("DE 10 2012 009 645.3", "DE 1020120096453", "DE 102012009645"), "P", "DE/P/102012009645.3"),
        ],
    )
    def test_check_digit(self, texts: tuple[str, ...], right: str, expected: str) -> None:
        for text in texts:
            read = OfficeNumber.parse(text, right)
            assert (read.text, read.as_issued) == (expected, text)


class TestCheckDigits:
    """Check digit wrong: a warning, never a refusal; no opinion where no algorithm is settled."""

    # Numbers as published: EPO support note, kryptografie.de, DPMAregister links, Chinese public documents.
    @pytest.mark.parametrize(
        ("text", "right"),
        [
            ("EP 99403122.7", "P"),
            ("EP 16839078.9", "P"),
            ("CN 201710601862.3", "P"),
            ("CN 201811368103.8", "P"),
            ("DE 102012009645.3", "P"),
            ("DE 102016124583.6", "P"),
            ("DE 102024202142.3", "P"),
            ("DE 102024122387.1", "P"),
            ("DE 302008044922.5", "T"),
            ("DE 302011047376.5", "T"),
            ("DE 302012006340.3", "T"),
            ("DE 302013031507.3", "T"),
            ("DE 302016209260.6", "T"),
            ("DE 302019000706.5", "T"),
            ("DE 302025229148.9", "T"),
            ("DE 302026230709.4", "T"),
        ],
    )
    def test_published_numbers_raise_no_warning(self, text: str, right: str) -> None:
        assert OfficeNumber.parse(text, right).warnings == ()

    @pytest.mark.parametrize(
        ("text", "right", "expected"),
        [("EP 16000312.7", "P", "5"), ("CN 201000123456.7", "P", "3"), ("DE 10 2004 537108.P", "P", "1")],
    )
    def test_a_wrong_one_is_kept_and_reported(self, text: str, right: str, expected: str) -> None:
        read = OfficeNumber.parse(text, right)
        assert read.number[-1] == text[-1]
        assert len(read.warnings) == 1
        assert f"{expected} was expected" in read.warnings[0]

    def test_a_missing_one_is_computed_and_reported(self) -> None:
        assert OfficeNumber.parse("EP 16839078", "P").warnings == ("The check digit was not written; 9 was computed.",)

    def test_a_missing_one_that_cannot_be_computed_is_reported(self) -> None:
        read = OfficeNumber.parse("GB 1215650", "P")
        assert read.number == "1215650"
        assert "cannot be computed" in read.warnings[0]

    def test_no_opinion_where_dpma_has_no_single_digit(self) -> None:
        # 10 2012 000 009: weighted sum with rest 1, for which eleven minus the rest has two digits.
        read = OfficeNumber.parse("DE 10 2012 000 009", "P")
        assert "cannot be computed" in read.warnings[0]
        assert OfficeNumber.parse("DE 10 2012 000 009.0", "P").warnings == ()

    @pytest.mark.parametrize(
        ("text", "right"), [("GB 1215650.9", "P"), ("SE 1101235-9", "P"), ("BR 1020150062089", "P")]
    )
    def test_no_opinion_on_other_offices(self, text: str, right: str) -> None:
        assert OfficeNumber.parse(text, right).warnings == ()


class TestUnmasked:
    """Number that fits no mask of its office and right: refused, or taken on request and flagged."""

    def test_refused_by_default(self) -> None:
        with pytest.raises(NumberFormatError, match="Expected"):
            OfficeNumber.parse("AU 12345", "P")

    def test_taken_on_request_and_flagged(self) -> None:
        read = OfficeNumber.parse("AU 12345/91", "P", allow_unmasked=True)
        assert (read.text, read.unmasked, read.as_issued) == ("AU/P/12345/91", True, "AU 12345/91")
        assert OfficeNumber.parse(read.text, allow_unmasked=True) == read

    def test_a_number_that_fits_is_not_flagged(self) -> None:
        assert not OfficeNumber.parse("AU 2010001234", "P", allow_unmasked=True).unmasked
        assert not OfficeNumber.from_text("AU/P/PCT/AU2010/001234").unmasked
        assert OfficeNumber.from_text("US/P/PCT/AU2010/001234").unmasked


class TestSt13:
    """ST.13 with letters, not 15 long, impossible year, type code not in the office's table: the field is refused."""

    def test_taken(self) -> None:
        st13 = St13Number.parse("102014000345678", office="IT", right="P", latest_year=2026)
        assert (st13.type_code, st13.year, st13.serial, str(st13)) == ("10", 2014, "000345678", "102014000345678")
        assert St13Number.parse("300000010269700", latest_year=2026).year == 0
        assert St13Number.parse("102027000000001", latest_year=2027).year == 2027

    @pytest.mark.parametrize(
        "text",
        [
            "102014AB0345678",
            "10201400034567",
            "1020140003456789",
            "101882000345678",
            "102028000345678",
            "10 2014 345678",
            "\u0661" * 15,
            "",
        ],
    )
    def test_refused(self, text: str) -> None:
        with pytest.raises(NumberFormatError):
            St13Number.parse(text, latest_year=2027)

    @pytest.mark.parametrize(
        ("text", "office", "right"),
        [
            ("132014000345678", "DE", None),
            ("302014000345678", "DE", "D"),
            ("302014000345678", "KR", "T"),
            ("302014000345678", None, "D"),
            ("202014000345678", "IT", None),
        ],
    )
    def test_type_codes_are_the_office_s_own(self, text: str, office: str | None, right: str | None) -> None:
        with pytest.raises(NumberFormatError):
            St13Number.parse(text, office=office, right=right, latest_year=2027)

    def test_the_same_code_means_different_rights(self) -> None:
        St13Number.parse("302014000345678", office="DE", right="T", latest_year=2027)
        St13Number.parse("302014000345678", office="KR", right="D", latest_year=2027)

    def test_the_number_beside_a_refused_field_is_kept(self) -> None:
        with pytest.raises(NumberFormatError):
            St13Number.parse("10201X000345678", office="EM", latest_year=2027)
        assert OfficeNumber.parse("018660437", "T", "EM").text == "EM/T/018660437"
