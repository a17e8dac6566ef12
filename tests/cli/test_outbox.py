"""`registrum outbox`, exit code 5, and settling what was left open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import Cli, digest

ENTRY = [
    "id",
    "key",
    "description",
    "state",
    "outcome",
    "account",
    "nonce",
    "transactionHash",
    "blockNumber",
    "gasUsed",
    "note",
    "createdAt",
    "updatedAt",
]


@pytest.fixture
def without_blocks(cli: Cli) -> Iterator[None]:
    """The node takes transactions and makes no blocks."""
    cli.rpc.call("evm_setAutomine", [False])
    try:
        yield
    finally:
        cli.rpc.call("evm_setAutomine", [True])
        cli.rpc.call("evm_mine")
        # What a test left open must not disturb the next one.
        assert cli("outbox", "retry").code in (0, 4)


def register(cli: Cli, number: str) -> list[str]:
    return [
        "application",
        "register",
        "--number",
        number,
        "--filing-date",
        "2024-01-31",
        "--digest",
        digest(number),
    ]


def test_list(cli: Cli) -> None:
    number = cli.registered()
    document = cli.ok("outbox", "list")
    assert list(document) == ["outbox", "counts", "entries"]
    assert list(document["counts"]) == ["queued", "sent", "mined", "confirmed", "refused"]
    last = document["entries"][-1]
    assert list(last) == ENTRY
    assert (last["description"], last["state"]) == (f"register {number}", "confirmed")
    assert cli.ok("outbox", "list", "--state", "queued")["entries"] == []
    assert f"confirmed\tconfirmed\tregister {number}" in cli("outbox", "list").out
    assert cli("outbox", "list", "--state", "lost").code == 2


def test_it_is_where_the_settings_say(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRUM_OUTBOX", str(tmp_path / "mine.sqlite"))
    assert cli.ok("outbox", "list") == {
        "outbox": str(tmp_path / "mine.sqlite"),
        "counts": dict.fromkeys(["queued", "sent", "mined", "confirmed", "refused"], 0),
        "entries": [],
    }


@pytest.mark.usefixtures("without_blocks")
def test_unknown_outcome_is_settled_later(cli: Cli) -> None:
    number = cli.number()
    result = cli(*register(cli, number), "--timeout", "0.3", "--json")
    assert (result.code, result.error["code"]) == (5, "outcome_unknown")
    assert "outbox retry" in result.err
    [entry] = cli.ok("outbox", "list", "--state", "sent")["entries"]
    assert (entry["description"], entry["outcome"]) == (f"register {number}", "unknown")
    assert cli("outbox", "retry", "--timeout", "0.3").code == 5
    troubled = cli("status", "--json")
    assert troubled.code == 1
    assert any("outbox" in problem for problem in troubled.json["problems"])

    cli.rpc.call("evm_setAutomine", [True])
    cli.rpc.call("evm_mine")
    settled = cli.ok("outbox", "retry")
    assert list(settled) == ["settled", "entries"]
    assert [(entry["description"], entry["state"]) for entry in settled["entries"]] == [
        (f"register {number}", "confirmed")
    ]
    assert cli.ok("application", "show", number)["standing"] == "recorded"
    assert not cli.ok(*register(cli, number))["applications"][0]["taken"]
    assert "Settled: 0" in cli("outbox", "retry").out


@pytest.mark.usefixtures("without_blocks")
def test_refused_entry_is_queued_anew_when_named(cli: Cli) -> None:
    """Two contents for one number wait in the pool: the second is refused when its block comes, after all checks."""
    number = cli.number()
    assert cli(*register(cli, number), "--timeout", "0.3").code == 5
    other = [*register(cli, number)[:-1], digest("other")]
    assert cli(*other, "--timeout", "0.3").code == 5
    cli.rpc.call("evm_setAutomine", [True])
    cli.rpc.call("evm_mine")
    settled = cli("outbox", "retry", "--json")
    assert settled.code == 4
    assert [entry["state"] for entry in settled.json["entries"]] == ["confirmed", "refused"]
    refused = settled.json["entries"][1]["id"]
    assert cli("outbox", "retry", "--json").json["settled"] == 0
    again = cli("outbox", "retry", refused, "--json")
    assert (again.code, [entry["id"] for entry in again.json["entries"]]) == (4, [refused])
    assert cli("outbox", "retry", "--all").code == 4
    assert cli("outbox", "retry", settled.json["entries"][0]["id"]).code == 2
    assert cli("outbox", "retry", 999_999, "--json").error["code"] == "bad_input"
