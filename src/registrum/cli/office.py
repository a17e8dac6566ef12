"""`registrum office`: who is in the consortium, and proposals to change that."""

from __future__ import annotations

from typing import Annotated

import typer

from registrum.cli.emergency import refuse_with_emergency, refuse_without_emergency, support
from registrum.cli.inputs import read_address, read_first_key, read_moment
from registrum.cli.options import (
    As,
    AsJson,
    Description,
    DraftFile,
    Emergency,
    EmergencyReason,
    Key,
    ManifestPath,
    OfficeCode,
    PasswordFile,
    Rpc,
    Timeout,
    Until,
    Yes,
)
from registrum.cli.output import Facts, Table, emit
from registrum.cli.proposing import make

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def office() -> None:
    """Look up offices; propose to admit, suspend, replace or part with them."""


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
        replacement = registry.replacement(code) if found else None
        successor = registry.successor(code) if found else None
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
        ("Seat to be replaced by", None if replacement is None else replacement.new_seat),
        ("From", None if replacement is None else replacement.acceptable_from),
        ("Successor", successor),
        ("Keys", found.key_count),
        ("Next anchor", sequence),
        ("No numbers before", found.earliest_filing_date),
        ("Endpoint", found.endpoint),
    ]
    document = {
        **found.to_json(),
        "nextSequence": sequence,
        "proposedSeat": proposed,
        "replacement": None if replacement is None else replacement.to_json(),
        "successor": successor,
    }
    emit(as_json, {"code": code, "office": document}, Facts(facts))


@app.command()
def admit(
    code: OfficeCode,
    seat: Annotated[str, typer.Option("--seat", metavar="ACCOUNT", help="Account that is to act for it.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name of the office in English.")],
    endpoint: Annotated[str, typer.Option("--endpoint", metavar="URL", help="Address of its public service.")] = "",
    earliest: Annotated[
        str | None,
        typer.Option("--earliest-filing-date", metavar="DATE", help="It issued no numbers before this day."),
    ] = None,
    first_keys: Annotated[
        list[str] | None,
        typer.Option(
            "--first-key",
            metavar="ACCOUNT[=SCOPES]",
            help="A key that it has from then on, once for each; for applications unless scopes are named.",
        ),
    ] = None,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to admit an office, with its first keys."""
    from registrum.cli.access import Access
    from registrum.dates import parse_date
    from registrum.numbers.offices import office_code

    # A code that ST.3 does not list would be read as an office that is none.
    office_code(code)
    account, day = read_address(seat), None if earliest is None else parse_date(earliest)
    keys = [read_first_key(text) for text in first_keys or ()]
    make(
        as_json,
        Access(rpc, manifest, key, password_file, timeout_s=timeout),
        office,
        lambda drafts: drafts.admit(
            code, account, name, endpoint=endpoint, earliest_filing_date=day, keys=keys, description=description
        ),
        draft,
        yes=yes,
    )


@app.command()
def suspend(
    code: OfficeCode,
    until: Until = None,
    emergency: Emergency = False,
    reason: EmergencyReason = None,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to suspend an office; with --emergency support its suspension at once."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    if emergency:
        refuse_with_emergency(("--until", until), ("--description", description), ("--draft", draft))
        support(as_json, access, office, code, (), reason, yes=yes)
        return
    refuse_without_emergency(reason)
    end = None if until is None else read_moment(until)
    make(as_json, access, office, lambda drafts: drafts.suspend(code, end, description=description), draft, yes=yes)


@app.command()
def reinstate(
    code: OfficeCode,
    restore_rights: Annotated[
        bool,
        typer.Option("--restore-rights", help="Let offices that supported an emergency against it do so again."),
    ] = False,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to end the suspension of an office."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(
        as_json,
        access,
        office,
        lambda drafts: drafts.reinstate(code, restore_rights=restore_rights, description=description),
        draft,
        yes=yes,
    )


@app.command()
def depart(
    code: OfficeCode,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to mark an office as departed, for good. Its records stay."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda drafts: drafts.depart(code, description=description), draft, yes=yes)


@app.command()
def succeed(
    code: OfficeCode,
    successor: Annotated[str, typer.Argument(metavar="SUCCESSOR", help="Active office that acts for it from then on.")],
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose that an office departs and another succeeds it; of a departed one, to name its successor."""
    from registrum.cli.access import Access
    from registrum.client.members import OfficeStatus

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    with access.read() as registry:
        found = registry.office(code)
    departed = found is not None and found.status is OfficeStatus.DEPARTED
    make(
        as_json,
        access,
        office,
        lambda drafts: (drafts.name_successor if departed else drafts.succeed)(
            code, successor, description=description
        ),
        draft,
        yes=yes,
    )


@app.command("replace-seat")
def replace_seat(
    code: OfficeCode,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT|none", help="The new seat; none takes it back.")],
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to replace a lost seat. The present one may object for a time; then the new one accepts."""
    from registrum.cli.access import Access

    seat = None if account == "none" else read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(
        as_json, access, office, lambda drafts: drafts.replace_seat(code, seat, description=description), draft, yes=yes
    )
