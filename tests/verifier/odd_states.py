"""Evidence files whose tries, accounts, dates or batches no honest chain has, and which check says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eth_hash.auto import keccak

from tests.verifier.making import (
    DEAD_END,
    DIRECTORY,
    REGISTRY,
    Bundle,
    World,
    address,
    bundle,
    number_word,
    office_key,
    packed,
    slot,
    word,
)
from tests.verifier.scenes import (
    OFFICE_KEY,
    SEAT,
    application,
    entry,
    facts,
    office,
    present,
    record,
    registration,
    signing_key,
)

CONFIRMED = keccak(word(slot("reconfirmation", number_word("EM/P/018660437"))))
"""The path of a word that is read, and is not there."""


def recorded(world: World) -> Bundle:
    office(world)
    record(world)
    signing_key(world, address(OFFICE_KEY))
    return bundle(world, application(), [registration()], facts())


def stored(value: Any, path: bytes = CONFIRMED) -> Callable[[], Bundle]:
    """Return how a file is made in whose trie something else stands at a path."""
    return lambda: recorded(World(raw={REGISTRY: {path: value}}))


def near(path: bytes) -> bytes:
    """Return a path that parts from another at the last digit."""
    return path[:-1] + bytes([path[-1] ^ 1])


def first_date(value: int) -> Bundle:
    made = World()
    office(made)
    seat = packed((int(SEAT, 16), 160), (1_600_000_000, 40), (0, 40), (0, 8))
    made.put(DIRECTORY, slot("office", office_key("EM")), seat, value)
    record(made)
    signing_key(made, address(OFFICE_KEY))
    return bundle(made, application(), [registration()], facts())


def event_word(place: int, value: bytes) -> Bundle:
    """An event one of whose words is another."""
    made = entry()
    words = bytearray.fromhex(made.evidence["statements"][0]["words"][2:])
    words[32 * place : 32 * place + 32] = value
    made.evidence["statements"][0]["words"] = "0x" + words.hex()
    return made


def number_in_facts(value: Any) -> Bundle:
    made = present()
    made.evidence["facts"]["record"]["version"] = value
    return made


STATES: dict[str, tuple[Callable[[], Bundle], str]] = {
    "zero-stored": (stored(b"\x80"), ""),
    "leaf-empty": (stored(b""), "state"),
    "leaf-list": (stored([b"a"]), "state"),
    "leaf-foreign": (stored(b"\x01", near(CONFIRMED)), ""),
    "leaf-foreign-list": (stored([b"a", b"b"], near(CONFIRMED)), "state"),
    "leaf-foreign-empty": (stored(b"", near(CONFIRMED)), "state"),
    "extension-empty": (stored(DEAD_END), "state"),
    "extension-foreign-empty": (stored(DEAD_END, near(CONFIRMED)), "state"),
    "account-list": (lambda: recorded(World(nonce=[b"x"])), "state"),
    "date-early": (lambda: first_date(17991231), "state"),
    "date-none": (lambda: first_date(20260230), "state"),
    "event-date-none": (lambda: event_word(6, word(20260230)), "form"),
    "event-without-code": (lambda: event_word(3, bytes(32)), "form"),
    "event-of-former-office": (lambda: entry("IB/T/1234567"), ""),
    "facts-half": (lambda: number_in_facts(0.5), "form"),
    "facts-below-zero": (lambda: number_in_facts(-1), "form"),
    "facts-control": (lambda: number_in_facts("\x07"), "form"),
}
"""By name: how it is made, and the check that fails; none if that is empty."""
