"""`OfficeDirectory.transferGovernance`."""

from __future__ import annotations

from typing import Any

from tests.contracts.office_directory.views import ZERO
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of
from tests.contracts.support.offices import Office


def test_hands_every_power_over(directory: Any, em: Office, governance: Any, stranger: Any) -> None:
    transaction = directory.transferGovernance(stranger, {"from": governance})
    assert logs_of(transaction) == [
        log(
            directory,
            "GovernanceTransferred",
            previousGovernance=governance.address,
            newGovernance=stranger.address,
        )
    ]
    assert directory.governance() == stranger
    directory.suspendOffice(em.code, FOREVER, {"from": stranger})
    reverts_with(
        lambda: directory.reinstateOffice.call(em.code, {"from": governance}),
        "OfficeDirectoryNotGovernance",
        governance,
    )


def test_only_governance(directory: Any, em: Office, stranger: Any) -> None:
    for caller in (stranger, em.seat):
        reverts_with(
            lambda caller=caller: directory.transferGovernance.call(caller, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )


def test_to_nobody_is_refused(directory: Any, governance: Any) -> None:
    reverts_with(
        lambda: directory.transferGovernance.call(ZERO, {"from": governance}),
        "OfficeDirectoryZeroAccount",
    )
