"""Asking the chain before the paying account pays: whether a contract wallet signed, and whether a call would do.

What a key signed is checked by arithmetic; what a contract wallet signed, only the wallet can say, and anybody can
write the address of a wallet before bytes of his own. Not its job: sending (`registrum.web.relay`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registrum.chain.entries import Intent
from registrum.chain.receipts import revert_data
from registrum.chain.rpc import RpcClient
from registrum.errors import RegistrumError, RpcError

__all__ = ["Rehearsal", "rehearse", "wallet_approves"]

_MAGIC: Final = "1626ba7e"
"""Selector of `isValidSignature(bytes32,bytes)`, and what a wallet answers that approves (ERC-1271)."""
_WALLET_GAS: Final = 300_000
"""What the contracts let a wallet use; see `OfficeSigned`."""
_WORD: Final = 32


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the chain would do with a call now.

    Attributes:
        passes: Whether it would be taken; false also where that cannot be found out.
        refusal: What the contract says against it; None where it says nothing.
    """

    passes: bool
    refusal: bytes | None = None


def wallet_approves(rpc: RpcClient, wallet: str, digest: bytes, signature: bytes) -> bool:
    """Whether a contract wallet says that it signed, asked as the contracts ask it.

    Args:
        rpc: The node.
        wallet: Its address.
        digest: What was signed, 32 bytes.
        signature: What the wallet takes as its signature.

    Raises:
        NodeError: The node cannot be reached: nothing is known.
    """
    padded = signature.ljust(-(-len(signature) // _WORD) * _WORD, b"\0")
    question = digest + (2 * _WORD).to_bytes(_WORD, "big") + len(signature).to_bytes(_WORD, "big") + padded
    call = {"to": wallet, "data": f"0x{_MAGIC}{question.hex()}", "gas": hex(_WALLET_GAS + 16 * len(question) + 21_000)}
    try:
        said = rpc.call("eth_call", [call, "latest"])
    except RpcError:
        return False
    return isinstance(said, str) and said[:66] == "0x" + _MAGIC.ljust(2 * _WORD, "0")


def rehearse(rpc: RpcClient, intent: Intent) -> Rehearsal:
    """What would become of a call on the newest block. Never fails: what is not known is not refused."""
    call = {"from": intent.account, "to": intent.to, "data": "0x" + intent.data.hex(), "gas": hex(intent.gas)}
    try:
        rpc.call("eth_call", [call, "latest"])
    except RpcError as error:
        return Rehearsal(False, revert_data(error))
    except RegistrumError:
        return Rehearsal(False)
    return Rehearsal(True)
