"""The runner of schemathesis, on a small server that keeps its word and on one that does not."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

import pytest
from fastapi import FastAPI, Path, Query

from tests.web.schemathesis_run import run_schemathesis
from tests.web.serving import serving

EXAMPLES = 5
NO_DOCUMENT = "/missing.json"


def application(*, wrong_at: int | None) -> FastAPI:
    """One operation; at one value of its parameter it fails instead of answering."""
    made = FastAPI()

    def office(
        code: Annotated[str, Path(pattern="^[A-Z]{2}$")], limit: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> dict[str, str]:
        if limit == wrong_at:
            raise RuntimeError("gone wrong")
        return {"code": code}

    made.get("/offices/{code}")(office)
    return made


def test_a_server_that_keeps_its_word_passes(tmp_path: FilePath) -> None:
    with serving(application(wrong_at=None)) as url:
        outcome = run_schemathesis(f"{url}/openapi.json", tmp_path, examples=EXAMPLES)
    assert outcome.passed, outcome.output
    assert (outcome.operations, outcome.failures) == (1, ())
    assert outcome.cases > EXAMPLES


def test_an_answer_of_500_at_the_edge_of_a_range_is_found(tmp_path: FilePath) -> None:
    with serving(application(wrong_at=100)) as url:
        outcome = run_schemathesis(f"{url}/openapi.json", tmp_path, examples=EXAMPLES)
    assert not outcome.passed
    assert "Server error" in outcome.failures
    assert "limit=100" in outcome.output


def test_a_server_without_a_document_is_no_pass(tmp_path: FilePath) -> None:
    with serving(application(wrong_at=None)) as url, pytest.raises(RuntimeError, match="404"):
        run_schemathesis(url + NO_DOCUMENT, tmp_path)
