"""Answers of the interface: data, page and freshness in one form, with headers, entity tags and chosen fields.

    {"data": ..., "page": {...}, "readAt": {"blockNumber": 7, "blockHash": "0x...", "blockTime": "...", "lagBlocks": 0}}

The entity tag is weak and stands for `data` and `page` alone: as long as these are the same, a client that has them is
told so by 304, with the block of now in the headers. Not its job: what is in `data` (`registrum.web.api.shapes`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from fastapi import Request
from fastapi.responses import Response

from registrum.index.answers import Freshness
from registrum.index.reading import IndexReader
from registrum.web.errors import Refusal

__all__ = [
    "MOST_OFFSET",
    "answer",
    "chosen",
    "file_answer",
    "freshness_headers",
    "not_covered",
    "not_found",
    "page_of",
    "read_at",
    "require_covered",
    "require_known",
    "wanted_fields",
]

_ENCODE = msgspec.json.Encoder().encode
_JSON: Final = "application/json"
_REVALIDATE: Final = "no-cache"
MOST_OFFSET: Final = 10_000
"""Furthest offset of lists over all of the register; those of one number reach further."""


def read_at(freshness: Freshness) -> dict[str, Any]:
    """Freshness as every answer has it."""
    return freshness.to_json()


def freshness_headers(freshness: Freshness) -> dict[str, str]:
    """The same in headers, which 304 and answers without a body bear as well."""
    headers = {"Registrum-Index-Complete": "true" if freshness.is_complete else "false"}
    if freshness.block_number is not None:
        headers["Registrum-Block-Number"] = str(freshness.block_number)
        headers["Registrum-Block-Hash"] = str(freshness.block_hash)
    if freshness.lag_blocks is not None:
        headers["Registrum-Lag-Blocks"] = str(freshness.lag_blocks)
    return headers


def answer(
    request: Request,
    freshness: Freshness,
    data: Any,
    *,
    page: Mapping[str, Any] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that bears the block it was read at; 304 where the client has it already.

    Args:
        request: What was asked.
        freshness: Of what is answered.
        data: As JSON has it.
        page: Place in a list, where it is one.
        status: HTTP status.
        headers: Further ones.
    """
    content = b'"data":' + _ENCODE(data)
    if page is not None:
        content += b',"page":' + _ENCODE(page)
    body = b"{" + content + b',"readAt":' + _ENCODE(read_at(freshness)) + b"}"
    etag = f'W/"{_digest(content)}"'
    return _tagged(request, body, etag, {**freshness_headers(freshness), **(headers or {})}, status)


def file_answer(request: Request, freshness: Freshness, content: bytes, name: str) -> Response:
    """A file in JSON that is kept as it is, without a frame; 304 where the client has it already.

    Args:
        request: What was asked.
        freshness: Of the search for it.
        content: Of the file, byte for byte, for which its entity tag stands.
        name: Under which it is kept.
    """
    headers = {**freshness_headers(freshness), "Content-Disposition": f'attachment; filename="{name}"'}
    return _tagged(request, content, f'"{_digest(content)}"', headers)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _tagged(request: Request, body: bytes, etag: str, headers: Mapping[str, str], status: int = 200) -> Response:
    all_headers = {"ETag": etag, "Cache-Control": _REVALIDATE, **headers}
    if status == 200 and request.method in ("GET", "HEAD") and _has(request.headers.get("if-none-match"), etag):
        return Response(None, 304, all_headers)
    return Response(body, status, all_headers, _JSON)


def _has(header: str | None, etag: str) -> bool:
    """Whether an entity tag is in an `If-None-Match`; compared as weak ones are (RFC 9110, section 13.1.2)."""
    if header is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def not_found(freshness: Freshness, message: str, remedy: str = "", **details: Any) -> Refusal:
    """That something is not recorded, as of a block."""
    return _missing("not_found", freshness, message, remedy, details)


def not_covered(freshness: Freshness, message: str, remedy: str = "", **details: Any) -> Refusal:
    """That nothing can be said, since the office is not a member."""
    return _missing("not_covered", freshness, message, remedy, details)


def require_covered(reader: IndexReader, freshness: Freshness, office: str | None) -> None:
    """Say that nothing can be said, where an office that is asked about never was a member; None asks about all.

    Raises:
        Refusal: It never was.
    """
    if office is not None and reader.office(office) is None:
        raise not_covered(
            freshness,
            f"{office} was never a member of this consortium, so nothing can be said about what it has",
            "Ask the office itself.",
            ipOfficeCode=office,
        )


def _missing(code: str, freshness: Freshness, message: str, remedy: str, details: dict[str, Any]) -> Refusal:
    return Refusal(
        404,
        code,
        message,
        remedy,
        details=details,
        headers=freshness_headers(freshness),
        read_at=read_at(freshness),
    )


def page_of(
    request: Request, total: int, limit: int, offset: int, *, is_capped: bool = False, furthest: int = MOST_OFFSET
) -> dict[str, Any]:
    """The place of a page in its list, with the addresses of the next and the previous one.

    Args:
        request: What was asked.
        total: Items of the list.
        limit: Items of a page.
        offset: Items before this one.
        is_capped: Whether there are more than the total.
        furthest: Furthest offset that the address takes: there is no next page beyond it.
    """
    has_more = offset + limit < total
    is_reached = offset + limit <= furthest
    return {
        "total": total,
        "totalIsCapped": is_capped,
        "limit": limit,
        "offset": offset,
        "next": _at(request, limit, offset + limit) if has_more and is_reached else None,
        "previous": _at(request, limit, max(0, offset - limit)) if offset > 0 else None,
        "isCutOff": has_more and not is_reached,
    }


def _at(request: Request, limit: int, offset: int) -> str:
    """This address with another place, without the name of the server, which a proxy may have changed."""
    url = request.url.include_query_params(limit=limit, offset=offset)
    return f"{url.path}?{url.query}"


def wanted_fields(text: str | None, known: Iterable[str]) -> tuple[str, ...] | None:
    """The members that a client asks for; None for all.

    Raises:
        Refusal: One that there is not.
    """
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(","))
    known = list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refusal(
            400,
            "bad_request",
            f"query fields: there is no member {unknown[0]!r}",
            f"Members are {', '.join(known)}.",
            details={"members": known},
        )
    return names


def chosen(data: dict[str, Any], names: tuple[str, ...] | None) -> dict[str, Any]:
    """The members of an object that were asked for."""
    return data if names is None else {name: data[name] for name in names}


def require_known(request: Request, known: Iterable[str]) -> None:
    """Refuse a request with parameters that this address does not take, or one twice: such a filter is no filter.

    Raises:
        Refusal: It has one.
    """
    unknown = sorted(set(request.query_params.keys()) - set(known))
    if unknown:
        raise Refusal(
            400,
            "bad_request",
            f"query {unknown[0]}: there is no such parameter",
            f"Parameters here are {', '.join(sorted(known)) or 'none'}.",
            details={"unknown": unknown[:10]},
        )
    twice = sorted(name for name in set(request.query_params) if len(request.query_params.getlist(name)) > 1)
    if twice:
        raise Refusal(
            400,
            "bad_request",
            f"query {twice[0]}: it is given more than once",
            "Give every parameter once; commas separate the names in `fields`.",
            details={"repeated": twice[:10]},
        )
