"""`compare` finds no difference where there is none, and names each one that was planted, in every table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from registrum.chain.rpc import RpcClient
from registrum.errors import IndexDatabaseError, NodeError, RpcError
from registrum.index.comparing import Comparison, compare
from registrum.index.following import Follower
from registrum.index.store import Index
from registrum.index.tables import metadata
from tests.index.conftest import Life
from tests.index.proxies import Behaviour, Request, proxy

TABLES = {table.name: table for table in metadata.sorted_tables}
COMPARED = sorted(TABLES.keys() - {"progress", "checkpoints"})
CHANGES: dict[str, dict[str, Any]] = {
    "anchors": {"root": bytes([7]) * 32},
    "applications": {"digest": bytes([7]) * 32},
    "blocks": {"hash": bytes([7]) * 32},
    "bodies": {"categories": 1},
    "calendars": {"weekly": 3},
    "claims": {"claimed_date": 20200101},
    "codes": {"to_states": 5},
    "entries": {"expiry_date": 20990101},
    "entry_events": {"head": bytes([7]) * 32},
    "events": {"arguments": "{}"},
    "keys": {"valid_until": 77},
    "offices": {"seat": bytes([7]) * 20},
    "reconfirmations": {"signing_key": bytes([7]) * 20},
    "relations": {"classes": 4},
    "renewal_terms": {"grace_months": 9},
    "statuses": {"text": "Changed"},
    "transactions": {"hash": bytes([7]) * 32},
}
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


@pytest.fixture
def indexed(life: Life, fresh: Index) -> Index:
    Follower(fresh, life.world.rpc, life.world.manifest).catch_up()
    return fresh


@pytest.fixture
def compared(life: Life, indexed: Index) -> Callable[..., Comparison]:
    return lambda **options: compare(indexed, life.world.rpc, life.world.manifest, **options)


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


@pytest.mark.parametrize("name", COMPARED)
def test_a_changed_row_is_named(compared: Callable[..., Comparison], indexed: Index, name: str) -> None:
    key, row = present(indexed, name)
    [(column, value)] = CHANGES[name].items()
    with indexed.write() as connection:
        connection.execute(sa.update(TABLES[name]).where(key).values({column: value}))
    found = compared()
    of_table = [difference for difference in found.differences if difference.table == name]
    named = [difference for difference in of_table if difference.field == column]
    assert named or (name, {difference.field for difference in of_table}) == ("anchors", {"row"})
    if named:
        assert named[0].indexed == value
        assert named[0].on_chain == row[column]
        assert column in named[0].text
    assert found.to_json()["agrees"] is False


@pytest.mark.parametrize("name", COMPARED)
def test_a_deleted_row_is_named(compared: Callable[..., Comparison], indexed: Index, name: str) -> None:
    key, _row = present(indexed, name)
    with indexed.write() as connection:
        connection.execute(sa.delete(TABLES[name]).where(key))
    found = compared()
    missing = [difference for difference in found.differences if difference.table == name]
    assert missing
    assert missing[0].indexed != missing[0].on_chain
    text = " ".join(difference.text for difference in missing)
    assert "not in the index" in text or "on the chain" in text


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
    surplus = [difference for difference in found.differences if difference.table == name]
    assert surplus
    assert any("not on the chain" in difference.text or difference.indexed for difference in surplus)


def test_two_present_rows_of_one_number_are_named(compared: Callable[..., Comparison], indexed: Index) -> None:
    table = TABLES["applications"]
    with indexed.write() as connection:
        connection.execute(sa.update(table).values(superseded_by=None))
    assert "present rows" in {difference.field for difference in compared().differences}


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
