"""Closed days: `publishCalendar`, `calendarOf`, `isClosed`, and how they move the last day of a period in `check`."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from tests.contracts.priority_register import paris
from tests.contracts.priority_register.questions import (
    INCOMPLETE,
    NOT_PUBLISHED,
    PERIOD_EXPIRED,
    PUBLISHED,
    RESTORABLE,
    VALID,
    WEEKEND,
    Question,
    ask,
    correct,
    day,
    days,
    exceptions,
    file,
    packed,
    publish,
)
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, time_of
from tests.contracts.support.offices import KEYS, Office, add_key

NEVER, ALWAYS = 0, 0b1111111
"""Weekly patterns."""


def days_of(year: int) -> list[datetime.date]:
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=i) for i in range(366 if calendar.isleap(year) else 365)]


def closed_days(year: int, weekly: int, changed: Iterable[int]) -> frozenset[datetime.date]:
    """Closed days of a year as a set: the week's, except where the calendar differs."""
    differs = set(map(day, changed))
    return frozenset(date for date in days_of(year) if bool(weekly >> date.weekday() & 1) != (date in differs))


def run_of(first: int, count: int) -> list[int]:
    """Days one after the other."""
    return [packed(day(first) + datetime.timedelta(days=i)) for i in range(count)]


def last_days(priority: Any, registry: Any, office: Office, right: str, filed_on: int) -> tuple[int, int, int, int]:
    """Days of an application at EM with this filing date, for a later one at RU."""
    earlier = f"EM/{right}/{filed_on}"
    file(registry, office, earlier, filed_on)
    return days(ask(priority, Question(earlier, filed_on, b"RU", right, filed_on)))


# Publication


@pytest.mark.parametrize(
    ("year", "weekly"), [(2024, WEEKEND), (2025, NEVER), (1800, 1), (9999, 0b0110000), (2100, WEEKEND)]
)
def test_a_published_calendar_reads_back(priority: Any, ru: Office, year: int, weekly: int) -> None:
    changed = [year * 10000 + 101, year * 10000 + 913, year * 10000 + 914, year * 10000 + 1231]
    transaction = publish(priority, ru, year, weekly, changed)
    words = exceptions(changed)
    assert priority.calendarOf(ru.code, year) == (weekly, words, 1, time_of(transaction))
    assert logs_of(transaction) == [
        log(
            priority,
            "CalendarPublished",
            office=ru.code,
            year=year,
            weekly=weekly,
            exceptions=words,
            version=1,
        )
    ]


def test_what_was_not_published_is_empty(priority: Any, ru: Office, em: Office) -> None:
    publish(priority, ru, 2025)
    for code, year in ((ru.code, 2024), (ru.code, 2026), (em.code, 2025), (b"XX", 2025)):
        assert priority.calendarOf(code, year) == (0, (0, 0), 0, 0)


@pytest.mark.parametrize("year", [2023, 2024])
def test_is_closed_on_days_all_over_a_year(priority: Any, ru: Office, year: int) -> None:
    """Common year and leap year, on both sides of day 256, where the second word begins."""
    changed = [
        *run_of(year * 10000 + 912, 3),
        year * 10000 + 101,
        year * 10000 + 229 - (year % 4 != 0),
        year * 10000 + 1231,
    ]
    publish(priority, ru, year, WEEKEND, changed)
    closed = closed_days(year, WEEKEND, changed)
    sample = [*days_of(year)[::4], *days_of(year)[250:260], *map(day, changed)]
    for date in sample:
        assert tuple(priority.isClosed(ru.code, packed(date))) == (True, date in closed), date


def test_a_day_of_a_year_without_calendar_is_not_closed(priority: Any, ru: Office) -> None:
    publish(priority, ru, 2024, WEEKEND)
    assert tuple(priority.isClosed(ru.code, 20231231)) == (False, False)  # a Sunday
    assert tuple(priority.isClosed(b"XX", 20240107)) == (False, False)
    assert tuple(priority.isClosed(ru.code, 20240107)) == (True, True)


@pytest.mark.parametrize("date", [0, 20230229, 17991231, 20240631])
def test_is_closed_asks_about_a_day(priority: Any, ru: Office, date: int) -> None:
    reverts_with(lambda: priority.isClosed(ru.code, date), "CalendarDateInvalid", date)


def test_publication_again_replaces_and_counts(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """The verdict follows the calendar as it is now."""
    file(registry, em, "EM/T/1", 20240217)  # period ends on Saturday 17 August 2024
    question = Question("EM/T/1", 20240217, b"RU", "T", 20240819)
    publish(priority, ru, 2024, NEVER)
    assert ask(priority, question).verdict == PERIOD_EXPIRED
    transaction = publish(priority, ru, 2024, WEEKEND)
    assert priority.calendarOf(ru.code, 2024) == (WEEKEND, (0, 0), 2, time_of(transaction))
    assert logs_of(transaction)[0] == log(
        priority,
        "CalendarPublished",
        office=ru.code,
        year=2024,
        weekly=WEEKEND,
        exceptions=(0, 0),
        version=2,
    )
    assert ask(priority, question).verdict == VALID
    publish(priority, ru, 2024, WEEKEND, [20240817, 20241231])
    assert ask(priority, question).verdict == PERIOD_EXPIRED
    publish(priority, ru, 2024, NEVER)
    assert priority.calendarOf(ru.code, 2024)[:3] == (NEVER, (0, 0), 4)


def test_only_the_seat(
    priority: Any, directory: Any, em: Office, ru: Office, governance: Any, stranger: Any, accounts: Any
) -> None:
    add_key(directory, ru, accounts[21], KEYS)
    for caller in (em.seat, governance, stranger, accounts[21]):
        reverts_with(
            lambda caller=caller: priority.publishCalendar.call(ru.code, 2024, WEEKEND, (0, 0), {"from": caller}),
            "PriorityRegisterNotSeat",
            ru.code,
            caller,
        )


def test_nobody_publishes_for_an_office_that_is_not_a_member(priority: Any, em: Office) -> None:
    reverts_with(
        lambda: priority.publishCalendar.call(b"XX", 2024, WEEKEND, (0, 0), {"from": em.seat}),
        "PriorityRegisterNotSeat",
        b"XX",
        em.seat,
    )


def test_a_suspended_office_publishes_a_departed_one_does_not(
    priority: Any, directory: Any, ru: Office, governance: Any
) -> None:
    """A suspension must not shorten the periods of applicants."""
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    publish(priority, ru, 2024)
    directory.departOffice(ru.code, {"from": governance})
    reverts_with(
        lambda: priority.publishCalendar.call(ru.code, 2025, WEEKEND, (0, 0), {"from": ru.seat}),
        "PriorityRegisterNotSeat",
        ru.code,
        ru.seat,
    )
    assert tuple(priority.isClosed(ru.code, 20240106)) == (True, True)


@pytest.mark.parametrize("year", [0, 1799, 10000, 65535])
def test_years_have_four_digits_from_1800(priority: Any, ru: Office, year: int) -> None:
    reverts_with(
        lambda: priority.publishCalendar.call(ru.code, year, WEEKEND, (0, 0), {"from": ru.seat}),
        "PriorityRegisterInvalidYear",
        year,
    )


@pytest.mark.parametrize("weekly", [0x80, 0x80 | WEEKEND, 0xFF])
def test_a_week_has_seven_days(priority: Any, ru: Office, weekly: int) -> None:
    reverts_with(
        lambda: priority.publishCalendar.call(ru.code, 2024, weekly, (0, 0), {"from": ru.seat}),
        "PriorityRegisterInvalidCalendar",
        2024,
        weekly,
    )


@pytest.mark.parametrize(
    ("year", "last_bit"), [(2023, 108), (2024, 109), (1900, 108), (2000, 109), (2100, 108), (9999, 108)]
)
def test_a_year_has_365_or_366_days(priority: Any, ru: Office, year: int, last_bit: int) -> None:
    """Day 257 is the lowest bit of the second word."""
    priority.publishCalendar.call(ru.code, year, WEEKEND, (0, 1 << last_bit), {"from": ru.seat})
    for beyond in (last_bit + 1, last_bit + 2, 112, 128, 255):
        reverts_with(
            lambda beyond=beyond: priority.publishCalendar.call(
                ru.code, year, WEEKEND, (0, 1 << beyond), {"from": ru.seat}
            ),
            "PriorityRegisterInvalidCalendar",
            year,
            WEEKEND,
        )


@pytest.mark.parametrize(
    ("first", "day_of_year"),
    [(20240101, 31), (20240513, 164), (20240815, 258), (20240830, 273), (20241201, 366), (20231201, 365)],
)
def test_no_more_than_30_closed_days_in_a_row(priority: Any, ru: Office, first: int, day_of_year: int) -> None:
    """At the start, in the middle, over the seam of the two words, and at the end of a year."""
    year = first // 10000
    priority.publishCalendar.call(ru.code, year, NEVER, exceptions(run_of(first, 30)), {"from": ru.seat})
    reverts_with(
        lambda: priority.publishCalendar.call(ru.code, year, NEVER, exceptions(run_of(first, 31)), {"from": ru.seat}),
        "PriorityRegisterClosedTooLong",
        year,
        day_of_year,
        30,
    )


def test_weekends_count_in_a_run(priority: Any, ru: Office) -> None:
    """From Saturday 6 July 2024 on: 4 weekends with the 20 working days between and two around make 30 days."""
    between = [value for value in run_of(20240706, 30) if day(value).weekday() < 5]
    publish(priority, ru, 2024, WEEKEND, between)
    assert len(between) == 20
    reverts_with(
        lambda: priority.publishCalendar.call(
            ru.code, 2024, WEEKEND, exceptions([*between, 20240805]), {"from": ru.seat}
        ),
        "PriorityRegisterClosedTooLong",
        2024,
        day(20240805).timetuple().tm_yday,
        30,
    )


def test_an_office_that_never_opens_is_refused(priority: Any, ru: Office) -> None:
    reverts_with(
        lambda: priority.publishCalendar.call(ru.code, 2024, ALWAYS, (0, 0), {"from": ru.seat}),
        "PriorityRegisterClosedTooLong",
        2024,
        31,
        30,
    )
    openings = [packed(date) for date in days_of(2024)[::31]]
    publish(priority, ru, 2024, ALWAYS, openings)
    assert tuple(priority.isClosed(ru.code, openings[5])) == (True, False)


def test_a_refused_calendar_leaves_the_one_before(priority: Any, ru: Office) -> None:
    publish(priority, ru, 2024, WEEKEND, [20240101])
    before = priority.calendarOf(ru.code, 2024)
    reverts_with(
        lambda: priority.publishCalendar(ru.code, 2024, ALWAYS, (0, 0), {"from": ru.seat}),
        "PriorityRegisterClosedTooLong",
        2024,
        31,
        30,
    )
    assert priority.calendarOf(ru.code, 2024) == before


# The last day


@pytest.mark.parametrize(
    ("filed_on", "last_day", "extended_from"),
    [
        (20240216, 20240816, 0),  # Friday
        (20240217, 20240819, 20240817),  # Saturday to Monday
        (20240218, 20240819, 20240818),  # Sunday to Monday
        (20240219, 20240819, 0),  # Monday
        (20240229, 20240829, 0),
        (20240831, 20250228, 0),  # clamped, then open
        (20240301, 20240902, 20240901),  # over the end of a month
        (20231130, 20240530, 0),
    ],
)
def test_moved_by_the_week(
    priority: Any, registry: Any, em: Office, ru: Office, filed_on: int, last_day: int, extended_from: int
) -> None:
    for year in (2024, 2025):
        publish(priority, ru, year)
    assert last_days(priority, registry, em, "T", filed_on) == (last_day, extended_from, 0, PUBLISHED)
    question = Question(f"EM/T/{filed_on}", filed_on, b"RU", "T", last_day)
    assert ask(priority, question).verdict == VALID
    after = packed(day(last_day) + datetime.timedelta(days=1))
    assert ask(priority, Question(f"EM/T/{filed_on}", filed_on, b"RU", "T", after)).verdict == PERIOD_EXPIRED


@pytest.mark.parametrize(
    ("changed", "filed_on", "last_day", "extended_from"),
    [
        ([20240814], 20240214, 20240815, 20240814),  # a holiday on a Wednesday
        ([20240814], 20240213, 20240813, 0),  # a day before it
        ([20240816], 20240216, 20240819, 20240816),  # a holiday on a Friday, then the weekend
        ([20240816, 20240819, 20240820], 20240216, 20240821, 20240816),
        ([20240817], 20240217, 20240817, 0),  # a working Saturday
        ([20240818], 20240217, 20240818, 20240817),  # a working Sunday
        ([20240817, 20240818], 20240218, 20240818, 0),
        ([20240912, 20240913], 20240312, 20240916, 20240912),  # days 256 and 257 of the leap year
        ([20240913], 20240313, 20240916, 20240913),
    ],
)
def test_moved_by_single_days(
    priority: Any,
    registry: Any,
    em: Office,
    ru: Office,
    changed: list[int],
    filed_on: int,
    last_day: int,
    extended_from: int,
) -> None:
    publish(priority, ru, 2024, WEEKEND, changed)
    assert last_days(priority, registry, em, "T", filed_on) == (last_day, extended_from, 0, PUBLISHED)


def test_days_that_are_closed_before_or_after_move_nothing(
    priority: Any, registry: Any, em: Office, ru: Office
) -> None:
    publish(priority, ru, 2024, NEVER, [20240814, 20240816])
    assert last_days(priority, registry, em, "T", 20240215) == (20240815, 0, 0, PUBLISHED)


def test_only_the_calendar_of_the_later_office_counts(
    priority: Any, registry: Any, em: Office, ru: Office, au: Office
) -> None:
    publish(priority, em, 2024, WEEKEND)
    publish(priority, au, 2024, NEVER)
    file(registry, em, "EM/T/1", 20240217)
    by_office = {
        b"RU": (20240817, 0, 0, NOT_PUBLISHED),
        b"AU": (20240817, 0, 0, PUBLISHED),
        b"EM": (20240819, 20240817, 0, PUBLISHED),
        b"US": (20240817, 0, 0, NOT_PUBLISHED),
    }
    for office, expected in by_office.items():
        assert days(ask(priority, Question("EM/T/1", 20240217, office, "T", 20240817))) == expected
    assert ru.code in by_office


def test_only_the_year_of_the_last_day_counts(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    publish(priority, ru, 2023, WEEKEND)
    publish(priority, ru, 2025, WEEKEND)
    assert last_days(priority, registry, em, "T", 20240217) == (20240817, 0, 0, NOT_PUBLISHED)


def test_a_year_in_which_the_office_is_always_open_is_published(
    priority: Any, registry: Any, em: Office, ru: Office
) -> None:
    publish(priority, ru, 2024, NEVER)
    assert last_days(priority, registry, em, "T", 20240217) == (20240817, 0, 0, PUBLISHED)


# Over the end of a year: the period ends on Monday 30 December 2024

NEW_YEAR = [20241230, 20241231]


def test_into_a_year_that_is_published(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    publish(priority, ru, 2024, WEEKEND, NEW_YEAR)
    publish(priority, ru, 2025, WEEKEND, run_of(20250101, 3))
    assert last_days(priority, registry, em, "T", 20240630) == (20250106, 20241230, 0, PUBLISHED)


def test_into_a_year_that_opens_on_its_first_day(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    publish(priority, ru, 2024, WEEKEND, NEW_YEAR)
    publish(priority, ru, 2025, WEEKEND)
    assert last_days(priority, registry, em, "T", 20240630) == (20250101, 20241230, 0, PUBLISHED)


def test_into_a_year_that_is_not_published(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """The answer says that it may be too short, and follows once the year is published."""
    publish(priority, ru, 2024, WEEKEND, NEW_YEAR)
    assert last_days(priority, registry, em, "T", 20240630) == (20250101, 20241230, 0, INCOMPLETE)
    question = Question("EM/T/20240630", 20240630, b"RU", "T", 20250102)
    assert ask(priority, question).verdict == PERIOD_EXPIRED
    publish(priority, ru, 2025, WEEKEND, [20250101])
    answer = ask(priority, question)
    assert answer.verdict == VALID
    assert days(answer) == (20250102, 20241230, 0, PUBLISHED)


def test_over_60_closed_days(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """The longest walk: 30 closed days end one year and 30 begin the next."""
    publish(priority, ru, 2024, NEVER, run_of(20241202, 30))
    publish(priority, ru, 2025, NEVER, run_of(20250101, 30))
    assert last_days(priority, registry, em, "T", 20240602) == (20250131, 20241202, 0, PUBLISHED)


# Restoration


@pytest.mark.parametrize(
    ("filed_on", "expected"),
    [
        (20230614, (20240614, 0, 20240814, PUBLISHED)),  # Friday, Wednesday
        (20230617, (20240617, 0, 20240819, PUBLISHED)),  # Monday; Saturday 17 August to Monday
        # Saturday 15 June to Monday 17 June; two months from there are a Saturday, extended as well.
        (20230615, (20240617, 20240615, 20240819, PUBLISHED)),
        (20230619, (20240619, 0, 20240819, PUBLISHED)),
        # Sunday 29 December to Monday 30 December, two months to 28 February.
        (20231229, (20241230, 20241229, 20250228, PUBLISHED)),
    ],
)
def test_restoration_counts_from_the_extended_last_day_and_is_extended_itself(
    priority: Any, registry: Any, em: Office, ru: Office, filed_on: int, expected: tuple[int, int, int, int]
) -> None:
    publish(priority, ru, 2024, WEEKEND)
    publish(priority, ru, 2025, WEEKEND)
    assert last_days(priority, registry, em, "P", filed_on) == expected
    question = Question(f"EM/P/{filed_on}", filed_on, b"RU", "P", expected[2])
    assert ask(priority, question).verdict == RESTORABLE
    after = packed(day(expected[2]) + datetime.timedelta(days=1))
    assert ask(priority, Question(f"EM/P/{filed_on}", filed_on, b"RU", "P", after)).verdict == PERIOD_EXPIRED


def test_restoration_in_a_year_that_is_not_published(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """The use of the calendar speaks of the last day."""
    publish(priority, ru, 2024, WEEKEND)
    assert last_days(priority, registry, em, "P", 20231116) == (20241118, 20241116, 20250118, PUBLISHED)


def test_a_corrected_filing_date_moves_all_days(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    publish(priority, ru, 2024, WEEKEND)
    assert last_days(priority, registry, em, "T", 20240216) == (20240816, 0, 0, PUBLISHED)
    correct(registry, em, "EM/T/20240216", 20240217)
    answer = ask(priority, Question("EM/T/20240216", 20240217, b"RU", "T", 20240819))
    assert answer.verdict == VALID
    assert days(answer) == (20240819, 20240817, 0, PUBLISHED)


# Against the model


@pytest.mark.parametrize("seed", range(3))
def test_random_calendars_against_the_model(
    priority: Any, registry: Any, em: Office, ru: Office, au: Office, seed: int
) -> None:
    random = Random(seed)
    closed: dict[bytes, dict[int, frozenset[datetime.date]]] = {}
    for office in (ru, au):
        closed[office.code] = {}
        for year in random.sample([2023, 2024, 2025, 2026], 3):
            weekly = random.choice([WEEKEND, WEEKEND, 0b0110000, 0b1000000, NEVER])
            holidays = random.sample([packed(date) for date in days_of(year)], random.randint(0, 60))
            holidays += [year * 10000 + 1230, year * 10000 + 1231, year * 10000 + 101] * random.randint(0, 1)
            publish(priority, office, year, weekly, holidays)
            closed[office.code][year] = closed_days(year, weekly, holidays)
    records = []
    for i, right in enumerate("PPPUTTDD"):
        date = datetime.date(2022 + i % 4, random.choice([1, 6, 6, 12, random.randint(1, 12)]), random.randint(25, 30))
        records.append((f"EM/{right}/{i}", right, date))
        file(registry, em, f"EM/{right}/{i}", packed(date))
    for _ in range(60):
        earlier, right, date = random.choice(records)
        code = random.choice([ru.code, au.code])
        facts = paris.Facts(right, right, date, date, date)
        last, extended_from, restorable, use = paris.days_of(facts, closed[code])
        assert last is not None
        end = random.choice([last, restorable or last])
        later = end + datetime.timedelta(days=random.choice([-1, 0, 1]))
        facts = paris.Facts(right, right, date, date, later)
        answer = ask(priority, Question(earlier, packed(date), code, right, packed(later)))
        expected = [packed(value) if value else 0 for value in (last, extended_from, restorable)]
        assert (answer.verdict, *days(answer)) == (paris.verdict_of(facts, closed[code]), *expected, use), (
            earlier,
            later,
        )
