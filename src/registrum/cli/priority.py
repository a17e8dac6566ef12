"""`registrum priority`: verdicts on priority claims, and claims as offices recorded them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.inputs import one_of, read_number
from registrum.cli.options import (
    AnyForm,
    AsJson,
    Key,
    ManifestPath,
    NumberText,
    OfficeOption,
    PasswordFile,
    Replaces,
    RightOption,
    Rpc,
    SenderKey,
    Timeout,
)
from registrum.cli.output import Facts, Table, emit
from registrum.errors import InputError

if TYPE_CHECKING:
    from registrum.client.claims import Claim

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def priority() -> None:
    """Check and record priority claims."""


@app.command()
def check(
    earlier: Annotated[
        str | None, typer.Option("--earlier", metavar="NUMBER", help="Number of the earlier application.")
    ] = None,
    claimed_date: Annotated[
        str | None, typer.Option("--claimed-date", metavar="DATE", help="Its date as claimed, YYYY-MM-DD.")
    ] = None,
    later_office: Annotated[
        str | None, typer.Option("--later-office", metavar="XX", help="Office of second filing.")
    ] = None,
    later_right: Annotated[
        str | None, typer.Option("--later-right", metavar="P|U|T|D|S|G", help="Right of the later application.")
    ] = None,
    later_date: Annotated[
        str | None, typer.Option("--later-date", metavar="DATE", help="Its filing date, YYYY-MM-DD.")
    ] = None,
    earlier_right: Annotated[
        str | None,
        typer.Option("--earlier-right", metavar="P|U|T|D|S|G", help="Right of the earlier one; else as the later."),
    ] = None,
    earlier_office: Annotated[
        str | None, typer.Option("--earlier-office", metavar="XX", help="Office of first filing.")
    ] = None,
    document: Annotated[Path | None, typer.Option("--document", metavar="FILE", help="The copy received.")] = None,
    digest: Annotated[
        str | None, typer.Option("--digest", metavar="DIGEST", help="Its SHA-256: 0x and 64 digits.")
    ] = None,
    opening: Annotated[
        Path | None, typer.Option("--opening", metavar="FILE", help="The salt, where a commitment is recorded.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Check all claims of a CSV file instead.")
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """Judge a priority claim, or all those of a file. Exit code 1 unless every verdict is valid."""
    from registrum.cli.access import Access
    from registrum.cli.judgement import ClaimTexts, answer_json, judge

    given = (earlier, claimed_date, later_office, later_right, later_date)
    access = Access(rpc, manifest)
    if csv is not None:
        one_of(("--csv", csv), ("--earlier", any((*given, earlier_right, earlier_office, document, digest, opening))))
        _check_many(access, csv, as_json)
        return
    options = ("--earlier", "--claimed-date", "--later-office", "--later-right", "--later-date")
    missing = [option for option, value in zip(options, given, strict=True) if not value]
    if missing:
        raise InputError(f"{', '.join(missing)} missing", remedy=f"Give {', '.join(options)}; or --csv FILE.")
    texts = ClaimTexts(
        earlier=earlier or "",
        claimed_date=claimed_date or "",
        later_office=later_office or "",
        later_right=later_right or "",
        later_date=later_date or "",
        earlier_right=earlier_right,
        earlier_office=earlier_office,
        digest=digest,
        document=document,
        opening=opening,
    )
    judged = judge(access, [texts])[0]
    answer = answer_json(judged)
    record = answer["earlier"]
    facts: list[tuple[str, object]] = [
        ("Verdict", answer["verdict"]),
        ("Last day", answer["lastDay"]),
        ("Extended from", answer["extendedFrom"]),
        ("Calendar", answer["calendar"]),
        ("Earlier", record["number"]),
        ("Filed", record["filingDate"]),
        ("Recorded at", record["recordedAt"]),
        ("Status", record["status"]),
        ("Version", record["version"]),
        ("Signing key", record["signingKey"]),
    ]
    facts += [("Why" if at == 0 else "Note", reason) for at, reason in enumerate(answer["reasons"])]
    emit(as_json, answer, Facts(facts))
    if answer["verdict"] != "valid":
        raise typer.Exit(1)


@app.command()
def claim(
    later: Annotated[str, typer.Option("--later", metavar="NUMBER", help="Number of the later application.")],
    earlier: Annotated[str, typer.Option("--earlier", metavar="NUMBER", help="Number of the earlier application.")],
    later_date: Annotated[str, typer.Option("--later-date", metavar="DATE", help="Filing date of the later one.")],
    claimed_date: Annotated[
        str, typer.Option("--claimed-date", metavar="DATE", help="Date of the earlier, as claimed.")
    ],
    outcome: Annotated[
        str, typer.Option("--outcome", metavar="OUTCOME", help="claimed, accepted, refused or withdrawn.")
    ] = "claimed",
    partial: Annotated[
        bool, typer.Option("--partial", help="The claim covers a part of the later application (Article 4F).")
    ] = False,
    replaces: Replaces = None,
    later_right: Annotated[
        str | None, typer.Option("--later-right", metavar="P|U|T|D|S|G", help="Its right, unless the number says it.")
    ] = None,
    later_office: Annotated[
        str | None, typer.Option("--later-office", metavar="XX", help="Its office, unless the number says it.")
    ] = None,
    earlier_right: Annotated[
        str | None,
        typer.Option("--earlier-right", metavar="P|U|T|D|S|G", help="Right of the earlier, unless the number says it."),
    ] = None,
    earlier_office: Annotated[
        str | None,
        typer.Option("--earlier-office", metavar="XX", help="Office of the earlier, unless the number says it."),
    ] = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    sender: SenderKey = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Record a priority claim with its outcome. The office of the later application signs."""
    from registrum.cli.access import Access
    from registrum.client.claims import ClaimResult
    from registrum.dates import parse_date

    try:
        found = ClaimResult(outcome)
    except ValueError:
        known = ", ".join(result.value for result in ClaimResult)
        raise InputError(f"{outcome!r} is no outcome of a claim", remedy=f"Give one of {known}.") from None
    claiming = read_number(later, later_right, later_office, any_form=any_form)
    claimed = read_number(earlier, earlier_right, earlier_office, any_form=any_form, allow_former=True)
    filed, first = parse_date(later_date), parse_date(claimed_date)
    with Access(rpc, manifest, key, password_file, sender, timeout).write(claiming.office) as registry:
        receipt = registry.record_claim(
            claiming,
            claimed,
            later_filing_date=filed,
            claimed_date=first,
            outcome=found,
            is_partial=partial,
            replaces=replaces,
        )
        recorded = registry.claim(claiming, claimed)
    answer = {
        "taken": receipt.taken,
        "transactionHash": receipt.transaction_hash,
        "blockNumber": receipt.block_number,
        "claim": None if recorded is None else recorded.to_json(),
    }
    facts = [
        ("Later", claiming.text),
        ("Earlier", claimed.text),
        ("Outcome", found),
        ("Taken", "yes" if receipt.taken else "no, recorded before"),
        ("Transaction", receipt.transaction_hash),
    ]
    emit(as_json, answer, Facts(facts))


@app.command()
def claims(
    number: NumberText,
    incoming: Annotated[bool, typer.Option("--incoming", help="Only claims that rest on the number.")] = False,
    outgoing: Annotated[bool, typer.Option("--outgoing", help="Only claims that the number makes.")] = False,
    right: RightOption = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    as_json: AsJson = False,
) -> None:
    """List the recorded claims that a number makes, and those that rest on it."""
    from registrum.cli.access import Access

    parsed = read_number(number, right, office, any_form=any_form, allow_exact=True, allow_former=True)
    both = incoming == outgoing
    answer: dict[str, Any] = {"number": parsed.text}
    blocks: list[Table] = []
    with Access(rpc, manifest).read() as registry:
        if outgoing or both:
            made = registry.claims_by(parsed)
            answer["outgoing"] = [item.to_json() for item in made]
            blocks.append(_claim_table(made, f"Claims that {parsed} makes"))
        if incoming or both:
            resting = registry.claims_on(parsed)
            answer["incoming"] = [item.to_json() for item in resting]
            blocks.append(_claim_table(resting, f"Claims that rest on {parsed}"))
    emit(as_json, answer, *blocks)


def _check_many(access: Any, csv: Path, as_json: bool) -> None:
    from registrum.cli.judgement import answer_json, judge, read_claims

    claims = read_claims(csv)
    judged = judge(access, [texts for _, texts in claims])
    answers = [{"line": line, **answer_json(item)} for (line, _), item in zip(claims, judged, strict=True)]
    valid = sum(answer["verdict"] == "valid" for answer in answers)
    rows = [
        (
            answer["line"],
            answer["earlier"]["number"],
            answer["verdict"],
            answer["lastDay"],
            answer["earlier"]["status"],
            answer["reasons"][0],
        )
        for answer in answers
    ]
    emit(
        as_json,
        {"total": len(answers), "valid": valid, "assessments": answers},
        Table(("Line", "Earlier", "Verdict", "Last day", "Status", "Why"), rows),
    )
    if valid < len(answers):
        raise typer.Exit(1)


def _claim_table(claims: list[Claim], title: str) -> Table:
    headings = ("Later", "Filed", "Earlier", "Claimed date", "Partial", "Outcome", "Version", "Earlier record since")
    rows = [
        (
            item.later.text,
            item.later_filing_date,
            item.earlier.text,
            item.claimed_date,
            item.is_partial,
            item.outcome,
            item.version,
            " and ".join(_since(item)) or "unchanged",
        )
        for item in claims
    ]
    return Table(headings, rows, title)


def _since(claim: Claim) -> list[str]:
    changes = (("corrected", claim.corrected_since), ("withdrawn", claim.withdrawn_since))
    return [name for name, happened in changes if happened]
