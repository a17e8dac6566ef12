"""Claims of priority as offices of second filing record them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hexbytes import HexBytes

from registrum.signing.statements import ClaimOutcome
from tests.contracts.support.offices import Office, number, submit

CLAIMED, ACCEPTED, REFUSED, WITHDRAWN = 1, 2, 3, 4
"""Outcome of a claim."""

ZERO = "0x" + "00" * 20

LATER, EARLIER = "RU/P/2024100001", "EM/P/100"

CLAIM = ClaimOutcome(number(LATER), number(EARLIER), 20240901, 20240115, False, CLAIMED, 0)
"""RU takes note that its application claims the priority of EM's."""


@dataclass(frozen=True)
class ClaimView:
    """A claim as the register shows it, in the order of the ABI."""

    later: bytes
    earlier: bytes
    signing_key: str = ZERO
    recorded_at: int = 0
    outcome: int = 0
    is_partial: bool = False
    version: int = 0
    earlier_version: int = 0
    earlier_status: int = 0
    later_filing_date: int = 0
    claimed_date: int = 0
    corrected_since: bool = False
    withdrawn_since: bool = False

    @classmethod
    def of(cls, values: Any) -> ClaimView:
        """Out of what brownie decodes."""
        later, earlier, claim, corrected_since, withdrawn_since = values
        return cls(bytes(HexBytes(later)), bytes(HexBytes(earlier)), *claim, corrected_since, withdrawn_since)

    @classmethod
    def stated(cls, statement: ClaimOutcome, signing_key: str, recorded_at: int) -> ClaimView:
        """What a statement leaves of which the earlier application is not recorded."""
        return cls(
            statement.later,
            statement.earlier,
            signing_key,
            recorded_at,
            statement.outcome,
            statement.is_partial,
            statement.replaces + 1,
            later_filing_date=statement.later_filing_date,
            claimed_date=statement.claimed_date,
        )


def claim_of(priority: Any, later: str = LATER, earlier: str = EARLIER) -> ClaimView:
    """What `claimOf` answers."""
    return ClaimView.of(priority.claimOf(number(later), number(earlier)))


def claim(priority: Any, office: Office, later: str, earlier: str, **changes: Any) -> ClaimOutcome:
    """Record a claim of an office's application; returns the statement."""
    statement = replace(CLAIM, later=number(later), earlier=number(earlier), **changes)
    submit(priority, statement, office.key)
    return statement
