"""What every part of the model speaks: refusals, events, constants. Not its job: any rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ZERO_ADDRESS = "0x" + "00" * 20
FOREVER = 2**40 - 1
SCOPE_APPLICATIONS, SCOPE_REGISTER, SCOPE_TRANSACTIONS, SCOPE_KEYS = 1, 2, 4, 8
SCOPES = (SCOPE_APPLICATIONS, SCOPE_REGISTER, SCOPE_TRANSACTIONS, SCOPE_KEYS, 0, 3, 15, 16)
ZERO_WORD = bytes(32)


class Refusal(Exception):  # noqa: N818 - the word that the model uses for a revert
    """A call that must revert, with the name of the custom error and its arguments."""

    def __init__(self, name: str, *arguments: Any) -> None:
        super().__init__(name, *arguments)
        self.name = name
        self.arguments = arguments


@dataclass(frozen=True)
class Event:
    """A log entry: contract, name of the event, and its arguments in the order of declaration."""

    contract: str
    name: str
    arguments: tuple[Any, ...]


@dataclass
class Effect:
    """What a call that succeeds gives: its return values and its events."""

    returned: tuple[Any, ...] = ()
    events: list[Event] = field(default_factory=list)


@dataclass
class Clock:
    """Block time, seconds since 1970."""

    now: int = 0
