"""Calendar dates against `datetime`, and month arithmetic against a model that counts days one by one."""

from __future__ import annotations

import datetime
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registrum.dates import (
    MAX_YEAR,
    MIN_YEAR,
    add_months,
    check_filing_date,
    from_on_chain,
    last_day_of_priority,
    next_day,
    parse_compact_date,
    parse_date,
    parse_st96_date,
    priority_period,
    to_on_chain,
)
from registrum.errors import DateError
from registrum.numbers import Right

P, U, T, D, S, G = (Right(letter) for letter in "PUTDSG")
SETTINGS = settings(max_examples=300, deadline=None)
days = st.dates(min_value=date(MIN_YEAR, 1, 1), max_value=date(MAX_YEAR, 12, 31))
DATE_TRAPS = "0123456789-+Z:T/. \t\n\u0660\u0661\uff10\uff11\u00b2\u2460\u2010\u2013\u2212\U0001d7ce"


@SETTINGS
@given(days)
def test_a_date_comes_back_from_every_spelling(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert from_on_chain(to_on_chain(day)) == day
    assert parse_compact_date(str(to_on_chain(day))) == day
    assert parse_st96_date(day.isoformat() + "-11:30") == day


@SETTINGS
@given(days, days)
def test_dates_on_chain_sort_as_dates(one: date, other: date) -> None:
    assert (one < other) == (to_on_chain(one) < to_on_chain(other))


@SETTINGS
@given(st.integers(min_value=-10, max_value=2**32 - 1))
@example(0)
@example(20230229)
@example(19000229)
@example(20000229)
@example(20240631)
@example(20241301)
@example(20240100)
@example(17991231)
@example(99991231)
@example(99991232)
def test_a_uint32_is_a_date_exactly_when_datetime_says_so(value: int) -> None:
    try:
        expected = datetime.datetime.strptime(f"{value:08d}", "%Y%m%d").date() if 0 < value < 10**8 else None
    except ValueError:
        expected = None
    if expected is None or expected.year < MIN_YEAR:
        with pytest.raises(DateError):
            from_on_chain(value)
    else:
        assert from_on_chain(value) == expected


@SETTINGS
@given(st.integers(min_value=1790, max_value=2110), st.integers(min_value=0, max_value=13), st.integers(0, 32))
def test_iso_text_is_a_date_exactly_when_datetime_says_so(year: int, month: int, day: int) -> None:
    text = f"{year:04d}-{month:02d}-{day:02d}"
    try:
        expected = date.fromisoformat(text)
    except ValueError:
        expected = None
    if expected is None or year < MIN_YEAR:
        with pytest.raises(DateError):
            parse_date(text)
    else:
        assert parse_date(text) == expected


@SETTINGS
@given(st.text(alphabet=DATE_TRAPS, max_size=18))
def test_only_ascii_iso_text_is_taken(text: str) -> None:
    for parse in (parse_date, parse_st96_date, parse_compact_date):
        try:
            day = parse(text)
        except DateError:
            continue
        assert text.isascii()
        assert text.startswith((day.isoformat(), f"{to_on_chain(day)}"))


@pytest.mark.parametrize(
    "text",
    [
        "2024-1-31",
        "24-01-31",
        "2024/01/31",
        "31.01.2024",
        "2024-01-31 ",
        "2024-01-31\n",
        " 2024-01-31",
        "2024-01-31Z",
        "2024-01-31T00:00:00",
        "20240131",
        "2024-W05-3",
        "2024-06-31",
        "2023-02-29",
        "1900-02-29",
        "0000-01-01",
        "1799-12-31",
        "\u0662\u0660\u0662\u0664-01-31",
        "2024\u201001\u201031",
        "",
    ],
)
def test_other_forms_and_days_that_do_not_exist(text: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text)
    assert caught.value.message


@pytest.mark.parametrize("zone", ["", "Z", "+00:00", "-00:00", "+01:00", "-11:30", "+13:59", "+14:00", "-14:00"])
def test_st96_dates_are_the_day_as_written(zone: str) -> None:
    assert parse_st96_date("2012-01-31" + zone) == date(2012, 1, 31)


@pytest.mark.parametrize("zone", ["z", "+1:00", "+0100", "+14:01", "+15:00", "+01:60", "+01", "T00:00:00Z", " ", "Z "])
def test_st96_dates_with_other_endings(zone: str) -> None:
    with pytest.raises(DateError):
        parse_st96_date("2012-01-31" + zone)


@pytest.mark.parametrize("text", ["2024-01-31", "240131", "202401311", "2024013\u0661", "20240631", ""])
def test_compact_dates_have_eight_digits(text: str) -> None:
    with pytest.raises(DateError):
        parse_compact_date(text)


@pytest.mark.parametrize("value", [True, 20240131.0, "20240131", None])
def test_only_integers_come_from_the_chain(value: object) -> None:
    with pytest.raises(DateError):
        from_on_chain(value)  # type: ignore[arg-type]


def test_a_point_in_time_is_not_a_date() -> None:
    with pytest.raises(DateError, match="not a date") as caught:
        to_on_chain(datetime.datetime(2024, 1, 31, tzinfo=datetime.UTC))
    assert "datetime.date" in caught.value.remedy


def model_add_months(day: date, months: int) -> date:
    """Walk day by day: the right month, then as far as the day number and the month go."""
    target = day.year * 12 + day.month + months
    walk = day.replace(day=1)
    step = datetime.timedelta(days=1 if months >= 0 else -1)
    while walk.year * 12 + walk.month != target:
        walk += step
    walk = walk.replace(day=1)
    while walk.day < day.day and (walk + datetime.timedelta(days=1)).month == walk.month:
        walk += datetime.timedelta(days=1)
    return walk


@SETTINGS
@given(st.dates(min_value=date(1801, 1, 1), max_value=date(9990, 12, 31)), st.integers(min_value=-12, max_value=36))
@example(date(2023, 8, 31), 6)
@example(date(2024, 2, 29), 12)
@example(date(2024, 2, 29), 48)
@example(date(2023, 12, 31), 2)
def test_add_months_equals_the_model(day: date, months: int) -> None:
    assert add_months(day, months) == model_add_months(day, months)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 12, 31), 6, date(2025, 6, 30)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 1), 0, date(2024, 1, 1)),
    ],
)
def test_add_months_at_the_ends_of_months(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1800, 1, 31), -1), (date(1799, 1, 1), 1)])
def test_add_months_stays_in_range(day: date, months: int) -> None:
    with pytest.raises(DateError):
        add_months(day, months)


@SETTINGS
@given(st.dates(min_value=date(MIN_YEAR, 1, 1), max_value=date(MAX_YEAR, 12, 30)))
def test_next_day_is_one_later(day: date) -> None:
    assert next_day(day) == day + datetime.timedelta(days=1)


def test_there_is_no_day_after_the_last() -> None:
    with pytest.raises(DateError):
        next_day(date(9999, 12, 31))


def test_a_filing_date_lies_not_ahead() -> None:
    today = date(2024, 6, 30)
    assert check_filing_date(today, today=today) == today
    with pytest.raises(DateError, match="future"):
        check_filing_date(date(2024, 7, 1), today=today)


ALLOWED = {(P, P): 12, (P, U): 12, (U, P): 12, (U, U): 12, (U, D): 6, (D, D): 6, (T, T): 6}


@pytest.mark.parametrize("earlier", list(Right))
@pytest.mark.parametrize("later", list(Right))
def test_periods_are_those_of_article_4(earlier: Right, later: Right) -> None:
    expected = ALLOWED.get((earlier, later))
    assert priority_period(earlier, later) == expected
    last = last_day_of_priority(date(2024, 1, 31), earlier, later)
    assert last == (None if expected is None else {12: date(2025, 1, 31), 6: date(2024, 7, 31)}[expected])


class Weekends:
    """An office that closes on Saturdays, Sundays and the days given."""

    def __init__(self, *holidays: date) -> None:
        self.holidays = holidays

    def is_closed(self, day: date) -> bool:
        return day.weekday() >= 5 or day in self.holidays


@pytest.mark.parametrize(
    ("filed", "right", "calendar", "expected"),
    [
        (date(2024, 2, 29), P, None, date(2025, 2, 28)),
        (date(2023, 8, 31), T, None, date(2024, 2, 29)),
        (date(2023, 6, 1), P, None, date(2024, 6, 1)),
        (date(2023, 6, 1), P, Weekends(), date(2024, 6, 3)),
        (date(2023, 6, 1), P, Weekends(date(2024, 6, 3)), date(2024, 6, 4)),
        (date(2023, 6, 5), P, Weekends(), date(2024, 6, 5)),
        (date(2023, 12, 25), P, Weekends(date(2024, 12, 25), date(2024, 12, 26)), date(2024, 12, 27)),
    ],
)
def test_the_last_day_moves_to_the_next_working_day(
    filed: date, right: Right, calendar: Weekends | None, expected: date
) -> None:
    assert last_day_of_priority(filed, right, right, calendar) == expected


def test_a_calendar_without_working_days_is_reported() -> None:
    class Never:
        def is_closed(self, day: date) -> bool:
            return True

    with pytest.raises(DateError, match="no working day"):
        last_day_of_priority(date(2023, 6, 1), P, P, Never())
