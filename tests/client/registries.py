"""A deployment with three offices on a real node, for the tests of the client."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from registrum import Application, Manifest, OfficeNumber, Registry, Right, Scope
from registrum.chain.profile import read_block
from registrum.chain.rpc import RpcClient
from registrum.client.forms import instant
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import Anvil, running

GOVERNANCE = DevelopmentSigner.account(0)
SEATS = {code: DevelopmentSigner.account(index) for index, code in enumerate(("EM", "JP", "RU"), 1)}
KEYS = {code: DevelopmentSigner.account(index) for index, code in enumerate(("EM", "JP", "RU"), 5)}
STRANGER = DevelopmentSigner.account(9)
"""No key of any office."""
FILED = date(2024, 1, 31)


@dataclass
class World:
    """A node with the contracts, offices EM, JP and RU with one key each, and fresh numbers."""

    anvil: Anvil
    rpc: RpcClient
    manifest: Manifest
    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def registry(self, signer: Any = KEYS["EM"], sender: Any = GOVERNANCE, **options: Any) -> Registry:
        return Registry.connect(self.rpc, self.manifest, signer=signer, sender=sender, **options)

    def seat(self, code: str = "EM") -> Registry:
        return self.registry(sender=SEATS[code])

    def number(self, office: str = "EM", right: Right = Right.TRADEMARK) -> OfficeNumber:
        return OfficeNumber(office, right, f"{next(self._counter):09d}")

    def application(self, office: str = "EM", right: Right = Right.TRADEMARK, filed: date = FILED) -> Application:
        number = self.number(office, right)
        return Application(number, filed, digest(number.text))

    def now(self) -> datetime:
        return instant(read_block(self.rpc.call("eth_getBlockByNumber", ["latest", False])).timestamp)

    def advance(self, by: timedelta) -> None:
        self.rpc.call("evm_increaseTime", [int(by.total_seconds())])
        self.rpc.call("evm_mine")

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        """What happens to the chain meanwhile is undone."""
        snapshot = self.rpc.call("evm_snapshot")
        try:
            yield
        finally:
            assert self.rpc.call("evm_revert", [snapshot])


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@contextlib.contextmanager
def world(folder: Path, *arguments: str) -> Iterator[World]:
    with running(*arguments) as anvil, RpcClient(anvil.url) as rpc:
        manifest = deploy(
            RpcBackend(rpc, GOVERNANCE), folder / "manifest.json", governance=GOVERNANCE.address, release="test"
        ).manifest
        made = World(anvil, rpc, manifest)
        registry = made.registry()
        for code, seat in SEATS.items():
            registry.admit_office(code, seat.address, f"Office {code}", endpoint=f"https://{code.lower()}.example")
            made.seat(code).add_key(code, KEYS[code].address, Scope.APPLICATIONS)
        yield made
