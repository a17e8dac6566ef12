"""Auditing what an office recorded: what stands out in a period, and how it compares with the office's own list.

    with read_index(index) as reader:
        report = audit_office(reader, "FR", period, terms)

Everything here works on facts that are handed in, and says what it compared, at which block and transaction. Not its
job: reading the index (`registrum.index.auditing`), vouching for it (`registrum index compare`), and judging an office:
a finding is a question, and docs/audit.md says what each can and cannot mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registrum.audit.facts import Period, Terms
    from registrum.audit.findings import Code, Evidence, Finding, Severity
    from registrum.audit.office import audit_office
    from registrum.audit.report import Report

__all__ = ["Code", "Evidence", "Finding", "Period", "Report", "Severity", "Terms", "audit_office"]

_HOMES = {
    "Code": "findings",
    "Evidence": "findings",
    "Finding": "findings",
    "Period": "facts",
    "Report": "report",
    "Severity": "findings",
    "Terms": "facts",
    "audit_office": "office",
}


def __getattr__(name: str) -> Any:
    # Loaded when used: the command line names this package before it knows what is wanted.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"registrum.audit.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
