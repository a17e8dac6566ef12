"""The directory with keys and calendars, and what the offices decide: charter, parameters, proposals, votes, powers."""

from __future__ import annotations

import hashlib

from playwright.sync_api import Page, expect

from tests.browser.site import STOLEN, Site
from tests.client.consortia import CHARTER, KEYS, OBSERVER, SEATS

ONE_WINDOW = True


def test_the_directory_counts_what_each_office_has(page: Page) -> None:
    page.goto("/offices")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.filter(has=page.get_by_role("link", name="RU", exact=True))).to_contain_text("61")
    expect(rows.first).to_contain_text("Active member")


def test_an_office_shows_every_key_and_what_became_of_it(page: Page) -> None:
    page.goto("/offices/EM")
    expect(page.get_by_role("region", name="The office", exact=True)).to_contain_text(SEATS["EM"].address)
    keys = page.get_by_role("region", name="Signing keys").locator("tbody tr")
    expect(keys).to_have_count(3)
    expect(keys.filter(has_text=KEYS["EM"].address)).to_contain_text("in force")
    expect(keys.filter(has_text=STOLEN.address)).to_contain_text("compromised")
    expect(page.get_by_role("region", name="Calendars")).to_contain_text("The office has published no calendar")
    expect(page.get_by_role("region", name="Newest anchors")).to_contain_text("no. 1")
    link = page.get_by_role("link", name="Open em.example")
    expect(link).to_have_attribute("href", "https://em.example/register")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow external")


def test_calendars_name_closed_days(page: Page) -> None:
    page.goto("/offices/JP")
    calendars = page.get_by_role("region", name="Calendars")
    for words in ("2024 – 3 closed days", "Saturday, Sunday", "1 August 2024", "Open although closed by the week"):
        expect(calendars).to_contain_text(words)


def test_charter_parameters_and_powers_are_readable(page: Page) -> None:
    page.goto("/consortium")
    expect(page.get_by_role("region", name="Charter")).to_contain_text("0x" + hashlib.sha256(CHARTER).hexdigest())
    parameters = page.get_by_role("region", name="Parameters")
    for words in ("at least 2 of 3 of the active offices", "one hour", "3 days", "2 days", "30 days"):
        expect(parameters).to_contain_text(words)
    expect(page.get_by_role("region", name="Observers")).to_contain_text("Court of Arbitration " + OBSERVER.address)
    powers = page.get_by_role("region", name="Powers")
    powers.get_by_text("functions").first.click()
    expect(powers).to_contain_text("the offices, by vote")
    expect(powers).to_contain_text("admitOffice")
    expect(page.get_by_role("region", name="Contracts")).to_contain_text("ApplicationRegistry")


def test_a_proposal_is_told_in_plain_words_with_its_votes(page: Page, site: Site) -> None:
    page.goto("/consortium")
    proposals = page.get_by_role("region", name="Proposals").locator("tbody tr")
    expect(proposals).to_have_count(2)
    expect(proposals.nth(1)).to_contain_text("Executed")
    expect(proposals.nth(0)).to_contain_text("Offices vote")
    expect(proposals.nth(0)).to_contain_text("1 for it")
    proposals.nth(0).get_by_role("link").first.click()
    expect(page).to_have_url(f"{site.url}/consortium/proposals/{site.holds.open_proposal}")
    does = page.get_by_role("region", name="What it would do")
    expect(does).to_contain_text('suspend office US ("Office US") without end')
    expect(does).to_contain_text("US has asked for it: its keys are lost.")
    does.get_by_text("The call itself").click()
    expect(does).to_contain_text("suspendOffice")
    votes = page.get_by_role("region", name="Votes").locator("tbody tr")
    expect(votes.filter(has_text="JP")).to_contain_text("for")
    expect(votes.filter(has_text="RU")).to_contain_text("against")
    expect(votes.filter(has_text="RU")).to_contain_text("too early")
    expect(page.get_by_role("region", name="Remarks of observers")).to_contain_text("Has US been heard?")


def test_the_beginning_of_a_proposals_number_is_enough(page: Page, site: Site) -> None:
    page.goto(f"/consortium/proposals/{site.holds.open_proposal[:12]}")
    expect(page).to_have_url(f"{site.url}/consortium/proposals/{site.holds.open_proposal}")
