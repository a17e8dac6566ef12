"""`registrum charter`: what the offices agreed on, and the parameters that the contracts hold them to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registrum.cli.inputs import file_digest
from registrum.cli.options import AsJson, ManifestPath, Rpc
from registrum.cli.output import Facts, Table, emit

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def charter() -> None:
    """Show the charter and its parameters; verify a copy."""


@app.command()
def show(rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """Show the charter in force, all parameters, former versions, observers and contracts."""
    from registrum.cli.access import Access
    from registrum.client.plain_words import duration_words

    with Access(rpc, manifest).read() as registry:
        terms, versions = registry.terms(), registry.charter_history()
        observers, contracts = registry.observers(), registry.listed_contracts()
    document = {
        **terms.to_json(),
        "versions": [version.to_json() for version in versions],
        "observers": [each.to_json() for each in observers],
        "contracts": [each.to_json() for each in contracts],
    }
    facts = [
        ("Text", terms.location),
        ("SHA-256", terms.digest),
        ("Version", f"{terms.version}, adopted {terms.adopted_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Supermajority", f"{terms.supermajority_numerator}/{terms.supermajority_denominator} of the active offices"),
        ("Votes needed", f"{terms.votes_needed} of {terms.active_offices}"),
        ("Fewest active offices", terms.least_offices),
        ("Vote begins after", duration_words(terms.voting_delay)),
        ("Vote lasts", duration_words(terms.voting_period)),
        ("To be counted within", duration_words(terms.count_window)),
        ("Delay before execution", duration_words(terms.execution_delay)),
        ("To be executed within", duration_words(terms.execution_window)),
        ("Emergency", f"{terms.emergency_quorum} offices, for {duration_words(terms.emergency_duration)}"),
        ("Time to object to a new seat", duration_words(terms.objection_delay)),
    ]
    history = [(at, version.location, version.digest, version.adopted_at) for at, version in enumerate(versions, 1)]
    listed = [(each.name, each.version, each.account, each.active_since) for each in contracts]
    emit(
        as_json,
        document,
        Facts(facts),
        Table(("Version", "Text", "SHA-256", "Adopted"), history, "Versions"),
        Table(("Observer", "Account"), [(each.name, each.account) for each in observers], "Observers"),
        Table(("Contract", "Version", "Address", "Active since"), listed, "Contracts"),
    )


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to compare, byte by byte.")],
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Compare a copy with the charter in force. Exit code 1 if it is another text, or a former version."""
    from registrum.cli.access import Access

    digest = file_digest(file)
    with Access(rpc, manifest).read() as registry:
        terms, versions = registry.terms(), registry.charter_history()
    matches = digest == terms.digest
    former = [number for number, version in enumerate(versions, 1) if version.digest == digest and not matches]
    if matches:
        result = "is the charter in force"
    elif former:
        result = f"is a former version: {', '.join(map(str, former))}"
    else:
        result = "is no version of the charter"
    document = {
        "matches": matches,
        "digest": "0x" + digest.hex(),
        "charterDigest": "0x" + terms.digest.hex(),
        "version": terms.version,
        "formerVersions": former,
    }
    facts = [
        ("Copy", result),
        ("SHA-256", digest),
        ("In force", f"version {terms.version}"),
        ("Its SHA-256", terms.digest),
    ]
    emit(as_json, document, Facts(facts))
    if not matches:
        raise typer.Exit(1)
