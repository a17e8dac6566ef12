"""`OfficeDirectory.replaceSeat`, `objectToReplacement` and `acceptSeat`: a lost seat is replaced by vote, with a delay
in which a seat that is not lost objects. Also `setObjectionDelay`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import SUSPENDED, ZERO, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, next_block_at, now, time_of, travel, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office

DELAY = 14 * DAY
"""The objection delay that a directory begins with."""

WINDOW = 30 * DAY
"""For how long the new seat can accept after it."""


@pytest.fixture(scope="module")
def new_seat(isolate_module: None, accounts: Any) -> Any:
    """Account that the offices decide on."""
    return accounts[16]


@pytest.fixture(scope="module")
def thief(isolate_module: None, accounts: Any) -> Any:
    """Account to which whoever stole the seat moves it."""
    return accounts[17]


@pytest.fixture
def acceptable_from(directory: Any, em: Office, governance: Any, new_seat: Any) -> int:
    """First second at which the new seat can take over; the replacement is decided."""
    return time_of(directory.replaceSeat(em.code, new_seat, {"from": governance})) + DELAY


def pending(directory: Any, office: Office, caller: Any, acceptable_from: int) -> None:
    reverts_with(
        lambda: directory.acceptSeat.call(office.code, {"from": caller}),
        "OfficeDirectoryReplacementPending",
        office.code,
        acceptable_from,
    )


def not_proposed(directory: Any, office: Office, caller: Any) -> None:
    reverts_with(
        lambda: directory.acceptSeat.call(office.code, {"from": caller}),
        "OfficeDirectoryNotProposedSeat",
        office.code,
        caller,
    )


def test_the_new_seat_takes_over_after_the_delay(
    directory: Any, em: Office, ru: Office, governance: Any, new_seat: Any
) -> None:
    before = office_of(directory, em.code)
    transaction = directory.replaceSeat(em.code, new_seat, {"from": governance})
    start = time_of(transaction) + DELAY
    assert logs_of(transaction) == [
        log(directory, "SeatReplacementDecided", office=em.code, newSeat=new_seat.address, acceptableFrom=start)
    ]
    assert directory.replacementOf(em.code) == (new_seat, start)
    assert office_of(directory, em.code) == before

    travel_to(start)
    transaction = directory.acceptSeat(em.code, {"from": new_seat})
    assert logs_of(transaction) == [
        log(directory, "SeatChanged", office=em.code, previousSeat=em.seat.address, newSeat=new_seat.address)
    ]
    assert office_of(directory, em.code) == type(before)(**{**vars(before), "seat": new_seat.address})
    assert directory.replacementOf(em.code) == (ZERO, 0)
    assert directory.officeOfSeat(new_seat) == "0x" + em.code.hex()
    assert directory.officeOfSeat(em.seat) == "0x0000"
    directory.setEndpoint.call(em.code, "", {"from": new_seat})
    for call in (
        lambda: directory.setEndpoint.call(em.code, "", {"from": em.seat}),
        lambda: directory.objectToReplacement.call(em.code, {"from": em.seat}),
        lambda: directory.proposeSeat.call(em.code, ru.key.address, {"from": em.seat}),
    ):
        reverts_with(call, "OfficeDirectoryNotSeat", em.code, em.seat)


def test_keys_stay(directory: Any, em: Office, new_seat: Any, acceptable_from: int) -> None:
    keys = directory.keys(em.code, 0, 9)
    travel_to(acceptable_from)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.keys(em.code, 0, 9) == keys
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == em.earliest


def test_not_a_second_early(directory: Any, em: Office, new_seat: Any, acceptable_from: int) -> None:
    pending(directory, em, new_seat, acceptable_from)
    travel_to(acceptable_from - 1)
    pending(directory, em, new_seat, acceptable_from)
    next_block_at(acceptable_from)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.seatOf(em.code) == new_seat


def no_replacement(directory: Any, office: Office, caller: Any) -> None:
    reverts_with(
        lambda: directory.acceptSeat.call(office.code, {"from": caller}), "OfficeDirectoryNoReplacement", office.code
    )


def test_for_30_days_and_not_a_second_longer(directory: Any, em: Office, new_seat: Any, acceptable_from: int) -> None:
    travel_to(acceptable_from + WINDOW - 1)
    directory.acceptSeat.call(em.code, {"from": new_seat})
    for late in (acceptable_from + WINDOW, acceptable_from + 10 * WINDOW):
        travel_to(late)
        no_replacement(directory, em, new_seat)
    assert directory.seatOf(em.code) == em.seat


def test_in_the_last_second(directory: Any, em: Office, new_seat: Any, acceptable_from: int) -> None:
    next_block_at(acceptable_from + WINDOW - 1)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.seatOf(em.code) == new_seat


def test_decided_again_after_the_window(
    directory: Any, em: Office, governance: Any, new_seat: Any, acceptable_from: int
) -> None:
    """With the whole delay before it, for the same account too."""
    travel_to(acceptable_from + WINDOW)
    no_replacement(directory, em, new_seat)
    start = time_of(directory.replaceSeat(em.code, new_seat, {"from": governance})) + DELAY
    pending(directory, em, new_seat, start)
    travel_to(start)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.seatOf(em.code) == new_seat


def test_the_window_does_not_bind_what_the_seat_proposes(
    directory: Any, em: Office, new_seat: Any, acceptable_from: int
) -> None:
    travel_to(acceptable_from + WINDOW)
    no_replacement(directory, em, new_seat)
    directory.proposeSeat(em.code, new_seat, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": new_seat})
    assert (directory.seatOf(em.code), directory.replacementOf(em.code)) == (new_seat, (ZERO, 0))


def test_a_changed_delay_moves_no_window(
    directory: Any, em: Office, governance: Any, new_seat: Any, acceptable_from: int
) -> None:
    directory.setObjectionDelay(90 * DAY, {"from": governance})
    travel_to(acceptable_from + WINDOW - 1)
    directory.acceptSeat.call(em.code, {"from": new_seat})
    travel_to(acceptable_from + WINDOW)
    no_replacement(directory, em, new_seat)


def test_nobody_else_accepts(
    directory: Any, em: Office, ru: Office, governance: Any, stranger: Any, new_seat: Any, acceptable_from: int
) -> None:
    for time in (now() + 1, acceptable_from):
        travel_to(time)
        for caller in (em.seat, ru.seat, governance, stranger):
            not_proposed(directory, em, caller)
    # Nor does the new seat of one office become that of another.
    not_proposed(directory, ru, new_seat)


def test_the_zero_account_accepts_nothing(directory: Any, em: Office) -> None:
    """Which is what no proposal and no replacement read as."""
    reverts_with(lambda: directory.acceptSeat.call(em.code, {"from": ZERO}), "OfficeDirectoryZeroAccount")


def test_accepted_once(directory: Any, em: Office, new_seat: Any, acceptable_from: int) -> None:
    travel_to(acceptable_from)
    directory.acceptSeat(em.code, {"from": new_seat})
    not_proposed(directory, em, new_seat)


def test_the_present_seat_objects(directory: Any, em: Office, new_seat: Any, acceptable_from: int) -> None:
    transaction = directory.objectToReplacement(em.code, {"from": em.seat})
    assert logs_of(transaction) == [log(directory, "SeatReplacementObjected", office=em.code, newSeat=new_seat.address)]
    assert directory.replacementOf(em.code) == (ZERO, 0)
    travel_to(acceptable_from)
    not_proposed(directory, em, new_seat)
    assert directory.seatOf(em.code) == em.seat
    reverts_with(
        lambda: directory.objectToReplacement.call(em.code, {"from": em.seat}),
        "OfficeDirectoryNoReplacement",
        em.code,
    )


def test_the_present_seat_objects_until_the_new_one_accepted(
    directory: Any, em: Office, new_seat: Any, acceptable_from: int
) -> None:
    travel_to(acceptable_from + 1000)
    directory.objectToReplacement(em.code, {"from": em.seat})
    not_proposed(directory, em, new_seat)


def test_nobody_else_objects(
    directory: Any, em: Office, ru: Office, governance: Any, stranger: Any, new_seat: Any, acceptable_from: int
) -> None:
    for caller in (ru.seat, governance, stranger, new_seat):
        reverts_with(
            lambda caller=caller: directory.objectToReplacement.call(em.code, {"from": caller}),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )
    reverts_with(
        lambda: directory.objectToReplacement.call(b"XX", {"from": em.seat}), "OfficeDirectoryUnknownOffice", b"XX"
    )


def test_there_is_nothing_to_object_to(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: directory.objectToReplacement.call(em.code, {"from": em.seat}),
        "OfficeDirectoryNoReplacement",
        em.code,
    )


def test_a_seat_that_is_suspended_by_vote_does_not_object(
    directory: Any, em: Office, governance: Any, new_seat: Any, acceptable_from: int
) -> None:
    """It was stolen: the offices suspend it for as long as the replacement takes."""
    until = acceptable_from + DAY
    directory.suspendOffice(em.code, until, {"from": governance})
    for time in (now() + 1, acceptable_from, until - 1):
        travel_to(time)
        reverts_with(
            lambda: directory.objectToReplacement.call(em.code, {"from": em.seat}),
            "OfficeDirectoryObjectionBarred",
            em.code,
        )
    directory.acceptSeat(em.code, {"from": new_seat})
    assert (directory.seatOf(em.code), directory.statusOf(em.code)) == (new_seat, SUSPENDED)


def test_once_the_suspension_ended_it_may_object(
    directory: Any, em: Office, governance: Any, acceptable_from: int
) -> None:
    until = now() + DAY
    directory.suspendOffice(em.code, until, {"from": governance})
    travel_to(until)
    directory.objectToReplacement(em.code, {"from": em.seat})


def barred(directory: Any, office: Office) -> None:
    reverts_with(
        lambda: directory.objectToReplacement.call(office.code, {"from": office.seat}),
        "OfficeDirectoryObjectionBarred",
        office.code,
    )


def test_an_emergency_bars_no_objection(
    directory: Any, em: Office, body: Any, new_seat: Any, acceptable_from: int
) -> None:
    """Or a few would take the objection away from an office that all others would leave its seat."""
    directory.suspendOffice(em.code, acceptable_from + DAY, {"from": body})
    for time in (now(), acceptable_from - 1, acceptable_from):
        travel_to(time + 1)
        assert directory.statusOf(em.code) == SUSPENDED
        directory.objectToReplacement.call(em.code, {"from": em.seat})
    directory.objectToReplacement(em.code, {"from": em.seat})
    not_proposed(directory, em, new_seat)


def test_neither_when_it_is_lengthened(directory: Any, em: Office, body: Any, acceptable_from: int) -> None:
    for end in (now() + DAY, now() + 2 * DAY):
        directory.suspendOffice(em.code, end, {"from": body})
    directory.objectToReplacement.call(em.code, {"from": em.seat})


@pytest.mark.parametrize("seconds", [-1000, 0, 1000], ids=["shorter", "as it is", "longer"])
def test_a_vote_that_confirms_it_bars(
    directory: Any, em: Office, governance: Any, body: Any, acceptable_from: int, seconds: int
) -> None:
    """Whatever end the offices set; after that the seat may object again."""
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": body})
    directory.suspendOffice(em.code, end + seconds, {"from": governance})
    barred(directory, em)
    travel_to(end + seconds - 1)
    barred(directory, em)
    travel_to(end + seconds)
    directory.objectToReplacement.call(em.code, {"from": em.seat})


def test_an_emergency_does_not_end_what_a_vote_bars(
    directory: Any, em: Office, governance: Any, body: Any, acceptable_from: int
) -> None:
    """Else a thief's friends could make an emergency out of a suspension by vote, and the thief would object."""
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": governance})
    directory.suspendOffice(em.code, end + DAY, {"from": body})
    for time in (now(), end - 1):
        travel_to(time)
        barred(directory, em)


def test_nor_does_it_prolong_that(directory: Any, em: Office, governance: Any, body: Any, acceptable_from: int) -> None:
    """A few lengthen the suspension that the offices decided, not what it takes from the seat."""
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": governance})
    directory.suspendOffice(em.code, end + DAY, {"from": body})
    travel_to(end)
    assert directory.statusOf(em.code) == SUSPENDED
    directory.objectToReplacement.call(em.code, {"from": em.seat})


def test_an_emergency_after_a_vote_bars_nothing(
    directory: Any, em: Office, governance: Any, body: Any, acceptable_from: int
) -> None:
    """The suspension by vote had ended: in the very second of its end an emergency is one of its own."""
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": governance})
    travel_to(end - 1)
    barred(directory, em)
    next_block_at(end)
    directory.suspendOffice(em.code, end + DAY, {"from": body})
    assert directory.statusOf(em.code) == SUSPENDED
    directory.objectToReplacement.call(em.code, {"from": em.seat})


def test_a_vote_after_an_emergency_bars(
    directory: Any, em: Office, governance: Any, body: Any, acceptable_from: int
) -> None:
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": body})
    travel_to(end)
    directory.suspendOffice(em.code, end + DAY, {"from": governance})
    barred(directory, em)


def test_rotation_does_not_evade_it(
    directory: Any, em: Office, governance: Any, thief: Any, new_seat: Any, acceptable_from: int
) -> None:
    """Whoever stole the seat moves it to another account; the replacement is of the office's seat, whoever has it."""
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.proposeSeat(em.code, thief, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": thief})
    assert directory.replacementOf(em.code) == (new_seat, acceptable_from)
    reverts_with(
        lambda: directory.objectToReplacement.call(em.code, {"from": thief}),
        "OfficeDirectoryObjectionBarred",
        em.code,
    )
    pending(directory, em, new_seat, acceptable_from)
    travel_to(acceptable_from)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.seatOf(em.code) == new_seat


def test_a_rotation_under_way_ends_with_it(
    directory: Any, em: Office, thief: Any, new_seat: Any, acceptable_from: int
) -> None:
    """What the thief proposed before does not give the seat back afterwards."""
    directory.proposeSeat(em.code, thief, {"from": em.seat})
    travel_to(acceptable_from)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.proposedSeatOf(em.code) == ZERO
    not_proposed(directory, em, thief)


def test_the_present_seat_may_hand_over_at_once(
    directory: Any, em: Office, new_seat: Any, acceptable_from: int
) -> None:
    """By proposing the same account itself; then nothing of the replacement is left."""
    directory.proposeSeat(em.code, new_seat, {"from": em.seat})
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.seatOf(em.code) == new_seat
    assert directory.replacementOf(em.code) == (ZERO, 0)
    assert directory.proposedSeatOf(em.code) == ZERO
    travel_to(acceptable_from)
    not_proposed(directory, em, new_seat)


def test_a_second_decision_begins_anew(
    directory: Any, em: Office, governance: Any, thief: Any, new_seat: Any, acceptable_from: int
) -> None:
    """Nobody can be smuggled in at the end of a delay that ran for another."""
    travel_to(acceptable_from - 1)
    later = time_of(directory.replaceSeat(em.code, thief, {"from": governance})) + DELAY
    assert directory.replacementOf(em.code) == (thief, later)
    not_proposed(directory, em, new_seat)
    pending(directory, em, thief, later)
    travel_to(later)
    directory.acceptSeat(em.code, {"from": thief})


def test_governance_takes_it_back(
    directory: Any, em: Office, governance: Any, new_seat: Any, acceptable_from: int
) -> None:
    transaction = directory.replaceSeat(em.code, ZERO, {"from": governance})
    assert logs_of(transaction) == [
        log(directory, "SeatReplacementDecided", office=em.code, newSeat=ZERO, acceptableFrom=0)
    ]
    assert directory.replacementOf(em.code) == (ZERO, 0)
    travel_to(acceptable_from)
    not_proposed(directory, em, new_seat)
    reverts_with(
        lambda: directory.objectToReplacement.call(em.code, {"from": em.seat}),
        "OfficeDirectoryNoReplacement",
        em.code,
    )


def test_by_a_taken_seat(directory: Any, em: Office, ru: Office, governance: Any) -> None:
    """Neither by that of another office nor by its own."""
    for taken in (ru, em):
        reverts_with(
            lambda taken=taken: directory.replaceSeat.call(em.code, taken.seat, {"from": governance}),
            "OfficeDirectorySeatTaken",
            taken.seat,
            taken.code,
        )


def test_by_a_seat_that_was_taken_meanwhile(
    directory: Any, em: Office, ru: Office, new_seat: Any, acceptable_from: int
) -> None:
    directory.proposeSeat(ru.code, new_seat, {"from": ru.seat})
    directory.acceptSeat(ru.code, {"from": new_seat})
    travel_to(acceptable_from)
    reverts_with(
        lambda: directory.acceptSeat.call(em.code, {"from": new_seat}),
        "OfficeDirectorySeatTaken",
        new_seat,
        ru.code,
    )
    assert directory.seatOf(em.code) == em.seat


def test_of_a_departed_office(directory: Any, em: Office, governance: Any, new_seat: Any) -> None:
    """Its seat still declares keys compromised, so it can be lost and replaced; and it may object."""
    directory.departOffice(em.code, {"from": governance})
    directory.replaceSeat(em.code, new_seat, {"from": governance})
    directory.objectToReplacement(em.code, {"from": em.seat})
    start = time_of(directory.replaceSeat(em.code, new_seat, {"from": governance})) + DELAY
    travel_to(start)
    directory.acceptSeat(em.code, {"from": new_seat})
    assert directory.seatOf(em.code) == new_seat


def test_of_an_unknown_office(directory: Any, governance: Any, new_seat: Any) -> None:
    reverts_with(
        lambda: directory.replaceSeat.call(b"XX", new_seat, {"from": governance}), "OfficeDirectoryUnknownOffice", b"XX"
    )
    assert directory.replacementOf(b"XX") == (ZERO, 0)


def test_only_governance_decides(directory: Any, em: Office, ru: Office, new_seat: Any, stranger: Any) -> None:
    for caller in (stranger, em.seat, ru.seat, new_seat):
        reverts_with(
            lambda caller=caller: directory.replaceSeat.call(em.code, new_seat, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )


def test_the_delay_is_a_parameter(directory: Any, em: Office, governance: Any, new_seat: Any) -> None:
    assert directory.objectionDelay() == DELAY
    for delay in (DAY, 90 * DAY, 30 * DAY):
        transaction = directory.setObjectionDelay(delay, {"from": governance})
        assert logs_of(transaction) == [log(directory, "ObjectionDelayChanged", objectionDelay=delay)]
        assert directory.objectionDelay() == delay
        transaction = directory.replaceSeat(em.code, new_seat, {"from": governance})
        assert directory.replacementOf(em.code)[1] == time_of(transaction) + delay


def test_a_changed_delay_leaves_what_was_decided(
    directory: Any, em: Office, governance: Any, new_seat: Any, acceptable_from: int
) -> None:
    """Or a vote could take the time to object away from a seat that relies on it."""
    directory.setObjectionDelay(DAY, {"from": governance})
    travel(2 * DAY)
    pending(directory, em, new_seat, acceptable_from)


@pytest.mark.parametrize("delay", [0, 1, DAY - 1, 90 * DAY + 1, FOREVER])
def test_bounds_of_the_delay(directory: Any, governance: Any, delay: int) -> None:
    reverts_with(
        lambda: directory.setObjectionDelay.call(delay, {"from": governance}), "OfficeDirectoryInvalidDelay", delay
    )


def test_only_governance_changes_the_delay(directory: Any, em: Office, stranger: Any) -> None:
    for caller in (stranger, em.seat):
        reverts_with(
            lambda caller=caller: directory.setObjectionDelay.call(DAY, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )
