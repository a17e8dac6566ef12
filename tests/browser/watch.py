"""What a page must not do while a test looks at it: report an error, or ask another host for anything."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

LOCAL_SCHEMES = ("about", "blob", "data")
"""Addresses that never reach a network."""


class Watch:
    """Listens to all pages of a context.

    Args:
        context: The pages to listen to.
        site_url: The server under test; requests to any other origin are complaints.
    """

    def __init__(self, context: BrowserContext, site_url: str) -> None:
        self._origin = urlsplit(site_url)[:2]
        self._complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def expect(self, pattern: str) -> None:
        """Take complaints that this regular expression is found in as part of the test, for instance a status 404."""
        self._expected.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """What was seen and not expected, in the order of events."""
        return [text for text in self._complaints if not any(known.search(text) for known in self._expected)]

    def forget(self) -> None:
        """Begin anew: nothing was seen, and nothing is expected."""
        self._complaints.clear()
        self._expected.clear()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"console error: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self._complaints.append(f"uncaught in the page: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in LOCAL_SCHEMES and parts[:2] != self._origin:
            self._complaints.append(f"request to another host: {request.url}")
