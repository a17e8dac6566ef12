"""What is signed about register entries, and its EIP-712 struct hashes by own code. Not its job: any rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tests.stateful.model.basics import ZERO_ADDRESS, ZERO_WORD
from tests.stateful.model.typed_data import keccak, type_hash

FACTS = (
    b"EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
    b"bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
)
EVENT_ALONE = (
    b"LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
    b"uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
    b"EntryFacts facts)"
)
EVENT = EVENT_ALONE + FACTS
BATCH = b"EventBatch(bytes2 office,LegalStatusEvent[] events)" + FACTS + EVENT_ALONE
EMPOWERMENT = (
    b"Empowerment(bytes2 office,address body,bytes32 name,uint32 categories,uint40 validFrom,uint40 validUntil,"
    b"uint16 version)"
)
TERMS = (
    b"RenewalTerms(bytes2 office,bytes1 right,uint8 periodYears,uint8 maximumYears,uint8 windowMonths,"
    b"uint8 graceMonths,uint16 version)"
)

# Bits of `changes`.
FILING, REGISTRATION, EXPIRY, CLASSES, DOSSIER, REPRESENTATION, HOLDER, RELATION = (1 << bit for bit in range(8))
IMPORTED, SURCHARGE, ANNULS, IRREGULAR = 1, 2, 4, 256
(
    NO_RELATION,
    APPLICATION_RECORD,
    BASIS,
    DIVIDED_FROM,
    CONTINUATION_OF,
    CONVERTED_FROM,
    DIVIDES,
    MERGES_INTO,
    ABSORBS,
) = range(9)
FACT_NAMES = (
    "changes",
    "filingDate",
    "registrationDate",
    "expiryDate",
    "classes",
    "dossier",
    "representation",
    "holder",
    "relation",
    "related",
    "released",
)


class Facts(NamedTuple):
    """What an event says about the entry, in the order of the contract."""

    changes: int = 0
    filing: int = 0
    registration: int = 0
    expiry: int = 0
    classes: int = 0
    dossier: bytes = ZERO_WORD
    representation: bytes = ZERO_WORD
    holder: bytes = ZERO_WORD
    relation: int = NO_RELATION
    related: bytes = ZERO_WORD
    released: int = 0

    def listed(self) -> dict[str, Any]:
        """Return the facts as the chain tells them."""
        return dict(zip(FACT_NAMES, self, strict=True))


NO_FACTS = Facts()


class Statement(NamedTuple):
    """What is signed for an event, in the order of the contract."""

    number: bytes
    previous: bytes
    system: bytes
    code: bytes
    resulting: bytes
    status: int
    event_date: int
    effective_date: int
    publication_date: int = 0
    document: bytes = ZERO_WORD
    corrects: int = 0
    flags: int = 0
    facts: Facts = NO_FACTS


class Empowerment(NamedTuple):
    """What an office lets a body record."""

    office: bytes
    body: str = ZERO_ADDRESS
    name: bytes = ZERO_WORD
    categories: int = 0
    valid_from: int = 0
    valid_until: int = 0
    version: int = 0


class Terms(NamedTuple):
    """How rights of an office are renewed."""

    office: bytes
    right: bytes
    period: int
    maximum: int
    window: int
    grace: int
    version: int


def system_of(text: str) -> bytes:
    """Return a code system as the contract has it."""
    return text.encode("ascii").ljust(8, b"\x00")


def code_of(text: str) -> bytes:
    """Return a code as the contract has it."""
    return text.encode("ascii").ljust(32, b"\x00")


def _word(value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(32, "big")
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).rjust(32, b"\x00")
    return value.ljust(32, b"\x00")


def _struct(declaration: bytes, values: Sequence[int | bytes | str]) -> bytes:
    return keccak(type_hash(declaration) + b"".join(_word(value) for value in values))


@lru_cache(maxsize=8192)
def event_struct(statement: Statement) -> bytes:
    """Return the struct hash of an event, which is the head of its entry after it."""
    return _struct(EVENT, [*statement[:-1], _struct(FACTS, statement.facts)])


def batch_struct(office: bytes, statements: Sequence[Statement]) -> bytes:
    """Return the struct hash of a batch."""
    return _struct(BATCH, [office, keccak(b"".join(event_struct(statement) for statement in statements))])


def empowerment_struct(statement: Empowerment) -> bytes:
    """Return the struct hash of an empowerment."""
    return _struct(EMPOWERMENT, statement)


def terms_struct(statement: Terms) -> bytes:
    """Return the struct hash of renewal terms."""
    return _struct(TERMS, statement)
