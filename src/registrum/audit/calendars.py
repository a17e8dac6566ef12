"""Calendars that were published or changed when days that they close or open were past, and the claims that this moves.

The last day of a priority period moves to the next open day of the office of second filing, so a calendar of the past
can make a late claim one in time. The rule is that of `registrum.dates`. Not its job: verdicts, which the contract
gives by the calendar of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registrum.audit.facts import CalendarVersion, ClaimFact, Period, day_of, time_text
from registrum.audit.findings import Code, Evidence, Finding, Severity
from registrum.dates import RESTORATION_MONTHS, add_months, from_on_chain, last_day_of_priority, priority_period
from registrum.numbers.right import Right

__all__ = ["ClosedDays", "closed_days", "examine_calendars", "standing_of"]

_MOST_DAYS = 31
_MOST_CLAIMS = 20
_LONGEST_MONTHS = 12


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


def examine_calendars(
    versions: Iterable[CalendarVersion], claims: Iterable[ClaimFact], period: Period
) -> Iterator[Finding]:
    """Calendars of the period that speak of days that were past.

    Args:
        versions: All of the office, in the order of the chain.
        claims: Those that the office recorded; asked for only where a calendar came late.
        period: Calendars that were published in it are examined.
    """
    known: dict[int, CalendarVersion] = {}
    present: list[ClaimFact] | None = None
    for version in versions:
        before = known.get(version.year)
        then = ClosedDays(dict(known))
        known[version.year] = version
        if not period.has(version.published_at):
            continue
        now = ClosedDays(dict(known))
        past = _past_days(version)
        changed = [day for day in past if then.is_closed(day) is not now.is_closed(day)]
        if not changed:
            continue
        if present is None:
            present = [claim for claim in claims if claim.is_present]
        yield _finding(version, before, changed, _moved(present, then, now, changed))


def _past_days(version: CalendarVersion) -> list[date]:
    """The days of the year that were over when the calendar was published."""
    first, published = date(version.year, 1, 1), day_of(version.published_at)
    end = min(published, date(version.year, 12, 31) + timedelta(1)) if version.year < 9999 else published
    return [first + timedelta(at) for at in range(max(0, (end - first).days))]


def _moved(
    claims: Sequence[ClaimFact], then: ClosedDays, now: ClosedDays, changed: Sequence[date]
) -> list[tuple[ClaimFact, dict[str, Any]]]:
    """Claims whose filing was in time, restorable or too late by the one calendar and not by the other."""
    found = []
    for claim in claims:
        earlier, later = Right(claim.earlier[3]), Right(claim.later[3])
        months = priority_period(earlier, later)
        claimed, filed = from_on_chain(claim.claimed_date), from_on_chain(claim.later_filing_date)
        # A period that ends elsewhere is not moved; restoration ends some months later.
        if months is None or not _may_touch(claimed, months, changed):
            continue
        before, after = (standing_of(claimed, filed, earlier, later, closed) for closed in (then, now))
        if before[0] != after[0]:
            values = {
                "later": claim.later,
                "earlier": claim.earlier,
                "laterFilingDate": filed.isoformat(),
                "lastDayBefore": before[1].isoformat(),
                "lastDayAfter": after[1].isoformat(),
                "before": before[0],
                "after": after[0],
            }
            found.append((claim, values))
    return found


def _may_touch(claimed: date, months: int, changed: Sequence[date]) -> bool:
    """Whether the end of the period, or of its restoration, lies within a year before the last changed day."""
    begins = add_months(claimed, months)
    ends = add_months(begins, RESTORATION_MONTHS) if months == _LONGEST_MONTHS else begins
    return begins <= changed[-1] and ends + timedelta(366) >= changed[0]


def standing_of(claimed: date, filed: date, earlier: Right, later: Right, closed: ClosedDays) -> tuple[str, date]:
    """How a later filing stands by a calendar: `in time`, `restorable` or `expired`, and the last day of the period.

    Args:
        claimed: Filing date of the earlier application.
        filed: That of the later one.
        earlier: Right of the earlier one.
        later: Right of the later one, such that there is a period.
        closed: Calendars of the office of second filing.
    """
    last = last_day_of_priority(claimed, earlier, later, closed)
    if last is None:
        raise ValueError("rights that found no priority have no last day")
    if filed <= last:
        return "in time", last
    if priority_period(earlier, later) == _LONGEST_MONTHS:
        until = add_months(last, RESTORATION_MONTHS)
        while closed.is_closed(until):
            until += timedelta(1)
        if filed <= until:
            return "restorable", last
    return "expired", last


def _finding(
    version: CalendarVersion,
    before: CalendarVersion | None,
    changed: Sequence[date],
    moved: Sequence[tuple[ClaimFact, dict[str, Any]]],
) -> Finding:
    published = day_of(version.published_at)
    verb = "published" if before is None else f"changed to version {version.version}"
    claims = f"{len(moved)} recorded claims stand" if len(moved) != 1 else "1 recorded claim stands"
    effect = f"By it {claims} otherwise than before." if moved else "No recorded claim stands otherwise by it."
    past = f"{len(changed)} days were past that" if len(changed) > 1 else f"{changed[0]} was past, which"
    shown = moved[:_MOST_CLAIMS]
    calendars = (
        (Evidence.at(version.place),) if before is None else (Evidence.at(before.place), Evidence.at(version.place))
    )
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
            "claims": len(moved),
            "moved": [values for _, values in shown],
        },
        (*calendars, *(Evidence.at(claim.place, claim.later) for claim, _ in shown)),
        f"The calendar of {version.year} was {verb} on {published}, when {past} it closes or opens. {effect}",
    )
