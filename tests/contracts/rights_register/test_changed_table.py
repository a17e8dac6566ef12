"""What changes for events, from then on, when the offices change a row of the table."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.rights_register.checks import flags_of
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.offices import GOVERNANCE, number
from tests.contracts.support.rights import (
    ANY,
    FILED,
    IRREGULAR,
    LAST_STATUS,
    SAME,
    STATUSES,
    Event,
    after,
    ascii_word,
    ask,
    entry_of,
    filing,
    record,
    record_all,
    row,
    set_codes,
)

MARK = "EM/T/018660437"
FRESH = 40
"""A position that the tests' table has not."""


def set_status(rights: Any, position: int, text: str) -> None:
    rights.setStatuses([(b"T", position, ascii_word(text))], {"from": accounts[GOVERNANCE]})


@pytest.fixture
def filed(rights: Any) -> Event:
    return record_all(rights, filing(MARK))


def unknown(rights: Any, event: Event) -> None:
    reverts_with(lambda: ask(rights, event), "RightsRegisterUnknownCode", event.number, event.system, event.code)


def test_a_retired_code_comes_back(rights: Any, filed: Event) -> None:
    set_codes(rights, row("T", "Q10", "", "", "", []))
    unknown(rights, after(filed, "Q10"))
    set_codes(rights, row("T", "Q10", "Q", ANY, "same", [SAME]))
    assert flags_of(rights, after(filed, "Q10")) == [0]


def test_a_code_is_retired_for_one_right(rights: Any, filed: Event) -> None:
    set_codes(rights, row("D", "Q10", "", "", "", []))
    assert flags_of(rights, after(filed, "Q10")) == [0]
    unknown(rights, after(record_all(rights, filing("EM/D/1")), "Q10"))


def test_the_category_is_that_of_the_row(rights: Any, filed: Event) -> None:
    """A row, and not the letter that a code begins with, says what an event is."""
    set_codes(rights, row("T", "W10", "A", "none", "A1", [FILED]))
    record(rights, filing("EM/T/2", code="W10"))
    set_codes(rights, row("T", "W10", "Y", ANY, "same", [SAME]))
    reverts_with(lambda: ask(rights, after(filed, "W10")), "RightsRegisterInvalidCorrection", number(MARK), 0)
    record(rights, after(filed, "W10", corrects=1))


def test_a_retired_national_code_is_one_without_a_row(rights: Any) -> None:
    """It foresees no change any more, and that nothing changes again."""
    published = record_all(rights, filing(MARK, resulting="A2"))
    staying = after(published, "Registration published", system="NAT:EM")
    assert flags_of(rights, staying) == [IRREGULAR]
    set_codes(rights, row("T", "Registration published", "", "", "", [], system="NAT:EM"))
    again = after(staying, "Registration published", system="NAT:EM")
    granting = after(again, "Registration published", "A4", system="NAT:EM")
    assert flags_of(rights, again, granting) == [0, IRREGULAR]


def test_official_lists_are_loaded_later(rights: Any, filed: Event) -> None:
    """ST.61 has no row until the offices load its list; no other contract is needed for it."""
    event = after(filed, "K01", system="ST.61")
    unknown(rights, event)
    set_codes(rights, row("T", "K01", "Q", ANY, "same", [SAME], system="ST.61"))
    assert flags_of(rights, event) == [0]


def test_one_text_may_have_two_positions(rights: Any, filed: Event) -> None:
    """A text that comes back after a change of the list."""
    set_status(rights, FRESH, STATUSES[FILED])
    assert bytes(rights.statusOf(b"T", FRESH)) == bytes(rights.statusOf(b"T", FILED))
    assert flags_of(rights, after(filed, "W10", status=FRESH)) == [IRREGULAR], "another position all the same"


def test_the_last_position(rights: Any, filed: Event) -> None:
    set_codes(rights, row("T", "X10", "X", ANY, "same", [LAST_STATUS]))
    assert flags_of(rights, after(filed, "X10", status=LAST_STATUS)) == [0]
    assert entry_of(rights, MARK).status == LAST_STATUS


def test_a_status_is_there_before_events_name_it(rights: Any, filed: Event) -> None:
    event = after(filed, "W10", status=FRESH)
    reverts_with(lambda: ask(rights, event), "RightsRegisterUnknownStatus", event.number, FRESH)
    set_status(rights, FRESH, "Opposition suspended")
    assert flags_of(rights, event) == [IRREGULAR], "in the table, but not after this code"
