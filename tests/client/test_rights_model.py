"""Events and entries: what is stated comes back the same from what is signed, and from what logs carry."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrum.errors import DateError, DigestError, InputError, NodeError, NumberFormatError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.model import (
    CLEARED,
    NO_FACTS,
    Changes,
    Division,
    EntryFacts,
    EventFlags,
    LegalStatusEvent,
    Marks,
    Relation,
    Stage,
    Standing,
    State,
    StatePair,
    bits_to_categories,
    bits_to_classes,
    categories_to_bits,
    classes_to_bits,
    from_ascii,
    require_register_right,
    to_ascii,
)
from registrum.rights.reading import division_from, entry_from, recorded_event_from, statement_from
from registrum.rights.values import ALL_PAIRS, NO_CHANGE_BIT, NO_ENTRY_BIT
from registrum.signing.rights_statements import EntryFactsStatement
from tests.client.rights_samples import DAY, DESIGN, MARK, classes, events, filing, recorded_log, stated_log

TRANSACTION = "0x" + "ab" * 32
WORD = b"\7" * 32
heads = st.binary(min_size=32, max_size=32).filter(any)


# -- statements ---------------------------------------------------------------------------------------------------


@given(events(), st.none() | heads)
def test_an_event_comes_back_from_its_statement(event: LegalStatusEvent, previous: bytes | None) -> None:
    statement = event.to_statement(previous)
    assert LegalStatusEvent.from_statement(statement) == event
    assert statement.previous == (previous or bytes(32))


@given(events(), st.none() | heads, st.booleans())
def test_an_event_comes_back_from_its_logs(event: LegalStatusEvent, previous: bytes | None, irregular: bool) -> None:
    statement = event.to_statement(previous)
    head = statement.struct_hash()
    log = recorded_log(event, previous, head, flags=statement.flags | (256 if irregular else 0))
    stated = stated_log(event, head)
    assert statement_from(log, stated, previous).struct_hash() == head
    recorded = recorded_event_from(log, stated, previous=previous, block_number=17, transaction_hash=TRANSACTION)
    assert recorded.event == event
    assert recorded.statement().struct_hash() == recorded.head == head
    assert (recorded.previous, recorded.is_irregular) == (previous, irregular)
    assert (recorded.before is None) == (previous is None)


@given(events(), st.binary(min_size=32, max_size=32).filter(any))
def test_a_code_that_is_no_text_is_kept_byte_for_byte(event: LegalStatusEvent, code: bytes) -> None:
    head = WORD
    log = recorded_log(event, None, head, code=code)
    stated = stated_log(event, head)
    recorded = recorded_event_from(log, stated, previous=None, block_number=1, transaction_hash=TRANSACTION)
    assert recorded.statement() == statement_from(log, stated, None)
    assert recorded.statement().code == code


def test_what_is_stated_is_told_from_what_is_taken_back_and_from_silence() -> None:
    nothing, cleared = EntryFacts(), EntryFacts(expiry_date=CLEARED)
    assert (nothing.changes, cleared.changes) == (Changes(0), Changes.EXPIRY_DATE)
    assert (bool(nothing), bool(cleared)) == (False, True)
    assert cleared.to_statement(Right.TRADEMARK) == EntryFactsStatement(changes=4)
    assert cleared.to_json() == {"expiryDate": None}
    assert NO_FACTS.to_json() == {}
    assert repr(CLEARED) == "CLEARED"


def test_no_classes_left_is_not_silence_about_classes() -> None:
    merged = EntryFacts(classes=(), relation=Relation.MERGES_INTO, related=MARK)
    statement = merged.to_statement(Right.TRADEMARK)
    assert (statement.changes, statement.classes) == (8 | 128, 0)
    assert EntryFacts.from_statement(statement, Right.TRADEMARK) == merged


def test_every_value_has_its_bit() -> None:
    values: dict[str, Any] = {
        "filing_date": DAY, "registration_date": DAY, "expiry_date": DAY, "classes": (1,), "dossier": WORD,
        "representation": WORD, "holder": WORD, "relation": Relation.NONE,
    }  # fmt: skip
    bits = [int(EntryFacts(**{name: value}).changes) for name, value in values.items()]
    assert bits == [1 << position for position in range(8)]
    assert int(EntryFacts(**values).changes) == 255


@given(st.sampled_from([bit for bit in Changes if bit is not Changes.RELATION]))
def test_a_value_that_is_not_announced_is_refused(bit: Changes) -> None:
    name = str(bit.name).lower()
    value = 20240131 if "date" in name else 2 if name == "classes" else WORD
    EntryFacts.from_statement(EntryFactsStatement(changes=int(bit), **{name: value}), Right.TRADEMARK)
    with pytest.raises(InputError, match=name):
        EntryFacts.from_statement(EntryFactsStatement(**{name: value}), Right.TRADEMARK)


@pytest.mark.parametrize(
    "statement",
    [
        EntryFactsStatement(changes=256),
        EntryFactsStatement(related=MARK.on_chain),
        EntryFactsStatement(released=2),
        EntryFactsStatement(relation=1),
        EntryFactsStatement(changes=128, relation=9),
        EntryFactsStatement(changes=8, classes=1 << 46),
        EntryFactsStatement(changes=4, expiry_date=20240230),
        EntryFactsStatement(changes=1, filing_date=0),
        EntryFactsStatement(changes=128, relation=2, related=b"\1" * 32),
    ],
)
def test_facts_that_no_contract_accepts_are_refused(statement: EntryFactsStatement) -> None:
    with pytest.raises(InputError):
        EntryFacts.from_statement(statement, Right.TRADEMARK)


# -- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"number": "EM/T/018660437"}, InputError, "must be an office number"),
        ({"number": OfficeNumber.from_text("EM/P/1")}, InputError, "no entries of the kind: patent"),
        ({"system": ""}, InputError, "code system must be 1 to 8"),
        ({"system": "ST.27-long"}, InputError, "code system must be 1 to 8"),
        ({"system": "NAT:DE"}, InputError, "not the code system of EM"),
        ({"code": "F\u00df"}, InputError, "code must be 1 to 32"),
        ({"code": "A\n"}, InputError, "code must be 1 to 32"),
        ({"code": 10}, InputError, "code must be 1 to 32"),
        ({"code": "x" * 33}, InputError, "code must be 1 to 32"),
        ({"status": 0}, InputError, "position in the table, 1 to 127, got 0"),
        ({"status": 128}, InputError, "position in the table"),
        ({"status": True}, InputError, "position in the table"),
        ({"status": "Application filed"}, InputError, "position in the table"),
        ({"resulting": "A4"}, InputError, "no state and stage"),
        ({"event_date": "2024-01-31"}, DateError, "not a date"),
        ({"event_date": None}, DateError, "not a date"),
        ({"effective_date": datetime.datetime(2024, 1, 31)}, DateError, "not a date"),
        ({"publication_date": datetime.date(1799, 12, 31)}, DateError, "1800"),
        ({"document": bytes(32)}, DigestError, "source document is zero"),
        ({"document": b"\1" * 31}, DigestError, "source document must be 32 bytes"),
        ({"corrects": 0}, InputError, "from 1"),
        ({"corrects": 2**16}, InputError, "from 1"),
        ({"corrects": True}, InputError, "from 1"),
        ({"flags": 1}, InputError, "not flags"),
        ({"flags": EventFlags.IRREGULAR}, InputError, "not flags that an office signs"),
        ({"flags": EventFlags(8)}, InputError, "not flags that an office signs"),
        ({"flags": EventFlags.ANNULS}, InputError, "is no correction"),
        ({"facts": None}, InputError, "must be EntryFacts"),
        ({"number": DESIGN, "facts": EntryFacts(classes=(33,))}, InputError, "33 is no class of the Locarno"),
        (
            {"number": DESIGN, "facts": EntryFacts(relation=Relation.DIVIDES, released=(33,))},
            InputError,
            "33 is no class of the Locarno",
        ),
    ],
)
def test_events_that_cannot_be_are_refused(changes: dict[str, Any], error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        filing(**changes)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"filing_date": CLEARED}, InputError, "cannot be taken back"),
        ({"filing_date": datetime.datetime(2024, 1, 31)}, DateError, "not a date"),
        ({"expiry_date": 20240131}, DateError, "not a date"),
        ({"registration_date": datetime.date(1700, 1, 1)}, DateError, "1800"),
        ({"classes": (0,)}, InputError, "0 is no class"),
        ({"classes": (46,)}, InputError, "46 is no class"),
        ({"classes": (True,)}, InputError, "True is no class"),
        ({"classes": ("9",)}, InputError, "'9' is no class"),
        ({"dossier": bytes(32)}, DigestError, "dossier is zero"),
        ({"representation": b"\1"}, DigestError, "representation must be 32 bytes"),
        ({"holder": "somebody"}, DigestError, "holder must be 32 bytes"),
        ({"relation": Relation.BASIS, "related": "EM/T/1"}, InputError, "related must be an office number"),
        ({"relation": 4}, InputError, "must be a Relation"),
        ({"related": MARK}, InputError, "without saying how"),
        ({"released": (9,)}, InputError, "without saying how"),
        ({"relation": Relation.DIVIDED_FROM, "related": CLEARED}, InputError, "related must be an office number"),
    ],
)
def test_facts_that_cannot_be_are_refused(values: dict[str, Any], error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        EntryFacts(**values)


def test_a_first_event_has_no_previous_and_others_a_whole_one() -> None:
    assert filing().to_statement(None).previous == bytes(32)
    with pytest.raises(InputError, match="previous head must be 32 bytes"):
        filing().to_statement(b"\1")


# -- values -------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([Right.TRADEMARK, Right.DESIGN]).flatmap(lambda right: st.tuples(st.just(right), classes(right)))
)
def test_classes_come_back_from_their_bits(given_classes: tuple[Right, tuple[int, ...]]) -> None:
    right, numbers = given_classes
    bits = classes_to_bits(numbers, right)
    assert bits == sum(1 << number for number in set(numbers))
    assert bits_to_classes(bits, right) == tuple(sorted(set(numbers)))
    assert EntryFacts(classes=numbers).classes == tuple(sorted(set(numbers)))


@pytest.mark.parametrize(("right", "last"), [(Right.TRADEMARK, 45), (Right.DESIGN, 32)])
def test_bounds_of_classes_are_those_of_the_right(right: Right, last: int) -> None:
    assert bits_to_classes((1 << last + 1) - 2, right) == tuple(range(1, last + 1))
    assert classes_to_bits([last], right) == 1 << last
    for wrong in (0, last + 1, -1):
        with pytest.raises(InputError, match="no class"):
            classes_to_bits([wrong], right)
    for bits in (1, 1 << last + 1, -2, True, "2"):
        with pytest.raises(InputError, match="bits other than"):
            bits_to_classes(bits, right)  # type: ignore[arg-type]


@pytest.mark.parametrize("right", [r for r in Right if r not in (Right.TRADEMARK, Right.DESIGN)])
def test_other_rights_are_not_in_the_register(right: Right) -> None:
    for use in (require_register_right, lambda r: classes_to_bits([1], r), lambda r: bits_to_classes(2, r)):
        with pytest.raises(InputError, match="has no entries") as caught:
            use(right)
        assert right.full_name in str(caught.value)


def test_states_and_stages_are_those_of_the_contract() -> None:
    assert [str(pair) for pair in ALL_PAIRS] == [s + g for s in "ANTU" for g in "0123456"]
    assert [pair.index for pair in ALL_PAIRS] == list(range(28))
    assert {StatePair.parse(str(pair)) for pair in ALL_PAIRS} == set(ALL_PAIRS)
    assert all(StatePair.from_on_chain(pair.on_chain) == pair for pair in ALL_PAIRS)
    assert StatePair.from_on_chain(bytes(2)) is None
    assert (NO_ENTRY_BIT, NO_CHANGE_BIT) == (1 << 28, 1 << 29)
    pair = StatePair(State.ACTIVE, Stage.CHALLENGE_BEFORE_REGISTRATION)
    assert (str(pair), pair.full_name, pair.bit) == ("A3", "active, challenge before registration", 8)


@pytest.mark.parametrize("text", ["", "A", "A7", "a4", "B4", "A4 ", None, 4])
def test_other_texts_are_no_state_and_stage(text: Any) -> None:
    with pytest.raises(InputError, match="no state and stage"):
        StatePair.parse(text)


def test_half_a_pair_on_chain_is_refused() -> None:
    for value in (b"A\0", b"\0004", b"\xff4"):
        with pytest.raises(InputError, match="no state and stage"):
            StatePair.from_on_chain(value)


def test_enumerations_are_those_of_the_contract() -> None:
    assert [r.to_json() for r in Relation] == [
        "none", "application_record", "basis", "divided_from", "continuation_of", "converted_from", "divides",
        "merges_into", "absorbs",
    ]  # fmt: skip
    assert [s.to_json() for s in Standing] == [
        "not_found", "pending", "in_force", "in_grace", "lapsed", "not_active", "terminated", "continued",
        "unspecified",
    ]  # fmt: skip
    assert [list(members) for members in (Relation, Standing)] == [list(range(9)), list(range(9))]
    assert Standing.IN_GRACE.full_name == "in grace"
    assert (EventFlags.IMPORTED | EventFlags.IRREGULAR).to_json() == ["imported", "irregular"]
    assert [int(mark) for mark in Marks] == [1, 2, 4, 8]


@given(st.sets(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
def test_categories_come_back_from_their_bits(letters: set[str]) -> None:
    assert bits_to_categories(categories_to_bits(letters)) == "".join(sorted(letters))


@pytest.mark.parametrize("letters", ["k", "1", "\u00c4", ["KY"], [""]])
def test_other_signs_are_no_categories(letters: Any) -> None:
    with pytest.raises(InputError, match="no category"):
        categories_to_bits(letters)


def test_categories_begin_at_bit_0() -> None:
    assert categories_to_bits("AKZ") == 1 | 1 << 10 | 1 << 25


@given(st.sampled_from([8, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
def test_every_value_on_chain_has_one_text(value: bytes) -> None:
    assert to_ascii("code", from_ascii(value), len(value)) == value


def test_texts_are_readable_where_they_can_be() -> None:
    assert from_ascii(b"F10-F11".ljust(32, b"\0")) == "F10-F11"
    assert from_ascii(b"F10\0F11".ljust(32, b"\0")) == "0x" + b"F10\0F11".ljust(32, b"\0").hex()
    assert from_ascii(bytes(8)) == "0x" + "00" * 8


# -- what a node answers ------------------------------------------------------------------------------------------


def _logs(**changes: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
    head = filing().to_statement(None).struct_hash()
    return recorded_log(filing(), None, head, **changes), stated_log(filing(), head)


def test_a_recorded_event_as_json() -> None:
    log, stated = _logs(flags=256)
    recorded = recorded_event_from(log, stated, previous=None, block_number=17, transaction_hash=TRANSACTION)
    assert recorded.after == StatePair.parse("A1")
    assert json.loads(json.dumps(recorded.to_json())) == {
        "number": "EM/T/018660437",
        "system": "ST.27",
        "code": "A10",
        "resulting": "A1",
        "status": 1,
        "eventDate": "2024-01-31",
        "effectiveDate": "2024-01-31",
        "publicationDate": None,
        "document": None,
        "corrects": None,
        "flags": [],
        "facts": {"filingDate": "2024-01-31", "classes": [9, 42]},
        "sequence": 1,
        "head": "0x" + recorded.head.hex(),
        "previous": None,
        "before": None,
        "isIrregular": True,
        "signer": "0x5FbDB2315678afecb367f032d93F642f64180aa3",
        "recordedAt": "2024-02-01T12:00:00Z",
        "blockNumber": 17,
        "transactionHash": TRANSACTION,
    }


def test_facts_as_json_name_what_is_related() -> None:
    facts = EntryFacts(relation=Relation.DIVIDES, released=(9, 1), holder=WORD)
    assert facts.to_json() == {
        "holder": "0x" + WORD.hex(),
        "relation": "divides",
        "related": None,
        "released": [1, 9],
    }
    basis = EntryFacts(relation=Relation.BASIS, related=DESIGN)
    assert basis.to_json() == {"relation": "basis", "related": "WO/D/DM201234-001", "released": []}


def test_a_basis_is_taken_back_by_naming_none() -> None:
    statement = EntryFacts(relation=Relation.BASIS).to_statement(Right.TRADEMARK)
    assert statement == EntryFactsStatement(changes=128, relation=2)
    assert EntryFacts.from_statement(statement, Right.TRADEMARK) == EntryFacts(relation=Relation.BASIS)


@pytest.mark.parametrize(
    "changes",
    [
        {"to": b"X4"},
        {"from": b"A9"},
        {"number": OfficeNumber.from_text("EM/P/1")},
        {"number": b"\1" * 32},
        {"event_date": None},
        {"recorded_at": None},
        {"flags": 8},
        {"status": 0},
        {"status": 128},
        {"document": b""},
        {"system": b"NAT:DE\0\0"},
    ],
)
def test_logs_that_no_contract_writes_are_refused(changes: dict[str, Any]) -> None:
    log, _ = _logs(**changes)
    with pytest.raises(NodeError):
        recorded_event_from(log, None, previous=None, block_number=17, transaction_hash=TRANSACTION)


def test_facts_of_another_event_are_refused() -> None:
    log, stated = _logs()
    assert stated is not None
    for other in ({**stated, "head": WORD}, {**stated, "number": DESIGN}):
        with pytest.raises(NodeError, match="another event"):
            statement_from(log, other, None)


def test_facts_that_were_left_out_give_another_hash() -> None:
    log, _ = _logs()
    assert statement_from(log, None, None).struct_hash() != log["head"]


def test_another_event_before_gives_another_hash() -> None:
    log, stated = _logs()
    assert statement_from(log, stated, None).struct_hash() == log["head"]
    assert statement_from(log, stated, WORD).struct_hash() != log["head"]


ENTRY: dict[str, Any] = {
    "state": b"A",
    "stage": b"4",
    "status": 12,
    "marks": 3,
    "event_count": 5,
    "terminated_by": 0,
    "filing_date": DAY,
    "registration_date": datetime.date(2024, 8, 1),
    "expiry_date": datetime.date(2034, 1, 31),
    "ceased_on": None,
    "classes": 1 << 9 | 1 << 42,
    "head": WORD,
    "dossier": b"\1" * 32,
    "representation": bytes(32),
    "holder": bytes(32),
    "application": bytes(32),
    "basis": bytes(32),
    "parent": MARK,
    "former": bytes(32),
    "continuation": bytes(32),
}
STATUS = b"Registered".ljust(32, b"\0")


def test_an_entry_as_json() -> None:
    entry = entry_from(MARK, ENTRY, STATUS)
    assert entry is not None
    assert (entry.right, entry.is_imported, entry.is_irregular) == (Right.TRADEMARK, True, True)
    assert entry.to_json() == {
        "number": "EM/T/018660437",
        "right": "T",
        "state": "A",
        "stage": "4",
        "status": 12,
        "statusText": "Registered",
        "marks": ["imported", "irregular"],
        "eventCount": 5,
        "terminatedBy": None,
        "filingDate": "2024-01-31",
        "registrationDate": "2024-08-01",
        "expiryDate": "2034-01-31",
        "ceasedOn": None,
        "classes": [9, 42],
        "head": "0x" + WORD.hex(),
        "dossier": "0x" + "01" * 32,
        "representation": None,
        "holder": None,
        "application": None,
        "basis": None,
        "parent": "EM/T/018660437",
        "former": None,
        "continuation": None,
    }


def test_there_is_no_entry_where_the_contract_has_none() -> None:
    assert entry_from(MARK, {**ENTRY, "state": b"\0", "stage": b"\0"}, bytes(32)) is None


@pytest.mark.parametrize("changes", [{"state": b"X"}, {"classes": 1 << 46}, {"classes": 1}, {"parent": b"\1" * 32}])
def test_entries_that_no_contract_holds_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NodeError, match="no register can hold"):
        entry_from(MARK, {**ENTRY, **changes}, STATUS)


def test_classes_of_a_division() -> None:
    division = division_from(MARK, {"released": 2, "given": 1 << 45, "held": 0})
    assert division == Division((1,), (45,), ())
    assert division.to_json() == {"released": [1], "given": [45], "held": []}
    with pytest.raises(NodeError, match="no register can hold"):
        division_from(DESIGN, {"released": 1 << 33, "given": 0, "held": 0})


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(NumberFormatError):
        EntryFacts.from_statement(EntryFactsStatement(changes=128, relation=1, related=b"x" * 32), Right.TRADEMARK)
