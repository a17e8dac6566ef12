"""Ethereum addresses: bytes to checksummed text (EIP-55) and back, without eth_utils.

Not its job: keys, or what an address stands for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from registrum.errors import InputError
from registrum.signing.keccak import keccak

__all__ = ["ADDRESS_SIZE", "address_from_public_key", "checksum_address", "parse_address"]

ADDRESS_SIZE = 20
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def checksum_address(raw: bytes) -> str:
    """The text of an address in the mixed case that EIP-55 defines.

    Args:
        raw: The address, 20 bytes.

    Returns:
        `0x` and 40 hexadecimal digits; a digit is upper case where the hash of the lower-case text has a high nibble.
    """
    if len(raw) != ADDRESS_SIZE:
        raise InputError(f"an address has {ADDRESS_SIZE} bytes, got {len(raw)}")
    return _checksum(bytes(raw))


# The same few addresses come again with every record and proof of an office.
@lru_cache(maxsize=1024)
def _checksum(raw: bytes) -> str:
    text = raw.hex()
    mask = keccak(text.encode("ascii")).hex()
    return "0x" + "".join(c.upper() if m >= "8" else c for c, m in zip(text, mask, strict=False))


def parse_address(text: str) -> bytes:
    """The 20 bytes of an address.

    Args:
        text: `0x` and 40 hexadecimal digits, all lower case, all upper case, or with the right EIP-55 checksum.

    Raises:
        InputError: The text is no address, or its mixed case is not its checksum, as after a typing error.
    """
    if not isinstance(text, str) or not _ADDRESS.fullmatch(text):
        raise InputError(f"not an address: {text!r}", remedy="An address is 0x and 40 hexadecimal digits.")
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> bytes:
    digits = text[2:]
    raw = bytes.fromhex(digits)
    if digits not in (digits.lower(), digits.upper()) and checksum_address(raw) != text:
        raise InputError(
            f"the checksum of the address {text} is wrong",
            remedy="Check it against its source digit by digit; upper and lower case are the checksum (EIP-55).",
        )
    return raw


def address_from_public_key(public_key: bytes) -> bytes:
    """The address of a secp256k1 key.

    Args:
        public_key: The uncompressed point, 65 bytes that begin with 4.

    Returns:
        The last 20 bytes of the Keccak-256 of the 64 bytes of coordinates (Ethereum Yellow Paper, appendix F).
    """
    return keccak(public_key[1:])[-ADDRESS_SIZE:]
