"""How every failure becomes an HTTP answer: one form, a stable code, and never a stack trace.

    {"error": {"code": "not_found", "message": "...", "remedy": "...", "details": {}}, "readAt": {...}}

| code | status | what it says |
|---|---|---|
| `not_covered` | 404 | the office is not a member, or not any more, and has not recorded it: nothing can be said |
| `not_found` | 404 | it could be known here, and is not recorded |
| `conflict` | 409 | what was handed in contradicts what is recorded or was handed in before |
| `unreachable` | 503 | the node is needed for this, and cannot be reached: nothing is said about the matter itself |
| `index_not_complete` | 503 | the chain is still being read into the index: nothing is said about the matter itself |
| `bad_...` | 400 | what was asked cannot be read |

*Withdrawn* and *corrected* are no failures: the record is there, the answer is 200 and its `standing` says it.

Not its job: what offices' statements were refused for (`registrum.web.relay`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from registrum.client.forms import json_value
from registrum.errors import (
    ContractError,
    IdempotencyError,
    IndexDatabaseError,
    IndexIncompleteError,
    InputError,
    NetworkMismatchError,
    NodeError,
    OutboxError,
    RegistrumError,
    RpcError,
    SearchBusyError,
)

__all__ = ["Refusal", "answer_refusal", "error_response", "install", "internal_error", "refusal_of"]

_LOG = logging.getLogger("registrum.web")
_RETRY_AFTER_S = 5
_BY_STATUS = {
    400: ("bad_request", "the request cannot be read", "Check it against /api/v1/openapi.json."),
    404: ("no_such_resource", "there is nothing at this address", "/api/v1/openapi.json lists what there is."),
    405: (
        "method_not_allowed",
        "this address does not take this method",
        "The header Allow says which ones it takes.",
    ),
    413: ("too_large", "the request is too large", "Send less at a time."),
    415: ("unsupported_media_type", "the body is not JSON", "Send it with Content-Type: application/json."),
}


class Refusal(Exception):  # noqa: N818 - not every answer of this kind is an error of anyone
    """An answer that is not the one that was asked for.

    Args:
        status: HTTP status.
        code: Stable word that names the kind.
        message: What was wrong.
        remedy: What can be done.
        details: Further facts with stable keys.
        headers: Of the answer.
        read_at: Freshness that the answer rests on, as JSON has it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        remedy: str = "",
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        read_at: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.remedy = remedy
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        self.read_at = read_at


def refusal_of(error: RegistrumError) -> Refusal:
    """The answer that an error of the package becomes. What is said of the inside of the server is left out."""
    if isinstance(error, IdempotencyError):
        return Refusal(409, "conflict", error.message, error.remedy)
    if isinstance(error, InputError):
        return Refusal(400, error.code, error.message, error.remedy, details=json_value(error.details))
    if isinstance(error, NetworkMismatchError):
        return _unavailable(
            "network_mismatch", "the node is not the chain that this server is for", "Tell who runs this server."
        )
    if isinstance(error, NodeError | RpcError):
        return _unavailable(
            "unreachable",
            "the node cannot be reached, and this is asked of it each time",
            "Try again later; what the index holds is answered meanwhile.",
        )
    if isinstance(error, IndexIncompleteError):
        return _unavailable(
            "index_not_complete",
            "the chain is still being read into the index: nothing is said about the matter itself",
            "Try again later; /api/v1/status says how far it is.",
        )
    if isinstance(error, SearchBusyError):
        return Refusal(503, error.code, error.message, error.remedy, headers={"Retry-After": "1"})
    if isinstance(error, IndexDatabaseError):
        return _unavailable("index_unavailable", "the index cannot be read at present", "Try again later.")
    if isinstance(error, OutboxError):
        return _unavailable(
            "outbox_unavailable", "the statement could not be stored; it is not accepted", "Send it again later."
        )
    if isinstance(error, ContractError):
        return Refusal(409, "conflict", error.message, error.remedy, details={"error": error.code})
    return Refusal(500, "internal", "this server has failed", "Tell who runs it when this was.")


def _unavailable(code: str, message: str, remedy: str) -> Refusal:
    return Refusal(503, code, message, remedy, headers={"Retry-After": str(_RETRY_AFTER_S)})


def error_response(refusal: Refusal) -> Response:
    """A refusal as JSON."""
    body: dict[str, Any] = {
        "error": {
            "code": refusal.code,
            "message": refusal.message,
            "remedy": refusal.remedy,
            "details": refusal.details,
        }
    }
    if refusal.read_at is not None:
        body["readAt"] = refusal.read_at
    headers = {"Cache-Control": "no-store", **refusal.headers}
    return Response(msgspec.json.encode(body), refusal.status, headers, "application/json")


def install(app: FastAPI) -> None:
    """Have an application answer every failure in this form.

    Pages may set `app.state.render_error`, called with the request and the refusal for addresses outside of the
    interface; what it returns is the answer.
    """

    async def refused(request: Request, error: Exception) -> Response:
        # A page of an error reads the index: in a thread, as every other page.
        return await run_in_threadpool(answer_refusal, request, _as_refusal(request, error))

    for kind in (Refusal, RegistrumError, RequestValidationError, HTTPException, SQLAlchemyError):
        app.add_exception_handler(kind, refused)


def answer_refusal(request: Request, refusal: Refusal) -> Response:
    """A refusal as the address that was asked answers it: JSON, or a page."""
    render = getattr(request.app.state, "render_error", None)
    if render is None or request.url.path.startswith(("/api/", "/metrics")):
        return error_response(refusal)
    page: Response = render(request, refusal)
    return page


def _as_refusal(request: Request, error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        code, message, remedy = _BY_STATUS.get(
            error.status_code, ("refused", str(error.detail), "See /api/v1/openapi.json.")
        )
        headers = dict(error.headers or {})
        if error.status_code == 405:
            # The framework knows only the first address of this path.
            shapes = request.app.state.methods()
            headers["Allow"] = next(
                (all_ for shape, all_ in shapes if shape.fullmatch(request.url.path)), headers["Allow"]
            )
        return Refusal(error.status_code, code, message, remedy, headers=headers)
    if isinstance(error, RegistrumError):
        refusal = refusal_of(error)
        if refusal.status >= 500:
            _LOG.warning("%s %s: %s: %s", request.method, request.url.path, error.code, error.message)
        return refusal
    if isinstance(error, SQLAlchemyError):
        _LOG.error("%s %s: the index failed: %s", request.method, request.url.path, type(error).__name__)
        return _unavailable("index_unavailable", "the index cannot be read at present", "Try again later.")
    return internal_error(request, error)


def internal_error(request: Request, error: Exception) -> Refusal:
    """What is said of an error of the program itself; the log has the rest."""
    _LOG.error("%s %s: internal error", request.method, request.url.path, exc_info=error)
    return Refusal(500, "internal", "this server has failed", "Tell who runs it when this was.")


def _invalid(error: RequestValidationError) -> Refusal:
    """What was wrong with parameters, as places and reasons, without repeating what was sent."""
    faults = [
        {"in": str(item["loc"][0]), "name": ".".join(str(part) for part in item["loc"][1:]), "reason": item["msg"]}
        for item in error.errors()
    ]
    first = faults[0]
    where = f"{first['in']} {first['name']}".strip()
    return Refusal(
        400,
        "bad_request",
        f"{where}: {first['reason']}",
        "Check the parameters against /api/v1/openapi.json.",
        details={"faults": faults},
    )
