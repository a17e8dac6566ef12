"""`Charter.listObserver` and `removeObserver`: listed members without a vote."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.contracts.charter.texts import ZERO
from tests.contracts.office_directory.views import fresh
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of
from tests.contracts.support.offices import Office
from tests.contracts.support.votes import call, proposal

NAMES = ["WIPO", "Court of the Union", "Supreme Court"]


@pytest.fixture
def observers(charter: Any, governance: Any) -> list[tuple[str, str]]:
    """Three that are listed: account and name."""
    listed = [(fresh(name), name) for name in NAMES]
    for account, name in listed:
        charter.listObserver(account, name, {"from": governance})
    return listed


def test_lists(charter: Any, governance: Any) -> None:
    assert charter.observers(0, 9) == ((), 0)
    account = fresh("WIPO")
    transaction = charter.listObserver(account, "WIPO", {"from": governance})
    assert logs_of(transaction) == [log(charter, "ObserverListed", account=account, name="WIPO")]
    assert charter.observers(0, 9) == (((account, "WIPO"),), 1)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_removes(charter: Any, governance: Any, observers: list[tuple[str, str]], place: int) -> None:
    account, name = observers[place]
    transaction = charter.removeObserver(account, {"from": governance})
    assert logs_of(transaction) == [log(charter, "ObserverRemoved", account=account)]
    page, total = charter.observers(0, 9)
    assert (set(page), total) == (set(observers) - {(account, name)}, 2)
    reverts_with(lambda: charter.removeObserver.call(account, {"from": governance}), "CharterNotObserver", account)
    # Listed anew, under another name, it is one of them again.
    charter.listObserver(account, "Other name", {"from": governance})
    assert charter.observers(2, 1) == (((account, "Other name"),), 3)


def test_any_order_of_listing_and_removal(charter: Any, governance: Any) -> None:
    """The list against a set, through many changes."""
    random = Random(7)
    accounts = [fresh(f"observer {i}") for i in range(5)]
    expected: dict[str, str] = {}
    for step in range(30):
        account = random.choice(accounts)
        if account in expected:
            charter.removeObserver(account, {"from": governance})
            del expected[account]
        else:
            expected[account] = f"Observer at {step}"
            charter.listObserver(account, expected[account], {"from": governance})
        page, total = charter.observers(0, 99)
        assert (sorted(page), total) == (sorted(expected.items()), len(expected))


@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 10), (0, 3), (0, 2), (1, 1), (2, 9), (3, 1), (0, 0), (2**256 - 1, 1), (1, 2**256 - 1)]
)
def test_pages(charter: Any, observers: list[tuple[str, str]], offset: int, limit: int) -> None:
    assert charter.observers(offset, limit) == (tuple(observers[offset : offset + limit]), 3)


def test_listed_once(charter: Any, governance: Any, observers: list[tuple[str, str]]) -> None:
    account, _ = observers[0]
    reverts_with(
        lambda: charter.listObserver.call(account, "Again", {"from": governance}), "CharterObserverListed", account
    )


def test_nobody_is_not_listed(charter: Any, governance: Any) -> None:
    reverts_with(lambda: charter.listObserver.call(ZERO, "Nobody", {"from": governance}), "CharterZeroAccount")


@pytest.mark.parametrize("name", ["", "x" * 101, "é" * 51], ids=["none", "long", "long in bytes"])
def test_length_of_a_name(charter: Any, governance: Any, name: str) -> None:
    reverts_with(
        lambda: charter.listObserver.call(fresh("WIPO"), name, {"from": governance}),
        "CharterTextLength",
        len(name.encode()),
        100,
    )
    charter.listObserver.call(fresh("WIPO"), "x" * 100, {"from": governance})


def test_removing_who_is_not_listed(charter: Any, governance: Any, em: Office, stranger: Any) -> None:
    for account in (stranger, em.seat, ZERO):
        reverts_with(
            lambda account=account: charter.removeObserver.call(account, {"from": governance}),
            "CharterNotObserver",
            account,
        )


def test_an_observer_has_no_vote_and_proposes_nothing(
    charter: Any, consortium: Any, em: Office, governance: Any, court: Any
) -> None:
    charter.listObserver(court, "Court", {"from": governance})
    made = proposal("Remove an observer.", call(charter.removeObserver, court))
    reverts_with(
        lambda: consortium.propose.call(*made.whole, {"from": court}),
        "GovernorInsufficientProposerVotes",
        court,
        0,
        1,
    )
