"""While the chain is still being read into the index, it says how far it is and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from registrum import OfficeNumber, PriorityClaim, Right
from registrum.errors import IndexIncompleteError
from registrum.index import tables
from registrum.index.queries import ApplicationQuery, EntryQuery
from registrum.index.reading import IndexReader, read_index
from registrum.index.store import Index, last_position
from tests.index.rows import Rows

NUMBER = OfficeNumber.from_text("EM/T/1")
CLAIM = PriorityClaim(NUMBER, date(2024, 1, 31), "JP", Right.TRADEMARK, date(2024, 6, 30))
QUESTIONS: dict[str, Callable[[IndexReader], Any]] = {
    "look_up": lambda reader: reader.look_up(NUMBER),
    "record": lambda reader: reader.record(NUMBER),
    "records": lambda reader: reader.records([NUMBER]),
    "versions": lambda reader: reader.versions(NUMBER),
    "by_digest": lambda reader: reader.by_digest(b"\1" * 32),
    "by_digest_under": lambda reader: reader.by_digest_under(b"\1" * 32, NUMBER),
    "suspects": lambda reader: reader.suspects([]),
    "anchors": lambda reader: reader.anchors(),
    "anchor": lambda reader: reader.anchor("EM", 1),
    "offices": lambda reader: reader.offices(),
    "office": lambda reader: reader.office("EM"),
    "keys": lambda reader: reader.keys("EM"),
    "key": lambda reader: reader.key("EM", "0x" + "11" * 20),
    "calendar": lambda reader: reader.calendar("EM", 2024),
    "calendars": lambda reader: reader.calendars("EM"),
    "check_priority": lambda reader: reader.check_priority(CLAIM),
    "check_priorities": lambda reader: reader.check_priorities([CLAIM]),
    "malformed": lambda reader: reader.check_priorities([dataclasses.replace(CLAIM, earlier=bytes(32))]),
    "claim": lambda reader: reader.claim(NUMBER, NUMBER),
    "claims_by": lambda reader: reader.claims_by(NUMBER),
    "claims_on": lambda reader: reader.claims_on(NUMBER),
    "entry": lambda reader: reader.entry(NUMBER),
    "events": lambda reader: reader.events(NUMBER),
    "standing": lambda reader: reader.standing(NUMBER),
    "relations": lambda reader: reader.relations(NUMBER),
    "codes": lambda reader: reader.codes(),
    "search_applications": lambda reader: reader.search_applications(ApplicationQuery()),
    "search_entries": lambda reader: reader.search_entries(EntryQuery()),
    "office_counts": lambda reader: reader.office_counts(),
    "history": lambda reader: reader.history(NUMBER),
    "feed": lambda reader: reader.feed(),
    "transaction": lambda reader: reader.transaction(bytes(32)),
    "has_block": lambda reader: reader.has_block(1_000, bytes(32)),
}


def states(last: int) -> dict[str, dict[str, Any]]:
    return {
        "loading": {"has_indexes": False, "settled_to": 0},
        "settling": {"has_indexes": True, "settled_to": last_position(last) - 1},
        "emptied": {"block_number": None, "block_hash": None, "block_time": None, "settled_to": -1},
    }


@pytest.mark.parametrize("state", states(0))
def test_nothing_is_answered_before_all_is_read(index: Index, state: str) -> None:
    rows = Rows(index, seed=5)
    rows.add(3)
    last = rows.block - 1
    number = OfficeNumber.from_text(next(iter(rows.applications)))
    with read_index(index) as reader:
        # What is remembered of the time before must not answer either.
        reader.offices()
        assert reader.look_up(number).record is not None
    with index.write() as connection:
        connection.execute(sa.update(tables.progress).values(**states(last)[state]))
    for ask in QUESTIONS.values():
        with read_index(index) as reader, pytest.raises(IndexIncompleteError) as caught:
            ask(reader)
        assert caught.value.retryable
        assert caught.value.remedy
    with read_index(index) as reader:
        fresh = reader.freshness()
        assert (fresh.block_number, fresh.is_complete) == (None if state == "emptied" else last, False)
        assert (reader.now > 0) is (state != "emptied")


def test_an_empty_database_answers_nothing(index: Index) -> None:
    with read_index(index) as reader:
        fresh = reader.freshness()
        assert (fresh.block_number, fresh.lag_blocks, fresh.is_complete) == (None, None, False)
        with pytest.raises(IndexIncompleteError):
            reader.look_up(NUMBER)
