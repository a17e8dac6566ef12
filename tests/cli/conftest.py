"""One local chain for all tests of the command line, in folders of its own; ended afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from registrum.chain.rpc import RpcClient
from tests.cli.support import ROOT, Cli, Session, environment_in, spawn


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    environment = environment_in(tmp_path_factory.mktemp("chain"))
    started = spawn(environment, "devnet", "--detach", "--json", cwd=ROOT)
    try:
        assert started.code == 0, started.err
        yield Session(environment, started.json["rpc"])
    finally:
        spawn(environment, "devnet", "stop", cwd=ROOT)


@pytest.fixture
def cli(
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Cli]:
    """Commands against the chain of the session, in an empty folder."""
    for name in list(os.environ):
        if name.startswith(("REGISTRUM_", "XDG_")):
            monkeypatch.delenv(name)
    for name, value in session.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with RpcClient(session.rpc) as rpc:
        yield Cli(session.environment, capsys, rpc, session.numbers)
