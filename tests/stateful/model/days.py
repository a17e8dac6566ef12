"""Calendar dates written as the number YYYYMMDD, by the standard library's calendar."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from tests.stateful.model.basics import Refusal

FIRST_YEAR, LAST_YEAR = 1800, 9999
ONE_DAY = timedelta(days=1)


def read_date(value: int) -> date | None:
    """Return the day that the number names, or None if it names none."""
    text = f"{value:08d}"
    if len(text) != 8:
        return None
    try:
        day = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def need_date(value: int) -> date:
    """Return the day that the number names, or refuse it."""
    day = read_date(value)
    if day is None:
        raise Refusal("CalendarDateInvalid", value)
    return day


def write_date(day: date | None) -> int:
    """Return the number of a day; 0 for None."""
    return 0 if day is None else int(day.strftime("%Y%m%d"))


def date_at(seconds: int) -> date:
    """Return the day in UTC at a moment, seconds since 1970."""
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).date()


def months_later(day: date, months: int) -> date:
    """Return the same day number that many months later, or the last day of a shorter month."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def day_of_year(day: date) -> int:
    """Return the position of a day in its year, from 1."""
    return day.timetuple().tm_yday
