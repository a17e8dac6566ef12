"""`OfficeDirectory.proposeSeat` and `acceptSeat`: an office changes its seat in two steps."""

from __future__ import annotations

from typing import Any

from tests.contracts.office_directory.views import office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of
from tests.contracts.support.offices import APPLICATIONS, Office

NOBODY = "0x" + "00" * 20


def test_the_seat_stays_until_the_next_one_accepts(directory: Any, em: Office, stranger: Any) -> None:
    before = office_of(directory, em.code)
    transaction = directory.proposeSeat(em.code, stranger, {"from": em.seat})
    assert logs_of(transaction) == [log(directory, "SeatProposed", office=em.code, proposedSeat=stranger.address)]
    assert office_of(directory, em.code) == before
    assert directory.proposedSeatOf(em.code) == stranger

    transaction = directory.acceptSeat(em.code, {"from": stranger})
    assert logs_of(transaction) == [
        log(directory, "SeatChanged", office=em.code, previousSeat=em.seat.address, newSeat=stranger.address)
    ]
    assert office_of(directory, em.code) == type(before)(**{**vars(before), "seat": stranger.address})
    assert directory.seatOf(em.code) == stranger
    assert directory.proposedSeatOf(em.code) == NOBODY


def test_power_goes_over_and_keys_stay(directory: Any, em: Office, stranger: Any, manager: Any) -> None:
    keys, _ = directory.keys(em.code, 0, 100)
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": stranger})
    assert directory.keys(em.code, 0, 100)[0] == keys
    directory.authorise(em.code, em.key.address, APPLICATIONS)
    directory.setEndpoint(em.code, "https://new.example", {"from": stranger})
    directory.revokeKey(em.code, manager, {"from": stranger})
    reverts_with(
        lambda: directory.setEndpoint.call(em.code, "", {"from": em.seat}), "OfficeDirectoryNotSeat", em.code, em.seat
    )


def test_a_former_seat_is_free_for_another_office(
    directory: Any, em: Office, ru: Office, stranger: Any, governance: Any
) -> None:
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": stranger})
    reverts_with(
        lambda: directory.admitOffice.call(b"FR", stranger, "INPI", "", 0, {"from": governance}),
        "OfficeDirectorySeatTaken",
        stranger,
        em.code,
    )
    directory.proposeSeat(ru.code, em.seat, {"from": ru.seat})
    directory.acceptSeat(ru.code, {"from": em.seat})
    assert (directory.seatOf(em.code), directory.seatOf(ru.code)) == (stranger, em.seat)


def test_a_later_proposal_replaces_the_former(directory: Any, em: Office, stranger: Any, manager: Any) -> None:
    directory.proposeSeat(em.code, manager, {"from": em.seat})
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    reverts_with(
        lambda: directory.acceptSeat.call(em.code, {"from": manager}),
        "OfficeDirectoryNotProposedSeat",
        em.code,
        manager,
    )
    directory.acceptSeat(em.code, {"from": stranger})


def test_a_proposal_can_be_taken_back(directory: Any, em: Office, stranger: Any) -> None:
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    transaction = directory.proposeSeat(em.code, NOBODY, {"from": em.seat})
    assert logs_of(transaction) == [log(directory, "SeatProposed", office=em.code, proposedSeat=NOBODY)]
    assert directory.proposedSeatOf(em.code) == NOBODY
    reverts_with(
        lambda: directory.acceptSeat.call(em.code, {"from": stranger}),
        "OfficeDirectoryNotProposedSeat",
        em.code,
        stranger,
    )


def test_acceptance_works_once(directory: Any, em: Office, stranger: Any, manager: Any) -> None:
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": stranger})
    directory.proposeSeat(em.code, manager, {"from": stranger})
    directory.acceptSeat(em.code, {"from": manager})
    for former in (stranger, em.seat, manager):
        reverts_with(
            lambda former=former: directory.acceptSeat.call(em.code, {"from": former}),
            "OfficeDirectoryNotProposedSeat",
            em.code,
            former,
        )


def test_one_account_cannot_become_the_seat_of_two(directory: Any, em: Office, ru: Office, stranger: Any) -> None:
    for taken in (em, ru):
        reverts_with(
            lambda taken=taken: directory.proposeSeat.call(em.code, taken.seat, {"from": em.seat}),
            "OfficeDirectorySeatTaken",
            taken.seat,
            taken.code,
        )
    for office in (em, ru):
        directory.proposeSeat(office.code, stranger, {"from": office.seat})
    directory.acceptSeat(ru.code, {"from": stranger})
    reverts_with(
        lambda: directory.acceptSeat.call(em.code, {"from": stranger}),
        "OfficeDirectorySeatTaken",
        stranger,
        ru.code,
    )


def test_a_proposed_seat_has_no_power_yet(directory: Any, em: Office, stranger: Any) -> None:
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    reverts_with(
        lambda: directory.setEndpoint.call(em.code, "", {"from": stranger}),
        "OfficeDirectoryNotSeat",
        em.code,
        stranger,
    )


def test_only_the_seat_proposes(
    directory: Any, em: Office, ru: Office, governance: Any, manager: Any, stranger: Any
) -> None:
    for caller in (ru.seat, governance, manager, stranger):
        reverts_with(
            lambda caller=caller: directory.proposeSeat.call(em.code, stranger, {"from": caller}),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )


def test_only_the_proposed_account_accepts(
    directory: Any, em: Office, ru: Office, governance: Any, manager: Any, stranger: Any
) -> None:
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    for caller in (em.seat, ru.seat, governance, manager):
        reverts_with(
            lambda caller=caller: directory.acceptSeat.call(em.code, {"from": caller}),
            "OfficeDirectoryNotProposedSeat",
            em.code,
            caller,
        )


def test_while_suspended_and_after_departure(directory: Any, em: Office, governance: Any, stranger: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": stranger})
    directory.departOffice(em.code, {"from": governance})
    directory.proposeSeat(em.code, em.seat, {"from": stranger})
    directory.acceptSeat(em.code, {"from": em.seat})
    assert directory.seatOf(em.code) == em.seat


def test_of_an_unknown_office(directory: Any, stranger: Any) -> None:
    for attempt in (
        lambda: directory.proposeSeat.call(b"XX", stranger, {"from": stranger}),
        lambda: directory.acceptSeat.call(b"XX", {"from": stranger}),
    ):
        reverts_with(attempt, "OfficeDirectoryUnknownOffice", b"XX")
    assert directory.proposedSeatOf(b"XX") == NOBODY
