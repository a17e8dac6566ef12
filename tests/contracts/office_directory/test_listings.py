"""Views of `OfficeDirectory` that list: `offices`, `keys`, and what they show one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import (
    ACTIVE,
    DEPARTED,
    NONE,
    SUSPENDED,
    ZERO,
    KeyView,
    OfficeView,
    fresh,
    key_of,
    office_of,
)
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import FOREVER, now, travel
from tests.contracts.support.offices import APPLICATIONS, REGISTER, Office, add_key

PAGES = [(0, 10), (0, 4), (0, 2), (1, 2), (3, 1), (3, 10), (4, 1), (5, 10), (0, 0), (2, 0), (2**256 - 1, 1)]
"""Offset and limit of pages of four."""


@pytest.mark.parametrize(("offset", "limit"), PAGES)
def test_pages_of_offices(
    directory: Any, em: Office, ru: Office, au: Office, jp: Office, offset: int, limit: int
) -> None:
    codes = [office.code for office in (em, ru, au, jp)]
    page, total = directory.offices(offset, limit)
    assert total == 4
    assert [OfficeView.of(values) for values in page] == [
        office_of(directory, code) for code in codes[offset : offset + limit]
    ]


def test_a_limit_beyond_all_numbers(directory: Any, em: Office) -> None:
    largest = 2**256 - 1
    assert len(directory.offices(0, largest)[0]) == 4
    assert len(directory.offices(3, largest)[0]) == 1
    assert len(directory.keys(em.code, 1, largest)[0]) == 1


@pytest.mark.parametrize(("offset", "limit"), PAGES)
def test_pages_of_keys(directory: Any, em: Office, offset: int, limit: int) -> None:
    """Oldest first, revoked ones in their place."""
    accounts = [em.key.address, em.second.address, fresh("third"), fresh("fourth")]
    for account in accounts[2:]:
        add_key(directory, em, account, REGISTER)
    directory.revokeKey(em.code, accounts[1], {"from": em.seat})
    page, total = directory.keys(em.code, offset, limit)
    assert total == 4
    assert [KeyView.of(values) for values in page] == [
        key_of(directory, em.code, account) for account in accounts[offset : offset + limit]
    ]


def test_offices_show_their_standing(directory: Any, em: Office, ru: Office, au: Office, governance: Any) -> None:
    directory.suspendOffice(ru.code, now() + 1000, {"from": governance})
    directory.departOffice(au.code, {"from": governance})
    assert [OfficeView.of(values).status for values in directory.offices(0, 9)[0]] == [
        ACTIVE,
        SUSPENDED,
        DEPARTED,
        ACTIVE,
    ]
    travel(1001)
    assert OfficeView.of(directory.offices(1, 1)[0][0]).status == ACTIVE


@pytest.mark.parametrize("code", [b"XX", b"\0\0", b"em", b"\xff\xff"])
def test_what_was_never_admitted(directory: Any, code: bytes) -> None:
    assert office_of(directory, code) == OfficeView(code, NONE, ZERO, 0, 0, 0, 0, "", "")
    assert directory.statusOf(code) == NONE
    assert directory.seatOf(code) == ZERO
    assert directory.earliestFilingDateOf(code) == 0
    assert tuple(directory.keys(code, 0, 9)) == ((), 0)


def test_what_never_was_a_key(directory: Any, em: Office, ru: Office) -> None:
    for account in (ZERO, ru.key.address, em.seat.address):
        assert key_of(directory, em.code, account) == KeyView(account, 0, valid_from=0, valid_until=0)


def test_an_office_counts_all_keys_it_ever_had(directory: Any, em: Office) -> None:
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    add_key(directory, em, fresh("third"), APPLICATIONS)
    office = office_of(directory, em.code)
    assert (office.key_count, office.suspended_until) == (3, 0)
    assert KeyView.of(directory.keys(em.code, 2, 1)[0][0]).valid_until == FOREVER


def test_active_offices_in_the_order_of_admission(
    directory: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any
) -> None:
    def active() -> list[bytes]:
        return [bytes.fromhex(str(code)[2:]) for code in directory.activeOffices()]

    assert active() == [em.code, ru.code, au.code, jp.code]
    directory.suspendOffice(ru.code, now() + 1000, {"from": governance})
    directory.departOffice(au.code, {"from": governance})
    assert active() == [em.code, jp.code]
    directory.admitOffice(b"US", fresh("seat of US"), "USPTO", "", 0, {"from": governance})
    assert active() == [em.code, jp.code, b"US"]
    travel(1001)
    assert active() == [em.code, ru.code, jp.code, b"US"]
    for code in (em.code, ru.code, jp.code, b"US"):
        directory.suspendOffice(code, FOREVER, {"from": governance})
    assert active() == []


def test_no_office_no_active_one(governance: Any) -> None:
    assert compiled("OfficeDirectory").deploy(governance, {"from": governance}).activeOffices() == ()


def test_office_of_a_seat(directory: Any, em: Office, ru: Office, governance: Any, stranger: Any) -> None:
    """Of its present seat only, and of none other of its accounts; standing is no matter."""
    assert directory.officeOfSeat(em.seat) == "0x" + em.code.hex()
    directory.proposeSeat(em.code, stranger, {"from": em.seat})
    for account in (ZERO, em.key.address, governance, stranger):
        assert directory.officeOfSeat(account) == "0x0000"
    directory.acceptSeat(em.code, {"from": stranger})
    assert directory.officeOfSeat(em.seat) == "0x0000"
    directory.departOffice(em.code, {"from": governance})
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    assert directory.officeOfSeat(stranger) == "0x" + em.code.hex()
    assert directory.officeOfSeat(ru.seat) == "0x" + ru.code.hex()
