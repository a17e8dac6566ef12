"""Runs sequences of steps, compares every outcome with the prediction, and shortens a failing sequence."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tests.stateful.driver.engine import Engine
from tests.stateful.driver.invariants import STATE_INVARIANTS, STEP_INVARIANTS, Done, look_before, record_words
from tests.stateful.driver.rules import Rules
from tests.stateful.driver.world import VIEWS, Finding, Outcome, Step, World
from tests.stateful.model.basics import Effect, Refusal
from tests.stateful.model.priority import VERDICTS
from tests.stateful.model.system import SystemModel

STATE_CHECK_EVERY = 100
SHRINK_SECONDS = 60.0
AnyStep = TypeVar("AnyStep")


class Called(Protocol):
    """What counting and comparing need of a step."""

    @property
    def rule(self) -> str:
        """Return the rule that made it."""

    @property
    def function(self) -> str:
        """Return the function that it calls."""


@dataclass
class Tally:
    """How often each good and each bad thing happened."""

    steps: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    calendar_uses: Counter[int] = field(default_factory=Counter)
    item_outcomes: Counter[int] = field(default_factory=Counter)

    def count(self, step: Called, outcome: Outcome) -> None:
        """Enter what a step did."""
        self.steps += 1
        if outcome.refusal is not None:
            self.refusals[outcome.refusal.name] += 1
            return
        if step.function == "check":
            self.verdicts[VERDICTS[outcome.returned[0]["verdict"]]] += 1
            self.calendar_uses[outcome.returned[0]["calendar"]] += 1
        elif outcome.logs:
            self.rules[step.rule] += 1
            self.done[step.function] += 1
        else:
            self.repeated[step.function] += 1
        for log in outcome.logs:
            self.events[log.name] += 1
            if log.name == "ApplicationNotTaken":
                self.item_outcomes[log.arguments["outcome"]] += 1

    def add(self, other: Tally) -> None:
        """Add what another sequence did."""
        self.steps += other.steps
        for name in ("rules", "done", "repeated", "refusals", "events", "verdicts", "calendar_uses", "item_outcomes"):
            getattr(self, name).update(getattr(other, name))


class SequenceFailed(AssertionError):  # noqa: N818 - what a test reports, not an error of the harness
    """A sequence of steps led to a finding."""

    def __init__(self, finding: Finding, steps: Sequence[Any], seed: int | None) -> None:
        self.finding = finding
        self.steps = list(steps)
        self.seed = seed
        lines = [str(finding), f"seed {seed}, {len(steps)} steps:", *(f"  {step}" for step in steps)]
        super().__init__("\n".join(lines))


def outcome_equals_prediction(step: Called, outcome: Outcome, predicted: Effect | Refusal) -> None:
    """A step succeeds or reverts as the model says: same error with the same arguments, same values, same events."""
    if isinstance(predicted, Refusal):
        if outcome.refusal is None:
            raise Finding("reverts_equal_the_model", f"{step} went through; expected {_shown(predicted)}")
        if (outcome.refusal.name, outcome.refusal.arguments) != (predicted.name, predicted.arguments):
            message = f"{step} reverted with {_shown(outcome.refusal)}; expected {_shown(predicted)}"
            raise Finding("reverts_equal_the_model", message)
        return
    if outcome.refusal is not None:
        raise Finding("reverts_equal_the_model", f"{step} reverted with {_shown(outcome.refusal)}; expected success")
    if outcome.returned != predicted.returned:
        name = "verdicts_equal_the_model" if step.function in VIEWS else "returns_equal_the_model"
        raise Finding(name, f"{step} gave {outcome.returned}; expected {predicted.returned}")
    told = [(log.contract, log.name, tuple(log.arguments.values())) for log in outcome.logs]
    expected = [(event.contract, event.name, event.arguments) for event in predicted.events]
    if told != expected:
        raise Finding("events_equal_the_model", f"{step} told {told}; expected {expected}")


def _shown(refusal: Refusal) -> str:
    return f"{refusal.name}{refusal.arguments}"


def run_steps(
    world: World, steps: Iterable[Step], tally: Tally, taken: list[Step], check_every: int = STATE_CHECK_EVERY
) -> None:
    """Run steps, check each of them and the state between them; `taken` receives what was run."""
    for step in steps:
        taken.append(step)
        before = look_before(world, step)
        outcome, predicted = world.perform(step)
        outcome_equals_prediction(step, outcome, predicted)
        done = Done(step, outcome, before, record_words(world, list(world.numbers)))
        for invariant in STEP_INVARIANTS:
            hold(invariant, world, done)
        tally.count(step, outcome)
        if len(taken) % check_every == 0:
            check_state(world)
    check_state(world)


def check_state(world: World) -> None:
    """Check every invariant of the state."""
    for invariant in STATE_INVARIANTS:
        hold(invariant, world)


def hold(invariant: Callable[..., None], *subject: Any) -> None:
    """Check an invariant; a question that the chain refuses to answer breaks it too."""
    try:
        invariant(*subject)
    except Refusal as refusal:
        raise Finding(invariant.__name__, f"the chain refused a question: {_shown(refusal)}") from refusal


def random_steps(world: World, seed: int, count: int) -> Iterator[Step]:
    """Yield random steps for a world."""
    rules = Rules(world, seed)
    for _ in range(count):
        yield rules.next_step()


def run_sequence(
    make_engine: Callable[[], Engine],
    seed: int,
    count: int,
    model_class: type[SystemModel] = SystemModel,
    check_every: int = STATE_CHECK_EVERY,
    shrink_seconds: float = SHRINK_SECONDS,
) -> Tally:
    """Run one random sequence.

    Raises:
        SequenceFailed: with the shortest sequence found in the time that leads to the same finding.
    """
    tally = Tally()
    taken: list[Step] = []
    world = World(make_engine(), model_class)
    try:
        run_steps(world, random_steps(world, seed, count), tally, taken, check_every)
    except Finding as finding:
        if shrink_seconds <= 0:
            raise SequenceFailed(finding, taken, seed) from finding

        def again(steps: list[Step]) -> Finding | None:
            return find_again(make_engine, steps, model_class)

        shortest, last = shorten(again, taken, finding, shrink_seconds)
        raise SequenceFailed(last, shortest, seed) from finding
    return tally


def find_again(make_engine: Callable[[], Engine], steps: list[Step], model_class: type[SystemModel]) -> Finding | None:
    """Return what a fresh chain finds with these steps."""
    try:
        run_steps(World(make_engine(), model_class), steps, Tally(), [], check_every=len(steps) + 1)
    except Finding as finding:
        return finding
    return None


def shorten(
    find: Callable[[list[AnyStep]], Finding | None], steps: list[AnyStep], finding: Finding, seconds: float
) -> tuple[list[AnyStep], Finding]:
    """Leave out steps, large pieces first, as long as the same expectation fails; `find` runs them afresh."""
    deadline = time.monotonic() + seconds
    piece = max(1, len(steps) // 2)
    while True:
        start, shorter = 0, False
        while start < len(steps) and time.monotonic() < deadline:
            candidate = steps[:start] + steps[start + piece :]
            again = find(candidate) if candidate else None
            if again is not None and again.name == finding.name:
                steps, finding, shorter = candidate, again, True
            else:
                start += piece
        if time.monotonic() >= deadline or (piece == 1 and not shorter):
            return steps, finding
        piece = max(1, piece // 2)


def missing(counts: Counter[Any], wanted: dict[Any, int]) -> dict[Any, int]:
    """Return what happened less often than wanted, with how often it did."""
    return {key: counts[key] for key, least in wanted.items() if counts[key] < least}
