"""Texts of a charter: digests, places, and what the contract shows of them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

DIGEST = sha256(b"The offices agree as follows.").digest()
LOCATION = "https://consortium.example/charter-1.txt"

ZERO = "0x" + "00" * 20


def hexadecimal(word: bytes) -> str:
    """A word as brownie shows it."""
    return "0x" + word.hex()


def changing_functions(contract: Any) -> set[str]:
    """Names of the functions of a contract that may change anything."""
    return {
        entry["name"]
        for entry in contract.abi
        if entry["type"] == "function" and entry["stateMutability"] not in {"view", "pure"}
    }
