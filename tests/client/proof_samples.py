"""Anchors and proofs for the proof tests: signed with development keys, built through the public interface."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hypothesis import strategies as st

from registrum.numbers import OfficeNumber
from registrum.proofs.merkle import Leaf, MerkleTree
from registrum.proofs.proof import Proof
from registrum.proofs.store import AnchorEntry
from registrum.signing.eip712 import Domain
from registrum.signing.signers import DevelopmentSigner
from registrum.signing.statements import Anchor

DOMAIN = Domain.application_registry(31337, "0x5FbDB2315678afecb367f032d93F642f64180aa3")
SIGNER = DevelopmentSigner.account(1)
STRANGER = DevelopmentSigner.account(2)

words = st.binary(min_size=32, max_size=32).filter(any)
numbers = st.builds(
    lambda office, right, number: f"{office}{right}{number}".encode().ljust(32, b"\0"),
    st.sampled_from(["AU", "EM", "JP", "RU", "US", "WO"]),
    st.sampled_from("PUTDSG"),
    st.text(alphabet="0123456789ABCZ/.-", min_size=1, max_size=29),
)
dates = st.dates().filter(lambda day: day.year >= 1800).map(lambda day: day.year * 10000 + day.month * 100 + day.day)
leaves = st.builds(Leaf, numbers, dates, st.sampled_from([0, 1]), words)
leaf_lists = st.lists(leaves, min_size=1, max_size=20, unique_by=lambda leaf: leaf.number)


def number(index: int, office: str = "EM") -> bytes:
    """The on-chain form of a trade mark number of an office."""
    return OfficeNumber.from_text(f"{office}/T/{index:09d}").on_chain


def document_digest(index: int) -> bytes:
    """SHA-256 of a small document."""
    return hashlib.sha256(f"application {index}".encode()).digest()


def plain_leaves(count: int) -> Iterable[Leaf]:
    """Leaves with distinct numbers and digests."""
    return (Leaf(number(index), 20240131, 0, document_digest(index)) for index in range(1, count + 1))


def entries(count: int) -> list[AnchorEntry]:
    """Records to anchor; every second one is salted."""
    makers = (AnchorEntry.plain, AnchorEntry.salted)
    return [makers[index % 2](number(index), 20240131, document_digest(index)) for index in range(1, count + 1)]


def sign_anchor(root: bytes, leaf_count: int, sequence: int = 1, office: bytes = b"EM") -> tuple[Anchor, bytes]:
    """An anchor statement and the signature of `SIGNER`."""
    anchor = Anchor(office, sequence, root, leaf_count)
    return anchor, SIGNER.sign(anchor, DOMAIN)


def proof_of(tree: MerkleTree, index: int) -> Proof:
    """A signed proof of a leaf of a tree."""
    anchor, signature = sign_anchor(tree.root, tree.leaf_count)
    return Proof(tree.leaf(index), index, tree.path(index), anchor, signature, SIGNER.address, DOMAIN)
