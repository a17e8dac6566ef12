"""What a document says about an entry, as the event with which the entry begins in this register: a summary, imported.

    from registrum.documents import read_register_entries
    from registrum.documents.register_summary import summary_events

    events = [event for facts in read_register_entries("marks.xml").entries for event in summary_events(facts)]

Code. `W00` of ST.27 (other event), since the event stands for all that happened before and for nothing alone. Where the
document has a word for the status that the table does not know, the word is the code, in the system of the office
(`NAT:`), and the entry is unspecified (`U0`); nothing is guessed.
Day. The latest one that the document has for anything that has happened: of the status, filing, registration,
termination, events and oppositions; expiry is no such day. So the same document gives the same event whenever it is
read. What stood before that day the register then does not say. A right that ended does so on its termination date.
Basis and application. An event names one other number. Where a document has both, a second event (`W10`) names the
application record.
Exports of this register. State, stage and status are those of their last event.

Not its job: reading documents (`registrum.documents.register_entries`), and recording (`registrum.client.rights`).
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from registrum.documents.register_model import RegisterFacts
from registrum.errors import DocumentError
from registrum.rights.codes import CodeTable, default_codes
from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent, Relation, State, StatePair

if TYPE_CHECKING:
    from registrum.rights.codes import ImportedStatus

__all__ = ["summary_events"]

_SUMMARY = "W00"
_OTHER = "W10"


def summary_events(
    facts: RegisterFacts, *, table: CodeTable | None = None, as_of: datetime.date | None = None
) -> tuple[LegalStatusEvent, ...]:
    """The events with which an entry begins: a summary, and one for the application record where that needs its own.

    Args:
        facts: What the document says.
        table: Table of codes and statuses; by default the one that comes with this package.
        as_of: Day for which the document speaks, where it is known; else see the module.

    Raises:
        DocumentError: The day is before the filing date, or an export has a status that the table does not.
    """
    table = table or default_codes()
    pair, position, national = _status(facts, table)
    day = as_of or _latest(facts)
    if day < facts.filing_date:
        raise DocumentError(
            f"{facts.number} was filed on {facts.filing_date.isoformat()}, after the day for which its document "
            f"speaks, {day.isoformat()}",
            remedy="Give the day on which the document was made, or leave it out.",
        )
    has_ended = pair.state in (State.NOT_ACTIVE, State.TERMINATED)
    effective = facts.termination_date if has_ended and facts.termination_date is not None else day
    related = facts.basis or facts.application
    summary = LegalStatusEvent(
        number=facts.number,
        system="ST.27" if national is None else f"NAT:{facts.number.office}",
        code=national or _SUMMARY,
        resulting=pair,
        status=position,
        event_date=day,
        effective_date=effective,
        document=facts.digest,
        flags=EventFlags.IMPORTED,
        facts=EntryFacts(
            filing_date=facts.filing_date,
            registration_date=facts.registration_date,
            expiry_date=facts.expiry_date,
            classes=facts.classes,
            dossier=facts.dossier,
            representation=facts.representation,
            holder=facts.holder,
            relation=_relation(facts),
            related=related,
        ),
    )
    if facts.basis is None or facts.application is None:
        return (summary,)
    second = LegalStatusEvent(
        number=facts.number,
        system="ST.27",
        code=_OTHER,
        resulting=pair,
        status=position,
        event_date=day,
        effective_date=effective,
        document=facts.digest,
        facts=EntryFacts(relation=Relation.APPLICATION_RECORD, related=facts.application),
    )
    return summary, second


def _relation(facts: RegisterFacts) -> Relation | None:
    if facts.basis is not None:
        return Relation.BASIS
    return None if facts.application is None else Relation.APPLICATION_RECORD


def _status(facts: RegisterFacts, table: CodeTable) -> tuple[StatePair, int, str | None]:
    """State and stage, position of the status, and the word as a code of the office where the table lacks it."""
    last = facts.events[-1].recorded if facts.events else None
    if last is not None:
        row = table.status_for(facts.right, last.status)
        if row is None:
            raise DocumentError(
                f"the table of codes has no status {last.status!r} of a {facts.right.full_name}, which the export of "
                f"{facts.number} states",
                remedy="`registrum codes list` shows the table; correct the document.",
            )
        return StatePair.parse(last.resulting), row.position, None
    found: ImportedStatus = table.imported_status(
        facts.right, facts.status, is_registered=facts.registration_date is not None
    )
    return found.pair, found.position, found.national


def _latest(facts: RegisterFacts) -> datetime.date:
    days = (
        facts.filing_date,
        facts.registration_date,
        facts.termination_date,
        facts.status_date,
        *(event.date for event in facts.events),
        *(day for opposition in facts.oppositions for day in (opposition.date, opposition.status_date)),
    )
    return max(day for day in days if day is not None)
