"""`OfficeDirectory.admitOffice`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, ZERO, OfficeView, fresh, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of, time_of
from tests.contracts.support.offices import Office

US_SEAT = fresh("seat of US")
ENDPOINT = "https://us.example/registrum"


def admit(directory: Any, sender: Any, **changes: Any) -> Any:
    """Ask what admitting US would do, with some arguments changed."""
    values = {"code": b"US", "seat": US_SEAT, "name": "USPTO", "endpoint": ENDPOINT, "earliest": 0, **changes}
    return directory.admitOffice.call(*values.values(), {"from": sender})


@pytest.mark.parametrize("earliest", [0, 18000101, 18360713, 99991231])
def test_an_admitted_office_is_active(directory: Any, governance: Any, earliest: int) -> None:
    transaction = directory.admitOffice(b"US", US_SEAT, "USPTO", ENDPOINT, earliest, {"from": governance})
    assert office_of(directory, b"US") == OfficeView(
        b"US", ACTIVE, US_SEAT, time_of(transaction), 0, earliest, 0, "USPTO", ENDPOINT
    )
    assert directory.statusOf(b"US") == ACTIVE
    assert directory.seatOf(b"US") == US_SEAT
    assert directory.earliestFilingDateOf(b"US") == earliest
    assert logs_of(transaction) == [
        log(
            directory,
            "OfficeAdmitted",
            office=b"US",
            seat=US_SEAT,
            name="USPTO",
            endpoint=ENDPOINT,
            earliestFilingDate=earliest,
        )
    ]


def test_only_governance(directory: Any, em: Office, stranger: Any) -> None:
    for caller in (stranger, em.seat):
        reverts_with(
            lambda caller=caller: admit(directory, caller),
            "OfficeDirectoryNotGovernance",
            caller,
        )


@pytest.mark.parametrize("code", [b"us", b"U1", b"U\0", b"\0\0", b"\xd5S", b"Us", b"@A", b"A["])
def test_a_code_is_two_capital_letters(directory: Any, governance: Any, code: bytes) -> None:
    reverts_with(lambda: admit(directory, governance, code=code), "OfficeCodeMalformed", code)


def test_a_code_is_admitted_once(directory: Any, governance: Any, em: Office) -> None:
    reverts_with(
        lambda: admit(directory, governance, code=em.code),
        "OfficeDirectoryOfficeExists",
        em.code,
    )


def test_a_departed_code_is_not_admitted_again(directory: Any, governance: Any, em: Office) -> None:
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: admit(directory, governance, code=em.code),
        "OfficeDirectoryOfficeExists",
        em.code,
    )


def test_a_seat_is_an_account(directory: Any, governance: Any) -> None:
    reverts_with(lambda: admit(directory, governance, seat=ZERO), "OfficeDirectoryZeroAccount")


def test_a_seat_belongs_to_one_office(directory: Any, governance: Any, em: Office) -> None:
    reverts_with(
        lambda: admit(directory, governance, seat=em.seat),
        "OfficeDirectorySeatTaken",
        em.seat,
        em.code,
    )


def test_the_seat_of_a_departed_office_stays_taken(directory: Any, governance: Any, em: Office) -> None:
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: admit(directory, governance, seat=em.seat),
        "OfficeDirectorySeatTaken",
        em.seat,
        em.code,
    )


@pytest.mark.parametrize(
    ("field", "text", "length", "limit"),
    [
        ("name", "", 0, 100),
        ("name", "x" * 101, 101, 100),
        ("name", "\u0416" * 51, 102, 100),  # bytes are counted, not letters
        ("endpoint", "x" * 201, 201, 200),
    ],
)
def test_texts_have_a_length(directory: Any, governance: Any, field: str, text: str, length: int, limit: int) -> None:
    reverts_with(
        lambda: admit(directory, governance, **{field: text}),
        "OfficeDirectoryTextLength",
        length,
        limit,
    )


def test_texts_up_to_their_limits(directory: Any, governance: Any) -> None:
    directory.admitOffice(b"US", US_SEAT, "\u0416" * 50, "e" * 200, 0, {"from": governance})
    office = office_of(directory, b"US")
    assert (office.name, office.endpoint) == ("\u0416" * 50, "e" * 200)


def test_without_an_endpoint(directory: Any, governance: Any) -> None:
    directory.admitOffice(b"US", US_SEAT, "U", "", 0, {"from": governance})
    assert office_of(directory, b"US").endpoint == ""


@pytest.mark.parametrize("earliest", [17900731, 20230229, 1, 2**32 - 1])
def test_the_bound_is_a_date(directory: Any, governance: Any, earliest: int) -> None:
    reverts_with(
        lambda: admit(directory, governance, earliest=earliest),
        "CalendarDateInvalid",
        earliest,
    )
