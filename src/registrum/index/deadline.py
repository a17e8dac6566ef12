"""How long a query may take that anybody can ask: then it is ended, with an error that says what to do.

A search by what no index of the tables helps with walks through them, and the larger they are, the longer. Not its job:
what is searched (`registrum.index.searching`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from registrum.errors import SearchTooWideError

__all__ = ["MOST_S", "bounded"]

MOST_S: Final = 2.0
"""Seconds that one step of a search may take: counting, or finding a page. With SQLite these are of its own work."""
_STEPS = 50_000
"""Steps of SQLite's machine between looks at the clock: some milliseconds."""
_CANCELLED = "57014"
"""`query_canceled` of PostgreSQL."""


@contextlib.contextmanager
def bounded(connection: Connection, seconds: float) -> Iterator[None]:
    """What is asked within ends in time.

    The transaction goes on, whatever happens.

    Args:
        connection: In a transaction that only reads.
        seconds: How long it may take: with SQLite by the clock of the thread's work, in PostgreSQL each query.

    Raises:
        SearchTooWideError: It took longer.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    try:
        with _sqlite(connection, seconds) if is_sqlite else _postgresql(connection, seconds):
            yield
    except OperationalError as error:
        name, state = getattr(error.orig, "sqlite_errorname", None), getattr(error.orig, "sqlstate", None)
        if name != "SQLITE_INTERRUPT" and state != _CANCELLED:
            raise
        raise SearchTooWideError(
            f"the search walks through so much of the index that it was ended after {seconds:g} seconds"
        ) from error


@contextlib.contextmanager
def _sqlite(connection: Connection, seconds: float) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    # Of the thread, so that a search is not refused because others work beside it.
    end = time.thread_time() + seconds
    driver.set_progress_handler(lambda: time.thread_time() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, _STEPS)


@contextlib.contextmanager
def _postgresql(connection: Connection, seconds: float) -> Iterator[None]:
    # A query that is ended would take the transaction with it.
    with connection.begin_nested():
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        connection.exec_driver_sql("SET LOCAL statement_timeout TO DEFAULT")
