"""`scripts/deploy.py` through brownie accounts: with a consortium and with one account; resumption, and the audit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS, Manifest, deployer, load_artifact, verify
from registrum.deployment.backend import Call, Creation
from registrum.deployment.consortium_file import ConsortiumTerms, read_consortium_file
from registrum.deployment.deployer import Deployment
from registrum.deployment.manifest import TIMELOCK
from registrum.errors import ConfigError, VerificationError
from registrum.rights.codes import default_codes
from registrum.signing.statements import Registration
from scripts import audit_powers as audit
from scripts import deploy as script
from scripts import operator_network as network
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.offices import digest, number, sign, signer

SCOPES = 7
DEPLOYER, GOVERNANCE, SEAT, RELAYER, OTHER_SEAT = 0, 5, 6, 7, 8
FOUNDER = 3
"""Deploys the consortium; a seat or key of none in the example."""
EXAMPLE = network.ROOT / "networks" / "consortium.example.toml"
CREATED = tuple(name for name in CONTRACTS + CONSORTIUM_CONTRACTS if name != TIMELOCK)
CODE_CALLS = sum(-(-len(rows) // 40) for rows in (default_codes().statuses, default_codes().codes))
"""Calls that load the table of codes, of 40 rows each."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployments") / "manifest.json"


@pytest.fixture(scope="module")
def deployment(isolate_module: None, accounts: Any, path: Path) -> Deployment:
    return script.deploy_contracts(accounts[DEPLOYER], accounts[GOVERNANCE].address, path)


def at(deployment: Deployment, name: str) -> Any:
    return compiled(name).at(deployment.manifest.address(name))


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONSORTIUM", "DEPLOYER", "GOVERNANCE", "MANIFEST", "KEY_PASSWORD"):
        monkeypatch.delenv(f"REGISTRUM_{name}", raising=False)


@pytest.mark.smoke
def test_deploys_all_and_records_it(deployment: Deployment, path: Path, accounts: Any) -> None:
    assert deployment.sent == CONTRACTS
    assert Manifest.load(path) == deployment.manifest
    verify(network.connected_node(), deployment.manifest)
    directory, registry = at(deployment, "OfficeDirectory"), at(deployment, "ApplicationRegistry")
    priority = at(deployment, "PriorityRegister")
    assert directory.governance() == accounts[GOVERNANCE]
    assert registry.directory() == priority.directory() == directory.address
    assert priority.registry() == registry.address
    practice, register = at(deployment, "OfficePractice"), at(deployment, "RightsRegister")
    assert practice.directory() == register.directory() == directory.address
    assert register.practice() == practice.address
    assert at(deployment, "RightsStanding").register() == register.address
    assert directory.offices(0, 10) == ((), 0)


@pytest.mark.smoke
def test_register_and_check(deployment: Deployment, accounts: Any) -> None:
    directory, registry = at(deployment, "OfficeDirectory"), at(deployment, "ApplicationRegistry")
    priority, key = at(deployment, "PriorityRegister"), signer("EM key")
    seat = accounts[SEAT]
    directory.admitOffice(b"EM", seat, "Office of EM", "", 0, {"from": accounts[GOVERNANCE]})
    directory.addKey(b"EM", key.address, SCOPES, 0, 0, {"from": seat})
    item = Registration(number("EM/T/018660437"), 20220221, 0, digest("as filed"))
    fields = (item.number, item.filing_date, item.disclosure, item.digest)
    registry.register(fields, sign(registry, item, key), {"from": accounts[RELAYER]})
    claim = (item.number, item.filing_date, b"EM", b"T", 20220701, item.digest)
    valid, date_mismatch = 0, 5
    assert priority.check(claim)[0] == valid
    assert priority.check((item.number, 20220222, *claim[2:]))[0] == date_mismatch


def test_nobody_but_governance_has_power(deployment: Deployment, accounts: Any) -> None:
    directory = at(deployment, "OfficeDirectory")
    directory.admitOffice(b"EM", accounts[SEAT], "Office of EM", "", 0, {"from": accounts[GOVERNANCE]})
    powers: dict[str, Callable[[dict[str, Any]], Any]] = {
        "admit": lambda sender: directory.admitOffice.call(b"RU", accounts[OTHER_SEAT], "Office of RU", "", 0, sender),
        "suspend": lambda sender: directory.suspendOffice.call(b"EM", 2**40 - 1, sender),
        "depart": lambda sender: directory.departOffice.call(b"EM", sender),
        "transfer": lambda sender: directory.transferGovernance.call(sender["from"], sender),
    }
    for account in accounts:
        for name, power in powers.items():
            if account == accounts[GOVERNANCE]:
                power({"from": account})
                continue
            refusal = "OfficeDirectoryNotEmergencyBody" if name == "suspend" else "OfficeDirectoryNotGovernance"
            reverts_with(lambda use=power, who=account: use({"from": who}), refusal, account)
    # The deployer and governance have no power over the keys of an office either.
    for account in (accounts[DEPLOYER], accounts[GOVERNANCE]):
        reverts_with(
            lambda who=account: directory.addKey.call(b"EM", who, SCOPES, 0, 0, {"from": who}),
            "OfficeDirectoryNotSeat",
            b"EM",
            account,
        )


def test_second_run_sends_nothing(deployment: Deployment, path: Path, accounts: Any) -> None:
    text, used = path.read_bytes(), accounts[DEPLOYER].nonce
    again = script.deploy_contracts(accounts[DEPLOYER], accounts[GOVERNANCE].address, path)
    assert again.sent == ()
    assert (path.read_bytes(), accounts[DEPLOYER].nonce) == (text, used)


def test_brownie_knows_what_an_earlier_run_deployed(deployment: Deployment) -> None:
    for name, contract in deployment.manifest.contracts.items():
        container = compiled(name)
        container.remove(container.at(contract.address))
        assert contract.address not in [item.address for item in container]
    script.tell_brownie(deployment.manifest)
    script.tell_brownie(deployment.manifest)
    for name, contract in deployment.manifest.contracts.items():
        assert [item.address for item in compiled(name)].count(contract.address) == 1


class Stopped(BaseException):
    """The script was ended here."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at_step", range(1, len(CONTRACTS) + 1))
def test_resumes_after_interruption(
    isolate_module: None,
    accounts: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_step: int,
    after: bool,
) -> None:
    send, seen = network.BrownieBackend.create, []

    def create(self: network.BrownieBackend, creation: Creation, /) -> bytes:
        seen.append(creation.contract)
        if len(seen) < at_step:
            return send(self, creation)
        if after:
            send(self, creation)
        raise Stopped

    used, file = accounts[DEPLOYER].nonce, tmp_path / "manifest.json"
    with monkeypatch.context() as patched:
        patched.setattr(network.BrownieBackend, "create", create)
        with pytest.raises(Stopped):
            script.deploy_contracts(accounts[DEPLOYER], accounts[GOVERNANCE].address, file)
    script.deploy_contracts(accounts[DEPLOYER], accounts[GOVERNANCE].address, file)
    verify(network.connected_node(), Manifest.load(file))
    assert accounts[DEPLOYER].nonce == used + len(CONTRACTS)


def test_package_of_another_build_is_refused_before_anything_is_sent(
    isolate_module: None, accounts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(name: str) -> Any:
        artifact = load_artifact(name)
        return dataclasses.replace(artifact, creation_code=artifact.creation_code + b"\0")

    monkeypatch.setattr(deployer, "load_artifact", other)
    used = accounts[DEPLOYER].nonce
    with pytest.raises(ConfigError, match="are of different builds"):
        script.deploy_contracts(accounts[DEPLOYER], accounts[GOVERNANCE].address, tmp_path / "manifest.json")
    assert accounts[DEPLOYER].nonce == used


def test_main_on_a_development_network(
    clean: None, isolate_module: None, accounts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "manifest.json"
    monkeypatch.setenv("REGISTRUM_MANIFEST", str(file))
    script.main()
    assert Manifest.load(file).contract("OfficeDirectory").constructor_arguments == (accounts[0].address,)
    monkeypatch.setenv("REGISTRUM_GOVERNANCE", accounts[GOVERNANCE].address)
    with pytest.raises(SystemExit, match="was deployed or begun with"):
        script.main()


def test_live_networks_have_no_defaults(clean: None, accounts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "is_development", lambda: False)
    monkeypatch.setattr(script, "is_development", lambda: False)
    # One account governs on development networks only, named or not.
    for governance in ("", accounts[GOVERNANCE].address):
        monkeypatch.setenv("REGISTRUM_GOVERNANCE", governance)
        with pytest.raises(ConfigError, match="no consortium file is named"):
            script.consortium_file()
    monkeypatch.delenv("REGISTRUM_GOVERNANCE")
    monkeypatch.setenv("REGISTRUM_CONSORTIUM", str(EXAMPLE))
    assert script.consortium_file() == EXAMPLE
    assert script.consortium_file("other.toml") == Path("other.toml")
    with pytest.raises(ConfigError, match="REGISTRUM_DEPLOYER is not set"):
        network.load_account("REGISTRUM_DEPLOYER")
    monkeypatch.setenv("REGISTRUM_DEPLOYER", "no-such-account")
    with pytest.raises(ConfigError, match="brownie has no account 'no-such-account'"):
        network.load_account("REGISTRUM_DEPLOYER")


def test_manifest_is_named_by_the_chain(clean: None, web3: Any) -> None:
    assert network.manifest_path() == network.ROOT / "deployments" / f"{web3.eth.chain_id}.json"


@pytest.fixture(scope="module")
def terms() -> ConsortiumTerms:
    return read_consortium_file(EXAMPLE)


@pytest.fixture(scope="module")
def consortium(isolate_module: None, accounts: Any, path: Path, terms: ConsortiumTerms) -> Deployment:
    return script.found_consortium(accounts[FOUNDER], terms, path.with_name("consortium.json"))


@pytest.mark.smoke
def test_founds_a_consortium_and_hands_governance_over(consortium: Deployment, accounts: Any) -> None:
    assert consortium.sent == CREATED
    verify(network.connected_node(), consortium.manifest)
    directory = at(consortium, "OfficeDirectory")
    assert directory.governance() == at(consortium, "Consortium").timelock() == consortium.manifest.address(TIMELOCK)
    assert [office[0] for office in directory.offices(0, 10)[0]] == [
        "0x" + code.hex() for code in (b"AU", b"EM", b"RU")
    ]
    register = at(consortium, "RightsRegister")
    for row in default_codes().statuses:
        right, position, status = row.on_chain
        assert register.statusOf(right, position) == "0x" + status.hex()
    reverts_with(
        lambda: directory.departOffice.call(b"EM", {"from": accounts[FOUNDER]}),
        "OfficeDirectoryNotGovernance",
        accounts[FOUNDER],
    )


def test_audit_by_brownie(
    consortium: Deployment, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGISTRUM_MANIFEST", str(path.with_name("consortium.json")))
    audit.main()
    assert "has no power" in capsys.readouterr().out
    audit.main("json")
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_second_run_of_a_founding_sends_nothing(
    consortium: Deployment, path: Path, accounts: Any, terms: ConsortiumTerms, capsys: pytest.CaptureFixture[str]
) -> None:
    file = path.with_name("consortium.json")
    text, used = file.read_bytes(), accounts[FOUNDER].nonce
    again = script.found_consortium(accounts[FOUNDER], terms, file)
    assert (again.sent, again.calls) == ((), ())
    assert (file.read_bytes(), accounts[FOUNDER].nonce) == (text, used)
    said = capsys.readouterr().out
    assert f"nothing to do; manifest: {file}" in said
    assert f"the deployer {accounts[FOUNDER].address} has no power" in said


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at_call", [1, 4, 4 + CODE_CALLS, 6 + CODE_CALLS])
def test_founding_resumes_after_interruption_of_a_call(
    isolate_module: None,
    accounts: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    terms: ConsortiumTerms,
    at_call: int,
    after: bool,
) -> None:
    send, seen = network.BrownieBackend.call, []

    def call(self: network.BrownieBackend, call: Call, /) -> bytes:
        seen.append(call)
        if len(seen) == at_call:
            if after:
                send(self, call)
            raise Stopped
        return send(self, call)

    used, file = accounts[FOUNDER].nonce, tmp_path / "manifest.json"
    with monkeypatch.context() as patched:
        patched.setattr(network.BrownieBackend, "call", call)
        with pytest.raises(Stopped):
            script.found_consortium(accounts[FOUNDER], terms, file)
    with pytest.raises(ConfigError, match="is not complete"):
        verify(network.connected_node(), Manifest.load(file))
    script.found_consortium(accounts[FOUNDER], terms, file)
    # Emergency body, three offices, an observer, the address book, the hand-over, and the table of codes: each once.
    assert accounts[FOUNDER].nonce == used + len(CREATED) + 7 + CODE_CALLS


def test_run_that_leaves_a_power_fails(
    consortium: Deployment, path: Path, accounts: Any, terms: ConsortiumTerms, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = audit.audit_powers(network.connected_node(), consortium.manifest)
    planted = dataclasses.replace(report.checks[0], what="governance is the timelock", found="somebody", ok=False)
    monkeypatch.setattr(audit, "audit_powers", lambda *_: dataclasses.replace(report, checks=(planted,)))
    with pytest.raises(VerificationError, match="governance is the timelock: somebody"):
        script.found_consortium(accounts[FOUNDER], terms, path.with_name("consortium.json"))


def test_main_with_a_consortium_file(
    clean: None, isolate_module: None, accounts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "manifest.json"
    monkeypatch.setenv("REGISTRUM_MANIFEST", str(file))
    monkeypatch.setenv("REGISTRUM_CONSORTIUM", str(tmp_path / "none.toml"))
    with pytest.raises(SystemExit, match=r"none\.toml cannot be read"):
        script.main()
    assert not file.exists()
    script.main(str(EXAMPLE))
    assert Manifest.load(file).has_consortium
    monkeypatch.setenv("REGISTRUM_GOVERNANCE", accounts[GOVERNANCE].address)
    with pytest.raises(SystemExit, match="REGISTRUM_GOVERNANCE is set, and a consortium file is named"):
        script.main(str(EXAMPLE))
    monkeypatch.delenv("REGISTRUM_CONSORTIUM")
    with pytest.raises(SystemExit, match="is of a deployment with a consortium"):
        script.main()
