"""One audit of one office: every examination over the facts of one block, in one walk along its numbers.

Not its job: the examinations, and where the facts come from.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version as release
from typing import TYPE_CHECKING, Any

from registrum.audit.anchors import examine_anchors
from registrum.audit.bound import Bound
from registrum.audit.calendars import LateCalendars
from registrum.audit.facts import Anchor, ClaimFact, EntryEvent, History, Offer, Period, Source, Statement, Terms
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
_NAMES: dict[type, str] = {Anchor: "anchors", ClaimFact: "claims", EntryEvent: "entryEvents"}
"""Under what facts of the period are counted."""


def audit_office(
    source: Source,
    office: str,
    period: Period,
    terms: Terms,
    *,
    read_at: Mapping[str, Any],
    own_list: OwnList | None = None,
    made_by: str | None = None,
    most_facts: int | None = None,
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
        most_facts: Facts after which it is given up, whatever they are; None for no bound.
        advance: Told now and then how many numbers were examined.

    Raises:
        IndexIncompleteError: The chain is still being read into the index.
        SearchTooWideError: The office has recorded more than that.
    """
    findings, serials, delays, bound = Findings(terms.most), SerialNumbers(), Delays(), Bound(office, most_facts)
    # What an index that is behind does not have may be on the chain.
    where = "on the chain" if read_at["lagBlocks"] == 0 else f"in the index at block {read_at['blockNumber']}"
    compromises = source.audit_compromises(office)
    ring = KeyRing(office, source.audit_members(office), compromises, period, terms)
    anchors = list(bound.along(source.audit_anchors(office)))
    places = {(anchor.sequence, anchor.time): anchor.place for anchor in anchors}
    offers = _listed(bound.along(source.audit_offers(office, period)), terms.most, findings)
    contested = {offer.number for offer in offers}
    contents: dict[str, History] = {}
    if own_list is not None:
        own_list.settle(source.audit_recorded)
    reconciler = None if own_list is None else Reconciler(own_list.rows(), period, terms, compromises, places, where)
    examined = dict.fromkeys(("records", "recordsInPeriod", "anchors", "claims", "entryEvents", "calendars"), 0)
    for history in source.audit_histories(office):
        bound.spend(len(history.versions) + len(history.confirmations))
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
    findings.extend(serials.findings(where))
    findings.extend(conflict(offer, contents.get(offer.number)) for offer in offers)
    findings.extend(examine_anchors(anchors, period, where))
    calendars = LateCalendars(bound.along(source.audit_calendars(office)), period, bound)
    signed: Iterator[Anchor | ClaimFact | EntryEvent | Statement] = itertools.chain(
        anchors,
        bound.along(source.audit_claims(office)),
        bound.along(source.audit_entry_events(office, period)),
        bound.along(source.audit_statements(office, period)),
    )
    for fact in signed:
        for use in uses_of(fact):
            findings.extend(ring.examine(use))
        if isinstance(fact, ClaimFact):
            calendars.meet(fact)
        if period.has(fact.time) and type(fact) in _NAMES:
            examined[_NAMES[type(fact)]] += 1
    findings.extend(calendars.findings())
    examined |= {
        "calendars": calendars.count,
        "keyUses": ring.uses,
        "series": serials.series_count,
    }
    return Report(
        office=office,
        chain=source.audit_chain(),
        read_at=read_at,
        period=period,
        is_over=source.audit_time() >= period.ends,
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
