"""Plausible call data for every function that the powers audit tries: good enough to reach the check of the caller.

Not its job: who is let through (`registrum.deployment.power_rules`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registrum.chain.codec import canonical_type, encode_values, kind_of, snake_case
from registrum.deployment.power_rules import Actor
from registrum.errors import ConfigError
from registrum.numbers import OfficeNumber, Right
from registrum.numbers.offices import current_offices
from registrum.signing.addresses import checksum_address
from registrum.signing.keccak import keccak

__all__ = ["Facts", "Recorded", "call_data"]

_HOUR = 3_600
_PROPOSER_ROLE = keccak(b"PROPOSER_ROLE")
_NOBODY = checksum_address(keccak(b"registrum powers audit: nobody")[12:])
_DATE = date(2020, 1, 1)
_WORD = b"\x11" * 32
_FREE_POSITION = 127
"""The last position of a status, which the table of this package leaves free."""
_NO_SIGNATURE = (
    # The generator's x-coordinate and 1: well formed, so that an account comes out, and one that nobody has.
    bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    + (1).to_bytes(32, "big")
    + b"\x1b"
)
_ARRAY = re.compile(r"(.*)\[([0-9]*)\]")
_FILLED = (
    "applications",
    "items",
    "votes",
    "targets",
    "values",
    "calldatas",
    "payloads",
    "names_",
    "accounts",
    "statements",
    "rules",
)
"""Lists that must not be empty."""


@dataclass(frozen=True)
class Recorded:
    """A number that is recorded, its version, and whether it is withdrawn."""

    number: OfficeNumber
    version: int
    is_withdrawn: bool


@dataclass(frozen=True)
class Facts:
    """What calls are made of.

    Attributes:
        actors: Accounts to try from, as far as there are such.
        addresses: Contracts by name.
        office: The office that is tried at.
        offices: All codes ever admitted.
        key: A key of that office, if it has one.
        emergency: Which emergency against it would be next.
        record: A number that is recorded, if one was found.
        now: Time of the newest block.
    """

    actors: Mapping[Actor, str]
    addresses: Mapping[str, str]
    office: str
    offices: frozenset[str]
    key: str
    emergency: int
    record: Recorded | None
    now: int


def call_data(contract: str, entry: Mapping[str, Any], facts: Facts, actor: Actor) -> bytes:
    """Call data of a function, given by its ABI entry; empty for plain transfers.

    Args:
        contract: Its contract.
        entry: Of the ABI.
        facts: See there.
        actor: Who would call.
    """
    if entry["type"] != "function":
        return b""
    inputs = entry["inputs"]
    special = _special(contract, entry["name"], facts, actor)
    values = [_value(item, special, facts) for item in inputs]
    selector = keccak(f"{entry['name']}({','.join(map(canonical_type, inputs))})".encode("ascii"))[:4]
    return selector + encode_values([kind_of(item) for item in inputs], values)


def _special(contract: str, function: str, facts: Facts, actor: Actor) -> dict[str, Any]:
    """Arguments by name, where any value of their type would not do."""
    special: dict[str, Any] = {
        "code": next(code for code in sorted(current_offices(), reverse=True) if code not in facts.offices),
        "until": facts.now + _HOUR,
        "validUntil": facts.now + _HOUR,
        "validFrom": 0,
        "since": facts.now,
        "round": facts.emergency,
        "accounts": [],
        "calldatas": [b""],
        "payloads": [b""],
        "signature": _NO_SIGNATURE,
        "observer": facts.actors[actor],
        "role": _PROPOSER_ROLE,
        "callerConfirmation": facts.addresses["Consortium"],
        "newRegistry": facts.addresses["ApplicationRegistry"],
        "targets": [facts.addresses["OfficeDirectory"]],
        "target": facts.addresses["OfficeDirectory"],
        "replaces": 0,
        "year": _DATE.year,
    }
    if function in ("suspendKey", "reinstateKey", "revokeKey", "markKeyCompromised"):
        special["account"] = facts.key
    if (record := facts.record) is not None and contract == "ApplicationRegistry":
        # To withdraw once more, or to take back no withdrawal, is let through to anyone: it changes nothing.
        changes = ("correct", "reinstate" if record.is_withdrawn else "withdraw")
        special |= {"number": record.number, "replaces": record.version} if function in changes else {}
    if contract in ("OfficePractice", "RightsRegister"):
        special |= {"right": b"T", "code": _WORD, "graceMonths": 6, "windowMonths": 6, "previous": bytes(32)}
        # A row that the table can take: what is in the way of whoever is entitled would hide that it is.
        special |= {"category": b"W", "position": _FREE_POSITION}
    if (contract, function) == ("AddressBook", "list"):
        special["accounts"] = [_NOBODY]
    return special


def _value(entry: Mapping[str, Any], special: Mapping[str, Any], facts: Facts) -> Any:
    name, kind, internal = entry.get("name", ""), entry["type"], entry.get("internalType", "")
    if name in special:
        return special[name]
    if match := _ARRAY.fullmatch(kind):
        inner = _ARRAY.fullmatch(internal)
        element = {**entry, "name": "", "type": match[1], "internalType": inner[1] if inner else ""}
        length = int(match[2]) if match[2] else int(name in _FILLED)
        return [_value(element, special, facts) for _ in range(length)]
    if kind == "tuple":
        return {snake_case(member["name"]): _value(member, special, facts) for member in entry["components"]}
    if internal == "OfficeCode":
        return facts.office
    if internal == "OfficeNumber":
        return OfficeNumber(facts.office, Right.TRADEMARK, "000000001")
    if internal == "CalendarDate":
        return _DATE
    if kind.startswith("uint"):
        return 1
    if kind.startswith("bytes"):
        return _WORD[: int(kind.removeprefix("bytes"))] if kind != "bytes" else b""
    plain = {"address": _NOBODY, "string": "audit", "bool": False}
    if kind not in plain:
        raise ConfigError(f"no value is known for an argument of type {kind}")
    return plain[kind]
