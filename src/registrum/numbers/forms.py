"""The forms in which offices write their numbers: loads the rule data and applies one form to one text.

Not its job: to decide which office or right a text speaks of; see `registrum.numbers.reading`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

from registrum.numbers.right import Right


class Form:
    """One form of the numbers of one office and right, from `number_forms.json`.

    Attributes:
        office: ST.3 code of the office, empty for the forms of PCT numbers.
        right: The right that the numbers are of.
        form: The form as the office or WIPO describes it: Y year, N digit, C check digit.
        example: A number as issued, with the office code.
        number: The canonical number of the example.
        source: Key into `sources` of the rule data.
        is_verified: Whether the form was read in that source; otherwise it is from general knowledge.
        note: Remark for readers of docs/numbers.md.
    """

    __slots__ = (
        "_canonical",
        "_check",
        "_decisive",
        "_pattern",
        "example",
        "form",
        "is_verified",
        "note",
        "number",
        "office",
        "right",
        "source",
    )

    def __init__(self, row: dict[str, Any]) -> None:
        self.office: str = row.get("office", "")
        self.right = Right(row.get("right", "P"))
        self.form: str = row["form"]
        self.example: str = row["example"]
        self.number: str = row["number"]
        self.source: str = row["source"]
        self.is_verified: bool = row["verified"]
        self._decisive: bool | str = row.get("decisive", False)
        self.note: str = row.get("note", "")
        self._pattern: str = row["pattern"]
        self._canonical: str = row["canonical"]
        self._check: dict[str, Any] | None = row.get("check")

    def match(self, compact: str) -> re.Match[str] | None:
        """Match a number without office code, spaces, commas and brackets, in upper case."""
        return re.fullmatch(self._pattern, compact)

    def claims(self, compact: str) -> bool:
        """Whether letters or a type code in the number say that it is of this right and of no other."""
        if self._decisive is False or not self.match(compact):
            return False
        return self._decisive is True or re.fullmatch(str(self._decisive), compact) is not None

    def canonical(self, match: re.Match[str]) -> tuple[str, tuple[str, ...]]:
        """Canonical number of a match, and warnings about its check digit.

        A check digit that is missing is added where it can be computed with certainty, so that one application has one
        number. One that is written is kept, right or wrong: offices have changed their algorithms.
        """
        groups = [match.group(0), *match.groups()]
        warnings: tuple[str, ...] = ()
        if self._check is not None:
            group = self._check["group"]
            algorithm = CHECK_DIGITS.get(self._check["algorithm"])
            expected = algorithm("".join(groups[i] for i in self._check["over"])) if algorithm else None
            written = groups[group]
            if written is None and expected is not None:
                groups[group] = expected
                warnings = (f"The check digit was not written; {expected} was computed.",)
            elif written is None:
                warnings = ("The check digit was not written and cannot be computed; add it if the office prints one.",)
            elif expected is not None and written != expected:
                warnings = (f"The check digit {written} does not fit the number; {expected} was expected.",)
        return render(self._canonical, groups), warnings


def render(template: str, groups: Sequence[str | None]) -> str:
    """Fill a template from the groups of a match.

    `{1}` is group 1, `{1:strip}` the same without leading zeros, `{1:9}` padded with zeros to nine characters; a part
    in square brackets is left out when its group is missing.
    """

    def fill(match: re.Match[str]) -> str:
        text = groups[int(match.group(1))] or ""
        how = match.group(2)
        if how == "strip":
            return text.lstrip("0") or "0"
        return text.zfill(int(how)) if how else text

    def option(match: re.Match[str]) -> str:
        return match.group(1) if groups[int(match.group(2))] else ""

    return re.sub(r"\{(\d)(?::(\w+))?\}", fill, re.sub(r"\[([^\]]*?\{(\d)\})\]", option, template))


def _ep(digits: str) -> str:
    """EPO: digits times 1, 2, 1, 2, ... from the left, cross sums, up to the next ten (EPO support note of 2022)."""
    total = sum(sum(divmod(int(digit) * (1 + i % 2), 10)) for i, digit in enumerate(digits))
    return str(-total % 10)


def _cn(digits: str) -> str:
    """CNIPA: weights 2 to 9, then 2 to 5, modulo 11; ten is written X."""
    return "0123456789X"[sum(int(digit) * (2 + i % 8) for i, digit in enumerate(digits)) % 11]


def _de(digits: str) -> str | None:
    """DPMA: weights 2, 3, ... from the right, eleven minus the rest; rest 1 would be ten and is not settled."""
    rest = sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), start=2)) % 11
    return None if rest == 1 else str(-rest % 11)


CHECK_DIGITS: dict[str | None, Callable[[str], str | None]] = {"ep": _ep, "cn": _cn, "de": _de}
"""Algorithms that agree with published numbers. Those of other offices (BR, GB, SE) are neither checked nor added."""


@functools.cache
def rules() -> dict[str, Any]:
    """The rule data as stored."""
    import json
    from pathlib import Path

    data: dict[str, Any] = json.loads(Path(__file__).with_name("number_forms.json").read_text(encoding="utf-8"))
    return data


@functools.cache
def _index() -> dict[tuple[str, Right], tuple[Form, ...]]:
    index: dict[tuple[str, Right], tuple[Form, ...]] = {}
    for row in rules()["forms"]:
        form = Form(row)
        index[form.office, form.right] = (*index.get((form.office, form.right), ()), form)
    return index


def all_forms() -> tuple[Form, ...]:
    """Every form of every office, in the order of the data; PCT forms are not among them."""
    return tuple(form for forms in _index().values() for form in forms)


def forms_of(office: str, right: Right) -> tuple[Form, ...]:
    """Forms known for an office and right; empty when none is."""
    return _index().get((office, right), ())


def forms_fitting(compact: str) -> list[Form]:
    """Forms of any office that a text fits as it stands, with nothing taken off its beginning."""
    return [form for form in all_forms() if form.match(compact)]


@functools.cache
def pct_forms() -> tuple[Form, ...]:
    """Forms of PCT international application numbers."""
    return tuple(Form(row) for row in rules()["pct"])
