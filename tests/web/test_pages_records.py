"""Pages over a real deployment: each answer in words, the block on every page, links that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from registrum.client.proposals import id_text
from registrum.errors import SearchTooWideError
from registrum.index.reading import IndexReader
from tests.client.consortia import TERMS
from tests.web.door import Door
from tests.web.served import KEYS_OF_EM, Client, Served, path_of


class Html(HTMLParser):
    """What a page has: texts, headings, answers, links, identifiers, and whatever a strict policy forbids."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.answers: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.referred: list[str] = []
        self.forbidden: list[str] = []
        self.language: str | None = None
        self._tag = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._tag = tag
        if tag == "html":
            self.language = given.get("lang")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if answer := given.get("data-answer"):
            self.answers.append(answer)
        if tag == "a" and (address := given.get("href")):
            self.links.append(address)
        if identity := given.get("id"):
            self.ids.append(identity)
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.referred += (given.get(name) or "").split()
        self.forbidden += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.forbidden.append(tag)

    def handle_data(self, data: str) -> None:
        if self._tag == "script" and data.strip():
            self.forbidden.append(data)
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def page(client: Client, path: str, *, expect: int = 200, **headers: str) -> Html:
    answer = client.http.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == expect, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    html = Html(answer.text)
    assert html.forbidden == []
    assert html.headings[0] == 1
    assert html.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(html.headings, html.headings[1:], strict=False))
    assert len(html.ids) == len(set(html.ids))
    assert set(html.referred) <= set(html.ids)
    assert re.search(r"Read at block [\d,]+ 0x|Lu au bloc", html.text), path
    return html


@pytest.fixture(scope="module")
def client(there: Served) -> Iterator[Client]:
    with there.client() as made:
        yield made


def test_every_page_leads_only_to_pages_that_are_there(client: Client) -> None:
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        where = parts.path + (f"?{parts.query}" if parts.query else "")
        if parts.scheme or where in seen or where.startswith(("/api/", "/static/")) or len(seen) > 150:
            continue
        seen.add(where)
        if "lang=" in where:
            continue
        answer = client.http.get(where)
        expected = (200, 404) if where.startswith("/registrations") else (200,)
        assert answer.status_code in expected, where
        waiting += [link if link.startswith("/") else "/" for link in Html(answer.text).links if link[0] == "/"]
    kinds = {where.split("/")[1].split("?")[0] for where in seen}
    assert kinds >= {"search", "applications", "offices", "consortium", "live", "verify", "transactions", "anchors"}


def test_the_answers_about_a_number_differ(client: Client, there: Served) -> None:
    samples = there.samples
    found = {
        name: page(client, path, expect=status)
        for name, path, status in (
            ("recorded", f"/applications/{path_of(samples.filed.number)}", 200),
            ("corrected", f"/applications/{path_of(samples.corrected.number)}", 200),
            ("withdrawn", f"/applications/{path_of(samples.withdrawn)}", 200),
            ("not-found", "/applications/EM/T/999999999", 404),
            ("not-covered", "/applications/BR/T/999999999", 404),
        )
    }
    for name, html in found.items():
        assert html.answers[0] == f"standing-{name}"
    assert "is a member and has not recorded" in found["not-found"].text
    assert "nothing can be said about it" in found["not-covered"].text


def test_a_record_shows_what_was_signed_by_whom_and_all_versions(client: Client, there: Served) -> None:
    samples = there.samples
    html = page(client, f"/applications/{path_of(samples.corrected.number)}")
    assert "30 January 2024" in html.text
    assert samples.corrected.digest.hex() in html.text
    assert KEYS_OF_EM[0] in html.text
    assert "Version 2" in html.text
    assert "Version 1" in html.text
    assert "Recorded long after filing" in html.text
    assert any(link.startswith("/transactions/0x") for link in html.links)


def test_a_proof_is_offered_where_there_is_one(client: Client, there: Served) -> None:
    samples = there.samples
    anchored = page(client, f"/applications/{path_of(samples.anchored)}", expect=404)
    assert anchored.answers[0] == "standing-not-found"
    assert f"/api/v1/proofs/{samples.anchored.text}" in anchored.links
    assert client.get(f"proofs/{samples.anchored.text}")
    filed = page(client, f"/applications/{path_of(samples.filed.number)}")
    assert not any(link.startswith("/api/v1/proofs/") for link in filed.links)


def test_priority_claims_are_shown_both_ways(client: Client, there: Served) -> None:
    samples = there.samples
    earlier = page(client, f"/applications/{path_of(samples.filed.number)}")
    later = page(client, f"/applications/{path_of(samples.later.number)}")
    assert f"/applications/{path_of(samples.later.number)}" in earlier.links
    assert f"/applications/{path_of(samples.filed.number)}" in later.links
    assert "accepted" in later.text


def test_the_certificate_has_the_whole_hash_of_its_block(client: Client, there: Served) -> None:
    for path in (
        f"/applications/{path_of(there.samples.filed.number)}/certificate",
        f"/registrations/{path_of(there.samples.entry)}/certificate",
    ):
        html = page(client, path)
        assert "Extract from the register" in html.text
        assert re.search(r"\b0x[0-9a-f]{64}\b", html.text)


def test_an_address_in_another_form_leads_to_the_right_one(client: Client, there: Served) -> None:
    number = there.samples.filed.number
    answer = client.http.get(f"/applications/em/T/{number.number.lstrip('0')}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/applications/{path_of(number)}"
    html = page(client, "/applications/EM/T/%E2%80%AE%3Cscript%3E", expect=404)
    assert html.answers == ["verdict-malformed-number"]
    assert "U+202E" in html.text


def test_the_search_box_takes_what_names_something(client: Client, there: Served) -> None:
    samples = there.samples
    number, digest = samples.filed.number, samples.filed.digest.hex()
    for text in (number.text, f"EM {number.number}", f" EM {number.number[:3]} {number.number[3:]} ", number.number):
        answer = client.http.get("/search", params={"q": text}, follow_redirects=False)
        assert answer.headers["location"] == f"/applications/{path_of(number)}", text
    assert client.http.get("/search", params={"q": "EM"}, follow_redirects=False).headers["location"] == "/offices/EM"
    assert number.text in page(client, f"/search?q=0x{digest.upper()}").text
    assert number.text in page(client, f"/search?q={KEYS_OF_EM[0]}").text
    unmasked = client.http.get("/search", params={"q": "EM/T/ODD-1"}, follow_redirects=False)
    assert unmasked.headers["location"] == "/applications/EM/T/ODD-1"
    assert "fits none of the forms" in page(client, "/applications/EM/T/ODD-1", expect=404).text
    unknown = page(client, "/search?q=" + "ab" * 32, expect=404)
    assert unknown.answers == ["standing-not-found"]
    beginning = page(client, "/search?q=EM/T/")
    assert number.text in beginning.text


def test_the_search_box_takes_what_the_offices_decided_on(client: Client, there: Served) -> None:
    number = id_text(there.samples.proposal)
    for text in (number, number[2:]):
        answer = client.http.get("/search", params={"q": text}, follow_redirects=False)
        assert answer.headers["location"] == f"/consortium/proposals/{number}"
    assert "charter of the consortium" in page(client, f"/search?q={TERMS.charter_digest.hex()}").text
    assert page(client, "/search?q=" + "0" * 64, expect=404).answers == ["standing-not-found"]
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    door.shut()
    with there.client(node=there.node(door.url)) as alone:
        unknown = page(alone, f"/search?q={number}", expect=404)
        assert "Whether it is a proposal or the charter" in unknown.text
        assert there.samples.filed.number.text in page(alone, f"/search?q={there.samples.filed.digest.hex()}").text


def test_the_search_box_warns_of_what_only_looks_like_a_number(client: Client) -> None:
    html = page(client, "/search?q=%D0%95%D0%9C+018660437", expect=404)  # Cyrillic letters for EM
    assert "look like plain letters" in html.text
    assert "CYRILLIC" in html.text
    turned = page(client, "/search?q=EM+%E2%80%AE734066810", expect=404)
    assert "U+202E" in turned.text
    too_long = page(client, "/search?q=" + "9" * 5_000, expect=404)
    assert too_long.answers == ["verdict-malformed-number"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("office=BR", 200),
        ("in=registrations&office=BR", 200),
        ("begins=BR/T/", 200),
        ("q=BR/T/999999999", 404),
        ("q=BR+999999999&right=T", 404),
    ],
)
def test_of_an_office_that_is_no_member_nothing_is_said_to_be_missing(client: Client, query: str, status: int) -> None:
    """Not covered and not found are two answers, in lists too."""
    answer = client.http.get(f"/search?{query}", follow_redirects=False)
    address = answer.headers.get("location", f"/search?{query}")
    found = page(client, address, expect=status)
    assert found.answers == ["standing-not-covered"]
    assert page(client, "/search?office=JP&right=D").answers == ["standing-not-found"]


def test_lists_are_narrowed_by_what_is_known(client: Client, there: Served) -> None:
    samples = there.samples
    everything = page(client, "/search")
    narrowed = page(client, "/search?office=EM&right=T&status=withdrawn&filedFrom=2024-01-31&filedTo=2024-01-31")
    assert samples.withdrawn.text in narrowed.text
    assert samples.filed.number.text in everything.text
    assert samples.filed.number.text not in narrowed.text
    entries = page(client, "/search?in=registrations&class=42&state=active")
    assert samples.entry.text in entries.text
    assert page(client, "/search?in=registrations&class=41").answers == ["standing-not-found"]
    facet = next(link for link in everything.links if "office=JP" in link)
    assert samples.later.number.text in page(client, facet).text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("filedFrom=31.1.2024", "filedFrom"),
        ("office=QQ", "office"),
        ("right=X", "right"),
        ("status=lost", "status"),
        ("offset=-1", "offset"),
        ("in=registrations&class=46", "class"),
        ("in=registrations&class=40&right=D", "class"),
        ("in=registrations&right=P", "right"),
        ("in=registrations&status=garbage", "status"),
        ("in=registrations&sort=foo", "sort"),
        ("in=registrations&begins=EM*", "begins"),
        ("lateBy=many", "lateBy"),
        ("sort=digest", "sort"),
        ("begins=EM*", "begins"),
        ("q=018660437&office=zz", "office"),
        ("q=018660437&right=X", "right"),
        ("q=0x00112233445566778899aabbccddeeff00112233&offset=x", "offset"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_beside_its_field(client: Client, query: str, field: str) -> None:
    html = page(client, f"/search?{query}", expect=400)
    assert html.answers[0] == "faults"
    assert f"#{field}" in html.links


def test_the_offices_show_keys_calendars_and_anchors(client: Client) -> None:
    assert {"/offices/EM", "/offices/JP"} <= set(page(client, "/offices").links)
    office = page(client, "/offices/EM")
    assert all(key in office.text for key in KEYS_OF_EM)
    assert office.answers[0] == "office-active"
    assert "1 January 2024" in page(client, "/offices/JP").text
    assert page(client, "/offices/BR", expect=404).answers == ["standing-not-covered"]
    assert page(client, "/offices/QQ", expect=404).answers == ["standing-not-found"]
    assert "no. 1" in page(client, "/anchors?office=EM").text


def test_the_consortium_shows_proposals_in_plain_words_with_their_votes(client: Client, there: Served) -> None:
    address = f"/consortium/proposals/{id_text(there.samples.proposal)}"
    overview = page(client, "/consortium")
    assert address in overview.links
    assert "the offices, by vote" in overview.text
    proposal = page(client, address)
    assert "admit office FR" in proposal.text
    assert "a good neighbour" in proposal.text
    assert proposal.answers[0] == "proposal-active"
    for given in ("0xZZ", "9" * 5_000):
        assert page(client, f"/consortium/proposals/{given}", expect=404).answers == ["standing-not-found"]


def test_without_the_node_what_is_indexed_goes_on(there: Served) -> None:
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    door.shut()
    with there.client(node=there.node(door.url)) as client:
        html = page(client, "/consortium", expect=503)
        assert html.answers == ["standing-unreachable"]
        record = page(client, f"/applications/{path_of(there.samples.filed.number)}")
        assert "The node cannot be reached" in record.text


def test_a_transaction_shows_its_events_as_they_are(client: Client, there: Served) -> None:
    record = page(client, f"/applications/{path_of(there.samples.withdrawn)}")
    address = next(link for link in record.links if link.startswith("/transactions/"))
    html = page(client, address)
    assert "ApplicationRegistry.Application" in html.text
    assert page(client, "/transactions/0x" + "0" * 64, expect=404).answers == ["standing-not-found"]
    assert page(client, "/transactions/no", expect=404).answers == ["standing-not-found"]


def test_the_feed_begins_anew_where_its_block_has_vanished(client: Client) -> None:
    """A reorganisation puts other events at the same positions; of what was asked for last, only the block tells."""
    html = client.http.get("/live").text
    positions = re.findall(r'data-position="(\d+)"', html)
    [(block, block_hash)] = re.findall(r'id="feed".* data-block="(\d+)" data-hash="(0x[0-9a-f]{64})"', html)
    asked = {"after": positions[2], "block": block, "hash": block_hash}

    def shown(**changes: str) -> tuple[list[str], bool]:
        text = client.http.get("/live/events", params={**asked, **changes}).text
        return re.findall(r'data-position="(\d+)"', text), "data-vanished" in text

    assert shown() == (positions[:2], False)
    assert shown(hash="0x" + "12" * 32) == (positions, True)
    assert shown(block="99999999") == (positions, True)
    assert shown(hash="0x12") == (positions, True)


def test_the_feed_goes_back_and_forth(client: Client) -> None:
    html = client.http.get("/live").text
    positions = [int(found) for found in re.findall(r'data-position="(\d+)"', html)]
    assert positions == sorted(positions, reverse=True)
    middle = positions[len(positions) // 2]
    newer = [
        int(found)
        for found in re.findall(r'data-position="(\d+)"', client.http.get(f"/live/events?after={middle}").text)
    ]
    assert newer == [position for position in positions if position > middle]
    older = [
        int(found) for found in re.findall(r'data-position="(\d+)"', client.http.get(f"/live?before={middle}").text)
    ]
    assert older
    assert max(older) < middle


def test_pages_are_in_the_language_of_the_reader(client: Client) -> None:
    assert page(client, "/", **{"Accept-Language": "fr-CA, en;q=0.5"}).language == "fr"
    assert page(client, "/about", **{"Accept-Language": "de"}).language == "en"
    with client.http as http:
        chosen = http.get("/?lang=fr")
        assert "lang=fr" in chosen.headers["set-cookie"]
        assert "HttpOnly" in chosen.headers["set-cookie"]
        assert Html(http.get("/offices").text).language == "fr"
        http.cookies.clear()


def test_an_address_that_is_none_is_no_answer_about_an_application(client: Client) -> None:
    html = page(client, "/no/such/page", expect=404)
    assert html.answers == ["standing-not-found"]
    assert "says nothing about any application" in html.text
    assert client.http.get("/api/v1/no-such-thing").headers["content-type"] == "application/json"


def test_a_transaction_is_shown_as_the_node_has_it(client: Client, there: Served) -> None:
    record = page(client, f"/applications/{path_of(there.samples.filed.number)}")
    address = next(link for link in record.links if link.startswith("/transactions/"))
    html = page(client, address)
    assert "The transaction itself" in html.text
    assert there.world.manifest.address("ApplicationRegistry").lower() in html.text
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    door.shut()
    with there.client(node=there.node(door.url)) as other:
        assert "or has it no more" in page(other, address).text


def test_a_search_that_is_too_wide_is_not_taken_for_one_that_finds_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise SearchTooWideError("the search walks through too much")

    monkeypatch.setattr(IndexReader, "search_applications", refuse)
    assert "walks through too much" in page(client, "/search?q=0186", expect=400).text


def test_nothing_is_said_of_a_number_while_the_chain_is_being_read(
    client: Client, there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, known = "/applications/" + path_of(there.samples.filed.number), IndexReader.freshness
    page(client, address)
    monkeypatch.setattr(IndexReader, "freshness", lambda *given: replace(known(*given), is_complete=False))
    for path in (address, "/", "/search?q=0186", "/offices"):
        assert "still being read" in page(client, path, expect=503).text
    page(client, "/about")
