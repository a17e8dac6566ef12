"""Bundles of all that a chain holds: made, verified, and compared with what the client reads from the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrum import OfficeNumber, PriorityClaim, Right
from registrum.errors import InputError
from registrum.evidence import describing
from registrum.evidence.bundle import unpack
from registrum.evidence.chain import Consensus
from registrum.evidence.claims import ClaimSubject
from registrum.evidence.collecting import packed
from registrum.evidence.reading import ReadHeader, read_header
from registrum.evidence.verifying import EvidenceVerdict, Outcome, verify
from registrum.proofs.store import AnchorStore
from tests.client.registries import FILED, digest
from tests.evidence.chains import VALIDATORS, Lived, address_of, evidence_of, lived, sealed


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived(tmp_path_factory.mktemp("lived")) as there:
        yield there


def numbers(made: Lived) -> list[OfficeNumber]:
    """All numbers that were registered, in every state."""
    registry = made.world.registry()
    return [one.application.number for office in ("EM", "JP", "RU") for one in registry.registrations(office)]


def holds(made: Lived, bundle: bytes) -> dict[str, Any]:
    report = verify(bundle, made.chain)
    assert report.failed is None, report.failed
    assert report.verdict is EvidenceVerdict.VERIFIED
    return evidence_of(unpack(bundle))


@pytest.mark.parametrize("at", [0, 7])
def test_validators_of_any_block_are_described(made: Lived, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = made.world.registry()
    header = sealed(read_header(made.world.rpc, 7).header, Consensus.IBFT2, VALIDATORS[:4], number=at)

    def read(_rpc: object, block: int) -> ReadHeader:
        assert block == at
        return ReadHeader(header, header.hash(Consensus.IBFT2))

    monkeypatch.setattr(describing, "read_header", read)
    described = describing.describe_chain(registry, at=at)
    assert described.validators == tuple(sorted(map(address_of, VALIDATORS[:4])))
    assert described.start == ((0, described.genesis_hash) if at == 0 else (7, header.hash(Consensus.IBFT2)))
    assert described.is_of_chain(replace(described, validators=(b"v" * 20,), since=(9, b"x" * 32)))
    with pytest.raises(InputError, match="no validators at a block"):
        describing.describe_chain(registry, signers={"EM": ["0x" + "11" * 20]}, threshold=1, at=9)


def test_records_in_every_state(made: Lived) -> None:
    registry = made.world.registry()
    seen = set()
    for number in numbers(made):
        facts = holds(made, made.application(number))["facts"]
        found = registry.look_up(number)
        record = found.record
        assert record is not None
        assert facts["answer"] == record.status.value
        assert facts["record"]["digest"] == "0x" + record.digest.hex()
        assert facts["record"]["filingDate"] == record.filing_date.isoformat()
        assert facts["record"]["signingKey"] == record.signing_key.lower()
        assert facts["record"]["version"] == record.version
        assert facts["record"]["suspect"] == (found.signer_compromised_since is not None)
        seen.add((facts["answer"], facts["record"]["disclosure"], facts["record"]["suspect"]))
    assert {answer for answer, _, _ in seen} == {"filed", "corrected", "withdrawn"}
    assert {disclosure for _, disclosure, _ in seen} == {"plain", "salted"}
    assert {suspect for _, _, suspect in seen} == {True, False}


def test_statements_of_every_kind_are_signed(made: Lived) -> None:
    kinds = set()
    for number in numbers(made):
        evidence = holds(made, made.application(number))
        for statement in evidence["statements"]:
            assert statement["signature"] is not None
            kinds.add((statement["type"], statement.get("batch") is not None))
    assert kinds == {
        ("Registration", False),
        ("Registration", True),
        ("Anchor", False),
        ("Correction", False),
        ("Withdrawal", False),
        ("Reinstatement", False),
    }


@pytest.mark.parametrize(
    ("text", "answer"),
    [("EM/T/999999999", "not_found"), ("FR/P/2400001", "not_covered"), ("JP/P/2024000001", "not_covered")],
)
def test_absence(made: Lived, text: str, answer: str) -> None:
    evidence = holds(made, made.application(OfficeNumber.from_text(text)))
    assert evidence["facts"]["answer"] == answer
    assert evidence["facts"]["record"] is None
    assert evidence["statements"] == []


def test_entries(made: Lived) -> None:
    rights = made.world.registry().rights
    for number in made.entries:
        facts = holds(made, made.entry(number))["facts"]
        entry = rights.entry(number)
        assert entry is not None
        assert facts["answer"] == "recorded"
        assert facts["entry"]["head"] == "0x" + entry.head.hex()
        assert [event["hash"] for event in facts["events"]] == ["0x" + one.head.hex() for one in rights.events(number)]
        assert all(key["office"] == "EM" for key in facts["keys"])
    assert holds(made, made.entry(OfficeNumber.from_text("EM/T/999999999")))["facts"]["answer"] == "not_found"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_verdicts_are_those_of_the_contract(made: Lived, data: st.DataObject) -> None:
    registry = made.world.registry()
    known = [*numbers(made), OfficeNumber.from_text("EM/T/999999999"), OfficeNumber.from_text("FR/P/2400001")]
    earlier = data.draw(st.sampled_from(known))
    ends = [date(2024, 7, 31), date(2024, 8, 1), date(2025, 1, 31), date(2025, 3, 31), FILED]
    around = st.builds(lambda day, by: day + timedelta(days=by), st.sampled_from(ends), st.integers(-2, 4))
    subject = ClaimSubject(
        earlier,
        data.draw(st.sampled_from([FILED, FILED, FILED - timedelta(days=2)])),
        data.draw(st.sampled_from(["JP", "EM", "RU"])),
        data.draw(st.sampled_from([Right.TRADEMARK, Right.DESIGN, Right.PATENT])),
        data.draw(around),
        data.draw(st.sampled_from([None, None, digest("other"), digest(earlier.text)])),
    )
    facts = holds(made, made.claim(subject))["facts"]
    claim = PriorityClaim(
        earlier, subject.claimed_date, subject.later_office, subject.later_right, subject.later_date, subject.digest
    )
    judged = registry.check_priority(claim)
    expected = (judged.verdict, judged.last_day, judged.extended_from, judged.restorable_until, judged.calendar)
    assert (
        facts["verdict"],
        *(None if facts[name] is None else date.fromisoformat(facts[name]) for name in _DAYS),
        facts["calendar"],
    ) == expected


_DAYS = ("lastDay", "extendedFrom", "restorableUntil")


def test_a_number_under_an_anchor_is_shown_by_its_proof(made: Lived) -> None:
    with AnchorStore.open(made.anchor) as store:
        number = OfficeNumber.from_text("EM/D/990000002")
        bundle = made.application(number, proof=store.prove(number.on_chain, disclose=False))
    evidence = holds(made, bundle)
    assert evidence["facts"]["answer"] == "anchored"
    assert evidence["facts"]["anchored"]["sequence"] == 1


def test_one_record_with_its_pages_is_small(made: Lived) -> None:
    number = max(numbers(made), key=lambda one: len(made.application(one)))
    bundle = packed(made.maker.application(number, checkpoint=made.checkpoint()))
    assert verify(bundle, made.chain).checks[-1].outcome is Outcome.PASSED
    assert len(bundle) < 64 * 1000
