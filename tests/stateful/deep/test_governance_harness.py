"""The consortium's harness itself: rules that are wrong on purpose must be noticed, and every invariant can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("pyrevm", reason="pyrevm has no wheel for this platform; the deep run needs it")

from tests.stateful.driver import governance_invariants, invariants
from tests.stateful.driver.codec import Log
from tests.stateful.driver.engine import SEATS, SIGNERS, STRANGERS, named_account, secret_of
from tests.stateful.driver.governance_engine import DEPLOYER, GovernanceEngine, Terms
from tests.stateful.driver.governance_invariants import STATE_INVARIANTS, STEP_INVARIANTS, Done
from tests.stateful.driver.governance_run import (
    check_state,
    find_again,
    new_world,
    random_acts,
    run_acts,
    run_governance,
)
from tests.stateful.driver.governance_world import Act, GovernanceWorld
from tests.stateful.driver.run import SequenceFailed, Tally
from tests.stateful.driver.world import Finding
from tests.stateful.model.charter import CharterModel
from tests.stateful.model.consortium import DAY, HOUR, ConsortiumModel, Parameters, Proposal
from tests.stateful.model.constitution import ConstitutionModel
from tests.stateful.model.council import CouncilModel, suspension_struct
from tests.stateful.model.directory import DEPARTED, DirectoryModel, Office
from tests.stateful.model.typed_data import keccak, sign

SEEDS = tuple(range(21, 33))
STEPS = 1000
NOTICED_BY = {
    "EmergenciesBarObjections": 23,
    "EmergenciesLessenTheMajority": 24,
    "EmergenciesAgainstAThird": 25,
    "EmergenciesByTheSameOffices": 22,
}
"""Which seed is the first to notice a wrong rule, where that is not the first one: it is tried before the others."""


class SuspendedOfficesCount(ConsortiumModel):
    def electorate(self, time: int) -> tuple[list[bytes], int]:
        return [code for code in self.directory.offices if self.directory.status_of(code) != DEPARTED], 0


class CountedAsOfTheCount(ConsortiumModel):
    def electorate(self, time: int) -> tuple[list[bytes], int]:
        return super().electorate(self.clock.now)


class SupermajorityRoundedDown(ConsortiumModel):
    def needed(self, offices: int, in_emergency: int) -> int:
        return max(offices, 3) * self.numerator // self.denominator


class EmergenciesLessenTheMajority(ConsortiumModel):
    def needed(self, offices: int, in_emergency: int) -> int:
        return super().needed(offices, 0)


class VotesOfAllThatVoted(ConsortiumModel):
    def is_carried(self, tally: dict[str, Any]) -> bool:
        return bool(tally["forVotes"] > tally["againstVotes"] + tally["abstainVotes"])


class VoteOfASeatNotOfAnOffice(ConsortiumModel):
    def has_voted(self, proposal_id: int, office: bytes, voter: str) -> bool:
        seats = self.__dict__.setdefault("seats", set())
        twice = (proposal_id, voter) in seats
        seats.add((proposal_id, voter))
        return twice


class SuspendedOfficesVote(ConsortiumModel):
    def may_vote(self, account: str) -> bytes | None:
        return self.directory.seat_is_taken(account)


class DelayEndsASecondLate(ConsortiumModel):
    def is_ready(self, proposal: Proposal) -> bool:
        return self.clock.now > proposal.eta


class EmergenciesAgainstAThird(CouncilModel):
    def is_too_many(self, running: int, members: int) -> bool:
        return running * 3 > members


class EmergenciesByTheSameOffices(CouncilModel):
    def has_used(self, supporter: bytes, office: bytes) -> bool:
        return False


class RevokedKeysHoldUpOthers(CouncilModel):
    def is_passed_over(self, office: bytes, account: str, until: int) -> bool:
        return False


class AnyoneRemarks(CharterModel):
    def may_remark(self, account: str) -> bool:
        return True


class SuspensionIgnored(DirectoryModel):
    def is_barred(self, office: Office) -> bool:
        return False


class EmergenciesBarObjections(DirectoryModel):
    def is_objection_barred(self, office: Office) -> bool:
        return self.is_barred(office)


class ReplacementsForEver(DirectoryModel):
    def is_replacement_over(self, office: Office) -> bool:
        return False


BASES = (DirectoryModel, ConsortiumModel, CouncilModel, CharterModel)
MUTANTS = [part for base in BASES for part in base.__subclasses__() if part.__module__ == __name__]


def constitution_with(part: type) -> type[ConstitutionModel]:
    """Return the model with one part replaced."""
    (base,) = (base for base in BASES if issubclass(part, base))
    kind = base.__name__.removesuffix("Model").lower()
    return type(f"With{part.__name__}", (ConstitutionModel,), {f"{kind}_class": part})


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_rule_is_noticed(mutant: type) -> None:
    for seed in sorted(SEEDS, key=lambda seed: seed != NOTICED_BY.get(mutant.__name__)):
        try:
            run_governance(seed, STEPS, constitution_with(mutant), shrink_seconds=0)
        except SequenceFailed:
            return
    pytest.fail(f"{mutant.__name__} passed {len(SEEDS)} sequences of {STEPS} acts")


def test_a_finding_is_made_short_and_stays_one() -> None:
    model = constitution_with(VoteOfASeatNotOfAnOffice)
    with pytest.raises(SequenceFailed) as failed:
        run_governance(SEEDS[0], STEPS, model)
    failure = failed.value
    assert len(failure.steps) <= 12
    again = find_again(failure.steps, SEEDS[0], model)
    assert again is not None
    assert again.name == failure.finding.name
    assert find_again(failure.steps, SEEDS[0], ConstitutionModel) is None


@pytest.fixture(scope="module")
def lived() -> tuple[GovernanceWorld, list[Done]]:
    """Return a world in which much has happened, and what its acts did."""
    world = new_world(SEEDS[1])
    dones: list[Done] = []
    for act in random_acts(world, SEEDS[1], STEPS):
        outcome, _ = world.perform(act)
        done = Done(act, outcome)
        for invariant in STEP_INVARIANTS:
            invariant(world, done)
        dones.append(done)
    check_state(world)
    return world, dones


def more(views: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    """Return a listing whose first entry is altered."""
    page, total = views
    return ((page[0] | changes, *page[1:]), total)


# What the chain could wrongly answer, and the invariant that must notice it.
LIES: dict[Callable[..., None], tuple[str, Callable[[Any], Any]]] = {
    invariants.history_only_grows: ("governance", lambda account: DEPLOYER),
    governance_invariants.charter_tells_every_parameter: (
        "terms",
        lambda terms: terms | {"votingDelay": terms["votingDelay"] + 1},
    ),
    governance_invariants.electorates_are_those_of_the_time: (
        "electorateAt",
        lambda electorate: (electorate[0], electorate[1] + 1),
    ),
    governance_invariants.proposals_equal_the_model: ("state", lambda state: (state + 1) % 8),
    governance_invariants.proposals_only_move_on: ("state", lambda state: 0),
    governance_invariants.votes_stay_as_they_were_cast: ("voteOf", lambda vote: (not vote[0], 1)),
    governance_invariants.emergencies_equal_the_model: ("roundOf", lambda number: number + 1),
    governance_invariants.address_book_only_grows: ("names", lambda names: (*names, b"Z" * 32)),
    governance_invariants.roles_are_the_consortium_s_alone: ("hasRole", lambda has: True),
    governance_invariants.powers_are_those_of_the_charter: ("seatOf", lambda seat: named_account(STRANGERS[0])),
    governance_invariants.past_terms_stay: ("offices", lambda views: more(views, admittedAt=1)),
    invariants.listed_offices_equal_the_model: ("offices", lambda views: more(views, name="Another")),
    invariants.successors_equal_the_model: ("successorOf", lambda code: b"ZZ"),
    invariants.key_history_is_final: ("keys", lambda views: more(views, scopes=16)),
    invariants.mirrored_office_facts_are_the_office_s: ("keyFacts", lambda word: word ^ (1 << 208)),
    invariants.seats_are_never_shared: (
        "offices",
        lambda views: (tuple(office | {"seat": DEPLOYER} for office in views[0]), views[1]),
    ),
}


def test_every_invariant_of_the_state_has_its_lie() -> None:
    assert set(LIES) == set(STATE_INVARIANTS)


@pytest.mark.parametrize("invariant", LIES, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_lie(
    invariant: Callable[..., None], lived: tuple[GovernanceWorld, list[Done]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = lived
    invariant(world)
    lying, alter = LIES[invariant]
    honest = world.call

    def lie(contract: str, function: str, *arguments: Any) -> Any:
        answer = honest(contract, function, *arguments)
        return alter(answer) if function == lying else answer

    monkeypatch.setattr(world, "call", lie)
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world)


def told(dones: list[Done], name: str) -> Done:
    """Return the last act that told an event."""
    return next(done for done in reversed(dones) if any(log.name == name for log in done.logs))


def retold(done: Done, name: str, **changes: Any) -> Done:
    """Return an act whose events of one name say something else."""
    logs = [replace(log, arguments=log.arguments | changes) if log.name == name else log for log in done.logs]
    return replace(done, outcome=replace(done.outcome, logs=logs))


def at_another_time(done: Done, name: str, shift: int) -> Done:
    """Return an act whose events of one name came at another time."""
    logs = [replace(log, at=log.at + shift) if log.name == name else log for log in done.logs]
    return replace(done, outcome=replace(done.outcome, logs=logs))


def spoil_act(invariant: Callable[..., None], dones: list[Done]) -> Done:
    """Return an act that did what the invariant forbids."""
    voted, counted = told(dones, "OfficeVoted"), told(dones, "ProposalCounted")
    executed, suspended = told(dones, "ProposalExecuted"), told(dones, "SuspendedInEmergency")
    admitted = Log("OfficeDirectory", "OfficeAdmitted", {"office": b"ZZ"}, voted.act.at)
    role = Log("TimelockController", "RoleGranted", {}, voted.act.at)
    spoilt: dict[Callable[..., None], Done] = {
        governance_invariants.votes_are_of_present_seats: retold(voted, "OfficeVoted", voter=DEPLOYER),
        governance_invariants.counts_have_their_supermajority: retold(counted, "ProposalCounted", forVotes=1),
        governance_invariants.no_minority_carries_a_proposal: retold(counted, "ProposalCounted", forVotes=1),
        governance_invariants.executions_wait_their_delay: at_another_time(executed, "ProposalExecuted", -30 * DAY),
        governance_invariants.power_is_used_by_its_holder: replace(
            voted, outcome=replace(voted.outcome, logs=[admitted])
        ),
        governance_invariants.nobody_gets_a_role: replace(voted, outcome=replace(voted.outcome, logs=[role])),
        governance_invariants.emergencies_keep_their_bounds: retold(suspended, "SuspendedInEmergency", supporters=()),
    }
    return spoilt[invariant]


@pytest.mark.parametrize("invariant", STEP_INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_wrong_act(
    invariant: Callable[..., None], lived: tuple[GovernanceWorld, list[Done]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, dones = lived
    if invariant is governance_invariants.events_fit_those_before:
        fitting = next(log for log in world.logs if log.name == "OfficeVoted")
        monkeypatch.setattr(world, "logs", [*world.logs, fitting])
        with pytest.raises(Finding, match=invariant.__name__):
            invariant(world, dones[-1])
        return
    if invariant is governance_invariants.three_offices_stay_active:
        monkeypatch.setattr(world, "memory", world.memory | {invariant.__name__: 3})
        monkeypatch.setattr(world, "call", lambda *_: (b"EM", b"RU"))
        spoilt = dones[-1]
    elif invariant is governance_invariants.closed_votes_keep_their_outcome:
        told_of = governance_invariants.history_of(world).proposals.values()
        closed = next(one for one in told_of if one.count is None and not one.canceled_at)
        spoilt = replace(dones[-1], act=replace(dones[-1].act, at=closed.facts["voteEnd"] + 1))
        invariant(world, spoilt)
        honest = world.call
        monkeypatch.setattr(world, "call", lambda *asked: honest(*asked) | {"forVotes": 99})
    elif invariant is governance_invariants.governance_stays_with_a_timelock:
        monkeypatch.setattr(world, "call", lambda *_: DEPLOYER)
        spoilt = dones[-1]
    else:
        spoilt = spoil_act(invariant, dones)
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world, spoilt)


CODES = (b"EM", b"RU", b"AU", b"JP", b"US", b"WO", b"DE")
KEY = named_account(SIGNERS[0])


class Story:
    """Seven offices with a key each, and acts at times after the beginning; the deployer acts for governance."""

    def __init__(self, terms: Terms) -> None:
        self.world = GovernanceWorld(GovernanceEngine(terms))
        self.start = self.world.engine.start
        self.acts = [
            self.decide("admitOfficeWithKeys", code, named_account(seat), "An office", "", 0, ((KEY, 1, 0, 0),))
            for code, seat in zip(CODES, SEATS, strict=False)
        ]
        self.acts.append(self.decide("setEmergencyBody", self.world.engine.addresses["EmergencyCouncil"]))

    def act(self, caller: str, contract: str, function: str, *arguments: Any, later: int = 0) -> Act:
        return Act("story", self.start + later, caller, contract, function, arguments)

    def decide(self, function: str, *arguments: Any, later: int = 0) -> Act:
        return self.act(DEPLOYER, "OfficeDirectory", function, *arguments, later=later)

    def emergency(self, office: bytes, accounts: tuple[str, ...], by: range, number: int = 1, later: int = 0) -> Act:
        suspension = (office, accounts, "In haste", number, self.start + later + HOUR)
        digest = self.world.model.council.domain.digest(suspension_struct(suspension))
        signed = tuple((CODES[index], sign(secret_of(SEATS[index]), digest)) for index in by)
        return self.act(named_account(STRANGERS[0]), "EmergencyCouncil", "support", suspension, signed, later=later)

    def run(self, *acts: Act) -> Tally:
        tally = Tally()
        run_acts(self.world, [*self.acts, *acts], tally, [])
        return tally


def test_a_short_emergency_against_keys_does_not_hide_a_long_one_against_the_office() -> None:
    """Otherwise a third of the members and more could be suspended at once, by a change of the rules in between."""
    story = Story(Terms(Parameters(0, HOUR, 0, 2, 3), 3, 90 * DAY))
    tally = story.run(
        story.emergency(b"EM", (), range(1, 4)),
        story.act(DEPLOYER, "EmergencyCouncil", "setRules", 3, DAY),
        story.emergency(b"EM", (KEY,), range(4, 7), number=2),
        story.emergency(b"RU", (), range(2, 5), later=2 * DAY),
        story.emergency(b"AU", (), range(4, 7), later=2 * DAY),
    )
    assert tally.refusals == {"EmergencyCouncilTooMany": 1}
    assert tally.events["SuspendedInEmergency"] == 3


def test_what_becomes_of_suspensions_after_the_close_does_not_carry_a_proposal() -> None:
    """Three of seven suspend two in mid-vote; whatever the offices decide about these later, three are not enough."""
    story = Story(Terms(Parameters(0, HOUR, 0, 51, 100), 3, DAY))
    proposal = ((named_account(STRANGERS[0]),), (0,), (b"anything",))
    digest = keccak(b"Something")
    identifier = story.world.model.consortium.proposal_id(*proposal, digest)

    def vote(seat: str) -> Act:
        return story.act(named_account(seat), "Consortium", "castVote", identifier, 1, later=1)

    def count(later: int) -> Act:
        return story.act(named_account(STRANGERS[0]), "Consortium", "queue", *proposal, digest, later=later)

    tally = story.run(
        story.act(named_account(SEATS[0]), "Consortium", "propose", *proposal, "Something"),
        *(vote(seat) for seat in SEATS[:4]),
        story.emergency(b"JP", (), range(0, 3), later=2),
        story.emergency(b"US", (), range(0, 3), later=2),
        count(HOUR + 1),
        story.decide("reinstateOffice", b"JP", later=HOUR + 2),
        count(HOUR + 3),
        story.decide("suspendOffice", b"JP", story.start + 9 * DAY, later=HOUR + 4),
        story.decide("suspendOffice", b"US", story.start + 9 * DAY, later=HOUR + 4),
        count(HOUR + 5),
    )
    assert tally.refusals == {"GovernorUnexpectedProposalState": 3}
    expected = {"forVotes": 3, "activeOffices": 5, "needed": 4}
    shown = story.world.call("Consortium", "tallyOf", identifier)
    assert {key: shown[key] for key in expected} == expected


def test_an_emergency_that_outlasts_a_suspension_by_vote_is_one_from_then_on() -> None:
    """Its office counts among those that could vote, and may object to the replacement of its seat."""
    story = Story(Terms(Parameters(0, HOUR, 0, 51, 100), 3, DAY))
    seat = named_account(SEATS[3])
    tally = story.run(
        story.decide("replaceSeat", b"JP", named_account(STRANGERS[1])),
        story.decide("suspendOffice", b"JP", story.start + HOUR, later=1),
        story.emergency(b"JP", (), range(0, 3), later=2),
        story.act(seat, "OfficeDirectory", "objectToReplacement", b"JP", later=HOUR - 1),
        story.act(seat, "OfficeDirectory", "objectToReplacement", b"JP", later=HOUR),
    )
    assert tally.refusals == {"OfficeDirectoryObjectionBarred": 1}
    assert tally.events["SeatReplacementObjected"] == 1
    for later, in_emergency in ((0, 0), (2, 0), (HOUR - 1, 0), (HOUR, 1)):
        active, shown = story.world.call("OfficeDirectory", "electorateAt", story.start + later)
        assert (len(active), shown) == (7 if later == 0 else 6, in_emergency)
