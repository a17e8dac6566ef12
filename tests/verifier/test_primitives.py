"""What the verifier computes itself, against the published examples and against the libraries that others use."""

from __future__ import annotations

from typing import Any

import pytest
import rlp
from coincurve import PrivateKey
from eth_hash.auto import keccak
from eth_keys.datatypes import Signature
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.making import Trie
from verifier import verify

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
LOREM = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak_gives_the_published_hashes(data: bytes, expected: str) -> None:
    assert verify.keccak(data).hex() == expected


@pytest.mark.parametrize("size", [1, 134, 135, 136, 137, 271, 272, 273, 1000])
def test_keccak_fills_blocks_as_the_library_does(size: int) -> None:
    data = bytes(i % 251 for i in range(size))
    assert verify.keccak(data) == keccak(data)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_keccak_agrees_with_the_library(data: bytes) -> None:
    assert verify.keccak(data) == keccak(data)


def test_the_example_of_eip_155_recovers_to_its_sender() -> None:
    fields = [9, 20 * 10**9, 21000, bytes([0x35] * 20), 10**18, b"", 1, 0, 0]
    encoded = verify.rlp_encode([rlp.sedes.big_endian_int.serialize(x) if isinstance(x, int) else x for x in fields])
    assert encoded.hex() == (
        "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080"
    )
    digest = verify.keccak(encoded)
    assert digest.hex() == "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
    signature = bytes.fromhex(
        "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
        "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d831b"
    )
    assert verify.recover(digest, signature, 27).hex() == "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"


def test_the_example_of_eip_712_recovers_to_its_signer() -> None:
    person = "Person(string name,address wallet)"
    mail = "Mail(Person from,Person to,string contents)" + person

    def hashed(name: str, wallet: str) -> bytes:
        return verify.struct_hash(person, keccak(name.encode()), verify.word(int(wallet, 16)))

    cow = hashed("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")
    bob = hashed("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")
    struct = verify.struct_hash(mail, cow, bob, keccak(b"Hello, Bob!"))
    digest = verify.signed_digest("Ether Mail", 1, "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC", struct)
    assert digest.hex() == "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"
    signature = bytes.fromhex(
        "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
        "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c"
    )
    assert verify.recover(digest, signature, 27).hex() == "cd2a3d9f938e13cd947ec05abc7fe734df8dd826"


@given(st.integers(1, ORDER - 1), st.binary(min_size=32, max_size=32))
@settings(max_examples=25, deadline=None)
def test_recovery_agrees_with_coincurve_and_eth_keys(secret: int, digest: bytes) -> None:
    private = PrivateKey(secret.to_bytes(32, "big"))
    signature = private.sign_recoverable(digest, hasher=None)
    address = verify.recover(digest, signature, 0)
    assert address == keccak(private.public_key.format(compressed=False)[1:])[12:]
    assert address == Signature(signature).recover_public_key_from_msg_hash(digest).to_canonical_address()


SIGNED = PrivateKey(bytes(31) + b"\x07").sign_recoverable(bytes(32), hasher=None)
R, S, V = SIGNED[:32], SIGNED[32:64], SIGNED[64:]
OTHER_HALF = (ORDER - int.from_bytes(S, "big")).to_bytes(32, "big")


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(R + OTHER_HALF + bytes([1 - V[0]]), id="s in the upper half"),
        pytest.param(bytes(32) + S + V, id="r zero"),
        pytest.param(R + bytes(32) + V, id="s zero"),
        pytest.param(ORDER.to_bytes(32, "big") + S + V, id="r not below the order"),
        pytest.param(bytes([0xFF] * 32) + S + V, id="r not below the field"),
        pytest.param((5).to_bytes(32, "big") + S + V, id="r on no point"),
        pytest.param(R + S + bytes([V[0] + 2]), id="v two more"),
        pytest.param(R + S + bytes([V[0] + 27]), id="v of another kind"),
    ],
)
def test_a_signature_out_of_its_bounds_is_refused(signature: bytes) -> None:
    assert len(verify.recover(bytes(32), SIGNED, 0)) == 20
    with pytest.raises(verify.Refused, match="signature"):
        verify.recover(bytes(32), signature, 0)


def test_a_signature_of_the_point_at_infinity_is_refused() -> None:
    """With s R = z G the key would be at infinity: R = G, s = z."""
    generator_x = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    with pytest.raises(verify.Refused, match="no key"):
        verify.recover((5).to_bytes(32, "big"), generator_x + (5).to_bytes(32, "big") + b"\0", 0)


@pytest.mark.parametrize(
    ("item", "encoded"),
    [
        (b"dog", "83646f67"),
        ([b"cat", b"dog"], "c88363617483646f67"),
        (b"", "80"),
        ([], "c0"),
        (b"\x00", "00"),
        (b"\x0f", "0f"),
        (b"\x04\x00", "820400"),
        ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
        (LOREM, "b838" + LOREM.hex()),
    ],
)
def test_rlp_gives_the_published_encodings(item: Any, encoded: str) -> None:
    assert verify.rlp_encode(item).hex() == encoded
    assert verify.rlp_decode(bytes.fromhex(encoded)) == item


ITEMS = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=6), max_leaves=20)


@given(ITEMS)
@settings(deadline=None)
def test_rlp_agrees_with_the_library(item: Any) -> None:
    encoded = verify.rlp_encode(item)
    assert encoded == rlp.encode(item)
    assert verify.rlp_decode(encoded) == item


@given(st.binary(max_size=40))
@settings(max_examples=400, deadline=None)
def test_rlp_that_is_read_is_in_its_one_form(data: bytes) -> None:
    try:
        item = verify.rlp_decode(data)
    except verify.Refused:
        return
    assert verify.rlp_encode(item) == data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="nothing"),
        pytest.param("8100", id="byte below 0x80 with a size"),
        pytest.param("b80161", id="long size for a short text"),
        pytest.param("b9003800", id="size with a leading zero"),
        pytest.param("83646f", id="cut off"),
        pytest.param("c3836162", id="item longer than its list"),
        pytest.param("b8", id="size cut off"),
        pytest.param("bfffffffffffffffff", id="size beyond everything"),
        pytest.param("83646f6700", id="a byte after it"),
        pytest.param("c1" * 3000 + "c0", id="nested by size one"),
    ],
)
def test_rlp_in_another_form_is_refused(data: str) -> None:
    with pytest.raises(verify.Refused):
        verify.rlp_decode(bytes.fromhex(data))


def test_rlp_that_is_nested_too_deep_is_refused() -> None:
    item: Any = []
    for _ in range(40):
        item = [item]
    with pytest.raises(verify.Refused, match="nested"):
        verify.rlp_decode(rlp.encode(item))


PATHS = st.lists(st.sampled_from([0, 1, 0x10, 0xFF]), min_size=2, max_size=2).map(
    lambda ends: bytes([ends[0], *[0] * 30, ends[1]])
)
VALUES = st.binary(min_size=1, max_size=40)


def state_of(nodes: list[bytes], root: bytes) -> verify.State:
    return verify.State({keccak(node): node for node in nodes}, root)


@given(st.dictionaries(PATHS | st.binary(min_size=32, max_size=32), VALUES, min_size=1, max_size=24), PATHS, st.data())
@settings(max_examples=60, deadline=None)
def test_a_trie_is_walked_as_it_was_built(items: dict[bytes, bytes], other: bytes, data: st.DataObject) -> None:
    trie = Trie(items)
    path = data.draw(st.sampled_from([*items, other]))
    proof = trie.proof(path)
    state = state_of(list(proof), trie.root)
    assert state.look_up(trie.root, path) == items.get(path)
    assert not state.unused
    left_out = data.draw(st.sampled_from(sorted(proof)))
    with pytest.raises(verify.Refused, match="missing"):
        state_of([node for node in proof if node != left_out], trie.root).look_up(trie.root, path)


def test_a_node_that_no_reading_needs_is_known() -> None:
    trie = Trie({bytes(31) + bytes([i]): b"value" * 8 for i in range(3)})
    unneeded = rlp.encode([b"\x20", b"other"])
    state = state_of([*trie.proof(bytes(32)), unneeded], trie.root)
    assert state.look_up(trie.root, bytes(32)) == b"value" * 8
    assert keccak(unneeded) in state.unused


@pytest.mark.parametrize(
    "node",
    [
        pytest.param([b"\x40" + bytes(32), b"value"], id="flag of no kind"),
        pytest.param([b"\x21" + bytes(32), b"value"], id="padding that is not zero"),
        pytest.param([b"", b"value"], id="no flag"),
        pytest.param([b"\x00", bytes(32)], id="extension without a path"),
        pytest.param([b"\x20" + bytes(32), [b"value"]], id="leaf with a list"),
        pytest.param([b"\x20"], id="one item"),
        pytest.param([b""] * 16, id="sixteen items"),
        pytest.param([b"short"] + [b""] * 16, id="child of five bytes"),
        pytest.param(b"text", id="no list"),
    ],
)
def test_a_malformed_node_is_refused(node: Any) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(verify.Refused):
        state_of([encoded], keccak(encoded)).look_up(keccak(encoded), bytes(32))


def test_a_trie_that_goes_on_below_its_keys_is_refused() -> None:
    inner = rlp.encode([b""] * 17)
    outer = rlp.encode([b"\x00" + bytes(32), keccak(inner)])
    with pytest.raises(verify.Refused, match="below its keys"):
        state_of([inner, outer], keccak(outer)).look_up(keccak(outer), bytes(32))


@given(st.dates(min_value=verify.date(1800, 1, 1)))
def test_days_are_read_as_they_are_written_on_chain(day: Any) -> None:
    assert verify.day(day.year * 10000 + day.month * 100 + day.day) == day


@pytest.mark.parametrize("value", [20230229, 17991231, 20230001, 20231301, 1, 2**32 - 1, 100000101])
def test_what_is_no_day_is_refused(value: int) -> None:
    with pytest.raises(verify.Refused):
        verify.day(value)
