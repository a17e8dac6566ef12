"""The commands of `registrum mark` and `registrum design`, which are the same for both rights of the register.

Not its job: what they do (`registrum.cli.entry_reading`, `registrum.cli.entry_recording`,
`registrum.cli.entry_importing`).
"""

from __future__ import annotations

import typer

from registrum.cli.entry_importing import import_
from registrum.cli.entry_reading import export, show, status, timeline, verify
from registrum.cli.entry_recording import event, file, renew
from registrum.numbers import Right

__all__ = ["register_app"]


def register_app(right: Right) -> typer.Typer:
    """The commands for the entries of one right.

    Args:
        right: Trade marks or designs.
    """
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

    def begin(context: typer.Context) -> None:
        context.obj = right

    app.callback(help=f"Record and look up the {right.full_name}s of the register.")(begin)
    for command in (file, event, renew, show, timeline, status, verify):
        app.command()(command)
    app.command("import")(import_)
    app.command()(export)
    return app
