"""`registrum batch`: many applications, in batches under one signature each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import (
    AnyForm,
    AsJson,
    Key,
    ManifestPath,
    OfficeOption,
    PasswordFile,
    RightOption,
    Rpc,
    SenderKey,
    Timeout,
)
from registrum.cli.output import Facts, Table, complain, emit, note
from registrum.errors import RegistrumError

if TYPE_CHECKING:
    from registrum.client.receipts import ItemReceipt

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def batch() -> None:
    """Register many applications."""


@app.command()
def register(
    source: Annotated[Path, typer.Argument(metavar="FILE.csv|DIR", help="CSV file, or folder of documents.")],
    batch_size: Annotated[
        int, typer.Option("--batch-size", metavar="N", min=1, max=600, help="Applications under one signature.")
    ] = 400,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Register all applications of a file or folder. After an interruption the same command does what is left.

    Exit code 4 if any of them was refused; the others are recorded.
    """
    from registrum.cli.access import Access
    from registrum.cli.progress import progress
    from registrum.cli.tables import Source

    applications = Source(source, right, office, any_form)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    access.settings.require_rpc()
    report = _Report(source, applications.check())
    first = next(iter(applications.applications())).number.office
    try:
        with access.write(first) as registry, progress("Registering", report.total, quiet=as_json) as step:
            for item in registry.register_many(
                applications.applications(), batch_size=batch_size, signer_of=access.signer
            ):
                report.add(item)
                step()
    except RegistrumError as error:
        _give_up(as_json, report, error)
        raise
    for refusal in report.batches_refused():
        complain(refusal.message, refusal.remedy)
    emit(as_json, report.to_json(), *report.blocks())
    if report.refused:
        raise typer.Exit(4)


class _Report:
    """What became of the applications, as far as it is known."""

    def __init__(self, source: Path, total: int) -> None:
        self.source = source
        self.total = total
        self.counts: Counter[str] = Counter()
        self.refused: list[ItemReceipt] = []

    def add(self, item: ItemReceipt) -> None:
        """Count one more."""
        self.counts[item.outcome.value] += 1
        if item.outcome.is_refusal:
            self.refused.append(item)

    def batches_refused(self) -> list[RegistrumError]:
        """Why batches were refused as a whole, each reason once."""
        return list({item.error.message: item.error for item in self.refused if item.error is not None}.values())

    def to_json(self) -> dict[str, Any]:
        """Keys `source, total, taken, alreadyRecorded, refused, refusals`."""
        return {
            "source": str(self.source),
            "total": self.total,
            "taken": self.counts["taken"],
            "alreadyRecorded": self.counts["already_recorded"],
            "refused": len(self.refused),
            "refusals": [item.to_json() for item in self.refused],
        }

    def blocks(self) -> list[Facts | Table]:
        """The same for people."""
        facts = [
            ("Applications", self.total),
            ("Taken", self.counts["taken"]),
            ("Already recorded", self.counts["already_recorded"]),
            ("Refused", len(self.refused)),
        ]
        rows = [
            (
                item.application.number.text,
                item.outcome if item.error is None else item.error.code,
                item.application.filing_date,
                item.recorded and item.recorded.filing_date,
                item.application.digest,
                item.recorded and item.recorded.digest,
            )
            for item in self.refused
        ]
        headings = ("Application", "Reason", "Filed", "Recorded as filed", "Digest", "Recorded digest")
        return [Facts(facts), *([Table(headings, rows, "Refused")] if rows else [])]


def _give_up(as_json: bool, report: _Report, error: RegistrumError) -> None:
    """Say how far it got before an error that stopped the others as well."""
    told = report.counts.total()
    if not told:
        return
    error.details["report"] = report.to_json()
    if not as_json:
        emit(False, {}, *report.blocks())
    note(f"open: {report.total - told} of {report.total}; give the same command again")
