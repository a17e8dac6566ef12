"""Logs of contracts over ranges of blocks as wide as the node answers.

Not its job: what the logs say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from registrum.chain.rpc import RpcClient, as_quantity
from registrum.errors import NodeError, RpcError

__all__ = ["logs_in_ranges"]

_MOST_BLOCKS = 5_000
"""Besu and several providers answer no wider range of blocks."""


def logs_in_ranges(
    rpc: RpcClient, addresses: Sequence[str], topics: Sequence[Any], first_block: int, last_block: int | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Logs of contracts in order, as the node sends them, one list a range.

    Args:
        rpc: The node.
        addresses: The contracts.
        topics: As in `eth_getLogs`. Not every node heeds them.
        first_block: First block.
        last_block: Last block; the newest if None.

    Raises:
        NodeError: The node cannot be reached, or talks nonsense.
        RpcError: The node refuses even a single block.
    """
    last = as_quantity(rpc.call("eth_blockNumber"), "block number") if last_block is None else last_block
    start, width = first_block, _MOST_BLOCKS
    while start <= last:
        end = min(last, start + width - 1)
        query = {"fromBlock": hex(start), "toBlock": hex(end), "address": list(addresses), "topics": list(topics)}
        try:
            logs = rpc.call("eth_getLogs", [query])
        except RpcError:
            # Too many events, or too wide: nodes say it in a hundred ways, and a single block must be possible.
            if end == start:
                raise
            width = max(1, (end - start + 1) // 4)
            continue
        if not isinstance(logs, list) or not all(isinstance(log, dict) for log in logs):
            raise NodeError("the node sent no list of events")
        yield logs
        start = end + 1
        width = min(_MOST_BLOCKS, width * 2)
