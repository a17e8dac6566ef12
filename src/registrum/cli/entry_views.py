"""Entries of the register and their events for people: badge, facts, tables, sentences.

Not its job: asking a node (`registrum.cli.entry_reading`), and printing (`registrum.cli.output`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from registrum.cli.class_headings import classification, heading
from registrum.cli.output import Badges, Facts, Table, Tone
from registrum.rights.history import Finding, Knowledge, StatusOnDate
from registrum.rights.values import CLEARED, EventFlags, Relation, Standing, StatePair

if TYPE_CHECKING:
    from registrum.client.rights_answers import EntryStanding, EventSigner, TimelineEvent
    from registrum.numbers import OfficeNumber
    from registrum.rights.model import Division, Entry, EntryFacts
    from registrum.rights.terms import RenewalTerms, RenewalWindow

__all__ = [
    "Renewal",
    "badges",
    "changes_text",
    "class_table",
    "difference",
    "entry_facts",
    "finding_table",
    "next_renewal",
    "pair_text",
    "sentence",
    "status_facts",
    "timeline_table",
]

_TONES: Final[dict[Standing, Tone]] = {
    Standing.IN_FORCE: "good",
    Standing.PENDING: "waiting",
    Standing.IN_GRACE: "waiting",
    Standing.LAPSED: "bad",
    Standing.NOT_ACTIVE: "bad",
    Standing.TERMINATED: "bad",
}
_EXPLAINED: Final = {
    Standing.IN_GRACE: "expired, and can still be renewed with a surcharge",
    Standing.LAPSED: "lapsed, since it was not renewed in time",
    Standing.CONTINUED: "continued under another number",
}
_RENEWABLE: Final = (Standing.IN_FORCE, Standing.IN_GRACE)
_DATES: Final = (
    ("filing_date", "filing date"),
    ("registration_date", "registration date"),
    ("expiry_date", "expiry date"),
)
_DIGESTS: Final = (("dossier", "dossier"), ("representation", "representation"), ("holder", "holder"))


@dataclass(frozen=True)
class Renewal:
    """The next renewal of a right: when it is possible, and what it leads to."""

    window: RenewalWindow
    expiry_date: date

    def to_json(self) -> dict[str, str]:
        """Keys `opens, closes, expiryDate`."""
        days = {"opens": self.window.opens, "closes": self.window.closes, "expiryDate": self.expiry_date}
        return {name: day.isoformat() for name, day in days.items()}


def next_renewal(entry: Entry, standing: EntryStanding, terms: RenewalTerms) -> Renewal | None:
    """The next renewal; None for a right that is not in force, or has no protection left to add."""
    if entry.expiry_date is None or entry.filing_date is None or standing.standing not in _RENEWABLE:
        return None
    following = terms.next_expiry(
        entry.expiry_date, filing_date=entry.filing_date, registration_date=entry.registration_date
    )
    return None if following is None else Renewal(terms.window(entry.expiry_date), following)


def pair_text(pair: StatePair) -> str:
    """State and stage: `A4 (active, registered)`."""
    return f"{pair} ({pair.full_name})"


def badges(entry: Entry, standing: EntryStanding, events: Sequence[TimelineEvent]) -> Badges:
    """How an entry stands in a word, and what everyone must notice."""
    words: list[tuple[str, Tone]] = [
        (standing.standing.full_name.upper(), _TONES.get(standing.standing, "plain")),
    ]
    if standing.is_irregular:
        words.append(("IRREGULAR", "bad"))
    if standing.basis_ceased_on is not None:
        words.append(("BASIS CEASED", "bad"))
    if any(event.is_suspect for event in events):
        words.append(("SUSPECT", "bad"))
    if entry.is_imported:
        words.append(("IMPORTED", "plain"))
    return Badges(words, f"{entry.number.text}: {entry.status_text}")


def entry_facts(
    entry: Entry,
    standing: EntryStanding,
    renewal: Renewal | None,
    division: Division,
    events: Sequence[TimelineEvent],
) -> Facts:
    """Everything that an entry says, with what follows from it today."""
    explained = _EXPLAINED.get(standing.standing, standing.standing.full_name)
    irregular = [event.recorded.sequence for event in events if event.is_irregular]
    suspect = [event.recorded.sequence for event in events if event.is_suspect]
    facts: list[tuple[str, object]] = [
        ("Number", entry.number.text),
        ("Status", entry.status_text),
        ("State and stage", pair_text(entry.pair)),
        ("Standing", f"{explained}, on {standing.on.isoformat()}"),
        ("Filing date", entry.filing_date),
        ("Registration date", entry.registration_date),
        ("Expiry date", entry.expiry_date),
    ]
    if renewal is not None:
        until = f"from {renewal.window.opens}, with a surcharge until {renewal.window.closes}"
        facts.append(("Renewal", f"{until}; leads to {renewal.expiry_date}"))
    optional: list[tuple[str, object]] = [
        ("Ceased on", entry.ceased_on),
        ("Basis", entry.basis),
        ("Basis ceased on", _basis_ceased(standing)),
        ("Application record", entry.application),
        ("Parent", entry.parent),
        ("Former number", entry.former),
        ("Continues as", entry.continuation),
        ("Released for children", _listed(division.released)),
        ("Given to children", _listed(division.given)),
        ("Taken from the parent", _listed(division.held)),
        ("Dossier", entry.dossier),
        ("Representation", entry.representation),
        ("Holder", entry.holder),
        ("Imported", "yes: its first event sums up what was before" if entry.is_imported else None),
        ("Irregular", _events("not foreseen by the table of codes", irregular)),
        ("Suspect", _events("recorded when the key was compromised", suspect)),
    ]
    facts += [(label, value) for label, value in optional if value is not None]
    facts += [("Events", entry.event_count), ("Head", entry.head)]
    return Facts(facts)


def class_table(entry: Entry) -> Table:
    """The classes of an entry with what each is about."""
    rows = [(number, heading(entry.right, number)) for number in entry.classes]
    return Table(("Class", "Heading, shortened"), rows, f"{classification(entry.right)} classes")


def timeline_table(events: Sequence[TimelineEvent]) -> Table:
    """A line for each event, oldest first."""
    rows = [
        (
            event.recorded.sequence,
            event.event.effective_date,
            f"{event.event.system} {event.event.code}",
            event.title,
            _move(event.recorded.before, event.recorded.after),
            event.status_text,
            changes_text(event.event.facts),
            _signer(event.signer),
            event.recorded.recorded_at.date(),
            _remarks(event),
        )
        for event in events
    ]
    headings = (
        "No.",
        "Effective",
        "Code",
        "Title",
        "Move",
        "Status",
        "Says",
        "Signed by",
        "Recorded",
        "Remarks",
    )
    return Table(headings, rows, "Timeline")


def finding_table(findings: Sequence[Finding]) -> Table:
    """What is wrong with a history, or to be looked at."""
    rows = [(finding.sequence, finding.problem, finding.text) for finding in findings]
    return Table(("Event", "Problem", "What it is"), rows, "Findings")


def changes_text(facts: EntryFacts) -> str | None:
    """What an event states about its entry; None if nothing."""
    said = []
    for name, label in _DATES:
        value = getattr(facts, name)
        if value is not None:
            said.append(f"no {label}" if value is CLEARED else f"{label} {value.isoformat()}")
    if facts.classes is not None:
        said.append(f"classes {_listed(facts.classes) or 'none'}")
    for name, label in _DIGESTS:
        value = getattr(facts, name)
        if value is not None:
            said.append(f"no {label}" if value is CLEARED else label)
    if facts.relation not in (None, Relation.NONE):
        related = "" if facts.related is None else f" {facts.related.text}"
        released = f" (classes {_listed(facts.released)})" if facts.released else ""
        said.append(f"{facts.relation.full_name}{related}{released}")
    return "; ".join(said) or None


def sentence(number: OfficeNumber, answer: StatusOnDate, status_text: str | None) -> str:
    """What stood on a day in one sentence, and by which knowledge.

    Args:
        number: The entry that was asked for.
        answer: What stood.
        status_text: Text of the status; None if nothing stood.
    """
    known = "As known today" if answer.known_on is None else f"As known on {answer.known_on.isoformat()}"
    day = answer.on.isoformat()
    if answer.knowledge is Knowledge.NOT_RECORDED:
        return f"{known}, nothing was recorded of {number.text}."
    if answer.knowledge is Knowledge.NOT_FILED:
        return f"{known}, nothing had effect for {number.text} on {day}: there was no such entry yet."
    if answer.knowledge is Knowledge.SUMMARY_ONLY or answer.snapshot is None:
        return (
            f"{known}, it cannot be said how {number.text} stood on {day}: it was imported, and its first event sums "
            "up what happened until a later day."
        )
    entry, standing = answer.snapshot, answer.standing
    parts = [f"{known}, {entry.number.text} stood on {day} as {status_text!r}, {pair_text(entry.pair)}"]
    if standing is not None:
        parts.append(f": {_EXPLAINED.get(standing, standing.full_name)}")
    if entry.expiry_date is not None:
        parts.append(f", expiry date {entry.expiry_date.isoformat()}")
    if entry.classes:
        parts.append(f", classes {_listed(entry.classes)}")
    if answer.irregular:
        parts.append(f", irregular by {_numbered(answer.irregular)}")
    return "".join(parts) + "."


def difference(known: StatusOnDate) -> str:
    """What has become of an earlier answer, in one sentence."""
    if not known.changed_later_by:
        return "What was recorded since then changes nothing about that day."
    return f"What was recorded since then changed that answer: {_numbered(known.changed_later_by)}."


def status_facts(answer: StatusOnDate) -> Facts:
    """What stood on a day, and which events that rests on."""
    entry = answer.snapshot
    facts: list[tuple[str, object]] = [
        ("Day", answer.on),
        ("As known on", answer.known_on or "today"),
        ("Answer", answer.knowledge.value.replace("_", " ")),
        ("Standing", None if answer.standing is None else answer.standing.full_name),
    ]
    if entry is not None:
        facts += [
            ("Registration date", entry.registration_date),
            ("Expiry date", entry.expiry_date),
            ("Ceased on", entry.ceased_on),
            ("Classes", _listed(entry.classes)),
        ]
    facts += [
        ("Rests on events", _listed(answer.rests_on)),
        ("Corrected by", _listed(answer.corrected_by)),
        ("Changed later by", _listed(answer.changed_later_by)),
    ]
    return Facts(facts)


def _basis_ceased(standing: EntryStanding) -> str | None:
    day: date | None = standing.basis_ceased_on
    return None if day is None else f"{day.isoformat()}: the right falls with what it rests on"


def _events(what: str, sequences: Sequence[int]) -> str | None:
    return f"{_numbered(sequences)}: {what}" if sequences else None


def _numbered(sequences: Sequence[int]) -> str:
    return f"event{'s' if len(sequences) > 1 else ''} {_listed(sequences)}"


def _listed(numbers: Sequence[int]) -> str | None:
    return ", ".join(map(str, numbers)) or None


def _move(before: StatePair | None, after: StatePair) -> str:
    if before == after:
        return str(after)
    return f"{'none' if before is None else before} -> {after}"


def _signer(signer: EventSigner) -> str:
    kind = signer.kind.value
    if kind == "body":
        return f"{signer.name} ({signer.account})"
    if signer.name is None:
        return f"unknown account {signer.account}"
    return f"key of {signer.name}{', the successor' if kind == 'successor' else ''} ({signer.account})"


def _remarks(event: TimelineEvent) -> str | None:
    stated = event.event
    remarks = ["irregular"] if event.is_irregular else []
    if stated.event_date != stated.effective_date:
        remarks.append(f"happened {stated.event_date.isoformat()}")
    if event.is_suspect:
        remarks.append("suspect: the key was compromised")
    if EventFlags.IMPORTED in stated.flags:
        remarks.append("imported")
    if EventFlags.SURCHARGE in stated.flags:
        remarks.append("surcharge")
    if stated.corrects is not None:
        remarks.append(f"{'annuls' if EventFlags.ANNULS in stated.flags else 'corrects'} {stated.corrects}")
    if event.corrected_by is not None:
        remarks.append(f"corrected by {event.corrected_by}")
    if stated.publication_date is not None:
        remarks.append(f"published {stated.publication_date.isoformat()}")
    return "; ".join(remarks) or None
