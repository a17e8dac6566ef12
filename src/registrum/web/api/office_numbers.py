"""`/office-numbers`: what the registry says about an application number, in whatever form it is written.

Not its job: lists (`registrum.web.api.applications`).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registrum.client.records import Standing
from registrum.errors import NumberFormatError
from registrum.index.answers import Freshness
from registrum.index.reading import IndexReader
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, chosen, not_covered, not_found, page_of, wanted_fields
from registrum.web.api.parameters import (
    DEEPEST_OFFSET,
    DeepOffset,
    Limit,
    NumberPath,
    OfficePath,
    RightPath,
    Served,
    Wanted,
    fields_of,
    read_number,
)

__all__ = ["missing", "router"]

router = APIRouter(tags=["office numbers"])
_PATH = "/office-numbers/{ipOfficeCode}/{ipRight}/{number:path}"


@router.get(
    _PATH + "/versions",
    summary="All versions of a record",
    operation_id="listVersions",
    response_class=Response,
    responses=models.answers(models.VersionsAnswer, 404),
)
def versions(request: Request, service: Served, office: OfficePath, right: RightPath, number: NumberPath) -> Response:
    """Every version that an application record has had, oldest first, with who signed it and when."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number, right, office)
        found = reader.versions(wanted.number)
        if not found:
            raise missing(reader, wanted, fresh)
    return answer(request, fresh, [shapes.version(version) for version in found])


@router.get(
    _PATH + "/claims",
    summary="Priority claims of an application, both ways",
    operation_id="listClaims",
    response_class=Response,
    responses=models.answers(models.ClaimsAnswer, 404),
)
def claims(
    request: Request,
    service: Served,
    office: OfficePath,
    right: RightPath,
    number: NumberPath,
    limit: Limit = 50,
    offset: DeepOffset = 0,
) -> Response:
    """The claims that an application makes, and those that rest on it, as offices recorded them.

    A claim may rest on an application that is not recorded here. A page holds that part of both lists; `page` is of the
    longer one.
    """
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number, right, office)
        totals = reader.count_claims(wanted.number)
        if not any(totals) and not reader.look_up(wanted.number).found:
            raise missing(reader, wanted, fresh)
        made = reader.claims_by(wanted.number, limit=limit, offset=offset)
        rested = reader.claims_on(wanted.number, limit=limit, offset=offset)
    data = {
        **shapes.number_members(wanted.number),
        "makes": [shapes.claim(claim) for claim in made],
        "makesTotal": totals[0],
        "isBasisOf": [shapes.claim(claim) for claim in rested],
        "isBasisOfTotal": totals[1],
    }
    return answer(request, fresh, data, page=page_of(request, max(totals), limit, offset, furthest=DEEPEST_OFFSET))


@router.get(
    _PATH + "/events",
    summary="All that happened to a number",
    operation_id="listNumberEvents",
    response_class=Response,
    responses=models.answers(models.EventsAnswer, 404),
)
def events(
    request: Request,
    service: Served,
    office: OfficePath,
    right: RightPath,
    number: NumberPath,
    limit: Limit = 50,
    offset: DeepOffset = 0,
) -> Response:
    """Events of the contracts about a number, oldest first: its record, its register entry, claims both ways."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number, right, office)
        found = reader.history_page(wanted.number, limit=limit, offset=offset)
        if not found.total:
            raise missing(reader, wanted, fresh)
    data = [shapes.event(event) for event in found.items]
    return answer(request, fresh, data, page=page_of(request, found.total, limit, offset, furthest=DEEPEST_OFFSET))


@router.get(
    _PATH,
    summary="What is recorded under an office number",
    operation_id="getOfficeNumber",
    response_class=Response,
    responses=models.answers(models.LookupAnswer, 404),
)
def office_number(
    request: Request,
    service: Served,
    office: OfficePath,
    right: RightPath,
    number: NumberPath,
    fields: Annotated[str | None, fields_of(models.OfficeNumber)] = None,
) -> Response:
    """Standing and present version of an application record.

    The number may be written in any form of its office; `officeNumber` is the canonical one. A withdrawn or corrected
    application is found: its `standing` says so.
    """
    names = wanted_fields(fields, models.OfficeNumber.model_fields)
    with service.read() as reader:
        fresh = service.freshness(reader)
        wanted = read_number(reader, number, right, office)
        found = reader.look_up(wanted.number)
        if found.record is None:
            raise missing(reader, wanted, fresh)
        conflicts = reader.conflicting_offers(wanted.number, limit=0).total
    warnings = wanted.number.warnings if wanted.doubt is None else (*wanted.number.warnings, wanted.doubt.message)
    return answer(request, fresh, chosen(shapes.lookup(found, number, warnings, conflicts), names))


def missing(reader: IndexReader, wanted: Wanted, fresh: Freshness, what: str = "application") -> Exception:
    """The answer about a number that is not recorded, which says whether that means anything.

    Args:
        reader: The index.
        wanted: The number.
        fresh: Of the answer.
        what: What there is none of.
    """
    number = wanted.number
    if reader.look_up(number).standing is Standing.NOT_COVERED:
        return not_covered(
            fresh,
            f"{number.office} is not a member of this consortium, so nothing can be said about {number}",
            "Ask the office itself.",
            **shapes.number_members(number),
        )
    if isinstance(wanted.doubt, NumberFormatError):
        return wanted.doubt
    return not_found(
        fresh,
        f"{number} is not recorded as {what}; {number.office} is a member and could have recorded it",
        "Check the number; if it was filed lately, ask again later.",
        **shapes.number_members(number),
    )
