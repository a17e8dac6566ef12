"""The search box and the lists: what leads where, what narrows, what is found on which page, and what is not found."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from registrum.signing.signers import DevelopmentSigner
from tests.browser.conftest import Pages
from tests.browser.kinds import UNKNOWN_DIGEST
from tests.browser.site import DOCUMENT, MANY, Site
from tests.client.consortia import KEYS
from tests.client.registries import digest

ONE_WINDOW = True

PAGE = 25


def ask(page: Page, text: str) -> None:
    """Type into the box of the front page and send it."""
    page.goto("/")
    box = page.get_by_role("searchbox")
    box.fill(text)
    box.press("Enter")


@pytest.mark.parametrize(
    "text",
    [
        "EM/T/018660437",
        "EM 018660437",
        "EM018660437",
        "018660437",
        "018 660 437",
        "EM500000018660437",
        " EM/T/018660437 ",
    ],
)
def test_a_number_is_found_in_any_form(page: Page, text: str) -> None:
    ask(page, text)
    expect(page).to_have_url(re.compile(r"/applications/EM/T/018660437$"))
    expect(page.locator("h1")).to_have_text("EM/T/018660437")


def test_a_number_of_several_readings_shows_each_as_what_it_is(page: Page, pages: Pages) -> None:
    pages.expect("status of 404")
    ask(page, "099999999")
    expect(page.locator("[data-answer='standing-not-found']")).to_be_visible()
    page.locator("main details summary").click()
    readings = page.locator("main details li")
    expect(readings.filter(has_text="EM/T/099999999")).to_contain_text("trade mark")
    assert readings.count() > 1


def test_the_beginning_of_a_number_lists_what_begins_so(page: Page) -> None:
    page.goto("/search?begins=RU/T/202470000")
    expect(page.get_by_role("heading", name="9 found")).to_be_visible()


def test_a_digest_leads_to_its_record(page: Page, site: Site) -> None:
    sha256 = hashlib.sha256(DOCUMENT).hexdigest()
    for text in (sha256, "0x" + sha256.upper()):
        ask(page, text)
        row = page.locator("main tbody tr")
        expect(row).to_contain_text(site.holds.filed.text)
        expect(row).to_contain_text("stands")


def test_a_digest_of_a_former_version_says_that_it_is_one(page: Page, site: Site) -> None:
    ask(page, digest(site.holds.withdrawn.text).hex())
    expect(page.locator("main tbody tr", has_text="former")).to_contain_text("version 1")


def test_a_transaction_a_key_and_an_office_are_found_as_well(page: Page, site: Site) -> None:
    ask(page, site.holds.transaction)
    page.get_by_role("link", name=site.holds.transaction).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Transaction")
    expect(page.locator("main")).to_contain_text("Application recorded")
    ask(page, KEYS["JP"].address)
    expect(page.get_by_role("heading", name="Application records signed by this account")).to_be_visible()
    expect(page.get_by_role("region", name="Whose account it is")).to_contain_text("signing key of JP")
    expect(page.locator("main tbody").first).to_contain_text(site.holds.accepted.text)
    ask(page, "JP")
    expect(page).to_have_url(re.compile(r"/offices/JP$"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EM/T/099999999", "Not found"),
        ("BR/T/999999999", "Not covered"),
        (UNKNOWN_DIGEST, "Not found: no such digest, no such transaction, no such proposal"),
        (DevelopmentSigner.account(19).address, "Not found: no office has named this account"),
        ("what is this?", "This cannot be read as a number"),
        ("ЕМ 018660437", "This cannot be read as a number"),  # noqa: RUF001 - Cyrillic
        ("018\u202e660437", "This cannot be read as a number"),
        ("%' OR 1=1 --", "This cannot be read as a number"),
        ("<script>alert(1)</script>", "This cannot be read as a number"),
    ],
)
def test_what_is_not_found_says_so(page: Page, pages: Pages, text: str, words: str) -> None:
    pages.expect("status of 40[04]")
    answer = page.goto(f"/search?q={quote(text)}")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("[data-answer]").first).to_contain_text(words)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("ЕМ 018660437", "look like plain letters"),  # noqa: RUF001 - Cyrillic
        ("018\u202e660437", "turn the order of characters"),
        ("018\u200b660437", "cannot be seen"),
        ("EМ 018660437", "mixes letters of several scripts"),  # noqa: RUF001 - Cyrillic
    ],
)
def test_a_number_that_deceives_is_shown_for_what_it_is(page: Page, pages: Pages, text: str, warning: str) -> None:
    pages.expect("status of 404")
    ask(page, text)
    expect(page.locator(".caution")).to_contain_text(warning)


def test_facets_narrow_and_can_be_taken_back(page: Page) -> None:
    page.goto("/search")
    facets = page.locator(".facets")
    facets.get_by_role("link", name="RU", exact=True).click()
    expect(page).to_have_url(re.compile("office=RU"))
    facets.get_by_role("link", name="patent").click()
    expect(page.get_by_role("heading", name="One found")).to_be_visible()
    expect(page.locator("main tbody")).to_contain_text("RU/P/2023100123")
    facets.get_by_role("link", name="Remove patent").click()
    expect(page.get_by_role("heading", name=f"{MANY + 1} found")).to_be_visible()


def test_pages_of_a_list_hold_everything_once(page: Page) -> None:
    page.goto("/search?office=RU&right=T&sort=number")
    seen: list[str] = []
    while True:
        rows = page.locator("main tbody th .number")
        seen += rows.all_inner_texts()
        assert rows.count() <= PAGE
        following = page.get_by_role("link", name="Next")
        if not following.count():
            break
        following.click()
        expect(page).to_have_url(re.compile(f"offset={len(seen)}"))
    assert seen == [f"RU/T/{2024700001 + place}" for place in range(MANY)]
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("nav.pages")).to_contain_text(f"{PAGE + 1} to {2 * PAGE}")


def test_the_form_narrows_by_date_status_and_lateness(page: Page, site: Site) -> None:
    page.goto("/search")
    page.get_by_text("Narrow the search").click()
    page.get_by_label("Status").select_option(label="withdrawn")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="One found")).to_be_visible()
    expect(page.locator("main tbody")).to_contain_text(site.holds.withdrawn.text)
    page.get_by_role("link", name="Clear").click()
    page.get_by_text("Narrow the search").click()
    page.get_by_label("Filed until").fill("2023-12-31")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main tbody")).to_contain_text(site.holds.patent.text)
    expect(page.get_by_label("Filed until")).to_have_value("2023-12-31")
    page.get_by_label("Filed until").fill("")
    page.get_by_label("Recorded late by at least").fill("1200")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="One found")).to_be_visible()
    expect(page.locator("main tbody")).to_contain_text("days after filing")


def test_entries_are_found_by_class_state_and_irregularity(page: Page, site: Site) -> None:
    page.goto("/search?in=registrations")
    page.get_by_text("Narrow the search").click()
    page.get_by_label("Class").fill("35")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main tbody th")).to_have_text(site.holds.pending.text)
    page.goto("/search?in=registrations")
    page.get_by_text("Narrow the search").click()
    page.get_by_label("Only with irregular events").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main tbody th")).to_have_text(site.holds.entry.text)
    expect(page.locator("main tbody")).to_contain_text("irregular")


def test_what_is_wrong_in_the_form_is_said_beside_its_field(page: Page, pages: Pages) -> None:
    pages.expect("status of 400")
    page.goto("/search?filedFrom=31.1.2024&lateBy=many")
    expect(page.get_by_role("alert")).to_contain_text("2 fields need your attention")
    field = page.get_by_label("Recorded late by at least")
    expect(field).to_have_value("many")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#lateBy-fault")).to_contain_text("whole number")
