"""Requests to the REST interface, beside a bare route of the same framework that answers the same bytes.

The interface is served as `registrum serve` does it, with its bounds of connections, the bare route as uvicorn does it
without being told anything; each by a process of its own, asked over kept connections, in turns. Run as a program, this
module is such a process.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response

from bench.figure import Figure
from bench.index_priority import claims_on, fill
from registrum.cli.serve import configured
from registrum.client.verdicts import PriorityClaim
from registrum.deployment import Manifest
from registrum.index.store import open_index
from registrum.numbers import OfficeNumber
from registrum.web.app import create_app
from registrum.web.service import Service
from registrum.web.settings import WebSettings
from tests.client.registries import world

RECORDS = 100_000
BATCHES_OF = (100, 1_000)
SINGLES = 1_500
CLAIMS = 30_000
"""Claims of a round in batches of either size."""
MANY = 8
"""Connections at a time, where there are several."""
ROUNDS = 3


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        name: In words.
        method: Of HTTP.
        path: Its address.
        body: None for none.
        count: Requests a round.
        connections: At a time.
        claims: Claims in each.
    """

    name: str
    method: str
    path: str
    body: bytes | None
    count: int
    connections: int = 1
    claims: int = 0


def figures() -> Iterator[Figure]:
    """Rates and latencies of one number, one claim, and batches of claims."""
    yield from measure(RECORDS, SINGLES, CLAIMS, ROUNDS)


def measure(records: int, singles: int, claims: int, rounds: int) -> Iterator[Figure]:
    """Measure the interface and a bare route.

    Args:
        records: Applications in the index.
        singles: Requests with one claim or number a round.
        claims: Claims in batches of either size a round.
        rounds: Turns of each.
    """
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        with world(folder):
            # It is for its manifest: the index is filled without a chain.
            pass
        with open_index(f"sqlite:///{folder / 'index.sqlite'}") as index:
            fill(index, records)
            asked = [_json(claim) for claim in claims_on(index, min(records, max(BATCHES_OF)))]
        arguments = ("interface", str(folder / "index.sqlite"), str(folder / "manifest.json"))
        with _process(*arguments) as port:
            for question in _questions(asked, singles, claims):
                answer = folder / "answer.json"
                answer.write_bytes(_ask(http.client.HTTPConnection("127.0.0.1", port), question))
                with _process("bare", str(answer)) as bare_port:
                    ours, bare = _turns(port, bare_port, question, rounds)
                yield from _figures(question.name, ours, bare)
                if question.claims:
                    yield Figure(f"claims judged over REST, {question.name}", question.claims * ours.rate, "/s")


def _questions(asked: list[dict[str, Any]], singles: int, claims: int) -> Iterator[Question]:
    one = f"/api/v1/priority-checks?{_query(asked[0])}"
    yield Question("one number", "GET", f"/api/v1/office-numbers/{asked[0]['earlier']}", None, singles)
    yield Question("one claim", "GET", one, None, singles)
    yield Question(f"one claim, {MANY} connections", "GET", one, None, singles, MANY)
    for size in BATCHES_OF:
        batch = [asked[at % len(asked)] for at in range(size)]
        body = json.dumps({"claims": batch}).encode()
        count = max(2, claims // size)
        yield Question(f"{size:,} claims", "POST", "/api/v1/priority-checks", body, count, claims=size)


@dataclass(frozen=True)
class Run:
    """What one round of requests took.

    Attributes:
        rate: Requests a second.
        p50: Milliseconds within which half of them were answered.
        p99: Milliseconds within which 99 of 100 were.
    """

    rate: float
    p50: float
    p99: float


def _figures(name: str, ours: Run, bare: Run) -> Iterator[Figure]:
    yield Figure(f"REST, {name}", ours.rate, "requests/s", None, "a bare route with the same answer", bare.rate)
    yield Figure(f"REST, {name}, p50", ours.p50, "ms", None, "bare", bare.p50, is_least=False)
    yield Figure(f"REST, {name}, p99", ours.p99, "ms", None, "bare", bare.p99, is_least=False)


def _turns(port: int, bare_port: int, question: Question, rounds: int) -> tuple[Run, Run]:
    """The faster of some rounds of each, in turns."""
    best: list[Run] = []
    for turn in range(rounds):
        for at, where in enumerate((port, bare_port)):
            run = _run(where, question)
            if turn == 0:
                best.append(run)
            elif run.rate > best[at].rate:
                best[at] = run
    return best[0], best[1]


def _run(port: int, question: Question) -> Run:
    """Requests over some connections at a time, each of which asks one after another."""
    each = question.count // question.connections

    def ask_on(connection: http.client.HTTPConnection) -> list[float]:
        taken = []
        for _ in range(each):
            start = time.perf_counter()
            _ask(connection, question)
            taken.append(1000 * (time.perf_counter() - start))
        return taken

    connections = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(question.connections)]
    for connection in connections:
        for _ in range(5):
            _ask(connection, question)
    with ThreadPoolExecutor(question.connections) as threads:
        begun = time.perf_counter()
        taken = [one for some in threads.map(ask_on, connections) for one in some]
        rate = len(taken) / (time.perf_counter() - begun)
    for connection in connections:
        connection.close()
    cuts = statistics.quantiles(taken, n=100)
    return Run(rate, cuts[49], cuts[98])


def _ask(connection: http.client.HTTPConnection, question: Question) -> bytes:
    headers = {"Content-Type": "application/json"} if question.body else {}
    connection.request(question.method, question.path, question.body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise AssertionError(f"{question.path}: {answer.status} {content[:500]!r}")
    return content


def _json(claim: PriorityClaim) -> dict[str, Any]:
    if not isinstance(claim.earlier, OfficeNumber):
        raise TypeError("claims of this measurement have numbers")
    return {
        "earlier": claim.earlier.text,
        "priorityApplicationFilingDate": claim.claimed_date.isoformat(),
        "laterIpOfficeCode": claim.later_office,
        "laterIpRight": claim.later_right.value,
        "laterFilingDate": claim.later_date.isoformat(),
        "digest": None if claim.digest is None else claim.digest.hex(),
    }


def _query(claim: dict[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in claim.items() if value is not None)


@contextlib.contextmanager
def _process(*arguments: str) -> Iterator[int]:
    """A serving process; the port at which it answers."""
    command = [sys.executable, "-m", "bench.rest", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this module
    try:
        if process.stdout is None:
            raise TypeError("its output is a pipe")
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _serve(kind: str, *files: str) -> None:
    """Serve the interface over an index, or a bare route that answers the bytes of a file."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(listening.getsockname()[1], flush=True)
        if kind == "interface":
            config = configured(_interface(*files))
        else:
            config = uvicorn.Config(_bare(*files), log_level="critical", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])


def _interface(index: str, manifest: str) -> Any:
    settings = WebSettings(reads_per_s=None, writes_per_s=None)
    return create_app(Service(open_index(f"sqlite:///{index}"), Manifest.load(manifest), settings=settings))


def _bare(file: str) -> Any:
    content = Path(file).read_bytes()
    application = FastAPI()

    @application.get("/{path:path}")
    async def get(path: str) -> Response:
        return Response(content, media_type="application/json")

    @application.post("/{path:path}")
    async def post(path: str, request: Request) -> Response:
        await request.body()
        return Response(content, media_type="application/json")

    return application


if __name__ == "__main__":
    _serve(*sys.argv[1:])
