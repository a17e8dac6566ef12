"""Priority claims as the tests ask about them, and calendars as days instead of bits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from registrum.signing.signers import LocalSigner
from registrum.signing.statements import Correction, Registration, Withdrawal
from tests.contracts.support.offices import Office, digest, number, submit
from tests.contracts.support.records import Record, as_record, record_of

VALID, MALFORMED_NUMBER, NOT_COVERED, NOT_FOUND, SIGNER_COMPROMISED, DATE_MISMATCH = range(6)
DIGEST_MISMATCH, RIGHT_NOT_ALLOWED, SAME_DAY, LATER_PRECEDES_EARLIER, RESTORABLE, PERIOD_EXPIRED = range(6, 12)
"""Verdicts."""

NOT_ASKED, NOT_PUBLISHED, PUBLISHED, INCOMPLETE = range(4)
"""What the calendar of the later office did."""

WEEKEND = 0b1100000
"""Weekly pattern: closed on Saturdays and Sundays."""


@dataclass(frozen=True)
class Question:
    """A priority claim to be judged, in the order of the ABI but with the number as text."""

    earlier: str = "EM/P/100"
    claimed: int = 20240115
    office: bytes = b"RU"
    right: str = "P"
    later: int = 20240901
    digest: bytes = bytes(32)

    def values(self) -> tuple[Any, ...]:
        return number(self.earlier), self.claimed, self.office, self.right.encode(), self.later, self.digest


@dataclass(frozen=True)
class Answer:
    """An assessment, in the order of the ABI."""

    verdict: int
    calendar: int
    last_day: int
    extended_from: int
    restorable_until: int
    record: Record


def ask(priority: Any, question: Question) -> Answer:
    """What `check` answers."""
    verdict, calendar, last_day, extended_from, restorable_until, record = priority.check(question.values())
    return Answer(verdict, calendar, last_day, extended_from, restorable_until, as_record(record))


def days(answer: Answer) -> tuple[int, int, int, int]:
    """Last day, where it was extended from, last day of restoration, use of the calendar."""
    return answer.last_day, answer.extended_from, answer.restorable_until, answer.calendar


def file(registry: Any, office: Office, text: str, date: int, key: LocalSigner | None = None) -> None:
    """Record an application of an office; its digest depends on the number alone."""
    submit(registry, Registration(number(text), date, 0, digest(text)), key or office.key)


def correct(registry: Any, office: Office, text: str, date: int, key: LocalSigner | None = None) -> None:
    """Correct the filing date of a record, whatever its version is."""
    version = record_of(registry, number(text)).version
    submit(registry, Correction(number(text), date, 0, digest(f"{text} {version}"), version), key or office.key)


def withdraw(registry: Any, office: Office, text: str) -> None:
    """Withdraw an application, whatever its version is."""
    submit(registry, Withdrawal(number(text), record_of(registry, number(text)).version), office.key)


def packed(date: datetime.date) -> int:
    """A date as `20240131`."""
    return date.year * 10000 + date.month * 100 + date.day


def day(value: int) -> datetime.date:
    """The date that `20240131` stands for."""
    return datetime.date(value // 10000, value // 100 % 100, value % 100)


def exceptions(dates: Iterable[int]) -> tuple[int, int]:
    """The two words of a calendar that mark these days of its year."""
    low = high = 0
    for value in dates:
        position = day(value).timetuple().tm_yday - 1
        if position < 256:
            low |= 1 << position
        else:
            high |= 1 << position - 256
    return low, high


def publish(priority: Any, office: Office, year: int, weekly: int = WEEKEND, changed: Iterable[int] = ()) -> Any:
    """Publish the calendar of a year, with the days on which it differs from the week."""
    return priority.publishCalendar(office.code, year, weekly, exceptions(changed), {"from": office.seat})
