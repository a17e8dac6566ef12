"""Every operation costs what `gas-snapshot.json` says, on a node of its own with the exported code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import gas

TOLERANCE = 0.001


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    with gas.local_chain() as rpc:
        return gas.measure(rpc)


def test_snapshot_names_what_is_measured(measured: dict[str, float]) -> None:
    assert list(gas.read_snapshot()) == list(measured)


@pytest.mark.parametrize("name", gas.read_snapshot())
def test_figure_is_that_of_the_snapshot_and_below_its_ceiling(name: str, measured: dict[str, float]) -> None:
    figure = gas.read_snapshot()[name]
    assert measured[name] <= figure.ceiling
    assert measured[name] == pytest.approx(figure.gas, rel=TOLERANCE), "run `make gas` and commit gas-snapshot.json"


def test_ceilings_are_no_higher_than_required() -> None:
    snapshot = gas.read_snapshot()
    assert {name: bound for name, bound in gas.REQUIRED.items() if snapshot[name].ceiling > bound} == {}


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (81_000, None, 81_243),
        (81_000, gas.Figure(81_500, 81_700), 81_243),
        (81_699, gas.Figure(81_500, 81_700), 81_700),
        (81_701, gas.Figure(81_500, 81_700), 81_700),
        (81_950, None, 82_000),
    ],
)
def test_ceilings_are_only_ever_lowered(now: float, before: gas.Figure | None, expected: float) -> None:
    assert gas.lowered("register", now, before) == expected


def test_exceeded_ceiling_fails_and_leaves_the_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = tmp_path / "gas-snapshot.json"
    gas.write_snapshot({"register": gas.Figure(70_000, 70_100)}, snapshot)
    text = snapshot.read_text(encoding="utf-8")
    monkeypatch.setattr(gas.read_snapshot, "__defaults__", (snapshot,))
    monkeypatch.setattr(gas.write_snapshot, "__defaults__", (snapshot,))
    monkeypatch.setattr(gas, "measure", lambda _rpc: {"register": 70_101.0})
    assert gas.main() == 1
    assert snapshot.read_text(encoding="utf-8") == text
    assert "register" in capsys.readouterr().err
