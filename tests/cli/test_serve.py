"""`registrum serve`: begins, says where it answers, follows the chain, ends when told to."""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import ROOT, TIMEOUT_S, Cli, command, digest
from tests.client.anvil import wait_until


@contextmanager
def serving(cli: Cli, *arguments: object) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """The process, and the document that it prints once it answers."""
    process = subprocess.Popen(
        command("serve", "--port", 0, "--json", *arguments),
        env=cli.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    text = ""
    try:
        while not text.endswith("}\n") and (line := process.stdout.readline()):
            text += line
        assert text, process.communicate(timeout=TIMEOUT_S)[1]
        yield process, json.loads(text)
    finally:
        process.kill()
        process.communicate()


def asked(url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Status and document of an answer."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - ours
        url, content, {"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - ours
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_answers_and_ends_when_told_to(cli: Cli, tmp_path: Path, number: signal.Signals) -> None:
    with serving(cli, "--index", tmp_path / "index.sqlite") as (process, told):
        assert told["pid"] == process.pid
        assert told["following"] is True
        assert told["relay"].startswith("0x")
        status, answer = asked(f"{told['url']}/api/v1/status")
        assert status == 200
        assert answer["data"]["relay"]["account"] == told["relay"]
        assert asked(told["openapi"])[0] == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0, err
        assert out == ""
        assert "Traceback" not in err


def test_it_follows_what_happens(cli: Cli, tmp_path: Path) -> None:
    with serving(cli, "--index", tmp_path / "index.sqlite") as (_, told):
        number = cli.registered()
        url = f"{told['url']}/api/v1/office-numbers/{number}"
        wait_until(lambda: asked(url)[0] == 200, "the record to be indexed")
        assert asked(url)[1]["data"]["record"]["digest"] == digest(number)


def test_without_following_it_says_how_old_its_answers_are(cli: Cli, tmp_path: Path) -> None:
    database = tmp_path / "index.sqlite"
    cli.ok("index", "run", "--once", "--index", database)
    number = cli.registered()
    with serving(cli, "--index", database, "--no-follow") as (_, told):
        assert told["following"] is False
        url = f"{told['url']}/api/v1/office-numbers/{number}"
        wait_until(lambda: asked(url)[1]["readAt"]["lagBlocks"] is not None, "the node to be asked")
        status, answer = asked(url)
        assert status == 404
        assert answer["error"]["code"] == "not_found"
        assert answer["readAt"]["lagBlocks"] > 0


def test_a_key_of_the_server_is_read_from_a_file(cli: Cli, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("k" * 32 + "\n")
    options = ("--index", tmp_path / "index.sqlite", "--api-key-file", keys)
    with serving(cli, *options) as (process, told):
        url = f"{told['url']}/api/v1/statements"
        assert asked(url, {})[0] == 401
        status, answer = asked(url, {}, {"Authorization": "Bearer " + "k" * 32})
        assert (status, answer["error"]["code"]) == (400, "bad_input")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=TIMEOUT_S)
        assert "k" * 32 not in out + err


def test_no_relay_is_said(cli: Cli, tmp_path: Path) -> None:
    with serving(cli, "--index", tmp_path / "index.sqlite", "--no-relay") as (_, told):
        assert told["relay"] is None
        assert asked(f"{told['url']}/api/v1/statements", {})[1]["error"]["code"] == "relay_off"


def test_a_port_that_is_taken_is_named(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = cli("serve", "--port", port, "--json")
    assert result.code == 2
    assert result.error["code"] == "bad_configuration"
    assert str(port) in result.error["message"]


def test_beyond_this_machine_a_named_account_needs_keys(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYER", "0x" + "12" * 32)
    result = cli("serve", "--host", "0.0.0.0", "--port", 0, "--relay-key", "env:PAYER", "--json")  # noqa: S104 - the case
    assert result.code == 2
    assert "--api-key-file" in result.error["remedy"]


BEHIND = (("--allowed-host", "registry.example"), ("--trusted-proxy", "127.0.0.1"), ("--allowed-host", "*"))


@pytest.mark.parametrize("options", BEHIND)
def test_behind_a_proxy_a_named_account_needs_keys(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, options: tuple[str, str]
) -> None:
    """It listens on this machine alone, and the whole network asks through the proxy."""
    monkeypatch.setenv("PAYER", "0x" + "12" * 32)
    result = cli("serve", *options, "--port", 0, "--relay-key", "env:PAYER", "--json")
    assert result.code == 2
    assert "--api-key-file" in result.error["remedy"]


@pytest.mark.parametrize("options", BEHIND)
def test_behind_a_proxy_nothing_is_relayed_without_keys(cli: Cli, tmp_path: Path, options: tuple[str, str]) -> None:
    with serving(cli, "--index", tmp_path / "index.sqlite", *options) as (process, told):
        assert told["relay"] is None
        os.kill(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=TIMEOUT_S)
        assert "--api-key-file" in err
        assert ("--trusted-proxy" in err) == (options[0] == "--allowed-host")


def test_names_of_this_machine_are_no_proxy(cli: Cli, tmp_path: Path) -> None:
    with serving(cli, "--index", tmp_path / "index.sqlite", "--allowed-host", "localhost") as (_, told):
        assert told["relay"] is not None


SEAT_OF_AU = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
"""The second account of Anvil, which everyone knows."""


@pytest.mark.parametrize("key", ["env:PAYER", "development:AU"])
def test_an_office_does_not_pay_for_what_is_relayed(cli: Cli, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Neither with its seat nor with a key: the server holds no key of any office."""
    monkeypatch.setenv("PAYER", SEAT_OF_AU)
    result = cli("serve", "--port", 0, "--relay-key", key, "--json")
    assert result.code == 2
    assert "is one that AU acts with" in result.error["message"]


def test_who_pays_on_a_local_chain_is_nobody_of_the_demonstration(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    demo = importlib.import_module("demo")
    with serving(cli, "--index", tmp_path / "index.sqlite") as (_, told):
        assert told["relay"] != demo.NEW_KEY.address


@pytest.mark.parametrize("option", ["--proofs", "--api-key-file"])
def test_a_file_that_is_not_there_is_named(cli: Cli, option: str) -> None:
    result = cli("serve", option, "nowhere", "--port", 0, "--json")
    assert result.code == 2
    assert "nowhere" in result.error["message"]


def test_the_network_is_told_and_relays_nothing_without_keys(cli: Cli, tmp_path: Path) -> None:
    with serving(cli, "--index", tmp_path / "index.sqlite", "--host", "0.0.0.0") as (process, told):  # noqa: S104 - the case
        assert told["relay"] is None
        os.kill(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=TIMEOUT_S)
        assert "answers the network" in err
        assert "TLS" in err
