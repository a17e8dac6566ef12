"""A deployment that a consortium of five offices governs, on a real node, for the tests of the client."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from registrum import Registry
from registrum.chain.rpc import RpcClient
from registrum.client.proposals import Draft, Support
from registrum.deployment.consortium_file import ConsortiumTerms, Founder, FounderKey, Observer
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import running
from tests.client.registries import World

OFFICES = ("EM", "JP", "RU", "US", "WO")
DEPLOYER = DevelopmentSigner.account(0)
SEATS = {code: DevelopmentSigner.account(index) for index, code in enumerate(OFFICES, 1)}
KEYS = {code: DevelopmentSigner.account(index) for index, code in enumerate(OFFICES, 6)}
OBSERVER = DevelopmentSigner.account(11)
STRANGER = DevelopmentSigner.account(12)
"""No seat, no key."""
NEW = DevelopmentSigner.account(13)
"""An account for what is new: a seat, a key."""
CHARTER = b"Charter of the test offices.\n"
DELAY = timedelta(hours=1)
PERIOD = timedelta(days=3)
EXECUTION = timedelta(days=2)
TERMS = ConsortiumTerms(
    charter_digest=hashlib.sha256(CHARTER).digest(),
    charter_location="https://consortium.example/charter",
    voting_delay_s=int(DELAY.total_seconds()),
    voting_period_s=int(PERIOD.total_seconds()),
    execution_delay_s=int(EXECUTION.total_seconds()),
    supermajority=(2, 3),
    emergency_quorum=3,
    emergency_duration_s=30 * 86_400,
    founders=tuple(
        Founder(code, f"Office {code}", SEATS[code].address, keys=(FounderKey(KEYS[code].address, 1),))
        for code in OFFICES
    ),
    observers=(Observer(OBSERVER.address, "Court of Arbitration"),),
)
"""Four of five offices are needed."""


class Consortium(World):
    """A node with the contracts and a consortium of EM, JP, RU, US and WO."""

    def registry(self, signer: Any = KEYS["EM"], sender: Any = STRANGER, **options: Any) -> Registry:
        return Registry.connect(self.rpc, self.manifest, signer=signer, sender=sender, **options)

    def by(self, code: str) -> Registry:
        """As the seat of an office."""
        return self.registry(SEATS[code], SEATS[code])

    def until(self, moment: datetime) -> None:
        """Let the chain's clock reach a moment."""
        self.advance(moment - self.now())

    def open(self, draft: Draft, office: str = "EM") -> int:
        """Propose, and let the vote begin."""
        assert self.by(office).propose(draft).taken
        self.advance(DELAY + timedelta(seconds=1))
        return draft.id

    def voted(self, draft: Draft, *offices: str) -> int:
        """Propose, have offices vote for it, and let the vote end."""
        number = self.open(draft)
        for office in offices:
            assert self.by(office).vote(number, Support.FOR).taken
        self.advance(PERIOD)
        return number

    def decided(self, draft: Draft) -> int:
        """Propose, vote, count and execute."""
        number = self.voted(draft, *OFFICES[:4])
        registry = self.registry()
        assert registry.queue(number).taken
        self.advance(EXECUTION)
        assert registry.execute(number).taken
        return number


@contextlib.contextmanager
def consortium(folder: Path, *arguments: str) -> Iterator[Consortium]:
    with running("--accounts", "20", *arguments) as anvil, RpcClient(anvil.url) as rpc:
        manifest = deploy(
            RpcBackend(rpc, DEPLOYER), folder / "manifest.json", consortium=TERMS, release="test"
        ).manifest
        yield Consortium(anvil, rpc, manifest)
