"""`/offices/{ipOfficeCode}/audit`: the report of the page for programs, and that one is made at a time."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from registrum.audit import Period, Terms
from registrum.errors import SearchTooWideError
from registrum.index.auditing import AuditReader, read_audit
from registrum.web.audits import AuditDesk
from registrum.web.errors import Refusal
from tests.web.served import Client, Served

PERIOD = Period(date(2024, 1, 1), date(2100, 1, 1))


def test_findings_of_an_office(api: Client, there: Served) -> None:
    found = api.data("offices/EM/audit")
    assert (found["format"], found["ipOfficeCode"]) == ("registrum-audit/1", "EM")
    assert found["examined"]["recordsInPeriod"] > 0
    late = {one["officeNumber"] for one in found["findings"] if one["code"] == "recorded_late"}
    assert there.samples.filed.number.text in late
    assert found["total"] == sum(found["counts"].values()) == len(found["findings"])


def test_what_is_asked_for(api: Client) -> None:
    nothing = api.data("offices/EM/audit", recordedFrom="2001-01-01", recordedTo="2001-12-31")
    assert (nothing["total"], nothing["period"]["to"]) == (0, "2001-12-31")
    one = api.data("offices/EM/audit", most=1)
    assert len({finding["code"] for finding in one["findings"]}) == len(one["findings"])
    assert one["leftOut"]["recorded_late"] >= 1
    assert "recorded_late" not in api.data("offices/EM/audit", lateDays=36000)["counts"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"recordedFrom": "2024-02-01", "recordedTo": "2024-01-31"}, "bad_input"),
        ({"recordedFrom": "2024-02-31"}, "bad_date"),
        ({"lateDays": -1}, "bad_request"),
        ({"most": 0}, "bad_request"),
        ({"late": 1}, "bad_request"),
    ],
)
def test_what_cannot_be_read(api: Client, query: dict[str, Any], code: str) -> None:
    assert api.error("offices/EM/audit", 400, **query)["code"] == code


@pytest.fixture
def reader(there: Served) -> Any:
    with there.client() as client, read_audit(client.service.index) as found:
        yield found


def test_the_same_report_is_made_once(reader: AuditReader) -> None:
    desk = AuditDesk()
    first = desk.report(reader, "EM", PERIOD, Terms())
    assert desk.report(reader, "EM", PERIOD, Terms()) is first
    assert desk.report(reader, "EM", PERIOD, Terms(late_days=1)) is not first


def test_an_index_that_was_filled_anew_has_another_report(reader: AuditReader, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = AuditDesk()
    first = desk.report(reader, "EM", PERIOD, Terms())
    monkeypatch.setattr(AuditReader, "filling", (1, "{}"))
    assert desk.report(reader, "EM", PERIOD, Terms()) is not first


def test_too_many_records(reader: AuditReader) -> None:
    with pytest.raises(SearchTooWideError, match="more than 1 facts"):
        AuditDesk(most_facts=1).report(reader, "EM", PERIOD, Terms())


def test_one_report_is_made_at_a_time(reader: AuditReader, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, began, ends = AuditDesk(patience_s=0.01), threading.Event(), threading.Event()

    def slow(*given: object, **options: object) -> None:
        began.set()
        assert ends.wait(60)

    monkeypatch.setattr("registrum.web.audits.audit_office", slow)
    other = threading.Thread(target=desk.report, args=(reader, "EM", PERIOD, Terms()))
    other.start()
    try:
        assert began.wait(60)
        with pytest.raises(Refusal, match="one at a time") as refused:
            desk.report(reader, "EM", PERIOD, Terms())
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "5")
    finally:
        ends.set()
        other.join()
