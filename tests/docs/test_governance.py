"""The model charter says what the contracts do: its links, its list of powers, its parameters and figures."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import typer

from registrum.cli.root import app
from tests.docs.blocks import ROOT, blocks

GUIDE = "docs/governance.md"
TEXT = (ROOT / GUIDE).read_text(encoding="utf-8")
OPENZEPPELIN = ROOT / "node_modules" / "@openzeppelin" / "contracts" / "governance"
GOVERNOR = ("Governor.sol", "extensions/GovernorSettings.sol", "extensions/GovernorTimelockControl.sol")

_LINK = re.compile(r"\[`(\w+)`\]\(([^)#\s]+\.sol)\)")
_FUNCTION = re.compile(r"\bfunction (\w+)\s*\(")
_ASKS_GOVERNANCE = re.compile(r"\bonlyGovernance\b|msg\.sender [!=]= (?:\w+\.)?governance\b|onlyRole\w*\(")
_TIMELOCK_ITSELF = re.compile(r"\bsender != address\(this\)")


@dataclass(frozen=True)
class Function:
    """A function with a body, as the source has it."""

    name: str
    source: str

    @property
    def can_be_called(self) -> bool:
        head = self.source.partition("{")[0]
        return re.search(r"\b(external|public)\b", head) is not None


def functions(source: str) -> Iterator[Function]:
    """All functions of a file that have a body. Comments are left out; no string of ours holds a brace."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", source, flags=re.DOTALL)
    for match in _FUNCTION.finditer(code):
        opening = re.compile(r"[{;]").search(code, match.end())
        if opening is None or opening[0] == ";":
            continue
        depth, end = 1, opening.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        yield Function(match[1], code[match.start() : end])


def privileged(source: str) -> set[str]:
    """Functions that only governance can call, also where a private function asks for it."""
    found = list(functions(source))
    asking = {f.name for f in found if _ASKS_GOVERNANCE.search(f.source) or _TIMELOCK_ITSELF.search(f.source)}
    private = {f.name for f in found if f.name in asking and not f.can_be_called}
    calling = {f.name for f in found if any(re.search(rf"\b{name}\(", f.source) for name in private)}
    return {f.name for f in found if f.can_be_called and f.name in asking | calling}


def sources() -> list[Path]:
    ours = [path for path in (ROOT / "contracts").rglob("*.sol") if "test" not in path.relative_to(ROOT).parts]
    return [*ours, *(OPENZEPPELIN / name for name in GOVERNOR), OPENZEPPELIN / "TimelockController.sol"]


def with_parents(path: Path) -> str:
    """A file with those beside it that it imports: contracts of several parts share their checks."""
    source = path.read_text(encoding="utf-8")
    beside = re.findall(r'from "\./(\w+\.sol)"', source) if ROOT / "contracts" in path.parents else []
    return "\n".join([source, *(with_parents(path.parent / name) for name in beside)])


def is_declared(name: str, source: str) -> bool:
    """Whether a file has a function of this name with a body, or a public variable, which is one too."""
    return any(f.name == name for f in functions(source)) or (
        re.search(rf"^\s[^\n(]*\bpublic\b[^\n(]*\b{name}\b\s*(=[^\n]*)?;", source, re.MULTILINE) is not None
        or re.search(rf"^\s+mapping\([^\n]*\) public\b[^\n]*\b{name};", source, re.MULTILINE) is not None
    )


def test_every_function_that_is_linked_is_in_that_file() -> None:
    links = [(name, target) for name, target in _LINK.findall(TEXT) if name[0].islower() or name[0] == "_"]
    assert len(set(links)) > 50
    wrong = []
    for name, target in sorted(set(links)):
        path = (ROOT / GUIDE).parent / target
        if not path.is_file() or not is_declared(name, path.read_text(encoding="utf-8")):
            wrong.append(f"{name} in {target}")
    assert not wrong


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a", "contract C {\n    function a() external {}\n}", True),
        ("a", "interface C {\n    function a() external;\n}", False),
        ("a", "contract C {\n    // function a() external {}\n}", False),
        ("a", "contract C {\n    address public override a;\n}", True),
        ("a", "contract C {\n    address private a;\n}", False),
        ("a", "contract C {\n    mapping(uint256 x => uint8 y) public override a;\n}", True),
        ("a", "contract C {\n    function b() external { a(); }\n}", False),
    ],
)
def test_a_link_is_checked_against_declarations(name: str, source: str, expected: bool) -> None:
    assert is_declared(name, source) is expected


def test_every_privileged_function_is_listed() -> None:
    found = {name for path in sources() for name in privileged(with_parents(path))}
    # One of each way of asking: modifier, line of its own, private function, OpenZeppelin's, the timelock's own.
    assert found >= {"admitOffice", "list", "setRegistry", "suspendKey", "markKeyCompromised", "relay", "updateDelay"}
    assert "proposeSeat" not in found
    assert sorted(name for name in found if f"`{name}`" not in TEXT) == []


def test_every_role_of_the_timelock_is_accounted_for() -> None:
    names = {f.name for f in functions((OPENZEPPELIN / "TimelockController.sol").read_text()) if "onlyRole" in f.source}
    assert names == {"schedule", "scheduleBatch", "execute", "executeBatch", "cancel"} & names
    assert names >= {"schedule", "scheduleBatch", "cancel"}
    for name in (*names, "grantRole", "revokeRole"):
        assert f"`{name}`" in TEXT, name


def terms() -> list[str]:
    source = (ROOT / "interfaces" / "ICharter.sol").read_text(encoding="utf-8")
    body = re.search(r"struct Terms \{(.*?)\}", source, re.DOTALL)
    assert body is not None
    return re.findall(r"(\w+);", body[1])


def schedule() -> dict[str, list[str]]:
    """Rows of the table of parameters, by the fields of `Terms` that they name."""
    table = TEXT.partition("### Schedule A")[2].partition("\n###")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:2] == "| "]
    assert rows[0][1] == "in `Terms`"
    return {field: row for row in rows[1:] for field in re.findall(r"`(\w+)`", row[1])}


def test_the_schedule_has_every_parameter_of_the_charter_and_no_other() -> None:
    assert len(terms()) > 15
    assert sorted(schedule()) == sorted(terms())


def test_model_values_are_those_of_the_example_file() -> None:
    example = tomllib.loads((ROOT / "networks" / "consortium.example.toml").read_text(encoding="utf-8"))
    values = {field: row[2] for field, row in schedule().items()}
    assert values["votingDelay"] == example["voting"]["delay"]
    assert values["votingPeriod"] == example["voting"]["period"]
    assert values["executionDelay"] == example["voting"]["execution_delay"]
    assert values["supermajorityNumerator"] == example["voting"]["supermajority"]
    assert values["emergencyQuorum"] == str(example["emergency"]["quorum"])
    assert values["emergencyDuration"] == example["emergency"]["duration"]
    assert values["objectionDelay"] == example["seats"]["objection_delay"]


def constant(contract: str, name: str) -> timedelta | int:
    """A constant of a contract; durations as such."""
    source = (ROOT / "contracts" / "consortium" / f"{contract}.sol").read_text(encoding="utf-8")
    found = re.search(rf"constant {name} = (\d+)(?: (hours|days))?;", source)
    assert found is not None, name
    return timedelta(**{found[2]: int(found[1])}) if found[2] else int(found[1])


def stated(text: str) -> timedelta | int:
    number, _, unit = text.partition(" ")
    return timedelta(**{unit.removesuffix("s") + "s": int(number)}) if unit else int(number)


def test_bounds_and_fixed_windows_are_those_of_the_contracts() -> None:
    rows = schedule()
    for field, name in (("countWindow", "COUNT_WINDOW"), ("executionWindow", "EXECUTION_WINDOW")):
        assert stated(rows[field][2]) == constant("Consortium", name)
    assert stated(rows["leastOffices"][2]) == constant("Consortium", "LEAST_OFFICES")
    for field in ("votingDelay", "executionDelay"):
        assert rows[field][3] == "0 to 30 days"
    assert constant("Consortium", "MAX_DELAY") == timedelta(days=30)
    least, most = (stated(part) for part in rows["votingPeriod"][3].split(" to "))
    assert (least, most) == (constant("Consortium", "MIN_VOTING_PERIOD"), constant("Consortium", "MAX_VOTING_PERIOD"))
    for field, contract, name in (
        ("emergencyDuration", "EmergencyCouncil", "DURATION"),
        ("objectionDelay", "OfficeDirectory", "OBJECTION_DELAY"),
    ):
        assert rows[field][3] == "1 to 90 days"
        assert constant(contract, f"MIN_{name}") == timedelta(days=1)
        assert constant(contract, f"MAX_{name}") == timedelta(days=90)


def test_the_figures_for_a_number_of_offices_are_right() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith(("| active offices |", "| votes needed", "| emerg"))]
    sizes, needed, emergencies = (
        [int(cell) for cell in line.split("|")[2:-1] if cell.strip().isdigit()]
        for line in lines
        if line.split("|")[2].strip().isdigit()
    )
    assert len(sizes) == len(needed) == len(emergencies) > 5
    assert needed == [ceil(size * 2 / 3) for size in sizes]
    # As many as run against less than a third of the members.
    assert emergencies == [max(n for n in range(size) if n * 3 < size) for size in sizes]
    left, share, least = (
        [int(cell) for cell in line.split("|")[2:-1]]
        for start in ("offices that stay active", "two thirds of those", "needed of them")
        for line in TEXT.splitlines()
        if line.startswith(f"| {start}")
    )
    assert left == [size - most for size, most in zip(sizes, emergencies, strict=True)]
    assert share == [ceil(active * 2 / 3) for active in left]
    assert least == [max(votes, size // 2 + 1) for votes, size in zip(share, sizes, strict=True)]


def test_the_charter_can_be_taken_out_as_a_text_of_its_own(tmp_path: Path) -> None:
    (command,) = (block.text for block in blocks(GUIDE, "sh") if "charter.txt" in block.text and "sed" in block.text)
    extract = command.replace("docs/governance.md", str(ROOT / GUIDE))
    subprocess.run(["bash", "-euc", extract], cwd=tmp_path, check=True, timeout=30)
    text = (tmp_path / "charter.txt").read_text(encoding="utf-8")
    assert ".sol" not in text
    assert "`setSupermajority`" in text
    assert [int(n) for n in re.findall(r"^### Article (\d+)\.", text, re.MULTILINE)] == list(range(1, 18))
    assert "Part two" not in text
    assert not re.search(r"^>", text, re.MULTILINE)


def test_what_counsel_has_to_draft_is_marked() -> None:
    articles = re.split(r"^### Article ", TEXT, flags=re.MULTILINE)
    marked = {int(article.partition(".")[0]) for article in articles[1:] if "**PLACEHOLDER, to be drafted" in article}
    assert marked == {15, 16, 17}


def shown_commands() -> list[str]:
    """Commands of the guide, those that go over several lines as one."""
    text = "\n".join(block.text for block in blocks(GUIDE, "sh")).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("registrum ")]


@pytest.mark.parametrize("line", shown_commands())
def test_every_command_of_the_guide_is_taken_as_it_is_shown(line: str) -> None:
    """As far as that can be said without a node: nouns, verbs, arguments, options."""
    command: Any = typer.main.get_command(app)
    context: Any = typer.Context(command, info_name="registrum")
    words = shlex.split(line, comments=True)[1:]
    while hasattr(command, "commands") or hasattr(command, "list_commands"):
        command = command.get_command(context, words.pop(0))
        assert command is not None, line
    command.make_context(command.name, words, parent=context)


def test_every_command_that_the_charter_names_exists() -> None:
    root: Any = typer.main.get_command(app)
    named = sorted(set(re.findall(r"`registrum ([a-z -]+)`", TEXT)))
    assert len(named) > 25
    for words in named:
        command = root
        for word in words.split():
            command = command.get_command(typer.Context(command), word)
            assert command is not None, words


def test_the_guide_shows_every_step_with_commands() -> None:
    shown = "\n".join(shown_commands())
    for step in ("office admit", "consortium collect", "office replace-seat", "office succeed", "propose charter"):
        assert f"registrum {step}" in shown or f"registrum consortium {step}" in shown, step
