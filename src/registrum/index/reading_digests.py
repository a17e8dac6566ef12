"""Reading the index: what a digest stands for, page by page, and whether it stands for what is under a number.

An office, or several, may record one digest under any number of numbers. So a list has its pages, and whether a file
is what was recorded under a number is never looked up in one.

Not its job: hashing, and the charter of the consortium, which the index does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from registrum.client.records import ApplicationRecord
from registrum.errors import DigestError
from registrum.index import tables
from registrum.index.answers import DigestMatch, MatchKind, Page
from registrum.index.counting import CAP
from registrum.index.reading_records import RecordReader, standing_of
from registrum.index.reading_rights import RightsReader
from registrum.index.values import (
    RECORD_COLUMNS,
    AnyRow,
    block_of,
    instant,
    number_of,
    pieces,
    record_of,
    require_page,
)
from registrum.numbers import OfficeNumber
from registrum.rights.values import HIGHEST_CLASS, Changes

__all__ = ["DigestReader"]

_APPLICATIONS, _ANCHORS = tables.applications.c, tables.anchors.c
_ENTRIES, _ENTRY_EVENTS = tables.entries.c, tables.entry_events.c
_CHANGES = {MatchKind.DOSSIER: Changes.DOSSIER.value, MatchKind.REPRESENTATION: Changes.REPRESENTATION.value}
_ENTRY_KINDS = tuple(_CHANGES)


@dataclass(frozen=True, slots=True)
class _Source:
    """Matches of one kind: how many there are, counted up to the cap, and a page of them."""

    count: int
    page: Callable[[int, int], list[DigestMatch]]


class DigestReader(RecordReader, RightsReader):
    """Finds what is recorded under a digest."""

    def by_digest(self, digest: bytes, *, limit: int = 50, offset: int = 0) -> Page[DigestMatch]:
        """What is recorded under a digest: applications in any version, then anchors, then what entries state.

        Args:
            digest: SHA-256 of a document, a salted commitment, or a Merkle root; 32 bytes.
            limit: Most matches, 1 to 1000.
            offset: How many to leave out.

        Raises:
            DigestError: It has another length, or is zero, which nothing hashes to.
            InputError: No such page.
        """
        _require_digest(digest)
        require_page(limit, offset)
        sources = [
            self._counted(tables.applications, self._applications_from, _under(digest)),
            self._counted(tables.anchors, self._anchors_with_root, [_ANCHORS.root == digest]),
            *(self._listed(digest, kind) for kind in _ENTRY_KINDS),
            self._counted(tables.entry_events, self._documents_from, [_ENTRY_EVENTS.document == digest]),
        ]
        found: list[DigestMatch] = []
        left_out = offset
        for source in sources:
            if len(found) < limit and left_out < source.count:
                found += source.page(limit - len(found), left_out)
            left_out = max(0, left_out - source.count)
        total = sum(source.count for source in sources)
        return Page(tuple(found), total, any(source.count >= CAP for source in sources), limit, offset)

    def by_digest_under(self, digest: bytes, number: OfficeNumber) -> list[DigestMatch]:
        """Everything under one number that a digest stands for: what it does not name here, the number has never had.

        Args:
            digest: As for `by_digest`.
            number: The number; what its entry stated under former numbers counts as former.

        Raises:
            DigestError: As for `by_digest`.
        """
        _require_digest(digest)
        columns = (_APPLICATIONS.superseded_by, *RECORD_COLUMNS)
        query = select(*columns).where(*_under(digest), _APPLICATIONS.number == number.text)
        found = self._applications_from(self._rows(query.order_by(_APPLICATIONS.position)))
        if number.right not in HIGHEST_CLASS:
            return found
        names = [name.text for name in self._names_of(number)]
        for kind in _ENTRY_KINDS:
            rows, stands = self._stated(digest, kind, [_ENTRY_EVENTS.number.in_(names)])
            for match in self._entries_from([row for row in rows if row.number in names], kind, stands):
                found.append(replace(match, is_present=match.is_present and match.number == number))
        documents = select(tables.entry_events).where(_ENTRY_EVENTS.document == digest, _ENTRY_EVENTS.number.in_(names))
        return found + self._documents_from(self._rows(documents.order_by(_ENTRY_EVENTS.position)))

    def _counted(
        self,
        table: Table,
        build: Callable[[list[AnyRow]], list[DigestMatch]],
        conditions: Sequence[ColumnElement[bool]],
    ) -> _Source:
        """Matches that are rows of a table, in the order of the chain."""
        counted = select(table.c.position).where(*conditions).limit(CAP).subquery()
        query = select(table).where(*conditions).order_by(table.c.position)
        return _Source(
            self._scalar(select(func.count()).select_from(counted)),
            lambda limit, offset: build(self._rows(query.limit(limit).offset(offset))),
        )

    def _listed(self, digest: bytes, kind: MatchKind) -> _Source:
        rows, stands = self._stated(digest, kind, [])
        return _Source(len(rows), lambda limit, offset: self._entries_from(rows[offset : offset + limit], kind, stands))

    def _applications_from(self, rows: list[AnyRow]) -> list[DigestMatch]:
        records = [record_of([row._mapping[column.name] for column in RECORD_COLUMNS]) for row in rows]
        numbers = list(dict.fromkeys(record.number for record in records))
        present = {record.number: record for record in self.records(numbers) if record is not None}
        suspects = self.suspects(present.values())
        former = self._confirmed_versions(records) if self._compromised_keys() else set()
        found = []
        for row, record in zip(rows, records, strict=True):
            now = present.get(record.number)
            since = (
                suspects.get(record.number)
                if now is not None and _content(now) == _content(record)
                else self._suspect_former(record, former)
            )
            found.append(
                DigestMatch(
                    MatchKind.APPLICATION,
                    record.number.office,
                    record.number,
                    record.version,
                    row.superseded_by is None,
                    record.recorded_at,
                    None if now is None else standing_of(now),
                    since,
                )
            )
        return found

    def _suspect_former(self, record: ApplicationRecord, confirmed: set[tuple[OfficeNumber, int]]) -> datetime | None:
        """Since when the key of a content that was replaced is compromised; None where it is good."""
        if (record.number, record.version) in confirmed:
            return None
        return self.signer_compromised_since(record.number.office, record.signing_key, record.recorded_at)

    def _confirmed_versions(self, records: Iterable[ApplicationRecord]) -> set[tuple[OfficeNumber, int]]:
        """The versions that a good key has confirmed, whatever was recorded after."""
        table = tables.reconfirmations.c
        columns = (table.number, table.version, table.signing_key, table.reconfirmed_at)
        found = set()
        for piece in pieces(sorted({record.number.text for record in records})):
            for text, version, key, at in self._rows(select(*columns).where(table.number.in_(piece))):
                number = number_of(text)
                since = self._compromised_since(number.office, key)
                if since is None or since > at:
                    found.add((number, version))
        return found

    def _anchors_with_root(self, rows: list[AnyRow]) -> list[DigestMatch]:
        return [
            DigestMatch(
                MatchKind.ANCHOR_ROOT,
                row.office,
                None,
                row.sequence,
                True,
                instant(row.recorded_at),
                signer_compromised_since=self._since(row.office, row.signing_key, row.recorded_at),
            )
            for row in rows
        ]

    def _documents_from(self, rows: list[AnyRow]) -> list[DigestMatch]:
        return [
            DigestMatch(
                MatchKind.DOCUMENT,
                row.office,
                number_of(row.number),
                row.sequence,
                True,
                instant(row.recorded_at),
                signer_compromised_since=self._since(row.office, row.signer, row.recorded_at),
            )
            for row in rows
        ]

    def _entries_from(self, rows: Sequence[AnyRow], kind: MatchKind, stands: dict[str, bool]) -> list[DigestMatch]:
        times = self._block_times({block_of(row.position) for row in rows})
        signers: dict[int, bytes] = {}
        for piece in pieces([row.position for row in rows] if self._compromised_keys() else []):
            query = select(_ENTRY_EVENTS.position, _ENTRY_EVENTS.signer).where(_ENTRY_EVENTS.position.in_(piece))
            signers |= dict(self._pairs(query))
        found = []
        for row in rows:
            at, signer = times[block_of(row.position)], signers.get(row.position)
            found.append(
                DigestMatch(
                    kind,
                    row.office,
                    number_of(row.number),
                    row.event_count,
                    stands[row.number],
                    instant(at),
                    signer_compromised_since=None if signer is None else self._since(row.office, signer, at),
                )
            )
        return found

    def _stated(
        self, digest: bytes, kind: MatchKind, conditions: Sequence[ColumnElement[bool]]
    ) -> tuple[list[AnyRow], dict[str, bool]]:
        """Entries whose dossier or representation it is or was: the event that first made it so, once each.

        With it, by number, whether that is so now. As many as are counted.
        """
        name = kind.value
        is_stated = (_ENTRY_EVENTS[name] == digest, _ENTRY_EVENTS.changes.bitwise_and(_CHANGES[kind]) != 0)
        first = func.min(_ENTRY_EVENTS.position).label("position")
        stated = select(_ENTRY_EVENTS.number, first).where(*is_stated, *conditions).group_by(_ENTRY_EVENTS.number)
        waiting = {row.number: row.position for row in self._rows(stated.order_by(first).limit(CAP))}
        found: dict[str, AnyRow] = {}
        stands: dict[str, bool] = {}
        while waiting:
            goes_on: list[str] = []
            for piece in pieces(list(waiting)):
                positions = [waiting[text] for text in piece]
                for row in self._rows(select(tables.entries).where(_ENTRIES.position.in_(positions))):
                    if row.number in waiting and row._mapping[name] == digest:
                        found[row.number] = row
                present = select(tables.entries).where(_ENTRIES.number.in_(piece), _ENTRIES.superseded_by.is_(None))
                for row in self._rows(present):
                    stands[row.number] = row._mapping[name] == digest
                    # An entry that goes on under another number takes what was stated with it.
                    if row.continuation and row.number in found:
                        goes_on.append(row.continuation)
            waiting = {}
            for piece in pieces([text for text in goes_on if text not in stands]):
                begun = select(_ENTRIES.number, func.min(_ENTRIES.position)).group_by(_ENTRIES.number)
                waiting |= dict(self._pairs(begun.where(_ENTRIES.number.in_(piece))))
        return sorted(found.values(), key=lambda row: row.position)[:CAP], stands

    def _since(self, office: str, key: bytes, recorded_at: int) -> datetime | None:
        """Since when a key is compromised, of what it signed later; None where that is good."""
        since = self._compromised_since(office, key)
        return instant(since) if since is not None and since <= recorded_at else None


def _under(digest: bytes) -> list[ColumnElement[bool]]:
    return [_APPLICATIONS.digest == digest, _APPLICATIONS.status > 0]


def _content(record: ApplicationRecord) -> tuple[Any, ...]:
    """What a version keeps of the one before it where it is no correction."""
    return record.digest, record.recorded_at, record.signing_key


def _require_digest(digest: bytes) -> None:
    if not isinstance(digest, bytes) or len(digest) != 32 or not any(digest):
        raise DigestError("a digest has 32 bytes and is not zero", remedy="Give the SHA-256 of the file.")
