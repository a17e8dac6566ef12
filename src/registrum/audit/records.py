"""Application records: when they were recorded, what corrections changed, which cannot be relied on.

Not its job: keys (`registrum.audit.keys`), and the office's own list (`registrum.audit.reconciling`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registrum.audit.facts import (
    CORRECTED,
    REGISTERED,
    Compromise,
    Confirmation,
    History,
    Offer,
    Period,
    Terms,
    Version,
    day_of,
    ordinal_of,
    time_text,
)
from registrum.audit.findings import Code, Evidence, Finding, Severity
from registrum.dates import from_on_chain

__all__ = ["DelayFigures", "Delays", "conflict", "days_late", "examine_record", "suspicion"]


@dataclass(frozen=True, slots=True)
class DelayFigures:
    """Days from filing to recording of the records of a period; all None where there are none.

    Attributes:
        percentile95: The least number of days within which 95 of 100 records were recorded (nearest rank).
    """

    count: int
    least: int | None
    median: int | None
    percentile95: int | None
    greatest: int | None

    def to_json(self) -> dict[str, Any]:
        """Keys `count, least, median, percentile95, greatest`."""
        return {
            "count": self.count,
            "least": self.least,
            "median": self.median,
            "percentile95": self.percentile95,
            "greatest": self.greatest,
        }


class Delays:
    """How many records took how many days: exact figures at any size, since there are few different days."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, days: int) -> None:
        """Count a record."""
        self._counts[days] += 1

    def figures(self) -> DelayFigures:
        """The distribution."""
        count = self._counts.total()
        if not count:
            return DelayFigures(0, None, None, None, None)
        return DelayFigures(count, self._at(1, count), self._at(50, 100), self._at(95, 100), self._at(1, 1))

    def _at(self, numerator: int, denominator: int) -> int:
        """The value of nearest rank: the least that so large a share of all does not exceed."""
        total, seen = self._counts.total(), 0
        rank = max(1, -(-total * numerator // denominator))
        for days in sorted(self._counts):
            seen += self._counts[days]
            if seen >= rank:
                return days
        raise ValueError("a share of more than all")


def days_late(filing_date: int, recorded_at: int) -> int:
    """Days from filing to the day of recording in UTC."""
    return day_of(recorded_at).toordinal() - ordinal_of(filing_date)


def suspicion(history: History, compromises: Mapping[bytes, Compromise]) -> Compromise | None:
    """The compromise that makes the present content suspect; None where it is not.

    It is where its key was compromised then, and no good key has confirmed it. As `_isSuspect` and `_isConfirmed` of
    the contract `ApplicationRecords`.
    """
    present = history.present
    found = None if present is None else compromises.get(present.signing_key)
    if present is None or found is None or found.since > present.recorded_at:
        return None
    for one in history.confirmations:
        if one.is_present and (one.version == present.version or one.time > present.recorded_at):
            known = compromises.get(one.signing_key)
            if known is None or known.since > one.time:
                return None
    return found


def examine_record(
    history: History, period: Period, terms: Terms, compromises: Mapping[bytes, Compromise], delays: Delays
) -> Iterator[Finding]:
    """What stands out in the history of one number.

    Args:
        history: Its versions.
        period: What was recorded or changed in it is examined.
        terms: From when on a recording is late.
        compromises: Since when keys are compromised.
        delays: Takes the days that the record took, where it was first recorded in the period.
    """
    first = history.versions[0]
    if period.has(first.recorded_at):
        days = days_late(first.filing_date, first.recorded_at)
        delays.add(days)
        yield from _timing(history.number, first, days, terms)
    for before, version in zip(history.versions, history.versions[1:], strict=False):
        if period.has(version.time):
            yield from _changes(history.number, before, version)
    for confirmation in history.confirmations:
        if period.has(confirmation.time):
            yield _reconfirmed(history.number, confirmation)
    present = history.present
    if present is not None and period.has(present.recorded_at):
        compromise = suspicion(history, compromises)
        if compromise is not None:
            yield _suspect(history.number, present, compromise)


def conflict(offer: Offer, recorded: Mapping[str, str | None]) -> Finding:
    """What an office offered for a number that stands for something else.

    Args:
        offer: What was not taken.
        recorded: Keys `filingDate, digest`: what stands now.
    """
    return Finding(
        Code.DIGEST_CONFLICT,
        Severity.WARNING,
        offer.number,
        {
            "offered": {"filingDate": offer.filing_date, "digest": offer.digest, "at": time_text(offer.time)},
            "recorded": dict(recorded),
        },
        (Evidence.at(offer.place, offer.number),),
        f"In a batch that the office signed, {offer.number} came with the digest {offer.digest} and the filing date"
        f" {offer.filing_date}; it was recorded with other content before, so this was not taken.",
    )


def _timing(number: str, first: Version, days: int, terms: Terms) -> Iterator[Finding]:
    if 0 <= days <= terms.late_days:
        return
    compared = {**_filing(first), "daysLate": days}
    evidence = (Evidence.at(first.place, number),)
    filed, recorded = from_on_chain(first.filing_date), day_of(first.recorded_at)
    if days > terms.late_days:
        yield Finding(
            Code.RECORDED_LATE,
            Severity.WARNING,
            number,
            {**compared, "lateDays": terms.late_days},
            evidence,
            f"{number} has the filing date {filed} and was recorded on {recorded}, {days} days later: more than"
            f" {terms.late_days}. What the office holds it received on {filed} rests on its word alone until then.",
        )
    else:
        explained = days == -1
        more = " East of Greenwich the day may have begun there already." if explained else ""
        yield Finding(
            Code.POST_DATED,
            Severity.OBSERVATION if explained else Severity.WARNING,
            number,
            compared,
            evidence,
            f"{number} was recorded on {recorded} (UTC) with the later filing date {filed}.{more}",
        )


def _changes(number: str, before: Version, version: Version) -> Iterator[Finding]:
    evidence = (Evidence.at(before.place, number), Evidence.at(version.place, number))
    is_correction = version.kind == CORRECTED
    if is_correction and version.filing_date < before.filing_date:
        filed, former = from_on_chain(version.filing_date), from_on_chain(before.filing_date)
        yield Finding(
            Code.BACK_DATED,
            Severity.WARNING,
            number,
            {
                "version": version.version,
                "correctedAt": time_text(version.time),
                "filingDate": filed.isoformat(),
                "formerFilingDate": former.isoformat(),
            },
            evidence,
            f"{number}: version {version.version} of {day_of(version.time)} moved the filing date back from {former} to"
            f" {filed}. The office signed the correction; an earlier day may give it precedence over others.",
        )
    if version.digest == before.digest or version.kind not in (REGISTERED, CORRECTED):
        return
    compared = {
        "version": version.version,
        "at": time_text(version.time),
        "formerDigest": "0x" + before.digest.hex(),
        "digest": "0x" + version.digest.hex(),
        "formerIsCommitment": before.disclosure == 1,
        "isCommitment": version.disclosure == 1,
        "signedAsCorrection": is_correction,
        "signingKey": "0x" + version.signing_key.hex(),
    }
    if is_correction:
        forms = "; one of the two is a salted commitment, so both may stand for one document"
        mixed = forms if before.disclosure != version.disclosure else ""
        yield Finding(
            Code.DIGEST_CORRECTED,
            Severity.OBSERVATION,
            number,
            compared,
            evidence,
            f"{number}: version {version.version} of {day_of(version.time)} replaced the digest, which the office"
            f" signed as a correction{mixed}. Copies that match the former digest are not what stands now.",
        )
    else:
        yield Finding(
            Code.DIGEST_REPLACED,
            Severity.ERROR,
            number,
            compared,
            evidence,
            f"{number} was registered again with another digest on {day_of(version.time)}, and not as a correction.",
        )


def _filing(version: Version) -> dict[str, Any]:
    return {
        "filingDate": from_on_chain(version.filing_date).isoformat(),
        "recordedAt": time_text(version.recorded_at),
    }


def _reconfirmed(number: str, confirmation: Confirmation) -> Finding:
    day = day_of(confirmation.time)
    return Finding(
        Code.RECORD_RECONFIRMED,
        Severity.OBSERVATION,
        number,
        {
            "version": confirmation.version,
            "reconfirmedAt": time_text(confirmation.time),
            "signingKey": "0x" + confirmation.signing_key.hex(),
            "isPresent": confirmation.is_present,
        },
        (Evidence.at(confirmation.place, number),),
        f"{number}: on {day} the office confirmed version {confirmation.version} of the record once more.",
    )


def _suspect(number: str, present: Version, compromise: Compromise) -> Finding:
    since, declared = time_text(compromise.since), time_text(compromise.declared_at)
    return Finding(
        Code.RECORD_SUSPECT,
        Severity.ERROR,
        number,
        {
            "version": present.version,
            "recordedAt": time_text(present.recorded_at),
            "signingKey": "0x" + present.signing_key.hex(),
            "compromisedSince": since,
            "declaredAt": declared,
        },
        (Evidence.at(compromise.place), Evidence.at(present.place, number)),
        f"{number} was recorded by a key that is compromised since {since}, which was before, as was declared at"
        f" {declared}; and no good key has confirmed it.",
    )
