"""The gate before the outbox: what has no effect is never paid for, and what has one is never kept back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.entries import Intent, State
from registrum.chain.gate import Effect, Finding, Gate
from registrum.chain.outbox import Outbox
from registrum.chain.profile import Finality
from registrum.chain.rpc import RpcClient
from registrum.chain.sender import Sender
from registrum.errors import RpcError
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import Anvil, running

REGISTER = "0x" + "0c" * 20
CODE = "6004355480 1560 1a57 6044351460 1457 600080fd 5b60206000f3 5b5060243580 1560 2c57 5460 2e57 600080fd 5b50 5b"
"""Keeps a content under a number, once: returns 1 for what is new and 0 for the same again, reverts for other content
and where another number that must be there first is not."""
KEEP = "604435600435556001600052 60206000f3"
GAS = 100_000
PAYER, OTHER = DevelopmentSigner.account(0), DevelopmentSigner.account(5)


def word(number: int) -> bytes:
    return b"" if number < 0 else (b"EMT%03d" % number).ljust(32, b"\0")


def call(number: int, content: int = 1, after: int | None = None) -> bytes:
    return b"keep" + word(number) + (bytes(32) if after is None else word(after)) + content.to_bytes(32, "big")


def judge(data: bytes, returned: bytes) -> Finding:
    assert data.startswith(b"keep")
    return Finding(Effect.SOME if any(returned) else Effect.PRESENT)


class Desk:
    """A node that mines on demand, an outbox behind a gate, and somebody else who sends as well."""

    def __init__(self, node: Anvil, folder: Path) -> None:
        self.rpc = RpcClient(node.url)
        self.outbox = Outbox(folder / "outbox.db")
        self.rpc.call("anvil_setCode", [REGISTER, "0x" + (CODE + KEEP).replace(" ", "")])

    def sender(self, **options: Any) -> Sender:
        gate = options.pop("gate", Gate(self.rpc, judge))
        return Sender(self.rpc, self.outbox, PAYER, **{"stall_s": 0.1, "gate": gate, **options})

    def submit(self, key: str, data: bytes) -> int:
        return self.outbox.submit(Intent(key, REGISTER, data, GAS, account=PAYER.address)).id

    def by_another(self, data: bytes) -> str:
        call = {"from": OTHER.address, "to": REGISTER, "data": "0x" + data.hex(), "gas": hex(GAS)}
        sent = str(self.rpc.call("eth_sendTransaction", [call]))
        self.mine()
        return sent

    def mine(self) -> None:
        self.rpc.call("evm_mine")

    def rounds(self, sender: Sender, count: int = 3) -> None:
        """Let what was sent be mined, and look again."""
        for _ in range(count):
            sender.run_once()
            self.mine()
        sender.run_once()

    def states(self) -> list[State]:
        return [entry.state for entry in self.outbox.entries()]

    def paid(self) -> int:
        """Transactions of the account that pays."""
        return int(self.rpc.call("eth_getTransactionCount", [PAYER.address, "latest"]), 16)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running("--no-mining") as node:
        desk = Desk(node, tmp_path)
        yield desk
        desk.outbox.close()
        desk.rpc.close()


def test_what_rests_on_another_waits_for_it_and_what_rests_on_nothing_is_never_sent(desk: Desk) -> None:
    desk.submit("first", call(1))
    desk.submit("second", call(2, after=1))
    desk.submit("doomed", call(3, after=9))
    desk.submit("apart", call(4))
    with desk.sender() as sender:
        assert sender.run_once().sent == 2
        assert desk.states() == [State.SENT, State.QUEUED, State.QUEUED, State.SENT]
        desk.rounds(sender)
    assert desk.states() == [State.CONFIRMED, State.CONFIRMED, State.REFUSED, State.CONFIRMED]
    doomed = desk.outbox.entries(State.REFUSED)[0]
    assert (doomed.tx_hash, doomed.nonce, doomed.revert_data) == (None, None, b"")
    assert desk.paid() == 3


def test_what_waits_is_not_asked_about_again_while_nothing_moves(desk: Desk) -> None:
    asked: list[bytes] = []

    def counting(data: bytes, returned: bytes) -> Finding:
        asked.append(data)
        return judge(data, returned)

    desk.submit("first", call(1))
    desk.submit("second", call(1, content=1))
    with desk.sender(gate=Gate(desk.rpc, counting)) as sender:
        sender.run_once()
        before = len(asked)
        sender.run_once()
        sender.run_once()
        # Once more after the first was sent, since what is in flight had changed.
        assert len(asked) <= before + 1


def test_of_two_contents_of_one_number_the_second_costs_nothing(desk: Desk) -> None:
    desk.submit("one", call(1, content=1))
    desk.submit("other", call(1, content=2))
    desk.submit("same", call(1, content=1))
    with desk.sender() as sender:
        assert sender.run_once().sent == 1
        desk.rounds(sender)
    assert desk.states() == [State.CONFIRMED, State.REFUSED, State.CONFIRMED]
    assert desk.outbox.entries()[2].tx_hash is None
    assert desk.paid() == 1


def test_what_another_brought_about_is_never_sent(desk: Desk) -> None:
    desk.by_another(call(1))
    desk.submit("same", call(1))
    with desk.sender() as sender:
        desk.rounds(sender)
    [entry] = desk.outbox.entries()
    assert (entry.state, entry.tx_hash, entry.note) == (State.CONFIRMED, None, "recorded before, not sent")
    block = desk.rpc.call("eth_getBlockByNumber", [hex(entry.block_number or 0), False])
    assert block["hash"] == "0x" + (entry.block_hash or b"").hex()
    assert desk.paid() == 0


def test_what_another_brought_about_is_sent_after_all_where_a_reorganisation_undoes_it(desk: Desk) -> None:
    desk.by_another(call(1))
    desk.submit("same", call(1))
    with desk.sender(finality=Finality(depth=3)) as sender:
        sender.run_once()
        sender.run_once()
        [entry] = desk.outbox.entries()
        assert entry.state is State.QUEUED
        assert entry.block_number is not None
        desk.rpc.call("anvil_reorg", [1, []])
        desk.rpc.call("anvil_dropAllTransactions")
        desk.rounds(sender, 6)
    [entry] = desk.outbox.entries()
    assert entry.state is State.CONFIRMED
    assert entry.tx_hash is not None
    assert desk.paid() == 1


def test_an_effect_known_beforehand_ends_with_its_transaction(desk: Desk) -> None:
    """As an index knows it, of what no contract would say any more that it was recorded."""
    sent = desk.by_another(call(1))
    receipt = desk.rpc.call("eth_getTransactionReceipt", [sent])
    block = int(receipt["blockNumber"], 16), bytes.fromhex(receipt["blockHash"][2:])
    overtaken = Intent("overtaken", REGISTER, call(1, content=2), GAS, account=PAYER.address)
    entry = desk.outbox.submit_seen(overtaken, block, bytes.fromhex(sent[2:]))
    assert (entry.state, entry.block_number) == (State.QUEUED, block[0])
    with desk.sender() as sender:
        desk.rounds(sender, 1)
    entry = desk.outbox.entry(entry.id)
    assert (entry.state, entry.tx_hash, entry.block_number) == (State.CONFIRMED, bytes.fromhex(sent[2:]), block[0])
    assert desk.paid() == 0


def test_what_the_node_does_not_tell_is_sent(desk: Desk) -> None:
    class Silent(RpcClient):
        def batch(self, calls: Any) -> list[object]:
            return [RpcError("the gas of a call is limited here", rpc_code=-32000) for _ in calls]

    desk.submit("first", call(1))
    with desk.sender(gate=Gate(Silent("http://127.0.0.1:1"), judge)) as sender:
        desk.rounds(sender, 1)
    assert desk.states() == [State.CONFIRMED]


def test_more_than_are_asked_about_at_once_are_all_sent(desk: Desk) -> None:
    for number in range(120):
        desk.submit(f"n{number}", call(number))
    desk.submit("late", call(500, after=119))
    with desk.sender() as sender:
        desk.rounds(sender, 6)
    assert set(desk.states()) == {State.CONFIRMED}
    assert desk.paid() == 121
