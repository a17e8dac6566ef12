"""A sample of the index against the chain: some numbers with their whole histories, and some blocks with their logs.

What it costs grows with the sample, not with the index: rows are chosen by their positions. The histories of the chosen
numbers are worked in again by the code that did it first, out of the events, whose blocks are read again.

Not its job: everything (`registrum.index.comparing`, `registrum.index.comparing_rows`).
"""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.chain.contracts import OFFICE_DIRECTORY
from registrum.errors import NodeError
from registrum.index.chain_state import ChainState
from registrum.index.comparing import Comparison, Difference
from registrum.index.comparing_rows import COMPARED, Row, compare_rows, place_of, within
from registrum.index.comparing_state import compare_state
from registrum.index.decoding import CORRECTED, REGISTERED, UNSETTLED, Decoder
from registrum.index.listing import Listing
from registrum.index.members import KEY_EVENTS, OFFICE_EVENTS
from registrum.index.node import LogReader
from registrum.index.settling import settle
from registrum.index.store import KEYS, Index, last_position, open_index
from registrum.index.tables import (
    LOG_BITS,
    anchors,
    applications,
    blocks,
    claims,
    entries,
    entry_events,
    events,
    reconfirmations,
    relations,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["compare_sample"]

_CHUNK: Final = 400
_MOST_RELATED: Final = 200
"""Entries that one entry may be related to, in any number of steps, for its history to be worked in again."""
_CONTENT: Final = ("filing_date", "digest", "disclosure", "signing_key", "recorded_at", "anchor_sequence")
_WHOLE: Final = ("offices", "keys", "calendars", "codes", "statuses", "bodies", "renewal_terms")
"""Tables so small that all their rows are worked in again."""
_UNWORKABLE: Final = (NodeError, LookupError, TypeError, ValueError)
"""What working in events raises that no contract could have emitted."""
_OF_STATES: Final = ("offices", "keys", "entries")
"""Tables whose rows are made when events are worked in, not out of logs."""


def compare_sample(
    found: Comparison,
    connection: Connection,
    state: ChainState,
    listing: Listing,
    reader: LogReader,
    first: int,
    size: int,
    chance: random.Random,
    advance: Callable[[], None],
) -> None:
    """Compare a sample.

    Args:
        found: What differs is noted here.
        connection: Of `Index.snapshot`.
        state: The contracts at the block of `found`.
        listing: The contracts that are followed.
        reader: Reads their logs.
        first: The first block that may have events.
        size: Rows of each kind, and blocks.
        chance: Chooses.
        advance: Called now and then.

    Raises:
        NodeError: The node does not answer, talks nonsense, or went over to another branch.
        RpcError: The node refuses.
    """
    sample = _Sample(connection, size, chance, advance)
    compare_state(found, sample, state)
    histories = _Histories.of(sample)
    _compare_histories(found, connection, histories, listing.registries)
    chosen = _some_blocks(sample, first, found.block_number) | histories.blocks()
    decoder = Decoder(listing.contracts)
    for from_block, up_to in _runs(one for one in chosen if first <= one <= found.block_number):
        at = from_block
        while at <= up_to:
            span = reader.read(at, up_to)
            last = span.last.number
            if last == found.block_number and span.last.hash != found.block_hash:
                raise NodeError("the chain changed during the comparison", remedy="Compare again.")
            decoded = decoder.decode(span.logs, span.blocks)
            for table in COMPARED.values():
                if table.name not in _OF_STATES:
                    rows = _all(connection, table, within(table, at, last))
                    _compare_logged(found, table, rows, decoded.of_table(table.name))
            at = last + 1
            advance()


@dataclass(slots=True)
class _Sample:
    """Chooses rows by chance, and remembers of which keys; see `registrum.index.comparing_state.Choice`."""

    connection: Connection
    size: int
    chance: random.Random
    advance: Callable[[], None]
    keys: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)

    def pages(self, table: sa.Table) -> Iterator[list[Mapping[str, Any]]]:
        """Rows of a table; of a version table those that are present, of the numbers that were met."""
        chosen = self._rows_at(table, self._positions(table))
        if "superseded_by" in table.c:
            names = KEYS[table.name]
            keys = self.keys[table.name] = {tuple(row[name] for name in names) for row in chosen}
            chosen = [row for row in _rows_of(self.connection, table, keys) if row["superseded_by"] is None]
        for at in range(0, len(chosen), _CHUNK):
            yield list(chosen[at : at + _CHUNK])
            self.advance()

    def _positions(self, table: sa.Table) -> list[int]:
        """Where rows are: all of a table that is no larger than the sample."""
        at = table.c.position
        some = list(self.connection.execute(sa.select(at).order_by(at).limit(self.size + 1)).scalars())
        if len(some) <= self.size:
            return some
        newest = self._one(sa.select(at).order_by(at.desc()))
        chosen = set()
        for _ in range(self.size):
            # A block first: most positions of a block have no log.
            block = self.chance.randint(some[0] >> LOG_BITS, newest >> LOG_BITS)
            low = self._one(sa.select(at).where(at >= block << LOG_BITS).order_by(at))
            high = self._one(sa.select(at).where(at <= last_position(low >> LOG_BITS)).order_by(at.desc()))
            chosen.add(self._one(sa.select(at).where(at >= self.chance.randint(low, high)).order_by(at)))
        return sorted(chosen)

    def _one(self, query: sa.Select[Any]) -> int:
        return int(self.connection.execute(query.limit(1)).scalar_one())

    def _rows_at(self, table: sa.Table, positions: Sequence[int]) -> list[Row]:
        return [row for some in _chunks(positions) for row in _all(self.connection, table, table.c.position.in_(some))]


def _some_blocks(sample: _Sample, first: int, last: int) -> set[int]:
    """Blocks with events, and as many by chance: all rows of a block may be missing."""
    if last - first < sample.size:
        return set(range(first, last + 1))
    chosen = {sample.chance.randint(first, last) for _ in range(sample.size)}
    for number in sorted(chosen):
        query = sa.select(blocks.c.number).where(blocks.c.number >= number).order_by(blocks.c.number)
        found = sample.connection.execute(query.limit(1)).scalar()
        if found is not None:
            chosen.add(found)
    return chosen


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each row of numbers that follow one another: blocks that are read in one go."""
    ordered = sorted(numbers)
    for _, run in itertools.groupby(enumerate(ordered), lambda pair: pair[1] - pair[0]):
        of_run = [number for _, number in run]
        yield of_run[0], of_run[-1]


def _compare_logged(
    found: Comparison, table: sa.Table, indexed: Sequence[Row], logged: Sequence[tuple[Any, ...]]
) -> None:
    """Compare what the logs of some blocks themselves say; what later events made of it is compared by history."""
    names = [column.name for column in table.c]
    identity = [column.name for column in table.primary_key.columns]
    left = {tuple(row[name] for name in identity): row for row in indexed}
    for values in logged:
        stated = dict(zip(names, values, strict=True))
        row = left.pop(tuple(stated[name] for name in identity), None)
        if row is None:
            found.missing(table.name, place_of(stated))
            continue
        stated.pop("superseded_by", None)
        if table is applications and stated["status"] == UNSETTLED:
            stated = {name: value for name, value in stated.items() if value is not None and name != "status"}
        found.expect(table.name, place_of(stated), row, stated)
    for row in left.values():
        found.surplus(table.name, place_of(row))


@dataclass(slots=True)
class _Histories:
    """All rows of the chosen keys, by table, and the events that they come from."""

    rows: dict[str, list[Row]]
    events: dict[str, list[Row]]

    @classmethod
    def of(cls, sample: _Sample) -> _Histories:
        """Read them."""
        connection, keys = sample.connection, sample.keys
        numbers = keys["applications"] | keys["reconfirmations"]
        rows = {
            "applications": _rows_of(connection, applications, numbers),
            "reconfirmations": _rows_of(connection, reconfirmations, numbers),
            "claims": _rows_of(connection, claims, keys["claims"]),
            **{name: _all(connection, COMPARED[name]) for name in _WHOLE},
        }
        anchored = {
            (row["office"], row["anchor_sequence"])
            for row in rows["applications"]
            if row["anchor_sequence"] is not None
        }
        of_members = sa.and_(events.c.contract == OFFICE_DIRECTORY, events.c.name.in_(OFFICE_EVENTS | KEY_EVENTS))
        found = {
            "anchors": _in_chunks(connection, anchors, ("office", "sequence"), anchored),
            "events": _all(connection, events, of_members),
            "entry_events": [],
        }
        kept = set()
        for (number,) in sorted(keys["entries"]):
            related = _related(connection, number)
            if related is not None:
                kept |= related
        of_entries = {(number,) for number in kept}
        rows["entries"] = _rows_of(connection, entries, of_entries)
        found["entry_events"] = _in_chunks(connection, entry_events, ("number",), of_entries)
        return cls(rows, found)

    def blocks(self) -> set[int]:
        """The blocks of the chosen numbers."""
        large = [row for name, rows in self.rows.items() if name not in _WHOLE for row in rows]
        return {row["position"] >> LOG_BITS for row in [*large, *self.events["entry_events"]]}

    def parts(self) -> Iterator[tuple[str, _Histories]]:
        """What can be worked in alone, with a name for it."""
        of_numbers: dict[str, dict[str, list[Row]]] = {}
        for name in ("applications", "reconfirmations"):
            for row in self.rows[name]:
                of_numbers.setdefault(row["number"], {}).setdefault(name, []).append(row)
        for number, rows in of_numbers.items():
            yield number, _Histories(rows, {"anchors": self.events["anchors"]})
        yield "offices and keys", self._only(("offices", "keys"), "events")
        yield "entries", self._only(("entries",), "entry_events")
        others = [name for name in self.rows if name not in ("applications", "reconfirmations", *_OF_STATES)]
        yield "other tables", self._only(others, "anchors")

    def _only(self, tables: Iterable[str], source: str) -> _Histories:
        return _Histories({name: self.rows[name] for name in tables}, {source: self.events[source]})


def _compare_histories(found: Comparison, connection: Connection, histories: _Histories, registries: int) -> None:
    """Work events in again, in an index of their own, and compare all columns of all rows."""
    with (
        tempfile.TemporaryDirectory(prefix="registrum-compare-") as folder,
        open_index(Path(folder) / "derived.sqlite") as made,
    ):
        try:
            derived = _worked_in(made, connection, histories, found.block_number, registries)
        except _UNWORKABLE:
            # An event that follows none: whose it is shows part by part.
            for name, part in histories.parts():
                try:
                    derived = _worked_in(made, connection, part, found.block_number, registries)
                except _UNWORKABLE as error:
                    found.note(Difference("events", name, "history", str(error), "one that can be worked in"))
                else:
                    _compare_derived(found, part, derived)
        else:
            _compare_derived(found, histories, derived)


def _worked_in(
    made: Index, connection: Connection, histories: _Histories, last: int, registries: int
) -> dict[str, list[Row]]:
    """The rows of all version tables that events make; `made` is empty before and after."""
    times = {row["position"] >> LOG_BITS for row in histories.events.get("events", [])}
    with made.write() as writing, writing.begin_nested() as again:
        made.insert(writing, blocks, _values(blocks, _in_chunks(connection, blocks, ("number",), _tuples(times))))
        for name, rows in histories.events.items():
            made.insert(writing, COMPARED[name], _values(COMPARED[name], rows))
        for name, rows in histories.rows.items():
            if name not in _OF_STATES:
                made.insert(writing, COMPARED[name], _values(COMPARED[name], map(_unsettled, rows)))
        settle(made, writing, 0, last_position(last), registries)
        derived = {name: _all(writing, COMPARED[name]) for name in histories.rows}
        again.rollback()
    return derived


def _compare_derived(found: Comparison, histories: _Histories, derived: Mapping[str, list[Row]]) -> None:
    for name, rows in histories.rows.items():
        indexed = sorted(rows, key=lambda row: (row["position"], row.get("number") or ""))
        compare_rows(found, COMPARED[name], iter(indexed), iter(derived[name]), found.block_number)


def _unsettled(row: Row) -> Row:
    """A row as it came out of its log."""
    raw = {**row, "superseded_by": None}
    if "kind" not in raw:
        return raw
    if raw["kind"] == REGISTERED:
        is_disclosed = raw["anchor_sequence"] is not None
        return {**raw, "status": UNSETTLED, "recorded_at": None} if is_disclosed else raw
    if raw["kind"] == CORRECTED:
        return {**raw, "status": UNSETTLED}
    return {**raw, "status": UNSETTLED, **dict.fromkeys(_CONTENT)}


def _related(connection: Connection, number: str) -> set[str] | None:
    """A number and all that are related to it, in any number of steps; None if they are too many."""
    known, new = {number}, {number}
    while new and len(known) <= _MOST_RELATED:
        query = sa.select(relations.c.number, relations.c.related)
        pairs = connection.execute(query.where(sa.or_(relations.c.number.in_(new), relations.c.related.in_(new))))
        new = {one for pair in pairs for one in pair if one is not None} - known
        known |= new
    return None if new else known


def _rows_of(connection: Connection, table: sa.Table, keys: Iterable[tuple[Any, ...]]) -> list[Row]:
    """All rows of keys of a version table, in order."""
    return _in_chunks(connection, table, KEYS[table.name], keys)


def _in_chunks(
    connection: Connection, table: sa.Table, names: Sequence[str], keys: Iterable[tuple[Any, ...]]
) -> list[Row]:
    found: list[Row] = []
    columns = [table.c[name] for name in names]
    for some in _chunks(sorted(keys)):
        conditions = [columns[0].in_({key[0] for key in some})]
        if len(columns) > 1:
            # SQLite has no index for several columns at once: the first one leads to few rows.
            conditions.append(sa.tuple_(*columns).in_(some))
        found += _all(connection, table, *conditions)
    return found


def _all(connection: Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> list[Row]:
    query = sa.select(table).where(*conditions).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), _CHUNK):
        yield values[at : at + _CHUNK]


def _values(table: sa.Table, rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    return [tuple(row[column.name] for column in table.c) for row in rows]


def _tuples(values: Iterable[Any]) -> set[tuple[Any, ...]]:
    return {(value,) for value in values}
