"""An event is flagged irregular exactly when the table does not foresee it.

The rule is written here once more, out of the interface's documentation, on the names of states and stages.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest
from brownie.test import given
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.contracts.rights_register.checks import flags_of, simulated_flags
from tests.contracts.support.rights import (
    ANNULS,
    ANY,
    CEASED,
    FILED,
    IMPORTED,
    IRREGULAR,
    LAST_STATUS,
    MARK_IMPORTED,
    MARK_IRREGULAR,
    NO_CHANGE_BIT,
    NO_ENTRY_BIT,
    OPPOSED,
    PAIRS,
    PUBLISHED,
    REFUSED,
    REGISTERED,
    SAME,
    STATUSES,
    SURCHARGE,
    TERMINATED,
    CodeRow,
    Event,
    after,
    entry_of,
    filing,
    record,
    record_all,
    row,
    set_codes,
    table,
)

HISTORIES = 100
"""Histories of two events each that a batch takes."""

LIVING = [pair for pair in PAIRS if pair[0] != "T"]


def is_foreseen(rule: CodeRow, before: str | None, after: str, old_status: int, status: int) -> bool:
    """Whether a row of the table foresees an event.

    Args:
        rule: The row.
        before: State and stage before it; None if there is no entry.
        after: State and stage after it.
        old_status: Position of the status before it; 0 if there is no entry.
        status: Position of the status after it.
    """
    froms = {pair for index, pair in enumerate(PAIRS) if rule.before >> index & 1}
    tos = {pair for index, pair in enumerate(PAIRS) if rule.after >> index & 1}
    begins, keeps = rule.before >> NO_ENTRY_BIT & 1, rule.after >> NO_CHANGE_BIT & 1
    may_leave = bool(begins) if before is None else before in froms
    may_reach = after in tos or (bool(keeps) and after == before)
    statuses = {position for position in range(1, 128) if rule.statuses >> position & 1}
    may_have = status in statuses or (bool(rule.statuses & 1) and status == old_status)
    return may_leave and may_reach and may_have


def imported(name: str, pair: str, status: int) -> Event:
    """An entry that comes into being in any state."""
    return filing(f"EM/T/{name}", "W10", pair, status)._replace(flags=IMPORTED)


def compare(rights: Any, rule: CodeRow, moves: list[tuple[str, str, int, int]]) -> None:
    """Let every move be that of an entry of its own, and compare the flags with the rule above.

    Args:
        rights: The register.
        rule: The row of the code, which is set first.
        moves: Pair before, pair after, status before, status after.
    """
    code = rule.code.rstrip(b"\0").decode()
    for start in range(0, len(moves), HISTORIES):
        events: list[Event] = []
        expected: list[int] = []
        for index, (old, new, old_status, status) in enumerate(moves[start : start + HISTORIES]):
            first = imported(f"{start + index}", old, old_status)
            events += [first, after(first, code, new, status)]
            is_regular = is_foreseen(rule, old, new, old_status, status)
            expected += [IMPORTED, 0 if is_regular else IRREGULAR]
        assert simulated_flags(rights, events, rule) == expected


def test_every_pair_of_pairs(rights: Any) -> None:
    """All moves but those out of termination, which are refused, by a row without any pattern."""
    random = Random("every pair")
    rule = row("T", "Z10", "D", "", "", (FILED,))._replace(
        before=random.getrandbits(28), after=random.getrandbits(28) | 1 << NO_CHANGE_BIT
    )
    compare(rights, rule, [(old, new, FILED, FILED) for old, new in product(LIVING, PAIRS)])


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("left", [False, True])
def test_staying(rights: Any, keeps: bool, named: bool, left: bool) -> None:
    """A stage may stay where the row says so by its bit for no change, or names the very stage; if it may be left."""
    text = " ".join(["A2"] * named + ["same"] * keeps)
    rule = row("T", "Z10", "D", "A2" if left else "A1", text, (SAME,))
    set_codes(rights, rule)
    first = imported("1", "A2", FILED)
    assert flags_of(rights, first, after(first, "Z10")) == [IMPORTED, 0 if left and (keeps or named) else IRREGULAR]


@pytest.mark.parametrize("same", [False, True])
def test_every_status(rights: Any, same: bool) -> None:
    rule = row("T", "Z10", "D", "A1", "A1", [PUBLISHED, CEASED, LAST_STATUS, *([SAME] if same else [])])
    compare(rights, rule, [("A1", "A1", old, new) for old, new in product(STATUSES, STATUSES)])


def test_status_that_the_table_foresees_without_text(rights: Any) -> None:
    """Its row in the table of codes is enough; where no row foresees it, a text must say what it is."""
    set_codes(rights, row("T", "Z10", "D", "A1", "A1", (77,)))
    first = imported("1", "A1", FILED)
    assert flags_of(rights, first, after(first, "Z10", status=77)) == [IMPORTED, 0]


def test_every_row_of_the_table(rights: Any) -> None:
    """Each code of the tests from each stage, to that stage and to one more, with a status drawn."""
    random = Random("every row")
    for rule in (rule for rule in table() if rule.right == b"T" and rule.category not in b"YA"):
        if not rule.system.startswith(b"ST.27"):
            continue
        moves = [
            (old, new, random.choice([FILED, REGISTERED]), random.choice([FILED, REGISTERED, CEASED, TERMINATED]))
            for old in LIVING
            for new in (old, random.choice(PAIRS))
        ]
        compare(rights, rule, moves)


# Four numbers are never too large, though Hypothesis now and then tries so short drafts that they do not fit.
@given(
    before=st.integers(0, 2**30 - 1),
    after_=st.integers(0, 2**30 - 1),
    statuses=st.integers(0, 2**128 - 1),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
def test_any_row(rights: Any, before: int, after_: int, statuses: int, seed: int) -> None:
    random = Random(seed)
    rule = row("T", "Z10", "D", "", "", ())._replace(before=before, after=after_, statuses=statuses)
    moves = [
        (random.choice(LIVING), random.choice(PAIRS), random.choice(list(STATUSES)), random.choice(list(STATUSES)))
        for _ in range(30)
    ]
    moves += [(old, old, status, status) for old, _, status, _ in moves[:10]]
    compare(rights, rule, moves)


@given(before=st.integers(0, 2**30 - 1), after_=st.integers(0, 2**30 - 1), statuses=st.integers(0, 2**128 - 1))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
def test_any_row_of_a_first_event(rights: Any, before: int, after_: int, statuses: int) -> None:
    """A filing is flagged as any other event; no entry yet is a stage of its own before it."""
    rule = row("T", "Z10", "A", "", "", ())._replace(before=before, after=after_, statuses=statuses)
    events = [
        filing(f"EM/T/{index}", "Z10", pair, status)
        for index, (pair, status) in enumerate(product(PAIRS, (FILED, LAST_STATUS)))
    ]
    expected = [
        0 if is_foreseen(rule, None, event.resulting.decode(), 0, event.status) else IRREGULAR for event in events
    ]
    assert simulated_flags(rights, events, rule) == expected


@pytest.mark.parametrize("pair", PAIRS)
def test_imports_are_never_irregular(rights: Any, pair: str) -> None:
    """Whatever the code and the stage: they sum up what nobody here has seen."""
    events = [
        imported(f"{index}", pair, REFUSED)._replace(code=code.ljust(32, b"\0"))
        for index, code in enumerate((b"A10", b"F10", b"N10", b"Q10"))
    ]
    assert flags_of(rights, *events) == [IMPORTED] * len(events)
    assert {entry_of(rights, event.number).marks for event in events} == {MARK_IMPORTED}


def test_events_after_an_import_are_judged(rights: Any) -> None:
    first = imported("1", "A4", REGISTERED)
    assert flags_of(rights, first, after(first, "D10", "A3", PUBLISHED)) == [IMPORTED, IRREGULAR]
    assert entry_of(rights, first.number).marks == MARK_IMPORTED | MARK_IRREGULAR


def test_the_mark_stays(rights: Any) -> None:
    """One irregular event marks the entry for good; the flag is that event's alone."""
    filed = filing("EM/T/1")
    jump = after(filed, "F10", "A5", REGISTERED)
    later = after(jump, "W10")
    assert flags_of(rights, filed, jump, later) == [0, IRREGULAR, 0]
    assert entry_of(rights, filed.number).marks == MARK_IRREGULAR
    record(rights, after(later, "Y10", "A1", FILED, corrects=2, flags=ANNULS))
    assert entry_of(rights, filed.number).marks == MARK_IRREGULAR


def test_the_flag_joins_those_that_were_signed(rights: Any) -> None:
    filed = filing("EM/T/1")
    registered = after(filed, "F10", "A4", REGISTERED, expiry_date=21000101)
    jump = after(registered, "M10", "A1", OPPOSED, flags=SURCHARGE)
    annulled = after(jump, "Y10", "A4", 1, corrects=3, flags=ANNULS)
    set_codes(rights, row("T", "Y10", "Y", ANY, "same", (SAME,)))
    assert flags_of(rights, filed, registered, jump, annulled) == [0, 0, SURCHARGE | IRREGULAR, ANNULS | IRREGULAR]


def test_a_regular_history_has_no_mark(rights: Any) -> None:
    filed = filing("EM/T/1")
    published = after(filed, "D10", "A3", PUBLISHED)
    opposed = after(published, "E10", status=OPPOSED)
    registered = after(opposed, "F10", "A4", REGISTERED)
    record_all(rights, filed, published, opposed, registered)
    assert entry_of(rights, filed.number).marks == 0
