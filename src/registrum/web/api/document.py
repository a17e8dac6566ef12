"""The OpenAPI document of the interface, at `/api/v1/openapi.json`.

Parameters come from the addresses, answers from `registrum.web.api.models`. FastAPI documents its own form of an
invalid request, which nobody gets here; that is taken out. Not its job: pages, which are for people.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

from registrum.web.api import models
from registrum.web.api.routes import PREFIX

__all__ = ["publish"]

_DESCRIPTION = """Application numbers, priority checks and the trade mark and design register of a consortium of
intellectual property offices, read from an index of its chain.

Every answer says in `readAt` of which block it is, and how many blocks the index is behind its node. Five answers are
never mixed up: `not_covered` (404), `not_found` (404), `withdrawn` or `corrected` (200, in `standing`), `conflict`
(409, or the state of a statement), `unreachable` (503).
"""


def publish(app: FastAPI) -> None:
    """Publish the document of an application."""

    @cache
    def document() -> bytes:
        return msgspec.json.encode(_document(app))

    @cache
    def methods() -> list[tuple[re.Pattern[str], str]]:
        return _methods(_document(app))

    app.state.methods = methods

    def openapi(_: Request) -> Response:
        return Response(document(), media_type="application/json", headers={"Cache-Control": "max-age=300"})

    app.add_api_route(f"{PREFIX}/openapi.json", openapi, methods=["GET"], include_in_schema=False)


def _methods(document: dict[str, Any]) -> list[tuple[re.Pattern[str], str]]:
    """Shapes of the addresses, and the methods that each takes, for the header `Allow`."""
    found = []
    for path, operations in document["paths"].items():
        shape = re.sub(r"\\\{(\w+)\\\}", lambda part: ".+" if part[1] == "number" else "[^/]+", re.escape(path))
        found.append((re.compile(shape), ", ".join(sorted(method.upper() for method in operations))))
    return found


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title="Registrum",
        version="1.0.0",
        summary="A distributed register for intellectual property offices",
        description=_DESCRIPTION,
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    needs_key = bool(app.state.service.settings.api_keys)
    made["paths"] = {path: operations for path, operations in made["paths"].items() if path.startswith(PREFIX)}
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            if "security" in operation and not needs_key:
                operation["security"].insert(0, {})
    schemas = made["components"]["schemas"]
    for model in models.BODIES:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return made
