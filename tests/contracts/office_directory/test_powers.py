"""Who may call what of `OfficeDirectory`: every function that changes anything, tried by everybody.

The directory is deployed by an account that is not its governance, as a founder's script does after which the deployer
has to be nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.office_directory.views import fresh
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import now, storage_root
from tests.contracts.support.offices import APPLICATIONS, KEYS, Office, add_key, admit, make_office

CALLERS = ("governance", "body", "seat", "manager", "key", "next seat", "other seat", "deployer", "former", "stranger")
"""Governance, the emergency body, and of EM the seat, a key with the scope keys, one without, and the account that its
seat proposed; the seat of another office, who deployed, the former governance, and somebody."""

NEW = fresh("new account")

Arguments = Callable[["Scene"], tuple[Any, ...]]


@dataclass(frozen=True)
class Scene:
    """A directory in which each function would be of some effect for whoever may call it."""

    directory: Any
    callers: dict[str, Any]
    em: Office
    suspended: Office
    departed: Office


@dataclass(frozen=True)
class Power:
    """A function, who has it, and the error that all others get: with the caller, and the office where there is one."""

    arguments: Arguments
    holders: tuple[str, ...]
    error: str
    office: bool = False


GOVERNANCE = (("governance",), "OfficeDirectoryNotGovernance")
EMERGENCY = (("governance", "body"), "OfficeDirectoryNotEmergencyBody")
SEAT = (("seat",), "OfficeDirectoryNotSeat", True)
MANAGERS = (("seat", "manager"), "OfficeDirectoryNotSeat", True)

POWERS: dict[str, Power] = {
    "transferGovernance": Power(lambda _: (NEW,), *GOVERNANCE),
    "setEmergencyBody": Power(lambda _: (NEW,), *GOVERNANCE),
    "setObjectionDelay": Power(lambda _: (86400,), *GOVERNANCE),
    "admitOffice": Power(lambda _: (b"US", NEW, "USPTO", "", 0), *GOVERNANCE),
    "admitOfficeWithKeys": Power(lambda _: (b"US", NEW, "USPTO", "", 0, [(NEW, 1, 0, 0)]), *GOVERNANCE),
    "suspendOffice": Power(lambda scene: (scene.em.code, now() + 1000), *EMERGENCY),
    "reinstateOffice": Power(lambda scene: (scene.suspended.code,), *GOVERNANCE),
    "suspendKey": Power(lambda scene: (scene.em.code, scene.em.key.address, now() + 1000), *EMERGENCY),
    "reinstateKey": Power(lambda scene: (scene.em.code, scene.em.second.address), *GOVERNANCE),
    "departOffice": Power(lambda scene: (scene.em.code,), *GOVERNANCE),
    "nameSuccessor": Power(lambda scene: (scene.departed.code, scene.em.code), *GOVERNANCE),
    "replaceSeat": Power(lambda scene: (scene.em.code, NEW), *GOVERNANCE),
    "objectToReplacement": Power(lambda scene: (scene.em.code,), *SEAT),
    "proposeSeat": Power(lambda scene: (scene.em.code, NEW), *SEAT),
    "acceptSeat": Power(lambda scene: (scene.em.code,), ("next seat",), "OfficeDirectoryNotProposedSeat", True),
    "setEndpoint": Power(lambda scene: (scene.em.code, ""), *SEAT),
    "setEarliestFilingDate": Power(lambda scene: (scene.em.code, 0), *SEAT),
    "addKey": Power(lambda scene: (scene.em.code, NEW, 1, 0, 0), *MANAGERS),
    "revokeKey": Power(lambda scene: (scene.em.code, scene.em.key.address), *MANAGERS),
    "markKeyCompromised": Power(
        lambda scene: (scene.em.code, scene.em.key.address, 1),
        ("seat", "governance"),
        "OfficeDirectoryNotSeat",
        True,
    ),
}


@pytest.fixture(scope="module")
def scene(directory: Any, accounts: Any, em: Office, ru: Office, au: Office, jp: Office, governance: Any) -> Scene:
    # The suite's directory has set the time; this one stands beside it.
    names = ("body", "manager", "key", "next seat", "deployer", "former")
    callers = dict(zip(names, accounts[20:26], strict=True))
    callers |= {"governance": governance, "seat": em.seat, "other seat": ru.seat, "stranger": accounts[10]}
    assert set(callers) == set(CALLERS)
    contract = compiled("OfficeDirectory").deploy(callers["former"], {"from": callers["deployer"]})
    contract.transferGovernance(governance, {"from": callers["former"]})
    # Three have to stay active when EM is suspended; one of the first four departs, one is suspended.
    for office in (em, ru, au, jp, make_office("FR", seat=5), make_office("DE", seat=6)):
        admit(contract, office)
    add_key(contract, em, callers["manager"], APPLICATIONS + KEYS)
    add_key(contract, em, callers["key"], APPLICATIONS)
    by_vote = {"from": governance}
    contract.setEmergencyBody(callers["body"], by_vote)
    contract.departOffice(au.code, by_vote)
    contract.suspendOffice(jp.code, now() + 10**6, by_vote)
    contract.suspendKey(em.code, em.second.address, now() + 10**6, by_vote)
    contract.replaceSeat(em.code, fresh("replacement"), by_vote)
    contract.proposeSeat(em.code, callers["next seat"], {"from": em.seat})
    return Scene(contract, callers, em, jp, au)


def attempt(scene: Scene, function: str, caller: str) -> Callable[[], object]:
    """Asks the node what the call would do."""
    method = getattr(scene.directory, function)
    arguments = POWERS[function].arguments(scene)
    return lambda: method.call(*arguments, {"from": scene.callers[caller]})


def test_every_function_that_changes_anything_is_here(scene: Scene) -> None:
    changing = {
        entry["name"]
        for entry in scene.directory.abi
        if entry["type"] == "function" and entry["stateMutability"] not in {"view", "pure"}
    }
    assert changing == set(POWERS)


@pytest.mark.parametrize("function", POWERS)
def test_nobody_else_may(scene: Scene, function: str) -> None:
    power = POWERS[function]
    for caller in set(CALLERS) - set(power.holders):
        account = scene.callers[caller]
        arguments = (scene.em.code, account) if power.office else (account,)
        reverts_with(attempt(scene, function, caller), power.error, *arguments)


@pytest.mark.parametrize("function", POWERS)
def test_whoever_may_does(scene: Scene, function: str) -> None:
    """Without this the test above could be content with calls that nobody can make."""
    for caller in POWERS[function].holders:
        attempt(scene, function, caller)()


def test_a_refused_transaction_changes_nothing(scene: Scene) -> None:
    root = storage_root(scene.directory)
    for function, power in POWERS.items():
        for caller in ("stranger", "deployer"):
            account = scene.callers[caller]
            method, arguments = getattr(scene.directory, function), power.arguments(scene)
            reverts_with(
                lambda method=method, arguments=arguments, account=account: method(*arguments, {"from": account}),
                power.error,
                *((scene.em.code, account) if power.office else (account,)),
            )
    assert storage_root(scene.directory) == root


def test_a_key_of_one_office_manages_no_keys_of_another(scene: Scene) -> None:
    ru = b"RU"
    manager = scene.callers["manager"]
    for call in (
        lambda: scene.directory.addKey.call(ru, NEW, 1, 0, 0, {"from": manager}),
        lambda: scene.directory.revokeKey.call(ru, scene.em.key.address, {"from": manager}),
    ):
        reverts_with(call, "OfficeDirectoryNotSeat", ru, manager)
