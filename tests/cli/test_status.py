"""`registrum status`, and where node, manifest and keys come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS
from registrum.development import development_office
from registrum.signing.signers import DevelopmentSigner
from tests.cli.support import Cli, Session, digest

KEYS = ["node", "chain", "finality", "manifest", "profile", "contracts", "outbox", "problems"]
NOWHERE = "http://127.0.0.1:1"


def manifest_of(session: Session) -> Path:
    return Path(session.environment["REGISTRUM_DEVNET_DIR"]) / "manifest.json"


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
    assert list(document["contracts"][0]) == ["name", "address", "codeHash", "expectedCodeHash", "matches"]
    assert all(item["matches"] and item["codeHash"] == item["expectedCodeHash"] for item in document["contracts"])
    text = cli("status")
    assert (text.code, text.err) == (0, "")
    assert f"Node: {session.rpc}" in text.out
    assert "Chain: 31337" in text.out


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
