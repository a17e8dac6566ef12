"""Which version of each contract is in force: what the address book lists last, by vote of the offices.

A manifest names the contracts as they were deployed. The offices may since have voted for a new application registry,
which answers from its predecessor where it has no record; whoever connects with the old manifest is led to it. No other
contract takes over from a predecessor, so for those another manifest is asked for.

Not its job: whether the manifest's own contracts are there (`registrum.deployment.check`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registrum.chain.contracts import load_abi
from registrum.chain.rpc import RpcClient, as_data
from registrum.deployment.manifest import Manifest
from registrum.errors import NetworkMismatchError, RpcError
from registrum.signing.addresses import parse_address
from registrum.signing.eip712 import APPLICATION_REGISTRY as DOMAIN_NAME
from registrum.signing.eip712 import Domain
from registrum.signing.keccak import keccak

__all__ = ["RegistryVersions", "registry_versions"]

_REGISTRY, _BOOK = "ApplicationRegistry", "AddressBook"


@dataclass(frozen=True)
class RegistryVersions:
    """The application registry in force, and those that it took over from.

    Attributes:
        domains: Where statements are signed for, a domain each version, oldest first. The last one is in force.
    """

    domains: tuple[Domain, ...]

    @classmethod
    def of(cls, manifest: Manifest) -> RegistryVersions:
        """The one version that the manifest names."""
        return cls((Domain.application_registry(manifest.chain_id, manifest.address(_REGISTRY)),))

    @property
    def current(self) -> Domain:
        """Domain of the registry in force."""
        return self.domains[-1]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Address of each version, oldest first."""
        return tuple(domain.verifying_contract for domain in self.domains)


def registry_versions(rpc: RpcClient, manifest: Manifest) -> RegistryVersions:
    """Ask the address book for the application registry in force.

    Args:
        rpc: A node of the manifest's chain, on which its contracts were found.
        manifest: The deployment. Without a consortium nobody votes, and what it names is in force.

    Raises:
        NetworkMismatchError: The manifest names a contract that is not in force and cannot be followed, or what the
            address book lists does not take over from the version before. `details["what"]` is `superseded` or
            `code_hash`.
        NodeError: The node does not answer, or talks nonsense.
        RpcError: The node refuses to tell.
    """
    if not manifest.has_consortium:
        return RegistryVersions.of(manifest)
    names = [name for name in manifest.contracts if name != _BOOK]
    book = manifest.address(_BOOK)
    lists = _asked(rpc, [(_BOOK, book, "versions", (name.encode("ascii").ljust(32, b"\0"),)) for name in names])
    for name, entries in zip(names, lists, strict=True):
        accounts = [parse_address(entry["account"]) for entry in entries]
        known = parse_address(manifest.address(name))
        followed = name == _REGISTRY and known in accounts
        if not followed and accounts[-1:] != [known]:
            raise _superseded(name, manifest, entries)
    entries = lists[names.index(_REGISTRY)]
    domains = _domains(rpc, [entry["account"] for entry in entries])
    if parse_address(entries[-1]["account"]) != parse_address(manifest.address(_REGISTRY)):
        _check_successor(rpc, entries)
    return RegistryVersions(domains)


def _domains(rpc: RpcClient, accounts: list[str]) -> tuple[Domain, ...]:
    """What each version says of its own domain (ERC-5267)."""
    domains = []
    for account, said in zip(
        accounts, _asked(rpc, [(_REGISTRY, account, "eip712Domain", ()) for account in accounts]), strict=True
    ):
        _fields, name, version, chain_id, contract, _salt, _extensions = said
        if name != DOMAIN_NAME or parse_address(contract) != parse_address(account):
            raise NetworkMismatchError(
                f"{account} is listed as {_REGISTRY}, and says that it is {name!r} at {contract}",
                remedy="Ask the operator of the network what the offices listed.",
                what="superseded",
                contract=_REGISTRY,
                address=account,
            )
        domains.append(Domain(name, chain_id, contract, version))
    return tuple(domains)


def _check_successor(rpc: RpcClient, entries: list[dict[str, Any]]) -> None:
    """The version in force has the code that was voted for, and names the one before as its predecessor."""
    newest, before = entries[-1], entries[-2]
    [predecessor] = _asked(rpc, [(_REGISTRY, newest["account"], "predecessor", ())])
    actual = keccak(as_data(rpc.call("eth_getCode", [newest["account"], "latest"]), "code"))
    if actual != newest["code_hash"]:
        raise NetworkMismatchError(
            f"{_REGISTRY}: the code at {newest['account']} is not what the offices listed",
            remedy="Do not use this node before its operator has explained it.",
            what="code_hash",
            contract=_REGISTRY,
            address=newest["account"],
            expected="0x" + newest["code_hash"].hex(),
            actual="0x" + actual.hex(),
        )
    if parse_address(predecessor) != parse_address(before["account"]):
        raise NetworkMismatchError(
            f"{_REGISTRY} at {newest['account']} does not take over from {before['account']}, listed before it",
            remedy="Ask the operator of the network; records of the former registry would not be seen.",
            what="superseded",
            contract=_REGISTRY,
            address=newest["account"],
        )


def _superseded(name: str, manifest: Manifest, entries: list[dict[str, Any]]) -> NetworkMismatchError:
    found = entries[-1]["account"] if entries else "nothing"
    return NetworkMismatchError(
        f"{name}: the address book of the consortium lists {found}, the manifest names {manifest.address(name)}",
        remedy="Take the present manifest from the operator of the network.",
        what="superseded",
        contract=name,
        address=manifest.address(name),
    )


def _asked(rpc: RpcClient, calls: list[tuple[str, str, str, tuple[Any, ...]]]) -> list[Any]:
    """Answers of contracts, in one request."""
    encoded = [
        ("eth_call", ({"to": address, "data": "0x" + load_abi(contract).encode(function, *values).hex()}, "latest"))
        for contract, address, function, values in calls
    ]
    values_of = []
    for (contract, _address, function, _values), answer in zip(calls, rpc.batch(encoded), strict=True):
        if isinstance(answer, RpcError):
            raise answer
        values_of.append(load_abi(contract).decode(function, as_data(answer, "result of a call")))
    return values_of
