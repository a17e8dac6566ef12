"""Facets of a search as links: each narrows the list further, or takes a condition back.

Not its job: counting (`registrum.index.counting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from registrum.client.records import RecordStatus
from registrum.numbers import Right
from registrum.rights.values import State
from registrum.web.pages.rendering import Visit

__all__ = ["FacetGroup", "FacetLink", "facet_groups"]

_MOST = 12
_ORDER = ("office", "right", "state", "status", "year")


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One value of a facet.

    Attributes:
        words: The value for people.
        count: How many have it.
        address: The list with this condition; without it where it is chosen.
        is_chosen: Whether the list is narrowed to it.
    """

    words: Markup
    count: int
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The most frequent values of a facet."""

    name: str
    links: tuple[FacetLink, ...]


def facet_groups(visit: Visit, facets: Mapping[str, Mapping[str, int]]) -> list[FacetGroup]:
    """The facets of a page of results; those with nothing to choose from are left out."""
    groups = [
        FacetGroup(name, tuple(_link(visit, name, value, count) for value, count in list(facets[name].items())[:_MOST]))
        for name in _ORDER
        if name in facets
    ]
    return [group for group in groups if len(group.links) > 1 or any(link.is_chosen for link in group.links)]


def _link(visit: Visit, name: str, value: str, count: int) -> FacetLink:
    parameters = _parameters(name, str(value))
    is_chosen = all(visit.parameter(key) == wanted for key, wanted in parameters.items())
    changes: dict[str, str | int | None] = dict.fromkeys(parameters) if is_chosen else dict(parameters)
    return FacetLink(_words(visit, name, str(value)), count, visit.link(offset=None, **changes), is_chosen)


def _parameters(name: str, value: str) -> dict[str, str]:
    if name == "year":
        return {"filedFrom": f"{value:0>4}-01-01", "filedTo": f"{value:0>4}-12-31"}
    return {name: State(value).name.lower() if name == "state" else value}


def _words(visit: Visit, name: str, value: str) -> Markup:
    if name == "right":
        return visit.texts.of("right", Right(value))
    if name == "state":
        return visit.texts.of("state", State(value))
    if name == "status" and value in set(RecordStatus):
        return visit.texts.of("record", RecordStatus(value))
    return escape(value)
