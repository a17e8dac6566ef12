"""Model of what passes between entries: classes of divisions and mergers, a new number, conversion, basis."""

from __future__ import annotations

from dataclasses import replace

from tests.stateful.model.basics import ZERO_WORD, Event, Refusal
from tests.stateful.model.numbers import is_number, right_of
from tests.stateful.model.rights_entries import CHILD_MARK, CONTINUED_MARK, Entry
from tests.stateful.model.rights_statements import (
    ABSORBS,
    APPLICATION_RECORD,
    BASIS,
    CLASSES,
    CONTINUATION_OF,
    CONVERTED_FROM,
    DIVIDED_FROM,
    DIVIDES,
    MERGES_INTO,
    NO_RELATION,
    Statement,
)

CONTRACT = "RightsRegister"
LAST_CLASS = {b"T": 45, b"D": 32}


def all_classes(right: bytes) -> int:
    """Return the classes of a right's classification, as bits."""
    return sum(1 << number for number in range(1, LAST_CLASS[right] + 1))


class DivisionsModel:
    """The part of the register that knows of more than one entry."""

    entries: dict[bytes, Entry]

    def entry(self, number: bytes) -> Entry:
        """Return an entry; nothing is in it if there is none."""
        return self.entries.get(number, Entry())

    def current(self, number: bytes) -> bytes:
        """Return the number under which an entry is kept now."""
        while self.entry(number).continuation != ZERO_WORD:
            number = self.entry(number).continuation
        return number

    def is_alike(self, number: bytes, other: bytes) -> bool:
        """Tell whether two numbers are of one office and one right."""
        return number[:3] == other[:3]

    def continued(self, statement: Statement) -> Entry:
        """Close an entry under its former number, and return what goes on under the new one."""
        number, former = statement.number, statement.facts.related
        source = self.entry(former)
        if statement.facts.relation != CONTINUATION_OF or statement.previous != source.head:
            raise Refusal("RightsRegisterNotHead", number, ZERO_WORD, statement.previous)
        if source.marks & CONTINUED_MARK or source.state == b"T" or not self.is_alike(number, former):
            raise Refusal("RightsRegisterInvalidRelation", number, CONTINUATION_OF, former)
        self.entries[former] = replace(source, marks=source.marks | CONTINUED_MARK, continuation=number)
        return replace(source, former=former, head=ZERO_WORD)

    def apply_classes(self, entry: Entry, statement: Statement, is_first: bool) -> list[Event]:
        """Apply the classes and the relation that an event states."""
        number, facts = statement.number, statement.facts
        relation, before = facts.relation, entry.classes
        classes = facts.classes if facts.changes & CLASSES else before
        grown = classes & ~before
        is_foreign = bool(classes & ~all_classes(right_of(number)))
        loses_all = classes == 0 != before and relation != MERGES_INTO
        if is_foreign or loses_all or (grown and not self.may_grow(statement, is_first)):
            raise Refusal("RightsRegisterInvalidClasses", number, classes)
        events = []
        if relation != NO_RELATION:
            if not self._relate(entry, statement, is_first, classes):
                raise Refusal("RightsRegisterInvalidRelation", number, relation, facts.related)
            events.append(Event(CONTRACT, "EntriesRelated", (number, facts.related, relation, classes)))
        elif facts.released or facts.related != ZERO_WORD:
            raise Refusal("RightsRegisterInvalidRelation", number, relation, facts.related)
        if grown and statement.corrects and not self.may_restore(entry, grown):
            raise Refusal("RightsRegisterInvalidClasses", number, classes)
        entry.classes = classes
        return events

    def may_grow(self, statement: Statement, is_first: bool) -> bool:
        """Tell whether an event may add classes."""
        return is_first or statement.corrects != 0 or statement.facts.relation == ABSORBS

    def may_restore(self, entry: Entry, classes: int) -> bool:
        """Tell whether a correction may add classes: not those that wait for children; to a child only its own."""
        is_own = not entry.marks & CHILD_MARK or not classes & ~self.ever_held(entry)
        return is_own and not classes & self.waits_for_children(entry)

    def ever_held(self, entry: Entry) -> int:
        """Return the classes that a child took from its parent and has not given back."""
        return entry.held

    def waits_for_children(self, entry: Entry) -> int:
        """Return the classes that an entry released and no child has taken yet."""
        return entry.released

    def _relate(self, entry: Entry, statement: Statement, is_first: bool, classes: int) -> bool:
        """Book what a relation moves; tell whether it can be."""
        number, facts = statement.number, statement.facts
        related, nothing_moves = facts.related, facts.released == 0
        if facts.relation in (APPLICATION_RECORD, BASIS):
            setattr(entry, "basis" if facts.relation == BASIS else "application", related)
            return nothing_moves and (related == ZERO_WORD or is_number(related))
        if facts.relation == CONTINUATION_OF:
            return not is_first and entry.head == ZERO_WORD and nothing_moves
        if facts.relation == CONVERTED_FROM:
            entry.parent = related
            return is_first and nothing_moves and is_number(related) and related != number
        if facts.relation == DIVIDED_FROM:
            entry.parent = related
            entry.marks |= CHILD_MARK
            can_be = is_first and nothing_moves and classes != 0 and self.is_alike(number, related)
            return can_be and self._take(entry, related, classes)
        if is_first:
            return False
        if facts.relation == MERGES_INTO:
            is_child = bool(entry.marks & CHILD_MARK) and related == entry.parent
            if not is_child or not nothing_moves or classes or not self.may_merge(entry):
                return False
            self._give_back(entry, related)
            return True
        if related != ZERO_WORD or nothing_moves:
            return False
        if facts.relation == DIVIDES:
            lost = entry.classes & ~classes
            if not self.is_free(entry, facts.released) or lost & ~facts.released or entry.state != b"A":
                return False
            entry.released |= facts.released
            return True
        if facts.released & ~entry.released or classes & ~entry.classes & ~facts.released:
            return False
        entry.released &= ~facts.released
        return True

    def may_merge(self, entry: Entry) -> bool:
        """Tell whether a child is not active any more and has no children, so that its parent can have its classes."""
        return entry.state in (b"N", b"T") and not entry.released | entry.given

    def is_free(self, entry: Entry, classes: int) -> bool:
        """Tell whether an entry can release classes: its own, and not given away already."""
        return not classes & ~entry.classes and not classes & (entry.released | entry.given)

    def _take(self, child: Entry, parent: bytes, classes: int) -> bool:
        number = self.current(parent)
        above = self.entry(number)
        if classes & ~above.released or not self.may_divide(above) or not self.is_filed_with(child, above):
            return False
        left = above.released & ~self.taken(classes)
        self.entries[number] = replace(above, released=left, given=above.given | classes)
        child.held = classes
        return True

    def may_divide(self, parent: Entry) -> bool:
        """Tell whether an entry can still have children."""
        return parent.state != b"T"

    def is_filed_with(self, child: Entry, parent: Entry) -> bool:
        """Tell whether a child has the filing date of its parent."""
        return child.filing == parent.filing

    def taken(self, classes: int) -> int:
        """Return what leaves the parent's pool when a child takes classes."""
        return classes

    def _give_back(self, child: Entry, parent: bytes) -> None:
        number = self.current(parent)
        above = self.entry(number)
        given = above.given & ~child.held
        self.entries[number] = replace(above, released=above.released | child.classes, given=given)
        child.held = 0
