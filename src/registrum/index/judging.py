"""Verdicts on priority claims out of the index: what the contract `PriorityRegister` answers at the same block.

Claims are judged by the ten thousand, so all of it is done on plain integers, with one query for hundreds of numbers.
The rules are those of `PriorityRegister.check` and of `PriorityRules`, and a test compares the two on random claims.
Not its job: what a verdict means in words (`registrum.client.reasons`).
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from registrum.client.verdicts import Assessment, CalendarUse, PriorityClaim, Verdict
from registrum.dates import RESTORATION_MONTHS, add_months, from_on_chain, priority_period, to_on_chain
from registrum.errors import NumberFormatError
from registrum.index.reading_records import RecordReader
from registrum.index.snapshot import OfficeRow, Period
from registrum.index.values import RECORD_COLUMNS, day, pieces, record_of
from registrum.numbers import OfficeNumber, Right

__all__ = ["PriorityReader"]

_COLUMNS = ", ".join(column.name for column in RECORD_COLUMNS)
# Names are those of the schema; numbers travel as parameters.
_PRESENT = "superseded_by IS NULL AND status > 0"
_RECORDS = f"SELECT {_COLUMNS} FROM applications WHERE {_PRESENT} AND number "  # noqa: S608  # nosec B608
_MOST_PERIODS = 200_000
_PERIODS = {(earlier.value, later.value): priority_period(earlier, later) or 0 for earlier in Right for later in Right}

# A bulk of claims has few different days.
_number = functools.lru_cache(8192)(to_on_chain)


_NO_PERIOD = Period(0, 0, CalendarUse.NOT_ASKED, None, None, None)


class PriorityReader(RecordReader):
    """Judges priority claims."""

    def check_priority(self, claim: PriorityClaim) -> Assessment:
        """Judge a priority claim. No error stands for "not valid": that is a verdict.

        Raises:
            DateError: A date that no contract takes.
        """
        return self.check_priorities([claim])[0]

    def check_priorities(self, claims: Iterable[PriorityClaim]) -> list[Assessment]:
        """Judge many claims, all at one block; the answers are in their order.

        Raises:
            DateError: A date that no contract takes; then none is judged.
        """
        return [found for piece in pieces(list(claims)) for found in self._judge_piece(piece)]

    def _judge_piece(self, claims: Sequence[PriorityClaim]) -> Iterator[Assessment]:
        texts = [_text(claim.earlier) for claim in claims]
        days = [(_number(claim.claimed_date), _number(claim.later_date)) for claim in claims]
        records = {row[0]: row for row in self._present({text for text in texts if text is not None})}
        suspects = self._suspects(records.values()) if self._compromised_keys() else ()
        offices, known_periods = self._office_rows(), self._memory.periods
        if len(known_periods) > _MOST_PERIODS:
            known_periods.clear()
        for claim, text, (claimed, later) in zip(claims, texts, days, strict=True):
            row = None if text is None else records.get(text)
            if text is None or row is None:
                yield _unrecorded(claim, text, offices)
                continue
            filed, digest, number = row[1], claim.digest, claim.earlier
            case = filed, text[3], claim.later_right, claim.later_office
            period = known_periods.get(case)
            if period is None:
                period = known_periods[case] = self._period(*case)
            last, restorable, calendar, last_day, extended_from, restorable_until = period
            if text in suspects:
                verdict = Verdict.SIGNER_COMPROMISED
            elif claimed != filed:
                verdict = Verdict.DATE_MISMATCH
            elif digest is not None and digest != row[2]:
                verdict = Verdict.DIGEST_MISMATCH
            elif not last:
                verdict = Verdict.RIGHT_NOT_ALLOWED
            elif later <= filed:
                verdict = Verdict.SAME_DAY if later == filed else Verdict.LATER_PRECEDES_EARLIER
            elif later <= last:
                verdict = Verdict.VALID
            else:
                verdict = Verdict.RESTORABLE if later <= restorable else Verdict.PERIOD_EXPIRED
            record = record_of(row, number if isinstance(number, OfficeNumber) else None)
            yield Assessment(claim, verdict, calendar, last_day, extended_from, restorable_until, record)

    def _present(self, numbers: Collection[str]) -> Sequence[Sequence[Any]]:
        """Present records, in no order, as the driver has them: rows of SQLAlchemy cost as much as the query."""
        if not numbers:
            return ()
        cursor = self._connection.connection.cursor()
        try:
            if self._connection.dialect.name == "postgresql":
                cursor.execute(_RECORDS + "= ANY(%s)", (list(numbers),))
            else:
                cursor.execute(f"{_RECORDS}IN ({', '.join('?' * len(numbers))})", tuple(numbers))
            return cursor.fetchall()
        finally:
            cursor.close()

    def _suspects(self, rows: Iterable[Sequence[Any]]) -> set[str]:
        """Numbers whose record was made by a key that was compromised then, and that no good key has confirmed."""
        compromised = self._compromised_keys()
        doubtful = {}
        for row in rows:
            if row[7] in compromised:
                since = self._compromised_since(row[0][:2], row[7])
                if since is not None and since <= row[4]:
                    doubtful[row[0]] = row
        if not doubtful:
            return set()
        confirmed = self._reconfirmations(doubtful)
        return {
            text
            for text, row in doubtful.items()
            if not self._is_confirmed(text[:2], row[5], row[4], confirmed.get(text))
        }

    def _period(self, filed: int, earlier: str, later: str, office: str) -> Period:
        months = _PERIODS[earlier, later]
        if not months:
            return _NO_PERIOD
        regular = _months_after(filed, months)
        last, use = self._next_open_day(office, regular)
        restorable = 0
        if months == 12:
            # Only patents and utility models have periods of twelve months, and only theirs can be restored.
            restorable, _ = self._next_open_day(office, _months_after(last, RESTORATION_MONTHS))
        extended_from = day(regular) if last != regular else None
        return Period(last, restorable, use, day(last), extended_from, day(restorable))

    def _next_open_day(self, office: str, value: int) -> tuple[int, CalendarUse]:
        """First day from a day on that is not closed, and what calendars did to it."""
        calendars = self._calendar_rows(office)
        calendar = calendars.get(value // 10_000)
        if calendar is None:
            return value, CalendarUse.NOT_PUBLISHED
        ordinal = from_on_chain(value).toordinal()
        while True:
            at = date.fromordinal(ordinal)
            if at.timetuple().tm_yday == 1:
                calendar = calendars.get(at.year)
                if calendar is None:
                    return to_on_chain(at), CalendarUse.INCOMPLETE
            is_exception = calendar.exceptions >> (at.timetuple().tm_yday - 1) & 1
            if not (calendar.weekly >> at.weekday() & 1) ^ is_exception:
                return to_on_chain(at), CalendarUse.PUBLISHED
            ordinal += 1


def _unrecorded(claim: PriorityClaim, text: str | None, offices: Mapping[str, OfficeRow]) -> Assessment:
    """The answer to a claim on what is not recorded."""
    office = None if text is None else offices.get(text[:2])
    covered = Verdict.NOT_FOUND if office is not None and office.is_member else Verdict.NOT_COVERED
    verdict = Verdict.MALFORMED_NUMBER if text is None else covered
    return Assessment(claim, verdict, CalendarUse.NOT_ASKED, None, None, None, None)


def _text(number: OfficeNumber | bytes) -> str | None:
    """The number as the tables have it; None where it has no form of an office number."""
    if isinstance(number, OfficeNumber):
        return number.text
    try:
        return OfficeNumber.from_on_chain(number).text
    except NumberFormatError:
        return None


@functools.lru_cache(8192)
def _months_after(value: int, months: int) -> int:
    return to_on_chain(add_months(from_on_chain(value), months))
