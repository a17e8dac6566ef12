"""`scripts/deploy.py` through brownie accounts: what it deploys, who then has which power, and resumption."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registrum.deployment import CONTRACTS, Manifest, deployer, load_artifact, verify
from registrum.deployment.deployer import Creation, Deployment
from registrum.errors import ConfigError
from registrum.signing.statements import Registration
from scripts import deploy as script
from scripts import operator_network as network
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.offices import digest, number, sign, signer

SCOPES = 7
DEPLOYER, GOVERNANCE, SEAT, RELAYER, OTHER_SEAT = 0, 5, 6, 7, 8


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
    for name in ("DEPLOYER", "GOVERNANCE", "MANIFEST", "KEY_PASSWORD"):
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
        for power in powers.values():
            if account == accounts[GOVERNANCE]:
                power({"from": account})
            else:
                reverts_with(lambda use=power, who=account: use({"from": who}), "OfficeDirectoryNotGovernance", account)
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
    with pytest.raises(ConfigError, match="REGISTRUM_GOVERNANCE is not set"):
        script.governance_address(accounts[DEPLOYER])
    monkeypatch.setenv("REGISTRUM_GOVERNANCE", accounts[GOVERNANCE].address)
    assert script.governance_address(accounts[DEPLOYER]) == accounts[GOVERNANCE].address
    with pytest.raises(ConfigError, match="REGISTRUM_DEPLOYER is not set"):
        network.load_account("REGISTRUM_DEPLOYER")
    monkeypatch.setenv("REGISTRUM_DEPLOYER", "no-such-account")
    with pytest.raises(ConfigError, match="brownie has no account 'no-such-account'"):
        network.load_account("REGISTRUM_DEPLOYER")


def test_manifest_is_named_by_the_chain(clean: None, web3: Any) -> None:
    assert network.manifest_path() == network.ROOT / "deployments" / f"{web3.eth.chain_id}.json"
