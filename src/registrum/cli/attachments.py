"""`registrum evidence`: what is attached to a bundle, a time stamp and a credential. docs/evidence.md explains them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registrum.cli.files import read_file, write_file
from registrum.cli.inputs import read_description
from registrum.cli.options import AsJson, Key, PasswordFile, Rpc
from registrum.cli.output import Facts, emit
from registrum.errors import EvidenceError, InputError

__all__ = ["attach", "credential", "timestamp_query"]

_MOST_BYTES = 1 << 20

Bundle = Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle.")]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where it is written.")]


def timestamp_query(bundle: Bundle, output: Output, as_json: AsJson = False) -> None:
    """Write the query for a time stamp of a bundle (RFC 3161), for an authority of your choice.

    Nothing is sent: take the file to the authority, mostly by HTTP, and attach what it answers.
    """
    from registrum.evidence.attaching import open_sound
    from registrum.evidence.bundle import MOST_BYTES
    from registrum.evidence.timestamp import timestamp_query as query

    digest = write_file(output, query(open_sound(read_file(bundle, MOST_BYTES))))
    emit(as_json, {"file": str(output), "sha256": digest}, Facts([("Query", output), ("SHA-256", digest)]))


def credential(
    bundle: Bundle,
    chain_file: Annotated[
        Path, typer.Option("--chain", metavar="FILE", help="Description of the chain, from a source that you trust.")
    ],
    output: Output,
    office: Annotated[
        str | None, typer.Option("--office", metavar="XX", help="Office that signs; that of the number by default.")
    ] = None,
    rpc: Rpc = None,
    key: Key = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """State the record that a bundle shows as a verifiable credential (W3C), signed by a key of its office.

    Only what holds by the description is signed, by a key that the bundle shows. Nothing is sent.
    """
    from registrum.cli.access import Access
    from registrum.evidence.bundle import MOST_BYTES
    from registrum.evidence.credential import credential_of, sign_credential
    from registrum.evidence.verifying import verify

    described = read_description(chain_file)
    report = verify(read_file(bundle, MOST_BYTES), described)
    if report.failed is not None or report.evidence is None:
        failed = report.checks[-1]
        raise EvidenceError(f"{bundle} does not hold: {failed.detail}", check=failed.name)
    evidence = report.evidence
    signer = Access(rpc, None, key, password_file).signer(office or evidence["facts"]["office"]["code"])
    digest = write_file(output, sign_credential(evidence, described, signer))
    stated = credential_of(evidence, described, signer.address.lower())
    facts = [
        ("Credential", output),
        ("SHA-256", digest),
        ("Number", stated["credentialSubject"]["number"]),
        ("Issuer", stated["issuer"]),
    ]
    emit(as_json, {"file": str(output), "sha256": digest, "credential": stated}, Facts(facts))


def attach(
    bundle: Bundle,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The bundle with it, FILE.registrum.zip.")
    ],
    timestamp: Annotated[
        Path | None, typer.Option("--timestamp", metavar="FILE", help="What the time-stamping authority answered.")
    ] = None,
    credential_file: Annotated[
        Path | None, typer.Option("--credential", metavar="FILE", help="Credential that an office signed.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the one that the bundle carries.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Attach a time stamp or a credential, or both, to a bundle; they have to be of this one."""
    from registrum.evidence import bundle as form
    from registrum.evidence.attaching import attach as attached

    files = {form.TIMESTAMP: timestamp, form.CREDENTIAL: credential_file}
    given = {name: read_file(file, _MOST_BYTES) for name, file in files.items() if file is not None}
    if not given:
        raise InputError("nothing is there to attach", remedy="Give --timestamp or --credential, or both.")
    made = attached(read_file(bundle, form.MOST_BYTES), given, replace=replace)
    digest = write_file(output, made)
    facts = [("Bundle", output), ("SHA-256", digest), ("Bytes", len(made)), ("Attached", ", ".join(given))]
    emit(as_json, {"file": str(output), "sha256": digest, "bytes": len(made), "attached": list(given)}, Facts(facts))
