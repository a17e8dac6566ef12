"""`/office-numbers`, `/applications`, `/anchors`, `/proofs`, `/digests`: records, and what is not one."""

from __future__ import annotations

import pytest

from registrum.proofs.proof import Proof
from registrum.proofs.verify import examine
from tests.web.served import Client, Served, path_of


def test_a_number_is_found_in_any_form_and_answered_in_one(api: Client, there: Served) -> None:
    filed = there.samples.filed
    exact = api.data(f"office-numbers/{path_of(filed.number)}")
    assert exact["officeNumber"] == filed.number.text
    assert exact["standing"] == "recorded"
    assert exact["record"]["digest"] == "0x" + filed.digest.hex()
    assert exact["record"]["filingDate"] == "2024-01-31"
    spaced = f"EM {filed.number.number[:3]} {filed.number.number[3:]}"
    other = api.data(f"office-numbers/EM/T/{spaced}")
    assert other["askedAs"] == spaced
    assert other["officeNumber"] == filed.number.text
    assert other["record"] == exact["record"]


def test_withdrawn_and_corrected_are_found_and_say_so(api: Client, there: Served) -> None:
    samples = there.samples
    assert api.data(f"office-numbers/{path_of(samples.withdrawn)}")["standing"] == "withdrawn"
    corrected = api.data(f"office-numbers/{path_of(samples.corrected.number)}")
    assert corrected["standing"] == "corrected"
    assert corrected["record"]["filingDate"] == "2024-01-30"


def test_not_found_and_not_covered_differ(api: Client) -> None:
    not_found = api.error("office-numbers/EM/T/999999999", 404)
    not_covered = api.error("office-numbers/BR/T/999999999", 404)
    assert (not_found["code"], not_covered["code"]) == ("not_found", "not_covered")
    assert not_found["message"] != not_covered["message"]
    assert not_covered["details"]["ipOfficeCode"] == "BR"
    assert api.get("office-numbers/EM/T/999999999", expect=404)["readAt"]["isComplete"] is True


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("office-numbers/EM/T/not a number!", "bad_number"),
        ("office-numbers/EM/T/0186604371234", "bad_number"),
        ("office-numbers/em/T/018660437", "bad_request"),
        ("office-numbers/EM/X/018660437", "bad_request"),
        ("office-numbers/QQ/T/018660437", "bad_office_code"),
        ("office-numbers/EM/T/" + "1" * 65, "bad_request"),
    ],
)
def test_what_is_no_number_is_named(api: Client, path: str, code: str) -> None:
    error = api.error(path, 400)
    assert error["code"] == code
    assert error["message"]
    assert error["remedy"]


def test_every_version_is_told(api: Client, there: Served) -> None:
    versions = api.data(f"office-numbers/{path_of(there.samples.corrected.number)}/versions")
    assert [version["kind"] for version in versions] == ["registered", "corrected"]
    assert versions[0]["record"]["filingDate"] == "2024-01-31"
    assert versions[0]["supersededAt"] is not None
    assert versions[1]["supersededAt"] is None
    assert api.error("office-numbers/EM/T/999999999/versions", 404)["code"] == "not_found"


def test_claims_are_told_both_ways(api: Client, there: Served) -> None:
    earlier, later = there.samples.filed.number, there.samples.later.number
    basis = api.data(f"office-numbers/{path_of(earlier)}/claims")
    assert basis["makes"] == []
    assert [claim["laterOfficeNumber"] for claim in basis["isBasisOf"]] == [later.text]
    assert api.data(f"office-numbers/{path_of(later)}/claims")["makes"] == basis["isBasisOf"]
    assert basis["isBasisOf"][0]["outcome"] == "accepted"
    assert basis["isBasisOf"][0]["priorityApplicationFilingDate"] == "2024-01-31"


def test_events_of_a_number_come_in_pages(api: Client, there: Served) -> None:
    path = f"office-numbers/{path_of(there.samples.withdrawn)}/events"
    whole = api.get(path)
    assert [event["name"] for event in whole["data"]] == ["ApplicationRegistered", "ApplicationWithdrawn"]
    first = api.get(path, limit=1)
    assert first["data"] == whole["data"][:1]
    assert first["page"]["total"] == 2
    assert api.get(first["page"]["next"])["data"] == whole["data"][1:]


def test_records_are_listed_by_what_is_known_of_them(api: Client, there: Served) -> None:
    samples = there.samples
    withdrawn = api.get("applications", status="withdrawn")
    assert [record["officeNumber"] for record in withdrawn["data"]] == [samples.withdrawn.text]
    assert withdrawn["page"]["total"] == 1
    japanese = api.data("applications", ipOfficeCode="JP")
    assert [record["officeNumber"] for record in japanese] == [samples.later.number.text]
    by_digest = api.data("applications", digest=samples.filed.digest.hex())
    assert [record["officeNumber"] for record in by_digest] == [samples.filed.number.text]
    by_number = api.data("applications", sort="officeNumber", q="EM/T/")
    assert [record["officeNumber"] for record in by_number] == sorted(record["officeNumber"] for record in by_number)
    facets = api.get("applications")["page"]["facets"]
    assert facets["ipOfficeCode"]["JP"] == 1
    assert facets["status"]["corrected"] == 1


def test_only_the_members_asked_for_are_answered(api: Client, there: Served) -> None:
    found = api.data("applications", fields="officeNumber,filingDate")
    assert {tuple(record) for record in found} == {("officeNumber", "filingDate")}
    number = path_of(there.samples.filed.number)
    assert set(api.data(f"office-numbers/{number}", fields="standing")) == {"standing"}
    error = api.error("applications", 400, fields="officeNumber,colour")
    assert "colour" in error["message"]
    assert "filingDate" in error["details"]["members"]


@pytest.mark.parametrize(
    "query",
    [
        {"ipOfficeCode": "emu"},
        {"ipRight": "X"},
        {"filedFrom": "31.1.2024"},
        {"filedFrom": "2024-02-31"},
        {"recordedTo": "1700-01-01"},
        {"status": "lost"},
        {"digest": "0x12"},
        {"signingKey": "0x12"},
        {"lateByDays": "many"},
        {"sort": "colour"},
        {"limit": "0"},
        {"limit": "201"},
        {"offset": "-1"},
        {"q": "%"},
        {"colour": "red"},
    ],
)
def test_a_filter_that_is_none_is_refused(api: Client, query: dict[str, str]) -> None:
    error = api.error("applications", 400, **query)
    assert error["code"].startswith("bad_")
    assert error["message"]


def test_anchors_and_the_proofs_cut_from_them(api: Client, there: Served) -> None:
    samples = there.samples
    listed = api.get("anchors", ipOfficeCode="EM")
    assert listed["page"]["total"] == 1
    anchor = listed["data"][0]
    assert (anchor["sequence"], anchor["leafCount"]) == (1, 2)
    one = api.data("anchors/EM/1")
    assert one["root"] == anchor["root"]
    assert one["disclosedCount"] == 0
    assert api.error("anchors/EM/2", 404)["code"] == "not_found"
    answer = api.http.get(f"/api/v1/proofs/{samples.anchored.text}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    proof = Proof.from_json(answer.text)
    registry = there.world.registry()
    assert proof.number == samples.anchored
    assert examine(proof, domain=registry.application_domain, anchored_at=registry.anchored_at).is_sound


def test_a_proof_never_opens_a_commitment(api: Client, there: Served) -> None:
    proof = api.get(f"proofs/{there.samples.salted.text}")
    assert proof["disclosure"] == "salted"
    assert proof["documentDigest"] is None
    assert proof["salt"] is None


def test_a_server_without_the_anchor_says_that_it_has_none(api: Client, there: Served) -> None:
    error = api.error(f"proofs/{there.samples.filed.number.text}", 404)
    assert error["code"] == "not_found"
    assert "no anchor that holds" in error["message"]
    from registrum.web.proofs import ProofShelf

    with there.client(proofs=ProofShelf(())) as bare:
        assert "no anchors" in bare.error(f"proofs/{there.samples.anchored.text}", 404)["message"]


def test_a_digest_leads_to_what_it_stands_for(api: Client, there: Served) -> None:
    filed = there.samples.filed
    for text in (filed.digest.hex(), "0x" + filed.digest.hex().upper()):
        found = api.data(f"digests/{text}")
        assert found["digest"] == "0x" + filed.digest.hex()
        assert [(match["kind"], match["officeNumber"]) for match in found["matches"]] == [
            ("application", filed.number.text)
        ]
    root = api.data("anchors/EM/1")["root"]
    assert [match["kind"] for match in api.data(f"digests/{root}")["matches"]] == ["anchor_root"]
    assert api.error("digests/" + "07" * 32, 404)["code"] == "not_found"
    assert api.error("digests/12", 400)["code"] == "bad_request"
