"""The database: its schema is that of the migrations, what is wrong with addresses is told, and rows go in and out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from registrum.errors import ConfigError, IndexDatabaseError
from registrum.index.store import KEYS, REVISION, Index, first_position, last_position, open_index
from registrum.index.tables import LOG_BITS, VERSION_TABLES, anchors, metadata


def test_migrations_make_the_tables(index: Index) -> None:
    with index.snapshot() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION


def test_an_index_is_opened_again(database: str) -> None:
    for _ in range(2):
        with open_index(database) as index, index.write() as connection:
            assert index.progress(connection) is None


def test_a_schema_of_a_later_release_is_refused(index: Index, database: str) -> None:
    with index.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(IndexDatabaseError, match="'9999', which this release does not know"):
        open_index(database)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("mysql://here/x", "'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql+nodriver://here/x", "no driver"),
        ("://", "cannot be read"),
    ],
)
def test_addresses_that_are_none(address: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        open_index(address)


def test_a_database_that_is_none_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(IndexDatabaseError) as caught:
        open_index("postgresql://someone:secret@127.0.0.1:9/none")
    assert "someone" in caught.value.message
    assert "secret" not in caught.value.diagnostics()
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(os.urandom(4_096))
    with pytest.raises(IndexDatabaseError, match="not a database"):
        open_index(broken)
    with pytest.raises(IndexDatabaseError, match="folder"):
        open_index(broken / "below.sqlite")


def test_a_file_that_is_not_there_is_not_always_made(tmp_path: Path) -> None:
    with pytest.raises(IndexDatabaseError, match="there is no index") as caught:
        open_index(tmp_path / "some" / "index.sqlite", create=False)
    assert "registrum index run" in caught.value.remedy
    assert not (tmp_path / "some").exists()
    with open_index(tmp_path / "index.sqlite"), open_index(tmp_path / "index.sqlite", create=False) as index:
        assert index.is_sqlite


def test_folders_of_a_file_are_made(tmp_path: Path) -> None:
    file = tmp_path / "some" / "where" / "index.sqlite"
    with open_index(file):
        assert file.exists()


def test_a_write_that_fails_leaves_nothing(index: Index) -> None:
    row = (1, 0, 1, "EM", 1, bytes(32), 1, bytes(20), 0)
    with pytest.raises(IndexDatabaseError, match="cannot be written"), index.write() as connection:
        index.insert(connection, anchors, [row, row])
    with index.snapshot() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(anchors)).scalar() == 0


@pytest.mark.parametrize("count", [1, 19, 20, 500])
def test_rows_go_in_and_out(index: Index, count: int) -> None:
    rows = [
        (place, 3, 1, "EM", place, bytes([place % 256]) * 32, 2**40, b"\0" * 20, 2**40 - 1) for place in range(count)
    ]
    with index.write() as connection:
        index.insert(connection, anchors, rows)
        index.insert(connection, anchors, [])
    with index.snapshot() as connection:
        assert [tuple(row) for row in connection.execute(sa.select(anchors).order_by(anchors.c.position))] == rows


def test_positions() -> None:
    assert first_position(3) == 3 << LOG_BITS
    assert last_position(3) + 1 == first_position(4)


def test_every_version_table_has_a_key() -> None:
    assert set(KEYS) == {table.name for table in VERSION_TABLES}
