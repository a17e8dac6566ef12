"""Calendars that were published or changed when days that they close or open were past, and the claims that this moves.

The last day of a priority period moves to the next open day of the office of second filing, so a calendar of the past
can make a late claim one in time. The rule is that of `registrum.dates`. Not its job: verdicts, which the contract
gives by the calendar of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from registrum.audit.bound import Bound
from registrum.audit.facts import CalendarVersion, ClaimFact, Period, day_of, time_text
from registrum.audit.findings import Code, Evidence, Finding, Severity
from registrum.dates import (
    RESTORATION_MONTHS,
    add_months,
    from_on_chain,
    last_day_of_priority,
    next_day,
    priority_period,
)
from registrum.errors import DateError
from registrum.numbers.right import Right

__all__ = ["ClosedDays", "LateCalendars", "closed_days", "standing_of"]

_MOST_DAYS = 31
_MOST_CLAIMS = 20
_WORK = 50
"""Facts that are read in the time in which a calendar is compared with the one before, day by day."""
_LONGEST_MONTHS = 12
_LONGEST_RUN_MONTHS = 13
"""An office is closed for a year at most before a last day is given up."""


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The closed days of an office by year; of other years none is known."""

    years: Mapping[int, CalendarVersion]

    def is_closed(self, day: date) -> bool:
        """Whether the office is closed on a day, as far as it has said so."""
        calendar = self.years.get(day.year)
        if calendar is None:
            return False
        is_exception = calendar.exceptions >> (day.timetuple().tm_yday - 1) & 1
        return bool((calendar.weekly >> day.weekday() & 1) ^ is_exception)


def closed_days(versions: Iterable[CalendarVersion]) -> ClosedDays:
    """The calendars as the last versions have them."""
    return ClosedDays({version.year: version for version in versions})


class LateCalendars:
    """The calendars of a period that speak of days that were past, and the claims that they move.

    Args:
        versions: All of the office, in the order of the chain.
        period: Calendars that were published in it are examined.
        bound: What may be read, and worked out.
    """

    def __init__(self, versions: Iterable[CalendarVersion], period: Period, bound: Bound) -> None:
        self.count = 0
        """Calendars that were published in the period."""
        self._bound = bound
        self._late: list[_LateCalendar] = []
        known: dict[int, CalendarVersion] = {}
        for version in versions:
            before, then = known.get(version.year), ClosedDays(dict(known))
            known[version.year] = version
            if not period.has(version.published_at):
                continue
            self.count += 1
            now = ClosedDays(dict(known))
            bound.spend(_WORK)
            changed = [day for day in _past_days(version) if then.is_closed(day) is not now.is_closed(day)]
            if changed:
                self._late.append(_LateCalendar(version, before, then, now, changed))

    def meet(self, claim: ClaimFact) -> None:
        """Take a claim that the office recorded; it is not kept, unless a calendar moves it."""
        if claim.is_present and self._late:
            self._bound.spend(len(self._late))
            for one in self._late:
                one.meet(claim)

    def findings(self) -> Iterator[Finding]:
        """What is said of them, in the order of the chain."""
        return (one.finding() for one in self._late)


def _past_days(version: CalendarVersion) -> list[date]:
    """The days of the year that were over when the calendar was published."""
    first, published = date(version.year, 1, 1), day_of(version.published_at)
    end = min(published, date(version.year, 12, 31) + timedelta(1)) if version.year < 9999 else published
    return [first + timedelta(at) for at in range(max(0, (end - first).days))]


@dataclass
class _LateCalendar:
    """A calendar that came late, and the claims that it moves."""

    version: CalendarVersion
    before: CalendarVersion | None
    then: ClosedDays
    now: ClosedDays
    changed: Sequence[date]
    count: int = 0
    moved: list[tuple[ClaimFact, dict[str, Any]]] = field(default_factory=list)

    def meet(self, claim: ClaimFact) -> None:
        """Take a claim whose filing was in time, restorable or too late by the one calendar and not by the other."""
        earlier, later = Right(claim.earlier[3]), Right(claim.later[3])
        months = priority_period(earlier, later)
        # A period that ends elsewhere is not moved; restoration ends some months later.
        if months is None or not self._may_touch(claim.claimed_date, months):
            return
        claimed, filed = from_on_chain(claim.claimed_date), from_on_chain(claim.later_filing_date)
        standings = [_standing(claimed, filed, earlier, later, closed) for closed in (self.then, self.now)]
        before, after = standings
        if before is None or after is None or before[0] == after[0]:
            return
        self.count += 1
        if self.count <= _MOST_CLAIMS:
            values = {
                "later": claim.later,
                "earlier": claim.earlier,
                "laterFilingDate": filed.isoformat(),
                "lastDayBefore": before[1].isoformat(),
                "lastDayAfter": after[1].isoformat(),
                "before": before[0],
                "after": after[0],
            }
            self.moved.append((claim, values))

    def _may_touch(self, claimed: int, months: int) -> bool:
        """Whether the end of the period, or of its restoration, lies within some 13 months before a changed day."""
        ends = months + RESTORATION_MONTHS if months == _LONGEST_MONTHS else months
        at = _months_of(claimed)
        return at + months <= _months(self.changed[-1]) and at + ends + _LONGEST_RUN_MONTHS >= _months(self.changed[0])

    def finding(self) -> Finding:
        """What is said of it."""
        version, before, changed, moved = self.version, self.before, self.changed, self.moved
        published = day_of(version.published_at)
        verb = "published" if before is None else f"changed to version {version.version}"
        claims = f"{self.count} recorded claims stand" if self.count != 1 else "1 recorded claim stands"
        effect = f"By it {claims} otherwise than before." if moved else "No recorded claim stands otherwise by it."
        past = f"{len(changed)} days were past that" if len(changed) > 1 else f"{changed[0]} was past, which"
        calendars = (version,) if before is None else (before, version)
        return Finding(
            Code.CALENDAR_PUBLISHED_LATE if before is None else Code.CALENDAR_CHANGED_LATE,
            Severity.WARNING if moved else Severity.OBSERVATION,
            None,
            {
                "year": version.year,
                "version": version.version,
                "publishedAt": time_text(version.published_at),
                "changedDays": len(changed),
                "days": [day.isoformat() for day in changed[:_MOST_DAYS]],
                "claims": self.count,
                "moved": [values for _, values in moved],
            },
            (
                *(Evidence.at(claim.place, claim.later) for claim, _ in moved),
                *(Evidence.at(one.place) for one in calendars),
            ),
            f"The calendar of {version.year} was {verb} on {published}, when {past} it closes or opens. {effect}",
        )


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _months_of(on_chain: int) -> int:
    """The same of a date on chain."""
    return on_chain // 10_000 * 12 + on_chain // 100 % 100


def _standing(claimed: date, filed: date, earlier: Right, later: Right, closed: ClosedDays) -> tuple[str, date] | None:
    """As `standing_of`; None where the period has no last day, which then nothing moves."""
    try:
        return standing_of(claimed, filed, earlier, later, closed)
    except DateError:
        return None


def standing_of(claimed: date, filed: date, earlier: Right, later: Right, closed: ClosedDays) -> tuple[str, date]:
    """How a later filing stands by a calendar: `in time`, `restorable` or `expired`, and the last day of the period.

    Args:
        claimed: Filing date of the earlier application.
        filed: That of the later one.
        earlier: Right of the earlier one.
        later: Right of the later one, such that there is a period.
        closed: Calendars of the office of second filing.

    Raises:
        DateError: There is no last day before the year 10000, or no open day within a year.
    """
    last = last_day_of_priority(claimed, earlier, later, closed)
    if last is None:
        raise ValueError("rights that found no priority have no last day")
    if filed <= last:
        return "in time", last
    if priority_period(earlier, later) == _LONGEST_MONTHS:
        until = add_months(last, RESTORATION_MONTHS)
        while closed.is_closed(until):
            until = next_day(until)
        if filed <= until:
            return "restorable", last
    return "expired", last
