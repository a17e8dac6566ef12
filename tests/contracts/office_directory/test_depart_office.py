"""`OfficeDirectory.departOffice`: an office leaves for good; what it did, and its power over its keys, stay."""

from __future__ import annotations

from typing import Any

from tests.contracts.office_directory.views import DEPARTED, key_of, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, now, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office


def test_bars_every_key_for_good(directory: Any, em: Office, governance: Any) -> None:
    transaction = directory.departOffice(em.code, {"from": governance})
    assert logs_of(transaction) == [log(directory, "OfficeDeparted", office=em.code)]
    assert directory.statusOf(em.code) == DEPARTED
    for time in (now(), now() + 10**9):
        travel_to(time)
        for key in (em.key, em.second):
            reverts_with(
                lambda key=key: directory.authorise(em.code, key.address, APPLICATIONS),
                "OfficeDirectoryOfficeDeparted",
                em.code,
            )


def test_of_a_suspended_office_outlasts_the_suspension(directory: Any, em: Office, governance: Any) -> None:
    end = now() + 100
    directory.suspendOffice(em.code, end, {"from": governance})
    directory.departOffice(em.code, {"from": governance})
    travel_to(end)
    assert directory.statusOf(em.code) == DEPARTED
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_the_bar_outlasts_a_change_of_the_filing_bound(directory: Any, em: Office, governance: Any) -> None:
    """The bound is copied into the keys together with the bar."""
    directory.departOffice(em.code, {"from": governance})
    directory.setEarliestFilingDate(em.code, 19970101, {"from": em.seat})
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_everything_about_the_office_stays_readable(directory: Any, em: Office, governance: Any) -> None:
    before, key = office_of(directory, em.code), key_of(directory, em.code, em.key.address)
    directory.departOffice(em.code, {"from": governance})
    after = office_of(directory, em.code)
    assert after == type(before)(**{**vars(before), "status": DEPARTED})
    assert key_of(directory, em.code, em.key.address) == key
    assert directory.isKeyGood(em.code, em.key.address, APPLICATIONS, key.valid_from)
    assert directory.seatOf(em.code) == em.seat


def test_its_seat_and_managers_still_revoke(directory: Any, em: Office, governance: Any, manager: Any) -> None:
    directory.departOffice(em.code, {"from": governance})
    first = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    second = time_of(directory.revokeKey(em.code, em.second.address, {"from": manager}))
    assert key_of(directory, em.code, em.key.address).revoked_at == first
    assert key_of(directory, em.code, em.second.address).revoked_at == second
    # Once revoked, the key says so no sooner than the office says that it left.
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_its_seat_still_marks_keys_compromised(directory: Any, em: Office, governance: Any) -> None:
    directory.departOffice(em.code, {"from": governance})
    since = now() - 10
    directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    assert key_of(directory, em.code, em.key.address).compromised_since == since


def test_nobody_adds_keys_any_more(directory: Any, em: Office, governance: Any, manager: Any) -> None:
    directory.departOffice(em.code, {"from": governance})
    for caller in (em.seat, manager):
        reverts_with(
            lambda caller=caller: directory.addKey.call(em.code, caller, APPLICATIONS, 0, 0, {"from": caller}),
            "OfficeDirectoryOfficeDeparted",
            em.code,
        )


def test_only_governance(directory: Any, em: Office, stranger: Any) -> None:
    for caller in (stranger, em.seat):
        reverts_with(
            lambda caller=caller: directory.departOffice.call(em.code, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )


def test_once(directory: Any, em: Office, governance: Any) -> None:
    reverts_with(
        lambda: directory.departOffice.call(b"XX", {"from": governance}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: directory.departOffice.call(em.code, {"from": governance}),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )
