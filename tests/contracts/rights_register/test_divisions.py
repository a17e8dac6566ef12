"""Classes that pass between an entry and its children: division, merger, and the books that are kept of them.

No class is in two live children of an entry, whatever order things happen in; what every test leaves is compared whole.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of
from tests.contracts.support.offices import number
from tests.contracts.support.rights import (
    ABSORBS,
    CEASED,
    CONTINUATION_OF,
    DIVIDED_FROM,
    DIVIDES,
    FILED,
    IMPORTED,
    MARK_CHILD,
    MERGES_INTO,
    REFUSED,
    REGISTERED,
    TERMINATED,
    ZERO,
    Event,
    after,
    ask,
    ask_batch,
    bits,
    entry_of,
    facts,
    filing,
    record,
    record_all,
    record_batch,
)

PARENT, FIRST, SECOND = "EM/T/018660437", "EM/T/018660437A", "EM/T/018660437B"
GRANDCHILD = "EM/T/018660437A1"


class Division(NamedTuple):
    """Books of an entry, in the order of the ABI; classes as bits."""

    released: int = 0
    given: int = 0
    held: int = 0


def division_of(rights: Any, text: str) -> Division:
    return Division(*rights.divisionOf(number(text)))


def booked(released: Any = (), given: Any = (), held: Any = ()) -> Division:
    return Division(bits(released), bits(given), bits(held))


def child(text: str, classes: Any, of: str = PARENT, **more: Any) -> Event:
    """A child that takes these classes from its parent."""
    return filing(text, classes=classes, relation=DIVIDED_FROM, related=number(of), **more)


def dividing(earlier: Event, released: Any, **more: Any) -> Event:
    """An entry gives up classes; what it keeps is among `more`."""
    return after(earlier, "P10", relation=DIVIDES, released=released, **more)


def merging(earlier: Event, into: str = PARENT, **more: Any) -> Event:
    """A refused child goes back."""
    stated = {"classes": [], "relation": MERGES_INTO, "related": number(into)} | more
    return after(earlier, "B10", "N6", REFUSED, **stated)


def absorbing(earlier: Event, released: Any, **more: Any) -> Event:
    return after(earlier, "P10", relation=ABSORBS, released=released, **more)


def refused_relation(rights: Any, event: Event) -> None:
    """Assert that the relation that an event states is refused as one that cannot be."""
    reverts_with(
        lambda: ask(rights, event),
        "RightsRegisterInvalidRelation",
        event.number,
        event.facts.relation,
        event.facts.related,
    )


def refused_classes(rights: Any, event: Event) -> None:
    reverts_with(lambda: ask(rights, event), "RightsRegisterInvalidClasses", event.number, event.facts.classes)


@pytest.fixture
def filed(rights: Any) -> Event:
    """A mark for classes 9, 25, 35 and 42."""
    return record_all(rights, filing(PARENT, classes=[9, 25, 35, 42]))


@pytest.fixture
def divided(rights: Any, filed: Event) -> Event:
    """It gave up 25 and 35; no child has them yet."""
    return record_all(rights, dividing(filed, [25, 35], classes=[9, 42]))


@pytest.fixture
def first(rights: Any, divided: Event) -> Event:
    """A child that took class 25."""
    return record_all(rights, child(FIRST, [25]))


@pytest.fixture
def merged(rights: Any, first: Event) -> Event:
    """That child went back."""
    return record_all(rights, merging(first))


# Division


@pytest.mark.smoke
def test_a_division(rights: Any, divided: Event) -> None:
    assert entry_of(rights, PARENT).classes == bits([9, 42])
    assert division_of(rights, PARENT) == booked(released=[25, 35])


@pytest.mark.smoke
def test_a_child(rights: Any, first: Event) -> None:
    entry = entry_of(rights, FIRST)
    assert (entry.classes, entry.parent, entry.marks) == (bits([25]), number(PARENT), MARK_CHILD)
    assert division_of(rights, FIRST) == booked(held=[25])
    assert division_of(rights, PARENT) == booked(released=[35], given=[25])


def test_what_is_told(rights: Any, filed: Event) -> None:
    """Each of the two entries says what it has to do with the other, and which classes it has then."""
    parting = dividing(filed, [25], classes=[9, 35, 42])
    taking = child(FIRST, [25])
    for event, related in ((parting, ZERO), (taking, number(PARENT))):
        told = log(
            rights,
            "EntriesRelated",
            number=event.number,
            related=related,
            relation=event.facts.relation,
            classes=event.facts.classes,
        )
        assert told in logs_of(record(rights, event))


def test_in_one_batch(rights: Any, filed: Event) -> None:
    """Parent and children under one signature."""
    record_batch(rights, [dividing(filed, [25, 35], classes=[9, 42]), child(FIRST, [25]), child(SECOND, [35])])
    assert division_of(rights, PARENT) == booked(given=[25, 35])


def test_a_child_does_not_come_first(rights: Any, filed: Event) -> None:
    """In a batch too the order counts."""
    events = [child(FIRST, [25]), dividing(filed, [25], classes=[9, 35, 42])]
    reverts_with(
        lambda: ask_batch(rights, events),
        "RightsRegisterInvalidRelation",
        number(FIRST),
        DIVIDED_FROM,
        number(PARENT),
    )


def test_two_children(rights: Any, first: Event) -> None:
    record(rights, child(SECOND, [35]))
    assert division_of(rights, PARENT) == booked(given=[25, 35])
    assert division_of(rights, SECOND) == booked(held=[35])


def test_divided_again(rights: Any, divided: Event, first: Event) -> None:
    """What was given up before stays on the books."""
    record(rights, dividing(divided, [42], classes=[9]))
    assert division_of(rights, PARENT) == booked(released=[35, 42], given=[25])


def test_goods_split_inside_of_a_class(rights: Any, filed: Event) -> None:
    """Both have class 25 then, each with other goods; the books say that it was given."""
    record(rights, dividing(filed, [25], classes=[9, 25, 35, 42]))
    record(rights, child(FIRST, [25]))
    assert entry_of(rights, PARENT).classes & entry_of(rights, FIRST).classes == bits([25])
    assert division_of(rights, PARENT) == booked(given=[25])


def test_the_classes_of_the_parent_may_be_left_unsaid(rights: Any, filed: Event) -> None:
    """It keeps all of them then: its goods are split within each class that leaves."""
    record(rights, dividing(filed, [25, 35]))
    assert entry_of(rights, PARENT).classes == bits([9, 25, 35, 42])
    assert division_of(rights, PARENT) == booked(released=[25, 35])


def test_a_registered_mark_divides(rights: Any, filed: Event) -> None:
    registered = after(filed, "F10", "A4", REGISTERED, registration_date=filed.event_date)
    record_all(rights, registered, dividing(registered, [25], classes=[9, 35, 42]))
    record(rights, child(FIRST, [25], code="A10", resulting="A4", status=REGISTERED))
    assert entry_of(rights, FIRST).state == b"A"


def test_designs_divide_by_locarno_classes(rights: Any) -> None:
    parent = filing("RU/D/2090500001", classes=[1, 32])
    record_batch(rights, [parent, dividing(parent, [32], classes=[1])])
    record(rights, child("RU/D/2090500002", [32], of="RU/D/2090500001"))
    assert division_of(rights, "RU/D/2090500001") == booked(given=[32])


def test_an_imported_child(rights: Any, divided: Event) -> None:
    """An import may leave its classes unsaid, but a division is of classes."""
    imported = child(FIRST, [25], code="F10", resulting="A4", status=REGISTERED)._replace(flags=IMPORTED)
    silent = imported._replace(
        facts=facts(filing_date=imported.event_date, relation=DIVIDED_FROM, related=number(PARENT))
    )
    refused_relation(rights, silent)
    record(rights, imported)
    assert division_of(rights, PARENT) == booked(released=[35], given=[25])


# A class is given to one child only


@pytest.mark.smoke
def test_no_class_in_two_children(rights: Any, first: Event) -> None:
    for classes in ([25], [25, 35]):
        refused_relation(rights, child(SECOND, classes))


def test_no_class_twice_in_a_batch(rights: Any, divided: Event) -> None:
    reverts_with(
        lambda: ask_batch(rights, [child(FIRST, [25]), child(SECOND, [25])]),
        "RightsRegisterInvalidRelation",
        number(SECOND),
        DIVIDED_FROM,
        number(PARENT),
    )


def test_no_class_that_stayed(rights: Any, divided: Event) -> None:
    for classes in ([9], [25, 9], [1], [45]):
        refused_relation(rights, child(FIRST, classes))


def test_a_child_has_a_class(rights: Any, divided: Event) -> None:
    refused_relation(rights, child(FIRST, []))


def test_a_class_that_was_split_is_not_given_again(rights: Any, filed: Event) -> None:
    parting = record_all(rights, dividing(filed, [25]))
    refused_relation(rights, dividing(parting, [25]))
    record(rights, child(FIRST, [25]))
    refused_relation(rights, dividing(parting, [25]))
    refused_relation(rights, dividing(parting, [25, 35]))


def test_a_class_of_a_child_that_ended_is_not_given_again(rights: Any, filed: Event) -> None:
    """Without a merger it does not come back, so that a child that is revived finds its classes its own."""
    parting = record_all(rights, dividing(filed, [25]))
    one = record_all(rights, child(FIRST, [25]))
    record(rights, after(one, "B10", "N6", REFUSED))
    refused_relation(rights, child(SECOND, [25]))
    refused_relation(rights, dividing(parting, [25]))


# Who cannot be whose child


def test_not_of_what_does_not_exist(rights: Any, divided: Event) -> None:
    refused_relation(rights, child(FIRST, [25], of="EM/T/018660438"))


@pytest.mark.smoke
def test_not_of_what_is_terminated(rights: Any, divided: Event) -> None:
    """What still waits for children then waits for nobody; of what is only inactive children can be."""
    withdrawn = record_all(rights, after(divided, "B10", "N6", REFUSED))
    assert ask(rights, child(FIRST, [25])) is True
    record(rights, after(withdrawn, "N10", "T6", TERMINATED))
    refused_relation(rights, child(FIRST, [25]))
    refused_relation(rights, child(FIRST, [25])._replace(flags=IMPORTED))


def test_not_of_what_is_terminated_under_another_number(rights: Any, divided: Event) -> None:
    """It is the entry that counts, under whichever of its numbers the child names it."""
    moved = after(divided, "Q10", relation=CONTINUATION_OF, related=number(PARENT))
    renamed = record_all(rights, moved._replace(number=number("EM/T/2")))
    for of in (PARENT, "EM/T/2"):
        assert ask(rights, child(FIRST, [25], of=of)) is True
    record(rights, after(renamed, "N10", "T6", TERMINATED))
    for of in (PARENT, "EM/T/2"):
        refused_relation(rights, child(FIRST, [25], of=of))


@pytest.mark.parametrize("day", [20900309, 20900311, 20910310, 20800310])
def test_a_child_has_the_filing_date_of_its_parent(rights: Any, divided: Event, day: int) -> None:
    """Trademark Law Treaty, Article 7(1)(a); the day on which it was divided off is that of the event."""
    refused_relation(rights, child(FIRST, [25], filing_date=day, on=20910310))
    refused_relation(rights, child(FIRST, [25], filing_date=day, on=20910310)._replace(flags=IMPORTED))
    assert ask(rights, child(FIRST, [25], filing_date=20900310, on=20910310)) is True


def test_a_child_has_the_filing_date_that_its_parent_has_by_now(rights: Any, divided: Event) -> None:
    moved = after(divided, "Y10", on=20900401, corrects=1, filing_date=20900309)
    record(rights, moved)
    refused_relation(rights, child(FIRST, [25]))
    assert ask(rights, child(FIRST, [25], filing_date=20900309)) is True


def test_not_of_itself(rights: Any) -> None:
    refused_relation(rights, child(FIRST, [25], of=FIRST))


def test_not_of_another_office(rights: Any, divided: Event) -> None:
    refused_relation(rights, child("RU/T/2090700001", [25]))


def test_not_of_another_right(rights: Any, divided: Event) -> None:
    refused_relation(rights, child("EM/D/018660437", [25]))


def test_not_of_a_number_that_is_none(rights: Any, divided: Event) -> None:
    event = child(FIRST, [25])
    refused_relation(rights, event._replace(facts=event.facts._replace(related=ZERO)))


def test_not_later(rights: Any, divided: Event) -> None:
    """An entry that is there already does not become somebody's child."""
    other = record_all(rights, filing(FIRST, classes=[25]))
    refused_relation(rights, after(other, "P10", relation=DIVIDED_FROM, related=number(PARENT), classes=[25]))


def test_a_child_releases_nothing_as_it_begins(rights: Any, divided: Event) -> None:
    refused_relation(rights, child(FIRST, [25, 35], released=[35]))


# What a division cannot be


def test_not_by_a_first_event(rights: Any) -> None:
    refused_relation(rights, filing(PARENT, relation=DIVIDES, released=[9], classes=[25]))


def test_not_of_nothing(rights: Any, filed: Event) -> None:
    refused_relation(rights, dividing(filed, []))


def test_not_of_classes_that_it_has_not(rights: Any, filed: Event) -> None:
    for released in ([1], [25, 26]):
        refused_relation(rights, dividing(filed, released))
    refused_relation(rights, dividing(filed, 1 << 63 | 1 << 25, classes=[9, 35, 42]))


def test_not_with_classes_that_vanish(rights: Any, filed: Event) -> None:
    """What the parent loses goes to children; limitation is another event."""
    refused_relation(rights, dividing(filed, [25], classes=[9, 42]))


def test_not_of_all_classes(rights: Any, filed: Event) -> None:
    refused_classes(rights, dividing(filed, [9, 25, 35, 42], classes=[]))


def test_not_with_more_classes_than_before(rights: Any, filed: Event) -> None:
    refused_classes(rights, dividing(filed, [25], classes=[9, 10, 35, 42]))


def test_not_with_a_number(rights: Any, filed: Event) -> None:
    """The children tell whose they are; at the division they have no number."""
    refused_relation(rights, dividing(filed, [25], classes=[9, 35, 42], related=number(FIRST)))


def test_only_what_is_active_divides(rights: Any, filed: Event) -> None:
    withdrawn = record_all(rights, after(filed, "B10", "N6", REFUSED))
    refused_relation(rights, dividing(withdrawn, [25], classes=[9, 35, 42]))
    unspecified = record_all(rights, after(withdrawn, "W10", "U0"))
    refused_relation(rights, dividing(unspecified, [25], classes=[9, 35, 42]))


def test_what_is_terminated_does_not_divide(rights: Any, filed: Event) -> None:
    gone = record_all(rights, after(filed, "N10", "T6", TERMINATED))
    event = after(gone, "W10", relation=DIVIDES, released=[25], classes=[9, 35, 42])
    reverts_with(lambda: ask(rights, event), "RightsRegisterTerminated", event.number, event.code)


# Merger


@pytest.mark.smoke
def test_a_merger(rights: Any, merged: Event) -> None:
    entry = entry_of(rights, FIRST)
    assert (entry.state, entry.classes, entry.parent) == (b"N", 0, number(PARENT))
    assert division_of(rights, FIRST) == booked()
    assert division_of(rights, PARENT) == booked(released=[25, 35])
    assert entry_of(rights, PARENT).classes == bits([9, 42]), "the parent has not taken it back yet"


@pytest.mark.smoke
def test_the_parent_takes_back(rights: Any, divided: Event, merged: Event) -> None:
    record(rights, absorbing(divided, [25], classes=[9, 25, 42]))
    assert entry_of(rights, PARENT).classes == bits([9, 25, 42])
    assert division_of(rights, PARENT) == booked(released=[35])


def test_by_termination(rights: Any, first: Event) -> None:
    record(
        rights,
        after(first, "N10", "T6", TERMINATED, classes=[], relation=MERGES_INTO, related=number(PARENT)),
    )
    assert entry_of(rights, FIRST).classes == 0
    assert division_of(rights, PARENT) == booked(released=[25, 35])


def test_what_came_back_is_given_again(rights: Any, merged: Event) -> None:
    record(rights, child(SECOND, [25]))
    assert division_of(rights, PARENT) == booked(released=[35], given=[25])


def test_what_the_child_lost_does_not_come_back(rights: Any, divided: Event) -> None:
    """Classes that were surrendered while it was apart are gone, and free for no other child."""
    both = record_all(rights, child(FIRST, [25, 35]))
    less = record_all(rights, after(both, "P10", classes=[25]))
    assert division_of(rights, FIRST) == booked(held=[25, 35])
    record(rights, merging(less))
    assert division_of(rights, PARENT) == booked(released=[25])
    refused_relation(rights, child(SECOND, [35]))
    refused_relation(rights, absorbing(divided, [35], classes=[9, 35, 42]))


def test_a_split_class_comes_back(rights: Any, filed: Event) -> None:
    parting = record_all(rights, dividing(filed, [25]))
    one = record_all(rights, child(FIRST, [25]))
    record(rights, merging(one))
    record(rights, absorbing(parting, [25]))
    assert entry_of(rights, PARENT).classes == bits([9, 25, 35, 42])
    assert division_of(rights, PARENT) == booked()


def test_merged_twice_is_merged_once(rights: Any, merged: Event) -> None:
    """A second merger brings no class with it, and what has no class cannot be revived."""
    record(rights, child(SECOND, [25]))
    again = record_all(rights, merging(merged))
    assert division_of(rights, PARENT) == booked(released=[35], given=[25])
    for event in (
        after(again, "C10", "A1", FILED),
        after(again, "W10", "U0"),
        after(again, "Y10", "A1", FILED, corrects=2),
        after(again, "Y10", "A1", FILED, corrects=2, classes=[25]),
        after(again, "Y10", corrects=2, classes=[25]),
    ):
        refused_classes(rights, event)
    assert entry_of(rights, FIRST).classes == 0
    record(rights, after(again, "Y10", corrects=2))


def test_a_merger_that_was_a_mistake(rights: Any, merged: Event) -> None:
    """What went back is the parent's to give: a correction of the child does not take it."""
    refused_classes(rights, after(merged, "Y10", "A1", FILED, corrects=2, classes=[25]))


@pytest.mark.parametrize("state", ["A1", "A4", "U0"])
def test_a_live_child_does_not_merge(rights: Any, first: Event, state: str) -> None:
    refused_relation(rights, after(first, "P10", state, classes=[], relation=MERGES_INTO, related=number(PARENT)))


def test_a_merger_leaves_no_class(rights: Any, first: Event) -> None:
    refused_relation(rights, merging(first, classes=[25]))
    silent = after(first, "B10", "N6", REFUSED, relation=MERGES_INTO, related=number(PARENT))
    refused_relation(rights, silent)


def test_a_merger_releases_nothing_itself(rights: Any, first: Event) -> None:
    refused_relation(rights, merging(first, released=[25]))


def test_only_into_the_parent(rights: Any, first: Event) -> None:
    record(rights, child(SECOND, [35]))
    for other in (SECOND, FIRST, "EM/T/018660438", "RU/T/2090700001"):
        refused_relation(rights, merging(first, into=other))


def test_who_has_no_parent_does_not_merge(rights: Any, filed: Event) -> None:
    for related in (number(FIRST), number(PARENT), ZERO):
        refused_relation(rights, merging(filed, related=related))


def test_who_was_converted_does_not_merge(rights: Any, divided: Event) -> None:
    """Its parent is a right of another kind, from which it took no classes."""
    converted = record_all(rights, filing(FIRST, classes=[25], relation=5, related=number(PARENT)))
    refused_relation(rights, merging(converted))


def test_not_as_it_begins(rights: Any, divided: Event) -> None:
    event = filing(FIRST, classes=[], relation=MERGES_INTO, related=number(PARENT), resulting="N6")
    refused_relation(rights, event)


# Taking back


def test_not_what_a_child_has(rights: Any, divided: Event, first: Event) -> None:
    refused_relation(rights, absorbing(divided, [25], classes=[9, 25, 42]))
    refused_relation(rights, absorbing(divided, [25, 35], classes=[9, 25, 35, 42]))


def test_what_no_child_took(rights: Any, divided: Event, first: Event) -> None:
    """A division that was asked for and not carried out."""
    record(rights, absorbing(divided, [35], classes=[9, 35, 42]))
    assert division_of(rights, PARENT) == booked(given=[25])
    refused_relation(rights, child(SECOND, [35]))


def test_not_more_than_it_says(rights: Any, divided: Event) -> None:
    for classes in ([9, 25, 35, 42], [9, 25, 26, 42]):
        refused_relation(rights, absorbing(divided, [25], classes=classes))


def test_it_may_take_back_and_keep_less(rights: Any, divided: Event) -> None:
    """What came back and was given up meanwhile is free for nobody."""
    record(rights, absorbing(divided, [25, 35], classes=[9, 35]))
    assert entry_of(rights, PARENT).classes == bits([9, 35])
    assert division_of(rights, PARENT) == booked()


def test_it_takes_something_back(rights: Any, divided: Event) -> None:
    refused_relation(rights, absorbing(divided, []))
    refused_relation(rights, absorbing(divided, 1 << 60 | 1 << 25))


def test_it_takes_back_from_no_number(rights: Any, divided: Event) -> None:
    refused_relation(rights, absorbing(divided, [25], classes=[9, 25, 42], related=number(FIRST)))


def test_it_takes_nothing_back_as_it_begins(rights: Any) -> None:
    refused_relation(rights, filing(PARENT, relation=ABSORBS, released=[9]))


# Grandchildren


@pytest.mark.smoke
def test_a_child_divides(rights: Any, divided: Event) -> None:
    both = record_all(rights, child(FIRST, [25, 35]))
    parting = record_all(rights, dividing(both, [35], classes=[25]))
    record(rights, child(GRANDCHILD, [35], of=FIRST))
    assert division_of(rights, FIRST) == booked(given=[35], held=[25, 35])
    assert division_of(rights, GRANDCHILD) == booked(held=[35])
    assert division_of(rights, PARENT) == booked(given=[25, 35])
    refused_relation(rights, child(SECOND, [35]))
    refused_relation(rights, child(SECOND, [35], of=FIRST))
    refused_relation(rights, absorbing(parting, [35], classes=[25, 35]))


def test_a_grandchild_merges_into_its_own_parent(rights: Any, divided: Event) -> None:
    both = record_all(rights, child(FIRST, [25, 35]))
    parting = record_all(rights, dividing(both, [35], classes=[25]))
    below = record_all(rights, child(GRANDCHILD, [35], of=FIRST))
    refused_relation(rights, merging(below, into=PARENT))
    record(rights, merging(below, into=FIRST))
    back = record_all(rights, absorbing(parting, [35], classes=[25, 35]))
    assert division_of(rights, FIRST) == booked(held=[25, 35])
    record(rights, merging(back))
    assert division_of(rights, PARENT) == booked(released=[25, 35])


@pytest.mark.parametrize("is_taken", [True, False])
def test_who_has_children_does_not_merge(rights: Any, divided: Event, is_taken: bool) -> None:
    """A class that a grandchild has, or may take, would be free for another child."""
    both = record_all(rights, child(FIRST, [25, 35]))
    parting = record_all(rights, dividing(both, [35], classes=[25]))
    below = child(GRANDCHILD, [35], of=FIRST)
    if is_taken:
        record(rights, below)
    refused_relation(rights, merging(parting))
    if is_taken:
        record(rights, merging(below, into=FIRST))
    back = record_all(rights, absorbing(parting, [35], classes=[25, 35]))
    record(rights, merging(back))
    assert division_of(rights, PARENT) == booked(released=[25, 35])


# What corrections may do


def test_a_correction_gives_a_class_back(rights: Any, filed: Event) -> None:
    less = record_all(rights, after(filed, "P10", classes=[9]))
    record(rights, after(less, "Y10", corrects=2, classes=[9, 25]))
    assert entry_of(rights, PARENT).classes == bits([9, 25])


@pytest.mark.smoke
def test_a_correction_gives_nobody_what_waits_for_children(rights: Any, divided: Event) -> None:
    """The parent would have a class again that a child still may take."""
    for classes in ([9, 25, 42], [9, 35, 42], [25], [9, 1, 25]):
        refused_classes(rights, after(divided, "Y10", corrects=1, classes=classes))
    assert ask(rights, after(divided, "Y10", corrects=1, classes=[1, 9, 42])) is True
    back = record_all(rights, absorbing(divided, [25], classes=[9, 42]))
    assert ask(rights, after(back, "Y10", corrects=1, classes=[9, 25, 42])) is True, "nobody waits for it any more"
    refused_classes(rights, after(back, "Y10", corrects=1, classes=[9, 35, 42]))


def test_a_correction_gives_no_child_what_waits_for_its_own(rights: Any, divided: Event) -> None:
    both = record_all(rights, child(FIRST, [25, 35]))
    parting = record_all(rights, dividing(both, [35], classes=[25]))
    refused_classes(rights, after(parting, "Y10", corrects=1, classes=[25, 35]))


def test_a_correction_of_another_relation_gives_nothing_either(rights: Any, divided: Event) -> None:
    """Even when it takes back what waits: only what the event names is free then."""
    event = after(divided, "Y10", corrects=1, relation=ABSORBS, released=[25], classes=[9, 25, 35, 42])
    refused_relation(rights, event)
    assert ask(rights, event._replace(facts=event.facts._replace(classes=bits([9, 25, 42])))) is True


def test_a_correction_gives_a_child_back_what_was_its_own(rights: Any, divided: Event) -> None:
    both = record_all(rights, child(FIRST, [25, 35]))
    less = record_all(rights, after(both, "P10", classes=[35]))
    record(rights, after(less, "Y10", corrects=2, classes=[25, 35]))
    assert entry_of(rights, FIRST).classes == bits([25, 35])


def test_a_correction_gives_a_child_nothing_else(rights: Any, first: Event) -> None:
    """Neither a class of the parent, nor one that is free, nor one of another child."""
    record(rights, child(SECOND, [35]))
    for classes in ([25, 42], [25, 35], [25, 1]):
        refused_classes(rights, after(first, "Y10", corrects=1, classes=classes))


def test_without_a_correction_nothing_grows(rights: Any, filed: Event, divided: Event, first: Event) -> None:
    refused_classes(rights, after(divided, "P10", classes=[9, 25, 42]))
    refused_classes(rights, after(first, "P10", classes=[25, 42]))
    less = record_all(rights, after(first, "B10", "A1", FILED))
    refused_classes(rights, after(less, "C10", classes=[25, 35]))


def test_a_child_takes_back_what_its_own_child_had(rights: Any, divided: Event) -> None:
    """But not what it never held, even if its books have it."""
    both = record_all(rights, child(FIRST, [25, 35]))
    parting = record_all(rights, dividing(both, [35], classes=[25]))
    refused_relation(rights, absorbing(parting, [42], classes=[25, 42]))
    record(rights, absorbing(parting, [35], classes=[25, 35]))
    assert division_of(rights, FIRST) == booked(held=[25, 35])


def test_the_kind_of_event_does_not_matter(rights: Any, filed: Event) -> None:
    """Divisions come with surrender as with anything else; the table judges the move, the books the classes."""
    registered = record_all(rights, after(filed, "F10", "A4", REGISTERED))
    record(rights, after(registered, "H10", status=CEASED, relation=DIVIDES, released=[25], classes=[9, 35, 42]))
    assert division_of(rights, PARENT) == booked(released=[25])


def test_a_relation_to_nothing_moves_nothing(rights: Any, filed: Event) -> None:
    refused_relation(rights, after(filed, "P10", relation=0, released=[9]))
    refused_relation(rights, after(filed, "P10", relation=0, related=number(FIRST)))
    assert len(logs_of(record(rights, after(filed, "P10", relation=0)))) == 2, "the event and what it stated"
    assert division_of(rights, PARENT) == booked()
