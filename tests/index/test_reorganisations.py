"""Blocks that the chain takes back: afterwards the tables are those of an index that never saw them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registrum import Registry
from registrum.errors import RegistrumError
from registrum.index.following import Follower
from registrum.index.store import Index, open_index
from registrum.index.tables import blocks, checkpoints
from tests.client.registries import World, digest
from tests.index import lives
from tests.index.conftest import Life
from tests.index.dumps import dump

DEPTHS = (1, 2, 3, 5, 8, 13, 20)


def read_anew(world: World, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with open_index(folder / f"anew-{random.random()}.sqlite") as index:
        Follower(index, world.rpc, world.manifest).catch_up()
        return dump(index)


def head_of(world: World) -> int:
    return int(world.rpc.call("eth_blockNumber"), 16)


def busy(world: World, registry: Registry, chance: random.Random, blocks_: int) -> None:
    """Blocks with events of every kind: new numbers, changes of those that are there, and empty blocks."""
    target = head_of(world) + blocks_
    known = []
    while head_of(world) < target:
        application = world.application()
        registry.register(application)
        known.append(application)
        one = chance.choice(known)
        for action in chance.sample(("withdraw", "reinstate", "correct", "file", "endpoint", "mine"), 2):
            if head_of(world) >= target:
                return
            try:
                if action == "correct":
                    registry.correct(type(one)(one.number, one.filing_date, digest(str(chance.random()))))
                elif action == "file":
                    world.registry(lives.RIGHTS_KEY).rights.file(world.number(), one.filing_date, (9,), digest("d"))
                elif action == "endpoint":
                    world.seat().set_endpoint("EM", f"https://{chance.random()}.example")
                elif action == "mine":
                    world.rpc.call("evm_mine")
                else:
                    getattr(registry, action)(one.number)
            except RegistrumError:
                continue


@pytest.fixture
def registry(life: Life) -> Registry:
    return life.world.registry(lives.SPARE)


@pytest.mark.parametrize("depth", DEPTHS)
def test_another_branch_of_any_depth(life: Life, registry: Registry, fresh: Index, tmp_path: Path, depth: int) -> None:
    chance, world = random.Random(depth), life.world
    with world.undone():
        follower = Follower(fresh, world.rpc, world.manifest)
        follower.catch_up()
        fork = world.rpc.call("evm_snapshot")
        # Live: each block a transaction of its own.
        for _ in range(depth):
            busy(world, registry, chance, 1)
            follower.catch_up()
        lost = dump(fresh)
        assert world.rpc.call("evm_revert", [fork])
        busy(world, registry, chance, depth + chance.choice([0, 1, 3]))
        follower.catch_up()
        assert follower.activity.reorganisations == 1
        after = dump(fresh)
        assert after == read_anew(world, tmp_path)
        assert after != lost


@pytest.mark.parametrize("depth", [1, 7, 20])
def test_both_databases_roll_back(life: Life, registry: Registry, index: Index, tmp_path: Path, depth: int) -> None:
    chance, world = random.Random(100 + depth), life.world
    with world.undone():
        fork = world.rpc.call("evm_snapshot")
        busy(world, registry, chance, depth)
        # Read at once: the common block is found among those with events.
        follower = Follower(index, world.rpc, world.manifest)
        follower.catch_up()
        assert world.rpc.call("evm_revert", [fork])
        busy(world, registry, chance, depth)
        follower.catch_up()
        assert follower.activity.reorganisations == 1
        assert dump(index) == read_anew(world, tmp_path)


@pytest.mark.parametrize("depth", [1, 4, 20])
def test_a_reorganisation_by_the_node_itself(life: Life, fresh: Index, tmp_path: Path, depth: int) -> None:
    """`anvil_reorg` replaces blocks by empty ones."""
    world = life.world
    registry = world.registry(lives.SPARE)
    with world.undone():
        busy(world, registry, random.Random(depth), depth + 2)
        follower = Follower(fresh, world.rpc, world.manifest)
        follower.catch_up()
        world.rpc.call("anvil_reorg", [depth, []])
        follower.catch_up()
        assert follower.activity.reorganisations == 1
        assert dump(fresh) == read_anew(world, tmp_path)


def test_a_branch_that_is_shorter(life: Life, registry: Registry, fresh: Index, tmp_path: Path) -> None:
    chance, world = random.Random(5), life.world
    with world.undone():
        follower = Follower(fresh, world.rpc, world.manifest)
        follower.catch_up()
        fork = world.rpc.call("evm_snapshot")
        busy(world, registry, chance, 10)
        follower.catch_up()
        assert world.rpc.call("evm_revert", [fork])
        busy(world, registry, chance, 4)
        follower.catch_up()
        assert follower.activity.reorganisations == 1
        assert dump(fresh) == read_anew(world, tmp_path)


def test_many_branches_one_after_another(life: Life, registry: Registry, fresh: Index, tmp_path: Path) -> None:
    chance, world = random.Random(11), life.world
    with world.undone():
        follower = Follower(fresh, world.rpc, world.manifest)
        for _ in range(12):
            fork = world.rpc.call("evm_snapshot")
            busy(world, registry, chance, chance.randint(1, 6))
            follower.catch_up()
            if chance.random() < 0.6:
                assert world.rpc.call("evm_revert", [fork])
        busy(world, registry, chance, 7)
        follower.catch_up()
        assert follower.activity.reorganisations > 2
        assert dump(fresh) == read_anew(world, tmp_path)


def test_a_chain_that_has_nothing_in_common_but_its_first_block(life: Life, fresh: Index, tmp_path: Path) -> None:
    world = life.world
    follower = Follower(fresh, world.rpc, world.manifest)
    follower.catch_up()
    with fresh.write() as connection:
        connection.execute(sa.update(blocks).values(hash=bytes(32)))
        connection.execute(sa.update(checkpoints).values(block_hash=bytes(32)))
        fresh.set_progress(connection, block_hash=bytes(32))
    follower.catch_up()
    assert follower.activity.reorganisations == 1
    assert dump(fresh) == read_anew(world, tmp_path)


def test_a_reorganisation_during_a_first_load(life: Life, registry: Registry, fresh: Index, tmp_path: Path) -> None:
    """The indexes are not there yet, and the version tables are empty."""
    world = life.world
    with world.undone():
        fork = world.rpc.call("evm_snapshot")
        busy(world, registry, random.Random(3), 12)
        follower = Follower(fresh, world.rpc, world.manifest)
        reported = []

        def revert(activity: Any) -> None:
            if activity.stage == "indexing" and not reported:
                reported.append(world.rpc.call("evm_revert", [fork]))
                busy(world, registry, random.Random(4), 14)

        follower._report = revert
        follower.catch_up()
        follower.catch_up()
        assert reported == [True]
        assert follower.activity.reorganisations == 1
        assert dump(fresh) == read_anew(world, tmp_path)
