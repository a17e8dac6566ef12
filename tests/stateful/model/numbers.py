"""Grammar of office numbers: office, right, canonical number, padding."""

from __future__ import annotations

import re

NUMBER = re.compile(rb"(?=.{32}\Z)[A-Z]{2}[PUTDSG][0-9A-Z/.\-]{1,29}\x00*", re.DOTALL)
OFFICE = re.compile(rb"[A-Z]{2}")
RIGHTS = (b"P", b"U", b"T", b"D", b"S", b"G")


def is_number(value: bytes) -> bool:
    """Tell whether 32 bytes are an office number."""
    return NUMBER.fullmatch(value) is not None


def is_office(code: bytes) -> bool:
    """Tell whether two bytes are an office code."""
    return OFFICE.fullmatch(code) is not None


def office_of(number: bytes) -> bytes:
    """Return the code of the office that issued the number."""
    return number[:2]


def right_of(number: bytes) -> bytes:
    """Return the letter of the right."""
    return number[2:3]


def write_number(office: bytes, right: bytes, number: str) -> bytes:
    """Return the 32 bytes of a number."""
    return (office + right + number.encode("ascii")).ljust(32, b"\x00")
