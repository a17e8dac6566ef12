"""Long random histories of register entries in an EVM inside this process, compared with the model act by act.

`SEED=7` replays one seed, `RIGHTS_SEQUENCES` and `RIGHTS_STEPS` make the run longer.
"""

from __future__ import annotations

import os

import pytest

pytest.importorskip("pyrevm", reason="pyrevm has no wheel for this platform; the deep run needs it")

from tests.stateful.driver.rights_engine import CONTRACTS, compiled
from tests.stateful.driver.rights_makers import MAKERS
from tests.stateful.driver.rights_rules import RULES
from tests.stateful.driver.rights_run import run_rights
from tests.stateful.driver.run import Tally, missing

SEQUENCES = int(os.environ.get("RIGHTS_SEQUENCES", "6"))
STEPS = int(os.environ.get("RIGHTS_STEPS", "800"))
SEED = os.environ.get("SEED")
SEEDS = [int(SEED)] if SEED else list(range(1, SEQUENCES + 1))

# What each rule must have brought about in the whole run, in acts that changed something; a third of what was seen.
GOOD_THINGS = {
    "go_on": 98,
    "batch": 64,
    "correct": 47,
    "change_codes": 45,
    "empower": 42,
    "divide": 36,
    "change_keys": 33,
    "renew": 33,
    "suspend_or_reinstate": 30,
    "divide_off": 27,
    "jump": 27,
    "grant": 25,
    "link": 25,
    "surrender": 22,
    "absorb": 19,
    "file": 19,
    "continue_elsewhere": 19,
    "terminate": 17,
    "go_on_after_the_end": 16,
    "merge": 15,
    "take_over": 10,
    "set_terms": 9,
    "restate": 8,
    "add_status": 6,
    "by_a_body": 4,
    "convert": 4,
    "depart": 4,
    "spoil": 3,
    "send_again": 2,
}
# Statements and rules whose acts must fail, or seldom change anything; `one_event` goes by the name of its statement.
QUIET_RULES = {"borrow_signature", "act_on_a_former_number", "one_event", "long_batch"}
# Raised by constructors, or by functions of the directory and of libraries to which nothing here leads.
ELSEWHERE = {
    "OfficeSignedNoDirectory",
    "RightsRegisterNoPractice",
    "RightsStandingNoRegister",
    "InvalidShortString",
    "StringTooLong",
}

_tallies: dict[int, Tally] = {}


def tally_of(seed: int) -> Tally:
    """Return what the sequence of a seed did, running it if it was not run yet."""
    if seed not in _tallies:
        print(f"SEED={seed}, {STEPS} acts")
        _tallies[seed] = run_rights(seed, STEPS)
    return _tallies[seed]


@pytest.fixture
def whole_run() -> Tally:
    """Return what all sequences did together."""
    if SEED or SEQUENCES * STEPS < 4_800:
        pytest.skip("counts are expected of the full run")
    total = Tally()
    for seed in SEEDS:
        total.add(tally_of(seed))
    return total


@pytest.mark.parametrize("seed", SEEDS)
def test_chain_and_model_agree(seed: int) -> None:
    assert tally_of(seed).steps == STEPS


def test_every_rule_did_something(whole_run: Tally) -> None:
    assert set(GOOD_THINGS) | QUIET_RULES == set(RULES) | set(MAKERS)
    assert missing(whole_run.rules, GOOD_THINGS) == {}
    assert missing(whole_run.done, {"record": 600, "recordBatch": 80}) == {}
    assert missing(whole_run.repeated, {"record": 10}) == {}


def test_every_named_error_was_predicted(whole_run: Tally) -> None:
    """Those of the directory are the other machines'."""
    contracts = set(CONTRACTS) - {"OfficeDirectory"}
    errors = {entry["name"] for name in contracts for entry in compiled()[name][0] if entry["type"] == "error"}
    assert errors - set(whole_run.refusals) - ELSEWHERE == set()
    assert not ELSEWHERE & set(whole_run.refusals)


def test_every_event_was_predicted(whole_run: Tally) -> None:
    contracts = set(CONTRACTS) - {"OfficeDirectory"}
    events = {entry["name"] for name in contracts for entry in compiled()[name][0] if entry["type"] == "event"}
    assert events - set(whole_run.events) == {"EIP712DomainChanged"}
