"""Article 4 of the Paris Convention on Python's calendar, as a model of the verdict.

It is written from the treaty rules and holds whole sets of closed days; it shares nothing with the contracts or the
client. Not its job: whether numbers are well formed or recorded, which the tests decide when they build a question.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from tests.contracts.priority_register.questions import (
    DATE_MISMATCH,
    DIGEST_MISMATCH,
    INCOMPLETE,
    LATER_PRECEDES_EARLIER,
    NOT_ASKED,
    NOT_PUBLISHED,
    PERIOD_EXPIRED,
    PUBLISHED,
    RESTORABLE,
    RIGHT_NOT_ALLOWED,
    SAME_DAY,
    VALID,
)

MONTHS = {"PP": 12, "PU": 12, "UP": 12, "UU": 12, "TT": 6, "DD": 6, "UD": 6}
"""Earlier right and later right to months of priority; every other pair has none."""

Calendars = Mapping[int, frozenset[datetime.date]]
"""Closed days of one office by year; a year that is missing was not published."""


@dataclass(frozen=True)
class Facts:
    """What a question comes down to."""

    earlier_right: str
    later_right: str
    filed: datetime.date
    claimed: datetime.date
    later: datetime.date
    same_digest: bool = True


def months_after(date: datetime.date, months: int) -> datetime.date:
    """Same day number, or the last day of a month that has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def open_day(date: datetime.date, closed: Calendars) -> tuple[datetime.date, int]:
    """First day from `date` on that is not known to be closed, and what the calendar did."""
    if date.year not in closed:
        return date, NOT_PUBLISHED
    while date.year in closed:
        if date not in closed[date.year]:
            return date, PUBLISHED
        date += datetime.timedelta(days=1)
    return date, INCOMPLETE


Days = tuple[datetime.date | None, datetime.date | None, datetime.date | None, int]


def days_of(facts: Facts, closed: Calendars) -> Days:
    """Last day, what it was extended from, last day of restoration, use of the calendar."""
    months = MONTHS.get(facts.earlier_right + facts.later_right)
    if months is None:
        return None, None, None, NOT_ASKED
    regular = months_after(facts.filed, months)
    last, use = open_day(regular, closed)
    restorable = open_day(months_after(last, 2), closed)[0] if months == 12 else None
    return last, regular if last != regular else None, restorable, use


def verdict_of(facts: Facts, closed: Calendars) -> int:
    """Verdict about an earlier application that is recorded under a key that is trusted."""
    last, _, restorable, _ = days_of(facts, closed)
    tests = [
        (DATE_MISMATCH, facts.claimed != facts.filed),
        (DIGEST_MISMATCH, not facts.same_digest),
        (RIGHT_NOT_ALLOWED, last is None),
        (SAME_DAY, facts.later == facts.filed),
        (LATER_PRECEDES_EARLIER, facts.later < facts.filed),
        (VALID, last is not None and facts.later <= last),
        (RESTORABLE, restorable is not None and facts.later <= restorable),
        (PERIOD_EXPIRED, True),
    ]
    return next(verdict for verdict, holds in tests if holds)
