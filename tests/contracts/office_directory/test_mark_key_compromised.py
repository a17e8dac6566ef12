"""`OfficeDirectory.markKeyCompromised`: flags since when a key is not trusted, and revokes it."""

from __future__ import annotations

from typing import Any

from tests.contracts.office_directory.views import fresh, key_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, now, time_of, travel, travel_to
from tests.contracts.support.offices import APPLICATIONS, KEYS, Office, add_key


def test_flags_and_revokes(directory: Any, em: Office) -> None:
    travel(1000)
    since = now() - 500
    transaction = directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    time = time_of(transaction)
    assert logs_of(transaction) == [
        log(directory, "KeyCompromised", office=em.code, account=em.key.address, since=since),
        log(directory, "KeyRevoked", office=em.code, account=em.key.address),
    ]
    key = key_of(directory, em.code, em.key.address)
    assert (key.compromised_since, key.revoked_at) == (since, time)
    assert directory.isKeyGood(em.code, em.key.address, APPLICATIONS, since - 1)
    for moment in (since, since + 1, time - 1, time, time + 1):
        assert not directory.isKeyGood(em.code, em.key.address, APPLICATIONS, moment)
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryKeyRevoked",
        em.code,
        em.key.address,
        time,
    )


def test_of_a_revoked_key_keeps_the_time_of_revocation(directory: Any, em: Office) -> None:
    revoked_at = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    travel(1000)
    since = revoked_at - 5
    transaction = directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    assert logs_of(transaction) == [
        log(directory, "KeyCompromised", office=em.code, account=em.key.address, since=since)
    ]
    key = key_of(directory, em.code, em.key.address)
    assert (key.compromised_since, key.revoked_at) == (since, revoked_at)


def test_since_after_revocation_changes_no_answer(directory: Any, em: Office) -> None:
    revoked_at = time_of(directory.revokeKey(em.code, em.key.address, {"from": em.seat}))
    travel(1000)
    directory.markKeyCompromised(em.code, em.key.address, revoked_at + 100, {"from": em.seat})
    assert directory.isKeyGood(em.code, em.key.address, APPLICATIONS, revoked_at - 1)
    assert not directory.isKeyGood(em.code, em.key.address, APPLICATIONS, revoked_at)


def test_moves_only_to_earlier_moments(directory: Any, em: Office) -> None:
    since = now()
    first = time_of(directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat}))
    travel(1000)
    for later in (since, since + 1, now()):
        reverts_with(
            lambda later=later: directory.markKeyCompromised.call(em.code, em.key.address, later, {"from": em.seat}),
            "OfficeDirectoryInvalidCompromise",
            later,
            since,
        )
    transaction = directory.markKeyCompromised(em.code, em.key.address, since - 1, {"from": em.seat})
    assert logs_of(transaction) == [
        log(directory, "KeyCompromised", office=em.code, account=em.key.address, since=since - 1)
    ]
    key = key_of(directory, em.code, em.key.address)
    assert (key.compromised_since, key.revoked_at) == (since - 1, first)


def test_since_before_the_key_was_added_distrusts_all_of_it(directory: Any, em: Office) -> None:
    key = key_of(directory, em.code, em.key.address)
    directory.markKeyCompromised(em.code, em.key.address, 1, {"from": em.seat})
    assert not directory.isKeyGood(em.code, em.key.address, APPLICATIONS, key.valid_from)


def test_is_not_in_the_future_nor_zero(directory: Any, em: Office) -> None:
    time = now()
    for since in (0, time + 1, FOREVER):
        reverts_with(
            lambda since=since: directory.markKeyCompromised.call(em.code, em.key.address, since, {"from": em.seat}),
            "OfficeDirectoryInvalidCompromise",
            since,
            0,
        )
    directory.markKeyCompromised.call(em.code, em.key.address, time, {"from": em.seat})


def test_of_a_key_that_never_began(directory: Any, em: Office) -> None:
    account, start = fresh("later key"), now() + 1000
    add_key(directory, em, account, valid_from=start)
    directory.markKeyCompromised(em.code, account, now(), {"from": em.seat})
    travel_to(start)
    assert not directory.isKeyGood(em.code, account, APPLICATIONS, start)


def test_while_suspended(directory: Any, em: Office, governance: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    since = now()
    directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    assert key_of(directory, em.code, em.key.address).compromised_since == since


def test_makes_room_for_another_key(directory: Any, ru: Office) -> None:
    for i in range(30):
        add_key(directory, ru, fresh(f"key {i}"))
    directory.markKeyCompromised(ru.code, ru.key.address, now(), {"from": ru.seat})
    # The second mark finds the key revoked and must not take another one off the list.
    directory.markKeyCompromised(ru.code, ru.key.address, now() - 100, {"from": ru.seat})
    add_key(directory, ru, fresh("key 30"))
    reverts_with(
        lambda: directory.addKey.call(ru.code, fresh("key 31"), APPLICATIONS, 0, 0, {"from": ru.seat}),
        "OfficeDirectoryTooManyKeys",
        ru.code,
        32,
    )


def test_by_vote(directory: Any, em: Office, governance: Any) -> None:
    """Where a seat is lost or silent the offices declare it, under the same bounds."""
    since = now() - 500
    for wrong in (0, now() + 1000):
        reverts_with(
            lambda wrong=wrong: directory.markKeyCompromised.call(em.code, em.key.address, wrong, {"from": governance}),
            "OfficeDirectoryInvalidCompromise",
            wrong,
            0,
        )
    transaction = directory.markKeyCompromised(em.code, em.key.address, since, {"from": governance})
    assert logs_of(transaction) == [
        log(directory, "KeyCompromised", office=em.code, account=em.key.address, since=since),
        log(directory, "KeyRevoked", office=em.code, account=em.key.address),
    ]
    key = key_of(directory, em.code, em.key.address)
    assert (key.compromised_since, key.revoked_at) == (since, time_of(transaction))


def test_seat_and_vote_can_each_only_move_the_date_back(directory: Any, em: Office, governance: Any) -> None:
    since = now() - 500
    directory.markKeyCompromised(em.code, em.key.address, since, {"from": governance})
    for caller in (em.seat, governance):
        reverts_with(
            lambda caller=caller: directory.markKeyCompromised.call(em.code, em.key.address, since, {"from": caller}),
            "OfficeDirectoryInvalidCompromise",
            since,
            since,
        )
    directory.markKeyCompromised(em.code, em.key.address, since - 1, {"from": em.seat})
    directory.markKeyCompromised(em.code, em.key.address, since - 2, {"from": governance})
    assert key_of(directory, em.code, em.key.address).compromised_since == since - 2


def test_after_departure(directory: Any, em: Office, governance: Any) -> None:
    directory.departOffice(em.code, {"from": governance})
    since = now()
    directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    directory.markKeyCompromised(em.code, em.second.address, since - 1, {"from": governance})
    compromised = [key_of(directory, em.code, key.address).compromised_since for key in (em.key, em.second)]
    assert compromised == [since, since - 1]


def test_only_the_seat_and_governance(
    directory: Any, em: Office, ru: Office, governance: Any, stranger: Any, manager: Any, accounts: Any
) -> None:
    """A manager may not: rewriting what a year of records is worth is for the office itself, or for a vote."""
    add_key(directory, em, accounts[21], KEYS)
    directory.setEmergencyBody(accounts[22], {"from": governance})
    for caller in (ru.seat, stranger, manager, accounts[21], accounts[22]):
        reverts_with(
            lambda caller=caller: directory.markKeyCompromised.call(em.code, em.key.address, 1, {"from": caller}),
            "OfficeDirectoryNotSeat",
            em.code,
            caller,
        )


def test_of_an_unknown_key_or_office(directory: Any, em: Office, ru: Office) -> None:
    reverts_with(
        lambda: directory.markKeyCompromised.call(em.code, ru.key.address, 1, {"from": em.seat}),
        "OfficeDirectoryUnknownKey",
        em.code,
        ru.key.address,
    )
    reverts_with(
        lambda: directory.markKeyCompromised.call(b"XX", em.key.address, 1, {"from": em.seat}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )
