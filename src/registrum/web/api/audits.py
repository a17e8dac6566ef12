"""`/offices/{ipOfficeCode}/audit`: what stands out in what an office recorded in a period.

Not its job: the office's own list, which stays with the office (`registrum audit office --list`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from registrum.audit.facts import Period, Terms
from registrum.audit.report import Report
from registrum.index.auditing import read_audit
from registrum.web.api import models
from registrum.web.api.answers import answer, not_covered
from registrum.web.api.parameters import A_DAY, DAY_SHAPE, OfficePath, Served, parse_day
from registrum.web.audits import DESK, MOST_DAYS

__all__ = ["router"]

router = APIRouter()

_DEFAULT_DAYS: Final = 365

Day = Annotated[
    str | None,
    Query(pattern=DAY_SHAPE, description="A day, YYYY-MM-DD in UTC.", examples=["2024-01-31"], json_schema_extra=A_DAY),
]
LateDays = Annotated[
    int, Query(alias="lateDays", ge=0, le=MOST_DAYS, description="Days from filing to recording that are not late yet.")
]
NearDays = Annotated[
    int,
    Query(
        alias="nearDays", ge=0, le=MOST_DAYS, description="Days before a compromise in which uses of a key are named."
    ),
]
Most = Annotated[int, Query(ge=1, le=1000, description="Findings of each code that are listed; all are counted.")]


@router.get(
    "/offices/{ipOfficeCode}/audit",
    tags=["offices"],
    summary="What stands out in what an office recorded",
    operation_id="getAudit",
    response_class=Response,
    responses=models.answers(models.AuditAnswer, 404),
)
def audit(
    request: Request,
    service: Served,
    office: OfficePath,
    recorded_from: Annotated[Day, Query(alias="recordedFrom")] = None,
    recorded_to: Annotated[Day, Query(alias="recordedTo")] = None,
    late_days: LateDays = 30,
    near_days: NearDays = 14,
    most: Most = 100,
) -> Response:
    """Findings of the days from `recordedFrom` to `recordedTo`; of the last 365 days where they are left out.

    Offices with more than 50,000 facts to examine are refused (`search_too_wide`); the command line examines those.
    """
    with read_audit(service.index) as reader:
        fresh = service.freshness(reader)
        if reader.office(office) is None:
            raise not_covered(
                fresh,
                f"{office} was never a member of this consortium, so there is nothing to examine",
                "Ask the office itself.",
                ipOfficeCode=office,
            )
        last = parse_day(recorded_to) or reader.today()
        first = parse_day(recorded_from) or last - timedelta(_DEFAULT_DAYS - 1)
        report = DESK.report(reader, office, Period(first, last), Terms(late_days, near_days, most))
    return answer(request, fresh, _shape(report))


def _shape(report: Report) -> dict[str, Any]:
    """The report under the names of the interface; the block is said by the answer."""
    found = report.to_json()
    return {
        "format": found["format"],
        "version": report.version,
        "ipOfficeCode": report.office,
        **{name: found[name] for name in ("period", "terms", "examined", "withoutSeries", "delays")},
        **{name: found[name] for name in ("total", "severities", "counts", "leftOut")},
        "findings": [
            {
                "code": finding["code"],
                "severity": finding["severity"],
                "officeNumber": finding["number"],
                "compared": finding["compared"],
                "evidence": [
                    {
                        "officeNumber": one["number"],
                        "blockNumber": one["blockNumber"],
                        "transactionHash": one["transactionHash"],
                    }
                    for one in finding["evidence"]
                ],
                "sentence": finding["sentence"],
            }
            for finding in found["findings"]
        ],
    }
