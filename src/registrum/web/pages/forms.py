"""What came with a form: read strictly, and what was wrong said in words beside its field.

Not its job: what is then asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from enum import Enum
from typing import TypeVar

from markupsafe import Markup, escape

from registrum.dates import parse_date
from registrum.errors import DateError, InputError
from registrum.numbers import Right
from registrum.numbers.offices import office_code
from registrum.web.pages.rendering import Visit
from registrum.web.texts import Texts

__all__ = ["Form", "problem_text"]

_E = TypeVar("_E", bound=Enum)
_DIGEST = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")


class Form:
    """The parameters of a request, and what is wrong with them.

    Args:
        visit: The request.

    Attributes:
        faults: What is wrong, by the name of the field.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.faults: dict[str, Markup] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not any(value for name, value in self._visit.request.query_params.multi_items() if name != "lang")

    def text(self, name: str) -> str:
        """What was entered, as it was; empty where nothing was."""
        return self._visit.parameter(name) or ""

    def require(self, *names: str) -> None:
        """Note each of the fields that was left empty."""
        for name in names:
            if not self.text(name) and name not in self.faults:
                self.faults[name] = self._visit.texts("fault-missing")

    def day(self, name: str) -> date | None:
        """A date in the form 2024-01-31."""
        text = self.text(name)
        if not text:
            return None
        try:
            return parse_date(text)
        except DateError:
            self.faults[name] = self._visit.texts("fault-date")
            return None

    def digest(self, name: str) -> bytes | None:
        """A SHA-256: 64 hexadecimal digits, with or without `0x`."""
        text = self.text(name)
        if not text:
            return None
        found = _DIGEST.fullmatch(text)
        if found is None or not int(found[1], 16):
            self.faults[name] = self._visit.texts("fault-digest")
            return None
        return bytes.fromhex(found[1])

    def member(self, name: str, members: type[_E]) -> _E | None:
        """A member of an enumeration, by its name in lower case."""
        text = self.text(name)
        if not text:
            return None
        found = next((member for member in members if member.name.lower() == text), None)
        if found is None:
            self.faults[name] = self._visit.texts("fault-choice")
        return found

    def choice(self, name: str, options: Collection[str]) -> str | None:
        """One of some words."""
        text = self.text(name)
        if text and text not in options:
            self.refuse(name, "fault-choice")
        return text if text in options else None

    def right(self, name: str) -> Right | None:
        """A right by its letter."""
        text = self.text(name)
        if not text:
            return None
        found = next((right for right in Right if right.value == text), None)
        if found is None:
            self.faults[name] = self._visit.texts("fault-choice")
        return found

    def office(self, name: str) -> str | None:
        """The code of an office in force; capital letters are made here, for a code is chosen and nothing is signed."""
        text = self.text(name).upper()
        return self._checked(name, lambda: office_code(text)) if text else None

    def whole(self, name: str, highest: int, lowest: int = 0) -> int | None:
        """A whole number within bounds."""
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest):
            self.faults[name] = self._visit.texts("fault-whole", lowest=lowest, highest=highest)
            return None
        return int(text)

    def refuse(self, name: str, fault: str, **values: object) -> None:
        """Note what is wrong with a field, by the name of the text that says it, and what that text takes."""
        self.faults[name] = self._visit.texts(fault, **values)

    def note(self, name: str, error: InputError) -> None:
        """Note what an error of the client library says of a field."""
        self.faults[name] = problem_text(self._visit.texts, error)

    def _checked(self, name: str, read: Callable[[], str]) -> str | None:
        try:
            return read()
        except InputError as error:
            self.note(name, error)
            return None


def problem_text(t: Texts, error: InputError) -> Markup:
    """What an error of the client library says; marked as English where the page is in another language."""
    text = f"{error.message.rstrip('.')}. {error.remedy}".strip()
    return escape(text) if t.language == "en" else Markup('<span lang="en">{}</span>').format(text)
