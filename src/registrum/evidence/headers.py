"""Block headers, and the seals of validators in them. Sections 4 and 5 of the format.

QBFT and IBFT 2.0 as Hyperledger Besu writes them; of GoQuorum its QBFT, which is the same. Headers have 15 items or
more, whatever forks a network has. Not its job: which header leads to which (`registrum.evidence.link`).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import rlp

from registrum.errors import EvidenceError, VerificationError
from registrum.evidence.chain import MOST_VALIDATORS, Consensus
from registrum.evidence.trie import decode_rlp
from registrum.signing.keccak import keccak
from registrum.signing.signatures import recover_raw

__all__ = ["Header", "Seals", "quorum", "sorted_seals"]

MOST_HEADER_BYTES = 32 * 1024
_PARENT, _STATE_ROOT, _NUMBER, _TIME, _EXTRA = 0, 3, 8, 11, 12
_LEAST_ITEMS = 15
_VANITY, _VALIDATORS, _VOTE, _ROUND, _SEALS = range(5)


@dataclass(frozen=True)
class Header:
    """A header of a block.

    Attributes:
        items: What its RLP holds.
        encoded: Its RLP.
    """

    items: tuple[bytes, ...]
    encoded: bytes

    @classmethod
    def read(cls, encoded: bytes) -> Header:
        """Read the RLP of a header.

        Raises:
            EvidenceError: It is none.
        """
        if len(encoded) > MOST_HEADER_BYTES:
            raise EvidenceError("a header is not as long", check="link")
        items = decode_rlp(encoded, "a header", "link")
        if (
            not isinstance(items, list)
            or len(items) < _LEAST_ITEMS
            or not all(isinstance(each, bytes) for each in items)
        ):
            raise EvidenceError(f"a header is a list of at least {_LEAST_ITEMS} items", check="link")
        header = cls(tuple(items), encoded)
        if len(header.parent_hash) != 32 or len(header.state_root) != 32:
            raise EvidenceError("a header has hashes of 32 bytes", check="link")
        _whole(items[_NUMBER], "the number of a block")
        _whole(items[_TIME], "the time of a block")
        return header

    @property
    def parent_hash(self) -> bytes:
        """Hash of the block before, 32 bytes."""
        return self.items[_PARENT]

    @property
    def state_root(self) -> bytes:
        """Root of the trie of accounts after the block, 32 bytes."""
        return self.items[_STATE_ROOT]

    @property
    def number(self) -> int:
        """Number of the block."""
        return int.from_bytes(self.items[_NUMBER], "big")

    @property
    def time(self) -> int:
        """Seconds since 1970."""
        return int.from_bytes(self.items[_TIME], "big")

    def hash(self, consensus: Consensus) -> bytes:
        """Hash of the block, 32 bytes.

        Raises:
            EvidenceError: The extra data of a sealed chain is not what it must be.
        """
        return keccak(self.encoded) if not consensus.is_sealed else Seals.read(self, consensus).block_hash

    def with_extra(self, extra: bytes) -> bytes:
        """RLP of the same header with other extra data."""
        encoded: bytes = rlp.encode([*self.items[:_EXTRA], extra, *self.items[_EXTRA + 1 :]])
        return encoded


@dataclass(frozen=True)
class Seals:
    """What the extra data of a sealed header says.

    Attributes:
        number: Of the block.
        validators: Who could seal it, 20 bytes each, ascending.
        seals: 65 bytes each; nobody has looked yet at who sealed.
        sealed: What they are of, 32 bytes.
        block_hash: Hash of the block.
    """

    number: int
    validators: tuple[bytes, ...]
    seals: tuple[bytes, ...]
    sealed: bytes
    block_hash: bytes

    @classmethod
    def read(cls, header: Header, consensus: Consensus) -> Seals:
        """Read the extra data of a header; whether who sealed it could, and they are enough, is not judged.

        Raises:
            EvidenceError: The extra data has not the form of section 5.
        """
        items = _extra(header, consensus)
        hashed, sealed = _signed_parts(items, consensus)
        return cls(
            header.number,
            tuple(sorted(items[_VALIDATORS])),
            tuple(items[_SEALS]),
            keccak(header.with_extra(rlp.encode(sealed))),
            keccak(header.with_extra(rlp.encode(hashed))),
        )

    @functools.cached_property
    def signers(self) -> tuple[bytes, ...]:
        """Who sealed, in the order of the seals.

        Raises:
            EvidenceError: A seal is no signature.
        """
        return tuple(_signer(self.sealed, seal) for seal in self.seals)

    def require_good(self) -> None:
        """Refuse seals in another order than by signer, or of strangers.

        Raises:
            EvidenceError: It is so.
        """
        if any(one >= other for one, other in pairwise(self.signers)):
            raise EvidenceError(
                "the seals of a header are not sorted by who sealed, or one is there twice", check="link"
            )
        if not set(self.signers) <= set(self.validators):
            raise EvidenceError("somebody sealed a header who is no validator of it, or another header", check="link")

    def require_quorum(self) -> None:
        """Refuse seals that are not good, or too few.

        Raises:
            EvidenceError: It is so.
        """
        needed = quorum(len(self.validators))
        if len(self.seals) < needed:
            raise EvidenceError(
                f"{len(self.seals)} of {len(self.validators)} validators sealed a header: {needed} must", check="link"
            )
        self.require_good()


def quorum(count: int) -> int:
    """How many of so many validators must seal a block: two thirds, rounded up, as Besu and GoQuorum have it."""
    return -(-2 * count // 3)


def sorted_seals(encoded: bytes, consensus: Consensus) -> bytes:
    """The RLP of a header with its seals in the order that bundles have. Nodes keep them as they arrived.

    Raises:
        EvidenceError: It is no header of that kind.
    """
    header = Header.read(encoded)
    items = _extra(header, consensus)
    signers = Seals.read(header, consensus).signers
    items[_SEALS] = [seal for _, seal in sorted(zip(signers, items[_SEALS], strict=True))]
    return header.with_extra(rlp.encode(items))


def _extra(header: Header, consensus: Consensus) -> list[Any]:
    items = decode_rlp(header.items[_EXTRA], "the extra data of a header", "link")
    if not isinstance(items, list) or len(items) != 5 or not isinstance(items[_VANITY], bytes):
        raise EvidenceError("the extra data of a sealed header is a list of five", check="link")
    validators, vote, round_, seals = items[_VALIDATORS:]
    if len(items[_VANITY]) != 32 or not _are_bytes(validators, 20) or not _are_bytes(seals, 65):
        raise EvidenceError("the extra data of a header holds no validators and seals", check="link")
    if len(validators) > MOST_VALIDATORS:
        raise EvidenceError(f"a header names at most {MOST_VALIDATORS} validators", check="link")
    if validators and len(seals) > len(validators):
        raise EvidenceError("a header has more seals than validators", check="link")
    # Block 0 is written by hand, and its validators stand in any order.
    if not validators or (header.number and any(one >= other for one, other in pairwise(validators))):
        raise EvidenceError("the validators of a header must ascend, none twice; and there must be some", check="link")
    if not isinstance(round_, bytes) or not isinstance(vote, list | bytes):
        raise EvidenceError("the extra data of a header holds no round", check="link")
    if consensus is Consensus.QBFT:
        _whole(round_, "the round of a block")
        is_vote = isinstance(vote, list)
    else:
        is_vote = vote == b"" or (isinstance(vote, list) and bool(vote))
        if len(round_) != 4:
            raise EvidenceError("the round of a block of IBFT 2.0 has four bytes", check="link")
    if not is_vote:
        raise EvidenceError("the extra data of a header holds no vote of its kind", check="link")
    return items


def _signed_parts(items: Sequence[Any], consensus: Consensus) -> tuple[list[Any], list[Any]]:
    """The extra data that the hash of the block is over, and the one that validators seal."""
    common = list(items[:_ROUND])
    if consensus is Consensus.QBFT:
        return [*common, b"", []], [*common, items[_ROUND], []]
    return common, [*common, items[_ROUND]]


def _signer(digest: bytes, seal: bytes) -> bytes:
    if seal[64] > 1:
        raise EvidenceError("the last byte of a seal is 0 or 1", check="link")
    try:
        return recover_raw(digest, seal[:64] + bytes([27 + seal[64]]))
    except VerificationError as error:
        raise EvidenceError(f"a seal is no signature: {error.message}", check="link") from error


def _are_bytes(value: Any, size: int) -> bool:
    return isinstance(value, list) and all(isinstance(each, bytes) and len(each) == size for each in value)


def _whole(value: bytes, what: str) -> None:
    if value[:1] == b"\0" or len(value) > 6:
        raise EvidenceError(f"{what} is no number in its shortest form", check="link")
