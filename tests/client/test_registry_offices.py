"""Offices, keys and who may change them, on a real node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from registrum import Office, OfficeStatus, Registry, Scope
from registrum.chain.reverts import OfficeDirectoryNotProposedSeatError, OfficeDirectoryNotSeatError
from registrum.errors import InputError
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import GOVERNANCE, KEYS, SEATS, STRANGER, World, world


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("offices")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


@pytest.fixture
def registry(here: World) -> Registry:
    return here.registry()


def office(registry: Registry, code: str = "EM") -> Office:
    found = registry.office(code)
    assert found is not None
    return found


def test_an_office_as_it_was_admitted(here: World, registry: Registry) -> None:
    seat = DevelopmentSigner.account(30).address
    receipt = registry.admit_office("AU", seat, "IP Australia", earliest_filing_date=date(1904, 2, 13))
    assert [event.name for event in receipt.events] == ["OfficeAdmitted"]
    assert office(registry, "AU") == Office(
        "AU", OfficeStatus.ACTIVE, seat, here.now(), None, date(1904, 2, 13), 0, "IP Australia", ""
    )
    assert registry.keys("AU") == []
    assert registry.office("US") is None
    json.dumps([found.to_json() for found in registry.offices()])


def test_all_offices_in_the_order_of_admission(registry: Registry) -> None:
    codes = [f"X{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] + [
        f"Y{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ]
    for index, code in enumerate(codes):
        registry.admit_office(code, "0x" + (index + 1).to_bytes(20, "big").hex(), f"Office {code}")
    assert [found.code for found in registry.offices()] == ["EM", "JP", "RU", *codes]


def test_suspension_and_its_end(here: World, registry: Registry) -> None:
    until = here.now() + timedelta(days=2)
    assert registry.suspend_office("EM", until).taken
    assert (office(registry).status, office(registry).suspended_until) == (OfficeStatus.SUSPENDED, until)
    here.advance(timedelta(days=3))
    assert (office(registry).status, office(registry).suspended_until) == (OfficeStatus.ACTIVE, None)
    registry.suspend_office("EM")
    assert (office(registry).status, office(registry).suspended_until) == (OfficeStatus.SUSPENDED, None)
    registry.reinstate_office("EM")
    assert office(registry).status is OfficeStatus.ACTIVE
    assert here.registry().register(here.application()).taken


def test_departure_is_for_good(registry: Registry) -> None:
    registry.depart_office("EM")
    assert office(registry).status is OfficeStatus.DEPARTED


def test_governance_can_be_handed_over(here: World, registry: Registry) -> None:
    assert registry.governance() == GOVERNANCE.address
    registry.transfer_governance(SEATS["RU"].address)
    assert registry.governance() == SEATS["RU"].address
    assert here.seat("RU").suspend_office("EM").taken


def test_what_a_seat_changes(here: World, registry: Registry) -> None:
    seat = here.seat()
    seat.set_endpoint("EM", "https://новый.example")
    seat.set_earliest_filing_date("EM", date(1996, 4, 1))
    assert (office(registry).endpoint, office(registry).earliest_filing_date) == (
        "https://новый.example",
        date(1996, 4, 1),
    )
    seat.set_earliest_filing_date("EM", None)
    assert office(registry).earliest_filing_date is None


def test_a_seat_is_handed_on_in_two_steps(here: World, registry: Registry) -> None:
    seat, successor = here.seat(), here.registry(sender=STRANGER)
    assert registry.proposed_seat("EM") is None
    assert seat.propose_seat("EM", STRANGER.address).taken
    assert (registry.proposed_seat("EM"), office(registry).seat) == (STRANGER.address, SEATS["EM"].address)
    assert not seat.propose_seat("EM", STRANGER.address.lower()).taken
    seat.propose_seat("EM", None)
    assert registry.proposed_seat("EM") is None
    with pytest.raises(OfficeDirectoryNotProposedSeatError, match="not the proposed seat of EM"):
        successor.accept_seat("EM")
    seat.propose_seat("EM", STRANGER.address)
    [event] = successor.accept_seat("EM").events
    assert (event.name, event.arguments["new_seat"]) == ("SeatChanged", STRANGER.address)
    assert (registry.proposed_seat("EM"), office(registry).seat) == (None, STRANGER.address)
    assert not successor.accept_seat("EM").taken
    successor.revoke_key("EM", KEYS["EM"].address)
    with pytest.raises(OfficeDirectoryNotSeatError):
        seat.propose_seat("EM", SEATS["EM"].address)


def test_zero_address_is_no_seat_and_takes_no_proposal_back(here: World, registry: Registry) -> None:
    seat = here.seat()
    seat.propose_seat("EM", STRANGER.address)
    with pytest.raises(InputError, match="zero address") as caught:
        seat.propose_seat("EM", "0x" + "00" * 20)
    assert "seat cancel" in caught.value.remedy
    assert registry.proposed_seat("EM") == STRANGER.address


def test_the_life_of_a_key(here: World, registry: Registry) -> None:
    seat, start = here.seat(), here.now() + timedelta(days=1)
    end = start + timedelta(days=365)
    seat.add_key("EM", STRANGER.address, Scope.APPLICATIONS | Scope.KEYS, valid_from=start, valid_until=end)
    key = registry.key("EM", STRANGER.address)
    assert key is not None
    assert key == registry.keys("EM")[-1]
    assert (key.valid_from, key.valid_until, key.revoked_at, key.compromised_since) == (start, end, None, None)
    assert key.scopes.words == ("applications", "keys")
    for moment, good in ((start, True), (start - timedelta(seconds=1), False), (end, False)):
        assert registry.is_key_good("EM", STRANGER.address, Scope.APPLICATIONS, moment) is good
    assert not registry.is_key_good("EM", STRANGER.address, Scope.REGISTER, start)
    here.advance(timedelta(days=10))
    seat.revoke_key("EM", STRANGER.address)
    revoked = registry.key("EM", STRANGER.address)
    assert revoked is not None
    assert revoked.revoked_at == here.now()
    since = start + timedelta(days=2)
    seat.mark_key_compromised("EM", STRANGER.address, since)
    assert registry.is_key_good("EM", STRANGER.address, Scope.APPLICATIONS, since - timedelta(seconds=1))
    assert not registry.is_key_good("EM", STRANGER.address, Scope.APPLICATIONS, since)
    json.dumps(revoked.to_json())
    assert registry.key("EM", KEYS["JP"].address) is None


def test_a_key_with_the_scope_keys_adds_others(here: World, registry: Registry) -> None:
    here.seat().add_key("EM", SEATS["JP"].address, Scope.KEYS)
    assert here.seat("JP").add_key("EM", STRANGER.address).taken
    assert len(registry.keys("EM")) == 3


def test_a_time_without_zone_is_refused(here: World) -> None:
    with pytest.raises(InputError, match="time zone"):
        here.seat().mark_key_compromised("EM", KEYS["EM"].address, datetime(2024, 1, 1))
    with pytest.raises(InputError, match="office code"):
        here.registry().office("em")


def test_scopes_in_words() -> None:
    assert Scope.parse("applications, keys") == Scope.APPLICATIONS | Scope.KEYS
    with pytest.raises(InputError, match="'voting' is not a scope"):
        Scope.parse("applications,voting")


def test_times_are_in_utc(registry: Registry) -> None:
    assert office(registry).admitted_at.tzinfo is UTC
