"""`OfficeDirectory.addKey`: who may add which keys, for how long, and how many."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ZERO, KeyView, fresh, key_of, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, next_block_at, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, KEYS, REGISTER, TRANSACTIONS, Office, add_key

KEY = fresh("new key")
ALL = APPLICATIONS + REGISTER + TRANSACTIONS + KEYS


def ask(directory: Any, office: Office, sender: Any, **changes: Any) -> Any:
    """Ask what adding a key would do, with some arguments changed."""
    values = {"account": KEY, "scopes": APPLICATIONS, "valid_from": 0, "valid_until": 0, **changes}
    return directory.addKey.call(office.code, *values.values(), {"from": sender})


@pytest.mark.parametrize("scopes", range(1, 16))
def test_a_key_has_any_sum_of_scopes(directory: Any, em: Office, scopes: int) -> None:
    count = office_of(directory, em.code).key_count
    transaction = directory.addKey(em.code, KEY, scopes, 0, 0, {"from": em.seat})
    time = time_of(transaction)
    assert key_of(directory, em.code, KEY) == KeyView(KEY, scopes, valid_from=time)
    assert logs_of(transaction) == [
        log(
            directory,
            "KeyAdded",
            office=em.code,
            account=KEY,
            scopes=scopes,
            validFrom=time,
            validUntil=FOREVER,
        )
    ]
    assert office_of(directory, em.code).key_count == count + 1
    for scope in (APPLICATIONS, REGISTER, TRANSACTIONS, KEYS):
        assert directory.isKeyGood(em.code, KEY, scope, time) == bool(scopes & scope)


def test_a_key_may_begin_later_and_end(directory: Any, em: Office) -> None:
    start, end = now() + 1000, now() + 2000
    transaction = directory.addKey(em.code, KEY, APPLICATIONS, start, end, {"from": em.seat})
    assert key_of(directory, em.code, KEY) == KeyView(KEY, valid_from=start, valid_until=end)
    assert logs_of(transaction) == [
        log(
            directory,
            "KeyAdded",
            office=em.code,
            account=KEY,
            scopes=APPLICATIONS,
            validFrom=start,
            validUntil=end,
        )
    ]


def test_one_account_may_be_a_key_of_several_offices(directory: Any, em: Office, ru: Office) -> None:
    add_key(directory, em, ru.key.address, REGISTER)
    assert key_of(directory, em.code, ru.key.address).scopes == REGISTER
    assert key_of(directory, ru.code, ru.key.address).scopes == APPLICATIONS
    reverts_with(
        lambda: directory.authorise(em.code, ru.key.address, APPLICATIONS),
        "OfficeDirectoryKeyOutOfScope",
        em.code,
        ru.key.address,
        APPLICATIONS,
    )


def test_a_manager_adds_keys_that_do_not_manage(directory: Any, em: Office, manager: Any) -> None:
    directory.addKey(em.code, KEY, APPLICATIONS + REGISTER + TRANSACTIONS, 0, 0, {"from": manager})
    assert key_of(directory, em.code, KEY).scopes == 7


@pytest.mark.parametrize("scopes", [KEYS, KEYS + APPLICATIONS, ALL])
def test_a_manager_makes_no_managers(directory: Any, em: Office, manager: Any, scopes: int) -> None:
    reverts_with(
        lambda: ask(directory, em, manager, scopes=scopes),
        "OfficeDirectoryInvalidScopes",
        scopes,
    )


def test_a_manager_of_another_office_counts_for_nothing(directory: Any, ru: Office, manager: Any) -> None:
    reverts_with(lambda: ask(directory, ru, manager), "OfficeDirectoryNotSeat", ru.code, manager)


def test_a_manager_whose_scope_is_not_keys_is_none(directory: Any, em: Office, accounts: Any) -> None:
    add_key(directory, em, accounts[21], APPLICATIONS + REGISTER + TRANSACTIONS)
    reverts_with(lambda: ask(directory, em, accounts[21]), "OfficeDirectoryNotSeat", em.code, accounts[21])


def test_a_manager_counts_in_its_window_only(directory: Any, em: Office, accounts: Any) -> None:
    manager, start, end = accounts[21], now() + 1000, now() + 2000
    add_key(directory, em, manager, KEYS, start, end)
    for time, may in ((start - 1, False), (start, True), (end - 1, True), (end, False)):
        travel_to(time)
        if may:
            ask(directory, em, manager)
        else:
            reverts_with(lambda: ask(directory, em, manager), "OfficeDirectoryNotSeat", em.code, manager)


def test_a_revoked_manager_is_none(directory: Any, em: Office, manager: Any) -> None:
    directory.revokeKey(em.code, manager, {"from": em.seat})
    reverts_with(lambda: ask(directory, em, manager), "OfficeDirectoryNotSeat", em.code, manager)


def test_nobody_else(directory: Any, em: Office, ru: Office, governance: Any, stranger: Any) -> None:
    for caller in (ru.seat, governance, stranger):
        reverts_with(
            lambda caller=caller: ask(directory, em, caller),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )


def test_of_an_unknown_office(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: directory.addKey.call(b"XX", KEY, APPLICATIONS, 0, 0, {"from": em.seat}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )


def test_a_key_is_an_account(directory: Any, em: Office) -> None:
    """A failed signature recovery gives the zero address, which must never be a key."""
    reverts_with(lambda: ask(directory, em, em.seat, account=ZERO), "OfficeDirectoryZeroAccount")


@pytest.mark.parametrize("scopes", [0, 16, 17, 31, 128, 255])
def test_scopes_are_a_sum_of_four(directory: Any, em: Office, scopes: int) -> None:
    reverts_with(
        lambda: ask(directory, em, em.seat, scopes=scopes),
        "OfficeDirectoryInvalidScopes",
        scopes,
    )


def test_validity_does_not_begin_in_the_past(directory: Any, em: Office) -> None:
    time = now()
    for start in (1, time - 1):
        reverts_with(
            lambda start=start: ask(directory, em, em.seat, valid_from=start),
            "OfficeDirectoryInvalidWindow",
            start,
            FOREVER,
        )
    ask(directory, em, em.seat, valid_from=time)


def test_validity_ends_after_it_begins(directory: Any, em: Office) -> None:
    time = now()
    for start, end in ((0, time), (0, 1), (time + 10, time + 10), (time + 10, time + 9), (FOREVER, 0)):
        reverts_with(
            lambda start=start, end=end: ask(directory, em, em.seat, valid_from=start, valid_until=end),
            "OfficeDirectoryInvalidWindow",
            start or time,
            end or FOREVER,
        )
    ask(directory, em, em.seat, valid_until=time + 1)
    ask(directory, em, em.seat, valid_from=FOREVER - 1)


def test_an_account_is_added_once(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: ask(directory, em, em.seat, account=em.key.address),
        "OfficeDirectoryKeyExists",
        em.code,
        em.key.address,
    )


def test_a_revoked_key_is_not_added_again(directory: Any, em: Office) -> None:
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    reverts_with(
        lambda: ask(directory, em, em.seat, account=em.key.address),
        "OfficeDirectoryKeyExists",
        em.code,
        em.key.address,
    )


def test_an_office_has_32_keys_that_are_not_revoked(directory: Any, ru: Office, governance: Any) -> None:
    """The bound keeps a suspension payable: it writes to each of them."""
    accounts = [ru.key.address, ru.second.address, *(fresh(f"key {i}") for i in range(30))]
    for account in accounts[2:]:
        add_key(directory, ru, account)
    reverts_with(lambda: ask(directory, ru, ru.seat), "OfficeDirectoryTooManyKeys", ru.code, 32)

    end = now() + 10_000
    transaction = directory.suspendOffice(ru.code, end, {"from": governance})
    assert transaction.gas_used < 1_000_000
    for account in accounts:
        reverts_with(
            lambda account=account: directory.authorise(ru.code, account, APPLICATIONS),
            "OfficeDirectoryOfficeSuspended",
            ru.code,
            end,
        )
    directory.revokeKey(ru.code, accounts[7], {"from": ru.seat})
    add_key(directory, ru, KEY)
    assert office_of(directory, ru.code).key_count == 33
    reverts_with(
        lambda: ask(directory, ru, ru.seat, account=fresh("one too many")),
        "OfficeDirectoryTooManyKeys",
        ru.code,
        32,
    )
    travel_to(end)
    for account in [*accounts[:7], *accounts[8:], KEY]:
        assert directory.authorise(ru.code, account, APPLICATIONS) == 0


def test_an_expired_key_counts_until_it_is_revoked(directory: Any, ru: Office) -> None:
    end = now() + 1000
    for i in range(30):
        add_key(directory, ru, fresh(f"key {i}"), valid_until=end)
    travel_to(end)
    reverts_with(lambda: ask(directory, ru, ru.seat), "OfficeDirectoryTooManyKeys", ru.code, 32)
    directory.revokeKey(ru.code, fresh("key 0"), {"from": ru.seat})
    ask(directory, ru, ru.seat)


def test_from_zero_is_the_second_of_its_block(directory: Any, em: Office) -> None:
    time = now() + 77
    next_block_at(time)
    add_key(directory, em, KEY)
    assert key_of(directory, em.code, KEY).valid_from == time
    assert directory.authorise(em.code, KEY, APPLICATIONS) == em.earliest
