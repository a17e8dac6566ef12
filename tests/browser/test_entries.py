"""The page of a register entry: how it stands, its timeline, what stood on a day; and those of other entries."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages
from tests.browser.kinds import entry
from tests.browser.site import Site

ONE_WINDOW = True


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("entry", "entry-in-force", "In force"),
        ("pending", "entry-pending", "Pending"),
        ("lapsed", "entry-lapsed", "Lapsed"),
        ("imported", "entry-in-force", "In force"),
    ],
)
def test_an_entry_says_first_how_it_stands(page: Page, site: Site, name: str, answer: str, words: str) -> None:
    page.goto(entry(getattr(site.holds, name)))
    box = page.locator("[data-answer]").first
    expect(box).to_have_attribute("data-answer", answer)
    expect(box.get_by_role("heading")).to_have_text(words)
    expect(box).to_contain_text("Status by the office:")


def test_an_imported_entry_says_what_is_not_known(page: Page, site: Site) -> None:
    page.goto(entry(site.holds.imported))
    expect(page.locator("main")).to_contain_text("sums up what happened before the entry came to this register")
    page.get_by_role("textbox", name="Stood on").fill("2024-03-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="What stood on a day").locator(".answer")).to_contain_text(
        "Not known: the entry was filed already"
    )


def test_a_timeline_tells_events_corrections_and_irregularities(page: Page, site: Site) -> None:
    page.goto(entry(site.holds.entry))
    events = page.get_by_role("region", name="Timeline").locator("li[id^='event-']")
    expect(events).to_have_count(5)
    identifiers = [event.get_attribute("id") for event in events.all()]
    assert identifiers == [f"event-{sequence}" for sequence in (5, 4, 3, 2, 1)]
    third = page.locator("#event-3")
    expect(third).to_contain_text("LOST")
    expect(third).to_contain_text("irregular")
    expect(third).to_contain_text("corrected by event 4")
    third.get_by_role("link", name="event 4").click()
    expect(page.locator("#event-4")).to_be_in_viewport()
    expect(page.locator("#event-4")).to_contain_text("annuls")
    expect(page.locator(".caution")).to_contain_text("The table of codes did not foresee some event")
    second = page.locator("#event-2")
    expect(second).to_contain_text("IP right granted")
    second.get_by_text("All that it says, and who signed it").click()
    expect(second).to_contain_text("2034-01-31")
    expect(second).to_contain_text("the office EM")


@pytest.mark.parametrize(
    ("on", "known_on", "words"),
    [
        ("2024-01-01", "", "Nothing had effect yet."),
        ("2024-03-01", "", "Pending"),
        ("2024-09-01", "", "In force"),
        ("2025-03-05", "", "Corrections changed this answer: event 4"),
        ("2025-03-05", "2020-01-01", "By the day of which the knowledge is asked, nothing had been recorded."),
    ],
)
def test_what_stood_on_a_day(page: Page, site: Site, on: str, known_on: str, words: str) -> None:
    page.goto(entry(site.holds.entry))
    page.get_by_role("textbox", name="Stood on").fill(on)
    page.get_by_role("textbox", name="Known on").fill(known_on)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="What stood on a day")).to_contain_text(words)
    expect(page.get_by_role("textbox", name="Stood on")).to_have_value(on)


def test_a_day_that_is_none_is_named(page: Page, site: Site) -> None:
    page.goto(entry(site.holds.entry) + "?on=2024-02-31")
    expect(page.get_by_role("alert")).to_contain_text("Write a date like 2024-01-31.")


def test_an_entry_leads_to_its_application_record(page: Page, site: Site) -> None:
    page.goto(entry(site.holds.pending))
    links = page.get_by_role("region", name="What it hangs together with")
    links.locator("div", has_text="Application record").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/applications/EM/T/018660437$"))


def test_no_entry_is_not_no_record(page: Page, pages: Pages, site: Site) -> None:
    pages.expect("status of 404")
    page.goto(entry(site.holds.filed))
    box = page.locator("[data-answer='standing-not-found']")
    expect(box.get_by_role("heading")).to_have_text("No register entry")
    expect(box.get_by_role("link", name=site.holds.filed.text)).to_be_visible()
    page.goto(entry(site.holds.patent))
    expect(page.locator("main")).to_contain_text("other rights have application records only")
    page.goto("/registrations/BR/T/999999999")
    expect(page.locator("[data-answer='standing-not-covered']")).to_be_visible()


def test_the_certificate_of_an_entry(page: Page, site: Site) -> None:
    page.goto(entry(site.holds.entry))
    page.get_by_role("link", name="Printable certificate").click()
    certificate = page.get_by_role("article")
    expect(certificate.get_by_role("row")).to_have_count(6)
    expect(certificate).to_contain_text("In force")
    page.emulate_media(media="print")
    expect(certificate).to_be_visible()
    expect(page.get_by_role("navigation", name="Main menu")).to_be_hidden()
