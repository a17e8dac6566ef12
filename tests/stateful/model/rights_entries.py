"""What the register keeps of an entry, and arithmetic with its dates. Not its job: which events may change it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from typing import Any

from tests.stateful.model.basics import ZERO_WORD
from tests.stateful.model.rights_table import NO_PAIR

# Bits of `marks`.
IMPORTED_MARK, IRREGULAR_MARK, CONTINUED_MARK, CHILD_MARK = 1, 2, 4, 8


@dataclass
class Entry:
    """A register entry with what is out at children, which of its events were corrected, and by which it ended."""

    pair: bytes = NO_PAIR
    status: int = 0
    marks: int = 0
    events: int = 0
    terminated_by: int = 0
    filing: int = 0
    registration: int = 0
    expiry: int = 0
    ceased_on: int = 0
    classes: int = 0
    head: bytes = ZERO_WORD
    dossier: bytes = ZERO_WORD
    representation: bytes = ZERO_WORD
    holder: bytes = ZERO_WORD
    application: bytes = ZERO_WORD
    basis: bytes = ZERO_WORD
    parent: bytes = ZERO_WORD
    former: bytes = ZERO_WORD
    continuation: bytes = ZERO_WORD
    corrected: frozenset[int] = frozenset()
    released: int = 0
    given: int = 0
    held: int = 0
    ceased_by: int = 0

    @property
    def state(self) -> bytes:
        """Return the state alone."""
        return self.pair[:1]

    @property
    def stage(self) -> bytes:
        """Return the stage alone."""
        return self.pair[1:]

    def listed(self) -> dict[str, Any]:
        """Return the entry as the contract shows it."""
        return {
            "state": self.state,
            "stage": self.stage,
            "status": self.status,
            "marks": self.marks,
            "eventCount": self.events,
            "terminatedBy": self.terminated_by,
            "filingDate": self.filing,
            "registrationDate": self.registration,
            "expiryDate": self.expiry,
            "ceasedOn": self.ceased_on,
            "classes": self.classes,
            "head": self.head,
            "dossier": self.dossier,
            "representation": self.representation,
            "holder": self.holder,
            "application": self.application,
            "basis": self.basis,
            "parent": self.parent,
            "former": self.former,
            "continuation": self.continuation,
        }

    def division(self) -> dict[str, int]:
        """Return the classes that move between it and its children, as the contract shows them."""
        return {"released": self.released, "given": self.given, "held": self.held}


def last_day(year: int, month: int) -> int:
    """Return the number of days of a month, of years beyond 9999 as well."""
    return calendar.monthrange(2000 + year % 400, month)[1]


def moved(value: int, months: int) -> int:
    """Return the same day that many months away, or the last day of a shorter month; years may have five digits."""
    year, month = value // 10000, value // 100 % 100
    step = 1 if months > 0 else -1
    for _ in range(abs(months)):
        month += step
        if month not in range(1, 13):
            year, month = year + step, 1 if step > 0 else 12
    return year * 10000 + month * 100 + min(value % 100, last_day(year, month))


def returns_to(value: int, *models: int) -> int:
    """Return 29 February instead of the 28th if the year has one and a date that the day goes back to was that late."""
    is_cut_short = value % 10000 == 228 and last_day(value // 10000, 2) == 29
    return value + 1 if is_cut_short and any(model % 100 > 28 for model in models) else value
