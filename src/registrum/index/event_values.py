"""Arguments of any event of the contracts as JSON, and its office and number, by the interfaces in the package.

The events that come by the million have readers of their own (`registrum.index.decoding`); this one reads the rest, and
what it cannot make sense of as a number or a date stays what it is, because an event must not be lost for a value that
a contract let pass. Not its job: what events mean.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registrum.chain.codec import canonical_type
from registrum.chain.contracts import load_artifact
from registrum.dates import from_on_chain
from registrum.errors import DateError, NodeError, NumberFormatError
from registrum.numbers import OfficeNumber
from registrum.signing.addresses import checksum_address
from registrum.signing.keccak import keccak

__all__ = ["EventReader", "ascii_text", "date_text", "event_readers", "number_text"]

_WORD: Final = 32
_LARGEST = 2**63 - 1
_ARRAY = re.compile(r"(.*)\[([0-9]*)\]")
_OFFICE = re.compile(rb"[A-Z]{2}")
_Reader = Callable[[bytes, int], Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    size: int
    dynamic: bool
    read: _Reader


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads one kind of event.

    Attributes:
        name: As in the interface.
        topics: Kinds of the indexed arguments, by name.
        data: Kinds of the others, by name.
        order: Names in the order of the interface.
        office: Argument that is its office, or the number whose office it is; None if it is about none.
        number: Argument that is the number it is about; None if it is about none.
    """

    name: str
    topics: Mapping[str, _Kind]
    data: Mapping[str, _Kind]
    order: tuple[str, ...]
    office: str | None
    number: str | None

    def read(self, topics: Sequence[str], data: bytes) -> dict[str, Any]:
        """The arguments by name in lowerCamelCase, as JSON has them.

        Args:
            topics: Of the log, the first one apart.
            data: Of the log.

        Raises:
            NodeError: The log has the topic of the event and not its form.
        """
        if len(topics) != len(self.topics):
            raise NodeError(f"the node sent an event {self.name} with {len(topics) + 1} topics")
        values = {
            name: kind.read(_fixed(bytes.fromhex(topic[2:]), self.name), 0)
            for (name, kind), topic in zip(self.topics.items(), topics, strict=True)
        }
        values |= _read_members(self.data, data, 0)
        return {name: values[name] for name in self.order}

    def about(self, values: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Office and number that an event with these arguments is about; None where there is none in good form."""
        number = values[self.number] if self.number else None
        if number is not None and number.startswith("0x"):
            number = None
        office = (values[self.office] or "")[:2] if self.office else ""
        return (office if office.isalpha() and office.isupper() else None), number


@functools.cache
def event_readers(contract: str) -> Mapping[str, EventReader]:
    """Readers of all events of a contract by their first topic, `0x` and 64 hexadecimal digits."""
    entries = [entry for entry in load_artifact(contract)["abi"] if entry["type"] == "event"]
    return {_topic(entry): _event(entry) for entry in entries}


def number_text(word: bytes) -> str:
    """An office number as text; `0x` and hexadecimal digits if it is none."""
    try:
        return OfficeNumber.from_on_chain(word).text
    except NumberFormatError:
        return "0x" + word.hex()


def date_text(value: int) -> str | int | None:
    """A calendar date as text; None for zero, and the number itself if it is none."""
    try:
        return from_on_chain(value).isoformat() if value else None
    except DateError:
        return value


def ascii_text(word: bytes) -> str:
    """A text of fixed size in ASCII; `0x` and hexadecimal digits if it is none."""
    stripped = word.rstrip(b"\0")
    text = stripped.decode("latin-1")
    return text if text and text.isascii() and text.isprintable() else "0x" + word.hex()


def _topic(entry: Mapping[str, Any]) -> str:
    types = ",".join(canonical_type(item) for item in entry["inputs"])
    return "0x" + keccak(f"{entry['name']}({types})".encode("ascii")).hex()


def _event(entry: Mapping[str, Any]) -> EventReader:
    inputs = entry["inputs"]
    internal = {item["name"]: item.get("internalType", "") for item in inputs}
    numbers = [name for name, kind in internal.items() if kind == "OfficeNumber"]
    offices = [name for name, kind in internal.items() if kind == "OfficeCode"]
    return EventReader(
        entry["name"],
        {item["name"]: _kind(item) for item in inputs if item["indexed"]},
        {item["name"]: _kind(item) for item in inputs if not item["indexed"]},
        tuple(item["name"] for item in inputs),
        (offices or numbers or [None])[0],
        (numbers or [None])[0],
    )


def _kind(entry: Mapping[str, Any]) -> _Kind:
    kind, internal = str(entry["type"]), str(entry.get("internalType", ""))
    if match := _ARRAY.fullmatch(kind):
        inner = _ARRAY.fullmatch(internal)
        return _array(
            _kind({**entry, "type": match[1], "internalType": inner[1] if inner else ""}),
            int(match[2]) if match[2] else None,
        )
    if kind == "tuple":
        members = {member["name"]: _kind(member) for member in entry["components"]}
        # No event has a struct with a member of varying size.
        size = sum(member.size for member in members.values())
        return _Kind(size, False, lambda data, at: _read_members(members, data, at))
    if kind in ("string", "bytes"):
        return _Kind(_WORD, True, _text if kind == "string" else lambda data, at: "0x" + _bytes(data, at).hex())
    if internal in _SPECIAL:
        return _Kind(_WORD, False, _SPECIAL[internal])
    if kind == "address":
        return _Kind(_WORD, False, lambda data, at: checksum_address(_word(data, at)[12:]))
    if kind == "bool":
        return _Kind(_WORD, False, lambda data, at: _number(data, at) != 0)
    if kind.startswith("uint"):
        return _Kind(_WORD, False, _read_number)
    size = int(kind.removeprefix("bytes"))
    return _Kind(_WORD, False, lambda data, at: "0x" + _word(data, at)[:size].hex())


def _array(element: _Kind, length: int | None) -> _Kind:
    def read(data: bytes, at: int) -> list[Any]:
        count = length
        if count is None:
            count, at = _number(data, at), at + _WORD
        if count * element.size > len(data) - at:
            raise _garbage()
        members = {str(place): element for place in range(count)}
        return list(_read_members(members, data, at).values())

    dynamic = length is None or element.dynamic
    return _Kind(_WORD if dynamic else element.size * (length or 0), dynamic, read)


def _read_members(members: Mapping[str, _Kind], data: bytes, base: int) -> dict[str, Any]:
    values, at = {}, base
    for name, kind in members.items():
        values[name] = kind.read(data, base + _number(data, at) if kind.dynamic else at)
        at += kind.size
    return values


def _word(data: bytes, at: int) -> bytes:
    word = data[at : at + _WORD]
    if len(word) != _WORD:
        raise _garbage()
    return word


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(_word(data, at), "big")


def _read_number(data: bytes, at: int) -> int | str:
    value = _number(data, at)
    return value if value <= _LARGEST else str(value)


def _bytes(data: bytes, at: int) -> bytes:
    size = _number(data, at)
    found = data[at + _WORD : at + _WORD + size]
    if len(found) != size:
        raise _garbage()
    return found


def _text(data: bytes, at: int) -> str:
    return _bytes(data, at).decode("utf-8", errors="replace")


def _office(data: bytes, at: int) -> str:
    code = _word(data, at)[:2]
    return code.decode("ascii") if _OFFICE.fullmatch(code) else "0x" + code.hex()


def _fixed(word: bytes, event: str) -> bytes:
    if len(word) != _WORD:
        raise NodeError(f"the node sent an event {event} with a topic of {len(word)} bytes")
    return word


def _garbage() -> NodeError:
    return NodeError(
        "the node sent an event that is shorter than it says",
        remedy="Check that the addresses are those of the contracts, and that the node is the right one.",
    )


_SPECIAL: dict[str, _Reader] = {
    "OfficeNumber": lambda data, at: number_text(_word(data, at)) if any(_word(data, at)) else None,
    "OfficeCode": _office,
    "CalendarDate": lambda data, at: date_text(_number(data, at)),
}
