"""Fixtures of the charter's tests: a consortium, its council and its charter; a plain account governs the directory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.charter.texts import DIGEST, LOCATION
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, travel
from tests.contracts.support.votes import deploy_consortium


@pytest.fixture(scope="module")
def deployer(isolate_module: None, accounts: Any) -> Any:
    """Who deploys the charter: nobody afterwards."""
    return accounts[13]


@pytest.fixture(scope="module")
def court(isolate_module: None, accounts: Any) -> Any:
    """An account that may be listed as an observer."""
    return accounts[14]


@pytest.fixture(scope="module")
def consortium(directory: Any) -> Any:
    travel(1000)
    return deploy_consortium(directory)


@pytest.fixture(scope="module")
def council(directory: Any, deployer: Any) -> Any:
    return compiled("EmergencyCouncil").deploy(directory, 3, 30 * DAY, {"from": deployer})


@pytest.fixture(scope="module")
def charter(consortium: Any, council: Any, deployer: Any) -> Any:
    """The charter, with the text that the founders agreed on."""
    return compiled("Charter").deploy(consortium, council, DIGEST, LOCATION, {"from": deployer})
