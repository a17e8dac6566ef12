"""`EmergencyCouncil`: a few offices cannot suspend their way to a majority."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.emergency_council.suspensions import DURATION, against, ask, relay, signed
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import now, storage_root, time_of, travel, travel_to
from tests.contracts.support.offices import Office


@pytest.fixture
def leave(directory: Any, governance: Any) -> Any:
    """Lets offices depart."""

    def leave(*offices: Office) -> None:
        for office in offices:
            directory.departOffice(office.code, {"from": governance})

    return leave


def too_many(council: Any, target: Office, supporters: list[Office], running: int, members: int) -> None:
    reverts_with(
        lambda: relay(council, against(target, nth=council.roundOf(target.code)), *supporters),
        "EmergencyCouncilTooMany",
        running,
        members,
    )


def test_several_in_a_row(council: Any, directory: Any, offices: list[Office]) -> None:
    """Three offices of seven suspend two others; the third would make it a majority of what is left."""
    em, ru, au, jp, fr, de, us = offices
    conspirators = [em, ru, au]
    first = time_of(relay(council, against(jp), *conspirators))
    relay(council, against(fr), *conspirators)
    root = storage_root(directory), storage_root(council)
    for target in (de, us):
        too_many(council, target, conspirators, 3, 7)
    assert (storage_root(directory), storage_root(council)) == root
    # Neither against keys of a third office, nor by other supporters.
    reverts_with(lambda: relay(council, against(de, de.key.address), *conspirators), "EmergencyCouncilTooMany", 3, 7)
    too_many(council, em, [ru, de, us], 3, 7)
    assert len(directory.activeOffices()) == 5
    # Once the first has ended there is room for another one.
    travel_to(first + DURATION - 1)
    too_many(council, de, conspirators, 3, 7)
    travel_to(first + DURATION)
    relay(council, against(de), *conspirators)
    assert len(directory.activeOffices()) >= 5


def test_extending_one_is_not_another_one(council: Any, directory: Any, offices: list[Office]) -> None:
    """As many run as may; three that have not used their right against EM still lengthen that one."""
    em, ru, au, jp, fr, de, us = offices
    relay(council, against(em), ru, au, jp)
    relay(council, against(fr, fr.key.address), ru, au, jp)
    too_many(council, ru, [jp, de, us], 3, 7)
    travel(1)
    until = time_of(relay(council, against(em, nth=2), fr, de, us)) + DURATION
    assert council.emergencyUntil(em.code) == until


@pytest.mark.parametrize("of_key", [True, False])
def test_emergencies_against_keys_count_as_well(council: Any, offices: list[Office], of_key: bool) -> None:
    em, ru, au, jp, fr, de, _ = offices
    for target in (jp, fr):
        relay(council, against(target, *([target.key.address] if of_key else [])), em, ru, au)
    too_many(council, de, [em, ru, au], 3, 7)


@pytest.mark.parametrize(("members", "possible"), [(7, 2), (6, 1), (5, 1), (4, 1)])
def test_how_many_at_a_time(council: Any, leave: Any, offices: list[Office], members: int, possible: int) -> None:
    """Less than a third of the members: those that departed are none. Keys are concerned, so that all stay active."""
    leave(*offices[members:])
    supporters, targets = offices[:3], offices[3:members]
    for target in targets[:possible]:
        relay(council, against(target, target.key.address), *supporters)
    for target in targets[possible:]:
        too_many(council, target, supporters, possible + 1, members)
    if members == 4:
        too_many(council, offices[0], offices[1:4], 2, 4)


def test_of_three_members_none_can_be_suspended(council: Any, leave: Any, offices: list[Office]) -> None:
    """The other two are not three."""
    leave(*offices[3:])
    em, ru, au = offices[:3]
    suspension = against(em)
    assert not ask(council, suspension, ru.seat, signed(council, suspension, au))


def test_offices_suspended_by_vote_are_members(
    council: Any, directory: Any, offices: list[Office], governance: Any
) -> None:
    """They count in the number that the third is taken of, and no emergency runs against them."""
    em, ru, au, jp, fr, de, us = offices
    for office in (de, us):
        directory.suspendOffice(office.code, now() + 10 * DURATION, {"from": governance})
    for target in (jp, fr):
        relay(council, against(target), em, ru, au)
    assert len(directory.activeOffices()) == 3
    reverts_with(
        lambda: relay(council, against(em), ru, au, jp),
        "EmergencyCouncilNotEntitled",
        jp.code,
    )


def test_three_stay_active_whatever_happens(
    council: Any, directory: Any, offices: list[Office], governance: Any
) -> None:
    """Those who support it: they are active, at least three, and none of them is the one concerned."""
    em, ru, au, jp, *others = offices
    for office in others:
        directory.suspendOffice(office.code, now() + 10 * DURATION, {"from": governance})
    relay(council, against(jp), em, ru, au)
    assert len(directory.activeOffices()) == 3
    suspension = against(em)
    assert not ask(council, suspension, ru.seat, signed(council, suspension, au))


def test_departure_of_the_suspended_makes_no_room_for_more_than_a_third(
    council: Any, leave: Any, offices: list[Office]
) -> None:
    """Of six members one at a time, whoever left."""
    em, ru, au, jp, fr, de, us = offices
    relay(council, against(jp), em, ru, au)
    relay(council, against(fr), em, ru, au)
    leave(jp)
    too_many(council, de, [em, ru, au], 2, 6)
    leave(fr)
    relay(council, against(de), em, ru, au)
    too_many(council, us, [em, ru, au], 2, 5)


def test_a_vote_takes_one_off_the_count(council: Any, directory: Any, offices: list[Office], governance: Any) -> None:
    """What the offices confirm by vote is no emergency any more."""
    em, ru, au, jp, fr, de, _ = offices
    for target in (jp, fr):
        relay(council, against(target), em, ru, au)
    too_many(council, de, [em, ru, au], 3, 7)
    council.restoreRights(jp.code, {"from": governance})
    relay(council, against(de), em, ru, au)


def test_reinstatement_alone_does_not(council: Any, directory: Any, offices: list[Office], governance: Any) -> None:
    """Whoever is reinstated by vote was the aim of an emergency all the same, until a vote says otherwise of that."""
    em, ru, au, jp, fr, de, _ = offices
    for target in (jp, fr):
        relay(council, against(target), em, ru, au)
    directory.reinstateOffice(jp.code, {"from": governance})
    too_many(council, de, [em, ru, au], 3, 7)
