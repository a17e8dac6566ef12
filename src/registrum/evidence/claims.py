"""The verdict on a priority claim out of proven state. Section 8 of the format.

The rules are those of `PriorityRegister.check` (Paris Convention, Article 4). Not its job: the record that the claim
rests on (`registrum.evidence.facts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registrum.dates import add_months, from_on_chain, next_day, parse_date, priority_period
from registrum.errors import EvidenceError, InputError
from registrum.evidence.canonical import as_members, hexed, unhexed
from registrum.evidence.facts import ApplicationFacts, read_number
from registrum.evidence.state import ChainState
from registrum.numbers import OfficeNumber, Right

__all__ = ["RULES", "ClaimSubject", "claim_facts"]

_MEMBERS = ("kind", "earlier", "claimedDate", "laterOffice", "laterRight", "laterDate", "digest")
_PARIS = "Paris Convention, Article "
RULES: dict[str, tuple[str, str]] = {
    "valid": (
        f"{_PARIS}4A(1), 4C(1) to (3)",
        "Who has duly filed the first application has a right of priority for 12 months (patents, utility models) or"
        " 6 months (trade marks, designs) from its filing date, that day not counted; a period that ends on a day on"
        " which the office is closed ends on its next working day.",
    ),
    "not_covered": (
        "Registrum evidence format, section 7",
        "Of an office that is not a member at the block the register says nothing, neither that there is such an"
        " application nor that there is none.",
    ),
    "not_found": (
        f"{_PARIS}4A(2)",
        "The right of priority arises from a regular national filing; none is recorded under this number, although the"
        " office is a member.",
    ),
    "signer_compromised": (
        "Registrum evidence format, section 6",
        "A record that a compromised key signed proves nothing until a good key of the office has confirmed it.",
    ),
    "date_mismatch": (
        f"{_PARIS}4D(1)",
        "Who claims priority declares the date of the earlier filing; the declared date is not the recorded one.",
    ),
    "digest_mismatch": (
        f"{_PARIS}4D(3)",
        "The office may require a copy of the earlier application, certified as correct; the copy is not the"
        " application as recorded.",
    ),
    "right_not_allowed": (
        f"{_PARIS}4A(1), 4C(1), 4E",
        "Priority is given for patents and utility models among one another, for trade marks, for designs, and for a"
        " design from a utility model; not between these rights.",
    ),
    "same_day": (
        f"{_PARIS}4C(2)",
        "The period starts from the filing date of the first application, and the day of filing is not counted: both"
        " are of one day.",
    ),
    "later_precedes_earlier": (
        f"{_PARIS}4A(1), 4B",
        "Priority is for a subsequent filing; the later application was filed before the earlier one.",
    ),
    "restorable": (
        "Patent Law Treaty, Article 13(2); PCT Regulations, Rule 26bis.3",
        "The period is over, by no more than two months: the office of second filing may restore the right on request,"
        " where the delay was unintentional or occurred in spite of due care, as its law has it.",
    ),
    "period_expired": (
        f"{_PARIS}4C(1)",
        "The period of priority is over, by more than two months or for a right whose priority is not restored.",
    ),
}
"""For each verdict where its rule stands, and the rule in one sentence. Section 8 of the format."""
_MOST_CLOSED = 62
"""A calendar closes 30 days in a row at most; the end of one year and the beginning of the next may be such."""
_RESTORATION_MONTHS = 2
"""PCT Rule 26bis.3(a); EPC Article 122 with Rule 136(1)."""
_RESTORABLE_PERIOD = 12


@dataclass(frozen=True, slots=True)
class ClaimSubject:
    """A priority claim.

    Attributes:
        earlier: Number of the earlier application.
        claimed_date: Its filing date as claimed.
        later_office: Office of second filing.
        later_right: Right of the later application.
        later_date: Its filing date.
        digest: Digest of the copy; None if there is none to compare.
    """

    earlier: OfficeNumber
    claimed_date: date
    later_office: str
    later_right: Right
    later_date: date
    digest: bytes | None = None

    @classmethod
    def from_json(cls, value: object) -> ClaimSubject:
        """Read the subject of a bundle.

        Raises:
            EvidenceError: It has not the form of section 8.
        """
        members = as_members(value, _MEMBERS, "the subject")
        office = members["laterOffice"]
        if not isinstance(office, str) or len(office) != 2 or not (office.isalpha() and office.isupper()):
            raise EvidenceError("laterOffice is two capital letters", check="form")
        try:
            return cls(
                read_number(members["earlier"]),
                parse_date(members["claimedDate"]),
                office,
                Right(members["laterRight"]),
                parse_date(members["laterDate"]),
                None if members["digest"] is None else unhexed(members["digest"], "digest", 32),
            )
        except (InputError, ValueError, TypeError) as error:
            raise EvidenceError(f"the claim of the subject cannot be read: {error}", check="form") from error

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        return {
            "kind": "claim",
            "earlier": self.earlier.text,
            "claimedDate": self.claimed_date.isoformat(),
            "laterOffice": self.later_office,
            "laterRight": self.later_right.value,
            "laterDate": self.later_date.isoformat(),
            "digest": None if self.digest is None else hexed(self.digest),
        }


def claim_facts(claim: ClaimSubject, earlier: ApplicationFacts, state: ChainState) -> dict[str, Any]:
    """The members that a claim adds to the facts about its earlier application.

    Args:
        claim: The claim.
        earlier: What is shown of the earlier number.
        state: Of the chain at the block.

    Raises:
        EvidenceError: The state does not show a calendar.
    """
    months = priority_period(claim.earlier.right, claim.later_right) or 0
    facts: dict[str, Any] = {
        "periodMonths": months,
        "lastDay": None,
        "extendedFrom": None,
        "restorableUntil": None,
        "calendar": "not_asked",
    }
    if earlier.content is None:
        answer = earlier.json["answer"]
        if answer == "anchored":
            answer = "not_covered" if earlier.json["office"]["status"] in {"none", "departed"} else "not_found"
        return {**_ruled(answer), **facts}
    filed = from_on_chain(earlier.content.filing_date)
    last_day = restorable = None
    if months:
        regular = add_months(filed, months)
        last_day, facts["calendar"] = _next_open_day(claim.later_office, regular, state)
        facts["lastDay"] = last_day.isoformat()
        facts["extendedFrom"] = regular.isoformat() if last_day != regular else None
        if months == _RESTORABLE_PERIOD:
            restorable, _ = _next_open_day(claim.later_office, add_months(last_day, _RESTORATION_MONTHS), state)
            facts["restorableUntil"] = restorable.isoformat()
    return {**_ruled(_verdict(claim, earlier, filed, last_day, restorable)), **facts}


def _ruled(verdict: str) -> dict[str, Any]:
    source, text = RULES[verdict]
    return {"verdict": verdict, "rule": {"source": source, "text": text}}


def _verdict(
    claim: ClaimSubject, earlier: ApplicationFacts, filed: date, last_day: date | None, restorable: date | None
) -> str:
    if earlier.is_suspect:
        return "signer_compromised"
    if claim.claimed_date != filed:
        return "date_mismatch"
    if claim.digest is not None and earlier.content is not None and claim.digest != earlier.content.digest:
        return "digest_mismatch"
    if last_day is None:
        return "right_not_allowed"
    if claim.later_date == filed:
        return "same_day"
    if claim.later_date < filed:
        return "later_precedes_earlier"
    if claim.later_date <= last_day:
        return "valid"
    return "restorable" if restorable is not None and claim.later_date <= restorable else "period_expired"


def _next_open_day(office: str, day: date, state: ChainState) -> tuple[date, str]:
    year = day.year
    weekly, exceptions, version = state.calendar(office, year)
    if not version:
        return day, "not_published"
    last = day + timedelta(days=min(_MOST_CLOSED, (date.max - day).days))
    while (weekly >> day.weekday() ^ exceptions >> day.timetuple().tm_yday - 1) & 1:
        if day >= last:
            raise EvidenceError(f"an office is closed on more than {_MOST_CLOSED} days in a row", check="state")
        day = next_day(day)
        if day.year != year:
            year = day.year
            weekly, exceptions, version = state.calendar(office, year)
            if not version:
                return day, "incomplete"
    return day, "published"
