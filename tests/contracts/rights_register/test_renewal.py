"""Renewal: when a right can be renewed, until when it then runs, and what is no renewal.

Days are computed here by Python's calendar, not by the client.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import UTC, date, datetime, timedelta
from random import Random
from string import ascii_uppercase
from typing import Any

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.contracts.rights_register.checks import accepted, flags_of
from tests.contracts.support.errors import decode_error, revert_data, reverts_with
from tests.contracts.support.ledger import travel_to
from tests.contracts.support.rights import (
    CEASED,
    IMPORTED,
    REGISTERED,
    SAME,
    SURCHARGE,
    Event,
    RenewalTerms,
    after,
    ask,
    ask_batch,
    entry_of,
    filing,
    record,
    record_all,
    record_batch,
    row,
    set_codes,
    set_terms,
)

MARK, DESIGN = "EM/T/018660437", "EM/D/015012345-0001"
TODAY = 21000615

MARK_TERMS, DESIGN_TERMS = (10, 0, 6, 6), (5, 25, 6, 6)
"""What holds for an office that said nothing: years of a period, years at most, months of the window and of grace."""


def day(value: int) -> date:
    return date(value // 10000, value // 100 % 100, value % 100)


def written(value: date) -> int:
    return value.year * 10000 + value.month * 100 + value.day


def shifted(value: int, days: int) -> int:
    """So many days later."""
    return written(day(value) + timedelta(days=days))


def months_later(value: int, months: int) -> int:
    """The same day of another month, or its last."""
    count = value // 10000 * 12 + value // 100 % 100 - 1 + months
    year, month = count // 12, count % 12 + 1
    return year * 10000 + month * 100 + min(value % 100, monthrange(year, month)[1])


def registered(text: str, filed: int, expiry: int, registration: int = 0) -> Event:
    """An entry that is registered from its first event on, and expires on a day."""
    stated = {"expiry_date": expiry} | ({"registration_date": registration} if registration else {})
    return filing(text, "A10", "A4", REGISTERED, filed, classes=[9], **stated)


def renewal(earlier: Event, on: int, expiry: int, flags: int = 0, code: str = "M10") -> Event:
    return after(earlier, code, on=on, flags=flags, expiry_date=expiry)


def terms(office: str, right: str, values: tuple[int, int, int, int], version: int = 1) -> RenewalTerms:
    return RenewalTerms(office.encode(), right.encode(), *values, version)


@pytest.mark.smoke
def test_a_renewal(rights: Any) -> None:
    first = registered(MARK, 20800310, 20900310)
    renewed = renewal(first, 20900301, 21000310)
    again = renewal(renewed, 21000401, 21100310, SURCHARGE)
    assert flags_of(rights, first, renewed, again) == [0, 0, SURCHARGE]
    entry = entry_of(rights, MARK)
    assert (entry.state, entry.stage, entry.expiry_date) == (b"A", b"4", 21100310)


@pytest.mark.parametrize(
    ("expiry", "opens", "closes"),
    [
        (20900310, 20890910, 20900910),
        # Months that are shorter than the day of expiry.
        (20990831, 20990228, 21000228),
        (20960831, 20960229, 20970228),
        (20950831, 20950228, 20960229),
        (20960829, 20960229, 20970228),
        (20950829, 20950228, 20960229),
        (20920331, 20910930, 20920930),
        (20921231, 20920630, 20930630),
        (20920101, 20910701, 20920701),
        # Ends of February.
        (20960229, 20950829, 20960829),
        (20950228, 20940828, 20950828),
        (20000229, 19990829, 20000829),
        (19000228, 18990828, 19000828),
        # Around 1970.
        (19700101, 19690701, 19700701),
        (19691231, 19690630, 19700630),
    ],
)
def test_first_and_last_day(rights: Any, expiry: int, opens: int, closes: int) -> None:
    assert (months_later(expiry, -6), months_later(expiry, 6)) == (opens, closes)
    first = registered(MARK, months_later(expiry, -120), expiry)
    later = months_later(expiry, 120)
    for on, flags in (
        (opens, 0),
        (expiry, 0),
        (expiry, SURCHARGE),
        (shifted(expiry, 1), SURCHARGE),
        (closes, SURCHARGE),
    ):
        accepted(rights, first, renewal(first, on, later, flags))
    for on in (shifted(opens, -1), shifted(closes, 1)):
        _not_renewable(rights, first, renewal(first, on, later, SURCHARGE), opens, closes)
    for on in (shifted(expiry, 1), closes):
        _no_surcharge(rights, first, renewal(first, on, later), expiry)


def _not_renewable(rights: Any, first: Event, event: Event, opens: int, closes: int) -> None:
    reverts_with(lambda: ask_batch(rights, [first, event]), "RightsRegisterNotRenewable", first.number, opens, closes)


def _no_surcharge(rights: Any, first: Event, event: Event, expiry: int) -> None:
    reverts_with(lambda: ask_batch(rights, [first, event]), "RightsRegisterNoSurcharge", first.number, expiry)


def _beyond(rights: Any, event: Event, bound: int) -> None:
    """Assert that an expiry that is no renewal goes beyond the longest protection."""
    reverts_with(
        lambda: ask(rights, event), "RightsRegisterInvalidRenewal", event.number, event.facts.expiry_date, bound
    )


def _invalid(rights: Any, first: Event, event: Event, expected: int) -> None:
    reverts_with(
        lambda: ask_batch(rights, [first, event]),
        "RightsRegisterInvalidRenewal",
        first.number,
        event.facts.expiry_date,
        expected,
    )


@pytest.mark.parametrize("category", ascii_uppercase.replace("Y", ""))
def test_any_later_expiry_is_a_renewal(rights: Any, category: str) -> None:
    """Whatever the event calls itself; but for restoration and revival, and corrections."""
    code = f"{category}99"
    set_codes(rights, row("T", code, category, "A4", "same", (SAME,)))
    first = registered(MARK, 20800310, 20900310)
    early, odd = renewal(first, 20850310, 21000310, code=code), renewal(first, 20900301, 20900311, code=code)
    accepted(rights, first, renewal(first, 20900301, 21000310, code=code))
    if category in "CK":
        accepted(rights, first, early)
        accepted(rights, first, odd)
    else:
        _not_renewable(rights, first, early, 20890910, 20900910)
        _invalid(rights, first, odd, 21000310)


@pytest.mark.parametrize("wanted", [20900311, 20950310, 21000309, 21000311, 21000331, 21010310, 21100310, 99991231])
def test_a_renewal_adds_one_period(rights: Any, wanted: int) -> None:
    first = registered(MARK, 20800310, 20900310, registration=20800415)
    _invalid(rights, first, renewal(first, 20900301, wanted), 21000310)


def test_the_day_of_the_event_counts(rights: Any) -> None:
    """Not that of effect, and not the day of recording."""
    first = registered(MARK, 20800310, 20900310)
    early = renewal(first, 20890909, 21000310)._replace(effective_date=20900301)
    _not_renewable(rights, first, early, 20890910, 20900910)
    accepted(rights, first, renewal(first, 20900310, 21000310)._replace(effective_date=20950101))


def test_renewal_computes_with_the_expiry_before(rights: Any) -> None:
    """Not with one that the same event replaces, nor with the dates of registration."""
    first = registered(MARK, 20800310, 20900310, registration=20850101)
    renewed = record_all(rights, first, renewal(first, 20900301, 21000310))
    too_early = renewal(renewed, 20900302, 21100310)
    reverts_with(lambda: ask(rights, too_early), "RightsRegisterNotRenewable", first.number, 20990910, 21000910)
    assert ask(rights, renewal(renewed, 20990910, 21100310)) is True


@pytest.mark.parametrize(
    ("filed", "registration", "expiry", "taken", "expected"),
    [
        # 1920 is a leap year: the day that February 1910 did not have may return.
        (18800229, 0, 19100228, (19200228, 19200229), 19200228),
        (18800228, 18800229, 19100228, (19200228, 19200229), 19200228),
        (18800131, 0, 19100228, (19200228, 19200229), 19200228),
        # Nobody had such a day.
        (18800228, 0, 19100228, (19200228,), 19200228),
        (18800128, 18800228, 19100228, (19200228,), 19200228),
        # 1900 and 2100 are common years, and 2000 is not.
        (18800229, 0, 18900228, (19000228,), 19000228),
        (18800229, 0, 19900228, (20000228, 20000229), 20000228),
        (18800229, 0, 20900228, (21000228,), 21000228),
        # From 29 February to a common year and to a leap year.
        (18800229, 0, 19200229, (19300228,), 19300228),
        (18800229, 0, 20000229, (20100228,), 20100228),
        # Other ends of months stay.
        (18800331, 0, 19100331, (19200331,), 19200331),
        (18800331, 0, 19100330, (19200330,), 19200330),
        (18800531, 0, 19100430, (19200430,), 19200430),
    ],
)
def test_29_february(
    rights: Any, filed: int, registration: int, expiry: int, taken: tuple[int, ...], expected: int
) -> None:
    first = registered(MARK, filed, expiry, registration)
    for wanted in range(expected - 3, expected + 4):
        try:
            day(wanted)
        except ValueError:
            continue
        event = renewal(first, expiry, wanted)
        if wanted in taken:
            accepted(rights, first, event)
        else:
            _invalid(rights, first, event, expected)


def test_29_february_within_a_design(rights: Any) -> None:
    """Periods of five years from a leap day: it returns with the next leap year."""
    first = registered(DESIGN, 20760229, 20810228)
    events = [first]
    for on, expiry in ((20810228, 20860228), (20860228, 20910228), (20910228, 20960229)):
        events.append(renewal(events[-1], on, expiry))
    record_batch(rights, events)
    assert entry_of(rights, DESIGN).expiry_date == 20960229


def test_designs_have_periods_of_five_years_up_to_25(rights: Any) -> None:
    events = [registered(DESIGN, 20700310, 20750310)]
    for expiry in (20800310, 20850310, 20900310, 20950310):
        events.append(renewal(events[-1], months_later(expiry, -60), expiry))
    record_batch(rights, events)
    assert entry_of(rights, DESIGN).expiry_date == 20950310
    beyond = renewal(events[-1], 20950310, 21000310)
    reverts_with(lambda: ask(rights, beyond), "RightsRegisterInvalidRenewal", beyond.number, 21000310, 20950310)


def test_the_last_period_ends_with_the_maximum(rights: Any) -> None:
    """An expiry that is no whole number of periods from filing."""
    first = registered(DESIGN, 20700310, 20930101)
    accepted(rights, first, renewal(first, 20930101, 20950310))
    _invalid(rights, first, renewal(first, 20930101, 20980101), 20950310)


def test_the_maximum_counts_from_filing(rights: Any) -> None:
    """Also from a leap day, and whatever the registration says."""
    first = registered(DESIGN, 20720229, 20970228, registration=20750101)
    beyond = renewal(first, 20970228, 21020228)
    _invalid(rights, first, beyond, 20970228)


def test_an_offices_own_terms(rights: Any, practice: Any) -> None:
    set_terms(practice, terms("EM", "T", (7, 21, 3, 12)))
    set_terms(practice, terms("RU", "D", (4, 0, 48, 60)))
    mark = registered(MARK, 20800310, 20870310)
    for on in (20861210, 20880310):
        accepted(rights, mark, renewal(mark, on, 20940310, SURCHARGE))
    for on in (20861209, 20880311):
        _not_renewable(rights, mark, renewal(mark, on, 20940310, SURCHARGE), 20861210, 20880310)
    late = registered(MARK, 20700310, 20910310)
    _invalid(rights, late, renewal(late, 20910310, 20980310), 20910310)
    design = registered("RU/D/2024500001", 20500310, 20900310)
    accepted(rights, design, renewal(design, 20860310, 20940310))
    accepted(rights, design, renewal(design, 20950310, 20940310, SURCHARGE))
    # The other right, and the other office, are as before.
    other = registered("RU/T/2024700001", 20800310, 20900310)
    accepted(rights, other, renewal(other, 20890910, 21000310))
    _not_renewable(rights, other, renewal(other, 20890909, 21000310), 20890910, 20900910)
    design = registered(DESIGN, 20800310, 20900310)
    accepted(rights, design, renewal(design, 20900310, 20950310))


def test_no_window_at_all(rights: Any, practice: Any) -> None:
    """An office may take renewals from the day of expiry only."""
    set_terms(practice, terms("EM", "T", (10, 0, 0, 6)))
    mark = registered(MARK, 20800310, 20900310)
    accepted(rights, mark, renewal(mark, 20900310, 21000310))
    _not_renewable(rights, mark, renewal(mark, 20900309, 21000310), 20900310, 20900910)


def test_terms_that_change(rights: Any, practice: Any) -> None:
    """The next renewal follows the new ones; what was recorded stays."""
    mark = record_all(rights, registered(MARK, 20800310, 20900310))
    event = renewal(mark, 20900301, 21000310)
    assert ask(rights, event) is True
    set_terms(practice, terms("EM", "T", (5, 0, 6, 6)))
    reverts_with(lambda: ask(rights, event), "RightsRegisterInvalidRenewal", mark.number, 21000310, 20950310)
    set_terms(practice, terms("EM", "T", (10, 0, 6, 6), version=2))
    assert ask(rights, event) is True
    assert entry_of(rights, MARK).expiry_date == 20900310


@pytest.mark.parametrize(("code", "resulting"), [("K10", "A4"), ("C10", "A1"), ("C10", "A4")])
@pytest.mark.parametrize("expiry", [20900311, 20950101, 21000310, 21150310, 99991231])
def test_restoration(rights: Any, code: str, resulting: str, expiry: int) -> None:
    """Categories K and C bring a right back with whatever later expiry the office gives it, at any time."""
    first = registered(MARK, 20800310, 20900310)
    lapsed = after(first, "H10", "N4", CEASED, 20900911, effective=20900311)
    back = after(lapsed, code, resulting, REGISTERED, 20990101, expiry_date=expiry)
    record_batch(rights, [first, lapsed, back])
    entry = entry_of(rights, MARK)
    assert (entry.state, entry.expiry_date, entry.ceased_on) == (b"A", expiry, 0)


def test_renewal_of_what_has_ceased(rights: Any) -> None:
    """Within grace it is a renewal as any other, and after it none."""
    first = registered(MARK, 20800310, 20900310)
    lapsed = after(first, "H10", "N4", CEASED, 20900401)
    accepted(
        rights, first, lapsed, after(lapsed, "M10", "A4", REGISTERED, 20900910, flags=SURCHARGE, expiry_date=21000310)
    )
    late = after(lapsed, "M10", "A4", REGISTERED, 20900911, flags=SURCHARGE, expiry_date=21000310)
    reverts_with(
        lambda: ask_batch(rights, [first, lapsed, late]),
        "RightsRegisterNotRenewable",
        first.number,
        20890910,
        20900910,
    )


@pytest.mark.parametrize("expiry", [20850101, 20900309, 20900310])
def test_what_is_no_renewal(rights: Any, expiry: int) -> None:
    """An expiry that is earlier, or the same, at any time."""
    first = registered(MARK, 20800310, 20900310)
    event = renewal(first, 20840101, expiry, code="W10")
    accepted(rights, first, event)


@pytest.mark.parametrize("expiry", [20900311, 20950101, 99991231])
def test_corrections_are_no_renewals(rights: Any, expiry: int) -> None:
    first = registered(MARK, 20800310, 20900310)
    accepted(rights, first, after(first, "Y10", on=20810101, corrects=1, expiry_date=expiry))


@pytest.mark.parametrize("code", ["A10", "F10", "M10", "W10"])
def test_the_first_expiry_is_free(rights: Any, code: str) -> None:
    first = filing(MARK, "A10", "A1", on=20800310)
    for expiry in (20800311, 20950101, 99991231):
        accepted(rights, first, after(first, code, "A4", REGISTERED, 20810101, expiry_date=expiry))


def test_an_expiry_is_taken_back_by_corrections_alone(rights: Any) -> None:
    """Otherwise a new first expiry could follow, which is free."""
    first = registered(MARK, 20800310, 20900310, registration=20810101)
    event = after(first, "W10", expiry_date=0)
    reverts_with(lambda: ask_batch(rights, [first, event]), "RightsRegisterInvalidTerm", first.number, 20810101, 0)
    correction = after(first, "Y10", corrects=1, expiry_date=0)
    accepted(rights, first, correction, after(correction, "F10", on=20900401, expiry_date=20970101))


@pytest.mark.smoke
def test_designs_do_not_outlive_the_maximum(rights: Any) -> None:
    """Whatever states the term: the first event, registration, a correction, restoration and revival."""
    bound, beyond = 20950310, 20950311
    filed = record_all(rights, filing(DESIGN, on=20700310, classes=[9]))
    for on, ok in ((bound, True), (beyond, False), (99991231, False)):
        first = registered("EM/D/2", 20700310, on)
        at_registration = after(filed, "F10", "A4", REGISTERED, expiry_date=on)
        corrected = after(filed, "Y10", corrects=1, expiry_date=on)
        for event in (first, at_registration, corrected):
            if ok:
                assert ask(rights, event) is True
            else:
                _beyond(rights, event, bound)
        assert ask(rights, first._replace(flags=IMPORTED)) is True, "an import is as it is"
    lapsed = record_all(
        rights,
        given := after(filed, "F10", "A4", REGISTERED, expiry_date=20750310),
        after(given, "H10", "N4", CEASED, 20750911),
    )
    for code in ("K10", "C10"):
        back = after(lapsed, code, "A4", REGISTERED, expiry_date=bound)
        assert ask(rights, back) is True
        _beyond(rights, back._replace(facts=back.facts._replace(expiry_date=beyond)), bound)


def test_the_maximum_of_a_term_that_is_shortened(rights: Any) -> None:
    """An import that runs too long is shortened step by step only to what the terms allow."""
    first = record_all(rights, registered(DESIGN, 20700310, 21050310)._replace(flags=IMPORTED))
    _beyond(rights, after(first, "W10", expiry_date=21000310), 20950310)
    _beyond(rights, after(first, "W10", expiry_date=21050310), 20950310)
    assert ask(rights, after(first, "W10", expiry_date=20950310)) is True


def test_the_maximum_follows_the_filing_date_of_the_same_event(rights: Any) -> None:
    first = record_all(rights, registered(DESIGN, 20700310, 20900310))
    moved = after(first, "Y10", corrects=1, filing_date=20690310, expiry_date=20950310)
    _beyond(rights, moved, 20940310)
    assert ask(rights, moved._replace(facts=moved.facts._replace(expiry_date=20940310))) is True


def test_the_maximum_is_the_offices_own(rights: Any, practice: Any) -> None:
    """Marks have one where their office says so, and designs none where theirs says so."""
    assert ask(rights, registered(MARK, 20800310, 99991231)) is True
    set_terms(practice, terms("EM", "T", (10, 20, 6, 6)))
    set_terms(practice, terms("EM", "D", (5, 0, 6, 6)))
    _beyond(rights, registered(MARK, 20800310, 21000311), 21000310)
    assert ask(rights, registered(MARK, 20800310, 21000310)) is True
    assert ask(rights, registered(DESIGN, 20800310, 99991231)) is True


def test_imports_are_renewed_as_others(rights: Any) -> None:
    first = registered(MARK, 18991231, 20991231)._replace(flags=IMPORTED)
    accepted(rights, first, renewal(first, TODAY, 21091231, SURCHARGE))
    _no_surcharge(rights, first, renewal(first, TODAY, 21091231), 20991231)


def test_after_2106(rights: Any) -> None:
    """When seconds since 1970 need more than 32 bits, and in the next leap year."""
    travel_to(int(datetime(2108, 9, 1, tzinfo=UTC).timestamp()))
    first = registered(MARK, 20980228, 21080229)
    assert isleap(2108)
    accepted(rights, first, renewal(first, 21070829, 21180228))
    accepted(rights, first, renewal(first, 21080829, 21180228, SURCHARGE))
    _not_renewable(rights, first, renewal(first, 21070828, 21180228), 21070829, 21080829)
    _not_renewable(rights, first, renewal(first, 21080830, 21180228, SURCHARGE), 21070829, 21080829)
    record_batch(rights, [first, renewal(first, 21080829, 21180228, SURCHARGE)])
    assert entry_of(rights, MARK).expiry_date == 21180228
    far = registered("EM/T/2", 19000101, 21080301)
    record(rights, far)
    record(rights, renewal(far, 21080301, 21180301))


def outcome(
    filed: int, registration: int, expiry: int, on: int, wanted: int, surcharge: bool, office_terms: tuple[int, ...]
) -> tuple[str, tuple[int, ...]] | None:
    """What the rule in words says of a later expiry: the error with its arguments after the number, or nothing."""
    period, maximum, window, grace = office_terms
    opens, closes = months_later(expiry, -window), months_later(expiry, grace)
    if not opens <= on <= closes:
        return "RightsRegisterNotRenewable", (opens, closes)
    if on > expiry and not surcharge:
        return "RightsRegisterNoSurcharge", (expiry,)
    end = months_later(expiry, 12 * period)
    had_late_day = any(value and value % 100 > 28 for value in (filed, registration))
    returns = end % 10000 == 228 and isleap(end // 10000) and had_late_day and wanted == end + 1
    end = wanted if returns else end
    if maximum:
        end = min(end, months_later(filed, 12 * maximum))
    return None if wanted == end else ("RightsRegisterInvalidRenewal", (wanted, end))


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_any_renewal(rights: Any, practice: Any, seed: int) -> None:
    """Random days and terms, mostly near the edges, against the rule in words."""
    random = Random(seed)
    period = random.randint(1, 15)
    office_terms = (
        period,
        random.choice([0, random.randint(period, 60)]),
        random.randint(0, min(255, 12 * period)),
        random.randint(6, 60),
    )
    version = practice.renewalTermsOf(b"EM", b"T")[6] + 1
    set_terms(practice, terms("EM", "T", office_terms, version))
    seen = set()
    for _ in range(25):
        month = random.choice([2, 2, 8, random.randint(1, 12)])
        year = random.choice([1904, 1896, 2000, 2052, 2080, random.randint(1850, 2090)])
        filed = year * 10000 + month * 100 + random.randint(27, monthrange(year, month)[1])
        registration = random.choice([0, shifted(filed, random.randint(0, 360))])
        expiry = months_later(filed, 12 * random.randint(1, 3) * office_terms[0])
        if expiry >= 20920101:
            continue
        base = random.choice([expiry, months_later(expiry, -office_terms[2]), months_later(expiry, office_terms[3])])
        on = min(max(shifted(base, random.choice([-400, -1, 0, 0, 1, 1, 400])), filed), TODAY)
        maximum = months_later(filed, 12 * office_terms[1])
        step = months_later(expiry, 12 * office_terms[0])
        wanted = max(random.choice([step, step, step, shifted(step, 1), maximum]), shifted(expiry, 1))
        surcharge = random.random() < 0.7
        first = registered(MARK, filed, expiry, registration)
        if office_terms[1] and expiry > maximum:
            # Of an office that allows no such term only an import has one.
            _beyond(rights, first, maximum)
            first = first._replace(flags=IMPORTED)
        event = renewal(first, on, wanted, SURCHARGE if surcharge else 0)
        expected = outcome(filed, registration, expiry, on, wanted, surcharge, office_terms)
        seen.add(expected and expected[0])
        if expected is None:
            accepted(rights, first, event)
            continue
        name, arguments = decode_error(revert_data(lambda history=(first, event): ask_batch(rights, history)))
        assert (name, arguments) == (expected[0], (first.number, *expected[1]))
    assert seen
