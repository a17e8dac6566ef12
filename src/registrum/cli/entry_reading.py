"""Looking up register entries: `show`, `timeline`, `status`, `verify` and `export` of `registrum mark` and `design`.

Not its job: what is printed of them (`registrum.cli.entry_views`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from registrum.cli.entry_inputs import EntryNumber, missing_text, read_entry_number
from registrum.cli.options import AnyForm, AsJson, ManifestPath, OfficeOption, Rpc
from registrum.cli.output import Facts, emit
from registrum.errors import InputError, NodeError

if TYPE_CHECKING:
    from registrum.cli.entry_views import Renewal
    from registrum.client.rights import Rights
    from registrum.client.rights_answers import EntryStanding, TimelineEvent
    from registrum.numbers import OfficeNumber
    from registrum.registry import Registry
    from registrum.rights.history import HistoryReport, StatusOnDate
    from registrum.rights.model import Division, Entry, RecordedEvent

__all__ = ["export", "show", "status", "timeline", "verify"]

_READINGS = 5
"""How often entry and events are read again where one was recorded in between."""


class ExportFormat(StrEnum):
    """Forms of an export."""

    XML = "xml"
    JSON = "json"


def show(
    context: typer.Context,
    number: EntryNumber,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Show an entry: how it stands today, its dates and classes, and its timeline. Exit code 1 if there is none."""
    from registrum.cli.access import Access
    from registrum.cli.entry_views import badges, class_table, entry_facts, next_renewal, timeline_table

    parsed = read_entry_number(context, number, office, any_form, looked_up=True)
    with Access(rpc, manifest).read() as registry:
        rights = registry.rights
        entry = rights.entry(parsed)
        if entry is None:
            _missing(as_json, registry, parsed, {"entry": None, "timeline": []})
        standing, division = rights.standing(parsed), rights.division(parsed)
        terms, events = rights.renewal_terms(parsed.office, parsed.right), rights.timeline(parsed)
    renewal = next_renewal(entry, standing, terms)
    emit(
        as_json,
        _shown_json(entry, standing, renewal, division, events),
        badges(entry, standing, events),
        entry_facts(entry, standing, renewal, division, events),
        class_table(entry),
        timeline_table(events),
    )


def timeline(
    context: typer.Context,
    number: EntryNumber,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """List the events of an entry, one a line, oldest first. Exit code 1 if there is no entry."""
    from registrum.cli.access import Access
    from registrum.cli.entry_views import timeline_table

    parsed = read_entry_number(context, number, office, any_form, looked_up=True)
    with Access(rpc, manifest).read() as registry:
        events = registry.rights.timeline(parsed)
        if not events:
            _missing(as_json, registry, parsed, {"events": []})
    document = {"number": parsed.text, "events": [event.to_json() for event in events]}
    emit(as_json, document, timeline_table(events))


def status(
    context: typer.Context,
    number: EntryNumber,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day in question.")],
    as_known_on: Annotated[
        str | None,
        typer.Option(
            "--as-known-on", metavar="DATE", help="Answer also by what was recorded by the end of this day, UTC."
        ),
    ] = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Say how an entry stood on a day, as it is known today and as it was known on another day.

    The answer is worked out from the events, after they were checked against the entry. Exit code 1 if nothing stood
    then, if it cannot be said, or if the history is not complete.
    """
    from registrum.cli.access import Access
    from registrum.cli.entry_views import difference, finding_table, sentence, status_facts
    from registrum.dates import parse_date
    from registrum.rights.history import Knowledge

    parsed = read_entry_number(context, number, office, any_form, looked_up=True)
    day, known_on = parse_date(on), None if as_known_on is None else parse_date(as_known_on)
    with Access(rpc, manifest).read() as registry:
        rights = registry.rights
        report = rights.verify_history(parsed)
        if report is None:
            nothing: dict[str, Any] = {"on": on, "knownOn": as_known_on, "sentences": [], "stood": None, "known": None}
            _missing(as_json, registry, parsed, {**nothing, "isComplete": None, "findings": []})
        answers = []
        if report.is_complete:
            answers = [rights.status_on(parsed, day)]
            answers += [] if known_on is None else [rights.status_on(parsed, day, known_on)]
        texts = [_status_text(rights, parsed, answer) for answer in answers]
    sentences = [sentence(parsed, answer, text) for answer, text in zip(answers, texts, strict=True)]
    if not report.is_complete:
        sentences = [f"The history of {parsed.text} is not complete, so nothing can be said about {on}."]
    elif known_on is not None:
        sentences.append(difference(answers[1]))
    stood, known = [
        *({**answer.to_json(), "statusText": text} for answer, text in zip(answers, texts, strict=True)),
        None,
        None,
    ][:2]
    document = {
        "number": parsed.text,
        "on": on,
        "knownOn": as_known_on,
        "sentences": sentences,
        "stood": stood,
        "known": known,
        "isComplete": report.is_complete,
        "findings": [finding.to_json() for finding in report.findings],
    }
    findings = [finding_table(report.findings)] if report.findings else []
    emit(as_json, document, *sentences, *(status_facts(answer) for answer in answers), *findings)
    if any(answer.knowledge is not Knowledge.STOOD for answer in answers) or not report.is_complete:
        raise typer.Exit(1)


def verify(
    context: typer.Context,
    number: EntryNumber,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Recompute the hash chain of an entry from its events, and the entry from what they say.

    Exit code 1 if events are missing, altered or out of order, or if there is no entry.
    """
    from registrum.cli.access import Access
    from registrum.cli.entry_views import finding_table

    parsed = read_entry_number(context, number, office, any_form, looked_up=True)
    with Access(rpc, manifest).read() as registry:
        report = registry.rights.verify_history(parsed)
        if report is None:
            _missing(as_json, registry, parsed, {"isComplete": None, "eventCount": 0, "head": None, "findings": []})
    facts = Facts(
        [
            ("Number", parsed.text),
            ("History", _verdict(report)),
            ("Events", report.event_count),
            ("Head", report.head),
        ]
    )
    emit(as_json, report.to_json(), facts, *([finding_table(report.findings)] if report.findings else []))
    if not report.is_complete:
        raise typer.Exit(1)


def export(
    context: typer.Context,
    number: EntryNumber,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="File to write.")],
    form: Annotated[
        ExportFormat, typer.Option("--format", metavar="xml|json", help="XML of WIPO ST.96 elements, or JSON.")
    ] = ExportFormat.XML,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Write an entry with its whole history into a file, in place of what it held. Exit code 1 if there is no entry."""
    import hashlib

    from registrum.cli.access import Access

    parsed = read_entry_number(context, number, office, any_form, looked_up=True)
    with Access(rpc, manifest).read() as registry:
        found = _whole(registry.rights, parsed)
        if found is None:
            nothing = {"format": form.value, "file": None, "digest": None, "eventCount": 0}
            _missing(as_json, registry, parsed, nothing)
    entry, history = found
    content = _exported(form, entry, history)
    try:
        output.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"{output} cannot be written: {error.strerror}", remedy="Name a file in a folder that can be written."
        ) from error
    document = {
        "number": parsed.text,
        "format": form.value,
        "file": str(output),
        "digest": "0x" + hashlib.sha256(content).hexdigest(),
        "eventCount": entry.event_count,
    }
    facts = [("Number", parsed.text), ("File", output), ("SHA-256", document["digest"]), ("Events", entry.event_count)]
    emit(as_json, document, Facts(facts))


def _missing(as_json: bool, registry: Registry, number: OfficeNumber, nothing: dict[str, Any]) -> NoReturn:
    """Say that there is no entry, and end with exit code 1.

    Raises:
        typer.Exit: Always.
    """
    standing, text = missing_text(registry, number)
    emit(
        as_json,
        {"number": number.text, "standing": standing, **nothing},
        Facts([("Number", number.text), ("Standing", text)]),
    )
    raise typer.Exit(1)


def _shown_json(
    entry: Entry,
    standing: EntryStanding,
    renewal: Renewal | None,
    division: Division,
    events: list[TimelineEvent],
) -> dict[str, Any]:
    from registrum.cli.class_headings import heading

    answer = standing.to_json()
    return {
        "number": entry.number.text,
        "standing": answer["standing"],
        "on": answer["on"],
        "isIrregular": answer["isIrregular"],
        "basisCeasedOn": answer["basisCeasedOn"],
        "entry": entry.to_json(),
        "classes": [{"number": number, "heading": heading(entry.right, number)} for number in entry.classes],
        "renewal": None if renewal is None else renewal.to_json(),
        "division": division.to_json(),
        "irregular": [event.recorded.sequence for event in events if event.is_irregular],
        "suspect": [event.recorded.sequence for event in events if event.is_suspect],
        "timeline": [event.to_json() for event in events],
    }


def _status_text(rights: Rights, number: OfficeNumber, answer: StatusOnDate) -> str | None:
    return None if answer.snapshot is None else rights.codes().status_text(number.right, answer.snapshot.status)


def _verdict(report: HistoryReport) -> str:
    if not report.is_complete:
        return "not complete"
    return "complete, with remarks" if report.remarks else "complete"


def _whole(rights: Rights, number: OfficeNumber) -> tuple[Entry, list[RecordedEvent]] | None:
    """An entry and its events of one moment; None if there is no entry."""
    for _ in range(_READINGS):
        entry, events = rights.entry(number), rights.events(number)
        if entry is None:
            return None
        if events and events[-1].head == entry.head:
            return entry, events
    raise NodeError(
        f"the node does not have the events that lead to the entry of {number}",
        remedy=f"`registrum {'mark' if number.right.value == 'T' else 'design'} verify` says what is missing.",
    )


def _exported(form: ExportFormat, entry: Entry, history: list[RecordedEvent]) -> bytes:
    from registrum.documents.register_export import export_json, export_xml

    if form is ExportFormat.XML:
        return export_xml(entry, history)
    import json

    return (json.dumps(export_json(entry, history), indent=2, ensure_ascii=False) + "\n").encode("utf-8")
