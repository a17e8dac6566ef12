"""Verdicts and claims after the theft of a key, and claims of an office that departed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registrum.signing.statements import Correction, Registration, Withdrawal
from tests.contracts.application_registry.vouching import Reinstatement, compromise, confirming, depart, state
from tests.contracts.priority_register.claims import (
    ACCEPTED,
    CLAIM,
    EARLIER,
    LATER,
    REFUSED,
    ClaimView,
    claim_of,
)
from tests.contracts.priority_register.questions import SIGNER_COMPROMISED, VALID, Question, ask, file
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, mapping_slot, poke, storage, time_of, travel
from tests.contracts.support.offices import Office, add_key, digest, number, sign, signer, submit
from tests.contracts.support.offices import ask as asked
from tests.contracts.support.records import CORRECTED, Record, record_of

CLAIMS_SLOT = 3
VERSION_BIT = 216
"""Of the first word of a claim."""

NUMBER = number(EARLIER)


@pytest.fixture
def filed(registry: Any, em: Office) -> Record:
    """EM/P/100, filed on 15 January 2024."""
    file(registry, em, EARLIER, 20240115)
    travel(DAY)
    return record_of(registry, NUMBER)


def verdict(priority: Any) -> int:
    return ask(priority, Question()).verdict


@pytest.mark.smoke
def test_verdict_follows_compromise_and_confirmation(
    priority: Any, registry: Any, directory: Any, em: Office, filed: Record
) -> None:
    """Compromised, confirmed, the confirming key compromised too, confirmed by a third."""
    third = signer("EM third key")
    add_key(directory, em, third.address)
    confirmation = confirming(Registration(NUMBER, 20240115, 0, filed.digest))
    assert verdict(priority) == VALID
    compromise(directory, em, em.key, filed.recorded_at)
    assert verdict(priority) == SIGNER_COMPROMISED
    confirmed = time_of(state(registry, confirmation, em.second))
    assert verdict(priority) == VALID
    assert ask(priority, Question()).record == filed
    travel(DAY)
    compromise(directory, em, em.second, confirmed)
    assert verdict(priority) == SIGNER_COMPROMISED
    state(registry, confirmation, third)
    assert verdict(priority) == VALID


def test_an_old_confirmation_does_not_serve_a_thief(
    priority: Any, registry: Any, directory: Any, em: Office, filed: Record
) -> None:
    """The office confirmed a content and corrected it afterwards; a thief brings it back and has it confirmed."""
    third = signer("EM third key")
    add_key(directory, em, third.address)
    confirmation = confirming(Registration(NUMBER, 20240115, 0, filed.digest))
    state(registry, confirmation, em.second)
    right = Correction(NUMBER, 20240115, 0, digest("right"), 1)
    state(registry, right, em.second)
    travel(DAY)
    theft = time_of(state(registry, replace(right, digest=filed.digest, replaces=2), third))
    travel(DAY)
    compromise(directory, em, third, theft)
    assert verdict(priority) == SIGNER_COMPROMISED
    reverts_with(
        lambda: state(registry, confirmation, em.second),
        "ApplicationRegistryRecordedSince",
        NUMBER,
        theft,
        confirmation.as_of,
    )
    assert verdict(priority) == SIGNER_COMPROMISED
    state(registry, replace(right, replaces=3), em.second)
    assert verdict(priority) == VALID


def test_a_stolen_withdrawal_is_taken_back(
    priority: Any, registry: Any, directory: Any, em: Office, filed: Record
) -> None:
    state(registry, Withdrawal(NUMBER, 1), em.second)
    travel(DAY)
    compromise(directory, em, em.second, filed.recorded_at + 1)
    state(registry, Reinstatement(NUMBER, 2), em.key)
    answer = ask(priority, Question())
    assert (answer.verdict, answer.record) == (VALID, replace(filed, version=3, status=CORRECTED))


def test_verdict_of_a_successors_correction(
    priority: Any, registry: Any, directory: Any, governance: Any, em: Office, ru: Office, filed: Record
) -> None:
    depart(directory, governance, em, ru)
    correction = Correction(NUMBER, 20240115, 0, digest("corrected"), 1)
    time = time_of(state(registry, correction, ru.key))
    travel(DAY)
    assert verdict(priority) == VALID
    compromise(directory, ru, ru.key, time)
    assert verdict(priority) == SIGNER_COMPROMISED
    state(registry, confirming(Registration(NUMBER, 20240115, 0, correction.digest)), ru.second)
    assert verdict(priority) == VALID


# Claims


@pytest.fixture
def last(priority: Any, ru: Office) -> ClaimView:
    """The claim of RU's application in the last version, signed by RU's first key."""
    submit(priority, CLAIM, ru.key)
    travel(DAY)
    slot = mapping_slot(CLAIM.earlier, mapping_slot(CLAIM.later, CLAIMS_SLOT))
    poke(priority, slot, storage(priority, slot) + (254 << VERSION_BIT))
    view = claim_of(priority)
    assert view.version == 255
    return view


def test_a_stolen_claim_of_the_last_version_is_replaced(
    priority: Any, directory: Any, ru: Office, last: ClaimView
) -> None:
    """The version stays; the last word is that of a good key, once."""
    refused = replace(CLAIM, outcome=REFUSED, replaces=255)
    reverts_with(
        lambda: submit(priority, refused, ru.second), "PriorityRegisterVersionLimit", CLAIM.later, CLAIM.earlier
    )
    compromise(directory, ru, ru.key, last.recorded_at + 1)
    reverts_with(
        lambda: submit(priority, refused, ru.second), "PriorityRegisterVersionLimit", CLAIM.later, CLAIM.earlier
    )
    compromise(directory, ru, ru.key, last.recorded_at)
    time = time_of(submit(priority, refused, ru.second))
    assert claim_of(priority) == replace(
        last, signing_key=ru.second.address, recorded_at=time, outcome=REFUSED, version=255
    )
    assert asked(priority, refused, b"") is False
    reverts_with(
        lambda: submit(priority, replace(refused, outcome=ACCEPTED), ru.second),
        "PriorityRegisterVersionLimit",
        CLAIM.later,
        CLAIM.earlier,
    )


def test_a_stolen_claim_needs_a_good_key(priority: Any, directory: Any, ru: Office, last: ClaimView) -> None:
    compromise(directory, ru, ru.key, last.recorded_at)
    statement = replace(CLAIM, outcome=REFUSED, replaces=255)
    revoked = directory.keyOf(ru.code, ru.key.address)[4]
    reverts_with(
        lambda: submit(priority, statement, ru.key), "OfficeDirectoryKeyRevoked", ru.code, ru.key.address, revoked
    )


@pytest.mark.smoke
def test_a_successor_records_what_becomes_of_claims(
    priority: Any, directory: Any, governance: Any, ru: Office, au: Office
) -> None:
    submit(priority, CLAIM, ru.key)
    accepted = replace(CLAIM, outcome=ACCEPTED, replaces=1)
    reverts_with(
        lambda: asked(priority, accepted, sign(priority, accepted, au.key)),
        "OfficeDirectoryUnknownKey",
        ru.code,
        au.key.address,
    )
    depart(directory, governance, ru, au)
    time = time_of(submit(priority, accepted, au.key))
    view = claim_of(priority)
    assert (view.outcome, view.version, view.signing_key, view.recorded_at) == (ACCEPTED, 2, au.key.address, time)


def test_a_successor_records_no_new_claims(
    priority: Any, directory: Any, governance: Any, em: Office, ru: Office, au: Office
) -> None:
    """Nor does anybody else record anything for the departed office."""
    submit(priority, CLAIM, ru.key)
    depart(directory, governance, ru, au)
    new = replace(CLAIM, earlier=number("EM/P/101"))
    further = replace(CLAIM, outcome=ACCEPTED, replaces=1)
    for statement, key in ((new, au.key), (new, ru.key), (further, ru.key), (further, em.key)):
        reverts_with(
            lambda statement=statement, key=key: submit(priority, statement, key),
            "OfficeDirectoryOfficeDeparted",
            ru.code,
        )
    assert claim_of(priority, LATER, "EM/P/101").version == 0
