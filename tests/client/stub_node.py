"""An HTTP server that plays a node, a bad one if the test wants it to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from registrum.chain.rpc import RpcClient
from registrum.errors import RpcError

Answer = Callable[[str, list[Any]], Any]
"""Answers one call; an `RpcError` that it raises becomes a JSON-RPC error."""
Raw = Callable[["StubRequest", bytes], None]
"""Answers one HTTP request by hand."""


@dataclass
class StubNode:
    """What a test sees of the server."""

    url: str
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def methods(self) -> list[str]:
        called = []
        for _, body in self.requests:
            parsed = json.loads(body)
            called += [item["method"] for item in (parsed if isinstance(parsed, list) else [parsed])]
        return called


class StubRequest(BaseHTTPRequestHandler):
    """One HTTP request; see `BaseHTTPRequestHandler`."""

    protocol_version = "HTTP/1.1"
    node: StubNode
    respond: Raw

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.node.requests.append((dict(self.headers), body))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            type(self).respond(self, body)

    def send(self, content: Any, status: int = 200, **headers: str) -> None:
        payload = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_args: Any) -> None:
        """Nothing: the tests look at `StubNode.requests`."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that give up are what these tests are about."""


@contextlib.contextmanager
def raw_node(respond: Raw) -> Iterator[StubNode]:
    node = StubNode("")
    handler = type("Handler", (StubRequest,), {"node": node, "respond": staticmethod(respond)})
    server = _Server(("127.0.0.1", 0), handler)
    node.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield node
    finally:
        node.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def answered(answer: Answer, body: bytes) -> Any:
    """What a well-behaved node sends for a request."""
    parsed = json.loads(body)
    items = []
    for call in parsed if isinstance(parsed, list) else [parsed]:
        item: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        try:
            item["result"] = answer(call["method"], call["params"])
        except RpcError as exc:
            item["error"] = {"code": exc.rpc_code, "message": exc.message, "data": exc.data}
        items.append(item)
    return items if isinstance(parsed, list) else items[0]


@contextlib.contextmanager
def node(answer: Answer) -> Iterator[StubNode]:
    """A node that speaks JSON-RPC; what it says is the test's."""
    with raw_node(lambda request, body: request.send(answered(answer, body))) as stub:
        yield stub


@contextlib.contextmanager
def proxy(target: str, tamper: Callable[[str, list[Any], Callable[[], Any]], Any]) -> Iterator[StubNode]:
    """A node in front of a real one. `tamper` gets method, parameters and a way to ask the real one."""
    with RpcClient(target) as rpc:

        def answer(method: str, params: list[Any]) -> Any:
            return tamper(method, params, lambda: rpc.call(method, params))

        with node(answer) as stub:
            yield stub
