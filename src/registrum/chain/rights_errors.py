"""The errors that `RightsRegister`, `OfficePractice` and `RightsStanding` declare, one class each.

Caught by users through `registrum.chain.reverts`.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from registrum.chain.custom_error import CustomError
from registrum.numbers import OfficeNumber

_RELATIONS = (
    "none",
    "application record",
    "basis",
    "divided from",
    "continuation of",
    "converted from",
    "divides",
    "merges into",
    "absorbs",
)


class RightsRegisterNotGovernanceError(CustomError):
    """The caller is not the governing body."""

    declaration = "RightsRegisterNotGovernance(address caller)"
    says = "{caller} does not govern: the offices do, by vote"
    remedy = "The table of codes is changed by a vote of the offices."
    caller: str


class RightsRegisterNoPracticeError(CustomError):
    """There is no contract at the address given for the offices' practice."""

    declaration = "RightsRegisterNoPractice(address practice)"
    says = "there is no contract at {practice}"
    remedy = "Deploy with the addresses of one deployment."
    practice: str


class RightsRegisterUnknownRightError(CustomError):
    """The right is neither `T` nor `D`."""

    declaration = "RightsRegisterUnknownRight(bytes1 right)"
    says = "{right} is neither T nor D"
    remedy = "This register has trade marks and designs; other rights are not kept in it."
    right: bytes


class RightsRegisterInvalidRuleError(CustomError):
    """A row of a table cannot be set."""

    declaration = "RightsRegisterInvalidRule(bytes32 row)"
    says = "the row {row} of a table cannot be set"
    remedy = "See `CodeRule` and `StatusRule`; a text that changes gets a new position."
    row: bytes


class RightsRegisterOtherOfficeError(CustomError):
    """The number is of another office than the batch."""

    declaration = "RightsRegisterOtherOffice(OfficeNumber number, OfficeCode office)"
    says = "{number} is not a number of {office}"
    remedy = "One batch has events of one office."
    number: OfficeNumber
    office: str


class RightsRegisterBatchSizeError(CustomError):
    """The batch is empty or too long."""

    declaration = "RightsRegisterBatchSize(uint256 size, uint256 maximum)"
    says = "a batch has 1 to {maximum} events, not {size}"
    remedy = "Split it."
    size: int
    maximum: int


class RightsRegisterNotHeadError(CustomError):
    """The event does not name the entry's head."""

    declaration = "RightsRegisterNotHead(OfficeNumber number, bytes32 head, bytes32 previous)"
    says = "the event of {number} follows {previous}, but the head of the entry is {head}"
    remedy = "Read the history and sign again for the present head, if the event still applies."
    number: OfficeNumber
    head: bytes
    previous: bytes


class RightsRegisterContinuedError(CustomError):
    """The entry goes on under another number."""

    declaration = "RightsRegisterContinued(OfficeNumber number, OfficeNumber continuation)"
    says = "{number} goes on under {continuation}"
    remedy = "Record the event there."
    number: OfficeNumber
    continuation: OfficeNumber


class RightsRegisterUnknownCodeError(CustomError):
    """The code is not in the table for this right."""

    declaration = "RightsRegisterUnknownCode(OfficeNumber number, bytes8 system, bytes32 statusCode)"
    says = "the table has no code {status_code} of {system} for {number}"
    remedy = (
        "`registrum codes list` shows the table; codes of the office itself have the system `NAT:` and its ST.3 code."
    )
    number: OfficeNumber
    system: bytes
    status_code: bytes


class RightsRegisterUnknownStatusError(CustomError):
    """The status is not in the table for this right."""

    declaration = "RightsRegisterUnknownStatus(OfficeNumber number, uint8 status)"
    says = "the table has no status {status} for {number}"
    remedy = "`registrum codes list` shows the table."
    number: OfficeNumber
    status: int


class RightsRegisterUnknownStageError(CustomError):
    """State and stage are not two of the characters that WIPO ST.96 has for them."""

    declaration = "RightsRegisterUnknownStage(OfficeNumber number, bytes2 resulting)"
    says = "the event of {number} leads to {resulting}, which is no state and stage"
    remedy = "Give one of `A N T U`, then one of `0` to `6`."
    number: OfficeNumber
    resulting: bytes


class RightsRegisterNotCreatingError(CustomError):
    """An entry begins with an event of category A, or with one that is flagged as imported."""

    declaration = "RightsRegisterNotCreating(OfficeNumber number, bytes32 statusCode)"
    says = "{number} has no entry, and {status_code} begins none"
    remedy = "Record the filing first."
    number: OfficeNumber
    status_code: bytes


class RightsRegisterAlreadyCreatedError(CustomError):
    """The entry exists, and the event can only be the first of one."""

    declaration = "RightsRegisterAlreadyCreated(OfficeNumber number)"
    says = "{number} has an entry already"
    remedy = "Only a first event is imported, divided from, continuation of, or converted from another."
    number: OfficeNumber


class RightsRegisterNotEmpoweredError(CustomError):
    """The body is not empowered for events of this category, or, where the number is new, for category A."""

    declaration = "RightsRegisterNotEmpowered(OfficeNumber number, address body, bytes1 category)"
    says = "{body} may not record events of category {category} for {number}"
    remedy = "The office widens the empowerment, or signs the event itself."
    number: OfficeNumber
    body: str
    category: bytes


class RightsRegisterBeforeFilingError(CustomError):
    """A date of the event is before the filing date."""

    declaration = "RightsRegisterBeforeFiling(OfficeNumber number, CalendarDate day, CalendarDate filingDate)"
    says = "{day} is before the filing date {filing_date} of {number}"
    remedy = "Correct the date; of an entry that was divided or converted the filing date is that of its parent."
    number: OfficeNumber
    day: date
    filing_date: date


class RightsRegisterFutureDateError(CustomError):
    """The day has not come anywhere on Earth; what is recorded has happened."""

    declaration = "RightsRegisterFutureDate(OfficeNumber number, CalendarDate day, CalendarDate latest)"
    says = "{day} of {number} is in the future; the latest possible day is {latest}"
    remedy = "Correct the date, or wait."
    number: OfficeNumber
    day: date
    latest: date


class RightsRegisterTerminatedError(CustomError):
    """The entry is terminated."""

    declaration = "RightsRegisterTerminated(OfficeNumber number, bytes32 statusCode)"
    says = "{number} is terminated, so {status_code} cannot be recorded like this"
    remedy = "If it was terminated by mistake, correct the event that terminated it."
    number: OfficeNumber
    status_code: bytes


class RightsRegisterInvalidCorrectionError(CustomError):
    """The event corrects what it cannot."""

    declaration = "RightsRegisterInvalidCorrection(OfficeNumber number, uint16 corrects)"
    says = "the event of {number} cannot correct event {corrects}"
    remedy = "Correct the latest correction instead; give `corrects` with codes of category Y, and only with them."
    number: OfficeNumber
    corrects: int


class RightsRegisterInvalidFlagsError(CustomError):
    """The flags have a bit without meaning, or do not go with the event."""

    declaration = "RightsRegisterInvalidFlags(OfficeNumber number, uint16 flags)"
    says = "the event of {number} has the flags {flags}"
    remedy = "Give a sum of 1, 2 and 4; 4 only with `corrects`."
    number: OfficeNumber
    flags: int


class RightsRegisterInvalidChangesError(CustomError):
    """A value is given that `changes` does not announce, or that must not change."""

    declaration = "RightsRegisterInvalidChanges(OfficeNumber number, uint16 changes)"
    says = "the event of {number} states values that do not go with its changes {changes}"
    remedy = (
        "Set the bit of every value that is stated, leave all others zero; the filing date changes only "
        "while the application is being filed, or by a correction."
    )
    number: OfficeNumber
    changes: int


class RightsRegisterInvalidClassesError(CustomError):
    """The classes cannot be those of the entry."""

    declaration = "RightsRegisterInvalidClasses(OfficeNumber number, uint64 classes)"
    says = "{number} cannot have the classes {classes}"
    remedy = "Give fewer classes, a correction, or a new application."
    number: OfficeNumber
    classes: int


class RightsRegisterInvalidTermError(CustomError):
    """Registration or expiry do not follow the filing date."""

    declaration = "RightsRegisterInvalidTerm(OfficeNumber number, CalendarDate registration, CalendarDate expiry)"
    says = "registration {registration} and expiry {expiry} of {number} do not follow its filing"
    remedy = "Registration is not before filing, expiry is after it."
    number: OfficeNumber
    registration: date
    expiry: date


class RightsRegisterNotRenewableError(CustomError):
    """The right cannot be renewed yet, or not any more."""

    declaration = "RightsRegisterNotRenewable(OfficeNumber number, CalendarDate opens, CalendarDate closes)"
    says = "{number} can be renewed from {opens} to {closes}"
    remedy = "Wait; or record a restoration (category K)."
    number: OfficeNumber
    opens: date
    closes: date


class RightsRegisterNoSurchargeError(CustomError):
    """The right is renewed after expiry without the surcharge."""

    declaration = "RightsRegisterNoSurcharge(OfficeNumber number, CalendarDate expiryDate)"
    says = "{number} expired on {expiry_date}, and the event does not say that the surcharge was paid"
    remedy = "Set flag 2 if it was paid (Paris Convention, Article 5bis)."
    number: OfficeNumber
    expiry_date: date


class RightsRegisterInvalidRenewalError(CustomError):
    """A renewal does not add the office's period, or goes beyond its maximum."""

    declaration = "RightsRegisterInvalidRenewal(OfficeNumber number, CalendarDate expiryDate, CalendarDate expected)"
    says = "a renewal of {number} leads to {expected}, not to {expiry_date}"
    remedy = "Give the expiry date that is expected; see `renewalTermsOf`."
    number: OfficeNumber
    expiry_date: date
    expected: date


class RightsRegisterInvalidRelationError(CustomError):
    """The relation to the other entry cannot be."""

    declaration = (
        "RightsRegisterInvalidRelation(OfficeNumber number, enum IRightsRegister.Relation relation,"
        " OfficeNumber related)"
    )
    says = "{number} cannot be related to {related} like this: {relation}"
    words = MappingProxyType({"relation": _RELATIONS})
    remedy = "See `Relation` and `divisionOf`."
    number: OfficeNumber
    relation: int
    related: OfficeNumber


class OfficePracticeUnknownRightError(CustomError):
    """The right is neither `T` nor `D`."""

    declaration = "OfficePracticeUnknownRight(bytes1 right)"
    says = "{right} is neither T nor D"
    remedy = "Only trade marks and designs are renewed here."
    right: bytes


class OfficePracticeInvalidStatementError(CustomError):
    """The statement does not follow the one before it, or has a value out of range."""

    declaration = "OfficePracticeInvalidStatement(OfficeCode office, uint16 version)"
    says = "the statement of {office} with version {version} cannot be taken"
    remedy = "The version is one more than `version` of `bodyOf` or `renewalTermsOf`."
    office: str
    version: int


class RightsStandingNoRegisterError(CustomError):
    """There is no contract at the address given for the register."""

    declaration = "RightsStandingNoRegister(address register)"
    says = "there is no contract at {register}"
    remedy = "Deploy with the addresses of one deployment."
    register: str
