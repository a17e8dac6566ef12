"""The command `registrum` itself: which nouns there are, and how every error becomes a text and an exit code.

Not its job: any one command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from registrum.cli.output import complain, emit, error_json, escaped, forgive_encoding
from registrum.errors import RegistrumError

__all__ = ["run"]

EXIT_BUG = 70
"""An error of the program itself (EX_SOFTWARE of sysexits.h)."""
_INTERRUPTED = 130

_NOUNS = {
    "number": "Read office numbers.",
    "application": "Read, register, look up, verify, correct, withdraw and reconfirm applications.",
    "batch": "Register many applications.",
    "anchor": "Put many records under one signature; prove and verify them.",
    "evidence": "Prove what the chain held, to whoever has no node; check such proofs.",
    "priority": "Check and record priority claims.",
    "consortium": "Propose, vote and decide together; suspend in an emergency.",
    "charter": "Show the charter and its parameters; verify a copy.",
    "office": "Look up offices; propose to admit, suspend, replace or part with them.",
    "seat": "Change the account that acts for an office.",
    "key": "Look up, change and suspend the signing keys of an office.",
    "calendar": "Publish and look up the closed days of an office.",
    "mark": "Record and look up the trade marks of the register.",
    "design": "Record and look up the designs of the register.",
    "codes": "Show the codes and statuses of register events.",
    "outbox": "See what was sent, and settle it.",
    "index": "Keep the events of the contracts in a database, and compare it with the chain.",
    "audit": "Examine what an office recorded, and compare it with the office's own list.",
    "serve": "Serve the explorer and the REST interface.",
    "status": "Show node, chain, contracts and what is wrong with them.",
    "devnet": "Run a local chain with sample offices.",
}


@cache
def _commands_of(noun: str) -> Any:
    """Return what a noun leads to, made once: to make it takes longer than many a command does."""
    command: Any = typer.main.get_command(import_module(f"registrum.cli.{noun}").app)
    command.name = noun
    return command


class _Nouns(TyperGroup):
    """Loads the module of a noun when it is used. `Any` below: the types of Typer's base differ between releases."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_NOUNS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _commands_of(cmd_name) if cmd_name in _NOUNS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        # The base would load every noun to ask for its help.
        with formatter.section("Commands"):
            formatter.write_dl(list(_NOUNS.items()))


app = typer.Typer(cls=_Nouns, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"registrum {version('registrum')}")
        raise typer.Exit


@app.callback()
def registrum(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of errors. [env: REGISTRUM_DEBUG]")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A distributed register for intellectual property offices."""
    if debug:
        os.environ["REGISTRUM_DEBUG"] = "1"


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: Those behind the name of the program.

    Returns:
        Its exit code.
    """
    forgive_encoding()
    wants_json = "--json" in arguments
    usage_error: Any = typer.BadParameter.__base__
    try:
        command: Any = typer.main.get_command(app)
        result = command.main(list(arguments), prog_name="registrum", standalone_mode=False)
    except usage_error as error:
        return _usage(error, wants_json)
    except RegistrumError as error:
        return _refused(error, wants_json)
    except (typer.Abort, KeyboardInterrupt):
        result = _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, people get a line and not a traceback
        return _bug(error, wants_json)
    code = result if isinstance(result, int) else 0
    if code == _INTERRUPTED:
        complain("interrupted")
    return code


def _usage(error: Any, wants_json: bool) -> int:
    error.show()
    # Without arguments it is the help that is shown, and not the fault of anyone.
    _error_document(wants_json, "usage", escaped(str(error.format_message())), "See --help.")
    return int(error.exit_code)


def _refused(error: RegistrumError, wants_json: bool) -> int:
    _trace()
    complain(error.message, error.remedy)
    if wants_json:
        emit(True, {"error": error_json(error)})
    return error.exit_code


def _bug(error: Exception, wants_json: bool) -> int:
    _trace()
    message = f"{type(error).__name__}: {error}"
    remedy = "This is an error of the program. Run it again as `registrum --debug ...` and report what it shows."
    complain(message, remedy)
    _error_document(wants_json, "internal", message, remedy)
    return EXIT_BUG


def _trace() -> None:
    if os.environ.get("REGISTRUM_DEBUG"):
        import traceback

        traceback.print_exc(file=sys.stderr)


def _error_document(wanted: bool, code: str, message: str, remedy: str) -> None:
    if wanted:
        error = {"code": code, "message": message, "remedy": remedy, "details": {}}
        emit(True, {"error": error})
