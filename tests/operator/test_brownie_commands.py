"""Brownie's own commands, as an operator types them: console, deployment and compilation, on both local nodes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from registrum.deployment import CONTRACTS, Manifest

ROOT = Path(__file__).resolve().parents[2]
BROWNIE = ROOT / ".venv" / "bin" / "brownie"
# The first command in a fresh clone compiles all contracts.
LIMIT_S = 280
DEPLOYMENTS = ROOT / "deployments"
CHAIN_IDS = {"development": 31337, "ganache-cli": 1337}
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def brownie(*arguments: str, typed: str = "", **settings: str) -> str:
    """What a command prints, without colours; it must succeed and leave no process behind."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRUM_", "BROWNIE_"))}
    process = subprocess.Popen(
        [str(BROWNIE), *arguments],
        cwd=ROOT,
        env={**known, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(typed, timeout=LIMIT_S)
        left = group(process.pid)
    finally:
        for other in group(process.pid):
            other.send_signal(signal.SIGKILL)
        process.wait()
    output = COLOURS.sub("", output)
    assert process.returncode == 0, output
    assert left == [], output
    return output


def group(leader: int) -> list[psutil.Process]:
    """The processes that a command started and that still run: those of its session."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    return found


def manifests() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in DEPLOYMENTS.glob("*")}


def written() -> dict[str, int]:
    """When the artifact of each contract of this project was written.

    Not those of packages: as it loads, brownie deletes what its order of reading makes look unused.
    """
    artifacts = {path: json.loads(path.read_text("utf-8")) for path in (ROOT / "build" / "contracts").glob("*.json")}
    return {
        path.stem: path.stat().st_mtime_ns
        for path, artifact in artifacts.items()
        if artifact["sourcePath"].startswith("contracts/")
    }


def test_compile_has_nothing_to_do_after_it_was_done() -> None:
    brownie("compile")
    before = written()
    assert set(CONTRACTS) <= before.keys()
    output = brownie("compile")
    assert "Project has been compiled" in output
    assert "Compiling contracts" not in output
    assert written() == before


def test_console_computes_on_a_local_chain() -> None:
    typed = (
        "print(6 * 7, chain.id, [OfficeDirectory.deploy(accounts[1], {'from': a[0]}).governance() == accounts[1]])\n"
    )
    output = brownie("console", "--network", "development", typed=typed)
    assert "42 31337 [True]" in output, output


@pytest.mark.parametrize("network", list(CHAIN_IDS))
def test_deployment_writes_its_manifest_where_it_is_told(tmp_path: Path, network: str) -> None:
    before = manifests()
    path = tmp_path / "manifest.json"
    output = brownie("run", "scripts/deploy.py", "--network", network, REGISTRUM_MANIFEST=str(path))
    assert f"manifest: {path}" in output
    manifest = Manifest.load(path)
    assert manifest.chain_id == CHAIN_IDS[network]
    assert tuple(manifest.contracts) == CONTRACTS
    for name in CONTRACTS:
        assert f"{name} is at {manifest.address(name)}" in output
    assert [item.name for item in tmp_path.iterdir()] == ["manifest.json"]
    assert manifests() == before
