"""`Consortium.propose`: who may, what a proposal must say, and what it cannot ask of the timelock."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, now, time_of, travel_to
from tests.contracts.support.offices import RELAYER, Office
from tests.contracts.support.votes import (
    COUNT_WINDOW,
    DEFEATED,
    EXPIRED,
    PENDING,
    VOTING_DELAY,
    VOTING_PERIOD,
    Call,
    Proposal,
    Tally,
    bitmap,
    call,
    close_vote,
    enact,
    needed_of,
    proposal,
    propose,
    put,
    rotate,
    selector,
    tally_of,
    vote,
)

LIMIT = 10_000
ADMIN = bytes(32)


@pytest.fixture(scope="module")
def harmless(consortium: Any, directory: Any) -> Proposal:
    return proposal(
        "The replacement of a lost seat can be objected to for 20 days", call(directory.setObjectionDelay, 20 * DAY)
    )


def ask(consortium: Any, made: Proposal, sender: Any) -> Any:
    return consortium.propose.call(*made.whole, {"from": sender})


def test_shows_its_calls_and_its_description(consortium: Any, harmless: Proposal, em: Office) -> None:
    transaction = propose(consortium, harmless, em)
    time = time_of(transaction)
    assert logs_of(transaction) == [
        log(
            consortium,
            "ProposalCreated",
            proposalId=harmless.id,
            proposer=em.seat.address,
            targets=harmless.targets,
            values=[0],
            signatures=[""],
            calldatas=harmless.calldatas,
            voteStart=time + VOTING_DELAY,
            voteEnd=time + VOTING_DELAY + VOTING_PERIOD,
            description=harmless.description,
        )
    ]
    assert consortium.state(harmless.id) == PENDING
    assert consortium.proposalSnapshot(harmless.id) == time + VOTING_DELAY
    assert consortium.proposalDeadline(harmless.id) == time + VOTING_DELAY + VOTING_PERIOD
    assert bytes(consortium.proposingOffice(harmless.id)) == em.code
    assert consortium.proposalProposer(harmless.id) == em.seat
    assert tally_of(consortium, harmless) == Tally(0, 0, 0, 4, needed_of(4))


def test_every_active_office_may(consortium: Any, offices: list[Office], directory: Any) -> None:
    for days, office in enumerate(offices, start=20):
        made = proposal(f"{days} days", call(directory.setObjectionDelay, days * DAY))
        propose(consortium, made, office)
        assert bytes(consortium.proposingOffice(made.id)) == office.code


def test_nobody_else_may(
    consortium: Any, harmless: Proposal, em: Office, timelock: Any, deployer: Any, stranger: Any
) -> None:
    """Not the deployer, not a key of an office, not the timelock."""
    for sender in (deployer, stranger, em.key.address, timelock, consortium):
        reverts_with(
            lambda sender=sender: ask(consortium, harmless, sender),
            "GovernorInsufficientProposerVotes",
            sender,
            0,
            1,
        )


def test_a_former_seat_may_not(consortium: Any, harmless: Proposal, directory: Any, em: Office, seatless: Any) -> None:
    rotate(directory, em, em.seat, seatless[0])
    reverts_with(lambda: ask(consortium, harmless, em.seat), "GovernorInsufficientProposerVotes", em.seat, 0, 1)
    consortium.propose(*harmless.whole, {"from": seatless[0]})
    assert bytes(consortium.proposingOffice(harmless.id)) == em.code


def test_offices_that_are_suspended_or_gone_may_not(
    consortium: Any, directory: Any, harmless: Proposal, offices: list[Office]
) -> None:
    em, ru, au, jp = offices
    end = now() + 100 * DAY
    enact(consortium, proposal("Suspend EM", call(directory.suspendOffice, em.code, end)), [ru, au, jp])
    reverts_with(lambda: ask(consortium, harmless, em.seat), "GovernorInsufficientProposerVotes", em.seat, 0, 1)
    travel_to(end)
    enact(consortium, proposal("RU leaves", call(directory.departOffice, ru.code)), [em, au, jp])
    reverts_with(lambda: ask(consortium, harmless, ru.seat), "GovernorInsufficientProposerVotes", ru.seat, 0, 1)
    propose(consortium, harmless, em)


@pytest.mark.parametrize("length", [0, LIMIT + 1, 2 * LIMIT])
def test_the_description_has_a_length(consortium: Any, harmless: Proposal, em: Office, length: int) -> None:
    made = Proposal("x" * length, harmless.calls)
    reverts_with(lambda: ask(consortium, made, em.seat), "ConsortiumDescriptionLength", length, LIMIT)


def test_the_length_is_of_bytes(consortium: Any, harmless: Proposal, em: Office) -> None:
    made = Proposal("é" * (LIMIT // 2) + "x", harmless.calls)
    reverts_with(lambda: ask(consortium, made, em.seat), "ConsortiumDescriptionLength", LIMIT + 1, LIMIT)


@pytest.mark.parametrize("length", [1, LIMIT])
def test_lengths_within_the_bounds(consortium: Any, harmless: Proposal, em: Office, length: int) -> None:
    made = Proposal("x" * length, harmless.calls)
    propose(consortium, made, em)
    assert consortium.state(made.id) == PENDING


def test_lists_of_other_lengths(consortium: Any, harmless: Proposal, em: Office) -> None:
    target, data = harmless.targets[0], harmless.calldatas[0]
    for targets, values, calldatas in (
        ([], [], []),
        ([target], [], [data]),
        ([target], [0, 0], [data]),
        ([target], [0], []),
        ([target], [0], [data, data]),
        ([target, target], [0], [data]),
        ([], [0], [data]),
    ):
        reverts_with(
            lambda t=targets, v=values, c=calldatas: consortium.propose.call(t, v, c, "x", {"from": em.seat}),
            "GovernorInvalidProposalLength",
            len(targets),
            len(calldatas),
            len(values),
        )


def test_a_longer_list_of_targets_does_not_hide_the_timelock(consortium: Any, timelock: Any, em: Office) -> None:
    reverts_with(
        lambda: consortium.propose.call([em.seat, timelock], [0], [b""], "x", {"from": em.seat}),
        "GovernorInvalidProposalLength",
        2,
        1,
        1,
    )


def test_the_same_once_more(consortium: Any, directory: Any, harmless: Proposal, em: Office, ru: Office) -> None:
    """Neither while it is open nor ever after; with other words it is another one."""
    propose(consortium, harmless, em)
    for office in (em, ru):
        reverts_with(
            lambda office=office: ask(consortium, harmless, office.seat),
            "GovernorUnexpectedProposalState",
            harmless.id,
            PENDING,
            bytes(32),
        )
    close_vote(consortium, harmless)
    reverts_with(
        lambda: ask(consortium, harmless, em.seat),
        "GovernorUnexpectedProposalState",
        harmless.id,
        DEFEATED,
        bytes(32),
    )
    again = Proposal(harmless.description + ", second attempt", harmless.calls)
    propose(consortium, again, em)
    assert again.id != harmless.id


def test_nobody_takes_a_proposal_that_names_its_proposer(
    consortium: Any, harmless: Proposal, em: Office, ru: Office
) -> None:
    """OpenZeppelin's guard of a proposal seen before its block: a description that ends so belongs to that account."""
    made = Proposal(f"{harmless.description}#proposer={em.seat.address}", harmless.calls)
    reverts_with(lambda: ask(consortium, made, ru.seat), "GovernorRestrictedProposer", ru.seat)
    propose(consortium, made, em)


def test_of_the_timelock_only_its_delay(
    consortium: Any, timelock: Any, directory: Any, harmless: Proposal, em: Office, stranger: Any
) -> None:
    """No role can be given away, nothing scheduled or executed past the count, wherever in the list it stands."""
    target = directory.address
    operation = (target, 0, b"", bytes(32), bytes(32))
    batch = ([target], [0], [b""], bytes(32), bytes(32))
    for method, arguments in (
        (timelock.grantRole, (ADMIN, stranger)),
        (timelock.grantRole, (timelock.PROPOSER_ROLE(), stranger)),
        (timelock.revokeRole, (timelock.EXECUTOR_ROLE(), consortium)),
        (timelock.renounceRole, (timelock.EXECUTOR_ROLE(), timelock)),
        (timelock.schedule, (*operation, 0)),
        (timelock.scheduleBatch, (*batch, 0)),
        (timelock.execute, operation),
        (timelock.executeBatch, batch),
        (timelock.cancel, (bytes(32),)),
        (timelock.onERC721Received, (target, target, 0, b"")),
    ):
        forbidden = call(method, *arguments)
        for calls in ((forbidden,), (*harmless.calls, forbidden), (forbidden, *harmless.calls)):
            reverts_with(
                lambda calls=calls: ask(consortium, Proposal("x", calls), em.seat),
                "ConsortiumNotAvailable",
                selector(method),
            )
    update = call(timelock.updateDelay, DAY)
    propose(consortium, proposal("The delay is one day", update), em)
    for data in (b"", update.data[:3], b"\0" + update.data[1:]):
        reverts_with(
            lambda data=data: ask(consortium, Proposal("x", (update, Call(timelock, data))), em.seat),
            "ConsortiumNotAvailable",
            data[:4].ljust(4, b"\0"),
        )


def test_state_of_what_was_never_proposed(consortium: Any, harmless: Proposal) -> None:
    reverts_with(lambda: consortium.state(harmless.id), "GovernorNonexistentProposal", harmless.id)
    for method in (consortium.queue, consortium.execute):
        reverts_with(
            lambda method=method: method.call(*harmless.hashed, {"from": accounts[RELAYER]}),
            "GovernorNonexistentProposal",
            harmless.id,
        )
    reverts_with(
        lambda: consortium.castVote.call(harmless.id, 1, {"from": accounts[RELAYER]}),
        "GovernorNonexistentProposal",
        harmless.id,
    )


def test_an_expired_one_cannot_be_revived(consortium: Any, harmless: Proposal, offices: list[Office]) -> None:
    put(consortium, harmless, offices[0])
    for office in offices:
        vote(consortium, harmless, office)
    travel_to(consortium.proposalDeadline(harmless.id) + COUNT_WINDOW + 1)
    assert consortium.state(harmless.id) == EXPIRED
    reverts_with(
        lambda: ask(consortium, harmless, offices[0].seat),
        "GovernorUnexpectedProposalState",
        harmless.id,
        EXPIRED,
        bitmap(),
    )


def test_a_suspension_without_end_may_be_proposed(consortium: Any, directory: Any, em: Office, ru: Office) -> None:
    """What a call does is for the voters; only what goes round them is refused here."""
    made = proposal("Suspend RU until further notice", call(directory.suspendOffice, ru.code, FOREVER))
    propose(consortium, made, em)
    assert consortium.state(made.id) == PENDING
