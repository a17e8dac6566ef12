"""The working-day calendar of an office in one year, in days instead of bits.

Not its job: the end of the priority period, which the contract works out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from registrum.client.forms import json_value
from registrum.errors import InputError

__all__ = ["WEEKEND", "Calendar", "DayStatus"]

WEEKEND = frozenset({5, 6})
"""Saturday and Sunday."""


class DayStatus(StrEnum):
    """Whether an office is open on a day."""

    OPEN = "open"
    CLOSED = "closed"
    NOT_PUBLISHED = "not_published"
    """The office has published no calendar of that year, so nothing can be said."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The closed days of an office in a year. It can be given to `registrum.dates.last_day_of_priority`.

    Attributes:
        weekly: Weekdays on which the office is closed, 0 Monday to 6 Sunday.
        closed: Days on which it is closed though open by the week.
        opened: Days on which it is open though closed by the week.
        version: 1 when first published, one more each time.
        published_at: Block time of this version.
    """

    office: str
    year: int
    weekly: frozenset[int]
    closed: tuple[date, ...]
    opened: tuple[date, ...]
    version: int
    published_at: datetime

    def is_closed(self, day: date) -> bool:
        """Whether the office is closed on a day.

        Raises:
            InputError: The day is in another year.
        """
        if day.year != self.year:
            raise InputError(
                f"the calendar is of {self.year}, and {day} is not in it", remedy=f"Ask for the calendar of {day.year}."
            )
        return day in self.closed or (day.weekday() in self.weekly and day not in self.opened)

    def to_json(self) -> dict[str, Any]:
        """Keys `office, year, weekly, closed, opened, version, publishedAt`."""
        return {
            "office": self.office,
            "year": self.year,
            "weekly": sorted(self.weekly),
            "closed": json_value(self.closed),
            "opened": json_value(self.opened),
            "version": self.version,
            "publishedAt": json_value(self.published_at),
        }


def calendar_from(office: str, year: int, fields: dict[str, Any]) -> Calendar | None:
    """A calendar out of the struct `Calendar` of the contract; None if none was published."""
    if fields["published_at"] is None:
        return None
    weekly = frozenset(day for day in range(7) if fields["weekly"] >> day & 1)
    low, high = fields["exceptions"]
    bits = low | high << 256
    first = date(year, 1, 1)
    length = (date(year, 12, 31) - first).days + 1
    days = [first + timedelta(index) for index in range(length) if bits >> index & 1]
    return Calendar(
        office=office,
        year=year,
        weekly=weekly,
        closed=tuple(day for day in days if day.weekday() not in weekly),
        opened=tuple(day for day in days if day.weekday() in weekly),
        version=fields["version"],
        published_at=fields["published_at"],
    )


def calendar_bits(
    year: int, weekly: Iterable[int], closed: Iterable[date], opened: Iterable[date]
) -> tuple[int, list[int]]:
    """Weekly pattern and exceptions as the contract takes them.

    Raises:
        InputError: A weekday out of range, a day of another year, or one that says nothing.
    """
    weekdays = frozenset(weekly)
    if not weekdays <= frozenset(range(7)):
        raise InputError(
            f"weekdays are 0 (Monday) to 6 (Sunday), not {sorted(weekdays)}", remedy="Leave out those that are none."
        )
    bits = 0
    for days, by_week in ((closed, False), (opened, True)):
        for day in days:
            if day.year != year:
                raise InputError(f"{day} is not a day of {year}", remedy=f"Publish it with the calendar of {day.year}.")
            if (day.weekday() in weekdays) is not by_week:
                state = "open" if by_week else "closed"
                raise InputError(f"{day} is {state} by the weekly pattern already", remedy="Leave the day out.")
            bits |= 1 << (day.timetuple().tm_yday - 1)
    return sum(1 << day for day in weekdays), [bits & (1 << 256) - 1, bits >> 256]
