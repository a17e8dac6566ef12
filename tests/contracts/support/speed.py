"""Costs and a race of brownie that grow with the size of the process and the load of the machine, made small.

Around each test brownie collects garbage over everything ever loaded, looks up the source lines of the whole call stack
only to see who called, and asks the node for the same height again and again. For each transaction it starts two
threads, asks for the latest block and a gas price that it does not use, fetches the receipt twice, and takes a
snapshot, so that it could be undone; of each one that is refused it reads every step, up to 80 MB of them, for a line
of source that no test looks at; each request goes through a client that works out proxies and cookies anew. And it
takes a transaction for dropped when the node already counts its nonce but does not show its receipt yet, or sleeps a
second. Not its job: isolation itself.
"""

from __future__ import annotations

import gc
import importlib
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from http.client import HTTPException, HTTPResponse
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from hexbytes import HexBytes

RECEIPT_LIMIT_S = 60
POLL_S = 0.005


def quicken_isolation() -> None:
    """Ask the node for no more than the isolation of tests needs, nobody for who called, and spare a pass of the
    garbage collector over everything at each revert."""
    from brownie import web3
    from brownie.network import contract as contracts
    from brownie.network import state

    # By its full name: in its package, `rpc` is the object that the module makes.
    rpc: Any = importlib.import_module("brownie.network.rpc")

    def caller() -> list[Any]:
        return [SimpleNamespace(frame=sys._getframe(depth)) for depth in (1, 2)]

    def revert(chain: Any, snapshot: int | str) -> int | str:
        node = rpc.Rpc()
        await_empty_pool()
        node.backend.revert(snapshot)
        chain._time_offset = chain._snapshot_time_offsets[snapshot]
        following: int | str = chain._take_snapshot()
        state._notify_registry()
        return following

    def forget(container: Any, height: int) -> None:
        """Forget the contracts of blocks that are undone; none of ours loses its code otherwise."""
        for contract in list(container):
            if contract.tx.block_number > height if contract.tx else not web3.eth.get_code(contract.address):
                container.remove(contract)
                contract._reverted = True

    rpc.inspect = SimpleNamespace(stack=caller)
    state.Chain._revert = revert
    # What is garbage, but not collected yet, hears of the revert once more; that changes nothing.
    state.gc = SimpleNamespace(collect=lambda: 0)
    contracts.ContractContainer._revert = forget


def await_empty_pool() -> None:
    """Wait until the node has taken what it mined out of its pool, which it does a little later than it shows the
    receipt: after a revert nonces come again, and it would refuse the next transaction as a replacement. Ganache does
    not know this request.

    Raises:
        TimeoutError: A transaction stays in the pool.
    """
    from brownie import web3

    give_up = time.monotonic() + RECEIPT_LIMIT_S
    while int(web3.provider.make_request("txpool_status", []).get("result", {}).get("pending", "0x0"), 16):
        if time.monotonic() > give_up:
            raise TimeoutError("the node keeps a transaction in its pool")
        time.sleep(POLL_S)


def quicken_hashes() -> None:
    """Let brownie, which hashes each test module and what it imports, read what many of them import only once."""
    from brownie.project import scripts

    scripts._parse, scripts._dump = cache(scripts._parse), cache(scripts._dump)


def forget_what_is_loaded() -> None:
    """Exempt what is loaded now from the garbage collection around each test: half a million objects that stay."""
    gc.collect()
    gc.freeze()


def settle_at_once() -> None:
    """Let brownie see a transaction of the node's own accounts only once its receipt is there, and not wait for it in
    a thread of its own: it sleeps a second where the receipt comes late, and takes the transaction for dropped where
    the node already counts its nonce."""
    from brownie import web3
    from brownie._config import CONFIG
    from brownie.network import account as accounts
    from brownie.network import transaction as transactions
    from web3.exceptions import TransactionNotFound

    send, settle = accounts.Account._transact, transactions.TransactionReceipt._await_confirmation
    receipts: dict[str, Any] = {}

    def transact(account: Any, tx: dict[str, Any], allow_revert: bool) -> Any:
        txid = send(account, tx, allow_revert)
        give_up = time.monotonic() + RECEIPT_LIMIT_S
        while time.monotonic() < give_up:
            try:
                receipts[HexBytes(txid).to_0x_hex()] = web3.eth.get_transaction_receipt(txid)
                break
            except TransactionNotFound:
                time.sleep(POLL_S)
        return txid

    def await_confirmation(receipt: Any, block_number: int | None = None, required_confs: int = 1) -> None:
        known = receipts.pop(receipt.txid, None)
        if known is None or CONFIG.argv["coverage"]:
            settle(receipt, block_number, required_confs)
            return
        receipt._set_from_receipt(known)
        receipt._confirmed.set()

    accounts.Account._transact = transact
    transactions.TransactionReceipt._await_confirmation = await_confirmation
    for module in (accounts, transactions):
        module.threading = SimpleNamespace(Thread=AtOnce, Event=threading.Event, Lock=threading.Lock)


class AtOnce:
    """Stands for a thread: what it has to do is done by the time that it has started."""

    def __init__(self, target: Callable[..., object], args: Sequence[Any] = (), daemon: bool = False) -> None:
        self.start = partial(target, *args)

    def join(self) -> None:
        """Return: there is nothing to wait for."""


def quicken_requests() -> None:
    """Hand requests to the node as they are: without proxies and cookies, without asking for chain id or gas price,
    and with addresses as brownie has already checked them."""
    from brownie import web3
    from requests import ConnectionError as RequestsConnectionError
    from requests import HTTPError
    from web3._utils.http_session_manager import HTTPSessionManager
    from web3._utils.method_formatters import ABI_REQUEST_FORMATTERS

    for method in ("eth_call", "eth_sendTransaction", "eth_getTransactionCount", "eth_getCode"):
        del ABI_REQUEST_FORMATTERS[method]
    # Brownie states the fee and the gas of each transaction, and knows addresses by themselves.
    for needless in ("validation", "gas_price_strategy", "ens_name_to_address", "gas_estimate"):
        web3.middleware_onion.remove(needless)
    local = threading.local()

    def connection(host: str, port: int, timeout: float) -> socket.socket:
        """The connection of this thread; a new one if the node has closed it."""
        known: socket.socket | None = getattr(local, "connection", None)
        if known is not None and known.fileno() >= 0 and local.peer == (host, port):
            if not select.select([known], [], [], 0)[0]:
                return known
            known.close()
        local.connection, local.peer = socket.create_connection((host, port), timeout), (host, port)
        local.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return local.connection

    def post(_manager: Any, endpoint: str, data: bytes, **settings: Any) -> bytes:
        url = urlsplit(str(endpoint))
        head = f"POST {url.path or '/'} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\n"
        try:
            link = connection(url.hostname or "", url.port or 80, settings["timeout"])
            link.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            response = HTTPResponse(link, method="POST")
            response.begin()
            answer = response.read()
        except (OSError, HTTPException) as error:
            # The name by which brownie knows a node that has not started yet.
            raise RequestsConnectionError(error) from error
        if response.will_close:
            link.close()
        if response.status != 200:
            raise HTTPError(f"the node answered with status {response.status}: {answer!r}")
        return answer

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
    """Spare the snapshot after each transaction; the clock of brownie, for which no test asks, then stands still."""
    from brownie.network.state import Chain

    Chain._add_to_undo_buffer = lambda *_call: None
