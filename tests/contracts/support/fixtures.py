"""Module-scoped fixtures: the contracts, deployed and empty, and four offices that may sign.

Time begins at `ledger.NOON`. EM has a lower bound of filing dates, the others have none.
"""

from __future__ import annotations

from typing import Any

import pytest
from brownie import ZERO_ADDRESS
from brownie.project import get_loaded_projects

from tests.contracts.support.ledger import NOON, travel_to
from tests.contracts.support.offices import GOVERNANCE, RELAYER, STRANGER, Office, admit, make_office

__all__ = [
    "au",
    "compiled",
    "directory",
    "em",
    "governance",
    "jp",
    "priority",
    "registry",
    "relayer",
    "ru",
    "stranger",
]


def compiled(name: str) -> Any:
    """The container of a compiled contract of the project, to `deploy`."""
    (project,) = get_loaded_projects()
    return project[name]


@pytest.fixture(scope="module")
def governance(isolate_module: None, accounts: Any) -> Any:
    """Account that admits and suspends offices."""
    return accounts[GOVERNANCE]


@pytest.fixture(scope="module")
def relayer(isolate_module: None, accounts: Any) -> Any:
    """Account that sends what offices signed; no office's own."""
    return accounts[RELAYER]


@pytest.fixture(scope="module")
def stranger(isolate_module: None, accounts: Any) -> Any:
    """Account that is nobody's."""
    return accounts[STRANGER]


@pytest.fixture(scope="module")
def em(isolate_module: None) -> Office:
    """EUIPO, which opened on 1 April 1996."""
    return make_office("EM", seat=1, earliest=19960401)


@pytest.fixture(scope="module")
def ru(isolate_module: None) -> Office:
    return make_office("RU", seat=2)


@pytest.fixture(scope="module")
def au(isolate_module: None) -> Office:
    return make_office("AU", seat=3)


@pytest.fixture(scope="module")
def jp(isolate_module: None) -> Office:
    return make_office("JP", seat=4)


@pytest.fixture(scope="module")
def directory(isolate_module: None, governance: Any, em: Office, ru: Office, au: Office, jp: Office) -> Any:
    """The directory, with the four offices admitted and two keys each."""
    travel_to(NOON)
    contract = compiled("OfficeDirectory").deploy(governance, {"from": governance})
    for office in (em, ru, au, jp):
        admit(contract, office)
    return contract


@pytest.fixture(scope="module")
def registry(directory: Any, governance: Any) -> Any:
    """The application registry, empty; the first of its kind."""
    return compiled("ApplicationRegistry").deploy(directory, ZERO_ADDRESS, {"from": governance})


@pytest.fixture(scope="module")
def priority(directory: Any, registry: Any, governance: Any) -> Any:
    """The priority register, empty."""
    return compiled("PriorityRegister").deploy(directory, registry, {"from": governance})
