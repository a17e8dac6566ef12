"""Verdicts on priority claims out of the index: what the contract `PriorityRegister` answers at the same block.

Claims are judged by the ten thousand, so all of it is done on plain integers, with one query for hundreds of numbers.
The rules are those of `PriorityRegister.check` and of `PriorityRules`, and a test compares the two on random claims.
Not its job: what a verdict means in words (`registrum.client.reasons`).
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from registrum.client.verdicts import Assessment, CalendarUse, PriorityClaim, Verdict
from registrum.dates import RESTORATION_MONTHS, add_months, from_on_chain, priority_period, to_on_chain
from registrum.errors import NumberFormatError
from registrum.index.reading_records import RecordReader
from registrum.index.values import RECORD_COLUMNS, day, pieces, record_of
from registrum.numbers import OfficeNumber, Right

__all__ = ["Judgement", "PriorityReader", "assess"]

_COLUMNS = ", ".join(column.name for column in RECORD_COLUMNS)
# Names are those of the schema; numbers travel as parameters.
_PRESENT = "superseded_by IS NULL AND status > 0"
_RECORDS = f"SELECT {_COLUMNS} FROM applications WHERE {_PRESENT} AND number "  # noqa: S608  # nosec B608
_MOST_PERIODS = 200_000
_VERDICTS, _USES = tuple(Verdict), tuple(CalendarUse)
_PERIODS = {(earlier.value, later.value): priority_period(earlier, later) or 0 for earlier in Right for later in Right}
_NO_PERIOD = (0, 0, 0, _USES.index(CalendarUse.NOT_ASKED))
(
    _VALID,
    _MALFORMED_NUMBER,
    _NOT_COVERED,
    _NOT_FOUND,
    _SIGNER_COMPROMISED,
    _DATE_MISMATCH,
    _DIGEST_MISMATCH,
    _RIGHT_NOT_ALLOWED,
    _SAME_DAY,
    _LATER_PRECEDES_EARLIER,
    _RESTORABLE,
    _PERIOD_EXPIRED,
) = range(len(_VERDICTS))
_NOT_PUBLISHED, _PUBLISHED, _INCOMPLETE = (
    _USES.index(use) for use in (CalendarUse.NOT_PUBLISHED, CalendarUse.PUBLISHED, CalendarUse.INCOMPLETE)
)

# A bulk of claims has few different days.
_number = functools.lru_cache(8192)(to_on_chain)


class Judgement(NamedTuple):
    """A verdict as the contract gives it: numbers only, for those who judge in bulk.

    `assess` makes an `Assessment` of it.
    """

    verdict: int
    """Place in `Verdict`."""
    calendar: int
    """Place in `CalendarUse`."""
    last_day: int
    """As `20240131`; 0 for none."""
    extended_from: int
    restorable_until: int
    record: Sequence[Any] | None
    """The columns `RECORD_COLUMNS` of the earlier record; None if there is none."""


_MALFORMED = Judgement(_MALFORMED_NUMBER, 0, 0, 0, 0, None)
_UNCOVERED = Judgement(_NOT_COVERED, 0, 0, 0, 0, None)
_UNRECORDED = Judgement(_NOT_FOUND, 0, 0, 0, 0, None)


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
        waiting = list(claims)
        found = (one for piece in pieces(waiting) for one in self._judge_piece(piece))
        return [assess(claim, one) for claim, one in zip(waiting, found, strict=True)]

    def judge(self, claims: Sequence[PriorityClaim]) -> list[Judgement]:
        """The same as bare numbers, at less than half the cost; `assess` makes an assessment of one.

        Raises:
            DateError: A date that no contract takes.
        """
        return [found for piece in pieces(claims) for found in self._judge_piece(piece)]

    def _judge_piece(self, claims: Sequence[PriorityClaim]) -> Iterator[Judgement]:
        texts = [_text(claim.earlier) for claim in claims]
        days = [(_number(claim.claimed_date), _number(claim.later_date)) for claim in claims]
        records = {row[0]: row for row in self._present({text for text in texts if text is not None})}
        suspects = self._suspects(records.values()) if self._compromised_keys() else ()
        offices, known_periods = self._office_rows(), self._memory.periods
        if len(known_periods) > _MOST_PERIODS:
            known_periods.clear()
        for claim, text, (claimed, later) in zip(claims, texts, days, strict=True):
            if text is None:
                yield _MALFORMED
                continue
            row = records.get(text)
            if row is None:
                office = offices.get(text[:2])
                yield _UNRECORDED if office is not None and office.is_member else _UNCOVERED
                continue
            filed, digest = row[1], claim.digest
            case = filed, text[3], claim.later_right.value, claim.later_office
            period = known_periods.get(case)
            if period is None:
                period = known_periods[case] = self._period(*case)
            last, extended_from, restorable, use = period
            if text in suspects:
                verdict = _SIGNER_COMPROMISED
            elif claimed != filed:
                verdict = _DATE_MISMATCH
            elif digest is not None and digest != row[2]:
                verdict = _DIGEST_MISMATCH
            elif not last:
                verdict = _RIGHT_NOT_ALLOWED
            elif later <= filed:
                verdict = _SAME_DAY if later == filed else _LATER_PRECEDES_EARLIER
            elif later <= last:
                verdict = _VALID
            else:
                verdict = _RESTORABLE if later <= restorable else _PERIOD_EXPIRED
            yield Judgement(verdict, use, last, extended_from, restorable, row)

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

    def _period(self, filed: int, earlier: str, later: str, office: str) -> tuple[int, int, int, int]:
        """Last day, the day before closed days moved it, last day of restoration, place of the use of calendars."""
        months = _PERIODS[earlier, later]
        if not months:
            return _NO_PERIOD
        regular = _months_after(filed, months)
        last, use = self._next_open_day(office, regular)
        restorable = 0
        if months == 12:
            # Only patents and utility models have periods of twelve months, and only theirs can be restored.
            restorable, _ = self._next_open_day(office, _months_after(last, RESTORATION_MONTHS))
        return last, regular if last != regular else 0, restorable, use

    def _next_open_day(self, office: str, value: int) -> tuple[int, int]:
        """First day from a day on that is not closed, and the place of the use of calendars."""
        calendars = self._calendar_rows(office)
        calendar = calendars.get(value // 10_000)
        if calendar is None:
            return value, _NOT_PUBLISHED
        ordinal = from_on_chain(value).toordinal()
        while True:
            at = date.fromordinal(ordinal)
            if at.timetuple().tm_yday == 1:
                calendar = calendars.get(at.year)
                if calendar is None:
                    return to_on_chain(at), _INCOMPLETE
            is_exception = calendar.exceptions >> (at.timetuple().tm_yday - 1) & 1
            if not (calendar.weekly >> at.weekday() & 1) ^ is_exception:
                return to_on_chain(at), _PUBLISHED
            ordinal += 1


def assess(claim: PriorityClaim, found: Judgement) -> Assessment:
    """A judgement as the value that people read."""
    verdict, calendar, last_day, extended_from, restorable_until, row = found
    earlier = None
    if row is not None:
        number = claim.earlier
        earlier = record_of(row, number if isinstance(number, OfficeNumber) else None)
    return Assessment(
        claim, _VERDICTS[verdict], _USES[calendar], day(last_day), day(extended_from), day(restorable_until), earlier
    )


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
