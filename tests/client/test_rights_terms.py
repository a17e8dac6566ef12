"""Renewal terms against calendars counted another way: windows, leap days, grace, maxima, standing, dependency."""

from __future__ import annotations

import calendar
import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registrum.errors import DateError, InputError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.model import Entry
from registrum.rights.terms import (
    DESIGN_TERMS,
    TRADEMARK_TERMS,
    RenewalTerms,
    RenewalTime,
    basis_ceased_on,
    default_terms,
    dependency_ends,
)
from registrum.rights.values import ALL_PAIRS, Marks, Standing, StatePair

SETTINGS = settings(max_examples=300, deadline=None)
days = st.dates(min_value=date(1805, 1, 1), max_value=date(9700, 12, 31))
february = st.builds(
    lambda year, day: date(year, 2, min(day, 28 + calendar.isleap(year))), st.integers(1805, 2400), st.integers(26, 29)
)
terms = st.builds(
    lambda period, more, window, grace: RenewalTerms(period, more and min(255, period + more), window, grace),
    st.integers(1, 20),
    st.none() | st.integers(1, 60),
    st.integers(0, 12),
    st.integers(6, 60),
)
A4 = StatePair.parse("A4")
DAY = timedelta(days=1)


def months_away(day: date, months: int) -> date:
    """One month after another, the day of the month kept in mind and cut only at the end."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def contract_takes(wanted: date, expiry: date, filed: date, registered: date | None, own: RenewalTerms) -> bool:
    """Whether `RightsRegister` takes a renewal to a day, as `RightsRules.renewedExpiry` is written."""

    def on_day_of(day: date, model: date | None) -> date:
        last = calendar.monthrange(day.year, day.month)[1]
        wish = min(model.day if model else 0, last)
        return day if wish < day.day else day.replace(day=wish)

    expected = months_away(expiry, 12 * own.period_years)
    for model in (filed, registered):
        if wanted == on_day_of(expected, model):
            expected = wanted
    if own.maximum_years is not None:
        expected = min(expected, months_away(filed, 12 * own.maximum_years))
    return wanted > expiry and wanted == expected


def test_defaults_are_those_of_the_contract() -> None:
    assert default_terms(Right.TRADEMARK) == TRADEMARK_TERMS == RenewalTerms(10, None, 6, 6)
    assert default_terms(Right.DESIGN) == DESIGN_TERMS == RenewalTerms(5, 25, 6, 6)


def test_other_rights_have_no_terms() -> None:
    with pytest.raises(InputError, match="no entries of the kind"):
        default_terms(Right.PATENT)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0,), "years of a period"),
        ((256,), "years of a period"),
        ((True,), "years of a period"),
        ((10, 9), "most years of protection"),
        ((10, 256), "most years of protection"),
        ((10, 0), "most years of protection"),
        ((10, None, 121), "months before expiry"),
        ((10, None, -1), "months before expiry"),
        ((10, None, 6, 5), "months of grace"),
        ((10, None, 6, 61), "months of grace"),
        ((10, None, 6, 6.5), "months of grace"),
    ],
)
def test_terms_that_the_contract_refuses(values: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        RenewalTerms(*values)


@SETTINGS
@given(days, terms)
@example(date(2004, 2, 29), TRADEMARK_TERMS)
@example(date(2024, 8, 31), DESIGN_TERMS)
@example(date(1899, 8, 31), TRADEMARK_TERMS)
@example(date(2106, 2, 7), TRADEMARK_TERMS)
def test_the_window_is_months_away_from_expiry(expiry: date, own: RenewalTerms) -> None:
    window = own.window(expiry)
    assert window.opens == months_away(expiry, -own.window_months)
    assert window.expiry == expiry
    assert window.closes == months_away(expiry, own.grace_months)


@SETTINGS
@given(days, terms)
def test_every_day_is_at_one_renewal_time_and_they_follow_each_other(expiry: date, own: RenewalTerms) -> None:
    window = own.window(expiry)
    assert window.time_of(window.opens - DAY) is RenewalTime.TOO_EARLY
    assert window.time_of(window.opens) is RenewalTime.IN_TIME
    assert window.time_of(window.expiry) is RenewalTime.IN_TIME
    assert window.time_of(window.expiry + DAY) is RenewalTime.WITH_SURCHARGE
    assert window.time_of(window.closes) is RenewalTime.WITH_SURCHARGE
    assert window.time_of(window.closes + DAY) is RenewalTime.TOO_LATE


def test_the_window_of_the_last_and_the_first_days_of_the_calendar() -> None:
    last = TRADEMARK_TERMS.window(date(9999, 12, 1))
    assert last.closes == date(9999, 12, 31)
    assert TRADEMARK_TERMS.standing(A4, date(9999, 12, 1), date(9999, 12, 31)) is Standing.IN_GRACE
    assert TRADEMARK_TERMS.window(date(1800, 1, 15)).opens == date(1800, 1, 1)
    with pytest.raises(DateError):
        TRADEMARK_TERMS.window(date(1799, 12, 31))


@SETTINGS
@given(st.one_of(days, february), terms)
def test_the_first_period_ends_years_after_its_base(base: date, own: RenewalTerms) -> None:
    assert own.first_expiry(base) == months_away(base, 12 * own.period_years)


def test_no_expiry_date_is_beyond_the_calendar() -> None:
    with pytest.raises(DateError):
        TRADEMARK_TERMS.first_expiry(date(9990, 1, 1))
    with pytest.raises(DateError):
        TRADEMARK_TERMS.next_expiry(date(9990, 1, 1), filing_date=date(9980, 1, 1))
    assert DESIGN_TERMS.last_expiry(date(9980, 1, 1)) is None


def test_a_right_of_29_february_returns_to_it_in_leap_years() -> None:
    base = date(2004, 2, 29)
    expiry, found = TRADEMARK_TERMS.first_expiry(base), []
    for _ in range(11):
        found.append(expiry)
        expiry = TRADEMARK_TERMS.next_expiry(expiry, filing_date=base) or base
    # 2104 is a leap year, 2100 would not be.
    leap = [date(2024, 2, 29), date(2044, 2, 29), date(2064, 2, 29), date(2084, 2, 29), date(2104, 2, 29)]
    assert found[1::2] == leap
    assert found[0::2] == [date(year, 2, 28) for year in range(2014, 2115, 20)]


def test_a_right_of_29_february_before_1970() -> None:
    filed = date(1892, 2, 29)
    assert TRADEMARK_TERMS.next_expiry(date(1902, 2, 28), filing_date=filed) == date(1912, 2, 29)
    # 1900 was no leap year.
    assert DESIGN_TERMS.next_expiry(date(1897, 2, 28), filing_date=filed) == date(1902, 2, 28)


def test_a_right_that_stays_on_the_28th_may_do_so() -> None:
    both = (date(2024, 2, 29), date(2024, 2, 28))
    assert TRADEMARK_TERMS.next_expiries(date(2014, 2, 28), filing_date=date(2004, 2, 29)) == both
    assert TRADEMARK_TERMS.next_expiries(date(2024, 2, 28), filing_date=date(2004, 2, 29)) == (date(2034, 2, 28),)


def test_of_two_dates_the_one_that_explains_the_expiry_date_counts() -> None:
    expiry = date(2014, 2, 28)
    plain, returned = date(2024, 2, 28), date(2024, 2, 29)
    leap, other = date(2004, 2, 29), date(2003, 5, 31)
    assert TRADEMARK_TERMS.next_expiries(expiry, filing_date=other, registration_date=leap) == (returned, plain)
    assert TRADEMARK_TERMS.next_expiries(expiry, filing_date=date(2003, 2, 28), registration_date=leap) == (
        plain,
        returned,
    )
    assert TRADEMARK_TERMS.next_expiries(expiry, filing_date=date(2003, 2, 28), registration_date=other) == (plain,)


@SETTINGS
@given(st.one_of(days, february), st.integers(0, 800), terms, st.integers(1, 4))
@example(date(2004, 2, 29), 0, TRADEMARK_TERMS, 1)
@example(date(2000, 2, 29), 0, DESIGN_TERMS, 4)
def test_the_contract_takes_every_next_expiry(filed: date, wait: int, own: RenewalTerms, periods: int) -> None:
    registered = filed + timedelta(days=wait)
    expiry = months_away(registered, 12 * own.period_years * periods)
    found = own.next_expiries(expiry, filing_date=filed, registration_date=registered)
    for wanted in found:
        assert contract_takes(wanted, expiry, filed, registered, own)
    bound = own.last_expiry(filed)
    assert bound == (None if own.maximum_years is None else months_away(filed, 12 * own.maximum_years))
    assert bool(found) == (bound is None or expiry < bound)
    expected = months_away(registered, 12 * own.period_years * (periods + 1))
    if expiry.day == registered.day and found:
        # Nothing had to give way, so the next expiry date is that of counting on from registration, or the maximum.
        assert found[0] == (expected if bound is None else min(expected, bound))


def test_a_design_is_renewed_up_to_its_maximum() -> None:
    filed = date(2000, 2, 29)
    expiry, found = DESIGN_TERMS.first_expiry(filed), []
    while expiry is not None:
        found.append(expiry)
        expiry = DESIGN_TERMS.next_expiry(expiry, filing_date=filed)
    assert found == [date(2005, 2, 28), date(2010, 2, 28), date(2015, 2, 28), date(2020, 2, 29), date(2025, 2, 28)]


def test_a_last_period_is_cut_at_the_maximum() -> None:
    filed, registered = date(2000, 1, 10), date(2001, 7, 1)
    assert DESIGN_TERMS.next_expiries(date(2021, 7, 1), filing_date=filed, registration_date=registered) == (
        date(2025, 1, 10),
    )
    assert DESIGN_TERMS.next_expiries(date(2025, 1, 10), filing_date=filed, registration_date=registered) == ()
    assert DESIGN_TERMS.next_expiry(date(2025, 1, 10), filing_date=filed) is None


@SETTINGS
@given(days, terms, st.integers(-1500, 3000))
@example(date(1950, 2, 28), TRADEMARK_TERMS, 0)
@example(date(2106, 2, 7), DESIGN_TERMS, 181)
def test_a_registration_stands_by_its_expiry_date(expiry: date, own: RenewalTerms, offset: int) -> None:
    on = expiry + timedelta(days=offset)
    left = [day for day in (expiry, months_away(expiry, own.grace_months)) if on <= day]
    expected = [Standing.LAPSED, Standing.IN_GRACE, Standing.IN_FORCE][len(left)]
    for text in ("A4", "A5"):
        assert own.standing(StatePair.parse(text), expiry, on) is expected


def test_a_right_lapses_on_the_day_after_its_grace() -> None:
    # Six months after 31 August are over with February, in a leap year a day later.
    for expiry, closes in ((date(2022, 8, 31), date(2023, 2, 28)), (date(2023, 8, 31), date(2024, 2, 29))):
        assert TRADEMARK_TERMS.standing(A4, expiry, expiry) is Standing.IN_FORCE
        assert TRADEMARK_TERMS.standing(A4, expiry, expiry + DAY) is Standing.IN_GRACE
        assert TRADEMARK_TERMS.standing(A4, expiry, closes) is Standing.IN_GRACE
        assert TRADEMARK_TERMS.standing(A4, expiry, closes + DAY) is Standing.LAPSED


@pytest.mark.parametrize("pair", ALL_PAIRS, ids=str)
def test_state_and_stage_come_before_dates(pair: StatePair) -> None:
    by_state = {"T": Standing.TERMINATED, "N": Standing.NOT_ACTIVE, "U": Standing.UNSPECIFIED}
    long_ago = TRADEMARK_TERMS.standing(pair, date(1990, 1, 1), date(2030, 1, 1))
    undated = TRADEMARK_TERMS.standing(pair, None, date(2030, 1, 1))
    if str(pair) in ("A4", "A5"):
        assert (long_ago, undated) == (Standing.LAPSED, Standing.IN_FORCE)
    else:
        assert long_ago is undated is by_state.get(pair.state.value, Standing.PENDING)


ENTRY = Entry(
    number=OfficeNumber("EM", Right.TRADEMARK, "018660437"),
    pair=A4,
    status=1,
    status_text="Registered",
    marks=Marks(0),
    event_count=1,
    terminated_by=None,
    filing_date=date(2010, 1, 1),
    registration_date=date(2010, 6, 1),
    expiry_date=date(2020, 1, 1),
    ceased_on=None,
    classes=(9,),
    head=b"\1" * 32,
    dossier=None,
    representation=None,
    holder=None,
    application=None,
    basis=None,
    parent=None,
    former=None,
    continuation=None,
)


def test_an_entry_stands_by_its_state_unless_it_goes_on_elsewhere() -> None:
    assert TRADEMARK_TERMS.standing_of(ENTRY, date(2020, 1, 1)) is Standing.IN_FORCE
    assert TRADEMARK_TERMS.standing_of(ENTRY, date(2020, 7, 1)) is Standing.IN_GRACE
    assert TRADEMARK_TERMS.standing_of(ENTRY, date(2020, 7, 2)) is Standing.LAPSED
    closed = dataclasses.replace(ENTRY, marks=Marks.CONTINUED)
    assert TRADEMARK_TERMS.standing_of(closed, date(2020, 1, 1)) is Standing.CONTINUED


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2009, 12, 31), Standing.NOT_FOUND),
        (date(2010, 1, 1), Standing.PENDING),
        (date(2010, 5, 31), Standing.PENDING),
        (date(2010, 6, 1), Standing.IN_FORCE),
        (date(2015, 2, 28), Standing.IN_FORCE),
        (date(2015, 3, 1), Standing.NOT_ACTIVE),
    ],
)
def test_an_end_counts_from_its_day_and_a_beginning_too(on: date, expected: Standing) -> None:
    surrendered = dataclasses.replace(ENTRY, pair=StatePair.parse("N6"), ceased_on=date(2015, 3, 1))
    assert TRADEMARK_TERMS.standing_of(surrendered, on) is expected
    withdrawn = dataclasses.replace(surrendered, registration_date=None, expiry_date=None)
    if on >= date(2010, 6, 1) and expected is Standing.IN_FORCE:
        expected = Standing.PENDING
    assert TRADEMARK_TERMS.standing_of(withdrawn, on) is expected
    unspecified = dataclasses.replace(ENTRY, pair=StatePair.parse("U0"))
    assert TRADEMARK_TERMS.standing_of(unspecified, date(2010, 1, 1)) is Standing.UNSPECIFIED


def test_what_ceased_did_so_on_the_recorded_day_or_at_expiry() -> None:
    expiry = date(2020, 1, 1)
    ceased_on = TRADEMARK_TERMS.ceased_on
    ended = StatePair.parse("T6")
    assert ceased_on(ended, expiry, date(2018, 3, 1), date(2018, 2, 28)) is None
    assert ceased_on(ended, expiry, date(2018, 3, 1), date(2018, 3, 1)) == date(2018, 3, 1)
    assert ceased_on(A4, expiry, None, date(2020, 7, 1)) is None
    assert ceased_on(A4, expiry, None, date(2020, 7, 2)) == expiry
    assert ceased_on(A4, None, None, date(2099, 1, 1)) is None
    assert ceased_on(StatePair.parse("A2"), expiry, None, date(2099, 1, 1)) is None


@SETTINGS
@given(st.one_of(days, february), st.integers(-10, 10))
@example(date(2020, 2, 29), 0)
@example(date(1950, 6, 30), -1)
def test_an_international_registration_depends_on_its_basic_mark_for_five_years(registered: date, offset: int) -> None:
    end = months_away(registered, 60)
    ceased = end + timedelta(days=offset)
    assert dependency_ends(registered) == end
    assert basis_ceased_on(registered, ceased) == (ceased if offset < 0 else None)


def test_nothing_depends_without_a_registration_or_a_cessation() -> None:
    assert basis_ceased_on(None, date(2020, 1, 1)) is None
    assert basis_ceased_on(date(2020, 1, 1), None) is None


def test_dependency_at_the_end_of_the_calendar() -> None:
    assert basis_ceased_on(date(9998, 1, 1), date(9999, 12, 31)) == date(9999, 12, 31)
    with pytest.raises(DateError):
        dependency_ends(date(9998, 1, 1))
