"""The schema of every answer, for the OpenAPI document alone: answers are written as bytes and do not pass through it.

Tests validate what the addresses answer against these models, which allow no member that is not named.
"""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ErrorAnswer",
    "LookupAnswer",
    "OfficeNumber",
    "StatusAnswer",
    "answers",
]

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
    disclosure: str = Field(description="plain: SHA-256 of the application; salted: a commitment to it.")
    recordedAt: str = Field(pattern=TIME)
    daysLate: int = Field(description="Days from filing to recording.")
    version: int
    status: str = Field(description="filed, corrected or withdrawn")
    signingKey: str = Field(pattern=ACCOUNT)


class OfficeNumber(Selectable):
    """What the registry says about a number."""

    officeNumber: str = Field(examples=["EM/T/018660437"], description="The canonical form.")
    ipOfficeCode: str
    ipRight: str
    applicationNumberText: str
    askedAs: str = Field(description="The number as it was asked for.")
    warnings: list[str] = Field(description="What is peculiar about the form.")
    standing: str = Field(description="recorded, corrected or withdrawn")
    record: ApplicationRecord | None
    signerCompromisedSince: str | None = Field(
        pattern=TIME, description="Since when the signing key is compromised, where that makes the record suspect."
    )
    reconfirmed: Reconfirmed | None


class LookupAnswer(Closed):
    """Answer about a number."""

    data: OfficeNumber
    readAt: ReadAt


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


class StatusAnswer(Closed):
    """Answer about the server."""

    data: Status
    readAt: ReadAt


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
    503: "The node (`unreachable`) or the index (`index_unavailable`) is needed and does not answer.",
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
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": model, "description": str(model.__doc__).splitlines()[0], "headers": _FRESHNESS}
    }
    if status == 200:
        found[304] = {"description": "The client has the answer already.", "headers": _FRESHNESS}
    for code in sorted({*_ALWAYS, *others}):
        found[code] = {"model": ErrorAnswer, "description": _TEXTS[code]}
    return found
