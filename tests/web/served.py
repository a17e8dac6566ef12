"""A server over a real deployment with sample records, for the tests of interface and pages, and as a real process."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from registrum import AnchorEntry, AnchorStore, Application, OfficeNumber, Outbox, Registry, Scope, Support
from registrum.client.claims import ClaimResult
from registrum.dates import to_on_chain
from registrum.index.following import Follower
from registrum.index.store import Index, open_index
from registrum.rights.model import EntryFacts
from registrum.signing.signers import DevelopmentSigner
from registrum.signing.statements import Statement
from registrum.web.app import create_app
from registrum.web.node import NodeLink
from registrum.web.proofs import ProofShelf
from registrum.web.relay import Relay
from registrum.web.service import Service
from registrum.web.settings import WebSettings
from tests.client.consortia import KEYS, NEW, Consortium
from tests.client.registries import digest

FILED = date(2024, 1, 31)
REGISTERED = date(2024, 8, 1)
EXPIRES = date(2034, 1, 31)
REGISTRAR = DevelopmentSigner.account(14)
"""Key of EM for its register."""
KEYS_OF_EM = [KEYS["EM"].address, REGISTRAR.address]
PAYER = DevelopmentSigner.account(15)
"""Pays for what is relayed."""
UNBOUND = WebSettings(reads_per_s=None, writes_per_s=None)


@dataclass
class Samples:
    """What the register holds."""

    filed: Application
    corrected: Application
    withdrawn: OfficeNumber
    later: Application
    anchored: OfficeNumber
    salted: OfficeNumber
    proofs: Path
    entry: OfficeNumber
    proposal: int


def fill(world: Consortium, folder: Path) -> Samples:
    """Records, claims, an anchor, a register entry, a calendar and a proposal."""
    registry = world.registry()
    filed, corrected, withdrawn = (world.application("EM") for _ in range(3))
    registry.register_batch("EM", [filed, corrected, withdrawn])
    fixed = Application(corrected.number, FILED - timedelta(days=1), corrected.digest)
    registry.correct(fixed)
    registry.withdraw(withdrawn.number)
    japan = world.registry(signer=KEYS["JP"])
    later = world.application("JP", filed=date(2024, 5, 31))
    japan.register(later)
    japan.record_claim(
        later.number,
        filed.number,
        later_filing_date=later.filing_date,
        claimed_date=FILED,
        outcome=ClaimResult.ACCEPTED,
    )
    world.by("JP").publish_calendar("JP", 2024, closed=[date(2024, 1, 1)])
    anchored, salted = world.number("EM"), world.number("EM")
    entries = [
        AnchorEntry.plain(anchored.on_chain, to_on_chain(FILED), digest("anchored")),
        AnchorEntry.salted(salted.on_chain, to_on_chain(FILED), digest("salted")),
    ]
    with AnchorStore.create(folder / "proofs" / "first", b"EM", entries) as store:
        registry.anchor_store(store)
    world.by("EM").add_key("EM", REGISTRAR.address, Scope.REGISTER | Scope.KEYS)
    entry = register_entry(world, world.number("EM"))
    proposal = world.open(world.by("EM").drafts().admit("FR", NEW.address, "Office FR"))
    world.by("JP").vote(proposal, Support.FOR, "a good neighbour")
    return Samples(filed, fixed, withdrawn.number, later, anchored, salted, folder / "proofs", entry, proposal)


def register_entry(world: Consortium, number: OfficeNumber) -> OfficeNumber:
    """A trade mark that is filed and registered."""
    rights = world.registry(signer=REGISTRAR).rights
    rights.file(number, FILED, (9, 42), digest("dossier"))
    facts = EntryFacts(registration_date=REGISTERED, expiry_date=EXPIRES)
    rights.record(rights.draft(number, "F10", REGISTERED, status="Registered", facts=facts))
    return number


@dataclass
class Served:
    """A world, its index, and the application over both."""

    world: Consortium
    samples: Samples
    index: Index
    follower: Follower

    def catch_up(self) -> None:
        """Read the chain to its end."""
        self.follower.catch_up()

    def service(self, settings: WebSettings = UNBOUND, *, relay: Relay | None = None, **options: Any) -> Service:
        values = {"node": self.node(), "proofs": ProofShelf([self.samples.proofs]), "settings": settings}
        return Service(self.index, self.world.manifest, relay=relay, **{**values, **options})

    def node(self, url: str | None = None) -> NodeLink:
        return NodeLink(url or self.world.anvil.url, self.world.manifest, look_s=0.05)

    def relay(self, outbox: Path, node: NodeLink) -> Relay:
        return Relay(node, Outbox(outbox), PAYER)

    @contextlib.contextmanager
    def client(self, settings: WebSettings = UNBOUND, **options: Any) -> Iterator[Client]:
        """A client of a server that has started."""
        service = self.service(settings, **options)
        with TestClient(create_app(service), base_url="http://localhost", raise_server_exceptions=False) as http:
            yield Client(http, service)

    @contextlib.contextmanager
    def relaying(self, outbox: Path, settings: WebSettings = UNBOUND, url: str | None = None) -> Iterator[Client]:
        """A client of a server that relays, through the node or through a door before it."""
        node = self.node(url)
        with self.client(settings, node=node, relay=self.relay(outbox, node)) as client:
            yield client


@dataclass
class Client:
    """Requests, and what every answer must keep to."""

    http: TestClient
    service: Service

    def get(self, path: str, *, expect: int = 200, headers: Mapping[str, str] | None = None, **query: Any) -> Any:
        """The document of an answer."""
        answer = self.http.get(address(path), params=query or None, headers=headers)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def data(self, path: str, **query: Any) -> Any:
        """The data of an answer."""
        return self.get(path, **query)["data"]

    def error(self, path: str, expect: int, **query: Any) -> Any:
        """The error of an answer."""
        return self.get(path, expect=expect, **query)["error"]

    def post(self, path: str, body: Any, *, expect: int = 200, headers: Mapping[str, str] | None = None) -> Any:
        """The document of an answer to a body."""
        answer = self.http.post(address(path), json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        return answer.json()


def address(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"


def signed(statement: Statement, signer: Any, registry: Registry) -> dict[str, Any]:
    """A statement as a back end hands it in: what a wallet is given, and its signature."""
    domain = domain_of(statement, registry)
    typed = statement.typed_data(domain)
    # Through text, as it travels.
    document: dict[str, Any] = json.loads(
        json.dumps({**typed, "signature": "0x" + signer.sign(statement, domain).hex()})
    )
    return document


def domain_of(statement: Statement, registry: Registry) -> Any:
    name = type(statement).__name__
    if name == "ClaimOutcome":
        return registry.priority_domain
    if name in ("LegalStatusEventStatement", "EventBatch"):
        return registry.rights_domain
    if name in ("Empowerment", "RenewalTerms"):
        return registry.practice_domain
    return registry.application_domain


def path_of(number: OfficeNumber) -> str:
    return f"{number.office}/{number.right.value}/{number.number}"


@contextlib.contextmanager
def served(world: Consortium, folder: Path) -> Iterator[Served]:
    """A filled world and its index."""
    samples = fill(world, folder)
    with open_index(f"sqlite:///{folder / 'index.sqlite'}") as index:
        there = Served(world, samples, index, Follower(index, world.rpc, world.manifest))
        there.catch_up()
        yield there
