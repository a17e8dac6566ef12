"""An entry of the register with its history as a document: XML in the shape of WIPO ST.96 V6_0, or JSON.

    from registrum.documents.register_export import export_json, export_xml

    Path("mark.xml").write_bytes(export_xml(entry, history))

XML. A `tmk:TrademarkApplication` with one `tmk:Trademark`, or a `dgn:DesignApplication` with one `dgn:Design`; elements
of `tmk`, `dgn` and `com` alone, in the order of the schemas. Documents of both kinds were validated with lxml against
the flattened official V6_0 schemas `TrademarkApplication_V6_0.xsd` and `DesignApplication_V6_0.xsd`, which are not part
of this repository: they are valid. What ST.96 has no element or value for is placed so that this holds:

- Digests of dossier and representation are documents in `com:DocumentIncludedBag` whose `com:DocumentLocationURI` names
  their content (RFC 6920: `ni:///sha-256;...`).
- The holder is the opaque reference of the register in `com:PartyIdentifier`; empty where there is none. There is no
  name in an export.
- An event of a mark is a `tmk:MarkEvent`; its category is that of ST.96 where its code is one (in full, where the
  register shortened it), else `National prosecution history entry`; code system and code are in `tmk:MarkEventCode`,
  its title in the table of codes in `tmk:MarkEventDescriptionText`. An event of a design is a `dgn:DesignEvent`, whose
  category is `Undefined` unless its code is one of the four of ST.96. The rest of an event is one line of text
  (`registrum.documents.register_text`).
- A design's status that is none of the seven of ST.96 is written as `Undefined`; the events have it.
- The edition of the Locarno Classification, which the schema asks for, is left empty: the register keeps none. Its
  subclasses are in the dossier, the class alone is written.

Left out of the XML: parent and continuation (but the initial application of a divided mark is there), a design's basis
other than a Hague registration, who signed, block times and hashes of events. The JSON has all of it.

JSON. The names of the same elements in lowerCamelCase, as ST.97 derives them, bags as arrays; and under `record`, for
the entry and for each event, everything that the register holds, so that the history can be verified from it.

Not its job: reading an entry from the chain (`registrum.client.rights`), or reading an export again
(`registrum.documents.register_entries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from registrum.documents.register_model import RecordedFacts
from registrum.documents.register_text import EXPORT_MARK, write_event
from registrum.documents.register_values import digest_name
from registrum.errors import InputError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.codes import default_codes
from registrum.rights.model import Entry, EventFlags, LegalStatusEvent, RecordedEvent, Relation, State

if TYPE_CHECKING:
    from lxml import etree

    from registrum.rights.codes import CodeTable

ST96_VERSION = "V6_0"
NAMESPACES = {
    "com": "http://www.wipo.int/standards/XMLSchema/ST96/Common",
    "tmk": "http://www.wipo.int/standards/XMLSchema/ST96/Trademark",
    "dgn": "http://www.wipo.int/standards/XMLSchema/ST96/Design",
}
NATIONAL_EVENT = "National prosecution history entry"
MARK_EVENTS = (
    "Application filed",
    "Filing date accorded",
    "Classification checked",
    "Application accepted",
    "Application published",
    "Opposition pending",
    "Registration published",
    "Application refused",
    "Application withdrawn",
    "Appeal pending",
    "Interruption of proceeding",
    "Registration cancelled",
    "Conversion requested",
    "Registration surrendered",
    "Revocation proceeding pending",
    "Invalidity proceeding pending",
    "Action before court of justice pending",
    "National prosecution history entry",
    "Domestic international application history entry",
    "National board proceeding history entry",
    "National assignment history entry",
    "Location history entry",
)
"""Values of `tmk:MarkEventCategory` (ST.96 V6_0)."""
DESIGN_EVENTS = ("Withdrawn", "Registered", "Expired", "Undefined")
"""Values of `dgn:DesignEventCategory` (ST.96 V6_0)."""
DESIGN_STATUSES = ("Filed", "Withdrawn", "Rejected", "Registered", "Cancelled", "Expired", "Undefined")
"""Values of `dgn:DesignCurrentStatusCategory` (ST.96 V6_0)."""

_UNDEFINED = "Undefined"
_INTERNATIONAL_OFFICE = "WO"


def export_xml(entry: Entry, history: Sequence[RecordedEvent], *, codes: CodeTable | None = None) -> bytes:
    """An entry with its history as XML in the shape of ST.96, in UTF-8.

    Args:
        entry: The entry as it stands.
        history: All its events in their order.
        codes: Table for the titles of codes; by default the one that comes with this package.

    Raises:
        InputError: The events are not the whole history of the entry.
    """
    from lxml import etree

    _require_history(entry, history)
    codes = codes or default_codes()
    prefix = _PREFIXES[entry.right]
    root_name, bag_name, name = _NAMES[entry.right]
    writer = _Writer(etree.Element(_tag(prefix, root_name), nsmap={key: NAMESPACES[key] for key in (prefix, "com")}))
    writer.root.set(_tag("com", "st96Version"), ST96_VERSION)
    writer.root.set(_tag("com", "ipoVersion"), EXPORT_MARK)
    if entry.right is Right.TRADEMARK:
        _add_documents(writer, writer.root, entry)
        bag = writer.add(writer.root, f"tmk:{bag_name}")
        _add_mark(writer, writer.add(bag, f"tmk:{name}"), entry, history, codes)
    else:
        _add_design_application(writer, entry, history, codes)
    etree.indent(writer.root, space="   ")
    return etree.tostring(writer.root, encoding="UTF-8", xml_declaration=True) + b"\n"


def export_json(entry: Entry, history: Sequence[RecordedEvent], *, codes: CodeTable | None = None) -> dict[str, Any]:
    """An entry with its history as JSON values under names that derive from ST.96.

    Args:
        entry: The entry as it stands.
        history: All its events in their order.
        codes: Table for the titles of codes; by default the one that comes with this package.

    Returns:
        Keys `st96Version, ipoVersion` and `trademark` or `design`. What there is none of is left out, except under
        `record`, which is `Entry.to_json` and, for each event, `RecordedEvent.to_json`.

    Raises:
        InputError: The events are not the whole history of the entry.
    """
    _require_history(entry, history)
    codes = codes or default_codes()
    is_mark = entry.right is Right.TRADEMARK
    application, registration, design = _numbers(entry)
    status_date = _status_date(entry, history)
    status_names = (
        ("markCurrentStatusCode", "markCurrentStatusDate")
        if is_mark
        else ("designCurrentStatusCategory", "designCurrentStatusDate")
    )
    values = {
        "registrationOfficeCode": entry.number.office,
        "applicationNumber": _number_json(application),
        "registrationNumber": registration,
        "designIdentifier": design,
        "applicationDate": _iso(entry.filing_date),
        "registrationDate": _iso(entry.registration_date),
        "expiryDate": _iso(entry.expiry_date),
        "terminationDate": _iso(_terminated_on(entry)),
        "stateCode": entry.pair.state.value,
        "stageCode": entry.pair.stage.value,
        status_names[0]: entry.status_text,
        status_names[1]: status_date,
        "divisionalApplicationBag": _number_json(_divided_from(history), "initialApplicationNumber"),
        **_basis_json(entry),
        **_classes_json(entry),
        "applicantBag": None if entry.holder is None else [{"partyIdentifier": f"0x{entry.holder.hex()}"}],
        "documentIncludedBag": [
            {"documentName": name, "documentLocationURI": digest_name(digest)} for name, digest in _documents(entry)
        ],
        "markEventBag" if is_mark else "designEventBag": [_event_json(event, codes) for event in history],
        "record": entry.to_json(),
    }
    stated = {name: value for name, value in values.items() if value not in (None, [])}
    return {"st96Version": ST96_VERSION, "ipoVersion": EXPORT_MARK, "trademark" if is_mark else "design": stated}


_PREFIXES = {Right.TRADEMARK: "tmk", Right.DESIGN: "dgn"}
_NAMES = {
    Right.TRADEMARK: ("TrademarkApplication", "TrademarkBag", "Trademark"),
    Right.DESIGN: ("DesignApplication", "DesignBag", "Design"),
}


class _Writer:
    """Adds elements named by prefix; a value of None adds nothing."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root

    def add(self, parent: etree._Element, name: str) -> etree._Element:
        from lxml import etree

        prefix, _, local = name.partition(":")
        return etree.SubElement(parent, _tag(prefix, local))

    def value(self, parent: etree._Element, name: str, value: object) -> None:
        if value is not None:
            self.add(parent, name).text = str(value)

    def number(self, parent: etree._Element, name: str, number: OfficeNumber) -> None:
        element = self.add(parent, name)
        self.value(element, "com:IPOfficeCode", number.office)
        self.value(element, "com:ApplicationNumberText", number.number)


def _add_mark(
    writer: _Writer, mark: etree._Element, entry: Entry, history: Sequence[RecordedEvent], codes: CodeTable
) -> None:
    application, registration, _ = _numbers(entry)
    writer.value(mark, "com:RegistrationOfficeCode", entry.number.office)
    writer.number(mark, "com:ApplicationNumber", application)
    writer.value(mark, "com:RegistrationNumber", registration)
    writer.value(mark, "com:ApplicationDate", _iso(entry.filing_date))
    writer.value(mark, "com:RegistrationDate", _iso(entry.registration_date))
    writer.value(mark, "com:ExpiryDate", _iso(entry.expiry_date))
    writer.value(mark, "tmk:TerminationDate", _iso(_terminated_on(entry)))
    writer.value(mark, "tmk:MarkCurrentStatusCode", entry.status_text)
    writer.value(mark, "tmk:MarkCurrentStatusDate", _status_date(entry, history))
    parent = _divided_from(history)
    if parent is not None:
        writer.number(writer.add(mark, "tmk:DivisionalApplicationBag"), "tmk:InitialApplicationNumber", parent)
    if entry.basis is not None and _is_international(entry.basis):
        bag = writer.add(mark, "tmk:InternationalMarkIdentifierBag")
        writer.value(bag, "tmk:InternationalMarkIdentifier", entry.basis.number)
    elif entry.basis is not None:
        basic = writer.add(writer.add(mark, "tmk:BasicRegistrationApplicationBag"), "tmk:BasicRegistrationApplication")
        writer.value(basic, "com:RegistrationOfficeCode", entry.basis.office)
        application_bag = writer.add(basic, "tmk:BasicApplicationBag")
        writer.number(writer.add(application_bag, "tmk:BasicApplication"), "tmk:BasicApplicationNumber", entry.basis)
    if entry.classes:
        goods = writer.add(writer.add(mark, "tmk:GoodsServicesBag"), "tmk:GoodsServices")
        classes = writer.add(goods, "tmk:GoodsServicesClassificationBag")
        for number in entry.classes:
            classification = writer.add(classes, "tmk:GoodsServicesClassification")
            writer.value(classification, "tmk:ClassificationKindCode", "Nice")
            writer.value(classification, "tmk:ClassNumber", number)
    if entry.holder is not None:
        _add_holder(writer, writer.add(mark, "tmk:ApplicantBag"), entry)
    events = writer.add(mark, "tmk:MarkEventBag")
    for recorded in history:
        event = writer.add(events, "tmk:MarkEvent")
        writer.value(event, "tmk:MarkEventCategory", _mark_category(recorded, codes))
        national = writer.add(event, "tmk:NationalMarkEvent")
        writer.value(national, "tmk:MarkEventCode", _code(recorded))
        writer.value(national, "tmk:MarkEventDescriptionText", _title(recorded, codes))
        writer.value(national, "tmk:MarkEventEntryNumber", recorded.sequence)
        writer.value(national, "tmk:MarkEventAdditionalText", write_event(_facts(recorded, codes)))
        writer.value(event, "tmk:MarkEventDate", recorded.event.event_date.isoformat())


def _add_design_application(writer: _Writer, entry: Entry, history: Sequence[RecordedEvent], codes: CodeTable) -> None:
    application, registration, identifier = _numbers(entry)
    root = writer.root
    writer.value(root, "com:RegistrationOfficeCode", entry.number.office)
    writer.number(root, "com:ApplicationNumber", application)
    if entry.basis is not None and _is_international(entry.basis):
        writer.value(root, "com:InternationalRegistrationNumber", entry.basis.number)
    design = writer.add(writer.add(root, "dgn:DesignBag"), "dgn:Design")
    writer.value(design, "dgn:DesignIdentifier", identifier)
    writer.value(design, "com:RegistrationNumber", registration)
    writer.value(design, "com:RegistrationDate", _iso(entry.registration_date))
    writer.value(design, "com:ExpiryDate", _iso(entry.expiry_date))
    writer.value(design, "dgn:DesignCurrentStatusCategory", _one_of(DESIGN_STATUSES, entry.status_text))
    writer.value(design, "dgn:DesignCurrentStatusDate", _status_date(entry, history))
    locarno = writer.add(writer.add(design, "com:DesignClassificationBag"), "com:LocarnoClassificationBag")
    writer.value(locarno, "com:LocarnoClassificationEdition", "")
    for number in entry.classes:
        writer.value(locarno, "com:LocarnoClassificationText", f"{number:02d}")
    if not entry.classes:
        writer.value(locarno, "com:LocarnoClassificationText", "")
    _add_holder(writer, writer.add(design, "dgn:ApplicantBag"), entry)
    events = writer.add(design, "dgn:DesignEventBag")
    for recorded in history:
        event = writer.add(events, "dgn:DesignEvent")
        writer.value(event, "dgn:DesignEventCategory", _design_category(recorded))
        writer.value(event, "com:CommentText", write_event(_facts(recorded, codes)))
        writer.value(event, "dgn:DesignEventDate", recorded.event.event_date.isoformat())
    _add_holder(writer, writer.add(root, "dgn:ApplicantBag"), entry)
    _add_documents(writer, root, entry)
    writer.value(root, "com:ApplicationDate", _iso(entry.filing_date))


def _add_holder(writer: _Writer, bag: etree._Element, entry: Entry) -> None:
    identifiers = writer.add(bag, "com:PartyIdentifierBag")
    writer.value(identifiers, "com:PartyIdentifier", "" if entry.holder is None else f"0x{entry.holder.hex()}")


def _add_documents(writer: _Writer, parent: etree._Element, entry: Entry) -> None:
    documents = _documents(entry)
    if not documents:
        return
    bag = writer.add(parent, "com:DocumentIncludedBag")
    for name, digest in documents:
        document = writer.add(bag, "com:DocumentIncluded")
        writer.value(document, "com:DocumentName", name)
        writer.value(document, "com:DocumentLocationURI", digest_name(digest))


def _require_history(entry: Entry, history: Sequence[RecordedEvent]) -> None:
    sequences = [event.sequence for event in history]
    if sequences == list(range(1, entry.event_count + 1)) and history and history[-1].head == entry.head:
        return
    raise InputError(
        f"{len(history)} events are not the whole history of {entry.number.text}, which has {entry.event_count}",
        remedy="Give all events in their order; read entry and events of the same block.",
    )


def _numbers(entry: Entry) -> tuple[OfficeNumber, str | None, str | None]:
    """Number of the application, the entry's own where it is another, and of that the number of the design."""
    if entry.application is None:
        return entry.number, None, None
    number = entry.number.number
    design = number.removeprefix(f"{entry.application.number}-")
    is_design = entry.right is Right.DESIGN and design != number and design.isdigit()
    return entry.application, number, design if is_design else None


def _documents(entry: Entry) -> list[tuple[str, bytes]]:
    named = (("Dossier", entry.dossier), ("Representation", entry.representation))
    return [(name, digest) for name, digest in named if digest is not None]


def _status_date(entry: Entry, history: Sequence[RecordedEvent]) -> str | None:
    """Effective date of the first event of those at the end of the history that left status and state as they stand."""
    found = None
    for recorded in reversed(history):
        if (recorded.event.status, recorded.after) != (entry.status, entry.pair):
            break
        found = recorded.event.effective_date
    return _iso(found)


def _terminated_on(entry: Entry) -> Any:
    return entry.ceased_on if entry.pair.state is State.TERMINATED else None


def _divided_from(history: Sequence[RecordedEvent]) -> OfficeNumber | None:
    first = history[0].event.facts
    return first.related if first.relation is Relation.DIVIDED_FROM else None


def _status_text(event: LegalStatusEvent, codes: CodeTable) -> str:
    rule = codes.status_at(event.right, event.status)
    return str(event.status) if rule is None else rule.status


def _facts(recorded: RecordedEvent, codes: CodeTable) -> RecordedFacts:
    event = recorded.event
    flags = event.flags | EventFlags.IRREGULAR if recorded.is_irregular else event.flags
    return RecordedFacts(
        sequence=recorded.sequence,
        system=event.system,
        code=event.code,
        resulting=str(event.resulting),
        status=_status_text(event, codes),
        effective_date=event.effective_date,
        publication_date=event.publication_date,
        document=event.document,
        corrects=event.corrects,
        flags=tuple(flags.to_json()),
    )


def _title(recorded: RecordedEvent, codes: CodeTable) -> str:
    event = recorded.event
    return codes.title_of(event.right, event.system, event.code)


def _mark_category(recorded: RecordedEvent, codes: CodeTable) -> str:
    title = _title(recorded, codes)
    return title if recorded.event.system == "ST.96" and title in MARK_EVENTS else NATIONAL_EVENT


def _design_category(recorded: RecordedEvent) -> str:
    return _one_of(DESIGN_EVENTS, recorded.event.code if recorded.event.system == "ST.96" else "")


def _one_of(values: Sequence[str], text: str) -> str:
    return text if text in values else _UNDEFINED


def _code(recorded: RecordedEvent) -> str:
    return f"{recorded.event.system} {recorded.event.code}"


def _event_json(recorded: RecordedEvent, codes: CodeTable) -> dict[str, Any]:
    day = recorded.event.event_date.isoformat()
    if recorded.event.right is Right.DESIGN:
        return {
            "designEventCategory": _design_category(recorded),
            "designEventDate": day,
            "record": recorded.to_json(),
        }
    return {
        "markEventCategory": _mark_category(recorded, codes),
        "nationalMarkEvent": {
            "markEventCode": _code(recorded),
            "markEventDescriptionText": _title(recorded, codes),
            "markEventEntryNumber": recorded.sequence,
        },
        "markEventDate": day,
        "record": recorded.to_json(),
    }


def _basis_json(entry: Entry) -> dict[str, Any]:
    if entry.basis is None:
        return {}
    if not _is_international(entry.basis):
        basic = {
            "registrationOfficeCode": entry.basis.office,
            "basicApplicationBag": [_number_json(entry.basis, "basicApplicationNumber")],
        }
        return {"basicRegistrationApplicationBag": [basic]} if entry.right is Right.TRADEMARK else {}
    if entry.right is Right.TRADEMARK:
        return {"internationalMarkIdentifierBag": [entry.basis.number]}
    return {"internationalRegistrationNumber": entry.basis.number}


def _classes_json(entry: Entry) -> dict[str, Any]:
    if entry.right is Right.TRADEMARK:
        classes = [{"classificationKindCode": "Nice", "classNumber": number} for number in entry.classes]
        return {"goodsServicesClassificationBag": classes}
    return {"locarnoClassificationBag": [{"locarnoClass": f"{number:02d}"} for number in entry.classes]}


def _number_json(number: OfficeNumber | None, name: str | None = None) -> dict[str, Any] | None:
    if number is None:
        return None
    value = {"ipOfficeCode": number.office, "applicationNumberText": number.number}
    return value if name is None else {name: value}


def _is_international(number: OfficeNumber) -> bool:
    return number.office == _INTERNATIONAL_OFFICE


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _tag(prefix: str, name: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{name}"
