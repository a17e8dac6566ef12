"""Whether the tables agree with the chain: present rows with what the contracts answer, events with the logs.

Calls show what is wrong with a row that is there, and what is missing wherever a contract lists or counts. No contract
lists its applications or entries, so rows that are missing there, and rows that no event explains, show in the logs of
the blocks. Both are done for everything, or for a sample.

Not its job: mending what differs; `registrum index rebuild` does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.chain.contracts import OFFICE_DIRECTORY
from registrum.deployment.versions import registry_versions
from registrum.errors import IndexDatabaseError, NodeError
from registrum.index.chain_state import ChainState
from registrum.index.decoding import Decoder
from registrum.index.following import followed_contracts
from registrum.index.members import KEY_EVENTS, OFFICE_EVENTS
from registrum.index.node import LogReader
from registrum.index.store import KEYS, first_position, last_position
from registrum.index.tables import LOG_BITS, blocks, entries, events, keys, metadata, offices

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from registrum.chain.rpc import RpcClient
    from registrum.deployment.manifest import Manifest
    from registrum.index.store import Index

__all__ = ["Comparison", "Difference", "compare"]

_PAGE: Final = 500
_TEXT_COLUMNS: Final = ("number", "office", "later", "right", "account")
_TABLES: Final = {table.name: table for table in metadata.sorted_tables}
_LOGGED: Final = (
    "transactions",
    "applications",
    "reconfirmations",
    "anchors",
    "calendars",
    "claims",
    "entry_events",
    "relations",
    "codes",
    "statuses",
    "bodies",
    "renewal_terms",
    "events",
)
"""Tables whose rows come from logs, row by row."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which tables and chain differ.

    Attributes:
        table: The table.
        key: Of the row, for a person: `EM/T/018660437`, or `block 12, log 3`.
        field: What differs; `row` where one of the two has no such row.
        indexed: What the table has; None where it has nothing.
        on_chain: What the chain has; None where it has nothing.
    """

    table: str
    key: str
    field: str
    indexed: Any
    on_chain: Any

    @property
    def text(self) -> str:
        """The same as a sentence."""
        if self.field == "row":
            where = "on the chain, not in the index" if self.indexed is None else "in the index, not on the chain"
            return f"{self.table} {self.key} is {where}"
        shown, real = (_shown(value) for value in (self.indexed, self.on_chain))
        return f"{self.table} {self.key}: {self.field} is {shown} in the index, {real} on the chain"

    def to_json(self) -> dict[str, Any]:
        """Keys `table, key, field, indexed, onChain, text`."""
        return {
            "table": self.table,
            "key": self.key,
            "field": self.field,
            "indexed": _json(self.indexed),
            "onChain": _json(self.on_chain),
            "text": self.text,
        }


@dataclass(slots=True)
class Comparison:
    """What a comparison found.

    Attributes:
        block_number: Block at which tables and chain were compared.
        block_hash: Its hash.
        is_full: Whether everything was compared.
        compared: How many rows of each table.
        differences: All that were found.
    """

    block_number: int
    block_hash: bytes
    is_full: bool
    compared: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether there is no difference."""
        return not self.differences

    def counted(self, table: str, rows: int = 1) -> None:
        """Count rows that were compared."""
        self.compared[table] = self.compared.get(table, 0) + rows

    def expect(self, table: str, key: str, indexed: Mapping[str, Any], on_chain: Mapping[str, Any]) -> None:
        """Note where a row differs; the members of `on_chain` are compared."""
        self.counted(table)
        for name, value in on_chain.items():
            if indexed[name] != value:
                self.differences.append(Difference(table, key, name, indexed[name], value))

    def missing(self, table: str, key: str, on_chain: Any = True) -> None:
        """Note a row that only the chain has."""
        self.differences.append(Difference(table, key, "row", None, on_chain))

    def surplus(self, table: str, key: str, indexed: Any = True) -> None:
        """Note a row that only the index has."""
        self.differences.append(Difference(table, key, "row", indexed, None))

    def to_json(self) -> dict[str, Any]:
        """Keys `blockNumber, blockHash, isFull, agrees, compared, differences`."""
        return {
            "blockNumber": self.block_number,
            "blockHash": "0x" + self.block_hash.hex(),
            "isFull": self.is_full,
            "agrees": self.agrees,
            "compared": dict(sorted(self.compared.items())),
            "differences": [difference.to_json() for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Sampler:
    """Chooses rows.

    Attributes:
        connection: Of `Index.snapshot`.
        size: Rows of each kind; None for all.
        chance: Chooses.
        advance: Called after each page of rows.
    """

    connection: Connection
    size: int | None
    chance: random.Random
    advance: Callable[[], None]

    def pages(self, table: sa.Table, *conditions: Any) -> Iterator[list[Mapping[str, Any]]]:
        """Rows of a table that meet conditions, in pages: all in their order, or a sample."""
        if self.size is not None:
            chosen = sa.select(table).where(*conditions).order_by(sa.func.random()).limit(self.size)
            rows: list[Mapping[str, Any]] = [dict(row) for row in self.connection.execute(chosen).mappings()]
            for at in range(0, len(rows), _PAGE):
                yield rows[at : at + _PAGE]
                self.advance()
            return
        order = tuple(table.primary_key.columns)
        after: tuple[Any, ...] | None = None
        while True:
            query = sa.select(table).where(*conditions).order_by(*order).limit(_PAGE)
            if after is not None:
                query = query.where(sa.tuple_(*order) > sa.tuple_(*(sa.literal(value) for value in after)))
            page: list[Mapping[str, Any]] = [dict(row) for row in self.connection.execute(query).mappings()]
            if not page:
                return
            yield page
            self.advance()
            after = tuple(page[-1][column.name] for column in order)


def compare(
    index: Index,
    rpc: RpcClient,
    manifest: Manifest,
    *,
    sample: int | None = None,
    seed: int | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Comparison:
    """Compare an index with the chain, at the block that it has reached.

    Args:
        index: The database; it may be written meanwhile.
        rpc: A node that has state of that block.
        manifest: The deployment.
        sample: How many rows of each kind, and how many blocks; None for all.
        seed: Chooses the same blocks again; rows of large tables are chosen by the database.
        advance: Called after each page of rows.

    Raises:
        IndexDatabaseError: The index is empty, a first load is not at its end, or it cannot be read.
        NodeError: The node does not answer, or has not the block.
        RpcError: The node refuses, or has no state of the block.
    """
    from registrum.index.comparing_state import compare_state

    with index.snapshot() as connection:
        progress = index.progress(connection)
        if progress is None or not progress.is_ready or progress.block_number is None or progress.block_hash is None:
            raise IndexDatabaseError(
                f"the index {index.shown_url} is not complete", remedy="Run `registrum index run --once` first."
            )
        versions = registry_versions(rpc, manifest)
        contracts = followed_contracts(manifest, versions)
        addresses = {one.name: one.address for one in contracts}
        found = Comparison(progress.block_number, progress.block_hash, sample is None)
        sampler = Sampler(connection, sample, random.Random(seed), advance)  # noqa: S311 - no secret
        state = ChainState(rpc, addresses, progress.block_number, progress.block_hash)
        compare_state(found, sampler, state)
        decoder = Decoder(contracts)
        reader = LogReader(rpc, [one.address for one in contracts], decoder.follows)
        first = min(one.block for one in manifest.contracts.values())
        _compare_events(found, sampler, reader, decoder, first)
        _compare_origins(found, sampler)
        state.check()
    return found


def _compare_events(found: Comparison, sampler: Sampler, reader: LogReader, decoder: Decoder, first: int) -> None:
    """Compare rows with the logs of their blocks."""
    whole = [(first, found.block_number)]
    ranges = whole if sampler.size is None else _some_ranges(sampler, first, found.block_number)
    for begin, end in ranges:
        at = begin
        while at <= end:
            span = reader.read(at, end)
            if span.last.number == found.block_number and span.last.hash != found.block_hash:
                raise NodeError("the chain changed during the comparison", remedy="Compare again.")
            decoded = decoder.decode(span.logs, span.blocks)
            low, high = first_position(at), last_position(span.last.number)
            _compare_blocks(found, sampler.connection, at, span.last.number, decoded.of_table("blocks"))
            for name in _LOGGED:
                _compare_rows(found, sampler.connection, _TABLES[name], decoded.of_table(name), low, high)
            at = span.last.number + 1
            sampler.advance()


def _some_ranges(sampler: Sampler, first: int, last: int) -> list[tuple[int, int]]:
    """Blocks with events, and as many by chance: all rows of a block may be missing."""
    query = sa.select(blocks.c.number).order_by(sa.func.random()).limit(sampler.size)
    chosen = set(sampler.connection.execute(query).scalars())
    chosen |= {sampler.chance.randint(first, last) for _ in range(sampler.size or 0)}
    return [(number, number) for number in sorted(chosen)]


def _compare_blocks(
    found: Comparison, connection: Connection, first: int, last: int, logged: Sequence[tuple[Any, ...]]
) -> None:
    rows = connection.execute(sa.select(blocks).where(blocks.c.number >= first, blocks.c.number <= last)).fetchall()
    indexed = {row.number: row for row in rows}
    for number, block_hash, time in logged:
        row = indexed.pop(number, None)
        if row is None:
            found.missing("blocks", f"block {number}")
        else:
            found.expect(
                "blocks", f"block {number}", {"hash": row.hash, "time": row.time}, {"hash": block_hash, "time": time}
            )
    for number in indexed:
        found.surplus("blocks", f"block {number}")


def _compare_rows(
    found: Comparison, connection: Connection, table: sa.Table, logged: Sequence[tuple[Any, ...]], low: int, high: int
) -> None:
    """Compare the rows of a table in a range of positions with those that the logs make."""
    names = [column.name for column in table.c]
    identity = [column.name for column in table.primary_key.columns]
    if "position" in names:
        within = sa.and_(table.c.position >= low, table.c.position <= high)
    else:
        within = sa.and_(table.c.block_number >= low >> LOG_BITS, table.c.block_number <= high >> LOG_BITS)
    indexed: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in connection.execute(sa.select(table).where(within)).mappings():
        indexed[tuple(row[name] for name in identity)] = dict(row)
    for values in logged:
        stated = dict(zip(names, values, strict=True))
        key = tuple(stated[name] for name in identity)
        row_there = indexed.pop(key, None)
        if row_there is None:
            found.missing(table.name, _place(stated), True)
            continue
        stated.pop("superseded_by", None)
        if table.name == "applications" and stated["status"] == 0:
            # What was worked in from earlier events is compared by calls.
            stated = {name: value for name, value in stated.items() if value is not None and name != "status"}
        found.expect(table.name, _place(stated), row_there, stated)
    for row_left in indexed.values():
        found.surplus(table.name, _place(row_left))


def _compare_origins(found: Comparison, sampler: Sampler) -> None:
    """Rows of states must come from an event, and each event of a state have its row; no key has two present rows."""
    connection = sampler.connection
    entry_events = _TABLES["entry_events"]
    for table, source in ((offices, events), (keys, events), (entries, entry_events)):
        orphans = sa.select(table).where(~sa.exists().where(source.c.position == table.c.position))
        for orphan in connection.execute(orphans.limit(_PAGE)).mappings():
            found.surplus(table.name, _place(dict(orphan)))
    of_directory = events.c.contract == OFFICE_DIRECTORY
    for table, source, condition in (
        (offices, events, sa.and_(of_directory, events.c.name.in_(OFFICE_EVENTS))),
        (keys, events, sa.and_(of_directory, events.c.name.in_(KEY_EVENTS))),
        (entries, entry_events, entries.c.number == entry_events.c.number),
    ):
        same = table.c.position == source.c.position
        if table is entries:
            lacking = sa.select(source).where(~sa.exists().where(same, condition))
        else:
            lacking = sa.select(source).where(condition, ~sa.exists().where(same))
        for event in connection.execute(lacking.limit(_PAGE)).mappings():
            found.missing(table.name, _place(dict(event)))
    _compare_ends(found, connection)
    for name, columns in KEYS.items():
        table = _TABLES[name]
        named = [table.c[column] for column in columns]
        twice = (
            sa.select(*named, sa.func.count())
            .where(table.c.superseded_by.is_(None))
            .group_by(*named)
            .having(sa.func.count() > 1)
        )
        for row in connection.execute(twice.limit(_PAGE)):
            key = " ".join(_shown(value) for value in row[:-1])
            found.differences.append(Difference(name, key, "present rows", row[-1], 1))


def _compare_ends(found: Comparison, connection: Connection) -> None:
    """Nothing may be of a later block than the index says that it has."""
    for name, table in _TABLES.items():
        if name in ("progress", "checkpoints"):
            continue
        at = table.c.position if "position" in table.c else table.c[_BLOCK_COLUMNS[name]]
        newest = last_position(found.block_number) if "position" in table.c else found.block_number
        for row in connection.execute(sa.select(table).where(at > newest).limit(_PAGE)).mappings():
            found.surplus(name, _place(dict(row)))


_BLOCK_COLUMNS: Final = {"blocks": "number", "transactions": "block_number"}


def _place(row: Mapping[str, Any]) -> str:
    """Where a row is, for a person."""
    if "position" not in row:
        return (
            f"block {row['block_number']}, transaction {row['tx_index']}" if "tx_index" in row else f"{row['number']}"
        )
    where = f"block {row['position'] >> LOG_BITS}, log {row['position'] & ((1 << LOG_BITS) - 1)}"
    about = next((row[name] for name in _TEXT_COLUMNS if row.get(name) is not None), None)
    return where if about is None else f"{_shown(about)} ({where})"


def _shown(value: Any) -> str:
    return "nothing" if value is None else "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _json(value: Any) -> Any:
    return "0x" + value.hex() if isinstance(value, bytes) else value
