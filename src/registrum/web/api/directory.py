"""`/offices`, `/keys`, `/calendars`: who takes part, who signs, and when an office is closed.

Not its job: changing any of it, which offices decide together (`registrum.web.api.proposals`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from registrum.client.forms import json_value
from registrum.client.members import OfficeStatus
from registrum.index.answers import Freshness
from registrum.index.reading import IndexReader
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, chosen, not_covered, not_found, page_of, require_covered, wanted_fields
from registrum.web.api.parameters import Limit, OfficePath, OfficeQuery, Offset, Served, fields_of

__all__ = ["router"]

router = APIRouter()
_T = TypeVar("_T")

AccountPath = Annotated[
    str, Path(pattern=r"^0x[0-9a-fA-F]{40}$", description="Address of the key.", examples=["0x" + "ab" * 20])
]
YearPath = Annotated[int, Path(ge=1800, le=9999, description="Calendar year.", examples=[2024])]
YearQuery = Annotated[int | None, Query(ge=1800, le=9999, description="Calendar year.")]
StatusQuery = Annotated[OfficeStatus | None, Query(description="Only offices of this standing.")]


@router.get(
    "/offices",
    tags=["offices"],
    summary="Offices of the consortium",
    operation_id="listOffices",
    response_class=Response,
    responses=models.answers(models.OfficesAnswer),
)
def offices(
    request: Request,
    service: Served,
    status: StatusQuery = None,
    fields: Annotated[str | None, fields_of(models.Office)] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Offices in the order of admission, departed ones too."""
    names = wanted_fields(fields, models.Office.model_fields)
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = [office for office in reader.offices() if status is None or office.status is status]
    return _part(request, fresh, found, lambda office: chosen(shapes.office(office), names), limit, offset)


@router.get(
    "/offices/{ipOfficeCode}",
    tags=["offices"],
    summary="An office",
    operation_id="getOffice",
    response_class=Response,
    responses=models.answers(models.OfficeAnswer, 404),
)
def office(request: Request, service: Served, office: OfficePath) -> Response:
    """An office with its seat, what is under way about it, and who acts for it if it has departed."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = reader.office(office)
        if found is None:
            raise not_covered(fresh, f"{office} was never a member of this consortium", ipOfficeCode=office)
        replacement = reader.replacement(office)
        data = {
            **shapes.office(found),
            "successor": reader.successor(office),
            "proposedSeat": reader.proposed_seat(office),
            "seatReplacement": None if replacement is None else replacement.to_json(),
        }
    return answer(request, fresh, data)


@router.get(
    "/keys",
    tags=["offices"],
    summary="Signing keys",
    operation_id="listKeys",
    response_class=Response,
    responses=models.answers(models.KeysAnswer, 404),
)
def keys(
    request: Request, service: Served, office: OfficeQuery = None, limit: Limit = 50, offset: Offset = 0
) -> Response:
    """Every key that an office, or any, has ever had, oldest first."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = [(code, key) for code in _asked(reader, fresh, office) for key in reader.keys(code)]
    return _part(request, fresh, found, lambda pair: shapes.key(*pair), limit, offset)


@router.get(
    "/keys/{ipOfficeCode}/{account}",
    tags=["offices"],
    summary="A signing key",
    operation_id="getKey",
    response_class=Response,
    responses=models.answers(models.KeyAnswer, 404),
)
def key(request: Request, service: Served, office: OfficePath, account: AccountPath) -> Response:
    """What a key may sign and when; with the end of its suspension, if it is suspended."""
    # In any case: only of addresses that people type does the checksum of EIP-55 say anything.
    account = account.lower()
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = reader.key(office, account)
        if found is None:
            require_covered(reader, fresh, office)
            raise not_found(fresh, f"{account} was never a key of {office}", ipOfficeCode=office, account=account)
        suspension = reader.key_suspension(office, account)
    data = {
        **shapes.key(office, found),
        "isSuspended": suspension is not None,
        "suspendedUntil": None if suspension is None else json_value(suspension.until),
    }
    return answer(request, fresh, data)


@router.get(
    "/calendars",
    tags=["offices"],
    summary="Working-day calendars",
    operation_id="listCalendars",
    response_class=Response,
    responses=models.answers(models.CalendarsAnswer, 404),
)
def calendars(
    request: Request,
    service: Served,
    office: OfficeQuery = None,
    year: YearQuery = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """The closed days that offices published, which move the last day of the priority period."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        published = [each for code in _asked(reader, fresh, office) for each in reader.calendars(code)]
    found = [calendar for calendar in published if year is None or calendar.year == year]
    return _part(request, fresh, found, shapes.calendar, limit, offset)


@router.get(
    "/calendars/{ipOfficeCode}/{year}",
    tags=["offices"],
    summary="A working-day calendar",
    operation_id="getCalendar",
    response_class=Response,
    responses=models.answers(models.CalendarAnswer, 404),
)
def calendar(request: Request, service: Served, office: OfficePath, year: YearPath) -> Response:
    """The closed days of an office in a year."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = reader.calendar(office, year)
        if found is None:
            require_covered(reader, fresh, office)
    if found is None:
        raise not_found(
            fresh,
            f"{office} has published no calendar of {year}",
            "No day of it counts as closed.",
            ipOfficeCode=office,
            year=year,
        )
    return answer(request, fresh, shapes.calendar(found))


def _asked(reader: IndexReader, fresh: Freshness, office: str | None) -> list[str]:
    """The office that is asked about, which must have been a member; all where none is."""
    require_covered(reader, fresh, office)
    return [each.code for each in reader.offices()] if office is None else [office]


def _part(
    request: Request,
    fresh: Freshness,
    found: Sequence[_T],
    shape: Callable[[_T], dict[str, Any]],
    limit: int,
    offset: int,
) -> Response:
    """A page of a list that is short enough to be read as a whole."""
    data = [shape(each) for each in found[offset : offset + limit]]
    return answer(request, fresh, data, page=page_of(request, len(found), limit, offset))
