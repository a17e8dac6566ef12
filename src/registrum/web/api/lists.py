"""`/applications` and `/registrations`: finding records and entries by what is known of them, page by page.

Not its job: one of them by its number (`registrum.web.api.office_numbers`, `registrum.web.api.registrations`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from registrum.client.records import RecordStatus
from registrum.index.answers import Page
from registrum.index.queries import ApplicationQuery, EntryQuery
from registrum.rights.model import Standing, State
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer, chosen, page_of, require_covered, wanted_fields
from registrum.web.api.parameters import (
    A_DAY,
    DAY_SHAPE,
    DIGEST_SHAPE,
    Limit,
    OfficeQuery,
    Offset,
    RightQuery,
    Served,
    fields_of,
    parse_day,
    parse_digest,
    parse_right,
)

__all__ = ["router"]

router = APIRouter()

Day = Annotated[
    str | None,
    Query(pattern=DAY_SHAPE, description="A day, YYYY-MM-DD.", examples=["2024-01-31"], json_schema_extra=A_DAY),
]
Text = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9A-Za-z/.\-]{1,34}$",
        description="Beginning of the number, with office and right or without.",
        examples=["EM/T/0186"],
    ),
]
StatusQuery = Annotated[RecordStatus | None, Query(description="What became of it.")]
DigestQuery = Annotated[
    str | None,
    Query(pattern=DIGEST_SHAPE, description="Digest or commitment.", examples=["0x" + "9f" * 32]),
]
KeyQuery = Annotated[
    str | None,
    Query(
        alias="signingKey", pattern=r"^0x[0-9a-fA-F]{40}$", description="Key that signed.", examples=["0x" + "ab" * 20]
    ),
]
LateQuery = Annotated[
    int | None,
    Query(alias="lateByDays", ge=-1, le=3_000_000, description="Recorded so many days after filing, or more."),
]
ApplicationSort = Annotated[
    Literal["recordedAt", "-recordedAt", "officeNumber", "-officeNumber", "filingDate", "-filingDate"],
    Query(description="Member to sort by; with `-` before it the greatest first."),
]
EntrySort = Annotated[
    Literal[
        "recordedAt",
        "-recordedAt",
        "officeNumber",
        "-officeNumber",
        "filingDate",
        "-filingDate",
        "registrationDate",
        "-registrationDate",
        "expiryDate",
        "-expiryDate",
    ],
    Query(
        description="Member to sort by, `recordedAt` being that of the last event; those without the date come last."
    ),
]
EntryRight = Annotated[
    str | None, Query(alias="ipRight", pattern=r"^[TD]$", description="T trade mark, D design.", examples=["T"])
]
_SORTS = {"recordedAt": "position", "officeNumber": "number"}


def _sort(name: str) -> str:
    bare = name.removeprefix("-")
    return ("-" if name.startswith("-") else "") + _SORTS.get(bare, bare)


def _place(request: Request, page: Page[Any]) -> dict[str, object]:
    place = page_of(request, page.total, page.limit, page.offset, is_capped=page.total_is_capped)
    return {**place, "facets": {_FACETS.get(name, name): dict(counts) for name, counts in page.facets.items()}}


_FACETS = {"office": "ipOfficeCode", "right": "ipRight", "class": "classNumber"}


@router.get(
    "/applications",
    tags=["applications"],
    summary="Find application records",
    operation_id="listApplications",
    response_class=Response,
    responses=models.answers(models.ApplicationsAnswer, 404),
)
def applications(
    request: Request,
    service: Served,
    q: Text = None,
    office: OfficeQuery = None,
    right: RightQuery = None,
    filed_from: Annotated[Day, Query(alias="filedFrom")] = None,
    filed_to: Annotated[Day, Query(alias="filedTo")] = None,
    recorded_from: Annotated[Day, Query(alias="recordedFrom")] = None,
    recorded_to: Annotated[Day, Query(alias="recordedTo")] = None,
    status: StatusQuery = None,
    digest: DigestQuery = None,
    signing_key: KeyQuery = None,
    late_by_days: LateQuery = None,
    sort: ApplicationSort = "-recordedAt",
    fields: Annotated[str | None, fields_of(models.ApplicationHit)] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Present versions of application records that meet everything that is given, with counts by facet."""
    names = wanted_fields(fields, models.ApplicationHit.model_fields)
    query = ApplicationQuery(
        text=q,
        office=office,
        right=parse_right(right),
        filed_from=parse_day(filed_from),
        filed_to=parse_day(filed_to),
        recorded_from=parse_day(recorded_from),
        recorded_to=parse_day(recorded_to),
        status=status,
        digest=None if digest is None else parse_digest(digest),
        signing_key=None if signing_key is None else signing_key.lower(),
        late_by_days=late_by_days,
        sort=_sort(sort),
        limit=limit,
        offset=offset,
    )
    with service.read() as reader:
        fresh = service.freshness(reader)
        require_covered(reader, fresh, office)
        page = reader.search_applications(query)
        suspects = reader.suspects(page.items)
    data = [chosen(shapes.application_hit(record, suspects.get(record.number)), names) for record in page.items]
    return answer(request, fresh, data, page=_place(request, page))


@router.get(
    "/registrations",
    tags=["registrations"],
    summary="Find entries of the register",
    operation_id="listRegistrations",
    response_class=Response,
    responses=models.answers(models.RegistrationsAnswer, 404),
)
def registrations(
    request: Request,
    service: Served,
    q: Text = None,
    office: OfficeQuery = None,
    right: EntryRight = None,
    class_number: Annotated[
        int | None, Query(alias="classNumber", ge=1, le=45, description="Class of Nice or Locarno.")
    ] = None,
    status: Annotated[
        int | None, Query(ge=1, le=127, description="Position of the status in the table of the right.")
    ] = None,
    state: Annotated[State | None, Query(description="State of WIPO ST.27.")] = None,
    standing: Annotated[
        Literal[tuple(member.to_json() for member in Standing)] | None,  # type: ignore[valid-type]  # names of the enumeration
        Query(description="How it stands on the day `on`."),
    ] = None,
    on: Annotated[Day, Query(description="Day of `standing`; today if it is left out.")] = None,
    filed_from: Annotated[Day, Query(alias="filedFrom")] = None,
    filed_to: Annotated[Day, Query(alias="filedTo")] = None,
    registered_from: Annotated[Day, Query(alias="registeredFrom")] = None,
    registered_to: Annotated[Day, Query(alias="registeredTo")] = None,
    expires_from: Annotated[Day, Query(alias="expiresFrom")] = None,
    expires_to: Annotated[Day, Query(alias="expiresTo")] = None,
    is_irregular: Annotated[
        bool | None, Query(alias="isIrregular", description="Has an event that the table did not foresee.")
    ] = None,
    is_terminated: Annotated[bool | None, Query(alias="isTerminated", description="Is terminated.")] = None,
    holder: Annotated[str | None, Query(pattern=DIGEST_SHAPE, description="Reference to the holder.")] = None,
    sort: EntrySort = "-recordedAt",
    fields: Annotated[str | None, fields_of(models.RegistrationHit)] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Entries of the trade mark and design register that meet everything that is given, with counts by facet."""
    names = wanted_fields(fields, models.RegistrationHit.model_fields)
    query = EntryQuery(
        text=q,
        office=office,
        right=parse_right(right),
        class_=class_number,
        status=status,
        state=state,
        standing=None if standing is None else _STANDINGS[standing],
        on=parse_day(on),
        filed_from=parse_day(filed_from),
        filed_to=parse_day(filed_to),
        registered_from=parse_day(registered_from),
        registered_to=parse_day(registered_to),
        expires_from=parse_day(expires_from),
        expires_to=parse_day(expires_to),
        is_irregular=is_irregular,
        is_terminated=is_terminated,
        holder=None if holder is None else parse_digest(holder),
        sort=_sort(sort),
        limit=limit,
        offset=offset,
    )
    with service.read() as reader:
        fresh = service.freshness(reader)
        require_covered(reader, fresh, office)
        page = reader.search_entries(query)
    data = [chosen(shapes.entry_hit(entry), names) for entry in page.items]
    return answer(request, fresh, data, page=_place(request, page))


_STANDINGS = {member.to_json(): member for member in Standing}
