"""`registrum index`: the events of the contracts in a database, kept up to date, and compared with the chain.

Not its job: looking things up in it (`registrum serve`).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import AsJson, IndexDatabase, ManifestPath, Rpc
from registrum.cli.output import Block, Facts, Table, emit, note
from registrum.cli.progress import measured
from registrum.errors import InputError, NodeError, RpcError

if TYPE_CHECKING:
    from registrum.chain.rpc import RpcClient
    from registrum.cli.access import Access
    from registrum.cli.progress import Measured
    from registrum.index.following import Activity, Follower
    from registrum.index.store import Index, Progress

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

_SAMPLE = 200
_MOST_SHOWN = 100

MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port", metavar="N", min=0, max=65535, help="Answer Prometheus at this port; 0: a free one."
    ),
]
MetricsHost = Annotated[
    str, typer.Option("--metrics-host", metavar="ADDRESS", help="Address of it; this machine alone by default.")
]


@app.callback()
def index() -> None:
    """Keep the events of the contracts in a database, and compare it with the chain."""


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="End when it has caught up with the node.")] = False,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
    database: IndexDatabase = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Read the events into the database, and follow the chain until Ctrl-C.

    It can be ended at any time, and goes on from there. A node that fails is waited for.
    """
    from registrum.cli.access import Access

    access = Access(rpc, manifest, index=database)
    with _opened(access) as (found, client), measured() as bar:
        follower = _follower(access, found, client, bar)
        if metrics_port is not None:
            from registrum.index.metrics import serve_metrics

            port = serve_metrics(follower.activity, metrics_port, metrics_host)
            note(f"figures for Prometheus are at http://{metrics_host}:{port}/metrics")
        if once:
            follower.catch_up()
        else:
            note(f"following {client.endpoint} into {found.shown_url}; Ctrl-C ends it")
            with _until_signal() as stop:
                follower.run(stop)
        _tell(as_json, found, client, follower.activity)


@app.command()
def status(
    database: IndexDatabase = None, rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False
) -> None:
    """Show how far the index is. Exit code 1 if it does not answer for any block yet."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, index=database)
    with _opened(access, create=False) as (found, client):
        progress = _tell(as_json, found, client, None)
    if progress is None or not progress.is_ready:
        raise typer.Exit(1)


@app.command()
def rebuild(
    database: IndexDatabase = None, rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False
) -> None:
    """Empty the database, whatever index it held, and read everything again."""
    from registrum.cli.access import Access

    access = Access(rpc, manifest, index=database)
    with _opened(access) as (found, client), measured() as bar:
        follower = _follower(access, found, client, bar)
        follower.rebuild()
        _tell(as_json, found, client, follower.activity)


@app.command()
def compare(
    full: Annotated[bool, typer.Option("--full", help="Compare everything.")] = False,
    sample: Annotated[
        int | None,
        typer.Option("--sample", metavar="N", min=1, help=f"Rows of each kind, and blocks; {_SAMPLE} by default."),
    ] = None,
    database: IndexDatabase = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Compare the index with the chain, by calls and by logs, at the block that it has reached.

    Exit code 1 if they differ; each difference is named.
    """
    from registrum.cli.access import Access
    from registrum.index.comparing import MOST_KEPT
    from registrum.index.comparing import compare as compare_index

    if full and sample is not None:
        raise InputError("--full and --sample exclude each other", remedy="Give one of them.")
    access = Access(rpc, manifest, index=database)
    deployment = access.manifest()
    with _opened(access, create=False) as (found, client), measured() as bar:
        pages = 0

        def advance() -> None:
            nonlocal pages
            pages += 1
            bar("Comparing", pages, None, "pages")

        size = None if full else sample or _SAMPLE
        comparison = compare_index(found, client, deployment, sample=size, advance=advance)
    rows = [(one.table, one.key, one.text) for one in comparison.differences[:_MOST_SHOWN]]
    shown: list[Block] = [Table(("Table", "Row", "Difference"), rows, "Differences")] if rows else []
    left_out = comparison.found - len(rows)
    if left_out:
        shown.append(f"... and {left_out} more; --json shows the first {MOST_KEPT}")
    emit(
        as_json,
        comparison.to_json(),
        Facts(
            [
                ("Index", found.shown_url),
                ("Block", comparison.block_number),
                ("Compared", ", ".join(f"{count} {name}" for name, count in sorted(comparison.compared.items()))),
                ("Differences", comparison.found),
            ]
        ),
        *shown,
    )
    if not comparison.agrees:
        raise typer.Exit(1)


@contextmanager
def _opened(access: Access, *, create: bool = True) -> Iterator[tuple[Index, RpcClient]]:
    from registrum.chain.rpc import RpcClient
    from registrum.index.store import open_index

    with (
        RpcClient(access.settings.require_rpc()) as client,
        open_index(access.index_database(), create=create) as found,
    ):
        yield found, client


def _follower(access: Access, found: Index, client: RpcClient, bar: Measured) -> Follower:
    from registrum.index.following import Follower

    first = min(contract.block for contract in access.manifest().contracts.values())

    def report(activity: Activity) -> None:
        done = 0 if activity.block_number is None else activity.block_number - first + 1
        total = None if activity.head_number is None else activity.head_number - first + 1
        rate = f"{activity.events:,} events, {activity.events_a_second:,.0f}/s"
        bar(activity.stage.capitalize(), max(0, done), total, rate)

    return Follower(found, client, access.manifest(), report=report)


@contextmanager
def _until_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C and the end signal of service managers set."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda _number, _frame: stop.set()) for number in signals]
    try:
        yield stop
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _tell(as_json: bool, found: Index, client: RpcClient, activity: Activity | None) -> Progress | None:
    """Print how far the index is."""
    from registrum.chain.profile import read_block
    from registrum.client.forms import instant, json_value

    with found.snapshot() as connection:
        progress = found.progress(connection)
    head: int | None = None
    try:
        head = read_block(client.call("eth_getBlockByNumber", ["latest", False])).number
    except (NodeError, RpcError) as error:
        note(error.message)
    number = None if progress is None else progress.block_number
    seconds = None if progress is None else progress.block_time
    block_time = None if seconds is None else instant(seconds)
    lag = None if head is None or number is None else max(0, head - number)
    document: dict[str, Any] = {
        "index": found.shown_url,
        "chainId": None if progress is None else progress.chain_id,
        "blockNumber": number,
        "blockHash": json_value(None if progress is None else progress.block_hash),
        "blockTime": json_value(block_time),
        "headNumber": head,
        "lagBlocks": lag,
        "isReady": progress is not None and progress.is_ready,
    }
    facts: list[tuple[str, object]] = [
        ("Index", found.shown_url),
        ("Block", number),
        ("Block time", block_time),
        ("Newest block of the node", head),
        ("Blocks behind", lag),
        ("Complete", document["isReady"]),
    ]
    if activity is not None:
        done = {
            "blocksRead": activity.blocks,
            "eventsWritten": activity.events,
            "ignoredLogs": activity.ignored,
            "reorganisations": activity.reorganisations,
            "errors": activity.errors,
        }
        document |= done
        facts += [
            ("Blocks read", activity.blocks),
            ("Events written", activity.events),
            ("Logs of other contracts", activity.ignored),
            ("Reorganisations", activity.reorganisations),
            ("Failures of the node", activity.errors),
        ]
    emit(as_json, document, Facts(facts))
    return progress
