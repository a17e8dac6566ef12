"""How entries stand on a day, as a part of a query: the rule of the contract `RightsStanding` on columns.

Not its job: the same for one entry (`registrum.rights.terms`), or what was known on another day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from registrum.dates import to_on_chain
from registrum.index import tables
from registrum.rights.model import Standing
from registrum.rights.terms import TRADEMARK_TERMS, RenewalTerms

__all__ = ["standing_of"]

_ENTRIES = tables.entries.c
_GRACE_MONTHS = TRADEMARK_TERMS.grace_months
"""Of offices that stated none; the same for trade marks and designs."""


def standing_of(on: date, grace_months: Mapping[tuple[str, str], int]) -> ColumnElement[Any]:
    """The standing of a row of `entries` on a day, as its number in `Standing`.

    Args:
        on: The day.
        grace_months: Months of grace of the offices that stated some, by office and letter of the right.
    """
    today = to_on_chain(on)
    state, stage = func.substr(_ENTRIES.state, 1, 1), func.substr(_ENTRIES.state, 2, 1)
    has_ended = _ENTRIES.ceased_on.is_not(None)
    is_registered = or_(
        and_(has_ended, _ENTRIES.registration_date.is_not(None)),
        and_(_ENTRIES.ceased_on.is_(None), stage.in_(("4", "5"))),
    )
    lapsed_by_office = [
        (and_(_ENTRIES.office == office, _ENTRIES.right == right), _latest_lapsed(on, months))
        for (office, right), months in sorted(grace_months.items())
        if months != _GRACE_MONTHS
    ]
    default = _latest_lapsed(on, _GRACE_MONTHS)
    latest_lapsed = case(*lapsed_by_office, else_=default) if lapsed_by_office else default
    ended = and_(has_ended, _ENTRIES.ceased_on <= today)
    return case(
        (_ENTRIES.continuation.is_not(None), int(Standing.CONTINUED)),
        (_ENTRIES.filing_date > today, int(Standing.NOT_FOUND)),
        (state == "U", int(Standing.UNSPECIFIED)),
        (and_(ended, state == "T"), int(Standing.TERMINATED)),
        (ended, int(Standing.NOT_ACTIVE)),
        (or_(~is_registered, _ENTRIES.registration_date > today), int(Standing.PENDING)),
        (or_(_ENTRIES.expiry_date.is_(None), _ENTRIES.expiry_date >= today), int(Standing.IN_FORCE)),
        (_ENTRIES.expiry_date <= latest_lapsed, int(Standing.LAPSED)),
        else_=int(Standing.IN_GRACE),
    )


def _latest_lapsed(on: date, grace_months: int) -> int:
    """The latest expiry date whose period of grace is over on a day, as the tables have it; 0 if there is none."""
    terms = RenewalTerms(1, None, 0, grace_months)
    # Months are of 28 to 31 days, so the date sought is near; the later an expiry date, the later its grace ends.
    try:
        day = on - timedelta(days=27 * grace_months)
        while not terms.window(day).closes < on:
            day -= timedelta(days=1)
        return to_on_chain(day)
    except (OverflowError, ValueError):
        return 0
