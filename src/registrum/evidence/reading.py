"""Headers, words and proofs as a node gives them (EIP-1186), for bundles in the making.

Not its job: to trust any of it; a finished bundle is verified like every other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rlp

from registrum.chain.rpc import RpcClient, as_data
from registrum.errors import NodeError, RegistrumError, RpcError
from registrum.evidence.canonical import hexed
from registrum.evidence.chain import CodeAt, Consensus
from registrum.evidence.headers import Header
from registrum.signing.keccak import keccak

__all__ = ["NodeWords", "ReadHeader", "proof_nodes", "read_header"]

_QUANTITIES = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)
_FIELDS = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty"),
    *("number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce"),
)
_LATER_FIELDS = (
    *("baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash"),
)
"""EIP-1559, 4895, 4844, 4788, 7685: each fork adds to the end."""


@dataclass(frozen=True, slots=True)
class ReadHeader:
    """A header, and the hash that the node gives the block.

    Attributes:
        header: The header.
        hash: 32 bytes.
    """

    header: Header
    hash: bytes


def read_header(rpc: RpcClient, block: int | str) -> ReadHeader:
    """Put a header together from what `eth_getBlockByNumber` says of a block.

    Args:
        rpc: A node.
        block: Number, or `latest`.

    Raises:
        NodeError: The node does not have the block, or talks nonsense.
        RpcError: It refuses.
    """
    name = block if isinstance(block, str) else hex(block)
    answer = rpc.call("eth_getBlockByNumber", [name, False])
    if not isinstance(answer, dict):
        raise NodeError(f"the node does not have block {block}")
    names = [*_FIELDS, *(each for each in _LATER_FIELDS if answer.get(each) is not None)]
    try:
        items = [_item(each, answer[each]) for each in names]
        header = Header.read(rlp.encode(items))
        return ReadHeader(header, as_data(answer["hash"], "hash", 32))
    except (KeyError, TypeError, ValueError, RegistrumError) as error:
        raise NodeError(f"the node sent no header for block {block}: {error}") from error


def require_hash(read: ReadHeader, consensus: Consensus) -> None:
    """Refuse a header whose hash is not the one that the node gives the block.

    Raises:
        NodeError: It is so: the header has parts that this version does not know, or the chain is of another kind.
    """
    if read.header.hash(consensus) != read.hash:
        raise NodeError(
            f"the header of block {read.header.number} does not lead to its hash 0x{read.hash.hex()}",
            remedy="Its headers have a form that this version does not know, or another consensus than described.",
        )


class NodeWords:
    """Words that a node gives for one block; it remembers which were asked for.

    Args:
        rpc: The node.
        block: Number of the block.
    """

    def __init__(self, rpc: RpcClient, block: int) -> None:
        self._rpc = rpc
        self._block = hex(block)
        self._read: dict[tuple[bytes, int], int] = {}

    def word(self, contract: CodeAt, slot: int) -> int:
        """The word in a slot of a contract."""
        known = self._read.get((contract.address, slot))
        if known is None:
            call = [hexed(contract.address), "0x" + slot.to_bytes(32, "big").hex(), self._block]
            answer = self._rpc.call("eth_getStorageAt", call)
            known = self._read[contract.address, slot] = int.from_bytes(as_data(answer, "a word"), "big")
        return known

    def slots(self) -> Mapping[bytes, list[int]]:
        """Slots that were asked for, by the address of their contract."""
        slots: dict[bytes, list[int]] = {}
        for address, slot in self._read:
            slots.setdefault(address, []).append(slot)
        return slots


def proof_nodes(rpc: RpcClient, block: int, slots: Mapping[bytes, list[int]]) -> list[bytes]:
    """The trie nodes that show slots of contracts at a block, sorted by their hash.

    Raises:
        NodeError: The node talks nonsense.
        RpcError: It has no proofs, or none of that block any more.
    """
    nodes: dict[bytes, bytes] = {}
    calls = [
        ("eth_getProof", [hexed(address), ["0x" + each.to_bytes(32, "big").hex() for each in wanted], hex(block)])
        for address, wanted in slots.items()
    ]
    for answer in rpc.batch(calls):
        if isinstance(answer, RpcError):
            raise answer
        for node in _nodes_of(answer):
            nodes[keccak(node)] = node
    return [nodes[key] for key in sorted(nodes)]


def _nodes_of(answer: Any) -> list[bytes]:
    try:
        listed = [answer["accountProof"], *(each["proof"] for each in answer["storageProof"])]
        # A node that is shorter than its hash stands in its parent; some clients list it once more.
        found = [as_data(node, "a trie node") for proof in listed for node in proof]
    except (KeyError, TypeError) as error:
        raise NodeError("the node sent no proof (EIP-1186)") from error
    return [node for node in found if len(node) >= 32]


def _item(name: str, value: Any) -> bytes:
    if name in _QUANTITIES:
        number = int(value, 16)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    return as_data(value, name)
