"""How long trade marks and designs last: expiry, renewal in time or with a surcharge, standing on a day, dependency.

- Paris Convention, Article 5bis(1): at least six months of grace for maintenance fees, if need be with a surcharge.
- Madrid Protocol, Articles 6(1), 7(1) and 7(4): ten years, renewable for ten more without end; six months' grace.
- Madrid Protocol, Article 6(3): for five years an international registration depends on its basic mark.
- Hague Agreement, 1999 Act, Article 17: periods of five years, 15 years at least, longer where a party's law allows it.
- Regulation (EU) 2017/1001, Articles 52 and 53: ten years from filing, then ten more, to be asked for in the six months
  before expiry or, with an additional fee, in the six months after it.

What an office does otherwise, it says in its renewal terms on chain. Everything here counts as the contract
`RightsRegister` does; a month later means the same day of that month, or its last day.

Not its job: fees, working days (an office that is closed on the last day), and whether a right was used.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from registrum.dates import MAX_YEAR, MIN_YEAR, add_months, to_on_chain
from registrum.errors import InputError
from registrum.numbers import Right
from registrum.rights.model import Entry
from registrum.rights.values import Marks, Stage, Standing, State, StatePair, require_register_right

__all__ = [
    "DEPENDENCY_MONTHS",
    "DESIGN_TERMS",
    "TRADEMARK_TERMS",
    "RenewalTerms",
    "RenewalTime",
    "RenewalWindow",
    "basis_ceased_on",
    "default_terms",
    "dependency_ends",
]

DEPENDENCY_MONTHS: Final = 60
"""Months from the date of an international registration in which it depends on its basic mark (Madrid Protocol,
Article 6(3))."""
_MOST_GRACE_MONTHS = 60
_REGISTERED = (Stage.REGISTERED, Stage.CHALLENGE_AFTER_REGISTRATION)
_IN_FORCE = StatePair(State.ACTIVE, Stage.REGISTERED)


def _check(what: str, value: int, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise InputError(f"{what} must be a whole number from {least} to {most}, got {value!r}")


class RenewalTime(StrEnum):
    """Where a day lies, seen from an expiry date."""

    TOO_EARLY = "too_early"
    IN_TIME = "in_time"
    WITH_SURCHARGE = "with_surcharge"
    """Expired, and the grace period still runs."""
    TOO_LATE = "too_late"
    """Nothing but a restoration helps now."""


@dataclass(frozen=True, slots=True)
class RenewalWindow:
    """Days on which a right can be renewed.

    Attributes:
        opens: First day.
        expiry: Last day without a surcharge.
        closes: Last day with one.
    """

    opens: datetime.date
    expiry: datetime.date
    closes: datetime.date

    def time_of(self, day: datetime.date) -> RenewalTime:
        """Whether a renewal on the day is too early, in time, needs the surcharge, or is too late."""
        if day < self.opens:
            return RenewalTime.TOO_EARLY
        if day <= self.expiry:
            return RenewalTime.IN_TIME
        return RenewalTime.WITH_SURCHARGE if day <= self.closes else RenewalTime.TOO_LATE


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """How rights of one kind are renewed at one office.

    Args:
        period_years: Years that a renewal adds.
        maximum_years: Longest protection from the filing date; None if there is no bound.
        window_months: Months before expiry from which a right can be renewed.
        grace_months: Months after expiry in which it can be renewed with a surcharge: six or more (Paris Convention,
            Article 5bis(1)).

    Raises:
        InputError: Terms that the contract does not accept.
    """

    period_years: int
    maximum_years: int | None = None
    window_months: int = 6
    grace_months: int = 6

    def __post_init__(self) -> None:
        _check("years of a period", self.period_years, 1, 255)
        if self.maximum_years is not None:
            _check("most years of protection", self.maximum_years, self.period_years, 255)
        _check("months before expiry", self.window_months, 0, min(255, 12 * self.period_years))
        _check("months of grace", self.grace_months, 6, _MOST_GRACE_MONTHS)

    def first_expiry(self, base: datetime.date) -> datetime.date:
        """Last day of the first period.

        Args:
            base: Day from which the office counts: of filing (Regulation (EU) 2017/1001, Article 52), or of the
                international registration (Madrid Protocol, Article 6(1); 1999 Act, Article 17(1)).

        Raises:
            DateError: It is after the year 9999.
        """
        return add_months(base, 12 * self.period_years)

    def last_expiry(self, filing_date: datetime.date) -> datetime.date | None:
        """Last day of protection that renewals can reach; None if there is no bound, or none before the year 10000."""
        return None if self.maximum_years is None else _add(filing_date, 12 * self.maximum_years)

    def window(self, expiry: datetime.date) -> RenewalWindow:
        """Days on which a right that expires on a day can be renewed.

        The days are those of the calendar that the contracts know: none before the year 1800 or after 9999.
        """
        opens = _add(expiry, -self.window_months) or datetime.date(MIN_YEAR, 1, 1)
        return RenewalWindow(opens, expiry, _add(expiry, self.grace_months) or datetime.date.max)

    def next_expiries(
        self,
        expiry: datetime.date,
        *,
        filing_date: datetime.date,
        registration_date: datetime.date | None = None,
    ) -> tuple[datetime.date, ...]:
        """Every expiry date that a renewal may lead to, the expected one first; none if no protection is left to add.

        That is one period later. If the present expiry date had to give way to a shorter month, and so stands on 28
        February for a filing or registration on the 29th, the next one may return to the 29th; that one is expected
        unless the other of the two dates explains the 28th without it. The maximum from filing cuts the last period.

        Args:
            expiry: Present expiry date.
            filing_date: As the entry has it.
            registration_date: As the entry has it; None if there is none.

        Raises:
            DateError: The next one is after the year 9999.
        """
        later = add_months(expiry, 12 * self.period_years)
        bases = [base for base in (filing_date, registration_date) if base is not None and base.month == expiry.month]
        month_ended = (expiry + datetime.timedelta(days=1)).day == 1
        given_way = max((base.day for base in bases), default=0) > expiry.day and month_ended
        found = [later]
        if given_way:
            returned = _end_of_month(later)
            found = [later, returned] if any(base.day == expiry.day for base in bases) else [returned, later]
        bound = self.last_expiry(filing_date)
        cut = (day if bound is None else min(day, bound) for day in found)
        return tuple(day for day in dict.fromkeys(cut) if day > expiry)

    def next_expiry(
        self,
        expiry: datetime.date,
        *,
        filing_date: datetime.date,
        registration_date: datetime.date | None = None,
    ) -> datetime.date | None:
        """The expiry date that a renewal is expected to lead to: the first of `next_expiries`; None if there is none.

        Raises:
            DateError: It is after the year 9999.
        """
        found = self.next_expiries(expiry, filing_date=filing_date, registration_date=registration_date)
        return found[0] if found else None

    def standing(self, pair: StatePair, expiry: datetime.date | None, on: datetime.date) -> Standing:
        """How an entry with this state, stage and expiry date stands on a day, as `standingOf` of the contract says.

        A registration that was not renewed has lapsed when its grace period is over, whether or not anyone recorded it.

        Args:
            pair: State and stage.
            expiry: Its expiry date; None if there is none.
            on: The day.
        """
        unlike_active = _STANDINGS.get(pair.state)
        if unlike_active is not None:
            return unlike_active
        if pair.stage not in _REGISTERED:
            return Standing.PENDING
        if expiry is None or on <= expiry:
            return Standing.IN_FORCE
        return Standing.IN_GRACE if on <= self.window(expiry).closes else Standing.LAPSED

    def standing_of(self, entry: Entry, on: datetime.date) -> Standing:
        """How an entry as it is recorded now stands on a day, as `standingOf` of the contract says."""
        if Marks.CONTINUED in entry.marks:
            return Standing.CONTINUED
        if entry.filing_date is not None and on < entry.filing_date:
            return Standing.NOT_FOUND
        if entry.pair.state is State.UNSPECIFIED:
            return Standing.UNSPECIFIED
        if entry.ceased_on is not None and entry.ceased_on <= on:
            return self.standing(entry.pair, entry.expiry_date, on)
        registered = entry.pair.stage in _REGISTERED if entry.ceased_on is None else entry.registration_date is not None
        if not registered or (entry.registration_date is not None and on < entry.registration_date):
            return Standing.PENDING
        return self.standing(_IN_FORCE, entry.expiry_date, on)

    def ceased_on(
        self, pair: StatePair, expiry: datetime.date | None, ceased: datetime.date | None, on: datetime.date
    ) -> datetime.date | None:
        """Day on which an entry lost its effect, as far as that had come by `on`; None if it had not.

        That is the recorded day, or the expiry date of a registration that has lapsed.

        Args:
            pair: State and stage.
            expiry: Expiry date; None if there is none.
            ceased: Day from which it is recorded as not active or terminated; None while it is active.
            on: The day.
        """
        if ceased is not None:
            return ceased if ceased <= on else None
        if pair.stage not in _REGISTERED or expiry is None:
            return None
        return expiry if on > self.window(expiry).closes else None


TRADEMARK_TERMS: Final = RenewalTerms(period_years=10)
"""Of an office that said nothing: Madrid Protocol, Articles 6(1), 7(1) and 7(4)."""
DESIGN_TERMS: Final = RenewalTerms(period_years=5, maximum_years=25)
"""Of an office that said nothing: five years at a time (1999 Act, Article 17), 25 in all as in the European Union."""

_DEFAULTS = {Right.TRADEMARK: TRADEMARK_TERMS, Right.DESIGN: DESIGN_TERMS}
_STANDINGS = {
    State.TERMINATED: Standing.TERMINATED,
    State.NOT_ACTIVE: Standing.NOT_ACTIVE,
    State.UNSPECIFIED: Standing.UNSPECIFIED,
}


def default_terms(right: Right) -> RenewalTerms:
    """The terms of offices that stated none.

    Raises:
        InputError: The register has no entries of this right.
    """
    return _DEFAULTS[require_register_right(right)]


def dependency_ends(registration_date: datetime.date) -> datetime.date:
    """First day on which an international registration of a mark no longer depends on its basic mark.

    Madrid Protocol, Article 6(3): five years from the date of the international registration.

    Raises:
        DateError: It is after the year 9999.
    """
    return add_months(registration_date, DEPENDENCY_MONTHS)


def basis_ceased_on(registration_date: datetime.date | None, ceased: datetime.date | None) -> datetime.date | None:
    """Day on which the basic mark ceased, if the international registration, and its designations, fall with it.

    Only what ceased within the five years counts. That of proceedings which began within them and ended later
    (second sentence of Article 6(3)) is not computed: no date on the register shows it, so the offices record it.

    Args:
        registration_date: Of the international registration; None if it is not registered.
        ceased: Day on which the basic mark lost its effect; None if it did not. `RenewalTerms.ceased_on` finds it.
    """
    if registration_date is None or ceased is None:
        return None
    end = _add(registration_date, DEPENDENCY_MONTHS)
    return ceased if end is None or ceased < end else None


def _add(day: datetime.date, months: int) -> datetime.date | None:
    """As `add_months`; None beyond the calendar that the contracts know."""
    to_on_chain(day)
    year = (day.year * 12 + day.month - 1 + months) // 12
    return add_months(day, months) if MIN_YEAR <= year <= MAX_YEAR else None


def _end_of_month(day: datetime.date) -> datetime.date:
    return add_months(day.replace(day=1), 1) - datetime.timedelta(days=1)
