"""`OfficeDirectory.setEmergencyBody`, and how little the emergency body can do: suspend, and only for longer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, SUSPENDED, ZERO, office_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, now, storage_root, travel_to
from tests.contracts.support.offices import APPLICATIONS, Office


@pytest.fixture(scope="module")
def body(directory: Any, governance: Any, accounts: Any) -> Any:
    """The emergency body: an account here, so that every call of it can be tried."""
    directory.setEmergencyBody(accounts[15], {"from": governance})
    return accounts[15]


def test_is_named_and_dismissed_by_governance(directory: Any, em: Office, governance: Any, accounts: Any) -> None:
    assert directory.emergencyBody() == ZERO
    previous = ZERO
    for body in (accounts[15].address, accounts[16].address, ZERO):
        transaction = directory.setEmergencyBody(body, {"from": governance})
        assert logs_of(transaction) == [log(directory, "EmergencyBodyChanged", previousBody=previous, newBody=body)]
        assert directory.emergencyBody() == body
        previous = body
    for former in accounts[15:17]:
        reverts_with(
            lambda former=former: directory.suspendOffice.call(em.code, FOREVER, {"from": former}),
            "OfficeDirectoryNotEmergencyBody",
            former,
        )


def test_is_nobody_when_there_is_none(directory: Any, em: Office) -> None:
    """The zero account, from which nodes make calls that name no sender, is not it."""
    for call in (
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": ZERO}),
        lambda: directory.suspendKey.call(em.code, em.key.address, FOREVER, {"from": ZERO}),
    ):
        reverts_with(call, "OfficeDirectoryNotEmergencyBody", ZERO)


def test_suspends_an_office(directory: Any, em: Office, body: Any) -> None:
    end = now() + 1000
    transaction = directory.suspendOffice(em.code, end, {"from": body})
    assert logs_of(transaction) == [log(directory, "OfficeSuspended", office=em.code, until=end)]
    assert directory.statusOf(em.code) == SUSPENDED
    travel_to(end)
    assert directory.statusOf(em.code) == ACTIVE


def test_suspends_a_key(directory: Any, em: Office, body: Any) -> None:
    end = now() + 1000
    directory.suspendKey(em.code, em.key.address, end, {"from": body})
    reverts_with(
        lambda: directory.authorise(em.code, em.key.address, APPLICATIONS),
        "OfficeDirectoryKeySuspended",
        em.code,
        em.key.address,
        end,
    )


@pytest.mark.parametrize("by_vote", [True, False])
def test_never_shortens(directory: Any, em: Office, governance: Any, body: Any, by_vote: bool) -> None:
    """Neither what the offices decided nor what it began itself."""
    account, end = em.key.address, now() + 10_000
    sender = {"from": governance if by_vote else body}
    directory.suspendOffice(em.code, end, sender)
    directory.suspendKey(em.code, account, end, sender)
    for earlier in (0, now() - 1, now() + 1, end - 1, end):
        for call in (
            lambda earlier=earlier: directory.suspendOffice.call(em.code, earlier, {"from": body}),
            lambda earlier=earlier: directory.suspendKey.call(em.code, account, earlier, {"from": body}),
        ):
            reverts_with(call, "OfficeDirectorySuspensionShortened", earlier, end)
    directory.suspendOffice(em.code, end + 1, {"from": body})
    directory.suspendKey(em.code, account, end + 2, {"from": body})
    assert office_of(directory, em.code).suspended_until == end + 1
    assert directory.keySuspendedUntil(em.code, account) == end + 2


def test_without_end_by_vote_stays_without_end(directory: Any, em: Office, governance: Any, body: Any) -> None:
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": body}),
        "OfficeDirectorySuspensionShortened",
        FOREVER,
        FOREVER,
    )


def test_must_end_after_its_block(directory: Any, em: Office, body: Any) -> None:
    time = now()
    for end in (1, time - 1, time):
        for call in (
            lambda end=end: directory.suspendOffice.call(em.code, end, {"from": body}),
            lambda end=end: directory.suspendKey.call(em.code, em.key.address, end, {"from": body}),
        ):
            reverts_with(call, "OfficeDirectorySuspensionEnded", end)
    directory.suspendOffice.call(em.code, time + 1, {"from": body})


def test_governance_overrules_it(directory: Any, em: Office, governance: Any, body: Any) -> None:
    """Confirms, shortens and ends what it began."""
    directory.suspendOffice(em.code, now() + 10_000, {"from": body})
    directory.suspendOffice(em.code, now() + 100, {"from": governance})
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    directory.reinstateOffice(em.code, {"from": governance})
    directory.suspendKey(em.code, em.key.address, now() + 10_000, {"from": body})
    directory.reinstateKey(em.code, em.key.address, {"from": governance})
    assert directory.authorise(em.code, em.key.address, APPLICATIONS) == em.earliest


def test_suspends_nobody_who_is_not_there(directory: Any, em: Office, ru: Office, governance: Any, body: Any) -> None:
    reverts_with(
        lambda: directory.suspendOffice.call(b"XX", FOREVER, {"from": body}), "OfficeDirectoryUnknownOffice", b"XX"
    )
    reverts_with(
        lambda: directory.suspendKey.call(em.code, ru.key.address, FOREVER, {"from": body}),
        "OfficeDirectoryUnknownKey",
        em.code,
        ru.key.address,
    )
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: directory.suspendOffice.call(em.code, FOREVER, {"from": body}),
        "OfficeDirectoryOfficeDeparted",
        em.code,
    )


def test_cannot_make_itself_more(directory: Any, em: Office, body: Any) -> None:
    root = storage_root(directory)
    for call in (
        lambda: directory.setEmergencyBody(body, {"from": body}),
        lambda: directory.transferGovernance(body, {"from": body}),
        lambda: directory.replaceSeat(em.code, body, {"from": body}),
    ):
        reverts_with(call, "OfficeDirectoryNotGovernance", body)
    assert storage_root(directory) == root
