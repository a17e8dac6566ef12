"""Priority claims to be judged, and the verdict of the contract on them.

Encoding and decoding have fixed offsets and are written out, because claims are judged by the ten thousand. Not its
job: the verdict itself, which `PriorityRegister` gives; asking for it (`registrum.client.judging`).
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from registrum.client.forms import instant, json_value
from registrum.client.reasons import explain
from registrum.client.records import ApplicationRecord, RecordStatus
from registrum.dates import from_on_chain, to_on_chain
from registrum.errors import DateError, DigestError, InputError, NodeError, NumberFormatError
from registrum.numbers import OfficeNumber, Right
from registrum.numbers.offices import office_code
from registrum.signing.addresses import checksum_address
from registrum.signing.statements import Disclosure

__all__ = ["Assessment", "CalendarUse", "PriorityClaim", "Verdict"]


class Verdict(StrEnum):
    """The answer to a priority claim, in the order of precedence of the contract."""

    VALID = "valid"
    MALFORMED_NUMBER = "malformed_number"
    NOT_COVERED = "not_covered"
    """The earlier office is not a member, so nothing can be said."""
    NOT_FOUND = "not_found"
    """The earlier office is a member and has not recorded the number."""
    SIGNER_COMPROMISED = "signer_compromised"
    DATE_MISMATCH = "date_mismatch"
    DIGEST_MISMATCH = "digest_mismatch"
    RIGHT_NOT_ALLOWED = "right_not_allowed"
    SAME_DAY = "same_day"
    LATER_PRECEDES_EARLIER = "later_precedes_earlier"
    RESTORABLE = "restorable"
    """The period is over, by no more than the two months in which it can be restored."""
    PERIOD_EXPIRED = "period_expired"


class CalendarUse(StrEnum):
    """What the closed days of the later office did to the last day."""

    NOT_ASKED = "not_asked"
    """There is no period."""
    NOT_PUBLISHED = "not_published"
    """The office published no calendar of that year, so nothing was extended."""
    PUBLISHED = "published"
    INCOMPLETE = "incomplete"
    """The extension ran into a year that is not published, and stopped at its first day."""


@dataclass(frozen=True, slots=True)
class PriorityClaim:
    """A priority claim to be judged.

    Args:
        earlier: Number of the earlier application as claimed; 32 bytes where it has no form of an office number.
        claimed_date: Date of the earlier application as claimed.
        later_office: Office of second filing, whose closed days count: a code in force of WIPO ST.3.
        later_right: Right of the later application.
        later_date: Filing date of the later application.
        digest: Digest of the copy received, or the commitment recomputed from it; None if there is none to compare.

    Raises:
        InputError: A value has not the form that the contract takes.
        OfficeCodeError: WIPO ST.3 does not list the later office, or no longer.
    """

    earlier: OfficeNumber | bytes
    claimed_date: date
    later_office: str
    later_right: Right
    later_date: date
    digest: bytes | None = None

    def __post_init__(self) -> None:
        if isinstance(self.earlier, bytes) and len(self.earlier) != 32:
            raise InputError(f"an office number on chain has 32 bytes, got {len(self.earlier)}")
        if not isinstance(self.later_right, Right):
            raise InputError(f"{self.later_right!r} is not a kind of right", remedy="Use Right.parse.")
        if self.digest is not None and (len(self.digest) != 32 or not any(self.digest)):
            raise DigestError("a digest to compare has 32 bytes and is not zero", remedy="Leave out what is not there.")
        # A verdict on an office that does not exist would look right but for the closed days, which nobody published.
        office_code(self.later_office)

    def to_json(self) -> dict[str, Any]:
        """Keys `earlier, claimedDate, laterOffice, laterRight, laterDate, digest`."""
        return {
            "earlier": json_value(self.earlier),
            "claimedDate": self.claimed_date.isoformat(),
            "laterOffice": self.later_office,
            "laterRight": self.later_right.value,
            "laterDate": self.later_date.isoformat(),
            "digest": json_value(self.digest),
        }

    def call_data(self, selector: bytes) -> bytes:
        """The call data of `check`, after whose selector six words follow.

        Raises:
            DateError: A date that no contract takes.
        """
        earlier = self.earlier if isinstance(self.earlier, bytes) else self.earlier.on_chain
        return _CALL.pack(
            selector,
            earlier,
            _number(self.claimed_date),
            self.later_office.encode("ascii"),
            self.later_right.value.encode("ascii"),
            _number(self.later_date),
            self.digest or bytes(32),
        )


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer to a priority claim.

    Attributes:
        last_day: Last day on which the later application could be filed with this priority; None if there is none.
        extended_from: Last day before closed days moved it; None if they did not.
        restorable_until: Last day on which the right could be restored; None if it cannot be.
        earlier: The earlier application as recorded; None if it is not. That it was corrected or withdrawn does not
            change the verdict (Paris Convention, Article 4A(3)) and is for the reader to weigh.
    """

    claim: PriorityClaim
    verdict: Verdict
    calendar: CalendarUse
    last_day: date | None
    extended_from: date | None
    restorable_until: date | None
    earlier: ApplicationRecord | None

    @property
    def is_valid(self) -> bool:
        """Whether the verdict is `valid`."""
        return self.verdict is Verdict.VALID

    @property
    def is_corrected(self) -> bool:
        """Whether the earlier record is not the one first filed: corrected, perhaps before it was withdrawn."""
        earlier = self.earlier
        return earlier is not None and earlier.version > (2 if earlier.status is RecordStatus.WITHDRAWN else 1)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the earlier application was withdrawn."""
        return self.earlier is not None and self.earlier.status is RecordStatus.WITHDRAWN

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in sentences, each with the rule that it rests on; what the reader should know besides comes last."""
        return explain(self)

    def to_json(self) -> dict[str, Any]:
        """Keys `verdict, lastDay, extendedFrom, restorableUntil, calendar, earlier, reasons`."""
        return {
            "verdict": self.verdict.value,
            "lastDay": json_value(self.last_day),
            "extendedFrom": json_value(self.extended_from),
            "restorableUntil": json_value(self.restorable_until),
            "calendar": self.calendar.value,
            "earlier": None if self.earlier is None else self.earlier.to_json(),
            "reasons": list(self.reasons),
        }


_CALL = struct.Struct(">4s32s28xI2s30xc31x28xI32s")
_ANSWER = struct.Struct(">31xB31xB28xI28xI28xI32s12x20s24xQ28xI31xB31xB31xB")
_VERDICTS = tuple(Verdict)
_CALENDAR_USES = tuple(CalendarUse)
_STATUSES = tuple(RecordStatus)
_DISCLOSURES = tuple(Disclosure)

# A bulk of claims has few different days.
_number = functools.lru_cache(4096)(to_on_chain)


@functools.lru_cache(4096)
def _day(value: int) -> date | None:
    return from_on_chain(value) if value else None


def assessment_from(claim: PriorityClaim, answer: bytes) -> Assessment:
    """An assessment out of what `check` returned: twelve words.

    Raises:
        NodeError: No such answer can come from the contract.
    """
    try:
        values = _ANSWER.unpack(answer)
        verdict, calendar = _VERDICTS[values[0]], _CALENDAR_USES[values[1]]
        last_day, extended_from, restorable_until = (_day(value) for value in values[2:5])
        earlier = _record(claim, values[5:])
    except (struct.error, IndexError, DateError, NumberFormatError, OverflowError, OSError, ValueError) as error:
        raise NodeError("the node sent an assessment that no priority register can give") from error
    return Assessment(claim, verdict, calendar, last_day, extended_from, restorable_until, earlier)


def _record(claim: PriorityClaim, fields: tuple[Any, ...]) -> ApplicationRecord | None:
    digest, key, recorded_at, filing_date, version, status, disclosure = fields
    if status == 0:
        return None
    number = claim.earlier
    return ApplicationRecord(
        number if isinstance(number, OfficeNumber) else OfficeNumber.from_on_chain(number),
        from_on_chain(filing_date),
        digest,
        _DISCLOSURES[disclosure],
        instant(recorded_at),
        version,
        _STATUSES[status - 1],
        checksum_address(key),
    )
