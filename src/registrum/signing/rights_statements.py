"""What an office signs about its trade mark and design register, hashed as the contracts hash it.

| statement | what is said |
|---|---|
| `LegalStatusEventStatement` | this happened to this entry, after the event that `previous` names |
| `EventBatch` | the same about many entries of one office |
| `Empowerment` * | this court or board of appeal may record events of these categories |
| `RenewalTerms` * | so are rights of the office renewed |

Those with a star are signed for the contract `OfficePractice`, the others for `RightsRegister`; each has a domain of
its own.

The struct hash of an event, without any domain, is the head of its entry: the next event names it as `previous`. So
the events of an entry form a chain that can be prepared without a node. Values are those of the chain, as in
`registrum.signing.statements`; `registrum.rights.model` has the same for people. Not its job: keys, and whether the
contract accepts the content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Any, ClassVar

from registrum.errors import InputError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak, keccak_256
from registrum.signing.statements import Statement

__all__ = [
    "NOTHING_STATED",
    "Empowerment",
    "EntryFactsStatement",
    "EventBatch",
    "LegalStatusEventStatement",
    "RenewalTerms",
]

_FACTS = (
    "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
    "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
)
_EVENT = (
    "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
    "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
    "EntryFacts facts)"
)
_BATCH = "EventBatch(bytes2 office,LegalStatusEvent[] events)"
_ZERO = bytes(32)

_PACK_FACTS = Struct(">32s30xH28xI28xI28xI24xQ32s32s32s31xB32s24xQ").pack
_PACK_EVENT = Struct(">32s32s32s8s24x32s2s30x31xB28xI28xI28xI32s30xH30xH").pack
_PACK_BATCH = Struct(">32s2s30x32s").pack
_PACK_EMPOWERMENT = Struct(">32s2s30x12x20s32s28xI27x5s27x5s30xH").pack
_PACK_TERMS = Struct(">32s2s30xc31x31xB31xB31xB31xB30xH").pack


def _check_bytes(what: str, value: bytes, size: int) -> None:
    if type(value) is not bytes or len(value) != size:
        raise InputError(f"{what} must be {size} bytes, got {value!r}")


def _check_words(values: Iterable[tuple[str, bytes]]) -> None:
    for what, value in values:
        if type(value) is not bytes or len(value) != 32:
            raise InputError(f"{what} must be 32 bytes, got {value!r}")


def _check_integers(values: Iterable[tuple[str, int, int]]) -> None:
    for what, value, bits in values:
        if not isinstance(value, int) or value is True or value is False or value < 0 or value >> bits:
            raise InputError(f"{what} must be a whole number from 0 to {(1 << bits) - 1}, got {value!r}")


def _check_stated(what: str, value: bytes) -> None:
    if not any(value):
        raise InputError(f"{what} is empty")


def _check_office(value: bytes) -> None:
    if type(value) is not bytes or len(value) != 2 or not (value.isalpha() and value.isupper()):
        raise InputError(f"an office is two capital letters in ASCII (WIPO ST.3), got {value!r}")


@dataclass(frozen=True, slots=True)
class EntryFactsStatement(Statement):
    """What an event states about its entry: a part of what is signed, never signed alone.

    Args:
        changes: Bit for each value that is stated, as `registrum.rights.model.Changes` has them; the rest is zero.
        filing_date: As `20240131`, like the other dates.
        registration_date: Zero takes back a registration.
        expiry_date: Zero if there is none.
        classes: Bit `n` is class `n`.
        dossier: SHA-256, or a commitment to it; 32 bytes.
        representation: SHA-256, 32 bytes.
        holder: Opaque reference, 32 bytes.
        relation: What is said of `related`, 0 to 8.
        related: The other office number, 32 bytes.
        released: Classes that leave for children, or come back.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = _FACTS

    changes: int = 0
    filing_date: int = 0
    registration_date: int = 0
    expiry_date: int = 0
    classes: int = 0
    dossier: bytes = _ZERO
    representation: bytes = _ZERO
    holder: bytes = _ZERO
    relation: int = 0
    related: bytes = _ZERO
    released: int = 0

    def __post_init__(self) -> None:
        _check_integers(
            (
                ("changes", self.changes, 16),
                ("filing date", self.filing_date, 32),
                ("registration date", self.registration_date, 32),
                ("expiry date", self.expiry_date, 32),
                ("classes", self.classes, 64),
                ("relation", self.relation, 8),
                ("released classes", self.released, 64),
            )
        )
        _check_words(
            (
                ("dossier", self.dossier),
                ("representation", self.representation),
                ("holder", self.holder),
                ("related entry", self.related),
            )
        )

    def _encoded(self) -> bytes:
        return _PACK_FACTS(
            _FACTS_TYPE_HASH,
            self.changes,
            self.filing_date,
            self.registration_date,
            self.expiry_date,
            self.classes,
            self.dossier,
            self.representation,
            self.holder,
            self.relation,
            self.related,
            self.released,
        )


NOTHING_STATED = EntryFactsStatement()
"""Of an event that states nothing about its entry beside state, stage and status."""


@dataclass(frozen=True, slots=True)
class LegalStatusEventStatement(Statement):
    """One legal-status event of an entry.

    Args:
        number: Office number of the entry in its on-chain form, 32 bytes.
        previous: Head of the entry before it, 32 bytes; zero for the first event.
        system: Code system in ASCII, 8 bytes with zeros at the end.
        code: Code in ASCII, 32 bytes with zeros at the end.
        resulting: State and stage after it, 2 bytes such as `A4`.
        status: Status after it: its position in the table of the right.
        event_date: Day on which it happened, as `20240131`.
        effective_date: Day from which it has effect.
        publication_date: Day of its publication; zero if there is none.
        document: SHA-256 of the source document, 32 bytes; zero if there is none.
        corrects: Sequence number of the event that it corrects; zero if none.
        flags: As `registrum.rights.model.EventFlags` has them.
        facts: What it states about the entry.

    Raises:
        InputError: A value is out of its range, or one that every event has is empty.
    """

    TYPE: ClassVar[str] = _EVENT + _FACTS

    number: bytes
    previous: bytes
    system: bytes
    code: bytes
    resulting: bytes
    status: int
    event_date: int
    effective_date: int
    publication_date: int = 0
    document: bytes = _ZERO
    corrects: int = 0
    flags: int = 0
    facts: EntryFactsStatement = NOTHING_STATED

    def __post_init__(self) -> None:
        _check_words(
            (
                ("number", self.number),
                ("previous head", self.previous),
                ("code", self.code),
                ("source document", self.document),
            )
        )
        _check_bytes("code system", self.system, 8)
        _check_bytes("state and stage", self.resulting, 2)
        _check_integers(
            (
                ("status", self.status, 8),
                ("event date", self.event_date, 32),
                ("effective date", self.effective_date, 32),
                ("publication date", self.publication_date, 32),
                ("corrected event", self.corrects, 16),
                ("flags", self.flags, 16),
            )
        )
        _check_stated("number", self.number)
        _check_stated("code system", self.system)
        _check_stated("code", self.code)
        if not isinstance(self.facts, EntryFactsStatement):
            raise InputError(f"the facts of an event must be an EntryFactsStatement, got {self.facts!r}")

    def _encoded(self) -> bytes:
        return self._packed() + keccak(self.facts._encoded())

    def _packed(self) -> bytes:
        """What is hashed without the last word, which is the hash of the facts."""
        return _PACK_EVENT(
            _EVENT_TYPE_HASH,
            self.number,
            self.previous,
            self.system,
            self.code,
            self.resulting,
            self.status,
            self.event_date,
            self.effective_date,
            self.publication_date,
            self.document,
            self.corrects,
            self.flags,
        )

    def abi_words(self) -> bytes:
        """The event as the contract takes it: the words that are hashed, and those of its facts in place of their hash.

        Written here, since importing a register encodes them by the ten thousand.
        """
        return self._packed()[32:] + self.facts._encoded()[32:]

    def _message(self) -> dict[str, Any]:
        # Named, because dataclasses with slots are made anew, which zero-argument super does not survive.
        return {**Statement._message(self), "facts": self.facts._message()}


@dataclass(frozen=True, slots=True)
class EventBatch(Statement):
    """Events of one office under one signature, all recorded or none.

    Args:
        office: ST.3 code, 2 bytes.
        events: At least one, in the order in which they are recorded; the contract sets the most.

    Raises:
        InputError: The office is not two capital letters, or there is no event.
    """

    TYPE: ClassVar[str] = _BATCH + _FACTS + _EVENT

    office: bytes
    events: tuple[LegalStatusEventStatement, ...]

    def __post_init__(self) -> None:
        _check_office(self.office)
        object.__setattr__(self, "events", tuple(self.events))
        if not self.events:
            raise InputError("a batch needs at least one event")

    def _encoded(self) -> bytes:
        hashes = b"".join([keccak_256(event._encoded()).digest() for event in self.events])
        return _PACK_BATCH(_BATCH_TYPE_HASH, self.office, keccak(hashes))

    def _message(self) -> dict[str, Any]:
        return {"office": "0x" + self.office.hex(), "events": [event._message() for event in self.events]}


@dataclass(frozen=True, slots=True)
class Empowerment(Statement):
    """What an office lets a court or a board of appeal record in its register.

    Args:
        office: ST.3 code, 2 bytes.
        body: Account of the body; kept in EIP-55 form.
        name: What it is, in ASCII, 32 bytes with zeros at the end; not a person's name.
        categories: Bit `n` is the `n`-th letter of the categories of ST.27, `A` bit 0; none takes all back.
        valid_from: First second, since 1970.
        valid_until: First second after.
        version: One more than that of the statement before it about this body; the first has 1.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = (
        "Empowerment(bytes2 office,address body,bytes32 name,uint32 categories,"
        "uint40 validFrom,uint40 validUntil,uint16 version)"
    )

    office: bytes
    body: str
    name: bytes
    categories: int
    valid_from: int
    valid_until: int
    version: int

    def __post_init__(self) -> None:
        _check_office(self.office)
        object.__setattr__(self, "body", checksum_address(parse_address(self.body)))
        _check_bytes("name of the body", self.name, 32)
        _check_integers(
            (
                ("categories", self.categories, 32),
                ("begin of validity", self.valid_from, 40),
                ("end of validity", self.valid_until, 40),
                ("version", self.version, 16),
            )
        )

    def _encoded(self) -> bytes:
        return _PACK_EMPOWERMENT(
            _EMPOWERMENT_TYPE_HASH,
            self.office,
            parse_address(self.body),
            self.name,
            self.categories,
            self.valid_from.to_bytes(5, "big"),
            self.valid_until.to_bytes(5, "big"),
            self.version,
        )


@dataclass(frozen=True, slots=True)
class RenewalTerms(Statement):
    """How rights of an office are renewed.

    Args:
        office: ST.3 code, 2 bytes.
        right: `T` or `D`, 1 byte.
        period_years: Years that a renewal adds.
        maximum_years: Longest protection from the filing date; zero if there is no bound.
        window_months: Months before expiry from which a right can be renewed.
        grace_months: Months after expiry in which it can be renewed with a surcharge.
        version: One more than that of the statement before it; the first has 1.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = (
        "RenewalTerms(bytes2 office,bytes1 right,uint8 periodYears,uint8 maximumYears,"
        "uint8 windowMonths,uint8 graceMonths,uint16 version)"
    )

    office: bytes
    right: bytes
    period_years: int
    maximum_years: int
    window_months: int
    grace_months: int
    version: int

    def __post_init__(self) -> None:
        _check_office(self.office)
        if self.right not in (b"T", b"D"):
            raise InputError(f"rights of the register are T (trade marks) and D (designs), got {self.right!r}")
        _check_integers(
            (
                ("years of a period", self.period_years, 8),
                ("most years", self.maximum_years, 8),
                ("months of the window", self.window_months, 8),
                ("months of grace", self.grace_months, 8),
                ("version", self.version, 16),
            )
        )

    def _encoded(self) -> bytes:
        return _PACK_TERMS(
            _TERMS_TYPE_HASH,
            self.office,
            self.right,
            self.period_years,
            self.maximum_years,
            self.window_months,
            self.grace_months,
            self.version,
        )


_FACTS_TYPE_HASH = keccak(EntryFactsStatement.TYPE.encode("ascii"))
_EVENT_TYPE_HASH = keccak(LegalStatusEventStatement.TYPE.encode("ascii"))
_BATCH_TYPE_HASH = keccak(EventBatch.TYPE.encode("ascii"))
_EMPOWERMENT_TYPE_HASH = keccak(Empowerment.TYPE.encode("ascii"))
_TERMS_TYPE_HASH = keccak(RenewalTerms.TYPE.encode("ascii"))
