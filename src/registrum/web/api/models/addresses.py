"""What each address answers, under the names that the document has for it, and its errors and bodies."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from registrum.web.api.models.anchors import Anchor, Digest
from registrum.web.api.models.base import All, ErrorAnswer, Listed, One, OneInParts, Searched
from registrum.web.api.models.offices import Calendar, Key, KeyInFull, Office, OfficeInFull
from registrum.web.api.models.proposals import Proposal
from registrum.web.api.models.records import (
    ApplicationHit,
    Claims,
    Event,
    OfficeNumber,
    PriorityCheck,
    PriorityChecks,
    Version,
)
from registrum.web.api.models.registrations import RegisterEvent, Registration, RegistrationHit
from registrum.web.api.models.statements import SignedStatement, Statement
from registrum.web.api.models.status import Status

__all__ = [
    "BODIES",
    "AnchorAnswer",
    "AnchorsAnswer",
    "ApplicationsAnswer",
    "CalendarAnswer",
    "CalendarsAnswer",
    "ClaimsAnswer",
    "DigestAnswer",
    "EventsAnswer",
    "KeyAnswer",
    "KeysAnswer",
    "LookupAnswer",
    "OfficeAnswer",
    "OfficesAnswer",
    "PriorityCheckAnswer",
    "PriorityChecksAnswer",
    "ProposalAnswer",
    "ProposalsAnswer",
    "RegisterEventsAnswer",
    "RegistrationAnswer",
    "RegistrationsAnswer",
    "StatementAnswer",
    "StatusAnswer",
    "VersionsAnswer",
    "answers",
    "body",
]


def _named(name: str, form: type[BaseModel]) -> type[BaseModel]:
    """The form of an answer under a name of its own, which generated clients have for it."""
    return type(name, (form,), {"__doc__": form.__doc__, "__module__": __name__})


LookupAnswer = _named("LookupAnswer", One[OfficeNumber])
VersionsAnswer = _named("VersionsAnswer", All[Version])
ClaimsAnswer = _named("ClaimsAnswer", OneInParts[Claims])
EventsAnswer = _named("EventsAnswer", Listed[Event])
ApplicationsAnswer = _named("ApplicationsAnswer", Searched[ApplicationHit])
PriorityCheckAnswer = _named("PriorityCheckAnswer", One[PriorityCheck])
PriorityChecksAnswer = _named("PriorityChecksAnswer", All[PriorityCheck])
RegistrationAnswer = _named("RegistrationAnswer", One[Registration])
RegistrationsAnswer = _named("RegistrationsAnswer", Searched[RegistrationHit])
RegisterEventsAnswer = _named("RegisterEventsAnswer", Listed[RegisterEvent])
OfficesAnswer = _named("OfficesAnswer", Listed[Office])
OfficeAnswer = _named("OfficeAnswer", One[OfficeInFull])
KeysAnswer = _named("KeysAnswer", Listed[Key])
KeyAnswer = _named("KeyAnswer", One[KeyInFull])
CalendarsAnswer = _named("CalendarsAnswer", Listed[Calendar])
CalendarAnswer = _named("CalendarAnswer", One[Calendar])
ProposalsAnswer = _named("ProposalsAnswer", Listed[Proposal])
ProposalAnswer = _named("ProposalAnswer", One[Proposal])
AnchorsAnswer = _named("AnchorsAnswer", Listed[Anchor])
AnchorAnswer = _named("AnchorAnswer", One[Anchor])
DigestAnswer = _named("DigestAnswer", OneInParts[Digest])
StatementAnswer = _named("StatementAnswer", One[Statement])
StatusAnswer = _named("StatusAnswer", One[Status])
_TEXTS = {
    400: "The request cannot be read: `bad_request`, `bad_number`, `bad_office_code`, `bad_date`, `bad_digest`.",
    401: "The API key is missing or wrong: `unauthorised`.",
    403: "The server does not do this: `relay_off`, `unknown_signer`.",
    404: "Nothing is recorded (`not_found`), or nothing can be said (`not_covered`).",
    405: "The address does not take this method: `method_not_allowed`.",
    408: "The body did not come in time: `body_timeout`.",
    409: "It contradicts what is there: `conflict`.",
    413: "The body is too long: `too_large`.",
    415: "The body is not JSON: `unsupported_media_type`.",
    429: "The client asks too much: `rate_limited`; see `Retry-After`.",
    500: "The server has failed: `internal`.",
    503: (
        "The node (`unreachable`) or the index (`index_unavailable`) is needed and does not answer, or the index is"
        " still reading the chain (`index_not_complete`); or too many statements are open (`relay_full`)."
    ),
}


_ALWAYS = (400, 429, 500, 503)
_FRESHNESS = {
    "ETag": {"schema": {"type": "string"}, "description": "Stands for the answer without `readAt`."},
    "Registrum-Block-Number": {"schema": {"type": "integer"}},
    "Registrum-Block-Hash": {"schema": {"type": "string"}},
    "Registrum-Lag-Blocks": {"schema": {"type": "integer"}},
    "Registrum-Index-Complete": {"schema": {"type": "boolean"}},
}


def answers(model: type[BaseModel], *others: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The answers of an address, for its document.

    Args:
        model: What it answers.
        others: Statuses of errors besides those that every address has.
        status: Status of the answer.
    """
    description = (model.__doc__ or "The answer.").strip().splitlines()[0]
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": model, "description": description, "headers": _FRESHNESS}
    }
    if status == 200:
        found[304] = {"description": "The client has the answer already.", "headers": _FRESHNESS}
    for code in sorted({*_ALWAYS, *others}):
        found[code] = {"model": ErrorAnswer, "description": _TEXTS[code]}
    return found


def body(model: type[BaseModel]) -> dict[str, Any]:
    """A body that is read without its model, for the document."""
    return {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}},
    }


BODIES: Final = (PriorityChecks, SignedStatement)
"""Models of bodies, which FastAPI does not see."""
