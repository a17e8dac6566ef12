"""What seats sign for others to hand in, with the signature: votes, and support for suspensions.

Light to import, since it is signed where there is no network. Not its job: files (`registrum.client.ballots`), nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registrum.signing.statements import Suspension, Vote

__all__ = ["SignedSupport", "SignedVote"]


@dataclass(frozen=True, slots=True)
class SignedVote:
    """A vote that a seat signed, to be handed in by anyone.

    Attributes:
        vote: What was signed.
        signature: 65 bytes, or what a contract wallet takes (ERC-1271).
    """

    vote: Vote
    signature: bytes

    @property
    def office(self) -> str:
        """The office that votes."""
        return self.vote.office.decode("ascii")

    def argument(self) -> dict[str, Any]:
        """The struct `SignedVote` of the contract."""
        return {
            "office": self.vote.office,
            "support": self.vote.support,
            "reason": self.vote.reason,
            "signature": self.signature,
        }


@dataclass(frozen=True, slots=True)
class SignedSupport:
    """The support of a seat for a suspension, to be handed in by anyone.

    Attributes:
        suspension: What was signed.
        supporter: The office.
        signature: 65 bytes, or what a contract wallet takes (ERC-1271).
    """

    suspension: Suspension
    supporter: str
    signature: bytes

    def argument(self) -> dict[str, Any]:
        """The struct `SignedSupport` of the contract."""
        return {"supporter": self.supporter, "signature": self.signature}
