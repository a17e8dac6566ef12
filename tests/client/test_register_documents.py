"""Register entries out of documents: numbers, dates, classes, digests, and what is refused."""

from __future__ import annotations

import codecs
import datetime
import hashlib
import json
import random
import re
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import design, mark, number

from registrum.documents import (
    EventFacts,
    OppositionFacts,
    RegisterDocument,
    RegisterFacts,
    RepresentationFacts,
    XmlLimits,
    read_register_entries,
)
from registrum.documents.elements import Text
from registrum.documents.register_export import export_xml
from registrum.documents.register_values import (
    design_number,
    digest_name,
    digest_of_name,
    locarno_class,
    nice_class,
)
from registrum.errors import (
    DateError,
    DigestError,
    DocumentError,
    InputError,
    NumberFormatError,
    OfficeCodeError,
    UnsafeDocumentError,
)
from registrum.numbers import OfficeNumber, Right

SAMPLES = Path(__file__).parent.parent / "samples"
REGISTER = SAMPLES / "register"
XML = {path.name: path.read_bytes() for path in sorted(REGISTER.glob("*.xml"))}
MARKS = XML["em-trademarks-st96.xml"].decode()
DESIGNS = XML["wo-designs-st96.xml"].decode()
ST66 = XML["wo-trademark-st66.xml"].decode()
TMK = "http://www.wipo.int/standards/XMLSchema/ST96/Trademark"
COM = "http://www.wipo.int/standards/XMLSchema/ST96/Common"
IMAGE = hashlib.sha256((REGISTER / "tide-gauge.svg").read_bytes()).digest()

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a document and returns its path."""

    def writer(content: str | bytes) -> Path:
        path = tmp_path / "document.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writer


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to connect fails the test."""

    def refuse(*_: object) -> None:
        raise AssertionError("a document made its reader connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def a_mark(inside: str = "", *, office: str = "RU", filed: str = "2024-02-12") -> str:
    """A document with one mark; `inside` stands after the application date."""
    return (
        f'<t:Trademark xmlns:t="{TMK}" xmlns:c="{COM}"><c:RegistrationOfficeCode>{office}</c:RegistrationOfficeCode>'
        "<c:ApplicationNumber><c:ApplicationNumberText>2024712345</c:ApplicationNumberText></c:ApplicationNumber>"
        f"<c:ApplicationDate>{filed}</c:ApplicationDate>{inside}</t:Trademark>"
    )


def goods(*classes: str, kind: str = "Nice") -> str:
    numbers = "".join(
        f"<t:GoodsServicesClassification><t:ClassificationKindCode>{kind}</t:ClassificationKindCode>"
        f"<t:ClassNumber>{number}</t:ClassNumber></t:GoodsServicesClassification>"
        for number in classes
    )
    return (
        "<t:GoodsServicesBag><t:GoodsServices><t:GoodsServicesClassificationBag>"
        f"{numbers}</t:GoodsServicesClassificationBag></t:GoodsServices></t:GoodsServicesBag>"
    )


def image(name: str) -> str:
    return (
        "<t:MarkRepresentation><t:MarkReproduction><t:MarkImageBag><t:MarkImage>"
        f"<c:FileName>{name}</c:FileName></t:MarkImage></t:MarkImageBag></t:MarkReproduction></t:MarkRepresentation>"
    )


def one(path: Path, **options: Any) -> RegisterFacts:
    (facts,) = read_register_entries(path, **options).entries
    return facts


# --- samples -------------------------------------------------------------------------------------------------------


def test_sample_of_marks() -> None:
    document = read_register_entries(REGISTER / "em-trademarks-st96.xml")
    assert (document.format, document.version) == ("st96-trademark", "V6_0")
    registered, pending = document.entries
    assert registered == RegisterFacts(
        number=number("EM/T/018012345"),
        digest=registered.digest,
        filing_date=day("2019-02-28"),
        registration=number("EM/T/018012345"),
        registration_date=day("2019-07-12"),
        expiry_date=day("2029-02-28"),
        classes=(9, 42),
        edition="11-2019",
        status="Registration published",
        status_date=day("2019-07-15"),
        events=(
            EventFacts(day("2019-03-29"), "Application published", "A.1", "Published for opposition"),
            EventFacts(day("2019-07-15"), "Registration published", None, "Registered"),
        ),
        oppositions=(
            OppositionFacts(day("2019-05-02"), "B 003000001", "Opposition finally rejected", day("2019-06-28")),
        ),
        representations=(RepresentationFacts("tide-gauge.svg"),),
    )
    assert [event.text for event in registered.events] == ["A.1", "Registration published"]
    assert pending == RegisterFacts(
        number=number("EM/T/018012346"),
        digest=pending.digest,
        filing_date=day("2024-02-29"),
        status="Awaiting the tide",
        international=(number("WO/T/1644150"),),
    )
    assert pending.basis == number("WO/T/1644150")
    assert registered.basis is None


def test_sample_of_designs() -> None:
    document = read_register_entries(REGISTER / "wo-designs-st96.xml")
    assert (document.format, document.version) == ("st96-design", "V6_0")
    first, second = document.entries
    assert first == RegisterFacts(
        number=number("WO/D/DM/215987-001"),
        digest=first.digest,
        filing_date=day("2022-01-10"),
        registration=number("WO/D/DM/215987"),
        registration_date=day("2022-01-10"),
        expiry_date=day("2027-01-10"),
        classes=(6, 10),
        subclasses=("06-01", "10-04"),
        edition="13",
        status="Registered",
        status_date=day("2022-01-10"),
        events=(EventFacts(day("2022-01-10"), "Filed"), EventFacts(day("2022-01-10"), "Registered")),
        representations=(
            RepresentationFacts("tide-gauge.svg"),
            RepresentationFacts("data:image/svg+xml", hashlib.sha256(b"<svg/>").digest()),
        ),
        designations=("EM", "JP"),
    )
    assert second.number == number("WO/D/DM/215987-002")
    assert (second.status, second.status_date) == ("Filed", day("2022-01-11"))
    assert (second.classes, second.subclasses) == ((6,), ("06-01", "06-03"))


def test_sample_of_st66() -> None:
    document = read_register_entries(REGISTER / "wo-trademark-st66.xml")
    assert (document.format, document.version) == ("st66-trademark", "V1-3")
    (facts,) = document.entries
    assert facts == RegisterFacts(
        number=number("WO/T/1644150"),
        digest=document.digest,
        filing_date=day("2021-10-05"),
        registration=number("WO/T/1644150"),
        registration_date=day("2021-10-05"),
        expiry_date=day("2031-10-05"),
        classes=(9, 39),
        edition="11-2021",
        status="Registered",
        status_date=day("2021-10-05"),
        events=(EventFacts(day("2021-10-05"), None, "ENN", "Registration"), EventFacts(None, None, "GP18N")),
        oppositions=(OppositionFacts(day("2022-03-01"), None, "Opposition closed"),),
        representations=(RepresentationFacts("tide-gauge.svg"),),
        basic=(number("AU/T/2201234"),),
        designations=("EM", "JP"),
    )
    assert facts.basis == number("AU/T/2201234")


@pytest.mark.parametrize(("name", "sample"), [("em-mark-export.xml", mark), ("em-design-export.xml", design)])
def test_samples_of_exports_are_what_is_written_today(name: str, sample: Any) -> None:
    assert XML[name] == export_xml(*sample())
    facts = one(REGISTER / name)
    assert facts.number == sample()[0].number
    assert len(facts.events) == len(sample()[1])


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("em-trademark-st96.xml", ["EM/T/019012345"]),
        ("ru-trademark-bag-st96.xml", ["RU/T/2024712346", "RU/T/2024712347", "RU/T/2024712348"]),
        ("em-design-st96.xml", ["EM/D/015900123-0001", "EM/D/015900123-0002"]),
        ("jp-design-st96-v3.xml", ["JP/D/2023-019876D"]),
        ("ru-trademark-st66.xml", ["RU/T/2024712345"]),
        ("em-trademark-st66.xml", ["EM/T/019012346", "EM/T/019012347"]),
    ],
)
def test_applications_are_entries_too(name: str, numbers: list[str]) -> None:
    assert [facts.number.text for facts in read_register_entries(SAMPLES / name).entries] == numbers


def test_every_sample_is_tested_and_described() -> None:
    files = {path.name for path in REGISTER.iterdir()}
    assert files == {
        "em-trademarks-st96.xml",
        "wo-designs-st96.xml",
        "wo-trademark-st66.xml",
        "em-mark-export.xml",
        "em-design-export.xml",
        "tide-gauge.svg",
    }
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in files if f"`register/{name}`" not in readme] == []


@pytest.mark.parametrize(
    "path", [*sorted(REGISTER.glob("*.xml")), SAMPLES / "em-design-st96.xml"], ids=lambda p: p.name
)
def test_no_person_is_in_the_facts(path: Path) -> None:
    shown = json.dumps(read_register_entries(path, folder=REGISTER).to_json())
    assert "Applicant" not in shown
    assert "names" not in shown


def test_json_keys() -> None:
    values = json.loads(json.dumps(read_register_entries(REGISTER / "wo-trademark-st66.xml").to_json()))
    assert list(values) == ["format", "version", "digest", "entries"]
    (entry,) = values["entries"]
    assert entry["filingDate"] == "2021-10-05"
    assert entry["basic"] == ["AU/T/2201234"]
    assert entry["events"][1] == {"code": "GP18N"}
    assert re.fullmatch("0x[0-9a-f]{64}", entry["digest"])
    assert "international" not in entry


# --- numbers -------------------------------------------------------------------------------------------------------


def test_application_number_comes_first(write: Write) -> None:
    path = write(a_mark("<c:RegistrationNumber>987654</c:RegistrationNumber>"))
    facts = one(path)
    assert (facts.number.text, facts.application, facts.registration) == (
        "RU/T/2024712345",
        None,
        number("RU/T/987654"),
    )


def test_registration_number_first_if_the_register_is_kept_so(write: Write) -> None:
    path = write(a_mark("<c:RegistrationNumber>987654</c:RegistrationNumber>"))
    facts = one(path, numbering="registration")
    assert (facts.number.text, facts.application) == ("RU/T/987654", number("RU/T/2024712345"))
    pending = one(write(a_mark()), numbering="registration")
    assert (pending.number.text, pending.application) == ("RU/T/2024712345", None)


@pytest.mark.parametrize(("numbering", "first"), [("application", "AU/T/2201234"), ("registration", "AU/T/1998877")])
@pytest.mark.parametrize("name", ["st96", "st66"])
def test_basic_mark_goes_by_the_same_numbers(write: Write, name: str, numbering: Any, first: str) -> None:
    if name == "st66":
        text = ST66.replace(
            "</t:BasicApplicationDetails>",
            "</t:BasicApplicationDetails><t:BasicRegistrationDetails><t:BasicRegistration>"
            "<t:BasicRegistrationNumber>1998877</t:BasicRegistrationNumber></t:BasicRegistration>"
            "</t:BasicRegistrationDetails>",
        )
    else:
        text = a_mark(
            "<t:BasicRegistrationApplicationBag><t:BasicRegistrationApplication>"
            "<c:RegistrationOfficeCode>AU</c:RegistrationOfficeCode><t:BasicApplicationBag><t:BasicApplication>"
            "<t:BasicApplicationNumber><c:ApplicationNumberText>2201234</c:ApplicationNumberText>"
            "</t:BasicApplicationNumber></t:BasicApplication></t:BasicApplicationBag><t:BasicRegistrationBag>"
            "<t:BasicRegistration><t:BasicRegistrationNumber>1998877</t:BasicRegistrationNumber></t:BasicRegistration>"
            "</t:BasicRegistrationBag></t:BasicRegistrationApplication></t:BasicRegistrationApplicationBag>"
        )
    facts = one(write(text), numbering=numbering)
    assert facts.basis == number(first)
    assert set(facts.basic) == {number("AU/T/2201234"), number("AU/T/1998877")}


def test_st66_international_mark(write: Write) -> None:
    text = ST66.replace("<t:RegistrationOfficeCode>WO<", "<t:RegistrationOfficeCode>GB<", 1).replace(
        "<t:MarkFeature>",
        "<t:InternationalMarkKey><t:Identifier>1644150</t:Identifier></t:InternationalMarkKey><t:MarkFeature>",
    )
    changed = text.replace(
        "<t:RegistrationDate>", "<t:ApplicationDate>2021-10-05</t:ApplicationDate><t:RegistrationDate>"
    )
    assert one(write(changed)).international == (number("WO/T/1644150"),)


@pytest.mark.parametrize(
    ("base", "identifier", "total", "count", "expected"),
    [
        ("EM/D/015900123", "0001", 2, 2, "EM/D/015900123-0001"),
        ("EM/D/015900123", "12", None, 1, "EM/D/015900123-0012"),
        ("EM/D/015900123", "1", 1, 1, "EM/D/015900123-0001"),
        ("EM/D/015900123", None, 1, 1, "EM/D/015900123"),
        ("EM/D/015900123-0001", "1", None, 2, "EM/D/015900123-0001"),
        ("EM/D/015900123-0001", None, None, 1, "EM/D/015900123-0001"),
        ("WO/D/DM/215987", "2", 2, 2, "WO/D/DM/215987-002"),
        ("WO/D/DM/215987", "2", 1, 1, "WO/D/DM/215987"),
        ("FR/D/20200885", "3", None, 1, "FR/D/20200885-003"),
        ("ES/D/D0512345", "1", 2, 1, "ES/D/D0512345-01"),
        ("RU/D/2023504321", "0001", None, 1, "RU/D/2023504321-001"),
        ("RU/D/2023504321", "1000", None, 1, "RU/D/2023504321-1000"),
        ("RU/D/2023504321-001", "1", None, 2, "RU/D/2023504321-001"),
        ("KR/D/30-2010-0001234", "2", 2, 2, "KR/D/30-2010-0001234-002"),
        ("KR/D/35503842", "D0123456", None, 1, "KR/D/35503842"),
        ("JP/D/2023-019876D", "1", 1, 1, "JP/D/2023-019876D"),
    ],
)
def test_number_of_a_design(base: str, identifier: str | None, total: int | None, count: int, expected: str) -> None:
    text = None if identifier is None else Text(identifier, "here")
    assert design_number(number(base), text, total=total, count=count).text == expected


@pytest.mark.parametrize(
    ("base", "identifier", "total", "count", "message"),
    [
        ("EM/D/015900123", None, 2, 1, "not at all"),
        ("EM/D/015900123", None, None, 2, "not at all"),
        ("EM/D/015900123", "A", None, 2, "'A' \\(here\\)"),
        ("EM/D/015900123", "0", 2, 2, "'0'"),
        ("EM/D/015900123", "10000", 2, 2, "'10000'"),
        ("EM/D/015900123", "\u0661", 2, 2, "several designs"),
        ("EM/D/015900123-0001", "2", 2, 2, "contradicts itself"),
        ("WO/D/DM/215987-001", "2", 2, 2, "contradicts itself"),
    ],
)
def test_number_of_a_design_that_cannot_be_told(
    base: str, identifier: str | None, total: int | None, count: int, message: str
) -> None:
    text = None if identifier is None else Text(identifier, "here")
    with pytest.raises(DocumentError, match=message) as caught:
        design_number(number(base), text, total=total, count=count)
    assert caught.value.remedy


def test_number_of_a_design_that_gets_too_long() -> None:
    base = OfficeNumber("RU", Right.DESIGN, "1" * 26)
    with pytest.raises(NumberFormatError, match="canonical"):
        design_number(base, Text("1", "here"), total=2, count=2)


def test_designs_with_registration_numbers_of_their_own(write: Write) -> None:
    text = DESIGNS.replace("<c:RegistrationOfficeCode>WO<", "<c:RegistrationOfficeCode>KR<").replace(
        "<c:InternationalRegistrationNumber>DM/215987</c:InternationalRegistrationNumber>",
        "<c:ApplicationNumber><c:ApplicationNumberText>30-2022-0001234</c:ApplicationNumberText></c:ApplicationNumber>",
    )
    text = text.replace(
        "</d:DesignApplicationEventBag>",
        "</d:DesignApplicationEventBag><c:ApplicationDate>2021-12-01</c:ApplicationDate>",
    )
    for identifier, registration in (("1", "301234561"), ("2", "301234562")):
        text = text.replace(
            f"<d:DesignIdentifier>{identifier}</d:DesignIdentifier>",
            f"<d:DesignIdentifier>{identifier}</d:DesignIdentifier>"
            f"<c:RegistrationNumber>{registration}</c:RegistrationNumber>",
        )
    path = write(text)
    by_registration = read_register_entries(path, numbering="registration").entries
    assert [facts.number.number for facts in by_registration] == ["301234561", "301234562"]
    assert {facts.application for facts in by_registration} == {number("KR/D/30-2022-0001234")}
    by_application = read_register_entries(path).entries
    assert [facts.number.number for facts in by_application] == ["30-2022-0001234-001", "30-2022-0001234-002"]
    assert {facts.application for facts in by_application} == {number("KR/D/30-2022-0001234")}


def test_designation_of_a_hague_registration(write: Write) -> None:
    text = DESIGNS.replace("<c:RegistrationOfficeCode>WO<", "<c:RegistrationOfficeCode>RU<").replace(
        "<c:InternationalRegistrationNumber>",
        "<c:ApplicationNumber><c:ApplicationNumberText>2022500001</c:ApplicationNumberText></c:ApplicationNumber>"
        "<c:InternationalRegistrationNumber>",
    )
    text = text.replace(
        "</d:DesignApplication>", "<c:ApplicationDate>2022-01-10</c:ApplicationDate></d:DesignApplication>"
    )
    first, _ = read_register_entries(write(text)).entries
    assert first.number == number("RU/D/2022500001-001")
    assert (first.application, first.registration) == (number("RU/D/2022500001"), None)
    assert (first.international, first.basis) == ((number("WO/D/DM/215987"),), number("WO/D/DM/215987"))


@pytest.mark.parametrize("total", ["1", "none", "0", "-2", "9999999"])
def test_number_of_designs_that_is_wrong(write: Write, total: str) -> None:
    with pytest.raises(DocumentError, match="number of designs"):
        read_register_entries(write(DESIGNS.replace(">2</d:DesignTotalQuantity>", f">{total}</d:DesignTotalQuantity>")))


def test_one_entry_twice_is_refused(write: Write) -> None:
    with pytest.raises(DocumentError, match="two entries of the number EM/T/018012345"):
        read_register_entries(write(MARKS.replace("018012346", "018012345")))
    with pytest.raises(DocumentError, match="two entries of the number WO/D/DM/215987-001"):
        read_register_entries(write(DESIGNS.replace(">2</d:DesignIdentifier>", ">1</d:DesignIdentifier>")))


# --- what must be there, and agree ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "missing"),
    [
        ("<c:RegistrationOfficeCode>.*?</c:RegistrationOfficeCode>", "office code"),
        ("<c:ApplicationNumber>.*?</c:ApplicationNumber>", "application or registration number"),
        ("<c:ApplicationDate>.*?</c:ApplicationDate>", "filing date"),
    ],
)
def test_what_is_missing_is_named(write: Write, pattern: str, missing: str) -> None:
    with pytest.raises(DocumentError, match=f"no {missing}") as caught:
        one(write(re.sub(pattern, "", a_mark())))
    assert caught.value.details["missing"] == missing
    assert caught.value.remedy


@pytest.mark.parametrize(
    "content",
    [
        f'<t:TrademarkBag xmlns:t="{TMK}"/>',
        ST66.replace("TradeMark ", "Other ").replace("</t:TradeMark>", "</t:Other>"),
    ],
)
def test_document_without_an_entry(write: Write, content: str) -> None:
    with pytest.raises(DocumentError, match="no trade mark or design"):
        read_register_entries(write(content))


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<c:ApplicationDate>2024-02-13</c:ApplicationDate>", "the filing date"),
        ("<c:RegistrationOfficeCode>AU</c:RegistrationOfficeCode>", "the office"),
        ("<c:ExpiryDate>2034-02-12</c:ExpiryDate><c:ExpiryDate>2034-02-13</c:ExpiryDate>", "the expiry date"),
        (
            "<c:RegistrationNumber>1</c:RegistrationNumber><c:RegistrationNumber>2</c:RegistrationNumber>",
            "registration",
        ),
        (
            "<t:MarkCurrentStatusCode>A</t:MarkCurrentStatusCode><t:MarkCurrentStatusCode>B</t:MarkCurrentStatusCode>",
            "the status",
        ),
    ],
)
def test_contradictions_are_refused(write: Write, inside: str, what: str) -> None:
    with pytest.raises(DocumentError, match=f"contradicts itself: .*{what}"):
        one(write(a_mark(inside)))


def test_many_values_for_all_designs_are_refused_early(write: Write) -> None:
    dates = "".join(f"<c:ApplicationDate>2022-01-{day:02d}</c:ApplicationDate>" for day in range(1, 30))
    with pytest.raises(DocumentError, match="contradicts itself: one value is 2022-01-01"):
        read_register_entries(write(DESIGNS.replace("<d:DesignBag>", f"{dates}<d:DesignBag>")))


@pytest.mark.parametrize("office", ["XX", "ru", "RUS", "SU", "QQ"])
def test_office_that_is_none(write: Write, office: str) -> None:
    with pytest.raises(OfficeCodeError):
        one(write(a_mark(office=office)))


def test_number_that_is_none_names_its_place(write: Write) -> None:
    with pytest.raises(NumberFormatError) as caught:
        one(write(a_mark("<c:RegistrationNumber>№ 5</c:RegistrationNumber>")))
    assert caught.value.details["place"] == "RegistrationNumber in line 1"


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "element", ["c:RegistrationDate", "c:ExpiryDate", "t:TerminationDate", "t:MarkCurrentStatusDate"]
)
@pytest.mark.parametrize(
    "written", ["2024-02-30", "2023-02-29", "2024", "2024-06", "31.12.2024", "1799-12-31", "00000000"]
)
def test_date_that_is_none(write: Write, element: str, written: str) -> None:
    with pytest.raises(DateError) as caught:
        one(write(a_mark(f"<{element}>{written}</{element}>")))
    assert caught.value.details["place"].startswith(element[2:])


@pytest.mark.parametrize("place", ["MarkEventDate", "OppositionDate"])
def test_date_of_an_event_that_is_none(write: Write, place: str) -> None:
    changed = re.sub(f"(:{place}>)[^<]*", r"\g<1>2024-04-31", MARKS, count=1)
    with pytest.raises(DateError) as caught:
        read_register_entries(write(changed))
    assert caught.value.details["place"].startswith(place)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<c:ExpiryDate>2024-02-12</c:ExpiryDate>", "the expiry date of RU/T/2024712345, 2024-02-12, does not follow"),
        ("<c:ExpiryDate>1969-12-31</c:ExpiryDate>", "expiry date"),
        ("<c:RegistrationDate>2024-02-11</c:RegistrationDate>", "registration date"),
        ("<t:TerminationDate>2024-02-11</t:TerminationDate>", "termination date"),
    ],
)
def test_dates_in_an_impossible_order(write: Write, inside: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        one(write(a_mark(inside)))
    assert caught.value.remedy


@pytest.mark.parametrize(("filed", "expires"), [("1869-03-31", "1969-03-31"), ("2024-02-29", "2134-02-28")])
def test_dates_before_1970_and_after_2106(write: Write, filed: str, expires: str) -> None:
    facts = one(write(a_mark(f"<c:ExpiryDate>{expires}</c:ExpiryDate>", filed=filed)))
    assert (facts.filing_date, facts.expiry_date) == (day(filed), day(expires))


def test_registered_on_the_day_of_filing(write: Write) -> None:
    facts = one(write(a_mark("<c:RegistrationDate>2024-02-12Z</c:RegistrationDate>")))
    assert facts.registration_date == facts.filing_date


def test_only_international_registrations_take_their_date_as_filing_date(write: Write) -> None:
    text = re.sub(
        "<c:ApplicationDate>.*?</c:ApplicationDate>", "<c:RegistrationDate>2024-02-12</c:RegistrationDate>", a_mark()
    )
    with pytest.raises(DocumentError, match="no filing date"):
        one(write(text))
    international = text.replace(">RU<", ">WO<").replace("2024712345", "1644150")
    assert one(write(international)).filing_date == day("2024-02-12")


# --- classes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"), [("1", 1), ("01", 1), ("001", 1), ("9", 9), ("045", 45), ("45", 45), ("10", 10)]
)
def test_nice_class(written: str, expected: int) -> None:
    assert nice_class(Text(written, "here")) == expected


@pytest.mark.parametrize(
    "written", ["0", "00", "46", "99", "0001", "-1", "1.0", "9a", "A", "IX", "9 42", "\u0661", "100"]
)
def test_nice_class_that_is_none(write: Write, written: str) -> None:
    with pytest.raises(DocumentError, match="Nice Classification") as caught:
        one(write(a_mark(goods("35", written))))
    assert repr(written) in caught.value.message
    assert "1 to 45" in caught.value.remedy


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("06-01", (6, "06-01")),
        ("6-01", (6, "06-01")),
        ("1-04", (1, "01-04")),
        ("01-04", (1, "01-04")),
        ("32-00", (32, "32-00")),
        ("06", (6, None)),
        ("6", (6, None)),
    ],
)
def test_locarno_class(written: str, expected: tuple[int, str | None]) -> None:
    assert locarno_class(Text(written, "here")) == expected


@pytest.mark.parametrize(
    "written",
    [
        "33-01",
        "00-01",
        "0-01",
        "1-4",
        "01-4",
        "001-04",
        "01-004",
        "0104",
        "01.04",
        "Cl. 1-04",
        "01-",
        "\u0661-04",
        "99",
    ],
)
def test_locarno_class_that_is_none(write: Write, written: str) -> None:
    with pytest.raises(DocumentError, match="Locarno Classification") as caught:
        read_register_entries(write(DESIGNS.replace(">6-01<", f">{written}<")))
    assert repr(written) in caught.value.message
    assert "06-01" in caught.value.remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [(">06-01</c:LocarnoSubclass>", ">6-1</c:LocarnoSubclass>"), (">6</c:LocarnoClass>", ">33</c:LocarnoClass>")],
)
def test_parts_of_a_locarno_class_that_are_none(write: Write, old: str, new: str) -> None:
    with pytest.raises(DocumentError, match="Locarno Classification"):
        read_register_entries(write(DESIGNS.replace(old, new)))


def test_locarno_class_without_its_subclass(write: Write) -> None:
    text = re.sub("<c:LocarnoSubclassBag>.*?</c:LocarnoSubclassBag>", "", DESIGNS, flags=re.DOTALL)
    first, _ = read_register_entries(write(text)).entries
    assert (first.classes, first.subclasses) == ((6, 10), ("10-04",))


def test_classes_are_given_once_and_in_order(write: Write) -> None:
    assert one(write(a_mark(goods("42", "009", "9", "1")))).classes == (1, 9, 42)


def test_national_classes_are_left_out(write: Write) -> None:
    assert one(write(a_mark(goods("200", "A", kind="Domestic")))).classes == ()
    described = "<t:ClassDescription><t:ClassNumber>200</t:ClassNumber></t:ClassDescription>"
    description = f"<t:ClassDescriptionBag>{described}</t:ClassDescriptionBag>"
    with_words = goods("A", kind="Domestic").replace("</t:GoodsServices>", f"{description}</t:GoodsServices>")
    assert one(write(a_mark(with_words))).classes == ()


def test_classes_of_the_goods_in_words_count(write: Write) -> None:
    bag = (
        "<t:GoodsServicesBag><t:GoodsServices><t:ClassDescriptionBag><t:ClassDescription>"
        "<t:ClassNumber>46</t:ClassNumber></t:ClassDescription></t:ClassDescriptionBag></t:GoodsServices></t:GoodsServicesBag>"
    )
    assert one(write(a_mark(bag.replace("46", "45")))).classes == (45,)
    with pytest.raises(DocumentError, match="46"):
        one(write(a_mark(bag)))


def test_st66_class_that_is_none_and_national_classification(write: Write) -> None:
    with pytest.raises(DocumentError, match="'46'"):
        one(write(ST66.replace(">39<", ">46<")))
    national = ST66.replace(
        "<t:ClassificationVersion>", "<t:ClassificationKindCode>AU</t:ClassificationKindCode><t:ClassificationVersion>"
    )
    assert one(write(national)).classes == ()


# --- status and events ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["REGISTERED", "LIVE/REGISTRATION/Issued", "зарегистрирован", "x" * 400])
def test_unknown_status_is_kept_as_text(write: Write, status: str) -> None:
    facts = one(write(a_mark(f"<t:MarkCurrentStatusCode>\n  {status} </t:MarkCurrentStatusCode>")))
    assert facts.status == status


def test_event_of_nothing_but_a_category(write: Write) -> None:
    event = "<t:MarkEvent><t:MarkEventCategory>Odd</t:MarkEventCategory></t:MarkEvent><t:MarkEvent/>"
    facts = one(write(a_mark(f"<t:MarkEventBag>{event}</t:MarkEventBag>")))
    assert facts.events == (EventFacts(None, "Odd"), EventFacts(None))
    assert [event.text for event in facts.events] == ["Odd", ""]


def test_element_where_a_value_belongs(write: Write) -> None:
    with pytest.raises(DocumentError, match="holds other elements"):
        one(write(a_mark("<t:MarkCurrentStatusCode><c:B>x</c:B></t:MarkCurrentStatusCode>")))


# --- digests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wo-trademark-st66.xml", "em-mark-export.xml"])
def test_single_entry_has_the_digest_of_the_file(name: str) -> None:
    document = read_register_entries(REGISTER / name)
    expected = hashlib.sha256(XML[name])
    assert document.digest == document.entries[0].digest == expected.digest()
    assert document.digest_hex == "0x" + expected.hexdigest()


def test_digest_of_one_of_several_is_that_of_its_canonical_form(write: Write) -> None:
    single = a_mark('<t:MarkCategory b="2" a="1"/><!-- out -->')
    inner = single.replace(f' xmlns:t="{TMK}" xmlns:c="{COM}"', "")
    other = inner.replace("2024712345", "2024712346")
    bag = (
        f'<t:TrademarkBag xmlns:x="urn:unused" xmlns:c="{COM}" xmlns:t="{TMK}">{inner}<?out?>\n{other}</t:TrademarkBag>'
    )
    first, second = read_register_entries(write(bag)).entries
    # Written by hand from the rules: namespaces where they are first used, attributes in order, no empty tags.
    canonical = (
        f'<t:Trademark xmlns:t="{TMK}">'
        f'<c:RegistrationOfficeCode xmlns:c="{COM}">RU</c:RegistrationOfficeCode>'
        f'<c:ApplicationNumber xmlns:c="{COM}"><c:ApplicationNumberText>2024712345</c:ApplicationNumberText>'
        f'</c:ApplicationNumber><c:ApplicationDate xmlns:c="{COM}">2024-02-12</c:ApplicationDate>'
        '<t:MarkCategory a="1" b="2"></t:MarkCategory></t:Trademark>'
    )
    assert first.digest == hashlib.sha256(canonical.encode()).digest()
    assert first.dossier == first.digest
    assert second.digest not in (first.digest, read_register_entries(write(bag)).digest)


def test_digest_of_an_entry_does_not_depend_on_the_others(write: Write) -> None:
    first, second = (facts.digest for facts in read_register_entries(REGISTER / "em-trademarks-st96.xml").entries)
    changed = read_register_entries(
        write(MARKS.replace("Awaiting the tide", "Ebb").replace("<tmk:TrademarkBag>", "<tmk:TrademarkBag><!-- x -->"))
    )
    assert changed.entries[0].digest == first
    assert changed.entries[1].digest != second


@pytest.mark.parametrize("digest", [bytes(31), b"", bytes(33)])
def test_digest_of_another_length_is_none(digest: bytes) -> None:
    with pytest.raises(DigestError):
        RegisterFacts(number("RU/T/1"), digest, day("2024-01-01"))


def test_facts_of_other_rights_or_classes_are_none() -> None:
    with pytest.raises(DocumentError, match="neither a trade mark nor a design"):
        RegisterFacts(number("RU/P/1"), bytes(32), day("2024-01-01"))
    with pytest.raises(DocumentError, match="1 to 32"):
        RegisterFacts(number("RU/D/1"), bytes(32), day("2024-01-01"), classes=(33,))


# --- files that show a mark ----------------------------------------------------------------------------------------


def test_file_beside_the_document_is_hashed_where_asked() -> None:
    first, _ = read_register_entries(REGISTER / "em-trademarks-st96.xml", folder=REGISTER).entries
    assert first.representations == (RepresentationFacts("tide-gauge.svg", IMAGE),)
    assert first.representation == IMAGE


def test_digest_of_several_files_is_over_their_digests() -> None:
    first, second = read_register_entries(REGISTER / "wo-designs-st96.xml", folder=REGISTER).entries
    assert first.representation == hashlib.sha256(IMAGE + hashlib.sha256(b"<svg/>").digest()).digest()
    assert second.representation is None


def test_one_file_unknown_and_there_is_no_digest_for_all() -> None:
    first, _ = read_register_entries(REGISTER / "wo-designs-st96.xml").entries
    assert [item.digest is None for item in first.representations] == [True, False]
    assert first.representation is None


def test_only_plain_names_in_the_folder_are_opened(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = tmp_path / "files"
    (folder / "directory").mkdir(parents=True)
    (folder / "link.png").symlink_to(secret)
    (folder / "plain.png").write_bytes(b"png")
    names = [
        "../secret.txt",
        str(secret),
        "link.png",
        "directory",
        "missing.png",
        "..",
        ".",
        "C:secret.txt",
        "a\\b",
        "http://127.0.0.1/x",
    ]
    for name in names:
        facts = one(write(a_mark(image(name))), folder=folder)
        assert facts.representations == (RepresentationFacts(name),)
    assert one(write(a_mark(image("plain.png"))), folder=folder).representation == hashlib.sha256(b"png").digest()


def test_file_name_too_long_for_the_system(write: Write, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        one(write(a_mark(image("x" * 5000))), folder=tmp_path)


def test_embedded_file_and_named_digest(write: Write) -> None:
    assert one(write(a_mark(image("data:image/png;base64,cG5\n n")))).representation == hashlib.sha256(b"png").digest()
    named = digest_name(IMAGE)
    assert one(write(a_mark(image(named)))).representations == (RepresentationFacts(named, IMAGE),)


@pytest.mark.parametrize("content", ["cG5", "=", "cG5n=cG5n"])
def test_embedded_file_that_is_not_base64(write: Write, content: str) -> None:
    with pytest.raises(DocumentError, match="not base64"):
        one(write(a_mark(image(f"data:image/png;base64,{content}"))))


@given(st.binary(min_size=32, max_size=32))
def test_digest_in_an_address_comes_back(digest: bytes) -> None:
    assert digest_of_name(digest_name(digest)) == digest


@pytest.mark.parametrize(
    "name", ["ni:///sha-256;" + "A" * 42, "ni:///sha-256;" + "A" * 42 + "B", "ni:///sha-512;" + "A" * 43, "x"]
)
def test_address_that_names_no_digest(name: str) -> None:
    assert digest_of_name(name) is None


# --- forms of the document -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["V1_0", "V3_0", "V8_0"])
def test_st96_version(write: Write, version: str) -> None:
    document = read_register_entries(write(MARKS.replace("V6_0", version)))
    assert document.version == version
    assert len(document.entries) == 2


def test_st96_version_that_is_not_known(write: Write) -> None:
    with pytest.raises(DocumentError, match="versions 1 to 8"):
        read_register_entries(write(MARKS.replace("V6_0", "V9_0")))


@pytest.mark.parametrize(("text", "prefix"), [(MARKS, "tmk"), (DESIGNS, "d"), (ST66, "t")])
def test_prefix_is_free(write: Write, text: str, prefix: str) -> None:
    expected = [facts.number for facts in read_register_entries(write(text)).entries]
    renamed = text.replace(f"<{prefix}:", "<марка:").replace(f"</{prefix}:", "</марка:")
    renamed = renamed.replace(f"xmlns:{prefix}=", "xmlns:марка=")
    assert [facts.number for facts in read_register_entries(write(renamed)).entries] == expected


def test_bag_and_single_mark_as_root(write: Write) -> None:
    start, end = MARKS.index("<tmk:TrademarkBag>"), MARKS.index("</tmk:TrademarkApplication>")
    bag = MARKS[start:end].replace("<tmk:TrademarkBag>", f'<tmk:TrademarkBag xmlns:tmk="{TMK}" xmlns:com="{COM}">')
    assert [facts.number.number for facts in read_register_entries(write(bag)).entries] == ["018012345", "018012346"]
    assert one(write(a_mark())).number == number("RU/T/2024712345")


@pytest.mark.parametrize("name", ["au-patent-st96.xml", "us-patent-st36.xml", "au-patent.pdf", "us-design.zip"])
def test_documents_without_entries_are_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=name) as caught:
        read_register_entries(SAMPLES / name)
    assert "ST.66" in caught.value.remedy


# --- hostile documents ---------------------------------------------------------------------------------------------

BODY = MARKS[MARKS.index("<tmk:") :]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;">]>' + BODY, "entity-declaration"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BODY.replace("Awaiting", "&x;"), "external-entity"),
        ('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>' + BODY, "parameter-entity"),
        ('<!DOCTYPE a [<!ATTLIST a b CDATA "x">]>' + BODY, "internal-subset"),
        (BODY.replace("Awaiting", "&x;"), "entity-reference"),
        (
            BODY.replace(
                "<tmk:TrademarkBag>",
                '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="x"/><tmk:TrademarkBag>',
            ),
            "xinclude",
        ),
        (BODY.replace("Awaiting", "<b>" * 101 + "</b>" * 101), "too-deep"),
        (b'<?xml version="1.0" encoding="UTF-7"?>' + BODY.encode(), "encoding"),
        (codecs.BOM_UTF32_LE + BODY.encode("utf-32-le"), "encoding"),
    ],
)
def test_refused_by_name(write: Write, document: str | bytes, reason: str) -> None:
    with pytest.raises(UnsafeDocumentError) as caught:
        read_register_entries(write(document))
    assert caught.value.details["reason"] == reason


def test_limits_hold(write: Write) -> None:
    with pytest.raises(UnsafeDocumentError, match="too-large"):
        read_register_entries(write(MARKS), limits=XmlLimits(max_bytes=len(MARKS.encode()) - 1))
    with pytest.raises(UnsafeDocumentError, match="too-many-elements"):
        read_register_entries(write(MARKS), limits=XmlLimits(max_elements=20))


def read_bytes(content: bytes) -> RegisterDocument | InputError:
    """The document, or the error; anything else fails the test."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(content)
        file.flush()
        try:
            return read_register_entries(file.name, folder=REGISTER)
        except InputError as error:
            return error


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(XML)), st.integers(min_value=0), st.integers(min_value=1, max_value=6))
def test_mutated(name: str, seed: int, times: int) -> None:
    """Bytes changed, doubled, cut or moved: facts or an error of this package, and if facts, whole ones."""
    chance = random.Random(seed)
    content = bytearray(XML[name])
    for _ in range(times):
        start = chance.randrange(len(content))
        end = min(len(content), start + chance.choice((1, 1, 4, 40, 400)))
        kind = chance.randrange(4)
        if kind == 0:
            content[start] = chance.randrange(256)
        elif kind == 1:
            content[start:end] = b""
        elif kind == 2:
            content[start:start] = content[start:end]
        else:
            piece = bytes(content[start:end])
            content[start:end] = b""
            position = chance.randrange(len(content) + 1)
            content[position:position] = piece
    outcome = read_bytes(bytes(content))
    if isinstance(outcome, RegisterDocument):
        for facts in outcome.entries:
            assert facts.number.on_chain
            assert json.dumps(facts.to_json())


_VALUES = [text for text in re.findall(r">([^<>]+)<", MARKS + DESIGNS + ST66) if text.strip()]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(XML)), st.data())
def test_any_value_in_any_place(name: str, data: st.DataObject) -> None:
    """One value of a good document replaced by any text, or by a value of another element."""
    from xml.sax.saxutils import escape

    text = XML[name].decode()
    places = [found.span(1) for found in re.finditer(r">([^<>\s][^<>]*)<", text)]
    start, end = data.draw(st.sampled_from(places))
    value = data.draw(st.text(max_size=40) | st.sampled_from(_VALUES))
    changed = text[:start] + escape(value) + text[end:]
    assert isinstance(read_bytes(changed.encode("utf-8", "replace")), RegisterDocument | InputError)
