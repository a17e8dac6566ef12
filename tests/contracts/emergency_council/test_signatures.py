"""`EmergencyCouncil.support` with collected signatures: by anyone, mixed with ballots, replayed, and by wallets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from brownie import web3

from tests.contracts.emergency_council.suspensions import (
    DURATION,
    Suspension,
    against,
    ask,
    codes,
    digest_of,
    relay,
    seat_signer,
    send,
    signed,
)
from tests.contracts.office_directory.views import ACTIVE, SUSPENDED, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, now, time_of, travel_to
from tests.contracts.support.offices import Office, signer

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

NOT_APPROVING = {
    "refuses": 0,
    "refuses by revert": 1,
    "magic value of another standard": 2,
    "magic value at the wrong end": 3,
    "more than the magic value": 4,
    "31 bytes": 5,
    "nothing": 6,
    "magic value, then revert": 7,
    "burns gas": 8,
    "floods by revert": 9,
}
"""Manners of `HostileWallet`."""

RETURN_BOMB, REENTER = 10, 11


@pytest.fixture
def suspension(council: Any, em: Office) -> Suspension:
    """Of EM itself."""
    return against(em)


def invalid(council: Any, suspension: Suspension, relayer: Any, code: bytes, signature: bytes) -> None:
    """Assert that a signature does not count as that of an office."""
    reverts_with(
        lambda: ask(council, suspension, relayer, [(code, signature)]), "EmergencyCouncilInvalidSignature", code
    )


def test_three_signatures_in_one_transaction_of_anybody(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, stranger: Any, suspension: Suspension
) -> None:
    signatures = signed(council, suspension, ru, au, jp)
    assert ask(council, suspension, stranger, signatures)
    transaction = send(council, suspension, stranger, signatures)
    assert office_of(directory, em.code).suspended_until == time_of(transaction) + DURATION
    assert [council.hasUsed(office.code, em.code) for office in (ru, au, jp)] == [True] * 3


def test_collected_one_by_one(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    for office in (ru, au):
        relay(council, suspension, office)
        assert directory.statusOf(em.code) == ACTIVE
    relay(council, suspension, jp)
    assert directory.statusOf(em.code) == SUSPENDED


def test_mixed_with_ballots(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    """One by transaction before, one signed, and the seat that hands the signature in."""
    send(council, suspension, ru.seat)
    signatures = signed(council, suspension, au)
    assert not ask(council, suspension, ru.seat, signatures)
    assert ask(council, suspension, jp.seat, signatures)
    send(council, suspension, jp.seat, signatures)
    assert directory.statusOf(em.code) == SUSPENDED
    assert council.hasUsed(jp.code, em.code)


def test_more_than_are_needed_all_use_their_right(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, fr: Office, de: Office, suspension: Suspension
) -> None:
    relay(council, suspension, ru, au, jp, fr)
    assert [council.hasUsed(office.code, em.code) for office in (ru, au, jp, fr, de)] == [True] * 4 + [False]


def test_an_office_counts_once(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, relayer: Any, suspension: Suspension
) -> None:
    """Twice in one list, by ballot and by signature, and handed in again."""
    twice = signed(council, suspension, ru, ru, ru)
    assert not ask(council, suspension, relayer, twice)
    assert not ask(council, suspension, ru.seat, twice)
    send(council, suspension, relayer, twice)
    send(council, suspension, ru.seat)
    send(council, suspension, relayer, twice + signed(council, suspension, au))
    assert codes(council.supportersOf(suspension.values())) == [ru.code, au.code]
    assert directory.statusOf(em.code) == ACTIVE
    send(council, suspension, relayer, [*twice, *signed(council, suspension, jp)])
    assert directory.statusOf(em.code) == SUSPENDED


def test_replay(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, relayer: Any, suspension: Suspension
) -> None:
    """At once, and after the suspension ended or was lifted: the round has passed."""
    statement = suspension.but(valid_until=now() + 7 * DAY)
    signatures = signed(council, statement, ru, au, jp)
    send(council, statement, relayer, signatures)

    def refused() -> None:
        for sender in (relayer, ru.seat):
            reverts_with(
                lambda sender=sender: ask(council, statement, sender, signatures),
                "EmergencyCouncilWrongRound",
                em.code,
                1,
                2,
            )

    refused()
    governance = directory.governance()
    directory.reinstateOffice(em.code, {"from": governance})
    refused()
    council.restoreRights(em.code, {"from": governance})
    refused()
    # Nor does the same signature serve for the round that follows.
    second = statement.but(round=2)
    invalid(council, second, relayer, *signatures[0])


def test_replay_at_another_council(
    council: Any,
    directory: Any,
    ru: Office,
    governance: Any,
    deployer: Any,
    relayer: Any,
    suspension: Suspension,
) -> None:
    twin = compiled("EmergencyCouncil").deploy(directory, 3, DURATION, {"from": deployer})
    invalid(twin, suspension, relayer, *signed(council, suspension, ru)[0])
    assert digest_of(council, suspension) != digest_of(twin, suspension)


CHANGES: dict[str, Callable[[Suspension, Office], Suspension]] = {
    "office": lambda suspension, _: suspension.but(office=b"AU"),
    "accounts": lambda suspension, em: suspension.but(accounts=(em.key.address,)),
    "reason": lambda suspension, _: suspension.but(reason=suspension.reason + " "),
    "time": lambda suspension, _: suspension.but(valid_until=suspension.valid_until + 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_signature_is_for_one_statement(
    council: Any, em: Office, ru: Office, relayer: Any, suspension: Suspension, change: str
) -> None:
    other = CHANGES[change](suspension, em)
    invalid(council, other, relayer, *signed(council, suspension, ru)[0])
    assert not ask(council, other, relayer, signed(council, other, ru))


def test_only_the_seat_signs(
    council: Any, directory: Any, ru: Office, au: Office, relayer: Any, suspension: Suspension
) -> None:
    """No signing key, no other seat, no seat for another office."""
    digest = digest_of(council, suspension)
    for key in (ru.key, signer("nobody"), seat_signer(au)):
        invalid(council, suspension, relayer, ru.code, key.sign_digest(digest))
    for code in (b"XX", b"\0\0"):
        invalid(council, suspension, relayer, code, seat_signer(ru).sign_digest(digest))


def test_a_former_seat_does_not_sign(
    council: Any, directory: Any, ru: Office, accounts: Any, relayer: Any, suspension: Suspension
) -> None:
    signatures = signed(council, suspension, ru)
    assert not ask(council, suspension, relayer, signatures)
    new = accounts[16]
    directory.proposeSeat(ru.code, new, {"from": ru.seat})
    directory.acceptSeat(ru.code, {"from": new})
    invalid(council, suspension, relayer, *signatures[0])
    moved = Office(ru.code, new, ru.key, ru.second)
    assert not ask(council, suspension, relayer, signed(council, suspension, moved))


def test_what_a_former_seat_supported_still_counts_for_the_office(
    council: Any, directory: Any, ru: Office, au: Office, jp: Office, accounts: Any, suspension: Suspension
) -> None:
    relay(council, suspension, ru)
    new = accounts[16]
    directory.proposeSeat(ru.code, new, {"from": ru.seat})
    directory.acceptSeat(ru.code, {"from": new})
    relay(council, suspension, Office(ru.code, new, ru.key, ru.second))
    assert codes(council.supportersOf(suspension.values())) == [ru.code]
    assert ask(council, suspension, au.seat, signed(council, suspension, jp))


def test_forms_of_a_signature(council: Any, ru: Office, relayer: Any, suspension: Suspension) -> None:
    """65 bytes, low s, v of 27 or 28: no other form of the same signature counts."""
    signature = signed(council, suspension, ru)[0][1]
    s = int.from_bytes(signature[32:64], "big")
    high = signature[:32] + (CURVE_ORDER - s).to_bytes(32, "big") + bytes([55 - signature[64]])
    compact = signature[:32] + (s | (signature[64] - 27) << 255).to_bytes(32, "big")
    for other in (
        b"",
        signature[:64],
        signature + b"\0",
        high,
        compact,
        signature[:64] + bytes([signature[64] - 27]),
        signature[:64] + b"\x1d",
        bytes(65),
        b"\xff" * 65,
    ):
        invalid(council, suspension, relayer, ru.code, other)


def test_one_bad_signature_and_nothing_counts(
    council: Any, ru: Office, au: Office, relayer: Any, suspension: Suspension
) -> None:
    signatures = [*signed(council, suspension, ru), (au.code, bytes(65))]
    reverts_with(lambda: send(council, suspension, relayer, signatures), "EmergencyCouncilInvalidSignature", au.code)
    assert codes(council.supportersOf(suspension.values())) == []


def test_nothing_handed_in_by_nobody(council: Any, relayer: Any, suspension: Suspension) -> None:
    reverts_with(lambda: ask(council, suspension, relayer), "EmergencyCouncilNotSupporter", relayer)


def test_the_last_signatures_arrive_too_late(
    council: Any, ru: Office, au: Office, jp: Office, relayer: Any, suspension: Suspension
) -> None:
    signatures = signed(council, suspension, ru, au, jp)
    travel_to(suspension.valid_until)
    reverts_with(
        lambda: ask(council, suspension, relayer, signatures),
        "EmergencyCouncilInvalidTime",
        suspension.valid_until,
        now() + 7 * DAY,
    )


def seat_in_wallet(directory: Any, governance: Any, code: bytes, wallet: Any) -> None:
    """Admit an office whose seat is a contract."""
    directory.admitOffice(code, wallet, "Office in a wallet", "", 0, {"from": governance})


def test_a_seat_in_a_wallet(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    governance: Any,
    relayer: Any,
    suspension: Suspension,
) -> None:
    owner, other = signer("owner of the wallet"), signer("somebody")
    wallet = compiled("OwnerWallet").deploy(owner.address, {"from": governance})
    seat_in_wallet(directory, governance, b"SE", wallet)
    digest = digest_of(council, suspension)
    invalid(council, suspension, relayer, b"SE", other.sign_digest(digest))
    signatures = [*signed(council, suspension, ru, au), (b"SE", owner.sign_digest(digest))]
    assert ask(council, suspension, relayer, signatures)
    # Whose signature the wallet takes is for it to say, at the moment when it is asked.
    wallet.setOwner(other.address, {"from": governance})
    invalid(council, suspension, relayer, b"SE", owner.sign_digest(digest))
    assert ask(council, suspension, relayer, [*signatures[:2], (b"SE", other.sign_digest(digest))])


@pytest.mark.parametrize("manner", NOT_APPROVING.values(), ids=NOT_APPROVING)
def test_a_hostile_wallet_does_not_approve(
    council: Any,
    directory: Any,
    ru: Office,
    au: Office,
    jp: Office,
    governance: Any,
    relayer: Any,
    suspension: Suspension,
    manner: int,
) -> None:
    wallet = compiled("HostileWallet").deploy(manner, {"from": governance})
    seat_in_wallet(directory, governance, b"SE", wallet)
    invalid(council, suspension, relayer, b"SE", b"")
    # It spoils the transactions that name it, and no others.
    honest = signed(council, suspension, ru, au, jp)
    reverts_with(
        lambda: ask(council, suspension, relayer, [(b"SE", b""), *honest]), "EmergencyCouncilInvalidSignature", b"SE"
    )
    assert ask(council, suspension, relayer, honest)


def test_a_wallet_that_floods_its_approval_approves(
    council: Any, directory: Any, ru: Office, au: Office, governance: Any, relayer: Any, suspension: Suspension
) -> None:
    """The right answer with 320,000 bytes behind it: an approval, paid for by whoever hands it in."""
    wallet = compiled("HostileWallet").deploy(RETURN_BOMB, {"from": governance})
    seat_in_wallet(directory, governance, b"SE", wallet)
    assert ask(council, suspension, relayer, [(b"SE", b""), *signed(council, suspension, ru, au)])


@pytest.mark.parametrize("function", ["support", "proposeSeat"])
def test_a_wallet_cannot_come_back(
    council: Any,
    directory: Any,
    ru: Office,
    au: Office,
    jp: Office,
    governance: Any,
    relayer: Any,
    suspension: Suspension,
    function: str,
) -> None:
    """It approves when its call back was refused, so its approval shows that it was."""
    wallet = compiled("HostileWallet").deploy(REENTER, {"from": governance})
    seat_in_wallet(directory, governance, b"SE", wallet)
    target, data = {
        "support": (council, council.support.encode_input(suspension.values(), signed(council, suspension, jp))),
        "proposeSeat": (directory, directory.proposeSeat.encode_input(b"SE", relayer)),
    }[function]
    # In the open the wallet may do this: only the static call stops it.
    web3.eth.call({"from": wallet.address, "to": target.address, "data": data})
    wallet.setPayload(target, data, {"from": governance})
    send(council, suspension, relayer, [(b"SE", b"")])
    assert codes(council.supportersOf(suspension.values())) == [b"SE"]
    assert int(directory.proposedSeatOf(b"SE"), 16) == 0
    send(council, suspension, relayer, signed(council, suspension, ru, au))
    assert directory.statusOf(suspension.office) == SUSPENDED
