"""`registrum audit office` against the local chain: the report for people and programs, the list, what it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registrum.index.store import open_index
from tests.cli.support import Cli, digest

KEYS = [
    "format",
    "madeBy",
    "office",
    "chain",
    "readAt",
    "period",
    "terms",
    "examined",
    "withoutSeries",
    "delays",
    "reconciliation",
    "total",
    "severities",
    "counts",
    "leftOut",
    "findings",
]
DATABASE = "audited.sqlite"


def today() -> date:
    return datetime.now(UTC).date()


def audit(cli: Cli, *arguments: object, office: str = "AU") -> Any:
    day = today()
    period = ("--from", day - timedelta(days=2), "--to", day + timedelta(days=2))
    return cli("audit", "office", office, *period, "--database", DATABASE, *arguments)


@pytest.fixture
def indexed(cli: Cli) -> list[str]:
    """Three applications of AU of today in an index, the middle one of an earlier filing date."""
    numbers = [cli.registered("AU", str(today())) for _ in range(3)]
    late = cli.registered("AU", "2024-01-31")
    cli.ok("index", "run", "--once", "--index", DATABASE)
    return [*numbers, late]


def own_list(path: Path, numbers: list[str], filed: str) -> Path:
    path.write_text(
        "number;filing_date;digest\n" + "".join(f"{number};{filed};{digest(number)}\n" for number in numbers),
        encoding="utf-8-sig",
    )
    return path


def test_report_of_an_office(cli: Cli, indexed: list[str]) -> None:
    result = audit(cli, "--made-by", "Tester", "--json")
    assert (result.code, result.err) == (1, "")
    report = result.json
    assert list(report) == KEYS
    assert (report["office"], report["format"]) == ("AU", "registrum-audit/1")
    assert report["madeBy"]["name"] == "Tester"
    assert (report["readAt"]["isComplete"], report["readAt"]["lagBlocks"]) == (True, 0)
    late = [finding for finding in report["findings"] if finding["number"] == indexed[3]]
    assert [(one["code"], one["severity"]) for one in late] == [("recorded_late", "warning")]
    assert len(late[0]["evidence"][0]["transactionHash"]) == 66
    assert audit(cli, "--made-by", "Tester", "--json").out == result.out


def test_report_for_people(cli: Cli, indexed: list[str]) -> None:
    result = audit(cli)
    assert result.code == 1
    assert "Measured by: time of recording, days in UTC" in result.out
    assert "(not over at this block: more may be recorded in it)" in result.out
    assert f"recorded_late\t{indexed[3]}\t" in result.out
    assert "Index: 0 blocks behind the node" in result.out


def test_exit_code_by_severity(cli: Cli, indexed: list[str]) -> None:
    assert indexed
    assert audit(cli, "--fail-on", "error").code == 0
    assert audit(cli, "--fail-on", "warning").code == 1
    assert audit(cli, "--fail-on", "warning", "--late-days", 30_000).code == 0
    nothing = cli("audit", "office", "AU", "--from", "2001-01-01", "--to", "2001-12-31", "--database", DATABASE)
    assert nothing.code == 0
    assert "Findings: 0" in nothing.out
    assert "not over" not in nothing.out
    assert "Nothing stands out" in nothing.out


def test_own_list(cli: Cli, indexed: list[str], tmp_path: Path) -> None:
    # Other tests register numbers of AU as well, which are not in this list.
    file = own_list(tmp_path / "own.csv", [*indexed[:3], cli.number("AU")], str(today()))
    report = audit(cli, "--list", file, "--json").json
    assert {**report["reconciliation"], "recordedOutsidePeriod": 0} == {
        "lines": 4,
        "matched": 3,
        "agreed": 3,
        "recordedOutsidePeriod": 0,
    }
    assert report["counts"]["list_missing"] == 1
    assert indexed[3] in {one["number"] for one in report["findings"] if one["code"] == "list_extra"}
    plain = audit(cli, "--list", file, "--delimiter", "semicolon").out
    assert "Of them on the chain: 3, 3 without any difference" in plain


def test_bad_lines_are_named(cli: Cli, indexed: list[str], tmp_path: Path) -> None:
    file = own_list(tmp_path / "own.csv", [indexed[0], "AU/T/none"], "2024-01-31")
    result = audit(cli, "--list", file, "--json")
    assert (result.code, result.error["code"]) == (2, "bad_input")
    assert [(one["line"], one["code"]) for one in result.error["details"]["problems"]] == [(3, "bad_number")]
    assert "line 3" in result.err


def test_without_a_node_the_lag_is_not_known(cli: Cli, indexed: list[str]) -> None:
    assert indexed
    result = audit(cli, "--rpc", "http://127.0.0.1:1", "--json")
    assert result.code == 1
    assert result.json["readAt"]["lagBlocks"] is None
    assert "not known how far the index is behind" in result.err


def test_index_that_is_not_complete(cli: Cli, indexed: list[str], tmp_path: Path) -> None:
    assert indexed
    with open_index(tmp_path / DATABASE) as index, index.write() as connection:
        index.set_progress(connection, has_indexes=False)
    result = audit(cli, "--json")
    assert (result.code, result.error["code"]) == (2, "index_not_complete")


def test_index_of_another_chain(cli: Cli, indexed: list[str], tmp_path: Path) -> None:
    assert indexed
    with open_index(tmp_path / DATABASE) as index, index.write() as connection:
        index.set_progress(connection, block_hash=bytes(32))
    result = audit(cli, "--json")
    assert (result.code, result.error["code"]) == (2, "index_mismatch")
    with open_index(tmp_path / DATABASE) as index, index.write() as connection:
        index.set_progress(connection, genesis_hash=bytes(32))
    assert "than the manifest" in audit(cli, "--json").error["message"]


def test_what_cannot_be_audited(cli: Cli, indexed: list[str]) -> None:
    assert indexed
    assert "never a member" in audit(cli, "--json", office="BR").error["message"]
    assert audit(cli, "--json", office="au").error["code"] == "bad_input"
    assert audit(cli, "--most", 0, "--json").error["code"] == "bad_input"
    missing = cli("audit", "office", "AU", "--from", "2024-01-01", "--to", "2024-12-31", "--index", "none", "--json")
    assert (missing.code, missing.error["code"]) == (2, "index_unavailable")
    backwards = cli("audit", "office", "AU", "--from", "2024-02-01", "--to", "2024-01-31", "--json")
    assert (backwards.code, backwards.error["code"]) == (2, "bad_input")
