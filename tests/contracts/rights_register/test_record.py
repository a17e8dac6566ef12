"""Recording events one by one: what the entry becomes, and what the log says, word for word."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.rights_register.checks import accepted, facts_log, logs_of_history, recorded_log
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import logs_of, storage_root, time_of
from tests.contracts.support.offices import digest, number
from tests.contracts.support.rights import (
    APPLICATION_RECORD,
    BASIS,
    CEASED,
    FILED,
    NO_ENTRY,
    PUBLISHED,
    REFUSED,
    REGISTERED,
    TERMINATED,
    ZERO,
    Entry,
    Event,
    after,
    ask,
    bits,
    entry_of,
    facts,
    filing,
    head_of,
    record,
    record_all,
    record_batch,
    signed,
)

MARK = "EM/T/018660437"


def life() -> list[Event]:
    """A mark from filing to termination, each event regular."""
    filed = filing(
        MARK, dossier=digest("dossier"), representation=digest("image"), holder=digest("holder"), classes=[9, 25, 42]
    )
    published = after(filed, "D10", "A3", PUBLISHED, 20900601, published=20900601, document=digest("bulletin"))
    registered = after(
        published,
        "F10-F11",
        "A4",
        REGISTERED,
        20900910,
        effective=20900901,
        published=20900912,
        registration_date=20900901,
        expiry_date=21000310,
        dossier=digest("dossier as registered"),
    )
    limited = after(registered, "P10", on=20910101, classes=[9, 42])
    transferred = after(limited, "R10", on=20920202, holder=digest("other holder"))
    surrendered = after(transferred, "H10", "N4", CEASED, 20930303, effective=20930401)
    ended = after(surrendered, "N10", "T6", TERMINATED, 20931003)
    return [filed, published, registered, limited, transferred, surrendered, ended]


@pytest.mark.smoke
def test_first_event_creates(rights: Any) -> None:
    filed = filing(MARK)
    assert entry_of(rights, MARK) == NO_ENTRY
    assert ask(rights, filed) is True
    transaction = record(rights, filed)
    assert entry_of(rights, MARK) == Entry(
        state=b"A",
        stage=b"1",
        status=FILED,
        event_count=1,
        filing_date=filed.event_date,
        classes=bits([9, 25]),
        head=head_of(filed),
    )
    time = time_of(transaction)
    assert logs_of(transaction) == [recorded_log(rights, filed, None, 1, time), facts_log(rights, filed)]


def test_a_whole_life(rights: Any) -> None:
    """The entry after each event, and the logs of all, in order."""
    events = life()
    filed = Entry(
        state=b"A",
        stage=b"1",
        status=FILED,
        event_count=1,
        filing_date=events[0].event_date,
        classes=bits([9, 25, 42]),
        head=head_of(events[0]),
        dossier=digest("dossier"),
        representation=digest("image"),
        holder=digest("holder"),
    )
    changes: list[dict[str, Any]] = [
        {},
        {"stage": b"3", "status": PUBLISHED},
        {
            "stage": b"4",
            "status": REGISTERED,
            "registration_date": 20900901,
            "expiry_date": 21000310,
            "dossier": digest("dossier as registered"),
        },
        {"classes": bits([9, 42])},
        {"holder": digest("other holder")},
        {"state": b"N", "status": CEASED, "ceased_on": 20930401},
        {"state": b"T", "stage": b"6", "status": TERMINATED, "terminated_by": 7},
    ]
    expected, earlier = filed, None
    for sequence, (event, change) in enumerate(zip(events, changes, strict=True), start=1):
        transaction = record(rights, event)
        expected = expected._replace(event_count=sequence, head=head_of(event), **change)
        assert entry_of(rights, MARK) == expected
        logs = [recorded_log(rights, event, earlier, sequence, time_of(transaction))]
        if event.facts.changes:
            logs.append(facts_log(rights, event))
        assert logs_of(transaction) == logs
        earlier = event


def test_designs(rights: Any) -> None:
    """Each design of a multiple registration is an entry under its own number."""
    designs = [filing(f"EM/D/015012345-000{index}", classes=[6, 32]) for index in range(1, 4)]
    for design in designs:
        record(rights, design)
        assert entry_of(rights, design.number).classes == bits([6, 32])
    assert [bytes(head) for head in rights.headsOf([design.number for design in designs])] == [
        head_of(design) for design in designs
    ]


def test_heads_are_those_that_eth_account_hashes(rights: Any) -> None:
    """The head says the whole history: each statement names the one before it."""
    events = life()
    transaction = record_batch(rights, events)
    assert entry_of(rights, MARK).head == head_of(events[-1])
    assert logs_of(transaction)[:-1] == logs_of_history(rights, transaction, *events)


@pytest.mark.parametrize(
    "other",
    [
        {"document": digest("other")},
        {"event_date": 20900311, "effective_date": 20900311},
        {"publication_date": 20900401},
        {"facts": facts(filing_date=20900310, classes=[9])},
    ],
)
def test_heads_depend_on_every_word(rights: Any, other: dict[str, Any]) -> None:
    filed = filing(MARK)
    changed = filed._replace(**other)
    assert head_of(changed) != head_of(filed)
    record(rights, changed)
    assert entry_of(rights, MARK).head == head_of(changed)


def test_resubmission_changes_nothing(rights: Any) -> None:
    """Whoever sends the last event again, and whatever signature comes with it."""
    filed = filing(MARK)
    for event in (filed, after(filed, "D10", "A2", PUBLISHED)):
        record(rights, event)
        root = storage_root(rights)
        for signature in (signed(rights, event), b"", b"\1" * 65):
            assert rights.record.call(event, signature, {"from": accounts[10]}) is False
            transaction = rights.record(event, signature, {"from": accounts[10]})
            assert logs_of(transaction) == []
            assert storage_root(rights) == root


def test_resubmission_of_an_earlier_event(rights: Any) -> None:
    filed = filing(MARK)
    head = head_of(record_all(rights, filed, after(filed, "D10", "A2", PUBLISHED)))
    reverts_with(lambda: ask(rights, filed), "RightsRegisterNotHead", filed.number, head, ZERO)


def test_only_the_head_is_followed(rights: Any) -> None:
    """Not an earlier event, not another entry's, not an unknown one, and no second beginning."""
    filed = filing(MARK)
    published = record_all(rights, filed, after(filed, "D10", "A2", PUBLISHED))
    other = record_all(rights, filing("EM/T/018660438"))
    last = after(published, "W10")
    head = head_of(published)
    for previous in (head_of(filed), head_of(other), digest("unknown"), ZERO):
        stale = last._replace(previous=previous)
        reverts_with(lambda stale=stale: ask(rights, stale), "RightsRegisterNotHead", filed.number, head, previous)
    assert ask(rights, last) is True


def test_the_first_event_follows_nothing(rights: Any) -> None:
    filed = filing(MARK)._replace(previous=digest("something"))
    reverts_with(lambda: ask(rights, filed), "RightsRegisterNotHead", filed.number, ZERO, digest("something"))


def test_two_events_for_one_head(rights: Any) -> None:
    """The one that comes first is recorded, and the other is told so."""
    filed = record_all(rights, filing(MARK))
    one, two = after(filed, "D10", "A2", PUBLISHED), after(filed, "B10", "N1", REFUSED)
    assert ask(rights, one) is True
    assert ask(rights, two) is True
    record(rights, two)
    reverts_with(lambda: ask(rights, one), "RightsRegisterNotHead", filed.number, head_of(two), head_of(filed))


@pytest.mark.parametrize(
    "text", ["EM/T/018660437 ", "EM/T/01866043é", "EM/T/", "EM/T/abc", "EM/X/018660437", "EM/t/018660437"]
)
def test_malformed_numbers(rights: Any, text: str) -> None:
    filed = filing(number(text))
    reverts_with(lambda: ask(rights, filed), "OfficeNumberMalformed", filed.number)


@pytest.mark.parametrize("right", list("PUSG"))
def test_other_rights(rights: Any, right: str) -> None:
    filed = filing(f"EM/{right}/018660437")
    reverts_with(lambda: ask(rights, filed), "RightsRegisterUnknownRight", right.encode())


def test_application_record_and_basis(rights: Any) -> None:
    """Stated one after the other, and taken back."""
    filed = filing(MARK)
    events = [
        filed,
        one := after(filed, "W10", relation=APPLICATION_RECORD, related=number("EM/T/APPLICATION")),
        two := after(one, "W10", relation=BASIS, related=number("WO/T/1234567")),
    ]
    record_batch(rights, events)
    entry = entry_of(rights, MARK)
    assert (entry.application, entry.basis) == (number("EM/T/APPLICATION"), number("WO/T/1234567"))
    record(rights, after(two, "W10", relation=BASIS))
    entry = entry_of(rights, MARK)
    assert (entry.application, entry.basis) == (number("EM/T/APPLICATION"), ZERO)


def test_views_of_what_is_not_there(rights: Any) -> None:
    for text in (MARK, "EM/P/1", "XX/T/1"):
        assert entry_of(rights, text) == NO_ENTRY
        assert rights.isCorrected(number(text), 1) is False
        assert tuple(rights.divisionOf(number(text))) == (0, 0, 0)
    assert [bytes(head) for head in rights.headsOf([number(MARK), ZERO])] == [ZERO, ZERO]
    assert len(rights.headsOf([])) == 0


def test_constructor(rights: Any, directory: Any, practice: Any, governance: Any, stranger: Any) -> None:
    kind = compiled("RightsRegister")
    assert rights.directory() == directory.address
    assert rights.practice() == practice.address
    reverts_with(
        lambda: kind.deploy(stranger, practice, {"from": governance}), "OfficeSignedNoDirectory", stranger.address
    )
    reverts_with(
        lambda: kind.deploy(directory, stranger, {"from": governance}), "RightsRegisterNoPractice", stranger.address
    )


def test_domain(rights: Any) -> None:
    fields, name, version, _, address, salt, extensions = rights.eip712Domain()
    assert (bytes(fields), name, version, address) == (b"\x0f", "Registrum RightsRegister", "1", rights.address)
    assert (bytes(salt), list(extensions)) == (ZERO, [])


def test_state_that_comes_back(rights: Any) -> None:
    """A right that is active again has not ceased, whatever it was before."""
    filed = filing(MARK)
    registered = after(filed, "F10", "A4", REGISTERED)
    ceased = after(registered, "H10", "N4", CEASED, 20910101, effective=20910201)
    record_batch(rights, [filed, registered, ceased])
    assert entry_of(rights, MARK).ceased_on == 20910201
    still = record_all(rights, after(ceased, "H10", "N5", CEASED, 20920101))
    assert entry_of(rights, MARK).ceased_on == 20910201
    record(rights, after(still, "K10", "A4", REGISTERED, 20930101))
    assert entry_of(rights, MARK).ceased_on == 0


def test_entries_do_not_touch_each_other(rights: Any) -> None:
    other = record_all(rights, filing("EM/T/018660438"))
    before = entry_of(rights, other.number)
    record_batch(rights, life())
    assert entry_of(rights, other.number) == before
    accepted(rights, after(other, "W10"))
