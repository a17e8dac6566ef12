"""Pages in a window of 320 CSS pixels: nothing to scroll sideways for (WCAG 2.2, 1.4.10)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import assert_fits_its_window
from tests.browser.conftest import Pages
from tests.browser.kinds import KINDS
from tests.browser.site import Site

NARROWEST = {"width": 320, "height": 640}
"""As wide as a window of 1280 pixels is at 400 per cent."""
WIDEST_KINDS = (
    "search-narrowed",
    "record-corrected",
    "record-certificate",
    "entry-past",
    "entry-certificate",
    "verify-mismatch",
    "priority-valid",
    "office-calendar",
    "office-hostile",
    "consortium",
    "proposal",
    "live",
    "transaction",
)
"""Those with tables, forms, digests or long names."""


@pytest.fixture
def narrow_page(pages: Pages) -> Page:
    return pages.open(viewport=NARROWEST)


def test_nothing_is_wider_than_the_narrowest_window(narrow_page: Page, site: Site) -> None:
    for kind in WIDEST_KINDS:
        narrow_page.goto(KINDS[kind][1](site.holds))
        assert narrow_page.evaluate("document.documentElement.clientWidth") <= NARROWEST["width"]
        assert_fits_its_window(narrow_page)
