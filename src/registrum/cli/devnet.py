"""`registrum devnet`: a local chain with contracts and sample offices."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import AsJson
from registrum.cli.output import Facts, emit, note
from registrum.errors import NodeError

if TYPE_CHECKING:
    from registrum.devnet import Devnet

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback(invoke_without_command=True)
def devnet(
    context: typer.Context,
    detach: Annotated[bool, typer.Option("--detach", help="Return at once and leave it running.")] = False,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="TCP port; 0: a free one.")] = 0,
    explorer: Annotated[
        bool, typer.Option("--explorer", help="Serve the explorer beside it, as `registrum serve` does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a local chain with sample offices AU, EM, JP, RU, US, WO; Ctrl-C ends it, unless --detach.

    It writes a profile, so that the next commands need no options.
    """
    if context.invoked_subcommand is not None:
        return
    from registrum import devnet as local

    if detach and explorer:
        raise typer.BadParameter("a chain that is left to itself has no explorer; run `registrum serve` beside it")
    if detach:
        _announce(local.start(port=port, report=note), as_json)
        return
    if explorer:
        _explore(port, as_json)
        return
    with _ended_by_signals():
        running = None
        try:
            running = local.start(port=port, detach=False, report=note)
            _announce(running, as_json)
            if not running.started:
                return
            note("Ctrl-C ends it")
            running.wait()
            raise NodeError("the node of the local chain has ended by itself", remedy=f"See {running.log_path}.")
        except _EndedError:
            note("ending the local chain")
        finally:
            if running is not None and running.started:
                local.stop()


def _explore(port: int, as_json: bool) -> None:
    """Run the chain with the explorer, until the explorer is ended."""
    from registrum import devnet as local
    from registrum.cli.serve import serve
    from registrum.settings import load

    # What the explorer would refuse is refused before there is a chain.
    load()
    with _ended_by_signals():
        running = None
        try:
            # In a session of its own: Ctrl-C is for the explorer alone, and the node ends when that has ended.
            running = local.start(port=port, report=note)
            if not as_json:
                _announce(running, as_json)
            serve(rpc=running.rpc_url, manifest=running.manifest_path, port=0, as_json=as_json)
        except _EndedError:
            note("ending the explorer")
        finally:
            if running is not None and running.started:
                note("ending the local chain")
                local.stop()


@app.command()
def stop(as_json: AsJson = False) -> None:
    """End the local chain. Exit code 1 if none was running."""
    from registrum import devnet as local

    stopped = local.stop()
    emit(as_json, {"stopped": stopped}, Facts([("Stopped", stopped)]))
    if not stopped:
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell whether the local chain runs and answers. Exit code 1 if none runs."""
    from registrum import devnet as local

    running = local.status()
    if running is None:
        emit(as_json, {"running": False}, Facts([("Running", False)]))
        raise typer.Exit(1)
    _announce(running, as_json)


@app.command()
def advance(
    duration: Annotated[str, typer.Argument(metavar="DURATION", help="Such as '1 hour' or '30 days'.")],
    as_json: AsJson = False,
) -> None:
    """Let time go by on the local chain, so that a vote or a delay is over."""
    from registrum import devnet as local
    from registrum.cli.inputs import read_duration
    from registrum.client.forms import json_value

    now = local.advance(read_duration(duration))
    emit(as_json, {"time": json_value(now)}, Facts([("Time", now)]))


def _announce(running: Devnet, as_json: bool) -> None:
    from registrum.development import DEVELOPMENT_OFFICES

    document: dict[str, Any] = {
        "running": True,
        "started": running.started,
        "rpc": running.rpc_url,
        "pid": running.pid,
        "manifest": str(running.manifest_path),
        "profile": str(running.profile_path),
        "profileInUse": running.profile_in_use,
        "log": str(running.log_path),
        "offices": list(DEVELOPMENT_OFFICES),
    }
    facts = [
        ("RPC", running.rpc_url),
        ("Process", running.pid),
        ("Offices", ", ".join(DEVELOPMENT_OFFICES)),
        ("Profile", running.profile_path),
        ("Manifest", running.manifest_path),
        ("Log", running.log_path),
    ]
    emit(as_json, document, Facts(facts))
    if not running.profile_in_use:
        note(f"another profile comes first: set REGISTRUM_PROFILE={running.profile_path} to use this chain")


class _EndedError(BaseException):
    """The process was told to end. No `Exception`: nothing on the way may take it for a failure and go on."""


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn the signals that end a process into `_EndedError` once; a second one while ending changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told = False

    def end(number: int, frame: object) -> None:
        nonlocal told
        if not told:
            told = True
            raise _EndedError

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [(number, signal.signal(number, end)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
