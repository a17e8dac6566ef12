"""The table of codes and statuses: who sets it, what it takes, and what an event needs to be in it."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.rights_register.checks import accepted, flags_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of, storage_root
from tests.contracts.support.offices import GOVERNANCE, Office
from tests.contracts.support.rights import (
    ANY,
    FILED,
    IMPORTED,
    IRREGULAR,
    LAST_STATUS,
    PUBLISHED,
    REGISTERED,
    SAME,
    STATUSES,
    CodeRow,
    after,
    ascii_word,
    ask,
    ask_batch,
    filing,
    pairs,
    record_all,
    row,
    set_codes,
    table,
)

MARK = "EM/T/018660437"
NEW = row("T", "Decision of the board", "V", "A2 A3", "N2 same", (SAME, PUBLISHED), system="ST.96")
MISSING = 9
"""A position that has no text."""


def set_statuses(rights: Any, *rows: tuple[bytes, int, bytes]) -> Any:
    return rights.setStatuses(list(rows), {"from": accounts[GOVERNANCE]})


def try_codes(rights: Any, *rows: CodeRow) -> Any:
    return rights.setCodes.call(list(rows), {"from": accounts[GOVERNANCE]})


def try_statuses(rights: Any, *rows: tuple[bytes, int, bytes]) -> Any:
    return rights.setStatuses.call(list(rows), {"from": accounts[GOVERNANCE]})


def code_log(rights: Any, row: CodeRow) -> Any:
    names = ("right", "system", "code", "category", "from", "to", "statuses", "title")
    return log(rights, "CodeSet", **dict(zip(names, row, strict=True)))


def answered(rights: Any, row: CodeRow) -> tuple[Any, ...]:
    category, *rest = rights.codeOf(row.right, row.system, row.code)
    return bytes(category), *rest


def test_rows_are_answered(rights: Any) -> None:
    for each in table():
        assert answered(rights, each) == each[3:7]
    for right, (position, text) in ((right, item) for right in (b"T", b"D") for item in STATUSES.items()):
        assert bytes(rights.statusOf(right, position)) == ascii_word(text)


def test_what_is_in_no_row(rights: Any) -> None:
    for missing in (NEW, NEW._replace(right=b"D"), row("T", "A1", "A", "", "", ()), row("P", "A10", "A", "", "", ())):
        assert answered(rights, missing) == (b"\0", 0, 0, 0)
    assert answered(rights, row("D", "Registration published", "F", "", "", (), system="NAT:EM"))[0] == b"\0"
    for position in (0, MISSING, 128, 255):
        assert int.from_bytes(bytes(rights.statusOf(b"T", position)), "big") == 0


def test_setting_rows(rights: Any, governance: Any) -> None:
    """A row is set, replaced and retired; the log has it whole."""
    rows = (NEW, NEW._replace(right=b"D"), row("T", "Z10", "Z", f"{ANY} none", f"{ANY} same", range(128)))
    transaction = set_codes(rights, *rows)
    assert logs_of(transaction) == [code_log(rights, each) for each in rows]
    for each in rows:
        assert answered(rights, each) == each[3:7]
    replaced = NEW._replace(category=b"W", before=1, after=2, statuses=4, title="Another title, of any length " * 3)
    assert logs_of(set_codes(rights, replaced)) == [code_log(rights, replaced)]
    assert answered(rights, NEW) == (b"W", 1, 2, 4)
    assert answered(rights, rows[1]) == rows[1][3:7]
    retired = replaced._replace(category=b"\0", before=0, after=0, statuses=0)
    set_codes(rights, retired)
    assert answered(rights, NEW) == (b"\0", 0, 0, 0)


def test_setting_statuses(rights: Any) -> None:
    rows = [(b"T", MISSING, ascii_word("Appeal pending")), (b"D", 126, ascii_word("Deferred"))]
    transaction = set_statuses(rights, *rows)
    assert logs_of(transaction) == [
        log(rights, "StatusSet", right=right, position=position, status=status) for right, position, status in rows
    ]
    assert bytes(rights.statusOf(b"T", MISSING)) == ascii_word("Appeal pending")
    assert int.from_bytes(bytes(rights.statusOf(b"D", MISSING)), "big") == 0


def test_only_the_governing_body(rights: Any, em: Office, relayer: Any, stranger: Any) -> None:
    for sender in (relayer, stranger, em.seat):
        reverts_with(
            lambda sender=sender: rights.setCodes.call([NEW], {"from": sender}), "RightsRegisterNotGovernance", sender
        )
        reverts_with(
            lambda sender=sender: rights.setStatuses.call([], {"from": sender}), "RightsRegisterNotGovernance", sender
        )


def test_the_governing_body_is_the_directorys(rights: Any, directory: Any, governance: Any, stranger: Any) -> None:
    directory.transferGovernance(stranger, {"from": governance})
    reverts_with(lambda: try_codes(rights, NEW), "RightsRegisterNotGovernance", governance)
    rights.setCodes([NEW], {"from": stranger})
    assert answered(rights, NEW) == NEW[3:7]


@pytest.mark.parametrize(
    "wrong",
    [
        NEW._replace(code=bytes(32)),
        NEW._replace(system=bytes(8)),
        NEW._replace(category=b"@"),
        NEW._replace(category=b"["),
        NEW._replace(category=b"a"),
        NEW._replace(category=b"1"),
        NEW._replace(before=1 << 30),
        NEW._replace(before=1 << 31),
        NEW._replace(after=1 << 30),
        NEW._replace(after=2**32 - 1),
        row("T", "A10-", "A", "none", "A1", (FILED,)),
        row("T", "F10-F11", "F", "A1", "A4", (REGISTERED,)),
    ],
)
def test_rows_that_cannot_be(rights: Any, wrong: CodeRow) -> None:
    reverts_with(lambda: try_codes(rights, NEW, wrong), "RightsRegisterInvalidRule", wrong.code)


def test_positions_that_cannot_be(rights: Any) -> None:
    """Nor is the text of a position ever changed, not even to itself."""
    text = ascii_word("Another status")
    for position in (0, 128, 255, FILED, LAST_STATUS):
        reverts_with(
            lambda position=position: try_statuses(rights, (b"T", position, text)), "RightsRegisterInvalidRule", text
        )
    filed = ascii_word(STATUSES[FILED])
    reverts_with(lambda: try_statuses(rights, (b"T", FILED, filed)), "RightsRegisterInvalidRule", filed)
    reverts_with(lambda: try_statuses(rights, (b"T", MISSING, bytes(32))), "RightsRegisterInvalidRule", bytes(32))
    twice = [(b"T", MISSING, text), (b"T", MISSING, text)]
    reverts_with(lambda: try_statuses(rights, *twice), "RightsRegisterInvalidRule", text)


@pytest.mark.parametrize("right", ["P", "U", "S", "G", "t", "\0"])
def test_rows_of_other_rights(rights: Any, right: str) -> None:
    code = right.encode()
    reverts_with(lambda: try_codes(rights, NEW._replace(right=code)), "RightsRegisterUnknownRight", code)
    reverts_with(lambda: try_statuses(rights, (code, MISSING, b"text".ljust(32))), "RightsRegisterUnknownRight", code)


def test_all_rows_or_none(rights: Any, governance: Any) -> None:
    root = storage_root(rights)
    wrong = NEW._replace(code=bytes(32))
    reverts_with(lambda: rights.setCodes([NEW, wrong], {"from": governance}), "RightsRegisterInvalidRule", wrong.code)
    assert storage_root(rights) == root


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("ST.27", "Z10"),
        ("ST.27", "f10"),
        ("ST.27", "F1"),
        ("ST.27", "Application published"),
        ("ST.27", ""),
        ("ST.96", "F10"),
        ("ST.96", "Application file"),
        ("ST.96", "Application filed."),
        ("ST.96", ""),
        ("ST.61", "F10"),
        ("ST.87", "F10"),
        ("st.27", "F10"),
        ("ST.27 ", "F10"),
        ("", "F10"),
        ("NAT:", "E77"),
        ("NAT:RU", "E77"),
        ("NAT:E", "E77"),
        ("NAT:em", "E77"),
        ("NAT:EMX", "E77"),
        ("NAT:EM", ""),
        ("NAT EM", "E77"),
    ],
)
def test_unknown_codes(rights: Any, system: str, code: str) -> None:
    filed = filing(MARK)
    event = after(filed, code, system=system)
    accepted(rights, filed)
    reverts_with(
        lambda: ask_batch(rights, [filed, event]), "RightsRegisterUnknownCode", filed.number, event.system, event.code
    )


def test_codes_are_those_of_the_right(rights: Any) -> None:
    set_codes(rights, row("D", "Z10", "Q", ANY, "same", (SAME,)))
    mark, design = filing(MARK), filing("EM/D/0001", classes=[1])
    accepted(rights, design, after(design, "Z10"))
    event = after(mark, "Z10")
    reverts_with(
        lambda: ask_batch(rights, [mark, event]), "RightsRegisterUnknownCode", mark.number, event.system, event.code
    )


def test_retired_codes(rights: Any) -> None:
    filed = filing(MARK)
    event = after(filed, "W10")
    accepted(rights, filed, event)
    set_codes(rights, row("T", "W10", "", "", "", ()))
    reverts_with(
        lambda: ask_batch(rights, [filed, event]), "RightsRegisterUnknownCode", filed.number, event.system, event.code
    )


@pytest.mark.parametrize("code", ["F10", "F10-F11", "F10+anything"])
def test_key_event_rules_st27(rights: Any, code: str) -> None:
    """The first three characters are looked up, and all are recorded."""
    filed = filing(MARK)
    assert flags_of(rights, filed, after(filed, code, "A4", REGISTERED)) == [0, 0]


@pytest.mark.parametrize(("right", "office"), [("T", "EM"), ("D", "EM"), ("T", "RU")])
def test_national_codes_need_no_row(rights: Any, right: str, office: str) -> None:
    """They foresee no change: neither of the stage nor of the status."""
    filed = filing(f"{office}/{right}/1", classes=[9])
    quiet = after(filed, "E77", system=f"NAT:{office}")
    moving = after(quiet, "E77", "A2", system=f"NAT:{office}")
    renaming = after(moving, "E77", status=PUBLISHED, system=f"NAT:{office}")
    both = after(renaming, "E77", "N2", REGISTERED, system=f"NAT:{office}")
    assert flags_of(rights, filed, quiet, moving, renaming, both) == [0, 0, IRREGULAR, IRREGULAR, IRREGULAR]


def test_national_codes_with_a_row(rights: Any) -> None:
    filed = filing(MARK, resulting="A2")
    national = after(filed, "Registration published", "A4", REGISTERED, system="NAT:EM")
    assert flags_of(rights, filed, national) == [0, 0]


def test_national_rows_of_another_office(rights: Any) -> None:
    """The row of one office is not asked for the entries of another, whose code of that name has no row."""
    filed = filing("RU/T/1", resulting="A2")
    own = after(filed, "Registration published", "A4", REGISTERED, system="NAT:RU")
    assert flags_of(rights, filed, own) == [0, IRREGULAR]


def test_a_national_code_does_not_create(rights: Any) -> None:
    filed = filing(MARK, "E77", system="NAT:EM")
    reverts_with(lambda: ask(rights, filed), "RightsRegisterNotCreating", filed.number, filed.code)
    accepted(rights, filed._replace(flags=IMPORTED))


@pytest.mark.parametrize("status", [0, MISSING, 126, 128, 255])
def test_unknown_statuses(rights: Any, status: int) -> None:
    for event in (filing(MARK, status=status), filing(MARK, status=status)._replace(flags=IMPORTED)):
        reverts_with(lambda event=event: ask(rights, event), "RightsRegisterUnknownStatus", event.number, status)
    filed = filing(MARK)
    later = after(filed, "F10", "A4", status)
    reverts_with(lambda: ask_batch(rights, [filed, later]), "RightsRegisterUnknownStatus", filed.number, status)


def test_statuses_are_those_of_the_right(rights: Any) -> None:
    set_statuses(rights, (b"D", MISSING, ascii_word("Deferred")))
    design = filing("EM/D/0001", status=MISSING, classes=[1])
    mark = filing(MARK, status=MISSING)
    assert flags_of(rights, design) == [IRREGULAR]
    reverts_with(lambda: ask(rights, mark), "RightsRegisterUnknownStatus", mark.number, MISSING)


@pytest.mark.parametrize(
    "resulting",
    [b"\0\0", b"A\0", b"A7", b"A/", b"A:", b"B1", b"M1", b"O1", b"S1", b"V1", b"Z1", b"a1", b"@1", b"1A", b"\xc11"],
)
def test_unknown_stages(rights: Any, resulting: bytes) -> None:
    filed = filing(MARK)._replace(resulting=resulting)
    reverts_with(lambda: ask(rights, filed), "RightsRegisterUnknownStage", filed.number, resulting)


def test_setting_rows_leaves_what_was_recorded(rights: Any) -> None:
    """What was irregular under one table stays so under the next, and the other way round."""
    filed = record_all(rights, filing(MARK))
    jump = after(filed, "D10", "N1", PUBLISHED)
    assert flags_of(rights, jump) == [IRREGULAR]
    set_codes(rights, row("T", "D10", "D", "A1 N1", "N1", (PUBLISHED,)))
    assert flags_of(rights, after(jump, "D10", "N1")) == [0]
    other = filing("EM/T/2")
    assert flags_of(rights, other, after(other, "D10", "N1", PUBLISHED)) == [0, 0]
    assert rights.entryOf(filed.number)[3] == 2
    assert rights.entryOf(other.number)[3] == 0


def test_bits_of_pairs() -> None:
    """How the tests write pairs, against the numbers that the interface documents."""
    assert pairs("A0") == 1
    assert pairs("A4 N1 T6 U0") == 1 << 4 | 1 << 8 | 1 << 20 | 1 << 21
    assert pairs("none same") == 1 << 28 | 1 << 29
    assert pairs(ANY) == (1 << 28) - 1
