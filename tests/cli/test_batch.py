"""`registrum batch register`: files, folders, resumption, refusals."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from registrum import ApplicationRecord, OfficeNumber, Outbox, Registry
from registrum.chain.entries import State
from registrum.errors import NodeError
from tests.cli.support import SAMPLES, TIMEOUT_S, Cli, command, digest, file_digest, spawn
from tests.client.anvil import wait_until

KEYS = ["source", "total", "taken", "alreadyRecorded", "refused", "refusals"]


def write_csv(path: Path, rows: list[str], heading: str = "number,filing_date,digest") -> Path:
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return path


def test_csv_and_again(cli: Cli, tmp_path: Path) -> None:
    numbers = [cli.number() for _ in range(7)] + [cli.number("AU") for _ in range(3)]
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{digest(number)}" for number in numbers])
    first = cli.ok("batch", "register", file, "--batch-size", "3")
    assert list(first) == KEYS
    assert [first[name] for name in KEYS[1:]] == [10, 10, 0, 0, []]
    again = cli.ok("batch", "register", file)
    assert [again[name] for name in KEYS[1:]] == [10, 0, 10, 0, []]
    assert "Already recorded: 10" in cli("batch", "register", file).out
    for number in numbers:
        assert cli.ok("application", "show", number)["record"]["digest"] == digest(number)


def test_many_dates_in_no_order(cli: Cli, tmp_path: Path) -> None:
    first = date(2023, 1, 1)
    rows = [
        f"{number},{first + timedelta(days=7 * n % 300)},{digest(number)}"
        for n, number in enumerate(cli.number() for _ in range(600))
    ]
    document = cli.ok("batch", "register", write_csv(tmp_path / "a.csv", rows), "--batch-size", "600")
    assert (document["taken"], document["refused"]) == (600, 0)
    number, filed, stated = rows[301].split(",")
    record = cli.ok("application", "show", number)["record"]
    assert (record["filingDate"], record["digest"]) == (filed, stated)


def test_only_what_is_left_is_sent(cli: Cli, tmp_path: Path) -> None:
    numbers = [cli.number() for _ in range(6)]
    rows = [f"{number},2024-01-31,{digest(number)}" for number in numbers]
    cli.ok("batch", "register", write_csv(tmp_path / "part.csv", rows[:4]))
    document = cli.ok("batch", "register", write_csv(tmp_path / "all.csv", rows))
    assert (document["taken"], document["alreadyRecorded"]) == (2, 4)


def test_one_conflict_does_not_cost_the_others(cli: Cli, tmp_path: Path) -> None:
    known, fresh = cli.registered(), cli.number()
    rows = [
        f"{known},2024-01-31,{digest('other')}",
        f"{fresh},2024-01-31,{digest(fresh)}",
        f"{cli.number()},2999-01-01,{digest('x')}",
    ]
    file = write_csv(tmp_path / "a.csv", rows)
    result = cli("batch", "register", file, "--json")
    assert result.code == 4
    assert (result.json["taken"], result.json["refused"]) == (1, 2)
    outcomes = {item["number"]: item for item in result.json["refusals"]}
    assert outcomes[known]["outcome"] == "conflict"
    assert outcomes[known]["recorded"]["digest"] == digest(known)
    assert {item["outcome"] for item in outcomes.values()} == {"conflict", "future_date"}
    text = cli("batch", "register", file)
    assert text.code == 4
    assert f"{known}\tconflict" in text.out


def test_office_that_is_refused_does_not_cost_the_others(cli: Cli, tmp_path: Path) -> None:
    refused, fresh = [cli.number() for _ in range(3)], [cli.number("AU") for _ in range(3)]
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{digest(number)}" for number in [*refused, *fresh]])
    key = ["--key", "development:AU"]
    result = cli("batch", "register", file, *key, "--batch-size", "2", "--json")
    assert (result.code, list(result.json)) == (4, KEYS)
    assert [result.json[name] for name in KEYS[1:-1]] == [6, 3, 0, 3]
    assert {(item["number"], item["outcome"]) for item in result.json["refusals"]} == {
        (number, "batch_refused") for number in refused
    }
    error = result.json["refusals"][0]["error"]
    assert list(error) == ["code", "message", "remedy", "details"]
    assert error["code"] == "office_directory_unknown_key"
    assert result.err.count(error["message"]) == 1
    text = cli("batch", "register", file, *key)
    assert text.code == 4
    assert "Already recorded: 3" in text.out
    assert f"{refused[0]}\toffice_directory_unknown_key" in text.out


def test_error_that_stops_all_says_how_far_it_got(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [cli.number() for _ in range(4)]
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{digest(number)}" for number in numbers])
    records = Registry.records

    def fails_at_the_last(registry: Registry, asked: Iterable[OfficeNumber]) -> list[ApplicationRecord | None]:
        wanted = list(asked)
        if wanted[0].text == numbers[3]:
            raise NodeError("the node is gone", host="nowhere")
        return records(registry, wanted)

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "records", fails_at_the_last)
        result = cli("batch", "register", file, "--batch-size", "1", "--json")
        text = cli("batch", "register", file, "--batch-size", "1")
    assert (result.code, list(result.json), result.error["code"]) == (3, ["error"], "node_unreachable")
    assert list(result.error["details"]) == ["host", "report"]
    report = result.error["details"]["report"]
    assert list(report) == KEYS
    assert [report[name] for name in KEYS[1:]] == [4, 3, 0, 0, []]
    assert "open: 1 of 4" in result.err
    assert (text.code, "Already recorded: 3" in text.out) == (3, True)
    assert cli.ok("batch", "register", file)["taken"] == 1


def test_interruption_does_not_wait_for_the_deadline(cli: Cli, tmp_path: Path) -> None:
    numbers = [cli.number() for _ in range(8)]
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,{digest(number)}" for number in numbers])
    environment = {**cli.environment, "REGISTRUM_OUTBOX": str(tmp_path / "outbox.sqlite")}
    arguments = command("batch", "register", file, "--batch-size", "1", "--timeout", str(10 * TIMEOUT_S))
    # A shell's background jobs ignore the signal, and their children would too.
    disposition = signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.rpc.call("evm_setAutomine", [False])
    try:
        with (
            Outbox(tmp_path / "outbox.sqlite") as outbox,
            subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True) as process,
        ):
            try:
                wait_until(
                    lambda: process.poll() is not None or outbox.counts()[State.SENT] == len(numbers),
                    "all batches to be sent",
                    TIMEOUT_S,
                )
                process.send_signal(signal.SIGINT)
                _, said = process.communicate(timeout=TIMEOUT_S)
            finally:
                process.kill()
    finally:
        signal.signal(signal.SIGINT, disposition)
        cli.rpc.call("evm_setAutomine", [True])
        cli.rpc.call("evm_mine")
    assert (process.returncode, said) == (130, "registrum: interrupted\n")
    again = spawn(environment, "batch", "register", file, "--json")
    assert (again.json["taken"] + again.json["alreadyRecorded"], again.json["refused"]) == (8, 0)


def test_optional_columns_and_documents_beside_the_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "copy.pdf").write_bytes(b"%PDF-1.4 copy")
    digits = cli.number()[5:]
    file = write_csv(
        tmp_path / "a.csv",
        [f'"{digits[:3]} {digits[3:]}", T ,EM,2024-01-31,,copy.pdf'],
        "number,right,office,filing_date,digest,document",
    )
    assert cli.ok("batch", "register", file)["taken"] == 1
    assert cli.ok("application", "show", f"EM/T/{digits}")["record"]["digest"] == file_digest(tmp_path / "copy.pdf")


def test_right_and_office_for_all_rows(cli: Cli, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", [f"{cli.number()[5:]},2024-01-31,{digest('a')}"])
    assert cli("batch", "register", file).code == 2
    assert cli.ok("batch", "register", file, "--right", "T", "--office", "EM")["taken"] == 1


def test_folder_of_documents(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("em-trademark-st66.xml", "au-patent-st96.xml"):
        (folder / name).write_bytes((SAMPLES / name).read_bytes())
    (folder / ".hidden").write_text("left out")
    document = cli.ok("batch", "register", folder)
    assert (document["total"], document["taken"]) == (3, 3)
    assert cli.ok("application", "show", "AU/P/2023201234")["standing"] == "recorded"


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        ([], "number,filing_date,digest"),
        (["EM/T/018660437,2024-01-31"], "number,filing_date"),
        (["EM/T/018660437,2024-01-31,0x12"], "number,filing_date,digest"),
        (["EM/T/018660437,31/01/2024," + digest("a")], "number,filing_date,digest"),
        (["EM/T/018660437,2024-01-31," + digest("a") + ",more"], "number,filing_date,digest"),
        (["EM/T/018660437,2024-01-31,none.pdf"], "number,filing_date,document"),
        (["EM/T/018660437,2024-01-31," + digest("a") + ",none.pdf"], "number,filing_date,digest,document"),
        (["EM/T/018660437,2024-01-31," + digest("a")], "number,filed,digest"),
        (["EM/T/018660437,2024-01-31," + digest("a")], "number,filing_date,number"),
    ],
)
def test_a_bad_file_has_no_effect(cli: Cli, tmp_path: Path, rows: list[str], heading: str) -> None:
    result = cli("batch", "register", write_csv(tmp_path / "a.csv", rows, heading), "--json")
    assert (result.code, result.error["code"]) == (2, "bad_input")
    assert result.error["remedy"]


def test_every_bad_row_is_named(cli: Cli, tmp_path: Path) -> None:
    good = cli.number()
    rows = [f"{good},2024-01-31,{digest(good)}", f"XX/T/1,2024-01-31,{digest('a')}", "EM/T/018660437,2024-02-30,0x"]
    result = cli("batch", "register", write_csv(tmp_path / "a.csv", rows), "--json")
    problems = result.error["details"]["problems"]
    assert [(problem["place"], problem["code"]) for problem in problems] == [(2, "bad_office_code"), (3, "bad_date")]
    assert cli("application", "show", good).code == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'number,filing_date,digest\n"a\n'])
def test_no_csv(cli: Cli, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert cli("batch", "register", tmp_path / "a.csv").code == 2
    assert cli("batch", "register", tmp_path / "none.csv").code == 2


def test_batch_size_is_bounded(cli: Cli) -> None:
    assert cli("batch", "register", "a.csv", "--batch-size", "601").code == 2
    assert cli("batch", "register", "a.csv", "--batch-size", "0").code == 2
