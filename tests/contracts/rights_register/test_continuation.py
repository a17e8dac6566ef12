"""A new number at registration: the entry goes on under it, and the former number is closed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of
from tests.contracts.support.offices import digest, number
from tests.contracts.support.rights import (
    ABSORBS,
    APPLICATION_RECORD,
    BASIS,
    CONTINUATION_OF,
    DIVIDED_FROM,
    DIVIDES,
    FILED,
    IMPORTED,
    MARK_CHILD,
    MARK_CONTINUED,
    MARK_IRREGULAR,
    MERGES_INTO,
    PUBLISHED,
    REFUSED,
    REGISTERED,
    TERMINATED,
    ZERO,
    Event,
    after,
    ask,
    bits,
    entry_of,
    filing,
    head_of,
    record,
    record_all,
    record_batch,
)

OLD, NEW, NEWER = "RU/T/2090700001", "RU/T/901234", "RU/T/901234-1"
CHILD = "RU/T/2090700001-2"
DAY = 20900310
REGISTERED_ON, EXPIRES_ON = 20910101, 21000310


def continued(earlier: Event, text: str, code: str = "F10", resulting: str = "A4", **more: Any) -> Event:
    """The entry goes on under another number, registered unless it is said otherwise."""
    stated = {"status": REGISTERED, "relation": CONTINUATION_OF, "related": earlier.number} | more
    return after(earlier, code, resulting, **stated)._replace(number=number(text))


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
    """An application with all that an entry can hold, two of whose four events are corrected."""
    first = filing(OLD, on=DAY, dossier=digest("dossier"), representation=digest("image"), holder=digest("holder"))
    second = after(first, "D10", "A2", PUBLISHED, relation=APPLICATION_RECORD, related=number("RU/T/A1"))
    third = after(second, "Y10", corrects=2, relation=BASIS, related=number("WO/T/1800000"))
    return record_all(rights, first, second, third, after(third, "Y10", corrects=3, classes=[9]))


@pytest.fixture
def granted(rights: Any, filed: Event) -> Event:
    """It is registered under a number of its own."""
    return record_all(
        rights,
        continued(filed, NEW, on=REGISTERED_ON, registration_date=REGISTERED_ON, expiry_date=EXPIRES_ON),
    )


@pytest.mark.smoke
def test_all_facts_go_on(rights: Any, filed: Event) -> None:
    before = entry_of(rights, OLD)
    event = continued(filed, NEW, on=REGISTERED_ON, registration_date=REGISTERED_ON, expiry_date=EXPIRES_ON)
    record(rights, event)
    assert entry_of(rights, NEW) == before._replace(
        state=b"A",
        stage=b"4",
        status=REGISTERED,
        event_count=5,
        registration_date=REGISTERED_ON,
        expiry_date=EXPIRES_ON,
        head=head_of(event),
        former=number(OLD),
    )
    assert (before.application, before.basis) == (number("RU/T/A1"), number("WO/T/1800000"))


@pytest.mark.smoke
def test_the_former_number_keeps_what_it_had(rights: Any, filed: Event) -> None:
    before = entry_of(rights, OLD)
    record(rights, continued(filed, NEW))
    assert entry_of(rights, OLD) == before._replace(marks=before.marks | MARK_CONTINUED, continuation=number(NEW))


def test_what_is_told(rights: Any, filed: Event, relayer: Any) -> None:
    """The sequence goes on, the state before it is that under the former number, and both numbers are named."""
    event = continued(filed, NEW)
    told = logs_of(record(rights, event))
    relation = log(
        rights,
        "EntriesRelated",
        number=number(NEW),
        related=number(OLD),
        relation=CONTINUATION_OF,
        classes=bits([9]),
    )
    assert told[0] == relation
    # After the topics: head, system, state and stage before and after.
    words = [told[1].data[start : start + 32] for start in range(0, len(told[1].data), 32)]
    assert (words[0], words[2][:2], words[3][:2]) == (head_of(event), b"A2", b"A4")
    assert int.from_bytes(words[-2], "big") == 5, "its number in the history"


def test_events_follow_under_the_new_number(rights: Any, granted: Event) -> None:
    last = record_all(rights, after(granted, "R10", holder=digest("another holder")))
    assert entry_of(rights, NEW).head == head_of(last)
    assert entry_of(rights, NEW).event_count == 6


@pytest.mark.smoke
def test_the_former_number_is_closed(rights: Any, filed: Event, granted: Event) -> None:
    """Whatever the event: the entry is elsewhere."""
    for event in (
        after(filed, "W10"),
        after(filed, "F10", "A4", REGISTERED),
        after(filed, "N10", "T6", TERMINATED),
        after(filed, "Y10", corrects=4),
    ):
        reverts_with(lambda event=event: ask(rights, event), "RightsRegisterContinued", number(OLD), number(NEW))


def test_the_former_numbers_last_event_sent_again(rights: Any, filed: Event, granted: Event) -> None:
    """It is recorded, and the number being closed does not undo that."""
    assert ask(rights, filed) is False
    assert ask(rights, granted) is False


def test_the_former_number_is_not_filed_anew(rights: Any, filed: Event, granted: Event) -> None:
    event = filing(OLD)
    reverts_with(lambda: ask(rights, event), "RightsRegisterNotHead", number(OLD), head_of(filed), ZERO)


def test_only_once(rights: Any, filed: Event, granted: Event) -> None:
    refused_relation(rights, continued(filed, NEWER))


def test_again_from_the_new_number(rights: Any, granted: Event) -> None:
    last = record_all(rights, continued(granted, NEWER, "P10"))
    entry = entry_of(rights, NEWER)
    assert (entry.former, entry.event_count, entry.head) == (number(NEW), 6, head_of(last))
    assert entry_of(rights, NEW).continuation == number(NEWER)
    assert entry_of(rights, OLD).continuation == number(NEW)


def test_in_one_batch(rights: Any) -> None:
    """From filing to registration under one signature."""
    first = filing(OLD)
    second = continued(first, NEW)
    record_batch(rights, [first, second, after(second, "Q10")])
    assert entry_of(rights, NEW).event_count == 3


# Corrections


def test_corrected_events_stay_corrected(rights: Any, granted: Event) -> None:
    assert [sequence for sequence in range(1, 7) if rights.isCorrected(number(NEW), sequence)] == [2, 3]
    for sequence in (2, 3, 6):
        reverts_with(
            lambda sequence=sequence: ask(rights, after(granted, "Y10", corrects=sequence)),
            "RightsRegisterInvalidCorrection",
            number(NEW),
            sequence,
        )


def test_events_before_it_can_be_corrected(rights: Any, granted: Event) -> None:
    """And so can the one that brought the number."""
    one = record_all(rights, after(granted, "Y10", corrects=1, classes=[9, 25]))
    record(rights, after(one, "Y10", corrects=5, expiry_date=0))
    assert entry_of(rights, NEW).classes == bits([9, 25])
    assert [sequence for sequence in range(1, 8) if rights.isCorrected(number(NEW), sequence)] == [1, 2, 3, 5]
    assert not rights.isCorrected(number(OLD), 1), "what the former number was is not rewritten"


def test_it_may_be_a_correction_itself(rights: Any, filed: Event) -> None:
    record(rights, continued(filed, NEW, "Y10", "A2", status=PUBLISHED, corrects=1))
    assert rights.isCorrected(number(NEW), 1)


def test_of_a_long_history(rights: Any) -> None:
    """Beyond event 255 too: what was corrected is kept 256 events a word."""
    last = filing(OLD)
    events = [last, *(last := after(last, "W10") for _ in range(258))]
    last = after(last, "Y10", corrects=257)
    for start in range(0, 260, 130):
        record_batch(rights, [*events, last][start : start + 130])
    record(rights, continued(last, NEW))
    corrected = [sequence for sequence in range(262) if rights.isCorrected(number(NEW), sequence)]
    assert corrected == [257]
    assert entry_of(rights, NEW).event_count == 261


# Marks


def test_an_irregular_history_stays_irregular(rights: Any, filed: Event) -> None:
    odd = record_all(rights, after(filed, "B10", "A4"))
    record(rights, continued(odd, NEW))
    assert entry_of(rights, NEW).marks == MARK_IRREGULAR


def test_an_irregular_number(rights: Any, filed: Event) -> None:
    """The table judges the move from the state under the former number."""
    refused = record_all(rights, after(filed, "B10", "N6", REFUSED))
    assert entry_of(rights, OLD).marks == 0
    record(rights, continued(refused, NEW))
    entry = entry_of(rights, NEW)
    assert (entry.marks, entry.ceased_on) == (MARK_IRREGULAR, 0)


# Division


@pytest.fixture
def divided(rights: Any) -> Event:
    """A parent that gave up class 25."""
    first = filing(OLD)
    return record_all(rights, first, after(first, "P10", relation=DIVIDES, released=[25], classes=[9]))


def child(of: str) -> Event:
    return filing(CHILD, classes=[25], relation=DIVIDED_FROM, related=number(of))


@pytest.mark.parametrize("named", [OLD, NEW])
def test_children_of_a_parent_that_got_a_new_number(rights: Any, divided: Event, named: str) -> None:
    """Divided from either number, a child takes from the books of the entry as it is kept now."""
    record(rights, continued(divided, NEW))
    record(rights, child(named))
    assert tuple(rights.divisionOf(number(NEW))) == (0, bits([25]), 0)
    assert entry_of(rights, CHILD).parent == number(named)


@pytest.mark.smoke
def test_children_merge_into_the_continuation(rights: Any, divided: Event) -> None:
    """They name the parent that they have named from the beginning."""
    one = record_all(rights, child(OLD))
    registered = record_all(rights, continued(divided, NEW))
    assert tuple(rights.divisionOf(number(NEW))) == (0, bits([25]), 0)
    ending = after(one, "B10", "N6", REFUSED, classes=[], relation=MERGES_INTO, related=number(OLD))
    refused_relation(rights, ending._replace(facts=ending.facts._replace(related=number(NEW))))
    record(rights, ending)
    assert tuple(rights.divisionOf(number(NEW))) == (bits([25]), 0, 0)
    record(rights, after(registered, "P10", relation=ABSORBS, released=[25], classes=[9, 25]))
    assert entry_of(rights, NEW).classes == bits([9, 25])


def test_through_several_numbers(rights: Any, divided: Event) -> None:
    one = record_all(rights, child(OLD))
    record_all(rights, continued(last := record_all(rights, continued(divided, NEW)), NEWER, "P10"))
    assert last.number == number(NEW)
    record(rights, after(one, "B10", "N6", REFUSED, classes=[], relation=MERGES_INTO, related=number(OLD)))
    assert tuple(rights.divisionOf(number(NEWER))) == (bits([25]), 0, 0)


def test_no_class_in_two_children_of_two_numbers(rights: Any, divided: Event) -> None:
    record(rights, child(OLD))
    record(rights, continued(divided, NEW))
    for of in (OLD, NEW):
        refused_relation(rights, child(of)._replace(number=number("RU/T/2090700001-3")))


def test_a_child_gets_a_new_number(rights: Any, divided: Event) -> None:
    """It stays a child: it grows no further than before, and merges as before."""
    one = record_all(rights, child(OLD))
    moved = record_all(rights, continued(one, "RU/T/901235"))
    entry = entry_of(rights, "RU/T/901235")
    assert (entry.marks, entry.parent, entry.former) == (MARK_CHILD, number(OLD), number(CHILD))
    assert tuple(rights.divisionOf(moved.number)) == (0, 0, bits([25]))
    growing = after(moved, "Y10", corrects=1, classes=[25, 9])
    reverts_with(lambda: ask(rights, growing), "RightsRegisterInvalidClasses", moved.number, bits([9, 25]))
    record(rights, after(moved, "N10", "T6", TERMINATED, classes=[], relation=MERGES_INTO, related=number(OLD)))
    assert tuple(rights.divisionOf(number(OLD))) == (bits([25]), 0, 0)


# What it cannot be


def test_not_of_what_does_not_exist(rights: Any) -> None:
    """Nothing has the head that it would follow."""
    event = continued(filing(OLD), NEW)
    reverts_with(lambda: ask(rights, event), "RightsRegisterNotHead", number(NEW), ZERO, event.previous)


def test_not_past_the_head_of_the_former_number(rights: Any, filed: Event) -> None:
    event = continued(filed, NEW)
    record(rights, after(filed, "W10"))
    reverts_with(lambda: ask(rights, event), "RightsRegisterNotHead", number(NEW), ZERO, event.previous)


def test_not_without_saying_so(rights: Any, filed: Event) -> None:
    """The head of another entry makes no continuation of it, whatever else is said."""
    plain = after(filed, "F10", "A4", REGISTERED)._replace(number=number(NEW))
    other = continued(filed, NEW, relation=APPLICATION_RECORD)
    for event in (plain, other):
        reverts_with(lambda event=event: ask(rights, event), "RightsRegisterNotHead", number(NEW), ZERO, event.previous)


def test_not_as_if_it_were_new(rights: Any, filed: Event) -> None:
    event = filing(NEW, relation=CONTINUATION_OF, related=number(OLD))
    refused_relation(rights, event)


def test_not_of_another_office(rights: Any, filed: Event) -> None:
    refused_relation(rights, continued(filed, "EM/T/018660437"))


def test_not_of_another_right(rights: Any, filed: Event) -> None:
    refused_relation(rights, continued(filed, "RU/D/901234"))


def test_not_of_what_is_terminated(rights: Any, filed: Event) -> None:
    gone = record_all(rights, after(filed, "N10", "T6", TERMINATED))
    refused_relation(rights, continued(gone, NEW, "W10", "T6", status=TERMINATED))


def test_not_under_a_number_that_is_taken(rights: Any, filed: Event) -> None:
    """Neither by an entry, nor by the entry itself."""
    other = record_all(rights, filing(NEW))
    event = continued(filed, NEW)
    reverts_with(lambda: ask(rights, event), "RightsRegisterNotHead", number(NEW), head_of(other), event.previous)
    refused_relation(rights, continued(filed, OLD))


def test_not_as_an_import(rights: Any, filed: Event) -> None:
    event = continued(filed, NEW)._replace(flags=IMPORTED)
    reverts_with(lambda: ask(rights, event), "RightsRegisterAlreadyCreated", number(NEW))


def test_not_under_a_malformed_number(rights: Any, filed: Event) -> None:
    for bad in (b"RUT".ljust(32, b"\0"), b"RUT90 1234".ljust(32, b"\0")):
        event = continued(filed, NEW)._replace(number=bad)
        reverts_with(lambda event=event: ask(rights, event), "OfficeNumberMalformed", event.number)


def test_not_with_classes_to_give(rights: Any, filed: Event) -> None:
    refused_relation(rights, continued(filed, NEW, released=[9]))


def test_not_with_more_classes(rights: Any, filed: Event) -> None:
    event = continued(filed, NEW, classes=[9, 25])
    reverts_with(lambda: ask(rights, event), "RightsRegisterInvalidClasses", number(NEW), bits([9, 25]))


def test_a_later_event_is_none(rights: Any, granted: Event) -> None:
    """Under the new number the former one is known already."""
    refused_relation(rights, after(granted, "W10", relation=CONTINUATION_OF, related=number(OLD)))


def test_one_that_is_refused_leaves_the_former_number_open(rights: Any, filed: Event) -> None:
    event = continued(filed, NEW, "F10", "A9")
    reverts_with(lambda: ask(rights, event), "RightsRegisterUnknownStage", number(NEW), b"A9")
    record(rights, after(filed, "C10", "A1", FILED))
    assert entry_of(rights, OLD).marks & MARK_CONTINUED == 0
