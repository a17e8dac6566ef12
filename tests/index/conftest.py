"""What tests of the index share: the databases, and a chain on which offices have done one of everything."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from registrum.index import ranges
from registrum.index.following import Follower
from registrum.index.store import Index, open_index
from tests.client.registries import World, world
from tests.index import lives
from tests.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]

SEED = 20260713


@dataclass
class Life:
    """A chain with a history."""

    world: World
    folder: Path


@pytest.fixture(scope="session", autouse=True)
def _nothing_to_collect() -> Iterator[None]:
    """Spare the pass of the garbage collector before each first load: a process of tests has half a million objects."""
    collecting = SimpleNamespace(**{**vars(gc), "collect": lambda: 0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "gc", collecting)
        yield


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """One of each event, and random events of entries. Tests that change it undo that."""
    folder = tmp_path_factory.mktemp("life")
    with world(folder) as made:
        lives.applications(made, folder)
        registry = lives.register_keys(made)
        numbers = lives.entries(made, registry)
        assert lives.random_entries(made, registry, numbers, SEED, 200) > 10
        lives.members(made)
        yield Life(made, folder)


@pytest.fixture(scope="session")
def followed(life: Life) -> Path:
    """The file of an index that read the whole history at once."""
    file = life.folder / "followed.sqlite"
    with open_index(file) as index:
        Follower(index, life.world.rpc, life.world.manifest).catch_up()
    return file


@pytest.fixture
def indexed(life: Life, followed: Path, tmp_path: Path) -> Iterator[Index]:
    """An index of the whole history, of the test's own: a copy, because reading it takes longer."""
    with open_index(shutil.copyfile(followed, tmp_path / "indexed.sqlite")) as opened:
        with opened.snapshot() as connection:
            progress = opened.progress(connection)
        newest = life.world.rpc.call("eth_getBlockByNumber", ["latest", False])["hash"]
        assert progress is not None
        assert progress.block_hash == bytes.fromhex(newest[2:]), "a test before has not undone what it did to the chain"
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "index.sqlite")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an index with nothing in it, for copies: migrations take a hundred times as long as a copy."""
    file = tmp_path_factory.mktemp("empty") / "empty.sqlite"
    with open_index(file):
        return file


@pytest.fixture
def index(database: str, empty: Path) -> Iterator[Index]:
    """An empty index, in a database of each kind."""
    if "://" not in database:
        shutil.copyfile(empty, database)
    with open_index(database) as opened:
        yield opened


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Iterator[Index]:
    """An empty index in a file."""
    with open_index(shutil.copyfile(empty, tmp_path / "fresh.sqlite")) as opened:
        yield opened
