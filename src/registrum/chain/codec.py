"""The ABI encoding of contracts, into and out of the values of this package.

| in Solidity | here |
|---|---|
| `OfficeNumber` | `registrum.numbers.OfficeNumber`; 32 bytes where it is malformed |
| `OfficeCode` | `str`, two letters |
| `CalendarDate` | `datetime.date`, None for zero |
| `uint40` of a time | `datetime.datetime` in UTC; None for zero, and after the year 9999: "without end" |
| `uint40` of a count or a duration | `int` |
| `address` | text in EIP-55 form |
| other integers and enums, `bool`, `string`, bytes | `int`, `bool`, `str`, `bytes` |
| struct | `dict` by member name in snake case; going in, also an object with such attributes, or a tuple in order |

Written by hand, since importing eth_abi takes longer than asking a node; the tests compare it with eth_abi. Not its
job: what the values mean, or which contract has which functions (`registrum.chain.contracts`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from registrum.dates import from_on_chain, to_on_chain
from registrum.errors import DateError, InputError, NodeError, NumberFormatError
from registrum.numbers import OfficeNumber
from registrum.signing.addresses import checksum_address, parse_address

__all__ = ["FOREVER", "Kind", "canonical_type", "decode_values", "encode_values", "kind_of", "snake_case"]

FOREVER = 2**40 - 1
"""The `uint40` of "without end"."""

_LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_WORD = 32
_SIZED = re.compile(r"(uint|bytes)([0-9]+)")
_ARRAY = re.compile(r"(.*)\[([0-9]*)\]")


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one ABI type are written and read.

    Attributes:
        size: Bytes in the head: of the value itself, or of the offset to it.
        dynamic: Whether the head is an offset.
        encode: Value to bytes.
        decode: Data and position to value.
    """

    size: int
    dynamic: bool
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes, int], Any]


def snake_case(name: str) -> str:
    """`recordedAt` as `recorded_at`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def canonical_type(entry: Mapping[str, Any]) -> str:
    """The type of an ABI entry as it counts for selectors: `(bytes32,uint32)[]`."""
    kind = str(entry["type"])
    if kind.startswith("tuple"):
        members = ",".join(canonical_type(member) for member in entry["components"])
        return f"({members}){kind.removeprefix('tuple')}"
    return kind


def kind_of(entry: Mapping[str, Any], *, times: bool = True) -> Kind:
    """The kind of an ABI entry: `type`, and where there are any `name`, `internalType` and `components`.

    Args:
        entry: Of the ABI.
        times: Read times as moments. Otherwise they stay the numbers that they are, which loses nothing: as moments,
            zero and "without end" are both None.

    Raises:
        InputError: A type that the contracts do not use.
    """
    kind, internal = str(entry["type"]), str(entry.get("internalType", ""))
    if match := _ARRAY.fullmatch(kind):
        inner = _ARRAY.fullmatch(internal)
        element = kind_of({**entry, "type": match[1], "internalType": inner[1] if inner else ""}, times=times)
        return _array(element, int(match[2]) if match[2] else None)
    if kind == "tuple":
        members = {snake_case(member["name"]): kind_of(member, times=times) for member in entry["components"]}
        return _struct(members)
    if kind in ("string", "bytes"):
        return _text() if kind == "string" else _bytes()
    if special := _SPECIAL.get(internal):
        return special
    if kind == "uint40" and times and entry.get("name") not in _NUMBERS:
        return _TIME
    if kind == "address":
        return _word(_encode_address, _decode_address)
    if kind == "bool":
        return _word(lambda value: int(bool(value)).to_bytes(_WORD, "big"), lambda word: _unsigned(word, 1) == 1)
    if match := _SIZED.fullmatch(kind):
        size = int(match[2])
        if match[1] == "uint":
            return _word(lambda value: _encode_unsigned(value, size), lambda word: _unsigned(word, size))
        return _word(lambda value: _encode_fixed(value, size), lambda word: _fixed(word, size))
    raise InputError(f"no contract of this package uses the type {kind}")


def encode_values(kinds: Sequence[Kind], values: Sequence[Any]) -> bytes:
    """Encode arguments one after another, as in call data after the selector.

    Raises:
        InputError: A value is out of the range of its type, or their number is wrong.
    """
    if len(kinds) != len(values):
        raise InputError(f"{len(kinds)} values are needed, got {len(values)}")
    heads, tails = [], []
    position = sum(kind.size for kind in kinds)
    for kind, value in zip(kinds, values, strict=True):
        encoded = kind.encode(value)
        if kind.dynamic:
            heads.append(position.to_bytes(_WORD, "big"))
            tails.append(encoded)
            position += len(encoded)
        else:
            heads.append(encoded)
    return b"".join(heads + tails)


def decode_values(kinds: Sequence[Kind], data: bytes, base: int = 0) -> tuple[Any, ...]:
    """Decode values that `encode_values` wrote, from a position on.

    Raises:
        NodeError: The data is too short, or is no such encoding.
    """
    values = []
    position = base
    for kind in kinds:
        start = base + _unsigned(_take(data, position, _WORD), 256) if kind.dynamic else position
        values.append(kind.decode(data, start))
        position += kind.size
    return tuple(values)


def _garbage(what: str) -> NodeError:
    return NodeError(
        f"the node sent contract data that cannot be read: {what}",
        remedy="Check that the addresses are those of the contracts, and that the node is the right one.",
    )


def _take(data: bytes, position: int, size: int) -> bytes:
    piece = data[position : position + size]
    if len(piece) != size:
        raise _garbage("it is too short")
    return piece


def _word(encode: Callable[[Any], bytes], decode: Callable[[bytes], Any]) -> Kind:
    return Kind(_WORD, False, encode, lambda data, position: decode(_take(data, position, _WORD)))


def _array(element: Kind, length: int | None) -> Kind:
    def encode(values: Sequence[Any]) -> bytes:
        if length is not None and len(values) != length:
            raise InputError(f"{length} values are needed, got {len(values)}")
        body = encode_values([element] * len(values), values)
        return body if length is not None else len(values).to_bytes(_WORD, "big") + body

    def decode(data: bytes, position: int) -> list[Any]:
        count = length
        if count is None:
            count = _unsigned(_take(data, position, _WORD), 256)
            position += _WORD
        if count * element.size > len(data) - position:
            raise _garbage("a list is longer than the data")
        return list(decode_values([element] * count, data, position))

    dynamic = length is None or element.dynamic
    return Kind(_WORD if dynamic else element.size * (length or 0), dynamic, encode, decode)


def _struct(members: dict[str, Kind]) -> Kind:
    kinds = list(members.values())
    dynamic = any(kind.dynamic for kind in kinds)

    def encode(value: Any) -> bytes:
        if isinstance(value, tuple):
            return encode_values(kinds, value)
        pick = value.__getitem__ if isinstance(value, Mapping) else functools.partial(getattr, value)
        return encode_values(kinds, [pick(name) for name in members])

    def decode(data: bytes, position: int) -> dict[str, Any]:
        return dict(zip(members, decode_values(kinds, data, position), strict=True))

    return Kind(_WORD if dynamic else sum(kind.size for kind in kinds), dynamic, encode, decode)


def _bytes() -> Kind:
    def encode(value: bytes) -> bytes:
        return len(value).to_bytes(_WORD, "big") + value + bytes(-len(value) % _WORD)

    def decode(data: bytes, position: int) -> bytes:
        size = _unsigned(_take(data, position, _WORD), 256)
        return _take(data, position + _WORD, size)

    return Kind(_WORD, True, encode, decode)


def _text() -> Kind:
    raw = _bytes()

    def decode(data: bytes, position: int) -> str:
        # Whoever wrote it may have written anything; a name that is no UTF-8 must not hide the rest.
        text: str = raw.decode(data, position).decode(errors="replace")
        return text

    return Kind(_WORD, True, lambda value: raw.encode(value.encode()), decode)


def _encode_unsigned(value: Any, bits: int) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << bits:
        raise InputError(f"must be a whole number from 0 to {(1 << bits) - 1}, got {value!r}")
    return int(value).to_bytes(_WORD, "big")


def _unsigned(word: bytes, bits: int) -> int:
    value = int.from_bytes(word, "big")
    if value >> bits:
        raise _garbage(f"0x{word.hex()} has more than {bits} bits")
    return value


def _encode_fixed(value: Any, size: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != size:
        raise InputError(f"must be {size} bytes, got {value!r}")
    return value.ljust(_WORD, b"\0")


def _fixed(word: bytes, size: int) -> bytes:
    if any(word[size:]):
        raise _garbage(f"0x{word.hex()} has more than {size} bytes")
    return word[:size]


def _encode_address(value: Any) -> bytes:
    return parse_address(value).rjust(_WORD, b"\0")


def _decode_address(word: bytes) -> str:
    return checksum_address(_unsigned(word, 160).to_bytes(20, "big"))


def _encode_number(value: OfficeNumber | bytes) -> bytes:
    return value.on_chain if isinstance(value, OfficeNumber) else _encode_fixed(value, 32)


def _decode_number(word: bytes) -> OfficeNumber | bytes:
    try:
        return OfficeNumber.from_on_chain(word)
    except NumberFormatError:
        return word


def _encode_office(value: str | bytes) -> bytes:
    return _encode_fixed(value.encode() if isinstance(value, str) else value, 2)


def _encode_date(value: date | int | None) -> bytes:
    number = 0 if value is None else value if isinstance(value, int) else to_on_chain(value)
    return _encode_unsigned(number, 32)


def _decode_date(word: bytes) -> date | None:
    value = _unsigned(word, 32)
    try:
        return from_on_chain(value) if value else None
    except DateError as error:
        raise _garbage(f"{value} is no date") from error


def _encode_time(value: datetime | int | None) -> bytes:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InputError(f"{value} has no time zone", remedy="Give a time in UTC.")
        value = int(value.timestamp())
    return _encode_unsigned(value or 0, 40)


def _decode_time(word: bytes) -> datetime | None:
    value = _unsigned(word, 40)
    return datetime.fromtimestamp(value, UTC) if 0 < value <= _LAST_SECOND else None


_SPECIAL = {
    "OfficeNumber": _word(_encode_number, _decode_number),
    "OfficeCode": _word(_encode_office, lambda word: _fixed(word, 2).decode("ascii", errors="replace")),
    "CalendarDate": _word(_encode_date, _decode_date),
}
_TIME = _word(_encode_time, _decode_time)
_NUMBERS = ("leafCount", "duration", "emergencyDuration", "objectionDelay", "newDelay")
"""Every `uint40` that is no time: a count, or seconds that something lasts."""
