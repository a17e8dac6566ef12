"""`registry.rights.record_many`: an existing register imported in batches, repeated, interrupted, partly refused."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registrum import ItemOutcome, OfficeNumber, Outbox, Registry, Scope
from registrum.chain.reverts import RightsRegisterBeforeFilingError
from registrum.client.rights_answers import EventItem
from registrum.client.rights_reading import RightsReader
from registrum.errors import ContractError, InputError
from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent, Marks, Relation, StatePair
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import World, world

FILED = date(2014, 1, 31)
IMPORTED = date(2024, 1, 31)
KEYS = {"EM": DevelopmentSigner.account(4), "JP": DevelopmentSigner.account(8)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("rights")) as there:
        for office, key in KEYS.items():
            there.seat(office).add_key(office, key.address, Scope.REGISTER)
        yield there


@pytest.fixture(params=["outbox", "direct"])
def registry(made: World, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    if request.param == "direct":
        yield made.registry(signer=KEYS["EM"])
        return
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        yield made.registry(signer=KEYS["EM"], outbox=outbox)


def summary(number: OfficeNumber, **changes: Any) -> LegalStatusEvent:
    """The event that sums up the past of a registered mark."""
    values: dict[str, Any] = {
        "number": number,
        "system": "ST.27",
        "code": "F10",
        "resulting": StatePair.parse("A4"),
        "status": 103,
        "event_date": IMPORTED,
        "effective_date": IMPORTED,
        "flags": EventFlags.IMPORTED,
        "facts": EntryFacts(filing_date=FILED, registration_date=date(2014, 8, 1), classes=(9, 42)),
    }
    return LegalStatusEvent(**{**values, **changes})


def renewal(number: OfficeNumber, **changes: Any) -> LegalStatusEvent:
    values: dict[str, Any] = {
        "code": "M10",
        "flags": EventFlags(0),
        "facts": EntryFacts(expiry_date=date(2034, 1, 31)),
    }
    return summary(number, **{**values, **changes})


def outcomes(items: list[EventItem]) -> dict[str, int]:
    return {outcome.value: count for outcome, count in Counter(item.outcome for item in items).items()}


def test_a_register_is_imported_and_the_same_again_changes_nothing(made: World, registry: Registry) -> None:
    numbers = [made.number() for _ in range(40)]
    events = [event for number in numbers for event in (summary(number), renewal(number))]
    items = list(registry.rights.record_many(events, batch_size=7))
    assert sorted(map(events.index, (item.event for item in items))) == list(range(80))
    assert outcomes(items) == {"taken": 80}
    assert all(item.transaction_hash for item in items)
    assert {item.is_irregular for item in items} == {False}
    for entry in registry.rights.entries(numbers):
        assert entry is not None
        assert (entry.event_count, entry.expiry_date, entry.marks) == (2, date(2034, 1, 31), Marks.IMPORTED)
    assert outcomes(list(registry.rights.record_many(events, batch_size=9))) == {"already_recorded": 80}


def test_what_was_interrupted_goes_on(made: World, registry: Registry) -> None:
    numbers = [made.number() for _ in range(30)]
    events = [*map(summary, numbers), *map(renewal, numbers)]
    with closing(registry.rights.record_many(events, batch_size=5)) as running:
        begun = list(itertools.islice(running, 8))
    assert outcomes(begun) == {"taken": 8}
    rest = list(registry.rights.record_many(events, batch_size=5))
    assert len(rest) == 60
    assert set(outcomes(rest)) <= {"taken", "already_recorded"}
    assert all(entry and entry.event_count == 2 for entry in registry.rights.entries(numbers))


def test_events_after_others_are_recognised(made: World, registry: Registry) -> None:
    number = made.number()
    rights = registry.rights
    assert outcomes(list(rights.record_many([summary(number), renewal(number)]))) == {"taken": 2}
    rights.record(rights.draft(number, "R10", date(2025, 1, 1)))
    later = rights.draft(number, "U10", date(2025, 2, 1))
    items = list(rights.record_many([renewal(number), later]))
    assert [item.outcome for item in items] == [ItemOutcome.ALREADY_RECORDED, ItemOutcome.TAKEN]
    assert [item.event for item in items] == [renewal(number), later]
    report = rights.verify_history(number)
    assert report is not None
    assert report.is_complete
    assert report.event_count == 4


def test_what_is_refused_costs_only_its_own_entry(made: World, registry: Registry) -> None:
    good, bad = [made.number() for _ in range(6)], made.number()
    too_early = summary(bad, event_date=date(2013, 1, 1))
    events = [*map(summary, good[:3]), too_early, *map(summary, good[3:]), *map(renewal, [*good, bad])]
    items = list(registry.rights.record_many(events, batch_size=5))
    assert outcomes(items) == {"taken": 12, "batch_refused": 2}
    refused = [item for item in items if item.outcome is ItemOutcome.BATCH_REFUSED]
    assert {item.event.number for item in refused} == {bad}
    assert all(isinstance(item.error, RightsRegisterBeforeFilingError) for item in refused)
    assert refused[0].to_json()["error"]["code"] == "rights_register_before_filing"
    assert all(entry and entry.event_count == 2 for entry in registry.rights.entries(good))
    assert registry.rights.entry(bad) is None


def test_a_refusal_on_the_way_is_made_good(made: World, registry: Registry) -> None:
    numbers = [made.number() for _ in range(12)]
    bad = numbers[7]
    events = [*map(summary, numbers), *map(renewal, numbers)]
    events[7] = summary(bad, code="Z99")
    items = list(registry.rights.record_many(events, batch_size=3))
    assert outcomes(items) == {"taken": 22, "batch_refused": 2}
    entries = registry.rights.entries(numbers)
    assert [number for number, entry in zip(numbers, entries, strict=True) if entry is None] == [bad]
    assert all(entry.event_count == 2 for entry in entries if entry is not None)


def test_a_key_that_may_not_sign_is_told_of_each_event(made: World, registry: Registry) -> None:
    events = [summary(made.number()) for _ in range(4)]
    items = list(registry.rights.record_many(events, batch_size=2, signer=DevelopmentSigner.account(9)))
    assert outcomes(items) == {"batch_refused": 4}
    assert all(isinstance(item.error, ContractError) for item in items)


def test_offices_have_batches_of_their_own(made: World, registry: Registry) -> None:
    numbers = [made.number(office) for office in ("EM", "JP", "EM", "JP")]
    items = list(registry.rights.record_many(map(summary, numbers), signer_of=KEYS.__getitem__))
    assert outcomes(items) == {"taken": 4}
    assert len({item.transaction_hash for item in items}) == 2


def test_an_entry_goes_on_under_another_number_in_the_same_batch(made: World, registry: Registry) -> None:
    former, number = made.number(), made.number()
    follows = EntryFacts(relation=Relation.CONTINUATION_OF, related=former)
    events = [summary(former), renewal(number, code="W10", facts=follows), renewal(number)]
    assert outcomes(list(registry.rights.record_many(events))) == {"taken": 3}
    assert outcomes(list(registry.rights.record_many(events))) == {"already_recorded": 3}
    report = registry.rights.verify_history(number)
    assert report is not None
    assert report.is_complete, report.to_json()


def test_what_no_block_holds_is_split(made: World, registry: Registry) -> None:
    facts = {"dossier": b"\1" * 32, "representation": b"\2" * 32, "holder": b"\3" * 32}
    full = EntryFacts(filing_date=FILED, registration_date=date(2014, 8, 1), classes=(9, 42), **facts)
    items = list(registry.rights.record_many(summary(made.number(), facts=full) for _ in range(200)))
    assert outcomes(items) == {"taken": 200}
    assert len({item.transaction_hash for item in items}) == 2


def test_an_irregular_event_is_told(made: World, registry: Registry) -> None:
    number = made.number()
    odd = renewal(number, system="NAT:EM", code="ODD", resulting=StatePair.parse("N6"), facts=EntryFacts())
    items = list(registry.rights.record_many([summary(number), odd]))
    assert [item.is_irregular for item in items] == [False, True]


def test_a_fault_of_the_source_comes_after_what_was_sent(made: World, registry: Registry) -> None:
    number = made.number()

    def source() -> Iterator[LegalStatusEvent]:
        yield summary(number)
        yield summary(made.number())
        raise OSError("the file ends here")

    running = registry.rights.record_many(source(), batch_size=1)
    items = [next(running), next(running)]
    with pytest.raises(OSError, match="ends here"):
        next(running)
    assert outcomes(items) == {"taken": 2}
    assert registry.rights.entry(number) is not None


def test_heads_of_several_batches_are_asked_for_at_once(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def heads(rights: RightsReader, numbers: Iterable[OfficeNumber]) -> dict[OfficeNumber, bytes | None]:
        found = answer(rights, numbers)
        asked.append(len(found))
        return found

    answer = RightsReader.heads
    monkeypatch.setattr(RightsReader, "heads", heads)
    events = [summary(made.number()) for _ in range(30)]
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        registry = made.registry(signer=KEYS["EM"], outbox=outbox)
        assert outcomes(list(registry.rights.record_many(events, batch_size=3))) == {"taken": 30}
    assert [count for count in asked if count] == [24, 6]


@pytest.mark.parametrize("size", [0, 201])
def test_batches_have_1_to_200_events(registry: Registry, size: int) -> None:
    with pytest.raises(InputError, match="1 to 200 events"):
        registry.rights.record_many([], batch_size=size)
