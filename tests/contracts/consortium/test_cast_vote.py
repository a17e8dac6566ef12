"""Votes by transaction: one for each active office, cast by its present seat, once, while the vote is open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, log, logs_of, next_block_at, now, travel, travel_to
from tests.contracts.support.offices import KEYS, Office, add_key
from tests.contracts.support.votes import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    DEFEATED,
    EXECUTED,
    FOR,
    PENDING,
    QUEUED,
    SUCCEEDED,
    Proposal,
    Tally,
    ask_to_cast,
    bitmap,
    call,
    cast,
    close_vote,
    enact,
    execute,
    needed_of,
    open_vote,
    proposal,
    propose,
    put,
    queue,
    rotate,
    seat_key,
    signed_vote,
    tally_of,
    vote,
)


@pytest.fixture(scope="module")
def made(consortium: Any, directory: Any, em: Office) -> Proposal:
    """A proposal of EM that is being voted on."""
    return put(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), em)


def ask(consortium: Any, made: Proposal, sender: Any, support: int = FOR) -> Any:
    return consortium.castVote.call(made.id, support, {"from": sender})


def already(consortium: Any, made: Proposal, office: Any, *seats: Any) -> None:
    """Assert that the office cannot vote again, whichever way these seats try."""
    for seat in seats:
        for attempt in (
            lambda seat=seat: ask(consortium, made, seat, AGAINST),
            lambda seat=seat: consortium.castVoteWithReason.call(made.id, FOR, "again", {"from": seat}),
            lambda seat=seat: consortium.castVoteWithReasonAndParams.call(made.id, FOR, "again", b"x", {"from": seat}),
        ):
            reverts_with(attempt, "ConsortiumAlreadyVoted", made.id, office.code)


@pytest.mark.parametrize("support", [AGAINST, FOR, ABSTAIN])
def test_is_shown_and_counted(consortium: Any, made: Proposal, ru: Office, support: int) -> None:
    assert consortium.voteOf(made.id, ru.code) == (False, 0)
    assert not consortium.hasVoted(made.id, ru.seat)
    transaction = consortium.castVoteWithReason(made.id, support, "well considered", {"from": ru.seat})
    assert logs_of(transaction) == [
        log(
            consortium,
            "OfficeVoted",
            proposalId=made.id,
            office=ru.code,
            voter=ru.seat.address,
            support=support,
        ),
        log(
            consortium,
            "VoteCast",
            voter=ru.seat.address,
            proposalId=made.id,
            support=support,
            weight=1,
            reason="well considered",
        ),
    ]
    assert consortium.voteOf(made.id, ru.code) == (True, support)
    assert consortium.hasVoted(made.id, ru.seat)
    counts = [int(support == FOR), int(support == AGAINST), int(support == ABSTAIN)]
    assert tally_of(consortium, made) == Tally(*counts, 4, needed_of(4))


def test_with_parameters_counts_the_same(consortium: Any, made: Proposal, ru: Office) -> None:
    """OpenZeppelin's parameters mean nothing here."""
    consortium.castVoteWithReasonAndParams(made.id, FOR, "", b"anything", {"from": ru.seat})
    assert consortium.voteOf(made.id, ru.code) == (True, FOR)
    assert tally_of(consortium, made).for_votes == 1


def test_zero_is_a_vote(consortium: Any, made: Proposal, ru: Office) -> None:
    """A vote against is told from none."""
    vote(consortium, made, ru, AGAINST)
    assert consortium.voteOf(made.id, ru.code) == (True, AGAINST)
    already(consortium, made, ru, ru.seat)


@pytest.mark.parametrize("support", [3, 4, 254, 255])
def test_support_has_three_values(consortium: Any, made: Proposal, ru: Office, support: int) -> None:
    reverts_with(lambda: ask(consortium, made, ru.seat, support), "ConsortiumUnknownSupport", support)
    signed = signed_vote(consortium, made, ru, support)
    reverts_with(lambda: ask_to_cast(consortium, made, signed), "ConsortiumUnknownSupport", support)


def test_by_nobody_but_seats(
    consortium: Any,
    directory: Any,
    timelock: Any,
    made: Proposal,
    em: Office,
    deployer: Any,
    stranger: Any,
    accounts: Any,
) -> None:
    """A key of an office has no vote, not even one that manages keys."""
    add_key(directory, em, accounts[20], KEYS)
    for sender in (deployer, stranger, em.key.address, accounts[20], timelock, consortium, directory):
        reverts_with(lambda sender=sender: ask(consortium, made, sender), "ConsortiumNotVoter", sender)
        assert not consortium.hasVoted(made.id, sender)


def test_once(consortium: Any, made: Proposal, ru: Office) -> None:
    vote(consortium, made, ru)
    already(consortium, made, ru, ru.seat)


def test_not_twice_by_a_new_seat(consortium: Any, directory: Any, made: Proposal, ru: Office, seatless: Any) -> None:
    """A seat that changes hands in mid-vote takes the vote of the office along, back and forth."""
    vote(consortium, made, ru)
    rotate(directory, ru, ru.seat, seatless[0])
    already(consortium, made, ru, seatless[0])
    assert consortium.hasVoted(made.id, seatless[0])
    reverts_with(lambda: ask(consortium, made, ru.seat), "ConsortiumNotVoter", ru.seat)
    assert not consortium.hasVoted(made.id, ru.seat)
    rotate(directory, ru, seatless[0], ru.seat)
    already(consortium, made, ru, ru.seat)
    assert tally_of(consortium, made).for_votes == 1


def test_a_new_seat_has_the_vote_that_was_not_cast(
    consortium: Any, directory: Any, made: Proposal, ru: Office, seatless: Any
) -> None:
    rotate(directory, ru, ru.seat, seatless[0])
    reverts_with(lambda: ask(consortium, made, ru.seat), "ConsortiumNotVoter", ru.seat)
    vote(consortium, made, ru, seat=seatless[0])
    assert consortium.voteOf(made.id, ru.code) == (True, FOR)
    assert tally_of(consortium, made).for_votes == 1


def test_a_seat_that_goes_over_to_another_office_votes_for_that_one(
    consortium: Any, directory: Any, made: Proposal, ru: Office, au: Office, seatless: Any
) -> None:
    """The account voted, but not this office."""
    vote(consortium, made, ru, AGAINST)
    rotate(directory, ru, ru.seat, seatless[0])
    rotate(directory, au, au.seat, ru.seat)
    assert not consortium.hasVoted(made.id, ru.seat)
    vote(consortium, made, au, FOR, seat=ru.seat)
    already(consortium, made, au, ru.seat)
    already(consortium, made, ru, seatless[0])
    assert tally_of(consortium, made) == Tally(1, 1, 0, 4, needed_of(4))


def test_not_by_signature_and_by_transaction(consortium: Any, made: Proposal, ru: Office, au: Office) -> None:
    cast(consortium, made, signed_vote(consortium, made, ru))
    already(consortium, made, ru, ru.seat)
    vote(consortium, made, au, AGAINST)
    assert ask_to_cast(consortium, made, signed_vote(consortium, made, au, FOR)) == 0
    cast(consortium, made, signed_vote(consortium, made, au, FOR))
    assert consortium.voteOf(made.id, au.code) == (True, AGAINST)
    assert tally_of(consortium, made) == Tally(1, 1, 0, 4, needed_of(4))


def test_not_by_two_keys(consortium: Any, directory: Any, made: Proposal, em: Office) -> None:
    """Keys of an office sign its records, not its votes."""
    for key in (em.key, em.second):
        reverts_with(lambda key=key: ask(consortium, made, key.address), "ConsortiumNotVoter", key.address)
    vote(consortium, made, em)
    for key in (em.key, em.second):
        reverts_with(lambda key=key: ask(consortium, made, key.address), "ConsortiumNotVoter", key.address)


def test_only_while_it_is_open(consortium: Any, directory: Any, offices: list[Office]) -> None:
    em, ru, au, jp = offices
    made = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    propose(consortium, made, em)

    def closed(state: int) -> None:
        assert consortium.state(made.id) == state
        for attempt in (
            lambda: ask(consortium, made, jp.seat),
            lambda: ask_to_cast(consortium, made, signed_vote(consortium, made, jp)),
        ):
            reverts_with(attempt, "GovernorUnexpectedProposalState", made.id, state, bitmap(ACTIVE))

    closed(PENDING)
    travel_to(consortium.proposalSnapshot(made.id))
    closed(PENDING)
    open_vote(consortium, made)
    vote(consortium, made, em)
    vote(consortium, made, ru)
    next_block_at(consortium.proposalDeadline(made.id))
    vote(consortium, made, au)
    assert (now(), consortium.state(made.id)) == (consortium.proposalDeadline(made.id), ACTIVE)
    travel(1)
    closed(SUCCEEDED)
    queue(consortium, made)
    closed(QUEUED)
    travel_to(consortium.proposalEta(made.id))
    execute(consortium, made)
    closed(EXECUTED)


def test_not_on_what_was_defeated(consortium: Any, made: Proposal, ru: Office) -> None:
    close_vote(consortium, made)
    reverts_with(
        lambda: ask(consortium, made, ru.seat), "GovernorUnexpectedProposalState", made.id, DEFEATED, bitmap(ACTIVE)
    )


def test_not_while_suspended(consortium: Any, directory: Any, offices: list[Office]) -> None:
    """Neither by transaction nor by signature, though the seat is still known; and again once it is over."""
    em, ru, au, jp = offices
    end = now() + 13 * DAY
    made = proposal("Forty days", call(directory.setObjectionDelay, 40 * DAY))
    enact(consortium, proposal("Suspend JP", call(directory.suspendOffice, jp.code, end)), [em, ru, au])
    put(consortium, made, em)
    assert now() < end < consortium.proposalDeadline(made.id)
    signed = signed_vote(consortium, made, jp)
    reverts_with(lambda: ask(consortium, made, jp.seat), "ConsortiumNotVoter", jp.seat)
    reverts_with(lambda: ask_to_cast(consortium, made, signed), "ConsortiumNotVoter", jp.seat)
    travel_to(end)
    cast(consortium, made, signed)
    assert tally_of(consortium, made) == Tally(1, 0, 0, 4, needed_of(4))


def test_not_after_departure(consortium: Any, directory: Any, offices: list[Office]) -> None:
    em, ru, au, jp = offices
    enact(consortium, proposal("JP leaves", call(directory.departOffice, jp.code)), [em, ru, au])
    made = put(consortium, proposal("Forty days", call(directory.setObjectionDelay, 40 * DAY)), em)
    reverts_with(lambda: ask(consortium, made, jp.seat), "ConsortiumNotVoter", jp.seat)
    reverts_with(
        lambda: ask_to_cast(consortium, made, signed_vote(consortium, made, jp)), "ConsortiumNotVoter", jp.seat
    )


def test_openzeppelins_signed_votes_are_not_available(consortium: Any, made: Proposal, ru: Office) -> None:
    """They would count by account and take nonces."""
    for method, arguments in (
        (consortium.castVoteBySig, (made.id, FOR, ru.seat, seat_key(ru.seat.address).key)),
        (consortium.castVoteWithReasonAndParamsBySig, (made.id, FOR, ru.seat, "", b"", bytes(65))),
    ):
        reverts_with(
            lambda method=method, arguments=arguments: method.call(*arguments, {"from": ru.seat}),
            "ConsortiumNotAvailable",
            bytes.fromhex(method.signature[2:]),
        )
