"""Reading the register of trade marks and designs: entries, their events and timelines, what stood on a day.

Not its job: recording (`registrum.client.rights_recording`), and what events mean for a day (`registrum.rights`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from registrum.chain.contracts import (
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    RIGHTS_REGISTER,
    RIGHTS_STANDING,
    load_abi,
)
from registrum.client.forms import by_position, require_office
from registrum.client.log_ranges import logs_in_ranges
from registrum.client.members import key_from
from registrum.client.receipts import Event
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
from registrum.client.session import Session
from registrum.errors import InputError, NodeError
from registrum.numbers import OfficeNumber, Right
from registrum.rights.history import HistoryReport, StatusOnDate, status_on, verify_history
from registrum.rights.model import (
    Division,
    Entry,
    RecordedEvent,
    Standing,
    bits_to_categories,
    from_ascii,
    require_register_right,
)
from registrum.rights.reading import division_from, entry_from, recorded_event_from
from registrum.rights.terms import RenewalTerms

if TYPE_CHECKING:
    from registrum.rights.codes import CodeTable

__all__ = ["RightsReader"]

_NO_OFFICE = "\0\0"
_RECORDED, _STATED = "LegalStatusEventRecorded", "EntryFactsStated"
_NUMBERS_A_QUERY = 200
_RACES = 5


class RightsReader(Session):
    """Reads the register at the newest block.

    Every method may raise `NodeError`, when the node cannot be reached or talks nonsense and nothing is known,
    `RpcError`, when the node refuses, `ConfigError`, when this deployment has no such register, and `InputError` for
    the number of a right that is not kept in it.
    """

    def entry(self, number: OfficeNumber) -> Entry | None:
        """The entry of a number; None if there is none."""
        return self.entries([number])[0]

    def entries(self, numbers: Iterable[OfficeNumber]) -> list[Entry | None]:
        """The entries of many numbers, in their order; None where there is none."""
        wanted = [_checked(number) for number in numbers]
        found = self._read_many(RIGHTS_REGISTER, [("entryOf", (number,)) for number in wanted])
        places = [(number.right, fields["status"]) for number, fields in zip(wanted, found, strict=True)]
        texts = self._status_texts({place for place in places if place[1]})
        return [
            entry_from(number, fields, texts.get(place, bytes(32)))
            for number, fields, place in zip(wanted, found, places, strict=True)
        ]

    def standing(self, number: OfficeNumber, on: date | None = None) -> EntryStanding:
        """How an entry stands on a day, as it is recorded now; today in UTC by the chain's clock if None.

        What stood in the register on a day of the past is for `status_on` to say.
        """
        day = on or self.today()
        position, is_irregular, ceased = self._read(RIGHTS_STANDING, "standingOf", _checked(number), day)
        return EntryStanding(number, day, by_position(Standing, position), is_irregular, ceased)

    def division(self, number: OfficeNumber) -> Division:
        """Classes that move between an entry and its children."""
        return division_from(number, self._read(RIGHTS_REGISTER, "divisionOf", _checked(number)))

    def events(self, number: OfficeNumber) -> list[RecordedEvent]:
        """All events of an entry, oldest first, those under its former numbers included."""
        return self._events_of([self._names_of(number)])[0]

    def timeline(self, number: OfficeNumber) -> list[TimelineEvent]:
        """The events of an entry with titles, signers, and which event corrects which; as `events` else."""
        history = self.events(number)
        signers = self._signers(number.office, {event.signer for event in history})
        return timeline_of(history, signers, self.codes())

    def verify_history(self, number: OfficeNumber, *, table: CodeTable | None = None) -> HistoryReport | None:
        """Whether the events that the node has are the whole history of an entry; None if there is no entry.

        Args:
            number: The entry.
            table: Compares the marks of irregularity with this table of codes; None leaves them unchecked.
        """
        entry = self.entry(number)
        for _ in range(_RACES):
            if entry is None:
                return None
            events = self.events(number)
            again = self.entry(number)
            if again is not None and again.head == entry.head:
                break
            # An event was recorded in between.
            entry = again
        else:
            raise NodeError(f"the node sent another head of {number} each time it was asked")
        return verify_history(events, entry, table=table)

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

    def body(self, office: str, account: str) -> Body | None:
        """What an office lets a court or board of appeal record; None if it never said anything of the account."""
        return _body_from(self._read(OFFICE_PRACTICE, "bodyOf", require_office(office), account))

    def renewal_terms(self, office: str, right: Right) -> RenewalTerms:
        """How rights of an office are renewed: as it said, or as the contract has it for offices that said nothing."""
        return self._stated_terms(office, right)[0]

    def codes(self) -> RecordedCodes:
        """The table of codes and statuses in force.

        Rows that were read are remembered: the next call asks for later blocks only.
        """
        names = [load_abi(RIGHTS_REGISTER).topic(name) for name in ("CodeSet", "StatusSet")]
        table = self._table
        for event in self._logged([names], table.next_block):
            table.add(event)
        return RecordedCodes(dict(table.rules), dict(table.statuses))

    def heads(self, numbers: Iterable[OfficeNumber]) -> dict[OfficeNumber, bytes | None]:
        """Heads of entries; None where there is no entry."""
        wanted = list(dict.fromkeys(_checked(number) for number in numbers))
        pieces = [wanted[at : at + _NUMBERS_A_QUERY] for at in range(0, len(wanted), _NUMBERS_A_QUERY)]
        found = self._read_many(RIGHTS_REGISTER, [("headsOf", (piece,)) for piece in pieces])
        heads = [head if any(head) else None for answer in found for head in answer]
        if len(heads) != len(wanted):
            raise NodeError(f"the node sent {len(heads)} heads of {len(wanted)} entries")
        return dict(zip(wanted, heads, strict=True))

    def today(self) -> date:
        """Today in UTC, by the chain's clock."""
        return self._now().date()

    @functools.cached_property
    def _texts(self) -> dict[tuple[Right, int], bytes]:
        return {}

    @functools.cached_property
    def _table(self) -> _Table:
        return _Table(self._manifest.contract(RIGHTS_REGISTER).block)

    def _status_texts(self, places: Iterable[tuple[Right, int]]) -> Mapping[tuple[Right, int], bytes]:
        """Texts of statuses. A position never comes to mean another text, so each is asked for once."""
        unknown = [place for place in places if not any(self._texts.get(place, b""))]
        if unknown:
            calls = [("statusOf", (right.value.encode("ascii"), position)) for right, position in unknown]
            self._texts.update(zip(unknown, self._read_many(RIGHTS_REGISTER, calls), strict=True))
        return self._texts

    def _stated_terms(self, office: str, right: Right) -> tuple[RenewalTerms, int]:
        """Renewal terms and the version of the statement; zero if the office said nothing."""
        letter = require_register_right(right).value.encode("ascii")
        fields = self._read(OFFICE_PRACTICE, "renewalTermsOf", require_office(office), letter)
        try:
            terms = RenewalTerms(
                fields["period_years"], fields["maximum_years"] or None, fields["window_months"], fields["grace_months"]
            )
        except InputError as error:
            raise NodeError(f"the node sent renewal terms that no office can state: {error.message}") from error
        return terms, fields["version"]

    def _names_of(self, number: OfficeNumber) -> list[OfficeNumber]:
        """The number and those under which the entry was kept before, newest first."""
        names = [number]
        entry = self.entry(number)
        while entry is not None and entry.former is not None and entry.former not in names:
            names.append(entry.former)
            entry = self.entry(entry.former)
        return names

    def _events_of(self, entries: Sequence[Sequence[OfficeNumber]]) -> list[list[RecordedEvent]]:
        """The events of entries, each given by its numbers."""
        numbers = list(dict.fromkeys(number for names in entries for number in names))
        abi = load_abi(RIGHTS_REGISTER)
        kinds = [abi.topic(_RECORDED), abi.topic(_STATED)]
        stated: dict[tuple[OfficeNumber, bytes], dict[str, Any]] = {}
        recorded: dict[OfficeNumber, dict[int, Event]] = {number: {} for number in numbers}
        for at in range(0, len(numbers), _NUMBERS_A_QUERY):
            topics = [kinds, [number.on_chain_hex for number in numbers[at : at + _NUMBERS_A_QUERY]]]
            for event in self._logged(topics, self._manifest.contract(RIGHTS_REGISTER).block):
                number, values = event.arguments.get("number"), event.arguments
                # Not every node heeds the filter.
                if number not in recorded:
                    continue
                if event.name == _STATED:
                    stated[number, values["head"]] = values
                elif event.name == _RECORDED:
                    recorded[number][values["sequence"]] = event
        return [_history(names, recorded, stated) for names in entries]

    def _logged(self, topics: Sequence[Any], first_block: int) -> Iterator[Event]:
        for logs in logs_in_ranges(self._rpc, [self._address(RIGHTS_REGISTER)], topics, first_block):
            yield from self._events(logs)

    def _signers(self, office: str, accounts: Iterable[str]) -> dict[str, EventSigner]:
        """Who the signers of an office's events are, by what is known today."""
        wanted = list(accounts)
        successor = self._read(OFFICE_DIRECTORY, "successorOf", office)
        owners = [office] if successor == _NO_OFFICE else [office, successor]
        keys = self._read_many(OFFICE_DIRECTORY, [("keyOf", (code, one)) for code in owners for one in wanted])
        owner_of: dict[str, str] = {}
        for (code, account), fields in zip(((code, one) for code in owners for one in wanted), keys, strict=True):
            if key_from(fields) is not None:
                owner_of.setdefault(account, code)
        since = self._read_many(OFFICE_DIRECTORY, [("compromisedSince", (office, one)) for one in wanted])
        bodies = self._read_many(OFFICE_PRACTICE, [("bodyOf", (office, one)) for one in wanted])
        signers = {}
        for account, compromised, fields in zip(wanted, since, bodies, strict=True):
            body = _body_from(fields)
            if account in owner_of:
                kind = SignerKind.OFFICE if owner_of[account] == office else SignerKind.SUCCESSOR
                signers[account] = EventSigner(account, kind, owner_of[account], compromised)
            elif body is not None:
                signers[account] = EventSigner(account, SignerKind.BODY, body.name, None)
            else:
                signers[account] = EventSigner(account, SignerKind.UNKNOWN, None, compromised)
        return signers


class _Table:
    """Rows that were read so far, and the block from which to read on."""

    def __init__(self, first_block: int) -> None:
        self.next_block = first_block
        self.rules: dict[tuple[Right, str, str], RecordedCode] = {}
        self.statuses: dict[tuple[Right, int], str] = {}

    def add(self, event: Event) -> None:
        values = event.arguments
        right = Right(values["right"].decode("latin-1"))
        if event.name == "StatusSet":
            self.statuses[right, values["position"]] = from_ascii(values["status"])
        elif event.name == "CodeSet":
            system, code = from_ascii(values["system"]), from_ascii(values["code"])
            self.rules.pop((right, system, code), None)
            if any(values["category"]):
                self.rules[right, system, code] = RecordedCode(
                    right,
                    system,
                    code,
                    values["category"].decode("latin-1"),
                    values["from"],
                    values["to"],
                    values["statuses"],
                    values["title"],
                )
        # The block itself may be read again: a row that is set again is the same.
        self.next_block = max(self.next_block, event.block_number)


def _checked(number: OfficeNumber) -> OfficeNumber:
    require_register_right(number.right)
    return number


def _history(
    names: Sequence[OfficeNumber],
    recorded: Mapping[OfficeNumber, Mapping[int, Event]],
    stated: Mapping[tuple[OfficeNumber, bytes], Mapping[str, Any]],
) -> list[RecordedEvent]:
    """The events of one entry in order, each with the head before it."""
    events = {sequence: event for name in reversed(names) for sequence, event in recorded[name].items()}
    history = []
    for sequence in sorted(events):
        event = events[sequence]
        before = events.get(sequence - 1)
        values = event.arguments
        history.append(
            recorded_event_from(
                values,
                stated.get((values["number"], values["head"])),
                previous=None if before is None else before.arguments["head"],
                block_number=event.block_number,
                transaction_hash=event.transaction_hash,
            )
        )
    return history


def _body_from(fields: Mapping[str, Any]) -> Body | None:
    if fields["version"] == 0:
        return None
    return Body(
        office=fields["office"],
        account=fields["body"],
        name=from_ascii(fields["name"]),
        categories=bits_to_categories(fields["categories"]),
        valid_from=fields["valid_from"],
        valid_until=fields["valid_until"],
        version=fields["version"],
    )
