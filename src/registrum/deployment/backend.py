"""Who deploys: accounts that create contracts and call them, behind one protocol.

Plain keys are here (`RpcBackend`), brownie accounts in `scripts/operator_network.py`. Not its job: what is deployed
(`registrum.deployment.deployer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from registrum.chain.profile import Snapshot, choose_fees
from registrum.chain.rpc import RpcClient, as_data
from registrum.chain.transaction import AccountSigner, Transaction, sign
from registrum.deployment.manifest import Argument
from registrum.signing.addresses import parse_address

__all__ = ["Backend", "Call", "Creation", "RpcBackend"]


@dataclass(frozen=True)
class Creation:
    """What a backend is to send: `init_code` as data, to nobody, with this nonce and gas."""

    contract: str
    arguments: tuple[Argument, ...]
    init_code: bytes
    chain_id: int
    nonce: int
    gas: int


@dataclass(frozen=True)
class Call:
    """What a backend is to send: `data` to a contract, with this nonce and gas. `about` says what it does."""

    about: str
    to: str
    data: bytes
    chain_id: int
    nonce: int
    gas: int


class Backend(Protocol):
    """An account that can create contracts and call them."""

    @property
    def rpc(self) -> RpcClient:
        """The node, for everything but sending."""

    @property
    def deployer(self) -> str:
        """Address of the account."""

    def create(self, creation: Creation, /) -> bytes:
        """Send a creation, once, and return the transaction's hash. Need not wait for its block."""

    def call(self, call: Call, /) -> bytes:
        """Send a call, once, and return the transaction's hash. Need not wait for its block."""


class RpcBackend:
    """A backend that signs here and sends raw transactions.

    Args:
        rpc: The node.
        signer: The account.
    """

    def __init__(self, rpc: RpcClient, signer: AccountSigner) -> None:
        self._rpc = rpc
        self._signer = signer

    @property
    def rpc(self) -> RpcClient:
        """The node."""
        return self._rpc

    @property
    def deployer(self) -> str:
        """Address of the account."""
        return self._signer.address

    def create(self, creation: Creation, /) -> bytes:
        """Sign and send; returns the transaction's hash.

        Raises:
            NodeError: No answer; whether it arrived is unknown.
            RpcError: The node does not take it.
            SubmissionError: The node asks for more than the allowed fee.
        """
        return self._send(creation.chain_id, creation.nonce, b"", creation.init_code, creation.gas)

    def call(self, call: Call, /) -> bytes:
        """Sign and send; returns the transaction's hash. Errors as for `create`."""
        return self._send(call.chain_id, call.nonce, parse_address(call.to), call.data, call.gas)

    def _send(self, chain_id: int, nonce: int, to: bytes, data: bytes, gas: int) -> bytes:
        now = Snapshot.read(self._rpc, self.deployer)
        fees = choose_fees(now.head, now.gas_price)
        signed = sign(Transaction(chain_id, nonce, to, data, gas, fees), self._signer)
        return as_data(self._rpc.call("eth_sendRawTransaction", ["0x" + signed.raw.hex()]), "transaction hash", 32)
