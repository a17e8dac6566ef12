"""The register's harness itself: rules that are wrong on purpose must be noticed, and every invariant can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("pyrevm", reason="pyrevm has no wheel for this platform; the deep run needs it")

from tests.stateful.deep.rights_mutants import MUTANTS, NothingIsIrregular, system_with
from tests.stateful.driver import rights_invariants as invariants
from tests.stateful.driver.engine import STRANGERS, named_account
from tests.stateful.driver.rights_engine import RightsEngine
from tests.stateful.driver.rights_invariants import STATE_INVARIANTS, STEP_INVARIANTS, Done, Look
from tests.stateful.driver.rights_run import check_state, find_again, random_acts, run_rights
from tests.stateful.driver.rights_world import RightsWorld
from tests.stateful.driver.run import SequenceFailed
from tests.stateful.driver.world import Finding, Outcome
from tests.stateful.model.basics import Refusal
from tests.stateful.model.rights_statements import DIVIDED_FROM
from tests.stateful.model.rights_system import RightsSystemModel

SEEDS = tuple(range(21, 33))
STEPS = 600
NOTICED_BY = {
    "NoChangeIsAlwaysForeseen": 23,
    "BodiesStateDatesAnywhere": 22,
    "BodiesGiveNumbers": 32,
    "AnyCorrectionUndoesTermination": 22,
    "CorrectedEndsAreNotCorrectedAgain": 22,
    "FiledByTheStageAfter": 23,
    "ClassesAreGivenTwice": 24,
    "ChildrenTakeWhatTheyLike": 22,
    "CorrectionsTakeFromThePool": 25,
    "ChildrenOfAnotherDay": 22,
    "AnyOfficeTakesAnyEntry": 22,
}
"""Which seed is the first to notice a wrong rule, where that is not the first one: it is tried before the others."""
STRANGER = named_account(STRANGERS[0])


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_rule_is_noticed(mutant: type) -> None:
    for seed in sorted(SEEDS, key=lambda seed: seed != NOTICED_BY.get(mutant.__name__)):
        try:
            run_rights(seed, STEPS, system_with(mutant), shrink_seconds=0)
        except SequenceFailed:
            return
    pytest.fail(f"{mutant.__name__} passed {len(SEEDS)} sequences of {STEPS} acts")


def test_a_finding_is_made_short_and_stays_one() -> None:
    model = system_with(NothingIsIrregular)
    with pytest.raises(SequenceFailed) as failed:
        run_rights(SEEDS[0], STEPS, model)
    failure = failed.value
    assert len(failure.steps) <= 12
    again = find_again(failure.steps, model)
    assert again is not None
    assert again.name == failure.finding.name
    assert find_again(failure.steps, RightsSystemModel) is None


@pytest.fixture(scope="module")
def lived() -> tuple[RightsWorld, list[Done]]:
    """Return a world in which much has happened, and what its acts did."""
    world = RightsWorld(RightsEngine())
    dones: list[Done] = []
    for act in random_acts(world, SEEDS[1], STEPS):
        before = Look.at(world, act)
        outcome, _ = world.perform(act)
        dones.append(Done(act, outcome, before, Look.at(world, act)))
    check_state(world)
    return world, dones


# What the chain could wrongly answer, and the invariant that must notice it.
LIES: dict[Callable[[RightsWorld], None], tuple[str, Callable[[Any], Any]]] = {
    invariants.heads_prove_the_histories: ("headsOf", lambda heads: (bytes(32),)),
    invariants.events_are_counted: ("entryOf", lambda entry: entry | {"eventCount": entry["eventCount"] + 1}),
    invariants.entries_are_the_fold_of_their_events: ("entryOf", lambda entry: entry | {"marks": entry["marks"] ^ 2}),
    invariants.divisions_are_the_fold_of_the_events: ("divisionOf", lambda shown: shown | {"given": 1}),
    invariants.corrected_events_are_told: ("isCorrected", lambda answer: not answer),
    invariants.no_class_is_in_two_children: ("entryOf", lambda entry: entry | {"classes": entry["classes"] | 1}),
    invariants.what_is_live_protects_something: ("entryOf", lambda entry: entry | {"classes": 0}),
    invariants.the_table_is_as_told: ("codeOf", lambda row: (*row[:3], row[3] ^ 2)),
    invariants.practice_is_as_told: ("categoriesOf", lambda categories: categories ^ 1),
    invariants.entries_equal_the_model: ("entryOf", lambda entry: entry | {"holder": b"\x01" * 32}),
    invariants.standings_equal_the_model: ("standingOf", lambda answer: (answer[0] + 1, *answer[1:])),
}


def test_every_invariant_of_the_state_has_its_lie() -> None:
    assert set(LIES) | {invariants.irregular_exactly_when_the_table_says} == set(STATE_INVARIANTS)


@pytest.mark.parametrize("invariant", LIES, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_lie(
    invariant: Callable[[RightsWorld], None],
    lived: tuple[RightsWorld, list[Done]],
    monkeypatch: pytest.MonkeyPatch,
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


# What an event could wrongly tell, and the invariant that must notice it.
FALSE_EVENTS: dict[Callable[[RightsWorld], None], dict[str, Callable[[Any], Any]]] = {
    invariants.irregular_exactly_when_the_table_says: {"flags": lambda flags: flags ^ 256},
    invariants.heads_prove_the_histories: {"document": lambda document: b"\x01" * 32},
    invariants.events_are_counted: {"sequence": lambda sequence: sequence + 1},
    invariants.entries_are_the_fold_of_their_events: {"from": lambda pair: b"A6"},
    invariants.corrected_events_are_told: {"corrects": lambda corrects: corrects + 1},
}


@pytest.mark.parametrize("invariant", FALSE_EVENTS, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_false_event(
    invariant: Callable[[RightsWorld], None],
    lived: tuple[RightsWorld, list[Done]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, _ = lived
    last = max(index for index, log in enumerate(world.logs) if log.name == "LegalStatusEventRecorded")
    told = world.logs[last].arguments
    changed = {name: alter(told[name]) for name, alter in FALSE_EVENTS[invariant].items()}
    logs = [*world.logs[:last], replace(world.logs[last], arguments=told | changed), *world.logs[last + 1 :]]
    monkeypatch.setattr(world, "logs", logs)
    monkeypatch.setattr(world, "memory", {})
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world)


def recorded(dones: list[Done], function: str = "record", **wanted: Any) -> Done:
    """Return the last act that recorded an event like that."""
    return next(
        done
        for done in reversed(dones)
        if done.act.function == function
        and any(log.name == "LegalStatusEventRecorded" and wanted.items() <= log.arguments.items() for log in done.logs)
    )


def spoil_act(world: RightsWorld, invariant: Callable[..., None], dones: list[Done]) -> Done:
    """Return an act that did what the invariant forbids."""
    plain, batch = recorded(dones), recorded(dones, "recordBatch")
    repeated = next(done for done in reversed(dones) if done.outcome.returned == (False,))
    number = plain.logs[0].arguments["number"]
    heads = plain.after.heads | {next(other for other in plain.after.heads if other != number): b"\x01" * 32}
    after_the_end = recorded(dones, **{"from": b"T6", "to": b"T6"})
    child, born = next(
        (done, log.arguments)
        for done in dones
        for log in done.logs
        if log.name == "EntriesRelated" and log.arguments["relation"] == DIVIDED_FROM
    )
    history = invariants.history_of(world)
    told = after_the_end.recorded(history)[0]
    events = history.entries[told[0]].events
    spoilt: dict[Callable[..., None], Done] = {
        invariants.a_refused_act_changes_nothing: replace(
            repeated, after=replace(repeated.after, entries=dict.fromkeys(repeated.after.entries, b""))
        ),
        invariants.only_recorded_entries_change: replace(plain, after=replace(plain.after, heads=heads)),
        invariants.only_the_office_or_its_bodies_write: replace(
            plain, act=replace(plain.act, arguments=(plain.act.arguments[0], bytes.fromhex(STRANGER[2:]) + b"\x01"))
        ),
        invariants.terminated_entries_stay_terminated: after_the_end,
        invariants.a_statement_has_effect_at_most_once: plain,
        invariants.a_batch_counts_its_events: replace(batch, outcome=replace(batch.outcome, returned=(0, 0))),
        invariants.children_begin_when_their_parents_did: child,
        invariants.what_is_recorded_has_happened: replace(plain, act=replace(plain.act, at=0)),
    }
    assert set(spoilt) == set(STEP_INVARIANTS)
    if invariant is invariants.children_begin_when_their_parents_did:
        divided = history.entries[born["number"]]
        divided.born = (divided.born[0] + 1, divided.born[1])
    if invariant is invariants.terminated_entries_stay_terminated:
        wrong = replace(told[1], category=b"F")
        history.entries[told[0]].events = [wrong if event is told[1] else event for event in events]
    return spoilt[invariant]


@pytest.mark.parametrize("invariant", STEP_INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_wrong_act(
    invariant: Callable[[RightsWorld, Done], None],
    lived: tuple[RightsWorld, list[Done]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, dones = lived
    monkeypatch.setattr(world, "memory", {})
    spoilt = spoil_act(world, invariant, dones)
    if invariant is invariants.a_statement_has_effect_at_most_once:
        invariant(world, spoilt)
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world, spoilt)


def test_a_refused_act_with_events_is_noticed(lived: tuple[RightsWorld, list[Done]]) -> None:
    world, dones = lived
    done = recorded(dones)
    refused = replace(done, outcome=Outcome(refusal=Refusal("any"), logs=done.logs))
    with pytest.raises(Finding, match="a_refused_act_changes_nothing"):
        invariants.a_refused_act_changes_nothing(world, refused)
