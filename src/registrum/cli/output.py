"""What a command prints: one JSON document, or facts and tables for people, or plain lines for pipes.

On a terminal Rich draws. Anywhere else facts are lines `label: value`, and tables lines of cells with tabs between,
headings first: without box characters, colours or padding; parts are apart by an empty line. Diagnostics go to
standard error.

Not its job: progress bars (`registrum.cli.progress`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from registrum.client.receipts import Receipt
    from registrum.errors import RegistrumError

__all__ = [
    "Badges",
    "Block",
    "Facts",
    "Table",
    "Tone",
    "complain",
    "emit",
    "emit_change",
    "error_json",
    "escaped",
    "forgive_encoding",
    "note",
]

Tone = Literal["good", "waiting", "bad", "plain"]
"""How a badge is meant; on a terminal its colour."""
_COLOURS = {"good": "green", "waiting": "yellow", "bad": "red", "plain": "default"}


@dataclass(frozen=True)
class Badges:
    """Words that catch the eye, and what they are about. Plain they stand in brackets, so no colour is needed."""

    words: Sequence[tuple[str, Tone]]
    text: str


@dataclass(frozen=True)
class Facts:
    """Labels and values, one pair a line."""

    pairs: Sequence[tuple[str, object]]


@dataclass(frozen=True)
class Table:
    """Rows under headings; `title` is for people and for outputs of several parts, `empty` for people only."""

    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    title: str = ""
    empty: str = "none"


Block = Facts | Table | Badges | str
"""What an answer for people is made of."""


def emit(as_json: bool, document: dict[str, Any], *blocks: Block) -> None:
    """Print the answer of a command.

    Args:
        as_json: Print the document, else the blocks.
        document: The answer with its documented keys.
        blocks: The same for people: facts, tables, sentences.
    """
    try:
        if as_json:
            _print_json(document)
        elif sys.stdout.isatty():
            _draw(blocks)
        else:
            for at, block in enumerate(blocks):
                # Tables that stand alone have no title, so that headings are the first line of a pipe.
                if at:
                    print()
                if len(blocks) > 1 and isinstance(block, Table) and block.title:
                    print(f"{block.title}:")
                for line in _plain(block):
                    print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has read enough. The exit code stays that of the answer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit_change(as_json: bool, code: str, role: str, account: str | None, receipt: Receipt) -> None:
    """Print what became of a change of an office's seat or keys.

    Args:
        as_json: As for `emit`.
        code: The office.
        role: What the account is, for people.
        account: The account that it was about.
        receipt: Whether the chain took it.
    """
    document = {
        "office": code,
        "account": account,
        "taken": receipt.taken,
        "transactionHash": receipt.transaction_hash,
        "blockNumber": receipt.block_number,
    }
    facts = [
        ("Office", code),
        (role, account),
        ("Taken", receipt.taken),
        ("Block", receipt.block_number),
        ("Transaction", receipt.transaction_hash),
    ]
    emit(as_json, document, Facts(facts))


def complain(message: str, remedy: str = "") -> None:
    """Say on standard error what went wrong, and what can be done."""
    lines = [f"registrum: {escaped(message)}", *([escaped(remedy)] if remedy else [])]
    print("\n".join(lines), file=sys.stderr)


def error_json(error: RegistrumError) -> dict[str, Any]:
    """Keys `code, message, remedy, details`."""
    # Only here: most commands end without an error, and all have to begin quickly.
    from registrum.client import forms

    return forms.error_json(error)


def note(message: str) -> None:
    """Say on standard error what is worth knowing and no error."""
    print(f"registrum: note: {escaped(message)}", file=sys.stderr)


def escaped(text: str) -> str:
    """A text without characters that control terminals: names and numbers may come from strangers."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def forgive_encoding() -> None:
    """Let a terminal that lacks a character show its escape, where Python would raise."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _print_json(document: dict[str, Any]) -> None:
    import json

    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(document, indent=2, ensure_ascii=not unicode))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, date):
        return value.isoformat()
    return escaped(str(value))


def _plain(block: Block) -> Iterable[str]:
    if isinstance(block, str):
        yield escaped(block)
    elif isinstance(block, Badges):
        yield " ".join([*(f"[{word}]" for word, _ in block.words), escaped(block.text)])
    elif isinstance(block, Facts):
        for label, value in block.pairs:
            yield f"{label}: {_cell(value)}"
    else:
        yield "\t".join(block.headings)
        for row in block.rows:
            yield "\t".join(_cell(value) for value in row)


def _draw(blocks: Iterable[Block]) -> None:
    console = terminal(sys.stdout)
    for block in blocks:
        console.print(escaped(block) if isinstance(block, str) else _drawn(block), markup=False, highlight=False)


def _drawn(block: Facts | Table | Badges) -> Any:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    if isinstance(block, Badges):
        line = Text()
        for word, tone in block.words:
            line.append(f" {word} ", style=f"bold reverse {_COLOURS[tone]}").append(" ")
        return line.append(escaped(block.text), style="bold")
    if isinstance(block, Facts):
        grid = RichTable.grid(padding=(0, 2))
        grid.add_column(style="bold")
        grid.add_column(overflow="fold")
        for label, value in block.pairs:
            grid.add_row(Text(label), Text(_cell(value)))
        return grid
    rows = [[Text(_cell(value)) for value in row] for row in block.rows]
    if not rows:
        return Text(f"{block.title}: {block.empty}" if block.title else block.empty)
    table = RichTable(title=block.title or None, box=box.SIMPLE_HEAD, title_justify="left")
    for heading in block.headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def terminal(stream: TextIO) -> Any:
    """Rich's console for a stream."""
    from rich.console import Console

    return Console(file=stream)
