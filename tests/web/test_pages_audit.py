"""The page of an audit over a real deployment: what it finds, what it refuses, and what it says in French."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registrum.web.audits import AuditDesk
from registrum.web.pages import audits
from tests.web.served import Client, Served, path_of
from tests.web.test_pages_records import page


@pytest.fixture(scope="module")
def client(there: Served) -> Iterator[Client]:
    with there.client() as made:
        yield made


def test_an_office_leads_to_its_audit(client: Client) -> None:
    assert "/offices/EM/audit" in page(client, "/offices/EM").links


def test_findings_name_their_number_and_their_transaction(client: Client, there: Served) -> None:
    html = page(client, "/offices/EM/audit")
    assert html.answers[0] == "severity-warning"
    assert f"/applications/{path_of(there.samples.filed.number)}" in html.links
    assert any(link.startswith("/transactions/0x") for link in html.links)
    assert "Recorded late" in html.text
    assert "the time of recording, which the chain set" in html.text
    assert "median" in html.text


def test_a_period_without_records_has_no_findings(client: Client) -> None:
    html = page(client, "/offices/EM/audit?from=2001-01-01&to=2001-12-31")
    assert html.answers == ["severity-none"]
    assert "0 in the period" in html.text
    assert "goes on after block" not in html.text
    assert "goes on after block" in page(client, "/offices/EM/audit?to=2100-01-01").text


def test_late_days_are_chosen(client: Client) -> None:
    assert "Recorded late" not in page(client, "/offices/EM/audit?lateDays=36000").text


@pytest.mark.parametrize(
    "query",
    ["from=31.1.2024", "to=x", "lateDays=many", "nearDays=-1", "from=2024-02-01&to=2024-01-31", "lateDays=36526"],
)
def test_what_cannot_be_read_is_said_at_its_field(client: Client, query: str) -> None:
    html = page(client, f"/offices/EM/audit?{query}", expect=400)
    assert html.answers == ["faults"]


def test_an_office_that_is_no_member_has_no_audit(client: Client) -> None:
    page(client, "/offices/BR/audit", expect=404)
    page(client, "/offices/em/audit", expect=404)


def test_an_office_with_too_many_records_is_left_to_the_command(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audits, "DESK", AuditDesk(most_facts=1))
    html = page(client, "/offices/EM/audit")
    assert html.answers == ["severity-warning"]
    assert "more than 1 facts" in html.text


def test_sentences_are_marked_as_english_on_a_french_page(client: Client) -> None:
    html = page(client, "/offices/EM/audit", **{"accept-language": "fr"})
    assert html.language == "fr"
    assert "Inscriptions tardives" in html.text
    assert 'lang="en"' in client.http.get("/offices/EM/audit?lang=fr").text
