"""`registrum anchor`: one signature for many records, and proofs of each. docs/proofs.md explains them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.inputs import file_digest, read_number
from registrum.cli.options import (
    AnyForm,
    AsJson,
    Key,
    ManifestPath,
    OfficeOption,
    PasswordFile,
    RightOption,
    Rpc,
    SenderKey,
    Timeout,
)
from registrum.cli.output import Facts, Table, emit, note
from registrum.errors import InputError

if TYPE_CHECKING:
    from registrum.cli.tables import Source
    from registrum.proofs.proof import Proof
    from registrum.proofs.store import AnchorEntry, AnchorStore
    from registrum.proofs.verify import Report
    from registrum.signing.eip712 import Domain

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

ProofFile = Annotated[Path, typer.Argument(metavar="PROOF", help="Proof file.")]


@app.callback()
def anchor() -> None:
    """Put many records under one signature; prove and verify them."""


@app.command()
def create(
    source: Annotated[Path, typer.Argument(metavar="FILE.csv|DIR", help="CSV file, or folder of documents.")],
    office: Annotated[str, typer.Option("--office", metavar="XX", help="Office that signs.")],
    folder: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the anchor is kept. Back it up.")
    ],
    commit: Annotated[
        bool, typer.Option("--commit", help="Anchor salted commitments, for what is not yet public.")
    ] = False,
    right: RightOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Build the tree of all records, sign its root, and send it.

    After an interruption the same command goes on with the tree that lies in the folder. Other records, or another
    --commit, need another folder.
    """
    from registrum.cli.access import Access
    from registrum.cli.tables import Source

    access = Access(rpc, manifest, key, password_file, sender, timeout)
    access.settings.require_rpc()
    with (
        _open_or_build(Source(source, right, office, any_form), office, folder, commit, as_json) as store,
        access.write(office) as registry,
    ):
        receipt = registry.anchor_store(store)
        statement = store.statement
        sequence = None if statement is None else statement.sequence
        document = {
            "office": office,
            "sequence": sequence,
            "root": "0x" + store.root.hex(),
            "leafCount": store.leaf_count,
            "store": str(store.path),
            "taken": receipt.taken,
            "transactionHash": receipt.transaction_hash,
            "blockNumber": receipt.block_number,
            "gasUsed": receipt.gas_used,
        }
        facts = [
            ("Office", office),
            ("Sequence", sequence),
            ("Root", store.root),
            ("Records", store.leaf_count),
            ("Kept in", store.path),
            ("Taken", "yes" if receipt.taken else "no, recorded before"),
            ("Transaction", receipt.transaction_hash),
        ]
    emit(as_json, document, Facts(facts))


@app.command()
def prove(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the anchor is kept.")],
    number: Annotated[str | None, typer.Argument(metavar="NUMBER", help="Office number to prove.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Prove all records, one a line in one file.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The proof file; in FOLDER, named by the number."),
    ] = None,
    withhold: Annotated[bool, typer.Option("--withhold", help="Leave salts out: the proof opens nothing.")] = False,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    as_json: AsJson = False,
) -> None:
    """Write the proof of one record, or of all. Needs no node."""
    from registrum.proofs.store import AnchorStore

    if (number is None) is not all_:
        raise InputError("one record or all?", remedy="Give either NUMBER or --all.")
    with AnchorStore.open(folder) as store:
        home = store.path.parent
        if number is None:
            file = output or home / "proofs.jsonl"
            count = store.export_proofs(file, disclose=not withhold)
            opened = not withhold
            text = None
        else:
            parsed = read_number(number, right, office or store.office.decode("ascii"), any_form=any_form)
            proof = store.prove(parsed.on_chain, disclose=not withhold)
            file = output or home / f"{parsed.text.replace('/', '_')}.proof.json"
            try:
                proof.write(file)
            except OSError as error:
                raise InputError(f"the proof {file} cannot be written: {error.strerror}") from error
            count, text, opened = 1, parsed.text, proof.salt is not None
    document = {"number": text, "proof": str(file), "count": count, "withSalt": opened}
    if number is None:
        del document["withSalt"]
    emit(as_json, document, Facts([("Number", text or "all"), ("Proof", file), ("Proofs", count)]))


@app.command()
def verify(
    proof: ProofFile,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no node: check what the proof itself shows.")] = False,
    signer: Annotated[
        list[str] | None,
        typer.Option(
            "--signer",
            metavar="ADDRESS",
            help="Key that may sign for the office, from a source that you trust; again for each.",
            show_default=False,
        ),
    ] = None,
    document: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="The document that the proof must be about.")
    ] = None,
    number: Annotated[
        str | None, typer.Option("--number", metavar="NUMBER", help="The office number that it must be about.")
    ] = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Check a proof: its path, its signature and, unless --offline, that the chain has the anchor by a good key.

    Exit code 1 if it does not hold. With --offline 0 says that it is consistent in itself, which anyone can make;
    --signer says besides that the office signed it.
    """
    from registrum.proofs.proof import Proof
    from registrum.proofs.verify import Check, examine

    read = Proof.read(proof)
    signers = signer or None
    digest = None if document is None else file_digest(document)
    wanted = None if number is None else read_number(number, right, office, any_form=any_form).on_chain
    if offline:
        report = examine(read, document_digest=digest, number=wanted, domain=_trusted(rpc, manifest), signers=signers)
        valid = report.is_sound and report.of(Check.SIGNATURE).outcome.value == "passed"
    else:
        from registrum.cli.access import Access

        with Access(rpc, manifest).read() as registry:
            domain = registry.application_domain
            # Another deployment's anchor is not looked up in this one: that would only hide what is wrong.
            ours = read.domain == domain
            report = examine(
                read,
                document_digest=digest,
                number=wanted,
                domain=domain,
                signers=signers,
                anchored_at=registry.anchored_at if ours else None,
                compromised_since=registry.signer_compromised_since if ours else None,
            )
        valid = report.is_proven
    answer = {
        "valid": valid,
        "number": read.number.text,
        "filingDate": read.to_dict()["filingDate"],
        "office": read.anchor.office.decode("ascii"),
        "sequence": read.anchor.sequence,
        "root": "0x" + read.anchor.root.hex(),
        "leafCount": read.anchor.leaf_count,
        "signer": read.signer,
        "recordedAt": read.to_dict()["recordedAt"] if report.recorded_at is None else _moment(report),
        "offline": offline,
        "checks": report.to_list(),
        "proven": report.is_proven,
    }
    facts: list[tuple[str, object]] = [
        ("Proof", _result(report, valid)),
        ("Number", answer["number"]),
        ("Filing date", answer["filingDate"]),
        ("Anchor", f"{answer['office']} {answer['sequence']}, {answer['leafCount']} records"),
        ("Recorded at", report.recorded_at or _as_the_file_says(read)),
    ]
    if report.is_sound and not report.is_proven:
        facts += [
            ("Not checked", "; ".join(_UNPROVEN[result.check.value] for result in report.unproven)),
            (
                "To check it",
                "leave out --offline" if signers else "name the office's keys by --signer, or leave out --offline",
            ),
        ]
    rows = [(result.check, result.outcome, result.detail) for result in report.results]
    emit(as_json, answer, Facts(facts), Table(("Check", "Outcome", "Detail"), rows))
    if not valid:
        raise typer.Exit(1)


@app.command()
def disclose(
    proof: ProofFile,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Bring an anchored record into the registry by its proof. Any account may send it; no salt is sent."""
    from registrum.cli.access import Access
    from registrum.proofs.proof import Proof

    read = Proof.read(proof)
    with Access(rpc, manifest, key, password_file, sender, timeout).write(read.number.office) as registry:
        receipt = registry.disclose(read)
    document = {
        "number": read.number.text,
        "taken": receipt.taken,
        "transactionHash": receipt.transaction_hash,
        "blockNumber": receipt.block_number,
        "gasUsed": receipt.gas_used,
    }
    facts = [
        ("Number", read.number.text),
        ("Taken", "yes" if receipt.taken else "no, recorded before"),
        ("Transaction", receipt.transaction_hash),
    ]
    emit(as_json, document, Facts(facts))


def _open_or_build(source: Source, office: str, folder: Path, commit: bool, as_json: bool) -> AnchorStore:
    from registrum.cli.progress import progress
    from registrum.client.forms import require_office
    from registrum.proofs.store import STORE_NAME, AnchorStore

    signing = require_office(office).encode("ascii")
    # Nothing is written until everything was read, so one reading is enough.
    with progress("Reading records", None, quiet=as_json) as step:

        def entries() -> Iterator[AnchorEntry]:
            for entry in _entries(source, commit):
                step()
                yield entry

        if not (folder / STORE_NAME).exists():
            return AnchorStore.create(folder, signing, entries())
        store = AnchorStore.open(folder)
        try:
            _require_office(store, office)
            store.require_same(entries())
        except BaseException:
            store.close()
            raise
    note(f"{folder} holds the anchor of these records already; going on with it")
    return store


def _require_office(store: AnchorStore, office: str) -> None:
    held = store.office.decode("ascii")
    if held != office:
        raise InputError(
            f"the anchor in {store.path.parent} is of {held}, not of {office}", remedy="Choose another folder."
        )


def _entries(source: Source, commit: bool) -> Iterator[AnchorEntry]:
    from registrum.dates import to_on_chain
    from registrum.proofs.store import AnchorEntry

    make: Any = AnchorEntry.salted if commit else AnchorEntry.plain
    for application in source.applications():
        yield make(application.number.on_chain, to_on_chain(application.filing_date), application.digest)


def _trusted(rpc: str | None, manifest: Path | None) -> Domain | None:
    """Chain and contract to trust: of the manifest, where one is named."""
    # Where a manifest is named no profile is needed.
    file = manifest
    if file is None:
        from registrum.settings import load

        file = load(rpc).manifest
    if file is None:
        note("no manifest is named, so chain and contract of the proof are not checked")
        return None
    from registrum.deployment.manifest import Manifest
    from registrum.signing.eip712 import Domain

    deployment = Manifest.load(file)
    return Domain.application_registry(deployment.chain_id, deployment.address("ApplicationRegistry"))


_UNPROVEN = {
    "domain": "chain and contract",
    "signature": "the signature of the contract wallet, of which its chain alone can tell",
    "signer": "whether the signer may sign for the office",
    "recorded": "whether and when the chain took the anchor",
    "not_compromised": "whether the signer's key was compromised by then",
}
"""What is open where a check was not done."""


def _result(report: Report, valid: bool) -> str:
    from registrum.proofs.verify import Check, Outcome

    if report.is_proven:
        return "holds"
    if not report.is_sound:
        return "does not hold"
    if not valid:
        return "not shown to hold"
    if report.of(Check.SIGNER).outcome is Outcome.PASSED:
        return "signed by a key that you named; not everything was checked"
    return "consistent in itself, but anyone can make such a proof: the signer's right and the time were not checked"


def _as_the_file_says(proof: Proof) -> str | None:
    if proof.recorded_at is None:
        return None
    return f"{proof.recorded_at:%Y-%m-%d %H:%M:%S} UTC as the file says, not checked"


def _moment(report: Report) -> Any:
    from registrum.client.forms import json_value

    return json_value(report.recorded_at)
