"""Whatever offices write reaches a page as text, named where it deceives, and never as markup, link or script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from registrum.client.members import Office
from registrum.index.reading import IndexReader
from tests.web.served import Client, Served, path_of
from tests.web.test_pages_records import page

NAMES = [
    '<script>alert("name")</script>',
    '"><img src=x onerror=alert(1)>',
    "{{ 7919 * 7919 }}{% include 'base.html' %}",
    "Office \u202etxt.exe",
    "ЕUIPO",  # noqa: RUF001 - a Cyrillic letter before Latin ones
    "Z" + "\u0337" * 40 + "algo",
    "x" * 2_000,
    "line\r\nbreak\x00\x1b[31m",
    "\ue0000\ue001 and { $host }",
]
ADDRESSES = [
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    'https://em.example/" onmouseover="alert(1)',
    "https://em.example@evil.example/",
    "//evil.example",
]


@pytest.fixture
def client(there: Served) -> Iterator[Client]:
    with there.client() as made:
        yield made


def named(monkeypatch: pytest.MonkeyPatch, name: str, endpoint: str) -> None:
    """Every office is read with this name and this address."""
    one, every = IndexReader.office, IndexReader.offices

    def office(reader: IndexReader, code: str) -> Office | None:
        found = one(reader, code)
        return None if found is None else replace(found, name=name, endpoint=endpoint)

    def offices(reader: IndexReader) -> list[Office]:
        return [replace(found, name=name, endpoint=endpoint) for found in every(reader)]

    monkeypatch.setattr(IndexReader, "office", office)
    monkeypatch.setattr(IndexReader, "offices", offices)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_name_is_text_on_every_page(
    client: Client, there: Served, monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    named(monkeypatch, name, ADDRESSES[0])
    samples = there.samples
    for path in (
        "/",
        "/offices",
        "/offices/EM",
        "/search",
        "/priority-check",
        f"/applications/{path_of(samples.filed.number)}",
        f"/registrations/{path_of(samples.entry)}",
    ):
        html = page(client, f"{path}?lang={language}")
        assert "alert" not in "".join(html.links)
        assert "62710561" not in html.text
        assert "\u202e" not in html.text
        assert "\x1b" not in html.text
        assert "img" not in {link.partition(":")[0] for link in html.links}


def test_what_deceives_is_said_beside_the_name(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "ЕM \u202eoffice", "")  # noqa: RUF001 - a Cyrillic letter before a Latin one
    html = page(client, "/offices/EM")
    assert "U+202E" in html.text
    assert "turn the order of characters" in html.text
    assert "mixes letters of several scripts" in html.text


@pytest.mark.parametrize("endpoint", ADDRESSES)
def test_an_address_that_is_no_page_of_the_web_is_no_link(
    client: Client, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    named(monkeypatch, "Office", endpoint)
    html = page(client, "/offices/EM")
    assert all(link.startswith(("/", "#")) for link in html.links)
    assert endpoint.split('"', maxsplit=1)[0] in html.text


def test_an_address_on_the_web_names_its_host_and_passes_nothing_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, "Office", "https://em.example/register")
    html = page(client, "/offices/EM")
    assert "https://em.example/register" in html.links
    assert "Open em.example (leaves this register)" in html.text
    assert 'rel="noopener noreferrer nofollow external"' in client.http.get("/offices/EM").text


@pytest.mark.parametrize(
    "query",
    [
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/search?begins=%22%3E%3Cimg+src=x+onerror=alert(1)%3E",
        "/search?lang=%22%3E%3Cb%3E&q=x",
        "/verify?sha256=%22%3E%3Cscript%3E",
        "/priority-check?earlier=%27%22%3E%3Csvg/onload=alert(1)%3E&laterOffice=%22%3E%3Cb%3E",
        "/live?before=%22%3E%3Cb%3E",
        "/offices/%22%3E%3Cb%3E",
        "/consortium/proposals/%22%3E%3Cb%3E",
        "/transactions/%22%3E%3Cb%3E",
        "/anchors?office=%22%3E%3Cb%3E&offset=%22",
        "/no/%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_what_a_reader_sends_comes_back_as_text(client: Client, query: str) -> None:
    status = client.http.get(query, follow_redirects=False).status_code
    assert status in (200, 400, 404)
    html = page(client, query, expect=status)
    assert all("<" not in link and '"' not in link for link in html.links)
