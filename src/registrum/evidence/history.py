"""What the directory's logs say of an office and its keys, against their proven state. Section 13 of the format.

Logs are not part of the state: that the rows end in it is shown, not that none was left out or made up. Not its job:
logs of a node (`registrum.evidence.logs`), the state itself (`registrum.evidence.facts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from registrum.errors import EvidenceError
from registrum.evidence.canonical import (
    FOREVER,
    as_address,
    as_code,
    as_day,
    as_members,
    as_moment,
    as_whole,
    unhexed,
)

__all__ = ["EVENTS", "KEY_EVENTS", "STAMPED", "read_history", "require_agrees"]

_ROW = ("block", "log", "time", "transaction", "event", "office")
EVENTS: Mapping[str, tuple[str, ...]] = {
    "OfficeAdmitted": ("seat", "earliestFilingDate"),
    "SeatChanged": ("seat",),
    "EarliestFilingDateChanged": ("earliestFilingDate",),
    "OfficeSuspended": ("suspendedUntil",),
    "OfficeReinstated": (),
    "OfficeDeparted": (),
    "SuccessorNamed": ("successor",),
    "KeyAdded": ("account", "scopes", "validFrom", "validUntil"),
    "KeyRevoked": ("account",),
    "KeyCompromised": ("account", "compromisedSince"),
    "KeySuspended": ("account", "suspendedUntil"),
    "KeyReinstated": ("account",),
}
"""Events that change what facts say of an office or a key, and what they say, under the names of facts."""
KEY_EVENTS = frozenset(name for name, members in EVENTS.items() if "account" in members)
STAMPED: Mapping[str, str] = {
    "OfficeAdmitted": "admittedAt",
    "OfficeReinstated": "suspendedUntil",
    "OfficeDeparted": "departedAt",
    "KeyRevoked": "revokedAt",
    "KeyReinstated": "suspendedUntil",
}
"""What the time of the block is for events that set a member to it."""
_OF_OFFICE = ("seat", "admittedAt", "suspendedUntil", "earliestFilingDate", "successor")
_OF_KEY = ("scopes", "validFrom", "validUntil", "revokedAt", "compromisedSince")
MOST_ROWS = 10_000


def read_history(value: object) -> list[Mapping[str, Any]]:
    """Read the rows of a history.

    Raises:
        EvidenceError: They have not the form, or are not in the order of the chain.
    """
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        raise EvidenceError(f"history must list at most {MOST_ROWS} events", check="form")
    rows = [_row(each) for each in value]
    if any((one["block"], one["log"]) >= (other["block"], other["log"]) for one, other in pairwise(rows)):
        raise EvidenceError("the events of the history are not in the order of the chain", check="form")
    return rows


def _row(value: object) -> Mapping[str, Any]:
    event = value.get("event") if isinstance(value, dict) else None
    if not isinstance(event, str) or event not in EVENTS:
        raise EvidenceError(f"an event of the history is one of {', '.join(EVENTS)}", check="form")
    row = as_members(value, (*_ROW, *EVENTS[event]), f"an event {event}")
    as_whole(row["block"], "block")
    as_whole(row["log"], "log")
    as_moment(row["time"], "time")
    unhexed(row["transaction"], "transaction", 32)
    as_code(row["office"], "office")
    for name in EVENTS[event]:
        _FORMS[name](row[name], name)
    return row


def _moment_or_none(value: object, what: str) -> None:
    if value is not None:
        as_moment(value, what)


def _until(value: object, what: str) -> None:
    if value != FOREVER:
        _moment_or_none(value, what)


def _day_or_none(value: object, what: str) -> None:
    if value is not None:
        as_day(value, what)


def _scopes(value: object, what: str) -> None:
    as_whole(value, what, 255)


_FORMS = {
    **dict.fromkeys(("seat", "account"), as_address),
    **dict.fromkeys(("validFrom", "validUntil", "compromisedSince"), _moment_or_none),
    "suspendedUntil": _until,
    "earliestFilingDate": _day_or_none,
    "successor": as_code,
    "scopes": _scopes,
}


def require_agrees(rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], block: Mapping[str, Any]) -> None:
    """Refuse a history that is of another office or key than facts are, or does not end in the state that they have.

    Args:
        rows: As `read_history` gives them.
        facts: With `office` and `keys`.
        block: Whose state the facts are of: `number` and `time`.

    Raises:
        EvidenceError: It is so.
    """
    places = [*((row["block"], row["time"]) for row in rows), (block["number"], block["time"])]
    for before, after in pairwise(places):
        if any(one > other for one, other in zip(before, after, strict=True)):
            raise EvidenceError("the times of the history run back, or it goes on after the block", check="history")
        if before[0] == after[0] and before != after:
            raise EvidenceError(f"the history gives block {before[0]} two times", check="history")
    told: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in rows:
        state = told.setdefault((row["office"], row.get("account")), {})
        state |= row
        if row["event"] in STAMPED:
            state[STAMPED[row["event"]]] = row["time"]
    office = facts["office"]
    proven = {(office["code"], None): office} | {
        (key["office"], key["account"]): key for key in facts["keys"] if key["office"] is not None
    }
    if not told.keys() <= proven.keys():
        raise EvidenceError("the history is of an office or a key that the evidence is not about", check="history")
    for (code, account), state in proven.items():
        name, left = account or code, told.get((code, account), {})
        for member in _OF_OFFICE if account is None else _OF_KEY:
            if left.get(member) != state[member]:
                raise EvidenceError(f"the history of {name} ends in another {member} than is proven", check="history")
        if account is None and ("departedAt" in left) != (state["status"] == "departed"):
            raise EvidenceError(f"the history of {name} says otherwise whether it departed", check="history")
