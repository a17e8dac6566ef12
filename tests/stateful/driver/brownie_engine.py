"""The short engine: the same contracts on the node that brownie started."""

from __future__ import annotations

from typing import Any

import brownie
from brownie.network.contract import ContractContainer
from web3.types import RPCEndpoint

from tests.stateful.driver.codec import RawLog
from tests.stateful.driver.engine import CONTRACTS, GOVERNANCE, WALLET_OWNERS, Receipt, named_account

GAS = 20_000_000


class BrownieEngine:
    """The chain of a brownie run; every transaction is a block of its own."""

    shortest_step = 1

    def __init__(self, containers: dict[str, ContractContainer], wallet: ContractContainer) -> None:
        deployer = {"from": brownie.accounts[0]}
        directory = containers[CONTRACTS[0]].deploy(
            brownie.web3.to_checksum_address(named_account(GOVERNANCE[0])), deployer
        )
        registry = containers[CONTRACTS[1]].deploy(directory, brownie.ZERO_ADDRESS, deployer)
        priority = containers[CONTRACTS[2]].deploy(directory, registry, deployer)
        deployed = zip(CONTRACTS, (directory, registry, priority), strict=True)
        self.addresses = {name: contract.address.lower() for name, contract in deployed}
        self.abis: dict[str, Any] = {name: container.abi for name, container in containers.items()}
        owners = [named_account(name) for name in WALLET_OWNERS]
        self.wallets = {
            wallet.deploy(brownie.web3.to_checksum_address(owner), deployer).address.lower(): owner for owner in owners
        }
        self.chain_id: int = brownie.web3.eth.chain_id
        self._ask("anvil_autoImpersonateAccount", True)
        self.start: int = brownie.web3.eth.get_block("latest")["timestamp"] + 1

    def send(self, at: int, caller: str, to: str, data: bytes) -> Receipt:
        """Run a transaction in a block with this time."""
        self._ask("evm_setNextBlockTimestamp", at)
        transaction = {"from": caller, "to": to, "data": "0x" + data.hex(), "gas": hex(GAS), "gasPrice": "0x0"}
        identifier = self._ask("eth_sendTransaction", transaction)
        receipt = brownie.web3.eth.wait_for_transaction_receipt(identifier, timeout=60, poll_latency=0.002)
        trace = self._ask("debug_traceTransaction", identifier, {"tracer": "callTracer"})
        output = bytes.fromhex(trace.get("output", "0x")[2:])
        logs = [
            RawLog(log["address"].lower(), [bytes(topic) for topic in log["topics"]], bytes(log["data"]))
            for log in receipt["logs"]
        ]
        return Receipt(success=receipt["status"] == 1, output=output, logs=logs)

    def call(self, to: str, data: bytes) -> Receipt:
        """Ask without changing anything, at the time of the last block."""
        request = {"to": to, "data": "0x" + data.hex(), "gas": hex(GAS)}
        answer = brownie.web3.provider.make_request(RPCEndpoint("eth_call"), [request, "latest"])
        if "error" not in answer:
            return Receipt(success=True, output=bytes.fromhex(answer["result"][2:]), logs=[])
        return Receipt(success=False, output=bytes.fromhex(answer["error"]["data"][2:]), logs=[])

    @staticmethod
    def _ask(method: str, *parameters: Any) -> Any:
        answer = brownie.web3.provider.make_request(RPCEndpoint(method), list(parameters))
        if "error" in answer:
            raise RuntimeError(f"{method} failed: {answer['error']}")
        return answer["result"]
