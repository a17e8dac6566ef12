"""Schemas of what offices signed, and of its receipts."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from registrum.web.api.models.base import ACCOUNT, HASH, TIME, Closed, Error
from registrum.web.api.models.records import Event
from registrum.web.receipts import RelayState

__all__ = ["SignedStatement", "SigningDomain", "Statement"]

_MESSAGE: Final = {"number": "0x" + b"EMT018660437".ljust(32, b"\0").hex(), "replaces": 1}
_SIGNATURE: Final = "0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" + "01" * 32 + "1b"


class SigningDomain(Closed):
    """Where a statement is valid."""

    name: str
    version: str
    chainId: int | str
    verifyingContract: str = Field(pattern=ACCOUNT)


class SignedStatement(Closed):
    """What an office signed (EIP-712), with the signature."""

    primaryType: str = Field(
        pattern="^(Registration|RegistrationBatch|Anchor|Correction|Withdrawal|Reinstatement|Reconfirmation"
        "|ClaimOutcome|LegalStatusEvent|EventBatch|Empowerment|RenewalTerms)$",
        examples=["Withdrawal"],
    )
    message: dict[str, Any] = Field(description="The values that were signed.", examples=[_MESSAGE])
    signature: str = Field(pattern="^0x([0-9a-fA-F]{2})+$", max_length=16_386, examples=[_SIGNATURE])
    types: dict[str, Any] | None = Field(default=None, description="As wallets want them; compared.")
    domain: SigningDomain | None = Field(default=None, description="As wallets want it; compared.")


class Statement(Closed):
    """What became of a statement."""

    id: str = Field(pattern=HASH)
    primaryType: str
    description: str
    signer: str = Field(pattern=ACCOUNT)
    state: RelayState
    transactionHash: str | None = Field(
        pattern=HASH,
        description="The newest that hands it in, or the one by which it was recorded before; null where it is in none,"
        " or that one is not known.",
    )
    blockNumber: int | None = Field(
        description="The block that holds it; of what was recorded before by a transaction that is not known, one that"
        " shows it."
    )
    blockHash: str | None = Field(pattern=HASH)
    events: list[Event] | None = Field(
        description="What the contracts said, once the index has the transaction; null before."
    )
    error: Error | None = Field(description="Why it was refused.")
    acceptedAt: str = Field(pattern=TIME)
    updatedAt: str = Field(pattern=TIME)
