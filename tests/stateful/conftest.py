"""Set-up of the stateful suite; the deep part needs neither brownie nor a chain node."""

from __future__ import annotations

import pytest

from tests.brownie_support import accept_immutables


def pytest_configure(config: pytest.Config) -> None:
    """Let brownie keep source maps where it runs the suite; a plain run does not import it."""
    if config.pluginmanager.hasplugin("pytest-brownie"):
        accept_immutables()
