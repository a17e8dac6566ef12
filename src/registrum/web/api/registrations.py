"""`/registrations/{office}/{right}/{number}`: entries of the register, their standing on a day, their events.

Not its job: lists (`registrum.web.api.applications`).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from registrum.errors import DateError
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, chosen, page_of, wanted_fields
from registrum.web.api.office_numbers import missing
from registrum.web.api.parameters import (
    A_DAY,
    DAY_SHAPE,
    DEEPEST_OFFSET,
    DeepOffset,
    Limit,
    NumberPath,
    OfficePath,
    Served,
    fields_of,
    parse_day,
    read_number,
)

__all__ = ["router"]

router = APIRouter(tags=["registrations"])
_PATH = "/registrations/{ipOfficeCode}/{ipRight}/{number:path}"

EntryRight = Annotated[
    str, Path(alias="ipRight", pattern=r"^[TD]$", description="T trade mark, D design.", examples=["T"])
]
On = Annotated[
    str | None,
    Query(
        pattern=DAY_SHAPE,
        description="What stood in the register on this day? Of a day to come, what would.",
        examples=["2024-06-30"],
        json_schema_extra=A_DAY,
    ),
]
KnownOn = Annotated[
    str | None,
    Query(
        alias="knownOn",
        pattern=DAY_SHAPE,
        description="As it was known on this day, without what was recorded later; not after the day of the block;"
        " alone it is `on` as well.",
        examples=["2024-07-31"],
        json_schema_extra=A_DAY,
    ),
]


@router.get(
    _PATH + "/events",
    summary="Legal-status events of an entry",
    operation_id="listRegistrationEvents",
    response_class=Response,
    responses=models.answers(models.RegisterEventsAnswer, 404),
)
def events(
    request: Request,
    service: Served,
    office: OfficePath,
    right: EntryRight,
    number: NumberPath,
    fields: Annotated[str | None, fields_of(models.RegisterEvent)] = None,
    limit: Limit = 50,
    offset: DeepOffset = 0,
) -> Response:
    """The history of an entry, oldest first, with what each code means, who signed, and what corrects what."""
    names = wanted_fields(fields, models.RegisterEvent.model_fields)
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number, right, office)
        found = reader.timeline_page(wanted.number, limit=limit, offset=offset)
        if not found.total:
            raise missing(reader, wanted, fresh, "entry of the register")
    data = [chosen(shapes.register_event(event), names) for event in found.items]
    return answer(request, fresh, data, page=page_of(request, found.total, limit, offset, furthest=DEEPEST_OFFSET))


@router.get(
    _PATH,
    summary="An entry of the register",
    operation_id="getRegistration",
    response_class=Response,
    responses=models.answers(models.RegistrationAnswer, 404),
)
def registration(
    request: Request,
    service: Served,
    office: OfficePath,
    right: EntryRight,
    number: NumberPath,
    on: On = None,
    known_on: KnownOn = None,
    fields: Annotated[str | None, fields_of(models.Registration)] = None,
) -> Response:
    """An entry as it stands, and its standing today; with `on` also what stood in the register on that day.

    Of a day to come, `isForecast` says that it is how the entry would stand, by what is known at the block.
    """
    names = wanted_fields(fields, models.Registration.model_fields)
    day, known = parse_day(on), parse_day(known_on)
    day = day or known
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number, right, office)
        found = reader.entry(wanted.number)
        if found is None:
            raise missing(reader, wanted, fresh, "entry of the register")
        today = reader.today()
        if known is not None and known > today:
            raise DateError(
                f"knownOn: {known} is after {today}, the day of block {fresh.block_number}",
                remedy="Nobody can say what will be known; leave it out for what is known at that block.",
            )
        standing = reader.standing(wanted.number)
        stood = None if day is None else reader.status_on(wanted.number, day, known)
    data = {
        **shapes.entry(found),
        "standing": standing.standing.to_json(),
        "standingOn": standing.on.isoformat(),
        "basisCeasedOn": None if standing.basis_ceased_on is None else standing.basis_ceased_on.isoformat(),
        "onDate": None if stood is None else {**shapes.status_on(stood), "isForecast": stood.on > today},
    }
    return answer(request, fresh, chosen(data, names))
