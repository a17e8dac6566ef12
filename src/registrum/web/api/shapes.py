"""Values of the package as the interface has them: names derived from WIPO ST.96, in lowerCamelCase.

| here | ST.96 |
|---|---|
| `ipOfficeCode` | `com:IPOfficeCode` |
| `applicationNumberText` | `com:ApplicationNumberText` |
| `filingDate`, `registrationDate`, `expiryDate` | `com:FilingDate`, `com:RegistrationDate`, `com:ExpiryDate` |
| `classNumbers` | `tmk:ClassNumber` |
| `eventCode`, `eventDate` | `tmk:MarkEventCode`, `tmk:MarkEventDate` |
| `priorityApplicationFilingDate` | `tmk:PriorityApplicationFilingDate` |

What ST.96 has no name for, such as digests and signing keys, is named as in the rest of the package.

Not its job: the schema of these (`registrum.web.api.models`); tests hold the two together.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from registrum.client.calendars import Calendar
from registrum.client.claims import Claim
from registrum.client.forms import json_value
from registrum.client.members import Office, SigningKey
from registrum.client.records import ApplicationRecord, Lookup
from registrum.client.rights_answers import TimelineEvent
from registrum.index.answers import DigestMatch, EntryHit, IndexedAnchor, IndexedEvent, RecordVersion
from registrum.numbers import OfficeNumber
from registrum.rights.history import StatusOnDate
from registrum.rights.model import Entry
from registrum.signing.statements import Disclosure

__all__ = [
    "anchor",
    "application_hit",
    "calendar",
    "claim",
    "digest_match",
    "entry",
    "entry_hit",
    "event",
    "key",
    "lookup",
    "number_members",
    "office",
    "record",
    "register_event",
    "status_on",
    "version",
]

_NAMES: Final[Mapping[str, str]] = {
    "number": "officeNumber",
    "office": "ipOfficeCode",
    "classes": "classNumbers",
    "claimedDate": "priorityApplicationFilingDate",
}


def _renamed(values: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """An object with the names of the interface; only of its own members."""
    known = {**_NAMES, **names}
    return {known.get(name, name): value for name, value in values.items()}


def number_members(number: OfficeNumber) -> dict[str, Any]:
    """An office number, whole and in its parts."""
    return {
        "officeNumber": number.text,
        "ipOfficeCode": number.office,
        "ipRight": number.right.value,
        "applicationNumberText": number.number,
    }


def _with_number(number: OfficeNumber, values: Mapping[str, Any], **names: str) -> dict[str, Any]:
    return {**number_members(number), **_renamed({k: v for k, v in values.items() if k not in _PARTS}, **names)}


_PARTS: Final = ("number", "office", "right")


def record(found: ApplicationRecord) -> dict[str, Any]:
    """An application record; written out, since batches have them by the thousand."""
    number = found.number
    return {
        "officeNumber": number.text,
        "ipOfficeCode": number.office,
        "ipRight": number.right.value,
        "applicationNumberText": number.number,
        "filingDate": _day(found.filing_date),
        "digest": "0x" + found.digest.hex(),
        "disclosure": _DISCLOSURES[found.disclosure],
        "recordedAt": _moment(found.recorded_at),
        "daysLate": found.days_late,
        "version": found.version,
        "status": found.status.value,
        "signingKey": found.signing_key,
    }


def application_hit(found: ApplicationRecord, suspect_since: datetime | None) -> dict[str, Any]:
    """An application record in a list, and since when its key is compromised where that makes it suspect."""
    return {**record(found), "signerCompromisedSince": json_value(suspect_since)}


# A page or a batch has few different days.
_day = functools.lru_cache(8192)(date.isoformat)
_moment = functools.lru_cache(8192)(json_value)
_DISCLOSURES: Final = {member: member.name.lower() for member in Disclosure}


def lookup(found: Lookup, as_asked: str, warnings: tuple[str, ...], conflicts: int) -> dict[str, Any]:
    """What the registry says about a number."""
    return {
        **number_members(found.number),
        "askedAs": as_asked,
        "warnings": list(warnings),
        "standing": found.standing.value,
        "record": None if found.record is None else record(found.record),
        "signerCompromisedSince": json_value(found.signer_compromised_since),
        "reconfirmed": None if found.reconfirmed is None else found.reconfirmed.to_json(),
        "conflictingOffers": conflicts,
    }


def version(found: RecordVersion) -> dict[str, Any]:
    """A version of an application record."""
    return {**found.to_json(), "record": record(found.record)}


def claim(found: Claim) -> dict[str, Any]:
    """A recorded priority claim."""
    return _renamed(found.to_json(), later="laterOfficeNumber", earlier="earlierOfficeNumber")


def event(found: IndexedEvent) -> dict[str, Any]:
    """An event of a contract."""
    return _renamed(found.to_json())


def office(found: Office) -> dict[str, Any]:
    """An office."""
    return _renamed(found.to_json(), code="ipOfficeCode")


def key(code: str, found: SigningKey) -> dict[str, Any]:
    """A signing key of an office."""
    return {"ipOfficeCode": code, **found.to_json()}


def calendar(found: Calendar) -> dict[str, Any]:
    """The closed days of an office in a year."""
    return _renamed(found.to_json())


def anchor(found: IndexedAnchor) -> dict[str, Any]:
    """An anchor."""
    return _renamed(found.to_json())


def digest_match(found: DigestMatch) -> dict[str, Any]:
    """Something that a digest stands for."""
    return _renamed(found.to_json())


def entry(found: Entry) -> dict[str, Any]:
    """A register entry."""
    return _with_number(found.number, found.to_json(), application="applicationOfficeNumber")


def entry_hit(found: EntryHit) -> dict[str, Any]:
    """A register entry in a list."""
    return _with_number(found.number, found.to_json())


def status_on(found: StatusOnDate) -> dict[str, Any]:
    """What stood in the register on a day."""
    values = found.to_json()
    snapshot = found.snapshot
    if snapshot is not None:
        values["entry"] = _with_number(snapshot.number, snapshot.to_json(), application="applicationOfficeNumber")
    return values


def register_event(found: TimelineEvent) -> dict[str, Any]:
    """A legal-status event of a register entry."""
    values = found.to_json()
    values["facts"] = _renamed(values["facts"], related="relatedOfficeNumber")
    return _with_number(found.event.number, values, code="eventCode", system="codeSystem")
