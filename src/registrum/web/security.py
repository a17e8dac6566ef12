"""What every answer bears and every request must keep to, whatever it is about.

| rule | against |
|---|---|
| content security policy without inline script, and from no other origin | texts of strangers that are markup |
| `Host` is one of the server's own names | pages of elsewhere that make their name point to this machine |
| bodies have a length and a time | requests that fill the memory, or never end |
| no name and version of the server, no stack trace | knowing what to try |

Not its job: how often one may ask (`registrum.web.limits`), who may write (`registrum.web.api.statements`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registrum.web.errors import Refusal, answer_refusal, error_response, internal_error
from registrum.web.settings import LOOPBACK_NAMES

__all__ = ["CONTENT_SECURITY_POLICY", "BodyBounds", "HostCheck", "SafeAnswers"]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HEADERS_OVER_TLS = {
    # Browsers ignore it elsewhere, and complain on every page.
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SafeAnswers:
    """Puts the headers on every answer, answers HEAD as GET without the body, and an error of the program by 500.

    Args:
        app: What is behind.
        cross_origin: Whether pages of other origins may be allowed to read answers.
    """

    def __init__(self, app: ASGIApp, *, cross_origin: bool = False) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if cross_origin:
            self._headers["Cross-Origin-Resource-Policy"] = "cross-origin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        is_head = scope["method"] == "HEAD"

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                own = self._headers | (_HEADERS_OVER_TLS if scope["scheme"] == "https" else {})
                for name, value in own.items():
                    headers.setdefault(name, value)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET"} if is_head else scope
        try:
            await self._app(inner, receive, send_safely)
        except Exception as error:
            refusal = internal_error(Request(scope), error)
            if started:
                raise
            answer = await run_in_threadpool(answer_refusal, Request(scope), refusal)
            await answer(inner, receive, send_safely)


class HostCheck:
    """Answers requests only that name one of the server's own names.

    Args:
        app: What is behind.
        allowed: Names besides those of this machine; `*` for any.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str] = ()) -> None:
        self._app = app
        self._allowed = {name.lower() for name in (*LOOPBACK_NAMES, *allowed)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] == "http" and "*" not in self._allowed:
            name = host_name(Headers(scope=scope).get("host", ""))
            if name not in self._allowed:
                refusal = Refusal(
                    400,
                    "bad_host",
                    "the request names a host that this server does not answer for",
                    "Whoever runs it can allow the name: registrum serve --allowed-host NAME.",
                )
                # No page: under a name that is not its own, the server shows nothing of itself.
                await error_response(refusal)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def host_name(header: str) -> str:
    """The name in a `Host` header, without port and brackets, in lower case."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


class BodyBounds:
    """Refuses bodies that are too long, or take too long to come.

    Args:
        app: What is behind.
        most_bytes: Longest body.
        timeout_s: Seconds in which it must have come.
    """

    def __init__(self, app: ASGIApp, most_bytes: int, timeout_s: float) -> None:
        self._app = app
        self._most = most_bytes
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body within its bounds, then let the request through."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if not (stated.isascii() and stated.isdigit() and len(stated) < 20) or int(stated) > self._most:
            await self._refuse(scope, receive, send)
            return
        body = bytearray()
        try:
            async with asyncio.timeout(self._timeout_s):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return
                    body += message.get("body", b"")
                    if len(body) > self._most:
                        await self._refuse(scope, receive, send)
                        return
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            refusal = Refusal(
                408,
                "body_timeout",
                f"the body did not come within {self._timeout_s:g} s",
                "Send it again over a better connection.",
                headers={"Connection": "close"},
            )
            await error_response(refusal)(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self._app(scope, replay, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = Refusal(
            413,
            "too_large",
            f"the body is longer than the {self._most} bytes that this server takes",
            "Send less at a time.",
            details={"mostBytes": self._most},
            headers={"Connection": "close"},
        )
        await error_response(refusal)(scope, receive, send)
