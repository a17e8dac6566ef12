"""Anchors: whether each carries the next number, and no number two roots. Not its job: what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registrum.audit.facts import Anchor, Period
from registrum.audit.findings import Code, Evidence, Finding, Severity

__all__ = ["examine_anchors"]


def examine_anchors(anchors: Iterable[Anchor], period: Period, where: str) -> Iterator[Finding]:
    """Sequence numbers that are missing before an anchor of the period, or stand for two roots; the first anchor has 1.

    Args:
        anchors: All of the office, by sequence; the same number and root of several registries is one.
        period: Gaps are told with the anchor that follows them.
        where: `on the chain`, or where else nothing was found.
    """
    before: Anchor | None = None
    for anchor in anchors:
        is_again = before is not None and anchor.sequence == before.sequence
        if before is not None and is_again and anchor.root != before.root and period.has(anchor.time):
            yield _twice(before, anchor)
        expected = 1 if before is None else before.sequence + 1
        if anchor.sequence > expected and period.has(anchor.time):
            last = anchor.sequence - 1
            many = f"anchors {expected} to {last} are" if last > expected else f"anchor {expected} is"
            around = (before, anchor) if before is not None else (anchor,)
            yield Finding(
                Code.ANCHOR_GAP,
                Severity.ERROR,
                None,
                {"first": expected, "last": last, "count": last - expected + 1, "before": anchor.sequence},
                tuple(Evidence.at(one.place) for one in around),
                f"The {many} not {where}, and {anchor.sequence} is. The contract takes sequence numbers one after"
                " the other only, so the index or the registry must be looked into.",
            )
        before = anchor


def _twice(before: Anchor, anchor: Anchor) -> Finding:
    return Finding(
        Code.ANCHOR_TWICE,
        Severity.ERROR,
        None,
        {"sequence": anchor.sequence, "formerRoot": "0x" + before.root.hex(), "root": "0x" + anchor.root.hex()},
        (Evidence.at(before.place), Evidence.at(anchor.place)),
        f"Anchor {anchor.sequence} is there twice, with two roots. One registry takes a sequence number once only, so"
        " registries must be looked into of which one took over from the other.",
    )
