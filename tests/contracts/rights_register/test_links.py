"""Links of an entry to the application record, to its basis, and to the right that it was converted from.

They are names: what stands at the other end is not asked, since it may be of an office that has no register here.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of
from tests.contracts.support.offices import number
from tests.contracts.support.rights import (
    APPLICATION_RECORD,
    BASIS,
    CONVERTED_FROM,
    IMPORTED,
    MARK_IMPORTED,
    REFUSED,
    REGISTERED,
    ZERO,
    Event,
    after,
    ask,
    bits,
    entry_of,
    filing,
    record,
    record_all,
)

MARK = "EM/T/018660437"
RECORD = number("EM/T/A018660437")
INTERNATIONAL = number("WO/T/1800000")

LINKS = {"application": APPLICATION_RECORD, "basis": BASIS}
each_link = pytest.mark.parametrize("link", LINKS)

NOT_NUMBERS = (b"EM" + bytes(30), b"EMT".ljust(32, b"\0"), b"EMT18660437".rjust(32, b"\0"), b"\xff" * 32)


def linking(earlier: Event, link: str, related: bytes, **more: Any) -> Event:
    return after(earlier, "P10", relation=LINKS[link], related=related, **more)


def refused_relation(rights: Any, event: Event) -> None:
    reverts_with(
        lambda: ask(rights, event),
        "RightsRegisterInvalidRelation",
        event.number,
        event.facts.relation,
        event.facts.related,
    )


@pytest.fixture
def filed(rights: Any) -> Event:
    return record_all(rights, filing(MARK))


@pytest.mark.smoke
@each_link
def test_is_stated_later(rights: Any, filed: Event, link: str) -> None:
    before = entry_of(rights, MARK)
    event = linking(filed, link, INTERNATIONAL)
    told = logs_of(record(rights, event))
    entry = entry_of(rights, MARK)
    assert entry == before._replace(event_count=2, head=entry.head, **{link: INTERNATIONAL})
    expected = log(
        rights,
        "EntriesRelated",
        number=number(MARK),
        related=INTERNATIONAL,
        relation=LINKS[link],
        classes=bits([9, 25]),
    )
    assert expected in told


@pytest.mark.smoke
@each_link
def test_is_stated_at_once(rights: Any, link: str) -> None:
    record(rights, filing(MARK, relation=LINKS[link], related=RECORD))
    assert getattr(entry_of(rights, MARK), link) == RECORD


@each_link
def test_is_replaced_and_taken_back(rights: Any, filed: Event, link: str) -> None:
    one = record_all(rights, linking(filed, link, RECORD))
    two = record_all(rights, linking(one, link, INTERNATIONAL))
    assert getattr(entry_of(rights, MARK), link) == INTERNATIONAL
    record(rights, linking(two, link, ZERO))
    assert getattr(entry_of(rights, MARK), link) == ZERO


def test_one_link_leaves_the_other(rights: Any, filed: Event) -> None:
    both = record_all(rights, one := linking(filed, "application", RECORD), linking(one, "basis", INTERNATIONAL))
    entry = entry_of(rights, MARK)
    assert (entry.application, entry.basis) == (RECORD, INTERNATIONAL)
    record(rights, linking(both, "application", ZERO))
    assert entry_of(rights, MARK).basis == INTERNATIONAL


@each_link
def test_names_any_number(rights: Any, filed: Event, link: str) -> None:
    """Of any office and right, whether or not this register has it, the entry's own too."""
    for text in ("US/P/16123456", "WO/D/DM201234-001", "AU/T/1", MARK):
        filed = record_all(rights, linking(filed, link, number(text)))
        assert getattr(entry_of(rights, MARK), link) == number(text)


@each_link
def test_names_a_number(rights: Any, filed: Event, link: str) -> None:
    for related in NOT_NUMBERS:
        refused_relation(rights, linking(filed, link, related))


@each_link
def test_moves_no_classes(rights: Any, filed: Event, link: str) -> None:
    refused_relation(rights, linking(filed, link, RECORD, released=[9]))


@each_link
def test_goes_with_a_limitation(rights: Any, filed: Event, link: str) -> None:
    record(rights, linking(filed, link, RECORD, classes=[25]))
    assert entry_of(rights, MARK).classes == bits([25])


@each_link
def test_is_corrected(rights: Any, filed: Event, link: str) -> None:
    wrong = record_all(rights, linking(filed, link, RECORD))
    record(rights, after(wrong, "Y10", corrects=2, relation=LINKS[link], related=INTERNATIONAL))
    assert getattr(entry_of(rights, MARK), link) == INTERNATIONAL


def test_a_number_without_the_relation(rights: Any, filed: Event) -> None:
    """Nothing says what it is."""
    event = linking(filed, "basis", RECORD)
    silent = event._replace(facts=event.facts._replace(changes=0))
    reverts_with(lambda: ask(rights, silent), "RightsRegisterInvalidChanges", number(MARK), 0)


# Conversion and transformation


@pytest.mark.smoke
def test_converted(rights: Any) -> None:
    """A national mark out of a refused international or European one, with the filing date of that."""
    source = record_all(rights, filing(MARK))
    record(rights, after(source, "B10", "N6", REFUSED))
    record(rights, filing("RU/T/2090700001", relation=CONVERTED_FROM, related=number(MARK)))
    entry = entry_of(rights, "RU/T/2090700001")
    assert (entry.parent, entry.marks) == (number(MARK), 0)
    assert tuple(rights.divisionOf(number(MARK))) == (0, 0, 0)


def test_converted_from_what_is_not_here(rights: Any) -> None:
    record(rights, filing(MARK, relation=CONVERTED_FROM, related=number("US/T/90123456")))
    assert entry_of(rights, MARK).parent == number("US/T/90123456")


def test_converted_and_imported(rights: Any) -> None:
    event = filing(MARK, "F10", "A4", REGISTERED, relation=CONVERTED_FROM, related=INTERNATIONAL, classes=[9])._replace(
        flags=IMPORTED
    )
    record(rights, event)
    assert (entry_of(rights, MARK).parent, entry_of(rights, MARK).marks) == (INTERNATIONAL, MARK_IMPORTED)


def test_what_was_converted_keeps_its_own_classes(rights: Any) -> None:
    """It is no child: a correction gives it any class back."""
    first = record_all(rights, filing(MARK, classes=[9], relation=CONVERTED_FROM, related=INTERNATIONAL))
    record(rights, after(first, "Y10", corrects=1, classes=[9, 41]))
    assert entry_of(rights, MARK).classes == bits([9, 41])


def test_not_from_itself(rights: Any) -> None:
    refused_relation(rights, filing(MARK, relation=CONVERTED_FROM, related=number(MARK)))


def test_not_from_no_number(rights: Any) -> None:
    for related in (ZERO, *NOT_NUMBERS):
        refused_relation(rights, filing(MARK, relation=CONVERTED_FROM, related=related))


def test_not_later(rights: Any, filed: Event) -> None:
    refused_relation(rights, after(filed, "P10", relation=CONVERTED_FROM, related=INTERNATIONAL))


def test_not_with_classes_to_give(rights: Any) -> None:
    refused_relation(rights, filing(MARK, relation=CONVERTED_FROM, related=INTERNATIONAL, released=[9]))
