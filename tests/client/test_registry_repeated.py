"""What a seat states twice, or again after its program was killed, takes effect once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from registrum import Registry, Scope
from registrum.chain.entries import State
from registrum.chain.outbox import Outbox
from registrum.chain.reverts import OfficeDirectoryInvalidCompromiseError, OfficeDirectoryKeyExistsError
from registrum.chain.sender import Sender
from registrum.client.receipts import Receipt
from registrum.errors import OutcomeUnknownError
from tests.client.registries import KEYS, SEATS, STRANGER, World, world

Act = Callable[[Registry], Receipt]
HOLIDAYS = (date(2031, 1, 1), date(2031, 12, 31))
ACTS: dict[str, Act] = {
    "add": lambda seat: seat.add_key("EM", STRANGER.address, Scope.REGISTER),
    "revoke": lambda seat: seat.revoke_key("EM", KEYS["EM"].address),
    "calendar": lambda seat: seat.publish_calendar("EM", 2031, closed=HOLIDAYS),
}


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("repeated")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


def acts(here: World) -> dict[str, Act]:
    since = here.now() - timedelta(hours=1)
    return {**ACTS, "compromise": lambda seat: seat.mark_key_compromised("EM", KEYS["EM"].address, since)}


@pytest.fixture(params=[*ACTS, "compromise"])
def act(request: pytest.FixtureRequest, here: World) -> Act:
    return acts(here)[request.param]


def killed(monkeypatch: pytest.MonkeyPatch, act: Act, seat: Registry) -> None:
    """Carry out an act whose program ends when it lies in the outbox and nothing was sent."""

    def end(sender: Sender, *arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Sender, "wait", end)
        with pytest.raises(KeyboardInterrupt):
            act(seat)


def height(here: World) -> int:
    return int(here.rpc.call("eth_blockNumber"), 16)


def test_said_again_nothing_is_sent(here: World, act: Act) -> None:
    seat = here.seat()
    assert act(seat).taken
    before = height(here)
    assert act(seat) == Receipt(taken=False)
    assert height(here) == before


def test_program_that_was_killed_before_it_sent(
    here: World, act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = here.registry(sender=SEATS["EM"], outbox=Outbox(tmp_path / "outbox.sqlite"))
    killed(monkeypatch, act, seat)
    before = height(here)
    assert act(seat).taken
    assert not act(seat).taken
    assert height(here) == before + 1
    [entry] = Outbox(tmp_path / "outbox.sqlite").entries()
    assert entry.state is State.CONFIRMED


def test_program_that_was_killed_while_a_block_was_made(here: World, act: Act, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    impatient = here.registry(sender=SEATS["EM"], outbox=outbox, deadline_s=0.5)
    here.rpc.call("evm_setAutomine", [False])
    try:
        for _ in range(2):
            with pytest.raises(OutcomeUnknownError):
                act(impatient)
    finally:
        here.rpc.call("evm_setAutomine", [True])
        here.rpc.call("evm_mine")
    seat = here.registry(sender=SEATS["EM"], outbox=outbox)
    assert act(seat) == Receipt(taken=False)
    assert seat.settle_outbox()
    [entry] = outbox.entries()
    assert entry.state is State.CONFIRMED


def test_calendar_changed_meanwhile_is_published_anew(
    here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = here.registry(sender=SEATS["EM"], outbox=Outbox(tmp_path / "outbox.sqlite"))
    killed(monkeypatch, ACTS["calendar"], seat)
    killed(monkeypatch, lambda registry: registry.publish_calendar("EM", 2031, closed=HOLIDAYS[:1]), seat)
    assert seat.publish_calendar("EM", 2031, closed=HOLIDAYS).taken
    calendar = seat.calendar("EM", 2031)
    assert calendar is not None
    assert (calendar.closed, calendar.version) == (HOLIDAYS, 3)


def test_days_said_in_another_way_are_the_same_calendar(here: World) -> None:
    seat = here.seat()
    seat.publish_calendar("EM", 2031, weekly={5, 6}, closed=reversed(HOLIDAYS))
    assert not seat.publish_calendar("EM", 2031, weekly=[6, 5, 5], closed=HOLIDAYS).taken
    assert seat.publish_calendar("EM", 2031, weekly={6}, closed=HOLIDAYS).taken


def test_key_that_is_there_in_another_way_is_still_refused(here: World) -> None:
    seat, begin = here.seat(), here.now() + timedelta(days=1)
    end = begin + timedelta(days=9)
    facts = {"valid_from": begin, "valid_until": end}
    assert seat.add_key("EM", STRANGER.address, Scope.REGISTER, **facts).taken
    assert not seat.add_key("EM", STRANGER.address, Scope.REGISTER, **facts).taken
    for scopes, others in (
        (Scope.APPLICATIONS, facts),
        (Scope.REGISTER, {"valid_from": begin}),
        (Scope.REGISTER, {"valid_until": end}),
        (Scope.REGISTER, {**facts, "valid_from": begin + timedelta(1)}),
        (Scope.REGISTER, {**facts, "valid_until": end + timedelta(1)}),
    ):
        with pytest.raises(OfficeDirectoryKeyExistsError):
            seat.add_key("EM", STRANGER.address, scopes, **others)
    seat.revoke_key("EM", STRANGER.address)
    with pytest.raises(OfficeDirectoryKeyExistsError):
        seat.add_key("EM", STRANGER.address, Scope.REGISTER, **facts)


def test_key_is_so_already_without_a_beginning_once_it_has_begun(here: World) -> None:
    seat, begin = here.seat(), here.now() + timedelta(days=1)
    assert seat.add_key("EM", STRANGER.address, valid_from=begin).taken
    with pytest.raises(OfficeDirectoryKeyExistsError):
        seat.add_key("EM", STRANGER.address)
    here.advance(timedelta(days=2))
    assert not seat.add_key("EM", STRANGER.address).taken


def test_remedy_of_a_compromise_does_not_lead_to_an_earlier_one(here: World) -> None:
    seat, since = here.seat(), here.now() - timedelta(hours=2)
    seat.mark_key_compromised("EM", KEYS["EM"].address, since)
    with pytest.raises(OfficeDirectoryInvalidCompromiseError) as caught:
        seat.mark_key_compromised("EM", KEYS["EM"].address, since + timedelta(hours=1))
    assert "holds already" in caught.value.remedy
    assert "only if the key was misused before it" in caught.value.remedy
    assert seat.mark_key_compromised("EM", KEYS["EM"].address, since - timedelta(hours=1)).taken
