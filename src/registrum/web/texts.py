"""Texts of the pages in several languages, from Project Fluent catalogues, and the choice of a language.

A text of a catalogue is trusted and has no markup. What is put into it is not: numbers and dates are formatted as the
language does it, and every other value is escaped, or was made markup by someone who escaped it. So a name from the
chain can neither bring markup nor turn the words around it.

Not its job: showing hostile texts (`registrum.web.warnings`), and sentences that the client library makes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Junk, Message, Resource
from markupsafe import Markup, escape

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Texts", "choose_language", "key_of", "keys_of", "texts"]

DEFAULT_LANGUAGE: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "fr": "Français"}
"""Languages that there are catalogues of, each by its own name."""

_LOCALES: Final = {"en": "en-GB", "fr": "fr-FR"}
"""Whose forms of dates and numbers: a day before its month, the month in letters."""
_FOLDER: Final = Path(__file__).with_name("locales")
# Where a value stands while the text around it is escaped; of the private use area, so no catalogue has them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")


@dataclass(frozen=True)
class Texts:
    """The texts of one language.

    Attributes:
        language: Its BCP 47 tag, as in the attribute `lang`.
    """

    language: str
    _bundle: FluentBundle
    _keys: frozenset[str]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __call__(self, key: str, /, **values: Any) -> Markup:
        """A text, ready to be put into a page.

        Args:
            key: Its name in the catalogue.
            values: What its placeables stand for. Integers are formatted, and choose plural forms; dates and times are
                formatted; everything else is escaped.

        Raises:
            LookupError: The catalogue has no such text, or it lacks a value.
        """
        places: list[Markup] = []

        def place(value: Any) -> Any:
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            if isinstance(value, datetime):
                shown = self.time(value)
            elif isinstance(value, date):
                shown = self.day(value)
            else:
                shown = escape(value)
            places.append(shown)
            return f"{_OPEN}{len(places) - 1}{_CLOSE}"

        given = {name: place(value) for name, value in values.items()}
        text = _PLACE.sub(lambda found: str(places[int(found[1])]), str(escape(self._format(key, given))))
        # Every value was escaped by `place`, and the text around them here.
        return Markup(text)  # noqa: S704  # nosec B704

    def of(self, kind: str, member: Enum) -> Markup:
        """The word for a member of an enumeration: the text `standing-not-found` for `Standing.NOT_FOUND`.

        Raises:
            LookupError: As for a text.
        """
        return self(key_of(kind, member))

    def day(self, value: date | None) -> Markup:
        """A calendar date with its month in letters, and in the form 2024-01-31 for machines."""
        if value is None:
            return self("none")
        shown = self._format("format-day", {"day": value})
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), shown)

    def time(self, value: datetime | None) -> Markup:
        """A point in time, in UTC."""
        if value is None:
            return self("none")
        utc = value.astimezone(UTC)
        shown = self._format("format-time", {"day": utc.date(), "clock": f"{utc:%H:%M:%S}"})
        return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%SZ}", shown)

    def number(self, value: int) -> str:
        """An integer with its digits in groups."""
        return self._format("format-number", {"number": value})

    def _format(self, key: str, values: Mapping[str, Any]) -> str:
        if key not in self._keys:
            raise LookupError(f"the catalogue of {self.language} has no text {key!r}")
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise LookupError(f"the text {key!r} of {self.language} is empty")
        shown, errors = self._bundle.format_pattern(pattern, dict(values))
        if errors:
            raise LookupError(f"the text {key!r} of {self.language} cannot be formatted: {errors[0]}")
        return str(shown)


def key_of(kind: str, member: Enum) -> str:
    """The name of the text for a member of an enumeration."""
    return f"{kind}-{member.name.lower().replace('_', '-')}"


@functools.cache
def texts(language: str) -> Texts:
    """The texts of a language.

    Raises:
        KeyError: It is none of `LANGUAGES`.
    """
    # Marks of isolation are not needed: what comes from outside is wrapped in an element of its own.
    bundle = FluentBundle([_LOCALES[language]], use_isolating=False)
    for resource in _catalogues(language):
        bundle.add_resource(resource)
    return Texts(language, bundle, frozenset(keys_of(language)))


@functools.cache
def keys_of(language: str) -> tuple[str, ...]:
    """The names of all texts of a language, in the order of its catalogues; one that is there twice comes twice."""
    entries = (entry for resource in _catalogues(language) for entry in resource.body)
    return tuple(entry.id.name for entry in entries if isinstance(entry, Message))


def choose_language(query: str | None, cookie: str | None, accepted: str | None) -> str:
    """The language of a page: what was asked for, else what was chosen before, else what the browser would like.

    Args:
        query: Parameter `lang`.
        cookie: Cookie `lang`.
        accepted: Header `Accept-Language`.
    """
    for wish in (query, cookie):
        if wish is not None and wish in LANGUAGES:
            return wish
    return next(iter(_by_wish(accepted or "")), DEFAULT_LANGUAGE)


def _by_wish(header: str) -> Iterable[str]:
    wishes = []
    # A header is as long as its sender likes; nobody speaks more languages than this.
    for place, part in enumerate(header.split(",")[:20]):
        found = _RANGE.fullmatch(part)
        if found and float(found[2] or 1) > 0:
            wishes.append((-float(found[2] or 1), place, found[1].split("-")[0].lower()))
    return [DEFAULT_LANGUAGE if tag == "*" else tag for _, _, tag in sorted(wishes) if tag == "*" or tag in LANGUAGES]


@functools.cache
def _catalogues(language: str) -> tuple[Resource, ...]:
    """The catalogues of a language, parsed.

    Raises:
        LookupError: One cannot be read in full.
    """
    files = sorted((_FOLDER / language).glob("*.ftl"))
    resources = tuple(FluentResource(path.read_text(encoding="utf-8")) for path in files)
    junk = [entry.content for resource in resources for entry in resource.body if isinstance(entry, Junk)]
    if junk:
        raise LookupError(f"a catalogue of {language} cannot be read from here on: {junk[0]!r}")
    return resources
