"""How a custom error of the contracts becomes a Python exception: one declaration, decoded into typed attributes.

Not its job: the errors themselves; `registrum.chain.reverts` has them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from registrum.chain.codec import Kind, decode_values, encode_values, kind_of, snake_case
from registrum.errors import ContractError
from registrum.numbers import OfficeNumber
from registrum.signing.keccak import keccak

__all__ = ["CustomError"]

_SOLIDITY = {
    "OfficeNumber": "bytes32",
    "OfficeCode": "bytes2",
    "CalendarDate": "uint32",
    "enum IRightsRegister.Relation": "uint8",
    "enum IGovernor.ProposalState": "uint8",
}
_DECLARATION = re.compile(r"(\w+)\((.*)\)")

_TEXTS = frozenset({"status_code", "system", "row", "resulting", "category"})
"""Arguments of fixed bytes that hold ASCII."""


class CustomError(ContractError):
    """Base of the errors that the contracts declare. The arguments of a subclass are those of its declaration.

    Attributes:
        declaration: The error as the Solidity interface declares it; the attributes are its arguments in snake case.
        says: The message, with the attributes in braces.
        words: For arguments that are enumerations, the words that stand for their values.
        error_selector: First four bytes of the revert data.
    """

    declaration: ClassVar[str]
    says: ClassVar[str]
    words: ClassVar[Mapping[str, Sequence[str]]] = {}
    error_selector: ClassVar[bytes]
    _kinds: ClassVar[dict[str, Kind]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        match = _DECLARATION.fullmatch(cls.declaration)
        if match is None:
            raise TypeError(f"not a declaration: {cls.declaration}")
        pairs = [argument.rsplit(" ", 1) for argument in match[2].split(", ") if argument]
        types = [_SOLIDITY.get(kind, kind) for kind, _ in pairs]
        cls.code = snake_case(match[1])
        cls.error_selector = keccak(f"{match[1]}({','.join(types)})".encode("ascii"))[:4]
        cls._kinds = {
            snake_case(name): kind_of({"name": name, "type": plain, "internalType": kind})
            for (kind, name), plain in zip(pairs, types, strict=True)
        }

    def __init__(self, **arguments: Any) -> None:
        if arguments.keys() != self._kinds.keys():
            raise TypeError(f"{type(self).__name__} needs {', '.join(self._kinds) or 'no arguments'}")
        shown = {name: _shown(value) for name, value in arguments.items()}
        told = {name: _told(name, value, self.words.get(name)) for name, value in shown.items()}
        super().__init__(self.says.format(**told), **shown)
        self._arguments = arguments
        for name, value in arguments.items():
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self._arguments)

    @property
    def cause(self) -> str:
        """What the error means, whatever its arguments."""
        return (type(self).__doc__ or "").strip()

    @classmethod
    def from_data(cls, data: bytes) -> CustomError:
        """The error out of its arguments, which follow the selector in revert data.

        Raises:
            NodeError: They are no such arguments.
        """
        values = decode_values(list(cls._kinds.values()), data)
        return cls(**dict(zip(cls._kinds, values, strict=True)))

    def to_data(self) -> bytes:
        """Revert data of this error, selector and arguments."""
        return type(self).error_selector + encode_values(list(self._kinds.values()), list(self._arguments.values()))


def _rebuilt(cls: type[CustomError], arguments: dict[str, Any]) -> CustomError:
    return cls(**arguments)


def _told(name: str, value: Any, words: Sequence[str] | None) -> Any:
    if name == "proposal_id":
        # As everywhere else: its 78 decimal digits say nothing to anyone.
        return f"0x{value:064x}"
    if name == "related" and not int(value.removeprefix("0x") if value.startswith("0x") else "1", 16):
        return "no other number"
    if name == "classes":
        return ", ".join(str(bit) for bit in range(value.bit_length()) if value >> bit & 1) or "none"
    if name in _TEXTS:
        text = bytes.fromhex(value.removeprefix("0x")).rstrip(b"\0").decode("ascii", "replace")
        return text if text.isprintable() and text.isascii() and text else value
    return words[value] if words and value < len(words) else value


def _shown(value: Any) -> Any:
    if isinstance(value, OfficeNumber):
        return value.text
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return "none" if value is None else value
