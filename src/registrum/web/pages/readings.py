"""What a text in the search box may mean: digest, transaction, account, office, or numbers of offices.

A number that does not say its office or its right is read in every way that fits a form; which of these exist, the
index says. Nothing is guessed: each reading is shown as what it is.

Not its job: looking anything up.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from registrum.errors import InputError, NumberFormatError, OfficeCodeError
from registrum.numbers import OfficeNumber, Right
from registrum.numbers.offices import current_offices

__all__ = ["LONGEST_QUERY", "QueryReading", "read_query", "word_of"]

LONGEST_QUERY = 200
"""Characters; what is longer is nothing that can be looked up."""

_WORD = re.compile(r"(0x)?([0-9a-fA-F]{64})")
_ACCOUNT = re.compile(r"0x[0-9a-fA-F]{40}")
_OFFICE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class QueryReading:
    """What a text may mean.

    Attributes:
        word: 32 bytes: a digest, a root, the hash of a transaction or the number of a proposal.
        account: Address of an account: a signing key, a seat, a body.
        office: Code of an office in force.
        numbers: Office numbers that it may be, the best first.
        exact: The text itself as a canonical number, where the forms of its office make another one of it: it is meant
            if it is recorded.
        problem: Why it is none of these, as the reading of numbers says it; None otherwise.
    """

    word: bytes | None = None
    account: str | None = None
    office: str | None = None
    numbers: tuple[OfficeNumber, ...] = ()
    exact: OfficeNumber | None = None
    problem: InputError | None = None


def read_query(
    text: str, *, offices: Iterable[str], office: str | None = None, right: Right | None = None
) -> QueryReading:
    """Read what somebody typed or pasted.

    Args:
        text: As it came, without blanks around it.
        offices: Members, whose numbers are tried where the text names no office.
        office: Only numbers of this office.
        right: Only numbers of this right.
    """
    if len(text) > LONGEST_QUERY:
        return QueryReading(
            problem=InputError(f"the text has {len(text)} characters", remedy="Give a number or a digest.")
        )
    if word := word_of(text):
        return QueryReading(word=word)
    if _ACCOUNT.fullmatch(text):
        return QueryReading(account=text)
    if _OFFICE.fullmatch(text) and text in current_offices():
        return QueryReading(office=text)
    return _read_number(text, tuple(offices), office, right)


def word_of(text: str) -> bytes | None:
    """The 32 bytes that a text names; None where it names none."""
    found = _WORD.fullmatch(text)
    return None if found is None else bytes.fromhex(found[2])


def _read_number(text: str, members: tuple[str, ...], office: str | None, right: Right | None) -> QueryReading:
    rights = [right] if right else [None, *Right]
    numbers: dict[OfficeNumber, None] = {}
    first: InputError | None = None
    for code in [office] if office else [None, *members]:
        for kind in rights:
            try:
                numbers.setdefault(OfficeNumber.parse(text, kind, code, allow_former=True))
            except (NumberFormatError, OfficeCodeError) as error:
                first = first or error
        if numbers and code is None:
            # It names its office, so no other is tried.
            break
    exact = None
    with contextlib.suppress(NumberFormatError):
        # A number outside the forms of its office can be recorded all the same.
        exact = OfficeNumber.from_text(text)
    if exact is not None and not numbers:
        numbers[exact] = None
    return QueryReading(
        numbers=tuple(numbers), exact=None if exact in numbers else exact, problem=None if numbers else first
    )
