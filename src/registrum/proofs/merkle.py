"""The Merkle tree of an anchor, on raw bytes.

The tree is the one that OpenZeppelin's `StandardMerkleTree` ("standard-v1") builds over
`[bytes32 number, uint32 filingDate, uint8 disclosure, bytes32 digest]`, so that its JavaScript library makes the same
root and the same paths, and `MerkleProof.sol` verifies them:

    leaf   keccak256(keccak256(abi.encode(number, filingDate, disclosure, digest)))
    inner  keccak256(the two children, the smaller first)
    nodes  2n - 1 in one list, root first; children of i at 2i + 1 and 2i + 2; leaves last, in descending order of hash

The outer hash of a leaf is over 32 bytes, a node's over 64: neither can be passed off as the other. No node is ever
duplicated to fill a level, and the leaf count, which bounds the length of a path, is part of what the office signs. A
number occurs once in a tree. The path does not show a leaf's index (pairs are sorted): the index only says how long
the path is.

A million leaves take about 4 s and 0.4 GB. Not its job: salts and files (`registrum.proofs.store`), signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from struct import Struct
from typing import TypeAlias

from registrum.errors import InputError
from registrum.signing.keccak import keccak_256
from registrum.signing.statements import Registration

__all__ = [
    "MAX_LEAVES",
    "Leaf",
    "MerkleTree",
    "decode_leaf",
    "encode_leaf",
    "leaf_hash",
    "path_length",
    "root_of_path",
]

Leaf: TypeAlias = Registration
"""A leaf states what the office would otherwise sign by itself: number, filing date, disclosure, digest."""

MAX_LEAVES = 2**40 - 1
"""The leaf count is a `uint40` in the statement `Anchor`."""

_LEAF = Struct(">32s28xI31xB32s")
_BLOCK_DEPTH = 10


def encode_leaf(leaf: Leaf) -> bytes:
    """The four values of a leaf as `abi.encode` lays them out, 128 bytes."""
    return _LEAF.pack(leaf.number, leaf.filing_date, leaf.disclosure, leaf.digest)


def decode_leaf(encoded: bytes) -> Leaf:
    """The leaf in 128 bytes; the inverse of `encode_leaf`.

    Raises:
        InputError: Not 128 bytes, or a value is out of its range.
    """
    if len(encoded) != _LEAF.size:
        raise InputError(f"an encoded leaf has {_LEAF.size} bytes, got {len(encoded)}")
    leaf = Leaf(*_LEAF.unpack(encoded))
    if encode_leaf(leaf) != encoded:
        raise InputError("an encoded leaf has bytes set where there is padding")
    return leaf


def leaf_hash(leaf: Leaf) -> bytes:
    """The node of a leaf, 32 bytes."""
    digest: bytes = keccak_256(keccak_256(encode_leaf(leaf)).digest()).digest()
    return digest


def path_length(leaf_count: int, index: int) -> int:
    """How many nodes the path of a leaf has: never more than `ceil(log2(leaf_count))`.

    Args:
        leaf_count: Number of leaves in the tree, at least 1.
        index: Index of the leaf in ascending order of hash, from 0.

    Raises:
        InputError: There is no such leaf.
    """
    if not 0 <= index < leaf_count <= MAX_LEAVES:
        raise InputError(f"no leaf {index} in a tree of {leaf_count}")
    return (2 * leaf_count - 1 - index).bit_length() - 1


def root_of_path(node: bytes, path: Iterable[bytes]) -> bytes:
    """The root that a node and its path lead to.

    Args:
        node: The node to start from: for a proof always a `leaf_hash`, worked out from the leaf's values.
        path: Sibling nodes from there up to the root, 32 bytes each.

    Returns:
        The root, 32 bytes. Nothing is compared here.
    """
    for sibling in path:
        node = keccak_256(node + sibling if node < sibling else sibling + node).digest()
    return node


class MerkleTree:
    """A complete tree in memory. Made by `build`; never changes.

    Args:
        encoded: The leaves as `encode_leaf` gives them, each once, in any order.

    Attributes:
        leaf_count: Number of leaves, n.
    """

    __slots__ = ("_leaves", "_nodes", "leaf_count")

    def __init__(self, encoded: Iterable[bytes]) -> None:
        keccak = keccak_256
        # Hash and content in one object, so that sorting the one carries the other along.
        leaves = [keccak(keccak(leaf).digest()).digest() + leaf for leaf in encoded]
        count = len(leaves)
        if not 0 < count <= MAX_LEAVES:
            raise InputError(f"a tree has from 1 to {MAX_LEAVES} leaves, got {count}")
        _refuse_repeated_numbers(leaves)
        leaves = _sorted_descending(leaves)
        nodes = [b""] * (count - 1)
        nodes += [leaf[:32] for leaf in leaves]
        # Level by level from the bottom: all nodes from `start` on are known, and with them the parents of those pairs.
        start = count - 1
        while start:
            first = start // 2
            left = nodes[2 * first + 1 : 2 * start : 2]
            right = nodes[2 * first + 2 : 2 * start + 1 : 2]
            nodes[first:start] = [keccak(a + b if a < b else b + a).digest() for a, b in zip(left, right, strict=True)]
            start = first
        self.leaf_count = count
        self._leaves = leaves
        self._nodes = nodes

    @classmethod
    def build(cls, leaves: Iterable[Leaf]) -> MerkleTree:
        """Builds the tree of some leaves in any order; the same leaves always give the same tree.

        Args:
            leaves: At least one; consumed once, so that a generator over a large file will do.

        Raises:
            InputError: No leaf, too many, or a number that occurs twice.
        """
        pack = _LEAF.pack
        return cls(pack(leaf.number, leaf.filing_date, leaf.disclosure, leaf.digest) for leaf in leaves)

    @property
    def root(self) -> bytes:
        """The root, 32 bytes."""
        return self._nodes[0]

    @property
    def nodes(self) -> Sequence[bytes]:
        """All 2n - 1 nodes, root first, 32 bytes each."""
        return self._nodes

    def __len__(self) -> int:
        return self.leaf_count

    def leaf(self, index: int) -> Leaf:
        """The leaf at an index, 0 to n - 1, in ascending order of hash."""
        return decode_leaf(self.encoded_leaf(index))

    def encoded_leaf(self, index: int) -> bytes:
        """The leaf at an index as 128 bytes."""
        return self._leaves[self._node_of(index) - self.leaf_count + 1][32:]

    def path(self, index: int) -> tuple[bytes, ...]:
        """The path of one leaf.

        Args:
            index: Index of the leaf, 0 to n - 1.

        Returns:
            The siblings from the leaf up to the child of the root: what `MerkleProof.verify` takes.

        Raises:
            InputError: There is no such leaf.
        """
        return self._path_of(self._node_of(index))

    def paths(self) -> Iterator[tuple[int, tuple[bytes, ...]]]:
        """The paths of all leaves, each once, with its leaf index, in no particular order.

        Works from the root down, so that leaves share the work on their common part: O(n log n) bytes, O(n) steps; no
        more than some two thousand paths are held at any time.
        """
        nodes, count = self._nodes, self.leaf_count
        inner = count - 1
        block_depth = max(0, count.bit_length() - 1 - _BLOCK_DEPTH)
        for top in range((1 << block_depth) - 1, (2 << block_depth) - 1):
            start, paths = top, [self._path_of(top)]
            while paths:
                for node in range(max(start, inner), start + len(paths)):
                    yield 2 * inner - node, paths[node - start]
                below: list[tuple[bytes, ...]] = []
                for node, path in zip(range(start, inner), paths, strict=False):
                    left, right = nodes[2 * node + 1], nodes[2 * node + 2]
                    below.append((right, *path))
                    below.append((left, *path))
                start, paths = 2 * start + 1, below

    def _node_of(self, index: int) -> int:
        if not 0 <= index < self.leaf_count:
            raise InputError(f"no leaf {index} in a tree of {self.leaf_count}")
        return 2 * self.leaf_count - 2 - index

    def _path_of(self, node: int) -> tuple[bytes, ...]:
        nodes, path = self._nodes, []
        while node:
            # The sibling of an odd node is to its right, of an even one to its left.
            path.append(nodes[node + 1 if node & 1 else node - 1])
            node = (node - 1) // 2
        return tuple(path)


def _sorted_descending(leaves: list[bytes]) -> list[bytes]:
    # In 256 parts by the first byte, each small enough for the processor's cache: twice as fast for a million leaves as
    # one sort, and the time stays proportional to their number.
    parts: list[list[bytes]] = [[] for _ in range(256)]
    for leaf in leaves:
        parts[leaf[0]].append(leaf)
    in_order: list[bytes] = []
    for part in reversed(parts):
        part.sort(reverse=True)
        in_order += part
    return in_order


def _refuse_repeated_numbers(leaves: list[bytes]) -> None:
    if len({leaf[32:64] for leaf in leaves}) == len(leaves):
        return
    seen: set[bytes] = set()
    for leaf in leaves:
        number = leaf[32:64]
        if number in seen:
            shown = number.rstrip(b"\0").decode("ascii", "backslashreplace")
            raise InputError(
                f"the number {shown} occurs twice", remedy="Leave one record for each number.", number=shown
            )
        seen.add(number)
