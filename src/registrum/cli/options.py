"""The options that several commands share. Their values are explained in `registrum.settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AnyForm",
    "AsJson",
    "Key",
    "ManifestPath",
    "NumberText",
    "OfficeCode",
    "OfficeOption",
    "PasswordFile",
    "Replaces",
    "RightOption",
    "Rpc",
    "SenderKey",
    "Timeout",
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Rpc = Annotated[
    str | None, typer.Option("--rpc", metavar="URL", help="JSON-RPC address of the node. [env: REGISTRUM_RPC]")
]
ManifestPath = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FILE", help="Manifest of the deployment. [env: REGISTRUM_MANIFEST]"),
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="FILE", help="Encrypted keystore of the key that signs. [env: REGISTRUM_KEY]"),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="File whose first line is the password of the keystore; asked for otherwise."
        " [env: REGISTRUM_PASSWORD_FILE]",
    ),
]
SenderKey = Annotated[
    str | None,
    typer.Option(
        "--sender",
        metavar="FILE",
        help="Keystore of the account that sends and pays, if not the key that signs. [env: REGISTRUM_SENDER]",
    ),
]
NumberText = Annotated[str, typer.Argument(metavar="NUMBER", help="Office number, such as EM/T/018660437.")]
OfficeCode = Annotated[str, typer.Argument(metavar="OFFICE", help="WIPO ST.3 code, such as EM.")]
RightOption = Annotated[
    str | None,
    typer.Option("--right", metavar="P|U|T|D|S|G", help="Kind of right, unless the number says it."),
]
OfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="XX", help="Office that issued the number, unless the number says it.")
]
AnyForm = Annotated[
    bool, typer.Option("--any-form", help="Take a number that fits no known form of its office, as it is written.")
]
Replaces = Annotated[
    int | None,
    typer.Option(
        "--replaces", metavar="VERSION", min=0, help="Version that this replaces; the current one by default."
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait until a block has taken it."),
]
