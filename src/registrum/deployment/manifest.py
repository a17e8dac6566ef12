"""The deployment manifest: which contracts are where on which chain, and what their code must be.

One JSON file a chain, by custom `deployments/<chain id>.json`. It is read strictly: what is not understood is refused,
because a client that trusts a wrong address trusts a wrong register. While a deployment is under way the file also
holds its journal: the step that was begun and not yet seen to end.

Not its job: deploying (`registrum.deployment.deployer`) or asking a node (`registrum.deployment.check`).
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registrum.errors import ConfigError, InputError
from registrum.signing.addresses import checksum_address, parse_address

__all__ = [
    "CONSORTIUM_CONTRACTS",
    "CONTRACTS",
    "TIMELOCK",
    "Argument",
    "Compiler",
    "DeployedContract",
    "Manifest",
    "PendingStep",
]

CONTRACTS = (
    "OfficeDirectory",
    "ApplicationRegistry",
    "PriorityRegister",
    "OfficePractice",
    "RightsRegister",
    "RightsStanding",
)
"""The registers: contracts of every complete deployment, in the order in which they are deployed."""
TIMELOCK = "Timelock"
"""The contract that `Consortium` creates with itself, and that is recorded with it."""
CONSORTIUM_CONTRACTS = ("Consortium", TIMELOCK, "EmergencyCouncil", "Charter", "AddressBook")
"""What comes after them where a consortium governs."""

Argument = str | int | tuple["Argument", ...]
"""A constructor argument: an address in EIP-55 form, `0x` and hexadecimal digits for fixed bytes, a text, a whole
number, or a tuple of them for a struct."""

_ALL = CONTRACTS + CONSORTIUM_CONTRACTS
_MANIFEST_VERSION = 1
_MAX_BYTES = 1 << 20
_WORD = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_REMEDY = "Take the manifest from the operator of the network again, or deploy with `scripts/deploy.py`."


@dataclass(frozen=True)
class Compiler:
    """What the contracts were compiled with: solc's version, target EVM and optimizer."""

    version: str
    evm_version: str
    optimizer_enabled: bool
    optimizer_runs: int
    via_ir: bool

    @classmethod
    def from_json(cls, value: object, where: str = "compiler") -> Compiler:
        """Read the form of `to_json`, which is also that of the exported contracts.

        Raises:
            ConfigError: A member is missing, unknown or of another type.
        """
        members = _members(value, where, ("version", "evmVersion", "optimizer", "viaIR"))
        optimizer = _members(members["optimizer"], f"{where}.optimizer", ("enabled", "runs"))
        return cls(
            _text(members["version"], f"{where}.version"),
            _text(members["evmVersion"], f"{where}.evmVersion"),
            _flag(optimizer["enabled"], f"{where}.optimizer.enabled"),
            _number(optimizer["runs"], f"{where}.optimizer.runs"),
            _flag(members["viaIR"], f"{where}.viaIR"),
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "version": self.version,
            "evmVersion": self.evm_version,
            "optimizer": {"enabled": self.optimizer_enabled, "runs": self.optimizer_runs},
            "viaIR": self.via_ir,
        }


@dataclass(frozen=True)
class DeployedContract:
    """One contract on the chain.

    Attributes:
        address: In EIP-55 form.
        code_hash: Keccak-256 of the runtime code as it is on the chain, immutables filled in; 32 bytes.
        constructor_arguments: In the constructor's order; none for the timelock, which the consortium makes.
        transaction: Hash of the creating transaction, 32 bytes.
        block: Number of its block; no event of the contract is older.
    """

    address: str
    code_hash: bytes
    constructor_arguments: tuple[Argument, ...]
    transaction: bytes
    block: int

    @classmethod
    def from_json(cls, value: object, where: str) -> DeployedContract:
        """Read the form of `to_json`.

        Raises:
            ConfigError: A member is missing, unknown or of another type.
        """
        members = _members(value, where, ("address", "codeHash", "constructorArguments", "transaction", "block"))
        return cls(
            _address(members["address"], f"{where}.address"),
            _word(members["codeHash"], f"{where}.codeHash"),
            _arguments(members["constructorArguments"], f"{where}.constructorArguments"),
            _word(members["transaction"], f"{where}.transaction"),
            _number(members["block"], f"{where}.block"),
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "address": self.address,
            "codeHash": "0x" + self.code_hash.hex(),
            "constructorArguments": _listed(self.constructor_arguments),
            "transaction": "0x" + self.transaction.hex(),
            "block": self.block,
        }


@dataclass(frozen=True)
class PendingStep:
    """Journal of a step that was begun: written before anything is sent, gone when its outcome is recorded.

    Attributes:
        contract: Which one.
        deployer: Account that sends, in EIP-55 form.
        nonce: Its nonce for the creating transaction; both together settle the address.
        constructor_arguments: As in `DeployedContract`.
        head: Number of the newest block before anything was sent.
    """

    contract: str
    deployer: str
    nonce: int
    constructor_arguments: tuple[Argument, ...]
    head: int

    @classmethod
    def from_json(cls, value: object, where: str = "pending") -> PendingStep:
        """Read the form of `to_json`.

        Raises:
            ConfigError: A member is missing, unknown or of another type.
        """
        members = _members(value, where, ("contract", "deployer", "nonce", "constructorArguments", "head"))
        return cls(
            _contract(members["contract"], f"{where}.contract"),
            _address(members["deployer"], f"{where}.deployer"),
            _number(members["nonce"], f"{where}.nonce"),
            _arguments(members["constructorArguments"], f"{where}.constructorArguments"),
            _number(members["head"], f"{where}.head"),
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "contract": self.contract,
            "deployer": self.deployer,
            "nonce": self.nonce,
            "constructorArguments": _listed(self.constructor_arguments),
            "head": self.head,
        }


@dataclass(frozen=True)
class Manifest:
    """A deployment on one chain.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: Hash of block 0, 32 bytes: two chains may share an id, never this.
        release: Release of Registrum that deployed.
        abi_version: Keccak-256 over the ABIs of the contracts, 32 bytes: what a client must have been built for.
        compiler: What the contracts were compiled with.
        contracts: By name; all of `CONTRACTS` once the deployment is complete, with a consortium also all of
            `CONSORTIUM_CONTRACTS`.
        pending: The step that was begun, if a deployment is under way or was interrupted.
        founding: Whether a consortium is being founded: its contracts, its founders or the hand-over to it are not all
            in place yet.
    """

    chain_id: int
    genesis_hash: bytes
    release: str
    abi_version: bytes
    compiler: Compiler
    contracts: Mapping[str, DeployedContract] = field(default_factory=dict)
    pending: PendingStep | None = None
    founding: bool = False

    @property
    def has_consortium(self) -> bool:
        """Whether a consortium governs, or is to."""
        return self.founding or any(name in self.contracts for name in CONSORTIUM_CONTRACTS)

    @property
    def is_complete(self) -> bool:
        """Whether every contract is deployed and recorded, and governance handed over where there is a consortium."""
        wanted = _ALL if self.has_consortium else CONTRACTS
        return self.pending is None and not self.founding and all(name in self.contracts for name in wanted)

    def contract(self, name: str) -> DeployedContract:
        """One contract, by its name.

        Raises:
            ConfigError: It is not deployed yet.
        """
        try:
            return self.contracts[name]
        except KeyError:
            remedy = "The deployment was interrupted: run `scripts/deploy.py` again, it resumes."
            if name in CONSORTIUM_CONTRACTS and not self.has_consortium:
                remedy = "No consortium governs this deployment, but one account: see `OfficeDirectory.governance`."
            raise ConfigError(f"the manifest for chain {self.chain_id} has no {name}", remedy=remedy) from None

    def address(self, name: str) -> str:
        """Address of a contract, in EIP-55 form; as `contract` otherwise."""
        return self.contract(name).address

    @classmethod
    def load(cls, path: Path | str) -> Manifest:
        """Read a manifest file.

        Raises:
            ConfigError: No such file, or it is not a manifest that this release understands; the message says where.
        """
        file = Path(path)
        try:
            with file.open("rb") as stream:
                raw = stream.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            raise ConfigError(
                f"there is no manifest {file}",
                remedy="Name the right file by --manifest or REGISTRUM_MANIFEST, or start `registrum devnet`.",
            ) from None
        except OSError as error:
            raise ConfigError(
                f"the manifest {file} cannot be read: {error.strerror}", remedy="Check its permissions."
            ) from error
        if len(raw) > _MAX_BYTES:
            raise ConfigError(f"the manifest {file} has more than {_MAX_BYTES} bytes", remedy=_REMEDY)
        try:
            value = json.loads(raw, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"the manifest {file} is not JSON: {error}", remedy=_REMEDY) from None
        except ConfigError as error:
            raise ConfigError(f"the manifest {file}: {error.message}", remedy=_REMEDY) from None
        try:
            return cls.from_json(value)
        except ConfigError as error:
            raise ConfigError(f"the manifest {file}: {error.message}", remedy=error.remedy or _REMEDY) from None

    @classmethod
    def from_json(cls, value: object) -> Manifest:
        """Read the form of `to_json`.

        Raises:
            ConfigError: A member is missing, unknown or of another type.
        """
        if isinstance(value, dict) and value.get("manifestVersion") != _MANIFEST_VERSION:
            raise ConfigError(
                f"manifestVersion is {value.get('manifestVersion')!r}; this release reads {_MANIFEST_VERSION}",
                remedy="Use a release of Registrum that is as new as the manifest.",
            )
        names = ("manifestVersion", "chainId", "genesisHash", "release", "abiVersion", "compiler", "contracts")
        members = _members(value, "manifest", names, optional=("pending", "founding"))
        listed = _members(members["contracts"], "contracts", (), optional=_ALL)
        contracts = {
            name: DeployedContract.from_json(listed[name], f"contracts.{name}") for name in _ALL if name in listed
        }
        if list(contracts) != list(_ALL[: len(contracts)]):
            raise ConfigError(f"contracts are {', '.join(contracts)}; one that they rest on is missing")
        addresses = [contract.address for contract in contracts.values()]
        if len(set(addresses)) != len(addresses):
            raise ConfigError("two contracts have one address")
        pending = PendingStep.from_json(members["pending"]) if "pending" in members else None
        if pending is not None and pending.contract in contracts:
            raise ConfigError(f"{pending.contract} is both deployed and pending")
        chain_id = _number(members["chainId"], "chainId")
        if chain_id == 0:
            raise ConfigError("chainId is 0")
        return cls(
            chain_id=chain_id,
            genesis_hash=_word(members["genesisHash"], "genesisHash"),
            release=_text(members["release"], "release"),
            abi_version=_word(members["abiVersion"], "abiVersion"),
            compiler=Compiler.from_json(members["compiler"]),
            contracts=contracts,
            pending=pending,
            founding=_flag(members.get("founding", False), "founding"),
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON form, keys in a fixed order."""
        document: dict[str, Any] = {
            "manifestVersion": _MANIFEST_VERSION,
            "chainId": self.chain_id,
            "genesisHash": "0x" + self.genesis_hash.hex(),
            "release": self.release,
            "abiVersion": "0x" + self.abi_version.hex(),
            "compiler": self.compiler.to_json(),
            "contracts": {name: self.contracts[name].to_json() for name in _ALL if name in self.contracts},
        }
        if self.pending is not None:
            document["pending"] = self.pending.to_json()
        if self.founding:
            document["founding"] = True
        return document

    def save(self, path: Path | str) -> None:
        """Write the file whole or not at all, and durably: what it says must survive a power cut.

        Raises:
            ConfigError: The file cannot be written.
        """
        file = Path(path)
        text = json.dumps(self.to_json(), indent=2) + "\n"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            _replace(file, text)
        except OSError as error:
            raise ConfigError(f"the manifest {file} cannot be written: {error.strerror}") from error


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files for the owner alone; a manifest is for everyone.
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ConfigError("a member is given twice")
    return members


def _members(value: object, where: str, required: tuple[str, ...], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} is not a JSON object")
    missing = [name for name in required if name not in value]
    if missing:
        raise ConfigError(f"{where} lacks {', '.join(missing)}")
    unknown = sorted(value.keys() - {*required, *optional})
    if unknown:
        raise ConfigError(f"{where} has unknown members: {', '.join(unknown)}")
    return value


def _number(value: object, where: str) -> int:
    if type(value) is not int or value < 0:
        raise ConfigError(f"{where} is {value!r}, not a whole number from 0")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where} is {value!r}, neither true nor false")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where} is {value!r}, not a text")
    return value


def _word(value: object, where: str) -> bytes:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ConfigError(f"{where} is {value!r}, not 0x and 64 lower-case hexadecimal digits")
    return bytes.fromhex(value[2:])


def _contract(value: object, where: str) -> str:
    if value not in _ALL or value == TIMELOCK:
        raise ConfigError(f"{where} is {value!r}, not one of {', '.join(name for name in _ALL if name != TIMELOCK)}")
    return str(value)


def _address(value: object, where: str) -> str:
    try:
        raw = parse_address(_text(value, where))
    except InputError as error:
        raise ConfigError(f"{where}: {error.message}") from None
    if not any(raw):
        raise ConfigError(f"{where} is the zero address")
    return checksum_address(raw)


def _arguments(value: object, where: str) -> tuple[Argument, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"{where} is {value!r}, not a list")
    return tuple(_argument(item, f"{where}[{index}]") for index, item in enumerate(value))


def _argument(value: object, where: str) -> Argument:
    if isinstance(value, list):
        return _arguments(value, where)
    if not isinstance(value, str):
        return _number(value, where)
    if not _ADDRESS.fullmatch(value):
        return _text(value, where)
    try:
        return checksum_address(parse_address(value))
    except InputError as error:
        raise ConfigError(f"{where}: {error.message}") from None


def _listed(arguments: tuple[Argument, ...]) -> list[Any]:
    return [_listed(item) if isinstance(item, tuple) else item for item in arguments]
