"""Emergencies on a real node: by seats, by signatures, for a time; and the files in which signatures travel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registrum import OfficeStatus
from registrum.chain.reverts import (
    EmergencyCouncilAlreadyUsedError,
    EmergencyCouncilInvalidSignatureError,
    EmergencyCouncilInvalidTimeError,
    EmergencyCouncilNotEntitledError,
    EmergencyCouncilNotMemberError,
    EmergencyCouncilNotSupporterError,
    EmergencyCouncilReasonLengthError,
    EmergencyCouncilTooManyError,
    EmergencyCouncilWrongRoundError,
    OfficeDirectoryOfficeSuspendedError,
)
from registrum.client.ballots import Ballot, ProposalFile, SuspensionFile, read_file, write_file
from registrum.client.proposals import Support
from registrum.errors import InputError, NetworkMismatchError
from tests.client.consortia import KEYS, SEATS, STRANGER, Consortium, consortium


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    with consortium(tmp_path_factory.mktemp("emergencies")) as made:
        yield made


@pytest.fixture
def here(running_world: Consortium) -> Iterator[Consortium]:
    with running_world.undone():
        yield running_world


def suspended(here: Consortium, code: str, *supporters: str, **options: Any) -> bool:
    suspension = here.registry().prepare_suspension(code, "no contact for days", **options)
    return [here.by(each).support_suspension(suspension).suspended for each in supporters][-1]


def test_three_offices_suspend_a_fourth_until_it_ends_by_itself(here: Consortium) -> None:
    registry = here.registry()
    assert registry.emergency_rules() == (3, 30 * 86_400)
    suspension = registry.prepare_suspension("WO", "its seat was stolen")
    first = here.by("EM").support_suspension(suspension)
    assert (first.suspended, first.until, first.supporters, first.needed) == (False, None, ("EM",), 3)
    assert registry.open_suspensions("WO") == [suspension]
    assert registry.open_suspensions("US") == []
    here.by("JP").support_suspension(suspension)
    # Given before, it is passed over.
    assert here.by("JP").support_suspension(suspension).supporters == ("EM", "JP")
    last = here.by("RU").support_suspension(suspension)
    assert last.suspended
    assert last.supporters == ("EM", "JP", "RU")
    assert last.until is not None
    assert registry.open_suspensions("WO") == []
    office = registry.office("WO")
    assert office is not None
    assert (office.status, office.suspended_until) == (OfficeStatus.SUSPENDED, last.until)
    with pytest.raises(OfficeDirectoryOfficeSuspendedError):
        here.registry(KEYS["WO"]).register(here.application("WO"))
    # Revoking a key is never blocked.
    assert here.by("WO").revoke_key("WO", KEYS["WO"].address).taken
    here.until(last.until)
    office = registry.office("WO")
    assert office is not None
    assert office.status is OfficeStatus.ACTIVE


def test_keys_are_suspended_by_collected_signatures(here: Consortium) -> None:
    registry = here.registry()
    suspension = registry.prepare_suspension("WO", "a stolen laptop", accounts=[KEYS["WO"].address])
    signed = [here.by(code).sign_support(suspension, code) for code in ("EM", "JP", "RU")]
    assert registry.check_supports(signed) == [None, None, None]
    outcome = registry.support_suspension(suspension, signed)
    assert outcome.suspended
    found = registry.key_suspension("WO", KEYS["WO"].address)
    assert found is not None
    assert found.until == outcome.until
    office = registry.office("WO")
    assert office is not None
    assert office.status is OfficeStatus.ACTIVE


def test_same_offices_do_not_renew_it_without_a_vote(here: Consortium) -> None:
    assert suspended(here, "WO", "EM", "JP", "RU")
    here.advance(timedelta(days=31))
    again = here.registry().prepare_suspension("WO", "again")
    with pytest.raises(EmergencyCouncilAlreadyUsedError, match="EM has supported an emergency against WO"):
        here.by("EM").support_suspension(again)
    here.decided(here.registry().drafts().restore_rights("WO"))
    again = here.registry().prepare_suspension("WO", "again")
    assert here.by("EM").support_suspension(again).supporters == ("EM",)


def refusals() -> list[tuple[str, type[Exception], Callable[[Consortium], object]]]:
    def unsigned(here: Consortium) -> object:
        registry = here.registry()
        suspension = registry.prepare_suspension("WO", "why")
        stolen = replace(here.by("EM").sign_support(suspension, "EM"), supporter="JP")
        return registry.support_suspension(suspension, [stolen])

    def wrong_round(here: Consortium) -> object:
        return here.by("EM").support_suspension(replace(here.registry().prepare_suspension("WO", "why"), round=9))

    def late(here: Consortium) -> object:
        suspension = here.registry().prepare_suspension("WO", "why")
        here.advance(timedelta(days=8))
        return here.by("EM").support_suspension(suspension)

    def against_a_second(here: Consortium) -> object:
        assert suspended(here, "WO", "EM", "JP", "RU")
        return suspended(here, "US", "EM", "JP", "RU")

    return [
        ("stranger", EmergencyCouncilNotSupporterError, suspended_by_a_stranger),
        ("itself", EmergencyCouncilNotEntitledError, lambda here: suspended(here, "WO", "WO")),
        ("no member", EmergencyCouncilNotMemberError, lambda here: suspended(here, "DE", "EM")),
        ("signature", EmergencyCouncilInvalidSignatureError, unsigned),
        ("round", EmergencyCouncilWrongRoundError, wrong_round),
        ("late", EmergencyCouncilInvalidTimeError, late),
        (
            "reason",
            EmergencyCouncilReasonLengthError,
            lambda here: here.by("EM").support_suspension(here.registry().prepare_suspension("WO", "x" * 1001)),
        ),
        ("second", EmergencyCouncilTooManyError, against_a_second),
    ]


def suspended_by_a_stranger(here: Consortium) -> object:
    registry = here.registry(sender=STRANGER)
    return registry.support_suspension(registry.prepare_suspension("WO", "why"))


@pytest.mark.parametrize(("name", "error", "act"), refusals(), ids=[name for name, _, _ in refusals()])
def test_emergencies_that_are_none(
    here: Consortium, name: str, error: type[Exception], act: Callable[[Consortium], object]
) -> None:
    del name
    with pytest.raises(error):
        act(here)


def test_files_come_back_as_they_went(here: Consortium, tmp_path: Path) -> None:
    registry = here.registry()
    draft = registry.drafts().suspend("US", description="süßes ½ \u202e Wort")
    suspension = registry.prepare_suspension("WO", "warum", accounts=[KEYS["WO"].address])
    seat = here.by("EM")
    contents = [
        ProposalFile(draft),
        SuspensionFile(suspension),
        Ballot(seat.sign_vote(draft.id, "EM", Support.ABSTAIN, "schön"), SEATS["EM"].address),
        Ballot(seat.sign_support(suspension, "EM"), SEATS["EM"].address),
    ]
    for number, content in enumerate(contents):
        file = tmp_path / f"{number}.json"
        write_file(file, content, here.manifest)
        assert file.read_text().isascii()
        assert read_file(file, here.manifest) == content
        with pytest.raises(InputError, match="exists"):
            write_file(file, content, here.manifest)
        with pytest.raises(NetworkMismatchError, match="it is for chain 31337"):
            read_file(file, replace(here.manifest, chain_id=1))
        text = file.read_text()
        for cut in range(0, len(text) - 2, 97):
            file.write_text(text[:cut])
            with pytest.raises(InputError):
                read_file(file, here.manifest)
    with pytest.raises(InputError, match="cannot be read"):
        read_file(tmp_path / "none.json", here.manifest)
