"""`PriorityRegister.setRegistry`: claims, calendars and verdicts go on with the next version of the registry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from brownie import ZERO_ADDRESS

from registrum.signing.statements import Correction, Registration
from tests.contracts.application_registry.vouching import compromise, confirming, state
from tests.contracts.priority_register.claims import ACCEPTED, CLAIM, claim_of
from tests.contracts.priority_register.questions import (
    NOT_FOUND,
    PUBLISHED,
    SIGNER_COMPROMISED,
    VALID,
    Question,
    ask,
    file,
    publish,
)
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import log, logs_of, travel
from tests.contracts.support.offices import Office, digest, number, submit
from tests.contracts.support.records import Record, record_of


@pytest.fixture(scope="module")
def filed(priority: Any, registry: Any, em: Office, ru: Office) -> Record:
    """EM/P/100 in the first registry, a claim on it, and a calendar of RU."""
    file(registry, em, "EM/P/100", 20240115)
    submit(priority, CLAIM, ru.key)
    publish(priority, ru, 2025)
    travel(100)
    return record_of(registry, number("EM/P/100"))


@pytest.fixture(scope="module")
def second(registry: Any, directory: Any, governance: Any) -> Any:
    """The version that takes over from the first registry."""
    return compiled("ApplicationRegistryV2").deploy(directory, registry, {"from": governance})


@pytest.mark.smoke
def test_everything_goes_on(
    priority: Any, registry: Any, second: Any, governance: Any, em: Office, ru: Office, filed: Record
) -> None:
    before = ask(priority, Question())
    assert (before.verdict, before.calendar, before.record) == (VALID, PUBLISHED, filed)
    view = claim_of(priority)
    tx = priority.setRegistry(second, {"from": governance})
    assert logs_of(tx) == [log(priority, "RegistryChanged", previous=registry.address, current=second.address)]
    assert priority.registry() == second.address
    assert ask(priority, Question()) == before
    assert claim_of(priority) == view
    submit(priority, replace(CLAIM, outcome=ACCEPTED, replaces=1), ru.key)

    assert ask(priority, Question(earlier="EM/P/101", claimed=20240116)).verdict == NOT_FOUND
    state(second, Registration(number("EM/P/101"), 20240116, 0, digest("new")), em.key)
    assert ask(priority, Question(earlier="EM/P/101", claimed=20240116)).verdict == VALID
    state(second, Correction(number("EM/P/100"), 20240116, 0, filed.digest, 1), em.key)
    assert ask(priority, Question(claimed=20240116)).record.version == 2
    assert claim_of(priority).corrected_since is True


def test_suspicion_and_confirmation_go_on(
    priority: Any, second: Any, directory: Any, governance: Any, em: Office, filed: Record
) -> None:
    priority.setRegistry(second, {"from": governance})
    compromise(directory, em, em.key, filed.recorded_at)
    assert ask(priority, Question()).verdict == SIGNER_COMPROMISED
    state(second, confirming(Registration(number("EM/P/100"), 20240115, 0, filed.digest)), em.second)
    assert ask(priority, Question()).verdict == VALID


def test_several_versions_one_after_the_other(
    priority: Any, registry: Any, second: Any, directory: Any, governance: Any, filed: Record
) -> None:
    """None is left out, and none comes back."""
    third = compiled("ApplicationRegistryV2").deploy(directory, second, {"from": governance})
    reverts_with(
        lambda: priority.setRegistry(third, {"from": governance}), "PriorityRegisterNotNextRegistry", third, registry
    )
    priority.setRegistry(second, {"from": governance})
    priority.setRegistry(third, {"from": governance})
    assert ask(priority, Question()).record == filed
    for back in (registry, second, third):
        reverts_with(
            lambda back=back: priority.setRegistry(back, {"from": governance}),
            "PriorityRegisterNotNextRegistry",
            back,
            third,
        )


def test_only_governance(
    registry: Any, directory: Any, governance: Any, accounts: Any, em: Office, stranger: Any
) -> None:
    """Whoever governs the directory at that time; who deployed the contracts is nobody."""
    deployer = accounts[13]
    priority = compiled("PriorityRegister").deploy(directory, registry, {"from": deployer})
    second = compiled("ApplicationRegistryV2").deploy(directory, registry, {"from": deployer})
    for caller in (stranger, em.seat, deployer):
        reverts_with(
            lambda caller=caller: priority.setRegistry(second, {"from": caller}),
            "PriorityRegisterNotGovernance",
            caller,
        )
    directory.transferGovernance(stranger, {"from": governance})
    reverts_with(
        lambda: priority.setRegistry(second, {"from": governance}), "PriorityRegisterNotGovernance", governance
    )
    priority.setRegistry(second, {"from": stranger})
    assert priority.registry() == second.address


def test_a_registry_that_takes_over_from_none(priority: Any, registry: Any, directory: Any, governance: Any) -> None:
    fresh = compiled("ApplicationRegistryV2").deploy(directory, ZERO_ADDRESS, {"from": governance})
    reverts_with(
        lambda: priority.setRegistry(fresh, {"from": governance}), "PriorityRegisterNotNextRegistry", fresh, registry
    )
    assert priority.registry() == registry.address


def test_a_registry_with_the_same_directory(priority: Any, governance: Any, stranger: Any) -> None:
    other = compiled("OfficeDirectory").deploy(governance, {"from": stranger})
    fresh = compiled("ApplicationRegistryV2").deploy(other, ZERO_ADDRESS, {"from": governance})
    for address in (ZERO_ADDRESS, stranger.address, fresh.address):
        reverts_with(
            lambda address=address: priority.setRegistry(address, {"from": governance}),
            "PriorityRegisterNoRegistry",
            address,
        )
