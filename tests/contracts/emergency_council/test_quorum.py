"""`EmergencyCouncil`: how many offices it takes, where departures and suspensions have left fewer than the quorum."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.emergency_council.suspensions import DURATION, against, ask, codes, relay, send, signed
from tests.contracts.office_directory.views import SUSPENDED
from tests.contracts.support.ledger import DAY, FOREVER, now, travel_to
from tests.contracts.support.offices import Office


@pytest.fixture
def all_others(council: Any, governance: Any) -> int:
    """The greatest quorum of seven offices, which is in force: all but the one concerned."""
    council.setRules(6, DURATION, {"from": governance})
    return 6


def needed(council: Any, target: Office, others: list[Office], relayer: Any) -> int:
    """How many of these offices, the first of them first, suspend the target; one more than all if they cannot."""
    suspension = against(target)
    for count in range(1, len(others) + 1):
        if ask(council, suspension, relayer, signed(council, suspension, *others[:count])):
            return count
    return len(others) + 1


@pytest.mark.parametrize("departs", [True, False])
@pytest.mark.parametrize(("members", "expected"), [(7, 6), (6, 5), (5, 4), (4, 3)])
def test_never_more_than_the_others(
    council: Any,
    directory: Any,
    offices: list[Office],
    governance: Any,
    relayer: Any,
    all_others: int,
    departs: bool,
    members: int,
    expected: int,
) -> None:
    """All the other active offices are enough; and all of them it takes."""
    for office in offices[members:]:
        if departs:
            directory.departOffice(office.code, {"from": governance})
        else:
            directory.suspendOffice(office.code, FOREVER, {"from": governance})
    assert needed(council, offices[0], offices[1:members], relayer) == expected
    assert council.rules() == (all_others, DURATION), "the rule itself stays"


@pytest.mark.parametrize("members", [3, 2])
def test_never_fewer_than_three(
    council: Any, directory: Any, offices: list[Office], governance: Any, relayer: Any, all_others: int, members: int
) -> None:
    """Where there are not three others, nobody is suspended without a vote, whatever the quorum."""
    for office in offices[members:]:
        directory.departOffice(office.code, {"from": governance})
    assert needed(council, offices[0], offices[1:members], relayer) == members, "all of them do not"


def test_a_lower_quorum_stays_as_it_is(council: Any, directory: Any, offices: list[Office], relayer: Any) -> None:
    assert council.rules()[0] == 3
    assert needed(council, offices[0], offices[1:], relayer) == 3


@pytest.mark.parametrize(("quorum", "expected"), [(3, 3), (4, 4), (5, 4), (6, 4)])
def test_the_lesser_of_the_two(
    council: Any,
    directory: Any,
    offices: list[Office],
    governance: Any,
    relayer: Any,
    quorum: int,
    expected: int,
) -> None:
    council.setRules(quorum, DURATION, {"from": governance})
    for office in offices[5:]:
        directory.departOffice(office.code, {"from": governance})
    assert needed(council, offices[0], offices[1:5], relayer) == expected


def test_of_an_office_that_is_suspended_already(
    council: Any, directory: Any, em: Office, offices: list[Office], governance: Any, relayer: Any, all_others: int
) -> None:
    """It is not active, so that the others are as many as before."""
    directory.suspendOffice(em.code, now() + DAY, {"from": governance})
    assert needed(council, em, offices[1:], relayer) == 6
    directory.departOffice(offices[6].code, {"from": governance})
    assert needed(council, em, offices[1:6], relayer) == 5
    directory.suspendOffice(offices[5].code, FOREVER, {"from": governance})
    directory.suspendOffice(offices[4].code, FOREVER, {"from": governance})
    assert needed(council, em, offices[1:4], relayer) == 3


def test_of_keys_too(
    council: Any, directory: Any, em: Office, offices: list[Office], governance: Any, relayer: Any, all_others: int
) -> None:
    directory.departOffice(offices[6].code, {"from": governance})
    suspension = against(em, em.key.address)
    for count, enough in ((4, False), (5, True)):
        assert ask(council, suspension, relayer, signed(council, suspension, *offices[1 : 1 + count])) is enough


def test_who_left_makes_support_enough_that_was_not(
    council: Any, directory: Any, em: Office, offices: list[Office], governance: Any, all_others: int
) -> None:
    """Whoever supported it before then brings it about; nothing happens by itself."""
    suspension = against(em)
    relay(council, suspension, *offices[1:6])
    assert not ask(council, suspension, offices[1].seat)
    directory.departOffice(offices[6].code, {"from": governance})
    assert directory.statusOf(em.code) != SUSPENDED
    assert ask(council, suspension, offices[1].seat)
    send(council, suspension, offices[1].seat)
    assert directory.statusOf(em.code) == SUSPENDED


def test_a_supporter_who_left_does_not(
    council: Any, directory: Any, em: Office, offices: list[Office], governance: Any, all_others: int
) -> None:
    """Five are needed then, and four are left that support it."""
    suspension = against(em)
    relay(council, suspension, *offices[1:6])
    directory.departOffice(offices[5].code, {"from": governance})
    assert len(council.supportersOf(suspension.values())) == 4
    assert not ask(council, suspension, offices[1].seat)
    assert ask(council, suspension, offices[6].seat)


def test_who_is_back_is_asked_again(
    council: Any, directory: Any, em: Office, offices: list[Office], governance: Any, relayer: Any, all_others: int
) -> None:
    """To the second in which a suspension ends."""
    end = now() + DAY
    directory.suspendOffice(offices[6].code, end, {"from": governance})
    travel_to(end - 1)
    suspension = against(em)
    support = signed(council, suspension, *offices[1:6])
    assert ask(council, suspension, relayer, support)
    travel_to(end)
    assert not ask(council, suspension, relayer, support)
    assert codes(council.supportersOf(suspension.values())) == []
