"""Patent XML in the style of WIPO ST.36, as three offices publish it.

`us-patent-application` (and `us-patent-grant`) of the US, `jp-official-gazette` of Japan, `cn-patent-document` of
China. They share `application-reference/document-id` with country, doc-number and date, and `priority-claims`; they
differ in how they name the kind of right. These files have no namespace for the elements read here, and dates of eight
digits.

Not its job: US domestic benefit claims (`us-related-documents`), no priority claims under the Paris Convention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrum.documents.elements import (
    Text,
    application,
    attribute,
    children,
    claim,
    local_name,
    merge,
    missing,
    prose,
    texts,
)
from registrum.documents.st96 import earlier_rights, right_of_kind
from registrum.numbers import Right

if TYPE_CHECKING:
    from lxml import etree

    from registrum.documents.model import ApplicationFacts, ClaimFacts

FORMATS = {
    "us-patent-application": "st36-us",
    "us-patent-grant": "st36-us",
    "jp-official-gazette": "st36-jp",
    "cn-patent-document": "st36-cn",
}
"""Root element to the stable name of its format."""


def version(root: etree._Element) -> str | None:
    """The `dtd-version` as written, or None."""
    return attribute(root, "dtd-version")


def read_patent(root: etree._Element) -> tuple[ApplicationFacts, ...]:
    """The application of a document with a root element of `FORMATS`.

    The right comes from `appl-type` (US: `design`), else from the kind code of the publication (ST.16), in Japan also
    from `kind-of-st16` or `kind-of-jp` of the root, in China `D` besides `S` for a design.
    """
    data = [element for element in root if "bibliographic-data" in local_name(element)]
    if not data:
        raise missing("bibliographic data")
    return merge(_read(element, root) for element in data)


def _read(data: etree._Element, root: etree._Element) -> ApplicationFacts:
    references = list(children(data, "application-reference"))
    right = _right(data, references, root)
    identity = ("application-reference", "document-id")
    offices = texts(data, *identity, "country") or _office_of(root)
    return application(
        right,
        offices=offices,
        numbers=texts(data, *identity, "doc-number"),
        dates=texts(data, *identity, "date"),
        title=prose(data, "invention-title") or prose(data, "us-invention-title"),
        claims=(
            _claim(element, right)
            for bag in ("priority-claims", "cn-priority-claims")
            for name in ("priority-claim", "cn-priority-claim")
            for element in children(data, bag, name)
        ),
    )


def _office_of(root: etree._Element) -> list[Text]:
    """The office that publishes the document; gazettes leave it out of the application reference."""
    country = attribute(root, "country")
    return [Text(country, f"attribute country of {local_name(root)}")] if country else []


def _right(data: etree._Element, references: list[etree._Element], root: etree._Element) -> Right:
    if any(attribute(reference, "appl-type") == "design" for reference in references):
        return Right.DESIGN
    codes = [
        attribute(root, "kind-of-st16"),
        attribute(root, "kind-of-jp"),
        *(
            text.value
            for publication in ("publication-reference", "cn-publication-reference")
            for text in texts(data, publication, "document-id", "kind")
        ),
    ]
    code = next((code for code in codes if code), "")
    if local_name(root) == "cn-patent-document" and code[:1] == "D":
        return Right.DESIGN
    return right_of_kind(code)


def _claim(element: etree._Element, later: Right) -> ClaimFacts:
    # Some offices wrap the three values in a document-id, where the code of the earlier document's kind may stand too.
    holders = [element, *children(element, "document-id")]
    kinds = [text for holder in holders for text in texts(holder, "kind")]
    return claim(
        *((right_of_kind(kinds[0].value),) if kinds else earlier_rights(later)),
        offices=[text for holder in holders for text in texts(holder, "country")],
        numbers=[text for holder in holders for text in texts(holder, "doc-number")],
        dates=[text for holder in holders for text in texts(holder, "date")],
    )
