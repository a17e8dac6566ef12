"""The charter: its text by digest, every parameter, its versions, the observers; and the address book.

Not its job: changing it, which takes a vote (`registrum.client.drafts`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from registrum.chain.contracts import ADDRESS_BOOK, CHARTER
from registrum.client.emergencies import EmergencySupporter
from registrum.client.forms import json_value

__all__ = ["CharterReader", "CharterVersion", "ListedContract", "Terms"]


@dataclass(frozen=True, slots=True)
class CharterVersion:
    """One version of the text.

    Attributes:
        digest: SHA-256 of the text.
        location: Where it is published.
    """

    digest: bytes
    location: str
    adopted_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "digest": json_value(self.digest),
            "location": self.location,
            "adoptedAt": json_value(self.adopted_at),
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """The charter as it stands: the text, and each parameter where the contracts keep it. Durations in seconds.

    Attributes:
        digest: SHA-256 of the text.
        location: Where it is published.
        version: Number of the text, from 1.
        votes_needed: Votes for it that a proposal counted now would need.
        voting_delay: From a proposal to the beginning of its vote.
        count_window: After the vote, within which a proposal must be counted.
        execution_delay: From the count to the execution.
        execution_window: After the delay, within which it must be executed.
        least_offices: Active offices that nothing goes below.
        emergency_quorum: How many offices suspend at once.
        emergency_duration: For how long they do.
        objection_delay: In which a seat may object to its replacement.
    """

    digest: bytes
    location: str
    adopted_at: datetime
    version: int
    active_offices: int
    votes_needed: int
    supermajority_numerator: int
    supermajority_denominator: int
    voting_delay: int
    voting_period: int
    count_window: int
    execution_delay: int
    execution_window: int
    least_offices: int
    emergency_quorum: int
    emergency_duration: int
    objection_delay: int

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case; durations in seconds."""
        values: dict[str, Any] = json_value({each.name: getattr(self, each.name) for each in fields(self)})
        return values


@dataclass(frozen=True, slots=True)
class ListedContract:
    """One version of a contract in the address book.

    Attributes:
        version: From 1; the last is the present one.
        code_hash: Keccak-256 of its code when it was listed.
    """

    name: str
    version: int
    account: str
    code_hash: bytes
    active_since: datetime

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "name": self.name,
            "version": self.version,
            "account": self.account,
            "codeHash": json_value(self.code_hash),
            "activeSince": json_value(self.active_since),
        }


class CharterReader(EmergencySupporter):
    """Reads the charter; errors as for `ConsortiumMember`."""

    def terms(self) -> Terms:
        """The charter as it stands."""
        return Terms(**self._read(CHARTER, "terms"))

    def charter_history(self) -> list[CharterVersion]:
        """Versions of the text, oldest first; the last one is in force."""
        return self._pages(CHARTER, "history", (), lambda values: CharterVersion(**values))

    def verify_charter(self, text: bytes) -> bool:
        """Whether a text, byte by byte, is the charter in force."""
        return hashlib.sha256(text).digest() == self.terms().digest

    def listed_contracts(self) -> list[ListedContract]:
        """All contracts of the address book with all versions, oldest first in each name."""
        names = self._read(ADDRESS_BOOK, "names")
        answers = self._read_many(ADDRESS_BOOK, [("versions", (name,)) for name in names])
        return [
            ListedContract(
                name.rstrip(b"\0").decode("ascii", "backslashreplace"),
                version,
                entry["account"],
                entry["code_hash"],
                entry["active_since"],
            )
            for name, entries in zip(names, answers, strict=True)
            for version, entry in enumerate(entries, 1)
        ]
