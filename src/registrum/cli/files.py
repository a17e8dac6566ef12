"""Files that commands read whole and write whole. Not its job: what is in them."""

from __future__ import annotations

import os
from pathlib import Path

from registrum.errors import InputError

__all__ = ["read_beginning", "read_file", "write_file"]


def read_file(file: Path, most: int) -> bytes:
    """Read a file of at most so many bytes.

    Raises:
        InputError: It is longer, or cannot be read.
    """
    data = read_beginning(file, most + 1)
    if len(data) > most:
        raise InputError(f"{file} is longer than {most} bytes", remedy="Give the file that was meant.")
    return data


def read_beginning(file: Path, most: int) -> bytes:
    """Read at most so many bytes of a file; the rest is left unread.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", remedy="Check the path.") from error


def write_file(file: Path, data: bytes, *, replace: bool = False) -> str:
    """Write a file whole, or not at all; one that is there is not lost unawares.

    Returns:
        Its SHA-256, 0x and 64 digits.

    Raises:
        InputError: It is there and must not be replaced, or it cannot be written.
    """
    import hashlib

    if file.exists() and not replace:
        raise InputError(f"{file} is there already", remedy="Name another file, or move that one away.")
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{file} cannot be written: {error.strerror}", remedy="Check folder and space.") from error
    return "0x" + hashlib.sha256(data).hexdigest()
