"""The page of an application record, its certificate, and its verdict-free neighbours: claims, versions, proof.

Not its job: register entries (`registrum.web.pages.registrations`).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.client.claims import Claim
from registrum.client.records import Standing
from registrum.errors import VerificationError
from registrum.index.answers import Page
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber
from registrum.rights.values import HIGHEST_CLASS
from registrum.web.numbers import is_known, read
from registrum.web.pages.rendering import Visit, address_of, redirect
from registrum.web.service import Service

__all__ = ["number_of", "offset_of", "router"]

_PART = 50
"""Rows of each list of the page."""
_MOST_OFFERS = 20
_FURTHEST = 10_000_000
_STATUS = {Standing.NOT_FOUND: 404, Standing.NOT_COVERED: 404}


def number_of(service: Service, visit: Visit, path: tuple[str, str, str]) -> OfficeNumber | Response:
    """The office number of a path; a page or the way to the right address where it is not in its exact form.

    Args:
        service: Says the block for a page without a number.
        visit: The request.
        path: Office, letter of the right, and the rest.
    """
    office, right, number = path
    found, written = read(number, right, office.upper()), "/".join(path)
    meant = found.number if isinstance(found.number, OfficeNumber) and found.doubt is None else None
    readings = (each for each in (found.exact, found.number) if isinstance(each, OfficeNumber))
    exact = next((each for each in readings if each.text == written), None)
    if exact is not None and (meant is None or meant == exact or not _is_known_only(service, meant, exact)):
        return exact
    if meant is None:
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
        return visit.page("malformed.html", status=404, given="/".join(path))
    kind = visit.request.url.path.split("/")[1]
    return redirect(address_of(meant, kind))


def _is_known_only(service: Service, meant: OfficeNumber, exact: OfficeNumber) -> bool:
    """Whether only the number as its office writes it is known: who asks for 18660437 means 018660437."""
    with service.read() as reader:
        return is_known(reader, meant) and not is_known(reader, exact)


def router(service: Service) -> APIRouter:
    """The routes below `/applications`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/applications/{office}/{right}/{number:path}/certificate")
    def certificate(request: Request, office: str, right: str, number: str) -> Response:
        visit = Visit(request)
        wanted = number_of(service, visit, (office, right, number))
        if isinstance(wanted, Response):
            return wanted
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            values = _facts(reader, wanted)
        status = _STATUS.get(values["lookup"].standing, 200)
        return visit.page("certificate.html", status=status, manifest=service.manifest, **values)

    @routes.get("/applications/{office}/{right}/{number:path}")
    def application(request: Request, office: str, right: str, number: str) -> Response:
        visit = Visit(request)
        wanted = number_of(service, visit, (office, right, number))
        if isinstance(wanted, Response):
            return wanted
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            values = _facts(reader, wanted)
            values |= {
                **_claims(reader, visit, wanted),
                "history": reader.history_page(
                    wanted, limit=_PART, offset=offset_of(visit, "events"), newest_first=True
                ),
                "entry": reader.entry(wanted) if wanted.right in HIGHEST_CLASS else None,
            }
        status = _STATUS.get(values["lookup"].standing, 200)
        return visit.page("application.html", status=status, has_proof=_has_proof(service, values), **values)

    return routes


def offset_of(visit: Visit, name: str) -> int:
    """How many rows of a list of a page are left out; none where the parameter is no number."""
    text = visit.parameter(name) or ""
    return min(int(text), _FURTHEST) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _claims(reader: IndexReader, visit: Visit, number: OfficeNumber) -> dict[str, Page[Claim]]:
    """A part of the claims both ways."""
    made, resting = reader.count_claims(number)
    at, on = offset_of(visit, "made"), offset_of(visit, "resting")
    found = reader.claims_by(number, limit=_PART, offset=at), reader.claims_on(number, limit=_PART, offset=on)
    return {
        "claims_made": Page(tuple(found[0]), made, False, _PART, at),
        "claims_on": Page(tuple(found[1]), resting, False, _PART, on),
    }


def _remarks(number: OfficeNumber) -> tuple[str, ...]:
    """What the rules of its office say of a number: a form that it does not have, a check digit that does not fit."""
    found = read(number.number, number.right.value, number.office)
    if found.doubt is not None:
        return (found.doubt.message,)
    return found.number.warnings if isinstance(found.number, OfficeNumber) else ()


def _has_proof(service: Service, facts: dict[str, Any]) -> bool:
    """Whether this server can cut a proof; looked for only where there may be one, for that opens files."""
    may_be = facts["record"] is None or any(version.anchor_sequence is not None for version in facts["versions"])
    if service.proofs.is_empty or not may_be:
        return False
    try:
        return service.proofs.proof(facts["number"]) is not None
    except VerificationError:
        return False


def _facts(reader: IndexReader, number: OfficeNumber) -> dict[str, Any]:
    """What the page and the certificate have in common."""
    lookup = reader.look_up(number)
    signer = (number.office, lookup.record.signing_key) if lookup.record else None
    return {
        "number": number,
        "remarks": _remarks(number),
        "lookup": lookup,
        "record": lookup.record,
        "office": reader.office(number.office),
        "key": None if signer is None else reader.key(*signer),
        "suspension": None if signer is None else reader.key_suspension(*signer),
        "registries": reader.registries(),
        "versions": reader.versions(number),
        "conflicts": reader.conflicting_offers(number, limit=_MOST_OFFERS),
    }
