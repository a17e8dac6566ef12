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
from typing import TYPE_CHECKING

from registrum.index.reading_accounts import AccountReader
from registrum.index.reading_digests import DigestReader
from registrum.index.reading_effects import EffectReader
from registrum.index.searching import Searcher
from registrum.index.snapshot import Kept

if TYPE_CHECKING:
    from registrum.index.store import Index

__all__ = ["IndexReader", "read_index"]


class IndexReader(Searcher, DigestReader, AccountReader, EffectReader):
    """Answers of the index at one block.

    Records: `look_up`, `record`, `records`, `suspects`, `versions`, `anchors`, `anchor`. Digests: `by_digest`,
    `by_digest_under`. Offices: `offices`, `office`, `keys`, `key`, `calendar`, `calendars`. Claims: `check_priority`,
    `check_priorities`, `claims_by`, `claims_on`. Trade marks and designs: `entry`, `entries`, `events`,
    `timeline`, `standing`, `status_on`, `relations`, `codes`, `bodies`. Searches: `search_applications`,
    `search_entries`, `office_counts`. Accounts: `roles`, `signed_events`. Events: `history`, `feed`, `has_block`,
    `transaction`, `effect_of`. The block: `freshness`, `now`, `today`.

    While the chain is still being read into the index, only the block is told: all else would say *not covered* or *not
    found* of what is recorded, and raises `IndexIncompleteError`.
    """


_kept: weakref.WeakKeyDictionary[Index, Kept] = weakref.WeakKeyDictionary()
_kept_lock = threading.Lock()


@contextlib.contextmanager
def read_index(index: Index) -> Iterator[IndexReader]:
    """One consistent view of an index.

    Raises:
        IndexDatabaseError: The database does not answer.
    """
    with _kept_lock:
        kept = _kept.setdefault(index, Kept())
    with index.snapshot() as connection:
        yield IndexReader(connection, kept)
