"""What the readers of all formats share: finding elements by local name, reading one value, assembling facts.

A fact that a document states twice must be the same both times; otherwise nobody can say which of the two the office
meant, and the document is refused with both. Not its job: any one format's element names.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from registrum.dates import parse_compact_date, parse_st96_date
from registrum.documents.model import ApplicationFacts, ClaimFacts
from registrum.errors import DocumentError, InputError, NumberFormatError
from registrum.numbers import OfficeNumber, Right, St13Number, office_code

if TYPE_CHECKING:
    import datetime

    from lxml import etree

Value = TypeVar("Value")

_COMPACT = re.compile(r"[0-9]{8}")
_DATE_TIME = re.compile(r"(?P<date>[^T]+)T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?P<zone>.*)")

BY_HAND = (
    "Give the facts by hand: --number (office number, such as EM/T/018660437) and --filing-date (YYYY-MM-DD); "
    "in code, facts=[ApplicationFacts(...)]."
)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one element, with its place for error messages, and whether it claims to be an ST.13 number."""

    value: str
    place: str
    is_st13: bool = False


def local_name(element: etree._Element) -> str:
    """Name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """Namespace of an element; empty where it has none."""
    head, closing, _ = str(element.tag).rpartition("}")
    return head[1:] if closing else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """Value of the attribute with this local name, in any namespace or none."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def children(element: etree._Element, *path: str) -> Iterator[etree._Element]:
    """Elements reached by these local names, one level each, in any namespace."""
    if not path:
        yield element
        return
    for child in element.iterchildren(f"{{*}}{path[0]}"):
        yield from children(child, *path[1:])


def texts(element: etree._Element, *path: str) -> list[Text]:
    """The texts at a path, without empty ones. White space is collapsed as in an XML Schema token, no more than that.

    Raises:
        DocumentError: An element that should hold a value holds other elements.
    """
    found = []
    for child in children(element, *path):
        place = f"{local_name(child)} in line {child.sourceline}"
        if len(child):
            raise DocumentError(f"{place} holds other elements where a value belongs")
        value = collapse(child.text or "")
        if value:
            found.append(Text(value, place))
    return found


def prose(element: etree._Element, *path: str) -> str | None:
    """The first non-empty text at a path, markup inside it left out: for titles."""
    for child in children(element, *path):
        value = collapse("".join(str(part) for part in child.itertext()))
        if value:
            return value
    return None


def collapse(text: str) -> str:
    """Runs of XML white space as one space, none at the ends; other Unicode spaces stay, for the parsers to refuse."""
    return " ".join(part for part in text.translate({9: " ", 10: " ", 13: " "}).split(" ") if part)


def settle(what: str, found: Sequence[Text], parse: Callable[[Text], Value]) -> Value | None:
    """The one value that all texts agree on, or None where there are none.

    Raises:
        DocumentError: Two texts that do not mean the same; both are named.
        InputError: What `parse` raises, with the place in `details`.
    """
    settled: tuple[Value, Text] | None = None
    for text in found:
        try:
            value = parse(text)
        except InputError as error:
            error.details.setdefault("place", text.place)
            raise
        if settled is None:
            settled = (value, text)
        elif value != settled[0]:
            raise contradiction(what, f"{settled[1].value} ({settled[1].place})", f"{text.value} ({text.place})")
    return None if settled is None else settled[0]


def contradiction(what: str, first: str, second: str) -> DocumentError:
    """The error for a document that states one fact in two ways."""
    return DocumentError(
        f"the document contradicts itself: {what} is {first} and {second}",
        remedy="Correct the document, or ask the office that sent it which of the two holds.",
    )


def missing(what: str) -> DocumentError:
    """The error for a fact that the document lacks and that can be given by hand."""
    return DocumentError(f"the document gives no {what}", remedy=BY_HAND, missing=what)


def calendar_date(text: Text) -> datetime.date:
    """A date as XML Schema or ST.2 writes it: `2024-01-31`, with a time zone or a time, or `20240131`.

    The date is taken as written; a time zone never moves it to another day.
    """
    if _COMPACT.fullmatch(text.value):
        return parse_compact_date(text.value)
    timed = _DATE_TIME.fullmatch(text.value)
    return parse_st96_date(timed["date"] + timed["zone"] if timed else text.value)


def application(
    right: Right,
    *,
    offices: Sequence[Text],
    numbers: Sequence[Text],
    dates: Sequence[Text],
    title: str | None,
    claims: Iterable[ClaimFacts],
) -> ApplicationFacts:
    """Facts of one application from all the places where a format can state them.

    Raises:
        DocumentError: A fact is missing or stated in two ways.
        OfficeCodeError, NumberFormatError, DateError: A fact that is stated is none.
    """
    office = settle("the office", offices, lambda text: office_code(text.value))
    if office is None:
        raise missing("office code")
    number = settle("the application number", numbers, lambda text: office_number(text, office, right))
    if number is None:
        raise missing("application number")
    filing_date = settle("the filing date", dates, calendar_date)
    if filing_date is None:
        raise missing("filing date")
    return ApplicationFacts(number, filing_date, title, tuple(dict.fromkeys(claims)))


def claim(
    right: Right, *others: Right, offices: Sequence[Text], numbers: Sequence[Text], dates: Sequence[Text]
) -> ClaimFacts:
    """One priority claim. The number may be missing, office and date may not.

    Args:
        right: Right of the earlier application as far as the document tells.
        others: Rights that it may be of instead: tried in turn where the number has not the form that its office gives
            to `right`, and believed only where it has a form of theirs.
        offices: Texts that name its office.
        numbers: Texts that give its number.
        dates: Texts that give the claimed date.

    Raises:
        DocumentError, OfficeCodeError, NumberFormatError, DateError: As for `application`.
    """
    office = settle("the office of a priority claim", offices, lambda text: office_code(text.value, allow_former=True))
    if office is None:
        raise missing("office code of a priority claim")
    number = settle(
        "the number of a priority claim", numbers, lambda text: _claimed_number(text, office, right, others)
    )
    date = settle("the date of a priority claim", dates, calendar_date)
    if date is None:
        raise missing("date of a priority claim")
    if number is None:
        return ClaimFacts(office, right, None, date)
    # A PCT number belongs to its receiving office, whereas documents write WO or IB beside it.
    return ClaimFacts(number.office, number.right, number, date)


def _claimed_number(text: Text, office: str, right: Right, others: Sequence[Right]) -> OfficeNumber:
    try:
        return office_number(text, office, right, allow_former=True)
    except NumberFormatError:
        for other in others:
            with contextlib.suppress(NumberFormatError):
                return OfficeNumber.parse(text.value, right=other, office=office, allow_former=True)
        raise


def office_number(text: Text, office: str, right: Right, *, allow_former: bool = False) -> OfficeNumber:
    """The office number in a document, which names office and right itself: so a form outside the rules is accepted."""
    if text.is_st13:
        St13Number.parse(text.value, office=office, right=right)
    return OfficeNumber.parse(text.value, right=right, office=office, allow_unmasked=True, allow_former=allow_former)


def merge(found: Iterable[ApplicationFacts]) -> tuple[ApplicationFacts, ...]:
    """Entries of one office number as one, with all titles and claims.

    Raises:
        DocumentError: One office number with two filing dates, or no application at all.
    """
    merged: dict[OfficeNumber, ApplicationFacts] = {}
    for facts in found:
        earlier = merged.get(facts.number)
        if earlier is None:
            merged[facts.number] = facts
            continue
        if earlier.filing_date != facts.filing_date:
            raise contradiction(
                f"the filing date of {facts.number.text}",
                earlier.filing_date.isoformat(),
                facts.filing_date.isoformat(),
            )
        titles = dict.fromkeys(title for title in (earlier.title, facts.title) if title)
        merged[facts.number] = ApplicationFacts(
            facts.number,
            facts.filing_date,
            "; ".join(titles) or None,
            tuple(dict.fromkeys((*earlier.priority_claims, *facts.priority_claims))),
        )
    if not merged:
        raise missing("application")
    return tuple(merged.values())
