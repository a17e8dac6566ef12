"""Model of the votes: proposals, ballots, the count, the timelock. Not its job: what the calls of a proposal do.

Written from the documentation of the consortium's interface and of OpenZeppelin's governor and timelock; ids and
hashes come from an encoder of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.stateful.model import typed_data
from tests.stateful.model.basics import ZERO_WORD, Clock, Effect, Event, Refusal
from tests.stateful.model.directory import ACTIVE, DirectoryModel
from tests.stateful.model.typed_data import Domain, keccak, type_hash, word

PENDING, OPEN, CANCELED, DEFEATED, SUCCEEDED, QUEUED, EXPIRED, EXECUTED = range(8)
AGAINST, FOR, ABSTAIN = range(3)
HOUR, DAY = 3600, 86400
COUNT_WINDOW, EXECUTION_WINDOW, MAX_DELAY = 7 * DAY, 30 * DAY, 30 * DAY
LEAST_OFFICES = 3
MAX_DESCRIPTION = 10_000
OPERATION_READY = word(1 << 2)
NO_STATE = ZERO_WORD
EMPTY_QUEUE = Refusal("unnamed", keccak(b"Panic(uint256)")[:4] + word(0x31))
VOTE = b"Vote(uint256 proposalId,bytes2 office,uint8 support,string reason)"
# What the contract has from OpenZeppelin and does not offer.
NOT_AVAILABLE = {
    "castVoteBySig": b"castVoteBySig(uint256,uint8,address,bytes)",
    "castVoteWithReasonAndParamsBySig": b"castVoteWithReasonAndParamsBySig(uint256,uint8,address,string,bytes,bytes)",
    "relay": b"relay(address,uint256,bytes)",
    "updateTimelock": b"updateTimelock(address)",
    "setProposalThreshold": b"setProposalThreshold(uint256)",
}
UPDATE_DELAY = keccak(b"updateDelay(uint256)")[:4]
ROLES = {name: keccak(f"{name}_ROLE".encode()) for name in ("PROPOSER", "EXECUTOR", "CANCELLER")}
NAMED_PROPOSER = re.compile(rb"#proposer=(0x[0-9a-fA-F]{40})\Z", re.DOTALL)

Perform = Callable[[str, int, bytes], list[Event]]
"""What a call of the timelock does: target, value, data; refused as the target refuses."""
SignedVote = tuple[bytes, int, str, bytes]
"""Office, support, reason, signature."""


def vote_struct(proposal_id: int, office: bytes, support: int, reason: str) -> bytes:
    """Return the struct hash of a vote."""
    words = word(proposal_id) + office.ljust(32, b"\x00") + word(support) + keccak(reason.encode())
    return keccak(type_hash(VOTE) + words)


def _listed(entries: list[bytes]) -> bytes:
    return word(len(entries)) + b"".join(entries)


def _batch(targets: tuple[str, ...], values: tuple[int, ...], calldatas: tuple[bytes, ...], *rest: bytes) -> bytes:
    """Return the hash of three lists and the words behind them, as the ABI encodes them."""
    padded = [word(len(data)) + data + bytes(-len(data) % 32) for data in calldatas]
    places = [32 * len(padded) + sum(len(entry) for entry in padded[:index]) for index in range(len(padded))]
    lists = (
        _listed([bytes(12) + bytes.fromhex(target[2:]) for target in targets]),
        _listed([word(value) for value in values]),
        _listed([word(place) for place in places]) + b"".join(padded),
    )
    head = 32 * (len(lists) + len(rest))
    starts = [head + sum(len(entry) for entry in lists[:index]) for index in range(len(lists))]
    return keccak(b"".join([*(word(start) for start in starts), *rest, *lists]))


@dataclass(frozen=True)
class Parameters:
    """What the founders agreed on; times in seconds."""

    voting_delay: int
    voting_period: int
    execution_delay: int
    numerator: int
    denominator: int


@dataclass
class Proposal:
    """A list of calls on which the offices vote."""

    proposer: str
    office: bytes
    targets: tuple[str, ...]
    values: tuple[int, ...]
    calldatas: tuple[bytes, ...]
    description: str
    start: int
    end: int
    votes: dict[bytes, int] = field(default_factory=dict)
    executed: bool = False
    canceled: bool = False
    count: dict[str, Any] | None = None
    eta: int = 0

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Return what names the proposal in the calls that queue, execute or cancel it."""
        return self.targets, self.values, self.calldatas, keccak(self.description.encode())


class ConsortiumModel:
    """The rules of the votes; a method a function of the contract."""

    def __init__(
        self,
        clock: Clock,
        directory: DirectoryModel,
        domain: Domain,
        address: str,
        timelock: str,
        parameters: Parameters,
        approves: Callable[[str, bytes, bytes], bool],
        other_timelocks: dict[str, int],
    ) -> None:
        self.clock, self.directory, self.domain = clock, directory, domain
        self.address, self.timelock = address, timelock
        self.approves, self.other_timelocks = approves, other_timelocks
        self.perform: Perform = lambda target, value, data: []
        self.proposals: dict[int, Proposal] = {}
        self.voting_delay, self.voting_period = parameters.voting_delay, parameters.voting_period
        self.min_delay = parameters.execution_delay
        self.numerator, self.denominator = parameters.numerator, parameters.denominator
        self.own_calls: list[bytes] = []

    # --------------------------------------------------------------------------------------------------- questions

    def state_of(self, proposal_id: int) -> int:
        """Return where a proposal stands."""
        proposal = self.proposals.get(proposal_id)
        if proposal is None:
            raise Refusal("GovernorNonexistentProposal", proposal_id)
        now = self.clock.now
        if proposal.executed or proposal.canceled:
            return EXECUTED if proposal.executed else CANCELED
        if now <= proposal.start:
            return PENDING
        if now <= proposal.end:
            return OPEN
        if proposal.count is not None:
            return EXPIRED if now > proposal.eta + EXECUTION_WINDOW else QUEUED
        if not self.is_carried(self.tally(proposal)):
            return DEFEATED
        return EXPIRED if now > proposal.end + COUNT_WINDOW else SUCCEEDED

    def tally(self, proposal: Proposal) -> dict[str, Any]:
        """Return how a proposal stands: as it was counted, or now."""
        if proposal.count is not None:
            return proposal.count
        counting, in_emergency = self.electorate(min(self.clock.now, proposal.end))
        votes = [proposal.votes[office] for office in counting if office in proposal.votes]
        return {
            "forVotes": votes.count(FOR),
            "againstVotes": votes.count(AGAINST),
            "abstainVotes": votes.count(ABSTAIN),
            "activeOffices": len(counting),
            "needed": self.needed(len(counting), in_emergency),
            "isFinal": False,
        }

    def electorate(self, time: int) -> tuple[list[bytes], int]:
        """Return the offices whose votes count as of a moment, and how many others an emergency keeps from voting."""
        return self.directory.electorate_at(time)

    def is_carried(self, tally: dict[str, Any]) -> bool:
        """Tell whether enough offices are for a proposal."""
        return bool(tally["forVotes"] >= tally["needed"])

    def needed(self, offices: int, in_emergency: int) -> int:
        """Return the supermajority of so many offices, rounded up, and at least that of three.

        At least a majority of the offices that could vote were there no emergency, too.
        """
        supermajority = -(-max(offices, LEAST_OFFICES) * self.numerator // self.denominator)
        return max(supermajority, (offices + in_emergency) // 2 + 1)

    def votes_needed(self) -> int:
        """Return the votes that a proposal counted now would need."""
        active, in_emergency = self.electorate(self.clock.now)
        return self.needed(len(active), in_emergency)

    def may_vote(self, account: str) -> bytes | None:
        """Return the office for which an account votes now."""
        office = self.directory.seat_is_taken(account)
        return office if office is not None and self.directory.status_of(office) == ACTIVE else None

    def proposal_id(
        self, targets: tuple[str, ...], values: tuple[int, ...], calldatas: tuple[bytes, ...], description_hash: bytes
    ) -> int:
        """Return the id of a proposal."""
        return int.from_bytes(_batch(targets, values, calldatas, description_hash), "big")

    def operation(self, proposal: Proposal) -> tuple[bytes, bytes]:
        """Return id and salt of a proposal's operation in the timelock."""
        own = bytes.fromhex(self.address[2:]).ljust(32, b"\x00")
        digest = keccak(proposal.description.encode())
        salt = bytes(left ^ right for left, right in zip(own, digest, strict=True))
        return _batch(proposal.targets, proposal.values, proposal.calldatas, ZERO_WORD, salt), salt

    def delay_of(self, account: str) -> int | None:
        """Return the delay of a timelock; None if the account is none."""
        return self.min_delay if account == self.timelock else self.other_timelocks.get(account)

    # --------------------------------------------------------------------------------------------------- proposals

    def propose(
        self,
        caller: str,
        targets: tuple[str, ...],
        values: tuple[int, ...],
        calldatas: tuple[bytes, ...],
        description: str,
    ) -> Effect:
        """Propose a list of calls."""
        reserved = NAMED_PROPOSER.search(description.encode())
        if reserved and reserved[1].decode().lower() != caller:
            raise Refusal("GovernorRestrictedProposer", caller)
        office = self.may_vote(caller)
        if office is None:
            raise Refusal("GovernorInsufficientProposerVotes", caller, 0, 1)
        length = len(description.encode())
        if not 1 <= length <= MAX_DESCRIPTION:
            raise Refusal("ConsortiumDescriptionLength", length, MAX_DESCRIPTION)
        for target, data in zip(targets, calldatas, strict=False):
            if target == self.timelock and data[:4] != UPDATE_DELAY:
                raise Refusal("ConsortiumNotAvailable", data[:4].ljust(4, b"\x00"))
        lengths = len(targets), len(calldatas), len(values)
        if len(set(lengths)) != 1 or not targets:
            raise Refusal("GovernorInvalidProposalLength", *lengths)
        proposal_id = self.proposal_id(targets, values, calldatas, keccak(description.encode()))
        if proposal_id in self.proposals:
            raise Refusal("GovernorUnexpectedProposalState", proposal_id, self.state_of(proposal_id), NO_STATE)
        start = self.clock.now + self.voting_delay
        proposal = Proposal(caller, office, targets, values, calldatas, description, start, start + self.voting_period)
        self.proposals[proposal_id] = proposal
        facts = (targets, values, ("",) * len(targets), calldatas, proposal.start, proposal.end, description)
        return self._told((proposal_id,), ("ProposalCreated", (proposal_id, caller, *facts)))

    def cancel(self, caller: str, *arguments: Any) -> Effect:
        """Take a proposal back before its vote begins, as the office that made it."""
        proposal_id = self.proposal_id(*arguments)
        pending = self.state_of(proposal_id) == PENDING
        if not pending or caller != self.directory.seat_of(self.proposals[proposal_id].office):
            raise Refusal("GovernorUnableToCancel", proposal_id, caller)
        self.proposals[proposal_id].canceled = True
        return self._told((proposal_id,), ("ProposalCanceled", (proposal_id,)))

    def queue(self, caller: str, *arguments: Any) -> Effect:
        """Count a proposal for good and hand it to the timelock."""
        proposal_id = self.proposal_id(*arguments)
        self._need_state(proposal_id, SUCCEEDED)
        proposal = self.proposals[proposal_id]
        proposal.count = self.tally(proposal) | {"isFinal": True}
        proposal.eta = self.clock.now + self.min_delay
        operation, salt = self.operation(proposal)
        count = (proposal_id, *(proposal.count[key] for key in ("forVotes", "activeOffices", "needed")))
        effect = self._told((proposal_id,), ("ProposalCounted", count))
        for index, call in enumerate(zip(proposal.targets, proposal.values, proposal.calldatas, strict=True)):
            facts = (operation, index, *call, ZERO_WORD, self.min_delay)
            effect.events.append(Event("TimelockController", "CallScheduled", facts))
        effect.events.append(Event("TimelockController", "CallSalt", (operation, salt)))
        effect.events.append(Event("Consortium", "ProposalQueued", (proposal_id, proposal.eta)))
        return effect

    def execute(self, caller: str, *arguments: Any) -> Effect:
        """Carry a proposal out; whoever undoes it after a refusal is the caller."""
        proposal_id = self.proposal_id(*arguments)
        self._need_state(proposal_id, SUCCEEDED, QUEUED)
        proposal = self.proposals[proposal_id]
        operation, _ = self.operation(proposal)
        if proposal.count is None or not self.is_ready(proposal):
            raise Refusal("TimelockUnexpectedOperationState", operation, OPERATION_READY)
        proposal.executed = True
        before = len(self.directory.active_offices())
        calls = list(zip(proposal.targets, proposal.values, proposal.calldatas, strict=True))
        self.own_calls += [keccak(data) for target, _, data in calls if target == self.address]
        effect = Effect((proposal_id,))
        for index, call in enumerate(calls):
            effect.events += self.perform(*call)
            effect.events.append(Event("TimelockController", "CallExecuted", (operation, index, *call)))
        self._need_able_offices(before)
        self.own_calls.clear()
        effect.events.append(Event("Consortium", "ProposalExecuted", (proposal_id,)))
        return effect

    def is_ready(self, proposal: Proposal) -> bool:
        """Tell whether the delay of a counted proposal is over."""
        return self.clock.now >= proposal.eta

    def _need_able_offices(self, before: int) -> None:
        active = len(self.directory.active_offices())
        if active < LEAST_OFFICES and active <= before:
            raise Refusal("ConsortiumTooFewOffices", active, LEAST_OFFICES)
        delay = self.delay_of(self.directory.governance)
        if delay is None:
            raise Refusal("ConsortiumGovernanceLost", self.directory.governance)
        if delay > MAX_DELAY:
            raise Refusal("ConsortiumInvalidTime", delay, 0, MAX_DELAY)

    # ------------------------------------------------------------------------------------------------------- votes

    def cast_vote(self, caller: str, proposal_id: int, support: int) -> Effect:
        """Vote as the present seat of an office."""
        return self._cast(proposal_id, caller, support, "")

    def cast_vote_with_reason(self, caller: str, proposal_id: int, support: int, reason: str) -> Effect:
        """Vote and say why."""
        return self._cast(proposal_id, caller, support, reason)

    def cast_vote_with_parameters(
        self, caller: str, proposal_id: int, support: int, reason: str, parameters: bytes
    ) -> Effect:
        """Vote with parameters, which have no meaning here but are told."""
        return self._cast(proposal_id, caller, support, reason, parameters)

    def cast_signed_votes(self, caller: str, proposal_id: int, votes: tuple[SignedVote, ...]) -> Effect:
        """Cast votes that seats signed; those of offices that voted before are passed over."""
        events: list[Event] = []
        taken = 0
        for office, support, reason, signature in votes:
            if proposal_id in self.proposals and office in self.proposals[proposal_id].votes:
                continue
            seat = self.directory.seat_of(office)
            digest = self.domain.digest(vote_struct(proposal_id, office, support, reason))
            if office not in self.directory.offices or not self.approves(seat, digest, signature):
                raise Refusal("ConsortiumInvalidSignature", office)
            events += self._cast(proposal_id, seat, support, reason).events
            taken += 1
        return Effect((taken,), events)

    def _cast(self, proposal_id: int, voter: str, support: int, reason: str, parameters: bytes = b"") -> Effect:
        self._need_state(proposal_id, OPEN)
        office = self.may_vote(voter)
        if office is None:
            raise Refusal("ConsortiumNotVoter", voter)
        if support > ABSTAIN:
            raise Refusal("ConsortiumUnknownSupport", support)
        if self.has_voted(proposal_id, office, voter):
            raise Refusal("ConsortiumAlreadyVoted", proposal_id, office)
        self.proposals[proposal_id].votes[office] = support
        cast: tuple[str, tuple[Any, ...]] = ("VoteCast", (voter, proposal_id, support, 1, reason))
        if parameters:
            cast = ("VoteCastWithParams", (voter, proposal_id, support, 1, reason, parameters))
        return self._told((1,), ("OfficeVoted", (proposal_id, office, voter, support)), cast)

    def has_voted(self, proposal_id: int, office: bytes, voter: str) -> bool:
        """Tell whether the office of a voter has voted."""
        return office in self.proposals[proposal_id].votes

    # -------------------------------------------------------------------------------------------------- parameters

    def set_supermajority(self, caller: str, numerator: int, denominator: int) -> Effect:
        """Change the share of the offices that must be for a proposal."""
        self._need_executor(caller, "setSupermajority(uint8,uint8)", numerator, denominator)
        if not denominator < 2 * numerator < 2 * denominator:
            raise Refusal("ConsortiumInvalidSupermajority", numerator, denominator)
        self.numerator, self.denominator = numerator, denominator
        return self._told((), ("SupermajorityChanged", (numerator, denominator)))

    def set_voting_delay(self, caller: str, delay: int) -> Effect:
        """Change the time before votes begin."""
        self._need_executor(caller, "setVotingDelay(uint48)", delay)
        if delay > MAX_DELAY:
            raise Refusal("ConsortiumInvalidTime", delay, 0, MAX_DELAY)
        previous, self.voting_delay = self.voting_delay, delay
        return self._told((), ("VotingDelaySet", (previous, delay)))

    def set_voting_period(self, caller: str, period: int) -> Effect:
        """Change how long votes last."""
        self._need_executor(caller, "setVotingPeriod(uint32)", period)
        if not HOUR <= period <= 90 * DAY:
            raise Refusal("ConsortiumInvalidTime", period, HOUR, 90 * DAY)
        previous, self.voting_period = self.voting_period, period
        return self._told((), ("VotingPeriodSet", (previous, period)))

    def update_delay(self, caller: str, delay: int) -> Effect:
        """Change the delay before executions, as the timelock itself."""
        if caller != self.timelock:
            raise Refusal("TimelockUnauthorizedCaller", caller)
        previous, self.min_delay = self.min_delay, delay
        return Effect((), [Event("TimelockController", "MinDelayChange", (previous, delay))])

    def not_available(self, function: str) -> Callable[..., Effect]:
        """Return the refusal of a function that would go round the votes."""

        def refuse(caller: str, *arguments: Any) -> Effect:
            raise Refusal("ConsortiumNotAvailable", keccak(NOT_AVAILABLE[function])[:4])

        return refuse

    def no_role(self, role: bytes) -> Callable[..., Effect]:
        """Return the refusal of a function of the timelock to everybody."""

        def refuse(caller: str, *arguments: Any) -> Effect:
            raise Refusal("AccessControlUnauthorizedAccount", caller, role)

        return refuse

    @staticmethod
    def renounce_role(caller: str, role: bytes, confirmation: str) -> Effect:
        """Give up a role that one does not have."""
        if caller != confirmation:
            raise Refusal("AccessControlBadConfirmation")
        return Effect()

    # ----------------------------------------------------------------------------------------------------- refusals

    def _need_executor(self, caller: str, signature: str, *arguments: int) -> None:
        """Refuse all but the timelock, and of that all but calls that a proposal under execution holds."""
        if caller != self.timelock:
            raise Refusal("GovernorOnlyExecutor", caller)
        wanted = keccak(keccak(signature.encode())[:4] + b"".join(word(argument) for argument in arguments))
        while True:
            if not self.own_calls:
                raise EMPTY_QUEUE
            if self.own_calls.pop(0) == wanted:
                return

    def _need_state(self, proposal_id: int, *allowed: int) -> None:
        state = self.state_of(proposal_id)
        if state not in allowed:
            bits = word(sum(1 << each for each in allowed))
            raise Refusal("GovernorUnexpectedProposalState", proposal_id, state, bits)

    @staticmethod
    def _told(returned: tuple[Any, ...], *events: tuple[str, tuple[Any, ...]]) -> Effect:
        return Effect(returned, [Event("Consortium", name, arguments) for name, arguments in events])


def approval(wallet_owners: dict[str, str | None]) -> Callable[[str, bytes, bytes], bool]:
    """Return who approves what: a bare account by its own signature, a wallet by its owner's, one of nobody always."""

    def approves(account: str, digest: bytes, signature: bytes) -> bool:
        if account in wallet_owners and wallet_owners[account] is None:
            return True
        signer = wallet_owners.get(account, account)
        return len(signature) == 65 and typed_data.recover(digest, signature) == signer

    return approves
