"""Runs random acts on the register, compares every outcome with the prediction, and shortens what fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.stateful.driver.governance_world import Act
from tests.stateful.driver.rights_engine import RightsEngine
from tests.stateful.driver.rights_invariants import STATE_INVARIANTS, STEP_INVARIANTS, Done, Look
from tests.stateful.driver.rights_rules import RightsRules
from tests.stateful.driver.rights_world import RightsWorld
from tests.stateful.driver.run import SHRINK_SECONDS, SequenceFailed, Tally, hold, outcome_equals_prediction, shorten
from tests.stateful.driver.world import Finding
from tests.stateful.model.rights_system import RightsSystemModel

STATE_CHECK_EVERY = 100


def run_acts(
    world: RightsWorld,
    acts: Iterable[Act],
    tally: Tally,
    taken: list[Act],
    check_every: int = STATE_CHECK_EVERY,
) -> None:
    """Run acts, check each of them and the state between them; `taken` receives what was run."""
    for act in acts:
        taken.append(act)
        before = Look.at(world, act)
        outcome, predicted = world.perform(act)
        outcome_equals_prediction(act, outcome, predicted)
        done = Done(act, outcome, before, Look.at(world, act))
        for invariant in STEP_INVARIANTS:
            hold(invariant, world, done)
        tally.count(act, outcome)
        if len(taken) % check_every == 0:
            check_state(world)
    check_state(world)


def check_state(world: RightsWorld) -> None:
    """Check every invariant of the state."""
    for invariant in STATE_INVARIANTS:
        hold(invariant, world)


def random_acts(world: RightsWorld, seed: int, count: int) -> Iterator[Act]:
    """Yield random acts for a world."""
    rules = RightsRules(world, seed)
    for _ in range(count):
        yield rules.next_act()


def run_rights(
    seed: int,
    count: int,
    model_class: type[RightsSystemModel] = RightsSystemModel,
    check_every: int = STATE_CHECK_EVERY,
    shrink_seconds: float = SHRINK_SECONDS,
) -> Tally:
    """Run one random sequence.

    Raises:
        SequenceFailed: with the shortest sequence found in the time that leads to the same finding.
    """
    tally = Tally()
    taken: list[Act] = []
    world = RightsWorld(RightsEngine(), model_class)
    try:
        run_acts(world, random_acts(world, seed, count), tally, taken, check_every)
    except Finding as finding:
        if shrink_seconds <= 0:
            raise SequenceFailed(finding, taken, seed) from finding

        def again(acts: list[Act]) -> Finding | None:
            return find_again(acts, model_class)

        shortest, last = shorten(again, taken, finding, shrink_seconds)
        raise SequenceFailed(last, shortest, seed) from finding
    return tally


def find_again(acts: list[Act], model_class: type[RightsSystemModel]) -> Finding | None:
    """Return what a fresh chain finds with these acts."""
    try:
        run_acts(RightsWorld(RightsEngine(), model_class), acts, Tally(), [], check_every=len(acts) + 1)
    except Finding as finding:
        return finding
    return None
