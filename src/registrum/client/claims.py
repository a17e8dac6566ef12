"""Claims as offices of second filing recorded them, and how they hang together.

Not its job: judging a claim (`registrum.client.verdicts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registrum.client.forms import by_position, expect_number, json_value
from registrum.client.records import RecordStatus
from registrum.errors import NodeError
from registrum.numbers import OfficeNumber

__all__ = ["Claim", "ClaimResult"]


class ClaimResult(StrEnum):
    """What the office of second filing found."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def on_chain(self) -> int:
        """The number of the contract."""
        return list(ClaimResult).index(self) + 1


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as recorded, with what became of its earlier record since.

    Attributes:
        is_partial: The claim covers a part of the later application (Paris Convention, Article 4F).
        version: 1 when first recorded, one more at each outcome.
        earlier_version: Version of the earlier record when the claim was first recorded; 0 if it was not recorded.
        earlier_status: Its status at that time; None if it was not recorded.
        corrected_since: The earlier record was corrected after the claim was first recorded.
        withdrawn_since: The earlier application was withdrawn after the claim was first recorded.
    """

    later: OfficeNumber
    earlier: OfficeNumber
    later_filing_date: date
    claimed_date: date
    is_partial: bool
    outcome: ClaimResult
    version: int
    recorded_at: datetime
    signing_key: str
    earlier_version: int
    earlier_status: RecordStatus | None
    corrected_since: bool
    withdrawn_since: bool

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "later": self.later.text,
            "earlier": self.earlier.text,
            "laterFilingDate": self.later_filing_date.isoformat(),
            "claimedDate": self.claimed_date.isoformat(),
            "isPartial": self.is_partial,
            "outcome": self.outcome.value,
            "version": self.version,
            "recordedAt": json_value(self.recorded_at),
            "signingKey": self.signing_key,
            "earlierVersion": self.earlier_version,
            "earlierStatus": json_value(self.earlier_status),
            "correctedSince": self.corrected_since,
            "withdrawnSince": self.withdrawn_since,
        }


def claim_from(fields: dict[str, Any]) -> Claim | None:
    """A claim out of the struct `ClaimView` of the contract; None if it is not recorded.

    Raises:
        NodeError: No such struct can be in the contract.
    """
    stored = fields["claim"]
    if stored["outcome"] == 0:
        return None
    if None in (stored["later_filing_date"], stored["claimed_date"], stored["recorded_at"]):
        raise NodeError("the node sent a claim without its dates")
    status = stored["earlier_status"]
    return Claim(
        later=expect_number(fields["later"]),
        earlier=expect_number(fields["earlier"]),
        later_filing_date=stored["later_filing_date"],
        claimed_date=stored["claimed_date"],
        is_partial=stored["is_partial"],
        outcome=by_position(ClaimResult, stored["outcome"], first=1),
        version=stored["version"],
        recorded_at=stored["recorded_at"],
        signing_key=stored["signing_key"],
        earlier_version=stored["earlier_version"],
        earlier_status=by_position(RecordStatus, status, first=1) if status else None,
        corrected_since=fields["corrected_since"],
        withdrawn_since=fields["withdrawn_since"],
    )
