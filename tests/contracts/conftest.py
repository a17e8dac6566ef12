"""Fixtures of the contract suite: every test starts from the chain state that its module's fixtures made."""

from __future__ import annotations

from tests.brownie_support import accept_immutables, isolate_function, isolate_module
from tests.contracts.support.fixtures import (
    au,
    directory,
    em,
    governance,
    jp,
    priority,
    registry,
    relayer,
    ru,
    stranger,
)
from tests.contracts.support.rights import practice, rights, standing, wo
from tests.contracts.support.speed import (
    forget_what_is_loaded,
    quicken_hashes,
    quicken_isolation,
    quicken_refusals,
    quicken_requests,
    settle_at_once,
    undo_nothing,
)

__all__ = [
    "au",
    "directory",
    "em",
    "governance",
    "isolate_function",
    "isolate_module",
    "jp",
    "practice",
    "priority",
    "registry",
    "relayer",
    "rights",
    "ru",
    "standing",
    "stranger",
    "wo",
]

accept_immutables()
quicken_hashes()
quicken_isolation()
quicken_requests()
quicken_refusals()
undo_nothing()
settle_at_once()


def pytest_collection_finish() -> None:
    """All test modules are loaded now."""
    forget_what_is_loaded()
