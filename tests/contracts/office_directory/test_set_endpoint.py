"""`OfficeDirectory.setEndpoint`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of
from tests.contracts.support.offices import Office


@pytest.mark.parametrize("endpoint", ["https://em.example/v2", "", "e" * 200])
def test_replaces_the_address_and_nothing_else(directory: Any, em: Office, endpoint: str) -> None:
    before = office_of(directory, em.code)
    transaction = directory.setEndpoint(em.code, endpoint, {"from": em.seat})
    assert logs_of(transaction) == [log(directory, "EndpointChanged", office=em.code, endpoint=endpoint)]
    assert office_of(directory, em.code) == type(before)(**{**vars(before), "endpoint": endpoint})


def test_while_suspended(directory: Any, em: Office, governance: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.setEndpoint(em.code, "https://elsewhere.example", {"from": em.seat})
    assert office_of(directory, em.code).endpoint == "https://elsewhere.example"


def test_only_the_seat(directory: Any, em: Office, ru: Office, governance: Any, manager: Any, stranger: Any) -> None:
    for caller in (ru.seat, governance, manager, stranger):
        reverts_with(
            lambda caller=caller: directory.setEndpoint.call(em.code, "", {"from": caller}),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )


def test_of_an_unknown_office(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: directory.setEndpoint.call(b"XX", "", {"from": em.seat}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )


def test_has_a_length(directory: Any, em: Office) -> None:
    reverts_with(
        lambda: directory.setEndpoint.call(em.code, "e" * 201, {"from": em.seat}),
        "OfficeDirectoryTextLength",
        201,
        200,
    )
