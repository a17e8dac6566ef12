"""Calldata that no ABI encoder makes: words with bits outside their type.

The registry hashes statements and leaves where they lie in calldata, so such words must be refused even where a key
signed them as they lie. Those of a batch: `test_register_batch.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from brownie import web3

from registrum.signing.statements import Anchor, Correction, Registration, Statement
from tests.contracts.support.errors import reverts_bare
from tests.contracts.support.offices import (
    Office,
    as_struct,
    ask,
    call_for,
    digest,
    domain_of,
    number,
    sign,
    submit,
)
from tests.contracts.support.trees import encode_leaf, keccak, parent_hash

ITEM = Registration(number("EM/T/018660437"), 20240131, 0, digest("application"))
OLD = Registration(number("EM/T/OLD"), 20240131, 0, digest("old"))

STATEMENTS: dict[str, tuple[Statement, tuple[int, ...]]] = {
    "registration": (ITEM, (1, 2)),
    "anchor": (Anchor(b"EM", 1, digest("root"), 1000), (0, 1, 3)),
    "correction": (Correction(OLD.number, 20240201, 0, digest("corrected"), 1), (1, 2, 4)),
}
"""A statement, and which of its words are narrower than 32 bytes."""


def soil(data: bytes, word: int, start: int = 4) -> bytes:
    """Calldata with one bit set in a word outside its type: words stand on the right, a code (word 0) on the left."""
    dirty = bytearray(data)
    dirty[start + 32 * word + (31 if word == 0 else 0)] |= 0x80
    return bytes(dirty)


def raw_call(contract: Any, data: bytes) -> bytes:
    """Answer of a contract to these bytes."""
    return bytes(web3.eth.call({"to": contract.address, "data": data}))


@pytest.mark.parametrize(("kind", "word"), [(kind, word) for kind, (_, words) in STATEMENTS.items() for word in words])
def test_statement_signed_as_it_lies(registry: Any, em: Office, kind: str, word: int) -> None:
    submit(registry, OLD, em.key)
    statement, _ = STATEMENTS[kind]
    assert ask(registry, statement, sign(registry, statement, em.key)) is True

    def calldata(signature: bytes) -> bytes:
        method, arguments = call_for(registry, statement, signature)
        return soil(bytes.fromhex(method.encode_input(*arguments)[2:]), word)

    words = calldata(b"")[4 : 4 + 32 * len(as_struct(statement))]
    struct_hash = keccak(keccak(text=statement.TYPE) + words)
    signature = em.key.sign_digest(keccak(b"\x19\x01" + domain_of(registry).separator + struct_hash))
    reverts_bare(lambda: raw_call(registry, calldata(signature)))


@pytest.mark.parametrize("word", [1, 2], ids=["filing date", "disclosure"])
def test_leaf_anchored_as_it_lies(registry: Any, em: Office, word: int) -> None:
    """An office may anchor the hash of any bytes; what is no record does not become one."""
    sibling = digest("sibling")
    leaf = keccak(keccak(soil(encode_leaf(ITEM), word, start=0)))
    statement = Anchor(em.code, 1, parent_hash(leaf, sibling), 2)
    submit(registry, statement, em.key)
    data = registry.disclose.encode_input(as_struct(statement), em.key.address, as_struct(ITEM), [sibling])
    # Four words of the anchor and the key come before the leaf.
    reverts_bare(lambda: raw_call(registry, soil(bytes.fromhex(data[2:]), word, start=4 + 5 * 32)))


@pytest.mark.parametrize("word", [0, 1, 3])
def test_anchor_named_in_other_words(registry: Any, em: Office, word: int) -> None:
    """A second spelling of a recorded anchor is not answered for."""
    statement = Anchor(em.code, 1, digest("root"), 1000)
    submit(registry, statement, em.key)
    data = registry.anchoredAt.encode_input(as_struct(statement), em.key.address)
    assert int.from_bytes(raw_call(registry, bytes.fromhex(data[2:])), "big") > 0
    reverts_bare(lambda: raw_call(registry, soil(bytes.fromhex(data[2:]), word)))
