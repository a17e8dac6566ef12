"""Deploying the contracts, and the manifest that says where they are.

A client needs `Manifest` and `verify`. Operators deploy with `scripts/deploy.py`, which calls
`registrum.deployment.deployer.deploy`.
"""

from __future__ import annotations

from registrum.deployment.artifacts import Artifact, abi_version, load_artifact
from registrum.deployment.check import verify
from registrum.deployment.manifest import CONTRACTS, Compiler, DeployedContract, Manifest, PendingStep

__all__ = [
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
