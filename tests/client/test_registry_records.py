"""Registering, correcting, withdrawing, anchoring, disclosing and looking up, on a real node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from registrum import (
    AnchorEntry,
    AnchorStore,
    Application,
    BatchReceipt,
    Disclosure,
    ItemOutcome,
    KeystoreSigner,
    OfficeNumber,
    PriorityClaim,
    RecordStatus,
    Registry,
    Right,
    Standing,
    Verdict,
)
from registrum.chain.reverts import ApplicationRegistryConflictError
from registrum.dates import to_on_chain
from registrum.errors import InputError, KeyNotFoundError, NetworkMismatchError, NodeError
from registrum.proofs.commitment import commit, matches_commitment
from registrum.proofs.verify import Check, Outcome, examine
from registrum.signing.eip712 import Domain
from registrum.signing.statements import Anchor
from tests.client.registries import FILED, GOVERNANCE, KEYS, World, digest, world
from tests.client.stub_node import proxy

Ask = Callable[[], Any]


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("records")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


@pytest.fixture
def registry(here: World) -> Registry:
    return here.registry()


def test_registering_one(here: World, registry: Registry) -> None:
    application = here.application()
    receipt = registry.register(application)
    assert receipt.taken
    assert [event.name for event in receipt.events] == ["ApplicationRegistered"]
    assert receipt.events[0].arguments["number"] == application.number
    assert receipt.gas_used is not None
    assert receipt.block_number is not None
    record = registry.record(application.number)
    assert record is not None
    assert record.application == application
    assert (record.version, record.status) == (1, RecordStatus.FILED)
    assert record.signing_key == KEYS["EM"].address
    assert record.recorded_at == here.now()
    assert record.days_late == (record.recorded_at.date() - FILED).days
    json.dumps([receipt.to_json(), record.to_json()])


def test_the_same_content_again_is_recorded_already_and_nothing_is_sent(here: World, registry: Registry) -> None:
    application = here.application()
    registry.register(application)
    height = here.rpc.call("eth_blockNumber")
    again = registry.register(application)
    assert not again.taken
    assert again.transaction_hash is None
    assert here.rpc.call("eth_blockNumber") == height


def test_a_conflict_shows_what_is_recorded(here: World, registry: Registry) -> None:
    application = here.application()
    registry.register(application)
    with pytest.raises(ApplicationRegistryConflictError) as caught:
        registry.register(replace(application, digest=digest("other")))
    assert caught.value.number == application.number
    assert caught.value.recorded_digest == application.digest
    assert caught.value.recorded_filing_date == application.filing_date


def test_the_five_answers_about_a_number(here: World, registry: Registry) -> None:
    applications = [here.application() for _ in range(3)]
    registry.register_batch("EM", applications)
    registry.correct(replace(applications[1], digest=digest("right")))
    registry.withdraw(applications[2].number)
    standings = [registry.look_up(application.number).standing for application in applications]
    assert standings == [Standing.RECORDED, Standing.CORRECTED, Standing.WITHDRAWN]
    absent, foreign = registry.look_up(here.number()), registry.look_up(here.number("US"))
    assert (absent.standing, absent.record, absent.found) == (Standing.NOT_FOUND, None, False)
    assert (foreign.standing, foreign.record, foreign.found) == (Standing.NOT_COVERED, None, False)
    here.registry(sender=GOVERNANCE).depart_office("JP")
    assert registry.look_up(here.number("JP")).standing is Standing.NOT_COVERED
    assert absent.to_json() == {
        "number": absent.number.text,
        "standing": "not_found",
        "record": None,
        "signerCompromisedSince": None,
        "reconfirmed": None,
    }


def test_a_look_up_says_whose_signature_is_not_to_be_trusted(here: World, registry: Registry) -> None:
    before, since_then = here.application(), here.application()
    registry.register(before)
    here.advance(timedelta(hours=2))
    registry.register(since_then)
    moment = here.now()
    record = registry.record(since_then.number)
    assert record is not None
    assert record.recorded_at == moment
    assert registry.look_up(since_then.number).signer_compromised_since is None
    here.seat().mark_key_compromised("EM", KEYS["EM"].address, moment)
    answer = registry.look_up(since_then.number)
    assert (answer.standing, answer.signer_compromised_since) == (Standing.RECORDED, moment)
    assert answer.to_json()["signerCompromisedSince"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert registry.look_up(before.number).signer_compromised_since is None
    for time, since in ((moment, moment), (moment - timedelta(seconds=1), None), (moment + timedelta(1), moment)):
        assert registry.signer_compromised_since("EM", KEYS["EM"].address, time) == since
    assert registry.signer_compromised_since("EM", KEYS["JP"].address, moment) is None
    for application in (before, since_then):
        claim = PriorityClaim(application.number, FILED, "JP", Right.TRADEMARK, FILED + timedelta(30))
        compromised = registry.check_priority(claim).verdict is Verdict.SIGNER_COMPROMISED
        assert compromised is (registry.look_up(application.number).signer_compromised_since is not None)


def test_a_look_up_costs_two_reads(here: World, registry: Registry) -> None:
    application = here.application()
    registry.register(application)
    asked: list[str] = []

    def watch(method: str, params: list[Any], ask: Ask) -> Any:
        asked.append(method)
        return ask()

    with proxy(here.anvil.url, watch) as node, Registry.connect(node.url, here.manifest) as reader:
        asked.clear()
        assert reader.look_up(application.number).found
    assert asked == ["eth_call", "eth_call"]


def test_many_records_in_their_order(here: World, registry: Registry) -> None:
    applications = [here.application() for _ in range(300)]
    registry.register_batch("EM", applications)
    absent = here.number()
    wanted = [application.number for application in applications]
    found = registry.records([*wanted[:280], absent, *wanted[280:]])
    assert [record and record.application for record in found] == [*applications[:280], None, *applications[280:]]
    assert registry.records([]) == []


def test_a_salted_record_shows_nothing_of_its_document(here: World, registry: Registry) -> None:
    document = digest("not yet public")
    commitment, salt = commit(document)
    application = Application(here.number(), FILED, commitment, Disclosure.SALTED)
    registry.register(application)
    record = registry.record(application.number)
    assert record is not None
    assert record.disclosure is Disclosure.SALTED
    assert matches_commitment(record.digest, document, salt)
    assert not matches_commitment(record.digest, digest("a guess"), salt)
    assert record.to_json()["disclosure"] == "salted"


def test_a_batch_tells_about_every_item(here: World, registry: Registry) -> None:
    known, taken, future = here.application(), here.application(), here.application(filed=date(2999, 1, 1))
    registry.register(known)
    other = replace(known, digest=digest("other"))
    receipt = registry.register_batch("EM", [known, taken, future, other, taken])
    assert isinstance(receipt, BatchReceipt)
    assert [item.application for item in receipt.items] == [known, taken, future, other, taken]
    assert [item.outcome for item in receipt.items] == [
        ItemOutcome.ALREADY_RECORDED,
        ItemOutcome.TAKEN,
        ItemOutcome.FUTURE_DATE,
        ItemOutcome.CONFLICT,
        ItemOutcome.ALREADY_RECORDED,
    ]
    assert (receipt.taken, receipt.refused, receipt.count(ItemOutcome.ALREADY_RECORDED)) == (True, 2, 2)
    assert {item.transaction_hash for item in receipt.items} == {receipt.transaction_hash}
    values = json.loads(json.dumps(receipt.to_json()))
    assert [item["outcome"] for item in values["items"]][:2] == ["already_recorded", "taken"]
    again = registry.register_batch("EM", [known, taken])
    assert (again.taken, again.transaction_hash) == (False, None)
    assert [item.outcome for item in again.items] == [ItemOutcome.ALREADY_RECORDED] * 2


def test_a_batch_is_of_one_office(here: World, registry: Registry) -> None:
    with pytest.raises(InputError, match="not a number of EM"):
        registry.register_batch("EM", [here.application("JP")])
    with pytest.raises(InputError, match="at least one"):
        registry.register_batch("EM", [])


def test_correcting_names_the_version_that_it_replaces(here: World, registry: Registry) -> None:
    application = here.application()
    registry.register(application)
    right = Application(application.number, date(2024, 2, 1), digest("right"))
    assert registry.correct(right).taken
    assert not registry.correct(right).taken
    record = registry.record(application.number)
    assert record is not None
    assert record.application == right
    assert (record.version, record.status) == (2, RecordStatus.CORRECTED)


def test_another_key_confirms_a_record(here: World, registry: Registry) -> None:
    application = here.application()
    registry.register(application)
    here.seat().add_key("EM", KEYS["JP"].address)
    receipt = registry.correct(application, signer=KEYS["JP"])
    assert receipt.taken
    record = registry.record(application.number)
    assert record is not None
    assert record.signing_key == KEYS["JP"].address


def test_withdrawing(here: World, registry: Registry) -> None:
    application = here.application()
    registry.register(application)
    assert registry.withdraw(application.number).taken
    assert not registry.withdraw(application.number).taken
    record = registry.record(application.number)
    assert record is not None
    assert (record.version, record.status) == (2, RecordStatus.WITHDRAWN)


def store_of(here: World, folder: Path, count: int) -> AnchorStore:
    entries = [
        (AnchorEntry.salted if index % 2 else AnchorEntry.plain)(
            here.number().on_chain, to_on_chain(FILED), digest(f"document {index}")
        )
        for index in range(count)
    ]
    return AnchorStore.create(folder, b"EM", entries)


def test_anchoring_and_disclosing(here: World, registry: Registry, tmp_path: Path) -> None:
    with store_of(here, tmp_path / "anchor", 9) as store:
        receipt = registry.anchor_store(store)
        assert [event.name for event in receipt.events] == ["ApplicationsAnchored"]
        assert registry.next_sequence("EM") == 2
        assert not registry.anchor_store(store).taken
        assert registry.next_sequence("EM") == 2
        anchored = here.now()
        here.advance(timedelta(days=3))
        proof = next(proof for proof in store.proofs() if proof.salt is not None)
    assert registry.anchored_at(proof.anchor, proof.signer) == anchored
    assert registry.anchored_at(proof.anchor, KEYS["JP"].address) is None
    report = examine(proof, domain=registry.application_domain, anchored_at=registry.anchored_at)
    assert report.is_sound
    assert report.recorded_at == anchored
    assert report.of(Check.NOT_COMPROMISED).outcome is Outcome.NOT_CHECKED
    lookups: dict[str, Any] = {
        "anchored_at": registry.anchored_at,
        "compromised_since": registry.signer_compromised_since,
    }
    assert examine(proof, domain=registry.application_domain, **lookups).is_proven
    here.seat().mark_key_compromised("EM", KEYS["EM"].address, anchored + timedelta(seconds=1))
    assert examine(proof, domain=registry.application_domain, **lookups).is_proven
    here.seat().mark_key_compromised("EM", KEYS["EM"].address, anchored)
    distrusted = examine(proof, domain=registry.application_domain, **lookups)
    assert {result.check for result in distrusted.with_outcome(Outcome.FAILED)} == {Check.NOT_COMPROMISED}
    disclosed = registry.disclose(proof)
    assert [event.name for event in disclosed.events] == ["ApplicationRegistered", "ApplicationDisclosed"]
    assert not registry.disclose(proof).taken
    record = registry.record(proof.number)
    assert record is not None
    assert record.recorded_at == anchored
    assert record.disclosure is Disclosure.SALTED
    assert [event.name for event in registry.history(proof.number)] == [
        "ApplicationRegistered",
        "ApplicationDisclosed",
    ]


def test_an_anchor_that_lost_its_sequence_is_signed_anew(
    here: World, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store_of(here, tmp_path / "one", 3) as first, store_of(here, tmp_path / "two", 3) as second:
        asked: list[int] = []
        really = Registry.next_sequence

        def next_sequence(self: Registry, office: str) -> int:
            sequence = really(self, office)
            asked.append(sequence)
            if len(asked) == 1:
                # Another process of the office anchors just now.
                assert here.registry().anchor_store(second).taken
            return sequence

        monkeypatch.setattr(Registry, "next_sequence", next_sequence)
        assert registry.anchor_store(first).taken
        assert asked == [1, 1, 2]
        assert first.statement is not None
        assert first.statement.sequence == 2


def test_an_anchor_that_was_recorded_before_a_crash_is_recognised(
    here: World, registry: Registry, tmp_path: Path
) -> None:
    with store_of(here, tmp_path / "anchor", 3) as store:
        store.sign(KEYS["EM"], 1, registry.application_domain)
        assert store.statement is not None
        assert registry.anchor(store.statement).taken
        assert not registry.anchor_store(store).taken
        assert next(iter(store.proofs())).recorded_at == here.now()


def test_a_proof_for_another_contract_is_not_sent(here: World, registry: Registry, tmp_path: Path) -> None:
    with store_of(here, tmp_path / "anchor", 2) as store:
        store.sign(KEYS["EM"], 1, Domain.application_registry(1, here.manifest.address("ApplicationRegistry")))
        proof = next(iter(store.proofs()))
    with pytest.raises(NetworkMismatchError, match="chain 1"):
        registry.disclose(proof)


def test_a_statement_signed_elsewhere_is_relayed_by_anyone(here: World, registry: Registry) -> None:
    statement = here.application().registration()
    signature = KEYS["EM"].sign(statement, registry.application_domain)
    relay = here.registry(signer=None)
    assert relay.submit_signed(statement, signature).taken
    with pytest.raises(KeyNotFoundError, match="an office must sign"):
        relay.register(here.application())


def test_without_an_account_nothing_is_sent(here: World) -> None:
    reader = here.registry(signer=None, sender=None)
    assert reader.sender_address is None
    assert reader.offices()
    with pytest.raises(KeyNotFoundError, match="no account"):
        reader.submit_signed(Anchor(b"EM", 1, b"\1" * 32, 1), bytes(65))


def test_an_office_key_can_send_for_itself(here: World) -> None:
    signer = KEYS["EM"]
    here.rpc.call("anvil_setBalance", [signer.address, hex(10**18)])
    registry = Registry.connect(here.anvil.url, here.manifest, signer=signer)
    with registry:
        assert registry.sender_address == signer.address
        assert registry.register(here.application()).taken


def test_a_keystore_signs(here: World, tmp_path: Path) -> None:
    from eth_account import Account

    account = Account.create()
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(account.key, "secret", iterations=2)))
    signer = KeystoreSigner.from_file(path, "secret")
    here.seat().add_key("EM", signer.address)
    assert here.registry(signer).register(here.application()).taken


def test_numbers_are_found_again_as_they_were_written(here: World, registry: Registry) -> None:
    number = OfficeNumber.parse("EM 018660437", "T")
    registry.register(Application(number, FILED, digest("x")))
    assert registry.look_up(OfficeNumber.from_text("EM/T/018660437")).standing is Standing.RECORDED


def test_the_written_out_batch_equals_the_general_encoding(here: World) -> None:
    from registrum.chain.contracts import APPLICATION_REGISTRY, load_abi
    from registrum.client.calls import batch_data, batch_of

    statement, _ = batch_of("EM", [here.application() for _ in range(3)])
    for signature in (bytes(range(65)), bytes(range(96))):
        general = load_abi(APPLICATION_REGISTRY).encode("registerBatch", statement.office, statement.items, signature)
        assert batch_data(statement, signature) == general


def test_events_of_another_batch_are_a_fault_of_the_node(here: World, registry: Registry) -> None:
    from registrum.client.calls import items_of

    applications = [here.application() for _ in range(2)]
    receipt = registry.register_batch("EM", applications)
    logs = here.rpc.call("eth_getTransactionReceipt", [receipt.transaction_hash])["logs"]
    assert [item.outcome for item in items_of(applications, logs, "0x")] == [ItemOutcome.TAKEN] * 2
    for wrong in (applications[:1], applications[::-1], [replace(item, digest=digest("x")) for item in applications]):
        with pytest.raises(NodeError):
            list(items_of(wrong, logs, "0x"))
    # No contract says of an item what only the client says of a whole batch.
    not_taken = here.registry().register_batch("EM", [replace(item, digest=digest("x")) for item in applications])
    logs = here.rpc.call("eth_getTransactionReceipt", [not_taken.transaction_hash])["logs"]
    position = list(ItemOutcome).index(ItemOutcome.BATCH_REFUSED)
    strange = [{**log, "data": log["data"][:-2] + f"{position:02x}"} for log in logs]
    with pytest.raises(NodeError):
        list(items_of([item.application for item in not_taken.items], strange, "0x"))
