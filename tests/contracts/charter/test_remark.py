"""`Charter.remark`: observers attach remarks to proposals, by transaction or by signature."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import chain
from eth_account.messages import _hash_eip191_message, encode_typed_data

from registrum.signing.signers import LocalSigner
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import log, logs_of, storage_root
from tests.contracts.support.offices import Office, signer
from tests.contracts.support.votes import call, deploy_consortium, proposal

TEXT = "The court asks for a delay until its decision."

FIELDS = {"Remark": [{"name": "proposalId", "type": "uint256"}, {"name": "text", "type": "string"}]}


def digest_of(charter: Any, proposal_id: int, text: str) -> bytes:
    """What an observer signs, by `eth_account` and not by the contract."""
    domain = {
        "name": "Registrum Charter",
        "version": "1",
        "chainId": chain.id,
        "verifyingContract": charter.address,
    }
    return bytes(_hash_eip191_message(encode_typed_data(domain, FIELDS, {"proposalId": proposal_id, "text": text})))


@pytest.fixture(scope="module")
def key() -> LocalSigner:
    """Key of an observer that sends no transactions."""
    return signer("observer")


@pytest.fixture(scope="module")
def charter(charter: Any, governance: Any, court: Any, key: LocalSigner) -> Any:
    """The charter of the suite, with a court and a signer as observers."""
    charter.listObserver(court, "Court", {"from": governance})
    charter.listObserver(key.address, "WIPO", {"from": governance})
    return charter


@pytest.fixture(scope="module")
def proposals(charter: Any, consortium: Any, em: Office, court: Any) -> list[int]:
    """Two proposals, pending."""
    made = [proposal(text, call(charter.removeObserver, court)) for text in ("First.", "Second.")]
    for each in made:
        consortium.propose(*each.whole, {"from": em.seat})
    return [each.id for each in made]


def send(charter: Any, proposal_id: int, observer: Any, text: str, signature: bytes, sender: Any) -> Any:
    return charter.remark(proposal_id, observer, text, signature, {"from": sender})


def ask(charter: Any, proposal_id: int, observer: Any, text: str, signature: bytes, sender: Any) -> Any:
    return charter.remark.call(proposal_id, observer, text, signature, {"from": sender})


def remarked(charter: Any, proposal_id: int, observer: str, text: str) -> Any:
    return log(charter, "Remarked", proposalId=proposal_id, observer=observer, text=text)


def test_by_transaction(charter: Any, proposals: list[int], court: Any) -> None:
    transaction = send(charter, proposals[0], court, TEXT, b"", court)
    assert logs_of(transaction) == [remarked(charter, proposals[0], court.address, TEXT)]


def test_by_signature(charter: Any, proposals: list[int], key: LocalSigner, relayer: Any) -> None:
    signature = key.sign_digest(digest_of(charter, proposals[0], TEXT))
    transaction = send(charter, proposals[0], key.address, TEXT, signature, relayer)
    assert logs_of(transaction) == [remarked(charter, proposals[0], key.address, TEXT)]


def test_once_each_text(charter: Any, proposals: list[int], court: Any, key: LocalSigner, relayer: Any) -> None:
    """Others cannot repeat a signed remark over and over. Another text, proposal or observer: another remark."""
    digest = digest_of(charter, proposals[0], TEXT)
    signature = key.sign_digest(digest)
    send(charter, proposals[0], key.address, TEXT, signature, relayer)
    send(charter, proposals[0], court, TEXT, b"", court)
    for observer, sender, given in ((key.address, relayer, signature), (court, court, b""), (court, relayer, b"")):
        reverts_with(
            lambda observer=observer, sender=sender, given=given: ask(
                charter, proposals[0], observer, TEXT, given, sender
            ),
            "CharterRemarked",
            observer,
            digest,
        )
    send(charter, proposals[0], court, TEXT + " Soon.", b"", court)
    send(charter, proposals[1], court, TEXT, b"", court)


def test_what_observers_sign_is_that_of_eth_account(charter: Any, proposals: list[int]) -> None:
    for proposal_id, text in ((proposals[0], TEXT), (0, ""), (2**256 - 1, "Суд просит отложить «vote»")):
        assert bytes(charter.remarkDigest(proposal_id, text)) == digest_of(charter, proposal_id, text)


def test_domain(charter: Any) -> None:
    fields, name, version, chain_id, contract, salt, extensions = charter.eip712Domain()
    assert (str(fields), name, version, contract) == ("0x0f", "Registrum Charter", "1", charter.address)
    assert (chain_id, int(str(salt), 16), extensions) == (chain.id, 0, ())


def test_signatures_that_do_not_count(
    charter: Any, directory: Any, council: Any, proposals: list[int], court: Any, key: LocalSigner, relayer: Any
) -> None:
    """Of somebody else, for another proposal, text or charter, or none at all."""
    consortium = charter.consortium()
    twin = compiled("Charter").deploy(consortium, council, b"\1" * 32, "twin", {"from": relayer})
    right = digest_of(charter, proposals[0], TEXT)
    for signature in (
        b"",
        bytes(65),
        key.sign_digest(right)[:64],
        signer("somebody").sign_digest(right),
        key.sign_digest(digest_of(charter, proposals[1], TEXT)),
        key.sign_digest(digest_of(charter, proposals[0], TEXT + ".")),
        key.sign_digest(digest_of(twin, proposals[0], TEXT)),
    ):
        for sender in (relayer, court):
            reverts_with(
                lambda signature=signature, sender=sender: ask(
                    charter, proposals[0], key.address, TEXT, signature, sender
                ),
                "CharterInvalidSignature",
                key.address,
            )


def test_a_refused_remark_can_be_made_later(charter: Any, proposals: list[int], key: LocalSigner, relayer: Any) -> None:
    """Nobody blocks a remark by handing it in with a bad signature first."""
    root = storage_root(charter)
    reverts_with(
        lambda: send(charter, proposals[0], key.address, TEXT, bytes(65), relayer),
        "CharterInvalidSignature",
        key.address,
    )
    assert storage_root(charter) == root
    signature = key.sign_digest(digest_of(charter, proposals[0], TEXT))
    send(charter, proposals[0], key.address, TEXT, signature, relayer)


def test_only_observers(
    charter: Any, proposals: list[int], em: Office, governance: Any, deployer: Any, stranger: Any
) -> None:
    """Offices vote with reasons; they, governance and the deployer are no observers."""
    for account in (stranger, deployer, governance, em.seat):
        reverts_with(
            lambda account=account: ask(charter, proposals[0], account, TEXT, b"", account),
            "CharterNotObserver",
            account,
        )


def test_not_after_removal(
    charter: Any, proposals: list[int], court: Any, key: LocalSigner, governance: Any, relayer: Any
) -> None:
    """What was signed before does not count either."""
    signature = key.sign_digest(digest_of(charter, proposals[0], TEXT))
    for observer in (court.address, key.address):
        charter.removeObserver(observer, {"from": governance})
    for observer, given, sender in ((court.address, b"", court), (key.address, signature, relayer)):
        reverts_with(
            lambda observer=observer, given=given, sender=sender: ask(
                charter, proposals[0], observer, TEXT, given, sender
            ),
            "CharterNotObserver",
            observer,
        )


def test_on_proposals_of_this_consortium_only(
    charter: Any, directory: Any, proposals: list[int], em: Office, court: Any
) -> None:
    other = deploy_consortium(directory)
    foreign = proposal("Of another consortium.", call(charter.removeObserver, court))
    other.propose(*foreign.whole, {"from": em.seat})
    for unknown in (0, proposals[0] + 1, foreign.id):
        reverts_with(
            lambda unknown=unknown: ask(charter, unknown, court, TEXT, b"", court),
            "GovernorNonexistentProposal",
            unknown,
        )


def test_on_a_proposal_taken_back(charter: Any, consortium: Any, em: Office, court: Any) -> None:
    """In whatever state: what was said of it may matter for the next one."""
    made = proposal("Taken back.", call(charter.removeObserver, court))
    consortium.propose(*made.whole, {"from": em.seat})
    consortium.cancel(*made.hashed, {"from": em.seat})
    send(charter, made.id, court, TEXT, b"", court)


@pytest.mark.parametrize("text", ["", "x" * 4001, "é" * 2001], ids=["none", "long", "long in bytes"])
def test_length(charter: Any, proposals: list[int], court: Any, text: str) -> None:
    reverts_with(
        lambda: ask(charter, proposals[0], court, text, b"", court), "CharterTextLength", len(text.encode()), 4000
    )


def test_texts(charter: Any, proposals: list[int], court: Any) -> None:
    for text in ("x", "x" * 4000, "Суд просит отложить; 裁判所 — «attendez»"):
        transaction = send(charter, proposals[0], court, text, b"", court)
        assert logs_of(transaction) == [remarked(charter, proposals[0], court.address, text)]


def test_an_observer_in_a_wallet(charter: Any, proposals: list[int], governance: Any, relayer: Any) -> None:
    owner = signer("owner of the wallet")
    wallet = compiled("OwnerWallet").deploy(owner.address, {"from": governance})
    charter.listObserver(wallet, "Court in a wallet", {"from": governance})
    digest = digest_of(charter, proposals[0], TEXT)
    reverts_with(
        lambda: ask(charter, proposals[0], wallet, TEXT, signer("somebody").sign_digest(digest), relayer),
        "CharterInvalidSignature",
        wallet,
    )
    transaction = send(charter, proposals[0], wallet, TEXT, owner.sign_digest(digest), relayer)
    assert logs_of(transaction) == [remarked(charter, proposals[0], wallet.address, TEXT)]


@pytest.mark.parametrize("manner", range(10))
def test_a_hostile_wallet_does_not_approve(
    charter: Any, proposals: list[int], governance: Any, relayer: Any, manner: int
) -> None:
    wallet = compiled("HostileWallet").deploy(manner, {"from": governance})
    charter.listObserver(wallet, "Hostile", {"from": governance})
    reverts_with(lambda: ask(charter, proposals[0], wallet, TEXT, b"", relayer), "CharterInvalidSignature", wallet)


def test_a_wallet_cannot_come_back(charter: Any, proposals: list[int], governance: Any, relayer: Any) -> None:
    """It approves when its own remark from within was refused: one remark, not two."""
    wallet = compiled("HostileWallet").deploy(11, {"from": governance})
    charter.listObserver(wallet, "Hostile", {"from": governance})
    wallet.setPayload(
        charter, charter.remark.encode_input(proposals[0], wallet, "From within.", b""), {"from": governance}
    )
    transaction = send(charter, proposals[0], wallet, TEXT, b"", relayer)
    assert logs_of(transaction) == [remarked(charter, proposals[0], wallet.address, TEXT)]
