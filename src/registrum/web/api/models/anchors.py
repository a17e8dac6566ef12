"""Schemas of anchors, proof files and digests."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from pydantic import Field

from registrum.index.answers import MatchKind
from registrum.web.api.models.base import ACCOUNT, DAY, HASH, TIME, Closed, Disclosed
from registrum.web.api.models.records import Found

__all__ = ["Anchor", "Digest", "DigestMatch", "Proof", "ProofAnchor", "ProofDomain"]


class Anchor(Closed):
    """A Merkle root that stands for many records."""

    ipOfficeCode: str
    sequence: int
    root: str = Field(pattern=HASH)
    leafCount: int
    signingKey: str = Field(pattern=ACCOUNT)
    recordedAt: str = Field(pattern=TIME)
    blockNumber: int
    transactionHash: str = Field(pattern=HASH)
    disclosedCount: int | None = Field(description="How many were disclosed since; null in lists.")


class ProofAnchor(Closed):
    """The anchor of a proof."""

    office: str
    sequence: int
    root: str = Field(pattern=HASH)
    leafCount: int


class ProofDomain(Closed):
    """Chain and contract of a proof."""

    chainId: int
    contract: str = Field(pattern=ACCOUNT)


class Proof(Closed):
    """A proof file, `registrum-proof/1`."""

    format: str
    number: str
    onChain: str = Field(pattern=HASH)
    filingDate: str = Field(pattern=DAY)
    disclosure: Disclosed
    digest: str = Field(pattern=HASH)
    documentDigest: str | None
    salt: str | None
    leafIndex: int
    path: list[str]
    anchor: ProofAnchor
    signature: str
    signer: str = Field(pattern=ACCOUNT)
    domain: ProofDomain
    recordedAt: str | None = Field(pattern=TIME)


class DigestMatch(Closed):
    """Something recorded that a digest stands for."""

    kind: MatchKind
    ipOfficeCode: str | None
    officeNumber: str | None
    version: int
    isPresent: bool
    recordedAt: str = Field(pattern=TIME)
    standing: Found | None = Field(description="Of an application, as it stands now; null for what is none.")
    signerCompromisedSince: str | None = Field(
        pattern=TIME, description="Since when the signing key is compromised, where that makes it suspect."
    )


class Digest(Closed):
    """What a digest stands for."""

    digest: str = Field(pattern=HASH)
    matches: list[DigestMatch]
