"""The timelock cannot be used past the consortium, and what it governs obeys nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, logs_of
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import (
    EXECUTED,
    QUEUED,
    Proposal,
    call,
    execute,
    proposal,
    ripen,
)

ADMIN = bytes(32)


@pytest.fixture
def ripe(consortium: Any, directory: Any, offices: list[Office]) -> Proposal:
    """A proposal that can be executed now."""
    return ripen(consortium, proposal("Twenty days", call(directory.setObjectionDelay, 20 * DAY)), offices)


@pytest.fixture(scope="module")
def intruders(
    consortium: Any, directory: Any, council: Any, offices: list[Office], deployer: Any, stranger: Any
) -> list[Any]:
    """Everybody who is not the consortium: an outsider, the deployer, a seat, a key, the contracts round it."""
    return [stranger, deployer, offices[0].seat, offices[0].key.address, council, directory]


def salt_of(consortium: Any, made: Proposal) -> bytes:
    own = bytes.fromhex(consortium.address[2:]).ljust(32, b"\0")
    return bytes(a ^ b for a, b in zip(own, made.description_hash, strict=True))


def test_roles_stop_everybody_else(
    consortium: Any, timelock: Any, directory: Any, ripe: Proposal, intruders: list[Any]
) -> None:
    """Neither scheduling, nor executing what is ripe, nor cancelling it, nor giving a role away."""
    salt = salt_of(consortium, ripe)
    batch = (ripe.targets, ripe.values, ripe.calldatas, bytes(32), salt)
    operation = timelock.hashOperationBatch(*batch)
    assert timelock.isOperationReady(operation)
    single = (directory.address, 0, ripe.calldatas[0], bytes(32), salt)
    proposer, executor, canceller = timelock.PROPOSER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.CANCELLER_ROLE()
    for intruder in intruders:
        for method, arguments, role in (
            (timelock.schedule, (*single, 10 * DAY), proposer),
            (timelock.scheduleBatch, (*batch, 10 * DAY), proposer),
            (timelock.execute, single, executor),
            (timelock.executeBatch, batch, executor),
            (timelock.cancel, (operation,), canceller),
            (timelock.grantRole, (proposer, intruder), ADMIN),
            (timelock.grantRole, (ADMIN, intruder), ADMIN),
            (timelock.revokeRole, (executor, consortium), ADMIN),
        ):
            reverts_with(
                lambda method=method, arguments=arguments, intruder=intruder: method.call(
                    *arguments, {"from": intruder}
                ),
                "AccessControlUnauthorizedAccount",
                intruder,
                bytes(role),
            )
        reverts_with(
            lambda intruder=intruder: timelock.updateDelay.call(0, {"from": intruder}),
            "TimelockUnauthorizedCaller",
            intruder,
        )
        reverts_with(
            lambda intruder=intruder: timelock.renounceRole.call(executor, consortium, {"from": intruder}),
            "AccessControlBadConfirmation",
        )
    assert consortium.state(ripe.id) == QUEUED
    execute(consortium, ripe)
    assert consortium.state(ripe.id) == EXECUTED


def test_nobody_has_a_role_to_renounce(timelock: Any, stranger: Any) -> None:
    """Renouncing what one has not got changes nothing."""
    for role in (timelock.PROPOSER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.CANCELLER_ROLE(), ADMIN):
        assert logs_of(timelock.renounceRole(role, stranger, {"from": stranger})) == []


def test_the_consortium_cannot_give_roles_either(consortium: Any, timelock: Any, stranger: Any) -> None:
    """It proposes, executes and cancels; only the timelock administers, and no proposal can ask it to."""
    for method, role in (
        (timelock.grantRole, timelock.PROPOSER_ROLE()),
        (timelock.revokeRole, timelock.EXECUTOR_ROLE()),
    ):
        reverts_with(
            lambda method=method, role=role: method.call(role, stranger, {"from": consortium}),
            "AccessControlUnauthorizedAccount",
            consortium,
            ADMIN,
        )
    for role in (timelock.PROPOSER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.CANCELLER_ROLE()):
        assert bytes(timelock.getRoleAdmin(role)) == ADMIN


def test_the_directory_obeys_the_timelock_alone(
    consortium: Any, timelock: Any, directory: Any, em: Office, intruders: list[Any], accounts: Any
) -> None:
    """Every function of governance, after the deployer handed it over; the consortium itself is refused too."""
    free = accounts[20]
    privileged = [
        (directory.transferGovernance, (free,)),
        (directory.setEmergencyBody, (free,)),
        (directory.setObjectionDelay, (20 * DAY,)),
        (directory.admitOffice, (b"FR", free, "INPI", "", 0)),
        (directory.admitOfficeWithKeys, (b"FR", free, "INPI", "", 0, [])),
        (directory.reinstateOffice, (em.code,)),
        (directory.reinstateKey, (em.code, em.key.address)),
        (directory.departOffice, (em.code,)),
        (directory.nameSuccessor, (em.code, b"RU")),
        (directory.replaceSeat, (em.code, free)),
    ]
    for method, arguments in privileged:
        for intruder in (*intruders, consortium):
            reverts_with(
                lambda method=method, arguments=arguments, intruder=intruder: method.call(
                    *arguments, {"from": intruder}
                ),
                "OfficeDirectoryNotGovernance",
                intruder,
            )
    assert directory.governance() == timelock


def test_only_the_council_and_votes_suspend(
    consortium: Any, directory: Any, em: Office, offices: list[Office], deployer: Any, stranger: Any
) -> None:
    for method, arguments in (
        (directory.suspendOffice, (em.code, FOREVER)),
        (directory.suspendKey, (em.code, em.key.address, FOREVER)),
    ):
        for intruder in (stranger, deployer, offices[1].seat, consortium, em.key.address):
            reverts_with(
                lambda method=method, arguments=arguments, intruder=intruder: method.call(
                    *arguments, {"from": intruder}
                ),
                "OfficeDirectoryNotEmergencyBody",
                intruder,
            )


def test_the_council_obeys_the_timelock_alone(
    consortium: Any, council: Any, em: Office, deployer: Any, stranger: Any
) -> None:
    for method, arguments in ((council.setRules, (3, 10 * DAY)), (council.restoreRights, (em.code,))):
        for intruder in (stranger, deployer, em.seat, consortium):
            reverts_with(
                lambda method=method, arguments=arguments, intruder=intruder: method.call(
                    *arguments, {"from": intruder}
                ),
                "EmergencyCouncilNotGovernance",
                intruder,
            )
