"""Calendar dates: reading, writing, the `uint32` of the contracts, and the arithmetic of the priority period.

Outside, a date is `datetime.date`; on chain it is a `uint32` that reads `20240131`. Nothing here knows a time or a time
zone: a filing date is the date that the office wrote.

Not its job: the verdict on a priority claim, which the contract `PriorityRegister` gives.
"""

from __future__ import annotations

import datetime
import re
from typing import NoReturn, Protocol

from registrum.errors import DateError
from registrum.numbers.right import Right

MIN_YEAR = 1800
"""First year that the contracts take."""
MAX_YEAR = 9999
"""Last year that the contracts take."""
RESTORATION_MONTHS = 2
"""Months after the priority period in which patents and utility models may be restored (PCT Rule 26bis.3)."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_XML_ZONE = re.compile(r"Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


class ClosedDays(Protocol):
    """Days on which an office does not open for filing."""

    def is_closed(self, day: datetime.date) -> bool:
        """Whether the office is closed on a day."""
        ...


def parse_date(text: str) -> datetime.date:
    """Read a date in the form `2024-01-31`, and in no other.

    Raises:
        DateError: another form, not a day of the Gregorian calendar, or a year outside 1800 to 9999.
    """
    match = _ISO.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        _refuse(text)
    return _date(text, *match.groups())


def parse_st96_date(text: str) -> datetime.date:
    """Read a date of WIPO ST.96 (`xs:date`): `2012-01-31`, `2012-01-31Z`, `2012-01-31+01:00`.

    The time zone is checked and then left aside: the date is the one that is written, wherever the reader sits.

    Raises:
        DateError: as `parse_date`, or the time zone is not one.
    """
    if not isinstance(text, str) or (text[10:] and not _XML_ZONE.fullmatch(text[10:])):
        _refuse(text)
    return parse_date(text[:10])


def parse_compact_date(text: str) -> datetime.date:
    """Read a date of WIPO ST.36 or ST.66 in the form `20240131`.

    Raises:
        DateError: as `parse_date`.
    """
    match = _COMPACT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        _refuse(text)
    return _date(text, *match.groups())


def to_on_chain(day: datetime.date) -> int:
    """The `uint32` of the contracts, for example 20240131.

    Raises:
        DateError: a point in time instead of a date, or a year outside 1800 to 9999.
    """
    _check(day)
    return day.year * 10_000 + day.month * 100 + day.day


def from_on_chain(value: int) -> datetime.date:
    """The date of a `uint32` of the contracts.

    Raises:
        DateError: 0, or not a date in the form 20240131.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**8:
        raise DateError(f"{value!r} is not a date on chain.", remedy="Dates on chain read like 20240131.")
    return _date(str(value), str(value // 10_000), str(value // 100 % 100), str(value % 100))


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The day of the same number some months later (or earlier), or the last day of that month if it is shorter.

    So do PCT Rule 80.2 and EPC Rule 131(4): 31 August and six months make the last day of February.

    Raises:
        DateError: the result is outside 1800 to 9999.
    """
    _check(day)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise DateError(f"{months} months from {day} is outside the years {MIN_YEAR} to {MAX_YEAR}.")
    return datetime.date(year, month + 1, min(day.day, _days_in_month(year, month + 1)))


def next_day(day: datetime.date) -> datetime.date:
    """The day after.

    Raises:
        DateError: there is none before the year 10000.
    """
    _check(day)
    if day == datetime.date.max:
        raise DateError(f"There is no day after {day}.")
    return day + datetime.timedelta(days=1)


def check_filing_date(day: datetime.date, *, today: datetime.date) -> datetime.date:
    """Refuse a filing date that lies ahead, and return any other.

    Args:
        day: The filing date.
        today: Today where the office is; given by the caller, because this module has no clock.

    Raises:
        DateError: `day` is after `today`, or not a date that the contracts take.
    """
    _check(day)
    if day > today:
        raise DateError(
            f"The filing date {day} is in the future; today is {today}.",
            remedy="Correct the date.",
            date=day.isoformat(),
        )
    return day


def priority_period(earlier: Right, later: Right) -> int | None:
    """Months in which a later application can claim an earlier one, or None where Article 4 gives no right.

    Paris Convention, Article 4: 12 months among patents and utility models (C(1), E(2)), 6 months among designs and
    among trade marks (C(1)), and 6 months for a design that relies on a utility model (E(1)). Any other pair is left to
    national law, or is never possible, as a patent that relies on a trade mark.
    """
    return _PERIODS.get((earlier, later))


def last_day_of_priority(
    filed: datetime.date, earlier: Right, later: Right, closed_days: ClosedDays | None = None
) -> datetime.date | None:
    """Last day on which the later application can be filed in time, or None where Article 4 gives no right.

    The day of the earlier filing is not counted (Article 4C(2)). If the office of second filing is closed on the last
    day, its next working day counts (4C(3)).

    Args:
        filed: Filing date of the earlier application.
        earlier: Right of the earlier application.
        later: Right of the later application.
        closed_days: Calendar of the office of second filing; without one nothing is moved.

    Raises:
        DateError: the result is after the year 9999, or the office is closed for a whole year.
    """
    months = priority_period(earlier, later)
    if months is None:
        return None
    last = add_months(filed, months)
    if closed_days is None:
        return last
    day = last
    while closed_days.is_closed(day):
        day = next_day(day)
        if (day - last).days > 366:
            raise DateError(
                f"The calendar has no working day in the year after {last}.", remedy="Correct the calendar."
            )
    return day


_PERIODS = {
    (Right.PATENT, Right.PATENT): 12,
    (Right.PATENT, Right.UTILITY_MODEL): 12,
    (Right.UTILITY_MODEL, Right.PATENT): 12,
    (Right.UTILITY_MODEL, Right.UTILITY_MODEL): 12,
    (Right.UTILITY_MODEL, Right.DESIGN): 6,
    (Right.DESIGN, Right.DESIGN): 6,
    (Right.TRADEMARK, Right.TRADEMARK): 6,
}


def _days_in_month(year: int, month: int) -> int:
    if month == 12:
        return 31
    return (datetime.date(year, month + 1, 1) - datetime.timedelta(days=1)).day


def _date(shown: object, year: str, month: str, day: str) -> datetime.date:
    if not MIN_YEAR <= int(year) <= MAX_YEAR:
        raise DateError(
            f"{shown} has the year {int(year)}; years go from {MIN_YEAR} to {MAX_YEAR}.",
            remedy="Correct the date.",
            date=str(shown),
        )
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise DateError(
            f"{shown} is not a day of the calendar.", remedy="Correct the date.", date=str(shown)
        ) from error


def _check(day: datetime.date) -> None:
    if not isinstance(day, datetime.date) or isinstance(day, datetime.datetime):
        raise DateError(f"{day!r} is not a date.", remedy="Give a datetime.date; a time of day has no place here.")
    if not MIN_YEAR <= day.year <= MAX_YEAR:
        raise DateError(f"{day} is outside the years {MIN_YEAR} to {MAX_YEAR}.")


def _refuse(text: object) -> NoReturn:
    raise DateError(f"{text!r} is not a date.", remedy="Write it like 2024-01-31.", date=str(text))
