"""Fixtures of the consortium tests: the four offices of the suite, who founded a consortium and handed everything over.

`governance` is here what is left of the deployer: an account without any power.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import deploy_consortium, timelock_of


@pytest.fixture(scope="module")
def deployer(governance: Any) -> Any:
    """Who deployed everything and handed it over."""
    return governance


@pytest.fixture(scope="module")
def offices(em: Office, ru: Office, au: Office, jp: Office) -> list[Office]:
    """The founders. Three of them are a supermajority."""
    return [em, ru, au, jp]


@pytest.fixture(scope="module")
def consortium(directory: Any, priority: Any, deployer: Any, offices: list[Office]) -> Any:
    """The consortium; its timelock governs the directory, and with it the registers, and its council may suspend."""
    contract = deploy_consortium(directory)
    council = compiled("EmergencyCouncil").deploy(directory, 3, 30 * DAY, {"from": deployer})
    directory.setEmergencyBody(council, {"from": deployer})
    directory.transferGovernance(contract.timelock(), {"from": deployer})
    return contract


@pytest.fixture(scope="module")
def timelock(consortium: Any) -> Any:
    """The only governance of every register."""
    return timelock_of(consortium)


@pytest.fixture(scope="module")
def council(consortium: Any, directory: Any) -> Any:
    """The emergency council."""
    return compiled("EmergencyCouncil").at(directory.emergencyBody())


@pytest.fixture(scope="module")
def seatless(consortium: Any, accounts: Any) -> list[Any]:
    """Accounts of the node that hold no seat and no key: to rotate to, and to admit with."""
    return [accounts[index] for index in range(11, 30)]


@pytest.fixture
def second_registry(consortium: Any, directory: Any, registry: Any, deployer: Any) -> Any:
    """A registry that names the present one as its predecessor: what a vote would put in its place."""
    return compiled("ApplicationRegistry").deploy(directory, registry, {"from": deployer})
