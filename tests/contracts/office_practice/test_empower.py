"""What an office lets a court or a board of appeal record: `empower`, `bodyOf`, `categoriesOf`."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts, chain
from eth_account import Account

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, log, logs_of, now, storage_root, travel_to
from tests.contracts.support.offices import KEYS, RELAYER, Office, add_key
from tests.contracts.support.rights import (
    Empowerment,
    ascii_word,
    categories,
    empower,
    managing_key,
    message_of,
    register_key,
    set_terms,
    signed,
    some_key,
)
from tests.contracts.support.rights import RenewalTerms as Terms

COURT = some_key("court").address
ALL = categories("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
MALFORMED = (b"\0\0", b"E\0", b"em", b"E1", b"\xc3\x89")


def statement(**other: Any) -> Empowerment:
    """EM lets the court record cessations and reviews for ever."""
    whole = Empowerment(b"EM", COURT, ascii_word("General Court"), categories("HL"), 0, FOREVER, 1)
    return whole._replace(**other)


def ask(practice: Any, said: Empowerment, key: Any = None) -> Any:
    """What sending it would answer now."""
    return send(practice, said, signed(practice, said, key), only_ask=True)


def send(practice: Any, said: Empowerment, signature: bytes, only_ask: bool = False) -> Any:
    method = practice.empower.call if only_ask else practice.empower
    return method(said, signature, {"from": accounts[RELAYER]})


def body_of(practice: Any, body: str = COURT, office: bytes = b"EM") -> Empowerment:
    code, account, name, *rest = practice.bodyOf(office, body)
    return Empowerment(bytes(code), str(account), bytes(name), *rest)


def invalid(practice: Any, said: Empowerment) -> None:
    reverts_with(lambda: ask(practice, said), "OfficePracticeInvalidStatement", said.office, said.version)


@pytest.mark.smoke
def test_is_what_was_stated(practice: Any) -> None:
    said = statement(valid_from=now() - 5, valid_until=now() + DAY)
    transaction = empower(practice, said)
    assert body_of(practice) == said
    assert practice.categoriesOf(b"EM", COURT) == categories("HL")
    assert logs_of(transaction) == [
        log(
            practice,
            "BodyEmpowered",
            office=b"EM",
            body=COURT,
            name=said.name,
            categories=said.categories,
            validFrom=said.valid_from,
            validUntil=said.valid_until,
            version=1,
            signer=managing_key(b"EM").address,
        )
    ]


def test_nothing_was_said(practice: Any) -> None:
    assert body_of(practice) == Empowerment(b"EM", COURT, bytes(32), 0, 0, 0, 0)
    assert practice.categoriesOf(b"EM", COURT) == 0


def test_is_of_one_office_and_one_body(practice: Any) -> None:
    empower(practice, statement())
    assert practice.categoriesOf(b"RU", COURT) == 0
    assert practice.categoriesOf(b"EM", some_key("another court").address) == 0


@pytest.mark.parametrize(
    "said", [{"categories": 1}, {"categories": ALL}, {"valid_from": FOREVER - 1}, {"name": bytes(32)}]
)
def test_bounds(practice: Any, said: dict[str, Any]) -> None:
    empower(practice, statement(**said))
    assert body_of(practice) == statement(**said)


# Versions


@pytest.mark.smoke
def test_versions_follow_each_other(practice: Any) -> None:
    for version in range(1, 4):
        for wrong in {0, version - 1, version + 1, 65535} - {version}:
            invalid(practice, statement(version=wrong))
        empower(practice, statement(version=version, categories=version))
        assert body_of(practice) == statement(version=version, categories=version)


def test_is_not_sent_twice(practice: Any) -> None:
    """What was taken back does not come back by a copy of the first statement."""
    first = statement()
    signature = signed(practice, first)
    send(practice, first, signature)
    empower(practice, statement(version=2, categories=0))
    reverts_with(lambda: send(practice, first, signature, only_ask=True), "OfficePracticeInvalidStatement", b"EM", 1)
    assert practice.categoriesOf(b"EM", COURT) == 0


def test_each_body_has_versions_of_its_own(practice: Any) -> None:
    empower(practice, statement())
    other = some_key("another court").address
    invalid(practice, statement(body=other, version=2))
    empower(practice, statement(body=other))
    empower(practice, statement(office=b"RU"))


@pytest.mark.smoke
def test_is_taken_back(practice: Any) -> None:
    """No category is left; the time does not matter then."""
    empower(practice, statement())
    said = statement(version=2, categories=0, valid_from=7, valid_until=3, name=bytes(32))
    empower(practice, said)
    assert body_of(practice) == said
    assert practice.categoriesOf(b"EM", COURT) == 0
    empower(practice, statement(version=3))
    assert practice.categoriesOf(b"EM", COURT) == categories("HL")


# Values out of range


BAD = {
    "a letter after Z": {"categories": 1 << 26},
    "all bits": {"categories": (1 << 32) - 1},
    "no body": {"body": "0x" + "00" * 20},
    "no time": {"valid_from": 100, "valid_until": 100},
    "an end before the beginning": {"valid_from": 101, "valid_until": 100},
    "an end that is none": {"valid_until": 0},
}


@pytest.mark.parametrize("what", BAD)
def test_values_out_of_range(practice: Any, what: str) -> None:
    reverts_with(lambda: ask(practice, statement(**BAD[what])), "OfficePracticeInvalidStatement", b"EM", 1)


def test_offices_that_are_none(practice: Any) -> None:
    for code in MALFORMED:
        reverts_with(
            lambda code=code: ask(practice, statement(office=code), managing_key(b"EM")), "OfficeCodeMalformed", code
        )


# Time


@pytest.mark.smoke
def test_only_in_its_time(practice: Any) -> None:
    start, end = now() + 100, now() + 200
    empower(practice, statement(valid_from=start, valid_until=end))
    for time, expected in ((start - 1, 0), (start, 1), (end - 1, 1), (end, 0)):
        travel_to(time)
        assert practice.categoriesOf(b"EM", COURT) == expected * categories("HL"), time - start
    assert body_of(practice).categories == categories("HL"), "what was stated stays readable"


# The office


@pytest.mark.smoke
def test_not_while_the_office_is_suspended(practice: Any, directory: Any, governance: Any, em: Office) -> None:
    empower(practice, statement())
    until = now() + DAY
    directory.suspendOffice(em.code, until, {"from": governance})
    assert practice.categoriesOf(b"EM", COURT) == 0
    reverts_with(lambda: ask(practice, statement(version=2)), "OfficeDirectoryOfficeSuspended", b"EM", until)
    travel_to(until)
    assert practice.categoriesOf(b"EM", COURT) == categories("HL")


def test_not_after_the_office_departed(practice: Any, directory: Any, governance: Any, em: Office, ru: Office) -> None:
    """Neither the body acts any more, nor does the successor speak of it."""
    empower(practice, statement())
    directory.departOffice(em.code, {"from": governance})
    directory.nameSuccessor(em.code, ru.code, {"from": governance})
    assert practice.categoriesOf(b"EM", COURT) == 0
    for key in (managing_key(b"RU"), managing_key(b"EM")):
        reverts_with(lambda key=key: ask(practice, statement(version=2), key), "OfficeDirectoryOfficeDeparted", b"EM")


def test_of_an_office_that_is_not_admitted(practice: Any) -> None:
    key = managing_key(b"EM")
    reverts_with(lambda: ask(practice, statement(office=b"ZZ"), key), "OfficeDirectoryUnknownOffice", b"ZZ")
    assert practice.categoriesOf(b"ZZ", COURT) == 0


# Signatures


@pytest.mark.smoke
def test_needs_the_scope_of_keys(practice: Any) -> None:
    """Who signs records, whether of applications or of the register, does not say who else may."""
    for key in (register_key(b"EM"), some_key("EM key")):
        reverts_with(
            lambda key=key: ask(practice, statement(), key), "OfficeDirectoryKeyOutOfScope", b"EM", key.address, KEYS
        )


def test_not_by_another_office(practice: Any) -> None:
    for key in (managing_key(b"RU"), some_key("stranger")):
        reverts_with(lambda key=key: ask(practice, statement(), key), "OfficeDirectoryUnknownKey", b"EM", key.address)


def test_not_by_the_body_itself(practice: Any) -> None:
    """Empowered for everything, it empowers nobody."""
    court = some_key("court")
    empower(practice, statement(categories=ALL))
    reverts_with(lambda: ask(practice, statement(version=2), court), "OfficeDirectoryUnknownKey", b"EM", court.address)


@pytest.mark.parametrize(
    "other",
    [
        {"office": b"RU"},
        {"body": some_key("another court").address},
        {"name": ascii_word("Another court")},
        {"categories": ALL},
        {"valid_from": 1},
        {"valid_until": FOREVER - 1},
    ],
)
def test_a_signature_is_for_one_statement(practice: Any, other: dict[str, Any]) -> None:
    signature = signed(practice, statement(), managing_key(b"EM"))
    root = storage_root(practice)
    changed = statement(**other)
    refused = revealed(practice, changed, signature)
    assert refused != managing_key(b"EM").address
    reverts_with(
        lambda: send(practice, changed, signature, only_ask=True),
        "OfficeDirectoryUnknownKey",
        changed.office,
        refused,
    )
    assert storage_root(practice) == root


def revealed(practice: Any, said: Empowerment, signature: bytes) -> str:
    """The account that a signature shows as the signer of a statement."""
    return str(Account.recover_message(message_of(practice, said), signature=signature))


def test_a_signature_is_for_one_contract_and_one_chain(practice: Any, rights: Any) -> None:
    for domain in ({"chain_id": chain.id + 1}, {"address": rights.address}, {"name": "Registrum RightsRegister"}):
        signature = signed(practice, statement(), **domain)
        reverts_with(
            lambda signature=signature: send(practice, statement(), signature, only_ask=True),
            "OfficeDirectoryUnknownKey",
            b"EM",
            revealed(practice, statement(), signature),
        )


def test_signatures_that_are_none(practice: Any) -> None:
    good = signed(practice, statement())
    for bad in (b"", good[:19], bytes(65), good[:64] + b"\x1d"):
        reverts_with(
            lambda bad=bad: send(practice, statement(), bad, only_ask=True), "OfficeSignedInvalidSignature", b"EM"
        )


def test_renewal_terms_have_versions_apart(practice: Any) -> None:
    empower(practice, statement())
    set_terms(practice, Terms(b"EM", b"T", 10, 0, 6, 6, 1))
    empower(practice, statement(version=2))


@pytest.mark.smoke
def test_a_contract_wallet_manages(practice: Any, directory: Any, em: Office, stranger: Any) -> None:
    """An office whose keys are managed by several people together (ERC-1271)."""
    owner = some_key("owner")
    wallet = compiled("OwnerWallet").deploy(owner.address, {"from": stranger})
    add_key(directory, em, wallet, KEYS)
    signature = bytes.fromhex(wallet.address[2:]) + signed(practice, statement(), owner)
    told = send(practice, statement(), signature).events["BodyEmpowered"]
    assert told["signer"] == wallet.address
