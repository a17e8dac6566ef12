"""Keystores and their passwords: where they come from, and that no secret is ever printed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from eth_keyfile import create_keyfile_json

from registrum.signing.signers import LocalSigner
from tests.cli.support import TIMEOUT_S, Cli, command, digest

SECRET = bytes.fromhex("c0ffee" + "5ec2e7" * 8 + "0badcafe00")
PASSWORD = "correct horse canary staple"


@pytest.fixture
def keystore(cli: Cli, tmp_path: Path) -> Path:
    """A keystore whose key is a signing key of JP."""
    address = LocalSigner(SECRET).address
    known = [key["account"] for key in cli.ok("key", "list", "JP")["keys"]]
    if address not in known:
        cli.ok("key", "add", "JP", address)
    file = tmp_path / "key.json"
    file.write_text(json.dumps(create_keyfile_json(SECRET, PASSWORD.encode(), kdf="pbkdf2", iterations=2)))
    return file


def arguments(digits: str) -> list[str]:
    return [
        "application",
        "register",
        "--number",
        f"JP/T/2024-{digits}",
        "--filing-date",
        "2024-01-31",
        "--digest",
        digest("a"),
    ]


def reveals(text: str) -> list[str]:
    """Which secrets are in a text, in any form that code might give them."""
    forms = [PASSWORD, SECRET.hex(), SECRET.hex().upper(), str(int.from_bytes(SECRET, "big")), repr(SECRET)]
    return [form for form in forms if form in text]


def test_password_from_a_file(cli: Cli, keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\nmore\n")
    [item] = cli.ok(*arguments("000001"), "--key", keystore, "--password-file", "password")["applications"]
    assert item["taken"]
    assert cli.ok("application", "show", item["number"])["record"]["signingKey"] == LocalSigner(SECRET).address
    monkeypatch.setenv("REGISTRUM_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("REGISTRUM_KEY", str(keystore))
    assert cli.ok(*arguments("000002"))["applications"][0]["taken"]


def test_password_option_comes_before_the_environment(
    cli: Cli, keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "wrong").write_text("wrong")
    monkeypatch.setenv("REGISTRUM_KEY_PASSWORD", "wrong")
    assert cli(*arguments("000003"), "--key", keystore, "--json").error["code"] == "wrong_password"
    assert cli(*arguments("000003"), "--key", keystore, "--password-file", "password").code == 0
    monkeypatch.setenv("REGISTRUM_PASSWORD_FILE", str(tmp_path / "password"))
    assert cli(*arguments("000003"), "--key", keystore, "--password-file", "wrong").code == 2


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe", b"x" * 5000])
def test_what_is_no_password_file(cli: Cli, keystore: Path, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "password").write_bytes(content)
    result = cli(*arguments("000004"), "--key", keystore, "--password-file", "password", "--json")
    assert (result.code, result.error["code"]) == (2, "wrong_password")


def test_password_is_asked_for_on_a_terminal_alone(cli: Cli, keystore: Path) -> None:
    result = cli.spawn(*arguments("000005"), "--key", keystore, "--json")
    assert (result.code, result.error["code"]) == (2, "wrong_password")
    assert "--password-file" in result.error["remedy"]


def test_password_typed_at_a_terminal(cli: Cli, keystore: Path) -> None:
    outer, inner = os.openpty()
    try:
        process = subprocess.Popen(
            command(*arguments("000006"), "--key", keystore, "--json"),
            env=cli.environment,
            stdin=inner,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Without a controlling terminal getpass asks on standard input.
            start_new_session=True,
        )
        assert process.stderr is not None
        # What is typed before the question is thrown away by the terminal.
        asked = b""
        while not asked.endswith(b": ") and (piece := process.stderr.read(1)):
            asked += piece
        os.write(outer, PASSWORD.encode() + b"\n")
        out, err = process.communicate(timeout=TIMEOUT_S)
        assert b"key.json" in asked
    finally:
        os.close(inner)
        os.close(outer)
    assert process.returncode == 0, err.decode()
    assert json.loads(out)["applications"][0]["taken"]
    assert not reveals(out.decode() + err.decode())


def test_there_is_no_option_for_a_password(cli: Cli) -> None:
    for option in ("--password", "--private-key"):
        assert cli(*arguments("000007"), option, PASSWORD).code == 2


def test_private_key_as_an_option_is_refused_and_not_repeated(cli: Cli) -> None:
    result = cli("--debug", *arguments("000008"), "--key", SECRET.hex(), "--json")
    assert (result.code, result.error["code"]) == (2, "key_not_found")
    assert not reveals(result.out + result.err)


def test_variable_with_a_private_key_is_for_local_chains(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET.hex())
    result = cli(*arguments("000011"), "--key", "env:SECRET_KEY", "--rpc", "http://192.0.2.1:1", "--json")
    assert (result.code, result.error["code"]) == (2, "bad_configuration")
    assert "192.0.2.1" in result.error["message"]
    assert not reveals(result.out + result.err)


@pytest.mark.parametrize("cut", [slice(4), slice(1)])
@pytest.mark.parametrize("form", ["{}", "0x{}", "0X{}", " {}", "{}000000", "0x{}0"])
def test_most_of_a_private_key_is_as_secret_as_all_of_it(cli: Cli, cut: slice, form: str) -> None:
    canary = SECRET.hex()[cut.stop :]
    for extra in ([], ["--json"]):
        result = cli("--debug", *arguments("000010"), "--key", form.format(canary), *extra)
        assert (result.code, canary in result.out + result.err) == (2, False)
        assert "keystore" in result.err


def test_no_secret_is_ever_printed(cli: Cli, keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "wrong").write_text(PASSWORD + "!")
    broken = json.loads(keystore.read_text())
    broken["crypto"]["kdf"] = "none"
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    monkeypatch.setenv("SECRET_KEY", SECRET.hex())
    monkeypatch.setenv("NO_KEY", SECRET.hex()[1:])
    attempts = [
        ["--key", keystore, "--password-file", "password"],
        ["--key", keystore, "--password-file", "wrong"],
        ["--key", "broken.json", "--password-file", "password"],
        ["--key", "env:SECRET_KEY"],
        ["--key", "env:NO_KEY"],
        ["--key", keystore, "--password-file", "password", "--rpc", "http://127.0.0.1:1"],
        ["--key", "env:SECRET_KEY", "--rpc", "http://127.0.0.1:1"],
    ]
    codes = []
    for attempt in attempts:
        for extra in ([], ["--json"]):
            result = cli("--debug", *arguments("000009"), *attempt, *extra)
            assert not reveals(result.out + result.err)
            assert SECRET.hex()[1:] not in result.out + result.err
            codes.append(result.code)
    assert codes[::2] == [0, 2, 2, 0, 2, 3, 3]
    listed = cli("outbox", "list", "--json")
    assert not reveals(listed.out)
