"""`registrum consortium`: what the offices decide together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli import collecting, consortium_propose
from registrum.cli.options import (
    AcceptUnreadable,
    As,
    AsJson,
    Key,
    ManifestPath,
    PasswordFile,
    Rpc,
    SenderKey,
    Timeout,
    Yes,
)
from registrum.cli.output import Facts, Table, emit
from registrum.cli.proposing import agree_to_vote, read_support, sent_json, short, tell_proposal, words_table

if TYPE_CHECKING:
    from registrum.client.proposals import Proposal
    from registrum.client.receipts import Event, Receipt

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.add_typer(consortium_propose.app, name="propose")
app.add_typer(collecting.app, name="collect")

ProposalText = Annotated[
    str, typer.Argument(metavar="PROPOSAL", help="Number of the proposal, or its first digits: 0x1a2b.")
]
For = Annotated[bool, typer.Option("--for", help="Vote for it.")]
Against = Annotated[bool, typer.Option("--against", help="Vote against it.")]
Abstain = Annotated[bool, typer.Option("--abstain", help="Abstain.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in plain words; everyone can read it.")]


@app.callback()
def consortium() -> None:
    """Propose, vote and decide together; suspend in an emergency."""


@app.command()
def show(
    proposal: Annotated[
        str | None, typer.Argument(metavar="[PROPOSAL]", help="Number of a proposal, or its first digits.")
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Show the consortium and its proposals, or one proposal in plain words with its votes."""
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        now = registry.chain_time()
        if proposal is not None:
            found = registry.proposal(proposal)
            emit(as_json, {**found.to_json(), "next": found.next_step(now)}, *_blocks(found, now))
            return
        terms, offices, proposals = registry.terms(), registry.offices(), registry.consortium_proposals()
    active = [office.code for office in offices if office.status.value == "active"]
    document = {
        "activeOffices": active,
        "votesNeeded": terms.votes_needed,
        "supermajority": f"{terms.supermajority_numerator}/{terms.supermajority_denominator}",
        "proposals": [
            {name: value for name, value in each.to_json().items() if name not in ("votes", "remarks")}
            for each in proposals
        ],
    }
    facts = [
        ("Active offices", ", ".join(active)),
        ("Votes needed", f"{terms.votes_needed} of {terms.active_offices}"),
    ]
    rows = [
        (
            short(each.id),
            each.state,
            each.office,
            f"{each.tally.for_votes} of {each.tally.needed}",
            "; ".join(call.sentence for call in each.calls),
            each.next_step(now),
        )
        for each in proposals
    ]
    table = Table(("Proposal", "State", "By", "For", "What it does", "Next"), rows, "Proposals")
    emit(as_json, document, Facts(facts), table)


@app.command()
def vote(
    proposal: ProposalText,
    in_favour: For = False,
    against: Against = False,
    abstain: Abstain = False,
    reason: Reason = "",
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
    """Vote as the office whose seat sends. What the proposal does is shown first; a vote cannot be changed."""
    from registrum.cli.access import Access

    support = read_support(in_favour, against, abstain)
    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(office, seat=True) as registry:
        found = registry.proposal(proposal)
        tell_proposal(found, accept_unreadable=accept_unreadable)
        agree_to_vote(support, yes)
        receipt = registry.vote(found.id, support, reason)
        after = registry.proposal(found.id)
        now = registry.chain_time()
    document = {
        "proposal": after.to_json()["id"],
        "support": support.name.lower(),
        "tally": after.tally.to_json(),
        **sent_json(receipt),
    }
    facts = [
        ("Proposal", after.to_json()["id"]),
        ("Vote", support.name.lower()),
        ("Next", after.next_step(now)),
        ("Taken", receipt.taken),
        ("Transaction", receipt.transaction_hash),
    ]
    emit(as_json, document, Facts(facts))


@app.command()
def execute(
    proposal: ProposalText,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Do what is due: count a proposal, carry it out. Anyone may. Exit code 1 while there is something to wait for."""
    from registrum.cli.access import Access
    from registrum.client.proposals import ProposalState

    with Access(rpc, manifest, key, password_file, sender, timeout).relay() as registry:
        found, receipts = registry.advance(registry.proposal(proposal).id)
        now = registry.chain_time()
    _report_step(as_json, found, receipts, found.next_step(now))
    if found.state is not ProposalState.EXECUTED:
        raise typer.Exit(1)


@app.command()
def cancel(
    proposal: ProposalText,
    office: As = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Take a proposal back before its vote begins. The seat of the office that proposed it sends."""
    from registrum.cli.access import Access

    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(office, seat=True) as registry:
        number = registry.proposal(proposal).id
        receipt = registry.cancel(number)
        found = registry.proposal(number)
        now = registry.chain_time()
    _report_step(as_json, found, (receipt,), found.next_step(now))


@app.command()
def remark(
    proposal: ProposalText,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The remark, in plain words.")],
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Attach a remark to a proposal as an observer. With --sender the observer only signs, and another sends."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, sender, timeout)
    observer = access.signer(None)
    with access.write(None, seat=True) as registry:
        number = registry.proposal(proposal).id
        if registry.sender_address == observer.address:
            receipt = registry.remark(number, text)
        else:
            signature = registry.sign_remark(number, text)
            receipt = registry.remark(number, text, observer=observer.address, signature=signature)
        found = registry.proposal(number)
    document = {"proposal": found.to_json()["id"], "observer": observer.address, "text": text, **sent_json(receipt)}
    facts = [
        ("Proposal", document["proposal"]),
        ("Observer", observer.address),
        ("Taken", receipt.taken),
        ("Transaction", receipt.transaction_hash),
    ]
    emit(as_json, document, Facts(facts))


@app.command()
def history(
    proposal: Annotated[
        str | None, typer.Argument(metavar="[PROPOSAL]", help="Of this proposal alone: its number or first digits.")
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """List all that was proposed, voted and done, oldest first."""
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        number = None if proposal is None else registry.proposal(proposal).id
        events = registry.consortium_history(number)
    rows = [
        (event.block_time, event.contract, event.name, _facts_of(event), event.block_number, event.transaction_hash)
        for event in events
    ]
    emit(
        as_json,
        {"events": [event.to_json() for event in events]},
        Table(("When", "Contract", "Event", "Facts", "Block", "Transaction"), rows),
    )


@app.command()
def powers(rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """Say for every privileged function of every contract who can call it. Exit code 1 if anyone has too much."""
    from registrum.cli.access import Access
    from registrum.cli.power_report import report

    if not report(as_json, Access(rpc, manifest)):
        raise typer.Exit(1)


def _blocks(found: Proposal, now: Any) -> list[Facts | Table | str]:
    from registrum.client.proposals import own_words

    tally = found.tally
    counted = "counted for good" if tally.is_final else "as it stands"
    facts = [
        ("Proposal", found.to_json()["id"]),
        ("State", found.state),
        ("Next", found.next_step(now)),
        ("Proposed by", f"{found.office}, seat {found.proposer}"),
        ("Votes", f"{tally.for_votes} for, {tally.against_votes} against, {tally.abstain_votes} abstain, {counted}"),
        ("Needed", f"{tally.needed} of {tally.active_offices} active offices"),
        ("Vote begins after", found.vote_start),
        ("Vote ends", found.vote_end),
        ("Executable from", found.executable_from),
        ("Executable until", found.executable_until),
        ("Transaction", found.transaction_hash),
    ]
    blocks: list[Facts | Table | str] = [
        Facts(facts),
        words_table(found.calls),
        Facts([("In its proposer's words, which nobody has checked", own_words(found.description))]),
    ]
    if not found.matches_id:
        blocks.append("WARNING: what the node tells of this proposal is not what its number stands for. Do not vote.")
    votes = [(each.office, each.support.name.lower(), each.reason, each.counts, each.voted_at) for each in found.votes]
    blocks.append(Table(("Office", "Vote", "Reason", "Active now", "When"), votes, "Votes of the offices"))
    if found.remarks:
        rows = [(each.name or each.observer, each.text, each.made_at) for each in found.remarks]
        blocks.append(Table(("Observer", "Remark", "When"), rows, "Remarks"))
    return blocks


def _report_step(as_json: bool, found: Proposal, receipts: tuple[Receipt, ...], following: str) -> None:
    values = found.to_json()
    document = {
        "proposal": values["id"],
        "state": values["state"],
        "next": following,
        "executableFrom": values["executableFrom"],
        "executableUntil": values["executableUntil"],
        "sent": [sent_json(receipt) for receipt in receipts if receipt.transaction_hash],
    }
    facts = [("Proposal", values["id"]), ("State", found.state), ("Next", following)]
    facts += [("Transaction", receipt.transaction_hash) for receipt in receipts if receipt.transaction_hash]
    emit(as_json, document, Facts(facts))


def _facts_of(event: Event) -> str:
    values: dict[str, Any] = event.to_json()["arguments"]
    hidden = ("targets", "values", "signatures", "calldatas")
    return ", ".join(
        f"{name} {short(event.arguments['proposal_id']) if name == 'proposalId' else value}"
        for name, value in values.items()
        if name not in hidden
    )
