"""`registrum codes`: the table of codes and statuses of register events.

Rows are those of this package, or of a file in its form, and no node is needed; with `--on-chain` they are compared
with the table in the contract, which is the one that counts. Not its job: changing that one, which the offices do by a
proposal.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.code_differences import Difference, differences
from registrum.cli.options import AsJson, ManifestPath, Rpc
from registrum.cli.output import Facts, Table, emit, note
from registrum.errors import InputError
from registrum.numbers import Right
from registrum.rights.codes import (
    ALL_PAIRS_MASK,
    SAME_STATUS_BIT,
    CodeRule,
    CodeTable,
    StatusRule,
    default_codes,
    pairs_to_text,
    read_codes,
)
from registrum.rights.values import ALL_PAIRS, NO_CHANGE_BIT, NO_ENTRY_BIT, State, require_register_right

if TYPE_CHECKING:
    from registrum.client.rights_answers import RecordedCode, RecordedCodes

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

OnChain = Annotated[
    bool, typer.Option("--on-chain", help="Compare with the table in the contract; exit code 1 if it is another.")
]


@app.callback()
def codes() -> None:
    """Show the codes and statuses of register events."""


@app.command(name="list")
def list_(
    right: RegisterRight = None,
    system: System = None,
    file: TableFile = None,
    on_chain: OnChain = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """List the codes with the moves that each foresees, and the statuses. With --system, its codes alone."""
    table, rights = _table(file), _rights(right)
    if on_chain:
        found = _compare(table, rights, system, _recorded(rpc, manifest))
        emit(as_json, _differences_json(found), _differences_block(found))
        if found:
            raise typer.Exit(1)
        return
    _require_system(system, _systems(table))
    rules = [rule for rule in table.codes if _is_wanted(rule, rights, system)]
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
        [(row.right, row.position, row.status, pairs_to_text(row.pairs), _list(row), row.title) for row in rows],
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
    on_chain: OnChain = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Show what a code or a status means, and what may stand before and after it. Exit code 1 if there is none."""
    table, rights = _table(file), _rights(right)
    text = " ".join(code.split())
    recorded = _recorded(rpc, manifest) if on_chain else None
    _require_system(system, _systems(table, recorded))
    rules = [rule for rule in table.codes if _is_wanted(rule, rights, system) and _matches(rule, text)]
    rows = [
        row
        for row in table.statuses
        if system is None and row.right in rights and text.casefold() in (row.status.casefold(), row.title.casefold())
    ]
    document: dict[str, Any] = {
        "code": text,
        "codes": [{**_code_json(table, rule), "title": _title(table, rule, text)} for rule in rules],
        "statuses": [row.to_json() for row in rows],
    }
    blocks: list[Facts | Table | str] = [Facts(_code_facts(table, rule, text)) for rule in rules]
    blocks += [Facts(_status_facts(table, row)) for row in rows]
    found: list[Difference] = []
    if recorded is not None:
        keys = {(rule.right, rule.system, rule.code) for rule in rules}
        places = {(row.right, row.position) for row in rows}
        there = [
            rule
            for key, rule in recorded.rules.items()
            if key in keys or (_is_wanted(rule, rights, system) and _matches(rule, text))
        ]
        statuses = {
            place: status
            for place, status in recorded.statuses.items()
            if place in places or (system is None and place[0] in rights and status.casefold() == text.casefold())
        }
        found = differences(table, rules, rows, there, statuses)
        document |= _differences_json(found)
        if rules or rows or found:
            blocks.append(_differences_block(found))
    if not blocks:
        _nothing(table, rights, text)
    emit(as_json, document, *blocks)
    if found or not blocks:
        raise typer.Exit(1)


def _compare(
    table: CodeTable, rights: tuple[Right, ...], system: str | None, recorded: RecordedCodes
) -> list[Difference]:
    _require_system(system, _systems(table, recorded))
    return differences(
        table,
        [rule for rule in table.codes if _is_wanted(rule, rights, system)],
        [row for row in table.statuses if system is None and row.right in rights],
        [rule for rule in recorded.rules.values() if _is_wanted(rule, rights, system)],
        {place: text for place, text in recorded.statuses.items() if system is None and place[0] in rights},
    )


def _recorded(rpc: str | None, manifest: Path | None) -> RecordedCodes:
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        return registry.rights.codes()


def _differences_json(found: list[Difference]) -> dict[str, Any]:
    return {"matches": not found, "differences": [difference.to_json() for difference in found]}


def _differences_block(found: list[Difference]) -> Table | str:
    if not found:
        return "On the chain it is the same."
    return Table(
        ("Right", "System", "Code or status", "What", "Here", "On the chain"),
        [(each.right, each.system, each.name, each.what, each.here, each.on_chain) for each in found],
        "Differences",
    )


def _table(file: Path | None) -> CodeTable:
    return default_codes() if file is None else read_codes(file)


def _rights(text: str | None) -> tuple[Right, ...]:
    return (Right.TRADEMARK, Right.DESIGN) if text is None else (require_register_right(Right.parse(text)),)


def _is_wanted(rule: CodeRule | RecordedCode, rights: tuple[Right, ...], system: str | None) -> bool:
    return rule.right in rights and (system is None or rule.system == system.upper())


def _systems(table: CodeTable, recorded: RecordedCodes | None = None) -> set[str]:
    systems = {rule.system for rule in table.codes}
    return systems if recorded is None else systems | {rule.system for rule in recorded.rules.values()}


def _require_system(system: str | None, known: set[str]) -> None:
    """Raise an `InputError` unless there are rows of the system, for any right."""
    if system is not None and system.upper() not in known:
        raise InputError(
            f"the table has no codes of {system}",
            remedy=f"It has codes of {', '.join(sorted(known))}. Codes of an office itself (NAT: and its ST.3 code)"
            " need no row: they are other events (category W) and change neither state nor status.",
            system=system,
        )


def _matches(rule: CodeRule | RecordedCode, text: str) -> bool:
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
        ("Goes with", f"{pairs_to_text(row.pairs)}: {_in_words(row.pairs)}"),
        ("Import", usual),
        *(("TM5 descriptor", f"{pairs_to_text(mask)}: {text}") for mask, text in row.tm5),
        ("May follow", "; ".join(leading)),
        ("Text", _origin(row)),
    ]
    return [*facts, ("Remark", row.note)] if row.note else facts


def _nothing(table: CodeTable, rights: Iterable[Right], text: str) -> None:
    """Say that there is no such code, and what may be meant."""
    known = {rule.code for rule in table.codes if rule.right in rights}
    known |= {row.status for row in table.statuses if row.right in rights}
    close = get_close_matches(text, sorted(known), n=3)
    note(f"the table has no code and no status {text!r}" + (f"; close are {', '.join(close)}" if close else ""))


def _moves(rule: CodeRule) -> tuple[str, str]:
    return pairs_to_text(rule.from_), pairs_to_text(rule.to)


def _list(row: CodeRule | StatusRule) -> str:
    return "official" if row.source.is_official else "profile"


def _origin(row: CodeRule | StatusRule) -> str:
    return f"{_list(row)}: {row.source.text}"


def _in_words(bits: int) -> str:
    """States and stages as people say them: `active (filing or examination), or no change`."""
    parts = ["no entry yet"] if bits & NO_ENTRY_BIT else []
    if bits & ALL_PAIRS_MASK == ALL_PAIRS_MASK:
        parts.append("any state and stage")
    else:
        for state in State:
            stages = [pair.stage.full_name for pair in ALL_PAIRS if pair.state is state and bits & pair.bit]
            if stages:
                parts.append(f"{state.full_name} ({'any stage' if len(stages) == 7 else ', '.join(stages)})")
    return "; ".join(parts + (["no change of state and stage"] if bits & NO_CHANGE_BIT else []))
