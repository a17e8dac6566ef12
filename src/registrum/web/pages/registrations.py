"""The page of a register entry: how it stands, its timeline, what stood on a day, and its certificate.

Not its job: application records (`registrum.web.pages.applications`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.errors import InputError
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber
from registrum.rights.history import verify_history
from registrum.rights.model import Entry
from registrum.rights.values import HIGHEST_CLASS
from registrum.web.pages.applications import number_of
from registrum.web.pages.forms import Form
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service

__all__ = ["router"]


def router(service: Service) -> APIRouter:
    """The routes below `/registrations`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/registrations/{office}/{right}/{number:path}/certificate")
    def certificate(request: Request, office: str, right: str, number: str) -> Response:
        return _page(service, Visit(request), "entry_certificate.html", (office, right, number))

    @routes.get("/registrations/{office}/{right}/{number:path}")
    def registration(request: Request, office: str, right: str, number: str) -> Response:
        return _page(service, Visit(request), "registration.html", (office, right, number))

    return routes


def _page(service: Service, visit: Visit, template: str, path: tuple[str, str, str]) -> Response:
    wanted = number_of(service, visit, path)
    if isinstance(wanted, Response):
        return wanted
    form = Form(visit)
    on, known_on = form.day("on"), form.day("knownOn")
    if known_on and not on and not form.faults:
        form.require("on")
    with service.read() as reader:
        visit.freshness = service.freshness(reader)
        entry = reader.entry(wanted) if wanted.right in HIGHEST_CLASS else None
        if entry is None:
            lookup, office = reader.look_up(wanted), reader.office(wanted.office)
            return visit.page("no_entry.html", status=404, number=wanted, lookup=lookup, office=office)
        values = _facts(reader, entry)
        values |= _past(reader, wanted, form, on, known_on)
    return visit.page(template, form=form, manifest=service.manifest, **values)


def _facts(reader: IndexReader, entry: Entry) -> dict[str, Any]:
    number = entry.number
    return {
        "number": number,
        "entry": entry,
        "report": verify_history(reader.events(number), entry),
        "standing": reader.standing(number),
        "office": reader.office(number.office),
        "timeline": reader.timeline(number),
        "relations": reader.relations(number),
        "codes": reader.codes(),
        "record": reader.record(number),
    }


def _past(
    reader: IndexReader, number: OfficeNumber, form: Form, on: date | None, known_on: date | None
) -> dict[str, Any]:
    if on is None or form.faults:
        return {"past": None}
    try:
        return {"past": reader.status_on(number, on, known_on)}
    except InputError as error:
        form.note("on", error)
        return {"past": None}
