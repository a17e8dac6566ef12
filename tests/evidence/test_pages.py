"""The pages of a bundle tell what speaks against it, what stands under an anchor, and who signed what."""

from __future__ import annotations

import base64
import copy
import html
import re
import zlib
from typing import Any

import pytest

from registrum.evidence import canonical
from registrum.evidence.bundle import unpack
from registrum.evidence.page import html_page, pdf_page
from tests.evidence.chains import evidence_of
from tests.evidence.vectors import FOLDER


def evidence(name: str) -> dict[str, Any]:
    return copy.deepcopy(evidence_of(unpack((FOLDER / f"{name}.registrum.zip").read_bytes())))


def sections(value: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Title, then label and value, of what stands on the page for reading."""
    page = html_page(value, canonical.encode(value)).decode("ascii")
    tables = re.findall(r"<h2>([^<]*)</h2><table>(.*?)</table>", page, re.DOTALL)
    return {
        html.unescape(title): {
            html.unescape(label): html.unescape(shown)
            for label, shown in re.findall(r"<th scope=row>([^<]*)</th><td>([^<]*)</td>", table)
        }
        for title, table in tables
    }


def test_an_anchor_is_told_and_a_stolen_key_under_it() -> None:
    value = evidence("anchored")
    shown = sections(value)
    anchored = value["facts"]["anchored"]
    assert shown["Anchor it stands under"] == {
        "Sequence": str(anchored["sequence"]),
        "Time": anchored["time"],
        "Key compromised when it signed": "no",
    }
    value["facts"]["anchored"]["suspect"] = True
    shown = sections(value)
    assert shown["Anchor it stands under"]["Key compromised when it signed"] == "yes"
    assert "key that signed the anchor was compromised" in shown["What speaks against it"]["Warning 1"]


def test_a_reconfirmation_is_told() -> None:
    value = evidence("registration-suspect-confirmed")
    assert sections(value)["Confirmed anew by the office"] == {
        "Signing key": value["facts"]["reconfirmation"]["signingKey"],
        "Reconfirmed at": value["facts"]["reconfirmation"]["reconfirmedAt"],
        "Version": str(value["facts"]["reconfirmation"]["version"]),
    }


def test_statements_without_a_signature_are_named() -> None:
    value = evidence("registration-correction")
    signer = value["statements"][1]["signer"]
    assert sections(value)["Statements of the office"]["2. Correction"] == f"{signer}: signed"
    value["statements"][1]["signature"] = None
    shown = sections(value)
    assert shown["Statements of the office"]["2. Correction"] == f"{signer}: no signature of a key, not checked"
    assert any(said.startswith("Statement 2 carries no") for said in shown["What speaks against it"].values())


def test_an_event_without_a_signature_is_named() -> None:
    value = evidence("entry-3")
    assert "Signature" not in sections(value)["Event 1"]
    value["statements"][0]["signature"] = value["facts"]["events"][0]["signer"] = None
    shown = sections(value)
    assert shown["Event 1"]["Signature"] == "no signature of a key, not checked"
    assert "Statements of the office" not in shown


@pytest.mark.parametrize("name", ["registration-suspect", "anchored", "entry-3", "claim-valid", "absent-em"])
def test_the_printed_page_has_the_same_sections(name: str) -> None:
    value = evidence(name)
    page = pdf_page(value, canonical.encode(value))
    streams = re.findall(rb"stream\r?\n(.*?)endstream", page, re.DOTALL)
    printed = b"".join(zlib.decompress(base64.a85decode(b"<~" + each.strip(), adobe=True)) for each in streams)
    for title in sections(value):
        assert f"({title})".encode("ascii") in printed, title
    assert page == pdf_page(value, canonical.encode(value))
    assert (b"(What speaks against it)" in printed) == (name not in {"absent-em", "entry-3"})
