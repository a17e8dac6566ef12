"""The whole story on an embedded local chain: three offices, one priority claim, and how it can fail.

Run by `make demo`. The chain, its keys and all documents are for show: development keys that everyone knows, and
invented applications. Everything goes through the public client (`registrum.Registry`), as in an office's back end.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from registrum import (
    Application,
    ApplicationRecord,
    Assessment,
    ClaimResult,
    ItemOutcome,
    OfficeNumber,
    PriorityClaim,
    Receipt,
    Registry,
    Verdict,
    devnet,
)
from registrum.chain.reverts import ApplicationRegistryConflictError
from registrum.dates import to_on_chain
from registrum.development import DEVELOPMENT_OFFICES
from registrum.documents import ApplicationDocument, read_application
from registrum.errors import VerificationError
from registrum.numbers import Right
from registrum.proofs.proof import Proof
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.proofs.verify import Outcome, verify

SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "samples"
ANCHORED = 10_000
BATCH = 100
E = TypeVar("E", bound=Exception)


@dataclass
class Tally:
    """What the demonstration did, for its closing table."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, figure: str) -> None:
        """Note one figure."""
        self.rows.append((what, figure))


def main() -> None:
    """Run the demonstration and end the chain that it started."""
    started = time.monotonic()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="registrum-demo-") as folder, _local_chain(Path(folder)) as chain:
        offices = {code: _connect(chain, code) for code in ("RU", "EM", "AU", "JP")}
        _introduce(offices["EM"])
        _register_one_by_one(offices, tally)
        _validate_claim(offices, tally)
        _register_batch(offices["RU"], tally)
        _show_failing_claims(offices["EM"], tally)
        _anchor_and_disclose(offices["AU"], Path(folder) / "proofs", tally)
        _correct_and_withdraw(offices, tally)
        _lose_a_key(offices, tally)
    _summarise(tally, time.monotonic() - started)


@contextmanager
def _local_chain(folder: Path) -> Iterator[devnet.Devnet]:
    """A chain of its own in `folder`, ended at the end."""
    _say("The local chain")
    chain = devnet.start(directory=folder / "devnet", detach=False, report=lambda line: print(f"  {line}"))
    try:
        yield chain
    finally:
        devnet.stop(folder / "devnet")


def _connect(chain: devnet.Devnet, code: str) -> Registry:
    """The registers as the back end of one office sees them: its own signing key, checks at connect."""
    return Registry.connect(chain.rpc_url, chain.manifest_path, signer=DEVELOPMENT_OFFICES[code].signing_key())


def _introduce(registry: Registry) -> None:
    _say("Who takes part")
    for office in registry.offices():
        print(f"  {office.code}  {office.name:<45} {office.status}  seat {office.seat}")


def _register_one_by_one(offices: dict[str, Registry], tally: Tally) -> None:
    _say("Offices register applications: what they sign is the number, the filing date and the SHA-256 of the document")
    files = {"RU": "ru-trademark-st66.xml", "AU": "au-patent-st96.xml", "JP": "jp-design-st96-v3.xml"}
    gas = 0
    for code, name in files.items():
        document = read_application(SAMPLES / name)
        receipt = offices[code].register(_first_application(document))
        gas = receipt.gas_used or 0
        facts = document.applications[0]
        print(
            f"  {facts.number.text:<22} filed {facts.filing_date}  {document.format:<15} block {receipt.block_number}"
        )
    tally.add("one office-signed record", f"{gas:,} gas")

    ru = offices["RU"]
    same = _first_application(read_application(SAMPLES / files["RU"]))
    again = ru.register(same)
    _expect(not again.taken, "the same record once more changes nothing")
    print("  RU sends its record again: already recorded, nothing changes")
    other = Application(same.number, same.filing_date, hashlib.sha256(b"another document").digest())
    refused = _provoke(ApplicationRegistryConflictError, lambda: ru.register(other))
    print(f"  RU sends another document under that number: {_first_line(refused)}")


def _validate_claim(offices: dict[str, Registry], tally: Tally) -> None:
    _say("EM receives an application that claims priority, and asks the registry: one call")
    em = offices["EM"]
    document = read_application(SAMPLES / "em-trademark-st96.xml")
    facts = document.applications[0]
    (claimed,) = facts.priority_claims
    if claimed.number is None:
        raise ValueError("the sample claims priority by number")
    copy = read_application(SAMPLES / "ru-trademark-st66.xml").digest
    claim = PriorityClaim(
        earlier=claimed.number,
        claimed_date=claimed.date,
        later_office="EM",
        later_right=facts.number.right,
        later_date=facts.filing_date,
        digest=copy,
    )
    print(f"  {facts.number.text}, filed {facts.filing_date}, claims {claimed.number.text} of {claimed.date}")
    assessment = _judge(em, claim, Verdict.VALID, tally)
    print(f"  last day of the period: {assessment.last_day}")

    em.register(_first_application(document))
    em.record_claim(facts.number, claimed.number, later_filing_date=facts.filing_date, claimed_date=claimed.date)
    em.record_claim(
        facts.number,
        claimed.number,
        later_filing_date=facts.filing_date,
        claimed_date=claimed.date,
        outcome=ClaimResult.ACCEPTED,
    )
    (on_earlier,) = offices["RU"].claims_on(claimed.number)
    print(f"  EM records its application and the claim: {on_earlier.outcome}; RU sees it on {claimed.number.text}")


def _register_batch(ru: Registry, tally: Tally) -> None:
    _say(f"RU registers {BATCH} applications under one signature; one of them contradicts what is recorded")
    bag = read_application(SAMPLES / "ru-trademark-bag-st96.xml")
    applications = [Application(item.number, item.filing_date, bag.digest) for item in bag.applications]
    conflict = _first_application(read_application(SAMPLES / "ru-trademark-st66.xml"))
    applications.append(Application(conflict.number, conflict.filing_date, hashlib.sha256(b"mistaken").digest()))
    for serial in range(BATCH - len(applications)):
        number = OfficeNumber.parse(f"2024{800000 + serial}", right=Right.TRADEMARK, office="RU")
        applications.append(Application(number, date(2024, 2, 20), hashlib.sha256(number.text.encode()).digest()))
    receipt = ru.register_batch("RU", applications)
    taken, refused = receipt.count(ItemOutcome.TAKEN), receipt.count(ItemOutcome.CONFLICT)
    _expect((taken, refused) == (BATCH - 1, 1), "all items but the contradicting one are taken")
    print(f"  taken {taken}, refused {refused}: {conflict.number.text} stands as it was")
    tally.add(f"a batch of {BATCH}", f"{(receipt.gas_used or 0) // BATCH:,} gas a record")


def _show_failing_claims(em: Registry, tally: Tally) -> None:
    _say("Eight claims that fail, each with its reason")
    mark = OfficeNumber.from_text("RU/T/2024712345")
    patent = OfficeNumber.from_text("AU/P/2023201234")
    good = {"claimed_date": date(2024, 2, 12), "later_office": "EM", "later_date": date(2024, 7, 15)}
    invention = {"claimed_date": date(2023, 5, 10), "later_office": "EM"}
    trademark = Right.TRADEMARK
    claims = {
        Verdict.MALFORMED_NUMBER: PriorityClaim(b"RUT2024 712345".ljust(32, b"\0"), later_right=trademark, **good),
        Verdict.NOT_COVERED: PriorityClaim(OfficeNumber.from_text("FR/T/244567890"), later_right=trademark, **good),
        Verdict.NOT_FOUND: PriorityClaim(OfficeNumber.from_text("RU/T/2024799999"), later_right=trademark, **good),
        Verdict.DATE_MISMATCH: PriorityClaim(mark, date(2024, 2, 21), "EM", trademark, date(2024, 7, 15)),
        Verdict.DIGEST_MISMATCH: PriorityClaim(
            mark, later_right=trademark, digest=hashlib.sha256(b"not the application").digest(), **good
        ),
        Verdict.RIGHT_NOT_ALLOWED: PriorityClaim(mark, later_right=Right.PATENT, **good),
        Verdict.RESTORABLE: PriorityClaim(patent, later_right=Right.PATENT, later_date=date(2024, 6, 28), **invention),
        Verdict.PERIOD_EXPIRED: PriorityClaim(mark, date(2024, 2, 12), "EM", trademark, date(2024, 9, 2)),
    }
    for verdict, claim in claims.items():
        _judge(em, claim, verdict, tally)


def _anchor_and_disclose(au: Registry, folder: Path, tally: Tally) -> None:
    _say(f"AU anchors {ANCHORED:,} applications under one Merkle root, by salted commitments: nobody learns which")
    begun = time.monotonic()
    documents = [f"AU provisional application {serial}".encode() for serial in range(ANCHORED)]
    numbers = [OfficeNumber.parse(f"2025{serial:06d}", right=Right.PATENT, office="AU") for serial in range(ANCHORED)]
    filed = date(2025, 3, 3)
    entries = (
        AnchorEntry.salted(number.on_chain, to_on_chain(filed), hashlib.sha256(document).digest())
        for number, document in zip(numbers, documents, strict=True)
    )
    with AnchorStore.create(folder, b"AU", entries) as store:
        built = time.monotonic() - begun
        receipt = au.anchor_store(store)
        print(f"  built in {built:.2f} s, one transaction of {receipt.gas_used:,} gas")
        tally.add(f"an anchor of {ANCHORED:,}", f"{receipt.gas_used:,} gas in all")
        chosen = numbers[4711]
        file = folder / "proof.json"
        store.prove(chosen.on_chain).write(file)

    proof = Proof.read(file)
    digest = hashlib.sha256(documents[4711]).digest()
    signer = DEVELOPMENT_OFFICES["AU"].signing_key().address
    report = verify(proof, document_digest=digest, domain=au.application_domain, signers={signer})
    passed = sum(result.outcome is Outcome.PASSED for result in report.results)
    print(f"  {chosen.text}: the proof file of {file.stat().st_size:,} bytes verifies offline, {passed} checks passed")
    altered = hashlib.sha256(b"another document").digest()
    refused = _provoke(VerificationError, lambda: verify(proof, document_digest=altered, domain=au.application_domain))
    print(f"  with another document it does not: {_first_line(refused)}")
    print(f"  to the registry {chosen.text} is {au.look_up(chosen).standing} until it is disclosed", end="")
    au.disclose(proof)
    record = _recorded(au, chosen)
    print(f"; now: filed {record.filing_date}, recorded {record.recorded_at:%Y-%m-%d %H:%M:%S} UTC with its anchor")


def _correct_and_withdraw(offices: dict[str, Registry], tally: Tally) -> None:
    _say("RU corrects a clerical error and later enters a withdrawal; history stays, and the claim shows it")
    ru, em = offices["RU"], offices["EM"]
    number = OfficeNumber.from_text("RU/T/2024712345")
    before = _recorded(ru, number)
    replacement = Application(
        number, before.filing_date, hashlib.sha256(b"the application with its last page").digest()
    )
    corrected: Receipt = ru.correct(replacement)
    print(f"  version {before.version} -> {_recorded(ru, number).version} ({corrected.gas_used:,} gas)")
    ru.withdraw(number)
    claim = PriorityClaim(number, before.filing_date, "EM", Right.TRADEMARK, date(2024, 7, 15))
    _judge(em, claim, Verdict.VALID, tally)
    (mine,) = em.claims_by(OfficeNumber.from_text("EM/T/019012345"))
    _expect(mine.corrected_since and mine.withdrawn_since, "the claim shows what became of the earlier record")
    print("  EM's recorded claim now shows: earlier record corrected since, withdrawn since")
    print("  history of the number: " + ", ".join(event.name for event in ru.history(number)))


def _lose_a_key(offices: dict[str, Registry], tally: Tally) -> None:
    _say("JP learns that its signing key was stolen, and says since when")
    jp, em = offices["JP"], offices["EM"]
    seat = DEVELOPMENT_OFFICES["JP"].seat()
    since = datetime.now(UTC) - timedelta(hours=1)
    with Registry.connect(jp.rpc, jp.manifest, signer=seat) as as_seat:
        as_seat.mark_key_compromised("JP", DEVELOPMENT_OFFICES["JP"].signing_key().address, since)
    design = OfficeNumber.from_text("JP/D/2023-019876D")
    claim = PriorityClaim(design, date(2023, 9, 29), "EM", Right.DESIGN, date(2024, 3, 4))
    _judge(em, claim, Verdict.SIGNER_COMPROMISED, tally)


def _summarise(tally: Tally, seconds: float) -> None:
    _say("What happened")
    for what, figure in tally.rows:
        print(f"  {what:<32} {figure}")
    print(f"  {'priority claims judged':<32} {sum(tally.verdicts.values())}, with {len(tally.verdicts)} verdicts")
    print(f"  {'time':<32} {seconds:.0f} s")
    _say("What to try next")
    print("  .venv/bin/registrum devnet --detach          the same chain, left running for you")
    print("  .venv/bin/registrum office list              who takes part")
    print("  .venv/bin/registrum application register tests/samples/ru-trademark-st66.xml")
    print("  .venv/bin/registrum application show RU/T/2024712345")
    print("  .venv/bin/registrum priority check --earlier RU/T/2024712345 --claimed-date 2024-02-12 \\")
    print("      --later-office EM --later-right T --later-date 2024-07-15")
    print("  .venv/bin/registrum devnet stop              ends it")


def _judge(registry: Registry, claim: PriorityClaim, expected: Verdict, tally: Tally) -> Assessment:
    """Ask for the verdict, show it with its reasons, and insist that it is the expected one."""
    assessment = registry.check_priority(claim)
    _expect(assessment.verdict is expected, f"expected {expected.value}: {json.dumps(assessment.to_json())}")
    tally.verdicts[assessment.verdict.value] += 1
    print(f"  {assessment.verdict.value.upper()}")
    for reason in assessment.reasons:
        print(f"    {reason}")
    return assessment


def _first_application(document: ApplicationDocument) -> Application:
    facts = document.applications[0]
    return Application(facts.number, facts.filing_date, document.digest)


def _recorded(registry: Registry, number: OfficeNumber) -> ApplicationRecord:
    record = registry.record(number)
    if record is None:
        raise LookupError(f"{number.text} is not recorded")
    return record


def _provoke(kind: type[E], action: Callable[[], object]) -> E:
    """The error of this kind that `action` must raise."""
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"nothing refused what should be refused as {kind.__name__}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _expect(condition: bool, what: str) -> None:
    """Stop the demonstration if what it tells is not what happened."""
    if not condition:
        raise AssertionError(what)


def _say(title: str) -> None:
    print(f"\n{title}")


if __name__ == "__main__":
    main()
