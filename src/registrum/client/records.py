"""Application records: what an office registers, and what the registry answers about a number.

Not its job: asking the registry (`registrum.client.reading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registrum.chain.contracts import APPLICATION_REGISTRY, load_abi
from registrum.client.forms import by_position, json_value
from registrum.dates import to_on_chain
from registrum.errors import NodeError
from registrum.numbers import OfficeNumber
from registrum.signing.statements import Correction, Disclosure, Registration

__all__ = ["Application", "ApplicationRecord", "Lookup", "Reconfirmed", "RecordStatus", "Standing"]

_RECORD_BYTES = 7 * 32
_EMPTY_RECORD = bytes(_RECORD_BYTES)


@dataclass(frozen=True, slots=True)
class Application:
    """What an office states about one application.

    Args:
        number: Office number.
        filing_date: Filing date that the office accorded.
        digest: SHA-256 of the application as filed, or a salted commitment to it; 32 bytes, not zero.
        disclosure: Which of the two.
    """

    number: OfficeNumber
    filing_date: date
    digest: bytes
    disclosure: Disclosure = Disclosure.PLAIN

    def registration(self) -> Registration:
        """The statement that the office signs to register it.

        Raises:
            InputError: A value is out of its range.
        """
        return Registration(self.number.on_chain, to_on_chain(self.filing_date), self.disclosure, self.digest)

    def correction(self, replaces: int) -> Correction:
        """The statement that the office signs to replace a version of the record by this.

        Raises:
            InputError: A value is out of its range.
        """
        filing_date = to_on_chain(self.filing_date)
        return Correction(self.number.on_chain, filing_date, self.disclosure, self.digest, replaces)

    def to_json(self) -> dict[str, Any]:
        """Keys `number, filingDate, digest, disclosure`."""
        return {
            "number": self.number.text,
            "filingDate": self.filing_date.isoformat(),
            "digest": json_value(self.digest),
            "disclosure": Disclosure(self.disclosure).name.lower(),
        }


class RecordStatus(StrEnum):
    """What became of a record."""

    FILED = "filed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """A record as the registry has it now.

    Attributes:
        recorded_at: Block time at which the content, or the anchor that held it, was recorded.
        version: 1 when filed, one more at each correction and at withdrawal.
        signing_key: Key that signed the content, or the anchor that it was disclosed from.
    """

    number: OfficeNumber
    filing_date: date
    digest: bytes
    disclosure: Disclosure
    recorded_at: datetime
    version: int
    status: RecordStatus
    signing_key: str

    @property
    def application(self) -> Application:
        """The content alone, as the office stated it."""
        return Application(self.number, self.filing_date, self.digest, self.disclosure)

    @property
    def days_late(self) -> int:
        """Days from filing to recording: large for late imports; -1 is possible east of Greenwich."""
        return (self.recorded_at.date() - self.filing_date).days

    def to_json(self) -> dict[str, Any]:
        """Keys `number, filingDate, digest, disclosure, recordedAt, daysLate, version, status, signingKey`."""
        return {
            **self.application.to_json(),
            "recordedAt": json_value(self.recorded_at),
            "daysLate": self.days_late,
            "version": self.version,
            "status": self.status.value,
            "signingKey": self.signing_key,
        }


class Standing(StrEnum):
    """What the registry says about a number. Whoever is told nothing by a node gets a `NodeError` instead."""

    RECORDED = "recorded"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    NOT_FOUND = "not_found"
    """The office is a member and has not recorded the number."""
    NOT_COVERED = "not_covered"
    """The office is not a member, or not any more, and has not recorded the number: nothing can be said about it."""


@dataclass(frozen=True, slots=True)
class Reconfirmed:
    """The office's word that a record is right, whoever made it.

    Attributes:
        signing_key: Key that confirmed it.
        reconfirmed_at: Block time.
        version: Version of the record that was confirmed.
    """

    signing_key: str
    reconfirmed_at: datetime
    version: int

    def to_json(self) -> dict[str, Any]:
        """Keys `signingKey, reconfirmedAt, version`."""
        return {
            "signingKey": self.signing_key,
            "reconfirmedAt": json_value(self.reconfirmed_at),
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer about a number.

    Attributes:
        record: None exactly where there is none.
        signer_compromised_since: Since when the record's signing key is known to be compromised, where it was so
            already at the time of recording and no good key has confirmed the record: it is there, and suspect.
            Verdicts that rest on it are `signer_compromised`. None otherwise.
        reconfirmed: The last confirmation of the record; None if there was none. Whether it counts
            `signer_compromised_since` says.
    """

    number: OfficeNumber
    standing: Standing
    record: ApplicationRecord | None
    signer_compromised_since: datetime | None = None
    reconfirmed: Reconfirmed | None = None

    @property
    def found(self) -> bool:
        """Whether there is a record."""
        return self.record is not None

    def to_json(self) -> dict[str, Any]:
        """Keys `number, standing, record, signerCompromisedSince, reconfirmed`."""
        return {
            "number": self.number.text,
            "standing": self.standing.value,
            "record": None if self.record is None else self.record.to_json(),
            "signerCompromisedSince": json_value(self.signer_compromised_since),
            "reconfirmed": None if self.reconfirmed is None else self.reconfirmed.to_json(),
        }


def reconfirmed_from(fields: dict[str, Any]) -> Reconfirmed | None:
    """A confirmation out of the struct of the contract; None if there was none."""
    if fields["reconfirmed_at"] is None:
        return None
    return Reconfirmed(fields["signing_key"], fields["reconfirmed_at"], fields["version"])


def records_from(numbers: Sequence[OfficeNumber], answer: bytes) -> list[ApplicationRecord | None]:
    """Records out of what `recordsOf` returned: the offset and the length of a list, then seven words for each.

    Most of what is asked for in bulk is not recorded, and costs next to nothing here.

    Raises:
        NodeError: No such answer can come from the contract.
    """
    if len(answer) != 64 + _RECORD_BYTES * len(numbers) or int.from_bytes(answer[32:64], "big") != len(numbers):
        raise NodeError(f"the node sent {len(answer)} bytes where {len(numbers)} records were asked for")
    found: list[ApplicationRecord | None] = []
    for index, number in enumerate(numbers):
        start = 64 + index * _RECORD_BYTES
        words = answer[start : start + _RECORD_BYTES]
        if words == _EMPTY_RECORD:
            found.append(None)
        else:
            fields = load_abi(APPLICATION_REGISTRY).decode("recordOf", words)
            found.append(record_from(number, fields))
    return found


def record_from(number: OfficeNumber, fields: dict[str, Any]) -> ApplicationRecord | None:
    """A record out of the struct `Record` of the contract; None if the number is not recorded.

    Raises:
        NodeError: No such struct can be in the contract.
    """
    if fields["status"] == 0:
        return None
    if fields["filing_date"] is None or fields["recorded_at"] is None or fields["disclosure"] > 1:
        raise NodeError(f"the node sent a record of {number} that no registry can hold")
    return ApplicationRecord(
        number=number,
        filing_date=fields["filing_date"],
        digest=fields["digest"],
        disclosure=Disclosure(fields["disclosure"]),
        recorded_at=fields["recorded_at"],
        version=fields["version"],
        status=by_position(RecordStatus, fields["status"], first=1),
        signing_key=fields["signing_key"],
    )
