"""`OfficeDirectory.setEarliestFilingDate`: the bound that every key of the office hands out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import fresh, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office, add_key


@pytest.mark.parametrize("date", [18000101, 19960102, 20240229, 0])
def test_reaches_the_office_and_all_its_keys(directory: Any, em: Office, date: int) -> None:
    later = fresh("key not valid yet")
    start = now() + 1000
    add_key(directory, em, later, valid_from=start)
    transaction = directory.setEarliestFilingDate(em.code, date, {"from": em.seat})
    assert logs_of(transaction) == [
        log(directory, "EarliestFilingDateChanged", office=em.code, earliestFilingDate=date)
    ]
    assert directory.earliestFilingDateOf(em.code) == date
    assert office_of(directory, em.code).earliest == date
    added = fresh("key added afterwards")
    add_key(directory, em, added)
    travel_to(start)
    for account in (em.key.address, em.second.address, later, added):
        assert directory.authorise(em.code, account, APPLICATIONS) == date


def test_leaves_other_offices_alone(directory: Any, em: Office, ru: Office) -> None:
    directory.setEarliestFilingDate(em.code, 20000101, {"from": em.seat})
    assert directory.authorise(ru.code, ru.key.address, APPLICATIONS) == 0


def test_while_suspended_keeps_the_suspension(directory: Any, em: Office, governance: Any) -> None:
    end = now() + 1000
    directory.suspendOffice(em.code, end, {"from": governance})
    directory.setEarliestFilingDate(em.code, 20000101, {"from": em.seat})
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        end,
    )
    travel_to(end)
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == 20000101


def test_does_not_revive_a_revoked_key(directory: Any, em: Office) -> None:
    revoked_at = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    directory.setEarliestFilingDate(em.code, 20000101, {"from": em.seat})
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryKeyRevoked",
        em.code,
        em.key.address,
        revoked_at,
    )


@pytest.mark.parametrize("date", [17991231, 20230229, 19001301, 1, 2**32 - 1])
def test_is_a_date(directory: Any, em: Office, date: int) -> None:
    reverts_with(
        lambda: directory.setEarliestFilingDate.call(em.code, date, {"from": em.seat}),
        "CalendarDateInvalid",
        date,
    )


def test_only_the_seat(directory: Any, em: Office, ru: Office, governance: Any, manager: Any, stranger: Any) -> None:
    for caller in (ru.seat, governance, manager, stranger):
        reverts_with(
            lambda caller=caller: directory.setEarliestFilingDate.call(em.code, 0, {"from": caller}),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )


def test_of_an_unknown_office(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: directory.setEarliestFilingDate.call(b"XX", 0, {"from": em.seat}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )
