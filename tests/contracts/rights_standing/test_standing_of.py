"""How an entry stands on a day: state and stage, expiry, grace and lapse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.rights_standing.cases import (
    CONTINUED,
    IN_FORCE,
    IN_GRACE,
    LAPSED,
    MARK,
    NOT_ACTIVE,
    NOT_FOUND,
    PENDING,
    TERMINATED,
    UNSPECIFIED,
    Answer,
    asked,
    in_force,
    stands,
)
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, NOON, travel_to
from tests.contracts.support.offices import number
from tests.contracts.support.rights import (
    CEASED,
    CONTINUATION_OF,
    FILED,
    IMPORTED,
    PAIRS,
    REGISTERED,
    SURCHARGE,
    RenewalTerms,
    after,
    filing,
    record,
    record_all,
    set_terms,
)

TODAY = 21000615
"""Day on which the fixtures begin."""

NOT_DAYS = (1, 20990229, 21000229, 21001301, 17991231, 100000101, 2**32 - 1)


def expected_of(pair: str) -> int:
    """How an entry with this state and stage stands that has no expiry date."""
    others = {"N": NOT_ACTIVE, "T": TERMINATED, "U": UNSPECIFIED}
    return others.get(pair[0], IN_FORCE if pair[1] in "45" else PENDING)


@pytest.mark.smoke
@pytest.mark.parametrize("pair", PAIRS)
def test_every_state_and_stage(standing: Any, rights: Any, pair: str) -> None:
    record(rights, filing(MARK, "W10", pair, FILED)._replace(flags=IMPORTED))
    assert asked(standing, MARK, TODAY) == Answer(expected_of(pair), False, 0)


@pytest.mark.parametrize("pair", PAIRS)
def test_every_state_and_stage_long_after_expiry(standing: Any, rights: Any, pair: str) -> None:
    """Only what counts as registered and active can lapse by itself."""
    event = filing(MARK, "W10", pair, FILED, expiry_date=20950101)._replace(flags=IMPORTED)
    record(rights, event)
    expected = expected_of(pair)
    assert stands(standing, MARK, TODAY) == (LAPSED if expected == IN_FORCE else expected)


@pytest.mark.smoke
def test_what_is_not_recorded(standing: Any) -> None:
    assert asked(standing, MARK, TODAY) == Answer(NOT_FOUND, False, 0)
    assert asked(standing, bytes(32), TODAY) == Answer(NOT_FOUND, False, 0)
    assert asked(standing, "EM/P/1", TODAY) == Answer(NOT_FOUND, False, 0)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("expiry", "last_of_grace", "day_after"),
    [
        (20900801, 20910201, 20910202),
        (20940831, 20950228, 20950301),
        (20950831, 20960229, 20960301),
        (20990830, 21000228, 21000301),
        (20950630, 20951230, 20951231),
        (20960229, 20960829, 20960830),
        (21060206, 21060806, 21060807),
        (21060207, 21060807, 21060808),
        (99990630, 99991230, 99991231),
    ],
)
def test_expiry_grace_and_lapse(standing: Any, rights: Any, expiry: int, last_of_grace: int, day_after: int) -> None:
    """The last day of each counts; six months end on the day of the same number, or on the last of the month."""
    record(rights, in_force(MARK, expiry))
    assert [stands(standing, MARK, day) for day in (18000101, 20900309)] == [NOT_FOUND, NOT_FOUND]
    assert stands(standing, MARK, 20900310) == IN_FORCE
    assert stands(standing, MARK, expiry) == IN_FORCE
    assert stands(standing, MARK, expiry + 1 if expiry % 100 < 28 else next_month(expiry)) == IN_GRACE
    assert stands(standing, MARK, last_of_grace) == IN_GRACE
    assert stands(standing, MARK, day_after) == LAPSED


def next_month(day: int) -> int:
    """First day of the month after a day that is not in December."""
    return (day // 100 + 1) * 100 + 1


def test_before_1970(standing: Any, rights: Any) -> None:
    record(rights, in_force(MARK, 19091231, 18991231))
    expected = {19091231: IN_FORCE, 19100101: IN_GRACE, 19100630: IN_GRACE, 19100701: LAPSED, TODAY: LAPSED}
    assert {day: stands(standing, MARK, day) for day in expected} == expected


def test_until_the_end_of_the_calendar(standing: Any, rights: Any) -> None:
    """Grace that would end in the year 10000 ends on no day that can be asked about."""
    record(rights, in_force(MARK, 99991230))
    assert (stands(standing, MARK, 99991230), stands(standing, MARK, 99991231)) == (IN_FORCE, IN_GRACE)
    record(rights, in_force("EM/T/2", 99991231))
    assert stands(standing, "EM/T/2", 99991231) == IN_FORCE


def test_without_an_expiry_date(standing: Any, rights: Any) -> None:
    record(rights, in_force(MARK))
    assert stands(standing, MARK, 99991231) == IN_FORCE


@pytest.mark.parametrize(("grace", "last", "day_after"), [(6, 21000828, 21000829), (60, 21050228, 21050301)])
def test_the_grace_of_the_office(
    standing: Any, rights: Any, practice: Any, grace: int, last: int, day_after: int
) -> None:
    """As its terms are now, also for what expired before they were stated."""
    record(rights, in_force(MARK, 21000228))
    set_terms(practice, RenewalTerms(b"EM", b"T", 10, 0, 6, grace, 1))
    assert (stands(standing, MARK, last), stands(standing, MARK, day_after)) == (IN_GRACE, LAPSED)


def test_terms_are_those_of_the_office_and_the_right(standing: Any, rights: Any, practice: Any) -> None:
    set_terms(practice, RenewalTerms(b"EM", b"T", 10, 0, 6, 12, 1))
    set_terms(practice, RenewalTerms(b"EM", b"D", 5, 25, 6, 18, 1))
    for text, last, day_after in (
        (MARK, 21010101, 21010102),
        ("EM/D/1-0001", 21010701, 21010702),
        ("RU/T/1", 21000701, 21000702),
        ("RU/D/1", 21000701, 21000702),
    ):
        record(rights, in_force(text, 21000101))
        assert (stands(standing, text, last), stands(standing, text, day_after)) == (IN_GRACE, LAPSED), text


@pytest.mark.smoke
def test_a_renewal_in_grace(standing: Any, rights: Any) -> None:
    """In grace on one day, in force on the same day once the renewal is recorded."""
    first = record_all(rights, in_force(MARK, 21000310))
    assert stands(standing, MARK, 21000601) == IN_GRACE
    record(rights, after(first, "M10", on=21000601, flags=SURCHARGE, expiry_date=21100310))
    assert stands(standing, MARK, 21000601) == IN_FORCE
    assert stands(standing, MARK, 21100910) == IN_GRACE


def test_a_recorded_end_comes_before_computed_lapse(standing: Any, rights: Any) -> None:
    first = record_all(rights, in_force(MARK, 20950310))
    assert stands(standing, MARK, TODAY) == LAPSED
    ended = record_all(rights, after(first, "H10", "N6", CEASED, on=20950311))
    assert stands(standing, MARK, TODAY) == NOT_ACTIVE
    record(rights, after(ended, "K10", "A4", REGISTERED, on=20950601, expiry_date=21050310))
    assert stands(standing, MARK, TODAY) == IN_FORCE


@pytest.mark.smoke
def test_another_number(standing: Any, rights: Any) -> None:
    first = record_all(rights, in_force(MARK, 20950310))
    moved = after(first, "Q10", relation=CONTINUATION_OF, related=number(MARK))._replace(number=number("EM/T/2"))
    record(rights, moved)
    assert stands(standing, MARK, TODAY) == CONTINUED
    assert stands(standing, "EM/T/2", TODAY) == LAPSED


# Before it was so


@pytest.mark.smoke
@pytest.mark.parametrize("pair", PAIRS)
def test_nothing_is_found_before_it_was_filed(standing: Any, rights: Any, pair: str) -> None:
    """In whatever state it is; the day of filing counts, and not that of the first event."""
    first = filing(MARK, "W10", pair, FILED, 20900310, filing_date=20890310)
    record(rights, first._replace(flags=IMPORTED, effective_date=20890310))
    assert [stands(standing, MARK, day) for day in (18000101, 20890309)] == [NOT_FOUND, NOT_FOUND]
    assert stands(standing, MARK, 20890310) == expected_of(pair)


def test_an_irregular_history_shows_before_it_was_filed(standing: Any, rights: Any) -> None:
    first = record_all(rights, in_force(MARK))
    record(rights, after(first, "Q10", "A2"))
    assert asked(standing, MARK, 20900309) == Answer(NOT_FOUND, True, 0)


@pytest.mark.parametrize("pair", ["A4", "A5"])
def test_pending_before_registration(standing: Any, rights: Any, pair: str) -> None:
    """Though its stage says by now that it is registered."""
    event = filing(MARK, "W10", pair, REGISTERED, registration_date=20900501, expiry_date=21000310)
    record(rights, event._replace(flags=IMPORTED))
    expected = {20900309: NOT_FOUND, 20900310: PENDING, 20900430: PENDING, 20900501: IN_FORCE, 21000311: IN_GRACE}
    assert {day: stands(standing, MARK, day) for day in expected} == expected


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("code", "pair", "gone"), [("H10", "N4", NOT_ACTIVE), ("H10", "N6", NOT_ACTIVE), ("N10", "T6", TERMINATED)]
)
def test_until_it_ceases(standing: Any, rights: Any, code: str, pair: str, gone: int) -> None:
    """The day of effect counts, before that its dates: whether it was registered then, and for how long."""
    first = filing(MARK, "F10", "A4", REGISTERED, registration_date=20900501, expiry_date=21000310)
    first = record_all(rights, first._replace(flags=IMPORTED))
    record(rights, after(first, code, pair, CEASED, on=21000601, effective=21001001))
    expected = {
        20900309: NOT_FOUND,
        20900430: PENDING,
        20900501: IN_FORCE,
        21000310: IN_FORCE,
        21000311: IN_GRACE,
        21000910: IN_GRACE,
        21000911: LAPSED,
        21000930: LAPSED,
        21001001: gone,
        99991231: gone,
    }
    assert {day: stands(standing, MARK, day) for day in expected} == expected


@pytest.mark.parametrize(("code", "pair", "gone"), [("B10", "N2", NOT_ACTIVE), ("N10", "T6", TERMINATED)])
def test_an_application_until_it_ceases(standing: Any, rights: Any, code: str, pair: str, gone: int) -> None:
    """Without a registration date it was pending, whatever stage it was in."""
    first = record_all(rights, filing(MARK))
    record(rights, after(first, code, pair, CEASED, on=20910101, effective=20910201))
    expected = {20900309: NOT_FOUND, 20900310: PENDING, 20910131: PENDING, 20910201: gone}
    assert {day: stands(standing, MARK, day) for day in expected} == expected


def test_the_corrected_day_of_the_end(standing: Any, rights: Any) -> None:
    """From then on also about days before the correction."""
    first = record_all(rights, in_force(MARK))
    ended = record_all(rights, after(first, "H10", "N6", CEASED, on=20950101))
    assert (stands(standing, MARK, 20941231), stands(standing, MARK, 20950101)) == (IN_FORCE, NOT_ACTIVE)
    later = record_all(rights, after(ended, "Y10", on=20990101, effective=20960101, corrects=2))
    assert (stands(standing, MARK, 20951231), stands(standing, MARK, 20960101)) == (IN_FORCE, NOT_ACTIVE)
    record(rights, after(later, "Y10", on=20990201, effective=20940101, corrects=3))
    assert (stands(standing, MARK, 20931231), stands(standing, MARK, 20940101)) == (IN_FORCE, NOT_ACTIVE)


def test_what_is_unspecified_is_so_on_every_day(standing: Any, rights: Any) -> None:
    """Since its filing, and without regard to its dates."""
    first = record_all(rights, in_force(MARK, 20950310))
    record(rights, after(first, "W10", "U4", on=21000601))
    expected = {20900309: NOT_FOUND, 20900310: UNSPECIFIED, 20990101: UNSPECIFIED, 99991231: UNSPECIFIED}
    assert {day: stands(standing, MARK, day) for day in expected} == expected


def test_a_number_that_was_given_up_is_so_on_every_day(standing: Any, rights: Any) -> None:
    first = record_all(rights, in_force(MARK))
    moved = after(first, "Q10", relation=CONTINUATION_OF, related=number(MARK))._replace(number=number("EM/T/2"))
    record(rights, moved)
    assert (stands(standing, MARK, 18000101), stands(standing, "EM/T/2", 20900309)) == (CONTINUED, NOT_FOUND)


# The day


@pytest.mark.smoke
def test_zero_is_today(standing: Any, rights: Any) -> None:
    """In UTC, to the second."""
    midnight = NOON + DAY // 2
    record(rights, in_force(MARK, TODAY))
    assert stands(standing, MARK) == IN_FORCE
    travel_to(midnight - 1)
    assert stands(standing, MARK) == IN_FORCE
    travel_to(midnight)
    assert stands(standing, MARK) == IN_GRACE
    travel_to(midnight + 183 * DAY - 1)
    assert (stands(standing, MARK), stands(standing, MARK, 21001215)) == (IN_GRACE, IN_GRACE)
    travel_to(midnight + 183 * DAY)
    assert (stands(standing, MARK), stands(standing, MARK, 21001216)) == (LAPSED, LAPSED)


def test_days_that_are_none(standing: Any, rights: Any) -> None:
    record(rights, in_force(MARK))
    for day in NOT_DAYS:
        for text in (MARK, "EM/T/2"):
            reverts_with(
                lambda text=text, day=day: standing.standingOf.call(number(text), day), "CalendarDateInvalid", day
            )


# Irregular histories


@pytest.mark.smoke
def test_an_irregular_history_shows(standing: Any, rights: Any) -> None:
    first = record_all(rights, in_force(MARK))
    odd = record_all(rights, after(first, "Q10", "A2"))
    assert asked(standing, MARK, TODAY) == Answer(PENDING, True, 0)
    record(rights, after(odd, "F10", "A4", REGISTERED))
    assert asked(standing, MARK, TODAY) == Answer(IN_FORCE, True, 0), "for good"


def test_an_irregular_history_shows_under_every_number(standing: Any, rights: Any) -> None:
    first = record_all(rights, in_force(MARK))
    odd = record_all(rights, after(first, "Q10", "A2"))
    moved = after(odd, "Q10", relation=CONTINUATION_OF, related=number(MARK))._replace(number=number("EM/T/2"))
    record(rights, moved)
    assert asked(standing, MARK, TODAY) == Answer(CONTINUED, True, 0)
    assert asked(standing, "EM/T/2", TODAY) == Answer(PENDING, True, 0)
