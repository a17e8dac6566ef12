"""Credentials of records: what is signed, by whom, and that no claim may say anything else than what is proved."""

from __future__ import annotations

import copy
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from coincurve import PublicKey

from registrum.errors import EvidenceError, InputError, SigningError
from registrum.evidence import canonical
from registrum.evidence.attaching import attach
from registrum.evidence.bundle import CREDENTIAL, EVIDENCE, pack, unpack
from registrum.evidence.chain import ChainDescription
from registrum.evidence.credential import credential_of, require_credential, require_key, sign_credential
from registrum.evidence.verifying import EvidenceVerdict, verify
from registrum.signing.addresses import address_from_public_key, parse_address
from registrum.signing.signatures import CURVE_ORDER
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import KEYS
from tests.evidence.vectors import FOLDER
from tests.verifier.moments import barred
from tests.verifier.scenes import FOREVER

TRUST = ChainDescription.read((FOLDER / "chain.json").read_bytes())
KEY = KEYS["EM"]
ACCOUNT = canonical.hexed(parse_address(KEY.address))


def evidence_of(file: str, **changes: Any) -> dict[str, Any]:
    """The evidence of a bundle, as if the key of the office were in force, but for changes of it."""
    evidence: dict[str, Any] = canonical.parse(unpack((FOLDER / file).read_bytes())[EVIDENCE], EVIDENCE)
    for key in evidence["facts"]["keys"]:
        key |= {"revokedAt": None, "compromisedSince": None, "barredUntil": None, **changes}
    return evidence


RECORD = evidence_of("with-document.registrum.zip")
TOKEN = sign_credential(RECORD, TRUST, KEY)


def plain(part: bytes) -> Any:
    return json.loads(urlsafe_b64decode(part + b"=="))


def coded(value: Any) -> bytes:
    data = value if isinstance(value, bytes) else canonical.encode(value)
    return urlsafe_b64encode(data).rstrip(b"=")


def signed(header: Any, payload: Any, key: DevelopmentSigner = KEY) -> bytes:
    """A token that says anything, signed."""
    said = coded(header) + b"." + coded(payload)
    return said + b"." + coded(key.sign_digest(hashlib.sha256(said).digest())[:64])


HEADER, PAYLOAD = (plain(part) for part in TOKEN.split(b".")[:2])


def refused(token: bytes, evidence: dict[str, Any] = RECORD) -> str:
    with pytest.raises(EvidenceError) as caught:
        require_credential(token, evidence, TRUST)
    assert caught.value.check == "credential"
    return caught.value.message


def test_it_is_a_credential_of_the_standard() -> None:
    expected = {
        "alg": "ES256K",
        "cty": "vc",
        "kid": f"did:pkh:eip155:{TRUST.chain_id}:{ACCOUNT}#blockchainAccountId",
        "typ": "vc+jwt",
    }
    assert expected == HEADER
    assert PAYLOAD["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert PAYLOAD["type"][0] == "VerifiableCredential"
    assert PAYLOAD["issuer"] == f"did:pkh:eip155:{TRUST.chain_id}:{ACCOUNT}"
    assert PAYLOAD["validFrom"] == RECORD["block"]["time"]
    subject = PAYLOAD["credentialSubject"]
    assert subject["number"] == RECORD["subject"]["number"]
    assert (subject["chainId"], subject["office"]) == (TRUST.chain_id, "EM")
    assert {name: subject[name] for name in RECORD["facts"]["record"]} == RECORD["facts"]["record"]


def test_its_signature_is_one_of_es256k() -> None:
    """Worked out here by itself, as RFC 7515 and RFC 8812 have it."""
    said, _, signature = TOKEN.rpartition(b".")
    digest = hashlib.sha256(said).digest()
    compact = urlsafe_b64decode(signature + b"==")
    assert len(compact) == 64
    keys = [PublicKey.from_signature_and_message(compact + bytes([v]), digest, hasher=None) for v in (0, 1)]
    assert parse_address(KEY.address) in [address_from_public_key(key.format(compressed=False)) for key in keys]


def test_what_was_signed_is_accepted() -> None:
    assert require_credential(TOKEN, RECORD, TRUST) == ACCOUNT
    claim = evidence_of("claim-valid.registrum.zip")
    assert require_credential(sign_credential(claim, TRUST, KEY), claim, TRUST) == ACCOUNT


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value that is not itself made of others."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if members is None:
        yield way
        return
    for name, member in members:
        yield from places(member, (*way, name))


def put(value: Any, way: tuple[Any, ...], other: Any) -> Any:
    changed = copy.deepcopy(value)
    at = changed
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = other
    return changed


@pytest.mark.parametrize("way", list(places(PAYLOAD)), ids=lambda way: ".".join(map(str, way)))
def test_each_claim_counts(way: tuple[Any, ...]) -> None:
    value = PAYLOAD
    for step in way:
        value = value[step]
    others = [None, not value] if isinstance(value, bool) else [None, value + 1 if type(value) is int else f"{value}0"]
    for other in others:
        message = refused(signed(HEADER, put(PAYLOAD, way, other)))
        assert any(f"{step} is not what" in message for step in way)


def test_claims_more_and_less_count() -> None:
    subject = PAYLOAD["credentialSubject"]
    refused(signed(HEADER, {**PAYLOAD, "credentialSubject": {**subject, "holder": "somebody"}}))
    refused(signed(HEADER, {**PAYLOAD, "validUntil": "2099-01-01T00:00:00Z"}))
    less = {name: subject[name] for name in subject if name != "digest"}
    refused(signed(HEADER, {**PAYLOAD, "credentialSubject": less}))
    refused(signed(HEADER, {**PAYLOAD, "credentialSubject": [subject]}))
    refused(signed(HEADER, [PAYLOAD]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alg": "none"}, "alg must be ES256K"),
        ({"alg": "ES256"}, "alg must be ES256K"),
        ({"typ": "JWT"}, "typ must be vc"),
        ({"cty": "vp"}, "cty must be vc"),
        ({"kid": f"did:pkh:eip155:{TRUST.chain_id + 1}:{ACCOUNT}#blockchainAccountId"}, "of another chain"),
        ({"kid": f"did:pkh:eip155:{TRUST.chain_id}:{ACCOUNT}"}, "kid names no account"),
        ({"kid": f"did:pkh:eip155:{TRUST.chain_id}:{KEY.address}#blockchainAccountId"}, "kid names no account"),
        ({"kid": 1}, "kid names no account"),
        ({"crit": ["exp"]}, "exactly the members"),
        ({"jwk": {}}, "exactly the members"),
    ],
)
def test_headers_that_are_refused(changes: dict[str, Any], message: str) -> None:
    assert message in refused(signed({**HEADER, **changes}, PAYLOAD))


def test_alg_none_without_a_signature() -> None:
    token = coded({"alg": "none"}) + b"." + coded(PAYLOAD) + b"."
    assert "exactly the members" in refused(token)
    header, payload, _ = TOKEN.split(b".")
    assert "has not signed it" in refused(header + b"." + payload + b".")


def test_the_twin_of_the_signature_is_refused() -> None:
    said, _, signature = TOKEN.rpartition(b".")
    compact = urlsafe_b64decode(signature + b"==")
    twin = compact[:32] + (CURVE_ORDER - int.from_bytes(compact[32:], "big")).to_bytes(32, "big")
    assert "has not signed it" in refused(said + b"." + coded(twin))


def test_every_character_counts() -> None:
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place in range(len(TOKEN)):
        changed = bytearray(TOKEN)
        # The next letter differs in a bit that no padding may hide.
        changed[place] = ord("A") if changed[place] == ord(".") else letters[letters.index(changed[place]) ^ 1]
        refused(bytes(changed))


@pytest.mark.parametrize(
    "token",
    [b"", b"..", b"a.b", TOKEN + b"\n", TOKEN + b"=", TOKEN + b".", b"\xff.\xff.\xff", TOKEN.decode().encode("utf-16")],
)
def test_what_is_no_token(token: bytes) -> None:
    refused(token)


def test_white_space_and_other_orders_are_refused() -> None:
    said = [json.dumps(HEADER).encode(), canonical.encode(PAYLOAD)]
    assert "canonical form" in refused(signed(*said))
    assert "canonical form" in refused(signed(canonical.encode(HEADER), json.dumps(PAYLOAD).encode()))


def test_signed_by_another_than_the_one_it_names() -> None:
    assert "has not signed it" in refused(signed(HEADER, PAYLOAD, KEYS["JP"]))


def by(key: DevelopmentSigner) -> bytes:
    account = canonical.hexed(parse_address(key.address))
    payload = credential_of(RECORD, TRUST, account)
    return signed({**HEADER, "kid": payload["issuer"] + "#blockchainAccountId"}, payload, key)


def test_a_key_that_the_bundle_does_not_show() -> None:
    for key in (KEYS["JP"], DevelopmentSigner.account(17)):
        assert "does not show" in refused(by(key))
        with pytest.raises(EvidenceError, match="does not show"):
            sign_credential(RECORD, TRUST, key)


BEFORE, AFTER = "2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scopes": None}, "does not show"),
        ({"scopes": 14}, "does not show"),
        ({"validFrom": AFTER}, "could not sign"),
        ({"validUntil": BEFORE}, "could not sign"),
        ({"validUntil": RECORD["block"]["time"]}, "could not sign"),
        ({"barredUntil": AFTER}, "could not sign"),
        ({"barredUntil": "forever"}, "could not sign"),
        ({"revokedAt": BEFORE}, "could not sign"),
        ({"compromisedSince": BEFORE}, "could not sign"),
    ],
)
def test_keys_that_could_not_sign_for_the_office(changes: dict[str, Any], message: str) -> None:
    evidence = evidence_of("with-document.registrum.zip", **changes)
    assert message in refused(TOKEN, evidence)
    with pytest.raises(EvidenceError, match=message):
        sign_credential(evidence, TRUST, KEY)


def test_keys_that_could_sign_for_the_office() -> None:
    at = RECORD["block"]["time"]
    for changes in ({"scopes": 15}, {"validFrom": at}, {"validUntil": AFTER}, {"barredUntil": at}):
        assert require_credential(TOKEN, evidence_of("with-document.registrum.zip", **changes), TRUST) == ACCOUNT


def test_an_office_that_took_over_and_departed() -> None:
    """Its keys are barred for ever, which is not never."""
    evidence = barred(FOREVER, "forever").evidence
    account = evidence["accounts"][0]
    with pytest.raises(EvidenceError, match="could not sign"):
        require_key(evidence["facts"], evidence["block"]["time"], account)
    evidence = barred(0, None).evidence
    require_key(evidence["facts"], evidence["block"]["time"], account)


def test_an_office_that_departed() -> None:
    evidence = copy.deepcopy(RECORD)
    evidence["facts"]["office"]["status"] = "departed"
    assert "could not sign" in refused(TOKEN, evidence)
    evidence["facts"]["keys"][0]["office"] = "RU"
    assert require_credential(TOKEN, evidence, TRUST) == ACCOUNT


@pytest.mark.parametrize("file", ["absent-em", "anchored", "entry-0"])
def test_there_is_no_credential_without_a_record(file: str) -> None:
    evidence = evidence_of(f"{file}.registrum.zip")
    with pytest.raises(InputError, match="shows no record"):
        sign_credential(evidence, TRUST, KEY)
    refused(TOKEN, evidence)


def test_one_of_another_record() -> None:
    other = evidence_of("registration-correction.registrum.zip")
    other["facts"]["keys"] = RECORD["facts"]["keys"]
    assert other["subject"] != RECORD["subject"]
    assert "number" in refused(TOKEN, other)


class Hashing(DevelopmentSigner):
    """A signer that takes what it signs for a message, and hashes it, as services for transactions do."""

    __slots__ = ()

    def sign_digest(self, digest: bytes) -> bytes:
        return super().sign_digest(hashlib.sha256(digest).digest())


def test_a_signer_that_cannot_sign_a_sha256() -> None:
    with pytest.raises(SigningError, match="does not sign a SHA-256 as it is"):
        sign_credential(RECORD, TRUST, Hashing.account(5))


def test_the_kept_credential_of_a_key_that_signed_nothing_else() -> None:
    members = unpack((FOLDER / "attached-both.registrum.zip").read_bytes())
    report = verify(pack(members), TRUST)
    assert report.verdict is EvidenceVerdict.VERIFIED
    assert [(each.name, each.outcome.value) for each in report.checks][-2:] == [
        ("timestamp", "not_checked"),
        ("credential", "passed"),
    ]
    record = canonical.parse(members[EVIDENCE], EVIDENCE)
    assert plain(members[CREDENTIAL].split(b".")[1])["issuer"].endswith(record["accounts"][0])
    assert record["accounts"][0] != record["facts"]["record"]["signingKey"]


def test_a_bundle_with_a_credential_that_is_not_good_is_refused() -> None:
    members = unpack((FOLDER / "attached-credential.registrum.zip").read_bytes())
    for token in (members[CREDENTIAL][:-1], TOKEN, b""):
        for trust in (TRUST, None):
            failed = verify(pack({**members, CREDENTIAL: token}), trust).failed
            assert failed is not None
            assert failed.name == "credential"


def test_a_second_one_takes_the_place_of_the_first_only_where_this_is_said() -> None:
    bundle = (FOLDER / "attached-credential.registrum.zip").read_bytes()
    token = unpack(bundle)[CREDENTIAL]
    with pytest.raises(InputError, match=r"carries credential\.jwt already"):
        attach(bundle, {CREDENTIAL: token})
    assert attach(bundle, {CREDENTIAL: token}, replace=True) == bundle


def test_a_credential_of_a_key_that_was_stolen_is_not_attached() -> None:
    bundle = (FOLDER / "with-document.registrum.zip").read_bytes()
    with pytest.raises(EvidenceError, match="could not sign") as caught:
        attach(bundle, {CREDENTIAL: TOKEN})
    assert caught.value.check == "credential"
