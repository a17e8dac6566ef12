"""Costs and a race of brownie that grow with the size of the process and the load of the machine, made small.

Around each test brownie collects garbage over everything ever loaded, and looks up the source lines of the whole call
stack only to see who called: two thirds of the time of a short test. And it takes a transaction for dropped when the
node already counts its nonce but does not show its receipt yet, or sleeps a second. Not its job: isolation itself.
"""

from __future__ import annotations

import gc
import inspect
import time
from types import SimpleNamespace
from typing import Any

RECEIPT_LIMIT_S = 60
POLL_S = 0.005


def quicken_isolation() -> None:
    """Exempt what is loaded now from garbage collection, and let brownie look at frames without their source."""
    from brownie.network import rpc

    gc.collect()
    gc.freeze()
    rpc.inspect = SimpleNamespace(stack=lambda: inspect.stack(context=0)[1:])


def await_receipts() -> None:
    """Let brownie see a transaction of the node's own accounts only once its receipt is there."""
    from brownie import web3
    from brownie.network.account import Account
    from web3.exceptions import TransactionNotFound

    original = Account._transact

    def transact(account: Any, tx: dict[str, Any], allow_revert: bool) -> Any:
        txid = original(account, tx, allow_revert)
        give_up = time.monotonic() + RECEIPT_LIMIT_S
        while time.monotonic() < give_up:
            try:
                web3.eth.get_transaction_receipt(txid)
                break
            except TransactionNotFound:
                time.sleep(POLL_S)
        return txid

    Account._transact = transact
