"""`/registrations`, `/offices`, `/keys`, `/calendars`, `/proposals`, `/status`."""

from __future__ import annotations

from pathlib import Path

import pytest

from registrum.client.proposals import id_text
from tests.client.registries import world
from tests.web.served import KEYS_OF_EM, Client, Served, path_of


def test_an_entry_and_what_stood_on_a_day(api: Client, there: Served) -> None:
    path = f"registrations/{path_of(there.samples.entry)}"
    entry = api.data(path)
    assert (entry["standing"], entry["statusText"]) == ("in_force", "Registered")
    assert entry["classNumbers"] == [9, 42]
    assert entry["expiryDate"] == "2034-01-31"
    assert entry["onDate"] is None
    before = api.data(path, on="2024-03-01")["onDate"]
    assert (before["knowledge"], before["standing"]) == ("stood", "pending")
    assert before["entry"]["officeNumber"] == there.samples.entry.text
    assert api.data(path, on="2024-03-01", knownOn="2024-03-02")["onDate"]["entry"] is None
    alone = api.data(path, knownOn="2024-09-01")["onDate"]
    assert (alone["on"], alone["knownOn"]) == ("2024-09-01", "2024-09-01")
    assert set(api.data(path, fields="standing,onDate")) == {"standing", "onDate"}


@pytest.mark.parametrize(
    "query", [{"on": "yesterday"}, {"on": "2024-13-01"}, {"on": "2023-02-29"}, {"onn": "2024-01-01"}]
)
def test_a_day_that_is_none_is_refused(api: Client, there: Served, query: dict[str, str]) -> None:
    assert api.error(f"registrations/{path_of(there.samples.entry)}", 400, **query)["code"].startswith("bad_")


def test_the_history_of_an_entry(api: Client, there: Served) -> None:
    events = api.get(f"registrations/{path_of(there.samples.entry)}/events")
    assert events["page"]["total"] == 2
    first, second = events["data"]
    assert (first["sequence"], first["before"]) == (1, None)
    assert (second["eventCode"], second["codeSystem"]) == ("F10", "ST.27")
    assert second["previous"] == first["head"]
    assert second["facts"]["registrationDate"] == "2024-08-01"
    assert second["signer"]["name"] == "EM"
    assert second["title"]


def test_an_entry_that_is_not_there(api: Client, there: Served) -> None:
    for tail in ("", "/events"):
        assert api.error(f"registrations/EM/T/999999999{tail}", 404)["code"] == "not_found"
        assert api.error(f"registrations/BR/T/999999999{tail}", 404)["code"] == "not_covered"
    assert api.error(f"registrations/EM/P/{there.samples.entry.number}", 400)["code"] == "bad_request"


def test_entries_are_listed(api: Client, there: Served) -> None:
    found = api.get("registrations", classNumber=9, standing="in_force")
    assert [entry["officeNumber"] for entry in found["data"]] == [there.samples.entry.text]
    assert found["page"]["facets"]["ipOfficeCode"] == {"EM": 1}
    assert api.data("registrations", classNumber=12) == []
    assert api.data("registrations", expiresTo="2030-01-01") == []
    assert api.error("registrations", 400, classNumber=46)["code"] == "bad_request"
    assert api.error("registrations", 400, standing="asleep")["code"] == "bad_request"


def test_offices_keys_and_calendars(api: Client) -> None:
    offices = api.get("offices")
    assert [office["ipOfficeCode"] for office in offices["data"]] == ["EM", "JP", "RU", "US", "WO"]
    assert api.data("offices", status="departed") == []
    office = api.data("offices/EM")
    assert office["name"] == "Office EM"
    assert office["successor"] is None
    assert api.error("offices/BR", 404)["code"] == "not_covered"
    keys = api.data("keys", ipOfficeCode="EM")
    assert [key["account"] for key in keys] == KEYS_OF_EM
    one = api.data(f"keys/EM/{keys[0]['account'].lower()}")
    assert api.data(f"keys/EM/0x{keys[0]['account'][2:].upper()}") == one
    assert one["scopes"] == ["applications"]
    assert one["isSuspended"] is False
    assert api.error("keys/EM/0x" + "12" * 20, 404)["code"] == "not_found"
    assert api.get("keys")["page"]["total"] == 6
    calendar = api.data("calendars/JP/2024")
    assert calendar["closed"] == ["2024-01-01"]
    assert api.data("calendars", year=2024) == [calendar]
    assert api.data("calendars", ipOfficeCode="JP", year=2025) == []
    assert api.error("calendars/JP/2025", 404)["code"] == "not_found"


@pytest.mark.parametrize(
    "path",
    [
        "offices/E",
        "offices/em",
        "keys/EM/0x12",
        "keys/EM/nobody",
        "calendars/JP/next",
        "calendars/JP/17",
        "anchors/EM/0",
    ],
)
def test_a_path_that_is_none_is_refused(api: Client, path: str) -> None:
    assert api.error(path, 400)["code"] == "bad_request"


def test_proposals_are_read_from_the_node(api: Client, there: Served) -> None:
    number = id_text(there.samples.proposal)
    listed = api.get("proposals")
    assert [proposal["id"] for proposal in listed["data"]] == [number]
    assert listed["data"][0]["votes"] == []
    proposal = api.data(f"proposals/{number}")
    assert proposal["ipOfficeCode"] == "EM"
    assert "FR" in proposal["plainWords"][0]
    assert [(vote["ipOfficeCode"], vote["support"]) for vote in proposal["votes"]] == [("JP", "for")]
    assert api.data("proposals", state="executed") == []
    assert api.error("proposals/0x" + "12" * 32, 404)["code"] == "not_found"
    assert api.error("proposals/first", 400)["code"] == "bad_request"
    assert api.error("proposals", 400, state="open")["code"] == "bad_request"


def test_where_one_account_governs_there_are_no_proposals(tmp_path: Path, there: Served) -> None:
    with world(tmp_path) as alone, there.client(node=None) as client:
        client.service.manifest = alone.manifest
        assert "no consortium" in client.error("proposals", 404)["message"]


def test_the_status_says_what_the_server_is_for(api: Client, there: Served) -> None:
    status = api.get("status")
    assert status["data"]["chainId"] == there.world.manifest.chain_id
    assert status["data"]["contracts"]["RightsRegister"] == there.world.manifest.address("RightsRegister")
    assert status["data"]["relay"] == {"enabled": False, "account": None, "needsKey": False, "trouble": ""}
    assert status["readAt"]["isComplete"] is True
    assert status["data"]["node"]["reachable"] is True
    assert status["data"]["node"]["newestBlock"] - status["readAt"]["blockNumber"] == status["readAt"]["lagBlocks"]


def test_the_index_goes_on_answering_without_a_node(there: Served) -> None:
    with there.client(node=None) as client:
        assert client.data(f"office-numbers/{path_of(there.samples.filed.number)}")["standing"] == "recorded"
        assert client.get("status")["readAt"]["lagBlocks"] is None
        error = client.error("proposals", 503)
        assert error["code"] == "unreachable"
        answer = client.http.get("/api/v1/proposals")
        assert int(answer.headers["retry-after"]) > 0
