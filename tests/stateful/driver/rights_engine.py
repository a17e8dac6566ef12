"""The register's contracts in an EVM inside this process. Not its job: what is done with them."""

from __future__ import annotations

import importlib
import sys
from functools import lru_cache
from typing import Any

import pyrevm

from tests.stateful.driver.codec import kind_of, write_all
from tests.stateful.driver.engine import GOVERNANCE, WALLET, WALLET_OWNERS, named_account
from tests.stateful.driver.pyrevm_engine import ROOT, PyrevmEngine

CONTRACTS = ("OfficeDirectory", "OfficePractice", "RightsRegister", "RightsStanding")


@lru_cache(maxsize=1)
def compiled() -> dict[str, tuple[list[dict[str, Any]], bytes]]:
    """Return ABI and creation code by name, from the sources as they are now."""
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


class RightsEngine(PyrevmEngine):
    """One fresh chain with a directory, the offices' practice, the register, and the contract that tells standings."""

    def __init__(self, start: int = 1_700_000_000) -> None:
        self.start = start
        self.evm = pyrevm.EVM(spec_id="SHANGHAI")
        self.block = 0
        self._set_block(start)
        self.abis = {name: compiled()[name][0] for name in CONTRACTS}
        directory = self._create("OfficeDirectory", named_account(GOVERNANCE[0]))
        practice = self._create("OfficePractice", directory)
        register = self._create("RightsRegister", directory, practice)
        standing = self._create("RightsStanding", register)
        self.addresses = dict(zip(CONTRACTS, (directory, practice, register, standing), strict=True))
        owners = [named_account(name) for name in WALLET_OWNERS]
        self.wallets = {self._create(WALLET, owner): owner for owner in owners}

    def _create(self, name: str, *arguments: Any) -> str:
        abi, code = compiled()[name]
        inputs = next(entry["inputs"] for entry in abi if entry["type"] == "constructor")
        data = write_all([kind_of(entry) for entry in inputs], arguments)
        address: str = self.evm.deploy(named_account(GOVERNANCE[0]), code + data)
        return address.lower()
