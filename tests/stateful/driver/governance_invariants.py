"""What must hold of a consortium at every moment, and of every act; README.md beside says each in words.

Each looks at the chain, at what it told in events, and at what it said before; the model is asked only where the
sentence is about the model. Not its job: comparing an act's outcome with the prediction (`driver.run`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.stateful.driver.codec import Log
from tests.stateful.driver.engine import ALL_PARTS, SECRETS, SIGNERS, named_account
from tests.stateful.driver.governance_calls import CODES
from tests.stateful.driver.governance_engine import ANY_TEXT, DEPLOYER
from tests.stateful.driver.governance_history import GovernanceHistory, Told
from tests.stateful.driver.governance_world import Act, GovernanceWorld
from tests.stateful.driver.history import BrokenHistory
from tests.stateful.driver.invariants import (
    equal,
    history_only_grows,
    key_history_is_final,
    listed_offices_equal_the_model,
    mirrored_office_facts_are_the_office_s,
    need,
    remembered,
    seats_are_never_shared,
    successors_equal_the_model,
)
from tests.stateful.driver.world import Finding, Outcome
from tests.stateful.model.basics import SCOPE_KEYS, ZERO_ADDRESS, ZERO_WORD
from tests.stateful.model.consortium import (
    ABSTAIN,
    AGAINST,
    CANCELED,
    COUNT_WINDOW,
    DAY,
    DEFEATED,
    EXECUTED,
    EXECUTION_WINDOW,
    EXPIRED,
    FOR,
    LEAST_OFFICES,
    NOT_AVAILABLE,
    OPEN,
    PENDING,
    QUEUED,
    SUCCEEDED,
)
from tests.stateful.model.council import suspension_struct
from tests.stateful.model.typed_data import keccak

ACTIVE, DEPARTED = 1, 3
# Who may bring an event about: a vote that is carried out, an emergency, the seat, anyone by signature.
BY_VOTE = "vote"
POWERS: dict[str, tuple[str, ...]] = {
    "GovernanceTransferred": (BY_VOTE,),
    "EmergencyBodyChanged": (BY_VOTE,),
    "ObjectionDelayChanged": (BY_VOTE,),
    "OfficeAdmitted": (BY_VOTE,),
    "OfficeSuspended": (BY_VOTE, "support"),
    "OfficeReinstated": (BY_VOTE,),
    "OfficeDeparted": (BY_VOTE,),
    "SuccessorNamed": (BY_VOTE,),
    "SeatReplacementDecided": (BY_VOTE,),
    "SeatReplacementObjected": ("objectToReplacement",),
    "SeatProposed": ("proposeSeat",),
    "SeatChanged": ("acceptSeat",),
    "EndpointChanged": ("setEndpoint",),
    "EarliestFilingDateChanged": ("setEarliestFilingDate",),
    "KeyAdded": (BY_VOTE, "addKey"),
    "KeyRevoked": (BY_VOTE, "revokeKey", "markKeyCompromised"),
    "KeyCompromised": (BY_VOTE, "markKeyCompromised"),
    "KeySuspended": (BY_VOTE, "support"),
    "KeyReinstated": (BY_VOTE,),
    "SupermajorityChanged": (BY_VOTE,),
    "VotingDelaySet": (BY_VOTE,),
    "VotingPeriodSet": (BY_VOTE,),
    "MinDelayChange": (BY_VOTE,),
    "EmergencyRulesChanged": (BY_VOTE,),
    "EmergencyRightsRestored": (BY_VOTE,),
    "CharterAdopted": (BY_VOTE,),
    "ObserverListed": (BY_VOTE,),
    "ObserverRemoved": (BY_VOTE,),
    "ContractListed": (BY_VOTE,),
    "CallExecuted": (BY_VOTE,),
    "ProposalExecuted": (BY_VOTE,),
    "CallScheduled": ("queue",),
    "CallSalt": ("queue",),
    "ProposalQueued": ("queue",),
    "ProposalCounted": ("queue",),
    "ProposalCreated": ("propose",),
    "ProposalCanceled": ("cancel",),
    "SuspensionSupported": ("support",),
    "SuspendedInEmergency": ("support",),
    "Remarked": ("remark",),
}
VOTING = ("castVote", "castVoteWithReason", "castVoteWithReasonAndParams", "castSignedVotes")
POWERS |= dict.fromkeys(("OfficeVoted", "VoteCast", "VoteCastWithParams"), VOTING)
OF_A_SEAT = ("objectToReplacement", "proposeSeat", "setEndpoint", "setEarliestFilingDate")
FORWARD = {
    PENDING: set(range(8)),
    OPEN: {OPEN, DEFEATED, SUCCEEDED, QUEUED, EXECUTED, EXPIRED},
    # Who counts, and the share needed, may change until the count is made: an office leaves, a vote changes the share.
    DEFEATED: {DEFEATED, SUCCEEDED, QUEUED, EXECUTED, EXPIRED},
    SUCCEEDED: {DEFEATED, SUCCEEDED, QUEUED, EXECUTED, EXPIRED},
    QUEUED: {QUEUED, EXECUTED, EXPIRED},
    EXPIRED: {EXPIRED, DEFEATED},
    CANCELED: {CANCELED},
    EXECUTED: {EXECUTED},
}


@dataclass(frozen=True)
class Done:
    """One act with what came of it."""

    act: Act
    outcome: Outcome

    @property
    def logs(self) -> list[Log]:
        """Return the events of the act."""
        return self.outcome.logs

    def told(self, *names: str) -> Iterator[Log]:
        """Return the events of these names."""
        return (log for log in self.logs if log.name in names)


def history_of(world: GovernanceWorld) -> GovernanceHistory:
    """Return the state that the events tell."""
    terms = world.engine.terms
    first = {
        "supermajorityNumerator": terms.parameters.numerator,
        "supermajorityDenominator": terms.parameters.denominator,
        "votingDelay": terms.parameters.voting_delay,
        "votingPeriod": terms.parameters.voting_period,
        "executionDelay": terms.parameters.execution_delay,
        "emergencyQuorum": terms.quorum,
        "emergencyDuration": terms.duration,
        "objectionDelay": 14 * DAY,
    }
    # The name under which the invariants of the directory look for it.
    history: GovernanceHistory = remembered(world, "history", lambda: GovernanceHistory(first))  # type: ignore[arg-type]
    try:
        history.follow(world.logs)
    except BrokenHistory as broken:
        raise Finding("history_only_grows", str(broken)) from broken
    return history


def is_founding(world: GovernanceWorld) -> bool:
    """Tell whether the deployer still acts for the founders, as the events tell it."""
    return history_of(world).governance is None


# ------------------------------------------------------------------------------------------------------------ of acts


def events_fit_those_before(world: GovernanceWorld, done: Done) -> None:
    """Nobody votes twice or outside of a vote, nothing is executed that was not counted, or twice, or altered."""
    try:
        history_of(world)
    except Finding as finding:
        raise Finding("events_fit_those_before", str(finding)) from finding


def votes_are_of_present_seats(world: GovernanceWorld, done: Done) -> None:
    """Who voted was, in that second, the seat of an active office, and the vote is that office's."""
    name = "votes_are_of_present_seats"
    for log in done.told("OfficeVoted"):
        office, voter = log.arguments["office"], log.arguments["voter"]
        equal(world.call("OfficeDirectory", "officeOfSeat", voter), office, name, f"office of {voter}")
        equal(world.call("OfficeDirectory", "statusOf", office), ACTIVE, name, f"standing of {office!r}")


def counts_have_their_supermajority(world: GovernanceWorld, done: Done) -> None:
    """A count holds the votes of the offices active at the close, but departed ones, and enough of these are for it."""
    name = "counts_have_their_supermajority"
    for log in done.told("ProposalCounted"):
        told = history_of(world).proposals[log.arguments["proposalId"]]
        active, _ = history_of(world).electorate_at(told.facts["voteEnd"])
        votes = sum(1 for office in active if told.votes.get(office) == FOR)
        equal(log.arguments["forVotes"], votes, name, "number of active offices for it")
        equal(log.arguments["activeOffices"], len(active), name, "number of active offices")
        numerator, denominator = world.call("Consortium", "supermajority")
        enough = votes * denominator >= max(len(active), LEAST_OFFICES) * numerator
        need(enough and 2 * votes > len(active), name, f"{votes} of {len(active)} carried {log}")
        end = told.facts["voteEnd"]
        need(end < log.at <= end + COUNT_WINDOW, name, f"counted at {log.at}, vote closed at {end}")


def no_minority_carries_a_proposal(world: GovernanceWorld, done: Done) -> None:
    """More than half of the offices that could vote at the close, were there no emergency, are for what is carried."""
    name = "no_minority_carries_a_proposal"
    for log in done.told("ProposalCounted"):
        told = history_of(world).proposals[log.arguments["proposalId"]]
        _, able = history_of(world).electorate_at(told.facts["voteEnd"])
        votes = sum(1 for office in able if told.votes.get(office) == FOR)
        carried = min(votes, log.arguments["forVotes"])
        need(2 * carried > len(able), name, f"{carried} of {len(able)} carried {log}")


def closed_votes_keep_their_outcome(world: GovernanceWorld, done: Done) -> None:
    """From its close to its count a vote stands as the suspensions of its last second have it, whatever they become."""
    name = "closed_votes_keep_their_outcome"
    history = history_of(world)
    for identifier, told in history.proposals.items():
        end = told.facts["voteEnd"]
        if told.count is None and not told.canceled_at and end < done.act.at <= end + COUNT_WINDOW:
            shown = world.call("Consortium", "tallyOf", identifier)
            equal(shown, _tally_at_close(history, told), name, f"tally of {identifier}")


def _tally_at_close(history: GovernanceHistory, told: Told) -> dict[str, Any]:
    """Return the tally of a closed vote by the events alone; departures and the share needed are today's."""
    active, able = history.electorate_at(told.facts["voteEnd"])
    votes = [told.votes[office] for office in active if office in told.votes]
    numerator = history.parameters["supermajorityNumerator"]
    denominator = history.parameters["supermajorityDenominator"]
    share = max(len(active), LEAST_OFFICES) * numerator
    majorities = range(len(able) // 2 + 1, 1000)
    return {
        "forVotes": votes.count(FOR),
        "againstVotes": votes.count(AGAINST),
        "abstainVotes": votes.count(ABSTAIN),
        "activeOffices": len(active),
        "needed": next(count for count in majorities if count * denominator >= share),
        "isFinal": False,
    }


def executions_wait_their_delay(world: GovernanceWorld, done: Done) -> None:
    """What is executed was counted, and the delay in force at the count is over, but not for more than 30 days."""
    name = "executions_wait_their_delay"
    for log in done.told("ProposalExecuted"):
        told = history_of(world).proposals[log.arguments["proposalId"]]
        need(told.count is not None and told.count["forVotes"] >= told.count["needed"], name, f"{told} was not carried")
        equal(told.eta, told.counted_at + told.delay, name, "first second of execution")
        need(told.eta <= log.at <= told.eta + EXECUTION_WINDOW, name, f"executed at {log.at}, due at {told.eta}")


def power_is_used_by_its_holder(world: GovernanceWorld, done: Done) -> None:
    """Each event comes from the one way in which the charter lets it come about, by whoever holds that power."""
    name = "power_is_used_by_its_holder"
    was_founding = world.memory.get(name, True)
    world.memory[name] = is_founding(world)
    in_vote = (done.act.contract, done.act.function) == ("Consortium", "execute")
    for log in done.logs:
        # Before it hands over, the deployer acts for the founders.
        if done.act.caller == DEPLOYER and was_founding:
            continue
        way = BY_VOTE if in_vote else done.act.function
        need(way in POWERS.get(log.name, ()), name, f"{log.name} by {way} of {done.act.caller}")
        if in_vote:
            continue
        office = log.arguments.get("office")
        if done.act.function in OF_A_SEAT:
            equal(done.act.caller, world.call("OfficeDirectory", "seatOf", office), name, f"caller of {log.name}")
        elif done.act.function in ("addKey", "revokeKey", "markKeyCompromised"):
            manages = world.call("OfficeDirectory", "keyOf", office, done.act.caller)["scopes"] & SCOPE_KEYS
            is_seat = done.act.caller == world.call("OfficeDirectory", "seatOf", office)
            marks = done.act.function == "markKeyCompromised"
            need(is_seat or (manages and not marks), name, f"{log.name} by {done.act.caller}")
        elif done.act.function == "support" and log.name in ("OfficeSuspended", "KeySuspended"):
            need(any(done.told("SuspendedInEmergency")), name, f"{log.name} without an emergency")


def nobody_gets_a_role(world: GovernanceWorld, done: Done) -> None:
    """No role of the timelock is ever given or taken, and the consortium keeps its timelock and its threshold."""
    banned = list(done.told("RoleGranted", "RoleRevoked", "RoleAdminChanged", "TimelockChange", "ProposalThresholdSet"))
    equal(banned, [], "nobody_gets_a_role", "list of changed roles")


def three_offices_stay_active(world: GovernanceWorld, done: Done) -> None:
    """No act leaves fewer than three offices active, unless fewer were before and none was lost."""
    name = "three_offices_stay_active"
    if is_founding(world):
        return
    active = len(world.call("OfficeDirectory", "activeOffices"))
    before = world.memory.get(name, 0)
    world.memory[name] = active
    need(active >= min(before, LEAST_OFFICES), name, f"{before} offices were active, now {active}")


def governance_stays_with_a_timelock(world: GovernanceWorld, done: Done) -> None:
    """Once handed over, governance is the consortium's timelock until a vote hands it to another consortium's."""
    name = "governance_stays_with_a_timelock"
    governance = world.call("OfficeDirectory", "governance")
    allowed = {world.model.timelock, *world.engine.other_timelocks}
    if is_founding(world):
        allowed.add(DEPLOYER)
    need(governance in allowed, name, f"governance is {governance}")


def emergencies_keep_their_bounds(world: GovernanceWorld, done: Done) -> None:
    """An emergency has the quorum of active offices, lasts as agreed, and runs against less than a third of all."""
    name = "emergencies_keep_their_bounds"
    for log in done.told("SuspendedInEmergency"):
        quorum, duration = world.call("EmergencyCouncil", "rules")
        supporters, office = log.arguments["supporters"], log.arguments["office"]
        need(len(supporters) >= quorum >= 3, name, f"{len(supporters)} suspended {office!r}, quorum {quorum}")
        for supporter in supporters:
            equal(world.call("OfficeDirectory", "statusOf", supporter), ACTIVE, name, f"standing of {supporter!r}")
        equal(log.arguments["until"], log.at + duration, name, f"end of the emergency of {office!r}")
        need(duration <= 90 * DAY, name, f"lasts {duration} seconds")
        history = history_of(world)
        members = [code for code, facts in history.offices.items() if not facts["departed"]]
        running = [code for code in members if code in history.emergencies and _runs(history, code, log.at)]
        need(3 * len(running) < len(members), name, f"emergencies against {running!r} of {members!r}")


def _runs(history: GovernanceHistory, code: bytes, at: int) -> bool:
    return history.emergencies[code].running_until > at


STEP_INVARIANTS = (
    events_fit_those_before,
    votes_are_of_present_seats,
    counts_have_their_supermajority,
    no_minority_carries_a_proposal,
    closed_votes_keep_their_outcome,
    executions_wait_their_delay,
    power_is_used_by_its_holder,
    nobody_gets_a_role,
    three_offices_stay_active,
    governance_stays_with_a_timelock,
    emergencies_keep_their_bounds,
)


# ---------------------------------------------------------------------------------------------------------- of states


def charter_tells_every_parameter(world: GovernanceWorld) -> None:
    """The charter shows every parameter as the events left it, and the model's; its history is theirs; all at once."""
    name = "charter_tells_every_parameter"
    history = history_of(world)
    terms = world.call("Charter", "terms")
    equal({key: terms[key] for key in history.parameters}, history.parameters, name, "set of parameters")
    equal(terms, world.model.charter.terms(), name, "charter")
    texts, total = world.call("Charter", "history", 0, 1000)
    shown = [tuple(text.values()) for text in texts]
    equal(shown, [(*ANY_TEXT, world.engine.start), *history.texts], name, "history of the charter")
    equal(total, terms["version"], name, "number of texts")
    observers, _ = world.call("Charter", "observers", 0, 1000)
    shown = [(observer["account"], observer["name"]) for observer in observers]
    equal(sorted(shown), sorted(history.observers), name, "set of observers")
    equal(shown, world.model.charter.observers, name, "list of observers")
    equal(world.call("Charter", "charter"), (terms, texts, observers), name, "charter in one view")


def electorates_are_those_of_the_time(world: GovernanceWorld) -> None:
    """Who could vote, now and whenever a vote closed, is who could by the events and the model."""
    name = "electorates_are_those_of_the_time"
    history, now = history_of(world), world.model.now
    ends = [told.facts["voteEnd"] for told in history.proposals.values()]
    for time in {now, *(end for end in ends[-30:] if end <= now)}:
        shown = world.call("OfficeDirectory", "electorateAt", time)
        active, able = history.electorate_at(time)
        equal(shown, (tuple(active), len(able) - len([code for code in able if code in active])), name, f"at {time}")
        active, in_emergency = world.model.directory.electorate_at(time)
        equal(shown, (tuple(active), in_emergency), name, f"model's electorate at {time}")
    active_now, _ = world.call("OfficeDirectory", "electorateAt", now)
    equal(world.call("OfficeDirectory", "activeOffices"), active_now, name, "list of active offices")


def proposals_equal_the_model(world: GovernanceWorld) -> None:
    """Every proposal stands where the model says, with its votes and its tally."""
    name = "proposals_equal_the_model"
    consortium = world.model.consortium
    for identifier, proposal in consortium.proposals.items():
        state = world.call("Consortium", "state", identifier)
        equal(state, consortium.state_of(identifier), name, f"state of {identifier}")
        tally = world.call("Consortium", "tallyOf", identifier)
        equal(tally, consortium.tally(proposal), name, f"tally of {identifier}")
        office = world.call("Consortium", "proposingOffice", identifier)
        equal(office, proposal.office, name, f"office that proposed {identifier}")
        for code in world.model.directory.offices:
            voted = world.call("Consortium", "voteOf", identifier, code)
            expected = (code in proposal.votes, proposal.votes.get(code, 0))
            equal(voted, expected, name, f"vote of {code!r} on {identifier}")
    equal(set(consortium.proposals), set(history_of(world).proposals), name, "set of proposals")


def proposals_only_move_on(world: GovernanceWorld) -> None:
    """A proposal that was carried out, canceled or has expired stays so; a vote and a count are never changed."""
    name = "proposals_only_move_on"
    seen: dict[int, tuple[int, dict[str, Any]]] = remembered(world, name, dict)
    for identifier in history_of(world).proposals:
        state = world.call("Consortium", "state", identifier)
        tally = world.call("Consortium", "tallyOf", identifier)
        before, counted = seen.get(identifier, (state, tally))
        need(state in FORWARD[before], name, f"{identifier} went from state {before} to {state}")
        if counted["isFinal"]:
            equal(tally, counted, name, f"final tally of {identifier}")
        seen[identifier] = state, tally


def votes_stay_as_they_were_cast(world: GovernanceWorld) -> None:
    """The chain shows exactly the votes that the events tell, however seats and offices have changed since."""
    name = "votes_stay_as_they_were_cast"
    history = history_of(world)
    for identifier, told in history.proposals.items():
        shown = {code: world.call("Consortium", "voteOf", identifier, code) for code in history.offices}
        votes = {code: support for code, (voted, support) in shown.items() if voted}
        equal(votes, told.votes, name, f"set of votes on {identifier}")
        for code, facts in history.offices.items():
            voted = world.call("Consortium", "hasVoted", identifier, facts["seat"])
            equal(voted, code in told.votes, name, f"vote of the seat of {code!r} on {identifier}")


def emergencies_equal_the_model(world: GovernanceWorld) -> None:
    """Rounds and used rights are those of events and model; a suspension's supporters are the model's."""
    name = "emergencies_equal_the_model"
    history, council = history_of(world), world.model.council
    for code in CODES:
        told = history.emergencies.get(code)
        equal(world.call("EmergencyCouncil", "roundOf", code), 1 + (told.round if told else 0), name, f"{code!r}")
        until = world.call("EmergencyCouncil", "emergencyUntil", code)
        equal(until, council.office_until.get(code, 0), name, f"end of the emergency of {code!r}")
        for supporter in history.offices:
            used = world.call("EmergencyCouncil", "hasUsed", supporter, code)
            equal(used, bool(told and supporter in told.used), name, f"right of {supporter!r} against {code!r}")
    for suspension in list(remembered(world, "suspensions", list))[-8:]:
        shown = world.call("EmergencyCouncil", "supportersOf", suspension)
        is_open = suspension[3] == council.round_of(suspension[0]) and suspension[4] > world.model.now
        expected = council.entitled(suspension_struct(suspension), suspension[0]) if is_open else []
        equal(shown, tuple(expected), name, f"supporters of {suspension}")


def address_book_only_grows(world: GovernanceWorld) -> None:
    """The address book shows every version that was ever listed, in order, with its code."""
    name = "address_book_only_grows"
    book = history_of(world).book
    equal(list(world.call("AddressBook", "names")), list(book), name, "list of names")
    for entry, versions in book.items():
        shown = [tuple(version.values()) for version in world.call("AddressBook", "versions", entry)]
        equal(shown, versions, name, f"versions of {entry!r}")
        equal(tuple(world.call("AddressBook", "current", entry).values()), versions[-1], name, f"{entry!r}")
        for account, code_hash, _ in versions:
            equal(code_hash, world.engine.code_hashes[account], name, f"code of {account}")


def roles_are_the_consortium_s_alone(world: GovernanceWorld) -> None:
    """Of all accounts, the consortium alone proposes, executes and cancels in the timelock, which alone gives roles."""
    name = "roles_are_the_consortium_s_alone"
    consortium = world.engine.addresses["Consortium"]
    holders = {keccak(f"{role}_ROLE".encode()): {consortium} for role in ("PROPOSER", "EXECUTOR", "CANCELLER")}
    holders[ZERO_WORD] = {world.model.timelock}
    accounts = [*SECRETS, *world.engine.code_hashes, ZERO_ADDRESS]
    for role, expected in holders.items():
        held = {account for account in accounts if world.call("TimelockController", "hasRole", role, account)}
        equal(held, expected, name, f"set of holders of {role.hex()}")
    equal(world.call("Consortium", "timelock"), world.model.timelock, name, "timelock")


def powers_are_those_of_the_charter(world: GovernanceWorld) -> None:
    """Whoever tries a privileged function is refused for lack of that power, unless the events gave it to him."""
    name = "powers_are_those_of_the_charter"
    history = history_of(world)
    governance = history.governance or DEPLOYER
    body = history.emergency_body or ZERO_ADDRESS
    # All accounts that ever act, and some of the keys, which are alike.
    callers = [named_account(part) for part in ALL_PARTS if part not in SIGNERS[4:]]
    code = next(iter(history.offices), CODES[0])
    for contract, function, arguments, refusal in _privileged(world, code):
        for caller in callers:
            refused = world.attempt(caller, contract, function, *arguments)
            is_holder = caller == governance or (caller == body and function in ("suspendOffice", "suspendKey"))
            names_power = refused is not None and refused.name in refusal
            equal(names_power, not is_holder, name, f"refusal of {function} to {caller}")
    if code in history.offices:
        _seat_powers(world, name, code, callers)
    for function, arguments in _never(world):
        for caller in callers:
            refused = world.attempt(caller, "Consortium", function, *arguments)
            need(refused is not None, name, f"{caller} may {function}")


def _privileged(world: GovernanceWorld, code: bytes) -> list[tuple[str, str, tuple[Any, ...], tuple[str, ...]]]:
    """Return every function that belongs to governance or the emergency body, with the refusals that say so."""
    stranger = list(SECRETS)[-1]
    office = ("OfficeDirectoryNotGovernance",)
    until = world.model.now + 9 * DAY
    departed = history_of(world).offices.get(code, {}).get("departed", True)
    key = next((account for held, account in history_of(world).keys if held == code), None)
    revoked = key is not None and history_of(world).keys[code, key]["revokedAt"]
    listed: list[tuple[str, str, tuple[Any, ...], tuple[str, ...]]] = [
        ("OfficeDirectory", "transferGovernance", (stranger,), office),
        ("OfficeDirectory", "setEmergencyBody", (stranger,), office),
        ("OfficeDirectory", "setObjectionDelay", (DAY,), office),
        ("OfficeDirectory", "admitOffice", (b"ZW", "0x" + "77" * 20, "x", "", 0), office),
        ("OfficeDirectory", "admitOfficeWithKeys", (b"ZW", "0x" + "77" * 20, "x", "", 0, ()), office),
        ("OfficeDirectory", "reinstateOffice", (code,), office),
        ("OfficeDirectory", "reinstateKey", (code, stranger), office),
        ("OfficeDirectory", "departOffice", (code,), office),
        ("OfficeDirectory", "nameSuccessor", (code, code), office),
        ("OfficeDirectory", "replaceSeat", (code, ZERO_ADDRESS), office),
        ("EmergencyCouncil", "restoreRights", (code,), ("EmergencyCouncilNotGovernance",)),
        ("EmergencyCouncil", "setRules", (3, DAY), ("EmergencyCouncilNotGovernance",)),
        ("Charter", "adopt", ANY_TEXT, ("CharterNotGovernance",)),
        ("Charter", "listObserver", ("0x" + "77" * 20, "x"), ("CharterNotGovernance",)),
        ("Charter", "removeObserver", (stranger,), ("CharterNotGovernance",)),
        ("AddressBook", "list", ((), ()), ("AddressBookNotGovernance",)),
    ]
    if not departed:
        listed.append(("OfficeDirectory", "suspendOffice", (code, until), ("OfficeDirectoryNotEmergencyBody",)))
        if key and not revoked:
            listed.append(("OfficeDirectory", "suspendKey", (code, key, until), ("OfficeDirectoryNotEmergencyBody",)))
    return listed


def _seat_powers(world: GovernanceWorld, name: str, code: bytes, callers: list[str]) -> None:
    seat = world.call("OfficeDirectory", "seatOf", code)
    mine: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("proposeSeat", (code, ZERO_ADDRESS)),
        ("objectToReplacement", (code,)),
        ("setEndpoint", (code, "")),
        ("setEarliestFilingDate", (code, 0)),
    )
    for function, arguments in mine:
        for caller in callers:
            refused = world.attempt(caller, "OfficeDirectory", function, *arguments)
            names_power = refused is not None and refused.name == "OfficeDirectoryNotSeat"
            equal(names_power, caller != seat, name, f"refusal of {function} to {caller}")


def _never(world: GovernanceWorld) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what the consortium does for nobody who calls it."""
    stranger = list(SECRETS)[-1]
    closed: dict[str, tuple[Any, ...]] = {
        "relay": (stranger, 0, b""),
        "updateTimelock": (stranger,),
        "setProposalThreshold": (0,),
        "castVoteBySig": (1, 1, stranger, b""),
        "castVoteWithReasonAndParamsBySig": (1, 1, stranger, "", b"", b""),
    }
    equal(set(closed), set(NOT_AVAILABLE), "powers_are_those_of_the_charter", "set of closed functions")
    return [*closed.items(), ("setSupermajority", (2, 3)), ("setVotingDelay", (0,)), ("setVotingPeriod", (DAY,))]


def past_terms_stay(world: GovernanceWorld) -> None:
    """Departed offices stay departed under their code, admissions keep their time, successors stay."""
    name = "past_terms_stay"
    seen: dict[bytes, tuple[int, bool]] = remembered(world, name, dict)
    offices, _ = world.call("OfficeDirectory", "offices", 0, 1000)
    need(len(offices) >= len(seen), name, "an office vanished")
    for office in offices:
        admitted, departed = seen.get(office["code"], (office["admittedAt"], False))
        equal(office["admittedAt"], admitted, name, f"admission of {office['code']!r}")
        need(not departed or office["status"] == DEPARTED, name, f"{office['code']!r} came back")
        seen[office["code"]] = admitted, office["status"] == DEPARTED


STATE_INVARIANTS = (
    history_only_grows,
    charter_tells_every_parameter,
    electorates_are_those_of_the_time,
    proposals_equal_the_model,
    proposals_only_move_on,
    votes_stay_as_they_were_cast,
    emergencies_equal_the_model,
    address_book_only_grows,
    roles_are_the_consortium_s_alone,
    powers_are_those_of_the_charter,
    past_terms_stay,
    listed_offices_equal_the_model,
    successors_equal_the_model,
    key_history_is_final,
    mirrored_office_facts_are_the_office_s,
    seats_are_never_shared,
)
