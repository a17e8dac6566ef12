"""Values of the package as the interface has them: names derived from WIPO ST.96, in lowerCamelCase.

| here | ST.96 |
|---|---|
| `ipOfficeCode` | `com:IPOfficeCode` |
| `applicationNumberText` | `com:ApplicationNumberText` |
| `filingDate`, `registrationDate`, `expiryDate` | `com:FilingDate`, `com:RegistrationDate`, `com:ExpiryDate` |
| `classNumbers` | `tmk:ClassNumber` |
| `priorityApplicationFilingDate` | `tmk:PriorityApplicationFilingDate` |
| `eventCode`, `eventDate`, `effectiveDate` | `tmk:MarkEventCode`, `tmk:MarkEventDate`, ST.27 effective date |

What ST.96 has no name for, such as digests and signing keys, is named as in the rest of the package.

Not its job: the schema of these (`registrum.web.api.models`); tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from registrum.client.records import ApplicationRecord, Lookup
from registrum.numbers import OfficeNumber

__all__ = ["lookup", "number_members", "record", "renamed"]

_NAMES: Final[Mapping[str, str]] = {
    "number": "officeNumber",
    "office": "ipOfficeCode",
    "classes": "classNumbers",
    "claimedDate": "priorityApplicationFilingDate",
}


def renamed(values: Mapping[str, Any], names: Mapping[str, str] = _NAMES) -> dict[str, Any]:
    """An object with the names of the interface; only of its own members."""
    return {names.get(name, name): value for name, value in values.items()}


def number_members(number: OfficeNumber) -> dict[str, Any]:
    """An office number, whole and in its parts."""
    return {
        "officeNumber": number.text,
        "ipOfficeCode": number.office,
        "ipRight": number.right.value,
        "applicationNumberText": number.number,
    }


def record(found: ApplicationRecord) -> dict[str, Any]:
    """An application record."""
    values = found.to_json()
    del values["number"]
    return {**number_members(found.number), **values}


def lookup(found: Lookup, as_asked: str, warnings: tuple[str, ...]) -> dict[str, Any]:
    """What the registry says about a number."""
    return {
        **number_members(found.number),
        "askedAs": as_asked,
        "warnings": list(warnings),
        "standing": found.standing.value,
        "record": None if found.record is None else record(found.record),
        "signerCompromisedSince": found.to_json()["signerCompromisedSince"],
        "reconfirmed": None if found.reconfirmed is None else found.reconfirmed.to_json(),
    }
