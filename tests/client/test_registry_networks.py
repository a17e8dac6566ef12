"""The client on networks that are unlike Ethereum's main one, and on nodes that fail or lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from registrum import Finality, Registry, Standing
from registrum.chain.contracts import APPLICATION_REGISTRY, load_abi
from registrum.chain.direct import send_and_wait
from registrum.chain.entries import Intent
from registrum.chain.reverts import OfficeDirectoryUnknownKeyError, OfficeSignedInvalidSignatureError
from registrum.chain.rpc import RpcClient
from registrum.client.session import Session
from registrum.errors import (
    ConfigError,
    NetworkMismatchError,
    NodeError,
    OutcomeUnknownError,
    RpcError,
    SubmissionError,
    TransactionFailedError,
)
from tests.client.registries import GOVERNANCE, KEYS, STRANGER, World, world
from tests.client.stub_node import proxy

CONSORTIUM = ("--block-base-fee-per-gas", "0", "--gas-price", "0")
Ask = Callable[[], Any]


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("networks"), *CONSORTIUM) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


def besu(method: str, params: list[Any], ask: Ask) -> Any:
    """A QBFT network: long `extraData`, no base fee, no gas price, no block tags but `latest`."""
    if method == "eth_getBlockByNumber":
        if params[0] in ("finalized", "safe"):
            raise RpcError("Invalid block parameter", rpc_code=-32602)
        block = ask()
        if block:
            block["extraData"] = "0x" + "f8" * 280
            block.pop("baseFeePerGas", None)
            block.pop("withdrawals", None)
        return block
    return "0x0" if method == "eth_gasPrice" else ask()


def test_proof_of_authority_headers_and_a_gas_price_of_zero(here: World) -> None:
    with proxy(here.anvil.url, besu) as node:
        registry = Registry.connect(node.url, here.manifest, signer=KEYS["EM"], sender=GOVERNANCE)
        application = here.application()
        receipt = registry.register(application)
        assert receipt.taken
        sent = here.rpc.call("eth_getTransactionByHash", [receipt.transaction_hash])
        assert (int(sent["type"], 16), int(sent["gasPrice"], 16)) == (0, 0)
        assert registry.look_up(application.number).standing is Standing.RECORDED
        assert [event.name for event in registry.history(application.number)] == ["ApplicationRegistered"]
        assert "eth_estimateGas" not in node.methods()


def test_a_block_tag_that_the_node_does_not_know_is_named(here: World) -> None:
    with proxy(here.anvil.url, besu) as node:
        registry = Registry.connect(
            node.url, here.manifest, signer=KEYS["EM"], sender=GOVERNANCE, finality=Finality.parse("finalized")
        )
        with pytest.raises(ConfigError, match="'finalized'"):
            registry.register(here.application())


def test_depth_is_waited_for(here: World) -> None:
    registry = here.registry(finality=Finality.parse("depth:3"), deadline_s=0.2)
    with pytest.raises(OutcomeUnknownError):
        registry.register(here.application())
    patient = here.registry(finality=Finality.parse("depth:3"), after_send=lambda: here.rpc.call("anvil_mine", ["0x3"]))
    assert patient.register(here.application()).taken


def test_what_was_sent_and_not_seen_is_unknown_and_can_be_repeated(here: World) -> None:
    here.rpc.call("evm_setAutomine", [False])
    try:
        application = here.application()
        with pytest.raises(OutcomeUnknownError) as caught:
            here.registry(deadline_s=0.1).register(application)
        assert caught.value.exit_code == 5
        assert caught.value.details["transaction"].startswith("0x")
        here.rpc.call("evm_mine")
        assert not here.registry().register(application).taken
    finally:
        here.rpc.call("evm_setAutomine", [True])


@pytest.mark.parametrize(
    ("method", "answer", "what"),
    [
        ("eth_chainId", "0x1", "chain_id"),
        ("eth_getCode", "0x6000", "code_hash"),
        ("eth_getCode", "0x", "code_hash"),
    ],
)
def test_another_chain_or_other_code_is_refused_at_connecting(here: World, method: str, answer: str, what: str) -> None:
    with proxy(here.anvil.url, lambda name, _, ask: answer if name == method else ask()) as node:
        with pytest.raises(NetworkMismatchError) as caught:
            Registry.connect(node.url, here.manifest)
        assert caught.value.details["what"] == what


def test_another_genesis_block_is_refused_at_connecting(here: World) -> None:
    with pytest.raises(NetworkMismatchError) as caught:
        Registry.connect(here.anvil.url, replace(here.manifest, genesis_hash=bytes(32)))
    assert caught.value.details["what"] == "genesis_hash"


def test_a_node_that_is_gone_is_no_answer(here: World) -> None:
    down = False

    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        return "0x" if down and method == "eth_call" else ask()

    with proxy(here.anvil.url, tamper) as node:
        registry = Registry.connect(node.url, here.manifest)
        number = here.number()
        assert registry.look_up(number).standing is Standing.NOT_FOUND
        down = True
        with pytest.raises(NodeError):
            registry.look_up(number)
    with pytest.raises(NodeError) as caught:
        registry.look_up(number)
    assert caught.value.exit_code == 3
    with pytest.raises(NodeError):
        Registry.connect(node.url, here.manifest)


def test_a_node_that_refuses_is_told_from_a_contract_that_does(here: World) -> None:
    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        if method == "eth_call":
            raise RpcError("rate limit exceeded", rpc_code=-32005)
        return ask()

    with proxy(here.anvil.url, tamper) as node:
        registry = Registry.connect(node.url, here.manifest)
        with pytest.raises(RpcError, match="rate limit"):
            registry.look_up(here.number())


def bad_registration(here: World) -> Intent:
    """A call that is sent although the contract refuses it."""
    data = load_abi(APPLICATION_REGISTRY).encode("register", here.application().registration(), bytes(65))
    return Intent("key", here.manifest.address(APPLICATION_REGISTRY), data, 300_000)


def test_the_reason_of_a_mined_refusal_is_read_from_the_receipt(here: World) -> None:
    reason = OfficeSignedInvalidSignatureError(office="JP").to_data()

    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        answer = ask()
        return {**answer, "revertReason": "0x" + reason.hex()} if method == "eth_getTransactionReceipt" else answer

    with proxy(here.anvil.url, tamper) as node:
        session: Session = Registry.connect(node.url, here.manifest, sender=GOVERNANCE)
        with pytest.raises(OfficeSignedInvalidSignatureError) as caught:
            session._send(bad_registration(here))
        assert caught.value.office == "JP"


def test_a_mined_refusal_without_any_reason(here: World) -> None:
    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        if method == "eth_call":
            raise RpcError("state is not available", rpc_code=-32000)
        return ask()

    with proxy(here.anvil.url, tamper) as node:
        session: Session = Registry.connect(node.url, here.manifest, sender=GOVERNANCE)
        with pytest.raises(TransactionFailedError, match="does not tell why"):
            session._send(bad_registration(here))


def test_an_account_that_may_not_send(here: World) -> None:
    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        if method == "eth_sendRawTransaction":
            raise RpcError("Sender account not authorized to send transactions", rpc_code=-32007)
        return ask()

    with proxy(here.anvil.url, tamper) as node:
        registry = Registry.connect(node.url, here.manifest, signer=KEYS["EM"], sender=GOVERNANCE)
        with pytest.raises(SubmissionError, match="not authorized") as caught:
            registry.register(here.application())
        assert not isinstance(caught.value, OutcomeUnknownError)


def test_a_node_that_already_knows_the_transaction_has_it(here: World) -> None:
    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        answer = ask()
        if method == "eth_sendRawTransaction":
            raise RpcError("already known", rpc_code=-32000)
        return answer

    with proxy(here.anvil.url, tamper) as node:
        registry = Registry.connect(node.url, here.manifest, signer=KEYS["EM"], sender=GOVERNANCE)
        assert registry.register(here.application()).taken


def test_programs_that_share_an_account_do_not_lose_transactions(here: World) -> None:
    applications = [here.application() for _ in range(12)]

    def register(part: int) -> list[bool]:
        with RpcClient(here.anvil.url) as rpc:
            registry = Registry(rpc, here.manifest, signer=KEYS["EM"], sender=GOVERNANCE)
            return [registry.register(application).taken for application in applications[part::3]]

    with ThreadPoolExecutor(3) as pool:
        assert all(all(taken) for taken in pool.map(register, range(3)))
    assert all(here.registry().records(application.number for application in applications))


def test_one_registry_serves_many_threads(here: World) -> None:
    applications = [here.application() for _ in range(12)]
    registry = here.registry()
    with ThreadPoolExecutor(4) as pool:
        assert all(receipt.taken for receipt in pool.map(registry.register, applications))


def test_a_lookup_that_the_contract_refuses_is_typed_whatever_form_the_node_gives_it(here: World) -> None:
    data = "0x" + OfficeDirectoryUnknownKeyError(office="EM", account=STRANGER.address).to_data().hex()
    forms: list[Any] = [
        RpcError("execution reverted", rpc_code=3, data=data),
        RpcError("Execution reverted", rpc_code=-32000, data=data),
        RpcError("VM Exception", rpc_code=-32000, data={"hash": None, "result": data}),
        RpcError("VM execution error.", rpc_code=-32015, data="Reverted " + data),
    ]
    for form in forms:

        def tamper(method: str, params: list[Any], ask: Ask, form: RpcError = form) -> Any:
            if method == "eth_call":
                raise form
            return ask()

        with proxy(here.anvil.url, tamper) as node:
            registry = Registry.connect(node.url, here.manifest)
            with pytest.raises(OfficeDirectoryUnknownKeyError) as caught:
                registry.office("EM")
            assert caught.value.account == STRANGER.address


def test_sending_by_hand_needs_no_contract(here: World) -> None:
    receipt = send_and_wait(
        here.rpc,
        GOVERNANCE,
        Intent("key", STRANGER.address, b"", 21_000),
        chain_id=here.manifest.chain_id,
        finality=Finality(),
        deadline_s=10,
    )
    assert receipt.ok
    assert receipt.logs == []
