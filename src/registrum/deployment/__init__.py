"""Deploying the contracts, and the manifest that says where they are.

A client needs `Manifest` and `verify`. Operators deploy with `scripts/deploy.py`, which calls
`registrum.deployment.deployer.deploy`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registrum.deployment.artifacts import Artifact, abi_version, load_artifact
    from registrum.deployment.check import verify
    from registrum.deployment.manifest import (
        CONSORTIUM_CONTRACTS,
        CONTRACTS,
        Compiler,
        DeployedContract,
        Manifest,
        PendingStep,
    )

__all__ = [
    "CONSORTIUM_CONTRACTS",
    "CONTRACTS",
    "Artifact",
    "Compiler",
    "DeployedContract",
    "Manifest",
    "PendingStep",
    "abi_version",
    "load_artifact",
    "verify",
]

_ELSEWHERE = {"Artifact": "artifacts", "abi_version": "artifacts", "load_artifact": "artifacts", "verify": "check"}
"""Modules of the names that `manifest` has not."""


def __getattr__(name: str) -> Any:
    # Who reads a manifest offline needs neither a connection to a node nor the compiled contracts (PEP 562).
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'manifest')}"), name)
