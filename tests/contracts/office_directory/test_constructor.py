"""Deployment of `OfficeDirectory`."""

from __future__ import annotations

from typing import Any

from tests.contracts.office_directory.views import ZERO
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import log, logs_of


def test_governance_is_the_account_given_whoever_deploys(governance: Any, stranger: Any) -> None:
    directory = compiled("OfficeDirectory").deploy(governance, {"from": stranger})
    assert directory.governance() == governance
    assert logs_of(directory.tx) == [
        log(directory, "GovernanceTransferred", previousGovernance=ZERO, newGovernance=governance.address)
    ]


def test_starts_without_offices(governance: Any) -> None:
    directory = compiled("OfficeDirectory").deploy(governance, {"from": governance})
    assert tuple(directory.offices(0, 10)) == ((), 0)


def test_needs_a_governance(stranger: Any) -> None:
    reverts_with(
        lambda: compiled("OfficeDirectory").deploy(ZERO, {"from": stranger}),
        "OfficeDirectoryZeroAccount",
    )
