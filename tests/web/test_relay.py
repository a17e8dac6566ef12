"""The relay pays for what has an effect and for nothing else, holds what it accepted, and forgets what is long over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from registrum import Application, Outbox
from registrum.signing.statements import RegistrationBatch, Withdrawal
from registrum.web.relay import Relay
from tests.client.anvil import wait_until
from tests.client.consortia import KEYS
from tests.client.registries import digest
from tests.web.door import Door
from tests.web.relaying import accepted, nonce, polled, settled, statements
from tests.web.served import FILED, PAYER, Client, Served, signed

EM = KEYS["EM"]


@pytest.fixture
def door(there: Served) -> Iterator[Door]:
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    yield door
    door.shut()


def test_what_was_handed_in_elsewhere_is_answered_and_costs_nothing(there: Served, tmp_path: Path) -> None:
    """Each kind, also where something else has been recorded since, by whoever read the signature off the chain."""
    documents, first = [], []
    with there.relaying(tmp_path / "one.sqlite") as client:
        for make in statements(there):
            statement, signer, _ = make()
            documents.append(signed(statement, signer, there.world.registry()))
            first.append(settled(client, there, documents[-1]))
    before = nonce(there)
    with there.relaying(tmp_path / "other.sqlite") as client:
        for document, known in zip(documents, first, strict=True):
            answer = client.post("statements", document, expect=202)["data"]
            assert answer["state"] in ("mined", "final"), (document["primaryType"], answer)
            found = polled(client, there, f"statements/{answer['id']}")
            assert (found["id"], found["state"]) == (known["id"], "final")
            if document["primaryType"] != "Reconfirmation":
                assert found["transactionHash"] == known["transactionHash"], document["primaryType"]
                assert found["blockHash"] == known["blockHash"]
                assert found["events"] == known["events"]
            assert found["blockNumber"] is not None
    assert nonce(there) == before


def test_a_batch_of_which_nothing_would_be_taken_is_refused_unpaid(there: Served, tmp_path: Path) -> None:
    before = nonce(there)
    filed = there.samples.filed
    items = (filed.registration(), Application(there.samples.later.number, FILED, digest("no")).registration())
    with there.relaying(tmp_path / "outbox.sqlite") as client:
        found = settled(client, there, signed(RegistrationBatch(b"EM", items), EM, there.world.registry()))
    assert (found["state"], found["error"]["code"], found["transactionHash"]) == ("refused", "nothing_taken", None)
    assert "1 recorded already, 1 refused" in found["error"]["message"]
    assert nonce(there) == before


def test_what_fails_while_others_are_open_is_not_paid_for(there: Served, tmp_path: Path, door: Door) -> None:
    """It may rest on them: it waits, is asked about again, and only then refused, or sent."""
    registry = there.world.registry()
    application, never = there.world.application("EM"), there.world.number("EM")
    rival = Application(application.number, FILED, digest("a rival"))
    texts = [
        application.registration(),
        rival.registration(),
        Withdrawal(never.on_chain, 1),
        Withdrawal(application.number.on_chain, 1),
    ]
    before = nonce(there)
    with there.relaying(tmp_path / "outbox.sqlite", url=door.url) as client:
        with door.being_shut():
            ids = [client.post("statements", signed(text, EM, registry), expect=202)["data"]["id"] for text in texts]
        states = [polled(client, there, f"statements/{id_}") for id_ in ids]
    assert [found["state"] for found in states] == ["final", "conflict", "refused", "final"]
    assert [found["transactionHash"] is None for found in states] == [False, True, True, False]
    assert nonce(there) == before + 2


def bounded(there: Served, outbox: Path, url: str, **bounds: Any) -> AbstractContextManager[Client]:
    """A server whose relay has other bounds."""
    node = there.node(url)
    return there.client(node=node, relay=Relay(node, Outbox(outbox), PAYER, **bounds))


def test_a_full_relay_says_so_and_keeps_what_it_has(there: Served, tmp_path: Path, door: Door) -> None:
    registry = there.world.registry()
    texts = [signed(there.world.application("EM").registration(), EM, registry) for _ in range(3)]
    with bounded(there, tmp_path / "outbox.sqlite", door.url, most_open=2) as client:
        with door.being_shut():
            wait_until(lambda: not client.data("status")["node"]["reachable"], "the node to be missed")
            receipts = [client.post("statements", text, expect=202)["data"] for text in texts[:2]]
            answer = client.http.post("/api/v1/statements", json=texts[2])
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "relay_full")
            assert int(answer.headers["retry-after"]) > 0
            assert client.post("statements", texts[0], expect=202)["data"]["id"] == receipts[0]["id"]
            assert accepted(client) == 2
        for receipt in receipts:
            assert polled(client, there, f"statements/{receipt['id']}")["state"] == "final"
        assert settled(client, there, texts[2])["state"] == "final"


def test_receipts_are_forgotten_after_their_time_and_open_statements_never(
    there: Served, tmp_path: Path, door: Door
) -> None:
    registry = there.world.registry()
    documents = [signed(there.world.application("EM").registration(), EM, registry) for _ in range(2)]

    def is_gone(client: Client, receipt: Any) -> bool:
        return client.http.get(f"/api/v1/statements/{receipt['id']}").status_code == 404

    with bounded(there, tmp_path / "outbox.sqlite", door.url, keep_s=0.2) as client:
        old = client.post("statements", documents[0], expect=202)["data"]
        wait_until(lambda: is_gone(client, old), "the receipt to be forgotten")
        with door.being_shut():
            wait_until(lambda: not client.data("status")["node"]["reachable"], "the node to be missed")
            kept = client.post("statements", documents[1], expect=202)["data"]
            wait_until(lambda: client.data("status")["relay"]["trouble"] != "", "a round without the node")
            assert client.data(f"statements/{kept['id']}")["state"] == "queued"
        wait_until(lambda: is_gone(client, kept), "the other receipt to be forgotten")
        # What was forgotten is answered from the chain, and not paid for again.
        before = nonce(there)
        again = client.post("statements", documents[1], expect=202)["data"]
        assert (again["id"], again["state"], nonce(there)) == (kept["id"], "mined", before)
