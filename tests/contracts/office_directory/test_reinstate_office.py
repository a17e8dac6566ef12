"""`OfficeDirectory.reinstateOffice`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, SUSPENDED, fresh, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, next_block_at, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office, add_key


@pytest.fixture
def suspended(directory: Any, em: Office, governance: Any) -> Office:
    """EM, suspended without end."""
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    return em


def test_lets_every_key_sign_again_in_the_same_block(directory: Any, suspended: Office, governance: Any) -> None:
    added = fresh("added while suspended")
    add_key(directory, suspended, added)
    transaction = directory.reinstateOffice(suspended.code, {"from": governance})
    assert logs_of(transaction) == [log(directory, "OfficeReinstated", office=suspended.code)]
    office = office_of(directory, suspended.code)
    assert (office.status, office.suspended_until) == (ACTIVE, time_of(transaction))
    for account in (suspended.key.address, suspended.second.address, added):
        assert directory.authorise(suspended.code, account, APPLICATIONS) == suspended.earliest


def test_leaves_revoked_keys_revoked(directory: Any, suspended: Office, governance: Any) -> None:
    revoked_at = time_of(directory.revokeKey(suspended.code, suspended.key.address, {"from": suspended.seat}))
    directory.reinstateOffice(suspended.code, {"from": governance})
    reverts_with(
        lambda: directory.authorise(suspended.code, suspended.key.address, APPLICATIONS),
        "OfficeDirectoryKeyRevoked",
        suspended.code,
        suspended.key.address,
        revoked_at,
    )


def test_an_office_can_be_suspended_again(directory: Any, suspended: Office, governance: Any) -> None:
    directory.reinstateOffice(suspended.code, {"from": governance})
    end = now() + 1000
    directory.suspendOffice(suspended.code, end, {"from": governance})
    assert directory.statusOf(suspended.code) == SUSPENDED
    reverts_with(
        lambda: directory.authorise(suspended.code, suspended.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeSuspended",
        suspended.code,
        end,
    )


def test_needs_a_suspended_office(directory: Any, em: Office, governance: Any) -> None:
    reverts_with(
        lambda: directory.reinstateOffice.call(em.code, {"from": governance}),
        "OfficeDirectoryNotSuspended",
        em.code,
    )


def test_a_suspension_that_ended_needs_none(directory: Any, em: Office, governance: Any) -> None:
    end = now() + 100
    directory.suspendOffice(em.code, end, {"from": governance})
    travel_to(end - 1)
    directory.reinstateOffice.call(em.code, {"from": governance})
    travel_to(end)
    reverts_with(
        lambda: directory.reinstateOffice.call(em.code, {"from": governance}),
        "OfficeDirectoryNotSuspended",
        em.code,
    )


def test_twice_is_refused_even_in_the_second_of_the_first(directory: Any, suspended: Office, governance: Any) -> None:
    next_block_at(now() + 50)
    directory.reinstateOffice(suspended.code, {"from": governance})
    reverts_with(
        lambda: directory.reinstateOffice.call(suspended.code, {"from": governance}),
        "OfficeDirectoryNotSuspended",
        suspended.code,
    )


def test_only_governance(directory: Any, suspended: Office, stranger: Any) -> None:
    for caller in (stranger, suspended.seat):
        reverts_with(
            lambda caller=caller: directory.reinstateOffice.call(suspended.code, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )


def test_only_an_office_that_is_there(directory: Any, suspended: Office, governance: Any) -> None:
    reverts_with(
        lambda: directory.reinstateOffice.call(b"XX", {"from": governance}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )
    directory.departOffice(suspended.code, {"from": governance})
    reverts_with(
        lambda: directory.reinstateOffice.call(suspended.code, {"from": governance}),
        "OfficeDirectoryOfficeDeparted",
        suspended.code,
    )
