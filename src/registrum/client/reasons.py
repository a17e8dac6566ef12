"""What a verdict rests on, in plain sentences that name their rule.

The rules: Paris Convention for the Protection of Industrial Property, Article 4; PCT Rule 26bis.3 and EPC Rule 136 for
restoration. Not its job: finding the verdict.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from registrum.dates import priority_period
from registrum.numbers import OfficeNumber
from registrum.signing.statements import Disclosure

if TYPE_CHECKING:
    from registrum.client.verdicts import Assessment

__all__ = ["explain"]


def explain(assessment: Assessment) -> tuple[str, ...]:
    """The reason of a verdict first, then remarks on the calendar, on corrections and on withdrawal."""
    reason = _REASONS[assessment.verdict.value](assessment)
    return (reason, *_remarks(assessment))


def _malformed(assessment: Assessment) -> str:
    return "The claimed number is not an office number, so no record can be looked up."


def _not_covered(assessment: Assessment) -> str:
    return (
        f"The office of {_earlier(assessment)} is not a member of the consortium: nothing can be said about its"
        " numbers."
    )


def _not_found(assessment: Assessment) -> str:
    return (
        f"{_earlier(assessment)} is not recorded, although its office is a member. It may not have been filed, may be"
        " unpublished, or may be older than the office's records."
    )


def _compromised(assessment: Assessment) -> str:
    record = assessment.earlier
    return (
        f"The key {record.signing_key} was compromised when it signed the record of {record.number}: it proves nothing"
        " until the office signs it anew."
        if record
        else "The signing key was compromised."
    )


def _date_mismatch(assessment: Assessment) -> str:
    return (
        f"The claimed date {assessment.claim.claimed_date} is not the filing date {_filed(assessment)} as recorded"
        " (Paris Convention, Art. 4D(1))."
    )


def _digest_mismatch(assessment: Assessment) -> str:
    record = assessment.earlier
    if record is not None and record.disclosure is Disclosure.SALTED:
        return (
            "The digest given is not the recorded commitment. A salted commitment is compared with the one recomputed"
            " from the copy and its salt (Paris Convention, Art. 4D(3))."
        )
    return "The copy is not the application as recorded: its digest differs (Paris Convention, Art. 4D(3))."


def _right_not_allowed(assessment: Assessment) -> str:
    number = assessment.claim.earlier
    earlier = number.right.full_name if isinstance(number, OfficeNumber) else "this right"
    later = assessment.claim.later_right.full_name
    return f"A {later} cannot claim the priority of a {earlier} (Paris Convention, Art. 4A(1), 4C(1), 4E)."


def _same_day(assessment: Assessment) -> str:
    return (
        f"Both applications were filed on {_filed(assessment)}: the day of the earlier filing is not counted, so there"
        " is nothing to claim (Paris Convention, Art. 4C(2))."
    )


def _later_precedes_earlier(assessment: Assessment) -> str:
    return (
        f"The later application of {assessment.claim.later_date} was filed before the earlier one of"
        f" {_filed(assessment)} (Paris Convention, Art. 4A(1), 4B)."
    )


def _restorable(assessment: Assessment) -> str:
    return (
        f"The period of {_months(assessment)} months ended on {assessment.last_day}, and the later application was"
        f" filed on {assessment.claim.later_date}. Until {_restorable_until(assessment)} the office of second filing"
        " may restore the right on request (PCT Rule 26bis.3, EPC Rule 136)."
    )


def _expired(assessment: Assessment) -> str:
    return (
        f"The period of {_months(assessment)} months ended on {assessment.last_day}, and the later application was"
        f" filed on {assessment.claim.later_date} (Paris Convention, Art. 4C(1))."
    )


def _valid(assessment: Assessment) -> str:
    return (
        f"The later application was filed on {assessment.claim.later_date}, within {_months(assessment)} months from"
        f" {_filed(assessment)}: the last day is {assessment.last_day} (Paris Convention, Art. 4C(1), 4C(2))."
    )


_REASONS = {
    "valid": _valid,
    "malformed_number": _malformed,
    "not_covered": _not_covered,
    "not_found": _not_found,
    "signer_compromised": _compromised,
    "date_mismatch": _date_mismatch,
    "digest_mismatch": _digest_mismatch,
    "right_not_allowed": _right_not_allowed,
    "same_day": _same_day,
    "later_precedes_earlier": _later_precedes_earlier,
    "restorable": _restorable,
    "period_expired": _expired,
}


def _remarks(assessment: Assessment) -> list[str]:
    record, office = assessment.earlier, assessment.claim.later_office
    remarks: list[str] = []
    if record is None:
        return remarks
    if assessment.extended_from is not None:
        remarks.append(
            f"{office} is closed on {assessment.extended_from}, so the last day moved to its next working day,"
            f" {assessment.last_day} (Paris Convention, Art. 4C(3))."
        )
    if assessment.calendar.value == "not_published" and assessment.last_day is not None:
        remarks.append(
            f"{office} has published no calendar of {assessment.last_day.year}, so no closed day was considered (Paris"
            " Convention, Art. 4C(3))."
        )
    if assessment.calendar.value == "incomplete" and assessment.last_day is not None:
        remarks.append(
            f"{office} has published no calendar of {assessment.last_day.year}: the extension stopped at its first day."
        )
    if assessment.claim.digest is None:
        remarks.append("No digest was given, so no copy was compared with the record.")
    if assessment.is_corrected:
        remarks.append(f"The earlier record was corrected; version {record.version} is what counts here.")
    if assessment.is_withdrawn:
        remarks.append(
            "The earlier application was withdrawn, which does not end the right of priority (Paris Convention, Art."
            " 4A(3))."
        )
    return remarks


def _earlier(assessment: Assessment) -> str:
    number = assessment.claim.earlier
    return number.text if isinstance(number, OfficeNumber) else f"0x{number.hex()}"


def _filed(assessment: Assessment) -> date | None:
    return assessment.earlier.filing_date if assessment.earlier else None


def _restorable_until(assessment: Assessment) -> str:
    """The last day of restoration; of another year than the last day it is not known whether its calendar was used."""
    last, until = assessment.last_day, assessment.restorable_until
    if assessment.calendar.value == "published" and last is not None and until is not None and last.year == until.year:
        return str(until)
    return f"{until}, or the next day on which the office is open where its closed days are not published,"


def _months(assessment: Assessment) -> int | None:
    number = assessment.claim.earlier
    return priority_period(number.right, assessment.claim.later_right) if isinstance(number, OfficeNumber) else None
