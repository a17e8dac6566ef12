"""Corrections: they name the event that they correct, once each, and never overwrite it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.rights_register.checks import accepted, flags_of, recorded_log
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import logs_of, mapping_slot, poke, storage, time_of
from tests.contracts.support.offices import number
from tests.contracts.support.rights import (
    ANNULS,
    CEASED,
    CONTINUATION_OF,
    FILED,
    IMPORTED,
    PUBLISHED,
    REFUSED,
    REGISTERED,
    TERMINATED,
    Event,
    after,
    ask,
    ask_batch,
    bits,
    entry_of,
    filing,
    record,
    record_all,
    record_batch,
    row,
    set_codes,
)

MARK = "EM/T/018660437"
NUMBER = number(MARK)

ENTRIES_SLOT, EVENT_COUNT_OFFSET, CEASED_BY_OFFSET = 4, 32, 240
"""Slot of the entries in the register; where in the first word of one its events are counted, and which gave the day
on which it ceased."""


def history(length: int = 3) -> list[Event]:
    """A filing and other events that change nothing."""
    events = [filing(MARK)]
    while len(events) < length:
        events.append(after(events[-1], "W10", on=20900401))
    return events


def corrected(rights: Any, up_to: int) -> list[int]:
    """Numbers of the events that were corrected."""
    return [sequence for sequence in range(up_to + 2) if rights.isCorrected(NUMBER, sequence)]


def refused(rights: Any, events: list[Event], corrects: int) -> None:
    reverts_with(lambda: ask_batch(rights, events), "RightsRegisterInvalidCorrection", NUMBER, corrects)


@pytest.mark.smoke
@pytest.mark.parametrize("flags", [0, ANNULS])
def test_a_correction(rights: Any, flags: int) -> None:
    """The earlier event stays as it was logged; the entry says that it was corrected."""
    events = history()
    record_batch(rights, events)
    before = entry_of(rights, MARK)
    correction = after(events[-1], "Y10", on=20900501, corrects=2, flags=flags)
    transaction = record(rights, correction)
    assert logs_of(transaction) == [recorded_log(rights, correction, events[-1], 4, time_of(transaction))]
    assert entry_of(rights, MARK) == before._replace(event_count=4, head=entry_of(rights, MARK).head)
    assert corrected(rights, 4) == [2]


@pytest.mark.parametrize("corrects", [4, 5, 255, 256, 259, 65535])
def test_events_that_are_not_there(rights: Any, corrects: int) -> None:
    """Nor itself."""
    events = history(3)
    refused(rights, [*events, after(events[-1], "Y10", corrects=corrects)], corrects)
    accepted(rights, *events, after(events[-1], "Y10", corrects=3))


def test_the_first_event_corrects_nothing(rights: Any) -> None:
    set_codes(rights, row("T", "Y10", "Y", "none", "A1", (FILED,)))
    for corrects in (1, 2):
        first = filing(MARK)._replace(corrects=corrects)
        refused(rights, [first], corrects)
        refused(rights, [first._replace(code=b"Y10".ljust(32, b"\0"), flags=IMPORTED)], corrects)
    refused(rights, [filing(MARK, "Y10")._replace(flags=IMPORTED)], 0)


def test_an_event_is_corrected_once(rights: Any) -> None:
    events = history(3)
    events.append(after(events[-1], "Y10", corrects=2))
    for corrects in (1, 3, 4):
        accepted(rights, *events, after(events[-1], "Y10", corrects=corrects))
    refused(rights, [*events, after(events[-1], "Y10", corrects=2)], 2)


def test_a_correction_is_corrected(rights: Any) -> None:
    """And that correction again, and so on; each once."""
    events = history(2)
    for sequence in range(2, 7):
        events.append(after(events[-1], "Y10", corrects=sequence))
    record_batch(rights, events)
    assert corrected(rights, len(events)) == [2, 3, 4, 5, 6]
    for sequence in range(2, 7):
        event = after(events[-1], "Y10", corrects=sequence)
        reverts_with(lambda event=event: ask(rights, event), "RightsRegisterInvalidCorrection", NUMBER, event.corrects)
    assert ask(rights, after(events[-1], "Y10", corrects=7)) is True
    assert ask(rights, after(events[-1], "Y10", corrects=1)) is True


@pytest.mark.parametrize("code", ["A10", "B10", "D10", "F10", "N10", "Q10", "R10", "W10"])
def test_only_category_y_corrects(rights: Any, code: str) -> None:
    events = history(2)
    refused(rights, [*events, after(events[-1], code, corrects=1)], 1)


def test_category_y_only_corrects(rights: Any) -> None:
    events = history(2)
    refused(rights, [*events, after(events[-1], "Y10")], 0)


def test_national_corrections(rights: Any) -> None:
    """A national code is one if its row says so."""
    events = history(2)
    national = after(events[-1], "Berichtigung", corrects=2, system="NAT:EM")
    refused(rights, [*events, national], 2)
    set_codes(rights, row("T", "Berichtigung", "Y", "A1", "same", (0,), system="NAT:EM"))
    assert flags_of(rights, *events, national) == [0, 0, 0]


def test_long_histories(rights: Any) -> None:
    """The 256th event and the 257th are kept apart from the first two."""
    last = record_all(rights, *history(2))
    slot = mapping_slot(NUMBER, ENTRIES_SLOT)
    # As if there had been 256 events more, of which a node that keeps every step would tell for long.
    poke(rights, slot, storage(rights, slot) + (256 << EVENT_COUNT_OFFSET))
    assert entry_of(rights, MARK).event_count == 258
    for corrects in (256, 257, 255):
        last = record_all(rights, after(last, "Y10", on=20900401, corrects=corrects))
        again = after(last, "Y10", on=20900401, corrects=corrects)
        reverts_with(lambda again=again: ask(rights, again), "RightsRegisterInvalidCorrection", NUMBER, again.corrects)
    asked = (0, 1, 2, 254, 255, 256, 257, 258, 512)
    assert [sequence for sequence in asked if rights.isCorrected(NUMBER, sequence)] == [255, 256, 257]
    assert ask(rights, after(last, "Y10", on=20900401, corrects=1)) is True


def test_corrections_of_one_entry_are_not_those_of_another(rights: Any) -> None:
    one, two = history(2), [filing("EM/T/2")]
    record_batch(rights, [*one, after(one[-1], "Y10", corrects=1)])
    record_batch(rights, [*two, after(two[-1], "Y10", corrects=1)])
    assert corrected(rights, 3) == [1]


def test_what_a_correction_may_change(rights: Any) -> None:
    """All that is stated: also what other events cannot, as more classes, another filing date, any expiry."""
    filed = filing(MARK, "A10", "A4", REGISTERED, registration_date=20900401, expiry_date=21000310)
    correction = after(
        filed,
        "Y10",
        "A5",
        CEASED,
        corrects=1,
        on=20900501,
        filing_date=20900301,
        registration_date=20900402,
        expiry_date=21990101,
        classes=[1, 45],
    )
    assert flags_of(rights, filed, correction) == [0, 0]
    entry = entry_of(rights, MARK)
    assert (entry.filing_date, entry.registration_date, entry.expiry_date) == (20900301, 20900402, 21990101)
    assert (entry.stage, entry.status, entry.classes) == (b"5", CEASED, bits([1, 45]))


def terminated() -> list[Event]:
    """Filed, refused by the second event, terminated by the third; the fourth is published."""
    filed = filing(MARK)
    refused_ = after(filed, "B10", "N2", REFUSED, 20910101)
    ended = after(refused_, "N10", "T6", TERMINATED, 20920101)
    return [filed, refused_, ended, after(ended, "Q10", on=20920201)]


@pytest.mark.parametrize("resulting", ["N2", "A2", "U0", "A4"])
@pytest.mark.parametrize("flags", [0, ANNULS])
def test_the_way_back_from_termination(rights: Any, resulting: str, flags: int) -> None:
    """By correcting the event that terminated the entry."""
    events = terminated()
    back = after(events[-1], "Y10", resulting, REFUSED, 20920301, corrects=3, flags=flags)
    record_batch(rights, [*events, back])
    entry = entry_of(rights, MARK)
    assert entry.state + entry.stage == resulting.encode()
    assert (entry.terminated_by, entry.ceased_on) == (0, 20910101 if resulting == "N2" else 0)
    assert ask(rights, after(back, "D10", "A3", PUBLISHED)) is True


@pytest.mark.parametrize("corrects", [1, 2, 4])
def test_no_way_back_by_other_corrections(rights: Any, corrects: int) -> None:
    """They are recorded, but lead nowhere else."""
    events = terminated()
    record_batch(rights, events)
    for resulting in ("A1", "N2", "T0"):
        back = after(events[-1], "Y10", resulting, on=20920301, corrects=corrects)
        reverts_with(lambda back=back: ask(rights, back), "RightsRegisterTerminated", NUMBER, back.code)
    quiet = after(events[-1], "Y10", on=20920301, corrects=corrects, classes=[9], registration_date=0)
    record(rights, quiet)
    entry = entry_of(rights, MARK)
    assert (entry.state, entry.terminated_by, entry.classes) == (b"T", 3, bits([9]))


def test_terminated_again(rights: Any) -> None:
    """The correction itself was wrong: it is corrected, and that now is what terminated the entry."""
    events = terminated()
    back = after(events[-1], "Y10", "N2", REFUSED, 20920301, corrects=3, flags=ANNULS)
    again = after(back, "Y10", "T6", TERMINATED, 20920401, corrects=5, flags=ANNULS)
    record_batch(rights, [*events, back, again])
    assert entry_of(rights, MARK).terminated_by == 6
    third = after(again, "Y10", "N2", REFUSED, 20920501, corrects=6, flags=ANNULS)
    record(rights, third)
    assert entry_of(rights, MARK).terminated_by == 0


def test_way_back_after_the_terminating_event_was_corrected_in_a_detail(rights: Any) -> None:
    """Whoever corrected its date first can still correct the latest correction, and end the termination."""
    events = terminated()
    detail = after(events[-1], "Y10", on=20920301, corrects=3)
    record_batch(rights, [*events, detail])
    entry = entry_of(rights, MARK)
    assert (entry.state, entry.terminated_by) == (b"T", 5)
    for corrects in (1, 2, 4):
        wrong = after(detail, "Y10", "N2", REFUSED, 20920401, corrects=corrects)
        reverts_with(lambda wrong=wrong: ask(rights, wrong), "RightsRegisterTerminated", NUMBER, wrong.code)
    back = after(detail, "Y10", "N2", REFUSED, 20920401, corrects=5, flags=ANNULS)
    record(rights, back)
    assert entry_of(rights, MARK).terminated_by == 0


# The day on which it ceased


def ceased(rights: Any, *events: Event) -> int:
    """Record more events of the entry; returns the day from which it then has no effect."""
    record_batch(rights, events)
    return int(entry_of(rights, MARK).ceased_on)


def ended(resulting: str = "N4") -> list[Event]:
    """Registered, and ceased by the second event with effect from 2 January 2091."""
    filed = filing(MARK, resulting="A4", status=REGISTERED)
    code, status = ("N10", TERMINATED) if resulting == "T6" else ("H10", CEASED)
    return [filed, after(filed, code, resulting, status, 20910101, effective=20910102)]


def fixing(earlier: Event, corrects: int, effective: int, resulting: str | None = None, **more: Any) -> Event:
    """A correction of 1 March 2092 with effect from some other day."""
    return after(earlier, "Y10", resulting, on=20920301, corrects=corrects, effective=effective, **more)


@pytest.mark.smoke
@pytest.mark.parametrize("resulting", ["N4", "T6"])
@pytest.mark.parametrize("effective", [20900310, 20910101, 20910102, 20910103, 20930101])
@pytest.mark.parametrize("flags", [0, ANNULS])
def test_the_day_of_the_end_is_corrected(rights: Any, resulting: str, effective: int, flags: int) -> None:
    """By correcting the event that gave it: earlier or later, also to a day to come after the correction."""
    events = ended(resulting)
    assert ceased(rights, *events) == 20910102
    assert ceased(rights, fixing(events[-1], 2, effective, flags=flags)) == effective


@pytest.mark.parametrize("resulting", ["N4", "T6"])
def test_the_day_of_the_end_is_corrected_again(rights: Any, resulting: str) -> None:
    """The correction is then the event that gave it, and is corrected in its turn."""
    events = ended(resulting)
    first = fixing(events[-1], 2, 20910201)
    other = fixing(first, 1, 20910301)
    second = fixing(other, 3, 20910401)
    third = fixing(second, 4, 20910501)
    assert ceased(rights, *events, first) == 20910201
    assert ceased(rights, other) == 20910201, "of another event"
    assert ceased(rights, second) == 20910401
    assert ceased(rights, third) == 20910401, "of that other correction"
    refused(rights, [fixing(third, 2, 20910601)], 2)
    assert ceased(rights, fixing(third, 5, 20910601)) == 20910601


def test_other_corrections_leave_the_day_of_the_end(rights: Any) -> None:
    """And so do all other events that leave the entry without effect."""
    events = ended()
    quiet = after(events[-1], "W10", on=20910201)
    further = after(quiet, "H10", "N5", on=20910301)
    events += [quiet, further]
    assert ceased(rights, *events) == 20910102
    last = further
    for corrects in (1, 3, 4):
        last = fixing(last, corrects, 20910601)
        assert ceased(rights, last) == 20910102, corrects
    assert ceased(rights, fixing(last, 2, 20910601)) == 20910601


def test_a_correction_to_another_stage_moves_the_day_too(rights: Any) -> None:
    """From one end to another: what counts is that the entry stays without effect."""
    events = ended()
    assert ceased(rights, *events, fixing(events[-1], 2, 20910601, "N6")) == 20910601


@pytest.mark.parametrize("resulting", ["A4", "U0"])
def test_a_correction_that_undoes_the_end(rights: Any, resulting: str) -> None:
    """A later end is one of its own: the correction of the first does not move it."""
    events = ended()
    undone = fixing(events[-1], 2, 20910601, resulting, flags=ANNULS)
    assert ceased(rights, *events, undone) == 0
    again = after(undone, "H10", "N4", on=20930101)
    assert ceased(rights, again) == 20930101
    wrong = fixing(again, 3, 20940101)
    assert ceased(rights, wrong) == 20930101, "of what undid the first end"
    assert ceased(rights, fixing(wrong, 4, 20950101)) == 20950101


def test_termination_keeps_the_day_of_the_end_and_what_gave_it(rights: Any) -> None:
    """Inactive by the second event and terminated by the third: each is corrected for itself."""
    events = terminated()
    assert ceased(rights, *events) == 20910101
    of_the_end = fixing(events[-1], 3, 20920202)
    assert ceased(rights, of_the_end) == 20910101
    assert entry_of(rights, MARK).terminated_by == 5
    of_the_first = fixing(of_the_end, 2, 20910202)
    assert ceased(rights, of_the_first) == 20910202
    assert entry_of(rights, MARK).terminated_by == 5, "still the correction of the termination"
    again = fixing(of_the_first, 6, 20910303)
    assert ceased(rights, again) == 20910303
    back = fixing(again, 5, 20920301, "N2")
    assert ceased(rights, back) == 20910303, "no longer terminated, and still inactive"
    assert entry_of(rights, MARK).terminated_by == 0


def test_one_correction_of_an_end_and_a_termination(rights: Any) -> None:
    """Terminated out of activity: the event gave both, and so does its correction."""
    events = ended("T6")
    assert ceased(rights, *events, fixing(events[-1], 2, 20910601)) == 20910601
    assert entry_of(rights, MARK).terminated_by == 3
    only_inactive = fixing(fixing(events[-1], 2, 20910601), 3, 20910701, "N6")
    assert ceased(rights, only_inactive) == 20910701
    assert entry_of(rights, MARK).terminated_by == 0
    assert ceased(rights, fixing(only_inactive, 4, 20910801)) == 20910801


@pytest.mark.parametrize("resulting", ["N4", "T6"])
def test_the_end_of_an_import_is_corrected(rights: Any, resulting: str) -> None:
    """Also when an import without classes ended before it came here."""
    first = filing(MARK, "N10", resulting, TERMINATED, classes=0)._replace(flags=IMPORTED, effective_date=20950101)
    assert ceased(rights, first) == 20950101
    assert ceased(rights, fixing(first, 1, 20960101)) == 20960101


def test_the_day_of_the_end_under_another_number(rights: Any) -> None:
    """The entry takes along which event gave it."""
    events = ended()
    moved = after(events[-1], "Q10", on=20910601, relation=CONTINUATION_OF, related=NUMBER)
    moved = moved._replace(number=number("EM/T/2"))
    record_all(rights, *events, moved)
    assert entry_of(rights, "EM/T/2").ceased_on == 20910102
    record(rights, fixing(moved, 2, 20910701))
    assert entry_of(rights, "EM/T/2").ceased_on == 20910701
    assert entry_of(rights, MARK).ceased_on == 20910102, "as it was when the number was given up"


def test_the_257th_event_is_not_the_first(rights: Any) -> None:
    """Which event gave the day is kept beyond eight bits."""
    events = ended()
    record_batch(rights, events[:1])
    slot = mapping_slot(NUMBER, ENTRIES_SLOT)
    poke(rights, slot, storage(rights, slot) + (256 << EVENT_COUNT_OFFSET))
    assert ceased(rights, events[1]) == 20910102
    assert storage(rights, slot) >> CEASED_BY_OFFSET == 258
    wrong = fixing(events[-1], 2, 20910601)
    assert ceased(rights, wrong) == 20910102
    assert ceased(rights, fixing(wrong, 258, 20910601)) == 20910601
    assert storage(rights, slot) >> CEASED_BY_OFFSET == 260


def test_corrections_of_an_import(rights: Any) -> None:
    first = filing(MARK, "N10", "T6", TERMINATED)._replace(flags=IMPORTED)
    back = after(first, "Y10", "A4", REGISTERED, corrects=1)
    record_batch(rights, [first, back])
    entry = entry_of(rights, MARK)
    assert (entry.state, entry.ceased_on, entry.terminated_by) == (b"A", 0, 0)
