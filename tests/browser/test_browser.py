"""The browser of the page tests itself, on pages that are good and bad in known ways."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import assert_accessible, assert_fits_its_window
from tests.browser.conftest import HOST_NAME, Pages

HEAD = '<!doctype html><html lang="en"><head><title>T</title><meta name="viewport" content="width=device-width"></head>'
GOOD = (
    HEAD
    + "<body><main><h1>Register</h1><p id=said>no script ran</p></main><script src=/said.js></script></body></html>"
)
JPEG = b"\xff\xd8\xff"


class Site(BaseHTTPRequestHandler):
    """A few pages, under as strict a policy as the explorer's."""

    PAGES: ClassVar[dict[str, tuple[str, str]]] = {
        "/good": ("text/html", GOOD),
        "/said.js": ("text/javascript", "document.getElementById('said').textContent = `secure: ${isSecureContext}`"),
        "/inline": ("text/html", HEAD + "<body><main><h1>H</h1></main><script>var x = 1</script></body></html>"),
        "/throws": ("text/html", HEAD + "<body><main><h1>H</h1></main><script src=/throws.js></script></body></html>"),
        "/throws.js": ("text/javascript", "throw new Error('gone wrong')"),
        "/tracker": ("text/html", HEAD + "<body><main><h1>H</h1></main><script src=/fetch.js></script></body></html>"),
        "/fetch.js": ("text/javascript", "new Image().src = 'http://tracker.example/pixel.png'"),
        "/favicon.ico": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        "/nameless": ("text/html", HEAD + "<body><main><h1>H</h1><input type=text></main></body></html>"),
        "/tiny": (
            "text/html",
            HEAD + "<body><main><h1>H</h1><button>a</button><button>b</button></main>"
            "<link rel=stylesheet href=/tiny.css></body></html>",
        ),
        "/tiny.css": ("text/css", "button { width: 9px; height: 9px; padding: 0; border: 0; margin: 0 }"),
        "/wide": ("text/html", HEAD + "<body><main><h1>H</h1><pre>" + "long" * 200 + "</pre></main></body></html>"),
    }

    def do_GET(self) -> None:
        kind, text = self.PAGES.get(self.path, ("text/html", HEAD + "<body><main><h1>No</h1></main></body></html>"))
        self.send_response(200 if self.path in self.PAGES else 404)
        self.send_header("Content-Type", kind)
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src *"
        )
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_arguments: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def site_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def forgiving(browser: Browser, site_url: str) -> Iterator[Pages]:
    """Pages whose complaints the test looks at itself."""
    opened = Pages(browser, site_url)
    yield opened
    opened.close()


def test_a_good_page_passes_and_is_kept_as_a_picture(page: Page, screenshot: Callable[..., Path]) -> None:
    page.goto("/good")
    assert page.inner_text("#said") == "secure: true"
    assert_accessible(page)
    assert_fits_its_window(page)
    assert screenshot(page).read_bytes().startswith(JPEG)


def test_a_phone_is_narrow(phone_page: Page) -> None:
    phone_page.goto("/good")
    assert phone_page.evaluate("document.documentElement.clientWidth") == 360
    assert_fits_its_window(phone_page)


def test_without_javascript_none_runs(plain_page: Page) -> None:
    plain_page.goto("/good")
    assert plain_page.inner_text("#said") == "no script ran"
    assert_fits_its_window(plain_page)


def test_dark_is_what_the_page_is_told(dark_page: Page) -> None:
    dark_page.goto("/good")
    assert dark_page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_a_host_name_over_plain_http_is_no_secure_context(named_page: Page) -> None:
    named_page.goto("/good")
    assert HOST_NAME in named_page.url
    assert named_page.inner_text("#said") == "secure: false"


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/inline", "Content Security Policy"),
        ("/throws", "gone wrong"),
        ("/tracker", "request to another host: http://tracker.example/pixel.png"),
        ("/missing", "404"),
    ],
)
def test_what_a_page_must_not_do_is_noticed(forgiving: Pages, path: str, complaint: str) -> None:
    forgiving.open().goto(path, wait_until="networkidle")
    forgiving.close()
    assert complaint in "\n".join(forgiving.complaints())
    forgiving.expect(complaint)
    assert not [text for text in forgiving.complaints() if complaint in text]


@pytest.mark.parametrize(("path", "rule"), [("/nameless", "label"), ("/tiny", "target-size")])
def test_what_is_not_accessible_is_named(page: Page, path: str, rule: str) -> None:
    page.goto(path)
    with pytest.raises(AssertionError, match=rf"- {rule} \((critical|serious)\)"):
        assert_accessible(page)
    assert_accessible(page, exclude=("input", "button"))


def test_a_page_wider_than_a_phone_is_noticed(phone_page: Page) -> None:
    phone_page.goto("/wide")
    with pytest.raises(AssertionError, match="<pre>"):
        assert_fits_its_window(phone_page)
