"""Reading the index: whose an account is, and which events of the register it has signed.

Not its job: the application records that a key has signed, which `search_applications` finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from registrum.client.members import SigningKey
from registrum.index import deadline, tables
from registrum.index.answers import IndexedEvent, Page
from registrum.index.counting import CAP
from registrum.index.deadline import in_time
from registrum.index.reading_events import EventReader
from registrum.index.reading_rights import RightsReader
from registrum.signing.addresses import parse_address

__all__ = ["AccountReader", "AccountRole", "RoleKind"]

_ENTRY_EVENTS, _KEYS, _OFFICES, _BODIES = (
    tables.entry_events.c,
    tables.keys.c,
    tables.offices.c,
    tables.bodies.c,
)


class RoleKind(StrEnum):
    """What an account is to an office."""

    KEY = "key"
    """A signing key, whatever became of it."""
    SEAT = "seat"
    """Its seat."""
    FORMER_SEAT = "former_seat"
    """Was its seat."""
    BODY = "body"
    """A court or board of appeal that it said something of."""


@dataclass(frozen=True, slots=True)
class AccountRole:
    """What an account is to an office.

    Attributes:
        office: ST.3 code.
        key: The signing key; None where it is none.
        is_suspended: Whether the key itself is suspended.
        name: Name of the body; None where it is none.
    """

    kind: RoleKind
    office: str
    key: SigningKey | None = None
    is_suspended: bool = False
    name: str | None = None


class AccountReader(EventReader, RightsReader):
    """Reads what is known of an account."""

    def roles(self, account: str) -> list[AccountRole]:
        """What an account is to offices: keys first, then seats, then bodies; none where no office ever named it.

        Raises:
            InputError: That is no account.
        """
        raw = parse_address(account)
        of_keys = self._pairs(
            select(_KEYS.office, func.min(_KEYS.position)).where(_KEYS.account == raw).group_by(_KEYS.office)
        )
        found = [
            AccountRole(RoleKind.KEY, code, self.key(code, account), self.key_suspension(code, account) is not None)
            for code, _ in sorted(of_keys)
        ]
        seats: dict[str, bool] = {}
        for code, superseded_by in self._pairs(
            select(_OFFICES.office, _OFFICES.superseded_by).where(_OFFICES.seat == raw)
        ):
            seats[code] = seats.get(code, False) or superseded_by is None
        found += [
            AccountRole(RoleKind.SEAT if is_seat else RoleKind.FORMER_SEAT, code)
            for code, is_seat in sorted(seats.items())
        ]
        named = select(_BODIES.office, _BODIES.name).where(_BODIES.account == raw, _BODIES.superseded_by.is_(None))
        return found + [AccountRole(RoleKind.BODY, code, name=name) for code, name in sorted(self._pairs(named))]

    def signed_events(self, account: str, *, limit: int = 50, offset: int = 0) -> Page[IndexedEvent]:
        """The legal-status events that an account has signed, newest first.

        Raises:
            InputError: That is no account.
            SearchTooWideError: No index of the tables helps with it, and there are too many to look through.
            SearchBusyError: It takes more than a moment, and others take long already.
        """
        is_signed = _ENTRY_EVENTS.signer == parse_address(account)
        counted = select(_ENTRY_EVENTS.position).where(is_signed).limit(CAP).subquery()
        query = select(tables.entry_events).where(is_signed).order_by(_ENTRY_EVENTS.position.desc())

        def signed() -> tuple[int, list[IndexedEvent]]:
            total = self._scalar(select(func.count()).select_from(counted))
            return total, self._events([None, query.limit(limit).offset(offset), None]) if total else []

        total, found = in_time(self._connection, deadline.MOST_S, signed)
        found.sort(key=lambda event: -event.position)
        return Page(tuple(found), total, total >= CAP, limit, offset)
