"""Deploy the contracts, found the consortium and write the manifest, in one run.

    REGISTRUM_CONSORTIUM=networks/consortium.toml brownie run scripts/deploy.py --network consortium

or, with an argument, `brownie run scripts/deploy.py main networks/consortium.toml --network consortium`.

The run creates the contracts, admits the founders of the consortium file, hands governance over to the timelock, and
then audits that the deployer is left with nothing (`audit_powers.py`). Run it again after an interruption: it goes on
where it was, and a run after a complete one changes nothing. Accounts and paths come from the environment, see
`operator_network.py`.

A live network needs a consortium file. On a development network one account may govern instead, for quick trials:
`REGISTRUM_GOVERNANCE`, by default the account that deploys.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from registrum.deployment import Manifest
from registrum.deployment.consortium_file import ConsortiumTerms, read_consortium_file
from registrum.deployment.deployer import Deployment, deploy
from registrum.deployment.manifest import TIMELOCK
from registrum.errors import ConfigError, RegistrumError

from .audit_powers import require_clean
from .operator_network import BrownieBackend, contract_container, is_development, load_account, manifest_path


def main(consortium: str = "") -> None:
    """Entry point of `brownie run`.

    Args:
        consortium: Path of the consortium file; that of the environment by default.
    """
    try:
        file = consortium_file(consortium)
        if file is None:
            account = load_account("REGISTRUM_DEPLOYER")
            deploy_contracts(account, governance_address(account), manifest_path())
        else:
            # Read before an account is opened: nobody types a password for a file that is wrong.
            terms = read_consortium_file(file)
            found_consortium(load_account("REGISTRUM_DEPLOYER"), terms, manifest_path())
    except RegistrumError as error:
        raise SystemExit(error.diagnostics()) from error


def found_consortium(account: Any, terms: ConsortiumTerms, path: Path) -> Deployment:
    """Deploy what is not deployed yet, hand governance over, and prove that the deployer is left with nothing.

    Args:
        account: Brownie account that pays, and governs until the hand-over.
        terms: What the founders agreed on.
        path: The manifest.

    Raises:
        VerificationError: The audit found a power that nobody should have.
    """
    backend = BrownieBackend(account)
    outcome = deploy(backend, path, consortium=terms, discard_other_chain=is_development(), report=print)
    _finish(outcome, path)
    require_clean(backend.rpc, outcome.manifest)
    return outcome


def deploy_contracts(account: Any, governance: str, path: Path) -> Deployment:
    """Deploy the registers under one account, and make them known to brownie.

    Args:
        account: Brownie account that pays.
        governance: Address that admits and suspends offices.
        path: The manifest.
    """
    # A development chain ends with the run, and its manifest with it.
    outcome = deploy(
        BrownieBackend(account), path, governance=governance, discard_other_chain=is_development(), report=print
    )
    _finish(outcome, path)
    return outcome


def consortium_file(named: str = "") -> Path | None:
    """The consortium file; None where one account is to govern instead.

    Raises:
        ConfigError: None is named, on a live network; or both a file and a governance account are.
    """
    file = named or os.environ.get("REGISTRUM_CONSORTIUM")
    governance = os.environ.get("REGISTRUM_GOVERNANCE")
    if file and governance:
        raise ConfigError(
            "REGISTRUM_GOVERNANCE is set, and a consortium file is named", remedy="Governance has one holder: unset it."
        )
    if file:
        return Path(file).expanduser()
    if is_development():
        return None
    raise ConfigError(
        "no consortium file is named",
        remedy="Set REGISTRUM_CONSORTIUM to a file such as networks/consortium.example.toml. One account governs on "
        "development networks only.",
    )


def governance_address(account: Any) -> str:
    """The account that will admit offices on a development network: the one that is named, or that deploys."""
    return os.environ.get("REGISTRUM_GOVERNANCE") or str(account.address)


def tell_brownie(manifest: Manifest) -> None:
    """Make contracts that an earlier run deployed known to this run's console and scripts."""
    for name, contract in manifest.contracts.items():
        if name == TIMELOCK:
            # Of a package: brownie keeps containers for contracts of the project alone.
            continue
        container = contract_container(name)
        if all(known.address != contract.address for known in container):
            container.at(contract.address)


def _finish(outcome: Deployment, path: Path) -> None:
    tell_brownie(outcome.manifest)
    done = outcome.sent or outcome.calls
    print(f"manifest: {path}" if done else f"nothing to do; manifest: {path}")
