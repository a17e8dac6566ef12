"""Readers of every kind: by keyboard alone, in another language, on a narrow screen in longer words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible, assert_fits_its_window
from tests.browser.conftest import PHONE, Pages
from tests.browser.kinds import KINDS
from tests.browser.site import Site

FOCUSED = """
() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element.id || element.textContent.trim(),
    isShown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && style.visibility === "visible",
    isMarked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
  };
}
"""
MOST_STOPS = 40


def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_every_stop_can_be_seen_and_search_is_reached(page: Page) -> None:
    page.goto("/")
    stops: list[dict[str, Any]] = []
    while len(stops) < MOST_STOPS and (not stops or stops[-1]["name"] != "q"):
        page.keyboard.press("Tab")
        page.wait_for_function("() => document.activeElement !== document.body")
        stops.append(page.evaluate(FOCUSED))
    assert stops[-1]["name"] == "q"
    assert [stop["name"] for stop in stops if not stop["isShown"]] == []
    assert [stop["name"] for stop in stops if not stop["isMarked"]] == []
    page.keyboard.type("EM/T/018660437")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("EM/T/018660437")


def test_a_claim_is_checked_by_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(f"/priority-check?earlier={site.holds.filed.text}&claimedDate=2024-01-31")
    page.get_by_label("Office of second filing").focus()
    page.keyboard.type("JP")
    page.keyboard.press("Tab")
    page.keyboard.type("T: ")
    page.keyboard.press("Tab")
    page.get_by_role("group", name="Later application").get_by_label("Filing date").fill("2024-08-02")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer='verdict-valid']")).to_be_visible()


def test_every_field_has_a_label_and_every_mark_words(page: Page, site: Site) -> None:
    for kind in ("search", "search-entries", "verify", "priority", "entry", "record-suspect"):
        page.goto(KINDS[kind][1](site.holds))
        for field in page.locator("main input:not([type=hidden]), main select").all():
            assert page.locator(f"label[for='{field.get_attribute('id')}']").count() == 1
        assert all(mark.strip() for mark in page.locator(".mark, .answer h2, .answer h3").all_inner_texts())


def test_french_is_chosen_and_kept(page: Page, screenshot: Callable[..., Path]) -> None:
    page.goto("/")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("link", name="Aller au contenu")).to_have_count(1)
    screenshot(page)
    page.goto("/priority-check")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check a priority claim")


def test_a_browser_that_prefers_french_gets_it(pages: Pages, site: Site) -> None:
    page = pages.open(locale="fr-FR")
    page.goto(f"/applications/{site.holds.filed.text}")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("main")).to_contain_text("31 janvier 2024")
    assert_accessible(page)


ENGLISH_ONLY = re.compile(r"\b(the|and|of|filing|which|recorded|with|not)\b", re.IGNORECASE)
WORDS = """
() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!element.closest("[lang='en'], bdi, code, .digest, script, option, time")) found.push(walk.currentNode.data);
  }
  return found;
}
"""


def test_french_pages_fit_a_phone_and_have_no_english_words(pages: Pages, site: Site) -> None:
    pages_of = pages.open(**PHONE, locale="fr-FR")
    pages.expect("status of 40[04]")
    english: dict[str, list[str]] = {}
    for kind, (_, address) in KINDS.items():
        pages_of.goto(address(site.holds))
        assert_fits_its_window(pages_of)
        left = [text.strip() for text in pages_of.evaluate(WORDS) if ENGLISH_ONLY.search(text)]
        if left:
            english[kind] = left
    assert english == {}


@pytest.mark.parametrize("zoom", [2, 4])
def test_text_that_is_enlarged_flows_anew(pages: Pages, site: Site, zoom: int) -> None:
    # As WCAG 1.4.10 has it: 1280 pixels at 400 % are 320 of the page's own.
    page = pages.open(viewport={"width": 1280 // zoom, "height": 900 // zoom})
    for kind in ("home", "search", "record", "entry", "priority-valid", "consortium", "proposal"):
        page.goto(KINDS[kind][1](site.holds))
        assert_fits_its_window(page)
