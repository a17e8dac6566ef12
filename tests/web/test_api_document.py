"""The OpenAPI document is complete and true: every address is in it, and answers have the form that it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from registrum.client.proposals import id_text
from registrum.web.api import models
from tests.client.consortia import KEYS
from tests.web.served import Client, Served, path_of, signed
from tests.web.test_api_priority import claim

SAMPLES = {
    "getOfficeNumber": "office-numbers/{filed}",
    "listVersions": "office-numbers/{corrected}/versions",
    "listClaims": "office-numbers/{filed}/claims",
    "listNumberEvents": "office-numbers/{entry}/events",
    "listApplications": "applications",
    "checkPriority": "priority-checks?{claim}",
    "listRegistrations": "registrations",
    "getRegistration": "registrations/{entry}?on=2024-09-01",
    "listRegistrationEvents": "registrations/{entry}/events",
    "listOffices": "offices",
    "getOffice": "offices/EM",
    "getAudit": "offices/EM/audit",
    "listKeys": "keys",
    "getKey": "keys/EM/{key}",
    "listCalendars": "calendars",
    "getCalendar": "calendars/JP/2024",
    "listProposals": "proposals",
    "getProposal": "proposals/{proposal}",
    "listAnchors": "anchors",
    "getAnchor": "anchors/EM/1",
    "getProof": "proofs/{anchored}",
    "getDigest": "digests/{digest}",
    "getStatement": "statements/{statement}",
    "getStatus": "status",
}


@pytest.fixture(scope="module")
def relay(there: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with there.relaying(tmp_path_factory.mktemp("outbox") / "outbox.sqlite") as client:
        yield client


@pytest.fixture(scope="module")
def document(relay: Client) -> Any:
    return relay.get("openapi.json")


@pytest.fixture(scope="module")
def values(there: Served, relay: Client) -> dict[str, str]:
    samples = there.samples
    refused = signed(samples.filed.correction(7), KEYS["EM"], there.world.registry())
    return {
        "filed": path_of(samples.filed.number),
        "corrected": path_of(samples.corrected.number),
        "entry": path_of(samples.entry),
        "anchored": samples.anchored.text,
        "key": KEYS["EM"].address,
        "proposal": id_text(samples.proposal),
        "digest": samples.filed.digest.hex(),
        "claim": "&".join(f"{name}={value}" for name, value in claim(there).items()),
        "statement": relay.post("statements", refused, expect=202)["data"]["id"],
    }


def operations(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def model_of(document: Any, operation: dict[str, Any], status: str) -> Any:
    [schema] = [content["schema"]["$ref"] for content in operation["responses"][status]["content"].values()]
    return getattr(models, schema.rpartition("/")[2])


def test_every_reading_address_is_tried(document: Any) -> None:
    reading = {operation["operationId"] for _, method, operation in operations(document) if method == "get"}
    assert reading == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_answers_have_the_form_that_is_documented(
    relay: Client, document: Any, values: dict[str, str], name: str
) -> None:
    [operation] = [operation for _, _, operation in operations(document) if operation["operationId"] == name]
    answer = relay.http.get("/api/v1/" + SAMPLES[name].format(**values))
    assert answer.status_code == 200, answer.text
    model_of(document, operation, "200").model_validate_json(answer.text, strict=True)
    assert answer.headers["content-type"] == "application/json"
    parsed = answer.json()
    assert parsed.get("data", True) not in ([], {}), "the sample shows nothing"


def test_errors_have_the_form_that_is_documented(relay: Client, document: Any) -> None:
    for path in ("nothing", "offices/x", "offices/BR", "digests/" + "07" * 32, "registrations/BR/T/1"):
        models.ErrorAnswer.model_validate_json(relay.http.get(f"/api/v1/{path}").text, strict=True)


def test_answers_to_bodies_have_the_form_that_is_documented(relay: Client, there: Served, document: Any) -> None:
    batch = relay.http.post("/api/v1/priority-checks", json={"claims": [claim(there), claim(there, earlier="?")]})
    models.PriorityChecksAnswer.model_validate_json(batch.text, strict=True)
    statement = signed(there.samples.filed.correction(7), KEYS["EM"], there.world.registry())
    accepted = relay.http.post("/api/v1/statements", json=statement)
    assert accepted.status_code == 202
    models.StatementAnswer.model_validate_json(accepted.text, strict=True)


def test_every_operation_says_what_can_go_wrong(document: Any) -> None:
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert {"400", "429", "500", "503"} <= set(responses), path
        assert "422" not in responses, path
        assert operation["summary"], path
        assert operation["description"], path
        if "{" in path and method == "get":
            assert "404" in responses, path
        for status, response in responses.items():
            assert response["description"], (path, status)
            if status.startswith(("4", "5")):
                assert model_of(document, operation, status) is models.ErrorAnswer


def test_every_parameter_is_described(document: Any) -> None:
    for path, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description") or parameter["name"] == "status", (path, parameter["name"])
            assert re.fullmatch(r"[a-z][A-Za-z0-9]*", parameter["name"]), (path, parameter["name"])


def test_nothing_is_referred_to_that_is_not_there(document: Any) -> None:
    text = json.dumps(document)
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(re.findall(r'"\$ref": "([^"]+)"', text)) <= known
    assert "ValidationError" not in text


def test_examples_of_bodies_are_taken(relay: Client, document: Any) -> None:
    schema = document["components"]["schemas"]["ClaimToCheck"]
    example = {name: member["examples"][0] for name, member in schema["properties"].items() if "examples" in member}
    [found] = relay.post("priority-checks", {"claims": [example]})["data"]
    assert found["verdict"] == "not_found"
    statement = document["components"]["schemas"]["SignedStatement"]
    example = {name: member["examples"][0] for name, member in statement["properties"].items() if "examples" in member}
    assert relay.post("statements", example, expect=403)["error"]["code"] == "unknown_signer"
