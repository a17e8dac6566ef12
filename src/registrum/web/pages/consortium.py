"""What the offices decide together: charter, parameters, proposals, votes, and who holds which power.

All of it is read from the node, which may be unreachable; then the page says so. Not its job: the audit that proves
the powers (`registrum.deployment.powers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.client.proposals import id_text, own_words, read_id
from registrum.deployment.power_rules import RULES, Holder
from registrum.errors import InputError
from registrum.web.pages.rendering import Visit, redirect
from registrum.web.service import Service

if TYPE_CHECKING:
    from registrum.deployment import Manifest

__all__ = ["powers_of", "router"]


def router(service: Service) -> APIRouter:
    """The routes below `/consortium`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/consortium")
    def consortium(request: Request) -> Response:
        visit = Visit(request)
        if not service.has_consortium:
            _read_index(service, visit)
            return visit.page("no_consortium.html", powers=powers_of(service.manifest))
        found, visit.freshness = service.governance()
        return visit.page(
            "consortium.html",
            terms=found.terms,
            proposals=list(reversed(found.proposals)),
            charter=found.charter,
            observers=found.observers,
            contracts=found.contracts,
            powers=powers_of(service.manifest),
            own_words=own_words,
            id_text=id_text,
        )

    @routes.get("/consortium/proposals/{number}")
    def proposal(request: Request, number: str) -> Response:
        visit = Visit(request)
        known: list[int] = []
        if service.has_consortium:
            proposals, visit.freshness = service.proposals()
            known = [one.id for one in proposals]
        else:
            _read_index(service, visit)
        try:
            # The beginning of a number is enough, as on the command line.
            wanted = read_id(number, known)
        except InputError:
            return visit.page("no_proposal.html", status=404, given=number)
        if number != id_text(wanted):
            return redirect(f"/consortium/proposals/{id_text(wanted)}")
        found, visit.freshness = service.proposal(wanted)
        return visit.page("proposal.html", proposal=found, id_text=id_text, own_words=own_words)

    return routes


def _read_index(service: Service, visit: Visit) -> None:
    """The block of a page for which the node is not asked."""
    with service.read() as reader:
        visit.freshness = service.freshness(reader)


def powers_of(manifest: Manifest) -> list[tuple[Holder, list[tuple[str, list[str]]]]]:
    """Who can call what, by the rules of the audit: holders, each with contracts and their functions."""
    found: dict[Holder, dict[str, list[str]]] = {}
    for contract, rules in _by_contract().items():
        if contract in manifest.contracts:
            for function, holder in rules.items():
                found.setdefault(holder, {}).setdefault(contract, []).append(function)
    return [(holder, sorted(found[holder].items())) for holder in Holder if holder in found]


def _by_contract() -> Mapping[str, Mapping[str, Holder]]:
    return {contract: {name: rule.holder for name, rule in rules.items()} for contract, rules in RULES.items()}
