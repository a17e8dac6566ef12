"""Model of the priority register: verdicts, calendars, claims."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tests.stateful.model import typed_data
from tests.stateful.model.basics import ZERO_ADDRESS, ZERO_WORD, Clock, Effect, Event, Refusal
from tests.stateful.model.days import (
    FIRST_YEAR,
    LAST_YEAR,
    ONE_DAY,
    day_of_year,
    months_later,
    need_date,
    read_date,
    write_date,
)
from tests.stateful.model.directory import ACTIVE, DEPARTED, NONE, SUSPENDED, DirectoryModel
from tests.stateful.model.numbers import RIGHTS, is_number, is_office, office_of, right_of
from tests.stateful.model.registry import NO_RECORD, WITHDRAWN, Record, RegistryModel, Signatures
from tests.stateful.model.typed_data import Domain

VERDICTS = (
    "valid",
    "malformed_number",
    "not_covered",
    "not_found",
    "signer_compromised",
    "date_mismatch",
    "digest_mismatch",
    "right_not_allowed",
    "same_day",
    "later_precedes_earlier",
    "restorable",
    "period_expired",
)
NOT_ASKED, NOT_PUBLISHED, PUBLISHED, INCOMPLETE = range(4)
# Paris Convention, Article 4C(1) and 4E, pair by pair.
PERIODS = {
    (b"P", b"P"): 12,
    (b"P", b"U"): 12,
    (b"U", b"P"): 12,
    (b"U", b"U"): 12,
    (b"U", b"D"): 6,
    (b"D", b"D"): 6,
    (b"T", b"T"): 6,
}
RESTORABLE_PERIOD, RESTORATION = 12, 2
LONGEST_CLOSURE = 30
LAST_VERSION = 255
CONTRACT = "PriorityRegister"
NO_CALENDAR = {"weekly": 0, "exceptions": (0, 0), "version": 0, "publishedAt": 0}


@dataclass(frozen=True)
class Calendar:
    """Closed days of an office in a year."""

    weekly: int
    exceptions: tuple[int, int]
    version: int
    published_at: int

    def is_closed(self, day: date) -> bool:
        """Tell whether the office is closed on a day of that year."""
        position = day_of_year(day) - 1
        by_week = bool(self.weekly >> day.weekday() & 1)
        differs = bool((self.exceptions[0] | self.exceptions[1] << 256) >> position & 1)
        return by_week != differs


@dataclass(frozen=True)
class Claim:
    """One claim as recorded, and how often its earlier record had been corrected by then."""

    signing_key: str
    recorded_at: int
    outcome: int
    is_partial: bool
    version: int
    earlier_version: int
    earlier_status: int
    later_date: int
    claimed_date: int
    corrections_before: int

    def listed(self) -> dict[str, Any]:
        """Return the claim as the contract shows it."""
        return {
            "signingKey": self.signing_key,
            "recordedAt": self.recorded_at,
            "outcome": self.outcome,
            "isPartial": self.is_partial,
            "version": self.version,
            "earlierVersion": self.earlier_version,
            "earlierStatus": self.earlier_status,
            "laterFilingDate": self.later_date,
            "claimedDate": self.claimed_date,
        }


NO_CLAIM = Claim(ZERO_ADDRESS, 0, 0, False, 0, 0, 0, 0, 0, 0)

PriorityClaim = tuple[bytes, int, bytes, bytes, int, bytes]
"""Earlier number, claimed date, later office, later right, later date, digest or zero."""
ClaimOutcome = tuple[bytes, bytes, int, int, bool, int, int]
"""Later, earlier, later filing date, claimed date, partial, outcome, version that is followed."""


class PriorityModel:
    """The priority register's rules; a method a function of the contract."""

    def __init__(
        self,
        clock: Clock,
        directory: DirectoryModel,
        registry: RegistryModel,
        signatures: Signatures,
        domain: Domain,
    ) -> None:
        self.clock = clock
        self.directory = directory
        self.registry = registry
        self.signatures = signatures
        self.domain = domain
        self.calendars: dict[tuple[bytes, int], Calendar] = {}
        self.claims: dict[tuple[bytes, bytes], Claim] = {}

    def check(self, claim: PriorityClaim) -> dict[str, Any]:
        """Judge a priority claim."""
        earlier, claimed_value, later_office, later_right, later_value, digest = claim
        claimed, later = need_date(claimed_value), need_date(later_value)
        if not is_office(later_office):
            raise Refusal("OfficeCodeMalformed", later_office)
        if later_right not in RIGHTS:
            raise Refusal("PriorityRegisterUnknownRight", later_right)
        record = self.registry.record_of(earlier)
        assessment = {
            "verdict": 0,
            "calendar": NOT_ASKED,
            "lastDay": 0,
            "extendedFrom": 0,
            "restorableUntil": 0,
            "earlierRecord": record.listed(),
        }
        last: date | None = None
        restorable: date | None = None
        filed = read_date(record.filing_date)
        if filed is not None:
            last, restorable = self._write_period(assessment, filed, earlier, later_office, later_right)
        verdict = self._judge(earlier, record, filed, claimed, later, digest, last, restorable)
        return assessment | {"verdict": VERDICTS.index(verdict)}

    def _write_period(
        self, assessment: dict[str, Any], filed: date, earlier: bytes, later_office: bytes, later_right: bytes
    ) -> tuple[date | None, date | None]:
        months = self.period(right_of(earlier), later_right)
        if months is None:
            return None, None
        regular = months_later(filed, months)
        last, use = self.next_open_day(later_office, regular)
        assessment.update(calendar=use, lastDay=write_date(last))
        if last != regular:
            assessment["extendedFrom"] = write_date(regular)
        restorable = self.last_restorable(later_office, last) if months == RESTORABLE_PERIOD else None
        assessment["restorableUntil"] = write_date(restorable)
        return last, restorable

    def _judge(
        self,
        earlier: bytes,
        record: Record,
        filed: date | None,
        claimed: date,
        later: date,
        digest: bytes,
        last: date | None,
        restorable: date | None,
    ) -> str:
        if not is_number(earlier):
            return "malformed_number"
        if filed is None:
            member = self.directory.status_of(office_of(earlier)) in (ACTIVE, SUSPENDED)
            return "not_found" if member else "not_covered"
        if self.registry.is_suspect(earlier):
            return "signer_compromised"
        if claimed != filed:
            return "date_mismatch"
        if digest not in (ZERO_WORD, record.digest):
            return "digest_mismatch"
        if last is None:
            return "right_not_allowed"
        if later == filed:
            return "same_day"
        if later < filed:
            return "later_precedes_earlier"
        if self.is_in_time(later, last):
            return "valid"
        return "restorable" if restorable is not None and later <= restorable else "period_expired"

    def period(self, earlier: bytes, later: bytes) -> int | None:
        """Return the priority period between two rights in months; None if there is none."""
        return PERIODS.get((earlier, later))

    def is_in_time(self, later: date, last: date) -> bool:
        """Tell whether a filing on this day keeps the period that ends on the last day."""
        return later <= last

    def last_restorable(self, office: bytes, last: date) -> date:
        """Return the last day on which the right can be restored."""
        return self.next_open_day(office, months_later(last, RESTORATION))[0]

    def next_open_day(self, office: bytes, day: date) -> tuple[date, int]:
        """Return the first day from this one on that the office is open, and what its calendars told."""
        first_year = day.year
        while (calendar := self.calendars.get((office, day.year))) is not None:
            if not calendar.is_closed(day):
                return day, PUBLISHED
            day += ONE_DAY
        return day, NOT_PUBLISHED if day.year == first_year else INCOMPLETE

    def publish_calendar(
        self, caller: str, office: bytes, year: int, weekly: int, exceptions: tuple[int, int]
    ) -> Effect:
        """Publish the closed days of an office in a year."""
        status = self.directory.status_of(office)
        if status in (NONE, DEPARTED) or caller != self.directory.seat_of(office):
            raise Refusal("PriorityRegisterNotSeat", office, caller)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Refusal("PriorityRegisterInvalidYear", year)
        length = day_of_year(date(year, 12, 31))
        if weekly >= 1 << 7 or (exceptions[0] | exceptions[1] << 256) >= 1 << length:
            raise Refusal("PriorityRegisterInvalidCalendar", year, weekly)
        previous = self.calendars.get((office, year))
        version = previous.version + 1 if previous else 1
        calendar = Calendar(weekly, exceptions, version, self.clock.now)
        self._need_short_closures(calendar, year, length)
        self.calendars[office, year] = calendar
        event = Event(CONTRACT, "CalendarPublished", (office, year, weekly, exceptions, version))
        return Effect((), [event])

    def _need_short_closures(self, calendar: Calendar, year: int, length: int) -> None:
        closed_in_a_row = 0
        for position in range(length):
            day = date(year, 1, 1) + timedelta(days=position)
            closed_in_a_row = closed_in_a_row + 1 if calendar.is_closed(day) else 0
            if closed_in_a_row > LONGEST_CLOSURE:
                raise Refusal("PriorityRegisterClosedTooLong", year, position + 1, LONGEST_CLOSURE)

    def is_closed(self, office: bytes, value: int) -> tuple[bool, bool]:
        """Tell whether the office published the year of this day, and whether it is closed then."""
        day = need_date(value)
        calendar = self.calendars.get((office, day.year))
        return calendar is not None, calendar is not None and calendar.is_closed(day)

    def calendar_of(self, office: bytes, year: int) -> dict[str, Any]:
        """Return a calendar as the contract shows it."""
        calendar = self.calendars.get((office, year))
        if calendar is None:
            return NO_CALENDAR
        return {
            "weekly": calendar.weekly,
            "exceptions": calendar.exceptions,
            "version": calendar.version,
            "publishedAt": calendar.published_at,
        }

    def record_claim(self, statement: ClaimOutcome, signature: bytes) -> Effect:
        """Record a claim, or its next outcome."""
        later, earlier, later_date, claimed_date, is_partial, outcome, replaces = statement
        for number in (later, earlier):
            if not is_number(number):
                raise Refusal("OfficeNumberMalformed", number)
        held = self.claims.get((later, earlier), NO_CLAIM)
        content = (later_date, claimed_date, is_partial, outcome)
        recorded = (held.later_date, held.claimed_date, held.is_partial, held.outcome)
        if recorded == content and held.version == replaces + 1:
            return Effect((False,))
        if held.version != replaces:
            raise Refusal("PriorityRegisterVersionMismatch", later, earlier, held.version, replaces)
        if replaces == LAST_VERSION and not self.registry.was_compromised(later, held.signing_key, held.recorded_at):
            if recorded == content:
                return Effect((False,))
            raise Refusal("PriorityRegisterVersionLimit", later, earlier)
        struct = typed_data.claim_outcome(*statement)
        signer, _ = self.signatures.verify(
            self.domain, office_of(later), struct, signature, by_successor=held.version != 0
        )
        version = min(held.version + 1, LAST_VERSION)
        self._need_order(statement, held)
        record = self.registry.record_of(earlier)
        if held.version == 0:
            corrections = self.registry.corrections[earlier]
            held = replace(
                held, earlier_version=record.version, earlier_status=record.status, corrections_before=corrections
            )
        self.claims[later, earlier] = replace(
            held,
            signing_key=signer,
            recorded_at=self.clock.now,
            outcome=outcome,
            is_partial=is_partial,
            version=version,
            later_date=later_date,
            claimed_date=claimed_date,
        )
        arguments = (later, earlier, office_of(later), *content, version, signer)
        return Effect((True,), [Event(CONTRACT, "ClaimRecorded", arguments)])

    def _need_order(self, statement: ClaimOutcome, held: Claim) -> None:
        later, earlier, later_date, claimed_date, _, outcome, _ = statement
        if later == earlier:
            raise Refusal("PriorityRegisterSelfClaim", later)
        later_day = need_date(later_date)
        claimed_day = need_date(claimed_date)
        if outcome not in (1, 2, 3, 4):
            raise Refusal("PriorityRegisterUnknownOutcome", outcome)
        if claimed_day >= later_day:
            raise Refusal("PriorityRegisterNotEarlier", earlier, claimed_date, later_date)
        earlier_filed = self.registry.record_of(earlier).filing_date
        if self.judges_record(held, later_date, claimed_date) and earlier_filed and earlier_filed >= later_date:
            raise Refusal("PriorityRegisterNotEarlier", earlier, earlier_filed, later_date)
        later_filed = self.registry.record_of(later).filing_date
        if later_filed and later_filed != later_date:
            raise Refusal("PriorityRegisterFilingDateMismatch", later, later_filed, later_date)

    def judges_record(self, held: Claim, later_date: int, claimed_date: int) -> bool:
        """Tell whether the recorded date of the earlier application counts: not for a claim taken with these dates."""
        return (held.later_date, held.claimed_date) != (later_date, claimed_date)

    def claim_of(self, later: bytes, earlier: bytes) -> dict[str, Any]:
        """Return a claim as the contract shows it, with what became of the earlier record since."""
        claim = self.claims.get((later, earlier), NO_CLAIM)
        known = claim.version != 0
        status = self.registry.record_of(earlier).status if known else NO_RECORD
        return {
            "later": later,
            "earlier": earlier,
            "claim": claim.listed(),
            "correctedSince": known and self.registry.corrections[earlier] > claim.corrections_before,
            "withdrawnSince": status == WITHDRAWN and claim.earlier_status != WITHDRAWN,
        }
