"""The front page, what the register is, and the list of what happened last.

Not its job: searching (`registrum.web.pages.search`).
"""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.errors import InputError
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service

__all__ = ["router"]

_NEWEST = 8
_FEED = 50
_HASH = re.compile(r"0x[0-9a-f]{64}")


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
        before = _position(visit, "before")
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            events = reader.feed(_FEED, before=before)
        return visit.page("live.html", events=events, before=before, is_full=len(events) == _FEED)

    @routes.get("/live/events")
    def newer(request: Request) -> Response:
        """What happened after a position, as a piece of a page for the script that polls.

        Where it is more than one answer holds, the oldest come, and the script asks again. Where the block that the
        last answer was of is not of the chain any more, what was shown may never have happened: the newest events come
        instead, and the answer says that they begin anew.
        """
        visit = Visit(request)
        after, block = _position(visit, "after"), _position(visit, "block")
        block_hash = visit.parameter("hash") or ""
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            vanished = block is not None and not (_HASH.fullmatch(block_hash) and reader.has_block(block, block_hash))
            events = reader.feed(_FEED, after=None if vanished else after)
        events.sort(key=lambda event: -event.position)
        return visit.page("live_events.html", events=events, vanished=vanished)

    @routes.get("/about")
    def about(request: Request) -> Response:
        visit = Visit(request)
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
        return visit.page("about.html", manifest=service.manifest)

    return routes


def _position(visit: Visit, name: str) -> int | None:
    """A place on the chain; None where none is given.

    Raises:
        InputError: What is given is none.
    """
    text = visit.parameter(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InputError(
            f"{name}: {text[:80]!r} is no place on the chain", remedy="Follow the links of the page /live."
        )
    return int(text)
