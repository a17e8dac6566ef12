"""Long lists come in parts that together are the whole: claims both ways, events, timelines, relations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from registrum import OfficeNumber
from registrum.client.records import ApplicationRecord
from registrum.index.answers import Page
from registrum.index.queries import ApplicationQuery
from registrum.index.reading import IndexReader, read_index
from registrum.web.pages import applications, registrations
from tests.web.served import Client, Served, path_of


@pytest.fixture(scope="module")
def client(there: Served) -> Iterator[Client]:
    with there.client() as client:
        yield client


@pytest.fixture
def reader(there: Served) -> Iterator[IndexReader]:
    with read_index(there.index) as reader:
        yield reader


def numbers(there: Served) -> list[OfficeNumber]:
    held = there.samples
    return [held.filed.number, held.corrected.number, held.withdrawn, held.later.number, held.entry, held.anchored]


def parts(take: Callable[[int, int], Any], size: int, total: int) -> list[Any]:
    """All that there is, asked for in parts."""
    return [item for offset in range(0, total + size, size) for item in take(size, offset)]


@pytest.mark.parametrize("size", [1, 2, 50])
def test_parts_of_a_reading_are_the_whole(reader: IndexReader, there: Served, size: int) -> None:
    for number in numbers(there):
        made, resting = reader.count_claims(number)
        claims = reader.claims_by(number), reader.claims_on(number)
        assert (made, resting) == (len(claims[0]), len(claims[1]))
        assert parts(lambda n, at, of=number: reader.claims_by(of, limit=n, offset=at), size, made) == claims[0]
        assert parts(lambda n, at, of=number: reader.claims_on(of, limit=n, offset=at), size, resting) == claims[1]
        history = reader.history(number)
        assert reader.history_page(number, limit=size).total == len(history)
        for newest_first, expected in ((False, history), (True, history[::-1])):
            assert (
                parts(
                    lambda n, at, of=number, first=newest_first: (
                        reader.history_page(of, limit=n, offset=at, newest_first=first).items
                    ),
                    size,
                    len(history),
                )
                == expected
            )


@pytest.mark.parametrize("size", [1, 2, 50])
def test_parts_of_a_timeline_are_the_whole(reader: IndexReader, there: Served, size: int) -> None:
    number = there.samples.entry
    timeline = reader.timeline(number)
    assert len(timeline) > 1
    for newest_first, expected in ((False, timeline), (True, timeline[::-1])):
        page = reader.timeline_page(number, limit=size, newest_first=newest_first)
        assert (page.total, page.items) == (len(timeline), tuple(expected[:size]))
        found = parts(
            lambda n, at, first=newest_first: (
                reader.timeline_page(number, limit=n, offset=at, newest_first=first).items
            ),
            size,
            len(timeline),
        )
        assert found == expected
    assert reader.timeline_page(there.samples.filed.number).items == ()


def walked(client: Client, path: str) -> list[Any]:
    """The answers of the interface from page to page."""
    found = [client.get(path, limit=1)]
    while following := found[-1]["page"]["next"]:
        found.append(client.get(following))
    return found


def test_the_interface_goes_from_page_to_page(client: Client, there: Served) -> None:
    earlier = path_of(there.samples.filed.number)
    [whole] = walked(client, f"office-numbers/{earlier}/claims")
    assert (whole["data"]["makesTotal"], whole["data"]["isBasisOfTotal"], whole["page"]["total"]) == (0, 1, 1)
    assert len(whole["data"]["isBasisOf"]) == 1
    assert client.get(f"office-numbers/{earlier}/claims", offset=1)["data"]["isBasisOf"] == []
    for path in (f"office-numbers/{earlier}/claims", f"office-numbers/{earlier}/events"):
        # As deep as it goes: an entry has up to 65,535 events.
        assert client.get(path, offset=65_535)["page"]["next"] is None
    for path in (f"office-numbers/{earlier}/events", f"registrations/{path_of(there.samples.entry)}/events"):
        pages = walked(client, path)
        assert len(pages) == pages[0]["page"]["total"] > 1
        assert [page["data"][0] for page in pages] == client.data(path)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A register in which every search finds more than pages reach."""
    known = IndexReader.search_applications

    def found(reader: IndexReader, query: ApplicationQuery) -> Page[ApplicationRecord]:
        page = known(reader, replace(query, offset=0))
        return replace(page, total=20_001, total_is_capped=True, offset=query.offset)

    monkeypatch.setattr(IndexReader, "search_applications", found)


@pytest.mark.usefixtures("endless")
@pytest.mark.parametrize(("offset", "limit", "is_cut_off"), [(0, 50, False), (9_950, 50, False), (9_951, 50, True)])
def test_no_page_names_a_next_one_that_is_refused(client: Client, offset: int, limit: int, is_cut_off: bool) -> None:
    page = client.get("applications", offset=offset, limit=limit)["page"]
    assert page["isCutOff"] is is_cut_off
    assert (page["next"] is None) is is_cut_off
    if not is_cut_off:
        client.get(page["next"])


@pytest.mark.usefixtures("endless")
def test_the_last_page_that_is_reached_says_how_to_narrow(client: Client) -> None:
    [following] = shown(client, "/search?office=EM&offset=9975", r'rel="next" href="([^"]+)"')
    last = client.http.get(following.replace("&amp;", "&"))
    assert last.status_code == 200
    assert 'rel="next"' not in last.text
    assert "pages reach no further" in last.text


def shown(client: Client, address: str, pattern: str) -> list[str]:
    answer = client.http.get(address)
    assert answer.status_code == 200, answer.text
    return re.findall(pattern, answer.text)


def test_a_record_page_shows_a_part_of_its_lists(
    client: Client, there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applications, "_PART", 1)
    address = f"/applications/{path_of(there.samples.filed.number)}"
    event = r"<code>([A-Za-z]+\.[A-Za-z]+)</code></dd>"
    [newest] = shown(client, address, event)
    [oldest] = shown(client, f"{address}?events=1", event)
    assert (newest, oldest) == ("PriorityRegister.ClaimRecorded", "ApplicationRegistry.ApplicationRegistered")
    text = client.http.get(address).text
    assert 'rel="next"' in text
    assert "events=1#raw" in text
    assert "1 to 1 of 2" in text
    assert shown(client, f"{address}?events=no&made=-1", event) == [newest]


@pytest.mark.parametrize("most_read", [2_000, 0])
def test_an_entry_page_shows_a_part_of_its_timeline(
    client: Client, there: Served, monkeypatch: pytest.MonkeyPatch, most_read: int
) -> None:
    """Also of an entry with so many events that the page reads only those that it shows."""
    monkeypatch.setattr(registrations, "_PART", 1)
    monkeypatch.setattr(registrations, "_MOST_READ", most_read)
    address = f"/registrations/{path_of(there.samples.entry)}"
    event = r'<li id="event-(\d+)"'
    assert [shown(client, f"{address}?events={at}", event) for at in (0, 1)] == [["2"], ["1"]]
    assert shown(client, f"{address}?event=1", event) == ["1"]
    assert ("not checked here" in client.http.get(address).text) == (most_read == 0)
    monkeypatch.setattr(registrations, "_CERTIFIED", 1)
    row = r'<tr id="event-(\d+)"'
    assert [shown(client, f"{address}/certificate?events={at}", row) for at in (0, 1)] == [["1"], ["2"]]
