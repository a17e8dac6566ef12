"""`registrum index` against the local chain: run, status, rebuild, compare, and figures for Prometheus."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import sqlalchemy as sa

from registrum.index.store import open_index
from registrum.index.tables import applications
from registrum.settings import load
from tests.cli.support import ROOT, Cli

KEYS = ["index", "chainId", "blockNumber", "blockHash", "blockTime", "headNumber", "lagBlocks", "isReady"]
DONE = ["blocksRead", "eventsWritten", "ignoredLogs", "reorganisations", "errors"]


@pytest.fixture(autouse=True)
def _database(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # After that fixture, which knows no index.
    monkeypatch.setenv("REGISTRUM_INDEX", str(tmp_path / "index.sqlite"))


def test_an_index_is_filled_shown_compared_and_rebuilt(cli: Cli, tmp_path: Path) -> None:
    for missing in (cli("index", "status", "--json"), cli("index", "compare", "--json")):
        assert (missing.code, missing.error["code"]) == (2, "index_unavailable")
        assert "there is no index" in missing.error["message"]
    assert not (tmp_path / "index.sqlite").exists()
    with open_index(tmp_path / "index.sqlite"):
        empty = cli("index", "status", "--json")
    assert (empty.code, empty.json["isReady"], empty.json["blockNumber"]) == (1, False, None)
    ran = cli("index", "run", "--once", "--json")
    assert ran.code == 0, ran.err
    assert list(ran.json) == [*KEYS, *DONE]
    assert ran.json["isReady"]
    assert ran.json["eventsWritten"] > 200
    status = cli("index", "status", "--json")
    assert status.code == 0
    assert list(status.json) == KEYS
    assert status.json["blockHash"] == ran.json["blockHash"]
    compared = cli("index", "compare", "--full", "--json")
    assert (compared.code, compared.json["agrees"], compared.json["isFull"]) == (0, True, True)
    plain = cli("index", "compare").out
    assert "Differences: 0" in plain
    assert "Difference\t" not in plain
    assert plain.count("Difference") == 1
    rebuilt = cli("index", "rebuild", "--json")
    assert (rebuilt.code, rebuilt.json["blockNumber"] >= ran.json["blockNumber"]) == (0, True)
    assert "Blocks behind: 0" in cli("index", "status").out


def test_differences_are_named_and_the_exit_code_is_1(cli: Cli, tmp_path: Path) -> None:
    assert cli.registered()
    assert cli("index", "run", "--once").code == 0
    with open_index(tmp_path / "index.sqlite") as index, index.write() as connection:
        assert connection.execute(sa.update(applications).values(digest=bytes([1]) * 32)).rowcount
    compared = cli("index", "compare", "--full")
    assert compared.code == 1
    assert f"digest is 0x{'01' * 32} in the index" in compared.out
    assert cli("index", "compare", "--sample", "3", "--full").code == 2
    assert cli("index", "compare", "--json").json["agrees"] is False


def test_an_index_of_another_chain_is_refused_by_name(cli: Cli, tmp_path: Path) -> None:
    assert cli("index", "run", "--once").code == 0
    with open_index(tmp_path / "index.sqlite") as index, index.write() as connection:
        index.set_progress(connection, chain_id=5)
    refused = cli("index", "run", "--once", "--json")
    assert (refused.code, refused.error["code"]) == (2, "index_mismatch")


@pytest.mark.parametrize("address", ["mysql://here/x", "sqlite://", "postgresql://127.0.0.1:9/none"])
def test_addresses_that_are_none(cli: Cli, address: str) -> None:
    refused = cli("index", "status", "--index", address, "--json")
    assert refused.code == 2
    assert refused.error["code"] in ("bad_configuration", "index_unavailable")


def test_following_until_it_is_ended_with_figures(cli: Cli, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "registrum", "index", "run", "--metrics-port", "0", "--json"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**cli.environment, "REGISTRUM_INDEX": str(tmp_path / "index.sqlite")},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        notes = process.stderr.readline() + process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/metrics", notes)
        assert found, notes
        figures = ""
        while "registrum_index_lag_blocks 0.0" not in figures:
            with urllib.request.urlopen(found[0], timeout=30) as answer:  # noqa: S310 - its own address
                figures = answer.read().decode()
        assert re.search(r"^registrum_index_events_total \d", figures, re.MULTILINE)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert list(json.loads(output)) == [*KEYS, *DONE]
    # It was ended when all was read, and maybe not worked in yet.
    assert cli("index", "run", "--once").code == 0
    assert cli("index", "status").code == 0


def test_where_the_database_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    genesis = bytes(range(32))
    monkeypatch.delenv("REGISTRUM_INDEX")
    monkeypatch.setenv("REGISTRUM_DEVNET_DIR", str(tmp_path))
    profile = tmp_path / "profile.toml"
    monkeypatch.setenv("REGISTRUM_PROFILE", str(profile))
    profile.write_text('rpc = "http://127.0.0.1:1"\n')
    assert load().index_database(5, genesis) == str(tmp_path / "index-5-0001020304050607.sqlite")
    profile.write_text('index = "mine.sqlite"\n')
    assert load().index_database(5, genesis) == str(tmp_path / "mine.sqlite")
    profile.write_text('index = "postgresql://here/x"\n')
    assert load().index_database(5, genesis) == "postgresql://here/x"
    assert load(index="other.sqlite").index_database(5, genesis) == "other.sqlite"
    other = tmp_path / "elsewhere" / "profile.toml"
    other.parent.mkdir()
    other.write_text('rpc = "http://127.0.0.1:1"\n')
    monkeypatch.setenv("REGISTRUM_PROFILE", str(other))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert load().index_database(5, genesis) == str(tmp_path / "state/registrum/index/5-0001020304050607.sqlite")
