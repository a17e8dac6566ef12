"""A bound on what a report reads: servers make reports for anybody, and an office may have recorded any amount.

Not its job: which bound (`registrum.web.audits`); the command line has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from registrum.errors import SearchTooWideError

__all__ = ["Bound"]

_Fact = TypeVar("_Fact")


class Bound:
    """Counts the facts that a report reads, whatever they are, and gives it up after too many.

    Args:
        office: Whose facts they are.
        most: How many may be read; None for any number.
    """

    def __init__(self, office: str, most: int | None) -> None:
        self._office, self._most = office, most
        self._count = 0

    def spend(self, count: int = 1) -> None:
        """Count facts, or work that takes as long as so many.

        Raises:
            SearchTooWideError: There are more than may be read.
        """
        self._count += count
        if self._most is not None and self._count > self._most:
            raise SearchTooWideError(
                f"{self._office} has more than {self._most:,} facts to examine (versions of records, claims, anchors,"
                " events and so on), which is more than is examined here",
                remedy="Make the report by `registrum audit office`, which has no bound.",
            )

    def along(self, facts: Iterable[_Fact]) -> Iterator[_Fact]:
        """The same facts, counted as they go by."""
        for fact in facts:
            self.spend()
            yield fact
