"""The schema of every answer, for the OpenAPI document alone: answers are written as bytes and do not pass through it.

Tests validate what the addresses answer against these models, which allow no member that is not named.
"""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from registrum.client.claims import ClaimResult
from registrum.client.members import OfficeStatus
from registrum.client.proposals import ProposalState
from registrum.client.records import RecordStatus
from registrum.client.verdicts import CalendarUse, Verdict
from registrum.index.answers import ChangeKind, MatchKind
from registrum.web.api.parameters import A_DAY, DAY_SHAPE, DIGEST_SHAPE
from registrum.web.receipts import RelayState

_T = TypeVar("_T")

_MESSAGE: Final = {"number": "0x" + b"EMT018660437".ljust(32, b"\0").hex(), "replaces": 1}
_SIGNATURE: Final = "0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" + "01" * 32 + "1b"
HASH = r"^0x[0-9a-f]{64}$"
ACCOUNT = r"^0x[0-9a-fA-F]{40}$"
TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
DAY = r"^\d{4}-\d{2}-\d{2}$"


def _without_required(schema: dict[str, Any]) -> None:
    schema.pop("required", None)


class Closed(BaseModel):
    """An object without other members."""

    model_config = ConfigDict(extra="forbid")


class Selectable(BaseModel):
    """An object of which `fields` may leave members out; without it all are there."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_without_required)


class ReadAt(Closed):
    """The block that an answer is of."""

    blockNumber: int | None = Field(description="The newest block that is indexed; null before the first.")
    blockHash: str | None = Field(pattern=HASH)
    blockTime: str | None = Field(pattern=TIME)
    lagBlocks: int | None = Field(description="Blocks that the node is ahead; null while it cannot be reached.")
    isComplete: bool = Field(description="False during a first load: answers may then miss later changes.")


class Error(Closed):
    """What went wrong."""

    code: str = Field(description="Stable word that names the kind.", examples=["not_found"])
    message: str
    remedy: str = Field(description="What can be done.")
    details: dict[str, Any]


class ErrorAnswer(Closed):
    """Every answer that is not the one that was asked for."""

    error: Error
    readAt: ReadAt | None = Field(default=None, description="Where the answer rests on the index.")


class PageOf(Closed):
    """The place of a page in its list."""

    total: int = Field(description="How many there are; at least so many where `totalIsCapped`.")
    totalIsCapped: bool
    limit: int
    offset: int
    next: str | None = Field(description="Address of the next page; null on the last.")
    previous: str | None


class FacetedPage(PageOf):
    """The place of a page in its list, and how many of all that was found have which value."""

    facets: dict[str, dict[str, int]]


class One(Closed, Generic[_T]):
    """An answer about one thing."""

    data: _T
    readAt: ReadAt


class OneInParts(Closed, Generic[_T]):
    """An answer about one thing, of whose lists it has a page."""

    data: _T
    page: PageOf
    readAt: ReadAt


class All(Closed, Generic[_T]):
    """An answer with all there are."""

    data: list[_T]
    readAt: ReadAt


class Listed(Closed, Generic[_T]):
    """A page of a list."""

    data: list[_T]
    page: PageOf
    readAt: ReadAt


class Searched(Closed, Generic[_T]):
    """A page of what was found."""

    data: list[_T]
    page: FacetedPage
    readAt: ReadAt


class Disclosed(StrEnum):
    """How a digest stands for the application."""

    PLAIN = "plain"
    SALTED = "salted"


class Found(StrEnum):
    """What the registry says about a number that is recorded."""

    RECORDED = "recorded"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Reconfirmed(Closed):
    """The office's word that a record is right, whoever made it."""

    signingKey: str = Field(pattern=ACCOUNT)
    reconfirmedAt: str = Field(pattern=TIME)
    version: int


class ApplicationRecord(Selectable):
    """An application record."""

    officeNumber: str = Field(examples=["EM/T/018660437"])
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    filingDate: str = Field(pattern=DAY)
    digest: str = Field(pattern=HASH)
    disclosure: Disclosed = Field(description="plain: SHA-256 of the application; salted: a commitment to it.")
    recordedAt: str = Field(pattern=TIME)
    daysLate: int = Field(description="Days from filing to recording.")
    version: int
    status: RecordStatus
    signingKey: str = Field(pattern=ACCOUNT)


class OfficeNumber(Selectable):
    """What the registry says about a number."""

    officeNumber: str = Field(examples=["EM/T/018660437"], description="The canonical form.")
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    askedAs: str = Field(description="The number as it was asked for.")
    warnings: list[str] = Field(description="What is peculiar about the form.")
    standing: Found
    record: ApplicationRecord
    signerCompromisedSince: str | None = Field(
        pattern=TIME, description="Since when the signing key is compromised, where that makes the record suspect."
    )
    reconfirmed: Reconfirmed | None
    conflictingOffers: int = Field(
        ge=0,
        description="How often its office offered other content under this number, which was not taken; `/events` has"
        " each as `ApplicationNotTaken`.",
    )


class Version(Closed):
    """A version of an application record."""

    record: ApplicationRecord
    kind: ChangeKind
    registry: int
    blockNumber: int
    blockTime: str = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)
    changedBy: str | None = Field(pattern=ACCOUNT)
    anchorSequence: int | None
    supersededAt: str | None = Field(pattern=TIME)


class Claim(Closed):
    """A recorded priority claim, and what became of its earlier record since."""

    laterOfficeNumber: str
    earlierOfficeNumber: str
    laterFilingDate: str = Field(pattern=DAY)
    priorityApplicationFilingDate: str = Field(pattern=DAY)
    isPartial: bool
    outcome: ClaimResult
    version: int
    recordedAt: str = Field(pattern=TIME)
    signingKey: str = Field(pattern=ACCOUNT)
    earlierVersion: int
    earlierStatus: RecordStatus | None
    correctedSince: bool
    withdrawnSince: bool


class Claims(Closed):
    """Priority claims of an application, both ways."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    makes: list[Claim]
    makesTotal: int = Field(ge=0, description="How many it makes in all.")
    isBasisOf: list[Claim]
    isBasisOfTotal: int = Field(ge=0, description="How many rest on it in all.")


class Event(Closed):
    """An event of a contract."""

    position: str = Field(description="Where it is on the chain; events sort by it.")
    blockNumber: int
    blockTime: str = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)
    logIndex: int
    contract: str
    name: str
    ipOfficeCode: str | None
    officeNumber: str | None
    arguments: dict[str, Any]


class PriorityCheck(Closed):
    """The verdict on a priority claim."""

    verdict: Verdict
    earlierOfficeNumber: str | None
    lastDay: str | None = Field(pattern=DAY, description="Last day of the priority period.")
    extendedFrom: str | None = Field(pattern=DAY, description="Last day before closed days moved it.")
    restorableUntil: str | None = Field(pattern=DAY)
    calendar: CalendarUse
    earlier: ApplicationRecord | None
    reasons: list[str] = Field(description="Why, in sentences, each with its rule.")


class ClaimToCheck(Closed):
    """A priority claim."""

    earlier: str = Field(
        description="Number of the earlier application, in any form; what is none is malformed_number.",
        examples=["EM/T/018660437"],
    )
    priorityApplicationFilingDate: str = Field(pattern=DAY_SHAPE, json_schema_extra=A_DAY, examples=["2024-01-31"])
    laterIpOfficeCode: str = Field(pattern="^[A-Z]{2}$", examples=["JP"])
    laterIpRight: str = Field(pattern="^[PUTDSG]$", examples=["T"])
    laterFilingDate: str = Field(pattern=DAY_SHAPE, json_schema_extra=A_DAY, examples=["2024-06-30"])
    digest: str | None = Field(default=None, pattern=DIGEST_SHAPE)
    earlierIpOfficeCode: str | None = Field(default=None, description="Where the number does not say it.")
    earlierIpRight: str | None = Field(default=None, description="Where the number does not say it.")


class PriorityChecks(Closed):
    """Priority claims to be judged."""

    claims: list[ClaimToCheck] = Field(min_length=1, max_length=1000)


class Registration(Selectable):
    """An entry of the register."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    state: str
    stage: str
    status: int
    statusText: str
    marks: list[str]
    eventCount: int
    terminatedBy: int | None
    filingDate: str | None = Field(pattern=DAY)
    registrationDate: str | None = Field(pattern=DAY)
    expiryDate: str | None = Field(pattern=DAY)
    ceasedOn: str | None = Field(pattern=DAY)
    classNumbers: list[int]
    head: str = Field(pattern=HASH)
    dossier: str | None = Field(pattern=HASH)
    representation: str | None = Field(pattern=HASH)
    holder: str | None = Field(pattern=HASH)
    applicationOfficeNumber: str | None
    basis: str | None
    parent: str | None
    former: str | None
    continuation: str | None
    standing: str = Field(description="State, stage and dates taken together, on `standingOn`.")
    standingOn: str = Field(pattern=DAY)
    basisCeasedOn: str | None = Field(pattern=DAY)
    onDate: OnDate | None = Field(description="What stood in the register on the day that `on` names.")


class Snapshot(Closed):
    """An entry as it stood on a day."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    state: str
    stage: str
    status: int
    terminatedBy: int | None = None
    filingDate: str | None = Field(default=None, pattern=DAY)
    registrationDate: str | None = Field(default=None, pattern=DAY)
    expiryDate: str | None = Field(default=None, pattern=DAY)
    ceasedOn: str | None = Field(default=None, pattern=DAY)
    classNumbers: list[int] | None = None
    dossier: str | None = Field(default=None, pattern=HASH)
    representation: str | None = Field(default=None, pattern=HASH)
    holder: str | None = Field(default=None, pattern=HASH)
    applicationOfficeNumber: str | None = None
    basis: str | None = None
    parent: str | None = None
    former: str | None = None
    continuation: str | None = None


class OnDate(Closed):
    """What stood in the register on a day."""

    on: str = Field(pattern=DAY)
    knownOn: str | None = Field(pattern=DAY)
    knowledge: str
    standing: str | None
    entry: Snapshot | None
    restsOn: list[int]
    irregular: list[int]
    correctedBy: list[int]
    changedLaterBy: list[int]


class RegistrationHit(Selectable):
    """An entry of the register in a list."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    state: str
    stage: str
    status: int
    statusText: str
    marks: list[str]
    eventCount: int
    filingDate: str | None = Field(pattern=DAY)
    registrationDate: str | None = Field(pattern=DAY)
    expiryDate: str | None = Field(pattern=DAY)
    ceasedOn: str | None = Field(pattern=DAY)
    classNumbers: list[int]
    recordedAt: str = Field(pattern=TIME)


class EventSigner(Closed):
    """Who signed an event."""

    account: str = Field(pattern=ACCOUNT)
    kind: str
    name: str | None
    compromisedSince: str | None = Field(pattern=TIME)


class StatedFacts(Closed):
    """What an event states about its entry: only what it changes; null takes a value back."""

    filingDate: str | None = None
    registrationDate: str | None = None
    expiryDate: str | None = None
    classNumbers: list[int] | None = None
    dossier: str | None = None
    representation: str | None = None
    holder: str | None = None
    relation: str | None = None
    relatedOfficeNumber: str | None = None
    released: list[int] | None = None


class RegisterEvent(Selectable):
    """A legal-status event of an entry."""

    officeNumber: str
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    codeSystem: str
    eventCode: str
    resulting: str = Field(description="State and stage after it.")
    status: int
    eventDate: str = Field(pattern=DAY)
    effectiveDate: str = Field(pattern=DAY)
    publicationDate: str | None = Field(pattern=DAY)
    document: str | None = Field(pattern=HASH)
    corrects: int | None
    flags: list[str]
    facts: StatedFacts
    sequence: int
    head: str = Field(pattern=HASH)
    previous: str | None = Field(pattern=HASH)
    before: str | None
    isIrregular: bool
    signer: EventSigner
    recordedAt: str = Field(pattern=TIME)
    blockNumber: int
    transactionHash: str = Field(pattern=HASH)
    title: str
    statusText: str
    isSuspect: bool
    correctedBy: int | None


class Office(Selectable):
    """An office."""

    ipOfficeCode: str
    name: str
    status: OfficeStatus
    seat: str = Field(pattern=ACCOUNT)
    admittedAt: str = Field(pattern=TIME)
    suspendedUntil: str | None = Field(pattern=TIME)
    earliestFilingDate: str | None = Field(pattern=DAY)
    keyCount: int
    endpoint: str = Field(description="As the office stated it; not checked, never fetched.")


class SeatReplacement(Closed):
    """The replacement of a lost seat."""

    newSeat: str = Field(pattern=ACCOUNT)
    acceptableFrom: str = Field(pattern=TIME)


class OfficeInFull(Closed):
    """An office, and what is under way about it."""

    ipOfficeCode: str
    name: str
    status: OfficeStatus
    seat: str = Field(pattern=ACCOUNT)
    admittedAt: str = Field(pattern=TIME)
    suspendedUntil: str | None = Field(pattern=TIME)
    earliestFilingDate: str | None = Field(pattern=DAY)
    keyCount: int
    endpoint: str
    successor: str | None
    proposedSeat: str | None = Field(pattern=ACCOUNT)
    seatReplacement: SeatReplacement | None


class Key(Closed):
    """A signing key."""

    ipOfficeCode: str
    account: str = Field(pattern=ACCOUNT)
    scopes: list[str]
    validFrom: str = Field(pattern=TIME)
    validUntil: str | None = Field(pattern=TIME)
    revokedAt: str | None = Field(pattern=TIME)
    compromisedSince: str | None = Field(pattern=TIME)


class KeyInFull(Key):
    """A signing key, and whether it is suspended."""

    isSuspended: bool
    suspendedUntil: str | None = Field(pattern=TIME, description="Null without end, or where it is not suspended.")


class Calendar(Closed):
    """The closed days of an office in a year."""

    ipOfficeCode: str
    year: int
    weekly: list[int] = Field(description="Weekdays on which it is closed, 0 Monday to 6 Sunday.")
    closed: list[str]
    opened: list[str]
    version: int
    publishedAt: str = Field(pattern=TIME)


class Tally(Closed):
    """How a proposal stands."""

    forVotes: int
    againstVotes: int
    abstainVotes: int
    activeOffices: int
    needed: int
    isFinal: bool


class Vote(Closed):
    """The vote of an office."""

    ipOfficeCode: str
    support: str
    reason: str
    seat: str = Field(pattern=ACCOUNT)
    counts: bool
    votedAt: str | None = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)


class Remark(Closed):
    """What an observer said."""

    observer: str = Field(pattern=ACCOUNT)
    name: str
    text: str
    madeAt: str | None = Field(pattern=TIME)
    transactionHash: str = Field(pattern=HASH)


class ProposedCall(Closed):
    """A call that a proposal makes."""

    target: str = Field(pattern=ACCOUNT)
    value: str
    data: str
    contract: str | None
    function: str | None
    arguments: dict[str, Any]
    sentence: str
    readable: bool


class Proposal(Closed):
    """A proposal as it stands."""

    id: str = Field(pattern=HASH)
    state: ProposalState
    ipOfficeCode: str
    proposer: str = Field(pattern=ACCOUNT)
    description: str
    plainWords: list[str]
    readable: bool
    matchesId: bool
    calls: list[ProposedCall]
    voteStart: str = Field(pattern=TIME)
    voteEnd: str = Field(pattern=TIME)
    countUntil: str = Field(pattern=TIME)
    executableFrom: str | None = Field(pattern=TIME)
    executableUntil: str | None = Field(pattern=TIME)
    tally: Tally
    votes: list[Vote]
    remarks: list[Remark]
    proposedAt: str | None = Field(pattern=TIME)
    blockNumber: int
    transactionHash: str = Field(pattern=HASH)


class Anchor(Closed):
    """A Merkle root that stands for many records."""

    ipOfficeCode: str
    sequence: int
    root: str = Field(pattern=HASH)
    leafCount: int
    signingKey: str = Field(pattern=ACCOUNT)
    recordedAt: str = Field(pattern=TIME)
    blockNumber: int
    transactionHash: str = Field(pattern=HASH)
    disclosedCount: int | None = Field(description="How many were disclosed since; null in lists.")


class ProofAnchor(Closed):
    """The anchor of a proof."""

    office: str
    sequence: int
    root: str = Field(pattern=HASH)
    leafCount: int


class ProofDomain(Closed):
    """Chain and contract of a proof."""

    chainId: int
    contract: str = Field(pattern=ACCOUNT)


class Proof(Closed):
    """A proof file, `registrum-proof/1`."""

    format: str
    number: str
    onChain: str = Field(pattern=HASH)
    filingDate: str = Field(pattern=DAY)
    disclosure: Disclosed
    digest: str = Field(pattern=HASH)
    documentDigest: str | None
    salt: str | None
    leafIndex: int
    path: list[str]
    anchor: ProofAnchor
    signature: str
    signer: str = Field(pattern=ACCOUNT)
    domain: ProofDomain
    recordedAt: str | None = Field(pattern=TIME)


class DigestMatch(Closed):
    """Something recorded that a digest stands for."""

    kind: MatchKind
    ipOfficeCode: str | None
    officeNumber: str | None
    version: int
    isPresent: bool
    recordedAt: str = Field(pattern=TIME)
    standing: Found | None = Field(description="Of an application, as it stands now; null for what is none.")
    signerCompromisedSince: str | None = Field(
        pattern=TIME, description="Since when the signing key is compromised, where that makes it suspect."
    )


class Digest(Closed):
    """What a digest stands for."""

    digest: str = Field(pattern=HASH)
    matches: list[DigestMatch]


class SigningDomain(Closed):
    """Where a statement is valid."""

    name: str
    version: str
    chainId: int | str
    verifyingContract: str = Field(pattern=ACCOUNT)


class SignedStatement(Closed):
    """What an office signed (EIP-712), with the signature."""

    primaryType: str = Field(
        pattern="^(Registration|RegistrationBatch|Anchor|Correction|Withdrawal|Reinstatement|Reconfirmation"
        "|ClaimOutcome|LegalStatusEvent|EventBatch|Empowerment|RenewalTerms)$",
        examples=["Withdrawal"],
    )
    message: dict[str, Any] = Field(description="The values that were signed.", examples=[_MESSAGE])
    signature: str = Field(pattern="^0x([0-9a-fA-F]{2})+$", max_length=16_386, examples=[_SIGNATURE])
    types: dict[str, Any] | None = Field(default=None, description="As wallets want them; compared.")
    domain: SigningDomain | None = Field(default=None, description="As wallets want it; compared.")


class Statement(Closed):
    """What became of a statement."""

    id: str = Field(pattern=HASH)
    primaryType: str
    description: str
    signer: str = Field(pattern=ACCOUNT)
    state: RelayState
    transactionHash: str | None = Field(
        pattern=HASH,
        description="The newest that hands it in, or the one by which it was recorded before; null where it is in none,"
        " or that one is not known.",
    )
    blockNumber: int | None = Field(
        description="The block that holds it; of what was recorded before by a transaction that is not known, one that"
        " shows it."
    )
    blockHash: str | None = Field(pattern=HASH)
    events: list[Event] | None = Field(
        description="What the contracts said, once the index has the transaction; null before."
    )
    error: Error | None = Field(description="Why it was refused.")
    acceptedAt: str = Field(pattern=TIME)
    updatedAt: str = Field(pattern=TIME)


class NodeStatus(Closed):
    """The node."""

    configured: bool
    reachable: bool
    newestBlock: int | None


class IndexStatus(Closed):
    """The index."""

    complete: bool
    lagBlocks: int | None


class RelayStatus(Closed):
    """Whether statements are relayed."""

    enabled: bool
    account: str | None
    needsKey: bool
    trouble: str


class Limits(Closed):
    """Bounds of requests."""

    mostBodyBytes: int
    mostClaims: int
    mostItems: int


class Status(Closed):
    """What this server is for, and whether it works."""

    chainId: int
    genesisHash: str = Field(pattern=HASH)
    contracts: dict[str, str]
    node: NodeStatus
    index: IndexStatus
    relay: RelayStatus
    limits: Limits


def _named(name: str, form: type[BaseModel]) -> type[BaseModel]:
    """The form of an answer under a name of its own, which generated clients have for it."""
    return type(name, (form,), {"__doc__": form.__doc__, "__module__": __name__})


LookupAnswer = _named("LookupAnswer", One[OfficeNumber])
VersionsAnswer = _named("VersionsAnswer", All[Version])
ClaimsAnswer = _named("ClaimsAnswer", OneInParts[Claims])
EventsAnswer = _named("EventsAnswer", Listed[Event])
ApplicationsAnswer = _named("ApplicationsAnswer", Searched[ApplicationRecord])
PriorityCheckAnswer = _named("PriorityCheckAnswer", One[PriorityCheck])
PriorityChecksAnswer = _named("PriorityChecksAnswer", All[PriorityCheck])
RegistrationAnswer = _named("RegistrationAnswer", One[Registration])
RegistrationsAnswer = _named("RegistrationsAnswer", Searched[RegistrationHit])
RegisterEventsAnswer = _named("RegisterEventsAnswer", Listed[RegisterEvent])
OfficesAnswer = _named("OfficesAnswer", Listed[Office])
OfficeAnswer = _named("OfficeAnswer", One[OfficeInFull])
KeysAnswer = _named("KeysAnswer", Listed[Key])
KeyAnswer = _named("KeyAnswer", One[KeyInFull])
CalendarsAnswer = _named("CalendarsAnswer", Listed[Calendar])
CalendarAnswer = _named("CalendarAnswer", One[Calendar])
ProposalsAnswer = _named("ProposalsAnswer", Listed[Proposal])
ProposalAnswer = _named("ProposalAnswer", One[Proposal])
AnchorsAnswer = _named("AnchorsAnswer", Listed[Anchor])
AnchorAnswer = _named("AnchorAnswer", One[Anchor])
DigestAnswer = _named("DigestAnswer", OneInParts[Digest])
StatementAnswer = _named("StatementAnswer", One[Statement])
StatusAnswer = _named("StatusAnswer", One[Status])

_TEXTS = {
    400: "The request cannot be read: `bad_request`, `bad_number`, `bad_office_code`, `bad_date`, `bad_digest`.",
    401: "The API key is missing or wrong: `unauthorised`.",
    403: "The server does not do this: `relay_off`, `unknown_signer`.",
    404: "Nothing is recorded (`not_found`), or nothing can be said (`not_covered`).",
    405: "The address does not take this method: `method_not_allowed`.",
    408: "The body did not come in time: `body_timeout`.",
    409: "It contradicts what is there: `conflict`.",
    413: "The body is too long: `too_large`.",
    415: "The body is not JSON: `unsupported_media_type`.",
    429: "The client asks too much: `rate_limited`; see `Retry-After`.",
    500: "The server has failed: `internal`.",
    503: (
        "The node (`unreachable`) or the index (`index_unavailable`) is needed and does not answer, or the index is"
        " still reading the chain (`index_not_complete`)."
    ),
}
_ALWAYS = (400, 429, 500, 503)
_FRESHNESS = {
    "ETag": {"schema": {"type": "string"}, "description": "Stands for the answer without `readAt`."},
    "Registrum-Block-Number": {"schema": {"type": "integer"}},
    "Registrum-Block-Hash": {"schema": {"type": "string"}},
    "Registrum-Lag-Blocks": {"schema": {"type": "integer"}},
    "Registrum-Index-Complete": {"schema": {"type": "boolean"}},
}


def answers(model: type[BaseModel], *others: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The answers of an address, for its document.

    Args:
        model: What it answers.
        others: Statuses of errors besides those that every address has.
        status: Status of the answer.
    """
    description = (model.__doc__ or "The answer.").strip().splitlines()[0]
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": model, "description": description, "headers": _FRESHNESS}
    }
    if status == 200:
        found[304] = {"description": "The client has the answer already.", "headers": _FRESHNESS}
    for code in sorted({*_ALWAYS, *others}):
        found[code] = {"model": ErrorAnswer, "description": _TEXTS[code]}
    return found


def body(model: type[BaseModel]) -> dict[str, Any]:
    """A body that is read without its model, for the document."""
    return {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}},
    }


BODIES: Final = (PriorityChecks, SignedStatement)
"""Models of bodies, which FastAPI does not see."""
