"""Pages that are shown only when something is out of the ordinary keep to the same as all others.

Errors come from a server in this process, over the chain and the index of the site, of which a part is made to fail.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from registrum import Application
from registrum.deployment import Manifest
from registrum.errors import IndexDatabaseError, NodeError, SearchBusyError
from registrum.index.reading import IndexReader
from registrum.index.store import open_index
from registrum.web.app import create_app
from registrum.web.node import NodeLink
from registrum.web.service import Service
from registrum.web.settings import WebSettings
from tests.browser.accessibility import assert_accessible, assert_fits_its_window
from tests.browser.conftest import PHONE, Pages
from tests.browser.site import FILED, Site
from tests.client.registries import digest
from tests.web.serving import serving

UNBOUND = WebSettings(reads_per_s=None)


@contextlib.contextmanager
def beside(site: Site, settings: WebSettings = UNBOUND) -> Iterator[str]:
    """Address of a server of this process over the same index."""
    manifest = Manifest.load(site.folder / "manifest.json")
    with open_index(f"sqlite:///{site.folder / 'index.sqlite'}") as index:
        node = NodeLink(site.world.anvil.url, manifest)
        with serving(create_app(Service(index, manifest, node=node, settings=settings))) as url:
            yield url


def look(browser: Browser, url: str, status: int, heading: str, screenshot: Callable[..., Path]) -> None:
    """Visit a page on a desk, by day and by night, and on a phone."""
    server, _, path = url.partition("|")
    pages = Pages(browser, server)
    for name, options in {"desk": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE}.items():
        page = pages.open(**options)
        pages.expect(f"status of {status}")
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert_accessible(page)
        assert_fits_its_window(page)
        screenshot(page, name)
    pages.close()
    assert not pages.complaints()


def raising(error: Exception) -> Callable[..., None]:
    def refuse(*_given: object, **_named: object) -> None:
        raise error

    return refuse


@pytest.mark.parametrize(
    ("path", "method", "error", "status", "heading"),
    [
        ("/offices", (IndexReader, "offices"), ZeroDivisionError(), 500, "This server has failed"),
        ("/", (Service, "read"), IndexDatabaseError("the disk is gone"), 503, "The index cannot be read"),
        ("/consortium", (Service, "live"), NodeError("no answer"), 503, "Unreachable"),
        ("/search", (IndexReader, "search_applications"), SearchBusyError("many"), 503, "Many are searching"),
    ],
)
def test_errors(
    browser: Browser,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    screenshot: Callable[..., Path],
    path: str,
    method: tuple[type, str],
    error: Exception,
    status: int,
    heading: str,
) -> None:
    monkeypatch.setattr(*method, raising(error))
    with beside(site) as url:
        look(browser, f"{url}|{path}", status, heading, screenshot)


def test_still_reading(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch, screenshot: Callable[..., Path]
) -> None:
    known = IndexReader.freshness
    monkeypatch.setattr(IndexReader, "freshness", lambda *given: replace(known(*given), is_complete=False))
    with beside(site) as url:
        look(browser, f"{url}|/offices", 503, "The register is still being read", screenshot)


def test_too_many_requests(browser: Browser, site: Site, screenshot: Callable[..., Path]) -> None:
    with beside(site, WebSettings(reads_per_s=0.001, reads_at_once=1)) as url:
        first = Pages(browser, url)
        assert first.open().goto("/about") is not None
        first.close()
        look(browser, f"{url}|/about", 429, "Too many requests", screenshot)


def test_conflicts_and_former_files(browser: Browser, site: Site, screenshot: Callable[..., Path]) -> None:
    number = site.register(b"as filed first")
    registry = site.registry()
    further = Application(site.number(), FILED, digest("further"))
    registry.register_batch("EM", [Application(number, FILED, digest("offered instead")), further])
    registry.correct(Application(number, FILED, digest("corrected")))
    site.caught_up()
    look(browser, f"{site.url}|/applications/{number.text}", 200, number.number, screenshot)
    former = hashlib.sha256(b"as filed first").hexdigest()
    look(browser, f"{site.url}|/verify?sha256={former}&number={number.text}", 200, "Verify", screenshot)
