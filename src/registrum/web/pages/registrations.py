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
from registrum.index.answers import Page
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber
from registrum.rights.history import verify_history
from registrum.rights.model import Entry
from registrum.rights.values import HIGHEST_CLASS
from registrum.web.pages.applications import number_of, offset_of
from registrum.web.pages.forms import Form
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service

__all__ = ["router"]

_PART, _CERTIFIED = 50, 500
"""Events of one page, and of one page of a certificate."""
_MOST_READ = 2_000
"""Events of an entry whose whole history is read, and checked, for each page."""


def router(service: Service) -> APIRouter:
    """The routes below `/registrations`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/registrations/{office}/{right}/{number:path}/certificate")
    def certificate(request: Request, office: str, right: str, number: str) -> Response:
        return _page(service, Visit(request), "entry_certificate.html", (office, right, number), _CERTIFIED, False)

    @routes.get("/registrations/{office}/{right}/{number:path}")
    def registration(request: Request, office: str, right: str, number: str) -> Response:
        return _page(service, Visit(request), "registration.html", (office, right, number), _PART, True)

    return routes


def _page(
    service: Service, visit: Visit, template: str, path: tuple[str, str, str], part: int, newest_first: bool
) -> Response:
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
        values = _facts(reader, visit, entry, part, newest_first)
        values |= _past(reader, wanted, form, on, known_on)
    return visit.page(template, form=form, manifest=service.manifest, **values)


def _facts(reader: IndexReader, visit: Visit, entry: Entry, part: int, newest_first: bool) -> dict[str, Any]:
    number = entry.number
    at = offset_of(visit, "relations")
    relations = reader.relations(number, limit=_PART, offset=at)
    return {
        **_timeline(reader, visit, entry, part, newest_first),
        "number": number,
        "entry": entry,
        "standing": reader.standing(number),
        "office": reader.office(number.office),
        "relations": Page(tuple(relations), reader.count_relations(number), False, _PART, at),
        "codes": reader.codes(),
        "record": reader.record(number),
    }


def _timeline(reader: IndexReader, visit: Visit, entry: Entry, part: int, newest_first: bool) -> dict[str, Any]:
    """A part of the timeline, what is to be remarked of all of it, and whether it is the whole history.

    An entry may have 65,535 events: of one with very many, only what is shown is read.
    """
    number, total = entry.number, entry.event_count

    def before(sequence: int) -> int:
        """Events before the part that an event is in."""
        return (total - sequence if newest_first else sequence - 1) // part * part

    # Others name an event by its number, which stays, and not by its place on this page.
    wanted = offset_of(visit, "event")
    at = before(wanted) if 0 < wanted <= total else offset_of(visit, "events")
    if total > _MOST_READ:
        shown = reader.timeline_page(number, limit=part, offset=at, newest_first=newest_first)
        report, remarkable = None, [*shown.items]
    else:
        report, remarkable = verify_history(reader.events(number), entry), reader.timeline(number)
        ordered = remarkable[::-1] if newest_first else remarkable
        shown = Page(tuple(ordered[at : at + part]), len(ordered), False, part, at)
    here = {item.recorded.sequence for item in shown.items}

    def event_address(sequence: int) -> str:
        """Where an event is shown: on this page, or on the one that has it."""
        page = "" if sequence in here else visit.link(event=None, events=before(sequence) or None)
        return f"{page}#event-{sequence}"

    return {"timeline": shown, "remarkable": remarkable, "report": report, "event_address": event_address}


def _past(
    reader: IndexReader, number: OfficeNumber, form: Form, on: date | None, known_on: date | None
) -> dict[str, Any]:
    today = reader.today()
    if known_on is not None and known_on > today:
        form.refuse("knownOn", "fault-not-known-yet", day=today)
    if on is None or form.faults:
        return {"past": None}
    try:
        return {"past": reader.status_on(number, on, known_on), "is_forecast": on > today}
    except InputError as error:
        form.note("on", error)
        return {"past": None}
