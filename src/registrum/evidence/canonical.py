"""Canonical JSON (RFC 8785, the part of it that evidence uses), and the values in it. Section 1 of the format.

Values are objects, lists, ASCII texts, integers from 0 to 2^53 - 1, true, false and null. For these, sorting members
and leaving out white space is all that RFC 8785 asks. Not its job: what the values mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from registrum.dates import from_on_chain
from registrum.errors import DateError, EvidenceError

__all__ = [
    "FOREVER",
    "LAST_MOMENT",
    "as_address",
    "as_code",
    "as_day",
    "as_members",
    "as_moment",
    "as_whole",
    "day",
    "encode",
    "hexed",
    "instant",
    "parse",
    "read_json",
    "unhexed",
]

FOREVER = "forever"
"""What stands for a moment after the year 9999 where none at all would mean the contrary."""
LAST_MOMENT = 253_402_300_799
"""The last second of the year 9999."""
_MOST_WHOLE = (1 << 53) - 1
_DEEPEST = 32
_MOST_CONTAINERS = 100_000
_HEX = re.compile(r"0x(?:[0-9a-f]{2})*")
_FIRST_YEAR = 1800
_CODE = re.compile("[A-Z]{2}")
_DAY = "%Y-%m-%d"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def encode(value: object) -> bytes:
    """The one spelling of a value.

    Raises:
        EvidenceError: It holds what evidence does not have: a float, text beyond ASCII, a number out of range.
    """
    _check(value, 0)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def read_json(data: bytes, what: str) -> Any:
    """Read a value however it is spelt, members that are there twice apart.

    Raises:
        EvidenceError: It is no JSON, or holds what evidence does not have.
    """
    if data.count(b"[") + data.count(b"{") > _MOST_CONTAINERS:
        _refuse(f"{what} has more than {_MOST_CONTAINERS} lists and objects")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{what} is no JSON: {error}", check="form") from error
    _check(value, 0)
    return value


def parse(data: bytes, what: str) -> Any:
    """Read a value that is spelt as it must be.

    Raises:
        EvidenceError: It is no JSON, or not in its canonical form.
    """
    value = read_json(data, what)
    if encode(value) != data:
        raise EvidenceError(f"{what} is not in the canonical form of RFC 8785", check="form")
    return value


def as_members(value: object, names: Sequence[str], what: str) -> Mapping[str, Any]:
    """An object with exactly these members."""
    if not isinstance(value, dict) or value.keys() != set(names):
        _refuse(f"{what} must have exactly the members {', '.join(names)}")
    return value


def as_whole(value: object, what: str, most: int = _MOST_WHOLE) -> int:
    """A whole number in range; a truth value is none."""
    if type(value) is not int or not 0 <= value <= most:
        _refuse(f"{what} must be a whole number from 0 to {most}")
    return value


def as_address(value: object, what: str) -> bytes:
    """An account."""
    return unhexed(value, what, 20)


def as_code(value: object, what: str) -> str:
    """The code of an office."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        _refuse(f"{what} must be two capital letters")
    return value


def as_day(value: object, what: str) -> date:
    """A day of the years 1800 to 9999, from its one spelling."""
    found = _spelt(value, _DAY)
    if found is None or found.year < _FIRST_YEAR:
        _refuse(f"{what} must be a day YYYY-MM-DD from {_FIRST_YEAR} on")
    return found.date()


def as_moment(value: object, what: str) -> datetime:
    """A moment from 1970 on, from its one spelling."""
    found = _spelt(value, _MOMENT)
    if found is None or found.year < 1970:
        _refuse(f"{what} must be a moment YYYY-MM-DDThh:mm:ssZ from 1970 on")
    return found.replace(tzinfo=UTC)


def _spelt(value: object, form: str) -> datetime | None:
    """What a text says in a form; None if it says nothing, or has another spelling of it."""
    try:
        found = datetime.strptime(value, form) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.strftime(form) == value else None


def hexed(data: bytes) -> str:
    """Bytes as the format spells them."""
    return "0x" + data.hex()


def unhexed(value: object, what: str, size: int | None = None) -> bytes:
    """Bytes from their one spelling."""
    data = None
    if isinstance(value, str) and _HEX.fullmatch(value):
        data = bytes.fromhex(value[2:])
    if data is None or size not in {None, len(data)}:
        _refuse(f"{what} must be 0x and " + ("bytes" if size is None else f"{size} bytes") + " in lower-case digits")
    return data


def instant(seconds: int) -> str:
    """A moment as the format spells it.

    Raises:
        EvidenceError: No calendar has it.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime(_MOMENT)
    except (OverflowError, ValueError, OSError):
        _refuse(f"{seconds} seconds after 1970 is no moment")


def day(value: int, check: str = "state") -> date:
    """A day from `YYYYMMDD` of the chain.

    Raises:
        EvidenceError: There is no such day.
    """
    try:
        return from_on_chain(value)
    except DateError as error:
        raise EvidenceError(f"{value} is no day of the calendar", check=check) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _check(value: object, depth: int) -> None:
    if depth > _DEEPEST:
        _refuse("evidence is not nested as deeply")
    if isinstance(value, dict):
        for name, member in value.items():
            _check(name, depth + 1)
            _check(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _check(member, depth + 1)
    elif isinstance(value, str):
        if not (value.isascii() and value.isprintable()):
            _refuse("texts of evidence are printable ASCII")
    elif value is not None and not isinstance(value, bool):
        as_whole(value, "a number of evidence")


def _refuse(message: str) -> NoReturn:
    raise EvidenceError(message, check="form")
