"""What a network is like: chain, fees and finality, read without assuming more than consortium chains offer.

Proof-of-authority headers, a gas price of zero, no base fee, no `finalized` tag: all of them are ordinary here.
Nothing estimates gas (some nodes refuse the arguments that libraries send), so every call names its gas.

Not its job: contracts and manifests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.chain.transaction import Fees
from registrum.errors import ConfigError, InputError, NodeError, RpcError, SubmissionError

__all__ = ["MAX_FEE_WEI", "Finality", "Head", "NetworkProfile", "Snapshot", "choose_fees", "read_block"]

MAX_FEE_WEI = 1_000 * 10**9
"""Most that is offered for a unit of gas unless the caller says otherwise: a bound on what a lying node can cost."""


@dataclass(frozen=True, slots=True)
class Head:
    """What matters of a block header. `base_fee` is None on chains without London rules; times are Unix seconds."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int
    gas_limit: int
    base_fee: int | None


@dataclass(frozen=True, slots=True)
class Finality:
    """When a block counts as final.

    Attributes:
        depth: Blocks that must follow it; 0 where blocks are final when seen, as with QBFT and IBFT.
        tag: `finalized` or `safe`: ask the node instead.
    """

    depth: int = 0
    tag: str | None = None

    @classmethod
    def parse(cls, text: str) -> Finality:
        """Read `instant`, `depth:12`, `safe` or `finalized`.

        Raises:
            InputError: The text is none of them.
        """
        if text == "instant":
            return cls()
        if text in ("safe", "finalized"):
            return cls(tag=text)
        if match := re.fullmatch(r"depth:(\d{1,6})", text, re.ASCII):
            return cls(depth=int(match[1]))
        raise InputError(f"not a finality rule: {text!r}", remedy="Use instant, depth:N, safe or finalized.")

    def __str__(self) -> str:
        return self.tag or (f"depth:{self.depth}" if self.depth else "instant")

    def last_final(self, rpc: RpcClient, head: int) -> int:
        """Number of the newest final block; -1 if there is none yet.

        Args:
            rpc: The node, asked only for tags.
            head: Number of the newest block.

        Raises:
            ConfigError: The node does not know the tag.
        """
        if self.tag is None:
            return head - self.depth
        try:
            block = rpc.call("eth_getBlockByNumber", [self.tag, False])
        except RpcError as exc:
            raise self._no_tag() from exc
        if block is None:
            raise self._no_tag()
        return min(read_block(block).number, head)

    def _no_tag(self) -> ConfigError:
        return ConfigError(
            f"the node has no {self.tag!r} block",
            remedy="Choose the finality rule `instant` for QBFT and IBFT networks, else `depth:N`.",
        )


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """What a node says about itself and its chain.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis: Hash of block 0.
        client: The node's name for itself, or an empty string.
        automine: The node is an Anvil that mines each transaction at once. It must not be sent batches: it then
            leaves transactions unmined (foundry issue 10122).
    """

    chain_id: int
    genesis: bytes
    client: str
    automine: bool

    @classmethod
    def read(cls, rpc: RpcClient) -> NetworkProfile:
        """Ask a node.

        Raises:
            NodeError: It does not answer, or has no chain.
            RpcError: It refuses to tell.
        """
        chain_id, genesis, client = rpc.batch(
            [("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False)), ("web3_clientVersion", ())]
        )
        for answer in (chain_id, genesis):
            if isinstance(answer, RpcError):
                raise answer
        name = client if isinstance(client, str) else ""
        automine = False
        if name.lower().startswith("anvil"):
            answer = rpc.batch([("anvil_getAutomine", ())])[0]
            automine = answer is True
        return cls(as_quantity(chain_id, "chain id"), read_block(genesis).hash, name, automine)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a sender must know at one moment.

    Attributes:
        head: The newest block.
        gas_price: What `eth_gasPrice` says, in wei.
        latest: Transactions of the account in blocks.
        pending: The same with those that wait in the node's pool without a gap; never less than `latest`.
    """

    head: Head
    gas_price: int
    latest: int
    pending: int

    @classmethod
    def read(cls, rpc: RpcClient, address: str) -> Snapshot:
        """Ask a node about an account.

        Raises:
            NodeError: It does not answer, or talks nonsense.
            RpcError: It refuses to tell.
        """
        answers = rpc.batch(
            [
                ("eth_getBlockByNumber", ["latest", False]),
                ("eth_gasPrice", []),
                ("eth_getTransactionCount", [address, "latest"]),
                ("eth_getTransactionCount", [address, "pending"]),
            ]
        )
        for answer in answers[:3]:
            if isinstance(answer, RpcError):
                raise answer
        latest = as_quantity(answers[2], "transaction count")
        # A node without a pending block counts what is mined.
        pending = latest if isinstance(answers[3], RpcError) else as_quantity(answers[3], "transaction count")
        return cls(read_block(answers[0]), as_quantity(answers[1], "gas price"), latest, max(latest, pending))


def read_block(block: Any) -> Head:
    """The facts of a block as `eth_getBlockByNumber` returns it; unknown members are left alone.

    Raises:
        NodeError: It is not a block.
    """
    if not isinstance(block, dict):
        raise NodeError("the node sent no block where there must be one")
    base_fee = block.get("baseFeePerGas")
    return Head(
        number=as_quantity(block.get("number"), "block number"),
        hash=as_data(block.get("hash"), "block hash", 32),
        parent=as_data(block.get("parentHash"), "parent hash", 32),
        timestamp=as_quantity(block.get("timestamp"), "block time"),
        gas_limit=as_quantity(block.get("gasLimit"), "block gas limit"),
        base_fee=None if base_fee is None else as_quantity(base_fee, "base fee"),
    )


def choose_fees(head: Head, gas_price: int, max_fee_wei: int = MAX_FEE_WEI) -> Fees:
    """Fees that the network takes at present, with room for the base fee to double.

    Args:
        head: The newest block.
        gas_price: What `eth_gasPrice` says, in wei.
        max_fee_wei: Most that may be offered.

    Returns:
        Legacy fees where blocks carry no base fee; else EIP-1559 fees, both zero where gas is free.

    Raises:
        SubmissionError: The network, or a lying node, asks for more.
    """
    if head.base_fee is None:
        fees = Fees(gas_price)
    else:
        priority = max(0, gas_price - head.base_fee)
        fees = Fees(2 * head.base_fee + priority, priority)
    if fees.max_fee > max_fee_wei:
        raise SubmissionError(
            f"the node asks for {fees.max_fee} wei a unit of gas, more than the {max_fee_wei} allowed",
            remedy="Check the node; if the price is right, raise the allowed fee.",
            asked=fees.max_fee,
            allowed=max_fee_wei,
        )
    return fees
