"""Every kept vector is judged as its index says: evidence of this version, and what is none, for ever."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from registrum.evidence.chain import ChainDescription
from registrum.evidence.verifying import verify
from tests.evidence.vectors import FOLDER

INDEX = json.loads((FOLDER / "index.json").read_text(encoding="ascii"))


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"].removesuffix(".registrum.zip"))
def test_vector(entry: dict[str, Any]) -> None:
    trust = None if entry["trust"] is None else ChainDescription.read((FOLDER / entry["trust"]).read_bytes())
    document = None if entry["document"] is None else hashlib.sha256((FOLDER / entry["document"]).read_bytes()).digest()
    report = verify((FOLDER / entry["file"]).read_bytes(), trust, document_digest=document)
    assert report.verdict.value == entry["expect"], report.checks
    if entry["failed"] is not None:
        assert report.failed is not None
        assert report.failed.name == entry["failed"], report.failed


def test_the_index_lists_every_file() -> None:
    named = {entry[name] for entry in INDEX for name in ("file", "trust", "document")} - {None}
    assert named | {"index.json"} == {file.name for file in FOLDER.iterdir()}
