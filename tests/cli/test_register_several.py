"""`registrum application register` where one document states several applications and not all can be taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from registrum import Application, Registry
from registrum.client.receipts import Receipt
from registrum.errors import KeyNotFoundError, NodeError
from registrum.settings import Settings
from tests.cli.support import SAMPLES, Cli, digest

KEYS = [
    "number",
    "filingDate",
    "digest",
    "disclosure",
    "taken",
    "transactionHash",
    "blockNumber",
    "gasUsed",
    "opening",
    "error",
]
ERROR = ["code", "message", "remedy", "details"]


@pytest.fixture
def numbers(cli: Cli) -> list[str]:
    return [cli.number("RU") for _ in range(3)]


@pytest.fixture
def bag(tmp_path: Path, numbers: list[str]) -> Path:
    """A document that states three applications that are not recorded."""
    text = (SAMPLES / "ru-trademark-bag-st96.xml").read_text(encoding="utf-8")
    for sample, number in zip(("2024712346", "2024712347", "2024712348"), numbers, strict=True):
        text = text.replace(sample, number.removeprefix("RU/T/"))
    file = tmp_path / "bag.xml"
    file.write_text(text, encoding="utf-8")
    return file


def taken_otherwise(cli: Cli, number: str) -> None:
    cli.ok("application", "register", "--number", number, "--filing-date", "2024-02-01", "--digest", digest("other"))


def test_refusal_of_one_does_not_stop_the_others(cli: Cli, bag: Path, numbers: list[str]) -> None:
    taken_otherwise(cli, numbers[1])
    result = cli("application", "register", bag, "--json")
    assert (result.code, list(result.json)) == (4, ["applications", "error"])
    found = result.json["applications"]
    assert [list(item) for item in found] == [KEYS] * 3
    assert [(item["number"], item["taken"]) for item in found] == list(zip(numbers, (True, False, True), strict=True))
    assert [item["transactionHash"] is None for item in found] == [False, True, False]
    assert [item["error"] is None for item in found] == [True, False, True]
    error = found[1]["error"]
    assert list(error) == ERROR
    assert error == result.error
    assert (error["code"], error["details"]["number"]) == ("application_registry_conflict", numbers[1])
    assert error["remedy"]
    assert [result.err.count(number) for number in numbers] == [0, 1, 0]
    for number, filed in zip(numbers, ("2024-02-12", "2024-02-01"), strict=False):
        assert cli.ok("application", "show", number)["record"]["filingDate"] == filed
    assert cli.ok("application", "show", numbers[2])["standing"] == "recorded"


def test_complaint_that_names_no_number_gets_it(cli: Cli, bag: Path, numbers: list[str]) -> None:
    result = cli("application", "register", bag, "--key", "development:EM")
    assert result.code == 4
    assert [result.err.count(number) for number in numbers] == [1, 1, 1]


def test_given_again_it_says_the_same_of_what_was_refused(cli: Cli, bag: Path, numbers: list[str]) -> None:
    for number in numbers[1:]:
        taken_otherwise(cli, number)
    cli("application", "register", bag)
    result = cli("application", "register", bag)
    assert result.code == 4
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert [(row[0], row[2]) for row in rows[1:]] == [
        (numbers[0], "no, recorded before"),
        (numbers[1], "no, application_registry_conflict"),
        (numbers[2], "no, application_registry_conflict"),
    ]
    assert [number in result.err for number in numbers] == [False, True, True]


def test_without_a_refusal_there_is_no_error(cli: Cli, bag: Path) -> None:
    document = cli.ok("application", "register", bag)
    assert list(document) == ["applications"]
    assert [item["error"] for item in document["applications"]] == [None] * 3


def test_trouble_with_the_node_stops_and_says_how_far_it_got(
    cli: Cli, bag: Path, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_otherwise(cli, numbers[0])
    register = Registry.register

    def fails_at_the_last(registry: Registry, application: Application) -> Receipt:
        if application.number.text == numbers[2]:
            raise NodeError("the node is gone", host="nowhere")
        return register(registry, application)

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "register", fails_at_the_last)
        result = cli("application", "register", bag, "--json")
        text = cli("application", "register", bag)
    assert (result.code, list(result.json), result.error["code"]) == (3, ["error"], "node_unreachable")
    details = result.error["details"]
    assert list(details) == ["host", "applications", "open"]
    assert [(item["number"], item["taken"], list(item)) for item in details["applications"]] == [
        (numbers[0], False, KEYS),
        (numbers[1], True, KEYS),
    ]
    assert details["applications"][0]["error"]["code"] == "application_registry_conflict"
    assert details["open"] == numbers[2:]
    assert text.code == 3
    assert [line.split("\t")[0] for line in text.out.splitlines()] == ["Application", *numbers[:2]]
    assert f"open: {numbers[2]}" in text.err


def test_end_that_was_not_seen_stops_and_the_same_command_goes_on(cli: Cli, bag: Path, numbers: list[str]) -> None:
    cli.rpc.call("evm_setAutomine", [False])
    try:
        result = cli("application", "register", bag, "--timeout", "0.5", "--json")
    finally:
        cli.rpc.call("evm_setAutomine", [True])
        cli.rpc.call("evm_mine")
    assert (result.code, result.error["code"]) == (5, "outcome_unknown")
    assert (result.error["details"]["applications"], result.error["details"]["open"]) == ([], numbers)
    again = cli.ok("application", "register", bag)["applications"]
    assert [item["taken"] for item in again] == [False, True, True]


def test_key_that_is_missing_is_found_before_anything_is_sent(
    cli: Cli, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cli.rpc.call("eth_blockNumber")

    def missing(settings: Settings, office: str | None = None, **options: object) -> None:
        raise KeyNotFoundError(f"no key was named for {office}", remedy="Give --key.")

    monkeypatch.setattr(Settings, "signer", missing)
    result = cli("application", "register", bag, "--json")
    assert (result.code, result.error["code"], result.error["details"]) == (2, "key_not_found", {})
    assert cli.rpc.call("eth_blockNumber") == before
