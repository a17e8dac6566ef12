"""`EmergencyCouncil`: an emergency is not renewed by the offices that made it, until a vote restores their right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.emergency_council.suspensions import DURATION, against, ask, relay, send, signed
from tests.contracts.office_directory.views import ACTIVE, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of, time_of, travel_to
from tests.contracts.support.offices import Office


@pytest.fixture
def until(council: Any, em: Office, ru: Office, au: Office, jp: Office) -> int:
    """End of a suspension of EM by RU, AU and JP, which has begun."""
    return time_of(relay(council, against(em), ru, au, jp)) + DURATION


def already_used(council: Any, office: Office, supporter: Office, relayer: Any, *accounts: str) -> None:
    """Assert that an office cannot support another emergency, neither by transaction nor by signature."""
    suspension = against(office, *accounts, nth=council.roundOf(office.code))
    for attempt in (
        lambda: ask(council, suspension, supporter.seat),
        lambda: ask(council, suspension, relayer, signed(council, suspension, supporter)),
    ):
        reverts_with(attempt, "EmergencyCouncilAlreadyUsed", supporter.code, office.code)


def test_not_by_the_same_offices(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, relayer: Any, until: int
) -> None:
    """Not while it runs, not after it ended; not against the office, nor against its keys."""
    for moment in (until - DURATION + 1, until, until + 10 * DURATION):
        travel_to(moment)
        for supporter in (ru, au, jp):
            already_used(council, em, supporter, relayer)
            already_used(council, em, supporter, relayer, em.key.address)


def test_not_by_some_of_them_with_others(
    council: Any, directory: Any, em: Office, ru: Office, fr: Office, de: Office, relayer: Any, until: int
) -> None:
    suspension = against(em, nth=2)
    reverts_with(
        lambda: ask(council, suspension, relayer, signed(council, suspension, fr, de, ru)),
        "EmergencyCouncilAlreadyUsed",
        ru.code,
        em.code,
    )
    assert not ask(council, suspension, relayer, signed(council, suspension, fr, de))


def test_by_others(
    council: Any, directory: Any, em: Office, ru: Office, fr: Office, de: Office, us: Office, relayer: Any, until: int
) -> None:
    travel_to(until - 10)
    later = time_of(relay(council, against(em, nth=2), fr, de, us)) + DURATION
    assert later > until
    assert office_of(directory, em.code).suspended_until == later
    assert council.emergencyUntil(em.code) == later
    assert council.roundOf(em.code) == 3
    # Then nobody is left, and it ends for good.
    for supporter in (ru, fr, de, us):
        already_used(council, em, supporter, relayer)
    travel_to(later)
    assert directory.statusOf(em.code) == ACTIVE
    for supporter in (ru, fr, de, us):
        already_used(council, em, supporter, relayer)


def test_neither_by_a_new_seat_of_the_same_office(
    council: Any, directory: Any, em: Office, ru: Office, accounts: Any, relayer: Any, until: int
) -> None:
    new = accounts[16]
    directory.proposeSeat(ru.code, new, {"from": ru.seat})
    directory.acceptSeat(ru.code, {"from": new})
    already_used(council, em, Office(ru.code, new, ru.key, ru.second), relayer)


def test_against_another_office_it_is_another_right(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, fr: Office, until: int
) -> None:
    assert not council.hasUsed(ru.code, fr.code)
    relay(council, against(fr), ru, au, jp)
    assert [council.hasUsed(ru.code, office.code) for office in (em, fr, au)] == [True, True, False]


def test_a_suspension_of_keys_uses_the_right_too(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, relayer: Any
) -> None:
    relay(council, against(em, em.key.address), ru, au, jp)
    for supporter in (ru, au, jp):
        already_used(council, em, supporter, relayer, em.second.address)
        already_used(council, em, supporter, relayer)


def test_support_that_came_to_nothing_uses_no_right(council: Any, em: Office, ru: Office, au: Office) -> None:
    suspension = against(em)
    for supporter in (ru, au):
        send(council, suspension, supporter.seat)
        assert not council.hasUsed(supporter.code, em.code)


def test_a_vote_that_ends_the_suspension_restores_no_right(
    council: Any, directory: Any, em: Office, ru: Office, governance: Any, relayer: Any, until: int
) -> None:
    """Or whoever was overruled would begin again on the same day."""
    directory.reinstateOffice(em.code, {"from": governance})
    already_used(council, em, ru, relayer)


def test_a_vote_restores_the_right(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    fr: Office,
    governance: Any,
    relayer: Any,
    until: int,
) -> None:
    relay(council, against(fr), ru, au, jp)
    transaction = council.restoreRights(em.code, {"from": governance})
    assert logs_of(transaction) == [log(council, "EmergencyRightsRestored", office=em.code)]
    for supporter in (ru, au, jp):
        assert not council.hasUsed(supporter.code, em.code)
        already_used(council, fr, supporter, relayer)
    # The suspension itself goes on, and the round stays: nothing signed before can be replayed.
    assert office_of(directory, em.code).suspended_until == until
    assert council.roundOf(em.code) == 2
    travel_to(until - 10)
    later = time_of(relay(council, against(em, nth=2), ru, au, jp)) + DURATION
    assert office_of(directory, em.code).suspended_until == later
    already_used(council, em, ru, relayer)


def test_rights_can_be_restored_before_any_was_used(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any, relayer: Any
) -> None:
    for _ in range(2):
        council.restoreRights(em.code, {"from": governance})
        assert not council.hasUsed(ru.code, em.code)
    relay(council, against(em), ru, au, jp)
    already_used(council, em, ru, relayer)
