"""The table of codes and statuses of the rights register: which rows the package has and the chain lacks.

Before the hand-over rows of the chain that differ are errors; afterwards the table is the offices' own to change, and
nothing is compared. Not its job: the table itself (`registrum.rights.codes`), or sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registrum.chain.contracts import load_abi
from registrum.chain.rpc import RpcClient, as_data
from registrum.chain.transaction import intrinsic_gas
from registrum.deployment.founding_call import FoundingCall
from registrum.deployment.manifest import Manifest
from registrum.errors import ConfigError, RpcError

__all__ = ["missing_rows"]

_REGISTER = "RightsRegister"
_ROWS = 40
"""Rows a call: about 1.5 million gas, far below the limit of any block."""
_GAS, _GAS_ROW = 100_000, 60_000
"""Each well above what a call uses for one row more."""


def missing_rows(rpc: RpcClient, manifest: Manifest) -> tuple[FoundingCall, ...]:
    """The calls that load what the chain lacks, statuses first.

    Args:
        rpc: A node of the manifest's chain.
        manifest: With the rights register.

    Raises:
        ConfigError: The chain has other content in a row of the package's table.
        NodeError: The node does not answer.
        RpcError: The node refuses to tell.
    """
    from registrum.rights.codes import default_codes

    table = default_codes()
    statuses = [row.on_chain for row in table.statuses]
    codes = [row.on_chain for row in table.codes]
    found = _ask(rpc, manifest, "statusOf", [(right, position) for right, position, _ in statuses])
    no_status = [row for row, there in zip(statuses, found, strict=True) if not _same(there, row[2], row, bytes(32))]
    found = _ask(rpc, manifest, "codeOf", [row[:3] for row in codes])
    no_code = [
        row for row, there in zip(codes, found, strict=True) if not _same(tuple(there), row[3:7], row, (b"\0", 0, 0, 0))
    ]
    return (*_calls(manifest, "setStatuses", no_status, "statuses"), *_calls(manifest, "setCodes", no_code, "codes"))


def _same(found: Any, wanted: Any, row: Sequence[Any], nothing: Any) -> bool:
    if found == nothing:
        return False
    if found != wanted:
        text = row[2].rstrip(b"\0").decode("ascii", "replace")
        raise ConfigError(
            f"on the chain the row {text!r} of the table of codes is another than in the package",
            remedy="Nothing was changed. Deploy with the release that began, or move the manifest away.",
            place="codes",
        )
    return True


def _calls(manifest: Manifest, function: str, rows: Sequence[Any], noun: str) -> tuple[FoundingCall, ...]:
    abi, to = load_abi(_REGISTER), manifest.address(_REGISTER)
    calls = []
    for start in range(0, len(rows), _ROWS):
        part = list(rows[start : start + _ROWS])
        data = abi.encode(function, part)
        gas = intrinsic_gas(data) + _GAS + _GAS_ROW * len(part)
        calls.append(FoundingCall(_REGISTER, to, data, gas, f"load {len(part)} {noun} of register events"))
    return tuple(calls)


def _ask(rpc: RpcClient, manifest: Manifest, function: str, arguments: Sequence[Sequence[Any]]) -> list[Any]:
    abi, to = load_abi(_REGISTER), manifest.address(_REGISTER)
    answers = rpc.batch(
        ("eth_call", [{"to": to, "data": "0x" + abi.encode(function, *values).hex()}, "latest"]) for values in arguments
    )
    for answer in answers:
        if isinstance(answer, RpcError):
            raise answer
    return [abi.decode(function, as_data(answer, "answer of a contract")) for answer in answers]
