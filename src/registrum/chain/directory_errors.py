"""The errors that `OfficeDirectory` declares, one class each; caught by users through `registrum.chain.reverts`."""

from __future__ import annotations

from datetime import datetime

from registrum.chain.custom_error import CustomError


class OfficeDirectoryNotGovernanceError(CustomError):
    """Only the governance account may do this."""

    declaration = "OfficeDirectoryNotGovernance(address caller)"
    says = "{caller} is not the governance account, which alone may do this"
    remedy = "Have the offices decide it."
    caller: str


class OfficeDirectoryNotSeatError(CustomError):
    """Only the seat of the office, or a key with the scope keys where that is enough, may do this."""

    declaration = "OfficeDirectoryNotSeat(OfficeCode office, address caller)"
    says = "{caller} does not act for {office}"
    remedy = "Send from the seat of the office: `registrum office show` names it."
    office: str
    caller: str


class OfficeDirectoryZeroAccountError(CustomError):
    """An account is needed where zero was given."""

    declaration = "OfficeDirectoryZeroAccount()"
    says = "the zero address is no account"
    remedy = "Give the address of an account."


class OfficeDirectoryOfficeExistsError(CustomError):
    """The code was admitted before; a departed code cannot be taken again."""

    declaration = "OfficeDirectoryOfficeExists(OfficeCode office)"
    says = "{office} was admitted before"
    remedy = "Check the ST.3 code; if the office is the same, it is a member already."
    office: str


class OfficeDirectoryUnknownOfficeError(CustomError):
    """No office with this code was ever admitted."""

    declaration = "OfficeDirectoryUnknownOffice(OfficeCode office)"
    says = "{office} was never admitted"
    remedy = "Check the ST.3 code."
    office: str


class OfficeDirectorySeatTakenError(CustomError):
    """The account is already the seat of an office; one seat would cast two votes."""

    declaration = "OfficeDirectorySeatTaken(address seat, OfficeCode office)"
    says = "{seat} is already the seat of {office}"
    remedy = "Give the office an account of its own."
    seat: str
    office: str


class OfficeDirectoryNotProposedSeatError(CustomError):
    """The account was not proposed as the next seat of the office, or not any more."""

    declaration = "OfficeDirectoryNotProposedSeat(OfficeCode office, address caller)"
    says = "{caller} is not the proposed seat of {office}"
    remedy = "Have the present seat propose it."
    office: str
    caller: str


class OfficeDirectoryTextLengthError(CustomError):
    """A text is empty where it must not be, or longer than `limit` bytes."""

    declaration = "OfficeDirectoryTextLength(uint256 length, uint256 limit)"
    says = "a text has {length} bytes where 1 to {limit} are taken"
    remedy = "Shorten the text, or give one; letters outside ASCII count for several bytes."
    length: int
    limit: int


class OfficeDirectoryOfficeDepartedError(CustomError):
    """The office left the consortium. Its records stay; it makes no new ones."""

    declaration = "OfficeDirectoryOfficeDeparted(OfficeCode office)"
    says = "{office} has left the consortium and makes no new records"
    remedy = "Nothing can be recorded for it any more; its records can be read as before."
    office: str


class OfficeDirectoryOfficeSuspendedError(CustomError):
    """The office is suspended until `until`. Its records stay; it makes no new ones meanwhile."""

    declaration = "OfficeDirectoryOfficeSuspended(OfficeCode office, uint40 until)"
    says = "{office} is suspended (until: {until}) and makes no new records meanwhile"
    remedy = "Wait for the end of the suspension, or have the offices end it; then send the same statement again."
    office: str
    until: datetime | None
    """None if the suspension has no end."""


class OfficeDirectorySuspensionEndedError(CustomError):
    """A suspension must end after the present block."""

    declaration = "OfficeDirectorySuspensionEnded(uint40 until)"
    says = "a suspension cannot end at {until}, which is over"
    remedy = "Give a later moment; to end a suspension, reinstate the office."
    until: datetime | None


class OfficeDirectoryNotSuspendedError(CustomError):
    """The office is not suspended."""

    declaration = "OfficeDirectoryNotSuspended(OfficeCode office)"
    says = "{office} is not suspended"
    remedy = "There is nothing to do."
    office: str


class OfficeDirectoryKeyExistsError(CustomError):
    """The account is a key of this office already, or was."""

    declaration = "OfficeDirectoryKeyExists(OfficeCode office, address account)"
    says = "{account} is, or was, a key of {office}"
    remedy = "Use a fresh key; a revoked one stays revoked."
    office: str
    account: str


class OfficeDirectoryUnknownKeyError(CustomError):
    """The account never was a key of this office."""

    declaration = "OfficeDirectoryUnknownKey(OfficeCode office, address account)"
    says = "{account} never was a key of {office}"
    remedy = "Check who signed, and for which chain and contract."
    office: str
    account: str


class OfficeDirectoryTooManyKeysError(CustomError):
    """The office has `limit` keys that are not revoked."""

    declaration = "OfficeDirectoryTooManyKeys(OfficeCode office, uint256 limit)"
    says = "{office} has {limit} keys that are not revoked, and cannot have more"
    remedy = "Revoke those that it no longer uses."
    office: str
    limit: int


class OfficeDirectoryInvalidScopesError(CustomError):
    """Scopes are a sum of 1, 2, 4 and 8, at least one; only the seat grants 8 (keys)."""

    declaration = "OfficeDirectoryInvalidScopes(uint8 scopes)"
    says = "a key cannot be given the scopes {scopes}"
    remedy = "Give a sum of 1 applications, 2 register entries, 4 transactions, 8 keys; only the seat grants 8."
    scopes: int


class OfficeDirectoryInvalidWindowError(CustomError):
    """A key's validity begins now or later and ends after it begins."""

    declaration = "OfficeDirectoryInvalidWindow(uint40 validFrom, uint40 validUntil)"
    says = "a key cannot be valid from {valid_from} until {valid_until} (none: without end)"
    remedy = "Leave the beginning out for now, and give an end after it."
    valid_from: datetime | None
    valid_until: datetime | None
    """None if the window has no end."""


class OfficeDirectoryInvalidCompromiseError(CustomError):
    """A compromise date lies in the past, and may later only be moved to an earlier moment."""

    declaration = "OfficeDirectoryInvalidCompromise(uint40 since, uint40 recorded)"
    says = "a key cannot be declared compromised since {since}; recorded: {recorded}"
    remedy = (
        "Give a moment that is not in the future. If one is recorded, that holds already: name an earlier one only if"
        " the key was misused before it, because what it signed since then is no longer trusted either."
    )
    since: datetime | None
    recorded: datetime | None
    """None if none is recorded."""


class OfficeDirectoryKeyRevokedError(CustomError):
    """The key was revoked at `revokedAt`."""

    declaration = "OfficeDirectoryKeyRevoked(OfficeCode office, address account, uint40 revokedAt)"
    says = "the key {account} of {office} was revoked at {revoked_at}"
    remedy = "Sign again with a key that is in force."
    office: str
    account: str
    revoked_at: datetime


class OfficeDirectoryKeyNotYetValidError(CustomError):
    """The key is not valid before `validFrom`."""

    declaration = "OfficeDirectoryKeyNotYetValid(OfficeCode office, address account, uint40 validFrom)"
    says = "the key {account} of {office} is not valid before {valid_from}"
    remedy = "Wait until then, or sign with a key that is in force."
    office: str
    account: str
    valid_from: datetime


class OfficeDirectoryKeyExpiredError(CustomError):
    """The key was valid until `validUntil`."""

    declaration = "OfficeDirectoryKeyExpired(OfficeCode office, address account, uint40 validUntil)"
    says = "the key {account} of {office} was valid until {valid_until}"
    remedy = "Sign again with a key that is in force."
    office: str
    account: str
    valid_until: datetime


class OfficeDirectoryKeyOutOfScopeError(CustomError):
    """The key may not sign statements of this scope."""

    declaration = "OfficeDirectoryKeyOutOfScope(OfficeCode office, address account, uint8 scope)"
    says = "the key {account} of {office} may not sign statements of scope {scope}"
    remedy = "Sign with a key that has the scope; the seat of the office can add one."
    office: str
    account: str
    scope: int


class OfficeDirectoryNotEmergencyBodyError(CustomError):
    """Only governance or the emergency body may do this."""

    declaration = "OfficeDirectoryNotEmergencyBody(address caller)"
    says = "{caller} is neither the governance account nor the emergency body"
    remedy = "Collect the support of enough offices."
    caller: str


class OfficeDirectorySuspensionShortenedError(CustomError):
    """An emergency can lengthen a suspension, never shorten it."""

    declaration = "OfficeDirectorySuspensionShortened(uint40 until, uint40 recorded)"
    says = "a suspension until {recorded} cannot be shortened to {until} (none: without end) in an emergency"
    remedy = "Put it to the vote: the consortium can end a suspension at any time."
    until: datetime | None
    recorded: datetime | None
    """None if it has no end."""


class OfficeDirectoryEmergencyTooLongError(CustomError):
    """An emergency lasts 90 days at most, until `latest`."""

    declaration = "OfficeDirectoryEmergencyTooLong(uint40 until, uint40 latest)"
    says = "an emergency suspension until {until} (none: without end); {latest} is the latest"
    remedy = "Put a longer suspension to the vote."
    until: datetime | None
    """None if it has no end."""
    latest: datetime


class OfficeDirectoryTooFewActiveError(CustomError):
    """An emergency would leave fewer than three offices active."""

    declaration = "OfficeDirectoryTooFewActive(uint256 active, uint256 least)"
    says = "the emergency would leave {active} offices active; {least} are the least"
    remedy = "Put it to the vote."
    active: int
    least: int


class OfficeDirectoryNoReplacementError(CustomError):
    """No replacement of the seat is under way, the seat objected, or 30 days have gone by since it could be accepted."""  # noqa: E501 - the contract's words

    declaration = "OfficeDirectoryNoReplacement(OfficeCode office)"
    says = "no replacement of the seat of {office} is under way"
    remedy = "Have the offices decide it."
    office: str


class OfficeDirectoryReplacementPendingError(CustomError):
    """The present seat may object until `acceptableFrom`."""

    declaration = "OfficeDirectoryReplacementPending(OfficeCode office, uint40 acceptableFrom)"
    says = "the present seat of {office} may object to its replacement until {acceptable_from}"
    remedy = "Wait."
    office: str
    acceptable_from: datetime


class OfficeDirectoryObjectionBarredError(CustomError):
    """An office that is suspended by vote cannot object: whoever stole its seat would."""

    declaration = "OfficeDirectoryObjectionBarred(OfficeCode office)"
    says = "{office} is suspended by vote, and so its seat cannot object to its replacement"
    remedy = "Ask the other offices to reinstate the office, or to take the replacement back."
    office: str


class OfficeDirectoryInvalidDelayError(CustomError):
    """The objection delay lies between one day and 90 days."""

    declaration = "OfficeDirectoryInvalidDelay(uint40 objectionDelay)"
    says = "an objection delay of {objection_delay} seconds; one day to 90 days are taken"
    remedy = "Give 86400 to 7776000 seconds."
    objection_delay: int


class OfficeDirectoryInvalidSuccessorError(CustomError):
    """A successor is an active office that is not the office itself."""

    declaration = "OfficeDirectoryInvalidSuccessor(OfficeCode office, OfficeCode successor)"
    says = "{successor} cannot succeed {office}: it is not another office that is active"
    remedy = "Name an active office."
    office: str
    successor: str


class OfficeDirectorySuccessorNamedError(CustomError):
    """The office has a successor, which stays."""

    declaration = "OfficeDirectorySuccessorNamed(OfficeCode office, OfficeCode successor)"
    says = "the successor of {office} is {successor}, for good"
    remedy = "Should it depart too, name one for it."
    office: str
    successor: str


class OfficeDirectoryNotDepartedError(CustomError):
    """Only a departed office has a successor."""

    declaration = "OfficeDirectoryNotDeparted(OfficeCode office)"
    says = "{office} has not departed, and so nobody succeeds it"
    remedy = "Put the departure before it in the same proposal; `registrum office succeed` does."
    office: str


class OfficeDirectoryKeySuspendedError(CustomError):
    """The key is suspended until `until`."""

    declaration = "OfficeDirectoryKeySuspended(OfficeCode office, address account, uint40 until)"
    says = "the key {account} of {office} is suspended until {until} (none: without end)"
    remedy = "Sign with another key of the office."
    office: str
    account: str
    until: datetime | None
    """None if the suspension has no end."""


class OfficeDirectoryKeyNotSuspendedError(CustomError):
    """The key is not suspended."""

    declaration = "OfficeDirectoryKeyNotSuspended(OfficeCode office, address account)"
    says = "the key {account} of {office} is not suspended"
    remedy = "There is nothing to do."
    office: str
    account: str
