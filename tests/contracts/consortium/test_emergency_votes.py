"""Votes and emergencies, with the real council: a few that suspend others carry nothing that most do not want.

What is needed stays a majority of those who could vote if there were no emergency, and the outcome of a vote is that of
the moment at which it closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from brownie import accounts

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, next_block_at, now, time_of, travel, travel_to
from tests.contracts.support.offices import GOVERNANCE, RELAYER
from tests.contracts.support.votes import (
    AGAINST,
    DEFEATED,
    EXECUTION_DELAY,
    FOR,
    QUEUED,
    SUCCEEDED,
    VOTING_DELAY,
    VOTING_PERIOD,
    House,
    Member,
    Proposal,
    Tally,
    bitmap,
    call,
    close_vote,
    found,
    proposal,
    put,
    queue,
    tally_of,
    vote,
)

EMERGENCY = 30 * DAY


@dataclass(frozen=True)
class Republic:
    """A consortium with a council, whose deployer still decides at once what takes a vote in life."""

    house: House
    council: Any
    members: list[Member]

    def decide(self, method: str, *arguments: Any) -> None:
        """What a vote would decide."""
        getattr(self.house.directory, method)(*arguments, {"from": accounts[GOVERNANCE]})

    def suspend(self, supporters: list[Member], *victims: Member) -> None:
        """An emergency of these against each of those, by transactions of their seats."""
        for victim in victims:
            suspension = (victim.code, [], "it stands in the way", self.council.roundOf(victim.code), now() + DAY)
            for supporter in supporters:
                self.council.support(suspension, [], {"from": supporter.seat})
            assert self.house.directory.statusOf(victim.code) == 2

    def ask(self) -> Proposal:
        """A proposal that is being voted on."""
        subject = proposal("Anything", call(self.house.directory.setObjectionDelay, 20 * DAY))
        return put(self.house.consortium, subject, self.members[0])

    def vote(self, made: Proposal, support: int, voters: list[Member]) -> None:
        for member in voters:
            vote(self.house.consortium, made, member, support)

    def tally(self, made: Proposal) -> Tally:
        return tally_of(self.house.consortium, made)

    def refused(self, made: Proposal) -> None:
        """It is defeated, and nobody can queue it."""
        assert self.house.consortium.state(made.id) == DEFEATED
        reverts_with(
            lambda: self.house.consortium.queue.call(*made.hashed, {"from": accounts[RELAYER]}),
            "GovernorUnexpectedProposalState",
            made.id,
            DEFEATED,
            bitmap(SUCCEEDED),
        )

    def carried(self, made: Proposal) -> None:
        """It can be queued, and is."""
        queue(self.house.consortium, made)
        assert self.house.consortium.state(made.id) == QUEUED


def republic(count: int, numerator: int, denominator: int) -> Republic:
    members = [Member(f"A{chr(ord('A') + index)}".encode(), accounts[11 + index]) for index in range(count)]
    terms = (VOTING_DELAY, VOTING_PERIOD, EXECUTION_DELAY, numerator, denominator)
    house = found(members, *terms, hand_over=False)
    deployer = {"from": accounts[GOVERNANCE]}
    council = compiled("EmergencyCouncil").deploy(house.directory, 3, EMERGENCY, deployer)
    house.directory.setEmergencyBody(council, deployer)
    return Republic(house, council, members)


@pytest.fixture(scope="module")
def seven(isolate_module: None) -> Republic:
    """Seven offices of which three fifths decide, that is five; of five it would be three."""
    return republic(7, 3, 5)


@pytest.fixture(scope="module")
def thirteen(isolate_module: None) -> Republic:
    """Thirteen offices of which two thirds decide, that is nine; of nine it would be six."""
    return republic(13, 2, 3)


def test_three_of_seven_suspend_two_and_vote(seven: Republic) -> None:
    """Three fifths of the five that are left are three; a majority of seven is four."""
    made = seven.ask()
    assert seven.tally(made) == Tally(0, 0, 0, 7, 5)
    seven.suspend(seven.members[:3], *seven.members[5:])
    seven.vote(made, FOR, seven.members[:3])
    assert seven.tally(made) == Tally(3, 0, 0, 5, 4)
    assert seven.house.consortium.votesNeeded() == seven.house.consortium.quorum(0) == 4
    close_vote(seven.house.consortium, made)
    seven.refused(made)


def test_with_a_fourth_it_is_carried(seven: Republic) -> None:
    """An emergency lowers what is needed to a majority, and no further."""
    made = seven.ask()
    seven.suspend(seven.members[:3], *seven.members[5:])
    seven.vote(made, FOR, seven.members[:4])
    close_vote(seven.house.consortium, made)
    assert seven.tally(made) == Tally(4, 0, 0, 5, 4)
    seven.carried(made)


def test_six_of_thirteen_suspend_four_and_vote(thirteen: Republic) -> None:
    """Two thirds of the nine that are left are six; a majority of thirteen is seven."""
    made = thirteen.ask()
    thirteen.suspend(thirteen.members[:3], *thirteen.members[9:])
    thirteen.vote(made, FOR, thirteen.members[:6])
    assert thirteen.tally(made) == Tally(6, 0, 0, 9, 7)
    close_vote(thirteen.house.consortium, made)
    thirteen.refused(made)


def test_what_was_defeated_at_its_close_is_not_revived(seven: Republic) -> None:
    """Four to three, where five were needed: none of those against it can be removed before somebody counts."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:4])
    seven.vote(made, AGAINST, seven.members[4:])
    close_vote(seven.house.consortium, made)
    seven.refused(made)
    seven.suspend(seven.members[:3], *seven.members[5:])
    assert seven.tally(made) == Tally(4, 3, 0, 7, 5)
    seven.refused(made)
    seven.decide("suspendOffice", seven.members[4].code, now() + 60 * DAY)
    seven.decide("suspendOffice", seven.members[5].code, now() + 60 * DAY)
    assert seven.tally(made) == Tally(4, 3, 0, 7, 5)
    seven.refused(made)


def test_what_was_carried_at_its_close_is_not_killed(seven: Republic) -> None:
    """Five to two: the three that would rather not suspend two of the others, and it is carried all the same."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:5])
    seven.vote(made, AGAINST, seven.members[5:])
    close_vote(seven.house.consortium, made)
    seven.suspend(seven.members[4:], *seven.members[:2])
    assert seven.tally(made) == Tally(5, 2, 0, 7, 5)
    seven.carried(made)
    assert seven.tally(made) == Tally(5, 2, 0, 7, 5, is_final=True)


def test_a_suspension_by_vote_takes_an_office_out_of_both_numbers(seven: Republic) -> None:
    """Out of the votes and of what they are measured by: a vote decided it, so no majority of seven is asked for."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:3])
    seven.vote(made, AGAINST, seven.members[3:])
    for member in seven.members[5:]:
        seven.decide("suspendOffice", member.code, now() + 60 * DAY)
    assert seven.tally(made) == Tally(3, 2, 0, 5, 3)
    close_vote(seven.house.consortium, made)
    seven.carried(made)


@pytest.mark.parametrize(("late", "counted"), [(0, Tally(4, 0, 0, 6, 4)), (1, Tally(5, 0, 0, 7, 5))])
def test_suspended_at_the_last_second_or_after_it(seven: Republic, late: int, counted: Tally) -> None:
    """The last second of the vote is the moment of the count: whoever is suspended in it is out, later nobody."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:5])
    deadline = seven.house.consortium.proposalDeadline(made.id)
    travel_to(deadline - 10)
    next_block_at(deadline + late)
    seven.decide("suspendOffice", seven.members[4].code, deadline + 60 * DAY)
    travel_to(deadline + 100)
    assert seven.tally(made) == counted
    seven.carried(made)


@pytest.mark.parametrize(("late", "counted"), [(0, Tally(5, 0, 0, 7, 5)), (1, Tally(4, 0, 0, 6, 4))])
def test_a_suspension_that_ends_in_the_last_second_or_after_it(seven: Republic, late: int, counted: Tally) -> None:
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:5])
    deadline = seven.house.consortium.proposalDeadline(made.id)
    seven.decide("suspendOffice", seven.members[4].code, deadline + late)
    travel_to(deadline + 100)
    assert seven.tally(made) == counted
    seven.carried(made)


@pytest.mark.parametrize(("late", "counted"), [(0, Tally(5, 0, 0, 8, 5)), (1, Tally(5, 0, 0, 7, 5))])
def test_admitted_in_the_last_second_or_after_it(seven: Republic, late: int, counted: Tally) -> None:
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:5])
    deadline = seven.house.consortium.proposalDeadline(made.id)
    travel_to(deadline - 10)
    next_block_at(deadline + late)
    seven.decide("admitOffice", b"ZZ", accounts[29], "Office", "", 0)
    travel_to(deadline + 100)
    assert seven.tally(made) == counted
    seven.carried(made)


def test_an_emergency_that_a_vote_confirms(seven: Republic) -> None:
    """From the confirmation on the share is that of the others; a vote that had closed before is not touched by it."""
    seven.suspend(seven.members[:3], *seven.members[5:])
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:3])
    close_vote(seven.house.consortium, made)
    seven.refused(made)
    for member in seven.members[5:]:
        seven.decide("suspendOffice", member.code, now() + 60 * DAY)
    assert seven.house.consortium.votesNeeded() == 3
    assert seven.tally(made) == Tally(3, 0, 0, 5, 4)
    seven.refused(made)


def test_an_emergency_that_lengthens_a_suspension_by_vote(seven: Republic) -> None:
    """Until the moment that the vote named it is the vote's; afterwards it is an emergency like any other."""
    voted = now() + 2 * DAY
    for member in seven.members[5:]:
        seven.decide("suspendOffice", member.code, voted)
    seven.suspend(seven.members[:3], *seven.members[5:])
    assert seven.house.consortium.votesNeeded() == 3
    travel_to(voted - 1)
    assert seven.house.consortium.votesNeeded() == 3
    travel_to(voted)
    assert seven.house.consortium.votesNeeded() == 4
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:3])
    assert seven.tally(made) == Tally(3, 0, 0, 5, 4)
    close_vote(seven.house.consortium, made)
    seven.refused(made)


def test_an_emergency_that_ends_before_the_close(seven: Republic) -> None:
    """By itself or by a vote: all are back, with the votes that they cast before."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:3] + seven.members[5:])
    seven.suspend(seven.members[:3], *seven.members[5:])
    assert seven.tally(made) == Tally(3, 0, 0, 5, 4)
    seven.decide("reinstateOffice", seven.members[5].code)
    assert seven.tally(made) == Tally(4, 0, 0, 6, 4)
    seven.decide("reinstateOffice", seven.members[6].code)
    assert seven.tally(made) == Tally(5, 0, 0, 7, 5)


def test_an_emergency_that_is_over_before_the_count(seven: Republic) -> None:
    """What counts is that it ran when the vote closed."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:4] + seven.members[5:])
    close = seven.house.consortium.proposalDeadline(made.id)
    seven.suspend(seven.members[:3], *seven.members[5:])
    close_vote(seven.house.consortium, made)
    for member in seven.members[5:]:
        seven.decide("reinstateOffice", member.code)
    assert seven.house.consortium.votesNeeded() == 5
    assert seven.house.directory.electorateAt(close)[1] == 2
    assert seven.tally(made) == Tally(4, 0, 0, 5, 4)
    seven.carried(made)


def test_suspended_at_the_close_and_again_afterwards(seven: Republic) -> None:
    """A thief's vote, say: what the office was at the close is known whatever has happened to it since."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:4] + seven.members[6:])
    seven.vote(made, AGAINST, seven.members[4:6])
    seven.suspend(seven.members[:3], seven.members[6])
    close_vote(seven.house.consortium, made)
    counted = Tally(4, 2, 0, 6, 4)
    assert seven.tally(made) == counted
    seven.decide("reinstateOffice", seven.members[6].code)
    assert seven.tally(made) == counted
    seven.suspend(seven.members[3:6], seven.members[6])
    assert seven.tally(made) == counted
    seven.decide("suspendOffice", seven.members[6].code, now() + 60 * DAY)
    assert seven.tally(made) == counted
    seven.carried(made)


def test_departures_drop_out_until_the_count(seven: Republic) -> None:
    """For good, by a vote of their own: neither the vote of the office counts nor is it needed."""
    made = seven.ask()
    seven.vote(made, FOR, seven.members[:4])
    seven.vote(made, AGAINST, seven.members[4:])
    close_vote(seven.house.consortium, made)
    seven.refused(made)
    seven.decide("departOffice", seven.members[6].code)
    assert seven.tally(made) == Tally(4, 2, 0, 6, 4)
    seven.carried(made)


def test_objection_while_an_emergency_lengthens_a_suspension_by_vote(seven: Republic) -> None:
    """Barred by the vote and only as long as the vote said, whatever a few add to it."""
    victim, heir = seven.members[6], accounts[28]
    seven.decide("replaceSeat", victim.code, heir)
    voted = now() + 2 * DAY
    seven.decide("suspendOffice", victim.code, voted)
    seven.suspend(seven.members[:3], victim)
    travel(DAY)
    directory = seven.house.directory
    reverts_with(
        lambda: directory.objectToReplacement.call(victim.code, {"from": victim.seat}),
        "OfficeDirectoryObjectionBarred",
        victim.code,
    )
    next_block_at(voted)
    assert time_of(directory.objectToReplacement(victim.code, {"from": victim.seat})) == voted
    assert directory.statusOf(victim.code) == 2
