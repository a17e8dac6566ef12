"""Office numbers: the value itself, and reading it by each office's forms."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from registrum.errors import NumberFormatError, OfficeCodeError
from registrum.numbers import OfficeNumber, Right, forms, recognise

FORMS = forms.all_forms()


def test_a_number_has_three_spellings() -> None:
    number = OfficeNumber("EM", Right.TRADEMARK, "018660437")
    assert number.text == str(number) == "EM/T/018660437"
    assert number.on_chain == b"EMT018660437" + bytes(20)
    assert number.on_chain_hex == "0x454d54303138363630343337" + 40 * "0"
    assert OfficeNumber.from_text(number.text) == number
    assert OfficeNumber.from_on_chain(number.on_chain) == number
    assert OfficeNumber.from_on_chain(number.on_chain_hex) == number


def test_equality_leaves_the_form_as_issued_aside() -> None:
    typed = OfficeNumber.parse("US 29/010,907", Right.DESIGN)
    assert typed.as_issued == "US 29/010,907"
    assert typed == OfficeNumber.from_text("US/D/29/010907")
    assert len({typed, OfficeNumber.from_text("US/D/29/010907")}) == 1


@pytest.mark.parametrize(
    ("office", "number"),
    [("em", "1"), ("E", "1"), ("EMX", "1"), ("EM", ""), ("EM", "1" * 30), ("EM", "a"), ("EM", "1 2"), ("EM", "1\n")],
)
def test_the_constructor_takes_only_what_the_contracts_take(office: str, number: str) -> None:
    with pytest.raises(NumberFormatError):
        OfficeNumber(office, Right.TRADEMARK, number)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"EMT018660437",
        bytes(32),
        b"EMT" + bytes(29),
        b"EMX0186604" + bytes(22),
        b"EMT0186\x0060437" + bytes(20),
        b"emt018660437" + bytes(20),
        b"EMT\xd9\xa1" + bytes(27),
        b"EMT1" + bytes(29),
        "0x45",
        "not hexadecimal",
        "0x" + "zz" * 32,
    ],
)
def test_other_words_are_not_read_from_the_chain(value: bytes | str) -> None:
    with pytest.raises(NumberFormatError):
        OfficeNumber.from_on_chain(value)


@pytest.mark.parametrize("text", ["", "EM018660437", "EM/X/1", "em/t/1", "EM/T/", "EM/T/1 2", "EM/T/" + "1" * 30])
def test_the_text_form_is_read_exactly_or_not_at_all(text: str) -> None:
    with pytest.raises(NumberFormatError):
        OfficeNumber.from_text(text)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.office}-{form.right}-{form.number}")
def test_the_example_of_every_form(form: forms.Form) -> None:
    read = OfficeNumber.parse(form.example, form.right, None if form.example[:2] == form.office else form.office)
    assert (read.office, read.right, read.number) == (form.office, form.right, form.number)
    assert read.as_issued == form.example
    assert not read.unmasked
    assert OfficeNumber.parse(read.text) == read
    assert OfficeNumber.parse(read.number, form.right, form.office) == read
    assert form.source in forms.rules()["sources"]


@pytest.mark.parametrize(
    ("text", "right", "expected"),
    [
        ("US 29/010,907", "D", "US/D/29/010907"),
        ("US29010907", "D", "US/D/29/010907"),
        ("US 99/551,004", "T", "US/T/99551004"),
        ("AT A 1/2019", "P", "AT/P/A1/2019"),
        ("ATA00001/2019", "P", "AT/P/A1/2019"),
        ("AT A 12019", "P", "AT/P/A1/2019"),
        ("CN 2010001234567", "P", "CN/P/201000123456.7"),
        ("CN201811368103.8", "P", "CN/P/201811368103.8"),
        ("CO NC20199876543", "P", "CO/P/NC2019/9876543"),
        ("CU CU/P/2022/0062087", "P", "CU/P/2022/0062087"),
        ("CZ 2025-42519 U", "U", "CZ/U/2025-42519U"),
        ("DE 10 2004 537108.P", "P", "DE/P/102004537108.P"),
        ("DE 10 2012 009 645.3", "P", "DE/P/102012009645.3"),
        ("DE 102012000009645", "P", "DE/P/102012009645.3"),
        ("EM 18660437", "T", "EM/T/018660437"),
        ("EM 15132217-0001", "D", "EM/D/015132217-0001"),
        ("EM 0151322170001", "D", "EM/D/015132217-0001"),
        ("EP16839078", "P", "EP/P/16839078.9"),
        ("EP 168390789", "P", "EP/P/16839078.9"),
        ("ES 202630043", "P", "ES/P/P202630043"),
        ("ESP202630043", "P", "ES/P/P202630043"),
        ("FR FR2434232", "P", "FR/P/2434232"),
        ("FRFR2434232", "P", "FR/P/2434232"),
        ("FR 2020 0885-003", "D", "FR/D/20200885-003"),
        ("GB 12156501", "P", "GB/P/1215650.1"),
        ("GB 00004451401", "T", "GB/T/UK00004451401"),
        ("JP 2010001234", "P", "JP/P/2010-001234"),
        ("JP 2010-001234", "D", "JP/D/2010-001234D"),
        ("KR 1020230105821", "P", "KR/P/10-2023-0105821"),
        ("RU 2020740504", "T", "RU/T/2020740504"),
        ("SE SE 11012354", "P", "SE/P/1101235-4"),
        ("SK POZ 3100-2025(A)", "T", "SK/T/POZ3100-2025A"),
        ("WO 0815868", "T", "WO/T/815868"),
        ("DM/54966A", None, "WO/D/DM/054966A"),
        ("PCT/AU2010/001234", None, "AU/P/PCT/AU2010/001234"),
        ("PCT/IB2010/001234", None, "IB/P/PCT/IB2010/001234"),
        ("PCT/US03/12345", None, "US/P/PCT/US03/12345"),
        ("EM/T/018660437", None, "EM/T/018660437"),
        ("EM/T/18660437", None, "EM/T/018660437"),
        ("EM500000018660437", None, "EM/T/018660437"),
        ("EM700151322170001", None, "EM/D/015132217-0001"),
        ("US502025099551004", None, "US/T/99551004"),
        ("US500000098791267", None, "US/T/98791267"),
        ("DE503020080449225", None, "DE/T/302008044922.5"),
        ("GB500000004451401", None, "GB/T/UK00004451401"),
        ("WO500000001644150", None, "WO/T/1644150"),
    ],
)
def test_what_people_write(text: str, right: str | None, expected: str) -> None:
    read = OfficeNumber.parse(text, right)
    assert read.text == expected
    assert read.as_issued == text
    assert OfficeNumber.parse(read.text) == read


@pytest.mark.parametrize("office", ["AU", "WO", "IB"])
def test_pct_numbers_belong_to_the_receiving_office_under_any_heading(office: str) -> None:
    assert OfficeNumber.parse("PCT/AU2010/001234", office=office).text == "AU/P/PCT/AU2010/001234"
    assert OfficeNumber.parse(f"{office} PCT/AU2010/001234").text == "AU/P/PCT/AU2010/001234"


@pytest.mark.parametrize(
    ("text", "right", "office"),
    [
        ("PCT/AU2010/001234", None, "EP"),
        ("EP PCT/AU2010/001234", None, None),
        ("PCT/AU2010/001234", "D", None),
        ("EM/T/018660437", "D", None),
        ("EM/T/018660437", None, "US"),
        ("EM500000018660437", "D", None),
        ("EM500000018660437", None, "US"),
        ("DM/215987", "T", None),
        ("EM 018660437", "T", "US"),
        ("DE 30 2008 044 922.5", "D", None),
        ("KR 30-2010-0001234", "T", None),
        ("ES U202030123", "P", None),
        ("JP 2010-001234 U", "P", None),
        ("US 29/010,907", "P", None),
        ("AT GM 1/2019", "P", None),
        ("DE 102012000009645", "U", None),
    ],
)
def test_contradictions_are_errors_even_when_unmasked_numbers_are_allowed(
    text: str, right: str | None, office: str | None
) -> None:
    with pytest.raises(NumberFormatError):
        OfficeNumber.parse(text, right, office, allow_unmasked=True)


def test_kr_and_de_swap_the_codes_of_designs_and_marks() -> None:
    assert OfficeNumber.parse("KR 30-2010-0001234", "D").right is Right.DESIGN
    assert OfficeNumber.parse("DE 30 2008 044 922.5", "T").right is Right.TRADEMARK


def test_patents_and_utility_models_of_one_shape_differ_by_right_only() -> None:
    patent, model = OfficeNumber.parse("FR 1909731", "P"), OfficeNumber.parse("FR 1909731", "U")
    assert patent.number == model.number
    assert patent != model
    assert patent.on_chain != model.on_chain


@pytest.mark.parametrize("text", ["US 29/010,907", "AU 2010001234", "DE 10 2012 009 645.3", "KR 10-2023-0105821"])
def test_no_right_is_read_out_of_digits(text: str) -> None:
    with pytest.raises(NumberFormatError, match="which right"):
        OfficeNumber.parse(text)


@pytest.mark.parametrize("text", ["018660437", "29/010,907", "2010001234", "P20200100025", "1/2019"])
def test_no_office_is_read_out_of_digits(text: str) -> None:
    with pytest.raises(NumberFormatError, match="which office"):
        OfficeNumber.parse(text, "P")


def test_letters_of_an_austrian_number_are_not_taken_for_armenia() -> None:
    with pytest.raises(NumberFormatError, match="AM, or one of AT"):
        OfficeNumber.parse("AM 1/2019", "T")
    assert OfficeNumber.parse("AM 1/2019", "T", "AT").text == "AT/T/AM1/2019"


@pytest.mark.parametrize("text", ["WO 2010123456", "WO2010123456"])
def test_a_pct_publication_number_is_not_an_application_number(text: str) -> None:
    with pytest.raises(NumberFormatError, match="PCT/CCYYYY/NNNNNN"):
        OfficeNumber.parse(text, "P")


def test_errors_say_what_was_expected() -> None:
    with pytest.raises(NumberFormatError) as caught:
        OfficeNumber.parse("AU 123", "P")
    assert "YYYYNNNNNN, for example AU 2010001234" in caught.value.message
    assert caught.value.details["expected"] == ["YYYYNNNNNN"]
    assert "allow_unmasked" in caught.value.diagnostics()


def test_numbers_of_offices_without_known_forms_are_taken_and_flagged() -> None:
    read = OfficeNumber.parse("PA 90123-01", "T")
    assert (read.text, read.unmasked) == ("PA/T/90123-01", True)
    assert OfficeNumber.parse(read.text) == read


@pytest.mark.parametrize("text", ["PA ABC", "PARIS 7", "PA " + "1" * 30])
def test_what_cannot_be_a_number_is_not_taken(text: str) -> None:
    with pytest.raises((NumberFormatError, OfficeCodeError)):
        OfficeNumber.parse(text, "T")


@pytest.mark.parametrize(
    ("text", "kind", "office", "right"),
    [
        ("EM/T/018660437", "text", "EM", "T"),
        ("EM500000018660437", "tmview", "EM", "T"),
        ("EM700151322170001", "tmview", "EM", "D"),
        ("AT501972000001736", "tmview", "AT", "T"),
        ("AT521972000001736", "tmview", "AT", "G"),
        ("WO800000000000123", "tmview", "WO", None),
        ("QO820000000000123", "tmview", "QO", None),
        ("102014000345678", "st13", None, None),
        ("30000AB10269700", "unknown", None, None),
        ("3000000AB269700", "unknown", None, None),
        ("300000AB0269700", "st13", None, None),
        ("PCT/AU2010/001234", "pct", "AU", "P"),
        ("DM/215987", "hague", "WO", "D"),
        ("AU 2010001234", "prefixed", "AU", None),
        ("2010001234", "unknown", None, None),
    ],
)
def test_recognise(text: str, kind: str, office: str | None, right: str | None) -> None:
    found = recognise(text)
    assert (found.kind, found.office, found.right) == (kind, office, right)


@pytest.mark.parametrize("text", ["AT501972000001736", "FR500000005259660", "EM510000018660437", "QO820000000000123"])
def test_identifiers_that_lead_to_no_certain_number_are_named(text: str) -> None:
    assert recognise(text).number is None
    with pytest.raises(NumberFormatError, match="TMview identifier"):
        OfficeNumber.parse(text)


def test_an_st13_number_alone_is_named() -> None:
    with pytest.raises(NumberFormatError, match=r"ST\.13 number \(type 10, year 2014\)"):
        OfficeNumber.parse("102014000345678", "P")
    assert OfficeNumber.parse("102014000345678", "P", "IT").text == "IT/P/102014000345678"
    assert OfficeNumber.parse("102004000537108", "P", "DE").number == "102004537108.1"
    with pytest.raises(NumberFormatError, match=r"looks like an ST\.13 number"):
        OfficeNumber.parse("102014000345678", "P", "AU")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("P", Right.PATENT),
        ("t", Right.TRADEMARK),
        ("trade mark", Right.TRADEMARK),
        ("Trademark", Right.TRADEMARK),
        ("utilityModel", Right.UTILITY_MODEL),
        ("UTILITY_MODEL", Right.UTILITY_MODEL),
        ("industrial design", Right.DESIGN),
        ("SPC", Right.SUPPLEMENTARY_PROTECTION),
        ("geographical indication", Right.GEOGRAPHICAL_INDICATION),
    ],
)
def test_rights_by_letter_and_name(text: str, right: Right) -> None:
    assert Right.parse(text) is right
    assert Right.parse(right.full_name) is right


@pytest.mark.parametrize("text", ["", "X", "patents", "\u0420", "\uff30"])
def test_other_rights_are_refused(text: str) -> None:
    with pytest.raises(NumberFormatError, match="not a kind of IP right"):
        Right.parse(text)


def test_the_documentation_lists_every_form() -> None:
    documentation = (Path(__file__).parents[2] / "docs" / "numbers.md").read_text(encoding="utf-8")
    rows = [line for line in documentation.splitlines() if line.count("|") == 8 and not line.startswith("|---")]
    expected = [
        [form.office or "PCT", form.right.value, form.form, f"`{form.example}`", f"`{form.number}`"]
        for form in (*FORMS, *forms.pct_forms())
    ]
    assert [[cell.strip() for cell in row.split("|")][1:6] for row in rows[1:]] == expected


def test_numbers_and_dates_are_light_to_import() -> None:
    code = "import sys, registrum.numbers, registrum.dates; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "registrum.numbers.office_number" in loaded
    assert not loaded & {"web3", "eth_account", "lxml", "json", "unicodedata", "registrum.numbers.reading"}
