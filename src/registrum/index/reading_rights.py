"""Reading the index: entries of trade marks and designs, their events and timelines, what stood on a day.

Names and values are those of `registrum.client.rights_reading.RightsReader`. Not its job: what events mean for a day
(`registrum.rights`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from registrum.client.forms import require_office
from registrum.client.rights_answers import (
    Body,
    EntryStanding,
    EventSigner,
    RecordedCode,
    RecordedCodes,
    SignerKind,
    TimelineEvent,
    timeline_of,
)
from registrum.index import tables
from registrum.index.answers import EntryRelation, Page
from registrum.index.reading_offices import OfficeReader
from registrum.index.values import AnyRow, account, block_of, day, instant, moment, number_of, pieces, some_day
from registrum.numbers import OfficeNumber, Right
from registrum.rights.history import HistoryReport, StatusOnDate, status_on, verify_history
from registrum.rights.model import (
    CLEARED,
    Changes,
    Entry,
    EntryFacts,
    EventFlags,
    LegalStatusEvent,
    Marks,
    RecordedEvent,
    Relation,
    Standing,
    StatePair,
    bits_to_categories,
    bits_to_classes,
    from_ascii,
    require_register_right,
)
from registrum.rights.terms import RenewalTerms, basis_ceased_on, default_terms
from registrum.signing.addresses import parse_address

__all__ = ["RightsReader"]

_ENTRIES, _EVENTS, _KEYS = tables.entries.c, tables.entry_events.c, tables.keys.c
_NO_STATUS = from_ascii(bytes(32))
_SIGNED_FLAGS = EventFlags.IMPORTED | EventFlags.SURCHARGE | EventFlags.ANNULS
_INTERNATIONAL_BUREAU = "WO"


class RightsReader(OfficeReader):
    """Reads the register of trade marks and designs.

    Every method raises `InputError` for the number of a right that is not kept in it.
    """

    def entry(self, number: OfficeNumber) -> Entry | None:
        """The entry of a number; None if there is none."""
        return self.entries([number])[0]

    def entries(self, numbers: Iterable[OfficeNumber]) -> list[Entry | None]:
        """The entries of many numbers, in their order; None where there is none."""
        wanted = [_checked(number) for number in numbers]
        texts = self._status_texts()
        found: dict[str, Entry] = {}
        for piece in pieces([number.text for number in wanted]):
            query = select(tables.entries).where(_ENTRIES.number.in_(piece), _ENTRIES.superseded_by.is_(None))
            found.update((row.number, _entry_from(row, texts)) for row in self._rows(query))
        return [found.get(number.text) for number in wanted]

    def standing(self, number: OfficeNumber, on: date | None = None) -> EntryStanding:
        """How an entry stands on a day, as it is recorded now; today in UTC by the block's time if None.

        What stood in the register on a day of the past is for `status_on` to say.
        """
        asked = on or self.today()
        entry = self.entry(number)
        if entry is None:
            return EntryStanding(number, asked, Standing.NOT_FOUND, False, None)
        terms = self.renewal_terms(number.office, number.right)
        ceased = self._basis_ceased_on(entry, asked)
        return EntryStanding(number, asked, terms.standing_of(entry, asked), entry.is_irregular, ceased)

    def events(self, number: OfficeNumber) -> list[RecordedEvent]:
        """All events of an entry, oldest first, those under its former numbers included."""
        return self._events_where(number)

    def timeline(self, number: OfficeNumber) -> list[TimelineEvent]:
        """The events of an entry with titles, signers, and which event corrects which; as `events` else."""
        return self._timeline(number, self.events(number))

    def timeline_page(
        self, number: OfficeNumber, *, limit: int = 50, offset: int = 0, newest_first: bool = False
    ) -> Page[TimelineEvent]:
        """A part of the timeline of an entry; empty if there is no entry.

        Args:
            number: Its number.
            limit: Most events.
            offset: How many to leave out.
            newest_first: Counted from the newest; else from the oldest.
        """
        entry = self.entry(number)
        total = 0 if entry is None else entry.event_count
        first, last = offset + 1, min(offset + limit, total)
        if newest_first:
            first, last = max(1, total - offset - limit + 1), total - offset
        shown = self._events_where(number, _EVENTS.sequence.between(first - 1, last)) if first <= last else []
        # What corrects one of them may come much later.
        correcting = self._events_where(number, _EVENTS.corrects.between(first, last)) if shown else []
        known = {event.sequence: event for event in (*correcting, *shown)}
        found = self._timeline(number, [known[sequence] for sequence in sorted(known)])
        items = [item for item in found if first <= item.recorded.sequence <= last]
        return Page(tuple(items[::-1] if newest_first else items), total, False, limit, offset)

    def _events_where(self, number: OfficeNumber, *conditions: ColumnElement[bool]) -> list[RecordedEvent]:
        """Events of an entry, oldest first; what was before is known of those whose predecessor is among them."""
        names = self._names_of(_checked(number))
        query = select(tables.entry_events).where(_EVENTS.number.in_([name.text for name in names]), *conditions)
        rows = self._rows(query.order_by(_EVENTS.position))
        hashes = self._transactions({(block_of(row.position), row.tx_index) for row in rows})
        events: dict[int, AnyRow] = {row.sequence: row for row in rows}
        return [
            _event_from(row, events.get(sequence - 1), hashes[block_of(row.position), row.tx_index])
            for sequence, row in sorted(events.items())
        ]

    def _timeline(self, number: OfficeNumber, history: list[RecordedEvent]) -> list[TimelineEvent]:
        signers = {account: self._signer(number.office, account) for account in {event.signer for event in history}}
        return timeline_of(history, signers, self.codes())

    def verify_history(self, number: OfficeNumber) -> HistoryReport | None:
        """Whether the events in the index are the whole history of an entry; None if there is no entry."""
        entry = self.entry(number)
        return None if entry is None else verify_history(self.events(number), entry)

    def status_on(self, number: OfficeNumber, on: date, known_on: date | None = None) -> StatusOnDate:
        """What stood in the register on a day, as it is known now, or as it was known on another day.

        Args:
            number: The entry.
            on: The day.
            known_on: Count only what was recorded by this day (UTC); None counts all.
        """
        events = self.events(number)
        if not events:
            return StatusOnDate.of_nothing(on, known_on)
        return status_on(events, on, known_on, terms=self.renewal_terms(number.office, number.right))

    def relations(self, number: OfficeNumber, *, limit: int | None = None, offset: int = 0) -> list[EntryRelation]:
        """What events said of this number and another, in the order of the chain: by this entry, and about it.

        Args:
            number: Of the entry.
            limit: Most of them; None for all.
            offset: How many to leave out.
        """
        table = tables.relations.c
        query = select(tables.relations).where(_is_related(number)).order_by(table.position).offset(offset)
        rows = self._rows(query if limit is None else query.limit(limit))
        times = self._block_times({block_of(row.position) for row in rows})
        return [
            EntryRelation(
                number=number_of(row.number),
                related=number_of(row.related) if row.related else None,
                relation=Relation(row.relation),
                classes=bits_to_classes(row.classes, number_of(row.number).right),
                block_number=block_of(row.position),
                block_time=instant(times[block_of(row.position)]),
            )
            for row in rows
        ]

    def count_relations(self, number: OfficeNumber) -> int:
        """How many relations of an entry there are, as `relations` lists them."""
        return int(self._scalar(select(func.count()).select_from(tables.relations).where(_is_related(number))))

    def codes(self) -> RecordedCodes:
        """The table of codes and statuses in force."""
        table = tables.codes.c
        rows = self._rows(select(tables.codes).where(table.superseded_by.is_(None)).order_by(table.position))
        rules = {}
        for row in rows:
            if row.category is not None:
                rule = RecordedCode(
                    Right(row.right),
                    row.system,
                    row.code,
                    row.category,
                    row.from_states,
                    row.to_states,
                    int(row.statuses, 16),
                    row.title,
                )
                rules[rule.right, rule.system, rule.code] = rule
        return RecordedCodes(rules, self._status_texts())

    def body(self, office: str, account: str) -> Body | None:
        """What an office lets a court or board of appeal record; None if it never said anything of the account."""
        found = self._bodies_of(office, tables.bodies.c.account == parse_address(account))
        return found[0] if found else None

    def bodies(self, office: str) -> list[Body]:
        """The courts and boards that an office said something of, in the order of its last statements."""
        return self._bodies_of(office)

    def renewal_terms(self, office: str, right: Right) -> RenewalTerms:
        """How rights of an office are renewed: as it said, or as the contract has it for offices that said nothing."""
        table = tables.renewal_terms.c
        mine = (table.office == require_office(office), table.right == require_register_right(right).value)
        row = self._first(select(tables.renewal_terms).where(*mine, table.superseded_by.is_(None)))
        if row is None:
            return default_terms(right)
        return RenewalTerms(row.period_years, row.maximum_years or None, row.window_months, row.grace_months)

    def today(self) -> date:
        """Today in UTC, by the time of the block."""
        return datetime.fromtimestamp(self.now, UTC).date()

    def _names_of(self, number: OfficeNumber) -> list[OfficeNumber]:
        """The number and those under which the entry was kept before, newest first."""
        names = [number]
        while True:
            query = select(_ENTRIES.former).where(_ENTRIES.number == names[-1].text, _ENTRIES.superseded_by.is_(None))
            row = self._first(query)
            former = None if row is None or row.former is None else number_of(row.former)
            if former is None or former in names:
                return names
            names.append(former)

    def _basis_ceased_on(self, entry: Entry, on: date) -> date | None:
        """As `basisCeasedOn` of the contract `RightsStanding`."""
        number, basis = entry.number, entry.basis
        if basis is None:
            return None
        above = self.entry(basis)
        while above is not None and above.continuation is not None:
            basis = above.continuation
            above = self.entry(basis)
        ceased = None
        if above is not None:
            terms = self.renewal_terms(basis.office, basis.right)
            ceased = terms.ceased_on(above.pair, above.expiry_date, above.ceased_on, on)
        if number.office == _INTERNATIONAL_BUREAU:
            is_mark = number.right is Right.TRADEMARK
            return basis_ceased_on(entry.registration_date, ceased) if is_mark else None
        if basis.office != _INTERNATIONAL_BUREAU:
            return None
        if ceased is not None or above is None:
            return ceased
        return self._basis_ceased_on(above, on)

    def _status_texts(self) -> dict[tuple[Right, int], str]:
        table = tables.statuses.c
        query = select(table.right, table.status, table.text).order_by(table.position)
        return {(Right(right), position): text for right, position, text in self._rows(query)}

    def _bodies_of(self, office: str, *conditions: Any) -> list[Body]:
        table = tables.bodies.c
        query = select(tables.bodies).where(table.office == require_office(office), *conditions)
        rows = self._rows(query.where(table.superseded_by.is_(None)).order_by(table.position))
        return [
            Body(
                office=row.office,
                account=account(row.account),
                name=row.name,
                categories=bits_to_categories(row.categories),
                valid_from=moment(row.valid_from),
                valid_until=moment(row.valid_until),
                version=row.version,
            )
            for row in rows
        ]

    def _signer(self, office: str, signer: str) -> EventSigner:
        """Who the signer of an office's event is, by what is known today."""
        raw = parse_address(signer)
        since = moment(self._compromised_since(office, raw))
        for code, kind in ((office, SignerKind.OFFICE), (self.successor(office), SignerKind.SUCCESSOR)):
            if code is None:
                continue
            if self._first(select(_KEYS.position).where(_KEYS.office == code, _KEYS.account == raw)) is not None:
                return EventSigner(signer, kind, code, since)
        body = self.body(office, signer)
        if body is not None:
            return EventSigner(signer, SignerKind.BODY, body.name, None)
        return EventSigner(signer, SignerKind.UNKNOWN, None, since)


def _is_related(number: OfficeNumber) -> ColumnElement[bool]:
    table = tables.relations.c
    return or_(table.number == number.text, table.related == number.text)


def _checked(number: OfficeNumber) -> OfficeNumber:
    require_register_right(number.right)
    return number


def _entry_from(row: AnyRow, texts: Mapping[tuple[Right, int], str]) -> Entry:
    number = number_of(row.number)
    return Entry(
        number=number,
        pair=StatePair.parse(row.state),
        status=row.status,
        status_text=texts.get((number.right, row.status), _NO_STATUS),
        marks=Marks(row.marks),
        event_count=row.event_count,
        terminated_by=row.terminated_by or None,
        filing_date=day(row.filing_date),
        registration_date=day(row.registration_date),
        expiry_date=day(row.expiry_date),
        ceased_on=day(row.ceased_on),
        classes=bits_to_classes(row.classes, number.right),
        head=row.head,
        dossier=row.dossier,
        representation=row.representation,
        holder=row.holder,
        application=_number(row.application),
        basis=_number(row.basis),
        parent=_number(row.parent),
        former=_number(row.former),
        continuation=_number(row.continuation),
    )


def _event_from(row: AnyRow, before: AnyRow | None, transaction_hash: str) -> RecordedEvent:
    number = number_of(row.number)
    event = LegalStatusEvent(
        number=number,
        system=row.system,
        code=row.code,
        resulting=StatePair.parse(row.to_state),
        status=row.status,
        event_date=some_day(row.event_date),
        effective_date=some_day(row.effective_date),
        publication_date=day(row.publication_date),
        document=row.document,
        corrects=row.corrects or None,
        flags=EventFlags(row.flags) & _SIGNED_FLAGS,
        facts=_facts_from(row, number.right),
    )
    return RecordedEvent(
        event=event,
        sequence=row.sequence,
        head=row.head,
        previous=None if before is None else before.head,
        before=StatePair.parse(row.from_state) if row.from_state else None,
        is_irregular=EventFlags.IRREGULAR in EventFlags(row.flags),
        signer=account(row.signer),
        recorded_at=instant(row.recorded_at),
        block_number=block_of(row.position),
        transaction_hash=transaction_hash,
    )


def _facts_from(row: AnyRow, right: Right) -> EntryFacts:
    """What an event stated: a value that it states and that the row has not is taken back."""
    stated = Changes(row.changes)

    def known(bit: Changes, value: Any) -> Any:
        return None if bit not in stated else CLEARED if value is None else value

    return EntryFacts(
        filing_date=day(row.filing_date) if Changes.FILING_DATE in stated else None,
        registration_date=known(Changes.REGISTRATION_DATE, day(row.registration_date)),
        expiry_date=known(Changes.EXPIRY_DATE, day(row.expiry_date)),
        classes=bits_to_classes(row.classes or 0, right) if Changes.CLASSES in stated else None,
        dossier=known(Changes.DOSSIER, row.dossier),
        representation=known(Changes.REPRESENTATION, row.representation),
        holder=known(Changes.HOLDER, row.holder),
        relation=Relation(row.relation) if Changes.RELATION in stated else None,
        related=_number(row.related) if Changes.RELATION in stated else None,
        released=bits_to_classes(row.released or 0, right) if Changes.RELATION in stated else (),
    )


def _number(text: str | None) -> OfficeNumber | None:
    return number_of(text) if text else None
