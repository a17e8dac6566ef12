"""Killed at any point and started again, a follower ends with the tables of one that was left alone."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from registrum.index.following import Follower
from registrum.index.store import Index, open_index
from tests.client.anvil import ROOT
from tests.index.conftest import SEED, Life
from tests.index.dumps import dump

KILLS = 8
PATIENCE_S = 120


def worker(life: Life, database: str, statement: int) -> subprocess.Popen[str]:
    manifest = life.folder / "manifest.json"
    command = [sys.executable, "-m", "tests.index.follow_worker", life.world.anvil.url, str(manifest), database]
    return subprocess.Popen([*command, str(statement)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> str:
    """What it printed; empty if it was killed."""
    output, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, -signal.SIGKILL)
    assert bool(output) == (process.returncode == 0)
    return output


@pytest.fixture
def undisturbed(life: Life, fresh: Index) -> dict[str, object]:
    Follower(fresh, life.world.rpc, life.world.manifest).catch_up()
    return dict(dump(fresh))


def test_killed_at_random_statements(life: Life, database: str, undisturbed: dict[str, object]) -> None:
    chance = random.Random(SEED)
    kills = 0
    # Each run gets a little further, and the last ones are killed among indexes and versions.
    while not end(worker(life, database, chance.choice([3, 9, 30, 60, 100, 200]))):
        kills += 1
        assert kills < 200
    assert kills >= KILLS
    with open_index(database) as index:
        assert Follower(index, life.world.rpc, life.world.manifest).catch_up().is_ready
        assert dump(index) == undisturbed


def test_killed_in_the_last_statements(life: Life, database: str, undisturbed: dict[str, object]) -> None:
    """Indexes and version tables of a first load come at its end."""
    chance = random.Random(SEED)
    with open_index(database):
        pass
    total = int(end(worker(life, database, 0)))
    for _ in range(2):
        with open_index(database) as index, index.write() as connection:
            index.empty(connection)
        assert not end(worker(life, database, total - chance.randint(1, 60)))
        assert end(worker(life, database, 0))
        with open_index(database) as index:
            assert dump(index) == undisturbed


def test_killed_from_outside_at_random_moments(life: Life, database: str, undisturbed: dict[str, object]) -> None:
    chance = random.Random(SEED)
    began = time.monotonic()
    assert end(worker(life, database, 0))
    duration = time.monotonic() - began
    with open_index(database) as index, index.write() as connection:
        index.empty(connection)
    for _ in range(4):
        process = worker(life, database, 0)
        try:
            process.wait(chance.uniform(duration / 3, duration))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate(timeout=PATIENCE_S)
    assert end(worker(life, database, 0))
    with open_index(database) as index:
        assert dump(index) == undisturbed
