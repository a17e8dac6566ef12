"""Figures of a follower for Prometheus, read when they are asked for.

Not its job: counting (`registrum.index.following`), and the figures of the web server (`registrum.web.metrics`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from registrum.errors import ConfigError

if TYPE_CHECKING:
    from registrum.index.following import Activity

__all__ = ["ActivityCollector", "serve_metrics"]

_COUNTS = {
    "blocks": "Blocks that were read.",
    "events": "Events that were written.",
    "ignored": "Logs of other contracts that the node sent.",
    "reorganisations": "How often blocks were undone.",
    "undone_blocks": "Blocks that were undone.",
    "errors": "Failures of the node, those that were waited out included.",
}


class ActivityCollector(Collector):
    """What a follower does, as `registrum_index_...`.

    Args:
        activity: Of the follower.
    """

    def __init__(self, activity: Activity) -> None:
        self._activity = activity

    def collect(self) -> Iterator[Metric]:
        """Counts since the follower was made, and how far it is; what is not known yet is left out."""
        activity = self._activity
        for name, text in _COUNTS.items():
            yield CounterMetricFamily(f"registrum_index_{name}", text, value=getattr(activity, name))
        gauges: dict[str, tuple[str, float | None]] = {
            "block_number": ("Newest block in the tables.", activity.block_number),
            "head_number": ("Newest block of the node.", activity.head_number),
            "lag_blocks": ("Blocks of the node that are not in the tables.", activity.lag),
            "block_age_seconds": (
                "Seconds since the newest block in the tables was made.",
                None if activity.block_time is None else max(0.0, time.time() - activity.block_time),
            ),
            "events_per_second": ("Events written a second, over the last range of a load.", activity.events_a_second),
        }
        for name, (text, value) in gauges.items():
            if value is not None:
                yield GaugeMetricFamily(f"registrum_index_{name}", text, value=value)


def serve_metrics(activity: Activity, port: int, host: str = "127.0.0.1") -> int:
    """Answer `GET /metrics` from a thread until the process ends.

    Args:
        activity: Of the follower.
        port: TCP port; 0 takes a free one.
        host: Address to listen at.

    Returns:
        The port.

    Raises:
        ConfigError: The port cannot be used.
    """
    registry = CollectorRegistry()
    registry.register(ActivityCollector(activity))
    try:
        server, _thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise ConfigError(
            f"port {port} of {host} cannot be used for metrics: {error.strerror or error}",
            remedy="Give another --metrics-port; 0 takes a free one.",
        ) from error
    return int(server.server_port)
