"""The compiled contracts that travel inside the package: code to deploy, and code to compare with.

Not its job: typed calls and decoded errors, which need the ABI only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from registrum.chain.codec import Kind, encode_values, kind_of, snake_case
from registrum.deployment.manifest import CONSORTIUM_CONTRACTS, CONTRACTS, TIMELOCK, Argument, Compiler
from registrum.errors import ConfigError, InputError
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak

__all__ = ["Artifact", "abi_version", "load_artifact"]

_FILES = {TIMELOCK: "TimelockController"}
"""Files of contracts that are called otherwise where they are deployed."""


@dataclass(frozen=True)
class Artifact:
    """One compiled contract.

    Attributes:
        name: Name of the contract.
        source: Path of its source file in the project.
        compiler: What it was compiled with.
        abi: As solc gives it.
        creation_code: What deploys it, without constructor arguments.
        runtime_code: What is then on the chain, with zeros where immutables go.
        immutables: Places of each immutable in `runtime_code`, by variable name: pairs of start and length.
    """

    name: str
    source: str
    compiler: Compiler
    abi: list[dict[str, Any]]
    creation_code: bytes
    runtime_code: bytes
    immutables: Mapping[str, tuple[tuple[int, int], ...]]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the constructor's parameters."""
        return tuple(item["name"] for item in self._inputs)

    @property
    def _inputs(self) -> list[dict[str, Any]]:
        return [item for entry in self.abi if entry["type"] == "constructor" for item in entry["inputs"]]

    def init_code(self, arguments: Sequence[Argument]) -> bytes:
        """The data of the transaction that creates the contract.

        Args:
            arguments: Constructor arguments.

        Raises:
            InputError: Another number of arguments, or one that does not fit its type.
        """
        inputs = self._inputs
        if len(arguments) != len(inputs):
            raise InputError(f"{self.name} takes {len(inputs)} constructor arguments, got {len(arguments)}")
        values = [_value(item, argument) for item, argument in zip(inputs, arguments, strict=True)]
        return self.creation_code + encode_values([kind_of(item) for item in inputs], values)

    def matches(self, code: bytes) -> bool:
        """Whether code on a chain is this contract's, whatever its immutables hold."""
        return len(code) == len(self.runtime_code) and self.masked(code) == self.runtime_code

    def masked(self, code: bytes) -> bytes:
        """The code with zeros where immutables go."""
        blank = bytearray(code)
        for places in self.immutables.values():
            for start, length in places:
                blank[start : start + length] = bytes(length)
        return bytes(blank)

    def wrong_immutables(self, code: bytes, address: str, chain_id: int, arguments: Sequence[Argument]) -> list[str]:
        """Names of immutables in code on a chain that do not hold what they must.

        Those that can be foretold are looked at: constructor arguments, and members of structs among them, that are
        kept under their own name, and address and chain id in the EIP-712 domain.
        """
        expected: dict[str, bytes] = {}
        for item, argument in zip(self._inputs, arguments, strict=True):
            expected |= _words(item, argument)
        expected["_cachedThis"] = parse_address(address)
        expected["_cachedChainId"] = chain_id.to_bytes(32, "big")
        return [
            name
            for name, places in self.immutables.items()
            if name in expected
            and any(code[start : start + size] != expected[name].rjust(size, b"\0") for start, size in places)
        ]


def _value(entry: Mapping[str, Any], argument: Argument) -> Any:
    """An argument as the codec takes it.

    Raises:
        InputError: It does not fit its type.
    """
    kind, members = entry["type"], entry.get("components")
    if kind == "tuple" and members is not None:
        if not isinstance(argument, tuple) or len(argument) != len(members):
            raise InputError(f"{entry['name']} is a struct of {len(members)} members, got {argument!r}")
        return {
            snake_case(member["name"]): _value(member, item) for member, item in zip(members, argument, strict=True)
        }
    wanted: type = int if kind.startswith("uint") else str
    if not isinstance(argument, wanted):
        raise InputError(f"{entry['name']} is of type {kind}, got {argument!r}")
    if kind.startswith("bytes") and isinstance(argument, str):
        try:
            return bytes.fromhex(argument.removeprefix("0x"))
        except ValueError:
            raise InputError(f"{entry['name']} is of type {kind}, got {argument!r}") from None
    return argument


def _words(entry: Mapping[str, Any], argument: Argument) -> dict[str, bytes]:
    """Arguments of one word, and members of structs that are, as immutables of the same name hold them."""
    if isinstance(argument, tuple):
        words: dict[str, bytes] = {}
        for member, item in zip(entry["components"], argument, strict=True):
            words |= _words(member, item)
        return words
    kind: Kind = kind_of(entry)
    return {} if kind.dynamic else {entry["name"].rstrip("_"): kind.encode(_value(entry, argument))}


@lru_cache(maxsize=16)
def load_artifact(name: str) -> Artifact:
    """Read a contract's code and ABI out of the package.

    Raises:
        ConfigError: The package has no such contract: it was built without the exported contracts.
    """
    file = resources.files("registrum") / "abi" / f"{_FILES.get(name, name)}.json"
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"the package holds no contract {name}", remedy="In a checkout run `make setup`; else install it again."
        ) from None
    return Artifact(
        name=document["name"],
        source=document["source"],
        compiler=Compiler.from_json(document["compiler"], f"{name}.compiler"),
        abi=document["abi"],
        creation_code=bytes.fromhex(document["bytecode"][2:]),
        runtime_code=bytes.fromhex(document["deployedBytecode"][2:]),
        immutables={
            key: tuple((place["start"], place["length"]) for place in places)
            for key, places in document["immutableReferences"].items()
        },
    )


@lru_cache(maxsize=1)
def abi_version() -> bytes:
    """Keccak-256 over the ABIs of all contracts in canonical JSON, 32 bytes: it changes whenever an ABI does."""
    interfaces = {name: load_artifact(name).abi for name in CONTRACTS + CONSORTIUM_CONTRACTS}
    return keccak(json.dumps(interfaces, sort_keys=True, separators=(",", ":")).encode("ascii"))
