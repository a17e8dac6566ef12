"""`registrum devnet`: in the foreground, detached, stopped; and that nothing is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import ROOT, TIMEOUT_S, command, environment_in, spawn

KEYS = ["running", "started", "rpc", "pid", "manifest", "profile", "profileInUse", "log", "offices"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An account of its own, whose local chain is ended afterwards."""
    environment = environment_in(tmp_path)
    yield environment
    spawn(environment, "devnet", "stop", cwd=ROOT)


def listens(rpc: str) -> bool:
    """Whether a node is there; its process number may stay with a parent that never asks for its end."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", int(rpc.rpartition(":")[2])), TIMEOUT_S).close()
        return True
    return False


def in_foreground(environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    """The command with a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        command("devnet", *options, "--json"),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def first_document(process: subprocess.Popen[str]) -> Any:
    """The JSON document that a running command has printed."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    return json.loads("".join(lines))


def test_detached_chain_needs_no_options_and_stops(place: dict[str, str]) -> None:
    before = spawn(place, "devnet", "status", "--json", cwd=ROOT)
    assert (before.code, before.json) == (1, {"running": False})
    started = spawn(place, "devnet", "--detach", "--json", cwd=ROOT)
    assert started.code == 0
    assert list(started.json) == KEYS
    assert (started.json["running"], started.json["started"], started.json["profileInUse"]) == (True, True, True)
    assert started.json["offices"] == ["AU", "EM", "JP", "RU", "US", "WO"]
    assert "admitted AU, EM, JP, RU, US, WO" in started.err
    assert spawn(place, "status", cwd=ROOT).code == 0

    again = spawn(place, "devnet", "--detach", "--json", cwd=ROOT)
    assert (again.code, again.json["started"], again.json["pid"]) == (0, False, started.json["pid"])
    foreground = spawn(place, "devnet", "--json", cwd=ROOT)
    assert (foreground.code, foreground.json["started"]) == (0, False)
    told = spawn(place, "devnet", "status", cwd=ROOT)
    assert (told.code, told.err) == (0, "")
    assert f"RPC: {started.json['rpc']}" in told.out

    def moment(duration: str) -> datetime:
        return datetime.fromisoformat(spawn(place, "devnet", "advance", duration, "--json", cwd=ROOT).json["time"])

    first = moment("1 second")
    assert timedelta(days=30) <= moment("30 days") - first < timedelta(days=30, minutes=5)
    refused = spawn(place, "devnet", "advance", "0 seconds", cwd=ROOT)
    assert refused.code == 2

    stopped = spawn(place, "devnet", "stop", "--json", cwd=ROOT)
    assert (stopped.code, stopped.json) == (0, {"stopped": True})
    assert not listens(started.json["rpc"])
    assert spawn(place, "devnet", "stop", "--json", cwd=ROOT).json == {"stopped": False}
    assert spawn(place, "devnet", "stop", cwd=ROOT).code == 1
    nothing = spawn(place, "devnet", "advance", "1 hour", cwd=ROOT)
    assert nothing.code == 2
    assert "no local chain is running" in nothing.err
    assert spawn(place, "status", cwd=ROOT).code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_explorer_and_chain_end_together(place: dict[str, str], number: signal.Signals) -> None:
    process = in_foreground(place, "--explorer")
    served = first_document(process)
    with urllib.request.urlopen(f"{served['url']}/api/v1/status", timeout=TIMEOUT_S) as answer:  # noqa: S310 - ours
        assert answer.status == 200
    chain = spawn(place, "devnet", "status", "--json", cwd=ROOT).json
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert not listens(chain["rpc"])
    assert not listens(served["url"])


def test_explorer_needs_somebody_to_end_it(place: dict[str, str]) -> None:
    refused = spawn(place, "devnet", "--explorer", "--detach", cwd=ROOT)
    assert refused.code == 2
    assert "registrum serve" in refused.err
    assert spawn(place, "devnet", "status", cwd=ROOT).code == 1


def test_explorer_without_its_profile_starts_no_chain(place: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {**place, "REGISTRUM_PROFILE": str(tmp_path / "none.toml")}
    refused = spawn(elsewhere, "devnet", "--explorer", "--json", cwd=ROOT)
    assert (refused.code, refused.error["code"]) == (2, "bad_configuration")
    assert "none.toml" in refused.error["message"]
    assert "local chain" not in refused.err


def test_port_of_choice(place: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = spawn(place, "devnet", "--detach", "--port", port, "--json", cwd=ROOT)
    assert (refused.code, refused.error["code"]) == (2, "bad_configuration")
    assert str(port) in refused.error["message"]
    started = spawn(place, "devnet", "--detach", "--port", port, "--json", cwd=ROOT)
    assert started.json["rpc"] == f"http://127.0.0.1:{port}"


def test_another_profile_comes_first_and_this_is_said(place: dict[str, str], tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('rpc = "http://127.0.0.1:1"\n')
    started = spawn({**place, "REGISTRUM_PROFILE": str(mine)}, "devnet", "--detach", "--json", cwd=ROOT)
    assert (started.code, started.json["profileInUse"]) == (0, False)
    assert "REGISTRUM_PROFILE=" in started.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_foreground_chain_ends_with_the_command(place: dict[str, str], number: signal.Signals) -> None:
    process = in_foreground(place)
    running = first_document(process)
    assert listens(running["rpc"])
    # As a terminal does it: to the whole group, hence to the node as well.
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert not listens(running["rpc"])
    assert not Path(running["profile"]).exists()


def test_interrupted_while_it_starts(place: dict[str, str]) -> None:
    process = subprocess.Popen(
        command("devnet"), env=place, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "deployed" in first
    state = json.loads((Path(place["REGISTRUM_DEVNET_DIR"]) / "devnet.json").read_text())
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert not listens(state["rpc"])


def test_node_that_ends_by_itself(place: dict[str, str]) -> None:
    process = in_foreground(place)
    os.kill(first_document(process)["pid"], signal.SIGKILL)
    _, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 3
    assert "ended by itself" in err
