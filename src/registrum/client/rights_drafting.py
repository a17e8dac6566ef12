"""Events with what the table of codes, the entry and the office's renewal terms say of them filled in.

Not its job: signing and sending (`registrum.client.rights_recording`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from registrum.client.rights_answers import RecordedCode
from registrum.client.rights_reading import RightsReader
from registrum.errors import InputError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.model import (
    NO_FACTS,
    Entry,
    EntryFacts,
    EventFlags,
    LegalStatusEvent,
    Relation,
    StatePair,
    require_register_right,
)

__all__ = ["RightsDrafter"]

_FILED = {Right.TRADEMARK: "Application filed", Right.DESIGN: "Filed"}
"""Status after filing, as the table of this package has it; case does not matter."""
_NO_FLAGS = EventFlags(0)


class RightsDrafter(RightsReader):
    """Drafts events; errors as for `RightsReader`."""

    def draft(
        self,
        number: OfficeNumber,
        code: str,
        on: date,
        *,
        system: str = "ST.27",
        resulting: StatePair | str | None = None,
        status: int | str | None = None,
        effective_date: date | None = None,
        publication_date: date | None = None,
        document: bytes | None = None,
        corrects: int | None = None,
        flags: EventFlags = _NO_FLAGS,
        facts: EntryFacts = NO_FACTS,
    ) -> LegalStatusEvent:
        """An event with what the table of codes in force has to say of it filled in; nothing is signed or sent.

        Args:
            number: The entry.
            code: Code of the event.
            on: Day on which it happened.
            system: Code system.
            resulting: State and stage after it, such as `A4`. If None, those that the entry has, for a correction and
                where the code lets them stay, or the only ones that the code leads to.
            status: Status after it, by text or position; if None, likewise.
            effective_date: Day from which it has effect. If None, that of the event that it restates by `corrects`,
                else `on`.
            publication_date: Day of its publication; None if there is none yet.
            document: SHA-256 of the source document; None if there is none.
            corrects: Sequence number of the event that it corrects; None if it is no correction.
            flags: What else is said of it.
            facts: What it changes in the entry.

        Raises:
            InputError: The table does not say which state, stage or status comes after it, or has no such status.
        """
        table = self.codes()
        if resulting is None or status is None:
            entry, rule = self.entry(number), table.rule_for(number.right, system, code)
            if rule is not None and rule.category == "Y" and corrects is None:
                raise InputError(
                    f"{code} corrects an event, and none is named",
                    remedy="Give the number of the event that it corrects.",
                )
            if corrects is not None and entry is not None:
                # A correction may lead anywhere; most leave the entry where it is.
                resulting, status = resulting or entry.pair, status or entry.status
            resulting = resulting or _pair_after(code, entry, rule)
            status = status or _status_after(code, entry, rule)
        return LegalStatusEvent(
            number=number,
            system=system,
            code=code,
            resulting=resulting if isinstance(resulting, StatePair) else StatePair.parse(resulting),
            status=table.status_position(number.right, status),
            event_date=on,
            effective_date=effective_date or self._effect(number, on, corrects, flags),
            publication_date=publication_date,
            document=document,
            corrects=corrects,
            flags=flags,
            facts=facts,
        )

    def _effect(self, number: OfficeNumber, on: date, corrects: int | None, flags: EventFlags) -> date:
        """Where none is given: the event's own day; of an event that is restated, the day that it has."""
        if corrects is None or EventFlags.ANNULS in flags:
            return on
        return next((each.event.effective_date for each in self.events(number) if each.sequence == corrects), on)

    def draft_filing(
        self,
        number: OfficeNumber,
        filing_date: date,
        classes: Iterable[int],
        dossier: bytes | None = None,
        *,
        representation: bytes | None = None,
        holder: bytes | None = None,
        application: OfficeNumber | None = None,
        basis: OfficeNumber | None = None,
        document: bytes | None = None,
    ) -> LegalStatusEvent:
        """The first event of an entry: ST.27 `A10`, state and stage `A1`; nothing is signed or sent.

        Args:
            number: The entry.
            filing_date: Filing date accorded.
            classes: Of the Nice or Locarno Classification.
            dossier: SHA-256 of the dossier, or a salted commitment to it.
            representation: SHA-256 of the mark's or design's representation.
            holder: Reference to the holder; never a name, nor a plain hash of one.
            application: Number of the application record, where it is another one.
            basis: Basic mark of an international registration, or international registration of a designation.
            document: SHA-256 of the source document.

        Raises:
            InputError: An application and a basis, of which one event can name one.
        """
        if application is not None and basis is not None:
            raise InputError(
                "one event names an application record or a basis, not both",
                remedy="File with the one and state the other with a later event (W10).",
            )
        relation = Relation.BASIS if basis is not None else Relation.APPLICATION_RECORD
        related = basis or application
        facts = EntryFacts(
            filing_date=filing_date,
            classes=tuple(classes),
            dossier=dossier,
            representation=representation,
            holder=holder,
            relation=relation if related is not None else None,
            related=related,
        )
        status = _FILED[require_register_right(number.right)]
        return self.draft(number, "A10", filing_date, resulting="A1", status=status, document=document, facts=facts)

    def draft_renewal(
        self,
        number: OfficeNumber,
        on: date | None = None,
        *,
        surcharge: bool = False,
        expiry_date: date | None = None,
        publication_date: date | None = None,
        document: bytes | None = None,
    ) -> LegalStatusEvent:
        """The renewal of a right: ST.27 `M10` with the next expiry date; nothing is signed or sent.

        Args:
            number: The entry.
            on: Day of the renewal; today in UTC by the chain's clock if None.
            surcharge: The surcharge for late renewal was paid; needed after expiry.
            expiry_date: The new expiry date; what the office's terms lead to if None.
            publication_date: Day of its publication; None if there is none yet.
            document: SHA-256 of the source document.

        Raises:
            InputError: There is no entry, no expiry date, or no protection left to add.
        """
        entry = self.entry(number)
        if entry is None or entry.expiry_date is None or entry.filing_date is None:
            what = "no entry" if entry is None else "no expiry date in the entry"
            raise InputError(f"there is {what} of {number}", remedy="Record the registration with its expiry first.")
        if expiry_date is None:
            terms = self.renewal_terms(number.office, number.right)
            expiry_date = terms.next_expiry(
                entry.expiry_date, filing_date=entry.filing_date, registration_date=entry.registration_date
            )
        if expiry_date is None:
            raise InputError(
                f"{number} cannot be renewed beyond {entry.expiry_date}",
                remedy="That is the longest protection which the office's renewal terms have.",
            )
        return self.draft(
            number,
            "M10",
            on or self.today(),
            resulting=entry.pair,
            status=entry.status,
            publication_date=publication_date,
            document=document,
            flags=EventFlags.SURCHARGE if surcharge else _NO_FLAGS,
            facts=EntryFacts(expiry_date=expiry_date),
        )


def _pair_after(code: str, entry: Entry | None, rule: RecordedCode | None) -> StatePair:
    if entry is not None and (rule is None or rule.may_stay):
        return entry.pair
    pairs = rule.pairs if rule is not None else ()
    if len(pairs) == 1:
        return pairs[0]
    known = ", ".join(str(pair) for pair in pairs)
    raise InputError(
        f"the table does not say which state and stage come after {code}{_without(entry)}",
        remedy=f"Give one of {known}." if known else "Give state and stage, such as A4.",
    )


def _without(entry: Entry | None) -> str:
    return ", and there is no entry yet" if entry is None else ""


def _status_after(code: str, entry: Entry | None, rule: RecordedCode | None) -> int:
    if entry is not None and (rule is None or rule.status_may_stay):
        return entry.status
    positions = rule.positions if rule is not None else ()
    if len(positions) == 1:
        return positions[0]
    raise InputError(
        f"the table does not say which status comes after {code}{_without(entry)}",
        remedy="Give a status; `registrum codes show` has those that go with the code.",
        statuses=list(positions),
    )
