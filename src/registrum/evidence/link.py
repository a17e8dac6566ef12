"""Why a block is one of the chain: pinned by the verifier, sealed by validators, or signed by offices. Section 4 and 5.

Not its job: what the block holds (`registrum.evidence.state`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from registrum.errors import EvidenceError
from registrum.evidence.canonical import LAST_MOMENT, as_members, as_moment, as_whole, hexed, instant, unhexed
from registrum.evidence.chain import ChainDescription, Consensus
from registrum.evidence.checkpoint import Checkpoint
from registrum.evidence.headers import MOST_HEADER_BYTES, Header, Seals, quorum

__all__ = ["MOST_DESCENDANTS", "Block", "Link", "TrustedBy"]

MOST_DESCENDANTS = 1024
MOST_BYTES = 1 << 19
MOST_SEALS = 1024
_MEMBERS = ("header", "descendants", "validatorChanges", "checkpoint")


class TrustedBy(StrEnum):
    """What a block is trusted for."""

    PINNED = "pinned"
    """The verifier's own description names it, or one after it that leads back to it."""
    SEALS = "seals"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Block:
    """A block as the bundle states it.

    Attributes:
        number: Number.
        hash: Hash, 32 bytes.
        time: Seconds since 1970.
    """

    number: int
    hash: bytes
    time: int

    def to_json(self) -> dict[str, Any]:
        """The form of section 2."""
        return {"number": self.number, "hash": hexed(self.hash), "time": instant(self.time)}


@dataclass(frozen=True)
class Link:
    """From the block whose state is shown to one that is trusted.

    Attributes:
        header: Of the block.
        descendants: Headers after it, one by one.
        changes: Headers before the last of those, each with another set of validators.
        checkpoint: Signed by offices, of the last.
    """

    header: Header
    descendants: tuple[Header, ...] = ()
    changes: tuple[Header, ...] = ()
    checkpoint: Checkpoint | None = None

    @classmethod
    def from_json(cls, value: object) -> Link:
        """Read a link.

        Raises:
            EvidenceError: It has not the form of section 4.
        """
        header, descendants, changes, checkpoint = link_form(value)
        return cls(
            Header.read(header), tuple(map(Header.read, descendants)), tuple(map(Header.read, changes)), checkpoint
        )

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        return {
            "header": hexed(self.header.encoded),
            "descendants": [hexed(each.encoded) for each in self.descendants],
            "validatorChanges": [hexed(each.encoded) for each in self.changes],
            "checkpoint": None if self.checkpoint is None else self.checkpoint.to_json(),
        }

    @property
    def tip(self) -> Header:
        """The last header of the row, which is sealed or signed."""
        return self.descendants[-1] if self.descendants else self.header

    def block(self, chain: ChainDescription) -> Block:
        """The block whose state is shown."""
        return Block(self.header.number, self._hash(self.header, chain), self.header.time)

    def _hash(self, header: Header, chain: ChainDescription) -> bytes:
        """Hash of a header of the row: those before the tip come in the form that is hashed."""
        return header.hash(chain.consensus if header is self.tip else Consensus.CHECKPOINTS)

    def require_trusted(self, chain: ChainDescription) -> TrustedBy:
        """Follow the link from what the description trusts to the block.

        Returns:
            What it is trusted for.

        Raises:
            EvidenceError: The row of headers is broken, or none of it is trusted.
        """
        row = self._row(chain)
        changes = self._changes(chain)
        is_pinned = _is_pinned(chain, row, changes)
        if not chain.consensus.is_sealed:
            if self.checkpoint is not None:
                if (self.checkpoint.number, self.checkpoint.hash) != row[-1]:
                    raise EvidenceError("the checkpoint is of another block", check="link")
                self.checkpoint.require_signed(chain)
            elif not is_pinned:
                raise EvidenceError("no office signed the block, and nobody sealed it", check="link")
        elif not is_pinned:
            self._require_sealed(chain, changes)
        if is_pinned:
            return TrustedBy.PINNED
        return TrustedBy.SEALS if chain.consensus.is_sealed else TrustedBy.CHECKPOINT

    def _row(self, chain: ChainDescription) -> list[tuple[int, bytes]]:
        """Number and hash of each header of the row, which follow one another."""
        if len(self.descendants) > MOST_DESCENDANTS:
            raise EvidenceError(f"at most {MOST_DESCENDANTS} headers lead to the trusted one", check="link")
        row: list[tuple[int, bytes]] = []
        for header in (self.header, *self.descendants):
            if row and (header.number - 1, header.parent_hash) != row[-1]:
                raise EvidenceError(f"header {header.number} does not follow block {row[-1][0]}", check="link")
            row.append((header.number, self._hash(header, chain)))
        return row

    def _changes(self, chain: ChainDescription) -> list[Seals]:
        """What the headers of changed validators say; who sealed them is not looked at."""
        if not chain.consensus.is_sealed:
            if self.changes:
                raise EvidenceError("a chain without seals has no changes of validators", check="link")
            return []
        if self.checkpoint is not None:
            raise EvidenceError("a sealed chain has no checkpoints", check="link")
        numbers = [each.number for each in (*self.changes, self.tip)]
        if any(one >= other for one, other in pairwise(numbers)):
            raise EvidenceError("changes of validators are not in the order of their blocks", check="link")
        return [Seals.read(each, chain.consensus) for each in self.changes]

    def _require_sealed(self, chain: ChainDescription, changes: Sequence[Seals]) -> None:
        """Follow the validators to the tip. What costs little is looked at first, and seals last."""
        start, _ = chain.start
        tip = Seals.read(self.tip, chain.consensus)
        if tip.number < start:
            raise EvidenceError(
                f"block {tip.number} is older than block {start}, whose validators are trusted, and not pinned",
                check="link",
            )
        followed = [each for each in changes if each.number > start]
        if sum(len(each.seals) for each in (*followed, tip)) > MOST_SEALS:
            raise EvidenceError(f"the headers of a link have at most {MOST_SEALS} seals", check="link")
        trusted = set(chain.validators)
        for seals in (*followed, tip):
            own = set(seals.validators)
            changed = len(own ^ trusted)
            if changed != 1 and not (changed == 0 and seals is tip):
                raise EvidenceError(
                    f"the validators of block {seals.number} do not follow from those before", check="link"
                )
            trusted = own
        trusted = set(chain.validators)
        for seals in (*followed, tip):
            seals.require_quorum()
            known = len(set(seals.signers) & trusted)
            if known < max(1, quorum(len(trusted)) - 1):
                raise EvidenceError(f"too few of the validators before it sealed block {seals.number}", check="link")
            trusted = set(seals.validators)


def _is_pinned(chain: ChainDescription, row: Sequence[tuple[int, bytes]], changes: Sequence[Seals]) -> bool:
    """Whether the description names a header of the row, and so the block, from which all later ones descend.

    Raises:
        EvidenceError: It names one of the row, or of the changes, by another hash.
    """
    pins = [*chain.blocks.items(), *([chain.start] if chain.consensus.is_sealed else [])]
    shown = [*row, *((each.number, each.block_hash) for each in changes)]
    for number, block_hash in shown:
        if any(pin[0] == number and pin[1] != block_hash for pin in pins):
            raise EvidenceError(f"block {number} is another one by the chain description", check="link")
    return not {number for number, _ in pins}.isdisjoint(number for number, _ in row)


def link_form(value: object) -> tuple[bytes, list[bytes], list[bytes], Checkpoint | None]:
    """The RLP of header, descendants and changes of a link, none looked into, and the checkpoint.

    Raises:
        EvidenceError: It has not the form of section 4, or is longer than section 11 allows.
    """
    members = as_members(value, _MEMBERS, "the link")
    checkpoint = members["checkpoint"]
    [header] = _encoded([members["header"]], "header")
    descendants, changes = (_encoded(members[name], name) for name in ("descendants", "validatorChanges"))
    if sum(map(len, (header, *descendants, *changes))) > MOST_BYTES:
        raise EvidenceError(f"the headers of a link have at most {MOST_BYTES} bytes", check="form")
    return header, descendants, changes, None if checkpoint is None else Checkpoint.from_json(checkpoint)


def _encoded(value: object, what: str) -> list[bytes]:
    """The RLP of headers, not yet looked into."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_DESCENDANTS:
        raise EvidenceError(f"{what} must list at most {MOST_DESCENDANTS} headers", check="form")
    headers = [unhexed(each, what) for each in value]
    if any(not 0 < len(each) <= MOST_HEADER_BYTES for each in headers):
        raise EvidenceError(f"a header has at most {MOST_HEADER_BYTES} bytes", check="form")
    return headers


def block_form(stated: object) -> Mapping[str, Any]:
    """The members of a block as it is stated.

    Raises:
        EvidenceError: It has not the form of section 2.
    """
    members = as_members(stated, ("number", "hash", "time"), "block")
    as_whole(members["number"], "number")
    unhexed(members["hash"], "hash", 32)
    as_moment(members["time"], "time")
    return members


def require_block(stated: object, block: Block) -> None:
    """Refuse a block that is stated otherwise than its header has it.

    Raises:
        EvidenceError: It is so.
    """
    if block.time > LAST_MOMENT or block_form(stated) != block.to_json():
        raise EvidenceError("number, hash or time of the block are not those of its header", check="link")
