"""Findings: what stands out, how much it weighs, what was compared, and where the chain shows it.

Not its job: finding them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from registrum.audit.facts import Place

__all__ = ["Code", "Evidence", "Finding", "Findings", "Severity"]


class Severity(StrEnum):
    """How much a finding weighs."""

    OBSERVATION = "observation"
    """The daily business of an office explains it mostly."""
    WARNING = "warning"
    """The office should be able to explain it."""
    ERROR = "error"
    """What is recorded cannot be relied on, or is not what the office says, until it is cleared up."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return list(Severity).index(self)


class Code(StrEnum):
    """What was found; reports list findings in this order."""

    SERIAL_GAP = "serial_gap"
    SERIAL_TWICE = "serial_twice"
    RECORDED_LATE = "recorded_late"
    POST_DATED = "post_dated"
    BACK_DATED = "back_dated"
    FORWARD_DATED = "forward_dated"
    DIGEST_CORRECTED = "digest_corrected"
    DIGEST_REPLACED = "digest_replaced"
    DIGEST_CONFLICT = "digest_conflict"
    ANCHOR_GAP = "anchor_gap"
    ANCHOR_TWICE = "anchor_twice"
    KEY_NEAR_COMPROMISE = "key_near_compromise"
    KEY_AFTER_COMPROMISE = "key_after_compromise"
    KEY_AFTER_REVOCATION = "key_after_revocation"
    KEY_BEFORE_VALIDITY = "key_before_validity"
    KEY_AFTER_EXPIRY = "key_after_expiry"
    KEY_SUSPENDED = "key_suspended"
    KEY_OUT_OF_SCOPE = "key_out_of_scope"
    KEY_AFTER_DEPARTURE = "key_after_departure"
    KEY_OFFICE_SUSPENDED = "key_office_suspended"
    KEY_OF_SUCCESSOR = "key_of_successor"
    KEY_UNKNOWN = "key_unknown"
    BODY_OUT_OF_MANDATE = "body_out_of_mandate"
    CALENDAR_PUBLISHED_LATE = "calendar_published_late"
    CALENDAR_CHANGED_LATE = "calendar_changed_late"
    RECORD_RECONFIRMED = "record_reconfirmed"
    RECORD_SUSPECT = "record_suspect"
    LIST_MISSING = "list_missing"
    LIST_EXTRA = "list_extra"
    LIST_LATE = "list_late"
    LIST_DIFFERENT = "list_different"
    LIST_SUSPECT = "list_suspect"
    LIST_SEALED = "list_sealed"
    LIST_OUTSIDE_PERIOD = "list_outside_period"
    LIST_DUPLICATE = "list_duplicate"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the chain shows something.

    Attributes:
        number: Office number that the event is about; None where it is about none.
        block_number: Block of the event.
        tx_index: Index of its transaction in the block.
        transaction_hash: Hash of that; None until it was looked up.
    """

    number: str | None
    block_number: int
    tx_index: int
    transaction_hash: str | None = None

    @classmethod
    def at(cls, place: Place, number: str | None = None) -> Evidence:
        """Evidence at a place of the chain."""
        return cls(number, place.block, place.tx_index)

    def to_json(self) -> dict[str, Any]:
        """Keys `number, blockNumber, transactionHash`."""
        return {
            "number": self.number,
            "blockNumber": self.block_number,
            "transactionHash": self.transaction_hash,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stands out.

    Attributes:
        code: What it is.
        severity: How much it weighs.
        number: The office number that it is about, the first one of a gap; None where it is about none.
        compared: The values that were compared, as JSON has them.
        evidence: Where the chain shows them: the event that it is about last, and before it what that was compared
            with. Empty for what the chain does not have.
        sentence: The same for people.
    """

    code: Code
    severity: Severity
    number: str | None
    compared: Mapping[str, Any]
    evidence: tuple[Evidence, ...]
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Keys `code, severity, number, compared, evidence, sentence`."""
        return {
            "code": self.code.value,
            "severity": self.severity.value,
            "number": self.number,
            "compared": dict(self.compared),
            "evidence": [item.to_json() for item in self.evidence],
            "sentence": self.sentence,
        }


class Findings:
    """Counts all findings, and keeps the first of each code, so that a report has a size.

    Args:
        most: How many of each code are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Code, list[Finding]] = {}
        self.counts: Counter[Code] = Counter()
        self.severities: Counter[Severity] = Counter()

    def add(self, finding: Finding) -> None:
        """Take a finding."""
        self.count(finding.code, finding.severity)
        kept = self._kept.setdefault(finding.code, [])
        if len(kept) < self._most:
            kept.append(finding)

    def count(self, code: Code, severity: Severity) -> None:
        """Count a finding beyond those that are kept."""
        self.counts[code] += 1
        self.severities[severity] += 1

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take several."""
        for finding in findings:
            self.add(finding)

    @property
    def kept(self) -> list[Finding]:
        """Those that are kept, by code and then in the order in which they were found."""
        return [finding for code in Code for finding in self._kept.get(code, ())]

    def places(self) -> set[tuple[int, int]]:
        """Block and transaction index of all evidence that is kept."""
        return {(item.block_number, item.tx_index) for finding in self.kept for item in finding.evidence}

    def with_transactions(self, hashes: Mapping[tuple[int, int], str]) -> tuple[Finding, ...]:
        """Those that are kept, with the hashes of transactions in their evidence."""
        return tuple(
            replace(
                finding,
                evidence=tuple(
                    replace(item, transaction_hash=hashes.get((item.block_number, item.tx_index)))
                    for item in finding.evidence
                ),
            )
            for finding in self.kept
        )
