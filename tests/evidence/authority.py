"""A time-stamping authority of the tests' own: certificates, and answers to queries as RFC 3161 has them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as der
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
"""What its clock says."""
POLICY = "1.2.3.4.1"
_YEAR = timedelta(days=365)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class Authority:
    """An authority whose certificate a root of its own has signed.

    Attributes:
        root: Certificate that verifiers trust.
        certificate: Of the key that stamps.
        key: That key.
    """

    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(
        cls,
        name: str = "Stamps of the tests",
        *,
        purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.TIME_STAMPING,
        besides: x509.ObjectIdentifier | None = None,
        critical: bool = True,
        expires: datetime = NOW + _YEAR,
    ) -> Authority:
        """A new one.

        Args:
            name: Of the authority.
            purpose: What its key is certified for; None for nothing in particular.
            besides: Another purpose in the same certificate.
            critical: Whether that is marked as critical.
            expires: When its certificate does.
        """
        above, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = _name(f"Root of {name}")
        root = (
            x509.CertificateBuilder(issuer, issuer, above.public_key(), 1, NOW - 5 * _YEAR, NOW + 10 * _YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(above, hashes.SHA256())
        )
        builder = x509.CertificateBuilder(issuer, _name(name), key.public_key(), 2, NOW - 4 * _YEAR, expires)
        if purpose is not None:
            purposes = [purpose] if besides is None else [purpose, besides]
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
        return cls(root, builder.sign(above, hashes.SHA256()), key)

    def pem(self) -> bytes:
        """The certificate that verifiers trust, as `--tsa` takes it."""
        return self.root.public_bytes(Encoding.PEM)

    def answer(self, query: bytes, **changes: object) -> bytes:
        """What it answers to a query (TimeStampResp)."""
        request = tsp.TimeStampReq.load(query)
        imprint = request["message_imprint"]
        stamp = Stamp(
            imprint["hashed_message"].native,
            imprint["hash_algorithm"]["algorithm"].native,
            nonce=request["nonce"].native,
            sent="own" if request["cert_req"].native else "none",
        )
        return self.stamped(replace(stamp, **changes))  # type: ignore[arg-type]

    def stamped(self, stamp: Stamp) -> bytes:
        """An answer with this content."""
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": {"hash_algorithm": {"algorithm": stamp.algorithm}, "hashed_message": stamp.imprint},
                "serial_number": 7,
                "gen_time": stamp.time,
                "nonce": stamp.nonce,
            }
        ).dump()
        certificate = der.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        root = der.Certificate.load(self.root.public_bytes(Encoding.DER))
        sent = {"none": [], "own": [certificate]}.get(stamp.sent, [certificate, root])
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(info).digest()]}),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [{"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}],
                    }
                ),
            ]
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                "certificates": sent or None,
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier(
                            {
                                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                                )
                            }
                        ),
                        "digest_algorithm": {"algorithm": "sha256"},
                        "signed_attrs": attributes,
                        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                        "signature": self.key.sign(attributes.untag().dump(), ec.ECDSA(hashes.SHA256())),
                    }
                ],
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        answer = tsp.TimeStampResp({"status": {"status": stamp.status}, "time_stamp_token": token})
        encoded: bytes = answer.dump()
        first, second = sorted(each.dump() for each in (certificate, root))
        return encoded.replace(first + second, second + first) if stamp.sent == "turned" else encoded


@dataclass(frozen=True)
class Stamp:
    """What an answer says.

    Attributes:
        imprint: Hash of what is stamped.
        algorithm: Of the hash.
        time: When.
        nonce: Of the query.
        sent: Certificates that go with it: `none`, its `own`, the whole `chain` in DER, or that `turned` round.
        status: Of the answer.
    """

    imprint: bytes
    algorithm: str = "sha256"
    time: datetime = NOW
    nonce: int | None = None
    sent: str = "own"
    status: str = "granted"
