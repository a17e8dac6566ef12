"""Commitments hide, bind, and keep their salts to themselves."""

from __future__ import annotations

import copy
import hashlib
import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrum.errors import DigestError, InputError, VerificationError
from registrum.proofs.commitment import Salt, commit, commitment_of, matches_commitment, open_commitment
from tests.client.proof_samples import document_digest, words

DIGEST = document_digest(1)
CANARY = bytes.fromhex("c0ffee" * 10 + "beef")


def test_the_commitment_is_what_the_documentation_says() -> None:
    expected = hashlib.sha256(b"registrum.commitment.v1" + CANARY + DIGEST).digest()
    assert commitment_of(DIGEST, Salt(CANARY)) == expected


def test_a_published_vector_stays_what_it_is() -> None:
    commitment = commitment_of(hashlib.sha256(b"abc").digest(), Salt(bytes(range(32))))
    assert commitment.hex() == "39129df951a5994fb70f430989c065021bfefed5884caa1f2f4d046c5bafd519"


@given(words)
def test_a_commitment_opens_with_its_document_and_salt(digest: bytes) -> None:
    commitment, salt = commit(digest)
    open_commitment(commitment, digest, salt)
    assert commitment != digest


@given(words, words, words)
def test_nothing_else_opens_it(digest: bytes, other: bytes, salt: bytes) -> None:
    commitment, right = commit(digest)
    with pytest.raises(VerificationError, match="do not open"):
        open_commitment(commitment, digest, Salt(salt))
    if other != digest:
        assert not matches_commitment(commitment, other, right)


@given(words, words)
def test_salt_and_digest_cannot_be_swapped(digest: bytes, salt: bytes) -> None:
    if digest != salt:
        assert commitment_of(digest, Salt(salt)) != commitment_of(salt, Salt(digest))


def test_equal_documents_have_different_commitments() -> None:
    assert len({commit(DIGEST)[0] for _ in range(1000)}) == 1000


def test_no_salt_comes_twice() -> None:
    assert len({Salt.random().reveal() for _ in range(100_000)}) == 100_000


def test_a_dictionary_of_public_facts_does_not_open_a_commitment() -> None:
    commitment, _ = commit(hashlib.sha256(b"EM018660437").digest())
    guesses = [b"EM018660437", b"EMT018660437".ljust(32, b"\0"), b"20240131", b"EM"]
    digests = [hashlib.sha256(guess).digest() for guess in guesses]
    preimages = itertools.chain(guesses, digests, (b"registrum.commitment.v1" + digest for digest in digests))
    assert commitment not in {hashlib.sha256(preimage).digest() for preimage in preimages}
    salts = [Salt(hashlib.sha256(guess).digest()) for guess in guesses]
    assert not any(matches_commitment(commitment, digest, salt) for digest in digests for salt in salts)


def test_a_salt_does_not_show_itself() -> None:
    salt = Salt(CANARY)
    texts = [repr(salt), str(salt), f"{salt}", repr([salt]), repr({"salt": salt})]
    assert not any(CANARY.hex() in text or repr(CANARY)[2:-1] in text for text in texts)
    assert not hasattr(salt, "__dict__")
    for spread in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(InputError, match="pickled"):
            spread(salt)
    with pytest.raises(TypeError, match="unhashable"):
        hash(salt)
    assert salt.reveal() == CANARY


def test_salts_compare_by_value() -> None:
    assert Salt(CANARY) == Salt(CANARY)
    assert Salt(CANARY) != Salt.random()
    assert Salt(CANARY) != CANARY


@pytest.mark.parametrize("value", [b"", CANARY[:31], CANARY + b"\1", bytes(32), CANARY.hex(), bytearray(CANARY), None])
def test_only_32_bytes_are_a_salt(value: object) -> None:
    with pytest.raises(InputError) as caught:
        Salt(value)  # type: ignore[arg-type]
    assert "c0ffee" not in str(caught.value)


@given(st.binary(max_size=64).filter(lambda digest: len(digest) != 32))
def test_only_32_bytes_are_a_document_digest(digest: bytes) -> None:
    with pytest.raises(DigestError):
        commit(digest)
