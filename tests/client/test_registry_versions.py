"""The offices vote for a new application registry: client and powers audit go on with the manifest that they have."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from registrum import OfficeStatus, PriorityClaim, Right, Verdict
from registrum.chain.reverts import ApplicationRegistryConflictError
from registrum.client.records import Application
from registrum.deployment import Manifest
from registrum.deployment.artifacts import load_artifact
from registrum.deployment.power_rules import RULES
from registrum.deployment.powers import PowersReport, audit_powers
from registrum.deployment.versions import registry_versions
from registrum.errors import NetworkMismatchError
from registrum.numbers import OfficeNumber
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.signing.addresses import checksum_address
from registrum.signing.keccak import keccak
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


# The audit of powers


def list_alone(here: Consortium, name: str, account: str) -> None:
    """Vote for an entry of the address book, and for nothing that belongs with it."""
    drafts = here.registry().drafts()
    here.decided(drafts.of(drafts.list_contract(name, account).calls[:1], f"List {name}."))


def tried(report: PowersReport) -> dict[str, str]:
    """Addresses of the contracts whose functions were tried."""
    return {power.contract: power.address for power in report.powers}


def named(here: Consortium, address: str) -> Manifest:
    """The manifest that an operator writes when a new version is in force."""
    code = bytes.fromhex(here.rpc.call("eth_getCode", [address, "latest"])[2:])
    present = dataclasses.replace(
        here.manifest.contract(REGISTRY),
        address=checksum_address(bytes.fromhex(address[2:])),
        code_hash=keccak(code),
    )
    return dataclasses.replace(here.manifest, contracts={**here.manifest.contracts, REGISTRY: present})


def test_audit_with_one_version_names_it_plainly(here: Consortium) -> None:
    report = audit_powers(here.rpc, here.manifest)
    assert report.failures == ()
    # `RightsStanding` has no function that changes anything, and so no rule.
    assert tried(report) == {name: here.manifest.address(name) for name in here.manifest.contracts if name in RULES}
    assert here.manifest.contracts.keys() - RULES.keys() == {"RightsStanding"}
    facts = {check.what: check.found for check in report.checks}
    assert facts["PriorityRegister.registry is the ApplicationRegistry"] == here.manifest.address(REGISTRY)
    assert facts["ApplicationRegistry.predecessor is none"] == NOBODY


def test_audit_after_a_vote_is_of_the_version_in_force_and_of_the_former_one(here: Consortium) -> None:
    before = here.registry()
    old = here.application()
    before.register(old)
    newest = checksum_address(bytes.fromhex(successor(here)[2:]))
    here.decided(before.drafts().list_contract(REGISTRY, newest))
    report = audit_powers(here.rpc, here.manifest)
    assert report.failures == ()
    former = here.manifest.address(REGISTRY)
    labels = {f"{REGISTRY} (version 1, former)": former, f"{REGISTRY} (version 2, in force)": newest}
    others = {
        name: here.manifest.address(name) for name in here.manifest.contracts if name in RULES and name != REGISTRY
    }
    assert tried(report) == others | labels
    for label in labels:
        functions = {power.function.partition("(")[0] for power in report.powers if power.contract == label}
        assert functions == RULES[REGISTRY].keys()
        # Each was asked about a number that it knows: the one in force by its predecessor.
        (correct,) = [item for item in report.powers if (item.contract, item.function[:8]) == (label, "correct(")]
        assert {trial.outcome for trial in correct.trials} == {"OfficeDirectoryUnknownKey"}
    facts = {check.what: check.found for check in report.checks}
    assert facts["PriorityRegister.registry is the ApplicationRegistry (version 2, in force)"] == newest
    assert facts["ApplicationRegistry (version 2, in force).predecessor is version 1"] == former
    assert facts["ApplicationRegistry (version 1, former).predecessor is none"] == NOBODY
    assert facts["ApplicationRegistry (version 2, in force) has the code that the offices listed"] == "it has"
    assert facts["the address book lists ApplicationRegistry"] == (
        f"{newest}, version 2, in force; the manifest names a former one, {former}"
    )
    for label in labels:
        assert facts[f"{label}.directory is the OfficeDirectory"] == here.manifest.address(DIRECTORY)
        assert f"{label} is no proxy" in facts
    document = json.loads(json.dumps(report.to_json()))
    assert {(power["contract"], power["address"]) for power in document["powers"]} >= labels.items()


def test_audit_follows_several_versions_from_that_of_the_manifest_on(here: Consortium) -> None:
    second = successor(here)
    here.decided(here.registry().drafts().list_contract(REGISTRY, second))
    third = successor(here, second)
    here.decided(here.registry().drafts().list_contract(REGISTRY, third))
    states = {1: "former", 2: "former", 3: "in force"}
    for manifest, versions in (
        (here.manifest, (1, 2, 3)),
        (named(here, second), (2, 3)),
        (named(here, third), ()),
    ):
        report = audit_powers(here.rpc, manifest)
        assert report.failures == ()
        labels = {contract for contract in tried(report) if contract.startswith(REGISTRY)}
        assert labels == ({f"{REGISTRY} (version {each}, {states[each]})" for each in versions} or {REGISTRY})
        predecessors = {check.what.rpartition(" is ")[2] for check in report.checks if ".predecessor is" in check.what}
        assert predecessors == {f"version {each - 1}" if each > 1 else "none" for each in versions or (3,)}


def test_audit_of_a_registry_that_verdicts_do_not_follow(here: Consortium) -> None:
    list_alone(here, REGISTRY, successor(here))
    former = here.manifest.address(REGISTRY)
    assert audit_powers(here.rpc, here.manifest).failures == (
        f"PriorityRegister.registry is the ApplicationRegistry (version 2, in force): {former}",
    )


def test_audit_of_a_registry_that_obeys_others(here: Consortium) -> None:
    directory = create(here, DIRECTORY, DEPLOYER.address)
    list_alone(here, REGISTRY, create(here, REGISTRY, directory, NOBODY))
    failures = audit_powers(here.rpc, here.manifest).failures
    label = f"{REGISTRY} (version 2, in force)"
    assert f"{label}.directory is the OfficeDirectory: {checksum_address(bytes.fromhex(directory[2:]))}" in failures
    assert f"{label}.predecessor is version 1: {NOBODY}" in failures


def test_audit_of_a_registry_with_unknown_functions(here: Consortium) -> None:
    another = create(here, PRIORITY, here.manifest.address(DIRECTORY), here.manifest.address(REGISTRY))
    list_alone(here, REGISTRY, another)
    report = audit_powers(here.rpc, here.manifest)
    label = f"{REGISTRY} (version 2, in force)"
    address = checksum_address(bytes.fromhex(another[2:]))
    assert (
        f"{label} has the code of this package: the code is another, at {address}; it was not tried" in report.failures
    )
    assert label not in tried(report)
    assert f"{REGISTRY} (version 1, former)" in tried(report)


def test_audit_of_a_registry_whose_code_was_exchanged(here: Consortium) -> None:
    newest = successor(here)
    here.decided(here.registry().drafts().list_contract(REGISTRY, newest))
    code = here.rpc.call("eth_getCode", [newest, "latest"])
    here.rpc.call("anvil_setCode", [newest, code[:-106] + "f4ff" + code[-106:]])
    failures = "\n".join(audit_powers(here.rpc, here.manifest).failures)
    label = f"{REGISTRY} (version 2, in force)"
    assert f"{label} has the code that the offices listed: the code has hash 0x" in failures
    assert f"{label} runs no code but its own and cannot vanish: DELEGATECALL, SELFDESTRUCT" in failures


def test_audit_asks_for_a_new_manifest_where_another_contract_was_replaced(here: Consortium) -> None:
    another = create(here, PRIORITY, here.manifest.address(DIRECTORY), here.manifest.address(REGISTRY))
    list_alone(here, PRIORITY, another)
    address = checksum_address(bytes.fromhex(another[2:]))
    assert audit_powers(here.rpc, here.manifest).failures == (f"the address book lists PriorityRegister: {address}",)
