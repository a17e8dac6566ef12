"""Verdicts out of the index are those of the contract, whatever is claimed and whatever happened before."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrum import CalendarUse, OfficeNumber, PriorityClaim, Registry, Right, Verdict
from registrum.errors import DateError
from registrum.index.following import Follower
from registrum.index.reading import IndexReader, read_index
from registrum.index.store import Index, open_index
from registrum.numbers.offices import current_offices
from tests.index.deeds import DAYS, Deeds, claims_around, deeds, depart

EACH = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deeds]:
    with deeds(tmp_path_factory.mktemp("judged"), seed=7) as made:
        made.do(100)
        for _ in range(12):
            made.calendar()
        depart(made)
        made.steal("EM", hours=20)
        made.do(40)
        yield made


@pytest.fixture(scope="module")
def registry(happened: Deeds) -> Registry:
    return happened.made.registry()


@pytest.fixture(scope="module")
def index(happened: Deeds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(tmp_path_factory.mktemp("index") / "index.sqlite") as opened:
        Follower(opened, happened.made.rpc, happened.made.manifest).catch_up()
        yield opened


@pytest.fixture(scope="module")
def reader(index: Index) -> Iterator[IndexReader]:
    with read_index(index) as found:
        yield found


def test_claims_around_the_ends_of_periods(reader: IndexReader, registry: Registry, happened: Deeds) -> None:
    claims = claims_around(happened, random.Random(3), 6_000)
    expected = registry.check_priorities(claims)
    assert reader.check_priorities(claims) == expected
    seen = Counter(answer.verdict for answer in expected)
    assert set(seen) == set(Verdict), "a verdict that no claim met"
    assert {answer.calendar for answer in expected} == set(CalendarUse)
    assert any(answer.extended_from for answer in expected)
    assert any(answer.is_withdrawn for answer in expected)
    assert any(answer.is_corrected for answer in expected)


@EACH
@given(data=st.data())
def test_any_claims(reader: IndexReader, registry: Registry, happened: Deeds, data: st.DataObject) -> None:
    days = st.dates(date(1800, 1, 1), date(9999, 12, 31)) | st.sampled_from(DAYS) | st.dates(DAYS[0], date(2026, 1, 1))
    numbers = st.sampled_from(happened.numbers)
    words = st.binary(min_size=32, max_size=32) | numbers.map(lambda number: number.on_chain)
    claims = data.draw(
        st.lists(
            st.builds(
                PriorityClaim,
                numbers | words,
                days,
                st.sampled_from(["EM", "JP", "RU", "FR", "DE"]) | st.sampled_from(sorted(current_offices())),
                st.sampled_from(list(Right)),
                days,
                st.none() | st.binary(min_size=32, max_size=32).filter(any),
            ),
            max_size=25,
        )
    )
    assert reader.check_priorities(claims) == registry.check_priorities(claims)


def test_the_index_follows_what_changes_a_verdict(index: Index, registry: Registry, happened: Deeds) -> None:
    follower = Follower(index, happened.made.rpc, happened.made.manifest)
    claims = claims_around(happened, random.Random(5), 300)
    before = []
    with happened.made.undone():
        for step in range(4):
            happened.do(6)
            if step == 2:
                happened.steal("RU", hours=40)
            happened.made.advance(timedelta(minutes=1))
            follower.catch_up()
            with read_index(index) as reader:
                before = reader.check_priorities(claims)
                assert before == registry.check_priorities(claims)
    happened.made.advance(timedelta(minutes=1))
    follower.catch_up()
    with read_index(index) as reader:
        after = reader.check_priorities(claims)
        assert after == registry.check_priorities(claims)
    assert before != after


def test_one_claim_and_many_are_the_same(reader: IndexReader, happened: Deeds) -> None:
    claims = claims_around(happened, random.Random(4), 700)
    together = reader.check_priorities(claims)
    assert [reader.check_priority(claim) for claim in claims[:50]] == together[:50]
    assert reader.check_priorities([]) == []


def test_a_date_that_no_contract_takes_is_refused(reader: IndexReader, happened: Deeds) -> None:
    [claim] = claims_around(happened, random.Random(6), 1)
    for field in ("claimed_date", "later_date"):
        with pytest.raises(DateError, match="outside the years"):
            reader.check_priority(replace(claim, **{field: date(1799, 12, 31)}))


def test_an_office_that_nobody_knows_is_not_covered(reader: IndexReader) -> None:
    claim = PriorityClaim(OfficeNumber.from_text("US/P/1"), DAYS[0], "JP", Right.PATENT, DAYS[1])
    assert reader.check_priority(claim).verdict is Verdict.NOT_COVERED
