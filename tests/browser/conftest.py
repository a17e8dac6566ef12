"""Pages for tests: a Chromium a session, a fresh context a test, watched for errors and for foreign requests.

The server under test is `registrum serve` over a chain with records of every kind, one a session (`site`). A module
that tests pages of another server defines a fixture `site_url` of its own: addresses in `page.goto` are relative to it.
A module whose tests only visit pages says `ONE_WINDOW = True`, and they share a window, which is emptied in between: a
context costs the browser more than a visit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import find
from tests.browser.site import Site, running_site
from tests.browser.watch import Watch

SCREENSHOTS = Path(__file__).resolve().parents[2] / "reports" / "screenshots"
TIMEOUT_MS = 20_000
"""For what a page is waited for; a busy machine must not fail a test."""
expect.set_options(timeout=TIMEOUT_MS)
HOST_NAME = "register.test"
"""A name that is not this machine's own to a browser: over plain http it is no secure context."""

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # neither root nor most containers can have one; all pages are our own
    f"--host-resolver-rules=MAP {HOST_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


class Pages:
    """Opens watched pages on one server; each has a context of its own, with nothing of the others' in it.

    Args:
        browser: What opens them.
        site_url: The server under test.
    """

    def __init__(self, browser: Browser, site_url: str) -> None:
        self._browser = browser
        self._site_url = site_url
        self._contexts: list[BrowserContext] = []
        self._watches: list[Watch] = []

    def open(self, *, site_url: str = "", **options: Any) -> Page:
        """Open an empty page.

        Args:
            site_url: The same server under another address.
            **options: Of `Browser.new_context`, for instance `color_scheme="dark"`.
        """
        address = site_url or self._site_url
        context = self._browser.new_context(base_url=address, **options)
        context.set_default_timeout(TIMEOUT_MS)
        self._contexts.append(context)
        self._watches.append(Watch(context, address))
        return context.new_page()

    def expect(self, pattern: str) -> None:
        """Take complaints that this regular expression is found in as part of the test, on all pages opened so far."""
        for watch in self._watches:
            watch.expect(pattern)

    def complaints(self) -> list[str]:
        """What the pages did that they must not do."""
        return [complaint for watch in self._watches for complaint in watch.complaints()]

    def close(self) -> None:
        """Close all pages; what they still had to say has been heard afterwards."""
        for context in self._contexts:
            context.close()


class Window(Pages):
    """One page at a desk for several tests, one after another; `empty` and `forget` stand between them."""

    def __init__(self, browser: Browser, site_url: str) -> None:
        super().__init__(browser, site_url)
        self.page = self.open(**DESK)

    def empty(self) -> None:
        """Leave the page, and all that the site keeps in a browser; what it still had to say has been heard then."""
        self.page.goto("about:blank")
        self.page.emulate_media(media="null")
        self.page.context.clear_cookies()

    def forget(self) -> None:
        """Begin a test: nothing is complained of yet, and no complaint is expected."""
        for watch in self._watches:
            watch.forget()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find(playwright), headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def site_url(site: Site) -> str:
    return site.url


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[Window]:
    opened = Window(browser, site.url)
    yield opened
    opened.close()


@pytest.fixture
def pages(request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Opens pages with options of their own; fails the test for what any of them did that it must not do."""
    if getattr(request.module, "ONE_WINDOW", False):
        window: Window = request.getfixturevalue("window")
        window.forget()
        yield window
        window.empty()
        opened: Pages = window
    else:
        opened = Pages(request.getfixturevalue("browser"), request.getfixturevalue("site_url"))
        yield opened
        opened.close()
    assert not opened.complaints(), "\n".join(opened.complaints())


@pytest.fixture
def page(pages: Pages) -> Page:
    """A page in a window of a desk's size."""
    return pages.page if isinstance(pages, Window) else pages.open(**DESK)


@pytest.fixture
def phone_page(pages: Pages) -> Page:
    """A page on a narrow phone."""
    return pages.open(**PHONE)


@pytest.fixture
def plain_page(pages: Pages) -> Page:
    """A page without JavaScript."""
    return pages.open(java_script_enabled=False)


@pytest.fixture
def dark_page(pages: Pages) -> Page:
    """A page for somebody who prefers dark ones."""
    return pages.open(color_scheme="dark")


@pytest.fixture
def named_page(pages: Pages, site_url: str) -> Page:
    """A page of the same server under a host name over plain http: browsers withhold some functions there."""
    return pages.open(site_url=f"http://{HOST_NAME}:{urlsplit(site_url).port}")


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Keeps a picture of a whole page in `reports/screenshots`, named after the test and, if given, its subject."""

    def keep(page: Page, subject: str = "") -> Path:
        name = "-".join(filter(None, (request.node.name.removeprefix("test_"), subject)))
        file = SCREENSHOTS / (re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-") + ".jpeg")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        # To compress the same picture as PNG takes the browser twice as long as to draw it.
        page.screenshot(path=file, full_page=True, quality=80)
        return file

    return keep
