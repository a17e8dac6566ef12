"""Write the tables of codes in `docs/register.md` out of the data; with `--check` only say whether they are current."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from registrum.numbers import Right
from registrum.rights.codes import CodeRule, StatusRule, default_codes, pairs_to_text
from registrum.rights.model import StatePair

TARGET = Path(__file__).resolve().parents[1] / "docs" / "register.md"
BEGIN = "<!-- tables: written by tools/code_docs.py -->"
END = "<!-- end of tables -->"
RIGHTS = {Right.TRADEMARK: "trade marks", Right.DESIGN: "designs"}
LISTS = {
    "st96-mark": "mark",
    "st96-design": "design",
    "st96-opposition": "opposition",
    "st96-madrid": "Madrid",
    "st96-hague": "Hague",
}


def tables() -> str:
    """Return all tables with their headings."""
    lines = st27()
    for right, name in RIGHTS.items():
        lines += st96(right, name)
    for right, name in RIGHTS.items():
        lines += statuses(right, name)
    return "\n".join([*lines, *words()])


def st27() -> list[str]:
    """Return the key events, which are the same for both rights."""
    rows = [rule for rule in default_codes().codes if rule.system == "ST.27" and rule.right is Right.TRADEMARK]
    other = {
        (rule.code, rule.from_, rule.to, rule.listed) for rule in default_codes().codes if rule.right is Right.DESIGN
    }
    if any((rule.code, rule.from_, rule.to, rule.listed) not in other for rule in rows):
        raise ValueError("ST.27 rows of marks and designs differ: give each right a table of its own")
    return [
        "### Codes of ST.27, for trade marks and designs",
        "",
        "`A00` to `Y00`, for events of a category that map to no key event, have the same moves.",
        "",
        *table(
            ("code", "title", "before", "after", "statuses", "remark"),
            ((f"`{rule.code}`", rule.title, *moves(rule), rule.note) for rule in rows if not rule.code.endswith("00")),
        ),
    ]


def st96(right: Right, name: str) -> list[str]:
    """Return the ST.96 values of a right that are used as codes."""
    return [
        f"### Codes of ST.96, for {name}",
        "",
        *table(
            ("code", "list", "category", "before", "after", "statuses", "remark"),
            (
                (f"`{rule.code}`", LISTS[rule.source.key], rule.category, *moves(rule), remark(rule))
                for rule in default_codes().codes
                if rule.system == "ST.96" and rule.right is right
            ),
        ),
    ]


def statuses(right: Right, name: str) -> list[str]:
    """Return the statuses of a right."""
    return [
        f"### Statuses of {name}",
        "",
        'Import: what a document that says no more leads to; after "if registered" where it has a registration date.',
        "",
        *table(
            ("position", "status", "list", "goes with", "import", "TM5 descriptor", "remark"),
            (
                (
                    str(row.position),
                    f"`{row.status}`",
                    "ST.96" if row.source.is_official else "profile",
                    pairs_to_text(row.pairs),
                    imported(row.usual, row.registered),
                    "; ".join(f"{pairs_to_text(mask)}: {text}" for mask, text in row.tm5),
                    remark(row),
                )
                for row in default_codes().statuses
                if row.right is right
            ),
        ),
    ]


def words() -> list[str]:
    """Return the words of documents beside the texts of the statuses."""
    return [
        "### Words of documents",
        "",
        "An import takes every status above by its text or full value, and the words below, all of them without",
        "regard to case, spaces, hyphens and underscores. A word that is in neither table is not guessed at: the entry",
        "becomes `U0` (unspecified), and the word is kept as a code of the office (`NAT:`). Where it is no printable",
        "ASCII of at most 32 bytes, what fits of it is kept with `#` and eight digits of its SHA-256.",
        "",
        *table(
            ("right", "word", "status", "state and stage"),
            (
                (word.right.value, word.text, f"`{word.status}`", imported(word.pair, word.registered))
                for word in default_codes().words
            ),
        ),
    ]


def moves(rule: CodeRule) -> tuple[str, str, str]:
    """Return the sets before and after, and the statuses where they do not follow from the latter."""
    listed = (part if is_set(part) else f"`{part}`" for part in rule.listed)
    return pairs_to_text(rule.from_), pairs_to_text(rule.to), ", ".join(listed)


def is_set(text: str) -> bool:
    """Return whether a part of a list of statuses is a set of states and stages, which no status is."""
    return all(default_codes().status_for(right, text) is None for right in RIGHTS)


def remark(row: CodeRule | StatusRule) -> str:
    """Return the note, after the full value where the text is shortened."""
    text = row.code if isinstance(row, CodeRule) else row.status
    return " ".join(part for part in (f"In full: {row.title}." if row.title != text else "", row.note) if part)


def imported(pair: StatePair, registered: StatePair) -> str:
    """Return the state and stage that an import takes."""
    return str(pair) if pair == registered else f"{pair}, if registered {registered}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table; a cell has no line breaks and no bars."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(cells) + " |" for cells in rows),
        "",
    ]


def main() -> int:
    """Write or check; return the exit status."""
    current = TARGET.read_text(encoding="utf-8")
    before, _, rest = current.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        print(f"docs/register.md lacks the lines {BEGIN} and {END}", file=sys.stderr)
        return 1
    wanted = f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(wanted, encoding="utf-8")
    elif wanted != current:
        print("docs/register.md is not current: run .venv/bin/python tools/code_docs.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
