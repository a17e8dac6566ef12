"""`OfficeDirectory.keyFacts`: the word by which the registers judge a key says what the other views say."""

from __future__ import annotations

from typing import Any

from tests.contracts.office_directory.views import fresh, key_of, office_of
from tests.contracts.support.ledger import FOREVER, now, travel
from tests.contracts.support.offices import REGISTER, Office, add_key

MASK = 2**40 - 1


def fields(directory: Any, office: Office, account: str) -> dict[str, int]:
    """The word's fields by the layout that `KeyFacts` documents."""
    word = directory.keyFacts(office.code + bytes(10) + bytes.fromhex(account[2:]))
    names = ("valid_from", "valid_until", "revoked_at", "compromised_since", "barred_until")
    times = {name: word >> 8 + 40 * i & MASK for i, name in enumerate(names)}
    return {"scopes": word & 0xFF, **times, "earliest": word >> 208}


def check(directory: Any, office: Office, account: str, barred_until: int) -> None:
    key = vars(key_of(directory, office.code, account)).copy()
    del key["account"]
    earliest = office_of(directory, office.code).earliest
    assert fields(directory, office, account) == {**key, "barred_until": barred_until, "earliest": earliest}


def test_through_the_life_of_a_key(directory: Any, em: Office, governance: Any) -> None:
    account, seat = fresh("followed key"), {"from": em.seat}
    add_key(directory, em, account, REGISTER, valid_until=now() + 10**6)
    check(directory, em, account, 0)
    end = now() + 500
    directory.suspendOffice(em.code, end, {"from": governance})
    check(directory, em, account, end)
    directory.setEarliestFilingDate(em.code, 20010203, seat)
    check(directory, em, account, end)
    travel(10)
    directory.reinstateOffice(em.code, {"from": governance})
    check(directory, em, account, now())
    directory.markKeyCompromised(em.code, account, now() - 5, seat)
    check(directory, em, account, office_of(directory, em.code).suspended_until)


def test_after_departure(directory: Any, em: Office, governance: Any) -> None:
    directory.departOffice(em.code, {"from": governance})
    check(directory, em, em.key.address, FOREVER)


def test_a_revoked_key_keeps_what_it_had(directory: Any, em: Office, governance: Any) -> None:
    """It can never sign again, so what changes at the office later is not copied into it."""
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    before = fields(directory, em, em.key.address)
    directory.setEarliestFilingDate(em.code, 20010203, {"from": em.seat})
    directory.departOffice(em.code, {"from": governance})
    assert fields(directory, em, em.key.address) == before


def test_nobodys_key_is_zero(directory: Any, em: Office, ru: Office) -> None:
    assert set(fields(directory, em, ru.key.address).values()) == {0}
    assert directory.keyFacts(bytes(32)) == 0
    # Bytes between code and account are part of the name of a key, and no key has any.
    assert directory.keyFacts(em.code + bytes(9) + b"\1" + bytes.fromhex(em.key.address[2:])) == 0
