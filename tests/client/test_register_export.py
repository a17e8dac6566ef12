"""Entries written as documents, and read again as the same facts."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree
from register_samples import SIGNER, design, entries, mark, number, status_text

from registrum.documents import RecordedFacts, RegisterFacts, read_register_entries, register_model
from registrum.documents.elements import Text
from registrum.documents.register_export import (
    DESIGN_STATUSES,
    MARK_EVENTS,
    NAMESPACES,
    NATIONAL_EVENT,
    export_json,
    export_xml,
)
from registrum.documents.register_text import read_event, write_event
from registrum.errors import DateError, DigestError, DocumentError, InputError, NumberFormatError
from registrum.numbers import Right
from registrum.rights.codes import CodeTable, default_codes
from registrum.rights.model import (
    HIGHEST_CLASS,
    Entry,
    EntryFacts,
    EventFlags,
    RecordedEvent,
    Relation,
    State,
    StatePair,
)


def read(content: bytes) -> RegisterFacts:
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(content)
        file.flush()
        (facts,) = read_register_entries(file.name).entries
    return facts


def tree(content: bytes) -> etree._Element:
    return etree.fromstring(content)


def text(element: etree._Element, path: str) -> list[str]:
    return [str(found.text or "") for found in element.findall(path, NAMESPACES)]


def recorded_facts(recorded: RecordedEvent) -> RecordedFacts:
    event = recorded.event
    flags = [name for name, bit in (("imported", 1), ("surcharge", 2), ("annuls", 4)) if event.flags & bit]
    return RecordedFacts(
        recorded.sequence,
        event.system,
        event.code,
        str(event.resulting),
        status_text(event),
        event.effective_date,
        event.publication_date,
        event.document,
        event.corrects,
        tuple(flags + ["irregular"] * recorded.is_irregular),
    )


def assert_same(facts: RegisterFacts, entry: Entry, history: list[RecordedEvent]) -> None:
    assert facts.number == entry.number
    assert facts.application == entry.application
    assert facts.filing_date == entry.filing_date
    assert facts.registration_date == entry.registration_date
    assert facts.expiry_date == entry.expiry_date
    assert facts.classes == entry.classes
    assert facts.stated_dossier == entry.dossier
    assert facts.representation == entry.representation
    assert facts.holder == entry.holder
    assert facts.basis == entry.basis
    assert [event.recorded for event in facts.events] == [recorded_facts(event) for event in history]
    assert [event.date for event in facts.events] == [event.event.event_date for event in history]


@settings(max_examples=150, deadline=None)
@given(entries(Right.TRADEMARK))
def test_export_of_a_mark_gives_the_same_facts_again(sample: tuple[Entry, list[RecordedEvent]]) -> None:
    entry, history = sample
    facts = read(export_xml(entry, history))
    assert_same(facts, entry, history)
    assert facts.status == entry.status_text
    assert facts.termination_date == (entry.ceased_on if entry.pair.state is State.TERMINATED else None)


@settings(max_examples=150, deadline=None)
@given(entries(Right.DESIGN))
def test_export_of_a_design_gives_the_same_facts_again(sample: tuple[Entry, list[RecordedEvent]]) -> None:
    entry, history = sample
    facts = read(export_xml(entry, history))
    assert_same(facts, entry, history)
    assert facts.status == (entry.status_text if entry.status_text in DESIGN_STATUSES else "Undefined")


@settings(max_examples=60, deadline=None)
@given(entries(Right.TRADEMARK))
def test_json_holds_every_value_of_entry_and_events(sample: tuple[Entry, list[RecordedEvent]]) -> None:
    entry, history = sample
    values = json.loads(json.dumps(export_json(entry, history)))["trademark"]
    assert values["record"] == json.loads(json.dumps(entry.to_json()))
    assert [event["record"] for event in values["markEventBag"]] == [
        json.loads(json.dumps(event.to_json())) for event in history
    ]


# --- XML -------------------------------------------------------------------------------------------------------------


def test_mark_in_the_words_of_st96() -> None:
    root = tree(export_xml(*mark()))
    assert root.tag == f"{{{NAMESPACES['tmk']}}}TrademarkApplication"
    assert root.get(f"{{{NAMESPACES['com']}}}st96Version") == "V6_0"
    (found,) = root.findall("tmk:TrademarkBag/tmk:Trademark", NAMESPACES)
    assert [etree.QName(child).localname for child in found] == [
        "RegistrationOfficeCode",
        "ApplicationNumber",
        "ApplicationDate",
        "RegistrationDate",
        "ExpiryDate",
        "MarkCurrentStatusCode",
        "MarkCurrentStatusDate",
        "InternationalMarkIdentifierBag",
        "GoodsServicesBag",
        "ApplicantBag",
        "MarkEventBag",
    ]
    assert text(found, "tmk:MarkCurrentStatusCode") == ["Registration published"]
    # Of the two events that left it so, the first one's effective date.
    assert text(found, "tmk:MarkCurrentStatusDate") == ["2024-09-03"]
    assert text(found, ".//tmk:ClassNumber") == ["9", "35"]
    assert text(found, ".//tmk:MarkEventCategory") == ["Application filed", NATIONAL_EVENT, NATIONAL_EVENT]
    assert text(found, ".//tmk:MarkEventCode") == ["ST.96 Application filed", "ST.27 F10-F11", "ST.27 Y10"]
    assert text(found, ".//tmk:MarkEventDescriptionText")[:2] == [
        "Application filed",
        default_codes().title_of(Right.TRADEMARK, "ST.27", "F10-F11"),
    ]
    assert text(found, ".//tmk:MarkEventAdditionalText")[2] == (
        "sequence=3; system=ST.27; code=Y10; resulting=A4; status=Registration published; effective=2024-09-02; "
        "corrects=2; flags=irregular"
    )
    assert text(root, ".//com:DocumentName") == ["Dossier", "Representation"]
    assert text(root, ".//com:DocumentLocationURI")[0] == "ni:///sha-256;AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("Action before court pending", "Action before court of justice pending"),
        ("National assignment history", "National assignment history entry"),
        ("Renewal", NATIONAL_EVENT),
    ],
)
def test_category_of_an_event_is_a_value_of_st96(code: str, category: str) -> None:
    entry, history = mark()
    first = dataclasses.replace(history[0], event=dataclasses.replace(history[0].event, code=code))
    root = tree(export_xml(entry, [first, *history[1:]]))
    assert text(root, ".//tmk:MarkEventCategory")[0] == category
    assert category in MARK_EVENTS
    assert text(root, ".//tmk:MarkEventCode")[0] == f"ST.96 {code}"


def test_titles_come_from_the_table_that_is_given() -> None:
    entry, history = mark()
    rules = default_codes().codes
    renamed = tuple(dataclasses.replace(rule, title="Something else") for rule in rules)
    content = export_xml(entry, history, codes=CodeTable(sources={}, codes=renamed, statuses=default_codes().statuses))
    assert text(tree(content), ".//tmk:MarkEventDescriptionText") == ["Something else"] * 3
    assert text(tree(content), ".//tmk:MarkEventCategory") == [NATIONAL_EVENT] * 3


def test_design_in_the_words_of_st96() -> None:
    root = tree(export_xml(*design()))
    assert [etree.QName(child).localname for child in root] == [
        "RegistrationOfficeCode",
        "ApplicationNumber",
        "InternationalRegistrationNumber",
        "DesignBag",
        "ApplicantBag",
        "ApplicationDate",
    ]
    (found,) = root.findall("dgn:DesignBag/dgn:Design", NAMESPACES)
    assert [etree.QName(child).localname for child in found] == [
        "DesignIdentifier",
        "RegistrationNumber",
        "RegistrationDate",
        "ExpiryDate",
        "DesignCurrentStatusCategory",
        "DesignCurrentStatusDate",
        "DesignClassificationBag",
        "ApplicantBag",
        "DesignEventBag",
    ]
    assert text(found, "dgn:DesignIdentifier") == ["0002"]
    assert text(found, "com:RegistrationNumber") == ["015900123-0002"]
    assert text(root, "com:ApplicationNumber/com:ApplicationNumberText") == ["015900123"]
    assert text(found, ".//com:LocarnoClassificationText") == ["26"]
    assert text(found, ".//dgn:DesignEventCategory") == ["Registered"]


def test_basic_mark_of_an_international_registration() -> None:
    entry, history = mark()
    facts = read(export_xml(dataclasses.replace(entry, basis=number("AU/T/2412345")), history))
    assert (facts.basic, facts.international) == ((number("AU/T/2412345"),), ())


def test_initial_application_of_a_divided_mark() -> None:
    entry, history = mark()
    facts = EntryFacts(relation=Relation.DIVIDED_FROM, related=number("EM/T/019012300"))
    first = dataclasses.replace(history[0], event=dataclasses.replace(history[0].event, facts=facts))
    content = export_xml(entry, [first, *history[1:]])
    path = ".//tmk:DivisionalApplicationBag/tmk:InitialApplicationNumber/com:ApplicationNumberText"
    assert text(tree(content), path) == ["019012300"]
    values = export_json(entry, [first, *history[1:]])["trademark"]
    assert values["divisionalApplicationBag"]["initialApplicationNumber"]["applicationNumberText"] == "019012300"
    assert export_json(entry, history)["trademark"].get("divisionalApplicationBag") is None


def test_status_date_is_left_out_where_the_last_event_left_another_status() -> None:
    entry, history = mark()
    changed = dataclasses.replace(entry, pair=StatePair.parse("T6"), ceased_on=entry.expiry_date)
    facts = read(export_xml(changed, history))
    assert (facts.status_date, facts.termination_date) == (None, entry.expiry_date)


@pytest.mark.parametrize("sample", [mark, design])
def test_no_signer_no_hash_and_no_name_in_xml(sample: Any) -> None:
    content = export_xml(*sample()).decode()
    assert SIGNER not in content
    assert "Name>" not in content.replace("DocumentName>", "")


def test_equal_exports_are_equal_byte_for_byte() -> None:
    assert export_xml(*mark()) == export_xml(*mark())


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_json_of_a_mark() -> None:
    values = export_json(*mark())
    assert list(values) == ["st96Version", "ipoVersion", "trademark"]
    found = values["trademark"]
    del found["record"], found["markEventBag"]
    assert found == {
        "registrationOfficeCode": "EM",
        "applicationNumber": {"ipOfficeCode": "EM", "applicationNumberText": "019012345"},
        "applicationDate": "2024-02-29",
        "registrationDate": "2024-09-02",
        "expiryDate": "2034-02-28",
        "stateCode": "A",
        "stageCode": "4",
        "markCurrentStatusCode": "Registration published",
        "markCurrentStatusDate": "2024-09-03",
        "internationalMarkIdentifierBag": ["1644150"],
        "goodsServicesClassificationBag": [
            {"classificationKindCode": "Nice", "classNumber": 9},
            {"classificationKindCode": "Nice", "classNumber": 35},
        ],
        "applicantBag": [{"partyIdentifier": "0x" + "03" * 32}],
        "documentIncludedBag": [
            {"documentName": "Dossier", "documentLocationURI": "ni:///sha-256;" + "AQEB" * 10 + "AQE"},
            {"documentName": "Representation", "documentLocationURI": "ni:///sha-256;" + "AgIC" * 10 + "AgI"},
        ],
    }


def test_json_of_a_design() -> None:
    found = export_json(*design())["design"]
    assert found["designIdentifier"] == "0002"
    assert found["registrationNumber"] == "015900123-0002"
    assert found["internationalRegistrationNumber"] == "DM/215987"
    assert found["locarnoClassificationBag"] == [{"locarnoClass": "26"}]
    (event,) = found["designEventBag"]
    assert (event["designEventCategory"], event["designEventDate"]) == ("Registered", "2024-05-06")
    assert event["record"]["sequence"] == 1


def test_json_of_the_basic_mark() -> None:
    entry, history = mark()
    found = export_json(dataclasses.replace(entry, basis=number("AU/T/2412345")), history)["trademark"]
    assert found["basicRegistrationApplicationBag"] == [
        {
            "registrationOfficeCode": "AU",
            "basicApplicationBag": [
                {"basicApplicationNumber": {"ipOfficeCode": "AU", "applicationNumberText": "2412345"}}
            ],
        }
    ]


def test_names_are_in_lower_camel_case() -> None:
    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for item in value.values() for name in names(item)}
        return {name for item in value for name in names(item)} if isinstance(value, list) else set()

    found = names(export_json(*mark())) | names(export_json(*design()))
    assert [name for name in found if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []


# --- histories that do not fit, exports that were changed -------------------------------------------------------------


@pytest.mark.parametrize("write", [export_xml, export_json])
@pytest.mark.parametrize("kept", [slice(0, 0), slice(0, 2), slice(1, None), slice(None, None, -1)])
def test_history_must_be_whole(write: Any, kept: slice) -> None:
    entry, history = mark()
    with pytest.raises(InputError, match="not the whole history of EM/T/019012345") as caught:
        write(entry, history[kept])
    assert caught.value.remedy


def test_history_of_another_head_is_refused() -> None:
    entry, history = mark()
    with pytest.raises(InputError, match="whole history"):
        export_xml(dataclasses.replace(entry, head=b"\x09" * 32), history)


MARK = export_xml(*mark()).decode()


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("sequence=3", "sequence=0", DocumentError, "line of values"),
        ("sequence=3; ", "", DocumentError, "sequence is missing"),
        ("sequence=3", "sequence=3; sequence=3", DocumentError, "line of values"),
        ("corrects=2", "corrects=two", DocumentError, "line of values"),
        ("corrects=2", "colour=red", DocumentError, "colour"),
        ("corrects=2", "corrects", DocumentError, "line of values"),
        ("effective=2024-09-02", "effective=2024-09-31", DateError, "2024-09-31"),
        ("0x0303", "0xZZ03", DigestError, "hexadecimal"),
        ("ni:///sha-256;AQEB", "ni:///sha-512;AQEB", DigestError, "ni:///sha-256"),
        ("AQE</com:DocumentLocationURI>", "AQF</com:DocumentLocationURI>", DigestError, "ni:///sha-256"),
        (">019012345<", ">19 012 345<", NumberFormatError, "canonical"),
        ("<tmk:MarkEventAdditionalText>sequence=1; ", "<tmk:MarkEventAdditionalText>; ", DocumentError, "line"),
    ],
)
def test_changed_export_is_refused(old: str, new: str, error: type[Exception], message: str) -> None:
    assert old in MARK
    with pytest.raises(error, match=message):
        read(MARK.replace(old, new).encode())


def test_export_with_an_event_without_its_line_is_refused() -> None:
    changed = re.sub(r"<tmk:MarkEventAdditionalText>.*?</tmk:MarkEventAdditionalText>", "", MARK, count=1)
    with pytest.raises(DocumentError, match="lacks its line"):
        read(changed.encode())


def test_export_with_two_entries_is_refused() -> None:
    start, end = MARK.index("<tmk:Trademark>"), MARK.index("</tmk:TrademarkBag>")
    with pytest.raises(DocumentError, match="one entry, this document has 2"):
        read((MARK[:end] + MARK[start:end] + MARK[end:]).encode())


def test_without_its_mark_an_export_is_a_document_like_any_other() -> None:
    facts = read(MARK.replace(' com:ipoVersion="Registrum-1"', "").encode())
    assert facts.number == number("EM/T/019012345")
    assert {event.recorded for event in facts.events} == {None}
    assert (facts.holder, facts.stated_dossier, facts.representations) == (None, None, ())
    assert facts.dossier == facts.digest


def test_line_of_an_event_keeps_signs_that_part_it() -> None:
    facts = recorded_facts(mark()[1][1])
    odd = dataclasses.replace(facts, status=" a;  b=%3B ", flags=("imported", "surcharge"))
    line = write_event(odd)
    assert line == " ".join(line.split())
    assert read_event([Text(line, "here")]) == odd


def test_classes_and_flags_of_documents_are_those_of_the_model() -> None:
    assert register_model.HIGHEST_CLASS == HIGHEST_CLASS
    assert [str(flag.name).lower() for flag in EventFlags] == ["imported", "surcharge", "annuls", "irregular"]
