"""`registrum consortium collect`: signatures gathered as files, where a seat has no network or others shall send.

`prepare` and `suspension` write what is to be signed, `sign` shows it in plain words and signs without a network,
`cast` checks every file and hands in what counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.inputs import read_address, read_moment
from registrum.cli.options import (
    AcceptUnreadable,
    AsJson,
    Key,
    ManifestPath,
    OfficeCode,
    PasswordFile,
    Rpc,
    SenderKey,
    Timeout,
    Yes,
)
from registrum.cli.output import Facts, Table, complain, emit, error_json, note
from registrum.cli.proposing import agree, agree_to_vote, read_support, sent_json, tell, tell_proposal
from registrum.errors import ContractError, InputError, RegistrumError

if TYPE_CHECKING:
    from registrum.client.ballots import Ballot
    from registrum.client.emergencies import EmergencyOutcome
    from registrum.client.receipts import Receipt
    from registrum.registry import Registry
    from registrum.signing.statements import Suspension

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="File to write; it must not be there yet.")
]


@app.callback()
def collect() -> None:
    """Gather signatures of seats as files, and hand them in together."""


@app.command()
def prepare(
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="Number of the proposal, or its first digits.")],
    output: Output,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Write a proposal into a file, to be read and voted on where there is no network."""
    from registrum.cli.access import Access
    from registrum.client.ballots import ProposalFile, write_file
    from registrum.client.proposals import id_text

    access = Access(rpc, manifest)
    with access.read() as registry:
        found = registry.proposal(proposal)
    tell_proposal(found, accept_unreadable=found.matches_id)
    write_file(output, ProposalFile(found.draft), access.manifest())
    document = {"proposal": id_text(found.id), "file": str(output), "voteEnd": found.to_json()["voteEnd"]}
    emit(
        as_json,
        document,
        Facts([("Proposal", id_text(found.id)), ("File", output), ("Vote ends", found.vote_end)]),
    )


@app.command()
def suspension(
    code: OfficeCode,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in plain words; everyone can read it.")],
    output: Output,
    accounts: Annotated[
        list[str] | None,
        typer.Option(
            "--account", metavar="KEY", help="A key of the office to suspend, once for each; else the office."
        ),
    ] = None,
    valid_until: Annotated[
        str | None,
        typer.Option("--valid-until", metavar="MOMENT", help="When support no longer counts; 7 days ahead at most."),
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Write an emergency suspension of OFFICE, or of keys of it, into a file, to be supported by signatures."""
    from registrum.cli.access import Access
    from registrum.client.ballots import SuspensionFile, write_file

    end = None if valid_until is None else read_moment(valid_until)
    keys = [read_address(account) for account in accounts or ()]
    access = Access(rpc, manifest)
    with access.read() as registry:
        made = registry.prepare_suspension(code, reason, accounts=keys, valid_until=end)
    write_file(output, SuspensionFile(made), access.manifest())
    facts = [("Suspension", _words(made)), ("File", output)]
    emit(as_json, {"suspension": _json(made), "file": str(output)}, Facts(facts))


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Proposal or suspension file.")],
    office: Annotated[str, typer.Option("--as", metavar="XX", help="Office whose seat signs.")],
    output: Output,
    in_favour: Annotated[bool, typer.Option("--for", help="Vote for the proposal.")] = False,
    against: Annotated[bool, typer.Option("--against", help="Vote against the proposal.")] = False,
    abstain: Annotated[bool, typer.Option("--abstain", help="Abstain.")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why the office votes so.")] = "",
    accept_unreadable: AcceptUnreadable = False,
    yes: Yes = False,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what a file is about in plain words, and sign it as the seat of an office. Needs no node.

    The number of a proposal is recomputed from the calls that are shown: it is what is signed.
    """
    from registrum.cli.access import Access
    from registrum.client.ballots import Ballot, ProposalFile, SuspensionFile, read_file, write_file
    from registrum.client.forms import require_office
    from registrum.client.plain_words import Names, plain_calls
    from registrum.client.proposals import id_text
    from registrum.client.signed import SignedSupport, SignedVote
    from registrum.signing.eip712 import Domain
    from registrum.signing.statements import Vote

    access = Access(None, manifest, key, password_file)
    deployment = access.manifest()
    content = read_file(file, deployment)
    require_office(office)
    if isinstance(content, ProposalFile):
        support = read_support(in_favour, against, abstain)
        calls = plain_calls(content.draft.calls, Names.of(deployment))
        tell(id_text(content.number), content.draft.description, calls, accept_unreadable=accept_unreadable)
        agree_to_vote(support, yes)
        vote = Vote(content.number, office.encode("ascii"), int(support), reason)
        seat = access.signer(office, seat=True)
        domain = Domain.consortium(deployment.chain_id, deployment.address("Consortium"))
        ballot = Ballot(SignedVote(vote, seat.sign(vote, domain)), seat.address)
        about = f"{support.name.lower()} proposal {id_text(content.number)}"
    elif isinstance(content, SuspensionFile):
        if in_favour or against or abstain or reason:
            raise InputError(
                "a suspension is supported or not, without a vote", remedy="Leave the vote and reason out."
            )
        note(f"this supports: {_words(content.suspension)}")
        agree("Support this?", yes)
        seat = access.signer(office, seat=True)
        domain = Domain.emergency_council(deployment.chain_id, deployment.address("EmergencyCouncil"))
        signature = seat.sign(content.suspension, domain)
        ballot = Ballot(SignedSupport(content.suspension, office, signature), seat.address)
        about = _words(content.suspension)
    else:
        raise InputError(f"{file} is signed already", remedy="Hand it in by `registrum consortium collect cast`.")
    write_file(output, ballot, deployment)
    document = {"office": office, "signer": seat.address, "about": about, "file": str(output)}
    emit(as_json, document, Facts([("Office", office), ("Seat", seat.address), ("Signed", about), ("File", output)]))


@dataclass
class _Checked:
    """A file and what is known of it."""

    file: Path
    ballot: Ballot | None = None
    error: RegistrumError | None = None
    outcome: str = "refused"


@app.command()
def cast(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files that `collect sign` wrote.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Hand in what counts although other files do not.")
    ] = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Check every file, then hand in all votes and all support together. Any account may send.

    One file that does not count keeps all of them back, unless --skip-bad; exit code 2 or 4 then.
    """
    from registrum.cli.access import Access
    from registrum.client.emergencies import EmergencyOutcome

    access = Access(rpc, manifest, key, password_file, sender, timeout)
    checked = _read(files, access.manifest())
    with access.relay() as registry:
        _check(registry, checked)
        bad = [item for item in checked if item.error is not None]
        sent: list[Receipt | EmergencyOutcome] = []
        if not bad or skip_bad:
            sent = _hand_in(registry, checked)
    for item in bad:
        if item.error is not None:
            complain(f"{item.file}: {item.error.message}", item.error.remedy)
    rows = [
        (item.file, None if item.ballot is None else item.ballot.office, _about(item), item.outcome) for item in checked
    ]
    document: dict[str, Any] = {
        "files": [
            {
                "file": str(item.file),
                "office": None if item.ballot is None else item.ballot.office,
                "about": _about(item),
                "outcome": item.outcome,
                "error": None if item.error is None else error_json(item.error),
            }
            for item in checked
        ],
        "sent": [_sent(each) for each in sent],
    }
    receipts = [each.receipt if isinstance(each, EmergencyOutcome) else each for each in sent]
    facts: list[tuple[str, object]] = [
        ("Transaction", receipt.transaction_hash) for receipt in receipts if receipt.transaction_hash
    ]
    facts += [("Suspended until", each.until) for each in sent if isinstance(each, EmergencyOutcome) and each.suspended]
    emit(
        as_json,
        document,
        Table(("File", "Office", "About", "Outcome"), rows, "Files"),
        *([Facts(facts)] if facts else []),
    )
    if bad and bad[0].error is not None:
        raise typer.Exit(bad[0].error.exit_code)


def _read(files: Sequence[Path], deployment: Any) -> list[_Checked]:
    from registrum.client.ballots import Ballot, read_file

    checked = []
    seen: dict[tuple[str, str], Path] = {}
    for file in files:
        try:
            content = read_file(file, deployment)
            if not isinstance(content, Ballot):
                raise InputError("it is not signed yet", remedy="Sign it by `registrum consortium collect sign`.")
            item = _Checked(file, content)
            key = (content.office, _about(item) or "")
            if key in seen:
                raise InputError(f"it is about the same as {seen[key]}, by the same office", remedy="Give one of them.")
            seen[key] = file
        except RegistrumError as error:
            item = _Checked(file, error=error)
        checked.append(item)
    return checked


def _check(registry: Registry, checked: Sequence[_Checked]) -> None:
    from registrum.client.signed import SignedVote

    pairs = [(item, item.ballot.signed) for item in checked if item.ballot is not None]
    votes = [(item, signed) for item, signed in pairs if isinstance(signed, SignedVote)]
    supports = [(item, signed) for item, signed in pairs if not isinstance(signed, SignedVote)]
    answers: list[tuple[_Checked, ContractError | bool | None]] = []
    if votes:
        found = registry.check_signed_votes(signed for _, signed in votes)
        answers += [(item, answer) for (item, _), answer in zip(votes, found, strict=True)]
    if supports:
        refusals = registry.check_supports(signed for _, signed in supports)
        answers += [(item, answer) for (item, _), answer in zip(supports, refusals, strict=True)]
    for item, answer in answers:
        if isinstance(answer, ContractError):
            item.error = answer
        else:
            item.outcome = "voted before" if answer is False else "held back"


def _hand_in(registry: Registry, checked: Sequence[_Checked]) -> list[Receipt | EmergencyOutcome]:
    from registrum.client.signed import SignedSupport, SignedVote

    sent: list[Receipt | EmergencyOutcome] = []
    waiting = [item for item in checked if item.outcome == "held back" and item.ballot is not None]
    by_subject: dict[str, list[_Checked]] = {}
    for item in waiting:
        by_subject.setdefault(_subject(item), []).append(item)
    for items in by_subject.values():
        signed = [item.ballot.signed for item in items if item.ballot is not None]
        votes = [each for each in signed if isinstance(each, SignedVote)]
        supports = [each for each in signed if isinstance(each, SignedSupport)]
        if votes:
            sent.append(registry.cast_signed_votes(votes[0].vote.proposal_id, votes))
        else:
            sent.append(registry.support_suspension(supports[0].suspension, supports))
        for item in items:
            item.outcome = "handed in"
    return sent


def _subject(item: _Checked) -> str:
    from registrum.client.signed import SignedVote

    if item.ballot is None:
        return ""
    signed = item.ballot.signed
    return str(signed.vote.proposal_id) if isinstance(signed, SignedVote) else signed.suspension.struct_hash().hex()


def _about(item: _Checked) -> str | None:
    from registrum.client.proposals import id_text
    from registrum.client.signed import SignedVote

    if item.ballot is None:
        return None
    signed = item.ballot.signed
    if isinstance(signed, SignedVote):
        return f"proposal {id_text(signed.vote.proposal_id)}"
    return _words(signed.suspension)


def _sent(each: Receipt | EmergencyOutcome) -> dict[str, Any]:
    from registrum.client.emergencies import EmergencyOutcome
    from registrum.client.forms import json_value

    if not isinstance(each, EmergencyOutcome):
        return sent_json(each)
    return {
        **sent_json(each.receipt),
        "suspended": each.suspended,
        "until": json_value(each.until),
        "supporters": list(each.supporters),
        "needed": each.needed,
    }


def _json(made: Suspension) -> dict[str, Any]:
    from registrum.client.forms import instant, json_value

    return {
        "office": made.office.decode("ascii"),
        "accounts": list(made.accounts),
        "reason": made.reason,
        "round": made.round,
        "validUntil": json_value(instant(made.valid_until)),
    }


def _words(made: Suspension) -> str:
    from registrum.client.plain_words import suspension_words

    return suspension_words(made)
