"""The errors that `PriorityRegister` declares, one class each; caught by users through `registrum.chain.reverts`."""

from __future__ import annotations

from datetime import date

from registrum.chain.custom_error import CustomError
from registrum.numbers import OfficeNumber


class PriorityRegisterNoRegistryError(CustomError):
    """There is no contract at the address given for the registry, or it uses another directory."""

    declaration = "PriorityRegisterNoRegistry(address registry)"
    says = "{registry} is no registry with the same directory"
    remedy = "Deploy with the addresses of one deployment."
    registry: str


class PriorityRegisterNotGovernanceError(CustomError):
    """Only the governance of the directory changes the registry."""

    declaration = "PriorityRegisterNotGovernance(address caller)"
    says = "{caller} is not the governance of the directory"
    remedy = "Propose it to the consortium; its vote changes the registry."
    caller: str


class PriorityRegisterNotNextRegistryError(CustomError):
    """The new registry does not take over from the present one."""

    declaration = "PriorityRegisterNotNextRegistry(address registry, address present)"
    says = "{registry} does not take over from the present registry {present}"
    remedy = "Deploy it with `registry` as its predecessor."
    registry: str
    present: str


class PriorityRegisterUnknownRightError(CustomError):
    """The right is none of `P U T D S G`."""

    declaration = "PriorityRegisterUnknownRight(bytes1 right)"
    says = "{right} is no kind of right"
    remedy = "Give the letter of a right: P, U, T, D, S or G."
    right: bytes


class PriorityRegisterNotSeatError(CustomError):
    """Only the seat of an office that has not departed publishes its calendar."""

    declaration = "PriorityRegisterNotSeat(OfficeCode office, address caller)"
    says = "{caller} is not the seat of {office}, or the office has left"
    remedy = "Send from the seat of the office: `registrum office show` names it."
    office: str
    caller: str


class PriorityRegisterInvalidYearError(CustomError):
    """The year is not one of 1800 to 9999."""

    declaration = "PriorityRegisterInvalidYear(uint16 year)"
    says = "{year} is not a year from 1800 to 9999"
    remedy = "Give the year with four digits."
    year: int


class PriorityRegisterInvalidCalendarError(CustomError):
    """The calendar has a bit that is no weekday or no day of that year."""

    declaration = "PriorityRegisterInvalidCalendar(uint16 year, uint8 weekly)"
    says = "the calendar of {year} names a day that the week or the year does not have (weekly pattern {weekly})"
    remedy = "Use bits 0 (Monday) to 6 (Sunday), and days of that year only."
    year: int
    weekly: int


class PriorityRegisterClosedTooLongError(CustomError):
    """The calendar has more than `limit` closed days in a row, up to day `dayOfYear`."""

    declaration = "PriorityRegisterClosedTooLong(uint16 year, uint256 dayOfYear, uint256 limit)"
    says = "the calendar of {year} has more than {limit} closed days in a row, up to day {day_of_year} of the year"
    remedy = "Check the weekly pattern and the single days."
    year: int
    day_of_year: int
    limit: int


class PriorityRegisterSelfClaimError(CustomError):
    """An application cannot claim its own priority."""

    declaration = "PriorityRegisterSelfClaim(OfficeNumber number)"
    says = "{number} cannot claim its own priority"
    remedy = "Give the number of the earlier application."
    number: OfficeNumber


class PriorityRegisterNotEarlierError(CustomError):
    """The earlier application was not filed before the later one."""

    declaration = (
        "PriorityRegisterNotEarlier(OfficeNumber earlier, CalendarDate earlierDate, CalendarDate laterFilingDate)"
    )
    says = "{earlier} of {earlier_date} was not filed before the later application of {later_filing_date}"
    remedy = "Check both dates and which application is the earlier one."
    earlier: OfficeNumber
    earlier_date: date
    later_filing_date: date


class PriorityRegisterFilingDateMismatchError(CustomError):
    """The later application is recorded with another filing date."""

    declaration = "PriorityRegisterFilingDateMismatch(OfficeNumber later, CalendarDate recorded, CalendarDate stated)"
    says = "{later} is recorded with the filing date {recorded}, and the claim states {stated}"
    remedy = "State the recorded date, or correct the record first."
    later: OfficeNumber
    recorded: date
    stated: date


class PriorityRegisterUnknownOutcomeError(CustomError):
    """The outcome is none of 1 claimed, 2 accepted, 3 refused, 4 withdrawn."""

    declaration = "PriorityRegisterUnknownOutcome(uint8 outcome)"
    says = "{outcome} is no outcome of a claim"
    remedy = "Give claimed, accepted, refused or withdrawn."
    outcome: int


class PriorityRegisterVersionMismatchError(CustomError):
    """The statement follows another version of the claim than the recorded one."""

    declaration = (
        "PriorityRegisterVersionMismatch(OfficeNumber later, OfficeNumber earlier, uint8 recorded, uint8 replaces)"
    )
    says = "the claim of {later} on {earlier} is recorded in version {recorded}, and the statement follows {replaces}"
    remedy = "Read it, sign again."
    later: OfficeNumber
    earlier: OfficeNumber
    recorded: int
    replaces: int


class PriorityRegisterVersionLimitError(CustomError):
    """The claim has reached the last version, 255, and a good key vouches for it."""

    declaration = "PriorityRegisterVersionLimit(OfficeNumber later, OfficeNumber earlier)"
    says = "the claim of {later} on {earlier} has reached the last version"
    remedy = "It cannot be changed any more; settle with the readers of the claim by other means."
    later: OfficeNumber
    earlier: OfficeNumber
