"""A registry that takes over from another: what the old one holds goes on in the new one.

The second version is `ApplicationRegistryV2`, which signs under version 2 and has a view more. Not its job: the
priority register's change to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from brownie import ZERO_ADDRESS

from registrum.signing.statements import Anchor, Correction, Registration, RegistrationBatch, Withdrawal
from tests.contracts.application_registry.vouching import (
    Reinstatement,
    answer,
    asked,
    compromise,
    confirming,
    depart,
    domain_of,
    state,
)
from tests.contracts.support.errors import error_name, reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, log, logs_of, mapping_slot, poke, time_of, travel
from tests.contracts.support.offices import Office, add_key, as_struct, digest, number, signer
from tests.contracts.support.records import (
    ALREADY_RECORDED,
    CONFLICT,
    CORRECTED,
    EMPTY,
    FILED,
    RECORDS_SLOT,
    WITHDRAWN,
    Record,
    as_record,
    check_absent,
    check_recorded,
    record_of,
    words_of,
)
from tests.contracts.support.trees import Tree

OLD = Registration(number("EM/T/1"), 20240131, 0, digest("old"))
GONE = Registration(number("EM/T/2"), 20240131, 1, digest("old and withdrawn"))
NEW = Registration(number("EM/T/3"), 20240131, 0, digest("new"))
TREE = Tree([Registration(number(f"EM/P/{index}"), 20240131, 0, digest(str(index))) for index in range(5)])
LEAF = TREE.items[0]
FIRST = Anchor(b"EM", 1, digest("first root"), 1000)
SECOND = Anchor(b"EM", 2, TREE.root, 5)


def successor_of(registry: Any, directory: Any, sender: Any) -> Any:
    """The next version of a registry, deployed."""
    return compiled("ApplicationRegistryV2").deploy(directory, registry, {"from": sender})


@pytest.fixture(scope="module")
def filed(registry: Any, em: Office) -> Record:
    """What the first version holds: a record, a withdrawn one, two anchors; returns the first record."""
    time = time_of(state(registry, RegistrationBatch(b"EM", (OLD, GONE)), em.key))
    state(registry, Withdrawal(GONE.number, 1), em.key)
    state(registry, FIRST, em.key)
    state(registry, SECOND, em.key)
    travel(DAY)
    return Record.filed(OLD, em.key.address, time)


@pytest.fixture(scope="module", params=[2, 3], ids=["second version", "third version"])
def new(request: Any, registry: Any, directory: Any, governance: Any, filed: Record) -> Any:
    """The registry in force: the second version, or a third behind an empty second."""
    latest = registry
    for _ in range(1, request.param):
        latest = successor_of(latest, directory, governance)
    return latest


def kept_here(new: Any, number: bytes) -> bool:
    kept: bool = new.isKeptHere(number)
    return kept


# Construction


def test_the_first_has_none(registry: Any) -> None:
    assert registry.predecessor() == ZERO_ADDRESS


def test_names_its_predecessor(registry: Any, directory: Any, governance: Any) -> None:
    second = successor_of(registry, directory, governance)
    third = successor_of(second, directory, governance)
    assert (second.predecessor(), third.predecessor()) == (registry.address, second.address)
    assert second.directory() == third.directory() == directory.address
    assert domain_of(second).version == "2"


def test_predecessor_is_a_registry_of_the_same_directory(registry: Any, directory: Any, governance: Any) -> None:
    other = compiled("OfficeDirectory").deploy(governance, {"from": governance})
    for name in ("ApplicationRegistry", "ApplicationRegistryV2"):
        for under, predecessor in ((directory, governance.address), (other, registry.address)):
            reverts_with(
                lambda name=name, under=under, predecessor=predecessor: compiled(name).deploy(
                    under, predecessor, {"from": governance}
                ),
                "ApplicationRegistryInvalidPredecessor",
                predecessor,
            )


# Reading


@pytest.mark.smoke
def test_answers_from_its_predecessor(registry: Any, new: Any, em: Office, filed: Record) -> None:
    assert record_of(new, OLD.number) == filed
    assert record_of(new, GONE.number).status == WITHDRAWN
    assert record_of(new, NEW.number) == EMPTY
    asked_for = [NEW.number, GONE.number, OLD.number]
    assert [as_record(values) for values in new.recordsOf(asked_for)] == [
        EMPTY,
        record_of(registry, GONE.number),
        filed,
    ]
    for statement in (FIRST, SECOND):
        at = registry.anchoredAt(as_struct(statement), em.key.address)
        assert new.anchoredAt(as_struct(statement), em.key.address) == at > 0
        assert new.anchoredAt(as_struct(statement), em.second.address) == 0
    assert (new.nextSequence(b"EM"), new.nextSequence(b"RU")) == (3, 1)
    assert not kept_here(new, OLD.number)


def test_what_the_predecessor_takes_later_counts_too(registry: Any, new: Any, em: Office, filed: Record) -> None:
    """It is not closed; as long as the new one has nothing of its own, it follows."""
    time = time_of(state(registry, Correction(OLD.number, 20240201, 0, digest("corrected"), 1), em.second))
    corrected = Record(digest("corrected"), em.second.address, time, 20240201, 2, CORRECTED)
    assert record_of(new, OLD.number) == corrected
    state(new, Withdrawal(OLD.number, 2), em.key)
    state(registry, Correction(OLD.number, 20240202, 0, digest("late"), 2), em.second)
    assert record_of(new, OLD.number) == replace(corrected, version=3, status=WITHDRAWN)


# Numbers


@pytest.mark.smoke
def test_new_numbers(registry: Any, new: Any, em: Office) -> None:
    assert asked(new, NEW, em.key) is True
    time = time_of(state(new, NEW, em.key))
    check_recorded(new, NEW.number, Record.filed(NEW, em.key.address, time))
    check_absent(registry, NEW.number)
    assert kept_here(new, NEW.number)


def test_old_numbers_are_taken(new: Any, em: Office, filed: Record) -> None:
    """The same content is no news, whoever sends it; other content is a conflict. Neither is stored."""
    assert answer(new, OLD, b"") is False
    assert answer(new, GONE, b"") is False
    assert logs_of(state(new, OLD, em.key)) == []
    for changes in ({"digest": digest("x")}, {"filing_date": 20240130}, {"disclosure": 1}):
        reverts_with(
            lambda changes=changes: state(new, replace(OLD, **changes), em.key),
            "ApplicationRegistryConflict",
            OLD.number,
            OLD.digest,
            OLD.filing_date,
        )
    assert words_of(new, OLD.number) == words_of(new, GONE.number) == (0, 0)


@pytest.mark.parametrize("order", ["old first", "new first", "mixed", "old only"])
def test_batch_with_old_numbers(new: Any, em: Office, filed: Record, order: str) -> None:
    forged = replace(GONE, digest=digest("forged"))
    bad = replace(NEW, number=number("EM/T/9"), filing_date=20240230)
    more = replace(NEW, number=number("EM/T/4"))
    items = {
        "old first": (OLD, forged, bad, NEW, more),
        "new first": (NEW, more, bad, OLD, forged),
        "mixed": (NEW, OLD, bad, more, forged, OLD),
        "old only": (OLD, OLD, forged),
    }[order]
    fresh = [item for item in items if item in (NEW, more)]
    already = items.count(OLD)
    refused = len(items) - len(fresh) - already
    batch = RegistrationBatch(b"EM", items)
    assert asked(new, batch, em.key) == (len(fresh), already, refused)
    tx = state(new, batch, em.key)
    outcomes = {OLD: ALREADY_RECORDED, forged: CONFLICT, bad: 5}
    expected = []
    for item in items:
        facts = {"number": item.number, "digest": item.digest, "filingDate": item.filing_date}
        if item in fresh:
            expected.append(
                log(new, "ApplicationRegistered", signingKey=em.key.address, disclosure=item.disclosure, **facts)
            )
        else:
            facts |= {"office": b"EM", "disclosure": item.disclosure, "outcome": outcomes[item]}
            expected.append(log(new, "ApplicationNotTaken", **facts))
    assert logs_of(tx)[:-1] == expected
    for item in fresh:
        check_recorded(new, item.number, Record.filed(item, em.key.address, time_of(tx)))
    assert (kept_here(new, OLD.number), kept_here(new, GONE.number)) == (False, False)


def test_batch_of_many(new: Any, em: Office, filed: Record) -> None:
    """As many as fit a block where two predecessors are asked about each."""
    items = tuple(replace(NEW, number=number(f"EM/T/N{index}")) for index in range(400))
    assert asked(new, RegistrationBatch(b"EM", items), em.key) == (400, 0, 0)
    tx = state(new, RegistrationBatch(b"EM", items), em.key)
    assert len(logs_of(tx)) == 401


# Changes: copied on the first write


def test_correction_goes_on(registry: Any, new: Any, em: Office, filed: Record) -> None:
    correction = Correction(OLD.number, 20240201, 1, digest("corrected"), 1)
    reverts_with(
        lambda: state(new, replace(correction, replaces=2), em.second),
        "ApplicationRegistryVersionMismatch",
        OLD.number,
        1,
        2,
    )
    tx = state(new, correction, em.second)
    expected = Record(correction.digest, em.second.address, time_of(tx), 20240201, 2, CORRECTED, 1)
    check_recorded(new, OLD.number, expected)
    assert logs_of(tx) == [
        log(
            new,
            "ApplicationCorrected",
            number=OLD.number,
            signingKey=em.second.address,
            digest=correction.digest,
            filingDate=20240201,
            disclosure=1,
            version=2,
            previous=filed.values(),
        )
    ]
    assert answer(new, correction, b"") is False
    check_recorded(registry, OLD.number, filed)
    assert kept_here(new, OLD.number)


def test_withdrawal_and_reinstatement_go_on(registry: Any, new: Any, em: Office, filed: Record) -> None:
    """Key and time stay those of the content."""
    state(new, Withdrawal(OLD.number, 1), em.second)
    check_recorded(new, OLD.number, replace(filed, version=2, status=WITHDRAWN))
    gone = record_of(registry, GONE.number)
    assert answer(new, Withdrawal(GONE.number, 2), b"") is False
    assert not kept_here(new, GONE.number)
    state(new, Reinstatement(GONE.number, 2), em.second)
    check_recorded(new, GONE.number, replace(gone, version=3, status=CORRECTED))
    assert record_of(registry, GONE.number) == gone


def test_statements_for_the_predecessor_are_not_for_this(registry: Any, new: Any, em: Office, filed: Record) -> None:
    """Signed for another contract and another version."""
    withdrawal = Withdrawal(OLD.number, 1)
    domains = (domain_of(registry), replace(domain_of(new), version="1"))
    for signature in (em.key.sign(withdrawal, domain) for domain in domains):
        assert error_name(lambda signature=signature: answer(new, withdrawal, signature)) == "OfficeDirectoryUnknownKey"


def test_unknown_numbers(new: Any, em: Office, filed: Record) -> None:
    for statement in (
        Correction(NEW.number, 20240201, 0, digest("corrected"), 1),
        Withdrawal(NEW.number, 1),
        Reinstatement(NEW.number, 2),
        confirming(NEW),
    ):
        reverts_with(
            lambda statement=statement: asked(new, statement, em.key), "ApplicationRegistryNotRecorded", NEW.number
        )


# Suspect records


def test_suspicion_goes_on(registry: Any, new: Any, directory: Any, em: Office, filed: Record) -> None:
    compromise(directory, em, em.key, filed.recorded_at)
    assert new.isSuspect(OLD.number) is True
    assert new.standingOf(OLD.number)[1] is True
    tx = state(new, confirming(OLD), em.second)
    assert logs_of(tx) == [
        log(new, "ApplicationReconfirmed", number=OLD.number, signingKey=em.second.address, version=1)
    ]
    check_recorded(new, OLD.number, filed)
    assert (new.isSuspect(OLD.number), registry.isSuspect(OLD.number)) == (False, True)
    assert new.reconfirmationOf(OLD.number) == (em.second.address, time_of(tx), 1)


def test_confirmation_by_the_predecessor_goes_on(
    registry: Any, new: Any, directory: Any, em: Office, filed: Record
) -> None:
    """Before the record is copied and after."""
    compromise(directory, em, em.key, filed.recorded_at)
    confirmation = confirming(OLD)
    expected = (em.second.address, time_of(state(registry, confirmation, em.second)), 1)
    assert (new.isSuspect(OLD.number), new.reconfirmationOf(OLD.number)) == (False, expected)
    assert asked(new, confirmation, em.second) == (0, 1)
    state(new, Withdrawal(OLD.number, 1), em.second)
    assert kept_here(new, OLD.number)
    assert (new.isSuspect(OLD.number), new.reconfirmationOf(OLD.number)) == (False, expected)


def test_confirmation_by_the_predecessor_does_not_cover_later_content(
    registry: Any, new: Any, directory: Any, em: Office, filed: Record
) -> None:
    """Both versions of the registry have a version 2 of the record, with different contents."""
    third = signer("EM third key")
    add_key(directory, em, third.address)
    forged = Correction(OLD.number, 20240131, 0, digest("forged"), 1)
    time = time_of(state(new, forged, third))
    state(registry, replace(forged, digest=digest("right")), em.second)
    state(registry, confirming(replace(OLD, digest=digest("right"))), em.second)
    compromise(directory, em, third, time)
    assert (registry.isSuspect(OLD.number), new.isSuspect(OLD.number)) == (False, True)
    assert new.reconfirmationOf(OLD.number) == (ZERO_ADDRESS, 0, 0)


def test_the_last_version(registry: Any, new: Any, directory: Any, em: Office, filed: Record) -> None:
    last = replace(filed, version=255, status=CORRECTED)
    poke(registry, mapping_slot(OLD.number, RECORDS_SLOT) + 1, last.words()[1])
    correction = Correction(OLD.number, 20240201, 0, digest("right"), 255)
    reverts_with(lambda: state(new, correction, em.second), "ApplicationRegistryVersionLimit", OLD.number)
    compromise(directory, em, em.key, filed.recorded_at)
    time = time_of(state(new, correction, em.second))
    check_recorded(new, OLD.number, Record(correction.digest, em.second.address, time, 20240201, 255, CORRECTED))


def test_successor_of_the_office(
    new: Any, directory: Any, governance: Any, em: Office, ru: Office, filed: Record
) -> None:
    """A successor of an office tends records that a predecessor of the registry holds."""
    depart(directory, governance, em, ru)
    state(new, Withdrawal(OLD.number, 1), ru.key)
    check_recorded(new, OLD.number, replace(filed, version=2, status=WITHDRAWN))


# Anchors


@pytest.mark.smoke
def test_old_proofs_disclose_here(registry: Any, new: Any, em: Office, filed: Record) -> None:
    """Key and time are those of the old anchor; nothing of it is copied."""
    at = registry.anchoredAt(as_struct(SECOND), em.key.address)
    arguments = (as_struct(SECOND), em.key.address, as_struct(LEAF), TREE.path(LEAF))
    tx = new.disclose(*arguments, {"from": em.seat})
    check_recorded(new, LEAF.number, Record.filed(LEAF, em.key.address, at))
    assert [entry.topics[0] for entry in logs_of(tx)] == [
        log(
            new,
            "ApplicationRegistered",
            number=LEAF.number,
            signingKey=em.key.address,
            digest=LEAF.digest,
            filingDate=LEAF.filing_date,
            disclosure=0,
        ).topics[0],
        log(new, "ApplicationDisclosed", number=LEAF.number, sequence=2).topics[0],
    ]
    assert new.disclose.call(*arguments, {"from": em.seat}) is False


def test_disclosed_before(registry: Any, new: Any, em: Office, filed: Record) -> None:
    arguments = (as_struct(SECOND), em.key.address, as_struct(LEAF), TREE.path(LEAF))
    registry.disclose(*arguments, {"from": em.seat})
    assert new.disclose.call(*arguments, {"from": em.seat}) is False
    assert record_of(new, LEAF.number).status == FILED


def test_disclosure_in_conflict_with_an_old_record(registry: Any, new: Any, em: Office, filed: Record) -> None:
    state(registry, replace(LEAF, digest=digest("other")), em.key)
    reverts_with(
        lambda: new.disclose(as_struct(SECOND), em.key.address, as_struct(LEAF), TREE.path(LEAF), {"from": em.seat}),
        "ApplicationRegistryConflict",
        LEAF.number,
        digest("other"),
        LEAF.filing_date,
    )


def test_proofs_of_no_anchor(new: Any, em: Office, filed: Record) -> None:
    for statement, key in (
        (SECOND, em.second.address),
        (replace(SECOND, leaf_count=6), em.key.address),
        (replace(SECOND, sequence=3), em.key.address),
    ):
        reverts_with(
            lambda statement=statement, key=key: new.disclose(
                as_struct(statement), key, as_struct(LEAF), TREE.path(LEAF), {"from": em.seat}
            ),
            "ApplicationRegistryUnknownAnchor",
            b"EM",
            statement.sequence,
        )


def test_sequences_go_on(registry: Any, new: Any, em: Office, ru: Office, filed: Record) -> None:
    third = Anchor(b"EM", 3, digest("third root"), 7)
    for sequence in (0, 4, 2**64 - 1):
        reverts_with(
            lambda sequence=sequence: asked(new, replace(third, sequence=sequence), em.key),
            "ApplicationRegistrySequenceGap",
            b"EM",
            3,
            sequence,
        )
    for sequence in range(3, 12):
        state(new, replace(third, sequence=sequence), em.key)
        assert (new.nextSequence(b"EM"), registry.nextSequence(b"EM")) == (sequence + 1, 3)
    assert asked(new, Anchor(b"RU", 1, digest("root"), 1), ru.key) is True
    assert new.anchoredAt(as_struct(third), em.key.address) > 0
    assert registry.anchoredAt(as_struct(third), em.key.address) == 0


def test_old_sequence_numbers_are_taken(new: Any, em: Office, filed: Record) -> None:
    """The same anchor by the same key is no news, any other a conflict."""
    assert asked(new, FIRST, em.key) is False
    assert logs_of(state(new, SECOND, em.key)) == []
    for statement, key in ((FIRST, em.second), (replace(SECOND, root=digest("x")), em.key)):
        reverts_with(
            lambda statement=statement, key=key: state(new, statement, key),
            "ApplicationRegistryAnchorConflict",
            b"EM",
            statement.sequence,
        )


def test_anchors_in_both(registry: Any, new: Any, em: Office, filed: Record) -> None:
    """The predecessor goes on too: no sequence number is taken twice here, none left out, and this one counts."""
    ours, theirs = Anchor(b"EM", 3, digest("ours"), 1), Anchor(b"EM", 3, digest("theirs"), 1)
    state(new, ours, em.key)
    state(registry, theirs, em.key)
    assert new.anchoredAt(as_struct(ours), em.key.address) > 0
    assert new.anchoredAt(as_struct(theirs), em.key.address) == 0
    state(registry, replace(theirs, sequence=4), em.key)
    assert new.anchoredAt(as_struct(replace(theirs, sequence=4)), em.key.address) > 0
    assert new.nextSequence(b"EM") == 5
    reverts_with(lambda: asked(new, replace(ours, sequence=4), em.key), "ApplicationRegistryAnchorConflict", b"EM", 4)
    state(new, replace(ours, sequence=5), em.key)
    assert new.nextSequence(b"EM") == 6


# Generations


def test_three_versions_with_something_each(
    registry: Any, directory: Any, governance: Any, em: Office, filed: Record
) -> None:
    """A record begun in the first, corrected in the second and withdrawn in the third; anchors in all."""
    second = successor_of(registry, directory, governance)
    time = time_of(state(second, Correction(OLD.number, 20240201, 0, digest("corrected"), 1), em.second))
    state(second, Anchor(b"EM", 3, digest("third root"), 7), em.key)
    third = successor_of(second, directory, governance)
    corrected = Record(digest("corrected"), em.second.address, time, 20240201, 2, CORRECTED)
    assert record_of(third, OLD.number) == corrected
    state(third, Withdrawal(OLD.number, 2), em.key)
    assert record_of(third, OLD.number) == replace(corrected, version=3, status=WITHDRAWN)
    assert (record_of(second, OLD.number), record_of(registry, OLD.number)) == (corrected, filed)
    assert third.nextSequence(b"EM") == 4
    state(third, Anchor(b"EM", 4, digest("fourth root"), 7), em.key)
    assert [version.nextSequence(b"EM") for version in (registry, second, third)] == [3, 4, 5]
    assert third.anchoredAt(as_struct(FIRST), em.key.address) > 0
