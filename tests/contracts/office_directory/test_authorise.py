"""`OfficeDirectory.authorise`: the present standing of a key, and the first reason against it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ZERO, fresh
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, KEYS, REGISTER, TRANSACTIONS, Office, add_key


def test_gives_the_bound_of_filing_dates(directory: Any, em: Office, ru: Office) -> None:
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == 19960401
    assert directory.authorise(ru.code, ru.key.address, APPLICATIONS) == 0


@pytest.mark.parametrize("scopes", range(1, 16))
def test_each_scope_stands_alone(directory: Any, em: Office, scopes: int) -> None:
    account = fresh("scoped key")
    add_key(directory, em, account, scopes)
    for scope in (APPLICATIONS, REGISTER, TRANSACTIONS, KEYS):
        if scopes & scope:
            assert directory.authorise(em.code, account, scope) == em.earliest
        else:
            reverts_with(
                lambda scope=scope: directory.authorise(em.code, account, scope),
                "OfficeDirectoryKeyOutOfScope",
                em.code,
                account,
                scope,
            )


@pytest.mark.parametrize("scope", [0, 16, 128])
def test_no_key_has_a_scope_that_does_not_exist(directory: Any, em: Office, scope: int) -> None:
    account = fresh("key for everything")
    add_key(directory, em, account, 15)
    reverts_with(
        lambda: directory.authorise(em.code, account, scope),
        "OfficeDirectoryKeyOutOfScope",
        em.code,
        account,
        scope,
    )


def test_all_scopes_asked_for_are_needed(directory: Any, em: Office) -> None:
    account = fresh("key for two")
    add_key(directory, em, account, APPLICATIONS + TRANSACTIONS)
    assert directory.authorise(em.code, account, APPLICATIONS + TRANSACTIONS) == em.earliest
    for scopes in (APPLICATIONS + REGISTER, 15, 16 + APPLICATIONS, 255):
        reverts_with(
            lambda scopes=scopes: directory.authorise(em.code, account, scopes),
            "OfficeDirectoryKeyOutOfScope",
            em.code,
            account,
            scopes,
        )


def test_window(directory: Any, em: Office) -> None:
    account, start, end = fresh("windowed key"), now() + 1000, now() + 2000
    add_key(directory, em, account, valid_from=start, valid_until=end)
    for time in (now(), start - 1):
        travel_to(time)
        reverts_with(
            lambda: directory.authorise(em.code, account, APPLICATIONS),
            "OfficeDirectoryKeyNotYetValid",
            em.code,
            account,
            start,
        )
    for time in (start, end - 1):
        travel_to(time)
        assert directory.authorise(em.code, account, APPLICATIONS) == em.earliest
    for time in (end, end + 10**9):
        travel_to(time)
        reverts_with(
            lambda: directory.authorise(em.code, account, APPLICATIONS),
            "OfficeDirectoryKeyExpired",
            em.code,
            account,
            end,
        )


def test_unknown_key(directory: Any, em: Office, ru: Office) -> None:
    """Including the zero address, which a failed recovery gives, the seat, and keys of others."""
    for account in (ZERO, em.seat.address, ru.key.address, fresh("nobody's")):
        reverts_with(
            lambda account=account: directory.authorise(em.code, account, APPLICATIONS),
            "OfficeDirectoryUnknownKey",
            em.code,
            account,
        )


@pytest.mark.parametrize("code", [b"XX", b"\0\0", b"em", b"\xff\xff"])
def test_unknown_office(directory: Any, em: Office, code: bytes) -> None:
    for account in (em.key.address, ZERO):
        reverts_with(
            lambda account=account: directory.authorise(code, account, APPLICATIONS),
            "OfficeDirectoryUnknownOffice",
            code,
        )


def test_anyone_may_ask(directory: Any, em: Office, stranger: Any) -> None:
    assert directory.authorise.call(em.code, em.key.address, APPLICATIONS, {"from": stranger}) == em.earliest


def test_the_first_of_several_reasons(directory: Any, em: Office, governance: Any) -> None:
    """Departed, unknown, revoked, not yet valid or expired, out of scope, suspended: in this order."""
    early, late = fresh("early key"), fresh("late key")
    end, start = now() + 1000, now() + 5000
    add_key(directory, em, early, REGISTER, valid_until=end)
    add_key(directory, em, late, REGISTER, valid_from=start)
    directory.suspendOffice(em.code, FOREVER, {"from": governance})

    def expect(account: str, name: str, *arguments: Any) -> None:
        reverts_with(lambda: directory.authorise(em.code, account, APPLICATIONS), name, *arguments)

    expect(early, "OfficeDirectoryKeyOutOfScope", em.code, early, APPLICATIONS)
    expect(late, "OfficeDirectoryKeyNotYetValid", em.code, late, start)
    travel_to(end)
    expect(early, "OfficeDirectoryKeyExpired", em.code, early, end)
    for account in (early, late):
        revoked_at = time_of(directory.revokeKey(em.code, account, {"from": em.seat}))
        expect(account, "OfficeDirectoryKeyRevoked", em.code, account, revoked_at)
    expect(fresh("nobody's"), "OfficeDirectoryUnknownKey", em.code, fresh("nobody's"))
    directory.departOffice(em.code, {"from": governance})
    for account in (early, late, em.key.address, fresh("nobody's")):
        expect(account, "OfficeDirectoryOfficeDeparted", em.code)
