"""Why a node did not take a transaction: the texts and codes of common nodes, sorted into what to do next.

Sources: Besu's `RpcErrorType`, go-ethereum's `core/error.go` and `core/txpool/errors.go`, Nethermind's
`AcceptTxResult`, and answers recorded from Anvil 1.7.1 and Ganache 7.9.2. JSON-RPC codes alone do not tell: -32000
and -32003 stand for a dozen causes each.

Not its job: acting on it (`registrum.chain.sender`), or errors of contracts.
"""

from __future__ import annotations

import re
from enum import StrEnum

from registrum.errors import RpcError

__all__ = ["SendFault", "classify"]


class SendFault(StrEnum):
    """What a refusal of a signed transaction means for its sender."""

    ALREADY_KNOWN = "already_known"
    """The node has these very bytes in its pool."""
    NONCE_TOO_LOW = "nonce_too_low"
    """The nonce is used: by this transaction, mined meanwhile, or by another one."""
    NONCE_TOO_HIGH = "nonce_too_high"
    """An earlier nonce is missing, or too many wait already."""
    REPLACEMENT_UNDERPRICED = "replacement_underpriced"
    """Another transaction with this nonce waits in the pool and pays about as much."""
    UNDERPRICED = "underpriced"
    """The fee is below what the node takes at present."""
    FUNDS = "funds"
    """The account cannot pay the fee."""
    NOT_PERMITTED = "not_permitted"
    """The consortium does not let this account send."""
    BUSY = "busy"
    """The pool is full, or the node is starting, synchronising or limiting requests."""
    INVALID = "invalid"
    """This transaction can never be mined as it is: too little gas, more than a block holds, too long."""
    MISCONFIGURED = "misconfigured"
    """No transaction of this kind will be taken: another chain, an unknown type, a broken signature."""
    OTHER = "other"
    """Anything else; the transaction may have been taken (Ganache reports a mined, reverted one as an error)."""


_TABLE: tuple[tuple[str, SendFault], ...] = (
    (r"already known|already imported|known transaction|alreadyknown|already exists", SendFault.ALREADY_KNOWN),
    (r"replacement transaction underpriced|replacement .*too low|replacementnotallowed",
     SendFault.REPLACEMENT_UNDERPRICED),
    (r"nonce (is )?too low|oldnonce|nonce already used", SendFault.NONCE_TOO_LOW),
    (r"nonce (is )?too high|too distant|noncegap|nonce gap|lower nonce|future transaction|in-flight transaction limit",
     SendFault.NONCE_TOO_HIGH),
    (r"insufficient funds|upfront cost exceeds|insufficientfunds|doesn't have enough funds", SendFault.FUNDS),
    (r"not authorized to send|not permitted|not allowed to send|unauthorized", SendFault.NOT_PERMITTED),
    (r"pool is full|txpool full|pool not enabled|sync is still|still in progress|rate limit|too many requests"
     r"|limit exceeded|exceeds max batch", SendFault.BUSY),
    (r"intrinsic gas|block gas limit|gas limit reached|exceeds the limit|floor data gas|gas limit too high|oversized"
     r"|max initcode|initcode size|exceeds block|gaslimitexceeded|exceeds gas limit", SendFault.INVALID),
    (r"underpriced|below configured minimum|below current base fee|less than block base fee|fee ?too ?low"
     r"|gas price too low|fee cap less", SendFault.UNDERPRICED),
    (r"chain ?id|invalid sender|invalid signature|type not supported|invalid transaction type|replay-protected"
     r"|fee cap|fee ?\(.*exceeds|priority fee per gas (exceeds|higher)|decode|rlp", SendFault.MISCONFIGURED),
)  # fmt: skip
_RULES = tuple((re.compile(pattern), fault) for pattern, fault in _TABLE)
_GANACHE_NONCE = re.compile(r"correct nonce\. account has nonce of: (\d+) tx has nonce of: (\d+)")


def classify(error: RpcError) -> SendFault:
    """What the refusal of an `eth_sendRawTransaction` means.

    Args:
        error: The node's answer.

    Returns:
        The first kind whose texts match, `OTHER` if none does.
    """
    text = error.message.lower()
    if match := _GANACHE_NONCE.search(text):
        return SendFault.NONCE_TOO_LOW if int(match[2]) < int(match[1]) else SendFault.NONCE_TOO_HIGH
    for pattern, fault in _RULES:
        if pattern.search(text):
            return fault
    return SendFault.OTHER
