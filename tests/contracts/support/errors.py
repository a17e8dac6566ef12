"""Which custom error a call ends with, by selector and decoded arguments.

Brownie shows custom errors as text in a form of its own; here the revert data itself is compared. Not its job: what the
contracts ought to refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from brownie import web3
from brownie.exceptions import VirtualMachineError
from brownie.project import get_loaded_projects
from eth_abi import decode
from eth_utils import function_abi_to_4byte_selector
from hexbytes import HexBytes

TXID_LENGTH = 66
"""Characters of a transaction hash."""


class NotRevertedError(AssertionError):
    """A call that had to be refused succeeded."""


@cache
def _known_errors() -> dict[bytes, tuple[str, tuple[str, ...]]]:
    """Every custom error of the project's contracts: selector to name and argument types."""
    entries = [entry for project in get_loaded_projects() for container in project for entry in container.abi]
    return {
        function_abi_to_4byte_selector(entry): (entry["name"], tuple(argument["type"] for argument in entry["inputs"]))
        for entry in entries
        if entry["type"] == "error"
    }


def revert_data(attempt: Callable[[], object]) -> bytes:
    """Run an attempt that must be refused and return the data it reverts with.

    Args:
        attempt: Sends a transaction (`lambda: contract.method(..., {"from": a})`), or, quicker, only asks the node
            (`lambda: contract.method.call(..., {"from": a})`).
    """
    try:
        result = attempt()
    except (VirtualMachineError, ValueError) as error:
        return _data_of(error)
    raise NotRevertedError(f"not refused; the answer was {result!r}")


def _data_of(error: VirtualMachineError | ValueError) -> bytes:
    txid = getattr(error, "txid", "")
    if len(txid) == TXID_LENGTH:
        answer = web3.provider.make_request("debug_traceTransaction", [txid, {"tracer": "callTracer"}])
        assert "result" in answer, f"only Anvil tells why a transaction was refused; ask by a call: {answer}"
        return bytes(HexBytes(answer["result"].get("output", "0x")))
    # Of a method's call brownie keeps only a text of its own; what the node said is in the exception that it replaced.
    for source in (error, error.__context__):
        answer = source.args[0] if source is not None and source.args else None
        data = answer.get("data") if isinstance(answer, dict) else None
        if isinstance(data, dict):
            # Ganache files it under the transaction that a call has not.
            data = next(iter(data.values())).get("reason")
        if isinstance(data, str):
            return bytes(HexBytes(data))
    raise error


def decode_error(data: bytes) -> tuple[str, tuple[Any, ...]]:
    """Name and arguments of a custom error; addresses as 42 lower-case characters, byte strings as bytes."""
    known = _known_errors().get(data[:4])
    assert known is not None, f"not a custom error of the project: 0x{data.hex()}"
    name, types = known
    return name, decode(types, data[4:])


def reverts_with(attempt: Callable[[], object], name: str, *arguments: Any) -> None:
    """Assert that an attempt reverts with exactly this custom error and these arguments.

    Args:
        attempt: As for `revert_data`.
        name: Name of the error.
        arguments: All its arguments; addresses in any case or as brownie accounts, byte strings as bytes, enums as int.
    """
    found, values = decode_error(revert_data(attempt))
    assert (found, tuple(map(_plain, values))) == (name, tuple(map(_plain, arguments)))


def error_name(attempt: Callable[[], object]) -> str:
    """Name of the custom error that an attempt reverts with, where its arguments cannot be foretold."""
    return decode_error(revert_data(attempt))[0]


def reverts_bare(attempt: Callable[[], object]) -> None:
    """Assert that an attempt reverts without data, as the ABI decoder does for values outside their type."""
    data = revert_data(attempt)
    assert data == b"", f"reverted with 0x{data.hex()}"


def _plain(value: Any) -> Any:
    """Addresses as lower-case text, whatever object holds them; all else as it is."""
    if hasattr(value, "address"):
        value = value.address
    return str(value).lower() if isinstance(value, str) and value[:2].lower() == "0x" else value
