"""`standingOf` against the rule in words, by `datetime`, for families of entries that no history would lead to.

A basic mark, an international registration and a designation get every state, stage and date: their storage is written
directly. Not its job: how entries come to be so.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.contracts.rights_standing.cases import (
    CONTINUED,
    IN_FORCE,
    IN_GRACE,
    LAPSED,
    NOT_ACTIVE,
    NOT_FOUND,
    PENDING,
    TERMINATED,
    UNSPECIFIED,
    Answer,
    asked,
)
from tests.contracts.support.ledger import mapping_slot, poke
from tests.contracts.support.offices import number
from tests.contracts.support.rights import MARK_IRREGULAR, RenewalTerms, entry_of, set_terms

ENTRIES_SLOT = 4
"""Slot of the mapping of entries; EIP-712 has two before it, the table of codes and statuses two."""

BASIS_OFFSET, CONTINUATION_OFFSET = 6, 9
"""Words of an entry beside the first."""

GRACE = {"EMT": 12, "EMD": 60, "WOT": 7, "AUT": 6, "AUD": 6, "WOD": 6}
"""Months of grace by office and right; those of AU, and of WO for designs, are never stated."""

FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(9990, 12, 31)

seeds = st.integers(0, 2**64 - 1)
"""Hypothesis draws one number, from which a test makes some families."""


@dataclass(frozen=True)
class Stored:
    """An entry as far as its standing depends on it."""

    text: str
    pair: str
    filing: date
    registration: date | None = None
    expiry: date | None = None
    ceased: date | None = None
    marks: int = 0
    event_count: int = 1
    basis: str = ""
    continuation: str = ""

    def word(self) -> int:
        """The first storage word, as the library documents it."""
        values = (
            (ord(self.pair[0]), 8),
            (ord(self.pair[1]), 8),
            (1, 8),
            (self.marks, 8),
            (self.event_count, 16),
            (0, 16),
            (packed(self.filing), 32),
            (packed(self.registration), 32),
            (packed(self.expiry), 32),
            (packed(self.ceased), 32),
            (1 << 9, 48),
        )
        word = position = 0
        for value, width in values:
            word |= value << position
            position += width
        return word


Family = dict[str, Stored]


def packed(day: date | None) -> int:
    return 0 if day is None else day.year * 10000 + day.month * 100 + day.day


def months_after(day: date, months: int) -> tuple[int, int, int]:
    """The same day of a later month, or its last: a triple, since the year may have five digits."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = 29 if month == 1 and calendar.isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month]
    return year, month + 1, min(day.day, last)


def parts(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def is_over(entry: Stored, on: date) -> bool:
    """Whether the grace period of an expiry date is over."""
    return entry.expiry is not None and parts(on) > months_after(entry.expiry, GRACE[entry.text[:2] + entry.text[3]])


def rule(family: Family, text: str, on: date) -> Answer:
    """What the interface says that the answer is."""
    entry = family.get(text)
    if entry is None:
        return Answer(NOT_FOUND, False, 0)
    return Answer(
        standing_by_rule(entry, on), bool(entry.marks & MARK_IRREGULAR), packed(basis_by_rule(family, entry, on))
    )


def standing_by_rule(entry: Stored, on: date) -> int:
    if entry.continuation:
        return CONTINUED
    if on < entry.filing:
        return NOT_FOUND
    if entry.pair[0] == "U":
        return UNSPECIFIED
    if entry.ceased is not None and on >= entry.ceased:
        return TERMINATED if entry.pair[0] == "T" else NOT_ACTIVE
    # Stage and state are those after the end; until then only the dates tell whether it was registered.
    is_registered = entry.pair[1] in "45" if entry.ceased is None else entry.registration is not None
    if not is_registered or (entry.registration is not None and on < entry.registration):
        return PENDING
    if entry.expiry is None or on <= entry.expiry:
        return IN_FORCE
    return LAPSED if is_over(entry, on) else IN_GRACE


def end_by_rule(entry: Stored, on: date) -> date | None:
    """Day on which an entry ceased, as known on a day: recorded, or by lapse."""
    if entry.ceased is not None:
        return entry.ceased if entry.ceased <= on else None
    return entry.expiry if entry.pair[1] in "45" and is_over(entry, on) else None


def basis_by_rule(family: Family, entry: Stored, on: date) -> date | None:
    if not entry.basis:
        return None
    basis = family.get(entry.basis)
    while basis is not None and basis.continuation:
        basis = family.get(basis.continuation)
    if basis is None:
        return None
    end = end_by_rule(basis, on)
    if entry.text.startswith("WO/T/"):
        within = entry.registration and end and parts(end) < months_after(entry.registration, 60)
        return end if within else None
    if entry.text.startswith("WO/") or not basis.text.startswith("WO/"):
        return None
    return end or basis_by_rule(family, basis, on)


def store(rights: Any, entry: Stored) -> None:
    """Write an entry into the storage of the register, and see that it is read as what was meant."""
    slot = mapping_slot(number(entry.text), ENTRIES_SLOT)
    poke(rights, slot, entry.word())
    for offset, text in ((BASIS_OFFSET, entry.basis), (CONTINUATION_OFFSET, entry.continuation)):
        poke(rights, slot + offset, int.from_bytes(number(text), "big") if text else 0)
    read = entry_of(rights, entry.text)
    assert (read.state + read.stage, read.marks, read.event_count) == (
        entry.pair.encode(),
        entry.marks,
        entry.event_count,
    )
    assert (read.filing_date, read.registration_date, read.expiry_date, read.ceased_on) == (
        packed(entry.filing),
        packed(entry.registration),
        packed(entry.expiry),
        packed(entry.ceased),
    )
    assert (read.basis, read.continuation) == tuple(
        number(text) if text else bytes(32) for text in (entry.basis, entry.continuation)
    )


def near(random: Random, day: date) -> date:
    """A day not far from another, often the day before, itself, or the day after."""
    shift = random.choice([-1, 0, 0, 1, random.randint(-2500, 2500)])
    return min(max(day + timedelta(days=shift), FIRST_DAY), LAST_DAY)


def edge(random: Random, day: date, months: int) -> date:
    """A day near the end of some months after another."""
    return near(random, min(date(*min(months_after(day, months), parts(LAST_DAY))), LAST_DAY))


def drawn(random: Random, text: str, around: date, **links: str) -> Stored:
    """An entry whose dates lie around a day, or are missing."""

    def some(months: int) -> date | None:
        return edge(random, around, months) if random.random() < 0.7 else None

    pair = random.choice("AAAANTU") + random.choice("4444501236")
    is_ended = pair[0] in "NT" and random.random() < 0.9
    ceased = edge(random, around, random.choice([0, 60])) if is_ended else None
    marks = random.choice([0, 1, 2, 3, 8, 10])
    filed = near(random, around) if random.random() < 0.5 else FIRST_DAY
    dates = (filed, some(0), some(random.choice([0, 60])), ceased)
    return Stored(text, pair, *dates, marks, random.choice([1, 2, 65535]), **links)


def family_of(random: Random) -> tuple[Family, date]:
    """A basic right, an international one, a designation, and numbers that some of them were kept under before."""
    span = (LAST_DAY - FIRST_DAY).days - 8000
    around = FIRST_DAY + timedelta(days=random.randrange(span)) if random.random() < 0.7 else date(2096, 2, 29)
    right = random.choice("TTTD")
    basic, international, designation = f"EM/{right}/1", f"WO/{right}/2", f"AU/{right}/3"
    entries = [
        drawn(random, basic, around),
        drawn(random, international, around, basis=random.choice([basic, basic, basic, "US/T/9", ""])),
        drawn(
            random, designation, around, basis=random.choice([international, international, international, basic, ""])
        ),
    ]
    family = {entry.text: entry for entry in entries}
    for text in (basic, international):
        if random.random() < 0.3:
            family[text] = replace(family[text], continuation=f"{text}A")
            family[f"{text}A"] = drawn(random, f"{text}A", around, basis=family[text].basis)
        else:
            # What an earlier family left there.
            family[f"{text}A"] = drawn(random, f"{text}A", around)
    return family, around


@pytest.fixture(scope="module")
def terms(practice: Any) -> None:
    """Terms of three offices; the others have the defaults."""
    for text in ("EMT", "EMD", "WOT"):
        office, right = text[:2].encode(), text[2].encode()
        set_terms(practice, RenewalTerms(office, right, 5, 0, 6, GRACE[text], 1))


def days_for(random: Random, family: Family, around: date) -> list[date]:
    """Days to ask about: the edges of every period that the family has, and others."""
    days = [near(random, around)]
    for entry in family.values():
        if entry.filing != FIRST_DAY:
            days.append(near(random, entry.filing))
        if entry.expiry is not None:
            days += [near(random, entry.expiry), edge(random, entry.expiry, GRACE[entry.text[:2] + entry.text[3]])]
        if entry.ceased is not None:
            days.append(near(random, entry.ceased))
        if entry.registration is not None:
            days += [near(random, entry.registration), edge(random, entry.registration, 60)]
    return days


@given(seed=seeds)
@settings(max_examples=40, deadline=None)
def test_any_family_on_any_day(standing: Any, rights: Any, terms: None, seed: int) -> None:
    random = Random(seed)
    family, around = family_of(random)
    for entry in family.values():
        store(rights, entry)
    for on in random.sample(days := days_for(random, family, around), min(4, len(days))):
        for text in (*family, "US/T/9"):
            assert asked(standing, text, packed(on)) == rule(family, text, on), (text, on, family)


def test_the_families_are_of_every_kind() -> None:
    """What is drawn reaches every standing, and dependencies that count and that do not."""
    reached: set[int] = set()
    before_the_end: set[int] = set()
    bases: set[tuple[str, str]] = set()
    for seed in range(400):
        random = Random(seed)
        family, around = family_of(random)
        for on in days_for(random, family, around):
            for text, entry in family.items():
                reached.add(rule(family, text, on).standing)
                if entry.ceased is not None and on < entry.ceased:
                    before_the_end.add(rule(family, text, on).standing)
                found = basis_by_rule(family, entry, on)
                bases.add((text[:4], "none" if found is None else "gone"))
    before = {NOT_FOUND, PENDING, IN_FORCE, IN_GRACE, LAPSED, CONTINUED}
    assert before_the_end == before
    assert reached == before | {NOT_ACTIVE, TERMINATED, UNSPECIFIED}
    assert bases >= {("WO/T", "gone"), ("AU/T", "gone"), ("AU/D", "gone"), ("WO/D", "none")}
    assert ("WO/D", "gone") not in bases
    assert ("EM/T", "gone") not in bases
