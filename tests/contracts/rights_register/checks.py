"""What the tests of the rights register ask again and again: whole histories in one batch, and their logs.

Not its job: statements and signatures (`tests.contracts.support.rights`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from eth_utils import event_abi_to_log_topic

from tests.contracts.support.ledger import Log, log, logs_of, time_of
from tests.contracts.support.rights import (
    IRREGULAR,
    NO_FACTS,
    CodeRow,
    Event,
    ask_batch,
    head_of,
    record_batch,
    register_key,
    simulated_logs,
)


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
    return _flags_in(rights, logs_of(record_batch(rights, events)), len(events))


def simulated_flags(rights: Any, events: Sequence[Event], *rows: CodeRow) -> list[int]:
    """The flags that events would be logged with, if these rows were set first: changes nothing."""
    return _flags_in(rights, simulated_logs(rights, events, *rows), len(events))


def _flags_in(rights: Any, logs: Iterable[Log], count: int) -> list[int]:
    entry = next(entry for entry in rights.abi if entry.get("name") == "LegalStatusEventRecorded")
    topic = event_abi_to_log_topic(entry)
    data = [found.data for found in logs if found.topics[0] == topic]
    assert len(data) == count
    # Words of the data: head, system, from, to, status, three dates, document, corrects, flags.
    return [int.from_bytes(words[10 * 32 : 11 * 32], "big") for words in data]
