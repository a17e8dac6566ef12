"""Reading the index: application records and their versions, recorded claims, anchors, and what a digest stands for.

Names and values are those of `registrum.registry.Registry`, so that callers need not care which of the two answers.
Not its job: offices (`registrum.index.reading_offices`), events (`registrum.index.reading_events`), trade marks and
designs (`registrum.index.reading_rights`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, select

from registrum.client.claims import Claim, ClaimResult
from registrum.client.forms import require_office
from registrum.client.records import ApplicationRecord, Lookup, Reconfirmed, RecordStatus, Standing
from registrum.errors import DigestError
from registrum.index import tables
from registrum.index.answers import ChangeKind, DigestMatch, IndexedAnchor, MatchKind, Page, RecordVersion
from registrum.index.counting import DISCLOSURE_FACETS
from registrum.index.reading_offices import OfficeReader
from registrum.index.values import (
    RECORD_COLUMNS,
    AnyRow,
    account,
    block_of,
    instant,
    moment,
    number_of,
    pieces,
    record_of,
    require_page,
    some_day,
)
from registrum.numbers import OfficeNumber
from registrum.rights.values import Changes
from registrum.signing.addresses import parse_address

__all__ = ["RecordReader"]

_STANDINGS = {
    RecordStatus.FILED: Standing.RECORDED,
    RecordStatus.CORRECTED: Standing.CORRECTED,
    RecordStatus.WITHDRAWN: Standing.WITHDRAWN,
}
_KINDS = tuple(ChangeKind)
_RESULTS = tuple(ClaimResult)
_STATUSES = tuple(RecordStatus)
_MOST_MATCHES = 200

_APPLICATIONS, _CLAIMS, _ANCHORS = tables.applications.c, tables.claims.c, tables.anchors.c
_ENTRIES, _ENTRY_EVENTS = tables.entries.c, tables.entry_events.c
_CHANGES = {MatchKind.DOSSIER: Changes.DOSSIER.value, MatchKind.REPRESENTATION: Changes.REPRESENTATION.value}
_PRESENT = (_APPLICATIONS.superseded_by.is_(None), _APPLICATIONS.status > 0)


class RecordReader(OfficeReader):
    """Reads what offices recorded of applications and claims."""

    def look_up(self, number: OfficeNumber) -> Lookup:
        """What the registry says about a number: recorded, corrected, withdrawn, not found, or not covered."""
        record = self.record(number)
        if record is None:
            office = self._office_rows().get(number.office)
            is_member = office is not None and office.is_member
            return Lookup(number, Standing.NOT_FOUND if is_member else Standing.NOT_COVERED, None)
        confirmed = self._reconfirmations([number.text]).get(number.text)
        recorded_at = int(record.recorded_at.timestamp())
        since = self._compromised_since(number.office, parse_address(record.signing_key))
        is_suspect = (
            since is not None
            and since <= recorded_at
            and not self._is_confirmed(number.office, record.version, recorded_at, confirmed)
        )
        return Lookup(
            number,
            _STANDINGS[record.status],
            record,
            moment(since) if is_suspect else None,
            None if confirmed is None else Reconfirmed(account(confirmed[0]), instant(confirmed[1]), confirmed[2]),
        )

    def record(self, number: OfficeNumber) -> ApplicationRecord | None:
        """The record of a number; None if there is none, and `look_up` says why."""
        row = self._first(select(*RECORD_COLUMNS).where(_APPLICATIONS.number == number.text, *_PRESENT))
        return None if row is None else record_of(row, number)

    def records(self, numbers: Iterable[OfficeNumber]) -> list[ApplicationRecord | None]:
        """The records of many numbers, in their order."""
        wanted = list(numbers)
        found: dict[str, ApplicationRecord] = {}
        for piece in pieces(wanted):
            texts = [number.text for number in piece]
            for row in self._rows(select(*RECORD_COLUMNS).where(_APPLICATIONS.number.in_(texts), *_PRESENT)):
                found[row.number] = record_of(row)
        return [found.get(number.text) for number in wanted]

    def versions(self, number: OfficeNumber) -> list[RecordVersion]:
        """Every version of the record of a number, oldest first; none if it is not recorded."""
        query = select(tables.applications).where(_APPLICATIONS.number == number.text, _APPLICATIONS.status > 0)
        rows = self._rows(query.order_by(_APPLICATIONS.position))
        ends = {block_of(row.superseded_by) for row in rows if row.superseded_by is not None}
        times = self._block_times({block_of(row.position) for row in rows} | ends)
        hashes = self._transactions({(block_of(row.position), row.tx_index) for row in rows})
        return [
            RecordVersion(
                record=record_of([row._mapping[column.name] for column in RECORD_COLUMNS], number),
                kind=_KINDS[row.kind - 1],
                registry=row.registry,
                block_number=block_of(row.position),
                block_time=instant(times[block_of(row.position)]),
                transaction_hash=hashes[block_of(row.position), row.tx_index],
                changed_by=account(row.changed_by) if row.changed_by else None,
                anchor_sequence=row.anchor_sequence,
                superseded_at=None if row.superseded_by is None else instant(times[block_of(row.superseded_by)]),
            )
            for row in rows
        ]

    def by_digest(self, digest: bytes) -> list[DigestMatch]:
        """What is recorded under a digest, applications first; at most 200 of each kind.

        Args:
            digest: SHA-256 of a document, a salted commitment, or a Merkle root; 32 bytes.

        Raises:
            DigestError: It has another length, or is zero, which nothing hashes to.
        """
        if not isinstance(digest, bytes) or len(digest) != 32 or not any(digest):
            raise DigestError("a digest has 32 bytes and is not zero", remedy="Give the SHA-256 of the file.")
        return [
            *self._applications_of(digest),
            *self._anchors_of(digest),
            *self._entries_of(digest, MatchKind.DOSSIER),
            *self._entries_of(digest, MatchKind.REPRESENTATION),
            *self._documents_of(digest),
        ]

    def anchors(self, office: str | None = None, *, limit: int = 50, offset: int = 0) -> Page[IndexedAnchor]:
        """Anchors, newest first.

        Args:
            office: Only those of this office; None for all.
            limit: Most anchors, 1 to 1000.
            offset: How many to leave out.

        Raises:
            InputError: No such page, or not an office code.
        """
        require_page(limit, offset)
        of_office = [] if office is None else [_ANCHORS.office == require_office(office)]
        total = self._scalar(select(func.count()).select_from(tables.anchors).where(*of_office))
        query = select(tables.anchors).where(*of_office).order_by(_ANCHORS.position.desc())
        rows = self._rows(query.limit(limit).offset(offset))
        return Page(tuple(self._anchors_from(rows)), total, False, limit, offset)

    def anchor(self, office: str, sequence: int) -> IndexedAnchor | None:
        """An anchor, with the number of its records that are disclosed; None if there is none.

        Of one that two registries took under the same sequence, that of the later registry.
        """
        mine = (_ANCHORS.office == require_office(office), _ANCHORS.sequence == sequence)
        row = self._first(select(tables.anchors).where(*mine).order_by(_ANCHORS.registry.desc()))
        if row is None:
            return None
        disclosed = self._counter.counts(self._connection, DISCLOSURE_FACETS, self._filling)
        return self._anchors_from([row], disclosed.cells.get((office, sequence), 0))[0]

    def claim(self, later: OfficeNumber, earlier: OfficeNumber) -> Claim | None:
        """The recorded claim of one application on another; None if there is none."""
        mine = (_CLAIMS.later == later.text, _CLAIMS.earlier == earlier.text)
        return next(self._claims(*mine), None)

    def claims_by(self, number: OfficeNumber, *, limit: int | None = None, offset: int = 0) -> list[Claim]:
        """The claims that an application makes, in the order of recording.

        Args:
            number: Of the later application.
            limit: Most claims; None for all.
            offset: How many to leave out.
        """
        return self._claims_where(_CLAIMS.later == number.text, _CLAIMS.earlier, limit, offset)

    def claims_on(self, number: OfficeNumber, *, limit: int | None = None, offset: int = 0) -> list[Claim]:
        """The claims that rest on an application, in the order of recording; arguments as for `claims_by`."""
        return self._claims_where(_CLAIMS.earlier == number.text, _CLAIMS.later, limit, offset)

    def count_claims(self, number: OfficeNumber) -> tuple[int, int]:
        """How many claims an application makes, and how many rest on it."""
        count = select(func.count()).select_from(tables.claims)
        made, resting = (
            self._scalar(count.where(side == number.text, _CLAIMS.version == 1))
            for side in (_CLAIMS.later, _CLAIMS.earlier)
        )
        return int(made), int(resting)

    def _claims_where(self, is_mine: Any, other: Any, limit: int | None, offset: int) -> list[Claim]:
        """Claims of one application, in the order of their first versions."""
        if limit is None and not offset:
            return list(self._claims(is_mine))
        # Versions count from 1: there is one first version of each claim.
        first = select(other).where(is_mine, _CLAIMS.version == 1).order_by(_CLAIMS.position).offset(offset)
        others = [row[0] for row in self._rows(first if limit is None else first.limit(limit))]
        return [claim for piece in pieces(others) for claim in self._claims(is_mine, other.in_(piece))]

    def _claims(self, *conditions: Any) -> Iterator[Claim]:
        """Claims in the order of their first version, each as its last version has it."""
        first: dict[tuple[str, str], int] = {}
        last: dict[tuple[str, str], AnyRow] = {}
        for row in self._rows(select(tables.claims).where(*conditions).order_by(_CLAIMS.position)):
            pair = row.later, row.earlier
            first.setdefault(pair, row.position)
            last[pair] = row
        histories = self._histories({earlier for _, earlier in first})
        for pair, row in last.items():
            history = histories.get(row.earlier, [])
            then, now = _in_force(history, first[pair]), _in_force(history, None)
            # As `claimOf` of the contract: versions count from 1, and a withdrawal takes one of its own.
            was_withdrawn = then is not None and then.status == 3
            withdrawn_since = now is not None and now.status == 3 and not was_withdrawn
            expected = (then.version if then is not None else 1) + withdrawn_since
            yield Claim(
                later=number_of(row.later),
                earlier=number_of(row.earlier),
                later_filing_date=some_day(row.later_filing_date),
                claimed_date=some_day(row.claimed_date),
                is_partial=bool(row.is_partial),
                outcome=_RESULTS[row.outcome - 1],
                version=row.version,
                recorded_at=instant(row.recorded_at),
                signing_key=account(row.signing_key),
                earlier_version=0 if then is None else then.version,
                earlier_status=None if then is None else _STATUSES[then.status - 1],
                corrected_since=now is not None and now.version > expected,
                withdrawn_since=withdrawn_since,
            )

    def _histories(self, numbers: Iterable[str]) -> dict[str, list[AnyRow]]:
        """Version and status of records over time, by number."""
        columns = (
            _APPLICATIONS.number,
            _APPLICATIONS.position,
            _APPLICATIONS.superseded_by,
            _APPLICATIONS.version,
            _APPLICATIONS.status,
        )
        found: dict[str, list[AnyRow]] = {}
        for piece in pieces(sorted(numbers)):
            for row in self._rows(select(*columns).where(_APPLICATIONS.number.in_(piece), _APPLICATIONS.status > 0)):
                found.setdefault(row.number, []).append(row)
        return found

    def _anchors_from(self, rows: list[AnyRow], disclosed: int | None = None) -> list[IndexedAnchor]:
        hashes = self._transactions({(block_of(row.position), row.tx_index) for row in rows})
        return [
            IndexedAnchor(
                office=row.office,
                sequence=row.sequence,
                root=row.root,
                leaf_count=row.leaf_count,
                signing_key=account(row.signing_key),
                recorded_at=instant(row.recorded_at),
                block_number=block_of(row.position),
                transaction_hash=hashes[block_of(row.position), row.tx_index],
                disclosed_count=disclosed,
            )
            for row in rows
        ]

    def _applications_of(self, digest: bytes) -> Iterator[DigestMatch]:
        columns = (_APPLICATIONS.superseded_by, _APPLICATIONS.position, *RECORD_COLUMNS)
        query = select(*columns).where(_APPLICATIONS.digest == digest, _APPLICATIONS.status > 0)
        for row in self._rows(query.order_by(_APPLICATIONS.position).limit(_MOST_MATCHES)):
            number = number_of(row.number)
            yield DigestMatch(
                MatchKind.APPLICATION,
                number.office,
                number,
                row.version,
                row.superseded_by is None,
                instant(row.recorded_at),
            )

    def _anchors_of(self, digest: bytes) -> Iterator[DigestMatch]:
        query = select(tables.anchors).where(_ANCHORS.root == digest).order_by(_ANCHORS.position)
        for row in self._rows(query.limit(_MOST_MATCHES)):
            at = instant(row.recorded_at)
            yield DigestMatch(MatchKind.ANCHOR_ROOT, row.office, None, row.sequence, True, at)

    def _entries_of(self, digest: bytes, kind: MatchKind) -> Iterator[DigestMatch]:
        """Entries whose dossier or representation it is or was: the event that first made it so, once each."""
        name = kind.value
        is_stated = (_ENTRY_EVENTS[name] == digest, _ENTRY_EVENTS.changes.bitwise_and(_CHANGES[kind]) != 0)
        first = func.min(_ENTRY_EVENTS.position).label("position")
        stated = select(_ENTRY_EVENTS.number, first).where(*is_stated).group_by(_ENTRY_EVENTS.number)
        stated = stated.order_by(first).limit(_MOST_MATCHES)
        waiting = {row.number: row.position for row in self._rows(stated)}
        found: dict[str, AnyRow] = {}
        stands: dict[str, bool] = {}
        while waiting:
            texts = list(waiting)
            for row in self._rows(select(tables.entries).where(_ENTRIES.position.in_(waiting.values()))):
                if row.number in waiting and row._mapping[name] == digest:
                    found[row.number] = row
            present = select(tables.entries).where(_ENTRIES.number.in_(texts), _ENTRIES.superseded_by.is_(None))
            present_rows = self._rows(present)
            stands |= {row.number: row._mapping[name] == digest for row in present_rows}
            # An entry that goes on under another number takes what was stated with it.
            goes_on = [row.continuation for row in present_rows if row.continuation and row.number in found]
            begun = select(_ENTRIES.number, func.min(_ENTRIES.position)).group_by(_ENTRIES.number)
            waiting = dict(self._pairs(begun.where(_ENTRIES.number.in_([one for one in goes_on if one not in stands]))))
        rows = sorted(found.values(), key=lambda row: row.position)[:_MOST_MATCHES]
        times = self._block_times({block_of(row.position) for row in rows})
        for row in rows:
            number, at = number_of(row.number), instant(times[block_of(row.position)])
            yield DigestMatch(kind, number.office, number, row.event_count, stands[row.number], at)

    def _documents_of(self, digest: bytes) -> Iterator[DigestMatch]:
        query = select(_ENTRY_EVENTS.number, _ENTRY_EVENTS.sequence, _ENTRY_EVENTS.recorded_at)
        query = query.where(_ENTRY_EVENTS.document == digest)
        for row in self._rows(query.order_by(_ENTRY_EVENTS.position).limit(_MOST_MATCHES)):
            number = number_of(row.number)
            yield DigestMatch(MatchKind.DOCUMENT, number.office, number, row.sequence, True, instant(row.recorded_at))


def _in_force(versions: Iterable[AnyRow], before: int | None) -> AnyRow | None:
    """The version that stood just before a position; the present one if that is None."""
    for version in versions:
        end = version.superseded_by
        has_begun = before is None or version.position < before
        if has_begun and (end is None or (before is not None and end > before)):
            return version
    return None
