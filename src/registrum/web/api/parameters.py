"""Parameters that several addresses take, read as the rest of the package reads them.

Not its job: answering (`registrum.web.api.answers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel
from pydantic.config import JsonDict

from registrum.dates import parse_date
from registrum.errors import DigestError, NumberFormatError
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber, Right
from registrum.web.api.answers import MOST_OFFSET, require_known
from registrum.web.numbers import is_known, read
from registrum.web.service import Service

__all__ = [
    "A_DAY",
    "DAY_SHAPE",
    "DEEPEST_OFFSET",
    "DIGEST_SHAPE",
    "LONGEST_EARLIER",
    "NO_ZERO",
    "DeepOffset",
    "Limit",
    "NumberPath",
    "OfficePath",
    "OfficeQuery",
    "Offset",
    "RightPath",
    "RightQuery",
    "Served",
    "Wanted",
    "fields_of",
    "parse_day",
    "parse_digest",
    "parse_right",
    "read_number",
    "strict",
]

LONGEST_EARLIER: Final = 1_000
"""Characters of what a claim may give as number: more than every number has, which is then no number, and no book."""
DEEPEST_OFFSET: Final = 10_000_000
"""Furthest offset of lists of one number."""


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Served = Annotated[Service, Depends(_service)]

OfficePath = Annotated[
    str, Path(alias="ipOfficeCode", pattern=r"^[A-Z]{2}$", description="WIPO ST.3 code of the office.", examples=["EM"])
]
RightPath = Annotated[
    str,
    Path(
        alias="ipRight",
        pattern=r"^[PUTDSG]$",
        description="Kind of right: P patent, U utility model, T trade mark, D design, S supplementary protection"
        " certificate, G geographical indication.",
        examples=["T"],
    ),
]
NumberPath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="The number in any form that the office writes; may contain `/`, `.`, `-` and spaces.",
        examples=["018660437"],
    ),
]
OfficeQuery = Annotated[
    str | None,
    Query(alias="ipOfficeCode", pattern=r"^[A-Z]{2}$", description="WIPO ST.3 code of an office.", examples=["EM"]),
]
RightQuery = Annotated[
    str | None,
    Query(alias="ipRight", pattern=r"^[PUTDSG]$", description="Letter of the kind of right.", examples=["T"]),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Most items of the page.")]
Offset = Annotated[int, Query(ge=0, le=MOST_OFFSET, description="Items before the page.")]
DeepOffset = Annotated[int, Query(ge=0, le=DEEPEST_OFFSET, description="Items before the page.")]
"""Of what belongs to one number, which is read to its end however much it is."""
DAY_SHAPE = r"^(1[89]|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
"""Of a day from 1800 on; whether the month has it, the reading of the day says."""
DIGEST_SHAPE = r"^(0x)?[0-9a-fA-F]{64}$"
_DIGEST = re.compile(DIGEST_SHAPE)
NO_ZERO: Final[JsonDict] = {"pattern": r"^(0x)?(?!0{64}$)[0-9a-fA-F]{64}$"}
"""For the document: the pattern that is checked cannot look ahead, and no digest is zero."""
A_DAY: Final[JsonDict] = {"format": "date"}


def fields_of(model: type[BaseModel]) -> Any:
    """The parameter `fields` of an address that answers objects of a model."""
    names = list(model.model_fields)
    one = f"({'|'.join(names)})"
    return Query(
        max_length=1000,
        description="Members to answer, with commas between; all where it is left out.",
        examples=[",".join(names[:2])],
        json_schema_extra={"pattern": f"^{one}(,{one})*$"},
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """An office number that was asked for.

    Attributes:
        number: In its canonical form.
        doubt: Why it fits no form of its office; None where it does. Such a number may be recorded all the same, since
            its office can sign any.
    """

    number: OfficeNumber
    doubt: NumberFormatError | None


def read_number(reader: IndexReader, text: str, right: str | None = None, office: str | None = None) -> Wanted:
    """The number that is meant: exactly the one written where that is recorded, else what the forms make of it.

    Raises:
        NumberFormatError: It cannot be a number of that office and right.
        OfficeCodeError: There is no such office.
    """
    found = read(text, right, office)
    if found.exact is not None and is_known(reader, found.exact):
        return Wanted(found.exact, found.doubt)
    if isinstance(found.number, OfficeNumber):
        return Wanted(found.number, found.doubt)
    raise found.number


def parse_right(text: str | None) -> Right | None:
    """A right by its letter."""
    return None if text is None else Right(text)


def parse_day(text: str | None) -> date | None:
    """A day.

    Raises:
        DateError: It is none.
    """
    return None if text is None else parse_date(text)


def parse_digest(text: str) -> bytes:
    """A SHA-256 digest with or without `0x`.

    Raises:
        DigestError: It is none.
    """
    if not _DIGEST.fullmatch(text):
        raise DigestError(f"{text[:80]!r} is no SHA-256 digest", remedy="Give 64 hexadecimal digits.")
    return bytes.fromhex(text[-64:])


async def strict(request: Request) -> None:
    """Refuse query parameters that the address does not take."""
    if request.url.query:
        require_known(request, set(_query_names(request.scope["route"].dependant)))


def _query_names(dependant: Any) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)
