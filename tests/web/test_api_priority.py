"""`/priority-checks`: verdicts by GET and in batches, the same as the contract gives them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registrum import PriorityClaim, Right
from registrum.errors import InputError
from registrum.web.api import priority_checks
from tests.web.served import Client, Served


def claim(there: Served, **changes: Any) -> dict[str, Any]:
    filed = there.samples.filed
    return {
        "earlier": filed.number.text,
        "priorityApplicationFilingDate": "2024-01-31",
        "laterIpOfficeCode": "JP",
        "laterIpRight": "T",
        "laterFilingDate": "2024-06-30",
        **changes,
    }


CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "valid"),
    ({"digest": "ab" * 32}, "digest_mismatch"),
    ({"priorityApplicationFilingDate": "2024-02-01"}, "date_mismatch"),
    ({"laterFilingDate": "2024-01-31"}, "same_day"),
    ({"laterFilingDate": "2024-01-30"}, "later_precedes_earlier"),
    ({"laterFilingDate": "2024-12-31"}, "period_expired"),
    ({"laterIpRight": "G"}, "right_not_allowed"),
    ({"earlier": "EM/T/999999999"}, "not_found"),
    ({"earlier": "BR/T/999999999"}, "not_covered"),
    ({"earlier": "?"}, "malformed_number"),
]


@pytest.mark.parametrize(("changes", "verdict"), CASES)
def test_one_claim_is_judged(api: Client, there: Served, changes: dict[str, Any], verdict: str) -> None:
    found = api.data("priority-checks", **claim(there, **changes))
    assert found["verdict"] == verdict
    assert found["reasons"]


def test_a_batch_is_judged_in_its_order(api: Client, there: Served) -> None:
    claims = [claim(there, **changes) for changes, _ in CASES]
    found = api.post("priority-checks", {"claims": claims})
    assert [each["verdict"] for each in found["data"]] == [verdict for _, verdict in CASES]
    assert found["readAt"]["isComplete"] is True
    single = [api.data("priority-checks", **each) for each in claims]
    assert found["data"] == single


def test_verdicts_are_those_of_the_contract(api: Client, there: Served) -> None:
    filed = there.samples.filed
    [mine] = api.post("priority-checks", {"claims": [claim(there, digest=filed.digest.hex())]})["data"]
    theirs = there.world.registry().check_priority(
        PriorityClaim(filed.number, date(2024, 1, 31), "JP", Right.TRADEMARK, date(2024, 6, 30), filed.digest)
    )
    assert mine["verdict"] == theirs.verdict.value
    assert mine["lastDay"] == str(theirs.last_day)
    assert mine["reasons"] == list(theirs.reasons)
    assert mine["earlier"]["officeNumber"] == filed.number.text


def test_numbers_in_a_batch_may_leave_office_and_right_to_members_of_their_own(api: Client, there: Served) -> None:
    filed = there.samples.filed
    asked = claim(there, earlier=filed.number.number, earlierIpOfficeCode="EM", earlierIpRight="T")
    [found] = api.post("priority-checks", {"claims": [asked]})["data"]
    assert found["earlierOfficeNumber"] == filed.number.text
    assert found["verdict"] == "valid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"priorityApplicationFilingDate": "2024-02-30"}, "bad_date"),
        ({"laterFilingDate": "1700-01-01"}, "bad_date"),
        ({"laterIpOfficeCode": "QQ"}, "bad_office_code"),
        ({"digest": "00" * 32}, "bad_digest"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_named(api: Client, there: Served, changes: dict[str, Any], code: str) -> None:
    error = api.post("priority-checks", {"claims": [claim(there), claim(there, **changes)]}, expect=400)["error"]
    assert error["code"] == code
    assert error["message"].startswith("claim 1: ")
    assert error["details"]["claim"] == 1
    assert api.error("priority-checks", 400, **claim(there, **changes))["code"] in (code, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"claims": []},
        {"claims": "all"},
        {"claims": [{}]},
        {"claims": [{"earlier": 1}]},
        {"claims": [], "more": 1},
        [],
        7,
    ],
)
def test_a_body_of_another_form_is_refused(api: Client, body: Any) -> None:
    error = api.post("priority-checks", body, expect=400)["error"]
    assert error["code"] == "bad_request"
    assert error["message"].startswith("body")


def test_what_is_no_json_is_refused(api: Client) -> None:
    for content in (b"{", b"\xff", b"[" * 100_000):
        answer = api.http.post("/api/v1/priority-checks", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["code"] == "bad_request"


def test_a_form_of_another_page_is_refused(api: Client) -> None:
    answer = api.http.post("/api/v1/priority-checks", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "unsupported_media_type"


def test_a_thousand_claims_and_no_more(api: Client, there: Served) -> None:
    one = claim(there)
    found = api.post("priority-checks", {"claims": [one] * 1000})
    assert {each["verdict"] for each in found["data"]} == {"valid"}
    error = api.post("priority-checks", {"claims": [one] * 1001}, expect=413)["error"]
    assert error["code"] == "too_large"
    assert error["details"]["mostClaims"] == 1000


def test_what_is_longer_than_every_number_is_answered_and_not_remembered(api: Client, there: Served) -> None:
    kept = priority_checks._read
    api.post("priority-checks", {"claims": [claim(there, earlier=f"EM/T/{at}") for at in range(5)]})
    before = kept.cache_info().currsize
    assert before >= 5
    claims = [claim(there, earlier=f"EM/T/{at:0>66}") for at in range(1_000)]
    found = api.post("priority-checks", {"claims": claims})["data"]
    assert {each["verdict"] for each in found} == {"malformed_number"}
    assert kept.cache_info().currsize == before
    document = api.get("openapi.json")
    longest = document["components"]["schemas"]["ClaimToCheck"]["properties"]["earlier"]["maxLength"]
    assert api.post("priority-checks", {"claims": [claim(there, earlier="1" * longest)]})["data"]
    api.post("priority-checks", {"claims": [claim(there, earlier="1" * (longest + 1))]}, expect=400)


@pytest.mark.parametrize("changes", [{"earlier": "?"}, {"earlier": "1", "earlierIpOfficeCode": "EM"}])
def test_what_is_remembered_of_a_number_that_is_none_holds_no_request(
    api: Client, there: Served, changes: dict[str, Any]
) -> None:
    asked = claim(there, **changes)
    for _ in range(3):
        api.post("priority-checks", {"claims": [asked]})
    reading = priority_checks._read(asked["earlier"], None, asked.get("earlierIpOfficeCode"))
    error: object = reading.number
    assert isinstance(error, InputError)
    while isinstance(error, BaseException):
        assert error.__traceback__ is None
        error = error.__cause__ or error.__context__


def test_a_parameter_that_is_missing_is_named(api: Client) -> None:
    error = api.error("priority-checks", 400, earlier="EM/T/018660437")
    assert {fault["name"] for fault in error["details"]["faults"]} == {
        "priorityApplicationFilingDate",
        "laterIpOfficeCode",
        "laterIpRight",
        "laterFilingDate",
    }
