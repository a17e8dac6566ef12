"""Salted commitments: what goes on chain for an application that is not yet public.

    commitment = SHA-256( "registrum.commitment.v1" ‖ salt ‖ SHA-256(document) )

All three parts have a fixed length (23, 32 and 32 bytes), so no two openings share their bytes; the tag keeps a
commitment apart from every other use of SHA-256. The salt is random for each record: equal documents get different
commitments, and nobody who can guess the document can test the guess. Destroying the salt makes the commitment mute.
Not its job: reading documents, keeping salts (`registrum.proofs.store`), deciding what is public.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NoReturn

from registrum.errors import DigestError, InputError, VerificationError

__all__ = ["COMMITMENT_TAG", "SALT_SIZE", "Salt", "commit", "commitment_of", "matches_commitment", "open_commitment"]

COMMITMENT_TAG = b"registrum.commitment.v1"
SALT_SIZE = 32


class Salt:
    """The secret of one commitment, which shows itself only through `reveal`.

    Args:
        value: 32 random bytes.

    Raises:
        InputError: Not 32 bytes, or all zero, which no random source returns.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        if type(value) is not bytes or len(value) != SALT_SIZE:
            raise InputError(f"a salt has {SALT_SIZE} bytes")
        if not any(value):
            raise InputError("a salt of zeros hides nothing")
        self._value = value

    @classmethod
    def random(cls) -> Salt:
        """A new salt from the operating system's random source."""
        return cls(secrets.token_bytes(SALT_SIZE))

    def reveal(self) -> bytes:
        """The 32 bytes. Whoever has them and the document can open the commitment."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Salt) and hmac.compare_digest(self._value, other._value)

    __hash__ = None  # type: ignore[assignment]  # a hash of the salt would give it away bit by bit

    def __repr__(self) -> str:
        return "Salt(hidden)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise InputError(
            "a salt cannot be pickled or copied", remedy="Write it with `reveal` to where it is protected."
        )


def commitment_of(document_digest: bytes, salt: Salt) -> bytes:
    """The commitment to a document under a salt.

    Args:
        document_digest: SHA-256 of the document's exact bytes, 32 bytes.
        salt: The salt of this record.

    Returns:
        The commitment, 32 bytes.

    Raises:
        DigestError: The digest is not 32 bytes.
    """
    if len(document_digest) != 32:
        raise DigestError(f"a document digest has 32 bytes, got {len(document_digest)}")
    return hashlib.sha256(COMMITMENT_TAG + salt.reveal() + document_digest).digest()


def commit(document_digest: bytes) -> tuple[bytes, Salt]:
    """Commits to a document under a new random salt.

    Args:
        document_digest: SHA-256 of the document's exact bytes, 32 bytes.

    Returns:
        The commitment, 32 bytes, for the chain, and the salt, to be kept secret until disclosure.

    Raises:
        DigestError: The digest is not 32 bytes.
    """
    salt = Salt.random()
    return commitment_of(document_digest, salt), salt


def matches_commitment(commitment: bytes, document_digest: bytes, salt: Salt) -> bool:
    """Whether a document and a salt open a commitment."""
    return hmac.compare_digest(commitment, commitment_of(document_digest, salt))


def open_commitment(commitment: bytes, document_digest: bytes, salt: Salt) -> None:
    """Checks that a document and a salt open a commitment.

    Raises:
        VerificationError: They do not: another document, another salt, or another record's commitment.
        DigestError: The digest is not 32 bytes.
    """
    if not matches_commitment(commitment, document_digest, salt):
        raise VerificationError(
            f"document 0x{document_digest.hex()} and its salt do not open the commitment 0x{commitment.hex()}",
            remedy="Check that the document is the exact file that was filed and that the salt is this record's.",
            check="commitment",
        )
