"""The description of a chain that a verifier trusts: consensus, contracts and their code. Section 3 of the format.

Not its job: headers and seals (`registrum.evidence.link`), where the description comes from
(`registrum.evidence.describing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

from registrum.errors import EvidenceError
from registrum.evidence.canonical import as_members, as_whole, encode, hexed, read_json, unhexed

__all__ = ["ChainDescription", "CodeAt", "Consensus"]

FORMAT = "registrum-chain/1"
MOST_VALIDATORS, MOST_REGISTRIES = 256, 16
_MEMBERS = ("format", "chainId", "genesisHash", "consensus", "contracts", "blocks")
_CONTRACTS = ("applicationRegistries", "officeDirectory", "officePractice", "priorityRegister", "rightsRegister")


class Consensus(StrEnum):
    """How a block of the chain is known to be one."""

    QBFT = "qbft"
    IBFT2 = "ibft2"
    CHECKPOINTS = "checkpoints"
    """The chain seals nothing; offices sign hashes of blocks."""

    @property
    def is_sealed(self) -> bool:
        """Whether headers carry the seals of validators."""
        return self is not Consensus.CHECKPOINTS


@dataclass(frozen=True, slots=True)
class CodeAt:
    """A contract.

    Attributes:
        address: 20 bytes.
        code_hash: Keccak-256 of its code, 32 bytes.
    """

    address: bytes
    code_hash: bytes

    @classmethod
    def from_json(cls, value: object, what: str) -> CodeAt:
        """Read `{"address", "codeHash"}`."""
        members = as_members(value, ("address", "codeHash"), what)
        return cls(unhexed(members["address"], what, 20), unhexed(members["codeHash"], what, 32))

    def to_json(self) -> dict[str, str]:
        """The form that `from_json` reads."""
        return {"address": hexed(self.address), "codeHash": hexed(self.code_hash)}


@dataclass(frozen=True)
class ChainDescription:
    """What a verifier trusts.

    Attributes:
        chain_id: EIP-155.
        genesis_hash: Hash of block 0, 32 bytes.
        consensus: Kind.
        validators: Of the block `since`, ascending; empty but for sealed chains.
        since: Number and hash of the block whose validators are named; None for block 0, and for chains without seals.
        threshold: How many offices must have signed a checkpoint; zero for sealed chains.
        signers: For each office the accounts whose signatures on checkpoints count.
        registries: Application registries, newest first.
        directory: Office directory.
        priority: Priority register.
        rights: Trade mark and design register; None where there is none.
        practice: Office practice; None exactly where `rights` is.
        blocks: Hashes of blocks that are trusted as they are, by number.
    """

    chain_id: int
    genesis_hash: bytes
    consensus: Consensus
    registries: tuple[CodeAt, ...]
    directory: CodeAt
    priority: CodeAt
    rights: CodeAt | None = None
    practice: CodeAt | None = None
    validators: tuple[bytes, ...] = ()
    since: tuple[int, bytes] | None = None
    threshold: int = 0
    signers: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    blocks: Mapping[int, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes) -> ChainDescription:
        """Read a description that a verifier has from elsewhere: spelt as it may be, since only its value counts.

        Raises:
            EvidenceError: It is not in the form of section 3.
        """
        return cls.from_json(read_json(data, "the chain description"))

    @classmethod
    def from_json(cls, value: object) -> ChainDescription:
        """Read a description.

        Raises:
            EvidenceError: A member is missing, unknown or of another form.
        """
        members = as_members(value, _MEMBERS, "a chain description")
        if members["format"] != FORMAT:
            raise EvidenceError(f"this version reads chain descriptions of the form {FORMAT}", check="form")
        chain_id = as_whole(members["chainId"], "chainId")
        if not chain_id:
            raise EvidenceError("a chain id is not zero", check="form")
        contracts = as_members(members["contracts"], _CONTRACTS, "contracts")
        registries = contracts["applicationRegistries"]
        if not isinstance(registries, list) or not registries:
            raise EvidenceError("applicationRegistries must list at least one contract", check="form")
        listed = tuple(CodeAt.from_json(each, "an application registry") for each in registries[: MOST_REGISTRIES + 1])
        if len(listed) > MOST_REGISTRIES or len({each.address for each in listed}) < len(listed):
            raise EvidenceError(f"there are at most {MOST_REGISTRIES} applicationRegistries, none twice", check="form")
        rights, practice = (
            None if contracts[name] is None else CodeAt.from_json(contracts[name], name)
            for name in ("rightsRegister", "officePractice")
        )
        if (rights is None) != (practice is None):
            raise EvidenceError("rightsRegister and officePractice come together", check="form")
        genesis_hash = unhexed(members["genesisHash"], "genesisHash", 32)
        consensus, validators, since, threshold, signers = _consensus(members["consensus"], genesis_hash)
        return cls(
            chain_id=chain_id,
            genesis_hash=genesis_hash,
            consensus=consensus,
            registries=listed,
            directory=CodeAt.from_json(contracts["officeDirectory"], "officeDirectory"),
            priority=CodeAt.from_json(contracts["priorityRegister"], "priorityRegister"),
            rights=rights,
            practice=practice,
            validators=validators,
            since=since,
            threshold=threshold,
            signers=signers,
            blocks=_blocks(members["blocks"]),
        )

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        consensus: dict[str, Any] = {"kind": self.consensus.value}
        if self.consensus.is_sealed:
            consensus["validators"] = [hexed(each) for each in self.validators]
            number, block_hash = self.start
            consensus["since"] = {"number": number, "hash": hexed(block_hash)}
        else:
            consensus["threshold"] = self.threshold
            consensus["signers"] = {office: [hexed(each) for each in self.signers[office]] for office in self.signers}
        return {
            "format": FORMAT,
            "chainId": self.chain_id,
            "genesisHash": hexed(self.genesis_hash),
            "consensus": consensus,
            "contracts": {
                "applicationRegistries": [each.to_json() for each in self.registries],
                "officeDirectory": self.directory.to_json(),
                "priorityRegister": self.priority.to_json(),
                "rightsRegister": None if self.rights is None else self.rights.to_json(),
                "officePractice": None if self.practice is None else self.practice.to_json(),
            },
            "blocks": [{"number": number, "hash": hexed(self.blocks[number])} for number in sorted(self.blocks)],
        }

    def to_bytes(self) -> bytes:
        """The canonical form."""
        return encode(self.to_json())

    @property
    def start(self) -> tuple[int, bytes]:
        """Number and hash of the block from whose validators others are followed."""
        return self.since or (0, self.genesis_hash)

    def is_of_chain(self, other: ChainDescription) -> bool:
        """Whether both describe one chain; which blocks and which validators are trusted, each says for itself."""
        return self.compared() == other.compared()

    def compared(self) -> ChainDescription:
        """What descriptions of one chain have in common."""
        return replace(self, blocks={}, validators=(), since=None)

    def without_blocks(self) -> ChainDescription:
        """The same without the blocks that only this verifier trusts: what travels in a bundle."""
        return replace(self, blocks={})


def _consensus(
    value: object, genesis_hash: bytes
) -> tuple[Consensus, tuple[bytes, ...], tuple[int, bytes] | None, int, dict[str, tuple[bytes, ...]]]:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind in (Consensus.QBFT, Consensus.IBFT2):
        members = as_members(value, ("kind", "validators", "since"), "consensus")
        since = as_members(members["since"], ("number", "hash"), "since")
        start = as_whole(since["number"], "number"), unhexed(since["hash"], "hash", 32)
        if start[0] == 0 and start[1] != genesis_hash:
            raise EvidenceError("since names block 0 by another hash than genesisHash", check="form")
        validators = _ascending(members["validators"], "validators")
        if len(validators) > MOST_VALIDATORS:
            raise EvidenceError(f"a description names at most {MOST_VALIDATORS} validators", check="form")
        return Consensus(kind), validators, start if start[0] else None, 0, {}
    if kind != Consensus.CHECKPOINTS:
        raise EvidenceError(f"consensus is one of {', '.join(Consensus)}", check="form")
    members = as_members(value, ("kind", "threshold", "signers"), "consensus")
    signers = members["signers"]
    if not isinstance(signers, dict) or not all(
        len(name) == 2 and name.isalpha() and name.isupper() for name in signers
    ):
        raise EvidenceError("signers must name offices by two capital letters", check="form")
    accounts = {office: _ascending(signers[office], f"signers of {office}") for office in sorted(signers)}
    threshold = as_whole(members["threshold"], "threshold")
    if not 1 <= threshold <= len(accounts):
        raise EvidenceError("the threshold is at least one office and at most all that are named", check="form")
    return Consensus.CHECKPOINTS, (), None, threshold, accounts


def _ascending(value: object, what: str) -> tuple[bytes, ...]:
    if not isinstance(value, list) or not value:
        raise EvidenceError(f"{what} must list at least one address", check="form")
    addresses = tuple(unhexed(each, what, 20) for each in value)
    if any(one >= other for one, other in pairwise(addresses)):
        raise EvidenceError(f"{what} must ascend, none twice", check="form")
    return addresses


def _blocks(value: object) -> dict[int, bytes]:
    if not isinstance(value, list):
        raise EvidenceError("blocks must be a list", check="form")
    blocks: dict[int, bytes] = {}
    last = -1
    for each in value:
        members = as_members(each, ("number", "hash"), "a block")
        number = as_whole(members["number"], "number")
        if number <= last:
            raise EvidenceError("blocks must ascend by number", check="form")
        last = number
        blocks[number] = unhexed(members["hash"], "hash", 32)
    return blocks
