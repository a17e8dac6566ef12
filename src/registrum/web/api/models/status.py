"""Schemas of what the server says of itself."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from pydantic import Field

from registrum.web.api.models.base import HASH, Closed

__all__ = ["IndexStatus", "Limits", "NodeStatus", "RelayStatus", "Status"]


class NodeStatus(Closed):
    """The node."""

    configured: bool
    reachable: bool
    newestBlock: int | None


class IndexStatus(Closed):
    """The index."""

    complete: bool
    lagBlocks: int | None


class RelayStatus(Closed):
    """Whether statements are relayed."""

    enabled: bool
    account: str | None
    needsKey: bool
    trouble: str


class Limits(Closed):
    """Bounds of requests."""

    mostBodyBytes: int
    mostClaims: int
    mostItems: int


class Status(Closed):
    """What this server is for, and whether it works."""

    chainId: int
    genesisHash: str = Field(pattern=HASH)
    contracts: dict[str, str]
    node: NodeStatus
    index: IndexStatus
    relay: RelayStatus
    limits: Limits
