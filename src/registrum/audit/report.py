"""The report of an audit: the block that it is of, what was examined, and what was found.

`to_json` is the machine-readable form, `registrum-audit/1`; docs/audit.md documents it. Not its job: how it looks for
people (`registrum.cli.audit`, `registrum.web.pages.audits`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registrum.audit.facts import Period, Terms
from registrum.audit.findings import Code, Finding, Severity

__all__ = ["FORMAT", "Report"]

FORMAT = "registrum-audit/1"
"""Name and version of the machine-readable form: another number where a key changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found.

    Attributes:
        office: WIPO ST.3 code.
        chain: Keys `chainId, genesisHash`.
        read_at: The block, as `Freshness.to_json` has it.
        is_over: Whether the period had ended at the block; if not, more may be recorded in it.
        examined: How much was looked at: counts by what it is.
        without_series: Numbers whose form is not known, by right: no gaps are looked for among them.
        delays: Days from filing to recording, as `DelayFigures.to_json` has them.
        reconciliation: The office's own list against the chain; None without a list.
        counts: How many findings there are of each code that was found.
        severities: The same by severity.
        findings: Those that are listed: of each code the first `terms.most`.
        made_by: Whoever made it, as they call themselves; None if they did not say.
        version: Release of the program.
    """

    office: str
    chain: Mapping[str, Any]
    read_at: Mapping[str, Any]
    period: Period
    is_over: bool
    terms: Terms
    examined: Mapping[str, int]
    without_series: Mapping[str, int]
    delays: Mapping[str, Any]
    reconciliation: Mapping[str, Any] | None
    counts: Mapping[Code, int]
    severities: Mapping[Severity, int]
    findings: tuple[Finding, ...]
    made_by: str | None
    version: str

    @property
    def total(self) -> int:
        """Findings in all, listed or not."""
        return sum(self.counts.values())

    @property
    def left_out(self) -> dict[Code, int]:
        """How many findings of each code are counted and not listed."""
        return {code: count - self.terms.most for code, count in self.counts.items() if count > self.terms.most}

    def has(self, least: Severity) -> bool:
        """Whether there is a finding of that severity, or of a greater one."""
        return any(count for severity, count in self.severities.items() if severity.rank >= least.rank)

    def to_json(self) -> dict[str, Any]:
        """The machine-readable form; the same facts, at the same block and lag, make the same document."""
        return {
            "format": FORMAT,
            "madeBy": {"name": self.made_by, "program": "registrum", "version": self.version},
            "office": self.office,
            "chain": dict(self.chain),
            "readAt": dict(self.read_at),
            "period": {
                "from": self.period.first.isoformat(),
                "to": self.period.last.isoformat(),
                "measuredBy": "recordedAt",
                "timeZone": "UTC",
                "isOver": self.is_over,
            },
            "terms": {
                "lateDays": self.terms.late_days,
                "nearDays": self.terms.near_days,
                "most": self.terms.most,
            },
            "examined": dict(self.examined),
            "withoutSeries": dict(self.without_series),
            "delays": dict(self.delays),
            "reconciliation": None if self.reconciliation is None else dict(self.reconciliation),
            "total": self.total,
            "severities": {severity.value: self.severities.get(severity, 0) for severity in Severity},
            "counts": {code.value: self.counts[code] for code in Code if self.counts.get(code)},
            "leftOut": {code.value: count for code, count in sorted(self.left_out.items())},
            "findings": [finding.to_json() for finding in self.findings],
        }
