"""Series of serial numbers: one for every form that is known, and gaps as a plain count finds them."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.audit.facts import Place, day_of, ordinal_of
from registrum.audit.records import Delays
from registrum.audit.series import SerialNumbers, serial_of
from registrum.numbers import OfficeNumber
from registrum.numbers.forms import all_forms, pct_forms

FORMS = [(f"{form.office}/{form.right.value}/{form.number}", form.form) for form in all_forms()]
PCT = [(f"AU/P/{form.number}", form.form) for form in pct_forms()]


@pytest.mark.parametrize(("number", "form"), [*FORMS, *PCT], ids=lambda value: value)
def test_every_known_form_has_a_series(number: str, form: str) -> None:
    assert OfficeNumber.from_text(number).text == number, form
    serial = serial_of(number)
    assert serial is not None
    assert serial.text(serial.value, serial.rest) == number
    following = serial_of(serial.text(serial.value + 1, serial.rest))
    assert following is not None
    assert (following.series, following.value) == (serial.series, serial.value + 1)


@pytest.mark.parametrize(
    ("number", "series", "value", "rest"),
    [
        ("FR/P/2434232", "FR/P/24#####", 34232, ""),
        ("DE/T/302008044922.5", "DE/T/302008######", 44922, ".5"),
        ("AT/P/A12/2019", "AT/P/A#/2019", 12, ""),
        ("JP/U/2010-001234U", "JP/U/2010-######U", 1234, ""),
        ("EM/D/015132217-0001", "EM/D/#########", 15132217, "-0001"),
        ("GB/T/UK00918660437", "GB/T/UK009########", 18660437, ""),
        ("SK/T/POZ3100-2025A", "SK/T/POZ#-2025", 3100, "A"),
        ("AU/P/PCT/AU2010/001234", "AU/P/PCT/AU2010/######", 1234, ""),
    ],
)
def test_what_belongs_to_a_series(number: str, series: str, value: int, rest: str) -> None:
    found = serial_of(number)
    assert found is not None
    assert (found.series, found.value, found.rest) == (series, value, rest)


@pytest.mark.parametrize("number", ["FR/P/A1", "FR/P/24342321", "BR/G/1", "XX/T/1", "US/G/1"])
def test_no_series_is_guessed(number: str) -> None:
    assert serial_of(number) is None


def test_check_digits_and_parts_make_no_gap() -> None:
    serials = SerialNumbers()
    for at, number in enumerate(
        ("EM/D/000000001-0001", "EM/D/000000001-0002", "EM/D/000000002", "EM/D/000000003-0001")
    ):
        serials.add(number, Place(at << 24, 0), in_period=True)
    assert list(serials.findings("on the chain")) == []


def test_a_gap_names_the_numbers_around_it_in_full() -> None:
    serials = SerialNumbers()
    serials.add("DE/T/302024000001.7", Place(1 << 24, 3), in_period=True)
    serials.add("DE/T/302024000003.3", Place(2 << 24, 0), in_period=True)
    [gap] = serials.findings("on the chain")
    assert [one.number for one in gap.evidence] == ["DE/T/302024000001.7", "DE/T/302024000003.3"]
    assert [(one.block_number, one.tx_index) for one in gap.evidence] == [(1, 3), (2, 0)]
    assert gap.number == "DE/T/302024000002"


def _first(on_chain: set[int], lowest: int) -> int:
    """The number that is next below the lowest one of the period; that one, where there is none below."""
    return max((value for value in on_chain if value < lowest), default=lowest)


numbers = st.dictionaries(st.tuples(st.sampled_from(["23", "24"]), st.integers(0, 60)), st.booleans(), max_size=40)


@settings(max_examples=200, deadline=None)
@given(numbers, st.randoms(use_true_random=False))
def test_gaps_are_those_of_a_plain_count(recorded: dict[tuple[str, int], bool], chance: random.Random) -> None:
    order = list(recorded)
    chance.shuffle(order)
    serials = SerialNumbers()
    of_year: dict[str, set[int]] = defaultdict(set)
    inside: dict[str, set[int]] = defaultdict(set)
    for year, value in order:
        in_period = recorded[year, value]
        serials.add(f"FR/P/{year}{value:05d}", Place(value << 24, 0), in_period=in_period)
        of_year[year].add(value)
        if in_period:
            inside[year].add(value)
    expected = {
        f"FR/P/{year}{value:05d}"
        for year, values in inside.items()
        for value in set(range(_first(of_year[year], min(values)), max(values))) - of_year[year]
    }
    found: set[str] = set()
    for gap in serials.findings("on the chain"):
        first, last = int(gap.compared["first"][7:]), int(gap.compared["last"][7:])
        assert gap.compared["count"] == last - first + 1
        found |= {f"{gap.compared['first'][:7]}{value:05d}" for value in range(first, last + 1)}
    assert found == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-2, 400), min_size=1, max_size=80))
def test_delays_are_those_of_a_sorted_list(days: list[int]) -> None:
    delays = Delays()
    for one in days:
        delays.add(one)
    figures, ordered = delays.figures(), sorted(days)
    assert (figures.count, figures.least, figures.greatest) == (len(days), ordered[0], ordered[-1])
    for share, found in ((50, figures.median), (95, figures.percentile95)):
        assert found is not None
        assert sum(one <= found for one in days) * 100 >= share * len(days)
        assert sum(one < found for one in days) * 100 < share * len(days)


def test_no_delays() -> None:
    assert set(Delays().figures().to_json().values()) == {0, None}


@given(st.integers(0, 2**33))
def test_days_are_those_of_the_calendar(seconds: int) -> None:
    day = day_of(seconds)
    assert day == datetime.fromtimestamp(seconds, UTC).date()
    assert date.fromordinal(ordinal_of(day.year * 10_000 + day.month * 100 + day.day)) == day
