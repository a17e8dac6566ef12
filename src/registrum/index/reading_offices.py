"""Reading the index: offices, their signing keys, their calendars.

Names and values are those of `registrum.registry.Registry`. Not its job: what they recorded
(`registrum.index.reading_records`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from registrum.client.calendars import Calendar, DayStatus, calendar_from
from registrum.client.forms import require_office
from registrum.client.members import KeySuspension, Office, OfficeStatus, Scope, SeatReplacement, SigningKey
from registrum.index import tables
from registrum.index.snapshot import Snapshot, day_bits
from registrum.index.values import AnyRow, account, day, instant, moment, pieces
from registrum.signing.addresses import parse_address

__all__ = ["Confirmation", "OfficeReader"]

_OFFICES, _KEYS, _CALENDARS = tables.offices.c, tables.keys.c, tables.calendars.c
_LOW = (1 << 256) - 1

Confirmation = tuple[bytes, int, int]
"""Key, time and version of a reconfirmation."""


class OfficeReader(Snapshot):
    """Reads the directory and the calendars. What depends on the time is as of the block."""

    def offices(self) -> list[Office]:
        """All offices in the order of admission."""
        rows = self._rows(select(tables.offices).where(_OFFICES.superseded_by.is_(None)))
        first = dict(self._pairs(select(_OFFICES.office, func.min(_OFFICES.position)).group_by(_OFFICES.office)))
        counts = self._key_counts()
        rows.sort(key=lambda row: first[row.office])
        return [self._office_from(row, counts.get(row.office, 0)) for row in rows]

    def office(self, code: str) -> Office | None:
        """An office; None if it was never admitted."""
        row = self._office_row(code)
        return None if row is None else self._office_from(row, self._key_counts(code).get(code, 0))

    def proposed_seat(self, code: str) -> str | None:
        """The account that may accept the seat of an office; None if none is proposed."""
        row = self._office_row(code)
        return None if row is None or row.proposed_seat is None else account(row.proposed_seat)

    def replacement(self, code: str) -> SeatReplacement | None:
        """The replacement of a seat that the offices decided on; None if none is under way."""
        row = self._office_row(code)
        if row is None or row.replacement_seat is None or not row.replacement_from:
            return None
        return SeatReplacement(account(row.replacement_seat), instant(row.replacement_from))

    def successor(self, code: str) -> str | None:
        """The office that acts for a departed one today; None if it has not departed, or nobody acts for it."""
        offices = self._office_rows()
        at = offices.get(require_office(code))
        if at is None or at.is_member:
            return None
        found: str | None = None
        while at is not None and not at.is_member:
            found = at.successor
            at = offices.get(found) if found is not None else None
        return found

    def keys(self, code: str) -> list[SigningKey]:
        """All keys that an office has ever had, oldest first."""
        present: dict[bytes, AnyRow] = {}
        query = select(tables.keys).where(_KEYS.office == require_office(code)).order_by(_KEYS.position)
        for row in self._rows(query):
            # A later row of the same key keeps its place.
            present[row.account] = row
        return [_key_from(row) for row in present.values()]

    def key(self, code: str, account: str) -> SigningKey | None:
        """A key of an office; None if the account never was one."""
        row = self._key_row(code, account)
        return None if row is None else _key_from(row)

    def key_suspension(self, code: str, account: str) -> KeySuspension | None:
        """The suspension of a key itself that is in force; None if there is none."""
        row = self._key_row(code, account)
        if row is None or row.suspended_until is None or row.suspended_until <= self.now:
            return None
        return KeySuspension(moment(row.suspended_until))

    def signer_compromised_since(self, code: str, account: str, recorded_at: datetime) -> datetime | None:
        """Since when a signing key is compromised, if it was so when something that it signed was recorded.

        Args:
            code: The office that the key signed for.
            account: The key.
            recorded_at: Block time of what it signed, with its time zone.
        """
        since = moment(self._compromised_since(require_office(code), parse_address(account)))
        return since if since is not None and recorded_at >= since else None

    def calendar(self, office: str, year: int) -> Calendar | None:
        """The closed days of an office in a year; None if it published none."""
        found = self._calendars_of(office, _CALENDARS.year == year)
        return found[0] if found else None

    def calendars(self, office: str) -> list[Calendar]:
        """The calendars of an office that are in force, by year."""
        return self._calendars_of(office)

    def is_closed(self, office: str, day: date) -> DayStatus:
        """Whether an office is open on a day, as far as it has said so."""
        calendar = self.calendar(office, day.year)
        if calendar is None:
            return DayStatus.NOT_PUBLISHED
        return DayStatus.CLOSED if calendar.is_closed(day) else DayStatus.OPEN

    def _calendars_of(self, office: str, *conditions: Any) -> list[Calendar]:
        query = select(tables.calendars).where(_CALENDARS.office == require_office(office), *conditions)
        rows = self._rows(query.where(_CALENDARS.superseded_by.is_(None)).order_by(_CALENDARS.year))
        found = []
        for row in rows:
            bits = day_bits(row.exceptions)
            fields = {
                "weekly": row.weekly,
                "exceptions": [bits & _LOW, bits >> 256],
                "version": row.version,
                "published_at": instant(row.published_at),
            }
            calendar = calendar_from(office, row.year, fields)
            if calendar is not None:
                found.append(calendar)
        return found

    def _office_row(self, code: str) -> AnyRow | None:
        mine = (_OFFICES.office == require_office(code), _OFFICES.superseded_by.is_(None))
        return self._first(select(tables.offices).where(*mine))

    def _key_row(self, code: str, account: str) -> AnyRow | None:
        mine = (_KEYS.office == require_office(code), _KEYS.account == parse_address(account))
        return self._first(select(tables.keys).where(*mine, _KEYS.superseded_by.is_(None)))

    def _key_counts(self, code: str | None = None) -> dict[str, int]:
        query = select(_KEYS.office, func.count(_KEYS.account.distinct())).group_by(_KEYS.office)
        return dict(self._pairs(query if code is None else query.where(_KEYS.office == code)))

    def _office_from(self, row: AnyRow, key_count: int) -> Office:
        status = OfficeStatus.ACTIVE
        if row.departed_at is not None:
            status = OfficeStatus.DEPARTED
        elif (row.suspended_until or 0) > self.now:
            status = OfficeStatus.SUSPENDED
        return Office(
            code=row.office,
            status=status,
            seat=account(row.seat),
            admitted_at=instant(row.admitted_at),
            suspended_until=moment(row.suspended_until) if status is OfficeStatus.SUSPENDED else None,
            earliest_filing_date=day(row.earliest_filing_date),
            key_count=key_count,
            name=row.name,
            endpoint=row.endpoint,
        )

    def _reconfirmations(self, numbers: Iterable[str]) -> dict[str, Confirmation]:
        """The confirmations that are in force, by number."""
        table = tables.reconfirmations.c
        columns = (table.number, table.signing_key, table.reconfirmed_at, table.version)
        found: dict[str, Confirmation] = {}
        for piece in pieces(list(numbers)):
            query = select(*columns).where(table.number.in_(piece), table.superseded_by.is_(None))
            found.update((row[0], (row[1], row[2], row[3])) for row in self._rows(query))
        return found

    def _is_confirmed(self, office: str, version: int, recorded_at: int, last: Confirmation | None) -> bool:
        """Whether a key that is not known to have been compromised then has confirmed the present content.

        As `_isConfirmed` of the contract `ApplicationRecords`.
        """
        if last is None or not (last[2] == version or last[1] > recorded_at):
            return False
        since = self._compromised_since(office, last[0])
        return since is None or since > last[1]


def _key_from(row: AnyRow) -> SigningKey:
    return SigningKey(
        account=account(row.account),
        scopes=Scope(row.scopes),
        valid_from=instant(row.valid_from),
        valid_until=moment(row.valid_until),
        revoked_at=moment(row.revoked_at),
        compromised_since=moment(row.compromised_since),
    )
