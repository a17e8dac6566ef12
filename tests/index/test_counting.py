"""Counts that are remembered are those of the tables as they are, whoever counts meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from registrum.index import counting, tables
from registrum.index.queries import ApplicationQuery
from registrum.index.reading import read_index
from registrum.index.store import Index
from tests.index.rows import Rows


def search(index: Index, **values: Any) -> Any:
    with read_index(index) as reader:
        return reader.search_applications(ApplicationQuery(**values))


@pytest.mark.parametrize("changed", [{"generation": 77}, {"contracts": '{"another": "list"}'}])
def test_counts_of_tables_that_were_filled_again_are_new(index: Index, changed: dict[str, Any]) -> None:
    rows = Rows(index, seed=9)
    rows.add(4)
    table = tables.applications
    with index.write() as connection:
        lost = [row.position for row in connection.execute(sa.select(table.c.position).limit(7))]
        query = sa.select(table).where(table.c.position.in_(lost))
        kept = [tuple(row) for row in connection.execute(query)]
        connection.execute(table.delete().where(table.c.position.in_(lost)))
    broken = search(index, limit=1)
    with read_index(index) as reader:
        counted_broken = reader.office_counts()
    with index.write() as connection:
        index.insert(connection, table, kept)
        connection.execute(sa.update(tables.progress).values(**changed))
    # Same newest event, same block.
    mended = search(index, limit=1)
    there = {row["number"] for row in rows.applications.values()}
    assert broken.total < mended.total == len(there)
    assert sum(mended.facets["office"].values()) == len(there)
    assert len(search(index, limit=2, offset=len(there) - 2).items) == 2
    with read_index(index) as reader:
        assert reader.office_counts() != counted_broken


def test_nobody_waits_for_who_counts_everything(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(index, seed=10)
    rows.add(3)
    began, goes_on, real = threading.Event(), threading.Event(), counting._grouped
    slow = True

    def grouped(*given: Any) -> Any:
        if slow:
            began.set()
            assert goes_on.wait(30)
        return real(*given)

    monkeypatch.setattr(counting, "_grouped", grouped)
    pages: list[Any] = []
    first = threading.Thread(target=lambda: pages.append(search(index)))
    first.start()
    try:
        assert began.wait(30)
        monkeypatch.setattr(counting.count_up_to_cap, "__defaults__", (10,))
        meanwhile = search(index, limit=20)
    finally:
        goes_on.set()
        first.join()
    assert (meanwhile.total_is_capped, len(meanwhile.items)) == (True, 20)
    assert pages[0].total == len(rows.applications)
    assert not pages[0].total_is_capped
    slow = False
    # From then on each waits for the few rows of a new block.
    rows.add(1)
    assert search(index).total == len(rows.applications)
