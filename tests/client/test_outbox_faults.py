"""Nodes that hang, forget, lie or talk nonsense, and a sender that ends between any two steps."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.database import Database
from registrum.chain.entries import Intent, Outcome, State
from registrum.chain.outbox import Outbox
from registrum.chain.rpc import RpcClient
from registrum.chain.sender import Sender
from registrum.errors import NodeError, OutboxError, OutcomeUnknownError, RegistrumError, RpcError, SubmissionError
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import COUNTER, COUNTER_GAS, Anvil, count_call, counts, install_counter, running, wait_until
from tests.client.stub_node import StubNode, node, proxy

SEND = "eth_sendRawTransaction"
LIMIT_S = 30.0


def intent(number: int) -> Intent:
    return Intent(key=f"n{number}", to=COUNTER, data=count_call(number), gas=COUNTER_GAS)


@pytest.fixture(scope="module")
def anvil() -> Iterator[Anvil]:
    """One node for all tests of this file; each uses numbers and a key of its own."""
    with running("--no-mining", "--accounts", "40") as running_node:
        with RpcClient(running_node.url) as rpc:
            install_counter(rpc)
        yield running_node


class Bench:
    """A sender behind a proxy that a test tampers with."""

    def __init__(self, real: RpcClient, stub: StubNode, outbox: Outbox, account: int) -> None:
        self.real = real
        self.stub = stub
        self.outbox = outbox
        self.first = account * 1000
        self.rpc = RpcClient(stub.url, timeout_s=0.3)
        self.signer = DevelopmentSigner.account(account)
        self.sender = Sender(self.rpc, outbox, self.signer, stall_s=0.1, lease_s=0.2)

    def submit(self, count: int) -> None:
        self.outbox.submit_many(intent(self.first + number) for number in range(1, count + 1))

    def step(self) -> RegistrumError | None:
        """One round and one block; the error of the round, if it had one."""
        error: RegistrumError | None = None
        try:
            self.sender.run_once()
        except RegistrumError as exc:
            error = exc
        self.real.call("evm_mine")
        return error

    def settle(self) -> None:
        wait_until(lambda: self.step() is None and not self.sender.run_once().open, "everything to be settled", LIMIT_S)

    def assert_once(self, count: int) -> None:
        numbers = [self.first + number for number in range(1, count + 1)]
        assert set(counts(self.real, numbers).values()) == {1}
        assert {entry.state for entry in self.outbox.entries()} == {State.CONFIRMED}
        assert int(self.real.call("eth_getTransactionCount", [self.signer.address, "latest"]), 16) == count


accounts = iter(range(1, 40))


@contextmanager
def bench(anvil: Anvil, folder: Path, tamper: Callable[[str, list[Any], Callable[[], Any]], Any]) -> Iterator[Bench]:
    with (
        RpcClient(anvil.url) as real,
        proxy(anvil.url, tamper) as stub,
        Outbox(folder / "outbox.db") as outbox,
    ):
        desk = Bench(real, stub, outbox, next(accounts))
        yield desk
        desk.sender.close()
        desk.rpc.close()


class Once:
    """Tampers with the first calls of a method, then passes everything on."""

    def __init__(self, method: str, times: int, act: Callable[[list[Any], Callable[[], Any]], Any]) -> None:
        self.method = method
        self.left = times
        self.act = act

    def __call__(self, method: str, params: list[Any], ask: Callable[[], Any]) -> Any:
        if method == self.method and self.left > 0:
            self.left -= 1
            return self.act(params, ask)
        return ask()


HANG_S = 0.5
"""Longer than the client waits for an answer."""


def take_and_hang(_params: list[Any], ask: Callable[[], Any]) -> Any:
    answer = ask()
    time.sleep(HANG_S)
    return answer


def hang(_params: list[Any], _ask: Callable[[], Any]) -> Any:
    time.sleep(HANG_S)
    raise RpcError("too late", rpc_code=-32603)


def take_and_answer(answer: Any) -> Callable[[list[Any], Callable[[], Any]], Any]:
    def act(_params: list[Any], ask: Callable[[], Any]) -> Any:
        ask()
        if isinstance(answer, Exception):
            raise answer
        return answer

    return act


def refuse(message: str, code: int = -32000) -> Callable[[list[Any], Callable[[], Any]], Any]:
    def act(_params: list[Any], _ask: Callable[[], Any]) -> Any:
        raise RpcError(message, rpc_code=code)

    return act


@pytest.mark.parametrize(
    "act",
    [
        take_and_hang,
        hang,
        take_and_answer("nonsense"),
        take_and_answer("0x" + "00" * 32),
        take_and_answer(None),
        take_and_answer(RpcError("Internal error", rpc_code=-32603)),
        take_and_answer(RpcError("VM Exception while processing transaction: revert", rpc_code=-32000)),
        take_and_answer(RpcError("already known", rpc_code=-32000)),
        refuse("txpool is full"),
        refuse("Transaction nonce is too distant from current sender nonce"),
        refuse("nonce too low"),
        refuse("already known"),
        refuse("replacement transaction underpriced"),
        refuse("Gas price below current base fee", -32009),
        refuse("Internal error", -32603),
    ],
    ids=["takes, then hangs", "hangs", "takes, says nonsense", "takes, says another hash", "takes, says null",
         "takes, says internal error", "takes, says reverted", "takes, says known", "pool full", "nonce too distant",
         "lies: nonce too low", "lies: known", "replacement", "fee too low", "internal error"],
)  # fmt: skip
def test_whatever_a_node_says_to_a_send_each_intent_takes_effect_once(anvil: Anvil, tmp_path: Path, act: Any) -> None:
    with bench(anvil, tmp_path, Once(SEND, 2, act)) as desk:
        desk.submit(3)
        desk.settle()
        desk.assert_once(3)
        sent = {params for method, params in _sends(desk.stub)}
        assert len(sent) == 3, "only the same bytes are sent again"


def _sends(stub: StubNode) -> list[tuple[str, str]]:
    found = []
    for _, body in stub.requests:
        parsed = json.loads(body)
        for call in parsed if isinstance(parsed, list) else [parsed]:
            if call["method"] == SEND:
                found.append((SEND, call["params"][0]))
    return found


def test_mined_but_timed_out_is_found_by_its_hash(anvil: Anvil, tmp_path: Path) -> None:
    with bench(anvil, tmp_path, Once(SEND, 1, take_and_hang)) as desk:
        desk.submit(1)
        assert isinstance(desk.step(), NodeError)
        assert desk.outbox.entries()[0].outcome is Outcome.UNKNOWN
        desk.settle()
        desk.assert_once(1)
        assert len(_sends(desk.stub)) == 1, "it was in a block by then: nothing to send again"


def test_a_node_that_forgets_what_it_took_gets_it_again(anvil: Anvil, tmp_path: Path) -> None:
    forgotten: list[str] = []

    def forget(method: str, params: list[Any], ask: Callable[[], Any]) -> Any:
        if method == SEND and len(forgotten) < 3:
            forgotten.append(params[0])
            return "0x" + keccak(bytes.fromhex(params[0][2:])).hex()
        return ask()

    with bench(anvil, tmp_path, forget) as desk:
        desk.submit(3)
        desk.settle()
        desk.assert_once(3)
        assert len(_sends(desk.stub)) == 6


@pytest.mark.parametrize("message", ["Sender account not authorized to send transactions", "Wrong chainId"])
def test_a_lasting_refusal_is_told_and_nothing_is_lost(anvil: Anvil, tmp_path: Path, message: str) -> None:
    refusing = Once(SEND, 1, refuse(message))
    with bench(anvil, tmp_path, refusing) as desk:
        desk.submit(1)
        with pytest.raises(SubmissionError, match=message):
            desk.sender.drain(LIMIT_S)
        assert desk.outbox.entries()[0].note == message
        desk.settle()
        desk.assert_once(1)


def test_a_node_that_lags_behind_another_at_the_same_address_causes_no_second_transaction(
    anvil: Anvil, tmp_path: Path
) -> None:
    """One node behind the address has counted the transaction, the other one does not know its receipt yet."""
    hidden: list[str] = []

    def lag(method: str, params: list[Any], ask: Callable[[], Any]) -> Any:
        if method == "eth_getTransactionReceipt" and len(hidden) < 2:
            hidden.append(params[0])
            return None
        return ask()

    with bench(anvil, tmp_path, lag) as desk:
        desk.submit(1)
        desk.settle()
        desk.assert_once(1)
        assert len(hidden) == 2
        assert len({raw for _, raw in _sends(desk.stub)}) == 1


def _nowhere(receipt: dict[str, Any]) -> dict[str, Any]:
    return {**receipt, "blockHash": "0x" + "66" * 32}


def _future(receipt: dict[str, Any]) -> dict[str, Any]:
    return {**receipt, "blockNumber": "0xffffff"}


def _other(receipt: dict[str, Any]) -> dict[str, Any]:
    return {**receipt, "transactionHash": "0x" + "66" * 32}


@pytest.mark.parametrize("lie", [_nowhere, _future, _other])
def test_a_receipt_that_does_not_fit_the_chain_settles_nothing(anvil: Anvil, tmp_path: Path, lie: Any) -> None:
    lying = [True]

    def tamper(method: str, _params: list[Any], ask: Callable[[], Any]) -> Any:
        answer = ask()
        return lie(answer) if method == "eth_getTransactionReceipt" and answer and lying[0] else answer

    with bench(anvil, tmp_path, tamper) as desk:
        desk.submit(1)
        for _ in range(6):
            desk.step()
        assert desk.outbox.entries()[0].outcome is Outcome.UNKNOWN
        lying[0] = False
        desk.settle()
        desk.assert_once(1)


def test_a_fabulous_nonce_is_not_believed(anvil: Anvil, tmp_path: Path) -> None:
    fabulous = [False]

    def tamper(method: str, _params: list[Any], ask: Callable[[], Any]) -> Any:
        return "0xffffffff" if method == "eth_getTransactionCount" and fabulous[0] else ask()

    with bench(anvil, tmp_path, tamper) as desk:
        desk.submit(1)
        desk.settle()
        fabulous[0] = True
        desk.submit(2)
        assert isinstance(desk.step(), NodeError)
        fabulous[0] = False
        desk.settle()
        desk.assert_once(2)


@pytest.mark.parametrize(
    ("method", "answer"),
    [("eth_getBlockByNumber", None), ("eth_getBlockByNumber", {}), ("eth_gasPrice", "lots"),
     ("eth_getTransactionCount", -1), ("eth_chainId", None), ("eth_gasPrice", hex(10**30))],
)  # fmt: skip
def test_nonsense_about_the_chain_sends_nothing(anvil: Anvil, tmp_path: Path, method: str, answer: Any) -> None:
    talking = [True]

    def tamper(asked: str, _params: list[Any], ask: Callable[[], Any]) -> Any:
        return answer if asked == method and talking[0] else ask()

    with bench(anvil, tmp_path, tamper) as desk:
        desk.submit(1)
        assert isinstance(desk.step(), NodeError | SubmissionError)
        assert SEND not in desk.stub.methods()
        assert desk.outbox.entries()[0].state is State.QUEUED
        talking[0] = False
        desk.settle()
        desk.assert_once(1)


def test_a_dead_node_ends_in_unknown_only_if_something_was_sent(anvil: Anvil, tmp_path: Path) -> None:
    with node(lambda _method, _params: None) as gone:
        pass
    with bench(anvil, tmp_path, lambda _method, _params, ask: ask()) as desk:
        desk.submit(1)
        dead = Sender(RpcClient(gone.url, timeout_s=0.2), desk.outbox, desk.signer, lease_s=0.05)
        with pytest.raises(NodeError):
            dead.drain(0.1)
        dead.close()
        assert desk.sender.run_once().sent == 1
        desk.sender.close()
        with pytest.raises(OutcomeUnknownError):
            dead.drain(0.1)
        dead.close()
        desk.settle()
        desk.assert_once(1)


def test_a_full_disk_while_sending_loses_nothing(anvil: Anvil, tmp_path: Path) -> None:
    with bench(anvil, tmp_path, lambda _method, _params, ask: ask()) as desk:
        desk.submit(200)
        with desk.outbox._database.reading() as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
        assert isinstance(desk.step(), OutboxError)
        assert SEND not in desk.stub.methods(), "what could not be stored is not sent"
        with desk.outbox._database.reading() as db:
            db.execute("PRAGMA max_page_count = 1000000")
        desk.settle()
        desk.assert_once(200)


class Killed(BaseException):
    """The process ends here: nothing catches it, nothing is tidied up."""


class Countdown:
    """Kills at one of the points where a sender touches the world: before or after a request or a transaction."""

    def __init__(self, point: int) -> None:
        self.left = point
        self.fired = False

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.fired = True
            raise Killed


def test_a_sender_that_ends_at_any_point_is_continued_by_the_next(
    anvil: Anvil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_exchange, real_writing = RpcClient._exchange, Database.writing
    armed: list[Countdown] = []

    def exchange(self: RpcClient, body: bytes, *, retry: bool) -> Any:
        for countdown in armed:
            countdown.tick()
        answer = real_exchange(self, body, retry=retry)
        for countdown in armed:
            countdown.tick()
        return answer

    @contextmanager
    def writing(self: Database) -> Iterator[Any]:
        with real_writing(self) as db:
            yield db
            for countdown in armed:
                countdown.tick()
        for countdown in armed:
            countdown.tick()

    monkeypatch.setattr(RpcClient, "_exchange", exchange)
    monkeypatch.setattr(Database, "writing", writing)
    signer = DevelopmentSigner.account(0)
    point, survived = 0, False
    with RpcClient(anvil.url) as rpc:
        while not survived:
            point += 1
            numbers = [1_000_000 + point * 10 + number for number in range(3)]
            with Outbox(tmp_path / f"{point}.db") as outbox:
                outbox.submit_many(intent(number) for number in numbers)
                before = int(rpc.call("eth_getTransactionCount", [signer.address, "latest"]), 16)
                armed[:] = [Countdown(point)]
                doomed = Sender(
                    rpc, outbox, signer, lease_s=0.001, stall_s=0.01, after_send=lambda: rpc.call("evm_mine")
                )
                with contextlib.suppress(Killed):
                    doomed.drain(LIMIT_S)
                survived = not armed[0].fired
                armed.clear()
                with Sender(
                    rpc, outbox, signer, lease_s=5, stall_s=0.05, after_send=lambda: rpc.call("evm_mine")
                ) as heir:
                    wait_until(lambda h=heir: (rpc.call("evm_mine"), h.run_once().open)[1] == 0, f"point {point}")
                assert counts(rpc, numbers) == dict.fromkeys(numbers, 1), f"killed at point {point}"
                assert {entry.state for entry in outbox.entries()} == {State.CONFIRMED}
                after = int(rpc.call("eth_getTransactionCount", [signer.address, "latest"]), 16)
                assert after - before == 3, f"killed at point {point}"
    assert point > 20, "the sender touches the world more often than that"
