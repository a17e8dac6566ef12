"""Numbers that fit no form of their office, and are recorded: found under the number that the register shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from markupsafe import escape

from registrum import Application, OfficeNumber
from tests.client.registries import digest
from tests.web.served import FILED, REGISTRAR, Client, Served, path_of

NUMBERS = [OfficeNumber.from_text(text) for text in ("EM/T/18660437", "EM/T/-", "EM/T/1-A")]


@pytest.fixture(scope="module")
def api(there: Served) -> Iterator[Client]:
    there.world.registry().register_batch("EM", [Application(each, FILED, digest(each.text)) for each in NUMBERS])
    rights = there.world.registry(signer=REGISTRAR).rights
    rights.file(NUMBERS[0], FILED, (9,), digest("dossier of it"))
    there.catch_up()
    with there.client() as client:
        yield client


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_what_a_list_returns_is_found_by_its_own_parts(api: Client, number: OfficeNumber) -> None:
    [listed] = [each for each in api.data("applications", q=number.text) if each["officeNumber"] == number.text]
    found = api.data(f"office-numbers/{path_of(number)}")
    assert listed.pop("signerCompromisedSince") == found["signerCompromisedSince"]
    assert found["record"] == listed
    assert api.data(f"office-numbers/{path_of(number)}/versions")[0]["record"] == listed
    assert api.data(f"office-numbers/{path_of(number)}/events")
    assert api.data(f"office-numbers/{path_of(number)}/claims")["officeNumber"] == number.text


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_the_search_box_leads_to_it(api: Client, number: OfficeNumber) -> None:
    answer = api.http.get("/search", params={"q": number.text}, follow_redirects=False)
    assert answer.status_code in (302, 303, 307)
    assert answer.headers["location"] == f"/applications/{path_of(number)}"


@pytest.mark.parametrize("number", NUMBERS[1:], ids=str)
def test_that_it_fits_no_form_is_said(api: Client, number: OfficeNumber) -> None:
    [warning] = api.data(f"office-numbers/{path_of(number)}")["warnings"]
    assert number.number in warning
    page = api.http.get(f"/applications/{path_of(number)}").text
    assert escape(warning) in page


def test_of_a_number_that_is_not_recorded_as_it_stands_the_form_counts(api: Client, there: Served) -> None:
    """Who asks for 18000001 means 018000001."""
    number = there.samples.filed.number
    assert number.number.startswith("0")
    found = api.data(f"office-numbers/EM/T/{number.number.lstrip('0')}")
    assert found["officeNumber"] == number.text
    assert found["warnings"] == []


def test_its_register_entry_is_found(api: Client) -> None:
    assert api.data(f"registrations/{path_of(NUMBERS[0])}")["officeNumber"] == NUMBERS[0].text
    assert api.data(f"registrations/{path_of(NUMBERS[0])}/events")


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_a_claim_on_it_is_judged(api: Client, number: OfficeNumber) -> None:
    claim = {
        "priorityApplicationFilingDate": FILED.isoformat(),
        "laterIpOfficeCode": "JP",
        "laterIpRight": "T",
        "laterFilingDate": "2024-05-31",
    }
    by_parts = {"earlier": number.number, "earlierIpOfficeCode": "EM", "earlierIpRight": "T"}
    judged = [api.data("priority-checks", earlier=number.text, **claim)]
    claims = [{**claim, "earlier": number.text}, {**claim, **by_parts}]
    judged += api.post("priority-checks", {"claims": claims})["data"]
    assert [each["verdict"] for each in judged] == ["valid"] * 3
    assert {each["earlierOfficeNumber"] for each in judged} == {number.text}
    page = api.http.get("/priority-check", params=claim_form(number)).text
    assert 'data-answer="verdict-valid"' in page


def claim_form(number: OfficeNumber) -> dict[str, str]:
    return {
        "earlier": number.text,
        "claimedDate": FILED.isoformat(),
        "laterOffice": "JP",
        "laterRight": "T",
        "laterDate": "2024-05-31",
    }


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_a_copy_of_it_verifies(api: Client, number: OfficeNumber) -> None:
    page = api.http.get("/verify", params={"sha256": digest(number.text).hex(), "number": number.text}).text
    assert 'data-answer="match-yes"' in page


CONTRADICTIONS = [{"office": "RU"}, {"right": "P"}, {"right": "D"}, {"office": "RU", "right": "T"}]


@pytest.mark.parametrize("given", CONTRADICTIONS, ids=str)
@pytest.mark.parametrize("text", ["filed", "EM/T/1-A", "EM/T/099999999", "EM/T/9-Z"])
def test_a_number_of_another_office_or_right_than_is_given_is_none(
    api: Client, there: Served, text: str, given: dict[str, str]
) -> None:
    """However it is recorded, and whether it is: what contradicts itself is not judged, and not looked up."""
    number = there.samples.filed.number.text if text == "filed" else text
    claim = {
        "priorityApplicationFilingDate": FILED.isoformat(),
        "laterIpOfficeCode": "JP",
        "laterIpRight": "T",
        "laterFilingDate": "2024-05-31",
        "earlier": number,
        **{{"office": "earlierIpOfficeCode", "right": "earlierIpRight"}[name]: value for name, value in given.items()},
    }
    judged = [api.data("priority-checks", **claim), *api.post("priority-checks", {"claims": [claim]})["data"]]
    assert [each["verdict"] for each in judged] == ["malformed_number"] * 2
    assert "was given" in judged[0]["reasons"][0]
    form = {"claimedDate": FILED.isoformat(), "laterOffice": "JP", "laterRight": "T", "laterDate": "2024-05-31"}
    more = {{"office": "earlierOffice", "right": "earlierRight"}[name]: value for name, value in given.items()}
    answer = api.http.get("/priority-check", params={"earlier": number, **form, **more}).text
    assert 'data-answer="faults"' in answer
    assert 'data-answer="verdict' not in answer
    if "office" not in given:
        copy = api.http.get("/verify", params={"sha256": "ab" * 32, "number": number, **given}).text
        assert 'data-answer="faults"' in copy
        assert 'data-answer="match' not in copy


@pytest.mark.parametrize("given", [{}, {"office": "EM"}, {"right": "T"}, {"office": "EM", "right": "T"}], ids=str)
@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_what_says_the_same_twice_is_read(api: Client, number: OfficeNumber, given: dict[str, str]) -> None:
    more = {{"office": "earlierOffice", "right": "earlierRight"}[name]: value for name, value in given.items()}
    answer = api.http.get("/priority-check", params={**claim_form(number), **more}).text
    assert 'data-answer="verdict-valid"' in answer
