"""Long random sequences in an EVM inside this process, compared with the model step by step.

`SEED=7` replays one seed, `STATEFUL_SEQUENCES` and `STATEFUL_STEPS` make the run longer.
"""

from __future__ import annotations

import os

import pytest

pytest.importorskip("pyrevm", reason="pyrevm has no wheel for this platform; the deep run needs it")

from tests.stateful.driver.engine import SECRETS
from tests.stateful.driver.pyrevm_engine import PyrevmEngine, artifacts
from tests.stateful.driver.rules import RULES
from tests.stateful.driver.run import Tally, missing, run_sequence, run_steps
from tests.stateful.driver.world import Step, World
from tests.stateful.model import typed_data
from tests.stateful.model.basics import Refusal
from tests.stateful.model.priority import VERDICTS

SEQUENCES = int(os.environ.get("STATEFUL_SEQUENCES", "10"))
STEPS = int(os.environ.get("STATEFUL_STEPS", "1000"))
SEED = os.environ.get("SEED")
SEEDS = [int(SEED)] if SEED else list(range(1, SEQUENCES + 1))

# What each rule must have brought about in the whole run, in steps that changed something; a third of what was seen.
GOOD_THINGS = {
    "admit": 6,
    "suspend": 30,
    "reinstate": 10,
    "suspend_key": 10,
    "act_in_an_emergency": 10,
    "depart": 4,
    "name_successor": 4,
    "replace_seat": 10,
    "hand_over": 8,
    "rotate_seat": 10,
    "change_office": 15,
    "add_key": 50,
    "add_many_keys": 60,
    "revoke_key": 15,
    "mark_compromised": 12,
    "register": 80,
    "register_batch": 45,
    "correct": 40,
    "correct_there_and_back": 50,
    "withdraw": 15,
    "take_back_withdrawal": 20,
    "vouch": 40,
    "anchor": 30,
    "disclose": 20,
    "sign_at_a_border": 5,
    "publish": 40,
    "claim": 40,
    "correct_under_a_claim": 30,
    "send_again": 3,
}
# Rules whose steps change nothing: they ask, or they must fail or be no-ops.
QUIET_RULES = {"check", "register_again", "register_another_office_s", "borrow_signature"}
# Raised by constructors, where another registry takes over (there is none here), at versions that random runs do not
# reach (below), or by libraries on input of other kinds.
ELSEWHERE = {
    "OfficeSignedNoDirectory",
    "PriorityRegisterNoRegistry",
    "PriorityRegisterNotGovernance",
    "PriorityRegisterNotNextRegistry",
    "ApplicationRegistryInvalidPredecessor",
    "ApplicationRegistryVersionLimit",
    "PriorityRegisterVersionLimit",
    "InvalidShortString",
    "StringTooLong",
}

_tallies: dict[int, Tally] = {}


def tally_of(seed: int) -> Tally:
    """Return what the sequence of a seed did, running it if it was not run yet."""
    if seed not in _tallies:
        print(f"SEED={seed}, {STEPS} steps")
        _tallies[seed] = run_sequence(PyrevmEngine, seed, STEPS)
    return _tallies[seed]


@pytest.fixture
def whole_run() -> Tally:
    """Return what all sequences did together."""
    if SEED or SEQUENCES * STEPS < 10_000:
        pytest.skip("counts are expected of the full run")
    total = Tally()
    for seed in SEEDS:
        total.add(tally_of(seed))
    return total


@pytest.mark.parametrize("seed", SEEDS)
def test_chain_and_model_agree(seed: int) -> None:
    assert tally_of(seed).steps == STEPS


def test_every_rule_did_something(whole_run: Tally) -> None:
    assert set(GOOD_THINGS) | QUIET_RULES == set(RULES)
    assert missing(whole_run.rules, GOOD_THINGS) == {}


def test_every_statement_was_taken_and_sent_again_in_vain(whole_run: Tally) -> None:
    resent = ("register", "correct", "withdraw", "reinstate", "disclose", "anchor", "recordClaim")
    assert missing(whole_run.repeated, dict.fromkeys(resent, 2)) == {}


def test_every_named_error_was_predicted(whole_run: Tally) -> None:
    errors = {entry["name"] for abi, _ in artifacts().values() for entry in abi if entry["type"] == "error"}
    assert errors - set(whole_run.refusals) - ELSEWHERE == set()
    assert set(whole_run.refusals) <= errors


def test_every_event_was_predicted(whole_run: Tally) -> None:
    events = {entry["name"] for abi, _ in artifacts().values() for entry in abi if entry["type"] == "event"}
    assert events - set(whole_run.events) == {"EIP712DomainChanged", "RegistryChanged"}


def test_every_verdict_and_every_outcome_was_given(whole_run: Tally) -> None:
    assert missing(whole_run.verdicts, dict.fromkeys(VERDICTS, 1)) == {}
    assert missing(whole_run.calendar_uses, dict.fromkeys(range(4), 1)) == {}
    assert missing(whole_run.item_outcomes, dict.fromkeys(range(1, 10), 1)) == {}


def test_versions_end_at_255() -> None:
    """Record and claim go through all versions one by one, and no further; what was sent before has no effect."""
    world = World(PyrevmEngine())
    at, (governance, seat, key, *_) = world.engine.start, list(SECRETS)
    office, number, earlier = b"EM", b"EMP1".ljust(32, b"\x00"), b"EMP2".ljust(32, b"\x00")
    registry, priority = world.model.registry.domain, world.model.priority.domain

    def step(function: str, *arguments: object, caller: str = seat) -> Step:
        return Step("versions", at, caller, function, arguments)

    def signed(struct: bytes, domain: typed_data.Domain) -> bytes:
        return typed_data.sign(SECRETS[key], domain.digest(struct))

    application = (number, 20230101, 0, bytes([1]) * 32)
    steps = [
        step("admitOffice", office, seat, "An office", "", 0, caller=governance),
        step("addKey", office, key, 1, 0, 0),
        step("register", application, signed(typed_data.registration(application), registry)),
    ]
    for version in range(256):
        claim = (number, earlier, 20230101, 20220101, False, 1 + version % 4, version)
        steps.append(step("recordClaim", claim, signed(typed_data.claim_outcome(*claim), priority)))
        if version:
            correction = (number, 20230101, 0, bytes([1 + version % 2]) * 32, version)
            steps.append(step("correct", correction, signed(typed_data.correction(*correction), registry)))
    steps.append(step("withdraw", number, 255, signed(typed_data.withdrawal(number, 255), registry)))
    tally = Tally()
    run_steps(world, [*steps, *steps[2:5]], tally, [])

    assert tally.done["correct"] == 254
    assert tally.done["recordClaim"] == 255
    assert tally.refusals["ApplicationRegistryVersionLimit"] == 2
    assert tally.refusals["PriorityRegisterVersionLimit"] == 1
    assert world.call("ApplicationRegistry", "recordOf", number)["version"] == 255
    with pytest.raises(Refusal):
        world.call("PriorityRegister", "check", (number, 0, office, b"P", 0, bytes(32)))
