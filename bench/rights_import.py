"""Trade mark entries imported by `registry.rights`, beside the same node fed with such batches signed in advance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bench.feeding import UNBOUNDED, Call, Way, measure
from bench.figure import Figure
from registrum import ItemOutcome, OfficeNumber, Registry, Right, Scope
from registrum.client.rights_calls import call_of
from registrum.dates import add_months
from registrum.rights.codes import default_codes
from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent
from registrum.signing.rights_statements import EventBatch
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import World, digest

KEY = DevelopmentSigner.account(4)
WAYS = (
    # A block holds one batch.
    Way("1 s blocks of 30 million gas", 1, 2_000, 200, 1),
    # No network is so, but nothing else waits here: client and node run as fast as they can.
    Way("mined on demand without bound", 0, 10_000, 200, 3, UNBOUNDED),
)


def figures() -> Iterator[Figure]:
    """Wall-clock rates of entries; the better of some turns each."""
    for way in WAYS:
        yield measure(Entries(), way)


class Entries:
    """Registered trade marks, each by the one event that sums up what was before."""

    name = "entries imported"

    def items(self, made: World, count: int) -> list[LegalStatusEvent]:
        """What is to be recorded; the key for it is made ready."""
        made.seat("EM").add_key("EM", KEY.address, Scope.REGISTER)
        return [event(made.number(), at) for at in range(count)]

    def signed(self, made: World, items: list[LegalStatusEvent], size: int) -> Iterator[Call]:
        """The batches that the client would make of it."""
        domain = made.registry().rights.rights_domain
        for at in range(0, len(items), size):
            batch = EventBatch(b"EM", tuple(item.to_statement(None) for item in items[at : at + size]))
            call = call_of(batch, KEY.sign(batch, domain))
            yield Call(call.contract, call.data, call.gas)

    def record(self, registry: Registry, items: list[LegalStatusEvent], size: int) -> Iterator[ItemOutcome]:
        """What the client does with it."""
        for item in registry.rights.record_many(items, batch_size=size, signer=KEY):
            yield item.outcome

    def are_recorded(self, registry: Registry, items: list[LegalStatusEvent]) -> bool:
        """Whether the node has all of it."""
        return None not in registry.rights.heads(item.number for item in items).values()


def event(number: OfficeNumber, at: int) -> LegalStatusEvent:
    """What the history of an entry begins with: days and classes differ from entry to entry."""
    filed = date(2015, 1, 1) + timedelta(days=at % 3_000)
    registered = filed + timedelta(days=200)
    status = default_codes().imported_status(Right.TRADEMARK, "Registered", is_registered=True)
    return LegalStatusEvent(
        number=number,
        system="ST.27",
        code="F10",
        resulting=status.pair,
        status=status.position,
        event_date=registered,
        effective_date=registered,
        publication_date=registered,
        flags=EventFlags.IMPORTED,
        facts=EntryFacts(
            filing_date=filed,
            registration_date=registered,
            expiry_date=add_months(filed, 120),
            classes=(1 + at % 45, 1 + at * 7 % 45),
            dossier=digest(f"dossier of {number}"),
            representation=digest(f"representation of {number}"),
        ),
    )
