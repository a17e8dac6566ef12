"""Figures for Prometheus, `GET /metrics`: requests of this server, its index, its node and its outbox.

Not its job: the figures of following the chain, which the index keeps (`registrum.index.metrics`) and which are shown
here with these.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registrum.errors import RegistrumError
from registrum.index.metrics import ActivityCollector
from registrum.web.service import Service

__all__ = ["Counted", "Requests", "router"]

router = APIRouter()
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Requests:
    """Counts of one application; two applications of one process have their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answered = Counter(
            "registrum_http_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "registrum_http_request_seconds",
            "Seconds to the end of the answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )


class Counted:
    """Counts requests by the address as the interface declares it, never by what was asked.

    Args:
        app: What is behind.
        requests: Where they are counted.
    """

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500

        async def look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, look)
        finally:
            route = _route(scope)
            self._requests.answered.labels(route, _method(scope), str(status)).inc()
            self._requests.seconds.labels(route).observe(time.perf_counter() - begun)


def _route(scope: Scope) -> str:
    """The declared address; those of the interface are declared without its prefix."""
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return "none"
    prefix = "/api/v1" if scope["path"].startswith("/api/v1/") else ""
    return str(path) if path.startswith(prefix) else prefix + str(path)


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"


def _text_of(collector: Collector) -> bytes:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


class _State(Collector):
    """Where the service stands, at the moment of asking."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        service = self._service
        with service.read() as reader:
            fresh = service.freshness(reader)
        if fresh.block_number is not None:
            yield GaugeMetricFamily("registrum_served_block", "Block that answers are of.", fresh.block_number)
        if fresh.lag_blocks is not None:
            yield GaugeMetricFamily(
                "registrum_served_lag_blocks", "Blocks that the node is ahead of the index.", fresh.lag_blocks
            )
        reachable = service.node is not None and service.node.reachable
        yield GaugeMetricFamily("registrum_node_reachable", "Whether the node answers.", int(reachable))
        if service.relay is not None:
            gauge = GaugeMetricFamily("registrum_statements", "Statements by their state.", labels=["state"])
            for state, count in service.relay.counts().items():
                gauge.add_metric([state], count)
            yield gauge


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Figures in the text form of Prometheus."""
    service: Service = request.app.state.service
    content = generate_latest(REGISTRY) + generate_latest(request.app.state.metrics.registry)
    if service.follower is not None:
        content += _text_of(ActivityCollector(service.follower.activity))
    try:
        content += _text_of(_State(service))
    except RegistrumError:
        # The figures that there are go on; that these are missing is what an alarm looks for.
        content += b"# the state of the service cannot be read\n"
    return Response(content, media_type=CONTENT_TYPE_LATEST)
