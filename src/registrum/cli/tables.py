"""Files with many applications: CSV with one a line, or a folder with one document each.

Columns of the CSV, with a heading line, in UTF-8: `number` and `filing_date` (YYYY-MM-DD), and either `digest` (0x and
64 digits) or `document` (path of the document, beside the CSV unless absolute); if need be `right` and `office`. A
folder is read document by document, names in order; hidden files are left out.

All bad lines are told together, when all were read. Who sends as he reads has them checked first, so that a file
with a bad line has no effect. Not its job: sending.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from registrum.cli.inputs import file_digest, read_digest
from registrum.errors import DocumentError, InputError, RegistrumError

if TYPE_CHECKING:
    from registrum.client.records import Application

__all__ = ["Source", "lines"]

_COLUMNS = ("number", "right", "office", "filing_date", "digest", "document")
_REQUIRED = ("number", "filing_date")
_SHOWN = 20
_LONGEST_FIELD = 64 * 1024

_T = TypeVar("_T")


@dataclass(frozen=True)
class Source:
    """A file or folder of applications.

    Attributes:
        path: The CSV file or the folder.
        right: For numbers that do not say their right.
        office: For numbers that do not say their office.
        any_form: Take numbers that fit no known form.
    """

    path: Path
    right: str | None = None
    office: str | None = None
    any_form: bool = False

    def check(self) -> int:
        """Read everything once.

        Returns:
            How many applications there are.

        Raises:
            InputError: Lines or documents cannot be read; `details["problems"]` says which and why.
        """
        return sum(1 for _ in self._applications(check=True))

    def applications(self) -> Iterator[Application]:
        """The applications, read as they are needed; digests are worked out on the way."""
        return self._applications(check=False)

    def _applications(self, *, check: bool) -> Iterator[Application]:
        if self.path.is_dir():
            read: Iterator[Callable[[], list[Application]]] = self._documents()
        else:
            read = self._rows(check)
        problems: list[dict[str, Any]] = []
        count = 0
        for place, step in enumerate(read, 1):
            try:
                found = step()
            except RegistrumError as error:
                problems.append({"place": place, "code": error.code, "message": error.message})
                continue
            count += len(found)
            yield from found
        if problems:
            raise _problems(self.path, problems)
        if not count:
            raise InputError(
                f"{self.path} holds no application",
                remedy="Give a CSV file with one application a line after its headings, or a folder of documents.",
            )

    def _documents(self) -> Iterator[Callable[[], list[Application]]]:
        try:
            files = sorted(file for file in self.path.iterdir() if file.is_file() and not file.name.startswith("."))
        except OSError as error:
            raise InputError(
                f"the folder {self.path} cannot be read: {error.strerror}", remedy="Check the path and its permissions."
            ) from error
        return (partial(_document, file) for file in files)

    def _rows(self, check: bool) -> Iterator[Callable[[], list[Application]]]:
        for _, row in lines(self.path, _COLUMNS, _REQUIRED):
            yield partial(self._application, row, check)

    def _application(self, row: dict[str, str], check: bool) -> list[Application]:
        from registrum.client.records import Application
        from registrum.dates import parse_date
        from registrum.numbers import OfficeNumber

        right, office = row.get("right") or self.right, row.get("office") or self.office
        number = OfficeNumber.parse(row["number"], right, office, allow_unmasked=self.any_form)
        filing_date = parse_date(row["filing_date"])
        digest, document = row.get("digest", ""), row.get("document", "")
        if bool(digest) == bool(document):
            raise InputError(
                f"{number}: give either a digest or a document", remedy="Fill one of the two columns in each row."
            )
        if digest:
            return [Application(number, filing_date, read_digest(digest))]
        file = self.path.parent / document
        if check:
            if not file.is_file():
                raise DocumentError(
                    f"{file}: no such file, or not a file", remedy="Name the document as seen from the CSV file."
                )
            return [Application(number, filing_date, bytes(32))]
        return [Application(number, filing_date, file_digest(file))]


def lines(path: Path, columns: Sequence[str], required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file, by column, with their line numbers. Cells are stripped of spaces around them.

    Raises:
        InputError: It cannot be read, or its headings are not these.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            headings = [name.strip() for name in reader.fieldnames or ()]
            unknown = [name for name in headings if name not in columns]
            missing = [name for name in required if name not in headings]
            if unknown or missing or len(set(headings)) != len(headings):
                raise InputError(
                    f"{path}: the headings are {', '.join(headings) or 'missing'}",
                    remedy=f"Known are {', '.join(columns)}; needed are {', '.join(required)}.",
                )
            reader.fieldnames = headings
            for row in reader:
                if None in row:
                    raise InputError(
                        f"{path}, line {reader.line_num}: more cells than headings",
                        remedy="Put cells that hold commas between quotation marks.",
                    )
                yield reader.line_num, {name: (value or "").strip() for name, value in row.items()}
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", remedy="Give a CSV file or a folder.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} is not CSV in UTF-8: {error}", remedy="Save it as CSV with commas, in UTF-8."
        ) from error


def _document(file: Path) -> list[Application]:
    from registrum.client.records import Application
    from registrum.documents import read_application

    read = read_application(file)
    return [Application(facts.number, facts.filing_date, read.digest) for facts in read.applications]


def _problems(path: Path, problems: list[dict[str, Any]]) -> InputError:
    unit = "document" if path.is_dir() else "row"
    shown = "; ".join(f"{unit} {problem['place']}: {problem['message']}" for problem in problems[:_SHOWN])
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return InputError(
        f"{path}: {len(problems)} cannot be read, so nothing was done: {shown}{more}",
        remedy="Correct or remove them and run the command again.",
        problems=problems,
    )
