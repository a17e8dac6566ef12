"""Where the branch that is in the tables and that of the node part, and the way back to there.

Not its job: what comes after (`registrum.index.following`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.index.node import Header, LogReader
from registrum.index.store import Index, Progress, last_position
from registrum.index.tables import blocks, checkpoints

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["common_block", "undo"]

_CANDIDATES: Final = 100


def common_block(index: Index, reader: LogReader, progress: Progress, head: Header) -> tuple[Header | None, bool]:
    """Where the branches of tables and chain part.

    Args:
        index: The database.
        reader: Reads headers.
        progress: How far the index is.
        head: Newest block of the node.

    Returns:
        The newest block that both have, of those that the tables name, None for none; and whether the node has
        another block instead of one of the later ones.
    """
    number = progress.block_number
    if number is None:
        return None, False
    if number == head.number and head.hash == progress.block_hash:
        return head, False
    newest, is_other_branch, is_first = min(number, head.number), False, True
    while True:
        with index.snapshot() as connection:
            known = _known_blocks(connection, newest)
        if not known:
            return None, is_other_branch
        if is_first:
            # Mostly the newest of them is on the chain, and nothing else is asked for.
            known, is_first = known[:1], False
        for ours, theirs in zip(known, reader.headers(one.number for one in known), strict=True):
            if theirs is not None and theirs.hash == ours.hash:
                return ours, is_other_branch
            is_other_branch = is_other_branch or theirs is not None
        newest = known[-1].number - 1


def undo(index: Index, connection: Connection, current: Progress, common: Header) -> None:
    """Take back everything after a block.

    Args:
        index: The database.
        connection: Of `index.write`.
        current: How far the index is.
        common: The block.
    """
    index.roll_back(connection, common.number)
    end = last_position(common.number)
    values: dict[str, Any] = {"settled_to": min(current.settled_to, end)}
    if current.listed_at is None or current.listed_at > common.number:
        values["listed_at"] = common.number
        if current.has_indexes:
            values["settled_to"] = min(current.settled_to, end - 1)
    index.set_progress(
        connection,
        block_number=common.number,
        block_hash=common.hash,
        block_time=common.time,
        **values,
    )


def _known_blocks(connection: Connection, newest: int) -> list[Header]:
    """Blocks whose hashes are in the tables, from one downwards."""
    found: dict[int, Header] = {}
    for number, block_hash, seconds in (
        (blocks.c.number, blocks.c.hash, blocks.c.time),
        (checkpoints.c.block_number, checkpoints.c.block_hash, checkpoints.c.block_time),
    ):
        query = sa.select(number, block_hash, seconds).where(number <= newest).order_by(number.desc())
        for row in connection.execute(query.limit(_CANDIDATES)):
            found[row[0]] = Header(row[0], row[1], b"", row[2])
    return [found[number] for number in sorted(found, reverse=True)][:_CANDIDATES]
