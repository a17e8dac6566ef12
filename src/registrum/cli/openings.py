"""The opening of a salted commitment on disk: what shows later that a document is the one that was registered.

JSON in ASCII, format `registrum-opening/1`: `format, number, onChain, filingDate, disclosure, digest, documentDigest,
salt`, with the commitment as `digest`. The file is written and synced before anything is sent, readable by its owner
only, and never written over: who loses the salt can open the commitment no more. A proof file with a salt serves as
well where an opening is read. Not its job: the commitment itself (`registrum.proofs.commitment`).
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registrum.cli.inputs import read_digest
from registrum.errors import InputError, ProofFormatError

if TYPE_CHECKING:
    from registrum.numbers import OfficeNumber
    from registrum.proofs.commitment import Salt

__all__ = ["FORMAT", "commit_to", "default_path", "read_salt"]

FORMAT = "registrum-opening/1"
_MAX_BYTES = 64 * 1024
_REMEDY = "Give the opening as it was written when it was registered."


def default_path(number: OfficeNumber) -> Path:
    """Where an opening is written unless the caller says otherwise: in the current folder, named by the number."""
    return Path(f"{number.text.replace('/', '_')}.opening.json")


def commit_to(number: OfficeNumber, filing_date: date, document_digest: bytes, path: Path) -> bytes:
    """Commit to a document, keeping the salt first.

    A file that is there from an earlier attempt at the same is used again, so that the attempt can be repeated.

    Returns:
        The commitment, 32 bytes.

    Raises:
        InputError: The file is there and opens something else, or cannot be written.
    """
    from registrum.proofs.commitment import commit, commitment_of

    facts = {"number": number.text, "filingDate": filing_date.isoformat(), "documentDigest": _hex(document_digest)}
    if path.exists():
        members = _members(path)
        if any(members.get(name) != value for name, value in facts.items()):
            raise InputError(
                f"{path} is there already and opens another commitment",
                remedy="Name another file by --opening. It is never written over: its salt exists nowhere else.",
            )
        return commitment_of(document_digest, read_salt(path))
    commitment, salt = commit(document_digest)
    document = {
        "format": FORMAT,
        "number": number.text,
        "onChain": number.on_chain_hex,
        "filingDate": filing_date.isoformat(),
        "disclosure": "salted",
        "digest": _hex(commitment),
        "documentDigest": _hex(document_digest),
        "salt": _hex(salt.reveal()),
    }
    _write(path, json.dumps(document, indent=1) + "\n")
    return commitment


def read_salt(path: Path) -> Salt:
    """The salt in an opening or in a proof file.

    Raises:
        ProofFormatError: The file holds no salt.
    """
    from registrum.proofs.commitment import Salt

    salt = _members(path).get("salt")
    if not isinstance(salt, str):
        raise ProofFormatError(f"{path} holds no salt", remedy=_REMEDY)
    try:
        return Salt(read_digest(salt))
    except InputError:
        # What is wrong is not shown: it may be most of a salt.
        raise ProofFormatError(f"the salt in {path} is not 0x and 64 hexadecimal digits", remedy=_REMEDY) from None


def _members(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            members = json.loads(stream.read(_MAX_BYTES))
    except OSError as error:
        raise ProofFormatError(
            f"the opening {path} cannot be read: {error.strerror}", remedy="Check the path."
        ) from error
    except (ValueError, RecursionError):
        raise ProofFormatError(f"{path} is not an opening: not JSON", remedy=_REMEDY) from None
    if not isinstance(members, dict):
        raise ProofFormatError(f"{path} is not an opening: not a JSON object", remedy=_REMEDY)
    return members


def _write(path: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise InputError(
            f"the opening {path} cannot be written: {error.strerror}", remedy="Nothing was sent. Name another file."
        ) from error


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
