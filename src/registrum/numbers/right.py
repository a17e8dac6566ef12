"""The kinds of IP right that an office number can be of, and nothing else."""

from __future__ import annotations

from enum import StrEnum

from registrum.errors import NumberFormatError


class Right(StrEnum):
    """Kind of IP right; the value is the letter that goes on chain."""

    PATENT = "P"
    UTILITY_MODEL = "U"
    TRADEMARK = "T"
    DESIGN = "D"
    SUPPLEMENTARY_PROTECTION = "S"
    GEOGRAPHICAL_INDICATION = "G"

    @property
    def full_name(self) -> str:
        """Name of the right in prose, for example "utility model"."""
        return _FULL_NAMES[self]

    @classmethod
    def parse(cls, text: str) -> Right:
        """Read a right from its letter or its name.

        Args:
            text: `T`, `trade mark`, `trademark`, `utility_model`, `utilityModel`, ...; case does not matter.

        Raises:
            NumberFormatError: the text is none of these.
        """
        if isinstance(text, cls):
            return text
        key = "".join(c for c in str(text).lower() if c not in " _-")
        right = _BY_NAME.get(key)
        if right is None or not str(text).isascii():
            raise NumberFormatError(
                f"{text!r} is not a kind of IP right.",
                remedy="Give one of " + ", ".join(f"{r.value} ({r.full_name})" for r in cls) + ".",
                right=str(text),
            )
        return right


_FULL_NAMES = {
    Right.PATENT: "patent",
    Right.UTILITY_MODEL: "utility model",
    Right.TRADEMARK: "trade mark",
    Right.DESIGN: "design",
    Right.SUPPLEMENTARY_PROTECTION: "supplementary protection certificate",
    Right.GEOGRAPHICAL_INDICATION: "geographical indication",
}

_BY_NAME = {right.value.lower(): right for right in Right}
_BY_NAME |= {name.replace(" ", ""): right for right, name in _FULL_NAMES.items()}
_BY_NAME |= {right.name.replace("_", "").lower(): right for right in Right}
_BY_NAME |= {
    "utility": Right.UTILITY_MODEL,
    "industrialdesign": Right.DESIGN,
    "spc": Right.SUPPLEMENTARY_PROTECTION,
    "gi": Right.GEOGRAPHICAL_INDICATION,
}
