"""Audits of what was planted into the tables, in both databases: each finding where it is, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registrum.audit import Code, Finding, Period, Report, Severity, Terms
from registrum.audit.calendars import closed_days, standing_of
from registrum.audit.facts import CalendarVersion, Place
from registrum.errors import DateError, IndexIncompleteError, InputError, SearchTooWideError
from registrum.index import tables
from registrum.index.auditing import read_audit
from registrum.index.store import Index
from registrum.numbers.right import Right
from tests.index.audits import FOREVER, KEY, OTHER_KEY, PERIOD, Planted, digest, moment

FILED = date(2024, 3, 4)
NUMBER = "FR/P/2400001"


@pytest.fixture
def planted(index: Index) -> Planted:
    return Planted(index)


def codes(report: Report) -> dict[str, int]:
    return {code.value: count for code, count in report.counts.items()}


def only(report: Report, code: Code) -> Finding:
    """The one finding, which must be of that code."""
    assert codes(report) == {code.value: 1}
    return report.findings[0]


def correction(planted: Planted, at: date, filed: date = FILED, content: str = NUMBER, **changes: Any) -> int:
    return planted.record(NUMBER, filed, at, content=content, kind=2, version=2, status=2, **changes)


def test_nothing_stands_out_where_all_is_in_order(planted: Planted) -> None:
    for serial in range(1, 6):
        planted.record(f"FR/P/240000{serial}", FILED, FILED + timedelta(days=serial))
    planted.record("FR/T/245000000", FILED)
    planted.record("DE/T/302024000001.0", FILED, date(2024, 12, 1), signing_key=OTHER_KEY)
    planted.calendar(2025, date(2024, 6, 1), [date(2025, 1, 1)])
    report = planted.audit()
    assert (codes(report), report.total, report.has(Severity.OBSERVATION)) == ({}, 0, False)
    assert report.examined == {
        "records": 6,
        "recordsInPeriod": 6,
        "anchors": 0,
        "claims": 0,
        "entryEvents": 0,
        "calendars": 1,
        "keyUses": 6,
        "series": 2,
    }
    assert report.delays == {"count": 6, "least": 0, "median": 2, "percentile95": 5, "greatest": 5}


def test_the_report_names_its_block_its_period_and_its_maker(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    document = planted.audit().to_json()
    assert json.loads(json.dumps(document)) == document
    assert document["format"] == "registrum-audit/1"
    assert document["madeBy"]["name"] == "An auditor"
    assert document["madeBy"]["version"]
    assert document["chain"] == {"chainId": 1337, "genesisHash": "0x" + digest("genesis").hex()}
    assert document["readAt"]["blockNumber"] == planted.block
    assert document["readAt"]["blockHash"] == "0x" + digest(f"block {planted.block}").hex()
    assert document["readAt"]["lagBlocks"] == 2
    assert document["period"] == {
        "from": "2024-01-01",
        "to": "2024-12-31",
        "measuredBy": "recordedAt",
        "timeZone": "UTC",
        "isOver": False,
    }
    assert planted.audit().to_json() == document


def test_a_period_that_is_over(planted: Planted) -> None:
    planted.record(NUMBER, FILED, datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert planted.audit(terms=Terms(late_days=400)).is_over is False
    planted.record("DE/P/102024000001.0", FILED, datetime(2025, 1, 1, tzinfo=UTC))
    assert planted.audit().is_over is True


def test_an_index_that_is_behind_is_not_the_chain(planted: Planted) -> None:
    planted.record("FR/P/2400001", FILED)
    planted.record("FR/P/2400005", FILED)
    block = planted.block
    assert f"are not in the index at block {block}, between" in planted.audit().findings[0].sentence
    assert "are not on the chain, between" in planted.audit(lag=0).findings[0].sentence
    assert f"are not in the index at block {block}" in planted.audit(lag=None).findings[0].sentence


def test_a_period_begins_and_ends_with_its_days() -> None:
    period = Period(date(2024, 3, 4), date(2024, 3, 5))
    at = datetime(2024, 3, 4, tzinfo=UTC)
    inside = [at, at + timedelta(days=2, seconds=-1)]
    outside = [at - timedelta(seconds=1), at + timedelta(days=2)]
    assert all(period.has(moment(one)) for one in inside)
    assert not any(period.has(moment(one)) for one in outside)
    with pytest.raises(InputError, match="before it begins"):
        Period(date(2024, 3, 5), date(2024, 3, 4))


# -- gaps ----------------------------------------------------------------------------------------------------------


def test_gap_in_a_series(planted: Planted) -> None:
    planted.record("FR/P/2400001", FILED)
    planted.record("FR/P/2400005", FILED)
    finding = only(planted.audit(), Code.SERIAL_GAP)
    assert finding.severity is Severity.OBSERVATION
    assert finding.compared == {
        "series": "FR/P/24#####",
        "first": "FR/P/2400002",
        "last": "FR/P/2400004",
        "count": 3,
        "between": ["FR/P/2400001", "FR/P/2400005"],
    }
    assert [(one.number, one.transaction_hash) for one in finding.evidence] == [
        ("FR/P/2400001", planted.hashes[planted.block - 1]),
        ("FR/P/2400005", planted.hashes[planted.block]),
    ]


def test_no_gap_between_years_rights_or_beyond_the_period(planted: Planted) -> None:
    planted.record("FR/P/2400001", FILED)
    planted.record("FR/P/2500009", FILED)
    planted.record("FR/U/2400007", FILED)
    planted.record("FR/P/2300001", FILED - timedelta(days=400))
    planted.record("FR/P/2300009", FILED - timedelta(days=400))
    assert codes(planted.audit()) == {}


def test_what_was_recorded_at_another_time_fills_a_gap(planted: Planted) -> None:
    planted.record("FR/P/2400002", FILED - timedelta(days=400))
    planted.record("FR/P/2400001", FILED)
    planted.record("FR/P/2400003", FILED)
    assert codes(planted.audit()) == {}


def test_numbers_of_no_known_form_are_counted_and_not_guessed(planted: Planted) -> None:
    planted.record("FR/P/A1", FILED)
    planted.record("FR/P/A9", FILED)
    report = planted.audit()
    assert (codes(report), report.without_series) == ({}, {"P": 2})


def test_gap_between_two_periods_is_in_the_report_of_the_later_one(planted: Planted) -> None:
    planted.record("FR/P/2400001", date(2023, 12, 30))
    planted.record("FR/P/2400005", date(2024, 1, 2))
    planted.record("FR/P/2400006", date(2024, 1, 3))
    finding = only(planted.audit(), Code.SERIAL_GAP)
    assert (finding.compared["first"], finding.compared["last"]) == ("FR/P/2400002", "FR/P/2400004")
    assert finding.compared["between"] == ["FR/P/2400001", "FR/P/2400005"]
    assert codes(planted.audit(Period(date(2023, 12, 1), date(2023, 12, 31)))) == {}


def test_numbers_are_cited_as_they_are_recorded(planted: Planted) -> None:
    office(planted, FILED, "CZ")
    planted.key(KEY, FILED, "CZ")
    planted.record("CZ/P/2024-0012", FILED)
    planted.record("CZ/P/2024-15", FILED)
    finding = only(planted.audit(office="CZ"), Code.SERIAL_GAP)
    assert finding.compared["between"] == ["CZ/P/2024-0012", "CZ/P/2024-15"]
    assert (finding.compared["first"], finding.compared["last"]) == ("CZ/P/2024-0013", "CZ/P/2024-0014")


@pytest.mark.parametrize(("first", "second"), [("GB/P/2401234", "GB/P/2401234.5"), ("CZ/P/2024-0012", "CZ/P/2024-12")])
def test_one_serial_number_in_two_spellings(planted: Planted, first: str, second: str) -> None:
    office(planted, FILED, first[:2])
    planted.key(KEY, FILED, first[:2])
    planted.record(first, FILED)
    planted.record(second, FILED + timedelta(days=400))
    finding = only(planted.audit(terms=Terms(late_days=400), office=first[:2]), Code.SERIAL_TWICE)
    assert finding.compared["numbers"] == [first, second]
    assert [one.number for one in finding.evidence] == [first, second]
    nothing = planted.audit(Period(date(2026, 1, 1), date(2026, 12, 31)), office=first[:2])
    assert codes(nothing) == {}


# -- dates ---------------------------------------------------------------------------------------------------------


def test_late_recording(planted: Planted) -> None:
    planted.record(NUMBER, FILED, FILED + timedelta(days=31))
    finding = only(planted.audit(), Code.RECORDED_LATE)
    assert (finding.severity, finding.number, finding.compared["daysLate"]) == (Severity.WARNING, NUMBER, 31)
    assert codes(planted.audit(terms=Terms(late_days=31))) == {}
    assert codes(planted.audit(Period(date(2024, 1, 1), FILED))) == {}


def test_a_record_from_an_anchor_is_as_old_as_the_anchor(planted: Planted) -> None:
    planted.anchor(1, FILED)
    disclosed = {"anchor_sequence": 1, "recorded_at": moment(FILED)}
    planted.record(NUMBER, FILED, FILED + timedelta(days=200), **disclosed)
    assert codes(planted.audit()) == {}


@pytest.mark.parametrize(("days", "severity"), [(1, Severity.OBSERVATION), (2, Severity.WARNING)])
def test_post_dated_recording(planted: Planted, days: int, severity: Severity) -> None:
    planted.record(NUMBER, FILED, FILED - timedelta(days=days))
    finding = only(planted.audit(), Code.POST_DATED)
    assert (finding.severity, finding.compared["daysLate"]) == (severity, -days)


def test_filing_date_corrected_to_an_earlier_day(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    correction(planted, FILED + timedelta(days=9), FILED - timedelta(days=1))
    finding = only(planted.audit(), Code.BACK_DATED)
    assert finding.compared["filingDate"] == "2024-03-03"
    assert finding.compared["formerFilingDate"] == "2024-03-04"
    assert finding.compared["correctedAt"].startswith("2024-03-13")
    assert [one.block_number for one in finding.evidence] == [planted.block - 1, planted.block]
    assert codes(planted.audit(Period(date(2024, 1, 1), FILED))) == {}


@pytest.mark.parametrize(("days", "severity"), [(1, Severity.OBSERVATION), (2, Severity.WARNING)])
def test_filing_date_corrected_to_a_later_day(planted: Planted, days: int, severity: Severity) -> None:
    planted.record(NUMBER, FILED)
    correction(planted, FILED + timedelta(days=9), FILED + timedelta(days=days))
    finding = only(planted.audit(), Code.FORWARD_DATED)
    assert (finding.severity, finding.compared["formerFilingDate"]) == (severity, "2024-03-04")
    assert ("after the day on which the number was first recorded" in finding.sentence) == (days == 2)


def test_evidence_of_a_record_from_an_anchor(planted: Planted) -> None:
    anchor = planted.anchor(1, FILED)
    filed = FILED - timedelta(days=60)
    disclosed = {"anchor_sequence": 1, "recorded_at": moment(FILED)}
    planted.record(NUMBER, filed, FILED + timedelta(days=100), **disclosed)
    finding = only(planted.audit(), Code.RECORDED_LATE)
    assert finding.compared["anchorSequence"] == 1
    assert [one.block_number for one in finding.evidence] == [anchor >> 24, planted.block]


# -- digests -------------------------------------------------------------------------------------------------------


def test_two_digests_by_a_signed_correction(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    correction(planted, FILED + timedelta(days=1), content="another")
    finding = only(planted.audit(), Code.DIGEST_CORRECTED)
    assert finding.severity is Severity.OBSERVATION
    assert finding.compared["signedAsCorrection"] is True
    assert finding.compared["formerDigest"] == "0x" + digest(NUMBER).hex()
    assert finding.compared["digest"] == "0x" + digest("another").hex()
    assert finding.compared["signingKey"] == "0x" + KEY.hex()


def test_two_digests_without_a_correction(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    planted.record(NUMBER, FILED, content="another", registry=2)
    finding = only(planted.audit(), Code.DIGEST_REPLACED)
    assert (finding.severity, finding.compared["signedAsCorrection"]) == (Severity.ERROR, False)


def test_a_correction_follows_what_it_replaced(planted: Planted) -> None:
    planted.record(NUMBER, FILED, content="A", registry=2)
    second = planted.record(NUMBER, FILED - timedelta(days=3), content="B", registry=1)
    with planted.index.write() as connection:
        applications = tables.applications
        dead = applications.update().where(applications.c.position == second)
        connection.execute(dead.values(superseded_by=second))
        standing = applications.update().where(applications.c.position == second - (1 << 24))
        connection.execute(standing.values(superseded_by=None))
    correction(planted, FILED + timedelta(days=5), FILED, content="A", registry=2)
    finding = only(planted.audit(), Code.DIGEST_REPLACED)
    assert finding.evidence[-1].block_number == second >> 24
    assert "took over counts instead" in finding.sentence


def test_a_withdrawal_has_the_digest_of_before(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    planted.record(NUMBER, FILED, kind=3, version=2, status=3, changed_by=KEY)
    planted.record(NUMBER, FILED, kind=4, version=3, status=2, changed_by=KEY)
    assert codes(planted.audit()) == {}


def offered(planted: Planted, outcome: int, content: str = "another", **changes: Any) -> None:
    arguments = {
        "filingDate": "2024-03-04",
        "digest": "0x" + digest(content).hex(),
        "disclosure": 0,
        "outcome": outcome,
        **changes,
    }
    planted.put(
        tables.events,
        FILED,
        contract="ApplicationRegistry",
        name="ApplicationNotTaken",
        office="FR",
        number=NUMBER,
        arguments=json.dumps(arguments),
    )


def test_other_content_that_was_not_taken(planted: Planted) -> None:
    standing = planted.record(NUMBER, FILED)
    offered(planted, 2)
    finding = only(planted.audit(), Code.DIGEST_CONFLICT)
    assert finding.compared["offered"]["digest"] == "0x" + digest("another").hex()
    recorded = {"filingDate": "2024-03-04", "digest": "0x" + digest(NUMBER).hex(), "disclosure": 0}
    assert (finding.compared["recorded"], finding.compared["stillDiffers"]) == (recorded, True)
    assert finding.compared["fields"] == ["digest"]
    assert [one.block_number for one in finding.evidence] == [standing >> 24, planted.block]
    assert codes(planted.audit(Period(date(2023, 1, 1), date(2023, 12, 31)))) == {}


def test_other_content_is_compared_with_what_stood_then(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    offered(planted, 2)
    correction(planted, FILED, content="another")
    report = planted.audit()
    assert codes(report) == {"digest_conflict": 1, "digest_corrected": 1}
    [finding] = [one for one in report.findings if one.code is Code.DIGEST_CONFLICT]
    assert finding.compared["recorded"]["digest"] == "0x" + digest(NUMBER).hex()
    assert finding.compared["stillDiffers"] is False
    assert "What stands now is what was offered" in finding.sentence


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"disclosure": 1}, "disclosure"),
        ({"filingDate": "2024-03-05"}, "filingDate"),
        ({"filingDate": 7}, "filingDate"),
    ],
)
def test_words_follow_what_differs(planted: Planted, changes: dict[str, Any], field: str) -> None:
    planted.record(NUMBER, FILED)
    offered(planted, 2, NUMBER, **changes)
    finding = only(planted.audit(), Code.DIGEST_CONFLICT)
    assert finding.compared["fields"] == [field]
    assert digest(NUMBER).hex() not in finding.sentence


def test_offers_beyond_those_that_are_listed_are_counted(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    for _ in range(3):
        offered(planted, 2)
    report = planted.audit(terms=Terms(most=1))
    assert (codes(report), len(report.findings)) == ({"digest_conflict": 3}, 1)
    assert report.severities == {Severity.WARNING: 3}


def test_what_was_not_taken_for_another_reason_is_no_conflict(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    offered(planted, 3)
    assert codes(planted.audit()) == {}


# -- anchors -------------------------------------------------------------------------------------------------------


def test_gap_in_the_sequence_of_anchors(planted: Planted) -> None:
    planted.anchor(1, FILED)
    planted.anchor(4, FILED)
    finding = only(planted.audit(), Code.ANCHOR_GAP)
    assert finding.severity is Severity.ERROR
    assert finding.compared == {"first": 2, "last": 3, "count": 2, "before": 4}


def test_anchors_begin_with_one(planted: Planted) -> None:
    planted.anchor(2, FILED)
    assert only(planted.audit(), Code.ANCHOR_GAP).compared["first"] == 1


def test_two_anchors_of_one_sequence_number(planted: Planted) -> None:
    planted.anchor(1, FILED)
    planted.anchor(1, FILED)
    assert codes(planted.audit()) == {}
    values = {"office": "FR", "sequence": 1, "leaf_count": 9, "signing_key": KEY, "recorded_at": moment(FILED)}
    planted.put(tables.anchors, FILED, registry=2, root=digest("other"), **values)
    assert only(planted.audit(), Code.ANCHOR_TWICE).compared["root"] == "0x" + digest("other").hex()


def test_anchors_one_after_the_other(planted: Planted) -> None:
    for sequence in (1, 2, 3):
        planted.anchor(sequence, FILED)
    assert codes(planted.audit()) == {}
    assert planted.audit().examined["anchors"] == 3


# -- keys ----------------------------------------------------------------------------------------------------------

BEFORE = date(2024, 3, 1)
AFTER = date(2024, 3, 10)
KEY_STATES = [
    (Code.KEY_AFTER_REVOCATION, {"revoked_at": moment(BEFORE)}),
    (Code.KEY_BEFORE_VALIDITY, {"valid_from": moment(AFTER)}),
    (Code.KEY_AFTER_EXPIRY, {"valid_until": moment(BEFORE)}),
    (Code.KEY_SUSPENDED, {"suspended_until": moment(AFTER)}),
    (Code.KEY_OUT_OF_SCOPE, {"scopes": 8}),
]


@pytest.mark.parametrize(("code", "changes"), KEY_STATES, ids=[code for code, _ in KEY_STATES])
def test_key_that_was_not_to_sign(planted: Planted, code: Code, changes: dict[str, Any]) -> None:
    planted.key(KEY, BEFORE, **changes)
    planted.record(NUMBER, FILED)
    finding = only(planted.audit(), code)
    assert (finding.severity, finding.number) == (Severity.ERROR, NUMBER)
    assert finding.compared["signingKey"] == "0x" + KEY.hex()
    hashes = [planted.hashes[planted.block - 1], planted.hashes[planted.block]]
    assert [one.transaction_hash for one in finding.evidence] == hashes


@pytest.mark.parametrize(("code", "changes"), KEY_STATES, ids=[code for code, _ in KEY_STATES])
def test_key_that_was_good_when_it_signed(planted: Planted, code: Code, changes: dict[str, Any]) -> None:
    planted.record(NUMBER, FILED)
    planted.key(KEY, FILED, **changes)
    assert code.value not in codes(planted.audit())
    assert codes(planted.audit()) == {}


def test_key_that_was_suspended_without_end(planted: Planted) -> None:
    planted.key(KEY, BEFORE, suspended_until=FOREVER)
    planted.record(NUMBER, FILED)
    finding = only(planted.audit(), Code.KEY_SUSPENDED)
    assert finding.compared["suspendedUntil"] is None
    assert "suspended until further notice" in finding.sentence


USES: dict[str, Callable[[Planted], object]] = {
    "registration": lambda planted: planted.record(NUMBER, FILED, signing_key=OTHER_KEY),
    "correction": lambda planted: correction(planted, FILED, signing_key=OTHER_KEY),
    "withdrawal": lambda planted: planted.record(NUMBER, FILED, kind=3, version=2, status=3, changed_by=OTHER_KEY),
    "reinstatement": lambda planted: planted.record(NUMBER, FILED, kind=4, version=2, status=2, changed_by=OTHER_KEY),
    "anchor": lambda planted: planted.anchor(1, FILED, OTHER_KEY),
    "claim": lambda planted: planted.claim(NUMBER, FILED, "DE/P/102023000001.0", FILED, FILED, OTHER_KEY),
    "event": lambda planted: planted.entry_event("FR/T/245000000", FILED, OTHER_KEY),
}


@pytest.mark.parametrize("use", USES)
def test_key_that_the_office_never_had(planted: Planted, use: str) -> None:
    if use in ("correction", "withdrawal", "reinstatement"):
        planted.record(NUMBER, FILED)
    USES[use](planted)
    assert use in only(planted.audit(), Code.KEY_UNKNOWN).sentence
    planted.key(OTHER_KEY, FILED)
    assert codes(planted.audit()) == {Code.KEY_UNKNOWN.value: 1}


def test_key_of_a_reconfirmation(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    planted.confirm(NUMBER, FILED, OTHER_KEY)
    assert codes(planted.audit()) == {"key_unknown": 1, "record_reconfirmed": 1}


def test_key_without_the_scope_of_the_register(planted: Planted) -> None:
    planted.key(KEY, BEFORE, scopes=1)
    planted.entry_event("FR/T/245000000", FILED, KEY)
    planted.record(NUMBER, FILED)
    finding = only(planted.audit(), Code.KEY_OUT_OF_SCOPE)
    assert (finding.number, finding.compared["needed"]) == ("FR/T/245000000", "register")


# -- bodies, departed and suspended offices -----------------------------------------------------------------------

ENTRY = "FR/T/245000000"


def empowered(planted: Planted, at: date, signer: bytes = KEY, **changes: Any) -> int:
    values = {"categories": 1, "valid_from": 0, "valid_until": FOREVER, "version": 1, **changes}
    return planted.put(tables.bodies, at, office="FR", account=OTHER_KEY, name="Court", signer=signer, **values)


def office(planted: Planted, at: date, code: str = "FR", **changes: Any) -> int:
    values = {"name": code, "seat": bytes(20), "endpoint": "", "admitted_at": 0, **changes}
    return planted.put(tables.offices, at, office=code, **values)


def departed(planted: Planted, at: date, code: str = "FR", successor: str | None = "DE") -> int:
    return office(planted, at, code, departed_at=moment(at), successor=successor)


def test_body_that_the_office_empowered(planted: Planted) -> None:
    empowered(planted, BEFORE)
    planted.entry_event(ENTRY, FILED, OTHER_KEY)
    assert codes(planted.audit()) == {}
    # What becomes of the account afterwards changes nothing.
    planted.key(OTHER_KEY, AFTER)
    empowered(planted, AFTER, categories=0, version=2)
    assert codes(planted.audit()) == {}


def test_body_that_is_a_key_of_another_scope(planted: Planted) -> None:
    planted.key(OTHER_KEY, BEFORE, scopes=1)
    empowered(planted, BEFORE)
    planted.entry_event(ENTRY, FILED, OTHER_KEY)
    assert codes(planted.audit()) == {}


def test_account_that_was_empowered_after_its_event(planted: Planted) -> None:
    planted.entry_event(ENTRY, FILED, OTHER_KEY)
    empowered(planted, AFTER)
    assert only(planted.audit(), Code.KEY_UNKNOWN).number == ENTRY


@pytest.mark.parametrize(
    "changes", [{"valid_from": moment(AFTER)}, {"valid_until": moment(BEFORE)}, {"categories": 0}], ids=str
)
def test_body_out_of_its_mandate(planted: Planted, changes: dict[str, Any]) -> None:
    empowered(planted, BEFORE, **changes)
    planted.entry_event(ENTRY, FILED, OTHER_KEY)
    finding = only(planted.audit(), Code.BODY_OUT_OF_MANDATE)
    assert finding.sentence.startswith("The body 0x2222")
    blocks = [planted.block - 1, planted.block]
    assert [one.block_number for one in finding.evidence] == blocks


def test_body_of_a_suspended_office(planted: Planted) -> None:
    empowered(planted, BEFORE)
    office(planted, BEFORE, suspended_until=moment(AFTER))
    planted.entry_event(ENTRY, FILED, OTHER_KEY)
    assert "FR was suspended until 2024-03-10" in only(planted.audit(), Code.BODY_OUT_OF_MANDATE).sentence


def test_body_signs_no_application(planted: Planted) -> None:
    empowered(planted, BEFORE)
    planted.record(NUMBER, FILED, signing_key=OTHER_KEY)
    assert codes(planted.audit()) == {"key_unknown": 1}


def test_key_of_a_suspended_office(planted: Planted) -> None:
    at = office(planted, BEFORE, suspended_until=moment(AFTER))
    planted.record(NUMBER, FILED)
    finding = only(planted.audit(), Code.KEY_OFFICE_SUSPENDED)
    assert finding.compared["officeSuspendedUntil"] == "2024-03-10T12:00:00Z"
    assert [one.block_number for one in finding.evidence] == [at >> 24, planted.block]
    # Reinstated: until the moment itself.
    office(planted, FILED, suspended_until=moment(FILED))
    planted.record("FR/P/2400002", FILED)
    assert codes(planted.audit()) == {"key_office_suspended": 1}


def test_key_of_an_office_that_had_departed(planted: Planted) -> None:
    departed(planted, BEFORE)
    planted.record(NUMBER, FILED)
    finding = only(planted.audit(), Code.KEY_AFTER_DEPARTURE)
    assert finding.compared["officeDepartedAt"] == "2024-03-01T12:00:00Z"


def test_successor_changes_what_was_recorded_and_records_nothing_new(planted: Planted) -> None:
    planted.key(OTHER_KEY, BEFORE, "DE")
    planted.record(NUMBER, BEFORE)
    planted.claim(NUMBER, BEFORE, EARLIER, BEFORE, BEFORE)
    departed(planted, BEFORE)
    correction(planted, FILED, BEFORE, signing_key=OTHER_KEY)
    planted.claim(NUMBER, BEFORE, EARLIER, BEFORE, FILED, OTHER_KEY, version=2)
    planted.entry_event(ENTRY, FILED, OTHER_KEY, sequence=2)
    assert codes(planted.audit()) == {}
    planted.record("FR/P/2400002", FILED, signing_key=OTHER_KEY)
    planted.anchor(1, FILED, OTHER_KEY)
    planted.claim("FR/P/2400002", FILED, EARLIER, FILED, FILED, OTHER_KEY)
    planted.entry_event(ENTRY, FILED, OTHER_KEY)
    report = planted.audit()
    assert codes(report) == {"key_of_successor": 4}
    assert report.findings[0].compared["successor"] == "DE"
    assert "record nothing new" in report.findings[0].sentence


def test_successor_acts_from_its_naming_on(planted: Planted) -> None:
    planted.key(OTHER_KEY, BEFORE, "DE")
    planted.record(NUMBER, BEFORE)
    departed(planted, BEFORE, successor=None)
    correction(planted, FILED, BEFORE, signing_key=OTHER_KEY)
    departed(planted, FILED)
    assert codes(planted.audit()) == {"key_unknown": 1}


def test_successor_that_departed_hands_on(planted: Planted) -> None:
    office(planted, BEFORE, "EM")
    planted.key(OTHER_KEY, BEFORE, "DE")
    planted.key(b"\x33" * 20, BEFORE, "EM")
    planted.record(NUMBER, BEFORE)
    departed(planted, BEFORE)
    departed(planted, BEFORE, "DE", "EM")
    correction(planted, FILED, BEFORE, signing_key=b"\x33" * 20)
    assert codes(planted.audit()) == {}
    correction(planted, FILED, BEFORE, signing_key=OTHER_KEY)
    assert codes(planted.audit()) == {"key_unknown": 1}


def test_successor_that_is_suspended(planted: Planted) -> None:
    planted.key(OTHER_KEY, BEFORE, "DE")
    planted.record(NUMBER, BEFORE)
    departed(planted, BEFORE)
    office(planted, BEFORE, "DE", suspended_until=moment(AFTER))
    correction(planted, FILED, BEFORE, signing_key=OTHER_KEY)
    assert "DE was suspended" in only(planted.audit(), Code.KEY_OFFICE_SUSPENDED).sentence


def test_time_that_no_calendar_has(planted: Planted) -> None:
    planted.key(KEY, BEFORE, valid_from=FOREVER - 1)
    planted.record(NUMBER, FILED)
    assert only(planted.audit(), Code.KEY_BEFORE_VALIDITY).compared["validFrom"] == "after 9999"


# -- statements that leave no record of a number ------------------------------------------------------------------


def renewal(planted: Planted, at: date, signer: bytes) -> int:
    values = {"period_years": 10, "maximum_years": 0, "window_months": 6, "grace_months": 6, "version": 1}
    return planted.put(tables.renewal_terms, at, office="FR", right="T", signer=signer, **values)


def batch(planted: Planted, at: date, signer: bytes, name: str = "BatchRegistered", done: int = 0) -> int:
    signed = {"BatchRegistered": ("signingKey", "taken"), "BatchRecorded": ("signer", "recorded")}[name]
    arguments = json.dumps({signed[0]: "0x" + signer.hex(), signed[1]: done})
    contract = "ApplicationRegistry" if name == "BatchRegistered" else "RightsRegister"
    return planted.put(tables.events, at, contract=contract, name=name, office="FR", arguments=arguments)


STATEMENTS: dict[str, tuple[int, Callable[[Planted, date, bytes], int]]] = {
    "the empowerment of 0x2222": (8, empowered),
    "the renewal terms of the right T": (8, renewal),
    "a batch of registrations of which nothing was taken": (1, batch),
    "a batch of events of which nothing was recorded": (
        2,
        lambda planted, at, signer: batch(planted, at, signer, "BatchRecorded"),
    ),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_statement_by_a_stolen_key(planted: Planted, what: str) -> None:
    scope, sign = STATEMENTS[what]
    planted.key(b"\x44" * 20, BEFORE, scopes=scope)
    sign(planted, FILED, b"\x44" * 20)
    assert (codes(planted.audit()), planted.audit().examined["keyUses"]) == ({}, 1)
    declared = planted.key(b"\x44" * 20, AFTER, compromised_since=moment(BEFORE))
    finding = only(planted.audit(), Code.KEY_AFTER_COMPROMISE)
    assert what in finding.sentence
    assert finding.compared["declaredAt"] == "2024-03-10T12:00:00Z"
    assert [one.block_number for one in finding.evidence] == [declared >> 24, (declared >> 24) - 1]
    assert all(one.transaction_hash for one in finding.evidence)


@pytest.mark.parametrize("what", list(STATEMENTS)[:2])
def test_statement_without_the_scope_of_keys(planted: Planted, what: str) -> None:
    planted.key(KEY, BEFORE, scopes=7)
    STATEMENTS[what][1](planted, FILED, KEY)
    assert only(planted.audit(), Code.KEY_OUT_OF_SCOPE).compared["needed"] == "keys"


def test_batch_that_was_taken_has_its_records(planted: Planted) -> None:
    batch(planted, FILED, OTHER_KEY, done=2)
    batch(planted, FILED, OTHER_KEY, "BatchRecorded", done=2)
    assert codes(planted.audit()) == {}


# -- compromises --------------------------------------------------------------------------------------------------


KEY_CODES = (Code.KEY_NEAR_COMPROMISE, Code.KEY_AFTER_COMPROMISE)


def test_key_near_and_after_its_compromise(planted: Planted) -> None:
    since = datetime(2024, 3, 20, tzinfo=UTC)
    for at, day in enumerate((-15, -14, -1, 0, 3), 1):
        planted.record(f"FR/P/240000{at}", FILED, since + timedelta(days=day))
    planted.key(KEY, since + timedelta(days=5), compromised_since=moment(since))
    report = planted.audit()
    assert codes(report) == {"key_near_compromise": 2, "key_after_compromise": 2, "record_suspect": 2}
    named = {(finding.code, finding.number) for finding in report.findings}
    assert named == {
        (Code.KEY_NEAR_COMPROMISE, "FR/P/2400002"),
        (Code.KEY_NEAR_COMPROMISE, "FR/P/2400003"),
        (Code.KEY_AFTER_COMPROMISE, "FR/P/2400004"),
        (Code.KEY_AFTER_COMPROMISE, "FR/P/2400005"),
        (Code.RECORD_SUSPECT, "FR/P/2400004"),
        (Code.RECORD_SUSPECT, "FR/P/2400005"),
    }
    sentences = {finding.number: finding.sentence for finding in report.findings if finding.code in KEY_CODES}
    assert "14 days before 2024-03-20T00:00:00Z, since when it is compromised" in sentences["FR/P/2400002"]
    assert "24 hours before" in sentences["FR/P/2400003"]
    assert "as was declared at 2024-03-25T00:00:00Z" in sentences["FR/P/2400004"]
    for finding in report.findings:
        assert finding.evidence[0].transaction_hash == planted.hashes[planted.block]
    near = codes(planted.audit(terms=Terms(near_days=15)))
    assert near["key_near_compromise"] == 3


# -- suspect and confirmed -----------------------------------------------------------------------------------------


def test_record_that_a_good_key_confirmed(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    planted.key(KEY, AFTER, compromised_since=moment(BEFORE))
    assert codes(planted.audit()) == {"key_after_compromise": 1, "record_suspect": 1}
    planted.key(OTHER_KEY, AFTER)
    planted.confirm(NUMBER, AFTER, OTHER_KEY)
    report = planted.audit()
    assert codes(report) == {"key_after_compromise": 1, "record_reconfirmed": 1}
    assert report.findings[-1].compared["isPresent"] is True


def test_record_that_a_bad_key_confirmed(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    planted.confirm(NUMBER, FILED + timedelta(days=1), KEY)
    planted.key(KEY, AFTER, compromised_since=moment(BEFORE))
    assert codes(planted.audit())["record_suspect"] == 1


def test_suspects_are_those_of_the_index(planted: Planted) -> None:
    planted.key(OTHER_KEY, BEFORE)
    for at in range(1, 5):
        planted.record(f"FR/P/240000{at}", FILED, FILED + timedelta(days=at))
    planted.confirm("FR/P/2400002", AFTER, OTHER_KEY)
    planted.confirm("FR/P/2400003", FILED + timedelta(days=3), KEY)
    planted.key(KEY, AFTER, compromised_since=moment(FILED + timedelta(days=2)))
    from registrum.numbers import OfficeNumber

    with read_audit(planted.index) as reader:
        looked_up = [reader.look_up(OfficeNumber.from_text(f"FR/P/240000{at}")) for at in range(1, 5)]
    suspects = {one.number.text for one in looked_up if one.signer_compromised_since is not None}
    found = {one.number for one in planted.audit().findings if one.code is Code.RECORD_SUSPECT}
    assert found == suspects == {"FR/P/2400003", "FR/P/2400004"}


# -- calendars -----------------------------------------------------------------------------------------------------

EARLIER, LATER = "DE/T/302023000001.0", "FR/T/245000000"
CLOSED = date(2024, 3, 15)


def test_calendar_of_days_that_were_past(planted: Planted) -> None:
    planted.calendar(2024, date(2024, 6, 1), [CLOSED])
    finding = only(planted.audit(), Code.CALENDAR_PUBLISHED_LATE)
    assert (finding.severity, finding.compared["days"]) == (Severity.OBSERVATION, ["2024-03-15"])
    assert finding.compared["claims"] == 0
    assert "on 2024-06-01, when 2024-03-15 was past, which it closes or opens" in finding.sentence


def test_calendar_of_days_to_come(planted: Planted) -> None:
    planted.calendar(2024, CLOSED, [CLOSED, date(2024, 12, 25)])
    assert codes(planted.audit()) == {}


def test_calendar_that_was_changed_for_days_that_were_past(planted: Planted) -> None:
    planted.calendar(2024, date(2023, 11, 1), [date(2024, 12, 25)])
    planted.calendar(2024, date(2024, 6, 1), [date(2024, 12, 26)], version=2)
    assert codes(planted.audit()) == {}
    planted.calendar(2024, date(2024, 6, 2), [CLOSED], version=3)
    finding = only(planted.audit(), Code.CALENDAR_CHANGED_LATE)
    assert (finding.compared["version"], finding.compared["days"]) == (3, ["2024-03-15"])
    assert len(finding.evidence) == 2


def test_claims_that_a_late_calendar_moves(planted: Planted) -> None:
    claimed = date(2023, 9, 15)
    planted.claim(LATER, CLOSED + timedelta(days=1), EARLIER, claimed, date(2024, 4, 1))
    planted.claim("FR/T/245000001", CLOSED, EARLIER, claimed, date(2024, 4, 1))
    planted.claim("FR/T/245000002", CLOSED + timedelta(days=2), EARLIER, claimed, date(2024, 4, 1))
    planted.calendar(2024, date(2024, 6, 1), [CLOSED])
    finding = only(planted.audit(), Code.CALENDAR_PUBLISHED_LATE)
    assert finding.severity is Severity.WARNING
    assert finding.compared["moved"] == [
        {
            "later": LATER,
            "earlier": EARLIER,
            "laterFilingDate": "2024-03-16",
            "lastDayBefore": "2024-03-15",
            "lastDayAfter": "2024-03-16",
            "before": "expired",
            "after": "in time",
        }
    ]
    assert LATER in {one.number for one in finding.evidence}


def test_claims_that_could_be_restored(planted: Planted) -> None:
    claimed = date(2023, 1, 15)
    # Twelve months end on 15 January, and two more on 15 March, which was closed.
    planted.claim(NUMBER, date(2024, 3, 16), "DE/P/102023000001.0", claimed, date(2024, 4, 1))
    planted.calendar(2024, date(2024, 6, 1), [CLOSED])
    moved = only(planted.audit(), Code.CALENDAR_PUBLISHED_LATE).compared["moved"]
    assert [(one["before"], one["after"]) for one in moved] == [("expired", "restorable")]


def test_claim_without_a_last_day_is_not_moved(planted: Planted) -> None:
    claimed = date(2023, 9, 15)
    planted.claim(LATER, date(9999, 12, 31), EARLIER, date(9999, 11, 1), date(2024, 4, 1))
    planted.claim("FR/T/245000001", CLOSED + timedelta(days=1), EARLIER, claimed, date(2024, 4, 1))
    planted.calendar(2024, date(2024, 6, 1), [CLOSED])
    planted.calendar(9999, date(2024, 6, 1), [date(9999, 12, 31)])
    [moved] = only(planted.audit(), Code.CALENDAR_PUBLISHED_LATE).compared["moved"]
    assert moved["later"] == "FR/T/245000001"


def test_restoration_that_has_no_last_day() -> None:
    version = CalendarVersion(Place(1 << 24, 0), 9999, 1, 0, (1 << 365) - 1, 0)
    closed = closed_days([version])
    with pytest.raises(DateError):
        standing_of(date(9998, 10, 31), date(9999, 12, 31), Right.PATENT, Right.PATENT, closed)


# -- sizes and refusals --------------------------------------------------------------------------------------------


def test_all_are_counted_and_the_first_are_listed(planted: Planted) -> None:
    for at in range(1, 8):
        planted.record(f"FR/P/240000{at}", FILED, FILED + timedelta(days=40))
    report = planted.audit(terms=Terms(most=3))
    assert codes(report) == {"recorded_late": 7}
    assert [finding.number for finding in report.findings] == ["FR/P/2400001", "FR/P/2400002", "FR/P/2400003"]
    assert report.to_json()["leftOut"] == {"recorded_late": 4}


def test_an_audit_that_reads_too_much_is_given_up(planted: Planted) -> None:
    for at in range(1, 4):
        planted.record(f"FR/P/240000{at}", FILED)
    assert planted.audit(most_facts=3).examined["records"] == 3
    with pytest.raises(SearchTooWideError, match="FR has more than 2"):
        planted.audit(most_facts=2)


FACTS: dict[str, Callable[[Planted], object]] = {
    "claims": lambda planted: planted.claim(NUMBER, FILED, EARLIER, FILED, FILED),
    "anchors": lambda planted: planted.anchor(1, FILED),
    "offers": lambda planted: offered(planted, 2),
    "events": lambda planted: planted.entry_event("FR/T/245000000", FILED, KEY),
    "statements": lambda planted: batch(planted, FILED, KEY),
    "confirmations": lambda planted: planted.confirm(NUMBER, FILED, KEY),
    "calendars": lambda planted: planted.calendar(2024, FILED, []),
}


@pytest.mark.parametrize("fact", FACTS)
def test_all_facts_count_for_the_bound(planted: Planted, fact: str) -> None:
    planted.record(NUMBER, FILED)
    FACTS[fact](planted)
    planted.audit()
    with pytest.raises(SearchTooWideError, match="FR has more than 1 facts"):
        planted.audit(most_facts=1)


def test_late_calendars_and_claims_count_together(planted: Planted) -> None:
    for at in range(10):
        planted.claim(f"FR/T/24500000{at}", CLOSED, EARLIER, date(2023, 9, 15), FILED)
    planted.calendar(2024, date(2024, 6, 1), [CLOSED])
    planted.calendar(2024, date(2024, 6, 2), [], version=2)
    assert planted.audit(most_facts=132).examined["calendars"] == 2
    with pytest.raises(SearchTooWideError):
        planted.audit(most_facts=131)


def test_an_index_that_is_still_being_filled_answers_nothing(planted: Planted) -> None:
    planted.record(NUMBER, FILED)
    with planted.index.write() as connection:
        planted.index.set_progress(connection, has_indexes=False)
    with pytest.raises(IndexIncompleteError):
        planted.audit(PERIOD)


@pytest.mark.parametrize("values", [{"late_days": -1}, {"near_days": -1}, {"most": 0}])
def test_terms_out_of_range(values: dict[str, int]) -> None:
    with pytest.raises(InputError, match="is no number"):
        Terms(**values)


def test_every_finding_is_documented() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    assert [code for code in Code if f"`{code.value}`" not in text] == []
