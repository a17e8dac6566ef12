"""Sending through a real Anvil: all kinds of mining, refusals, reorganisations, lost and foreign nonces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.entries import Entry, Intent, Outcome, State
from registrum.chain.outbox import Outbox
from registrum.chain.profile import Finality
from registrum.chain.receipts import fetch_receipts
from registrum.chain.rpc import RpcClient
from registrum.chain.sender import Sender
from registrum.chain.transaction import Fees, Transaction, sign
from registrum.errors import InputError, NetworkMismatchError, NodeError, OutcomeUnknownError, SubmissionError
from registrum.signing.addresses import parse_address
from registrum.signing.signers import DevelopmentSigner, LocalSigner
from tests.client.anvil import (
    COUNTER,
    COUNTER_GAS,
    Anvil,
    count_call,
    counts,
    install_counter,
    running,
    wait_until,
)

GWEI = 10**9
LIMIT_S = 60.0


def intent(number: int, **changes: Any) -> Intent:
    return Intent(**{"key": f"n{number}", "to": COUNTER, "data": count_call(number), "gas": COUNTER_GAS, **changes})


class Desk:
    """A node, an outbox and the account that sends."""

    def __init__(self, node: Anvil, folder: Path) -> None:
        self.rpc = RpcClient(node.url)
        self.outbox = Outbox(folder / "outbox.db")
        self.signer = DevelopmentSigner.account(0)
        install_counter(self.rpc)

    def sender(self, **options: Any) -> Sender:
        return Sender(self.rpc, self.outbox, self.signer, **{"stall_s": 0.1, "lease_s": 1.0, **options})

    def submit(self, *numbers: int, **changes: Any) -> list[Entry]:
        return self.outbox.submit_many(intent(number, **changes) for number in numbers)

    def states(self) -> list[State]:
        return [entry.state for entry in self.outbox.entries()]

    def mine(self) -> None:
        self.rpc.call("evm_mine")

    def counts(self, *numbers: int) -> list[int]:
        return list(counts(self.rpc, list(numbers)).values())

    def nonce(self) -> int:
        return int(self.rpc.call("eth_getTransactionCount", [self.signer.address, "latest"]), 16)

    def foreign(self, nonce: int, max_fee: int = 10 * GWEI) -> str:
        """Another program sends with the same key."""
        to = parse_address(DevelopmentSigner.account(3).address)
        chain_id = int(self.rpc.call("eth_chainId"), 16)
        raw = sign(Transaction(chain_id, nonce, to, b"", 21_000, Fees(max_fee, max_fee), 1), self.signer).raw
        return str(self.rpc.call("eth_sendRawTransaction", ["0x" + raw.hex()]))

    def drop_pool(self) -> None:
        self.rpc.call("anvil_dropAllTransactions")


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """On a node that mines on demand, unless the test says otherwise."""
    with running(*getattr(request, "param", ["--no-mining"])) as node:
        desk = Desk(node, tmp_path)
        yield desk
        desk.outbox.close()
        desk.rpc.close()


@pytest.mark.parametrize(
    ("desk", "count"), [([], 60), (["--block-time", "1"], 1200), (["--no-mining"], 1200)], indirect=["desk"],
    ids=["automine", "interval", "on demand"],
)  # fmt: skip
def test_every_way_of_mining_takes_each_intent_once(desk: Desk, count: int) -> None:
    numbers = range(1, count + 1)
    desk.submit(*numbers)
    on_demand = desk.mine if count == 1200 else None
    with desk.sender(after_send=on_demand) as sender:
        progress = sender.drain(LIMIT_S)
    assert (progress.leading, progress.open, progress.blocked) == (True, 0, "")
    assert set(desk.counts(*numbers)) == {1}
    assert desk.nonce() == count
    entry = desk.outbox.entry(count)
    assert (entry.state, entry.outcome, entry.nonce) == (State.CONFIRMED, Outcome.CONFIRMED, count - 1)
    receipt = fetch_receipts(desk.rpc, [entry.tx_hash])[entry.tx_hash]
    assert receipt.ok
    assert (receipt.block, receipt.tx_hash) == ((entry.block_number, entry.block_hash), entry.tx_hash)
    assert len(receipt.logs) == 1


@pytest.mark.parametrize("desk", [[]], indirect=True)
def test_automine_does_not_stall_and_gets_no_batches(desk: Desk) -> None:
    """Anvil leaves transactions unmined when a batch of them meets automine."""
    desk.submit(*range(1, 601))
    with desk.sender() as sender:
        sender.drain(LIMIT_S)
    assert desk.nonce() == 600


@pytest.mark.parametrize(
    "desk",
    [["--no-mining", "--gas-price", "0", "--block-base-fee-per-gas", "0", "--disable-min-priority-fee"]],
    indirect=True,
)
def test_an_account_without_funds_sends_on_a_chain_without_fees(desk: Desk) -> None:
    desk.signer = LocalSigner(b"\x07" * 32)  # type: ignore[assignment]
    assert int(desk.rpc.call("eth_getBalance", [desk.signer.address, "latest"]), 16) == 0
    (entry,) = desk.submit(1)
    with desk.sender(after_send=desk.mine) as sender:
        assert sender.wait(entry.id, LIMIT_S).state is State.CONFIRMED


def test_an_account_without_funds_is_told_so_and_loses_nothing(desk: Desk) -> None:
    desk.signer = LocalSigner(b"\x07" * 32)  # type: ignore[assignment]
    desk.submit(1)
    with desk.sender(after_send=desk.mine) as sender:
        with pytest.raises(SubmissionError, match="Insufficient funds"):
            sender.drain(LIMIT_S)
        assert "Insufficient funds" in desk.outbox.entry(1).note
        desk.rpc.call("anvil_setBalance", [desk.signer.address, hex(10**18)])
        wait_until(lambda: sender.run_once().open == 0, "the entry to go out")
    assert desk.counts(1) == [1]


def test_a_refusal_by_the_contract_keeps_its_reason(desk: Desk) -> None:
    desk.submit(0, 1)
    desk.outbox.submit(intent(2, gas=22_000))
    with desk.sender(after_send=desk.mine) as sender:
        sender.drain(LIMIT_S)
    refused, fine, starved = desk.outbox.entries()
    assert (refused.state, refused.outcome, refused.revert_data) == (State.REFUSED, Outcome.REFUSED, bytes(32))
    assert refused.note == "reverted"
    assert refused.block_number is not None
    assert fine.state is State.CONFIRMED
    assert (starved.state, starved.note, starved.gas_used) == (State.REFUSED, "out of gas", 22_000)


def test_a_refused_entry_can_be_tried_again(desk: Desk) -> None:
    (entry,) = desk.submit(0)
    with desk.sender(after_send=desk.mine) as sender:
        sender.drain(LIMIT_S)
        install = "anvil_setCode"
        desk.rpc.call(install, [COUNTER, "0x00"])
        desk.outbox.retry(entry.id)
        again = sender.wait(entry.id, LIMIT_S)
    assert (again.state, again.nonce) == (State.CONFIRMED, 1)


def test_more_gas_than_a_block_holds_is_refused_without_a_nonce(desk: Desk) -> None:
    desk.outbox.submit(intent(1, gas=31_000_000))
    desk.submit(2)
    with desk.sender(after_send=desk.mine) as sender:
        sender.drain(LIMIT_S)
    huge, fine = desk.outbox.entries()
    assert (huge.state, huge.nonce, huge.tx_hash) == (State.REFUSED, None, None)
    assert "30000000" in huge.note
    assert (fine.state, fine.nonce) == (State.CONFIRMED, 0)


def test_what_the_node_can_never_take_makes_room_for_the_rest(desk: Desk) -> None:
    """Prague asks 40 gas a byte at least, which the outbox cannot know: the node refuses after the nonce is given."""
    desk.submit(1, 2, 3)
    sender = desk.sender(after_send=desk.mine)
    real = desk.rpc.batch

    def refuse_second(calls: Any) -> list[Any]:
        from registrum.errors import RpcError

        calls = list(calls)
        answers = []
        for method, params in calls:
            middle = method == "eth_sendRawTransaction" and count_call(2).hex() in params[0]
            answers += [RpcError("intrinsic gas too low", rpc_code=-32000)] if middle else real([(method, params)])
        return answers

    desk.rpc.batch = refuse_second  # type: ignore[method-assign]
    sender.drain(LIMIT_S)
    sender.close()
    assert desk.states() == [State.CONFIRMED, State.REFUSED, State.CONFIRMED]
    assert desk.counts(1, 2, 3) == [1, 0, 1]
    assert desk.nonce() == 3
    assert desk.outbox.entry(2).note == "intrinsic gas too low"


@pytest.mark.parametrize("depth", [1, 3])
def test_depth_is_waited_for(desk: Desk, depth: int) -> None:
    desk.submit(1)
    with desk.sender(finality=Finality(depth)) as sender:
        sender.run_once()
        desk.mine()
        for _ in range(depth):
            sender.run_once()
            entry = desk.outbox.entry(1)
            assert (entry.state, entry.outcome) == (State.MINED, Outcome.UNKNOWN)
            desk.mine()
        sender.run_once()
    assert desk.outbox.entry(1).state is State.CONFIRMED


@pytest.mark.parametrize("desk", [["--no-mining", "--slots-in-an-epoch", "1"]], indirect=True)
def test_a_finality_tag_is_waited_for(desk: Desk) -> None:
    desk.submit(1)
    with desk.sender(finality=Finality(tag="finalized")) as sender:
        sender.run_once()
        for _ in range(2):
            desk.mine()
            sender.run_once()
            assert desk.outbox.entry(1).state is State.MINED
        desk.mine()
        sender.run_once()
    assert desk.outbox.entry(1).state is State.CONFIRMED


@pytest.mark.parametrize("finality", [Finality(), Finality(2)], ids=["settled", "not final"])
def test_a_transaction_dropped_by_a_reorganisation_is_sent_again_with_the_same_bytes(
    desk: Desk, finality: Finality
) -> None:
    """Anvil does not put the transactions of abandoned blocks back into its pool."""
    desk.mine()
    desk.submit(*range(1, 31))
    with desk.sender(after_send=desk.mine, finality=finality) as sender:
        sender.run_once()
        sender.run_once()
        before = {entry.id: (entry.nonce, entry.tx_hash) for entry in desk.outbox.entries()}
        assert set(desk.states()) == {State.CONFIRMED if finality == Finality() else State.MINED}
        desk.rpc.call("anvil_reorg", [1, []])
        assert desk.counts(1) == [0]
        wait_until(lambda: (sender.run_once(), desk.mine(), set(desk.states()))[2] == {State.CONFIRMED}, "the return")
    assert set(desk.counts(*range(1, 31))) == {1}
    assert {entry.id: (entry.nonce, entry.tx_hash) for entry in desk.outbox.entries()} == before


def test_a_reorganisation_while_nobody_watched_is_found_at_the_next_start(desk: Desk) -> None:
    desk.mine()
    for number in (1, 2, 3):
        desk.submit(number)
        with desk.sender(after_send=desk.mine) as sender:
            sender.drain(LIMIT_S)
    desk.rpc.call("anvil_reorg", [2, []])
    assert desk.counts(1, 2, 3) == [1, 0, 0]
    with desk.sender(after_send=desk.mine) as sender:
        sender.run_once()
        sender.drain(LIMIT_S)
    assert desk.counts(1, 2, 3) == [1, 1, 1]


def test_a_transaction_lost_from_the_pool_is_sent_again(desk: Desk) -> None:
    desk.submit(1, 2, 3)
    with desk.sender() as sender:
        assert sender.run_once().sent == 3
        desk.drop_pool()
        desk.mine()
        assert desk.counts(1) == [0]
        wait_until(lambda: (sender.run_once(), desk.mine(), desk.nonce())[2] == 3, "the pool to be filled again")
        sender.drain(LIMIT_S)
    assert desk.counts(1, 2, 3) == [1, 1, 1]


def test_a_nonce_that_another_program_used_is_given_up(desk: Desk) -> None:
    desk.submit(1, 2, 3)
    with desk.sender() as sender:
        sender.run_once()
        desk.drop_pool()
        desk.foreign(0)
        desk.foreign(1)
        desk.mine()
        wait_until(lambda: (sender.run_once(), desk.mine(), set(desk.states()))[2] == {State.CONFIRMED}, "the end")
    assert desk.counts(1, 2, 3) == [1, 1, 1]
    assert [entry.nonce for entry in desk.outbox.entries()] == [3, 4, 2]
    assert desk.nonce() == 5


def test_a_nonce_is_not_given_up_before_its_use_is_final(desk: Desk) -> None:
    desk.mine()
    desk.submit(1)
    with desk.sender(finality=Finality(2), stall_s=0.01) as sender:
        sender.run_once()
        desk.drop_pool()
        desk.foreign(0)
        desk.mine()
        for _ in range(50):
            sender.run_once()
        assert desk.outbox.entry(1).nonce == 0
        # The foreign transaction goes with its block; ours takes the nonce after all.
        desk.rpc.call("anvil_reorg", [1, []])
        wait_until(lambda: (sender.run_once(), desk.mine(), desk.states())[2] == [State.CONFIRMED], "the end")
    assert desk.counts(1) == [1]
    assert desk.nonce() == 1


def test_nonces_begin_after_what_other_programs_have_sent(desk: Desk) -> None:
    desk.foreign(0)
    desk.mine()
    desk.foreign(1)
    desk.submit(1)
    with desk.sender(after_send=desk.mine) as sender:
        sender.drain(LIMIT_S)
    assert desk.outbox.entry(1).nonce == 2


def test_a_gap_of_lost_foreign_transactions_is_filled(desk: Desk) -> None:
    """The node counted two foreign transactions, and lost them with its pool."""
    desk.foreign(0)
    desk.foreign(1)
    desk.submit(1, 2)
    with desk.sender() as sender:
        sender.run_once()
        assert [entry.nonce for entry in desk.outbox.entries()] == [2, 3]
        desk.drop_pool()
        wait_until(lambda: (sender.run_once(), desk.mine(), set(desk.states()))[2] == {State.CONFIRMED}, "the end")
    assert desk.counts(1, 2) == [1, 1]
    assert [entry.nonce for entry in desk.outbox.entries()] == [2, 3], "no new bytes: the old ones might still be mined"
    assert desk.nonce() == 4


def test_a_stuck_transaction_is_replaced_on_request_only(desk: Desk) -> None:
    (entry,) = desk.submit(1)
    with desk.sender() as sender:
        sender.run_once()
        first = desk.outbox.entry(entry.id)
        base = int(desk.rpc.call("eth_getBlockByNumber", ["latest", False])["baseFeePerGas"], 16)
        desk.rpc.call("anvil_setNextBlockBaseFeePerGas", [hex(base * 50)])
        desk.mine()
        with pytest.raises(OutcomeUnknownError, match="1 sent"):
            sender.drain(0.5)
        assert desk.outbox.entry(entry.id).tx_hash == first.tx_hash
        replaced = sender.replace(entry.id, bump_percent=10)
        assert replaced.tx_hash != first.tx_hash
        assert (replaced.nonce, replaced.state) == (first.nonce, State.SENT)
        wait_until(lambda: (desk.mine(), sender.run_once().open)[1] == 0, "the replacement to be mined")
        with pytest.raises(InputError, match="confirmed"):
            sender.replace(entry.id)
    assert desk.outbox.entry(entry.id).tx_hash == replaced.tx_hash
    assert desk.counts(1) == [1]


def test_the_first_transaction_may_still_win_over_its_replacement(desk: Desk) -> None:
    (entry,) = desk.submit(1)
    with desk.sender() as sender:
        sender.run_once()
        first = desk.outbox.entry(entry.id).tx_hash
        (raw,) = [flight.raw for flight in desk.outbox.ledger(parse_address(desk.signer.address)).flights()]
        sender.replace(entry.id)
        assert desk.outbox.entry(entry.id).tx_hash != first
        desk.drop_pool()
        desk.rpc.call("eth_sendRawTransaction", ["0x" + raw.hex()])
        desk.mine()
        assert sender.wait(entry.id, LIMIT_S).tx_hash == first
    assert desk.counts(1) == [1]


def test_a_timeout_says_unknown_never_failed(desk: Desk) -> None:
    (entry,) = desk.submit(1)
    with desk.sender() as sender:
        with pytest.raises(OutcomeUnknownError) as caught:
            sender.wait(entry.id, 0.1)
        assert (caught.value.exit_code, caught.value.retryable) == (5, True)
        assert desk.outbox.entry(entry.id).outcome is Outcome.UNKNOWN
        desk.mine()
        assert sender.wait(entry.id, LIMIT_S).outcome is Outcome.CONFIRMED


def test_one_sender_leads_and_the_next_takes_over(desk: Desk) -> None:
    desk.submit(*range(1, 11))
    first, second = desk.sender(window=5), desk.sender()
    assert first.run_once().leading
    waiting = second.run_once()
    assert (waiting.leading, waiting.sent, waiting.open) == (False, 0, 10)
    first.close()
    assert second.run_once().leading
    desk.mine()
    second.drain(LIMIT_S)
    second.close()
    assert set(desk.counts(*range(1, 11))) == {1}


def test_another_chain_is_refused_before_anything_is_sent(desk: Desk, tmp_path: Path) -> None:
    desk.submit(1)
    with desk.sender(after_send=desk.mine) as sender:
        sender.drain(LIMIT_S)
    desk.submit(2)
    with running("--no-mining", "--chain-id", "4242") as other, RpcClient(other.url) as rpc:
        with Sender(rpc, desk.outbox, desk.signer) as sender, pytest.raises(NetworkMismatchError, match="4242"):
            sender.drain(LIMIT_S)
        assert rpc.call("txpool_status")["pending"] == "0x0"


def test_an_unreachable_node_is_told_and_the_intent_kept(tmp_path: Path) -> None:
    with running("--no-mining") as node:
        pass
    with RpcClient(node.url) as rpc, Outbox(tmp_path / "o.db") as outbox:
        outbox.submit(intent(1))
        with Sender(rpc, outbox, DevelopmentSigner.account(0)) as sender, pytest.raises(NodeError):
            sender.drain(0.1)
        assert outbox.entry(1).state is State.QUEUED
