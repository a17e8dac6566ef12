"""Batches: events of one office under one signature, in their order, all or none."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from brownie import accounts

from tests.contracts.rights_register.checks import facts_log, logs_of_history, recorded_log
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of, next_block_at, now, rewound, storage_root, time_of
from tests.contracts.support.offices import RELAYER, Office, digest, number
from tests.contracts.support.rights import (
    CEASED,
    FILED,
    IMPORTED,
    NO_ENTRY,
    PUBLISHED,
    REGISTERED,
    ZERO,
    Event,
    after,
    ask_batch,
    entry_of,
    filing,
    head_of,
    record,
    record_all,
    record_batch,
    register_key,
    signed_batch,
)


def filings(count: int, office: str = "EM") -> list[Event]:
    return [filing(f"{office}/T/{index}", "W10", "A4", REGISTERED)._replace(flags=IMPORTED) for index in range(count)]


def batch_log(rights: Any, recorded: int, already: int, office: bytes = b"EM", signer: str = "") -> Any:
    return log(
        rights,
        "BatchRecorded",
        office=office,
        signer=signer or register_key(office).address,
        recorded=recorded,
        alreadyRecorded=already,
    )


def chain_of(text: str) -> list[Event]:
    """A mark from filing to cessation."""
    filed = filing(text, holder=digest("holder"))
    published = after(filed, "D10", "A3", PUBLISHED, 20900601)
    registered = after(published, "F10", "A4", REGISTERED, 20901201, expiry_date=21000310)
    return [filed, published, registered, after(registered, "H10", "N4", CEASED, 20950101)]


@pytest.mark.smoke
def test_a_batch(rights: Any) -> None:
    """Its logs are those of the single events, and one of its own."""
    one, two = chain_of("EM/T/1"), chain_of("EM/D/1")
    assert tuple(ask_batch(rights, [*one, *two])) == (8, 0)
    transaction = record_batch(rights, [*one, *two])
    assert logs_of(transaction) == [
        *logs_of_history(rights, transaction, *one),
        *logs_of_history(rights, transaction, *two),
        batch_log(rights, 8, 0),
    ]
    assert [bytes(head) for head in rights.headsOf([one[0].number, two[0].number])] == [
        head_of(one[-1]),
        head_of(two[-1]),
    ]


def test_the_same_as_one_by_one(rights: Any) -> None:
    """Storage is the same, however events are packed and entries interleaved."""
    one, two = chain_of("EM/T/1"), chain_of("EM/T/2")
    mixed = [event for both in zip(one, two, strict=True) for event in both]
    time, roots = now() + 1000, set()
    for parts in ([[*one, *two]], [mixed], [[*two, *one]], [one, two], [[event] for event in mixed]):
        with rewound():
            for part in parts:
                next_block_at(time) if part is parts[0] else None
                record_batch(rights, part)
            roots.add(storage_root(rights))
    with rewound():
        for event in mixed:
            record(rights, event)
        roots.add(storage_root(rights))
    assert len(roots) == 1


def test_order_counts(rights: Any) -> None:
    """Events of one entry are taken in their order only."""
    events = chain_of("EM/T/1")[:3]
    for order in permutations(range(3)):
        batch = [events[index] for index in order]
        if order == (0, 1, 2):
            assert tuple(ask_batch(rights, batch)) == (3, 0)
            continue
        recorded = [ZERO, *map(head_of, events)]
        head = ZERO
        for event in batch:
            if event.previous != head:
                break
            head = head_of(event)
        assert head in recorded
        reverts_with(
            lambda batch=batch: ask_batch(rights, batch), "RightsRegisterNotHead", event.number, head, event.previous
        )


@pytest.mark.parametrize("size", [0, 201, 202, 256])
def test_sizes_that_are_refused(rights: Any, em: Office, size: int) -> None:
    events = filings(1) * size
    reverts_with(
        lambda: rights.recordBatch.call(em.code, events, b"", {"from": accounts[RELAYER]}),
        "RightsRegisterBatchSize",
        size,
        200,
    )


def test_two_hundred(rights: Any) -> None:
    assert tuple(ask_batch(rights, filings(200))) == (200, 0)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_numbers_of_another_office(rights: Any, em: Office, ru: Office, position: int) -> None:
    """Whoever signs: one batch is of one office."""
    batch = filings(2)
    batch.insert(position, filing("RU/T/1"))
    for office, found in ((em, batch[position]), (ru, next(event for event in batch if event.number[:2] == b"EM"))):
        for key in (register_key("EM"), register_key("RU")):
            reverts_with(
                lambda office=office, key=key: ask_batch(rights, batch, key, office.code),
                "RightsRegisterOtherOffice",
                found.number,
                office.code,
            )


def test_all_or_none(rights: Any) -> None:
    """One bad event, wherever it stands, and nothing is recorded."""
    good = filings(3)
    bad = filing("EM/T/BAD", status=77)
    root = storage_root(rights)
    for position in range(4):
        batch = [*good[:position], bad, *good[position:]]
        reverts_with(lambda batch=batch: record_batch(rights, batch), "RightsRegisterUnknownStatus", bad.number, 77)
        assert storage_root(rights) == root
    assert entry_of(rights, "EM/T/0") == NO_ENTRY
    record_batch(rights, good)


def test_resent(rights: Any, stranger: Any) -> None:
    """A second time nothing changes but a log that says so."""
    events = filings(5)
    signature = signed_batch(rights, b"EM", events)
    arguments = (b"EM", events, signature)
    rights.recordBatch(*arguments, {"from": accounts[RELAYER]})
    root = storage_root(rights)
    assert tuple(rights.recordBatch.call(*arguments, {"from": stranger})) == (0, 5)
    transaction = rights.recordBatch(*arguments, {"from": stranger})
    assert logs_of(transaction) == [batch_log(rights, 0, 5)]
    assert storage_root(rights) == root


def test_resent_in_part(rights: Any) -> None:
    """What is the last event of its entry is passed over, wherever it stands; by whichever way it came."""
    events = filings(5)
    record(rights, events[1])
    record_batch(rights, events[3:4])
    transaction = record_batch(rights, events)
    time = time_of(transaction)
    expected = []
    for event in (events[0], events[2], events[4]):
        expected.append(recorded_log(rights, event, None, 1, time))
        expected.append(facts_log(rights, event))
    assert logs_of(transaction) == [*expected, batch_log(rights, 3, 2)]


def test_the_same_event_twice(rights: Any) -> None:
    event = filings(1)[0]
    assert tuple(ask_batch(rights, [event, event, event])) == (1, 2)


def test_a_longer_history_resent(rights: Any) -> None:
    """Only last events are known to the register; of the ones before it says that they are not the head's."""
    events = chain_of("EM/T/1")
    record_batch(rights, events)
    assert tuple(ask_batch(rights, events[-1:])) == (0, 1)
    reverts_with(
        lambda: ask_batch(rights, events), "RightsRegisterNotHead", events[0].number, head_of(events[-1]), ZERO
    )


def test_a_batch_that_overtakes_another(rights: Any) -> None:
    """Two batches for one head: the second says which entry moved."""
    first = record_all(rights, *filings(3))
    one, two = after(first, "W10"), after(first, "Q10")
    record_batch(rights, [one])
    batch = [filing("EM/T/NEW"), two]
    reverts_with(lambda: ask_batch(rights, batch), "RightsRegisterNotHead", first.number, head_of(one), head_of(first))


def test_events_do_not_leak_into_each_other(rights: Any) -> None:
    """Facts, flags and numbers of an event are its own, also after a passed-over and after an irregular one."""
    record(rights, filings(1)[0])
    jump = filing("EM/T/JUMP", resulting="A6", dossier=digest("dossier"))
    plain = filing("EM/T/PLAIN", classes=[1])
    transaction = record_batch(rights, [jump, *filings(1), plain])
    time = time_of(transaction)
    assert logs_of(transaction) == [
        recorded_log(rights, jump, None, 1, time, irregular=True),
        facts_log(rights, jump),
        recorded_log(rights, plain, None, 1, time),
        facts_log(rights, plain),
        batch_log(rights, 2, 1),
    ]
    entry = entry_of(rights, "EM/T/PLAIN")
    assert (entry.marks, entry.dossier, entry.classes, entry.status) == (0, ZERO, 2, FILED)


def test_each_office_its_own(rights: Any, em: Office, ru: Office) -> None:
    for office in (em, ru):
        transaction = record_batch(rights, filings(2, office.code.decode()))
        assert logs_of(transaction)[-1] == batch_log(rights, 2, 0, office.code)
    assert entry_of(rights, number("RU/T/0")).head != entry_of(rights, number("EM/T/0")).head
