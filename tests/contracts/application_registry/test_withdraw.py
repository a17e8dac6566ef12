"""`ApplicationRegistry.withdraw`: an application that was given up stays recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registrum.signing.statements import Correction, Registration, Withdrawal
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, log, logs_of, mapping_slot, poke, rewound, time_of, travel
from tests.contracts.support.offices import Office, ask, digest, number, send, sign, submit
from tests.contracts.support.records import (
    RECORDS_SLOT,
    WITHDRAWN,
    Record,
    check_absent,
    check_recorded,
)

ITEM = Registration(number("EM/T/018660437"), 20240131, 1, digest("application"))
WITHDRAWAL = Withdrawal(ITEM.number, 1)


@pytest.fixture
def filed(registry: Any, em: Office) -> Record:
    """The record of `ITEM`, filed long before."""
    time = time_of(submit(registry, ITEM, em.key))
    travel(DAY)
    return Record.filed(ITEM, em.key.address, time)


@pytest.mark.smoke
def test_marks_the_record(registry: Any, em: Office, filed: Record) -> None:
    """Content, key and time stay those of the application; the event names the key that withdrew it."""
    signature = sign(registry, WITHDRAWAL, em.second)
    assert ask(registry, WITHDRAWAL, signature) is True
    tx = send(registry, WITHDRAWAL, signature)
    check_recorded(registry, ITEM.number, replace(filed, version=2, status=WITHDRAWN))
    assert logs_of(tx) == [
        log(registry, "ApplicationWithdrawn", number=ITEM.number, signingKey=em.second.address, version=2)
    ]


def test_after_a_correction(registry: Any, em: Office, filed: Record) -> None:
    correction = Correction(ITEM.number, 20240201, 0, digest("corrected"), 1)
    time = time_of(submit(registry, correction, em.second))
    tx = submit(registry, replace(WITHDRAWAL, replaces=2), em.key)
    expected = Record(correction.digest, em.second.address, time, 20240201, 3, WITHDRAWN, 0)
    check_recorded(registry, ITEM.number, expected)
    assert logs_of(tx) == [
        log(registry, "ApplicationWithdrawn", number=ITEM.number, signingKey=em.key.address, version=3)
    ]


@pytest.mark.smoke
@pytest.mark.parametrize("signature", [b"", b"\x01" * 19, b"\x01" * 65, b"\x01" * 66], ids=len)
def test_same_withdrawal_again_is_harmless(
    registry: Any, em: Office, filed: Record, stranger: Any, signature: bytes
) -> None:
    """Nothing changes, and the signature is not looked at."""
    submit(registry, WITHDRAWAL, em.key)
    assert ask(registry, WITHDRAWAL, signature) is False
    assert logs_of(send(registry, WITHDRAWAL, signature, stranger)) == []
    check_recorded(registry, ITEM.number, replace(filed, version=2, status=WITHDRAWN))


@pytest.mark.parametrize("replaces", [0, 2, 3, 255])
def test_version_mismatch(registry: Any, em: Office, filed: Record, replaces: int) -> None:
    withdrawal = replace(WITHDRAWAL, replaces=replaces)
    reverts_with(
        lambda: submit(registry, withdrawal, em.key),
        "ApplicationRegistryVersionMismatch",
        ITEM.number,
        1,
        replaces,
    )
    check_recorded(registry, ITEM.number, filed)


def test_withdrawal_of_a_version_that_was_corrected(registry: Any, em: Office, filed: Record) -> None:
    """An office withdraws what it sees: a correction in between must be seen first."""
    signature = sign(registry, WITHDRAWAL, em.key)
    submit(registry, Correction(ITEM.number, 20240201, 0, digest("corrected"), 1), em.key)
    reverts_with(lambda: ask(registry, WITHDRAWAL, signature), "ApplicationRegistryVersionMismatch", ITEM.number, 2, 1)


@pytest.mark.parametrize("replaces", [0, 1, 2, 3, 255])
def test_withdrawn_once_and_for_all(registry: Any, em: Office, filed: Record, replaces: int) -> None:
    """Whatever version a second withdrawal names, it changes nothing: no version is spent on it."""
    submit(registry, WITHDRAWAL, em.key)
    again = replace(WITHDRAWAL, replaces=replaces)
    assert ask(registry, again, sign(registry, again, em.key)) is False
    assert logs_of(submit(registry, again, em.key)) == []
    check_recorded(registry, ITEM.number, replace(filed, version=2, status=WITHDRAWN))


def test_same_withdrawal_after_a_correction(registry: Any, em: Office, filed: Record) -> None:
    submit(registry, WITHDRAWAL, em.key)
    correction = Correction(ITEM.number, 20240201, 0, digest("corrected"), 2)
    time = time_of(submit(registry, correction, em.key))
    assert logs_of(submit(registry, WITHDRAWAL, em.key)) == []
    expected = Record(correction.digest, em.key.address, time, 20240201, 3, WITHDRAWN, 0)
    check_recorded(registry, ITEM.number, expected)


@pytest.mark.parametrize("replaces", [0, 1, 255])
def test_not_recorded(registry: Any, em: Office, replaces: int) -> None:
    withdrawal = replace(WITHDRAWAL, replaces=replaces)
    reverts_with(lambda: submit(registry, withdrawal, em.key), "ApplicationRegistryNotRecorded", ITEM.number)
    check_absent(registry, ITEM.number)


def test_last_version(registry: Any, em: Office, filed: Record) -> None:
    """254 is withdrawn as 255; a record corrected up to 255 can no longer be withdrawn."""
    slot = mapping_slot(ITEM.number, RECORDS_SLOT) + 1
    with rewound():
        poke(registry, slot, replace(filed, version=254).words()[1])
        submit(registry, replace(WITHDRAWAL, replaces=254), em.key)
        check_recorded(registry, ITEM.number, replace(filed, version=255, status=WITHDRAWN))
    poke(registry, slot, replace(filed, version=255).words()[1])
    reverts_with(
        lambda: submit(registry, replace(WITHDRAWAL, replaces=255), em.key),
        "ApplicationRegistryVersionLimit",
        ITEM.number,
    )
    check_recorded(registry, ITEM.number, replace(filed, version=255))


def test_registration_again_does_not_revive(registry: Any, em: Office, filed: Record) -> None:
    submit(registry, WITHDRAWAL, em.key)
    assert logs_of(submit(registry, ITEM, em.key)) == []
    check_recorded(registry, ITEM.number, replace(filed, version=2, status=WITHDRAWN))
    other = replace(ITEM, digest=digest("other"))
    reverts_with(
        lambda: submit(registry, other, em.key),
        "ApplicationRegistryConflict",
        ITEM.number,
        ITEM.digest,
        ITEM.filing_date,
    )


def test_office_withdraws_only_its_own_records(registry: Any, em: Office, ru: Office, filed: Record) -> None:
    reverts_with(lambda: submit(registry, WITHDRAWAL, ru.key), "OfficeDirectoryUnknownKey", em.code, ru.key.address)
    check_recorded(registry, ITEM.number, filed)
