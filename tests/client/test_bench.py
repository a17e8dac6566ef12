"""The speed figures can be measured: every module of `bench` loads, and what it measures works at tiny sizes.

No figure is judged here: nothing in the tests depends on time.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bench
from bench import cold_start, feeding, priority, proofs, registration, rights_import, sending
from bench.__main__ import main
from bench.figure import Figure, seconds_of_each, wall_seconds
from registrum import ItemOutcome, Registry
from registrum.chain.rpc import RpcClient
from registrum.proofs.merkle import MerkleTree
from registrum.rights.model import LegalStatusEvent
from tests.client.anvil import install_counter, running
from tests.client.registries import World, world

MODULES = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name[0] != "_")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        yield one


@pytest.mark.parametrize("name", [name for name in MODULES if name not in ("feeding", "figure")])
def test_every_module_offers_figures(name: str) -> None:
    figures = importlib.import_module(f"bench.{name}").figures
    assert inspect.isgeneratorfunction(figures)


@pytest.mark.parametrize(
    ("value", "limit", "goal", "is_least", "is_met"),
    [
        (5.0, 10.0, 0.5, True, True),
        (4.9, 10.0, 0.5, True, False),
        (20.0, 10.0, 2.0, False, True),
        (20.1, 10.0, 2.0, False, False),
        (1.0, 10.0, None, True, True),
    ],
)
def test_a_goal_is_about_the_ratio(
    value: float, limit: float, goal: float | None, is_least: bool, is_met: bool
) -> None:
    assert Figure("x", value, "/s", goal, "y", limit, is_least).is_met is is_met


def test_a_missed_goal_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [Figure("good", 6.0, "/s", 0.5, "limit", 10.0), Figure("bad", 3.0, "s", 2.0, is_least=False)]
    monkeypatch.setattr(cold_start, "figures", lambda: iter(wanted))
    assert main(["cold_start"]) == 1
    printed = capsys.readouterr().out
    assert "good: 6 /s beside 10 (limit): 0.60, goal ≥ 0.5: met" in printed
    assert "bad: 3 s, goal ≤ 2: MISSED" in printed
    monkeypatch.setattr(cold_start, "figures", lambda: iter(wanted[:1]))
    assert main(["cold_start"]) == 0


def test_works_take_turns() -> None:
    order: list[str] = []
    works = (lambda: order.append("a"), lambda: order.append("b"))
    assert len(seconds_of_each(*works, repeat=2)) == 2
    assert len(wall_seconds(*works, repeat=1)) == 2
    assert order == ["a", "b"] * 3


@pytest.mark.parametrize("options", [(), feeding.UNBOUNDED])
@pytest.mark.parametrize("load", [registration.Applications(), rights_import.Entries()])
def test_batches_are_measured(load: feeding.Load[Any], options: tuple[str, ...]) -> None:
    figure = feeding.measure(load, feeding.Way("on demand", 0, 12, 2, 1, options))
    assert figure.value > 0
    assert figure.limit > 0
    assert figure.goal == 0.5


def test_ten_thousand_entries_are_imported_in_batches_of_200() -> None:
    assert max(way.count for way in rights_import.WAYS) == 10_000
    assert {way.batch for way in rights_import.WAYS} == {200}


def test_entries_begin_with_one_imported_event(made: World) -> None:
    load = rights_import.Entries()
    events = load.items(made, 4)
    registry = made.registry()
    assert not load.are_recorded(registry, events)
    assert list(load.record(registry, events, 2)) == [ItemOutcome.TAKEN] * 4
    assert load.are_recorded(registry, events)
    for number in (event.number for event in events):
        entry = registry.rights.entry(number)
        assert entry is not None
        assert (entry.event_count, str(entry.pair), entry.is_imported, entry.is_irregular) == (1, "A4", True, False)


def test_a_side_that_records_too_little_is_no_figure() -> None:
    class Less(rights_import.Entries):
        def signed(self, made: World, items: list[LegalStatusEvent], size: int) -> Iterator[feeding.Call]:
            return super().signed(made, items[:-1], size)

    class Twice(rights_import.Entries):
        def record(self, registry: Registry, items: list[LegalStatusEvent], size: int) -> Iterator[ItemOutcome]:
            return super().record(registry, [*items[:-1], items[0]], size)

    way = feeding.Way("on demand", 0, 4, 2, 1)
    with pytest.raises(AssertionError, match="did not take what it was fed"):
        feeding.measure(Less(), way)
    with pytest.raises(AssertionError, match="did not take everything"):
        feeding.measure(Twice(), way)


def test_verdicts_are_measured(made: World) -> None:
    figures = list(priority.measure(made, records=3, count=20, one_by_one=10, rounds=1))
    assert figures[0].goal == 50
    assert all(figure.value > 0 for figure in figures)


def test_claims_differ_in_their_verdicts(made: World) -> None:
    registry = made.registry()
    verdicts = [a.verdict for a in registry.check_priorities(priority.claims_on(made, registry, 3, 20))]
    assert verdicts.count("valid") == 18
    assert verdicts.count("period_expired") == 2


def test_cold_starts_are_measured_on_work_that_succeeds(tmp_path: Path) -> None:
    proof = cold_start.write_proof(tmp_path)
    variables = cold_start.environment(tmp_path / "compiled")
    verified = [cold_start.COMMAND, "anchor", "verify", str(proof), "--offline", "--json"]
    assert json.loads(cold_start.run(verified, variables))
    assert cold_start.run([sys.executable, "-c", "print(1)"], variables) == "1\n"
    assert any((tmp_path / "compiled").rglob("*.pyc"))


def test_sending_is_measured() -> None:
    with running("--no-mining") as node, RpcClient(node.url) as rpc:
        install_counter(rpc)
        assert sending._signed_ones(rpc, 1, 4, 2, lambda: rpc.call("evm_mine")) > 0
        assert sending._through_the_outbox(rpc, 5, 4, lambda: rpc.call("evm_mine")) > 0


def test_leaves_are_distinct() -> None:
    assert len({leaf.number for leaf in proofs.leaves(50)}) == 50
    assert MerkleTree.build(proofs.leaves(3)).leaf_count == 3
