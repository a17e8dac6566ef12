"""`Consortium.cancel`: by the present seat of the office that proposed, before the vote begins, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, log, logs_of, travel_to
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import (
    ACTIVE,
    CANCELED,
    PENDING,
    Proposal,
    bitmap,
    call,
    close_vote,
    open_vote,
    proposal,
    propose,
    queue,
    rotate,
    vote,
)


@pytest.fixture(scope="module")
def made(consortium: Any, directory: Any, em: Office) -> Proposal:
    """A proposal of EM, pending."""
    pending = proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY))
    propose(consortium, pending, em)
    return pending


def cannot_cancel(consortium: Any, made: Proposal, *callers: Any) -> None:
    for caller in callers:
        reverts_with(
            lambda caller=caller: consortium.cancel.call(*made.hashed, {"from": caller}),
            "GovernorUnableToCancel",
            made.id,
            caller,
        )


def test_by_the_seat_of_the_proposing_office(consortium: Any, made: Proposal, em: Office, ru: Office) -> None:
    transaction = consortium.cancel(*made.hashed, {"from": em.seat})
    assert logs_of(transaction) == [log(consortium, "ProposalCanceled", proposalId=made.id)]
    assert consortium.state(made.id) == CANCELED
    open_vote(consortium, made)
    reverts_with(
        lambda: consortium.castVote.call(made.id, 1, {"from": ru.seat}),
        "GovernorUnexpectedProposalState",
        made.id,
        CANCELED,
        bitmap(ACTIVE),
    )
    cannot_cancel(consortium, made, em.seat)


def test_by_nobody_else(
    consortium: Any, made: Proposal, em: Office, ru: Office, timelock: Any, deployer: Any, stranger: Any
) -> None:
    cannot_cancel(consortium, made, ru.seat, deployer, stranger, timelock, consortium, em.key.address)
    assert consortium.state(made.id) == PENDING


def test_by_the_present_seat_only(consortium: Any, made: Proposal, directory: Any, em: Office, seatless: Any) -> None:
    """The account that proposed has lost it with its seat."""
    rotate(directory, em, em.seat, seatless[0])
    cannot_cancel(consortium, made, em.seat)
    consortium.cancel(*made.hashed, {"from": seatless[0]})
    assert consortium.state(made.id) == CANCELED


def test_not_once_the_vote_has_begun(consortium: Any, made: Proposal, offices: list[Office]) -> None:
    em = offices[0]
    travel_to(consortium.proposalSnapshot(made.id))
    assert consortium.state(made.id) == PENDING
    consortium.cancel.call(*made.hashed, {"from": em.seat})
    open_vote(consortium, made)
    cannot_cancel(consortium, made, em.seat)
    for office in offices:
        vote(consortium, made, office)
    close_vote(consortium, made)
    cannot_cancel(consortium, made, em.seat)
    queue(consortium, made)
    cannot_cancel(consortium, made, em.seat)
    travel_to(consortium.proposalEta(made.id))
    cannot_cancel(consortium, made, em.seat)


def test_of_another_content_is_of_another_proposal(consortium: Any, made: Proposal, em: Office) -> None:
    other = Proposal(made.description + ".", made.calls)
    reverts_with(
        lambda: consortium.cancel.call(*other.hashed, {"from": em.seat}),
        "GovernorNonexistentProposal",
        other.id,
    )
