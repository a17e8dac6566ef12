"""Everything but hashing works without any script."""

from __future__ import annotations

import hashlib

from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages
from tests.browser.kinds import entry
from tests.browser.site import DOCUMENT, Site


def test_search_leads_to_a_record(plain_page: Page, site: Site) -> None:
    plain_page.goto("/")
    plain_page.get_by_role("searchbox").fill("EM/T/018660437")
    plain_page.get_by_role("button", name="Search").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("EM/T/018660437")
    expect(plain_page.locator("[data-answer='standing-recorded']")).to_be_visible()
    raw = plain_page.get_by_role("region", name="As it stands on the chain")
    raw.locator("summary").first.click()
    expect(raw).to_contain_text("ApplicationRegistry.ApplicationRegistered")


def test_lists_are_narrowed_and_turned(plain_page: Page) -> None:
    plain_page.goto("/search")
    plain_page.get_by_text("Narrow the search").click()
    plain_page.get_by_label("Office", exact=True).select_option("RU")
    plain_page.get_by_role("button", name="Show").click()
    plain_page.get_by_role("link", name="Next").click()
    expect(plain_page.locator("nav.pages")).to_contain_text("26 to 50")


def test_what_is_not_found_says_so(plain_page: Page, pages: Pages) -> None:
    pages.expect("status of 404")
    plain_page.goto("/search?q=EM/T/099999999")
    expect(plain_page.locator("[data-answer='standing-not-found']")).to_be_visible()


def test_an_entry_and_what_stood_on_a_day(plain_page: Page, site: Site) -> None:
    plain_page.goto(entry(site.holds.entry))
    plain_page.get_by_role("textbox", name="Stood on").fill("2024-03-01")
    plain_page.get_by_role("button", name="Show").click()
    expect(plain_page.get_by_role("region", name="What stood on a day")).to_contain_text("Pending")


def test_a_claim_is_checked(plain_page: Page, site: Site) -> None:
    plain_page.goto(f"/priority-check?earlier={site.holds.filed.text}&claimedDate=2024-01-31")
    later = plain_page.get_by_role("group", name="Later application")
    later.get_by_label("Office of second filing").select_option("JP")
    later.get_by_label("Right").select_option("T")
    later.get_by_label("Filing date").fill("2024-08-02")
    plain_page.get_by_role("button", name="Check").click()
    expect(plain_page.locator("[data-answer='verdict-valid']")).to_be_visible()


def test_a_file_is_verified_by_its_digest(plain_page: Page) -> None:
    plain_page.goto("/verify")
    expect(plain_page.get_by_label("File", exact=True)).to_be_hidden()
    expect(plain_page.locator("main")).to_contain_text("sha256sum FILE")
    plain_page.get_by_label("SHA-256", exact=True).fill(hashlib.sha256(DOCUMENT).hexdigest())
    plain_page.get_by_role("button", name="Look up").click()
    expect(plain_page.locator("[data-answer='match-yes']")).to_be_visible()


def test_offices_and_consortium_are_read(plain_page: Page, site: Site) -> None:
    plain_page.goto("/offices")
    plain_page.get_by_role("main").get_by_role("link", name="JP", exact=True).click()
    expect(plain_page.get_by_role("region", name="Calendars")).to_contain_text("31 July 2024")
    plain_page.goto(f"/consortium/proposals/{site.holds.open_proposal}")
    expect(plain_page.get_by_role("region", name="Votes")).to_contain_text("too early")
