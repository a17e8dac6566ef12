"""`registrum audit`: what stands out in what an office recorded, and how it compares with the office's own list.

Not its job: the examinations (`registrum.audit`), and whether the index is right (`registrum index compare`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import AsJson, ManifestPath, OfficeCode, Rpc
from registrum.cli.output import Block, Facts, Table, emit, note
from registrum.cli.progress import measured
from registrum.errors import IndexIncompleteError, IndexMismatchError, InputError, NodeError, RpcError

if TYPE_CHECKING:
    from registrum.audit.own_list import OwnList
    from registrum.audit.report import Report
    from registrum.cli.access import Access
    from registrum.cli.progress import Measured
    from registrum.index.auditing import AuditReader

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

_MOST_SHOWN = 200


class Delimiter(StrEnum):
    """What stands between the cells of a list."""

    COMMA = "comma"
    SEMICOLON = "semicolon"


class Weight(StrEnum):
    """Severities of findings, the least first."""

    OBSERVATION = "observation"
    WARNING = "warning"
    ERROR = "error"


Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        "--index",
        metavar="URL",
        help="Database of the index: a file or postgresql://... [env: REGISTRUM_INDEX]",
    ),
]


@app.callback()
def audit() -> None:
    """Examine what an office recorded, and compare it with the office's own list."""


@app.command()
def office(
    code: OfficeCode,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First day of recording, YYYY-MM-DD in UTC.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day of recording, YYYY-MM-DD in UTC.")],
    own_list: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="The office's own list, a CSV file, to compare with.")
    ] = None,
    delimiter: Annotated[
        Delimiter | None, typer.Option("--delimiter", help="Between the cells of the list; told from it otherwise.")
    ] = None,
    any_form: Annotated[
        bool, typer.Option("--any-form", help="Take numbers in the list that fit no known form of the office.")
    ] = False,
    late_days: Annotated[
        int, typer.Option("--late-days", metavar="N", help="Days from filing to recording that are not late yet.")
    ] = 30,
    near_days: Annotated[
        int, typer.Option("--near-days", metavar="N", help="Days before a compromise in which uses of a key are named.")
    ] = 14,
    most: Annotated[
        int, typer.Option("--most", metavar="N", help="Findings of each kind that are listed; all are counted.")
    ] = 1_000,
    fail_on: Annotated[
        Weight, typer.Option("--fail-on", help="Least severity of findings that makes the exit code 1.")
    ] = Weight.OBSERVATION,
    made_by: Annotated[
        str | None, typer.Option("--made-by", metavar="TEXT", help="Who makes the report; stands in it.")
    ] = None,
    database: Database = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Report what stands out in what an office recorded in a period. Exit code 1 if something does.

    It reads the index, for which `registrum index compare` vouches. A finding is a question, not a verdict.
    """
    from registrum.audit.facts import Period, Terms
    from registrum.audit.findings import Severity
    from registrum.audit.office import audit_office
    from registrum.cli.access import Access
    from registrum.client.forms import require_office
    from registrum.dates import parse_date

    period, terms = Period(parse_date(first), parse_date(last)), Terms(late_days, near_days, most)
    require_office(code)
    access = Access(rpc, manifest, index=database)
    # The list first: whoever keeps a view of the index open keeps its database from being tidied.
    with (
        measured() as bar,
        _listed(own_list, code, delimiter, any_form, bar) as rows,
        _opened(access) as reader,
    ):
        fresh = reader.freshness(_newest_block(access, reader))
        if not fresh.is_complete:
            raise IndexIncompleteError("the chain is still being read into the index, so nothing can be examined")
        if reader.office(code) is None:
            raise InputError(
                f"{code} was never a member of this consortium, so it has recorded nothing that could be examined",
                remedy="`registrum office list` shows the members.",
            )
        report = audit_office(
            reader,
            code,
            period,
            terms,
            read_at=fresh.to_json(),
            own_list=rows,
            made_by=made_by,
            advance=lambda count: bar("Examining", count, None, "records"),
        )
    emit(as_json, report.to_json(), *_for_people(report))
    if report.has(Severity(fail_on.value)):
        raise typer.Exit(1)


@contextmanager
def _opened(access: Access) -> Iterator[AuditReader]:
    """A view of the index, after a look whether it is that of the deployment; a database that was named needs none."""
    from registrum.index.auditing import read_audit
    from registrum.index.store import open_index

    named = access.settings.index
    url = access.index_database() if named is None else named
    with open_index(url, create=False) as found, read_audit(found) as reader:
        chain = reader.audit_chain()
        if access.settings.manifest is not None and chain["chainId"] is not None:
            deployment = access.manifest()
            if (chain["chainId"], chain["genesisHash"]) != (deployment.chain_id, "0x" + deployment.genesis_hash.hex()):
                raise IndexMismatchError(
                    f"the index {found.shown_url} is of another chain than the manifest: id {chain['chainId']}, block 0"
                    f" {chain['genesisHash']}"
                )
        yield reader


def _newest_block(access: Access, reader: AuditReader) -> int | None:
    """The newest block of the node; None where there is no node that answers.

    Raises:
        IndexMismatchError: The node has another block than the index.
    """
    from registrum.chain.profile import read_block
    from registrum.chain.rpc import RpcClient

    url, at = access.settings.rpc, reader.freshness()
    if url is None or at.block_number is None:
        note("no node was named, so it is not known how far the index is behind the chain")
        return None
    try:
        with RpcClient(url) as client:
            newest = read_block(client.call("eth_getBlockByNumber", ["latest", False]))
            same = client.call("eth_getBlockByNumber", [hex(at.block_number), False])
    except (NodeError, RpcError) as error:
        note(f"{error.message}; so it is not known how far the index is behind the chain")
        return None
    if same is not None and "0x" + read_block(same).hash.hex() != at.block_hash:
        raise IndexMismatchError(
            f"the node {url} has another block {at.block_number} than the index",
            remedy="Let `registrum index run` catch up, or name the index and the node of one chain.",
        )
    return newest.number


@contextmanager
def _listed(
    path: Path | None, code: str, delimiter: Delimiter | None, any_form: bool, bar: Measured
) -> Iterator[OwnList | None]:
    if path is None:
        yield None
        return
    from registrum.audit.own_list import DELIMITERS, OwnList

    between = None if delimiter is None else DELIMITERS[delimiter.value]

    def advance(count: int) -> None:
        bar("Reading the list", count, None, "lines")

    with OwnList(path, code, delimiter=between, any_form=any_form, advance=advance) as found:
        yield found


def _for_people(report: Report) -> list[Block]:
    """The report as facts and tables."""
    read, delays = report.read_at, report.delays
    lag = "not known" if read["lagBlocks"] is None else f"{read['lagBlocks']} blocks behind the node"
    to = f"{report.period.last}" + ("" if report.is_over else " (not over at this block: more may be recorded in it)")
    facts: list[tuple[str, object]] = [
        ("Office", report.office),
        ("Recorded from", report.period.first),
        ("Recorded to", to),
        ("Measured by", "time of recording, days in UTC"),
        ("Block", read["blockNumber"]),
        ("Block hash", read["blockHash"]),
        ("Block time", read["blockTime"]),
        ("Index", lag),
        ("Chain", f"{report.chain['chainId']}, block 0 {report.chain['genesisHash']}"),
        ("Made by", f"{report.made_by or 'unnamed'}, with registrum {report.version}"),
        ("Records", f"{report.examined['recordsInPeriod']} in the period, {report.examined['records']} in all"),
        ("Uses of keys", report.examined["keyUses"]),
    ]
    if delays["count"]:
        middle = f"median {delays['median']}, 95 % within {delays['percentile95']}"
        facts.append(("Days to recording", f"{middle}, {delays['least']} to {delays['greatest']}"))
    if report.without_series:
        without = ", ".join(f"{right}: {count}" for right, count in report.without_series.items())
        facts.append(("Numbers of no known form", f"{without}; gaps are not looked for among them"))
    if report.reconciliation is not None:
        tally: dict[str, Any] = dict(report.reconciliation)
        facts += [
            ("Applications in the list", tally["lines"]),
            ("Of them on the chain", f"{tally['matched']}, {tally['agreed']} without any difference"),
            ("Of them recorded outside the period", tally["recordedOutsidePeriod"]),
        ]
    facts.append(("Findings", report.total))
    blocks: list[Block] = [Facts(facts)]
    if not report.total:
        return [
            *blocks,
            "Nothing stands out. That is no proof that nothing is wrong: docs/audit.md says what is looked for.",
        ]
    counts = [(code, report.counts[code]) for code in report.counts]
    blocks.append(Table(("Finding", "Count"), sorted(counts), "Counts"))
    shown = report.findings[:_MOST_SHOWN]
    rows = [
        (
            finding.severity,
            finding.code,
            finding.number,
            finding.evidence[-1].block_number if finding.evidence else None,
            finding.evidence[-1].transaction_hash if finding.evidence else None,
            finding.sentence,
        )
        for finding in shown
    ]
    blocks.append(Table(("Severity", "Finding", "Number", "Block", "Transaction", "What"), rows, "Findings"))
    left = report.total - len(shown)
    if left:
        blocks.append(f"... and {left} more; --json lists up to --most of each kind")
    return blocks
