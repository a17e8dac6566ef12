"""The powers audit on a real node: clean after a founding, and it finds every power that was planted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registrum import Application, OfficeNumber, Registry, Right
from registrum.chain.contracts import Abi
from registrum.chain.rpc import RpcClient, as_data
from registrum.deployment import Manifest, load_artifact, powers
from registrum.deployment.backend import RpcBackend
from registrum.deployment.deployer import deploy
from registrum.deployment.manifest import TIMELOCK
from registrum.deployment.power_rules import RULES, Actor, Holder
from registrum.deployment.powers import PowersReport, audit_powers, forbidden_instructions, state_changing
from registrum.development import DEVELOPMENT_OFFICES, development_terms
from registrum.errors import ConfigError, NetworkMismatchError, VerificationError
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner
from scripts import audit_powers as script
from tests.client.anvil import Anvil, running, wait_until

DEPLOYER = DevelopmentSigner.account(0).address
STRANGER = "0x" + "77" * 20
ZERO = "0x" + "00" * 20
PROPOSER, EXECUTOR, CANCELLER = (keccak(name) for name in (b"PROPOSER_ROLE", b"EXECUTOR_ROLE", b"CANCELLER_ROLE"))


@dataclasses.dataclass
class World:
    """A node with a consortium of the sample offices."""

    anvil: Anvil
    rpc: RpcClient
    path: Path

    @property
    def manifest(self) -> Manifest:
        return Manifest.load(self.path)

    @property
    def timelock(self) -> str:
        return self.manifest.address(TIMELOCK)

    def audit(self, **options: Any) -> PowersReport:
        return audit_powers(self.rpc, self.manifest, **options)

    def send(self, sender: str, contract: str, function: str, *values: Any) -> None:
        """Call a contract from an account that the node lets us act for."""
        self.rpc.call("anvil_setBalance", [sender, hex(10**20)])
        self.rpc.call("anvil_impersonateAccount", [sender])
        data = "0x" + Abi(load_artifact(contract).abi).encode(function, *values).hex()
        request = {"from": sender, "to": self.manifest.address(contract), "data": data, "gas": hex(1_000_000)}
        tx_hash = self.rpc.call("eth_sendTransaction", [request])
        self.rpc.call("anvil_stopImpersonatingAccount", [sender])
        wait_until(lambda: self.rpc.call("eth_getTransactionReceipt", [tx_hash]) is not None, "a block")
        assert self.rpc.call("eth_getTransactionReceipt", [tx_hash])["status"] == "0x1"

    def govern(self, contract: str, function: str, *values: Any) -> None:
        """What a vote would have the timelock do."""
        self.send(self.timelock, contract, function, *values)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("founded") / "manifest.json"
    with running("--accounts", "20") as anvil, RpcClient(anvil.url) as rpc:
        deploy(RpcBackend(rpc, DevelopmentSigner.account(0)), path, consortium=development_terms(), release="test")
        yield World(anvil, rpc, path)


@pytest.fixture
def world(founded: World) -> Iterator[World]:
    snapshot = founded.rpc.call("evm_snapshot")
    yield founded
    assert founded.rpc.call("evm_revert", [snapshot]) is True


def failures(report: PowersReport) -> str:
    assert not report.ok
    assert report.failures
    return "\n".join(report.failures)


def test_nobody_is_left_with_anything(world: World) -> None:
    before = world.rpc.call("eth_blockNumber")
    report = world.audit()
    assert report.failures == ()
    assert report.ok
    assert (report.deployer, report.deployer_office) == (DEPLOYER, None)
    assert report.seats == {code: office.seat().address for code, office in DEVELOPMENT_OFFICES.items()}
    assert world.rpc.call("eth_blockNumber") == before


def test_every_function_that_can_change_something_is_there(world: World) -> None:
    found = {(power.contract, power.function.partition("(")[0]) for power in world.audit().powers}
    assert found == {
        (name, entry.get("name", entry["type"]))
        for name in world.manifest.contracts
        for entry in state_changing(load_artifact(name).abi)
    }
    # And no rule is for a function that is gone.
    assert found == {(contract, function) for contract, rules in RULES.items() for function in rules}


def test_the_deployer_and_an_outsider_are_tried_at_each(world: World) -> None:
    for power in world.audit().powers:
        tried = {trial.actor for trial in power.trials}
        if power.holder is Holder.ANYONE:
            assert tried == {Actor.OUTSIDER}
            continue
        refused = {trial.actor for trial in power.trials if not trial.admitted}
        assert refused >= {Actor.DEPLOYER, Actor.OUTSIDER}, power
        if power.holder in (Holder.VOTE, Holder.TIMELOCK):
            assert Actor.SEAT in refused
            assert tried - refused == {Actor.TIMELOCK}


def test_records_are_out_of_reach_without_a_signature(world: World) -> None:
    application = Application(OfficeNumber("EM", Right.TRADEMARK, "018660437"), date(2024, 1, 31), b"\x01" * 32)
    signer = DEVELOPMENT_OFFICES["EM"].signing_key()
    with Registry.connect(world.rpc, world.manifest, signer=signer) as registry:
        registry.register(application)
    powers = {power.function.partition("(")[0]: power for power in world.audit().powers}
    for function in ("correct", "withdraw"):
        assert {trial.outcome for trial in powers[function].trials} == {"OfficeDirectoryUnknownKey"}
        assert powers[function].ok
    assert powers["reinstate"].ok
    with Registry.connect(world.rpc, world.manifest, signer=signer) as registry:
        registry.withdraw(application.number)
    report = world.audit()
    assert report.failures == ()
    (reinstate,) = [power for power in report.powers if power.function.startswith("reinstate(")]
    assert {trial.outcome for trial in reinstate.trials} == {"OfficeDirectoryUnknownKey"}


def test_governance_that_stayed_with_the_deployer(world: World) -> None:
    world.govern("OfficeDirectory", "transferGovernance", DEPLOYER)
    report = world.audit()
    found = failures(report)
    assert f"OfficeDirectory.governance is the Timelock: {DEPLOYER}" in found
    for name in ("OfficeDirectory.departOffice", "EmergencyCouncil.setRules", "Charter.adopt", "AddressBook.list"):
        assert name in found
    # It is found by trying as well: the deployer is let in, the timelock is not.
    (transfer,) = [power for power in report.powers if power.function == "transferGovernance(address)"]
    outcomes = {trial.actor: (trial.outcome, trial.ok) for trial in transfer.trials}
    assert outcomes[Actor.DEPLOYER] == ("not refused", False)
    assert outcomes[Actor.TIMELOCK] == ("OfficeDirectoryNotGovernance", False)
    assert outcomes[Actor.OUTSIDER] == ("OfficeDirectoryNotGovernance", True)


def test_emergency_body_of_somebody_else(world: World) -> None:
    world.govern("OfficeDirectory", "setEmergencyBody", DEPLOYER)
    found = failures(world.audit())
    assert f"OfficeDirectory.emergencyBody is the EmergencyCouncil: {DEPLOYER}" in found
    assert f"OfficeDirectory.suspendOffice(bytes2,uint40) as deployer ({DEPLOYER}): not refused" in found


@pytest.mark.parametrize(
    ("role", "name", "function"),
    [
        (PROPOSER, "PROPOSER_ROLE", "Timelock.schedule("),
        (EXECUTOR, "EXECUTOR_ROLE", "Timelock.execute("),
        (CANCELLER, "CANCELLER_ROLE", "Timelock.cancel("),
        (bytes(32), "DEFAULT_ADMIN_ROLE", "Timelock.grantRole("),
    ],
)
def test_extra_role_of_the_deployer(world: World, role: bytes, name: str, function: str) -> None:
    world.govern(TIMELOCK, "grantRole", role, DEPLOYER)
    found = failures(world.audit())
    assert f"{name} of the timelock is held by" in found
    assert DEPLOYER in found
    assert function in found


def test_extra_role_of_a_third_account_is_found_by_its_event(world: World) -> None:
    world.govern(TIMELOCK, "grantRole", PROPOSER, STRANGER)
    consortium = world.manifest.address("Consortium")
    (line,) = world.audit().failures
    held = ", ".join(sorted([STRANGER, consortium]))
    assert line == f"PROPOSER_ROLE of the timelock is held by the consortium alone: {held}"
    world.govern(TIMELOCK, "revokeRole", PROPOSER, STRANGER)
    assert world.audit().ok


def test_role_that_everyone_holds(world: World) -> None:
    world.govern(TIMELOCK, "grantRole", EXECUTOR, ZERO)
    found = failures(world.audit())
    assert "EXECUTOR_ROLE of the timelock is held by the consortium alone: everyone" in found
    assert "Timelock.execute(address,uint256,bytes,bytes32,bytes32) as outsider" in found


def test_role_that_the_consortium_lost(world: World) -> None:
    world.govern(TIMELOCK, "revokeRole", PROPOSER, world.manifest.address("Consortium"))
    found = failures(world.audit())
    assert "PROPOSER_ROLE of the timelock is held by the consortium alone: nobody" in found
    assert "as consortium" in found


def test_role_that_nobody_knows(world: World) -> None:
    world.govern(TIMELOCK, "grantRole", keccak(b"BACK_DOOR"), STRANGER)
    assert "the timelock has no further roles: 0x" + keccak(b"BACK_DOOR").hex() in failures(world.audit())


def test_pending_seat_of_the_deployer(world: World) -> None:
    world.send(DEVELOPMENT_OFFICES["EM"].seat().address, "OfficeDirectory", "proposeSeat", "EM", DEPLOYER)
    assert "the deployer is the next seat of no office: EM" in failures(world.audit())


def test_replacement_by_the_deployer(world: World) -> None:
    world.govern("OfficeDirectory", "replaceSeat", "JP", DEPLOYER)
    found = failures(world.audit())
    assert "the deployer is the next seat of no office: JP" in found


def test_key_and_observer(world: World) -> None:
    world.send(DEVELOPMENT_OFFICES["EM"].seat().address, "OfficeDirectory", "addKey", "EM", DEPLOYER, 8, 0, 0)
    world.govern("Charter", "listObserver", DEPLOYER, "Court")
    found = failures(world.audit())
    assert "the deployer is a key of no other office: EM" in found
    assert "the deployer is no observer: Court" in found
    assert "Charter.remark(uint256,address,string,bytes) as deployer" in found


@pytest.mark.parametrize("code", list(DEVELOPMENT_OFFICES))
def test_deployer_that_is_a_seat_has_that_offices_powers_and_no_others(world: World, code: str) -> None:
    seat = DEVELOPMENT_OFFICES[code].seat().address
    report = world.audit(deployer=seat.lower())
    assert report.failures == ()
    assert (report.deployer, report.deployer_office) == (seat, code)
    (check,) = [check for check in report.checks if check.what.startswith("the deployer is a seat")]
    assert check.found == f"only as the seat of {code}, with that office's powers and no others"
    assert f"has the powers of the seat of {code}, and no others" in script.summary(report)


def test_consortium_that_changed_by_vote_is_still_clean(world: World) -> None:
    world.govern("OfficeDirectory", "admitOffice", "FR", STRANGER, "INPI", "", None)
    world.govern("OfficeDirectory", "suspendOffice", "AU", 2**40 - 1)
    world.govern("OfficeDirectory", "departOffice", "EM")
    assert world.audit().failures == ()


def test_function_that_nobody_classified(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = load_artifact("Charter")
    entry = {"type": "function", "name": "seize", "inputs": [], "outputs": [], "stateMutability": "nonpayable"}
    # A second function of a known name is another function.
    again = {**entry, "name": "adopt", "inputs": [{"name": "x", "type": "uint256"}]}
    harmless = {**entry, "name": "look", "stateMutability": "view"}
    altered = dataclasses.replace(artifact, abi=[*artifact.abi, entry, again, harmless])
    monkeypatch.setattr(powers, "load_artifact", lambda name: altered if name == "Charter" else load_artifact(name))
    report = world.audit()
    assert report.failures == ("Charter.seize(): nobody classified it", "Charter.adopt(uint256): nobody classified it")
    (power,) = [power for power in report.powers if power.function == "seize()"]
    assert (power.ok, power.who, power.to_json()["who"]) == (False, "nobody classified it", None)


def test_fallback_that_nobody_classified(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = load_artifact("Charter")
    altered = dataclasses.replace(artifact, abi=[*artifact.abi, {"type": "fallback", "stateMutability": "payable"}])
    monkeypatch.setattr(powers, "load_artifact", lambda name: altered if name == "Charter" else load_artifact(name))
    assert world.audit().failures == ("Charter.fallback(): nobody classified it",)


def test_proxy(world: World) -> None:
    slot = hex(int.from_bytes(keccak(b"eip1967.proxy.implementation"), "big") - 1)
    value = "0x" + STRANGER[2:].rjust(64, "0")
    assert world.rpc.call("anvil_setStorageAt", [world.manifest.address("Charter"), slot, value]) is True
    assert world.audit().failures == ("Charter is no proxy: eip1967.proxy.implementation",)


def test_code_that_could_run_other_code(world: World) -> None:
    manifest = world.manifest
    book = manifest.contract("AddressBook")
    code = as_data(world.rpc.call("eth_getCode", [book.address, "latest"]), "code")
    # Behind the end of what is reached, and still code: DELEGATECALL and SELFDESTRUCT.
    planted = code[:-53] + b"\xf4\xff" + code[-53:]
    world.rpc.call("anvil_setCode", [book.address, "0x" + planted.hex()])
    with pytest.raises(NetworkMismatchError):
        audit_powers(world.rpc, manifest)
    # Whoever wrote the manifest would write the hash of that code into it.
    contracts = {**manifest.contracts, "AddressBook": dataclasses.replace(book, code_hash=keccak(planted))}
    found = failures(audit_powers(world.rpc, dataclasses.replace(manifest, contracts=contracts)))
    assert "AddressBook has the code of this package: the code is another" in found
    assert "AddressBook runs no code but its own and cannot vanish: DELEGATECALL, SELFDESTRUCT" in found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("00", []),
        ("f4", ["DELEGATECALL"]),
        ("f2", ["CALLCODE"]),
        ("ff", ["SELFDESTRUCT"]),
        ("60ff", []),  # PUSH1 with 0xff as data
        ("60fff4", ["DELEGATECALL"]),
        ("5ff4", ["DELEGATECALL"]),  # PUSH0 has no data
        ("7f" + "ff" * 32, []),
        ("7f" + "ff" * 32 + "ff", ["SELFDESTRUCT"]),
        ("7fff", []),  # data cut short by the end
        ("00" + "a1" + "ff" * 9 + "000a", []),  # metadata of ten bytes
        ("f4" + "a1" + "ff" * 9 + "000a", ["DELEGATECALL"]),
        ("00" + "51" + "ff" * 9 + "000a", ["SELFDESTRUCT"]),  # a length, but no metadata
        ("", []),
    ],
)
def test_forbidden_instructions(code: str, found: list[str]) -> None:
    assert forbidden_instructions(bytes.fromhex(code)) == found


def test_contract_of_another_directory(world: World, tmp_path: Path) -> None:
    """Two foundings on one chain: an address book of the other one is found out."""
    other = tmp_path / "other.json"
    deploy(RpcBackend(world.rpc, DevelopmentSigner.account(9)), other, consortium=development_terms(), release="test")
    contracts = {**world.manifest.contracts, "AddressBook": Manifest.load(other).contract("AddressBook")}
    found = failures(audit_powers(world.rpc, dataclasses.replace(world.manifest, contracts=contracts)))
    assert "AddressBook.directory is the OfficeDirectory" in found
    assert "AddressBook.list(bytes32[],address[]) as timelock" in found
    assert "the address book lists OfficeDirectory" in found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "OfficePractice",
            ["OfficePractice.directory is the OfficeDirectory", "RightsRegister.practice is"],
        ),
        (
            "RightsRegister",
            ["RightsRegister.directory is the OfficeDirectory", "RightsRegister.setCodes"],
        ),
        ("RightsStanding", ["RightsStanding.register is the RightsRegister"]),
    ],
)
def test_register_of_rights_of_another_directory(world: World, tmp_path: Path, name: str, found: list[str]) -> None:
    other = tmp_path / "other.json"
    deploy(RpcBackend(world.rpc, DevelopmentSigner.account(9)), other, consortium=development_terms(), release="test")
    contracts = {**world.manifest.contracts, name: Manifest.load(other).contract(name)}
    said = failures(audit_powers(world.rpc, dataclasses.replace(world.manifest, contracts=contracts)))
    assert all(text in said for text in found)
    assert f"the address book lists {name}" in said


def test_table_of_codes_is_for_a_vote(world: World) -> None:
    powers = {power.function.partition("(")[0]: power for power in world.audit().powers}
    for function in ("setCodes", "setStatuses"):
        outcomes = {trial.actor: trial.outcome for trial in powers[function].trials}
        assert powers[function].holder is Holder.VOTE
        # Whoever is tried is refused but the timelock, whose row would be taken.
        assert outcomes.keys() >= {Actor.DEPLOYER, Actor.OUTSIDER, Actor.SEAT, Actor.TIMELOCK}
        assert outcomes.pop(Actor.TIMELOCK) == "not refused"
        assert set(outcomes.values()) == {"RightsRegisterNotGovernance"}
    for function in ("record", "recordBatch", "empower", "setRenewalTerms"):
        assert {trial.outcome for trial in powers[function].trials} <= {
            "OfficeDirectoryUnknownKey",
            "OfficeSignedInvalidSignature",
        }


def test_deployment_of_one_account_is_no_consortium(world: World, tmp_path: Path) -> None:
    backend = RpcBackend(world.rpc, DevelopmentSigner.account(9))
    manifest = deploy(backend, tmp_path / "m.json", governance=DEPLOYER, release="test").manifest
    with pytest.raises(ConfigError, match="no consortium governs"):
        audit_powers(world.rpc, manifest)
    with pytest.raises(ConfigError, match="not complete"):
        audit_powers(world.rpc, dataclasses.replace(world.manifest, founding=True))


def test_json(world: World) -> None:
    world.govern(TIMELOCK, "grantRole", PROPOSER, STRANGER)
    report = world.audit()
    document = json.loads(json.dumps(report.to_json()))
    assert (document["ok"], document["deployer"], document["deployerOffice"]) == (False, DEPLOYER, None)
    assert document["failures"] == list(report.failures)
    assert [power["contract"] for power in document["powers"]] == [power.contract for power in report.powers]
    (transfer,) = [power for power in document["powers"] if power["function"] == "transferGovernance(address)"]
    assert (transfer["who"], transfer["whoInWords"], transfer["ok"]) == ("vote", "the offices, by vote", True)
    assert transfer["trials"][0] == {
        "as": "deployer",
        "account": DEPLOYER,
        "expected": "refused",
        "outcome": "OfficeDirectoryNotGovernance",
        "ok": True,
    }
    assert {"what", "found", "ok"} == document["checks"][0].keys()


def arguments(world: World, *more: str) -> list[str]:
    return ["--rpc", world.anvil.url, "--manifest", str(world.path), *more]


def test_script_says_everything(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.run(arguments(world)) == 0
    said = capsys.readouterr().out
    assert "FAIL" not in said
    without = [name for name in world.manifest.contracts if not state_changing(load_artifact(name).abi)]
    assert without == ["RightsStanding"]
    for contract in world.manifest.contracts:
        assert (f"\n{contract}\n" in said) is (contract not in without)
        assert f"{contract} is no proxy" in said
    assert "transferGovernance" in said
    assert f"the deployer {DEPLOYER} has no power" in said
    world.govern("OfficeDirectory", "transferGovernance", DEPLOYER)
    assert script.run(arguments(world)) == 1
    said = capsys.readouterr().out
    assert "FAIL OfficeDirectory.governance is the Timelock" in said


def test_script_gives_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.run(arguments(world, "--json")) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert script.run(arguments(world, "--json", "--deployer", DEVELOPMENT_OFFICES["EM"].seat().address)) == 0
    assert json.loads(capsys.readouterr().out)["deployerOffice"] == "EM"


def test_script_that_cannot_find_out(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.run(["--rpc", world.anvil.url, "--manifest", str(tmp_path / "none.json")]) == 2
    assert "there is no manifest" in capsys.readouterr().err
    assert script.run(["--rpc", "http://127.0.0.1:9", "--manifest", str(world.path)]) == 3


def test_deployment_that_is_not_clean_is_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.require_clean(world.rpc, world.manifest).ok
    world.govern("OfficeDirectory", "setEmergencyBody", DEPLOYER)
    with pytest.raises(VerificationError, match="the powers audit failed") as caught:
        script.require_clean(world.rpc, world.manifest)
    assert "OfficeDirectory.emergencyBody" in caught.value.message
    assert "Do not use this deployment" in caught.value.diagnostics()
