"""Statements about the trade mark and design register hash as eth-account hashes them, and tell every context apart."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak as eth_keccak
from hypothesis import given
from hypothesis import strategies as st

from registrum.errors import InputError
from registrum.signing.eip712 import Domain, type_members
from registrum.signing.rights_statements import (
    Empowerment,
    EntryFactsStatement,
    EventBatch,
    LegalStatusEventStatement,
    RenewalTerms,
)
from registrum.signing.statements import Statement
from tests.client.rights_samples import DAY, events, filing

CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
DOMAIN = Domain.rights_register(31337, CONTRACT)
INTERFACES = Path(__file__).parents[2] / "interfaces"

any_words = st.binary(min_size=32, max_size=32)
words = any_words.filter(any)
offices = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2).map(str.encode)
uint8 = st.integers(0, 2**8 - 1)
uint16 = st.integers(0, 2**16 - 1)
uint32 = st.integers(0, 2**32 - 1)
uint40 = st.integers(0, 2**40 - 1)
uint64 = st.integers(0, 2**64 - 1)
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())

facts = st.builds(
    EntryFactsStatement, uint16, uint32, uint32, uint32, uint64,
    any_words, any_words, any_words, uint8, any_words, uint64,
)  # fmt: skip
event_statements = st.builds(
    LegalStatusEventStatement, words, any_words, st.binary(min_size=8, max_size=8).filter(any), words,
    st.binary(min_size=2, max_size=2), uint8, uint32, uint32, uint32, any_words, uint16, uint16,
    st.just(EntryFactsStatement()) | facts,
)  # fmt: skip
statements = st.one_of(
    facts,
    event_statements,
    st.builds(EventBatch, offices, st.lists(event_statements, min_size=1, max_size=4).map(tuple)),
    st.builds(Empowerment, offices, addresses, any_words, uint32, uint40, uint40, uint16),
    st.builds(RenewalTerms, offices, st.sampled_from([b"T", b"D"]), uint8, uint8, uint8, uint8, uint16),
)
domains = st.builds(Domain.rights_register, st.integers(1, 2**256 - 1), addresses.filter(lambda a: int(a, 16) > 0))

FACTS = EntryFactsStatement(
    0xFF, 20240131, 20240801, 20340131, 1 << 9, b"\1" * 32, b"\2" * 32, b"\3" * 32, 1, b"\6" * 32, 1 << 42,
)  # fmt: skip
EVENT = LegalStatusEventStatement(
    b"\1" * 32, b"\2" * 32, b"ST.27\0\0\0", b"F10".ljust(32, b"\0"), b"A4", 7,
    20240801, 20240802, 20240803, b"\3" * 32, 3, 4, FACTS,
)  # fmt: skip
ONE_OF_EACH: list[Statement] = [
    FACTS,
    EVENT,
    EventBatch(b"EM", (EVENT,)),
    Empowerment(b"EM", CONTRACT, b"General Court".ljust(32, b"\0"), 1 << 10, 1_700_000_000, 1_800_000_000, 1),
    RenewalTerms(b"EM", b"T", 10, 0, 6, 6, 1),
]


@given(statements, domains)
def test_digest_equals_that_of_eth_account(statement: Statement, domain: Domain) -> None:
    signable = encode_typed_data(full_message=statement.typed_data(domain))
    assert signable.header == domain.separator
    assert signable.body == statement.struct_hash()
    assert statement.signing_digest(domain) == eth_keccak(b"\x19\x01" + signable.header + signable.body)


@given(events(), st.none() | words)
def test_events_of_the_model_hash_as_eth_account_hashes_them(event: Any, previous: bytes | None) -> None:
    statement = event.to_statement(previous)
    assert encode_typed_data(full_message=statement.typed_data(DOMAIN)).body == statement.struct_hash()


def test_type_strings_are_those_of_the_contract() -> None:
    own_facts = (
        "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
        "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
    )
    own_event = (
        "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
        "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
        "EntryFacts facts)"
    )
    assert [statement.TYPE for statement in ONE_OF_EACH] == [
        own_facts,
        own_event + own_facts,
        "EventBatch(bytes2 office,LegalStatusEvent[] events)" + own_facts + own_event,
        "Empowerment(bytes2 office,address body,bytes32 name,uint32 categories,uint40 validFrom,uint40 validUntil,"
        "uint16 version)",
        "RenewalTerms(bytes2 office,bytes1 right,uint8 periodYears,uint8 maximumYears,uint8 windowMonths,"
        "uint8 graceMonths,uint16 version)",
    ]


@pytest.mark.parametrize(
    ("interface", "name"),
    [
        ("IRightsRegister", "EntryFacts"),
        ("IRightsRegister", "LegalStatusEvent"),
        ("IOfficePractice", "Empowerment"),
        ("IOfficePractice", "RenewalTerms"),
    ],
)
def test_members_are_those_of_the_structs_of_the_interface(interface: str, name: str) -> None:
    body = (
        (INTERFACES / f"{interface}.sol")
        .read_text(encoding="utf-8")
        .split(f"    struct {name} {{\n", 1)[1]
        .split("}", 1)[0]
    )
    plain = {"OfficeNumber": "bytes32", "CalendarDate": "uint32", "OfficeCode": "bytes2", "Relation": "uint8"}
    declared = [line.strip().rstrip(";").split(" ") for line in body.strip().splitlines()]
    types = {key: value for statement in ONE_OF_EACH for key, value in type_members(statement.TYPE).items()}
    assert types[name] == [{"name": label, "type": plain.get(kind, kind)} for kind, label in declared]


@pytest.mark.parametrize("statement", ONE_OF_EACH, ids=lambda s: type(s).__name__)
def test_every_member_and_every_domain_field_changes_the_digest(statement: Statement) -> None:
    elsewhere = [
        Domain.application_registry(31337, CONTRACT),
        Domain.office_practice(31337, CONTRACT),
        Domain.rights_register(1, CONTRACT),
        Domain.rights_register(31337, "0x" + "11" * 20),
        dataclasses.replace(DOMAIN, version="2"),
    ]
    seen = {statement.signing_digest(DOMAIN), *(statement.signing_digest(domain) for domain in elsewhere)}
    members = dataclasses.fields(statement)
    for member in members:
        changed = dataclasses.replace(statement, **{member.name: _other(getattr(statement, member.name))})
        seen.add(changed.signing_digest(DOMAIN))
    assert len(seen) == 1 + len(elsewhere) + len(members)


@pytest.mark.parametrize("member", [member.name for member in dataclasses.fields(EntryFactsStatement)])
def test_every_fact_changes_the_hash_of_its_event(member: str) -> None:
    changed = dataclasses.replace(FACTS, **{member: _other(getattr(FACTS, member))})
    assert dataclasses.replace(EVENT, facts=changed).struct_hash() != EVENT.struct_hash()


def _other(value: Any) -> Any:
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, EntryFactsStatement):
        return EntryFactsStatement()
    if isinstance(value, str):
        return "0x" + "22" * 20
    if value in (b"T", b"D"):
        return b"D" if value == b"T" else b"T"
    if isinstance(value, bytes):
        return b"RU" if len(value) == 2 else bytes([value[0] ^ 0x80]) + value[1:]
    return value + value


def test_no_two_kinds_of_statement_share_a_digest() -> None:
    assert len({statement.signing_digest(DOMAIN) for statement in ONE_OF_EACH}) == len(ONE_OF_EACH)


def test_domains_have_the_names_of_the_contracts() -> None:
    assert DOMAIN.name == "Registrum RightsRegister"
    assert Domain.office_practice(31337, CONTRACT).name == "Registrum OfficePractice"


def test_events_of_a_batch_cannot_move_between_batches() -> None:
    a, b = (dataclasses.replace(EVENT, corrects=n) for n in (1, 2))
    hashes = {EventBatch(b"EM", batch).struct_hash() for batch in [(a,), (b,), (a, b), (b, a), (a, a)]}
    assert len(hashes) == 5


def test_events_of_one_entry_are_chained_without_a_node() -> None:
    first = filing().to_statement(None)
    second = filing(code="F10", event_date=DAY).to_statement(first.struct_hash())
    assert second.previous == first.struct_hash()
    assert EventBatch(b"EM", (first, second)).events == (first, second)


def test_a_full_batch_hashes_in_milliseconds() -> None:
    batch = EventBatch(b"EM", tuple(dataclasses.replace(EVENT, corrects=n) for n in range(200)))
    best = min(_seconds(batch) for _ in range(5))
    assert best < 0.02, "a few ms on an idle machine, ten times what it takes"


def _seconds(batch: EventBatch) -> float:
    start = time.perf_counter()
    batch.struct_hash()
    return time.perf_counter() - start


def _event(**changes: Any) -> LegalStatusEventStatement:
    return dataclasses.replace(EVENT, **changes)


def _body(**changes: Any) -> Any:
    return dataclasses.replace(ONE_OF_EACH[3], **changes)  # type: ignore[type-var]


def _terms(**changes: Any) -> Any:
    return dataclasses.replace(ONE_OF_EACH[4], **changes)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: _event(number=b"\1" * 31), "number must be 32 bytes"),
        (lambda: _event(number=bytes(32)), "number is empty"),
        (lambda: _event(previous=b""), "previous head must be 32 bytes"),
        (lambda: _event(previous=bytearray(32)), "previous head must be 32 bytes"),
        (lambda: _event(system=b"ST.27"), "code system must be 8 bytes"),
        (lambda: _event(system=bytes(8)), "code system is empty"),
        (lambda: _event(code=b"F10"), "code must be 32 bytes"),
        (lambda: _event(code=bytes(32)), "code is empty"),
        (lambda: _event(resulting=b"A"), "state and stage must be 2 bytes"),
        (lambda: _event(status="Registered"), "status must be a whole number"),
        (lambda: _event(status=256), "status must be"),
        (lambda: _event(event_date=2**32), "event date must be"),
        (lambda: _event(effective_date=-1), "effective date must be"),
        (lambda: _event(publication_date=True), "publication date must be"),
        (lambda: _event(document=b"\1"), "source document must be 32 bytes"),
        (lambda: _event(corrects=2**16), "corrected event must be"),
        (lambda: _event(flags=2**16), "flags must be"),
        (lambda: _event(flags="1"), "flags must be"),
        (lambda: _event(facts=None), "facts of an event must be"),
        (lambda: EntryFactsStatement(changes=2**16), "changes must be"),
        (lambda: EntryFactsStatement(filing_date=2**32), "filing date must be"),
        (lambda: EntryFactsStatement(registration_date=2**32), "registration date must be"),
        (lambda: EntryFactsStatement(expiry_date=2**32), "expiry date must be"),
        (lambda: EntryFactsStatement(classes=2**64), "classes must be"),
        (lambda: EntryFactsStatement(relation=256), "relation must be"),
        (lambda: EntryFactsStatement(released=-1), "released classes must be"),
        (lambda: EntryFactsStatement(dossier=b""), "dossier must be 32 bytes"),
        (lambda: EntryFactsStatement(representation=b""), "representation must be 32 bytes"),
        (lambda: EntryFactsStatement(holder=b""), "holder must be 32 bytes"),
        (lambda: EntryFactsStatement(related=b""), "related entry must be 32 bytes"),
        (lambda: EventBatch(b"em", (EVENT,)), "two capital letters"),
        (lambda: EventBatch(b"EM", ()), "at least one event"),
        (lambda: _body(office=b"E1"), "two capital letters"),
        (lambda: _body(body="0x12"), "not an address"),
        (lambda: _body(name=b"General Court"), "name of the body must be 32 bytes"),
        (lambda: _body(categories=2**32), "categories must be"),
        (lambda: _body(valid_from=2**40), "begin of validity must be"),
        (lambda: _body(valid_until=-1), "end of validity must be"),
        (lambda: _body(version=2**16), "version must be"),
        (lambda: _terms(office="EM"), "two capital letters"),
        (lambda: _terms(right=b"P"), "T .trade marks. and D"),
        (lambda: _terms(period_years=256), "years of a period must be"),
        (lambda: _terms(maximum_years=-1), "most years must be"),
        (lambda: _terms(window_months=256), "months of the window must be"),
        (lambda: _terms(grace_months=256), "months of grace must be"),
        (lambda: _terms(version=2**16), "version must be"),
    ],
)
def test_values_out_of_range_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
