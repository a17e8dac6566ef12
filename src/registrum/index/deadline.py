"""How long a query may take that anybody can ask, and how many of the long ones run at a time.

A search by what no index of the tables helps with walks through them, and the larger they are, the longer. Every search
begins at once. One that is not done after a moment needs one of two places; a few wait for one, and where these wait
already, it is ended. So all the rest of a server goes on answering, whatever is searched for. What it took is told to
whoever counts it.

Not its job: what is searched (`registrum.index.searching`), what a client is charged for it (`registrum.web.limits`).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from registrum.errors import SearchBusyError, SearchTooWideError

__all__ = ["MOST_S", "Work", "counted_work", "in_time"]

_T = TypeVar("_T")
MOST_S: Final = 2.0
"""Seconds that one step of a search may take: counting, or finding a page. With SQLite these are of its own work."""
FREE_S: Final = 0.02
"""Seconds of it that need no place."""
PATIENCE_S: Final = 0.5
"""Seconds for which a search waits for a place."""
_STEPS = 10_000
"""Steps of SQLite's machine between looks at the clock: about a millisecond."""
_CANCELLED = "57014"
"""`query_canceled` of PostgreSQL."""


class _Places:
    """Places for long searches, and for those that wait for one.

    Args:
        places: How many run at a time.
        waiting: How many wait.
    """

    def __init__(self, places: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._waiting = threading.BoundedSemaphore(waiting)

    def take(self) -> None:
        """Take a place, which `leave` gives back.

        Raises:
            SearchBusyError: There is none, and none becomes free in time.
        """
        if self._places.acquire(blocking=False):
            return
        if self._waiting.acquire(blocking=False):
            try:
                if self._places.acquire(timeout=PATIENCE_S):
                    return
            finally:
                self._waiting.release()
        raise SearchBusyError("as many long searches are under way as may be at a time")

    def leave(self) -> None:
        """Give a place back."""
        self._places.release()


_PLACES: Final = _Places(places=2, waiting=4)
"""Those of this process."""


@dataclass
class Work:
    """What long searches took.

    Attributes:
        seconds: Of their work.
    """

    seconds: float = 0.0


_work: ContextVar[Work | None] = ContextVar("registrum_work", default=None)


@contextlib.contextmanager
def counted_work() -> Iterator[Work]:
    """Count what long searches take that are made within, also in threads that are given work by it."""
    work = Work()
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def in_time(connection: Connection, seconds: float, question: Callable[[], _T]) -> _T:
    """The answer to a question, if it comes in time.

    The transaction goes on, whatever happens.

    Args:
        connection: In a transaction that only reads.
        seconds: How long it may take: with SQLite by the clock of the thread's work, in PostgreSQL each query.
        question: Asks; it may be called twice.

    Raises:
        SearchTooWideError: It took longer.
        SearchBusyError: It takes more than a moment, and others take long already.
    """
    way = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    return way(connection, seconds, question)


def _sqlite(connection: Connection, seconds: float, question: Callable[[], _T]) -> _T:
    driver: Any = connection.connection.driver_connection
    # Of the thread, so that a search is not refused because others work beside it.
    begun = time.thread_time()
    has_place = False
    refused: SearchBusyError | None = None

    def look() -> bool:
        nonlocal has_place, refused
        spent = time.thread_time() - begun
        if spent > FREE_S and not has_place:
            try:
                _PLACES.take()
            except SearchBusyError as error:
                refused = error
                return True
            has_place = True
        return spent > seconds

    driver.set_progress_handler(look, _STEPS)
    try:
        return question()
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorname", None) != "SQLITE_INTERRUPT":
            raise
        raise refused or _too_wide(seconds) from error
    finally:
        driver.set_progress_handler(None, _STEPS)
        if has_place:
            _PLACES.leave()
        if has_place or refused is not None:
            _count(time.thread_time() - begun)


def _postgresql(connection: Connection, seconds: float, question: Callable[[], _T]) -> _T:
    try:
        return _within(connection, min(seconds, FREE_S), question)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELLED:
            raise
    _count(FREE_S)
    _PLACES.take()
    begun = time.monotonic()
    try:
        return _within(connection, seconds, question)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELLED:
            raise
        raise _too_wide(seconds) from error
    finally:
        _PLACES.leave()
        _count(time.monotonic() - begun)


def _within(connection: Connection, seconds: float, question: Callable[[], _T]) -> _T:
    # A query that is ended would take the transaction with it.
    with connection.begin_nested():
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
        answer = question()
        connection.exec_driver_sql("SET LOCAL statement_timeout TO DEFAULT")
        return answer


def _count(seconds: float) -> None:
    work = _work.get()
    if work is not None:
        work.seconds += seconds


def _too_wide(seconds: float) -> SearchTooWideError:
    return SearchTooWideError(
        f"the search walks through so much of the index that it was ended after {seconds:g} seconds"
    )
