"""Requests to the REST interface, beside a bare route of the same framework that answers the same bytes.

Both are served by a process of their own, each asked over one kept connection, in turns. Run as a program, this module
is such a process.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response

from bench.figure import Figure
from bench.priority import claims_on
from registrum.client.verdicts import PriorityClaim
from registrum.deployment import Manifest
from registrum.index.following import Follower
from registrum.index.store import open_index
from registrum.numbers import OfficeNumber
from registrum.web.app import create_app
from registrum.web.service import Service
from registrum.web.settings import WebSettings
from tests.client.registries import world

RECORDS = 400
BATCH = 100
SINGLES = 1_500
BATCHES = 300
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Rates and latencies of one claim and of batches of a hundred."""
    yield from measure(RECORDS, SINGLES, BATCHES, ROUNDS)


def measure(records: int, singles: int, batches: int, rounds: int) -> Iterator[Figure]:
    """Measure the interface and a bare route.

    Args:
        records: Applications that claims rest on.
        singles: Requests with one claim or number a round.
        batches: Requests with a batch a round.
        rounds: Turns of each.
    """
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        with world(folder) as made:
            registry = made.registry()
            claims = claims_on(made, registry, records, BATCH)
            with open_index(f"sqlite:///{folder / 'index.sqlite'}") as index:
                Follower(index, made.rpc, made.manifest).catch_up()
        asked = [_json(claim) for claim in claims]
        number = asked[0]["earlier"]
        questions = {
            "one number": ("GET", f"/api/v1/office-numbers/{number}", None, singles),
            "one claim": ("GET", f"/api/v1/priority-checks?{_query(asked[0])}", None, singles),
            f"{BATCH} claims": ("POST", "/api/v1/priority-checks", json.dumps({"claims": asked}).encode(), batches),
        }
        arguments = ("interface", str(folder / "index.sqlite"), str(folder / "manifest.json"))
        with _process(*arguments) as port:
            for name, (method, path, body, count) in questions.items():
                answer = folder / "answer.json"
                answer.write_bytes(_ask(http.client.HTTPConnection("127.0.0.1", port), method, path, body))
                with _process("bare", str(answer)) as bare_port:
                    ours, bare = _turns(port, bare_port, method, path, body, count, rounds)
                yield from _figures(name, ours, bare)
                if body is not None:
                    yield Figure("claims judged over REST in batches", BATCH * ours.rate, "/s")


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


def _turns(
    port: int, bare_port: int, method: str, path: str, body: bytes | None, count: int, rounds: int
) -> tuple[Run, Run]:
    """The faster of some rounds of each, in turns."""
    best: list[Run] = []
    for turn in range(rounds):
        for at, where in enumerate((port, bare_port)):
            run = _run(where, method, path, body, count)
            if turn == 0:
                best.append(run)
            elif run.rate > best[at].rate:
                best[at] = run
    return best[0], best[1]


def _run(port: int, method: str, path: str, body: bytes | None, count: int) -> Run:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(20):
        _ask(connection, method, path, body)
    taken = []
    begun = time.perf_counter()
    for _ in range(count):
        start = time.perf_counter()
        _ask(connection, method, path, body)
        taken.append(1000 * (time.perf_counter() - start))
    rate = count / (time.perf_counter() - begun)
    connection.close()
    cuts = statistics.quantiles(taken, n=100)
    return Run(rate, cuts[49], cuts[98])


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None) -> bytes:
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise AssertionError(f"{path}: {answer.status} {content[:500]!r}")
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
    application = _interface(*files) if kind == "interface" else _bare(*files)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(application, log_level="critical", access_log=False, server_header=False)
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
