"""`EmergencyCouncil.support` by transactions of the seats: what it takes, what it does, and when it ends."""

from __future__ import annotations

from typing import Any

import pytest

from registrum.signing.statements import Registration
from tests.contracts.emergency_council.suspensions import (
    DURATION,
    WINDOW,
    Suspension,
    against,
    ask,
    codes,
    identifier,
    relay,
    send,
    signed,
)
from tests.contracts.office_directory.views import ACTIVE, SUSPENDED, ZERO, fresh, key_of, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import (
    DAY,
    FOREVER,
    Log,
    log,
    logs_of,
    next_block_at,
    now,
    storage_root,
    time_of,
    travel,
    travel_to,
)
from tests.contracts.support.offices import APPLICATIONS, KEYS, Office, add_key, digest, number, submit
from tests.contracts.support.records import record_of


def supported(council: Any, suspension: Suspension, supporter: Office) -> Log:
    return log(
        council,
        "SuspensionSupported",
        suspensionId=identifier(suspension),
        office=suspension.office,
        supporter=supporter.code,
        reason=suspension.reason,
    )


def took_effect(council: Any, suspension: Suspension, until: int, *supporters: Office) -> Log:
    return log(
        council,
        "SuspendedInEmergency",
        suspensionId=identifier(suspension),
        office=suspension.office,
        accounts=suspension.accounts,
        until=until,
        supporters=[supporter.code for supporter in supporters],
        reason=suspension.reason,
    )


@pytest.fixture
def suspension(council: Any, em: Office) -> Suspension:
    """Of EM itself."""
    return against(em)


def test_three_offices_suspend_a_fourth(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    for supporter in (ru, au):
        assert not ask(council, suspension, supporter.seat)
        transaction = send(council, suspension, supporter.seat)
        assert logs_of(transaction) == [supported(council, suspension, supporter)]
        assert directory.statusOf(em.code) == ACTIVE
    assert codes(council.supportersOf(suspension.values())) == [ru.code, au.code]

    assert ask(council, suspension, jp.seat)
    transaction = send(council, suspension, jp.seat)
    until = time_of(transaction) + DURATION
    assert logs_of(transaction) == [
        supported(council, suspension, jp),
        took_effect(council, suspension, until, ru, au, jp),
        log(directory, "OfficeSuspended", office=em.code, until=until),
    ]
    assert (directory.statusOf(em.code), office_of(directory, em.code).suspended_until) == (SUSPENDED, until)
    assert council.emergencyUntil(em.code) == until
    assert council.roundOf(em.code) == 2
    assert codes(council.supportersOf(suspension.values())) == []


def test_ends_by_itself(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    until = time_of(relay(council, suspension, ru, au, jp)) + DURATION
    travel_to(until - 1)
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        until,
    )
    travel_to(until)
    assert directory.statusOf(em.code) == ACTIVE
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == em.earliest


def test_touches_nobodys_records(
    council: Any,
    directory: Any,
    registry: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    suspension: Suspension,
) -> None:
    items = {
        em: Registration(number("EM/T/018660437"), 20240131, 0, digest("of EM")),
        ru: Registration(number("RU/T/2024700001"), 20240131, 0, digest("of RU")),
    }
    for office, item in items.items():
        submit(registry, item, office.key)
    root = storage_root(registry)
    records = {office: record_of(registry, item.number) for office, item in items.items()}
    relay(council, suspension, ru, au, jp)
    assert storage_root(registry) == root
    assert {office: record_of(registry, item.number) for office, item in items.items()} == records
    # EM makes no new ones, all others go on.
    later = [Registration(number(text), 20240131, 0, digest("later")) for text in ("EM/T/018660438", "RU/T/2024700002")]
    reverts_with(
        lambda: submit(registry, later[0], em.key),
        "OfficeDirectoryOfficeSuspended",
        em.code,
        council.emergencyUntil(em.code),
    )
    submit(registry, later[1], ru.key)


def test_a_second_ballot_of_an_office_counts_nothing(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    for supporter in (ru, au, ru, au):
        assert not ask(council, suspension, supporter.seat)
        send(council, suspension, supporter.seat)
    assert logs_of(send(council, suspension, ru.seat)) == []
    assert codes(council.supportersOf(suspension.values())) == [ru.code, au.code]
    send(council, suspension, jp.seat)
    assert directory.statusOf(em.code) == SUSPENDED


def test_support_adds_up_for_one_statement_only(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    """Another reason, other keys, another time, another office: another statement."""
    key, second = em.key.address, em.second.address
    others = (
        suspension,
        suspension.but(reason="Another reason"),
        suspension.but(accounts=(key,)),
        suspension.but(accounts=(key, second)),
        suspension.but(accounts=(second, key)),
        suspension.but(valid_until=suspension.valid_until + 1),
        suspension.but(office=ru.code),
    )
    assert len({identifier(other) for other in others}) == len(others)
    send(council, suspension, au.seat)
    send(council, suspension, jp.seat)
    for i, other in enumerate(others[1:]):
        supporter = ru if other.office == em.code else em
        assert not ask(council, other, supporter.seat), i
        send(council, other, supporter.seat)
        assert codes(council.supportersOf(other.values())) == [supporter.code]
    assert len(directory.activeOffices()) == 7


def test_who_is_no_supporter(
    council: Any, em: Office, governance: Any, deployer: Any, stranger: Any, suspension: Suspension
) -> None:
    for account in (governance, deployer, stranger):
        reverts_with(lambda account=account: ask(council, suspension, account), "EmergencyCouncilNotSupporter", account)


def test_the_office_concerned_has_no_say(
    council: Any, em: Office, ru: Office, au: Office, relayer: Any, suspension: Suspension
) -> None:
    """Neither by transaction nor by signature, nor about its keys."""
    send(council, suspension, ru.seat)
    send(council, suspension, au.seat)
    for statement in (suspension, suspension.but(accounts=(em.key.address,))):
        reverts_with(lambda s=statement: ask(council, s, em.seat), "EmergencyCouncilNotEntitled", em.code)
        reverts_with(
            lambda s=statement: ask(council, s, relayer, signed(council, s, em)),
            "EmergencyCouncilNotEntitled",
            em.code,
        )


@pytest.mark.parametrize("departs", [True, False])
def test_only_active_offices_support(
    council: Any, directory: Any, ru: Office, governance: Any, relayer: Any, suspension: Suspension, departs: bool
) -> None:
    if departs:
        directory.departOffice(ru.code, {"from": governance})
    else:
        directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    reverts_with(lambda: ask(council, suspension, ru.seat), "EmergencyCouncilNotEntitled", ru.code)
    reverts_with(
        lambda: ask(council, suspension, relayer, signed(council, suspension, ru)),
        "EmergencyCouncilNotEntitled",
        ru.code,
    )


def test_a_supporter_suspended_meanwhile_does_not_count(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    fr: Office,
    governance: Any,
    suspension: Suspension,
) -> None:
    for supporter in (ru, au):
        send(council, suspension, supporter.seat)
    directory.suspendOffice(ru.code, now() + 1000, {"from": governance})
    assert codes(council.supportersOf(suspension.values())) == [au.code]
    assert not ask(council, suspension, jp.seat)
    send(council, suspension, jp.seat)
    travel(1001)
    # Active again, it counts again; but support takes effect only when somebody adds to it or repeats it.
    assert codes(council.supportersOf(suspension.values())) == [ru.code, au.code, jp.code]
    assert directory.statusOf(em.code) == ACTIVE
    transaction = send(council, suspension, jp.seat)
    until = time_of(transaction) + DURATION
    assert logs_of(transaction)[0] == took_effect(council, suspension, until, ru, au, jp)


def test_a_supporter_departed_meanwhile_does_not_count(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    fr: Office,
    governance: Any,
    suspension: Suspension,
) -> None:
    for supporter in (ru, au):
        send(council, suspension, supporter.seat)
    directory.departOffice(ru.code, {"from": governance})
    assert not ask(council, suspension, jp.seat)
    send(council, suspension, jp.seat)
    transaction = send(council, suspension, fr.seat)
    until = time_of(transaction) + DURATION
    assert took_effect(council, suspension, until, au, jp, fr) in logs_of(transaction)
    assert not council.hasUsed(ru.code, em.code)


def test_rotation_neither_doubles_nor_loses_support(
    council: Any,
    directory: Any,
    ru: Office,
    au: Office,
    jp: Office,
    stranger: Any,
    suspension: Suspension,
) -> None:
    send(council, suspension, ru.seat)
    directory.proposeSeat(ru.code, stranger, {"from": ru.seat})
    directory.acceptSeat(ru.code, {"from": stranger})
    assert logs_of(send(council, suspension, stranger)) == []
    assert codes(council.supportersOf(suspension.values())) == [ru.code]
    reverts_with(lambda: ask(council, suspension, ru.seat), "EmergencyCouncilNotSupporter", ru.seat)
    send(council, suspension, au.seat)
    assert ask(council, suspension, jp.seat)


def test_a_seat_that_moves_to_another_office_speaks_for_that(
    council: Any, directory: Any, ru: Office, au: Office, stranger: Any, suspension: Suspension
) -> None:
    """Two ballots from one account, of two offices: two offices."""
    send(council, suspension, ru.seat)
    for office, seat, former in ((ru, stranger, ru.seat), (au, ru.seat, au.seat)):
        directory.proposeSeat(office.code, seat, {"from": former})
        directory.acceptSeat(office.code, {"from": seat})
    send(council, suspension, ru.seat)
    assert codes(council.supportersOf(suspension.values())) == [ru.code, au.code]


def test_statements_have_a_round(council: Any, em: Office, ru: Office, suspension: Suspension) -> None:
    for wrong in (0, 2, 2**64 - 1):
        reverts_with(
            lambda wrong=wrong: ask(council, suspension.but(round=wrong), ru.seat),
            "EmergencyCouncilWrongRound",
            em.code,
            wrong,
            1,
        )
    assert council.roundOf(em.code) == 1


def test_a_pending_statement_is_stale_after_an_emergency(
    council: Any, em: Office, ru: Office, au: Office, jp: Office, fr: Office, suspension: Suspension
) -> None:
    other = suspension.but(reason="Another reason")
    send(council, other, fr.seat)
    relay(council, suspension, ru, au, jp)
    reverts_with(lambda: ask(council, other, fr.seat), "EmergencyCouncilWrongRound", em.code, 1, 2)
    assert codes(council.supportersOf(other.values())) == []
    assert not council.hasUsed(fr.code, em.code), "what never took effect uses nothing up"


def test_statements_end(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, suspension: Suspension
) -> None:
    """The last second still counts; from `validUntil` on nothing does, whoever supported it before."""
    for supporter in (ru, au):
        send(council, suspension, supporter.seat)
    travel_to(suspension.valid_until - 1)
    assert ask(council, suspension, jp.seat)
    assert len(council.supportersOf(suspension.values())) == 2
    travel_to(suspension.valid_until)
    reverts_with(
        lambda: ask(council, suspension, jp.seat),
        "EmergencyCouncilInvalidTime",
        suspension.valid_until,
        now() + WINDOW,
    )
    assert codes(council.supportersOf(suspension.values())) == []
    # Made out anew, it begins at nothing.
    assert not ask(council, suspension.but(valid_until=now() + DAY), jp.seat)


def test_bounds_of_their_end(council: Any, em: Office, ru: Office, suspension: Suspension) -> None:
    time = now()
    for wrong in (0, time, time + WINDOW + 1, FOREVER):
        reverts_with(
            lambda wrong=wrong: ask(council, suspension.but(valid_until=wrong), ru.seat),
            "EmergencyCouncilInvalidTime",
            wrong,
            time + WINDOW,
        )
    for right in (time + 1, time + WINDOW):
        assert not ask(council, suspension.but(valid_until=right), ru.seat)


@pytest.mark.parametrize("reason", ["", "x" * 1001, "é" * 501], ids=["none", "long", "long in bytes"])
def test_length_of_the_reason(council: Any, ru: Office, suspension: Suspension, reason: str) -> None:
    reverts_with(
        lambda: ask(council, suspension.but(reason=reason), ru.seat),
        "EmergencyCouncilReasonLength",
        len(reason.encode()),
        1000,
    )


@pytest.mark.parametrize("reason", ["x", "x" * 1000, "Ключ похищен; 公開鍵漏洩 — «clé volée»"])
def test_reasons(council: Any, ru: Office, suspension: Suspension, reason: str) -> None:
    statement = suspension.but(reason=reason)
    assert logs_of(send(council, statement, ru.seat)) == [supported(council, statement, ru)]


def test_against_members_only(
    council: Any, directory: Any, em: Office, ru: Office, governance: Any, suspension: Suspension
) -> None:
    for code in (b"XX", b"\0\0"):
        reverts_with(
            lambda code=code: ask(council, suspension.but(office=code), ru.seat), "EmergencyCouncilNotMember", code
        )
    send(council, suspension, ru.seat)
    directory.departOffice(em.code, {"from": governance})
    reverts_with(lambda: ask(council, suspension, ru.seat), "EmergencyCouncilNotMember", em.code)


def test_suspends_keys_only(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, manager: Any
) -> None:
    suspension = against(em, em.key.address, manager.address)
    transaction = relay(council, suspension, ru, au, jp)
    until = time_of(transaction) + DURATION
    assert logs_of(transaction)[3:] == [
        took_effect(council, suspension, until, ru, au, jp),
        *(
            log(directory, "KeySuspended", office=em.code, account=account, until=until)
            for account in suspension.accounts
        ),
    ]
    assert directory.statusOf(em.code) == ACTIVE
    assert council.emergencyUntil(em.code) == 0, "of the office itself there was none"
    for account in suspension.accounts:
        reverts_with(
            lambda account=account: directory.authorise(em.code, account, APPLICATIONS),
            "OfficeDirectoryKeySuspended",
            em.code,
            account,
            until,
        )
    assert directory.authorise(em.code, em.second.address, APPLICATIONS) == em.earliest
    # The office can still act against a thief, and the thief's manager cannot act at all.
    reverts_with(
        lambda: directory.addKey.call(em.code, fresh("new"), APPLICATIONS, 0, 0, {"from": manager}),
        "OfficeDirectoryKeySuspended",
        em.code,
        manager,
        until,
    )
    directory.revokeKey(em.code, manager, {"from": em.seat})
    travel_to(until)
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == em.earliest


@pytest.fixture
def manager(directory: Any, em: Office, accounts: Any) -> Any:
    """Account of the node that is a key of EM with the scopes applications and keys."""
    add_key(directory, em, accounts[20], APPLICATIONS + KEYS)
    return accounts[20]


def test_never_blocks_revoking(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    manager: Any,
    suspension: Suspension,
) -> None:
    relay(council, suspension, ru, au, jp)
    revoked = time_of(directory.revokeKey(em.code, em.key.address, {"from": manager}))
    assert key_of(directory, em.code, em.key.address).revoked_at == revoked
    since = now() - 5
    directory.markKeyCompromised(em.code, em.second.address, since, {"from": em.seat})
    assert directory.compromisedSince(em.code, em.second.address) == since


def suspended_keys(transaction: Any, directory: Any) -> list[Log]:
    """Logs of the directory alone."""
    return [entry for entry in logs_of(transaction) if entry.address == directory.address]


def test_keys_that_the_office_never_had(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, relayer: Any
) -> None:
    """Refused with the first support, by transaction and by signature: nobody supports what could come to nothing."""
    key = em.key.address
    root = storage_root(council)
    for unknown in (ru.key.address, em.seat.address, fresh("nobody"), ZERO):
        for named in ((unknown,), (key, unknown), (unknown, key)):
            suspension = against(em, *named)
            for attempt in (
                lambda s=suspension: ask(council, s, ru.seat),
                lambda s=suspension: ask(council, s, relayer, signed(council, s, ru)),
                lambda s=suspension: ask(council, s, relayer, signed(council, s, ru, au, jp)),
            ):
                reverts_with(attempt, "EmergencyCouncilUnknownKey", em.code, unknown)
    # The first of several is named.
    suspension = against(em, key, ru.key.address, fresh("nobody"))
    reverts_with(lambda: send(council, suspension, ru.seat), "EmergencyCouncilUnknownKey", em.code, ru.key.address)
    assert storage_root(council) == root


def test_a_key_that_is_added_can_be_named(council: Any, directory: Any, em: Office, ru: Office) -> None:
    new = fresh("new")
    suspension = against(em, new)
    reverts_with(lambda: ask(council, suspension, ru.seat), "EmergencyCouncilUnknownKey", em.code, new)
    add_key(directory, em, new)
    assert not ask(council, suspension, ru.seat)


def test_of_who_is_no_member_no_key_is_looked_for(council: Any, em: Office, ru: Office) -> None:
    suspension = against(b"XX", em.key.address)
    reverts_with(lambda: ask(council, suspension, ru.seat), "EmergencyCouncilNotMember", b"XX")


@pytest.mark.parametrize("position", [0, 1, 2])
def test_passes_over_revoked_keys(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, manager: Any, position: int
) -> None:
    """Wherever they stand, and whenever they were revoked: the office cannot save one key by revoking another."""
    named = (em.key.address, em.second.address, manager.address)
    suspension = against(em, *named)
    relay(council, suspension, ru, au)
    revoked_at = time_of(directory.revokeKey(em.code, named[position], {"from": em.seat}))
    transaction = send(council, suspension, jp.seat)
    until = time_of(transaction) + DURATION
    others = [account for account in named if account != named[position]]
    assert took_effect(council, suspension, until, ru, au, jp) in logs_of(transaction)
    assert suspended_keys(transaction, directory) == [
        log(directory, "KeySuspended", office=em.code, account=account, until=until) for account in others
    ]
    assert directory.keySuspendedUntil(em.code, named[position]) == 0
    assert key_of(directory, em.code, named[position]).revoked_at == revoked_at
    assert [directory.keySuspendedUntil(em.code, account) for account in others] == [until, until]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_passes_over_keys_that_are_suspended_for_longer(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any, seconds: int
) -> None:
    """Or for just as long. One whose suspension ends a second earlier is suspended for longer now."""
    key, second = em.key.address, em.second.address
    time = now() + 10
    directory.suspendKey(em.code, key, time + DURATION + seconds, {"from": governance})
    suspension = against(em, key, second)
    next_block_at(time)
    transaction = relay(council, suspension, ru, au, jp)
    until = time + DURATION
    assert suspended_keys(transaction, directory) == [
        log(directory, "KeySuspended", office=em.code, account=account, until=until)
        for account in ([key] if seconds < 0 else []) + [second]
    ]
    assert directory.keySuspendedUntil(em.code, key) == max(until, until + seconds)
    assert directory.keySuspendedUntil(em.code, second) == until


def test_when_no_key_is_left(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    governance: Any,
    manager: Any,
    relayer: Any,
) -> None:
    """Then nothing happens: no round passes, no right is used, no emergency runs."""
    directory.revokeKey(em.code, em.second.address, {"from": em.seat})
    directory.suspendKey(em.code, em.key.address, FOREVER, {"from": governance})
    roots = storage_root(directory), storage_root(council)
    for named in ((em.second.address,), (em.key.address,), (em.second.address, em.key.address)):
        suspension = against(em, *named)
        support = signed(council, suspension, ru, au, jp)
        reverts_with(
            lambda s=suspension, support=support: ask(council, s, relayer, support), "EmergencyCouncilNoKey", em.code
        )
    reverts_with(lambda: relay(council, suspension, ru, au, jp), "EmergencyCouncilNoKey", em.code)
    assert (storage_root(directory), storage_root(council)) == roots
    assert council.roundOf(em.code) == 1
    assert not council.hasUsed(ru.code, em.code)
    # With one more key there is something to suspend.
    relay(council, against(em, em.second.address, em.key.address, manager.address), ru, au, jp)
    assert council.roundOf(em.code) == 2


def test_support_is_taken_before_it_is_known_whether_a_key_is_left(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any
) -> None:
    """A suspension that holds today may be ended tomorrow by vote: only what takes effect is judged by it."""
    key = em.key.address
    directory.suspendKey(em.code, key, FOREVER, {"from": governance})
    suspension = against(em, key)
    for supporter in (ru, au):
        send(council, suspension, supporter.seat)
    reverts_with(lambda: ask(council, suspension, jp.seat), "EmergencyCouncilNoKey", em.code)
    directory.reinstateKey(em.code, key, {"from": governance})
    until = time_of(send(council, suspension, jp.seat)) + DURATION
    assert directory.keySuspendedUntil(em.code, key) == until


def test_a_key_twice(council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office) -> None:
    """Is suspended once: when it comes again, it is suspended for just as long already."""
    account = em.key.address
    transaction = relay(council, against(em, account, account), ru, au, jp)
    until = time_of(transaction) + DURATION
    assert suspended_keys(transaction, directory) == [
        log(directory, "KeySuspended", office=em.code, account=account, until=until)
    ]
    assert directory.keySuspendedUntil(em.code, account) == until


def test_never_shortens_what_the_offices_decided(
    council: Any, directory: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any
) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    time = now() + 10
    suspension = against(em)
    next_block_at(time)
    reverts_with(
        lambda: relay(council, suspension, ru, au, jp), "OfficeDirectorySuspensionShortened", time + DURATION, FOREVER
    )
    directory.suspendKey(em.code, em.key.address, FOREVER, {"from": governance})
    of_key = against(em, em.key.address)
    reverts_with(lambda: relay(council, of_key, ru, au, jp), "EmergencyCouncilNoKey", em.code)
    assert office_of(directory, em.code).suspended_until == FOREVER
    assert directory.keySuspendedUntil(em.code, em.key.address) == FOREVER


def test_extends_a_shorter_suspension_by_vote(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    governance: Any,
    suspension: Suspension,
) -> None:
    directory.suspendOffice(em.code, now() + DAY, {"from": governance})
    until = time_of(relay(council, suspension, ru, au, jp)) + DURATION
    assert office_of(directory, em.code).suspended_until == until


def test_a_vote_confirms_or_ends_it(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    governance: Any,
    suspension: Suspension,
) -> None:
    until = time_of(relay(council, suspension, ru, au, jp)) + DURATION
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    travel_to(until)
    assert directory.statusOf(em.code) == SUSPENDED
    directory.reinstateOffice(em.code, {"from": governance})
    assert directory.statusOf(em.code) == ACTIVE
    assert council.emergencyUntil(em.code) == until, "what the emergency itself was stays on record"


def test_a_council_that_the_directory_does_not_name(
    council: Any,
    directory: Any,
    em: Office,
    ru: Office,
    au: Office,
    jp: Office,
    governance: Any,
    suspension: Suspension,
) -> None:
    directory.setEmergencyBody(governance, {"from": governance})
    reverts_with(lambda: relay(council, suspension, ru, au, jp), "OfficeDirectoryNotEmergencyBody", council.address)
    assert council.roundOf(em.code) == 1
