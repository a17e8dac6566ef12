"""Time stamps of bundles: the query to an authority, and what its answer is worth (RFC 3161). Section 12 of the format.

What is stamped is the SHA-256 of `SHA256SUMS`, and so all that was there before. Nothing is sent from here: who wants a
time stamp takes the query to an authority that he chooses. Not its job: the file (`registrum.evidence.bundle`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registrum.errors import ConfigError, EvidenceError, InputError
from registrum.evidence import bundle

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

__all__ = ["Stamp", "ordered", "read_roots", "read_stamp", "timestamp_query"]

_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0
_REASON = re.compile(r'data: "Verify error: *([^"]+)"')
_STAMPED_WITH = "Time stamps need the packages of `pip install 'registrum[evidence]'`."


@dataclass(frozen=True)
class Stamp:
    """What a time stamp of a bundle says, before anybody's word is taken for it.

    Attributes:
        time: When the authority had the bundle before it, `YYYY-MM-DDThh:mm:ssZ`, with a fraction where it says one.
        answer: What it answered.
    """

    time: str
    answer: TimeStampResponse

    def require_of(self, roots: Sequence[Certificate]) -> str:
        """Refuse a time stamp of another authority than one that these certificates vouch for.

        The certificates count as they were at the time that is stamped.

        Args:
            roots: What `read_roots` returned.

        Returns:
            Whose certificate it is that the authority signed with.

        Raises:
            EvidenceError: It is so, or the signature is not good.
        """
        import cryptography.x509
        from rfc3161_client import VerificationError, VerifierBuilder

        verifier = VerifierBuilder(roots=list(roots)).build()
        try:
            verifier.verify(self.answer, self.answer.tst_info.message_imprint.message)
            [signer] = self.answer.signed_data.signer_infos
            read = map(cryptography.x509.load_der_x509_certificate, self.answer.signed_data.certificates)
            names = [
                each.subject.rfc4514_string()
                for each in read
                if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number)
            ]
        except (VerificationError, ValueError, KeyError) as error:
            # A name in a certificate with a string of no known kind is a KeyError of the library.
            found = _REASON.search(str(error))
            raise _error(found[1] if found else str(error).partition(": ErrorStack")[0]) from error
        return names[0]


def timestamp_query(members: Mapping[str, bytes]) -> bytes:
    """The query for a time stamp of a bundle (TimeStampReq, DER), with a nonce; certificates are asked for.

    Args:
        members: What `bundle.unpack` returned.

    Raises:
        ConfigError: The packages for it are not installed.
    """
    library = _library()
    builder = library.TimestampRequestBuilder(bundle.sums(members), library.HashAlgorithm.SHA256)
    query: bytes = builder.build().as_bytes()
    return query


def read_stamp(members: Mapping[str, bytes]) -> Stamp:
    """Read the time stamp of a bundle, which has to be of this one.

    Args:
        members: What `bundle.unpack` returned.

    Raises:
        ConfigError: The packages for it are not installed.
        EvidenceError: It is no time stamp that was granted, of another bundle, or without certificates.
    """
    library = _library()
    try:
        answer = library.decode_timestamp_response(members[bundle.TIMESTAMP])
        if answer.status != _GRANTED:
            raise _error("the authority did not grant it")
        info = answer.tst_info
        imprint, time = info.message_imprint, info.gen_time
        hashed_by, digest = imprint.hash_algorithm.dotted_string, imprint.message
        certificates, signers = len(answer.signed_data.certificates), len(answer.signed_data.signer_infos)
    except ValueError as error:
        raise _error(f"it cannot be read: {error}") from error
    if (hashed_by, digest) != (_SHA256, hashlib.sha256(bundle.sums(members)).digest()):
        raise _error("it is of something else: what it stamps is not the SHA-256 of SHA256SUMS")
    if not certificates or signers != 1:
        raise _error("it has to come with the certificate of the one authority that signed it")
    return Stamp(time.isoformat().replace("+00:00", "Z"), answer)


def ordered(answer: bytes) -> bytes:
    """An authority's answer with its certificates in the order of DER, which signatures do not cover.

    Authorities mostly send them in the order of their chain, and readers of DER refuse that.

    Args:
        answer: What the authority sent.

    Returns:
        The answer; as it was where it cannot be read, for which `read_stamp` has the words.

    Raises:
        ConfigError: The packages for it are not installed.
    """
    try:
        from asn1crypto import cms, tsp
    except ImportError as error:
        raise ConfigError("time stamps cannot be made or read", remedy=_STAMPED_WITH) from error
    try:
        read = tsp.TimeStampResp.load(answer, strict=True)
        content = read["time_stamp_token"]["content"]
        content["certificates"] = cms.CertificateSet(sorted(content["certificates"], key=lambda each: each.dump()))
        encoded: bytes = read.dump()
    except (ValueError, TypeError, KeyError):
        return answer
    return encoded


def read_roots(data: bytes, what: str) -> tuple[Certificate, ...]:
    """Certificates that are trusted to vouch for time-stamping authorities.

    Args:
        data: One certificate or several, in PEM.
        what: Name of the file.

    Raises:
        ConfigError: The packages for it are not installed.
        InputError: There is none.
    """
    _library()
    import cryptography.x509

    try:
        return tuple(cryptography.x509.load_pem_x509_certificates(data))
    except ValueError as error:
        raise InputError(
            f"{what} holds no certificates: {error}", remedy="Give the root of the authority, in PEM."
        ) from error


def _library() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise ConfigError("time stamps cannot be made or read", remedy=_STAMPED_WITH) from error
    return rfc3161_client


def _error(message: str) -> EvidenceError:
    return EvidenceError(f"the time stamp: {message}", check="timestamp")
