"""International registrations and their designations: what becomes of them when their basis ceases.

Madrid Protocol, Article 6(3): for five years from its date an international registration falls with its basic mark,
and with it every designation. Under the Hague Agreement a registration has no basis, but its own end counts.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.rights_standing.cases import (
    CONTINUED,
    IN_FORCE,
    NOT_ACTIVE,
    PENDING,
    Answer,
    asked,
    based,
    basis_gone,
    in_force,
)
from tests.contracts.support.ledger import DAY, NOON, travel_to
from tests.contracts.support.offices import number
from tests.contracts.support.rights import (
    ANNULS,
    BASIS,
    CEASED,
    CONTINUATION_OF,
    REFUSED,
    REGISTERED,
    TERMINATED,
    Event,
    RenewalTerms,
    after,
    filing,
    record,
    record_all,
    set_terms,
)

BASIC, INTERNATIONAL = "EM/T/018660437", "WO/T/1800000"
RUSSIAN, AUSTRALIAN = "RU/T/W1800000", "AU/T/1800000"
REGISTRATION = 20960315
"""Date of the international registration; its five years end on 15 March 2101."""

LAST_DAY, FIVE_YEARS_ON = 21010314, 21010315
NEXT_CENTURY = 22000101


@pytest.fixture
def basic(rights: Any) -> Event:
    """The basic mark, registered without end."""
    return record_all(rights, in_force(BASIC, on=20900310))


@pytest.fixture
def family(rights: Any, basic: Event) -> Event:
    """It, its international registration, and designations in two offices; returns the basic mark's event."""
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    for text in (RUSSIAN, AUSTRALIAN):
        record(rights, based(text, INTERNATIONAL, on=REGISTRATION))
    return basic


def ceasing(earlier: Event, effective: int, resulting: str = "N6", status: int = CEASED, **more: Any) -> Event:
    """It ceases with effect from some day, which may come later; recorded in 2100."""
    return after(earlier, "H10", resulting, status, on=21000601, effective=effective, **more)


@pytest.mark.smoke
def test_while_the_basis_stands(standing: Any, family: Event) -> None:
    for text in (BASIC, INTERNATIONAL, RUSSIAN):
        assert asked(standing, text, NEXT_CENTURY) == Answer(IN_FORCE, False, 0)


@pytest.mark.smoke
def test_the_basis_ceases_within_five_years(standing: Any, rights: Any, family: Event) -> None:
    """All that depends on it is flagged; nobody has to record anything there."""
    record(rights, ceasing(family, 21000401))
    assert asked(standing, BASIC, 21000601) == Answer(NOT_ACTIVE, False, 0)
    for text in (INTERNATIONAL, RUSSIAN, AUSTRALIAN):
        assert asked(standing, text, 21000601) == Answer(IN_FORCE, False, 21000401)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("ceased", "counts"), [(REGISTRATION, True), (LAST_DAY, True), (FIVE_YEARS_ON, False), (21010316, False)]
)
def test_the_edge_of_five_years(standing: Any, rights: Any, family: Event, ceased: int, counts: bool) -> None:
    record(rights, ceasing(family, ceased))
    for text in (INTERNATIONAL, RUSSIAN):
        assert basis_gone(standing, text, NEXT_CENTURY) == (ceased if counts else 0)


@pytest.mark.parametrize(("ceased", "counts"), [(21010227, True), (21010228, False)])
def test_five_years_from_a_leap_day(standing: Any, rights: Any, basic: Event, ceased: int, counts: bool) -> None:
    """29 February 2096 and five years: 28 February 2101."""
    record(rights, based(INTERNATIONAL, BASIC, on=20960229))
    record(rights, ceasing(basic, ceased))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == (ceased if counts else 0)


def test_the_date_of_registration_counts(standing: Any, rights: Any, basic: Event) -> None:
    """Not that of filing."""
    record(rights, based(INTERNATIONAL, BASIC, on=20950101, registration_date=20960315))
    record(rights, ceasing(basic, LAST_DAY))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == LAST_DAY


def test_without_a_date_of_registration(standing: Any, rights: Any, basic: Event) -> None:
    """An international application whose basic mark is refused: no five years have begun."""
    record(rights, filing(INTERNATIONAL, relation=BASIS, related=number(BASIC)))
    record(rights, ceasing(basic, 21000401))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == 0


@pytest.mark.smoke
def test_an_effect_that_has_not_come(standing: Any, rights: Any, family: Event) -> None:
    """Recorded today with effect from January: from January on it counts."""
    record(rights, ceasing(family, 21010101))
    for text in (INTERNATIONAL, RUSSIAN):
        assert basis_gone(standing, text, 21001231) == 0
        assert basis_gone(standing, text, 21010101) == 21010101
        assert asked(standing, text).basis_ceased_on == 0, "today"
    travel_to(NOON + 200 * DAY)
    assert asked(standing, RUSSIAN).basis_ceased_on == 21010101


def test_a_restored_basis(standing: Any, rights: Any, family: Event) -> None:
    ended = record_all(rights, ceasing(family, 21000401))
    record(rights, after(ended, "K10", "A4", REGISTERED))
    assert basis_gone(standing, RUSSIAN, NEXT_CENTURY) == 0


def test_a_cessation_that_never_happened(standing: Any, rights: Any, family: Event) -> None:
    ended = record_all(rights, ceasing(family, 21000401))
    record(rights, after(ended, "Y10", "A4", REGISTERED, corrects=2, flags=ANNULS))
    assert basis_gone(standing, RUSSIAN, NEXT_CENTURY) == 0


@pytest.mark.smoke
@pytest.mark.parametrize("resulting", ["N6", "T6"])
@pytest.mark.parametrize(("fixed", "counts"), [(LAST_DAY, True), (FIVE_YEARS_ON, False), (21000301, True)])
def test_a_corrected_end_of_the_basis(
    standing: Any, rights: Any, family: Event, resulting: str, fixed: int, counts: bool
) -> None:
    """Corrected to a day after the five years it takes nothing with it any more, and the other way round."""
    ended = record_all(rights, ceasing(family, 21000401, resulting))
    assert basis_gone(standing, RUSSIAN, NEXT_CENTURY) == 21000401
    corrected = record_all(rights, after(ended, "Y10", effective=fixed, corrects=2))
    for text in (INTERNATIONAL, RUSSIAN, AUSTRALIAN):
        assert basis_gone(standing, text, NEXT_CENTURY) == (fixed if counts else 0)
    record(rights, after(corrected, "Y10", effective=21000402, corrects=3))
    for text in (INTERNATIONAL, RUSSIAN, AUSTRALIAN):
        assert basis_gone(standing, text, NEXT_CENTURY) == 21000402


def test_a_terminated_basis(standing: Any, rights: Any, family: Event) -> None:
    record(rights, after(family, "N10", "T6", TERMINATED, on=21000601, effective=21000402))
    assert basis_gone(standing, RUSSIAN, NEXT_CENTURY) == 21000402


def test_a_basic_application_that_is_refused(standing: Any, rights: Any) -> None:
    """It need not have been registered."""
    first = record_all(rights, filing(BASIC))
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == 0
    record(rights, after(first, "B10", "N6", REFUSED, on=20970101))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == 20970101


def test_only_the_first_end_counts(standing: Any, rights: Any, family: Event) -> None:
    """What became inactive and is terminated years later ceased when it became inactive."""
    ended = record_all(rights, ceasing(family, 21000401))
    record(rights, after(ended, "N10", "T6", TERMINATED, effective=21050101))
    assert basis_gone(standing, RUSSIAN, NEXT_CENTURY) == 21000401


# Computed lapse


@pytest.mark.smoke
def test_a_basis_that_nobody_renewed(standing: Any, rights: Any) -> None:
    """It ceased when it expired; that it did is known when grace is over."""
    record(rights, in_force(BASIC, 20980310))
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    record(rights, based(RUSSIAN, INTERNATIONAL, on=REGISTRATION))
    for text in (INTERNATIONAL, RUSSIAN):
        assert basis_gone(standing, text, 20980311) == 0
        assert basis_gone(standing, text, 20980910) == 0
        assert basis_gone(standing, text, 20980911) == 20980310


@pytest.mark.parametrize(("expiry", "counts"), [(LAST_DAY, True), (FIVE_YEARS_ON, False)])
def test_the_edge_of_five_years_by_lapse(standing: Any, rights: Any, expiry: int, counts: bool) -> None:
    """The day of expiry counts, though grace ends after the five years."""
    record(rights, in_force(BASIC, expiry))
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == (expiry if counts else 0)


def test_the_grace_of_the_basic_marks_office(standing: Any, rights: Any, practice: Any) -> None:
    """Not that of the International Bureau, nor of the designated office."""
    record(rights, in_force(BASIC, 20980310))
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    for office, grace in ((b"EM", 12), (b"WO", 24), (b"RU", 36)):
        set_terms(practice, RenewalTerms(office, b"T", 10, 0, 6, grace, 1))
    assert basis_gone(standing, INTERNATIONAL, 20990310) == 0
    assert basis_gone(standing, INTERNATIONAL, 20990311) == 20980310


def test_an_application_does_not_lapse(standing: Any, rights: Any) -> None:
    record(rights, filing(BASIC, expiry_date=20980310))
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    assert basis_gone(standing, INTERNATIONAL, NEXT_CENTURY) == 0


# The international registration itself


@pytest.mark.smoke
def test_the_international_registration_ceases(standing: Any, rights: Any, basic: Event) -> None:
    """Designations end with it at any time, in the five years or after them."""
    international = record_all(rights, based(INTERNATIONAL, BASIC, on=20900310))
    record(rights, based(RUSSIAN, INTERNATIONAL, on=20900310))
    record(rights, ceasing(international, 21000401))
    assert asked(standing, INTERNATIONAL, 21000601) == Answer(NOT_ACTIVE, False, 0)
    assert asked(standing, RUSSIAN, 21000601) == Answer(IN_FORCE, False, 21000401)


def test_the_international_registration_is_not_renewed(standing: Any, rights: Any, basic: Event) -> None:
    record(rights, based(INTERNATIONAL, BASIC, 21000310, on=20900310))
    record(rights, based(RUSSIAN, INTERNATIONAL, on=20900310))
    assert (basis_gone(standing, RUSSIAN, 21000910), basis_gone(standing, RUSSIAN, 21000911)) == (0, 21000310)


def test_its_own_end_comes_before_that_of_its_basis(standing: Any, rights: Any, basic: Event) -> None:
    international = record_all(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    record(rights, based(RUSSIAN, INTERNATIONAL, on=REGISTRATION))
    record(rights, ceasing(basic, 21000301))
    record(rights, ceasing(international, 21000401))
    assert basis_gone(standing, INTERNATIONAL, 21000601) == 21000301
    assert basis_gone(standing, RUSSIAN, 21000601) == 21000401
    assert basis_gone(standing, RUSSIAN, 21000331) == 21000301, "as it was known before"


# Hague


@pytest.mark.smoke
def test_a_hague_designation(standing: Any, rights: Any) -> None:
    """One design of a multiple registration ends, and its designations with it, but no other's."""
    first, second = "WO/D/DM201234-001", "WO/D/DM201234-002"
    ending = record_all(rights, in_force(first, on=REGISTRATION))
    record(rights, in_force(second, on=REGISTRATION))
    record(rights, based("EM/D/DM201234-001", first, on=REGISTRATION))
    record(rights, based("EM/D/DM201234-002", second, on=REGISTRATION))
    record(rights, ceasing(ending, 21000401))
    assert basis_gone(standing, "EM/D/DM201234-001", 21000601) == 21000401
    assert basis_gone(standing, "EM/D/DM201234-002", 21000601) == 0


def test_a_hague_registration_depends_on_nothing(standing: Any, rights: Any) -> None:
    """Even where an office states a basis, such as a design at home."""
    home = record_all(rights, in_force("EM/D/000001-0001"))
    record(rights, based("WO/D/DM201234-001", "EM/D/000001-0001", on=REGISTRATION))
    record(rights, based("RU/D/DM201234-001", "WO/D/DM201234-001", on=REGISTRATION))
    record(rights, ceasing(home, 21000401))
    for text in ("WO/D/DM201234-001", "RU/D/DM201234-001"):
        assert basis_gone(standing, text, 21000601) == 0


# What is no dependency


def test_a_basis_that_is_not_international(standing: Any, rights: Any, basic: Event) -> None:
    """Of a national entry only an international registration is a basis that it falls with."""
    record(rights, based(RUSSIAN, BASIC, on=REGISTRATION))
    record(rights, ceasing(basic, 21000401))
    assert basis_gone(standing, RUSSIAN, 21000601) == 0


def test_a_basis_that_is_not_recorded_here(standing: Any, rights: Any) -> None:
    record(rights, based(INTERNATIONAL, "US/T/90123456", on=REGISTRATION))
    record(rights, based(RUSSIAN, INTERNATIONAL, on=REGISTRATION))
    record(rights, based(AUSTRALIAN, "WO/T/1", on=REGISTRATION))
    for text in (INTERNATIONAL, RUSSIAN, AUSTRALIAN):
        assert basis_gone(standing, text, NEXT_CENTURY) == 0


def test_a_basis_that_was_taken_back(standing: Any, rights: Any, basic: Event) -> None:
    international = record_all(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    record(rights, ceasing(basic, 21000401))
    assert basis_gone(standing, INTERNATIONAL, 21000601) == 21000401
    record(rights, after(international, "P10", relation=BASIS))
    assert basis_gone(standing, INTERNATIONAL, 21000601) == 0


def test_the_basis_of_the_basis_of_another_number(standing: Any, rights: Any, family: Event) -> None:
    """What nobody recorded has no basis, whatever rests on it."""
    record(rights, ceasing(family, 21000401))
    assert basis_gone(standing, "RU/T/W1800001", 21000601) == 0


# New numbers


def continued(earlier: Event, text: str) -> Event:
    moved = after(earlier, "Q10", relation=CONTINUATION_OF, related=earlier.number)
    return moved._replace(number=number(text))


@pytest.mark.smoke
def test_a_basis_under_another_number(standing: Any, rights: Any, family: Event) -> None:
    """The basis is the entry, whatever number it has by now."""
    moved = record_all(rights, continued(family, "EM/T/2"))
    assert basis_gone(standing, RUSSIAN, NEXT_CENTURY) == 0
    again = record_all(rights, continued(moved, "EM/T/3"))
    record(rights, ceasing(again, 21000401))
    assert asked(standing, BASIC, 21000601).standing == CONTINUED
    for text in (INTERNATIONAL, RUSSIAN):
        assert basis_gone(standing, text, 21000601) == 21000401


def test_an_international_registration_under_another_number(standing: Any, rights: Any, basic: Event) -> None:
    international = record_all(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    record(rights, based(RUSSIAN, INTERNATIONAL, on=REGISTRATION))
    moved = record_all(rights, continued(international, "WO/T/1800000A"))
    ended = record_all(rights, ceasing(basic, 21000401))
    assert ended.number == number(BASIC)
    assert basis_gone(standing, RUSSIAN, 21000601) == 21000401
    assert basis_gone(standing, "WO/T/1800000A", 21000601) == 21000401
    record(rights, ceasing(moved, 21000501))
    assert basis_gone(standing, RUSSIAN, 21000601) == 21000501


def test_what_depends_may_be_pending(standing: Any, rights: Any, basic: Event) -> None:
    """Its state and stage do not matter for what became of its basis."""
    record(rights, based(INTERNATIONAL, BASIC, on=REGISTRATION))
    record(rights, filing(RUSSIAN, relation=BASIS, related=number(INTERNATIONAL)))
    record(rights, ceasing(basic, 21000401))
    assert asked(standing, RUSSIAN, 21000601) == Answer(PENDING, False, 21000401)
