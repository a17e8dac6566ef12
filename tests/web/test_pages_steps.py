"""Numbers with dots between slashes: every link to one leads to its own page, as a browser resolves it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from registrum import Application, OfficeNumber
from tests.client.registries import digest
from tests.web.served import FILED, REGISTRAR, Client, Served

TEXTS = (
    "EM/T/../../RU/T/2024712345",
    "EM/T/..",
    "EM/T/.",
    "EM/T/A/../B",
    "EM/T/./1",
    "EM/T/1/",
    "EM/T//1",
    "EM/T/B/..",
)
NUMBERS = [OfficeNumber.from_text(text) for text in TEXTS]


class Links(HTMLParser):
    """The addresses of links, by their text, and the heading of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.heading = ""
        self._at = ""
        self._href = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._at = tag
        self._href = dict(attrs).get("href") or "" if tag == "a" else ""
        if self._href:
            self.links.append((self._href, ""))

    def handle_data(self, data: str) -> None:
        if self._at == "a" and self._href:
            self.links[-1] = (self._href, self.links[-1][1] + data.strip())
        if self._at == "h1":
            self.heading += data.strip()

    def handle_endtag(self, tag: str) -> None:
        self._at = ""


@pytest.fixture(scope="module")
def client(there: Served) -> Iterator[Client]:
    there.world.registry().register_batch("EM", [Application(each, FILED, digest(each.text)) for each in NUMBERS])
    there.world.registry(signer=REGISTRAR).rights.file(NUMBERS[0], FILED, (9,), digest("dossier of it"))
    there.catch_up()
    with there.client() as made:
        yield made


def followed(client: Client, page: str, href: str) -> tuple[str, Links]:
    """Where a browser gets to by a link, and what is there."""
    address = urljoin(f"http://localhost{page}", href)
    answer = client.http.get(address)
    assert answer.status_code == 200, (page, href, answer.status_code)
    return address.removeprefix("http://localhost"), Links(answer.text)


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_a_link_leads_to_the_number_that_it_shows(client: Client, number: OfficeNumber) -> None:
    search = "/search?office=EM&sort=-position"
    [href] = {href for href, text in Links(client.http.get(search).text).links if text == number.text}
    page, shown = followed(client, search, href)
    assert shown.heading == number.text
    for link, text in shown.links:
        if text == "Français":
            assert followed(client, page, link)[1].heading == number.text
        if link.endswith("/certificate"):
            certificate, found = followed(client, page, link)
            assert any(
                followed(client, certificate, back)[1].heading == number.text
                for back, said in found.links
                if said == number.text
            )
        if link.startswith("/api/v1/office-numbers/"):
            answer = client.http.get(urljoin(f"http://localhost{page}", link)).json()
            assert answer["data"]["officeNumber"] == number.text


def test_its_register_entry_is_reached(client: Client) -> None:
    page = "/search?in=registrations&office=EM"
    [href] = {href for href, text in Links(client.http.get(page).text).links if text == TEXTS[0]}
    _, shown = followed(client, page, href)
    assert shown.heading == TEXTS[0]


def test_a_link_of_a_page_stays_on_the_server(client: Client) -> None:
    answer = client.http.get("http://localhost//evil.example/x")
    assert answer.status_code == 404
    for href, text in Links(answer.text).links:
        if text == "Français":
            assert urlsplit(urljoin("http://localhost/", href)).netloc == "localhost"
            assert unquote(href).startswith("/evil.example")
