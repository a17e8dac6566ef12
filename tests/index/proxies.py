"""An HTTP proxy in front of a real node that behaves as other nodes and providers do."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Request = dict[str, Any]
Refusal = tuple[int, str]
"""JSON-RPC code and text."""


class DroppedError(Exception):
    """The connection ends without an answer."""


class TooManyError(Exception):
    """The answer is HTTP status 429."""


class Behaviour:
    """What a proxy does with each request; this one forwards them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def arrived(self) -> None:
        """Of each HTTP request: drop the connection, or answer with status 429."""

    def together(self, requests: list[Request]) -> None:
        """Of the calls of each HTTP request, before each of them."""

    def before(self, request: Request) -> Refusal | None:
        """Refuse or change a call."""
        return None

    def after(self, request: Request, result: Any) -> Refusal | Any:
        """The result, another one, or a refusal."""
        return result


class MostBlocks(Behaviour):
    """Refuses wider ranges."""

    def __init__(self, most: int, refusal: Refusal) -> None:
        super().__init__()
        self.most, self.refusal = most, refusal
        self.refused = 0

    def before(self, request: Request) -> Refusal | None:
        if request["method"] == "eth_getLogs":
            query = request["params"][0]
            if int(query["toBlock"], 16) - int(query["fromBlock"], 16) >= self.most:
                self.refused += 1
                return self.refusal
        return None


class MostLogs(Behaviour):
    """Refuses answers of more logs."""

    def __init__(self, most: int, refusal: Refusal) -> None:
        super().__init__()
        self.most, self.refusal = most, refusal
        self.refused = 0

    def after(self, request: Request, result: Any) -> Refusal | Any:
        if request["method"] == "eth_getLogs" and len(result) > self.most:
            self.refused += 1
            return self.refusal
        return result


class EveryNth(Behaviour):
    """Fails every n-th call, or HTTP request, in one way."""

    def __init__(self, nth: int, how: Refusal | type[Exception]) -> None:
        super().__init__()
        self.nth, self.how = nth, how
        self.seen = self.failed = 0

    def arrived(self) -> None:
        if not isinstance(self.how, tuple) and self._is_nth():
            raise self.how

    def before(self, request: Request) -> Refusal | None:
        return self.how if isinstance(self.how, tuple) and self._is_nth() else None

    def _is_nth(self) -> bool:
        with self._lock:
            self.seen += 1
            is_nth = self.seen % self.nth == 0
            self.failed += is_nth
            return is_nth


class IgnoresFilter(Behaviour):
    """Sends the logs of all contracts, whatever is asked for."""

    def before(self, request: Request) -> Refusal | None:
        if request["method"] == "eth_getLogs":
            request["params"][0].pop("address", None)
        return None


class LateReplica(Behaviour):
    """One of two nodes answers whatever comes together with `eth_getLogs`, and at first has not the newest blocks."""

    def __init__(self, newest: int, times: int) -> None:
        super().__init__()
        self.newest, self.left, self.late = newest, times, 0
        self._answers = threading.local()

    def together(self, requests: list[Request]) -> None:
        asks_logs = any(request["method"] == "eth_getLogs" for request in requests)
        with self._lock:
            self._answers.are_late = asks_logs and self.left > 0
            self.left -= self._answers.are_late

    def after(self, request: Request, result: Any) -> Any:
        if not self._answers.are_late:
            return result
        if request["method"] == "eth_getLogs":
            kept = [log for log in result if int(log["blockNumber"], 16) <= self.newest]
            self.late += len(kept) < len(result)
            return kept
        number = request["params"][0] if request["method"] == "eth_getBlockByNumber" else "latest"
        return None if number != "latest" and int(number, 16) > self.newest else result


@contextlib.contextmanager
def proxy(url: str, behaviour: Behaviour) -> Iterator[str]:
    """Address of a proxy in front of a node."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    node = parts.hostname, parts.port

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                answer = _answer(node, behaviour, body)
            except DroppedError:
                self.close_connection = True
                self.connection.close()
                return
            except TooManyError:
                self._send(429, b"slow down")
                return
            self._send(200, json.dumps(answer).encode())

        def _send(self, status: int, payload: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            return

        def handle(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(node: tuple[str, int], behaviour: Behaviour, body: Any) -> Any:
    requests = body if isinstance(body, list) else [body]
    behaviour.arrived()
    behaviour.together(requests)
    refusals = [behaviour.before(request) for request in requests]
    answers = _forward(node, requests)
    done = [_changed(behaviour, *item) for item in zip(requests, refusals, answers, strict=True)]
    return done if isinstance(body, list) else done[0]


def _changed(behaviour: Behaviour, request: Request, refusal: Refusal | None, answer: Any) -> Any:
    result: Any = refusal
    if refusal is None:
        if "result" not in answer:
            return answer
        result = behaviour.after(request, answer["result"])
    if isinstance(result, tuple):
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": result[0], "message": result[1]}}
    return {"jsonrpc": "2.0", "id": request["id"], "result": result}


def _forward(node: tuple[str, int], requests: list[Request]) -> list[Any]:
    connection = http.client.HTTPConnection(*node, timeout=30)
    try:
        connection.request("POST", "/", json.dumps(requests), {"Content-Type": "application/json"})
        answers = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    by_id = {answer["id"]: answer for answer in answers}
    return [by_id[request["id"]] for request in requests]
