"""Offices and their keys as the events of the directory leave them, by the rules of the contract `OfficeDirectory`.

Not its job: what is true at a moment (an office is suspended until a time); rows hold the times.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.chain.contracts import OFFICE_DIRECTORY
from registrum.errors import NodeError
from registrum.index.decoding import storable
from registrum.index.tables import LOG_BITS, blocks, events, keys, offices
from registrum.index.versions import Versions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from registrum.index.store import Index

__all__ = ["KEY_EVENTS", "OFFICE_EVENTS", "settle_members"]

KEY_EVENTS: Final = frozenset({"KeyAdded", "KeyRevoked", "KeySuspended", "KeyReinstated", "KeyCompromised"})
"""Events of the directory that make a row in `keys`."""
OFFICE_EVENTS: Final = frozenset(
    {
        "OfficeAdmitted",
        "OfficeSuspended",
        "OfficeReinstated",
        "OfficeDeparted",
        "SuccessorNamed",
        "SeatProposed",
        "SeatChanged",
        "SeatReplacementDecided",
        "SeatReplacementObjected",
        "EndpointChanged",
        "EarliestFilingDateChanged",
    }
)
"""Events of the directory that make a row in `offices`."""


def settle_members(index: Index, connection: Connection, after: int, up_to: int) -> None:
    """Work the events of the directory into `offices` and `keys`.

    Raises:
        NodeError: An event is about an office or key that no event before it has added.
    """
    query = (
        sa.select(events.c.position, events.c.tx_index, events.c.name, events.c.arguments, blocks.c.time)
        .join(blocks, blocks.c.number == events.c.position.bitwise_rshift(sa.literal(LOG_BITS, sa.Integer)))
        .where(
            events.c.position > after,
            events.c.position <= up_to,
            events.c.contract == OFFICE_DIRECTORY,
            events.c.office.is_not(None),
        )
    )
    found = connection.execute(query.order_by(events.c.position)).fetchall()
    if not found:
        return
    of_offices, of_keys = Versions(index, connection, offices), Versions(index, connection, keys)
    codes = {json.loads(row.arguments)["office"] for row in found}
    of_offices.load(offices.c.office.in_(codes))
    of_keys.load(keys.c.office.in_(codes))
    for row in found:
        values = json.loads(row.arguments)
        place = {"tx_index": row.tx_index, "office": values["office"]}
        if row.name in KEY_EVENTS:
            account = _account(values["account"])
            before = of_keys.get(values["office"], account)
            changed = _key(row.name, values, row.time, before)
            of_keys.put(row.position, {**(before or {}), **place, "account": account, **changed})
        elif row.name in OFFICE_EVENTS:
            before = of_offices.get(values["office"])
            changed = _office(row.name, values, row.time, before)
            of_offices.put(row.position, {**(before or {}), **place, **changed})
    of_offices.flush()
    of_keys.flush()


def _key(name: str, values: dict[str, Any], time: int, before: dict[str, Any] | None) -> dict[str, Any]:
    if name == "KeyAdded":
        return {
            "scopes": values["scopes"],
            "added_at": time,
            "valid_from": values["validFrom"],
            "valid_until": values["validUntil"],
            "revoked_at": None,
            "suspended_until": None,
            "compromised_since": None,
        }
    if before is None:
        raise NodeError(f"the node sent {name} of a key {values['account']} that {values['office']} never had")
    if name == "KeyRevoked":
        return {"revoked_at": time}
    if name == "KeyCompromised":
        return {"compromised_since": values["since"]}
    return {"suspended_until": time if name == "KeyReinstated" else values["until"]}


def _office(name: str, values: dict[str, Any], time: int, before: dict[str, Any] | None) -> dict[str, Any]:
    """What an event of `OFFICE_EVENTS` changes."""
    if name == "OfficeAdmitted":
        return {
            "name": storable(values["name"]),
            "seat": _account(values["seat"]),
            "endpoint": storable(values["endpoint"]),
            "earliest_filing_date": _date(values["earliestFilingDate"]),
            "admitted_at": time,
            **dict.fromkeys(("suspended_until", "departed_at", "successor", "proposed_seat"), None),
            **_NO_REPLACEMENT,
        }
    if before is None:
        raise NodeError(f"the node sent {name} of {values['office']}, which was never admitted")
    match name:
        case "OfficeSuspended":
            return {"suspended_until": values["until"]}
        case "OfficeReinstated":
            return {"suspended_until": time}
        case "OfficeDeparted":
            return {"departed_at": time}
        case "SuccessorNamed":
            return {"successor": values["successor"]}
        case "SeatProposed":
            return {"proposed_seat": _some_account(values["proposedSeat"])}
        case "SeatChanged":
            seat = _account(values["newSeat"])
            replaced = _NO_REPLACEMENT if seat == before["replacement_seat"] else {}
            return {"seat": seat, "proposed_seat": None, **replaced}
        case "SeatReplacementDecided":
            replacement = _some_account(values["newSeat"])
            return {"replacement_seat": replacement, "replacement_from": values["acceptableFrom"] or None}
        case "SeatReplacementObjected":
            return dict(_NO_REPLACEMENT)
        case "EndpointChanged":
            return {"endpoint": storable(values["endpoint"])}
    return {"earliest_filing_date": _date(values["earliestFilingDate"])}


_NO_REPLACEMENT: dict[str, Any] = {"replacement_seat": None, "replacement_from": None}


def _account(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _some_account(text: str) -> bytes | None:
    account = _account(text)
    return account if any(account) else None


def _date(value: str | int | None) -> int | None:
    return int(value.replace("-", "")) if isinstance(value, str) else value
