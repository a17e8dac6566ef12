"""The deep engine: the contracts' bytecode in an EVM inside this process."""

from __future__ import annotations

import importlib
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyrevm

from tests.stateful.driver.codec import RawLog
from tests.stateful.driver.engine import CONTRACTS, GOVERNANCE, WALLET, WALLET_OWNERS, Receipt, named_account

ROOT = Path(__file__).resolve().parents[3]
GAS = 30_000_000
REVERT = re.compile(r"Revert \{ gas_used: \d+, output: 0x([0-9a-f]*) \}")


@lru_cache(maxsize=1)
def artifacts() -> dict[str, tuple[list[dict[str, Any]], bytes]]:
    """Return ABI and creation code by name, from the sources as they are now; the compiler's last result is reused."""
    tools = str(ROOT / "tools")
    if tools not in sys.path:
        sys.path.insert(0, tools)
    compiler = importlib.import_module("compiler")

    output = compiler.compile_files(compiler.source_files("contracts", "interfaces"))
    found = {}
    for contracts in output["contracts"].values():
        for name in contracts.keys() & {*CONTRACTS, WALLET}:
            found[name] = (contracts[name]["abi"], bytes.fromhex(contracts[name]["evm"]["bytecode"]["object"]))
    return found


class PyrevmEngine:
    """One fresh chain."""

    chain_id = 1
    shortest_step = 0

    def __init__(self, start: int = 1_700_000_000) -> None:
        self.start = start
        self.evm = pyrevm.EVM(spec_id="SHANGHAI")
        self.block = 0
        self._set_block(start)
        self.abis = {name: abi for name, (abi, _) in artifacts().items()}
        self.addresses: dict[str, str] = {}
        directory = self._deploy("OfficeDirectory", [named_account(GOVERNANCE[0])])
        registry = self._deploy("ApplicationRegistry", [directory, "0x" + "00" * 20])
        priority = self._deploy("PriorityRegister", [directory, registry])
        self.addresses = dict(zip(CONTRACTS, (directory, registry, priority), strict=True))
        owners = [named_account(name) for name in WALLET_OWNERS]
        self.wallets = {self._deploy(WALLET, [owner]): owner for owner in owners}

    def send(self, at: int, caller: str, to: str, data: bytes) -> Receipt:
        """Run a transaction in a block with this time."""
        self._set_block(at)
        return self._run(caller, to, data, is_static=False)

    def call(self, to: str, data: bytes) -> Receipt:
        """Ask without changing anything, at the time of the last block."""
        return self._run("0x" + "00" * 20, to, data, is_static=True)

    def _run(self, caller: str, to: str, data: bytes, *, is_static: bool) -> Receipt:
        try:
            output = self.evm.message_call(caller, to, data, gas=GAS, is_static=is_static)
        except RuntimeError as failure:
            revert = REVERT.search(str(failure))
            if revert is None:
                raise
            return Receipt(success=False, output=bytes.fromhex(revert[1]), logs=[])
        result = self.evm.result
        logs = [] if is_static or result is None else [self._raw(log) for log in result.logs]
        return Receipt(success=True, output=bytes(output), logs=logs)

    @staticmethod
    def _raw(log: Any) -> RawLog:
        topics, data = log.data
        return RawLog(log.address.lower(), [bytes(topic) for topic in topics], bytes(data))

    def _deploy(self, name: str, accounts: list[str]) -> str:
        code = artifacts()[name][1] + b"".join(bytes(12) + bytes.fromhex(account[2:]) for account in accounts)
        address: str = self.evm.deploy(named_account("stranger 0"), code)
        return address.lower()

    def _set_block(self, at: int) -> None:
        self.block += 1
        self.evm.set_block_env(pyrevm.BlockEnv(number=self.block, timestamp=at, gas_limit=GAS, basefee=0))
