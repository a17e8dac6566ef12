"""Office numbers that were asked for: in a form of their office, or exactly as they are recorded.

An office can sign any number that the contracts take, also one that fits none of its forms. What is recorded is found
by the number that the register shows for it; else a number means what its office's forms make of it. Not its job: the
forms (`registrum.numbers`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registrum.errors import InputError, NumberFormatError
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber
from registrum.rights.values import HIGHEST_CLASS

__all__ = ["Reading", "is_known", "known_ones", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text may stand for.

    Attributes:
        number: What the forms of its office make of it; the error where it can be no number.
        exact: The same text as a canonical number, where that is another number; None where it is none or the same.
        doubt: Why the text fits no form of its office; None where it does.
    """

    number: OfficeNumber | InputError
    exact: OfficeNumber | None
    doubt: NumberFormatError | None


def read(text: str, right: str | None = None, office: str | None = None) -> Reading:
    """Read a text in every way that it can be meant.

    Args:
        text: What was written, with office and right or without.
        right: Letter of the right, where the text does not say it; a text that says another one is no number.
        office: Code of the office, where the text does not say it; likewise.
    """
    number, doubt = _by_forms(text, right, office)
    exact = _exactly(text, right, office)
    return Reading(number, None if exact == number else exact, doubt)


def is_known(reader: IndexReader, number: OfficeNumber) -> bool:
    """Whether there is an application record or a register entry of a number."""
    return reader.record(number) is not None or (number.right in HIGHEST_CLASS and reader.entry(number) is not None)


def known_ones(reader: IndexReader, numbers: Iterable[OfficeNumber]) -> set[OfficeNumber]:
    """Those of the numbers of which there is an application record."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        return set()
    return {number for number, record in zip(wanted, reader.records(wanted), strict=True) if record is not None}


def _by_forms(
    text: str, right: str | None, office: str | None
) -> tuple[OfficeNumber | InputError, NumberFormatError | None]:
    try:
        return OfficeNumber.parse(text, right, office, allow_former=True), None
    except NumberFormatError as doubt:
        try:
            return OfficeNumber.parse(text, right, office, allow_former=True, allow_unmasked=True), doubt
        except InputError:
            return doubt, doubt
    except InputError as error:
        return error, None


def _exactly(text: str, right: str | None, office: str | None) -> OfficeNumber | None:
    whole = [f"{office}/{right}/{text}"] if office and right else []
    for each in (text, *whole):
        try:
            found = OfficeNumber.from_text(each)
        except InputError:
            continue
        # A text that names another office or right than was asked for contradicts itself, however it is recorded.
        if office in (None, found.office) and right in (None, found.right.value):
            return found
    return None
