"""The whole story on an embedded local chain: a consortium, one priority claim, and how both can fail.

Run by `make demo`. The chain, its keys and all documents are for show: development keys that everyone knows, and
invented applications. Everything goes through the public client (`registrum.Registry`), as in an office's back end.

With `--keep` (`make demo KEEP=1`) the chain becomes the local chain of `registrum devnet` and goes on running, with all
that was told, for the explorer and the command line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from demo_evidence import check_bundles, make_bundles
from demo_register import show_register
from demo_stage import Tally, connect, connect_seat, decide, expect, first_line, provoke, say, wait

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
    Scope,
    Verdict,
    devnet,
)
from registrum.chain.reverts import ApplicationRegistryConflictError, OfficeDirectoryOfficeSuspendedError
from registrum.client.drafts import FirstKey
from registrum.client.plain_words import plain_calls
from registrum.dates import to_on_chain
from registrum.deployment.powers import audit_powers
from registrum.development import DEVELOPMENT_OFFICES
from registrum.documents import ApplicationDocument, read_application
from registrum.errors import VerificationError
from registrum.numbers import Right
from registrum.proofs.proof import Proof
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.proofs.verify import Outcome, verify
from registrum.settings import devnet_directory
from registrum.signing.signers import DevelopmentSigner

SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "samples"
ANCHORED = 10_000
BATCH = 100
FOUNDERS = ("RU", "EM", "AU")
NEW_KEY = DevelopmentSigner.account(18)
"""What JP signs with once its first key is stolen; neither a sample account nor the one that pays."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the demonstration; end the chain that it started, unless it is to be kept."""
    parser = argparse.ArgumentParser(description="The whole story on a local chain.")
    parser.add_argument("--keep", action="store_true", help="leave the chain running, as the one of `registrum devnet`")
    keep = parser.parse_args(arguments).keep
    started = time.monotonic()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="registrum-demo-") as folder:
        with _local_chain(Path(folder), keep) as chain:
            offices = {code: connect(chain, code) for code in (*FOUNDERS, "JP")}
            seats = {code: connect_seat(chain, code) for code in (*FOUNDERS, "JP")}
            _introduce(offices["EM"])
            _admit_by_vote(seats, tally)
            _register_one_by_one(offices, tally)
            _validate_claim(offices, tally)
            _register_batch(offices["RU"], tally)
            _show_failing_claims(offices["EM"], tally)
            _anchor_and_disclose(offices["AU"], chain.manifest_path.parent / "proofs", tally)
            _correct_and_withdraw(offices, tally)
            _lose_a_key(offices, seats["JP"], tally)
            _suspend_in_an_emergency(offices, seats)
            show_register(chain, offices, seats, tally)
            _audit(offices["EM"], tally)
            recorded = next(offices["AU"].registrations("AU")).application.number
            bundles = make_bundles(offices["EM"], recorded, Path(folder) / "evidence", tally)
        # The chain has ended, unless it is kept: nobody is left to ask.
        check_bundles(bundles, tally)
    _summarise(tally, time.monotonic() - started, keep)


@contextmanager
def _local_chain(folder: Path, keep: bool) -> Iterator[devnet.Devnet]:
    """A chain of its own: in `folder` and ended at the end, or in the usual place and kept if the story ends well."""
    place = devnet_directory() if keep else folder / "devnet"
    if keep and devnet.status(place) is not None:
        raise SystemExit("A local chain is running already; end it by `.venv/bin/registrum devnet stop`.")
    # Of an earlier story: its anchors are not on the chain of this one.
    shutil.rmtree(place / "proofs", ignore_errors=True)
    say("The local chain")
    chain = devnet.start(directory=place, detach=keep, founders=FOUNDERS, report=lambda line: print(f"  {line}"))
    try:
        yield chain
    except BaseException:
        devnet.stop(place)
        raise
    if not keep:
        devnet.stop(place)


def _introduce(registry: Registry) -> None:
    say("Three offices founded the consortium; nobody else has a say, the deployer included")
    for office in registry.offices():
        print(f"  {office.code}  {office.name:<45} {office.status}  seat {office.seat}")
    terms = registry.terms()
    print(f"  {terms.votes_needed} of {terms.active_offices} must agree to any change")


def _admit_by_vote(seats: dict[str, Registry], tally: Tally) -> None:
    say("RU proposes to admit a fourth office; the others read what that means, in words made from the calls")
    ru, jp = seats["RU"], DEVELOPMENT_OFFICES["JP"]
    scopes = Scope.APPLICATIONS | Scope.REGISTER | Scope.TRANSACTIONS
    keys = [FirstKey(jp.signing_key().address, scopes)]
    draft = ru.drafts().admit("JP", jp.seat().address, jp.name, endpoint=jp.endpoint, keys=keys)
    for call in plain_calls(draft.calls, ru.names()):
        print(f"  {call.sentence}")
    gas = decide(seats, draft, "RU", by_transaction=("EM",), by_signature=("AU",))
    tally.add("a decision, from proposal to execution", f"{gas:,} gas")
    print("  " + ", ".join(f"{office.code} {office.status}" for office in ru.offices()))


def _register_one_by_one(offices: dict[str, Registry], tally: Tally) -> None:
    say("Offices register applications: what they sign is the number, the filing date and the SHA-256 of the document")
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
    expect(not again.taken, "the same record once more changes nothing")
    print("  RU sends its record again: already recorded, nothing changes")
    other = Application(same.number, same.filing_date, hashlib.sha256(b"another document").digest())
    refused = provoke(ApplicationRegistryConflictError, lambda: ru.register(other))
    print(f"  RU sends another document under that number: {first_line(refused)}")


def _validate_claim(offices: dict[str, Registry], tally: Tally) -> None:
    say("EM receives an application that claims priority, and asks the registry: one call")
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
    say(f"RU registers {BATCH} applications under one signature; one of them contradicts what is recorded")
    bag = read_application(SAMPLES / "ru-trademark-bag-st96.xml")
    applications = [Application(item.number, item.filing_date, bag.digest) for item in bag.applications]
    conflict = _first_application(read_application(SAMPLES / "ru-trademark-st66.xml"))
    applications.append(Application(conflict.number, conflict.filing_date, hashlib.sha256(b"mistaken").digest()))
    for serial in range(BATCH - len(applications)):
        number = OfficeNumber.parse(f"2024{800000 + serial}", right=Right.TRADEMARK, office="RU")
        applications.append(Application(number, date(2024, 2, 20), hashlib.sha256(number.text.encode()).digest()))
    receipt = ru.register_batch("RU", applications)
    taken, refused = receipt.count(ItemOutcome.TAKEN), receipt.count(ItemOutcome.CONFLICT)
    expect((taken, refused) == (BATCH - 1, 1), "all items but the contradicting one are taken")
    print(f"  taken {taken}, refused {refused}: {conflict.number.text} stands as it was")
    tally.add(f"a batch of {BATCH}", f"{(receipt.gas_used or 0) // BATCH:,} gas a record")


def _show_failing_claims(em: Registry, tally: Tally) -> None:
    say("Eight claims that fail, each with its reason")
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
    say(f"AU anchors {ANCHORED:,} applications under one Merkle root, by salted commitments: nobody learns which")
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
    refused = provoke(VerificationError, lambda: verify(proof, document_digest=altered, domain=au.application_domain))
    print(f"  with another document it does not: {first_line(refused)}")
    print(f"  to the registry {chosen.text} is {au.look_up(chosen).standing} until it is disclosed", end="")
    au.disclose(proof)
    record = _recorded(au, chosen)
    print(f"; now: filed {record.filing_date}, recorded {record.recorded_at:%Y-%m-%d %H:%M:%S} UTC with its anchor")


def _correct_and_withdraw(offices: dict[str, Registry], tally: Tally) -> None:
    say("RU corrects a clerical error and later enters a withdrawal; history stays, and the claim shows it")
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
    expect(mine.corrected_since and mine.withdrawn_since, "the claim shows what became of the earlier record")
    print("  EM's recorded claim now shows: earlier record corrected since, withdrawn since")
    print("  history of the number: " + ", ".join(event.name for event in ru.history(number)))


def _lose_a_key(offices: dict[str, Registry], seat: Registry, tally: Tally) -> None:
    say("JP learns that its signing key was stolen, says since when, and confirms with a new key what is its own")
    jp, em = offices["JP"], offices["EM"]
    design = OfficeNumber.from_text("JP/D/2023-019876D")
    record = _recorded(jp, design)
    seat.mark_key_compromised("JP", DEVELOPMENT_OFFICES["JP"].signing_key().address, record.recorded_at)
    claim = PriorityClaim(design, date(2023, 9, 29), "EM", Right.DESIGN, date(2024, 3, 4))
    _judge(em, claim, Verdict.SIGNER_COMPROMISED, tally)
    seat.add_key("JP", NEW_KEY.address)
    seat.reconfirm("JP", [Application(design, record.filing_date, record.digest)], signer=NEW_KEY)
    _judge(em, claim, Verdict.VALID, tally)


def _suspend_in_an_emergency(offices: dict[str, Registry], seats: dict[str, Registry]) -> None:
    say("JP's seat seems stolen too: three offices suspend it at once, by signatures that one of them hands in")
    ru, jp = seats["RU"], seats["JP"]
    suspension = ru.prepare_suspension("JP", "The seat adds keys that JP does not know.")
    signed = [seats[code].sign_support(suspension, code) for code in ("EM", "AU")]
    outcome = ru.support_suspension(suspension, signed)
    print(f"  suspended by {', '.join(outcome.supporters)} until {outcome.until:%Y-%m-%d %H:%M} UTC")
    number = OfficeNumber.parse("2024-000001D", right=Right.DESIGN, office="JP")
    filed = Application(number, date(2024, 5, 7), hashlib.sha256(b"a design").digest())
    refused = provoke(OfficeDirectoryOfficeSuspendedError, lambda: jp.register(filed, signer=NEW_KEY))
    print(f"  JP registers a design: {first_line(refused)}")
    before = _recorded(offices["EM"], OfficeNumber.from_text("JP/D/2023-019876D"))
    print(f"  what it recorded before stays as it was: {before.status}")
    wait(ru, seconds=ru.terms().emergency_duration)
    jp.register(filed, signer=NEW_KEY)
    print("  30 days later the suspension is over by itself, and JP registers again")


def _audit(registry: Registry, tally: Tally) -> None:
    say("Who can change what: every function of every contract, by storage and by trying")
    report = audit_powers(registry.rpc, registry.manifest)
    holders = Counter(power.who for power in report.powers)
    for who, count in holders.most_common():
        print(f"  {count:>3} functions: {who}")
    expect(report.ok, f"nobody has a power that the rules do not give: {report.failures}")
    trials = sum(len(power.trials) for power in report.powers)
    print(f"  {trials} calls tried, {len(report.checks)} facts of storage and code read: the deployer can do nothing")
    tally.add("powers audited", f"{len(report.powers)} functions, {trials} trials")


def _summarise(tally: Tally, seconds: float, keep: bool) -> None:
    say("What happened")
    for what, figure in tally.rows:
        print(f"  {what:<32} {figure}")
    print(f"  {'priority claims judged':<32} {sum(tally.verdicts.values())}, with {len(tally.verdicts)} verdicts")
    print(f"  {'time':<32} {seconds:.0f} s")
    say("The same in a browser: the explorer on this chain")
    if keep:
        print(f"  .venv/bin/registrum serve --proofs {devnet_directory() / 'proofs'}")
    else:
        print(
            "  make demo KEEP=1                             the story again; its chain is left, and it says how to look"
        )
        print("  .venv/bin/registrum devnet --explorer        a chain with sample offices, and the explorer on it")
    say("What to try next")
    if not keep:
        print("  .venv/bin/registrum devnet --detach          a chain with sample offices, left running for you")
    print("  .venv/bin/registrum office list              who takes part")
    print("  .venv/bin/registrum charter show             what they agreed on")
    print("  .venv/bin/registrum consortium powers        who can change what")
    print("  .venv/bin/registrum application register tests/samples/ru-trademark-st66.xml")
    print("  .venv/bin/registrum application show RU/T/2024712345")
    print("  .venv/bin/registrum priority check --earlier RU/T/2024712345 --claimed-date 2024-02-12 \\")
    print("      --later-office EM --later-right T --later-date 2024-07-15")
    print("  .venv/bin/registrum devnet stop              ends it")


def _judge(registry: Registry, claim: PriorityClaim, expected: Verdict, tally: Tally) -> Assessment:
    """Ask for the verdict, show it with its reasons, and insist that it is the expected one."""
    assessment = registry.check_priority(claim)
    expect(assessment.verdict is expected, f"expected {expected.value}: {json.dumps(assessment.to_json())}")
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


if __name__ == "__main__":
    main()
