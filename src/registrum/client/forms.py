"""Small helpers for the forms in which answers are given: enumerations by position, JSON values.

Not its job: anything about contracts or nodes.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar

from registrum.errors import InputError, NodeError, RegistrumError
from registrum.numbers import OfficeNumber

__all__ = ["by_position", "error_json", "expect_number", "instant", "json_value", "require_office"]

_E = TypeVar("_E", bound=Enum)
_OFFICE = re.compile(r"[A-Z]{2}")


def by_position(members: type[_E], position: int, *, first: int = 0) -> _E:
    """The member at the place of an enumeration of the contracts.

    Args:
        members: Members in the order of the contract.
        position: What the contract says.
        first: Position of the first member; where the contract has "none" before it, 1.

    Raises:
        NodeError: There is none.
    """
    if not first <= position < first + len(members):
        raise NodeError(f"the node sent {position}, which is no {members.__name__}")
    return list(members)[position - first]


def require_office(code: str) -> str:
    """An office code in the form that the contracts take.

    Raises:
        InputError: Not two capital letters.
    """
    if not isinstance(code, str) or not _OFFICE.fullmatch(code):
        raise InputError(
            f"{code!r} is not an office code", remedy="Give two capital letters, the WIPO ST.3 code, for example EM."
        )
    return code


def expect_number(value: OfficeNumber | bytes) -> OfficeNumber:
    """An office number where a contract has let no other through.

    Raises:
        NodeError: It is malformed all the same.
    """
    if isinstance(value, OfficeNumber):
        return value
    raise NodeError(f"the node sent 0x{value.hex()}, which is no office number")


def instant(seconds: int) -> datetime:
    """A block time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def error_json(error: RegistrumError) -> dict[str, Any]:
    """Keys `code, message, remedy, details`."""
    details = json_value(error.details)
    return {"code": error.code, "message": error.message, "remedy": error.remedy, "details": details}


def json_value(value: Any) -> Any:
    """A value of an answer as JSON has it: dates `2024-01-31`, times `2024-01-31T12:00:00Z`, bytes `0x...`."""
    if isinstance(value, OfficeNumber):
        return value.text
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {_camel_case(str(key)): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [json_value(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
    return value


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
