"""The offices vote for a new application registry: the client goes on with the manifest that it has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from registrum import OfficeStatus, PriorityClaim, Right, Verdict
from registrum.chain.reverts import ApplicationRegistryConflictError
from registrum.client.records import Application
from registrum.deployment.artifacts import load_artifact
from registrum.deployment.versions import registry_versions
from registrum.errors import NetworkMismatchError
from registrum.numbers import OfficeNumber
from registrum.proofs.store import AnchorEntry, AnchorStore
from tests.client.consortia import DEPLOYER, KEYS, Consortium, consortium

DIRECTORY, REGISTRY, PRIORITY = "OfficeDirectory", "ApplicationRegistry", "PriorityRegister"
NOBODY = "0x" + "00" * 20
FILED = date(2024, 1, 31)


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    with consortium(tmp_path_factory.mktemp("versions")) as made:
        yield made


@pytest.fixture
def here(running_world: Consortium) -> Iterator[Consortium]:
    with running_world.undone():
        yield running_world


def create(here: Consortium, contract: str, *arguments: str) -> str:
    """Deploy one more contract, as anybody may."""
    data = "0x" + load_artifact(contract).init_code(arguments).hex()
    sent = here.rpc.call("eth_sendTransaction", [{"from": DEPLOYER.address, "data": data, "gas": hex(20_000_000)}])
    while (receipt := here.rpc.call("eth_getTransactionReceipt", [sent])) is None:
        here.rpc.call("evm_mine")
    address: str = receipt["contractAddress"]
    return address


def successor(here: Consortium, predecessor: str | None = None) -> str:
    """A registry that takes over from the one of the manifest, or from another."""
    return create(here, REGISTRY, here.manifest.address(DIRECTORY), predecessor or here.manifest.address(REGISTRY))


def test_without_a_vote_the_manifest_is_in_force(here: Consortium) -> None:
    successor(here)
    versions = registry_versions(here.rpc, here.manifest)
    assert versions.addresses == (here.manifest.address(REGISTRY),)
    assert here.registry().application_domain == versions.current


def test_old_records_proofs_and_the_client_work_on_after_a_vote(here: Consortium, tmp_path: Path) -> None:
    before = here.registry()
    old = here.application()
    before.register(old)
    anchored = OfficeNumber("EM", Right.TRADEMARK, "990000001")
    entries = [AnchorEntry.salted(anchored.on_chain, 20240131, hashlib.sha256(b"an application").digest())]
    with AnchorStore.create(tmp_path / "anchor", b"EM", iter(entries)) as store:
        before.anchor_store(store)
        proof = store.prove(anchored.on_chain)
    newest = successor(here)
    here.decided(before.drafts().list_contract(REGISTRY, newest))

    after = here.registry()
    assert after.application_domain.verifying_contract.lower() == newest
    assert len(after.application_domains) == 2
    record = after.record(old.number)
    assert record is not None
    assert record.digest == old.digest
    assert after.register(old).taken is False
    with pytest.raises(ApplicationRegistryConflictError):
        after.register(Application(old.number, old.filing_date, hashlib.sha256(b"other").digest()))
    fresh = here.application()
    assert after.register(fresh).taken
    assert after.disclose(proof).taken
    after.correct(Application(old.number, old.filing_date, hashlib.sha256(b"last page").digest()))
    assert [event.name for event in after.history(old.number)] == ["ApplicationRegistered", "ApplicationCorrected"]
    assert {item.application.number for item in after.registrations("EM")} == {old.number, fresh.number, anchored}
    for number in (old.number, fresh.number):
        claim = PriorityClaim(number, FILED, "JP", Right.TRADEMARK, date(2024, 5, 2))
        assert after.check_priority(claim).verdict is Verdict.VALID
    assert after.next_sequence("EM") == 2


def test_registry_that_does_not_take_over_is_not_followed(here: Consortium) -> None:
    stranger = successor(here, NOBODY)
    address = here.manifest.address("AddressBook")
    drafts = here.registry().drafts()
    listing = drafts.list_contract(REGISTRY, stranger).calls[:1]
    assert listing[0].target.lower() == address.lower()
    here.decided(drafts.of(listing, "List a registry that begins anew."))
    with pytest.raises(NetworkMismatchError, match="does not take over") as caught:
        here.registry()
    assert caught.value.details["what"] == "superseded"


def test_another_contract_that_was_replaced_asks_for_a_new_manifest(here: Consortium) -> None:
    another = create(here, PRIORITY, here.manifest.address(DIRECTORY), here.manifest.address(REGISTRY))
    here.decided(here.registry().drafts().list_contract(PRIORITY, another))
    with pytest.raises(NetworkMismatchError, match="PriorityRegister: the address book") as caught:
        here.registry()
    assert caught.value.details["what"] == "superseded"


def test_contract_of_another_kind_is_not_taken_for_a_registry(here: Consortium) -> None:
    another = create(here, PRIORITY, here.manifest.address(DIRECTORY), here.manifest.address(REGISTRY))
    drafts = here.registry().drafts()
    here.decided(drafts.of(drafts.list_contract(REGISTRY, another).calls[:1], "List a wrong contract."))
    with pytest.raises(NetworkMismatchError, match="says that it is 'Registrum PriorityRegister'"):
        here.registry()


def test_session_begun_before_the_vote_goes_on_with_the_former_registry(here: Consortium) -> None:
    begun = here.registry()
    here.decided(begun.drafts().list_contract(REGISTRY, successor(here)))
    late = here.application()
    assert begun.register(late).taken
    seen = here.registry().look_up(late.number)
    assert seen.record is not None
    assert seen.record.digest == late.digest
    office = begun.office("EM")
    assert office is not None
    assert office.status is OfficeStatus.ACTIVE
    assert KEYS["EM"].address in {key.account for key in begun.keys("EM")}
