"""What the commands about proposals share: plain words and a question before anything is signed, and making proposals.

Not its job: any one command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registrum.cli.output import Facts, Table, emit, note
from registrum.errors import DeclinedError, InputError

if TYPE_CHECKING:
    from registrum.cli.access import Access
    from registrum.client.drafts import Drafts
    from registrum.client.plain_words import PlainCall
    from registrum.client.proposals import Draft, Proposal, Support
    from registrum.client.receipts import Receipt

__all__ = [
    "agree",
    "agree_to_vote",
    "make",
    "read_support",
    "sent_json",
    "short",
    "tell",
    "tell_proposal",
    "words_table",
]

_SHORT = 12
_UNREADABLE = (
    "Ask the proposer what they are for, and vote against it. To go on all the same, give --accept-unreadable."
)


def make(
    as_json: bool,
    access: Access,
    office: str | None,
    build: Callable[[Drafts], Draft],
    draft_file: Path | None,
    *,
    accept_unreadable: bool = False,
    yes: bool = False,
) -> None:
    """Propose, or write the proposal into a file; print what became of it.

    Args:
        as_json: As for `emit`.
        access: The options of the command.
        office: Office whose seat proposes.
        build: Makes the draft.
        draft_file: Where it is written instead.
        accept_unreadable: Propose calls that cannot be decoded.
        yes: Do not ask.

    Raises:
        InputError: A call cannot be decoded, and that was not accepted; or `office` is none.
        DeclinedError: As for `agree`.
    """
    from registrum.client.proposals import id_text

    if draft_file is not None:
        from registrum.client.ballots import ProposalFile, write_file

        with access.read() as registry:
            member = None if office is None else registry.office(office)
            if office is not None and member is None:
                raise InputError(f"{office} is no office of the consortium", remedy="Name by --as who will propose it.")
            draft = build(registry.drafts(None if member is None else member.seat))
            words = _words(draft, registry.names())
        tell(id_text(draft.id), draft.description, words, accept_unreadable=accept_unreadable)
        _warn_of_copies(draft, "Name the office that will propose it by --as.")
        write_file(draft_file, ProposalFile(draft), access.manifest())
        document = {"proposal": id_text(draft.id), "file": str(draft_file), "taken": False}
        emit(as_json, document, Facts([("Proposal", id_text(draft.id)), ("File", draft_file)]))
        return
    with access.write(office, seat=True) as registry:
        draft = build(registry.drafts())
        tell(id_text(draft.id), draft.description, _words(draft, registry.names()), accept_unreadable=accept_unreadable)
        _warn_of_copies(draft, "A file written with --draft and --as keeps it to the seat of that office.")
        agree("Propose this?", yes)
        receipt = registry.propose(draft)
        proposal = registry.proposal(draft.id)
        now = registry.chain_time()
    document = {
        "proposal": id_text(draft.id),
        "state": proposal.state.value,
        "description": draft.description,
        "plainWords": [call.sentence for call in proposal.calls],
        "voteStart": proposal.to_json()["voteStart"],
        "voteEnd": proposal.to_json()["voteEnd"],
        **sent_json(receipt),
    }
    facts = [
        ("Proposal", id_text(draft.id)),
        ("State", proposal.state),
        ("Next", proposal.next_step(now)),
        ("Taken", receipt.taken),
        ("Transaction", receipt.transaction_hash),
    ]
    emit(as_json, document, Facts(facts), words_table(proposal.calls))


def tell(name: str, description: str, calls: Sequence[PlainCall], *, accept_unreadable: bool) -> None:
    """Say on standard error what a proposal would do, before anybody proposes, votes or signs.

    Raises:
        InputError: A call cannot be decoded, and that was not accepted.
    """
    from registrum.client.proposals import own_words

    note(f"proposal {name} would, by its calls as they are decoded here:")
    for position, call in enumerate(calls, 1):
        note(f"  {position}. {call.sentence}")
    note(f"  in its proposer's words, which nobody has checked: {own_words(description)}")
    unreadable = sum(not call.is_readable for call in calls)
    if not unreadable:
        return
    if not accept_unreadable:
        raise InputError(
            f"{unreadable} of {len(calls)} calls of the proposal {name} cannot be read", remedy=_UNREADABLE
        )
    note(f"  {unreadable} of its calls cannot be read, and you accept that")


def tell_proposal(proposal: Proposal, *, accept_unreadable: bool) -> None:
    """The same for a proposal that was made.

    Raises:
        InputError: It cannot be read in full, and that was not accepted.
    """
    from registrum.client.proposals import id_text

    tell(id_text(proposal.id), proposal.description, proposal.calls, accept_unreadable=accept_unreadable)
    if not proposal.matches_id:
        if not accept_unreadable:
            raise InputError(
                f"what the node tells of the proposal {id_text(proposal.id)} is not what its number stands for",
                remedy="Ask another node, and vote against it. To go on all the same, give --accept-unreadable.",
            )
        note("  what the node tells of it is not what its number stands for, and you accept that")


def agree(question: str, yes: bool) -> None:
    """Ask on the terminal before what was shown is signed or sent. Without a terminal nobody is asked.

    Args:
        question: To be answered by y or n.
        yes: It is agreed already.

    Raises:
        DeclinedError: The answer was not yes.
    """
    if yes or not sys.stdin.isatty():
        return
    # Not by `typer.confirm`: it writes a blank on standard output, where results alone belong.
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if answer.strip().lower() not in ("y", "yes"):
        raise DeclinedError("you did not agree: nothing was signed or sent", remedy="Answer y, or give --yes.")


def agree_to_vote(support: Support, yes: bool) -> None:
    """`agree` to a vote, which cannot be changed."""
    words = {"FOR": "Vote for this?", "AGAINST": "Vote against this?", "ABSTAIN": "Abstain on this?"}
    agree(f"{words[support.name]} It cannot be changed.", yes)


def words_table(calls: Sequence[PlainCall]) -> Table:
    """What the calls do, a line each."""
    rows = [(position, call.sentence, call.is_readable) for position, call in enumerate(calls, 1)]
    return Table(("Call", "What it does", "Readable"), rows, "In plain words")


def read_support(in_favour: bool, against: bool, abstain: bool) -> Support:
    """The vote that the options name.

    Raises:
        InputError: None of them, or several.
    """
    from registrum.client.proposals import Support

    given = [
        support
        for support, wanted in ((Support.FOR, in_favour), (Support.AGAINST, against), (Support.ABSTAIN, abstain))
        if wanted
    ]
    if len(given) != 1:
        raise InputError("one vote is needed", remedy="Give one of --for, --against and --abstain.")
    return given[0]


def sent_json(receipt: Receipt) -> dict[str, Any]:
    """Keys `taken, transactionHash, blockNumber`."""
    return {
        "taken": receipt.taken,
        "transactionHash": receipt.transaction_hash,
        "blockNumber": receipt.block_number,
    }


def short(number: int) -> str:
    """The beginning of a proposal's number, for tables."""
    from registrum.client.proposals import id_text

    return id_text(number)[:_SHORT]


def _warn_of_copies(draft: Draft, remedy: str) -> None:
    if draft.proposer is None:
        note(f"any seat can propose this text, and cancel it: it is used up then. {remedy}")


def _words(draft: Draft, names: Any) -> tuple[PlainCall, ...]:
    from registrum.client.plain_words import plain_calls

    return plain_calls(draft.calls, names)
