"""Keys that are contract wallets (ERC-1271): honest ones, and those that answer in every other manner.

A wallet's signature is its address followed by what it takes itself. The wallets are in `contracts/test`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from brownie import web3
from eth_abi import encode

from registrum.signing.signatures import erc1271_signature
from registrum.signing.signers import LocalSigner
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Registration,
    RegistrationBatch,
    Statement,
    Withdrawal,
)
from tests.contracts.support.errors import error_name, reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import log, logs_of, rewound, storage_root, time_of
from tests.contracts.support.offices import (
    REGISTER,
    Office,
    add_key,
    as_struct,
    ask,
    digest,
    number,
    send,
    sign,
    signer,
    submit,
)
from tests.contracts.support.records import Record, check_absent, check_recorded

ITEM = Registration(number("EM/T/018660437"), 20240131, 0, digest("application"))
OLD = Registration(number("EM/T/OLD"), 20240131, 0, digest("old"))

STATEMENTS: dict[str, Statement] = {
    "registration": ITEM,
    "batch": RegistrationBatch(b"EM", (ITEM, replace(ITEM, number=number("EM/T/2")))),
    "anchor": Anchor(b"EM", 1, digest("root"), 1000),
    "correction": Correction(OLD.number, 20240201, 0, digest("corrected"), 1),
    "withdrawal": Withdrawal(OLD.number, 1),
    "claim": ClaimOutcome(ITEM.number, number("AU/T/1"), 20240131, 20240101, False, 1, 0),
}

REFUSE, REFUSE_BY_REVERT, WRONG_MAGIC, MAGIC_AT_THE_END, DIRTY_MAGIC, SHORT_MAGIC, NOTHING = range(7)
MAGIC_THEN_REVERT, BURN_GAS, REVERT_BOMB, RETURN_BOMB, REENTER = range(7, 12)
"""Manners of `HostileWallet`, in its order."""

NOT_APPROVING = {
    "refuses": REFUSE,
    "refuses by revert": REFUSE_BY_REVERT,
    "magic value of another standard": WRONG_MAGIC,
    "magic value at the wrong end": MAGIC_AT_THE_END,
    "more than the magic value": DIRTY_MAGIC,
    "31 bytes": SHORT_MAGIC,
    "nothing": NOTHING,
    "magic value, then revert": MAGIC_THEN_REVERT,
    "burns gas": BURN_GAS,
    "floods by revert": REVERT_BOMB,
}

GAS_OF_A_WALLET = 300_000
"""What a wallet may burn at most."""


@pytest.fixture(scope="module")
def owner() -> LocalSigner:
    """Who owns the honest wallet: an account that is no key itself."""
    return signer("owner of the wallet")


@pytest.fixture(scope="module")
def wallet(directory: Any, governance: Any, em: Office, owner: LocalSigner) -> Any:
    """An honest wallet, key of EM."""
    contract = compiled("OwnerWallet").deploy(owner.address, {"from": governance})
    add_key(directory, em, contract)
    return contract


@pytest.fixture(scope="module")
def old(registry: Any, em: Office) -> None:
    """A record to correct and to withdraw."""
    submit(registry, OLD, em.key)


@pytest.fixture
def hostile(directory: Any, governance: Any, em: Office) -> Any:
    """Makes a hostile wallet of some manner and adds it as a key of EM."""

    def make(manner: int) -> Any:
        contract = compiled("HostileWallet").deploy(manner, {"from": governance})
        add_key(directory, em, contract)
        return contract

    return make


def by_wallet(target: Any, statement: Statement, wallet: Any, owner: LocalSigner) -> bytes:
    """The signature of a wallet whose owner signs."""
    return erc1271_signature(wallet.address, sign(target, statement, owner))


def refuses(registry: Any, statement: Statement, signature: bytes) -> None:
    """Assert that a wallet's answer does not count."""
    reverts_with(lambda: ask(registry, statement, signature), "OfficeSignedInvalidSignature", b"EM")


@pytest.mark.smoke
@pytest.mark.parametrize("kind", STATEMENTS)
def test_honest_wallet_signs_every_statement(
    registry: Any, priority: Any, old: None, em: Office, wallet: Any, owner: LocalSigner, kind: str
) -> None:
    statement = STATEMENTS[kind]
    target = priority if kind == "claim" else registry
    root = storage_root(target)
    send(target, statement, by_wallet(target, statement, wallet, owner))
    assert storage_root(target) != root


@pytest.mark.smoke
def test_wallet_is_the_signing_key(registry: Any, wallet: Any, owner: LocalSigner) -> None:
    tx = send(registry, ITEM, by_wallet(registry, ITEM, wallet, owner))
    check_recorded(registry, ITEM.number, Record.filed(ITEM, wallet.address, time_of(tx)))
    assert logs_of(tx) == [
        log(
            registry,
            "ApplicationRegistered",
            number=ITEM.number,
            signingKey=wallet.address,
            digest=ITEM.digest,
            filingDate=ITEM.filing_date,
            disclosure=0,
        )
    ]


def test_honest_wallet_refuses_what_its_owner_did_not_sign(
    registry: Any, em: Office, wallet: Any, owner: LocalSigner
) -> None:
    inner = sign(registry, ITEM, owner)
    for wrong in (
        b"",
        inner[:64],
        inner + b"\0",
        sign(registry, ITEM, em.key),
        sign(registry, OLD, owner),
        bytes(65),
    ):
        refuses(registry, ITEM, erc1271_signature(wallet.address, wrong))


def test_owner_of_a_wallet_is_not_a_key(registry: Any, wallet: Any, owner: LocalSigner) -> None:
    """The office trusts the wallet, whatever its owners sign past it."""
    reverts_with(lambda: submit(registry, ITEM, owner), "OfficeDirectoryUnknownKey", b"EM", owner.address)


def test_wallet_of_another_office(registry: Any, ru: Office, wallet: Any, owner: LocalSigner) -> None:
    russian = replace(ITEM, number=number("RU/T/1"))
    reverts_with(
        lambda: ask(registry, russian, by_wallet(registry, russian, wallet, owner)),
        "OfficeDirectoryUnknownKey",
        ru.code,
        wallet.address,
    )


def test_signature_for_one_wallet_names_no_other(
    registry: Any, directory: Any, governance: Any, em: Office, wallet: Any, owner: LocalSigner
) -> None:
    """Two wallets of one owner: what he signs, either may confirm; which one is the office's key decides."""
    twin = compiled("OwnerWallet").deploy(owner.address, {"from": governance})
    signature = by_wallet(registry, ITEM, twin, owner)
    reverts_with(lambda: ask(registry, ITEM, signature), "OfficeDirectoryUnknownKey", em.code, twin.address)
    add_key(directory, em, twin)
    assert ask(registry, ITEM, signature) is True


def test_wallet_that_is_no_key_is_not_called(registry: Any, governance: Any, em: Office) -> None:
    """A stranger's contract gets no gas to burn."""
    contract = compiled("HostileWallet").deploy(BURN_GAS, {"from": governance})
    signature = erc1271_signature(contract.address, b"")
    reverts_with(lambda: ask(registry, ITEM, signature), "OfficeDirectoryUnknownKey", em.code, contract.address)
    data = registry.register.encode_input(as_struct(ITEM), signature)
    trace = web3.provider.make_request(
        "debug_traceCall", [{"to": registry.address, "data": data}, "latest", {"tracer": "callTracer"}]
    )
    called = [call["to"] for call in trace["result"]["calls"]]
    assert contract.address.lower() not in called
    assert registry.directory().lower() in called


@pytest.mark.parametrize("manner", NOT_APPROVING)
def test_answers_that_do_not_approve(registry: Any, hostile: Any, manner: str) -> None:
    contract = hostile(NOT_APPROVING[manner])
    for inner in (b"", b"\x01" * 20, b"\x01" * 65, b"\x01" * 1000):
        refuses(registry, ITEM, erc1271_signature(contract.address, inner))
    refuses(registry, STATEMENTS["batch"], erc1271_signature(contract.address, b""))


@pytest.mark.parametrize("manner", [BURN_GAS, REVERT_BOMB, RETURN_BOMB])
def test_gas_of_a_wallet_is_bounded(registry: Any, relayer: Any, hostile: Any, em: Office, manner: int) -> None:
    """A relayer pays at most a fixed sum for a wallet that burns gas or floods it with data."""
    with rewound():
        usual = submit(registry, ITEM, em.key).gas_used
    contract = hostile(manner)
    signature = erc1271_signature(contract.address, b"")
    # Past brownie, which raises instead of giving the receipt when it learns of the revert soon enough.
    call = {"from": relayer.address, "to": registry.address, "gas": 5_000_000}
    sent = web3.eth.send_transaction({**call, "data": registry.register.encode_input(as_struct(ITEM), signature)})
    receipt = web3.eth.wait_for_transaction_receipt(sent)
    assert receipt["status"] == (1 if manner == RETURN_BOMB else 0)
    assert receipt["gasUsed"] < usual + GAS_OF_A_WALLET + 10_000
    if manner == BURN_GAS:
        assert receipt["gasUsed"] > GAS_OF_A_WALLET


def test_flood_of_returned_data_is_not_copied(registry: Any, hostile: Any) -> None:
    """A wallet may say yes in 320,000 bytes; the first 32 count."""
    contract = hostile(RETURN_BOMB)
    tx = send(registry, ITEM, erc1271_signature(contract.address, b""))
    check_recorded(registry, ITEM.number, Record.filed(ITEM, contract.address, time_of(tx)))


def test_reentering_wallet(registry: Any, governance: Any, hostile: Any, em: Office) -> None:
    """The wallet holds a good registration and sends it when asked: within the static call nothing takes effect.

    It approves only if its call back was refused, so that the outer statement shows what became of the inner one.
    """
    contract = hostile(REENTER)
    inner = replace(ITEM, number=number("EM/T/INNER"))
    payload = registry.register.encode_input(as_struct(inner), sign(registry, inner, em.key))
    contract.setPayload(registry, payload, {"from": governance})
    with rewound():
        # Asked in a transaction of its own, the wallet does register: the payload is good.
        contract.isValidSignature(bytes(32), b"", {"from": governance})
        check_recorded(registry, inner.number, replace(Record.filed(inner, em.key.address, 0), recorded_at=_time()))

    tx = send(registry, ITEM, erc1271_signature(contract.address, b""))
    check_recorded(registry, ITEM.number, Record.filed(ITEM, contract.address, time_of(tx)))
    check_absent(registry, inner.number)
    assert len(logs_of(tx)) == 1


def _time() -> int:
    time: int = web3.eth.get_block("latest")["timestamp"]
    return time


def test_wallet_that_changes_its_mind(registry: Any, wallet: Any, owner: LocalSigner, governance: Any) -> None:
    """What it approved stays; what it no longer approves is refused; a change back counts again."""
    other = replace(ITEM, number=number("EM/T/2"))
    time = time_of(send(registry, ITEM, by_wallet(registry, ITEM, wallet, owner)))
    heir = signer("heir")
    wallet.setOwner(heir.address, {"from": governance})
    refuses(registry, other, by_wallet(registry, other, wallet, owner))
    assert ask(registry, other, by_wallet(registry, other, wallet, heir)) is True
    assert ask(registry, ITEM, by_wallet(registry, ITEM, wallet, owner)) is False
    check_recorded(registry, ITEM.number, Record.filed(ITEM, wallet.address, time))
    wallet.setOwner(owner.address, {"from": governance})
    assert ask(registry, other, by_wallet(registry, other, wallet, owner)) is True


def test_anchor_of_a_wallet_that_changed_its_mind(
    registry: Any, wallet: Any, owner: LocalSigner, governance: Any
) -> None:
    """An anchor stays with the wallet's address; its leaves can be disclosed without asking it again."""
    statement = STATEMENTS["anchor"]
    time = time_of(send(registry, statement, by_wallet(registry, statement, wallet, owner)))
    wallet.setOwner(signer("heir").address, {"from": governance})
    assert registry.anchoredAt(as_struct(statement), wallet) == time


@pytest.mark.parametrize("length", [0, 1, 44, 46, 65, 1000])
def test_account_without_code(registry: Any, em: Office, length: int) -> None:
    """A call of an account without code succeeds and returns nothing, which is no approval."""
    for inner in (b"\x01" * length, sign(registry, ITEM, em.key)):
        refuses(registry, ITEM, erc1271_signature(em.key.address, inner))


@pytest.mark.parametrize("precompile", range(1, 10))
def test_precompiled_contract(registry: Any, directory: Any, em: Office, precompile: int) -> None:
    """Even an office that makes one its key by mistake gets no signatures that nobody made."""
    address = f"0x{precompile:040x}"
    add_key(directory, em, address)
    for inner in (b"", b"\x01" * 64):
        refuses(registry, ITEM, erc1271_signature(address, inner))


def test_registers_themselves_are_not_wallets(registry: Any, directory: Any, em: Office) -> None:
    for contract in (registry, directory):
        add_key(directory, em, contract)
        refuses(registry, ITEM, erc1271_signature(contract.address, b""))


def test_inner_signature_of_45_bytes_is_not_the_wallets(registry: Any, hostile: Any) -> None:
    """65 bytes in all are read as an account's own signature, so even a wallet that says yes to all is not asked."""
    contract = hostile(RETURN_BOMB)
    prefix = bytes.fromhex(contract.address[2:])
    for length in (0, 1, 44, 46, 65):
        assert ask(registry, ITEM, prefix + b"\x01" * length) is True
    for last in (b"\x00", b"\x1b", b"\x1c", b"\xff"):
        name = error_name(lambda last=last: ask(registry, ITEM, prefix + b"\x01" * 44 + last))
        assert name in {"OfficeSignedInvalidSignature", "OfficeDirectoryUnknownKey"}


def test_standing_of_a_wallet(
    registry: Any, directory: Any, governance: Any, em: Office, wallet: Any, owner: LocalSigner
) -> None:
    """Scope, suspension and revocation bind a wallet as they bind an account."""
    signature = by_wallet(registry, ITEM, wallet, owner)
    narrow = compiled("OwnerWallet").deploy(owner.address, {"from": governance})
    add_key(directory, em, narrow, REGISTER)
    reverts_with(
        lambda: ask(registry, ITEM, by_wallet(registry, ITEM, narrow, owner)),
        "OfficeDirectoryKeyOutOfScope",
        em.code,
        narrow.address,
        1,
    )
    directory.suspendOffice(em.code, 2**40 - 1, {"from": governance})
    reverts_with(lambda: ask(registry, ITEM, signature), "OfficeDirectoryOfficeSuspended", em.code, 2**40 - 1)
    directory.reinstateOffice(em.code, {"from": governance})
    time = time_of(directory.revokeKey(em.code, wallet, {"from": em.seat}))
    reverts_with(lambda: ask(registry, ITEM, signature), "OfficeDirectoryKeyRevoked", em.code, wallet.address, time)


def test_wallet_sees_the_digest_and_its_own_bytes(registry: Any, em: Office, wallet: Any, owner: LocalSigner) -> None:
    """The question is the standard's: the statement's digest, and what follows the address."""
    inner = sign(registry, ITEM, owner)
    data = registry.register.encode_input(as_struct(ITEM), erc1271_signature(wallet.address, inner))
    trace = web3.provider.make_request(
        "debug_traceCall", [{"to": registry.address, "data": data}, "latest", {"tracer": "callTracer"}]
    )
    (question,) = [call for call in trace["result"]["calls"] if call["to"] == wallet.address.lower()]
    expected = bytes.fromhex("1626ba7e") + encode(
        ["bytes32", "bytes"], [bytes(registry.registrationDigest(as_struct(ITEM))), inner]
    )
    assert question["type"] == "STATICCALL"
    assert question["input"] == "0x" + expected.hex()
