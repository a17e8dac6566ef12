"""Verifying a file: hashed in the browser and compared, on any address, of any size; the file itself never leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Pages
from tests.browser.kinds import UNKNOWN_DIGEST
from tests.browser.site import DOCUMENT, SEALED_DOCUMENT, Site
from tests.client.registries import digest

CHUNK = 1 << 20
BIG_CHUNKS = 50
DROP = """
([selector, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "application.xml"));
  const zone = document.querySelector(selector);
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}
"""


def choose(page: Page, content: bytes) -> None:
    """Choose a file in the form, which sends itself once the file is read."""
    page.goto("/verify")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "application.xml", "mimeType": "application/xml", "buffer": content}
    )


def answered(page: Page, answer: str, words: str) -> None:
    box = page.locator("#answer [data-answer]").first
    expect(box).to_have_attribute("data-answer", answer)
    expect(box.get_by_role("heading")).to_have_text(words)


def test_a_file_that_is_recorded_matches(page: Page, site: Site, screenshot: Callable[..., Path]) -> None:
    choose(page, DOCUMENT)
    answered(page, "match-yes", "The file is recorded")
    expect(page.get_by_role("region", name="Where it is recorded")).to_contain_text(site.holds.filed.text)
    expect(page.locator("main")).to_contain_text("0x" + hashlib.sha256(DOCUMENT).hexdigest())
    screenshot(page)


def test_a_file_that_nobody_recorded_is_unknown(page: Page, screenshot: Callable[..., Path]) -> None:
    choose(page, b"something else")
    answered(page, "match-unknown", "Not found")
    screenshot(page)


def test_a_file_that_was_changed_does_not_match_its_number(
    page: Page, site: Site, screenshot: Callable[..., Path]
) -> None:
    page.goto(f"/applications/{site.holds.filed.text}")
    page.get_by_role("link", name="Verify a copy").click()
    expect(page.get_by_label("Office number")).to_have_value(site.holds.filed.text)
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "changed.xml", "mimeType": "application/xml", "buffer": DOCUMENT + b" "}
    )
    answered(page, "match-no", "The file is not what was recorded")
    expect(page.locator("#answer")).to_contain_text("0x" + hashlib.sha256(DOCUMENT).hexdigest())
    screenshot(page)


def test_a_file_is_dropped_upon_the_form(page: Page) -> None:
    page.goto("/verify")
    page.evaluate(DROP, ["#drop", DOCUMENT.decode()])
    answered(page, "match-yes", "The file is recorded")


def test_an_empty_file_is_a_file(page: Page) -> None:
    choose(page, b"")
    answered(page, "match-unknown", "Not found")
    expect(page.locator("main")).to_contain_text(hashlib.sha256(b"").hexdigest())


def test_on_a_host_name_over_plain_http(named_page: Page, pages: Pages) -> None:
    choose(named_page, DOCUMENT)
    answered(named_page, "match-yes", "The file is recorded")
    assert named_page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]


def test_a_large_file_is_read_piece_by_piece_and_stays_here(page: Page, tmp_path: Path) -> None:
    file, expected = tmp_path / "large.tiff", hashlib.sha256()
    with file.open("wb") as stream:
        for place in range(BIG_CHUNKS):
            piece = bytes([place]) * CHUNK
            expected.update(piece)
            stream.write(piece)
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    page.goto("/verify")
    page.get_by_label("File", exact=True).set_input_files(file)
    expect(page.locator("main")).to_contain_text(expected.hexdigest())
    answered(page, "match-unknown", "Not found")
    assert {request.method for request in sent} == {"GET"}
    assert max(len(request.url) for request in sent) < 300


def test_the_register_says_what_else_has_the_digest(page: Page, site: Site) -> None:
    page.goto(f"/verify?sha256={digest('dossier').hex()}")
    answered(page, "match-yes", "The file is recorded")
    place = page.get_by_role("region", name="Where it is recorded")
    expect(place).to_contain_text("dossier of a register entry")
    place.get_by_role("link", name=site.holds.entry.text).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(site.holds.entry.text)


def test_a_salted_commitment_opens_with_its_salt_only(page: Page, site: Site) -> None:
    sha256, number = hashlib.sha256(SEALED_DOCUMENT).hexdigest(), site.holds.sealed.text
    page.goto(f"/verify?sha256={sha256}&number={number}")
    answered(page, "match-no", "The file is not what was recorded")
    expect(page.locator("#answer")).to_contain_text("without its salt no copy can be compared with it")
    page.get_by_label("Salt").fill(site.holds.salt.hex())
    page.get_by_role("button", name="Look up").click()
    answered(page, "match-yes", "The file is recorded")


@pytest.mark.parametrize(
    ("number", "answer", "words", "status"),
    [
        ("EM/T/099999999", "standing-not-found", "Not found", 404),
        ("BR/T/999999999", "standing-not-covered", "Not covered", 404),
    ],
)
def test_of_a_number_without_a_record_no_copy_is_wrong(
    page: Page, pages: Pages, number: str, answer: str, words: str, status: int
) -> None:
    pages.expect("status of 404")
    found = page.goto(f"/verify?sha256={UNKNOWN_DIGEST}&number={number}")
    assert found is not None
    assert found.status == status
    answered(page, answer, words)


def test_a_digest_that_is_none_is_said_beside_its_field(page: Page) -> None:
    page.goto("/verify?sha256=1234&number=nothing!")
    expect(page.get_by_role("alert")).to_contain_text("2 fields need your attention")
    expect(page.locator("#sha256-fault")).to_contain_text("64 hexadecimal digits")
    expect(page.get_by_label("SHA-256", exact=True)).to_have_value("1234")
