"""Entries of trade marks and designs and their legal-status events: typed values, without any reading or writing.

| here | on chain |
|---|---|
| `StatePair`, written `A4` | two ASCII characters |
| `datetime.date`; None for none | `uint32` that reads `20240131`; zero |
| classes as `(9, 35, 42)` | bits 9, 35 and 42 |
| a status as its position, such as 12 | the same; `registrum.rights.codes` has the texts |
| texts | ASCII with zeros at the end; bytes that are no such text as `0x` and hexadecimal digits |
| in `EntryFacts`: a value, `CLEARED`, or None | stated; stated as zero, which takes it back; not stated |

Not its job: which codes there are and what they allow, what an entry was on some day, and whether the contract accepts
an event. What a node answers is turned into these in `registrum.rights.reading`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final

from registrum.dates import from_on_chain, to_on_chain
from registrum.errors import DigestError, InputError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.values import (
    ALL_PAIRS,
    CLEARED,
    HIGHEST_CLASS,
    HIGHEST_STATUS,
    NO_CHANGE_BIT,
    NO_ENTRY_BIT,
    ST_SYSTEMS,
    Changes,
    Cleared,
    EventFlags,
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
    require_status,
    to_ascii,
)
from registrum.signing.rights_statements import EntryFactsStatement, LegalStatusEventStatement

__all__ = [
    "ALL_PAIRS",
    "CLEARED",
    "HIGHEST_CLASS",
    "HIGHEST_STATUS",
    "NO_CHANGE_BIT",
    "NO_ENTRY_BIT",
    "NO_FACTS",
    "ST_SYSTEMS",
    "Changes",
    "Cleared",
    "Division",
    "Entry",
    "EntryFacts",
    "EventFlags",
    "LegalStatusEvent",
    "Marks",
    "RecordedEvent",
    "Relation",
    "Stage",
    "Standing",
    "State",
    "StatePair",
    "bits_to_categories",
    "bits_to_classes",
    "categories_to_bits",
    "classes_to_bits",
    "from_ascii",
    "require_register_right",
    "require_status",
    "to_ascii",
]

_ZERO = bytes(32)


def _ordered(classes: Iterable[int]) -> tuple[int, ...]:
    given = tuple(classes)
    classes_to_bits(given, Right.TRADEMARK)
    return tuple(sorted(set(given)))


def _check_digest(what: str, value: bytes) -> None:
    if type(value) is not bytes or len(value) != 32:
        raise DigestError(f"{what} must be 32 bytes, got {value!r}")
    if value == _ZERO:
        raise DigestError(f"{what} is zero, which nothing hashes to", remedy="CLEARED takes a value back.")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What an event says about its entry: only what it changes.

    None says nothing about a value. `CLEARED` takes it back, where the entry had one.

    Args:
        filing_date: Filing date accorded; never taken back.
        registration_date: Day of registration.
        expiry_date: Last day of protection unless renewed.
        classes: All classes of the entry after the event; kept in ascending order, empty if none is left.
        dossier: SHA-256 of the current dossier at the office, or a salted commitment to it; 32 bytes, not zero.
        representation: SHA-256 of the mark's or design's representation; 32 bytes, not zero.
        holder: Reference to the holder, 32 bytes, not zero; never a name, nor a plain hash of one.
        relation: What is said of `related`.
        related: The other number; only with `relation`. None with `APPLICATION_RECORD` or `BASIS` takes it back, and
            with a relation to children means those that have no number yet.
        released: Classes that leave for children, or come back; only with `relation`.

    Raises:
        InputError: A value is not of its type, or out of its range.
        DateError: A date is not one that the contracts take.
        DigestError: A digest is not 32 bytes, or is zero.
    """

    filing_date: datetime.date | None = None
    registration_date: datetime.date | Cleared | None = None
    expiry_date: datetime.date | Cleared | None = None
    classes: tuple[int, ...] | None = None
    dossier: bytes | Cleared | None = None
    representation: bytes | Cleared | None = None
    holder: bytes | Cleared | None = None
    relation: Relation | None = None
    related: OfficeNumber | None = None
    released: tuple[int, ...] = ()
    changes: Changes = field(init=False, repr=False, compare=False)
    """Which values are stated."""

    def __post_init__(self) -> None:
        for name in ("filing_date", "registration_date", "expiry_date"):
            date = getattr(self, name)
            if date is CLEARED and name == "filing_date":
                raise InputError("a filing date cannot be taken back", remedy="State the right one.")
            if date is not None and date is not CLEARED:
                to_on_chain(date)
        for name in ("dossier", "representation", "holder"):
            value = getattr(self, name)
            if value is not None and value is not CLEARED:
                _check_digest(name, value)
        if not isinstance(self.related, OfficeNumber | None):
            raise InputError(f"related must be an office number, got {self.related!r}")
        if not isinstance(self.relation, Relation | None):
            raise InputError(f"the relation must be a Relation, got {self.relation!r}")
        if self.relation is None and (self.related is not None or self.released):
            raise InputError("another entry, or classes released, without saying how the entry stands to it")
        if self.classes is not None:
            object.__setattr__(self, "classes", _ordered(self.classes))
        object.__setattr__(self, "released", _ordered(self.released))
        # Added up as numbers: sets of flags are slow to join, and registers are imported by the ten thousand.
        bits = sum(value for value, name in _STATED_VALUES if getattr(self, name) is not None)
        object.__setattr__(self, "changes", Changes(bits))

    def __bool__(self) -> bool:
        """Whether anything is stated."""
        return bool(self.changes)

    def to_statement(self, right: Right) -> EntryFactsStatement:
        """The facts as they are signed.

        Raises:
            InputError: A class that the classification of the right does not have.
        """
        return EntryFactsStatement(
            changes=int(self.changes),
            filing_date=_date_value(self.filing_date),
            registration_date=_date_value(self.registration_date),
            expiry_date=_date_value(self.expiry_date),
            classes=classes_to_bits(self.classes or (), right),
            dossier=_word_value(self.dossier),
            representation=_word_value(self.representation),
            holder=_word_value(self.holder),
            relation=int(self.relation or 0),
            related=_ZERO if self.related is None else self.related.on_chain,
            released=classes_to_bits(self.released, right),
        )

    @classmethod
    def from_statement(cls, statement: EntryFactsStatement, right: Right) -> EntryFacts:
        """The facts out of what was signed.

        Raises:
            InputError: Something that the contract does not accept, such as a value that `changes` does not announce.
        """
        known = int(Changes(sum(Changes)))
        if statement.changes & ~known:
            raise InputError(f"{statement.changes} has bits that state nothing")
        stated = Changes(statement.changes)
        silent = [name for bit, name in _STATED if bit not in stated]
        if Changes.RELATION not in stated:
            silent += ["related", "released"]
        for name in silent:
            if getattr(statement, name) not in (0, _ZERO):
                raise InputError(f"{name} is given, and not announced as changed")
        if statement.relation not in Relation.__members__.values():
            raise InputError(f"{statement.relation} is no relation of two entries")
        values: dict[str, Any] = {}
        for bit, name in _STATED:
            if bit in stated:
                values[name] = _READ[bit](getattr(statement, name), right)
        if Changes.RELATION in stated:
            values["related"] = OfficeNumber.from_on_chain(statement.related) if any(statement.related) else None
            values["released"] = bits_to_classes(statement.released, right)
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """A key for each value that is stated, null where it is taken back.

        Keys: `filingDate, registrationDate, expiryDate, classes, dossier, representation, holder` and
        `relation, related, released`.
        """
        values: dict[str, Any] = {}
        for _, name in _STATED:
            value = getattr(self, name)
            if value is not None:
                values[_camel_case(name)] = _json(value)
        if self.relation is not None:
            values["related"] = _json(self.related)
            values["released"] = list(self.released)
        return values


_STATED = tuple((bit, str(bit.name).lower()) for bit in Changes)
_STATED_VALUES = tuple((bit.value, name) for bit, name in _STATED)

_NO_FLAGS = EventFlags(0)
NO_FACTS: Final = EntryFacts()
"""Of an event that says nothing about its entry beside state, stage and status."""


@dataclass(frozen=True, slots=True)
class LegalStatusEvent:
    """A legal-status event as an office, or a body that it empowered, states it.

    Which event it follows is not part of it: `to_statement` takes the head of the entry.

    Args:
        number: Entry that it changes, a trade mark or a design.
        system: Code system: one of `ST_SYSTEMS`, or `NAT:` and the office of the entry.
        code: Code in that system; of ST.27 codes the key event leads (`F10`, `F10-F11`).
        resulting: State and stage after it, also where they stay.
        status: Status after it, its position in the table of the right, also where it stays.
        event_date: Day on which it happened.
        effective_date: Day from which it has effect; may lie in the future.
        publication_date: Day of its publication; None if there is none yet.
        document: SHA-256 of the source document, 32 bytes, not zero; None if there is none.
        corrects: Sequence number of the event that it corrects; None if it is no correction.
        flags: What else is said of it; never `IRREGULAR`, which the contract finds.
        facts: What it changes in the entry.

    Raises:
        InputError: A value is not of its type, or out of its range.
        DateError: A date is not one that the contracts take.
        DigestError: A digest is not 32 bytes, or is zero.
    """

    number: OfficeNumber
    system: str
    code: str
    resulting: StatePair
    status: int
    event_date: datetime.date
    effective_date: datetime.date
    publication_date: datetime.date | None = None
    document: bytes | None = None
    corrects: int | None = None
    flags: EventFlags = _NO_FLAGS
    facts: EntryFacts = NO_FACTS

    def __post_init__(self) -> None:
        if not isinstance(self.number, OfficeNumber):
            raise InputError(f"the entry of an event must be an office number, got {self.number!r}")
        require_register_right(self.number.right)
        to_ascii("code system", self.system, 8)
        if self.system.startswith("NAT:") and self.system != f"NAT:{self.number.office}":
            raise InputError(
                f"{self.system} is not the code system of {self.number.office}",
                remedy=f"Codes of the office itself have the system NAT:{self.number.office}.",
            )
        to_ascii("code", self.code, 32)
        require_status(self.status)
        if not isinstance(self.resulting, StatePair):
            raise InputError(f"{self.resulting!r} is no state and stage", remedy="Use StatePair.parse.")
        to_on_chain(self.event_date)
        to_on_chain(self.effective_date)
        if self.publication_date is not None:
            to_on_chain(self.publication_date)
        if self.document is not None:
            _check_digest("source document", self.document)
        if self.corrects is not None and (type(self.corrects) is not int or not 0 < self.corrects < 1 << 16):
            raise InputError(f"a corrected event is named by its number from 1, got {self.corrects!r}")
        if not isinstance(self.flags, EventFlags) or self.flags & ~_SIGNED_FLAGS:
            raise InputError(f"{self.flags!r} are not flags that an office signs")
        if EventFlags.ANNULS in self.flags and self.corrects is None:
            raise InputError(
                "an event that is no correction says that something never happened",
                remedy="Name the event that never happened as the one that is corrected.",
            )
        if not isinstance(self.facts, EntryFacts):
            raise InputError(f"the facts of an event must be EntryFacts, got {self.facts!r}")
        classes_to_bits((*(self.facts.classes or ()), *self.facts.released), self.number.right)

    @property
    def right(self) -> Right:
        """The right of the entry: trade mark or design."""
        return self.number.right

    def to_statement(self, previous: bytes | None) -> LegalStatusEventStatement:
        """The event as it is signed.

        Args:
            previous: Head of the entry before it, 32 bytes; None for the first event.

        Raises:
            InputError: The head is not 32 bytes.
        """
        return LegalStatusEventStatement(
            number=self.number.on_chain,
            previous=_ZERO if previous is None else previous,
            system=to_ascii("code system", self.system, 8),
            code=to_ascii("code", self.code, 32),
            resulting=self.resulting.on_chain,
            status=self.status,
            event_date=to_on_chain(self.event_date),
            effective_date=to_on_chain(self.effective_date),
            publication_date=_date_value(self.publication_date),
            document=self.document or _ZERO,
            corrects=self.corrects or 0,
            flags=int(self.flags),
            facts=self.facts.to_statement(self.number.right),
        )

    @classmethod
    def from_statement(cls, statement: LegalStatusEventStatement) -> LegalStatusEvent:
        """The event out of what was signed; `previous` is left aside.

        Raises:
            InputError: Something that the contract does not accept.
        """
        number = OfficeNumber.from_on_chain(statement.number)
        require_register_right(number.right)
        return cls(
            number=number,
            system=from_ascii(statement.system),
            code=from_ascii(statement.code),
            resulting=StatePair.parse(statement.resulting.decode("latin-1")),
            status=statement.status,
            event_date=from_on_chain(statement.event_date),
            effective_date=from_on_chain(statement.effective_date),
            publication_date=from_on_chain(statement.publication_date) if statement.publication_date else None,
            document=statement.document if any(statement.document) else None,
            corrects=statement.corrects or None,
            flags=EventFlags(statement.flags),
            facts=EntryFacts.from_statement(statement.facts, number.right),
        )

    def to_json(self) -> dict[str, Any]:
        """Keys `number, system, code, resulting, status`, the three dates, `document, corrects, flags, facts`."""
        return {_camel_case(item.name): _json(getattr(self, item.name)) for item in fields(self)}


_SIGNED_FLAGS = EventFlags.IMPORTED | EventFlags.SURCHARGE | EventFlags.ANNULS


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A legal-status event as it was recorded.

    Attributes:
        event: What was signed.
        sequence: Its number in the history of the entry, from 1; events under a former number counted.
        head: Hash of the event, 32 bytes: the head of the entry after it.
        previous: Hash of the event before it; None for the first.
        before: State and stage before it; None where there was no entry.
        is_irregular: Whether the table did not foresee the move when it was recorded.
        signer: Key of the office, or account of an empowered body; EIP-55 form.
        recorded_at: Block time, in UTC.
        block_number: Block that it was recorded in.
        transaction_hash: Transaction, `0x` and 64 hexadecimal digits.
    """

    event: LegalStatusEvent
    sequence: int
    head: bytes
    previous: bytes | None
    before: StatePair | None
    is_irregular: bool
    signer: str
    recorded_at: datetime.datetime
    block_number: int
    transaction_hash: str

    @property
    def after(self) -> StatePair:
        """State and stage after it."""
        return self.event.resulting

    def statement(self) -> LegalStatusEventStatement:
        """What was signed, in the form in which it was; its struct hash must be `head`."""
        return self.event.to_statement(self.previous)

    def to_json(self) -> dict[str, Any]:
        """The keys of the event, and how it was recorded.

        Those are `sequence, head, previous, before, isIrregular, signer, recordedAt, blockNumber, transactionHash`.
        """
        own = [item.name for item in fields(self) if item.name != "event"]
        return {**self.event.to_json(), **{_camel_case(name): _json(getattr(self, name)) for name in own}}


@dataclass(frozen=True, slots=True)
class Entry:
    """A register entry as it stands.

    Attributes:
        number: Its office number.
        pair: State and stage.
        status: Position of the status in the table.
        status_text: The status as the table has it.
        marks: What it bears for good.
        event_count: Events so far, those under a former number counted; the last one's sequence number.
        terminated_by: Sequence number of the event that terminated it; None if none did.
        filing_date: Filing date accorded; None only where it was never stated.
        registration_date: None if not registered.
        expiry_date: Last day of protection unless renewed; None if none is recorded.
        ceased_on: Day from which it is not active or terminated; None while it is active.
        classes: In ascending order.
        head: Hash of the last event, 32 bytes.
        dossier: As last stated; None if never.
        representation: As last stated; None if never.
        holder: As last stated; None if never.
        application: None where the application has the entry's own number.
        basis: None if there is none.
        parent: Entry that it was divided or converted from; None if there is none.
        former: Number under which it was kept before; None if there is none.
        continuation: Number under which it goes on; None if it does not.
    """

    number: OfficeNumber
    pair: StatePair
    status: int
    status_text: str
    marks: Marks
    event_count: int
    terminated_by: int | None
    filing_date: datetime.date | None
    registration_date: datetime.date | None
    expiry_date: datetime.date | None
    ceased_on: datetime.date | None
    classes: tuple[int, ...]
    head: bytes
    dossier: bytes | None
    representation: bytes | None
    holder: bytes | None
    application: OfficeNumber | None
    basis: OfficeNumber | None
    parent: OfficeNumber | None
    former: OfficeNumber | None
    continuation: OfficeNumber | None

    @property
    def right(self) -> Right:
        """Trade mark or design."""
        return self.number.right

    @property
    def is_imported(self) -> bool:
        """Whether its first event sums up what happened before."""
        return Marks.IMPORTED in self.marks

    @property
    def is_irregular(self) -> bool:
        """Whether some event of its history is one that the table did not foresee."""
        return Marks.IRREGULAR in self.marks

    def to_json(self) -> dict[str, Any]:
        """Keys `number, right, state, stage`, then those of the attributes from `status` on, in their order."""
        values: dict[str, Any] = {
            "number": self.number.text,
            "right": self.right.value,
            "state": self.pair.state.value,
            "stage": self.pair.stage.value,
        }
        rest = [item.name for item in fields(self) if item.name not in ("number", "pair")]
        return {**values, **{_camel_case(name): _json(getattr(self, name)) for name in rest}}


@dataclass(frozen=True, slots=True)
class Division:
    """Classes that move between an entry and its children, each in ascending order.

    Attributes:
        released: Given up for children and not taken by one yet.
        given: Taken by children; none is given twice.
        held: As a child: taken from the parent, whether or not still protected.
    """

    released: tuple[int, ...] = ()
    given: tuple[int, ...] = ()
    held: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Keys `released, given, held`."""
        return {"released": list(self.released), "given": list(self.given), "held": list(self.held)}


def _date_value(value: datetime.date | Cleared | None) -> int:
    return to_on_chain(value) if isinstance(value, datetime.date) else 0


def _word_value(value: bytes | Cleared | None) -> bytes:
    return value if isinstance(value, bytes) else _ZERO


def _read_date(value: int, _right: Right) -> datetime.date | Cleared:
    return from_on_chain(value) if value else CLEARED


def _read_word(value: bytes, _right: Right) -> bytes | Cleared:
    return value if any(value) else CLEARED


_READ: dict[Changes, Any] = {
    Changes.FILING_DATE: _read_date,
    Changes.REGISTRATION_DATE: _read_date,
    Changes.EXPIRY_DATE: _read_date,
    Changes.CLASSES: bits_to_classes,
    Changes.DOSSIER: _read_word,
    Changes.REPRESENTATION: _read_word,
    Changes.HOLDER: _read_word,
    Changes.RELATION: lambda value, _right: Relation(value),
}


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _json(value: Any) -> Any:
    if hasattr(value, "to_json"):
        return value.to_json()
    if value is CLEARED:
        return None
    if isinstance(value, OfficeNumber):
        return value.text
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
