"""Offices and their signing keys, as the directory shows them.

Not its job: asking the directory (`registrum.client.reading`), or WIPO's list of office codes (`registrum.numbers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntFlag, StrEnum
from typing import Any

from registrum.client.forms import by_position, json_value
from registrum.errors import InputError, NodeError

__all__ = ["KeySuspension", "Observer", "Office", "OfficeStatus", "Scope", "SeatReplacement", "SigningKey"]


class OfficeStatus(StrEnum):
    """Standing of an office in the consortium."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEPARTED = "departed"


class Scope(IntFlag):
    """What a key may sign; a key may have several."""

    APPLICATIONS = 1
    """Application records, anchors, corrections, withdrawals, outcomes of priority claims."""
    REGISTER = 2
    """Trade mark and design register entries and their legal-status events."""
    TRANSACTIONS = 4
    """Assignments, licences, security interests."""
    KEYS = 8
    """Adding and revoking keys of the office that have not this scope themselves."""

    @property
    def words(self) -> tuple[str, ...]:
        """The names of the scopes in it, in lower case."""
        return tuple(scope.name.lower() for scope in Scope if scope in self and scope.name)

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read `applications` or `applications,keys`.

        Raises:
            InputError: A name is none of a scope.
        """
        scopes = cls(0)
        for name in text.split(","):
            try:
                scopes |= cls[name.strip().upper()]
            except KeyError:
                known = ", ".join(scope.lower() for scope in cls.__members__)
                raise InputError(f"{name.strip()!r} is not a scope", remedy=f"Give one or more of {known}.") from None
        return scopes


@dataclass(frozen=True, slots=True)
class Office:
    """An office.

    Attributes:
        seat: Account that acts for it: its keys, its calendars, its vote.
        suspended_until: End of the suspension that is in force; None if there is none, or it has no end.
        earliest_filing_date: The office issued no application numbers before this day; None for no bound.
        key_count: How many keys it has ever had.
        endpoint: Address of its public service, or empty.
    """

    code: str
    status: OfficeStatus
    seat: str
    admitted_at: datetime
    suspended_until: datetime | None
    earliest_filing_date: date | None
    key_count: int
    name: str
    endpoint: str

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "code": self.code,
            "name": self.name,
            "status": self.status.value,
            "seat": self.seat,
            "admittedAt": json_value(self.admitted_at),
            "suspendedUntil": json_value(self.suspended_until),
            "earliestFilingDate": json_value(self.earliest_filing_date),
            "keyCount": self.key_count,
            "endpoint": self.endpoint,
        }


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A signing key of an office.

    Attributes:
        valid_until: First moment after its validity; None without end.
        revoked_at: Block time of revocation; None if it is not revoked.
        compromised_since: Since when its signatures are not trusted; None if it is not known to be compromised.
    """

    account: str
    scopes: Scope
    valid_from: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    compromised_since: datetime | None

    def is_compromised_at(self, time: datetime) -> bool:
        """Whether what it signed at a time is not to be trusted, by what is known today.

        The rule of the verdict `signer_compromised` (`_judge` of `PriorityRegister`).
        """
        return self.compromised_since is not None and time >= self.compromised_since

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case; `scopes` is a list of names."""
        return {
            "account": self.account,
            "scopes": list(self.scopes.words),
            "validFrom": json_value(self.valid_from),
            "validUntil": json_value(self.valid_until),
            "revokedAt": json_value(self.revoked_at),
            "compromisedSince": json_value(self.compromised_since),
        }


@dataclass(frozen=True, slots=True)
class SeatReplacement:
    """The replacement of a lost seat that the offices decided on.

    Attributes:
        new_seat: Account that may become the seat.
        acceptable_from: First moment at which it can; the present seat may object until it has.
    """

    new_seat: str
    acceptable_from: datetime

    def to_json(self) -> dict[str, Any]:
        """Keys `newSeat, acceptableFrom`."""
        return {"newSeat": self.new_seat, "acceptableFrom": json_value(self.acceptable_from)}


@dataclass(frozen=True, slots=True)
class KeySuspension:
    """The suspension of a key that is in force.

    Attributes:
        until: First moment after it; None without end.
    """

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Observer:
    """A court, WIPO: listed without a vote."""

    account: str
    name: str

    def to_json(self) -> dict[str, Any]:
        """Keys `account, name`."""
        return {"account": self.account, "name": self.name}


def office_from(fields: dict[str, Any]) -> Office | None:
    """An office out of the struct `Office` of the contract; None if it was never admitted.

    Raises:
        NodeError: No such struct can be in the contract.
    """
    if fields["status"] == 0:
        return None
    status = by_position(OfficeStatus, fields["status"], first=1)
    if fields["admitted_at"] is None:
        raise NodeError(f"the node sent an office {fields['code']} that was never admitted and is a member")
    return Office(
        code=fields["code"],
        status=status,
        seat=fields["seat"],
        admitted_at=fields["admitted_at"],
        suspended_until=fields["suspended_until"] if status is OfficeStatus.SUSPENDED else None,
        earliest_filing_date=fields["earliest_filing_date"],
        key_count=fields["key_count"],
        name=fields["name"],
        endpoint=fields["endpoint"],
    )


def key_from(fields: dict[str, Any]) -> SigningKey | None:
    """A key out of the struct `SigningKey` of the contract; None if the account never was one.

    Raises:
        NodeError: No such struct can be in the contract.
    """
    if fields["scopes"] == 0:
        return None
    if fields["valid_from"] is None:
        raise NodeError(f"the node sent a key {fields['account']} without the beginning of its validity")
    return SigningKey(
        account=fields["account"],
        scopes=Scope(fields["scopes"]),
        valid_from=fields["valid_from"],
        valid_until=fields["valid_until"],
        revoked_at=fields["revoked_at"],
        compromised_since=fields["compromised_since"],
    )
