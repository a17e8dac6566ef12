"""`registrum consortium propose`: what has no command of its own; offices and keys have theirs under their nouns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registrum.cli.inputs import file_digest, read_address, read_duration, read_share
from registrum.cli.options import (
    AcceptUnreadable,
    As,
    AsJson,
    Description,
    DraftFile,
    Key,
    ManifestPath,
    OfficeCode,
    PasswordFile,
    Rpc,
    Timeout,
    Yes,
)
from registrum.cli.proposing import make
from registrum.errors import InputError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Address: 0x and 40 digits.")]


@app.callback()
def propose() -> None:
    """Propose rules, a charter, observers, contracts; for offices see `office`, for keys `key`."""


@app.command()
def calls(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Proposal file, as --draft writes it.")],
    accept_unreadable: AcceptUnreadable = False,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose what is in a file."""
    from registrum.cli.access import Access
    from registrum.client.ballots import ProposalFile, read_file

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    content = read_file(file, access.manifest())
    if not isinstance(content, ProposalFile):
        raise InputError(f"{file} is not a proposal", remedy="Give a file that --draft or `collect prepare` wrote.")
    make(as_json, access, office, lambda drafts: content.draft, None, accept_unreadable=accept_unreadable, yes=yes)


@app.command()
def parameters(
    voting_delay: Annotated[
        str | None,
        typer.Option("--voting-delay", metavar="TIME", help="From a proposal to its vote, such as '2 days'."),
    ] = None,
    voting_period: Annotated[
        str | None, typer.Option("--voting-period", metavar="TIME", help="How long offices vote.")
    ] = None,
    execution_delay: Annotated[
        str | None, typer.Option("--execution-delay", metavar="TIME", help="From the count to the execution.")
    ] = None,
    supermajority: Annotated[
        str | None, typer.Option("--supermajority", metavar="N/M", help="Share of the active offices, such as 2/3.")
    ] = None,
    emergency_quorum: Annotated[
        int | None, typer.Option("--emergency-quorum", metavar="OFFICES", min=1, help="How many suspend at once.")
    ] = None,
    emergency_duration: Annotated[
        str | None, typer.Option("--emergency-duration", metavar="TIME", help="For how long they suspend.")
    ] = None,
    objection_delay: Annotated[
        str | None,
        typer.Option("--objection-delay", metavar="TIME", help="In which a seat objects to its replacement."),
    ] = None,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose other rules; those that are not named stay."""
    from registrum.cli.access import Access

    def seconds(text: str | None) -> int | None:
        return None if text is None else read_duration(text)

    values = [seconds(text) for text in (voting_delay, voting_period, execution_delay, objection_delay)]
    share = None if supermajority is None else read_share(supermajority)
    duration = seconds(emergency_duration)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    emergency = None
    if emergency_quorum is not None or duration is not None:
        with access.read() as registry:
            quorum_now, duration_now = registry.emergency_rules()
        # The contract takes both at once: what is not named stays as it is now.
        emergency = (emergency_quorum or quorum_now, duration_now if duration is None else duration)
    make(
        as_json,
        access,
        office,
        lambda drafts: drafts.change_parameters(
            voting_delay_s=values[0],
            voting_period_s=values[1],
            execution_delay_s=values[2],
            objection_delay_s=values[3],
            supermajority=share,
            emergency=emergency,
            description=description,
        ),
        draft,
        yes=yes,
    )


@app.command()
def charter(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text, byte by byte as it is published.")],
    location: Annotated[str, typer.Option("--location", metavar="URL", help="Where it is published.")],
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose another text of the charter."""
    from registrum.cli.access import Access

    digest = file_digest(file)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.adopt_charter(digest, location, description=description), draft, yes=yes)


@app.command()
def observer(
    account: Account,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who it is.")],
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to list an observer: without a vote, it can attach remarks to proposals."""
    from registrum.cli.access import Access

    account = read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.list_observer(account, name, description=description), draft, yes=yes)


@app.command("remove-observer")
def remove_observer(
    account: Account,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to take an observer off the list."""
    from registrum.cli.access import Access

    account = read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.remove_observer(account, description=description), draft, yes=yes)


@app.command()
def contract(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its purpose, such as ApplicationRegistry.")],
    account: Account,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to list a contract as the present version of what it is named; verdicts follow an ApplicationRegistry."""
    from registrum.cli.access import Access

    account = read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.list_contract(name, account, description=description), draft, yes=yes)


@app.command("restore-rights")
def restore_rights(
    code: OfficeCode,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose that offices that supported an emergency against OFFICE may do so again."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.restore_rights(code, description=description), draft, yes=yes)


@app.command()
def governance(
    account: Account,
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose to hand everything over to the timelock of another consortium. This one cannot take it back."""
    from registrum.cli.access import Access

    account = read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.transfer_governance(account, description=description), draft, yes=yes)


@app.command("emergency-body")
def emergency_body(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT|none", help="The contract that may suspend at once.")],
    description: Description = "",
    draft: DraftFile = None,
    yes: Yes = False,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Propose another contract that may suspend at once, or none."""
    from registrum.cli.access import Access

    body = None if account == "none" else read_address(account)
    access = Access(rpc, manifest, key, password_file, timeout_s=timeout)
    make(as_json, access, office, lambda d: d.set_emergency_body(body, description=description), draft, yes=yes)
