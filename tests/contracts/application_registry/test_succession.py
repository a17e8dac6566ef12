"""Records of an office that departed: its successor tends them and adds none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_utils import keccak

from registrum.signing.signers import LocalSigner
from registrum.signing.statements import (
    Anchor,
    Correction,
    Registration,
    RegistrationBatch,
    Statement,
    Withdrawal,
)
from tests.contracts.application_registry.vouching import (
    Reconfirmation,
    Reinstatement,
    asked,
    compromise,
    confirming,
    depart,
    signed,
    state,
)
from tests.contracts.support.errors import decode_error, revert_data, reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, NOON, time_of, travel
from tests.contracts.support.offices import REGISTER, Office, add_key, digest, number, signer
from tests.contracts.support.records import CORRECTED, WITHDRAWN, Record, check_recorded, record_of

ITEM = Registration(number("EM/T/018660437"), 20240131, 0, digest("application"))
GONE = Registration(number("EM/T/018660438"), 20240131, 0, digest("withdrawn application"))

CHANGES: dict[str, Statement] = {
    "correct": Correction(ITEM.number, 20240201, 0, digest("corrected"), 1),
    "withdraw": Withdrawal(ITEM.number, 1),
    "reinstate": Reinstatement(GONE.number, 2),
    "reconfirm": Reconfirmation(b"EM", NOON + DAY, (ITEM,)),
}
ENTRIES: dict[str, Statement] = {
    "register": Registration(number("EM/T/018660439"), 20240131, 0, digest("new")),
    "batch": RegistrationBatch(b"EM", (Registration(number("EM/T/018660439"), 20240131, 0, digest("new")),)),
    "anchor": Anchor(b"EM", 1, digest("root"), 1),
}
every_change = pytest.mark.parametrize("change", CHANGES)


@pytest.fixture(scope="module")
def filed(registry: Any, em: Office) -> int:
    """One record of EM that stands and one that is withdrawn; returns the block time."""
    time = time_of(state(registry, RegistrationBatch(b"EM", (ITEM, GONE)), em.key))
    state(registry, Withdrawal(GONE.number, 1), em.key)
    travel(DAY)
    return time


@pytest.fixture
def departed(directory: Any, governance: Any, em: Office, ru: Office, filed: int) -> None:
    """EM departed; RU acts for it."""
    depart(directory, governance, em, ru)


def refused_as_departed(registry: Any, statement: Statement, key: LocalSigner) -> None:
    reverts_with(lambda: asked(registry, statement, key), "OfficeDirectoryOfficeDeparted", b"EM")


@pytest.mark.smoke
@every_change
def test_the_successor_tends_records(registry: Any, ru: Office, departed: None, change: str) -> None:
    assert asked(registry, CHANGES[change], ru.key) == ((1, 0) if change == "reconfirm" else True)
    state(registry, CHANGES[change], ru.key)


def test_what_it_leaves(registry: Any, directory: Any, ru: Office, filed: int, departed: None) -> None:
    """The records stay under the departed office's code, the successor's key beside what it stated."""
    correction = CHANGES["correct"]
    assert isinstance(correction, Correction)
    time = time_of(state(registry, correction, ru.key))
    expected = Record(correction.digest, ru.key.address, time, 20240201, 2, CORRECTED, 0)
    check_recorded(registry, ITEM.number, expected)
    state(registry, Withdrawal(ITEM.number, 2), ru.second)
    check_recorded(registry, ITEM.number, replace(expected, version=3, status=WITHDRAWN))


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_successor_adds_nothing(registry: Any, ru: Office, departed: None, entry: str) -> None:
    refused_as_departed(registry, ENTRIES[entry], ru.key)


@every_change
def test_nobody_else(
    registry: Any, directory: Any, em: Office, au: Office, ru: Office, departed: None, change: str
) -> None:
    """Not another office, not the departed one, not a successor's key of another scope, not a stranger."""
    idle = signer("RU idle key")
    add_key(directory, ru, idle.address, REGISTER)
    for key in (au.key, em.key, em.second, idle, signer("stranger")):
        refused_as_departed(registry, CHANGES[change], key)


@every_change
def test_not_before_the_departure(registry: Any, ru: Office, filed: int, change: str) -> None:
    reverts_with(lambda: asked(registry, CHANGES[change], ru.key), "OfficeDirectoryUnknownKey", b"EM", ru.key.address)


@every_change
def test_not_without_a_successor(
    registry: Any, directory: Any, governance: Any, em: Office, ru: Office, filed: int, change: str
) -> None:
    depart(directory, governance, em)
    refused_as_departed(registry, CHANGES[change], ru.key)


@every_change
def test_not_while_the_successor_is_suspended(
    registry: Any, directory: Any, governance: Any, ru: Office, departed: None, change: str
) -> None:
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    refused_as_departed(registry, CHANGES[change], ru.key)


def test_not_by_a_key_that_the_successor_revoked(registry: Any, directory: Any, ru: Office, departed: None) -> None:
    directory.revokeKey(ru.code, ru.key.address, {"from": ru.seat})
    for statement in CHANGES.values():
        refused_as_departed(registry, statement, ru.key)
        asked(registry, statement, ru.second)


@every_change
def test_a_chain_of_successors(
    registry: Any, directory: Any, governance: Any, ru: Office, au: Office, departed: None, change: str
) -> None:
    """RU departs too: its successor acts for both, and RU for neither."""
    depart(directory, governance, ru, au)
    refused_as_departed(registry, CHANGES[change], ru.key)
    asked(registry, CHANGES[change], au.key)


@every_change
def test_not_the_successors_own_records_by_the_departed(
    registry: Any, em: Office, ru: Office, departed: None, change: str
) -> None:
    """Succession runs one way."""
    moved: dict[str, Callable[[bytes], Statement]] = {
        "correct": lambda own: Correction(own, 20240201, 0, digest("corrected"), 1),
        "withdraw": lambda own: Withdrawal(own, 1),
        "reinstate": lambda own: Reinstatement(own, 2),
        "reconfirm": lambda own: confirming(replace(ITEM, number=own), office=b"RU"),
    }
    own = replace(ITEM, number=number("RU/T/2024700001"))
    state(registry, own, ru.key)
    if change == "reinstate":
        state(registry, Withdrawal(own.number, 1), ru.key)
    before = record_of(registry, own.number)
    reverts_with(
        lambda: state(registry, moved[change](own.number), em.key), "OfficeDirectoryUnknownKey", b"RU", em.key.address
    )
    assert record_of(registry, own.number) == before


def test_filing_dates_are_bounded_by_the_departed_office(registry: Any, ru: Office, departed: None) -> None:
    """RU has no bound, EM opened on 1 April 1996."""
    early = Correction(ITEM.number, 19960331, 0, digest("corrected"), 1)
    reverts_with(
        lambda: state(registry, early, ru.key), "ApplicationRegistryBeforeOffice", ITEM.number, 19960331, 19960401
    )
    state(registry, replace(early, filing_date=19960401), ru.key)


def test_a_successors_stolen_key(registry: Any, directory: Any, ru: Office, departed: None) -> None:
    """Suspect by the compromise that its own office declared, and confirmed by its next key."""
    correction = CHANGES["correct"]
    assert isinstance(correction, Correction)
    time = time_of(state(registry, correction, ru.key))
    travel(DAY)
    compromise(directory, ru, ru.key, time + 1)
    assert registry.isSuspect(ITEM.number) is False
    compromise(directory, ru, ru.key, time)
    assert registry.isSuspect(ITEM.number) is True
    corrected = Registration(ITEM.number, 20240201, 0, correction.digest)
    state(registry, confirming(corrected), ru.second)
    assert registry.isSuspect(ITEM.number) is False


def test_the_departed_offices_stolen_key(
    registry: Any, directory: Any, em: Office, ru: Office, filed: int, departed: None
) -> None:
    """The compromise is learned after the departure; the successor confirms."""
    compromise(directory, em, em.key, filed)
    assert registry.isSuspect(ITEM.number) is True
    state(registry, confirming(ITEM), ru.key)
    assert registry.isSuspect(ITEM.number) is False


def test_a_successor_cannot_cast_suspicion_by_taking_over_a_key(
    registry: Any, directory: Any, em: Office, ru: Office, departed: None
) -> None:
    """An account that was the departed office's own key is judged by what that office declared."""
    add_key(directory, ru, em.key.address)
    directory.markKeyCompromised(ru.code, em.key.address, 1, {"from": ru.seat})
    assert registry.isSuspect(ITEM.number) is False


def test_a_successors_wallet(registry: Any, directory: Any, ru: Office, departed: None) -> None:
    owner = LocalSigner(keccak(text="owner of the wallet"))
    wallet = compiled("OwnerWallet").deploy(owner.address, {"from": ru.seat})
    correction = CHANGES["correct"]
    assert isinstance(correction, Correction)
    signature = bytes.fromhex(wallet.address[2:]) + signed(registry, correction, owner)
    arguments = (
        (correction.number, correction.filing_date, correction.disclosure, correction.digest, correction.replaces),
        signature,
    )
    found, values = decode_error(revert_data(lambda: registry.correct.call(*arguments, {"from": ru.seat})))
    assert (found, values) == ("OfficeDirectoryOfficeDeparted", (b"EM",))
    add_key(directory, ru, wallet)
    assert registry.correct.call(*arguments, {"from": ru.seat}) is True
