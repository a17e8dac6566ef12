"""`registrum office`: who is in the consortium."""

from __future__ import annotations

import typer

from registrum.cli.options import AsJson, ManifestPath, OfficeCode, Rpc
from registrum.cli.output import Facts, Table, emit

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def office() -> None:
    """Look up the offices of the consortium."""


@app.command("list")
def list_(rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """List all offices, in the order in which they were admitted."""
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        found = registry.offices()
    rows = [(office.code, office.name, office.status, office.admitted_at, office.key_count) for office in found]
    emit(
        as_json,
        {"offices": [office.to_json() for office in found]},
        Table(("Office", "Name", "Status", "Admitted", "Keys"), rows, "Offices"),
    )


@app.command()
def show(code: OfficeCode, rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """Show one office. Exit code 1 if it was never admitted."""
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        found = registry.office(code)
        sequence = registry.next_sequence(code) if found else None
        proposed = registry.proposed_seat(code) if found else None
    if found is None:
        emit(as_json, {"code": code, "office": None}, Facts([("Office", code), ("Status", "not a member")]))
        raise typer.Exit(1)
    facts = [
        ("Office", found.code),
        ("Name", found.name),
        ("Status", found.status),
        ("Suspended until", found.suspended_until),
        ("Admitted", found.admitted_at),
        ("Seat", found.seat),
        ("Proposed seat", proposed),
        ("Keys", found.key_count),
        ("Next anchor", sequence),
        ("No numbers before", found.earliest_filing_date),
        ("Endpoint", found.endpoint),
    ]
    document = {**found.to_json(), "nextSequence": sequence, "proposedSeat": proposed}
    emit(as_json, {"code": code, "office": document}, Facts(facts))
