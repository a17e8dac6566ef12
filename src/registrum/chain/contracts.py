"""The interfaces of the contracts, read from the ABI files in the package: calls, answers and events.

Not its job: connections, or the contracts' errors (`registrum.chain.reverts`).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registrum.chain.codec import Kind, canonical_type, decode_values, encode_values, kind_of, snake_case
from registrum.chain.rpc import as_data
from registrum.errors import InputError, NodeError
from registrum.signing.keccak import keccak

__all__ = [
    "ADDRESS_BOOK",
    "APPLICATION_REGISTRY",
    "CHARTER",
    "CONSORTIUM",
    "EMERGENCY_COUNCIL",
    "OFFICE_DIRECTORY",
    "OFFICE_PRACTICE",
    "PRIORITY_REGISTER",
    "RIGHTS_REGISTER",
    "RIGHTS_STANDING",
    "TIMELOCK",
    "Abi",
    "load_abi",
    "load_artifact",
]

OFFICE_DIRECTORY = "OfficeDirectory"
APPLICATION_REGISTRY = "ApplicationRegistry"
PRIORITY_REGISTER = "PriorityRegister"
OFFICE_PRACTICE = "OfficePractice"
RIGHTS_REGISTER = "RightsRegister"
RIGHTS_STANDING = "RightsStanding"
CONSORTIUM = "Consortium"
EMERGENCY_COUNCIL = "EmergencyCouncil"
CHARTER = "Charter"
ADDRESS_BOOK = "AddressBook"
TIMELOCK = "Timelock"

_FILES = {TIMELOCK: "TimelockController"}
"""Contracts whose code is OpenZeppelin's own."""


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    selector: bytes
    inputs: list[Kind]
    outputs: list[Kind]
    arguments: dict[str, Kind]
    """By name, with times as numbers: what `decode_call` reads."""


@dataclass(frozen=True, slots=True)
class _Event:
    name: str
    indexed: dict[str, Kind]
    data: dict[str, Kind]
    order: tuple[str, ...]


class Abi:
    """What one contract understands.

    Args:
        entries: The ABI as the compiler writes it; names are unique in each contract of this package.
    """

    def __init__(self, entries: Sequence[dict[str, Any]]) -> None:
        functions = [_function(entry) for entry in entries if entry["type"] == "function"]
        self._functions = {function.name: function for function in functions}
        self._selectors = {function.selector: function for function in functions}
        self._events = {_hash(entry): _event(entry) for entry in entries if entry["type"] == "event"}
        self._topics = {event.name: topic for topic, event in self._events.items()}

    def encode(self, function: str, *values: Any) -> bytes:
        """Call data of a function.

        Raises:
            InputError: A value does not fit its type.
        """
        described = self._functions[function]
        return described.selector + encode_values(described.inputs, values)

    def selector(self, function: str) -> bytes:
        """The first four bytes of the call data."""
        return self._functions[function].selector

    def decode_call(self, data: bytes) -> tuple[str, dict[str, Any]] | None:
        """Function and arguments of call data, by name in snake case; times as numbers.

        Strict, because people decide by what it says: None unless the same values, encoded, are these very bytes.
        """
        function = self._selectors.get(data[:4])
        if function is None:
            return None
        kinds = list(function.arguments.values())
        try:
            values = decode_values(kinds, data[4:])
            if encode_values(kinds, values) != data[4:]:
                return None
        except (NodeError, InputError):
            return None
        return function.name, dict(zip(function.arguments, values, strict=True))

    def decode(self, function: str, data: bytes) -> Any:
        """What a function returned: the value, or a tuple where it returns several.

        Raises:
            NodeError: The data is no such answer.
        """
        outputs = self._functions[function].outputs
        if not data and outputs:
            raise NodeError("there is no contract at the address: the call returned nothing")
        values = decode_values(outputs, data)
        return values[0] if len(values) == 1 else values

    def topic(self, event: str) -> str:
        """The first topic of an event, `0x` and 64 hexadecimal digits."""
        return "0x" + self._topics[event].hex()

    def decode_event(self, log: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """Name and arguments of a log entry as nodes send it; None if the contract has no such event.

        Raises:
            NodeError: It has the topic of an event and not its form.
        """
        topics = log.get("topics")
        if not isinstance(topics, list) or not topics:
            return None
        event = self._events.get(as_data(topics[0], "topic", 32))
        if event is None:
            return None
        if len(topics) != len(event.indexed) + 1:
            raise NodeError(f"the node sent an event {event.name} with {len(topics)} topics")
        values = {
            name: kind.decode(as_data(topic, "topic", 32), 0)
            for (name, kind), topic in zip(event.indexed.items(), topics[1:], strict=True)
        }
        decoded = decode_values(list(event.data.values()), as_data(log.get("data"), "event data"))
        values |= zip(event.data, decoded, strict=True)
        return event.name, {name: values[name] for name in event.order}


@functools.cache
def load_abi(contract: str) -> Abi:
    """The interface of a contract by its name."""
    return Abi(load_artifact(contract)["abi"])


def load_artifact(contract: str) -> dict[str, Any]:
    """All that the package holds about a contract: ABI, documentation, code."""
    path = Path(__file__).parents[1] / "abi" / f"{_FILES.get(contract, contract)}.json"
    artifact: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return artifact


def _hash(entry: dict[str, Any]) -> bytes:
    types = ",".join(canonical_type(item) for item in entry["inputs"])
    return keccak(f"{entry['name']}({types})".encode("ascii"))


def _function(entry: dict[str, Any]) -> _Function:
    # A getter's only output has no name: it is called as the getter.
    outputs = [{**item, "name": item["name"] or entry["name"]} for item in entry["outputs"]]
    arguments = {
        snake_case(item["name"].strip("_")) or f"argument_{position}": kind_of(item, times=False)
        for position, item in enumerate(entry["inputs"], 1)
    }
    return _Function(
        entry["name"],
        _hash(entry)[:4],
        [kind_of(item) for item in entry["inputs"]],
        [kind_of(item) for item in outputs],
        arguments,
    )


def _event(entry: dict[str, Any]) -> _Event:
    kinds = {snake_case(item["name"]): (kind_of(item), bool(item["indexed"])) for item in entry["inputs"]}
    return _Event(
        entry["name"],
        {name: kind for name, (kind, indexed) in kinds.items() if indexed},
        {name: kind for name, (kind, indexed) in kinds.items() if not indexed},
        tuple(kinds),
    )
