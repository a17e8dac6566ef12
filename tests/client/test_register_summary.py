"""`registrum.documents.register_summary`: the event with which an imported entry begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registrum.documents import EventFacts, OppositionFacts, RecordedFacts, RegisterFacts, read_register_entries
from registrum.documents.register_summary import summary_events
from registrum.errors import DocumentError
from registrum.numbers import OfficeNumber
from registrum.rights.codes import default_codes
from registrum.rights.model import EventFlags, Relation

SAMPLES = Path(__file__).parents[1] / "samples" / "register"
MARK = RegisterFacts(
    number=OfficeNumber.from_text("EM/T/018012345"),
    digest=b"\1" * 32,
    filing_date=date(2019, 2, 28),
    registration_date=date(2019, 7, 12),
    expiry_date=date(2029, 2, 28),
    classes=(9, 42),
    status="Registration published",
    status_date=date(2019, 7, 15),
)
BASIC = OfficeNumber.from_text("AU/T/2201234")
RECORD = OfficeNumber.from_text("EM/T/018012300")


def test_all_that_is_known_is_in_one_event() -> None:
    [event] = summary_events(MARK)
    assert (event.system, event.code, str(event.resulting)) == ("ST.27", "W00", "A4")
    assert event.flags == EventFlags.IMPORTED
    assert event.status == default_codes().imported_status(MARK.right, MARK.status).position
    assert (event.event_date, event.effective_date) == (date(2019, 7, 15), date(2019, 7, 15))
    assert event.document == MARK.digest
    facts = event.facts
    assert (facts.filing_date, facts.registration_date, facts.expiry_date) == (
        MARK.filing_date,
        MARK.registration_date,
        MARK.expiry_date,
    )
    assert (facts.classes, facts.dossier, facts.relation, facts.related) == ((9, 42), MARK.digest, None, None)


def test_it_is_regular_by_the_table() -> None:
    for path in SAMPLES.glob("*.xml"):
        for facts in read_register_entries(path).entries:
            [first, *rest] = summary_events(facts)
            table = default_codes()
            arguments = (first.right, first.system, first.code, first.status)
            assert table.is_regular(*arguments, None, first.resulting, previous_status=None, imported=True)
            for event in rest:
                arguments = (event.right, event.system, event.code, event.status)
                assert table.is_regular(*arguments, first.resulting, event.resulting, previous_status=first.status)


@pytest.mark.parametrize(("word", "kept"), [("Awaiting the tide", "Awaiting the tide"), ("登録", "#866b1f9b")])
def test_an_unknown_word_is_kept_and_not_guessed_at(word: str, kept: str) -> None:
    [event] = summary_events(replace(MARK, status=word))
    assert (event.system, event.code, str(event.resulting)) == ("NAT:EM", kept, "U0")


def test_no_word_at_all_is_unspecified() -> None:
    [event] = summary_events(replace(MARK, status=None))
    assert (event.system, event.code, str(event.resulting)) == ("ST.27", "W00", "U0")


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        (replace(MARK, status_date=None), date(2019, 7, 12)),
        (replace(MARK, status_date=None, registration_date=None), date(2019, 2, 28)),
        (replace(MARK, events=(EventFacts(date(2020, 1, 1)), EventFacts(None))), date(2020, 1, 1)),
        (
            replace(MARK, oppositions=(OppositionFacts(date(2018, 1, 1), status_date=date(2021, 1, 1)),)),
            date(2021, 1, 1),
        ),
    ],
)
def test_it_speaks_for_the_latest_day_of_the_document(facts: RegisterFacts, day: date) -> None:
    [event] = summary_events(facts)
    assert (event.event_date, event.effective_date) == (day, day)
    [event] = summary_events(facts, as_of=date(2024, 5, 1))
    assert (event.event_date, event.effective_date) == (date(2024, 5, 1), date(2024, 5, 1))


def test_a_right_that_ended_did_so_on_its_day() -> None:
    ended = replace(
        MARK, status="Registration surrendered", termination_date=date(2021, 3, 4), status_date=date(2021, 4, 1)
    )
    [event] = summary_events(ended)
    assert (str(event.resulting), event.event_date, event.effective_date) == ("N6", date(2021, 4, 1), date(2021, 3, 4))
    [alive] = summary_events(replace(MARK, termination_date=date(2019, 7, 13)))
    assert alive.effective_date == date(2019, 7, 15)


def test_a_day_before_the_filing_is_refused() -> None:
    with pytest.raises(DocumentError, match="was filed on 2019-02-28") as refused:
        summary_events(MARK, as_of=date(2019, 2, 27))
    assert refused.value.remedy


def test_basis_and_application_record_take_two_events() -> None:
    [only] = summary_events(replace(MARK, application=RECORD))
    assert (only.facts.relation, only.facts.related) == (Relation.APPLICATION_RECORD, RECORD)
    first, second = summary_events(replace(MARK, application=RECORD, basic=(BASIC,)))
    assert (first.facts.relation, first.facts.related) == (Relation.BASIS, BASIC)
    assert (second.code, second.facts.relation, second.facts.related) == ("W10", Relation.APPLICATION_RECORD, RECORD)
    assert (second.flags, second.resulting, second.status) == (EventFlags(0), first.resulting, first.status)


def test_an_export_keeps_state_stage_and_status_of_its_last_event() -> None:
    def last(status: str) -> RegisterFacts:
        recorded = RecordedFacts(3, "ST.27", "L10", "A5", status, date(2020, 1, 1))
        return replace(MARK, events=(EventFacts(date(2020, 1, 1), recorded=recorded),))

    [event] = summary_events(last("Opposition pending"))
    assert (str(event.resulting), event.code) == ("A5", "W00")
    assert default_codes().status_at(event.right, event.status) == default_codes().status_for(
        event.right, "Opposition pending"
    )
    with pytest.raises(DocumentError, match="no status 'Lost at sea'"):
        summary_events(last("Lost at sea"))
