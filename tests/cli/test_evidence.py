"""`registrum evidence`: description, checkpoint, bundle, verification; and what each of them refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from registrum.development import development_office
from registrum.evidence.bundle import MOST_BYTES
from tests.cli.support import Cli, digest, file_digest
from tests.evidence.authority import Authority
from tests.evidence.vectors import FOLDER

EM, RU, AU = (development_office(code) for code in ("EM", "RU", "AU"))
SIGNERS = [
    option for office in (EM, RU, AU) for option in ("--signer", f"{office.code}={office.signing_key().address}")
]


@pytest.fixture
def chain(cli: Cli, tmp_path: Path) -> Path:
    file = tmp_path / "chain.json"
    cli.ok("evidence", "chain", "-o", file, *SIGNERS)
    return file


@pytest.fixture
def checkpoint(cli: Cli, chain: Path, tmp_path: Path) -> Path:
    """The newest block, signed by two offices."""
    file = tmp_path / "checkpoint.json"
    for office in ("EM", "RU"):
        cli.ok("evidence", "checkpoint", "--office", office, "--chain", chain, "-o", file)
    return file


def test_a_record_from_description_to_verdict(cli: Cli, tmp_path: Path) -> None:
    number = cli.number()
    document = tmp_path / "mark.txt"
    document.write_bytes(number.encode())
    cli.ok("application", "register", document, "--number", number, "--filing-date", "2024-01-31")
    described = cli.ok("evidence", "chain", "-o", "chain.json", *SIGNERS)
    assert described["chain"]["consensus"]["threshold"] == 2
    assert Path("chain.json").read_bytes() == json.dumps(
        described["chain"], sort_keys=True, separators=(",", ":")
    ).encode("ascii")
    first = cli.ok("evidence", "checkpoint", "--office", "EM", "--chain", "chain.json", "-o", "checkpoint.json")
    assert first["missing"] == 1
    second = cli.ok("evidence", "checkpoint", "--office", "RU", "--chain", "chain.json", "-o", "checkpoint.json")
    assert second["missing"] == 0
    assert [one["office"] for one in second["checkpoint"]["signatures"]] == ["EM", "RU"]
    options = ("--chain", "chain.json", "--checkpoint", "checkpoint.json", "-o", "mark.registrum.zip")
    made = cli.ok("evidence", "make", number, *options)
    assert made["facts"]["answer"] == "filed"
    assert made["block"]["number"] == second["checkpoint"]["number"]
    assert made["bytes"] == Path("mark.registrum.zip").stat().st_size < 64_000
    verified = cli.ok("evidence", "verify", "mark.registrum.zip", "--trust", "chain.json", "--document", document)
    assert verified["verdict"] == "verified"
    assert {check["outcome"] for check in verified["checks"]} == {"passed"}
    assert verified["facts"] == made["facts"]
    alone = cli.ok("evidence", "verify", "mark.registrum.zip")
    assert alone["verdict"] == "consistent"
    text = cli("evidence", "verify", "mark.registrum.zip", "--trust", "chain.json").out
    assert "Bundle: holds" in text
    assert "anyone can make" in cli("evidence", "verify", "mark.registrum.zip").out


def test_one_changed_byte(cli: Cli, chain: Path, checkpoint: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "absent.registrum.zip"
    made = cli.ok("evidence", "make", "EM/T/099999999", "--chain", chain, "--checkpoint", checkpoint, "-o", bundle)
    assert made["facts"]["answer"] == "not_found"
    data = bytearray(bundle.read_bytes())
    data[300] ^= 1
    bundle.write_bytes(data)
    result = cli("evidence", "verify", bundle, "--trust", chain, "--json")
    assert result.code == 1
    assert result.json["verdict"] == "refused"
    assert result.json["facts"] is None
    assert [one["check"] for one in result.json["checks"] if one["outcome"] == "failed"] == ["archive"]


def test_a_claim_and_an_entry(cli: Cli, chain: Path, tmp_path: Path) -> None:
    number = cli.registered()
    claim = ("--claimed-date", "2024-01-31", "--later-office", "RU", "--later-right", "T", "--later-date", "2024-06-03")
    files = [tmp_path / name for name in ("claim.zip", "entry.zip", "checkpoint.json")]
    for office in ("AU", "EM"):
        cli.ok("evidence", "checkpoint", "--office", office, "--chain", chain, "-o", files[2])
    options = ("--chain", chain, "--checkpoint", files[2])
    judged = cli.ok("evidence", "make", number, *claim, "--digest", digest(number), *options, "-o", files[0])
    assert judged["facts"]["verdict"] == "valid"
    entry = cli.ok("evidence", "make", number, "--entry", *options, "-o", files[1])
    assert entry["facts"]["answer"] == "not_found"
    for file in files[:2]:
        assert cli.ok("evidence", "verify", file, "--trust", chain)["verdict"] == "verified"


def test_without_a_checkpoint_nobody_vouches_for_the_block(cli: Cli, chain: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "it.zip"
    result = cli("evidence", "make", "EM/T/099999999", "--chain", chain, "-o", bundle, "--json")
    assert result.code == 0
    assert "no checkpoint is given" in result.err
    refused = cli("evidence", "verify", bundle, "--trust", chain, "--json")
    assert refused.code == 1
    assert refused.json["checks"][-1]["check"] == "link"
    block = result.json["block"]
    described = json.loads(chain.read_bytes())
    described["blocks"] = [{"number": block["number"], "hash": block["hash"]}]
    pinned = tmp_path / "pinned.json"
    pinned.write_text(json.dumps(described, sort_keys=True, separators=(",", ":")) + "\n")
    assert cli.ok("evidence", "verify", bundle, "--trust", pinned)["verdict"] == "verified"


def refused(cli: Cli, *arguments: Any) -> tuple[int, str]:
    result = cli("evidence", *arguments, "--json")
    return result.code, result.error["message"] + " " + result.error["remedy"]


def test_files_are_not_written_over(cli: Cli, chain: Path, checkpoint: Path) -> None:
    before = chain.read_bytes()
    assert refused(cli, "chain", "-o", chain, *SIGNERS)[0] == 2
    code, message = refused(
        cli, "make", "EM/T/099999999", "--chain", chain, "--checkpoint", checkpoint, "-o", checkpoint
    )
    assert (code, "is there already" in message) == (2, True)
    assert chain.read_bytes() == before


def test_a_folder_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    code, message = refused(cli, "chain", "-o", tmp_path / "nowhere" / "chain.json", *SIGNERS)
    assert (code, "cannot be written" in message) == (2, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "names no validators"),
        (("--signer", "EM"), "names no office and account"),
        (("--signer", "em=0x" + "11" * 20), "em"),
        (("--signer", "EM=0x11"), "0x11"),
        ((*SIGNERS, "--threshold", "4"), "4 of 3 offices"),
    ],
)
def test_descriptions_that_cannot_be(cli: Cli, options: tuple[str, ...], message: str) -> None:
    code, said = refused(cli, "chain", "-o", "it.json", *options)
    assert code == 2
    assert message in said
    assert not Path("it.json").exists()


def test_checkpoints_that_cannot_be(cli: Cli, chain: Path, checkpoint: Path, tmp_path: Path) -> None:
    number = json.loads(checkpoint.read_bytes())["number"]
    sign = ("checkpoint", "--chain", chain, "--office")
    code, message = refused(cli, *sign, "AU", "-o", checkpoint, "--block", number - 1)
    assert (code, f"is of block {number}" in message) == (2, True)
    code, message = refused(cli, *sign, "JP", "-o", tmp_path / "new.json", "--key", "development:JP")
    assert (code, "does not sign checkpoints for JP" in message) == (2, True)
    other = json.loads(checkpoint.read_bytes())
    other["hash"] = "0x" + "11" * 32
    checkpoint.write_text(json.dumps(other, sort_keys=True, separators=(",", ":")))
    code, message = refused(cli, *sign, "AU", "-o", checkpoint)
    assert (code, "is not the one of" in message) == (1, True)
    code, message = refused(
        cli, "make", "EM/T/099999999", "--chain", chain, "--checkpoint", checkpoint, "-o", tmp_path / "it.zip"
    )
    assert (code, "is not of this checkpoint" in message) == (1, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--claimed-date", "2024-01-31"), "--later-office, --later-right, --later-date missing"),
        (("--digest", "0x" + "11" * 32), "--claimed-date"),
        (("--entry", "--proof", "proof.json"), "an entry has no claim and no proof"),
        (("--checkpoint", "nowhere.json"), "nowhere.json cannot be read"),
        (("--proof", "nowhere.json"), "nowhere.json"),
    ],
)
def test_bundles_that_cannot_be(cli: Cli, chain: Path, options: tuple[str, ...], message: str) -> None:
    code, said = refused(cli, "make", "EM/T/099999999", "--chain", chain, "-o", "it.zip", *options)
    assert code == 2
    assert message in said
    assert not Path("it.zip").exists()


def test_a_description_of_another_chain(cli: Cli, chain: Path) -> None:
    described = json.loads(chain.read_bytes())
    described["genesisHash"] = "0x" + "11" * 32
    chain.write_text(json.dumps(described, sort_keys=True, separators=(",", ":")))
    code, message = refused(cli, "make", "EM/T/099999999", "--chain", chain, "-o", "it.zip")
    assert (code, "another chain than the manifest" in message) == (2, True)


def test_what_is_no_description(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "it.json"
    for content in ("", "{}", "[1]", '{"format": "registrum-chain/1"}'):
        file.write_text(content)
        for command in (
            ("verify", file, "--trust", file),
            ("make", "EM/T/1", "--chain", file, "-o", tmp_path / "o.zip"),
        ):
            code, message = refused(cli, *command)
            assert (code, f"{file} is no description of a chain" in message) == (2, True), content
            assert "Ask for the bundle" not in message
    file.write_bytes(b"x" * 2_000_000)
    assert refused(cli, "verify", file, "--trust", file)[0] == 2


def test_what_is_no_checkpoint(cli: Cli, chain: Path, tmp_path: Path) -> None:
    file = tmp_path / "it.json"
    for content in ("", "{}", "[]"):
        file.write_text(content)
        code, message = refused(cli, "make", "EM/T/1", "--chain", chain, "--checkpoint", file, "-o", tmp_path / "o.zip")
        assert (code, f"{file} is no checkpoint" in message) == (2, True), content


def test_a_file_that_is_longer_than_any_bundle_is_refused(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "long.zip"
    file.write_bytes(b"P" * (MOST_BYTES + 5))
    result = cli("evidence", "verify", file, "--json")
    assert (result.code, result.json["verdict"]) == (1, "refused")
    assert [one["check"] for one in result.json["checks"]] == ["archive"]


def test_what_speaks_against_a_record_is_a_warning(cli: Cli) -> None:
    trust = ("--trust", FOLDER / "chain.json")
    suspect = FOLDER / "registration-suspect.registrum.zip"
    shown = cli.ok("evidence", "verify", suspect, *trust)
    assert shown["verdict"] == "verified"
    assert shown["history"][0]["event"] == "OfficeAdmitted"
    first, *keys = shown["warnings"]
    assert "proves nothing until one does" in first
    [signer] = shown["facts"]["keys"]
    assert [f"{signer['account']} of EM" in said for said in keys] == [True] * len(keys)
    assert any(f"compromised since {signer['compromisedSince']}" in said for said in keys)
    text = cli("evidence", "verify", suspect, *trust).out
    assert text.splitlines()[:2] == ["Bundle: holds; not checked: page", f"Warning: {first}"]
    assert "Warning" not in cli("evidence", "verify", FOLDER / "absent-em.registrum.zip", *trust).out


@pytest.fixture
def bundle(cli: Cli, chain: Path, tmp_path: Path) -> Path:
    """Of a record that is not older than the checkpoint."""
    file, checkpoint = tmp_path / "mark.registrum.zip", tmp_path / "newer.json"
    number = cli.registered()
    for office in ("EM", "RU"):
        cli.ok("evidence", "checkpoint", "--office", office, "--chain", chain, "-o", checkpoint)
    cli.ok("evidence", "make", number, "--chain", chain, "--checkpoint", checkpoint, "-o", file)
    return file


def test_a_time_stamp_and_a_credential(cli: Cli, chain: Path, bundle: Path, tmp_path: Path) -> None:
    query, answer, root, token, whole = (tmp_path / name for name in ("q.tsq", "a.tsr", "root.pem", "c.jwt", "it.zip"))
    asked = cli.ok("evidence", "timestamp-query", bundle, "-o", query)
    assert asked["sha256"] == file_digest(query)
    authority = Authority.make()
    answer.write_bytes(authority.answer(query.read_bytes()))
    root.write_bytes(authority.pem())
    stated = cli.ok("evidence", "credential", bundle, "--chain", chain, "-o", token)
    subject = stated["credential"]["credentialSubject"]
    assert (subject["office"], subject["status"], subject["filingDate"]) == ("EM", "filed", "2024-01-31")
    attached = cli.ok("evidence", "attach", bundle, "--timestamp", answer, "--credential", token, "-o", whole)
    assert attached["attached"] == ["timestamp.tsr", "credential.jwt"]
    assert attached["bytes"] == whole.stat().st_size
    verified = cli.ok("evidence", "verify", whole, "--trust", chain, "--tsa", root)
    assert verified["verdict"] == "verified"
    assert [one["check"] for one in verified["checks"]][-2:] == ["timestamp", "credential"]
    assert {one["outcome"] for one in verified["checks"]} == {"passed"}
    assert "not checked: timestamp" in cli("evidence", "verify", whole, "--trust", chain).out
    root.write_bytes(Authority.make("Others").pem())
    other = cli("evidence", "verify", whole, "--trust", chain, "--tsa", root, "--json")
    assert other.code == 1
    assert [one["check"] for one in other.json["checks"] if one["outcome"] == "failed"] == ["timestamp"]


def test_what_cannot_be_attached(cli: Cli, chain: Path, bundle: Path, tmp_path: Path) -> None:
    query, answer, token, out = (tmp_path / name for name in ("q.tsq", "a.tsr", "c.jwt", "out.zip"))
    cli.ok("evidence", "timestamp-query", bundle, "-o", query)
    code, message = refused(cli, "timestamp-query", bundle, "-o", query)
    assert (code, "is there already" in message) == (2, True)
    assert refused(cli, "attach", bundle, "-o", out)[0] == 2
    answer.write_bytes(query.read_bytes())
    code, message = refused(cli, "attach", bundle, "--timestamp", answer, "-o", out)
    assert (code, "the time stamp: it cannot be read" in message) == (1, True)
    answer.write_bytes(Authority.make().answer(query.read_bytes()))
    stamped = tmp_path / "stamped.zip"
    cli.ok("evidence", "attach", bundle, "--timestamp", answer, "-o", stamped)
    code, message = refused(cli, "attach", stamped, "--timestamp", answer, "-o", out)
    assert (code, "--replace" in message) == (2, True)
    token.write_bytes(b"a.b.c")
    code, message = refused(cli, "attach", stamped, "--credential", token, "-o", out)
    assert (code, "the credential: " in message) == (1, True)
    changed = bytearray(bundle.read_bytes())
    changed[300] ^= 1
    bundle.write_bytes(changed)
    for command in (("attach", bundle, "--timestamp", answer), ("timestamp-query", bundle)):
        assert refused(cli, *command, "-o", out)[0] == 1
    assert not out.exists()
    cli.ok("evidence", "attach", stamped, "--timestamp", answer, "--replace", "-o", out)


def test_an_office_signs_only_what_holds_with_a_key_that_the_bundle_shows(
    cli: Cli, chain: Path, bundle: Path, checkpoint: Path, tmp_path: Path
) -> None:
    token, absent = tmp_path / "c.jwt", tmp_path / "absent.zip"
    sign = ("credential", bundle, "--chain", chain, "-o", token)
    code, message = refused(cli, *sign, "--office", "RU")
    assert (code, f"does not show {RU.signing_key().address.lower()}" in message) == (1, True)
    described = json.loads(chain.read_bytes())
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**described, "genesisHash": "0x" + "11" * 32}, sort_keys=True, separators=(",", ":")))
    code, message = refused(cli, "credential", bundle, "--chain", other, "-o", token)
    assert (code, "does not hold" in message) == (1, True)
    cli.ok("evidence", "make", "EM/T/099999999", "--chain", chain, "--checkpoint", checkpoint, "-o", absent)
    code, message = refused(cli, "credential", absent, "--chain", chain, "-o", token)
    assert (code, "shows no record" in message) == (2, True)
    assert not token.exists()


def test_further_accounts_are_shown_to_be_keys_of_the_office_or_none(
    cli: Cli, chain: Path, bundle: Path, tmp_path: Path
) -> None:
    number = cli.ok("evidence", "verify", bundle, "--trust", chain)["subject"]["number"]
    shown, token = tmp_path / "shown.zip", tmp_path / "c.jwt"
    options = ("--chain", chain, "--checkpoint", tmp_path / "newer.json", "-o", shown)
    made = cli.ok("evidence", "make", number, *options, "--account", RU.signing_key().address)
    assert {key["account"]: key["office"] for key in made["facts"]["keys"]} == {
        EM.signing_key().address.lower(): "EM",
        RU.signing_key().address.lower(): None,
    }
    code, message = refused(cli, "credential", shown, "--chain", chain, "--office", "RU", "-o", token)
    assert (code, "does not show" in message) == (1, True)
    code, message = refused(cli, "make", number, *options, "--account", "0x11")
    assert (code, "0x11" in message) == (2, True)


def test_what_is_no_root_of_an_authority(cli: Cli, chain: Path, bundle: Path) -> None:
    code, message = refused(cli, "verify", bundle, "--tsa", chain)
    assert (code, "holds no certificates" in message) == (2, True)
    assert refused(cli, "verify", bundle, "--tsa", "nowhere.pem")[0] == 2
