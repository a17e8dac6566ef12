"""Records that are suspect because a key was stolen, confirmed with a good one; withdrawals taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from registrum import Application, PriorityClaim, RecordStatus, Registry, Right, Verdict
from registrum.chain.reverts import (
    ApplicationRegistryConflictError,
    ApplicationRegistryInvalidMomentError,
    ApplicationRegistryNotRecordedError,
    ApplicationRegistryNotWithdrawnError,
    ApplicationRegistryRecordedSinceError,
    OfficeDirectoryKeyRevokedError,
)
from registrum.errors import InputError
from tests.client.registries import FILED, KEYS, STRANGER, World, digest, world


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("reconfirmed")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


def stolen(here: World) -> tuple[list[Application], Registry]:
    """Three records of EM by a key that was stolen before, and EM with a good key."""
    since = here.now()
    here.advance(timedelta(hours=1))
    applications = [here.application() for _ in range(3)]
    for application in applications:
        here.registry().register(application)
    here.seat().mark_key_compromised("EM", KEYS["EM"].address, since)
    here.seat().add_key("EM", STRANGER.address)
    return applications, here.registry(STRANGER)


def verdict(registry: Registry, application: Application) -> Verdict:
    claim = PriorityClaim(application.number, FILED, "JP", Right.TRADEMARK, date(2024, 5, 1))
    return registry.check_priority(claim).verdict


def test_confirmed_records_are_not_suspect_any_more(here: World) -> None:
    applications, registry = stolen(here)
    assert [registry.look_up(each.number).signer_compromised_since is None for each in applications] == [False] * 3
    assert verdict(registry, applications[0]) is Verdict.SIGNER_COMPROMISED
    receipt = registry.reconfirm("EM", applications[:2])
    assert [event.name for event in receipt.events] == ["ApplicationReconfirmed"] * 2
    assert not registry.reconfirm("EM", applications[:2]).taken
    answer = registry.look_up(applications[0].number)
    assert answer.signer_compromised_since is None
    assert answer.reconfirmed is not None
    assert (answer.reconfirmed.signing_key, answer.reconfirmed.version) == (STRANGER.address, 1)
    assert answer.record is not None
    assert answer.record.signing_key == KEYS["EM"].address
    json.dumps(answer.to_json())
    assert verdict(registry, applications[0]) is Verdict.VALID
    assert verdict(registry, applications[2]) is Verdict.SIGNER_COMPROMISED
    names = [event.name for event in registry.history(applications[0].number)]
    assert names == ["ApplicationRegistered", "ApplicationReconfirmed"]


def test_content_that_is_another_is_not_confirmed(here: World) -> None:
    applications, registry = stolen(here)
    forged = Application(applications[1].number, FILED, digest("forged"))
    with pytest.raises(ApplicationRegistryConflictError):
        registry.reconfirm("EM", [applications[0], forged])
    assert registry.look_up(applications[0].number).reconfirmed is None
    with pytest.raises(ApplicationRegistryNotRecordedError):
        registry.reconfirm("EM", [here.application()])
    with pytest.raises(OfficeDirectoryKeyRevokedError):
        here.registry(KEYS["EM"]).reconfirm("EM", applications)
    with pytest.raises(InputError, match="at least one record"):
        registry.reconfirm("EM", [])
    with pytest.raises(InputError, match="block of this chain"):
        registry.reconfirm("EM", applications * 300)


def test_what_was_recorded_since_is_not_confirmed(here: World) -> None:
    """Content that the office confirmed and corrected, and that a thief brings back."""
    applications, registry = stolen(here)
    item, as_of = applications[0], registry.chain_time()
    assert registry.reconfirm("EM", [item], as_of=as_of).taken
    right = Application(item.number, FILED, digest("right"))
    assert registry.correct(right).taken
    here.advance(timedelta(hours=1))
    assert registry.correct(item).taken
    with pytest.raises(ApplicationRegistryRecordedSinceError) as refused:
        registry.reconfirm("EM", [item], as_of=as_of)
    assert refused.value.as_of == as_of
    answer = registry.look_up(item.number)
    assert answer.record is not None
    assert (refused.value.number, refused.value.recorded_at) == (item.number, answer.record.recorded_at)
    with pytest.raises(ApplicationRegistryInvalidMomentError):
        registry.reconfirm("EM", [item], as_of=registry.chain_time() + timedelta(days=1))
    with pytest.raises(InputError, match="no time zone"):
        registry.reconfirm("EM", [item], as_of=as_of.replace(tzinfo=None))
    assert registry.reconfirm("EM", [item]).taken


def test_confirming_many_fits_the_gas_that_is_given(here: World) -> None:
    applications = [here.application() for _ in range(500)]
    registry = here.registry()
    registry.register_batch("EM", applications[:250])
    registry.register_batch("EM", applications[250:])
    assert len(registry.reconfirm("EM", applications).events) == 500


def test_withdrawal_is_taken_back(here: World) -> None:
    application, registry = here.application(), here.registry()
    registry.register(application)
    with pytest.raises(ApplicationRegistryNotWithdrawnError):
        registry.reinstate(application.number)
    registry.withdraw(application.number)
    assert registry.reinstate(application.number).taken
    record = registry.record(application.number)
    assert record is not None
    assert (record.status, record.application) == (RecordStatus.CORRECTED, application)
    assert not registry.reinstate(application.number, replaces=2).taken
    assert [event.name for event in registry.history(application.number)][-1] == "ApplicationReinstated"
