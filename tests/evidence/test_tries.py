"""Proofs of presence and absence against py-trie, a library by other hands, on random tries."""

from __future__ import annotations

import pytest
import rlp
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from registrum.errors import EvidenceError
from registrum.evidence.trie import EMPTY_ROOT, Nodes, decode_rlp
from registrum.signing.keccak import keccak

keys = st.binary(min_size=1, max_size=8)
values = st.binary(min_size=1, max_size=40)
contents = st.dictionaries(keys, values, max_size=40)


def trie_of(content: dict[bytes, bytes]) -> HexaryTrie:
    """As Ethereum has them: paths are hashes of keys."""
    trie = HexaryTrie({})
    for key, value in content.items():
        trie[keccak(key)] = value
    return trie


def proof(trie: HexaryTrie, *wanted: bytes) -> list[bytes]:
    """The nodes on the ways to keys, as bundles have them."""
    found = {rlp.encode(node) for key in wanted for node in trie.get_proof(keccak(key)) if node != b""}
    nodes = {keccak(node): node for node in found if len(node) >= 32 or keccak(node) == trie.root_hash}
    return [nodes[key] for key in sorted(nodes)]


@settings(max_examples=200, deadline=None)
@given(contents, keys)
def test_what_a_trie_holds_and_what_it_does_not(content: dict[bytes, bytes], key: bytes) -> None:
    trie = trie_of(content)
    for wanted in {key, *list(content)[:5]}:
        nodes = Nodes(proof(trie, wanted))
        assert nodes.get(trie.root_hash, wanted) == content.get(wanted)
        nodes.require_all_used()


@pytest.mark.parametrize(
    ("node", "message"),
    [
        pytest.param(
            [b"\x00" + bytes(32), rlp.encode([b""] * 16 + [b"value"])], "goes on below", id="branch at its end"
        ),
        pytest.param([b"\x00\xab", b""], "leads nowhere", id="extension elsewhere to nothing"),
        pytest.param([b"\x20" + b"\xab" * 32, b""], "holds no bytes", id="leaf elsewhere of nothing"),
        pytest.param([b"\x20" + b"\xab" * 32, [b"a"]], "holds no bytes", id="leaf elsewhere with a list"),
    ],
)
def test_nodes_that_no_trie_has(node: list[bytes], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = keccak
    monkeypatch.setattr("registrum.evidence.trie.keccak", lambda data: bytes(32) if data == b"key" else hashed(data))
    below = [node[1]] if isinstance(node[1], bytes) and len(node[1]) > 17 else []
    outer = rlp.encode([node[0], hashed(below[0])] if below else node)
    nodes = Nodes(sorted([outer, *below], key=hashed))
    with pytest.raises(EvidenceError, match=message):
        nodes.get(hashed(outer), b"key")


@settings(max_examples=100, deadline=None)
@given(contents.filter(bool), keys)
def test_no_node_can_be_missing_or_more(content: dict[bytes, bytes], key: bytes) -> None:
    trie = trie_of(content)
    encoded = proof(trie, key)
    for place in range(len(encoded)):
        with pytest.raises(EvidenceError, match="missing"):
            Nodes(encoded[:place] + encoded[place + 1 :]).get(trie.root_hash, key)
    extra = sorted([*encoded, rlp.encode([b"\x20" + key, b"x" * 40])], key=keccak)
    nodes = Nodes(extra)
    nodes.get(trie.root_hash, key)
    with pytest.raises(EvidenceError, match="prove nothing"):
        nodes.require_all_used()


@settings(max_examples=100, deadline=None)
@given(contents.filter(bool), st.data())
def test_no_changed_bit_passes(content: dict[bytes, bytes], data: st.DataObject) -> None:
    """A changed node has another hash, and nobody asks for it."""
    trie = trie_of(content)
    key = data.draw(st.sampled_from(sorted(content)))
    encoded = proof(trie, key)
    place = data.draw(st.integers(0, len(encoded) - 1))
    node = bytearray(encoded[place])
    node[data.draw(st.integers(0, len(node) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = sorted([*encoded[:place], bytes(node), *encoded[place + 1 :]], key=keccak)
    with pytest.raises(EvidenceError, match="missing"):
        Nodes(changed).get(trie.root_hash, key)


@settings(max_examples=50, deadline=None)
@given(contents.filter(bool), contents.filter(bool), keys)
def test_a_proof_is_of_one_trie(content: dict[bytes, bytes], other: dict[bytes, bytes], key: bytes) -> None:
    trie, another = trie_of(content), trie_of(other)
    if trie.root_hash != another.root_hash:
        with pytest.raises(EvidenceError, match="missing"):
            Nodes(proof(trie, key)).get(another.root_hash, key)


def test_an_empty_trie_holds_nothing() -> None:
    assert HexaryTrie({}).root_hash == EMPTY_ROOT
    assert Nodes([]).get(EMPTY_ROOT, b"anything") is None


def test_order_and_size_of_nodes() -> None:
    nodes = sorted([b"a" * 40, b"b" * 40], key=keccak)
    Nodes(nodes)
    for wrong in (nodes[::-1], [nodes[0], nodes[0]]):
        with pytest.raises(EvidenceError, match="sorted"):
            Nodes(wrong)
    with pytest.raises(EvidenceError, match="1025 bytes"):
        Nodes([b"x" * 1025])


PATH = keccak(b"key").hex()


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (b"text", "none"),
        ([b"", b"", b""], "none"),
        ([b"", b"value"], "encoded as paths"),
        ([[], b"value"], "encoded as paths"),
        ([b"\x40", b"value"], "encoded as paths"),
        ([b"\x01", b"value"], "encoded as paths"),
        ([b"\x00", b"x" * 32], "leads nowhere"),
        ([bytes.fromhex("20" + PATH), [b"value"]], "holds no bytes"),
        ([bytes([0x10 | int(PATH[0], 16)]), [b"", b"", b""]], "none"),
    ],
)
def test_what_is_no_node(node: object, message: str) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(EvidenceError, match=message):
        Nodes([encoded]).get(keccak(encoded), b"key")


@given(st.binary(max_size=200))
def test_rlp_is_read_or_refused(data: bytes) -> None:
    try:
        value = decode_rlp(data, "it")
    except EvidenceError:
        return
    assert rlp.encode(value) == data


def test_deep_rlp_is_refused() -> None:
    data = b""
    for _ in range(20_000):
        data = rlp.codec.length_prefix(len(data), 0xC0) + data
    with pytest.raises(EvidenceError, match="not RLP"):
        decode_rlp(data, "it")
