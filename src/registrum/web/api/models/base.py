"""What the schemas of all answers are made of: the block, the error, pages, and the frames around the data.

Not its job: what is in the data (the other modules of this package).
"""

# ruff: noqa: N815 - names of the interface

from __future__ import annotations

from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ACCOUNT",
    "DAY",
    "HASH",
    "TIME",
    "All",
    "Closed",
    "Disclosed",
    "Error",
    "ErrorAnswer",
    "FacetedPage",
    "Listed",
    "One",
    "OneInParts",
    "PageOf",
    "ReadAt",
    "Searched",
    "Selectable",
]

_T = TypeVar("_T")
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
    next: str | None = Field(description="Address of the next page; null on the last that can be asked for.")
    previous: str | None
    isCutOff: bool = Field(
        description="Whether more was found than `offset` reaches: narrow the search, or sort it the other way round."
    )


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
