"""WIPO ST.66 trade mark XML: a `Transaction` with one or many `TradeMark`.

Offices put these elements into namespaces of their own (`.../standards/XMLSchema/trademarks`, one per member of
TMview), so the reader goes by local names alone, below a `TradeMarkTransactionBody`.

Not its job: the design transactions of ST.86, and the fields of a mark beyond number, date, words and priority claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrum.documents.elements import application, children, claim, local_name, merge, prose, texts
from registrum.numbers import Right

if TYPE_CHECKING:
    from lxml import etree

    from registrum.documents.model import ApplicationFacts, ClaimFacts

FORMAT = "st66-trademark"
TRADEMARK_PATH = (
    "TradeMarkTransactionBody",
    "TransactionContentDetails",
    "TransactionData",
    "TradeMarkDetails",
    "TradeMark",
)
"""From the root to each mark."""


def recognises(root: etree._Element) -> bool:
    """Whether the root is a trade mark transaction."""
    return local_name(root) == "Transaction" and next(children(root, "TradeMarkTransactionBody"), None) is not None


def version(root: etree._Element) -> str | None:
    """Version of the sender's schema where the header states it, else None."""
    return prose(root, "TransactionHeader", "SenderDetails", "RequestXSDVersion")


def read_trademarks(root: etree._Element) -> tuple[ApplicationFacts, ...]:
    """Every mark of the transaction."""
    return merge(_trademark(mark) for mark in children(root, *TRADEMARK_PATH))


def _trademark(mark: etree._Element) -> ApplicationFacts:
    return application(
        Right.TRADEMARK,
        offices=texts(mark, "RegistrationOfficeCode"),
        numbers=texts(mark, "ApplicationNumber"),
        dates=[*texts(mark, "ApplicationDate"), *texts(mark, "ApplicationDateTime")],
        title=prose(mark, "WordMarkSpecification", "MarkVerbalElementText"),
        claims=(_claim(priority) for priority in children(mark, "PriorityDetails", "Priority")),
    )


def _claim(priority: etree._Element) -> ClaimFacts:
    return claim(
        Right.TRADEMARK,
        offices=texts(priority, "PriorityCountryCode"),
        numbers=texts(priority, "PriorityNumber"),
        dates=texts(priority, "PriorityDate"),
    )
