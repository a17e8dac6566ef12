"""The harness itself: rules that are wrong on purpose must be noticed, every invariant can fail, findings get short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

pytest.importorskip("pyrevm", reason="pyrevm has no wheel for this platform; the deep run needs it")

from tests.stateful.driver import invariants
from tests.stateful.driver.codec import Log
from tests.stateful.driver.invariants import STATE_INVARIANTS, STEP_INVARIANTS, Done, look_before, record_words
from tests.stateful.driver.pyrevm_engine import PyrevmEngine
from tests.stateful.driver.run import SequenceFailed, check_state, find_again, random_steps, run_sequence
from tests.stateful.driver.world import Finding, Outcome, World
from tests.stateful.model.basics import Refusal
from tests.stateful.model.days import date_at, months_later
from tests.stateful.model.directory import DirectoryModel, Key, Office
from tests.stateful.model.priority import Claim, PriorityModel
from tests.stateful.model.registry import Record, RegistryModel
from tests.stateful.model.system import SystemModel

SEEDS = (11, 12, 13, 14)
STEPS = 1000
STRANGER = "0x" + "ab" * 20


class VerdictOffByOneDay(PriorityModel):
    def is_in_time(self, later: date, last: date) -> bool:
        return later < last


class TwelveMonthsForDesigns(PriorityModel):
    def period(self, earlier: bytes, later: bytes) -> int | None:
        return 12 if earlier == later == b"D" else super().period(earlier, later)


class RestorationFromTheRegularEnd(PriorityModel):
    def last_restorable(self, office: bytes, last: date) -> date:
        return months_later(last, 2)


class ClosedDaysIgnored(PriorityModel):
    def next_open_day(self, office: bytes, day: date) -> tuple[date, int]:
        return day, super().next_open_day(office, day)[1]


class CompromiseBeginsASecondLate(RegistryModel):
    def was_compromised(self, number: bytes, account: str, at: int) -> bool:
        return super().was_compromised(number, account, at - 1)


class SuspicionIsForEver(RegistryModel):
    def is_confirmed(self, number: bytes) -> bool:
        return False


class ConfirmationsCoverCorrections(RegistryModel):
    def is_confirmed(self, number: bytes) -> bool:
        last = self.confirmations.get(number)
        return last is not None and not self.was_compromised(number, last.signing_key, last.at)


class ClaimsStopAtACorrection(PriorityModel):
    def judges_record(self, held: Claim, later_date: int, claimed_date: int) -> bool:
        return True


class ScopeIgnored(DirectoryModel):
    def covers(self, key: Key, scope: int) -> bool:
        return True


class SuspensionIgnored(DirectoryModel):
    def is_barred(self, office: Office) -> bool:
        return False


class SuspensionEndsASecondLate(DirectoryModel):
    def is_barred(self, office: Office) -> bool:
        return self.clock.now <= office.suspended_until


class KeyExpiresASecondLate(DirectoryModel):
    def is_expired(self, key: Key) -> bool:
        return self.clock.now > key.valid_until


class KeySuspensionIgnored(DirectoryModel):
    def is_key_barred(self, key: Key) -> bool:
        return False


class SeatMayBeShared(DirectoryModel):
    def seat_is_taken(self, seat: str) -> bytes | None:
        return None


class FutureByUtc(RegistryModel):
    def latest_date(self, seconds: int) -> date:
        return date_at(seconds)


class OldCorrectionsCount(RegistryModel):
    def need_version(self, record: Record, number: bytes, replaces: int) -> None:
        pass


class WhatCameSinceIsConfirmed(RegistryModel):
    def need_seen(self, number: bytes, held: Record, as_of: int) -> None:
        pass


class GapsInAnchors(RegistryModel):
    def leaves_gap(self, office: bytes, sequence: int) -> bool:
        return False


class BadItemsCostTheBatch(RegistryModel):
    def judge_item(self, office: bytes, application: Any, earliest: int) -> int:
        outcome = super().judge_item(office, application, earliest)
        if outcome > 1:
            raise Refusal("ApplicationRegistryNoDigest", application[0])
        return outcome


def system_with(part: type) -> type[SystemModel]:
    """Return the model with one part replaced."""
    for base in (DirectoryModel, RegistryModel, PriorityModel):
        if issubclass(part, base):
            kind = base.__name__.removesuffix("Model").lower()
            return type(f"With{part.__name__}", (SystemModel,), {f"{kind}_class": part})
    raise TypeError(part)


MUTANTS = [
    part
    for base in (DirectoryModel, RegistryModel, PriorityModel)
    for part in base.__subclasses__()
    if part.__module__ == __name__
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_rule_is_noticed(mutant: type) -> None:
    for seed in SEEDS:
        try:
            run_sequence(PyrevmEngine, seed, STEPS, system_with(mutant), shrink_seconds=0)
        except SequenceFailed:
            return
    pytest.fail(f"{mutant.__name__} passed {len(SEEDS)} sequences of {STEPS} steps")


def test_a_finding_is_made_short_and_stays_one() -> None:
    model = system_with(ScopeIgnored)
    with pytest.raises(SequenceFailed) as failed:
        run_sequence(PyrevmEngine, SEEDS[0], STEPS, model)
    failure = failed.value
    assert len(failure.steps) <= 4
    assert f"seed {SEEDS[0]}" in str(failure)
    again = find_again(PyrevmEngine, failure.steps, model)
    assert again is not None
    assert again.name == failure.finding.name
    assert find_again(PyrevmEngine, failure.steps, SystemModel) is None


@pytest.fixture(scope="module")
def lived() -> tuple[World, list[Done]]:
    """Return a world in which much has happened, and what its steps did."""
    world = World(PyrevmEngine())
    dones = []
    for step in random_steps(world, SEEDS[0], 900):
        before = look_before(world, step)
        outcome, _ = world.perform(step)
        dones.append(Done(step, outcome, before, record_words(world, list(world.numbers))))
    check_state(world)
    return world, dones


def with_first(views: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    """Return a listing whose first entry is altered."""
    page, total = views
    return ((page[0] | changes, *page[1:]), total) if page else views


# What the chain could wrongly answer, and the invariant that must notice it.
LIES: dict[Callable[[World], None], tuple[str, Callable[[Any], Any]]] = {
    invariants.a_number_has_one_record: ("recordOf", lambda record: record | {"version": record["version"] + 1}),
    invariants.history_only_grows: ("recordOf", lambda record: record | {"recordedAt": record["recordedAt"] + 1}),
    invariants.verdicts_equal_the_model: ("check", lambda answer: answer | {"lastDay": 20200101}),
    invariants.anchors_have_no_gap: ("nextSequence", lambda sequence: sequence + 1),
    invariants.disclosed_records_carry_their_anchor: ("recordOf", lambda record: record | {"signingKey": STRANGER}),
    invariants.claims_lead_back_in_time: (
        "claimOf",
        lambda view: view | {"claim": view["claim"] | {"claimedDate": view["claim"]["laterFilingDate"]}},
    ),
    invariants.both_directions_of_the_graph_agree: ("claimsOn", lambda views: (views[0][1:], views[1])),
    invariants.suspicion_equals_the_model: ("isSuspect", lambda suspect: not suspect),
    invariants.changes_since_a_claim_are_told: (
        "claimOf",
        lambda view: view | {"correctedSince": not view["correctedSince"]},
    ),
    invariants.calendar_versions_only_grow: ("calendarOf", lambda shown: shown | {"weekly": shown["weekly"] ^ 1}),
    invariants.closed_days_equal_the_model: ("isClosed", lambda answer: (answer[0], not answer[1])),
    invariants.key_history_is_final: ("keys", lambda views: with_first(views, scopes=16)),
    invariants.past_answers_stay: ("isKeyGood", lambda answer: not answer),
    invariants.authorise_equals_the_model: ("authorise", lambda bound: bound + 1),
    invariants.key_windows_equal_the_model: ("isKeyGood", lambda answer: not answer),
    invariants.pages_equal_the_listing: ("keys", lambda views: (views[0][:1], views[1])),
    invariants.listed_offices_equal_the_model: ("offices", lambda views: with_first(views, name="Another")),
    invariants.successors_equal_the_model: ("compromisedSince", lambda since: since + 1),
    invariants.mirrored_office_facts_are_the_office_s: ("keyFacts", lambda word: word ^ (1 << 208)),
    invariants.seats_are_never_shared: (
        "offices",
        lambda views: (tuple(office | {"seat": STRANGER} for office in views[0]), views[1]),
    ),
}


def test_every_invariant_of_the_state_has_its_lie() -> None:
    assert set(LIES) == set(STATE_INVARIANTS)


@pytest.mark.parametrize("invariant", LIES, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_lie(
    invariant: Callable[[World], None], lived: tuple[World, list[Done]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = lived
    invariant(world)
    lying, alter = LIES[invariant]
    honest = world.call
    monkeypatch.setattr(
        world,
        "call",
        lambda contract, function, *arguments: (
            alter(honest(contract, function, *arguments))
            if function == lying
            else honest(contract, function, *arguments)
        ),
    )
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world)


def told(dones: list[Done], name: str) -> Done:
    """Return the last step that told an event."""
    return next(done for done in reversed(dones) if any(log.name == name for log in done.logs))


def retold(done: Done, name: str, **changes: Any) -> Done:
    """Return a step whose events of one name say something else."""
    logs = [replace(log, arguments=log.arguments | changes) if log.name == name else log for log in done.outcome.logs]
    return replace(done, outcome=replace(done.outcome, logs=logs))


def with_version(done: Done, shift: int) -> Done:
    """Return a step after which the record that it changed has another version."""
    number = next(iter(done.changed()))
    words = done.records[number]
    version = int.from_bytes(words[128:160], "big") + shift
    return replace(done, records=done.records | {number: words[:128] + version.to_bytes(32, "big") + words[160:]})


def spoil_step(invariant: Callable[[World, Done], None], dones: list[Done]) -> Done:
    """Return a step that did what the invariant forbids."""
    registered, corrected = told(dones, "ApplicationRegistered"), told(dones, "ApplicationCorrected")
    suspended, batch = told(dones, "OfficeSuspended"), told(dones, "BatchRegistered")
    recorded = next(done for done in reversed(dones) if done.step.function == "register" and done.logs)
    unchanged = next(number for number in corrected.records if number not in corrected.changed())
    moved = corrected.records | {unchanged: bytes(31) + b"\x01" + bytes(192)}
    log = next(log for log in registered.logs if log.name == "ApplicationRegistered")
    spoilt: dict[Callable[[World, Done], None], Done] = {
        invariants.only_named_numbers_change: replace(corrected, records=moved),
        invariants.only_valid_office_keys_change_records: retold(recorded, log.name, signingKey=STRANGER),
        invariants.signatures_are_those_of_the_statement: retold(recorded, log.name, signingKey=STRANGER),
        invariants.a_foreign_signature_has_no_effect: replace(
            recorded, outcome=Outcome(refusal=Refusal("any"), logs=recorded.outcome.logs)
        ),
        invariants.statement_has_effect_at_most_once: corrected,
        invariants.suspended_office_changes_nothing: retold(recorded, log.name, number=b"ZZP1".ljust(32, b"\x00")),
        invariants.records_survive_their_office: replace(suspended, records=suspended.records | moved),
        invariants.records_never_vanish: with_version(corrected, -2),
        invariants.versions_count_by_one: with_version(corrected, 1),
        invariants.batch_counts_its_items: retold(batch, "BatchRegistered", refused=601),
        invariants.filing_dates_are_never_in_the_future: retold(registered, log.name, filingDate=99991231),
    }
    assert set(spoilt) == set(STEP_INVARIANTS)
    return spoilt[invariant]


@pytest.mark.parametrize("invariant", STEP_INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_an_invariant_notices_a_wrong_step(
    invariant: Callable[[World, Done], None], lived: tuple[World, list[Done]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, dones = lived
    monkeypatch.setattr(world, "memory", world.memory | {"spent": set()})
    spoilt = spoil_step(invariant, dones)
    if invariant is invariants.statement_has_effect_at_most_once:
        invariant(world, spoilt)
    with pytest.raises(Finding, match=invariant.__name__):
        invariant(world, spoilt)


def test_history_notices_an_event_that_does_not_fit() -> None:
    world = World(PyrevmEngine())
    facts = {
        "number": b"EMP1".ljust(32, b"\x00"),
        "signingKey": STRANGER,
        "digest": bytes(32),
        "filingDate": 1,
        "disclosure": 0,
    }
    world.logs += [Log("ApplicationRegistry", "ApplicationRegistered", facts, 1)] * 2
    with pytest.raises(Finding, match="registered twice"):
        invariants.history_of(world)
