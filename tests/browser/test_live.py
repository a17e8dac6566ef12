"""The live feed: what happens comes up by itself, and by a link where no script runs."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.site import Site


def test_a_registration_comes_up_without_reloading(page: Page, site: Site) -> None:
    page.goto("/live")
    expect(page.locator("#feed-state")).to_have_text("This list follows the register by itself.")
    page.evaluate("window.stayed = true")
    before = page.get_by_label("State of the data").inner_text()
    number = site.register()
    first = page.locator("#feed > li").first
    expect(first).to_contain_text(number.text)
    expect(first).to_contain_text("Application recorded")
    expect(page.locator("#feed-state")).to_contain_text("New events:")
    expect(page.get_by_label("State of the data")).not_to_have_text(before)
    assert page.evaluate("window.stayed")
    first.get_by_role("link", name=number.text).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number.text)


def test_the_list_stands_still_when_asked_to(page: Page, site: Site) -> None:
    page.goto("/live")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#feed-state")).to_have_text("The list stands still.")
    number = site.register()
    site.caught_up()
    expect(page.locator("#feed")).not_to_contain_text(number.text)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#feed > li").first).to_contain_text(number.text)


def test_a_refresh_brings_it_without_a_script(plain_page: Page, site: Site) -> None:
    plain_page.goto("/live")
    number = site.register()
    site.caught_up()
    expect(plain_page.locator("#feed")).not_to_contain_text(number.text)
    plain_page.get_by_role("link", name="Refresh").click()
    expect(plain_page.locator("#feed > li").first).to_contain_text(number.text)


def test_the_front_page_shows_what_happened_last(page: Page, site: Site) -> None:
    number = site.register()
    site.caught_up()
    page.goto("/")
    expect(page.get_by_role("region", name="What happened last").locator("li").first).to_contain_text(number.text)


def test_older_events_are_a_page_further(page: Page) -> None:
    page.goto("/live")
    newest = int(page.locator("#feed > li").first.get_attribute("data-position") or 0)
    page.get_by_role("link", name="Older events").click()
    expect(page).to_have_url(re.compile("before="))
    assert int(page.locator("#feed > li").first.get_attribute("data-position") or 0) < newest
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
