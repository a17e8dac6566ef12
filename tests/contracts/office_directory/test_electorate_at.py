"""`OfficeDirectory.electorateAt`: who could vote at a moment, and how many a mere emergency kept from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, next_block_at, now, time_of, travel, travel_to
from tests.contracts.support.offices import Office, admit, make_office


@pytest.fixture(scope="module")
def fr(directory: Any) -> Office:
    """A fifth office, so that two emergencies leave three active; admitted a while ago, as the others were."""
    office = make_office("FR", seat=5)
    admit(directory, office)
    travel(1000)
    return office


@pytest.fixture(scope="module")
def offices(em: Office, ru: Office, au: Office, jp: Office, fr: Office) -> list[Office]:
    """All, in the order of admission."""
    return [em, ru, au, jp, fr]


def electorate(directory: Any, time: int) -> tuple[list[bytes], int]:
    """Codes of those who could vote, and how many others were in an emergency."""
    active, in_emergency = directory.electorateAt(time)
    return [bytes.fromhex(str(code)[2:]) for code in active], in_emergency


def but(offices: Sequence[Office], *others: Office) -> list[bytes]:
    """Codes of all but some, in the order of admission."""
    return [office.code for office in offices if office not in others]


def suspend(directory: Any, office: Office, until: int, sender: Any) -> int:
    """Suspend an office, some seconds after the latest block; returns from when."""
    next_block_at(now() + 5)
    return time_of(directory.suspendOffice(office.code, until, {"from": sender}))


def assert_spell(
    directory: Any,
    offices: Sequence[Office],
    office: Office,
    start: int,
    end: int,
    in_emergency: int,
    before: tuple[list[bytes], int] | None = None,
    after: tuple[list[bytes], int] | None = None,
) -> None:
    """Assert that one office was suspended from `start` up to but not at `end`; all could vote else, if not said."""
    assert electorate(directory, start - 1) == (before or (but(offices), 0))
    for time in (end, end + 1):
        assert electorate(directory, time) == (after or (but(offices), 0)), time
    for time in (start, start + 1, end - 1):
        assert electorate(directory, time) == (but(offices, office), in_emergency), time


@pytest.mark.parametrize("by_vote", [True, False])
def test_before_at_and_after_a_suspension(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any, by_vote: bool
) -> None:
    """The answer is the same whenever it is asked for: while the suspension runs, and after it."""
    end = now() + DAY
    start = suspend(directory, em, end, governance if by_vote else body)
    for asked_at in (start + 1, end - 1, end, end + 10 * DAY):
        travel_to(asked_at)
        assert_spell(directory, offices, em, start, end, 0 if by_vote else 1)


@pytest.mark.parametrize("by_vote", [True, False])
def test_a_reinstated_office(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any, by_vote: bool
) -> None:
    """Could vote again from the second of its reinstatement. What it was before then is not changed by it."""
    start = suspend(directory, em, now() + 10 * DAY, governance if by_vote else body)
    travel_to(start + 500)
    end = time_of(directory.reinstateOffice(em.code, {"from": governance}))
    assert_spell(directory, offices, em, start, end, 0 if by_vote else 1)


def test_without_end(directory: Any, em: Office, offices: list[Office], governance: Any) -> None:
    start = suspend(directory, em, FOREVER, governance)
    assert electorate(directory, start - 1) == (but(offices), 0)
    for time in (start, FOREVER - 1):
        assert electorate(directory, time) == (but(offices, em), 0)


def test_an_office_votes_from_its_admission(directory: Any, offices: list[Office], governance: Any) -> None:
    us = make_office("US", seat=6)
    time = now() + 100
    next_block_at(time)
    directory.admitOffice(us.code, us.seat, "USPTO", "", 0, {"from": governance})
    assert electorate(directory, time - 1) == (but(offices), 0)
    for moment in (time, time + 1):
        assert electorate(directory, moment) == (but([*offices, us]), 0)


def test_before_the_first_admission_nobody(directory: Any, em: Office, offices: list[Office]) -> None:
    admitted_at = directory.officeOf(em.code)[3]
    for time in (0, admitted_at - 1):
        assert electorate(directory, time) == ([], 0)
    assert electorate(directory, admitted_at)[0][0] == em.code


def test_where_there_is_no_office(governance: Any) -> None:
    empty = compiled("OfficeDirectory").deploy(governance, {"from": governance})
    assert electorate(empty, now()) == ([], 0)


@pytest.mark.parametrize("suspended_by", ["nobody", "vote", "emergency"])
def test_a_departed_office_is_of_no_electorate(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any, suspended_by: str
) -> None:
    """Not of an earlier one either: it has no vote to count, and no emergency keeps it from one."""
    travel(100)
    start = now()
    if suspended_by != "nobody":
        start = suspend(directory, em, now() + DAY, governance if suspended_by == "vote" else body)
    assert electorate(directory, start - 1) == (but(offices), 0)
    travel(100)
    left = time_of(directory.departOffice(em.code, {"from": governance}))
    for time in (start - 1, start, left - 1, left, left + 2 * DAY):
        assert electorate(directory, time) == (but(offices, em), 0)


def test_several_emergencies_are_counted(
    directory: Any, em: Office, ru: Office, jp: Office, offices: list[Office], governance: Any, body: Any
) -> None:
    """Each for its own time; what was voted does not count among them."""
    end = now() + DAY
    first = suspend(directory, jp, end + 100, body)
    second = suspend(directory, em, end, body)
    voted = suspend(directory, ru, end + 200, governance)
    assert first < second < voted
    for time, out, in_emergency in (
        (first - 1, (), 0),
        (first, (jp,), 1),
        (second, (jp, em), 2),
        (voted, (jp, em, ru), 2),
        (end, (jp, ru), 1),
        (end + 99, (jp, ru), 1),
        (end + 100, (ru,), 0),
        (end + 200, (), 0),
    ):
        assert electorate(directory, time) == (but(offices, *out), in_emergency), time


@pytest.mark.parametrize("seconds", [-1000, 0, 1000], ids=["shorter", "as it is", "longer"])
def test_an_emergency_confirmed_by_vote_is_none_any_more(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any, seconds: int
) -> None:
    """For the time before the vote it stays one. What the emergency body adds to what was voted is one again."""
    end = now() + DAY
    start = suspend(directory, em, end, body)
    assert_spell(directory, offices, em, start, end, 1)
    voted = suspend(directory, em, end + seconds, governance)
    assert voted > start
    assert_spell(directory, offices, em, voted, end + seconds, 0, before=(but(offices, em), 1))
    added = suspend(directory, em, end + 2000, body)
    assert_spell(directory, offices, em, voted, end + seconds, 0, (but(offices, em), 1), (but(offices, em), 1))
    assert added < end + seconds
    assert electorate(directory, start - 1) == electorate(directory, end + 2000) == (but(offices), 0)


def test_what_an_emergency_adds_to_a_suspension_by_vote_is_one(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any
) -> None:
    """Not what was voted, but what was added: but for the emergency the office could vote again."""
    end = now() + DAY
    start = suspend(directory, em, end, governance)
    travel_to(end - 6)
    assert suspend(directory, em, end + DAY, body) == end - 1
    assert_spell(directory, offices, em, start, end, 0, after=(but(offices, em), 1))
    assert_spell(directory, offices, em, end, end + DAY, 1, before=(but(offices, em), 0))


def test_lengthening_an_emergency_leaves_it_one(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any
) -> None:
    end = now() + DAY
    start = suspend(directory, em, end, body)
    travel_to(end - 6)
    assert suspend(directory, em, end + DAY, body) == end - 1
    assert_spell(directory, offices, em, start, end + DAY, 1)


def test_lengthening_by_vote_keeps_its_beginning(
    directory: Any, em: Office, offices: list[Office], governance: Any
) -> None:
    start = suspend(directory, em, now() + DAY, governance)
    for end in (start + 3 * DAY, start + 2 * DAY):
        suspend(directory, em, end, governance)
        assert_spell(directory, offices, em, start, end, 0)


@pytest.mark.parametrize("emergency_first", [True, False])
def test_in_the_second_in_which_one_ends_another_begins(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any, emergency_first: bool
) -> None:
    """It is one of its own, with a beginning and a kind of its own."""
    end = now() + DAY
    first, second = (body, governance) if emergency_first else (governance, body)
    suspend(directory, em, end, first)
    travel_to(end - 5)
    assert suspend(directory, em, end + DAY, second) == end
    before = but(offices, em), 1 if emergency_first else 0
    assert_spell(directory, offices, em, end, end + DAY, 0 if emergency_first else 1, before)


def test_an_earlier_suspension_is_remembered(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any
) -> None:
    """Or an office that was suspended when a vote closed would count again because it is suspended once more."""
    first = suspend(directory, em, now() + 10 * DAY, governance)
    travel_to(first + 100)
    reinstated = time_of(directory.reinstateOffice(em.code, {"from": governance}))
    assert_spell(directory, offices, em, first, reinstated, 0)
    travel_to(reinstated + 100)
    end = reinstated + DAY
    second = suspend(directory, em, end, body)
    assert_spell(directory, offices, em, first, reinstated, 0)
    assert_spell(directory, offices, em, second, end, 1)


def test_suspension_of_a_key_is_none_of_its_office(
    directory: Any, em: Office, offices: list[Office], governance: Any, body: Any
) -> None:
    for sender in (governance, body):
        directory.suspendKey(em.code, em.key.address, now() + 10 * DAY, {"from": sender})
        travel_to(now() + 10 * DAY)
    for time in (now() - DAY, now()):
        assert electorate(directory, time) == (but(offices), 0)


def test_active_offices_are_those_of_now(
    directory: Any, em: Office, ru: Office, offices: list[Office], governance: Any, body: Any
) -> None:
    end = now() + DAY
    suspend(directory, em, end, body)
    suspend(directory, ru, end + 1, governance)
    for time, out in ((end - 1, (em, ru)), (end, (ru,)), (end + 1, ())):
        travel_to(time)
        active = [bytes.fromhex(str(code)[2:]) for code in directory.activeOffices()]
        assert active == electorate(directory, time)[0] == but(offices, *out)


@dataclass
class Model:
    """All decisions on one office, oldest first: time, end, whether an emergency. It answers out of them."""

    decisions: list[tuple[int, int, bool]] = field(default_factory=list)

    def suspended(self, time: int) -> bool:
        ends = [end for since, end, _ in self.decisions if since <= time]
        return bool(ends) and ends[-1] > time

    def in_emergency(self, time: int) -> bool:
        """Whether it is suspended, but not by the last vote on it until then."""
        voted = [end for since, end, emergency in self.decisions if since <= time and not emergency]
        return self.suspended(time) and not (voted and voted[-1] > time)


@pytest.mark.parametrize("seed", range(3))
def test_random_histories(
    directory: Any, em: Office, ru: Office, offices: list[Office], governance: Any, body: Any, seed: int
) -> None:
    """Two of five offices, suspended, confirmed, lengthened and reinstated by chance; asked about any moment."""
    random = Random(seed)
    models = {em: Model(), ru: Model()}
    moments = [now()]
    for _ in range(25):
        time = max(moments[-1], now()) + random.randint(1, 300)
        office, model = random.choice(list(models.items()))
        end = time + random.randint(1, 900)
        running = model.suspended(time)
        next_block_at(time)
        if running and random.random() < 0.3:
            directory.reinstateOffice(office.code, {"from": governance})
            model.decisions.append((time, time, False))
        elif random.random() < 0.4:
            directory.suspendOffice(office.code, end, {"from": governance})
            model.decisions.append((time, end, False))
        else:
            end = max(end, model.decisions[-1][1] + 1) if running else end
            directory.suspendOffice(office.code, end, {"from": body})
            model.decisions.append((time, end, True))
        moments += [time, end]
        moments.sort()
        for moment in {time, *random.sample(moments, min(4, len(moments)))}:
            for asked in (moment - 1, moment):
                if asked > time:
                    continue
                out = [office for office, model in models.items() if model.suspended(asked)]
                mere = sum(model.in_emergency(asked) for model in models.values())
                assert electorate(directory, asked) == (but(offices, *out), mere), (asked, models)
        moments = [moment for moment in moments if moment <= time]
