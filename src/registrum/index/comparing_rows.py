"""The rows of an index against those that the logs make, each with all its columns, in one pass over both.

Not its job: where those of the logs come from (`registrum.index.comparing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.index.comparing import Comparison, told
from registrum.index.store import last_position
from registrum.index.tables import LOG_BITS, metadata

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["COMPARED", "compare_rows", "compare_tables", "place_of", "within"]

COMPARED: Final = {
    table.name: table for table in metadata.sorted_tables if table.name not in ("progress", "checkpoints")
}
"""Tables whose rows come from events."""

_ROWS_AT_A_TIME: Final = 2_000
_ROWS_A_REPORT: Final = 10_000
_TEXT_COLUMNS: Final = ("number", "office", "later", "right", "account")
_BLOCK_COLUMNS: Final = {"blocks": "number", "transactions": "block_number"}

Row = Mapping[str, Any]


def compare_tables(
    found: Comparison, ours: Connection, theirs: Connection, newest: int, advance: Callable[[], None]
) -> None:
    """Compare all rows of all tables.

    Args:
        found: What differs is noted here; rows after its block are left out, and what they ended.
        ours: Of the index.
        theirs: Of what the logs make of the blocks up to that of `found`.
        newest: Newest block of the index, after which it may have nothing.
        advance: Called now and then.
    """
    for table in COMPARED.values():
        at = within(table, 0, found.block_number)
        compare_rows(found, table, _rows(ours, table, at, advance), _rows(theirs, table, at, advance), newest)
        later = sa.not_(within(table, 0, newest))
        for row in _rows(ours, table, later, advance):
            found.surplus(table.name, place_of(row))


def compare_rows(
    found: Comparison, table: sa.Table, indexed: Iterator[Row], stated: Iterator[Row], newest: int
) -> None:
    """Compare rows, both in the order of the primary key; arguments as for `compare_tables`."""
    identity = [column.name for column in table.primary_key.columns]

    def key(row: Row) -> list[Any]:
        return [row[name] for name in identity]

    first_later, last = last_position(found.block_number) + 1, last_position(newest)
    one, other = next(indexed, None), next(stated, None)
    while one is not None or other is not None:
        if other is None or (one is not None and key(one) < key(other)):
            if one is not None:
                found.surplus(table.name, place_of(one))
            one = next(indexed, None)
        elif one is None or key(other) < key(one):
            found.missing(table.name, place_of(other))
            other = next(stated, None)
        else:
            end = one.get("superseded_by")
            if end is not None and first_later <= end <= last:
                # Ended by an event that came after the block of the comparison.
                one = {**one, "superseded_by": None}
            found.expect(table.name, place_of(other), one, other)
            one, other = next(indexed, None), next(stated, None)


def within(table: sa.Table, first: int, last: int) -> sa.ColumnElement[bool]:
    """That a row of a table is of blocks from one to another."""
    if "position" in table.c:
        return table.c.position.between(first << LOG_BITS, last_position(last))
    return table.c[_BLOCK_COLUMNS[table.name]].between(first, last)


def place_of(row: Row) -> str:
    """Where a row is, for a person."""
    if "position" not in row:
        if "tx_index" in row:
            return f"block {row['block_number']}, transaction {row['tx_index']}"
        return f"block {row['number']}"
    where = f"block {row['position'] >> LOG_BITS}, log {row['position'] & ((1 << LOG_BITS) - 1)}"
    about = next((row[name] for name in _TEXT_COLUMNS if row.get(name) is not None), None)
    return where if about is None else f"{told(about)} ({where})"


def _rows(
    connection: Connection, table: sa.Table, condition: sa.ColumnElement[bool], advance: Callable[[], None]
) -> Iterator[Row]:
    order: list[sa.ColumnElement[Any]] = []
    for column in table.primary_key.columns:
        is_text = isinstance(column.type, sa.String) and connection.dialect.name != "sqlite"
        # Python and SQLite compare texts byte by byte.
        order.append(sa.collate(column, "C") if is_text else column)
    query = sa.select(table).where(condition).order_by(*order)
    names = [column.name for column in table.c]
    with connection.execute(query, execution_options={"yield_per": _ROWS_AT_A_TIME}) as rows:
        for count, row in enumerate(rows, 1):
            yield dict(zip(names, row, strict=True))
            if count % _ROWS_A_REPORT == 0:
                advance()
