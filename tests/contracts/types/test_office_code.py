"""`OfficeCode`: all 65,536 values of two bytes."""

from __future__ import annotations

import itertools
import string
from typing import Any

from tests.contracts.types.bits import bits


def test_exactly_two_capital_letters_are_well_formed(types: Any) -> None:
    expected = {256 * ord(a) + ord(b) for a, b in itertools.product(string.ascii_uppercase, repeat=2)}
    found: set[int] = set()
    for first in range(0, 65536, 16384):
        found |= bits(types.wellFormedCodes(first, 16384), first)
    assert found == expected


def test_codes_are_equal_when_their_bytes_are(types: Any) -> None:
    assert tuple(types.compareCodes(b"EM", b"EM")) == (True, False)
    assert tuple(types.compareCodes(b"EM", b"EN")) == (False, True)
    assert tuple(types.compareCodes(b"EM", b"FM")) == (False, True)
    assert tuple(types.compareCodes(b"EM", b"ME")) == (False, True)
