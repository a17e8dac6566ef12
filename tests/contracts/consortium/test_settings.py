"""Settings of `Consortium`: by vote within bounds, by nobody else, and those that do not exist."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.errors import revert_data, reverts_with
from tests.contracts.support.ledger import DAY, log, logs_of, storage_root, time_of, travel, travel_to
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import (
    ACTIVE,
    DEFEATED,
    FOR,
    VOTING_DELAY,
    VOTING_PERIOD,
    Proposal,
    ask_to_execute,
    call,
    close_vote,
    enact,
    execute,
    proposal,
    propose,
    put,
    queue,
    ripen,
    selector,
    vote,
)

HOUR = 3600
EMPTY_QUEUE = bytes.fromhex("4e487b71") + (0x31).to_bytes(32, "big")
"""`Panic(0x31)`: the governor expects no call of the timelock."""


@pytest.fixture(scope="module")
def setters(consortium: Any) -> list[Any]:
    """What a vote can change in the consortium itself, with arguments that a vote could set."""
    return [
        (consortium.setVotingDelay, (2 * DAY,)),
        (consortium.setVotingPeriod, (10 * DAY,)),
        (consortium.setSupermajority, (3, 4)),
    ]


@pytest.fixture(scope="module")
def absent(consortium: Any, em: Office, stranger: Any) -> list[Any]:
    """What OpenZeppelin's governor offers and this one does not."""
    return [
        (consortium.setProposalThreshold, (0,)),
        (consortium.setProposalThreshold, (2**255,)),
        (consortium.updateTimelock, (stranger,)),
        (consortium.relay, (stranger, 0, b"")),
        (consortium.castVoteBySig, (1, FOR, em.seat, bytes(65))),
        (consortium.castVoteWithReasonAndParamsBySig, (1, FOR, em.seat, "", b"", bytes(65))),
    ]


def test_only_by_vote(
    consortium: Any, setters: list[Any], offices: list[Office], council: Any, deployer: Any, stranger: Any
) -> None:
    """Not by an outsider, the deployer, a seat, a key, the council, or the consortium itself."""
    for method, arguments in setters:
        for caller in (deployer, stranger, offices[0].seat, offices[0].key.address, council, consortium):
            reverts_with(
                lambda method=method, arguments=arguments, caller=caller: method.call(*arguments, {"from": caller}),
                "GovernorOnlyExecutor",
                caller,
            )


def test_only_while_a_proposal_is_executed(consortium: Any, timelock: Any, setters: list[Any]) -> None:
    """A call of the timelock that no proposal asked for is refused."""
    for method, arguments in setters:
        data = revert_data(
            lambda method=method, arguments=arguments: method.call(*arguments, {"from": timelock.address})
        )
        assert data == EMPTY_QUEUE


def test_what_is_not_available(
    consortium: Any, timelock: Any, absent: list[Any], em: Office, deployer: Any, stranger: Any
) -> None:
    """To nobody, the timelock included."""
    before = storage_root(consortium)
    for method, arguments in absent:
        for caller in (deployer, stranger, em.seat, timelock.address):
            reverts_with(
                lambda method=method, arguments=arguments, caller=caller: method.call(*arguments, {"from": caller}),
                "ConsortiumNotAvailable",
                selector(method),
            )
    assert storage_root(consortium) == before


def test_what_is_not_available_by_vote_either(
    consortium: Any, timelock: Any, absent: list[Any], offices: list[Office]
) -> None:
    for number, (method, arguments) in enumerate(absent):
        made = ripen(consortium, proposal(f"Attempt {number}", call(method, *arguments)), offices)
        reverts_with(lambda made=made: ask_to_execute(consortium, made), "ConsortiumNotAvailable", selector(method))
    assert (consortium.timelock(), consortium.proposalThreshold()) == (timelock, 1)


def test_the_timelock_has_no_vote(consortium: Any, timelock: Any, directory: Any, offices: list[Office]) -> None:
    """A proposal can neither propose nor vote nor cancel in the name of the consortium."""
    inner = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    propose(consortium, inner, offices[0])
    for number, (method, arguments, error) in enumerate(
        (
            (
                consortium.propose,
                (*inner.whole[:3], "By the timelock"),
                ("GovernorInsufficientProposerVotes", timelock, 0, 1),
            ),
            (consortium.cancel, inner.hashed, ("GovernorUnableToCancel", inner.id, timelock)),
        )
    ):
        made = ripen(consortium, proposal(f"Attempt {number}", call(method, *arguments)), offices)
        reverts_with(lambda made=made: ask_to_execute(consortium, made), *error)


def test_a_vote_of_the_timelock(consortium: Any, timelock: Any, directory: Any, offices: list[Office]) -> None:
    """On a proposal that is open while the other one is executed."""
    other = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    made = proposal("The consortium votes for it", call(consortium.castVote, other.id, FOR))
    put(consortium, made, offices[0])
    travel(3 * DAY)
    propose(consortium, other, offices[0])
    for office in offices:
        vote(consortium, made, office)
    close_vote(consortium, made)
    queue(consortium, made)
    travel_to(consortium.proposalEta(made.id))
    assert consortium.state(other.id) == ACTIVE
    reverts_with(lambda: ask_to_execute(consortium, made), "ConsortiumNotVoter", timelock)


def all_of(setters: list[Any]) -> Proposal:
    return proposal("All of them", *(call(method, *given) for method, given in setters))


def test_a_vote_changes_them(consortium: Any, offices: list[Office], setters: list[Any]) -> None:
    transaction = enact(consortium, all_of(setters), offices)
    events = [entry for entry in logs_of(transaction) if entry.address == consortium.address]
    assert events[:-1] == [
        log(consortium, "VotingDelaySet", oldVotingDelay=VOTING_DELAY, newVotingDelay=2 * DAY),
        log(consortium, "VotingPeriodSet", oldVotingPeriod=VOTING_PERIOD, newVotingPeriod=10 * DAY),
        log(consortium, "SupermajorityChanged", numerator=3, denominator=4),
    ]
    assert (consortium.votingDelay(), consortium.votingPeriod()) == (2 * DAY, 10 * DAY)
    assert consortium.supermajority() == (3, 4)


def test_open_votes_keep_their_times(
    consortium: Any, directory: Any, offices: list[Office], setters: list[Any]
) -> None:
    made = ripen(consortium, all_of(setters), offices)
    before = proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY))
    time = time_of(propose(consortium, before, offices[0]))
    execute(consortium, made)
    after = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    later = time_of(propose(consortium, after, offices[0]))
    for given, start, delay, period in (
        (before, time, VOTING_DELAY, VOTING_PERIOD),
        (after, later, 2 * DAY, 10 * DAY),
    ):
        assert consortium.proposalSnapshot(given.id) == start + delay
        assert consortium.proposalDeadline(given.id) == start + delay + period


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("setVotingDelay", (30 * DAY + 1,), ("ConsortiumInvalidTime", 30 * DAY + 1, 0, 30 * DAY)),
        ("setVotingDelay", (2**48 - 1,), ("ConsortiumInvalidTime", 2**48 - 1, 0, 30 * DAY)),
        ("setVotingPeriod", (0,), ("ConsortiumInvalidTime", 0, HOUR, 90 * DAY)),
        ("setVotingPeriod", (HOUR - 1,), ("ConsortiumInvalidTime", HOUR - 1, HOUR, 90 * DAY)),
        ("setVotingPeriod", (90 * DAY + 1,), ("ConsortiumInvalidTime", 90 * DAY + 1, HOUR, 90 * DAY)),
        ("setSupermajority", (1, 2), ("ConsortiumInvalidSupermajority", 1, 2)),
        ("setSupermajority", (1, 1), ("ConsortiumInvalidSupermajority", 1, 1)),
        ("setSupermajority", (255, 255), ("ConsortiumInvalidSupermajority", 255, 255)),
        ("setSupermajority", (0, 0), ("ConsortiumInvalidSupermajority", 0, 0)),
    ],
)
def test_a_vote_is_bound_too(
    consortium: Any, offices: list[Office], name: str, arguments: tuple[int, ...], error: tuple[Any, ...]
) -> None:
    made = ripen(consortium, proposal("Out of bounds", call(getattr(consortium, name), *arguments)), offices)
    reverts_with(lambda: ask_to_execute(consortium, made), *error)


@pytest.mark.parametrize("settings", [(0, HOUR, (254, 255)), (30 * DAY, 90 * DAY, (128, 255))])
def test_at_the_bounds(consortium: Any, offices: list[Office], settings: tuple[int, int, tuple[int, int]]) -> None:
    delay, period, share = settings
    calls = (
        call(consortium.setVotingDelay, delay),
        call(consortium.setVotingPeriod, period),
        call(consortium.setSupermajority, *share),
    )
    enact(consortium, proposal("At the bounds", *calls), offices)
    assert (consortium.votingDelay(), consortium.votingPeriod(), consortium.supermajority()) == settings


def test_the_highest_share_can_be_reached(consortium: Any, directory: Any, offices: list[Office]) -> None:
    """Of a small consortium it is unanimity, by which it can be lowered again."""
    enact(consortium, proposal("Unanimity", call(consortium.setSupermajority, 254, 255)), offices)
    assert consortium.votesNeeded() == len(offices) == 4
    three = put(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), offices[0])
    for office in offices[:3]:
        vote(consortium, three, office)
    close_vote(consortium, three)
    assert consortium.state(three.id) == DEFEATED
    enact(consortium, proposal("Two thirds", call(consortium.setSupermajority, 2, 3)), offices)
    assert consortium.votesNeeded() == 3


def test_the_consortium_itself_is_no_governance(
    consortium: Any, priority: Any, second_registry: Any, deployer: Any
) -> None:
    """The registers obey its timelock, which it can use by votes only."""
    for caller in (consortium, deployer):
        reverts_with(
            lambda caller=caller: priority.setRegistry.call(second_registry, {"from": caller}),
            "PriorityRegisterNotGovernance",
            caller,
        )
