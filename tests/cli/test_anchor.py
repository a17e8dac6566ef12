"""`registrum anchor`: create, prove, verify, disclose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from registrum.development import development_office
from registrum.numbers import OfficeNumber
from registrum.proofs.proof import Proof
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.signing.signers import DevelopmentSigner
from tests.cli.support import SAMPLES, Cli, digest, file_digest
from tests.cli.test_batch import write_csv

CHECKS = [
    "number",
    "office",
    "commitment",
    "document",
    "path_length",
    "inclusion",
    "domain",
    "signature",
    "signer",
    "recorded",
    "not_compromised",
]


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {check["check"]: check["outcome"] for check in document["checks"]}


@pytest.fixture
def anchored(cli: Cli, tmp_path: Path) -> tuple[list[str], Path]:
    """Nine numbers, and the folder of their anchor of commitments."""
    numbers = [cli.number() for _ in range(9)]
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{digest(number)}" for number in numbers])
    cli.ok("anchor", "create", file, "--office", "EM", "-o", tmp_path / "proofs", "--commit")
    return numbers, tmp_path / "proofs"


def test_create_and_again(cli: Cli, tmp_path: Path) -> None:
    rows = [f"{number},2024-01-31,{digest(number)}" for number in (cli.number() for _ in range(5))]
    file = write_csv(tmp_path / "a.csv", rows)
    first = cli.ok("anchor", "create", file, "--office", "EM", "-o", "proofs/")
    assert list(first) == [
        "office",
        "sequence",
        "root",
        "leafCount",
        "store",
        "taken",
        "transactionHash",
        "blockNumber",
        "gasUsed",
    ]
    assert (first["office"], first["leafCount"], first["taken"]) == ("EM", 5, True)
    assert first["gasUsed"] < 60_000
    again = cli("anchor", "create", file, "--office", "EM", "-o", "proofs/", "--json")
    assert (again.code, again.json["taken"], again.json["sequence"]) == (0, False, first["sequence"])
    assert "holds the anchor of these records already" in again.err
    assert "Taken: no, recorded before" in cli("anchor", "create", file, "--office", "EM", "-o", "proofs").out
    assert cli.ok("office", "show", "EM")["office"]["nextSequence"] == first["sequence"] + 1
    assert cli("anchor", "create", file, "--office", "AU", "-o", "proofs").code == 2


def test_a_used_folder_takes_no_other_source(cli: Cli, tmp_path: Path) -> None:
    numbers = [cli.number() for _ in range(3)]
    rows = [f"{number},2024-01-31,{digest(number)}" for number in numbers]
    file = write_csv(tmp_path / "a.csv", rows)
    first = cli.ok("anchor", "create", file, "--office", "EM", "-o", "proofs")
    held = Path("proofs/anchor.sqlite").read_bytes()
    shuffled = write_csv(tmp_path / "renamed.csv", rows[::-1])
    again = cli.ok("anchor", "create", shuffled, "--office", "EM", "-o", "proofs")
    assert (again["taken"], again["root"]) == (False, first["root"])

    other = cli.number()
    cases = [
        ([*rows, f"{other},2024-01-31,{digest(other)}"], [], "records", f"{other} is not in it"),
        (rows[:2], [], "records", f"{numbers[2]} is in it and is not given now"),
        ([*rows[:2], rows[0]], [], "records", f"{numbers[0]} is given twice"),
        ([*rows[:2], f"{numbers[2]},2024-02-01,{digest(numbers[2])}"], [], "records", "another filing date"),
        ([*rows[:2], f"{numbers[2]},2024-01-31,{digest('new')}"], [], "records", "another document"),
        (rows, ["--commit"], "disclosure", "plain digest"),
    ]
    for lines, options, what, text in cases:
        night = write_csv(tmp_path / "night2.csv", lines)
        result = cli("anchor", "create", night, "--office", "EM", "-o", "proofs", *options, "--json")
        assert (result.code, result.error["code"], result.error["details"]["what"]) == (2, "bad_input", what)
        assert text in result.error["message"]
        assert "another folder" in result.error["remedy"]
    missing = cli("anchor", "create", "none.csv", "--office", "EM", "-o", "proofs", "--json")
    assert (missing.code, missing.error["code"]) == (2, "bad_input")
    assert "none.csv cannot be read" in missing.error["message"]
    assert Path("proofs/anchor.sqlite").read_bytes() == held
    assert cli.ok("office", "show", "EM")["office"]["nextSequence"] == first["sequence"] + 1


def test_commitments_stay_commitments(cli: Cli, tmp_path: Path, anchored: tuple[list[str], Path]) -> None:
    _, folder = anchored
    arguments = ["anchor", "create", tmp_path / "a.csv", "--office", "EM", "-o", folder]
    assert not cli.ok(*arguments, "--commit")["taken"]
    plain = cli(*arguments, "--json")
    assert (plain.code, plain.error["details"]["what"]) == (2, "disclosure")
    assert "salted commitment" in plain.error["message"]


def test_create_from_documents(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.xml").write_bytes((SAMPLES / "jp-design-st96-v3.xml").read_bytes())
    assert cli.ok("anchor", "create", folder, "--office", "JP", "-o", "proofs")["leafCount"] == 1


def test_anchor_holds_numbers_of_its_office_alone(cli: Cli, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", [f"{cli.number('AU')},2024-01-31,{digest('a')}"])
    result = cli("anchor", "create", file, "--office", "EM", "-o", "proofs", "--json")
    assert result.code == 2
    assert not Path("proofs/anchor.sqlite").exists()


def test_unreachable_node_and_the_way_on(cli: Cli, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", [f"{cli.number()},2024-01-31,{digest('a')}"])
    arguments = ["anchor", "create", file, "--office", "EM", "-o", "proofs"]
    assert cli(*arguments, "--rpc", "http://127.0.0.1:1").code == 3
    root = Path("proofs/anchor.sqlite").read_bytes()
    assert root
    assert cli.ok(*arguments)["taken"]


def test_prove_and_verify(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    document = cli.ok("anchor", "prove", folder, numbers[3])
    assert list(document) == ["number", "proof", "count", "withSalt"]
    assert (document["number"], document["count"], document["withSalt"]) == (numbers[3], 1, True)
    proof = Path(document["proof"])
    salt = json.loads(proof.read_text())["salt"]

    online = cli("anchor", "verify", proof, "--json")
    assert online.code == 0
    assert list(online.json) == [
        "valid",
        "number",
        "filingDate",
        "office",
        "sequence",
        "root",
        "leafCount",
        "signer",
        "recordedAt",
        "offline",
        "checks",
        "proven",
    ]
    assert list(outcomes(online.json)) == CHECKS
    assert {name for name, outcome in outcomes(online.json).items() if outcome != "passed"} == {"document"}
    assert online.json["recordedAt"] == json.loads(proof.read_text())["recordedAt"]

    offline = cli.ok("anchor", "verify", proof, "--offline", "--rpc", "http://127.0.0.1:1")
    assert (online.json["valid"], online.json["proven"]) == (True, True)
    assert (offline["valid"], offline["proven"]) == (True, False)
    assert outcomes(offline)["recorded"] == "not_checked"
    assert outcomes(offline)["domain"] == "passed"
    text = cli("anchor", "verify", proof)
    assert "Proof: holds" in text.out
    assert salt[2:] not in text.out + online.out + text.err + online.err


def test_offline_says_what_was_not_checked(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    proof = cli.ok("anchor", "prove", folder, numbers[1])["proof"]
    moment = cli.ok("anchor", "verify", proof)["recordedAt"].replace("T", " ").replace("Z", " UTC")
    alone = cli("anchor", "verify", proof, "--offline")
    assert alone.code == 0
    assert "holds" not in alone.out
    assert "Proof: consistent in itself, but anyone can make such a proof" in alone.out
    assert f"Recorded at: {moment} as the file says, not checked" in alone.out
    assert "Not checked: whether the signer may sign for the office; whether and when" in alone.out
    assert "To check it: name the office's keys by --signer, or leave out --offline" in alone.out

    office, other = (development_office(code).signing_key().address for code in ("EM", "JP"))
    named = cli("anchor", "verify", proof, "--offline", "--signer", other, "--signer", office.lower())
    assert named.code == 0
    assert "Proof: signed by a key that you named; not everything was checked" in named.out
    assert "Not checked: whether and when the chain took the anchor; whether the signer's key" in named.out
    document = cli.ok("anchor", "verify", proof, "--offline", "--signer", office)
    assert (document["valid"], document["proven"], outcomes(document)["signer"]) == (True, False, "passed")
    for where in ([], ["--offline"]):
        result = cli("anchor", "verify", proof, "--signer", other, *where, "--json")
        assert (result.code, result.json["valid"], result.json["proven"]) == (1, False, False)
        assert outcomes(result.json)["signer"] == "failed"
        assert cli.ok("anchor", "verify", proof, "--signer", office, *where)["valid"]
    assert cli("anchor", "verify", proof, "--offline", "--signer", "EM", "--json").error["code"] == "bad_input"
    assert f"Recorded at: {moment}\n" in cli("anchor", "verify", proof).out


def test_offline_a_contract_wallet_cannot_be_asked(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    path = Path(cli.ok("anchor", "prove", folder, numbers[2])["proof"])
    proof = json.loads(path.read_text())
    path.write_text(json.dumps({**proof, "signature": proof["signer"].lower() + "01" * 80}))
    result = cli("anchor", "verify", path, "--offline", "--json")
    assert (result.code, result.json["valid"], outcomes(result.json)["signature"]) == (1, False, "not_checked")
    text = cli("anchor", "verify", path, "--offline", "--signer", proof["signer"])
    assert (text.code, "Proof: not shown to hold" in text.out) == (1, True)
    assert "Not checked: the signature of the contract wallet" in text.out
    assert "To check it: leave out --offline" in text.out


def test_a_proof_that_a_stranger_made_is_not_shown_as_the_offices(
    cli: Cli, anchored: tuple[list[str], Path], tmp_path: Path
) -> None:
    numbers, folder = anchored
    domain = Proof.read(cli.ok("anchor", "prove", folder, numbers[0])["proof"]).domain
    number = OfficeNumber.from_text(cli.number())
    with AnchorStore.create(
        tmp_path / "forged", b"EM", [AnchorEntry.plain(number.on_chain, 20240131, b"f" * 32)]
    ) as it:
        it.sign(DevelopmentSigner.account(9), 1, domain)
        it.prove(number.on_chain).write("forged.json")
    alone = cli("anchor", "verify", "forged.json", "--offline")
    assert (alone.code, "anyone can make such a proof" in alone.out) == (0, True)
    office = development_office("EM").signing_key().address
    assert cli("anchor", "verify", "forged.json", "--offline", "--signer", office).code == 1
    online = cli("anchor", "verify", "forged.json", "--json")
    assert (online.code, outcomes(online.json)["recorded"]) == (1, "failed")
    assert outcomes(online.json)["not_compromised"] == "not_checked"


def test_an_anchor_by_a_compromised_key_does_not_hold(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen, copy, number = Account.create(), tmp_path / "copy.bin", cli.number()
    monkeypatch.setenv("STOLEN_KEY", stolen.key.hex())
    copy.write_bytes(b"application")
    cli.ok("key", "add", "EM", stolen.address)
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{file_digest(copy)}"])
    cli.ok("anchor", "create", file, "--office", "EM", "-o", "proofs", "--key", "env:STOLEN_KEY")
    proof = cli.ok("anchor", "prove", "proofs", number)["proof"]
    recorded = cli.ok("anchor", "verify", proof)["recordedAt"]
    cli.ok("anchor", "disclose", proof)
    cli.ok("application", "verify", number, copy)

    cli.ok("key", "compromise", "EM", stolen.address, "--since", recorded)
    result = cli("anchor", "verify", proof, "--json")
    assert (result.code, result.json["valid"], result.json["proven"]) == (1, False, False)
    failed = {name for name, outcome in outcomes(result.json).items() if outcome == "failed"}
    assert failed == {"not_compromised"}
    assert "Proof: does not hold" in cli("anchor", "verify", proof).out

    shown = cli.ok("application", "show", number)
    assert (shown["standing"], shown["signerCompromisedSince"]) == ("recorded", recorded)
    assert (
        "Signature: not to be trusted: recorded when its key was compromised" in cli("application", "show", number).out
    )
    compared = cli("application", "verify", number, copy, "--json")
    assert (compared.code, compared.json["matches"], compared.json["signerCompromisedSince"]) == (1, True, recorded)
    text = cli("application", "verify", number, copy)
    assert (text.code, "Copy: matches" in text.out) == (1, True)
    assert "Signature: not to be trusted" in text.out


def test_proofs_without_salts(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    document = cli.ok("anchor", "prove", folder, numbers[0], "--withhold", "-o", "bare.json")
    assert (document["proof"], document["withSalt"]) == ("bare.json", False)
    assert json.loads(Path("bare.json").read_text())["salt"] is None
    assert outcomes(cli.ok("anchor", "verify", "bare.json"))["commitment"] == "not_checked"


def test_all_proofs_in_one_file(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    document = cli.ok("anchor", "prove", folder, "--all")
    assert document == {"number": None, "proof": str(folder / "proofs.jsonl"), "count": 9}
    lines = (folder / "proofs.jsonl").read_text().splitlines()
    assert {json.loads(line)["number"] for line in lines} == set(numbers)
    Path("one.json").write_text(lines[0])
    assert cli.ok("anchor", "verify", "one.json")["valid"]
    assert cli("anchor", "prove", folder, "--all").code == 2
    assert "Proofs: 9" in cli("anchor", "prove", folder, "--all", "-o", "other.jsonl").out


def test_prove_needs_one_record_or_all(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    assert cli("anchor", "prove", folder).code == 2
    assert cli("anchor", "prove", folder, numbers[0], "--all").code == 2
    assert cli("anchor", "prove", folder, cli.number(), "--json").error["code"] == "bad_input"
    assert cli("anchor", "prove", "none", numbers[0], "--json").error["code"] == "bad_proof_file"
    assert cli("anchor", "prove", folder, numbers[0], "-o", "none/proof.json").code == 2


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"filingDate": "2024-02-01"}, "inclusion"),
        ({"digest": digest("other")}, "commitment"),
        ({"documentDigest": digest("other")}, "commitment"),
        ({"leafIndex": 4000}, "path_length"),
        ({"signer": "0x00000000000000000000000000000000000000AA"}, "signature"),
    ],
)
def test_changed_proofs_do_not_hold(
    cli: Cli, anchored: tuple[list[str], Path], change: dict[str, object], check: str
) -> None:
    numbers, folder = anchored
    path = Path(cli.ok("anchor", "prove", folder, numbers[0])["proof"])
    proof = json.loads(path.read_text())
    if "leafIndex" in change:
        proof["path"] = proof["path"][:-1]
    path.write_text(json.dumps({**proof, **change}))
    for where in ([], ["--offline"]):
        result = cli("anchor", "verify", path, *where, "--json")
        assert (result.code, result.json["valid"]) == (1, False)
        assert outcomes(result.json)[check] == "failed"
    assert "Proof: does not hold" in cli("anchor", "verify", path, "--offline").out


def test_number_that_contradicts_its_leaf(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    path = Path(cli.ok("anchor", "prove", folder, numbers[0])["proof"])
    path.write_text(json.dumps({**json.loads(path.read_text()), "number": numbers[1]}))
    result = cli("anchor", "verify", path, "--offline", "--json")
    assert (result.code, result.error["code"]) == (1, "does_not_match")


def test_proof_of_another_deployment(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    path = Path(cli.ok("anchor", "prove", folder, numbers[0])["proof"])
    proof = json.loads(path.read_text())
    path.write_text(json.dumps({**proof, "domain": {**proof["domain"], "chainId": 1}}))
    result = cli("anchor", "verify", path, "--json")
    assert (result.code, outcomes(result.json)["domain"]) == (1, "failed")
    disclosed = cli("anchor", "disclose", path, "--json")
    assert (disclosed.code, disclosed.error["code"]) == (2, "network_mismatch")


def test_verify_the_document_and_the_number(cli: Cli, tmp_path: Path) -> None:
    number, copy = cli.number(), tmp_path / "copy.bin"
    copy.write_bytes(b"application")
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{file_digest(copy)}"])
    cli.ok("anchor", "create", file, "--office", "EM", "-o", "proofs", "--commit")
    proof = cli.ok("anchor", "prove", "proofs", number)["proof"]
    good = cli.ok("anchor", "verify", proof, "--document", copy, "--number", number)
    assert set(outcomes(good).values()) == {"passed"}
    copy.write_bytes(b"other")
    assert outcomes(cli("anchor", "verify", proof, "--document", copy, "--json").json)["document"] == "failed"
    assert outcomes(cli("anchor", "verify", proof, "--number", cli.number(), "--json").json)["number"] == "failed"


def test_verify_offline_without_any_settings(
    cli: Cli, anchored: tuple[list[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, folder = anchored
    proof = cli.ok("anchor", "prove", folder, numbers[0])["proof"]
    monkeypatch.setenv("REGISTRUM_DEVNET_DIR", str(folder / "nowhere"))
    result = cli("anchor", "verify", proof, "--offline", "--json")
    assert (result.code, outcomes(result.json)["domain"]) == (0, "not_checked")
    assert "not checked" in result.err
    assert cli("anchor", "verify", proof, "--json").error["code"] == "bad_configuration"


@pytest.mark.parametrize("content", ["", "{}", "no JSON", '{"format": "registrum-proof/2"}'])
def test_what_is_no_proof(cli: Cli, tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.json").write_text(content)
    for command in ("verify", "disclose"):
        result = cli("anchor", command, "bad.json", "--json")
        assert (result.code, result.error["code"]) == (2, "bad_proof_file")


def test_disclose_brings_the_record_into_the_registry(cli: Cli, anchored: tuple[list[str], Path]) -> None:
    numbers, folder = anchored
    proof = cli.ok("anchor", "prove", folder, numbers[5])["proof"]
    assert cli("application", "show", numbers[5]).code == 1
    document = cli.ok("anchor", "disclose", proof)
    assert list(document) == ["number", "taken", "transactionHash", "blockNumber", "gasUsed"]
    assert (document["number"], document["taken"]) == (numbers[5], True)
    assert not cli.ok("anchor", "disclose", proof)["taken"]
    record = cli.ok("application", "show", numbers[5])["record"]
    assert (record["disclosure"], record["filingDate"]) == ("salted", "2024-01-31")
    history = cli.ok("application", "show", numbers[5], "--history")["history"]
    assert [event["name"] for event in history] == ["ApplicationRegistered", "ApplicationDisclosed"]
    assert "Taken: no, recorded before" in cli("anchor", "disclose", proof).out
