"""What happened, read from a node's logs: histories and lists, over many blocks, without look-alikes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from registrum import Application, ClaimResult, Registry
from registrum.chain.contracts import APPLICATION_REGISTRY, load_abi
from registrum.chain.direct import send_and_wait
from registrum.chain.entries import Intent
from registrum.chain.profile import Finality
from registrum.chain.rpc import RpcClient
from registrum.client import log_ranges
from registrum.errors import NodeError, RpcError
from registrum.signing.addresses import parse_address
from tests.client.registries import FILED, GOVERNANCE, KEYS, STRANGER, World, digest, world
from tests.client.stub_node import proxy

Ask = Callable[[], Any]

# Emits an event with the four topics and the two words of data that it is called with:
#   PUSH1 40 PUSH1 80 PUSH1 00 CALLDATACOPY PUSH1 60 CALLDATALOAD PUSH1 40 CALLDATALOAD PUSH1 20 CALLDATALOAD
#   PUSH1 00 CALLDATALOAD PUSH1 40 PUSH1 00 LOG4 STOP
ECHO_CODE = "0x60406080600037606035604035602035600035" + "60406000a400"
ECHO = "0x" + "ec" * 20


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("history")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


@pytest.fixture
def registry(here: World) -> Registry:
    return here.registry()


def test_the_history_of_a_number(here: World, registry: Registry) -> None:
    application, bystander = here.application(), here.application()
    registry.register_batch("EM", [bystander, application])
    registered = here.now()
    here.advance(timedelta(days=5))
    registry.correct(replace(application, digest=digest("right")))
    corrected = here.now()
    registry.withdraw(application.number)
    later, earlier = here.number("JP"), here.number("RU")
    as_jp = here.registry(KEYS["JP"])
    dates = {"later_filing_date": date(2024, 6, 1), "claimed_date": FILED}
    as_jp.record_claim(later, application.number, **dates)
    as_jp.record_claim(later, application.number, outcome=ClaimResult.ACCEPTED, **dates)
    as_jp.record_claim(later, bystander.number, **dates)
    registry.record_claim(application.number, earlier, later_filing_date=FILED, claimed_date=date(2023, 9, 1))
    events = registry.history(application.number)
    assert [event.name for event in events] == [
        "ApplicationRegistered",
        "ApplicationCorrected",
        "ApplicationWithdrawn",
        "ClaimRecorded",
        "ClaimRecorded",
        "ClaimRecorded",
    ]
    assert [event.block_time for event in events[:2]] == [registered, corrected]
    assert events[0].arguments["filing_date"] == FILED
    assert events[1].arguments["previous"]["digest"] == application.digest
    assert events[1].arguments["digest"] == digest("right")
    assert events[5].arguments["later"] == application.number
    json.dumps([event.to_json() for event in events])
    assert registry.history(here.number()) == []


def test_the_registrations_of_an_office(here: World, registry: Registry) -> None:
    here.seat().add_key("EM", STRANGER.address)
    applications = [here.application() for _ in range(5)]
    registry.register(applications[0])
    registry.register_batch("EM", applications[1:4])
    here.registry(KEYS["JP"]).register(here.application("JP"))
    receipt = registry.register(applications[4], signer=STRANGER)
    found = list(registry.registrations("EM"))
    assert [item.application for item in found] == applications
    assert {item.signing_key for item in found} == {KEYS["EM"].address, STRANGER.address}
    assert found[-1].transaction_hash == receipt.transaction_hash
    assert receipt.block_number is not None
    assert list(registry.registrations("EM", after_block=receipt.block_number - 1)) == found[-1:]
    assert list(registry.registrations("EM", after_block=receipt.block_number)) == []
    assert list(registry.registrations("US")) == []
    json.dumps([item.to_json() for item in found])


def test_a_key_of_two_offices_does_not_mix_their_lists(here: World, registry: Registry) -> None:
    here.seat().add_key("EM", KEYS["JP"].address)
    as_both = here.registry(KEYS["JP"])
    mine, other = here.application(), here.application("JP")
    as_both.register(mine)
    as_both.register(other)
    assert [item.application for item in registry.registrations("EM")] == [mine]
    assert [item.application for item in registry.registrations("JP")] == [other]


def emit(here: World, application: Application) -> None:
    """Another contract emits what looks like the registration of an application."""
    here.rpc.call("anvil_setCode", [ECHO, ECHO_CODE])
    topic = bytes.fromhex(load_abi(APPLICATION_REGISTRY).topic("ApplicationRegistered")[2:])
    key = parse_address(KEYS["EM"].address).rjust(32, b"\0")
    words = (topic, application.number.on_chain, key, application.digest, (20240131).to_bytes(32, "big"), bytes(32))
    receipt = send_and_wait(
        here.rpc,
        GOVERNANCE,
        Intent("look-alike", ECHO, b"".join(words), 100_000),
        chain_id=here.manifest.chain_id,
        finality=Finality(),
        deadline_s=10,
    )
    assert len(receipt.logs) == 1


def test_look_alike_events_of_other_contracts_are_ignored(here: World, registry: Registry) -> None:
    application = here.application()
    emit(here, application)
    assert registry.history(application.number) == []
    assert list(registry.registrations("EM")) == []


def test_look_alikes_are_ignored_even_if_the_node_ignores_the_filter(here: World) -> None:
    real, fake, removed = here.application(), here.application(), here.application()
    here.registry().register(real)
    emit(here, fake)
    here.registry().register(removed)

    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        if method != "eth_getLogs":
            return ask()
        with RpcClient(here.anvil.url) as rpc:
            logs = rpc.call("eth_getLogs", [{key: params[0][key] for key in ("fromBlock", "toBlock")}])
        gone = removed.number.on_chain_hex
        return [{**log, "removed": True} if gone in log["topics"] else log for log in logs]

    with proxy(here.anvil.url, tamper) as node:
        registry = Registry.connect(node.url, here.manifest)
        assert [item.application for item in registry.registrations("EM")] == [real]
        assert registry.history(fake.number) == []
        assert registry.history(removed.number) == []
        assert [event.arguments["number"] for event in registry.history(real.number)] == [real.number]


def test_ranges_are_as_wide_as_the_node_answers(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the widths that real nodes have: mining takes the node its time."""
    assert log_ranges._MOST_BLOCKS == 5_000
    monkeypatch.setattr(log_ranges, "_MOST_BLOCKS", 500)
    applications = []
    for _ in range(3):
        applications.append(here.application())
        here.registry().register(applications[-1])
        here.rpc.call("anvil_mine", [hex(180)])
    asked: list[tuple[int, int]] = []
    widest = 500

    def tamper(method: str, params: list[Any], ask: Ask) -> Any:
        if method == "eth_getLogs":
            first, last = int(params[0]["fromBlock"], 16), int(params[0]["toBlock"], 16)
            asked.append((first, last))
            if last - first + 1 > widest:
                raise RpcError("query exceeds the range of blocks", rpc_code=-32005)
        return ask()

    with proxy(here.anvil.url, tamper) as node:
        registry = Registry.connect(node.url, here.manifest)
        assert [item.application for item in registry.registrations("EM")] == applications
        assert len(asked) == 2
        assert max(last - first + 1 for first, last in asked) == 500
        assert asked[0][0] == here.manifest.contract(APPLICATION_REGISTRY).block
        asked.clear()
        widest = 70
        assert [item.application for item in registry.registrations("EM")] == applications
        answered = [(first, last) for first, last in asked if last - first + 1 <= widest]
        assert all(one[1] + 1 == two[0] for one, two in itertools.pairwise(answered))
        assert len(asked) < 60
        widest = 0
        with pytest.raises(RpcError, match="range"):
            next(registry.registrations("EM"))


@pytest.mark.parametrize("answer", [None, {}, ["log"], [{"address": "0x12"}]])
def test_logs_that_are_none_are_a_fault_of_the_node(here: World, answer: Any) -> None:
    with proxy(here.anvil.url, lambda method, _, ask: answer if method == "eth_getLogs" else ask()) as node:
        registry = Registry.connect(node.url, here.manifest)
        with pytest.raises(NodeError):
            registry.history(here.number())
