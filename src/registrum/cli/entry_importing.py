"""`registrum mark import` and `registrum design import`: entries of an existing register, out of documents.

Not its job: what documents say (`registrum.documents`), and how that becomes an event
(`registrum.documents.register_summary`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.entry_inputs import optional_date, right_of
from registrum.cli.options import AsJson, Key, ManifestPath, PasswordFile, Rpc, SenderKey, Timeout
from registrum.cli.output import Block, Facts, Table, complain, emit, note
from registrum.errors import DocumentError, InputError, RegistrumError

if TYPE_CHECKING:
    from datetime import date

    from registrum.client.rights_answers import EventItem
    from registrum.documents.register_model import Numbering
    from registrum.numbers import OfficeNumber, Right
    from registrum.rights.model import LegalStatusEvent

__all__ = ["import_"]

_SHOWN = 20


class NumberingName(StrEnum):
    """Which of two numbers an entry is kept under."""

    APPLICATION = "application"
    REGISTRATION = "registration"


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Documents of WIPO ST.96 or ST.66 (trade marks), or folders of them."),
    ],
    numbering: Annotated[
        NumberingName | None,
        typer.Option(
            "--numbering",
            metavar="application|registration",
            help="Number that entries are kept under where a document gives two; application, of exports registration.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="Day for which the documents speak; by default the latest day in each entry.",
        ),
    ] = None,
    representations: Annotated[
        Path | None,
        typer.Option(
            "--representations", metavar="DIR", help="Folder of the image files that documents name; they are hashed."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be recorded, and send nothing. Needs no node.")
    ] = False,
    batch_size: Annotated[
        int, typer.Option("--batch-size", metavar="N", min=1, max=200, help="Events under one signature.")
    ] = 200,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Import entries, each by one event that sums up what was before. The same again changes nothing.

    Everything is read first: if a document cannot be read, nothing is sent. Exit code 4 if entries were refused; the
    others are recorded.
    """
    found = _Documents(right_of(context), numbering, optional_date(as_of), representations).read(files)
    if dry_run:
        _show_plan(as_json, found)
        return
    from registrum.cli.access import Access
    from registrum.cli.progress import progress

    events = [event for planned in found.values() for event in planned]
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    report = _Report(found)
    # A key that is missing or does not open is found before anything is sent.
    for office in dict.fromkeys(number.office for number in found):
        access.signer(office)
    try:
        with (
            access.write(events[0].number.office) as registry,
            progress("Importing", len(events), quiet=as_json) as step,
        ):
            for item in registry.rights.record_many(events, batch_size=batch_size, signer_of=access.signer):
                report.add(item)
                step()
    except RegistrumError as error:
        _give_up(as_json, report, error)
        raise
    emit(as_json, report.to_json(), *report.blocks())
    for refusal in report.reasons():
        complain(refusal.message, refusal.remedy)
    if report.refused:
        raise typer.Exit(4)


class _Documents:
    """How documents are read.

    Args:
        right: Trade marks or designs.
        numbering: As for `read_register_entries`.
        as_of: As for `summary_events`.
        folder: Where the files lie that documents name.
    """

    def __init__(self, right: Right, numbering: NumberingName | None, as_of: date | None, folder: Path | None) -> None:
        self._right = right
        self._numbering = numbering
        self._as_of = as_of
        self._folder = folder

    def read(self, files: Sequence[Path]) -> dict[OfficeNumber, tuple[LegalStatusEvent, ...]]:
        """The events of each entry, in the order of the documents.

        Raises:
            InputError: Documents cannot be read, or contradict each other; `details["problems"]` says which and why.
        """
        found: dict[OfficeNumber, tuple[LegalStatusEvent, ...]] = {}
        problems: list[dict[str, Any]] = []
        for file in _files(files):
            try:
                for events in self._events(file):
                    number = events[0].number
                    if found.setdefault(number, events) != events:
                        raise DocumentError(f"{number} is in another of the documents, with other facts")
            except RegistrumError as error:
                problems.append({"file": str(file), "code": error.code, "message": error.message})
        if problems:
            raise _unreadable(problems)
        if not found:
            raise InputError("there is no document to import", remedy="Give files, or folders that hold some.")
        return found

    def _events(self, file: Path) -> Iterator[tuple[LegalStatusEvent, ...]]:
        from registrum.documents import read_register_entries
        from registrum.documents.register_summary import summary_events

        numbering: Numbering | None = None if self._numbering is None else self._numbering.value
        for facts in read_register_entries(file, numbering=numbering, folder=self._folder).entries:
            if facts.right is not self._right:
                noun = "design" if self._right.value == "T" else "mark"
                raise DocumentError(
                    f"{facts.number} is a {facts.right.full_name}", remedy=f"Use `registrum {noun} import` for it."
                )
            yield summary_events(facts, as_of=self._as_of)


class _Report:
    """What became of the entries, as far as it is known.

    An entry with several events is taken if one of them was, and refused if one of them was.
    """

    def __init__(self, planned: dict[OfficeNumber, tuple[LegalStatusEvent, ...]]) -> None:
        self._planned = planned
        self._outcomes: dict[OfficeNumber, Counter[str]] = {}
        self.refused: list[EventItem] = []

    def add(self, item: EventItem) -> None:
        """Count one event more."""
        number = item.event.number
        if item.outcome.is_refusal and not self._outcomes.get(number, Counter())[item.outcome.value]:
            self.refused.append(item)
        self._outcomes.setdefault(number, Counter())[item.outcome.value] += 1

    @property
    def told(self) -> int:
        """Entries of which the end is known."""
        return sum(counts.total() == len(self._planned[number]) for number, counts in self._outcomes.items())

    def reasons(self) -> list[RegistrumError]:
        """Why entries were refused, each reason once; the first ones only."""
        found = {item.error.message: item.error for item in self.refused if item.error is not None}
        return list(found.values())[:_SHOWN]

    def to_json(self) -> dict[str, Any]:
        """Keys `total, taken, alreadyRecorded, unknownWords, refused, refusals`."""
        taken, recorded = self._counts()
        return {
            "total": len(self._planned),
            "taken": taken,
            "alreadyRecorded": recorded,
            "unknownWords": _unknown_words(self._planned.values()),
            "refused": len(self.refused),
            "refusals": [item.to_json() for item in self.refused],
        }

    def blocks(self) -> list[Block]:
        """The same for people."""
        taken, recorded = self._counts()
        facts = [
            ("Entries", len(self._planned)),
            ("Taken", taken),
            ("Already recorded", recorded),
            ("Refused", len(self.refused)),
        ]
        rows = [
            (item.event.number.text, item.outcome if item.error is None else item.error.code) for item in self.refused
        ]
        return [
            Facts(facts),
            *_word_table(_unknown_words(self._planned.values())),
            *([Table(("Number", "Reason"), rows, "Refused")] if rows else []),
        ]

    def _counts(self) -> tuple[int, int]:
        refused = {item.event.number for item in self.refused}
        taken = sum("taken" in counts for number, counts in self._outcomes.items() if number not in refused)
        return taken, len(self._outcomes.keys() - refused) - taken


def _show_plan(as_json: bool, found: dict[OfficeNumber, tuple[LegalStatusEvent, ...]]) -> None:
    from registrum.cli.entry_views import changes_text
    from registrum.rights.codes import default_codes

    table = default_codes()
    rows, entries = [], []
    for number, events in found.items():
        entries.append({"number": number.text, "events": [event.to_json() for event in events]})
        for event in events:
            status = table.status_at(event.right, event.status)
            rows.append(
                (
                    number.text,
                    f"{event.system} {event.code}",
                    event.resulting,
                    status and status.status,
                    event.effective_date,
                    changes_text(event.facts),
                )
            )
    words = _unknown_words(found.values())
    emit(
        as_json,
        {"dryRun": True, "total": len(found), "unknownWords": words, "entries": entries},
        Facts([("Entries", len(found)), ("Sent", "nothing: this is what would be recorded")]),
        *_word_table(words),
        Table(("Number", "Code", "After", "Status", "Effective", "Says"), rows, "Events"),
    )


def _unknown_words(planned: Iterable[Sequence[LegalStatusEvent]]) -> dict[str, int]:
    """Words for a status that the table does not know, as they are kept, and how many entries have each."""
    return dict(Counter(events[0].code for events in planned if events[0].system.startswith("NAT:")))


def _word_table(words: dict[str, int]) -> list[Block]:
    return [Table(("Word", "Entries"), list(words.items()), "Words that the table lacks")] if words else []


def _files(given: Sequence[Path]) -> Iterator[Path]:
    for path in given:
        if not path.is_dir():
            yield path
            continue
        try:
            found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
        except OSError as error:
            raise InputError(
                f"the folder {path} cannot be read: {error.strerror}", remedy="Check the path and its permissions."
            ) from error
        yield from found


def _unreadable(problems: list[dict[str, Any]]) -> InputError:
    shown = "; ".join(f"{problem['file']}: {problem['message']}" for problem in problems[:_SHOWN])
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return InputError(
        f"{len(problems)} documents cannot be imported, so nothing was done: {shown}{more}",
        remedy="Correct or remove them and run the command again.",
        problems=problems,
    )


def _give_up(as_json: bool, report: _Report, error: RegistrumError) -> None:
    """Say how far it got before an error that stopped the others as well."""
    if not report.told:
        return
    document = report.to_json()
    error.details["report"] = document
    if not as_json:
        emit(False, {}, *report.blocks())
    note(f"open: {document['total'] - report.told} of {document['total']}; give the same command again")
