"""Register entries as their events leave them, by the rules of the contract `RightsEntries`.

The contract refuses what does not fit; here every event was taken, so only its effects are repeated. Classes that move
between an entry and its children are judged by the contract and stated by the events; the entry's own are all there is
to keep here. Not its job: what stood on a day of the past (`registrum.rights.history`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.errors import NodeError
from registrum.index.tables import entries, entry_events
from registrum.index.versions import Versions
from registrum.rights.values import Changes, EventFlags, Marks, Relation

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, RowMapping

    from registrum.index.store import Index

__all__ = ["settle_entries"]

_CHUNK: Final = 5_000
_FACTS: Final = {
    "filing_date": Changes.FILING_DATE.value,
    "registration_date": Changes.REGISTRATION_DATE.value,
    "expiry_date": Changes.EXPIRY_DATE.value,
    "classes": Changes.CLASSES.value,
    "dossier": Changes.DOSSIER.value,
    "representation": Changes.REPRESENTATION.value,
    "holder": Changes.HOLDER.value,
}
_RELATED: Final = {
    Relation.APPLICATION_RECORD.value: "application",
    Relation.BASIS.value: "basis",
    Relation.DIVIDED_FROM.value: "parent",
    Relation.CONVERTED_FROM.value: "parent",
}
_RELATION: Final = Changes.RELATION.value
_CONTINUES: Final = Relation.CONTINUATION_OF.value
_IMPORTED: Final = EventFlags.IMPORTED.value
_IRREGULAR: Final = EventFlags.IRREGULAR.value
_NEW: Final[Mapping[str, Any]] = {
    column.name: None for column in entries.c if column.name not in ("position", "superseded_by")
} | {"marks": 0, "classes": 0}


def settle_entries(index: Index, connection: Connection, after: int, up_to: int) -> None:
    """Work legal-status events into `entries`.

    Raises:
        NodeError: An event follows none that it needs.
    """
    last = after
    while True:
        query = sa.select(entry_events).where(entry_events.c.position > last, entry_events.c.position <= up_to)
        found = connection.execute(query.order_by(entry_events.c.position).limit(_CHUNK)).mappings().fetchall()
        if not found:
            return
        _settle(index, connection, found)
        last = found[-1]["position"]


def _settle(index: Index, connection: Connection, found: Sequence[RowMapping]) -> None:
    versions = Versions(index, connection, entries)
    numbers = {event["number"] for event in found}
    numbers |= {event["related"] for event in found if event["relation"] == _CONTINUES}
    versions.load(entries.c.number.in_(sorted(numbers)))
    for event in found:
        number, position = event["number"], event["position"]
        before = versions.get(number)
        if before is None and event["relation"] == _CONTINUES:
            former = versions.get(event["related"])
            if former is None:
                raise NodeError(f"the node sent a continuation of {event['related']}, and no entry of that number")
            marks = former["marks"]
            versions.put(position, {**former, "marks": marks | Marks.CONTINUED.value, "continuation": number})
            # All of it goes on under the new number; the old one is closed.
            before = {**former, "number": number, "former": event["related"], "continuation": None}
        elif before is None:
            before = {**_NEW, "number": number, "office": event["office"], "right": event["right"]}
        versions.put(position, _after(before, event))
    versions.flush()


def _after(before: Mapping[str, Any], event: RowMapping) -> dict[str, Any]:
    """The entry after an event."""
    entry = dict(before)
    state, sequence, corrects = event["to_state"], event["sequence"], event["corrects"] or 0
    entry["state"], entry["status"], entry["head"] = state, event["status"], event["head"]
    entry["event_count"] = sequence
    if event["flags"] & _IMPORTED:
        entry["marks"] |= Marks.IMPORTED.value
    elif event["flags"] & _IRREGULAR:
        entry["marks"] |= Marks.IRREGULAR.value
    if state[0] in "AU":
        entry["ceased_on"], entry["ceased_by"] = None, None
    elif not entry["ceased_by"] or corrects == entry["ceased_by"]:
        entry["ceased_on"], entry["ceased_by"] = event["effective_date"], sequence
    if state[0] != "T":
        entry["terminated_by"] = None
    elif (event["from_state"] or "-")[0] != "T" or corrects == entry["terminated_by"]:
        entry["terminated_by"] = sequence
    changes = event["changes"]
    for name, bit in _FACTS.items():
        if changes & bit:
            entry[name] = event[name]
    relation = event["relation"]
    if changes & _RELATION and relation in _RELATED:
        entry[_RELATED[relation]] = event["related"]
        if relation == Relation.DIVIDED_FROM:
            entry["marks"] |= Marks.CHILD.value
    return entry
