"""Entries and events out of what a node answers: arguments of logs and structs of the contract `RightsRegister`.

They come as `registrum.chain.codec` decodes them: by name in snake case, dates and office numbers as such, zero dates
as None. Not its job: asking the node, and whether the events of an entry are all there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from registrum.dates import to_on_chain
from registrum.errors import InputError, NodeError
from registrum.numbers import OfficeNumber
from registrum.rights.model import (
    Division,
    Entry,
    EventFlags,
    LegalStatusEvent,
    Marks,
    RecordedEvent,
    StatePair,
    bits_to_classes,
    from_ascii,
)
from registrum.signing.rights_statements import NOTHING_STATED, EntryFactsStatement, LegalStatusEventStatement

__all__ = ["division_from", "entry_from", "recorded_event_from", "statement_from"]


def statement_from(
    recorded: Mapping[str, Any], stated: Mapping[str, Any] | None, previous: bytes | None
) -> LegalStatusEventStatement:
    """What was signed, out of the logs of its recording; its struct hash is the head that the log names.

    Args:
        recorded: Arguments of `LegalStatusEventRecorded`.
        stated: Arguments of `EntryFactsStated` with the same head; None if there is none.
        previous: Head that the log of the event before it names, 32 bytes; None for the first event.

    Raises:
        NodeError: The two are of different events, or no such event can come from the contract.
    """
    if stated is not None and (stated["number"], stated["head"]) != (recorded["number"], recorded["head"]):
        raise NodeError(f"the node sent the facts of another event than that of {recorded['number']}")
    try:
        return LegalStatusEventStatement(
            number=_word(recorded["number"]),
            previous=bytes(32) if previous is None else previous,
            system=recorded["system"],
            code=recorded["code"],
            resulting=recorded["to"],
            status=recorded["status"],
            event_date=_day(recorded["event_date"]),
            effective_date=_day(recorded["effective_date"]),
            publication_date=_day(recorded["publication_date"]),
            document=recorded["document"],
            corrects=recorded["corrects"],
            flags=recorded["flags"] & ~EventFlags.IRREGULAR,
            facts=NOTHING_STATED if stated is None else _facts_from(stated["facts"]),
        )
    except InputError as error:
        raise _impossible("an event", recorded["number"], error) from error


def recorded_event_from(
    recorded: Mapping[str, Any],
    stated: Mapping[str, Any] | None,
    *,
    previous: bytes | None,
    block_number: int,
    transaction_hash: str,
) -> RecordedEvent:
    """A recorded event out of its logs.

    Args:
        recorded: Arguments of `LegalStatusEventRecorded`.
        stated: Arguments of `EntryFactsStated` with the same head; None if there is none.
        previous: Head that the log of the event before it names, 32 bytes; None for the first event.
        block_number: Block of the logs.
        transaction_hash: Transaction of the logs.

    Raises:
        NodeError: The two are of different events, or no such event can come from the contract.
    """
    statement = statement_from(recorded, stated, previous)
    recorded_at = recorded["recorded_at"]
    if not isinstance(recorded_at, datetime.datetime):
        raise NodeError(f"the node sent an event of {recorded['number']} without the time of its recording")
    try:
        return RecordedEvent(
            event=LegalStatusEvent.from_statement(statement),
            sequence=recorded["sequence"],
            head=recorded["head"],
            previous=previous,
            before=StatePair.from_on_chain(recorded["from"]),
            is_irregular=EventFlags.IRREGULAR in EventFlags(recorded["flags"]),
            signer=recorded["signer"],
            recorded_at=recorded_at,
            block_number=block_number,
            transaction_hash=transaction_hash,
        )
    except InputError as error:
        raise _impossible("an event", recorded["number"], error) from error


def entry_from(number: OfficeNumber, fields: Mapping[str, Any], status: bytes) -> Entry | None:
    """An entry out of the struct `Entry` of the contract; None if there is none.

    Args:
        number: Its office number.
        fields: Members of the struct.
        status: Text at the position `fields["status"]` of the table of statuses, 32 bytes.

    Raises:
        NodeError: No such struct can be in the contract.
    """
    try:
        pair = StatePair.from_on_chain(fields["state"] + fields["stage"])
        if pair is None:
            return None
        return Entry(
            number=number,
            pair=pair,
            status=fields["status"],
            status_text=from_ascii(status),
            marks=Marks(fields["marks"]),
            event_count=fields["event_count"],
            terminated_by=fields["terminated_by"] or None,
            filing_date=fields["filing_date"],
            registration_date=fields["registration_date"],
            expiry_date=fields["expiry_date"],
            ceased_on=fields["ceased_on"],
            classes=bits_to_classes(fields["classes"], number.right),
            head=fields["head"],
            dossier=_stated(fields["dossier"]),
            representation=_stated(fields["representation"]),
            holder=_stated(fields["holder"]),
            application=_other(fields["application"]),
            basis=_other(fields["basis"]),
            parent=_other(fields["parent"]),
            former=_other(fields["former"]),
            continuation=_other(fields["continuation"]),
        )
    except InputError as error:
        raise _impossible("an entry", number, error) from error


def division_from(number: OfficeNumber, fields: Mapping[str, Any]) -> Division:
    """The classes that move between an entry and its children, out of the struct `Division` of the contract.

    Raises:
        NodeError: No such struct can be in the contract.
    """
    try:
        return Division(*(bits_to_classes(fields[name], number.right) for name in ("released", "given", "held")))
    except InputError as error:
        raise _impossible("a division", number, error) from error


def _facts_from(fields: Mapping[str, Any]) -> EntryFactsStatement:
    return EntryFactsStatement(
        changes=fields["changes"],
        filing_date=_day(fields["filing_date"]),
        registration_date=_day(fields["registration_date"]),
        expiry_date=_day(fields["expiry_date"]),
        classes=fields["classes"],
        dossier=fields["dossier"],
        representation=fields["representation"],
        holder=fields["holder"],
        relation=fields["relation"],
        related=_word(fields["related"]),
        released=fields["released"],
    )


def _day(value: datetime.date | None) -> int:
    return 0 if value is None else to_on_chain(value)


def _word(value: OfficeNumber | bytes) -> bytes:
    return value.on_chain if isinstance(value, OfficeNumber) else value


def _stated(value: bytes) -> bytes | None:
    return value if any(value) else None


def _other(value: OfficeNumber | bytes) -> OfficeNumber | None:
    return OfficeNumber.from_on_chain(_word(value)) if any(_word(value)) else None


def _impossible(what: str, number: object, error: InputError) -> NodeError:
    return NodeError(
        f"the node sent {what} of {number} that no register can hold: {error.message}",
        remedy="Check that the addresses are those of the contracts, and that the node is the right one.",
    )
