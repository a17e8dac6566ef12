"""Code blocks of Markdown files, and transcripts of shell commands with the output that they promise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block and the line of its first line of code."""

    file: str
    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command of a `console` block and the output shown below it; none shown, none expected."""

    file: str
    line: int
    text: str
    expected: str

    def matches(self, output: str) -> bool:
        """Whether the output is as shown; `...` stands for anything, also for lines."""
        parts = (re.escape(part) for part in self.expected.strip().split("..."))
        pattern = r".*?".join(parts)
        text = "\n".join(line.rstrip() for line in output.strip().splitlines())
        return not self.expected or re.fullmatch(pattern, text, re.DOTALL) is not None


def blocks(file: str, language: str) -> list[Block]:
    content = (ROOT / file).read_text(encoding="utf-8")
    return [
        Block(file, content.count("\n", 0, match.start(2)) + 1, match[1], match[2])
        for match in _FENCE.finditer(content)
        if match[1] == language
    ]


def commands(file: str) -> list[Command]:
    """The commands of all `console` blocks: lines after `$ `, continued by a backslash at the end."""
    return [command for block in blocks(file, "console") for command in _commands_of(block)]


def _commands_of(block: Block) -> list[Command]:
    found: list[tuple[int, list[str], list[str]]] = []
    continued = False
    for number, line in enumerate(block.text.splitlines(), block.line):
        if line.startswith("$ "):
            found.append((number, [line[2:]], []))
        elif continued:
            found[-1][1].append(line)
        elif found:
            found[-1][2].append(line.rstrip())
        else:
            raise ValueError(f"{block.file}:{number}: output before any command")
        continued = bool(found) and not found[-1][2] and found[-1][1][-1].endswith("\\")
    return [Command(block.file, line, "\n".join(text), "\n".join(output)) for line, text, output in found]
