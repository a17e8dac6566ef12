"""Fixtures of the contract suite: every test starts from the chain state that its module's fixtures made."""

from __future__ import annotations

from tests.brownie_support import accept_immutables, isolate_function, isolate_module

__all__ = ["isolate_function", "isolate_module"]

accept_immutables()
