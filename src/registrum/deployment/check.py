"""Is this node's chain the one of the manifest, and are the contracts on it those that were deployed?

Asked at every connect, in one request. Not its job: whether the code is that of this package, which deployment checks.
"""

from __future__ import annotations

from registrum.chain.profile import read_block
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.deployment.artifacts import abi_version
from registrum.deployment.manifest import Manifest
from registrum.errors import ConfigError, NetworkMismatchError, RpcError
from registrum.signing.keccak import keccak

__all__ = ["check_chain", "verify"]


def verify(rpc: RpcClient, manifest: Manifest) -> None:
    """Compare a node with a manifest: chain id, genesis hash, and the code hash of every contract.

    Raises:
        NetworkMismatchError: They differ. `details["what"]` is `chain_id`, `genesis_hash` or `code_hash`, with
            `expected` and `actual`, and for code `contract` and `address`.
        ConfigError: The deployment is not complete, or its contracts have another ABI than this package.
        NodeError: The node does not answer, or talks nonsense.
        RpcError: The node refuses to tell.
    """
    if not manifest.is_complete:
        raise ConfigError(
            f"the deployment on chain {manifest.chain_id} is not complete",
            remedy="Run `scripts/deploy.py` again; it resumes where it was interrupted.",
        )
    if manifest.abi_version != abi_version():
        raise ConfigError(
            f"the contracts on chain {manifest.chain_id} were deployed by release {manifest.release} and have another "
            "ABI than this package",
            remedy=f"Install release {manifest.release} of Registrum.",
        )
    calls = [("eth_getCode", [contract.address, "latest"]) for contract in manifest.contracts.values()]
    answers = rpc.batch([("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False)), *calls])
    for answer in answers:
        if isinstance(answer, RpcError):
            raise answer
    check_chain(manifest, rpc, as_quantity(answers[0], "chain id"), read_block(answers[1]).hash)
    for (name, contract), answer in zip(manifest.contracts.items(), answers[2:], strict=True):
        code = as_data(answer, "code")
        actual = keccak(code)
        if actual != contract.code_hash:
            found = f"other code, hash 0x{actual.hex()}" if code else "no code"
            raise NetworkMismatchError(
                f"{name}: {rpc.endpoint} has {found} at {contract.address}; the manifest wants code hash "
                f"0x{contract.code_hash.hex()}",
                remedy="The manifest is of another deployment, or the node has not caught up with the chain.",
                what="code_hash",
                contract=name,
                address=contract.address,
                expected="0x" + contract.code_hash.hex(),
                actual="0x" + actual.hex(),
            )


def check_chain(manifest: Manifest, rpc: RpcClient, chain_id: int, genesis_hash: bytes) -> None:
    """Compare what a node says of its chain with a manifest.

    Raises:
        NetworkMismatchError: As `verify`.
    """
    if chain_id != manifest.chain_id:
        raise NetworkMismatchError(
            f"chain id: {rpc.endpoint} is on chain {chain_id}, the manifest is for chain {manifest.chain_id}",
            remedy="Check the RPC address and the manifest: one of them belongs to another network.",
            what="chain_id",
            expected=manifest.chain_id,
            actual=chain_id,
        )
    if genesis_hash != manifest.genesis_hash:
        raise NetworkMismatchError(
            f"genesis hash: {rpc.endpoint} is on another chain with the same id {chain_id}: its block 0 is "
            f"0x{genesis_hash.hex()}, the manifest wants 0x{manifest.genesis_hash.hex()}",
            remedy="Check the RPC address and the manifest; a local chain begins anew at every start.",
            what="genesis_hash",
            expected="0x" + manifest.genesis_hash.hex(),
            actual="0x" + genesis_hash.hex(),
        )
