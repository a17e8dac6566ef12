"""Asking the chain before the paying account pays: whether a contract wallet signed, and what a call would do.

What a key signed is checked by arithmetic; what a contract wallet signed, only the wallet can say, and anybody can
write the address of a wallet before bytes of his own. Not its job: asking again when it is sent
(`registrum.chain.gate`), sending (`registrum.web.relay`).
"""

from __future__ import annotations

from typing import Final

from registrum.chain.contracts import APPLICATION_REGISTRY, PRIORITY_REGISTER, RIGHTS_REGISTER, load_abi
from registrum.chain.gate import Effect, Finding
from registrum.chain.rpc import RpcClient
from registrum.errors import RpcError

__all__ = ["NOTHING_TAKEN", "judge", "wallet_approves"]

NOTHING_TAKEN: Final = "nothing of it would be taken"
"""How the note of a batch begins that the contract would not revert, and of which it would take no item."""

_MAGIC: Final = "1626ba7e"
"""Selector of `isValidSignature(bytes32,bytes)`, and what a wallet answers that approves (ERC-1271)."""
_WALLET_GAS: Final = 300_000
"""What the contracts let a wallet use; see `OfficeSigned`."""
_WORD: Final = 32
_RETURNS: Final = {
    APPLICATION_REGISTRY: {
        "register": 1,
        "registerBatch": 3,
        "anchor": 1,
        "correct": 1,
        "withdraw": 1,
        "reinstate": 1,
        "reconfirm": 2,
    },
    PRIORITY_REGISTER: {"recordClaim": 1},
    RIGHTS_REGISTER: {"record": 1, "recordBatch": 2},
}
_COUNTS: Final = {
    load_abi(contract).selector(function): count
    for contract, functions in _RETURNS.items()
    for function, count in functions.items()
}
"""How many words a function returns, by its selector; the first is zero where nothing is left to do."""


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


def judge(data: bytes, returned: bytes) -> Finding:
    """What a contract returned, as far as it says whether anything is left to do.

    Single statements return whether they were taken, batches how many items were, were recorded already, and, of
    applications, are refused. Empowerments and renewal terms return nothing: the contract reverts for what it has.

    Args:
        data: The call.
        returned: What it returned.
    """
    count = _COUNTS.get(data[:4], 0)
    if len(returned) < count * _WORD or not count:
        return Finding(Effect.SOME)
    words = [int.from_bytes(returned[at * _WORD : (at + 1) * _WORD], "big") for at in range(count)]
    if words[0]:
        return Finding(Effect.SOME)
    refused = words[2] if count == 3 else 0
    if refused:
        return Finding(Effect.NONE, note=f"{NOTHING_TAKEN}: {words[1]} recorded already, {refused} refused")
    return Finding(Effect.PRESENT)
