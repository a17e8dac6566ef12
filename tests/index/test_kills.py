"""Killed at any point and started again, a follower ends with the tables of one that was left alone."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import pytest

from registrum.index.following import Follower
from registrum.index.store import Index, open_index
from tests.index.conftest import SEED, Life
from tests.index.dumps import dump
from tests.index.follow_worker import follow

KILLS = 8
MOMENTS = 40
PATIENCE_S = 120


@dataclass
class Worker:
    """A follower in a process of its own."""

    process: ForkServerProcess
    counted: Connection

    def end(self) -> int:
        """How many statements it made; 0 if it was killed."""
        self.process.join(PATIENCE_S)
        assert self.process.exitcode in (0, -signal.SIGKILL)
        try:
            count = int(self.counted.recv())
        except EOFError:
            count = 0
        assert bool(count) == (self.process.exitcode == 0)
        return count


Begin = Callable[[str, int], Worker]


@pytest.fixture(scope="module")
def begin(life: Life) -> Begin:
    """Begins a worker on a database, that is killed before a statement.

    They are forked from a process that has imported what they need and done nothing else: imports take longer than
    what they do.
    """
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["pytest", follow.__module__])

    def worker(database: str, statement: int) -> Worker:
        counted, counting = server.Pipe(duplex=False)
        arguments = (life.world.anvil.url, str(life.folder / "manifest.json"), database, statement, counting)
        process = server.Process(target=follow, args=arguments)
        process.start()
        # The end of it that is left is the worker's.
        counting.close()
        return Worker(process, counted)

    return worker


@pytest.fixture
def undisturbed(indexed: Index) -> dict[str, object]:
    return dict(dump(indexed))


def test_killed_at_random_statements(life: Life, begin: Begin, database: str, undisturbed: dict[str, object]) -> None:
    chance = random.Random(SEED)
    kills = 0
    # Each run gets a little further, and the last ones are killed among indexes and versions.
    while not begin(database, chance.choice([3, 9, 30, 60, 100, 200])).end():
        kills += 1
        assert kills < 200
    assert kills >= KILLS
    with open_index(database) as index:
        assert Follower(index, life.world.rpc, life.world.manifest).catch_up().is_ready
        assert dump(index) == undisturbed


def test_killed_in_the_last_statements(begin: Begin, database: str, undisturbed: dict[str, object]) -> None:
    """Indexes and version tables of a first load come at its end."""
    chance = random.Random(SEED)
    with open_index(database):
        pass
    total = begin(database, 0).end()
    for _ in range(2):
        with open_index(database) as index, index.write() as connection:
            index.empty(connection)
        assert not begin(database, total - chance.randint(1, 60)).end()
        assert begin(database, 0).end()
        with open_index(database) as index:
            assert dump(index) == undisturbed


def test_killed_from_outside_at_random_moments(begin: Begin, database: str, undisturbed: dict[str, object]) -> None:
    chance = random.Random(SEED)
    began = time.monotonic()
    assert begin(database, 0).end()
    duration = time.monotonic() - began
    with open_index(database) as index, index.write() as connection:
        index.empty(connection)
    kills = 0
    for turn in range(MOMENTS):
        worker = begin(database, 0)
        worker.process.join(chance.uniform(duration / 3, duration))
        worker.process.kill()
        if worker.end():
            # It had ended before; the next one has everything to do again, and less time.
            duration *= 0.8
            with open_index(database) as index, index.write() as connection:
                index.empty(connection)
        else:
            kills += 1
        if kills and turn >= 3:
            break
    assert kills
    assert begin(database, 0).end()
    with open_index(database) as index:
        assert dump(index) == undisturbed
