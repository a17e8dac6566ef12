"""`OfficeDirectory.suspendKey` and `reinstateKey`: one key that signs nothing for a while, and how that meets a
suspension of its office."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, fresh, key_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, next_block_at, now, time_of, travel, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office, add_key


def barred_until(directory: Any, office: Office, account: str) -> int:
    """The end of what bars the key, out of the word that registers judge by."""
    word = directory.keyFacts(office.code + bytes(10) + bytes.fromhex(account[2:]))
    return int(word) >> 168 & FOREVER


def authorise(directory: Any, office: Office, account: str) -> Any:
    return directory.authorise(office.code, account, APPLICATIONS)


def refused(directory: Any, office: Office, account: str, until: int) -> None:
    """Assert that the key is suspended, its office is not, and the word says the same."""
    reverts_with(
        lambda: authorise(directory, office, account), "OfficeDirectoryKeySuspended", office.code, account, until
    )
    assert barred_until(directory, office, account) == until


@pytest.fixture
def account(em: Office) -> str:
    """The key of EM that is suspended."""
    return em.key.address


@pytest.fixture
def until(directory: Any, em: Office, governance: Any, account: str) -> int:
    """End of its suspension, which has begun: a day from now."""
    end = now() + 86400
    directory.suspendKey(em.code, account, end, {"from": governance})
    return end


def test_bars_that_key_alone(directory: Any, em: Office, governance: Any, account: str) -> None:
    end = now() + 1000
    transaction = directory.suspendKey(em.code, account, end, {"from": governance})
    assert logs_of(transaction) == [log(directory, "KeySuspended", office=em.code, account=account, until=end)]
    assert directory.keySuspendedUntil(em.code, account) == end
    refused(directory, em, account, end)
    assert authorise(directory, em, em.second.address) == em.earliest
    assert directory.keySuspendedUntil(em.code, em.second.address) == 0
    assert directory.statusOf(em.code) == ACTIVE


def test_an_account_is_suspended_for_one_office(directory: Any, em: Office, ru: Office, until: int) -> None:
    add_key(directory, ru, em.key.address)
    assert authorise(directory, ru, em.key.address) == 0


def test_ends_by_itself(directory: Any, em: Office, until: int, account: str) -> None:
    travel_to(until - 1)
    refused(directory, em, account, until)
    travel_to(until)
    assert authorise(directory, em, account) == em.earliest
    assert directory.keySuspendedUntil(em.code, account) == until


def test_governance_moves_the_end_both_ways(
    directory: Any, em: Office, governance: Any, until: int, account: str
) -> None:
    for end in (until + 1000, until - 1000, FOREVER, until):
        directory.suspendKey(em.code, account, end, {"from": governance})
        refused(directory, em, account, end)


def test_must_end_after_its_block(directory: Any, em: Office, governance: Any, account: str) -> None:
    time = now()
    for end in (0, 1, time - 1, time):
        reverts_with(
            lambda end=end: directory.suspendKey.call(em.code, account, end, {"from": governance}),
            "OfficeDirectorySuspensionEnded",
            end,
        )
    directory.suspendKey.call(em.code, account, time + 1, {"from": governance})


def test_reinstated_before_its_time(directory: Any, em: Office, governance: Any, until: int, account: str) -> None:
    transaction = directory.reinstateKey(em.code, account, {"from": governance})
    assert logs_of(transaction) == [log(directory, "KeyReinstated", office=em.code, account=account)]
    assert directory.keySuspendedUntil(em.code, account) == time_of(transaction)
    assert authorise(directory, em, account) == em.earliest
    assert barred_until(directory, em, account) == 0


def test_reinstating_what_is_not_suspended(
    directory: Any, em: Office, governance: Any, until: int, account: str
) -> None:
    second = em.second.address
    reverts_with(
        lambda: directory.reinstateKey.call(em.code, second, {"from": governance}),
        "OfficeDirectoryKeyNotSuspended",
        em.code,
        second,
    )
    travel_to(until)
    reverts_with(
        lambda: directory.reinstateKey.call(em.code, account, {"from": governance}),
        "OfficeDirectoryKeyNotSuspended",
        em.code,
        account,
    )


def test_in_the_last_second(directory: Any, em: Office, governance: Any, until: int, account: str) -> None:
    next_block_at(until - 1)
    directory.reinstateKey(em.code, account, {"from": governance})
    assert directory.keySuspendedUntil(em.code, account) == until - 1


@pytest.mark.parametrize("office_first", [True, False])
@pytest.mark.parametrize(("of_key", "of_office"), [(1000, 2000), (2000, 1000), (1500, 1500), (FOREVER, 1000)])
def test_the_later_end_bars(
    directory: Any, em: Office, governance: Any, account: str, office_first: bool, of_key: int, of_office: int
) -> None:
    """Whichever came first, the key waits for both; the other key of the office waits for the office only."""
    start = now()
    key_end, office_end = min(start + of_key, FOREVER), start + of_office
    steps = [
        lambda: directory.suspendOffice(em.code, office_end, {"from": governance}),
        lambda: directory.suspendKey(em.code, account, key_end, {"from": governance}),
    ]
    for step in steps if office_first else reversed(steps):
        step()
    assert barred_until(directory, em, account) == max(key_end, office_end)
    assert barred_until(directory, em, em.second.address) == office_end
    # The office is named as the reason as long as it is one.
    reverts_with(lambda: authorise(directory, em, account), "OfficeDirectoryOfficeSuspended", em.code, office_end)
    travel_to(office_end)
    assert authorise(directory, em, em.second.address) == em.earliest
    if key_end > office_end:
        refused(directory, em, account, key_end)
    if key_end < FOREVER:
        travel_to(max(key_end, office_end))
        assert authorise(directory, em, account) == em.earliest


def test_reinstating_the_office_leaves_the_key(
    directory: Any, em: Office, governance: Any, until: int, account: str
) -> None:
    directory.suspendOffice(em.code, until + 5000, {"from": governance})
    directory.reinstateOffice(em.code, {"from": governance})
    refused(directory, em, account, until)
    assert authorise(directory, em, em.second.address) == em.earliest


def test_reinstating_the_key_leaves_the_office(
    directory: Any, em: Office, governance: Any, until: int, account: str
) -> None:
    end = until - 5000
    directory.suspendOffice(em.code, end, {"from": governance})
    directory.reinstateKey(em.code, account, {"from": governance})
    assert barred_until(directory, em, account) == end
    reverts_with(lambda: authorise(directory, em, account), "OfficeDirectoryOfficeSuspended", em.code, end)
    travel_to(end)
    assert authorise(directory, em, account) == em.earliest


def test_a_new_bound_of_the_office_leaves_the_suspension(directory: Any, em: Office, until: int, account: str) -> None:
    directory.setEarliestFilingDate(em.code, 20010203, {"from": em.seat})
    refused(directory, em, account, until)
    travel_to(until)
    assert authorise(directory, em, account) == 20010203


def test_departure_outlasts_it(directory: Any, em: Office, governance: Any, until: int, account: str) -> None:
    directory.departOffice(em.code, {"from": governance})
    assert barred_until(directory, em, account) == FOREVER
    travel_to(until)
    reverts_with(lambda: authorise(directory, em, account), "OfficeDirectoryOfficeDeparted", em.code)


def test_never_blocks_revoking(directory: Any, em: Office, until: int, account: str, manager: Any) -> None:
    revoked_at = time_of(directory.revokeKey(em.code, account, {"from": manager}))
    assert key_of(directory, em.code, account).revoked_at == revoked_at
    travel_to(until)
    reverts_with(lambda: authorise(directory, em, account), "OfficeDirectoryKeyRevoked", em.code, account, revoked_at)


def test_never_blocks_declaring_a_compromise(directory: Any, em: Office, until: int, account: str) -> None:
    since = now() - 100
    directory.markKeyCompromised(em.code, account, since, {"from": em.seat})
    assert directory.compromisedSince(em.code, account) == since


def test_a_suspended_manager_manages_nothing(directory: Any, em: Office, governance: Any, manager: Any) -> None:
    end = now() + 1000
    directory.suspendKey(em.code, manager, end, {"from": governance})
    new = fresh("added by the manager")
    attempts = (
        lambda: directory.addKey.call(em.code, new, APPLICATIONS, 0, 0, {"from": manager}),
        lambda: directory.revokeKey.call(em.code, em.key.address, {"from": manager}),
        lambda: directory.revokeKey.call(em.code, manager, {"from": manager}),
    )
    travel_to(end - 1)
    for attempt in attempts:
        reverts_with(attempt, "OfficeDirectoryKeySuspended", em.code, manager, end)
    # The seat can do without it meanwhile.
    directory.revokeKey.call(em.code, manager, {"from": em.seat})
    travel_to(end)
    for attempt in attempts:
        attempt()


def test_a_manager_in_a_suspended_office_may_still_revoke(
    directory: Any, em: Office, governance: Any, manager: Any
) -> None:
    """Suspension of the office alone never stands in the way of shutting out a stolen key."""
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.revokeKey(em.code, em.key.address, {"from": manager})
    assert key_of(directory, em.code, em.key.address).revoked_at == now()


def test_says_nothing_about_the_past(directory: Any, em: Office, until: int, account: str) -> None:
    """Whether a key was good is asked of its own window: a suspension is no judgement on what it signed."""
    key = key_of(directory, em.code, account)
    assert (key.revoked_at, key.valid_until, key.compromised_since) == (0, FOREVER, 0)
    assert directory.isKeyGood(em.code, account, APPLICATIONS, until - 1)


def test_of_a_key_that_has_not_begun(directory: Any, em: Office, governance: Any) -> None:
    later, start = fresh("later key"), now() + 1000
    add_key(directory, em, later, valid_from=start)
    directory.suspendKey(em.code, later, start + 500, {"from": governance})
    reverts_with(lambda: authorise(directory, em, later), "OfficeDirectoryKeyNotYetValid", em.code, later, start)
    travel_to(start)
    refused(directory, em, later, start + 500)


def test_of_what_is_not_a_key_in_force(directory: Any, em: Office, ru: Office, governance: Any) -> None:
    revoked_at = time_of(directory.revokeKey(em.code, em.second.address, {"from": em.seat}))
    for method, rest in ((directory.suspendKey, (FOREVER,)), (directory.reinstateKey, ())):
        for error, arguments, target in (
            ("OfficeDirectoryUnknownOffice", (b"XX",), (b"XX", em.key.address)),
            ("OfficeDirectoryUnknownKey", (em.code, ru.key.address), (em.code, ru.key.address)),
            ("OfficeDirectoryKeyRevoked", (em.code, em.second.address, revoked_at), (em.code, em.second.address)),
        ):
            reverts_with(
                lambda method=method, target=target, rest=rest: method.call(*target, *rest, {"from": governance}),
                error,
                *arguments,
            )
    directory.departOffice(em.code, {"from": governance})
    for method, rest in ((directory.suspendKey, (FOREVER,)), (directory.reinstateKey, ())):
        reverts_with(
            lambda method=method, rest=rest: method.call(em.code, em.key.address, *rest, {"from": governance}),
            "OfficeDirectoryOfficeDeparted",
            em.code,
        )


def test_only_governance_and_the_emergency_body(directory: Any, em: Office, until: int, stranger: Any) -> None:
    for caller in (stranger, em.seat):
        reverts_with(
            lambda caller=caller: directory.suspendKey.call(em.code, em.second.address, FOREVER, {"from": caller}),
            "OfficeDirectoryNotEmergencyBody",
            caller,
        )
        reverts_with(
            lambda caller=caller: directory.reinstateKey.call(em.code, em.key.address, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )


def test_again_after_it_ended(directory: Any, em: Office, governance: Any, until: int, account: str) -> None:
    travel_to(until)
    travel(100)
    directory.suspendKey(em.code, account, until + 5000, {"from": governance})
    refused(directory, em, account, until + 5000)
