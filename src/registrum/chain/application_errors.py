"""The errors that `ApplicationRegistry` declares, one class each; caught by users through `registrum.chain.reverts`."""

from __future__ import annotations

from datetime import date, datetime

from registrum.chain.custom_error import CustomError
from registrum.numbers import OfficeNumber


class ApplicationRegistryConflictError(CustomError):
    """The number is recorded with other content."""

    declaration = (
        "ApplicationRegistryConflict(OfficeNumber number, bytes32 recordedDigest, CalendarDate recordedFilingDate)"
    )
    says = "{number} is recorded with other content: filing date {recorded_filing_date}, digest {recorded_digest}"
    remedy = "Compare; if the record is wrong, `correct` it."
    number: OfficeNumber
    recorded_digest: bytes
    recorded_filing_date: date


class ApplicationRegistryFutureDateError(CustomError):
    """The filing date lies after today's date anywhere on Earth, or after the anchor that holds it."""

    declaration = "ApplicationRegistryFutureDate(OfficeNumber number, CalendarDate filingDate, CalendarDate latest)"
    says = "the filing date {filing_date} of {number} is in the future: the latest possible is {latest}"
    remedy = "Check the filing date and the clock."
    number: OfficeNumber
    filing_date: date
    latest: date


class ApplicationRegistryBeforeOfficeError(CustomError):
    """The filing date lies before the first day on which the office issued numbers."""

    declaration = "ApplicationRegistryBeforeOffice(OfficeNumber number, CalendarDate filingDate, CalendarDate earliest)"
    says = "the filing date {filing_date} of {number} is before {earliest}, since when the office issues numbers"
    remedy = "Check the filing date; the seat of the office can move its bound."
    number: OfficeNumber
    filing_date: date
    earliest: date


class ApplicationRegistryNoDigestError(CustomError):
    """The digest is zero."""

    declaration = "ApplicationRegistryNoDigest(OfficeNumber number)"
    says = "the digest of {number} is zero"
    remedy = "Give the SHA-256 of the application, or a salted commitment."
    number: OfficeNumber


class ApplicationRegistryUnknownDisclosureError(CustomError):
    """Disclosure is 0 (SHA-256) or 1 (salted commitment)."""

    declaration = "ApplicationRegistryUnknownDisclosure(OfficeNumber number, uint8 disclosure)"
    says = "{disclosure} is no kind of disclosure for {number}"
    remedy = "Use 0 for the SHA-256 of the application, 1 for a salted commitment."
    number: OfficeNumber
    disclosure: int


class ApplicationRegistryBatchSizeError(CustomError):
    """A batch holds 1 to `limit` items."""

    declaration = "ApplicationRegistryBatchSize(uint256 size, uint256 limit)"
    says = "a batch of {size} items; 1 to {limit} are taken"
    remedy = "Divide the batch; `Registry.register_many` does."
    size: int
    limit: int


class ApplicationRegistryNotRecordedError(CustomError):
    """The number is not recorded."""

    declaration = "ApplicationRegistryNotRecorded(OfficeNumber number)"
    says = "{number} is not recorded"
    remedy = "Register it first."
    number: OfficeNumber


class ApplicationRegistryVersionMismatchError(CustomError):
    """The statement replaces another version than the recorded one."""

    declaration = "ApplicationRegistryVersionMismatch(OfficeNumber number, uint8 recorded, uint8 replaces)"
    says = "{number} is recorded in version {recorded}, and the statement replaces version {replaces}"
    remedy = "Read the record, sign again."
    number: OfficeNumber
    recorded: int
    replaces: int


class ApplicationRegistryVersionLimitError(CustomError):
    """The record has reached the last version, 255, and a good key vouches for it."""

    declaration = "ApplicationRegistryVersionLimit(OfficeNumber number)"
    says = "{number} has reached the last version"
    remedy = "It cannot be changed any more; settle with the readers of the record by other means."
    number: OfficeNumber


class ApplicationRegistryNotWithdrawnError(CustomError):
    """The record is not withdrawn, so there is nothing to take back."""

    declaration = "ApplicationRegistryNotWithdrawn(OfficeNumber number)"
    says = "{number} is not withdrawn"
    remedy = "Read the record."
    number: OfficeNumber


class ApplicationRegistryInvalidPredecessorError(CustomError):
    """The predecessor is no registry with the same directory."""

    declaration = "ApplicationRegistryInvalidPredecessor(address predecessor)"
    says = "{predecessor} is no registry with the same directory"
    remedy = "Give the registry to take over from, or zero for none."
    predecessor: str


class ApplicationRegistryEmptyAnchorError(CustomError):
    """An anchor needs a root that is not zero and at least one leaf."""

    declaration = "ApplicationRegistryEmptyAnchor(bytes32 root, uint40 leafCount)"
    says = "an anchor with the root {root} and {leaf_count} leaves"
    remedy = "Build the anchor from at least one record."
    root: bytes
    leaf_count: int


class ApplicationRegistrySequenceGapError(CustomError):
    """The office's next anchor has another sequence number."""

    declaration = "ApplicationRegistrySequenceGap(OfficeCode office, uint64 expected, uint64 sequence)"
    says = "the next anchor of {office} has the sequence number {expected}, not {sequence}"
    remedy = "Read `nextSequence`, sign again."
    office: str
    expected: int
    sequence: int


class ApplicationRegistryAnchorConflictError(CustomError):
    """The sequence number is taken by another anchor."""

    declaration = "ApplicationRegistryAnchorConflict(OfficeCode office, uint64 sequence)"
    says = "another anchor of {office} has the sequence number {sequence}"
    remedy = "Read the next sequence number and sign again with it."
    office: str
    sequence: int


class ApplicationRegistryUnknownAnchorError(CustomError):
    """No such anchor: office, sequence, root, leaf count and signing key must all be those recorded."""

    declaration = "ApplicationRegistryUnknownAnchor(OfficeCode office, uint64 sequence)"
    says = "{office} has recorded no such anchor with the sequence number {sequence}"
    remedy = "Check that the proof is for this chain and that its anchor was recorded."
    office: str
    sequence: int


class ApplicationRegistryInvalidMomentError(CustomError):
    """The moment as of which records are confirmed lies after the time of the block."""

    declaration = "ApplicationRegistryInvalidMoment(uint40 asOf)"
    says = "records cannot be confirmed as of {as_of}, which is still to come by the clock of the chain"
    remedy = "Give the time of the block at which the records were read, in seconds since 1970."
    as_of: datetime | None
    """None for zero, and after the year 9999."""


class ApplicationRegistryRecordedSinceError(CustomError):
    """The present content of the record was recorded after the moment as of which it is confirmed, though it is the content that is stated: whoever signed has not seen this record."""  # noqa: E501 - the contract's words

    declaration = "ApplicationRegistryRecordedSince(OfficeNumber number, uint40 recordedAt, uint40 asOf)"
    says = "the present content of {number} was recorded at {recorded_at}, and the records are confirmed as of {as_of}"
    remedy = "Read the record and its history, and find out why it changed before it is confirmed again."
    number: OfficeNumber
    recorded_at: datetime | None
    as_of: datetime | None
    """None for zero."""


class ApplicationRegistryOtherOfficeError(CustomError):
    """The number is another office's than the anchor, or than the reconfirmation."""

    declaration = "ApplicationRegistryOtherOffice(OfficeNumber number, OfficeCode office)"
    says = "{number} is not a number of {office}, whose anchor or reconfirmation it is in"
    remedy = "An office states its own numbers only: leave this one out."
    number: OfficeNumber
    office: str


class ApplicationRegistryInvalidProofError(CustomError):
    """The proof does not lead from this record to the root of the anchor."""

    declaration = "ApplicationRegistryInvalidProof(OfficeNumber number)"
    says = "the proof for {number} does not lead to the root of its anchor"
    remedy = "Verify the proof file offline; ask its office for another."
    number: OfficeNumber
