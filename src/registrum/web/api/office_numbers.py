"""`/office-numbers`: what the registry says about an application number, in whatever form it is written.

Not its job: lists (`registrum.web.api.applications`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registrum.client.records import Lookup, Standing
from registrum.index.answers import Freshness
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, chosen, not_covered, not_found, wanted_fields
from registrum.web.api.parameters import Fields, NumberPath, OfficePath, RightPath, Served, Wanted, read_number

__all__ = ["router"]

router = APIRouter(tags=["office numbers"])


@router.get(
    "/office-numbers/{ipOfficeCode}/{ipRight}/{number:path}",
    summary="What is recorded under an office number",
    operation_id="getOfficeNumber",
    response_class=Response,
    responses=models.answers(models.LookupAnswer, 404),
)
def office_number(
    request: Request, service: Served, office: OfficePath, right: RightPath, number: NumberPath, fields: Fields = None
) -> Response:
    """Standing and present version of an application record.

    The number may be written in any form of its office; `officeNumber` is the canonical one. A withdrawn or corrected
    application is found: its `standing` says so.
    """
    names = wanted_fields(fields, models.OfficeNumber.model_fields)
    wanted = read_number(number, right, office)
    with service.read() as reader:
        fresh = service.freshness(reader)
        found = reader.look_up(wanted.number)
    require_found(wanted, found, fresh)
    return answer(request, fresh, chosen(shapes.lookup(found, number, wanted.number.warnings), names))


def require_found(wanted: Wanted, found: Lookup, fresh: Freshness) -> None:
    """Refuse a number that is not recorded, and say whether that means anything.

    Raises:
        Refusal: It is not recorded.
        NumberFormatError: It is not recorded, and no number of its office.
    """
    if found.record is not None:
        return
    number = wanted.number
    if found.standing is Standing.NOT_COVERED:
        raise not_covered(
            fresh,
            f"{number.office} is not a member of this consortium, so nothing can be said about {number}",
            "Ask the office itself.",
            **shapes.number_members(number),
        )
    if wanted.doubt is not None:
        raise wanted.doubt
    raise not_found(
        fresh,
        f"{number} is not recorded; {number.office} is a member and could have recorded it",
        "Check the number; if it was filed lately, ask again later.",
        **shapes.number_members(number),
    )
