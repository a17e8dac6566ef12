"""What the tests of the rights register ask again and again: whole histories in one batch, and their logs.

Not its job: statements and signatures (`tests.contracts.support.rights`).
"""

from __future__ import annotations

from typing import Any

from eth_utils import event_abi_to_log_topic

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import Log, log, logs_of, time_of
from tests.contracts.support.rights import (
    IRREGULAR,
    NO_FACTS,
    Event,
    ask_batch,
    head_of,
    record_batch,
    register_key,
)


def refused(rights: Any, *events: Event, name: str, arguments: tuple[Any, ...]) -> None:
    """Assert that events, of which all but the last are taken, are refused with this error, and without the last not.

    Call it beside a `reverts_with` of the same error: only that tells the reader of the suite which error is provoked.
    """
    if len(events) > 1:
        accepted(rights, *events[:-1])
    reverts_with(lambda: ask_batch(rights, events), name, *arguments)


def accepted(rights: Any, *events: Event) -> None:
    """Assert that these events would be recorded now, in one batch."""
    assert tuple(ask_batch(rights, events)) == (len(events), 0)


def recorded_log(rights: Any, event: Event, earlier: Event | None, sequence: int, time: int, **other: Any) -> Log:
    """The log of an event that nothing but its statement decides.

    Args:
        rights: The register.
        event: The event.
        earlier: The one before it.
        sequence: Its number in the history.
        time: Block time.
        other: What differs from the statement; `irregular` adds that flag.
    """
    irregular = other.pop("irregular", False)
    values = {
        "number": event.number,
        "code": event.code,
        "signer": register_key(event.number[:2]).address,
        "head": head_of(event),
        "system": event.system,
        "from": b"\0\0" if earlier is None else earlier.resulting,
        "to": event.resulting,
        "status": event.status,
        "eventDate": event.event_date,
        "effectiveDate": event.effective_date,
        "publicationDate": event.publication_date,
        "document": event.document,
        "corrects": event.corrects,
        "flags": event.flags | (IRREGULAR if irregular else 0),
        "sequence": sequence,
        "recordedAt": time,
    }
    return log(rights, "LegalStatusEventRecorded", **values | other)


def facts_log(rights: Any, event: Event) -> Log:
    """The log of what an event stated of its entry."""
    return log(rights, "EntryFactsStated", number=event.number, head=head_of(event), facts=tuple(event.facts))


def logs_of_history(rights: Any, transaction: Any, *events: Event) -> list[Log]:
    """The logs of a whole regular history of one entry, without those of batches and relations."""
    time = time_of(transaction)
    logs = []
    earlier: Event | None = None
    for sequence, event in enumerate(events, start=1):
        logs.append(recorded_log(rights, event, earlier, sequence, time))
        if event.facts != NO_FACTS:
            logs.append(facts_log(rights, event))
        earlier = event
    return logs


def flags_of(rights: Any, *events: Event) -> list[int]:
    """Record events in one batch; returns the flags with which the register logged each."""
    transaction = record_batch(rights, events)
    entry = next(entry for entry in rights.abi if entry.get("name") == "LegalStatusEventRecorded")
    topic = event_abi_to_log_topic(entry)
    data = [found.data for found in logs_of(transaction) if found.topics[0] == topic]
    assert len(data) == len(events)
    # Words of the data: head, system, from, to, status, three dates, document, corrects, flags.
    return [int.from_bytes(words[10 * 32 : 11 * 32], "big") for words in data]
