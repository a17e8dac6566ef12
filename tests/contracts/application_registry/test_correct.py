"""`ApplicationRegistry.correct`: the next version of a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registrum.signing.statements import Correction, Registration, Withdrawal
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import (
    DAY,
    NOON,
    date_at,
    log,
    logs_of,
    mapping_slot,
    next_block_at,
    poke,
    time_of,
    travel,
)
from tests.contracts.support.offices import Office, ask, digest, number, send, sign, submit, unchecked
from tests.contracts.support.records import (
    CORRECTED,
    FILED,
    RECORDS_SLOT,
    WITHDRAWN,
    Record,
    check_absent,
    check_recorded,
)

ITEM = Registration(number("EM/T/018660437"), 20240131, 0, digest("application"))
CORRECTION = Correction(ITEM.number, 20240201, 1, digest("corrected"), 1)
LATEST = date_at(NOON + DAY)


@pytest.fixture
def filed(registry: Any, em: Office) -> Record:
    """The record of `ITEM`, filed long before."""
    time = time_of(submit(registry, ITEM, em.key))
    travel(DAY)
    return Record.filed(ITEM, em.key.address, time)


def after(correction: Correction, key: str, time: int, status: int = CORRECTED) -> Record:
    """The record that a correction leaves."""
    return Record(
        correction.digest,
        key,
        time,
        correction.filing_date,
        correction.replaces + 1,
        status,
        correction.disclosure,
    )


@pytest.mark.smoke
@pytest.mark.parametrize(
    "correction",
    [
        CORRECTION,
        replace(CORRECTION, filing_date=ITEM.filing_date, disclosure=0),
        replace(CORRECTION, digest=ITEM.digest, disclosure=0),
        replace(CORRECTION, digest=ITEM.digest, filing_date=ITEM.filing_date),
    ],
    ids=["all", "digest", "filing date", "disclosure"],
)
def test_replaces_the_content(registry: Any, em: Office, filed: Record, correction: Correction) -> None:
    signature = sign(registry, correction, em.key)
    assert ask(registry, correction, signature) is True
    tx = send(registry, correction, signature)
    check_recorded(registry, ITEM.number, after(correction, em.key.address, time_of(tx)))
    assert logs_of(tx) == [
        log(
            registry,
            "ApplicationCorrected",
            number=ITEM.number,
            signingKey=em.key.address,
            digest=correction.digest,
            filingDate=correction.filing_date,
            disclosure=correction.disclosure,
            version=2,
            previous=filed.values(),
        )
    ]


def test_events_tell_the_whole_history(registry: Any, em: Office, filed: Record) -> None:
    """Each event gives the version before in full, so that they chain back to the first."""
    previous = filed
    for version in range(1, 6):
        key = (em.key, em.second)[version % 2]
        correction = replace(CORRECTION, digest=digest(f"version {version + 1}"), replaces=version)
        tx = submit(registry, correction, key)
        (entry,) = logs_of(tx)
        current = after(correction, key.address, time_of(tx))
        assert entry == log(
            registry,
            "ApplicationCorrected",
            number=ITEM.number,
            signingKey=key.address,
            digest=correction.digest,
            filingDate=correction.filing_date,
            disclosure=correction.disclosure,
            version=version + 1,
            previous=previous.values(),
        )
        check_recorded(registry, ITEM.number, current)
        previous = current
        travel(DAY)


def test_may_return_to_an_earlier_content(registry: Any, em: Office, filed: Record) -> None:
    submit(registry, CORRECTION, em.key)
    back = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, ITEM.digest, 2)
    tx = submit(registry, back, em.key)
    check_recorded(registry, ITEM.number, after(back, em.key.address, time_of(tx)))


def test_same_content_by_another_key_confirms_the_record(registry: Any, em: Office, filed: Record) -> None:
    """An office whose key is compromised puts its records under a good one."""
    confirmation = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, ITEM.digest, 1)
    tx = submit(registry, confirmation, em.second)
    assert len(logs_of(tx)) == 1
    check_recorded(registry, ITEM.number, after(confirmation, em.second.address, time_of(tx)))
    again = replace(confirmation, replaces=2)
    tx = submit(registry, again, em.key)
    check_recorded(registry, ITEM.number, after(again, em.key.address, time_of(tx)))


def test_confirmation_after_a_withdrawal_names_the_new_version(registry: Any, em: Office, filed: Record) -> None:
    """The withdrawal left the same content at the next version: confirming the one before changes nothing."""
    submit(registry, Withdrawal(ITEM.number, 1), em.key)
    confirmation = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, ITEM.digest, 1)
    assert logs_of(submit(registry, confirmation, em.second)) == []
    check_recorded(registry, ITEM.number, replace(filed, version=2, status=WITHDRAWN))
    again = replace(confirmation, replaces=2)
    tx = submit(registry, again, em.second)
    check_recorded(registry, ITEM.number, after(again, em.second.address, time_of(tx), WITHDRAWN))


@pytest.mark.smoke
@pytest.mark.parametrize("signature", [b"", b"\x01" * 19, b"\x01" * 65, b"\x01" * 66], ids=len)
def test_same_correction_again_is_harmless(
    registry: Any, em: Office, filed: Record, stranger: Any, signature: bytes
) -> None:
    """Nothing changes, and the signature is not looked at."""
    time = time_of(submit(registry, CORRECTION, em.key))
    travel(DAY)
    assert ask(registry, CORRECTION, signature) is False
    assert logs_of(send(registry, CORRECTION, signature, stranger)) == []
    check_recorded(registry, ITEM.number, after(CORRECTION, em.key.address, time))


def test_same_correction_again_after_the_key_is_gone(registry: Any, directory: Any, em: Office, filed: Record) -> None:
    signature = sign(registry, CORRECTION, em.key)
    send(registry, CORRECTION, signature)
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    assert ask(registry, CORRECTION, signature) is False


def test_old_correction_does_not_come_back(registry: Any, em: Office, filed: Record) -> None:
    """Once the next version is there, the signature that made the one before is worth nothing."""
    signature = sign(registry, CORRECTION, em.key)
    send(registry, CORRECTION, signature)
    newer = replace(CORRECTION, digest=digest("newer"), replaces=2)
    time = time_of(submit(registry, newer, em.key))
    reverts_with(lambda: ask(registry, CORRECTION, signature), "ApplicationRegistryVersionMismatch", ITEM.number, 3, 1)
    check_recorded(registry, ITEM.number, after(newer, em.key.address, time))


@pytest.mark.parametrize("field", ["digest", "filing_date", "disclosure"])
def test_second_correction_of_one_version(registry: Any, em: Office, filed: Record, field: str) -> None:
    """Of two corrections of one version the first counts; the other must name the new version."""
    submit(registry, CORRECTION, em.key)
    other = replace(CORRECTION, **{field: {"digest": digest("x"), "filing_date": 20240202, "disclosure": 0}[field]})
    reverts_with(lambda: submit(registry, other, em.key), "ApplicationRegistryVersionMismatch", ITEM.number, 2, 1)


@pytest.mark.parametrize("replaces", [0, 2, 3, 255])
def test_version_mismatch(registry: Any, em: Office, filed: Record, replaces: int) -> None:
    correction = replace(CORRECTION, replaces=replaces)
    reverts_with(
        lambda: submit(registry, correction, em.key),
        "ApplicationRegistryVersionMismatch",
        ITEM.number,
        1,
        replaces,
    )
    check_recorded(registry, ITEM.number, filed)


def test_first_version_is_not_a_correction(registry: Any, em: Office, filed: Record) -> None:
    """A statement that replaces version 0 is not a resend of the registration, though the content is the same."""
    same = Correction(ITEM.number, ITEM.filing_date, ITEM.disclosure, ITEM.digest, 0)
    reverts_with(lambda: submit(registry, same, em.key), "ApplicationRegistryVersionMismatch", ITEM.number, 1, 0)


@pytest.mark.parametrize("replaces", [0, 1, 255])
def test_not_recorded(registry: Any, em: Office, replaces: int) -> None:
    correction = replace(CORRECTION, replaces=replaces)
    reverts_with(lambda: submit(registry, correction, em.key), "ApplicationRegistryNotRecorded", ITEM.number)
    check_absent(registry, ITEM.number)


def test_malformed_number_is_not_recorded(registry: Any, em: Office) -> None:
    correction = replace(CORRECTION, number=b"\xff" * 32)
    reverts_with(
        lambda: ask(registry, correction, sign(registry, correction, em.key)),
        "ApplicationRegistryNotRecorded",
        b"\xff" * 32,
    )


def test_withdrawn_stays_withdrawn(registry: Any, em: Office, filed: Record) -> None:
    submit(registry, Withdrawal(ITEM.number, 1), em.key)
    correction = replace(CORRECTION, replaces=2)
    tx = submit(registry, correction, em.key)
    check_recorded(registry, ITEM.number, after(correction, em.key.address, time_of(tx), WITHDRAWN))
    (entry,) = logs_of(tx)
    assert entry == log(
        registry,
        "ApplicationCorrected",
        number=ITEM.number,
        signingKey=em.key.address,
        digest=correction.digest,
        filingDate=correction.filing_date,
        disclosure=correction.disclosure,
        version=3,
        previous=replace(filed, version=2, status=WITHDRAWN).values(),
    )
    assert ask(registry, correction, b"") is False


def set_version(registry: Any, record: Record, version: int) -> Record:
    """Give a record another version where it is stored; returns it as it must now be."""
    changed = replace(record, version=version)
    poke(registry, mapping_slot(ITEM.number, RECORDS_SLOT) + 1, changed.words()[1])
    check_recorded(registry, ITEM.number, changed)
    return changed


def test_last_version(registry: Any, em: Office, filed: Record) -> None:
    """254 is corrected to 255, which cannot be corrected; sending the last correction again stays harmless."""
    set_version(registry, filed, 254)
    last = replace(CORRECTION, replaces=254)
    tx = submit(registry, last, em.key)
    recorded = after(last, em.key.address, time_of(tx))
    assert recorded.version == 255
    check_recorded(registry, ITEM.number, recorded)
    assert ask(registry, last, b"") is False
    assert ask(registry, replace(CORRECTION, replaces=255), b"") is False
    more = replace(CORRECTION, digest=digest("more"), replaces=255)
    reverts_with(lambda: submit(registry, more, em.key), "ApplicationRegistryVersionLimit", ITEM.number)
    check_recorded(registry, ITEM.number, recorded)


def test_version_does_not_wrap(registry: Any, em: Office, filed: Record) -> None:
    """At version 255 a statement that replaces version 254 or 0 finds no way round the limit."""
    set_version(registry, replace(filed, status=FILED), 255)
    for replaces in (0, 254):
        correction = replace(CORRECTION, replaces=replaces)
        reverts_with(
            lambda correction=correction: submit(registry, correction, em.key),
            "ApplicationRegistryVersionMismatch",
            ITEM.number,
            255,
            correction.replaces,
        )


@pytest.mark.parametrize("date", [0, 20230229, 20241301, 99990231, 2**32 - 1])
def test_not_a_calendar_date(registry: Any, em: Office, filed: Record, date: int) -> None:
    correction = replace(CORRECTION, filing_date=date)
    reverts_with(lambda: ask(registry, correction, sign(registry, correction, em.key)), "CalendarDateInvalid", date)


def test_future_date(registry: Any, em: Office) -> None:
    """The bound is that of the correction's own time, not of the first registration."""
    submit(registry, ITEM, em.key)
    correction = replace(CORRECTION, filing_date=LATEST + 1)
    signature = sign(registry, correction, em.key)
    next_block_at(NOON + DAY - 2 * 3600 - 1)
    reverts_with(
        lambda: send(registry, correction, signature),
        "ApplicationRegistryFutureDate",
        ITEM.number,
        LATEST + 1,
        LATEST,
    )
    next_block_at(NOON + DAY - 2 * 3600)
    tx = send(registry, correction, signature)
    check_recorded(registry, ITEM.number, after(correction, em.key.address, time_of(tx)))


def test_bound_of_the_office(registry: Any, directory: Any, em: Office, filed: Record) -> None:
    correction = replace(CORRECTION, filing_date=19960331)
    signature = sign(registry, correction, em.key)
    reverts_with(
        lambda: ask(registry, correction, signature),
        "ApplicationRegistryBeforeOffice",
        ITEM.number,
        19960331,
        em.earliest,
    )
    directory.setEarliestFilingDate(em.code, 0, {"from": em.seat})
    assert ask(registry, correction, signature) is True


def test_no_digest(registry: Any, em: Office, filed: Record) -> None:
    correction = unchecked(
        Correction, number=ITEM.number, filing_date=20240131, disclosure=0, digest=bytes(32), replaces=1
    )
    reverts_with(
        lambda: ask(registry, correction, sign(registry, correction, em.key)),
        "ApplicationRegistryNoDigest",
        ITEM.number,
    )


@pytest.mark.parametrize("disclosure", [2, 255])
def test_unknown_disclosure(registry: Any, em: Office, filed: Record, disclosure: int) -> None:
    correction = unchecked(
        Correction, number=ITEM.number, filing_date=20240131, disclosure=disclosure, digest=digest("a"), replaces=1
    )
    reverts_with(
        lambda: ask(registry, correction, sign(registry, correction, em.key)),
        "ApplicationRegistryUnknownDisclosure",
        ITEM.number,
        disclosure,
    )


def test_office_corrects_only_its_own_records(registry: Any, em: Office, ru: Office, filed: Record) -> None:
    reverts_with(lambda: submit(registry, CORRECTION, ru.key), "OfficeDirectoryUnknownKey", em.code, ru.key.address)
    check_recorded(registry, ITEM.number, filed)
