"""The errors that `EmergencyCouncil` declares, one class each; caught by users through `registrum.chain.reverts`."""

from __future__ import annotations

from datetime import datetime

from registrum.chain.custom_error import CustomError


class EmergencyCouncilNotGovernanceError(CustomError):
    """Only the consortium may do this, by vote."""

    declaration = "EmergencyCouncilNotGovernance(address caller)"
    says = "{caller} is not the timelock of the consortium, which alone may do this"
    remedy = "Propose it: `registrum consortium propose`."
    caller: str


class EmergencyCouncilNotSupporterError(CustomError):
    """The account is not the seat of an active office other than the one concerned."""

    declaration = "EmergencyCouncilNotSupporter(address account)"
    says = "{account} is not the seat of another office that is active"
    remedy = "Support it by the seat of an active office, or hand in what such seats signed."
    account: str


class EmergencyCouncilNotEntitledError(CustomError):
    """The office cannot support this: it is not active, or is itself the one concerned."""

    declaration = "EmergencyCouncilNotEntitled(OfficeCode supporter)"
    says = "{supporter} cannot support this: it is not active, or is itself concerned"
    remedy = "Leave its signature out and collect that of another office."
    supporter: str


class EmergencyCouncilAlreadyUsedError(CustomError):
    """The office supported an emergency against this one before."""

    declaration = "EmergencyCouncilAlreadyUsed(OfficeCode supporter, OfficeCode office)"
    says = "{supporter} has supported an emergency against {office} before"
    remedy = "Put it to the vote."
    supporter: str
    office: str


class EmergencyCouncilInvalidSignatureError(CustomError):
    """The signature is not that of the present seat of the office over this suspension."""

    declaration = "EmergencyCouncilInvalidSignature(OfficeCode supporter)"
    says = "the support of {supporter} is not signed by its present seat"
    remedy = "Have the present seat sign again; `registrum office show` names it."
    supporter: str


class EmergencyCouncilWrongRoundError(CustomError):
    """Support counts for this round only; another emergency came first, or the statement is a repeat."""

    declaration = "EmergencyCouncilWrongRound(OfficeCode office, uint64 round, uint64 expected)"
    says = "the next emergency against {office} is number {expected}, and this is support for number {round}"
    remedy = "If an emergency is still needed, prepare it anew and sign again."
    office: str
    round: int
    expected: int


class EmergencyCouncilInvalidTimeError(CustomError):
    """`validUntil` lies ahead, by 7 days at most."""

    declaration = "EmergencyCouncilInvalidTime(uint40 validUntil, uint40 latest)"
    says = "support cannot count until {valid_until}; {latest} is the latest"
    remedy = "Prepare it anew with a moment that lies ahead by 7 days at most, and sign again."
    valid_until: datetime | None
    latest: datetime


class EmergencyCouncilReasonLengthError(CustomError):
    """A reason has 1 to 1,000 bytes."""

    declaration = "EmergencyCouncilReasonLength(uint256 length, uint256 limit)"
    says = "a reason of {length} bytes where 1 to {limit} are taken"
    remedy = "Say in a sentence or two why the office or its keys must be stopped at once."
    length: int
    limit: int


class EmergencyCouncilTooManyError(CustomError):
    """Emergencies would run against a third of the members."""

    declaration = "EmergencyCouncilTooMany(uint256 running, uint256 members)"
    says = "emergencies would run against {running} of {members} members"
    remedy = "Put it to the vote."
    running: int
    members: int


class EmergencyCouncilInvalidRulesError(CustomError):
    """The quorum lies between three and the number of the other active offices; the duration between one day and 90 days."""  # noqa: E501 - as the interface says it

    declaration = "EmergencyCouncilInvalidRules(uint8 quorum, uint40 duration)"
    says = "an emergency by {quorum} offices for {duration} seconds"
    remedy = "Give a quorum from three on that the other active offices can reach, and one day to 90 days."
    quorum: int
    duration: int


class EmergencyCouncilNoDirectoryError(CustomError):
    """The contract is no directory of offices."""

    declaration = "EmergencyCouncilNoDirectory(address directory)"
    says = "there is no directory at {directory}"
    remedy = "Deploy the directory first and give its address."
    directory: str


class EmergencyCouncilUnknownKeyError(CustomError):
    """The account never was a key of the office."""

    declaration = "EmergencyCouncilUnknownKey(OfficeCode office, address account)"
    says = "{account} never was a key of {office}"
    remedy = "Name keys that the office has."
    office: str
    account: str


class EmergencyCouncilNoKeyError(CustomError):
    """All the keys are revoked, or suspended for longer."""

    declaration = "EmergencyCouncilNoKey(OfficeCode office)"
    says = "all the keys of {office} that are named are revoked, or suspended for longer"
    remedy = "Look at the keys of the office; nothing is left to suspend."
    office: str


class EmergencyCouncilNotMemberError(CustomError):
    """The office is no member: it was never admitted, or departed."""

    declaration = "EmergencyCouncilNotMember(OfficeCode office)"
    says = "{office} is no member of the consortium"
    remedy = "Check the ST.3 code; an office that has left makes no records anyway."
    office: str
