"""Walking along the list and the chain finds what two dictionaries say, whatever is in them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.audit import Code, Finding, Terms
from registrum.audit.facts import History, Place, Version
from registrum.audit.own_list import OwnRow
from registrum.audit.reconciling import Reconciler
from tests.index.audits import FILED_AT, KEY, PERIOD

NUMBERS = [f"FR/P/24{at:05d}" for at in range(12)]
INSIDE, OUTSIDE = FILED_AT, FILED_AT - 400 * 86_400

lists = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from([b"\1" * 32, b"\2" * 32])), max_size=20)
chains = st.dictionaries(
    st.sampled_from(NUMBERS), st.tuples(st.sampled_from([b"\1" * 32, b"\2" * 32]), st.booleans()), max_size=12
)


def history(number: str, digest: bytes, is_inside: bool) -> History:
    at = INSIDE if is_inside else OUTSIDE
    version = Version(Place(1 << 24, 0), 1, 1, 1, 20240304, digest, 0, KEY, at, at, None, None, None)
    return History(number, (version,), ())


@settings(max_examples=300, deadline=None)
@given(lists, chains)
def test_both_directions(listed: list[tuple[str, bytes]], recorded: dict[str, tuple[bytes, bool]]) -> None:
    rows = sorted(OwnRow(number, line, 20240304, digest, None) for line, (number, digest) in enumerate(listed, 2))
    reconciler = Reconciler(rows, PERIOD, Terms(), {}, {}, "on the chain")
    found: list[Finding] = []
    for number in sorted(recorded):
        found += reconciler.meet(history(number, *recorded[number]))
    found += reconciler.end()
    first: dict[str, bytes] = {}
    for number, digest in listed:
        first.setdefault(number, digest)
    by_code: dict[Code, Counter[str | None]] = {}
    for finding in found:
        by_code.setdefault(finding.code, Counter())[finding.number] += 1
    assert by_code.pop(Code.LIST_MISSING, Counter()) == Counter(set(first) - set(recorded))
    inside = {number for number, (_, is_inside) in recorded.items() if is_inside}
    assert by_code.pop(Code.LIST_EXTRA, Counter()) == Counter(inside - set(first))
    different = {number for number in set(first) & set(recorded) if first[number] != recorded[number][0]}
    assert by_code.pop(Code.LIST_DIFFERENT, Counter()) == Counter(different)
    times = Counter(number for number, _ in listed)
    repeated = Counter({number: count - 1 for number, count in times.items() if count > 1})
    assert by_code.pop(Code.LIST_DUPLICATE, Counter()) == repeated
    outside = set(first) & set(recorded) - inside
    assert by_code.pop(Code.LIST_OUTSIDE_PERIOD, Counter()) == Counter(outside)
    assert by_code == {}
    tally = reconciler.tally
    assert (tally.lines, tally.matched) == (len(first), len(set(first) & set(recorded)))
    assert tally.agreed == tally.matched - len(different)
    assert tally.recorded_outside == len(outside)
