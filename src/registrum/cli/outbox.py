"""`registrum outbox`: what was accepted for sending, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import AsJson, Key, ManifestPath, PasswordFile, Rpc, SenderKey, Timeout
from registrum.cli.output import Facts, Table, emit
from registrum.errors import InputError, KeyNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registrum.chain.entries import Entry, State
    from registrum.chain.outbox import Outbox
    from registrum.cli.access import Access
    from registrum.signing.signers import Signer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

_PAGE = 1000


@app.callback()
def outbox() -> None:
    """See what was sent, and settle it."""


@app.command("list")
def list_(
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Only queued, sent, mined, confirmed or refused.")
    ] = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """List what lies in the outbox. Needs no node."""
    from registrum.chain.entries import State
    from registrum.cli.access import Access

    try:
        states = [] if state is None else [State(state)]
    except ValueError:
        known = ", ".join(each.value for each in State)
        raise InputError(f"{state!r} is no state of an entry", remedy=f"Give one of {known}.") from None
    access = Access(manifest=manifest)
    deployment = access.manifest()
    with access.outbox(deployment) as box:
        found = list(_entries(box, *states))
        counts = box.counts()
    document = {
        "outbox": str(access.outbox_path(deployment)),
        "counts": {name.value: count for name, count in counts.items()},
        "entries": [_entry_json(entry) for entry in found],
    }
    rows = [
        (entry.id, entry.state, entry.outcome, entry.description, entry.nonce, entry.tx_hash, entry.note)
        for entry in found
    ]
    headings = ("Entry", "State", "Outcome", "What", "Nonce", "Transaction", "Note")
    emit(as_json, document, Table(headings, rows, f"Outbox {document['outbox']}"))


@app.command()
def retry(
    entries: Annotated[
        list[int] | None, typer.Argument(metavar="[ENTRY]...", help="Refused entries to queue anew.")
    ] = None,
    all_refused: Annotated[bool, typer.Option("--all", help="Queue all refused entries anew.")] = False,
    timeout: Timeout = 60.0,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    as_json: AsJson = False,
) -> None:
    """Bring everything that is open to its end; refused entries only if they are named.

    Exit code 4 if one of them is refused, 5 if an end was not seen in time.
    """
    from registrum.chain.entries import State
    from registrum.cli.access import Access

    access = Access(rpc, manifest, key, password_file, sender)
    deployment = access.manifest()
    with access.read() as registry, access.outbox(deployment) as box:
        again = [entry.id for entry in _entries(box, State.REFUSED)] if all_refused else list(entries or ())
        for entry_id in again:
            box.retry(entry_id)
        open_ids = [entry.id for entry in _entries(box, State.QUEUED, State.SENT, State.MINED)]
        _drain(access, registry, box, timeout)
        settled = [box.entry(entry_id) for entry_id in open_ids]
    document = {"settled": len(settled), "entries": [_entry_json(entry) for entry in settled]}
    rows = [(entry.id, entry.state, entry.description, entry.tx_hash, entry.note) for entry in settled]
    emit(
        as_json,
        document,
        Facts([("Settled", len(settled))]),
        Table(("Entry", "State", "What", "Transaction", "Note"), rows, "Settled"),
    )
    if any(entry.state is State.REFUSED for entry in settled):
        raise typer.Exit(4)


def _drain(access: Access, registry: Any, box: Outbox, timeout: float) -> None:
    from registrum.chain.entries import State
    from registrum.chain.profile import Finality
    from registrum.chain.sender import Sender

    waiting = {entry.account for entry in _entries(box, State.QUEUED, State.SENT, State.MINED)}
    for account in sorted(waiting, key=str):
        finality = Finality.parse(access.settings.finality)
        with Sender(registry.rpc, box, _key_of(access, account), finality=finality) as sender:
            sender.drain(timeout)


def _key_of(access: Access, account: str | None) -> Signer:
    """The key of a sending account: a sample account of a local chain, or the one that the options name."""
    if access.is_local():
        from registrum.development import ACCOUNTS
        from registrum.signing.signers import DevelopmentSigner

        for index in range(ACCOUNTS):
            candidate = DevelopmentSigner.account(index)
            if account in (None, candidate.address):
                return candidate
    signer = access.paying(None)
    if account not in (None, signer.address):
        raise KeyNotFoundError(
            f"entries of {account} wait, and the key given is that of {signer.address}",
            remedy="Name the keystore of that account by --sender or --key.",
        )
    return signer


def _entries(box: Outbox, *states: State) -> Iterator[Entry]:
    after = 0
    while page := box.entries(*states, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "key": entry.key,
        "description": entry.description,
        "state": entry.state.value,
        "outcome": entry.outcome.value,
        "account": entry.account,
        "nonce": entry.nonce,
        "transactionHash": None if entry.tx_hash is None else "0x" + entry.tx_hash.hex(),
        "blockNumber": entry.block_number,
        "gasUsed": entry.gas_used,
        "note": entry.note,
        "createdAt": _moment(entry.created_at),
        "updatedAt": _moment(entry.updated_at),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
