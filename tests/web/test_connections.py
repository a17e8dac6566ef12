"""Connections that send nothing, or never a whole head, are ended; others are answered meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from registrum.web.connections import bounded_connections
from tests.client.anvil import wait_until

HEAD_S = 0.3
WAIT_S = 20


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers as slowly as the path says."""
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * HEAD_S)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.contextmanager
def serving(limit: int | None = None, **options: Any) -> Iterator[int]:
    protocol = bounded_connections(HEAD_S, **{"most_a_client": 100, **options})
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(application, http=protocol, lifespan="off", log_config=None, ws="none", limit_concurrency=limit)
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the server to begin")
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as there:
        yield there


def is_ended(connection: socket.socket) -> bool:
    """Whether the server ends a connection, and says nothing."""
    connection.settimeout(WAIT_S)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: loc", b"GE"])
def test_a_head_that_never_comes_ends_the_connection(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(sent)
        assert is_ended(connection)


def test_a_second_head_must_come_in_time_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.settimeout(WAIT_S)
        answer = b""
        while not answer.endswith(b"ok"):
            answer += connection.recv(1000)
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert is_ended(connection)


def test_an_answer_may_take_longer_than_a_head(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    for path in ("/slow", "/", "/slow"):
        client.request("GET", path)
        assert client.getresponse().read() == b"ok"
    client.close()


def test_one_address_has_so_many_connections_and_no_more() -> None:
    with serving(most_a_client=2, exempt_loopback=False) as port, contextlib.ExitStack() as stack:
        # Held by answers that take long.
        for _ in range(2):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            held.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        further = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        assert is_ended(further)


class Peer(asyncio.Transport):
    """What a connection from an address is to the server."""

    def __init__(self, host: str) -> None:
        super().__init__({"peername": (host, 40_000), "sockname": ("::1", 80)})
        self.is_ended = False

    def abort(self) -> None:
        self.is_ended = True

    def close(self) -> None:
        """The server closes what it has ended, too."""


def test_a_network_of_ipv6_is_one_client() -> None:
    async def connected() -> list[bool]:
        config = uvicorn.Config(application, http=bounded_connections(WAIT_S, 2), lifespan="off", log_config=None)
        config.load()
        state, peers = ServerState(), [Peer(f"2001:db8:1:{network}::{host}") for network in (1, 2) for host in "123"]
        protocols = [config.http_protocol_class(config, state, {}, asyncio.get_running_loop()) for _ in peers]
        for protocol, peer in zip(protocols, peers, strict=True):
            protocol.connection_made(peer)
        ended = [peer.is_ended for peer in peers]
        for protocol in protocols:
            protocol.connection_lost(None)
        return ended

    assert asyncio.run(connected()) == [False, False, True] * 2


def test_a_proxy_has_as_many_as_it_likes() -> None:
    for options in ({"exempt": ("127.0.0.1",), "exempt_loopback": False}, {}):
        with serving(most_a_client=0, **options) as port:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
            client.request("GET", "/")
            assert client.getresponse().status == 200
            client.close()


def test_beyond_all_connections_the_answer_is_an_error_like_any_other() -> None:
    with serving(limit=2) as port, contextlib.ExitStack() as stack:
        clients = [http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S) for _ in range(2)]
        for client in clients:
            stack.callback(client.close)
        clients[0].request("GET", "/")
        first = clients[0].getresponse()
        assert (first.status, first.read()) == (200, b"ok")
        clients[1].request("GET", "/")
        answer = clients[1].getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/json")
        assert (answer.headers["Retry-After"], answer.headers["Connection"]) == ("1", "close")
        assert json.loads(answer.read())["error"]["code"] == "overloaded"
