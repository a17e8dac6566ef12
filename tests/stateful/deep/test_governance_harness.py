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
from tests.stateful.model.typed_data import sign

SEEDS = (21, 22, 23, 24)
STEPS = 1000


class SuspendedOfficesCount(ConsortiumModel):
    def counting_offices(self) -> list[bytes]:
        return [code for code in self.directory.offices if self.directory.status_of(code) != DEPARTED]


class SupermajorityRoundedDown(ConsortiumModel):
    def needed(self, offices: int) -> int:
        return max(offices, 3) * self.numerator // self.denominator


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


class AnyoneRemarks(CharterModel):
    def may_remark(self, account: str) -> bool:
        return True


class SuspensionIgnored(DirectoryModel):
    def is_barred(self, office: Office) -> bool:
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
    for seed in SEEDS:
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
    governance_invariants.proposals_equal_the_model: ("state", lambda state: (state + 1) % 8),
    governance_invariants.proposals_only_move_on: ("state", lambda state: 0),
    governance_invariants.votes_stay_as_they_were_cast: ("voteOf", lambda vote: (not vote[0], 1)),
    governance_invariants.emergencies_equal_the_model: ("roundOf", lambda number: number + 1),
    governance_invariants.address_book_only_grows: ("versions", lambda versions: versions[1:]),
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
    elif invariant is governance_invariants.governance_stays_with_a_timelock:
        monkeypatch.setattr(world, "call", lambda *_: DEPLOYER)
        spoilt = dones[-1]
    else:
        spoilt = spoil_act(invariant, dones)
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world, spoilt)


def test_a_short_emergency_against_keys_does_not_hide_a_long_one_against_the_office() -> None:
    """Otherwise a third of the members and more could be suspended at once, by a change of the rules in between."""
    codes = (b"EM", b"RU", b"AU", b"JP", b"US", b"WO", b"DE")
    world = GovernanceWorld(GovernanceEngine(Terms(Parameters(0, HOUR, 0, 2, 3), 3, 90 * DAY)))
    at, key = world.engine.start, named_account(SIGNERS[0])

    def by_deployer(function: str, *arguments: Any, contract: str = "OfficeDirectory", later: int = 0) -> Act:
        return Act("story", at + later, DEPLOYER, contract, function, arguments)

    def emergency(office: bytes, accounts: tuple[str, ...], by: range, number: int = 1, later: int = 0) -> Act:
        suspension = (office, accounts, "In haste", number, at + later + HOUR)
        digest = world.model.council.domain.digest(suspension_struct(suspension))
        signed = tuple((codes[index], sign(secret_of(SEATS[index]), digest)) for index in by)
        relayer = named_account(STRANGERS[0])
        return Act("story", at + later, relayer, "EmergencyCouncil", "support", (suspension, signed))

    acts = [
        by_deployer("admitOfficeWithKeys", code, named_account(seat), "An office", "", 0, ((key, 1, 0, 0),))
        for code, seat in zip(codes, SEATS, strict=False)
    ]
    tally = Tally()
    story = [
        *acts,
        by_deployer("setEmergencyBody", world.engine.addresses["EmergencyCouncil"]),
        emergency(b"EM", (), range(1, 4)),
        by_deployer("setRules", 3, DAY, contract="EmergencyCouncil"),
        emergency(b"EM", (key,), range(4, 7), number=2),
        emergency(b"RU", (), range(2, 5), later=2 * DAY),
        emergency(b"AU", (), range(4, 7), later=2 * DAY),
    ]
    run_acts(world, story, tally, [])
    assert tally.refusals == {"EmergencyCouncilTooMany": 1}
    assert tally.events["SuspendedInEmergency"] == 3
