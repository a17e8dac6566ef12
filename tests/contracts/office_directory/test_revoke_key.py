"""`OfficeDirectory.revokeKey`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import KeyView, fresh, key_of, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, next_block_at, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, KEYS, Office, add_key


def test_ends_a_key_from_its_block_on_and_leaves_the_past(directory: Any, em: Office) -> None:
    before = key_of(directory, em.code, em.key.address)
    transaction = directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    time = time_of(transaction)
    assert logs_of(transaction) == [log(directory, "KeyRevoked", office=em.code, account=em.key.address)]
    after = key_of(directory, em.code, em.key.address)
    assert after == KeyView(before.account, before.scopes, valid_from=before.valid_from, revoked_at=time)
    assert directory.isKeyGood(em.code, em.key.address, APPLICATIONS, time - 1)
    assert not directory.isKeyGood(em.code, em.key.address, APPLICATIONS, time)
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryKeyRevoked",
        em.code,
        em.key.address,
        time,
    )


def test_leaves_the_other_keys_alone(directory: Any, em: Office, ru: Office) -> None:
    """The list of keys that a suspension writes to loses exactly the revoked one, wherever it stands."""
    accounts = [ru.key.address, ru.second.address, *(fresh(f"key {i}") for i in range(3))]
    for account in accounts[2:]:
        add_key(directory, ru, account)
    left = list(accounts)
    for account in (accounts[0], accounts[4], accounts[2]):
        directory.revokeKey(ru.code, account, {"from": ru.seat})
        left.remove(account)
        directory.setEarliestFilingDate(ru.code, 20000101 + len(left), {"from": ru.seat})
        for other in left:
            assert directory.authorise(ru.code, other, APPLICATIONS) == 20000101 + len(left)
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == em.earliest
    assert office_of(directory, ru.code).key_count == 5


def test_of_the_last_key_and_a_new_one(directory: Any, ru: Office, governance: Any) -> None:
    for key in (ru.key, ru.second):
        directory.revokeKey(ru.code, key.address, {"from": ru.seat})
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    directory.reinstateOffice(ru.code, {"from": governance})
    account = fresh("new key")
    add_key(directory, ru, account)
    assert directory.authorise(ru.code, account, APPLICATIONS) == 0


def test_is_for_good(directory: Any, em: Office) -> None:
    first = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    travel_to(now() + 1000)
    reverts_with(
        lambda: directory.revokeKey.call(em.code, em.key.address, {"from": em.seat}),
        "OfficeDirectoryKeyRevoked",
        em.code,
        em.key.address,
        first,
    )


def test_before_the_key_began(directory: Any, em: Office) -> None:
    account, start = fresh("later key"), now() + 1000
    add_key(directory, em, account, valid_from=start)
    revoked_at = time_of(directory.revokeKey(em.code, account, {"from": em.seat}))
    travel_to(start)
    reverts_with(
        lambda: directory.authorise(em.code, account, APPLICATIONS),
        "OfficeDirectoryKeyRevoked",
        em.code,
        account,
        revoked_at,
    )
    assert not directory.isKeyGood(em.code, account, APPLICATIONS, start)


def test_after_the_key_ended_leaves_its_window(directory: Any, em: Office) -> None:
    account, end = fresh("short key"), now() + 1000
    add_key(directory, em, account, valid_until=end)
    travel_to(end + 1000)
    directory.revokeKey(em.code, account, {"from": em.seat})
    assert directory.isKeyGood(em.code, account, APPLICATIONS, end - 1)
    assert not directory.isKeyGood(em.code, account, APPLICATIONS, end)


def test_while_suspended(directory: Any, em: Office, governance: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    time = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    assert key_of(directory, em.code, em.key.address).revoked_at == time
    directory.reinstateOffice(em.code, {"from": governance})
    assert directory.authorise(em.code, em.second.address, APPLICATIONS) == em.earliest


def test_a_manager_may_and_then_itself(directory: Any, em: Office, manager: Any, accounts: Any) -> None:
    other = accounts[21]
    add_key(directory, em, other, KEYS)
    for account in (em.key.address, other, manager):
        directory.revokeKey(em.code, account, {"from": manager})
    reverts_with(
        lambda: directory.revokeKey.call(em.code, em.second.address, {"from": manager}),
        "OfficeDirectoryNotSeat",
        em.code,
        manager,
    )


def test_a_manager_counts_in_its_window_only(directory: Any, em: Office, accounts: Any) -> None:
    manager, start, end = accounts[21], now() + 1000, now() + 2000
    add_key(directory, em, manager, KEYS, start, end)
    for time, may in ((start - 1, False), (start, True), (end - 1, True), (end, False)):
        travel_to(time)
        if may:
            directory.revokeKey.call(em.code, em.key.address, {"from": manager})
        else:
            reverts_with(
                lambda: directory.revokeKey.call(em.code, em.key.address, {"from": manager}),
                "OfficeDirectoryNotSeat",
                em.code,
                manager,
            )


def test_nobody_else(directory: Any, em: Office, ru: Office, governance: Any, stranger: Any) -> None:
    for caller in (ru.seat, governance, stranger):
        reverts_with(
            lambda caller=caller: directory.revokeKey.call(em.code, em.key.address, {"from": caller}),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )


def test_an_ordinary_key_does_not_revoke_even_itself(directory: Any, em: Office, accounts: Any) -> None:
    add_key(directory, em, accounts[21], APPLICATIONS)
    reverts_with(
        lambda: directory.revokeKey.call(em.code, accounts[21], {"from": accounts[21]}),
        "OfficeDirectoryNotSeat",
        em.code,
        accounts[21],
    )


@pytest.mark.parametrize("whose", ["nobody's", "another office's"])
def test_of_an_unknown_key(directory: Any, em: Office, ru: Office, whose: str) -> None:
    account = ru.key.address if whose == "another office's" else fresh("nobody's")
    reverts_with(
        lambda: directory.revokeKey.call(em.code, account, {"from": em.seat}),
        "OfficeDirectoryUnknownKey",
        em.code,
        account,
    )


def test_of_an_unknown_office(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: directory.revokeKey.call(b"XX", em.key.address, {"from": em.seat}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )


def test_in_the_second_in_which_it_was_added(directory: Any, em: Office) -> None:
    """A key whose whole life is one block was good at no time."""
    account, time = fresh("short-lived"), now() + 50
    next_block_at(time)
    add_key(directory, em, account)
    next_block_at(time)
    directory.revokeKey(em.code, account, {"from": em.seat})
    assert key_of(directory, em.code, account) == KeyView(account, valid_from=time, revoked_at=time)
    for moment in (time - 1, time, time + 1):
        assert not directory.isKeyGood(em.code, account, APPLICATIONS, moment)
