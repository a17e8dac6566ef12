"""What every kind of page keeps to: accessible in light, dark and on a phone, safe, and dated by its block."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible, assert_fits_its_window
from tests.browser.conftest import Pages
from tests.browser.kinds import KINDS
from tests.browser.site import Site

KEPT_DARK = ("home", "search-narrowed", "record-suspect", "entry", "priority-valid", "proposal", "live")
"""Of what there is a picture by night as well."""
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def visit(page: Page, site: Site, kind: str) -> None:
    status, address = KINDS[kind]
    answer = page.goto(address(site.holds))
    assert answer is not None
    assert answer.status == status, page.url


@pytest.fixture
def tolerant(pages: Pages, page: Page) -> Page:
    """A page that may be answered by a status which the browser reports as an error."""
    pages.expect("status of 40[04]")
    return page


@EVERY_KIND
def test_on_a_desk(tolerant: Page, site: Site, kind: str, screenshot: Callable[..., Path]) -> None:
    visit(tolerant, site, kind)
    expect(tolerant.locator("h1")).to_have_count(1)
    block = tolerant.get_by_label("State of the data")
    if kind == "no-page":
        expect(block).to_contain_text("No block has been read")
    else:
        expect(block).to_contain_text(re.compile(r"Read at block [\d,]+ 0x[0-9a-f]{8}…[0-9a-f]{6}, 20"))
    assert_accessible(tolerant)
    screenshot(tolerant)


@EVERY_KIND
def test_in_the_dark(dark_page: Page, pages: Pages, site: Site, kind: str, screenshot: Callable[..., Path]) -> None:
    pages.expect("status of 40[04]")
    visit(dark_page, site, kind)
    assert_accessible(dark_page)
    if kind in KEPT_DARK:
        screenshot(dark_page)


@EVERY_KIND
def test_on_a_phone(phone_page: Page, pages: Pages, site: Site, kind: str, screenshot: Callable[..., Path]) -> None:
    pages.expect("status of 40[04]")
    visit(phone_page, site, kind)
    open_all(phone_page)
    assert_fits_its_window(phone_page)
    assert_accessible(phone_page)
    screenshot(phone_page)


def open_all(page: Page) -> None:
    """Open what is folded: it has to fit as well."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
