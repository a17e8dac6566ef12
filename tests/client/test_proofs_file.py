"""The proof file: canonical on the way out, strict on the way in."""

from __future__ import annotations

import dataclasses
import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrum.errors import InputError, ProofFormatError, VerificationError
from registrum.proofs.commitment import Salt, commitment_of
from registrum.proofs.merkle import Leaf, MerkleTree
from registrum.proofs.proof import MAX_PROOF_BYTES, Proof
from registrum.signing.statements import Anchor
from tests.client.proof_samples import (
    DOMAIN,
    SIGNER,
    document_digest,
    leaf_lists,
    number,
    plain_leaves,
    proof_of,
    words,
)

RECORDED_AT = datetime(2024, 2, 1, 10, 30, 15, tzinfo=UTC)
PROOF = dataclasses.replace(proof_of(MerkleTree.build(plain_leaves(11)), 4), recorded_at=RECORDED_AT)


def salted_proof() -> Proof:
    salt = Salt(bytes(range(32)))
    leaf = Leaf(number(1), 20240131, 1, commitment_of(document_digest(1), salt))
    tree = MerkleTree.build([leaf, *list(plain_leaves(3))[1:]])
    index = next(index for index in range(3) if tree.leaf(index) == leaf)
    return dataclasses.replace(proof_of(tree, index), document_digest=document_digest(1), salt=salt)


def test_members_and_their_order_are_those_of_the_documentation() -> None:
    document = json.loads(PROOF.to_json())
    assert list(document) == [
        "format",
        "number",
        "onChain",
        "filingDate",
        "disclosure",
        "digest",
        "documentDigest",
        "salt",
        "leafIndex",
        "path",
        "anchor",
        "signature",
        "signer",
        "domain",
        "recordedAt",
    ]
    assert document["format"] == "registrum-proof/1"
    assert document["number"] == PROOF.number.text
    assert bytes.fromhex(document["onChain"][2:]) == PROOF.leaf.number
    assert document["filingDate"] == "2024-01-31"
    assert document["disclosure"] == "plain"
    assert document["documentDigest"] is None
    assert document["salt"] is None
    assert document["anchor"] == {
        "office": "EM",
        "sequence": 1,
        "root": "0x" + PROOF.anchor.root.hex(),
        "leafCount": 11,
    }
    assert document["domain"] == {"chainId": 31337, "contract": DOMAIN.verifying_contract}
    assert document["signer"] == SIGNER.address
    assert document["recordedAt"] == "2024-02-01T10:30:15Z"


@given(leaf_lists, st.data())
def test_a_proof_survives_its_file(items: list[Leaf], data: st.DataObject) -> None:
    tree = MerkleTree.build(items)
    proof = proof_of(tree, data.draw(st.integers(0, len(items) - 1)))
    moment = data.draw(st.none() | st.datetimes(min_value=datetime(2015, 7, 30)))
    proof = dataclasses.replace(proof, recorded_at=moment and moment.replace(microsecond=0, tzinfo=UTC))
    for indent in (1, None):
        assert Proof.from_json(proof.to_json(indent=indent)) == proof
    assert Proof.from_json(proof.to_json()).to_json() == proof.to_json()


def test_a_salted_proof_survives_its_file_with_and_without_its_salt() -> None:
    proof = salted_proof()
    assert Proof.from_json(proof.to_json()) == proof
    withheld = dataclasses.replace(proof, salt=None, document_digest=None)
    assert Proof.from_json(withheld.to_json()) == withheld
    assert bytes(range(32)).hex() in proof.to_json()
    assert bytes(range(32)).hex() not in withheld.to_json() + repr(proof)


def test_files_are_written_and_read(tmp_path: Path) -> None:
    PROOF.write(tmp_path / "plain.json")
    assert Proof.read(tmp_path / "plain.json") == PROOF
    proof = salted_proof()
    proof.write(tmp_path / "salted.json")
    assert Proof.read(tmp_path / "salted.json") == proof
    assert stat.S_IMODE((tmp_path / "salted.json").stat().st_mode) == 0o600


def test_a_proof_among_sixteen_million_records_stays_small() -> None:
    salted = dataclasses.replace(
        salted_proof(),
        anchor=Anchor(b"EM", 2**53, b"\xff" * 32, 2**24),
        leaf_index=2**24 - 1,
        path=(b"\xff" * 32,) * 24,
        recorded_at=RECORDED_AT,
    )
    plain = dataclasses.replace(
        salted, leaf=dataclasses.replace(salted.leaf, disclosure=0), salt=None, document_digest=None
    )
    assert len(plain.to_json(indent=None)) <= 2560
    assert len(salted.to_json(indent=None)) <= 2700
    assert len(salted.to_json()) <= 3072


@pytest.mark.parametrize(
    ("leaf", "document", "salt", "message"),
    [
        (Leaf(number(1), 20240131, 1, b"\1" * 32), document_digest(1), None, "go together"),
        (Leaf(number(1), 20240131, 1, b"\1" * 32), None, Salt(b"\1" * 32), "go together"),
        (Leaf(number(1), 20240131, 0, b"\1" * 32), document_digest(1), Salt(b"\1" * 32), "no salt"),
        (Leaf(number(1), 20240131, 1, b"\1" * 32), b"short", Salt(b"\1" * 32), "32 bytes"),
    ],
)
def test_openings_that_do_not_fit_the_leaf_are_refused(
    leaf: Leaf, document: bytes | None, salt: Salt | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        dataclasses.replace(PROOF, leaf=leaf, document_digest=document, salt=salt)


def changed(**members: Any) -> str:
    return json.dumps({**json.loads(PROOF.to_json()), **members})


def changed_inside(outer: str, **members: Any) -> str:
    document = json.loads(PROOF.to_json())
    return changed(**{outer: {**document[outer], **members}})


WORD = "0x" + "11" * 32
BAD_FILES = {
    "nothing": "",
    "not JSON": "registrum-proof/1",
    "not UTF-8": b"\xff\xfe\xfd",
    "a list": "[]",
    "a number": "1",
    "another format": changed(format="registrum-proof/2"),
    "format is no text": changed(format=["registrum-proof/1"]),
    "unknown member": changed(trustMe=True),
    "missing member": json.dumps({k: v for k, v in json.loads(PROOF.to_json()).items() if k != "signer"}),
    "member twice": PROOF.to_json().replace('"leafIndex": 4', '"leafIndex": 4, "leafIndex": 4'),
    "inner member twice": PROOF.to_json().replace('"leafCount": 11', '"leafCount": 11, "leafCount": 12'),
    "NaN": PROOF.to_json().replace('"leafIndex": 4', '"leafIndex": NaN'),
    "index in quotes": changed(leafIndex="4"),
    "index true": changed(leafIndex=True),
    "index negative": changed(leafIndex=-1),
    "index a fraction": changed(leafIndex=4.0),
    "index of 5000 digits": PROOF.to_json().replace('"leafIndex": 4', '"leafIndex": ' + "4" * 5000),
    "number no text": changed(number=7),
    "on-chain form short": changed(onChain=WORD[:-2]),
    "on-chain form no number": changed(onChain=WORD),
    "digest without 0x": changed(digest=WORD[2:]),
    "digest with a blank": changed(digest="0x" + "11" * 31 + " 1"),
    "digest in other digits": changed(digest="0x" + "\u0661" * 64),
    "digest null": changed(digest=None),
    "digest zero": changed(digest="0x" + "00" * 32),
    "date not ISO": changed(filingDate="20240131"),
    "date that is none": changed(filingDate="2023-02-29"),
    "date a number": changed(filingDate=20240131),
    "disclosure a number": changed(disclosure=0),
    "disclosure unknown": changed(disclosure="secret"),
    "path no list": changed(path="0x"),
    "path node short": changed(path=["0x11"]),
    "path node null": changed(path=[None]),
    "path too long for any tree": changed(path=[WORD] * 33),
    "anchor no object": changed(anchor=None),
    "anchor member missing": changed(anchor={"office": "EM"}),
    "anchor office lower case": changed_inside("anchor", office="em"),
    "anchor office not ASCII": changed_inside("anchor", office="\u0415M"),
    "anchor office no text": changed_inside("anchor", office=1),
    "anchor sequence too large": changed_inside("anchor", sequence=2**64),
    "anchor root zero": changed_inside("anchor", root="0x" + "00" * 32),
    "anchor leaf count zero": changed_inside("anchor", leafCount=0),
    "anchor leaf count too large": changed_inside("anchor", leafCount=2**40),
    "signature empty": changed(signature="0x"),
    "signature odd": changed(signature="0x123"),
    "signature null": changed(signature=None),
    "signer no address": changed(signer="0x12"),
    "signer null": changed(signer=None),
    "signer with a wrong checksum": changed(signer=SIGNER.address.swapcase().replace("X", "x")),
    "domain brings its own rules": changed_inside("domain", name="Registrum ApplicationRegistry"),
    "chain id zero": changed_inside("domain", chainId=0),
    "contract zero": changed_inside("domain", contract="0x" + "00" * 20),
    "contract no text": changed_inside("domain", contract=7),
    "salt with a plain digest": changed(salt=WORD, documentDigest=WORD),
    "salt alone": changed(disclosure="salted", salt=WORD),
    "document digest alone": changed(disclosure="salted", documentDigest=WORD),
    "salt zero": changed(disclosure="salted", documentDigest=WORD, salt="0x" + "00" * 32),
    "time without zone": changed(recordedAt="2024-02-01T10:30:15"),
    "time that is none": changed(recordedAt="2024-02-01T25:30:15Z"),
    "time a number": changed(recordedAt=1706783415),
    "too large": PROOF.to_json() + " " * MAX_PROOF_BYTES,
    "too deep": "[" * 60_000,
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_files_in_another_form_are_refused(content: str | bytes) -> None:
    with pytest.raises(ProofFormatError, match="not a proof file: ") as caught:
        Proof.from_json(content)
    assert "docs/proofs.md" in caught.value.remedy


def test_the_unchanged_file_is_taken() -> None:
    assert Proof.from_json(changed()) == PROOF
    assert Proof.from_json(changed_inside("anchor")) == PROOF


def test_a_text_of_the_number_that_contradicts_the_leaf_is_a_mismatch() -> None:
    with pytest.raises(VerificationError, match="but its leaf is about") as caught:
        Proof.from_json(changed(number="EM/T/999999999"))
    assert caught.value.details["check"] == "number"


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProofFormatError, match=r"cannot read the proof"):
        Proof.read(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProofFormatError, match=r"none\.json"):
        Proof.read(tmp_path / "none.json")


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_garbage_is_refused_by_name(content: str | bytes) -> None:
    with pytest.raises(ProofFormatError):
        Proof.from_json(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | words.map(lambda word: "0x" + word.hex()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(PROOF.to_json()))), json_values)
def test_any_value_of_a_member_is_taken_or_refused_by_name(member: str, value: Any) -> None:
    try:
        proof = Proof.from_json(changed(**{member: value}))
    except (ProofFormatError, VerificationError):
        return
    assert Proof.from_json(proof.to_json()) == proof
