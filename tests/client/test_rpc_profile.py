"""What consortium chains leave out, and what nodes say when they do not take a transaction."""

from __future__ import annotations

from typing import Any

import pytest

from registrum.chain.faults import SendFault, classify
from registrum.chain.profile import Finality, Head, NetworkProfile, Snapshot, choose_fees, read_block
from registrum.chain.receipts import fetch_receipts, read_receipt, revert_data
from registrum.chain.rpc import RpcClient
from registrum.chain.transaction import Fees
from registrum.errors import ConfigError, InputError, NodeError, RpcError, SubmissionError
from tests.client.stub_node import node

GWEI = 10**9
BLOCK: dict[str, Any] = {
    "number": "0x10",
    "hash": "0x" + "11" * 32,
    "parentHash": "0x" + "22" * 32,
    "timestamp": "0x65b9c5a0",
    "gasLimit": "0x1fffffffffffff",
    # Four validators of a QBFT chain: no other library's formatter lets this pass without a middleware.
    "extraData": "0x" + "f8" * 327,
}
RECEIPT: dict[str, Any] = {
    "transactionHash": "0x" + "33" * 32,
    "blockNumber": "0x10",
    "blockHash": "0x" + "11" * 32,
    "status": "0x1",
    "gasUsed": "0x5208",
    "logs": [],
}


def head(base_fee: int | None) -> Head:
    return Head(16, b"\x11" * 32, b"\x22" * 32, 0, 30_000_000, base_fee)


def test_a_proof_of_authority_header_without_base_fee_is_read() -> None:
    assert read_block(BLOCK) == Head(16, b"\x11" * 32, b"\x22" * 32, 0x65B9C5A0, 0x1FFFFFFFFFFFFF, None)
    assert read_block({**BLOCK, "baseFeePerGas": "0x0"}).base_fee == 0


@pytest.mark.parametrize(
    "change", [{"hash": None}, {"hash": "0x11"}, {"number": 16}, {"parentHash": "0x"}, {"gasLimit": None}]
)
def test_a_block_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NodeError):
        read_block({**BLOCK, **change})
    with pytest.raises(NodeError):
        read_block(None)


@pytest.mark.parametrize(
    ("base_fee", "gas_price", "fees"),
    [
        (None, 0, Fees(0)),
        (None, 1000, Fees(1000)),
        (0, 0, Fees(0, 0)),
        (0, 1000, Fees(1000, 1000)),
        (GWEI, 2 * GWEI, Fees(3 * GWEI, GWEI)),
        (2 * GWEI, GWEI, Fees(4 * GWEI, 0)),
    ],
    ids=["no base fee, free", "no base fee, priced", "free", "minimum gas price", "public", "price below base fee"],
)
def test_fees_fit_the_network(base_fee: int | None, gas_price: int, fees: Fees) -> None:
    assert choose_fees(head(base_fee), gas_price) == fees


def test_a_greedy_node_is_not_paid() -> None:
    with pytest.raises(SubmissionError, match="more than the"):
        choose_fees(head(0), 10**18)
    assert choose_fees(head(0), 10**18, max_fee_wei=10**18).max_fee == 10**18


@pytest.mark.parametrize(
    ("text", "rule"),
    [("instant", Finality()), ("depth:12", Finality(12)), ("safe", Finality(tag="safe")),
     ("finalized", Finality(tag="finalized"))],
)  # fmt: skip
def test_finality_rules_are_read_and_written(text: str, rule: Finality) -> None:
    assert Finality.parse(text) == rule
    assert str(rule) == text


@pytest.mark.parametrize("text", ["", "latest", "depth:", "depth:-1", "depth:\u0661", "12", "Instant"])
def test_other_finality_rules_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="finality"):
        Finality.parse(text)


@pytest.mark.parametrize("missing", [None, RpcError("Unknown block", rpc_code=-39001)])
def test_a_node_without_finality_tags_says_so_only_when_they_are_asked_for(missing: Any) -> None:
    def answer(_method: str, _params: list[Any]) -> Any:
        if isinstance(missing, RpcError):
            raise missing
        return missing

    with node(answer) as stub, RpcClient(stub.url) as rpc:
        assert Finality(3).last_final(rpc, 10) == 7
        assert stub.requests == []
        with pytest.raises(ConfigError, match="finalized"):
            Finality(tag="finalized").last_final(rpc, 10)


def test_a_finality_tag_beyond_the_head_is_not_believed() -> None:
    with node(lambda _method, _params: {**BLOCK, "number": "0x99"}) as stub, RpcClient(stub.url) as rpc:
        assert Finality(tag="safe").last_final(rpc, 16) == 16


@pytest.mark.parametrize(
    ("client", "automine", "expected"),
    [("anvil/v1.7.1", True, True), ("anvil/v1.7.1", False, False), ("besu/v26.3", True, False)],
)
def test_only_anvil_is_asked_whether_it_mines_at_once(client: str, automine: bool, expected: bool) -> None:
    answers = {
        "eth_chainId": "0x7a69",
        "eth_getBlockByNumber": BLOCK,
        "web3_clientVersion": client,
        "anvil_getAutomine": automine,
    }
    with node(lambda method, _params: answers[method]) as stub, RpcClient(stub.url) as rpc:
        assert NetworkProfile.read(rpc) == NetworkProfile(31337, b"\x11" * 32, client, expected)
        assert ("anvil_getAutomine" in stub.methods()) == client.startswith("anvil")


def test_a_node_that_hides_its_name_and_pool_is_tolerated() -> None:
    def answer(method: str, params: list[Any]) -> Any:
        if method == "web3_clientVersion" or "pending" in params:
            raise RpcError("Method not enabled", rpc_code=-32604)
        return {"eth_getBlockByNumber": BLOCK}.get(method, "0x5")

    with node(answer) as stub, RpcClient(stub.url) as rpc:
        assert NetworkProfile.read(rpc).client == ""
        snapshot = Snapshot.read(rpc, "0x" + "00" * 20)
    assert (snapshot.gas_price, snapshot.latest, snapshot.pending) == (5, 5, 5)


# As recorded or as written in the nodes' sources, see `registrum.chain.faults`.
REFUSALS = [
    (-32003, "transaction already imported", SendFault.ALREADY_KNOWN),  # Anvil
    (-32000, "already known", SendFault.ALREADY_KNOWN),  # geth
    (-32000, "Known transaction", SendFault.ALREADY_KNOWN),  # Besu
    (-32010, "AlreadyKnown", SendFault.ALREADY_KNOWN),  # Nethermind
    (-32003, "nonce too low", SendFault.NONCE_TOO_LOW),
    (-32001, "Nonce too low", SendFault.NONCE_TOO_LOW),
    (-32000, "nonce too low: next nonce 7, tx nonce 5", SendFault.NONCE_TOO_LOW),
    (
        -32000,
        "the tx doesn't have the correct nonce. account has nonce of: 5 tx has nonce of: 4",
        SendFault.NONCE_TOO_LOW,
    ),
    (
        -32000,
        "the tx doesn't have the correct nonce. account has nonce of: 5 tx has nonce of: 6",
        SendFault.NONCE_TOO_HIGH,
    ),
    (-32006, "Nonce too high", SendFault.NONCE_TOO_HIGH),
    (-32000, "Transaction nonce is too distant from current sender nonce", SendFault.NONCE_TOO_HIGH),
    (-32000, "An invalid transaction with a lower nonce exists", SendFault.NONCE_TOO_HIGH),
    (-32003, "replacement transaction underpriced", SendFault.REPLACEMENT_UNDERPRICED),
    (-32000, "Replacement transaction underpriced", SendFault.REPLACEMENT_UNDERPRICED),
    (-32003, "max fee per gas less than block base fee", SendFault.UNDERPRICED),
    (
        -32000,
        "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 7",
        SendFault.UNDERPRICED,
    ),
    (-32000, "transaction underpriced: gas tip cap 0, minimum needed 1", SendFault.UNDERPRICED),
    (-32009, "Gas price below configured minimum gas price", SendFault.UNDERPRICED),
    (-32009, "Gas price below current base fee", SendFault.UNDERPRICED),
    (-32003, "Insufficient funds for gas * price + value", SendFault.FUNDS),
    (-32000, "insufficient funds for gas * price + value: balance 0, tx cost 1", SendFault.FUNDS),
    (-32004, "Upfront cost exceeds account balance", SendFault.FUNDS),
    (-32007, "Sender account not authorized to send transactions", SendFault.NOT_PERMITTED),
    (-32000, "txpool is full", SendFault.BUSY),
    (
        -32002,
        "Transaction pool not enabled. (Either txpool explicitly disabled, or node not yet in sync).",
        SendFault.BUSY,
    ),
    (-32008, "Initial sync is still in progress", SendFault.BUSY),
    (-32000, "intrinsic gas too low", SendFault.INVALID),
    (-32000, "intrinsic gas too high -- tx.gas_limit > env.block.gas_limit", SendFault.INVALID),
    (-32003, "Intrinsic gas exceeds gas limit", SendFault.INVALID),
    (-32005, "Transaction gas limit exceeds block gas limit", SendFault.INVALID),
    (-32000, "exceeds block gas limit", SendFault.INVALID),
    (-32000, "oversized data: transaction size 140000, limit 131072", SendFault.INVALID),
    (-32003, "invalid chain id for signer", SendFault.MISCONFIGURED),
    (-32000, "Wrong chainId", SendFault.MISCONFIGURED),
    (-32000, "invalid sender", SendFault.MISCONFIGURED),
    (-32000, "transaction type not supported", SendFault.MISCONFIGURED),
    (-32000, "tx fee (2.00 ether) exceeds the configured cap (1.00 ether)", SendFault.MISCONFIGURED),
    (-32602, "Failed to decode transaction", SendFault.MISCONFIGURED),
    (-32000, "VM Exception while processing transaction: revert", SendFault.OTHER),
    (-32603, "Internal error", SendFault.OTHER),
]


@pytest.mark.parametrize(("code", "message", "fault"), REFUSALS)
def test_refusals_are_understood(code: int, message: str, fault: SendFault) -> None:
    assert classify(RpcError(message, rpc_code=code)) is fault


@pytest.mark.parametrize(
    ("answer", "data"),
    [
        (RpcError("execution reverted", rpc_code=3, data="0x08c379a0" + "00" * 32), b"\x08\xc3\x79\xa0" + bytes(32)),
        (RpcError("Execution reverted", rpc_code=-32000, data="0x12345678"), b"\x12\x34\x56\x78"),
        (RpcError("execution reverted", rpc_code=3, data="0x"), b""),
        (RpcError("execution reverted", rpc_code=3), b""),
        (RpcError("VM execution error.", rpc_code=-32015, data="Reverted 0x12345678"), b"\x12\x34\x56\x78"),
        (RpcError("VM Exception", rpc_code=-32000, data={"hash": "0x", "result": "0x12345678"}), b"\x12\x34\x56\x78"),
        (RpcError("VM Exception", rpc_code=-32000, data={"0xab": {"return": "0x12345678"}}), b"\x12\x34\x56\x78"),
        (RpcError("Missing state", rpc_code=-32000), None),
        (RpcError("weird", rpc_code=1, data="0xzz"), None),
        ("0x12345678", b"\x12\x34\x56\x78"),
        ("0x12345678" + "00" * 64, b"\x12\x34\x56\x78" + bytes(64)),
        ("0x", None),
        ("0x" + "00" * 32, None),
        (None, None),
    ],
)
def test_revert_data_is_found_wherever_nodes_put_it(answer: Any, data: bytes | None) -> None:
    assert revert_data(answer) == data


@pytest.mark.parametrize("change", [{"status": None}, {"blockHash": "0x"}, {"logs": None}, {"gasUsed": "many"}])
def test_a_receipt_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NodeError):
        read_receipt({**RECEIPT, **change})


def test_the_receipt_of_another_transaction_is_refused() -> None:
    with node(lambda _method, _params: RECEIPT) as stub, RpcClient(stub.url) as rpc:
        assert fetch_receipts(rpc, [b"\x33" * 32])[b"\x33" * 32].gas_used == 21_000
        with pytest.raises(NodeError, match="another transaction"):
            fetch_receipts(rpc, [b"\x44" * 32])


def test_a_revert_reason_inside_the_receipt_is_kept() -> None:
    assert read_receipt({**RECEIPT, "status": "0x0", "revertReason": "0x12345678"}).reason == b"\x12\x34\x56\x78"


@pytest.mark.parametrize("absent", [None, {**RECEIPT, "blockHash": None, "blockNumber": None}])
def test_a_pending_transaction_has_no_receipt(absent: Any) -> None:
    with node(lambda _method, _params: absent) as stub, RpcClient(stub.url) as rpc:
        assert fetch_receipts(rpc, [b"\x33" * 32]) == {}
