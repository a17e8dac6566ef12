"""`OfficeDirectory.isKeyGood`: the answer for any time, of the key alone, as known today."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ZERO, fresh
from tests.contracts.support.ledger import FOREVER, now, time_of, travel, travel_to
from tests.contracts.support.offices import APPLICATIONS, REGISTER, TRANSACTIONS, Office, add_key

KEY = fresh("key in question")


def good(directory: Any, office: Office, *times: int, scopes: int = APPLICATIONS, account: str = KEY) -> list[bool]:
    return [directory.isKeyGood(office.code, account, scopes, time) for time in times]


def test_window_is_closed_at_the_start_and_open_at_the_end(directory: Any, em: Office) -> None:
    start, end = now() + 1000, now() + 2000
    add_key(directory, em, KEY, valid_from=start, valid_until=end)
    times = (0, 1, start - 1, start, start + 1, end - 1, end, end + 1, FOREVER)
    expected = [False, False, False, True, True, True, False, False, False]
    assert good(directory, em, *times) == expected
    # The answer does not depend on when it is asked.
    for moment in (start, end, end + 10**6):
        travel_to(moment)
        assert good(directory, em, *times) == expected


def test_without_end(directory: Any, em: Office) -> None:
    start = now() + 1000
    add_key(directory, em, KEY, valid_from=start)
    assert good(directory, em, start, start + 10**9, FOREVER - 1, FOREVER) == [True, True, True, False]


def test_a_window_of_one_second(directory: Any, em: Office) -> None:
    start = now() + 1000
    add_key(directory, em, KEY, valid_from=start, valid_until=start + 1)
    assert good(directory, em, start - 1, start, start + 1) == [False, True, False]


def test_revocation_ends_it_and_nothing_before(directory: Any, em: Office) -> None:
    start = time_of(directory.addKey(em.code, KEY, APPLICATIONS, 0, 0, {"from": em.seat}))
    travel(1000)
    end = time_of(directory.revokeKey(em.code, KEY, {"from": em.seat}))
    times = (start - 1, start, end - 1, end, end + 1)
    assert good(directory, em, *times) == [False, True, True, False, False]
    travel(10**6)
    assert good(directory, em, *times) == [False, True, True, False, False]


def test_compromise_learned_later_reaches_back(directory: Any, em: Office) -> None:
    start = time_of(directory.addKey(em.code, KEY, APPLICATIONS, 0, 0, {"from": em.seat}))
    travel(1000)
    since = start + 600
    assert good(directory, em, since) == [True]
    directory.markKeyCompromised(em.code, KEY, since, {"from": em.seat})
    assert good(directory, em, start, since - 1, since, since + 1) == [True, True, False, False]
    directory.markKeyCompromised(em.code, KEY, start + 1, {"from": em.seat})
    assert good(directory, em, start, start + 1, since - 1) == [True, False, False]
    directory.markKeyCompromised(em.code, KEY, start, {"from": em.seat})
    assert good(directory, em, start) == [False]


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (APPLICATIONS, True),
        (TRANSACTIONS, True),
        (APPLICATIONS + TRANSACTIONS, True),
        (REGISTER, False),
        (APPLICATIONS + REGISTER, False),  # all of the scopes, not one of them
        (15, False),
        (0, False),
        (16, False),
        (16 + APPLICATIONS, False),
        (255, False),
    ],
)
def test_all_scopes_asked_for_are_needed(directory: Any, em: Office, scopes: int, expected: bool) -> None:
    add_key(directory, em, KEY, APPLICATIONS + TRANSACTIONS)
    assert good(directory, em, now(), scopes=scopes) == [expected]


def test_nobodys_key_is_never_good(directory: Any, em: Office, ru: Office) -> None:
    times = (0, 1, now(), FOREVER)
    for account in (KEY, ZERO, em.seat.address, ru.key.address):
        assert good(directory, em, *times, account=account) == [False] * 4
        assert good(directory, em, *times, account=account, scopes=0) == [False] * 4
    assert not directory.isKeyGood(b"XX", em.key.address, APPLICATIONS, now())


def test_standing_of_the_office_does_not_matter(directory: Any, em: Office, governance: Any) -> None:
    time = now()
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    assert good(directory, em, time, FOREVER - 1, account=em.key.address) == [True, True]
    directory.departOffice(em.code, {"from": governance})
    assert good(directory, em, time, FOREVER - 1, account=em.key.address) == [True, True]
