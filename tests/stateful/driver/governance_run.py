"""Runs random acts of a consortium, compares every outcome with the prediction, and shortens what fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from tests.stateful.driver.governance_engine import GovernanceEngine, terms_of
from tests.stateful.driver.governance_invariants import STATE_INVARIANTS, STEP_INVARIANTS, Done
from tests.stateful.driver.governance_rules import GovernanceRules
from tests.stateful.driver.governance_world import Act, GovernanceWorld
from tests.stateful.driver.run import SHRINK_SECONDS, SequenceFailed, Tally, hold, outcome_equals_prediction, shorten
from tests.stateful.driver.world import Finding
from tests.stateful.model.constitution import ConstitutionModel

STATE_CHECK_EVERY = 100


def run_acts(
    world: GovernanceWorld,
    acts: Iterable[Act],
    tally: Tally,
    taken: list[Act],
    check_every: int = STATE_CHECK_EVERY,
) -> None:
    """Run acts, check each of them and the state between them; `taken` receives what was run."""
    for act in acts:
        taken.append(act)
        outcome, predicted = world.perform(act)
        outcome_equals_prediction(act, outcome, predicted)
        for invariant in STEP_INVARIANTS:
            hold(invariant, world, Done(act, outcome))
        tally.count(act, outcome)
        if len(taken) % check_every == 0:
            check_state(world)
    check_state(world)


def check_state(world: GovernanceWorld) -> None:
    """Check every invariant of the state."""
    for invariant in STATE_INVARIANTS:
        hold(invariant, world)


def random_acts(world: GovernanceWorld, seed: int, count: int) -> Iterator[Act]:
    """Yield random acts for a world."""
    rules = GovernanceRules(world, seed)
    return islice(iter(rules.next_act, None), count)


def new_world(seed: int, model_class: type[ConstitutionModel] = ConstitutionModel) -> GovernanceWorld:
    """Return a world whose founders agreed on the terms of a seed."""
    return GovernanceWorld(GovernanceEngine(terms_of(seed)), model_class)


def run_governance(
    seed: int,
    count: int,
    model_class: type[ConstitutionModel] = ConstitutionModel,
    check_every: int = STATE_CHECK_EVERY,
    shrink_seconds: float = SHRINK_SECONDS,
) -> Tally:
    """Run one random sequence.

    Raises:
        SequenceFailed: with the shortest sequence found in the time that leads to the same finding.
    """
    tally = Tally()
    taken: list[Act] = []
    world = new_world(seed, model_class)
    try:
        run_acts(world, random_acts(world, seed, count), tally, taken, check_every)
    except Finding as finding:
        if shrink_seconds <= 0:
            raise SequenceFailed(finding, taken, seed) from finding

        def again(acts: list[Act]) -> Finding | None:
            return find_again(acts, seed, model_class)

        shortest, last = shorten(again, taken, finding, shrink_seconds)
        raise SequenceFailed(last, shortest, seed) from finding
    return tally


def find_again(acts: list[Act], seed: int, model_class: type[ConstitutionModel]) -> Finding | None:
    """Return what a fresh chain finds with these acts."""
    try:
        run_acts(new_world(seed, model_class), acts, Tally(), [], check_every=len(acts) + 1)
    except Finding as finding:
        return finding
    return None
