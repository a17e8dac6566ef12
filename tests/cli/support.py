"""Runs commands: in this process for most tests, in a process of their own where streams and signals matter."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.rpc import RpcClient
from registrum.cli.root import run

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "samples"
TIMEOUT_S = 120


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; whatever else is there would not parse."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.json["error"]
        return error


@dataclass
class Cli:
    """Commands against the local chain of the session."""

    environment: dict[str, str] = field(repr=False)
    capture: pytest.CaptureFixture[str]
    rpc: RpcClient
    numbers: Iterator[int]

    def __call__(self, *arguments: object) -> Result:
        """Run a command in this process."""
        self.capture.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = self.capture.readouterr()
        return Result(code, captured.out, captured.err)

    def ok(self, *arguments: object) -> Any:
        """Run a command that must succeed; its document."""
        result = self(*arguments, "--json")
        assert result.code == 0, result.err
        return result.json

    def spawn(self, *arguments: object, **options: Any) -> Result:
        """Run a command in a process of its own."""
        return spawn(self.environment, *arguments, **options)

    def number(self, office: str = "EM") -> str:
        """A number that is not recorded yet."""
        digits = next(self.numbers)
        return {"EM": f"EM/T/{digits:09d}", "AU": f"AU/T/{digits:07d}", "RU": f"RU/T/2024{digits % 1000000:06d}"}[
            office
        ]

    def registered(self, office: str = "EM", filed: str = "2024-01-31") -> str:
        """A number that is recorded, with `digest(number)`."""
        number = self.number(office)
        self.ok("application", "register", "--number", number, "--filing-date", filed, "--digest", digest(number))
        return number


@dataclass
class Session:
    """The local chain of the session."""

    environment: dict[str, str] = field(repr=False)
    rpc: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_001))


def at_terminal(environment: dict[str, str], typed: bytes, *arguments: object) -> Result:
    """Run a command whose standard input is a terminal.

    Args:
        environment: Of the process.
        typed: What is typed once the command has asked.
        arguments: Of the command.
    """
    outer, inner = os.openpty()
    try:
        process = subprocess.Popen(
            command(*arguments),
            env=environment,
            stdin=inner,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stderr is not None
        asked = b""
        while not asked.endswith(b"[y/N] ") and (piece := process.stderr.read(1)):
            asked += piece
        os.write(outer, typed)
        out, err = process.communicate(timeout=TIMEOUT_S)
    finally:
        os.close(inner)
        os.close(outer)
    return Result(process.returncode, out.decode(), (asked + err).decode())


def digest(text: str) -> str:
    return "0x" + hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    return "0x" + hashlib.sha256(path.read_bytes()).hexdigest()


def environment_in(folder: Path) -> dict[str, str]:
    """The environment of an account without any settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRUM_", "XDG_"))}
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        **kept,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "REGISTRUM_DEVNET_DIR": str(folder / "devnet"),
        "PYTHONPATH": str(ROOT / "src"),
    }


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "registrum", *map(str, arguments)]


def spawn(environment: dict[str, str], *arguments: object, **options: Any) -> Result:
    done = subprocess.run(
        command(*arguments),
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        stdin=subprocess.DEVNULL,
        **options,
    )
    return Result(done.returncode, done.stdout, done.stderr)
