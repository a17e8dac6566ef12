"""Random votes, rotations, suspensions, emergencies, departures and admissions against a count in Python.

The model keeps what happened and counts it anew each time; the contract keeps one byte for each vote. At every step the
tally, the votes and the needed number must agree, and what the model refuses the contract must refuse by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from brownie import accounts
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.core import given

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, next_block_at, now, rewound, travel_to
from tests.contracts.support.offices import GOVERNANCE, RELAYER
from tests.contracts.support.votes import (
    ABSTAIN,
    AGAINST,
    COUNT_WINDOW,
    DEFEATED,
    EXPIRED,
    FOR,
    LEAST_OFFICES,
    QUEUED,
    SUCCEEDED,
    VOTING_PERIOD,
    House,
    Member,
    Proposal,
    Tally,
    ask_to_cast,
    call,
    cast,
    found,
    proposal,
    put,
    queue,
    rotate,
    signed_vote,
    tally_of,
)

FOUNDERS = [b"AT", b"BE", b"CH", b"DE", b"ES"]
LATER = [b"FR", b"GR"]
SEATS = range(11, 30)
SHARES = [(2, 3), (3, 4), (51, 100), (254, 255)]
STEP = VOTING_PERIOD // 24

SUPPORTS = [FOR, FOR, AGAINST, FOR, FOR, ABSTAIN, FOR, FOR, FOR, AGAINST, ABSTAIN]
"""By the choice of a move: mostly for it, or no proposal would ever be counted."""


@dataclass
class Seen:
    """What the model knows of an office."""

    seat: Any
    admitted_at: int = 0
    suspensions: list[tuple[int, int, int]] = field(default_factory=list)
    """Since when it was to be suspended until when, and until when by vote; oldest first."""
    departed: bool = False

    def known_at(self, time: int) -> tuple[int, int]:
        """Until when it was suspended, and until when by vote, as decided by then."""
        return next(((until, voted) for since, until, voted in reversed(self.suspensions) if since <= time), (0, 0))

    def suspended(self, time: int) -> bool:
        return self.known_at(time)[0] > time

    def active(self, time: int) -> bool:
        return not self.departed and self.admitted_at <= time and not self.suspended(time)

    def in_emergency(self, time: int) -> bool:
        """Suspended, and no vote had decided it."""
        return not self.departed and self.suspended(time) and self.known_at(time)[1] <= time


@dataclass
class Model:
    """Offices and votes as they happened."""

    offices: dict[bytes, Seen]
    share: Fraction
    deadline: int
    votes: dict[bytes, int] = field(default_factory=dict)

    def active(self, time: int) -> list[bytes]:
        return [code for code, office in self.offices.items() if office.active(time)]

    def needed(self, time: int) -> int:
        """The share of the active offices, and a majority of those and the ones suspended in an emergency."""
        active = max(len(self.active(time)), 3)
        in_emergency = sum(office.in_emergency(time) for office in self.offices.values())
        return max(ceil(active * self.share), (active + in_emergency) // 2 + 1)

    def tally(self, time: int) -> Tally:
        """As of the close of the vote, once that is over."""
        time = min(time, self.deadline)
        active = self.active(time)
        cast_votes = [self.votes[code] for code in active if code in self.votes]
        counts = (cast_votes.count(support) for support in (FOR, AGAINST, ABSTAIN))
        return Tally(*counts, len(active), self.needed(time))


@dataclass(frozen=True)
class Move:
    """One random move; `office` and `choice` pick among what there is when it is made."""

    kind: str
    office: int
    choice: int
    hours: int


MOVES = st.builds(
    Move,
    st.sampled_from(
        ["vote"] * 5
        + ["sign"] * 4
        + ["rotate", "rotate", "suspend", "suspend", "emergency", "emergency", "reinstate", "depart", "admit"]
    ),
    st.integers(0, 10),
    st.integers(0, 10),
    st.integers(0, 4),
)


class Player:
    """Makes moves in contract and model alike."""

    def __init__(self, house: House, made: Proposal, share: tuple[int, int]) -> None:
        self.house, self.made = house, made
        offices = {code: Seen(accounts[SEATS[i]]) for i, code in enumerate(FOUNDERS)}
        self.model = Model(offices, Fraction(*share), house.consortium.proposalDeadline(made.id))
        self.former: list[Any] = []

    def play(self, move: Move) -> None:
        code = list(self.model.offices)[move.office % len(self.model.offices)]
        getattr(self, move.kind)(code, self.model.offices[code], move.choice)

    def decide(self, method: str, *arguments: Any) -> None:
        getattr(self.house.directory, method)(*arguments, {"from": accounts[GOVERNANCE]})

    def vote(self, code: bytes, office: Seen, choice: int) -> None:
        """By transaction: of the seat, or now and then of an account that is no longer one."""
        support = SUPPORTS[choice]
        if choice > 8 and self.former:
            account = self.former[choice % len(self.former)]
            self.refused(account, support, "ConsortiumNotVoter", account)
        elif not office.active(now()):
            self.refused(office.seat, support, "ConsortiumNotVoter", office.seat)
        elif code in self.model.votes:
            self.refused(office.seat, support, "ConsortiumAlreadyVoted", self.made.id, code)
        else:
            self.house.consortium.castVote(self.made.id, support, {"from": office.seat})
            self.model.votes[code] = support

    def refused(self, account: Any, support: int, *error: Any) -> None:
        reverts_with(lambda: self.house.consortium.castVote.call(self.made.id, support, {"from": account}), *error)

    def sign(self, code: bytes, office: Seen, choice: int) -> None:
        """By signature, together with that of the next office; now and then of a former seat."""
        codes = list(self.model.offices)
        other = codes[(codes.index(code) + 1) % len(codes)]
        support = SUPPORTS[choice]
        if choice > 8 and self.former and code not in self.model.votes:
            stale = self.signed(code, self.former[choice % len(self.former)], support)
            reverts_with(lambda: self.ask(stale), "ConsortiumInvalidSignature", code)
            return
        batch = [self.signed(each, self.model.offices[each].seat, support) for each in (code, other, code)]
        fresh = [each for each in dict.fromkeys((code, other)) if each not in self.model.votes]
        barred = [each for each in fresh if not self.model.offices[each].active(now())]
        if barred:
            seat = self.model.offices[barred[0]].seat
            reverts_with(lambda: self.ask(*batch), "ConsortiumNotVoter", seat)
            return
        assert self.ask(*batch) == len(fresh)
        cast(self.house.consortium, self.made, *batch)
        self.model.votes.update(dict.fromkeys(fresh, support))

    def signed(self, code: bytes, seat: Any, support: int) -> tuple[Any, ...]:
        return signed_vote(self.house.consortium, self.made, Member(code, seat), support)

    def ask(self, *votes: tuple[Any, ...]) -> Any:
        return ask_to_cast(self.house.consortium, self.made, *votes)

    def rotate(self, code: bytes, office: Seen, choice: int) -> None:
        """To an account that is free: unused so far, or the former seat of whatever office."""
        taken = {seen.seat.address for seen in self.model.offices.values()}
        free = [accounts[index] for index in SEATS if accounts[index].address not in taken]
        heir = free[choice % len(free)]
        rotate(self.house.directory, Member(code, office.seat), office.seat, heir)
        self.former = [account for account in (*self.former, office.seat) if account.address != heir.address]
        office.seat = heir

    def suspend(self, code: bytes, office: Seen, choice: int) -> None:
        if not office.departed:
            end = FOREVER if choice > 7 else now() + (choice + 1) * STEP
            self.decide("suspendOffice", code, end)
            office.suspensions.append((now(), end, end))

    def emergency(self, code: bytes, office: Seen, choice: int) -> None:
        """By the emergency body, which only lengthens, and leaves three offices active."""
        time = now() + 1
        end = time + (choice + 1) * 4 * STEP
        left = [each for each in self.model.active(time) if each != code]
        until, voted_until = office.known_at(time)
        if office.departed or end <= until or len(left) < LEAST_OFFICES:
            return
        next_block_at(time)
        self.house.directory.suspendOffice(code, end, {"from": accounts[RELAYER]})
        office.suspensions.append((time, end, voted_until))

    def reinstate(self, code: bytes, office: Seen, _choice: int) -> None:
        # Decided at a known time, so that the end of the suspension cannot fall between question and block.
        time = now() + 1
        if not office.departed and office.suspended(time):
            next_block_at(time)
            self.decide("reinstateOffice", code)
            office.suspensions.append((time, time, time))

    def depart(self, code: bytes, office: Seen, _choice: int) -> None:
        if not office.departed:
            self.decide("departOffice", code)
            office.departed = True

    def admit(self, _code: bytes, _office: Seen, choice: int) -> None:
        """An office that is not in yet, at a seat that is free; a former seat of another office as well."""
        missing = [code for code in LATER if code not in self.model.offices]
        taken = {seen.seat.address for seen in self.model.offices.values()}
        free = [accounts[index] for index in SEATS if accounts[index].address not in taken]
        if missing:
            seat = free[choice % len(free)]
            self.decide("admitOffice", missing[0], seat, "Office", "", 0)
            self.model.offices[missing[0]] = Seen(seat, admitted_at=now())
            self.former = [account for account in self.former if account.address != seat.address]

    def check(self, expected: Tally | None = None) -> None:
        """Compare the tally and what is needed."""
        assert tally_of(self.house.consortium, self.made) == (expected or self.model.tally(now()))
        assert self.house.consortium.votesNeeded() == self.model.needed(now())

    def check_offices(self) -> None:
        """Compare every single vote, and who has one."""
        consortium = self.house.consortium
        for code, office in self.model.offices.items():
            voted = code in self.model.votes
            assert consortium.voteOf(self.made.id, code) == (voted, self.model.votes.get(code, 0))
            assert consortium.hasVoted(self.made.id, office.seat) == voted
            assert consortium.getVotes(office.seat, 0) == int(office.active(now()))

    def finish(self, choice: int) -> tuple[int, Tally | None]:
        """Close the vote and count it some time later; returns the state, and the count if it was made."""
        consortium, made = self.house.consortium, self.made
        end = consortium.proposalDeadline(made.id)
        # Half a step aside, so that no suspension ends between question and block.
        travel_to(end + STEP // 2 + choice * DAY)
        tally = self.model.tally(now())
        if tally.for_votes < tally.needed:
            assert consortium.state(made.id) == DEFEATED
            return DEFEATED, None
        if now() > end + COUNT_WINDOW:
            assert consortium.state(made.id) == EXPIRED
            return EXPIRED, None
        assert consortium.state(made.id) == SUCCEEDED
        next_block_at(now() + 1)
        queue(consortium, made)
        return QUEUED, self.model.tally(now())._replace(is_final=True)


@pytest.fixture(scope="module")
def houses(isolate_module: None) -> dict[tuple[int, int], tuple[House, Proposal]]:
    """For each share a consortium of five offices with an open proposal, whose deployer still decides at will."""
    made: dict[tuple[int, int], tuple[House, Proposal]] = {}
    for share in SHARES:
        house = found(
            [Member(code, accounts[SEATS[i]]) for i, code in enumerate(FOUNDERS)],
            DAY,
            VOTING_PERIOD,
            DAY,
            *share,
            hand_over=False,
        )
        house.directory.setEmergencyBody(accounts[RELAYER], {"from": accounts[GOVERNANCE]})
        subject = proposal("Anything", call(house.directory.setObjectionDelay, 20 * DAY))
        made[share] = (house, put(house.consortium, subject, Member(FOUNDERS[0], accounts[SEATS[0]])))
    return made


def test_contract_and_count_agree(houses: dict[tuple[int, int], tuple[House, Proposal]]) -> None:
    """Whatever happens before the count and after it; and not every random vote is defeated."""
    outcomes: set[int] = set()

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(
        share=st.sampled_from(SHARES),
        moves=st.lists(MOVES, min_size=4, max_size=22),
        late=st.integers(0, 8),
        afterwards=st.lists(MOVES.filter(lambda move: move.kind not in {"vote", "sign"}), max_size=4),
    )
    def play(share: tuple[int, int], moves: list[Move], late: int, afterwards: list[Move]) -> None:
        house, made = houses[share]
        with rewound():
            outcomes.add(play_one(Player(house, made, share), moves, late, afterwards))

    play()
    assert outcomes >= {QUEUED, DEFEATED}


def play_one(player: Player, moves: list[Move], late: int, afterwards: list[Move]) -> int:
    """One vote from its first second to after its count; returns how it ended."""
    consortium, made = player.house.consortium, player.made
    deadline = consortium.proposalDeadline(made.id)
    for move in moves:
        if now() + move.hours * STEP < deadline - 600:
            travel_to(now() + move.hours * STEP + 1)
        player.play(move)
        player.check()
    player.check_offices()
    state, final = player.finish(late)
    for move in afterwards:
        player.play(move)
    player.check(final)
    player.check_offices()
    if final is not None:
        assert consortium.state(made.id) == QUEUED
        assert final.for_votes >= final.needed > final.active / 2
    return state
