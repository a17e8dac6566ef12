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

from registrum.deployment.manifest import CONTRACTS, Compiler
from registrum.errors import ConfigError, InputError
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak

__all__ = ["Artifact", "abi_version", "load_artifact"]


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
        """Names of the constructor's parameters, all of them addresses."""
        return tuple(item["name"] for entry in self.abi if entry["type"] == "constructor" for item in entry["inputs"])

    def init_code(self, arguments: Sequence[str]) -> bytes:
        """The data of the transaction that creates the contract.

        Args:
            arguments: Constructor arguments, which all are addresses.

        Raises:
            InputError: Another number of arguments, or one that is no address.
        """
        if len(arguments) != len(self.parameters):
            raise InputError(f"{self.name} takes {len(self.parameters)} constructor arguments, got {len(arguments)}")
        return self.creation_code + b"".join(parse_address(item).rjust(32, b"\0") for item in arguments)

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

    def wrong_immutables(self, code: bytes, address: str, chain_id: int, arguments: Sequence[str]) -> list[str]:
        """Names of immutables in code on a chain that do not hold what they must.

        Those that can be foretold are looked at: constructor arguments that are kept under their parameter's name, and
        address and chain id in the EIP-712 domain.
        """
        expected = {
            name.rstrip("_"): parse_address(item) for name, item in zip(self.parameters, arguments, strict=True)
        }
        expected["_cachedThis"] = parse_address(address)
        expected["_cachedChainId"] = chain_id.to_bytes(32, "big")
        return [
            name
            for name, places in self.immutables.items()
            if name in expected
            and any(code[start : start + size] != expected[name].rjust(size, b"\0") for start, size in places)
        ]


@lru_cache(maxsize=16)
def load_artifact(name: str) -> Artifact:
    """Read a contract's code and ABI out of the package.

    Raises:
        ConfigError: The package has no such contract: it was built without the exported contracts.
    """
    file = resources.files("registrum") / "abi" / f"{name}.json"
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
    """Keccak-256 over the ABIs of the contracts in canonical JSON, 32 bytes: it changes whenever an ABI does."""
    interfaces = {name: load_artifact(name).abi for name in CONTRACTS}
    return keccak(json.dumps(interfaces, sort_keys=True, separators=(",", ":")).encode("ascii"))
