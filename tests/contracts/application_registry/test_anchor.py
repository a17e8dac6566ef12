"""`ApplicationRegistry.anchor`, `anchoredAt` and `nextSequence`: one root for many records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registrum.signing.statements import Anchor
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of, time_of, travel
from tests.contracts.support.offices import Office, as_struct, ask, digest, send, sign, submit, unchecked

FIRST = Anchor(b"EM", 1, digest("root 1"), 1000)


def anchored_at(registry: Any, statement: Anchor, key: str) -> int:
    """What `anchoredAt` answers."""
    time: int = registry.anchoredAt(as_struct(statement), key)
    return time


@pytest.mark.smoke
@pytest.mark.parametrize("leaf_count", [1, 2, 1_000_000, 2**32 - 1])
def test_takes_an_anchor(registry: Any, em: Office, leaf_count: int) -> None:
    statement = replace(FIRST, leaf_count=leaf_count)
    signature = sign(registry, statement, em.key)
    assert anchored_at(registry, statement, em.key.address) == 0
    assert ask(registry, statement, signature) is True
    tx = send(registry, statement, signature)
    assert logs_of(tx) == [
        log(
            registry,
            "ApplicationsAnchored",
            office=em.code,
            root=statement.root,
            sequence=1,
            leafCount=leaf_count,
            signingKey=em.key.address,
        )
    ]
    assert anchored_at(registry, statement, em.key.address) == time_of(tx)
    assert registry.nextSequence(em.code) == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(FIRST, office=b"RU"),
        replace(FIRST, sequence=0),
        replace(FIRST, sequence=2),
        replace(FIRST, root=digest("root 2")),
        replace(FIRST, leaf_count=1001),
        unchecked(Anchor, office=b"EM", sequence=1, root=bytes(32), leaf_count=0),
    ],
    ids=["office", "sequence 0", "sequence 2", "root", "leaf count", "nothing"],
)
def test_anchored_at_answers_for_exactly_these_facts(registry: Any, em: Office, other: Anchor) -> None:
    tx = submit(registry, FIRST, em.key)
    assert anchored_at(registry, FIRST, em.key.address) == time_of(tx)
    assert anchored_at(registry, other, em.key.address) == 0


def test_anchored_at_answers_for_the_signing_key_only(registry: Any, em: Office, stranger: Any) -> None:
    submit(registry, FIRST, em.key)
    for other in (em.second.address, stranger.address, "0x" + "00" * 20):
        assert anchored_at(registry, FIRST, other) == 0


def test_next_sequence_counts_the_anchors(registry: Any, em: Office, ru: Office) -> None:
    """From none to 40; another office's count is its own."""
    assert registry.nextSequence(em.code) == 1
    for sequence in range(1, 41):
        submit(registry, Anchor(em.code, sequence, digest(f"root {sequence}"), sequence), em.key)
        assert registry.nextSequence(em.code) == sequence + 1
    assert registry.nextSequence(ru.code) == 1
    assert registry.nextSequence(b"ZZ") == 1
    for sequence in range(1, 41):
        statement = Anchor(em.code, sequence, digest(f"root {sequence}"), sequence)
        assert anchored_at(registry, statement, em.key.address) > 0
    assert anchored_at(registry, Anchor(em.code, 41, digest("root 40"), 40), em.key.address) == 0


@pytest.mark.parametrize("sequence", [0, 2, 3, 2**63, 2**64 - 1])
def test_first_sequence_is_one(registry: Any, em: Office, sequence: int) -> None:
    statement = replace(FIRST, sequence=sequence)
    reverts_with(
        lambda: ask(registry, statement, sign(registry, statement, em.key)),
        "ApplicationRegistrySequenceGap",
        em.code,
        1,
        sequence,
    )


@pytest.mark.parametrize("sequence", [0, 5, 6, 7, 8, 100, 2**64 - 1])
def test_no_gap(registry: Any, em: Office, sequence: int) -> None:
    for taken in (1, 2, 3):
        submit(registry, replace(FIRST, sequence=taken), em.key)
    statement = replace(FIRST, sequence=sequence)
    reverts_with(lambda: submit(registry, statement, em.key), "ApplicationRegistrySequenceGap", em.code, 4, sequence)
    assert registry.nextSequence(em.code) == 4


def test_offices_count_apart(registry: Any, em: Office, ru: Office) -> None:
    submit(registry, FIRST, em.key)
    russian = replace(FIRST, office=ru.code)
    tx = submit(registry, russian, ru.key)
    assert anchored_at(registry, russian, ru.key.address) == time_of(tx)
    assert (registry.nextSequence(em.code), registry.nextSequence(ru.code)) == (2, 2)


@pytest.mark.smoke
def test_same_anchor_again_is_harmless(registry: Any, em: Office, stranger: Any) -> None:
    signature = sign(registry, FIRST, em.key)
    time = time_of(send(registry, FIRST, signature))
    submit(registry, replace(FIRST, sequence=2), em.key)
    travel(1000)
    assert ask(registry, FIRST, signature) is False
    assert logs_of(send(registry, FIRST, signature, stranger)) == []
    assert anchored_at(registry, FIRST, em.key.address) == time
    assert registry.nextSequence(em.code) == 3


@pytest.mark.parametrize(
    "other",
    [replace(FIRST, root=digest("root 2")), replace(FIRST, leaf_count=999), replace(FIRST, leaf_count=1001)],
    ids=["root", "fewer leaves", "more leaves"],
)
def test_other_anchor_with_a_taken_sequence_conflicts(registry: Any, em: Office, other: Anchor) -> None:
    time = time_of(submit(registry, FIRST, em.key))
    reverts_with(lambda: submit(registry, other, em.key), "ApplicationRegistryAnchorConflict", em.code, 1)
    assert anchored_at(registry, FIRST, em.key.address) == time
    assert anchored_at(registry, other, em.key.address) == 0


def test_second_key_shares_the_sequence(registry: Any, em: Office) -> None:
    """The keys of an office count together, and one cannot take over what the other anchored."""
    submit(registry, FIRST, em.key)
    reverts_with(lambda: submit(registry, FIRST, em.second), "ApplicationRegistryAnchorConflict", em.code, 1)
    second = replace(FIRST, sequence=2)
    tx = submit(registry, second, em.second)
    assert anchored_at(registry, second, em.second.address) == time_of(tx)
    assert anchored_at(registry, second, em.key.address) == 0
    assert registry.nextSequence(em.code) == 3


def test_same_root_may_be_anchored_twice(registry: Any, em: Office) -> None:
    times = []
    for sequence in (1, 2):
        times.append(time_of(submit(registry, replace(FIRST, sequence=sequence), em.key)))
        travel(1000)
    assert [anchored_at(registry, replace(FIRST, sequence=n), em.key.address) for n in (1, 2)] == times


@pytest.mark.parametrize(("root", "leaf_count"), [(bytes(32), 1), (digest("root"), 0), (bytes(32), 0)])
def test_empty_anchor(registry: Any, em: Office, root: bytes, leaf_count: int) -> None:
    statement = unchecked(Anchor, office=em.code, sequence=1, root=root, leaf_count=leaf_count)
    reverts_with(
        lambda: ask(registry, statement, sign(registry, statement, em.key)),
        "ApplicationRegistryEmptyAnchor",
        root,
        leaf_count,
    )


def test_office_anchors_only_for_itself(registry: Any, em: Office, ru: Office) -> None:
    reverts_with(lambda: submit(registry, FIRST, ru.key), "OfficeDirectoryUnknownKey", em.code, ru.key.address)
    assert registry.nextSequence(em.code) == 1
