"""Texts that somebody else wrote, shown so that they cannot deceive: hostile characters made visible, and named.

A name from the chain, or a number that a reader pasted, may hold characters that nobody sees, that turn the text
around them, or that look like others. Nothing is removed: a character that cannot be seen is shown as its code point,
and what is wrong is said beside the text. The text stands in an element of its own, so that its direction ends there.

Not its job: escaping, which templates do to everything; the words of the warnings (catalogues).
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from urllib.parse import urlsplit

from markupsafe import Markup, escape

__all__ = ["Concern", "concerns", "is_foreign", "marked", "plain", "safe_link"]


class Concern(StrEnum):
    """What makes a text deceptive."""

    BIDIRECTIONAL = "bidirectional"
    """Controls that change the order in which characters are shown."""
    INVISIBLE = "invisible"
    """Characters without any width, or controls."""
    MIXED_SCRIPTS = "mixed_scripts"
    """A word in letters of several scripts that look alike."""
    LOOK_ALIKE = "look_alike"
    """Letters or digits that look like plain ones and are others."""
    STACKED = "stacked"
    """Marks piled upon one letter, which reach into other lines."""


_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Not of a category that says so: Hangul and Braille blanks, fillers, and the marks of invisible mathematics.
_BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOST_MARKS = 3
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN")
"""Scripts whose letters are taken for one another."""
_LIKE_LATIN = frozenset(
    "АВСЕНІЈКМОРЅТХУаеорсухіјѕһԁԛԝ"  # noqa: RUF001 - Cyrillic letters that look like Latin ones
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"  # noqa: RUF001 - Greek ones
    "ՏՕՍօ"  # noqa: RUF001 - Armenian ones
)
_HIDES = frozenset({Concern.BIDIRECTIONAL, Concern.INVISIBLE})


def concerns(text: str) -> tuple[Concern, ...]:
    """What makes a text deceptive, in the order of `Concern`; nothing for most texts."""
    if text.isascii() and text.isprintable():
        return ()
    found = {concern for character in text if (concern := _of_character(character))}
    found |= {concern for word in _words(text) if (concern := _of_word(word))}
    if _is_stacked(text):
        found.add(Concern.STACKED)
    return tuple(concern for concern in Concern if concern in found)


def is_foreign(text: str) -> bool:
    """Whether a text that should be a number, a code or a digest has characters beyond printable ASCII."""
    return not (text.isascii() and text.isprintable())


def marked(text: str) -> Markup:
    """A text in an element of its own, with everything that hides shown as its code point."""
    if text.isascii() and text.isprintable():
        return Markup("<bdi>{}</bdi>").format(text)
    pieces = [_mark(character) if _of_character(character) in _HIDES else escape(character) for character in text]
    return Markup("<bdi>{}</bdi>").format(Markup("").join(pieces))


def plain(text: str) -> str:
    """The same where there can be no markup, as in the options of a form."""
    hidden = (f"[U+{ord(one):04X}]" if _of_character(one) in _HIDES else one for one in text)
    return "".join(hidden)


def safe_link(text: str) -> str | None:
    """The host of an address on the web that may be linked to; None for every other scheme and for all that is odd.

    The server itself never fetches it.
    """
    if is_foreign(text) or any(character in text for character in " \\\"'<>`@"):
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return host if parts.scheme in ("http", "https") and host else None


def _of_character(character: str) -> Concern | None:
    if character in _BIDIRECTIONAL:
        return Concern.BIDIRECTIONAL
    if character in "\n\t":
        return None
    if unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _BLANK:
        return Concern.INVISIBLE
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return Concern.INVISIBLE
    if not character.isascii():
        plain = unicodedata.normalize("NFKC", character)
        if plain != character and plain.isascii() and plain.isalnum():
            return Concern.LOOK_ALIKE
        if unicodedata.category(character) == "Nd":
            return Concern.LOOK_ALIKE
    return None


def _of_word(word: str) -> Concern | None:
    scripts = {name for name in (_script(character) for character in word) if name}
    if len(scripts) > 1:
        return Concern.MIXED_SCRIPTS
    if scripts and scripts != {"LATIN"} and all(c in _LIKE_LATIN for c in word if c.isalpha()):
        return Concern.LOOK_ALIKE
    return None


def _words(text: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in text).split()


def _script(character: str) -> str | None:
    if not character.isalpha():
        return None
    name = unicodedata.name(character, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), None)


def _is_stacked(text: str) -> bool:
    run = 0
    for character in unicodedata.normalize("NFC", text):
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run > _MOST_MARKS:
            return True
    return False


def _mark(character: str) -> Markup:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return Markup('<span class="hidden-character" title="{}">{}</span>').format(f"{code} {name}".strip(), code)
