"""The record of a bundle as a verifiable credential, signed by a key of its office. Section 12 of the format.

W3C Verifiable Credentials Data Model 2.0, secured as `vc+jwt` (W3C Securing Verifiable Credentials using JOSE and
COSE) with ES256K (RFC 8812). A credential says what the bundle proves and nothing else, so a verifier works it out anew
and compares. Not its job: whether the facts are true (`registrum.evidence.verifying`), where the key lies
(`registrum.signing.signers`).
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from registrum.errors import EvidenceError, InputError, SigningError, VerificationError
from registrum.evidence.canonical import encode, hexed, parse
from registrum.evidence.chain import ChainDescription
from registrum.numbers import OfficeNumber
from registrum.signing.addresses import parse_address
from registrum.signing.signatures import recover_raw
from registrum.signing.signers import Signer

__all__ = ["credential_of", "require_credential", "require_key", "sign_credential"]

_CONTEXT = ["https://www.w3.org/ns/credentials/v2", {"@vocab": "urn:uuid:1b6e5664-3144-4f98-8481-50debe853121#"}]
"""Names of the standard, and of this format: those need no host that answers for them."""
_TYPES = ["VerifiableCredential", "ApplicationRecordCredential"]
_HEADER = {"alg": "ES256K", "cty": "vc", "typ": "vc+jwt"}
_FRAGMENT = "#blockchainAccountId"
"""What did:pkh calls the one verification method of an account."""
_KEY_ID = re.compile(rf"did:pkh:eip155:[1-9][0-9]*:(0x[0-9a-f]{{40}}){_FRAGMENT}")
_RECORD_SCOPE = 1


def credential_of(evidence: Mapping[str, Any], chain: ChainDescription, account: str) -> dict[str, Any]:
    """What a key of the office says of the record that a bundle shows.

    Args:
        evidence: `evidence.json` of the bundle.
        chain: The description of its chain.
        account: Of the key, in lower case.

    Raises:
        InputError: The bundle shows no record.
    """
    facts, subject = evidence["facts"], evidence["subject"]
    record = facts.get("record")
    if record is None:
        raise InputError(
            "the bundle shows no record of an application",
            remedy="A credential restates a record: make a bundle about a number that is recorded.",
        )
    number = OfficeNumber.from_text(subject.get("earlier") or subject["number"])
    return {
        "@context": _CONTEXT,
        "type": _TYPES,
        "issuer": _did(chain, account),
        "validFrom": evidence["block"]["time"],
        "credentialSubject": {
            "type": "ApplicationRecord",
            "number": number.text,
            "office": number.office,
            "chainId": chain.chain_id,
            "genesisHash": hexed(chain.genesis_hash),
            "officeDirectory": hexed(chain.directory.address),
            "block": evidence["block"],
            **record,
        },
    }


def sign_credential(evidence: Mapping[str, Any], chain: ChainDescription, signer: Signer) -> bytes:
    """The credential of a record, signed.

    Args:
        evidence: `evidence.json` of a bundle that holds.
        chain: The description of its chain.
        signer: A key of the office of the record, which the bundle shows.

    Raises:
        InputError: The bundle shows no record.
        EvidenceError: It does not show the key, or one that could not sign for the office at its block.
        SigningError: What the key made is no signature of a SHA-256.
    """
    account = hexed(parse_address(signer.address))
    payload = credential_of(evidence, chain, account)
    require_key(evidence["facts"], evidence["block"]["time"], account)
    header = {**_HEADER, "kid": _did(chain, account) + _FRAGMENT}
    said = _base64(encode(header)) + b"." + _base64(encode(payload))
    digest = hashlib.sha256(said).digest()
    signature = signer.sign_digest(digest)
    try:
        recovered = hexed(recover_raw(digest, signature))
    except VerificationError:
        recovered = ""
    if recovered != account:
        # A remote signer may take what it is given for a message, and hash it once more.
        raise SigningError(
            f"{signer.address} does not sign a SHA-256 as it is, which ES256K asks for",
            remedy="Sign with a key that does: a keystore file of the same account.",
        )
    return said + b"." + _base64(signature[:64])


def require_credential(token: bytes, evidence: Mapping[str, Any], chain: ChainDescription) -> str:
    """Refuse a credential that does not restate the record, or that no key of the office signed.

    Args:
        token: The member of the bundle.
        evidence: `evidence.json`, whose facts were checked.
        chain: The description of the chain.

    Returns:
        The account that signed, in lower case.

    Raises:
        EvidenceError: It is so.
    """
    parts = token.split(b".")
    if len(parts) != 3:
        raise _error("it is not three parts joined by full stops (JWS compact serialization, RFC 7515)")
    header = _json(parts[0], "its header")
    account = _account(header)
    signature = _bytes(parts[2], "its signature")
    digest = hashlib.sha256(parts[0] + b"." + parts[1]).digest()
    if account not in {_recovered(digest, signature + bytes([v])) for v in (27, 28)}:
        raise _error(f"{account} has not signed it")
    require_key(evidence["facts"], evidence["block"]["time"], account)
    try:
        expected = credential_of(evidence, chain, account)
    except InputError as error:
        raise _error(error.message) from error
    if header["kid"] != expected["issuer"] + _FRAGMENT:
        raise _error("its key is that of another chain")
    payload = _json(parts[1], "its payload")
    different = _difference(expected, payload)
    if different is not None:
        raise _error(f"{different} is not what the bundle proves")
    return account


def _did(chain: ChainDescription, account: str) -> str:
    return f"did:pkh:eip155:{chain.chain_id}:{account}"


def _account(header: Any) -> str:
    """The account whose key a header names."""
    if not isinstance(header, dict) or header.keys() != {*_HEADER, "kid"}:
        raise _error(f"its header must have exactly the members {', '.join(sorted({*_HEADER, 'kid'}))}")
    for name, value in _HEADER.items():
        if header[name] != value:
            raise _error(f"{name} must be {value}")
    found = _KEY_ID.fullmatch(header["kid"]) if isinstance(header["kid"], str) else None
    if found is None:
        raise _error("kid names no account by did:pkh")
    return found[1]


def _recovered(digest: bytes, signature: bytes) -> str:
    try:
        return hexed(recover_raw(digest, signature))
    except VerificationError:
        return ""


def require_key(facts: Mapping[str, Any], time: str, account: str) -> None:
    """Refuse an account that the bundle does not prove to be a key that could sign for the office at the block.

    Args:
        facts: Of the bundle.
        time: Of its block, as the bundle has it.
        account: In lower case.

    Raises:
        EvidenceError: It is so.
    """
    key = next((each for each in facts["keys"] if each["account"] == account), None)
    if key is None or not (key["scopes"] or 0) & _RECORD_SCOPE:
        raise _error(f"the bundle does not show {account} to be a key of the office for applications")
    # Moments of one form compare as the texts do, "forever" coming after all; null is none, of `validUntil` for ever.
    is_in_force = (
        (key["validFrom"] or "") <= time
        and (key["validUntil"] or "~") > time
        and (key["barredUntil"] or "") <= time
        and key["revokedAt"] is None
        and key["compromisedSince"] is None
    )
    office = facts["office"]
    if not is_in_force or (key["office"] == office["code"] and office["status"] == "departed"):
        raise _error(f"the key {account} could not sign for the office at that block")


def _difference(expected: object, found: object, at: str = "the payload") -> str | None:
    """The first value that is not as it must be, by its name."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        differences = (_difference(expected[name], found[name], name) for name in expected)
        return next((each for each in differences if each is not None), None)
    return None if type(expected) is type(found) and expected == found else at


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _bytes(part: bytes, what: str) -> bytes:
    """Bytes from their one spelling in base64url (RFC 7515, section 2)."""
    try:
        data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        data = b""
    if _base64(data) != part:
        raise _error(f"{what} is not in base64url without padding")
    return data


def _json(part: bytes, what: str) -> Any:
    data = _bytes(part, what)
    try:
        return parse(data, what)
    except EvidenceError as error:
        raise _error(error.message) from error


def _error(message: str) -> EvidenceError:
    return EvidenceError(f"the credential: {message}", check="credential")
