"""Audits of random deeds on a real chain say what the answers of the index say, alike in SQLite and in PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from registrum import OfficeNumber, PriorityClaim, Verdict
from registrum.audit import Code, Period, Report, Terms, audit_office
from registrum.audit.calendars import closed_days, standing_of
from registrum.index.auditing import AuditReader, read_audit
from registrum.index.following import Follower
from registrum.index.store import open_index
from tests.client.registries import FILED, digest
from tests.index.deeds import Deeds, deeds, depart
from tests.postgres import running_postgres

ALWAYS = Period(date(2000, 1, 1), date(2100, 12, 31))
TERMS = Terms(most=100_000)
OFFICES = ("EM", "JP", "RU", "FR")
IMPOSSIBLE = {
    Code.DIGEST_REPLACED,
    Code.ANCHOR_GAP,
    Code.ANCHOR_TWICE,
    Code.KEY_AFTER_REVOCATION,
    Code.KEY_BEFORE_VALIDITY,
    Code.KEY_AFTER_EXPIRY,
    Code.KEY_SUSPENDED,
    Code.KEY_OUT_OF_SCOPE,
    Code.KEY_AFTER_DEPARTURE,
    Code.KEY_OFFICE_SUSPENDED,
    Code.KEY_OF_SUCCESSOR,
    Code.KEY_UNKNOWN,
    Code.BODY_OUT_OF_MANDATE,
}
"""What the contracts take care of."""
STANDINGS = {Verdict.VALID: "in time", Verdict.RESTORABLE: "restorable", Verdict.PERIOD_EXPIRED: "expired"}


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deeds]:
    with deeds(tmp_path_factory.mktemp("audited"), seed=8) as made:
        made.do(110)
        conflicting(made)
        depart(made)
        made.steal("EM", hours=30)
        made.do(40)
        yield made


def conflicting(happened: Deeds) -> None:
    """A batch with other content for a number that is recorded."""
    made = happened.made
    first, second = made.application(), made.application()
    registry = made.registry()
    registry.register(first)
    registry.register_batch("EM", [replace(first, digest=digest("other content")), second])
    happened.numbers += [first.number, second.number]
    happened.dates |= {first.number: first.filing_date, second.number: second.filing_date}


@pytest.fixture(scope="module")
def readers(happened: Deeds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, AuditReader]]:
    file = str(tmp_path_factory.mktemp("index") / "index.sqlite")
    with running_postgres() as server, server.database() as url, open_index(file) as one, open_index(url) as other:
        for index in (one, other):
            Follower(index, happened.made.rpc, happened.made.manifest).catch_up()
        with read_audit(one) as sqlite, read_audit(other) as postgresql:
            yield {"sqlite": sqlite, "postgresql": postgresql}


@pytest.fixture(scope="module")
def reader(readers: dict[str, AuditReader]) -> AuditReader:
    return readers["sqlite"]


@pytest.fixture(scope="module")
def reports(reader: AuditReader) -> dict[str, Report]:
    return {office: made_by(reader, office) for office in OFFICES}


def made_by(reader: AuditReader, office: str) -> Report:
    return audit_office(reader, office, ALWAYS, TERMS, read_at=reader.freshness().to_json())


def found(reports: dict[str, Report], code: Code) -> set[str | None]:
    return {finding.number for report in reports.values() for finding in report.findings if finding.code is code}


def of_offices(happened: Deeds) -> list[OfficeNumber]:
    return [number for number in dict.fromkeys(happened.numbers) if number.office in OFFICES]


def test_both_databases_make_the_same_report(readers: dict[str, AuditReader], reports: dict[str, Report]) -> None:
    for office, report in reports.items():
        assert made_by(readers["postgresql"], office).to_json() == report.to_json()


def test_nothing_is_found_that_the_contracts_refuse(reports: dict[str, Report]) -> None:
    for report in reports.values():
        assert not set(report.counts) & IMPOSSIBLE
        assert report.examined["keyUses"] > 0


def test_suspect_records_are_those_of_the_index(
    reader: AuditReader, reports: dict[str, Report], happened: Deeds
) -> None:
    numbers = of_offices(happened)
    suspects = {number.text for number in numbers if reader.look_up(number).signer_compromised_since is not None}
    assert found(reports, Code.RECORD_SUSPECT) == suspects
    assert 0 < len(suspects) < len(numbers)


def test_corrections_are_those_of_the_versions(
    reader: AuditReader, reports: dict[str, Report], happened: Deeds
) -> None:
    back_dated, corrected = set(), set()
    for number in of_offices(happened):
        records = [version.record for version in reader.versions(number)]
        for before, after in itertools.pairwise(records):
            if after.filing_date < before.filing_date:
                back_dated.add(number.text)
            if after.digest != before.digest:
                corrected.add(number.text)
    assert found(reports, Code.BACK_DATED) == back_dated != set()
    assert found(reports, Code.DIGEST_CORRECTED) == corrected != set()


def test_late_records_are_those_of_the_index(reader: AuditReader, reports: dict[str, Report], happened: Deeds) -> None:
    first = {number.text: reader.versions(number)[0].record.days_late for number in of_offices(happened)}
    late = found(reports, Code.RECORDED_LATE)
    assert {number for number, days in first.items() if days > TERMS.late_days} <= late != set()
    assert not {number for number, days in first.items() if days <= TERMS.late_days} & late


def test_evidence_names_the_transactions(reader: AuditReader, reports: dict[str, Report]) -> None:
    finding = next(one for one in reports["EM"].findings if one.code is Code.DIGEST_CORRECTED)
    assert finding.number is not None
    versions = reader.versions(OfficeNumber.from_text(finding.number))
    hashes = {(version.block_number, version.transaction_hash) for version in versions}
    assert {(one.block_number, one.transaction_hash) for one in finding.evidence} <= hashes
    assert all(one.transaction_hash for report in reports.values() for each in report.findings for one in each.evidence)


def test_content_that_was_not_taken_is_found(reports: dict[str, Report]) -> None:
    [conflict] = [one for one in reports["EM"].findings if one.code is Code.DIGEST_CONFLICT]
    assert conflict.compared["offered"]["digest"] == "0x" + digest("other content").hex()
    assert conflict.compared["offered"]["filingDate"] == FILED.isoformat()
    assert conflict.compared["recorded"]["digest"] != conflict.compared["offered"]["digest"]


def test_keys_after_their_compromise_are_found(reports: dict[str, Report]) -> None:
    assert found(reports, Code.KEY_AFTER_COMPROMISE)
    assert found(reports, Code.KEY_NEAR_COMPROMISE)
    assert found(reports, Code.RECORD_RECONFIRMED)


def test_standings_by_a_calendar_are_those_of_the_verdicts(reader: AuditReader, happened: Deeds) -> None:
    seen = set()
    for later, earlier in dict.fromkeys(happened.claims):
        record = reader.record(earlier)
        if record is None or later.office not in OFFICES:
            continue
        closed = closed_days(reader.audit_calendars(later.office))
        for months in range(5, 17):
            filed = date(record.filing_date.year + (record.filing_date.month + months - 1) // 12, 1, 1)
            filed = filed.replace(month=(record.filing_date.month + months - 1) % 12 + 1)
            claim = PriorityClaim(earlier, record.filing_date, later.office, later.right, filed)
            expected = STANDINGS.get(reader.check_priority(claim).verdict)
            if expected is not None:
                standing, last = standing_of(record.filing_date, filed, earlier.right, later.right, closed)
                assert standing == expected, claim
                assert last == reader.check_priority(claim).last_day
                seen.add(expected)
    assert seen == set(STANDINGS.values())
