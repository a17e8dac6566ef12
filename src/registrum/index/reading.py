"""`IndexReader`: the index as callers ask it, one consistent view at a time.

    with read_index(index) as reader:
        reader.look_up(number)

Everything that one reader says is of one block, which `freshness` names. Names and values are those of
`registrum.registry.Registry`, so that pages and interfaces can be given either. Not its job: following the chain
(`registrum.index.following`), governance, which is read from a node.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from registrum.index import tables
from registrum.index.counting import Counter
from registrum.index.reading_events import EventReader
from registrum.index.searching import Searcher
from registrum.index.snapshot import Memory

if TYPE_CHECKING:
    from registrum.index.store import Index

__all__ = ["IndexReader", "read_index"]


class IndexReader(Searcher, EventReader):
    """Answers of the index at one block.

    Records: `look_up`, `record`, `records`, `versions`, `by_digest`, `anchors`, `anchor`. Offices: `offices`, `office`,
    `keys`, `key`, `calendar`, `calendars`. Claims: `check_priority`, `check_priorities`, `judge`, `claims_by`,
    `claims_on`. Trade marks and designs: `entry`, `entries`, `events`, `timeline`, `standing`, `status_on`,
    `relations`, `codes`, `bodies`. Searches: `search_applications`, `search_entries`, `office_counts`. Events:
    `history`, `feed`, `transaction`. The block: `freshness`, `now`, `today`.
    """


class _Kept:
    """What is remembered of an index between readers: the memory of the newest block that was read, and counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._block: tuple[Any, ...] | None = None
        self._memory = Memory()
        self.counter = Counter()

    def memory_of(self, block: tuple[Any, ...]) -> Memory:
        """The memory of a block; of another block than before a new one."""
        with self._lock:
            if block != self._block:
                self._block, self._memory = block, Memory()
            return self._memory


_kept: weakref.WeakKeyDictionary[Index, _Kept] = weakref.WeakKeyDictionary()
_kept_lock = threading.Lock()


@contextlib.contextmanager
def read_index(index: Index) -> Iterator[IndexReader]:
    """One consistent view of an index.

    Raises:
        IndexDatabaseError: The database does not answer.
    """
    with _kept_lock:
        kept = _kept.setdefault(index, _Kept())
    columns = (tables.progress.c.block_hash, tables.progress.c.settled_to, tables.progress.c.has_indexes)
    with index.snapshot() as connection:
        block = connection.execute(select(*columns)).one_or_none()
        yield IndexReader(connection, kept.memory_of(tuple(block or ())), kept.counter)
