"""Costs and a race of brownie that grow with the size of the process and the load of the machine, made small.

Around each test brownie collects garbage over everything ever loaded, and looks up the source lines of the whole call
stack only to see who called: two thirds of the time of a short test. After each transaction it takes a snapshot, so
that it could be undone; of each one that is refused it reads every step, up to 80 MB of them, for a line of source
that no test looks at; each request goes through a client that works out proxies and cookies anew. And it takes a
transaction for dropped when the node already counts its nonce but does not show its receipt yet, or sleeps a second.
Not its job: isolation itself.
"""

from __future__ import annotations

import gc
import importlib
import sys
import time
from types import SimpleNamespace
from typing import Any

RECEIPT_LIMIT_S = 60
POLL_S = 0.005


def quicken_isolation() -> None:
    """Exempt what is loaded now from garbage collection, and let brownie see who called without looking further."""
    # By its full name: in its package, `rpc` is the object that the module makes.
    rpc_module: Any = importlib.import_module("brownie.network.rpc")
    gc.collect()
    gc.freeze()
    rpc_module.inspect = SimpleNamespace(
        stack=lambda: [SimpleNamespace(frame=sys._getframe(depth)) for depth in (1, 2)]
    )


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


def quicken_requests() -> None:
    """Hand requests to the node as they are, without proxies and cookies, and without asking for its chain id first."""
    import urllib3
    from brownie import web3
    from requests import ConnectionError as RequestsConnectionError
    from requests import HTTPError
    from web3._utils.http_session_manager import HTTPSessionManager

    web3.middleware_onion.remove("validation")
    # Brownie waits for its transactions in threads of their own.
    pool = urllib3.PoolManager(maxsize=8)

    def post(_manager: Any, endpoint: str, data: bytes, **settings: Any) -> bytes:
        headers, timeout = settings["headers"], settings["timeout"]
        try:
            response = pool.request("POST", endpoint, body=data, headers=headers, timeout=timeout, retries=False)
        except urllib3.exceptions.HTTPError as error:
            # The name by which brownie knows a node that has not started yet.
            raise RequestsConnectionError(error) from error
        if response.status != 200:
            raise HTTPError(f"the node answered with status {response.status}: {response.data!r}")
        return response.data

    HTTPSessionManager.make_post_request = post


def quicken_refusals() -> None:
    """Let brownie learn why a transaction was refused from what it returned, and not from each of its steps."""
    from brownie import web3
    from brownie.network.transaction import TransactionReceipt

    original = TransactionReceipt._get_trace

    def get_trace(receipt: Any) -> None:
        if not receipt.status and receipt._raw_trace is None:
            answer = web3.provider.make_request("debug_traceTransaction", [receipt.txid, {"tracer": "callTracer"}])
            if "structLogs" not in answer.get("result", {"structLogs": []}):
                receipt._raw_trace, receipt._modified_state = [], False
                receipt._reverted_return_value(answer["result"].get("output", "0x"))
                return
        original(receipt)

    def raise_if_reverted(receipt: Any, error: Exception) -> None:
        if not receipt.status:
            raise error

    TransactionReceipt._get_trace = get_trace
    TransactionReceipt._raise_if_reverted = raise_if_reverted


def undo_nothing() -> None:
    """Spare the snapshot after each transaction; the clock still follows the chain's."""
    from brownie.network.state import Chain

    def follow(chain: Any, transaction: Any, *_call: Any) -> None:
        transaction._confirmed.wait()
        chain._set_time_offset_from_block()

    Chain._add_to_undo_buffer = follow
