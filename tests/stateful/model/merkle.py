"""Merkle trees as anchors use them: leaves hashed twice, sorted; nodes are hashes of sorted pairs."""

from __future__ import annotations

from tests.stateful.model.typed_data import keccak, word


def leaf_hash(number: bytes, filing_date: int, disclosure: int, digest: bytes) -> bytes:
    """Return the hash of one record of an anchor."""
    return keccak(keccak(number + word(filing_date) + word(disclosure) + digest))


def pair_hash(a: bytes, b: bytes) -> bytes:
    """Return the hash of an inner node."""
    return keccak(min(a, b) + max(a, b))


def build(leaves: list[bytes]) -> tuple[bytes, dict[bytes, list[bytes]]]:
    """Return root and proof of every leaf of a complete tree, written level by level.

    The lowest level holds the surplus over the next power of two; leaves that are a level higher come after, in the
    order in which a breadth-first walk meets them.
    """
    ordered = sorted(leaves, reverse=True)
    capacity = 1
    while capacity * 2 <= len(ordered):
        capacity *= 2
    surplus = len(ordered) - capacity
    deep, shallow = ordered[len(ordered) - 2 * surplus :], ordered[: len(ordered) - 2 * surplus]
    proofs: dict[bytes, list[bytes]] = {leaf: [] for leaf in ordered}
    groups: list[tuple[bytes, list[bytes]]] = [(leaf, [leaf]) for leaf in deep]
    level = _pair_up(groups, proofs) + [(leaf, [leaf]) for leaf in shallow]
    while len(level) > 1:
        level = _pair_up(level, proofs)
    return level[0][0], proofs


def _pair_up(
    nodes: list[tuple[bytes, list[bytes]]], proofs: dict[bytes, list[bytes]]
) -> list[tuple[bytes, list[bytes]]]:
    parents = []
    for (left, left_leaves), (right, right_leaves) in zip(nodes[::2], nodes[1::2], strict=True):
        for leaf in left_leaves:
            proofs[leaf].append(right)
        for leaf in right_leaves:
            proofs[leaf].append(left)
        parents.append((pair_hash(left, right), left_leaves + right_leaves))
    return parents


def leads_to(root: bytes, leaf: bytes, proof: list[bytes], leaf_count: int) -> bool:
    """Tell whether a proof leads from the leaf to the root of a complete tree with that many leaves."""
    lowest = leaf_count.bit_length() - 1
    highest = (leaf_count - 1).bit_length()
    if not lowest <= len(proof) <= highest:
        return False
    node = leaf
    for sibling in proof:
        node = pair_hash(node, sibling)
    return node == root
