"""The live feed after a reorganisation: what was shown may never have happened, so the list begins anew."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_a_list_whose_block_has_left_the_chain_begins_anew(page: Page) -> None:
    page.goto("/live")
    rows = page.locator("#feed > li")
    shown = [row.get_attribute("data-position") for row in rows.all()]
    # As after a reorganisation: the block that was named is not of the chain, nor is the event on top.
    page.evaluate(
        """() => {
            const feed = document.getElementById("feed");
            feed.firstElementChild.classList.add("undone");
            feed.dataset.hash = "0x" + "12".repeat(32);
        }"""
    )
    expect(page.locator("#feed-state")).to_have_text("The chain may have gone back since: this list begins anew.")
    expect(page.locator("#feed > li.undone")).to_have_count(0)
    assert [row.get_attribute("data-position") for row in rows.all()][: len(shown)] == shown
