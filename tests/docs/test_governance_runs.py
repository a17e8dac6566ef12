"""The worked commands of the guide to governance, run one after the other against a local consortium."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registrum import devnet
from registrum.chain.rpc import RpcClient
from registrum.cli.root import run
from tests.docs.blocks import ROOT
from tests.docs.test_docs import PASSWORD, SAMPLES, register_sample, write_keystore

GUIDE = ROOT / "docs" / "governance.md"
DOCUMENT = "ru-trademark-st66.xml"
RECORD = "RU/T/2024712345"
"""Of RU, recorded by the key that is stolen."""
KEYSTORES = {
    "seat": 1,
    "au-seat": 1,
    "em-seat": 2,
    "jp-seat": 3,
    "ru-seat": 4,
    "us-seat": 5,
    "old-seat": 4,
    "new-seat": 18,
    "new-key": 9,
    "observer": 17,
    "any": 19,
}
"""Accounts of the local chain: the first are the seats of the sample offices."""
VOTERS = ("au-seat", "em-seat", "jp-seat", "us-seat")
"""Four of six, and of five."""
BEGINNINGS = ("--emergency --reason", "collect suspension", "without a successor")
"""Lines that show another way, and so begin with the consortium as it was founded."""
NOT_CARRIED = ("where it has ended by itself", "propose contract")
"""Proposals that would change nothing here, and one of a contract that is not there."""
TAKEN_BACK = "ends the replacement"
"""The other way at the same place."""
AFTERWARDS: dict[str, tuple[str, dict[str, str]]] = {
    "admit an office: office admit FR": ("FR", {"status": "active"}),
    "emergency: office suspend RU": ("RU", {"status": "suspended"}),
    "lost seat: office replace-seat RU": ("RU", {"seat": "0xdD2FD4581271e230360230F9337D5c0430Bf44C0"}),
    "stolen key: office suspend RU": (
        "RU",
        {"seat": "0xdD2FD4581271e230360230F9337D5c0430Bf44C0", "status": "active"},
    ),
    "departure with successor: office succeed RU": ("RU", {"status": "departed", "successor": "EM"}),
    "departure with successor: office depart RU": ("RU", {"status": "departed"}),
}
"""What `office show` says of an office after a scene."""
NEED_A_PROPOSAL = ("what all commands have in common", "collect signatures offline")


@dataclass(frozen=True)
class Scene:
    """Commands of a worked section that belong together."""

    heading: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.heading}: {' '.join(self.lines[0].split()[1:4])}"


def scenes() -> list[Scene]:
    found: list[Scene] = []
    for section in GUIDE.read_text(encoding="utf-8").split("\n### ")[1:]:
        heading, _, body = section.partition("\n")
        if not heading.startswith("Worked: "):
            continue
        code = "\n".join(re.findall(r"^```sh\n(.*?)^```$", body, re.MULTILINE | re.DOTALL))
        groups: list[list[str]] = [[]]
        for line in code.replace("\\\n", " ").splitlines():
            if groups[-1] and any(beginning in line for beginning in BEGINNINGS):
                groups.append([])
            if line.startswith("registrum "):
                groups[-1].append(line)
        found += [Scene(heading.removeprefix("Worked: "), tuple(group)) for group in groups]
    return found


class Office:
    """Whoever follows the guide: a folder with keystores, and a local chain whose clock can be moved."""

    def __init__(self, rpc: RpcClient, capture: pytest.CaptureFixture[str]) -> None:
        self.proposal = ""
        self._rpc = rpc
        self._capture = capture

    def command(self, *words: str, codes: tuple[int, ...] = (0,)) -> dict[str, Any]:
        """The document that a command prints.

        Args:
            words: Behind the name of the program.
            codes: Exit codes that are expected.
        """
        self._capture.readouterr()
        code = run([*words, "--json"])
        output, complaints = self._capture.readouterr()
        assert code in codes, f"{shlex.join(words)} ended with {code}:\n{output}\n{complaints}"
        document: dict[str, Any] = json.loads(output)
        return document

    def now(self) -> datetime:
        block = self._rpc.call("eth_getBlockByNumber", ["latest", False])
        return datetime.fromtimestamp(int(block["timestamp"], 16), UTC)

    def wait_until(self, moment: datetime) -> None:
        """Move the chain's clock just past a moment, if that lies ahead."""
        if self.now() <= moment:
            self._rpc.call("evm_setNextBlockTimestamp", [int(moment.timestamp()) + 1])
            self._rpc.call("evm_mine", [])

    def follow(self, line: str) -> bool:
        """Do what a line says, when the remark beside it says; whether it made a proposal that is to be carried."""
        command, _, remark = line.partition(" #")
        given = shlex.split(command)[1:]
        words = [self._filled(word, before) for before, word in zip(["", *given], given, strict=False)]
        if "after the vote" in remark:
            self.vote(VOTERS[1:])
            self.wait_until(self._moment("voteEnd"))
        elif "after the delay" in remark and words[0] == "consortium":
            self.wait_until(self._moment("executableFrom"))
        elif "after the" in remark and "delay" in remark:
            self.wait_until(self.now() + timedelta(days=14))
        if words[:2] == ["consortium", "vote"] or "once the vote has begun" in remark:
            self.wait_until(self._moment("voteStart"))
        if words[:3] == ["consortium", "collect", "sign"]:
            for office in ("EM", "JP", "RU"):
                self.command(*(_as_office(word, office) for word in words))
        document = self.command(*words, codes=(1,) if "counts it" in remark else (0,))
        if "proposal" not in document or "voteStart" not in document or words[1] == "show":
            return False
        self.proposal = document["proposal"]
        return not any(text in line for text in NOT_CARRIED)

    def follow_and_undo(self, line: str) -> None:
        before = self._rpc.call("evm_snapshot", [])
        self.follow(line)
        self._rpc.call("evm_revert", [before])

    def vote(self, voters: tuple[str, ...] = VOTERS) -> None:
        self.wait_until(self._moment("voteStart"))
        for name in voters:
            self.command("consortium", "vote", self.proposal, "--for", "--key", f"{name}.json")

    def carry(self) -> None:
        """Vote, count and execute, each in its time."""
        self.vote()
        self.wait_until(self._moment("voteEnd"))
        self.command("consortium", "execute", self.proposal, "--key", "any.json", codes=(1,))
        self.wait_until(self._moment("executableFrom"))
        done = self.command("consortium", "execute", self.proposal, "--key", "any.json")
        assert done["state"] == "executed"

    def _moment(self, name: str) -> datetime:
        return datetime.fromisoformat(self.command("consortium", "show", self.proposal)[name])

    def _filled(self, word: str, before: str) -> str:
        if word == "MOMENT":
            moment = self.now() + (timedelta(days=60) if before == "--until" else timedelta(days=-1))
            return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        return self.proposal if word == "PROPOSAL" else word


def _as_office(word: str, office: str) -> str:
    """A word of the line by which AU signs, as another office gives it."""
    code = office.lower()
    return {"AU": office, "au.json": f"{code}.json", "seat.json": f"{code}-seat.json"}.get(word, word)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[devnet.Devnet]:
    folder = tmp_path_factory.mktemp("devnet")
    running = devnet.start(directory=folder, detach=False)
    try:
        register_sample(running, "RU", DOCUMENT)
        yield running
    finally:
        devnet.stop(folder)


@pytest.fixture
def office(
    chain: devnet.Devnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("REGISTRUM_RPC", chain.rpc_url)
    monkeypatch.setenv("REGISTRUM_MANIFEST", str(chain.manifest_path))
    monkeypatch.setenv("REGISTRUM_KEY_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)
    for name, account in KEYSTORES.items():
        write_keystore(tmp_path / f"{name}.json", account)
    (tmp_path / "charter-2.txt").write_text("The second text of the charter.\n", encoding="utf-8")
    (tmp_path / "own-files").mkdir()
    shutil.copy(SAMPLES / DOCUMENT, tmp_path / "own-files")
    with RpcClient(chain.rpc_url) as rpc:
        begun = rpc.call("evm_snapshot", [])
        yield Office(rpc, capsys)
        rpc.call("evm_revert", [begun])


@pytest.mark.parametrize("scene", scenes(), ids=str)
def test_the_worked_commands_do_what_the_guide_says(scene: Scene, office: Office) -> None:
    if scene.heading in NEED_A_PROPOSAL:
        made = office.command("consortium", "propose", "parameters", "--voting-period", "2 hours", "--key", "seat.json")
        office.proposal = made["proposal"]
    for line in scene.lines:
        if TAKEN_BACK in line:
            office.follow_and_undo(line)
        elif office.follow(line):
            office.carry()
    if any("application reconfirm" in line for line in scene.lines):
        shown = office.command("application", "show", RECORD)
        assert shown["record"]["signingKey"] in scene.lines[0]
        assert shown["signerCompromisedSince"] is None
    if str(scene) in AFTERWARDS:
        code, expected = AFTERWARDS[str(scene)]
        assert office.command("office", "show", code)["office"].items() >= expected.items()


def test_every_check_belongs_to_a_scene() -> None:
    assert {str(scene) for scene in scenes()} >= set(AFTERWARDS)
    assert {scene.heading for scene in scenes()} >= set(NEED_A_PROPOSAL)
