"""`registrum evidence`: bundles that prove without a node what the chain held. docs/evidence.md explains them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli import attachments
from registrum.cli.files import read_beginning, read_file, write_file
from registrum.cli.inputs import (
    exact_number,
    file_digest,
    read_address,
    read_description,
    read_digest,
    read_number,
)
from registrum.cli.options import (
    AnyForm,
    AsJson,
    Key,
    ManifestPath,
    OfficeOption,
    PasswordFile,
    RightOption,
    Rpc,
)
from registrum.cli.output import Facts, Table, emit, note
from registrum.errors import EvidenceError, InputError

if TYPE_CHECKING:
    from registrum.evidence.chain import ChainDescription
    from registrum.evidence.checkpoint import Checkpoint
    from registrum.evidence.claims import ClaimSubject
    from registrum.evidence.collecting import EvidenceMaker

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

_MOST_BYTES = 1 << 20

ChainFile = Annotated[Path, typer.Option("--chain", metavar="FILE", help="Description of the chain.")]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where it is written.")]


@app.callback()
def evidence() -> None:
    """Prove what the chain held, to whoever has no node; check such proofs."""


@app.command()
def chain(
    output: Output,
    signer: Annotated[
        list[str] | None,
        typer.Option(
            "--signer",
            metavar="XX=ADDRESS",
            help="Office and account whose signature on checkpoints counts, for a chain that seals nothing; again for"
            " each.",
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        int | None,
        typer.Option("--threshold", metavar="N", min=1, help="How many offices must sign; more than half by default."),
    ] = None,
    at: Annotated[
        int,
        typer.Option(
            "--at",
            metavar="BLOCK",
            min=0,
            help="Name the validators of this block, of a chain that seals its blocks: keys of those who left before"
            " count no more, and older blocks cannot be verified.",
        ),
    ] = 0,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Describe the chain for verifiers: consensus, contracts and their code.

    Compare it with the charter before you publish it: whoever trusts it trusts all that follows.
    """
    from registrum.cli.access import Access
    from registrum.evidence.describing import describe_chain

    signers = _signers(signer)
    wanted = threshold if threshold is not None else len(signers or ()) // 2 + 1
    with Access(rpc, manifest).read() as registry:
        described = describe_chain(registry, signers=signers, threshold=wanted, at=at)
    digest = write_file(output, described.to_bytes())
    document = {"file": str(output), "sha256": digest, "chain": described.to_json()}
    facts = [
        ("Description", output),
        ("SHA-256", digest),
        ("Chain", described.chain_id),
        ("Genesis", described.genesis_hash),
        ("Consensus", described.consensus),
    ]
    emit(as_json, document, Facts(facts))


@app.command()
def checkpoint(
    office: Annotated[str, typer.Option("--office", metavar="XX", help="Office that signs.")],
    chain_file: ChainFile,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The checkpoint; signed as well where it is there already."
        ),
    ],
    number: Annotated[
        int | None, typer.Option("--block", metavar="NUMBER", min=0, help="Which block; the newest by default.")
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign that a block is one of the chain, as this office's own node has it."""
    from registrum.cli.access import Access
    from registrum.evidence.canonical import encode
    from registrum.evidence.checkpoint import Checkpoint, CheckpointSignature, domain_of
    from registrum.evidence.reading import read_header, require_hash
    from registrum.signing.addresses import parse_address

    described = read_description(chain_file)
    access = Access(rpc, manifest, key, password_file)
    with access.read() as registry:
        _require_chain(described, registry.manifest.genesis_hash)
        known = _checkpoint(output) if output.exists() else None
        if known is not None and number not in {None, known.number}:
            raise InputError(f"{output} is of block {known.number}", remedy="Leave out --block, or name another file.")
        wanted = known.number if known is not None else number
        read = read_header(registry.rpc, "latest" if wanted is None else wanted)
        require_hash(read, described.consensus)
    if known is not None and known.hash != read.hash:
        raise EvidenceError(f"block {known.number} of this node is not the one of {output}", check="link")
    made = known or Checkpoint(read.header.number, read.hash, {})
    account = access.signer(office)
    signature = CheckpointSignature(
        parse_address(account.address), account.sign(made.statement(office, described), domain_of(described))
    )
    if signature.signer not in described.signers.get(office, ()):
        raise InputError(
            f"{account.address} does not sign checkpoints for {office} by {chain_file}",
            remedy="Sign with an account that the description names for the office.",
        )
    made = Checkpoint(made.number, made.hash, {**made.signatures, office: signature})
    write_file(output, encode(made.to_json()), replace=known is not None)
    missing = max(0, described.threshold - len(made.signatures))
    document = {"file": str(output), "checkpoint": made.to_json(), "missing": missing}
    facts = [
        ("Checkpoint", output),
        ("Block", made.number),
        ("Hash", made.hash),
        ("Signed by", ", ".join(sorted(made.signatures))),
        ("Still missing", missing),
    ]
    emit(as_json, document, Facts(facts))


@app.command()
def make(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Office number; of a claim, the earlier one.")],
    chain_file: ChainFile,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The bundle, FILE.registrum.zip.")],
    entry: Annotated[
        bool, typer.Option("--entry", help="About the register entry of the number, with all its events.")
    ] = False,
    claimed_date: Annotated[
        str | None, typer.Option("--claimed-date", metavar="DATE", help="About a claim: the date as claimed.")
    ] = None,
    later_office: Annotated[
        str | None, typer.Option("--later-office", metavar="XX", help="About a claim: office of second filing.")
    ] = None,
    later_right: Annotated[
        str | None, typer.Option("--later-right", metavar="P|U|T|D|S|G", help="About a claim: right of the later one.")
    ] = None,
    later_date: Annotated[
        str | None, typer.Option("--later-date", metavar="DATE", help="About a claim: filing date of the later one.")
    ] = None,
    digest: Annotated[
        str | None, typer.Option("--digest", metavar="DIGEST", help="About a claim: digest of the copy.")
    ] = None,
    checkpoint_file: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help="Checkpoint, for a chain that seals nothing."),
    ] = None,
    proof_file: Annotated[
        Path | None,
        typer.Option("--proof", metavar="FILE", help="Proof of an anchor, for a number that stands under one."),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            "--account",
            metavar="ADDRESS",
            help="Account whose key is shown besides those that signed; again for each.",
            show_default=False,
        ),
    ] = None,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Make a bundle about a number, recorded or not; about a priority claim; or about a register entry."""
    from registrum.cli.access import Access
    from registrum.evidence.collecting import EvidenceMaker, packed
    from registrum.proofs.proof import Proof
    from registrum.signing.addresses import parse_address

    described = read_description(chain_file)
    parsed = exact_number(number, right, office) or read_number(number, right, office, any_form=any_form)
    given = {
        "--claimed-date": claimed_date,
        "--later-office": later_office,
        "--later-right": later_right,
        "--later-date": later_date,
    }
    claim = _claim(parsed, given, digest)
    if entry and (claim is not None or proof_file is not None):
        raise InputError("an entry has no claim and no proof", remedy="Leave out --entry, or the options of the claim.")
    accounts = [parse_address(read_address(each)) for each in account or ()]
    signed = None if checkpoint_file is None else _checkpoint(checkpoint_file)
    proof = None if proof_file is None else Proof.read(proof_file)
    with Access(rpc, manifest).read() as registry:
        _require_chain(described, registry.manifest.genesis_hash)
        maker: EvidenceMaker = EvidenceMaker(registry, described)
        if entry:
            members = maker.entry(parsed, checkpoint=signed, accounts=accounts)
        elif claim is not None:
            members = maker.claim(claim, checkpoint=signed, proof=proof, accounts=accounts)
        else:
            members = maker.application(parsed, checkpoint=signed, proof=proof, accounts=accounts)
    bundle = packed(members)
    shown = _require_sound(bundle, described, has_checkpoint=signed is not None)
    digest_written = write_file(output, bundle)
    document = {
        "file": str(output),
        "sha256": digest_written,
        "bytes": len(bundle),
        **{name: shown[name] for name in ("subject", "block", "facts")},
    }
    facts = [
        ("Bundle", output),
        ("SHA-256", digest_written),
        ("Bytes", len(bundle)),
        ("Answer", shown["facts"].get("verdict", shown["facts"]["answer"])),
        ("Block", shown["block"]["number"]),
        ("Time", shown["block"]["time"]),
    ]
    emit(as_json, document, Facts(facts))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle.")],
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FILE", help="Description of the chain, from a source that you trust."),
    ] = None,
    document: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="The document that must be the recorded one.")
    ] = None,
    tsa: Annotated[
        Path | None,
        typer.Option("--tsa", metavar="CERT.pem", help="Root certificate of the time-stamping authority you trust."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a bundle, line by line. Needs no node and no network.

    Exit code 1 if it does not hold. Without --trust 0 says that it is consistent in itself, which anyone can make.
    What is shown may speak against the record, such as a stolen key: that is a warning, and no other exit code.
    """
    from registrum.evidence.bundle import MOST_BYTES
    from registrum.evidence.timestamp import read_roots
    from registrum.evidence.verifying import EvidenceVerdict
    from registrum.evidence.verifying import verify as check

    described = None if trust is None else read_description(trust)
    digest = None if document is None else file_digest(document)
    roots = None if tsa is None else read_roots(read_file(tsa, _MOST_BYTES), str(tsa))
    # One byte more than a bundle may have is enough to refuse it.
    report = check(read_beginning(file, MOST_BYTES + 1), described, document_digest=digest, tsa=roots)
    answer = report.to_json()
    open_ = [each.name for each in report.checks if each.outcome.value == "not_checked" and each.name != "chain"]
    verdict = _VERDICTS[report.verdict.value] + (f"; not checked: {', '.join(open_)}" if open_ else "")
    facts: list[tuple[str, object]] = [("Bundle", verdict), *(("Warning", each) for each in report.warnings)]
    if answer["facts"] is not None:
        subject = answer["subject"]
        facts += [
            ("About", f"{subject['kind']} {subject.get('number') or subject['earlier']}"),
            ("Answer", answer["facts"].get("verdict", answer["facts"]["answer"])),
            ("Block", f"{answer['block']['number']}, {answer['block']['time']}"),
        ]
    rows = [(each.name, each.outcome, each.rule, each.detail) for each in report.checks]
    emit(as_json, answer, Facts(facts), Table(("Check", "Outcome", "Rule", "Detail"), rows))
    if report.verdict is EvidenceVerdict.REFUSED:
        raise typer.Exit(1)


app.command("timestamp-query")(attachments.timestamp_query)
app.command()(attachments.credential)
app.command()(attachments.attach)

_VERDICTS = {
    "verified": "holds",
    "consistent": "consistent in itself, which anyone can make: name a chain description that you trust by --trust",
    "refused": "does not hold",
}


def _signers(given: list[str] | None) -> dict[str, list[str]] | None:
    if given is None:
        return None
    from registrum.client.forms import require_office

    signers: dict[str, list[str]] = {}
    for text in given:
        office, separator, account = text.partition("=")
        if not separator:
            raise InputError(f"{text!r} names no office and account", remedy="Write it like EM=0x... .")
        signers.setdefault(require_office(office), []).append(read_address(account))
    return signers


def _claim(number: Any, given: dict[str, str | None], digest: str | None) -> ClaimSubject | None:
    """The claim that options describe; None where they describe none."""
    if not any(given.values()) and digest is None:
        return None
    missing = [option for option, value in given.items() if not value]
    if missing:
        raise InputError(f"{', '.join(missing)} missing", remedy=f"A claim needs {', '.join(given)}.")
    from registrum.client.forms import require_office
    from registrum.dates import parse_date
    from registrum.evidence.claims import ClaimSubject
    from registrum.numbers import Right

    claimed, office, right, later = (value or "" for value in given.values())
    return ClaimSubject(
        number,
        parse_date(claimed),
        require_office(office),
        Right.parse(right),
        parse_date(later),
        None if digest is None else read_digest(digest),
    )


def _require_sound(bundle: bytes, described: ChainDescription, *, has_checkpoint: bool) -> dict[str, Any]:
    """Refuse to hand out what would not be verified, but for a block that nobody has vouched for yet."""
    from dataclasses import replace

    from registrum.evidence import canonical
    from registrum.evidence.bundle import EVIDENCE, unpack
    from registrum.evidence.verifying import verify as check

    shown: dict[str, Any] = canonical.parse(unpack(bundle)[EVIDENCE], EVIDENCE)
    trusted = described
    if not described.consensus.is_sealed and not has_checkpoint:
        block = shown["block"]
        note(
            f"no checkpoint is given: only who trusts block {block['number']} already can verify the bundle,"
            " naming it in the blocks of his chain description"
        )
        trusted = replace(described, blocks={block["number"]: canonical.unhexed(block["hash"], "hash", 32)})
    failed = check(bundle, trusted).failed
    if failed is not None:
        raise EvidenceError(f"the node's answers do not make a bundle that holds: {failed.detail}", check=failed.name)
    return shown


def _require_chain(described: ChainDescription, genesis: bytes) -> None:
    if described.genesis_hash != genesis:
        raise InputError("the description is of another chain than the manifest", remedy="Choose the one that belongs.")


def _checkpoint(file: Path) -> Checkpoint:
    from registrum.evidence.canonical import parse
    from registrum.evidence.checkpoint import Checkpoint

    try:
        return Checkpoint.from_json(parse(read_file(file, _MOST_BYTES).removesuffix(b"\n"), str(file)))
    except EvidenceError as error:
        raise InputError(
            f"{file} is no checkpoint: {error.message}", remedy="Give what `registrum evidence checkpoint` wrote."
        ) from error
