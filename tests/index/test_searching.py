"""Searches find what a plain loop over all rows finds, page by page, in SQLite and in PostgreSQL."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registrum import OfficeNumber, PriorityClaim, RecordStatus, Right
from registrum.dates import from_on_chain
from registrum.errors import DateError, DigestError, IndexDatabaseError, InputError, SearchBusyError, SearchTooWideError
from registrum.index import counting, deadline, searching
from registrum.index.queries import APPLICATION_SORTS, ENTRY_SORTS, ApplicationQuery, EntryQuery
from registrum.index.reading import IndexReader, read_index
from registrum.index.store import Index, last_position, open_index
from registrum.rights.model import Standing, State, StatePair
from registrum.rights.terms import RenewalTerms, default_terms
from registrum.signing.addresses import checksum_address
from tests.index.plans import explained
from tests.index.rows import OFFICES, START, STATUSES, Rows
from tests.postgres import running_postgres

EVERYTHING = 1_000
_STATUSES = list(RecordStatus)
ON = date(2022, 3, 31)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    if request.param == "sqlite":
        with open_index(tmp_path_factory.mktemp("searching") / "index.sqlite") as opened:
            yield opened
        return
    with running_postgres() as server, server.database() as url, open_index(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(index: Index) -> Rows:
    made = Rows(index, seed=11)
    made.add(30)
    return made


@pytest.fixture
def reader(index: Index, rows: Rows) -> Iterator[IndexReader]:
    assert rows.applications
    with read_index(index) as found:
        yield found


# -- what a plain loop finds ---------------------------------------------------------------------------------------


def begins(row: dict[str, Any], text: str | None) -> bool:
    return text is None or row["number"].startswith(text.upper()) or row["number"][5:].startswith(text.upper())


def within(value: int | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    if value is None:
        return False
    day = from_on_chain(value)
    return (first is None or first <= day) and (last is None or day <= last)


def meets_application(row: dict[str, Any], query: ApplicationQuery) -> bool:
    recorded = datetime.fromtimestamp(row["recorded_at"], UTC).date()
    return (
        begins(row, query.text)
        and query.office in (None, row["office"])
        and query.right in (None, row["right"])
        and within(row["filing_date"], query.filed_from, query.filed_to)
        and (query.recorded_from is None or query.recorded_from <= recorded)
        and (query.recorded_to is None or recorded <= query.recorded_to)
        and query.status in (None, _STATUSES[row["status"] - 1])
        and query.digest in (None, row["digest"])
        and query.signing_key in (None, checksum_address(row["signing_key"]))
        and (query.late_by_days is None or (recorded - from_on_chain(row["filing_date"])).days >= query.late_by_days)
    )


def standing(row: dict[str, Any], on: date) -> Standing:
    """The rule of the contract, as the client has it for one entry."""
    is_longer = (row["office"], row["right"]) == ("JP", "T")
    terms = RenewalTerms(10, None, 6, 12) if is_longer else default_terms(Right(row["right"]))
    entry = searching._hit(row_of(row), {}, {row["position"] >> 24: 0})

    class Entry:
        marks = entry.marks | 4 if row.get("continuation") else entry.marks & ~4
        filing_date, registration_date, expiry_date = entry.filing_date, entry.registration_date, entry.expiry_date
        ceased_on, pair = entry.ceased_on, StatePair.parse(row["state"])

    return terms.standing_of(Entry, on)  # type: ignore[arg-type]  # the part of an entry that the rule needs


def row_of(values: dict[str, Any]) -> Any:
    names = ("number", "right", "state", "status", "marks", "event_count", "classes", "position")
    dates = ("filing_date", "registration_date", "expiry_date", "ceased_on")
    return type("Row", (), {name: values.get(name) for name in (*names, *dates)})


def meets_entry(row: dict[str, Any], query: EntryQuery) -> bool:
    status = query.status.casefold() if isinstance(query.status, str) else query.status
    return (
        begins(row, query.text)
        and query.office in (None, row["office"])
        and query.right in (None, row["right"])
        and (query.class_ is None or row["classes"] >> query.class_ & 1 == 1)
        and status in (None, row["status"], STATUSES[row["status"] - 1].casefold())
        and query.state in (None, row["state"][0])
        and (query.standing is None or standing(row, query.on or ON) is query.standing)
        and within(row.get("filing_date"), query.filed_from, query.filed_to)
        and within(row.get("registration_date"), query.registered_from, query.registered_to)
        and within(row.get("expiry_date"), query.expires_from, query.expires_to)
        and query.is_irregular in (None, row["marks"] & 2 == 2)
        and query.is_terminated in (None, row["state"][0] == "T")
        and query.holder in (None, row["holder"])
    )


SORTED_BY = {
    "position": "position",
    "number": "number",
    "filingDate": "filing_date",
    "registrationDate": "registration_date",
    "expiryDate": "expiry_date",
}


def in_order(found: list[dict[str, Any]], sort: str) -> list[str]:
    key, is_descending = SORTED_BY[sort.removeprefix("-")], sort.startswith("-")
    found = sorted(found, key=lambda row: row["position"], reverse=is_descending)
    there = [row for row in found if row.get(key) is not None]
    there.sort(key=lambda row: row[key], reverse=is_descending)
    return [row["number"] for row in there + [row for row in found if row.get(key) is None]]


def counts_of(found: list[dict[str, Any]], name: str) -> dict[str, int]:
    return dict(Counter(row[name] for row in found))


# -- the queries ---------------------------------------------------------------------------------------------------


def application_query(source: random.Random, rows: Rows) -> ApplicationQuery:
    some = source.choice(list(rows.applications.values()))
    day, signing_key = from_on_chain(some["filing_date"]), checksum_address(some["signing_key"])
    choices: list[dict[str, Any]] = [
        {"office": some["office"]},
        {"right": Right(some["right"])},
        {"office": some["office"], "right": Right(some["right"]), "text": some["number"][5:8]},
        {"text": some["number"][: source.randrange(6, 10)].lower()},
        {"text": some["number"][5 : source.randrange(6, 10)]},
        {"filed_from": day},
        {"filed_to": day},
        {"filed_from": date(2020, 1, 1), "filed_to": date(2021, 12, 31)},
        {"recorded_from": date(2023, 11, 15), "recorded_to": date(2023, 11, 16)},
        {"status": source.choice(_STATUSES)},
        {"digest": some["digest"]},
        {"signing_key": signing_key},
        {"late_by_days": source.randrange(0, 1800)},
    ]
    values: dict[str, Any] = {}
    for chosen in source.sample(choices, source.randrange(0, 4)):
        values |= chosen
    sign = source.choice(["", "-"])
    return ApplicationQuery(**values, sort=sign + source.choice(list(APPLICATION_SORTS)), limit=EVERYTHING)


def entry_query(source: random.Random, rows: Rows) -> EntryQuery:
    some = source.choice(list(rows.entries.values()))
    day = date(2019, 1, 1) + timedelta(source.randrange(5 * 365))
    choices: list[dict[str, Any]] = [
        {"office": some["office"]},
        {"right": Right(some["right"])},
        {"text": some["number"][5 : source.randrange(6, 10)]},
        {"class_": source.randrange(1, 33)},
        {"status": source.choice([some["status"], STATUSES[some["status"] - 1].upper()])},
        {"state": State(some["state"][0])},
        {"standing": source.choice(list(Standing)), "on": source.choice([ON, day])},
        {"filed_from": day},
        {"filed_from": date(2020, 1, 1), "filed_to": date(2021, 12, 31)},
        {"filed_to": date(2020, 12, 31)},
        {"registered_from": day},
        {"registered_to": day},
        {"expires_from": day, "expires_to": day + timedelta(300)},
        {"is_irregular": source.random() < 0.5},
        {"is_terminated": source.random() < 0.5},
        {"holder": some["holder"]},
    ]
    values: dict[str, Any] = {}
    for chosen in source.sample(choices, source.randrange(0, 4)):
        values |= chosen
    sign = source.choice(["", "-"])
    return EntryQuery(**values, sort=sign + source.choice(list(ENTRY_SORTS)), limit=EVERYTHING)


def test_applications(reader: IndexReader, rows: Rows) -> None:
    source = random.Random(21)
    sizes = []
    for _ in range(250):
        query = application_query(source, rows)
        found = [row for row in rows.applications.values() if meets_application(row, query)]
        page = reader.search_applications(query)
        assert [record.number.text for record in page.items] == in_order(found, query.sort), query
        assert (page.total, page.total_is_capped) == (len(found), False)
        assert page.facets["office"] == counts_of(found, "office")
        assert list(page.facets["office"].values()) == sorted(page.facets["office"].values(), reverse=True)
        assert page.facets["right"] == counts_of(found, "right")
        assert page.facets["status"] == dict(Counter(_STATUSES[row["status"] - 1].value for row in found))
        assert page.facets["year"] == dict(Counter(str(row["filing_date"] // 10_000) for row in found))
        sizes.append(len(found))
    assert min(sizes) == 0
    assert max(sizes) == len(rows.applications)
    assert len({size for size in sizes if size}) > 40


def test_entries(reader: IndexReader, rows: Rows) -> None:
    source = random.Random(22)
    for _ in range(250):
        query = entry_query(source, rows)
        found = [row for row in rows.entries.values() if meets_entry(row, query)]
        page = reader.search_entries(query)
        assert [hit.number.text for hit in page.items] == in_order(found, query.sort), query
        assert (page.total, page.total_is_capped) == (len(found), False)
        assert page.facets["office"] == counts_of(found, "office")
        assert page.facets["state"] == dict(Counter(row["state"][0] for row in found))
        assert page.facets["status"] == dict(Counter(STATUSES[row["status"] - 1] for row in found))
        years = Counter(str(row["filing_date"] // 10_000) if row["filing_date"] else "none" for row in found)
        assert page.facets["year"] == dict(years)


def test_every_standing_is_found(reader: IndexReader, rows: Rows) -> None:
    found = Counter(standing(row, ON) for row in rows.entries.values())
    assert set(found) == set(Standing)
    for which, count in found.items():
        assert reader.search_entries(EntryQuery(standing=which, on=ON)).total == count


def test_pages_hold_everything_once_in_order(reader: IndexReader, rows: Rows) -> None:
    for sort in (*APPLICATION_SORTS, *("-" + key for key in APPLICATION_SORTS)):
        whole = reader.search_applications(ApplicationQuery(sort=sort, limit=EVERYTHING)).items
        assert len(whole) == len(rows.applications)
        pages: list[Any] = []
        while len(pages) < len(whole):
            pages += reader.search_applications(ApplicationQuery(sort=sort, limit=37, offset=len(pages))).items
        assert tuple(pages) == whole
    past = reader.search_applications(ApplicationQuery(offset=5_000))
    assert (past.items, past.total) == ((), len(rows.applications))


def test_hits_are_what_is_recorded(reader: IndexReader) -> None:
    for record in reader.search_applications(ApplicationQuery(limit=50)).items:
        assert record == reader.record(record.number)
    for hit in reader.search_entries(EntryQuery(limit=50)).items:
        entry = reader.entry(hit.number)
        assert entry is not None
        assert (hit.pair, hit.status_text, hit.classes, hit.marks) == (
            entry.pair,
            entry.status_text,
            entry.classes,
            entry.marks,
        )
        assert hit.recorded_at.timestamp() > START


def test_counts_stop_at_the_cap(reader: IndexReader, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting.count_up_to_cap, "__defaults__", (100,))
    page = reader.search_applications(ApplicationQuery(filed_from=date(2019, 2, 2), limit=EVERYTHING))
    assert page.total_is_capped
    assert 101 <= page.total == len(page.items) < len(rows.applications)
    assert sum(page.facets["office"].values()) == 101
    exact = reader.search_applications(ApplicationQuery(filed_from=date(2020, 1, 1)))
    assert not exact.total_is_capped


def test_texts_that_very_many_numbers_begin_with(
    reader: IndexReader, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CAP", "_MOST_RANGES"):
        with monkeypatch.context() as patched:
            patched.setattr(searching, name, 5)
            for text in ("0", "18-", "A/1"):
                expected = sum(begins(row, text) for row in rows.applications.values())
                assert reader.search_applications(ApplicationQuery(text=text)).total == expected > 0


@pytest.mark.parametrize("text", ["E", "EM", "em/", "EM/T", "EM/T/", "J", "R", "A", "A/", "X", "EM/X", "E/"])
def test_beginnings_of_numbers(reader: IndexReader, rows: Rows, text: str) -> None:
    applications = reader.search_applications(ApplicationQuery(text=text, limit=EVERYTHING))
    expected = {number for number, row in rows.applications.items() if begins(row, text)}
    assert {record.number.text for record in applications.items} == expected
    assert applications.total == len(expected)
    entries = reader.search_entries(EntryQuery(text=text, limit=EVERYTHING))
    expected = {number for number, row in rows.entries.items() if begins(row, text)}
    assert {hit.number.text for hit in entries.items} == expected
    assert entries.total == len(expected)


def test_office_counts(reader: IndexReader, rows: Rows) -> None:
    counts = {count.office: count for count in reader.office_counts()}
    assert set(counts) == set(OFFICES)
    for office in OFFICES:
        rights = Counter(row["right"] for row in rows.applications.values() if row["office"] == office)
        assert counts[office].applications == dict(rights)
        assert sum(counts[office].entries.values()) == sum(row["office"] == office for row in rows.entries.values())


def test_counts_follow_new_blocks_and_blocks_that_are_lost(index: Index, rows: Rows) -> None:
    def check() -> None:
        with read_index(index) as reader:
            page = reader.search_applications(ApplicationQuery(limit=1))
            assert page.facets["status"] == dict(
                Counter(_STATUSES[row["status"] - 1].value for row in rows.applications.values())
            )
            assert page.total == len(rows.applications)
            entries = reader.search_entries(EntryQuery(limit=1))
            assert entries.facets["state"] == dict(Counter(row["state"][0] for row in rows.entries.values()))
            assert entries.total == len(rows.entries)

    check()
    source = random.Random(3)
    for _ in range(12):
        if source.random() < 0.4:
            rows.go_back(source.randrange(1, 4))
        else:
            rows.add(source.randrange(1, 3))
        check()
    rows.go_back(5)
    rows.add(5)
    check()


def test_an_older_view_keeps_its_counts(index: Index, rows: Rows) -> None:
    if not index.is_sqlite:
        pytest.skip("one database is enough")
    with read_index(index) as older:
        before = older.search_applications(ApplicationQuery()).total
        rows.add(2)
        with read_index(index) as newer:
            assert newer.search_applications(ApplicationQuery()).total == len(rows.applications) > before
        assert older.search_applications(ApplicationQuery()).total == before


# -- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"limit": 0},
        {"limit": 1001},
        {"limit": True},
        {"limit": "5"},
        {"offset": -1},
        {"offset": 10_001},
        {"sort": "digest"},
        {"sort": "--number"},
        {"sort": "number; DROP TABLE applications"},
        {"text": "%"},
        {"text": "1_2"},
        {"text": ""},
        {"text": "1" * 35},
        {"text": "EM/T/'"},
        {"office": "em"},
        {"office": "EMX"},
    ],
)
@pytest.mark.parametrize("kind", [ApplicationQuery, EntryQuery])
def test_what_is_no_query(kind: type[ApplicationQuery | EntryQuery], values: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        kind(**values)
    assert caught.value.remedy


def test_what_is_no_query_of_the_one_or_the_other(reader: IndexReader) -> None:
    with pytest.raises(DigestError):
        ApplicationQuery(digest=b"1")
    with pytest.raises(InputError, match="address"):
        ApplicationQuery(signing_key="0x1")
    with pytest.raises(InputError, match="days"):
        ApplicationQuery(late_by_days=-2)
    with pytest.raises(DateError):
        ApplicationQuery(filed_from=date(1700, 1, 1))
    with pytest.raises(InputError, match="no entries of the kind"):
        EntryQuery(right=Right.PATENT)
    with pytest.raises(InputError, match="class"):
        EntryQuery(right=Right.DESIGN, class_=33)
    with pytest.raises(InputError, match="32 bytes"):
        EntryQuery(holder=b"1")
    with pytest.raises(InputError, match="table of statuses"):
        reader.search_entries(EntryQuery(status="Lost"))
    with pytest.raises(InputError, match="before and after"):
        reader.feed(before=1, after=2)
    with pytest.raises(InputError, match="hash"):
        reader.transaction("0x12")
    with pytest.raises(DigestError):
        reader.by_digest(bytes(32))


@pytest.mark.parametrize(
    "values", [{}, {"late_by_days": 0}, {"filed_from": date(2019, 1, 2), "sort": "-filingDate", "offset": 5}]
)
def test_a_search_that_takes_too_long_is_ended(
    reader: IndexReader, rows: Rows, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    limit = 0.05
    with slowed(reader, monkeypatch) as patched:
        patched.setattr(deadline, "MOST_S", limit)
        with pytest.raises(SearchTooWideError, match=r"0\.05 seconds") as caught:
            reader.search_applications(ApplicationQuery(**values))
    assert "office" in caught.value.remedy
    # The view goes on, without a bound.
    assert reader.search_applications(ApplicationQuery(limit=1)).total == len(rows.applications)


@contextlib.contextmanager
def slowed(reader: IndexReader, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Each row that is searched takes its time."""
    is_sqlite = reader._connection.dialect.name == "sqlite"
    slowly = sa.func.slowly() if is_sqlite else sa.cast(sa.func.pg_sleep(0.01), sa.Text)
    if is_sqlite:
        driver: Any = reader._connection.connection.driver_connection
        driver.create_function("slowly", 0, lambda: str(sum(range(100_000))))
    real = searching.Searcher._application_filter

    def slow(searcher: searching.Searcher, query: ApplicationQuery) -> Any:
        wanted = real(searcher, query)
        wanted.other(slowly.is_not(None))
        return wanted

    with monkeypatch.context() as patched:
        patched.setattr(searching.Searcher, "_application_filter", slow)
        patched.setattr(deadline, "_STEPS", 50)
        yield patched


def test_a_search_that_takes_long_is_ended_while_others_do(
    reader: IndexReader, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slowed(reader, monkeypatch) as patched, deadline.counted_work() as work:
        patched.setattr(deadline, "PATIENCE_S", 0.01)
        for waiting in (0, 1):
            patched.setattr(deadline, "_PLACES", deadline._Places(places=0, waiting=waiting))
            with pytest.raises(SearchBusyError):
                reader.search_applications(ApplicationQuery(late_by_days=0))
    assert work.seconds >= 2 * deadline.FREE_S
    assert reader.search_applications(ApplicationQuery(limit=1)).total == len(rows.applications)


@pytest.mark.parametrize("query", [{"text": "EM/T/01"}, {"text": "018", "office": "EM", "right": Right.TRADEMARK}])
@pytest.mark.parametrize("kind", ["applications", "entries"])
def test_numbers_are_found_and_sorted_by_an_index(index: Index, rows: Rows, kind: str, query: dict[str, Any]) -> None:
    with index.write() as connection:
        connection.exec_driver_sql("ANALYZE")
        if not index.is_sqlite:
            # In a table as small as this one, reading all of it costs less.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        reader = IndexReader(connection)
        ask = reader.search_applications if kind == "applications" else reader.search_entries
        made = ApplicationQuery if kind == "applications" else EntryQuery
        by_text = explained(reader, lambda: ask(made(**query)))  # type: ignore[arg-type]
        assert by_text
        by_number = explained(reader, lambda: ask(made(sort="number")))  # type: ignore[arg-type]
    name = f"ix_{kind}_number_position"
    assert any(name in plan and "number" in plan.split(name)[1] for plan in by_text), by_text
    assert any(name in plan and "Sort" not in plan.split(name)[0] for plan in by_number), by_number


def read_first_block(index: Index) -> None:
    """Nothing is recorded, and the index is complete."""
    with index.write() as connection:
        index.set_progress(
            connection,
            chain_id=1,
            genesis_hash=bytes(32),
            contracts="{}",
            block_number=0,
            block_hash=bytes(32),
            block_time=START,
            settled_to=last_position(0),
            has_indexes=True,
        )


def test_searches_of_a_chain_without_records(tmp_path: Path) -> None:
    with open_index(tmp_path / "empty.sqlite") as empty:
        read_first_block(empty)
        with read_index(empty) as reader:
            assert reader.freshness().is_complete
            page = reader.search_applications(ApplicationQuery(text="1"))
            assert (page.items, page.total, page.facets["office"]) == ((), 0, {})
            assert reader.search_entries(EntryQuery()).total == 0
            assert reader.look_up(OfficeNumber.from_text("EM/T/1")).standing.value == "not_covered"


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.record(OfficeNumber.from_text("EM/T/1")),
        lambda reader: reader.check_priority(
            PriorityClaim(OfficeNumber.from_text("EM/T/1"), ON, "JP", Right.TRADEMARK, ON)
        ),
        lambda reader: reader.search_applications(ApplicationQuery()),
        lambda reader: reader.feed(),
    ],
)
def test_a_broken_database_is_told_as_such(tmp_path: Path, ask: Callable[[IndexReader], object]) -> None:
    with open_index(tmp_path / "broken.sqlite") as broken:
        read_first_block(broken)
        with broken.write() as connection:
            connection.exec_driver_sql("DROP TABLE applications")
        with pytest.raises(IndexDatabaseError, match="no such table"), read_index(broken) as reader:
            ask(reader)
