"""The tables of codes and statuses in `docs/register.md` are those of the data."""

from __future__ import annotations

import re
import subprocess
import sys

from registrum.rights.codes import default_codes
from tests.docs.blocks import ROOT

DOCUMENT = "docs/register.md"
ST27 = "Codes of ST.27, for trade marks and designs"


def section(heading: str) -> str:
    """The part of the document from a heading to the next."""
    content = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", content, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def first_cells(heading: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", section(heading), re.MULTILINE)


def test_the_tables_are_current() -> None:
    done = subprocess.run(
        [sys.executable, "tools/code_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_code_is_in_a_table() -> None:
    table = default_codes()
    st27 = {rule.code for rule in table.codes if rule.system == "ST.27"}
    shown = first_cells(ST27)
    assert {letter + digits for letter in (code[0] for code in shown) for digits in ("00", "10")} == st27
    for right, name in (("T", "trade marks"), ("D", "designs")):
        codes = [rule.code for rule in table.codes if (rule.right.value, rule.system) == (right, "ST.96")]
        assert first_cells(f"Codes of ST.96, for {name}") == codes


def test_every_status_is_in_a_table_with_its_origin() -> None:
    for right, name in (("T", "trade marks"), ("D", "designs")):
        shown = re.findall(r"^\| (\d+) \| `([^`]+)` \| (\S+) \|", section(f"Statuses of {name}"), re.MULTILINE)
        rows = [row for row in default_codes().statuses if row.right.value == right]
        origin = {True: "ST.96", False: "profile"}
        assert shown == [(str(row.position), row.status, origin[row.source.is_official]) for row in rows]


def test_listed_statuses_are_in_the_tables() -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \|.*?\|.*?\|.*?\| (.*?) \|", section(ST27), re.MULTILINE))
    assert rows["R10"] == "same"
    assert rows["T10"] == "A*, same"
    assert rows["F10"] == ""
    assert "`Application refused`, `Registration cancelled`" in rows["V10"]


def test_the_document_says_which_lists_were_not_available() -> None:
    said = section("What is official and what is not")
    assert "ST.61 and ST.87 have no rows" in said
    assert "this project's profile" in said
    tables = "".join(line for line in section("Codes of ST.96, for trade marks").splitlines() if line.startswith("|"))
    assert "ST.61" not in tables
