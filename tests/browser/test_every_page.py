"""What every kind of page keeps to: accessible in light, dark and on a phone, safe, and dated by its block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import RULES_OF_COLOUR, assert_accessible, assert_fits_its_window
from tests.browser.conftest import PHONE, Pages
from tests.browser.kinds import KINDS
from tests.browser.site import Site

WINDOWS: dict[str, dict[str, Any]] = {"desk": {"viewport": {"width": 1280, "height": 900}}, "phone": PHONE}
KEPT_DARK = ("home", "search-narrowed", "record-suspect", "entry", "priority-valid", "proposal", "live")
"""Of what there is a picture by night as well."""
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


class Windows:
    """One page for each way of looking, kept from test to test: a window costs the browser more than a visit.

    Args:
        browser: What opens them.
        site: The server under test.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._site = site
        self._pages = Pages(browser, site.url)
        self._by_name = {name: self._pages.open(**options) for name, options in WINDOWS.items()}
        self._pages.expect("status of 40[04]")
        self._heard = 0

    def visit(self, name: str, kind: str) -> Page:
        """Go to a page of a kind, which must be answered by its status."""
        status, address = KINDS[kind]
        page = self._by_name[name]
        answer = page.goto(address(self._site.holds))
        assert answer is not None
        assert answer.status == status, page.url
        return page

    def new_complaints(self) -> list[str]:
        """What the pages did that they must not do, since this was last asked."""
        heard, self._heard = self._heard, len(self._pages.complaints())
        return self._pages.complaints()[heard:]

    def close(self) -> None:
        self._pages.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, site: Site) -> Iterator[Windows]:
    made = Windows(browser, site)
    yield made
    made.close()


@pytest.fixture
def windows(opened: Windows) -> Iterator[Windows]:
    yield opened
    assert opened.new_complaints() == []


@pytest.fixture(scope="module", params=KINDS)
def desk(request: pytest.FixtureRequest, opened: Windows) -> Page:
    """A page of each kind, loaded once and looked at by day and by night."""
    return opened.visit("desk", request.param)


@pytest.mark.usefixtures("windows")
def test_on_a_desk(desk: Page, screenshot: Callable[..., Path]) -> None:
    expect(desk.locator("h1")).to_have_count(1)
    block = re.compile(r"Read at block [\d,]+ 0x[0-9a-f]{58}…[0-9a-f]{6}, 20")
    expect(desk.get_by_label("State of the data")).to_contain_text(block)
    assert_accessible(desk)
    screenshot(desk)


@pytest.mark.usefixtures("windows")
def test_in_the_dark(desk: Page, request: pytest.FixtureRequest, screenshot: Callable[..., Path]) -> None:
    desk.emulate_media(color_scheme="dark")
    try:
        assert desk.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert_accessible(desk, only=RULES_OF_COLOUR)
        if request.node.callspec.params["desk"] in KEPT_DARK:
            screenshot(desk)
    finally:
        desk.emulate_media(color_scheme="light")


@EVERY_KIND
def test_on_a_phone(windows: Windows, kind: str, screenshot: Callable[..., Path]) -> None:
    page = windows.visit("phone", kind)
    # What is folded has to fit as well.
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert_fits_its_window(page)
    assert_accessible(page)
    screenshot(page)
