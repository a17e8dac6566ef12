"""Columns of the tables as the values of this package, and small parts of queries.

Not its job: the tables (`registrum.index.tables`), whole answers (`registrum.index.answers`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Row, Select

from registrum.client.records import ApplicationRecord, RecordStatus
from registrum.dates import from_on_chain
from registrum.errors import InputError
from registrum.index import tables
from registrum.numbers import OfficeNumber
from registrum.signing.addresses import checksum_address
from registrum.signing.statements import Disclosure

__all__ = [
    "FOREVER",
    "PIECE",
    "RECORD_COLUMNS",
    "AnyRow",
    "AnySelect",
    "account",
    "block_of",
    "day",
    "hexadecimal",
    "instant",
    "moment",
    "number_of",
    "pieces",
    "record_of",
    "require_page",
    "some_day",
]

FOREVER: Final = 2**40 - 1
"""A moment of "without end"."""
PIECE: Final = 500
"""Values in one list of a query: every build of SQLite takes as many."""
MAX_LIMIT: Final = 1000
"""Most items of one page."""
MAX_OFFSET: Final = 10_000
"""Furthest item that paging reaches: a database walks to it each time."""

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of any columns."""
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
"""A query for any columns."""

_T = TypeVar("_T")
_STATUSES = tuple(RecordStatus)
_DISCLOSURES = tuple(Disclosure)
_APPLICATIONS = tables.applications.c

RECORD_COLUMNS: Final = (
    _APPLICATIONS.number,
    _APPLICATIONS.filing_date,
    _APPLICATIONS.digest,
    _APPLICATIONS.disclosure,
    _APPLICATIONS.recorded_at,
    _APPLICATIONS.version,
    _APPLICATIONS.status,
    _APPLICATIONS.signing_key,
)
"""What `record_of` takes."""


@functools.lru_cache(32_768)
def some_day(value: int) -> date:
    """A date out of an integer that reads `20240131`."""
    return from_on_chain(value)


@functools.lru_cache(8192)
def instant(seconds: int) -> datetime:
    """A block time."""
    return datetime.fromtimestamp(seconds, UTC)


def day(value: int | None) -> date | None:
    """A date; None for none."""
    return some_day(value) if value else None


def moment(seconds: int | None) -> datetime | None:
    """A time; None for none, for zero and for "without end"."""
    return instant(seconds) if seconds and seconds != FOREVER else None


@functools.lru_cache(8192)
def number_of(text: str) -> OfficeNumber:
    """An office number out of its text."""
    return OfficeNumber.from_text(text)


@functools.lru_cache(8192)
def account(raw: bytes) -> str:
    """An account in its EIP-55 form."""
    return checksum_address(raw)


def hexadecimal(raw: bytes) -> str:
    """Bytes as `0x` and hexadecimal digits."""
    return "0x" + raw.hex()


def block_of(position: int) -> int:
    """The block of a position."""
    return position >> tables.LOG_BITS


def record_of(row: Sequence[Any], of: OfficeNumber | None = None) -> ApplicationRecord:
    """A record out of the columns `RECORD_COLUMNS`.

    Args:
        row: Their values.
        of: Its number, where the caller has the value already.
    """
    text, filing_date, digest, disclosure, recorded_at, version, status, key = row
    return ApplicationRecord(
        of or number_of(text),
        some_day(filing_date),
        digest,
        _DISCLOSURES[disclosure],
        instant(recorded_at),
        version,
        _STATUSES[status - 1],
        account(key),
    )


def pieces(values: Sequence[_T], size: int = PIECE) -> Iterator[Sequence[_T]]:
    """The values in lists that a query can take."""
    for at in range(0, len(values), size):
        yield values[at : at + size]


def require_page(limit: int, offset: int = 0) -> None:
    """Refuse what is no page.

    Raises:
        InputError: The limit is not 1 to 1000, or the offset is negative or beyond what paging reaches.
    """
    if type(limit) is not int or not 1 <= limit <= MAX_LIMIT:
        raise InputError(
            f"a page has 1 to {MAX_LIMIT} items, got a limit of {limit!r}",
            remedy=f"Give a limit from 1 to {MAX_LIMIT}.",
            limit=limit,
        )
    if type(offset) is not int or not 0 <= offset <= MAX_OFFSET:
        raise InputError(
            f"an offset is 0 to {MAX_OFFSET}, got {offset!r}",
            remedy="Narrow the search, by the office, the right or dates, or sort it the other way round.",
            offset=offset,
        )
