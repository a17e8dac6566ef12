"""Entries with histories that nobody recorded, for tests of documents."""

from __future__ import annotations

import datetime
import hashlib

from hypothesis import strategies as st

from registrum.numbers import OfficeNumber, Right
from registrum.rights.codes import HIGHEST_STATUS, default_codes
from registrum.rights.model import (
    ALL_PAIRS,
    HIGHEST_CLASS,
    NO_FACTS,
    Entry,
    EntryFacts,
    EventFlags,
    LegalStatusEvent,
    Marks,
    RecordedEvent,
    Relation,
    State,
    StatePair,
)

SIGNER = "0x" + "Ab" * 20
FILED = datetime.date(2024, 2, 29)

_DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 12, 31))
_DIGESTS = st.binary(min_size=32, max_size=32).filter(any)
_NUMBERS = st.text("0123456789ABZ/.-", min_size=1, max_size=20)


def number(text: str) -> OfficeNumber:
    """An office number out of its text form."""
    return OfficeNumber.from_text(text)


def position(right: Right, status: str) -> int:
    """The position of a status in the table that comes with the package."""
    rule = default_codes().status_for(right, status)
    assert rule is not None
    return rule.position


def status_text(event: LegalStatusEvent) -> str:
    """The status after an event as that table has it; its position where it has none."""
    rule = default_codes().status_at(event.right, event.status)
    return str(event.status) if rule is None else rule.status


def recorded(sequence: int, event: LegalStatusEvent, *, is_irregular: bool = False) -> RecordedEvent:
    """An event as if it had been recorded; the hashes are no struct hashes."""
    head = hashlib.sha256(f"{event.number.text} {sequence}".encode()).digest()
    previous = hashlib.sha256(f"{event.number.text} {sequence - 1}".encode()).digest() if sequence > 1 else None
    return RecordedEvent(
        event=event,
        sequence=sequence,
        head=head,
        previous=previous,
        before=None if sequence == 1 else event.resulting,
        is_irregular=is_irregular,
        signer=SIGNER,
        recorded_at=datetime.datetime(2024, 6, 1, 12, 0, sequence % 60, tzinfo=datetime.UTC),
        block_number=100 + sequence,
        transaction_hash="0x" + f"{sequence:064x}",
    )


def entry(history: list[RecordedEvent], **facts: object) -> Entry:
    """The entry that these events leave, with the facts that the test wants."""
    last = history[-1]
    values: dict[str, object] = {
        "number": last.event.number,
        "pair": last.after,
        "status": last.event.status,
        "status_text": status_text(last.event),
        "marks": Marks(0),
        "event_count": len(history),
        "terminated_by": None,
        "filing_date": FILED,
        "registration_date": None,
        "expiry_date": None,
        "ceased_on": None,
        "classes": (),
        "head": last.head,
        "dossier": None,
        "representation": None,
        "holder": None,
        "application": None,
        "basis": None,
        "parent": None,
        "continuation": None,
        "former": None,
    }
    return Entry(**{**values, **facts})  # type: ignore[arg-type]


@st.composite
def entries(draw: st.DrawFn, right: Right) -> tuple[Entry, list[RecordedEvent]]:
    """Any entry of a right that the contract could hold, with a history of one to four events."""
    office = draw(st.sampled_from(["EM", "RU", "WO", "FR", "JP"]))
    own = OfficeNumber(office, right, draw(_NUMBERS))
    system = draw(st.sampled_from(["ST.27", "ST.96", f"NAT:{office}"]))
    history = []
    for sequence in range(1, draw(st.integers(1, 4)) + 1):
        corrects = draw(st.none() | st.integers(1, 60_000))
        flags = draw(st.sampled_from([EventFlags(0), EventFlags.IMPORTED, EventFlags.IMPORTED | EventFlags.SURCHARGE]))
        facts = NO_FACTS
        if sequence == 1 and draw(st.booleans()):
            parent = OfficeNumber(office, right, draw(_NUMBERS))
            facts = EntryFacts(relation=Relation.DIVIDED_FROM, related=parent)
        event = LegalStatusEvent(
            number=own,
            system=system,
            code=draw(st.sampled_from(["Registered", "Application published", "F10-F11", "x; y=%3B"])),
            resulting=draw(st.sampled_from(ALL_PAIRS)),
            status=draw(st.integers(1, HIGHEST_STATUS)),
            event_date=draw(_DAYS),
            effective_date=draw(_DAYS),
            publication_date=draw(st.none() | _DAYS),
            document=draw(st.none() | _DIGESTS),
            corrects=corrects,
            flags=flags,
            facts=facts,
        )
        history.append(recorded(sequence, event, is_irregular=draw(st.booleans())))
    filed = draw(st.dates(datetime.date(1800, 1, 1), datetime.date(2150, 1, 1)))
    later = st.none() | st.integers(1, 20_000).map(lambda days: filed + datetime.timedelta(days))
    application = None
    if draw(st.booleans()):
        application = OfficeNumber(draw(st.sampled_from([office, "EM"])), right, draw(_NUMBERS))
        if application == own:
            application = None
    if right is Right.DESIGN and draw(st.booleans()) and len(own.number) < 20:
        application = own
        own = OfficeNumber(office, right, f"{own.number}-{draw(st.integers(1, 999)):03d}")
    basis = draw(
        st.sampled_from([None, OfficeNumber("WO", right, "DM/215987" if right is Right.DESIGN else "1644150")])
    )
    if right is Right.TRADEMARK and draw(st.booleans()):
        basis = OfficeNumber("AU", right, draw(_NUMBERS))
    if basis == own:
        basis = None
    pair = history[-1].after
    return (
        entry(
            history,
            number=own,
            filing_date=filed,
            registration_date=draw(later),
            expiry_date=draw(later),
            ceased_on=draw(later) if pair.state in (State.TERMINATED, State.NOT_ACTIVE) else None,
            classes=tuple(sorted(draw(st.sets(st.integers(1, HIGHEST_CLASS[right]))))),
            dossier=draw(st.none() | _DIGESTS),
            representation=draw(st.none() | _DIGESTS),
            holder=draw(st.none() | _DIGESTS),
            application=application,
            basis=basis,
        ),
        history,
    )


def mark() -> tuple[Entry, list[RecordedEvent]]:
    """A trade mark that was filed, registered and corrected, with everything that an entry can have."""
    own = number("EM/T/019012345")
    filed = LegalStatusEvent(
        number=own,
        system="ST.96",
        code="Application filed",
        resulting=StatePair.parse("A1"),
        status=position(Right.TRADEMARK, "Application Filed"),
        event_date=FILED,
        effective_date=FILED,
        document=bytes(range(32)),
    )
    registered = LegalStatusEvent(
        number=own,
        system="ST.27",
        code="F10-F11",
        resulting=StatePair.parse("A4"),
        status=position(Right.TRADEMARK, "Registration published"),
        event_date=datetime.date(2024, 9, 2),
        effective_date=datetime.date(2024, 9, 3),
        publication_date=datetime.date(2024, 9, 10),
    )
    corrected = LegalStatusEvent(
        number=own,
        system="ST.27",
        code="Y10",
        resulting=StatePair.parse("A4"),
        status=position(Right.TRADEMARK, "Registration published"),
        event_date=datetime.date(2024, 10, 1),
        effective_date=datetime.date(2024, 9, 2),
        corrects=2,
    )
    history = [recorded(1, filed), recorded(2, registered), recorded(3, corrected, is_irregular=True)]
    return (
        entry(
            history,
            registration_date=datetime.date(2024, 9, 2),
            expiry_date=datetime.date(2034, 2, 28),
            classes=(9, 35),
            dossier=b"\x01" * 32,
            representation=b"\x02" * 32,
            holder=b"\x03" * 32,
            basis=number("WO/T/1644150"),
        ),
        history,
    )


def design() -> tuple[Entry, list[RecordedEvent]]:
    """The second design of a registration."""
    own = number("EM/D/015900123-0002")
    event = LegalStatusEvent(
        number=own,
        system="ST.96",
        code="Registered",
        resulting=StatePair.parse("A4"),
        status=position(Right.DESIGN, "Registered"),
        event_date=datetime.date(2024, 5, 6),
        effective_date=datetime.date(2024, 5, 6),
        flags=EventFlags.IMPORTED,
    )
    history = [recorded(1, event)]
    return (
        entry(
            history,
            registration_date=datetime.date(2024, 5, 6),
            expiry_date=datetime.date(2029, 3, 1),
            classes=(26,),
            application=number("EM/D/015900123"),
            basis=number("WO/D/DM/215987"),
        ),
        history,
    )
