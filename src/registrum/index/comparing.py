"""Whether the tables agree with the chain: with the logs, row by row, and with what the contracts answer.

All of it: the logs are read again into an index of their own, by the same code as any index. What that one says is
compared with what the contracts answer, and the index with that one, every column of every row. A sample: rows of some
numbers and blocks, and whole histories of the numbers (`registrum.index.comparing_sample`).

Not its job: mending what differs; `registrum index rebuild` does.
"""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from registrum.errors import IndexDatabaseError, NodeError
from registrum.index.chain_state import ChainState
from registrum.index.decoding import Decoder
from registrum.index.listing import Listing, first_block, read_listing
from registrum.index.node import LogReader, read_ahead
from registrum.index.ranges import insert_rows, next_settlement
from registrum.index.settling import settle
from registrum.index.store import Index, Progress, last_position, open_index

if TYPE_CHECKING:
    from registrum.chain.rpc import RpcClient
    from registrum.deployment.manifest import Manifest

__all__ = ["Comparison", "Difference", "compare", "told"]


MOST_KEPT: Final = 10_000
"""Differences of which each is kept; where a whole column is wrong, there are as many as rows."""


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
        shown, real = (told(value) for value in (self.indexed, self.on_chain))
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
        differences: The first ones that were found, up to `MOST_KEPT`.
        found: How many there are.
    """

    block_number: int
    block_hash: bytes
    is_full: bool
    compared: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    found: int = 0

    @property
    def agrees(self) -> bool:
        """Whether there is no difference."""
        return not self.found

    def note(self, difference: Difference) -> None:
        """Add a difference."""
        self.found += 1
        if len(self.differences) < MOST_KEPT:
            self.differences.append(difference)

    def counted(self, table: str, rows: int = 1) -> None:
        """Count rows that were compared."""
        self.compared[table] = self.compared.get(table, 0) + rows

    def expect(self, table: str, key: str, indexed: Mapping[str, Any], on_chain: Mapping[str, Any]) -> None:
        """Note where a row differs; the members of `on_chain` are compared."""
        self.counted(table)
        for name, value in on_chain.items():
            if indexed[name] != value:
                self.note(Difference(table, key, name, indexed[name], value))

    def missing(self, table: str, key: str, on_chain: Any = True) -> None:
        """Note a row that only the chain has."""
        self.note(Difference(table, key, "row", None, on_chain))

    def surplus(self, table: str, key: str, indexed: Any = True) -> None:
        """Note a row that only the index has."""
        self.note(Difference(table, key, "row", indexed, None))

    def to_json(self) -> dict[str, Any]:
        """Keys `blockNumber, blockHash, isFull, agrees, compared, differenceCount, differences`."""
        return {
            "blockNumber": self.block_number,
            "blockHash": "0x" + self.block_hash.hex(),
            "isFull": self.is_full,
            "agrees": self.agrees,
            "compared": dict(sorted(self.compared.items())),
            "differenceCount": self.found,
            "differences": [difference.to_json() for difference in self.differences],
        }


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
        seed: Chooses the same rows again.
        advance: Called after each page of rows.

    Raises:
        IndexDatabaseError: The index is empty, a first load is not at its end, or it cannot be read.
        NodeError: The node does not answer, or has not the block.
        RpcError: The node refuses, or has no state of the block.
    """
    from registrum.index.comparing_sample import compare_sample

    listing = read_listing(rpc, manifest)
    first = first_block(manifest)
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(index.snapshot())
        progress = _complete(index, index.progress(connection), listing)
        found = Comparison(progress.block_number or 0, progress.block_hash or b"", sample is None)
        state = ChainState(rpc, listing.contracts, found.block_number, found.block_hash)
        decoder = Decoder(listing.contracts)
        reader = LogReader(rpc, [one.address for one in listing.contracts], decoder.follows)
        if sample is None:
            # Reading everything takes as long as a first load; a database cannot clean up behind so long a reader.
            stack.close()
            _compare_all(found, index, progress, state, listing, reader, first, advance)
        else:
            chance = random.Random(seed)  # noqa: S311 - no secret
            compare_sample(found, connection, state, listing, reader, first, sample, chance, advance)
        state.check()
    return found


def _complete(index: Index, progress: Progress | None, listing: Listing) -> Progress:
    if progress is None or not progress.is_ready or progress.contracts != listing.described:
        raise IndexDatabaseError(
            f"the index {index.shown_url} is not complete", remedy="Run `registrum index run --once` first."
        )
    return progress


def _compare_all(
    found: Comparison,
    index: Index,
    progress: Progress,
    state: ChainState,
    listing: Listing,
    reader: LogReader,
    first: int,
    advance: Callable[[], None],
) -> None:
    from registrum.index.comparing_rows import compare_tables
    from registrum.index.comparing_state import Rows, compare_state

    with _derived(found, reader, listing, first, advance) as derived, derived.snapshot() as theirs:
        compare_state(found, Rows(theirs, advance), state)
        with index.snapshot() as ours:
            now = index.progress(ours)
            if now is None or now.generation != progress.generation or (now.block_number or 0) < found.block_number:
                raise IndexDatabaseError(
                    f"the index {index.shown_url} went back during the comparison", remedy="Compare again."
                )
            compare_tables(found, ours, theirs, now.block_number or 0, advance)


@contextlib.contextmanager
def _derived(
    found: Comparison, reader: LogReader, listing: Listing, first: int, advance: Callable[[], None]
) -> Iterator[Index]:
    """An index of its own, out of all logs up to the block, in a folder that is gone afterwards."""
    decoder, last = Decoder(listing.contracts), found.block_number
    with (
        tempfile.TemporaryDirectory(prefix="registrum-compare-") as folder,
        open_index(Path(folder) / "derived.sqlite") as made,
    ):
        with made.write() as connection:
            made.drop_indexes(connection)
        with contextlib.closing(read_ahead(reader, first, last)) as spans:
            for span in spans:
                if span.last.number == last and span.last.hash != found.block_hash:
                    raise NodeError("the chain changed during the comparison", remedy="Compare again.")
                with made.write() as connection:
                    insert_rows(made, connection, decoder.decode(span.logs, span.blocks))
                advance()
        with made.write() as connection:
            made.create_indexes(connection)
        after, end = 0, last_position(last)
        while after < end:
            with made.write() as connection:
                up_to = next_settlement(connection, after, last)
                settle(made, connection, after, up_to, listing.registries)
            after = up_to
            advance()
        yield made


def told(value: Any) -> str:
    """A value for a person."""
    return "nothing" if value is None else "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _json(value: Any) -> Any:
    return "0x" + value.hex() if isinstance(value, bytes) else value
