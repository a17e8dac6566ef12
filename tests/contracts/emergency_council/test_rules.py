"""`EmergencyCouncil`: its rules, who changes them, what it is made with, and its views."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.emergency_council.suspensions import (
    DURATION,
    QUORUM,
    against,
    ask,
    codes,
    digest_of,
    relay,
    send,
    signed,
)
from tests.contracts.office_directory.views import office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, storage_root, time_of
from tests.contracts.support.offices import Office

CALLS = {
    "restoreRights": lambda em: (em.code,),
    "setRules": lambda em: (4, DAY),
}
"""Functions of governance, with arguments."""


def test_every_function_that_changes_anything_is_known(council: Any) -> None:
    """`support` is open to all, and judged by what is handed in; the others belong to governance."""
    changing = {
        entry["name"]
        for entry in council.abi
        if entry["type"] == "function" and entry["stateMutability"] not in {"view", "pure"}
    }
    assert changing == {"support", *CALLS}


@pytest.mark.parametrize("function", CALLS)
def test_only_governance(
    council: Any, directory: Any, em: Office, governance: Any, deployer: Any, stranger: Any, function: str
) -> None:
    method, arguments = getattr(council, function), CALLS[function](em)
    root = storage_root(council)
    for caller in (stranger, deployer, em.seat):
        reverts_with(
            lambda caller=caller: method(*arguments, {"from": caller}), "EmergencyCouncilNotGovernance", caller
        )
    assert storage_root(council) == root
    method.call(*arguments, {"from": governance})


@pytest.mark.parametrize("function", CALLS)
def test_governance_is_whom_the_directory_names_now(
    council: Any, directory: Any, em: Office, governance: Any, stranger: Any, function: str
) -> None:
    method, arguments = getattr(council, function), CALLS[function](em)
    directory.transferGovernance(stranger, {"from": governance})
    method.call(*arguments, {"from": stranger})
    reverts_with(lambda: method.call(*arguments, {"from": governance}), "EmergencyCouncilNotGovernance", governance)


def test_rules_take_effect_for_what_follows(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, fr: Office, governance: Any
) -> None:
    assert council.rules() == (QUORUM, DURATION)
    transaction = council.setRules(4, 2 * DAY, {"from": governance})
    assert logs_of(transaction) == [log(council, "EmergencyRulesChanged", quorum=4, duration=2 * DAY)]
    assert council.rules() == (4, 2 * DAY)
    suspension = against(em)
    assert not ask(council, suspension, jp.seat, signed(council, suspension, ru, au))
    until = time_of(relay(council, suspension, ru, au, jp, fr)) + 2 * DAY
    assert office_of(directory, em.code).suspended_until == until


def test_a_changed_quorum_holds_for_pending_support(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, fr: Office, governance: Any
) -> None:
    suspension = against(em)
    relay(council, suspension, ru, au)
    council.setRules(4, DURATION, {"from": governance})
    assert not ask(council, suspension, jp.seat)
    send(council, suspension, jp.seat)
    assert ask(council, suspension, fr.seat)
    council.setRules(3, DURATION, {"from": governance})
    # Enough now: whoever repeats a support brings it about.
    assert ask(council, suspension, ru.seat)


@pytest.mark.parametrize("duration", [0, DAY - 1, 90 * DAY + 1, FOREVER])
def test_bounds_of_the_duration(council: Any, governance: Any, duration: int) -> None:
    reverts_with(
        lambda: council.setRules.call(3, duration, {"from": governance}),
        "EmergencyCouncilInvalidRules",
        3,
        duration,
    )


def test_durations_at_the_bounds(council: Any, governance: Any) -> None:
    for duration in (DAY, 90 * DAY):
        council.setRules(3, duration, {"from": governance})
        assert council.rules() == (3, duration)


@pytest.mark.parametrize("quorum", [0, 1, 2, 7, 8, 255])
def test_bounds_of_the_quorum(council: Any, governance: Any, quorum: int) -> None:
    """At least three, and one office is the one concerned: of seven, six may be asked for."""
    reverts_with(
        lambda: council.setRules.call(quorum, DURATION, {"from": governance}),
        "EmergencyCouncilInvalidRules",
        quorum,
        DURATION,
    )
    council.setRules.call(6, DURATION, {"from": governance})


def test_offices_that_are_not_active_do_not_count_for_the_quorum(
    council: Any, directory: Any, offices: list[Office], governance: Any
) -> None:
    for office in offices[4:]:
        directory.suspendOffice(office.code, FOREVER, {"from": governance})
    reverts_with(
        lambda: council.setRules.call(4, DURATION, {"from": governance}), "EmergencyCouncilInvalidRules", 4, DURATION
    )
    # Three is the least that there is, however few are active.
    directory.suspendOffice(offices[3].code, FOREVER, {"from": governance})
    council.setRules.call(3, DURATION, {"from": governance})


def test_a_council_begins_with_its_rules(directory: Any, deployer: Any) -> None:
    council = compiled("EmergencyCouncil").deploy(directory, 5, 10 * DAY, {"from": deployer})
    assert council.rules() == (5, 10 * DAY)
    assert council.directory() == directory
    assert logs_of(council.tx) == [log(council, "EmergencyRulesChanged", quorum=5, duration=10 * DAY)]


@pytest.mark.parametrize(
    ("quorum", "duration"), [(0, DURATION), (2, DURATION), (3, 0), (3, DAY - 1), (3, 90 * DAY + 1)]
)
def test_a_council_begins_within_the_bounds(directory: Any, deployer: Any, quorum: int, duration: int) -> None:
    reverts_with(
        lambda: compiled("EmergencyCouncil").deploy(directory, quorum, duration, {"from": deployer}),
        "EmergencyCouncilInvalidRules",
        quorum,
        duration,
    )


def test_directory_must_be_a_contract(deployer: Any) -> None:
    for address in (deployer.address, "0x" + "00" * 20):
        reverts_with(
            lambda address=address: compiled("EmergencyCouncil").deploy(address, 3, DURATION, {"from": deployer}),
            "EmergencyCouncilNoDirectory",
            address,
        )


def test_what_seats_sign_is_that_of_eth_account(council: Any, em: Office) -> None:
    for suspension in (
        against(em),
        against(em, em.key.address),
        against(em, em.key.address, em.second.address, nth=7, reason="Ключ похищен"),
        against(b"XX", reason="", valid_for=0),
    ):
        assert bytes(council.suspensionDigest(suspension.values())) == digest_of(council, suspension)


def test_domain(council: Any) -> None:
    fields, name, version, chain_id, contract, salt, extensions = council.eip712Domain()
    assert (str(fields), name, version, contract) == ("0x0f", "Registrum EmergencyCouncil", "1", council.address)
    assert (chain_id, int(str(salt), 16), extensions) == (31337, 0, ())


def test_what_never_happened(council: Any, em: Office, ru: Office) -> None:
    assert council.roundOf(em.code) == council.roundOf(b"XX") == 1
    assert not council.hasUsed(ru.code, em.code)
    assert council.emergencyUntil(em.code) == 0
    assert codes(council.supportersOf(against(em).values())) == []
