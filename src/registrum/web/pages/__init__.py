"""The explorer: pages for people, rendered on the server, that work without any script.

    install(app, service)

Not its job: answers for programs (`registrum.web.api`), headers that every answer has (`registrum.web.security`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from registrum.web.errors import Refusal
from registrum.web.pages import applications, checking, consortium, home, offices, registrations, search
from registrum.web.pages.rendering import Visit
from registrum.web.service import Service

__all__ = ["install"]

_STATIC: Final = Path(__file__).resolve().parent.parent / "static"
_KINDS: Final = {
    "unreachable": "unreachable",
    "index_unavailable": "index",
    "network_mismatch": "network",
    "no_such_resource": "address",
    "rate_limited": "often",
}


def install(app: FastAPI, service: Service) -> None:
    """Add the pages and their files to an application, and have it show errors outside of the interface as pages."""
    for part in (home, search, applications, registrations, checking, offices, consortium):
        app.include_router(part.router(service))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    def render_error(request: Request, refusal: Refusal) -> Response:
        kind = _KINDS.get(refusal.code, "failed" if refusal.status >= 500 else "refused")
        response = Visit(request).page("error.html", status=refusal.status, refusal=refusal, kind=kind)
        response.headers.update(refusal.headers)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.state.render_error = render_error
