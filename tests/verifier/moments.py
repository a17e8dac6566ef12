"""Evidence files with moments that a chain seldom has: 1970, after the year 9999, and for ever, which is not never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.verifier.making import (
    DIRECTORY,
    NEWER_REGISTRY,
    REGISTRY,
    Bundle,
    World,
    address,
    bundle,
    key_slot,
    number_word,
    packed,
    slot,
)
from tests.verifier.scenes import (
    DIGEST,
    FOREVER,
    KEY_FACTS,
    NUMBER,
    OFFICE_FACTS,
    OFFICE_KEY,
    OTHER_KEY,
    anchored,
    application,
    chosen,
    facts,
    office,
    record,
    registration,
    signing_key,
    successor,
)

SIGNER = (int(address(OFFICE_KEY), 16), 160)
NEVER = 2**39
"""After the year 9999, and not "for ever"."""


def barred(until: int, stated: str | None) -> Bundle:
    """The office departed, and so did the one that took over from it, whose key is shown."""
    world = World()
    office(world, departed=1)
    record(world)
    signing_key(world, address(OFFICE_KEY))
    account = address(OTHER_KEY)
    world.read(DIRECTORY, key_slot("EM", account))
    successor(world, "EM", "WO")
    value = packed((3, 8), (1_600_000_000, 40), (FOREVER, 40), (0, 40), (0, 40), (until, 40))
    world.put(DIRECTORY, key_slot("WO", account), value)
    keys = [KEY_FACTS, {**KEY_FACTS, "account": account, "office": "WO", "barredUntil": stated}]
    keys.sort(key=lambda each: str(each["account"]))
    departed = {**OFFICE_FACTS, "status": "departed", "successor": "WO"}
    made = bundle(world, application(), [registration()], facts(office=departed, keys=keys))
    made.evidence["accounts"] = [account]
    return made


def suspended(until: int, stated: str) -> Bundle:
    world = World()
    office(world, suspended=until)
    record(world)
    signing_key(world, address(OFFICE_KEY))
    of_office = {**OFFICE_FACTS, "status": "suspended", "suspendedUntil": stated}
    return bundle(world, application(), [registration()], facts(office=of_office))


def recorded(at: int, stated: str | None) -> Bundle:
    world = World()
    office(world)
    chosen(world)
    start = slot("record", number_word(NUMBER))
    world.read(NEWER_REGISTRY, start)
    world.read(NEWER_REGISTRY, start + 1)
    fields = packed(SIGNER, (at, 40), (20260131, 32), (1, 8), (1, 8), (0, 8))
    world.put(REGISTRY, start, int(DIGEST, 16), fields)
    world.read(REGISTRY, slot("reconfirmation", number_word(NUMBER)))
    signing_key(world, address(OFFICE_KEY))
    expected = facts()
    expected["record"]["recordedAt"] = stated
    return bundle(world, application(), [registration()], expected)


def reconfirmed(at: int, stated: str | None) -> Bundle:
    world = World()
    office(world)
    record(world, reconfirmation=packed(SIGNER, (at, 40), (1, 8)))
    signing_key(world, address(OFFICE_KEY))
    confirmed: dict[str, Any] = {"signingKey": address(OFFICE_KEY), "reconfirmedAt": stated, "version": 1}
    return bundle(world, application(), [registration()], facts(reconfirmation=confirmed))


def anchored_at(at: int, stated: str | None, filed: str = "2026-01-31") -> Bundle:
    made = anchored(time=at, filingDate=filed)
    made.evidence["facts"]["anchored"]["time"] = stated
    return made


MOMENTS: dict[str, tuple[Callable[[], Bundle], str]] = {
    "barred-for-ever": (lambda: barred(FOREVER, "forever"), ""),
    "barred-for-ever-as-never": (lambda: barred(FOREVER, None), "facts"),
    "barred-never-as-for-ever": (lambda: barred(0, "forever"), "facts"),
    "suspended-for-ever": (lambda: suspended(FOREVER, "forever"), ""),
    "recorded-1970": (lambda: recorded(0, "1970-01-01T00:00:00Z"), ""),
    "recorded-1970-as-null": (lambda: recorded(0, None), "facts"),
    "recorded-10000": (lambda: recorded(NEVER, None), ""),
    "reconfirmed-10000": (lambda: reconfirmed(NEVER, None), ""),
    "anchored-1970": (lambda: anchored_at(0, "1970-01-01T00:00:00Z", "1969-12-31"), ""),
    "anchored-10000": (lambda: anchored_at(FOREVER, None, "9999-12-31"), ""),
}
"""By name: how it is made, and the check that fails; none if that is empty."""
