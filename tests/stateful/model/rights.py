"""Model of the register of trade marks and designs: what an event does to an entry, and which events are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import SCOPE_REGISTER, ZERO_ADDRESS, ZERO_WORD, Clock, Effect, Event, Refusal
from tests.stateful.model.days import date_at, need_date, write_date
from tests.stateful.model.numbers import is_number, office_of, right_of
from tests.stateful.model.practice import REGISTER_RIGHTS, PracticeModel
from tests.stateful.model.rights_divisions import CONTRACT, DivisionsModel
from tests.stateful.model.rights_entries import (
    CONTINUED_MARK,
    IMPORTED_MARK,
    IRREGULAR_MARK,
    Entry,
    moved,
    returns_to,
)
from tests.stateful.model.rights_statements import Statement, batch_struct, event_struct
from tests.stateful.model.rights_table import PAIRS, Row, TableModel, category_bit
from tests.stateful.model.typed_data import Domain

MAX_BATCH = 200
AHEAD_OF_UTC_S = 14 * 3600
ALL_FLAGS = said.IMPORTED | said.SURCHARGE | said.ANNULS
AFTER_TERMINATION = b"QRTWY"
KEPT = said.FILING | said.REGISTRATION | said.EXPIRY | said.CLASSES | said.RELATION
"""What a terminated entry keeps, corrections aside, and what a body states only with events that decide."""
DECIDING = b"ABCFHKMNY"
RESTORING = b"KC"
NO_SUCH_DAY = Refusal("CalendarDateInvalid", 0)
"""The first event states an expiry date, but no filing date."""


class RightsModel(DivisionsModel):
    """The register's rules; a method a function of the contract, and one a rule that a test can make wrong."""

    def __init__(self, clock: Clock, practice: PracticeModel, table: TableModel, domain: Domain) -> None:
        self.clock = clock
        self.practice = practice
        self.table = table
        self.domain = domain
        self.entries: dict[bytes, Entry] = {}

    def record(self, statement: Statement, signature: bytes) -> Effect:
        """Record one event."""
        head = event_struct(statement)
        if self.is_repeated(statement, head):
            return Effect((False,))
        signer, is_body = self._signer_of(office_of(statement.number), head, signature, [statement])
        return self._whole(lambda: Effect((True,), self._record(statement, head, signer, is_body=is_body)))

    def record_batch(self, office: bytes, statements: Sequence[Statement], signature: bytes) -> Effect:
        """Record events of one office, all or none."""
        if not 1 <= len(statements) <= MAX_BATCH:
            raise Refusal("RightsRegisterBatchSize", len(statements), MAX_BATCH)
        for statement in statements:
            if office_of(statement.number) != office:
                raise Refusal("RightsRegisterOtherOffice", statement.number, office)
        signer, is_body = self._signer_of(office, batch_struct(office, statements), signature, statements)

        def all_of_them() -> Effect:
            events: list[Event] = []
            recorded = 0
            for statement in statements:
                head = event_struct(statement)
                if not self.is_repeated(statement, head):
                    events += self._record(statement, head, signer, is_body=is_body)
                    recorded += 1
            counts = (recorded, len(statements) - recorded)
            return Effect(counts, [*events, Event(CONTRACT, "BatchRecorded", (office, signer, *counts))])

        return self._whole(all_of_them)

    def record_prepared(self, statement: Statement) -> None:
        """Record an event without a signature, for a driver that prepares what is to follow it."""
        self._whole(lambda: Effect((), self._record(statement, event_struct(statement), ZERO_ADDRESS, is_body=False)))

    def is_repeated(self, statement: Statement, head: bytes) -> bool:
        """Tell whether the event is the last of its entry already."""
        return self.entry(statement.number).head == head

    def _signer_of(
        self, office: bytes, struct: bytes, signature: bytes, statements: Sequence[Statement]
    ) -> tuple[str, bool]:
        return self.practice.signatures.verify(
            self.domain.digest(struct),
            signature,
            office,
            SCOPE_REGISTER,
            is_body=lambda code, account: self.practice.categories_of(code, account) != 0,
            successor_may=self.may_successor_sign(statements),
        )

    def may_successor_sign(self, statements: Sequence[Statement]) -> bool:
        """Tell whether a departed office's successor may sign these: not if one begins an entry."""
        return all(statement.previous != ZERO_WORD for statement in statements)

    def _whole(self, act: Callable[[], Effect]) -> Effect:
        """Do something; if it is refused, nothing of it happened."""
        kept = dict(self.entries)
        try:
            return act()
        except Refusal:
            self.entries = kept
            raise

    def _record(self, statement: Statement, head: bytes, signer: str, *, is_body: bool) -> list[Event]:
        number = statement.number
        entry = replace(self.entry(number))
        is_first = entry.head == ZERO_WORD
        if is_first:
            if not is_number(number):
                raise Refusal("OfficeNumberMalformed", number)
            if right_of(number) not in REGISTER_RIGHTS:
                raise Refusal("RightsRegisterUnknownRight", right_of(number))
        if is_first and statement.previous != ZERO_WORD:
            entry, is_first = self.continued(statement), False
        elif not self.names_head(statement, entry):
            raise Refusal("RightsRegisterNotHead", number, entry.head, statement.previous)
        if entry.marks & CONTINUED_MARK:
            raise Refusal("RightsRegisterContinued", number, entry.continuation)
        before = entry.pair
        flags, category = self._judge(entry, statement, is_first, signer if is_body else None)
        entry.events += 1
        is_being_filed = is_first or self.is_at_filing(before, statement.resulting)
        self.move(entry, statement)
        events = self._apply_facts(entry, statement, (is_first, is_being_filed), category)
        self._need_dates(entry, statement)
        if not entry.classes and not entry.marks & IMPORTED_MARK and (is_first or self.needs_classes(entry)):
            raise Refusal("RightsRegisterInvalidClasses", number, 0)
        entry.head = head
        self.entries[number] = entry
        told = (number, statement.code, signer, head, statement.system, before, *statement[4:11], flags)
        events.append(Event(CONTRACT, "LegalStatusEventRecorded", (*told, entry.events, self.clock.now)))
        if statement.facts != said.NO_FACTS:
            events.append(Event(CONTRACT, "EntryFactsStated", (number, head, statement.facts.listed())))
        return events

    def names_head(self, statement: Statement, entry: Entry) -> bool:
        """Tell whether an event names the one before it."""
        return statement.previous == entry.head

    def _judge(self, entry: Entry, statement: Statement, is_first: bool, body: str | None) -> tuple[int, bytes]:
        """Check what does not concern facts; return flags as recorded and the category."""
        number, after = statement.number, statement.resulting
        if after not in PAIRS:
            raise Refusal("RightsRegisterUnknownStage", number, after)
        row = self.table.rule_for(number, statement.system, statement.code)
        changes = statement.facts.changes
        if body is not None and not self.may_body_record(entry, office_of(number), body, row.category, changes):
            raise Refusal("RightsRegisterNotEmpowered", number, body, row.category)
        flags, corrects = statement.flags, statement.corrects
        imported = bool(flags & said.IMPORTED)
        if flags > ALL_FLAGS or (flags & said.ANNULS and not corrects):
            raise Refusal("RightsRegisterInvalidFlags", number, flags)
        if is_first and row.category != b"A" and not imported:
            raise Refusal("RightsRegisterNotCreating", number, statement.code)
        if not is_first and imported:
            raise Refusal("RightsRegisterAlreadyCreated", number)
        if not self.is_correction_sound(entry, row, corrects):
            raise Refusal("RightsRegisterInvalidCorrection", number, corrects)
        if entry.state == b"T" and not self.may_follow_termination(entry, statement, row.category):
            raise Refusal("RightsRegisterTerminated", number, statement.code)
        foreseen = self.table.foresees(row, (entry.pair, entry.status), (after, statement.status))
        text = self.table.text_of(right_of(number), statement.status)
        if statement.status == 0 or ((imported or not foreseen) and text == ZERO_WORD):
            raise Refusal("RightsRegisterUnknownStatus", number, statement.status)
        if body is not None and not foreseen and not self.may_body_be_irregular():
            raise Refusal("RightsRegisterNotEmpowered", number, body, row.category)
        entry.status = statement.status
        if corrects:
            entry.corrected |= {corrects}
        if imported:
            entry.marks |= IMPORTED_MARK
        elif not foreseen:
            entry.marks |= IRREGULAR_MARK
            flags |= said.IRREGULAR
        return flags, row.category

    def needs_classes(self, entry: Entry) -> bool:
        """Tell whether an entry is live, so that it must protect something."""
        return entry.state in (b"A", b"U")

    def is_at_filing(self, before: bytes, after: bytes) -> bool:
        """Tell whether an event may state another filing date: while the entry is an application just filed."""
        return before[1:] == b"1"

    def may_body_record(self, entry: Entry, office: bytes, body: str, category: bytes, changes: int) -> bool:
        """Tell whether a body may record events of a category with such facts, and the number too if that is new."""
        if changes & KEPT and not self.decides(category):
            return False
        needed = category_bit(category) | self.needed_for_number(entry)
        return not needed & ~self.practice.categories_of(office, body)

    def decides(self, category: bytes) -> bool:
        """Tell whether a body may state dates, classes and relations with events of a category."""
        return category in DECIDING

    def may_body_be_irregular(self) -> bool:
        """Tell whether a body may record what the table does not foresee."""
        return False

    def needed_for_number(self, entry: Entry) -> int:
        """Return the categories that a body needs to give a number: that of filings, if there was none."""
        return category_bit(b"A") if entry.head == ZERO_WORD else 0

    def is_correction_sound(self, entry: Entry, row: Row, corrects: int) -> bool:
        """Tell whether a correction, and nothing else, names an event that was not corrected yet."""
        if row.category != b"Y":
            return corrects == 0
        return 1 <= corrects <= entry.events and not self.was_corrected(entry, corrects)

    def was_corrected(self, entry: Entry, sequence: int) -> bool:
        """Tell whether an event was corrected already."""
        return sequence in entry.corrected

    def may_follow_termination(self, entry: Entry, statement: Statement, category: bytes) -> bool:
        """Tell whether a terminated entry takes an event."""
        if category not in AFTER_TERMINATION:
            return False
        if not statement.corrects and (statement.facts.changes & KEPT or not self.keeps_status(entry, statement)):
            return False
        return statement.resulting == entry.pair or self.undoes_termination(entry, statement.corrects)

    def keeps_status(self, entry: Entry, statement: Statement) -> bool:
        """Tell whether an event leaves the status as it is."""
        return statement.status == entry.status

    def undoes_termination(self, entry: Entry, corrects: int) -> bool:
        """Tell whether a correction is of the event that terminated the entry."""
        return corrects == entry.terminated_by

    def move(self, entry: Entry, statement: Statement) -> None:
        """Set state and stage, since when the entry has no effect, and which event terminated it."""
        after, was_terminated = statement.resulting, entry.state == b"T"
        if after[:1] in b"AU":
            entry.ceased_on = entry.ceased_by = 0
        elif entry.state not in (b"N", b"T") or self.restates_end(entry, statement.corrects):
            entry.ceased_on, entry.ceased_by = statement.effective_date, entry.events
        if after[:1] != b"T":
            entry.terminated_by = 0
        elif not was_terminated or statement.corrects == entry.terminated_by:
            entry.terminated_by = entry.events
        entry.pair = after

    def restates_end(self, entry: Entry, corrects: int) -> bool:
        """Tell whether a correction is of the event since which the entry has no effect."""
        return corrects == entry.ceased_by

    def _apply_facts(
        self, entry: Entry, statement: Statement, is_new: tuple[bool, bool], category: bytes
    ) -> list[Event]:
        number, facts = statement.number, statement.facts
        is_first, is_being_filed = is_new
        stated = [*[(value,) for value in facts[1:8]], facts[8:]]
        hidden = any(
            not facts.changes >> bit & 1 and any(value not in (0, ZERO_WORD) for value in values)
            for bit, values in enumerate(stated)
        )
        if hidden or facts.changes >> len(stated):
            raise Refusal("RightsRegisterInvalidChanges", number, facts.changes)
        if facts.changes & said.FILING:
            if not is_being_filed and not statement.corrects:
                raise Refusal("RightsRegisterInvalidChanges", number, facts.changes)
            need_date(facts.filing)
            self._need_past(number, facts.filing)
            entry.filing = facts.filing
        if facts.changes & said.REGISTRATION:
            if facts.registration:
                need_date(facts.registration)
                self._need_past(number, facts.registration)
            entry.registration = facts.registration
        if facts.changes & said.EXPIRY:
            if facts.expiry:
                need_date(facts.expiry)
            elif not statement.corrects:
                raise Refusal("RightsRegisterInvalidTerm", number, entry.registration, 0)
            if facts.expiry and not statement.flags & said.IMPORTED:
                self._need_expiry(entry, statement, self.is_renewal(entry, statement, category))
            entry.expiry = facts.expiry
        events = []
        if facts.changes & (said.CLASSES | said.RELATION):
            events = self.apply_classes(entry, statement, is_first)
        for bit, name in ((said.DOSSIER, "dossier"), (said.REPRESENTATION, "representation"), (said.HOLDER, "holder")):
            if facts.changes & bit:
                setattr(entry, name, getattr(facts, name))
        return events

    def is_renewal(self, entry: Entry, statement: Statement, category: bytes) -> bool:
        """Tell whether a later expiry date needs to keep the terms of renewal."""
        is_later = entry.expiry != 0 and statement.facts.expiry > entry.expiry
        return is_later and not statement.corrects and category not in RESTORING

    def _need_expiry(self, entry: Entry, statement: Statement, is_renewal: bool) -> None:
        number, wanted, on = statement.number, statement.facts.expiry, statement.event_date
        maximum = self.practice.terms_of(office_of(number), right_of(number)).maximum
        if not entry.filing:
            raise NO_SUCH_DAY
        if not is_renewal:
            if maximum and wanted > self.longest_protection(entry, maximum):
                raise Refusal("RightsRegisterInvalidRenewal", number, wanted, self.end_of_protection(entry, maximum))
            return
        opens, closes = self.renewal_window(number, entry.expiry)
        if not opens <= on <= closes:
            raise Refusal("RightsRegisterNotRenewable", number, opens, closes)
        if self.is_late(on, entry.expiry) and not statement.flags & said.SURCHARGE:
            raise Refusal("RightsRegisterNoSurcharge", number, entry.expiry)
        expected = self.renewed(entry, number, wanted)
        if wanted != expected:
            raise Refusal("RightsRegisterInvalidRenewal", number, wanted, expected)

    def renewal_window(self, number: bytes, expiry: int) -> tuple[int, int]:
        """Return the first and the last day on which a right can be renewed."""
        terms = self.practice.terms_of(office_of(number), right_of(number))
        return moved(expiry, -terms.window), moved(expiry, terms.grace)

    def is_late(self, on: int, expiry: int) -> bool:
        """Tell whether a renewal needs the surcharge."""
        return on > expiry

    def renewed(self, entry: Entry, number: bytes, wanted: int) -> int:
        """Return the expiry date that a renewal must state; of those that it may state the wanted one."""
        terms = self.practice.terms_of(office_of(number), right_of(number))
        regular = moved(entry.expiry, 12 * terms.period)
        if wanted == self.late_day(regular, entry):
            regular = wanted
        return min(regular, self.end_of_protection(entry, terms.maximum)) if terms.maximum else regular

    def end_of_protection(self, entry: Entry, years: int) -> int:
        """Return the day beyond which nothing is renewed."""
        return moved(entry.filing, 12 * years)

    def longest_protection(self, entry: Entry, years: int) -> int:
        """Return the last day on which a right can be said to expire that is not renewed."""
        return self.end_of_protection(entry, years)

    def late_day(self, regular: int, entry: Entry) -> int:
        """Return the day to which an expiry date may return that was cut short in common years."""
        return returns_to(regular, entry.filing, entry.registration)

    def _need_dates(self, entry: Entry, statement: Statement) -> None:
        number = statement.number
        need_date(entry.filing)
        need_date(statement.event_date)
        self._need_past(number, statement.event_date)
        self._need_after_filing(number, statement.event_date, entry.filing)
        need_date(statement.effective_date)
        self._need_after_filing(number, statement.effective_date, entry.filing)
        if statement.publication_date:
            need_date(statement.publication_date)
            self._need_after_filing(number, statement.publication_date, entry.filing)
        if 0 < entry.registration < entry.filing or 0 < entry.expiry <= self.term_begins(entry):
            raise Refusal("RightsRegisterInvalidTerm", number, entry.registration, entry.expiry)

    def term_begins(self, entry: Entry) -> int:
        """Return the day that an expiry date must be after."""
        return max(entry.filing, entry.registration)

    def _need_after_filing(self, number: bytes, day: int, filing: int) -> None:
        if day < filing:
            raise Refusal("RightsRegisterBeforeFiling", number, day, filing)

    def _need_past(self, number: bytes, day: int) -> None:
        latest = self.latest_day()
        if day > latest:
            raise Refusal("RightsRegisterFutureDate", number, day, latest)

    def latest_day(self) -> int:
        """Return today where it is latest on Earth."""
        return write_date(date_at(self.clock.now + AHEAD_OF_UTC_S))
