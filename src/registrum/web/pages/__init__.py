"""The explorer: pages for people, rendered on the server, that work without any script.

    install(app, service)

Not its job: answers for programs (`registrum.web.api`), headers that every answer has (`registrum.web.security`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from registrum.errors import RegistrumError
from registrum.index.answers import Freshness
from registrum.web.errors import Refusal
from registrum.web.pages import applications, audits, checking, consortium, home, offices, registrations, search
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service
from registrum.web.texts import LANGUAGES, texts

__all__ = ["install"]

_STATIC: Final = Path(__file__).resolve().parent.parent / "static"
_KINDS: Final = {
    "unreachable": "unreachable",
    "index_unavailable": "index",
    "index_not_complete": "loading",
    "network_mismatch": "network",
    "no_such_resource": "address",
    "rate_limited": "often",
    "search_busy": "busy",
}


_UNREAD: Final = frozenset({"index", "failed", "often", "busy"})
"""Errors at which the index is left in peace: it is the fault, or there is too much to do."""


class _Files(StaticFiles):
    """Files that browsers ask about each time they use them: modules import one another without any stamp."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(app: FastAPI, service: Service) -> None:
    """Add the pages and their files to an application, and have it show errors outside of the interface as pages."""
    for part in (home, search, applications, registrations, checking, audits, offices, consortium):
        app.include_router(part.router(service))
    for language in LANGUAGES:
        # Reading catalogues takes a while, which no first visitor should wait for.
        texts(language)
    app.mount("/static", _Files(directory=_STATIC), name="static")
    # What browsers ask for of their own accord where an answer is no page that could name its icon.
    app.add_route("/favicon.ico", lambda _: RedirectResponse("/static/seal.svg", 308), include_in_schema=False)

    def render_error(request: Request, refusal: Refusal) -> Response:
        kind = _KINDS.get(refusal.code, "failed" if refusal.status >= 500 else "refused")
        visit = Visit(request)
        if kind not in _UNREAD:
            visit.freshness = _freshness(service)
        response = visit.page("error.html", status=refusal.status, refusal=refusal, kind=kind)
        response.headers.update(refusal.headers)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.state.render_error = render_error


def _freshness(service: Service) -> Freshness | None:
    """The block that the index is at; None where it cannot be read just now."""
    try:
        with service.read() as reader:
            return service.freshness(reader)
    except (RegistrumError, SQLAlchemyError):
        return None
