"""Sending one transaction and waiting for its end, without an outbox.

For tools that can ask a person what happened. Whatever must survive a crash belongs into the outbox
(`registrum.chain.outbox`). Not its job: contracts.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from registrum.chain.entries import Flight, Intent
from registrum.chain.faults import SendFault, classify
from registrum.chain.profile import Finality, Snapshot, choose_fees
from registrum.chain.receipts import Receipt, fetch_receipts, revert_reasons
from registrum.chain.reverts import decode_revert
from registrum.chain.rpc import RpcClient, as_quantity
from registrum.chain.transaction import AccountSigner, SignedTransaction, Transaction, sign
from registrum.errors import NodeError, OutcomeUnknownError, RpcError, SubmissionError, TransactionFailedError
from registrum.signing.addresses import parse_address

__all__ = ["send_and_wait"]

_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.25
_NONCE_RACES = 25
"""Each is lost to another program that sends from this account; on a busy machine the same program may lose many."""
_ARRIVED = (SendFault.ALREADY_KNOWN, SendFault.OTHER)


def send_and_wait(
    rpc: RpcClient,
    signer: AccountSigner,
    intent: Intent,
    *,
    chain_id: int,
    finality: Finality,
    deadline_s: float,
    after_send: Callable[[], object] | None = None,
) -> Receipt:
    """Send a call and wait until its block is final.

    Args:
        rpc: The node.
        signer: The account that sends.
        intent: The call; its key and account are not looked at.
        chain_id: EIP-155 chain id.
        finality: When a block counts as final.
        deadline_s: Seconds to wait after sending.
        after_send: Called once the node has the transaction.

    Returns:
        The receipt of a transaction that took effect.

    Raises:
        ContractError: It was mined, and the contract refused.
        TransactionFailedError: It was mined and reverted without data.
        OutcomeUnknownError: It was sent, and its end was not seen in time.
        SubmissionError: The node does not take it.
        NodeError: The node cannot be reached; nothing was sent.
    """
    signed = _send(rpc, signer, intent, chain_id)
    if after_send is not None:
        after_send()
    receipt = _wait(rpc, signed, finality, deadline_s)
    if receipt.ok:
        return receipt
    flight = Flight(0, signed.nonce, parse_address(intent.to), intent.data, intent.gas, signed.raw)
    reason = revert_reasons(rpc, signer.address, [(flight, receipt)])[0]
    if reason is None:
        raise TransactionFailedError(
            f"transaction 0x{signed.hash.hex()} was mined and reverted, and the node does not tell why",
            remedy="Try again: if the contract still refuses, the reason is told before anything is sent.",
            transaction="0x" + signed.hash.hex(),
        )
    raise decode_revert(reason)


def _send(rpc: RpcClient, signer: AccountSigner, intent: Intent, chain_id: int) -> SignedTransaction:
    refusal: RpcError | None = None
    for _ in range(_NONCE_RACES):
        now = Snapshot.read(rpc, signer.address)
        fees = choose_fees(now.head, now.gas_price)
        gas = min(intent.gas, now.head.gas_limit)
        call = Transaction(chain_id, now.pending, parse_address(intent.to), intent.data, gas, fees)
        signed = sign(call, signer)
        try:
            rpc.call("eth_sendRawTransaction", ["0x" + signed.raw.hex()])
        except NodeError as error:
            raise _unknown(signed, "the node did not say whether it has the transaction") from error
        except RpcError as error:
            fault = classify(error)
            if fault in _ARRIVED:
                return signed
            refusal = error
            if fault not in (SendFault.NONCE_TOO_LOW, SendFault.REPLACEMENT_UNDERPRICED):
                break
        else:
            return signed
    raise SubmissionError(
        f"the node does not take the transaction from {signer.address}: {refusal.message if refusal else 'no reason'}",
        remedy="Check that the account may send, and pay, on this network; nothing was changed.",
    ) from refusal


def _wait(rpc: RpcClient, signed: SignedTransaction, finality: Finality, deadline_s: float) -> Receipt:
    deadline = time.monotonic() + deadline_s
    pause = _SHORTEST_PAUSE_S
    trouble: NodeError | None = None
    while True:
        try:
            receipt = fetch_receipts(rpc, [signed.hash]).get(signed.hash)
            if receipt is not None and _is_final(rpc, receipt, finality):
                return receipt
            trouble = None
        except NodeError as error:
            trouble = error
        if time.monotonic() >= deadline:
            raise _unknown(signed, f"its end was not seen in {deadline_s:g} s") from trouble
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)


def _is_final(rpc: RpcClient, receipt: Receipt, finality: Finality) -> bool:
    if finality == Finality():
        return True
    head = as_quantity(rpc.call("eth_blockNumber"), "block number")
    return finality.last_final(rpc, head) >= receipt.block[0]


def _unknown(signed: SignedTransaction, why: str) -> OutcomeUnknownError:
    text = "0x" + signed.hash.hex()
    return OutcomeUnknownError(
        f"transaction {text} was sent, and {why}",
        remedy="Repeat the operation: what took effect meanwhile is recognised. An outbox would settle it by itself.",
        transaction=text,
    )
