"""What the contracts answer at one block, in the form in which the tables hold it.

Not its job: comparing (`registrum.index.comparing`).
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Sequence
from typing import Any, Final

from registrum.chain.codec import Kind, decode_values, kind_of
from registrum.chain.contracts import load_abi, load_artifact
from registrum.chain.profile import read_block
from registrum.chain.rpc import RpcClient, as_data
from registrum.dates import to_on_chain
from registrum.errors import NodeError, RpcError
from registrum.index.decoding import Followed
from registrum.numbers import OfficeNumber

__all__ = ["Call", "ChainState"]

Call = tuple[str, str, tuple[Any, ...]]
"""Contract, function and arguments."""

_CALLS_A_BATCH: Final = 200


class ChainState:
    """The contracts at one block, which the node must have, with its state.

    Args:
        rpc: The node.
        contracts: Those that are followed.
        block_number: The block.
        block_hash: Its hash.

    Raises:
        NodeError: The node has another block of this number, or none.
        RpcError: The node has no state of the block any more, and the block is not its newest one.
    """

    def __init__(self, rpc: RpcClient, contracts: Iterable[Followed], block_number: int, block_hash: bytes) -> None:
        self._rpc, self._hash, self._number = rpc, block_hash, block_number
        oldest_first = sorted(contracts, key=lambda one: one.registry)
        self._registries = {one.registry: one.address for one in oldest_first if one.registry}
        # Of the application registries the newest one answers for all of them.
        self._addresses = {one.name: one.address for one in oldest_first}
        self._block = hex(block_number)
        self.time = self.check()
        try:
            self._call("OfficeDirectory", "governance")
        except RpcError as error:
            head = read_block(rpc.call("eth_getBlockByNumber", ["latest", False]))
            if head.number != block_number:
                raise RpcError(
                    f"the node has no state of block {block_number} any more: {error.message}",
                    rpc_code=error.rpc_code,
                    remedy="Compare at once after the index has caught up, or with a node that keeps old state.",
                ) from error
            self._block = "latest"

    def has_registry(self, registry: int) -> bool:
        """Whether there are so many application registries."""
        return registry in self._registries

    def check(self) -> int:
        """Time of the block.

        Raises:
            NodeError: The node does not have it, or no more as its newest one where only that has state.
        """
        asked = [("eth_getBlockByNumber", (hex(self._number), False)), ("eth_getBlockByNumber", ("latest", False))]
        block, newest = self._rpc.batch(asked)
        for answer in (block, newest):
            if isinstance(answer, RpcError):
                raise answer
        found = None if block is None else read_block(block)
        moved = self._block == "latest" and read_block(newest).number != self._number
        if found is None or found.hash != self._hash or moved:
            raise NodeError(
                f"the node has not, or no more, the block {self._number} of the index at hand",
                remedy="Let the index catch up with this node, then compare again.",
            )
        return found.timestamp

    def ask(self, calls: Iterable[Call], registry: int = 0) -> list[Any]:
        """What functions return: one value, or a tuple of several; structs by name.

        Dates are numbers such as 20240131, office numbers texts, times seconds, accounts texts; 32 zero bytes, dates
        and office numbers that are zero are None.

        Args:
            calls: What to ask.
            registry: Which application registry is asked: 1 for the first one; 0 for the newest.

        Raises:
            NodeError: The node does not answer, or talks nonsense.
            RpcError: It refuses.
        """
        wanted = list(calls)
        found: list[Any] = []
        for at in range(0, len(wanted), _CALLS_A_BATCH):
            some = wanted[at : at + _CALLS_A_BATCH]
            answers = self._rpc.batch(("eth_call", (self._transaction(call, registry), self._block)) for call in some)
            for (contract, function, _arguments), answer in zip(some, answers, strict=True):
                if isinstance(answer, RpcError):
                    raise answer
                values = decode_values(_outputs(contract, function), as_data(answer, "result of a call"))
                plain = tuple(_plain(value) for value in values)
                found.append(plain[0] if len(plain) == 1 else plain)
        return found

    def ask_one(self, contract: str, function: str, *arguments: Any) -> Any:
        """As `ask`, for one call."""
        return self.ask([(contract, function, arguments)])[0]

    def _call(self, contract: str, function: str) -> None:
        self._rpc.call("eth_call", [self._transaction((contract, function, ())), self._block])

    def _transaction(self, call: Call, registry: int = 0) -> dict[str, str]:
        contract, function, arguments = call
        data = load_abi(contract).encode(function, *arguments)
        address = self._registries[registry] if registry else self._addresses[contract]
        return {"to": address, "data": "0x" + data.hex()}


@functools.cache
def _outputs(contract: str, function: str) -> Sequence[Kind]:
    [entry] = [
        entry for entry in load_artifact(contract)["abi"] if entry["type"] == "function" and entry["name"] == function
    ]
    return [kind_of(item, times=False) for item in entry["outputs"]]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, OfficeNumber):
        return value.text
    if isinstance(value, datetime.date):
        return to_on_chain(value)
    if isinstance(value, bytes) and len(value) == 32:
        return value if any(value) else None
    return value
