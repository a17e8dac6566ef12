"""Fixtures of the directory tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.ledger import travel
from tests.contracts.support.offices import APPLICATIONS, KEYS, Office, add_key


@pytest.fixture(scope="module")
def directory(directory: Any) -> Any:
    """The directory of the suite, a while after its offices were admitted: time differs from when their keys began."""
    travel(1000)
    return directory


@pytest.fixture(scope="module")
def manager(directory: Any, em: Office, accounts: Any) -> Any:
    """Account of the node that is a key of EM with the scopes applications and keys."""
    add_key(directory, em, accounts[20], APPLICATIONS + KEYS)
    return accounts[20]


@pytest.fixture(scope="module")
def body(directory: Any, governance: Any, accounts: Any) -> Any:
    """The emergency body: an account here, so that every call of it can be tried."""
    directory.setEmergencyBody(accounts[15], {"from": governance})
    return accounts[15]
