"""`/priority-checks`: verdicts on priority claims, one by GET, up to a thousand by POST.

A batch is decoded and written without a model for each claim: it is what back ends call most. A number that cannot be
read is no fault of the request: its verdict is `malformed_number`, as the contract has it, and says why.

Not its job: the verdicts (`registrum.index.judging`), recording claims (`registrum.web.api.statements`).
"""

from __future__ import annotations

import functools
from collections.abc import Container, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from registrum.client.verdicts import Assessment, PriorityClaim
from registrum.dates import parse_date
from registrum.errors import InputError, NumberFormatError, OfficeCodeError
from registrum.index.answers import Freshness
from registrum.numbers import OfficeNumber, Right
from registrum.web.api import models, shapes
from registrum.web.api.answers import answer
from registrum.web.api.bodies import read_json
from registrum.web.api.parameters import (
    A_DAY,
    DAY_SHAPE,
    DIGEST_SHAPE,
    LONGEST_EARLIER,
    NO_ZERO,
    Served,
    parse_digest,
)
from registrum.web.errors import Refusal
from registrum.web.numbers import Reading, known_ones, read
from registrum.web.service import Service

__all__ = ["router"]

router = APIRouter(tags=["priority checks"])


_MOST_KEPT = 70
"""Characters of a number up to which it is remembered how it is read: longer than every number."""
_Short = Annotated[str, msgspec.Meta(max_length=_MOST_KEPT)]
"""Errors repeat what cannot be read: it is no book."""
_Number = Annotated[str, msgspec.Meta(max_length=LONGEST_EARLIER)]
"""Longer than every number, so that a claim with something else in its place is answered like the others."""


class _Claim(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A claim as it comes."""

    earlier: _Number
    claimed_date: _Short = msgspec.field(name="priorityApplicationFilingDate")
    later_office: _Short = msgspec.field(name="laterIpOfficeCode")
    later_right: _Short = msgspec.field(name="laterIpRight")
    later_date: _Short = msgspec.field(name="laterFilingDate")
    digest: _Short | None = None
    earlier_office: _Short | None = msgspec.field(name="earlierIpOfficeCode", default=None)
    earlier_right: _Short | None = msgspec.field(name="earlierIpRight", default=None)


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Claims as they come."""

    claims: list[_Claim]


_DECODER = msgspec.json.Decoder(_Batch)


@router.get(
    "/priority-checks",
    summary="Judge a priority claim",
    operation_id="checkPriority",
    response_class=Response,
    responses=models.answers(models.PriorityCheckAnswer),
)
def check(
    request: Request,
    service: Served,
    earlier: Annotated[
        str,
        Query(
            min_length=1,
            max_length=64,
            description="Number of the earlier application as claimed, in any form.",
            examples=["EM/T/018660437"],
        ),
    ],
    claimed_date: Annotated[
        str,
        Query(
            alias="priorityApplicationFilingDate",
            pattern=DAY_SHAPE,
            json_schema_extra=A_DAY,
            description="Date of the earlier application as claimed.",
            examples=["2024-01-31"],
        ),
    ],
    later_office: Annotated[
        str,
        Query(
            alias="laterIpOfficeCode",
            pattern=r"^[A-Z]{2}$",
            description="Office of the later application, whose closed days count.",
            examples=["JP"],
        ),
    ],
    later_right: Annotated[
        str,
        Query(
            alias="laterIpRight", pattern=r"^[PUTDSG]$", description="Right of the later application.", examples=["T"]
        ),
    ],
    later_date: Annotated[
        str,
        Query(
            alias="laterFilingDate",
            pattern=DAY_SHAPE,
            json_schema_extra=A_DAY,
            description="Filing date of the later application.",
            examples=["2024-06-30"],
        ),
    ],
    digest: Annotated[
        str | None,
        Query(
            pattern=DIGEST_SHAPE,
            description="Digest of the copy received, to be compared.",
            json_schema_extra=NO_ZERO,
        ),
    ] = None,
    earlier_office: Annotated[
        str | None,
        Query(alias="earlierIpOfficeCode", pattern=r"^[A-Z]{2}$", description="Where the number does not say it."),
    ] = None,
    earlier_right: Annotated[
        str | None,
        Query(alias="earlierIpRight", pattern=r"^[PUTDSG]$", description="Where the number does not say it."),
    ] = None,
) -> Response:
    """The verdict, the last day of the period, the earlier record, and the reasons in words with their rules.

    Every verdict is an answer: status 200 says that the claim was judged, `verdict` how.
    """
    asked = _Claim(earlier, claimed_date, later_office, later_right, later_date, digest, earlier_office, earlier_right)
    found, fresh = _judge(service, [asked])
    return answer(request, fresh, found[0])


@router.post(
    "/priority-checks",
    summary="Judge many priority claims",
    operation_id="checkPriorities",
    response_class=Response,
    responses=models.answers(models.PriorityChecksAnswer, 408, 413, 415),
    openapi_extra={"requestBody": models.body(models.PriorityChecks)},
)
async def check_many(request: Request, service: Served) -> Response:
    """Verdicts on up to 1,000 claims, all of one block, in their order."""
    batch = await read_json(request, _DECODER)
    most = service.settings.most_items
    if not batch.claims:
        raise Refusal(400, "bad_request", "body claims: there is none", "Give at least one claim.")
    if len(batch.claims) > most:
        raise Refusal(
            413,
            "too_large",
            f"body claims: {len(batch.claims)} claims are more than {most}",
            "Send them in several requests.",
            details={"mostClaims": most},
        )
    found, fresh = await run_in_threadpool(_judge, service, batch.claims)
    return answer(request, fresh, found)


def _judge(service: Service, asked: Sequence[_Claim]) -> tuple[list[dict[str, Any]], Freshness]:
    """Answers to claims in their order, and the block that they are of."""
    with service.read() as reader:
        fresh = service.freshness(reader)
        exact = known_ones(reader, filter(None, (_reading(each).exact for each in asked)))
        claims = [_claim(each, at, exact) for at, each in enumerate(asked)]
        assessed = iter(reader.check_priorities([claim for claim in claims if isinstance(claim, PriorityClaim)]))
        answers = [_shape(next(assessed)) if isinstance(claim, PriorityClaim) else claim for claim in claims]
    return answers, fresh


def _reading(asked: _Claim) -> Reading:
    way = read if len(asked.earlier) > _MOST_KEPT else _read
    return way(asked.earlier, asked.earlier_right, asked.earlier_office)


def _claim(asked: _Claim, at: int, exact: Container[OfficeNumber]) -> PriorityClaim | dict[str, Any]:
    """The claim, or the answer where its number cannot be read.

    Args:
        asked: As it came.
        at: Its place among the claims.
        exact: Numbers that are recorded exactly as they were written.

    Raises:
        Refusal: Something else in it cannot be read.
    """
    reading = _reading(asked)
    earlier = reading.exact if reading.exact is not None and reading.exact in exact else reading.number
    if isinstance(earlier, NumberFormatError | OfficeCodeError):
        return _malformed(earlier)
    if isinstance(earlier, InputError):
        raise _unreadable(earlier, at)
    try:
        return PriorityClaim(
            earlier,
            _day(asked.claimed_date),
            asked.later_office,
            Right.parse(asked.later_right),
            _day(asked.later_date),
            None if asked.digest is None else parse_digest(asked.digest),
        )
    except InputError as error:
        raise _unreadable(error, at) from error


def _unreadable(error: InputError, at: int) -> Refusal:
    return Refusal(
        400, error.code, f"claim {at}: {error.message}", error.remedy, details={**error.details, "claim": at}
    )


@functools.lru_cache(16_384)
def _read(text: str, right: str | None, office: str | None) -> Reading:
    """A number as it was read before: a batch often has many on few applications, and reading costs most of it.

    Errors are kept without the frames that they were raised in, in which whole batches hang.
    """
    reading = read(text, right, office)
    for error in (reading.number, reading.doubt):
        _forget_frames(error if isinstance(error, BaseException) else None)
    return reading


def _forget_frames(error: BaseException | None) -> None:
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _malformed(error: InputError) -> dict[str, Any]:
    return {
        "verdict": "malformed_number",
        "earlierOfficeNumber": None,
        "lastDay": None,
        "extendedFrom": None,
        "restorableUntil": None,
        "calendar": "not_asked",
        "earlier": None,
        "reasons": [error.diagnostics().replace("\n", " ")],
    }


def _shape(found: Assessment) -> dict[str, Any]:
    earlier = found.claim.earlier
    return {
        "verdict": found.verdict.value,
        "earlierOfficeNumber": earlier.text if isinstance(earlier, OfficeNumber) else None,
        "lastDay": _text_of(found.last_day),
        "extendedFrom": _text_of(found.extended_from),
        "restorableUntil": _text_of(found.restorable_until),
        "calendar": found.calendar.value,
        "earlier": None if found.earlier is None else shapes.record(found.earlier),
        "reasons": list(found.reasons),
    }


@functools.lru_cache(8192)
def _text_of(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# A batch has few different days.
_day = functools.lru_cache(8192)(parse_date)
