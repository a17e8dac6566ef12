"""Time stamps of bundles: which are good, for whom, and what is refused. The authority is one of the tests' own."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from registrum.errors import ConfigError, EvidenceError, InputError
from registrum.evidence.attaching import attach, open_sound
from registrum.evidence.bundle import TIMESTAMP, pack, sums, unpack
from registrum.evidence.chain import ChainDescription
from registrum.evidence.timestamp import ordered, read_roots, read_stamp, timestamp_query
from registrum.evidence.verifying import CheckLine, EvidenceReport, EvidenceVerdict, verify
from tests.evidence.authority import NOW, Authority, Stamp
from tests.evidence.vectors import FOLDER

BUNDLE = (FOLDER / "with-document.registrum.zip").read_bytes()
OTHER = (FOLDER / "absent-em.registrum.zip").read_bytes()
TRUST = ChainDescription.read((FOLDER / "chain.json").read_bytes())
MEMBERS = unpack(BUNDLE)
QUERY = timestamp_query(MEMBERS)
GRANTED_TO_THIS = hashlib.sha256(sums(MEMBERS)).digest()
AUTHORITY = Authority.make()


def judged(answer: bytes, authority: Authority | None = AUTHORITY) -> EvidenceReport:
    """What is made of the bundle with an answer attached that nobody looked at."""
    roots = None if authority is None else read_roots(authority.pem(), "the root")
    return verify(pack({**MEMBERS, TIMESTAMP: answer}), TRUST, tsa=roots)


def line(report: EvidenceReport) -> CheckLine:
    [found] = [each for each in report.checks if each.name == "timestamp"]
    return found


def test_the_query_is_of_the_sums_and_asks_for_certificates() -> None:
    read = tsp.TimeStampReq.load(QUERY, strict=True)
    assert read["message_imprint"].native == {
        "hash_algorithm": {"algorithm": "sha256", "parameters": None},
        "hashed_message": GRANTED_TO_THIS,
    }
    assert read["cert_req"].native is True
    assert read["nonce"].native != tsp.TimeStampReq.load(timestamp_query(MEMBERS))["nonce"].native


def test_a_time_stamp_of_an_authority_that_is_trusted() -> None:
    report = verify(
        attach(BUNDLE, {TIMESTAMP: AUTHORITY.answer(QUERY)}), TRUST, tsa=read_roots(AUTHORITY.pem(), "the root")
    )
    assert report.verdict is EvidenceVerdict.VERIFIED
    assert line(report).outcome == "passed"
    assert line(report).detail == "2026-06-01T12:00:00Z, by CN=Stamps of the tests"
    assert [each.name for each in report.checks][-1] == "timestamp"


def test_without_an_authority_the_time_is_told_and_not_checked() -> None:
    report = judged(AUTHORITY.answer(QUERY), None)
    assert report.verdict is EvidenceVerdict.VERIFIED
    assert line(report).outcome == "not_checked"
    assert "2026-06-01T12:00:00Z, is unverified" in line(report).detail


def test_an_authority_is_named_for_a_bundle_without_time_stamp() -> None:
    report = verify(BUNDLE, TRUST, tsa=read_roots(AUTHORITY.pem(), "the root"))
    assert report.verdict is EvidenceVerdict.VERIFIED
    assert line(report).outcome == "not_checked"
    assert "timestamp" not in [each.name for each in verify(BUNDLE, TRUST).checks]


def test_a_root_among_others_is_enough() -> None:
    both = read_roots(Authority.make("Others").pem() + AUTHORITY.pem(), "the roots")
    report = verify(pack({**MEMBERS, TIMESTAMP: AUTHORITY.answer(QUERY)}), TRUST, tsa=both)
    assert line(report).outcome == "passed"


OTHERS: dict[str, tuple[Stamp, str]] = {
    "of-something-else": (Stamp(hashlib.sha256(b"something else").digest()), "of something else"),
    "of-the-file": (Stamp(hashlib.sha256(BUNDLE).digest()), "of something else"),
    "by-another-hash": (Stamp(hashlib.sha512(sums(MEMBERS)).digest(), "sha512"), "of something else"),
    "named-as-another-hash": (Stamp(GRANTED_TO_THIS, "sha3_256"), "of something else"),
    "without-certificates": (Stamp(GRANTED_TO_THIS, sent="none"), "with the certificate"),
    "granted-with-changes": (Stamp(GRANTED_TO_THIS, status="granted_with_mods"), "did not grant"),
    "refused": (Stamp(GRANTED_TO_THIS, status="rejection"), "did not grant"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_time_stamp_of_the_bundle_fails_whoever_is_trusted(name: str) -> None:
    stamp, message = OTHERS[name]
    answer = AUTHORITY.stamped(stamp)
    for authority in (None, AUTHORITY):
        report = judged(answer, authority)
        assert report.failed == line(report)
        assert message in line(report).detail
    with pytest.raises(EvidenceError, match=message) as caught:
        attach(BUNDLE, {TIMESTAMP: answer})
    assert caught.value.check == "timestamp"


def test_a_bare_refusal_is_no_time_stamp() -> None:
    report = judged(bytes.fromhex("30053003020102"), None)
    assert "did not grant" in line(report).detail


@pytest.mark.parametrize("answer", [b"", b"\x30\x00", b"no DER at all", AUTHORITY.answer(QUERY) + b"\0"])
def test_what_is_no_answer_at_all(answer: bytes) -> None:
    assert "cannot be read" in line(judged(answer, None)).detail
    with pytest.raises(EvidenceError):
        attach(BUNDLE, {TIMESTAMP: answer})


FOREIGN: dict[str, tuple[dict[str, Any], str]] = {
    "no-purpose": ({"purpose": None}, "unsuitable certificate purpose"),
    "another-purpose": ({"purpose": ExtendedKeyUsageOID.CODE_SIGNING}, "unsuitable certificate purpose"),
    "two-purposes": ({"besides": ExtendedKeyUsageOID.CODE_SIGNING}, "unsuitable certificate purpose"),
    "purpose-not-critical": ({"critical": False}, "unsuitable certificate purpose"),
    "expired-by-then": ({"expires": NOW - timedelta(seconds=1)}, "certificate has expired"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_certificates_that_are_not_for_time_stamps_of_that_time(name: str) -> None:
    options, message = FOREIGN[name]
    authority = Authority.make(**options)
    report = judged(authority.answer(QUERY), authority)
    assert report.failed == line(report)
    assert message in line(report).detail


def test_a_certificate_counts_as_it_was_at_the_time() -> None:
    authority = Authority.make(expires=NOW + timedelta(seconds=1))
    assert line(judged(authority.answer(QUERY), authority)).outcome == "passed"
    late = authority.stamped(Stamp(GRANTED_TO_THIS, time=NOW + timedelta(seconds=2)))
    assert "expired" in line(judged(late, authority)).detail


def test_another_authority_than_the_one_that_is_trusted() -> None:
    answer = AUTHORITY.answer(QUERY)
    for name in ("Stamps of the tests", "Others"):
        assert judged(answer, Authority.make(name)).verdict is EvidenceVerdict.REFUSED


def test_the_certificate_of_the_authority_itself_is_no_root() -> None:
    roots = read_roots(AUTHORITY.certificate.public_bytes(Encoding.PEM), "it")
    report = verify(pack({**MEMBERS, TIMESTAMP: AUTHORITY.answer(QUERY)}), TRUST, tsa=roots)
    assert "issuer certificate" in line(report).detail


def test_no_changed_byte_changes_what_is_said() -> None:
    answer, roots = AUTHORITY.answer(QUERY), read_roots(AUTHORITY.pem(), "the root")
    survivors = 0
    for place in range(len(answer)):
        changed = bytearray(answer)
        changed[place] ^= 1
        try:
            stamp = read_stamp({**MEMBERS, TIMESTAMP: bytes(changed)})
            said = stamp.require_of(roots)
        except EvidenceError:
            continue
        # Some of what stands around the signed part may be put otherwise: versions, and names of algorithms.
        assert (stamp.time, said) == ("2026-06-01T12:00:00Z", "CN=Stamps of the tests")
        survivors += 1
    assert survivors < 20


def test_certificates_come_in_any_order_and_are_put_in_that_of_der() -> None:
    chain, turned = (AUTHORITY.answer(QUERY, sent=sent) for sent in ("chain", "turned"))
    assert "InvalidSetOrdering" in line(judged(turned)).detail
    roots = read_roots(AUTHORITY.pem(), "the root")
    for answer in (chain, turned):
        assert line(verify(attach(BUNDLE, {TIMESTAMP: answer}), TRUST, tsa=roots)).outcome == "passed"
    assert ordered(chain) == chain
    assert ordered(b"no DER") == b"no DER"


def test_one_of_another_bundle() -> None:
    answer = AUTHORITY.answer(timestamp_query(unpack(OTHER)))
    assert attach(OTHER, {TIMESTAMP: answer})
    with pytest.raises(EvidenceError, match="of something else"):
        attach(BUNDLE, {TIMESTAMP: answer})


def test_a_second_one_takes_the_place_of_the_first_only_where_this_is_said() -> None:
    first, second = AUTHORITY.answer(QUERY), Authority.make("Others").answer(QUERY)
    stamped = attach(BUNDLE, {TIMESTAMP: first})
    with pytest.raises(InputError, match=r"carries timestamp\.tsr already"):
        attach(stamped, {TIMESTAMP: second})
    assert unpack(attach(stamped, {TIMESTAMP: second}, replace=True))[TIMESTAMP] == second


def test_nothing_is_attached_to_what_does_not_hold() -> None:
    changed = bytearray(BUNDLE)
    changed[300] ^= 1
    with pytest.raises(EvidenceError) as caught:
        open_sound(bytes(changed))
    assert caught.value.check == "archive"
    wrong = (FOLDER / "bad-fact-date.registrum.zip").read_bytes()
    with pytest.raises(EvidenceError) as caught:
        attach(wrong, {TIMESTAMP: AUTHORITY.answer(timestamp_query(unpack(wrong)))})
    assert caught.value.check == "facts"


def test_a_block_that_only_the_verifier_can_know_does_not_stand_in_the_way() -> None:
    pinned = (FOLDER / "pinned.registrum.zip").read_bytes()
    stamped = attach(pinned, {TIMESTAMP: AUTHORITY.answer(timestamp_query(open_sound(pinned)))})
    trust = ChainDescription.read((FOLDER / "chain-pinned.json").read_bytes())
    assert verify(stamped, trust, tsa=read_roots(AUTHORITY.pem(), "the root")).verdict is EvidenceVerdict.VERIFIED


def test_an_attachment_has_a_size() -> None:
    with pytest.raises(EvidenceError, match="65536"):
        unpack(pack({**MEMBERS, TIMESTAMP: bytes(65537)}))


@pytest.mark.parametrize("data", [b"", b"no PEM", AUTHORITY.root.public_bytes(Encoding.DER)])
def test_what_holds_no_certificates(data: bytes) -> None:
    with pytest.raises(InputError, match="holds no certificates"):
        read_roots(data, "it.pem")


def test_without_the_packages_the_rest_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = AUTHORITY.answer(QUERY)
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    report = judged(answer, None)
    assert report.verdict is EvidenceVerdict.VERIFIED
    assert line(report).outcome == "not_checked"
    with pytest.raises(ConfigError, match="time stamps"):
        attach(BUNDLE, {TIMESTAMP: answer})
    with pytest.raises(ConfigError, match="time stamps"):
        read_roots(AUTHORITY.pem(), "it.pem")
