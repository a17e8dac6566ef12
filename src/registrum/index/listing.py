"""Which contracts an index is of: those of the manifest, and the application registries that the address book lists.

Not its job: what becomes of an index where a vote changes that list (`registrum.index.following`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.chain.profile import NetworkProfile
from registrum.deployment.manifest import Manifest
from registrum.deployment.versions import RegistryVersions, registry_versions
from registrum.errors import NetworkMismatchError
from registrum.index.decoding import Followed
from registrum.index.node import Header, newest_header

if TYPE_CHECKING:
    from registrum.chain.rpc import RpcClient

__all__ = ["Asking", "Listing", "first_block", "followed_contracts", "read_listing", "same_deployment"]

_TRIES: Final = 5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Listing:
    """The contracts whose events are read, as the chain lists them.

    Attributes:
        contracts: In a fixed order.
        described: The same as JSON, which the index keeps.
        registries: How many of them are application registries.
        head: The node's newest block when they were listed.
    """

    contracts: list[Followed]
    described: str
    registries: int
    head: Header


class Asking(Protocol):
    """How a node is asked one thing: once, or again where it fails."""

    def __call__(self, action: Callable[[], _T], /) -> _T:
        """Do it."""
        ...


def _once(action: Callable[[], _T], /) -> _T:
    return action()


def read_listing(rpc: RpcClient, manifest: Manifest, ask: Asking = _once) -> Listing:
    """Ask a node which contracts are followed now.

    Args:
        rpc: The node.
        manifest: The deployment.
        ask: How it is asked each thing.

    Raises:
        NetworkMismatchError: The node is on another chain, or the offices replaced a contract of the manifest.
        NodeError: The node does not answer, or talks nonsense.
        RpcError: The node refuses.
    """
    profile = ask(lambda: NetworkProfile.read(rpc))
    if (profile.chain_id, profile.genesis) != (manifest.chain_id, manifest.genesis_hash):
        raise NetworkMismatchError(
            f"the node is on chain {profile.chain_id} with block 0 0x{profile.genesis.hex()}, "
            f"the manifest is for chain {manifest.chain_id}",
            remedy="Name the node and the manifest of one network.",
        )
    head = ask(lambda: newest_header(rpc))
    for _ in range(_TRIES):
        before = head
        versions = ask(lambda: registry_versions(rpc, manifest))
        head = ask(lambda: newest_header(rpc))
        if head.hash == before.hash:
            break
    contracts = followed_contracts(manifest, versions)
    # Where blocks come faster than they can be asked about, the list is at least as new as the block before it.
    return Listing(contracts, _described(contracts, manifest), len(versions.addresses), before)


def followed_contracts(manifest: Manifest, versions: RegistryVersions) -> list[Followed]:
    """The contracts whose events are read, in a fixed order: by name, application registries the oldest first."""
    others = [Followed(name, one.address) for name, one in manifest.contracts.items() if name != APPLICATION_REGISTRY]
    registries = [Followed(APPLICATION_REGISTRY, one, at) for at, one in enumerate(versions.addresses, 1)]
    return sorted(registries + others, key=lambda one: (one.name, one.registry))


def first_block(manifest: Manifest) -> int:
    """The block of the oldest contract, before which there are no events."""
    return min(one.block for one in manifest.contracts.values())


def same_deployment(one: str, other: str) -> bool:
    """Whether two descriptions differ in later application registries alone, which take over from each other."""
    return _without_successors(one) == _without_successors(other)


def _described(contracts: list[Followed], manifest: Manifest) -> str:
    listed = [{"name": one.name, "address": one.address, "registry": one.registry} for one in contracts]
    return json.dumps({"abi": "0x" + manifest.abi_version.hex(), "contracts": listed}, separators=(",", ":"))


def _without_successors(described: str) -> tuple[str, list[dict[str, Any]]]:
    members = json.loads(described)
    return members["abi"], [one for one in members["contracts"] if one["registry"] <= 1]
