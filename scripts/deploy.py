"""Deploy the contracts and write the manifest: `brownie run scripts/deploy.py --network consortium`.

Run it again after an interruption: it goes on where it was, and a run after a complete one changes nothing. Accounts
and paths come from the environment, see `operator_network.py`. On a live network the governance account must be named:
whoever holds it admits and suspends offices, so it is not left to a default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from registrum.deployment import Manifest
from registrum.deployment.deployer import Deployment, deploy
from registrum.errors import ConfigError, RegistrumError

from .operator_network import BrownieBackend, contract_container, is_development, load_account, manifest_path


def main() -> None:
    """Entry point of `brownie run`."""
    try:
        account = load_account("REGISTRUM_DEPLOYER")
        deploy_contracts(account, governance_address(account), manifest_path())
    except RegistrumError as error:
        raise SystemExit(error.diagnostics()) from error


def deploy_contracts(account: Any, governance: str, path: Path) -> Deployment:
    """Deploy what is not deployed yet, and make all of it known to brownie.

    Args:
        account: Brownie account that pays.
        governance: Address that admits and suspends offices.
        path: The manifest.
    """
    # A development chain ends with the run, and its manifest with it.
    outcome = deploy(
        BrownieBackend(account), path, governance=governance, discard_other_chain=is_development(), report=print
    )
    tell_brownie(outcome.manifest)
    print(f"manifest: {path}" if outcome.sent else f"nothing to do; manifest: {path}")
    return outcome


def governance_address(account: Any) -> str:
    """The account that will admit offices.

    Raises:
        ConfigError: It is not named, on a live network.
    """
    named = os.environ.get("REGISTRUM_GOVERNANCE")
    if named:
        return named
    if is_development():
        return str(account.address)
    raise ConfigError(
        "REGISTRUM_GOVERNANCE is not set", remedy="Give the address of the account that admits and suspends offices."
    )


def tell_brownie(manifest: Manifest) -> None:
    """Make contracts that an earlier run deployed known to this run's console and scripts."""
    for name, contract in manifest.contracts.items():
        container = contract_container(name)
        if all(known.address != contract.address for known in container):
            container.at(contract.address)
