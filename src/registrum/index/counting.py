"""How many records and entries there are, by office, right, status and year, for totals and facets of searches.

What stands is counted once, and then only what each new block changed: a table grows at its end, and a row that ends
another has a later position. So totals and facets of everything stay exact and cheap at any size. Where tables were
emptied and filled again, all is counted anew. Searches by something else than these counts are counted row by row, up
to a cap.

Not its job: which rows a search means (`registrum.index.searching`).
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, func, select

from registrum.index import tables
from registrum.index.values import block_of

__all__ = [
    "APPLICATION_FACETS",
    "CAP",
    "DISCLOSURE_FACETS",
    "ENTRY_FACETS",
    "Counter",
    "Counts",
    "Facets",
    "Test",
    "count_up_to_cap",
]

CAP: Final = 20_000
"""Rows at which counting row by row stops."""
_KEPT = 3
"""States of each table that are kept: readers of the block before are not to count all anew."""

Cell = tuple[Any, ...]
"""Values of the facets of some rows."""
Test = tuple[tuple[str, ...], Callable[..., bool]]
"""Names of facets, and what their values must meet."""


@dataclass(frozen=True)
class Facets:
    """What the rows of a table are counted by.

    Attributes:
        name: Of the counts.
        table: A table of versions with the columns `number` and `superseded_by`.
        columns: By name.
        conditions: What every row must meet besides being present.
        of_past: Whether rows that others superseded count as well.
    """

    name: str
    table: Table
    columns: Mapping[str, ColumnElement[Any]]
    conditions: tuple[ColumnElement[bool], ...] = ()
    of_past: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.columns)


_APPLICATIONS, _ENTRIES = tables.applications.c, tables.entries.c
APPLICATION_FACETS: Final = Facets(
    "applications",
    tables.applications,
    {
        "office": _APPLICATIONS.office,
        "right": _APPLICATIONS.right,
        "status": _APPLICATIONS.status,
        "year": _APPLICATIONS.filing_date // 10_000,
    },
    (_APPLICATIONS.status > 0,),
)
ENTRY_FACETS: Final = Facets(
    "entries",
    tables.entries,
    {
        "office": _ENTRIES.office,
        "right": _ENTRIES.right,
        "status": _ENTRIES.status,
        "state": func.substr(_ENTRIES.state, 1, 1),
        "irregular": _ENTRIES.marks.bitwise_and(2),
        "year": func.coalesce(_ENTRIES.filing_date, 0) // 10_000,
    },
)
DISCLOSURE_FACETS: Final = Facets(
    "disclosures",
    tables.applications,
    {"office": _APPLICATIONS.office, "sequence": _APPLICATIONS.anchor_sequence},
    (_APPLICATIONS.anchor_sequence.is_not(None), _APPLICATIONS.kind == 1),
    of_past=True,
)


@dataclass(frozen=True)
class Counts:
    """Rows by the values of their facets.

    Attributes:
        names: Names of the facets.
        cells: How many rows have each combination of values.
        is_capped: Whether counting stopped at the cap, so that every number is the least there can be.
    """

    names: tuple[str, ...]
    cells: Mapping[Cell, int]
    is_capped: bool = False
    _sums: dict[tuple[str, ...], dict[Cell, int]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.cells.values())

    def where(self, tests: Iterable[Test]) -> Counts:
        """Those whose values meet all tests."""
        tests = list(tests)
        if not tests:
            return self
        cells = self.cells
        for names, meets in tests:
            places = [self.names.index(name) for name in names]
            cells = {cell: n for cell, n in cells.items() if meets(*(cell[at] for at in places))}
        return Counts(self.names, cells, self.is_capped)

    def by(self, *names: str, label: Callable[..., str] = str) -> dict[str, int]:
        """How many rows have each value of a facet, most frequent first.

        Args:
            names: The facet, with others that the label needs.
            label: Makes what is shown of the values.
        """
        found: dict[str, int] = {}
        for values, n in self._summed(names).items():
            shown = label(*values)
            found[shown] = found.get(shown, 0) + n
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def by_values(self, *names: str) -> Mapping[Cell, int]:
        """How many rows have each combination of values of some facets."""
        return self._summed(names)

    def _summed(self, names: tuple[str, ...]) -> dict[Cell, int]:
        # Counts of everything are asked for again and again.
        sums = self._sums.get(names)
        if sums is None:
            places, sums = [self.names.index(name) for name in names], {}
            for cell, n in self.cells.items():
                values = tuple([cell[at] for at in places])
                sums[values] = sums.get(values, 0) + n
            self._sums[names] = sums
        return sums


@dataclass(frozen=True)
class _State:
    """What stood after an event: the counts, the position of the event, and the hash of its block."""

    filling: Hashable
    position: int
    block_hash: bytes
    counts: Counts


@dataclass
class _Kept:
    """The states of some counts, latest first; who adds one holds the lock."""

    states: list[_State] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Counter:
    """The counts of one index, shared by all who read it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def counts(self, connection: Connection, facets: Facets, filling: Hashable) -> Counts:
        """All rows, as the transaction sees them. The index must be complete.

        Args:
            connection: The transaction.
            facets: What is counted.
            filling: What tells tables that were emptied and filled again from what they were.
        """
        table = facets.table
        newest = connection.execute(select(func.max(table.c.position))).scalar()
        if newest is None:
            return Counts(facets.names, {})
        kept = self._kept_of(facets)
        with kept.lock:
            states = [state for state in kept.states if state.filling == filling]
            state = next((state for state in states if _holds(connection, state, newest)), None)
            if state is not None and state.position == newest:
                return state.counts
            counts = Counts(facets.names, _counted(connection, facets, state))
            block_hash = connection.execute(_hash_of(newest)).scalar()
            if block_hash is not None:
                states.append(_State(filling, newest, block_hash, counts))
                kept.states = sorted(states, key=lambda one: -one.position)[:_KEPT]
            return counts

    def counts_but_the_first(self, connection: Connection, facets: Facets, filling: Hashable) -> Counts | None:
        """The same; None while another counts everything for the first time, which takes long in large tables."""
        kept = self._kept_of(facets)
        if kept.lock.locked() and all(state.filling != filling for state in kept.states):
            return None
        return self.counts(connection, facets, filling)

    def _kept_of(self, facets: Facets) -> _Kept:
        with self._lock:
            return self._kept.setdefault(facets.name, _Kept())


def _holds(connection: Connection, state: _State, newest: int) -> bool:
    """Whether the transaction sees the block that a state ends in, and so the same chain before it."""
    return state.position <= newest and connection.execute(_hash_of(state.position)).scalar() == state.block_hash


def count_up_to_cap(
    connection: Connection, facets: Facets, conditions: Iterable[ColumnElement[bool]], cap: int = CAP
) -> Counts:
    """Rows that meet conditions, counted row by row until there are more than the cap."""
    columns = [column.label(name) for name, column in facets.columns.items()]
    some = select(*columns).where(*conditions).limit(cap + 1).subquery()
    names = [some.c[name] for name in facets.names]
    cells = {tuple(row[:-1]): row[-1] for row in connection.execute(select(*names, func.count()).group_by(*names))}
    return Counts(facets.names, cells, sum(cells.values()) > cap)


def _hash_of(position: int) -> Any:
    return select(tables.blocks.c.hash).where(tables.blocks.c.number == block_of(position))


def _grouped(connection: Connection, facets: Facets, conditions: Iterable[ColumnElement[bool]]) -> dict[Cell, int]:
    columns = list(facets.columns.values())
    rows = select(*columns).where(*facets.conditions, *conditions)
    if connection.dialect.name == "sqlite":
        # SQLite sorts to group. Counting the driver's own rows takes half as long, and no memory either.
        statement = rows.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        cursor = connection.connection.cursor()
        try:
            return dict(collections.Counter(cursor.execute(str(statement))))
        finally:
            cursor.close()
    query = rows.add_columns(func.count()).group_by(*columns)
    return {tuple(row[:-1]): row[-1] for row in connection.execute(query)}


def _counted(connection: Connection, facets: Facets, state: _State | None) -> dict[Cell, int]:
    """Everything, or the counts of a state with what the events after it added and ended."""
    table = facets.table.c
    is_present = [] if facets.of_past else [table.superseded_by.is_(None)]
    if state is None:
        return _grouped(connection, facets, is_present)
    cells = dict(state.counts.cells)
    is_new = table.position > state.position
    for cell, n in _grouped(connection, facets, [is_new, *is_present]).items():
        cells[cell] = cells.get(cell, 0) + n
    if not facets.of_past:
        changed = select(table.number).where(is_new).scalar_subquery()
        ended = [table.position <= state.position, table.superseded_by > state.position, table.number.in_(changed)]
        for cell, n in _grouped(connection, facets, ended).items():
            cells[cell] -= n
    return {cell: n for cell, n in cells.items() if n}
