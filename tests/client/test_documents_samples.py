"""Every reader, on the samples and on the variants of form that offices send."""

from __future__ import annotations

import datetime
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from registrum.documents import ApplicationDocument, ApplicationFacts, ClaimFacts, read_application
from registrum.errors import DateError, DigestError, DocumentError, NumberFormatError, OfficeCodeError
from registrum.numbers import OfficeNumber, Right

SAMPLES = Path(__file__).parent.parent / "samples"

# file: format, version, [(office number, filing date, title, [(claimed office/right/number, date)])]
EXPECTED = {
    "em-trademark-st96.xml": (
        "st96-trademark",
        "V6_0",
        [("EM/T/019012345", "2024-07-15", "NEVAVOLNA", [("RU/T/2024712345", "2024-02-12")])],
    ),
    "ru-trademark-bag-st96.xml": (
        "st96-trademark",
        None,
        [
            ("RU/T/2024712346", "2024-02-12", "ЛАДОЖСКИЙ КЕДР", []),
            ("RU/T/2024712347", "2024-02-13", "ONEGA FERRY", [("AU/T/2412345", "2023-09-01")]),
            ("RU/T/2024712348", "2024-02-14", "БЕЛЫЙ ПРИЧАЛ", []),
        ],
    ),
    "em-design-st96.xml": (
        "st96-design",
        "V6_0",
        [
            (
                "EM/D/015900123",
                "2024-03-04",
                "Desk lamp; Lamp base",
                [("JP/D/2023-019876D", "2023-09-29"), ("RU/D/2023504321", "2023-11-20")],
            )
        ],
    ),
    "jp-design-st96-v3.xml": ("st96-design", "V3_0", [("JP/D/2023-019876D", "2023-09-29", "Desk lamp", [])]),
    "au-patent-st96.xml": (
        "st96-patent",
        "V6_0",
        [
            (
                "AU/P/2023201234",
                "2023-05-10",
                "Tide gauge with a self-cleaning float",
                [("US/P/63/334567", "2022-05-12")],
            )
        ],
    ),
    "au-patent-st96-v4.xml": ("st96-patent", "V4_0", [("AU/P/2024201777", "2024-03-18", "Rope winch", [])]),
    "ru-patent-st96.xml": (
        "st96-patent",
        "V6_0",
        [
            (
                "RU/P/2024112345",
                "2024-04-25",
                "Самоочищающийся поплавок мареографа",
                [("AU/P/2023201234", "2023-05-10")],
            )
        ],
    ),
    "us-patent-st36.xml": (
        "st36-us",
        "v4.6 2022-02-17",
        [
            (
                "US/P/18/612345",
                "2024-03-21",
                "Tide gauge with a self-cleaning float",
                [("AU/P/2023201234", "2023-05-10"), ("JP/P/2023-123456", "2023-07-28")],
            )
        ],
    ),
    "jp-gazette-st36.xml": (
        "st36-jp",
        "1.0",
        [("JP/P/2024-023456", "2024-02-19", "潮位計①", [("US/P/63/485678", "2023-02-21")])],
    ),
    "cn-utility-model-st36.xml": (
        "st36-cn",
        None,
        [("CN/U/202420123456.6", "2024-01-18", "一种潮位计", [("JP/U/2023-001234U", "2023-04-25")])],
    ),
    "ru-trademark-st66.xml": ("st66-trademark", "V1_2", [("RU/T/2024712345", "2024-02-12", "НЕВАВОЛНА", [])]),
    "em-trademark-st66.xml": (
        "st66-trademark",
        None,
        [
            (
                "EM/T/019012346",
                "2024-08-20",
                "ONEGA FERRY",
                [("AU/T/2412345", "2023-09-01"), ("RU/T/2024712347", "2024-02-13")],
            ),
            ("EM/T/019012347", "2024-08-21", None, []),
        ],
    ),
}
BY_HAND = {
    "au-patent.pdf": ("pdf", "application/pdf", "AU/P/2024901234", "2024-05-27"),
    "us-design.zip": ("zip", "application/zip", "US/D/29/912345", "2024-01-31"),
}

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a document and returns its path."""

    def writer(content: str | bytes) -> Path:
        path = tmp_path / "document"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writer


def facts_by_hand(text: str, day: str) -> list[ApplicationFacts]:
    return [ApplicationFacts(OfficeNumber.from_text(text), datetime.date.fromisoformat(day))]


def summary(document: ApplicationDocument) -> list[tuple[str, str, str | None, list[tuple[str, str]]]]:
    return [
        (
            facts.number.text,
            facts.filing_date.isoformat(),
            facts.title,
            [(claim.number.text if claim.number else "", claim.date.isoformat()) for claim in facts.priority_claims],
        )
        for facts in document.applications
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_sample(name: str) -> None:
    format_, version, applications = EXPECTED[name]
    document = read_application(SAMPLES / name)
    assert (document.format, document.version, document.media_type) == (format_, version, "application/xml")
    assert summary(document) == applications
    for facts in document.applications:
        assert facts.right is facts.number.right
        assert all(
            (claim.office, claim.right) == (claim.number.office, claim.number.right)
            for claim in facts.priority_claims
            if claim.number
        )


@pytest.mark.parametrize("name", BY_HAND)
def test_sample_with_facts_by_hand(name: str) -> None:
    format_, media_type, number, day = BY_HAND[name]
    document = read_application(SAMPLES / name, facts=facts_by_hand(number, day))
    assert (document.format, document.version, document.media_type) == (format_, None, media_type)
    assert summary(document) == [(number, day, None, [])]


@pytest.mark.parametrize("name", BY_HAND)
def test_facts_missing_says_which_options_give_them(name: str) -> None:
    with pytest.raises(DocumentError, match=name) as caught:
        read_application(SAMPLES / name)
    assert "--number" in caught.value.diagnostics()
    assert "--filing-date" in caught.value.diagnostics()
    assert caught.value.details["missing"] == "application"


@pytest.mark.parametrize("name", [*EXPECTED, *BY_HAND])
def test_digest_is_of_the_bytes_on_disk(name: str) -> None:
    facts = facts_by_hand(*BY_HAND[name][2:]) if name in BY_HAND else None
    document = read_application(SAMPLES / name, facts=facts)
    expected = hashlib.sha256((SAMPLES / name).read_bytes())
    assert document.digest == expected.digest()
    assert document.digest_hex == "0x" + expected.hexdigest()


def test_every_sample_is_tested_and_described() -> None:
    files = {path.name for path in SAMPLES.iterdir() if path.is_file()} - {"README.md", ".gitattributes"}
    assert files == {*EXPECTED, *BY_HAND}
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in files if f"`{name}`" not in readme] == []


def test_same_facts_in_other_bytes_have_another_digest(write: Write) -> None:
    original = SAMPLES / "em-trademark-st96.xml"
    changed = write(original.read_bytes() + b"\n")
    assert summary(read_application(changed)) == summary(read_application(original))
    assert read_application(changed).digest != read_application(original).digest


def test_digest_of_a_file_of_many_blocks(write: Write) -> None:
    content = b"%PDF-1.7\n" + bytes(range(256)) * 10_000
    document = read_application(write(content), facts=facts_by_hand("AU/P/2024901234", "2024-05-27"))
    assert (document.format, document.digest) == ("pdf", hashlib.sha256(content).digest())


def test_json_keys() -> None:
    values = json.loads(json.dumps(read_application(SAMPLES / "em-trademark-st96.xml").to_json()))
    assert list(values) == ["format", "mediaType", "digest", "applications"]
    assert values["applications"] == [
        {
            "office": "EM",
            "right": "T",
            "number": "019012345",
            "text": "EM/T/019012345",
            "asIssued": "019012345",
            "filingDate": "2024-07-15",
            "priorityClaims": [{"office": "RU", "right": "T", "number": "2024712345", "date": "2024-02-12"}],
            "title": "NEVAVOLNA",
        }
    ]


def test_json_leaves_out_a_title_that_is_not_there() -> None:
    second = read_application(SAMPLES / "em-trademark-st66.xml").to_json()["applications"][1]
    assert "title" not in second


def test_as_issued_is_kept() -> None:
    (facts,) = read_application(SAMPLES / "us-patent-st36.xml").applications
    assert (facts.number.number, facts.number.as_issued) == ("18/612345", "18612345")


# --- ST.96: versions, prefixes, namespaces -------------------------------------------------------------------------

SAMPLE = (SAMPLES / "em-trademark-st96.xml").read_text(encoding="utf-8")
DESIGN = (SAMPLES / "em-design-st96.xml").read_text(encoding="utf-8")
PATENT = (SAMPLES / "ru-patent-st96.xml").read_text(encoding="utf-8")
US = (SAMPLES / "us-patent-st36.xml").read_text(encoding="utf-8")
ST66 = (SAMPLES / "em-trademark-st66.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", ["V1_0", "V2_1", "V3_0", "V4_0", "V5_0", "V6_0", "V7_1", "V8_0", "V4_0_D2"])
def test_st96_version(write: Write, version: str) -> None:
    document = read_application(write(SAMPLE.replace("V6_0", version)))
    assert document.version == version
    assert summary(document) == EXPECTED["em-trademark-st96.xml"][2]


@pytest.mark.parametrize("version", ["V9_0", "V0_1", "V60", "", "six", "V6_0 "])
def test_st96_version_that_is_not_known(write: Write, version: str) -> None:
    with pytest.raises(DocumentError, match="versions 1 to 8"):
        read_application(write(SAMPLE.replace('"V6_0"', f'"{version}"')))


@pytest.mark.parametrize("prefix", ["ns1", "x-y.z", "марка", "_"])
def test_st96_prefix_is_free(write: Write, prefix: str) -> None:
    renamed = SAMPLE.replace("tmk:", f"{prefix}:").replace("xmlns:tmk", f"xmlns:{prefix}")
    assert summary(read_application(write(renamed))) == EXPECTED["em-trademark-st96.xml"][2]


def test_st96_default_namespace(write: Write) -> None:
    renamed = SAMPLE.replace("tmk:", "").replace("xmlns:tmk", "xmlns")
    assert summary(read_application(write(renamed))) == EXPECTED["em-trademark-st96.xml"][2]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.wipo.int/standards/XMLSchema/ST96/Trademark",
        "https://www.wipo.int/standards/XMLSchema/ST96/Trademark/",
        "http://www.wipo.int/standards/XMLSchema/ST96/Trademark/V1_0",
        "http://ipo.example/XMLSchema/ST96/EMTrademark",
    ],
)
def test_st96_namespace_by_its_tail(write: Write, namespace: str) -> None:
    changed = SAMPLE.replace("http://www.wipo.int/standards/XMLSchema/ST96/Trademark", namespace)
    assert read_application(write(changed)).format == "st96-trademark"


@pytest.mark.parametrize(
    "namespace", ["", "urn:Trademark", "http://x.example/ST96/TrademarkStatus", "http://x.example/Trademark"]
)
def test_other_namespaces_are_not_st96(write: Write, namespace: str) -> None:
    changed = SAMPLE.replace("http://www.wipo.int/standards/XMLSchema/ST96/Trademark", namespace or "urn:x")
    with pytest.raises(DocumentError, match="'TrademarkApplication' is not a form"):
        read_application(write(changed))


def test_st96_trademark_in_a_transaction(write: Write) -> None:
    start, end = SAMPLE.index("<tmk:TrademarkBag>"), SAMPLE.index("</tmk:TrademarkApplication>")
    transaction = (
        '<tmk:TrademarkTransaction xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark" '
        'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common"><tmk:TrademarkTransactionBody>'
        f"{SAMPLE[start:end]}</tmk:TrademarkTransactionBody></tmk:TrademarkTransaction>"
    )
    assert summary(read_application(write(transaction))) == EXPECTED["em-trademark-st96.xml"][2]


def test_st96_single_trademark_as_root(write: Write) -> None:
    start, end = SAMPLE.index("<tmk:Trademark>"), SAMPLE.index("</tmk:TrademarkBag>")
    single = SAMPLE[start:end].replace(
        "<tmk:Trademark>",
        '<tmk:Trademark xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark" '
        'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common">',
    )
    assert summary(read_application(write(single))) == EXPECTED["em-trademark-st96.xml"][2]


def test_st96_mark_within_a_mark_is_no_application(write: Write) -> None:
    nested = SAMPLE.replace(
        "<tmk:MarkCategory>",
        "<tmk:AssociatedMarkBag><tmk:TrademarkBag><tmk:Trademark/></tmk:TrademarkBag></tmk:AssociatedMarkBag>"
        "<tmk:MarkCategory>",
    )
    assert summary(read_application(write(nested))) == EXPECTED["em-trademark-st96.xml"][2]


def test_st96_designs_with_numbers_of_their_own(write: Write) -> None:
    own = DESIGN.replace(
        "<dgn:DesignIdentifier>0002</dgn:DesignIdentifier>",
        "<com:ApplicationNumber><com:ApplicationNumberText>015900124</com:ApplicationNumberText>"
        "</com:ApplicationNumber><dgn:DesignIdentifier>0002</dgn:DesignIdentifier>",
    )
    first, second = summary(read_application(write(own)))
    assert (first[0], first[2], len(first[3])) == ("EM/D/015900123", "Desk lamp", 1)
    assert (second[0], second[2], len(second[3])) == ("EM/D/015900124", "Lamp base", 2)


def test_st96_bibliographic_data_alone(write: Write) -> None:
    start, end = PATENT.index("<pat:BibliographicData"), PATENT.index("<pat:Claims>")
    alone = PATENT[start:end].replace(
        "<pat:BibliographicData",
        '<pat:BibliographicData xmlns:pat="http://www.wipo.int/standards/XMLSchema/ST96/Patent" '
        'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common"',
    )
    document = read_application(write(alone))
    assert (document.version, summary(document)) == ("V6_0", EXPECTED["ru-patent-st96.xml"][2])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-07-15", 15),
        ("2024-07-15Z", 15),
        ("2024-07-15+14:00", 15),
        ("2024-07-15-11:30", 15),
        ("\n  2024-07-15\t", 15),
    ],
)
def test_date_is_taken_as_written(write: Write, written: str, day: int) -> None:
    document = read_application(write(SAMPLE.replace("2024-07-15+02:00", written)))
    assert document.applications[0].filing_date == datetime.date(2024, 7, day)


@pytest.mark.parametrize("zone", ["", "Z", "+13:00", "-12:00"])
def test_date_time_is_never_shifted(write: Write, zone: str) -> None:
    changed = DESIGN.replace("2024-03-04T10:15:00+01:00", f"2024-03-04T23:59:59.75{zone}")
    assert read_application(write(changed)).applications[0].filing_date == datetime.date(2024, 3, 4)


@pytest.mark.parametrize(
    "written",
    ["2024-02-30", "2024-07", "2024", "15.07.2024", "2024-07-15T", "2024-07-15+2", "\uff12\uff10\uff12\uff14-07-15"],
)
def test_date_that_is_none(write: Write, written: str) -> None:
    with pytest.raises(DateError) as caught:
        read_application(write(SAMPLE.replace("2024-07-15+02:00", written)))
    assert "ApplicationDate in line 14" in caught.value.details["place"]


# --- rights --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "right"), [("A", "P"), ("B1", "P"), ("U", "U"), ("U1", "U"), ("Y1", "U"), ("S", "D"), ("", "P")]
)
def test_right_of_a_patent_document_by_its_kind(write: Write, kind: str, right: str) -> None:
    changed = PATENT.replace("<com:PatentDocumentKindCode>A<", f"<com:PatentDocumentKindCode>{kind}<")
    (facts,) = read_application(write(changed)).applications
    assert facts.right.value == right
    assert facts.priority_claims[0].right is (Right.DESIGN if right == "D" else Right.PATENT)


@pytest.mark.parametrize(("subject", "right"), [("Utility", "P"), ("Plant", "P"), ("Design", "D")])
def test_right_by_subject_matter(write: Write, subject: str, right: str) -> None:
    category = "<pat:ApplicationFilingCategory>National</pat:ApplicationFilingCategory>\n         <pat:FilingDate>"
    assert category in PATENT
    named = f"<pat:InventionSubjectMatterCategory>{subject}</pat:InventionSubjectMatterCategory><pat:FilingDate>"
    assert read_application(write(PATENT.replace(category, named))).applications[0].right.value == right


def test_claim_on_a_utility_model_by_its_filing_category(write: Write) -> None:
    before, claims = PATENT.split("<pat:PriorityClaimBag>")
    changed = f"{before}<pat:PriorityClaimBag>{claims.replace('>National<', '>National utility model<')}"
    assert read_application(write(changed)).applications[0].priority_claims[0].right is Right.UTILITY_MODEL


def test_us_design(write: Write) -> None:
    changed = US.replace('appl-type="utility"', 'appl-type="design"').replace("18612345", "29912345")
    (facts,) = read_application(write(changed)).applications
    assert facts.number.text == "US/D/29/912345"
    assert {claim.right for claim in facts.priority_claims} == {Right.DESIGN}


@pytest.mark.parametrize(("kind", "right"), [("U", "U"), ("Y", "U"), ("S", "D"), ("B2", "P")])
def test_jp_gazette_of_other_rights(write: Write, kind: str, right: str) -> None:
    text = (SAMPLES / "jp-gazette-st36.xml").read_bytes().decode("euc_jis_2004")
    changed = text.replace('kind-of-st16="A"', f'kind-of-st16="{kind}"').replace("EUC-JP", "UTF-8")
    assert read_application(write(changed)).applications[0].right.value == right


@pytest.mark.parametrize(("kind", "right"), [("A", "P"), ("U", "U"), ("D", "D"), ("S", "D")])
def test_cn_documents_of_other_rights(write: Write, kind: str, right: str) -> None:
    text = (SAMPLES / "cn-utility-model-st36.xml").read_text(encoding="utf-8")
    changed = text.replace("<kind>U</kind>\n<date>20240906", f"<kind>{kind}</kind>\n<date>20240906")
    assert read_application(write(changed)).applications[0].right.value == right


@pytest.mark.parametrize(
    ("office", "number", "text"),
    [
        ("DE", "20 2023 100123.4", "DE/U/202023100123.4"),
        ("KR", "20-2023-0001234", "KR/U/20-2023-0001234"),
        ("US", "29/312,345", "US/D/29/312345"),
        ("US", "18/312,345", "US/P/18/312345"),
        ("JP", "2023-001234", "JP/P/2023-001234"),
        ("JP", "2023-001234 U", "JP/U/2023-001234U"),
    ],
)
def test_claim_number_of_another_right_alone(write: Write, office: str, number: str, text: str) -> None:
    before, claims = PATENT.split("<pat:PriorityClaimBag>")
    claims = claims.replace("<com:IPOfficeCode>AU<", f"<com:IPOfficeCode>{office}<").replace("2023201234", number)
    (claim,) = read_application(write(f"{before}<pat:PriorityClaimBag>{claims}")).applications[0].priority_claims
    assert claim.number is not None
    assert (claim.number.text, claim.office, claim.right) == (text, office, claim.number.right)


def test_claim_kind_that_the_number_denies(write: Write) -> None:
    text = (SAMPLES / "cn-utility-model-st36.xml").read_text(encoding="utf-8")
    with pytest.raises(NumberFormatError):
        read_application(write(text.replace("2023-001234", "2023-001234 D")))


def test_pct_claim_belongs_to_the_receiving_office(write: Write) -> None:
    changed = PATENT.replace("<com:IPOfficeCode>AU<", "<com:IPOfficeCode>WO<").replace(
        "2023201234", "PCT/AU2023/050123"
    )
    (claim,) = read_application(write(changed)).applications[0].priority_claims
    assert (claim.office, claim.number) == ("AU", OfficeNumber.from_text("AU/P/PCT/AU2023/050123"))


def test_claim_without_number_and_of_a_former_office(write: Write) -> None:
    start, end = PATENT.index("<pat:PriorityClaim "), PATENT.index("</pat:PriorityClaimBag>")
    claim = (
        '<pat:PriorityClaim com:sequenceNumber="1"><com:IPOfficeCode>SU</com:IPOfficeCode>'
        "<pat:FilingDate>1990-01-02</pat:FilingDate></pat:PriorityClaim>"
    )
    (facts,) = read_application(write(PATENT[:start] + claim * 2 + PATENT[end:])).applications
    assert facts.priority_claims == (ClaimFacts("SU", Right.PATENT, None, datetime.date(1990, 1, 2)),)
    assert facts.to_json()["priorityClaims"] == [{"office": "SU", "right": "P", "number": None, "date": "1990-01-02"}]


def test_number_outside_the_rules_of_the_office_is_taken_and_flagged(write: Write) -> None:
    (facts,) = read_application(write(SAMPLE.replace("019012345", "E-19-12"))).applications
    assert (facts.number.text, facts.number.unmasked) == ("EM/T/E-19-12", True)


def test_st13_number(write: Write) -> None:
    text = SAMPLE.replace(
        "<com:ApplicationNumberText>019012345</com:ApplicationNumberText>",
        "<com:ST13ApplicationNumber>{}</com:ST13ApplicationNumber>",
    ).replace("EM<", "DE<")
    number = read_application(write(text.format("302024000012345"))).applications[0].number
    assert (number.office, number.right, number.as_issued) == ("DE", Right.TRADEMARK, "302024000012345")
    for wrong in ("30202400001234", "301702000012345", "102024000012345", "3020240A0012345"):
        with pytest.raises(NumberFormatError):
            read_application(write(text.format(wrong)))


def test_st66_wherever_its_namespace(write: Write) -> None:
    for namespace in ("http://www.wipo.int/standards/XMLSchema/trademarks", "urn:anything"):
        changed = ST66.replace("http://em.tmview.europa.eu/trademark/data", namespace)
        assert summary(read_application(write(changed))) == EXPECTED["em-trademark-st66.xml"][2]


# --- facts that are missing, wrong or in contradiction --------------------------------------------------------------


@pytest.mark.parametrize(
    ("removed", "what"),
    [
        ("<com:ApplicationDate>2024-07-15+02:00</com:ApplicationDate>", "filing date"),
        ("<com:ApplicationNumberText>019012345</com:ApplicationNumberText>", "application number"),
        ("<com:PriorityCountryCode>RU</com:PriorityCountryCode>", "office code of a priority claim"),
        (
            "<com:PriorityApplicationFilingDate>2024-02-12</com:PriorityApplicationFilingDate>",
            "date of a priority claim",
        ),
    ],
)
def test_fact_missing(write: Write, removed: str, what: str) -> None:
    assert removed in SAMPLE
    emptied = removed[: removed.index(">") + 1] + removed[removed.index("</") :]
    for replacement in ("", emptied):
        with pytest.raises(DocumentError, match=f"no {what}$") as caught:
            read_application(write(SAMPLE.replace(removed, replacement)))
        assert caught.value.details["missing"] == what
        assert "--number" in caught.value.remedy


def test_office_missing(write: Write) -> None:
    changed = SAMPLE.replace("<com:RegistrationOfficeCode>EM</com:RegistrationOfficeCode>", "").replace(
        "<com:IPOfficeCode>EM</com:IPOfficeCode>", ""
    )
    with pytest.raises(DocumentError, match="no office code"):
        read_application(write(changed))


@pytest.mark.parametrize("content", ["<tmk:TrademarkBag/>", "<tmk:Nothing/>"])
def test_document_without_an_application(write: Write, content: str) -> None:
    root = content.replace("/>", ' xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark"/>')
    with pytest.raises(DocumentError, match="no application"):
        read_application(write(root))


@pytest.mark.parametrize("root", ["us-patent-application", "jp-official-gazette", "cn-patent-document"])
def test_st36_without_bibliographic_data(write: Write, root: str) -> None:
    with pytest.raises(DocumentError, match="no bibliographic data"):
        read_application(write(f"<{root}/>"))


def test_st96_patent_without_bibliographic_data(write: Write) -> None:
    root = '<PatentLegalStatusData xmlns="http://www.wipo.int/standards/XMLSchema/ST96/Patent"/>'
    with pytest.raises(DocumentError, match="no bibliographic data"):
        read_application(write(root))


@pytest.mark.parametrize(
    ("old", "new", "both"),
    [
        (
            "<com:ApplicationDate>2024-07-15+02:00</com:ApplicationDate>",
            "<com:ApplicationDate>2024-07-15</com:ApplicationDate><com:ApplicationDate>2024-07-16</com:ApplicationDate>",
            ("2024-07-15", "2024-07-16"),
        ),
        (
            "<com:ApplicationNumberText>019012345</com:ApplicationNumberText>",
            "<com:ApplicationNumberText>019012345</com:ApplicationNumberText>"
            "<com:ApplicationNumberText>019012346</com:ApplicationNumberText>",
            ("019012345", "019012346"),
        ),
        ("<com:IPOfficeCode>EM</com:IPOfficeCode>", "<com:IPOfficeCode>FR</com:IPOfficeCode>", ("EM (", "FR (")),
    ],
)
def test_contradiction_names_both(write: Write, old: str, new: str, both: tuple[str, str]) -> None:
    assert old in SAMPLE
    with pytest.raises(DocumentError, match="contradicts itself") as caught:
        read_application(write(SAMPLE.replace(old, new)))
    assert all(value in caught.value.message for value in both)
    assert "missing" not in caught.value.details


def test_same_fact_twice_is_no_contradiction(write: Write) -> None:
    date = "<com:ApplicationDate>2024-07-15+02:00</com:ApplicationDate>"
    doubled = SAMPLE.replace(date, date + "<com:ApplicationDateTime>2024-07-15T08:00:00Z</com:ApplicationDateTime>")
    assert summary(read_application(write(doubled))) == EXPECTED["em-trademark-st96.xml"][2]


def test_one_number_with_two_filing_dates_in_a_bag(write: Write) -> None:
    text = (SAMPLES / "ru-trademark-bag-st96.xml").read_text(encoding="utf-8")
    with pytest.raises(DocumentError, match="RU/T/2024712346 is 2024-02-12 and 2024-02-13"):
        read_application(write(text.replace("2024712347", "2024712346")))


def test_us_reference_with_two_dates(write: Write) -> None:
    with pytest.raises(DocumentError, match=r"20240321 .* and 20240322"):
        read_application(write(US.replace("<date>20240321</date>", "<date>20240321</date><date>20240322</date>")))


@pytest.mark.parametrize("code", ["XX", "em", "EMU", "ZZ", "SU"])
def test_office_that_cannot_be_one(write: Write, code: str) -> None:
    with pytest.raises(OfficeCodeError):
        read_application(write(SAMPLE.replace("EM<", f"{code}<")))


@pytest.mark.parametrize(
    "number", ["\uff1019012345", "019\u041e12345", "019012345\u00a0", "1" * 65, "????", "019_012345"]
)
def test_number_that_cannot_be_one(write: Write, number: str) -> None:
    with pytest.raises(NumberFormatError) as caught:
        read_application(write(SAMPLE.replace("019012345", number)))
    assert "ApplicationNumberText" in caught.value.details["place"]


def test_elements_inside_a_value(write: Write) -> None:
    with pytest.raises(DocumentError, match="holds other elements"):
        read_application(write(SAMPLE.replace(">019012345<", ">01<com:b>9</com:b>012345<")))


def test_comment_inside_a_value_does_not_split_it(write: Write) -> None:
    assert (
        summary(read_application(write(SAMPLE.replace("019012345", "0190<!-- -->12345"))))
        == EXPECTED["em-trademark-st96.xml"][2]
    )


# --- facts by hand --------------------------------------------------------------------------------------------------


def test_facts_by_hand_confirm_the_document() -> None:
    document = read_application(SAMPLES / "em-trademark-st96.xml", facts=facts_by_hand("EM/T/019012345", "2024-07-15"))
    assert summary(document) == EXPECTED["em-trademark-st96.xml"][2]


def test_facts_by_hand_choose_one_of_several() -> None:
    chosen = facts_by_hand("RU/T/2024712348", "2024-02-14")
    document = read_application(SAMPLES / "ru-trademark-bag-st96.xml", facts=chosen)
    assert [facts.title for facts in document.applications] == ["БЕЛЫЙ ПРИЧАЛ"]


def test_facts_by_hand_against_the_document() -> None:
    with pytest.raises(DocumentError, match="2024-07-15 in the document, 2024-07-16 given"):
        read_application(SAMPLES / "em-trademark-st96.xml", facts=facts_by_hand("EM/T/019012345", "2024-07-16"))
    with pytest.raises(DocumentError, match=r"EM/T/019012399 given by hand is not .* EM/T/019012345"):
        read_application(SAMPLES / "em-trademark-st96.xml", facts=facts_by_hand("EM/T/019012399", "2024-07-15"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<com:ApplicationNumberText>019012345</com:ApplicationNumberText>", ""),
        ("019012345", "????"),
        ("2024-07-15+02:00", "2024"),
        ("EM<", "XX<"),
    ],
)
def test_facts_by_hand_stand_in_for_what_cannot_be_read(write: Write, old: str, new: str) -> None:
    path = write(SAMPLE.replace(old, new))
    document = read_application(path, facts=facts_by_hand("EM/T/019012345", "2024-07-15"))
    assert (document.format, summary(document)) == ("st96-trademark", [("EM/T/019012345", "2024-07-15", None, [])])


def test_facts_by_hand_do_not_cure_a_contradiction(write: Write) -> None:
    date = "<com:ApplicationDate>2024-07-15+02:00</com:ApplicationDate>"
    path = write(SAMPLE.replace(date, date + date.replace("-15", "-16")))
    with pytest.raises(DocumentError, match="contradicts itself"):
        read_application(path, facts=facts_by_hand("EM/T/019012345", "2024-07-15"))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<note><to>anyone</to></note>", "application/xml"),
        (b"plain text", "application/octet-stream"),
        (b"\x89PNG\r\n\x1a\n", "application/octet-stream"),
        (b"+ADw-a/>", "application/octet-stream"),
    ],
)
def test_any_other_file_with_facts_by_hand(write: Write, content: bytes, media_type: str) -> None:
    path = write(content)
    with pytest.raises(DocumentError) as caught:
        read_application(path)
    assert "--filing-date" in caught.value.remedy
    document = read_application(path, facts=facts_by_hand("AU/P/2024901234", "2024-05-27"))
    assert (document.format, document.media_type, document.version) == ("other", media_type, None)
    assert document.digest == hashlib.sha256(content).digest()


# --- files and values -----------------------------------------------------------------------------------------------


def test_paths_that_are_no_document(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.xml", "/dev/null", "a\0b"):
        with pytest.raises(DocumentError):
            read_application(path)


def test_empty_file(write: Write) -> None:
    with pytest.raises(DocumentError, match="empty"):
        read_application(write(b""), facts=facts_by_hand("AU/P/2024901234", "2024-05-27"))


def test_unreadable_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(b"%PDF-")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DocumentError, match="Permission denied"):
        read_application(path)


def test_values_check_themselves() -> None:
    number = OfficeNumber.from_text("AU/P/2024901234")
    day = datetime.date(2024, 5, 27)
    with pytest.raises(DocumentError, match="another office or right"):
        ClaimFacts("RU", Right.PATENT, number, day)
    with pytest.raises(DigestError):
        ApplicationDocument("pdf", None, "application/pdf", b"short", (ApplicationFacts(number, day),))
    with pytest.raises(DocumentError):
        ApplicationDocument("pdf", None, "application/pdf", bytes(32), ())


def test_import_is_light() -> None:
    code = (
        "import sys, registrum.documents; print(sorted({'lxml', 'web3', 'eth_account', 'brownie'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
