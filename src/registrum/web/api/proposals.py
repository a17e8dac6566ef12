"""`/proposals`: what offices propose and decide, read from the node and kept for as long as its newest block is.

Not its job: proposing and voting, which seats sign (`registrum consortium`).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from registrum.client.proposals import ProposalState, id_text
from registrum.web.api import models
from registrum.web.api.answers import answer, not_found, page_of
from registrum.web.api.parameters import Limit, Offset, Served
from registrum.web.service import Service

__all__ = ["router"]

router = APIRouter(tags=["consortium"])

IdPath = Annotated[
    str, Path(pattern=r"^0x[0-9a-fA-F]{64}$", description="Number of the proposal.", examples=["0x" + "4d" * 32])
]
StateQuery = Annotated[ProposalState | None, Query(description="Only proposals in this state.")]


@router.get(
    "/proposals",
    summary="Proposals of the consortium",
    operation_id="listProposals",
    response_class=Response,
    responses=models.answers(models.ProposalsAnswer, 404),
)
def proposals(
    request: Request, service: Served, state: StateQuery = None, limit: Limit = 50, offset: Offset = 0
) -> Response:
    """Proposals newest first, each with what its calls do in plain words; without votes and remarks.

    `readAt` is the block of the node that they are of, which the index may not have reached yet.
    """
    _require_consortium(service)
    all_, fresh = service.proposals()
    found = [each for each in reversed(all_) if state is None or each.state is state]
    data = [_shape(each) for each in found[offset : offset + limit]]
    return answer(request, fresh, data, page=page_of(request, len(found), limit, offset))


@router.get(
    "/proposals/{id}",
    summary="A proposal",
    operation_id="getProposal",
    response_class=Response,
    responses=models.answers(models.ProposalAnswer, 404),
)
def proposal(request: Request, service: Served, id: IdPath) -> Response:  # noqa: A002 - its name in the interface
    """A proposal with votes and remarks."""
    _require_consortium(service)
    number = int(id, 16)
    known, fresh = service.proposals()
    if all(each.id != number for each in known):
        raise not_found(fresh, "there is no such proposal", "/api/v1/proposals lists them.", id=id_text(number))
    found, fresh = service.proposal(number)
    return answer(request, fresh, _shape(found))


def _require_consortium(service: Service) -> None:
    if not service.has_consortium:
        with service.read() as reader:
            fresh = service.freshness(reader)
        raise not_found(fresh, "one account governs this deployment, and no consortium: there are no proposals")


def _shape(found: Any) -> dict[str, Any]:
    values: dict[str, Any] = found.to_json()
    values["ipOfficeCode"] = values.pop("office")
    for vote in values["votes"]:
        vote["ipOfficeCode"] = vote.pop("office")
    return values
