"""`registrum application reconfirm` and `reinstate`: records of a stolen key, compared with the office's own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from registrum.signing.signers import LocalSigner
from tests.cli.support import Cli, digest
from tests.cli.test_batch import write_csv

SENT = ["taken", "transactionHash", "blockNumber"]


def stolen(cli: Cli, monkeypatch: pytest.MonkeyPatch, secret: int) -> tuple[list[str], str]:
    """Two records of AU by a key of its own that was stolen, and that key."""
    monkeypatch.setenv("STOLEN", f"0x{secret:064x}")
    key = LocalSigner(secret.to_bytes(32, "big")).address
    cli.ok("key", "add", "AU", key)
    numbers = [cli.number("AU"), cli.number("AU")]
    for number in numbers:
        arguments = ["--number", number, "--filing-date", "2024-01-31", "--digest", digest(number)]
        cli.ok("application", "register", *arguments, "--key", "env:STOLEN", "--sender", "development:AU")
    cli.ok("key", "compromise", "AU", key, "--since", "2024-01-01")
    return numbers, key


def test_records_of_a_stolen_key_are_compared_and_confirmed(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mine, forged), key = stolen(cli, monkeypatch, 0x91)
    rows = [f"{mine},2024-01-31,{digest(mine)}", f"{forged},2024-01-31,{digest('as filed')}"]
    source = write_csv(tmp_path / "own.csv", rows)
    shown = cli.ok("application", "show", mine)
    assert (shown["signerCompromisedSince"], shown["reconfirmed"]) == ("2024-01-01T00:00:00Z", None)
    result = cli("application", "reconfirm", "--key-compromised", key, "--office", "AU", "--source", source, "--json")
    assert result.code == 1
    assert list(result.json) == ["office", "records", "sent"]
    outcomes = {record["number"]: record["outcome"] for record in result.json["records"]}
    assert outcomes == {mine: "confirmed", forged: "differs_from_the_source"}
    assert list(result.json["sent"][0]) == SENT
    assert cli.ok("application", "show", mine)["signerCompromisedSince"] is None
    assert "Confirmed: by " in cli("application", "show", mine).out
    assert cli.ok("application", "show", forged)["signerCompromisedSince"] is not None
    rest = cli("application", "reconfirm", "--key-compromised", key, "--office", "AU", "--as-recorded")
    assert rest.code == 0
    assert f"{forged}\t2024-01-31\tconfirmed" in rest.out
    assert cli.ok("application", "reconfirm", mine, "--as-recorded")["sent"][0]["taken"] is False
    absent = cli("application", "reconfirm", cli.number("AU"), "--as-recorded", "--json")
    assert (absent.code, absent.json["records"][0]["outcome"]) == (1, "not_recorded")


def test_blind_confirmation_needs_a_word(cli: Cli, tmp_path: Path) -> None:
    number = cli.registered("AU")
    source = write_csv(tmp_path / "own.csv", [f"{number},2024-01-31,{digest(number)}"])
    for arguments in (
        [number],
        ["--as-recorded"],
        [number, "--as-recorded", "--source", source],
        ["--key-compromised", "0x" + "11" * 20, "--as-recorded"],
        [number, "--key-compromised", "0x" + "11" * 20, "--as-recorded"],
        [number, cli.number("EM"), "--as-recorded"],
    ):
        result = cli("application", "reconfirm", *arguments, "--json")
        assert (result.code, result.error["code"]) == (2, "bad_input"), arguments
        assert result.error["remedy"]
    assert cli("application", "reconfirm", "--source", source).code == 0


def test_withdrawal_is_taken_back(cli: Cli) -> None:
    number = cli.registered("AU")
    early = cli("application", "reinstate", number, "--json")
    assert (early.code, early.error["code"]) == (4, "application_registry_not_withdrawn")
    cli.ok("application", "withdraw", number)
    assert list(cli.ok("application", "reinstate", number)) == ["number", *SENT, "gasUsed"]
    assert cli.ok("application", "show", number)["standing"] == "corrected"
