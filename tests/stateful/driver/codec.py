"""Calls, return values, errors and events by a contract's ABI; one decoded form for both engines.

Accounts are lower-case hex, words are bytes, structs are dictionaries by field name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.stateful.model.basics import Refusal
from tests.stateful.model.typed_data import keccak

Abi = list[dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """How values of one type are written: `size` is what they take in the head, in bytes."""

    dynamic: bool
    size: int
    write: Callable[[Any], bytes]
    read: Callable[[bytes, int], Any]


def type_of(parameter: dict[str, Any]) -> str:
    """Return the canonical type of a parameter, structs as tuples."""
    kind: str = parameter["type"]
    if not kind.startswith("tuple"):
        return kind
    inside = ",".join(type_of(component) for component in parameter["components"])
    return f"({inside}){kind.removeprefix('tuple')}"


def kind_of(parameter: dict[str, Any]) -> Kind:
    """Return how values of a parameter are written; structs are written from tuples and read as dictionaries."""
    name: str = parameter["type"]
    if name.endswith("]"):
        inner = kind_of(parameter | {"type": name[: name.rindex("[")]})
        length = name[name.rindex("[") + 1 : -1]
        return _list_kind(inner, int(length) if length else None)
    if name == "tuple":
        return _tuple_kind([(entry["name"], kind_of(entry)) for entry in parameter["components"]])
    return _simple_kind(name)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 32], "big")


def _padded(value: bytes) -> bytes:
    return len(value).to_bytes(32, "big") + value + bytes(-len(value) % 32)


def _counted(data: bytes, at: int) -> bytes:
    return data[at + 32 : at + 32 + _number(data, at)]


def _simple_kind(name: str) -> Kind:
    if name == "string":
        return Kind(True, 32, lambda value: _padded(value.encode()), lambda data, at: _counted(data, at).decode())
    if name == "bytes":
        return Kind(True, 32, _padded, _counted)
    if name == "address":
        return Kind(
            False,
            32,
            lambda value: bytes(12) + bytes.fromhex(value[2:]),
            lambda data, at: "0x" + data[at + 12 : at + 32].hex(),
        )
    if name == "bool":
        return Kind(False, 32, lambda value: int(value).to_bytes(32, "big"), lambda data, at: _number(data, at) != 0)
    if name.startswith("uint"):
        return Kind(False, 32, lambda value: value.to_bytes(32, "big"), _number)
    length = int(name.removeprefix("bytes"))
    return Kind(False, 32, lambda value: value.ljust(32, b"\x00"), lambda data, at: data[at : at + length])


def write_all(kinds: Sequence[Kind], values: Sequence[Any]) -> bytes:
    """Return values one after the other, dynamic ones behind the heads."""
    heads, tails = [], []
    place = sum(kind.size for kind in kinds)
    for kind, value in zip(kinds, values, strict=True):
        written = kind.write(value)
        if kind.dynamic:
            heads.append(place.to_bytes(32, "big"))
            tails.append(written)
            place += len(written)
        else:
            heads.append(written)
    return b"".join(heads + tails)


def read_all(kinds: Sequence[Kind], data: bytes, start: int = 0) -> tuple[Any, ...]:
    """Return the values that are written from a place on."""
    values, at = [], start
    for kind in kinds:
        values.append(kind.read(data, start + _number(data, at) if kind.dynamic else at))
        at += kind.size
    return tuple(values)


def _tuple_kind(fields: list[tuple[str, Kind]]) -> Kind:
    names, kinds = [name for name, _ in fields], [kind for _, kind in fields]
    dynamic = any(kind.dynamic for kind in kinds)
    return Kind(
        dynamic,
        32 if dynamic else sum(kind.size for kind in kinds),
        lambda value: write_all(kinds, value),
        lambda data, at: dict(zip(names, read_all(kinds, data, at), strict=True)),
    )


def _list_kind(inner: Kind, length: int | None) -> Kind:
    if length is not None:
        kinds = [inner] * length
        size = 32 if inner.dynamic else inner.size * length
        return Kind(
            inner.dynamic, size, lambda value: write_all(kinds, value), lambda data, at: read_all(kinds, data, at)
        )

    def write(values: Any) -> bytes:
        return len(values).to_bytes(32, "big") + write_all([inner] * len(values), values)

    def read(data: bytes, at: int) -> tuple[Any, ...]:
        return read_all([inner] * _number(data, at), data, at + 32)

    return Kind(True, 32, write, read)


@dataclass(frozen=True)
class Shape:
    """One function, error or event."""

    contract: str
    name: str
    inputs: list[dict[str, Any]]
    kinds: list[Kind]
    output_kinds: list[Kind]
    identifier: bytes


@dataclass(frozen=True)
class RawLog:
    """A log entry as the chain gives it."""

    address: str
    topics: list[bytes]
    data: bytes


@dataclass(frozen=True)
class Log:
    """A decoded log entry with its block time."""

    contract: str
    name: str
    arguments: dict[str, Any]
    at: int


class Codec:
    """Encodes and decodes for a set of contracts."""

    def __init__(self, abis: dict[str, Abi], addresses: dict[str, str]) -> None:
        self.addresses = addresses
        self.contracts = {address: name for name, address in addresses.items()}
        self.functions: dict[tuple[str, str], Shape] = {}
        self.errors: dict[bytes, Shape] = {}
        self.events: dict[tuple[str, bytes], Shape] = {}
        for contract, abi in abis.items():
            for entry in abi:
                if entry["type"] in ("function", "error", "event"):
                    self._add(contract, entry)

    def _add(self, contract: str, entry: dict[str, Any]) -> None:
        types = ",".join(type_of(parameter) for parameter in entry["inputs"])
        shape = Shape(
            contract,
            entry["name"],
            entry["inputs"],
            [kind_of(parameter) for parameter in entry["inputs"]],
            [kind_of(parameter) for parameter in entry.get("outputs", [])],
            keccak(f"{entry['name']}({types})".encode()),
        )
        if entry["type"] == "function":
            self.functions[contract, shape.name] = shape
        elif entry["type"] == "error":
            self.errors[shape.identifier[:4]] = shape
        else:
            self.events[contract, shape.identifier] = shape

    def call_data(self, contract: str, function: str, arguments: tuple[Any, ...]) -> bytes:
        """Return the call data of a function."""
        shape = self.functions[contract, function]
        return shape.identifier[:4] + write_all(shape.kinds, arguments)

    def returned(self, contract: str, function: str, output: bytes) -> tuple[Any, ...]:
        """Return the values that a function gave."""
        shape = self.functions[contract, function]
        return read_all(shape.output_kinds, output)

    def refusal(self, output: bytes) -> Refusal:
        """Return the error that a revert carries; one without a known selector shows its bytes."""
        shape = self.errors.get(output[:4])
        if shape is None:
            return Refusal("unnamed", output)
        return Refusal(shape.name, *read_all(shape.kinds, output[4:]))

    def log(self, raw: RawLog, at: int) -> Log:
        """Return a decoded log entry."""
        contract = self.contracts[raw.address]
        shape = self.events[contract, raw.topics[0]]
        plain = [index for index, parameter in enumerate(shape.inputs) if not parameter["indexed"]]
        values = dict(zip(plain, read_all([shape.kinds[index] for index in plain], raw.data), strict=True))
        topics = iter(raw.topics[1:])
        arguments = {}
        for index, parameter in enumerate(shape.inputs):
            value = values[index] if index in values else shape.kinds[index].read(next(topics), 0)
            arguments[parameter["name"]] = value
        return Log(contract, shape.name, arguments, at)
