"""How many votes a supermajority is, by exact fractions, for three to twelve offices."""

from __future__ import annotations

from fractions import Fraction

import pytest
from brownie import accounts

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, travel_to
from tests.contracts.support.offices import GOVERNANCE, RELAYER
from tests.contracts.support.votes import (
    DEFEATED,
    PARAMETERS,
    QUEUED,
    SUCCEEDED,
    House,
    Member,
    Tally,
    bitmap,
    call,
    cast,
    deploy_consortium,
    found,
    needed_of,
    proposal,
    put,
    queue,
    signed_vote,
    tally_of,
)

MOST = 12
SHARES = [(2, 3), (3, 4), (3, 5), (4, 5), (5, 6), (51, 100), (66, 100), (67, 100), (128, 255), (127, 253), (254, 255)]
TWO_THIRDS = {3: 2, 4: 3, 5: 4, 6: 4, 7: 5, 8: 6, 9: 6, 10: 7, 11: 8, 12: 8}
"""By hand, so that the formula of the tests is tested too."""


@pytest.fixture(scope="module")
def members(isolate_module: None) -> list[Member]:
    return [Member(f"A{chr(ord('A') + index)}".encode(), accounts[11 + index]) for index in range(MOST)]


@pytest.fixture(scope="module")
def house(members: list[Member]) -> House:
    """Three offices; the deployer admits the others one by one."""
    return found(members[:3], hand_over=False)


def admit(house: House, member: Member) -> None:
    house.directory.admitOffice(member.code, member.seat, "Office", "", 0, {"from": accounts[GOVERNANCE]})


def test_by_hand() -> None:
    assert {active: needed_of(active) for active in TWO_THIRDS} == TWO_THIRDS
    assert [needed_of(active) for active in range(3)] == [2, 2, 2]


def test_rounded_up_for_every_share(house: House, members: list[Member]) -> None:
    """Never less than the share, never a whole vote more, more than half, and never more than there are."""
    consortia = {share: deploy_consortium(house.directory, *PARAMETERS[:3], *share) for share in SHARES}
    for active in range(3, MOST + 1):
        if active > 3:
            admit(house, members[active - 1])
        for share, consortium in consortia.items():
            needed = int(consortium.votesNeeded())
            exact = active * Fraction(*share)
            assert needed == needed_of(active, Fraction(*share)) == consortium.quorum(0), (active, share)
            assert exact <= needed < exact + 1
            assert active / 2 < needed <= active


def test_decides_by_exactly_that_many(house: House, members: list[Member]) -> None:
    """One vote less is defeated and one vote more changes nothing, for three to twelve offices."""
    for active in range(3, MOST + 1):
        if active > 3:
            admit(house, members[active - 1])
        for votes in (needed_of(active) - 1, needed_of(active), active):
            made = proposal(f"{votes} of {active}", call(house.directory.setObjectionDelay, 20 * DAY))
            put(house.consortium, made, members[0])
            cast(house.consortium, made, *(signed_vote(house.consortium, made, member) for member in members[:votes]))
            travel_to(house.consortium.proposalDeadline(made.id) + 1)
            assert tally_of(house.consortium, made) == Tally(votes, 0, 0, active, TWO_THIRDS[active])
            if votes < TWO_THIRDS[active]:
                reverts_with(
                    lambda made=made: house.consortium.queue.call(*made.hashed, {"from": accounts[RELAYER]}),
                    "GovernorUnexpectedProposalState",
                    made.id,
                    DEFEATED,
                    bitmap(SUCCEEDED),
                )
            else:
                queue(house.consortium, made)
                assert house.consortium.state(made.id) == QUEUED


def test_every_share_that_a_constructor_takes(house: House) -> None:
    """Bounds of the share against exact fractions, over a grid."""
    for denominator in (1, 2, 3, 4, 99, 100, 254, 255):
        for numerator in {
            0,
            1,
            denominator // 2 - 1,
            denominator // 2,
            denominator // 2 + 1,
            denominator - 1,
            denominator,
        }:
            if numerator < 0:
                continue
            taken = Fraction(1, 2) < Fraction(numerator, denominator) < 1
            parameters = (*PARAMETERS[:3], numerator, denominator)
            if taken:
                assert deploy_consortium(house.directory, *parameters).supermajority() == (numerator, denominator)
            else:
                reverts_with(
                    lambda parameters=parameters: deploy_consortium(house.directory, *parameters),
                    "ConsortiumInvalidSupermajority",
                    numerator,
                    denominator,
                )
