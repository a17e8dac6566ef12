"""`/statements`: relaying what offices signed, once, through a node that goes away and a server that is restarted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from registrum import Application
from registrum.signing.statements import (
    RegistrationBatch,
    Withdrawal,
)
from registrum.web.settings import WebSettings
from tests.client.anvil import wait_until
from tests.client.consortia import KEYS, STRANGER
from tests.client.registries import digest
from tests.web.door import Door
from tests.web.relaying import accepted, nonce, polled, settled, statements
from tests.web.served import FILED, Client, Served, path_of, signed

EM = KEYS["EM"]


@pytest.fixture
def relay(there: Served, tmp_path: Path) -> Iterator[Client]:
    with there.relaying(tmp_path / "outbox.sqlite") as client:
        yield client


def test_every_kind_of_statement_takes_effect(relay: Client, there: Served) -> None:
    for make in statements(there):
        statement, signer, event = make()
        receipt = settled(relay, there, signed(statement, signer, there.world.registry()))
        assert receipt["state"] == "final", receipt
        assert receipt["signer"] == signer.address
        assert event in [each["name"] for each in receipt["events"]], receipt["events"]
        assert receipt["blockNumber"] is not None
        assert receipt["error"] is None


def test_the_same_again_is_the_same_receipt(relay: Client, there: Served) -> None:
    application = there.world.application("EM")
    document = signed(application.registration(), EM, there.world.registry())
    first = settled(relay, there, document)
    again = relay.post("statements", document, expect=202)["data"]
    assert again == first
    assert relay.service.relay is not None
    assert relay.service.relay.counts()["confirmed"] == 1
    assert relay.data(f"office-numbers/{path_of(application.number)}")["standing"] == "recorded"


def test_what_was_recorded_before_changes_nothing(relay: Client, there: Served) -> None:
    """By another way than through this server."""
    application = there.world.application("EM")
    there.world.registry().register(application)
    before = nonce(there)
    receipt = settled(relay, there, signed(application.registration(), EM, there.world.registry()))
    assert (receipt["state"], receipt["transactionHash"], receipt["events"]) == ("final", None, None)
    assert receipt["blockNumber"] is not None
    assert nonce(there) == before


def test_other_content_is_a_conflict_and_says_with_what(relay: Client, there: Served) -> None:
    filed = there.samples.filed
    other = Application(filed.number, FILED, digest("other"))
    receipt = settled(relay, there, signed(other.registration(), EM, there.world.registry()))
    assert receipt["state"] == "conflict"
    assert receipt["error"]["code"] == "application_registry_conflict"
    assert receipt["error"]["details"]["recordedDigest"] == "0x" + filed.digest.hex()


def test_a_refusal_is_decoded_and_can_be_tried_anew(relay: Client, there: Served) -> None:
    application = there.world.application("EM")
    withdrawal = signed(Withdrawal(application.number.on_chain, 1), EM, there.world.registry())
    receipt = settled(relay, there, withdrawal)
    assert receipt["state"] == "refused"
    assert receipt["error"]["code"] == "application_registry_not_recorded"
    assert relay.post("statements", withdrawal, expect=202)["data"]["state"] == "refused"
    there.world.registry().register(application)
    again = settled(relay, there, withdrawal)
    assert (again["id"], again["state"]) == (receipt["id"], "final")


def test_no_stranger_takes_the_place_of_an_office(relay: Client, there: Served) -> None:
    application = there.world.application("EM")
    registry = there.world.registry()
    error = relay.post("statements", signed(application.registration(), STRANGER, registry), expect=403)["error"]
    assert (error["code"], error["details"]["signer"]) == ("unknown_signer", STRANGER.address)
    other = settled(relay, there, signed(application.registration(), KEYS["JP"], registry))
    assert other["state"] == "refused"
    assert settled(relay, there, signed(application.registration(), EM, registry))["state"] == "final"


MAGIC = "1626ba7e"
WALLET_SAYS = b"the office agrees".ljust(32, b".")
WALLET = bytes.fromhex(f"63{MAGIC}60e01b7f{WALLET_SAYS.hex()}60643514025f5260205ff3")
"""A contract wallet that takes one signature as its own: these 32 bytes."""


@pytest.fixture
def wallet(there: Served) -> Iterator[str]:
    """The key of RU as a contract wallet."""
    address = KEYS["RU"].address
    there.world.rpc.call("anvil_setCode", [address, "0x" + WALLET.hex()])
    yield address
    there.world.rpc.call("anvil_setCode", [address, "0x"])


def by_wallet(there: Served, wallet: str, inner: bytes) -> dict[str, Any]:
    document = signed(there.world.application("RU").registration(), KEYS["RU"], there.world.registry())
    return {**document, "signature": erc1271_signature(wallet, inner)}


def erc1271_signature(wallet: str, inner: bytes) -> str:
    return wallet.lower() + inner.hex()


@pytest.mark.parametrize("inner", [bytes(100), b"", b"\x01" * 44, WALLET_SAYS])
def test_nobody_signs_by_naming_a_key_of_an_office(relay: Client, there: Served, inner: bytes) -> None:
    """Keys are public: twenty bytes before bytes of one's own are no signature, and cost the account nothing."""
    before = nonce(there)
    document = signed(there.world.application("EM").registration(), STRANGER, there.world.registry())
    document["signature"] = erc1271_signature(EM.address, inner)
    assert relay.post("statements", document, expect=400)["error"]["code"] == "bad_signature"
    assert accepted(relay) == 0
    assert nonce(there) == before


def test_a_contract_wallet_is_asked_whether_it_signed(relay: Client, there: Served, wallet: str) -> None:
    error = relay.post("statements", by_wallet(there, wallet, bytes(32)), expect=400)["error"]
    assert (error["code"], wallet in error["message"]) == ("bad_signature", True)
    assert accepted(relay) == 0
    receipt = settled(relay, there, by_wallet(there, wallet, WALLET_SAYS))
    assert (receipt["state"], receipt["signer"]) == ("final", wallet)


def test_without_the_node_only_keys_are_believed(there: Served, tmp_path: Path, wallet: str) -> None:
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    with there.relaying(tmp_path / "outbox.sqlite", url=door.url) as client:
        known = by_wallet(there, wallet, WALLET_SAYS)
        assert settled(client, there, known)["state"] == "final"
        with door.being_shut():
            document = by_wallet(there, wallet, WALLET_SAYS)
            assert client.post("statements", document, expect=503)["error"]["code"] == "unreachable"
            assert client.post("statements", known, expect=202)["data"]["state"] == "final"
            by_key = signed(there.world.application("EM").registration(), EM, there.world.registry())
            assert client.post("statements", by_key, expect=202)["data"]["state"] == "queued"
        assert accepted(client) == 2
    door.shut()


def test_what_would_be_refused_is_not_paid_for(relay: Client, there: Served) -> None:
    before = nonce(there)
    registry = there.world.registry()
    other = Application(there.samples.filed.number, FILED, digest("yet another"))
    early = Withdrawal(there.world.number("EM").on_chain, 1)
    for statement, state in ((other.registration(), "conflict"), (early, "refused")):
        receipt = relay.post("statements", signed(statement, EM, registry), expect=202)["data"]
        assert (receipt["state"], receipt["transactionHash"]) == (state, None)
        assert relay.data(f"statements/{receipt['id']}")["error"] == receipt["error"]
    assert nonce(there) == before


def test_what_rests_on_what_is_under_way_is_sent_after_it(there: Served, tmp_path: Path) -> None:
    application = there.world.application("EM")
    registry = there.world.registry()
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    with there.relaying(tmp_path / "outbox.sqlite", url=door.url) as client:
        with door.being_shut():
            first = client.post("statements", signed(application.registration(), EM, registry), expect=202)
        second = signed(Withdrawal(application.number.on_chain, 1), EM, registry)
        assert settled(client, there, second)["state"] == "final"
        assert client.data(f"statements/{first['data']['id']}")["state"] == "final"
    door.shut()


def test_what_no_block_has_room_for_is_not_accepted(relay: Client, there: Served) -> None:
    wait_until(lambda: relay.data("status")["node"]["reachable"], "the node to be seen")
    batch = RegistrationBatch(b"EM", (there.world.application("EM").registration(),) * 700)
    error = relay.post("statements", signed(batch, EM, there.world.registry()), expect=413)["error"]
    assert (error["code"], error["remedy"]) == ("too_large", "Sign it in smaller batches.")
    assert error["details"]["gas"] > error["details"]["blockGasLimit"]
    assert accepted(relay) == 0


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**document, **changes}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"primaryType": "Vote"}, "bad_input", "primaryType"),
        ({"primaryType": 7}, "bad_input", "primaryType"),
        ({"message": None}, "bad_input", "message"),
        ({"message": {}}, "bad_input", "number"),
        ({"signature": "0x12"}, "bad_signature", "signature"),
        ({"signature": "0x" + "00" * 65}, "bad_signature", "signature"),
        ({"signature": "signed"}, "bad_input", "signature"),
        ({"signature": "0x" + "11" * 9000}, "bad_input", "signature"),
        ({"types": {"Withdrawal": []}}, "bad_input", "types"),
        ({"domain": {"chainId": 1}}, "bad_input", "another chain"),
        ({"domain": "here"}, "bad_input", "domain"),
        ({"office": "EM"}, "bad_input", "office"),
    ],
)
def test_a_statement_of_another_form_is_refused(
    relay: Client, there: Served, changes: dict[str, Any], code: str, words: str
) -> None:
    document = signed(Withdrawal(there.samples.entry.on_chain, 1), EM, there.world.registry())
    error = relay.post("statements", changed(document, **changes), expect=400)["error"]
    assert error["code"] == code
    assert words in error["message"]


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("number", "EM/T/1", "hexadecimal"),
        ("number", "0x12", "1 bytes"),
        ("replaces", "one", "whole number"),
        ("replaces", True, "whole number"),
        ("replaces", 256, "0 to 255"),
        ("replaces", 1.5, "whole number"),
        ("colour", 1, "colour"),
    ],
)
def test_a_value_of_another_form_is_named(relay: Client, there: Served, member: str, value: Any, words: str) -> None:
    document = signed(Withdrawal(there.samples.entry.on_chain, 1), EM, there.world.registry())
    message = {**document["message"], member: value}
    error = relay.post("statements", changed(document, message=message), expect=400)["error"]
    assert words in error["message"]


def test_a_list_is_read_item_by_item(relay: Client, there: Served) -> None:
    batch = RegistrationBatch(b"EM", (there.world.application("EM").registration(),))
    document = signed(batch, EM, there.world.registry())
    message = {"office": document["message"]["office"], "items": [{"number": 1}]}
    error = relay.post("statements", changed(document, message=message), expect=400)["error"]
    assert error["message"].startswith("message.items[0] lacks")
    error = relay.post("statements", changed(document, message={**message, "items": {}}), expect=400)["error"]
    assert error["message"] == "message.items is no list"


def test_types_and_domain_may_be_left_out(relay: Client, there: Served) -> None:
    document = signed(there.world.application("EM").registration(), EM, there.world.registry())
    short = {name: document[name] for name in ("primaryType", "message", "signature")}
    assert (
        relay.post("statements", short, expect=202)["data"]["id"]
        == relay.post("statements", document, expect=202)["data"]["id"]
    )


def test_a_receipt_that_there_is_not(relay: Client) -> None:
    assert relay.error("statements/0x" + "12" * 32, 404)["code"] == "not_found"
    assert relay.error("statements/first", 400)["code"] == "bad_request"


def test_a_server_without_an_account_relays_nothing(api: Client, there: Served) -> None:
    document = signed(there.samples.filed.registration(), EM, there.world.registry())
    assert api.post("statements", document, expect=403)["error"]["code"] == "relay_off"
    assert api.error("statements/0x" + "12" * 32, 403)["code"] == "relay_off"


def test_the_key_of_the_server_is_asked_for(there: Served, tmp_path: Path) -> None:
    keys = ("a" * 40, "b" * 40)
    settings = WebSettings(reads_per_s=None, writes_per_s=None, api_keys=keys)
    document = signed(there.samples.filed.registration(), EM, there.world.registry())
    with there.relaying(tmp_path / "outbox.sqlite", settings) as client:
        for headers in ({}, {"Authorization": "Bearer " + "c" * 40}, {"Authorization": "Basic " + keys[0]}):
            answer = client.http.post("/api/v1/statements", json=document, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["code"] == "unauthorised"
        for key in keys:
            headers = {"Authorization": f"Bearer {key}"}
            receipt = client.post("statements", document, expect=202, headers=headers)["data"]
        assert client.data(f"statements/{receipt['id']}")["id"] == receipt["id"]
        assert client.data("status")["relay"]["needsKey"] is True
    assert not any(key in repr(settings) for key in keys)


def test_what_was_accepted_outlives_the_node_and_the_server(there: Served, tmp_path: Path) -> None:
    """The node goes away, a statement is accepted, the server is restarted, the node comes back."""
    outbox = tmp_path / "outbox.sqlite"
    first, second = there.world.application("EM"), there.world.application("EM")
    registry = there.world.registry()
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    with there.relaying(outbox, url=door.url) as client:
        assert settled(client, there, signed(first.registration(), EM, registry))["state"] == "final"
        with door.being_shut():
            wait_until(lambda: not client.data("status")["node"]["reachable"], "the node to be missed")
            document = signed(second.registration(), EM, registry)
            receipt = client.post("statements", document, expect=202)
            assert receipt["data"]["state"] == "queued"
            assert receipt["readAt"]["lagBlocks"] is None
            assert client.error("proposals", 503)["code"] == "unreachable"
            location = f"statements/{receipt['data']['id']}"
            wait_until(lambda: client.data("status")["relay"]["trouble"] != "", "the trouble to be told")
    with door.being_shut(), there.relaying(outbox, url=door.url) as client:
        assert client.data(location)["state"] == "queued"
    with there.relaying(outbox, url=door.url) as client:
        assert client.data(location)["id"] == receipt["data"]["id"]
        found = polled(client, there, location)
        assert found["state"] == "final"
        assert [event["name"] for event in found["events"]] == ["ApplicationRegistered"]
        again = client.post("statements", document, expect=202)["data"]
        assert again["state"] == "final"
    door.shut()


def test_a_receipt_is_named_by_what_was_signed(relay: Client, there: Served) -> None:
    document = signed(there.world.application("EM").registration(), EM, there.world.registry())
    receipt = relay.post("statements", document, expect=202)["data"]
    assert relay.data(f"statements/{receipt['id'].upper().replace('0X', '0x')}")["id"] == receipt["id"]
    assert receipt["primaryType"] == "Registration"
