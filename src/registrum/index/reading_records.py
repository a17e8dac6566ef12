"""Reading the index: application records and their versions, recorded claims, anchors.

Names and values are those of `registrum.registry.Registry`, so that callers need not care which of the two answers.
Not its job: offices (`registrum.index.reading_offices`), events (`registrum.index.reading_events`), trade marks and
designs (`registrum.index.reading_rights`), what a digest stands for (`registrum.index.reading_digests`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.client.claims import Claim, ClaimResult
from registrum.client.forms import require_office
from registrum.client.records import ApplicationRecord, Lookup, Reconfirmed, RecordStatus, Standing
from registrum.index import tables
from registrum.index.answers import ChangeKind, IndexedAnchor, Page, RecordVersion
from registrum.index.counting import DISCLOSURE_FACETS
from registrum.index.reading_offices import OfficeReader
from registrum.index.values import (
    RECORD_COLUMNS,
    AnyRow,
    account,
    block_of,
    instant,
    number_of,
    pieces,
    record_of,
    require_page,
    some_day,
)
from registrum.numbers import OfficeNumber

__all__ = ["RecordReader", "standing_of"]

_STANDINGS = {
    RecordStatus.FILED: Standing.RECORDED,
    RecordStatus.CORRECTED: Standing.CORRECTED,
    RecordStatus.WITHDRAWN: Standing.WITHDRAWN,
}
_KINDS = tuple(ChangeKind)
_RESULTS = tuple(ClaimResult)
_STATUSES = tuple(RecordStatus)

_APPLICATIONS, _CLAIMS, _ANCHORS = tables.applications.c, tables.claims.c, tables.anchors.c
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
        return Lookup(
            number,
            standing_of(record),
            record,
            self.suspects([record]).get(number),
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

    def suspects(self, records: Iterable[ApplicationRecord]) -> dict[OfficeNumber, datetime]:
        """Which records prove nothing, and since when their signing keys are compromised: as `Lookup` has it.

        Args:
            records: As they are now.
        """
        doubtful: dict[OfficeNumber, tuple[ApplicationRecord, datetime]] = {}
        for record in records if self._compromised_keys() else ():
            since = self.signer_compromised_since(record.number.office, record.signing_key, record.recorded_at)
            if since is not None:
                doubtful[record.number] = record, since
        confirmed = self._reconfirmations(number.text for number in doubtful)
        return {
            number: since
            for number, (record, since) in doubtful.items()
            if not self._is_confirmed(
                number.office, record.version, int(record.recorded_at.timestamp()), confirmed.get(number.text)
            )
        }

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

    def registries(self) -> list[str]:
        """Addresses of the application registries of the deployment, the first one first."""
        contracts = json.loads(self._progress.contracts)["contracts"] if self._progress is not None else []
        found = {one["registry"]: one["address"] for one in contracts if one["name"] == APPLICATION_REGISTRY}
        return [found[place] for place in sorted(found)]

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


def standing_of(record: ApplicationRecord) -> Standing:
    """What the registry says about a number that it has a record of."""
    return _STANDINGS[record.status]


def _in_force(versions: Iterable[AnyRow], before: int | None) -> AnyRow | None:
    """The version that stood just before a position; the present one if that is None."""
    for version in versions:
        end = version.superseded_by
        has_begun = before is None or version.position < before
        if has_begun and (end is None or (before is not None and end > before)):
            return version
    return None
