"""Random statements about register entries: what may become of a mark or a design, legal or not.

A maker returns a statement, or nothing if the register has no entry for it. Not its job: signing and sending.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stateful.driver.rights_choices import (
    BAD_NUMBERS,
    BAD_PAIRS,
    CODES,
    MOST_ENTRIES,
    ODD_DATES,
    STATUSES,
    RightsChoices,
)
from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import ZERO_WORD
from tests.stateful.model.numbers import office_of, right_of
from tests.stateful.model.practice import REGISTER_RIGHTS
from tests.stateful.model.rights_entries import Entry, moved, returns_to
from tests.stateful.model.rights_statements import Statement, code_of, system_of
from tests.stateful.model.rights_table import PAIRS

Maker = Callable[[Any], Statement | None]
MAKERS: dict[str, tuple[int, Maker]] = {}
# Codes of every day, by the state in which an entry is.
USUAL_CODES = {
    b"A": ("B10", "D10", "D10", "F10", "H10", "L10", "M10", "P10", "Q10", "R10", "T10", "V10", "W10", "LATE"),
    b"N": ("C10", "K10", "K10", "M10", "Q10", "R10", "H10", "N10"),
    b"T": ("Q10", "R10", "T10", "W10"),
    b"U": ("D10", "F10", "H10", "Q10"),
}


def maker(weight: int) -> Callable[[Maker], Maker]:
    """Enter a method into the table of makers with its relative frequency."""

    def enter(method: Maker) -> Maker:
        MAKERS[method.__name__] = (weight, method)
        return method

    return enter


def is_active(entry: Entry) -> bool:
    """Tell whether an entry is active."""
    return entry.state == b"A"


def is_terminated(entry: Entry) -> bool:
    """Tell whether an entry is terminated."""
    return entry.state == b"T"


def expires(entry: Entry) -> bool:
    """Tell whether an entry has an expiry date."""
    return entry.expiry != 0


class RightsMakers(RightsChoices):
    """Source of random statements for one world."""

    def make(self) -> tuple[str, Statement]:
        """Return some statement and the name of its maker."""
        while True:
            name = self.random.choices(list(MAKERS), [weight for weight, _ in MAKERS.values()])[0]
            statement = MAKERS[name][1](self)
            if statement is not None:
                return name, statement

    def first_event(self, number: bytes, code: str, filing: int, **parts: Any) -> Statement:
        """Return a first event."""
        facts = self.facts(**({"filing": filing, "classes": self.classes(right_of(number))} | parts))
        return self.statement(number, Entry(filing=filing), code, facts=facts)

    @maker(12)
    def file(self) -> Statement | None:
        """Begin an entry with an application."""
        if len(self.rights.entries) > MOST_ENTRIES and not self.one_in(10):
            return None
        code = self.random.choice(("A10", "A10", "A10", "FILED"))
        if self.one_in(15):
            code = self.random.choice(list(CODES))
        statement = self.first_event(self.new_number(), code, self.filing_date())
        if self.one_in(25):
            # No filing date; where an expiry date is stated without one, it has nothing to be counted from.
            stated = self.random.choice(({}, {"expiry": 20300101}))
            return statement._replace(facts=self.facts(classes=statement.facts.classes, **stated))
        return statement

    @maker(6)
    def take_over(self) -> Statement | None:
        """Begin an entry with an imported summary of what happened before."""
        if len(self.rights.entries) > MOST_ENTRIES and not self.one_in(5):
            return None
        number, filing = self.new_number(), self.filing_date()
        entry = Entry(filing=filing)
        parts: dict[str, Any] = {"registration": filing, "expiry": self.first_expiry(entry, right_of(number))}
        if self.one_in(4):
            parts["classes"] = 0
        code = self.random.choice(("F10", "F10", "M10", "A10", "H10", "N10"))
        statement = self.first_event(number, code, filing, **(parts if self.one_in(2) else {}))
        pair = self.random.choice((b"A4", b"A4", b"A4", *PAIRS))
        status = statement.status if self.one_in(2) else self.random.choice(STATUSES)
        return statement._replace(flags=said.IMPORTED, resulting=pair, status=status)

    @maker(30)
    def go_on(self) -> Statement | None:
        """Record a usual event of an entry."""
        number = self.known()
        if number is None:
            return None
        entry = self.rights.entry(number)
        code = self.random.choice(USUAL_CODES[entry.state])
        return self.statement(number, entry, code, facts=self.facts())

    @maker(14)
    def grant(self) -> Statement | None:
        """Register an application."""
        number = self.known(is_active, lambda entry: entry.stage in b"123")
        if number is None:
            return None
        entry = self.rights.entry(number)
        day = self.event_date(entry)
        expiry = self.first_expiry(entry, right_of(number))
        if day >= expiry and not self.one_in(4):
            day = min(day, self.beside(entry.filing, self.random.randrange(700)))
        facts = self.facts(registration=day if day not in ODD_DATES else entry.filing, expiry=expiry)
        if self.one_in(12):
            facts = facts._replace(registration=self.random.choice((*ODD_DATES, self.beside(entry.filing, -1))))
        elif self.one_in(10) and facts.registration:
            facts = facts._replace(expiry=self.beside(facts.registration, self.random.choice((-1, 0, 1))))
        return self.statement(number, entry, "F10", event_date=day, facts=facts)

    @maker(10)
    def jump(self) -> Statement | None:
        """Record a move that the table may not foresee."""
        number = self.known()
        if number is None:
            return None
        entry, code = self.rights.entry(number), self.random.choice(list(CODES))
        statement = self.statement(number, entry, code)
        changes: list[dict[str, Any]] = [
            {"resulting": self.random.choice(PAIRS)},
            {"resulting": entry.pair},
            {"status": self.random.choice((*STATUSES, 9, 10, 127, 128, 255, 0))},
            {"system": system_of(f"NAT:{office_of(number).decode()}"), "code": code_of("OWN"), "resulting": entry.pair},
        ]
        return statement._replace(**self.random.choice(changes))

    @maker(22)
    def renew(self) -> Statement | None:
        """Renew a registration, about the ends of the period in which it can be."""
        number = self.known(is_active, expires)
        if number is None:
            return None
        entry = self.rights.entry(number)
        terms = self.model.practice.terms_of(office_of(number), right_of(number))
        opens, closes = self.rights.renewal_window(number, entry.expiry)
        marks = [opens, entry.expiry, closes, self.today()]
        days = [self.beside(mark, shift) for mark in marks for shift in (-1, 0, 1)]
        days = [day for day in days if entry.filing <= day <= self.rights.latest_day()]
        within = [day for day in days if opens <= day <= closes]
        regular = moved(entry.expiry, 12 * terms.period)
        wanted = [regular] * 6 + [returns_to(regular, entry.filing, entry.registration)] * 3
        wanted += [self.beside(regular, shift) for shift in (-1, 1)]
        if terms.maximum:
            wanted += [moved(entry.filing, 12 * terms.maximum)] * 2
        day = self.random.choice(within if within and not self.one_in(5) else days or [self.today()])
        flags = said.SURCHARGE if (day > entry.expiry) != self.one_in(8) else 0
        facts = self.facts(expiry=min(self.random.choice(wanted), 99991231))
        code = self.random.choice(("M10", "M10", "M10", "M10", "K10", "R10"))
        return self.statement(number, entry, code, event_date=day, flags=flags, facts=facts)

    @maker(8)
    def surrender(self) -> Statement | None:
        """Give some classes up, rarely take one more."""
        number = self.known(is_active)
        if number is None:
            return None
        entry = self.rights.entry(number)
        classes = self.some_of(entry.classes) if not self.one_in(5) else entry.classes | 1 << 7
        return self.statement(number, entry, "P10", facts=self.facts(classes=0 if self.one_in(10) else classes))

    @maker(6)
    def restate(self) -> Statement | None:
        """State dates anew without correcting anything."""
        number = self.known()
        if number is None:
            return None
        entry = self.rights.entry(number)
        values: dict[str, Any] = {
            "filing": self.filing_date(),
            "registration": self.random.choice((0, self.event_date(entry))),
            "expiry": self.random.choice((0, self.first_expiry(entry, right_of(number)))),
        }
        names = self.random.sample(list(values), self.random.choice((1, 1, 2)))
        facts = self.facts(**{name: values[name] for name in names})
        code = self.random.choice(USUAL_CODES[entry.state])
        return self.statement(number, entry, code, facts=facts)

    @maker(4)
    def terminate(self) -> Statement | None:
        """End an entry."""
        number = self.known(lambda entry: not is_terminated(entry))
        return self.statement(number, self.rights.entry(number), "N10") if number else None

    @maker(8)
    def go_on_after_the_end(self) -> Statement | None:
        """Record an event of a terminated entry, of a kind that is recorded then or of another."""
        number = self.known(is_terminated)
        if number is None:
            return None
        entry = self.rights.entry(number)
        code = self.random.choice(list(CODES) if self.one_in(3) else USUAL_CODES[b"T"])
        statement = self.statement(number, entry, code, facts=self.facts())
        if self.one_in(6):
            return statement._replace(facts=self.facts(expiry=entry.expiry))
        if not self.one_in(8):
            statement = statement._replace(status=entry.status)
        return statement._replace(resulting=entry.pair) if not self.one_in(5) else statement

    @maker(20)
    def correct(self) -> Statement | None:
        """Correct an event, often one that is a correction or that ended the entry."""
        number = self.known(is_terminated) if self.one_in(3) else self.known()
        if number is None:
            return None
        entry = self.rights.entry(number)
        open_ones = [sequence for sequence in range(1, entry.events + 1) if sequence not in entry.corrected]
        corrects = self.random.choice(open_ones) if open_ones else 1
        resulting = entry.pair
        if entry.terminated_by and self.one_in(2):
            corrects, resulting = entry.terminated_by, self.random.choice((b"A4", b"N6", b"A1", b"T6"))
        elif entry.ceased_by and self.one_in(2):
            corrects = entry.ceased_by
        elif self.one_in(3):
            resulting = self.random.choice(PAIRS)
        if entry.corrected and self.one_in(6):
            corrects = self.random.choice(sorted(entry.corrected))
        elif self.one_in(12):
            corrects = self.random.choice((0, entry.events + 1, 65535))
        flags = said.ANNULS if self.one_in(3) else 0
        return self.statement(
            number, entry, "Y10", corrects=corrects, resulting=resulting, flags=flags, facts=self._corrected(number)
        )

    def _corrected(self, number: bytes) -> said.Facts:
        entry, right = self.rights.entry(number), right_of(number)
        values: dict[str, Any] = {
            "filing": self.beside(entry.filing, self.random.choice((-1, 0, 30))),
            "registration": self.random.choice((0, entry.filing, self.event_date(entry))),
            "expiry": self.random.choice((0, self.first_expiry(entry, right), self.beside(entry.expiry, 1))),
            "classes": self.random.choice(
                (
                    entry.classes | entry.held,
                    entry.classes | 1 << 3,
                    entry.classes | self.some_of(entry.released),
                    self.classes(right),
                )
            ),
        }
        names = self.random.sample(list(values), self.random.choice((0, 0, 1, 1, 2)))
        return self.facts(**{name: values[name] for name in names})

    # ----------------------------------------------------------------------------------------------- wrong in one way

    @maker(22)
    def spoil(self) -> Statement:
        """Make another statement wrong in one way."""
        name = "spoil"
        while name == "spoil":
            name, statement = self.make()
        day = self.random.choice((*ODD_DATES, self.beside(self.rights.latest_day(), 1), 18000101))
        office = self.random.choice((b"EM", b"RU", b"ZZ"))
        parts: list[dict[str, Any]] = [
            {"number": self.random.choice(BAD_NUMBERS)},
            {"number": self.random.choice([self.any_number(), self.new_number()])},
            {"number": b"EMP" + statement.number[3:], "previous": ZERO_WORD},
            {"previous": self.random.choice((self.word(), ZERO_WORD, statement.document))},
            {
                "system": system_of(
                    self.random.choice(("ST.61", "ST.87", "", "ST.27x", "NAT:", f"NAT:{office.decode()}"))
                )
            },
            {"system": b"NAT:" + office + b"\x00X"},
            {"code": code_of(self.random.choice(("Z10", "F1", "F11", "f10", "G10", "")))},
            {"resulting": self.random.choice(BAD_PAIRS)},
            {"status": self.random.choice((0, 9, 10, 127, 128, 200, 255))},
            {"event_date": day},
            {"effective_date": day},
            {"publication_date": day},
            {"corrects": self.random.choice((1, 2, 9))},
            {"flags": self.random.choice((1, 2, 4, 5, 8, 256, 257, 65535))},
            {"facts": self._spoilt(statement.facts)},
        ]
        return statement._replace(**self.random.choice(parts))

    def _spoilt(self, facts: said.Facts) -> said.Facts:
        parts: list[dict[str, Any]] = [
            {"changes": facts.changes ^ 1 << self.random.randrange(16)},
            {"changes": 0},
            {"filing": self.random.choice(ODD_DATES)},
            {"classes": self.random.choice((1, 1 << 46, 1 << 63, 1 << 33, 2**64 - 1))},
            {"released": 1 << self.random.randrange(64)},
            {"relation": self.random.randrange(9)},
            {"related": self.any_number()},
            {"holder": self.word()},
        ]
        return facts._replace(**self.random.choice(parts))

    def right(self) -> bytes:
        """Return a right for a row of the table or for terms, rarely one that is not kept here."""
        return self.random.choice((*REGISTER_RIGHTS * 6, b"P", b"\x00"))
