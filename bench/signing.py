"""Signing and recovering, beside the bare curve library."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from coincurve import PrivateKey, PublicKey

from bench.figure import Figure, seconds, seconds_of_each
from registrum.signing.eip712 import Domain
from registrum.signing.signatures import recover
from registrum.signing.signers import LocalSigner
from registrum.signing.statements import Registration, RegistrationBatch

COUNT = 2_000
DOMAIN = Domain.application_registry(31337, "0x5FbDB2315678afecb367f032d93F642f64180aa3")


def figures() -> Iterator[Figure]:
    """Statements made, hashed and signed; signatures recovered; a batch of 500 hashed."""
    secret = os.urandom(32)
    signer, key = LocalSigner(secret), PrivateKey(secret)
    number = b"EMT018660437".ljust(32, b"\0")
    digests = [hashlib.sha256(index.to_bytes(4, "big")).digest() for index in range(COUNT)]

    def sign_all() -> list[bytes]:
        return [signer.sign(Registration(number, 20240131, 0, digest), DOMAIN) for digest in digests]

    def sign_bare() -> list[bytes]:
        return [key.sign_recoverable(digest, hasher=None) for digest in digests]

    bare_rate, rate = (COUNT / taken for taken in seconds_of_each(sign_bare, sign_all))
    yield Figure("statements signed", rate, "/s", 0.5, "raw secp256k1 signing", bare_rate)

    signed = [signer.sign_digest(digest) for digest in digests]
    bare = sign_bare()

    def recover_all() -> list[str]:
        return [recover(digest, signature) for digest, signature in zip(digests, signed, strict=True)]

    def recover_bare() -> list[PublicKey]:
        return [
            PublicKey.from_signature_and_message(signature, digest, hasher=None)
            for digest, signature in zip(digests, bare, strict=True)
        ]

    bare_rate, rate = (COUNT / taken for taken in seconds_of_each(recover_bare, recover_all))
    yield Figure("signers recovered", rate, "/s", 0.5, "raw recovery", bare_rate)

    items = tuple(Registration(number, 20240131, 0, digest) for digest in digests[:500])
    batch = RegistrationBatch(b"EM", items)
    rate = 1 / seconds(lambda: signer.sign(batch, DOMAIN))
    yield Figure("batches of 500 hashed and signed", rate, "/s")
