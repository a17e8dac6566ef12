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
