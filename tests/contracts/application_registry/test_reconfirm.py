"""`ApplicationRegistry.reconfirm`: records of a stolen key that the office vouches for; and who is suspect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from brownie import ZERO_ADDRESS
from hexbytes import HexBytes

from registrum.proofs.merkle import leaf_hash
from registrum.signing.statements import Anchor, Correction, Registration, RegistrationBatch, Withdrawal
from tests.contracts.application_registry.vouching import (
    Reconfirmation,
    Reinstatement,
    answer,
    asked,
    compromise,
    confirming,
    domain_of,
    signed,
    state,
)
from tests.contracts.support.errors import error_name, reverts_with
from tests.contracts.support.ledger import (
    DAY,
    FOREVER,
    NOON,
    log,
    logs_of,
    next_block_at,
    now,
    storage_root,
    time_of,
    travel,
)
from tests.contracts.support.offices import REGISTER, Office, add_key, as_struct, digest, number, signer
from tests.contracts.support.records import Record, check_recorded

ITEM = Registration(number("EM/T/018660437"), 20240131, 1, digest("application"))
OTHER = Registration(number("EM/T/018660438"), 20240201, 0, digest("other application"))
NEVER = (ZERO_ADDRESS, 0, 0)


@pytest.fixture
def stolen(registry: Any, directory: Any, em: Office) -> int:
    """Both items recorded by the first key, which was compromised by then; returns the block time."""
    time = time_of(state(registry, RegistrationBatch(b"EM", (ITEM, OTHER)), em.key))
    travel(DAY)
    compromise(directory, em, em.key, time)
    return time


def both() -> Reconfirmation:
    """Both items are right as they stand now."""
    return confirming(ITEM, OTHER)


def suspects(registry: Any) -> tuple[bool, bool]:
    """Whether the two items are suspect, by both views."""
    found = (registry.isSuspect(ITEM.number), registry.isSuspect(OTHER.number))
    assert found == (registry.standingOf(ITEM.number)[1], registry.standingOf(OTHER.number)[1])
    return found


@pytest.mark.smoke
def test_vouches_for_many_records_under_one_signature(registry: Any, em: Office, stolen: int) -> None:
    """The records stay as they are, key and time included."""
    assert suspects(registry) == (True, True)
    assert asked(registry, both(), em.second) == (2, 0)
    tx = state(registry, both(), em.second)
    assert logs_of(tx) == [
        log(registry, "ApplicationReconfirmed", number=item.number, signingKey=em.second.address, version=1)
        for item in (ITEM, OTHER)
    ]
    assert suspects(registry) == (False, False)
    for item in (ITEM, OTHER):
        check_recorded(registry, item.number, Record.filed(item, em.key.address, stolen))
        assert registry.reconfirmationOf(item.number) == (em.second.address, time_of(tx), 1)


def test_digest_is_that_of_eip_712(registry: Any) -> None:
    items = [as_struct(ITEM), as_struct(OTHER)]
    for as_of in (0, NOON, FOREVER):
        statement = Reconfirmation(b"EM", as_of, (ITEM, OTHER))
        expected = statement.signing_digest(domain_of(registry))
        assert bytes(HexBytes(registry.reconfirmationDigest(b"EM", as_of, items))) == expected


def test_a_batch_signature_is_no_reconfirmation(registry: Any, em: Office, stolen: int) -> None:
    batch = signed(registry, RegistrationBatch(b"EM", (ITEM, OTHER)), em.second)
    # It recovers to some account, which no office has as its key.
    assert error_name(lambda: answer(registry, both(), batch)) == "OfficeDirectoryUnknownKey"


def test_unsuspected_records_can_be_confirmed_too(registry: Any, em: Office) -> None:
    state(registry, ITEM, em.key)
    assert registry.isSuspect(ITEM.number) is False
    assert registry.reconfirmationOf(ITEM.number) == NEVER
    state(registry, confirming(ITEM), em.key)
    assert registry.reconfirmationOf(ITEM.number)[0] == em.key.address


def test_an_unrecorded_number_is_not_suspect(registry: Any) -> None:
    assert suspects(registry) == (False, False)
    assert registry.reconfirmationOf(ITEM.number) == NEVER
    assert registry.reconfirmationOf(b"\xff" * 32) == NEVER


@pytest.mark.parametrize(("offset", "suspect"), [(-1, True), (0, True), (1, False)])
def test_suspect_from_the_second_of_the_compromise_on(
    registry: Any, directory: Any, em: Office, offset: int, suspect: bool
) -> None:
    time = time_of(state(registry, ITEM, em.key))
    travel(DAY)
    compromise(directory, em, em.key, time + offset)
    assert registry.isSuspect(ITEM.number) is suspect


def test_an_anchored_record_is_suspect_by_the_time_of_its_anchor(registry: Any, directory: Any, em: Office) -> None:
    statement = Anchor(b"EM", 1, leaf_hash(ITEM), 1)
    anchored = time_of(state(registry, statement, em.key))
    travel(DAY)
    compromise(directory, em, em.key, anchored + 1)
    registry.disclose(as_struct(statement), em.key.address, as_struct(ITEM), [], {"from": em.seat})
    assert registry.isSuspect(ITEM.number) is False
    compromise(directory, em, em.key, anchored)
    assert registry.isSuspect(ITEM.number) is True


@pytest.mark.smoke
def test_the_same_statement_again_is_harmless(registry: Any, em: Office, stolen: int) -> None:
    statement = both()
    state(registry, statement, em.second)
    before = storage_root(registry)
    travel(DAY)
    assert asked(registry, statement, em.second) == (0, 2)
    assert logs_of(state(registry, statement, em.second)) == []
    assert storage_root(registry) == before


def test_repeated_items_count_once(registry: Any, em: Office, stolen: int) -> None:
    assert asked(registry, confirming(ITEM, OTHER, ITEM), em.second) == (2, 1)


def test_some_confirmed_before(registry: Any, em: Office, stolen: int) -> None:
    state(registry, confirming(OTHER), em.second)
    assert suspects(registry) == (True, False)
    assert asked(registry, both(), em.second) == (1, 1)


def test_second_compromise(registry: Any, directory: Any, em: Office, stolen: int) -> None:
    """The key that confirmed turns out to have been stolen by then: suspect again, until a third key confirms."""
    confirmed = time_of(state(registry, both(), em.second))
    travel(DAY)
    third = signer("EM third key")
    add_key(directory, em, third.address)
    compromise(directory, em, em.second, confirmed + 1)
    assert suspects(registry) == (False, False)
    compromise(directory, em, em.second, confirmed)
    assert suspects(registry) == (True, True)
    assert asked(registry, both(), third) == (2, 0)
    tx = state(registry, both(), third)
    assert suspects(registry) == (False, False)
    assert registry.reconfirmationOf(ITEM.number) == (third.address, time_of(tx), 1)


def test_a_good_confirmation_is_not_replaced(registry: Any, directory: Any, em: Office, stolen: int) -> None:
    """Else a thief could confirm again, and take the good confirmation away once the theft is known."""
    state(registry, both(), em.second)
    third = signer("EM third key")
    add_key(directory, em, third.address)
    travel(DAY)
    theft = now()
    assert asked(registry, both(), third) == (0, 2)
    state(registry, both(), third)
    compromise(directory, em, third, theft)
    assert suspects(registry) == (False, False)


def test_holds_through_withdrawal_and_reinstatement(registry: Any, em: Office, stolen: int) -> None:
    """Neither touches the content that was confirmed."""
    state(registry, Withdrawal(OTHER.number, 1), em.second)
    state(registry, both(), em.second)
    state(registry, Withdrawal(ITEM.number, 1), em.second)
    assert suspects(registry) == (False, False)
    for item, version in ((ITEM, 2), (OTHER, 2)):
        state(registry, Reinstatement(item.number, version), em.second)
    assert suspects(registry) == (False, False)
    assert asked(registry, both(), em.second) == (0, 2)


@pytest.mark.parametrize("same_block", [False, True])
def test_ends_with_a_correction(registry: Any, directory: Any, em: Office, stolen: int, same_block: bool) -> None:
    """Content that a thief put in the place of what was confirmed is suspect, even in the same second."""
    third = signer("EM third key")
    add_key(directory, em, third.address)
    confirmed = time_of(state(registry, both(), em.second))
    correction = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, digest("forged"), 1)
    next_block_at(confirmed if same_block else confirmed + 1)
    tx = state(registry, correction, third)
    assert time_of(tx) == (confirmed if same_block else confirmed + 1)
    travel(DAY)
    compromise(directory, em, third, confirmed)
    assert suspects(registry) == (True, False)
    reverts_with(
        lambda: asked(registry, both(), em.second),
        "ApplicationRegistryConflict",
        ITEM.number,
        correction.digest,
        correction.filing_date,
    )
    state(registry, replace(correction, digest=ITEM.digest, replaces=2), em.second)
    assert suspects(registry) == (False, False)


@pytest.mark.parametrize(
    "changes", [{"digest": digest("x")}, {"filing_date": 20240130}, {"disclosure": 0}], ids=["digest", "date", "kind"]
)
def test_other_content(registry: Any, em: Office, stolen: int, changes: dict[str, Any]) -> None:
    """All or nothing: the good item beside it is not confirmed either."""
    statement = confirming(OTHER, replace(ITEM, **changes))
    reverts_with(
        lambda: state(registry, statement, em.second),
        "ApplicationRegistryConflict",
        ITEM.number,
        ITEM.digest,
        ITEM.filing_date,
    )
    assert registry.reconfirmationOf(OTHER.number) == NEVER


def test_an_old_confirmation_does_not_cover_what_a_thief_brings_back(
    registry: Any, directory: Any, em: Office, stolen: int
) -> None:
    """Content confirmed once, corrected since, and corrected back with another stolen key: anybody could send again."""
    third = signer("EM third key")
    add_key(directory, em, third.address)
    statement = both()
    signature = signed(registry, statement, em.second)
    state(registry, statement, em.second)
    assert suspects(registry) == (False, False)
    right = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, digest("right"), 1)
    state(registry, right, em.second)
    travel(DAY)
    theft = time_of(state(registry, replace(right, digest=ITEM.digest, replaces=2), third))
    travel(DAY)
    compromise(directory, em, third, theft)
    assert suspects(registry) == (True, False)
    before = storage_root(registry)
    for send in (lambda: answer(registry, statement, signature), lambda: state(registry, statement, em.second)):
        reverts_with(send, "ApplicationRegistryRecordedSince", ITEM.number, theft, statement.as_of)
    assert (suspects(registry), storage_root(registry)) == ((True, False), before)
    # Signed for what stands now, by an office that knows of it, the same content is confirmed.
    state(registry, both(), em.second)
    assert suspects(registry) == (False, False)


def test_nor_one_that_was_never_sent(registry: Any, directory: Any, em: Office, stolen: int) -> None:
    statement = both()
    third = signer("EM third key")
    add_key(directory, em, third.address)
    right = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, digest("right"), 1)
    state(registry, right, em.second)
    next_block_at(now() + 1)
    back = time_of(state(registry, replace(right, digest=ITEM.digest, replaces=2), third))
    arguments = ("ApplicationRegistryRecordedSince", ITEM.number, back, statement.as_of)
    reverts_with(lambda: state(registry, statement, em.second), *arguments)
    assert registry.reconfirmationOf(OTHER.number) == NEVER


@pytest.mark.parametrize("late", [False, True])
def test_recorded_by_the_moment(registry: Any, em: Office, late: bool) -> None:
    """What was recorded in that very second counts, what was a second later does not, and nothing of the rest then."""
    state(registry, OTHER, em.key)
    next_block_at(now() + 1)
    recorded = time_of(state(registry, ITEM, em.key))
    travel(DAY)
    statement = Reconfirmation(b"EM", recorded - late, (OTHER, ITEM))
    if late:
        arguments = ("ApplicationRegistryRecordedSince", ITEM.number, recorded, recorded - 1)
        reverts_with(lambda: state(registry, statement, em.key), *arguments)
        assert registry.reconfirmationOf(OTHER.number) == NEVER
    else:
        assert asked(registry, statement, em.key) == (2, 0)


def test_not_even_one_confirmed_already_serves_as_of_before(registry: Any, em: Office, stolen: int) -> None:
    state(registry, both(), em.second)
    early = Reconfirmation(b"EM", stolen - 1, (ITEM,))
    arguments = ("ApplicationRegistryRecordedSince", ITEM.number, stolen, stolen - 1)
    reverts_with(lambda: asked(registry, early, em.second), *arguments)


def test_other_content_is_told_first(registry: Any, em: Office, stolen: int) -> None:
    early = Reconfirmation(b"EM", 0, (replace(ITEM, digest=digest("x")),))
    arguments = ("ApplicationRegistryConflict", ITEM.number, ITEM.digest, ITEM.filing_date)
    reverts_with(lambda: asked(registry, early, em.second), *arguments)


def test_as_of_the_second_of_the_block(registry: Any, em: Office, stolen: int) -> None:
    block = now() + 100
    next_block_at(block)
    assert time_of(state(registry, Reconfirmation(b"EM", block, (ITEM, OTHER)), em.second)) == block
    assert suspects(registry) == (False, False)


def test_not_as_of_a_moment_to_come(registry: Any, em: Office, stolen: int) -> None:
    """It is taken when the moment has come."""
    block = now() + 100
    statement = Reconfirmation(b"EM", block + 1, (ITEM, OTHER))
    next_block_at(block)
    reverts_with(lambda: state(registry, statement, em.second), "ApplicationRegistryInvalidMoment", block + 1)
    assert suspects(registry) == (True, True)
    next_block_at(block + 1)
    assert time_of(state(registry, statement, em.second)) == block + 1
    assert suspects(registry) == (False, False)


def test_the_moment_is_signed(registry: Any, em: Office, stolen: int) -> None:
    statement = both()
    signature = signed(registry, statement, em.second)
    moved = replace(statement, as_of=statement.as_of - 1)
    assert error_name(lambda: answer(registry, moved, signature)) == "OfficeDirectoryUnknownKey"


@pytest.mark.parametrize("text", ["EM/T/018660439", "EM/T/01866043"])
def test_not_recorded(registry: Any, em: Office, stolen: int, text: str) -> None:
    absent = replace(ITEM, number=number(text))
    reverts_with(
        lambda: state(registry, confirming(OTHER, absent), em.second),
        "ApplicationRegistryNotRecorded",
        absent.number,
    )
    assert registry.reconfirmationOf(OTHER.number) == NEVER


@pytest.mark.parametrize("recorded", [False, True])
def test_other_office(registry: Any, em: Office, ru: Office, stolen: int, recorded: bool) -> None:
    foreign = replace(ITEM, number=number("RU/T/2024700001"))
    if recorded:
        state(registry, foreign, ru.key)
    reverts_with(
        lambda: state(registry, confirming(OTHER, foreign), em.second),
        "ApplicationRegistryOtherOffice",
        foreign.number,
        b"EM",
    )
    reverts_with(
        lambda: state(registry, confirming(OTHER, office=b"RU"), ru.key),
        "ApplicationRegistryOtherOffice",
        OTHER.number,
        b"RU",
    )


@pytest.mark.parametrize("size", [0, 601])
def test_size(registry: Any, em: Office, stolen: int, size: int) -> None:
    statement = confirming(*(ITEM,) * size)
    reverts_with(lambda: asked(registry, statement, em.second), "ApplicationRegistryBatchSize", size, 600)


def test_six_hundred(registry: Any, em: Office, stolen: int) -> None:
    assert asked(registry, confirming(*(ITEM,) * 600), em.second) == (1, 599)


def test_needs_a_key_in_force(registry: Any, directory: Any, em: Office, ru: Office, stolen: int) -> None:
    """Not the stolen one, not one of another scope, not another office's; even when all is confirmed already."""
    idle = signer("EM idle key")
    add_key(directory, em, idle.address, REGISTER)
    for _ in range(2):
        revoked = directory.keyOf(b"EM", em.key.address)[4]
        reverts_with(
            lambda revoked=revoked: asked(registry, both(), em.key),
            "OfficeDirectoryKeyRevoked",
            b"EM",
            em.key.address,
            revoked,
        )
        reverts_with(lambda: asked(registry, both(), idle), "OfficeDirectoryKeyOutOfScope", b"EM", idle.address, 1)
        reverts_with(lambda: asked(registry, both(), ru.key), "OfficeDirectoryUnknownKey", b"EM", ru.key.address)
        reverts_with(lambda: answer(registry, both(), b"\x01" * 19), "OfficeSignedInvalidSignature", b"EM")
        state(registry, both(), em.second)
