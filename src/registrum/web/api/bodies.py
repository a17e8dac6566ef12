"""Bodies of requests: JSON, and nothing else, decoded into what is expected.

A name that an object has twice is refused: which of the two counts is left to each reader (RFC 8259, section 4), so
what one of them checked need not be what another one acts on. Not its job: their size (`registrum.web.security`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from fastapi import Request

from registrum.web.errors import Refusal

__all__ = ["read_json"]

_T = TypeVar("_T")
_LONGEST_NAME = 80
"""Characters of a name that are said again."""


async def read_json(request: Request, decoder: msgspec.json.Decoder[_T]) -> _T:
    """The body as a decoder has it.

    A body of another media type is refused, so that no form of another site can send one.

    Raises:
        Refusal: It is no JSON, not of this form, or an object of it has a member twice.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Refusal(
            415, "unsupported_media_type", "the body is not JSON", "Send it with Content-Type: application/json."
        )
    body = await request.body()
    try:
        found = decoder.decode(body)
        json.loads(body, object_pairs_hook=_once)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Refusal(
            400, "bad_request", f"body: {error}", "Check it against the schema in /api/v1/openapi.json."
        ) from error
    return found


def _once(members: Sequence[tuple[str, Any]]) -> None:
    """Refuse an object that has a member twice."""
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            raise Refusal(
                400,
                "bad_request",
                f"body: the member {name[:_LONGEST_NAME]!r} is there twice",
                "Give every member of an object once.",
                details={"member": name[:_LONGEST_NAME]},
            )
        seen.add(name)
