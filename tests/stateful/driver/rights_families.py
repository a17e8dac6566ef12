"""Random statements about several register entries: divisions, mergers, new numbers, conversions, links.

A maker returns a statement, or nothing if the register has no entry for it. Not its job: signing and sending.
"""

from __future__ import annotations

from tests.stateful.driver.rights_choices import BAD_NUMBERS
from tests.stateful.driver.rights_makers import RightsMakers, is_active, is_terminated, maker
from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import ZERO_WORD
from tests.stateful.model.numbers import office_of
from tests.stateful.model.rights_entries import CHILD_MARK
from tests.stateful.model.rights_statements import Statement


class RightsFamilies(RightsMakers):
    """Source of random statements that tie entries to one another."""

    @maker(12)
    def divide(self) -> Statement | None:
        """Release classes for children, often keeping some of them."""
        number = self.known(is_active, lambda entry: entry.classes & ~(entry.released | entry.given))
        if number is None:
            return None
        entry = self.rights.entry(number)
        free = entry.classes & ~(entry.released | entry.given)
        released = self.some_of(entry.classes if self.one_in(8) else free)
        if entry.classes & entry.given and self.one_in(3):
            released = self.some_of(entry.classes & entry.given)
        classes = entry.classes & ~released
        if self.one_in(3) or not classes:
            classes |= self.some_of(released)
        if self.one_in(10):
            classes = self.some_of(classes)
        related = self.any_number() if self.one_in(15) else ZERO_WORD
        facts = self.facts(relation=said.DIVIDES, related=related, released=released)
        if classes != entry.classes or self.one_in(2):
            facts = facts._replace(changes=facts.changes | said.CLASSES, classes=classes)
        return self.statement(number, entry, self.random.choice(("P10", "R10")), facts=facts)

    @maker(14)
    def divide_off(self) -> Statement | None:
        """Begin a child with released classes, rarely with others."""
        parent = self.known(lambda entry: entry.released)
        if parent is None:
            return None
        above = self.rights.entry(parent)
        number = self.new_number(parent)
        if self.one_in(15):
            number = self.new_number()
        classes = self.some_of(above.released)
        if self.one_in(8):
            classes |= self.some_of(above.given | above.classes)
        # Children may still name the number that the parent had before.
        related = above.former if any(above.former) and self.one_in(2) else parent
        parts = {"relation": said.DIVIDED_FROM, "related": related, "classes": classes}
        filing = self.beside(above.filing, self.random.choice((-1, 1))) if self.one_in(12) else above.filing
        return self.first_event(number, "A10", filing, **parts)

    @maker(14)
    def merge(self) -> Statement | None:
        """End a child and give its classes back, rarely to a stranger or while it is active."""
        child = self.known(lambda entry: entry.marks & CHILD_MARK and entry.held)
        if child is None or self.one_in(15):
            child = self.known()
        if child is None:
            return None
        entry = self.rights.entry(child)
        parent = self.any_number() if self.one_in(12) else entry.parent
        classes = self.random.choice((0, 0, 0, 0, 0, entry.classes))
        facts = self.facts(relation=said.MERGES_INTO, related=parent, classes=classes)
        if is_terminated(entry) or self.one_in(6):
            return self.statement(child, entry, "R10", facts=facts)
        code, resulting = self.random.choice((("H10", b"N6"), ("H10", b"N4"), ("N10", b"T6"), ("B10", b"N6")))
        return self.statement(child, entry, code, resulting=resulting, facts=facts)

    @maker(8)
    def absorb(self) -> Statement | None:
        """Take released classes back."""
        number = self.known(lambda entry: entry.released)
        if number is None:
            return None
        entry = self.rights.entry(number)
        released = self.some_of(entry.released)
        classes = entry.classes | (released if not self.one_in(4) else self.some_of(released))
        if self.one_in(6):
            classes |= self.some_of(entry.given | 1 << 2)
        facts = self.facts(relation=said.ABSORBS, released=released, classes=classes)
        return self.statement(number, entry, "P10", facts=facts)

    @maker(8)
    def continue_elsewhere(self) -> Statement | None:
        """Go on under a new number, as at registration."""
        former = self.known()
        if former is None:
            return None
        source = self.rights.entry(former)
        number = self.new_number(None if self.one_in(10) else former)
        facts = self.facts(relation=said.CONTINUATION_OF, related=self.any_number() if self.one_in(15) else former)
        code = self.random.choice(("F10", "F10", "D10", "R10"))
        return self.statement(number, source, code, facts=facts)

    @maker(3)
    def act_on_a_former_number(self) -> Statement | None:
        """Record an event under a number that the entry has no more."""
        gone = [number for number, entry in self.rights.entries.items() if any(entry.continuation)]
        number = self.random.choice(gone) if gone else None
        return self.statement(number, self.rights.entry(number), "R10") if number else None

    @maker(4)
    def convert(self) -> Statement | None:
        """Begin an entry that another right was converted into; or say so too late."""
        origin = self.any_number()
        if self.one_in(3) and (number := self.known()):
            facts = self.facts(relation=said.CONVERTED_FROM, related=origin)
            return self.statement(number, self.rights.entry(number), "R10", facts=facts)
        number = self.new_number()
        related = self.random.choice((origin, origin, number, ZERO_WORD, *BAD_NUMBERS[:2]))
        return self.first_event(number, "A10", self.filing_date(), relation=said.CONVERTED_FROM, related=related)

    @maker(10)
    def link(self) -> Statement | None:
        """Name a basis or an application record, or take it back; sometimes with a relation of first events."""
        number = self.known()
        if number is None:
            return None
        others = [other for other in self.rights.entries if (office_of(other) == b"WO") != (office_of(number) == b"WO")]
        related = self.random.choice([*others, *others, self.any_number(), ZERO_WORD, BAD_NUMBERS[0]])
        relation = self.random.choice((said.BASIS,) * 5 + (said.APPLICATION_RECORD,) * 3 + (said.CONTINUATION_OF,))
        facts = self.facts(relation=relation, related=related)
        if self.one_in(12):
            facts = facts._replace(released=1 << 3)
        if self.one_in(20):
            facts = facts._replace(relation=said.NO_RELATION)
        return self.statement(number, self.rights.entry(number), "R10", facts=facts)
