"""Following the feed over a chain that goes back: who asks for its last block is told that it is gone."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from registrum.errors import InputError
from registrum.index import tables
from registrum.index.reading import read_index
from registrum.index.store import Index
from tests.index.rows import Rows


def newest(index: Index) -> tuple[int, str]:
    with read_index(index) as reader:
        fresh = reader.freshness()
    assert fresh.block_number is not None
    assert fresh.block_hash is not None
    return fresh.block_number, fresh.block_hash


def has_block(index: Index, block: tuple[int, str]) -> bool:
    with read_index(index) as reader:
        return reader.has_block(*block)


def remember_checkpoint(index: Index) -> None:
    """As a follower does with the end of each range."""
    with index.write() as connection:
        row = connection.execute(sa.select(tables.progress)).one()
        index.insert(connection, tables.checkpoints, [(row.block_number, row.block_hash, row.block_time)])


def test_a_follower_of_the_feed_learns_that_its_block_is_gone(index: Index) -> None:
    rows = Rows(index, seed=3)
    rows.add(3)
    remember_checkpoint(index)
    kept = newest(index)
    assert has_block(index, kept)
    rows.add(2)
    remember_checkpoint(index)
    lost = newest(index)
    assert has_block(index, kept)
    assert has_block(index, lost)
    with read_index(index) as reader:
        event = reader.feed(1)[0]
    last, seen = event.position, event.transaction_hash
    rows.go_back(2)
    # The new branch is as long, and its events stand where those of the other stood.
    rows.add(2)
    with read_index(index) as reader:
        assert all(event.position > last for event in reader.feed(after=last))
        assert reader.feed(1)[0].transaction_hash != seen
    assert newest(index)[0] == lost[0]
    assert has_block(index, kept)
    assert not has_block(index, lost)
    rows.add(1)
    assert not has_block(index, lost)
    assert has_block(index, newest(index))


def test_blocks_of_events_are_known_and_others_are_not(index: Index) -> None:
    rows = Rows(index, seed=4)
    rows.add(3)
    with index.snapshot() as connection:
        block = connection.execute(sa.select(tables.blocks).where(tables.blocks.c.number == 2)).one()
    assert has_block(index, (2, "0x" + block.hash.hex()))
    assert not has_block(index, (2, "0x" + hashlib.sha256(b"another").hexdigest()))
    assert not has_block(index, (1_000, "0x" + block.hash.hex()))
    with pytest.raises(InputError, match="hash of a block"):
        has_block(index, (2, "0x12"))
