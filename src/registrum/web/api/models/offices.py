"""Schemas of offices, keys and calendars."""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from pydantic import BaseModel, Field

from registrum.client.members import OfficeStatus
from registrum.web.api.models.base import ACCOUNT, DAY, TIME, Closed, Selectable

__all__ = ["Calendar", "Key", "KeyInFull", "Office", "OfficeInFull", "SeatReplacement"]


class OfficeMembers(BaseModel):
    """What is said of an office in lists and in full."""

    ipOfficeCode: str
    name: str
    status: OfficeStatus
    seat: str = Field(pattern=ACCOUNT)
    admittedAt: str = Field(pattern=TIME)
    suspendedUntil: str | None = Field(pattern=TIME)
    earliestFilingDate: str | None = Field(pattern=DAY)
    keyCount: int
    endpoint: str = Field(description="As the office stated it; not checked, never fetched.")


class Office(OfficeMembers, Selectable):
    """An office."""


class SeatReplacement(Closed):
    """The replacement of a lost seat."""

    newSeat: str = Field(pattern=ACCOUNT)
    acceptableFrom: str = Field(pattern=TIME)


class OfficeInFull(OfficeMembers, Closed):
    """An office, and what is under way about it."""

    successor: str | None
    proposedSeat: str | None = Field(pattern=ACCOUNT)
    seatReplacement: SeatReplacement | None


class Key(Closed):
    """A signing key."""

    ipOfficeCode: str
    account: str = Field(pattern=ACCOUNT)
    scopes: list[str]
    validFrom: str = Field(pattern=TIME)
    validUntil: str | None = Field(pattern=TIME)
    revokedAt: str | None = Field(pattern=TIME)
    compromisedSince: str | None = Field(pattern=TIME)


class KeyInFull(Key):
    """A signing key, and whether it is suspended."""

    isSuspended: bool
    suspendedUntil: str | None = Field(pattern=TIME, description="Null without end, or where it is not suspended.")


class Calendar(Closed):
    """The closed days of an office in a year."""

    ipOfficeCode: str
    year: int
    weekly: list[int] = Field(description="Weekdays on which it is closed, 0 Monday to 6 Sunday.")
    closed: list[str]
    opened: list[str]
    version: int
    publishedAt: str = Field(pattern=TIME)
