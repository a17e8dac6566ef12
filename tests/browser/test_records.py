"""The page of an application record: facts, signer, versions, claims both ways, raw events, proof; and its answers."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from registrum.proofs.proof import Proof
from registrum.proofs.verify import examine
from tests.browser.conftest import Pages
from tests.browser.kinds import record
from tests.browser.site import DOCUMENT, Site
from tests.client.consortia import KEYS
from tests.client.registries import digest

ONE_WINDOW = True


def fact(page: Page, name: str, section: str = "What was recorded") -> str:
    """The value of a fact in a section of the page."""
    place = page.get_by_role("region", name=section).locator(
        "dl.facts > div", has=page.locator(f"dt:text-is('{name}')")
    )
    return place.locator("dd").inner_text()


def test_the_facts_of_a_record(page: Page, site: Site) -> None:
    page.goto(record(site.holds.filed))
    expect(page).to_have_title("EM/T/018660437 – Registrum")
    expect(page.locator("[data-answer]").first).to_have_attribute("data-answer", "standing-recorded")
    assert fact(page, "Filing date").startswith("31 January 2024")
    assert "days after filing" in fact(page, "Recorded")
    assert "0x" + hashlib.sha256(DOCUMENT).hexdigest() in fact(page, "Digest (SHA-256)")
    assert fact(page, "Number on chain") == site.holds.filed.on_chain_hex
    signer = "Who signed it"
    assert fact(page, "Signing key", signer) == KEYS["EM"].address
    assert fact(page, "The key when it signed", signer).startswith("in force")
    assert fact(page, "The key today", signer) == "in force"
    assert fact(page, "May sign", signer) == "application records"
    expect(page.locator(".caution")).to_contain_text("Recorded long after filing.")


def test_a_record_of_the_day_of_filing_is_not_called_late(page: Page, site: Site) -> None:
    page.goto(record(site.holds.recent))
    assert "Recorded on the day of filing." in fact(page, "Recorded")
    expect(page.locator(".caution", has_text="Recorded long after filing.")).to_have_count(0)


def test_versions_of_a_corrected_record_stay(page: Page, site: Site) -> None:
    page.goto(record(site.holds.corrected))
    expect(page.locator("[data-answer]").first).to_have_attribute("data-answer", "standing-corrected")
    assert fact(page, "Filing date").startswith("30 January 2024")
    rows = page.get_by_role("region", name="Versions").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("corrected")
    expect(rows.nth(0)).to_contain_text("2024-01-30")
    expect(rows.nth(0)).to_contain_text("stands")
    expect(rows.nth(1)).to_contain_text("2024-01-31")
    expect(rows.nth(1)).to_contain_text("former")
    former = rows.nth(1).locator(".hash").first
    assert "…" in former.inner_text()
    former.locator("summary").press("Enter")
    assert re.fullmatch("0x[0-9a-f]{64}", former.inner_text())
    rows.nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Transaction")


def test_a_record_signed_by_a_stolen_key_is_called_suspect(page: Page, site: Site) -> None:
    page.goto(record(site.holds.suspect))
    expect(page.locator("[data-answer='mark-suspect']")).to_contain_text(
        "It proves nothing until the office confirms it"
    )
    assert fact(page, "The key when it signed", "Who signed it").startswith("compromised")
    assert fact(page, "The key today", "Who signed it") == "compromised"
    expect(page.locator("[data-answer]").first).to_have_attribute("data-answer", "mark-suspect")
    expect(page.locator("[data-answer='standing-recorded']")).to_have_count(0)
    assert "it is suspect" in fact(page, "Compromised since", "Who signed it")


def test_claims_are_told_both_ways(page: Page, site: Site) -> None:
    page.goto(record(site.holds.filed))
    claims = page.get_by_role("region", name="Priority claims")
    expect(claims).to_contain_text("None is recorded.")
    row = claims.locator("tbody tr")
    expect(row).to_contain_text("accepted")
    expect(row).to_contain_text("2024-05-31")
    row.get_by_role("link", name=site.holds.accepted.text).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(site.holds.accepted.text)
    back = page.get_by_role("region", name="Priority claims").get_by_role("link", name=site.holds.filed.text)
    expect(back).to_be_visible()
    page.goto(record(site.holds.refused))
    expect(page.get_by_role("region", name="Priority claims").locator("tbody tr")).to_contain_text("refused")


def test_the_events_on_the_chain_are_there_with_all_arguments(page: Page, site: Site) -> None:
    page.goto(record(site.holds.disclosed))
    raw = page.get_by_role("region", name="As it stands on the chain")
    raw.get_by_text("Application recorded").click()
    expect(raw).to_contain_text("0x" + digest("disclosed").hex())
    expect(raw).to_contain_text("ApplicationRegistry.ApplicationRegistered")
    expect(page.get_by_role("region", name="Versions")).to_contain_text("disclosed from anchor 1")


def test_a_proof_is_downloaded_and_holds_offline(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto(record(site.holds.disclosed))
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the proof").click()
    file = tmp_path / "proof.json"
    coming.value.save_as(file)
    assert coming.value.suggested_filename.endswith(".json")
    proof = Proof.read(file)
    registry = site.registry()
    assert proof.number == site.holds.disclosed
    assert examine(proof, domain=registry.application_domain, anchored_at=registry.anchored_at).is_sound


def test_the_same_for_programs(page: Page, pages: Pages, site: Site) -> None:
    page.goto(record(site.holds.filed))
    page.get_by_role("link", name="The same for programs (JSON)").click()
    assert json.loads(page.inner_text("pre"))["data"]["officeNumber"] == "EM/T/018660437"


ANSWERS = {
    "filed": ("standing-recorded", "Recorded"),
    "corrected": ("standing-corrected", "Corrected"),
    "withdrawn": ("standing-withdrawn", "Withdrawn"),
    "EM/T/099999999": ("standing-not-found", "Not found"),
    "BR/T/999999999": ("standing-not-covered", "Not covered"),
}


def test_the_answers_differ_in_words_sign_and_explanation(page: Page, pages: Pages, site: Site) -> None:
    pages.expect("status of 404")
    seen = set()
    for name, (answer, words) in ANSWERS.items():
        number = getattr(site.holds, name, None)
        page.goto(record(number) if number else f"/applications/{name}")
        box = page.locator(f"[data-answer='{answer}']")
        expect(box.get_by_role("heading")).to_have_text(words)
        seen.add((words, box.locator("svg").first.inner_html(), box.locator("p").first.inner_text()))
    assert len(seen) == len({words for words, _, _ in seen}) == len({sign for _, sign, _ in seen}) == len(ANSWERS)
    assert len({explained for _, _, explained in seen}) == len(ANSWERS)


def test_every_answer_is_explained_with_a_sign_of_its_own(page: Page) -> None:
    page.goto("/about")
    marks = page.get_by_role("region", name="The answers").locator(".mark")
    assert marks.all_inner_texts() == [
        "Recorded",
        "Corrected",
        "Withdrawn",
        "Not found",
        "Not covered",
        "Conflict",
        "Unreachable",
    ]
    signs = [mark.locator("svg").inner_html() for mark in marks.all()]
    assert len(set(signs)) == len(signs)


@pytest.mark.parametrize(
    ("address", "exact"),
    [("/applications/EM/T/18660437", "/applications/EM/T/018660437"), ("/registrations/em/T/10", "/000000010")],
)
def test_an_address_that_is_nearly_right_leads_on(page: Page, address: str, exact: str) -> None:
    page.goto(address)
    expect(page).to_have_url(re.compile(re.escape(exact) + "$"))


def test_the_certificate_is_made_for_paper(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto(record(site.holds.corrected))
    page.get_by_role("link", name="Printable certificate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Extract from the register")
    certificate = page.get_by_role("article")
    for words in (
        site.holds.corrected.text,
        "Corrected",
        "30 January 2024",
        KEYS["EM"].address,
        "Version 2: corrected",
    ):
        expect(certificate).to_contain_text(words)
    expect(certificate).to_contain_text(re.compile("Block.*0x[0-9a-f]{64}", re.DOTALL))
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main menu")).to_be_hidden()
    expect(certificate).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    (tmp_path / "certificate.pdf").write_bytes(pdf)
