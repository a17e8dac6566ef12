"""Which expiry dates the terms of an office allow: `checkExpiry`, asked directly."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.offices import number
from tests.contracts.support.rights import RenewalTerms, set_terms

MARK, DESIGN = number("EM/T/018660437"), number("EM/D/015012345-0001")


class Term(NamedTuple):
    """An expiry date and what it follows, in the order of the ABI."""

    number: bytes = MARK
    filing_date: int = 20800310
    registration_date: int = 20800901
    expiry_date: int = 20900310
    wanted: int = 21000310
    event_date: int = 20900301
    is_renewal: bool = True
    surcharge: bool = False


RENEWAL = Term()
DESIGN_RENEWAL = Term(DESIGN, wanted=20950310)


def allowed(practice: Any, term: Term) -> None:
    """Assert that the terms allow it: the view answers nothing, and does not revert."""
    assert not practice.checkExpiry(term)


def invalid(practice: Any, term: Term, expected: int) -> None:
    reverts_with(lambda: practice.checkExpiry(term), "RightsRegisterInvalidRenewal", term.number, term.wanted, expected)


@pytest.mark.smoke
def test_a_renewal(practice: Any) -> None:
    """One period, and nothing else; by the defaults of each right."""
    allowed(practice, RENEWAL)
    allowed(practice, DESIGN_RENEWAL)
    for wanted in (20900311, 20950310, 21000309, 21000311, 21100310, 99991231):
        invalid(practice, RENEWAL._replace(wanted=wanted), 21000310)
    for wanted in (20950309, 20950311, 21000310):
        invalid(practice, DESIGN_RENEWAL._replace(wanted=wanted), 20950310)


@pytest.mark.parametrize("is_renewal", [False, True])
@pytest.mark.parametrize("filing_date", [0, 20800230])
def test_a_term_begins_with_a_filing_date(practice: Any, filing_date: int, is_renewal: bool) -> None:
    term = RENEWAL._replace(filing_date=filing_date, is_renewal=is_renewal)
    reverts_with(lambda: practice.checkExpiry(term), "CalendarDateInvalid", filing_date)


@pytest.mark.parametrize("wanted", [0, 20850310, 20900310])
def test_a_renewal_is_for_longer(practice: Any, wanted: int) -> None:
    invalid(practice, RENEWAL._replace(wanted=wanted), 21000310)


def test_in_its_time(practice: Any) -> None:
    opens, closes = 20890910, 20900910
    for on in (opens, 20900310):
        allowed(practice, RENEWAL._replace(event_date=on))
    for on in (20900311, closes):
        allowed(practice, RENEWAL._replace(event_date=on, surcharge=True))
        reverts_with(
            lambda on=on: practice.checkExpiry(RENEWAL._replace(event_date=on)),
            "RightsRegisterNoSurcharge",
            MARK,
            RENEWAL.expiry_date,
        )
    for on in (20890909, 20900911, 0, 99991231):
        for surcharge in (False, True):
            reverts_with(
                lambda on=on, surcharge=surcharge: practice.checkExpiry(
                    RENEWAL._replace(event_date=on, surcharge=surcharge)
                ),
                "RightsRegisterNotRenewable",
                MARK,
                opens,
                closes,
            )


def test_29_february(practice: Any) -> None:
    """It returns where a date of the entry had it and the year has it."""
    term = Term(filing_date=20760229, registration_date=20760901, expiry_date=20860228, event_date=20860228)
    allowed(practice, term._replace(wanted=20960228))
    allowed(practice, term._replace(wanted=20960229))
    invalid(practice, term._replace(wanted=20960227), 20960228)
    other = term._replace(filing_date=20760228, wanted=20960229)
    invalid(practice, other, 20960228)
    allowed(practice, other._replace(registration_date=20760331))


@pytest.mark.smoke
def test_the_longest_protection(practice: Any) -> None:
    """A renewal ends with it; what is no renewal may end on any day until then."""
    last = DESIGN_RENEWAL._replace(expiry_date=21040101, event_date=21040101, wanted=21050310)
    allowed(practice, last)
    invalid(practice, last._replace(wanted=21090101), 21050310)
    other = DESIGN_RENEWAL._replace(is_renewal=False)
    for wanted in (20800311, 20850101, 20950310, 21050309, 21050310):
        allowed(practice, other._replace(wanted=wanted))
    for wanted in (21050311, 21100310, 99991231):
        invalid(practice, other._replace(wanted=wanted), 21050310)


def test_the_longest_protection_from_a_leap_day(practice: Any) -> None:
    other = DESIGN_RENEWAL._replace(filing_date=20720229, is_renewal=False)
    allowed(practice, other._replace(wanted=20970228))
    invalid(practice, other._replace(wanted=20970301), 20970228)


@pytest.mark.parametrize("wanted", [20800311, 20950101, 99991231])
def test_what_is_no_renewal_has_no_time(practice: Any, wanted: int) -> None:
    """Marks have no longest protection; neither window nor surcharge nor the expiry so far counts."""
    for expiry in (0, 20900310):
        for on in (20800310, 20850310, 21000310):
            allowed(practice, RENEWAL._replace(wanted=wanted, expiry_date=expiry, event_date=on, is_renewal=False))


def test_the_terms_of_the_office_and_the_right(practice: Any) -> None:
    """As they are now."""
    set_terms(practice, RenewalTerms(b"EM", b"T", 7, 20, 0, 6, 1))
    invalid(practice, RENEWAL._replace(event_date=20900310), 20970310)
    allowed(practice, RENEWAL._replace(event_date=20900310, wanted=20970310))
    reverts_with(lambda: practice.checkExpiry(RENEWAL), "RightsRegisterNotRenewable", MARK, 20900310, 20900910)
    invalid(practice, RENEWAL._replace(is_renewal=False, wanted=21000311), 21000310)
    allowed(practice, DESIGN_RENEWAL)
    allowed(practice, RENEWAL._replace(number=number("RU/T/1")))
    set_terms(practice, RenewalTerms(b"EM", b"D", 5, 0, 6, 6, 1))
    allowed(practice, DESIGN_RENEWAL._replace(is_renewal=False, wanted=99991231))


def test_the_last_years_of_the_calendar(practice: Any) -> None:
    """A bound beyond the year 9999 is no bound for what can be written."""
    far = DESIGN_RENEWAL._replace(filing_date=99800101, expiry_date=99900101, event_date=99900101, is_renewal=False)
    allowed(practice, far._replace(wanted=99991231))
