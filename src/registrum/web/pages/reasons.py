"""What a verdict rests on, in the words of the catalogues: `registrum.client.reasons` in every language.

The English catalogue has the same sentences as the client library; a test compares them. Not its job: the verdict.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from registrum.client.records import RecordStatus
from registrum.client.verdicts import Assessment, CalendarUse, Verdict
from registrum.dates import priority_period
from registrum.numbers import OfficeNumber
from registrum.signing.statements import Disclosure
from registrum.web.texts import Texts, key_of

__all__ = ["reasons"]


def reasons(t: Texts, assessment: Assessment) -> tuple[Markup, ...]:
    """The reason of a verdict first, then remarks on the calendar, on corrections and on withdrawal."""
    values = _values(t, assessment)
    return (t(_reason_key(assessment), **values), *(t(key, **values) for key in _remark_keys(assessment)))


def _reason_key(assessment: Assessment) -> str:
    verdict, record = assessment.verdict, assessment.earlier
    if verdict is Verdict.DIGEST_MISMATCH and record is not None and record.disclosure is Disclosure.SALTED:
        return "reason-digest-mismatch-salted"
    if verdict is Verdict.RESTORABLE and not _is_end_known(assessment):
        return "reason-restorable-open"
    return key_of("reason", verdict)


def _remark_keys(assessment: Assessment) -> list[str]:
    if assessment.earlier is None:
        return []
    has_last_day = assessment.last_day is not None
    said = {
        "remark-extended": assessment.extended_from is not None,
        "remark-calendar-not-published": assessment.calendar is CalendarUse.NOT_PUBLISHED and has_last_day,
        "remark-calendar-incomplete": assessment.calendar is CalendarUse.INCOMPLETE and has_last_day,
        "remark-no-digest": assessment.claim.digest is None,
        "remark-corrected": assessment.is_corrected,
        "remark-withdrawn": assessment.earlier.status is RecordStatus.WITHDRAWN,
    }
    return [key for key, is_so in said.items() if is_so]


def _is_end_known(assessment: Assessment) -> bool:
    """Whether the last day of restoration is certain: of another year the calendar may not have been used."""
    last, until = assessment.last_day, assessment.restorable_until
    is_published = assessment.calendar is CalendarUse.PUBLISHED
    return is_published and last is not None and until is not None and last.year == until.year


def _values(t: Texts, assessment: Assessment) -> dict[str, Any]:
    claim, record, earlier = assessment.claim, assessment.earlier, assessment.claim.earlier
    is_number = isinstance(earlier, OfficeNumber)
    months = priority_period(earlier.right, claim.later_right) if isinstance(earlier, OfficeNumber) else None
    return {
        "earlier": _code(earlier.text if isinstance(earlier, OfficeNumber) else "0x" + earlier.hex()),
        "earlierRight": t.of("right", earlier.right) if is_number and isinstance(earlier, OfficeNumber) else "",
        "laterRight": t.of("right", claim.later_right),
        "laterOffice": claim.later_office,
        "laterDate": claim.later_date,
        "claimedDate": claim.claimed_date,
        "filed": t.day(record.filing_date if record else None),
        "key": _code(record.signing_key) if record else "",
        "version": record.version if record else 0,
        "months": months or 0,
        "lastDay": t.day(assessment.last_day),
        "year": str(assessment.last_day.year) if assessment.last_day else "",
        "extendedFrom": t.day(assessment.extended_from),
        "restorableUntil": t.day(assessment.restorable_until),
    }


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)
