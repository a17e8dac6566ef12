"""Schemas of the audit of an office."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from registrum.audit.findings import Code, Severity
from registrum.web.api.models.base import DAY, HASH, Closed, One

__all__ = ["Audit", "AuditAnswer", "AuditDelays", "AuditEvidence", "AuditFinding", "AuditPeriod", "AuditTerms"]


class AuditPeriod(Closed):
    """The days that were examined."""

    # `from` is a word of Python.
    from_: str = Field(alias="from", pattern=DAY)
    to: str = Field(pattern=DAY)
    measuredBy: Literal["recordedAt"] = Field(description="The time that the chain set, not the filing date.")
    timeZone: Literal["UTC"]
    isOver: bool = Field(description="Whether it had ended at the block; if not, more may be recorded in it.")


class AuditTerms(Closed):
    """From when on something is named."""

    lateDays: int
    nearDays: int
    most: int = Field(description="Findings of each code that are listed; all are counted.")


class AuditDelays(Closed):
    """Days from filing to recording of what was recorded in the period; null where nothing was."""

    count: int
    least: int | None
    median: int | None
    percentile95: int | None
    greatest: int | None


class AuditEvidence(Closed):
    """Where the chain shows something."""

    officeNumber: str | None
    blockNumber: int
    transactionHash: str | None = Field(pattern=HASH)


class AuditFinding(Closed):
    """Something that stands out: a question and no verdict."""

    code: Code
    severity: Severity
    officeNumber: str | None
    compared: dict[str, Any] = Field(description="What was compared; docs/audit.md.")
    evidence: list[AuditEvidence]
    sentence: str = Field(description="The same for people, in English.")


class Audit(Closed):
    """What stands out in what an office recorded in a period."""

    format: Literal["registrum-audit/1"]
    version: str = Field(description="Release of the program that made it.")
    ipOfficeCode: str
    period: AuditPeriod
    terms: AuditTerms
    examined: dict[str, int] = Field(description="How much was looked at, by what it is.")
    withoutSeries: dict[str, int] = Field(description="Numbers of no known form, by right: no gaps are looked for.")
    delays: AuditDelays
    total: int
    severities: dict[str, int]
    counts: dict[str, int] = Field(description="How many there are of each code that was found.")
    leftOut: dict[str, int] = Field(description="How many of each code are counted and not listed.")
    findings: list[AuditFinding]


class AuditAnswer(One[Audit]):
    """An answer about one thing."""
