"""`OfficeDirectory.suspendOffice`: what it bars, for how long, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, SUSPENDED, fresh, key_of, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, next_block_at, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office, add_key


def authorise(directory: Any, office: Office, account: str) -> Any:
    return directory.authorise(office.code, account, APPLICATIONS)


@pytest.fixture
def until(directory: Any, em: Office, governance: Any) -> int:
    """End of a suspension of EM that has begun, a day from now."""
    end = now() + 86400
    directory.suspendOffice(em.code, end, {"from": governance})
    return end


def test_bars_every_key_and_says_until_when(directory: Any, em: Office, governance: Any) -> None:
    end = now() + 1000
    transaction = directory.suspendOffice(em.code, end, {"from": governance})
    assert logs_of(transaction) == [log(directory, "OfficeSuspended", office=em.code, until=end)]
    office = office_of(directory, em.code)
    assert (office.status, office.suspended_until) == (SUSPENDED, end)
    for key in (em.key, em.second):
        reverts_with(
            lambda key=key: authorise(directory, em, key.address),
            "OfficeDirectoryOfficeSuspended",
            em.code,
            end,
        )


def test_leaves_other_offices_alone(directory: Any, ru: Office, until: int) -> None:
    assert directory.statusOf(ru.code) == ACTIVE
    assert authorise(directory, ru, ru.key.address) == 0


def test_ends_by_itself(directory: Any, em: Office, until: int) -> None:
    travel_to(until - 1)
    assert directory.statusOf(em.code) == SUSPENDED
    reverts_with(
        lambda: authorise(directory, em, em.key.address),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        until,
    )
    travel_to(until)
    assert directory.statusOf(em.code) == ACTIVE
    assert authorise(directory, em, em.key.address) == em.earliest
    assert office_of(directory, em.code).suspended_until == until


def test_without_end(directory: Any, em: Office, governance: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    travel_to(now() + 10**9)
    reverts_with(
        lambda: authorise(directory, em, em.key.address),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        FOREVER,
    )


def test_of_a_suspended_office_moves_the_end(directory: Any, em: Office, governance: Any, until: int) -> None:
    for end in (until + 1000, until - 1000):
        directory.suspendOffice(em.code, end, {"from": governance})
        assert office_of(directory, em.code).suspended_until == end
        reverts_with(
            lambda end=end: authorise(directory, em, em.key.address),
            "OfficeDirectoryOfficeSuspended",
            em.code,
            end,
        )
    travel_to(until - 1000)
    assert authorise(directory, em, em.key.address) == em.earliest


def test_again_after_it_ended(directory: Any, em: Office, governance: Any, until: int) -> None:
    travel_to(until)
    directory.suspendOffice(em.code, until + 5000, {"from": governance})
    reverts_with(
        lambda: authorise(directory, em, em.second.address),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        until + 5000,
    )


def test_must_end_after_its_block(directory: Any, em: Office, governance: Any) -> None:
    time = now()
    for end in (0, 1, time - 1, time):
        reverts_with(
            lambda end=end: directory.suspendOffice.call(em.code, end, {"from": governance}),
            "OfficeDirectorySuspensionEnded",
            end,
        )
    directory.suspendOffice.call(em.code, time + 1, {"from": governance})


def test_keys_added_meanwhile_are_barred_too(directory: Any, em: Office, until: int) -> None:
    account = fresh("added while suspended")
    add_key(directory, em, account)
    reverts_with(
        lambda: authorise(directory, em, account),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        until,
    )
    travel_to(until)
    assert authorise(directory, em, account) == em.earliest


def test_a_manager_may_still_add_and_revoke(directory: Any, em: Office, governance: Any, manager: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    account = fresh("added by the manager")
    directory.addKey(em.code, account, APPLICATIONS, 0, 0, {"from": manager})
    transaction = directory.revokeKey(em.code, account, {"from": manager})
    assert key_of(directory, em.code, account).revoked_at == time_of(transaction)


def test_a_revoked_key_stays_revoked_after_it(directory: Any, em: Office, governance: Any) -> None:
    revoked_at = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    end = now() + 100
    directory.suspendOffice(em.code, end, {"from": governance})
    for time in (now(), end):
        travel_to(time)
        reverts_with(
            lambda: authorise(directory, em, em.key.address),
            "OfficeDirectoryKeyRevoked",
            em.code,
            em.key.address,
            revoked_at,
        )
    assert authorise(directory, em, em.second.address) == em.earliest


def test_does_not_touch_the_history_of_keys(directory: Any, em: Office, until: int) -> None:
    """Whether a key was good is asked of the key alone."""
    key = key_of(directory, em.code, em.key.address)
    assert key.valid_until == FOREVER
    assert directory.isKeyGood(em.code, em.key.address, APPLICATIONS, until - 1)


def test_at_a_time_equal_to_the_end(directory: Any, em: Office, governance: Any, until: int) -> None:
    """The block whose time is the end is the first one after the suspension: a key may sign in it."""
    next_block_at(until)
    transaction = directory.setEndpoint(em.code, "https://em.example/2", {"from": em.seat})
    assert time_of(transaction) == until
    assert authorise(directory, em, em.key.address) == em.earliest


def test_only_governance_and_the_emergency_body(directory: Any, em: Office, ru: Office, stranger: Any) -> None:
    for caller in (stranger, em.seat, ru.seat):
        reverts_with(
            lambda caller=caller: directory.suspendOffice.call(em.code, FOREVER, {"from": caller}),
            "OfficeDirectoryNotEmergencyBody",
            caller,
        )


def test_only_an_office_that_is_there(directory: Any, em: Office, governance: Any) -> None:
    reverts_with(
        lambda: directory.suspendOffice.call(b"XX", FOREVER, {"from": governance}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": governance}),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )
