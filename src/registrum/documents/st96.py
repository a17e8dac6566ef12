"""WIPO ST.96: trade mark applications, design applications, patent publications, of any version from 1 to 8.

Element names are those of the schemas (V6_0 read; the path to number, date and claims is the same in the others).
Namespaces are matched by their last part, because offices publish extension schemas beside WIPO's (`.../ST96/JPPatent`)
and prefixes are free. Bags and single `Trademark` elements are read as documents of their own, as offices send them.

Not its job: validation against a schema, and everything that is not number, date, title or priority claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from registrum.documents.elements import (
    application,
    attribute,
    children,
    claim,
    local_name,
    merge,
    missing,
    namespace,
    prose,
    texts,
)
from registrum.errors import DocumentError
from registrum.numbers import Right

if TYPE_CHECKING:
    from lxml import etree

    from registrum.documents.elements import Text
    from registrum.documents.model import ApplicationFacts, ClaimFacts

_DOMAIN = re.compile(r"/ST96/(?:[A-Z]{2})?(Trademark|Design|Patent)(?:/[0-9A-Za-z_.]+)?/?$")
_VERSION = re.compile(r"V?([0-9]{1,2})(?:[_.][0-9A-Za-z_.]*)?")
_VERSIONS = range(1, 9)


def domain(root: etree._Element) -> str | None:
    """`trademark`, `design` or `patent` where the root element is of that domain of ST.96, else None."""
    found = _DOMAIN.search(namespace(root))
    return found[1].lower() if found else None


def version(root: etree._Element) -> str | None:
    """The `st96Version` of the root as written; parts of documents have none.

    Raises:
        DocumentError: A version that this reader does not know.
    """
    written = attribute(root, "st96Version")
    if written is None:
        return None
    known = _VERSION.fullmatch(written)
    if known is None or int(known[1]) not in _VERSIONS:
        raise DocumentError(
            f"ST.96 version {written!r} is not known; versions 1 to 8 are read",
            remedy="Ask the sender for a known version.",
        )
    return written


def read_trademarks(root: etree._Element) -> tuple[ApplicationFacts, ...]:
    """Every mark of a trade mark document: each `Trademark` in a `TrademarkBag`, or the root itself."""
    return merge(_trademark(mark) for mark in outermost(root, "Trademark", "TrademarkBag"))


def _trademark(mark: etree._Element) -> ApplicationFacts:
    return application(
        Right.TRADEMARK,
        offices=[*texts(mark, "RegistrationOfficeCode"), *texts(mark, "ApplicationNumber", "IPOfficeCode")],
        numbers=application_number(mark),
        dates=filing_date(mark),
        title=prose(mark, "MarkRepresentation", "MarkReproduction", "WordMarkSpecification", "MarkVerbalElementText"),
        claims=(_bagged_claim(priority, Right.TRADEMARK) for priority in children(mark, "PriorityBag", "Priority")),
    )


def read_designs(root: etree._Element) -> tuple[ApplicationFacts, ...]:
    """Applications of a design document.

    A `DesignApplication` has one number for all designs of its `DesignBag`: they make one application, with the titles
    and claims of all. Where designs carry their own number, as in bags taken from a register, each is an application.
    """
    return merge(_design(design, parent) for design, parent in designs_of(root))


def designs_of(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element | None]]:
    """Every design of a document, with the `DesignApplication` that it stands in, if any."""
    for design in outermost(root, "Design", "DesignBag"):
        bag = design.getparent()
        parent = bag.getparent() if bag is not None else None
        yield design, parent if parent is not None and local_name(parent) == "DesignApplication" else None


def _design(design: etree._Element, parent: etree._Element | None) -> ApplicationFacts:
    sources = [design] if parent is None else [design, parent]
    numbers = application_number(design)
    if parent is not None and not numbers:
        numbers = application_number(parent)
    return application(
        Right.DESIGN,
        offices=[
            *(text for source in sources for text in texts(source, "RegistrationOfficeCode")),
            *(text for source in sources for text in texts(source, "ApplicationNumber", "IPOfficeCode")),
        ],
        numbers=numbers,
        dates=[text for source in sources for text in filing_date(source)],
        title=prose(design, "DesignTitleText"),
        claims=(
            _bagged_claim(priority, *earlier_rights(Right.DESIGN))
            for priority in children(design, "PriorityBag", "Priority")
        ),
    )


def read_patents(root: etree._Element) -> tuple[ApplicationFacts, ...]:
    """The application of a patent publication, from its bibliographic data, or from bibliographic data alone.

    The right is a design (`D`) where the subject matter is `Design` or the ST.16 kind code starts with `S`, a utility
    model (`U`) where the kind code starts with `U`, `Y` or `Z`, else a patent (`P`). The subject matter `Utility` means
    a utility patent, as the office that coined it uses it, not a utility model.
    """
    candidates = (root, *root)
    data = [element for element in candidates if local_name(element).endswith("BibliographicData")]
    if not data:
        raise missing("bibliographic data")
    return merge(_patent(element, root) for element in data)


def _patent(data: etree._Element, root: etree._Element) -> ApplicationFacts:
    kinds = [
        *texts(data, "PatentPublicationIdentification", "PatentDocumentKindCode"),
        *texts(data, "PatentGrantIdentification", "PatentDocumentKindCode"),
    ]
    right = right_of_kind(kinds[0].value if kinds else "")
    subjects = texts(data, "ApplicationIdentification", "InventionSubjectMatterCategory")
    if any(subject.value == "Design" for subject in subjects):
        right = Right.DESIGN
    identification = ("ApplicationIdentification",)
    return application(
        right,
        offices=[
            *texts(data, *identification, "IPOfficeCode"),
            *texts(data, *identification, "ApplicationNumber", "IPOfficeCode"),
            *(texts(root, "IPOfficeCode") if root is not data else []),
        ],
        numbers=[text for element in children(data, *identification) for text in application_number(element)],
        dates=texts(data, *identification, "FilingDate"),
        title=prose(data, "InventionTitleBag", "InventionTitle"),
        claims=(_patent_claim(element, right) for element in children(data, "PriorityClaimBag", "PriorityClaim")),
    )


def _patent_claim(element: etree._Element, later: Right) -> ClaimFacts:
    category = " ".join(text.value for text in texts(element, "ApplicationFilingCategory")).lower()
    kinds = texts(element, "PatentDocumentKindCode")
    rights: tuple[Right, ...] = earlier_rights(later)
    if kinds:
        rights = (right_of_kind(kinds[0].value),)
    elif "utility model" in category:
        rights = (Right.UTILITY_MODEL,)
    return claim(
        *rights,
        offices=[*texts(element, "IPOfficeCode"), *texts(element, "ApplicationNumber", "IPOfficeCode")],
        numbers=application_number(element),
        dates=texts(element, "FilingDate"),
    )


def right_of_kind(code: str) -> Right:
    """The right that a kind code of WIPO ST.16 stands for: `U`, `Y`, `Z` utility model, `S` design, else patent."""
    if code[:1] in ("U", "Y", "Z"):
        return Right.UTILITY_MODEL
    if code[:1] == "S":
        return Right.DESIGN
    return Right.PATENT


def earlier_rights(later: Right) -> tuple[Right, ...]:
    """Rights of an earlier application of which the document says nothing, the likeliest first.

    A design's is a design, else it is a patent; the others only where the number has a form that is theirs alone.
    """
    if later is Right.DESIGN:
        return (Right.DESIGN, Right.UTILITY_MODEL, Right.PATENT)
    return (Right.PATENT, Right.UTILITY_MODEL, Right.DESIGN)


def _bagged_claim(priority: etree._Element, *rights: Right) -> ClaimFacts:
    return claim(
        *rights,
        offices=[*texts(priority, "PriorityCountryCode"), *texts(priority, "ApplicationNumber", "IPOfficeCode")],
        numbers=application_number(priority),
        dates=texts(priority, "PriorityApplicationFilingDate"),
    )


def application_number(element: etree._Element) -> list[Text]:
    """The texts that give the application number of a mark, design or claim."""
    return [text for number in children(element, "ApplicationNumber") for text in number_texts(number)]


def number_texts(number: etree._Element) -> list[Text]:
    """The texts in an element of the type `ApplicationNumberType`."""
    return [
        *(replace(text, is_st13=True) for text in texts(number, "ST13ApplicationNumber")),
        *texts(number, "ApplicationNumberText"),
    ]


def filing_date(element: etree._Element) -> list[Text]:
    """The texts that give the filing date of a mark or design."""
    return [*texts(element, "ApplicationDate"), *texts(element, "ApplicationDateTime")]


def outermost(root: etree._Element, name: str, bag: str) -> Iterable[etree._Element]:
    """Elements of a name that stand in a bag, or the root itself; none that lie inside another of them."""
    if local_name(root) == name:
        return [root]
    return [
        element
        for holder in root.iter()
        if local_name(holder) == bag and all(local_name(above) != name for above in holder.iterancestors())
        for element in holder
        if local_name(element) == name
    ]
