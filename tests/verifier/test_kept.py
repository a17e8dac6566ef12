"""Bundles that were written once are verified for ever, by all three verifiers; none is written anew."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registrum.evidence.chain import ChainDescription
from registrum.evidence.verifying import EvidenceVerdict, verify

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "verifier" / "kept"
INDEX: list[dict[str, Any]] = json.loads((KEPT / "index.json").read_text(encoding="ascii"))
LEAST = 19
"""Bundles that were there when this folder was begun."""
TIMEOUT_S = 120


def test_what_is_kept_is_as_it_was() -> None:
    stated = {name: digest for entry in INDEX for name, digest in entry["sha256"].items()}
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in KEPT.iterdir()}
    assert {name: found[name] for name in found.keys() - {"index.json", "README.md"}} == stated
    assert len(INDEX) >= LEAST


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"].removesuffix(".registrum.zip"))
def test_the_library_verifies_it(entry: dict[str, Any]) -> None:
    trust = ChainDescription.read((KEPT / entry["trust"]).read_bytes())
    digest = hashlib.sha256((KEPT / entry["document"]).read_bytes()).digest() if entry["document"] else None
    report = verify((KEPT / entry["file"]).read_bytes(), trust, document_digest=digest)
    assert report.verdict is EvidenceVerdict.VERIFIED, report.checks


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"].removesuffix(".registrum.zip"))
def test_the_program_verifies_it(entry: dict[str, Any]) -> None:
    document = ["--document", KEPT / entry["document"]] if entry["document"] else []
    command = [sys.executable, "-I", "-S", ROOT / "verifier" / "verify.py", KEPT / entry["file"]]
    done = subprocess.run(
        [*command, "--trust", KEPT / entry["trust"], *document, "--json"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "verified"), done.stdout


def test_the_code_of_the_page_verifies_all() -> None:
    command = [shutil.which("node") or "node", ROOT / "verifier" / "web" / "run.mjs", "--vectors", KEPT / "index.json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    verdicts = [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    assert verdicts == ["verified"] * len(INDEX)
