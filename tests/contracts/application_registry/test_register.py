"""`ApplicationRegistry.register`: one application record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registrum.signing.statements import Correction, Registration
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, NOON, date_at, log, logs_of, next_block_at, storage_root, time_of
from tests.contracts.support.offices import Office, ask, digest, number, send, sign, submit, unchecked
from tests.contracts.support.records import Record, check_absent, check_recorded

ITEM = Registration(number("EM/T/018660437"), 20240131, 0, digest("application"))

GARBAGE = (b"", b"\x01" * 19, b"\x01" * 64, b"\x01" * 65, b"\x01" * 66)

NOT_DATES = (0, 1, 17991231, 20230229, 21000229, 20240631, 20241301, 20240031, 20240100, 20240132, 2**32 - 1)

MALFORMED = (
    bytes(32),
    b"\xff" * 32,
    number("EM/T/"),
    number("em/T/1"),
    number("E1/T/1"),
    number("EM/X/1"),
    number("EM/T/1a"),
    number("EM/T/1 2"),
    number("EM/T/1\x002"),
    number("EM/T/1,2"),
    b"EMT1".ljust(31, b"\0") + b"1",
    b"\0" * 28 + b"EMT1",
    "EMT1\u0417".encode().ljust(32, b"\0"),
)


@pytest.mark.smoke
@pytest.mark.parametrize("disclosure", [0, 1])
def test_takes_a_new_number(registry: Any, em: Office, disclosure: int) -> None:
    item = replace(ITEM, disclosure=disclosure)
    signature = sign(registry, item, em.key)
    assert ask(registry, item, signature) is True
    tx = send(registry, item, signature)

    check_recorded(registry, item.number, Record.filed(item, em.key.address, time_of(tx)))
    assert logs_of(tx) == [
        log(
            registry,
            "ApplicationRegistered",
            number=item.number,
            signingKey=em.key.address,
            digest=item.digest,
            filingDate=item.filing_date,
            disclosure=disclosure,
        )
    ]


@pytest.mark.parametrize("text", ["RU/P/1", "RU/U/9Z", "RU/D/2024/500001", "RU/S/1.2-3", "RU/G/" + "Z" * 29, "RU/T/-"])
def test_takes_every_right_and_length(registry: Any, ru: Office, text: str) -> None:
    item = replace(ITEM, number=number(text))
    tx = submit(registry, item, ru.key)
    check_recorded(registry, item.number, Record.filed(item, ru.key.address, time_of(tx)))


def test_numbers_do_not_touch_each_other(registry: Any, em: Office, ru: Office) -> None:
    texts = ("EM/T/1", "EM/D/1", "EM/T/11", "RU/T/1")
    items = [Registration(number(text), 20240101 + index, 0, digest(text)) for index, text in enumerate(texts)]
    times = [time_of(submit(registry, item, ru.key if b"RU" in item.number else em.key)) for item in items]
    for item, time in zip(items, times, strict=True):
        key = ru.key if b"RU" in item.number else em.key
        check_recorded(registry, item.number, Record.filed(item, key.address, time))
    check_absent(registry, number("EM/T/2"), number("EM/T/111"), number("RU/D/1"))


@pytest.mark.parametrize("signature", GARBAGE, ids=len)
def test_same_content_again_is_harmless(registry: Any, em: Office, stranger: Any, signature: bytes) -> None:
    """Nothing changes, and the signature is not looked at."""
    time = time_of(submit(registry, ITEM, em.key))
    assert ask(registry, ITEM, signature) is False
    tx = send(registry, ITEM, signature, stranger)
    assert logs_of(tx) == []
    check_recorded(registry, ITEM.number, Record.filed(ITEM, em.key.address, time))


def test_same_content_again_after_the_key_is_gone(registry: Any, directory: Any, em: Office) -> None:
    """What was lost on the way may be sent again at any later time."""
    signature = sign(registry, ITEM, em.key)
    time = time_of(send(registry, ITEM, signature))
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    assert ask(registry, ITEM, signature) is False
    check_recorded(registry, ITEM.number, Record.filed(ITEM, em.key.address, time))


@pytest.mark.smoke
@pytest.mark.parametrize(
    "other",
    [replace(ITEM, digest=digest("other")), replace(ITEM, filing_date=20240130), replace(ITEM, disclosure=1)],
    ids=["digest", "filing date", "disclosure"],
)
def test_other_content_conflicts(registry: Any, em: Office, other: Registration) -> None:
    """The error shows what is recorded; the signature makes no difference."""
    time = time_of(submit(registry, ITEM, em.key))
    for signature in (sign(registry, other, em.key), b""):
        reverts_with(
            lambda signature=signature: ask(registry, other, signature),
            "ApplicationRegistryConflict",
            ITEM.number,
            ITEM.digest,
            ITEM.filing_date,
        )
    check_recorded(registry, ITEM.number, Record.filed(ITEM, em.key.address, time))


def test_refused_transaction_changes_nothing(registry: Any, em: Office) -> None:
    time = time_of(submit(registry, ITEM, em.key))
    root = storage_root(registry)
    reverts_with(
        lambda: submit(registry, replace(ITEM, digest=digest("other")), em.key),
        "ApplicationRegistryConflict",
        ITEM.number,
        ITEM.digest,
        ITEM.filing_date,
    )
    assert storage_root(registry) == root
    check_recorded(registry, ITEM.number, Record.filed(ITEM, em.key.address, time))


def test_first_content_conflicts_once_corrected(registry: Any, em: Office) -> None:
    submit(registry, ITEM, em.key)
    submit(registry, Correction(ITEM.number, 20240201, 0, digest("corrected"), 1), em.key)
    reverts_with(
        lambda: ask(registry, ITEM, sign(registry, ITEM, em.key)),
        "ApplicationRegistryConflict",
        ITEM.number,
        digest("corrected"),
        20240201,
    )
    corrected = Registration(ITEM.number, 20240201, 0, digest("corrected"))
    assert ask(registry, corrected, b"") is False


@pytest.mark.parametrize("value", MALFORMED, ids=bytes.hex)
def test_malformed_number(registry: Any, em: Office, value: bytes) -> None:
    item = unchecked(Registration, number=value, filing_date=20240131, disclosure=0, digest=digest("a"))
    reverts_with(lambda: ask(registry, item, sign(registry, item, em.key)), "OfficeNumberMalformed", value)


@pytest.mark.parametrize("date", NOT_DATES)
def test_not_a_calendar_date(registry: Any, ru: Office, date: int) -> None:
    item = replace(ITEM, number=number("RU/P/1"), filing_date=date)
    reverts_with(lambda: ask(registry, item, sign(registry, item, ru.key)), "CalendarDateInvalid", date)


@pytest.mark.parametrize("date", [18000101, 19000228, 20000229, 20240229, 20991231])
def test_calendar_dates(registry: Any, ru: Office, date: int) -> None:
    item = replace(ITEM, number=number("RU/P/1"), filing_date=date)
    assert ask(registry, item, sign(registry, item, ru.key)) is True


@pytest.mark.parametrize("day", range(-1, 2))
@pytest.mark.parametrize(("hour", "ahead"), [(0, 0), (10, 0), (10, 1), (24, 1)])
def test_latest_date_is_the_latest_on_earth(registry: Any, em: Office, hour: int, ahead: int, day: int) -> None:
    """At UTC+14 the next day begins at 10:00 UTC, to the second."""
    midnight = NOON + DAY // 2
    time = midnight + hour * 3600 - (0 if ahead or hour == 0 else 1)
    if hour == 24:
        time -= 1
    item = replace(ITEM, filing_date=date_at(time + (ahead + day) * DAY))
    latest = date_at(time + ahead * DAY)
    signature = sign(registry, item, em.key)
    next_block_at(time)
    if day > 0:
        reverts_with(
            lambda: send(registry, item, signature),
            "ApplicationRegistryFutureDate",
            item.number,
            item.filing_date,
            latest,
        )
        check_absent(registry, item.number)
    else:
        assert time_of(send(registry, item, signature)) == time
        check_recorded(registry, item.number, Record.filed(item, em.key.address, time))


def test_future_date_of_the_calendar(registry: Any, em: Office) -> None:
    item = replace(ITEM, filing_date=99991231)
    reverts_with(
        lambda: ask(registry, item, sign(registry, item, em.key)),
        "ApplicationRegistryFutureDate",
        item.number,
        99991231,
        date_at(NOON + DAY),
    )


def test_bound_of_the_office(registry: Any, directory: Any, em: Office, ru: Office) -> None:
    before, first = replace(ITEM, filing_date=19960331), replace(ITEM, filing_date=em.earliest)

    def attempt() -> Any:
        return ask(registry, before, sign(registry, before, em.key))

    reverts_with(attempt, "ApplicationRegistryBeforeOffice", ITEM.number, 19960331, em.earliest)
    assert ask(registry, first, sign(registry, first, em.key)) is True
    directory.setEarliestFilingDate(em.code, 19960331, {"from": em.seat})
    assert attempt() is True
    directory.setEarliestFilingDate(em.code, 20000101, {"from": em.seat})
    reverts_with(attempt, "ApplicationRegistryBeforeOffice", ITEM.number, 19960331, 20000101)
    directory.setEarliestFilingDate(em.code, 0, {"from": em.seat})
    assert attempt() is True
    russian = replace(before, number=number("RU/T/1"))
    assert ask(registry, russian, sign(registry, russian, ru.key)) is True


def test_no_digest(registry: Any, em: Office) -> None:
    item = unchecked(Registration, number=ITEM.number, filing_date=20240131, disclosure=0, digest=bytes(32))
    reverts_with(lambda: ask(registry, item, sign(registry, item, em.key)), "ApplicationRegistryNoDigest", ITEM.number)


@pytest.mark.parametrize("disclosure", [2, 3, 128, 255])
def test_unknown_disclosure(registry: Any, em: Office, disclosure: int) -> None:
    item = unchecked(Registration, number=ITEM.number, filing_date=20240131, disclosure=disclosure, digest=digest("a"))
    reverts_with(
        lambda: ask(registry, item, sign(registry, item, em.key)),
        "ApplicationRegistryUnknownDisclosure",
        ITEM.number,
        disclosure,
    )


def test_office_signs_only_its_own_numbers(registry: Any, em: Office, ru: Office) -> None:
    reverts_with(lambda: submit(registry, ITEM, ru.key), "OfficeDirectoryUnknownKey", em.code, ru.key.address)
    check_absent(registry, ITEM.number)
