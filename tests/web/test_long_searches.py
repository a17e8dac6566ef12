"""Searches that take long, many at a time, leave the server to everybody else; whoever asks for them pays for them."""

from __future__ import annotations

import contextlib
import http.client
import json
import statistics
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from registrum.index import deadline, searching
from registrum.index.counting import Counts
from registrum.web.app import create_app
from registrum.web.limits import Limiter
from registrum.web.settings import WebSettings
from tests.web.served import UNBOUND, Served, path_of
from tests.web.serving import serving

SEARCHES = 60
WORK_S = 0.5
RATIO = 40
ENDLESS = sa.text("WITH RECURSIVE steps(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM steps) SELECT count(*) FROM steps")


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches by the delay walk through a table without an end."""
    real = searching.count_up_to_cap

    def walking(connection: sa.Connection, facets: Any, conditions: Any) -> Counts:
        if any("recorded_at" in str(each) for each in conditions):
            connection.execute(ENDLESS).scalar()
        return real(connection, facets, conditions)

    monkeypatch.setattr(searching, "count_up_to_cap", walking)
    monkeypatch.setattr(deadline, "MOST_S", WORK_S)


@dataclass
class Answer:
    """What came of a request."""

    status: int
    headers: Mapping[str, str]
    code: str | None


@dataclass
class Door:
    """A server that runs."""

    address: str

    def get(self, path: str) -> Answer:
        connection = http.client.HTTPConnection(self.address, timeout=120)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        is_error = answer.status >= 400 and path.startswith("/api/")
        return Answer(answer.status, answer.headers, json.loads(body)["error"]["code"] if is_error else None)

    def seconds_of(self, path: str) -> float:
        """How long the answer takes, which is to be one."""
        begun = time.monotonic()
        assert self.get(path).status == 200
        return time.monotonic() - begun

    def search(self, at: int = 0) -> Answer:
        return self.get(f"/api/v1/applications?lateByDays={2_100_001 + at}")


@contextlib.contextmanager
def asking(there: Served, settings: WebSettings = UNBOUND) -> Iterator[Door]:
    with serving(create_app(there.service(settings))) as address:
        yield Door(address.removeprefix("http://"))


@pytest.mark.usefixtures("endless")
def test_look_ups_are_answered_while_many_search_for_long(there: Served) -> None:
    path = f"/api/v1/office-numbers/{path_of(there.samples.filed.number)}"
    with asking(there) as door, ThreadPoolExecutor(SEARCHES) as threads:
        for each in (path, "/"):
            door.get(each)
        alone = statistics.median(door.seconds_of(each) for _ in range(10) for each in (path, "/"))
        wide = [threads.submit(door.search, at) for at in range(SEARCHES)]
        beside = []
        while not all(one.done() for one in wide):
            beside += [door.seconds_of(each) for each in (path, "/")]
        answers = [one.result() for one in wide]
    assert statistics.median(beside) < RATIO * alone
    # Had each taken its time, two processors would have worked for twice as long before the last one was answered.
    assert max(beside) < SEARCHES * WORK_S / 4
    codes = [(answer.status, answer.code) for answer in answers]
    assert set(codes) == {(400, "search_too_wide"), (503, "search_busy")}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 503)
    assert codes.count((503, "search_busy")) > SEARCHES / 2


@pytest.mark.usefixtures("endless")
def test_who_searches_for_long_is_charged_for_it(there: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    charged: list[tuple[str, float]] = []
    monkeypatch.setattr(Limiter, "charge", lambda _, client, seconds: charged.append((client, seconds)))
    with asking(there, WebSettings()) as door:
        assert door.get("/api/v1/applications").status == 200
        assert door.search().status == 400
    [(client, seconds)] = charged
    assert client == "127.0.0.1"
    assert seconds == pytest.approx(WORK_S, rel=0.2)


@pytest.mark.usefixtures("endless")
def test_places_are_given_back(there: Served) -> None:
    with asking(there) as door:
        assert [door.search().code for _ in range(5)] == ["search_too_wide"] * 5
        assert door.get("/search?lateBy=1").status == 400
        assert door.get("/api/v1/applications").status == 200


def test_work_is_charged_and_debts_are_bounded() -> None:
    now = 0.0
    limiter = Limiter(10, 20, lambda: now)
    assert limiter.take("a") == 0
    limiter.charge("a", 0.5)
    assert [limiter.take("a") for _ in range(9)] == [0] * 9
    assert limiter.take("a") > 0
    limiter.charge("a", 1_000)
    assert limiter.take("a") == pytest.approx(2.1)
    assert limiter.take("b") == 0


def test_there_are_connections_for_all_that_ask_at_a_time(there: Served) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(45):
            held.enter_context(there.index.snapshot())
        assert there.index.engine.pool.timeout() <= 5  # type: ignore[attr-defined]  # of QueuePool
