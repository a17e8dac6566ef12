"""`OfficeDirectory.setEmergencyBody`, and how little the emergency body can do: suspend, only for longer, for 90 days
at most, and never so many that fewer than three offices stay active."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, SUSPENDED, ZERO, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, next_block_at, now, storage_root, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office, admit, make_office

LONGEST = 90 * DAY
"""How far ahead of its block an emergency ends at most."""


def suspensions(directory: Any, office: Office, sender: Any) -> list[Callable[[int], object]]:
    """Ask the node whether an account may suspend an office, and a key of it, until a time."""
    return [
        lambda end: directory.suspendOffice.call(office.code, end, {"from": sender}),
        lambda end: directory.suspendKey.call(office.code, office.key.address, end, {"from": sender}),
    ]


def test_is_named_and_dismissed_by_governance(directory: Any, em: Office, governance: Any, accounts: Any) -> None:
    assert directory.emergencyBody() == ZERO
    previous = ZERO
    for body in (accounts[15].address, accounts[16].address, ZERO):
        transaction = directory.setEmergencyBody(body, {"from": governance})
        assert logs_of(transaction) == [log(directory, "EmergencyBodyChanged", previousBody=previous, newBody=body)]
        assert directory.emergencyBody() == body
        previous = body
    for former in accounts[15:17]:
        reverts_with(
            lambda former=former: directory.suspendOffice.call(em.code, FOREVER, {"from": former}),
            "OfficeDirectoryNotEmergencyBody",
            former,
        )


def test_is_nobody_when_there_is_none(directory: Any, em: Office) -> None:
    """The zero account, from which nodes make calls that name no sender, is not it."""
    for call in (
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": ZERO}),
        lambda: directory.suspendKey.call(em.code, em.key.address, FOREVER, {"from": ZERO}),
    ):
        reverts_with(call, "OfficeDirectoryNotEmergencyBody", ZERO)


def test_suspends_an_office(directory: Any, em: Office, body: Any) -> None:
    end = now() + 1000
    transaction = directory.suspendOffice(em.code, end, {"from": body})
    assert logs_of(transaction) == [log(directory, "OfficeSuspended", office=em.code, until=end)]
    assert directory.statusOf(em.code) == SUSPENDED
    travel_to(end)
    assert directory.statusOf(em.code) == ACTIVE


def test_suspends_a_key(directory: Any, em: Office, body: Any) -> None:
    end = now() + 1000
    directory.suspendKey(em.code, em.key.address, end, {"from": body})
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryKeySuspended",
        em.code,
        em.key.address,
        end,
    )


@pytest.mark.parametrize("by_vote", [True, False])
def test_never_shortens(directory: Any, em: Office, governance: Any, body: Any, by_vote: bool) -> None:
    """Neither what the offices decided nor what it began itself."""
    account, end = em.key.address, now() + 10_000
    sender = {"from": governance if by_vote else body}
    directory.suspendOffice(em.code, end, sender)
    directory.suspendKey(em.code, account, end, sender)
    for suspend in suspensions(directory, em, body):
        for earlier in (now() + 1, end - 1, end):
            reverts_with(
                lambda suspend=suspend, earlier=earlier: suspend(earlier),
                "OfficeDirectorySuspensionShortened",
                earlier,
                end,
            )
        # What lies behind is named as such, even if it would shorten as well.
        for past in (0, now() - 1, now()):
            reverts_with(lambda suspend=suspend, past=past: suspend(past), "OfficeDirectorySuspensionEnded", past)
    directory.suspendOffice(em.code, end + 1, {"from": body})
    directory.suspendKey(em.code, account, end + 2, {"from": body})
    assert office_of(directory, em.code).suspended_until == end + 1
    assert directory.keySuspendedUntil(em.code, account) == end + 2


def test_without_end_by_vote_stays_without_end(directory: Any, em: Office, governance: Any, body: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": body}),
        "OfficeDirectorySuspensionShortened",
        FOREVER,
        FOREVER,
    )


def test_must_end_after_its_block(directory: Any, em: Office, body: Any) -> None:
    time = now()
    for end in (1, time - 1, time):
        for call in (
            lambda end=end: directory.suspendOffice.call(em.code, end, {"from": body}),
            lambda end=end: directory.suspendKey.call(em.code, em.key.address, end, {"from": body}),
        ):
            reverts_with(call, "OfficeDirectorySuspensionEnded", end)
    directory.suspendOffice.call(em.code, time + 1, {"from": body})


def test_90_days_at_most(directory: Any, em: Office, body: Any) -> None:
    latest = now() + LONGEST
    for suspend in suspensions(directory, em, body):
        for end in (latest + 1, latest + DAY, FOREVER - 1, FOREVER):
            reverts_with(lambda suspend=suspend, end=end: suspend(end), "OfficeDirectoryEmergencyTooLong", end, latest)
        suspend(latest)


def test_90_days_are_counted_from_the_block(directory: Any, em: Office, body: Any) -> None:
    """Lengthening ends no later than beginning anew; and what is refused in one second is not in the next."""
    account, time = em.key.address, now() + 10
    next_block_at(time)
    directory.suspendOffice(em.code, time + LONGEST, {"from": body})
    next_block_at(time + 1)
    directory.suspendKey(em.code, account, time + 1 + LONGEST, {"from": body})
    travel_to(time + 100)
    latest = time + 100 + LONGEST
    for suspend in suspensions(directory, em, body):
        reverts_with(lambda suspend=suspend: suspend(latest + 1), "OfficeDirectoryEmergencyTooLong", latest + 1, latest)
        suspend(latest)
    travel_to(time + 101)
    for suspend in suspensions(directory, em, body):
        suspend(latest + 1)


def test_lengthens_a_suspension_by_vote_by_no_more(directory: Any, em: Office, governance: Any, body: Any) -> None:
    """One that ends later than that is out of its reach: whatever it says would shorten it, or be too long."""
    recorded = now() + 2 * LONGEST
    directory.suspendOffice(em.code, recorded, {"from": governance})
    directory.suspendKey(em.code, em.key.address, recorded, {"from": governance})
    latest = now() + LONGEST
    for suspend in suspensions(directory, em, body):
        for end in (latest, recorded):
            reverts_with(
                lambda suspend=suspend, end=end: suspend(end), "OfficeDirectorySuspensionShortened", end, recorded
            )
        reverts_with(
            lambda suspend=suspend: suspend(recorded + 1), "OfficeDirectoryEmergencyTooLong", recorded + 1, latest
        )


def test_a_vote_has_no_such_bound(directory: Any, em: Office, governance: Any, body: Any) -> None:
    for suspend in suspensions(directory, em, governance):
        for end in (now() + LONGEST + 1, FOREVER):
            suspend(end)


@pytest.mark.parametrize("departs", [True, False])
def test_three_offices_stay_active(
    directory: Any, em: Office, ru: Office, jp: Office, governance: Any, body: Any, departs: bool
) -> None:
    """Of four one can be suspended, of three none; whatever made them three."""
    directory.suspendOffice.call(em.code, now() + DAY, {"from": body})
    if departs:
        directory.departOffice(jp.code, {"from": governance})
    else:
        directory.suspendOffice(jp.code, FOREVER, {"from": governance})
    root = storage_root(directory)
    for office in (em, ru):
        reverts_with(
            lambda office=office: directory.suspendOffice(office.code, now() + DAY, {"from": body}),
            "OfficeDirectoryTooFewActive",
            2,
            3,
        )
    assert storage_root(directory) == root
    # A key leaves its office active, and a vote may go on: it is the offices that decide.
    directory.suspendKey(em.code, em.key.address, now() + DAY, {"from": body})
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})


def test_not_one_after_the_other(directory: Any, em: Office, ru: Office, body: Any) -> None:
    """The second emergency has to wait for the end of the first, to the second."""
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": body})
    travel_to(end - 1)
    reverts_with(
        lambda: directory.suspendOffice.call(ru.code, end + DAY, {"from": body}), "OfficeDirectoryTooFewActive", 2, 3
    )
    travel_to(end)
    directory.suspendOffice.call(ru.code, end + DAY, {"from": body})


def test_reinstatement_and_admission_make_room(
    directory: Any, em: Office, ru: Office, au: Office, governance: Any, body: Any
) -> None:
    directory.suspendOffice(em.code, now() + DAY, {"from": body})
    directory.reinstateOffice(em.code, {"from": governance})
    directory.suspendOffice(ru.code, now() + DAY, {"from": body})
    admit(directory, make_office("FR", seat=5))
    directory.suspendOffice(au.code, now() + DAY, {"from": body})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, now() + DAY, {"from": body}), "OfficeDirectoryTooFewActive", 2, 3
    )


def test_lengthens_nothing_while_fewer_are_active(
    directory: Any, em: Office, jp: Office, governance: Any, body: Any
) -> None:
    end = now() + DAY
    directory.suspendOffice(em.code, end, {"from": body})
    directory.suspendOffice.call(em.code, end + 1, {"from": body})
    directory.suspendOffice(jp.code, FOREVER, {"from": governance})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, end + 1, {"from": body}), "OfficeDirectoryTooFewActive", 2, 3
    )


def test_governance_overrules_it(directory: Any, em: Office, governance: Any, body: Any) -> None:
    """Confirms, shortens and ends what it began."""
    directory.suspendOffice(em.code, now() + 10_000, {"from": body})
    directory.suspendOffice(em.code, now() + 100, {"from": governance})
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.reinstateOffice(em.code, {"from": governance})
    directory.suspendKey(em.code, em.key.address, now() + 10_000, {"from": body})
    directory.reinstateKey(em.code, em.key.address, {"from": governance})
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == em.earliest


def test_suspends_nobody_who_is_not_there(directory: Any, em: Office, ru: Office, governance: Any, body: Any) -> None:
    reverts_with(
        lambda: directory.suspendOffice.call(b"XX", FOREVER, {"from": body}), "OfficeDirectoryUnknownOffice", b"XX"
    )
    reverts_with(
        lambda: directory.suspendKey.call(em.code, ru.key.address, FOREVER, {"from": body}),
        "OfficeDirectoryUnknownKey",
        em.code,
        ru.key.address,
    )
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": body}),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_who_may_not_learns_nothing_else(directory: Any, em: Office, ru: Office, body: Any, stranger: Any) -> None:
    """Who asks is judged before what is asked for: office, key and end are as wrong as can be."""
    for call in (
        lambda: directory.suspendOffice.call(b"XX", 0, {"from": stranger}),
        lambda: directory.suspendKey.call(b"XX", em.key.address, 0, {"from": stranger}),
        lambda: directory.suspendKey.call(em.code, ru.key.address, 0, {"from": stranger}),
    ):
        reverts_with(call, "OfficeDirectoryNotEmergencyBody", stranger)


def test_cannot_make_itself_more(directory: Any, em: Office, body: Any) -> None:
    root = storage_root(directory)
    for call in (
        lambda: directory.setEmergencyBody(body, {"from": body}),
        lambda: directory.transferGovernance(body, {"from": body}),
        lambda: directory.replaceSeat(em.code, body, {"from": body}),
    ):
        reverts_with(call, "OfficeDirectoryNotGovernance", body)
    assert storage_root(directory) == root
