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
from registrum.evidence.reading import read_header, require_hash
from registrum.registry import Registry
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak

__all__ = ["describe_chain"]


def describe_chain(
    registry: Registry,
    *,
    signers: Mapping[str, Sequence[str]] | None = None,
    threshold: int = 0,
    at: int = 0,
) -> ChainDescription:
    """Describe the chain of a registry, whose contracts were checked at connecting.

    Args:
        registry: Connected to a node of the chain.
        signers: Accounts whose signatures on checkpoints count, by office; None for a chain that seals its blocks,
            whose validators are then read from a block.
        threshold: How many of these offices must sign.
        at: Number of the block whose validators are named. Older blocks cannot be verified with the description.

    Raises:
        InputError: There are no signers and the block names no validators, or the threshold cannot be reached; or
            there are signers, and a block is named.
        NodeError: The node does not answer, or talks nonsense.
        RpcError: It refuses.
    """
    manifest = registry.manifest
    rights = practice = None
    if RIGHTS_REGISTER in manifest.contracts:
        rights, practice = (_code(registry, manifest.address(name)) for name in (RIGHTS_REGISTER, OFFICE_PRACTICE))
    consensus = Consensus.CHECKPOINTS
    validators: tuple[bytes, ...] = ()
    since: tuple[int, bytes] | None = None
    accounts: dict[str, tuple[bytes, ...]] = {}
    if signers is None:
        read = read_header(registry.rpc, at)
        consensus, validators = _sealed(read.header)
        if at:
            require_hash(read, consensus)
            since = at, read.hash
    elif at:
        raise InputError(
            "a chain without seals has no validators at a block",
            remedy="Leave out --at, or the signers of checkpoints.",
        )
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
        since=since,
        threshold=threshold if signers is not None else 0,
        signers=accounts,
    )


def _code(registry: Registry, address: str) -> CodeAt:
    answer = registry.rpc.call("eth_getCode", [address, "latest"])
    if isinstance(answer, RpcError):
        raise answer
    return CodeAt(parse_address(address), keccak(as_data(answer, "code")))


def _sealed(header: Header) -> tuple[Consensus, tuple[bytes, ...]]:
    for consensus in (Consensus.QBFT, Consensus.IBFT2):
        try:
            return consensus, Seals.read(header, consensus).validators
        except EvidenceError:
            continue
    raise InputError(
        f"block {header.number} of the chain names no validators, so its blocks are not sealed",
        remedy="Name offices and their accounts that sign checkpoints.",
    )
