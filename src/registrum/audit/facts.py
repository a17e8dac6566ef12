"""What an audit is made of: the period, its terms, and the facts of the chain in the form in which they are examined.

Numbers are texts (`EM/T/018660437`), dates integers that read `20240131`, times seconds since 1970, as the index holds
them: an office may have millions of records. Not its job: reading them (`registrum.index.auditing`).
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from registrum.dates import from_on_chain
from registrum.errors import InputError

__all__ = [
    "CORRECTED",
    "FOREVER",
    "REGISTERED",
    "STATUSES",
    "WITHDRAWN",
    "Anchor",
    "BodyState",
    "CalendarVersion",
    "ClaimFact",
    "Compromise",
    "Confirmation",
    "EntryEvent",
    "History",
    "KeyState",
    "Members",
    "Offer",
    "OfficeState",
    "Period",
    "Place",
    "Source",
    "Statement",
    "StatementKind",
    "Terms",
    "Version",
    "day_of",
    "ordinal_of",
    "time_text",
]

_DAY_S = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_LAST = 253_402_300_799
"""The last second of the year 9999."""
FOREVER = 2**40 - 1
"""A time of "without end"."""
REGISTERED, CORRECTED, WITHDRAWN = 1, 2, 3
"""Kinds of versions, as `registrum.index.tables.applications` numbers them; 4 is a reinstatement."""
STATUSES = ("filed", "corrected", "withdrawn")
"""Statuses of a version, from 1."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days that an audit is about, both included, in UTC and by the time of recording.

    Raises:
        InputError: It ends before it begins.
    """

    first: date
    last: date
    begins: int = field(init=False)
    ends: int = field(init=False)

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(
                f"the period ends on {self.last}, before it begins on {self.first}",
                remedy="Give the earlier day first.",
            )
        object.__setattr__(self, "begins", (self.first.toordinal() - _EPOCH) * _DAY_S)
        object.__setattr__(self, "ends", (self.last.toordinal() - _EPOCH + 1) * _DAY_S)

    def has(self, seconds: int) -> bool:
        """Whether a block time lies in it."""
        return self.begins <= seconds < self.ends


@dataclass(frozen=True, slots=True)
class Terms:
    """From when on something is worth a word.

    Args:
        late_days: Days from filing to recording that are not late yet.
        near_days: Days before a compromise in which the use of a key is named.
        most: Findings of each code that a report lists; all are counted.

    Raises:
        InputError: A number out of its range.
    """

    late_days: int = 30
    near_days: int = 14
    most: int = 1_000

    def __post_init__(self) -> None:
        for name, value, least, greatest in (
            ("days after which a recording is late", self.late_days, 0, 36_525),
            ("days before a compromise", self.near_days, 0, 36_525),
            ("findings of each kind to list", self.most, 1, 10_000_000),
        ):
            if not least <= value <= greatest:
                raise InputError(f"{value} is no number of {name}", remedy=f"Give {least} to {greatest}.")


class Place(NamedTuple):
    """Where an event is on the chain: `block << 24 | log index`, and the index of its transaction in the block."""

    position: int
    tx_index: int

    @property
    def block(self) -> int:
        """Number of the block."""
        return self.position >> 24


class Version(NamedTuple):
    """A version of an application record.

    `recorded_at` is that of the content, or of the anchor that it was disclosed from; `time` that of the block of the
    event itself.
    """

    place: Place
    kind: int
    version: int
    status: int
    filing_date: int
    digest: bytes
    disclosure: int
    signing_key: bytes
    recorded_at: int
    time: int
    anchor_sequence: int | None
    changed_by: bytes | None
    superseded_by: int | None

    @property
    def has_stood(self) -> bool:
        """Whether it ever counted: one in a registry from which another one had taken over never did."""
        return self.superseded_by != self.place.position


class Confirmation(NamedTuple):
    """A reconfirmation of a record by its office; the one with `is_present` counts."""

    place: Place
    version: int
    signing_key: bytes
    time: int
    is_present: bool


class History(NamedTuple):
    """All that was recorded of one number, in the order of the chain."""

    number: str
    versions: Sequence[Version]
    confirmations: Sequence[Confirmation]

    @property
    def right(self) -> str:
        """Letter of the right."""
        return self.number[3]

    @property
    def present(self) -> Version | None:
        """The version that stands; None where a chain shows none."""
        return next((version for version in reversed(self.versions) if version.superseded_by is None), None)

    def at(self, position: int) -> Version | None:
        """The version that stood just before a place of the chain; None where none did."""
        stood = (one for one in reversed(self.versions) if one.place.position < position and one.has_stood)
        return next(stood, None)


class Offer(NamedTuple):
    """What an office offered for a number that has other content, so that it was not taken, nor checked."""

    place: Place
    number: str
    filing_date: str | None
    digest: str
    disclosure: int
    time: int


class Anchor(NamedTuple):
    """A Merkle root that stands for many records."""

    place: Place
    sequence: int
    root: bytes
    leaf_count: int
    signing_key: bytes
    time: int


class OfficeState(NamedTuple):
    """What an office was from an event of the directory on."""

    place: Place
    office: str
    suspended_until: int | None
    departed_at: int | None
    successor: str | None


class BodyState(NamedTuple):
    """What a body was empowered to by an office from an event on; to nothing where `categories` is 0."""

    place: Place
    account: bytes
    categories: int
    valid_from: int
    valid_until: int


class KeyState(NamedTuple):
    """What a key was from an event of the directory on; times without end are `2**40 - 1`."""

    place: Place
    office: str
    account: bytes
    scopes: int
    valid_from: int
    valid_until: int
    revoked_at: int | None
    suspended_until: int | None


class Members(NamedTuple):
    """Who may sign for an office, each in the order of the chain.

    `offices` and `keys` are of the office and of all that came to succeed it, `bodies` are those that it empowered.
    """

    offices: Sequence[OfficeState]
    keys: Sequence[KeyState]
    bodies: Sequence[BodyState]


class Compromise(NamedTuple):
    """Since when a key is compromised, and the event that declared it."""

    since: int
    place: Place
    declared_at: int


class CalendarVersion(NamedTuple):
    """A version of the calendar of a year: a bit a weekday from Monday, a bit a day from 1 January that differs."""

    place: Place
    year: int
    version: int
    weekly: int
    exceptions: int
    published_at: int


class ClaimFact(NamedTuple):
    """A version of a recorded priority claim, from 1; `is_present` of the last one."""

    place: Place
    later: str
    earlier: str
    later_filing_date: int
    claimed_date: int
    version: int
    signing_key: bytes
    time: int
    is_present: bool


class EntryEvent(NamedTuple):
    """A legal-status event of a register entry, by a key or by a body; `creates` of the first one of an entry."""

    place: Place
    number: str
    code: str
    signer: bytes
    time: int
    creates: bool


class StatementKind(StrEnum):
    """What an office signed that leaves no record of a number."""

    EMPOWERMENT = "empowerment"
    TERMS = "terms"
    BATCH = "batch"
    """A batch of registrations of which nothing was taken."""
    EVENT_BATCH = "event batch"
    """A batch of legal-status events of which nothing was recorded."""


class Statement(NamedTuple):
    """A statement of an office that leaves no record of a number.

    `about` is the account of a body, or the letter of a right; None for a batch.
    """

    place: Place
    kind: StatementKind
    about: str | None
    signer: bytes
    time: int


class Source(Protocol):
    """Where the facts of one office come from, all of one block."""

    def audit_histories(self, office: str) -> Iterable[History]:
        """Every number of the office, sorted by its bytes."""

    def audit_recorded(self, numbers: Collection[str]) -> set[str]:
        """Those of some numbers that have a record."""

    def audit_offers(self, office: str, period: Period) -> Iterable[Offer]:
        """What was not taken because of other content, in the period."""

    def audit_anchors(self, office: str) -> Iterable[Anchor]:
        """Every anchor of the office, by sequence."""

    def audit_members(self, office: str) -> Members:
        """The office, those that succeed it, their keys, and the bodies that it empowered."""

    def audit_compromises(self, office: str) -> Mapping[bytes, Compromise]:
        """Since when keys are compromised that may have signed for the office."""

    def audit_statements(self, office: str, period: Period) -> Iterable[Statement]:
        """What the office signed in the period that leaves no record of a number."""

    def audit_calendars(self, office: str) -> Iterable[CalendarVersion]:
        """Every version of the calendars of the office, in the order of the chain."""

    def audit_claims(self, office: str) -> Iterable[ClaimFact]:
        """Every version of the claims that the office recorded, in the order of the chain."""

    def audit_entry_events(self, office: str, period: Period) -> Iterable[EntryEvent]:
        """The legal-status events of the office in the period, in the order of the chain."""

    def audit_transactions(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
        """Hashes of transactions, by block and index in the block."""

    def audit_time(self) -> int:
        """Time of the block that the facts are of."""

    def audit_chain(self) -> Mapping[str, Any]:
        """Keys `chainId, genesisHash`."""


@functools.lru_cache(8192)
def ordinal_of(value: int) -> int:
    """The day of an integer that reads `20240131`, as a count of days."""
    return from_on_chain(value).toordinal()


def day_of(seconds: int) -> date:
    """The day of a block time, in UTC."""
    return date.fromordinal(_EPOCH + seconds // _DAY_S)


def time_text(seconds: int) -> str:
    """A time: `2024-01-31T12:00:00Z`. Offices may name one that no calendar has: `after 9999`."""
    if seconds > _LAST:
        return "after 9999"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
