"""Merkle-Patricia tries: what a root holds under a path, shown by nodes that came with it. Section 6 of the format.

Ethereum Yellow Paper, appendices B (RLP), C (hex prefix) and D (trie). RLP is read by the library `rlp`. Not its job:
which paths mean what (`registrum.evidence.state`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rlp

from registrum.errors import EvidenceError
from registrum.signing.keccak import keccak

__all__ = ["EMPTY_ROOT", "Nodes", "decode_rlp"]

EMPTY_ROOT = keccak(b"\x80")
"""Root of a trie that holds nothing."""
_MOST_BYTES, _MOST_NODES, _MOST_LISTS = 576, 2048, 16
"""A branch of sixteen hashes has 532 bytes; values of accounts and slots are short."""


def decode_rlp(data: bytes, what: str, check: str = "state") -> Any:
    """Lists of lists and bytes, from their one encoding.

    Raises:
        EvidenceError: It is none, or nested deeper than anything here needs.
    """
    try:
        item = rlp.decode(data)
    except (rlp.exceptions.RLPException, RecursionError, TypeError, ValueError) as error:
        raise EvidenceError(f"{what} is not RLP: {error}", check=check) from error
    if not _is_within(item, _MOST_LISTS):
        raise EvidenceError(f"{what} has an item in more than {_MOST_LISTS} lists", check=check)
    return item


def _is_within(item: Any, lists: int) -> bool:
    """Whether each item lies in at most so many lists."""
    return lists >= 0 and (isinstance(item, bytes) or all(_is_within(each, lists - 1) for each in item))


class Nodes:
    """The nodes that a bundle brings, each found by its hash, and whether all of them were needed.

    Args:
        encoded: RLP of the nodes, sorted by their hash, none twice.

    Raises:
        EvidenceError: They are not sorted, or one is too long to be a node.
    """

    def __init__(self, encoded: Iterable[bytes]) -> None:
        self._nodes: dict[bytes, bytes] = {}
        last = b""
        nodes = list(encoded)
        if len(nodes) > _MOST_NODES:
            raise EvidenceError(f"a bundle has at most {_MOST_NODES} trie nodes", check="form")
        for node in nodes:
            if not node or len(node) > _MOST_BYTES:
                raise EvidenceError(f"a node has {len(node)} bytes, which none needs", check="form")
            key = keccak(node)
            if key <= last:
                raise EvidenceError("the nodes are not sorted by their hash", check="form")
            self._nodes[key] = node
            last = key
        self._used: set[bytes] = set()

    def get(self, root: bytes, key: bytes) -> bytes | None:
        """What a trie holds under a key, whose hash is the path; None if it is shown to hold nothing.

        Raises:
            EvidenceError: A node that the answer rests on is missing, or is no node.
        """
        if root == EMPTY_ROOT:
            return None
        path = keccak(key).hex()
        node: Any = self._open(root)
        while True:
            if not isinstance(node, list) or len(node) not in {2, 17}:
                raise EvidenceError("what stands in place of a trie node is none", check="state")
            if len(node) == 17:
                if not path:
                    raise EvidenceError("a trie goes on below its keys", check="state")
                child, path = node[int(path[0], 16)], path[1:]
            else:
                part, is_leaf = _hex_prefix(node[0])
                if is_leaf:
                    value = self._value(node[1])
                    return value if part == path else None
                if not part or not node[1]:
                    raise EvidenceError("an extension of a trie leads nowhere", check="state")
                if not path.startswith(part):
                    return None
                child, path = node[1], path[len(part) :]
            if child == b"":
                return None
            node = child if isinstance(child, list) else self._open(child)

    def require_all_used(self) -> None:
        """Refuse what no answer rested on: whoever added it wanted it to be seen, and nothing vouches for it.

        Raises:
            EvidenceError: A node was not needed.
        """
        unused = self._nodes.keys() - self._used
        if unused:
            raise EvidenceError(f"{len(unused)} of the trie nodes prove nothing that is stated", check="state")

    def _open(self, key: bytes) -> Any:
        node = self._nodes.get(key)
        if node is None:
            raise EvidenceError(f"the trie node 0x{key.hex()} is missing", check="state")
        self._used.add(key)
        return decode_rlp(node, "a trie node")

    @staticmethod
    def _value(value: Any) -> bytes:
        if not isinstance(value, bytes) or not value:
            raise EvidenceError("a leaf of a trie holds no bytes", check="state")
        return value


def _hex_prefix(data: Any) -> tuple[str, bool]:
    """The digits of a path and whether it ends in a leaf (Yellow Paper, appendix C)."""
    if isinstance(data, bytes) and data:
        flag, text = data[0] >> 4, data.hex()
        if flag in {1, 3} or (flag in {0, 2} and data[0] & 15 == 0):
            return text[1 if flag & 1 else 2 :], flag >= 2
    raise EvidenceError("the path of a trie node is not encoded as paths are", check="state")
