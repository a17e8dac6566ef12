"""`registrum seat`: the account that acts for an office, changed in two steps."""

from __future__ import annotations

from typing import Annotated

import typer

from registrum.cli.inputs import read_address
from registrum.cli.options import AsJson, Key, ManifestPath, OfficeCode, PasswordFile, Rpc, Timeout
from registrum.cli.output import emit_change

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def seat() -> None:
    """Change the account that acts for an office; `office show` names it."""


@app.command()
def rotate(
    code: OfficeCode,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The next seat: 0x and 40 digits.")],
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose the next seat of an office. The present one sends, and stays until the next one accepts."""
    from registrum.cli.access import Access

    account = read_address(account)
    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(code, seat=True) as registry:
        receipt = registry.propose_seat(code, account)
    emit_change(as_json, code, "Proposed seat", account, receipt)


@app.command()
def cancel(
    code: OfficeCode,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Take the proposal of a seat back. The present seat sends."""
    from registrum.cli.access import Access

    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(code, seat=True) as registry:
        receipt = registry.propose_seat(code, None)
    emit_change(as_json, code, "Proposed seat", None, receipt)


@app.command()
def accept(
    code: OfficeCode,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Become the seat of an office, in place of the present one. The proposed, or decided, account sends."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    with access.write(code, seat=True) as registry:
        receipt = registry.accept_seat(code)
    emit_change(as_json, code, "Seat", access.signer(code, seat=True).address, receipt)


@app.command("object")
def object_(
    code: OfficeCode,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Object to the replacement of a seat that is not lost. The present seat sends."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    with access.write(code, seat=True) as registry:
        receipt = registry.object_to_replacement(code)
    emit_change(as_json, code, "Seat", access.signer(code, seat=True).address, receipt)
