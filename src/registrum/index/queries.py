"""What to search the index for: queries on application records and on register entries, checked as they are made.

Not its job: finding (`registrum.index.searching`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement

from registrum.client.forms import require_office
from registrum.client.records import RecordStatus
from registrum.dates import to_on_chain
from registrum.errors import DigestError, InputError
from registrum.index import tables
from registrum.index.values import require_page
from registrum.numbers import Right
from registrum.rights.model import HIGHEST_CLASS, Standing, State, require_register_right
from registrum.signing.addresses import parse_address

__all__ = ["APPLICATION_SORTS", "ENTRY_SORTS", "ApplicationQuery", "EntryQuery"]

_APPLICATIONS, _ENTRIES = tables.applications.c, tables.entries.c
_TEXT = re.compile(r"[0-9A-Z/.\-]{1,34}")

APPLICATION_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "position": _APPLICATIONS.position,
    "number": _APPLICATIONS.number,
    "filingDate": _APPLICATIONS.filing_date,
}
"""Keys that application records can be sorted by; `position` is the order of the chain."""
ENTRY_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "position": _ENTRIES.position,
    "number": _ENTRIES.number,
    "filingDate": _ENTRIES.filing_date,
    "registrationDate": _ENTRIES.registration_date,
    "expiryDate": _ENTRIES.expiry_date,
}
"""Keys that entries can be sorted by; `position` is the order of their last events on the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationQuery:
    """Which application records to find: those that meet everything that is given.

    Args:
        text: Beginning of the number, with office and right (`EM/T/0186`) or without; case does not matter.
        office: ST.3 code.
        right: Kind of right.
        filed_from: Earliest filing date.
        filed_to: Latest filing date.
        recorded_from: Earliest day of recording, in UTC.
        recorded_to: Latest day of recording, in UTC.
        status: What became of it.
        digest: Digest or commitment, 32 bytes.
        signing_key: Key that signed the content.
        late_by_days: Recorded so many days after filing, or more.
        sort: One of `APPLICATION_SORTS`, with `-` before it for the other direction.
        limit: Most items of the page, 1 to 1000.
        offset: How many to leave out.

    Raises:
        InputError: A value has not its form.
        DateError: A date that no contract takes.
    """

    text: str | None = None
    office: str | None = None
    right: Right | None = None
    filed_from: date | None = None
    filed_to: date | None = None
    recorded_from: date | None = None
    recorded_to: date | None = None
    status: RecordStatus | None = None
    digest: bytes | None = None
    signing_key: str | None = None
    late_by_days: int | None = None
    sort: str = "-position"
    limit: int = 50
    offset: int = 0

    def __post_init__(self) -> None:
        _check(self, APPLICATION_SORTS)
        if self.digest is not None and len(self.digest) != 32:
            raise DigestError("a digest has 32 bytes", remedy="Give 0x and 64 hexadecimal digits.")
        if self.signing_key is not None:
            parse_address(self.signing_key)
        if self.late_by_days is not None and not -1 <= self.late_by_days <= 3_000_000:
            raise InputError(f"{self.late_by_days} is no number of days", remedy="Give -1 or more days.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryQuery:
    """Which register entries to find: those that meet everything that is given.

    Args:
        text: Beginning of the number, with office and right or without; case does not matter.
        office: ST.3 code.
        right: Trade mark or design.
        class_: Class of the Nice (trade marks) or Locarno Classification (designs).
        status: Position of the status, or its text; case does not matter.
        state: State of WIPO ST.96.
        standing: How it stands on the day `on`.
        on: Day of `standing`; today in UTC by the block's time if None.
        filed_from: Earliest filing date, and so on for the other dates.
        is_irregular: Only those that have, or have not, an event that the table did not foresee.
        is_terminated: Only those that are, or are not, terminated.
        holder: Reference to the holder, 32 bytes.
        sort: One of `ENTRY_SORTS`, with `-` before it for the other direction; entries without the date come last.
        limit: Most items of the page, 1 to 1000.
        offset: How many to leave out.

    Raises:
        InputError: A value has not its form.
        DateError: A date that no contract takes.
    """

    text: str | None = None
    office: str | None = None
    right: Right | None = None
    class_: int | None = None
    status: int | str | None = None
    state: State | None = None
    standing: Standing | None = None
    on: date | None = None
    filed_from: date | None = None
    filed_to: date | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    expires_from: date | None = None
    expires_to: date | None = None
    is_irregular: bool | None = None
    is_terminated: bool | None = None
    holder: bytes | None = None
    sort: str = "-position"
    limit: int = 50
    offset: int = 0

    def __post_init__(self) -> None:
        _check(self, ENTRY_SORTS)
        if self.right is not None:
            require_register_right(self.right)
        highest = max(HIGHEST_CLASS.values()) if self.right is None else HIGHEST_CLASS[self.right]
        if self.class_ is not None and not 1 <= self.class_ <= highest:
            raise InputError(f"{self.class_!r} is no class", remedy=f"Classes are 1 to {highest}.")
        if self.holder is not None and len(self.holder) != 32:
            raise InputError("a reference to a holder has 32 bytes", remedy="Give 0x and 64 hexadecimal digits.")


def _check(query: ApplicationQuery | EntryQuery, sorts: Mapping[str, object]) -> None:
    require_page(query.limit, query.offset)
    if query.sort.removeprefix("-") not in sorts:
        raise InputError(
            f"{query.sort!r} is no key to sort by",
            remedy="Give one of " + ", ".join(sorts) + ", or - and one of them.",
            sort=query.sort,
        )
    if query.office is not None:
        require_office(query.office)
    if query.text is not None and not _TEXT.fullmatch(query.text.strip().upper()):
        raise InputError(
            f"{query.text!r} is not the beginning of a number",
            remedy="Numbers have digits, capital letters and / . - here; `registrum number parse` reads other forms.",
            text=query.text,
        )
    for name in (name for name in query.__dataclass_fields__ if name.endswith(("_from", "_to")) or name == "on"):
        if getattr(query, name) is not None:
            to_on_chain(getattr(query, name))
