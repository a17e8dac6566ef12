"""Schemas of proposals and of what was said to them."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from typing import Any

from pydantic import Field

from registrum.client.proposals import ProposalState
from registrum.web.api.models.base import ACCOUNT, HASH, TIME, Closed

__all__ = ["Proposal", "ProposedCall", "Remark", "Tally", "Vote"]


class Tally(Closed):
    """How a proposal stands."""

    forVotes: int
    againstVotes: int
    abstainVotes: int
    activeOffices: int
    needed: int
    isFinal: bool


class Vote(Closed):
    """The vote of an office."""

    ipOfficeCode: str
    support: str
    reason: str
    seat: str = Field(pattern=ACCOUNT)
    counts: bool
    votedAt: str | None = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)


class Remark(Closed):
    """What an observer said."""

    observer: str = Field(pattern=ACCOUNT)
    name: str
    text: str
    madeAt: str | None = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)


class ProposedCall(Closed):
    """A call that a proposal makes."""

    target: str = Field(pattern=ACCOUNT)
    value: str
    data: str
    contract: str | None
    function: str | None
    arguments: dict[str, Any]
    sentence: str
    readable: bool


class Proposal(Closed):
    """A proposal as it stands."""

    id: str = Field(pattern=HASH)
    state: ProposalState
    ipOfficeCode: str
    proposer: str = Field(pattern=ACCOUNT)
    description: str
    plainWords: list[str]
    readable: bool
    matchesId: bool
    calls: list[ProposedCall]
    voteStart: str = Field(pattern=TIME)
    voteEnd: str = Field(pattern=TIME)
    countUntil: str = Field(pattern=TIME)
    executableFrom: str | None = Field(pattern=TIME)
    executableUntil: str | None = Field(pattern=TIME)
    tally: Tally
    votes: list[Vote]
    remarks: list[Remark]
    proposedAt: str | None = Field(pattern=TIME)
    blockNumber: int
    transactionHash: str = Field(pattern=HASH)
