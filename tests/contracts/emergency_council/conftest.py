"""Fixtures of the council's tests: seven offices, and a council that the directory knows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.emergency_council.suspensions import DURATION, QUORUM
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import travel
from tests.contracts.support.offices import Office, admit, make_office


@pytest.fixture(scope="module")
def deployer(isolate_module: None, accounts: Any) -> Any:
    """Who deploys the council: nobody afterwards."""
    return accounts[13]


@pytest.fixture(scope="module")
def fr(isolate_module: None) -> Office:
    return make_office("FR", seat=5)


@pytest.fixture(scope="module")
def de(isolate_module: None) -> Office:
    return make_office("DE", seat=6)


@pytest.fixture(scope="module")
def us(isolate_module: None) -> Office:
    return make_office("US", seat=7)


@pytest.fixture(scope="module")
def directory(directory: Any, fr: Office, de: Office, us: Office) -> Any:
    """The directory of the suite with three more offices, a while after their admission."""
    for office in (fr, de, us):
        admit(directory, office)
    travel(1000)
    return directory


@pytest.fixture(scope="module")
def offices(
    directory: Any, em: Office, ru: Office, au: Office, jp: Office, fr: Office, de: Office, us: Office
) -> list[Office]:
    """All members, in the order of admission. EM is the one that the tests suspend."""
    return [em, ru, au, jp, fr, de, us]


@pytest.fixture(scope="module")
def council(directory: Any, governance: Any, deployer: Any) -> Any:
    """The council, named by the directory as its emergency body."""
    contract = compiled("EmergencyCouncil").deploy(directory, QUORUM, DURATION, {"from": deployer})
    directory.setEmergencyBody(contract, {"from": governance})
    return contract
