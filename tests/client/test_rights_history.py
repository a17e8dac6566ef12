"""Histories of entries: whether they are whole, and what stood on a day, against a reference that looks backwards.

`Chain` records events as the contract does and keeps the entry that the contract would keep, so that `verify_history`
has something to compare. `stood` is the reference for `status_on`: it asks for each attribute which event says it last,
and asks corrections before the events that they correct; nothing is folded.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.errors import InputError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.codes import default_codes
from registrum.rights.history import (
    HistoryReport,
    Knowledge,
    Problem,
    Snapshot,
    StatusOnDate,
    status_on,
    verify_history,
)
from registrum.rights.model import NO_FACTS, Entry, EntryFacts, LegalStatusEvent, RecordedEvent
from registrum.rights.terms import RenewalTerms
from registrum.rights.values import CLEARED, EventFlags, Marks, Relation, Standing, StatePair

MARK = OfficeNumber("EM", Right.TRADEMARK, "018660437")
LATER = OfficeNumber("EM", Right.TRADEMARK, "R-1")
OTHER = OfficeNumber("EM", Right.TRADEMARK, "018660438")
DESIGN = OfficeNumber("WO", Right.DESIGN, "DM201234-001")
SIGNER = "0x00000000000000000000000000000000000000A1"
DAY = timedelta(days=1)
NO_FLAGS = EventFlags(0)
FACTS = (
    "filing_date",
    "registration_date",
    "expiry_date",
    "classes",
    "dossier",
    "representation",
    "holder",
)
RELATED = {
    "application": (Relation.APPLICATION_RECORD,),
    "basis": (Relation.BASIS,),
    "parent": (Relation.DIVIDED_FROM, Relation.CONVERTED_FROM),
    "former": (Relation.CONTINUATION_OF,),
}
AGREED = 100
SETTINGS = settings(max_examples=100, deadline=None)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


class Chain:
    """Records events one after another, and keeps the entry as the contract does."""

    def __init__(self, number: OfficeNumber = MARK) -> None:
        self.number = number
        self.events: list[RecordedEvent] = []
        self.entries: dict[OfficeNumber, dict[str, Any]] = {}
        self.ceased_by: int | None = None
        self.now = datetime(2020, 1, 1, 12, tzinfo=UTC)

    def record(
        self,
        resulting: str,
        effective: date,
        *,
        status: int = 0,
        code: str = "F10",
        corrects: int | None = None,
        flags: EventFlags = NO_FLAGS,
        facts: EntryFacts = NO_FACTS,
        recorded: datetime | None = None,
        irregular: bool = False,
    ) -> Chain:
        if facts.relation is Relation.CONTINUATION_OF:
            self.number = LATER
        before = self.events[-1] if self.events else None
        event = LegalStatusEvent(
            number=self.number,
            system="ST.27",
            code=code,
            resulting=StatePair.parse(resulting),
            status=status or StatePair.parse(resulting).index + 1,
            event_date=effective,
            effective_date=effective,
            corrects=corrects,
            flags=flags,
            facts=facts,
        )
        previous = before.head if before else None
        self.now = recorded or self.now
        self.events.append(
            RecordedEvent(
                event=event,
                sequence=len(self.events) + 1,
                head=event.to_statement(previous).struct_hash(),
                previous=previous,
                before=before.after if before else None,
                is_irregular=irregular,
                signer=SIGNER,
                recorded_at=self.now,
                block_number=len(self.events) + 1,
                transaction_hash="0x" + "0" * 64,
            )
        )
        self._apply(self.events[-1])
        return self

    def _apply(self, recorded: RecordedEvent) -> None:
        event, facts = recorded.event, recorded.event.facts
        kept = self.entries.get(event.number)
        if kept is None and facts.relation is Relation.CONTINUATION_OF:
            assert facts.related is not None
            closed = self.entries[facts.related]
            kept = {**closed, "former": facts.related}
            closed.update(continuation=event.number, marks=closed["marks"] | Marks.CONTINUED)
        elif kept is None:
            names = [field.name for field in dataclasses.fields(Entry)]
            kept = {**dict.fromkeys(names), "classes": (), "marks": Marks(0), "status_text": "As the table says"}
        self.entries[event.number] = kept
        if event.resulting.state in ("A", "U"):
            kept["ceased_on"], self.ceased_by = None, None
        elif self.ceased_by in (None, event.corrects):
            kept["ceased_on"], self.ceased_by = event.effective_date, recorded.sequence
        if event.resulting.state != "T":
            kept["terminated_by"] = None
        elif recorded.before is None or recorded.before.state != "T" or event.corrects == kept["terminated_by"]:
            kept["terminated_by"] = recorded.sequence
        for name in FACTS:
            value = getattr(facts, name)
            if value is not None:
                kept[name] = None if value is CLEARED else value
        for name, relations in RELATED.items():
            if name != "former" and facts.relation in relations:
                kept[name] = facts.related
        for mark, holds in (
            (Marks.CHILD, facts.relation is Relation.DIVIDED_FROM),
            (Marks.IMPORTED, EventFlags.IMPORTED in event.flags),
            (Marks.IRREGULAR, recorded.is_irregular),
        ):
            kept["marks"] |= mark if holds else Marks(0)
        kept.update(
            number=event.number,
            pair=event.resulting,
            status=event.status,
            head=recorded.head,
            event_count=recorded.sequence,
        )

    def entry(self, number: OfficeNumber | None = None) -> Entry:
        return Entry(**self.entries[number or self.number])


def filed(day: date, **facts: Any) -> EntryFacts:
    return EntryFacts(filing_date=day, classes=(9, 35, 42), **facts)


# The reference


def says(event: RecordedEvent, before: RecordedEvent | None, name: str) -> tuple[bool, Any]:
    """Whether an event says anything of an attribute by itself, and what."""
    stated = event.event
    if name == "pair":
        return before is None or stated.resulting != before.after, stated.resulting
    if name == "status":
        return before is None or stated.status != before.event.status, stated.status
    if name == "number":
        return before is None or stated.number != before.event.number, stated.number
    if name in RELATED:
        return stated.facts.relation in RELATED[name], stated.facts.related
    value = getattr(stated.facts, name)
    return value is not None, None if value is CLEARED else value


class Reference:
    """What is known out of some events."""

    def __init__(self, events: Sequence[RecordedEvent]) -> None:
        self.events = list(events)
        self.correction = {event.event.corrects: event for event in events if event.event.corrects}

    def stands(self, event: RecordedEvent) -> bool:
        correction = self.correction.get(event.sequence)
        return correction is None or EventFlags.ANNULS not in correction.event.flags or not self.stands(correction)

    def correction_of(self, event: RecordedEvent) -> RecordedEvent | None:
        correction = self.correction.get(event.sequence)
        return correction if correction is not None and self.stands(correction) else None

    def day_of(self, event: RecordedEvent) -> date:
        correction = self.correction_of(event)
        return event.event.effective_date if correction is None else self.day_of(correction)

    def base(self) -> RecordedEvent:
        event = self.events[0]
        while not self.stands(event):
            event = self.correction[event.sequence]
        return event

    def value(self, event: RecordedEvent, name: str) -> tuple[bool, Any]:
        correction = self.correction_of(event)
        if correction is not None:
            said, value = self.value(correction, name)
            if said:
                return said, value
        said, value = says(event, self.events[event.sequence - 2] if event.sequence > 1 else None, name)
        return said or (name in ("number", "pair", "status") and event is self.base()), value

    def counted(self, on: date) -> list[RecordedEvent]:
        return [event for event in self.events if self.stands(event) and self.day_of(event) <= on]

    def ceased(self, on: date) -> date | None:
        """The first of the unbroken row of moves to an ended state that goes on until now."""
        found = None
        for event in reversed(self.counted(on)):
            moves, pair = self.value(event, "pair")
            if moves and pair.state in ("A", "U"):
                break
            if moves:
                found = self.day_of(event)
        return found


def known_by(events: Sequence[RecordedEvent], known: date | None) -> list[RecordedEvent]:
    return [event for event in events if known is None or event.recorded_at.date() <= known]


def stood(events: Sequence[RecordedEvent], on: date) -> tuple[Knowledge, dict[str, Any] | None]:
    """What stood on a day, as far as these events tell."""
    if not events:
        return Knowledge.NOT_RECORDED, None
    known = Reference(events)
    base = known.base()
    if known.day_of(base) > on:
        stated, day = known.value(base, "filing_date")
        imported = EventFlags.IMPORTED in base.event.flags
        return (
            Knowledge.SUMMARY_ONLY if imported and not (stated and day > on) else Knowledge.NOT_FILED,
            None,
        )
    found: dict[str, Any] = {"ceased_on": known.ceased(on)}
    for name in ("number", "pair", "status", *RELATED, *FACTS):
        answers = [known.value(event, name) for event in known.counted(on)]
        found[name] = next((value for said, value in reversed(answers) if said), () if name == "classes" else None)
    return Knowledge.STOOD, found


def as_values(snapshot: Snapshot | None) -> dict[str, Any] | None:
    return None if snapshot is None else {f.name: getattr(snapshot, f.name) for f in dataclasses.fields(Snapshot)}


# Random histories: few days, few values, so that they meet often

START = date(2020, 2, 25)
PAIRS = ("A1", "A2", "A3", "A4", "A5", "N3", "N6", "T6", "U0")
facts_of = st.fixed_dictionaries(
    {},
    optional={
        "registration_date": st.sampled_from([CLEARED, START, START + 2 * DAY]),
        "expiry_date": st.sampled_from([CLEARED, START + 2 * DAY, START + 4 * DAY]),
        "classes": st.sampled_from([(9,), (9, 35), (42,), ()]),
        "dossier": st.sampled_from([CLEARED, word(1), word(2)]),
        "holder": st.sampled_from([word(3), word(4)]),
    },
)
step = st.tuples(
    st.sampled_from(PAIRS),
    st.integers(-3, 6),  # effective, in days from the start
    st.integers(0, 1),  # days until it is recorded
    st.sampled_from([0, 0, AGREED]),
    facts_of,
    st.sampled_from(
        [None, None, (Relation.BASIS, OTHER), (Relation.BASIS, None), (Relation.APPLICATION_RECORD, OTHER)]
    ),
    st.integers(0, 9),  # what it corrects, if that can be corrected
    st.booleans(),  # whether it annuls that
    st.integers(0, 5).map(lambda number: number == 0),  # whether it is irregular
)


@st.composite
def histories(draw: Any, steps: int = 7) -> Chain:
    chain = Chain()
    is_imported = draw(st.booleans())
    first = draw(st.integers(0, 3))
    chain.now = datetime(2020, 2, 25, 23, 59, 59, tzinfo=UTC)
    chain.record(
        draw(st.sampled_from(PAIRS)),
        START + first * DAY,
        flags=EventFlags.IMPORTED if is_imported else NO_FLAGS,
        facts=filed(START + draw(st.integers(-1, first)) * DAY, dossier=word(9)),
    )
    continues = draw(st.none() | st.integers(0, steps))
    for index, (pair, effective, wait, status, values, relation, target, annuls, irregular) in enumerate(
        draw(st.lists(step, max_size=steps))
    ):
        taken = {event.event.corrects for event in chain.events}
        corrects = target if 0 < target <= len(chain.events) and target not in taken else None
        said = (Relation.CONTINUATION_OF, MARK) if index == continues else relation
        related = {} if said is None else {"relation": said[0], "related": said[1]}
        chain.record(
            pair,
            START + effective * DAY,
            status=status,
            corrects=corrects,
            flags=EventFlags.ANNULS if annuls and corrects else NO_FLAGS,
            facts=EntryFacts(**values, **related),
            recorded=chain.now + wait * DAY,
            irregular=irregular,
        )
    return chain


DAYS = [START + offset * DAY for offset in range(-4, 9)]


@SETTINGS
@given(histories())
def test_what_stood_is_what_the_reference_finds_on_every_day(chain: Chain) -> None:
    for known in (None, *DAYS[3::2]):
        events = known_by(chain.events, known)
        for on in DAYS:
            answer = status_on(chain.events, on, known)
            knowledge, values = stood(events, on)
            assert (answer.knowledge, as_values(answer.snapshot)) == (knowledge, values)
            assert (answer.on, answer.known_on) == (on, known)


@SETTINGS
@given(histories(steps=5))
def test_standing_follows_from_what_stood(chain: Chain) -> None:
    own = RenewalTerms(1, None, 0, 6)
    for on in DAYS:
        answer = status_on(chain.events, on, terms=own)
        if answer.snapshot is None:
            unknown = answer.knowledge is Knowledge.SUMMARY_ONLY
            assert answer.standing is (None if unknown else Standing.NOT_FOUND)
        else:
            assert answer.standing is own.standing(answer.snapshot.pair, answer.snapshot.expiry_date, on)


@SETTINGS
@given(histories(steps=5))
def test_changes_are_named_by_the_events_whose_recording_made_them(chain: Chain) -> None:
    for known in (None, *DAYS[3:8]):
        count = len(known_by(chain.events, known))
        for on in DAYS[3:11]:
            answer = status_on(chain.events, on, known)
            answers = [stood(chain.events[:length], on) for length in range(len(chain.events) + 1)]
            changing = [event for event in chain.events if answers[event.sequence - 1] != answers[event.sequence]]
            assert answer.changed_later_by == tuple(e.sequence for e in changing if e.sequence > count)
            assert answer.corrected_by == tuple(
                e.sequence for e in changing if e.sequence <= count and e.event.corrects is not None
            )


@SETTINGS
@given(histories())
def test_an_answer_rests_on_events_that_it_cannot_do_without(chain: Chain) -> None:
    """Events that are not named say nothing that stood, and the irregular ones are those that count."""
    for on in DAYS:
        answer = status_on(chain.events, on)
        if answer.snapshot is None:
            assert answer.rests_on == answer.irregular == ()
            continue
        known = Reference(chain.events)
        counted = known.counted(on)
        assert answer.irregular == tuple(event.sequence for event in counted if event.is_irregular)
        expected = {known.base().sequence}
        for name in ("number", "pair", "status", *RELATED, *FACTS):
            sayers = [event for event in counted if known.value(event, name)[0]]
            expected |= {sayers[-1].sequence} if sayers else set()
        with_corrections = set(expected)
        for sequence in expected:
            event: RecordedEvent | None = chain.events[sequence - 1]
            while event is not None:
                with_corrections.add(event.sequence)
                event = known.correction_of(event)
        # The day of cessation may rest on one more: where the row of ended states began.
        assert with_corrections <= set(answer.rests_on)
        assert set(answer.rests_on) <= {event.sequence for event in counted}


@SETTINGS
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_does_not_matter(chain: Chain, random: Any) -> None:
    shuffled = [*chain.events, *chain.events[:2]]
    random.shuffle(shuffled)
    assert status_on(shuffled, DAYS[8]) == status_on(chain.events, DAYS[8])
    assert verify_history(shuffled, chain.entry()) == verify_history(chain.events, chain.entry())


@SETTINGS
@given(histories())
def test_without_corrections_the_last_day_shows_the_entry(chain: Chain) -> None:
    own = Chain()
    for event in chain.events:
        stated = event.event
        own.record(
            str(stated.resulting),
            stated.effective_date,
            status=stated.status,
            flags=stated.flags & EventFlags.IMPORTED,
            facts=stated.facts,
            recorded=event.recorded_at,
        )
    snapshot, entry = status_on(own.events, date.max).snapshot, own.entry()
    assert as_values(snapshot) == {f.name: getattr(entry, f.name) for f in dataclasses.fields(Snapshot)}


# Whole and broken histories


@SETTINGS
@given(histories())
def test_a_whole_history_is_complete(chain: Chain) -> None:
    report = verify_history(chain.events, chain.entry())
    assert report.is_complete
    assert {finding.problem for finding in report.findings} <= {Problem.NOT_RESTORED}
    assert report.remarks == report.findings
    assert (report.number, report.head) == (chain.number, chain.events[-1].head)
    assert report.event_count == len(chain.events)


@SETTINGS
@given(histories())
def test_what_is_not_restored_is_where_the_entry_differs_from_hindsight(chain: Chain) -> None:
    report, entry = verify_history(chain.events, chain.entry()), chain.entry()
    knowledge, values = stood(chain.events, date.max)
    assert knowledge is Knowledge.STOOD
    assert values is not None
    assert {finding.field for finding in report.findings} == {
        name for name, value in values.items() if getattr(entry, name) != value
    }


@SETTINGS
@given(histories(), st.sets(st.integers(1, 8), min_size=1))
def test_missing_events_are_named(chain: Chain, dropped: set[int]) -> None:
    left = [event for event in chain.events if event.sequence not in dropped]
    report = verify_history(left, chain.entry())
    named = {
        sequence
        for finding in report.findings
        if finding.problem is Problem.MISSING
        for sequence in range(finding.sequence or 0, (finding.last or 0) + 1)
    }
    assert named == dropped & {event.sequence for event in chain.events}
    assert report.is_complete is not bool(named)


def altered(event: RecordedEvent, **values: Any) -> RecordedEvent:
    return dataclasses.replace(event, event=dataclasses.replace(event.event, **values))


@SETTINGS
@given(histories(), st.data())
def test_an_altered_event_is_named(chain: Chain, data: Any) -> None:
    place = data.draw(st.integers(0, len(chain.events) - 1))
    events = list(chain.events)
    events[place] = altered(events[place], document=word(77))
    report = verify_history(events, chain.entry())
    assert [(f.problem, f.sequence) for f in report.findings] == [(Problem.ALTERED, place + 1)]
    assert not report.is_complete
    assert report.remarks == ()


@SETTINGS
@given(histories(), st.data())
def test_a_history_written_anew_does_not_fit_the_head(chain: Chain, data: Any) -> None:
    """Who alters an event and all hashes after it still has another head than the entry."""
    place = data.draw(st.integers(0, len(chain.events) - 1))
    events, previous = list(chain.events), None
    for index, given_event in enumerate(events):
        event = altered(given_event, document=word(77)) if index == place else given_event
        head = event.event.to_statement(previous).struct_hash()
        events[index] = dataclasses.replace(event, previous=previous, head=head)
        previous = head
    report = verify_history(events, chain.entry())
    assert [(f.problem, f.sequence) for f in report.findings] == [(Problem.OTHER_HEAD, len(events))]


def problems(report: HistoryReport) -> list[tuple[Problem, int | None, str | None]]:
    return [(finding.problem, finding.sequence, finding.field) for finding in report.findings]


def a_mark() -> Chain:
    """Filed, examined, registered, partly surrendered."""
    chain = Chain()
    chain.record("A1", date(2020, 1, 10), code="A10", facts=filed(date(2020, 1, 10), holder=word(5)))
    chain.record("A2", date(2020, 2, 10), code="D10", recorded=datetime(2020, 2, 11, tzinfo=UTC))
    chain.record(
        "A4",
        date(2020, 6, 1),
        facts=EntryFacts(registration_date=date(2020, 6, 1), expiry_date=date(2030, 1, 10)),
        recorded=datetime(2020, 6, 1, tzinfo=UTC),
    )
    chain.record(
        "A4",
        date(2021, 3, 1),
        code="N10",
        facts=EntryFacts(classes=(9, 35)),
        recorded=datetime(2021, 3, 5, 23, 59, 59, tzinfo=UTC),
    )
    return chain


def test_two_events_of_one_number() -> None:
    chain = a_mark()
    other = altered(chain.events[1], document=word(1))
    report = verify_history([*chain.events, other], chain.entry())
    assert (Problem.DUPLICATE, 2, None) in problems(report)
    assert not report.is_complete


def test_events_beyond_the_entry() -> None:
    chain = a_mark()
    before = chain.entry()
    chain.record("T6", date(2021, 5, 1))
    report = verify_history(chain.events, before)
    assert problems(report) == [(Problem.BEYOND, 5, None)]
    assert report.findings[0].text == "Event 5 follows, but the entry has 4 events."


def test_an_event_that_names_another_one() -> None:
    chain = a_mark()
    events = list(chain.events)
    elsewhere = dataclasses.replace(events[2], previous=word(1))
    events[2] = dataclasses.replace(elsewhere, head=elsewhere.statement().struct_hash())
    report = verify_history(events, chain.entry())
    assert problems(report) == [(Problem.UNLINKED, 3, None), (Problem.UNLINKED, 4, None)]


def test_state_and_stage_before_an_event() -> None:
    chain = a_mark()
    events = list(chain.events)
    events[2] = dataclasses.replace(events[2], before=StatePair.parse("A3"))
    report = verify_history(events, chain.entry())
    assert problems(report) == [(Problem.OTHER_BEFORE, 3, None)]
    assert report.findings[0].text == "Event 3 was recorded after A3; before it there is A2."


def test_times_that_run_back() -> None:
    chain = a_mark()
    events = list(chain.events)
    events[1] = dataclasses.replace(events[1], recorded_at=datetime(2019, 1, 1, tzinfo=UTC))
    assert problems(verify_history(events, chain.entry())) == [(Problem.TIME_RUNS_BACK, 2, None)]
    with pytest.raises(InputError, match="event 2 was recorded before"):
        status_on(events, date(2021, 1, 1))


def test_corrections_that_cannot_be() -> None:
    for corrects in ((9,), (2, 2)):
        chain = a_mark()
        for target in corrects:
            chain.record("A4", date(2021, 1, 1), code="Y10", corrects=target)
        last = len(chain.events)
        assert problems(verify_history(chain.events, chain.entry())) == [(Problem.BAD_CORRECTION, last, None)]
        with pytest.raises(InputError, match=f"event {last} corrects event {corrects[-1]}"):
            status_on(chain.events, date(2021, 1, 1))


@pytest.mark.parametrize(
    ("name", "value", "sequence"),
    [
        ("pair", StatePair.parse("A5"), 3),
        ("status", AGREED, 3),
        ("filing_date", date(2020, 1, 11), 1),
        ("registration_date", None, 3),
        ("expiry_date", date(2040, 1, 10), 3),
        ("ceased_on", date(2021, 1, 1), None),
        ("classes", (9,), 4),
        ("dossier", word(1), None),
        ("representation", word(1), None),
        ("holder", word(6), 1),
        ("application", OTHER, None),
        ("basis", OTHER, None),
        ("parent", OTHER, None),
        ("former", OTHER, None),
        ("terminated_by", 4, None),
        ("marks", Marks.IRREGULAR, None),
        ("marks", Marks.CHILD, None),
    ],
)
def test_a_value_that_the_events_do_not_lead_to(name: str, value: Any, sequence: int | None) -> None:
    chain = a_mark()
    report = verify_history(chain.events, dataclasses.replace(chain.entry(), **{name: value}))
    assert problems(report) == [(Problem.OTHER_VALUE, sequence, name)]
    assert not report.is_complete


def test_an_entry_of_another_number() -> None:
    chain = a_mark()
    report = verify_history(chain.events, dataclasses.replace(chain.entry(), number=OTHER))
    assert problems(report) == [(Problem.OTHER_ENTRY, 4, None)]


def test_no_events_at_all() -> None:
    chain = a_mark()
    report = verify_history([], chain.entry())
    assert [(f.problem, f.sequence, f.last) for f in report.findings] == [(Problem.MISSING, 1, 4)]
    with pytest.raises(InputError, match="no events"):
        status_on([], date(2021, 1, 1))


def test_a_status_needs_every_event() -> None:
    events = a_mark().events
    with pytest.raises(InputError, match="event 2 is missing") as raised:
        status_on([events[0], *events[2:]], date(2021, 1, 1))
    assert raised.value.details["sequence"] == 2
    with pytest.raises(InputError, match="event 1 is missing"):
        status_on(events[1:], date(2021, 1, 1))
    with pytest.raises(InputError, match="event 4 comes twice"):
        status_on([*events, altered(events[3], document=word(1))], date(2021, 1, 1))


def test_an_annulment_that_leaves_what_it_annuls() -> None:
    chain = a_mark()
    chain.record("A4", date(2021, 6, 1), code="Y10", corrects=4, flags=EventFlags.ANNULS)
    report = verify_history(chain.events, chain.entry())
    assert problems(report) == [(Problem.NOT_RESTORED, 5, "classes")]
    assert report.is_complete
    assert report.remarks[0].text == (
        "The entry still has the classes 9, 35 of event 4, which event 5 corrects; without it, it would be 9, 35, 42."
    )
    restored = a_mark()
    restored.record(
        "A4",
        date(2021, 6, 1),
        code="Y10",
        corrects=4,
        flags=EventFlags.ANNULS,
        facts=EntryFacts(classes=(9, 35, 42)),
    )
    assert verify_history(restored.events, restored.entry()).findings == ()


def test_marks_of_irregularity_against_a_table() -> None:
    table = default_codes()
    day = date(2020, 1, 10)
    filing, creation, unknown = (table.rule_for(Right.TRADEMARK, "ST.27", code) for code in ("D10", "A10", "A99"))
    assert filing is not None
    assert creation is not None
    assert unknown is None
    pair = StatePair.parse("A1")
    first = next(
        r.position for r in table.statuses if r.right is Right.TRADEMARK and creation.allows_status(None, r.position)
    )
    strange = next(
        r.position
        for r in table.statuses
        if r.right is Right.TRADEMARK and r.position != first and not filing.allows_status(first, r.position)
    )
    chain = Chain()
    chain.record("A1", day, code="A10", status=first, facts=filed(day))
    assert creation.allows(None, pair)
    assert verify_history(chain.events, chain.entry(), table=table).findings == ()
    chain.record("A1", day, code="A10", status=first)
    chain.record("A1", day, code="A10", status=first, irregular=True)
    chain.record("A1", day, code="A99", status=first)
    chain.record("A2", day, code="D10", status=strange)
    chain.record("A2", day, code="U10", status=strange)
    report = verify_history(chain.events, chain.entry(), table=table)
    assert problems(report) == [
        (Problem.OTHER_MARK, 2, None),
        (Problem.NOT_IN_TABLE, 4, None),
        (Problem.OTHER_MARK, 5, None),
    ]
    assert report.is_complete
    assert verify_history(chain.events, chain.entry()).findings == ()
    # Which status came before an event is not known where that one is missing.
    left = [event for event in chain.events if event.sequence != 4]
    found = problems(verify_history(left, chain.entry(), table=table))
    assert found == [(Problem.OTHER_MARK, 2, None), (Problem.MISSING, 4, None)]


def test_a_report_as_json() -> None:
    chain = a_mark()
    report = verify_history(chain.events[1:], chain.entry())
    assert json.loads(json.dumps(report.to_json())) == {
        "number": "EM/T/018660437",
        "isComplete": False,
        "eventCount": 4,
        "head": "0x" + chain.events[-1].head.hex(),
        "findings": [
            {
                "problem": "missing",
                "text": "Event 1 of 4 is missing.",
                "sequence": 1,
                "last": 1,
                "field": None,
            }
        ],
    }


# A number that changes


def continued() -> Chain:
    chain = Chain()
    chain.record("A1", date(2020, 1, 10), code="A10", facts=filed(date(2020, 1, 10)))
    chain.record("A2", date(2020, 2, 10), code="D10")
    chain.record(
        "A4",
        date(2020, 6, 1),
        facts=EntryFacts(registration_date=date(2020, 6, 1), relation=Relation.CONTINUATION_OF, related=MARK),
    )
    chain.record("A4", date(2021, 1, 1), code="N10", facts=EntryFacts(classes=(9,)))
    return chain


def test_a_history_goes_on_under_a_new_number() -> None:
    chain = continued()
    assert verify_history(chain.events, chain.entry(LATER)).findings == ()
    assert verify_history(chain.events, chain.entry(MARK)).findings == ()
    assert verify_history(chain.events[:2], chain.entry(MARK)).findings == ()
    before, after = status_on(chain.events, date(2020, 5, 31)), status_on(chain.events, date(2020, 6, 1))
    assert before.snapshot is not None
    assert after.snapshot is not None
    assert (before.snapshot.number, before.snapshot.former, before.standing) == (MARK, None, Standing.PENDING)
    assert (after.snapshot.number, after.snapshot.former, after.standing) == (LATER, MARK, Standing.IN_FORCE)


def test_events_under_the_former_number_are_missed() -> None:
    chain = continued()
    report = verify_history(chain.events[2:], chain.entry(LATER))
    assert report.findings[0].text == "Events 1 to 2 are missing. It began as EM/T/018660437."
    assert problems(report) == [(Problem.MISSING, 1, None)]


def test_a_number_to_which_nothing_leads() -> None:
    chain = a_mark()
    chain.number = OTHER
    previous = chain.events[-1]
    chain.entries[OTHER] = dict(chain.entries[MARK])
    chain.record("A4", date(2021, 6, 1))
    assert chain.events[-1].previous == previous.head
    report = verify_history(chain.events, chain.entry(OTHER))
    assert problems(report) == [(Problem.OTHER_ENTRY, 5, None)]
    assert problems(verify_history(chain.events, chain.entry(MARK))) == [(Problem.BEYOND, 5, None)]


# Status on a date, case by case


def on(chain: Chain, day: date, known: date | None = None) -> StatusOnDate:
    return status_on(chain.events, day, known)


def snapshot(chain: Chain, day: date, known: date | None = None) -> Snapshot:
    found = on(chain, day, known).snapshot
    assert found is not None
    return found


def test_what_stood_and_what_was_known_are_two_questions() -> None:
    chain = a_mark()
    # The surrender had effect on 1 March 2021 and was recorded four days later, in the last second of the day.
    assert snapshot(chain, date(2021, 2, 28)).classes == (9, 35, 42)
    assert snapshot(chain, date(2021, 3, 1)).classes == (9, 35)
    assert snapshot(chain, date(2021, 3, 1), date(2021, 3, 4)).classes == (9, 35, 42)
    assert snapshot(chain, date(2021, 3, 1), date(2021, 3, 5)).classes == (9, 35)
    assert on(chain, date(2021, 3, 1), date(2021, 3, 4)).changed_later_by == (4,)
    assert on(chain, date(2021, 2, 28), date(2021, 3, 4)).changed_later_by == ()
    assert on(chain, date(2021, 3, 1)).rests_on == (1, 3, 4)


def test_before_filing_and_before_recording_nothing_is_found() -> None:
    chain = a_mark()
    early, unknown = on(chain, date(2020, 1, 9)), on(chain, date(2021, 1, 1), date(2019, 12, 31))
    assert (early.knowledge, early.standing) == (Knowledge.NOT_FILED, Standing.NOT_FOUND)
    assert (unknown.knowledge, unknown.standing) == (Knowledge.NOT_RECORDED, Standing.NOT_FOUND)
    assert unknown.changed_later_by == (1, 2, 3)


def test_a_future_effect_is_there_when_its_day_comes() -> None:
    chain = a_mark()
    chain.record("N6", date(2107, 1, 1), code="N10")
    assert snapshot(chain, date(2106, 12, 31)).pair == StatePair.parse("A4")
    assert snapshot(chain, date(2106, 12, 31)).ceased_on is None
    assert snapshot(chain, date(2107, 1, 1)).ceased_on == date(2107, 1, 1)
    assert on(chain, date(2107, 1, 1)).standing is Standing.NOT_ACTIVE


def test_lapse_follows_from_dates_alone() -> None:
    chain = a_mark()
    standings = {
        date(2030, 1, 10): Standing.IN_FORCE,
        date(2030, 1, 11): Standing.IN_GRACE,
        date(2030, 7, 10): Standing.IN_GRACE,
        date(2030, 7, 11): Standing.LAPSED,
    }
    assert {day: on(chain, day).standing for day in standings} == standings
    longer = RenewalTerms(10, None, 6, 12)
    assert status_on(chain.events, date(2031, 1, 10), terms=longer).standing is Standing.IN_GRACE


def test_a_renewal_with_retroactive_effect_undoes_the_lapse_that_was_known() -> None:
    chain = a_mark()
    late = datetime(2030, 9, 1, tzinfo=UTC)
    chain.record("A4", date(2030, 1, 11), code="K10", facts=EntryFacts(expiry_date=date(2040, 1, 10)), recorded=late)
    day = date(2030, 8, 1)
    assert on(chain, day).standing is Standing.IN_FORCE
    assert on(chain, day, day).standing is Standing.LAPSED
    assert on(chain, day, day).changed_later_by == (5,)


@pytest.mark.parametrize("year", [1892, 2104])
def test_days_before_1970_and_after_2106(year: int) -> None:
    base = date(year, 2, 29)
    chain = Chain(DESIGN)
    chain.record("A1", base, code="A10", facts=EntryFacts(filing_date=base, classes=(26,)))
    chain.record("A4", base, facts=EntryFacts(registration_date=base, expiry_date=date(year + 5, 2, 28)))
    chain.record("A4", date(year + 5, 3, 1), code="M10", facts=EntryFacts(expiry_date=date(year + 10, 2, 28)))
    assert on(chain, base - DAY).knowledge is Knowledge.NOT_FILED
    assert on(chain, base).standing is Standing.IN_FORCE
    assert on(chain, date(year + 5, 2, 28)).standing is Standing.IN_FORCE
    assert snapshot(chain, date(year + 5, 2, 28)).expiry_date == date(year + 5, 2, 28)
    assert on(chain, date(year + 10, 2, 28)).standing is Standing.IN_FORCE
    assert on(chain, date(year + 10, 8, 28)).standing is Standing.IN_GRACE
    assert on(chain, date(year + 10, 8, 29)).standing is Standing.LAPSED


def test_a_correction_moves_the_day_of_what_it_corrects() -> None:
    chain = a_mark()
    chain.record("A4", date(2020, 7, 1), code="Y10", corrects=3, recorded=datetime(2022, 1, 1, tzinfo=UTC))
    june = date(2020, 6, 15)
    assert snapshot(chain, june).pair == StatePair.parse("A2")
    assert snapshot(chain, june).registration_date is None
    assert snapshot(chain, june, date(2021, 12, 31)).pair == StatePair.parse("A4")
    assert snapshot(chain, date(2020, 7, 1)).registration_date == date(2020, 6, 1)
    assert on(chain, june).corrected_by == (5,)
    assert on(chain, june, date(2021, 12, 31)).changed_later_by == (5,)
    assert on(chain, date(2020, 7, 1)).corrected_by == ()
    assert on(chain, date(2020, 7, 1)).rests_on == (1, 3, 5)


def test_a_correction_that_changes_nothing_is_not_named() -> None:
    chain = a_mark()
    chain.record("A4", date(2021, 3, 1), code="Y10", corrects=4, facts=EntryFacts(classes=(9,)))
    chain.record("A4", date(2021, 4, 1), code="R10", facts=EntryFacts(holder=word(6)))
    chain.record("A4", date(2021, 4, 1), code="Y10", corrects=6)
    assert on(chain, date(2021, 4, 1)).corrected_by == (5,)


def test_a_correction_of_a_correction_decides() -> None:
    chain = a_mark()
    chain.record("A4", date(2021, 4, 1), code="Y10", corrects=4, facts=EntryFacts(classes=(9,)))
    chain.record("A4", date(2021, 2, 1), code="Y10", corrects=5, facts=EntryFacts(classes=(35,)))
    assert snapshot(chain, date(2021, 1, 31)).classes == (9, 35, 42)
    assert snapshot(chain, date(2021, 2, 1)).classes == (35,)
    assert on(chain, date(2021, 2, 1)).corrected_by == (6,)
    assert on(chain, date(2021, 4, 1)).corrected_by == (5, 6)


def test_an_annulled_annulment_brings_the_event_back() -> None:
    chain = a_mark()
    chain.record(
        "A4",
        date(2021, 3, 1),
        code="Y10",
        corrects=4,
        flags=EventFlags.ANNULS,
        facts=EntryFacts(classes=(9, 35, 42)),
    )
    assert snapshot(chain, date(2021, 3, 1)).classes == (9, 35, 42)
    assert on(chain, date(2021, 3, 1)).corrected_by == (5,)
    chain.record(
        "A4",
        date(2021, 3, 1),
        code="Y10",
        corrects=5,
        flags=EventFlags.ANNULS,
        facts=EntryFacts(classes=(9, 35)),
    )
    assert snapshot(chain, date(2021, 3, 1)).classes == (9, 35)
    assert verify_history(chain.events, chain.entry()).findings == ()


def test_a_termination_in_error_never_was() -> None:
    chain = a_mark()
    chain.record("T6", date(2022, 5, 1), code="H10")
    assert chain.entry().terminated_by == 5
    chain.record("A4", date(2022, 5, 1), code="Y10", corrects=5, flags=EventFlags.ANNULS)
    assert chain.entry().terminated_by is None
    for day in (date(2022, 4, 30), date(2022, 5, 1), date(2022, 6, 1)):
        assert on(chain, day).standing is Standing.IN_FORCE
        assert snapshot(chain, day).ceased_on is None
    assert verify_history(chain.events, chain.entry()).findings == ()


def test_the_correction_of_a_termination_takes_its_place() -> None:
    chain = a_mark()
    chain.record("T6", date(2022, 5, 1), code="H10")
    chain.record("T6", date(2022, 5, 1), code="Y10", corrects=5)
    assert chain.entry().terminated_by == 6
    assert verify_history(chain.events, chain.entry()).findings == ()
    chain.record("A4", date(2022, 5, 1), code="Y10", corrects=6, flags=EventFlags.ANNULS)
    assert chain.entry().terminated_by is None
    assert verify_history(chain.events, chain.entry()).is_complete


def test_an_annulled_filing_leaves_what_the_annulment_says() -> None:
    chain = a_mark()
    chain.record("T6", date(2022, 5, 1), code="Y10", corrects=1, flags=EventFlags.ANNULS)
    assert on(chain, date(2022, 4, 30)).knowledge is Knowledge.NOT_FILED
    left = snapshot(chain, date(2022, 5, 1))
    assert (left.pair, left.filing_date, left.number) == (StatePair.parse("T6"), None, MARK)
    report = verify_history(chain.events, chain.entry())
    assert report.is_complete
    assert problems(report) == [(Problem.NOT_RESTORED, 5, "filing_date"), (Problem.NOT_RESTORED, 5, "holder")]


def test_a_day_of_cessation_that_was_corrected() -> None:
    chain = a_mark()
    chain.record("T6", date(2022, 5, 1), code="H10")
    chain.record("T6", date(2022, 6, 1), code="Y10", corrects=5)
    assert snapshot(chain, date(2022, 5, 15)).ceased_on is None
    assert snapshot(chain, date(2022, 6, 1)).ceased_on == date(2022, 6, 1)
    assert chain.entry().ceased_on == date(2022, 6, 1)
    assert verify_history(chain.events, chain.entry()).findings == ()


def test_days_before_an_import_are_not_known() -> None:
    chain = Chain()
    chain.record(
        "A4",
        date(2015, 3, 1),
        code="A10",
        flags=EventFlags.IMPORTED,
        facts=filed(date(2001, 2, 3), expiry_date=date(2021, 2, 3)),
    )
    chain.record("A5", date(2010, 1, 1), code="E10")
    assert on(chain, date(2001, 2, 2)).knowledge is Knowledge.NOT_FILED
    assert on(chain, date(2001, 2, 2)).standing is Standing.NOT_FOUND
    for day in (date(2001, 2, 3), date(2010, 1, 1), date(2015, 2, 28)):
        assert (on(chain, day).knowledge, on(chain, day).standing) == (Knowledge.SUMMARY_ONLY, None)
        assert on(chain, day).snapshot is None
    assert snapshot(chain, date(2015, 3, 1)).pair == StatePair.parse("A5")
    assert chain.entry().marks == Marks.IMPORTED
    assert verify_history(chain.events, chain.entry()).findings == ()


def test_a_child_names_its_parent() -> None:
    chain = Chain()
    facts = EntryFacts(filing_date=date(2020, 1, 10), classes=(42,), relation=Relation.DIVIDED_FROM, related=OTHER)
    chain.record("A4", date(2022, 1, 1), code="A10", facts=facts)
    assert snapshot(chain, date(2022, 1, 1)).parent == OTHER
    assert chain.entry().marks == Marks.CHILD
    assert verify_history(chain.events, chain.entry()).findings == ()


def test_times_of_other_zones_count_in_utc() -> None:
    chain = a_mark()
    local = (chain.events[3].recorded_at + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-10)))
    assert local.date() == date(2021, 3, 5)
    chain.events[3] = dataclasses.replace(chain.events[3], recorded_at=local)
    assert snapshot(chain, date(2021, 3, 5), date(2021, 3, 5)).classes == (9, 35, 42)
    assert snapshot(chain, date(2021, 3, 5), date(2021, 3, 6)).classes == (9, 35)


def test_an_answer_as_json() -> None:
    chain = a_mark()
    answer = json.loads(json.dumps(on(chain, date(2021, 3, 1), date(2021, 3, 5)).to_json()))
    assert answer == {
        "on": "2021-03-01",
        "knownOn": "2021-03-05",
        "knowledge": "stood",
        "standing": "in_force",
        "entry": {
            "number": "EM/T/018660437",
            "state": "A",
            "stage": "4",
            "status": 5,
            "filingDate": "2020-01-10",
            "registrationDate": "2020-06-01",
            "expiryDate": "2030-01-10",
            "ceasedOn": None,
            "classes": [9, 35],
            "dossier": None,
            "representation": None,
            "holder": "0x" + word(5).hex(),
            "application": None,
            "basis": None,
            "parent": None,
            "former": None,
        },
        "restsOn": [1, 3, 4],
        "irregular": [],
        "correctedBy": [],
        "changedLaterBy": [],
    }
    nothing = on(chain, date(2019, 1, 1)).to_json()
    assert (nothing["standing"], nothing["entry"], nothing["knownOn"]) == ("not_found", None, None)
