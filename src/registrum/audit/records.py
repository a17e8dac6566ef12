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
    Place,
    Terms,
    Version,
    day_of,
    ordinal_of,
    time_text,
)
from registrum.audit.findings import Code, Evidence, Finding, Severity
from registrum.dates import from_on_chain

__all__ = ["DelayFigures", "Delays", "anchor_of", "conflict", "days_late", "examine_record", "recorded_at", "suspicion"]


AnchorPlaces = Mapping[tuple[int, int], Place]
"""Where anchors are, by their sequence number and time."""


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


def recorded_at(version: Version, number: str, anchors: AnchorPlaces) -> tuple[Evidence, ...]:
    """Where the chain shows a version: the anchor that it was disclosed from, if any, and the version itself."""
    place = None if version.anchor_sequence is None else anchors.get((version.anchor_sequence, version.recorded_at))
    return (*(() if place is None else (Evidence.at(place),)), Evidence.at(version.place, number))


def anchor_of(version: Version) -> dict[str, int]:
    """Key `anchorSequence`, for a version that was disclosed from an anchor."""
    return {} if version.anchor_sequence is None else {"anchorSequence": version.anchor_sequence}


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
    history: History,
    period: Period,
    terms: Terms,
    compromises: Mapping[bytes, Compromise],
    delays: Delays,
    anchors: AnchorPlaces,
) -> Iterator[Finding]:
    """What stands out in the history of one number.

    Args:
        history: Its versions.
        period: What was recorded or changed in it is examined.
        terms: From when on a recording is late.
        compromises: Since when keys are compromised.
        delays: Takes the days that the record took, where it was first recorded in the period.
        anchors: Where the anchors of the office are.
    """
    first = history.versions[0]
    if period.has(first.recorded_at):
        days = days_late(first.filing_date, first.recorded_at)
        delays.add(days)
        yield from _timing(history.number, first, days, terms, anchors)
    for before, version in _followed(history):
        if period.has(version.time):
            yield from _dates_changed(history.number, before, version, first)
            yield from _digest_changed(history.number, before, version)
    for confirmation in history.confirmations:
        if period.has(confirmation.time):
            yield _reconfirmed(history.number, confirmation)
    present = history.present
    if present is not None and period.has(present.recorded_at):
        compromise = suspicion(history, compromises)
        if compromise is not None:
            yield _suspect(history.number, present, compromise, anchors)


def conflict(offer: Offer, history: History | None) -> Finding:
    """What an office offered for a number that was recorded with other content.

    Args:
        offer: What was not taken.
        history: Of the number; None where the index has none.
    """
    stood = None if history is None else history.at(offer.place.position)
    present = None if history is None else history.present
    offered = {"filingDate": offer.filing_date, "digest": offer.digest, "disclosure": offer.disclosure}
    recorded = None if stood is None else _content(stood)
    fields = [] if recorded is None else [name for name in offered if offered[name] != recorded[name]]
    still = None if present is None else _content(present) != offered
    parts = " and ".join(_words(name, offered[name]) for name in fields) or "once more"
    was = "" if recorded is None else " and".join(f" {_words(name, recorded[name])}" for name in fields)
    now = (
        "" if still is None else " What stands now still differs." if still else " What stands now is what was offered."
    )
    standing = () if stood is None else (Evidence.at(stood.place, offer.number),)
    return Finding(
        Code.DIGEST_CONFLICT,
        Severity.WARNING,
        offer.number,
        {
            "offered": {**offered, "at": time_text(offer.time)},
            "recorded": recorded,
            "fields": fields,
            "stillDiffers": still,
        },
        (*standing, Evidence.at(offer.place, offer.number)),
        f"In a batch that a key of the office signed, {offer.number} came {parts}; it was recorded{was} before, so this"
        f" was not taken.{now}",
    )


def _words(name: str, value: Any) -> str:
    if name == "disclosure":
        return {0: "as the digest of a document", 1: "as a salted commitment"}.get(value, f"with disclosure {value}")
    return f"with the {'digest' if name == 'digest' else 'filing date'} {value}"


def _content(version: Version) -> dict[str, Any]:
    filed = from_on_chain(version.filing_date).isoformat()
    return {"filingDate": filed, "digest": "0x" + version.digest.hex(), "disclosure": version.disclosure}


def _followed(history: History) -> Iterator[tuple[Version, Version]]:
    """What each version followed, and the version: a version in a former registry does not follow that of a later one.

    A second registration that never stood comes with what stood then; other versions that never stood changed nothing.
    """
    if len(history.versions) == 1:
        return
    ended = {one.superseded_by: one for one in history.versions if one.has_stood}
    for version in history.versions:
        at = version.place.position
        before = ended.get(at)
        if not version.has_stood and version.kind == REGISTERED:
            before = history.at(at)
        if before is not None:
            yield before, version


def _timing(number: str, first: Version, days: int, terms: Terms, anchors: AnchorPlaces) -> Iterator[Finding]:
    if 0 <= days <= terms.late_days:
        return
    compared = {**_filing(first), "daysLate": days}
    evidence = recorded_at(first, number, anchors)
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


def _dates_changed(number: str, before: Version, version: Version, first: Version) -> Iterator[Finding]:
    if version.kind != CORRECTED or version.filing_date == before.filing_date:
        return
    filed, former = from_on_chain(version.filing_date), from_on_chain(before.filing_date)
    is_back = filed < former
    # A day of grace, as for what is post-dated.
    is_beyond = days_late(version.filing_date, first.recorded_at) < -1
    effect = "an earlier day may give it precedence over others"
    if not is_back:
        effect = "a later day may bring claims of its priority into time that were too late"
    beyond = f" It is after the day on which the number was first recorded, {day_of(first.recorded_at)}."
    yield Finding(
        Code.BACK_DATED if is_back else Code.FORWARD_DATED,
        Severity.WARNING if is_back or is_beyond else Severity.OBSERVATION,
        number,
        {
            "version": version.version,
            "correctedAt": time_text(version.time),
            "filingDate": filed.isoformat(),
            "formerFilingDate": former.isoformat(),
            "firstRecordedAt": time_text(first.recorded_at),
        },
        (Evidence.at(before.place, number), Evidence.at(version.place, number)),
        f"{number}: version {version.version} of {day_of(version.time)} moved the filing date"
        f" {'back' if is_back else 'forward'} from {former} to {filed}. A key of the office, or of its successor,"
        f" signed the correction; {effect}.{beyond if is_beyond and not is_back else ''}",
    )


def _digest_changed(number: str, before: Version, version: Version) -> Iterator[Finding]:
    evidence = (Evidence.at(before.place, number), Evidence.at(version.place, number))
    is_correction = version.kind == CORRECTED
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
            f"{number}: version {version.version} of {day_of(version.time)} replaced the digest, signed as a correction"
            f" by a key of the office or of its successor{mixed}. Copies that match the former digest are not what"
            " stands now.",
        )
    else:
        void = "" if version.has_stood else " A registry that took over counts instead of this one."
        yield Finding(
            Code.DIGEST_REPLACED,
            Severity.ERROR,
            number,
            compared,
            evidence,
            f"{number} was registered again with another digest on {day_of(version.time)}, and not as a"
            f" correction.{void}",
        )


def _filing(version: Version) -> dict[str, Any]:
    return {
        "filingDate": from_on_chain(version.filing_date).isoformat(),
        "recordedAt": time_text(version.recorded_at),
        **anchor_of(version),
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
        f"{number}: on {day} a key of the office, or of its successor, confirmed version {confirmation.version} of the"
        " record once more.",
    )


def _suspect(number: str, present: Version, compromise: Compromise, anchors: AnchorPlaces) -> Finding:
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
            **anchor_of(present),
        },
        (Evidence.at(compromise.place), *recorded_at(present, number, anchors)),
        f"{number} was recorded by a key that is compromised since {since}, which was before, as was declared at"
        f" {declared}; and no good key has confirmed it.",
    )
