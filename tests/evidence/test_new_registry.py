"""Evidence after the offices voted for a new application registry: records are where they were made, or changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from registrum import OfficeNumber, Right
from registrum.errors import EvidenceError
from registrum.evidence.bundle import unpack
from registrum.evidence.chain import ChainDescription
from registrum.evidence.collecting import EvidenceMaker
from registrum.evidence.describing import describe_chain
from registrum.evidence.reading import read_header
from registrum.evidence.verifying import EvidenceVerdict, verify
from registrum.proofs.store import AnchorEntry, AnchorStore
from tests.client.consortia import KEYS, Consortium, consortium
from tests.client.test_registry_versions import REGISTRY, successor
from tests.evidence.chains import evidence_of, without_pages


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Consortium, dict[str, OfficeNumber]]]:
    """A consortium whose registry was followed by another one, and numbers of every way through both."""
    folder = tmp_path_factory.mktemp("versions")
    with consortium(folder) as there:
        before = there.registry()
        names = ("left alone", "corrected since", "withdrawn since", "confirmed since")
        old = {name: there.application() for name in names}
        for application in old.values():
            before.register(application)
        anchored = OfficeNumber("EM", Right.TRADEMARK, "990000001")
        entries = [AnchorEntry.salted(anchored.on_chain, 20240131, hashlib.sha256(b"an application").digest())]
        with AnchorStore.create(folder / "anchor", b"EM", iter(entries)) as store:
            before.anchor_store(store)
            proof = store.prove(anchored.on_chain)
        there.decided(before.drafts().list_contract(REGISTRY, successor(there)))
        after = there.registry()
        after.correct(replace(old["corrected since"], digest=hashlib.sha256(b"last page").digest()))
        after.withdraw(old["withdrawn since"].number)
        after.reconfirm("EM", [old["confirmed since"]])
        after.disclose(proof)
        fresh = there.application()
        after.register(fresh)
        numbers = {name: application.number for name, application in old.items()}
        yield there, {**numbers, "disclosed since": anchored, "new": fresh.number}


@pytest.mark.parametrize(
    "name", ["left alone", "corrected since", "withdrawn since", "confirmed since", "disclosed since", "new"]
)
def test_records_of_both_registries(made: tuple[Consortium, dict[str, OfficeNumber]], name: str) -> None:
    there, numbers = made
    registry = there.registry()
    chain = describe_chain(registry, signers={"EM": [KEYS["EM"].address]}, threshold=1)
    assert len(chain.registries) == 2
    members = EvidenceMaker(registry, chain).application(numbers[name])
    trust = pinned(there, chain, members)
    report = verify(without_pages(members), trust)
    assert report.failed is None, report.failed
    assert report.verdict is EvidenceVerdict.VERIFIED
    evidence = evidence_of(unpack(without_pages(members)))
    assert all(statement["signature"] is not None for statement in evidence["statements"])
    found = registry.look_up(numbers[name]).record
    assert found is not None
    record = evidence["facts"]["record"]
    assert (record["status"], record["version"], record["digest"]) == (
        found.status.value,
        found.version,
        "0x" + found.digest.hex(),
    )
    newest, oldest = ("0x" + each.address.hex() for each in chain.registries)
    assert record["registry"] == (oldest if name == "left alone" else newest)
    assert evidence["statements"][0]["registry"] == (newest if name == "new" else oldest)


def test_absence_is_shown_for_both(made: tuple[Consortium, dict[str, OfficeNumber]]) -> None:
    there, _ = made
    registry = there.registry()
    chain = describe_chain(registry, signers={"EM": [KEYS["EM"].address]}, threshold=1)
    absent = OfficeNumber.from_text("EM/T/999999999")
    members = EvidenceMaker(registry, chain).application(absent)
    assert evidence_of(members)["facts"]["answer"] == "not_found"
    assert verify(without_pages(members), pinned(there, chain, members)).failed is None
    # Who knows the newest registry alone must not take what is in the older one for absent.
    alone = replace(chain, registries=chain.registries[:1])
    assert verify(without_pages(members), pinned(there, alone, members)).verdict is EvidenceVerdict.REFUSED


def test_a_description_that_is_older_than_the_vote_is_refused(
    made: tuple[Consortium, dict[str, OfficeNumber]],
) -> None:
    """What the newer registry holds would be shown as absent."""
    there, numbers = made
    registry = there.registry()
    chain = describe_chain(registry, signers={"EM": [KEYS["EM"].address]}, threshold=1)
    old = replace(chain, registries=chain.registries[1:])
    with pytest.raises(EvidenceError, match="chosen another application registry"):
        EvidenceMaker(registry, old).application(numbers["new"])


def pinned(there: Consortium, chain: ChainDescription, members: dict[str, bytes]) -> ChainDescription:
    """The description of a verifier who knows the block."""
    number = evidence_of(members)["block"]["number"]
    return replace(chain, blocks={number: read_header(there.rpc, number).hash})
