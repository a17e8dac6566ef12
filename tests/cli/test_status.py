"""`registrum status`, and where node, manifest and keys come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.contracts import load_abi
from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS, Manifest, load_artifact
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.deployment.manifest import TIMELOCK
from registrum.development import development_office
from registrum.signing.signers import DevelopmentSigner
from tests.cli.support import Cli, Session, digest

KEYS = [
    "node",
    "chain",
    "finality",
    "governance",
    "manifest",
    "profile",
    "contracts",
    "outbox",
    "hints",
    "problems",
]
CONTRACT_KEYS = ["name", "address", "codeHash", "expectedCodeHash", "matches", "inForce", "replacedBy"]
REGISTRY = "ApplicationRegistry"
NOBODY = "0x" + "00" * 20
NOWHERE = "http://127.0.0.1:1"


def manifest_of(session: Session) -> Path:
    return Path(session.environment["REGISTRUM_DEVNET_DIR"]) / "manifest.json"


@pytest.fixture
def undone(cli: Cli) -> Iterator[None]:
    """The chain is that of all tests: what one of them decides is taken back."""
    snapshot = cli.rpc.call("evm_snapshot")
    yield
    assert cli.rpc.call("evm_revert", [snapshot]) is True


def send(cli: Cli, sender: str, data: str, to: str | None = None) -> Any:
    """The receipt of a transaction from an account that the node lets us act for."""
    cli.rpc.call("anvil_setBalance", [sender, hex(10**20)])
    cli.rpc.call("anvil_impersonateAccount", [sender])
    request = {"from": sender, "data": data, "gas": hex(20_000_000), **({} if to is None else {"to": to})}
    sent = cli.rpc.call("eth_sendTransaction", [request])
    while (receipt := cli.rpc.call("eth_getTransactionReceipt", [sent])) is None:
        cli.rpc.call("evm_mine")
    cli.rpc.call("anvil_stopImpersonatingAccount", [sender])
    assert receipt["status"] == "0x1"
    return receipt


def listed(cli: Cli, deployment: Manifest, name: str, contract: str, *arguments: str) -> str:
    """Deploy a contract and do what a vote would have the timelock do: list it under a name. Its address."""
    made = send(cli, DevelopmentSigner.account(0).address, "0x" + load_artifact(contract).init_code(arguments).hex())
    address: str = made["contractAddress"]
    data = load_abi("AddressBook").encode("list", [name.encode().ljust(32, b"\0")], [address])
    send(cli, deployment.address(TIMELOCK), "0x" + data.hex(), deployment.address("AddressBook"))
    return address


def test_all_is_well(cli: Cli, session: Session) -> None:
    document = cli.ok("status")
    assert list(document) == KEYS
    assert document["problems"] == []
    assert list(document["node"]) == ["rpc", "client", "syncing"]
    assert document["node"]["rpc"] == session.rpc
    assert list(document["chain"]) == [
        "chainId",
        "genesisHash",
        "blockNumber",
        "blockHash",
        "blockTime",
        "finalBlockNumber",
    ]
    assert [item["name"] for item in document["contracts"]] == [*CONTRACTS, *CONSORTIUM_CONTRACTS]
    assert list(document["contracts"][0]) == CONTRACT_KEYS
    assert all((item["inForce"], item["replacedBy"]) == (True, None) for item in document["contracts"])
    assert all(item["matches"] and item["codeHash"] == item["expectedCodeHash"] for item in document["contracts"])
    text = cli("status")
    assert (text.code, text.err) == (0, "")
    assert f"Node: {session.rpc}" in text.out
    assert "Chain: 31337" in text.out
    assert "Hint" not in text.out
    timelock = Manifest.load(manifest_of(session)).address(TIMELOCK)
    assert document["governance"] == {
        "by": "consortium",
        "account": timelock,
        "inWords": f"the offices by vote, through the timelock {timelock} of the consortium",
    }
    assert f"Governed by: the offices by vote, through the timelock {timelock}" in text.out


def test_one_account_that_governs(cli: Cli, undone: None, tmp_path: Path) -> None:
    account = DevelopmentSigner.account(9)
    deploy(RpcBackend(cli.rpc, account), tmp_path / "one.json", governance=account.address)
    document = cli.ok("status", "--manifest", "one.json")
    assert document["governance"] == {
        "by": "account",
        "account": account.address,
        "inWords": f"one account, {account.address}",
    }
    assert [item["name"] for item in document["contracts"]] == list(CONTRACTS)
    assert {(item["inForce"], item["replacedBy"]) for item in document["contracts"]} == {(None, None)}


def test_governance_that_is_not_with_the_consortium(cli: Cli, session: Session, undone: None) -> None:
    deployment = Manifest.load(manifest_of(session))
    other = DevelopmentSigner.account(9).address
    data = "0x" + load_abi("OfficeDirectory").encode("transferGovernance", other).hex()
    send(cli, deployment.address(TIMELOCK), data, deployment.address("OfficeDirectory"))
    result = cli("status", "--json")
    assert (result.code, result.json["governance"]["by"], result.json["governance"]["account"]) == (1, "other", other)
    assert result.json["problems"] == [f"{other} governs, not the timelock of the consortium in the manifest"]


def test_deployment_that_is_not_complete_names_all_that_is_missing(cli: Cli, session: Session, tmp_path: Path) -> None:
    manifest = json.loads(manifest_of(session).read_text())
    manifest["founding"] = True
    (tmp_path / "hand-over.json").write_text(json.dumps(manifest))
    for name in ("Charter", "AddressBook"):
        del manifest["contracts"][name]
    (tmp_path / "begun.json").write_text(json.dumps(manifest))
    early = CONTRACTS[CONTRACTS.index("PriorityRegister") :]
    for name in ("Consortium", TIMELOCK, "EmergencyCouncil", *early):
        del manifest["contracts"][name]
    (tmp_path / "early.json").write_text(json.dumps(manifest))
    for file, missing in (
        ("hand-over.json", "the hand-over to the consortium"),
        ("begun.json", "Charter, AddressBook"),
        ("early.json", f"{', '.join(early)}, Consortium, Timelock, EmergencyCouncil, Charter, AddressBook"),
    ):
        result = cli("status", "--manifest", file, "--json")
        assert result.code == 1
        assert f"the deployment is not complete; missing: {missing}" in result.json["problems"]


def test_registry_that_the_offices_replaced_is_a_hint(cli: Cli, session: Session, undone: None) -> None:
    deployment = Manifest.load(manifest_of(session))
    former = deployment.address(REGISTRY)
    newest = listed(cli, deployment, REGISTRY, REGISTRY, deployment.address("OfficeDirectory"), former)
    document = cli.ok("status")
    [item] = [item for item in document["contracts"] if not item["inForce"]]
    assert (item["name"], item["address"], item["replacedBy"].lower()) == (REGISTRY, former, newest)
    [hint] = document["hints"]
    assert (
        hint
        == f"{REGISTRY}: the offices voted for {item['replacedBy']} in its place; this client goes on with that one"
    )
    assert hint in cli("status").out


def test_registry_that_does_not_take_over_is_a_problem(cli: Cli, session: Session, undone: None) -> None:
    deployment = Manifest.load(manifest_of(session))
    listed(cli, deployment, REGISTRY, REGISTRY, deployment.address("OfficeDirectory"), NOBODY)
    result = cli("status", "--json")
    assert (result.code, result.json["hints"]) == (1, [])
    [problem] = result.json["problems"]
    assert "does not take over from" in problem


def test_contract_that_is_no_registry_at_all_is_a_problem(cli: Cli, session: Session, undone: None) -> None:
    deployment = Manifest.load(manifest_of(session))
    listed(cli, deployment, REGISTRY, "AddressBook", deployment.address("OfficeDirectory"))
    result = cli("status", "--json")
    assert (result.code, result.json["hints"]) == (1, [])
    [problem] = result.json["problems"]
    assert problem.startswith(f"{REGISTRY}: what the address book lists does not answer as one")


@pytest.mark.parametrize("name", ["PriorityRegister", "OfficePractice", "AddressBook"])
def test_other_contracts_that_were_replaced_are_problems(cli: Cli, session: Session, undone: None, name: str) -> None:
    deployment = Manifest.load(manifest_of(session))
    arguments = [deployment.address("OfficeDirectory"), deployment.address(REGISTRY)]
    newest = listed(cli, deployment, name, name, *arguments[: len(load_artifact(name).parameters)])
    result = cli("status", "--json")
    assert (result.code, result.json["hints"]) == (1, [])
    [item] = [item for item in result.json["contracts"] if not item["inForce"]]
    assert (item["name"], item["replacedBy"].lower()) == (name, newest)
    [problem] = result.json["problems"]
    assert problem.startswith(name)
    assert item["replacedBy"] in problem
    assert "the present manifest" in problem


def test_other_code_and_other_chain_are_problems(cli: Cli, session: Session, tmp_path: Path) -> None:
    manifest = json.loads(manifest_of(session).read_text())
    manifest["contracts"]["PriorityRegister"]["codeHash"] = digest("other")
    (tmp_path / "code.json").write_text(json.dumps(manifest))
    result = cli("status", "--manifest", "code.json", "--json")
    assert result.code == 1
    assert [item["name"] for item in result.json["contracts"] if not item["matches"]] == ["PriorityRegister"]
    assert any("PriorityRegister" in problem for problem in result.json["problems"])
    refused = cli("office", "list", "--manifest", "code.json", "--json")
    assert (refused.code, refused.error["code"]) == (2, "network_mismatch")

    manifest["chainId"] = 1
    (tmp_path / "chain.json").write_text(json.dumps(manifest))
    assert any(
        "chain 31337" in problem for problem in cli("status", "--manifest", "chain.json", "--json").json["problems"]
    )


def test_finality_without_a_rule(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRUM_FINALITY", "depth:3")
    chain = cli.ok("status")["chain"]
    assert chain["finalBlockNumber"] == chain["blockNumber"] - 3
    monkeypatch.setenv("REGISTRUM_FINALITY", "soon")
    assert cli("status").code == 1


def test_unreachable_node(cli: Cli) -> None:
    result = cli("status", "--rpc", NOWHERE, "--json")
    assert (result.code, result.error["code"]) == (3, "node_unreachable")


def test_option_over_environment_over_profile(cli: Cli, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("office", "list").code == 0
    monkeypatch.setenv("REGISTRUM_RPC", NOWHERE)
    assert cli("office", "list").code == 3
    assert cli("office", "list", "--rpc", session.rpc).code == 0
    monkeypatch.setenv("REGISTRUM_RPC", session.rpc)
    assert cli("office", "list", "--rpc", NOWHERE).code == 3

    monkeypatch.setenv("REGISTRUM_MANIFEST", "none.json")
    assert cli("office", "list", "--json").error["code"] == "bad_configuration"
    assert cli("office", "list", "--manifest", manifest_of(session)).code == 0


def test_key_by_option_over_environment_over_profile(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of another office is refused by the contract, which shows which one signed."""
    number = cli.number()
    arguments = ["application", "register", "--number", number, "--filing-date", "2024-01-31", "--digest", digest("a")]
    monkeypatch.setenv("REGISTRUM_KEY", "development:RU")
    refused = cli(*arguments, "--json")
    assert refused.code == 4
    assert development_office("RU").signing_key().address in json.dumps(refused.error)
    assert cli.ok(*arguments, "--key", "development:EM")["applications"][0]["taken"]
    monkeypatch.delenv("REGISTRUM_KEY")
    assert cli("application", "withdraw", number, "--key", "development:RU").code == 4
    assert cli("application", "withdraw", number).code == 0


def test_without_any_settings(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRUM_DEVNET_DIR", str(tmp_path / "nowhere"))
    for arguments in (["status"], ["office", "list"], ["application", "show", "EM/T/018660437"], ["outbox", "list"]):
        result = cli(*arguments, "--json")
        assert (result.code, result.error["code"]) == (2, "bad_configuration")
        assert "REGISTRUM_" in result.error["remedy"]


def test_sender_may_be_another_account(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    payer = DevelopmentSigner.account(7)
    monkeypatch.setenv("PAYER", "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
    number = cli.number()
    arguments = ["application", "register", "--number", number, "--filing-date", "2024-01-31", "--digest", digest("a")]
    [item] = cli.ok(*arguments, "--sender", "env:PAYER")["applications"]
    transaction = cli.rpc.call("eth_getTransactionByHash", [item["transactionHash"]])
    assert transaction["from"] == DevelopmentSigner.account(1).address.lower()
    monkeypatch.setenv("REGISTRUM_SENDER", "env:PAYER")
    assert cli.ok("application", "withdraw", number)["taken"]
    monkeypatch.delenv("REGISTRUM_SENDER")
    [item] = cli.ok(*arguments[:3], cli.number(), *arguments[4:])["applications"]
    transaction = cli.rpc.call("eth_getTransactionByHash", [item["transactionHash"]])
    assert transaction["from"] == DevelopmentSigner.account(19).address.lower()
    assert payer.address.lower() != transaction["from"]
