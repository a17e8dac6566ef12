"""Every answer of the index is that of the client at the same block, in SQLite and in PostgreSQL."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from registrum import OfficeNumber, Registry
from registrum.index.following import Follower
from registrum.index.reading import IndexReader, read_index
from registrum.index.store import open_index
from registrum.signing.addresses import parse_address
from tests.index.deeds import YEARS, Deeds, claims_around, deeds, depart
from tests.postgres import running_postgres

UNRECORDED = OfficeNumber.from_text("EM/T/404")


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deeds]:
    with deeds(tmp_path_factory.mktemp("agrees"), seed=1) as made:
        made.do(130)
        depart(made)
        made.steal("EM", hours=30)
        made.do(50)
        yield made


@pytest.fixture(scope="module")
def registry(happened: Deeds) -> Registry:
    return happened.made.registry()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reader(
    request: pytest.FixtureRequest, happened: Deeds, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[IndexReader]:
    if request.param == "sqlite":
        yield from _followed(str(tmp_path_factory.mktemp("index") / "index.sqlite"), happened)
        return
    with running_postgres() as server, server.database() as url:
        yield from _followed(url, happened)


def _followed(url: str, happened: Deeds) -> Iterator[IndexReader]:
    with open_index(url) as index:
        Follower(index, happened.made.rpc, happened.made.manifest).catch_up()
        with read_index(index) as reader:
            yield reader


def test_records(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    numbers = [*happened.numbers, UNRECORDED, OfficeNumber.from_text("US/P/1"), OfficeNumber.from_text("DE/P/1")]
    answers = [reader.look_up(number) for number in numbers]
    assert answers == [registry.look_up(number) for number in numbers]
    assert {answer.standing.value for answer in answers} == {
        "recorded",
        "corrected",
        "withdrawn",
        "not_found",
        "not_covered",
    }
    assert any(answer.signer_compromised_since for answer in answers)
    assert any(answer.reconfirmed and answer.signer_compromised_since is None for answer in answers)
    assert reader.records(numbers) == registry.records(numbers)
    assert [answer.to_json() for answer in answers] == [registry.look_up(number).to_json() for number in numbers]


def test_versions_lead_to_the_record(reader: IndexReader, happened: Deeds) -> None:
    for number in happened.numbers:
        versions = reader.versions(number)
        assert [version.is_present for version in versions] == [False] * (len(versions) - 1) + [True]
        assert versions[-1].record == reader.record(number)
        assert [version.record.version for version in versions] == list(range(1, len(versions) + 1))
        assert all(version.superseded_at == after.block_time for version, after in itertools.pairwise(versions))


def test_history_has_the_events_of_the_client(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    for number in [*happened.numbers[:30], UNRECORDED]:
        expected = [event for event in registry.history(number) if event.name != "ApplicationDisclosed"]
        found = [event for event in reader.history(number) if event.contract != "RightsRegister"]
        assert [(event.name, event.block_number, event.log_index, event.transaction_hash) for event in found] == [
            (event.name, event.block_number, event.log_index, event.transaction_hash) for event in expected
        ]
        assert [event.block_time for event in found] == [event.block_time for event in expected]


def test_offices_keys_and_calendars(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    assert reader.offices() == registry.offices()
    for code in happened.offices:
        assert reader.office(code) == registry.office(code)
        assert reader.successor(code) == registry.successor(code)
        assert reader.proposed_seat(code) == registry.proposed_seat(code)
        assert reader.keys(code) == registry.keys(code)
        calendars = [registry.calendar(code, year) for year in YEARS]
        assert [reader.calendar(code, year) for year in YEARS] == calendars
        assert reader.calendars(code) == [calendar for calendar in calendars if calendar is not None]
        for key in registry.keys(code):
            assert reader.key(code, key.account) == key
            assert reader.key_suspension(code, key.account) == registry.key_suspension(code, key.account)
            for moment in (happened.made.now(), key.valid_from):
                assert reader.signer_compromised_since(code, key.account, moment) == registry.signer_compromised_since(
                    code, key.account, moment
                )
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2024, 7, 27)):
            assert reader.is_closed(code, day) == registry.is_closed(code, day)


def test_claims(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    recorded = 0
    for number in [*happened.numbers, UNRECORDED]:
        assert reader.claims_by(number) == registry.claims_by(number)
        assert reader.claims_on(number) == registry.claims_on(number)
        recorded += len(reader.claims_by(number))
    assert recorded > 10
    later, earlier = happened.claims[0]
    assert reader.claim(later, earlier) == registry.claim(later, earlier)
    found = [claim for number in happened.numbers for claim in reader.claims_by(number)]
    assert any(claim.corrected_since for claim in found)
    assert any(claim.earlier_version == 0 for claim in found)


def test_verdicts(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    claims = claims_around(happened, random.Random(8), 800)
    assert reader.check_priorities(claims) == registry.check_priorities(claims)


def test_anchors(reader: IndexReader, registry: Registry) -> None:
    page = reader.anchors("EM")
    assert page.total == registry.next_sequence("EM") - 1 == len(page.items)
    assert reader.anchors().items == page.items
    assert reader.anchors("JP").total == 0
    one = reader.anchor("EM", 1)
    assert one is not None
    assert (one.leaf_count, one.disclosed_count) == (3, 1)
    assert reader.anchor("EM", 404) is None
    assert reader.by_digest(one.root).items[0].kind.value == "anchor_root"


def test_entries(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    rights = registry.rights
    assert len(happened.marks) > 3
    assert reader.entries(happened.marks) == rights.entries(happened.marks)
    assert reader.codes().to_json() == rights.codes().to_json()
    for number in [*happened.marks, UNRECORDED]:
        assert reader.events(number) == rights.events(number)
        assert reader.timeline(number) == rights.timeline(number)
        for on in (None, date(2023, 1, 1), date(2024, 6, 15), date(2040, 1, 1)):
            assert reader.standing(number, on) == rights.standing(number, on)
        for known_on in (None, happened.made.now().date() - timedelta(days=1)):
            on = date(2024, 6, 15)
            assert reader.status_on(number, on, known_on) == rights.status_on(number, on, known_on)
        report = reader.verify_history(number)
        assert report == rights.verify_history(number)
        assert report is None or report.is_complete
    assert any(len(reader.events(number)) > 1 for number in happened.marks)


def test_the_feed_holds_every_event_once(reader: IndexReader) -> None:
    pages, before = [], None
    while page := reader.feed(37, before=before):
        pages += page
        before = page[-1].position
    assert [event.position for event in pages] == sorted({event.position for event in pages}, reverse=True)
    forward, after = [], 0
    while page := reader.feed(41, after=after):
        forward += page
        after = page[-1].position
    assert forward == pages[::-1]
    for event in pages[::20]:
        emitted = [other for other in pages if other.transaction_hash == event.transaction_hash]
        assert reader.transaction(event.transaction_hash) == emitted[::-1]
    of_em = [event for event in pages if event.office == "EM"]
    assert reader.feed(1000, office="EM") == of_em[:1000]


def test_digests_of_versions_and_of_former_ones(reader: IndexReader, happened: Deeds) -> None:
    kinds = set()
    for number in happened.numbers:
        for version in reader.versions(number):
            [match] = [
                one
                for one in reader.by_digest(version.record.digest).items
                if one.number == number and one.version == version.record.version
            ]
            assert match.is_present is version.is_present
            assert match in reader.by_digest_under(version.record.digest, number)
            assert match.standing is reader.look_up(number).standing
            if version.is_present:
                assert match.signer_compromised_since == reader.look_up(number).signer_compromised_since
            kinds.add(match.is_present)
    assert kinds == {True, False}
    for mark in happened.marks:
        entry = reader.entry(mark)
        assert entry is not None
        assert entry.dossier is not None
        assert ("dossier", mark) in {(one.kind.value, one.number) for one in reader.by_digest(entry.dossier).items}


def test_the_block_is_that_of_the_node(reader: IndexReader, happened: Deeds) -> None:
    newest = happened.made.rpc.call("eth_getBlockByNumber", ["latest", False])
    number = int(newest["number"], 16)
    freshness = reader.freshness(number + 3)
    assert freshness.block_hash == newest["hash"]
    assert (freshness.lag_blocks, freshness.is_complete) == (3, True)
    assert freshness.block_time == happened.made.now()
    # A look at the node that is a moment old says that the index is up with it; a node far behind says nothing.
    assert [reader.freshness(number - back).lag_blocks for back in (1, 20, 21)] == [0, 0, None]
    assert parse_address(reader.offices()[0].seat)
