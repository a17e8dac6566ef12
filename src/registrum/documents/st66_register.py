"""WIPO ST.66 as register data: what a `TradeMark` of a transaction says about its entry.

Elements are matched by local name, as in `registrum.documents.st66`. Besides the names of the standard the readers of
published files meet `OfficeSpecificMarkEventName`, the title of an event in the office's words.

Not its job: persons, goods and services in words, comments, priority claims, and what a status means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrum.documents.elements import Text, children, texts
from registrum.documents.register_model import EventFacts, RegisterFacts
from registrum.documents.register_values import (
    Reading,
    all_different,
    date_of,
    distinct,
    editions,
    entry_numbers,
    nice_class,
    office_of,
    value_of,
)
from registrum.documents.st66 import TRADEMARK_PATH
from registrum.documents.st96_register import INTERNATIONAL_OFFICE, designated, filed, is_nice, opposition
from registrum.numbers import Right

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from registrum.numbers import OfficeNumber


def read_trademarks(root: etree._Element, reading: Reading) -> tuple[RegisterFacts, ...]:
    """Every mark of a transaction."""
    marks = list(children(root, *TRADEMARK_PATH))
    return all_different([_trademark(mark, reading, is_only=len(marks) == 1) for mark in marks])


def _trademark(mark: etree._Element, reading: Reading, *, is_only: bool) -> RegisterFacts:
    office = office_of(texts(mark, "RegistrationOfficeCode"))
    right = Right.TRADEMARK
    application = reading.number("the application number", texts(mark, "ApplicationNumber"), office, right)
    registration = reading.number("the registration number", texts(mark, "RegistrationNumber"), office, right)
    number, other = entry_numbers(reading, application, registration)
    registered = date_of("the registration date", texts(mark, "RegistrationDate"))
    return RegisterFacts(
        number=number,
        digest=reading.digest_of(mark, is_only=is_only),
        filing_date=filed(office, [*texts(mark, "ApplicationDate"), *texts(mark, "ApplicationDateTime")], registered),
        application=other,
        registration=registration,
        registration_date=registered,
        expiry_date=date_of("the expiry date", texts(mark, "ExpiryDate")),
        termination_date=date_of("the termination date", texts(mark, "TerminationDate")),
        classes=tuple(sorted({nice_class(text) for text in _classes(mark)})),
        edition=editions(texts(mark, "GoodsServicesDetails", "GoodsServices", "ClassificationVersion")),
        status=value_of("the status", texts(mark, "MarkCurrentStatusCode")),
        status_date=date_of("the date of the status", texts(mark, "MarkCurrentStatusDate")),
        events=tuple(_event(event) for event in children(mark, "MarkEventDetails", "MarkEvent")),
        oppositions=tuple(opposition(element) for element in children(mark, "OppositionDetails", "Opposition")),
        representations=tuple(reading.representation(text) for path in _FILES for text in texts(mark, *path)),
        basic=distinct(_basic(mark, reading), other_than=number),
        international=distinct(
            (
                reading.number("the international registration", [text], INTERNATIONAL_OFFICE, right)
                for text in texts(mark, "InternationalMarkKey", "Identifier")
            ),
            other_than=number,
        ),
        designations=designated(texts(mark, "DesignatedCountryDetails", "DesignatedCountry", "DesignatedCountryCode")),
    )


_FILES = (
    ("MarkImageDetails", "MarkImage", "MarkImageFilename"),
    ("MarkSoundDetails", "MarkSound", "MarkSoundFilename"),
)


def _classes(mark: etree._Element) -> Iterator[Text]:
    for goods in children(mark, "GoodsServicesDetails", "GoodsServices"):
        if is_nice(texts(goods, "ClassificationKindCode")):
            yield from texts(goods, "ClassDescriptionDetails", "ClassDescription", "ClassNumber")


def _event(event: etree._Element) -> EventFacts:
    return EventFacts(
        date=date_of("the date of an event", [*texts(event, "MarkEventDate"), *texts(event, "MarkEventDateTime")]),
        code=value_of("the code of an event", texts(event, "MarkEventCode")),
        title=value_of("the title of an event", texts(event, "OfficeSpecificMarkEventName")),
    )


def _basic(mark: etree._Element, reading: Reading) -> Iterator[OfficeNumber | None]:
    """Numbers of the basic mark, first of the kind that entries are kept under."""
    right = Right.TRADEMARK
    for element in children(mark, "BasicRegistrationApplicationDetails", "BasicRegistrationApplication"):
        office = office_of(texts(element, "RegistrationOfficeCode"))
        applications = texts(element, "BasicApplicationDetails", "BasicApplication", "BasicApplicationNumber")
        registrations = texts(element, "BasicRegistrationDetails", "BasicRegistration", "BasicRegistrationNumber")
        first, second = (
            (registrations, applications) if reading.numbering == "registration" else (applications, registrations)
        )
        for text in (*first, *second):
            yield reading.number("a basic mark", [text], office, right)
