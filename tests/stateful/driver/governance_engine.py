"""The consortium's contracts in an EVM inside this process. Not its job: what is done with them."""

from __future__ import annotations

import importlib
import random
import sys
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any

import pyrevm

from tests.stateful.driver.codec import Codec, kind_of, write_all
from tests.stateful.driver.engine import GOVERNANCE, WALLET, WALLET_OWNERS, Receipt, named_account
from tests.stateful.driver.pyrevm_engine import GAS, ROOT, PyrevmEngine
from tests.stateful.model.consortium import DAY, HOUR, Parameters
from tests.stateful.model.typed_data import keccak

CONTRACTS = ("OfficeDirectory", "Consortium", "TimelockController", "EmergencyCouncil", "Charter", "AddressBook")
HOSTILE = "HostileWallet"
REENTERS = 11
DEPLOYER = named_account(GOVERNANCE[0])
ANY_TEXT = keccak(b"text of the founders"), "https://ipo.example/charter"


@dataclass(frozen=True)
class Terms:
    """What the founders agreed on."""

    parameters: Parameters
    quorum: int = 3
    duration: int = 30 * DAY


def terms_of(seed: int) -> Terms:
    """Return some terms, the usual ones among them."""
    choose = random.Random(seed).choice
    share = choose(((2, 3), (2, 3), (3, 4), (51, 100), (99, 100)))
    parameters = Parameters(choose((0, HOUR, DAY)), choose((HOUR, DAY, 7 * DAY)), choose((0, HOUR, 2 * DAY)), *share)
    return Terms(parameters, duration=choose((DAY, 30 * DAY, 30 * DAY, 90 * DAY)))


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
        for name in contracts.keys() & {*CONTRACTS, WALLET, HOSTILE}:
            found[name] = (contracts[name]["abi"], bytes.fromhex(contracts[name]["evm"]["bytecode"]["object"]))
    return found


class GovernanceEngine(PyrevmEngine):
    """One fresh chain with a consortium that is not in charge yet: the deployer is, until it hands over."""

    wallets: dict[str, str | None]  # type: ignore[assignment]

    def __init__(self, terms: Terms, start: int = 1_700_000_000) -> None:
        self.terms = terms
        self.start = start
        self.evm = pyrevm.EVM(spec_id="SHANGHAI")
        self.block = 0
        self._set_block(start)
        self.abis = {name: compiled()[name][0] for name in CONTRACTS}
        directory = self._create("OfficeDirectory", DEPLOYER)
        consortium = self._create("Consortium", directory, astuple(terms.parameters))
        council = self._create("EmergencyCouncil", directory, terms.quorum, terms.duration)
        charter = self._create("Charter", consortium, council, *ANY_TEXT)
        codec = Codec({"Consortium": self.abis["Consortium"]}, {})
        answer = self.call(consortium, codec.call_data("Consortium", "timelock", ()))
        (timelock,) = codec.returned("Consortium", "timelock", answer.output)
        book = self._create("AddressBook", directory)
        self.addresses = dict(zip(CONTRACTS, (directory, consortium, timelock, council, charter, book), strict=True))
        owners = [named_account(name) for name in WALLET_OWNERS]
        self.wallets = {self._create(WALLET, owner): owner for owner in owners}
        self.wallets[self._hostile_wallet(consortium, codec)] = None
        other = self._create("TimelockController", 2 * DAY, (DEPLOYER,), (DEPLOYER,), "0x" + "00" * 20)
        self.other_timelocks = {other: 2 * DAY}
        held = (*self.addresses.values(), *self.wallets, other)
        self.code_hashes = {address: bytes(self.evm.basic(address).code_hash) for address in held}

    def attempt(self, caller: str, to: str, data: bytes) -> Receipt:
        """Try a call as somebody without letting it change anything; success means that it was about to."""
        try:
            return self._run(caller, to, data, is_static=True)
        except RuntimeError as failure:
            if "StateChangeDuringStaticCall" not in str(failure):
                raise
            return Receipt(success=True, output=b"", logs=[])

    def _hostile_wallet(self, consortium: str, codec: Codec) -> str:
        """Deploy a wallet that tries to vote while it is asked for a signature, and approves if it cannot."""
        wallet = self._create(HOSTILE, REENTERS)
        hostile = Codec({HOSTILE: compiled()[HOSTILE][0]}, {})
        payload = codec.call_data("Consortium", "castVote", (1, 1))
        self.evm.message_call(
            DEPLOYER, wallet, hostile.call_data(HOSTILE, "setPayload", (consortium, payload)), gas=GAS
        )
        return wallet

    def _create(self, name: str, *arguments: Any) -> str:
        abi, code = compiled()[name]
        inputs = next(entry["inputs"] for entry in abi if entry["type"] == "constructor")
        address: str = self.evm.deploy(DEPLOYER, code + write_all([kind_of(entry) for entry in inputs], arguments))
        return address.lower()
