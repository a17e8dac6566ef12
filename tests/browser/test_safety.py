"""What others wrote cannot do anything, nor deceive; and what the server must not give away or pretend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Pages
from tests.browser.kinds import KINDS, record
from tests.browser.site import Site, serving

INLINE = """
() => [...document.querySelectorAll("*")].flatMap((element) => [
  ...(element.tagName === "SCRIPT" && !element.src ? [element.outerHTML] : []),
  ...(element.tagName === "STYLE" ? [element.outerHTML] : []),
  ...[...element.attributes].filter((each) => each.name === "style" || each.name.startsWith("on"))
    .map((each) => `${element.tagName} ${each.name}=${each.value}`),
  ...["href", "src", "action"].map((name) => element.getAttribute(name) ?? "")
    .filter((value) => /^\\s*(javascript|data):/i.test(value)),
])
"""


def test_no_page_has_anything_inline_or_from_elsewhere(page: Page, pages: Pages, site: Site) -> None:
    pages.expect("status of 40[04]")
    for _, address in KINDS.values():
        answer = page.goto(address(site.holds))
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.evaluate(INLINE) == [], page.url


@pytest.mark.parametrize("address", ["/offices/FR", "/offices", "/", "/search", "/consortium", "/live"])
def test_a_hostile_name_is_text(page: Page, site: Site, address: str) -> None:
    page.on("dialog", lambda _: pytest.fail("a script of a stranger ran"))
    page.goto(address)
    assert page.locator("script[src*='evil'], main b").count() == 0
    assert "\u202e" not in page.inner_text("body")
    if address != "/live":
        assert "Office <b>FR</b>" in page.evaluate("document.body.textContent")


def test_a_hostile_name_is_shown_with_a_warning(page: Page, screenshot: Callable[..., Path]) -> None:
    page.goto("/offices/FR")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Office <b>FR</b> U+202E<script src=//evil.example></script>")
    expect(heading.locator(".hidden-character")).to_have_text("U+202E")
    expect(page.locator(".caution").first).to_contain_text("turn the order of characters")
    service = page.get_by_role("region", name="The office", exact=True)
    expect(service).to_contain_text("javascript:alert('U+200Bregister')//https://fr.example/")
    expect(service).to_contain_text("cannot be seen")
    expect(service.get_by_role("link")).to_have_count(0)
    screenshot(page)


def test_hostile_reasons_of_votes_are_shown_with_a_warning(page: Page, site: Site) -> None:
    page.goto(f"/consortium/proposals/{site.holds.open_proposal}")
    vote = page.get_by_role("region", name="Votes").locator("tbody tr", has_text="JP")
    expect(vote).to_contain_text("yes U+2066<img src=x onerror=alert(1)>U+2069")
    for words in ("turn the order of characters", "mixes letters of several scripts"):
        expect(vote.locator(".caution")).to_contain_text(words)
    assert page.locator("img").count() == 0
    page.goto(f"/consortium/proposals/{site.holds.admission}")
    does = page.get_by_role("region", name="What it would do")
    expect(does).to_contain_text(r'as "Office <b>FR</b> \x202e<script src=//evil.example></script>"')
    assert page.locator("script[src*='evil'], main b").count() == 0


def test_what_is_in_the_address_is_text(page: Page, pages: Pages) -> None:
    pages.expect("status of 404")
    page.goto("/applications/EM/T/%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE")
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>U+202E")
    page.goto("/offices/%3Cb%3E")
    expect(page.locator("main")).to_contain_text("<b>")
    page.goto("/transactions/%22onmouseover=alert(1)%22")
    expect(page.locator("main")).to_contain_text('"onmouseover=alert(1)"')


@pytest.fixture(scope="module")
def cut_off(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose node is not there, over the same index."""
    folder = tmp_path_factory.mktemp("cut-off")
    index = f"sqlite:///{site.folder / 'index.sqlite'}"
    nowhere = "http://127.0.0.1:1"
    with serving(folder, nowhere, site.folder / "manifest.json", "--index", index, "--no-follow") as url:
        yield url


def test_without_the_node_the_index_answers_and_says_its_age(
    browser: Browser, site: Site, cut_off: str, screenshot: Callable[..., Path]
) -> None:
    pages = Pages(browser, cut_off)
    try:
        page = pages.open()
        page.goto(record(site.holds.filed))
        expect(page.locator("[data-answer='standing-recorded']")).to_be_visible()
        expect(page.get_by_label("State of the data")).to_contain_text("The node cannot be reached")
        pages.expect("status of 503")
        answer = page.goto("/consortium")
        assert answer is not None
        assert answer.status == 503
        expect(page.get_by_role("heading", level=1)).to_have_text("Unreachable")
        expect(page.locator("[data-answer='standing-unreachable']")).to_contain_text("nothing is said about the matter")
        screenshot(page)
    finally:
        pages.close()
    assert not pages.complaints()
