"""A registry that took over from another: the index answers as the contracts do, each where its record is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from registrum import Application, ClaimResult, OfficeNumber, PriorityClaim, Right
from registrum.deployment.artifacts import load_artifact
from registrum.index.following import Follower
from registrum.index.reading import read_index
from registrum.index.store import open_index
from registrum.proofs.store import AnchorEntry, AnchorStore
from tests.client.consortia import DEPLOYER, Consortium, consortium

DIRECTORY, REGISTRY = "OfficeDirectory", "ApplicationRegistry"
FILED = date(2024, 1, 31)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    with consortium(tmp_path_factory.mktemp("versions")) as made:
        yield made


def successor(here: Consortium) -> str:
    """A registry that takes over from the one of the manifest."""
    arguments = (here.manifest.address(DIRECTORY), here.manifest.address(REGISTRY))
    data = "0x" + load_artifact(REGISTRY).init_code(arguments).hex()
    sent = here.rpc.call("eth_sendTransaction", [{"from": DEPLOYER.address, "data": data, "gas": hex(20_000_000)}])
    while (receipt := here.rpc.call("eth_getTransactionReceipt", [sent])) is None:
        here.rpc.call("evm_mine")
    address: str = receipt["contractAddress"]
    return address


def changed(application: Application, text: str) -> Application:
    return Application(application.number, application.filing_date, hashlib.sha256(text.encode()).digest())


def test_two_registries(here: Consortium, tmp_path: Path) -> None:
    old = here.registry()
    applications = [here.application() for _ in range(8)]
    for application in applications:
        old.register(application)
    old.reconfirm("EM", applications[3:5])
    later = OfficeNumber("EM", Right.TRADEMARK, "880000001")
    for application in applications[:4]:
        old.record_claim(
            later, application.number, later_filing_date=date(2024, 6, 1), claimed_date=application.filing_date
        )
    anchored = OfficeNumber("EM", Right.TRADEMARK, "990000001")
    entries = [AnchorEntry.salted(anchored.on_chain, 20240131, hashlib.sha256(b"an application").digest())]
    with AnchorStore.create(tmp_path / "anchor", b"EM", iter(entries)) as store:
        old.anchor_store(store)
        proof = store.prove(anchored.on_chain)
    here.decided(old.drafts().list_contract(REGISTRY, successor(here)))

    new = here.registry()
    assert len(new.application_domains) == 2
    fresh = here.application()
    new.register(fresh)
    new.disclose(proof)
    new.correct(changed(applications[0], "in the new one"))
    new.withdraw(applications[1].number)
    new.reconfirm("EM", [applications[2]])
    # The former registry still takes statements: they count where the later one has not taken the record over.
    old.correct(changed(applications[0], "too late"))
    old.correct(changed(applications[4], "in the old one"))
    old.withdraw(applications[5].number)
    # A confirmation in the later registry takes the record over as it stands then.
    new.reconfirm("EM", applications[6:])
    old.correct(changed(applications[6], "after the confirmation"))
    old.correct(changed(applications[7], "after the confirmation"))
    new.withdraw(applications[7].number)
    new.record_claim(
        later,
        applications[3].number,
        later_filing_date=date(2024, 6, 1),
        claimed_date=applications[3].filing_date,
        outcome=ClaimResult.ACCEPTED,
    )
    here.advance(timedelta(minutes=1))

    numbers = [*(application.number for application in applications), fresh.number, anchored, later]
    claims = [PriorityClaim(number, FILED, "JP", Right.TRADEMARK, date(2024, 5, 2)) for number in numbers]
    with open_index(tmp_path / "index.sqlite") as index:
        Follower(index, here.rpc, here.manifest).catch_up()
        with read_index(index) as reader:
            assert [reader.look_up(number) for number in numbers] == [new.look_up(number) for number in numbers]
            assert reader.records(numbers) == new.records(numbers)
            assert reader.check_priorities(claims) == new.check_priorities(claims)
            assert reader.claims_by(later) == new.claims_by(later)
            for number in numbers:
                assert reader.claims_on(number) == new.claims_on(number)
                found = [event.name for event in reader.history(number)]
                assert found == [event.name for event in new.history(number) if event.name != "ApplicationDisclosed"]
            versions = reader.versions(applications[0].number)
            assert [(version.registry, version.is_present) for version in versions] == [
                (1, False),
                (2, True),
                (1, False),
            ]
            [kept] = reader.by_digest(changed(applications[0], "too late").digest).items
            assert not kept.is_present
