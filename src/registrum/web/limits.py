"""How much one client may ask: token buckets in the memory of the server. Long searches cost more.

A client is its address as the server sees it; of IPv6 the first 64 bits, which one subscriber has for himself. Behind
a proxy the address is that of the proxy, unless the server is told to trust it (`registrum serve --trusted-proxy`).

Not its job: the size of requests (`registrum.web.security`).
"""

from __future__ import annotations

import functools
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from registrum.index.deadline import counted_work
from registrum.web.errors import Refusal, answer_refusal

__all__ = ["Limiter", "RateLimits", "client_of", "network_of"]

_MOST_CLIENTS = 10_000
_COST_OF_WORK = 2.0
"""Seconds of tokens for a second of work."""


class Limiter:
    """Token buckets, one a client; the clients that were not seen for longest are forgotten.

    Args:
        rate: Tokens a second.
        burst: Most tokens that a client can have.
        clock: Seconds, growing.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(max(burst, 1))
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str) -> float:
        """Take a token.

        Returns:
            0 if there was one; else the seconds until there is.
        """
        with self._lock:
            tokens = self._tokens(client)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate
            self._keep(client, tokens if wait else tokens - 1)
        return wait

    def charge(self, client: str, seconds: float) -> None:
        """Take what long searches cost besides, which leaves a client at most a full measure in debt.

        Args:
            client: Who asked.
            seconds: Of work; each costs the tokens of two seconds, so that one client has half a processor.
        """
        with self._lock:
            self._keep(client, max(-self._burst, self._tokens(client) - seconds * _COST_OF_WORK * self._rate))

    def _tokens(self, client: str) -> float:
        now = self._clock()
        tokens, since = self._buckets.pop(client, (self._burst, now))
        return min(self._burst, tokens + (now - since) * self._rate)

    def _keep(self, client: str, tokens: float) -> None:
        self._buckets[client] = (tokens, self._clock())
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)


class RateLimits:
    """Answers 429 to a client that asks too much; what it is charged for depends on the method.

    Args:
        app: What is behind.
        reads: For GET and HEAD, and questions that only come as POST; None for no bound.
        writes: For everything else; None for no bound.
        free: Beginnings of paths that cost nothing.
    """

    def __init__(
        self, app: ASGIApp, reads: Limiter | None, writes: Limiter | None, free: tuple[str, ...] = ("/static/",)
    ) -> None:
        self._app = app
        self._reads = reads
        self._writes = writes
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(self._free):
            await self._app(scope, receive, send)
            return
        is_write = scope["method"] not in ("GET", "HEAD", "OPTIONS") and scope["path"].endswith("/statements")
        limiter = self._writes if is_write else self._reads
        client = client_of(scope)
        wait = limiter.take(client) if limiter is not None else 0.0
        if not wait:
            with counted_work() as work:
                try:
                    await self._app(scope, receive, send)
                finally:
                    if limiter is not None and work.seconds:
                        limiter.charge(client, work.seconds)
            return
        seconds = max(1, math.ceil(wait))
        refusal = Refusal(
            429,
            "rate_limited",
            "this client asks more than this server answers to one",
            f"Wait {seconds} s; ask for many claims in one request.",
            headers={"Retry-After": str(seconds)},
        )
        await answer_refusal(Request(scope), refusal)(scope, receive, send)


def client_of(scope: Scope) -> str:
    """Whom a request is charged to."""
    return network_of((scope.get("client") or ("unknown",))[0])


@functools.lru_cache(4096)
def network_of(host: str) -> str:
    """What stands for one client, of an address: itself, of IPv6 its first 64 bits."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped.exploded if address.ipv4_mapped else address.exploded[:19]
    return address.exploded
