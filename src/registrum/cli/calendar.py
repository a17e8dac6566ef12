"""`registrum calendar`: the closed days of an office, on which a priority period does not end."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from registrum.cli.options import AsJson, Key, ManifestPath, OfficeCode, PasswordFile, Rpc, Timeout
from registrum.cli.output import Facts, emit
from registrum.errors import InputError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Year = Annotated[int, typer.Argument(metavar="YEAR", min=1800, max=9999, help="Year of the calendar.")]


@app.callback()
def calendar() -> None:
    """Publish and look up the closed days of an office."""


@app.command()
def publish(
    code: OfficeCode,
    year: Year,
    weekly: Annotated[
        str, typer.Option("--weekly", metavar="DAYS", help="Weekdays on which it is closed, or none.")
    ] = "sat,sun",
    closed: Annotated[
        list[str] | None,
        typer.Option("--closed", metavar="DATE", help="A day on which it is closed besides; may be repeated."),
    ] = None,
    opened: Annotated[
        list[str] | None,
        typer.Option("--open", metavar="DATE", help="A day on which it is open all the same; may be repeated."),
    ] = None,
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    key: Key = None,
    password_file: PasswordFile = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Publish, or replace, the closed days of an office in a year."""
    from registrum.cli.access import Access

    days = _weekdays(weekly)
    closed_days, open_days = _dates(closed), _dates(opened)
    with Access(rpc, manifest, key, password_file, timeout_s=timeout).write(code, seat=True) as registry:
        receipt = registry.publish_calendar(code, year, weekly=days, closed=closed_days, opened=open_days)
    document = {
        "office": code,
        "year": year,
        "taken": receipt.taken,
        "transactionHash": receipt.transaction_hash,
        "blockNumber": receipt.block_number,
    }
    facts = [("Office", code), ("Year", year), ("Taken", receipt.taken), ("Transaction", receipt.transaction_hash)]
    emit(as_json, document, Facts(facts))


@app.command()
def show(code: OfficeCode, year: Year, rpc: Rpc = None, manifest: ManifestPath = None, as_json: AsJson = False) -> None:
    """Show the closed days of an office in a year. Exit code 1 if it published none."""
    from registrum.cli.access import Access

    with Access(rpc, manifest).read() as registry:
        found = registry.calendar(code, year)
    if found is None:
        document = {"office": code, "year": year, "calendar": None}
        emit(as_json, document, Facts([("Office", code), ("Year", year), ("Calendar", "not published")]))
        raise typer.Exit(1)
    facts = [
        ("Office", code),
        ("Year", year),
        ("Closed weekly", ", ".join(_WEEKDAYS[day] for day in sorted(found.weekly)) or "never"),
        ("Closed besides", ", ".join(map(str, found.closed)) or "-"),
        ("Open all the same", ", ".join(map(str, found.opened)) or "-"),
        ("Version", found.version),
        ("Published", found.published_at),
    ]
    emit(as_json, {"office": code, "year": year, "calendar": found.to_json()}, Facts(facts))


def _weekdays(text: str) -> list[int]:
    if text == "none":
        return []
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in _WEEKDAYS:
            raise InputError(f"{name!r} is not a weekday", remedy=f"Give some of {','.join(_WEEKDAYS)}, or none.")
    return [_WEEKDAYS.index(name) for name in names]


def _dates(texts: list[str] | None) -> list[date]:
    from registrum.dates import parse_date

    return [parse_date(text) for text in texts or ()]
