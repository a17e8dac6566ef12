"""The FastAPI application: what is between a request and its answer, and in which order.

From outside in: headers of every answer and errors of the program, the rate, the name of the host, the size of the
body, the addresses. Not its job: running it (`registrum.cli.serve`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from registrum.web import errors, metrics
from registrum.web.api.document import publish
from registrum.web.api.routes import router
from registrum.web.limits import Limiter, RateLimits
from registrum.web.pages import install
from registrum.web.security import BodyBounds, HostCheck, SafeAnswers
from registrum.web.service import Service
from registrum.web.settings import WebSettings

__all__ = ["create_app"]

_READ_HEADERS = [
    "ETag",
    "Retry-After",
    "Location",
    "Registrum-Block-Number",
    "Registrum-Block-Hash",
    "Registrum-Lag-Blocks",
    "Registrum-Index-Complete",
]


def create_app(service: Service) -> FastAPI:
    """The application that answers from a service; it starts and closes the service with itself.

    Args:
        service: Index, node, relay, proofs, and the bounds of the server.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        try:
            yield
        finally:
            service.close()

    # The documentation pages of FastAPI load scripts from elsewhere; the document itself is published.
    app = FastAPI(
        title="Registrum",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.metrics = metrics.Requests()
    errors.install(app)
    app.include_router(router)
    app.include_router(metrics.router)
    publish(app)
    install(app, service)
    _add_bounds(app, service.settings)
    return app


def _add_bounds(app: FastAPI, settings: WebSettings) -> None:
    """Put what bounds requests around the application; what is added last is outermost."""
    app.add_middleware(BodyBounds, most_bytes=settings.max_body_bytes, timeout_s=settings.body_timeout_s)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=_READ_HEADERS,
        )
    app.add_middleware(HostCheck, allowed=settings.allowed_hosts)
    app.add_middleware(
        RateLimits,
        reads=_limiter(settings.reads_per_s, settings.reads_at_once),
        writes=_limiter(settings.writes_per_s, settings.writes_at_once),
    )
    app.add_middleware(metrics.Counted, requests=app.state.metrics)
    app.add_middleware(SafeAnswers, cross_origin=bool(settings.cors_origins))


def _limiter(rate: float | None, burst: int) -> Limiter | None:
    return None if rate is None else Limiter(rate, burst)
