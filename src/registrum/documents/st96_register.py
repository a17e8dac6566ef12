"""WIPO ST.96 as register data: what a `Trademark` or `Design` says about its entry.

Versions, prefixes and namespaces are those of `registrum.documents.st96`. Read are number, dates, classes, status,
events, oppositions, files of the representation, and the numbers of basic and international registrations.

Not its job: persons, goods and services in words, comments, priority claims, and what a status means.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registrum.documents.elements import Text, attribute, children, contradiction, local_name, texts
from registrum.documents.register_model import EventFacts, OppositionFacts, RegisterFacts
from registrum.documents.register_text import EXPORT_MARK, read_event
from registrum.documents.register_values import (
    Reading,
    all_different,
    date_of,
    design_number,
    digest_of_name,
    distinct,
    editions,
    entry_numbers,
    lacking,
    locarno_class,
    nice_class,
    office_of,
    value_of,
)
from registrum.documents.st96 import application_number, designs_of, filing_date, number_texts, outermost
from registrum.errors import DigestError, DocumentError
from registrum.numbers import Right, office_code

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from registrum.documents.register_model import RepresentationFacts
    from registrum.numbers import OfficeNumber

INTERNATIONAL_OFFICE = "WO"
_WORD = re.compile(r"0x([0-9a-f]{64})")
_MOST_TEXTS = 8
_QUANTITY = re.compile(r"0*([1-9][0-9]{0,5})")


def read_trademarks(root: etree._Element, reading: Reading) -> tuple[RegisterFacts, ...]:
    """Every mark of a document: each `Trademark` in a `TrademarkBag`, or the root itself."""
    marks = list(outermost(root, "Trademark", "TrademarkBag"))
    require_one(marks, reading)
    return all_different([_trademark(mark, root, reading, is_only=len(marks) == 1) for mark in marks])


def _trademark(mark: etree._Element, root: etree._Element, reading: Reading, *, is_only: bool) -> RegisterFacts:
    office = office_of(_offices(mark, reading))
    right = Right.TRADEMARK
    application = reading.number(
        "the application number", application_number(mark), _application_office(mark, office, reading), right
    )
    registration = reading.number("the registration number", texts(mark, "RegistrationNumber"), office, right)
    number, other = entry_numbers(reading, application, registration)
    registered = date_of("the registration date", texts(mark, "RegistrationDate"))
    return RegisterFacts(
        number=number,
        digest=reading.digest_of(mark, is_only=is_only),
        filing_date=filed(office, filing_date(mark), registered),
        application=other,
        registration=registration,
        registration_date=registered,
        expiry_date=date_of("the expiry date", texts(mark, "ExpiryDate")),
        termination_date=date_of("the termination date", texts(mark, "TerminationDate")),
        classes=tuple(sorted({nice_class(text) for goods in _goods(mark) for text in goods})),
        edition=editions(
            [
                *texts(mark, "GoodsServicesBag", "GoodsServices", "ClassificationVersion"),
                *texts(mark, *_CLASSIFICATION, "ClassificationVersion"),
            ]
        ),
        status=value_of("the status", texts(mark, "MarkCurrentStatusCode")),
        status_date=date_of("the date of the status", texts(mark, "MarkCurrentStatusDate")),
        events=tuple(_mark_event(event, reading) for event in children(mark, "MarkEventBag", "MarkEvent")),
        oppositions=tuple(opposition(element) for element in children(mark, "OppositionBag", "Opposition")),
        representations=(
            *(
                reading.representation(text)
                for bag, file in _MARK_FILES
                for text in texts(mark, "MarkRepresentation", "MarkReproduction", bag, file, "FileName")
            ),
            *_stated_representation(root, reading),
        ),
        basic=distinct(_basic(mark, reading), other_than=number),
        international=distinct(
            (
                reading.number("the international registration", [text], INTERNATIONAL_OFFICE, right)
                for text in texts(mark, "InternationalMarkIdentifierBag", "InternationalMarkIdentifier")
            ),
            other_than=number,
        ),
        designations=designated(texts(mark, "DesignatedCountryBag", "DesignatedCountry", "DesignatedCountryCode")),
        holder=_holder(mark, reading),
        stated_dossier=_stated_digest(root, "Dossier", reading),
    )


_CLASSIFICATION = (
    "GoodsServicesBag",
    "GoodsServices",
    "GoodsServicesClassificationBag",
    "GoodsServicesClassification",
)
_MARK_FILES = (
    ("MarkImageBag", "MarkImage"),
    ("MarkSoundBag", "MarkSound"),
    ("MarkMultimediaBag", "MarkMultimedia"),
)


def _goods(mark: etree._Element) -> Iterator[Sequence[Text]]:
    """Class numbers of the Nice Classification; those of a national classification beside it are left out."""
    for goods in children(mark, "GoodsServicesBag", "GoodsServices"):
        kinds = texts(goods, "ClassificationKindCode")
        for entry in children(goods, "GoodsServicesClassificationBag", "GoodsServicesClassification"):
            of_entry = texts(entry, "ClassificationKindCode")
            kinds = [*kinds, *of_entry]
            if is_nice(of_entry):
                yield texts(entry, "ClassNumber")
        if is_nice(kinds):
            yield texts(goods, "ClassDescriptionBag", "ClassDescription", "ClassNumber")


def is_nice(kinds: Sequence[Text]) -> bool:
    """Whether class numbers are of the Nice Classification: the document says so, or names no classification."""
    return not kinds or any(kind.value.lower() == "nice" for kind in kinds)


def _mark_event(event: etree._Element, reading: Reading) -> EventFacts:
    national = "NationalMarkEvent"
    title = [text.value for text in texts(event, national, "MarkEventDescriptionText")]
    return EventFacts(
        date=date_of("the date of an event", [*texts(event, "MarkEventDate"), *texts(event, "MarkEventDateTime")]),
        category=value_of("the category of an event", texts(event, "MarkEventCategory")),
        code=value_of("the code of an event", texts(event, national, "MarkEventCode")),
        title="; ".join(title) or None,
        recorded=read_event(texts(event, national, "MarkEventAdditionalText")) if reading.is_export else None,
    )


def _basic(mark: etree._Element, reading: Reading) -> Iterator[OfficeNumber | None]:
    """Numbers of the basic mark, first of the kind that entries are kept under."""
    right = Right.TRADEMARK
    for element in children(mark, "BasicRegistrationApplicationBag", "BasicRegistrationApplication"):
        filed_under = list(children(element, "BasicApplicationBag", "BasicApplication", "BasicApplicationNumber"))
        offices = [
            *texts(element, "RegistrationOfficeCode"),
            *(text for number in filed_under for text in texts(number, "IPOfficeCode")),
        ]
        office = office_of(offices)
        applications = [
            reading.number("a basic application", number_texts(number), office, right) for number in filed_under
        ]
        registrations = [
            reading.number("a basic registration", [text], office, right)
            for text in texts(element, "BasicRegistrationBag", "BasicRegistration", "BasicRegistrationNumber")
        ]
        if reading.numbering == "registration":
            yield from (*registrations, *applications)
        else:
            yield from (*applications, *registrations)


def read_designs(root: etree._Element, reading: Reading) -> tuple[RegisterFacts, ...]:
    """Every design of a document as an entry of its own: each `Design` in a `DesignBag`, or the root itself."""
    designs = list(designs_of(root))
    require_one(designs, reading)
    registrations = {text.value for design, _ in designs for text in texts(design, "RegistrationNumber")}
    # Registration numbers that no two designs share name each design without help.
    is_own = len(registrations) == len(designs) > 1
    counts = Counter(parent for _, parent in designs)
    # Read once, not once a design: what all designs share may be long.
    applications = {
        parent: _Application() if parent is None else _application(parent, count, reading)
        for parent, count in counts.items()
    }
    return all_different(
        [
            _design(design, applications[parent], root, reading, is_only=len(designs) == 1, is_own=is_own)
            for design, parent in designs
        ]
    )


@dataclass(frozen=True, slots=True)
class _Application:
    """What a `DesignApplication` states once for all its designs."""

    count: int = 1
    total: int | None = None
    offices: tuple[Text, ...] = ()
    application_office: str = ""
    numbers: tuple[Text, ...] = ()
    dates: tuple[Text, ...] = ()
    international: tuple[Text, ...] = ()
    status: str | None = None
    status_date: datetime.date | None = None
    events: tuple[EventFacts, ...] = ()
    designations: tuple[str, ...] = ()


def _application(parent: etree._Element, count: int, reading: Reading) -> _Application:
    name = "DesignApplication"
    return _Application(
        count=count,
        total=_total(texts(parent, "DesignTotalQuantity"), count),
        offices=_few(_offices(parent, reading)),
        application_office=_application_office(parent, "", reading),
        numbers=_few(application_number(parent)),
        dates=_few(filing_date(parent)),
        international=_few(texts(parent, "InternationalRegistrationNumber")),
        status=value_of("the status of the application", texts(parent, f"{name}CurrentStatusCategory")),
        status_date=date_of("the date of that status", texts(parent, f"{name}CurrentStatusDate")),
        events=tuple(_design_events(parent, f"{name}Event", reading)),
        designations=designated(texts(parent, "DesignatedCountryBag", "DesignatedCountry", "DesignatedCountryCode")),
    )


def _design(
    design: etree._Element,
    of_all: _Application,
    root: etree._Element,
    reading: Reading,
    *,
    is_only: bool,
    is_own: bool,
) -> RegisterFacts:
    right = Right.DESIGN
    office = office_of([*_offices(design, reading), *of_all.offices])
    application_texts = application_number(design) or of_all.numbers
    application = reading.number(
        "the application number", application_texts, of_all.application_office or office, right
    )
    registration_texts: Sequence[Text] = texts(design, "RegistrationNumber")
    if office == INTERNATIONAL_OFFICE and not registration_texts and not reading.is_export:
        registration_texts = of_all.international
    registration = reading.number("the registration number", registration_texts, office, right)
    base, _ = entry_numbers(reading, application, registration)
    number = base
    if not reading.is_export and not (is_own and base == registration):
        identifier = next(iter(texts(design, "DesignIdentifier")), None)
        number = design_number(base, identifier, total=of_all.total, count=of_all.count)
    registered = date_of("the registration date", texts(design, "RegistrationDate"))
    classes = _locarno(design)
    status = value_of("the status", texts(design, "DesignCurrentStatusCategory"))
    status_date = date_of("the date of the status", texts(design, "DesignCurrentStatusDate"))
    if status is None and status_date is None:
        status, status_date = of_all.status, of_all.status_date
    return RegisterFacts(
        number=number,
        digest=reading.digest_of(design, is_only=is_only),
        filing_date=filed(office, [*filing_date(design), *of_all.dates], registered),
        application=None if application == number else application,
        registration=registration,
        registration_date=registered,
        expiry_date=date_of("the expiry date", texts(design, "ExpiryDate")),
        classes=tuple(sorted({major for major, _ in classes})),
        subclasses=tuple(sorted({minor for _, minor in classes if minor is not None})),
        edition=editions(texts(design, *_LOCARNO_BAG, "LocarnoClassificationEdition")),
        status=status,
        status_date=status_date,
        events=(*of_all.events, *_design_events(design, "DesignEvent", reading)),
        oppositions=tuple(opposition(element) for element in children(design, "OppositionBag", "Opposition")),
        representations=(*_views(design, reading), *_stated_representation(root, reading)),
        international=distinct(
            [reading.number("the international registration", of_all.international, INTERNATIONAL_OFFICE, right)],
            other_than=base,
        ),
        designations=of_all.designations,
        holder=_holder(design, reading),
        stated_dossier=_stated_digest(root, "Dossier", reading),
    )


_LOCARNO_BAG = ("DesignClassificationBag", "LocarnoClassificationBag")


def _offices(element: etree._Element, reading: Reading) -> list[Text]:
    of_number = [] if reading.is_export else texts(element, "ApplicationNumber", "IPOfficeCode")
    return [*texts(element, "RegistrationOfficeCode"), *of_number]


def _application_office(element: etree._Element, office: str, reading: Reading) -> str:
    """Office of the application: in an export it may be another than that of the entry, as after a conversion."""
    stated = texts(element, "ApplicationNumber", "IPOfficeCode") if reading.is_export else []
    return office_of(stated) if stated else office


def _few(found: Sequence[Text]) -> tuple[Text, ...]:
    """Texts that say the same once; they are compared again for each design, so there must not be many."""
    different = tuple({text.value: text for text in found}.values())
    if len(different) > _MOST_TEXTS:
        first, second = different[:2]
        raise contradiction("one value", f"{first.value} ({first.place})", f"{second.value} ({second.place})")
    return different


def _total(found: Sequence[Text], present: int) -> int | None:
    """How many designs there are by `DesignTotalQuantity`; None where it is not stated."""
    if not found:
        return None
    matched = _QUANTITY.fullmatch(found[0].value)
    if matched is None:
        raise DocumentError(f"{found[0].value!r} ({found[0].place}) is no number of designs")
    if present > int(matched[1]):
        raise contradiction("the number of designs", f"{matched[1]} ({found[0].place})", f"{present} in the document")
    return int(matched[1])


def _locarno(design: etree._Element) -> list[tuple[int, str | None]]:
    found = [locarno_class(text) for text in texts(design, *_LOCARNO_BAG, "LocarnoClassificationText")]
    for entry in children(design, *_LOCARNO_BAG, "LocarnoClassification"):
        inner = texts(entry, "LocarnoSubclassBag", "LocarnoSubclass")
        for major in texts(entry, "LocarnoClass"):
            found.extend([locarno_class(major, minor) for minor in inner] or [locarno_class(major)])
    return found


def _views(design: etree._Element, reading: Reading) -> Iterator[RepresentationFacts]:
    for shown in children(design, "DesignRepresentationBag", "DesignRepresentation"):
        for path in (("ViewBag", "View"), ("DesignRepresentationSheetBag", "DesignRepresentationSheet")):
            for text in texts(shown, *path, "FileName"):
                yield reading.representation(text)


def _design_events(element: etree._Element, kind: str, reading: Reading) -> Iterator[EventFacts]:
    for event in children(element, f"{kind}Bag", kind):
        yield EventFacts(
            date=date_of("the date of an event", [*texts(event, f"{kind}Date"), *texts(event, f"{kind}DateTime")]),
            category=value_of("the category of an event", texts(event, f"{kind}Category")),
            recorded=read_event(texts(event, "CommentText")) if reading.is_export else None,
        )


def opposition(element: etree._Element) -> OppositionFacts:
    """An opposition of ST.96 or ST.66, without its parties."""
    statuses = [*texts(element, "OppositionCurrentStatusCategory"), *texts(element, "OppositionCurrentStatusCode")]
    return OppositionFacts(
        date=date_of("the date of an opposition", texts(element, "OppositionDate")),
        reference=value_of("the identifier of an opposition", texts(element, "OppositionIdentifier")),
        status=value_of("the status of an opposition", statuses),
        status_date=date_of("the date of that status", texts(element, "OppositionCurrentStatusDate")),
    )


def designated(found: Sequence[Text]) -> tuple[str, ...]:
    """Designated offices, each once.

    Raises:
        OfficeCodeError: Not an office.
    """
    return tuple(dict.fromkeys(office_code(text.value, allow_former=True) for text in found))


def filed(office: str, found: Sequence[Text], registered: datetime.date | None) -> datetime.date:
    """The filing date.

    Of an international registration without one it is the date of the registration, which is the day on which the
    application was received (Madrid Protocol, Article 3(4)) or is its filing date (Hague, Geneva Act, Article 10(2)).

    Raises:
        DocumentError: There is none.
    """
    day = date_of("the filing date", found)
    if day is None and office == INTERNATIONAL_OFFICE:
        day = registered
    if day is None:
        raise lacking("filing date")
    return day


def require_one(found: Sequence[object], reading: Reading) -> None:
    """Refuse an export of this register with more than the one entry that it states digests for.

    Raises:
        DocumentError: It has several.
    """
    if reading.is_export and len(found) > 1:
        raise DocumentError(
            f"an export of this register has one entry, this document has {len(found)}",
            remedy="Import each export by itself.",
        )


def _stated_digest(root: etree._Element, name: str, reading: Reading) -> bytes | None:
    """The digest that an export of this register carries as the address of a document of this name."""
    if not reading.is_export:
        return None
    for document in children(root, "DocumentIncludedBag", "DocumentIncluded"):
        if [text.value for text in texts(document, "DocumentName")] == [name]:
            for location in texts(document, "DocumentLocationURI"):
                digest = digest_of_name(location.value)
                if digest is None:
                    raise DigestError(f"{location.value!r} ({location.place}) is not ni:///sha-256; and a digest")
                return digest
    return None


def _stated_representation(root: etree._Element, reading: Reading) -> tuple[RepresentationFacts, ...]:
    if not reading.is_export:
        return ()
    return tuple(
        reading.representation(location)
        for document in children(root, "DocumentIncludedBag", "DocumentIncluded")
        if [text.value for text in texts(document, "DocumentName")] == ["Representation"]
        for location in texts(document, "DocumentLocationURI")
    )


def _holder(element: etree._Element, reading: Reading) -> bytes | None:
    """The holder's reference in an export of this register; names and identifiers of offices are never read."""
    if not reading.is_export:
        return None
    for text in texts(element, "ApplicantBag", "PartyIdentifierBag", "PartyIdentifier"):
        reference = _WORD.fullmatch(text.value)
        if reference is None:
            raise DigestError(f"{text.value!r} ({text.place}) is not 0x and 64 hexadecimal digits")
        return bytes.fromhex(reference[1])
    return None


def is_export(root: etree._Element) -> bool:
    """Whether the document says that this register wrote it."""
    roots = ("TrademarkApplication", "DesignApplication")
    return local_name(root) in roots and attribute(root, "ipoVersion") == EXPORT_MARK
