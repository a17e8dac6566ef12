"""`ApplicationRegistry.reinstate`, and content of the last version: what a thief did is undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hexbytes import HexBytes

from registrum.signing.statements import Correction, Registration, Withdrawal
from tests.contracts.application_registry.vouching import (
    Reinstatement,
    answer,
    asked,
    compromise,
    domain_of,
    state,
)
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, log, logs_of, mapping_slot, poke, time_of, travel
from tests.contracts.support.offices import Office, add_key, digest, number, signer
from tests.contracts.support.records import CORRECTED, RECORDS_SLOT, WITHDRAWN, Record, check_absent, check_recorded

ITEM = Registration(number("EM/T/018660437"), 20240131, 1, digest("application"))
REINSTATEMENT = Reinstatement(ITEM.number, 2)


@pytest.fixture
def filed(registry: Any, em: Office) -> Record:
    """The record of `ITEM`, filed long before."""
    time = time_of(state(registry, ITEM, em.key))
    travel(DAY)
    return Record.filed(ITEM, em.key.address, time)


@pytest.fixture
def withdrawn(registry: Any, em: Office, filed: Record) -> Record:
    """The same, withdrawn."""
    state(registry, Withdrawal(ITEM.number, 1), em.key)
    return replace(filed, version=2, status=WITHDRAWN)


def set_version(registry: Any, record: Record, version: int) -> Record:
    """Put a record into a version that would take hundreds of statements to reach."""
    moved = replace(record, version=version)
    poke(registry, mapping_slot(ITEM.number, RECORDS_SLOT) + 1, moved.words()[1])
    return moved


@pytest.mark.smoke
def test_takes_a_withdrawal_back(registry: Any, em: Office, withdrawn: Record) -> None:
    """Content, key and time stay those of the application; the event names the key that signed."""
    assert asked(registry, REINSTATEMENT, em.second) is True
    tx = state(registry, REINSTATEMENT, em.second)
    check_recorded(registry, ITEM.number, replace(withdrawn, version=3, status=CORRECTED))
    assert logs_of(tx) == [
        log(registry, "ApplicationReinstated", number=ITEM.number, signingKey=em.second.address, version=3)
    ]


def test_digest_is_that_of_eip_712(registry: Any) -> None:
    found = bytes(HexBytes(registry.reinstatementDigest(ITEM.number, 2)))
    assert found == REINSTATEMENT.signing_digest(domain_of(registry))


@pytest.mark.parametrize("signature", [b"", b"\x01" * 65])
def test_same_statement_again_is_harmless(registry: Any, em: Office, withdrawn: Record, signature: bytes) -> None:
    state(registry, REINSTATEMENT, em.key)
    assert answer(registry, REINSTATEMENT, signature) is False
    check_recorded(registry, ITEM.number, replace(withdrawn, version=3, status=CORRECTED))


def test_old_statements_do_not_come_back(registry: Any, em: Office, withdrawn: Record) -> None:
    """Neither the withdrawal that was taken back, nor its taking back after another withdrawal."""
    state(registry, REINSTATEMENT, em.key)
    reverts_with(
        lambda: asked(registry, Withdrawal(ITEM.number, 1), em.key),
        "ApplicationRegistryVersionMismatch",
        ITEM.number,
        3,
        1,
    )
    state(registry, Withdrawal(ITEM.number, 3), em.key)
    reverts_with(
        lambda: asked(registry, REINSTATEMENT, em.key), "ApplicationRegistryVersionMismatch", ITEM.number, 4, 2
    )
    check_recorded(registry, ITEM.number, replace(withdrawn, version=4))


@pytest.mark.parametrize("replaces", [0, 1, 3, 254, 255])
def test_version_mismatch(registry: Any, em: Office, withdrawn: Record, replaces: int) -> None:
    reverts_with(
        lambda: state(registry, Reinstatement(ITEM.number, replaces), em.key),
        "ApplicationRegistryVersionMismatch",
        ITEM.number,
        2,
        replaces,
    )
    check_recorded(registry, ITEM.number, withdrawn)


@pytest.mark.parametrize("replaces", [0, 1, 2, 255])
def test_nothing_to_take_back(registry: Any, em: Office, filed: Record, replaces: int) -> None:
    reverts_with(
        lambda: state(registry, Reinstatement(ITEM.number, replaces), em.key),
        "ApplicationRegistryNotWithdrawn",
        ITEM.number,
    )
    check_recorded(registry, ITEM.number, filed)


@pytest.mark.parametrize("replaces", [0, 2, 3, 255])
def test_nothing_to_take_back_after_a_correction(registry: Any, em: Office, filed: Record, replaces: int) -> None:
    state(registry, Correction(ITEM.number, 20240201, 1, ITEM.digest, 1), em.key)
    reverts_with(
        lambda: state(registry, Reinstatement(ITEM.number, replaces), em.key),
        "ApplicationRegistryNotWithdrawn",
        ITEM.number,
    )


@pytest.mark.parametrize("replaces", [0, 1, 255])
def test_not_recorded(registry: Any, em: Office, replaces: int) -> None:
    reverts_with(
        lambda: state(registry, Reinstatement(ITEM.number, replaces), em.key),
        "ApplicationRegistryNotRecorded",
        ITEM.number,
    )
    check_absent(registry, ITEM.number)


def test_only_the_office_itself(registry: Any, directory: Any, em: Office, ru: Office, withdrawn: Record) -> None:
    reverts_with(lambda: state(registry, REINSTATEMENT, ru.key), "OfficeDirectoryUnknownKey", em.code, ru.key.address)
    compromise(directory, em, em.key, withdrawn.recorded_at)
    revoked = directory.keyOf(em.code, em.key.address)[4]
    reverts_with(
        lambda: state(registry, REINSTATEMENT, em.key),
        "OfficeDirectoryKeyRevoked",
        em.code,
        em.key.address,
        revoked,
    )
    check_recorded(registry, ITEM.number, withdrawn)


# The last version


def test_reinstated_at_the_last_version(registry: Any, em: Office, withdrawn: Record) -> None:
    """The version stays; nothing withdraws the record again, so the statement has effect once."""
    last = set_version(registry, withdrawn, 255)
    statement = Reinstatement(ITEM.number, 255)
    tx = state(registry, statement, em.key)
    assert logs_of(tx) == [
        log(registry, "ApplicationReinstated", number=ITEM.number, signingKey=em.key.address, version=255)
    ]
    check_recorded(registry, ITEM.number, replace(last, status=CORRECTED))
    assert answer(registry, statement, b"") is False
    reverts_with(
        lambda: asked(registry, Withdrawal(ITEM.number, 255), em.key),
        "ApplicationRegistryVersionLimit",
        ITEM.number,
    )


def test_reinstated_to_the_last_version(registry: Any, em: Office, withdrawn: Record) -> None:
    last = set_version(registry, withdrawn, 254)
    state(registry, Reinstatement(ITEM.number, 254), em.key)
    check_recorded(registry, ITEM.number, replace(last, version=255, status=CORRECTED))


@pytest.mark.parametrize("status", [CORRECTED, WITHDRAWN])
def test_suspect_content_of_the_last_version_is_corrected(
    registry: Any, directory: Any, em: Office, filed: Record, status: int
) -> None:
    """A thief used all versions up: a good key still has the last word, once for each theft."""
    last = set_version(registry, replace(filed, status=status), 255)
    correction = Correction(ITEM.number, 20240201, 0, digest("right"), 255)
    reverts_with(lambda: state(registry, correction, em.second), "ApplicationRegistryVersionLimit", ITEM.number)
    compromise(directory, em, em.key, filed.recorded_at)
    tx = state(registry, correction, em.second)
    right = Record(correction.digest, em.second.address, time_of(tx), 20240201, 255, status, 0)
    check_recorded(registry, ITEM.number, right)
    assert logs_of(tx) == [
        log(
            registry,
            "ApplicationCorrected",
            number=ITEM.number,
            signingKey=em.second.address,
            digest=correction.digest,
            filingDate=20240201,
            disclosure=0,
            version=255,
            previous=last.values(),
        )
    ]
    assert answer(registry, correction, b"") is False
    more = replace(correction, digest=digest("more"))
    reverts_with(lambda: state(registry, more, em.second), "ApplicationRegistryVersionLimit", ITEM.number)

    third = signer("EM third key")
    add_key(directory, em, third.address)
    travel(DAY)
    compromise(directory, em, em.second, time_of(tx))
    state(registry, more, third)
    assert registry.isSuspect(ITEM.number) is False
    reverts_with(lambda: asked(registry, correction, third), "ApplicationRegistryVersionLimit", ITEM.number)


def test_suspect_content_of_the_last_version_is_confirmed_by_the_same(
    registry: Any, directory: Any, em: Office, filed: Record
) -> None:
    set_version(registry, replace(filed, status=CORRECTED), 255)
    same = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, ITEM.digest, 255)
    assert answer(registry, same, b"") is False
    compromise(directory, em, em.key, filed.recorded_at)
    reverts_with(lambda: answer(registry, same, b""), "OfficeSignedInvalidSignature", em.code)
    assert asked(registry, same, em.second) is True
    state(registry, same, em.second)
    assert registry.isSuspect(ITEM.number) is False


def test_suspect_record_of_the_last_version_is_not_withdrawn(
    registry: Any, directory: Any, em: Office, filed: Record
) -> None:
    set_version(registry, replace(filed, status=CORRECTED), 255)
    compromise(directory, em, em.key, filed.recorded_at)
    reverts_with(
        lambda: state(registry, Withdrawal(ITEM.number, 255), em.second),
        "ApplicationRegistryVersionLimit",
        ITEM.number,
    )
