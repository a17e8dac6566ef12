"""`Charter`: the text in force, its history, and every parameter in one view; and all of it by one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.charter.texts import DIGEST, LOCATION, ZERO, changing_functions, hexadecimal
from tests.contracts.office_directory.views import fresh
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, now, storage_root, time_of, travel
from tests.contracts.support.offices import Office, digest
from tests.contracts.support.votes import (
    COUNT_WINDOW,
    EXECUTION_DELAY,
    EXECUTION_WINDOW,
    LEAST_OFFICES,
    VOTING_DELAY,
    VOTING_PERIOD,
    deploy_consortium,
)

NAMES = (
    "digest",
    "location",
    "adopted_at",
    "version",
    "active_offices",
    "votes_needed",
    "numerator",
    "denominator",
    "voting_delay",
    "voting_period",
    "count_window",
    "execution_delay",
    "execution_window",
    "least_offices",
    "emergency_quorum",
    "emergency_duration",
    "objection_delay",
)
"""Members of `Terms`, in the order of the ABI."""


def terms(charter: Any) -> dict[str, Any]:
    return dict(zip(NAMES, charter.terms(), strict=True))


CALLS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "adopt": lambda _: (DIGEST, LOCATION),
    "listObserver": lambda court: (fresh("another observer"), "Another"),
    "removeObserver": lambda court: (court,),
}
"""Functions of governance, with arguments."""


@pytest.fixture
def listed(charter: Any, governance: Any, court: Any) -> Any:
    """The charter, with the court as an observer, so that each function would be of effect."""
    charter.listObserver(court, "Court", {"from": governance})
    return charter


def test_every_function_that_changes_anything_is_known(charter: Any) -> None:
    """`remark` belongs to the observers; the others to governance."""
    assert changing_functions(charter) == {"remark", *CALLS}


@pytest.mark.parametrize("function", CALLS)
def test_only_governance(
    listed: Any, em: Office, governance: Any, deployer: Any, stranger: Any, court: Any, function: str
) -> None:
    method, arguments = getattr(listed, function), CALLS[function](court)
    root = storage_root(listed)
    for caller in (stranger, deployer, em.seat, court):
        reverts_with(lambda caller=caller: method(*arguments, {"from": caller}), "CharterNotGovernance", caller)
    assert storage_root(listed) == root
    method.call(*arguments, {"from": governance})


@pytest.mark.parametrize("function", CALLS)
def test_governance_is_whom_the_directory_names_now(
    listed: Any, directory: Any, governance: Any, stranger: Any, court: Any, function: str
) -> None:
    method, arguments = getattr(listed, function), CALLS[function](court)
    directory.transferGovernance(stranger, {"from": governance})
    method.call(*arguments, {"from": stranger})
    reverts_with(lambda: method.call(*arguments, {"from": governance}), "CharterNotGovernance", governance)


def test_begins_with_the_text_of_the_founders(charter: Any, consortium: Any, council: Any) -> None:
    assert (charter.consortium(), charter.council()) == (consortium, council)
    time = time_of(charter.tx)
    assert logs_of(charter.tx) == [log(charter, "CharterAdopted", version=1, digest=DIGEST, location=LOCATION)]
    assert charter.history(0, 9) == (((hexadecimal(DIGEST), LOCATION, time),), 1)
    assert terms(charter) == {
        "digest": hexadecimal(DIGEST),
        "location": LOCATION,
        "adopted_at": time,
        "version": 1,
        "active_offices": 4,
        "votes_needed": 3,
        "numerator": 2,
        "denominator": 3,
        "voting_delay": VOTING_DELAY,
        "voting_period": VOTING_PERIOD,
        "count_window": COUNT_WINDOW,
        "execution_delay": EXECUTION_DELAY,
        "execution_window": EXECUTION_WINDOW,
        "least_offices": LEAST_OFFICES,
        "emergency_quorum": 3,
        "emergency_duration": 30 * DAY,
        "objection_delay": 14 * DAY,
    }


def test_each_parameter_is_read_from_its_own_place(directory: Any, deployer: Any, governance: Any) -> None:
    """All values differ here, so none can stand in for another."""
    consortium = deploy_consortium(directory, 111, 7222, 333, 5, 7)
    council = compiled("EmergencyCouncil").deploy(directory, 4, 44 * DAY, {"from": deployer})
    charter = compiled("Charter").deploy(consortium, council, DIGEST, LOCATION, {"from": deployer})
    directory.setObjectionDelay(55 * DAY, {"from": governance})
    parameters = list(terms(charter).values())[6:]
    assert parameters == [5, 7, 111, 7222, COUNT_WINDOW, 333, EXECUTION_WINDOW, 3, 4, 44 * DAY, 55 * DAY]


def test_shows_changes_elsewhere_at_once(
    charter: Any, directory: Any, council: Any, em: Office, governance: Any
) -> None:
    """The terms hold no copy of any parameter."""
    directory.setObjectionDelay(20 * DAY, {"from": governance})
    council.setRules(3, 10 * DAY, {"from": governance})
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    shown = terms(charter)
    assert (shown["objection_delay"], shown["emergency_duration"]) == (20 * DAY, 10 * DAY)
    assert (shown["active_offices"], shown["votes_needed"]) == (3, 2)


def test_an_emergency_lowers_no_number_of_votes_below_a_majority(
    charter: Any, directory: Any, em: Office, governance: Any, court: Any
) -> None:
    """Of four, of whom one is in an emergency, three; confirmed by vote, two of three."""
    directory.setEmergencyBody(court, {"from": governance})
    directory.suspendOffice(em.code, now() + DAY, {"from": court})
    shown = terms(charter)
    assert (shown["active_offices"], shown["votes_needed"]) == (3, 3)
    directory.suspendOffice(em.code, now() + DAY, {"from": governance})
    shown = terms(charter)
    assert (shown["active_offices"], shown["votes_needed"]) == (3, 2)


def test_everything_at_once(charter: Any, governance: Any, council: Any, court: Any) -> None:
    """What a charter begins with, and every change of terms, versions and observers, as the single views show it."""
    another = fresh("another observer")
    founded = (hexadecimal(DIGEST), LOCATION, time_of(charter.tx))
    current, versions, listed = charter.charter()
    assert (current, versions, listed) == (charter.terms(), (founded,), ())
    text = digest("the next version")
    adopted_at = time_of(charter.adopt(text, "ipfs://next", {"from": governance}))
    for account, name in ((court, "Court"), (another, "Another")):
        charter.listObserver(account, name, {"from": governance})
    council.setRules(3, 11 * DAY, {"from": governance})

    current, versions, listed = charter.charter()
    shown = dict(zip(NAMES, current, strict=True))
    assert (shown["version"], shown["digest"], shown["location"]) == (2, hexadecimal(text), "ipfs://next")
    assert (shown["adopted_at"], shown["emergency_duration"]) == (adopted_at, 11 * DAY)
    assert versions == (founded, (hexadecimal(text), "ipfs://next", adopted_at))
    assert listed == ((court.address, "Court"), (another, "Another"))
    assert (current, versions, listed) == (charter.terms(), charter.history(0, 9)[0], charter.observers(0, 9)[0])

    charter.removeObserver(court, {"from": governance})
    assert charter.charter() == (current, versions, ((another, "Another"),))


def test_adopts_a_text(charter: Any, governance: Any) -> None:
    versions = list(charter.history(0, 9)[0])
    for version in (2, 3):
        travel(1000)
        text, place = digest(f"version {version}"), f"ipfs://version-{version}"
        transaction = charter.adopt(text, place, {"from": governance})
        assert logs_of(transaction) == [log(charter, "CharterAdopted", version=version, digest=text, location=place)]
        versions.append((hexadecimal(text), place, time_of(transaction)))
        assert charter.history(0, 9) == (tuple(versions), version)
        shown = terms(charter)
        assert (shown["digest"], shown["location"], shown["adopted_at"]) == versions[-1]
        assert shown["version"] == version


def test_the_same_text_may_move(charter: Any, governance: Any) -> None:
    charter.adopt(DIGEST, "https://elsewhere.example/charter.txt", {"from": governance})
    assert [version[0] for version in charter.history(0, 9)[0]] == [hexadecimal(DIGEST)] * 2


@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 10), (0, 3), (0, 2), (1, 1), (2, 9), (3, 1), (0, 0), (2**256 - 1, 1), (1, 2**256 - 1)]
)
def test_pages_of_the_history(charter: Any, governance: Any, offset: int, limit: int) -> None:
    for i in range(2):
        charter.adopt(digest(str(i)), str(i), {"from": governance})
    locations = [LOCATION, "0", "1"]
    page, total = charter.history(offset, limit)
    assert ([version[1] for version in page], total) == (locations[offset : offset + limit], 3)


def test_a_text_has_digest_and_place(charter: Any, consortium: Any, council: Any, governance: Any) -> None:
    for text, place in ((bytes(32), LOCATION), (DIGEST, ""), (bytes(32), ""), (DIGEST, "x" * 501), (DIGEST, "é" * 251)):
        reverts_with(
            lambda text=text, place=place: charter.adopt.call(text, place, {"from": governance}), "CharterIncomplete"
        )
        reverts_with(
            lambda text=text, place=place: compiled("Charter").deploy(
                consortium, council, text, place, {"from": governance}
            ),
            "CharterIncomplete",
        )
    for place in ("x", "x" * 500):
        charter.adopt.call(DIGEST, place, {"from": governance})


def test_consortium_and_council_are_of_one_directory(
    charter: Any, consortium: Any, council: Any, governance: Any, deployer: Any, stranger: Any
) -> None:
    other = compiled("OfficeDirectory").deploy(governance, {"from": deployer})
    foreign = compiled("EmergencyCouncil").deploy(other, 3, 30 * DAY, {"from": deployer})
    for pair in (
        (consortium, foreign),
        (deploy_consortium(other), council),
        (stranger, council),
        (consortium, stranger),
        (ZERO, ZERO),
    ):
        reverts_with(
            lambda pair=pair: compiled("Charter").deploy(*pair, DIGEST, LOCATION, {"from": deployer}),
            "CharterMismatch",
            *pair,
        )


def test_history_only_grows(charter: Any, governance: Any, court: Any) -> None:
    before = charter.history(0, 9)[0]
    charter.listObserver(court, "Court", {"from": governance})
    charter.removeObserver(court, {"from": governance})
    charter.adopt(digest("next"), "next", {"from": governance})
    assert charter.history(0, 9)[0][: len(before)] == before
    assert charter.history(0, 9)[0][-1][2] == now()
