"""`Consortium.castSignedVotes`: votes that seats signed, any number of them, handed in by anyone."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import chain
from eth_account.messages import _hash_eip191_message
from hexbytes import HexBytes

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, log, logs_of, storage_root
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import (
    ABSTAIN,
    AGAINST,
    FOR,
    House,
    Member,
    Proposal,
    Tally,
    ask_to_cast,
    call,
    cast,
    deploy_consortium,
    found,
    needed_of,
    proposal,
    put,
    rotate,
    signed_vote,
    tally_of,
    vote_message,
)

REFUSE, REFUSE_BY_REVERT, WRONG_MAGIC, MAGIC_AT_THE_END, DIRTY_MAGIC, SHORT_MAGIC, NOTHING = range(7)
MAGIC_THEN_REVERT, BURN_GAS, REVERT_BOMB, RETURN_BOMB, REENTER = range(7, 12)
"""Manners of `HostileWallet`, in its order."""

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture(scope="module")
def made(consortium: Any, directory: Any, em: Office) -> Proposal:
    """A proposal of EM that is being voted on."""
    return put(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), em)


def refused(consortium: Any, made: Proposal, office: Any, *votes: Any) -> None:
    reverts_with(lambda: ask_to_cast(consortium, made, *votes), "ConsortiumInvalidSignature", office.code)


def test_of_all_offices_in_one_transaction(consortium: Any, made: Proposal, offices: list[Office]) -> None:
    supports = [FOR, AGAINST, ABSTAIN, FOR]
    reasons = ["", "not now", "später", "x" * 1000]
    votes = [signed_vote(consortium, made, *each) for each in zip(offices, supports, reasons, strict=True)]
    assert ask_to_cast(consortium, made, *votes) == 4
    transaction = cast(consortium, made, *votes)
    assert logs_of(transaction) == [
        entry
        for office, support, reason in zip(offices, supports, reasons, strict=True)
        for entry in (
            log(
                consortium,
                "OfficeVoted",
                proposalId=made.id,
                office=office.code,
                voter=office.seat.address,
                support=support,
            ),
            log(
                consortium,
                "VoteCast",
                voter=office.seat.address,
                proposalId=made.id,
                support=support,
                weight=1,
                reason=reason,
            ),
        )
    ]
    assert tally_of(consortium, made) == Tally(2, 1, 1, 4, needed_of(4))
    assert [consortium.voteOf(made.id, office.code) for office in offices] == [(True, support) for support in supports]


def test_anyone_hands_them_in(consortium: Any, made: Proposal, ru: Office, au: Office, stranger: Any) -> None:
    for sender, office in ((stranger, ru), (ru.seat, au)):
        consortium.castSignedVotes(made.id, [signed_vote(consortium, made, office)], {"from": sender})
        assert consortium.voteOf(made.id, office.code) == (True, FOR)


def test_none_is_nothing(consortium: Any, made: Proposal) -> None:
    assert ask_to_cast(consortium, made) == 0
    before = storage_root(consortium)
    cast(consortium, made)
    assert storage_root(consortium) == before


@pytest.mark.parametrize(("support", "reason"), [(FOR, ""), (AGAINST, "because"), (ABSTAIN, "é\n\0 ")])
def test_what_is_signed(consortium: Any, made: Proposal, ru: Office, support: int, reason: str) -> None:
    """The digest by eth-account out of the documented type, and by the contract."""
    message = vote_message(consortium, made.id, ru.code, support, reason)
    assert bytes(HexBytes(consortium.voteDigest(made.id, ru.code, support, reason))) == _hash_eip191_message(message)


def test_of_somebody_else(
    consortium: Any, directory: Any, made: Proposal, ru: Office, au: Office, deployer: Any, stranger: Any
) -> None:
    """Not of another seat, of a key of the office, of the deployer, or of who would be the seat next."""
    directory.proposeSeat(ru.code, stranger, {"from": ru.seat})
    for signer in (au.seat, deployer, stranger):
        refused(consortium, made, ru, signed_vote(consortium, made, ru, signer=signer))
    for key in (ru.key, ru.second):
        signature = key.sign_digest(bytes(HexBytes(consortium.voteDigest(made.id, ru.code, FOR, ""))))
        refused(consortium, made, ru, (ru.code, FOR, "", signature))


def test_every_field_is_signed(consortium: Any, directory: Any, made: Proposal, ru: Office, au: Office) -> None:
    """Another office, support, reason or proposal than the signed one."""
    code, support, reason, signature = signed_vote(consortium, made, ru, FOR, "agreed")
    assert ask_to_cast(consortium, made, (code, support, reason, signature)) == 1
    refused(consortium, made, au, (au.code, support, reason, signature))
    refused(consortium, made, ru, (code, AGAINST, reason, signature))
    refused(consortium, made, ru, (code, ABSTAIN, reason, signature))
    for altered in ("", "agreed ", "Agreed", "agreed\0"):
        refused(consortium, made, ru, (code, support, altered, signature))
    other = put(consortium, proposal("Thirty days", call(directory.setObjectionDelay, 30 * DAY)), ru)
    refused(consortium, other, ru, (code, support, reason, signature))


def test_every_part_of_the_domain_is_signed(consortium: Any, directory: Any, made: Proposal, ru: Office) -> None:
    """Another chain, contract, name or version: a vote in one consortium is none in another."""
    other = deploy_consortium(directory)
    for domain in (
        {"chain_id": chain.id + 1},
        {"chain_id": 1},
        {"contract": other.address},
        {"contract": directory.address},
        {"name": "Registrum EmergencyCouncil"},
        {"version": "2"},
    ):
        refused(consortium, made, ru, signed_vote(consortium, made, ru, **domain))
    assert ask_to_cast(consortium, made, signed_vote(consortium, made, ru)) == 1


def test_of_an_unknown_office(consortium: Any, made: Proposal, stranger: Any) -> None:
    """Nor of no office, whose seat would be nobody."""
    for code in (b"XX", bytes(2), b"em"):
        member = Member(code, stranger)
        refused(consortium, made, member, signed_vote(consortium, made, member))
        refused(consortium, made, member, (code, FOR, "", bytes(65)))


def test_mangled_signatures(consortium: Any, made: Proposal, ru: Office) -> None:
    code, support, reason, signature = signed_vote(consortium, made, ru)
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    high = r + (CURVE_ORDER - s).to_bytes(32, "big") + bytes([55 - v])
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    for mangled in (
        b"",
        signature[:64],
        signature + b"\0",
        high,
        flipped,
        signature[:64] + bytes([v - 27]),
        bytes(65),
        b"\xff" * 65,
    ):
        refused(consortium, made, ru, (code, support, reason, mangled))


def test_one_bad_vote_takes_the_whole_batch_back(
    consortium: Any, made: Proposal, ru: Office, au: Office, jp: Office
) -> None:
    good = signed_vote(consortium, made, ru)
    bad = signed_vote(consortium, made, au, signer=jp.seat)
    before = storage_root(consortium)
    for votes in ((good, bad), (bad, good)):
        refused(consortium, made, au, *votes)
    assert storage_root(consortium) == before


def test_twice_in_one_batch_counts_once(consortium: Any, made: Proposal, ru: Office, au: Office) -> None:
    """The first one counts, whatever the second says."""
    votes = [
        signed_vote(consortium, made, ru, AGAINST),
        signed_vote(consortium, made, ru, AGAINST),
        signed_vote(consortium, made, ru, FOR),
        signed_vote(consortium, made, au, FOR),
    ]
    assert ask_to_cast(consortium, made, *votes) == 2
    cast(consortium, made, *votes)
    assert consortium.voteOf(made.id, ru.code) == (True, AGAINST)
    assert tally_of(consortium, made) == Tally(1, 1, 0, 4, needed_of(4))


def test_one_cast_before_does_not_hold_up_the_others(
    consortium: Any, made: Proposal, ru: Office, au: Office, jp: Office, stranger: Any
) -> None:
    """Somebody who sees the batch casts one vote of it first."""
    votes = [signed_vote(consortium, made, office) for office in (ru, au, jp)]
    consortium.castSignedVotes(made.id, [votes[1]], {"from": stranger})
    assert ask_to_cast(consortium, made, *votes) == 2
    cast(consortium, made, *votes)
    assert ask_to_cast(consortium, made, *votes) == 0
    cast(consortium, made, *votes)
    assert tally_of(consortium, made) == Tally(3, 0, 0, 4, needed_of(4))


def test_of_a_former_seat(consortium: Any, directory: Any, made: Proposal, ru: Office, seatless: Any) -> None:
    """What was signed before the seat changed hands no longer counts; the new seat's does."""
    signed = signed_vote(consortium, made, ru, AGAINST)
    rotate(directory, ru, ru.seat, seatless[0])
    refused(consortium, made, ru, signed)
    cast(consortium, made, signed_vote(consortium, made, ru, FOR, signer=seatless[0]))
    assert consortium.voteOf(made.id, ru.code) == (True, FOR)


def test_twice_by_rotation(consortium: Any, directory: Any, made: Proposal, ru: Office, seatless: Any) -> None:
    """A second signature, of the new seat, is passed over like any second vote."""
    cast(consortium, made, signed_vote(consortium, made, ru, FOR))
    rotate(directory, ru, ru.seat, seatless[0])
    again = signed_vote(consortium, made, ru, AGAINST, signer=seatless[0])
    assert ask_to_cast(consortium, made, again) == 0
    cast(consortium, made, again)
    assert tally_of(consortium, made) == Tally(1, 0, 0, 4, needed_of(4))


def test_a_vote_may_be_signed_before_the_proposal_is_made(
    consortium: Any, directory: Any, em: Office, ru: Office
) -> None:
    made = proposal("Forty days", call(directory.setObjectionDelay, 40 * DAY))
    signed = signed_vote(consortium, made, ru)
    reverts_with(lambda: ask_to_cast(consortium, made, signed), "GovernorNonexistentProposal", made.id)
    put(consortium, made, em)
    assert ask_to_cast(consortium, made, signed) == 1


@pytest.fixture(scope="module")
def owner(accounts: Any) -> Any:
    """Who owns the honest wallet; no seat itself."""
    return accounts[20]


@pytest.fixture(scope="module")
def wallet(consortium: Any, owner: Any, deployer: Any) -> Any:
    """An honest wallet."""
    return compiled("OwnerWallet").deploy(owner, {"from": deployer})


@pytest.fixture(scope="module")
def house(wallet: Any, accounts: Any) -> House:
    """A consortium of four offices, the first of which has the wallet for its seat. The deployer can still admit."""
    codes = (b"FR", b"DE", b"IT")
    return found(
        [Member(b"CH", wallet), *(Member(code, accounts[i]) for i, code in enumerate(codes, 11))], hand_over=False
    )


@pytest.fixture(scope="module")
def fr(accounts: Any) -> Member:
    return Member(b"FR", accounts[11])


@pytest.fixture(scope="module")
def on_table(house: House, fr: Member) -> Proposal:
    """A proposal of FR that is being voted on."""
    return put(house.consortium, proposal("Twenty days", call(house.directory.setObjectionDelay, 20 * DAY)), fr)


def test_of_a_wallet(house: House, on_table: Proposal, wallet: Any, owner: Any, stranger: Any) -> None:
    ch = Member(b"CH", wallet)
    refused(house.consortium, on_table, ch, signed_vote(house.consortium, on_table, ch, signer=stranger))
    signed = signed_vote(house.consortium, on_table, ch, signer=owner)
    transaction = cast(house.consortium, on_table, signed)
    voted = log(
        house.consortium, "OfficeVoted", proposalId=on_table.id, office=b"CH", voter=wallet.address, support=FOR
    )
    assert logs_of(transaction)[0] == voted
    assert ask_to_cast(house.consortium, on_table, signed) == 0
    assert tally_of(house.consortium, on_table) == Tally(1, 0, 0, 4, needed_of(4))


def test_of_a_wallet_that_changed_its_owner(
    house: House, on_table: Proposal, wallet: Any, owner: Any, stranger: Any, deployer: Any, accounts: Any
) -> None:
    """The wallet is asked when the vote is cast."""
    ch = Member(b"CH", wallet)
    signed = signed_vote(house.consortium, on_table, ch, signer=owner)
    wallet.setOwner(accounts[21], {"from": deployer})
    refused(house.consortium, on_table, ch, signed)
    again = signed_vote(house.consortium, on_table, ch, signer=accounts[21])
    assert ask_to_cast(house.consortium, on_table, again) == 1


def admit_wallet(house: House, manner: int, deployer: Any) -> Any:
    """An office `XW` whose seat is a hostile wallet; returns the wallet."""
    hostile = compiled("HostileWallet").deploy(manner, {"from": deployer})
    house.directory.admitOffice(b"XW", hostile, "Office of a wallet", "", 0, {"from": deployer})
    return hostile


@pytest.mark.parametrize(
    "manner",
    [
        REFUSE,
        REFUSE_BY_REVERT,
        WRONG_MAGIC,
        MAGIC_AT_THE_END,
        DIRTY_MAGIC,
        SHORT_MAGIC,
        NOTHING,
        MAGIC_THEN_REVERT,
        BURN_GAS,
        REVERT_BOMB,
    ],
)
def test_of_a_wallet_that_does_not_approve(
    house: House, on_table: Proposal, fr: Member, deployer: Any, manner: int
) -> None:
    """It fails itself, and can be left out: the other offices vote without it."""
    hostile = Member(b"XW", admit_wallet(house, manner, deployer))
    good = signed_vote(house.consortium, on_table, fr)
    bad = (hostile.code, FOR, "", b"whatever")
    refused(house.consortium, on_table, hostile, bad)
    refused(house.consortium, on_table, hostile, good, bad)
    assert ask_to_cast(house.consortium, on_table, good) == 1


def test_of_a_wallet_that_comes_back(house: House, on_table: Proposal, fr: Member, deployer: Any) -> None:
    """It is asked by static call, so it can vote neither twice nor for another while it is asked."""
    hostile = admit_wallet(house, REENTER, deployer)
    code, other, vote_of_fr = b"XW", (b"XW", AGAINST, "", b"x"), signed_vote(house.consortium, on_table, fr, AGAINST)
    for payload in (
        house.consortium.castVote.encode_input(on_table.id, AGAINST),
        house.consortium.castSignedVotes.encode_input(on_table.id, [other]),
        house.consortium.castSignedVotes.encode_input(on_table.id, [vote_of_fr]),
        house.consortium.queue.encode_input(*on_table.hashed),
    ):
        hostile.setPayload(house.consortium, payload, {"from": deployer})
        # The wallet approves only because its call back was refused.
        assert ask_to_cast(house.consortium, on_table, (code, FOR, "", b"x")) == 1
    hostile.setPayload(
        house.consortium,
        house.consortium.castSignedVotes.encode_input(on_table.id, [other, vote_of_fr]),
        {"from": deployer},
    )
    cast(house.consortium, on_table, (code, FOR, "", b"x"), (code, AGAINST, "", b"x"))
    assert house.consortium.voteOf(on_table.id, code) == (True, FOR)
    assert tally_of(house.consortium, on_table) == Tally(1, 0, 0, 5, needed_of(5))
    hostile.setPayload(house.directory, house.directory.activeOffices.encode_input(), {"from": deployer})
    refused(house.consortium, on_table, fr, (fr.code, FOR, "", b"x"))
