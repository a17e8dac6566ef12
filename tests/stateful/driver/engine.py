"""What the driver needs of a chain, and what it deploys there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from tests.stateful.driver.codec import RawLog
from tests.stateful.model.typed_data import account_of, keccak

CONTRACTS = ("OfficeDirectory", "ApplicationRegistry", "PriorityRegister")
WALLET = "OwnerWallet"


def secret_of(name: str) -> bytes:
    """Return the private key of a part in the play."""
    return keccak(f"stateful {name}".encode())


def named_account(name: str) -> str:
    """Return the account of a part in the play."""
    return account_of(secret_of(name))


GOVERNANCE = ("governance", "second governance")
SEATS = tuple(f"seat {index}" for index in range(8))
SIGNERS = tuple(f"signer {index}" for index in range(20))
WALLET_OWNERS = ("wallet owner 0", "wallet owner 1")
STRANGERS = ("stranger 0", "stranger 1")
EMERGENCY_BODY = "emergency body"
SUCCESSORS = ("seat to come 0", "seat to come 1", "seat to come 2")
ALL_PARTS = GOVERNANCE + SEATS + SIGNERS + WALLET_OWNERS + STRANGERS + SUCCESSORS + (EMERGENCY_BODY,)
SECRETS = {named_account(name): secret_of(name) for name in ALL_PARTS}


@dataclass(frozen=True)
class Receipt:
    """What a transaction or a call gave: return data, or the data of its revert."""

    success: bool
    output: bytes
    logs: list[RawLog]


class Engine(Protocol):
    """A chain with the three contracts and two wallets."""

    chain_id: int
    addresses: dict[str, str]
    abis: dict[str, list[dict[str, Any]]]
    wallets: dict[str, str]
    start: int
    shortest_step: int

    def send(self, at: int, caller: str, to: str, data: bytes) -> Receipt:
        """Run a transaction in a block with this time."""

    def call(self, to: str, data: bytes) -> Receipt:
        """Ask without changing anything, at the time of the last block."""
