"""Merkle trees of applications as OpenZeppelin's `StandardMerkleTree` builds them, independent of the client's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from eth_abi import encode
from eth_utils import keccak

from registrum.signing.statements import Registration


def encode_leaf(item: Registration) -> bytes:
    """The four words of a leaf."""
    return encode(["bytes32", "uint32", "uint8", "bytes32"], astuple(item))


def leaf_hash(item: Registration) -> bytes:
    """Node of a leaf: hashed twice."""
    return keccak(keccak(encode_leaf(item)))


def parent_hash(left: bytes, right: bytes) -> bytes:
    """Node over two nodes, in sorted order."""
    return keccak(min(left, right) + max(left, right))


def climb(node: bytes, path: Iterable[bytes]) -> bytes:
    """The root that a node and its siblings lead to."""
    for sibling in path:
        node = parent_hash(node, sibling)
    return node


class Tree:
    """A tree over some items: `root`, `path(item)`; `nodes` root first, leaves last."""

    def __init__(self, items: Sequence[Registration]) -> None:
        """Build the tree; leaves are sorted by hash."""
        self.items = list(items)
        leaves = sorted((leaf_hash(item) for item in items), reverse=True)
        self.nodes = [b""] * (len(leaves) - 1) + leaves
        for index in reversed(range(len(leaves) - 1)):
            self.nodes[index] = parent_hash(self.nodes[2 * index + 1], self.nodes[2 * index + 2])

    @property
    def root(self) -> bytes:
        """The root."""
        return self.nodes[0]

    def path(self, item: Registration) -> list[bytes]:
        """Siblings of a leaf, from the bottom up."""
        return self.path_of(self.nodes.index(leaf_hash(item), len(self.items) - 1))

    def path_of(self, index: int) -> list[bytes]:
        """Siblings of any node, from there up."""
        path = []
        while index:
            path.append(self.nodes[index + 1 if index % 2 else index - 1])
            index = (index - 1) // 2
        return path
