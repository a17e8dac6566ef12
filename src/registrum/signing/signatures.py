"""Signatures as the contracts take them: 65 bytes r ‖ s ‖ v, low s, or a contract wallet's address and its own bytes.

A signature is never an identity: of two signatures on one digest both may be good. Identity is the digest.
Not its job: making signatures (`registrum.signing.signers`), or asking a contract wallet, which needs a node.
"""

from __future__ import annotations

from registrum.errors import InputError, VerificationError
from registrum.signing.addresses import ADDRESS_SIZE, address_from_public_key, checksum_address, parse_address

__all__ = [
    "CURVE_ORDER",
    "SIGNATURE_SIZE",
    "check_signature_form",
    "erc1271_signature",
    "recover",
    "recover_raw",
    "split_erc1271_signature",
]

SIGNATURE_SIZE = 65
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Order of the group of secp256k1 (SEC 2, section 2.4.1)."""

_ORDER = CURVE_ORDER.to_bytes(32, "big")
_HALF_ORDER = (CURVE_ORDER // 2).to_bytes(32, "big")
_ZERO = bytes(32)


def check_signature_form(signature: bytes) -> None:
    """Refuses every form of a signature but the canonical one.

    Args:
        signature: r ‖ s ‖ v; r and s are 32 bytes each, big-endian.

    Raises:
        VerificationError: Not 65 bytes, v is neither 27 nor 28, r or s is zero or not below the order of the curve, or
            s is in the upper half, where every valid signature has a twin. `details["reason"]` names which.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise VerificationError(f"a signature has 65 bytes, got {len(signature)}", reason="length")
    if signature[64] not in (27, 28):
        raise VerificationError(f"the last byte of a signature is 27 or 28, got {signature[64]}", reason="v")
    # Big-endian bytes of one length compare as the numbers do.
    if not _ZERO < signature[:32] < _ORDER:
        raise VerificationError("r of the signature is out of range", reason="r")
    s = signature[32:64]
    if not _ZERO < s < _ORDER:
        raise VerificationError("s of the signature is out of range", reason="s")
    if s > _HALF_ORDER:
        raise VerificationError("s of the signature is in the upper half: not canonical", reason="high_s")


def recover_raw(digest: bytes, signature: bytes) -> bytes:
    """The address of the key that made a signature.

    Args:
        digest: What was signed, 32 bytes.
        signature: 65 bytes in canonical form.

    Returns:
        The address, 20 bytes; never the zero address.

    Raises:
        InputError: The digest is not 32 bytes.
        VerificationError: The signature is not canonical, or no key can have made it.
    """
    from coincurve import PublicKey

    if len(digest) != 32:
        raise InputError(f"a signed digest has 32 bytes, got {len(digest)}")
    check_signature_form(signature)
    compact = signature[:64] + (b"\x00" if signature[64] == 27 else b"\x01")
    try:
        key = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except Exception as error:  # coincurve raises plain Exception where no point has this r
        raise VerificationError("no key can have made this signature", reason="unrecoverable") from error
    return address_from_public_key(key.format(compressed=False))


def recover(digest: bytes, signature: bytes) -> str:
    """The address of the key that made a signature, in EIP-55 form; as `recover_raw` otherwise."""
    return checksum_address(recover_raw(digest, signature))


def erc1271_signature(signer: str, inner: bytes) -> bytes:
    """The signature of a contract wallet, in the form in which the contracts take it.

    Args:
        signer: Address of the wallet.
        inner: What the wallet's `isValidSignature` (ERC-1271) shall be asked about.

    Returns:
        The 20 bytes of the address, then `inner`.

    Raises:
        InputError: The result would be 65 bytes long and be taken for the signature of a key.
    """
    if len(inner) == SIGNATURE_SIZE - ADDRESS_SIZE:
        raise InputError(
            "a contract wallet's signature of 45 bytes cannot be told from that of a key",
            remedy="Let the wallet pad its signature by one byte that it ignores.",
        )
    return parse_address(signer) + inner


def split_erc1271_signature(signature: bytes) -> tuple[str, bytes]:
    """The wallet's address and its own signature; the inverse of `erc1271_signature`.

    Raises:
        VerificationError: The bytes are too short, or have the length of a key's signature.
    """
    if len(signature) < ADDRESS_SIZE or len(signature) == SIGNATURE_SIZE:
        raise VerificationError(f"not the signature of a contract wallet: {len(signature)} bytes", reason="length")
    return checksum_address(signature[:ADDRESS_SIZE]), signature[ADDRESS_SIZE:]
