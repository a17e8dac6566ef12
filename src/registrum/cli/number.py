"""`registrum number`: office numbers, without a node."""

from __future__ import annotations

from typing import Annotated

import typer

from registrum.cli.inputs import read_number
from registrum.cli.options import AnyForm, AsJson, OfficeOption
from registrum.cli.output import Facts, emit

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Read office numbers.")


@app.callback()
def number() -> None:
    """Read office numbers."""


@app.command()
def parse(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Number as it is written, such as 'US 29/010,907'.")],
    right: Annotated[
        str | None, typer.Option("--right", metavar="P|U|T|D|S|G", help="Kind of right, unless the number says it.")
    ] = None,
    office: OfficeOption = None,
    any_form: AnyForm = False,
    as_json: AsJson = False,
) -> None:
    """Turn what people write into the canonical office number."""
    parsed = read_number(text, right, office, any_form=any_form, allow_former=True)
    document = {
        "office": parsed.office,
        "right": parsed.right.value,
        "number": parsed.number,
        "text": parsed.text,
        "asIssued": parsed.as_issued,
        "onChain": parsed.on_chain_hex,
        "unmasked": parsed.unmasked,
    }
    facts = [
        ("Office", parsed.office),
        ("Right", f"{parsed.right.value} ({parsed.right.full_name})"),
        ("Number", parsed.number),
        ("Text", parsed.text),
        ("As issued", parsed.as_issued),
        ("On chain", parsed.on_chain_hex),
        ("Known form", not parsed.unmasked),
    ]
    emit(as_json, document, Facts(facts))
