"""The front page, what the register is, and the list of what happened last.

Not its job: searching (`registrum.web.pages.search`).
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.web.pages.rendering import Visit
from registrum.web.service import Service

__all__ = ["router"]

_NEWEST = 8
_FEED = 50


def router(service: Service) -> APIRouter:
    """The routes `/`, `/live`, `/live/events` and `/about`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def home(request: Request) -> Response:
        visit = Visit(request)
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            events, counts, offices = reader.feed(_NEWEST), reader.office_counts(), reader.offices()
        return visit.page("home.html", events=events, counts=counts, offices=offices)

    @routes.get("/live")
    def live(request: Request) -> Response:
        visit = Visit(request)
        before = _position(visit.parameter("before"))
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            events = reader.feed(_FEED, before=before)
        return visit.page("live.html", events=events, before=before, is_full=len(events) == _FEED)

    @routes.get("/live/events")
    def newer(request: Request) -> Response:
        """What happened after a position, as a piece of a page for the script that polls.

        Where it is more than one answer holds, the oldest come, and the script asks again.
        """
        visit = Visit(request)
        after = _position(visit.parameter("after"))
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            events = reader.feed(_FEED, after=after)
        return visit.page("live_events.html", events=sorted(events, key=lambda event: -event.position))

    @routes.get("/about")
    def about(request: Request) -> Response:
        visit = Visit(request)
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
        return visit.page("about.html", manifest=service.manifest)

    return routes


def _position(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
