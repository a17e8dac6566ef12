"""`registrum key`: signing keys of an office. Its seat changes them; on a local chain the sample seat."""

from __future__ import annotations

from typing import Annotated

import typer

from registrum.cli.inputs import read_address, read_moment
from registrum.cli.options import AsJson, Key, ManifestPath, OfficeCode, PasswordFile, Rpc, Timeout
from registrum.cli.output import Table, emit, emit_change

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Address of the key: 0x and 40 digits.")]


@app.callback()
def key() -> None:
    """Look up and change the signing keys of an office."""


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
    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(code, seat=True) as registry:
        receipt = registry.mark_key_compromised(code, account, moment)
    emit_change(as_json, code, "Key", account, receipt)
