"""What a called contract can do while a proposal is executed: nothing that it could not do at another time.

Wallets that come back while their signature is checked are in `test_cast_signed_votes`.
"""

from __future__ import annotations

from typing import Any

import pytest
from hexbytes import HexBytes

from tests.contracts.support.errors import decode_error, revert_data, reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, travel, travel_to
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import (
    ACTIVE,
    EXECUTED,
    FOR,
    QUEUED,
    SUCCEEDED,
    Proposal,
    Tally,
    ask_to_execute,
    bitmap,
    call,
    close_vote,
    enact,
    execute,
    open_vote,
    proposal,
    propose,
    put,
    queue,
    ripen,
    tally_of,
    vote,
)

EMPTY_QUEUE = bytes.fromhex("4e487b71") + (0x31).to_bytes(32, "big")
"""`Panic(0x31)`: the governor no longer expects the call."""


@pytest.fixture(scope="module")
def hostile(consortium: Any, deployer: Any) -> Any:
    """A target that calls back."""
    return compiled("HostileTarget").deploy({"from": deployer})


@pytest.fixture(scope="module")
def strike(hostile: Any) -> Any:
    return call(hostile.strike)


def prepare(hostile: Any, method: Any, *arguments: Any) -> None:
    hostile.prepare(method._address, method.encode_input(*arguments))


def prepare_execution(hostile: Any, consortium: Any, made: Proposal) -> None:
    prepare(hostile, consortium.execute, *made.hashed)


def refusal(hostile: Any, attempt: int) -> tuple[Any, ...]:
    """The custom error that a call back was refused with."""
    succeeded, answer = hostile.outcome(attempt)
    assert not succeeded
    name, values = decode_error(bytes(HexBytes(answer)))
    return name, *values


def together(consortium: Any, offices: list[Office], *proposals: Proposal) -> None:
    """Bring several proposals to where each can be executed."""
    for made in proposals:
        propose(consortium, made, offices[0])
    open_vote(consortium, proposals[-1])
    for made in proposals:
        for office in offices:
            vote(consortium, made, office)
    close_vote(consortium, proposals[-1])
    for made in proposals:
        queue(consortium, made)
    travel_to(consortium.proposalEta(proposals[-1].id))


def test_not_twice_from_within(
    consortium: Any, timelock: Any, directory: Any, hostile: Any, strike: Any, offices: list[Office], stranger: Any
) -> None:
    """The same proposal again, its operation in the timelock directly, and powers of the consortium."""
    made = proposal("Strike", strike)
    prepare_execution(hostile, consortium, made)
    prepare(hostile, consortium.queue, *made.hashed)
    prepare(hostile, consortium.cancel, *made.hashed)
    prepare(hostile, consortium.setVotingDelay, 0)
    own = bytes.fromhex(consortium.address[2:]).ljust(32, b"\0")
    salt = bytes(a ^ b for a, b in zip(own, made.description_hash, strict=True))
    prepare(hostile, timelock.executeBatch, made.targets, made.values, made.calldatas, bytes(32), salt)
    prepare(hostile, timelock.grantRole, timelock.PROPOSER_ROLE(), hostile)
    prepare(hostile, directory.transferGovernance, hostile)
    enact(consortium, made, offices)
    unexpected = ("GovernorUnexpectedProposalState", made.id, EXECUTED)
    who = hostile.address.lower()
    assert [refusal(hostile, attempt) for attempt in range(7)] == [
        (*unexpected, bitmap(SUCCEEDED, QUEUED)),
        (*unexpected, bitmap(SUCCEEDED)),
        ("GovernorUnableToCancel", made.id, who),
        ("GovernorOnlyExecutor", who),
        ("AccessControlUnauthorizedAccount", who, bytes(timelock.EXECUTOR_ROLE())),
        ("AccessControlUnauthorizedAccount", who, bytes(32)),
        ("OfficeDirectoryNotGovernance", who),
    ]
    assert (hostile.strikes(), consortium.state(made.id)) == (1, EXECUTED)


def test_no_vote_and_no_proposal_from_within(
    consortium: Any, directory: Any, hostile: Any, strike: Any, offices: list[Office]
) -> None:
    """The target is no seat, and the timelock that calls it is none either."""
    made = proposal("Strike", strike)
    other = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    prepare(hostile, consortium.castVote, other.id, FOR)
    prepare(hostile, consortium.propose, *other.whole[:3], "another")
    put(consortium, made, offices[0])
    travel(3 * DAY)
    propose(consortium, other, offices[0])
    for office in offices:
        vote(consortium, made, office)
    close_vote(consortium, made)
    queue(consortium, made)
    travel_to(consortium.proposalEta(made.id))
    assert consortium.state(other.id) == ACTIVE
    execute(consortium, made)
    who = hostile.address.lower()
    assert refusal(hostile, 0) == ("ConsortiumNotVoter", who)
    assert refusal(hostile, 1) == ("GovernorInsufficientProposerVotes", who, 0, 1)
    assert tally_of(consortium, other) == Tally(0, 0, 0, 4, 3)


def test_a_target_that_is_a_seat_votes_once(
    consortium: Any, directory: Any, hostile: Any, strike: Any, offices: list[Office]
) -> None:
    """Twice in the same execution is as good as twice at any other time."""
    enact(consortium, proposal("Admit FR", call(directory.admitOffice, b"FR", hostile, "INPI", "", 0)), offices)
    made = proposal("Strike", strike)
    other = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    prepare(hostile, consortium.castVote, other.id, FOR)
    prepare(hostile, consortium.castVote, other.id, FOR)
    prepare_execution(hostile, consortium, made)
    put(consortium, made, offices[0])
    travel(3 * DAY)
    propose(consortium, other, offices[0])
    for office in offices:
        vote(consortium, made, office)
    close_vote(consortium, made)
    queue(consortium, made)
    travel_to(consortium.proposalEta(made.id))
    execute(consortium, made)
    assert hostile.outcome(0)[0]
    assert refusal(hostile, 1) == ("ConsortiumAlreadyVoted", other.id, b"FR")
    assert tally_of(consortium, other) == Tally(1, 0, 0, 5, 4)


def test_another_ripe_proposal_from_within(
    consortium: Any, directory: Any, hostile: Any, strike: Any, offices: list[Office]
) -> None:
    """Anyone may execute it at that time, so the target may too: once."""
    outer = proposal("Strike", strike)
    inner = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    prepare_execution(hostile, consortium, inner)
    prepare_execution(hostile, consortium, inner)
    together(consortium, offices, outer, inner)
    execute(consortium, outer)
    assert hostile.outcome(0)[0]
    assert refusal(hostile, 1)[:3] == ("GovernorUnexpectedProposalState", inner.id, EXECUTED)
    assert (consortium.state(outer.id), consortium.state(inner.id)) == (EXECUTED, EXECUTED)
    assert directory.objectionDelay() == 30 * DAY


def test_a_proposal_within_another_cannot_use_its_calls(
    consortium: Any, hostile: Any, strike: Any, offices: list[Office]
) -> None:
    """Both change the consortium. The inner one spoils what the governor expects of the outer one, which fails as a
    whole, the inner one with it; executed one after the other both succeed."""
    outer = proposal("Strike, then two days", strike, call(consortium.setVotingDelay, 2 * DAY))
    inner = proposal("Three days", call(consortium.setVotingDelay, 3 * DAY))
    prepare_execution(hostile, consortium, inner)
    together(consortium, offices, outer, inner)
    assert revert_data(lambda: ask_to_execute(consortium, outer)) == EMPTY_QUEUE
    assert (consortium.state(outer.id), consortium.state(inner.id)) == (QUEUED, QUEUED)
    execute(consortium, inner)
    execute(consortium, outer)
    assert consortium.votingDelay() == 2 * DAY
    assert refusal(hostile, 0)[:3] == ("GovernorUnexpectedProposalState", inner.id, EXECUTED)


@pytest.mark.parametrize("strikes_first", [True, False])
def test_two_departures_at_once(
    consortium: Any, directory: Any, hostile: Any, strike: Any, offices: list[Office], strikes_first: bool
) -> None:
    """One proposal within another does not get below three offices, whichever of them goes first."""
    _, _, au, jp = offices
    departure = call(directory.departOffice, au.code)
    calls = (strike, departure) if strikes_first else (departure, strike)
    outer = proposal("AU leaves", *calls)
    inner = proposal("JP leaves", call(directory.departOffice, jp.code))
    prepare_execution(hostile, consortium, inner)
    together(consortium, offices, outer, inner)
    if strikes_first:
        reverts_with(lambda: ask_to_execute(consortium, outer), "ConsortiumTooFewOffices", 2, 3)
        return
    execute(consortium, outer)
    assert refusal(hostile, 0) == ("ConsortiumTooFewOffices", 2, 3)
    assert len(directory.activeOffices()) == 3
    assert consortium.state(inner.id) == QUEUED


def test_a_target_that_refuses_holds_up_only_its_proposal(
    consortium: Any, directory: Any, deployer: Any, offices: list[Office]
) -> None:
    refuser = compiled("HostileWallet").deploy(1, {"from": deployer})
    made = ripen(consortium, proposal("Ask it", call(refuser.isValidSignature, bytes(32), b"")), offices)
    reverts_with(lambda: ask_to_execute(consortium, made), "HostileWalletRefused")
    assert consortium.state(made.id) == QUEUED
    enact(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), offices)
    assert directory.objectionDelay() == 20 * DAY
