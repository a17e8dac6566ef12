"""Calldata that no ABI encoder makes: words with bits outside their type.

The register hashes statements where they lie in calldata, and copies words of them into the log; so such words must be
refused even where the office's key signed them as they lie.
"""

from __future__ import annotations

from typing import Any

import pytest
from brownie import web3
from eth_abi import encode
from eth_utils import keccak

from tests.contracts.support.errors import reverts_bare, reverts_with
from tests.contracts.support.offices import digest, number
from tests.contracts.support.rights import (
    APPLICATION_RECORD,
    Event,
    Facts,
    after,
    ask,
    filing,
    head_of,
    message_of,
    record_all,
    register_key,
    signed,
)

EVENT_TYPE = (
    "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
    "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
    "EntryFacts facts)"
)
FACTS_TYPE = (
    "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
    "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
)
BATCH_TYPE = "EventBatch(bytes2 office,LegalStatusEvent[] events)" + FACTS_TYPE + EVENT_TYPE

EVENT_WORDS, FACTS_WORDS = 12, 11

NARROW = {
    "system": (2, 8, "left"),
    "resulting": (4, 2, "left"),
    "status": (5, 1, "right"),
    "eventDate": (6, 4, "right"),
    "effectiveDate": (7, 4, "right"),
    "publicationDate": (8, 4, "right"),
    "corrects": (10, 2, "right"),
    "flags": (11, 2, "right"),
    "changes": (12, 2, "right"),
    "filingDate": (13, 4, "right"),
    "registrationDate": (14, 4, "right"),
    "expiryDate": (15, 4, "right"),
    "classes": (16, 8, "right"),
    "relation": (20, 1, "right"),
    "released": (22, 8, "right"),
}
"""Words of a statement that are narrower than 32 bytes: position, bytes, and where these stand in the word."""

FILED = filing("EM/T/018660437")
FULL = after(
    FILED,
    "Y10",
    on=20900401,
    published=20900501,
    document=digest("document"),
    corrects=1,
    flags=2,
    filing_date=20900311,
    registration_date=20900401,
    expiry_date=21000310,
    classes=[9],
    dossier=digest("dossier"),
    representation=digest("image"),
    holder=digest("holder"),
    relation=APPLICATION_RECORD,
    related=number("EM/T/APPLICATION"),
)
"""An event that states everything."""

STATEMENT = (
    "(bytes32,bytes32,bytes8,bytes32,bytes2,uint8,uint32,uint32,uint32,bytes32,uint16,uint16,"
    "(uint16,uint32,uint32,uint32,uint64,bytes32,bytes32,bytes32,uint8,bytes32,uint64))"
)


def words_of(event: Event) -> bytearray:
    """The 23 words of a statement, as they lie in calldata."""
    return bytearray(encode([STATEMENT], [event]))


def hash_as_it_lies(words: bytes) -> bytes:
    """EIP-712 struct hash of the words, whatever bits they have."""
    split = 32 * EVENT_WORDS
    facts = keccak(keccak(text=FACTS_TYPE) + words[split:])
    return keccak(keccak(text=EVENT_TYPE + FACTS_TYPE) + words[:split] + facts)


def sign_hash(rights: Any, struct_hash: bytes) -> bytes:
    """Signature of the office over any struct hash."""
    domain = bytes(message_of(rights, FILED).header)
    return bytes(register_key("EM").unsafe_sign_hash(keccak(b"\x19\x01" + domain + struct_hash)).signature)


def call(rights: Any, words: bytes, kind: str) -> bytes:
    """What the register answers to a statement of these words, signed as they lie."""
    struct_hash = hash_as_it_lies(words)
    if kind == "event":
        signature = sign_hash(rights, struct_hash)
        head, tail = words + encode(["uint256"], [len(words) + 32]), b""
        selector = rights.record.signature
    else:
        batch = keccak(text=BATCH_TYPE) + encode(["bytes2"], [b"EM"]) + keccak(struct_hash)
        signature = sign_hash(rights, keccak(batch))
        tail = encode(["uint256"], [1]) + words
        head = encode(["bytes2", "uint256", "uint256"], [b"EM", 96, 96 + len(tail)])
        selector = rights.recordBatch.signature
    padded = signature.ljust(96, b"\0")
    data = bytes.fromhex(selector[2:]) + head + tail + encode(["uint256"], [len(signature)]) + padded
    return bytes(web3.eth.call({"to": rights.address, "data": data}))


def soiled(event: Event, name: str, bit: int) -> bytes:
    """The words of a statement with one bit set outside the type of one of them: the nearest, or the farthest."""
    position, size, side = NARROW[name]
    words = words_of(event)
    near, far = (size, 31) if side == "left" else (31 - size, 0)
    index, value = (near, 0x80 if side == "left" else 1) if bit == 0 else (far, 1 if side == "left" else 0x80)
    words[32 * position + index] |= value
    return bytes(words)


@pytest.fixture(scope="module")
def filed(rights: Any) -> None:
    record_all(rights, FILED)


@pytest.mark.parametrize("kind", ["event", "batch"])
def test_words_as_they_should_be(rights: Any, filed: None, kind: str) -> None:
    """What the cases below soil is taken as it is, and hashed as here."""
    words = bytes(words_of(FULL))
    assert len(words) == 32 * (EVENT_WORDS + FACTS_WORDS)
    assert hash_as_it_lies(words) == head_of(FULL)
    answer = call(rights, words, kind)
    assert answer == (encode(["bool"], [True]) if kind == "event" else encode(["uint256", "uint256"], [1, 0]))


@pytest.mark.parametrize("kind", ["event", "batch"])
@pytest.mark.parametrize("bit", [0, 1], ids=["nearest", "farthest"])
@pytest.mark.parametrize("name", NARROW)
def test_bits_outside_their_type(rights: Any, filed: None, name: str, bit: int, kind: str) -> None:
    reverts_bare(lambda: call(rights, soiled(FULL, name, bit), kind))


@pytest.mark.parametrize("bit", [0, 1], ids=["nearest", "farthest"])
@pytest.mark.parametrize("name", [name for name, (position, _, _) in NARROW.items() if position > EVENT_WORDS])
def test_bits_outside_their_type_of_what_is_not_stated(rights: Any, filed: None, name: str, bit: int) -> None:
    """They are no zero, so that they are values which nothing announces."""
    reverts_with(
        lambda: call(rights, soiled(after(FILED, "W10"), name, bit), "event"),
        "RightsRegisterInvalidChanges",
        FILED.number,
        0,
    )


@pytest.mark.parametrize("relation", [9, 10, 128, 255])
def test_relations_that_there_are_not(rights: Any, filed: None, relation: int) -> None:
    words = words_of(FULL)
    words[32 * 20 + 31] = relation
    reverts_bare(lambda: call(rights, bytes(words), "event"))


def test_the_office_of_a_batch(rights: Any, filed: None) -> None:
    """The office of a batch with bits behind its two letters."""
    data = rights.recordBatch.encode_input(b"EM", [FULL], b"\1" * 65)
    soil = bytearray.fromhex(data[2:])
    soil[4 + 31] |= 1
    reverts_bare(lambda: web3.eth.call({"to": rights.address, "data": bytes(soil)}))


def test_facts_of_zero_words(rights: Any, filed: None) -> None:
    """Facts that state nothing are told by their words, and nothing is read of them."""
    silent = after(FILED, "W10")
    assert silent.facts == Facts()
    assert ask(rights, silent) is True
    assert len(signed(rights, silent)) == 65
