"""Following a chain: range after range into the tables, and back where the chain itself went back.

Every range is one transaction with the row of `progress`, so that whatever ends the process leaves whole ranges. A
first load drops the indexes, appends, and builds indexes and version tables at its end; from then on each block is
worked in completely in its own transaction.

The tables are those of the contracts of one deployment: of its manifest, and of the application registries that the
address book lists. Where a vote changes that list, all is read anew, because a new registry may be older than the vote.

Not its job: reading logs (`registrum.index.node`), what they mean (`registrum.index.decoding`,
`registrum.index.settling`), and where branches part (`registrum.index.branches`).
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from registrum.deployment.manifest import Manifest
from registrum.errors import IndexDatabaseError, IndexMismatchError, NodeError, RegistrumError, RpcError
from registrum.index.activity import Activity
from registrum.index.branches import common_block, undo
from registrum.index.decoding import Decoder
from registrum.index.listing import Listing, first_block, followed_contracts, read_listing, same_deployment
from registrum.index.node import Header, LogReader, Span, patiently, read_ahead
from registrum.index.ranges import forget_checkpoints, insert_rows, next_settlement, rare_collections
from registrum.index.settling import settle
from registrum.index.store import Index, Progress, last_position
from registrum.index.tables import checkpoints

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from registrum.chain.rpc import RpcClient

__all__ = ["Activity", "Follower", "followed_contracts"]

_READ_AHEAD_FROM: Final = 8
"""Blocks from which a thread that reads ahead pays."""
_T = TypeVar("_T")
_POLL_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
_RACE_PAUSE_S: Final = 0.05
"""Seconds after which is looked again, where another process or node was quicker."""


@dataclass(frozen=True, slots=True)
class _Sources:
    """What is read, once node, manifest and database were found to belong together.

    Attributes:
        reader: Reads the logs.
        decoder: Reads what they say.
        listing: The contracts.
        awaits: Block that the node must have before its list of contracts counts, since that of the index is newer;
            None if it counts.
    """

    reader: LogReader
    decoder: Decoder
    listing: Listing
    awaits: int | None


class _RacedError(Exception):
    """Another process wrote the index meanwhile."""


class Follower:
    """Keeps an index up with a chain. One at a time writes an index; a second one waits or goes on from there.

    Args:
        index: The database.
        rpc: A node; not closed here.
        manifest: The deployment.
        report: Called after each range, and with each change of `activity.stage`.
        patience_s: Seconds for which the node may fail before `catch_up` gives up; `run` never does.
    """

    def __init__(
        self,
        index: Index,
        rpc: RpcClient,
        manifest: Manifest,
        *,
        report: Callable[[Activity], None] | None = None,
        patience_s: float = 120.0,
    ) -> None:
        self.index, self.activity = index, Activity()
        self._rpc, self._manifest = rpc, manifest
        self._report = report or (lambda _activity: None)
        self._patience_s = patience_s
        self._stop = threading.Event()
        self._sources: _Sources | None = None

    def run(self, stop: threading.Event, *, poll_s: float = _POLL_S) -> None:
        """Follow until `stop` is set; failures of the node are waited out, and other processes that write.

        Raises:
            IndexMismatchError: The database is that of another chain or deployment.
            NetworkMismatchError: The node is on another chain, or the offices replaced a contract of the manifest.
            IndexDatabaseError: The database cannot be written.
        """
        self._stop, self._sources = stop, None
        pause = poll_s
        while not stop.is_set():
            try:
                self.catch_up()
                pause = poll_s
            except (NodeError, RpcError) as error:
                self._failed(error)
                # Whatever is wrong with the node, it may be another one when it comes back.
                self._sources = None
                pause = min(_LONGEST_PAUSE_S, pause * 2)
            except IndexDatabaseError as error:
                if not error.details.get("isHeld"):
                    raise
                self._failed(error)
                self._sources = None
            stop.wait(pause)

    def catch_up(self) -> Progress:
        """Read up to the newest block of the node, and work all of it in.

        Returns:
            How far the index is.

        Raises:
            NodeError: The node does not answer, or talks nonsense.
            RpcError: The node refuses.
            IndexMismatchError: The database is that of another chain or deployment.
            NetworkMismatchError: The node is on another chain, or the offices replaced a contract of the manifest.
            IndexDatabaseError: The database cannot be written.
        """
        while True:
            try:
                progress = self._advance()
            except _RacedError:
                # The other one may know of a vote that changed what is followed.
                self._sources, progress = None, None
                self._stop.wait(_RACE_PAUSE_S)
            if progress is not None:
                return progress

    def rebuild(self) -> Progress:
        """Empty all tables, those of another chain or deployment too, and read everything again; as `catch_up` else.

        Nothing is emptied before node and manifest were found to belong together, and the node to have the contracts.
        """
        listing = self._listed()
        oldest = first_block(self._manifest)
        if listing.head.number < oldest:
            raise NodeError(
                f"the node has no block after {listing.head.number} yet, and the contracts begin in block {oldest}",
                remedy="Wait until it has caught up with its network, or name another node.",
            )
        with self.index.write() as connection:
            self._begin(connection, listing)
        self._sources = None
        return self.catch_up()

    def _advance(self) -> Progress | None:
        """One step towards the newest block: how far the index is once there is nothing to do, None before.

        Raises:
            _RacedError: Another process wrote the index meanwhile.
        """
        sources = self._prepared()
        progress = self._progress()
        head = sources.reader.head()
        self._show(progress, head)
        if progress.block_number is not None and self._roll_back_to_common(
            sources, progress.block_number, progress, head
        ):
            return None
        if self._stop.is_set():
            # A first load that is cut short goes on later, without indexes until its end.
            return progress
        if sources.awaits is not None:
            self._sources = None
            if head.number < sources.awaits:
                self.activity.last_error = f"the node has block {head.number}, the index is of block {sources.awaits}"
                return progress
            self._stop.wait(_RACE_PAUSE_S)
            return None
        _check_listing(sources, progress)
        if progress.has_indexes and not progress.is_ready and progress.block_number is not None:
            # Before new blocks, each of which is worked in together with all that is left before it.
            self._finish(sources, progress)
            return None
        first = first_block(self._manifest) if progress.block_number is None else progress.block_number + 1
        if first <= head.number:
            self._load(sources, progress, first, head)
            return None
        if progress.block_number is not None and not progress.is_ready and progress.block_number <= head.number:
            self._finish(sources, progress)
            return None
        self._stage("following")
        self.activity.events_a_second, self.activity.last_error = 0.0, ""
        return progress

    def _prepared(self) -> _Sources:
        """What to read, after a check that node, manifest and database belong together."""
        if self._sources is not None:
            return self._sources
        listing = self._listed()
        awaits = self._settle_contracts(listing)
        decoder = Decoder(listing.contracts)
        reader = LogReader(
            self._rpc,
            [one.address for one in listing.contracts],
            decoder.follows,
            stop=self._stop,
            patience_s=self._patience_s,
            on_error=self._failed,
        )
        self._sources = _Sources(reader, decoder, listing, awaits)
        return self._sources

    def _listed(self) -> Listing:
        return read_listing(self._rpc, self._manifest, self._patiently)

    def _patiently(self, action: Callable[[], _T], /) -> _T:
        return patiently(action, stop=self._stop, patience_s=self._patience_s, on_error=self._failed)

    def _settle_contracts(self, listing: Listing) -> int | None:
        """Begin an index, or check that the one there is of these contracts.

        Returns:
            Block that the node must have before its list counts; None if it counts.
        """
        manifest = self._manifest
        with self.index.write() as connection:
            progress = self.index.progress(connection)
            if progress is None:
                self._begin(connection, listing)
                return None
            if (progress.chain_id, progress.genesis_hash) != (manifest.chain_id, manifest.genesis_hash):
                raise IndexMismatchError(
                    f"the index {self.index.shown_url} is of another chain: id {progress.chain_id}, "
                    f"block 0 0x{progress.genesis_hash.hex()}"
                )
            if progress.contracts == listing.described:
                if progress.needs_listing and progress.block_number is not None:
                    if listing.head.number < progress.block_number:
                        return progress.block_number
                    self.index.set_progress(connection, settled_to=last_position(progress.block_number))
                newest = max(progress.listed_at or 0, listing.head.number)
                if newest != progress.listed_at:
                    self.index.set_progress(connection, listed_at=newest)
                return None
            if not same_deployment(progress.contracts, listing.described):
                raise IndexMismatchError(
                    f"the index {self.index.shown_url} is of another deployment on chain {progress.chain_id}"
                )
            if progress.listed_at is not None and listing.head.number < progress.listed_at:
                # This node, or this look at it, is older than that of the process which began the index.
                return progress.listed_at
            self._begin(connection, listing)
            return None

    def _begin(self, connection: Connection, listing: Listing) -> None:
        """Empty the tables, for a first load of these contracts."""
        self.index.empty(connection)
        self.index.set_progress(
            connection,
            chain_id=self._manifest.chain_id,
            genesis_hash=self._manifest.genesis_hash,
            contracts=listing.described,
            block_number=None,
            block_hash=None,
            block_time=None,
            settled_to=0,
            has_indexes=False,
            listed_at=listing.head.number,
            generation=secrets.randbits(62),
        )

    def _progress(self) -> Progress:
        with self.index.snapshot() as connection:
            progress = self.index.progress(connection)
        if progress is None:
            # Emptied by another process.
            raise _RacedError
        return progress

    def _load(self, sources: _Sources, progress: Progress, first: int, head: Header) -> None:
        """Read ranges up to the head; returns early where the chain, the contracts or the index turn out others."""
        is_bulk = not progress.has_indexes
        at = progress.block_number
        with contextlib.ExitStack() as stack:
            if is_bulk:
                stack.enter_context(rare_collections())
                self._drop_indexes()
            spans: Iterator[Span]
            if head.number - first >= _READ_AHEAD_FROM:
                spans = stack.enter_context(contextlib.closing(read_ahead(sources.reader, first, head.number)))
            else:
                spans = _one_by_one(sources.reader, first, head.number)
            began = time.perf_counter()
            for span in spans:
                self._stage("reading")
                changes_versions, events = self._write(sources, span, at)
                at, now = span.last.number, time.perf_counter()
                self.activity.events_a_second, began = events / max(now - began, 1e-9), now
                self._report(self.activity)
                if changes_versions:
                    # Which contracts count is asked again; in a first load, when all is read.
                    self._sources = None
                if self._stop.is_set() or (self._sources is None and not is_bulk):
                    return

    def _drop_indexes(self) -> None:
        """Of a bulk load; where a reader holds them it is slower, and right."""
        try:
            with self.index.write() as connection:
                self.index.drop_indexes(connection)
        except IndexDatabaseError as error:
            if not error.details.get("isHeld"):
                raise
            self._failed(error)

    def _write(self, sources: _Sources, span: Span, expected: int | None) -> tuple[bool, int]:
        """One range, in one transaction; whether it changes which contracts count, and its events.

        Raises:
            _RacedError: The range does not continue what is in the tables, or these are of other contracts by now.
        """
        decoded = sources.decoder.decode(span.logs, span.blocks)
        last = span.last
        with self.index.write() as connection:
            progress = self.index.progress(connection)
            if progress is None or progress.block_number != expected:
                raise _RacedError
            _check_listing(sources, progress)
            if progress.block_hash is not None and span.parent != progress.block_hash:
                raise _RacedError
            insert_rows(self.index, connection, decoded)
            self.index.insert(connection, checkpoints, [(last.number, last.hash, last.time)])
            values: dict[str, Any] = {
                "block_number": last.number,
                "block_hash": last.hash,
                "block_time": last.time,
            }
            if progress.has_indexes:
                up_to = last_position(last.number)
                settle(self.index, connection, progress.settled_to, up_to, sources.listing.registries)
                # After a vote the tables do not answer before the list of contracts was read again.
                values["settled_to"] = up_to - 1 if decoded.changes_versions else up_to
            self.index.set_progress(connection, **values)
            forget_checkpoints(connection)
        activity = self.activity
        activity.blocks += last.number - span.first + 1
        activity.events += decoded.events
        activity.ignored += decoded.ignored
        activity.block_number, activity.block_time = last.number, last.time
        return decoded.changes_versions, decoded.events

    def _finish(self, sources: _Sources, progress: Progress) -> None:
        """Build what a first load left out."""
        if not progress.has_indexes:
            listed = sources.listing.head
            [present] = sources.reader.headers([listed.number])
            if present is None or present.hash != listed.hash:
                # The chain took back blocks during the load, and with them maybe a vote that no range has shown.
                self._sources = None
                return
            self._stage("indexing")
            with self.index.write() as connection:
                current = self.index.progress(connection)
                if current is None or current.block_number != progress.block_number:
                    raise _RacedError
                _check_listing(sources, current)
                self.index.create_indexes(connection)
                self.index.set_progress(connection, has_indexes=True)
        self._stage("settling")
        while not self._stop.is_set():
            with self.index.write() as connection:
                current = self.index.progress(connection)
                if current is None:
                    raise _RacedError
                _check_listing(sources, current)
                if current.is_ready or current.block_number is None:
                    return
                up_to = next_settlement(connection, current.settled_to, current.block_number)
                settle(self.index, connection, current.settled_to, up_to, sources.listing.registries)
                self.index.set_progress(connection, settled_to=up_to)
            self._report(self.activity)

    def _roll_back_to_common(self, sources: _Sources, number: int, progress: Progress, head: Header) -> bool:
        """Undo the blocks that the chain has no more; whether there were any.

        A block counts as undone only where the node has another one of its number: a node that is still syncing, or
        one of several that has not the newest blocks yet, has none.
        """
        common, is_other_branch = common_block(self.index, sources.reader, progress, head)
        if not is_other_branch:
            return False
        with self.index.write() as connection:
            current = self.index.progress(connection)
            if current is None or current.block_hash != progress.block_hash:
                raise _RacedError
            if common is None:
                self._begin(connection, sources.listing)
                self.index.set_progress(connection, listed_at=None)
            else:
                undo(self.index, connection, current, common)
        back_to = first_block(self._manifest) - 1 if common is None else common.number
        self.activity.reorganisations += 1
        self.activity.undone_blocks += max(0, number - back_to)
        # A vote for another registry may be among what was undone.
        self._sources = None
        return True

    def _show(self, progress: Progress, head: Header) -> None:
        activity = self.activity
        activity.head_number = head.number
        activity.block_number, activity.block_time = progress.block_number, progress.block_time

    def _stage(self, stage: str) -> None:
        if self.activity.stage != stage:
            self.activity.stage = stage
            self._report(self.activity)

    def _failed(self, error: Exception) -> None:
        self.activity.errors += 1
        self.activity.last_error = error.message if isinstance(error, RegistrumError) else str(error)


def _one_by_one(reader: LogReader, first: int, limit: int) -> Iterator[Span]:
    at = first
    while at <= limit:
        span = reader.read(at, limit)
        at = span.last.number + 1
        yield span


def _check_listing(sources: _Sources, progress: Progress) -> None:
    """Whether the index is still of the contracts that are read; `_RacedError` if it is not."""
    if progress.contracts != sources.listing.described or progress.needs_listing:
        raise _RacedError
