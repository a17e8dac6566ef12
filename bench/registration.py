"""Applications registered by `Registry.register_many`, beside the same node fed with such batches signed in advance."""

from __future__ import annotations

from collections.abc import Iterator

from bench.feeding import UNBOUNDED, Call, Way, measure
from bench.figure import Figure
from registrum import Application, ItemOutcome, Registry
from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.client.calls import batch_data, batch_of, call_of
from tests.client.registries import KEYS, World

WAYS = (
    Way("1 s blocks of 30 million gas", 1, 6_000, 600, 1),
    # No network is so, but nothing else waits here: client and node run as fast as they can.
    Way("mined on demand without bound", 0, 24_000, 400, 2, UNBOUNDED),
)


def figures() -> Iterator[Figure]:
    """Wall-clock rates of records; the better of some turns each."""
    for way in WAYS:
        yield measure(Applications(), way)


class Applications:
    """Applications for trade marks, with their digests."""

    name = "records registered"

    def items(self, made: World, count: int) -> list[Application]:
        """What is to be recorded."""
        return [made.application() for _ in range(count)]

    def signed(self, made: World, items: list[Application], size: int) -> Iterator[Call]:
        """The batches that the client would make of it."""
        domain = made.registry().application_domain
        for at in range(0, len(items), size):
            statement, _ = batch_of("EM", items[at : at + size])
            signature = KEYS["EM"].sign(statement, domain)
            yield Call(APPLICATION_REGISTRY, batch_data(statement, signature), call_of(statement, signature)[1])

    def record(self, registry: Registry, items: list[Application], size: int) -> Iterator[ItemOutcome]:
        """What the client does with it."""
        for item in registry.register_many(items, batch_size=size, signer=KEYS["EM"]):
            yield item.outcome

    def are_recorded(self, registry: Registry, items: list[Application]) -> bool:
        """Whether the node has all of it."""
        return all(record is not None for record in registry.records(item.number for item in items))
