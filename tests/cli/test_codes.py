"""`registrum codes`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registrum.cli.code_differences import differences
from registrum.client.rights_answers import RecordedCode
from registrum.numbers import Right
from registrum.rights.codes import CodeRule, CodeTable, default_codes
from tests.cli.support import Cli

CODE = [
    "right", "system", "code", "category", "from", "to", "statuses", "sameStatus", "title", "source", "isOfficial",
    "note", "statusTexts",
]  # fmt: skip
STATUS = [
    "right", "position", "status", "title", "pairs", "usual", "registered", "tm5", "source", "isOfficial", "note",
]  # fmt: skip
OTHER = """
format = 1
codes = [
{ rights = "T", system = "ST.61", code = "X1", category = "A", from = "none", to = "A1", title = "One", source = "o" }
]
statuses = [ { right = "T", position = 1, status = "In", pairs = "A1", usual = "A1", source = "o" } ]
[sources]
o = { text = "An official list", official = true }
"""


def test_every_row_is_listed(cli: Cli) -> None:
    document = cli.ok("codes", "list")
    table = default_codes()
    assert list(document) == ["codes", "statuses"]
    assert [(row["right"], row["code"]) for row in document["codes"]] == [(r.right.value, r.code) for r in table.codes]
    assert [(row["right"], row["status"]) for row in document["statuses"]] == [
        (row.right.value, row.status) for row in table.statuses
    ]
    assert all(list(row) == CODE for row in document["codes"])
    assert all(list(row) == STATUS for row in document["statuses"])


def test_one_right_and_one_system(cli: Cli) -> None:
    document = cli.ok("codes", "list", "--right", "D", "--system", "st.96")
    assert {(row["right"], row["system"]) for row in document["codes"]} == {("D", "ST.96")}
    assert {row["right"] for row in document["statuses"]} == {"D"}
    assert "Office copy" in [row["code"] for row in document["codes"]]


def test_tables_for_pipes(cli: Cli) -> None:
    lines = cli("codes", "list", "--right", "T").out.splitlines()
    assert lines[:2] == ["Codes:", "Right\tSystem\tCode\tCategory\tBefore\tAfter\tList\tTitle"]
    assert "T\tST.27\tF10\tF\tA0-4 U*\tA4\tofficial\tIP right granted" in lines
    assert "T\t103\tRegistered\tA4-5\tprofile\tRegistered" in lines
    alone = cli("codes", "list", "--system", "ST.27").out.splitlines()
    assert alone[0].startswith("Right\tSystem")
    assert "Statuses:" not in alone


def test_a_code_in_words(cli: Cli) -> None:
    result = cli("codes", "show", "f10-f11-opp", "--right", "T")
    assert result.code == 0
    facts = dict(line.split(": ", 1) for line in result.out.splitlines())
    assert (
        facts["Title"] == "IP right granted: IP right granted following substantive examination (Opposition procedure)"
    )
    assert facts["Before"].startswith(
        "A0-4 U*: active (unspecified, filing, examination, challenge before registration,"
    )
    assert facts["Before"].endswith("unspecified (any stage)")
    assert facts["After"] == "A4: active (registered)"
    assert facts["Statuses after it"].split("; ") == [
        "Registration published",
        "Appeal pending",
        "Interruption of proceeding",
        "Conversion requested",
        "Action before court pending",
        "Registered",
        "Protection granted",
    ]
    assert facts["Code and title"].startswith("official: WIPO ST.27")
    assert facts["Moves and statuses"].startswith("this project's profile")


def test_codes_that_leave_the_status(cli: Cli) -> None:
    out = cli("codes", "show", "R10", "--right", "D").out
    assert "After: same: no change of state and stage\n" in out
    assert "Statuses after it: only the one that stood before\n" in out
    assert "any state and stage" in out
    assert "no entry yet" in cli("codes", "show", "A10").out
    assert "; the one that stood before\n" in cli("codes", "show", "B10").out


def test_both_rights_have_codes_of_st27(cli: Cli) -> None:
    document = cli.ok("codes", "show", "H10")
    assert list(document) == ["code", "codes", "statuses"]
    assert [row["right"] for row in document["codes"]] == ["T", "D"]
    assert document["statuses"] == []
    assert "Expired" in document["codes"][0]["statusTexts"]


def test_a_text_can_be_a_code_and_a_status(cli: Cli) -> None:
    document = cli.ok("codes", "show", "registered")
    assert [(row["right"], row["code"]) for row in document["codes"]] == [("D", "Registered")]
    assert [(row["right"], row["position"]) for row in document["statuses"]] == [("T", 103), ("D", 4)]
    assert cli.ok("codes", "show", "registered", "--system", "ST.96")["statuses"] == []


def test_values_are_found_in_full_and_as_carried(cli: Cli) -> None:
    for text in ("Action before court pending", "action before court of  justice pending"):
        document = cli.ok("codes", "show", text, "--right", "T")
        assert [row["code"] for row in document["codes"]] == ["Action before court pending"]
        assert [row["position"] for row in document["statuses"]] == [17]


def test_a_status_in_words(cli: Cli) -> None:
    lines = cli("codes", "show", "Opposition pending", "--right", "T").out.splitlines()
    assert "Goes with: A3 A5: active (challenge before registration, challenge after registration)" in lines
    assert "TM5 descriptor: A5: LIVE/REGISTRATION/Opposition Pending" in lines
    follows = next(line for line in lines if line.startswith("May follow: "))
    assert {"E10", "L10", "Opposition filed"} < set(follows.removeprefix("May follow: ").split("; "))


def test_what_is_not_in_the_table_is_a_negative_answer(cli: Cli) -> None:
    result = cli("codes", "show", "Opposition pendin", "--right", "T", "--json")
    assert result.code == 1
    assert result.json == {"code": "Opposition pendin", "codes": [], "statuses": []}
    assert "close are Opposition pending" in result.err
    result = cli("codes", "show", "G10")
    assert (result.code, result.out) == (1, "")
    assert cli("codes", "show", "Registration published", "--right", "D", "--json").code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--system", "ST.61"], "no codes of ST.61"),
        (["--system", "NAT:EM"], "no codes of NAT:EM"),
        (["--right", "P"], "patent"),
        (["--right", "x"], "x"),
        (["--file", "missing.toml"], "missing.toml"),
    ],
)
def test_bad_options(cli: Cli, arguments: list[str], message: str) -> None:
    for command in (["list"], ["show", "F10"]):
        result = cli("codes", *command, *arguments, "--json")
        assert result.code == 2
        assert message in result.error["message"]
        assert result.error["remedy"]


def test_another_file(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "codes.toml"
    file.write_text(OTHER, encoding="utf-8")
    document = cli.ok("codes", "list", "--system", "ST.61", "--file", file)
    assert [(row["code"], row["isOfficial"], row["statusTexts"]) for row in document["codes"]] == [("X1", True, ["In"])]


# The table in the contract


def test_the_table_that_was_deployed_is_the_same(cli: Cli) -> None:
    result = cli("codes", "list", "--on-chain")
    assert (result.code, result.out) == (0, "On the chain it is the same.\n")
    assert cli.ok("codes", "list", "--on-chain", "--right", "D", "--system", "ST.96") == {
        "matches": True,
        "differences": [],
    }
    for text in ("F10-F11", "Opposition pending"):
        document = cli.ok("codes", "show", text, "--on-chain")
        assert document["codes"]
        assert (document["matches"], document["differences"]) == (True, [])
    assert cli("codes", "show", "F10", "--on-chain").out.endswith("\nOn the chain it is the same.\n")


def test_another_table_than_the_deployed_one(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "codes.toml"
    file.write_text(OTHER, encoding="utf-8")
    result = cli("codes", "list", "--on-chain", "--file", file, "--json")
    assert result.code == 1
    found = {(row["right"], row["system"], row["name"]): row for row in result.json["differences"]}
    assert found["T", "ST.61", "X1"] == {
        "right": "T",
        "system": "ST.61",
        "name": "X1",
        "what": "row",
        "here": "A; before none; after A1; One",
        "onChain": None,
    }
    assert found["D", "ST.27", "F10"]["here"] is None
    assert found["T", None, "1"] == {
        "right": "T",
        "system": None,
        "name": "1",
        "what": "status",
        "here": "In",
        "onChain": "Application Filed",
    }
    assert found["T", None, "2"]["what"] == "row"
    lines = cli("codes", "list", "--on-chain", "--file", file, "--system", "ST.61").out.splitlines()
    assert lines == [
        "Right\tSystem\tCode or status\tWhat\tHere\tOn the chain",
        "T\tST.61\tX1\trow\tA; before none; after A1; One\t-",
    ]


def test_what_only_the_chain_has_is_shown(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "codes.toml"
    file.write_text(OTHER, encoding="utf-8")
    result = cli("codes", "show", "F10-F11", "--right", "T", "--file", file, "--on-chain", "--json")
    assert result.code == 1
    assert (result.json["codes"], result.json["matches"]) == ([], False)
    assert [row["onChain"] for row in result.json["differences"]] == ["F; before A0-4 U*; after A4; IP right granted"]
    result = cli("codes", "show", "registered", "--right", "T", "--file", file, "--on-chain", "--json")
    assert [(row["name"], row["onChain"]) for row in result.json["differences"]] == [("103", "Registered")]
    assert cli("codes", "show", "nothing", "--on-chain").code == 1


def as_recorded(rule: CodeRule, **changes: Any) -> RecordedCode:
    names = ("right", "system", "code", "category", "from_", "to", "statuses", "title")
    return RecordedCode(**{name: getattr(rule, name) for name in names} | changes)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"category": "W"}, [("category", "F", "W")]),
        ({"from_": 1}, [("before", "A0-4 U*", "A0")]),
        ({"to": 1 << 29}, [("after", "A4", "same")]),
        ({"title": "Granted"}, [("title", "IP right granted", "Granted")]),
        ({"statuses": "+0 +9 +99 -103"}, [("statuses", "Registered", "same; Application withdrawn; 99")]),
        ({"statuses": "-103"}, [("statuses", "Registered", None)]),
        ({"title": "x", "to": 1}, [("after", "A4", "A0"), ("title", "IP right granted", "x")]),
    ],
)
def test_each_value_that_differs(changes: dict[str, Any], wanted: list[tuple[str, str | None, str | None]]) -> None:
    table: CodeTable = default_codes()
    rule = table.rule_for(Right.TRADEMARK, "ST.27", "F10")
    assert rule is not None
    if "statuses" in changes:
        statuses = rule.statuses
        for part in changes["statuses"].split():
            statuses ^= 1 << int(part[1:])
        changes = {"statuses": statuses}
    found = differences(table, [rule], [], [as_recorded(rule, **changes)], {})
    assert [(each.what, each.here, each.on_chain) for each in found] == wanted
    assert all((each.right, each.system, each.name) == (Right.TRADEMARK, "ST.27", "F10") for each in found)
