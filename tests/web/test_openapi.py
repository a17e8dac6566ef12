"""Every operation of the interface against its own OpenAPI document, with valid and invalid requests of every kind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from registrum.web.app import create_app
from tests.web.schemathesis_run import run_schemathesis
from tests.web.served import Served

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
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(service), log_level="critical", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_the_interface_keeps_to_its_document(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "schemathesis"
    folder.mkdir()
    outcome = run_schemathesis(f"{address}/api/v1/openapi.json", folder, examples=EXAMPLES, excluded_checks=EXCLUDED)
    assert outcome.passed, outcome.output
    assert outcome.operations >= LEAST_OPERATIONS
