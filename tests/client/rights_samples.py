"""Random events of the register for hypothesis, and one of each statement."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from registrum.numbers import OfficeNumber, Right
from registrum.rights.model import CLEARED, HIGHEST_CLASS, EntryFacts, EventFlags, LegalStatusEvent, Relation, StatePair
from registrum.rights.values import ALL_PAIRS, HIGHEST_STATUS

MARK = OfficeNumber.from_text("EM/T/018660437")
DESIGN = OfficeNumber.from_text("WO/D/DM201234-001")
DAY = datetime.date(2024, 1, 31)

dates = st.dates(datetime.date(1800, 1, 1), datetime.date(9999, 12, 31))
digests = st.binary(min_size=32, max_size=32).filter(any)
printable = st.characters(min_codepoint=0x20, max_codepoint=0x7E)


def numbers(right: Right) -> st.SearchStrategy[OfficeNumber]:
    return st.builds(
        OfficeNumber,
        st.from_regex(r"[A-Z]{2}", fullmatch=True),
        st.just(right),
        st.from_regex(r"[0-9A-Z/.\-]{1,29}", fullmatch=True),
    )


def classes(right: Right) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(1, HIGHEST_CLASS[right]), max_size=6).map(tuple)


def _stated(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.just(CLEARED), values)


@st.composite
def facts(draw: st.DrawFn, right: Right) -> EntryFacts:
    relation = draw(st.none() | st.sampled_from(Relation))
    return EntryFacts(
        filing_date=draw(st.none() | dates),
        registration_date=draw(_stated(dates)),
        expiry_date=draw(_stated(dates)),
        classes=draw(st.none() | classes(right)),
        dossier=draw(_stated(digests)),
        representation=draw(_stated(digests)),
        holder=draw(_stated(digests)),
        relation=relation,
        related=None if relation is None else draw(st.none() | numbers(right)),
        released=() if relation is None else draw(classes(right)),
    )


@st.composite
def events(draw: st.DrawFn) -> LegalStatusEvent:
    number = draw(st.sampled_from(list(HIGHEST_CLASS)).flatmap(numbers))
    corrects = draw(st.none() | st.integers(1, 2**16 - 1))
    flags = EventFlags(draw(st.sampled_from([0, 1, 2, 3] if corrects is None else range(8))))
    return LegalStatusEvent(
        number=number,
        system=draw(st.sampled_from(["ST.27", "ST.61", "ST.87", "ST.96", f"NAT:{number.office}"])),
        code=draw(st.text(printable, min_size=1, max_size=32)),
        resulting=draw(st.sampled_from(ALL_PAIRS)),
        status=draw(st.integers(1, HIGHEST_STATUS)),
        event_date=draw(dates),
        effective_date=draw(dates),
        publication_date=draw(st.none() | dates),
        document=draw(st.none() | digests),
        corrects=corrects,
        flags=flags,
        facts=draw(facts(number.right)),
    )


def filing(**changes: Any) -> LegalStatusEvent:
    """The filing of a trade mark, or what differs from it."""
    values: dict[str, Any] = {
        "number": MARK,
        "system": "ST.27",
        "code": "A10",
        "resulting": StatePair.parse("A1"),
        "status": 1,
        "event_date": DAY,
        "effective_date": DAY,
        "facts": EntryFacts(filing_date=DAY, classes=(9, 42)),
    }
    return LegalStatusEvent(**{**values, **changes})


def recorded_log(event: LegalStatusEvent, previous: bytes | None, head: bytes, **changes: Any) -> dict[str, Any]:
    """Arguments of `LegalStatusEventRecorded` as the codec gives them."""
    statement = event.to_statement(previous)
    values: dict[str, Any] = {
        "number": event.number,
        "code": statement.code,
        "signer": "0x5FbDB2315678afecb367f032d93F642f64180aa3",
        "head": head,
        "system": statement.system,
        "from": bytes(2) if previous is None else b"A2",
        "to": statement.resulting,
        "status": statement.status,
        "event_date": event.event_date,
        "effective_date": event.effective_date,
        "publication_date": event.publication_date,
        "document": statement.document,
        "sequence": 1 if previous is None else 7,
        "corrects": statement.corrects,
        "flags": statement.flags,
        "recorded_at": datetime.datetime(2024, 2, 1, 12, tzinfo=datetime.UTC),
    }
    return {**values, **changes}


def stated_log(event: LegalStatusEvent, head: bytes, **changes: Any) -> dict[str, Any] | None:
    """Arguments of `EntryFactsStated` as the codec gives them; None where the event states nothing."""
    if not event.facts:
        return None
    facts = event.facts.to_statement(event.right)

    def number(value: bytes) -> OfficeNumber | bytes:
        return OfficeNumber.from_on_chain(value) if any(value) else value

    def date(value: Any) -> datetime.date | None:
        return value if isinstance(value, datetime.date) else None

    values: dict[str, Any] = {
        "changes": facts.changes,
        "filing_date": date(event.facts.filing_date),
        "registration_date": date(event.facts.registration_date),
        "expiry_date": date(event.facts.expiry_date),
        "classes": facts.classes,
        "dossier": facts.dossier,
        "representation": facts.representation,
        "holder": facts.holder,
        "relation": facts.relation,
        "related": number(facts.related),
        "released": facts.released,
    }
    return {"number": event.number, "head": head, "facts": {**values, **changes}}
