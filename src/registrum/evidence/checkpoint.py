"""Checkpoints: hashes of blocks that offices sign, for chains whose headers nobody seals. Section 4 of the format.

Not its job: keys (`registrum.signing.signers`), and whether a node has the block (`registrum.evidence.collecting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any, ClassVar

from registrum.errors import EvidenceError, InputError, VerificationError
from registrum.evidence.canonical import as_code, as_members, as_whole, hexed, unhexed
from registrum.evidence.chain import ChainDescription
from registrum.signing.addresses import checksum_address
from registrum.signing.eip712 import CHECKPOINT, Domain
from registrum.signing.keccak import keccak
from registrum.signing.signatures import recover_raw
from registrum.signing.statements import Statement

__all__ = ["Checkpoint", "CheckpointSignature", "CheckpointStatement"]

_PACK = Struct(">32s2s30x32s24xQ32s").pack


@dataclass(frozen=True, slots=True)
class CheckpointStatement(Statement):
    """What an office signs: this block is one of this chain.

    Args:
        office: ST.3 code, 2 bytes.
        genesis_hash: Hash of block 0, 32 bytes.
        block_number: Number of the block.
        block_hash: Its hash, 32 bytes.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Checkpoint(bytes2 office,bytes32 genesisHash,uint64 blockNumber,bytes32 blockHash)"

    office: bytes
    genesis_hash: bytes
    block_number: int
    block_hash: bytes

    def __post_init__(self) -> None:
        if len(self.office) != 2 or len(self.genesis_hash) != 32 or len(self.block_hash) != 32:
            raise InputError("a checkpoint names an office by two letters and blocks by hashes of 32 bytes")
        if not 0 <= self.block_number < 1 << 53:
            raise InputError(f"{self.block_number} is no number of a block")

    def _encoded(self) -> bytes:
        return _PACK(_TYPE_HASH, self.office, self.genesis_hash, self.block_number, self.block_hash)


_TYPE_HASH = keccak(CheckpointStatement.TYPE.encode("ascii"))


@dataclass(frozen=True, slots=True)
class CheckpointSignature:
    """That one office signed.

    Attributes:
        signer: Account, 20 bytes.
        signature: 65 bytes.
    """

    signer: bytes
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """A block that offices signed.

    Attributes:
        number: Of the block.
        hash: Of the block, 32 bytes.
        signatures: By office.
    """

    number: int
    hash: bytes
    signatures: Mapping[str, CheckpointSignature]

    @classmethod
    def from_json(cls, value: object) -> Checkpoint:
        """Read a checkpoint.

        Raises:
            EvidenceError: It has not the form of section 4.
        """
        members = as_members(value, ("number", "hash", "signatures"), "a checkpoint")
        listed = members["signatures"]
        if not isinstance(listed, list):
            raise EvidenceError("signatures of a checkpoint must be a list", check="form")
        signatures: dict[str, CheckpointSignature] = {}
        last = ""
        for each in listed:
            one = as_members(each, ("office", "signer", "signature"), "a signature of a checkpoint")
            office = as_code(one["office"], "office")
            if office <= last:
                raise EvidenceError("the signatures of a checkpoint ascend by office, none twice", check="form")
            last = office
            signatures[office] = CheckpointSignature(
                unhexed(one["signer"], "signer", 20), unhexed(one["signature"], "signature", 65)
            )
        return cls(as_whole(members["number"], "number"), unhexed(members["hash"], "hash", 32), signatures)

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        return {
            "number": self.number,
            "hash": hexed(self.hash),
            "signatures": [
                {"office": office, "signer": hexed(one.signer), "signature": hexed(one.signature)}
                for office, one in sorted(self.signatures.items())
            ],
        }

    def require_signed(self, chain: ChainDescription) -> None:
        """Refuse a checkpoint that not enough offices of the description signed, or that anybody else did.

        Raises:
            EvidenceError: It is so.
        """
        for office, one in self.signatures.items():
            if one.signer not in chain.signers.get(office, ()):
                raise EvidenceError(
                    f"{checksum_address(one.signer)} does not sign checkpoints for {office} by the chain description",
                    check="link",
                )
            try:
                signer = recover_raw(self.digest(office, chain), one.signature)
            except VerificationError as error:
                raise EvidenceError(f"the signature of {office} is none: {error.message}", check="link") from error
            if signer != one.signer:
                raise EvidenceError(f"the signature of {office} is not of this checkpoint", check="link")
        if len(self.signatures) < chain.threshold:
            raise EvidenceError(
                f"{len(self.signatures)} offices signed the checkpoint: {chain.threshold} must", check="link"
            )

    def statement(self, office: str, chain: ChainDescription) -> CheckpointStatement:
        """What an office signs for this block."""
        return CheckpointStatement(office.encode("ascii"), chain.genesis_hash, self.number, self.hash)

    def digest(self, office: str, chain: ChainDescription) -> bytes:
        """The 32 bytes that an office signs for this block."""
        return self.statement(office, chain).signing_digest(domain_of(chain))


def domain_of(chain: ChainDescription) -> Domain:
    """The domain that checkpoints of a chain are signed in."""
    return Domain(CHECKPOINT, chain.chain_id, checksum_address(chain.directory.address))
