"""Schemas of register entries and of their legal-status events."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from pydantic import Field

from registrum.web.api.models.base import ACCOUNT, DAY, HASH, TIME, Closed, Selectable

__all__ = ["EventSigner", "OnDate", "RegisterEvent", "Registration", "RegistrationHit", "Snapshot", "StatedFacts"]


class Registration(Selectable):
    """An entry of the register."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    state: str
    stage: str
    status: int
    statusText: str
    marks: list[str]
    eventCount: int
    terminatedBy: int | None
    filingDate: str | None = Field(pattern=DAY)
    registrationDate: str | None = Field(pattern=DAY)
    expiryDate: str | None = Field(pattern=DAY)
    ceasedOn: str | None = Field(pattern=DAY)
    classNumbers: list[int]
    head: str = Field(pattern=HASH)
    dossier: str | None = Field(pattern=HASH)
    representation: str | None = Field(pattern=HASH)
    holder: str | None = Field(pattern=HASH)
    applicationOfficeNumber: str | None
    basis: str | None
    parent: str | None
    former: str | None
    continuation: str | None
    standing: str = Field(description="State, stage and dates taken together, on `standingOn`.")
    standingOn: str = Field(pattern=DAY)
    basisCeasedOn: str | None = Field(pattern=DAY)
    onDate: OnDate | None = Field(description="What stood in the register on the day that `on` names.")


class Snapshot(Closed):
    """An entry as it stood on a day."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    state: str
    stage: str
    status: int
    terminatedBy: int | None = None
    filingDate: str | None = Field(default=None, pattern=DAY)
    registrationDate: str | None = Field(default=None, pattern=DAY)
    expiryDate: str | None = Field(default=None, pattern=DAY)
    ceasedOn: str | None = Field(default=None, pattern=DAY)
    classNumbers: list[int] | None = None
    dossier: str | None = Field(default=None, pattern=HASH)
    representation: str | None = Field(default=None, pattern=HASH)
    holder: str | None = Field(default=None, pattern=HASH)
    applicationOfficeNumber: str | None = None
    basis: str | None = None
    parent: str | None = None
    former: str | None = None
    continuation: str | None = None


class OnDate(Closed):
    """What stood in the register on a day."""

    on: str = Field(pattern=DAY)
    knownOn: str | None = Field(pattern=DAY)
    isForecast: bool = Field(
        description="The day is after that of the block: how the entry would stand, by what is known at the block."
    )
    knowledge: str
    standing: str | None
    entry: Snapshot | None
    restsOn: list[int]
    irregular: list[int]
    correctedBy: list[int]
    changedLaterBy: list[int]


class RegistrationHit(Selectable):
    """An entry of the register in a list."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    state: str
    stage: str
    status: int
    statusText: str
    marks: list[str]
    eventCount: int
    filingDate: str | None = Field(pattern=DAY)
    registrationDate: str | None = Field(pattern=DAY)
    expiryDate: str | None = Field(pattern=DAY)
    ceasedOn: str | None = Field(pattern=DAY)
    classNumbers: list[int]
    recordedAt: str = Field(pattern=TIME)


class EventSigner(Closed):
    """Who signed an event."""

    account: str = Field(pattern=ACCOUNT)
    kind: str
    name: str | None
    compromisedSince: str | None = Field(pattern=TIME)


class StatedFacts(Closed):
    """What an event states about its entry: only what it changes; null takes a value back."""

    filingDate: str | None = None
    registrationDate: str | None = None
    expiryDate: str | None = None
    classNumbers: list[int] | None = None
    dossier: str | None = None
    representation: str | None = None
    holder: str | None = None
    relation: str | None = None
    relatedOfficeNumber: str | None = None
    released: list[int] | None = None


class RegisterEvent(Selectable):
    """A legal-status event of an entry."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    codeSystem: str
    eventCode: str
    resulting: str = Field(description="State and stage after it.")
    status: int
    eventDate: str = Field(pattern=DAY)
    effectiveDate: str = Field(pattern=DAY)
    publicationDate: str | None = Field(pattern=DAY)
    document: str | None = Field(pattern=HASH)
    corrects: int | None
    flags: list[str]
    facts: StatedFacts
    sequence: int
    head: str = Field(pattern=HASH)
    previous: str | None = Field(pattern=HASH)
    before: str | None
    isIrregular: bool
    signer: EventSigner
    recordedAt: str = Field(pattern=TIME)
    blockNumber: int
    transactionHash: str = Field(pattern=HASH)
    title: str
    statusText: str
    isSuspect: bool
    correctedBy: int | None
