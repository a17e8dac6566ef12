"""What no table allows: how an entry begins, when it happened, which flags there are, and what termination leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from string import ascii_uppercase
from typing import Any

import pytest

from tests.contracts.rights_register.checks import accepted, flags_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, NOON, next_block_at, travel_to
from tests.contracts.support.offices import digest, number
from tests.contracts.support.rights import (
    ANNULS,
    APPLICATION_RECORD,
    BASIS,
    CEASED,
    CONVERTED_FROM,
    DAY_FILED,
    FILED,
    IMPORTED,
    IRREGULAR,
    PUBLISHED,
    REFUSED,
    REGISTERED,
    SAME,
    SURCHARGE,
    TERMINATED,
    Event,
    after,
    ask,
    ask_batch,
    bits,
    entry_of,
    filing,
    record,
    record_batch,
    row,
    set_codes,
)

MARK = "EM/T/018660437"
MIDNIGHT = NOON - NOON % DAY
"""The first second of the day on which the suite's time begins, in UTC."""
CATEGORIES = ascii_uppercase.replace("Y", "")
"""All but corrections: those begin and end elsewhere."""


def latest_day(time: int) -> int:
    """The latest day anywhere on Earth, 14 hours ahead of UTC."""
    return int((datetime.fromtimestamp(time, UTC) + timedelta(hours=14)).strftime("%Y%m%d"))


@pytest.mark.parametrize("category", CATEGORIES.replace("A", ""))
def test_an_entry_begins_with_category_a(rights: Any, category: str) -> None:
    """Whatever the table says of codes of other categories."""
    set_codes(rights, row("T", f"{category}99", category, "none", "A1", (FILED,)))
    first = filing(MARK, f"{category}99")
    reverts_with(lambda: ask(rights, first), "RightsRegisterNotCreating", first.number, first.code)
    assert ask(rights, first._replace(flags=IMPORTED)) is True


def test_what_begins(rights: Any) -> None:
    for first in (
        filing(MARK),
        filing(MARK, "A10-A15"),
        filing(MARK, "Application filed", system="ST.96"),
        filing(MARK, "A10", "A4", REGISTERED, registration_date=DAY_FILED),
        filing("RU/D/2024500001", classes=[32]),
    ):
        assert ask(rights, first) is True


def test_category_a_may_come_later(rights: Any) -> None:
    """Irregular in this table, and no new beginning."""
    filed = filing(MARK)
    assert flags_of(rights, filed, after(filed, "A10")) == [0, IRREGULAR]
    assert entry_of(rights, MARK).event_count == 2


@pytest.mark.parametrize("flags", [IMPORTED, IMPORTED | SURCHARGE])
def test_only_the_first_event_is_imported(rights: Any, flags: int) -> None:
    filed = filing(MARK)
    later = after(filed, "W10", flags=flags)
    for first in (filed, filed._replace(flags=IMPORTED)):
        event = later._replace(previous=after(first, "W10").previous)
        accepted(rights, first, event._replace(flags=0))
        reverts_with(
            lambda events=(first, event): ask_batch(rights, events), "RightsRegisterAlreadyCreated", filed.number
        )


def test_the_first_event_states_the_filing_date(rights: Any) -> None:
    first = filing(MARK)
    facts = first.facts._replace(changes=first.facts.changes & ~1, filing_date=0)
    reverts_with(lambda: ask(rights, first._replace(facts=facts)), "CalendarDateInvalid", 0)
    imported = first._replace(flags=IMPORTED, facts=facts._replace(changes=0, classes=0))
    reverts_with(lambda: ask(rights, imported), "CalendarDateInvalid", 0)
    reverts_with(lambda: ask(rights, filing(MARK, filing_date=0)), "CalendarDateInvalid", 0)


@pytest.mark.parametrize("value", [0, 1, 20900229, 20900431, 20901301, 17991231, 100000101, 2**32 - 1])
def test_days_that_are_none(rights: Any, value: int) -> None:
    filed = filing(MARK)
    for event in (
        filed._replace(event_date=value),
        filed._replace(effective_date=value),
        filing(MARK, filing_date=value),
        *([filed._replace(publication_date=value), filing(MARK, registration_date=value)] if value else []),
        *([filing(MARK, expiry_date=value)] if value else []),
    ):
        reverts_with(lambda event=event: ask(rights, event), "CalendarDateInvalid", value)
    assert ask(rights, filing(MARK, registration_date=0)) is True


@pytest.mark.parametrize("field", ["event_date", "effective_date", "publication_date"])
def test_nothing_before_filing(rights: Any, field: str) -> None:
    """Neither with the filing nor later; on the day itself, all of it."""
    filed = filing(MARK)
    later = after(filed, "D10", "A2", PUBLISHED, 20900401)
    for event, events in ((filed, []), (later, [filed])):
        on_the_day = event._replace(**{field: DAY_FILED})
        accepted(rights, *events, on_the_day)
        early = event._replace(**{field: 20900309})
        reverts_with(
            lambda history=(*events, early): ask_batch(rights, history),
            "RightsRegisterBeforeFiling",
            filed.number,
            20900309,
            DAY_FILED,
        )


def test_corrections_are_not_before_filing_either(rights: Any) -> None:
    filed = filing(MARK)
    event = after(filed, "Y10", on=20900309, corrects=1)
    reverts_with(
        lambda: ask_batch(rights, [filed, event]), "RightsRegisterBeforeFiling", filed.number, 20900309, DAY_FILED
    )


@pytest.mark.parametrize("filed_on", [18000101, 18991231, 19691231, 19700101, 20380120, 20991231])
def test_old_marks(rights: Any, filed_on: int) -> None:
    """Filing dates of long before 1970, and around other ends of time."""
    filed = filing(MARK, on=filed_on)
    later = after(filed, "F10", "A4", REGISTERED, registration_date=filed_on, expiry_date=21000615)
    record_batch(rights, [filed, later])
    entry = entry_of(rights, MARK)
    assert (entry.filing_date, entry.registration_date, entry.expiry_date) == (filed_on, filed_on, 21000615)


def test_far_future(rights: Any) -> None:
    """What has effect, is published or ends later may be far ahead, beyond 2106 too; what happened may not."""
    filed = filing(MARK)
    later = after(
        filed, "F10", "A4", REGISTERED, effective=21070101, published=99991231, registration_date=21000101
    )._replace(event_date=21000101)
    far = after(later, "Y10", corrects=1, expiry_date=99991231)
    record_batch(rights, [filed, later, far])
    assert entry_of(rights, MARK).expiry_date == 99991231


@pytest.mark.parametrize(
    ("time", "latest", "future"),
    [
        (NOON, 21000616, 21000617),
        (MIDNIGHT + DAY + 10 * 3600 - 1, 21000616, 21000617),
        (MIDNIGHT + DAY + 10 * 3600, 21000617, 21000618),
        (MIDNIGHT + 199 * DAY + 10 * 3600 - 1, 21001231, 21010101),
        (MIDNIGHT + 199 * DAY + 10 * 3600, 21010101, 21010102),
    ],
)
def test_what_has_not_come_anywhere_on_earth(rights: Any, time: int, latest: int, future: int) -> None:
    """Offices of the first time zone are 14 hours ahead of UTC: their day begins at 10 o'clock of the day before."""
    assert latest_day(time) == latest
    if time != NOON:
        travel_to(time)
    filed = filing(MARK)
    assert ask(rights, filing(MARK, on=latest, registration_date=latest)) is True
    for event in (
        filed._replace(event_date=future),
        filing(MARK, filing_date=future),
        filing(MARK, registration_date=future),
    ):
        reverts_with(lambda event=event: ask(rights, event), "RightsRegisterFutureDate", filed.number, future, latest)


def test_the_very_second(rights: Any) -> None:
    """A filing of 17 June in the first time zone is recorded from 10 o'clock UTC of the 16th on."""
    ten = MIDNIGHT + DAY + 10 * 3600
    filed = filing(MARK, on=21000617)
    next_block_at(ten - 1)
    reverts_with(lambda: record(rights, filed), "RightsRegisterFutureDate", filed.number, 21000617, 21000616)
    next_block_at(ten)
    record(rights, filed)


@pytest.mark.parametrize(
    ("registration", "expiry", "ok"),
    [
        (DAY_FILED, 0, True),
        (20900309, 0, False),
        (0, 20900311, True),
        (0, DAY_FILED, False),
        (0, 20900309, False),
        (20900401, 20900402, True),
        (20900401, DAY_FILED, False),
        (20900401, 20900401, False),
        (20900401, 20900331, False),
        (20900309, 21000310, False),
    ],
)
def test_terms_follow_the_filing(rights: Any, registration: int, expiry: int, ok: bool) -> None:
    filed = filing(MARK)
    stated = {"registration_date": registration} | ({"expiry_date": expiry} if expiry else {})
    later = after(filed, "F10", "A4", REGISTERED, **stated)
    if ok:
        accepted(rights, filed, later)
    else:
        _refused_term(rights, [filed, later], registration, expiry)


def test_registration_moved_past_the_expiry(rights: Any) -> None:
    """Whichever of the two a correction states, and whether or not the entry is an import."""
    for flags in (0, IMPORTED):
        filed = filing(MARK, registration_date=20900401, expiry_date=20900501)._replace(flags=flags)
        _refused_term(rights, [filed, after(filed, "Y10", corrects=1, registration_date=20900501)], 20900501, 20900501)
        _refused_term(rights, [filed, after(filed, "Y10", corrects=1, expiry_date=20900401)], 20900401, 20900401)
        accepted(rights, filed, after(filed, "Y10", corrects=1, registration_date=20900430))


def test_filing_date_moved_past_the_term(rights: Any) -> None:
    """What is left by a correction must still follow the new filing date."""
    filed = filing(MARK, registration_date=20900401, expiry_date=21000310)
    moved = after(filed, "Y10", on=20990101, corrects=1, filing_date=20900402)
    _refused_term(rights, [filed, moved], 20900401, 21000310)
    accepted(rights, filed, moved._replace(facts=moved.facts._replace(filing_date=20900401)))


def _refused_term(rights: Any, events: list[Event], registration: int, expiry: int) -> None:
    reverts_with(lambda: ask_batch(rights, events), "RightsRegisterInvalidTerm", events[0].number, registration, expiry)


@pytest.mark.parametrize("flags", [8, 16, 128, 256, 257, 4096, 2**15, 2**16 - 1])
def test_flags_without_meaning(rights: Any, flags: int) -> None:
    first = filing(MARK)._replace(flags=flags)
    reverts_with(lambda: ask(rights, first), "RightsRegisterInvalidFlags", first.number, flags)
    filed = filing(MARK)
    later = after(filed, "W10", flags=flags)
    reverts_with(lambda: ask_batch(rights, [filed, later]), "RightsRegisterInvalidFlags", first.number, flags)


@pytest.mark.parametrize("flags", [ANNULS, ANNULS | SURCHARGE])
def test_only_a_correction_annuls(rights: Any, flags: int) -> None:
    filed = filing(MARK)
    later = after(filed, "W10", flags=flags)
    reverts_with(lambda: ask_batch(rights, [filed, later]), "RightsRegisterInvalidFlags", filed.number, flags)
    accepted(rights, filed, after(filed, "Y10", corrects=1, flags=flags))


def terminated() -> list[Event]:
    """An entry from filing to termination by its third event."""
    filed = filing(MARK)
    refused = after(filed, "B10", "N2", REFUSED, 20910101)
    return [filed, refused, after(refused, "N10", "T6", TERMINATED, 20920101)]


@pytest.mark.parametrize("category", CATEGORIES)
def test_categories_after_termination(rights: Any, category: str) -> None:
    """Publication, parties, procedure and other events, whatever the table says of the rest."""
    code = f"{category}99"
    set_codes(rights, row("T", code, category, "T*", "same", (SAME,)))
    events = terminated()
    event = after(events[-1], code)
    if category in "QRTW":
        assert flags_of(rights, *events, event) == [0, 0, 0, 0]
    else:
        _refused_as_terminated(rights, events, event)


@pytest.mark.parametrize("resulting", ["T0", "T5", "A4", "N6", "U0"])
@pytest.mark.parametrize("code", ["Q10", "R10", "T10", "W10"])
def test_terminated_entries_stay_so(rights: Any, code: str, resulting: str) -> None:
    events = terminated()
    _refused_as_terminated(rights, events, after(events[-1], code, resulting))


@pytest.mark.smoke
@pytest.mark.parametrize("code", ["Q10", "R10", "T10", "W10"])
def test_terminated_entries_keep_their_status(rights: Any, code: str) -> None:
    """Also where the table would let it change, and in national codes; but a correction may change it."""
    set_codes(rights, row("T", code, code[0], "T*", "same", (SAME, FILED, REFUSED)))
    events = terminated()
    for status in (FILED, REFUSED):
        _refused_as_terminated(rights, events, after(events[-1], code, status=status))
    _refused_as_terminated(rights, events, after(events[-1], "E77", status=FILED, system="NAT:EM"))
    for corrects in (1, 2, 3):
        accepted(rights, *events, after(events[-1], "Y10", status=REFUSED, corrects=corrects))


@pytest.mark.parametrize(
    "stated",
    [
        {"filing_date": DAY_FILED},
        {"registration_date": 20900401},
        {"registration_date": 0},
        {"expiry_date": 21000310},
        {"classes": [9]},
        {"relation": APPLICATION_RECORD, "related": number("EM/T/APPLICATION")},
        {"relation": BASIS},
        {"relation": CONVERTED_FROM, "related": number("WO/T/1")},
    ],
)
def test_terminated_entries_keep_dates_and_classes(rights: Any, stated: dict[str, Any]) -> None:
    events = terminated()
    _refused_as_terminated(rights, events, after(events[-1], "R10", **stated))


def test_what_is_stated_after_termination(rights: Any) -> None:
    """Holder, dossier and representation."""
    events = terminated()
    record_batch(rights, events)
    before = entry_of(rights, MARK)
    stated = {"holder": digest("heir"), "dossier": digest("final"), "representation": digest("image")}
    event = after(events[-1], "R10", on=20930101, published=20930201, **stated)
    record(rights, event)
    assert entry_of(rights, MARK) == before._replace(event_count=4, head=entry_of(rights, MARK).head, **stated)


def _refused_as_terminated(rights: Any, events: list[Event], event: Event) -> None:
    accepted(rights, *events)
    reverts_with(lambda: ask_batch(rights, [*events, event]), "RightsRegisterTerminated", event.number, event.code)


def test_national_codes_after_termination(rights: Any) -> None:
    """Without a row they are other events."""
    events = terminated()
    accepted(rights, *events, after(events[-1], "E77", system="NAT:EM"))


@pytest.mark.parametrize("before", ["A1", "A4", "N4", "U0"])
def test_which_event_terminated(rights: Any, before: str) -> None:
    filed = filing(MARK, resulting=before)
    quiet = after(filed, "W10")
    ended = after(quiet, "N10", "T6", TERMINATED, 20920101, effective=20920201)
    later = after(ended, "Q10", on=20930101)
    record_batch(rights, [filed, quiet, ended, later])
    entry = entry_of(rights, MARK)
    assert (entry.terminated_by, entry.event_count) == (3, 4)
    # What was not active before had ceased to have effect already.
    assert entry.ceased_on == (DAY_FILED if before[0] == "N" else 20920201)


def test_entries_that_are_imported_terminated(rights: Any) -> None:
    first = filing(MARK, "N10", "T6", TERMINATED)._replace(flags=IMPORTED, effective_date=20950101)
    record(rights, first)
    entry = entry_of(rights, MARK)
    assert (entry.terminated_by, entry.ceased_on, entry.classes) == (1, 20950101, bits([9, 25]))
    event = after(first, "M10")
    reverts_with(lambda: ask(rights, event), "RightsRegisterTerminated", first.number, event.code)


@pytest.mark.parametrize("code", ["H10", "B10", "N10"])
def test_ceased_on_is_the_day_of_effect(rights: Any, code: str) -> None:
    filed = filing(MARK, resulting="A4", status=REGISTERED)
    to, status = ("T6", TERMINATED) if code == "N10" else ("N4", CEASED)
    record_batch(rights, [filed, after(filed, code, to, status, 20910101, effective=20950101)])
    assert entry_of(rights, MARK).ceased_on == 20950101


def test_ceased_on_through_states(rights: Any) -> None:
    """Set when activity ends, kept while it does not come back, cleared by A and by U."""
    filed = filing(MARK, resulting="A4", status=REGISTERED)
    steps = [
        ("H10", "N4", 20910101, 20910101),
        ("H10", "N6", 20920101, 20910101),
        ("K10", "A4", 20930101, 0),
        ("H10", "N5", 20940101, 20940101),
        ("W10", "U0", 20950101, 0),
        ("N10", "T6", 20960101, 20960101),
    ]
    record(rights, filed)
    event = filed
    for code, resulting, day, ceased in steps:
        event = after(event, code, resulting, TERMINATED if code == "N10" else CEASED, day)
        record(rights, event)
        assert entry_of(rights, MARK).ceased_on == ceased
    assert entry_of(rights, MARK).terminated_by == 7
