"""The office's own list: a CSV file with an application a line, read once and sorted on disk.

Columns, with a line of headings in any order: `number`, `filing_date` (YYYY-MM-DD) and `digest` (0x and 64 digits; 0x
may be missing), and if they are there `right` (for numbers that do not say it) and `state` (`filed`, `corrected`,
`withdrawn`). UTF-8, with or without byte order mark; commas or semicolons between cells.

What is read goes into a temporary database, so that a list of any length takes the same memory. Not its job: comparing
it (`registrum.audit.reconciling`).
"""

from __future__ import annotations

import csv
import re
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TextIO

from registrum.audit.facts import STATUSES
from registrum.dates import parse_date, to_on_chain
from registrum.errors import DigestError, InputError, NumberFormatError, RegistrumError
from registrum.numbers import OfficeNumber

__all__ = ["DELIMITERS", "OwnList", "OwnRow"]

DELIMITERS = {"comma": ",", "semicolon": ";"}
_COLUMNS = ("number", "filing_date", "digest", "right", "state")
_REQUIRED = _COLUMNS[:3]
_DIGEST = re.compile(r"(0x)?([0-9a-fA-F]{64})")
_LONGEST_FIELD = 64 * 1024
_LONGEST_HEADINGS = 4096
_LONGEST_LINE = 256 * 1024
_LONGEST_MESSAGE = 300
_BATCH = 5_000
_ASKED = 500
_MOST_PROBLEMS = 10_000
_SHOWN = 20
_SETTINGS = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = FILE",
    "PRAGMA cache_size = -16384",
)
_REMEDY = "Correct these lines, or take them out of the list, and run the command again."


class OwnRow(NamedTuple):
    """A line of the list; lines are counted from 1, the headings being the first."""

    number: str
    line: int
    filing_date: int
    digest: bytes
    state: str | None


class OwnList:
    """The list of an office, sorted by number; a context manager, which removes its temporary file.

    Args:
        path: The CSV file.
        office: Whose list it is: numbers of others are bad lines.
        delimiter: Between cells; None to tell it from the headings.
        any_form: Take numbers that fit no known form of the office.
        advance: Told now and then how many lines were read.

    Raises:
        InputError: It cannot be read, or has other headings, or lines that cannot be read: `details["problems"]` is a
            list of `{line, code, message}`, `code` being that of the error which the value raised.
    """

    def __init__(
        self,
        path: Path,
        office: str,
        *,
        delimiter: str | None = None,
        any_form: bool = False,
        advance: Callable[[int], None] | None = None,
    ) -> None:
        self.path, self.office = path, office
        self.lines = 0
        """Lines that hold an application."""
        self._any_form, self._advance = any_form, advance
        self._folder = tempfile.TemporaryDirectory(prefix="registrum-audit-")
        self._database = sqlite3.connect(str(Path(self._folder.name) / "list.sqlite"), isolation_level=None)
        try:
            for setting in _SETTINGS:
                self._database.execute(setting)
            self._database.execute(
                "CREATE TABLE own (number TEXT, line INTEGER, filed INTEGER, digest BLOB, state TEXT, written TEXT)"
            )
            self._database.execute("BEGIN")
            self._load(delimiter)
            self._database.execute("COMMIT")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary file."""
        self._database.close()
        self._folder.cleanup()

    def settle(self, recorded: Callable[[Collection[str]], set[str]]) -> None:
        """Take numbers as they are written in the list, where they are recorded so.

        Otherwise they are those that `OfficeNumber.parse` makes of them: `CZ/P/2024-12` of `CZ/P/2024-0012`.

        Args:
            recorded: Those of some numbers that have a record.
        """
        some = "SELECT rowid, written FROM own WHERE written IS NOT NULL AND rowid > ? ORDER BY rowid LIMIT ?"
        last = 0
        while piece := self._database.execute(some, (last, _ASKED)).fetchall():
            last = piece[-1][0]
            known = recorded({written for _, written in piece})
            changes = [(written, row) for row, written in piece if written in known]
            self._database.executemany("UPDATE own SET number = ? WHERE rowid = ?", changes)

    def rows(self) -> Iterator[OwnRow]:
        """The lines, sorted by the bytes of the number and then by line."""
        found = self._database.execute("SELECT number, line, filed, digest, state FROM own ORDER BY number, line")
        return map(OwnRow._make, found)

    def _load(self, delimiter: str | None) -> None:
        problems: list[dict[str, Any]] = []
        bad = 0
        waiting: list[tuple[Any, ...]] = []
        for line, cells in _cells(self.path, delimiter):
            try:
                waiting.append(self._row(line, cells))
            except RegistrumError as error:
                bad += 1
                if len(problems) < _MOST_PROBLEMS:
                    problems.append({"line": line, "code": error.code, "message": error.message[:_LONGEST_MESSAGE]})
            if len(waiting) == _BATCH:
                self._insert(waiting)
        self._insert(waiting)
        if bad:
            raise _bad_lines(self.path, problems, bad)

    def _insert(self, rows: list[tuple[Any, ...]]) -> None:
        self.lines += len(rows)
        self._database.executemany("INSERT INTO own VALUES (?, ?, ?, ?, ?, ?)", rows)
        rows.clear()
        if self._advance is not None:
            self._advance(self.lines)

    def _row(self, line: int, cells: Mapping[str, str] | None) -> tuple[Any, ...]:
        """An `OwnRow`, and the number as it is written where that is another one."""
        if cells is None:
            raise InputError("the line has not as many cells as there are headings")
        number = OfficeNumber.parse(
            cells["number"], cells.get("right") or None, self._office_of(cells), allow_unmasked=self._any_form
        )
        if number.office != self.office:
            raise NumberFormatError(f"{number.text} is no number of {self.office}")
        digest = _DIGEST.fullmatch(cells["digest"])
        if digest is None or not int(digest[2], 16):
            raise DigestError(f"{cells['digest'][:80]!r} is no SHA-256 digest")
        state = cells.get("state", "").lower() or None
        if state is not None and state not in STATUSES:
            raise InputError(f"{cells['state'][:80]!r} is no state: give {', '.join(STATUSES)} or nothing")
        filed = to_on_chain(parse_date(cells["filing_date"]))
        row = OwnRow(number.text, line, filed, bytes.fromhex(digest[2]), state)
        return *row, _as_written(number, cells["number"])

    def _office_of(self, cells: Mapping[str, str]) -> str | None:
        """The office of the list, unless the number names one in the text form, which is then compared."""
        text = cells["number"]
        return None if len(text) > 4 and text[2:3] == "/" and text[4:5] == "/" else self.office


def _as_written(number: OfficeNumber, text: str) -> str | None:
    """The text form of a number without any mending; None where that is the same, or no number."""
    written = text if text.startswith(number.text[:5]) else number.text[:5] + text
    if written == number.text:
        return None
    try:
        return OfficeNumber.from_text(written).text
    except NumberFormatError:
        return None


def _cells(path: Path, delimiter: str | None) -> Iterator[tuple[int, dict[str, str] | None]]:
    """The cells of each line by heading, without spaces around; None where there are too many or too few."""
    csv.field_size_limit(_LONGEST_FIELD)
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline(_LONGEST_HEADINGS)
            between = delimiter or _sniffed(path, first)
            headings = [
                name.strip().lower().replace(" ", "_") for name in next(csv.reader([first], delimiter=between), [])
            ]
            _check_headings(path, headings)
            reader = csv.reader(_lines(path, stream), delimiter=between, strict=True)
            for cells in reader:
                line = reader.line_num + 1
                if not cells:
                    continue
                stripped = [cell.strip() for cell in cells]
                yield line, dict(zip(headings, stripped, strict=True)) if len(cells) == len(headings) else None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", remedy="Give a CSV file.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} is not CSV in UTF-8 after line {line}: {error}",
            remedy="Save it as CSV with commas or semicolons, in UTF-8.",
            line=line,
        ) from error


def _lines(path: Path, stream: TextIO) -> Iterator[str]:
    """The lines, none of which may fill the memory."""
    while line := stream.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise InputError(
                f"{path} has a line of {_LONGEST_LINE:,} characters or more, so nothing was compared",
                remedy="Save it with an application a line.",
            )
        yield line


def _sniffed(path: Path, headings: str) -> str:
    """What stands between the headings."""
    try:
        return csv.Sniffer().sniff(headings, "".join(DELIMITERS.values())).delimiter
    except csv.Error as error:
        raise InputError(
            f"{path}: it cannot be told what stands between the headings {headings.strip()[:200]!r}",
            remedy="Give a line of headings with commas or semicolons, or say by --delimiter which.",
        ) from error


def _check_headings(path: Path, headings: list[str]) -> None:
    unknown = [name for name in headings if name not in _COLUMNS]
    missing = [name for name in _REQUIRED if name not in headings]
    if unknown or missing or len(set(headings)) != len(headings):
        raise InputError(
            f"{path}: the headings are {', '.join(headings)[:400] or 'missing'}",
            remedy=f"Known are {', '.join(_COLUMNS)}, each once; needed are {', '.join(_REQUIRED)}.",
        )


def _bad_lines(path: Path, problems: list[dict[str, Any]], count: int) -> InputError:
    shown = "; ".join(f"line {problem['line']}: {problem['message']}" for problem in problems[:_SHOWN])
    more = f"; and {count - _SHOWN} more" if count > _SHOWN else ""
    lines = "1 line" if count == 1 else f"{count} lines"
    return InputError(
        f"{path}: {lines} cannot be read, so nothing was compared: {shown}{more}",
        remedy=_REMEDY,
        problems=problems,
        count=count,
    )
