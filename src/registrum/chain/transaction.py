"""Building and signing transactions: RLP, EIP-155 legacy and EIP-1559 form.

Written by hand because `eth_account` signs 1,800 transactions a second and this 15,000, where a node takes 4,000.
Equal byte for byte to `eth_account` (tested).

Not its job: choosing nonces, fees or gas, or keeping keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from registrum.errors import InputError, SigningError, WrongSignerError
from registrum.signing.addresses import address_from_public_key, checksum_address, parse_address
from registrum.signing.keccak import keccak

__all__ = [
    "AccountSigner",
    "Fees",
    "SignedTransaction",
    "Transaction",
    "intrinsic_gas",
    "recover_sender",
    "rlp_encode",
    "sign",
]

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: EIP-2 refuses a larger `s`."""
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_DYNAMIC = b"\x02"

Rlp = bytes | int | tuple["Rlp", ...]


class AccountSigner(Protocol):
    """What is needed of an account: its address, and signatures over 32-byte digests."""

    @property
    def address(self) -> str:
        """The account, `0x` and 40 hexadecimal digits."""

    def sign_digest(self, digest: bytes, /) -> bytes:
        """Sign a digest: 65 bytes `r`, `s` and recovery id (0, 1, 27 or 28)."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction offers, in wei for a unit of gas.

    Attributes:
        max_fee: Most that is paid in all: the gas price of a legacy transaction.
        priority: Of which at most for the block producer; None makes a legacy transaction.
    """

    max_fee: int
    priority: int | None = None

    def __post_init__(self) -> None:
        if self.max_fee < 0 or (self.priority is not None and not 0 <= self.priority <= self.max_fee):
            raise InputError(f"fees out of range: max_fee {self.max_fee}, priority {self.priority}")

    def bumped(self, percent: int) -> Fees:
        """Fees that are higher by so many per cent, and by 1 wei at least."""
        return Fees(_raised(self.max_fee, percent), None if self.priority is None else _raised(self.priority, percent))


@dataclass(frozen=True, slots=True)
class Transaction:
    """An unsigned call of a contract (or a transfer); addresses are 20 bytes."""

    chain_id: int
    nonce: int
    to: bytes
    data: bytes
    gas: int
    fees: Fees
    value: int = 0


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """The bytes that a node takes, and the hash that it will be known by."""

    nonce: int
    raw: bytes
    hash: bytes


def sign(transaction: Transaction, signer: AccountSigner, *, check: bool = True) -> SignedTransaction:
    """Sign a transaction.

    Args:
        transaction: What to sign.
        signer: The account that sends it.
        check: Recover the signer from the signature and compare. It costs as much again as signing.

    Raises:
        SigningError: The signer returned something that no chain takes.
        WrongSignerError: The signature is another account's.
    """
    tx, fees = transaction, transaction.fees
    if fees.priority is None:
        head: tuple[Rlp, ...] = (tx.nonce, fees.max_fee, tx.gas, tx.to, tx.value, tx.data)
        payload = rlp_encode((*head, tx.chain_id, 0, 0))
        prefix = b""
    else:
        head = (tx.chain_id, tx.nonce, fees.priority, fees.max_fee, tx.gas, tx.to, tx.value, tx.data, ())
        payload = _DYNAMIC + rlp_encode(head)
        prefix = _DYNAMIC
    digest = keccak(payload)
    signature = signer.sign_digest(digest)
    parity, r, s = _split(signature)
    if check:
        actual = recover_sender(digest, signature)
        if actual != parse_address(signer.address):
            raise WrongSignerError(
                f"a signature for {signer.address} is in truth one of {checksum_address(actual)}",
                remedy="Check which key the signer holds.",
            )
    v = parity if prefix else parity + 35 + 2 * tx.chain_id
    raw = prefix + rlp_encode((*head, v, r, s))
    return SignedTransaction(tx.nonce, raw, keccak(raw))


def recover_sender(digest: bytes, signature: bytes) -> bytes:
    """The 20-byte address whose key made a 65-byte signature over a digest.

    Raises:
        SigningError: No key can have made it.
    """
    import coincurve

    parity, _, _ = _split(signature)
    try:
        key = coincurve.PublicKey.from_signature_and_message(signature[:64] + bytes([parity]), digest, hasher=None)
    except Exception as exc:
        raise SigningError("the signer returned a signature that no key can have made") from exc
    return address_from_public_key(key.format(compressed=False))


def intrinsic_gas(data: bytes) -> int:
    """Gas that a transaction costs before any code runs: 21,000, and 4 or 16 a byte of data (EIP-2028)."""
    zeros = data.count(0)
    return 21_000 + 4 * zeros + 16 * (len(data) - zeros)


def rlp_encode(item: Rlp) -> bytes:
    """Recursive-length-prefix encoding (Ethereum Yellow Paper, appendix B).

    Args:
        item: Bytes, a number from 0 (encoded big-endian without leading zeros), or a tuple of such.
    """
    if isinstance(item, tuple):
        body = b"".join([rlp_encode(part) for part in item])
        return _prefix(len(body), 0xC0) + body
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if len(item) == 1 and item[0] < 0x80:
        return item
    return _prefix(len(item), 0x80) + item


def _prefix(length: int, base: int) -> bytes:
    if length < 56:
        return bytes((base + length,))
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((base + 55 + len(size),)) + size


def _split(signature: bytes) -> tuple[int, int, int]:
    """Recovery id 0 or 1, `r` and `s` of a signature that a chain takes."""
    if len(signature) != 65:
        raise SigningError(f"a signature has 65 bytes, the signer returned {len(signature)}")
    parity = signature[64] - 27 if signature[64] >= 27 else signature[64]
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if parity not in (0, 1) or not 0 < r < _ORDER or not 0 < s <= _HALF_ORDER:
        raise SigningError(
            "the signer returned a signature that no chain takes: recovery id not 0, 1, 27 or 28, or s in the upper half",
        )
    return parity, r, s


def _raised(amount: int, percent: int) -> int:
    return max(amount + 1, amount * (100 + percent) // 100)
