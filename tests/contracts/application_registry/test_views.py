"""What `ApplicationRegistry` answers: records, EIP-712 digests and domain; and how it is deployed."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import ZERO_ADDRESS, chain
from eth_account.messages import _hash_eip191_message, encode_typed_data
from hexbytes import HexBytes

from registrum.signing.statements import (
    Anchor,
    Correction,
    Registration,
    RegistrationBatch,
    Statement,
    Withdrawal,
)
from tests.contracts.support.errors import reverts_bare, reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import time_of
from tests.contracts.support.offices import Office, as_struct, digest, domain_of, number, submit, unchecked
from tests.contracts.support.records import EMPTY, WITHDRAWN, Record, as_record, record_of

ITEM = Registration(number("EM/T/018660437"), 20240131, 1, digest("application"))
LARGEST = unchecked(Registration, number=b"\xff" * 32, filing_date=2**32 - 1, disclosure=255, digest=b"\xff" * 32)

STATEMENTS: dict[str, Statement] = {
    "registration": ITEM,
    "largest registration": LARGEST,
    "batch": RegistrationBatch(b"EM", (ITEM, Registration(number("EM/D/1"), 20000229, 0, digest("other")))),
    "batch of one": RegistrationBatch(b"RU", (ITEM,)),
    "batch of 33": RegistrationBatch(b"EM", (ITEM, LARGEST, ITEM) * 11),
    "empty batch": unchecked(RegistrationBatch, office=b"EM", items=()),
    "anchor": Anchor(b"EM", 7, digest("root"), 1_000_000),
    "largest anchor": Anchor(b"ZZ", 2**64 - 1, b"\xff" * 32, 2**32 - 1),
    "correction": Correction(ITEM.number, 20240201, 1, digest("corrected"), 3),
    "largest correction": unchecked(
        Correction, number=b"\xff" * 32, filing_date=2**32 - 1, disclosure=255, digest=b"\xff" * 32, replaces=255
    ),
    "withdrawal": Withdrawal(ITEM.number, 4),
    "largest withdrawal": Withdrawal(b"\xff" * 32, 255),
}


def digest_of(registry: Any, statement: Statement) -> bytes:
    """The contract's own digest of a statement."""
    match statement:
        case Registration():
            answer = registry.registrationDigest(as_struct(statement))
        case RegistrationBatch():
            answer = registry.batchDigest(statement.office, [as_struct(item) for item in statement.items])
        case Anchor():
            answer = registry.anchorDigest(as_struct(statement))
        case Correction():
            answer = registry.correctionDigest(as_struct(statement))
        case Withdrawal():
            answer = registry.withdrawalDigest(statement.number, statement.replaces)
        case _:
            raise AssertionError(f"no digest of {statement!r}")
    return bytes(HexBytes(answer))


@pytest.mark.smoke
@pytest.mark.parametrize("name", STATEMENTS)
def test_digest_is_that_of_the_client_and_of_eth_account(registry: Any, name: str) -> None:
    statement, domain = STATEMENTS[name], domain_of(registry)
    answer = digest_of(registry, statement)
    assert answer == statement.signing_digest(domain)
    assert answer == _hash_eip191_message(encode_typed_data(full_message=statement.typed_data(domain)))


def test_digests_differ(registry: Any, em: Office) -> None:
    """No two statements share a digest, and none is that of another instance of the contract."""
    other = compiled("ApplicationRegistry").deploy(registry.directory(), ZERO_ADDRESS, {"from": em.seat})
    digests = [digest_of(contract, statement) for contract in (registry, other) for statement in STATEMENTS.values()]
    assert len(set(digests)) == 2 * len(STATEMENTS)


def test_domain(registry: Any) -> None:
    """ERC-5267: fields 1 to 4, so name, version, chain and contract; no salt, no extension."""
    fields, name, version, chain_id, contract, salt, extensions = registry.eip712Domain()
    assert bytes(HexBytes(fields)) == b"\x0f"
    assert (name, version, chain_id, contract) == ("Registrum ApplicationRegistry", "1", chain.id, registry.address)
    assert bytes(HexBytes(salt)) == bytes(32)
    assert list(extensions) == []


def test_record_of(registry: Any, em: Office) -> None:
    assert record_of(registry, ITEM.number) == EMPTY
    time = time_of(submit(registry, ITEM, em.key))
    assert record_of(registry, ITEM.number) == Record.filed(ITEM, em.key.address, time)
    for absent in (number("EM/T/01866043"), number("EM/T/0186604377"), number("RU/T/018660437"), b"\xff" * 32):
        assert record_of(registry, absent) == EMPTY


def test_records_of(registry: Any, em: Office, ru: Office) -> None:
    """In the order asked, absent and repeated ones included."""
    second = Registration(number("RU/P/1"), 20240202, 0, digest("second"))
    first_time = time_of(submit(registry, ITEM, em.key))
    second_time = time_of(submit(registry, second, ru.key))
    submit(registry, Withdrawal(second.number, 1), ru.key)
    first = Record.filed(ITEM, em.key.address, first_time)
    withdrawn = Record(second.digest, ru.key.address, second_time, 20240202, 2, WITHDRAWN)
    asked = [second.number, number("AU/P/1"), ITEM.number, ITEM.number, bytes(32), second.number]
    answers = [as_record(values) for values in registry.recordsOf(asked)]
    assert answers == [withdrawn, EMPTY, first, first, EMPTY, withdrawn]
    assert list(registry.recordsOf([])) == []


def test_directory(registry: Any, directory: Any) -> None:
    assert registry.directory() == directory.address


def test_directory_must_be_a_contract(stranger: Any) -> None:
    for address in (stranger.address, "0x" + "00" * 20):
        reverts_with(
            lambda address=address: compiled("ApplicationRegistry").deploy(address, ZERO_ADDRESS, {"from": stranger}),
            "OfficeSignedNoDirectory",
            address,
        )


def test_takes_no_ether(registry: Any, stranger: Any) -> None:
    reverts_bare(lambda: stranger.transfer(registry, 1))
    reverts_bare(lambda: stranger.transfer(registry, 0, data="0x12345678"))
