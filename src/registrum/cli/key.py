"""`registrum key`: signing keys of an office. Its seat changes them; on a local chain the sample seat.

What the other offices do about a key, they propose and vote on, or support in an emergency.
"""

from __future__ import annotations

from typing import Annotated

import typer

from registrum.cli.emergency import refuse_with_emergency, refuse_without_emergency, support
from registrum.cli.inputs import read_address, read_moment
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
from registrum.cli.output import Table, emit, emit_change
from registrum.cli.proposing import make
from registrum.errors import InputError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Address of the key: 0x and 40 digits.")]


@app.callback()
def key() -> None:
    """Look up, change and suspend the signing keys of an office."""


@app.command("list")
def list_(code: OfficeCode, rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """List all keys that an office has ever had, oldest first."""
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        member = registry.office(code) is not None
        found = registry.keys(code) if member else []
    rows = [
        (
            item.account,
            ", ".join(item.scopes.words),
            item.valid_from,
            item.valid_until,
            item.revoked_at,
            item.compromised_since,
        )
        for item in found
    ]
    emit(
        as_json,
        {"office": code, "keys": [item.to_json() for item in found]},
        Table(
            ("Key", "Scopes", "Valid from", "Valid until", "Revoked", "Compromised since"),
            rows,
            f"Keys of {code}",
            "none" if member else "not a member",
        ),
    )
    if not member:
        raise typer.Exit(1)


@app.command()
def add(
    code: OfficeCode,
    account: Account,
    scopes: Annotated[
        str, typer.Option("--scopes", metavar="SCOPES", help="Of applications,register,transactions,keys.")
    ] = "applications",
    valid_from: Annotated[
        str | None, typer.Option("--valid-from", metavar="MOMENT", help="YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ; now.")
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", metavar="MOMENT", help="First moment after its validity; no end.")
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Add a signing key."""
    from registrum.cli.access import Access
    from registrum.client.members import Scope

    account = read_address(account)
    granted = Scope.parse(scopes)
    begin = None if valid_from is None else read_moment(valid_from)
    end = None if valid_until is None else read_moment(valid_until)
    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(code, seat=True) as registry:
        receipt = registry.add_key(code, account, granted, valid_from=begin, valid_until=end)
    emit_change(as_json, code, "Key", account, receipt)


@app.command()
def revoke(
    code: OfficeCode,
    account: Account,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Revoke a signing key from the next block on, for good."""
    from registrum.cli.access import Access

    account = read_address(account)
    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(code, seat=True) as registry:
        receipt = registry.revoke_key(code, account)
    emit_change(as_json, code, "Key", account, receipt)


@app.command()
def compromise(
    code: OfficeCode,
    account: Account,
    since: Annotated[
        str, typer.Option("--since", metavar="MOMENT", help="YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, not in the future.")
    ],
    by_vote: Annotated[
        bool, typer.Option("--propose", help="Propose it to the offices, where the seat does not declare it.")
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
    """Declare since when the signatures of a key are not to be trusted, and revoke it."""
    from registrum.cli.access import Access

    account, moment = read_address(account), read_moment(since)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    if by_vote:
        make(
            as_json,
            access,
            office,
            lambda drafts: drafts.mark_key_compromised(code, account, moment, description=description),
            draft,
            yes=yes,
        )
        return
    named = [name for name, value in (("--description", description), ("--draft", draft), ("--as", office)) if value]
    if named:
        raise InputError(f"{' and '.join(named)} goes with --propose", remedy="The seat alone declares it without.")
    with access.write(code, seat=True) as registry:
        receipt = registry.mark_key_compromised(code, account, moment)
    emit_change(as_json, code, "Key", account, receipt)


@app.command()
def suspend(
    code: OfficeCode,
    account: Account,
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
    """Propose to suspend a key; with --emergency support its suspension at once."""
    from registrum.cli.access import Access

    account = read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    if emergency:
        refuse_with_emergency(("--until", until), ("--description", description), ("--draft", draft))
        support(as_json, access, office, code, (account,), reason, yes=yes)
        return
    refuse_without_emergency(reason)
    end = None if until is None else read_moment(until)
    make(as_json, access, office, lambda d: d.suspend_key(code, account, end, description=description), draft, yes=yes)


@app.command()
def reinstate(
    code: OfficeCode,
    account: Account,
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
    """Propose to end the suspension of a key."""
    from registrum.cli.access import Access

    account = read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.reinstate_key(code, account, description=description), draft, yes=yes)
