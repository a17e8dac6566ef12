"""Proposals of the consortium as values: calls, votes, states, and the hash that names a proposal.

Not its job: what the calls mean (`registrum.client.plain_words`), asking a node (`registrum.client.consortium`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from registrum.chain.codec import encode_values, kind_of
from registrum.client.forms import json_value
from registrum.client.plain_words import Call, PlainCall
from registrum.errors import InputError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak

__all__ = [
    "Draft",
    "OfficeVote",
    "Proposal",
    "ProposalState",
    "RemarkMade",
    "Support",
    "Tally",
    "id_text",
    "own_words",
    "proposal_id",
    "read_id",
]

_HASHED = [kind_of({"type": kind}) for kind in ("address[]", "uint256[]", "bytes[]", "bytes32")]
_HEX = frozenset("0123456789abcdef")
_MOST_DIGITS = 78
"""Decimal digits of the greatest number of a proposal, which has 256 bits."""
_PROPOSER = re.compile(r"#proposer=(0x[0-9a-fA-F]{40})\Z")
"""How a description ends that one account alone can propose, as OpenZeppelin's `Governor` reads it."""


class Support(IntEnum):
    """How an office votes, as the contract numbers it."""

    AGAINST = 0
    FOR = 1
    ABSTAIN = 2


class ProposalState(StrEnum):
    """Where a proposal is, in the order of OpenZeppelin's `IGovernor.ProposalState`."""

    PENDING = "pending"
    """Proposed; its vote has not begun."""
    ACTIVE = "active"
    """Offices vote."""
    CANCELLED = "cancelled"
    DEFEATED = "defeated"
    """The vote is over, and by what is known now it has not the votes that it needs."""
    SUCCEEDED = "succeeded"
    """The vote is over with enough votes; to be counted, that is queued."""
    QUEUED = "queued"
    """Counted for good; its delay runs, or is over and it can be executed."""
    EXPIRED = "expired"
    """Not counted or not executed in time."""
    EXECUTED = "executed"

    @property
    def is_open(self) -> bool:
        """Whether it can still take effect."""
        return self in (ProposalState.PENDING, ProposalState.ACTIVE, ProposalState.SUCCEEDED, ProposalState.QUEUED)


def proposal_id(calls: Iterable[Call], description: str) -> int:
    """The number of a proposal: the hash of its calls and its description, as `IGovernor.hashProposal` makes it."""
    given = tuple(calls)
    values = (
        [c.target for c in given],
        [c.value for c in given],
        [c.data for c in given],
        keccak(description.encode()),
    )
    return int.from_bytes(keccak(encode_values(_HASHED, values)), "big")


def own_words(description: str) -> str:
    """A description for people: without the end that keeps it to its proposer."""
    return _PROPOSER.sub("", description).rstrip() if _PROPOSER.search(description) else description


def id_text(number: int) -> str:
    """A proposal's number as everything here shows it: `0x` and 64 hexadecimal digits."""
    return f"0x{number:064x}"


def read_id(text: str, known: Iterable[int]) -> int:
    """The proposal that a text names: the whole number, or its beginning as far as no other begins so.

    Args:
        text: `0x` and hexadecimal digits, or all decimal digits.
        known: The proposals there are.

    Raises:
        InputError: It names none, or several.
    """
    numbers = list(known)
    # Python refuses to read more than some thousand digits, with an error of its own.
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) in numbers:
        return int(text)
    digits = text.removeprefix("0x").lower()
    if not digits or not set(digits) <= _HEX:
        raise InputError(f"{text!r} is not the number of a proposal", remedy="Give 0x and its first digits.")
    found = [number for number in numbers if id_text(number)[2:].startswith(digits)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{len(found)} proposals begin with 0x{digits}", remedy="Give more digits of the one that is meant."
        )
    raise InputError(f"there is no proposal {text}", remedy="`registrum consortium show` lists them.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal that was not made yet.

    Attributes:
        calls: What shall be done, in this order, all or nothing.
        description: What it does and why, in plain words; who alone can propose it at its end.
    """

    calls: tuple[Call, ...]
    description: str

    @property
    def id(self) -> int:
        """The number that it will have."""
        return proposal_id(self.calls, self.description)

    @property
    def proposer(self) -> str | None:
        """The only account that can propose it; None if any seat can."""
        found = _PROPOSER.search(self.description)
        return None if found is None else checksum_address(parse_address(found[1]))

    def only_by(self, seat: str) -> Draft:
        """The same for one seat to propose, under another number; as it is where it names a proposer already.

        What any seat can propose, another one can copy while it waits for a block, propose first and cancel: calls and
        description are used up then.
        """
        if self.proposer is not None:
            return self
        account = checksum_address(parse_address(seat))
        return replace(self, description=f"{self.description} #proposer={account}")


@dataclass(frozen=True, slots=True)
class Tally:
    """How a proposal stands.

    Attributes:
        for_votes: Active offices for it; so the others.
        active_offices: Offices that count.
        needed: Votes for it that it needs.
        is_final: Whether it was counted for good.
    """

    for_votes: int
    against_votes: int
    abstain_votes: int
    active_offices: int
    needed: int
    is_final: bool

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "forVotes": self.for_votes,
            "againstVotes": self.against_votes,
            "abstainVotes": self.abstain_votes,
            "activeOffices": self.active_offices,
            "needed": self.needed,
            "isFinal": self.is_final,
        }


@dataclass(frozen=True, slots=True)
class OfficeVote:
    """The vote of one office.

    Attributes:
        seat: Account that held its seat then.
        counts: Whether the office is active now; once a proposal was counted, its tally says what counted.
    """

    office: str
    support: Support
    reason: str
    seat: str
    counts: bool
    voted_at: datetime | None
    transaction_hash: str

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "office": self.office,
            "support": self.support.name.lower(),
            "reason": self.reason,
            "seat": self.seat,
            "counts": self.counts,
            "votedAt": json_value(self.voted_at),
            "transactionHash": self.transaction_hash,
        }


@dataclass(frozen=True, slots=True)
class RemarkMade:
    """What an observer said about a proposal.

    Attributes:
        name: Of the observer, as listed now; empty where it is not listed any more.
    """

    observer: str
    name: str
    text: str
    made_at: datetime | None
    transaction_hash: str

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "observer": self.observer,
            "name": self.name,
            "text": self.text,
            "madeAt": json_value(self.made_at),
            "transactionHash": self.transaction_hash,
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands.

    Attributes:
        id: Hash of its calls and its description.
        office: Whose seat proposed it.
        proposer: That seat.
        description: The proposer's words. What is done, `calls` say, which are decoded here.
        matches_id: Whether calls and description, as the node sent them, are what the number stands for. If not, the
            node lies, or the description is no text in UTF-8.
        vote_start: After this second offices vote.
        vote_end: Last second of the vote.
        count_until: Last second at which it can be counted.
        executable_from: First second at which it can be executed; None unless it was queued.
        executable_until: Last second at which it can be; None unless it was queued.
        transaction_hash: Of the transaction that made it.
        votes: In the order in which they were cast; empty where they were not asked for, as `remarks`.
    """

    id: int
    office: str
    proposer: str
    description: str
    calls: tuple[PlainCall, ...]
    matches_id: bool
    state: ProposalState
    vote_start: datetime
    vote_end: datetime
    count_until: datetime
    executable_from: datetime | None
    executable_until: datetime | None
    tally: Tally
    proposed_at: datetime | None
    block_number: int
    transaction_hash: str
    votes: tuple[OfficeVote, ...] = ()
    remarks: tuple[RemarkMade, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether what is shown is what is voted on, and every call could be decoded."""
        return self.matches_id and all(call.is_readable for call in self.calls)

    @property
    def draft(self) -> Draft:
        """What was proposed."""
        return Draft(tuple(call.call for call in self.calls), self.description)

    def next_step(self, now: datetime) -> str:
        """What happens next, or can be done, in a sentence.

        Args:
            now: The chain's clock.
        """
        return _NEXT[self.state](self, now)

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case; `id` as `0x` and 64 digits, `plainWords` with a sentence for each call."""
        return {
            "id": id_text(self.id),
            "state": self.state.value,
            "office": self.office,
            "proposer": self.proposer,
            "description": self.description,
            "plainWords": [call.sentence for call in self.calls],
            "readable": self.is_readable,
            "matchesId": self.matches_id,
            "calls": [call.to_json() for call in self.calls],
            "voteStart": json_value(self.vote_start),
            "voteEnd": json_value(self.vote_end),
            "countUntil": json_value(self.count_until),
            "executableFrom": json_value(self.executable_from),
            "executableUntil": json_value(self.executable_until),
            "tally": self.tally.to_json(),
            "votes": [vote.to_json() for vote in self.votes],
            "remarks": [remark.to_json() for remark in self.remarks],
            "proposedAt": json_value(self.proposed_at),
            "blockNumber": self.block_number,
            "transactionHash": self.transaction_hash,
        }


def _moment(time: datetime | None) -> str:
    return "-" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _queued(proposal: Proposal, now: datetime) -> str:
    if proposal.executable_from is not None and now < proposal.executable_from:
        return f"it can be executed from {_moment(proposal.executable_from)} on: wait until then"
    return f"anyone can execute it until {_moment(proposal.executable_until)}"


_NEXT: Mapping[ProposalState, Callable[[Proposal, datetime], str]] = {
    ProposalState.PENDING: lambda p, now: f"the vote begins after {_moment(p.vote_start)}",
    ProposalState.ACTIVE: lambda p, now: (
        f"offices vote until {_moment(p.vote_end)}: {p.tally.for_votes} of {p.tally.active_offices} are for it,"
        f" {p.tally.needed} are needed"
    ),
    ProposalState.CANCELLED: lambda p, now: "it was cancelled by the office that proposed it",
    ProposalState.DEFEATED: lambda p, now: (
        f"{p.tally.for_votes} of {p.tally.active_offices} offices were for it, {p.tally.needed} were needed"
    ),
    ProposalState.SUCCEEDED: lambda p, now: f"anyone can have it counted and queued until {_moment(p.count_until)}",
    ProposalState.QUEUED: _queued,
    ProposalState.EXPIRED: lambda p, now: "it was not counted or not executed in time: propose it anew",
    ProposalState.EXECUTED: lambda p, now: "it was executed",
}
