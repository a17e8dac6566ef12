"""The description of a chain as a node and the manifest have it, to be published by whoever vouches for it.

Not its job: to say that the description is right. Who publishes it has compared the manifest with the charter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registrum.chain.contracts import OFFICE_DIRECTORY, OFFICE_PRACTICE, PRIORITY_REGISTER, RIGHTS_REGISTER
from registrum.chain.rpc import as_data
from registrum.errors import EvidenceError, InputError, RpcError
from registrum.evidence.chain import ChainDescription, CodeAt, Consensus
from registrum.evidence.headers import Header, Seals
from registrum.evidence.reading import read_header
from registrum.registry import Registry
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak

__all__ = ["describe_chain"]


def describe_chain(
    registry: Registry,
    *,
    signers: Mapping[str, Sequence[str]] | None = None,
    threshold: int = 0,
) -> ChainDescription:
    """Describe the chain of a registry, whose contracts were checked at connecting.

    Args:
        registry: Connected to a node of the chain.
        signers: Accounts whose signatures on checkpoints count, by office; None for a chain that seals its blocks,
            whose validators are then read from block 0.
        threshold: How many of these offices must sign.

    Raises:
        InputError: There are no signers and block 0 names no validators, or the threshold cannot be reached.
        NodeError: The node does not answer, or talks nonsense.
        RpcError: It refuses.
    """
    manifest = registry.manifest
    rights = practice = None
    if RIGHTS_REGISTER in manifest.contracts:
        rights, practice = (_code(registry, manifest.address(name)) for name in (RIGHTS_REGISTER, OFFICE_PRACTICE))
    consensus = Consensus.CHECKPOINTS
    validators: tuple[bytes, ...] = ()
    accounts: dict[str, tuple[bytes, ...]] = {}
    if signers is None:
        consensus, validators = _sealed(read_header(registry.rpc, 0).header)
    else:
        accounts = {office: tuple(sorted(set(map(parse_address, signers[office])))) for office in sorted(signers)}
        if not 1 <= threshold <= len(accounts):
            raise InputError(
                f"{threshold} of {len(accounts)} offices cannot sign a checkpoint",
                remedy="Choose a threshold of at least one office and at most all that are named.",
            )
    return ChainDescription(
        chain_id=manifest.chain_id,
        genesis_hash=manifest.genesis_hash,
        consensus=consensus,
        registries=tuple(_code(registry, each.verifying_contract) for each in reversed(registry.application_domains)),
        directory=_code(registry, manifest.address(OFFICE_DIRECTORY)),
        priority=_code(registry, manifest.address(PRIORITY_REGISTER)),
        rights=rights,
        practice=practice,
        validators=validators,
        threshold=threshold if signers is not None else 0,
        signers=accounts,
    )


def _code(registry: Registry, address: str) -> CodeAt:
    answer = registry.rpc.call("eth_getCode", [address, "latest"])
    if isinstance(answer, RpcError):
        raise answer
    return CodeAt(parse_address(address), keccak(as_data(answer, "code")))


def _sealed(genesis: Header) -> tuple[Consensus, tuple[bytes, ...]]:
    for consensus in (Consensus.QBFT, Consensus.IBFT2):
        try:
            return consensus, Seals.read(genesis, consensus).validators
        except EvidenceError:
            continue
    raise InputError(
        "block 0 of the chain names no validators, so its blocks are not sealed",
        remedy="Name offices and their accounts that sign checkpoints.",
    )
