"""The consortium rebuilt from events alone, as an index would do it. Knows neither the model nor the calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.stateful.driver.history import BrokenHistory, History


@dataclass
class Told:
    """What events tell of one proposal."""

    facts: dict[str, Any]
    votes: dict[bytes, int] = field(default_factory=dict)
    scheduled: list[tuple[str, int, bytes]] = field(default_factory=list)
    executed_calls: list[tuple[str, int, bytes]] = field(default_factory=list)
    count: dict[str, int] | None = None
    counted_at: int = 0
    delay: int = 0
    eta: int = 0
    executed_at: int = 0
    canceled_at: int = 0

    @property
    def calls(self) -> list[tuple[str, int, bytes]]:
        """Return the calls that were proposed."""
        return list(zip(self.facts["targets"], self.facts["values"], self.facts["calldatas"], strict=True))


@dataclass
class Emergency:
    """What events tell of emergencies against one office."""

    round: int = 0
    used: set[bytes] = field(default_factory=set)
    running_until: int = 0


class GovernanceHistory(History):
    """What the events tell about offices, votes, parameters, emergencies, the charter and the address book."""

    def __init__(self, parameters: dict[str, int]) -> None:
        super().__init__()
        self.parameters = dict(parameters)
        self.proposals: dict[int, Told] = {}
        self.operations: dict[bytes, int] = {}
        self.emergencies: dict[bytes, Emergency] = {}
        self.supported: dict[bytes, list[bytes]] = {}
        self.texts: list[tuple[bytes, str, int]] = []
        self.observers: list[tuple[str, str]] = []
        self.remarks: list[tuple[int, str, str]] = []
        self.book: dict[bytes, list[tuple[str, bytes, int]]] = {}
        self.counted: int = 0
        # Since when, until when an office was suspended at all, and until when by vote.
        self.suspensions: dict[bytes, list[tuple[int, int, int]]] = {}
        self.in_haste: bytes | None = None

    def electorate_at(self, time: int) -> tuple[list[bytes], list[bytes]]:
        """Return the offices that could vote at a moment, and those that could were there no emergency."""
        active, able = [], []
        for code, facts in self.offices.items():
            if facts["departed"] or facts["admittedAt"] > time:
                continue
            known = [entry for entry in self.suspensions.get(code, []) if entry[0] <= time]
            _, until, voted_until = known[-1] if known else (0, 0, 0)
            if until <= time:
                active.append(code)
            if voted_until <= time:
                able.append(code)
        return active, able

    def _on_OfficeSuspended(self, at: int, office: bytes, until: int) -> None:  # noqa: N802
        super()._on_OfficeSuspended(at, office, until)
        suspensions = self.suspensions.setdefault(office, [])
        voted_until = until
        if self.in_haste == office:
            voted_until = suspensions[-1][2] if suspensions else 0
        self.in_haste = None
        suspensions.append((at, until, voted_until))

    def _on_OfficeReinstated(self, at: int, office: bytes) -> None:  # noqa: N802
        super()._on_OfficeReinstated(at, office)
        self.suspensions[office].append((at, at, at))

    def _on_ProposalCreated(self, at: int, proposalId: int, **facts: Any) -> None:  # noqa: N802, N803
        if proposalId in self.proposals:
            raise BrokenHistory(f"{proposalId} was proposed twice")
        self.proposals[proposalId] = Told(facts)

    def _on_OfficeVoted(self, at: int, proposalId: int, office: bytes, voter: str, support: int) -> None:  # noqa: N802, N803
        told = self.proposals[proposalId]
        if office in told.votes:
            raise BrokenHistory(f"{office!r} voted twice on {proposalId}")
        if not told.facts["voteStart"] < at <= told.facts["voteEnd"]:
            raise BrokenHistory(f"{office!r} voted on {proposalId} at {at}, outside of the vote")
        told.votes[office] = support

    def _on_VoteCast(self, at: int, proposalId: int, weight: int, **_: Any) -> None:  # noqa: N802, N803
        if weight != 1:
            raise BrokenHistory(f"a vote on {proposalId} has the weight {weight}")

    def _on_VoteCastWithParams(self, at: int, **facts: Any) -> None:  # noqa: N802
        self._on_VoteCast(at, **facts)

    def _on_ProposalCounted(self, at: int, proposalId: int, **count: int) -> None:  # noqa: N802, N803
        told = self.proposals[proposalId]
        if told.count is not None or told.canceled_at:
            raise BrokenHistory(f"{proposalId} was counted again, or though canceled")
        told.count, told.counted_at = count, at
        self.counted = proposalId

    def _on_CallScheduled(  # noqa: N802
        self, at: int, index: int, target: str, value: int, data: bytes, delay: int, **facts: Any
    ) -> None:
        told = self.proposals[self.counted]
        if index != len(told.scheduled) or told.counted_at != at:
            raise BrokenHistory(f"call {index} was scheduled without a count")
        told.scheduled.append((target, value, data))
        told.delay = delay
        self.operations[facts["id"]] = self.counted

    def _on_CallSalt(self, at: int, **_: Any) -> None:  # noqa: N802
        pass

    def _on_ProposalQueued(self, at: int, proposalId: int, etaSeconds: int) -> None:  # noqa: N802, N803
        told = self.proposals[proposalId]
        if told.counted_at != at or told.scheduled != told.calls:
            raise BrokenHistory(f"{proposalId} was queued with other calls than were proposed, or not counted")
        told.eta = etaSeconds

    def _on_CallExecuted(  # noqa: N802
        self, at: int, index: int, target: str, value: int, data: bytes, **facts: Any
    ) -> None:
        told = self.proposals[self.operations[facts["id"]]]
        if index != len(told.executed_calls):
            raise BrokenHistory(f"call {index} of {self.operations[facts['id']]} was executed out of order")
        told.executed_calls.append((target, value, data))

    def _on_ProposalExecuted(self, at: int, proposalId: int) -> None:  # noqa: N802, N803
        told = self.proposals[proposalId]
        if told.executed_at or told.canceled_at or told.count is None or told.executed_calls != told.calls:
            raise BrokenHistory(f"{proposalId} was executed twice, uncounted, canceled, or with other calls")
        told.executed_at = at

    def _on_ProposalCanceled(self, at: int, proposalId: int) -> None:  # noqa: N802, N803
        told = self.proposals[proposalId]
        if told.votes or told.count is not None or at > told.facts["voteStart"]:
            raise BrokenHistory(f"{proposalId} was canceled after its vote began")
        told.canceled_at = at

    def _on_SupermajorityChanged(self, at: int, numerator: int, denominator: int) -> None:  # noqa: N802
        self.parameters |= {"supermajorityNumerator": numerator, "supermajorityDenominator": denominator}

    def _on_VotingDelaySet(self, at: int, oldVotingDelay: int, newVotingDelay: int) -> None:  # noqa: N802, N803
        self._change("votingDelay", oldVotingDelay, newVotingDelay)

    def _on_VotingPeriodSet(self, at: int, oldVotingPeriod: int, newVotingPeriod: int) -> None:  # noqa: N802, N803
        self._change("votingPeriod", oldVotingPeriod, newVotingPeriod)

    def _on_MinDelayChange(self, at: int, oldDuration: int, newDuration: int) -> None:  # noqa: N802, N803
        self._change("executionDelay", oldDuration, newDuration)

    def _on_ObjectionDelayChanged(self, at: int, objectionDelay: int) -> None:  # noqa: N802, N803
        super()._on_ObjectionDelayChanged(at, objectionDelay)
        self.parameters["objectionDelay"] = objectionDelay

    def _on_EmergencyRulesChanged(self, at: int, quorum: int, duration: int) -> None:  # noqa: N802
        self.parameters |= {"emergencyQuorum": quorum, "emergencyDuration": duration}

    def _change(self, name: str, before: int, after: int) -> None:
        if self.parameters[name] != before:
            raise BrokenHistory(f"{name} was {self.parameters[name]}, not {before}")
        self.parameters[name] = after

    def _on_SuspensionSupported(  # noqa: N802
        self,
        at: int,
        suspensionId: bytes,  # noqa: N803
        supporter: bytes,
        **_: Any,
    ) -> None:
        supporters = self.supported.setdefault(suspensionId, [])
        if supporter in supporters:
            raise BrokenHistory(f"{supporter!r} supported the same suspension twice")
        supporters.append(supporter)

    def _on_SuspendedInEmergency(  # noqa: N802
        self,
        at: int,
        suspensionId: bytes,  # noqa: N803
        office: bytes,
        accounts: tuple[str, ...],
        until: int,
        supporters: tuple[bytes, ...],
        **_: Any,
    ) -> None:
        emergency = self.emergencies.setdefault(office, Emergency())
        again = emergency.used & set(supporters)
        if again or office in supporters or len(set(supporters)) != len(supporters):
            raise BrokenHistory(f"{supporters!r} suspended {office!r}: {again!r} a second time, or itself, or twice")
        if not set(supporters) <= set(self.supported[suspensionId]):
            raise BrokenHistory(f"{supporters!r} suspended {office!r}, but did not all support it")
        emergency.used.update(supporters)
        emergency.round += 1
        self.in_haste = None if accounts else office
        emergency.running_until = max(until, emergency.running_until)

    def _on_EmergencyRightsRestored(self, at: int, office: bytes) -> None:  # noqa: N802
        emergency = self.emergencies.setdefault(office, Emergency())
        emergency.used, emergency.running_until = set(), 0

    def _on_CharterAdopted(self, at: int, version: int, digest: bytes, location: str) -> None:  # noqa: N802
        if version != len(self.texts) + 2:
            raise BrokenHistory(f"charter went to version {version} after {len(self.texts) + 1}")
        self.texts.append((digest, location, at))

    def _on_ObserverListed(self, at: int, account: str, name: str) -> None:  # noqa: N802
        if account in dict(self.observers):
            raise BrokenHistory(f"observer {account} was listed twice")
        self.observers.append((account, name))

    def _on_ObserverRemoved(self, at: int, account: str) -> None:  # noqa: N802
        self.observers = [entry for entry in self.observers if entry[0] != account]

    def _on_Remarked(self, at: int, proposalId: int, observer: str, text: str) -> None:  # noqa: N802, N803
        if (proposalId, observer, text) in self.remarks or observer not in dict(self.observers):
            raise BrokenHistory(f"{observer} remarked twice, or is no observer")
        self.remarks.append((proposalId, observer, text))

    def _on_ContractListed(self, at: int, name: bytes, version: int, account: str, codeHash: bytes) -> None:  # noqa: N802, N803
        entries = self.book.setdefault(name, [])
        if version != len(entries) + 1:
            raise BrokenHistory(f"{name!r} went to version {version} after {len(entries)}")
        entries.append((account, codeHash, at))
