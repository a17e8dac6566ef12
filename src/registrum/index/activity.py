"""What a follower has done, for those who watch it.

Not its job: figures for Prometheus (`registrum.index.metrics`).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Activity"]


@dataclass(slots=True)
class Activity:
    """What a follower did since it was made; read by other threads.

    Attributes:
        blocks: Blocks that were read.
        events: Events that were written.
        ignored: Logs of other contracts that the node sent.
        reorganisations: How often blocks were undone.
        undone_blocks: Blocks that were undone.
        errors: Failures of the node, those that were waited out included.
        block_number: Newest block in the tables; None before the first.
        block_time: Its time, seconds since 1970.
        head_number: Newest block of the node; None before it was asked.
        last_error: Text of the last failure; empty while all is well.
        events_a_second: Over the last range of a load; 0 when it waits for blocks.
        stage: `reading`, `indexing`, `settling` or `following`.
    """

    blocks: int = 0
    events: int = 0
    ignored: int = 0
    reorganisations: int = 0
    undone_blocks: int = 0
    errors: int = 0
    block_number: int | None = None
    block_time: int | None = None
    head_number: int | None = None
    last_error: str = ""
    events_a_second: float = 0.0
    stage: str = "reading"

    @property
    def lag(self) -> int | None:
        """Blocks of the node that are not in the tables; None if that is not known."""
        if self.head_number is None or self.block_number is None:
            return None
        return max(0, self.head_number - self.block_number)
