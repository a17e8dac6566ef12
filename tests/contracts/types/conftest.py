"""Fixtures of the value type tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.support.fixtures import compiled


@pytest.fixture(scope="module")
def types(isolate_module: None, accounts: Any) -> Any:
    """The contract that opens the functions of the value types."""
    return compiled("TypesHarness").deploy({"from": accounts[0]})


@pytest.fixture
def isolate_function() -> None:
    """Replaces the isolation of the suite: the functions are pure, so no test leaves anything to undo."""
