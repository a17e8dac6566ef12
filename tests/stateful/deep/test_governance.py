"""Long random lives of a consortium in an EVM inside this process, compared with the model act by act.

`SEED=7` replays one seed, `GOVERNANCE_SEQUENCES` and `GOVERNANCE_STEPS` make the run longer.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

pytest.importorskip("pyrevm", reason="pyrevm has no wheel for this platform; the deep run needs it")

from tests.stateful.driver.governance_calls import KINDS
from tests.stateful.driver.governance_engine import CONTRACTS, compiled
from tests.stateful.driver.governance_rules import RULES
from tests.stateful.driver.governance_run import run_governance
from tests.stateful.driver.run import Tally, missing

SEQUENCES = int(os.environ.get("GOVERNANCE_SEQUENCES", "16"))
STEPS = int(os.environ.get("GOVERNANCE_STEPS", "1000"))
SEED = os.environ.get("SEED")
SEEDS = [int(SEED)] if SEED else list(range(1, SEQUENCES + 1))

# What each rule must have brought about in the whole run, in acts that changed something; a third of what was seen.
GOOD_THINGS = {
    "campaign": 600,
    "propose": 30,
    "queue": 4,
    "execute": 2,
    "cancel": 6,
    "vote": 20,
    "vote_by_signature": 20,
    "vote_twice": 60,
    "vote_of_all": 15,
    "rotate_seat": 50,
    "take_a_seat_over": 4,
    "keep_keys": 30,
    "emergency": 50,
    "remark": 20,
}
# Rules whose acts must fail, or be no-ops, or seldom change anything.
QUIET_RULES = {"try_everything", "send_again"}
# Every decision that a consortium can take was taken and carried out.
DECISIONS = (
    "OfficeAdmitted",
    "OfficeSuspended",
    "OfficeReinstated",
    "OfficeDeparted",
    "SuccessorNamed",
    "SeatReplacementDecided",
    "SeatReplacementObjected",
    "KeySuspended",
    "KeyReinstated",
    "KeyCompromised",
    "ObjectionDelayChanged",
    "EmergencyBodyChanged",
    "GovernanceTransferred",
    "SupermajorityChanged",
    "VotingDelaySet",
    "VotingPeriodSet",
    "MinDelayChange",
    "EmergencyRulesChanged",
    "EmergencyRightsRestored",
    "CharterAdopted",
    "ObserverListed",
    "ObserverRemoved",
    "ContractListed",
)
# Raised by constructors, by views alone, or by parts of the libraries that nothing here leads to.
ELSEWHERE = {
    "AddressBookNoDirectory",
    "AddressBookUnknownName",
    "CharterMismatch",
    "ConsortiumNoDirectory",
    "EmergencyCouncilNoDirectory",
    "GovernorAlreadyCastVote",
    "GovernorAlreadyQueuedProposal",
    "GovernorInvalidSignature",
    "GovernorInvalidVoteParams",
    "GovernorInvalidVoteType",
    "GovernorInvalidVotingPeriod",
    "GovernorNotQueuedProposal",
    "GovernorQueueNotImplemented",
    "InvalidAccountNonce",
    "InvalidShortString",
    "SafeCastOverflowedUintDowncast",
    "StringTooLong",
    "TimelockInsufficientDelay",
    "TimelockInvalidOperationLength",
    "TimelockUnexecutedPredecessor",
}
NEVER_TOLD = {
    "EIP712DomainChanged",
    "ProposalThresholdSet",
    "TimelockChange",
    "RoleAdminChanged",
    "RoleGranted",
    "RoleRevoked",
    "Cancelled",
}

_tallies: dict[int, Tally] = {}


def tally_of(seed: int) -> Tally:
    """Return what the sequence of a seed did, running it if it was not run yet."""
    if seed not in _tallies:
        print(f"SEED={seed}, {STEPS} acts")
        _tallies[seed] = run_governance(seed, STEPS)
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


def test_every_decision_was_carried_out(whole_run: Tally) -> None:
    assert len(KINDS) == 18
    assert missing(whole_run.events, dict.fromkeys(DECISIONS, 1)) == {}
    assert missing(whole_run.done, {"queue": 80, "execute": 40, "castSignedVotes": 80, "support": 50}) == {}
    assert missing(whole_run.repeated, {"castSignedVotes": 10}) == {}


def test_every_named_error_was_predicted(whole_run: Tally) -> None:
    """Those of the directory's views and of keys that sign records are the other machine's."""
    governed = set(CONTRACTS) - {"OfficeDirectory"}
    errors = {entry["name"] for name in governed for entry in compiled()[name][0] if entry["type"] == "error"}
    assert errors - set(whole_run.refusals) - ELSEWHERE == set()
    assert not ELSEWHERE & set(whole_run.refusals)


def test_every_event_was_predicted(whole_run: Tally) -> None:
    events = {entry["name"] for name in CONTRACTS for entry in compiled()[name][0] if entry["type"] == "event"}
    seen = Counter(whole_run.events)
    assert {event for event in events if not seen[event]} - {
        "EndpointChanged",
        "EarliestFilingDateChanged",
    } <= NEVER_TOLD
    assert not NEVER_TOLD & set(seen)
