"""Model of the table of codes and statuses that the offices govern, and of what it foresees."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.stateful.model.basics import ZERO_WORD, Effect, Event, Refusal
from tests.stateful.model.directory import DirectoryModel
from tests.stateful.model.numbers import office_of, right_of
from tests.stateful.model.practice import REGISTER_RIGHTS
from tests.stateful.model.rights_statements import system_of

CONTRACT = "RightsRegister"
PAIRS = [bytes([state, stage]) for state in b"ANTU" for stage in b"0123456"]
"""State and stage; the bit of each in a row of the table is its place here."""
NO_PAIR = bytes(2)
NO_ENTRY, NO_CHANGE = 1 << 28, 1 << 29
ALL_PAIRS = NO_ENTRY - 1
ST27 = system_of("ST.27")
LAST_STATUS = 127
CATEGORY = re.compile(rb"[A-Z]")

CodeRule = tuple[bytes, bytes, bytes, bytes, int, int, int, str]
"""Right, system, code, category, from, to, statuses, title."""
StatusRule = tuple[bytes, int, bytes]
"""Right, position, text."""


class Row(NamedTuple):
    """What the table says of a code."""

    category: bytes = b"\x00"
    before: int = 0
    after: int = 0
    statuses: int = 0


# An office's own code without a row: another event, which changes neither state nor status.
NATIONAL_ROW = Row(b"W", ALL_PAIRS, NO_CHANGE, 1)


def bit_of(pair: bytes) -> int:
    """Return the bit of a state and stage."""
    return 1 << PAIRS.index(pair)


def bits_of(text: str) -> int:
    """Return the bits of pairs written `A123 N6 U*`, with `-` for no entry yet and `=` for no change."""
    bits = 0
    for part in text.split():
        if part in "-=":
            bits |= NO_ENTRY if part == "-" else NO_CHANGE
        else:
            bits |= sum(bit_of((part[0] + stage).encode("ascii")) for stage in part[1:].replace("*", "0123456"))
    return bits


def category_bit(category: bytes) -> int:
    """Return the bit of a category in an empowerment."""
    return 1 << category[0] - ord("A")


class TableModel:
    """The governed table."""

    def __init__(self, directory: DirectoryModel) -> None:
        self.directory = directory
        self.rows: dict[tuple[bytes, bytes, bytes], Row] = {}
        self.statuses: dict[tuple[bytes, int], bytes] = {}

    def set_codes(self, caller: str, rules: tuple[CodeRule, ...]) -> Effect:
        """Set rows of codes, all or none."""
        self._need_governance(caller)
        rows, events = dict(self.rows), []
        for rule in rules:
            right, system, code, category, before, after, statuses, _ = rule
            self._need_right(right)
            is_category = category == b"\x00" or CATEGORY.fullmatch(category) is not None
            is_key_event = system != ST27 or code[3:] == bytes(29)
            is_named = any(code) and any(system)
            if not (is_category and is_key_event and is_named and (before | after) < 1 << 30):
                raise Refusal("RightsRegisterInvalidRule", code)
            rows[right, system, code] = Row(category, before, after, statuses)
            events.append(Event(CONTRACT, "CodeSet", rule))
        self.rows = rows
        return Effect((), events)

    def set_statuses(self, caller: str, rules: tuple[StatusRule, ...]) -> Effect:
        """Give texts to positions, all or none; none gets another text."""
        self._need_governance(caller)
        statuses, events = dict(self.statuses), []
        for rule in rules:
            right, position, text = rule
            self._need_right(right)
            if text == ZERO_WORD or not 1 <= position <= LAST_STATUS or (right, position) in statuses:
                raise Refusal("RightsRegisterInvalidRule", text)
            statuses[right, position] = text
            events.append(Event(CONTRACT, "StatusSet", rule))
        self.statuses = statuses
        return Effect((), events)

    def row_of(self, right: bytes, system: bytes, code: bytes) -> Row:
        """Return the row of exactly this code."""
        return self.rows.get((right, system, code), Row())

    def text_of(self, right: bytes, position: int) -> bytes:
        """Return the text of a status; zero if it has none."""
        return self.statuses.get((right, position), ZERO_WORD)

    def rule_for(self, number: bytes, system: bytes, code: bytes) -> Row:
        """Return what rules an event with this code, or refuse the code."""
        if system.startswith(b"NAT:") and not self.is_own_system(number, system):
            raise Refusal("RightsRegisterUnknownCode", number, system, code)
        row = self.row_of(right_of(number), system, self.key_event(system, code))
        if row.category != b"\x00":
            return row
        if not system.startswith(b"NAT:") or code == ZERO_WORD:
            raise Refusal("RightsRegisterUnknownCode", number, system, code)
        return NATIONAL_ROW

    def is_own_system(self, number: bytes, system: bytes) -> bool:
        """Tell whether a national code system is that of the office of the number."""
        return system[4:] == office_of(number) + bytes(2)

    def key_event(self, system: bytes, code: bytes) -> bytes:
        """Return the code under which the table has it: of ST.27 the key event that leads it."""
        return code[:3].ljust(32, b"\x00") if system == ST27 else code

    def foresees(self, row: Row, before: tuple[bytes, int], after: tuple[bytes, int]) -> bool:
        """Tell whether a row allows the move from one state, stage and status to another."""
        (pair, status), (next_pair, next_status) = before, after
        from_bit = NO_ENTRY if pair == NO_PAIR else bit_of(pair)
        may_come = bool(row.after & bit_of(next_pair)) or (pair == next_pair and bool(row.after & NO_CHANGE))
        may_have = bool(row.statuses >> next_status & 1) or (status == next_status and bool(row.statuses & 1))
        return bool(row.before & from_bit) and may_come and may_have

    def _need_governance(self, caller: str) -> None:
        if caller != self.directory.governance:
            raise Refusal("RightsRegisterNotGovernance", caller)

    def _need_right(self, right: bytes) -> None:
        if right not in REGISTER_RIGHTS:
            raise Refusal("RightsRegisterUnknownRight", right)
