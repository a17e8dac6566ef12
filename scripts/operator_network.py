"""What the operator's brownie scripts share: the connected network, its accounts, its manifest.

Settings come from the environment, since they differ by operator and network:

* `REGISTRUM_DEPLOYER`: identifier of the deploying account among `brownie accounts list`;
* `REGISTRUM_CONSORTIUM`: the consortium file (`networks/consortium.example.toml`);
* `REGISTRUM_GOVERNANCE`: address that admits and suspends offices, on development networks without a consortium;
* `REGISTRUM_MANIFEST`: where the manifest is, by default `deployments/<chain id>.json`.

On brownie's development networks accounts and governance default to the first unlocked account. Not its job: what the
scripts do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from brownie import accounts, network, project, web3
from brownie._config import CONFIG

from registrum.chain.profile import Snapshot, choose_fees
from registrum.chain.rpc import RpcClient
from registrum.deployment import Manifest, verify
from registrum.deployment.backend import Call, Creation
from registrum.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


class BrownieBackend:
    """Deploys through a brownie account, so that brownie knows the contracts too."""

    def __init__(self, account: Any) -> None:
        self._account = account
        self._rpc = connected_node()

    @property
    def rpc(self) -> RpcClient:
        """The node that brownie is connected to."""
        return self._rpc

    @property
    def deployer(self) -> str:
        """Address of the account."""
        return str(self._account.address)

    def create(self, creation: Creation, /) -> bytes:
        """Send a creation and wait for its block, as brownie does.

        Raises:
            ConfigError: Brownie compiled other code than the package holds.
        """
        container = contract_container(creation.contract)
        compiled = container.deploy.encode_input(*creation.arguments).removeprefix("0x")
        if compiled != creation.init_code.hex():
            raise ConfigError(
                f"brownie's {creation.contract} and the package's are of different builds",
                remedy="Run `make setup`, which exports the contracts into the package, and commit the result.",
            )
        deployed = self._account.deploy(
            container,
            *creation.arguments,
            nonce=creation.nonce,
            gas_limit=creation.gas,
            **transaction_fees(self.deployer),
        )
        # A contract once it is mined, its receipt if the network made brownie stop waiting.
        receipt = getattr(deployed, "tx", deployed)
        return bytes.fromhex(receipt.txid.removeprefix("0x"))

    def call(self, call: Call, /) -> bytes:
        """Send a call; brownie does not wait for its block, the caller does."""
        receipt = self._account.transfer(
            call.to,
            0,
            data="0x" + call.data.hex(),
            nonce=call.nonce,
            gas_limit=call.gas,
            required_confs=0,
            silent=True,
            **transaction_fees(self.deployer),
        )
        return bytes.fromhex(receipt.txid.removeprefix("0x"))


def connected_node() -> RpcClient:
    """A client of the node that brownie is connected to."""
    return RpcClient(web3.provider.endpoint_uri)


def is_development() -> bool:
    """Whether brownie's network is a local chain that it started itself."""
    return bool(CONFIG.network_type == "development")


def transaction_fees(sender: str) -> dict[str, int]:
    """What the network takes now, in brownie's words; brownie's own defaults do not fit networks without fees."""
    with connected_node() as rpc:
        now = Snapshot.read(rpc, sender)
    fees = choose_fees(now.head, now.gas_price)
    if fees.priority is None:
        return {"gas_price": fees.max_fee}
    return {"max_fee": fees.max_fee, "priority_fee": fees.priority}


def contract_container(name: str) -> Any:
    """Brownie's container of a contract of this project."""
    for loaded in project.get_loaded_projects():
        if Path(loaded._path).resolve() == ROOT:
            return loaded[name]
    raise ConfigError("the project is not loaded", remedy="Run this by `brownie run`, or call project.load() before.")


def load_account(variable: str) -> Any:
    """The account that an environment variable names; the first unlocked one on a development network.

    Raises:
        ConfigError: The variable is not set on a live network, or names an account that brownie does not know.
    """
    identifier = os.environ.get(variable)
    if not identifier:
        if is_development():
            return accounts[0]
        raise ConfigError(
            f"{variable} is not set",
            remedy="Give the identifier of one of `brownie accounts list`; `brownie accounts new` makes one.",
        )
    try:
        # Asks for the password where the environment does not hold it.
        return accounts.load(identifier, password=os.environ.get("REGISTRUM_KEY_PASSWORD"))
    except FileNotFoundError:
        raise ConfigError(f"{variable}: brownie has no account {identifier!r}") from None


def manifest_path() -> Path:
    """Where the manifest of the connected chain is, or is to be."""
    named = os.environ.get("REGISTRUM_MANIFEST")
    return Path(named).expanduser() if named else ROOT / "deployments" / f"{web3.eth.chain_id}.json"


def deployed_contract(name: str) -> Any:
    """A deployed contract as brownie's object, after the chain was compared with the manifest.

    Raises:
        ConfigError: There is no manifest, or it is not of this chain.
    """
    manifest = Manifest.load(manifest_path())
    with connected_node() as rpc:
        verify(rpc, manifest)
    return contract_container(name).at(manifest.address(name))


def network_name() -> str:
    """Brownie's name of the connected network."""
    return str(network.show_active())
