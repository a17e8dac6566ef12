"""What the events of an entry make of it: each event's contribution, with or without later corrections, and their sum.

`registrum.rights.history` says which rules this follows and why. Not its job: to choose the events that count.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from registrum.numbers import OfficeNumber
from registrum.rights.model import RecordedEvent
from registrum.rights.values import CLEARED, EventFlags, Relation, State, StatePair

__all__ = ["Contribution", "Snapshot", "contributions", "fold", "with_hindsight"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An entry as it stood.

    Attributes:
        number: Its number then.
        pair: State and stage.
        status: Position of the status in the table of the right.
        filing_date: Filing date accorded; None only where the first event was annulled and none was stated again.
        registration_date: None if not registered.
        expiry_date: Last day of protection unless renewed; None if there was none.
        ceased_on: Day from which it was not active or terminated; None while it was active.
        classes: In ascending order.
        dossier: As last stated; None if never.
        representation: As last stated; None if never.
        holder: As last stated; None if never.
        application: None where the application has the entry's own number.
        basis: None if there was none.
        parent: Entry that it was divided or converted from; None if there is none.
        former: Number under which it was kept before; None if there was none.
    """

    number: OfficeNumber
    pair: StatePair
    status: int
    filing_date: datetime.date | None = None
    registration_date: datetime.date | None = None
    expiry_date: datetime.date | None = None
    ceased_on: datetime.date | None = None
    classes: tuple[int, ...] = ()
    dossier: bytes | None = None
    representation: bytes | None = None
    holder: bytes | None = None
    application: OfficeNumber | None = None
    basis: OfficeNumber | None = None
    parent: OfficeNumber | None = None
    former: OfficeNumber | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys are the attributes in camel case; `state` and `stage` apart, as `Entry.to_json` has them."""
        values = {_camel_case(item.name): _json(getattr(self, item.name)) for item in fields(self)}
        del values["pair"]
        number = values.pop("number")
        return {"number": number, "state": self.pair.state.value, "stage": self.pair.stage.value, **values}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one event contributes.

    Attributes:
        sequence: Number of the event.
        effective_date: Day from which it counts.
        values: Attributes of `Snapshot` that it sets.
        sources: The event, and the corrections that changed what it contributes.
        is_base: Whether the entry exists from here on.
        is_irregular: Whether the table did not foresee the event.
    """

    sequence: int
    effective_date: datetime.date
    values: Mapping[str, Any]
    sources: frozenset[int]
    is_base: bool
    is_irregular: bool


_FACTS: Final = (
    "filing_date",
    "registration_date",
    "expiry_date",
    "classes",
    "dossier",
    "representation",
    "holder",
)
_RELATED: Final = {
    Relation.APPLICATION_RECORD: "application",
    Relation.BASIS: "basis",
    Relation.DIVIDED_FROM: "parent",
    Relation.CONVERTED_FROM: "parent",
    Relation.CONTINUATION_OF: "former",
}
"""What of the entry the other number is, where it is anything of it."""


def contributions(events: Sequence[RecordedEvent]) -> list[Contribution]:
    """What each event contributed when it was recorded, as the contract sees it.

    Args:
        events: Numbers 1 to n in their order.
    """
    return [_own(event, before) for event, before in zip(events, (None, *events), strict=False)]


def with_hindsight(own: Sequence[Contribution], events: Sequence[RecordedEvent]) -> list[Contribution]:
    """What each event contributes once corrections are followed; annulled events are not among them.

    Args:
        own: What each contributed when it was recorded.
        events: The same events, numbers 1 to n in their order. No event is corrected twice, or by an earlier one.
    """
    found = {contribution.sequence: contribution for contribution in own}
    # The last correction first: what it does to another correction decides what that one does.
    for event in reversed(events):
        if event.event.corrects is not None and event.sequence in found:
            _correct(found, event, event.event.corrects)
    return list(found.values())


def fold(counted: Iterable[Contribution]) -> tuple[Snapshot, dict[str, Contribution]]:
    """The entry that contributions make, and which of them set each attribute.

    Args:
        counted: In the order of their sequence numbers, with one that is a base among them.
    """
    values: dict[str, Any] = {}
    setters: dict[str, Contribution] = {}
    was_ended = False
    for contribution in counted:
        values.update(contribution.values)
        setters.update(dict.fromkeys(contribution.values, contribution))
        pair = contribution.values.get("pair")
        if pair is None:
            continue
        is_ended = pair.state in (State.NOT_ACTIVE, State.TERMINATED)
        if is_ended != was_ended:
            values["ceased_on"] = contribution.effective_date if is_ended else None
            setters["ceased_on"] = contribution
        was_ended = is_ended
    return Snapshot(**values), setters


def _own(event: RecordedEvent, before: RecordedEvent | None) -> Contribution:
    stated = event.event
    values: dict[str, Any] = {}
    if before is None or stated.resulting != before.after:
        values["pair"] = stated.resulting
    if before is None or stated.status != before.event.status:
        values["status"] = stated.status
    for name in _FACTS:
        value = getattr(stated.facts, name)
        if value is not None:
            values[name] = None if value is CLEARED else value
    if before is None or stated.number != before.event.number:
        values["number"] = stated.number
    if stated.facts.relation in _RELATED:
        values[_RELATED[stated.facts.relation]] = stated.facts.related
    return Contribution(
        sequence=event.sequence,
        effective_date=stated.effective_date,
        values=values,
        sources=frozenset({event.sequence}),
        is_base=before is None,
        is_irregular=event.is_irregular,
    )


def _correct(found: dict[int, Contribution], correction: RecordedEvent, target: int) -> None:
    """Lets a correction that stands do to its target what it says."""
    own, corrected = found[correction.sequence], found[target]
    if EventFlags.ANNULS in correction.event.flags:
        del found[target]
        if corrected.is_base:
            # Somebody must say how an entry stands whose first event never happened: the event that says so.
            stated = correction.event
            whole = {"number": stated.number, "pair": stated.resulting, "status": stated.status, **own.values}
            found[correction.sequence] = replace(own, values=whole, is_base=True)
        return
    found[target] = replace(
        corrected,
        effective_date=own.effective_date,
        values={**corrected.values, **own.values},
        sources=corrected.sources | own.sources,
    )


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _json(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, OfficeNumber):
        return value.text
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return list(value) if isinstance(value, tuple) else value
