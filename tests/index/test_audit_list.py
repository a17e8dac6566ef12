"""The office's own list against what was planted: reading it, both directions, every difference, and its size."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from registrum.audit import Code, Report, Severity, Terms
from registrum.audit.own_list import OwnList
from registrum.errors import InputError
from registrum.index import tables
from registrum.index.store import Index
from tests.index.audits import KEY, Planted, digest, moment

FILED = date(2024, 3, 4)
HEADINGS = "number,filing_date,digest"
MANY = 25_000


@pytest.fixture
def planted(index: Index) -> Planted:
    return Planted(index)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own.csv"


def line(number: str, filed: date = FILED, content: str = "") -> str:
    return f"{number},{filed},0x{digest(content or number).hex()}"


def write(file: Path, *lines: str, headings: str = HEADINGS, encoding: str = "utf-8") -> Path:
    file.write_text("\n".join([headings, *lines, ""]), encoding=encoding)
    return file


def read(file: Path, **options: Any) -> list[tuple[Any, ...]]:
    with OwnList(file, "FR", **options) as found:
        return [tuple(row) for row in found.rows()]


def reconciled(planted: Planted, file: Path, **options: Any) -> Report:
    with OwnList(file, "FR") as own_list:
        return planted.audit(own_list=own_list, **options)


def codes(report: Report) -> dict[str, int]:
    return {code.value: count for code, count in report.counts.items()}


# -- reading -------------------------------------------------------------------------------------------------------

ROW = ("FR/P/2400001", 2, 20240304, digest("FR/P/2400001"), None)
FORMS: dict[str, Callable[[Path], Path]] = {
    "commas": lambda file: write(file, line("FR/P/2400001")),
    "byte order mark": lambda file: write(file, line("FR/P/2400001"), encoding="utf-8-sig"),
    "semicolons": lambda file: write(file, line("FR/P/2400001").replace(",", ";"), headings=HEADINGS.replace(",", ";")),
    "headings for people": lambda file: write(file, line("FR/P/2400001"), headings="Number, Filing date ,DIGEST"),
    "another order": lambda file: write(
        file, ",".join(reversed(line("FR/P/2400001").split(","))), headings="digest,filing_date,number"
    ),
    "right apart": lambda file: write(
        file, line("2400001", content="FR/P/2400001") + ",P", headings=HEADINGS + ",right"
    ),
    "as issued": lambda file: write(
        file, line("FR2400001", content="FR/P/2400001") + ",patent", headings=HEADINGS + ",right"
    ),
    "without 0x": lambda file: write(file, line("FR/P/2400001").replace("0x", "")),
    "quoted": lambda file: write(file, ",".join(f'"{cell}"' for cell in line("FR/P/2400001").split(","))),
    "carriage returns": lambda file: write(file, line("FR/P/2400001") + "\r", headings=HEADINGS + "\r"),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_a_list(file: Path, form: str) -> None:
    assert read(FORMS[form](file)) == [ROW]


def test_delimiter_that_is_named(file: Path) -> None:
    write(file, line("FR/P/2400001").replace(",", ";"), headings=HEADINGS.replace(",", ";"))
    assert read(file, delimiter=";") == [ROW]
    with pytest.raises(InputError, match="the headings are"):
        read(file, delimiter=",")


def test_rows_are_sorted_by_number_and_then_by_line(file: Path) -> None:
    write(file, line("FR/P/2400003"), "", line("FR/P/2400001"), line("FR/P/2400003"))
    assert [row[:2] for row in read(file)] == [("FR/P/2400001", 4), ("FR/P/2400003", 2), ("FR/P/2400003", 5)]


def test_state_of_a_line(file: Path) -> None:
    write(file, line("FR/P/2400001") + ",Withdrawn", line("FR/P/2400002") + ",", headings=HEADINGS + ",state")
    assert [row[4] for row in read(file)] == ["withdrawn", None]


def test_every_bad_line_is_named(file: Path) -> None:
    write(
        file,
        line("FR/P/2400001") + ",filed",
        line("FR/P/24") + ",filed",
        line("FR/P/2400002").replace("2024-03-04", "4.3.2024") + ",filed",
        f"FR/P/2400003,{FILED},0x12,filed",
        line("FR/P/2400004") + ",lost",
        line("EM/T/018660437") + ",filed",
        line("FR/P/2400005"),
        line("FR/P/2400006") + ",filed,more",
        f"FR/P/2400007,{FILED},0x{'00' * 32},filed",
        f"2400008,{FILED},0x{'12' * 32},filed",
        headings=HEADINGS + ",state",
    )
    with pytest.raises(InputError, match="9 lines cannot be read, so nothing was compared: line 3: ") as raised:
        read(file)
    named = [(problem["line"], problem["code"]) for problem in raised.value.details["problems"]]
    assert named == [
        (3, "bad_number"),
        (4, "bad_date"),
        (5, "bad_digest"),
        (6, "bad_input"),
        (7, "bad_number"),
        (8, "bad_input"),
        (9, "bad_input"),
        (10, "bad_digest"),
        (11, "bad_number"),
    ]
    assert raised.value.details["count"] == 9


def test_number_of_no_known_form(file: Path) -> None:
    write(file, line("FR/P/A1"))
    with pytest.raises(InputError, match="line 2"):
        read(file)
    assert [row[0] for row in read(file, any_form=True)] == ["FR/P/A1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be told what stands between"),
        (b"number\n", "cannot be told what stands between|the headings are"),
        (b"number,digest\n", "the headings are number, digest"),
        (b"number,filing_date,digest,colour\n", "colour"),
        (b"number,number,filing_date,digest\n", "the headings are"),
        (b"number,filing_date,digest\n\xff\xfe,2024-03-04,12\n", "not CSV in UTF-8"),
        (b'number,filing_date,digest\n"open,2024-03-04,12\n', "not CSV"),
    ],
)
def test_what_is_no_list(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(file)


def test_file_that_is_not_there(file: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read(file)


# -- comparing -----------------------------------------------------------------------------------------------------


def test_list_and_chain_agree(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED)
    planted.record("FR/P/2400002", FILED)
    report = reconciled(planted, write(file, line("FR/P/2400002"), line("FR/P/2400001")))
    assert codes(report) == {}
    assert report.reconciliation == {"lines": 2, "matched": 2, "agreed": 2, "recordedOutsidePeriod": 0}


def test_missing_on_the_chain_and_extra_on_it(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400002", FILED)
    planted.record("FR/P/2400004", FILED)
    lines = [line(f"FR/P/240000{at}") for at in (1, 2, 3, 5)]
    report = reconciled(planted, write(file, *lines))
    assert codes(report) == {"serial_gap": 1, "list_missing": 3, "list_extra": 1}
    missing = [finding for finding in report.findings if finding.code is Code.LIST_MISSING]
    assert [(one.number, one.compared["line"], one.evidence) for one in missing] == [
        ("FR/P/2400001", 2, ()),
        ("FR/P/2400003", 4, ()),
        ("FR/P/2400005", 5, ()),
    ]
    extra = report.findings[-1]
    assert (extra.number, extra.severity) == ("FR/P/2400004", Severity.ERROR)
    assert extra.evidence[0].transaction_hash == planted.hashes[planted.block]


def test_what_was_recorded_at_another_time_is_neither_missing_nor_extra(planted: Planted, file: Path) -> None:
    before = date(2023, 12, 20)
    planted.record("FR/P/2300001", before)
    planted.record("FR/P/2300002", before)
    report = reconciled(planted, write(file, line("FR/P/2300001", before)))
    assert codes(report) == {"list_outside_period": 1}
    assert report.reconciliation == {"lines": 1, "matched": 1, "agreed": 1, "recordedOutsidePeriod": 1}


def test_late_by_the_date_of_the_list(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED)
    write(file, line("FR/P/2400001", FILED - timedelta(days=31)))
    report = reconciled(planted, file)
    assert codes(report) == {"list_late": 1, "list_different": 1}
    assert report.findings[0].compared["daysLate"] == 31
    assert codes(reconciled(planted, file, terms=Terms(late_days=31))) == {"list_different": 1}


def test_every_field_that_differs_is_named_with_both_values(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED)
    lines = [line("FR/P/2400001", FILED - timedelta(days=1), "another") + ",withdrawn"]
    report = reconciled(planted, write(file, *lines, headings=HEADINGS + ",state"))
    assert codes(report) == {"list_different": 1}
    assert report.findings[0].compared == {
        "line": 2,
        "fields": ["filingDate", "digest", "state"],
        "listed": {"filingDate": "2024-03-03", "digest": "0x" + digest("another").hex(), "state": "withdrawn"},
        "recorded": {"filingDate": "2024-03-04", "digest": "0x" + digest("FR/P/2400001").hex(), "state": "filed"},
    }


def test_the_present_version_is_compared(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED)
    planted.record("FR/P/2400001", FILED, content="another", kind=2, version=2, status=2)
    assert "list_different" in codes(reconciled(planted, write(file, line("FR/P/2400001"))))
    assert "list_different" not in codes(reconciled(planted, write(file, line("FR/P/2400001", content="another"))))


def test_commitments_are_not_compared_with_digests(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED, content="commitment", disclosure=1)
    report = reconciled(planted, write(file, line("FR/P/2400001")))
    assert (codes(report), report.has(Severity.WARNING)) == ({"list_sealed": 1}, False)
    assert codes(reconciled(planted, write(file, line("FR/P/2400001", content="commitment")))) == {}


def test_suspect_record_of_the_list(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED)
    planted.key(KEY, FILED + timedelta(days=9), compromised_since=moment(FILED - timedelta(days=1)))
    assert codes(reconciled(planted, write(file, line("FR/P/2400001"))))["list_suspect"] == 1
    assert "list_suspect" not in codes(reconciled(planted, write(file, line("FR/P/2400002"))))


def test_number_in_several_lines(planted: Planted, file: Path) -> None:
    planted.record("FR/P/2400001", FILED)
    lines = [line("FR/P/2400001"), line("FR/P/2400001"), line("FR/P/2400001", content="another"), line("FR/P/2400002")]
    report = reconciled(planted, write(file, *lines, lines[3]))
    assert codes(report) == {"list_missing": 1, "list_duplicate": 3}
    repeated = [finding.compared for finding in report.findings if finding.code is Code.LIST_DUPLICATE]
    assert repeated == [
        {"line": 3, "firstLine": 2, "differs": False},
        {"line": 4, "firstLine": 2, "differs": True},
        {"line": 6, "firstLine": 5, "differs": False},
    ]
    assert report.reconciliation == {"lines": 2, "matched": 1, "agreed": 1, "recordedOutsidePeriod": 0}


# -- sizes ---------------------------------------------------------------------------------------------------------


def test_a_long_list_against_a_long_chain(planted: Planted, file: Path) -> None:
    chance = random.Random(20240304)
    numbers = [f"FR/T/24{at:07d}" for at in range(MANY)]
    recorded = [planted.version(number, FILED, FILED) for number in numbers]
    missing, extra, other = (set(chance.sample(numbers, 40)) for _ in range(3))
    kept = [row for row in recorded if row["number"] not in missing]
    planted.many(tables.applications, FILED, kept)
    lines = [line(one, content="another" if one in other else "") for one in numbers if one not in extra]
    chance.shuffle(lines)
    read_so_far: list[int] = []
    examined: list[int] = []
    with OwnList(write(file, *lines), "FR", advance=read_so_far.append) as own_list:
        report = planted.audit(own_list=own_list, advance=examined.append)
    assert read_so_far == sorted(read_so_far)
    assert read_so_far[-1] == len(lines)
    assert examined == list(range(1_000, MANY - len(missing) + 1, 1_000))
    found: dict[Code, set[str | None]] = {}
    for finding in report.findings:
        found.setdefault(finding.code, set()).add(finding.number)
    assert found[Code.LIST_MISSING] == missing - extra
    assert found[Code.LIST_EXTRA] == extra - missing
    assert found[Code.LIST_DIFFERENT] == other - missing - extra
    assert report.examined["records"] == MANY - len(missing)
    assert report.reconciliation is not None
    assert report.reconciliation["lines"] == MANY - len(extra)


def rows(count: int) -> Iterator[str]:
    yield HEADINGS
    for at in range(count):
        yield f"FR/T/24{at:07d},2024-03-04,{at + 1:064x}"


def test_a_list_takes_no_memory_by_its_length(file: Path) -> None:
    def most_memory(count: int) -> int:
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{each}\n" for each in rows(count))
        tracemalloc.start()
        try:
            with OwnList(file, "FR") as own_list:
                assert sum(1 for _ in own_list.rows()) == own_list.lines == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = most_memory(6_000)
    # Kept rows would be a hundred bytes each and more: 2 MB.
    assert most_memory(16_000) < few + 500_000


def test_line_recorded_outside_the_period(planted: Planted, file: Path) -> None:
    filed = date(2024, 12, 20)
    planted.record("FR/P/2400001", filed, date(2025, 1, 10))
    write(file, line("FR/P/2400001", filed))
    report = reconciled(planted, file)
    assert codes(report) == {"list_outside_period": 1}
    assert report.findings[0].compared["recorded"] == {"recordedAt": "2025-01-10T12:00:00Z"}
    assert report.reconciliation is not None
    assert (report.reconciliation["agreed"], report.reconciliation["recordedOutsidePeriod"]) == (1, 1)


def test_line_without_end_is_refused(file: Path) -> None:
    write(file, "x" * 300_000)
    with pytest.raises(InputError, match="a line of 262,144 characters or more"):
        read(file)


def test_long_cell_is_not_repeated(file: Path) -> None:
    write(file, f"FR/P/2400001,{'9' * 60_000},0x{digest('a').hex()}")
    with pytest.raises(InputError) as raised:
        read(file)
    assert len(raised.value.details["problems"][0]["message"]) == 300
    assert len(raised.value.message) < 1_000


def test_number_as_it_is_written_goes_before_its_usual_form(planted: Planted, file: Path) -> None:
    planted.put(tables.offices, FILED, office="CZ", name="CZ", seat=bytes(20), endpoint="", admitted_at=0)
    planted.key(KEY, FILED, "CZ")
    for number in ("CZ/P/2024-0012", "CZ/P/2024-13"):
        planted.record(number, FILED)
    write(
        file,
        line("CZ/P/2024-0012") + ",",
        line("2024-0013", content="CZ/P/2024-13") + ",P",
        headings=HEADINGS + ",right",
    )
    with OwnList(file, "CZ") as own_list:
        report = planted.audit(own_list=own_list, office="CZ")
    assert codes(report) == {}
    assert report.reconciliation is not None
    assert report.reconciliation["agreed"] == 2
