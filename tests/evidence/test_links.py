"""From founding validators to a block: rows of headers that a maker finds on any history, and what is no link."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import rlp
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.errors import EvidenceError, NodeError, VerificationError
from registrum.evidence import canonical
from registrum.evidence.bundle import EVIDENCE, unpack
from registrum.evidence.chain import ChainDescription, Consensus
from registrum.evidence.collecting import EvidenceMaker
from registrum.evidence.headers import Header, Seals, quorum, sorted_seals
from registrum.evidence.link import Link, TrustedBy
from registrum.evidence.reading import read_header
from tests.evidence.chains import VALIDATORS, address_of, evidence_of, sealed, sealed_chain, with_seals
from tests.evidence.vectors import FOLDER

CHAIN = ChainDescription.read((FOLDER / "chain.json").read_bytes())
_EVIDENCE = evidence_of(unpack((FOLDER / "with-document.registrum.zip").read_bytes()))
HEADER = Header.read(canonical.unhexed(_EVIDENCE["link"]["header"], "header"))
_NAMES = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty"),
    *(
        "number",
        "gasLimit",
        "gasUsed",
        "timestamp",
        "extraData",
        "mixHash",
        "nonce",
        "baseFeePerGas",
        "withdrawalsRoot",
    ),
)
_NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"}


class Sealed:
    """A node of a chain that validators seal, of which block `n` has the set at place `n`."""

    def __init__(self, kind: Consensus, sets: list[frozenset[int]]) -> None:
        self._kind = kind
        self._sets = sets
        self.rpc = self

    def call(self, method: str, params: list[Any]) -> Any:
        assert method == "eth_getBlockByNumber"
        header = self.header(int(params[0], 16))
        block: dict[str, Any] = {}
        for name, item in zip(_NAMES, header.items, strict=True):
            block[name] = hex(int.from_bytes(item, "big")) if name in _NUMBERS else "0x" + item.hex()
        return {**block, "hash": "0x" + header.hash(self._kind).hex()}

    def header(self, number: int) -> Header:
        keys = [VALIDATORS[place] for place in sorted(self._sets[number])]
        made = sealed(HEADER, self._kind, keys, number=number)
        # Nodes keep seals as they arrived.
        return with_seals(made, list(rlp.decode(made.items[12])[4])[::-1])


@st.composite
def histories(draw: st.DrawFn) -> list[frozenset[int]]:
    """Sets of validators block by block, one more or less at most."""
    now = frozenset(range(draw(st.integers(1, 8))))
    sets = [now]
    for _ in range(draw(st.integers(1, 40))):
        if draw(st.booleans()):
            one = draw(st.integers(0, 12))
            changed = now ^ {one}
            now = changed if changed else now
        sets.append(now)
    return sets


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from([Consensus.QBFT, Consensus.IBFT2]))
def test_validators_are_followed_through_any_history(sets: list[frozenset[int]], kind: Consensus) -> None:
    node = Sealed(kind, sets)
    chain = sealed_chain(CHAIN, kind, [VALIDATORS[place] for place in sets[0]])
    maker = EvidenceMaker(node, chain)  # type: ignore[arg-type]  # of which only the node is asked
    link = maker._link(read_header(node, len(sets) - 1), None)  # type: ignore[arg-type]
    assert link.require_trusted(chain) is TrustedBy.SEALS
    assert Link.from_json(link.to_json()) == link
    assert len(link.changes) <= sum(one != other for one, other in pairwise(sets))


@settings(max_examples=40, deadline=None)
@given(histories(), st.sampled_from([Consensus.QBFT, Consensus.IBFT2]), st.data())
def test_validators_are_followed_from_any_block(
    sets: list[frozenset[int]], kind: Consensus, data: st.DataObject
) -> None:
    node = Sealed(kind, sets)
    start = data.draw(st.integers(1, len(sets) - 1))
    chain = sealed_chain(CHAIN, kind, [VALIDATORS[place] for place in sets[0]])
    newer = sealed_chain(CHAIN, kind, [VALIDATORS[place] for place in sets[start]])
    newer = replace(newer, since=(start, node.header(start).hash(kind)))
    assert ChainDescription.read(newer.to_bytes()) == newer
    assert newer.is_of_chain(chain)
    last = read_header(node, len(sets) - 1)  # type: ignore[arg-type]
    link = EvidenceMaker(node, newer)._link(last, None)  # type: ignore[arg-type]
    assert link.require_trusted(newer) is (TrustedBy.PINNED if start == last.header.number else TrustedBy.SEALS)
    assert all(each.number > start for each in link.changes)
    wrong = replace(newer, since=(start, b"x" * 32))
    with pytest.raises(VerificationError, match="is not the one of the chain description"):
        EvidenceMaker(node, wrong)._link(last, None)  # type: ignore[arg-type]


@given(st.integers(1, 100))
def test_a_quorum_is_two_thirds_rounded_up(count: int) -> None:
    assert 3 * quorum(count) >= 2 * count > 3 * (quorum(count) - 1)


@pytest.mark.parametrize("kind", [Consensus.QBFT, Consensus.IBFT2])
def test_seals_change_no_hash(kind: Consensus) -> None:
    few = sealed(HEADER, kind, VALIDATORS[:7])
    many = sealed(HEADER, kind, VALIDATORS[:7], by=VALIDATORS[:7])
    assert few.encoded != many.encoded
    assert few.hash(kind) == many.hash(kind) != sealed(HEADER, kind, VALIDATORS[:8]).hash(kind)
    assert sealed(HEADER, Consensus.QBFT, VALIDATORS[:7], round_=5).hash(Consensus.QBFT) == sealed(
        HEADER, Consensus.QBFT, VALIDATORS[:7]
    ).hash(Consensus.QBFT)


def test_seals_are_sorted_whatever_the_node_has() -> None:
    header = sealed(HEADER, Consensus.QBFT, VALIDATORS[:7])
    seals = list(rlp.decode(header.items[12])[4])
    assert sorted_seals(with_seals(header, seals[::-1]).encoded, Consensus.QBFT) == header.encoded
    assert sorted(Seals.read(header, Consensus.QBFT).signers) == sorted(map(address_of, VALIDATORS[:5]))


def test_a_pinned_block_must_be_the_one() -> None:
    chain = sealed_chain(CHAIN, Consensus.QBFT, VALIDATORS[:4])
    tip = sealed(HEADER, Consensus.QBFT, VALIDATORS[:4])
    right = ChainDescription.from_json({**chain.to_json(), "blocks": [_block(tip.number, tip.hash(Consensus.QBFT))]})
    assert Link(tip).require_trusted(right) is TrustedBy.PINNED
    wrong = ChainDescription.from_json({**chain.to_json(), "blocks": [_block(tip.number, b"x" * 32)]})
    with pytest.raises(EvidenceError, match="another one by the chain description"):
        Link(tip).require_trusted(wrong)


def _block(number: int, block_hash: bytes) -> dict[str, Any]:
    return {"number": number, "hash": "0x" + block_hash.hex()}


def extra(**changes: Any) -> Header:
    """A sealed header with parts of its extra data replaced."""
    header = sealed(HEADER, Consensus.QBFT, VALIDATORS[:4])
    names = ("vanity", "validators", "vote", "round", "seals")
    parts = {**dict(zip(names, rlp.decode(header.items[12]), strict=True)), **changes}
    return Header.read(header.with_extra(rlp.encode([parts[name] for name in names])))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vanity": b"short"}, "no validators and seals"),
        ({"validators": [b"short"]}, "no validators and seals"),
        ({"validators": []}, "must ascend"),
        ({"validators": [bytes([each]) * 20 for each in (4, 3, 2, 1)]}, "must ascend"),
        ({"seals": [b"s" * 65] * 5}, "more seals than validators"),
        ({"vote": b""}, "no vote of its kind"),
        ({"round": b"\0"}, "shortest form"),
        ({"round": []}, "no round"),
        ({"seals": [b"short"]}, "no validators and seals"),
        ({"seals": [b"s" * 64 + b"\x1b"]}, "0 or 1"),
        ({"seals": [b"\xff" * 64 + b"\0"]}, "no signature"),
    ],
)
def test_extra_data_that_is_none(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(EvidenceError, match=message) as caught:
        assert Seals.read(extra(**changes), Consensus.QBFT).signers
    assert caught.value.check == "link"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not RLP"),
        (rlp.encode([b"\0"] * 14), "at least 15"),
        (rlp.encode([b"\0"] * 15), "hashes of 32 bytes"),
        (rlp.encode([*HEADER.items[:8], b"\0\x07", *HEADER.items[9:]]), "shortest form"),
        (b"x" * 70_000, "not as long"),
        (rlp.encode([*HEADER.items[:5], [], *HEADER.items[6:]]), "at least 15"),
    ],
)
def test_headers_that_are_none(data: bytes, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        Header.read(data)


def test_a_header_of_another_kind_of_chain_is_noticed() -> None:
    from registrum.evidence.reading import require_hash

    node = Sealed(Consensus.QBFT, [frozenset({0, 1, 2, 3})] * 3)
    read = read_header(node, 2)  # type: ignore[arg-type]
    require_hash(read, Consensus.QBFT)
    with pytest.raises(NodeError, match="does not lead to its hash"):
        require_hash(read, Consensus.CHECKPOINTS)


def test_the_vector_is_what_it_was() -> None:
    """`evidence.json` of a kept vector reads and writes to the same bytes."""
    data = unpack((FOLDER / "with-document.registrum.zip").read_bytes())[EVIDENCE]
    assert canonical.encode(canonical.parse(data, "it")) == data
