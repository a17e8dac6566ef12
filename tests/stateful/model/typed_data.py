"""EIP-712 digests of the statements, and what a signature recovers to; own code over keccak and libsecp256k1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import sha3
from coincurve import PrivateKey, PublicKey

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

REGISTRATION = b"Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)"
BATCH = b"RegistrationBatch(bytes2 office,Registration[] items)" + REGISTRATION
ANCHOR = b"Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)"
CORRECTION = b"Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)"
WITHDRAWAL = b"Withdrawal(bytes32 number,uint8 replaces)"
REINSTATEMENT = b"Reinstatement(bytes32 number,uint8 replaces)"
RECONFIRMATION = b"Reconfirmation(bytes2 office,uint40 asOf,Registration[] items)" + REGISTRATION
CLAIM_OUTCOME = (
    b"ClaimOutcome(bytes32 later,bytes32 earlier,uint32 laterFilingDate,uint32 claimedDate,bool isPartial,"
    b"uint8 outcome,uint8 replaces)"
)
DOMAIN = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def keccak(data: bytes) -> bytes:
    """Return the Keccak-256 hash."""
    digest: bytes = sha3.keccak_256(data).digest()
    return digest


def word(value: int) -> bytes:
    """Return a number as 32 bytes."""
    return value.to_bytes(32, "big")


@cache
def type_hash(declaration: bytes) -> bytes:
    """Return the hash of a type's declaration."""
    return keccak(declaration)


class Domain:
    """What a statement is signed for: one contract on one chain."""

    def __init__(self, name: str, chain_id: int, contract: str) -> None:
        self.separator = keccak(
            type_hash(DOMAIN)
            + keccak(name.encode())
            + keccak(b"1")
            + word(chain_id)
            + bytes.fromhex(contract[2:]).rjust(32, b"\x00")
        )

    def digest(self, struct: bytes) -> bytes:
        """Return what is signed for a struct hash."""
        return keccak(b"\x19\x01" + self.separator + struct)


Application = tuple[bytes, int, int, bytes]
"""Number, filing date, disclosure, digest."""


def registration(application: Application) -> bytes:
    """Return the struct hash of a registration."""
    number, filing_date, disclosure, digest = application
    return keccak(type_hash(REGISTRATION) + number + word(filing_date) + word(disclosure) + digest)


def batch(office: bytes, applications: Sequence[Application]) -> bytes:
    """Return the struct hash of a batch."""
    return keccak(type_hash(BATCH) + office.ljust(32, b"\x00") + _listed(applications))


def reconfirmation(office: bytes, as_of: int, items: Sequence[Application]) -> bytes:
    """Return the struct hash of a reconfirmation."""
    return keccak(type_hash(RECONFIRMATION) + office.ljust(32, b"\x00") + word(as_of) + _listed(items))


def _listed(applications: Sequence[Application]) -> bytes:
    return keccak(b"".join(registration(application) for application in applications))


def anchor(office: bytes, sequence: int, root: bytes, leaf_count: int) -> bytes:
    """Return the struct hash of an anchor."""
    return keccak(type_hash(ANCHOR) + office.ljust(32, b"\x00") + word(sequence) + root + word(leaf_count))


def correction(number: bytes, filing_date: int, disclosure: int, digest: bytes, replaces: int) -> bytes:
    """Return the struct hash of a correction."""
    return keccak(type_hash(CORRECTION) + number + word(filing_date) + word(disclosure) + digest + word(replaces))


def withdrawal(number: bytes, replaces: int) -> bytes:
    """Return the struct hash of a withdrawal."""
    return keccak(type_hash(WITHDRAWAL) + number + word(replaces))


def reinstatement(number: bytes, replaces: int) -> bytes:
    """Return the struct hash of a reinstatement."""
    return keccak(type_hash(REINSTATEMENT) + number + word(replaces))


def claim_outcome(
    later: bytes, earlier: bytes, later_date: int, claimed_date: int, is_partial: bool, outcome: int, replaces: int
) -> bytes:
    """Return the struct hash of a claim with its outcome."""
    words = word(later_date) + word(claimed_date) + word(int(is_partial)) + word(outcome) + word(replaces)
    return keccak(type_hash(CLAIM_OUTCOME) + later + earlier + words)


def address_of(public_key: PublicKey) -> str:
    """Return the account of a public key, lower-case hex."""
    return "0x" + keccak(public_key.format(compressed=False)[1:])[12:].hex()


@cache
def account_of(secret: bytes) -> str:
    """Return the account of a private key, lower-case hex."""
    return address_of(PrivateKey(secret).public_key)


def sign(secret: bytes, digest: bytes) -> bytes:
    """Return the 65-byte signature of a digest."""
    signature = PrivateKey(secret).sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


@lru_cache(maxsize=4096)
def recover(digest: bytes, signature: bytes) -> str | None:
    """Return the account that a 65-byte signature names, or None if it is not one (high `s` included)."""
    s = int.from_bytes(signature[32:64], "big")
    if signature[64] not in (27, 28) or s > CURVE_ORDER // 2:
        return None
    try:
        key = PublicKey.from_signature_and_message(signature[:64] + bytes([signature[64] - 27]), digest, hasher=None)
    except Exception:  # noqa: BLE001 - the library has one error type a defect; each of them means no signature
        return None
    return address_of(key)
