"""Evidence files of states that a chain seldom comes to, with what is expected of them: for all verifiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.verifier.making import (
    DIRECTORY,
    PRIORITY,
    REGISTRY,
    Bundle,
    World,
    address,
    bundle,
    key_slot,
    number_word,
    office_key,
    packed,
    slot,
)
from tests.verifier.moments import MOMENTS
from tests.verifier.odd_states import STATES
from tests.verifier.scenes import (
    CLAIM_FACTS,
    KEY_FACTS,
    NO_KEY,
    OFFICE_KEY,
    RECORDED,
    application,
    calendar,
    chosen,
    claim,
    facts,
    office,
    present,
    record,
    registration,
    signing_key,
    successor,
)

LATER = "2021-01-01T00:00:00Z"
UNSIGNED = {**registration(), "signature": None}


def last_version() -> Bundle:
    """A record that was corrected as often as it can be counted."""
    world = World()
    office(world)
    record(world, status=2, version=255)
    signing_key(world, address(OFFICE_KEY))
    return bundle(world, application(), [], facts("corrected", 255))


def key_of_a_successor() -> Bundle:
    """The second office that took over knows the key; all it says of compromise is read to the end of the row."""
    world = World()
    office(world)
    record(world)
    signing_key(world, address(OFFICE_KEY), scopes=0)
    successor(world, "EM", "WO")
    world.read(DIRECTORY, key_slot("WO", address(OFFICE_KEY)))
    successor(world, "WO", "IB")
    signing_key(world, address(OFFICE_KEY), "IB", scopes=5)
    world.read(DIRECTORY, slot("office", office_key("IB")) + 4)
    return bundle(world, application(), [registration()], facts(keys=[{**KEY_FACTS, "office": "IB", "scopes": 5}]))


def account_without_key() -> Bundle:
    """Nobody signed that could be checked, and nobody knows the account."""
    world = World()
    office(world)
    record(world)
    world.read(DIRECTORY, key_slot("EM", address(OFFICE_KEY)))
    world.read(DIRECTORY, slot("office", office_key("EM")) + 4)
    return bundle(world, application(), [UNSIGNED], facts(keys=[{**NO_KEY, "account": address(OFFICE_KEY)}]))


def signed_without_key() -> Bundle:
    made = account_without_key()
    made.evidence["statements"] = [registration()]
    return made


def row_of_successors(offices: int) -> Bundle:
    """None of so many offices, each the successor of the one before, knows the account."""
    codes = ["EM", *(f"A{chr(65 + place)}" for place in range(offices - 1))]
    world = World()
    office(world)
    record(world)
    for code, following in zip(codes, [*codes[1:], None], strict=True):
        world.read(DIRECTORY, key_slot(code, address(OFFICE_KEY)))
        if following:
            successor(world, code, following)
        else:
            world.read(DIRECTORY, slot("office", office_key(code)) + 4)
    return bundle(world, application(), [UNSIGNED], facts(keys=[{**NO_KEY, "account": address(OFFICE_KEY)}]))


def strange_successor(code: bytes, *, departed: bool) -> Bundle:
    """What should be the code of an office is none; all that would be read of it is there."""
    world = World()
    office(world, departed=int(departed))
    record(world)
    held = address(OFFICE_KEY)
    world.put(DIRECTORY, slot("office", office_key("EM")) + 4, int.from_bytes(code, "big") << 200)
    if departed:
        signing_key(world, held)
        expected = facts()
        expected["office"] = {**expected["office"], "status": "departed", "successor": "WO"}
    else:
        for row in (b"EM", code):
            world.read(DIRECTORY, slot("key", row + bytes(10) + bytes.fromhex(held[2:])))
        world.read(DIRECTORY, slot("office", code.ljust(32, b"\0")) + 4)
        expected = facts(keys=[{**NO_KEY, "account": held}])
    return bundle(world, application(), [UNSIGNED], expected)


def design(closed: int) -> Bundle:
    """A design of 30 June, claimed on 30 December, from which on the later office is closed so many days."""
    world = World()
    office(world)
    chosen(world)
    at = slot("record", number_word("EM/D/1"))
    for registry in ("0x" + "02" * 20, REGISTRY):
        for offset in (0, 1):
            world.read(registry, at + offset)
    signer = (int(address(OFFICE_KEY), 16), 160)
    filed = packed(signer, (RECORDED, 40), (20270630, 32), (1, 8), (1, 8), (0, 8))
    world.put(REGISTRY, at, int("ab" * 32, 16), filed)
    world.read(REGISTRY, slot("reconfirmation", number_word("EM/D/1")))
    signing_key(world, address(OFFICE_KEY))
    first = 3 << 363
    calendar(world, 2027, first % 2**256, first >> 256, weekly=0)
    last, use = "2028-01-01", "incomplete"
    if closed > 2:
        calendar(world, 2028, (1 << closed - 2) - 1, weekly=0)
        last, use = "2028-03-01", "published"
    else:
        world.read(PRIORITY, slot("calendar", office_key("US"), (2028).to_bytes(32, "big")) + 1)
    subject = {
        **claim().evidence["subject"],
        **{"earlier": "EM/D/1", "laterRight": "D", "claimedDate": "2027-06-30", "laterDate": last},
    }
    expected = facts()
    expected["record"]["filingDate"] = "2027-06-30"
    days: dict[str, Any] = {"lastDay": last, "extendedFrom": "2027-12-30", "restorableUntil": None}
    days |= {"calendar": use, "periodMonths": 6, "verdict": "valid"}
    statement = registration("EM/D/1", filingDate="2027-06-30")
    return bundle(world, subject, [statement], {**expected, **CLAIM_FACTS, **days})


def with_history(*changes: tuple[int, dict[str, Any]], invented: bool = False) -> Bundle:
    """A record whose rows of the history are changed; and one that nothing in the state tells of."""
    made = present()
    rows = made.evidence["history"]
    for place, changed in changes:
        rows[place] |= changed
    if invented:
        added = {**rows[-1], "event": "KeySuspended", "log": 9, "suspendedUntil": "2026-01-01T00:00:00Z"}
        rows.append({name: added[name] for name in added if name not in {"scopes", "validFrom", "validUntil"}})
    return made


CORNERS: dict[str, tuple[Callable[[], Bundle], str]] = {
    "last-version": (last_version, ""),
    "successors-key": (key_of_a_successor, ""),
    "no-key": (account_without_key, ""),
    "no-key-signed": (signed_without_key, "statements"),
    "successors-8": (lambda: row_of_successors(8), ""),
    "successors-9": (lambda: row_of_successors(9), "state"),
    "successor-no-text": (lambda: strange_successor(b"\xff\xfe", departed=False), "state"),
    "successor-small": (lambda: strange_successor(b"wo", departed=False), "state"),
    "successor-one-letter": (lambda: strange_successor(b"W\0", departed=False), "state"),
    "successor-of-departed": (lambda: strange_successor(b"\xff\xfe", departed=True), "state"),
    "calendar-incomplete": (lambda: design(2), ""),
    "closed-62": (lambda: design(62), ""),
    "closed-63": (lambda: design(63), "state"),
    **MOMENTS,
    **STATES,
    "history-made-up": (lambda: with_history(invented=True), ""),
    "history-one-block": (lambda: with_history((1, {"block": 1000, "log": 4})), ""),
    "history-two-times": (lambda: with_history((1, {"block": 1000, "log": 4, "time": LATER})), "history"),
    "history-own-block": (lambda: with_history((1, {"block": 1234, "time": "2026-09-21T14:13:20Z"})), ""),
    "history-other-time": (lambda: with_history((1, {"block": 1234, "time": LATER})), "history"),
}
"""By name: how it is made, and the check that fails; none if that is empty."""
