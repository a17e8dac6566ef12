"""The signature rules that all office-signed statements share, for every kind of statement of both registers.

A statement counts when, and only when, a key of the right office, in force and in scope at this block, signed exactly
this statement for this contract on this chain. Who sends it does not matter. Contract wallets: `test_erc1271.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from brownie import accounts, chain, web3
from eth_utils import keccak

from registrum.signing.eip712 import Domain
from registrum.signing.signatures import CURVE_ORDER, recover
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
from tests.contracts.support.errors import decode_error, revert_data, reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import (
    FOREVER,
    logs_of,
    next_block_at,
    now,
    rewound,
    storage_root,
    travel,
    travel_to,
)
from tests.contracts.support.offices import (
    APPLICATIONS,
    KEYS,
    REGISTER,
    TRANSACTIONS,
    Office,
    add_key,
    ask,
    digest,
    domain_of,
    number,
    send,
    sign,
    signer,
    submit,
)

KINDS = ("registration", "batch", "anchor", "correction", "withdrawal", "claim")
NEW_KINDS = ("registration", "batch", "anchor", "claim")
"""Kinds that need no record of the office."""

every_kind = pytest.mark.parametrize("kind", KINDS)
ZERO_ADDRESS = "0x" + "00" * 20


def statement_of(kind: str, code: str = "EM") -> Statement:
    """A statement that an office may make once `prepared` has run."""
    match kind:
        case "registration":
            return Registration(number(f"{code}/T/NEW"), 20240131, 0, digest("new"))
        case "batch":
            items = [Registration(number(f"{code}/T/{index}"), 20240131, 0, digest(str(index))) for index in range(3)]
            return RegistrationBatch(code.encode(), tuple(items))
        case "anchor":
            return Anchor(code.encode(), 1, digest("root"), 1000)
        case "correction":
            return Correction(number(f"{code}/T/OLD"), 20240201, 1, digest("corrected"), 1)
        case "withdrawal":
            return Withdrawal(number(f"{code}/T/OLD"), 1)
        case "claim":
            earlier = number("AU/T/EARLIER")
            return ClaimOutcome(number(f"{code}/T/LATER"), earlier, 20240601, 20240131, False, 1, 0)
        case _:
            raise AssertionError(kind)


@pytest.fixture(scope="module")
def prepared(registry: Any, em: Office, ru: Office) -> None:
    """Two records of each of two offices, to be corrected and withdrawn."""
    for office in (em, ru):
        for name in ("OLD", "OLD2"):
            item = Registration(number(f"{office.code.decode()}/T/{name}"), 20240101, 0, digest(name))
            submit(registry, item, office.key)


@pytest.fixture
def target(kind: str, prepared: None, registry: Any, priority: Any) -> Any:
    """The contract that takes this kind of statement."""
    return priority if kind == "claim" else registry


def accepts(target: Any, statement: Statement, signature: bytes) -> bool:
    """Whether a statement would be taken now."""
    answer = ask(target, statement, signature)
    return answer is True or (isinstance(statement, RegistrationBatch) and answer[0] == len(statement.items))


def office_of(statement: Any) -> bytes:
    """Code of the office whose signature a statement needs."""
    for name in ("office", "number", "later"):
        if hasattr(statement, name):
            code: bytes = getattr(statement, name)[:2]
            return code
    raise AssertionError(statement)


def refuses_as_unknown(target: Any, statement: Statement, signature: bytes) -> None:
    """Assert refusal of a well-formed signature that is some other key's as far as this statement goes."""
    account = recover(statement.signing_digest(domain_of(target)), signature)
    reverts_with(lambda: ask(target, statement, signature), "OfficeDirectoryUnknownKey", office_of(statement), account)


def refuses_as_invalid(target: Any, statement: Statement, signature: bytes) -> None:
    """Assert refusal of what is no signature."""
    reverts_with(lambda: ask(target, statement, signature), "OfficeSignedInvalidSignature", office_of(statement))


@pytest.mark.smoke
@every_kind
def test_either_key_of_the_office(kind: str, target: Any, em: Office) -> None:
    for key in (em.key, em.second):
        assert accepts(target, statement_of(kind), sign(target, statement_of(kind), key))


@every_kind
def test_any_sender(kind: str, target: Any, em: Office, ru: Office, governance: Any) -> None:
    """Whoever sends a statement, storage and events are the same."""
    statement = statement_of(kind)
    signature = sign(target, statement, em.key)
    before, time = storage_root(target), now() + 100
    results = []
    for sender in (*accounts[9:12], em.seat, ru.seat, governance):
        with rewound():
            next_block_at(time)
            tx = send(target, statement, signature, sender)
            results.append((storage_root(target), logs_of(tx)))
    assert all(result == results[0] for result in results)
    assert results[0][0] != before
    assert results[0][1]


@every_kind
def test_takes_effect_once(kind: str, target: Any, em: Office) -> None:
    """Sent again, by anyone, a statement changes nothing."""
    statement = statement_of(kind)
    signature = sign(target, statement, em.key)
    send(target, statement, signature)
    root = storage_root(target)
    send(target, statement, signature, accounts[10])
    assert storage_root(target) == root
    assert not accepts(target, statement, signature)


@every_kind
@pytest.mark.parametrize("other", [1, 1337, 31336, 2**64, 2**256 - 1])
def test_replay_from_another_chain(kind: str, target: Any, em: Office, other: int) -> None:
    domain = domain_of(target)
    signature = em.key.sign(statement_of(kind), Domain(domain.name, other, domain.verifying_contract))
    refuses_as_unknown(target, statement_of(kind), signature)


@every_kind
def test_chain_that_takes_another_id(kind: str, target: Any, em: Office) -> None:
    """After a fork with a new chain id, what was signed for the old one no longer counts."""
    statement, domain, old = statement_of(kind), domain_of(target), chain.id
    signature = sign(target, statement, em.key)
    moved = Domain(domain.name, 424242, domain.verifying_contract)
    fresh = em.key.sign(statement, moved)
    refuses_as_unknown(target, statement, fresh)
    web3.provider.make_request("anvil_setChainId", [424242])
    try:
        assert accepts(target, statement, fresh)
        reverts_with(
            lambda: ask(target, statement, signature),
            "OfficeDirectoryUnknownKey",
            em.code,
            recover(statement.signing_digest(moved), signature),
        )
    finally:
        web3.provider.make_request("anvil_setChainId", [old])
    assert accepts(target, statement, signature)


@every_kind
def test_replay_from_another_contract(
    kind: str, target: Any, directory: Any, registry: Any, priority: Any, em: Office
) -> None:
    """Another instance of the same contract, the other register, no contract at all."""
    domain, statement = domain_of(target), statement_of(kind)
    twin = (
        compiled("PriorityRegister").deploy(directory, registry, {"from": em.seat})
        if kind == "claim"
        else compiled("ApplicationRegistry").deploy(directory, ZERO_ADDRESS, {"from": em.seat})
    )
    other = registry if kind == "claim" else priority
    domains = [
        domain_of(twin),
        domain_of(other),
        Domain(domain_of(other).name, domain.chain_id, target.address),
        Domain(domain.name, domain.chain_id, other.address),
        Domain(domain.name, domain.chain_id, directory.address),
        replace(domain, version="2"),
        replace(domain, name=domain.name + " "),
    ]
    for wrong in domains:
        refuses_as_unknown(target, statement, em.key.sign(statement, wrong))
    if kind in NEW_KINDS:
        assert accepts(twin, statement, sign(twin, statement, em.key))


@every_kind
def test_replay_for_another_office(kind: str, target: Any, em: Office, ru: Office) -> None:
    """What one office signed counts neither for another, nor does another's key for it."""
    russian, european = statement_of(kind, "RU"), statement_of(kind, "EM")
    refuses_as_unknown(target, russian, sign(target, european, em.key))
    refuses_as_unknown(target, european, sign(target, russian, ru.key))
    for statement, key in ((russian, em.key), (european, ru.key)):
        reverts_with(
            lambda statement=statement, key=key: submit(target, statement, key),
            "OfficeDirectoryUnknownKey",
            office_of(statement),
            key.address,
        )


@pytest.mark.parametrize("signed", KINDS)
@every_kind
def test_replay_as_another_statement(kind: str, target: Any, em: Office, signed: str) -> None:
    """A signature of one kind of statement is worth nothing for the others, even under this contract's domain."""
    signature = em.key.sign(statement_of(signed), domain_of(target))
    if signed == kind:
        assert accepts(target, statement_of(kind), signature)
    else:
        refuses_as_unknown(target, statement_of(kind), signature)


def _first_item(**change: Any) -> tuple[Registration, ...]:
    items = statement_of("batch").items  # type: ignore[attr-defined]
    return (replace(items[0], **change), *items[1:])


FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("registration", {"number": number("EM/T/NEW2")}),
    ("registration", {"number": number("RU/T/NEW")}),
    ("registration", {"filing_date": 20240130}),
    ("registration", {"disclosure": 1}),
    ("registration", {"digest": digest("other")}),
    ("batch", {"office": b"RU"}),
    ("batch", {"items": _first_item(number=number("EM/T/X"))}),
    ("batch", {"items": _first_item(filing_date=20240130)}),
    ("batch", {"items": _first_item(disclosure=1)}),
    ("batch", {"items": _first_item(digest=digest("other"))}),
    ("batch", {"items": _first_item()[::-1]}),
    ("batch", {"items": _first_item()[:-1]}),
    ("batch", {"items": (*_first_item(), Registration(number("EM/T/X"), 20240131, 0, digest("x")))}),
    ("anchor", {"office": b"RU"}),
    ("anchor", {"sequence": 2}),
    ("anchor", {"root": digest("other")}),
    ("anchor", {"leaf_count": 1001}),
    ("correction", {"number": number("EM/T/OLD2")}),
    ("correction", {"number": number("RU/T/OLD")}),
    ("correction", {"filing_date": 20240202}),
    ("correction", {"disclosure": 0}),
    ("correction", {"digest": digest("other")}),
    ("correction", {"replaces": 2}),
    ("withdrawal", {"number": number("EM/T/OLD2")}),
    ("withdrawal", {"number": number("RU/T/OLD")}),
    ("withdrawal", {"replaces": 2}),
    ("claim", {"later": number("EM/T/LATER2")}),
    ("claim", {"later": number("RU/T/LATER")}),
    ("claim", {"earlier": number("AU/T/EARLIER2")}),
    ("claim", {"later_filing_date": 20240602}),
    ("claim", {"claimed_date": 20240130}),
    ("claim", {"is_partial": True}),
    ("claim", {"outcome": 2}),
    ("claim", {"replaces": 1}),
]


@pytest.mark.parametrize(
    ("kind", "change"),
    FIELDS,
    ids=[f"{index}-{kind}-{next(iter(change))}" for index, (kind, change) in enumerate(FIELDS)],
)
def test_every_field_is_signed(kind: str, target: Any, em: Office, change: dict[str, Any]) -> None:
    """A statement with any one value changed is not what the office signed."""
    statement = statement_of(kind)
    signature = sign(target, statement, em.key)
    if "replaces" in change:
        # The version that the changed statement names must be the current one, or that would be the reason.
        if kind == "claim":
            submit(target, replace(statement, outcome=3), em.second)
        else:
            between = Correction(number("EM/T/OLD"), 20240102, 0, digest("between"), 1)
            submit(target, between, em.second)
    refuses_as_unknown(target, replace(statement, **change), signature)


def _r_s_v(signature: bytes) -> tuple[int, int, int]:
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]


def _join(r: int, s: int, v: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


@every_kind
def test_high_s_twin(kind: str, target: Any, em: Office) -> None:
    """Each signature has a twin that recovers to the same key; only the one with low s counts."""
    r, s, v = _r_s_v(sign(target, statement_of(kind), em.key))
    refuses_as_invalid(target, statement_of(kind), _join(r, CURVE_ORDER - s, 55 - v))
    refuses_as_invalid(target, statement_of(kind), _join(r, CURVE_ORDER - s, v))


@every_kind
def test_compact_form(kind: str, target: Any, em: Office) -> None:
    """64 bytes (ERC-2098) are read as a contract wallet's, whose address no key has."""
    r, s, v = _r_s_v(sign(target, statement_of(kind), em.key))
    compact = _join(r, s | (v - 27) << 255, 0)[:64]
    reverts_with(
        lambda: ask(target, statement_of(kind), compact),
        "OfficeDirectoryUnknownKey",
        em.code,
        "0x" + compact[:20].hex(),
    )


@every_kind
def test_too_short(kind: str, target: Any) -> None:
    for length, fill in product((0, 1, 19), (0, 1, 255)):
        refuses_as_invalid(target, statement_of(kind), bytes([fill]) * length)


@every_kind
def test_garbage_names_no_key(kind: str, target: Any, em: Office) -> None:
    """The first 20 bytes are taken for a wallet's address, zero included, and no office has it as a key."""
    for length, fill in product((20, 21, 32, 64, 66, 130, 1000), (0, 1, 255)):
        reverts_with(
            lambda garbage=bytes([fill]) * length: ask(target, statement_of(kind), garbage),
            "OfficeDirectoryUnknownKey",
            em.code,
            "0x" + bytes([fill] * 20).hex(),
        )


@every_kind
def test_signature_with_a_byte_more(kind: str, target: Any, em: Office) -> None:
    signature = sign(target, statement_of(kind), em.key) + b"\x00"
    reverts_with(
        lambda: ask(target, statement_of(kind), signature),
        "OfficeDirectoryUnknownKey",
        em.code,
        "0x" + signature[:20].hex(),
    )


@every_kind
def test_v_is_27_or_28(kind: str, target: Any, em: Office) -> None:
    r, s, _ = _r_s_v(sign(target, statement_of(kind), em.key))
    for v in (0, 1, 2, 26, 29, 30, 35, 36, 128, 255):
        refuses_as_invalid(target, statement_of(kind), _join(r, s, v))


@every_kind
def test_other_v_is_another_key(kind: str, target: Any, em: Office) -> None:
    r, s, v = _r_s_v(sign(target, statement_of(kind), em.key))
    refuses_as_unknown(target, statement_of(kind), _join(r, s, 55 - v))


@every_kind
def test_r_and_s_are_in_range(kind: str, target: Any, em: Office) -> None:
    """Where no key can be recovered the precompile gives nothing, which must not pass for the zero address."""
    good_r, good_s, _ = _r_s_v(sign(target, statement_of(kind), em.key))
    highest = 2**256 - 1
    pairs = (
        (0, 0),
        (0, good_s),
        (good_r, 0),
        (CURVE_ORDER, good_s),
        (good_r, CURVE_ORDER),
        (highest, good_s),
        (highest, highest),
        # No point of the curve has this abscissa.
        (5, good_s),
    )
    for (r, s), v in product(pairs, (0, 27, 28, 29)):
        refuses_as_invalid(target, statement_of(kind), _join(r, s, v))


@every_kind
def test_random_signatures(kind: str, target: Any, em: Office) -> None:
    """Random bytes of the right form recover to a key that nobody has, or to none; never to the zero address."""
    random = Random(kind)
    for _ in range(20):
        signature = _join(
            random.getrandbits(256), random.getrandbits(255) % (CURVE_ORDER // 2), random.choice((27, 28))
        )
        name, values = decode_error(revert_data(lambda signature=signature: ask(target, statement_of(kind), signature)))
        assert name in {"OfficeDirectoryUnknownKey", "OfficeSignedInvalidSignature"}
        assert values[0] == em.code
        assert values[1:] != (ZERO_ADDRESS,)


@every_kind
def test_personal_message(kind: str, target: Any, em: Office) -> None:
    """A wallet that signs the digest as a message (EIP-191, version 0x45) did not sign the statement."""
    message = statement_of(kind).signing_digest(domain_of(target))
    signature = em.key.sign_digest(keccak(b"\x19Ethereum Signed Message:\n32" + message))
    refuses_as_unknown(target, statement_of(kind), signature)


@pytest.mark.parametrize("kind", NEW_KINDS)
def test_office_that_was_never_admitted(kind: str, target: Any, em: Office) -> None:
    """Its keys are all unset; nothing that recovers to zero, or names zero, gets past that."""
    statement = statement_of(kind, "ZZ")
    for signature in (sign(target, statement, em.key), bytes(20), bytes(21), bytes(66)):
        reverts_with(
            lambda signature=signature: ask(target, statement, signature), "OfficeDirectoryUnknownOffice", b"ZZ"
        )
    for signature in (b"", bytes(65), bytes(64) + b"\x1b"):
        refuses_as_invalid(target, statement, signature)


@pytest.mark.parametrize("kind", NEW_KINDS)
def test_office_without_keys(
    kind: str, target: Any, directory: Any, governance: Any, stranger: Any, em: Office
) -> None:
    directory.admitOffice(b"WO", stranger, "International Bureau", "", 0, {"from": governance})
    statement = statement_of(kind, "WO")
    refuses_as_unknown(target, statement, sign(target, statement, em.key))
    reverts_with(lambda: ask(target, statement, bytes(20)), "OfficeDirectoryUnknownKey", b"WO", ZERO_ADDRESS)
    refuses_as_invalid(target, statement, bytes(65))


@every_kind
@pytest.mark.parametrize("until", [1000, None], ids=["for a time", "without end"])
def test_suspended_office(
    kind: str, target: Any, directory: Any, governance: Any, em: Office, until: int | None
) -> None:
    """Refused to the last second; the statement signed meanwhile counts afterwards."""
    statement = statement_of(kind)
    signature = sign(target, statement, em.key)
    end = FOREVER if until is None else now() + until
    directory.suspendOffice(em.code, end, {"from": governance})

    def attempt() -> Any:
        return ask(target, statement, signature)

    reverts_with(attempt, "OfficeDirectoryOfficeSuspended", em.code, end)
    if until is None:
        travel(10**6)
        reverts_with(attempt, "OfficeDirectoryOfficeSuspended", em.code, end)
        directory.reinstateOffice(em.code, {"from": governance})
    else:
        next_block_at(end - 1)
        reverts_with(lambda: send(target, statement, signature), "OfficeDirectoryOfficeSuspended", em.code, end)
        next_block_at(end)
    send(target, statement, signature)
    assert not accepts(target, statement, signature)


@every_kind
def test_suspension_of_another_office(kind: str, target: Any, directory: Any, governance: Any, em: Office) -> None:
    directory.suspendOffice(b"RU", FOREVER, {"from": governance})
    directory.departOffice(b"AU", {"from": governance})
    assert accepts(target, statement_of(kind), sign(target, statement_of(kind), em.key))


@every_kind
def test_departed_office(kind: str, target: Any, directory: Any, governance: Any, em: Office) -> None:
    directory.departOffice(em.code, {"from": governance})
    statement = statement_of(kind)
    for key in (em.key, em.second):
        reverts_with(lambda key=key: submit(target, statement, key), "OfficeDirectoryOfficeDeparted", em.code)


@every_kind
def test_revoked_key(kind: str, target: Any, directory: Any, em: Office) -> None:
    """From the block of its revocation on, and only this key."""
    statement = statement_of(kind)
    signature = sign(target, statement, em.key)
    time = now() + 50
    next_block_at(time)
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    reverts_with(lambda: ask(target, statement, signature), "OfficeDirectoryKeyRevoked", em.code, em.key.address, time)
    assert accepts(target, statement, sign(target, statement, em.second))


@every_kind
def test_compromised_key(kind: str, target: Any, directory: Any, em: Office) -> None:
    statement = statement_of(kind)
    time = now() + 50
    next_block_at(time)
    directory.markKeyCompromised(em.code, em.key.address, 1, {"from": em.seat})
    reverts_with(lambda: submit(target, statement, em.key), "OfficeDirectoryKeyRevoked", em.code, em.key.address, time)
    assert accepts(target, statement, sign(target, statement, em.second))


@every_kind
def test_window_of_validity(kind: str, target: Any, directory: Any, em: Office) -> None:
    """First second included, last excluded."""
    statement, key = statement_of(kind), signer("window")
    begin, end = now() + 1000, now() + 2000
    add_key(directory, em, key.address, APPLICATIONS, begin, end)
    signature = sign(target, statement, key)
    for time, error in (
        (begin - 1, ("OfficeDirectoryKeyNotYetValid", em.code, key.address, begin)),
        (begin, None),
        (end - 1, None),
        (end, ("OfficeDirectoryKeyExpired", em.code, key.address, end)),
    ):
        with rewound():
            next_block_at(time)
            if error is None:
                send(target, statement, signature)
                assert now() == time
            else:
                reverts_with(lambda: send(target, statement, signature), *error)
    travel_to(end + 10**8)
    reverts_with(lambda: ask(target, statement, signature), "OfficeDirectoryKeyExpired", em.code, key.address, end)


@pytest.fixture(scope="module")
def scoped_keys(directory: Any, em: Office) -> dict[int, LocalSigner]:
    """A key of EM for every combination of scopes."""
    keys = {scopes: signer(f"scopes {scopes}") for scopes in range(1, 16)}
    for scopes, key in keys.items():
        add_key(directory, em, key.address, scopes)
    return keys


@every_kind
def test_scope(kind: str, target: Any, em: Office, scoped_keys: dict[int, LocalSigner]) -> None:
    """Every scope but applications, alone and together, is refused; with it, alone or not, taken."""
    statement = statement_of(kind)
    for scopes, key in scoped_keys.items():
        signature = sign(target, statement, key)
        if scopes & APPLICATIONS:
            assert accepts(target, statement, signature)
        else:
            assert scopes & ~(REGISTER | TRANSACTIONS | KEYS) == 0
            reverts_with(
                lambda signature=signature: ask(target, statement, signature),
                "OfficeDirectoryKeyOutOfScope",
                em.code,
                key.address,
                APPLICATIONS,
            )


@every_kind
def test_seat_is_not_a_key(kind: str, target: Any, em: Office, directory: Any) -> None:
    """Neither the seat nor governance can sign for an office unless the office makes it a key."""
    seat = signer("a seat of its own")
    statement = statement_of(kind)
    reverts_with(
        lambda: ask(target, statement, sign(target, statement, seat)),
        "OfficeDirectoryUnknownKey",
        em.code,
        seat.address,
    )
    add_key(directory, em, seat.address)
    assert accepts(target, statement, sign(target, statement, seat))


@every_kind
def test_one_account_may_be_a_key_of_two_offices(
    kind: str, target: Any, directory: Any, em: Office, ru: Office
) -> None:
    """Each statement is still that of one office, and revoking the key at one leaves it at the other."""
    add_key(directory, ru, em.key.address)
    european, russian = statement_of(kind, "EM"), statement_of(kind, "RU")
    refuses_as_unknown(target, russian, sign(target, european, em.key))
    assert accepts(target, russian, sign(target, russian, em.key))
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    assert accepts(target, russian, sign(target, russian, em.key))
