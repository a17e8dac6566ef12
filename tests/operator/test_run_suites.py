"""`tools/run_suites.py`: parts side by side, limits, failures, and an interruption that leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60
GONE_S = 5

# Suites of shell commands in place of those of the checkout: `name=command`, all of which use brownie if it says so.
DRIVER = """
import pathlib, sys
sys.path.insert(0, "tools")
import run_suites as runner
folder, limit, *given = sys.argv[1:]
named = dict(item.split("=", 1) for item in given)
runner.LOG_FOLDER = pathlib.Path(folder)
runner.BROWNIE = named.pop("brownie", "true")
runner.USING_BROWNIE = tuple(name for name in named if name.startswith("brownie"))
runner.known_suites = lambda: {
    name: [runner.Part(name, name, ["/bin/sh", "-c", command], float(limit))] for name, command in named.items()
}
sys.exit(runner.main(["all"]))
"""
PYTEST_SAYS = "echo '===== {} in 0.10s ====='"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts the runner with shell commands as suites; whatever they write is in the folder of the test."""

    def start(limit_s: float = LIMIT_S, lanes: str = "2", **suites: str) -> subprocess.Popen[str]:
        given = [f"{name}={command}" for name, command in suites.items()]
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(tmp_path), str(limit_s), *given],
            cwd=ROOT,
            env={**os.environ, "LANES": lanes, "HERE": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=LIMIT_S)
    return process.returncode, output


def last_paragraph(output: str) -> list[str]:
    return re.sub(r"\(\d+ s|: \d+ s", "TIME", output.strip().split("\n\n")[-1]).splitlines()


def waits_for(name: str, other: str) -> str:
    """A command that ends once the other has begun."""
    return f'touch "$HERE/{name}"; until [ -e "$HERE/{other}" ]; do sleep 0.02; done; ' + PYTEST_SAYS.format("1 passed")


def written(path: Path) -> int:
    """The number that a file holds, once it does."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()).endswith("\n"):
            return int(text)
        time.sleep(0.02)
    raise AssertionError(f"nobody wrote {path.name}")


def is_gone(number: int) -> bool:
    """Whether a process ends within seconds: one that was told to has a moment left, and one may stay uncollected."""
    deadline = time.monotonic() + GONE_S
    while time.monotonic() < deadline:
        try:
            if psutil.Process(number).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_two_run_side_by_side_and_are_shown_one_after_the_other(start: Start) -> None:
    status, output = ended(start(one=waits_for("one", "two"), two=waits_for("two", "one")))
    assert status == 0, output
    assert last_paragraph(output) == [
        "one          passed: 1 passed in 0.10s TIME with start-up)",
        "two          passed: 1 passed in 0.10s TIME with start-up)",
        "together     passedTIME, 2 at a time",
    ]
    assert output.count("\n===== 1 passed in 0.10s =====\n") == 2


def test_one_lane_runs_one_at_a_time(start: Start) -> None:
    """The second finds what the first leaves only when it has ended."""
    status, output = ended(start(lanes="1", one='sleep 0.3; touch "$HERE/done"', two='test -e "$HERE/done"'))
    assert status == 0, output


def test_a_failure_is_told_and_the_others_run_nevertheless(start: Start) -> None:
    bad = PYTEST_SAYS.format("1 failed, 2 passed") + "; exit 1"
    status, output = ended(start(bad=bad, good=PYTEST_SAYS.format("3 passed"), mute="exit 3"))
    assert status == 1
    assert last_paragraph(output) == [
        "bad          FAILED: 1 failed, 2 passed in 0.10s TIME with start-up)",
        "good         passed: 3 passed in 0.10s TIME with start-up)",
        "mute         FAILED: ended with status 3 and no summary TIME with start-up)",
        "together     FAILEDTIME, 2 at a time",
    ]


def test_what_does_not_compile_is_not_tested(start: Start) -> None:
    status, output = ended(start(brownie="false", brownie_suite='touch "$HERE/ran"; true', plain="true"))
    assert status == 1
    assert "brownie_suite FAILED: did not run to its end" in output
    assert "plain        passed" in output


def test_compiles_before_anything_asks_brownie(start: Start, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text('#!/bin/sh\nsleep 0.2\necho "$1" >> "$HERE/calls"\n')
    tool.chmod(0o755)
    status, output = ended(start(brownie=str(tool), brownie_suite='test "$(wc -l < "$HERE/calls")" -eq 2'))
    assert status == 0, output
    assert (tmp_path / "calls").read_text() == "compile\ncompile\n"


def test_time_limit_ends_the_whole_group(start: Start, tmp_path: Path) -> None:
    status, output = ended(start(limit_s=1, slow='sleep 300 & echo $! > "$HERE/child"; wait', quick="true"))
    assert status == 1
    assert "== slow was ended after its 1 s" in output
    assert "slow         FAILED: ended with status 124" in output
    assert is_gone(written(tmp_path / "child"))


def test_nothing_outlives_its_suite(start: Start, tmp_path: Path) -> None:
    status, output = ended(start(one='sleep 300 & echo $! > "$HERE/child"'))
    assert status == 0, output
    assert is_gone(written(tmp_path / "child"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_ends_both_groups_and_begins_nothing(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    """Suites are told as by Ctrl-C, so that they end what they started in good order."""
    suite = 'trap "echo ended > $HERE/{0}.trap; kill $!; exit 2" INT; sleep 300 & echo $! > "$HERE/{0}"; wait'
    process = start(one=suite.format("one"), two=suite.format("two"), three='touch "$HERE/three"')
    children = [written(tmp_path / name) for name in ("one", "two")]
    process.send_signal(number)
    status, output = ended(process)
    assert status == 128 + number, output
    assert all(is_gone(child) for child in children)
    assert [(tmp_path / f"{name}.trap").exists() for name in ("one", "two")] == [True, True]
    assert not (tmp_path / "three").exists()
    assert output.count("FAILED: did not run to its end") == 3


@pytest.mark.parametrize("lanes", ["0", "two", "-1"])
def test_number_of_lanes_is_checked(start: Start, lanes: str) -> None:
    status, output = ended(start(lanes=lanes, one="true"))
    assert (status, output.count("\n")) == (2, 1)
    assert f"LANES is '{lanes}'" in output


def test_parts_hold_every_test_of_the_contracts_once() -> None:
    """A folder named in the first part exists; the second part is all others."""
    command = "import sys; sys.path.insert(0, 'tools'); import run_suites as r; print(*r.FIRST_PART)"
    named = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    folders = {path.name for path in (ROOT / "tests" / "contracts").iterdir() if path.is_dir()}
    assert set(named.stdout.split()) < folders
