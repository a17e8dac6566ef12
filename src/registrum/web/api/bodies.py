"""Bodies of requests: JSON, and nothing else, decoded into what is expected.

Not its job: their size (`registrum.web.security`).
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from fastapi import Request

from registrum.web.errors import Refusal

__all__ = ["read_json"]

_T = TypeVar("_T")


async def read_json(request: Request, decoder: msgspec.json.Decoder[_T]) -> _T:
    """The body as a decoder has it.

    A body of another media type is refused, so that no form of another site can send one.

    Raises:
        Refusal: It is no JSON, or not of this form.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Refusal(
            415, "unsupported_media_type", "the body is not JSON", "Send it with Content-Type: application/json."
        )
    try:
        return decoder.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(
            400, "bad_request", f"body: {error}", "Check it against the schema in /api/v1/openapi.json."
        ) from error
