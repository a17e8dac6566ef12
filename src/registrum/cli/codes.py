"""`registrum codes`: the table of codes and statuses of register events, without a node.

Rows are those of this package, or of a file in its form. Not its job: changing the table on the chain, which the
offices do by a proposal.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import AsJson
from registrum.cli.output import Facts, Table, emit, note

if TYPE_CHECKING:
    from registrum.numbers import Right
    from registrum.rights.codes import CodeRule, CodeTable, StatusRule

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

RegisterRight = Annotated[
    str | None, typer.Option("--right", metavar="T|D", help="Trade marks or designs only; both by default.")
]
System = Annotated[
    str | None, typer.Option("--system", metavar="SYSTEM", help="Codes of one system only, such as ST.27 or ST.96.")
]
TableFile = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Another file of codes, in the form of the one in this package."),
]


@app.callback()
def codes() -> None:
    """Show the codes and statuses of register events."""


@app.command(name="list")
def list_(right: RegisterRight = None, system: System = None, file: TableFile = None, as_json: AsJson = False) -> None:
    """List the codes with the moves that each foresees, and the statuses. With --system, its codes alone."""
    table, rights = _table(file), _rights(right)
    rules = _of_system(table, [rule for rule in table.codes if rule.right in rights], system)
    rows = [row for row in table.statuses if row.right in rights]
    document = {
        "codes": [_code_json(table, rule) for rule in rules],
        "statuses": [row.to_json() for row in rows],
    }
    listed = Table(
        ("Right", "System", "Code", "Category", "Before", "After", "List", "Title"),
        [(rule.right, rule.system, rule.code, rule.category, *_moves(rule), _list(rule), rule.title) for rule in rules],
        "Codes",
    )
    if system is not None:
        emit(as_json, document, listed)
        return
    statuses = Table(
        ("Right", "Position", "Status", "Goes with", "List", "Title"),
        [(row.right, row.position, row.status, _pairs(row.pairs), _list(row), row.title) for row in rows],
        "Statuses",
    )
    emit(as_json, document, listed, statuses)


@app.command()
def show(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Code such as F10, F10-F11 or 'Opposition pending', or a status.")
    ],
    right: RegisterRight = None,
    system: System = None,
    file: TableFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what a code or a status means, and what may stand before and after it. Exit code 1 if there is none."""
    table, rights = _table(file), _rights(right)
    text = " ".join(code.split())
    known = _of_system(table, [rule for rule in table.codes if rule.right in rights], system)
    rules = [rule for rule in known if _matches(rule, text)]
    rows = [
        row
        for row in table.statuses
        if system is None and row.right in rights and text.casefold() in (row.status.casefold(), row.title.casefold())
    ]
    document = {
        "code": text,
        "codes": [{**_code_json(table, rule), "title": _title(table, rule, text)} for rule in rules],
        "statuses": [row.to_json() for row in rows],
    }
    if not rules and not rows:
        _nothing(table, rights, text)
        emit(as_json, document)
        raise typer.Exit(1)
    blocks = [Facts(_code_facts(table, rule, text)) for rule in rules]
    emit(as_json, document, *blocks, *(Facts(_status_facts(table, row)) for row in rows))


def _table(file: Path | None) -> CodeTable:
    from registrum.rights.codes import default_codes, read_codes

    return default_codes() if file is None else read_codes(file)


def _rights(text: str | None) -> tuple[Right, ...]:
    from registrum.numbers import Right
    from registrum.rights.values import require_register_right

    return (Right.TRADEMARK, Right.DESIGN) if text is None else (require_register_right(Right.parse(text)),)


def _of_system(table: CodeTable, rules: list[CodeRule], system: str | None) -> list[CodeRule]:
    """The rows of one system.

    Raises:
        InputError: The table has no row of it, for any right.
    """
    from registrum.errors import InputError

    if system is None:
        return rules
    wanted = system.upper()
    known = list(dict.fromkeys(rule.system for rule in table.codes))
    if wanted not in known:
        raise InputError(
            f"the table has no codes of {system}",
            remedy=f"It has codes of {', '.join(known)}. Codes of an office itself (NAT: and its ST.3 code) need no"
            " row: they are other events (category W) and change neither state nor status.",
            system=system,
        )
    return [rule for rule in rules if rule.system == wanted]


def _matches(rule: CodeRule, text: str) -> bool:
    """Whether people mean this row: ST.27 codes with or without detailed event, others in full or as carried."""
    wanted = text.casefold()
    if rule.system == "ST.27":
        return wanted.partition("-")[0] == rule.code.casefold()
    return wanted in (rule.code.casefold(), rule.title.casefold())


def _title(table: CodeTable, rule: CodeRule, text: str) -> str:
    return table.title_of(rule.right, rule.system, text.upper()) if rule.system == "ST.27" else rule.title


def _code_json(table: CodeTable, rule: CodeRule) -> dict[str, Any]:
    return {**rule.to_json(), "statusTexts": [row.status for row in table.statuses_of(rule)]}


def _code_facts(table: CodeTable, rule: CodeRule, text: str) -> list[tuple[str, object]]:
    from registrum.rights.codes import SAME_STATUS_BIT

    following = [row.status for row in table.statuses_of(rule)]
    if rule.statuses & SAME_STATUS_BIT:
        following.append("the one that stood before" if following else "only the one that stood before")
    before, after = _moves(rule)
    facts: list[tuple[str, object]] = [
        ("Code", rule.code),
        ("Title", _title(table, rule, text)),
        ("Right", f"{rule.right.value} ({rule.right.full_name})"),
        ("System", rule.system),
        ("Category", rule.category),
        ("Before", f"{before}: {_in_words(rule.from_)}"),
        ("After", f"{after}: {_in_words(rule.to)}"),
        ("Statuses after it", "; ".join(following)),
        ("Code and title", _origin(rule)),
        ("Moves and statuses", "this project's profile, unless the offices changed the table on the chain"),
    ]
    return [*facts, ("Remark", rule.note)] if rule.note else facts


def _status_facts(table: CodeTable, row: StatusRule) -> list[tuple[str, object]]:
    leading = [rule.code for rule in table.codes if row in table.statuses_of(rule)]
    usual = str(row.usual) if row.usual == row.registered else f"{row.usual}, if registered {row.registered}"
    facts: list[tuple[str, object]] = [
        ("Status", row.status),
        ("Title", row.title),
        ("Right", f"{row.right.value} ({row.right.full_name})"),
        ("Position", row.position),
        ("Goes with", f"{_pairs(row.pairs)}: {_in_words(row.pairs)}"),
        ("Import", usual),
        *(("TM5 descriptor", f"{_pairs(mask)}: {text}") for mask, text in row.tm5),
        ("May follow", "; ".join(leading)),
        ("Text", _origin(row)),
    ]
    return [*facts, ("Remark", row.note)] if row.note else facts


def _nothing(table: CodeTable, rights: Iterable[Right], text: str) -> None:
    """Say that there is no such code, and what may be meant."""
    from difflib import get_close_matches

    known = {rule.code for rule in table.codes if rule.right in rights}
    known |= {row.status for row in table.statuses if row.right in rights}
    close = get_close_matches(text, sorted(known), n=3)
    note(f"the table has no code and no status {text!r}" + (f"; close are {', '.join(close)}" if close else ""))


def _moves(rule: CodeRule) -> tuple[str, str]:
    return _pairs(rule.from_), _pairs(rule.to)


def _pairs(bits: int) -> str:
    from registrum.rights.codes import pairs_to_text

    return pairs_to_text(bits)


def _list(row: CodeRule | StatusRule) -> str:
    return "official" if row.source.is_official else "profile"


def _origin(row: CodeRule | StatusRule) -> str:
    return f"{_list(row)}: {row.source.text}"


def _in_words(bits: int) -> str:
    """States and stages as people say them: `active (filing or examination), or no change`."""
    from registrum.rights.codes import ALL_PAIRS_MASK
    from registrum.rights.values import ALL_PAIRS, NO_CHANGE_BIT, NO_ENTRY_BIT, State

    parts = ["no entry yet"] if bits & NO_ENTRY_BIT else []
    if bits & ALL_PAIRS_MASK == ALL_PAIRS_MASK:
        parts.append("any state and stage")
    else:
        for state in State:
            stages = [pair.stage.full_name for pair in ALL_PAIRS if pair.state is state and bits & pair.bit]
            if stages:
                parts.append(f"{state.full_name} ({'any stage' if len(stages) == 7 else ', '.join(stages)})")
    return "; ".join(parts + (["no change of state and stage"] if bits & NO_CHANGE_BIT else []))
