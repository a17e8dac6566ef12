"""Audits that anybody may ask a server for: of offices of a bounded size, one at a time, the latest ones remembered.

Not its job: the examinations (`registrum.audit`), and how reports look.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Final

from registrum.audit.facts import Period, Terms
from registrum.audit.office import audit_office
from registrum.audit.report import Report
from registrum.index.auditing import AuditReader
from registrum.web.errors import Refusal

__all__ = ["DESK", "MOST_DAYS", "AuditDesk"]

MOST_DAYS: Final = 36_525
"""Most days that a term of an audit may have."""
_MOST_FACTS: Final = 50_000
_PATIENCE_S: Final = 5.0
_KEPT: Final = 16


class AuditDesk:
    """Makes reports. A report is a function of the block and of what is asked, so the same one is made once.

    Args:
        most_facts: Facts that a report may read, versions of records and all others: a second or two of one core.
        patience_s: How long somebody waits while the report of another one is being made.
    """

    def __init__(self, most_facts: int = _MOST_FACTS, patience_s: float = _PATIENCE_S) -> None:
        self.most_facts = most_facts
        self._patience_s = patience_s
        self._turn = threading.Lock()
        self._made: OrderedDict[tuple[Any, ...], Report] = OrderedDict()

    def report(self, reader: AuditReader, office: str, period: Period, terms: Terms) -> Report:
        """The report on an office. How far the index is behind the node is for the answer to say.

        Raises:
            SearchTooWideError: The office has recorded more than is examined here.
            Refusal: Another report is being made, and takes long.
        """
        fresh = reader.freshness()
        asked = reader.filling, fresh.block_number, fresh.block_hash, office, period, terms
        if not self._turn.acquire(timeout=self._patience_s):
            raise Refusal(
                429,
                "rate_limited",
                "another audit is being made, and this server makes one at a time",
                "Ask again later, or make the report by `registrum audit office`.",
                headers={"Retry-After": "5"},
            )
        try:
            found = self._made.get(asked)
            if found is None:
                most, read_at = self.most_facts, fresh.to_json()
                found = audit_office(reader, office, period, terms, read_at=read_at, most_facts=most)
            self._made[asked] = found
            self._made.move_to_end(asked)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
            return found
        finally:
            self._turn.release()


DESK: Final = AuditDesk()
"""That of this process, for pages and interface alike."""
