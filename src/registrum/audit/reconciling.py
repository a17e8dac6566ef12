"""The office's own list against the chain, in both directions, in one walk along both.

Both come sorted by number, so that neither is held in memory. Not its job: reading the list
(`registrum.audit.own_list`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registrum.audit.facts import STATUSES, Compromise, History, Period, Terms, Version, day_of, time_text
from registrum.audit.findings import Code, Evidence, Finding, Severity
from registrum.audit.own_list import OwnRow
from registrum.audit.records import AnchorPlaces, anchor_of, days_late, recorded_at, suspicion
from registrum.dates import from_on_chain

__all__ = ["Reconciler", "Tally"]


@dataclass
class Tally:
    """How the two compare.

    Attributes:
        lines: Applications in the list, without repeated ones.
        matched: Those that are on the chain, whatever the differences.
        agreed: Those of them in which nothing differs.
        recorded_outside: Those of them that were first recorded outside the period.
    """

    lines: int = 0
    matched: int = 0
    agreed: int = 0
    recorded_outside: int = 0

    def to_json(self) -> dict[str, Any]:
        """Keys `lines, matched, agreed, recordedOutsidePeriod`."""
        return {
            "lines": self.lines,
            "matched": self.matched,
            "agreed": self.agreed,
            "recordedOutsidePeriod": self.recorded_outside,
        }


class Reconciler:
    """Walks along the list as the numbers of the chain go by.

    Args:
        rows: The list, sorted by number and line.
        period: What was first recorded in it must be in the list.
        terms: From when on a recording is late.
        compromises: Since when keys are compromised.
        anchors: Where the anchors of the office are.
        where: `on the chain`, or where else nothing was found.
    """

    def __init__(
        self,
        rows: Iterable[OwnRow],
        period: Period,
        terms: Terms,
        compromises: Mapping[bytes, Compromise],
        anchors: AnchorPlaces,
        where: str,
    ) -> None:
        self._rows = iter(rows)
        self._next: OwnRow | None = next(self._rows, None)
        self._period, self._terms = period, terms
        self._compromises, self._anchors, self._where = compromises, anchors, where
        self.tally = Tally()

    def meet(self, history: History) -> Iterator[Finding]:
        """What a number of the chain is in the list, and what the list has before it.

        Args:
            history: The next number of the chain, in their order.
        """
        yield from self._missing(history.number)
        if self._next is None or self._next.number != history.number:
            if self._period.has(history.versions[0].recorded_at):
                yield _extra(history, self._anchors)
            return
        row = self._next
        yield from self._repeated(row)
        self.tally.lines += 1
        self.tally.matched += 1
        first = history.versions[0]
        if not self._period.has(first.recorded_at):
            self.tally.recorded_outside += 1
            yield _outside(row, first, self._anchors)
        found = list(self._compare(row, history))
        self.tally.agreed += not found
        yield from found

    def end(self) -> Iterator[Finding]:
        """What the list has after the last number of the chain."""
        yield from self._missing(None)

    def _missing(self, before: str | None) -> Iterator[Finding]:
        while self._next is not None and (before is None or self._next.number < before):
            row = self._next
            yield from self._repeated(row)
            self.tally.lines += 1
            yield Finding(
                Code.LIST_MISSING,
                Severity.ERROR,
                row.number,
                {"line": row.line, **_listed(row)},
                (),
                f"{row.number} is in line {row.line} of the list, filed on {from_on_chain(row.filing_date)}, and not"
                f" {self._where}. It may be in an anchor that is not disclosed.",
            )

    def _repeated(self, row: OwnRow) -> Iterator[Finding]:
        """Go on to the next number of the list, and name the lines that repeat this one."""
        while True:
            self._next = next(self._rows, None)
            again = self._next
            if again is None or again.number != row.number:
                return
            differs = again[2:] != row[2:]
            how = "with other values; the first line is compared" if differs else "with the same values"
            yield Finding(
                Code.LIST_DUPLICATE,
                Severity.WARNING,
                row.number,
                {"line": again.line, "firstLine": row.line, "differs": differs},
                (),
                f"{row.number} is in line {row.line} of the list and again in line {again.line}, {how}.",
            )

    def _compare(self, row: OwnRow, history: History) -> Iterator[Finding]:
        first, present = history.versions[0], history.present or history.versions[-1]
        evidence = (Evidence.at(present.place, row.number),)
        days = days_late(row.filing_date, first.recorded_at)
        if days > self._terms.late_days:
            yield Finding(
                Code.LIST_LATE,
                Severity.WARNING,
                row.number,
                {
                    "line": row.line,
                    "listed": {"filingDate": from_on_chain(row.filing_date).isoformat()},
                    "recorded": {"recordedAt": time_text(first.recorded_at), **anchor_of(first)},
                    "daysLate": days,
                    "lateDays": self._terms.late_days,
                },
                recorded_at(first, row.number, self._anchors),
                f"{row.number} (line {row.line}) was recorded on {day_of(first.recorded_at)}, {days} days after the"
                " filing date of the list.",
            )
        yield from _different(row, present, evidence)
        compromise = suspicion(history, self._compromises)
        if compromise is not None:
            yield Finding(
                Code.LIST_SUSPECT,
                Severity.ERROR,
                row.number,
                {
                    "line": row.line,
                    "signingKey": "0x" + present.signing_key.hex(),
                    "compromisedSince": time_text(compromise.since),
                    "declaredAt": time_text(compromise.declared_at),
                },
                (Evidence.at(compromise.place), *evidence),
                f"{row.number} (line {row.line}) is on the chain by a key that was compromised then, and no good key"
                " has confirmed it.",
            )


def _different(row: OwnRow, present: Version, evidence: tuple[Evidence, ...]) -> Iterator[Finding]:
    same = row.filing_date == present.filing_date and row.digest == present.digest
    if same and row.state in (None, STATUSES[present.status - 1]):
        return
    listed, recorded = _listed(row), _recorded(present)
    fields = [name for name in ("filingDate", "digest", "state") if listed[name] not in (None, recorded[name])]
    if "digest" in fields and present.disclosure == 1:
        fields.remove("digest")
        yield Finding(
            Code.LIST_SEALED,
            Severity.OBSERVATION,
            row.number,
            {"line": row.line, "listed": {"digest": listed["digest"]}, "recorded": {"digest": recorded["digest"]}},
            evidence,
            f"{row.number} (line {row.line}) is recorded as a salted commitment, so that the digest of the list cannot"
            " be compared with it.",
        )
    if fields:
        parts = "; ".join(f"{name} is {listed[name]} in the list and {recorded[name]} on the chain" for name in fields)
        yield Finding(
            Code.LIST_DIFFERENT,
            Severity.ERROR,
            row.number,
            {
                "line": row.line,
                "fields": fields,
                "listed": {name: listed[name] for name in fields},
                "recorded": {name: recorded[name] for name in fields},
            },
            evidence,
            f"{row.number} (line {row.line}): {parts}.",
        )


def _extra(history: History, anchors: AnchorPlaces) -> Finding:
    first, present = history.versions[0], history.present or history.versions[-1]
    return Finding(
        Code.LIST_EXTRA,
        Severity.ERROR,
        history.number,
        {"recorded": {**_recorded(present), "recordedAt": time_text(first.recorded_at), **anchor_of(first)}},
        recorded_at(first, history.number, anchors),
        f"{history.number} was recorded on {day_of(first.recorded_at)} with the filing date"
        f" {from_on_chain(present.filing_date)} ({STATUSES[present.status - 1]}), and is not in the list.",
    )


def _outside(row: OwnRow, first: Version, anchors: AnchorPlaces) -> Finding:
    return Finding(
        Code.LIST_OUTSIDE_PERIOD,
        Severity.OBSERVATION,
        row.number,
        {"line": row.line, "recorded": {"recordedAt": time_text(first.recorded_at), **anchor_of(first)}},
        recorded_at(first, row.number, anchors),
        f"{row.number} (line {row.line}) was first recorded on {day_of(first.recorded_at)}, outside the period.",
    )


def _listed(row: OwnRow) -> dict[str, str | None]:
    return {
        "filingDate": from_on_chain(row.filing_date).isoformat(),
        "digest": "0x" + row.digest.hex(),
        "state": row.state,
    }


def _recorded(version: Version) -> dict[str, str | None]:
    return {
        "filingDate": from_on_chain(version.filing_date).isoformat(),
        "digest": "0x" + version.digest.hex(),
        "state": STATUSES[version.status - 1],
    }
