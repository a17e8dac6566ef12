"""The embedded local chain, with a real node: start, report, stop, and what must not be ended."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum import devnet, settings
from registrum.chain.rpc import RpcClient
from registrum.deployment import Manifest, verify
from registrum.development import (
    CHARTER,
    DEVELOPMENT_OFFICES,
    DevelopmentOffice,
    deployer_signer,
    development_terms,
)
from registrum.errors import ConfigError, KeyNotFoundError, NetworkMismatchError, NodeError, TransactionFailedError
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak
from tests.client.anvil import binary, wait_until

ACTIVE = 1


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, and an account without any settings."""
    for name in list(os.environ):
        if name.startswith("REGISTRUM_"):
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    place = tmp_path / "devnet"
    monkeypatch.setenv("REGISTRUM_DEVNET_DIR", str(place))
    yield place
    # A test may have left what cannot be read on purpose.
    with contextlib.suppress(ConfigError):
        devnet.stop()


def call(rpc: RpcClient, to: str, signature: str, *words: bytes) -> bytes:
    data = keccak(signature.encode())[:4] + b"".join(words)
    answer: str = rpc.call("eth_call", [{"to": to, "data": "0x" + data.hex()}, "latest"])
    return bytes.fromhex(answer[2:])


def code_word(office: DevelopmentOffice) -> bytes:
    return office.code.encode().ljust(32, b"\0")


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_next_commands_need_no_options() -> None:
    lines: list[str] = []
    running = devnet.start(report=lines.append)
    assert running.started
    assert running.profile_in_use
    assert any("admitted AU, EM, JP, RU, US, WO" in line for line in lines)
    found = settings.load()
    assert (found.rpc, found.profile) == (running.rpc_url, running.profile_path)
    assert found.require_manifest() == running.manifest_path
    with RpcClient(found.require_rpc()) as rpc:
        verify(rpc, Manifest.load(found.require_manifest()))
        assert rpc.call("eth_chainId") == hex(devnet.CHAIN_ID)


def test_sample_offices_can_work_at_once() -> None:
    running = devnet.start()
    manifest = Manifest.load(running.manifest_path)
    directory, register = manifest.address("OfficeDirectory"), manifest.address("PriorityRegister")
    now = int(datetime.datetime.now(datetime.UTC).timestamp())
    with RpcClient(running.rpc_url) as rpc:
        assert call(rpc, directory, "governance()")[12:] == parse_address(manifest.address("Timelock"))
        for office in DEVELOPMENT_OFFICES.values():
            assert int.from_bytes(call(rpc, directory, "statusOf(bytes2)", code_word(office)), "big") == ACTIVE
            seat = call(rpc, directory, "seatOf(bytes2)", code_word(office))
            assert seat[12:] == parse_address(office.seat().address)
            assert office.name.encode() in call(rpc, directory, "officeOf(bytes2)", code_word(office))
            key = parse_address(settings.load().signer(office.code).address).rjust(32, b"\0")
            for scopes, good in ((1, 1), (7, 1), (8, 0)):
                signature = "isKeyGood(bytes2,address,uint8,uint40)"
                answer = call(rpc, directory, signature, code_word(office), key, number(scopes), number(now + 60))
                assert int.from_bytes(answer, "big") == good
            assert int(rpc.call("eth_getBalance", [settings.load().signer(office.code).address, "latest"]), 16) > 0

            def closed(day: datetime.date, office: DevelopmentOffice = office) -> tuple[int, int]:
                packed = day.year * 10_000 + day.month * 100 + day.day
                answer = call(rpc, register, "isClosed(bytes2,uint32)", code_word(office), number(packed))
                return int.from_bytes(answer[:32], "big"), int.from_bytes(answer[32:], "big")

            this_year = datetime.datetime.now(datetime.UTC).year
            for year in (this_year - 1, this_year, this_year + 1):
                holidays = {datetime.date(year, item // 100, item % 100) for item in office.holidays}
                # All days would be 6,000 calls; a month, the weekends in it, and every holiday tell as much.
                march = {datetime.date(year, 3, day) for day in range(1, 32)}
                for day in holidays | march:
                    assert closed(day) == (1, day in holidays or day.weekday() >= 5), day
            assert closed(datetime.date(1990, 1, 1)) == (0, 0)


def active_offices(running: devnet.Devnet) -> list[bytes]:
    directory = Manifest.load(running.manifest_path).address("OfficeDirectory")
    with RpcClient(running.rpc_url) as rpc:
        answer = call(rpc, directory, "activeOffices()")
    return [answer[64 + 32 * i : 66 + 32 * i] for i in range(int.from_bytes(answer[32:64], "big"))]


def test_offices_form_a_consortium() -> None:
    running = devnet.start()
    manifest = Manifest.load(running.manifest_path)
    assert manifest.has_consortium
    assert active_offices(running) == [code.encode() for code in DEVELOPMENT_OFFICES]
    digest = hashlib.sha256(running.charter_path.read_bytes()).digest()
    assert running.charter_path.read_text() == CHARTER
    with RpcClient(running.rpc_url) as rpc:
        answer = call(rpc, manifest.address("Charter"), "terms()")
    assert answer[32:64] == digest == development_terms().charter_digest


def test_founders_that_are_named() -> None:
    lines: list[str] = []
    running = devnet.start(founders=("RU", "EM", "AU"), report=lines.append)
    assert active_offices(running) == [b"RU", b"EM", b"AU"]
    assert any("admitted RU, EM, AU; calendars" in line for line in lines)


@pytest.mark.parametrize(
    ("founders", "message"),
    [
        (("RU", "EM"), "offices lists 2 offices; a consortium has at least 3"),
        (("RU", "EM", "RU"), r"offices\[2\].code is RU, which is the code of offices\[0\]"),
        (("RU", "EM", "FR"), "there is no development key for FR"),
    ],
)
def test_founders_that_cannot_be(folder: Path, founders: tuple[str, ...], message: str) -> None:
    with pytest.raises((ConfigError, KeyNotFoundError), match=message):
        devnet.start(founders=founders)
    assert not folder.exists()


def test_one_account_governs_where_no_consortium_is_wanted() -> None:
    running = devnet.start(consortium=False, founders=("EM",))
    manifest = Manifest.load(running.manifest_path)
    assert not manifest.has_consortium
    assert not running.charter_path.exists()
    assert active_offices(running) == [b"EM"]
    office = DEVELOPMENT_OFFICES["EM"]
    with RpcClient(running.rpc_url) as rpc:
        directory = manifest.address("OfficeDirectory")
        assert call(rpc, directory, "governance()")[12:] == parse_address(deployer_signer().address)
        key = parse_address(office.signing_key().address).rjust(32, b"\0")
        assert int.from_bytes(call(rpc, directory, "keyOf(bytes2,address)", code_word(office), key)[32:64], "big") == 7


def test_sample_set_up_is_the_same_at_every_start() -> None:
    first = Manifest.load(devnet.start().manifest_path)
    devnet.stop()
    second = Manifest.load(devnet.start().manifest_path)
    assert {name: item.address for name, item in first.contracts.items()} == {
        name: item.address for name, item in second.contracts.items()
    }


def test_running_chain_is_reported_not_doubled() -> None:
    first = devnet.start()
    again = devnet.start()
    assert (again.started, again.pid, again.rpc_url) == (False, first.pid, first.rpc_url)
    port = int(first.rpc_url.rpartition(":")[2])
    assert devnet.start(port=port).pid == first.pid
    with pytest.raises(ConfigError, match="runs already, at"):
        devnet.start(port=port + 1 if port < 65_535 else port - 1)
    seen = devnet.status()
    assert seen is not None
    assert (seen.started, seen.pid) == (False, first.pid)


def test_two_starts_at_once_make_one_chain() -> None:
    results: list[devnet.Devnet] = []
    threads = [threading.Thread(target=lambda: results.append(devnet.start())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({item.pid for item in results}) == 1
    assert sorted(item.started for item in results) == [False, False, True]


def test_stop_ends_it_and_takes_the_profile_away(folder: Path) -> None:
    running = devnet.start()
    assert devnet.stop() is True
    assert not alive(running.pid)
    assert devnet.status() is None
    assert settings.load().rpc is None
    assert sorted(item.name for item in folder.iterdir()) == [".lock", "anvil.log"]
    assert devnet.stop() is False


def test_nothing_runs() -> None:
    assert devnet.status() is None
    assert devnet.stop() is False


def test_outlives_the_process_that_started_it() -> None:
    code = "from registrum import devnet; d = devnet.start(); print(d.pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seen = devnet.status()
    assert seen is not None
    assert seen.pid == int(done.stdout)
    assert os.getsid(seen.pid) == seen.pid
    assert devnet.stop() is True
    wait_until(lambda: not alive(seen.pid), "the node to end")


def test_without_detaching_it_stays_in_the_session_and_can_be_waited_for() -> None:
    running = devnet.start(detach=False)
    assert os.getsid(running.pid) == os.getsid(0)
    waiting = threading.Thread(target=running.wait)
    waiting.start()
    os.kill(running.pid, signal.SIGTERM)
    waiting.join(10)
    assert not waiting.is_alive()


def test_port_that_is_named() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert devnet.start(port=port).rpc_url == f"http://127.0.0.1:{port}"


def test_port_that_is_taken(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} is taken"):
            devnet.start(port=port)
    assert devnet.status() is None
    assert not (folder / "profile.toml").exists()


def test_node_that_was_killed_is_replaced() -> None:
    first = devnet.start()
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: devnet.status() is None, "the node to end")
    second = devnet.start()
    assert second.started
    assert second.pid != first.pid


def test_process_that_got_the_number_is_left_alone(folder: Path) -> None:
    devnet.start()
    note = folder / "devnet.json"
    kept = json.loads(note.read_text())
    with subprocess.Popen(["sleep", "60"]) as stranger:
        note.write_text(json.dumps(kept | {"pid": stranger.pid}))
        assert devnet.status() is None
        assert devnet.stop() is False
        assert stranger.poll() is None
        stranger.kill()
    os.kill(kept["pid"], signal.SIGTERM)
    os.waitpid(kept["pid"], 0)


def test_start_that_was_interrupted_leaves_no_second_node(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = devnet.start()
    note = folder / "devnet.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"ready": False}))
    assert devnet.status() is None
    lines: list[str] = []
    second = devnet.start(report=lines.append)
    assert second.started
    assert not alive(first.pid)
    assert any("interrupted" in line for line in lines)


def test_failure_half_way_leaves_nothing_running(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def fail(rpc: RpcClient, *_: Any) -> None:
        seen.append(rpc.endpoint)
        raise TransactionFailedError("no")

    monkeypatch.setattr(devnet, "_furnish", fail)
    with pytest.raises(TransactionFailedError):
        devnet.start()
    with RpcClient(seen[0]) as rpc, pytest.raises(NodeError):
        rpc.call("eth_chainId")
    assert sorted(item.name for item in folder.iterdir()) == [".lock", "anvil.log"]


def test_set_up_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    office = DEVELOPMENT_OFFICES["AU"]
    nameless = DevelopmentOffice(office.code, "", office.position, office.holidays)
    monkeypatch.setattr(devnet, "development_office", lambda code: nameless)
    with pytest.raises(TransactionFailedError, match="sample set-up"):
        devnet.start(consortium=False, founders=["AU"])
    assert devnet.status() is None


def test_contracts_that_changed_under_it() -> None:
    running = devnet.start()
    address = Manifest.load(running.manifest_path).address("OfficeDirectory")
    with RpcClient(running.rpc_url) as rpc:
        rpc.call("anvil_setCode", [address, "0x"])
    with pytest.raises(NetworkMismatchError, match="OfficeDirectory"):
        devnet.status()


def test_profile_of_the_account_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_text('rpc = "http://node.example"\n')
    monkeypatch.setenv("REGISTRUM_PROFILE", str(own))
    running = devnet.start()
    assert not running.profile_in_use
    assert own.read_text() == 'rpc = "http://node.example"\n'
    assert settings.load().rpc == "http://node.example"
    monkeypatch.setenv("REGISTRUM_PROFILE", str(running.profile_path))
    assert settings.load().rpc == running.rpc_url
    devnet.stop()
    assert own.exists()


def test_log_does_not_grow_with_requests() -> None:
    running = devnet.start()
    size = running.log_path.stat().st_size
    with RpcClient(running.rpc_url) as rpc:
        for _ in range(20):
            rpc.call("evm_mine")
    assert running.log_path.stat().st_size == size


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "identity": "", "rpc": "", "ready": true}'])
def test_note_that_cannot_be_read(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "devnet.json").write_text(text)
    with pytest.raises(ConfigError, match=r"devnet\.json cannot be read"):
        devnet.start()


def test_folder_that_cannot_be(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(ConfigError, match="cannot be used"):
        devnet.start()


def test_finds_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert devnet.find_anvil() == binary()
    monkeypatch.setenv("REGISTRUM_ANVIL", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="REGISTRUM_ANVIL names"):
        devnet.find_anvil()
    monkeypatch.setenv("REGISTRUM_ANVIL", str(binary()))
    assert devnet.find_anvil() == binary()


def test_program_on_the_path_but_no_launcher_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devnet, "__file__", str(tmp_path / "site-packages" / "registrum" / "devnet.py"))
    monkeypatch.chdir(tmp_path)
    scripts, programs = tmp_path / "scripts", tmp_path / "programs"
    for place in (scripts, programs):
        place.mkdir()
    (scripts / "anvil").write_text("#!/usr/bin/env node\n")
    (scripts / "anvil").chmod(0o755)
    monkeypatch.setenv("PATH", str(scripts))
    with pytest.raises(ConfigError, match="is not installed") as caught:
        devnet.find_anvil()
    assert "npm install @foundry-rs/anvil" in caught.value.remedy
    (programs / "anvil").symlink_to(binary())
    monkeypatch.setenv("PATH", os.pathsep.join([str(scripts), str(programs)]))
    assert devnet.find_anvil() == programs / "anvil"


def test_program_that_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "anvil"
    broken.write_text("#!/bin/sh\necho cannot\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("REGISTRUM_ANVIL", str(broken))
    with pytest.raises(NodeError, match="Anvil did not start: cannot"):
        devnet.start()
    assert devnet.status() is None
    broken.write_text("neither script nor program")
    with pytest.raises(ConfigError, match="cannot be run"):
        devnet.start()
