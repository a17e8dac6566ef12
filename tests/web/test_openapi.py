"""Every operation of the interface against its own OpenAPI document, with valid and invalid requests of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registrum.web.app import create_app
from tests.web.schemathesis_run import run_schemathesis
from tests.web.served import Served
from tests.web.serving import serving

EXAMPLES = 5
EXCLUDED = ("positive_data_acceptance",)
"""That what fits the document is accepted: no schema can say which texts are numbers of an office, that an address has
a right checksum, or that one parameter needs another. Such requests are answered by 400, as documented."""
LEAST_OPERATIONS = 25


@pytest.fixture
def address(there: Served, tmp_path: Path) -> Iterator[str]:
    """A real server that relays, without limits of rate."""
    node = there.node()
    service = there.service(node=node, relay=there.relay(tmp_path / "outbox.sqlite", node))
    with serving(create_app(service)) as url:
        yield url


def test_the_interface_keeps_to_its_document(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "schemathesis"
    folder.mkdir()
    outcome = run_schemathesis(f"{address}/api/v1/openapi.json", folder, examples=EXAMPLES, excluded_checks=EXCLUDED)
    assert outcome.passed, outcome.output
    assert outcome.operations >= LEAST_OPERATIONS
