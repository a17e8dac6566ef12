"""The rights register under test: its contracts with a small table of codes, and the statements that offices sign.

Statements are hashed and signed by eth-account out of the types that the interfaces document, not by the client. The
table here is smaller than the one that is deployed, so that a test shows by itself what is foreseen and what is not.
Not its job: what the contracts ought to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import pytest
from brownie import accounts, chain, web3
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils import keccak
from hexbytes import HexBytes

from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import Log
from tests.contracts.support.offices import (
    GOVERNANCE,
    KEYS,
    REGISTER,
    RELAYER,
    Office,
    add_key,
    admit,
    make_office,
    number,
)

ZERO = bytes(32)

FILING, REGISTRATION, EXPIRY, CLASSES, DOSSIER, REPRESENTATION, HOLDER, RELATION = (1 << bit for bit in range(8))
"""Bits of `changes`."""

APPLICATION_RECORD, BASIS, DIVIDED_FROM, CONTINUATION_OF, CONVERTED_FROM, DIVIDES, MERGES_INTO, ABSORBS = range(1, 9)
"""Relations; 0 is none."""

IMPORTED, SURCHARGE, ANNULS, IRREGULAR = 1, 2, 4, 256
"""Flags of an event."""

MARK_IMPORTED, MARK_IRREGULAR, MARK_CONTINUED, MARK_CHILD = 1, 2, 4, 8
"""Marks of an entry."""

FILED, PUBLISHED, OPPOSED, REGISTERED, CHALLENGED, REFUSED, CEASED, TERMINATED = range(1, 9)
"""Positions in the tables of statuses of the tests, the same for marks and designs."""

LAST_STATUS = 127
STATUSES = {
    FILED: "Application filed",
    PUBLISHED: "Application published",
    OPPOSED: "Opposition pending",
    REGISTERED: "Registered",
    CHALLENGED: "Challenged",
    REFUSED: "Application refused",
    CEASED: "Ceased",
    TERMINATED: "Terminated",
    LAST_STATUS: "The last that there can be",
}
SAME = 0
"""As a status of a row: the one before it may stay."""

STATES = "ANTU"
STAGES = "0123456"
PAIRS = tuple(state + stage for state in STATES for stage in STAGES)
"""States with their stages, in the order of their bits."""

NO_ENTRY_BIT, NO_CHANGE_BIT = 28, 29
ANY = " ".join(f"{state}*" for state in STATES)

DAY_FILED = 20900310
"""Filing date of entries unless a test has another; the suite's time begins on 15 June 2100."""


class Facts(NamedTuple):
    """What an event states about an entry, in the order of the ABI."""

    changes: int = 0
    filing_date: int = 0
    registration_date: int = 0
    expiry_date: int = 0
    classes: int = 0
    dossier: bytes = ZERO
    representation: bytes = ZERO
    holder: bytes = ZERO
    relation: int = 0
    related: bytes = ZERO
    released: int = 0


NO_FACTS = Facts()
BIT_OF = {
    "filing_date": FILING,
    "registration_date": REGISTRATION,
    "expiry_date": EXPIRY,
    "classes": CLASSES,
    "dossier": DOSSIER,
    "representation": REPRESENTATION,
    "holder": HOLDER,
    "relation": RELATION,
    "related": RELATION,
    "released": RELATION,
}


class Event(NamedTuple):
    """A statement of a legal-status event, in the order of the ABI."""

    number: bytes
    previous: bytes
    system: bytes
    code: bytes
    resulting: bytes
    status: int
    event_date: int
    effective_date: int
    publication_date: int
    document: bytes
    corrects: int
    flags: int
    facts: Facts


class Empowerment(NamedTuple):
    """What an office lets a body record, in the order of the ABI."""

    office: bytes
    body: str
    name: bytes
    categories: int
    valid_from: int
    valid_until: int
    version: int


class RenewalTerms(NamedTuple):
    """How rights are renewed, in the order of the ABI."""

    office: bytes
    right: bytes
    period_years: int
    maximum_years: int
    window_months: int
    grace_months: int
    version: int


class CodeRow(NamedTuple):
    """A row of the table of codes, in the order of the ABI."""

    right: bytes
    system: bytes
    code: bytes
    category: bytes
    before: int
    after: int
    statuses: int
    title: str


def _types(**types: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """EIP-712 types out of members written `type name`."""
    split = {name: [member.split(" ") for member in members] for name, members in types.items()}
    return {name: [{"type": kind, "name": member} for kind, member in members] for name, members in split.items()}


EVENT_TYPES = _types(
    LegalStatusEvent=(
        "bytes32 number",
        "bytes32 previous",
        "bytes8 system",
        "bytes32 code",
        "bytes2 resulting",
        "uint8 status",
        "uint32 eventDate",
        "uint32 effectiveDate",
        "uint32 publicationDate",
        "bytes32 document",
        "uint16 corrects",
        "uint16 flags",
        "EntryFacts facts",
    ),
    EntryFacts=(
        "uint16 changes",
        "uint32 filingDate",
        "uint32 registrationDate",
        "uint32 expiryDate",
        "uint64 classes",
        "bytes32 dossier",
        "bytes32 representation",
        "bytes32 holder",
        "uint8 relation",
        "bytes32 related",
        "uint64 released",
    ),
)
BATCH_TYPES = _types(EventBatch=("bytes2 office", "LegalStatusEvent[] events")) | EVENT_TYPES
EMPOWERMENT_TYPES = _types(
    Empowerment=(
        "bytes2 office",
        "address body",
        "bytes32 name",
        "uint32 categories",
        "uint40 validFrom",
        "uint40 validUntil",
        "uint16 version",
    )
)
TERMS_TYPES = _types(
    RenewalTerms=(
        "bytes2 office",
        "bytes1 right",
        "uint8 periodYears",
        "uint8 maximumYears",
        "uint8 windowMonths",
        "uint8 graceMonths",
        "uint16 version",
    )
)
DOMAIN_NAMES = {"RightsRegister": "Registrum RightsRegister", "OfficePractice": "Registrum OfficePractice"}


def bits(values: Iterable[int]) -> int:
    """A word with these bits set: classes, statuses."""
    return sum(1 << value for value in set(values))


def pairs(text: str) -> int:
    """Bits of states and stages written as in `A1 A2 N* none same`."""
    mask = 0
    for word in text.split():
        match word:
            case "none":
                mask |= 1 << NO_ENTRY_BIT
            case "same":
                mask |= 1 << NO_CHANGE_BIT
            case _:
                mask |= bits(index for index, pair in enumerate(PAIRS) if pair == word or word == f"{pair[0]}*")
    return mask


def categories(letters: str) -> int:
    """Bits of categories, `A` bit 0."""
    return bits(ord(letter) - ord("A") for letter in letters)


def ascii_word(text: str, length: int = 32) -> bytes:
    """Text as the fixed bytes of the ABI."""
    return text.encode().ljust(length, b"\0")


def row(
    right: str,
    code: str,
    category: str,
    before: str,
    after: str,
    statuses: Iterable[int],
    system: str = "ST.27",
    title: str = "",
) -> CodeRow:
    """A row of the table of codes.

    Args:
        right: `T` or `D`.
        code: Code.
        category: A letter, or nothing to retire the code.
        before: Pairs before the event, as for `pairs`.
        after: Pairs after it.
        statuses: Positions of statuses that may stand after it; `SAME` for the one before.
        system: Code system.
        title: Title; `Title of` and the code unless given.
    """
    return CodeRow(
        right.encode(),
        ascii_word(system, 8),
        ascii_word(code),
        category.encode() or b"\0",
        pairs(before),
        pairs(after),
        bits(statuses),
        title or f"Title of {code}",
    )


def table() -> list[CodeRow]:
    """The codes of the tests, the same for marks and designs, and one national code of EM for marks."""
    shared = [
        ("A10", "A", "none", "A1 A2 A3 A4 A5", (FILED, PUBLISHED, REGISTERED)),
        ("B10", "B", "A0 A1 A2 A3", "N1 N2 N3 N6 same", (REFUSED, SAME)),
        ("C10", "C", "N1 N2 N3 N6", "A1 A2 A3", (FILED, PUBLISHED)),
        ("D10", "D", "A1 A2 A3", "A2 A3 same", (PUBLISHED, SAME)),
        ("E10", "E", "A2 A3", "A3 same", (OPPOSED,)),
        ("F10", "F", "A1 A2 A3 U*", "A4", (REGISTERED,)),
        ("H10", "H", "A4 A5 N4", "N4 N5 N6 same", (CEASED, SAME)),
        ("K10", "K", "N4 N5 N6", "A4 A5", (REGISTERED,)),
        ("L10", "L", "A4 A5", "A5 same", (CHALLENGED, SAME)),
        ("M10", "M", "A4 A5 N4", "A4 same", (REGISTERED, SAME)),
        ("N10", "N", "A* N* U*", "T6", (TERMINATED,)),
        *((f"{letter}10", letter, ANY, "same", (SAME,)) for letter in "PQRSTUVW"),
        ("Y10", "Y", ANY, f"{ANY} same", (SAME, *STATUSES)),
    ]
    rows = [row(right, *rest) for right in "TD" for rest in shared]
    rows += [row(right, "Application filed", "A", "none", "A1", (FILED,), system="ST.96") for right in "TD"]
    rows.append(row("T", "Registration published", "F", "A2 A3", "A4", (REGISTERED,), system="NAT:EM"))
    return rows


@cache
def _account(name: str) -> Any:
    return Account.from_key(keccak(text=name))


def register_key(code: str | bytes) -> Any:
    """Key of an office with scope register and nothing else, as an eth-account `LocalAccount`."""
    return _account(f"{code.decode() if isinstance(code, bytes) else code} register key")


def managing_key(code: str | bytes) -> Any:
    """Key of an office with scope keys and nothing else: it signs renewal terms and empowerments."""
    return _account(f"{code.decode() if isinstance(code, bytes) else code} managing key")


def some_key(name: str) -> Any:
    """A key that depends on its name alone and is nobody's."""
    return _account(name)


@pytest.fixture(scope="module")
def wo(isolate_module: None) -> Office:
    """The International Bureau."""
    return make_office("WO", seat=5)


@pytest.fixture(scope="module")
def practice(directory: Any, em: Office, ru: Office, au: Office, jp: Office, wo: Office, governance: Any) -> Any:
    """The offices' practice, of which no office has said anything; the International Bureau is admitted, and every
    office has a key for its register and one for its keys."""
    admit(directory, wo)
    for office in (em, ru, au, jp, wo):
        add_key(directory, office, register_key(office.code).address, REGISTER)
        add_key(directory, office, managing_key(office.code).address, KEYS)
    return compiled("OfficePractice").deploy(directory, {"from": governance})


@pytest.fixture(scope="module")
def rights(directory: Any, practice: Any, governance: Any) -> Any:
    """The rights register, without entries, with the table of the tests."""
    contract = compiled("RightsRegister").deploy(directory, practice, {"from": governance})
    rows = [(right, position, ascii_word(text)) for right in (b"T", b"D") for position, text in STATUSES.items()]
    contract.setStatuses(rows, {"from": governance})
    contract.setCodes(table(), {"from": governance})
    return contract


@pytest.fixture(scope="module")
def standing(rights: Any, governance: Any) -> Any:
    """What says how entries of the rights register stand."""
    return compiled("RightsStanding").deploy(rights, {"from": governance})


def facts(**stated: Any) -> Facts:
    """Facts that state these values, and announce them; classes as a list of their numbers or as bits."""
    changes = 0
    for name in stated:
        changes |= BIT_OF[name]
    for name in {"classes", "released"} & set(stated):
        stated[name] = stated[name] if isinstance(stated[name], int) else bits(stated[name])
    return Facts(changes, **stated)


def filing(
    text: str | bytes,
    code: str = "A10",
    resulting: str = "A1",
    status: int = FILED,
    on: int = DAY_FILED,
    *,
    system: str = "ST.27",
    **stated: Any,
) -> Event:
    """A first event, of the day of filing, for classes 9 and 25 unless others are stated.

    Args:
        text: Number, written `EM/T/018660437`, or its bytes.
        code: Code.
        resulting: State and stage.
        status: Position of the status.
        on: Day of the event, and filing date unless another is stated.
        system: Code system.
        stated: What else it states of the entry.
    """
    return Event(
        text if isinstance(text, bytes) else number(text),
        ZERO,
        ascii_word(system, 8),
        ascii_word(code),
        resulting.encode(),
        status,
        on,
        on,
        0,
        ZERO,
        0,
        0,
        facts(**{"filing_date": on, "classes": [9, 25]} | stated),
    )


def after(
    earlier: Event,
    code: str,
    resulting: str | None = None,
    status: int | None = None,
    on: int | None = None,
    *,
    effective: int | None = None,
    published: int = 0,
    document: bytes = ZERO,
    corrects: int = 0,
    flags: int = 0,
    system: str = "ST.27",
    **stated: Any,
) -> Event:
    """An event that follows another one of the same entry, whether or not that is recorded yet.

    Args:
        earlier: The event before it.
        code: Code.
        resulting: State and stage; those before it unless given.
        status: Position of the status; the one before it unless given.
        on: Day of the event; that of the event before unless given.
        effective: Day of effect; that of the event unless given.
        published: Day of publication.
        document: Digest of the source document.
        corrects: Number of the event that it corrects.
        flags: Flags.
        system: Code system.
        stated: What it states of the entry.
    """
    day = earlier.event_date if on is None else on
    return Event(
        earlier.number,
        head_of(earlier),
        ascii_word(system, 8),
        ascii_word(code),
        earlier.resulting if resulting is None else resulting.encode(),
        earlier.status if status is None else status,
        day,
        day if effective is None else effective,
        published,
        document,
        corrects,
        flags,
        facts(**stated),
    )


def _message_data(event: Event) -> dict[str, Any]:
    names = [member["name"] for member in EVENT_TYPES["LegalStatusEvent"]]
    data = dict(zip(names, event, strict=True))
    data["facts"] = dict(zip((member["name"] for member in EVENT_TYPES["EntryFacts"]), event.facts, strict=True))
    return data


def _domain(contract: Any, chain_id: int | None, address: str | None, name: str | None) -> dict[str, Any]:
    return {
        "name": DOMAIN_NAMES[contract._name] if name is None else name,
        "version": "1",
        "chainId": chain.id if chain_id is None else chain_id,
        "verifyingContract": address or contract.address,
    }


def head_of(event: Event) -> bytes:
    """Head of the entry after this event: its EIP-712 struct hash."""
    # The domain is no part of it.
    message = encode_typed_data({"name": ""}, EVENT_TYPES, _message_data(event))
    return bytes(message.body)


def message_of(
    contract: Any,
    statement: Event | Empowerment | RenewalTerms,
    *,
    chain_id: int | None = None,
    address: str | None = None,
    name: str | None = None,
) -> SignableMessage:
    """What is signed for a statement; the domain can be another one than the contract's."""
    domain = _domain(contract, chain_id, address, name)
    if isinstance(statement, Event):
        return encode_typed_data(domain, EVENT_TYPES, _message_data(statement))
    types = EMPOWERMENT_TYPES if isinstance(statement, Empowerment) else TERMS_TYPES
    (members,) = types.values()
    data = dict(zip((member["name"] for member in members), statement, strict=True))
    return encode_typed_data(domain, types, data)


def batch_message(
    contract: Any,
    office: bytes,
    events: Iterable[Event],
    *,
    chain_id: int | None = None,
    address: str | None = None,
    name: str | None = None,
) -> SignableMessage:
    """What is signed for a batch of events."""
    data = {"office": office, "events": [_message_data(event) for event in events]}
    return encode_typed_data(_domain(contract, chain_id, address, name), BATCH_TYPES, data)


def signature_of(message: SignableMessage, key: Any) -> bytes:
    """The 65 bytes of an eth-account key over a typed message."""
    return bytes(key.sign_message(message).signature)


def signed(contract: Any, statement: Event | Empowerment | RenewalTerms, key: Any = None, **domain: Any) -> bytes:
    """Signature of a statement, by the office's own key for such statements unless another is given."""
    if key is None:
        key = register_key(statement.number[:2]) if isinstance(statement, Event) else managing_key(statement.office)
    return signature_of(message_of(contract, statement, **domain), key)


def signed_batch(contract: Any, office: bytes, events: Sequence[Event], key: Any = None, **domain: Any) -> bytes:
    """Signature of a batch, by the office's register key unless another is given."""
    return signature_of(batch_message(contract, office, events, **domain), key or register_key(office))


def record(rights: Any, event: Event, key: Any = None) -> Any:
    """Sign an event and record it as the relayer; returns brownie's receipt."""
    return rights.record(event, signed(rights, event, key), {"from": accounts[RELAYER]})


def ask(rights: Any, event: Event, key: Any = None) -> Any:
    """What recording an event would answer now: changes nothing."""
    return rights.record.call(event, signed(rights, event, key), {"from": accounts[RELAYER]})


def record_batch(rights: Any, events: Sequence[Event], key: Any = None, office: bytes | None = None) -> Any:
    """Sign events in one batch and record them as the relayer; returns brownie's receipt."""
    code = events[0].number[:2] if office is None else office
    return rights.recordBatch(code, list(events), signed_batch(rights, code, events, key), {"from": accounts[RELAYER]})


def ask_batch(rights: Any, events: Sequence[Event], key: Any = None, office: bytes | None = None) -> Any:
    """What recording a batch would answer now: changes nothing."""
    code = events[0].number[:2] if office is None else office
    signature = signed_batch(rights, code, events, key)
    return rights.recordBatch.call(code, list(events), signature, {"from": accounts[RELAYER]})


def simulated_logs(rights: Any, events: Sequence[Event], *rows: CodeRow) -> list[Log]:
    """Logs of a batch, recorded in a simulated block after setting rows of the table of codes: changes nothing.

    For large batches: a transaction of 200 events takes the node many seconds, since it keeps each of its steps.
    """
    office = events[0].number[:2]
    calls = [(accounts[GOVERNANCE], rights.setCodes.encode_input(list(rows)))] if rows else []
    signature = signed_batch(rights, office, events)
    calls.append((accounts[RELAYER], rights.recordBatch.encode_input(office, list(events), signature)))
    block = {"calls": [{"from": sender.address, "to": rights.address, "data": data} for sender, data in calls]}
    answer = web3.provider.make_request("eth_simulateV1", [{"blockStateCalls": [block]}, "latest"])
    results = answer["result"][0]["calls"]
    assert [result["status"] for result in results] == ["0x1"] * len(calls), results
    return [
        Log(rights.address, tuple(bytes(HexBytes(topic)) for topic in log["topics"]), bytes(HexBytes(log["data"])))
        for log in results[-1]["logs"]
    ]


def record_all(rights: Any, *events: Event) -> Event:
    """Record events of one office in one batch; returns the last, for `after`."""
    record_batch(rights, events)
    return events[-1]


def empower(practice: Any, statement: Empowerment, key: Any = None) -> Any:
    """Sign an empowerment and send it; returns brownie's receipt."""
    return practice.empower(statement, signed(practice, statement, key), {"from": accounts[RELAYER]})


def set_terms(practice: Any, statement: RenewalTerms, key: Any = None) -> Any:
    """Sign renewal terms and send them; returns brownie's receipt."""
    return practice.setRenewalTerms(statement, signed(practice, statement, key), {"from": accounts[RELAYER]})


class Entry(NamedTuple):
    """An entry, in the order of the ABI."""

    state: bytes = b"\0"
    stage: bytes = b"\0"
    status: int = 0
    marks: int = 0
    event_count: int = 0
    terminated_by: int = 0
    filing_date: int = 0
    registration_date: int = 0
    expiry_date: int = 0
    ceased_on: int = 0
    classes: int = 0
    head: bytes = ZERO
    dossier: bytes = ZERO
    representation: bytes = ZERO
    holder: bytes = ZERO
    application: bytes = ZERO
    basis: bytes = ZERO
    parent: bytes = ZERO
    former: bytes = ZERO
    continuation: bytes = ZERO


NO_ENTRY = Entry()


def entry_of(rights: Any, text: str | bytes) -> Entry:
    """What `entryOf` answers."""
    values = rights.entryOf(text if isinstance(text, bytes) else number(text))
    return Entry(*(value if isinstance(value, int) else bytes(value) for value in values))


def set_codes(rights: Any, *rows: CodeRow) -> Any:
    """Set rows of the table of codes as governance; returns brownie's receipt."""
    return rights.setCodes(list(rows), {"from": accounts[GOVERNANCE]})
