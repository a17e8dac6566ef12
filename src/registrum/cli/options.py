"""The options that several commands share. Their values are explained in `registrum.settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AcceptUnreadable",
    "AnyForm",
    "As",
    "AsJson",
    "Description",
    "DraftFile",
    "Emergency",
    "EmergencyReason",
    "IndexDatabase",
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
    "Until",
    "Yes",
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
IndexDatabase = Annotated[
    str | None,
    typer.Option(
        "--index", metavar="URL", help="Database of the index: a file or postgresql://... [env: REGISTRUM_INDEX]"
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait until a block has taken it."),
]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="XX", help="Office whose seat acts, where keys are named by office."),
]
Description = Annotated[
    str,
    typer.Option("--description", metavar="TEXT", help="What is proposed and why; what the calls do, by default."),
]
DraftFile = Annotated[
    Path | None,
    typer.Option("--draft", metavar="FILE", help="Write the proposal into this file instead of making it."),
]
AcceptUnreadable = Annotated[
    bool,
    typer.Option("--accept-unreadable", help="Go on although calls of the proposal cannot be decoded."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; without a terminal nothing is asked anyway.")]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="MOMENT", help="End of the suspension, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ; none."),
]
Emergency = Annotated[
    bool, typer.Option("--emergency", help="Suspend at once, as soon as enough offices support it, for a time.")
]
EmergencyReason = Annotated[
    str | None,
    typer.Option(
        "--reason", metavar="TEXT", help="Begin an emergency, and why; without it, join the one that others support."
    ),
]
