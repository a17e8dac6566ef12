"""The table of codes and statuses: its rows, the moves that it foresees, the words of documents, and files refused."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from registrum.errors import ConfigError, InputError
from registrum.numbers import Right
from registrum.rights import codes as module
from registrum.rights.codes import (
    CodeTable,
    default_codes,
    national_code,
    pairs_from_text,
    pairs_to_text,
    read_codes,
    rule_code,
)
from registrum.rights.model import ALL_PAIRS, NO_CHANGE_BIT, NO_ENTRY_BIT, StatePair

FILE = Path(module.__file__).with_name("codes.toml")
T, D = Right.TRADEMARK, Right.DESIGN
CATEGORIES = "ABCDEFHKLMNPQRSTUVWY"
"""Those of ST.27 without G, which is about patent terms."""

MARK_STATUSES = (
    "Application Filed",
    "Filing date accorded",
    "Classification checked",
    "Application accepted",
    "Application published",
    "Opposition pending",
    "Registration published",
    "Application refused",
    "Application withdrawn",
    "Appeal pending",
    "Interruption of proceeding",
    "Registration cancelled",
    "Conversion requested",
    "Registration surrendered",
    "Revocation proceeding pending",
    "Invalidity proceeding pending",
    "Action before court of justice pending",
)
MARK_EVENTS = (
    "Application filed",
    *MARK_STATUSES[1:],
    "National prosecution history entry",
    "Domestic international application history entry",
    "National board proceeding history entry",
    "National assignment history entry",
    "Location history entry",
)
DESIGN_STATUSES = ("Filed", "Withdrawn", "Rejected", "Registered", "Cancelled", "Expired", "Undefined")
DESIGN_EVENTS = ("Filed", "Withdrawn", "Rejected", "Registered", "Expired", "Undefined")


@pytest.fixture(scope="module")
def table() -> CodeTable:
    return default_codes()


def pair(text: str) -> StatePair | None:
    return StatePair.parse(text) if text != "-" else None


# Rows


def test_every_row_is_one_that_the_contract_takes(table: CodeTable) -> None:
    for rule in table.codes:
        right, system, code, category, before, after, statuses, title = rule.on_chain
        assert right in (b"T", b"D")
        assert (len(system), len(code), len(category)) == (8, 32, 1)
        assert code.rstrip(b"\0")
        assert b"A" <= category <= b"Z"
        assert 0 < before < NO_CHANGE_BIT
        assert 0 < after < NO_CHANGE_BIT << 1
        assert not after & NO_ENTRY_BIT
        assert 0 < statuses < 1 << 128
        assert system.rstrip(b"\0") != b"ST.27" or len(code.rstrip(b"\0")) == 3
        assert title.isascii()
        assert title.isprintable()


def test_every_status_is_one_that_the_contract_takes(table: CodeTable) -> None:
    for rule in table.statuses:
        right, position, status = rule.on_chain
        assert right in (b"T", b"D")
        assert 1 <= position <= 127
        assert len(status) == 32
        assert status.rstrip(b"\0").decode("ascii") == rule.status
        assert 0 < rule.pairs < NO_ENTRY_BIT
    assert len({(rule.right, rule.position) for rule in table.statuses}) == len(table.statuses)
    assert len({(rule.right, rule.status) for rule in table.statuses}) == len(table.statuses)


def test_titles_and_codes_are_ascii_and_short_enough(table: CodeTable) -> None:
    for text in [rule.title for rule in table.codes] + [*table.detailed.values(), *table.indicators.values()]:
        assert text.isascii()
    assert max(len(rule.code.encode()) for rule in table.codes) <= 32
    assert max(len(rule.status.encode()) for rule in table.statuses) <= 32


@pytest.mark.parametrize("right", [T, D])
def test_st27_has_each_category_but_g_with_and_without_key_event(table: CodeTable, right: Right) -> None:
    rows = {rule.code: rule for rule in table.codes if (rule.right, rule.system) == (right, "ST.27")}
    assert set(rows) == {letter + digits for letter in CATEGORIES for digits in ("10", "00")}
    for code, rule in rows.items():
        assert rule.category == code[0]
        assert rule.source.is_official
        key_event = rows[code[0] + "10"]
        assert (rule.from_, rule.to, rule.statuses) == (key_event.from_, key_event.to, key_event.statuses)


def test_st27_detailed_events_and_indicators_are_complete(table: CodeTable) -> None:
    assert len(table.detailed) == 158
    assert len(table.indicators) == 25
    assert table.detailed["B15"] == "Application refused following examination"
    assert {code[0] for code in table.detailed} == set(CATEGORIES) - {"W", "Y"} | {"G"}


def test_every_st96_status_is_there_in_its_order(table: CodeTable) -> None:
    for right, wanted in ((T, MARK_STATUSES), (D, DESIGN_STATUSES)):
        rows = [rule for rule in table.statuses if rule.right is right and rule.source.is_official]
        assert [(rule.position, rule.title) for rule in rows] == list(enumerate(wanted, 1))
        own = [rule for rule in table.statuses if rule.right is right and not rule.source.is_official]
        assert all(rule.position > 100 and rule.source.key == "profile" for rule in own)
        assert own


def test_every_st96_event_is_there(table: CodeTable) -> None:
    for right, source, wanted in ((T, "st96-mark", MARK_EVENTS), (D, "st96-design", DESIGN_EVENTS)):
        titles = [rule.title for rule in table.codes if (rule.right, rule.source.key) == (right, source)]
        assert sorted(titles) == sorted(wanted)


def test_st96_values_are_shortened_only_where_they_are_too_long(table: CodeTable) -> None:
    """By leaving out words, and by `int` for international; never in the middle of one."""
    values = [(rule.code, rule.title) for rule in table.codes if rule.system == "ST.96"]
    for text, title in values + [(row.status, row.title) for row in table.statuses]:
        if text != title:
            assert len(title) > 32
            assert set(text.lower().split()) <= {*title.lower().split(), "int"}
    assert all(rule.source.key.startswith("st96-") for rule in table.codes if rule.system == "ST.96")


def test_nothing_is_called_a_code_of_st61_or_st87(table: CodeTable) -> None:
    assert {rule.system for rule in table.codes} == {"ST.27", "ST.96"}
    assert not re.search(r'system = "ST\.(61|87)"', FILE.read_text(encoding="utf-8"))


def test_descriptors_go_with_the_state(table: CodeTable) -> None:
    found = 0
    for row in table.statuses:
        for item in ALL_PAIRS:
            text = row.descriptor(item)
            if text is None:
                continue
            found += 1
            life, subject, _ = text.split("/", 2)
            assert row.allows(item)
            assert life == ("LIVE" if item.state == "A" or "Pending" in text else "DEAD")
            assert subject == "REGISTRATION" or item.stage not in "45"
    assert found
    published = table.status_for(T, "Registration published")
    assert published is not None
    assert published.descriptor(StatePair.parse("A4")) == "LIVE/REGISTRATION/Issued and Active"
    assert published.descriptor(StatePair.parse("N6")) is None


# The rule


def test_regular_is_what_the_contract_calls_foreseen(table: CodeTable) -> None:
    """The contract's expression, bit by bit: every row and move, with statuses of the row, that stay, and others."""
    for rule in table.codes:
        positions = [row.position for row in table.statuses if row.right is rule.right]
        own = [position for position in positions if rule.statuses >> position & 1]
        others = [position for position in positions if position not in own]
        for before in (None, *ALL_PAIRS):
            for after in ALL_PAIRS:
                start = NO_ENTRY_BIT if before is None else before.bit
                end = after.bit | NO_CHANGE_BIT if after == before else after.bit
                for status in own[:1] + others[-1:]:
                    for previous in {status, positions[0]} if before else {None}:
                        stays = status == previous and rule.statuses & 1 != 0
                        foreseen = (
                            rule.from_ & start != 0
                            and rule.to & end != 0
                            and (rule.statuses >> status & 1 != 0 or stays)
                        )
                        found = table.is_regular(
                            rule.right, rule.system, rule.code, status, before, after, previous_status=previous
                        )
                        assert found is foreseen


def test_statuses_go_with_where_the_code_leads(table: CodeTable) -> None:
    """But of codes that change neither state nor stage, whose statuses are listed."""
    for rule in table.codes:
        if rule.to == NO_CHANGE_BIT:
            assert rule.statuses & 1
            continue
        assert bool(rule.statuses & 1) is bool(rule.to & NO_CHANGE_BIT)
        for row in table.statuses:
            if row.right is rule.right:
                assert bool(rule.statuses >> row.position & 1) is bool(row.pairs & rule.to)
                assert (row in table.statuses_of(rule)) is bool(row.pairs & rule.to)


def test_no_status_is_missed_where_the_state_changes_or_the_status_stays(table: CodeTable) -> None:
    """Whatever goes with the state and stage after a move that a code foresees is among its statuses."""
    for rule in table.codes:
        for row in (row for row in table.statuses if row.right is rule.right):
            for after in (pair for pair in ALL_PAIRS if row.allows(pair)):
                for before in (None, *ALL_PAIRS):
                    if rule.allows(before, after):
                        stays = row.position if before == after else None
                        assert rule.allows_status(stays, row.position), (rule.code, row.status, after)


@pytest.mark.parametrize(
    ("right", "code", "statuses"),
    [
        (T, "R10", ["same"]),
        (D, "U10", ["same"]),
        (T, "Conversion requested", ["same", "Conversion requested", "Converted"]),
        (D, "Undefined", ["same", "Undefined"]),
        (T, "N10", ["Unspecified", "Ended", "Expired", "Merged", "Converted", "Conversion requested",
                    "Protection ceased", "Protection refused", "Application refused", "Application withdrawn",
                    "Registration cancelled", "Registration surrendered"]),
    ],
)  # fmt: skip
def test_statuses_of_codes(table: CodeTable, right: Right, code: str, statuses: list[str]) -> None:
    rule = next(rule for rule in table.codes if (rule.right, rule.code) == (right, code))
    found = [row.status for row in table.statuses_of(rule)]
    assert sorted(found + (["same"] if rule.statuses & 1 else [])) == sorted(statuses)


def test_an_appeal_that_failed_leaves_what_was_refused(table: CodeTable) -> None:
    for right, status in ((T, "Application refused"), (D, "Rejected")):
        rule = table.rule_for(right, "ST.27", "V10-V13")
        assert rule is not None
        assert status in [row.status for row in table.statuses_of(rule)]
        assert "Expired" not in [row.status for row in table.statuses_of(rule)]


def test_of_st27_codes_the_key_event_counts(table: CodeTable) -> None:
    assert rule_code("ST.27", "F10-F11-OPP") == "F10"
    assert rule_code("ST.96", "Opposition pending") == "Opposition pending"
    assert table.rule_for(T, "ST.27", "F10-F11") is table.rule_for(T, "ST.27", "F10")
    assert table.rule_for(T, "ST.96", "Opposition") is None
    assert table.rule_for(T, "ST.27", "G10") is None
    assert table.rule_for(D, "ST.96", "Registration published") is None
    assert table.rule_for(T, "ST.61", "F10") is None


def test_other_rights_have_no_rows(table: CodeTable) -> None:
    with pytest.raises(InputError, match="patent"):
        table.rule_for(Right.PATENT, "ST.27", "F10")


def judge(
    table: CodeTable, right: Right, system: str, code: str, moves: str, statuses: str, *, imported: bool = False
) -> bool:
    """Judge an event by `before after` and `status before, status after`; a hyphen where there was no entry."""
    before, after = moves.split()
    earlier, later = (0 if text == "-" else at(table, right, text) for text in statuses.split(", "))
    return table.is_regular(
        right,
        system,
        code,
        later,
        pair(before),
        StatePair.parse(after),
        previous_status=earlier or None,
        imported=imported,
    )


def at(table: CodeTable, right: Right, status: str) -> int:
    row = table.status_for(right, status)
    assert row is not None, status
    return row.position


def test_codes_of_an_office_foresee_no_change(table: CodeTable) -> None:
    assert table.category_of(T, "NAT:EM", "X1") == "W"
    assert judge(table, T, "NAT:EM", "X1", "A4 A4", "Registered, Registered")
    assert judge(table, T, "NAT:EM", "X1", "T6 T6", "Expired, Expired")
    assert not judge(table, T, "NAT:EM", "X1", "A4 N6", "Registered, Expired")
    assert not judge(table, T, "NAT:EM", "X1", "A4 A5", "Registered, Registered")
    assert not judge(table, T, "NAT:EM", "X1", "A4 A4", "Registered, Opposition pending")
    assert not judge(table, T, "NAT:EM", "X1", "- A4", "-, Registered")


def test_imported_events_are_regular(table: CodeTable) -> None:
    assert judge(table, T, "NAT:EM", "X1", "- N6", "-, Registered", imported=True)
    assert judge(table, T, "ST.27", "F10", "- N6", "-, Opposition pending", imported=True)


def test_codes_and_statuses_that_the_contract_refuses(table: CodeTable) -> None:
    a1, a4 = StatePair.parse("A1"), StatePair.parse("A4")
    for system, code in (("ST.61", "F10"), ("ST.27", "G10"), ("ST.96", "x"), ("NAT:XY", "x"), ("NAT:EM", "")):
        with pytest.raises(InputError, match="no code") as caught:
            table.is_regular(T, system, code, 7, a4, a4, previous_status=7)
        assert caught.value.details == {"system": system, "code": code}
        with pytest.raises(InputError):
            table.category_of(T, system, code)
    for status in (0, 18, 200):
        with pytest.raises(InputError, match="table of statuses of a design"):
            table.is_regular(D, "ST.27", "F10", status, a1, a4, previous_status=1)
        with pytest.raises(InputError, match="table of statuses of a design"):
            table.is_regular(D, "ST.27", "A10", status, None, a4, previous_status=None, imported=True)
    with pytest.raises(InputError, match="table of statuses"):
        table.is_regular(D, "ST.27", "R10", 0, a4, a4, previous_status=0)
    # A status that a former table had may stay: the contract does not look it up.
    assert table.is_regular(D, "ST.27", "R10", 99, a4, a4, previous_status=99)


@pytest.mark.parametrize("right", [T, D])
def test_what_no_code_of_st27_foresees(table: CodeTable, right: Right) -> None:
    rows = [rule for rule in table.codes if (rule.right, rule.system) == (right, "ST.27")]
    for rule in rows:
        for before in (None, *ALL_PAIRS):
            for after in ALL_PAIRS:
                if not rule.allows(before, after):
                    continue
                category = rule.category
                if before is None:
                    assert category == "A"
                    assert after.state == "A"
                    continue
                if category == "Y" or before == after or before.state == "U" or before.stage == "0":
                    continue  # what is unspecified may turn out to be anything
                if before.state in "NT" and after.state == "A":
                    assert category in "CKM"
                if after.state == "A" and after.stage in "45" and before.stage not in "45":
                    assert category in "FKM"
                if after.state == "A" and after.stage in "123" and before.state == "A":
                    assert before.stage in "0123"
                if after.state == "T":
                    assert category == "N"
                assert before.state != "T"
                assert after.state != "U"


@pytest.mark.parametrize("right", [T, D])
def test_events_that_never_change_the_state(table: CodeTable, right: Right) -> None:
    for letter in "PQRSTUVW":
        rule = table.rule_for(right, "ST.27", letter + "10")
        assert rule is not None
        assert rule.to == NO_CHANGE_BIT
        for text in ("A1", "A4", "A5", "N4", "N6", "U0"):
            assert rule.allows(StatePair.parse(text), StatePair.parse(text))
        assert rule.allows(StatePair.parse("T6"), StatePair.parse("T6")) is (letter in "QRTW")


def test_corrections_lead_from_anything_to_anything(table: CodeTable) -> None:
    for right in (T, D):
        rule = table.rule_for(right, "ST.27", "Y10")
        assert rule is not None
        assert all(rule.allows(before, after) for before in ALL_PAIRS for after in ALL_PAIRS)
        assert not rule.allows(None, StatePair.parse("A1"))


@pytest.mark.parametrize("right", [T, D])
def test_every_move_can_end_in_some_status(table: CodeTable, right: Right) -> None:
    """Else a code would foresee a move that is irregular whatever status is given."""
    covered = 0
    for row in table.statuses:
        if row.right is right:
            covered |= row.pairs
    for rule in table.codes:
        if rule.right is right and rule.category != "Y":
            assert not rule.to & ~NO_CHANGE_BIT & ~covered, rule.code


# Lives, each step: system, code, state and stage after it, status

EU_MARK = [
    ("ST.27", "A10-A12", "A1", "Application Filed"),
    ("ST.96", "Filing date accorded", "A1", "Filing date accorded"),
    ("ST.96", "Classification checked", "A2", "Classification checked"),
    ("ST.27", "D10-D15", "A2", "Classification checked"),
    ("ST.27", "P10-P13", "A2", "Classification checked"),
    ("ST.96", "Application accepted", "A2", "Application accepted"),
    ("ST.96", "Application published", "A3", "Application published"),
    ("ST.27", "E10-E11-OPP", "A3", "Opposition pending"),
    ("ST.96", "Cooling off period", "A3", "Opposition pending"),
    ("ST.27", "T10-T15", "A3", "Interruption of proceeding"),
    ("ST.27", "T10-T16", "A3", "Opposition pending"),
    ("ST.27", "B10-B17", "A3", "Opposition pending"),  # refused for some goods only
    ("ST.96", "Opposition closed", "A3", "Application published"),
    ("ST.27", "F10-F14", "A4", "Registration published"),
    ("ST.27", "Q10-Q13", "A4", "Registration published"),
    ("ST.27", "R10-R14", "A4", "Registration published"),
    ("ST.27", "S10-S14-LIC", "A4", "Registration published"),
    ("ST.27", "H10-H15", "A4", "Registration published"),  # surrendered for one class
    ("ST.27", "U10-U11", "A4", "Registration published"),
    ("ST.27", "M10", "A4", "Registration published"),  # renewed
    ("ST.27", "L10-L15-IVA", "A5", "Invalidity proceeding pending"),
    ("ST.27", "V10-V12", "A5", "Action before court pending"),
    ("ST.27", "M10-M12", "A4", "Registration published"),
    ("ST.96", "Revocation proceeding pending", "A5", "Revocation proceeding pending"),
    ("ST.27", "H10-H12", "N5", "Appeal pending"),
    ("ST.27", "M10-M11", "A4", "Registration published"),
    ("ST.27", "U10-U13", "A4", "Registration published"),
    ("ST.27", "H10-H14", "N4", "Expired"),
    ("ST.27", "K10-K11", "N4", "Expired"),
    ("ST.27", "K10-K13", "A4", "Registration published"),
    ("ST.96", "Registration surrendered", "N6", "Registration surrendered"),
    ("ST.96", "Conversion requested", "N6", "Conversion requested"),
    ("ST.27", "N10-N12", "T6", "Registration surrendered"),
    ("ST.27", "Q10-Q17", "T6", "Registration surrendered"),
    ("ST.27", "Y10", "N6", "Registration surrendered"),  # corrects the termination
]
REFUSED_MARK = [
    ("ST.27", "A10", "A1", "Application Filed"),
    ("ST.27", "D10-D21", "A2", "Under examination"),
    ("ST.27", "B10-B15-EXM", "N2", "Application refused"),
    ("ST.27", "V10-V11-APL", "N2", "Appeal pending"),
    ("ST.27", "C10-C13", "A2", "Under examination"),
    ("ST.27", "D10-D22", "A3", "Application accepted"),  # the period for opposition counts as stage 3
    ("ST.27", "F10-F11", "A4", "Registered"),
    ("ST.27", "L10-L11-OPP", "A5", "Opposition pending"),  # opposition after registration
    ("ST.27", "H10-H12", "N6", "Registration cancelled"),
]
WITHDRAWN_MARK = [
    ("ST.96", "Application filed", "A1", "Application Filed"),
    ("ST.96", "Application withdrawn", "N1", "Application withdrawn"),
    ("ST.27", "C10-C13", "A1", "Application Filed"),
    ("ST.27", "B10-B11", "N6", "Application withdrawn"),
    ("ST.27", "N10-N11", "T6", "Application withdrawn"),
]
DIVIDED_MARK = [
    ("ST.27", "A10-A16-DIV", "A4", "Registered"),  # child of a registration
    ("ST.27", "P10-P16", "A4", "Registered"),
    ("ST.27", "H10", "N6", "Merged"),
]
INTERNATIONAL_REGISTRATION = [
    ("ST.96", "Int registration creation", "A4", "Registered"),
    ("ST.96", "Holder representative change", "A4", "Registered"),
    ("ST.96", "Renewal", "A4", "Registered"),
    ("ST.96", "Potential ceasing of effect", "A4", "Registered"),
    ("ST.96", "Ceasing of effect", "N6", "Protection ceased"),
]
MADRID_DESIGNATION = [
    ("ST.96", "Designation", "A1", "Application Filed"),
    ("ST.96", "Possible opposition notification", "A1", "Application Filed"),
    ("ST.96", "Provisional refusal", "A2", "Provisional refusal"),
    ("ST.96", "Final decision", "A4", "Protection granted"),
    ("ST.96", "Protection restriction", "A4", "Protection granted"),
    ("ST.96", "Ownership change", "A4", "Protection granted"),
    ("ST.96", "Renunciation", "N6", "Protection ceased"),
]
REFUSED_DESIGNATION = [
    ("ST.96", "Subsequent designation", "A1", "Application Filed"),
    ("ST.96", "Provisional refusal", "A2", "Provisional refusal"),
    ("ST.96", "Final decision", "N6", "Protection refused"),
    ("ST.96", "Further decision", "A4", "Protection granted"),
    ("ST.96", "Invalidation", "N6", "Registration cancelled"),
]
DESIGN = [
    ("ST.27", "A10-A12", "A1", "Filed"),
    ("ST.27", "F10-F12", "A4", "Publication deferred"),  # no examination: filing to registration
    ("ST.27", "Q10-Q13", "A4", "Registered"),
    ("ST.27", "M10", "A4", "Registered"),
    ("ST.27", "U10-U11", "A4", "Registered"),
    ("ST.27", "L10-L15", "A5", "Invalidity proceeding pending"),
    ("ST.27", "M10-M13", "A4", "Registered"),
    ("ST.96", "Expired", "N4", "Expired"),
    ("ST.27", "K10-K13", "A4", "Registered"),
    ("ST.27", "H10-H15", "N6", "Surrendered"),
    ("ST.27", "N10-N12", "T6", "Surrendered"),
    ("ST.27", "R10-R17", "T6", "Surrendered"),
]
EXAMINED_DESIGN = [
    ("ST.96", "Filed", "A1", "Filed"),
    ("ST.27", "D10-D11", "A2", "Under examination"),
    ("ST.96", "Opposition filed", "A3", "Opposition pending"),
    ("ST.96", "Final decision", "A3", "Opposition pending"),
    ("ST.96", "Rejected", "N3", "Rejected"),
    ("ST.27", "V10-V12", "N3", "Appeal pending"),
    ("ST.27", "C10-C13", "A3", "Filed"),
    ("ST.96", "Registered", "A4", "Registered"),
    ("ST.27", "H10-H12", "N6", "Cancelled"),
]
HAGUE_DESIGNATION = [
    ("ST.96", "Office copy", "A1", "Filed"),
    ("ST.96", "Refusal", "N2", "Protection refused"),
    ("ST.96", "Refusal withdrawal", "A4", "Protection granted"),
    ("ST.96", "Second part fee payable", "A4", "Protection granted"),
    ("ST.96", "Cancellation non payment", "N6", "Protection ceased"),
]
LIVES = {
    "EU mark": (T, EU_MARK),
    "mark refused, reinstated, opposed after registration": (T, REFUSED_MARK),
    "mark withdrawn": (T, WITHDRAWN_MARK),
    "part of a divided mark": (T, DIVIDED_MARK),
    "international registration": (T, INTERNATIONAL_REGISTRATION),
    "Madrid designation": (T, MADRID_DESIGNATION),
    "Madrid designation refused": (T, REFUSED_DESIGNATION),
    "design without examination": (D, DESIGN),
    "design with examination": (D, EXAMINED_DESIGN),
    "Hague designation": (D, HAGUE_DESIGNATION),
}


@pytest.mark.parametrize("name", LIVES)
def test_regular_lives(table: CodeTable, name: str) -> None:
    right, steps = LIVES[name]
    before = earlier = "-"
    for number, (system, code, after, status) in enumerate(steps):
        regular = judge(table, right, system, code, f"{before} {after}", f"{earlier}, {status}")
        assert regular, f"step {number}: {code} from {before}, {earlier} to {after}, {status}"
        before, earlier = after, status


@pytest.mark.parametrize(
    ("right", "system", "code", "before", "after", "status"),
    [
        (T, "ST.27", "F10", "-", "A4", "Registered"),  # never filed
        (T, "ST.27", "A10", "A1", "A1", "Application Filed"),  # filed twice
        (T, "ST.27", "A10", "-", "N6", "Application refused"),
        (T, "ST.27", "F10", "N6", "A4", "Registered"),  # refused, never reinstated
        (T, "ST.27", "F10", "A2", "A5", "Opposition pending"),
        (T, "ST.27", "D10", "A4", "A2", "Under examination"),
        (T, "ST.27", "E10", "A4", "A3", "Opposition pending"),
        (T, "ST.27", "L10", "A3", "A5", "Opposition pending"),
        (T, "ST.27", "L10-L19", "N6", "A5", "Invalidity proceeding pending"),
        (T, "ST.27", "H10", "A2", "N6", "Registration cancelled"),  # not registered yet
        (T, "ST.27", "B10", "A4", "N6", "Application refused"),  # registered already
        (T, "ST.27", "C10", "N6", "A4", "Registered"),
        (T, "ST.27", "K10", "N6", "A2", "Under examination"),
        (T, "ST.27", "K10", "T6", "A4", "Registered"),
        (T, "ST.27", "M10", "A2", "A4", "Registered"),
        (T, "ST.27", "Q10", "A1", "A3", "Application published"),
        (T, "ST.27", "U10", "A4", "N4", "Expired"),
        (T, "ST.27", "W10", "A4", "N6", "Ended"),
        (T, "ST.27", "V10", "N2", "A2", "Appeal pending"),
        (T, "ST.27", "N10", "A4", "N6", "Ended"),
        (T, "ST.27", "S10", "T6", "T6", "Ended"),
        (T, "ST.27", "F10", "A2", "A4", "Application refused"),  # the status does not go with it
        (T, "ST.27", "R10", "A4", "A4", "Registration surrendered"),
        (T, "ST.27", "R10", "A4", "A4", "Registered"),  # a change of parties changes no status
        (T, "ST.27", "M10", "A4", "A4", "Expired"),
        (T, "ST.27", "W10", "A4", "A4", "Registration surrendered"),
        (T, "ST.27", "T10", "A3", "A3", "Application refused"),
        (T, "ST.96", "Provisional refusal", "A2", "N2", "Protection refused"),
        (T, "ST.96", "Ceasing of effect", "A4", "A2", "Under examination"),
        (D, "ST.27", "F10", "N1", "A4", "Registered"),
        (D, "ST.96", "Expired", "A2", "N6", "Expired"),
        (D, "ST.96", "Grant protection", "N6", "A4", "Protection granted"),
        (D, "ST.96", "Registered", "A1", "A4", "Rejected"),
        (D, "NAT:EM", "anything", "A4", "N6", "Cancelled"),
    ],
)
def test_irregular_moves(
    table: CodeTable, right: Right, system: str, code: str, before: str, after: str, status: str
) -> None:
    earlier = "-" if before == "-" else "Interruption of proceeding"
    assert not judge(table, right, system, code, f"{before} {after}", f"{earlier}, {status}")


# Words of documents


def test_every_status_is_found_by_its_own_text(table: CodeTable) -> None:
    for row in table.statuses:
        for text in (row.status, row.title, row.title.upper(), row.title.replace(" ", ""), f" {row.title.lower()}\n"):
            for is_registered in (False, True):
                found = table.imported_status(row.right, text, is_registered=is_registered)
                assert (found.position, found.status, found.national) == (row.position, row.status, None)
                assert found.pair == (row.registered if is_registered else row.usual)
                assert row.allows(found.pair)


def test_every_other_word_is_found(table: CodeTable) -> None:
    for word in table.words:
        found = table.imported_status(word.right, word.text.replace(" ", "_").upper())
        row = table.status_for(word.right, found.status)
        assert row is not None
        assert row.allows(found.pair)
        assert row.allows(table.imported_status(word.right, word.text, is_registered=True).pair)


@pytest.mark.parametrize(
    ("right", "text", "is_registered", "pair_text", "status"),
    [
        (T, "REGISTERED", True, "A4", "Registered"),
        (T, "Opposition pending", False, "A3", "Opposition pending"),
        (T, "Opposition pending", True, "A5", "Opposition pending"),
        (T, "Application opposed", True, "A3", "Opposition pending"),
        (T, "Registration opposed", False, "A5", "Opposition pending"),
        (T, "Action before Court of Justice pending", True, "A5", "Action before court pending"),
        (T, "Application deemed withdrawn", False, "N6", "Application withdrawn"),
        (T, "Interruption of proceedings", False, "A0", "Interruption of proceeding"),
        (T, "Registration cancellation pending", True, "A5", "Cancellation pending"),
        (T, "Expired", True, "N6", "Expired"),
        (T, "ENDED", True, "N6", "Ended"),
        (D, "Registered and subject to deferment", True, "A4", "Publication deferred"),
        (D, "Design lapsed", True, "N6", "Expired"),
        (D, "undefined", False, "U0", "Undefined"),
    ],
)
def test_words_of_documents(
    table: CodeTable, right: Right, text: str, is_registered: bool, pair_text: str, status: str
) -> None:
    found = table.imported_status(right, text, is_registered=is_registered)
    assert (str(found.pair), found.status, found.national) == (pair_text, status, None)


def test_an_unknown_word_is_kept_and_not_guessed_at(table: CodeTable) -> None:
    found = table.imported_status(T, "  Some  future status ", is_registered=True)
    assert (str(found.pair), found.status, found.national) == ("U0", "Unspecified", "Some future status")
    found = table.imported_status(D, "登録", is_registered=True)
    assert (str(found.pair), found.status) == ("U0", "Undefined")
    assert found.national == "#" + hashlib.sha256("登録".encode()).hexdigest()[:8]


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_no_word_is_unspecified(table: CodeTable, text: str | None) -> None:
    found = table.imported_status(T, text)
    assert (str(found.pair), found.status, found.national) == ("U0", "Unspecified", None)


@pytest.mark.parametrize(
    "text", ["x", "a" * 32, "a" * 33, "Zustand: gelöscht", "登" * 40, "tab\tbed", "Registered\x00", "\u200bx", "é é é"]
)
def test_national_codes_fit_on_chain_and_tell_words_apart(text: str) -> None:
    code = national_code(text)
    assert 0 < len(code.encode("ascii")) <= 32
    assert code.isprintable()
    assert code == code.strip()
    assert national_code(text) == code
    assert national_code(text + "x") != code


def test_no_national_code_of_nothing() -> None:
    with pytest.raises(InputError, match="empty"):
        national_code(" ")


# Titles


def test_titles_for_people(table: CodeTable) -> None:
    assert table.title_of(T, "ST.27", "F10") == "IP right granted"
    both = "IP right granted: IP right granted following substantive examination"
    assert table.title_of(T, "ST.27", "F10-F11") == both
    assert table.title_of(D, "ST.27", "F10-F11-opp") == f"{both} (Opposition procedure)"
    assert table.title_of(D, "ST.27", "F10-F99-QQQ") == "IP right granted"
    assert table.title_of(T, "ST.96", "Action before court pending") == "Action before court of justice pending"
    assert table.title_of(T, "NAT:EM", "X1") == "X1"
    assert table.title_of(T, "ST.61", "F10") == "F10"


def test_statuses_by_text_and_position(table: CodeTable) -> None:
    row = table.status_at(T, 17)
    assert row is not None
    assert row.status == "Action before court pending"
    assert table.status_for(T, row.status) is row
    assert table.status_at(T, 18) is None
    assert table.status_for(D, "Application Filed") is None


def test_json_of_rows(table: CodeTable) -> None:
    rule = table.rule_for(T, "ST.27", "B10")
    assert rule is not None
    assert rule.to_json() == {
        "right": "T",
        "system": "ST.27",
        "code": "B10",
        "category": "B",
        "from": "A0-3 N0-3 N6 U*",
        "to": "N1-3 N6 same",
        "statuses": [8, 9, 10, 11, 12, 13, 14, 16, 17, 107, 108, 109, 110, 111, 112],
        "sameStatus": True,
        "title": "Application discontinued",
        "source": table.sources["st27"].text,
        "isOfficial": True,
        "note": rule.note,
    }
    row = table.status_for(T, "Opposition pending")
    assert row is not None
    assert row.to_json()["tm5"] == {
        "A3": "LIVE/APPLICATION/Opposition Pending",
        "A5": "LIVE/REGISTRATION/Opposition Pending",
    }
    assert (row.to_json()["usual"], row.to_json()["registered"]) == ("A3", "A5")


# Sets of states and stages


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("A0", 1),
        ("A0-2", 7),
        ("N0", 1 << 7),
        ("T6", 1 << 20),
        ("U6", 1 << 27),
        ("U*", 0x7F << 21),
        ("none", 1 << 28),
        ("same", 1 << 29),
        ("any", (1 << 28) - 1),
        ("none A4 N4-6 T6 same", 1 << 28 | 1 << 4 | 7 << 11 | 1 << 20 | 1 << 29),
    ],
)
def test_sets_of_pairs_have_the_bits_of_the_contract(text: str, bits: int) -> None:
    assert pairs_from_text(text) == bits
    assert pairs_to_text(bits) == text


def test_sets_of_pairs_read_back(table: CodeTable) -> None:
    masks = [rule.from_ for rule in table.codes] + [rule.to for rule in table.codes]
    for bits in masks + [row.pairs for row in table.statuses]:
        assert pairs_from_text(pairs_to_text(bits)) == bits


@pytest.mark.parametrize("text", ["", "A", "A7", "A3-2", "A3-3", "X1", "a1", "A1,A2", "A*-3", "NONE"])
def test_what_is_no_set_of_pairs(text: str) -> None:
    with pytest.raises(InputError, match="state"):
        pairs_from_text(text)


# Files

SMALL = """
format = 1
codes = [
{ rights = "T", system = "ST.61", code = "X1", category = "A", from = "none", to = "A1", title = "1", source = "o" },
{ rights = "TD", system = "NAT:EM", code = "X2", category = "W", from = "any", to = "same", title = "2", source = "p" }
]
statuses = [ { right = "T", position = 1, status = "In", pairs = "A1-4", usual = "A1", source = "p" } ]
words = [ { right = "T", text = "gültig", status = "In", pair = "A4", source = "p" } ]
[sources]
o = { text = "An official list", official = true }
p = { text = "A profile", official = false }
"""


def test_another_file_takes_the_place_of_the_list(tmp_path: Path) -> None:
    file = tmp_path / "codes.toml"
    file.write_text(SMALL, encoding="utf-8")
    table = read_codes(file)
    rule = table.rule_for(T, "ST.61", "X1")
    assert rule is not None
    assert rule.source.is_official
    assert [code.right for code in table.codes] == [T, T, D]
    assert table.rule_for(D, "NAT:EM", "X2") is not None
    assert str(table.imported_status(T, "GÜLTIG").pair) == "A4"
    with pytest.raises(InputError, match="usual for U0"):
        table.imported_status(T, "else")


@pytest.mark.parametrize(
    ("listed", "statuses"), [("", 2), (', statuses = ["In", "same"]', 3), (', statuses = ["A4"]', 2)]
)
def test_statuses_of_codes_in_files(tmp_path: Path, listed: str, statuses: int) -> None:
    file = tmp_path / "codes.toml"
    file.write_text(SMALL.replace('to = "A1"', f'to = "A1"{listed}'), encoding="utf-8")
    rule = read_codes(file).rule_for(T, "ST.61", "X1")
    assert rule is not None
    assert rule.statuses == statuses


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("format = 1", "format = 2", "format"),
        ("format = 1", "format = 1\nextra = 1", "extra"),
        ("[sources]", "[other]", "sources"),
        ("official = true", "official = 1", "sources.o.official"),
        ("official = true }", "official = true, x = 1 }", "sources.o.x"),
        ("official = true", "official = false", "codes[0].source"),
        ('source = "o"', 'source = "q"', "codes[0].source"),
        ('rights = "T"', 'rights = "P"', "codes[0].rights"),
        ('rights = "T"', 'rights = "TT"', "codes[0].rights"),
        ('rights = "T"', 'rights = ""', "codes[0].rights"),
        ('rights = "T"', 'rights = "D"', "codes[0].system"),
        ('rights = "T", ', "", "codes[0].rights"),
        ('"ST.61"', '"ST.99"', "codes[0].system"),
        ('"NAT:EM"', '"NAT:XX"', "codes[1].system"),
        ('"NAT:EM"', '"NAT:"', "codes[1].system"),
        ('system = "ST.61", code = "X1"', 'system = "ST.27", code = "X10"', "codes[0].code"),
        ('system = "ST.61", code = "X1"', 'system = "ST.27", code = "A10-A11"', "codes[0].code"),
        ('"X1"', '"é"', "codes[0].code"),
        ('"X1"', f'"{"x" * 33}"', "codes[0].code"),
        ('"X1"', '" x"', "codes[0].code"),
        ('"X1"', "1", "codes[0].code"),
        ('category = "A"', 'category = "a"', "codes[0].category"),
        ('category = "A"', 'category = "W"', "codes[0].from"),
        ('category = "W"', 'category = "P"', "codes[1].from"),
        ('from = "none"', 'from = "same"', "codes[0].from"),
        ('from = "none"', 'from = ""', "codes[0].from"),
        ('from = "none"', "from = 1", "codes[0].from"),
        ('to = "A1"', 'to = "none"', "codes[0].to"),
        ('to = "A1"', 'to = "N6"', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = "same"', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = []', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = ["Out"]', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = ["none"]', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = ["A4-2"]', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = [1]', "codes[0].statuses"),
        ('to = "A1"', 'to = "A1", statuses = ["N*"]', "codes[0].statuses"),
        ('status = "In", pairs', 'status = "A1-3 same", pairs', "statuses[0].status"),
        ('to = "A1"', 'to = "B1"', "codes[0].to"),
        ('title = "1"', 'title = ""', "codes[0].title"),
        ('title = "1"', 'title = "1", remark = "x"', "codes[0].remark"),
        ('system = "ST.61", code = "X1", category = "A", from = "none"',
         'system = "NAT:EM", code = "X2", category = "A", from = "none"', "codes"),
        ("position = 1", "position = 0", "statuses[0].position"),
        ("position = 1", "position = 128", "statuses[0].position"),
        ("position = 1", "position = true", "statuses[0].position"),
        ('pairs = "A1-4"', 'pairs = "A1 same"', "statuses[0].pairs"),
        ('usual = "A1"', 'usual = "N6"', "statuses[0].usual"),
        ('usual = "A1"', 'usual = "A9"', "statuses[0].usual"),
        ('usual = "A1"', 'usual = "A1", registered = "A5"', "statuses[0].registered"),
        ('usual = "A1"', 'usual = "A1", tm5 = { A5 = "LIVE" }', "statuses[0].tm5"),
        ('usual = "A1"', 'usual = "A1", tm5 = "LIVE"', "statuses[0].tm5"),
        ('status = "In", pairs', f'status = "{"x" * 33}", pairs', "statuses[0].status"),
        ('right = "T", position', 'right = "U", position', "statuses[0].right"),
        ('source = "p" } ]\nw',
         'source = "p" }, { right = "T", position = 1, status = "On", pairs = "A1", usual = "A1", source = "p" } ]\nw',
         "statuses"),
        ('source = "p" } ]\nw',
         'source = "p" }, { right = "T", position = 2, status = "In", pairs = "A1", usual = "A1", source = "p" } ]\nw',
         "statuses"),
        ('text = "gültig"', 'text = "IN"', "statuses and words"),
        ('text = "gültig"', 'text = " x"', "words[0].text"),
        ('status = "In", pair =', 'status = "On", pair =', "words[0].status"),
        ('pair = "A4"', 'pair = "N6"', "words[0].pair"),
        ('pair = "A4"', 'registered = "N6"', "words[0].registered"),
        ("words = [ {", "words = [ 1, {", "words[0]"),
        ("format = 1", "format = 1\nst27 = { detailed = { f10 = 'x' } }", "st27.detailed.f10"),
        ("format = 1", "format = 1\nst27 = { detailed = { F11 = 1 } }", "st27.detailed.F11"),
        ("format = 1", "format = 1\nst27 = { indicators = 1 }", "st27.indicators"),
        ("format = 1", "format = 1\nst27 = { x = 1 }", "st27.x"),
    ],
)  # fmt: skip
def test_files_are_refused_with_the_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in SMALL
    changed = SMALL.replace(old, new, 1)
    tomllib.loads(changed)
    file = tmp_path / "codes.toml"
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_codes(file)
    assert caught.value.details["place"] == place
    assert str(file) in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("part", ["codes", "statuses", "words"])
def test_a_part_that_is_no_list_is_refused(tmp_path: Path, part: str) -> None:
    parts = {"codes": "[]", "statuses": "[]", "words": "[]"} | {part: "1"}
    file = tmp_path / "codes.toml"
    file.write_text("format = 1\nsources = {}\n" + "".join(f"{name} = {value}\n" for name, value in parts.items()))
    with pytest.raises(ConfigError, match="list of rows") as caught:
        read_codes(file)
    assert caught.value.details["place"] == part


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        read_codes(tmp_path / "none.toml")
    file = tmp_path / "codes.toml"
    file.write_text("format = ")
    with pytest.raises(ConfigError, match="not TOML"):
        read_codes(file)
    file.write_bytes(b"format = '\xff'")
    with pytest.raises(ConfigError, match="not TOML"):
        read_codes(file)
