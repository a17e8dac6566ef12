"""Schemas of application records, their claims and events, and of priority checks."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from registrum.client.claims import ClaimResult
from registrum.client.records import RecordStatus
from registrum.client.verdicts import CalendarUse, Verdict
from registrum.index.answers import ChangeKind
from registrum.web.api.models.base import ACCOUNT, DAY, HASH, TIME, Closed, Disclosed, Selectable
from registrum.web.api.parameters import A_DAY, DAY_SHAPE, DIGEST_SHAPE, LONGEST_EARLIER

__all__ = [
    "ApplicationHit",
    "ApplicationRecord",
    "Claim",
    "ClaimToCheck",
    "Claims",
    "Event",
    "Found",
    "OfficeNumber",
    "PriorityCheck",
    "PriorityChecks",
    "Reconfirmed",
    "Version",
]


class Found(StrEnum):
    """What the registry says about a number that is recorded."""

    RECORDED = "recorded"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Reconfirmed(Closed):
    """The office's word that a record is right, whoever made it."""

    signingKey: str = Field(pattern=ACCOUNT)
    reconfirmedAt: str = Field(pattern=TIME)
    version: int


class ApplicationRecord(Selectable):
    """An application record."""

    officeNumber: str = Field(examples=["EM/T/018660437"])
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    filingDate: str = Field(pattern=DAY)
    digest: str = Field(pattern=HASH)
    disclosure: Disclosed = Field(description="plain: SHA-256 of the application; salted: a commitment to it.")
    recordedAt: str = Field(pattern=TIME)
    daysLate: int = Field(description="Days from filing to recording.")
    version: int
    status: RecordStatus
    signingKey: str = Field(pattern=ACCOUNT)


class ApplicationHit(ApplicationRecord):
    """An application record in a list."""

    signerCompromisedSince: str | None = Field(
        pattern=TIME, description="Since when the signing key is compromised, where that makes the record suspect."
    )


class OfficeNumber(Selectable):
    """What the registry says about a number."""

    officeNumber: str = Field(examples=["EM/T/018660437"], description="The canonical form.")
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    askedAs: str = Field(description="The number as it was asked for.")
    warnings: list[str] = Field(description="What is peculiar about the form.")
    standing: Found
    record: ApplicationRecord
    signerCompromisedSince: str | None = Field(
        pattern=TIME, description="Since when the signing key is compromised, where that makes the record suspect."
    )
    reconfirmed: Reconfirmed | None
    conflictingOffers: int = Field(
        ge=0,
        description="How often its office offered other content under this number, which was not taken; `/events` has"
        " each as `ApplicationNotTaken`.",
    )


class Version(Closed):
    """A version of an application record."""

    record: ApplicationRecord
    kind: ChangeKind
    registry: int
    blockNumber: int
    blockTime: str = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)
    changedBy: str | None = Field(pattern=ACCOUNT)
    anchorSequence: int | None
    supersededAt: str | None = Field(pattern=TIME)


class Claim(Closed):
    """A recorded priority claim, and what became of its earlier record since."""

    laterOfficeNumber: str
    earlierOfficeNumber: str
    laterFilingDate: str = Field(pattern=DAY)
    priorityApplicationFilingDate: str = Field(pattern=DAY)
    isPartial: bool
    outcome: ClaimResult
    version: int
    recordedAt: str = Field(pattern=TIME)
    signingKey: str = Field(pattern=ACCOUNT)
    earlierVersion: int
    earlierStatus: RecordStatus | None
    correctedSince: bool
    withdrawnSince: bool


class Claims(Closed):
    """Priority claims of an application, both ways."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    makes: list[Claim]
    makesTotal: int = Field(ge=0, description="How many it makes in all.")
    isBasisOf: list[Claim]
    isBasisOfTotal: int = Field(ge=0, description="How many rest on it in all.")


class Event(Closed):
    """An event of a contract."""

    position: str = Field(description="Where it is on the chain; events sort by it.")
    blockNumber: int
    blockTime: str = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)
    logIndex: int
    contract: str
    name: str
    ipOfficeCode: str | None
    officeNumber: str | None
    arguments: dict[str, Any]


class PriorityCheck(Closed):
    """The verdict on a priority claim."""

    verdict: Verdict
    earlierOfficeNumber: str | None
    lastDay: str | None = Field(pattern=DAY, description="Last day of the priority period.")
    extendedFrom: str | None = Field(pattern=DAY, description="Last day before closed days moved it.")
    restorableUntil: str | None = Field(pattern=DAY)
    calendar: CalendarUse
    earlier: ApplicationRecord | None
    reasons: list[str] = Field(description="Why, in sentences, each with its rule.")


class ClaimToCheck(Closed):
    """A priority claim."""

    earlier: str = Field(
        max_length=LONGEST_EARLIER,
        description="Number of the earlier application, in any form; what is none is malformed_number.",
        examples=["EM/T/018660437"],
    )
    priorityApplicationFilingDate: str = Field(pattern=DAY_SHAPE, json_schema_extra=A_DAY, examples=["2024-01-31"])
    laterIpOfficeCode: str = Field(pattern="^[A-Z]{2}$", examples=["JP"])
    laterIpRight: str = Field(pattern="^[PUTDSG]$", examples=["T"])
    laterFilingDate: str = Field(pattern=DAY_SHAPE, json_schema_extra=A_DAY, examples=["2024-06-30"])
    digest: str | None = Field(default=None, pattern=DIGEST_SHAPE)
    earlierIpOfficeCode: str | None = Field(default=None, description="Where the number does not say it.")
    earlierIpRight: str | None = Field(default=None, description="Where the number does not say it.")


class PriorityChecks(Closed):
    """Priority claims to be judged."""

    claims: list[ClaimToCheck] = Field(min_length=1, max_length=1000)
