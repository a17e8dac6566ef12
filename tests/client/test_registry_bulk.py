"""Many applications: in batches, directly and through the outbox, again and again until all are recorded once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from registrum import Application, ApplicationRecord, ItemOutcome, ItemReceipt, OfficeNumber, Outbox, Registry, Right
from registrum.chain.entries import State
from registrum.chain.reverts import (
    OfficeDirectoryOfficeSuspendedError,
    OfficeDirectoryUnknownKeyError,
    OfficeDirectoryUnknownOfficeError,
)
from registrum.client import calls
from registrum.client.session import Session
from registrum.errors import (
    ConfigError,
    ContractError,
    InputError,
    KeyNotFoundError,
    NodeError,
    RpcError,
    SubmissionError,
)
from tests.client.registries import FILED, GOVERNANCE, KEYS, STRANGER, World, digest, world


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("bulk")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


@pytest.fixture(params=["directly", "through the outbox"])
def registry(request: pytest.FixtureRequest, here: World, tmp_path: Path) -> Registry:
    return here.registry(outbox=Outbox(tmp_path / "outbox.sqlite") if request.param != "directly" else None)


def mixed(here: World, count: int) -> list[Application]:
    return [here.application(office) for office in itertools.islice(itertools.cycle(("EM", "JP", "EM")), count)]


def sent_by(here: World) -> int:
    return int(here.rpc.call("eth_getTransactionCount", [GOVERNANCE.address, "latest"]), 16)


def told_before_it_failed(items: Iterator[ItemReceipt]) -> tuple[list[ItemReceipt], Exception | None]:
    told = []
    while True:
        try:
            told.append(next(items))
        except StopIteration:
            return told, None
        except Exception as error:  # noqa: BLE001 - the tests say which one it has to be
            return told, error


def test_applications_of_several_offices(here: World, registry: Registry) -> None:
    applications = mixed(here, 60)
    items = list(registry.register_many(applications, batch_size=8, signer_of=KEYS.__getitem__))
    assert {item.application.number for item in items} == {application.number for application in applications}
    assert Counter(item.outcome for item in items) == {ItemOutcome.TAKEN: 60}
    records = registry.records(application.number for application in applications)
    assert [record and record.application for record in records] == applications
    before = sent_by(here)
    again = list(registry.register_many(applications, batch_size=8, signer_of=KEYS.__getitem__))
    assert Counter(item.outcome for item in again) == {ItemOutcome.ALREADY_RECORDED: 60}
    assert sent_by(here) == before


def test_conflicts_cost_the_others_nothing_and_show_what_is_recorded(here: World, registry: Registry) -> None:
    applications = [here.application() for _ in range(20)]
    registry.register(applications[3])
    changed = [replace(item, digest=digest("other")) if n == 3 else item for n, item in enumerate(applications)]
    twice = [*changed, replace(changed[5], digest=digest("twice"))]
    items = list(registry.register_many(twice, batch_size=7))
    assert Counter(item.outcome for item in items) == {ItemOutcome.TAKEN: 19, ItemOutcome.CONFLICT: 2}
    shown = next(item for item in items if item.application == changed[3])
    assert shown.recorded is not None
    assert shown.recorded.application == applications[3]
    assert shown.transaction_hash is None


def test_what_was_interrupted_is_resumed(here: World, registry: Registry) -> None:
    applications = [here.application() for _ in range(50)]
    running = registry.register_many(applications, batch_size=5)
    taken = list(itertools.islice(running, 7))
    running.close()  # type: ignore[attr-defined]
    assert [item.outcome for item in taken] == [ItemOutcome.TAKEN] * 7
    items = list(registry.register_many(applications, batch_size=5))
    assert not any(item.outcome.is_refusal for item in items)
    assert len(items) == 50
    found = [item.application for item in registry.registrations("EM")]
    assert sorted(found, key=lambda item: item.number.text) == applications


@pytest.mark.parametrize(
    ("office", "refusal"), [("EM", OfficeDirectoryOfficeSuspendedError), ("AU", OfficeDirectoryUnknownOfficeError)]
)
def test_refusal_of_one_office_costs_the_others_nothing(
    here: World, registry: Registry, office: str, refusal: type[ContractError]
) -> None:
    registry.suspend_office("EM")
    applications = [here.application(code) for _ in range(7) for code in ("JP", office)]
    before = sent_by(here)
    items = list(
        registry.register_many(applications, batch_size=3, signer_of=lambda code: KEYS[code.replace("AU", "EM")])
    )
    assert {item.application.number for item in items} == {application.number for application in applications}
    outcomes = Counter((item.application.number.office, item.outcome) for item in items)
    assert outcomes == {("JP", ItemOutcome.TAKEN): 7, (office, ItemOutcome.BATCH_REFUSED): 7}
    for item in items:
        assert item.outcome.is_refusal is isinstance(item.error, refusal)
        assert (item.transaction_hash is None) is item.outcome.is_refusal
        assert (item.to_json()["error"] is None) is not item.outcome.is_refusal
    assert sent_by(here) == before + 3


def test_refusal_that_only_a_block_shows_costs_the_others_nothing(
    here: World, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when an office is suspended while its batches are on their way.
    monkeypatch.setattr(Session, "_simulate", lambda *arguments: (0, 0, 0))
    registry.suspend_office("EM")
    applications = [here.application(code) for _ in range(6) for code in ("JP", "EM")]
    items = list(registry.register_many(applications, batch_size=2, signer_of=KEYS.__getitem__))
    outcomes = Counter((item.application.number.office, item.outcome) for item in items)
    assert outcomes == {("JP", ItemOutcome.TAKEN): 6, ("EM", ItemOutcome.BATCH_REFUSED): 6}
    errors = [item.error for item in items if item.outcome.is_refusal]
    assert all(isinstance(error, OfficeDirectoryOfficeSuspendedError) for error in errors)


def test_refused_batch_is_taken_once_the_office_may_again(here: World, registry: Registry) -> None:
    applications = [here.application() for _ in range(4)]
    registry.suspend_office("EM")
    assert {item.outcome for item in registry.register_many(applications)} == {ItemOutcome.BATCH_REFUSED}
    registry.reinstate_office("EM")
    assert {item.outcome for item in registry.register_many(applications)} == {ItemOutcome.TAKEN}


def test_error_of_the_source_comes_after_all_that_was_sent_is_told(here: World, registry: Registry) -> None:
    def breaking(applications: list[Application]) -> Iterator[Application]:
        yield from applications
        raise OSError("the file is gone")

    # Seven batches: with an outbox four are handed over together, and three are in hand.
    applications = [here.application() for _ in range(7)]
    told, error = told_before_it_failed(registry.register_many(breaking(applications), batch_size=1))
    assert isinstance(error, OSError)
    assert [(item.application, item.outcome) for item in told] == [(item, ItemOutcome.TAKEN) for item in applications]
    assert all(registry.records(item.number for item in applications))


def test_node_that_fails_once_loses_no_receipt(
    here: World, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications = [here.application() for _ in range(7)]
    asked, records = itertools.count(1), registry.records

    def failing(numbers: Iterable[OfficeNumber]) -> list[ApplicationRecord | None]:
        if next(asked) == 7:
            raise NodeError("the node is gone")
        return records(numbers)

    with monkeypatch.context() as patch:
        patch.setattr(registry, "records", failing)
        told, error = told_before_it_failed(registry.register_many(applications, batch_size=1))
    assert isinstance(error, NodeError)
    assert [(item.application, item.outcome) for item in told] == [
        (item, ItemOutcome.TAKEN) for item in applications[:6]
    ]


def test_what_cannot_be_told_stays_in_the_outbox(here: World, tmp_path: Path) -> None:
    applications = [here.application() for _ in range(6)]

    def breaking() -> Iterator[Application]:
        yield from applications
        raise OSError("the file is gone")

    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        here.rpc.call("evm_setAutomine", [False])
        try:
            with pytest.raises(OSError, match="the file is gone") as caught:
                list(here.registry(outbox=outbox, deadline_s=0.2).register_many(breaking(), batch_size=1))
        finally:
            here.rpc.call("evm_setAutomine", [True])
            here.rpc.call("evm_mine")
        assert "not settled" in caught.value.__notes__[0]
        assert len(outbox.entries()) == 6
        registry = here.registry(outbox=outbox)
        assert registry.settle_outbox().open == 0
        assert all(registry.records(item.number for item in applications))


def test_batch_that_comes_twice_is_taken_once(here: World, registry: Registry) -> None:
    applications = [here.application() for _ in range(3)]
    future = replace(here.application(), filing_date=date(2999, 1, 1))
    batch = [*applications, future]
    items = list(registry.register_many(batch * 3, batch_size=4))
    assert [item.application for item in items] == batch * 3
    again = [ItemOutcome.ALREADY_RECORDED] * 3 + [ItemOutcome.FUTURE_DATE]
    assert [item.outcome for item in items] == [ItemOutcome.TAKEN] * 3 + [ItemOutcome.FUTURE_DATE] + again * 2
    assert all(item.transaction_hash for item in items[:3])


@pytest.mark.parametrize("batch_size", [1, 6])
def test_conflict_inside_a_run_shows_what_is_recorded(here: World, registry: Registry, batch_size: int) -> None:
    applications = [here.application() for _ in range(3)]
    changed = [replace(item, digest=digest("other")) for item in applications]
    items = list(registry.register_many([*applications, *changed], batch_size=batch_size))
    assert [item.outcome for item in items] == [ItemOutcome.TAKEN] * 3 + [ItemOutcome.CONFLICT] * 3
    shown = [item.recorded and item.recorded.application for item in items]
    assert shown == [None, None, None, *applications]


@pytest.mark.parametrize("size", [0, 601])
def test_batches_have_a_size_that_the_contract_takes(here: World, size: int) -> None:
    with pytest.raises(InputError, match="1 to 600"):
        here.registry().register_many([], batch_size=size)


def test_a_full_batch_fits_its_gas(here: World) -> None:
    applications = [replace(here.application(), digest=digest(f"full {n}")) for n in range(600)]
    receipt = here.registry().register_batch("EM", applications)
    assert receipt.count(ItemOutcome.TAKEN) == 600
    assert receipt.gas_used is not None
    assert receipt.gas_used <= 600 * 48_500


def dated(here: World, count: int, dates: int) -> list[Application]:
    """Applications over many dates in no order, none of which is beside one of its own date."""
    return [
        Application(here.number(), FILED - timedelta(days=7 * n % dates), digest(f"dated {n}")) for n in range(count)
    ]


def test_many_dates_in_no_order_are_taken_and_told_in_the_order_given(here: World, registry: Registry) -> None:
    applications = dated(here, 600, 300)
    items = list(registry.register_many(applications, batch_size=600))
    assert [item.application for item in items] == applications
    assert {item.outcome for item in items} == {ItemOutcome.TAKEN}
    found = [item.application for item in registry.registrations("EM")]
    assert found == sorted(applications, key=lambda item: (item.filing_date, item.number.text))


def test_a_batch_of_as_many_dates_as_items_fits_its_gas(here: World) -> None:
    applications = [
        Application(OfficeNumber("EM", Right.TRADEMARK, f"{n:029d}"), FILED - timedelta(days=n), digest(f"long {n}"))
        for n in range(600)
    ]
    receipt = here.registry().register_batch("EM", applications[::-1])
    assert [item.application for item in receipt.items] == applications[::-1]
    assert receipt.count(ItemOutcome.TAKEN) == 600


def test_first_statement_about_a_number_counts_whatever_its_date(here: World, registry: Registry) -> None:
    late = here.application()
    early = replace(late, filing_date=FILED - timedelta(days=9))
    receipt = registry.register_batch("EM", [here.application(), late, early])
    outcomes = [item.outcome for item in receipt.items]
    assert outcomes == [ItemOutcome.TAKEN, ItemOutcome.TAKEN, ItemOutcome.CONFLICT]
    record = registry.record(late.number)
    assert record is not None
    assert record.application == late


def test_batches_are_split_to_fit_a_small_block(here: World, registry: Registry) -> None:
    applications = dated(here, 100, 40)
    here.rpc.call("evm_setBlockGasLimit", [hex(2_000_000)])
    here.rpc.call("evm_mine")
    try:
        with pytest.raises(InputError, match="a block of this chain has 2000000") as caught:
            registry.register_batch("EM", applications)
        assert "register_many" in caught.value.remedy
        assert caught.value.details["block_gas_limit"] == 2_000_000
        before = sent_by(here)
        items = list(registry.register_many(applications))
        assert [item.application for item in items] == applications
        assert {item.outcome for item in items} == {ItemOutcome.TAKEN}
        assert sent_by(here) == before + 4
    finally:
        here.rpc.call("evm_setBlockGasLimit", [hex(30_000_000)])
        here.rpc.call("evm_mine")


def test_too_little_gas_is_told_as_that(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_GAS_AN_ITEM", 20_000)
    before = sent_by(here)
    with pytest.raises(SubmissionError, match="gas") as caught:
        here.registry().register_batch("EM", [here.application() for _ in range(50)])
    assert caught.value.remedy
    assert caught.value.exit_code == 4
    assert sent_by(here) == before


@pytest.mark.parametrize(
    "message",
    [
        "EVM error OutOfGas",
        "EVM error ReentrancySentryOOG",
        "out of gas",
        "gas required exceeds allowance (30000000)",
        "Out of gas: INSUFFICIENT_GAS",
        "VM Exception while processing transaction: out of gas",
        "intrinsic gas too low",
    ],
)
def test_nodes_say_in_many_ways_that_gas_ran_out(here: World, monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    registry = here.registry()
    monkeypatch.setattr(registry.rpc, "batch", lambda calls: [RpcError(message, rpc_code=-32000)])
    with pytest.raises(SubmissionError, match="nothing was sent"):
        registry.register(here.application())


def test_no_key_no_batch(here: World) -> None:
    with pytest.raises(KeyNotFoundError):
        list(here.registry(signer=None).register_many([here.application()]))


def test_nothing_to_register(registry: Registry) -> None:
    assert list(registry.register_many([])) == []


def test_single_operations_go_through_the_outbox(here: World, tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        registry = here.registry(outbox=outbox)
        application = here.application()
        receipt = registry.register(application)
        assert receipt.taken
        assert [event.name for event in receipt.events] == ["ApplicationRegistered"]
        assert receipt.gas_used is not None
        assert not registry.register(application).taken
        registry.suspend_office("RU")
        registry.reinstate_office("RU")
        registry.suspend_office("RU")
        entries = outbox.entries()
        assert [entry.state for entry in entries] == [State.CONFIRMED] * 4
        assert entries[0].description == f"register {application.number}"


def test_what_a_block_refused_is_decoded_and_can_succeed_later(
    here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The world changes between the simulation and the block: here, because nothing is simulated.
    monkeypatch.setattr(Session, "_simulate", lambda *arguments: True)
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        registry = here.registry(STRANGER, outbox=outbox)
        application = here.application()
        with pytest.raises(OfficeDirectoryUnknownKeyError) as caught:
            registry.register(application)
        assert caught.value.account == STRANGER.address
        assert [entry.state for entry in outbox.entries()] == [State.REFUSED]
        here.seat().add_key("EM", STRANGER.address)
        assert registry.register(application).taken
        assert [entry.state for entry in outbox.entries()] == [State.CONFIRMED]


def test_an_entry_that_was_confirmed_before_a_crash_gives_its_receipt(
    here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        registry = here.registry(outbox=outbox)
        application = here.application()
        first = registry.register(application)
        monkeypatch.setattr(Session, "_simulate", lambda *arguments: True)
        assert registry.register(application) == first


def test_what_is_queued_is_settled_later(here: World, tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        registry = here.registry(outbox=outbox)
        applications = [here.application() for _ in range(5)]
        signed = [
            (statement, KEYS["EM"].sign(statement, registry.application_domain))
            for statement in (application.registration() for application in applications)
        ]
        before = sent_by(here)
        entries = [registry.queue_signed(statement, signature) for statement, signature in signed]
        assert [registry.queue_signed(statement, signature).id for statement, signature in signed] == [
            entry.id for entry in entries
        ]
        assert sent_by(here) == before
        assert registry.settle_outbox().open == 0
        assert {outbox.entry(entry.id).state for entry in entries} == {State.CONFIRMED}
        assert all(registry.records(application.number for application in applications))
    with pytest.raises(ConfigError, match="no outbox"):
        here.registry().settle_outbox()
