"""Statements hash as eth-account hashes them, and no two contexts share a digest."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak as eth_keccak
from hypothesis import given
from hypothesis import strategies as st

from registrum.errors import DigestError, InputError
from registrum.signing.eip712 import Domain, type_members
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Disclosure,
    Reconfirmation,
    Registration,
    RegistrationBatch,
    Reinstatement,
    Remark,
    Statement,
    Suspension,
    Vote,
    Withdrawal,
)

CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"

words = st.binary(min_size=32, max_size=32).filter(any)
offices = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2).map(str.encode)
uint8 = st.integers(0, 2**8 - 1)
uint32 = st.integers(0, 2**32 - 1)
uint40 = st.integers(0, 2**40 - 1)
uint64 = st.integers(0, 2**64 - 1)
disclosures = st.sampled_from([0, 1, Disclosure.PLAIN, Disclosure.SALTED])

uint256 = st.integers(0, 2**256 - 1)
accounts = st.lists(st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()), max_size=3).map(tuple)
texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)

registrations = st.builds(Registration, words, uint32, disclosures, words)
statements = st.one_of(
    registrations,
    st.builds(RegistrationBatch, offices, st.lists(registrations, min_size=1, max_size=5).map(tuple)),
    st.builds(Anchor, offices, uint64, words, st.integers(1, 2**32 - 1)),
    st.builds(Correction, words, uint32, disclosures, words, uint8),
    st.builds(Withdrawal, words, uint8),
    st.builds(ClaimOutcome, words, words, uint32, uint32, st.booleans(), uint8, uint8),
    st.builds(Reconfirmation, offices, uint40, st.lists(registrations, min_size=1, max_size=5).map(tuple)),
    st.builds(Reinstatement, words, uint8),
    st.builds(Vote, uint256, offices, st.integers(0, 2), texts),
    st.builds(Suspension, offices, accounts, texts.filter(bool), uint64, st.integers(0, 2**40 - 1)),
    st.builds(Remark, uint256, texts.filter(bool)),
)
domains = st.builds(
    Domain,
    st.sampled_from(["Registrum ApplicationRegistry", "Registrum Consortium", "Registrum Charter"]),
    st.integers(1, 2**256 - 1),
    st.binary(min_size=20, max_size=20).filter(any).map(lambda raw: "0x" + raw.hex()),
)

ONE_OF_EACH: list[Statement] = [
    Registration(b"\x01" * 32, 20240131, 0, b"\x02" * 32),
    RegistrationBatch(b"EM", (Registration(b"\x01" * 32, 20240131, 0, b"\x02" * 32),)),
    Anchor(b"EM", 7, b"\x03" * 32, 1000),
    Correction(b"\x01" * 32, 20240131, 0, b"\x02" * 32, 1),
    Withdrawal(b"\x01" * 32, 1),
    ClaimOutcome(b"\x01" * 32, b"\x02" * 32, 20240131, 20230201, False, 1, 0),
    Reconfirmation(b"EM", 1_800_000_000, (Registration(b"\x01" * 32, 20240131, 0, b"\x02" * 32),)),
    Reinstatement(b"\x01" * 32, 1),
    Vote(2**255 + 7, b"EM", 1, "as agreed"),
    Suspension(b"EM", (CONTRACT,), "its keys were stolen", 1, 1_800_000_000),
    Remark(2**255 + 7, "the court has no objection"),
]


@given(statements, domains)
def test_digest_equals_that_of_eth_account(statement: Statement, domain: Domain) -> None:
    signable = encode_typed_data(full_message=statement.typed_data(domain))
    assert signable.header == domain.separator
    assert signable.body == statement.struct_hash()
    assert statement.signing_digest(domain) == eth_keccak(b"\x19\x01" + signable.header + signable.body)


def test_type_strings_are_those_of_the_contracts() -> None:
    item = "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)"
    assert [statement.TYPE for statement in ONE_OF_EACH] == [
        item,
        "RegistrationBatch(bytes2 office,Registration[] items)" + item,
        "Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)",
        "Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)",
        "Withdrawal(bytes32 number,uint8 replaces)",
        "ClaimOutcome(bytes32 later,bytes32 earlier,uint32 laterFilingDate,uint32 claimedDate,"
        "bool isPartial,uint8 outcome,uint8 replaces)",
        "Reconfirmation(bytes2 office,uint40 asOf,Registration[] items)" + item,
        "Reinstatement(bytes32 number,uint8 replaces)",
        "Vote(uint256 proposalId,bytes2 office,uint8 support,string reason)",
        "Suspension(bytes2 office,address[] accounts,string reason,uint64 round,uint40 validUntil)",
        "Remark(uint256 proposalId,string text)",
    ]


@pytest.mark.parametrize("statement", ONE_OF_EACH, ids=lambda s: type(s).__name__)
def test_every_member_and_every_domain_field_changes_the_digest(statement: Statement) -> None:
    domain = Domain.application_registry(31337, CONTRACT)
    elsewhere = [
        Domain.priority_register(31337, CONTRACT),
        Domain.application_registry(1, CONTRACT),
        Domain.application_registry(31337, "0x" + "11" * 20),
        dataclasses.replace(domain, version="2"),
    ]
    seen = {statement.signing_digest(domain), *(statement.signing_digest(d) for d in elsewhere)}
    members = dataclasses.fields(statement)
    for member in members:
        changed = dataclasses.replace(statement, **{member.name: _other(getattr(statement, member.name))})
        seen.add(changed.signing_digest(domain))
    assert len(seen) == 1 + len(elsewhere) + len(members)


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        return b"RU" if len(value) == 2 else bytes([value[0] ^ 0x80]) + value[1:]
    return value + value


def test_no_two_kinds_of_statement_share_a_digest() -> None:
    domain = Domain.application_registry(31337, CONTRACT)
    assert len({statement.signing_digest(domain) for statement in ONE_OF_EACH}) == len(ONE_OF_EACH)


def test_items_of_a_batch_cannot_move_between_batches() -> None:
    a, b = (Registration(bytes([n]) * 32, 20240131, 0, b"\x02" * 32) for n in (1, 2))
    hashes = {RegistrationBatch(b"EM", items).struct_hash() for items in [(a,), (b,), (a, b), (b, a), (a, a)]}
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Registration(b"\x01" * 31, 1, 0, b"\x02" * 32), "number must be 32 bytes"),
        (lambda: Registration(bytes(32), 1, 0, b"\x02" * 32), "number is empty"),
        (lambda: Registration(b"\x01" * 32, 2**32, 0, b"\x02" * 32), "filing date must be"),
        (lambda: Registration(b"\x01" * 32, -1, 0, b"\x02" * 32), "filing date must be"),
        (lambda: Registration(b"\x01" * 32, True, 0, b"\x02" * 32), "filing date must be"),
        (lambda: Registration(b"\x01" * 32, 1, 2, b"\x02" * 32), "disclosure must be 0"),
        (lambda: Registration(b"\x01" * 32, 1, True, b"\x02" * 32), "disclosure must be 0"),
        (lambda: RegistrationBatch(b"EM", ()), "at least one record"),
        (lambda: RegistrationBatch(b"em", (ONE_OF_EACH[0],)), "two capital letters"),  # type: ignore[arg-type]
        (lambda: Anchor(b"EM", 0, bytes(32), 1), "root of an anchor is zero"),
        (lambda: Anchor(b"EM", 0, b"\x01" * 32, 0), "at least one leaf"),
        (lambda: Anchor(b"EM", 2**64, b"\x01" * 32, 1), "sequence must be"),
        (lambda: Anchor(b"EMX", 0, b"\x01" * 32, 1), "two capital letters"),
        (lambda: Correction(b"\x01" * 32, 1, 0, b"\x02" * 32, 256), "replaced version must be"),
        (lambda: Withdrawal(b"\x01" * 32, -1), "replaced version must be"),
        (lambda: ClaimOutcome(b"\x01" * 32, b"\x02" * 32, 1, 1, 1, 1, 0), "partial must be"),  # type: ignore[arg-type]
        (lambda: Domain.application_registry(0, CONTRACT), "not a chain id"),
        (lambda: Domain.application_registry(2**256, CONTRACT), "not a chain id"),
        (lambda: Domain.application_registry(1, "0x" + "00" * 20), "zero address"),
        (lambda: Domain.application_registry(1, CONTRACT.swapcase().replace("0X", "0x")), "checksum"),
        (lambda: Domain.application_registry(1, "0x12"), "not an address"),
    ],
)
def test_values_out_of_range_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize("digest", [bytes(32), b"", b"\x01" * 31, b"\x01" * 33, "0x" + "01" * 32])
@pytest.mark.parametrize(
    "make", [lambda d: Registration(b"\x01" * 32, 1, 0, d), lambda d: Correction(b"\x01" * 32, 1, 0, d, 1)]
)
def test_a_digest_is_32_bytes_and_not_zero(make: Any, digest: Any) -> None:
    with pytest.raises(DigestError):
        make(digest)


def test_type_members_reads_nested_structs() -> None:
    assert type_members(RegistrationBatch.TYPE) == {
        "RegistrationBatch": [{"name": "office", "type": "bytes2"}, {"name": "items", "type": "Registration[]"}],
        "Registration": [
            {"name": "number", "type": "bytes32"},
            {"name": "filingDate", "type": "uint32"},
            {"name": "disclosure", "type": "uint8"},
            {"name": "digest", "type": "bytes32"},
        ],
    }


def test_domain_keeps_the_checksummed_address() -> None:
    assert Domain.application_registry(1, CONTRACT.lower()) == Domain.application_registry(1, CONTRACT)
    assert Domain.application_registry(1, CONTRACT.lower()).verifying_contract == CONTRACT
