"""`scripts/admit_office.py`: admits once, adds the key once, and refuses what contradicts the chain."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from registrum.cli.root import app
from registrum.errors import ConfigError, InputError, OfficeCodeError
from scripts import admit_office as script
from tests.contracts.support.fixtures import compiled

SEAT, KEY, OTHER = 11, 12, 13
"""Accounts of the node that are nothing else in these tests."""
ZERO = "0x" + "00" * 20


@pytest.fixture(scope="module")
def directory(isolate_module: None, accounts: Any) -> Any:
    """A directory without offices."""
    return compiled("OfficeDirectory").deploy(accounts[0], {"from": accounts[0]})


@pytest.fixture
def admitted(directory: Any, accounts: Any) -> Any:
    script.admit_office(directory, accounts[0], "EM", accounts[SEAT].address, "EUIPO", "https://em.example", 19960401)
    return directory


def test_admits_once(directory: Any, accounts: Any) -> None:
    facts = ("EM", accounts[SEAT].address, "EUIPO", "https://em.example", 19960401)
    assert script.admit_office(directory, accounts[0], *facts) is True
    office = directory.officeOf(b"EM").dict()
    assert (office["seat"], office["name"], office["endpoint"], office["earliestFilingDate"]) == facts[1:]
    used = accounts[0].nonce
    assert script.admit_office(directory, accounts[0], *facts) is False
    assert accounts[0].nonce == used


def test_name_by_the_standard(directory: Any, accounts: Any) -> None:
    script.admit_office(directory, accounts[0], "AU", accounts[SEAT].address, "")
    assert directory.officeOf(b"AU").dict()["name"] == "Australia"


def test_other_seat_is_refused(admitted: Any, accounts: Any) -> None:
    with pytest.raises(ConfigError, match="EM is admitted with another seat"):
        script.admit_office(admitted, accounts[0], "EM", accounts[OTHER].address, "EUIPO")


def test_who_is_not_governance(directory: Any, accounts: Any) -> None:
    with pytest.raises(ConfigError, match="is not governance"):
        script.admit_office(directory, accounts[OTHER], "EM", accounts[SEAT].address, "EUIPO")
    assert directory.seatOf(b"EM") == ZERO


@pytest.mark.parametrize("code", ["UK", "em", "EMU", "XX", "SU"])
def test_codes_that_no_office_has(directory: Any, accounts: Any, code: str) -> None:
    with pytest.raises(OfficeCodeError):
        script.admit_office(directory, accounts[0], code, accounts[SEAT].address, "Office")


def test_seat_with_a_typing_error(directory: Any, accounts: Any) -> None:
    with pytest.raises(InputError, match="checksum"):
        script.admit_office(directory, accounts[0], "EM", accounts[SEAT].address.swapcase().replace("X", "x", 1), "EU")


def test_adds_a_key_once(admitted: Any, accounts: Any) -> None:
    assert script.add_office_key(admitted, accounts[SEAT], "EM", accounts[KEY].address) is True
    key = admitted.keyOf(b"EM", accounts[KEY]).dict()
    assert (key["scopes"], key["validUntil"], key["revokedAt"]) == (script.RECORDS, 2**40 - 1, 0)
    used = accounts[SEAT].nonce
    assert script.add_office_key(admitted, accounts[SEAT], "EM", accounts[KEY].address) is False
    assert accounts[SEAT].nonce == used


def test_key_that_is_there_in_another_way(admitted: Any, accounts: Any) -> None:
    script.add_office_key(admitted, accounts[SEAT], "EM", accounts[KEY].address, scopes=1)
    with pytest.raises(ConfigError, match="with scopes 1, not 7"):
        script.add_office_key(admitted, accounts[SEAT], "EM", accounts[KEY].address)
    admitted.revokeKey(b"EM", accounts[KEY], {"from": accounts[SEAT]})
    with pytest.raises(ConfigError, match="was revoked"):
        script.add_office_key(admitted, accounts[SEAT], "EM", accounts[KEY].address, scopes=1)


def test_who_is_not_the_seat(admitted: Any, accounts: Any) -> None:
    with pytest.raises(ConfigError, match="is not the seat of EM"):
        script.add_office_key(admitted, accounts[0], "EM", accounts[KEY].address)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, isolate_module: None) -> pytest.MonkeyPatch:
    for name in ("GOVERNANCE_ACCOUNT", "SEAT_ACCOUNT", "SEAT", "OFFICE", "OFFICE_NAME", "OFFICE_KEY", "ENDPOINT"):
        monkeypatch.delenv(f"REGISTRUM_{name}", raising=False)
    for name in ("GOVERNANCE", "EARLIEST_FILING_DATE"):
        monkeypatch.delenv(f"REGISTRUM_{name}", raising=False)
    monkeypatch.setenv("REGISTRUM_MANIFEST", str(tmp_path / "manifest.json"))
    return monkeypatch


@pytest.mark.smoke
def test_main_twice(environment: pytest.MonkeyPatch, accounts: Any, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("REGISTRUM_OFFICE", "EM")
    environment.setenv("REGISTRUM_OFFICE_NAME", "EUIPO")
    environment.setenv("REGISTRUM_OFFICE_KEY", accounts[KEY].address)
    environment.setenv("REGISTRUM_EARLIEST_FILING_DATE", "1996-04-01")
    script.main()
    directory = script.deployed_contract("OfficeDirectory")
    office = directory.officeOf(b"EM").dict()
    assert (office["seat"], office["keyCount"], office["earliestFilingDate"]) == (accounts[1], 1, 19960401)
    used = [accounts[0].nonce, accounts[1].nonce]
    script.main()
    assert [accounts[0].nonce, accounts[1].nonce] == used
    said = capsys.readouterr().out
    assert f"EM is admitted already, with seat {accounts[1].address}" in said
    assert f"{accounts[KEY].address} is a key of EM already" in said


def test_arguments_of_brownie_run(environment: pytest.MonkeyPatch, accounts: Any) -> None:
    script.admit("RU", accounts[1].address, "Rospatent")
    script.add_key("RU", accounts[KEY].address)
    directory = script.deployed_contract("OfficeDirectory")
    assert directory.keyOf(b"RU", accounts[KEY]).dict()["scopes"] == script.RECORDS


def test_what_is_missing_ends_the_script_with_a_text(environment: pytest.MonkeyPatch, accounts: Any) -> None:
    with pytest.raises(SystemExit, match="REGISTRUM_OFFICE is not set"):
        script.main()
    with pytest.raises(SystemExit, match="not an address"):
        script.admit("EM", "0x12")
    with pytest.raises(SystemExit, match="not an address"):
        script.add_key("EM", "0x12")


def test_what_the_seat_is_told_to_type_is_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "0x" + "0A" * 20
    for name, value in {"OFFICE": "EM", "SEAT": "0x" + "0b" * 20, "OFFICE_KEY": key}.items():
        monkeypatch.setenv(f"REGISTRUM_{name}", value)
    monkeypatch.delenv("REGISTRUM_SEAT_ACCOUNT", raising=False)
    monkeypatch.setattr(script, "is_development", lambda: False)
    monkeypatch.setattr(script, "_admit", lambda *facts: None)
    script.main()
    name, *words = shlex.split(capsys.readouterr().out.partition("itself: ")[2])
    assert name == "registrum"
    command: Any = typer.main.get_command(app)
    while hasattr(command, "get_command"):
        command = command.get_command(None, words.pop(0))
    given = command.make_context("add", words).params
    assert (given["code"], given["account"]) == ("EM", key)
