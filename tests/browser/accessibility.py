"""Accessibility of a page: axe-core inside it, and whether it fits the width of its window."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
([excluded, only]) => axe.run(
  {include: [["html"]], exclude: excluded.map((selector) => [selector])},
  {resultTypes: ["violations"], ...(only.length ? {runOnly: only} : {rules: {"target-size": {enabled: true}}})},
)
"""
"""All rules of WCAG 2 A and AA and axe's best practices; the one of WCAG 2.2 that is off by default as well."""
RULES_OF_COLOUR = ("color-contrast", "link-in-text-block")
"""The rules whose outcome another colour scheme can change."""

FIND_WIDE = """
(width) => [
  document.documentElement.scrollWidth,
  [...document.querySelectorAll("body *")]
    .filter((element) => Math.max(element.getBoundingClientRect().right, element.scrollWidth) > width + 0.5)
    .map((element) => element.cloneNode(false).outerHTML),
]
"""


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")


def assert_accessible(page: Page, *, exclude: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> None:
    """Fail with a line for each element that breaks a rule.

    The rules run from outside the page, so its content security policy need not allow them. They need JavaScript: a
    page that was opened without it has to be opened again with it.

    Args:
        page: A page that has loaded.
        exclude: CSS selectors of parts to leave out.
        only: Rules of axe; all if there are none.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    violations: list[dict[str, Any]] = page.evaluate(RUN, [list(exclude), list(only)])["violations"]
    lines = [
        f"- {rule['id']} ({rule['impact']}): {rule['help']}\n    {' '.join(map(str, node['target']))}: {node['html']}\n"
        f"    {' '.join(node['failureSummary'].split())}"
        for rule in violations
        for node in rule["nodes"]
    ]
    assert not lines, "\n".join([f"{page.url} is not accessible:", *lines])


def assert_fits_its_window(page: Page) -> None:
    """Fail if the page can be scrolled sideways, with the elements that stick out or whose content does."""
    assert page.viewport_size
    width = page.viewport_size["width"]
    needed, elements = page.evaluate(FIND_WIDE, width)
    assert needed <= width, "\n".join([f"{page.url} is {needed} wide in a window of {width}:", *elements[:10]])
