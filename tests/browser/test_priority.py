"""The priority form: every verdict in plain words with the rule's source, filled in as a reader would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kinds import UNKNOWN_DIGEST, claim
from tests.browser.site import Site

ONE_WINDOW = True


@dataclass(frozen=True)
class Asked:
    """A claim as it is typed, and what the page says first and why."""

    verdict: str
    words: str
    reason: str
    earlier: str = "filed"
    claimed: str = "2024-01-31"
    office: str = "RU"
    right: str = "T"
    later: str = "2024-07-31"
    digest: str = ""


VERDICTS = [
    Asked("verdict-valid", "Valid", "within 6 months from 31 January 2024: the last day is 31 July 2024"),
    Asked("verdict-not-covered", "Not covered", "is not a member of the consortium", earlier="BR/T/999999999"),
    Asked("verdict-not-found", "Not found", "is not recorded, although its office is a member", "EM/T/099999999"),
    Asked("verdict-signer-compromised", "Suspect signature", "was compromised when it signed", "suspect"),
    Asked("verdict-date-mismatch", "The date is another one", "is not the filing date", claimed="2024-01-30"),
    Asked("verdict-digest-mismatch", "The copy is another one", "its digest differs", digest=UNKNOWN_DIGEST),
    Asked("verdict-right-not-allowed", "Not between these rights", "cannot claim the priority of", right="P"),
    Asked("verdict-same-day", "Filed on the same day", "there is nothing to claim", later="2024-01-31"),
    Asked("verdict-later-precedes-earlier", "The later application came first", "before", later="2024-01-30"),
    Asked(
        "verdict-restorable",
        "Late, but can be restored",
        "may restore the right on request (PCT Rule 26bis.3, EPC Rule 136)",
        earlier="patent",
        claimed="2023-01-10",
        right="P",
        later="2024-02-20",
    ),
    Asked("verdict-period-expired", "Too late", "(Paris Convention, Art. 4C(1))", later="2024-08-01"),
]


@pytest.mark.parametrize("asked", VERDICTS, ids=lambda asked: asked.verdict)
def test_every_verdict_is_reached_and_explained(
    page: Page, site: Site, asked: Asked, screenshot: Callable[..., Path]
) -> None:
    number = getattr(site.holds, asked.earlier, None)
    page.goto("/priority-check")
    earlier = page.get_by_role("group", name="Earlier application")
    earlier.get_by_label("Number", exact=True).fill(number.text if number else asked.earlier)
    earlier.get_by_label("Claimed date").fill(asked.claimed)
    later = page.get_by_role("group", name="Later application")
    later.get_by_label("Office of second filing").select_option(asked.office)
    later.get_by_label("Right").select_option(asked.right)
    later.get_by_label("Filing date").fill(asked.later)
    if asked.digest:
        page.get_by_text("Compare the copy that was received").click()
        page.get_by_label("SHA-256").fill(asked.digest)
    page.get_by_role("button", name="Check").click()
    answer = page.locator("#answer [data-answer]")
    expect(answer).to_have_attribute("data-answer", asked.verdict)
    expect(answer.get_by_role("heading")).to_have_text(asked.words)
    expect(answer.locator("li").first).to_contain_text(asked.reason)
    expect(page.get_by_role("region", name="What was checked")).to_contain_text(
        "Paris Convention for the Protection of Industrial Property, Article 4"
    )
    expect(earlier.get_by_label("Claimed date")).to_have_value(asked.claimed)
    screenshot(page)


def test_verdicts_differ_in_words() -> None:
    assert len({asked.words for asked in VERDICTS}) == len(VERDICTS)


def test_closed_days_of_the_later_office_move_the_last_day(page: Page, site: Site) -> None:
    page.goto(claim(site.holds.filed.text, "2024-01-31", "2024-08-02", office="JP"))
    expect(page.locator("[data-answer='verdict-valid']")).to_contain_text(
        "JP is closed on 31 July 2024, so the last day moved to its next working day, 2 August 2024"
    )
    checked = page.get_by_role("region", name="What was checked")
    expect(checked).to_contain_text("moved from 31 July 2024, a closed day")
    expect(checked).to_contain_text("As the office of second filing published them.")


def test_without_a_calendar_the_page_says_so(page: Page, site: Site) -> None:
    page.goto(claim(site.holds.filed.text, "2024-01-31", "2024-07-31", office="US"))
    expect(page.locator("[data-answer='verdict-valid']")).to_contain_text("US has published no calendar of 2024")


@pytest.mark.parametrize(
    ("name", "claimed", "words"),
    [
        ("withdrawn", "2024-01-31", "was withdrawn, which does not end the right of priority"),
        ("corrected", "2024-01-30", "was corrected; version 2 is what counts here"),
    ],
)
def test_what_became_of_the_earlier_application_is_said(
    page: Page, site: Site, name: str, claimed: str, words: str
) -> None:
    page.goto(claim(getattr(site.holds, name).text, claimed, "2024-07-30", office="RU"))
    expect(page.locator("[data-answer='verdict-valid']")).to_contain_text(words)


def test_a_claim_begins_on_the_page_of_the_record(page: Page, site: Site) -> None:
    page.goto(f"/applications/{site.holds.filed.text}")
    page.get_by_role("link", name="Check a claim on it").click()
    earlier = page.get_by_role("group", name="Earlier application")
    expect(earlier.get_by_label("Number", exact=True)).to_have_value(site.holds.filed.text)
    expect(earlier.get_by_label("Claimed date")).to_have_value("2024-01-31")


@pytest.mark.parametrize(
    ("address", "field", "words"),
    [
        (claim("EM/T/01*", "2024-01-31", "2024-07-31"), "earlier", "character '*'"),
        (claim("018660437", "2024-01-31", "2024-07-31"), "earlier", "does not say"),
        (claim("EM/T/018660437", "2024-02-31", "2024-07-31"), "claimedDate", "Write a date like 2024-01-31."),
        (claim("EM/T/018660437", "2024-01-31", ""), "laterDate", "Fill in this field."),
        (claim("EM/T/018660437", "2024-01-31", "2024-07-31", office="QQ"), "laterOffice", "QQ"),
        (claim("EM/T/018660437", "2024-01-31", "2024-07-31", digest="12"), "digest", "64 hexadecimal digits"),
    ],
)
def test_what_cannot_be_judged_is_said_beside_its_field(page: Page, address: str, field: str, words: str) -> None:
    page.goto(address)
    expect(page.locator("#answer")).to_have_count(0)
    expect(page.locator(f"#{field}-fault")).to_contain_text(words)
    expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", f"#{field}")
