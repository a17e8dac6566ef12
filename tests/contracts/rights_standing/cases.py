"""Registrations with chosen dates, and what `standingOf` says of them.

Not its job: what it ought to say.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.contracts.support.offices import number
from tests.contracts.support.rights import BASIS, IMPORTED, REGISTERED, Event, filing

NOT_FOUND, PENDING, IN_FORCE, IN_GRACE, LAPSED, NOT_ACTIVE, TERMINATED, CONTINUED, UNSPECIFIED = range(9)
"""How an entry stands, in the order of the interface."""

MARK = "EM/T/018660437"
DAY_FILED = 20900310


class Answer(NamedTuple):
    """What `standingOf` answers."""

    standing: int
    is_irregular: bool
    basis_ceased_on: int


def asked(standing: Any, text: str | bytes, on: int = 0) -> Answer:
    """What `standingOf` answers about a number, written `EM/T/018660437` or as bytes, on a day."""
    return Answer(*standing.standingOf(text if isinstance(text, bytes) else number(text), on))


def stands(standing: Any, text: str, on: int = 0) -> int:
    """How a number stands on a day."""
    return asked(standing, text, on).standing


def basis_gone(standing: Any, text: str, on: int) -> int:
    """Day on which the basis of a number ceased, as known on a day."""
    return asked(standing, text, on).basis_ceased_on


def in_force(text: str, expiry: int = 0, on: int = DAY_FILED, **more: Any) -> Event:
    """A registration of some day, as a first event that sums up what was before.

    Args:
        text: Number.
        expiry: Expiry date, zero for none.
        on: Day of the event, of filing and, unless another is among `more`, of registration.
        more: As for `filing`.
    """
    stated = {"registration_date": on, "classes": [9]} | ({"expiry_date": expiry} if expiry else {}) | more
    return filing(text, "F10", "A4", REGISTERED, on, **stated)._replace(flags=IMPORTED)


def based(text: str, basis: str, expiry: int = 0, on: int = DAY_FILED, **more: Any) -> Event:
    """A registration that rests on another one."""
    return in_force(text, expiry, on, relation=BASIS, related=number(basis), **more)
