"""Following a chain, block by block or at once, rebuilt, or with two writers: always the same tables."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registrum.chain.rpc import RpcClient
from registrum.deployment import Manifest
from registrum.errors import IndexDatabaseError, IndexMismatchError, NetworkMismatchError, NodeError
from registrum.index.decoding import REGISTERED, UNSETTLED
from registrum.index.following import Follower
from registrum.index.node import FIRST_BLOCKS
from registrum.index.settling import settle
from registrum.index.store import Index, last_position, open_index
from registrum.index.tables import (
    LOG_BITS,
    VERSION_TABLES,
    applications,
    blocks,
    checkpoints,
    claims,
    entries,
    events,
    offices,
)
from tests.client.anvil import running, wait_until
from tests.index.conftest import Life
from tests.index.dumps import dump


class Capped(RpcClient):
    """A node whose newest block is an earlier one."""

    newest = 0

    def batch(self, calls: Iterable[Any]) -> list[Any]:
        return super().batch(
            (method, [hex(self.newest), *params[1:]]) if params[:1] in (("latest",), ["latest"]) else (method, params)
            for method, params in calls
        )


def follow(index: Index, life: Life, rpc: RpcClient | None = None) -> Follower:
    follower = Follower(index, rpc or life.world.rpc, life.world.manifest)
    follower.catch_up()
    return follower


@pytest.fixture
def expected(indexed: Index) -> dict[str, list[tuple[Any, ...]]]:
    """The tables of an index that read the chain at once."""
    return dump(indexed)


def test_a_history_fills_every_table(expected: dict[str, list[tuple[Any, ...]]]) -> None:
    assert [name for name, rows in expected.items() if not rows] == []


def test_both_databases_hold_the_same(life: Life, index: Index, expected: Any) -> None:
    follow(index, life)
    assert dump(index) == expected


def test_block_by_block_is_the_same_as_at_once(life: Life, index: Index, expected: Any) -> None:
    chance = random.Random(7)
    head = int(life.world.rpc.call("eth_blockNumber"), 16)
    with Capped(life.world.anvil.url) as rpc:
        follower = Follower(index, rpc, life.world.manifest)
        while rpc.newest < head:
            rpc.newest = min(head, rpc.newest + chance.choice([1, 1, 1, 2, 5]))
            progress = follower.catch_up()
            assert progress.block_number == rpc.newest
            assert progress.is_ready
    assert dump(index) == expected


def test_rebuilt_tables_are_equal(life: Life, index: Index, expected: Any) -> None:
    follower = follow(index, life)
    with index.write() as connection:
        connection.execute(sa.delete(applications))
        connection.execute(sa.update(offices).values(name="another"))
    follower.rebuild()
    assert dump(index) == expected


def test_indexes_are_there_after_a_first_load_and_after_a_rebuild(life: Life, index: Index) -> None:
    with index.snapshot() as connection:
        made = {
            name: sorted(i["name"] or "" for i in sa.inspect(connection).get_indexes(name))
            for name in ("applications", "entries")
        }
    follower = follow(index, life)
    for again in (lambda: None, follower.rebuild):
        again()
        with index.snapshot() as connection:
            found = {name: sorted(i["name"] or "" for i in sa.inspect(connection).get_indexes(name)) for name in made}
        assert found == made
        assert all(found.values())


def test_following_takes_up_new_blocks_until_it_is_stopped(life: Life, index: Index) -> None:
    stop = threading.Event()
    follower = Follower(index, life.world.rpc, life.world.manifest)
    thread = threading.Thread(target=follower.run, args=(stop,), kwargs={"poll_s": 0.01})
    with life.world.undone():
        thread.start()
        try:
            wait_until(lambda: follower.activity.stage == "following", "the follower to catch up")
            before = follower.activity.block_number
            life.world.rpc.call("anvil_mine", [hex(3)])
            wait_until(lambda: follower.activity.block_number == (before or 0) + 3, "the new blocks")
            assert follower.activity.lag == 0
        finally:
            stop.set()
            thread.join()


def test_a_first_load_that_is_ended_goes_on_later(life: Life, index: Index, expected: Any) -> None:
    stop = threading.Event()
    with Capped(life.world.anvil.url) as rpc:
        rpc.newest = 30
        follower = Follower(index, rpc, life.world.manifest, report=lambda _activity: stop.set())
        follower.run(stop)
    with index.snapshot() as connection:
        progress = index.progress(connection)
    assert progress is not None
    assert progress.block_number is not None
    assert not progress.has_indexes
    assert not progress.is_ready
    follow(index, life)
    assert dump(index) == expected


def test_two_writers_of_one_index_do_not_harm_it(life: Life, database: str, expected: Any) -> None:
    with open_index(database) as one, open_index(database) as other:
        followers = [Follower(index, life.world.rpc, life.world.manifest) for index in (one, other)]
        failures: list[Exception] = []

        def work(follower: Follower) -> None:
            try:
                follower.catch_up()
            except Exception as error:  # noqa: BLE001 - it is raised below
                failures.append(error)

        threads = [threading.Thread(target=work, args=(follower,)) for follower in followers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert dump(one) == expected


def test_a_reader_sees_one_moment(life: Life, index: Index) -> None:
    follow(index, life)
    with index.snapshot() as connection:
        count = sa.select(sa.func.count()).select_from(events)
        before = connection.execute(count).scalar()
        with index.write() as writing:
            writing.execute(sa.delete(events))
        assert connection.execute(count).scalar() == before
    with index.snapshot() as connection:
        assert connection.execute(count).scalar() == 0


def test_an_index_of_another_chain_is_refused(life: Life, index: Index) -> None:
    follow(index, life)
    with index.write() as connection:
        index.set_progress(connection, genesis_hash=bytes(32))
    with pytest.raises(IndexMismatchError, match="another chain") as caught:
        follow(index, life)
    assert "rebuild" in caught.value.remedy
    assert Follower(index, life.world.rpc, life.world.manifest).rebuild().is_ready


def test_an_index_of_another_deployment_is_refused(life: Life, index: Index) -> None:
    follow(index, life)
    contracts = dict(life.world.manifest.contracts)
    contracts["RightsStanding"] = dataclasses.replace(contracts["RightsStanding"], address="0x" + "11" * 20)
    manifest: Manifest = dataclasses.replace(life.world.manifest, contracts=contracts)
    with pytest.raises(IndexMismatchError, match="another deployment"):
        Follower(index, life.world.rpc, manifest).catch_up()


def test_a_node_of_another_chain_is_refused(life: Life, fresh: Index) -> None:
    with (
        running("--chain-id", "5") as other,
        RpcClient(other.url) as rpc,
        pytest.raises(NetworkMismatchError, match="chain 5"),
    ):
        Follower(fresh, rpc, life.world.manifest).catch_up()


def test_a_node_that_is_gone_is_an_error_and_leaves_the_index_as_it_is(life: Life, fresh: Index) -> None:
    follow(fresh, life)
    before = dump(fresh)
    with RpcClient("http://127.0.0.1:9") as rpc, pytest.raises(NodeError):
        Follower(fresh, rpc, life.world.manifest, patience_s=0.2).catch_up()
    assert dump(fresh) == before


def test_a_node_that_has_not_all_blocks_yet_undoes_nothing(life: Life, fresh: Index) -> None:
    with Capped(life.world.anvil.url) as rpc:
        rpc.newest = int(life.world.rpc.call("eth_blockNumber"), 16) - 8
        follower = follow(fresh, life, rpc)
        for _ in range(6):
            rpc.newest += 1
            follower.catch_up()
        before = dump(fresh)
        rpc.newest -= 4
        follower.catch_up()
        assert follower.activity.reorganisations == 0
        assert dump(fresh) == before


@pytest.mark.parametrize("share", [0.0, 0.5, 0.97])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_node_that_is_still_syncing_undoes_nothing(
    life: Life, fresh: Index, share: float, is_restarted: bool
) -> None:
    follower = follow(fresh, life)
    before = dump(fresh)
    head = int(life.world.rpc.call("eth_blockNumber"), 16)
    with Capped(life.world.anvil.url) as rpc:
        rpc.newest = int(head * share)
        if is_restarted:
            follower = Follower(fresh, rpc, life.world.manifest)
        else:
            follower._rpc, follower._sources = rpc, None
        assert follower.catch_up().block_number == head
        assert dump(fresh) == before
        assert follower.activity.reorganisations == 0
        rpc.newest = head
        assert follower.catch_up().is_ready
        assert dump(fresh) == before


def test_a_rebuild_empties_nothing_before_it_can_read(life: Life, fresh: Index) -> None:
    world = life.world
    follow(fresh, life)
    before = dump(fresh)
    with RpcClient("http://127.0.0.1:9") as rpc, pytest.raises(NodeError):
        Follower(fresh, rpc, world.manifest, patience_s=0.2).rebuild()
    assert dump(fresh) == before
    another = dataclasses.replace(world.manifest, chain_id=5)
    with pytest.raises(NetworkMismatchError, match="chain 5"):
        Follower(fresh, world.rpc, another).rebuild()
    assert dump(fresh) == before
    late = dataclasses.replace(
        world.manifest,
        contracts={name: dataclasses.replace(one, block=10_000) for name, one in world.manifest.contracts.items()},
    )
    with pytest.raises(NodeError, match="begin in block 10000"):
        Follower(fresh, world.rpc, late).rebuild()
    assert dump(fresh) == before


def test_another_generation_after_each_emptying(life: Life, fresh: Index) -> None:
    """What readers remembered of the tables before is void."""
    follower = follow(fresh, life)
    generations = {follower.catch_up().generation, follower.catch_up().generation}
    assert len(generations) == 1
    generations.add(follower.rebuild().generation)
    assert len(generations) == 2


def test_what_a_first_load_left_is_worked_in_before_new_blocks(
    life: Life, fresh: Index, expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that works in new blocks must not have all the rest to work in, too."""
    monkeypatch.setattr("registrum.index.ranges.BLOCKS_A_SETTLEMENT", 3)
    spans: list[int] = []

    def settled(index: Index, connection: Any, after: int, up_to: int, registries: int) -> None:
        rows = sa.select(sa.func.count()).select_from(blocks)
        within = rows.where(blocks.c.number > after >> LOG_BITS, blocks.c.number <= up_to >> LOG_BITS)
        spans.append(connection.execute(within).scalar())
        settle(index, connection, after, up_to, registries)

    monkeypatch.setattr("registrum.index.following.settle", settled)
    with open_index(tmp_path / "another.sqlite") as index:
        with Capped(life.world.anvil.url) as rpc:
            rpc.newest = int(life.world.rpc.call("eth_blockNumber"), 16) - 10
            follow(index, life, rpc)
        with index.write() as connection:
            for table in VERSION_TABLES:
                if "superseded_by" in table.c and table.name in ("offices", "keys", "entries"):
                    connection.execute(sa.delete(table))
                else:
                    connection.execute(sa.update(table).values(superseded_by=None))
            depends = sa.or_(applications.c.kind != REGISTERED, applications.c.anchor_sequence.is_not(None))
            connection.execute(sa.update(applications).where(depends).values(status=UNSETTLED))
            index.set_progress(connection, settled_to=0)
        spans.clear()
        follow(index, life)
        assert len(spans) > 5
        # As many as one range of new blocks has.
        assert max(spans) <= FIRST_BLOCKS
        assert dump(index) == expected


def test_a_long_reader_stops_neither_a_rebuild_nor_other_readers(life: Life, index: Index, expected: Any) -> None:
    """Dropping an index waits for all who read, and they who come later wait for it."""
    follower = follow(index, life)
    count = sa.select(sa.func.count()).select_from(applications)
    with index.snapshot() as reading:
        before = reading.execute(count).scalar()
        assert follower.rebuild().is_ready
        with index.snapshot() as another:
            assert another.execute(count).scalar() == before
        assert reading.execute(count).scalar() == before
    assert dump(index) == expected


def test_a_process_that_writes_for_long_is_waited_for(life: Life, fresh: Index) -> None:
    sa.event.listen(fresh.engine, "connect", lambda driver, _: driver.execute("PRAGMA busy_timeout = 20"))
    fresh.engine.dispose()
    follower, stop = Follower(fresh, life.world.rpc, life.world.manifest), threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,), kwargs={"poll_s": 0.01})
    other = sqlite3.connect(fresh.engine.url.database or "", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        thread.start()
        wait_until(lambda: "locked" in follower.activity.last_error, "the follower to meet the other writer")
        other.execute("ROLLBACK")
        wait_until(lambda: follower.activity.stage == "following", "the follower to catch up")
    finally:
        stop.set()
        thread.join()
        other.close()
    with pytest.raises(IndexDatabaseError) as caught, fresh.snapshot() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert caught.value.details["isHeld"] is False


def test_checkpoints_do_not_grow_without_end(life: Life, fresh: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registrum.index.ranges.KEPT_CHECKPOINTS", 5)
    with Capped(life.world.anvil.url) as rpc:
        rpc.newest = 20
        follower = follow(fresh, life, rpc)
        for _ in range(12):
            rpc.newest += 1
            follower.catch_up()
    with fresh.snapshot() as connection:
        kept = list(
            connection.execute(sa.select(checkpoints.c.block_number).order_by(checkpoints.c.block_number)).scalars()
        )
    assert kept == [28, 29, 30, 31, 32]


def test_states_are_as_the_contracts_have_them(life: Life, fresh: Index) -> None:
    """The rest is for the comparison with the chain to say; these are the cases that it must not miss."""
    follow(fresh, life)
    with fresh.snapshot() as connection:
        present = sa.select(applications).where(applications.c.superseded_by.is_(None))
        by_kind = {row.kind: row for row in connection.execute(present)}
        assert set(by_kind) == {1, 2, 3, 4}
        assert all(row.status and row.digest and row.recorded_at for row in by_kind.values())
        disclosed = connection.execute(present.where(applications.c.anchor_sequence == 1)).fetchall()
        assert {row.status for row in disclosed} == {1, 3}
        assert len({row.recorded_at for row in disclosed}) == 1
        assert connection.execute(sa.select(sa.func.max(claims.c.version))).scalar() == 2
        continued = connection.execute(sa.select(entries).where(entries.c.continuation.is_not(None))).fetchall()
        assert all(row.marks & 4 for row in continued)
        departed = connection.execute(sa.select(offices).where(offices.c.successor.is_not(None))).one()
        assert (departed.office, departed.successor, departed.superseded_by) == ("JP", "EM", None)
        named = connection.execute(sa.select(offices.c.endpoint).where(offices.c.endpoint.like("https://new%")))
        assert "\0" not in (named.scalars().first() or "\0")


def test_settled_to_the_last_position(life: Life, fresh: Index) -> None:
    progress = follow(fresh, life) and None
    with fresh.snapshot() as connection:
        progress = fresh.progress(connection)
    assert progress is not None
    assert progress.block_number is not None
    assert progress.settled_to == last_position(progress.block_number)
