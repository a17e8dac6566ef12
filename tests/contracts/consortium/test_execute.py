"""`Consortium.execute`: what was counted, once, in time, as it was voted on; and what it must leave behind."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts, web3

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, next_block_at, now, travel, travel_to
from tests.contracts.support.offices import RELAYER, Office
from tests.contracts.support.votes import (
    ACTIVE,
    CANCELED,
    COUNT_WINDOW,
    DEFEATED,
    EXECUTED,
    EXECUTION_WINDOW,
    EXPIRED,
    PENDING,
    QUEUED,
    SUCCEEDED,
    Call,
    Member,
    Proposal,
    ask_to_execute,
    bitmap,
    call,
    close_vote,
    deploy_consortium,
    enact,
    execute,
    found,
    open_vote,
    proposal,
    propose,
    put,
    queue,
    ripen,
    timelock_of,
    vote,
)

READY = bytes(31) + b"\x04"
"""Bitmap of the timelock's state in which an operation can be executed."""

LEAST = 3


@pytest.fixture(scope="module")
def made(consortium: Any, directory: Any) -> Proposal:
    return proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY))


@pytest.fixture
def ripe(consortium: Any, made: Proposal, offices: list[Office]) -> Proposal:
    """A proposal that can be executed now."""
    return ripen(consortium, made, offices)


def operation(timelock: Any, consortium: Any, made: Proposal) -> bytes:
    """What the timelock calls a proposal."""
    salt = bytes(
        a ^ b
        for a, b in zip(bytes.fromhex(consortium.address[2:]).ljust(32, b"\0"), made.description_hash, strict=True)
    )
    return bytes(timelock.hashOperationBatch(made.targets, made.values, made.calldatas, bytes(32), salt))


def cannot_execute(consortium: Any, made: Proposal, state: int) -> None:
    assert consortium.state(made.id) == state
    reverts_with(
        lambda: ask_to_execute(consortium, made),
        "GovernorUnexpectedProposalState",
        made.id,
        state,
        bitmap(SUCCEEDED, QUEUED),
    )


def test_governs_the_registers(
    consortium: Any, timelock: Any, priority: Any, second_registry: Any, offices: list[Office], stranger: Any
) -> None:
    """An example register gets another registry of applications, by nobody's hand but the timelock's."""
    change = call(priority.setRegistry, second_registry)
    made = ripen(consortium, proposal("Priority looks into the second registry", change), offices)
    transaction = execute(consortium, made, sender=stranger)
    assert priority.registry() == second_registry
    executed = log(
        timelock,
        "CallExecuted",
        id=operation(timelock, consortium, made),
        index=0,
        target=priority.address,
        value=0,
        data=change.data,
    )
    assert logs_of(transaction)[-2:] == [executed, log(consortium, "ProposalExecuted", proposalId=made.id)]
    assert consortium.state(made.id) == EXECUTED


def test_several_calls_happen_in_order_or_not_at_all(
    consortium: Any, directory: Any, offices: list[Office], seatless: Any
) -> None:
    em, *_ = offices
    good = call(directory.setObjectionDelay, 20 * DAY)
    bad = call(directory.reinstateOffice, em.code)
    both = ripen(consortium, proposal("Twenty days, and EM is back", good, bad), offices)
    reverts_with(lambda: ask_to_execute(consortium, both), "OfficeDirectoryNotSuspended", em.code)
    reverts_with(lambda: execute(consortium, both), "OfficeDirectoryNotSuspended", em.code)
    assert directory.objectionDelay() == 14 * DAY
    assert consortium.state(both.id) == QUEUED
    calls = [
        call(directory.setObjectionDelay, 30 * DAY),
        call(directory.admitOffice, b"FR", seatless[0], "INPI", "", 0),
        call(directory.setObjectionDelay, 40 * DAY),
    ]
    enact(consortium, proposal("In order", *calls), offices)
    assert directory.objectionDelay() == 40 * DAY
    assert bytes(directory.officeOfSeat(seatless[0])) == b"FR"


def test_not_early(consortium: Any, timelock: Any, made: Proposal, offices: list[Office]) -> None:
    em, *_ = offices
    propose(consortium, made, em)
    cannot_execute(consortium, made, PENDING)
    open_vote(consortium, made)
    for office in offices:
        vote(consortium, made, office)
    cannot_execute(consortium, made, ACTIVE)
    close_vote(consortium, made)
    unexpected = (operation(timelock, consortium, made), READY)
    assert consortium.state(made.id) == SUCCEEDED
    reverts_with(lambda: ask_to_execute(consortium, made), "TimelockUnexpectedOperationState", *unexpected)
    queue(consortium, made)
    reverts_with(lambda: ask_to_execute(consortium, made), "TimelockUnexpectedOperationState", *unexpected)
    travel_to(consortium.proposalEta(made.id) - 1)
    reverts_with(lambda: ask_to_execute(consortium, made), "TimelockUnexpectedOperationState", *unexpected)
    travel(1)
    execute(consortium, made)
    assert consortium.state(made.id) == EXECUTED


def test_not_twice(consortium: Any, directory: Any, ripe: Proposal, offices: list[Office]) -> None:
    execute(consortium, ripe)
    cannot_execute(consortium, ripe, EXECUTED)
    assert directory.objectionDelay() == 20 * DAY
    enact(consortium, proposal("Back to fourteen", call(directory.setObjectionDelay, 14 * DAY)), offices)
    cannot_execute(consortium, ripe, EXECUTED)
    assert directory.objectionDelay() == 14 * DAY


def test_not_late(consortium: Any, ripe: Proposal) -> None:
    end = consortium.proposalEta(ripe.id) + EXECUTION_WINDOW
    travel_to(end)
    assert consortium.state(ripe.id) == QUEUED
    ask_to_execute(consortium, ripe)
    travel(1)
    cannot_execute(consortium, ripe, EXPIRED)
    travel(1000 * DAY)
    cannot_execute(consortium, ripe, EXPIRED)


def test_at_the_end_of_the_window(consortium: Any, ripe: Proposal) -> None:
    next_block_at(consortium.proposalEta(ripe.id) + EXECUTION_WINDOW)
    execute(consortium, ripe)
    assert now() == consortium.proposalEta(ripe.id) + EXECUTION_WINDOW
    assert consortium.state(ripe.id) == EXECUTED


def test_not_uncounted_after_the_window(consortium: Any, made: Proposal, offices: list[Office]) -> None:
    put(consortium, made, offices[0])
    for office in offices:
        vote(consortium, made, office)
    travel_to(consortium.proposalDeadline(made.id) + COUNT_WINDOW + 1)
    cannot_execute(consortium, made, EXPIRED)


def test_not_what_was_defeated_or_cancelled(consortium: Any, directory: Any, made: Proposal, em: Office) -> None:
    propose(consortium, made, em)
    other = proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY))
    propose(consortium, other, em)
    consortium.cancel(*other.hashed, {"from": em.seat})
    cannot_execute(consortium, other, CANCELED)
    close_vote(consortium, made)
    cannot_execute(consortium, made, DEFEATED)


def test_not_altered(consortium: Any, directory: Any, priority: Any, ripe: Proposal, stranger: Any) -> None:
    """Another target, value, call, order or word is another proposal, which nobody voted on."""
    (agreed,) = ripe.calls
    longer = call(directory.setObjectionDelay, 90 * DAY)
    for altered in (
        Proposal(ripe.description, (longer,)),
        Proposal(ripe.description, (Call(agreed.target, agreed.data + b"\0"),)),
        Proposal(ripe.description, (Call(priority.address, agreed.data),)),
        Proposal(ripe.description, (agreed, longer)),
        Proposal(ripe.description, (agreed, agreed)),
        Proposal(ripe.description + " ", ripe.calls),
        Proposal(ripe.description, (Call(agreed.target, agreed.data, 1),)),
        Proposal(ripe.description, ()),
    ):
        reverts_with(
            lambda altered=altered: ask_to_execute(consortium, altered), "GovernorNonexistentProposal", altered.id
        )
    execute(consortium, ripe)
    assert directory.objectionDelay() == 20 * DAY


def test_with_money(consortium: Any, timelock: Any, offices: list[Office], deployer: Any) -> None:
    """Exactly the value that was voted on goes to the target; a surplus stays with the timelock."""
    target = compiled("HostileTarget").deploy({"from": deployer})
    made = ripen(consortium, proposal("Pay five", call(target.strike, value=5)), offices)
    assert web3.eth.get_balance(timelock.address) == 0
    reverts_with(lambda: ask_to_execute(consortium, made), "FailedCall")
    execute(consortium, made, value=7)
    assert (web3.eth.get_balance(target.address), web3.eth.get_balance(timelock.address)) == (5, 2)
    assert (target.strikes(), web3.eth.get_balance(consortium.address)) == (1, 0)


def test_does_not_ask_who_proposed_or_voted(
    consortium: Any, directory: Any, council: Any, ripe: Proposal, offices: list[Office]
) -> None:
    """The office that proposed is suspended since the count; what was decided stands."""
    em, *others = offices
    suspension = (em.code, [], "a lost seat", 1, now() + DAY)
    for office in others:
        council.support(suspension, [], {"from": office.seat})
    assert directory.statusOf(em.code) == 2
    execute(consortium, ripe)
    assert directory.objectionDelay() == 20 * DAY


def test_stale_after_the_members_changed(consortium: Any, directory: Any, offices: list[Office], seatless: Any) -> None:
    """Two proposals admit the same office, or take the same seat: the second one fails as a whole."""
    first = proposal("Admit FR", call(directory.admitOffice, b"FR", seatless[0], "INPI", "", 0))
    same_code = proposal("Admit FR too", call(directory.admitOffice, b"FR", seatless[1], "INPI", "", 0))
    same_seat = proposal("Admit DE", call(directory.admitOffice, b"DE", seatless[0], "DPMA", "", 0))
    gone = proposal("Suspend JP", call(directory.suspendOffice, b"JP", FOREVER))
    departure = proposal("JP leaves", call(directory.departOffice, b"JP"))
    together = (first, same_code, same_seat, departure, gone)
    for made in together:
        propose(consortium, made, offices[0])
    open_vote(consortium, gone)
    for made in together:
        for office in offices:
            vote(consortium, made, office)
    close_vote(consortium, gone)
    for made in together:
        queue(consortium, made)
    travel_to(consortium.proposalEta(gone.id))
    execute(consortium, first)
    execute(consortium, departure)
    reverts_with(lambda: ask_to_execute(consortium, same_code), "OfficeDirectoryOfficeExists", b"FR")
    reverts_with(lambda: ask_to_execute(consortium, same_seat), "OfficeDirectorySeatTaken", seatless[0], b"FR")
    reverts_with(lambda: ask_to_execute(consortium, gone), "OfficeDirectoryOfficeDeparted", b"JP")


@pytest.mark.parametrize("how", ["suspendOffice", "departOffice"])
def test_three_offices_stay_active(consortium: Any, directory: Any, offices: list[Office], how: str) -> None:
    """The fourth can go, the third cannot, whatever the others vote."""
    em, ru, au, jp = offices
    method = getattr(directory, how)
    rest = [FOREVER] if how == "suspendOffice" else []
    enact(consortium, proposal("JP goes", call(method, jp.code, *rest)), offices)
    assert len(directory.activeOffices()) == LEAST
    last = ripen(consortium, proposal("AU goes", call(method, au.code, *rest)), [em, ru, au])
    reverts_with(lambda: ask_to_execute(consortium, last), "ConsortiumTooFewOffices", 2, LEAST)
    reverts_with(lambda: execute(consortium, last), "ConsortiumTooFewOffices", 2, LEAST)
    assert len(directory.activeOffices()) == LEAST
    assert consortium.state(last.id) == QUEUED


def test_not_by_two_at_once(consortium: Any, directory: Any, offices: list[Office]) -> None:
    """Two departures, each of which would be allowed: in one proposal, and in two that were counted together."""
    em, ru, au, jp = offices
    both = proposal("AU and JP leave", call(directory.departOffice, au.code), call(directory.departOffice, jp.code))
    one = proposal("JP leaves", call(directory.departOffice, jp.code))
    other = proposal("AU leaves", call(directory.departOffice, au.code))
    for made in (both, one, other):
        propose(consortium, made, em)
    open_vote(consortium, other)
    for made in (both, one, other):
        for office in offices:
            vote(consortium, made, office)
    close_vote(consortium, other)
    for made in (both, one, other):
        queue(consortium, made)
    travel_to(consortium.proposalEta(other.id))
    reverts_with(lambda: ask_to_execute(consortium, both), "ConsortiumTooFewOffices", 2, LEAST)
    execute(consortium, one)
    reverts_with(lambda: ask_to_execute(consortium, other), "ConsortiumTooFewOffices", 2, LEAST)
    assert [bytes(code) for code in directory.activeOffices()] == [em.code, ru.code, au.code]


def test_a_departure_waits_for_an_admission(
    consortium: Any, directory: Any, offices: list[Office], seatless: Any
) -> None:
    """What counts is what is left at the end of a proposal, in whatever order its calls come."""
    em, ru, au, jp = offices
    enact(consortium, proposal("JP leaves", call(directory.departOffice, jp.code)), offices)
    leaves = call(directory.departOffice, au.code)
    comes = call(directory.admitOffice, b"FR", seatless[0], "INPI", "", 0)
    enact(consortium, proposal("AU leaves, FR comes", leaves, comes), [em, ru, au])
    assert [bytes(code) for code in directory.activeOffices()] == [em.code, ru.code, b"FR"]


def test_a_suspended_office_can_leave_the_last_three(consortium: Any, directory: Any, offices: list[Office]) -> None:
    em, ru, au, jp = offices
    enact(consortium, proposal("Suspend JP", call(directory.suspendOffice, jp.code, FOREVER)), offices)
    enact(consortium, proposal("JP leaves", call(directory.departOffice, jp.code)), [em, ru, au])
    assert [bytes(code) for code in directory.activeOffices()] == [em.code, ru.code, au.code]


def test_fewer_than_three_can_only_grow(accounts: Any) -> None:
    """A consortium that was handed over too small: two offices can admit a third, and do nothing else."""
    members = [Member(b"CH", accounts[11]), Member(b"DE", accounts[12])]
    house = found(members)
    consortium, directory = house.consortium, house.directory
    anything = ripen(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), members)
    reverts_with(lambda: ask_to_execute(consortium, anything), "ConsortiumTooFewOffices", 2, LEAST)
    admission = call(directory.admitOffice, b"FR", accounts[13], "INPI", "", 0)
    enact(consortium, proposal("Admit FR", admission), members)
    execute(consortium, anything)
    assert directory.objectionDelay() == 20 * DAY


def test_fewer_than_three_can_grow_step_by_step(accounts: Any, deployer: Any) -> None:
    """Two of three were suspended between count and handover: an admission that was counted still leaves too few, but
    more than before."""
    members = [Member(code, accounts[index]) for index, code in enumerate((b"CH", b"DE", b"ES"), 11)]
    house = found(members, hand_over=False)
    consortium, directory = house.consortium, house.directory
    admission = call(directory.admitOffice, b"FR", accounts[14], "INPI", "", 0)
    made = ripen(consortium, proposal("Admit FR", admission), members)
    for member in members[1:]:
        directory.suspendOffice(member.code, FOREVER, {"from": deployer})
    directory.transferGovernance(consortium.timelock(), {"from": deployer})
    execute(consortium, made)
    assert [bytes(code) for code in directory.activeOffices()] == [b"CH", b"FR"]


def test_governance_goes_to_no_account(
    consortium: Any, timelock: Any, directory: Any, offices: list[Office], em: Office, stranger: Any
) -> None:
    """Neither to a person, nor to a contract that cannot carry anything out."""
    for heir in (stranger, em.seat, "0x" + "00" * 19 + "01", directory, consortium):
        made = proposal(f"To {heir}", call(directory.transferGovernance, heir))
        ripen(consortium, made, offices)
        reverts_with(lambda made=made: ask_to_execute(consortium, made), "ConsortiumGovernanceLost", heir)
    assert directory.governance() == timelock


def test_governance_goes_to_another_consortium(
    consortium: Any, timelock: Any, directory: Any, priority: Any, second_registry: Any, offices: list[Office]
) -> None:
    """The whole register with it; the former consortium has nothing left to decide."""
    heir = deploy_consortium(directory, 0, 3600, 0, 3, 4)
    change = call(priority.setRegistry, second_registry)
    enact(consortium, proposal("A new consortium", call(directory.transferGovernance, heir.timelock())), offices)
    assert directory.governance() == heir.timelock() == timelock_of(heir)
    late = ripen(consortium, proposal("As before", change), offices)
    reverts_with(lambda: ask_to_execute(consortium, late), "PriorityRegisterNotGovernance", timelock)
    enact(heir, proposal("By the new one", change), offices)
    assert priority.registry() == second_registry


def test_governance_may_pass_through(consortium: Any, timelock: Any, directory: Any, offices: list[Office]) -> None:
    """Judged is who holds it in the end."""
    same = call(directory.transferGovernance, timelock)
    enact(consortium, proposal("Nothing changes", same), offices)
    assert directory.governance() == timelock


@pytest.mark.parametrize("delay", [30 * DAY + 1, FOREVER, 2**256 - 1])
def test_the_delay_has_a_bound(consortium: Any, timelock: Any, offices: list[Office], delay: int) -> None:
    made = ripen(consortium, proposal("A long delay", call(timelock.updateDelay, delay)), offices)
    reverts_with(lambda: ask_to_execute(consortium, made), "ConsortiumInvalidTime", delay, 0, 30 * DAY)
    assert timelock.getMinDelay() == 2 * DAY


@pytest.mark.parametrize("delay", [0, 1, 30 * DAY])
def test_a_new_delay_holds_for_what_is_counted_after_it(
    consortium: Any, timelock: Any, made: Proposal, offices: list[Office], delay: int
) -> None:
    transaction = enact(consortium, proposal("Another delay", call(timelock.updateDelay, delay)), offices)
    assert logs_of(transaction)[0] == log(timelock, "MinDelayChange", oldDuration=2 * DAY, newDuration=delay)
    put(consortium, made, offices[0])
    for office in offices:
        vote(consortium, made, office)
    close_vote(consortium, made)
    queue(consortium, made)
    assert consortium.proposalEta(made.id) == now() + delay
    travel_to(consortium.proposalEta(made.id) + (1 if delay == 0 else 0))
    consortium.execute(*made.hashed, {"from": accounts[RELAYER]})
    assert consortium.state(made.id) == EXECUTED
