"""`OfficeDirectory.nameSuccessor`, and the views that follow a succession: `successorOf`, `compromisedSince`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ZERO, fresh, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, now, travel
from tests.contracts.support.offices import APPLICATIONS, Office, add_key

NOBODY = "0x0000"


def name(code: bytes) -> str:
    """A code as brownie shows it."""
    return "0x" + code.hex()


@pytest.fixture
def depart(directory: Any, governance: Any) -> Any:
    """Lets an office depart and, if one is given, names its successor."""

    def depart(office: Office, successor: Office | None = None) -> None:
        directory.departOffice(office.code, {"from": governance})
        if successor is not None:
            directory.nameSuccessor(office.code, successor.code, {"from": governance})

    return depart


def test_acts_for_a_departed_office(directory: Any, em: Office, ru: Office, governance: Any, depart: Any) -> None:
    depart(em)
    before = office_of(directory, em.code)
    assert directory.successorOf(em.code) == NOBODY
    transaction = directory.nameSuccessor(em.code, ru.code, {"from": governance})
    assert logs_of(transaction) == [log(directory, "SuccessorNamed", office=em.code, successor=ru.code)]
    assert directory.successorOf(em.code) == name(ru.code)
    # The office stays what it was: its code, its seat, its keys.
    assert office_of(directory, em.code) == before
    assert directory.officeOfSeat(em.seat) == name(em.code)
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_is_no_office_while_it_has_not_departed(directory: Any, em: Office, ru: Office) -> None:
    for code in (em.code, ru.code, b"XX", b"\0\0"):
        assert directory.successorOf(code) == NOBODY


def test_has_no_power_over_the_predecessors_seat_and_keys(directory: Any, em: Office, ru: Office, depart: Any) -> None:
    depart(em, ru)
    for call in (
        lambda: directory.proposeSeat.call(em.code, fresh("new"), {"from": ru.seat}),
        lambda: directory.markKeyCompromised.call(em.code, em.key.address, 1, {"from": ru.seat}),
        lambda: directory.revokeKey.call(em.code, em.key.address, {"from": ru.seat}),
        lambda: directory.setEndpoint.call(em.code, "", {"from": ru.seat}),
    ):
        reverts_with(call, "OfficeDirectoryNotSeat", em.code, ru.seat)
    reverts_with(
        lambda: directory.addKey.call(em.code, fresh("new"), APPLICATIONS, 0, 0, {"from": ru.seat}),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_chain(directory: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any, depart: Any) -> None:
    """EM to RU to AU to JP: whoever is left at the end acts for all."""
    depart(em, ru)
    depart(ru)
    assert directory.successorOf(em.code) == NOBODY, "nobody acts for EM until RU has a successor"
    directory.nameSuccessor(ru.code, au.code, {"from": governance})
    assert [directory.successorOf(office.code) for office in (em, ru)] == [name(au.code)] * 2
    depart(au, jp)
    assert [directory.successorOf(office.code) for office in (em, ru, au)] == [name(jp.code)] * 3
    assert directory.successorOf(jp.code) == NOBODY
    depart(jp)
    assert [directory.successorOf(office.code) for office in (em, ru, au, jp)] == [NOBODY] * 4


def test_one_office_may_succeed_several(directory: Any, em: Office, ru: Office, jp: Office, depart: Any) -> None:
    depart(em, jp)
    depart(ru, jp)
    assert [directory.successorOf(office.code) for office in (em, ru)] == [name(jp.code)] * 2


def test_stays_while_the_successor_is_suspended(
    directory: Any, em: Office, ru: Office, governance: Any, depart: Any
) -> None:
    """Its keys sign nothing meanwhile; nobody steps into its place."""
    depart(em, ru)
    directory.suspendOffice(ru.code, now() + 1000, {"from": governance})
    assert directory.successorOf(em.code) == name(ru.code)


def test_is_named_once(
    directory: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any, depart: Any
) -> None:
    depart(em, ru)
    for other in (au.code, ru.code, em.code, b"XX"):
        reverts_with(
            lambda other=other: directory.nameSuccessor.call(em.code, other, {"from": governance}),
            "OfficeDirectorySuccessorNamed",
            em.code,
            ru.code,
        )
    # Its own departure changes nothing in that: the next one is named for it.
    depart(ru, jp)
    reverts_with(
        lambda: directory.nameSuccessor.call(em.code, au.code, {"from": governance}),
        "OfficeDirectorySuccessorNamed",
        em.code,
        ru.code,
    )


def test_only_of_a_departed_office(directory: Any, em: Office, ru: Office, governance: Any) -> None:
    for until in (0, FOREVER):
        if until:
            directory.suspendOffice(em.code, until, {"from": governance})
        reverts_with(
            lambda: directory.nameSuccessor.call(em.code, ru.code, {"from": governance}),
            "OfficeDirectoryNotDeparted",
            em.code,
        )
    reverts_with(
        lambda: directory.nameSuccessor.call(b"XX", ru.code, {"from": governance}),
        "OfficeDirectoryUnknownOffice",
        b"XX",
    )


def test_only_an_active_office(
    directory: Any, em: Office, ru: Office, au: Office, governance: Any, depart: Any
) -> None:
    """Not itself, so that no chain closes; not one that departed, is suspended, or was never admitted."""
    depart(em)
    depart(ru)
    directory.suspendOffice(au.code, now() + 1000, {"from": governance})
    for code in (em.code, ru.code, au.code, b"XX", b"\0\0"):
        reverts_with(
            lambda code=code: directory.nameSuccessor.call(em.code, code, {"from": governance}),
            "OfficeDirectoryInvalidSuccessor",
            em.code,
            code,
        )
    travel(1001)
    directory.nameSuccessor(em.code, au.code, {"from": governance})


def test_only_governance(directory: Any, em: Office, ru: Office, stranger: Any, depart: Any) -> None:
    depart(em)
    for caller in (stranger, em.seat, ru.seat):
        reverts_with(
            lambda caller=caller: directory.nameSuccessor.call(em.code, ru.code, {"from": caller}),
            "OfficeDirectoryNotGovernance",
            caller,
        )


def test_the_seat_of_a_departed_office_is_not_free(
    directory: Any, em: Office, ru: Office, governance: Any, depart: Any
) -> None:
    """It still answers for its keys, so it cannot be the seat of another office as well."""
    depart(em, ru)
    reverts_with(
        lambda: directory.admitOffice.call(b"US", em.seat, "USPTO", "", 0, {"from": governance}),
        "OfficeDirectorySeatTaken",
        em.seat,
        em.code,
    )


def test_a_compromise_is_known_of_an_own_key(directory: Any, em: Office, ru: Office) -> None:
    assert directory.compromisedSince(em.code, em.key.address) == 0
    since = now() - 8
    directory.markKeyCompromised(em.code, em.key.address, since + 1, {"from": em.seat})
    directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    assert directory.compromisedSince(em.code, em.key.address) == since
    assert directory.compromisedSince(ru.code, em.key.address) == 0
    assert directory.compromisedSince(b"XX", em.key.address) == 0
    assert directory.compromisedSince(em.code, ZERO) == 0


def test_a_compromise_of_a_successors_key_follows_the_chain(
    directory: Any, em: Office, ru: Office, au: Office, jp: Office, depart: Any
) -> None:
    """What the successors signed for records of EM: each with keys of its own."""
    depart(em, ru)
    depart(ru, au)
    dates = {ru: now() - 300, au: now() - 200, jp: now() - 100}
    for office, since in dates.items():
        directory.markKeyCompromised(office.code, office.key.address, since, {"from": office.seat})
    assert directory.compromisedSince(em.code, ru.key.address) == dates[ru]
    assert directory.compromisedSince(em.code, au.key.address) == dates[au]
    assert directory.compromisedSince(ru.code, au.key.address) == dates[au]
    assert directory.compromisedSince(em.code, jp.key.address) == 0, "JP has nothing to do with EM"
    assert directory.compromisedSince(au.code, ru.key.address) == 0, "a predecessor signs for no successor"


def test_the_earliest_date_of_the_successors_counts(
    directory: Any, em: Office, ru: Office, au: Office, depart: Any
) -> None:
    """Where one account was a key of several of them."""
    shared = fresh("shared key")
    for office in (ru, au):
        add_key(directory, office, shared)
    depart(em, ru)
    depart(ru, au)
    time = now()
    for office, since in ((ru, time - 100), (au, time - 200), (ru, time - 300)):
        directory.markKeyCompromised(office.code, shared, since, {"from": office.seat})
        assert directory.compromisedSince(em.code, shared) == since
    assert directory.compromisedSince(au.code, shared) == time - 200


def test_a_successor_casts_no_doubt_on_keys_of_its_predecessor(
    directory: Any, em: Office, ru: Office, depart: Any
) -> None:
    """It could take any account as a key of its own and declare that compromised; records of EM stay trusted."""
    depart(em, ru)
    add_key(directory, ru, em.key.address)
    directory.markKeyCompromised(ru.code, em.key.address, 1, {"from": ru.seat})
    assert directory.compromisedSince(ru.code, em.key.address) == 1
    assert directory.compromisedSince(em.code, em.key.address) == 0
    # EM's own seat still may, after departure too.
    directory.markKeyCompromised(em.code, em.key.address, 5, {"from": em.seat})
    assert directory.compromisedSince(em.code, em.key.address) == 5
