"""The same rules on a chain node under brownie: short, to show that engine and node agree with the model alike."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.brownie_support import isolate_function, isolate_module
from tests.stateful.driver.engine import CONTRACTS, WALLET, Engine
from tests.stateful.driver.run import run_sequence

# Here and not in `conftest.py`: the deep part would ask the node 200 times to undo nothing.
__all__ = ["isolate_function", "isolate_module"]

SEED = int(os.environ.get("SEED", "1"))
STEPS = int(os.environ.get("STATEFUL_NODE_STEPS", "150"))


@pytest.fixture
def make_engine(request: pytest.FixtureRequest) -> Callable[[], Engine]:
    """Return a function that deploys everything afresh."""
    if not request.config.pluginmanager.hasplugin("pytest-brownie"):
        pytest.skip("needs a chain node: brownie test tests/stateful")
    from brownie.project.main import get_loaded_projects

    from tests.stateful.driver.brownie_engine import BrownieEngine

    (contracts,) = get_loaded_projects()
    containers = {name: getattr(contracts, name) for name in CONTRACTS}
    return lambda: BrownieEngine(containers, getattr(contracts, WALLET))


def test_node_and_model_agree(make_engine: Callable[[], Engine]) -> None:
    print(f"SEED={SEED}, {STEPS} steps")
    tally = run_sequence(make_engine, SEED, STEPS, check_every=STEPS, shrink_seconds=0)
    assert tally.steps == STEPS
    for function in ("admitOffice", "addKey", "register", "registerBatch", "anchor"):
        assert tally.done[function] > 0, function
