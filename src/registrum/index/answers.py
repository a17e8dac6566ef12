"""What the index answers beside the values that it shares with the client: versions, events, matches, hits, pages.

Not its job: finding them (`registrum.index.reading`, `registrum.index.searching`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from registrum.client.forms import json_value
from registrum.client.records import ApplicationRecord, Standing
from registrum.numbers import OfficeNumber
from registrum.rights.values import Marks, Relation, StatePair

__all__ = [
    "ChangeKind",
    "DigestMatch",
    "EntryHit",
    "EntryRelation",
    "Freshness",
    "IndexedAnchor",
    "IndexedEvent",
    "MatchKind",
    "OfficeCount",
    "Page",
    "RecordVersion",
]

_T = TypeVar("_T")


def _json(value: Any, *leave_out: str) -> dict[str, Any]:
    """Every attribute of a dataclass, in camel case."""
    named = {item.name: getattr(value, item.name) for item in fields(value) if item.name not in leave_out}
    return {
        _camel_case(name): item.to_json() if hasattr(item, "to_json") else json_value(item)
        for name, item in named.items()
    }


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class Freshness:
    """The block that answers are of.

    Attributes:
        block_number: The newest block that is indexed; None before the first.
        block_hash: Its hash, `0x` and 64 hexadecimal digits; None before the first.
        block_time: When it was made; None before the first.
        lag_blocks: Blocks that the node has and the index has not; None if the node's newest block is not known,
            or far behind that of the index.
        is_complete: Whether everything up to the block is worked in. False while a first load or a rebuild goes on,
            and before the first block: then nothing else is answered.
    """

    block_number: int | None
    block_hash: str | None
    block_time: datetime | None
    lag_blocks: int | None
    is_complete: bool

    def to_json(self) -> dict[str, Any]:
        """Keys `blockNumber, blockHash, blockTime, lagBlocks, isComplete`."""
        return _json(self)


class ChangeKind(StrEnum):
    """What made a version of a record."""

    REGISTERED = "registered"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """A version of an application record.

    Attributes:
        record: The record as this version has it.
        kind: What made it.
        registry: 1 for the first application registry of the deployment, one more for each that took over.
        block_number: Block of the event.
        block_time: When that was made.
        transaction_hash: Transaction of the event.
        changed_by: Key that signed a withdrawal or reinstatement; None where the content was signed.
        anchor_sequence: Anchor that it was disclosed from; None if from none.
        superseded_at: Block time of the event that ended it; None for the present version.
    """

    record: ApplicationRecord
    kind: ChangeKind
    registry: int
    block_number: int
    block_time: datetime
    transaction_hash: str
    changed_by: str | None
    anchor_sequence: int | None
    superseded_at: datetime | None

    @property
    def is_present(self) -> bool:
        """Whether no later version is recorded."""
        return self.superseded_at is None

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case; `record` as an object."""
        return _json(self)


@dataclass(frozen=True, slots=True)
class IndexedEvent:
    """An event of one of the contracts.

    Attributes:
        position: Where it is on the chain: block times 2**24, and the index of the log. Events sort by it.
        contract: Name of the contract in the manifest.
        name: Name in its interface: `ApplicationRegistered`.
        office: Office that it is about; None where it is about none.
        number: Office number that it is about; None where it is about none.
        arguments: As JSON has them: names in lowerCamelCase, dates and numbers in their text form.
    """

    position: int
    block_number: int
    block_time: datetime
    transaction_hash: str
    log_index: int
    contract: str
    name: str
    office: str | None
    number: OfficeNumber | None
    arguments: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case; `position` as text, since it may be too large for a number of JavaScript."""
        values = _json(self, "arguments", "position")
        return {"position": str(self.position), **values, "arguments": dict(self.arguments)}


class MatchKind(StrEnum):
    """What a digest is the digest of."""

    APPLICATION = "application"
    """An application as filed, or the salted commitment to it."""
    ANCHOR_ROOT = "anchor_root"
    """The Merkle root of an anchor."""
    DOSSIER = "dossier"
    """The dossier of a register entry."""
    REPRESENTATION = "representation"
    """The representation of a trade mark or design."""
    DOCUMENT = "document"
    """The source document of a legal-status event."""
    CHARTER = "charter"
    """The charter of the consortium, which the chain itself is asked about: the index does not hold it."""


@dataclass(frozen=True, slots=True)
class DigestMatch:
    """Something recorded that a digest stands for.

    Attributes:
        kind: What it is.
        office: Whose it is; None for the charter, which is all offices'.
        number: Office number of the application or entry; None for an anchor and the charter.
        version: Version of the application record or of the charter, or number of the event in the history of the
            entry; sequence of the anchor.
        is_present: Whether that is what stands now; False for a version that was corrected since. Anchors and source
            documents always are.
        recorded_at: Block time.
        standing: What the registry says about the application now; None for what is no application record.
        signer_compromised_since: Since when the key that signed it is known to be compromised, where it was so already
            at the time of recording and no good key has confirmed it: it proves nothing. None otherwise.
    """

    kind: MatchKind
    office: str | None
    number: OfficeNumber | None
    version: int
    is_present: bool
    recorded_at: datetime
    standing: Standing | None = None
    signer_compromised_since: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return _json(self)


@dataclass(frozen=True, slots=True)
class IndexedAnchor:
    """One Merkle root that stands for many records.

    Attributes:
        sequence: Its number among the anchors of the office.
        root: 32 bytes.
        leaf_count: Records that it stands for.
        disclosed_count: How many of them are recorded one by one since; None where it was not counted.
    """

    office: str
    sequence: int
    root: bytes
    leaf_count: int
    signing_key: str
    recorded_at: datetime
    block_number: int
    transaction_hash: str
    disclosed_count: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return _json(self)


@dataclass(frozen=True, slots=True)
class EntryRelation:
    """What an event said of another number.

    Attributes:
        number: The entry whose event said it.
        related: The other number; None where it is of children that have none yet.
        classes: Classes of the entry after it.
    """

    number: OfficeNumber
    related: OfficeNumber | None
    relation: Relation
    classes: tuple[int, ...]
    block_number: int
    block_time: datetime

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return _json(self)


@dataclass(frozen=True, slots=True)
class EntryHit:
    """A register entry in a list.

    Attributes:
        status_text: The status as the table of the right has it.
        recorded_at: Block time of its last event.
    """

    number: OfficeNumber
    pair: StatePair
    status: int
    status_text: str
    marks: Marks
    event_count: int
    filing_date: date | None
    registration_date: date | None
    expiry_date: date | None
    ceased_on: date | None
    classes: tuple[int, ...]
    recorded_at: datetime

    @property
    def is_irregular(self) -> bool:
        """Whether some event of its history is one that the table did not foresee."""
        return Marks.IRREGULAR in self.marks

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case; `state` and `stage` apart."""
        values = _json(self, "pair")
        number = values.pop("number")
        return {"number": number, "state": self.pair.state.value, "stage": self.pair.stage.value, **values}


@dataclass(frozen=True, slots=True)
class OfficeCount:
    """How much an office has recorded.

    Attributes:
        applications: Present application records by right.
        entries: Present register entries by right.
        anchors: Anchors.
    """

    office: str
    applications: Mapping[str, int]
    entries: Mapping[str, int]
    anchors: int

    def to_json(self) -> dict[str, Any]:
        """Keys `office, applications, entries, anchors`."""
        return {
            "office": self.office,
            "applications": dict(self.applications),
            "entries": dict(self.entries),
            "anchors": self.anchors,
        }


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """One page of what a search found.

    Attributes:
        items: In the order asked for.
        total: How many there are in all; at least so many where `total_is_capped`.
        total_is_capped: Whether counting stopped at the cap.
        limit: Most items of the page.
        offset: Items before it.
        facets: For each facet how many of all that were found have each value, most frequent first. The least there
            can be where the total is capped.
    """

    items: tuple[_T, ...]
    total: int
    total_is_capped: bool
    limit: int
    offset: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Keys `items, total, totalIsCapped, limit, offset, facets`."""
        return {
            "items": [item.to_json() if hasattr(item, "to_json") else item for item in self.items],
            "total": self.total,
            "totalIsCapped": self.total_is_capped,
            "limit": self.limit,
            "offset": self.offset,
            "facets": {name: dict(counts) for name, counts in self.facets.items()},
        }
