"""Commands that texts name are commands: in pages, remedies, docstrings of the command line, and documentation."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from registrum.cli import root
from tests.cli.support import ROOT

QUOTED = re.compile(r"(?<!`)[`“«]\s*(?:\.venv/bin/)?registrum ([a-z][^`”»\n]*(?:\n[^`”»\n]*)?)[`”»](?!`)")
PLACES = ("src/registrum/**/*.py", "src/registrum/web/locales/*/*.ftl", "src/registrum/web/templates/*.html")
PAGES = ("docs/*.md", "README.md", "CHANGELOG.md")
INDENTED = re.compile(r"^(?: {4,}|\$ +)(?:\.venv/bin/)?registrum ([a-z].*)$", re.MULTILINE)


def named(patterns: tuple[str, ...], *kinds: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            for kind in kinds:
                for found in kind.finditer(text):
                    yield path.relative_to(ROOT), " ".join(found[1].split())


def is_command(words: list[str]) -> bool:
    """Whether words lead to a command, or to a group of them, and their options are its own."""
    node: Any = typer.main.get_command(root.app)
    left = list(words)
    while left and hasattr(node, "list_commands"):
        context = typer.Context(node)
        if left[0] not in node.list_commands(context):
            # What is left are arguments, where the group can be called by itself.
            if not getattr(node, "invoke_without_command", False) and not left[0].startswith(("-", "[", "…", ".")):
                return False
            break
        node = node.get_command(context, left.pop(0))
    options = {word.split("=")[0].rstrip("],.") for word in left if word.startswith("--") and len(word) > 2}
    known = {option for parameter in node.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return options <= known | {"--help"}


def wrong(found: Iterator[tuple[Path, str]]) -> list[str]:
    return [f"{path}: registrum {line}" for path, line in found if not all(map(is_command, readings(line)))]


def readings(line: str) -> list[list[str]]:
    """The words of the first command of a line of a shell; several where alternatives stand in one word."""
    words = [word.split("|") for word in re.split(r"\s(?:#|\||>|&&|;)", line)[0].split()]
    return [list(each) for each in itertools.product(*words)]


def test_commands_in_texts_exist() -> None:
    found = list(named(PLACES, QUOTED))
    assert len(found) > 50
    assert wrong(iter(found)) == []


def test_commands_in_the_documentation_exist() -> None:
    found = list(named(PAGES, QUOTED, INDENTED))
    assert len(found) > 100
    assert wrong(iter(found)) == []


def test_what_is_no_command_is_found() -> None:
    for text in ("proof verify", "anchor verify --colour", "sing"):
        assert not is_command(text.split())
