"""Connections of clients: the head of a request must come in time, and one client cannot take them all.

The bounds of `registrum.web.security` begin with a request; a client that never sends a whole head would hold its
connection for ever. Not its job: bodies, rates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from ipaddress import ip_address
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from registrum.web.errors import Refusal, error_response
from registrum.web.limits import network_of

__all__ = ["bounded_connections"]


def bounded_connections(
    head_timeout_s: float, most_a_client: int, exempt: Container[str] = (), *, exempt_loopback: bool = True
) -> type[H11Protocol]:
    """A protocol for uvicorn that ends connections without an answer.

    Beyond `limit_concurrency` of its configuration, over all clients together, requests are answered by 503 in the form
    of all errors.

    Args:
        head_timeout_s: Seconds in which the head of a request must have come, from the connection or its first byte on.
        most_a_client: Most connections from one client: one address, of IPv6 one network of 64 bits.
        exempt: Addresses that may have any number, such as that of a proxy.
        exempt_loopback: Whether this machine may, too: a proxy on it speaks for all its clients.
    """

    class Bounded(H11Protocol):
        """A connection with these bounds."""

        _deadline: asyncio.TimerHandle | None = None

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            # uvicorn would answer for itself, in a form of its own.
            self._most, self.limit_concurrency = self.limit_concurrency, None
            self._answering, self.app = self.app, self._answer

        async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
            # This connection and the task of this request are counted already.
            busy = max(len(self.connections), len(self.tasks) - 1)
            if self._most is None or busy < self._most:
                await self._answering(scope, receive, send)
            else:
                self.logger.warning("more than %d connections or requests at once", self._most)
                await error_response(_overloaded())(scope, receive, send)

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base has it
            super().connection_made(transport)
            if self._is_one_too_many():
                transport.abort()
            else:
                self._begin()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._end()
            elif self._deadline is None:
                self._begin()

        def on_response_complete(self) -> None:
            self._end()
            super().on_response_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._end()
            super().connection_lost(exc)

        def _begin(self) -> None:
            self._deadline = self.loop.call_later(head_timeout_s, self.transport.abort)

        def _end(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _is_one_too_many(self) -> bool:
            host = self.client[0] if self.client else ""
            if host in exempt or (exempt_loopback and _is_loopback(host)):
                return False
            mine = network_of(host)
            others = (getattr(each, "client", None) for each in self.connections)
            return sum(1 for other in others if other and network_of(other[0]) == mine) > most_a_client

    return Bounded


def _overloaded() -> Refusal:
    return Refusal(
        503,
        "overloaded",
        "this server has as many connections as it takes",
        "Try again in a moment.",
        headers={"Retry-After": "1", "Connection": "close", "X-Content-Type-Options": "nosniff"},
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
