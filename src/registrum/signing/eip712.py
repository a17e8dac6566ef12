"""EIP-712 domains, the type strings they go with, and the fields that statements are made of.

The hashes are written by hand: type hashes and domain separators are worked out once, every value has a fixed place in
one `struct`, so a digest costs two or three hashes. The tests compare every one with eth-account.
Not its job: the statements (`registrum.signing.statements`) and the keys (`registrum.signing.signers`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from registrum.errors import InputError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak

__all__ = [
    "APPLICATION_REGISTRY",
    "CHARTER",
    "CHECKPOINT",
    "CONSORTIUM",
    "DOMAIN_VERSION",
    "EMERGENCY_COUNCIL",
    "OFFICE_PRACTICE",
    "PRIORITY_REGISTER",
    "RIGHTS_REGISTER",
    "Domain",
    "TypedData",
    "type_members",
]

TypedData = dict[str, Any]
"""The JSON object of `eth_signTypedData_v4`, also what `eth_account.messages.encode_typed_data` takes as a whole."""

APPLICATION_REGISTRY = "Registrum ApplicationRegistry"
"""Domain name of the contract `ApplicationRegistry`."""
PRIORITY_REGISTER = "Registrum PriorityRegister"
"""Domain name of the contract `PriorityRegister`."""
RIGHTS_REGISTER = "Registrum RightsRegister"
"""Domain name of the contract `RightsRegister`."""
OFFICE_PRACTICE = "Registrum OfficePractice"
"""Domain name of the contract `OfficePractice`."""
CONSORTIUM = "Registrum Consortium"
"""Domain name of the contract `Consortium`."""
EMERGENCY_COUNCIL = "Registrum EmergencyCouncil"
"""Domain name of the contract `EmergencyCouncil`."""
CHARTER = "Registrum Charter"
"""Domain name of the contract `Charter`."""
CHECKPOINT = "Registrum Checkpoint"
"""Domain name of checkpoints, which offices sign for evidence; no contract takes them."""
DOMAIN_VERSION = "1"
"""Raised with every change of meaning of a statement, so that no old signature passes as a new one."""

_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_DOMAIN_TYPE_HASH = keccak(_DOMAIN_TYPE.encode("ascii"))
_STRUCT = re.compile(r"([A-Za-z]\w*)\(([^()]*)\)")


def type_members(type_string: str) -> dict[str, list[dict[str, str]]]:
    """The members of every struct in an EIP-712 type string.

    Args:
        type_string: As hashed: the primary struct, then those it refers to, such as `A(B[] items)B(uint8 x)`.

    Returns:
        Struct name to its members in order, each `{"name": ..., "type": ...}`, as the JSON form wants them.
    """
    members: dict[str, list[dict[str, str]]] = {}
    for name, body in _STRUCT.findall(type_string):
        pairs = [member.split(" ") for member in body.split(",")]
        members[name] = [{"name": label, "type": kind} for kind, label in pairs]
    return members


@dataclass(frozen=True)
class Domain:
    """Where a statement is valid: one contract on one chain.

    Args:
        name: Name of the signing domain, one of the constants of this module.
        chain_id: Chain id (EIP-155), 1 to 2**256 - 1.
        verifying_contract: Address of the contract, `0x` and 40 hexadecimal digits; kept in EIP-55 form.
        version: Version of the domain.

    Raises:
        InputError: The chain id is out of range, or the address is none or the zero address.
    """

    name: str
    chain_id: int
    verifying_contract: str
    version: str = DOMAIN_VERSION
    separator: bytes = field(init=False, repr=False, compare=False)
    """The domain separator, 32 bytes."""

    def __post_init__(self) -> None:
        if type(self.chain_id) is not int or not 0 < self.chain_id < 1 << 256:
            raise InputError(f"not a chain id: {self.chain_id!r}", remedy="A chain id is a positive whole number.")
        contract = parse_address(self.verifying_contract)
        if not any(contract):
            raise InputError("the verifying contract is the zero address", remedy="Give the deployed contract.")
        object.__setattr__(self, "verifying_contract", checksum_address(contract))
        words = (
            _DOMAIN_TYPE_HASH,
            keccak(self.name.encode("utf-8")),
            keccak(self.version.encode("utf-8")),
            self.chain_id.to_bytes(32, "big"),
            contract.rjust(32, b"\0"),
        )
        object.__setattr__(self, "separator", keccak(b"".join(words)))

    @classmethod
    def application_registry(cls, chain_id: int, contract: str) -> Domain:
        """The domain of an `ApplicationRegistry` at an address of a chain."""
        return cls(APPLICATION_REGISTRY, chain_id, contract)

    @classmethod
    def priority_register(cls, chain_id: int, contract: str) -> Domain:
        """The domain of a `PriorityRegister` at an address of a chain."""
        return cls(PRIORITY_REGISTER, chain_id, contract)

    @classmethod
    def rights_register(cls, chain_id: int, contract: str) -> Domain:
        """The domain of a `RightsRegister` at an address of a chain."""
        return cls(RIGHTS_REGISTER, chain_id, contract)

    @classmethod
    def office_practice(cls, chain_id: int, contract: str) -> Domain:
        """The domain of an `OfficePractice` at an address of a chain."""
        return cls(OFFICE_PRACTICE, chain_id, contract)

    @classmethod
    def consortium(cls, chain_id: int, contract: str) -> Domain:
        """The domain of a `Consortium` at an address of a chain."""
        return cls(CONSORTIUM, chain_id, contract)

    @classmethod
    def emergency_council(cls, chain_id: int, contract: str) -> Domain:
        """The domain of an `EmergencyCouncil` at an address of a chain."""
        return cls(EMERGENCY_COUNCIL, chain_id, contract)

    @classmethod
    def charter(cls, chain_id: int, contract: str) -> Domain:
        """The domain of a `Charter` at an address of a chain."""
        return cls(CHARTER, chain_id, contract)

    def typed_data(self, type_string: str, message: dict[str, Any]) -> TypedData:
        """A message of this domain as the JSON object that wallets and eth-account sign.

        Args:
            type_string: The EIP-712 type of the message; the first struct in it is the primary type.
            message: The values by member name.
        """
        structs = type_members(type_string)
        return {
            "types": {**type_members(_DOMAIN_TYPE), **structs},
            "primaryType": next(iter(structs)),
            "domain": {
                "name": self.name,
                "version": self.version,
                "chainId": self.chain_id,
                "verifyingContract": self.verifying_contract,
            },
            "message": message,
        }
