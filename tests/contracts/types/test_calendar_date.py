"""`CalendarDate` against Python's `datetime`, which shares nothing with it.

Not its job: which date a priority period ends on, which the tests of `PriorityRegister` ask.
"""

from __future__ import annotations

import calendar
import datetime
from random import Random
from typing import Any

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.contracts.support.errors import reverts_with
from tests.contracts.types.bits import bits

seeds = st.integers(0, 2**64 - 1)
"""Hypothesis draws one number, from which a test makes hundreds of values: drawing each would take most of the time."""

SAMPLED_YEARS = [1800, 1801, 1899, 1900, 1904, 1970, 1999, 2000, 2023, 2024, 2100, 2400, 9996, 9999]
NOTATIONS = {
    "zero": 0,
    "one": 1,
    "no day": 20240100,
    "no month": 20240015,
    "month 13": 20241301,
    "31 June": 20240631,
    "31 November": 20241131,
    "30 February": 20240230,
    "29 February of a common year": 20230229,
    "29 February 1900": 19000229,
    "29 February 2100": 21000229,
    "day before 1800": 17991231,
    "day 32": 20240132,
    "two-digit year": 240131,
    "seconds since 1970": 1706659200,
    "day, month, year": 31012024,
    "five-digit year": 100000101,
    "largest value": 2**32 - 1,
}


def packed(date: datetime.date) -> int:
    return int(date.strftime("%Y%m%d"))


def days_of(year: int) -> list[datetime.date]:
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=i) for i in range(366 if calendar.isleap(year) else 365)]


def is_date(value: int) -> bool:
    """Whether `datetime` takes the parts of the value as a date of the years 1800 to 9999."""
    try:
        return datetime.date(value // 10000, value // 100 % 100, value % 100).year >= 1800
    except ValueError:
        return False


def months_later(date: datetime.date, months: int) -> datetime.date:
    """Step to the month on a list of months, then take the day or what the month has for it."""
    year, month = date.year, date.month
    for _ in range(months):
        month += 1
        if month > 12:
            year, month = year + 1, 1
    return datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def described(day: datetime.date) -> tuple[int, int, int, int, int]:
    """Year, day of the year, day of the week, days since 1 January of the year 1, next day."""
    next_day = packed(day + datetime.timedelta(days=1))
    return day.year, day.timetuple().tm_yday, day.weekday(), day.toordinal() - 1, next_day


def random_day(random: Random, last_year: int = 9998) -> datetime.date:
    first, last = datetime.date(1800, 1, 1).toordinal(), datetime.date(last_year, 12, 31).toordinal()
    return datetime.date.fromordinal(random.randint(first, last))


@pytest.mark.parametrize("year", SAMPLED_YEARS)
def test_exactly_the_days_of_a_year_are_valid(types: Any, year: int) -> None:
    """All 10,000 values that read as this year, of which 365 or 366 are days."""
    first = year * 10000
    assert bits(types.validDates(first, 10000), first) == {packed(day) for day in days_of(year)}


def test_no_value_below_the_year_1800_is_valid(types: Any) -> None:
    assert bits(types.validDates(17990000, 10000), 17990000) == set()
    assert bits(types.validDates(0, 10000), 0) == set()


def test_no_value_above_the_year_9999_is_valid(types: Any) -> None:
    assert bits(types.validDates(99991232, 20000), 99991232) == set()
    top = 2**32 - 10000
    assert bits(types.validDates(top, 10000), top) == set()


@given(seed=seeds)
@settings(max_examples=10)
def test_any_value_is_valid_when_datetime_takes_it(types: Any, seed: int) -> None:
    random = Random(seed)
    values = [random.getrandbits(32) for _ in range(100)]
    # Four-digit years with any month and day, so that about a third are dates.
    values += [random.randrange(17990000, 100001231) // 10000 * 10000 + random.randrange(1400) for _ in range(400)]
    assert list(types.areValidDates(values)) == [is_date(value) for value in values]


@pytest.mark.parametrize("value", NOTATIONS.values(), ids=NOTATIONS.keys())
def test_what_is_no_date_is_refused_by_name(types: Any, value: int) -> None:
    reverts_with(lambda: types.validateDate(value), "CalendarDateInvalid", value)


@pytest.mark.parametrize("value", [18000101, 19000228, 20000229, 20240131, 20240229, 99991231])
def test_a_date_passes(types: Any, value: int) -> None:
    types.validateDate(value)


@pytest.mark.parametrize("year", SAMPLED_YEARS)
def test_days_of_a_year(types: Any, year: int) -> None:
    """What is computed from each day of the year."""
    days = days_of(year)
    if year == 9999:
        days.pop()  # the last day has no next day
    assert [tuple(row) for row in types.describeDates(list(map(packed, days)))] == list(map(described, days))


@given(seed=seeds)
@settings(max_examples=10)
def test_days_of_any_year(types: Any, seed: int) -> None:
    random = Random(seed)
    sample = [random_day(random) for _ in range(300)]
    assert [tuple(row) for row in types.describeDates(list(map(packed, sample)))] == list(map(described, sample))


@pytest.mark.parametrize("start", [datetime.date(1896, 1, 1), datetime.date(1996, 1, 1), datetime.date(2096, 1, 1)])
def test_next_day_walks_the_calendar_without_a_gap(types: Any, start: datetime.date) -> None:
    """Nine years on, over a century year that is a leap year or not."""
    count = 9 * 366
    expected = [packed(start + datetime.timedelta(days=i + 1)) for i in range(count)]
    assert list(types.daysAfter(packed(start), count)) == expected


def test_leap_years(types: Any) -> None:
    assert bits(types.leapYears(1800, 8200), 1800) == {year for year in range(1800, 10000) if calendar.isleap(year)}


@pytest.mark.parametrize("year", SAMPLED_YEARS)
def test_days_in_months(types: Any, year: int) -> None:
    assert list(types.daysInMonths(year)) == [calendar.monthrange(year, month)[1] for month in range(1, 13)]


@pytest.mark.parametrize(
    ("date", "months", "expected"),
    [
        (20230831, 6, 20240229),  # shorter month, leap year
        (20220831, 6, 20230228),  # shorter month, common year
        (20240229, 12, 20250228),  # leap day, no such day a year later
        (20240229, 48, 20280229),
        (20240229, 6, 20240829),  # the day number stays, though it was the last day
        (20240831, 1, 20240930),
        (20230131, 1, 20230228),
        (20231130, 3, 20240229),
        (20241231, 2, 20250228),
        (20240630, 6, 20241230),
        (20240115, 12, 20250115),
        (20241201, 1, 20250101),
        (20241231, 12, 20251231),
        (18991231, 2, 19000228),  # 1900 is no leap year
        (19991231, 2, 20000229),  # 2000 is one
        (20240131, 0, 20240131),
        (99981231, 12, 99991231),
    ],
)
def test_months_are_added_by_day_number_or_to_the_end_of_the_month(
    types: Any, date: int, months: int, expected: int
) -> None:
    assert list(types.addMonths([date], [months])) == [expected]


@pytest.mark.parametrize("year", [1899, 1900, 1999, 2000, 2023, 2024, 2100])
@pytest.mark.parametrize("months", [2, 6, 12])
def test_periods_from_every_day_of_a_year(types: Any, year: int, months: int) -> None:
    days = days_of(year)
    expected = [packed(months_later(day, months)) for day in days]
    assert list(types.addMonths([packed(day) for day in days], [months] * len(days))) == expected


@given(seed=seeds)
@settings(max_examples=10)
def test_any_months_from_any_day(types: Any, seed: int) -> None:
    random = Random(seed)
    sample = [(random_day(random, last_year=9900), random.randint(0, 1188)) for _ in range(200)]
    expected = [packed(months_later(day, months)) for day, months in sample]
    assert list(types.addMonths([packed(day) for day, _ in sample], [months for _, months in sample])) == expected


def day_at(timestamp: int) -> datetime.date:
    """Day of the time stamp by `datetime` alone, also where the platform's clock functions end."""
    return (datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=timestamp)).date()


LAST_SECOND = 253402300799  # of the year 9999


@given(seed=seeds)
@settings(max_examples=10)
def test_day_of_any_time_stamp(types: Any, seed: int) -> None:
    random = Random(seed)
    timestamps = [0, LAST_SECOND, *(random.randint(0, LAST_SECOND) for _ in range(500))]
    dates, day_numbers = types.datesAt(timestamps)
    assert list(dates) == [packed(day_at(timestamp)) for timestamp in timestamps]
    assert list(day_numbers) == [day_at(timestamp).toordinal() - 1 for timestamp in timestamps]


@pytest.mark.parametrize("year", [1970, 1972, 1999, 2000, 2024, 2100, 2400, 9999])
def test_day_of_the_first_and_last_second_of_every_day(types: Any, year: int) -> None:
    epoch = datetime.date(1970, 1, 1)
    days = days_of(year)
    seconds = [86400 * (day - epoch).days + second for day in days for second in (0, 86399)]
    dates, day_numbers = types.datesAt(seconds)
    assert list(dates) == [packed(day) for day in days for _ in range(2)]
    assert list(day_numbers) == [day.toordinal() - 1 for day in days for _ in range(2)]


@given(a=st.dates(datetime.date(1800, 1, 1)), b=st.dates(datetime.date(1800, 1, 1)))
@settings(max_examples=10)
def test_dates_compare_as_days(types: Any, a: datetime.date, b: datetime.date) -> None:
    expected = (a == b, a != b, a < b, a <= b, a > b, a >= b, False)
    assert tuple(types.compareDates(packed(a), packed(b))) == expected
    assert tuple(types.compareDates(packed(a), packed(a))) == (True, False, False, True, False, True, False)


def test_zero_is_no_date_and_before_every_date(types: Any) -> None:
    assert tuple(types.compareDates(0, 18000101)) == (False, True, True, True, False, False, True)
