"""A version table while events are worked into it: the present rows that are known, and what follows them.

Not its job: which events make which rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from registrum.index.store import KEYS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from registrum.index.store import Index

__all__ = ["Versions"]


class Versions:
    """New rows of a version table, each superseding the present one with the same key.

    Args:
        index: The database.
        connection: Of `index.write`.
        table: The table.
    """

    def __init__(self, index: Index, connection: Connection, table: sa.Table) -> None:
        self._index, self._connection, self._table = index, connection, table
        self._keys = KEYS[table.name]
        self._present: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._new: list[dict[str, Any]] = []
        self._ended: list[dict[str, Any]] = []
        self._stored: set[tuple[Any, ...]] = set()

    def load(self, condition: sa.ColumnElement[bool]) -> None:
        """Read the present rows that meet a condition, unless they are known."""
        query = sa.select(self._table).where(self._table.c.superseded_by.is_(None), condition)
        for row in self._connection.execute(query).mappings():
            key = tuple(row[name] for name in self._keys)
            if key not in self._present:
                self._present[key] = dict(row)
                self._stored.add(key)

    def get(self, *key: Any) -> dict[str, Any] | None:
        """The present row of a key; None if there is none."""
        return self._present.get(key)

    def put(self, position: int, row: dict[str, Any]) -> None:
        """Add a row, which is the present one of its key from a position on."""
        key = tuple(row[name] for name in self._keys)
        before = self._present.get(key)
        if before is not None and key in self._stored:
            self._ended.append({"by": position, "at": before["position"], **_named(self._keys, key)})
            self._stored.discard(key)
        elif before is not None:
            before["superseded_by"] = position
        added = {**row, "position": position, "superseded_by": None}
        self._present[key] = added
        self._new.append(added)

    def flush(self) -> None:
        """Write what was added."""
        table = self._table
        if self._ended:
            ends = sa.update(table).values(superseded_by=sa.bindparam("by"))
            same = (table.c[name] == sa.bindparam(f"key_{name}") for name in self._keys)
            self._connection.execute(ends.where(table.c.position == sa.bindparam("at"), *same), self._ended)
        names = [column.name for column in table.c]
        self._index.insert(self._connection, table, [tuple(row[name] for name in names) for row in self._new])
        self._new, self._ended = [], []
        self._stored = set(self._present)


def _named(names: tuple[str, ...], key: tuple[Any, ...]) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in zip(names, key, strict=True)}
