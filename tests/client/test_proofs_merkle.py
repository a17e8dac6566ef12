"""The tree is that of OpenZeppelin's StandardMerkleTree, and nothing but a leaf of it can be proved."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.errors import InputError
from registrum.proofs.merkle import (
    Leaf,
    MerkleTree,
    decode_leaf,
    encode_leaf,
    leaf_hash,
    path_length,
    root_of_path,
)
from tests.client.proof_samples import document_digest, leaf_lists, leaves, number, plain_leaves, words

ROOT = Path(__file__).resolve().parents[2]
OPENZEPPELIN = """
const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");
const trees = JSON.parse(require("fs").readFileSync(0, "utf8"));
const types = ["bytes32", "uint32", "uint8", "bytes32"];
process.stdout.write(JSON.stringify(trees.map((values) => {
  const tree = StandardMerkleTree.of(values, types);
  return {
    root: tree.root,
    nodes: tree.dump().tree,
    proofs: values.map((value, i) => tree.getProof(i)),
    positions: tree.dump().values.map((value) => value.treeIndex),
  };
})));
"""


def values_of(leaf: Leaf) -> list[str | int]:
    return ["0x" + leaf.number.hex(), leaf.filing_date, int(leaf.disclosure), "0x" + leaf.digest.hex()]


def texts(path: tuple[bytes, ...]) -> list[str]:
    return ["0x" + node.hex() for node in path]


def test_root_nodes_and_paths_equal_those_of_openzeppelin() -> None:
    lists = [list(plain_leaves(count)) for count in [*range(1, 34), 63, 64, 65, 257, 1500]]
    answer = subprocess.run(
        ["node", "-e", OPENZEPPELIN],
        input=json.dumps([[values_of(leaf) for leaf in items] for items in lists]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=120,
    )
    for items, theirs in zip(lists, json.loads(answer.stdout), strict=True):
        tree = MerkleTree.build(items)
        assert "0x" + tree.root.hex() == theirs["root"]
        assert texts(tuple(tree.nodes)) == theirs["nodes"]
        for index in range(tree.leaf_count):
            position = items.index(tree.leaf(index))
            assert texts(tree.path(index)) == theirs["proofs"][position]
            assert theirs["positions"][position] == len(tree.nodes) - 1 - index


@given(leaves)
def test_a_leaf_is_encoded_as_abi_encode_does_and_hashed_twice(leaf: Leaf) -> None:
    expected = encode(
        ["bytes32", "uint32", "uint8", "bytes32"], [leaf.number, leaf.filing_date, leaf.disclosure, leaf.digest]
    )
    assert encode_leaf(leaf) == expected
    assert leaf_hash(leaf) == keccak(keccak(expected))
    assert decode_leaf(expected) == leaf


@given(leaves, st.integers(0, 128 * 8 - 1))
def test_encoded_leaves_are_injective(leaf: Leaf, bit: int) -> None:
    changed = bytearray(encode_leaf(leaf))
    changed[bit // 8] ^= 1 << bit % 8
    try:
        other = decode_leaf(bytes(changed))
    except InputError:
        return
    assert other != leaf
    assert encode_leaf(other) == changed


@pytest.mark.parametrize("length", [0, 127, 129])
def test_encoded_leaves_have_128_bytes(length: int) -> None:
    with pytest.raises(InputError, match="128 bytes"):
        decode_leaf(bytes(length))


@given(leaf_lists)
def test_every_path_leads_to_the_root_and_has_the_length_of_its_index(items: list[Leaf]) -> None:
    tree = MerkleTree.build(items)
    assert len(tree) == len(items)
    all_paths = dict(tree.paths())
    assert sorted(all_paths) == list(range(len(items)))
    assert {tree.leaf(index) for index in range(len(items))} == set(items)
    for index in range(len(items)):
        path = tree.path(index)
        assert all_paths[index] == path
        assert len(path) == path_length(len(items), index) <= max(len(items) - 1, 0).bit_length()
        assert root_of_path(leaf_hash(tree.leaf(index)), path) == tree.root


@given(leaf_lists, st.randoms())
def test_the_order_of_the_input_does_not_matter(items: list[Leaf], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert MerkleTree.build(shuffled).root == MerkleTree.build(iter(items)).root


@given(leaf_lists, st.data())
def test_every_change_of_the_list_changes_the_root(items: list[Leaf], data: st.DataObject) -> None:
    tree = MerkleTree.build(items)
    position = data.draw(st.integers(0, len(items) - 1))
    item = items[position]
    changes = [
        dataclasses.replace(item, digest=bytes([item.digest[0] ^ 1 or 2]) + item.digest[1:]),
        dataclasses.replace(item, filing_date=item.filing_date + 1),
        dataclasses.replace(item, disclosure=1 - item.disclosure),
    ]
    for change in changes:
        assert MerkleTree.build([*items[:position], change, *items[position + 1 :]]).root != tree.root
    if len(items) > 1:
        assert MerkleTree.build(items[:position] + items[position + 1 :]).root != tree.root


@given(leaf_lists.filter(lambda items: len(items) > 1), words, st.data())
def test_no_other_leaf_passes_with_any_path_of_the_tree(items: list[Leaf], digest: bytes, data: st.DataObject) -> None:
    tree = MerkleTree.build(items)
    index = data.draw(st.integers(0, len(items) - 1))
    rival = dataclasses.replace(tree.leaf(index), digest=digest)
    if rival != tree.leaf(index):
        assert all(root_of_path(leaf_hash(rival), path) != tree.root for _, path in tree.paths())


@given(leaf_lists.filter(lambda items: len(items) > 2))
def test_an_inner_node_is_never_the_hash_of_a_leaf(items: list[Leaf]) -> None:
    tree = MerkleTree.build(items)
    inner = tree.nodes[: tree.leaf_count - 1]
    # A node has 64 bytes of children; cut into the four values of a leaf or padded to its length it hashes elsewhere.
    for node in range(len(inner)):
        children = tree.nodes[2 * node + 1] + tree.nodes[2 * node + 2]
        for encoded in (children, children + bytes(64), bytes(64) + children, children + children):
            assert keccak(keccak(encoded)) not in inner
        if any(children[:32]) and any(children[32:]):
            assert leaf_hash(Leaf(children[:32], 20240131, 0, children[32:])) not in tree.nodes


def test_a_repeated_number_is_named_whether_its_record_differs_or_not() -> None:
    one = Leaf(number(7), 20240131, 0, b"\x01" * 32)
    for other in (one, dataclasses.replace(one, digest=b"\x02" * 32)):
        with pytest.raises(InputError, match="EMT000000007 occurs twice"):
            MerkleTree.build([*plain_leaves(3), one, other])


def test_a_tree_needs_a_leaf() -> None:
    with pytest.raises(InputError, match="got 0"):
        MerkleTree.build([])


def test_the_tree_of_one_leaf_is_its_hash() -> None:
    (leaf,) = plain_leaves(1)
    tree = MerkleTree.build([leaf])
    assert tree.root == leaf_hash(leaf)
    assert tree.path(0) == ()
    assert list(tree.paths()) == [(0, ())]


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_there_is_no_leaf_beside_the_tree(index: int) -> None:
    tree = MerkleTree.build(plain_leaves(5))
    for read in (tree.leaf, tree.path, tree.encoded_leaf, lambda i: path_length(5, i)):
        with pytest.raises(InputError, match="in a tree of 5"):
            read(index)


@given(st.integers(1, 2**32 - 1), st.data())
@settings(max_examples=200)
def test_path_lengths_are_the_depths_of_a_complete_tree(count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    node, depth = 2 * count - 2 - index, 0
    while node:
        node, depth = (node - 1) // 2, depth + 1
    assert path_length(count, index) == depth
    assert depth in {count.bit_length() - 1, (count - 1).bit_length()}


def test_many_leaves_of_two_depths() -> None:
    """A million of them are written by `make bench`, and path lengths hold for any number (above)."""
    count = 100_000
    digest = document_digest(1)
    tree = MerkleTree.build(
        Leaf(f"EMT{index:09d}".encode().ljust(32, b"\0"), 20240131, 0, digest) for index in range(count)
    )
    assert tree.leaf_count == count
    hashes = tree.nodes[: count - 2 : -1]
    assert all(a < b for a, b in pairwise(hashes))
    for index in (0, 1, 31_071, 31_072, 31_073, 50_000, count - 1):
        path = tree.path(index)
        assert len(path) == path_length(count, index) in {16, 17}
        assert root_of_path(leaf_hash(tree.leaf(index)), path) == tree.root
    assert {path_length(count, index) for index in range(0, count, 997)} == {16, 17}
