"""One audit of one office: every examination over the facts of one block, in one walk along its numbers.

Not its job: the examinations, and where the facts come from.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version as release
from typing import TYPE_CHECKING, Any

from registrum.audit.anchors import examine_anchors
from registrum.audit.calendars import examine_calendars
from registrum.audit.facts import Anchor, ClaimFact, History, Offer, Period, Source, Statement, Terms
from registrum.audit.findings import Code, Findings, Severity
from registrum.audit.keys import KeyRing
from registrum.audit.reconciling import Reconciler
from registrum.audit.records import Delays, conflict, examine_record
from registrum.audit.report import Report
from registrum.audit.series import SerialNumbers
from registrum.audit.uses import uses_of

if TYPE_CHECKING:
    from registrum.audit.own_list import OwnList

__all__ = ["audit_office"]

_STEP = 1_000
"""Numbers between two words on how far it is."""


def audit_office(
    source: Source,
    office: str,
    period: Period,
    terms: Terms,
    *,
    read_at: Mapping[str, Any],
    own_list: OwnList | None = None,
    made_by: str | None = None,
    most_records: int | None = None,
    advance: Callable[[int], None] | None = None,
) -> Report:
    """Examine what an office recorded.

    Args:
        source: Facts of the office, all of one block.
        office: WIPO ST.3 code.
        period: By the time of recording.
        terms: From when on something is named, and how many findings are listed.
        read_at: The block, as `Freshness.to_json` has it.
        own_list: The office's own list of the period.
        made_by: Whoever makes the report, as they call themselves.
        most_records: Versions of records after which it is given up; None for no bound.
        advance: Told now and then how many numbers were examined.

    Raises:
        IndexIncompleteError: The chain is still being read into the index.
        SearchTooWideError: The office has more records than that.
    """
    findings, serials, delays = Findings(terms.most), SerialNumbers(), Delays()
    compromises = source.audit_compromises(office)
    ring = KeyRing(office, source.audit_members(office), compromises, period, terms)
    anchors = list(source.audit_anchors(office))
    places = {(anchor.sequence, anchor.time): anchor.place for anchor in anchors}
    offers = _listed(source.audit_offers(office, period), terms.most, findings)
    contested = {offer.number for offer in offers}
    contents: dict[str, History] = {}
    reconciler = None if own_list is None else Reconciler(own_list.rows(), period, terms, compromises, places)
    examined = dict.fromkeys(("records", "recordsInPeriod", "anchors", "claims", "entryEvents", "calendars"), 0)
    for history in source.audit_histories(office, most_records):
        first = history.versions[0]
        in_period = period.has(first.recorded_at)
        examined["records"] += 1
        examined["recordsInPeriod"] += in_period
        serials.add(history.number, first.place, in_period=in_period)
        findings.extend(examine_record(history, period, terms, compromises, delays, places))
        for use in uses_of(history):
            findings.extend(ring.examine(use))
        if history.number in contested:
            contents[history.number] = history
        if reconciler is not None:
            findings.extend(reconciler.meet(history))
        if advance is not None and examined["records"] % _STEP == 0:
            advance(examined["records"])
    if reconciler is not None:
        findings.extend(reconciler.end())
    findings.extend(serials.gaps())
    findings.extend(conflict(offer, contents.get(offer.number)) for offer in offers)
    findings.extend(examine_anchors(anchors, period))
    claims = list(source.audit_claims(office))
    calendars = list(source.audit_calendars(office))
    findings.extend(examine_calendars(calendars, claims, period))
    statements = source.audit_statements(office, period)
    facts: Iterator[Anchor | ClaimFact | Statement] = itertools.chain(anchors, claims, statements)
    for fact in facts:
        for use in uses_of(fact):
            findings.extend(ring.examine(use))
    for event in source.audit_entry_events(office, period):
        examined["entryEvents"] += 1
        for use in uses_of(event):
            findings.extend(ring.examine(use))
    examined |= {
        "anchors": sum(period.has(anchor.time) for anchor in anchors),
        "claims": sum(period.has(claim.time) for claim in claims),
        "calendars": sum(period.has(calendar.published_at) for calendar in calendars),
        "keyUses": ring.uses,
        "series": serials.series_count,
    }
    return Report(
        office=office,
        chain=source.audit_chain(),
        read_at=read_at,
        period=period,
        terms=terms,
        examined=examined,
        without_series=dict(sorted(serials.without_series.items())),
        delays=delays.figures().to_json(),
        reconciliation=None if reconciler is None else reconciler.tally.to_json(),
        counts=findings.counts,
        severities=findings.severities,
        findings=findings.with_transactions(source.audit_transactions(findings.places())),
        made_by=made_by,
        version=release("registrum"),
    )


def _listed(offers: Iterable[Offer], most: int, findings: Findings) -> list[Offer]:
    """The offers that a report lists; the others are counted, since a key that signs nonsense may sign much of it."""
    found: list[Offer] = []
    for offer in offers:
        if len(found) < most:
            found.append(offer)
        else:
            findings.count(Code.DIGEST_CONFLICT, Severity.WARNING)
    return found
