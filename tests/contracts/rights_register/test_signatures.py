"""Who may record: a key of the entry's office, in force and in scope at this block, that signed exactly this.

What all office-signed statements share is tried for each kind in `application_registry/test_signatures.py`; here that
the register asks for it, for events alone and in batches. Empowered bodies: the tests of their empowerment.
"""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts, chain
from eth_account import Account
from eth_account.messages import SignableMessage

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, logs_of, now, storage_root, time_of, travel
from tests.contracts.support.offices import (
    APPLICATIONS,
    KEYS,
    REGISTER,
    RELAYER,
    TRANSACTIONS,
    Office,
    add_key,
    digest,
)
from tests.contracts.support.rights import (
    PUBLISHED,
    REFUSED,
    REGISTERED,
    ZERO,
    Event,
    after,
    ask,
    ask_batch,
    batch_message,
    entry_of,
    filing,
    head_of,
    message_of,
    record,
    record_all,
    record_batch,
    register_key,
    signature_of,
    some_key,
)

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the curve secp256k1."""

KINDS = ("event", "batch")
every_kind = pytest.mark.parametrize("kind", KINDS)

FIRST = filing("EM/T/018660437")
LATER = after(FIRST, "D10", "A2", PUBLISHED)


def message(rights: Any, kind: str, event: Event, office: bytes = b"EM", **domain: Any) -> SignableMessage:
    """What is signed for an event, alone or as a batch of one."""
    if kind == "event":
        return message_of(rights, event, **domain)
    return batch_message(rights, office, [event], **domain)


def call(rights: Any, kind: str, event: Event, signature: bytes, sender: Any = None) -> Any:
    """What handing in would answer now."""
    caller = {"from": sender or accounts[RELAYER]}
    if kind == "event":
        return rights.record.call(event, signature, caller)
    return tuple(rights.recordBatch.call(event.number[:2], [event], signature, caller)) == (1, 0)


def signed(rights: Any, kind: str, event: Event, key: Any, **domain: Any) -> bytes:
    return signature_of(message(rights, kind, event, event.number[:2], **domain), key)


def refused_as_unknown(rights: Any, kind: str, event: Event, signature: bytes) -> None:
    """Assert that a signature is taken for that of a key which the office does not have."""
    account = Account.recover_message(message(rights, kind, event, event.number[:2]), signature=signature)
    reverts_with(lambda: call(rights, kind, event, signature), "OfficeDirectoryUnknownKey", event.number[:2], account)


@pytest.fixture(scope="module")
def filed(rights: Any) -> Event:
    """Recorded: the first event of an entry of EM."""
    return record_all(rights, FIRST)


@pytest.mark.smoke
@every_kind
def test_the_offices_key(rights: Any, filed: Event, kind: str, stranger: Any, ru: Office) -> None:
    """Whoever hands it in."""
    for event in (LATER, filing("EM/T/NEW")):
        signature = signed(rights, kind, event, register_key("EM"))
        for sender in (accounts[RELAYER], stranger, ru.seat):
            assert call(rights, kind, event, signature, sender) is True


@every_kind
def test_the_signer_is_logged(rights: Any, directory: Any, em: Office, filed: Event, kind: str) -> None:
    key = some_key("EM further key")
    add_key(directory, em, key.address, REGISTER)
    transaction = record(rights, LATER, key) if kind == "event" else record_batch(rights, [LATER], key)
    assert logs_of(transaction)[0].topics[3] == bytes.fromhex(key.address[2:]).rjust(32, b"\0")


@every_kind
def test_for_another_entry(rights: Any, filed: Event, kind: str) -> None:
    """The same event of the same day, under another number."""
    for event, other in ((LATER, LATER._replace(number=filing("EM/T/2").number)), (filing("EM/T/2"), filing("EM/T/3"))):
        signature = signed(rights, kind, event, register_key("EM"))
        assert call(rights, kind, event, signature) is True
        refused_as_unknown(rights, kind, other, signature)


@every_kind
def test_for_another_position(rights: Any, filed: Event, kind: str) -> None:
    """What was signed to follow one head follows no other, nor comes again after events in between."""
    signature = signed(rights, kind, LATER, register_key("EM"))
    record_batch(rights, [LATER, last := after(LATER, "W10")])
    reverts_with(
        lambda: call(rights, kind, LATER, signature),
        "RightsRegisterNotHead",
        FIRST.number,
        head_of(last),
        head_of(FIRST),
    )
    refused_as_unknown(rights, kind, LATER._replace(previous=head_of(last)), signature)


@every_kind
@pytest.mark.parametrize(
    "other",
    [
        {"code": b"Q10".ljust(32, b"\0")},
        {"system": b"ST.96\0\0\0"},
        {"resulting": b"A3"},
        {"status": REGISTERED},
        {"event_date": 20900311},
        {"effective_date": 20900311},
        {"publication_date": 20900311},
        {"document": digest("document")},
        {"corrects": 1},
        {"flags": 2},
        {"facts": LATER.facts._replace(changes=64)},
        {"facts": LATER.facts._replace(changes=16, dossier=digest("dossier"))},
        {"facts": LATER.facts._replace(changes=128, relation=1)},
        {"previous": ZERO},
    ],
)
def test_for_another_statement(rights: Any, filed: Event, kind: str, other: dict[str, Any]) -> None:
    """Every word is under the signature."""
    refused_as_unknown(rights, kind, LATER._replace(**other), signed(rights, kind, LATER, register_key("EM")))


@every_kind
def test_for_another_office(rights: Any, filed: Event, kind: str) -> None:
    """Neither its entries by others, nor theirs by its own."""
    russian = filing("RU/T/2024700001")
    for event, code in ((LATER, "RU"), (LATER, "AU"), (russian, "EM"), (filing("EM/T/2"), "RU")):
        key = register_key(code)
        signature = signed(rights, kind, event, key)
        reverts_with(
            lambda event=event, signature=signature: call(rights, kind, event, signature),
            "OfficeDirectoryUnknownKey",
            event.number[:2],
            key.address,
        )


@every_kind
@pytest.mark.parametrize("event", [filing("XX/T/1"), filing("em/T/1"), filing("CN/T/1")])
def test_offices_that_are_no_members(rights: Any, filed: Event, kind: str, event: Event) -> None:
    key = register_key("EM")
    signature = signed(rights, kind, event, key)
    reverts_with(lambda: call(rights, kind, event, signature), "OfficeDirectoryUnknownOffice", event.number[:2])


@every_kind
@pytest.mark.parametrize(
    "domain",
    [
        {"chain_id": 1},
        {"chain_id": 2**256 - 1},
        {"address": "0x" + "11" * 20},
        {"name": "Registrum OfficePractice"},
        {"name": "Registrum ApplicationRegistry"},
        {"name": "Registrum RightsRegister "},
    ],
)
def test_for_another_chain_or_contract(rights: Any, filed: Event, kind: str, domain: dict[str, Any]) -> None:
    assert domain.get("chain_id") != chain.id
    refused_as_unknown(rights, kind, LATER, signed(rights, kind, LATER, register_key("EM"), **domain))


@every_kind
def test_for_another_register(
    rights: Any, directory: Any, practice: Any, governance: Any, filed: Event, kind: str
) -> None:
    """A second register of the same offices has its own domain."""
    other = compiled("RightsRegister").deploy(directory, practice, {"from": governance})
    refused_as_unknown(rights, kind, LATER, signed(other, kind, LATER, register_key("EM")))


def test_a_batch_is_no_event(rights: Any, filed: Event) -> None:
    """Nor the other way round; nor a part of a batch, nor one in another order."""
    key, other = register_key("EM"), filing("EM/T/2")
    refused_as_unknown(rights, "event", LATER, signed(rights, "batch", LATER, key))
    refused_as_unknown(rights, "batch", LATER, signed(rights, "event", LATER, key))
    both = signature_of(batch_message(rights, b"EM", [LATER, other]), key)
    for event in (LATER, other):
        refused_as_unknown(rights, "batch", event, both)
    swapped = [other, LATER]
    account = Account.recover_message(batch_message(rights, b"EM", swapped), signature=both)
    reverts_with(
        lambda: rights.recordBatch.call(b"EM", swapped, both, {"from": accounts[RELAYER]}),
        "OfficeDirectoryUnknownKey",
        b"EM",
        account,
    )


@every_kind
@pytest.mark.parametrize("scopes", range(1, 16))
def test_scopes(rights: Any, directory: Any, em: Office, filed: Event, kind: str, scopes: int) -> None:
    """Only a key with scope register."""
    key = some_key(f"EM key {scopes}")
    add_key(directory, em, key.address, scopes)
    signature = signed(rights, kind, LATER, key)
    if scopes & REGISTER:
        assert call(rights, kind, LATER, signature) is True
    else:
        assert scopes & ~(APPLICATIONS | TRANSACTIONS | KEYS) == 0
        reverts_with(
            lambda: call(rights, kind, LATER, signature),
            "OfficeDirectoryKeyOutOfScope",
            em.code,
            key.address,
            REGISTER,
        )


@every_kind
def test_revoked_keys(rights: Any, directory: Any, em: Office, filed: Event, kind: str) -> None:
    """What was recorded before stays; what was signed before is refused."""
    key = register_key("EM")
    signature = signed(rights, kind, LATER, key)
    before = entry_of(rights, FIRST.number)
    revoked = time_of(directory.revokeKey(em.code, key.address, {"from": em.seat}))
    reverts_with(
        lambda: call(rights, kind, LATER, signature), "OfficeDirectoryKeyRevoked", em.code, key.address, revoked
    )
    assert entry_of(rights, FIRST.number) == before


@every_kind
def test_keys_in_their_time(rights: Any, directory: Any, em: Office, filed: Event, kind: str) -> None:
    key = some_key("EM key of a week")
    start = now() + DAY
    add_key(directory, em, key.address, REGISTER, start, start + 7 * DAY)
    signature = signed(rights, kind, LATER, key)
    reverts_with(
        lambda: call(rights, kind, LATER, signature),
        "OfficeDirectoryKeyNotYetValid",
        em.code,
        key.address,
        start,
    )
    travel(2 * DAY)
    assert call(rights, kind, LATER, signature) is True
    travel(7 * DAY)
    reverts_with(
        lambda: call(rights, kind, LATER, signature),
        "OfficeDirectoryKeyExpired",
        em.code,
        key.address,
        start + 7 * DAY,
    )


@every_kind
def test_suspended_offices(rights: Any, directory: Any, governance: Any, em: Office, filed: Event, kind: str) -> None:
    until = now() + 10 * DAY
    directory.suspendOffice(em.code, until, {"from": governance})
    for event in (LATER, filing("EM/T/2")):
        signature = signed(rights, kind, event, register_key("EM"))
        reverts_with(
            lambda event=event, signature=signature: call(rights, kind, event, signature),
            "OfficeDirectoryOfficeSuspended",
            em.code,
            until,
        )
    travel(11 * DAY)
    assert call(rights, kind, LATER, signed(rights, kind, LATER, register_key("EM"))) is True


@every_kind
def test_malleable_signatures(rights: Any, filed: Event, kind: str) -> None:
    """The other signature that every signature has, with high `s`."""
    signature = signed(rights, kind, LATER, register_key("EM"))
    s = ORDER - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
    reverts_with(lambda: call(rights, kind, LATER, twin), "OfficeSignedInvalidSignature", b"EM")


@every_kind
@pytest.mark.parametrize("signature", [b"", b"\0" * 19, b"\0" * 65, b"\xff" * 65])
def test_what_is_no_signature(rights: Any, filed: Event, kind: str, signature: bytes) -> None:
    reverts_with(lambda: call(rights, kind, LATER, signature), "OfficeSignedInvalidSignature", b"EM")


@every_kind
def test_contract_wallets(rights: Any, directory: Any, em: Office, filed: Event, kind: str) -> None:
    """A key that is a wallet approves by ERC-1271: its address, and then what it takes as a signature."""
    owner = some_key("owner of the wallet")
    wallet = compiled("OwnerWallet").deploy(owner.address, {"from": em.seat})
    prefix = bytes.fromhex(wallet.address[2:])
    signature = prefix + signed(rights, kind, LATER, owner)
    reverts_with(lambda: call(rights, kind, LATER, signature), "OfficeDirectoryUnknownKey", em.code, wallet.address)
    add_key(directory, em, wallet.address, REGISTER)
    assert call(rights, kind, LATER, signature) is True
    for wrong in (signed(rights, kind, LATER, some_key("thief")), signed(rights, kind, FIRST, owner), b""):
        reverts_with(
            lambda wrong=wrong: call(rights, kind, LATER, prefix + wrong), "OfficeSignedInvalidSignature", em.code
        )
    if kind == "event":
        transaction = rights.record(LATER, signature, {"from": accounts[RELAYER]})
        assert logs_of(transaction)[0].topics[3] == prefix.rjust(32, b"\0")


@pytest.fixture
def departed(directory: Any, governance: Any, em: Office, ru: Office, filed: Event) -> None:
    """EM departed; RU acts for it."""
    directory.departOffice(em.code, {"from": governance})
    directory.nameSuccessor(em.code, ru.code, {"from": governance})


@every_kind
def test_a_successor_goes_on(rights: Any, ru: Office, departed: None, kind: str) -> None:
    """With the entries that there are, under the departed office's code."""
    signature = signed(rights, kind, LATER, register_key("RU"))
    assert call(rights, kind, LATER, signature) is True
    record_batch(rights, [LATER], register_key("RU"))
    assert entry_of(rights, FIRST.number).head == head_of(LATER)


@every_kind
def test_a_successor_creates_nothing(rights: Any, departed: None, kind: str) -> None:
    """Nor does anything come of an event that claims to follow another where there is none."""
    new = filing("EM/T/2")
    for event in (new, FIRST._replace(previous=ZERO, document=digest("other"))):
        signature = signed(rights, kind, event, register_key("RU"))
        reverts_with(
            lambda event=event, signature=signature: call(rights, kind, event, signature),
            "OfficeDirectoryOfficeDeparted",
            b"EM",
        )
    pretending = new._replace(previous=digest("nothing"))
    signature = signed(rights, kind, pretending, register_key("RU"))
    reverts_with(
        lambda: call(rights, kind, pretending, signature),
        "RightsRegisterNotHead",
        new.number,
        ZERO,
        digest("nothing"),
    )


def test_a_successor_creates_nothing_within_a_batch(rights: Any, departed: None) -> None:
    batch = [LATER, filing("EM/T/2")]
    root = storage_root(rights)
    for events in (batch, batch[::-1]):
        reverts_with(
            lambda events=events: ask_batch(rights, events, register_key("RU")), "OfficeDirectoryOfficeDeparted", b"EM"
        )
    assert storage_root(rights) == root


@every_kind
def test_departed_offices(rights: Any, directory: Any, departed: None, kind: str) -> None:
    """Neither the departed office itself, nor a third one, nor a key of its successor for something else."""
    for key in (register_key("EM"), register_key("AU"), some_key("nobody")):
        signature = signed(rights, kind, LATER, key)
        reverts_with(
            lambda signature=signature: call(rights, kind, LATER, signature), "OfficeDirectoryOfficeDeparted", b"EM"
        )


def test_a_successors_key_of_another_scope(rights: Any, directory: Any, ru: Office, departed: None) -> None:
    key = some_key("RU applications")
    add_key(directory, ru, key.address, APPLICATIONS)
    reverts_with(lambda: ask(rights, LATER, key), "OfficeDirectoryOfficeDeparted", b"EM")


@every_kind
def test_not_while_the_successor_is_suspended(
    rights: Any, directory: Any, governance: Any, ru: Office, departed: None, kind: str
) -> None:
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    signature = signed(rights, kind, LATER, register_key("RU"))
    reverts_with(lambda: call(rights, kind, LATER, signature), "OfficeDirectoryOfficeDeparted", b"EM")


def test_one_signature_one_event(rights: Any, filed: Event) -> None:
    """A signed event that lost the race for the head is worth nothing any more."""
    loser, winner = LATER, after(FIRST, "B10", "N1", REFUSED)
    signature = signed(rights, "event", loser, register_key("EM"))
    record(rights, winner)
    reverts_with(
        lambda: call(rights, "event", loser, signature),
        "RightsRegisterNotHead",
        FIRST.number,
        head_of(winner),
        head_of(FIRST),
    )
