"""`OfficeNumber` against its grammar, which is one regular expression here and arithmetic on words there."""

from __future__ import annotations

import re
import string
from random import Random
from typing import Any

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.contracts.support.errors import reverts_with
from tests.contracts.types.bits import bits

GRAMMAR = re.compile(rb"[A-Z]{2}[PUTDSG][-./0-9A-Z]{1,29}\x00*")
RIGHTS = "PUTDSG"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./"


def is_well_formed(value: bytes) -> bool:
    return len(value) == 32 and GRAMMAR.fullmatch(value) is not None


def encoded(text: bytes) -> bytes:
    assert len(text) <= 32
    return text.ljust(32, b"\x00")


BASES = {
    "shortest": encoded(b"EMT1"),
    "common": encoded(b"EMT018660437"),
    "with marks": encoded(b"AUP2010/001.234-5"),
    "one short of full": encoded(b"RUP" + b"7" * 28),
    "full": encoded(b"USD" + b"Z" * 29),
}

REFUSED = {
    "nothing": b"",
    "no number": b"EMT",
    "no right": b"EM",
    "office in lower case": b"emT018660437",
    "second letter in lower case": b"EmT018660437",
    "right in lower case": b"EMt018660437",
    "number in lower case": b"EMT01866a437",
    "digit in the office": b"E1T018660437",
    "unknown right": b"EMX018660437",
    "right that is a digit": b"EM1018660437",
    "space at the start": b" EMT01866043",
    "space inside": b"EMT0186 60437",
    "space at the end": b"EMT018660437 ",
    "comma": b"USD29,010907",
    "tab": b"EMT0186\t60437",
    "new line at the end": b"EMT018660437\n",
    "zero byte inside": b"EMT0186\x0060437",
    "zero byte before the number": b"EMT\x00018660437",
    "something after the padding": b"EMT018660437".ljust(31, b"\x00") + b"1",
    "something bad after the padding": b"EMT018660437".ljust(31, b"\x00") + b"\xff",
    "padding in front": b"EMT018660437".rjust(32, b"\x00"),
    "look-alike, Cyrillic A": "RUP\u0410123".encode(),
    "full-width digit": "EMT\uff11".encode(),
    "Arabic digit": "EMT\u0661".encode(),
    "byte 0x80": b"EMT0186\x80",
    "letters with the high bit": bytes(b | 0x80 for b in b"EMT018660437"),
    "all ones": b"\xff" * 32,
    "all 0x80": b"\x80" * 32,
    "text form with slashes": b"EM/T/018660437",
    "colon, after 9": b"EMT:",
    "at sign, before A": b"EMT@",
    "bracket, after Z": b"EMT[",
    "plus and comma, before the hyphen": b"EMT,",
}


def well_formed(random: Random) -> bytes:
    office = "".join(random.choices(string.ascii_uppercase, k=2))
    return encoded(
        (office + random.choice(RIGHTS) + "".join(random.choices(ALPHABET, k=random.randint(1, 29)))).encode()
    )


def nearly_well_formed(random: Random) -> bytes:
    """A good value with up to three bytes replaced by anything."""
    value = bytearray(well_formed(random))
    for _ in range(random.randint(0, 3)):
        value[random.randrange(32)] = random.randrange(256)
    return bytes(value)


@pytest.mark.parametrize("base", BASES.values(), ids=BASES.keys())
def test_every_byte_at_every_position(types: Any, base: bytes) -> None:
    """All 8,192 values that differ from a good one in at most one byte."""
    for position, word in enumerate(types.byteVariants(base)):
        variants = [base[:position] + bytes([value]) + base[position + 1 :] for value in range(256)]
        expected = {value for value, variant in enumerate(variants) if is_well_formed(variant)}
        assert bits([word]) == expected, f"byte {position}"


@pytest.mark.parametrize("position", [0, 1, 2, 3, 10, 11, 12, 30])
def test_every_pair_of_neighbours(types: Any, position: int) -> None:
    """All 65,536 pairs: where arithmetic on the word carried from one byte into the next, some pair would show it."""
    base = BASES["full"] if position in {10, 30} else BASES["common"]
    for first in range(0, 256, 64):
        words = types.pairVariants(base, position, first, 64)
        for first_byte, word in enumerate(words, start=first):
            head, tail = base[:position] + bytes([first_byte]), base[position + 2 :]
            expected = {value for value in range(256) if is_well_formed(head + bytes([value]) + tail)}
            assert bits([word]) == expected, f"byte {first_byte:#04x} at {position}"


@pytest.mark.parametrize("length", range(30))
def test_every_length_of_every_filling(types: Any, length: int) -> None:
    """Numbers of 0 to 29 characters, all of them the same byte, for all 256 bytes."""
    values = [encoded(b"EMT" + bytes([filling]) * length) for filling in range(256)]
    expected = [length > 0 and chr(filling) in ALPHABET for filling in range(256)]
    assert list(types.areWellFormed(values)) == expected


@pytest.mark.parametrize("high", [0x80, 0xAD, 0xB0, 0xC1, 0xDA, 0xFF])
def test_a_high_byte_does_not_hide_behind_its_neighbours(types: Any, high: int) -> None:
    """A byte of 0x80 or more carries into the byte before it in a sum over the word: it must refuse the value, whatever
    that byte and the next are."""
    values = [
        encoded(b"EMT12")[:position] + bytes([before, high]) + encoded(b"EMT12")[position + 2 :]
        for position in range(31)
        for before in range(256)
    ]
    for start in range(0, len(values), 2000):
        assert not any(types.areWellFormed(values[start : start + 2000]))


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_number_is_refused_by_name(types: Any, text: bytes) -> None:
    value = encoded(text)
    assert not is_well_formed(value)
    assert list(types.areWellFormed([value])) == [False]
    reverts_with(lambda: types.validateNumber(value), "OfficeNumberMalformed", value)


@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_passes(types: Any, right: str) -> None:
    value = encoded(f"WO{right}2010/001234".encode())
    types.validateNumber(value)
    assert [[bytes(part) for part in parts] for parts in types.partsOf([value])] == [[b"WO"], [right.encode()]]


@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=10)
def test_any_value_is_well_formed_when_the_grammar_says_so(types: Any, seed: int) -> None:
    random = Random(seed)
    values = [nearly_well_formed(random) for _ in range(600)] + [random.randbytes(32) for _ in range(50)]
    assert list(types.areWellFormed(values)) == [is_well_formed(value) for value in values]


@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=10)
def test_distinct_numbers_read_as_distinct_texts(types: Any, seed: int) -> None:
    """What the chain takes decodes to one office, right and number, and these encode to the same value again."""
    random = Random(seed)
    numbers = list({well_formed(random) for _ in range(200)})
    assert all(types.areWellFormed(numbers))
    offices, rights = types.partsOf(numbers)
    texts = [
        f"{bytes(office).decode()}/{bytes(right).decode()}/{value[3:].rstrip(bytes(1)).decode()}"
        for office, right, value in zip(offices, rights, numbers, strict=True)
    ]
    assert len(set(texts)) == len(numbers)
    again = [encoded("".join(text.split("/", 2)).encode()) for text in texts]
    assert again == numbers


def test_numbers_are_equal_when_every_byte_is(types: Any) -> None:
    value = BASES["full"]
    assert types.sameNumber(value, value)
    for position in range(32):
        other = bytearray(value)
        other[position] ^= 1
        assert not types.sameNumber(value, bytes(other))
