"""Rows of the table of codes in plain sentences, for whoever votes on them.

Every member of a row is said, since a vote is on all of them. Not its job: other calls
(`registrum.client.plain_words`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["codes_words", "statuses_words"]

_RIGHTS = {b"T": "trade marks", b"D": "designs"}
_STATES = "ANTU"
_STAGES = 7
_NO_ENTRY, _NO_CHANGE = 28, 29


def codes_words(rules: Sequence[Mapping[str, Any]], quoted: Callable[[str], str]) -> str:
    """What `RightsRegister.setCodes` does.

    Args:
        rules: The rows, decoded.
        quoted: Puts a text of the call in quotation marks.
    """
    return "; ".join(_code_words(rule, quoted) for rule in rules) or "set no row of the table of codes"


def statuses_words(rules: Sequence[Mapping[str, Any]], quoted: Callable[[str], str]) -> str:
    """What `RightsRegister.setStatuses` does."""
    rows = (
        f"give {_right(rule['right'])} the status {rule['position']}: {quoted(_ascii(rule['status']))}"
        for rule in rules
    )
    return "; ".join(rows) or "set no row of the table of statuses"


def _code_words(rule: Mapping[str, Any], quoted: Callable[[str], str]) -> str:
    code = f"the code {quoted(_ascii(rule['code']))} of {quoted(_ascii(rule['system']))} for {_right(rule['right'])}"
    if not any(rule["category"]):
        return f"retire {code}"
    numbers = ", ".join(map(str, _bits(rule["statuses"] >> 1 << 1))) or "none"
    stays = " or as before" if rule["statuses"] & 1 else ""
    return (
        f"set {code}: category {quoted(_ascii(rule['category']))}, title {quoted(rule['title'])},"
        f" from {_pairs(rule['from'])} to {_pairs(rule['to'])}, with status {numbers}{stays}"
    )


def _pairs(mask: int) -> str:
    words = {_NO_ENTRY: "no entry", _NO_CHANGE: "no change"}
    names = [words.get(bit) or f"{_STATES[bit // _STAGES]}{bit % _STAGES}" for bit in _bits(mask) if bit <= _NO_CHANGE]
    return ", ".join(names) or "nothing"


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def _right(value: bytes) -> str:
    return _RIGHTS.get(bytes(value), f"the right 0x{bytes(value).hex()}")


def _ascii(value: bytes) -> str:
    text = bytes(value).rstrip(b"\0")
    return text.decode("ascii") if text.isascii() else "0x" + bytes(value).hex()
