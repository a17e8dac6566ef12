"""The PostgreSQL of the tests (`tests/postgres.py`): real, apart from each other, and gone afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.postgres import OLDEST, ROOT, Postgres, installed_programs, platform_package, release, running_postgres

PATIENCE_S = 60.0
HOLD = """
import signal
from tests.postgres import running_postgres
with running_postgres() as server:
    print(server.folder, flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


def test_each_test_has_an_empty_database_of_its_own(server: Postgres) -> None:
    with server.database() as first, server.database() as second:
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE offices (code text)")
        with psycopg.connect(second) as connection:
            rows = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'offices'").fetchone()
            assert rows == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(first)


def test_a_database_goes_even_while_somebody_is_connected(server: Postgres) -> None:
    with server.database() as url:
        left_open = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_sqlalchemy_takes_the_address_as_it_is(server: Postgres) -> None:
    with server.database() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            assert engine.driver == "psycopg"
            assert int(connection.scalar(text("SHOW server_version_num"))) >= OLDEST * 10_000
        engine.dispose()


def test_text_sorts_by_a_language_as_on_many_real_servers(server: Postgres) -> None:
    with server.database() as url, psycopg.connect(url) as connection:
        rows = connection.execute("SELECT word FROM (VALUES ('B'), ('a')) AS words (word) ORDER BY word").fetchall()
        assert [word for (word,) in rows] == ["a", "B"]


def test_an_installed_server_will_do() -> None:
    programs = next((folder for folder in installed_programs() if release(folder) >= OLDEST), None)
    if programs is None:
        pytest.skip(f"no PostgreSQL {OLDEST} or newer is installed beside that of {platform_package().parent.name}")
    with running_postgres(programs) as server, server.database() as url, psycopg.connect(url) as connection:
        assert connection.info.server_version // 10_000 == release(programs)


def test_nothing_is_left_of_it_when_the_tests_are_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        assert (folder / ".s.PGSQL.5432").is_socket()
    finally:
        process.kill()
        process.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while folder.exists():
        assert time.monotonic() < deadline, f"the server {server} still runs in {folder}"
        time.sleep(0.05)
