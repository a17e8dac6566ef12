"""Other content that an office offered under a recorded number: on the page, in the extract, in the interface."""

from __future__ import annotations

import pytest

from registrum import Application
from tests.client.registries import digest
from tests.web.served import FILED, Served, path_of
from tests.web.test_pages_records import page


def test_a_conflict_is_said_wherever_the_record_is_shown(there: Served) -> None:
    registry = there.world.registry()
    first, second = there.world.application("EM"), there.world.application("EM")
    registry.register(first)
    other = Application(first.number, FILED, digest("offered instead"))
    registry.register_batch("EM", [other, second])
    there.catch_up()
    with there.client() as client:
        path = path_of(first.number)
        for address in (f"/applications/{path}", f"/applications/{path}/certificate"):
            found = page(client, address)
            assert "standing-conflict" in found.answers, address
            assert other.digest.hex() in found.text, address
        answer = client.data(f"office-numbers/{path}")
        assert (answer["standing"], answer["conflictingOffers"]) == ("recorded", 1)
        assert client.data(f"office-numbers/{path_of(second.number)}")["conflictingOffers"] == 0
        assert "standing-conflict" not in page(client, f"/applications/{path_of(second.number)}/certificate").answers


def test_an_extract_has_its_versions_in_full(there: Served) -> None:
    number = there.samples.corrected.number
    with there.client() as client:
        text = page(client, f"/applications/{path_of(number)}/certificate").text
        versions = client.data(f"office-numbers/{path_of(number)}/versions")
    assert len(versions) == 2
    for version in versions:
        assert version["record"]["digest"] in text
        assert version["transactionHash"] in text


@pytest.mark.parametrize("name", ["laterFilingDate", "laterIpOfficeCode", "digest"])
def test_what_cannot_be_read_is_not_repeated_at_length(there: Served, name: str) -> None:
    claim = {
        "earlier": "EM/T/018660437",
        "priorityApplicationFilingDate": "2024-01-31",
        "laterIpOfficeCode": "JP",
        "laterIpRight": "T",
        "laterFilingDate": "2024-06-30",
    }
    with there.client() as client:
        answer = client.post("priority-checks", {"claims": [{**claim, name: "9" * 100_000}]}, expect=400)
    assert len(str(answer)) < 2_000
