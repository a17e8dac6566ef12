"""`registrum batch`: many applications, in batches under one signature each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

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
from registrum.cli.output import Facts, Table, emit

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
    from registrum.client.receipts import ItemOutcome, ItemReceipt

    applications = Source(source, right, office, any_form)
    access = Access(rpc, manifest, key, password_file, sender, timeout)
    access.settings.require_rpc()
    total = applications.check()
    first = next(iter(applications.applications())).number.office
    counts: Counter[ItemOutcome] = Counter()
    refused: list[ItemReceipt] = []
    with access.write(first) as registry, progress("Registering", total, quiet=as_json) as step:
        for item in registry.register_many(applications.applications(), batch_size=batch_size, signer_of=access.signer):
            counts[item.outcome] += 1
            if item.outcome.is_refusal:
                refused.append(item)
            step()
    taken, already = counts[ItemOutcome.TAKEN], counts[ItemOutcome.ALREADY_RECORDED]
    document = {
        "source": str(source),
        "total": total,
        "taken": taken,
        "alreadyRecorded": already,
        "refused": len(refused),
        "refusals": [item.to_json() for item in refused],
    }
    facts = [("Applications", total), ("Taken", taken), ("Already recorded", already), ("Refused", len(refused))]
    rows = [
        (
            item.application.number.text,
            item.outcome,
            item.application.filing_date,
            item.recorded and item.recorded.filing_date,
            item.application.digest,
            item.recorded and item.recorded.digest,
        )
        for item in refused
    ]
    headings = ("Application", "Reason", "Filed", "Recorded as filed", "Digest", "Recorded digest")
    emit(as_json, document, Facts(facts), *([Table(headings, rows, "Refused")] if rows else []))
    if refused:
        raise typer.Exit(4)
