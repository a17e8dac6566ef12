"""Handing in what offices signed: accepted for good, sent by an account that pays, followed to its end.

The server holds no key of an office. What it accepts lies in the outbox, which outlives the process and the node, and
is sent by a thread. The number of a receipt is the hash of the call that hands the signed statement in: the same
statement with the same signature is the same receipt, however often it comes, and no stranger can take its place with
a signature of his own.

Only what somebody signed whom the index knows as a key of an office, or as a body that an office empowered, is
accepted. A contract wallet is asked whether it signed: nobody else can say it. Whether it is the right one, with the
right scope at the right time, is for the contracts.

Signatures become public with the transaction that hands them in, so anybody can hand them in again. Nothing is paid for
what has no effect: what the chain or the index shows to be there already is answered by a receipt that names the block,
and what the contracts would refuse is refused, both without being sent. What may rest on a statement that is under way
waits for it; `registrum.chain.gate` asks again just before anything is signed. Not its job: the form of statements
(`registrum.web.statements`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol

from registrum.chain.contracts import (
    APPLICATION_REGISTRY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
    load_abi,
)
from registrum.chain.entries import Entry, Intent, State
from registrum.chain.gate import Effect, Finding, Gate, rehearse
from registrum.chain.profile import Head, read_block
from registrum.chain.sender import Sender
from registrum.client.calls import FUNCTIONS, call_of, key_of
from registrum.client.rights_calls import call_of as rights_call_of
from registrum.errors import InputError, NodeError, RegistrumError, VerificationError
from registrum.registry import Registry
from registrum.signing.addresses import parse_address
from registrum.signing.signatures import SIGNATURE_SIZE, recover, split_erc1271_signature
from registrum.web.errors import Refusal
from registrum.web.receipts import RelayReceipt, receipt_of
from registrum.web.rehearsal import judge, wallet_approves
from registrum.web.statements import SignedStatement

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.chain.profile import Finality
    from registrum.chain.transaction import AccountSigner
    from registrum.client.members import Office, SigningKey
    from registrum.index.reading import IndexReader
    from registrum.index.reading_effects import IndexedEffect
    from registrum.signing.eip712 import Domain
    from registrum.web.node import NodeLink

__all__ = ["Relay", "office_of"]

_LOG = logging.getLogger("registrum.web")
_FUNCTIONS: Final = (
    *(function for _, function, _ in FUNCTIONS.values()),
    "record",
    "recordBatch",
    "empower",
    "setRenewalTerms",
)
_BUSY_S, _IDLE_S, _TROUBLE_S = 0.1, 2.0, 1.0
_FULL_RETRY_AFTER_S = 30
_KEEP_S: Final = 30 * 86_400.0
_MOST_OPEN: Final = 1_000
_PRUNE_S: Final = 3_600.0
_PRUNE_PIECE: Final = 500


class Relay:
    """Relays signed statements. Constructing does no I/O.

    Args:
        node: The node.
        outbox: Where statements lie until they are settled.
        account: Account that sends and pays; no key of an office.
        finality: When a block counts as final.
        keep_s: Seconds for which receipts are kept after their statements are settled; None keeps them for good.
        most_open: Most statements that are accepted and not settled.
    """

    def __init__(
        self,
        node: NodeLink,
        outbox: Outbox,
        account: AccountSigner,
        *,
        finality: Finality | None = None,
        keep_s: float | None = _KEEP_S,
        most_open: int = _MOST_OPEN,
    ) -> None:
        self._node = node
        self._outbox = outbox
        self._account = account
        self._finality = finality
        self._keep_s = keep_s
        self._most_open = most_open
        self._prune_at = 0.0
        self._read: Callable[[], AbstractContextManager[IndexReader]] | None = None
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._sender: Sender | None = None
        self._thread: threading.Thread | None = None
        self.trouble = ""
        """Why nothing is sent at present; else empty."""

    @property
    def account(self) -> str:
        """Account that sends and pays."""
        return self._account.address

    def counts(self) -> dict[str, int]:
        """How many statements are in each state of the outbox."""
        return {state.value: count for state, count in self._outbox.counts().items()}

    def signer_of(self, signed: SignedStatement) -> str:
        """The account that signed, for the contract in force; of a contract wallet, the one that is said to have.

        Raises:
            InputError: The statement was signed for another chain or contract.
            VerificationError: The signature is none.
            ConfigError: This deployment has no such contract.
        """
        domain = self._domain(signed.contract)
        stated = signed.domain
        if stated is not None:
            own = domain.typed_data(signed.statement.TYPE, {})["domain"]
            given = {name: str(stated.get(name, "")).lower() for name in own}
            if given != {name: str(value).lower() for name, value in own.items()} or stated.keys() - own.keys():
                raise InputError(
                    "the statement was signed for another chain or contract",
                    remedy=f"Sign it for {own['name']} {own['verifyingContract']} on chain {own['chainId']}.",
                    domain=own,
                )
        if len(signed.signature) == SIGNATURE_SIZE:
            return recover(signed.statement.signing_digest(domain), signed.signature)
        return split_erc1271_signature(signed.signature)[0]

    def accept(self, signed: SignedStatement, signer: str) -> tuple[RelayReceipt, bool]:
        """Accept a statement for good. What was refused before and can succeed now is queued anew.

        What has taken effect already, by whomever it was handed in, is accepted and never sent.

        Args:
            signed: What an office signed.
            signer: Who signed it, from `signer_of`.

        Returns:
            The receipt, and whether it is new.

        Raises:
            Refusal: No block has room for it, or too many are open.
            VerificationError: The contract wallet that is said to have signed it says that it did not.
            NodeError: That wallet cannot be asked.
            IdempotencyError: The same call was accepted for a contract that is not in force any more.
            OutboxError: It could not be stored; it is not accepted.
        """
        function, data, gas, description = _call(signed)
        self._require_room(gas)
        intent = Intent(
            key_of(function, data),
            self._domain(signed.contract).verifying_contract,
            data,
            gas,
            description,
            {"statement": signed.kind, "signer": signer},
            self._account.address,
        )
        known = self._outbox.by_key(intent.key)
        if known is not None and known.state is not State.REFUSED:
            return receipt_of(self._outbox.submit(intent)), False
        self._require_wallet(signed, signer)
        self._require_place()
        entry = self._take(signed, intent, known)
        self._wake.set()
        return receipt_of(entry), known is None

    def receipt(self, number: str) -> RelayReceipt | None:
        """The receipt of a number; None if there is none.

        Raises:
            OutboxError: The outbox cannot be read.
        """
        found = (self._outbox.by_key(f"{function} {number.lower()}") for function in dict.fromkeys(_FUNCTIONS))
        entry = next((entry for entry in found if entry is not None), None)
        return None if entry is None else receipt_of(entry)

    def start(self, read: Callable[[], AbstractContextManager[IndexReader]] | None = None) -> None:
        """Begin to send, in a thread of its own.

        Args:
            read: Opens a view of the index, which knows what has taken effect; None where there is no index.
        """
        self._read = read
        self._thread = threading.Thread(target=self._run, name="registrum-relay", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the sending after the request that is under way; what is open stays in the outbox."""
        self._stopped.set()
        self._wake.set()
        if self._sender is not None:
            self._sender.stop()
        if self._thread is not None:
            self._thread.join()
        self._outbox.close()

    def _domain(self, contract: str) -> Domain:
        registry = self._node.known_registry or Registry(self._node.rpc, self._node.manifest)
        domains = {
            APPLICATION_REGISTRY: lambda: registry.application_domain,
            PRIORITY_REGISTER: lambda: registry.priority_domain,
            RIGHTS_REGISTER: lambda: registry.rights_domain,
            OFFICE_PRACTICE: lambda: registry.practice_domain,
        }
        return domains[contract]()

    def _require_wallet(self, signed: SignedStatement, signer: str) -> None:
        """Refuse what a contract wallet did not sign."""
        if len(signed.signature) == SIGNATURE_SIZE:
            return
        digest = signed.statement.signing_digest(self._domain(signed.contract))
        if not wallet_approves(self._node.live_rpc, signer, digest, split_erc1271_signature(signed.signature)[1]):
            raise VerificationError(f"{signer}, which the signature names as the wallet that signed, says it did not")

    def _require_room(self, gas: int) -> None:
        """Refuse what no block can hold, as far as the size of blocks is known."""
        head = self._node.head
        if head is not None and gas > head.gas_limit:
            raise Refusal(
                413,
                "too_large",
                f"the call that hands this in may need {gas} gas, and a block of this chain has room for"
                f" {head.gas_limit}",
                "Sign it in smaller batches.",
                details={"gas": gas, "blockGasLimit": head.gas_limit},
            )

    def _require_place(self) -> None:
        """Refuse what would make too many wait: one file and one account serve all."""
        if self._outbox.open_count() >= self._most_open:
            raise Refusal(
                503,
                "relay_full",
                f"{self._most_open} statements are open, and this server takes no more until some are settled",
                "Hand it in again later: it was not accepted.",
                headers={"Retry-After": str(_FULL_RETRY_AFTER_S)},
            )

    def _take(self, signed: SignedStatement, intent: Intent, known: Entry | None) -> Entry:
        """Store a statement as what the chain and the index say of it now."""
        finding, head = self._rehearse(intent)
        # With others under way, what the chain says now may be overtaken: the sender asks again when they are settled.
        is_alone = self._outbox.open_count() == 0
        if finding.effect is not Effect.SOME:
            effect = self._effect_of(signed)
            if effect is not None:
                return self._outbox.submit_seen(intent, effect.block, effect.transaction_hash)
            if finding.effect is Effect.PRESENT and is_alone and head is not None:
                return self._outbox.submit_seen(intent, (head.number, head.hash), None)
        if known is not None:
            entry = self._outbox.submit(intent)
            hopeful = finding.effect in (Effect.SOME, Effect.PRESENT)
            return self._outbox.retry(entry.id) if hopeful and entry.state is State.REFUSED else entry
        if finding.effect in (Effect.NONE, Effect.REVERT) and is_alone:
            return self._outbox.submit_refused(intent, finding.revert_data, finding.note)
        return self._outbox.submit(intent)

    def _rehearse(self, intent: Intent) -> tuple[Finding, Head | None]:
        """What would become of a call on the newest block, and which that is; what is not known is not refused."""
        rpc = self._node.live_rpc
        try:
            head = read_block(rpc.call("eth_getBlockByNumber", ["latest", False]))
            call = (parse_address(intent.to), intent.data, intent.gas)
            return rehearse(rpc, self._account.address, [call], head, judge)[0], head
        except RegistrumError:
            return Finding(Effect.UNKNOWN), None

    def _effect_of(self, signed: SignedStatement) -> IndexedEffect | None:
        """Where the index has what a statement says; None where it has not, or there is no index."""
        if self._read is None:
            return None
        with self._read() as reader:
            return reader.effect_of(signed.statement)

    def _run(self) -> None:
        gate = Gate(self._node.rpc, judge)
        with Sender(self._node.rpc, self._outbox, self._account, finality=self._finality, gate=gate) as sender:
            self._sender = sender
            while not self._stopped.is_set():
                self._wake.clear()
                pause = self._round(sender)
                self._wake.wait(pause)

    def _round(self, sender: Sender) -> float:
        """Send and look once; the seconds until the next time."""
        trouble = ""
        pause = _IDLE_S
        try:
            self._prune()
            progress = sender.run_once()
            trouble = progress.blocked
            if progress.open:
                pause = _TROUBLE_S if trouble else _BUSY_S
        except NodeError:
            trouble, pause = "the node cannot be reached", _TROUBLE_S
        except RegistrumError as error:
            trouble, pause = error.message, _TROUBLE_S
        if trouble and trouble != self.trouble:
            _LOG.warning("nothing is relayed at present: %s", trouble)
        self.trouble = trouble
        return pause

    def _prune(self) -> None:
        """Forget receipts that are old, a few at a time; what is open is never forgotten."""
        if self._keep_s is None or time.monotonic() < self._prune_at:
            return
        gone = self._outbox.prune(time.time() - self._keep_s, account=self._account.address, limit=_PRUNE_PIECE)
        if gone < _PRUNE_PIECE:
            self._prune_at = time.monotonic() + min(_PRUNE_S, self._keep_s / 2)


class _Offices(Protocol):
    """Who knows the accounts of offices: the index, or the chain itself."""

    def offices(self) -> list[Office]:
        """All offices."""

    def keys(self, code: str) -> list[SigningKey]:
        """All keys that an office has had."""


def office_of(source: _Offices, account: str) -> str | None:
    """The office that acts with an account, as its seat or with it as a key; None where none does.

    Args:
        source: A view of the index, or a `Registry`.
        account: `0x` and 40 hexadecimal digits.
    """
    wanted = parse_address(account)
    for office in source.offices():
        accounts = (office.seat, *(key.account for key in source.keys(office.code)))
        if any(parse_address(each) == wanted for each in accounts):
            return office.code
    return None


def _call(signed: SignedStatement) -> tuple[str, bytes, int, str]:
    """Function, call data, gas and a line for people."""
    statement, signature = signed.statement, signed.signature
    if type(statement) in FUNCTIONS:
        contract, function, _ = FUNCTIONS[type(statement)]
        values, gas, description = call_of(statement, signature)
        return function, load_abi(contract).encode(function, *values), gas, description
    call = rights_call_of(statement, signature)
    return call.function, call.data, call.gas, call.description
