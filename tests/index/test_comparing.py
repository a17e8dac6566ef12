"""`compare` finds no difference where there is none, and names each one that was planted, in every table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registrum.chain.rpc import RpcClient
from registrum.errors import IndexDatabaseError, NodeError, RpcError
from registrum.index.comparing import Comparison, compare
from registrum.index.following import Follower
from registrum.index.store import KEYS, Index, open_index
from registrum.index.tables import metadata
from tests.index import lives
from tests.index.conftest import Life
from tests.index.proxies import Behaviour, Request, proxy

TABLES = {table.name: table for table in metadata.sorted_tables}
COMPARED = sorted(TABLES.keys() - {"progress", "checkpoints"})
ADDED: dict[str, dict[str, Any]] = {
    "applications": {"number": "EM/T/777"},
    "anchors": {"sequence": 99},
    "claims": {"later": "JP/T/777"},
    "codes": {"code": "Z99"},
    "calendars": {"year": 2040},
    "entries": {"number": "EM/T/777"},
    "entry_events": {"number": "EM/T/777"},
    "keys": {"account": bytes([9]) * 20},
    "offices": {"office": "ZZ"},
    "bodies": {"account": bytes([9]) * 20},
    "statuses": {"status": 126},
    "renewal_terms": {"right": "T"},
}
"""What makes a copy of a row another row; of the other tables a copy at another place is one."""


@pytest.fixture(autouse=True)
def _begun_with_tables(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that a comparison makes for itself has its tables: migrations take longer than most comparisons."""
    for module in ("registrum.index.comparing", "registrum.index.comparing_sample"):
        monkeypatch.setattr(f"{module}.open_index", lambda file: open_index(shutil.copyfile(empty, file)))


@pytest.fixture
def compared(life: Life, indexed: Index) -> Callable[..., Comparison]:
    return lambda **options: compare(indexed, life.world.rpc, life.world.manifest, **options)


def changed(column: sa.Column[Any], value: Any) -> Any:
    """Another value of the kind of a column."""
    if column.name == "superseded_by":
        return 7 if value is None else value + 1
    if isinstance(column.type, sa.LargeBinary):
        return bytes([7]) * (column.type.length or 32)
    if isinstance(column.type, sa.Boolean):
        return not value
    if isinstance(column.type, sa.String):
        size = getattr(column.type, "length", None) or 8
        return ("~" if value is None or not value.startswith("~") else "+") * min(size, 2)
    return 6 if value is None else value + 1


def plant(index: Index, name: str, is_past: bool) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Change all columns of a row, a past or a present one, but its key; before and after, None where there is none."""
    table = TABLES[name]
    query = sa.select(table).order_by(*table.primary_key.columns).limit(1)
    if "superseded_by" in table.c:
        end = table.c.superseded_by
        query = query.where(end.is_not(None) if is_past else end.is_(None))
    elif is_past:
        return None
    with index.write() as connection:
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        others = [column for column in table.c if not column.primary_key]
        values = {column.name: changed(column, row[column.name]) for column in others}
        key = sa.and_(*(column == row[column.name] for column in table.primary_key.columns))
        connection.execute(sa.update(table).where(key).values(values))
    return dict(row), {**row, **values}


def present(index: Index, name: str) -> tuple[Any, dict[str, Any]]:
    """The last row of a table, of those that are not superseded, and what tells it from others."""
    table = TABLES[name]
    query = sa.select(table).order_by(*(column.desc() for column in table.primary_key.columns)).limit(1)
    if "superseded_by" in table.c:
        query = query.where(table.c.superseded_by.is_(None))
    with index.snapshot() as connection:
        row = dict(connection.execute(query).mappings().one())
    key = sa.and_(*(column == row[column.name] for column in table.primary_key.columns))
    return key, row


def test_a_faithful_index_agrees(compared: Callable[..., Comparison]) -> None:
    found = compared()
    assert [difference.text for difference in found.differences] == []
    assert found.is_full
    assert sorted(found.compared) == COMPARED
    document = found.to_json()
    assert (document["agrees"], document["isFull"], document["differences"]) == (True, True, [])
    assert document["blockNumber"] == found.block_number


@pytest.mark.parametrize("sample", [1, 7])
def test_a_sample_agrees(compared: Callable[..., Comparison], sample: int) -> None:
    found = compared(sample=sample, seed=1)
    assert found.agrees
    assert not found.is_full
    assert 0 < sum(found.compared.values()) < sum(compared().compared.values())


def test_both_databases_agree(life: Life, index: Index) -> None:
    Follower(index, life.world.rpc, life.world.manifest).catch_up()
    assert compare(index, life.world.rpc, life.world.manifest).agrees
    assert compare(index, life.world.rpc, life.world.manifest, sample=9).agrees


@pytest.mark.parametrize("sample", [None, 5_000])
@pytest.mark.parametrize("name", COMPARED)
def test_each_changed_column_is_named(
    compared: Callable[..., Comparison], indexed: Index, name: str, sample: int | None
) -> None:
    """Of past rows as of present ones."""
    planted = [one for one in (plant(indexed, name, True), plant(indexed, name, False)) if one is not None]
    found = compared(sample=sample, seed=1)
    assert planted
    named = {(one.field, one.indexed, one.on_chain) for one in found.differences if one.table == name}
    for before, after in planted:
        expected = {(field, after[field], before[field]) for field in before if after[field] != before[field]}
        if sample is not None:
            # Under another key the row is that of another history.
            keys = KEYS.get(name, ())
            if any(field in keys for field, _, _ in expected):
                assert named
                continue
        assert expected - named == set()
    assert found.to_json()["agrees"] is False


@pytest.mark.parametrize(
    "name", ["applications", "reconfirmations", "entries", "claims", "keys", "offices", "codes", "bodies", "calendars"]
)
@pytest.mark.parametrize("sample", [None, 5_000])
def test_a_number_without_a_present_row_is_named(
    compared: Callable[..., Comparison], indexed: Index, name: str, sample: int | None
) -> None:
    """Such a number is answered as if it were not recorded."""
    key, row = present(indexed, name)
    with indexed.write() as connection:
        connection.execute(sa.update(TABLES[name]).where(key).values(superseded_by=row["position"]))
    found = compared(sample=sample, seed=1)
    named = [one for one in found.differences if (one.table, one.field) == (name, "superseded_by")]
    assert [(one.indexed, one.on_chain) for one in named] == [(row["position"], None)]


@pytest.mark.parametrize("name", ["applications", "entries", "keys", "claims"])
@pytest.mark.parametrize("sample", [None, 5_000])
def test_when_a_past_row_ended_is_compared(
    compared: Callable[..., Comparison], indexed: Index, name: str, sample: int | None
) -> None:
    table = TABLES[name]
    with indexed.write() as connection:
        later = {"superseded_by": table.c.superseded_by + 1}
        ended = connection.execute(sa.update(table).where(table.c.superseded_by.is_not(None)).values(later)).rowcount
    assert ended
    found = compared(sample=sample, seed=1)
    assert len([one for one in found.differences if (one.table, one.field) == (name, "superseded_by")]) == ended


def test_differences_beyond_those_that_are_kept_are_counted(
    compared: Callable[..., Comparison], indexed: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registrum.index.comparing.MOST_KEPT", 3)
    with indexed.write() as connection:
        changed_rows = connection.execute(sa.update(TABLES["blocks"]).values(time=7)).rowcount
    found = compared()
    assert found.found == found.to_json()["differenceCount"] == changed_rows
    assert len(found.differences) == 3


def test_blocks_that_come_during_a_comparison_are_left_out(
    life: Life, indexed: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = life.world
    registry = world.registry(lives.SPARE)
    follower = Follower(indexed, world.rpc, world.manifest)
    application = world.application()
    with world.undone():
        registry.register(application)
        follower.catch_up()
        went_on = []

        def advance() -> None:
            if not went_on:
                went_on.append(True)
                registry.withdraw(application.number)
                registry.register(world.application())
                follower.catch_up()

        found = compare(indexed, world.rpc, world.manifest, advance=advance)
        assert went_on
        assert [difference.text for difference in found.differences] == []


@pytest.mark.parametrize("name", COMPARED)
def test_a_deleted_row_is_named(compared: Callable[..., Comparison], indexed: Index, name: str) -> None:
    key, _row = present(indexed, name)
    with indexed.write() as connection:
        connection.execute(sa.delete(TABLES[name]).where(key))
    found = compared()
    missing = [difference for difference in found.differences if (difference.table, difference.field) == (name, "row")]
    assert missing
    assert all("not in the index" in difference.text for difference in missing)


@pytest.mark.parametrize("name", COMPARED)
def test_an_added_row_is_named(compared: Callable[..., Comparison], indexed: Index, name: str) -> None:
    table = TABLES[name]
    _key, row = present(indexed, name)
    # At a place where the chain has nothing: another log of the block, or a later block.
    place = {"position": row.get("position", 0) + 5_000, "number": 10**6, "block_number": 10**6}
    added = {**row, **{key: value for key, value in place.items() if key in table.primary_key.columns}}
    with indexed.write() as connection:
        connection.execute(sa.insert(table).values({**added, **ADDED.get(name, {})}))
    found = compared()
    surplus = [difference for difference in found.differences if (difference.table, difference.field) == (name, "row")]
    assert surplus
    assert all("not on the chain" in difference.text for difference in surplus)


def test_two_present_rows_of_one_number_are_named(compared: Callable[..., Comparison], indexed: Index) -> None:
    table = TABLES["applications"]
    with indexed.write() as connection:
        connection.execute(sa.update(table).values(superseded_by=None))
    assert "superseded_by" in {difference.field for difference in compared().differences}


def test_a_sample_of_all_finds_what_is_missing(compared: Callable[..., Comparison], indexed: Index) -> None:
    key, _row = present(indexed, "applications")
    with indexed.write() as connection:
        connection.execute(sa.delete(TABLES["applications"]).where(key))
    assert not compared(sample=5_000).agrees


def test_an_index_that_is_not_complete_is_not_compared(life: Life, fresh: Index) -> None:
    with pytest.raises(IndexDatabaseError, match="not complete"):
        compare(fresh, life.world.rpc, life.world.manifest)


def test_another_block_than_that_of_the_index_is_refused(life: Life, indexed: Index) -> None:
    with indexed.write() as connection:
        indexed.set_progress(connection, block_hash=bytes(32))
    with pytest.raises(NodeError, match="has not, or no more, the block"):
        compare(indexed, life.world.rpc, life.world.manifest)


class Pruned(Behaviour):
    """Has state of its newest block alone, by that name."""

    def before(self, request: Request) -> tuple[int, str] | None:
        if request["method"] == "eth_call" and request["params"][1] != "latest":
            return -32000, "missing trie node"
        return None


def test_a_node_without_old_state_is_asked_for_the_newest(life: Life, indexed: Index) -> None:
    world = life.world
    with proxy(world.anvil.url, Pruned()) as url, RpcClient(url) as rpc:
        assert compare(indexed, rpc, world.manifest, sample=3).agrees
        with world.undone():
            world.rpc.call("evm_mine")
            with pytest.raises(RpcError, match="no state of block") as caught:
                compare(indexed, rpc, world.manifest)
            assert "Compare at once" in caught.value.remedy


class Counting(Behaviour):
    """Counts how often logs are asked for."""

    asked = 0

    def before(self, request: Request) -> tuple[int, str] | None:
        self.asked += request["method"] == "eth_getLogs"
        return None


def test_blocks_that_follow_one_another_are_read_in_one_go(life: Life, indexed: Index) -> None:
    world, counting = life.world, Counting()
    with proxy(world.anvil.url, counting) as url, RpcClient(url) as rpc:
        found = compare(indexed, rpc, world.manifest, sample=5_000)
    assert found.agrees
    assert 0 < counting.asked < found.compared["blocks"] / 5
