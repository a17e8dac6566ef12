"""The history of an entry: whether it is all there, and what stood in the register on a day.

Both take the events of one entry, those under a former number included, as `registrum.rights.model` has them.

`status_on` answers two questions that must not be confused: what stood on a day (events that have effect by then), and
what was known of it on another day (events recorded by then, in UTC). Of the events that count:

- Each sets state and stage, the status and the number where it changed them when it was recorded, and the facts that it
  states. Where two set the same, the one with the higher sequence number stands, whatever their dates.
- An event that a correction annuls contributes nothing on any day. One that is corrected otherwise contributes with the
  effective date of the correction, and with what the correction states or changes over its own. Corrections of
  corrections are resolved first. A correction that stands also contributes as an event of its own.
- The entry exists from the effective date of its first event; where that was annulled, from that of the annulment,
  which then says how the entry stands. Before an imported first event nothing is known but the filing date: the event
  sums up what happened until then.
- Lapse and grace follow from the expiry date of that day (`registrum.rights.terms`), recorded or not.

Not its job: to fetch events, to check signatures, and the classes that pass between entries.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from registrum.errors import InputError
from registrum.numbers import OfficeNumber
from registrum.rights.model import Entry, RecordedEvent
from registrum.rights.snapshots import Contribution, Snapshot, contributions, fold, with_hindsight
from registrum.rights.terms import RenewalTerms, default_terms
from registrum.rights.values import EventFlags, Marks, Relation, Standing, State

if TYPE_CHECKING:
    from registrum.rights.codes import CodeTable

__all__ = [
    "Finding",
    "HistoryReport",
    "Knowledge",
    "Problem",
    "Snapshot",
    "StatusOnDate",
    "status_on",
    "verify_history",
]


class Knowledge(StrEnum):
    """What the register can say about a day."""

    STOOD = "stood"
    """The entry was there."""
    NOT_FILED = "not_filed"
    """Nothing had effect yet."""
    NOT_RECORDED = "not_recorded"
    """By the day of which the knowledge is asked, nothing had been recorded."""
    SUMMARY_ONLY = "summary_only"
    """Not known: the entry was filed already, but its first event sums up all that happened until a later day."""


@dataclass(frozen=True, slots=True)
class StatusOnDate:
    """What stood in the register on a day.

    Attributes:
        on: The day.
        known_on: Only what was recorded by this day (UTC) counts; None if all does.
        knowledge: What the register can say about the day.
        standing: How the entry stood; `NOT_FOUND` before it was filed or recorded, None where it is not known.
        snapshot: The entry, with the number that it had; None unless `knowledge` is `STOOD`.
        rests_on: Sequence numbers of the events that the snapshot has its values from, with the corrections that
            changed what these events say.
        irregular: Sequence numbers of the events with effect by then that the table did not foresee.
        corrected_by: Sequence numbers of corrections, among those known, that made the answer another when they were
            recorded.
        changed_later_by: Sequence numbers of events recorded after `known_on` that made the answer for the same day
            another: what is known now differs from what was known then.
    """

    on: datetime.date
    known_on: datetime.date | None
    knowledge: Knowledge
    standing: Standing | None
    snapshot: Snapshot | None
    rests_on: tuple[int, ...]
    irregular: tuple[int, ...]
    corrected_by: tuple[int, ...]
    changed_later_by: tuple[int, ...]

    @classmethod
    def of_nothing(cls, on: datetime.date, known_on: datetime.date | None = None) -> Self:
        """What is to be said of a day where there is no event of an entry at all."""
        return cls(on, known_on, Knowledge.NOT_RECORDED, Standing.NOT_FOUND, None, (), (), (), ())

    def to_json(self) -> dict[str, Any]:
        """Keys `on, knownOn, knowledge, standing, entry, restsOn, irregular, correctedBy, changedLaterBy`."""
        return {
            "on": self.on.isoformat(),
            "knownOn": self.known_on.isoformat() if self.known_on else None,
            "knowledge": self.knowledge.value,
            "standing": self.standing.to_json() if self.standing is not None else None,
            "entry": self.snapshot.to_json() if self.snapshot else None,
            "restsOn": list(self.rests_on),
            "irregular": list(self.irregular),
            "correctedBy": list(self.corrected_by),
            "changedLaterBy": list(self.changed_later_by),
        }


def status_on(
    events: Iterable[RecordedEvent],
    on: datetime.date,
    known_on: datetime.date | None = None,
    *,
    terms: RenewalTerms | None = None,
) -> StatusOnDate:
    """What stood in the register on a day; see the module for the rules.

    Args:
        events: All events of one entry, in any order; whether they are all is for `verify_history` to say. With those
            under a later number, the answer is that of the entry under whichever number it had.
        on: The day.
        known_on: Count only what was recorded by this day (UTC); None counts all.
        terms: How the office renews such rights; None for the terms of offices that stated none.

    Raises:
        InputError: No events, or some that cannot be a history: a gap, two with one number, times that run back, a
            correction of what is not there or was corrected before.
    """
    history = _require_history(events)
    terms = terms or default_terms(history[0].event.right)
    known = len(history) if known_on is None else sum(_day_of(event) <= known_on for event in history)
    past = _Past(history, contributions(history), on)
    answer = past.answer(known)
    corrections = [event.sequence for event in history[:known] if event.event.corrects is not None]
    return StatusOnDate(
        on=on,
        known_on=known_on,
        knowledge=answer.knowledge,
        standing=_standing(answer, on, terms),
        snapshot=answer.snapshot,
        rests_on=answer.rests_on,
        irregular=answer.irregular,
        corrected_by=past.changes(corrections),
        changed_later_by=past.changes(range(known + 1, len(history) + 1)),
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """`StatusOnDate` without the terms and without what others knew."""

    knowledge: Knowledge
    snapshot: Snapshot | None = None
    rests_on: tuple[int, ...] = ()
    irregular: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Past:
    """A history, its contributions without hindsight, and the day that is asked about."""

    history: Sequence[RecordedEvent]
    own: Sequence[Contribution]
    on: datetime.date

    def answer(self, known: int) -> _Answer:
        """What stood, as far as the first events tell; `known` is how many."""
        if not known:
            return _Answer(Knowledge.NOT_RECORDED)
        standing = with_hindsight(self.own[:known], self.history[:known])
        base = next(contribution for contribution in standing if contribution.is_base)
        if base.effective_date > self.on:
            is_summary = EventFlags.IMPORTED in self.history[base.sequence - 1].event.flags
            filed = base.values.get("filing_date")
            is_unknown = is_summary and (filed is None or filed <= self.on)
            return _Answer(Knowledge.SUMMARY_ONLY if is_unknown else Knowledge.NOT_FILED)
        counted = [contribution for contribution in standing if contribution.effective_date <= self.on]
        snapshot, setters = fold(counted)
        sources = base.sources.union(*(setter.sources for setter in setters.values()))
        irregular = tuple(contribution.sequence for contribution in counted if contribution.is_irregular)
        return _Answer(Knowledge.STOOD, snapshot, tuple(sorted(sources)), irregular)

    def changes(self, candidates: Iterable[int]) -> tuple[int, ...]:
        """Those of the candidates, in ascending order, at whose recording the answer became another."""
        found: list[int] = []
        last: tuple[int, _Answer] | None = None
        for sequence in candidates:
            before = last[1] if last and last[0] == sequence - 1 else self.answer(sequence - 1)
            after = self.answer(sequence)
            if (before.knowledge, before.snapshot) != (after.knowledge, after.snapshot):
                found.append(sequence)
            last = sequence, after
        return tuple(found)


def _standing(answer: _Answer, on: datetime.date, terms: RenewalTerms) -> Standing | None:
    if answer.snapshot is not None:
        return terms.standing(answer.snapshot.pair, answer.snapshot.expiry_date, on)
    return None if answer.knowledge is Knowledge.SUMMARY_ONLY else Standing.NOT_FOUND


def _day_of(event: RecordedEvent) -> datetime.date:
    return event.recorded_at.astimezone(datetime.UTC).date()


def _require_history(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """The events in their order, each once.

    Raises:
        InputError: They cannot be the history of an entry.
    """
    history: list[RecordedEvent] = []
    corrected: set[int] = set()
    for event in _in_order(events):
        before = history[-1] if history else None
        expected = len(history) + 1
        if event.sequence != expected:
            what = (
                f"event {expected} is missing" if event.sequence > expected else f"event {event.sequence} comes twice"
            )
            raise InputError(
                f"these events are no history: {what}",
                remedy="Give every event of one entry; `verify_history` says what else is wrong.",
                sequence=min(event.sequence, expected),
            )
        if before is not None and event.recorded_at < before.recorded_at:
            raise InputError(f"event {event.sequence} was recorded before the one that it follows")
        corrects = event.event.corrects
        if corrects is not None and (corrects >= event.sequence or corrects in corrected):
            raise InputError(
                f"event {event.sequence} corrects event {corrects}, which is not there or was corrected before"
            )
        if corrects is not None:
            corrected.add(corrects)
        history.append(event)
    if not history:
        raise InputError("no events of an entry were given", remedy="An entry has at least one.")
    return history


def _in_order(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """By sequence number; events that were given twice just once."""
    given = sorted(events, key=lambda event: event.sequence)
    return [event for index, event in enumerate(given) if event not in given[max(0, index - 1) : index]]


class Problem(StrEnum):
    """What is wrong with a history."""

    MISSING = "missing"
    """Events are not there."""
    DUPLICATE = "duplicate"
    """Different events have the same sequence number."""
    BEYOND = "beyond"
    """Events follow that the entry does not count: it was read before they were recorded, or they are not its own."""
    ALTERED = "altered"
    """The content of an event does not hash to the head that it was recorded with."""
    UNLINKED = "unlinked"
    """An event does not name the one before it."""
    OTHER_ENTRY = "other_entry"
    """An event is of another entry, and none leads from the one to the other."""
    OTHER_BEFORE = "other_before"
    """State and stage before an event are not those after the one before it."""
    TIME_RUNS_BACK = "time_runs_back"
    """An event was recorded before the one that it follows."""
    BAD_CORRECTION = "bad_correction"
    """An event corrects one that is not before it, or that another corrected before."""
    OTHER_HEAD = "other_head"
    """The last event is not the head of the entry."""
    OTHER_VALUE = "other_value"
    """The events lead to another value than the entry has."""
    NOT_RESTORED = "not_restored"
    """The entry still has a value of an event that was annulled, or a day that was corrected since."""
    OTHER_MARK = "other_mark"
    """An event is marked irregular, or is not, where the table given says otherwise."""
    NOT_IN_TABLE = "not_in_table"
    """The table given has no such code, or no such status."""


_OF_MEANING: Final = frozenset({Problem.NOT_RESTORED, Problem.OTHER_MARK, Problem.NOT_IN_TABLE})
"""What offices left as it is; the events are those of the entry nevertheless."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a history.

    Attributes:
        problem: What it is.
        text: The same as a sentence for a person.
        sequence: Event that it is about, or the first of several that are missing; None if it is about no single one.
        last: The last of several that are missing; None otherwise.
        field: Attribute of `Entry` that it is about; None if it is about none.
    """

    problem: Problem
    text: str
    sequence: int | None = None
    last: int | None = None
    field: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys `problem, text, sequence, last, field`."""
        return {**{item.name: getattr(self, item.name) for item in fields(self)}, "problem": self.problem.value}


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """Whether events are the whole history of an entry.

    Attributes:
        number: The entry.
        event_count: Events that it has, those under a former number counted.
        head: Its head, which was compared.
        findings: All that is wrong, in the order of the events.
    """

    number: OfficeNumber
    event_count: int
    head: bytes
    findings: tuple[Finding, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the events are all those of the entry, unaltered, and lead to what it says."""
        return all(finding.problem in _OF_MEANING for finding in self.findings)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """What is left of the findings if the history is complete: what offices should look at."""
        return tuple(finding for finding in self.findings if finding.problem in _OF_MEANING)

    def to_json(self) -> dict[str, Any]:
        """Keys `number, isComplete, eventCount, head, findings`."""
        return {
            "number": self.number.text,
            "isComplete": self.is_complete,
            "eventCount": self.event_count,
            "head": "0x" + self.head.hex(),
            "findings": [finding.to_json() for finding in self.findings],
        }


def verify_history(events: Iterable[RecordedEvent], entry: Entry, *, table: CodeTable | None = None) -> HistoryReport:
    """Recompute the hash chain of an entry from its events, and the entry from what they say.

    An entry's head is the hash of its last event, which names the hash of the one before, and so on to the first: if
    the report is complete, nobody left out, added or altered anything that was signed. Who signed, when it was recorded
    and the mark of irregularity are not in these hashes; they are as good as where the events were read. Values are
    compared once every event is there, and corrections once nothing else is wrong.

    Args:
        events: Of the entry and of its former numbers, in any order. Those under a later number are left aside.
        entry: As the contract has it.
        table: Table of codes and statuses; None leaves marks of irregularity unchecked. Events recorded under an older
            table may rightly differ from what it says now.
    """
    given = _in_order(events)
    own = [event for event in given if event.sequence <= entry.event_count]
    findings = [*_check_sequence(own, entry), *_check_later(given[len(own) :], entry)]
    is_gapless = not any(finding.problem in (Problem.MISSING, Problem.DUPLICATE) for finding in findings)
    findings += _check_chain(own, entry)
    if own and is_gapless:
        findings += _check_values(own, entry)
    if own and not findings:
        findings += _check_restored(own)
    if table is not None:
        findings += _check_marks(own, table)
    findings.sort(key=lambda finding: finding.sequence or entry.event_count + 1)
    return HistoryReport(entry.number, entry.event_count, entry.head, tuple(findings))


def _check_sequence(own: Sequence[RecordedEvent], entry: Entry) -> Iterator[Finding]:
    last = 0
    for event in own:
        if event.sequence == last:
            yield Finding(Problem.DUPLICATE, f"There are different events with the number {last}.", last)
        elif event.sequence > last + 1:
            yield _missing(last + 1, event.sequence - 1, entry)
        last = event.sequence
    if last < entry.event_count:
        yield _missing(last + 1, entry.event_count, entry)


def _missing(first: int, last: int, entry: Entry) -> Finding:
    what = f"Event {first} of {entry.event_count} is" if first == last else f"Events {first} to {last} are"
    where = f" It began as {entry.former}." if first == 1 and entry.former is not None else ""
    return Finding(Problem.MISSING, f"{what} missing.{where}", first, last)


def _check_later(later: Sequence[RecordedEvent], entry: Entry) -> Iterator[Finding]:
    if not later:
        return
    first = later[0]
    if entry.continuation is None or first.event.number != entry.continuation or not _leads(entry.number, first):
        text = f"Event {first.sequence} follows, but the entry has {entry.event_count} events."
        yield Finding(Problem.BEYOND, text, first.sequence)


def _leads(former: OfficeNumber, event: RecordedEvent) -> bool:
    """Whether an event takes over the entry from its former number."""
    return event.event.facts.relation is Relation.CONTINUATION_OF and event.event.facts.related == former


def _check_chain(own: Sequence[RecordedEvent], entry: Entry) -> Iterator[Finding]:
    before: RecordedEvent | None = None
    corrected: set[int] = set()
    for event in own:
        sequence, stated = event.sequence, event.event
        if event.statement().struct_hash() != event.head:
            yield Finding(Problem.ALTERED, f"Event {sequence} is not the one that was recorded.", sequence)
        if (before.sequence if before else 0) == sequence - 1:
            yield from _check_link(before, event)
        if before is not None and event.recorded_at < before.recorded_at:
            text = f"Event {sequence} was recorded before event {before.sequence}."
            yield Finding(Problem.TIME_RUNS_BACK, text, sequence)
        if stated.corrects is not None:
            if stated.corrects >= sequence or stated.corrects in corrected:
                text = f"Event {sequence} corrects event {stated.corrects}, which it cannot."
                yield Finding(Problem.BAD_CORRECTION, text, sequence)
            corrected.add(stated.corrects)
        before = event
    if before is not None and before.sequence == entry.event_count:
        if before.event.number != entry.number:
            text = f"Event {before.sequence} is of {before.event.number}, not of {entry.number}."
            yield Finding(Problem.OTHER_ENTRY, text, before.sequence)
        if before.head != entry.head:
            yield Finding(Problem.OTHER_HEAD, f"Event {before.sequence} is not the head of the entry.", before.sequence)


def _check_link(before: RecordedEvent | None, event: RecordedEvent) -> Iterator[Finding]:
    sequence = event.sequence
    if event.previous != (before.head if before else None):
        yield Finding(Problem.UNLINKED, f"Event {sequence} does not name the one before it.", sequence)
    pair = before.after if before else None
    if event.before != pair:
        text = (
            f"Event {sequence} was recorded after {event.before or 'nothing'}; before it there is {pair or 'nothing'}."
        )
        yield Finding(Problem.OTHER_BEFORE, text, sequence)
    number = event.event.number
    if before is not None and number != before.event.number and not _leads(before.event.number, event):
        text = f"Event {sequence} is of {number}, and nothing leads there from {before.event.number}."
        yield Finding(Problem.OTHER_ENTRY, text, sequence)


def _check_values(own: Sequence[RecordedEvent], entry: Entry) -> Iterator[Finding]:
    snapshot, setters = _as_recorded(own)
    for item in fields(Snapshot):
        expected, found = getattr(snapshot, item.name), getattr(entry, item.name)
        if item.name != "number" and expected != found:
            setter = setters.get(item.name)
            yield _other_value(item.name, expected, found, setter.sequence if setter else None)
    terminated_by = _terminated_by(own)
    if terminated_by != entry.terminated_by:
        yield _other_value("terminated_by", terminated_by, entry.terminated_by, terminated_by)
    marks = _marks(own, entry)
    if marks != entry.marks:
        yield _other_value("marks", marks, entry.marks, None)


def _other_value(name: str, expected: object, found: object, sequence: int | None) -> Finding:
    text = f"The {name.replace('_', ' ')} of the entry is {_shown(found)}; the events lead to {_shown(expected)}."
    return Finding(Problem.OTHER_VALUE, text, sequence, field=name)


def _as_recorded(own: Sequence[RecordedEvent]) -> tuple[Snapshot, dict[str, Contribution]]:
    """The entry as the contract keeps it, and which events set each attribute."""
    plain = contributions(own)
    snapshot, setters = fold(plain)
    ceased_on: datetime.date | None = None
    by: int | None = None
    for event, contribution in zip(own, plain, strict=True):
        if event.after.state not in (State.NOT_ACTIVE, State.TERMINATED):
            ceased_on, by = None, None
        elif by is None or event.event.corrects == by:
            # A correction of the event that ended the right takes its place.
            ceased_on, by = event.event.effective_date, event.sequence
            setters["ceased_on"] = contribution
    return replace(snapshot, ceased_on=ceased_on), setters


def _terminated_by(own: Sequence[RecordedEvent]) -> int | None:
    found = None
    for event in own:
        if event.after.state is not State.TERMINATED:
            found = None
        elif event.before is None or event.before.state is not State.TERMINATED or event.event.corrects == found:
            # A correction of the terminating event takes its place.
            found = event.sequence
    return found


def _marks(own: Sequence[RecordedEvent], entry: Entry) -> Marks:
    marks = Marks(0)
    if EventFlags.IMPORTED in own[0].event.flags:
        marks |= Marks.IMPORTED
    if own[0].event.facts.relation is Relation.DIVIDED_FROM:
        marks |= Marks.CHILD
    if any(event.is_irregular for event in own):
        marks |= Marks.IRREGULAR
    return marks | Marks.CONTINUED if entry.continuation is not None else marks


def _check_restored(own: Sequence[RecordedEvent]) -> Iterator[Finding]:
    """What the entry would have if it followed every correction, as a status on a date does."""
    kept, setters = _as_recorded(own)
    right, _ = fold(with_hindsight(contributions(own), own))
    for item in fields(Snapshot):
        expected, found = getattr(right, item.name), getattr(kept, item.name)
        if expected == found:
            continue
        setter = setters[item.name].sequence if item.name in setters else None
        by = next((event.sequence for event in own if setter and event.event.corrects == setter), None)
        what = f"event {setter}, which event {by} corrects" if by else "an event that was corrected since"
        text = (
            f"The entry still has the {item.name.replace('_', ' ')} {_shown(found)} of {what}; without it, it would be "
            f"{_shown(expected)}."
        )
        yield Finding(Problem.NOT_RESTORED, text, by, field=item.name)


def _check_marks(own: Sequence[RecordedEvent], table: CodeTable) -> Iterator[Finding]:
    before: RecordedEvent | None = None
    for event in own:
        stated, previous, before = event.event, before, event
        if (previous.sequence if previous else 0) != event.sequence - 1:
            continue
        try:
            is_regular = table.is_regular(
                stated.right,
                stated.system,
                stated.code,
                stated.status,
                event.before,
                event.after,
                previous_status=previous.event.status if previous else None,
                imported=EventFlags.IMPORTED in stated.flags,
            )
        except InputError as error:
            yield Finding(Problem.NOT_IN_TABLE, f"Event {event.sequence}: {error.message}.", event.sequence)
            continue
        if is_regular == event.is_irregular:
            marked = "is marked irregular" if event.is_irregular else "is not marked irregular"
            foreseen = "foresees it" if is_regular else "does not foresee it"
            text = f"Event {event.sequence} {marked}, and the table given {foreseen}."
            yield Finding(Problem.OTHER_MARK, text, event.sequence)


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "none"
    if isinstance(value, Marks):
        return ", ".join(value.to_json()) or "none"
    return "none" if value is None else str(value)
