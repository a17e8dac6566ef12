"""The count of `Consortium`: who counts when offices come and go in mid-vote, when it is made, and that it stands."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, next_block_at, now, time_of, travel, travel_to
from tests.contracts.support.offices import GOVERNANCE, RELAYER, Office
from tests.contracts.support.votes import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    COUNT_WINDOW,
    DEFEATED,
    EXECUTED,
    EXECUTION_DELAY,
    EXPIRED,
    FOR,
    PENDING,
    QUEUED,
    SUCCEEDED,
    House,
    Member,
    Proposal,
    Tally,
    bitmap,
    call,
    close_vote,
    enact,
    execute,
    found,
    needed_of,
    open_vote,
    proposal,
    propose,
    put,
    queue,
    rotate,
    tally_of,
    vote,
)

CODES = (b"AT", b"BE", b"CH", b"DE", b"ES", b"FR")


@pytest.fixture(scope="module")
def members(isolate_module: None) -> list[Member]:
    """Six offices: four of them are a supermajority."""
    return [Member(code, accounts[index]) for index, code in enumerate(CODES, 11)]


@pytest.fixture(scope="module")
def house(members: list[Member]) -> House:
    """A consortium whose deployer still admits, suspends and parts offices at will."""
    return found(members, hand_over=False)


@pytest.fixture(scope="module")
def made(house: House, members: list[Member]) -> Proposal:
    """A proposal that is being voted on."""
    return put(house.consortium, proposal("Anything", call(house.directory.setObjectionDelay, 20 * DAY)), members[0])


def decide(house: House, method: str, *arguments: Any) -> None:
    """What the offices would decide by another vote, at once."""
    getattr(house.directory, method)(*arguments, {"from": accounts[GOVERNANCE]})


def vote_all(house: House, made: Proposal, voters: list[Member], support: int = FOR) -> None:
    for member in voters:
        vote(house.consortium, made, member, support)


def cannot_queue(consortium: Any, made: Proposal, state: int) -> None:
    assert consortium.state(made.id) == state
    reverts_with(
        lambda: consortium.queue.call(*made.hashed, {"from": accounts[RELAYER]}),
        "GovernorUnexpectedProposalState",
        made.id,
        state,
        bitmap(SUCCEEDED),
    )


def test_a_supermajority_of_the_active_offices(house: House, members: list[Member], made: Proposal) -> None:
    vote_all(house, made, members[:4])
    close_vote(house.consortium, made)
    assert house.consortium.state(made.id) == SUCCEEDED
    transaction = queue(house.consortium, made)
    counted = log(house.consortium, "ProposalCounted", proposalId=made.id, forVotes=4, activeOffices=6, needed=4)
    assert logs_of(transaction)[0] == counted
    eta = time_of(transaction) + EXECUTION_DELAY
    assert logs_of(transaction)[-1] == log(house.consortium, "ProposalQueued", proposalId=made.id, etaSeconds=eta)
    assert house.consortium.proposalEta(made.id) == eta
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 6, 4, is_final=True)


def test_one_less_is_defeated(house: House, members: list[Member], made: Proposal) -> None:
    """Whatever the others do: abstaining helps no more than voting against it."""
    vote_all(house, made, members[:3])
    vote_all(house, made, members[3:5], ABSTAIN)
    close_vote(house.consortium, made)
    cannot_queue(house.consortium, made, DEFEATED)
    assert tally_of(house.consortium, made) == Tally(3, 0, 2, 6, 4)


def test_more_against_is_defeated(house: House, members: list[Member], made: Proposal) -> None:
    vote_all(house, made, members[:2])
    vote_all(house, made, members[2:], AGAINST)
    close_vote(house.consortium, made)
    cannot_queue(house.consortium, made, DEFEATED)
    assert tally_of(house.consortium, made) == Tally(2, 4, 0, 6, 4)


def test_nobody_voted(house: House, made: Proposal) -> None:
    close_vote(house.consortium, made)
    cannot_queue(house.consortium, made, DEFEATED)


def test_not_before_the_vote_closed(house: House, members: list[Member], made: Proposal) -> None:
    """All voted for it, and still an office might be suspended, or leave."""
    vote_all(house, made, members)
    cannot_queue(house.consortium, made, ACTIVE)
    travel_to(house.consortium.proposalDeadline(made.id))
    cannot_queue(house.consortium, made, ACTIVE)
    travel(1)
    queue(house.consortium, made)
    cannot_queue(house.consortium, made, QUEUED)


def test_not_before_the_vote_opened(house: House, members: list[Member]) -> None:
    pending = proposal("Another", call(house.directory.setObjectionDelay, 30 * DAY))
    propose(house.consortium, pending, members[0])
    cannot_queue(house.consortium, pending, PENDING)


def leave(house: House, office: Member, how: str) -> None:
    decide(house, how, office.code, *([FOREVER] if how == "suspendOffice" else []))


@pytest.mark.parametrize("how", ["suspendOffice", "departOffice"])
def test_votes_of_offices_that_are_out_do_not_count(
    house: House, members: list[Member], made: Proposal, how: str
) -> None:
    """Four for it would be enough; one of the four is out when it is counted."""
    vote_all(house, made, members[:4])
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 6, 4)
    leave(house, members[3], how)
    assert tally_of(house.consortium, made) == Tally(3, 0, 0, 5, 4)
    close_vote(house.consortium, made)
    cannot_queue(house.consortium, made, DEFEATED)
    assert house.consortium.voteOf(made.id, members[3].code) == (True, FOR)


@pytest.mark.parametrize("how", ["suspendOffice", "departOffice"])
def test_offices_that_are_out_are_not_needed(house: House, members: list[Member], made: Proposal, how: str) -> None:
    """Three for it are not enough of six, but of four."""
    vote_all(house, made, members[:3])
    vote_all(house, made, members[3:5], AGAINST)
    assert tally_of(house.consortium, made) == Tally(3, 2, 0, 6, 4)
    leave(house, members[4], how)
    assert tally_of(house.consortium, made) == Tally(3, 1, 0, 5, 4)
    leave(house, members[5], how)
    assert tally_of(house.consortium, made) == Tally(3, 1, 0, 4, 3)
    close_vote(house.consortium, made)
    queue(house.consortium, made)
    assert house.consortium.state(made.id) == QUEUED


def test_a_suspension_that_ended_before_the_close(house: House, members: list[Member], made: Proposal) -> None:
    """By itself or by decision: the vote of the office counts again."""
    vote_all(house, made, members[:4])
    end = house.consortium.proposalDeadline(made.id) - DAY
    decide(house, "suspendOffice", members[2].code, end)
    decide(house, "suspendOffice", members[3].code, FOREVER)
    assert tally_of(house.consortium, made) == Tally(2, 0, 0, 4, 3)
    travel_to(end - 1)
    assert tally_of(house.consortium, made) == Tally(2, 0, 0, 4, 3)
    travel_to(end)
    assert tally_of(house.consortium, made) == Tally(3, 0, 0, 5, 4)
    decide(house, "reinstateOffice", members[3].code)
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 6, 4)
    close_vote(house.consortium, made)
    queue(house.consortium, made)
    assert house.consortium.state(made.id) == QUEUED


def test_a_suspension_that_ended_after_the_close(house: House, members: list[Member], made: Proposal) -> None:
    """By itself or by decision: the office was out when the vote closed, and that stands."""
    vote_all(house, made, members[:4])
    end = house.consortium.proposalDeadline(made.id) + DAY
    decide(house, "suspendOffice", members[2].code, end)
    decide(house, "suspendOffice", members[3].code, FOREVER)
    close_vote(house.consortium, made)
    travel_to(end)
    decide(house, "reinstateOffice", members[3].code)
    assert len(house.directory.activeOffices()) == 6
    assert tally_of(house.consortium, made) == Tally(2, 0, 0, 4, 3)
    cannot_queue(house.consortium, made, DEFEATED)


def test_a_rotation_in_mid_vote_loses_no_vote(house: House, members: list[Member], made: Proposal) -> None:
    vote_all(house, made, members[:4])
    for member, account in zip(members[:4], [accounts[20], accounts[21], accounts[22], accounts[23]], strict=True):
        rotate(house.directory, member, member.seat, account)
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 6, 4)
    close_vote(house.consortium, made)
    queue(house.consortium, made)
    rotate(house.directory, members[4], members[4].seat, accounts[24])
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 6, 4, is_final=True)


def test_offices_admitted_in_mid_vote_count(house: House, members: list[Member], made: Proposal) -> None:
    """They raise what is needed, and may vote like any other. Who comes after the vote closed changes nothing."""
    vote_all(house, made, members[:4])
    newcomer = Member(b"GR", accounts[20])
    decide(house, "admitOffice", b"GR", accounts[20], "Office", "", 0)
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 7, 5)
    vote(house.consortium, made, newcomer)
    assert tally_of(house.consortium, made) == Tally(5, 0, 0, 7, 5)
    close_vote(house.consortium, made)
    assert house.consortium.state(made.id) == SUCCEEDED
    decide(house, "admitOffice", b"HU", accounts[21], "Office", "", 0)
    assert house.consortium.votesNeeded() == 6
    assert tally_of(house.consortium, made) == Tally(5, 0, 0, 7, 5)
    queue(house.consortium, made)
    assert house.consortium.state(made.id) == QUEUED


@pytest.mark.parametrize("how", ["suspendOffice", "departOffice"])
def test_the_count_stands(house: House, members: list[Member], made: Proposal, how: str) -> None:
    """Who leaves or comes afterwards changes nothing."""
    vote_all(house, made, members[:4])
    close_vote(house.consortium, made)
    queue(house.consortium, made)
    for member in members[:3]:
        leave(house, member, how)
    decide(house, "admitOffice", b"GR", accounts[20], "Office", "", 0)
    assert tally_of(house.consortium, made) == Tally(4, 0, 0, 6, 4, is_final=True)
    travel_to(house.consortium.proposalEta(made.id))
    assert house.consortium.state(made.id) == QUEUED


def test_what_is_needed_never_goes_below_that_of_three(house: House, members: list[Member], made: Proposal) -> None:
    """Offices that leave do not make the last ones almighty: of two, both are needed; of one, more than there are."""
    vote_all(house, made, members)
    for left in (5, 4, 3, 2, 1, 0):
        leave(house, members[left], "departOffice")
        assert house.consortium.votesNeeded() == house.consortium.quorum(0) == needed_of(left)
        assert tally_of(house.consortium, made) == Tally(left, 0, 0, left, needed_of(left))
    assert needed_of(0) == needed_of(1) == needed_of(2) == 2
    close_vote(house.consortium, made)
    cannot_queue(house.consortium, made, DEFEATED)


def test_within_a_window_only(house: House, members: list[Member], made: Proposal) -> None:
    """What nobody counted in time has expired."""
    vote_all(house, made, members)
    end = house.consortium.proposalDeadline(made.id) + COUNT_WINDOW
    travel_to(end)
    assert house.consortium.state(made.id) == SUCCEEDED
    house.consortium.queue.call(*made.hashed, {"from": accounts[RELAYER]})
    travel_to(end + 1)
    cannot_queue(house.consortium, made, EXPIRED)
    travel(1000 * DAY)
    cannot_queue(house.consortium, made, EXPIRED)


def test_at_the_end_of_the_window(house: House, members: list[Member], made: Proposal) -> None:
    vote_all(house, made, members)
    close_vote(house.consortium, made)
    next_block_at(house.consortium.proposalDeadline(made.id) + COUNT_WINDOW)
    queue(house.consortium, made)
    assert now() == house.consortium.proposalDeadline(made.id) + COUNT_WINDOW
    assert house.consortium.state(made.id) == QUEUED


def test_what_was_defeated_cannot_be_won_later(house: House, members: list[Member], made: Proposal) -> None:
    """Once the window is over, it helps nobody that those against it have left."""
    vote_all(house, made, members[:3])
    close_vote(house.consortium, made)
    travel(COUNT_WINDOW)
    cannot_queue(house.consortium, made, DEFEATED)
    for member in members[3:]:
        leave(house, member, "departOffice")
    cannot_queue(house.consortium, made, EXPIRED)


def test_of_other_content(house: House, members: list[Member], made: Proposal) -> None:
    vote_all(house, made, members)
    close_vote(house.consortium, made)
    other = Proposal(made.description + ".", made.calls)
    reverts_with(
        lambda: house.consortium.queue.call(*other.hashed, {"from": accounts[RELAYER]}),
        "GovernorNonexistentProposal",
        other.id,
    )


def test_measured_by_the_share_of_the_day(consortium: Any, directory: Any, offices: list[Office]) -> None:
    """A change of the supermajority holds for votes that are not counted yet, and not for those that are."""
    em, ru, au, jp = offices
    enact(consortium, proposal("Admit FR", call(directory.admitOffice, b"FR", accounts[20], "INPI", "", 0)), offices)
    change = proposal("Nine tenths", call(consortium.setSupermajority, 9, 10))
    counted = proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY))
    uncounted = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    for made in (change, counted, uncounted):
        propose(consortium, made, em)
    open_vote(consortium, uncounted)
    for made in (change, counted, uncounted):
        for office in (em, ru, au, jp):
            vote(consortium, made, office)
    close_vote(consortium, uncounted)
    queue(consortium, change)
    queue(consortium, counted)
    travel_to(consortium.proposalEta(counted.id))
    assert tally_of(consortium, uncounted) == Tally(4, 0, 0, 5, 4)
    execute(consortium, change)
    assert tally_of(consortium, uncounted) == Tally(4, 0, 0, 5, 5)
    cannot_queue(consortium, uncounted, DEFEATED)
    assert tally_of(consortium, counted) == Tally(4, 0, 0, 5, 4, is_final=True)
    execute(consortium, counted)
    assert consortium.state(counted.id) == EXECUTED


def test_an_emergency_in_mid_vote(consortium: Any, directory: Any, council: Any, offices: list[Office]) -> None:
    """With the real council: the office counts neither way while it lasts, and three of the four are still needed."""
    em, ru, au, jp = offices
    made = put(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), em)
    for office, support in ((em, FOR), (ru, FOR), (au, AGAINST), (jp, AGAINST)):
        vote(consortium, made, office, support)
    assert tally_of(consortium, made) == Tally(2, 2, 0, 4, 3)
    suspension = (jp.code, [], "its seat signs whatever it is given", 1, now() + DAY)
    for office in (em, ru, au):
        council.support(suspension, [], {"from": office.seat})
    assert tally_of(consortium, made) == Tally(2, 1, 0, 3, 3)
    close_vote(consortium, made)
    cannot_queue(consortium, made, DEFEATED)
