"""What every range of blocks has in common, whoever reads it: its rows, how much is worked in at once, what is kept.

Not its job: which ranges, and when (`registrum.index.following`, `registrum.index.comparing`).
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from registrum.index.decoding import REGISTERED_COMMON, REGISTERED_CONSTANTS, REGISTERED_OWN, Decoded
from registrum.index.store import Index, last_position
from registrum.index.tables import LOG_BITS, applications, blocks, checkpoints, metadata

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["forget_checkpoints", "insert_rows", "next_settlement", "rare_collections"]

KEPT_CHECKPOINTS: Final = 1_024
BLOCKS_A_SETTLEMENT: Final = 1_000
_ALLOCATIONS_A_COLLECTION: Final = 200_000
_TABLES: Final = {table.name: table for table in metadata.sorted_tables}


def insert_rows(index: Index, connection: Connection, decoded: Decoded) -> None:
    """Insert what logs say, as rows that are not worked in yet.

    Args:
        index: The database.
        connection: Of `index.write`.
        decoded: The rows.
    """
    index.insert_alike(
        connection, applications, REGISTERED_COMMON, REGISTERED_OWN, REGISTERED_CONSTANTS, decoded.registered
    )
    for name, rows in decoded.rows.items():
        index.insert(connection, _TABLES[name], rows)


def next_settlement(connection: Connection, after: int, last: int) -> int:
    """Position up to which events are worked in next, so that they fit into memory.

    Args:
        connection: Of `index.write`.
        after: Position of the last event that is worked in.
        last: Block up to which they are to be worked in.
    """
    later = sa.select(blocks.c.number).where(blocks.c.number > after >> LOG_BITS, blocks.c.number <= last)
    end = connection.execute(later.order_by(blocks.c.number).offset(BLOCKS_A_SETTLEMENT).limit(1)).scalar()
    return last_position(last if end is None else end)


def forget_checkpoints(connection: Connection) -> None:
    """Keep the latest checkpoints."""
    oldest = (
        sa.select(checkpoints.c.block_number)
        .order_by(checkpoints.c.block_number.desc())
        .offset(KEPT_CHECKPOINTS)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(sa.delete(checkpoints).where(checkpoints.c.block_number <= oldest))


@contextlib.contextmanager
def rare_collections() -> Iterator[None]:
    """Few passes of the garbage collector, which cost half the rate: rows hold no cycles, but other threads may."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_A_COLLECTION, 50, 100)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
