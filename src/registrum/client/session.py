"""One connection to one deployment: calls answered as values, and operations carried through to their receipt.

Not its job: what the operations mean; the classes that rest on this one say so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from registrum.chain.contracts import (
    APPLICATION_REGISTRY,
    CHARTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
    load_abi,
)
from registrum.chain.entries import Entry, Intent, State
from registrum.chain.profile import Finality, Head, read_block
from registrum.chain.receipts import Receipt as ChainReceipt
from registrum.chain.receipts import fetch_receipts, revert_data
from registrum.chain.reverts import decode_revert
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.chain.transaction import AccountSigner
from registrum.client.forms import instant
from registrum.client.receipts import Event, Receipt
from registrum.deployment.versions import RegistryVersions
from registrum.errors import (
    ContractError,
    KeyNotFoundError,
    NodeError,
    RpcError,
    SubmissionError,
    TransactionFailedError,
)
from registrum.signing.addresses import parse_address
from registrum.signing.eip712 import Domain

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.chain.sender import Sender
    from registrum.deployment import Manifest
    from registrum.signing.signers import Signer

__all__ = ["DEADLINE_S", "Session"]

DEADLINE_S = 60.0
"""Seconds to wait for a block, unless the caller says otherwise: some blocks of any consortium network."""


_S = TypeVar("_S", bound="Session")

_WORD = 32
_OUT_OF_GAS = re.compile(
    r"out ?of ?gas|oog\b|insufficient_gas|intrinsic gas|gas required exceeds|exceeds (the )?block gas limit"
    r"|gas limit (is )?(too (high|low)|reached)|gas too low",
    re.IGNORECASE,
)
"""As Anvil ("EVM error ReentrancySentryOOG"), Besu, geth, Nethermind and Ganache say it; no code tells it apart."""


class Session:
    """A node, a deployment, and whoever signs and sends. Constructing does no I/O; `Registry.connect` checks the node.

    Args:
        rpc: The node.
        manifest: The deployment.
        signer: Signs for an office; None to read only, or to name one with each operation.
        sender: Account that sends transactions; the signer unless given.
        outbox: Where operations are kept until they are settled; without one they are lost with the process.
        finality: When a block counts as final.
        deadline_s: Seconds to wait for the end of one operation.
        after_send: Called after transactions were handed to the node; mines them on a chain that mines on demand.
        versions: The application registry in force and those before it; the one of the manifest unless given.
    """

    def __init__(
        self,
        rpc: RpcClient,
        manifest: Manifest,
        *,
        signer: Signer | None = None,
        sender: AccountSigner | None = None,
        outbox: Outbox | None = None,
        finality: Finality | None = None,
        deadline_s: float = DEADLINE_S,
        after_send: Callable[[], object] | None = None,
        versions: RegistryVersions | None = None,
    ) -> None:
        self._rpc = rpc
        self._manifest = manifest
        self._signer = signer
        self._sender = sender or signer
        self._outbox = outbox
        self._finality = finality or Finality()
        self._deadline_s = deadline_s
        self._after_send = after_send
        self._sending = threading.Lock()
        registers = (OFFICE_DIRECTORY, APPLICATION_REGISTRY, PRIORITY_REGISTER)
        self._versions = versions or RegistryVersions.of(manifest)
        self._addresses = {name: manifest.address(name) for name in (*registers, *manifest.contracts)}
        self._addresses[APPLICATION_REGISTRY] = self._versions.current.verifying_contract
        self._names = {parse_address(address): name for name, address in self._addresses.items()}
        self._names |= {parse_address(address): APPLICATION_REGISTRY for address in self._versions.addresses}
        self._application_domain = self._versions.current
        self._priority_domain = Domain.priority_register(manifest.chain_id, self._addresses[PRIORITY_REGISTER])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the node; a later call opens them again."""
        self._rpc.close()

    @property
    def rpc(self) -> RpcClient:
        """The node."""
        return self._rpc

    @property
    def manifest(self) -> Manifest:
        """The deployment."""
        return self._manifest

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self._manifest.chain_id

    @property
    def sender_address(self) -> str | None:
        """Account that sends transactions; None for a session that only reads."""
        return None if self._sender is None else self._sender.address

    @property
    def application_domain(self) -> Domain:
        """Where registrations, batches, anchors, corrections and withdrawals are signed for."""
        return self._application_domain

    @property
    def application_domains(self) -> tuple[Domain, ...]:
        """The same for every version of the application registry, oldest first; anchors of all of them are known."""
        return self._versions.domains

    @property
    def priority_domain(self) -> Domain:
        """Where outcomes of claims are signed for."""
        return self._priority_domain

    @property
    def rights_domain(self) -> Domain:
        """Where legal-status events are signed for.

        Raises:
            ConfigError: This deployment has no register of trade marks and designs.
        """
        return Domain.rights_register(self.chain_id, self._manifest.address(RIGHTS_REGISTER))

    @property
    def practice_domain(self) -> Domain:
        """Where empowerments and renewal terms are signed for; errors as for `rights_domain`."""
        return Domain.office_practice(self.chain_id, self._manifest.address(OFFICE_PRACTICE))

    @property
    def consortium_domain(self) -> Domain:
        """Where votes are signed for.

        Raises:
            ConfigError: No consortium governs this deployment.
        """
        return Domain.consortium(self.chain_id, self._manifest.address(CONSORTIUM))

    @property
    def emergency_domain(self) -> Domain:
        """Where support for emergency suspensions is signed for; errors as for `consortium_domain`."""
        return Domain.emergency_council(self.chain_id, self._manifest.address(EMERGENCY_COUNCIL))

    @property
    def charter_domain(self) -> Domain:
        """Where remarks of observers are signed for; errors as for `consortium_domain`."""
        return Domain.charter(self.chain_id, self._manifest.address(CHARTER))

    def _view(self, kind: type[_S]) -> _S:
        """This session with the operations of another class: one node, one signer, one outbox, one lock on sending."""
        view = kind.__new__(kind)
        vars(view).update(vars(self))
        return view

    def _office_key(self, signer: Signer | None) -> Signer:
        chosen = signer or self._signer
        if chosen is None:
            raise KeyNotFoundError(
                "an office must sign this, and no signing key is given", remedy="Name a key, for example by --key."
            )
        return chosen

    def _account(self) -> AccountSigner:
        if self._sender is None:
            raise KeyNotFoundError(
                "a transaction must be sent, and no account is given", remedy="Name a key, for example by --key."
            )
        return self._sender

    def _address(self, contract: str) -> str:
        """Where a contract is, in the version in force; ConfigError if the deployment has none."""
        return self._addresses.get(contract) or self._manifest.address(contract)

    def _read(self, contract: str, function: str, *values: Any) -> Any:
        """Call a function of a contract on the newest block.

        Raises:
            ContractError: The contract refused.
            NodeError: The node cannot be reached, or talks nonsense.
            RpcError: The node refused.
        """
        return self._read_many(contract, [(function, values)])[0]

    def _read_many(self, contract: str, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The same for many calls of one contract in one request."""
        abi, address = load_abi(contract), self._address(contract)
        encoded = (abi.encode(function, *values) for function, values in calls)
        answers = self._rpc.batch(
            ("eth_call", ({"to": address, "data": "0x" + data.hex()}, "latest")) for data in encoded
        )
        return [abi.decode(function, returned(answer)) for (function, _), answer in zip(calls, answers, strict=True)]

    def _read_word(self, contract: str, function: str, *values: Any) -> int:
        """The same for one number as it is: a time that is zero, or without end, is no other than it says."""
        data = "0x" + load_abi(contract).encode(function, *values).hex()
        call = {"to": self._address(contract), "data": data}
        answer = returned(self._rpc.batch([("eth_call", [call, "latest"])])[0])
        if len(answer) != _WORD:
            raise NodeError(f"the node sent {len(answer)} bytes where {function} returns one number")
        return int.from_bytes(answer, "big")

    def _simulate(self, contract: str, function: str, data: bytes, gas: int) -> Any:
        """What an operation would return if it were sent now.

        Raises:
            ContractError: The contract would refuse; nothing was sent.
            SubmissionError: It needs more gas than it is given, or than the node allows; nothing was sent.
        """
        call = {
            "from": self._account().address,
            "to": self._address(contract),
            "data": "0x" + data.hex(),
            "gas": hex(gas),
        }
        answer = self._rpc.batch([("eth_call", [call, "latest"])])[0]
        if isinstance(answer, RpcError) and _OUT_OF_GAS.search(answer.message):
            raise SubmissionError(
                f"{function} does not get through with {gas} gas: the node says {answer.message!r}; nothing was sent",
                remedy="Give fewer items at a time; if it is one item, ask the node's operator for its gas limits.",
                gas=gas,
            ) from answer
        return load_abi(contract).decode(function, returned(answer))

    def _block_gas_limit(self) -> int:
        """Gas of a block, as the newest has it."""
        return self._newest_block().gas_limit

    def _now(self) -> datetime:
        """The chain's clock: time of the newest block."""
        return instant(self._newest_block().timestamp)

    def _newest_block(self) -> Head:
        return read_block(self._rpc.call("eth_getBlockByNumber", ["latest", False]))

    def _apply(
        self, contract: str, function: str, values: Sequence[Any], *, gas: int, description: str, key: str
    ) -> Receipt:
        """Carry an operation through: simulate it, send it, wait for its end.

        Args:
            contract: Name of the contract.
            function: Name of the function.
            values: Its arguments.
            gas: Gas limit.
            description: One line for the list of the outbox.
            key: What it stands for in the outbox: the same key, the same effect, once.

        Raises:
            ContractError: The contract refused.
            KeyNotFoundError: No account is given to send from.
            OutcomeUnknownError: It was sent and its end was not seen.
            NodeError: The node cannot be reached; nothing was sent.
            SubmissionError: The node does not take it.
        """
        data = load_abi(contract).encode(function, *values)
        if self._simulate(contract, function, data, gas) is False:
            return Receipt(taken=False)
        return self._dispatch(contract, data, gas=gas, description=description, key=key)

    def _dispatch(self, contract: str, data: bytes, *, gas: int, description: str, key: str) -> Receipt:
        """Send call data that were simulated, and wait for their end; errors as for `_apply`."""
        intent = Intent(key, self._addresses[contract], data, gas, description, account=self._account().address)
        return self._receipt(self._send(intent))

    def _send(self, intent: Intent) -> ChainReceipt:
        if self._outbox is not None:
            with self._new_sender(self._outbox) as sender:
                return self._settle(sender, self._submit(self._outbox, [intent])[0])
        from registrum.chain.direct import send_and_wait

        with self._sending:
            return send_and_wait(
                self._rpc,
                self._account(),
                intent,
                chain_id=self.chain_id,
                finality=self._finality,
                deadline_s=self._deadline_s,
                after_send=self._after_send,
            )

    def _resume(self, entry: Entry) -> Receipt:
        """Bring what waits in the outbox to its end; errors as for `_apply`."""
        if self._outbox is None:
            raise TypeError("an entry is in an outbox")
        with self._new_sender(self._outbox) as sender:
            return self._receipt(self._settle(sender, entry.id))

    def _new_sender(self, outbox: Outbox) -> Sender:
        from registrum.chain.sender import Sender

        return Sender(self._rpc, outbox, self._account(), finality=self._finality, after_send=self._after_send)

    def _submit(self, outbox: Outbox, intents: Sequence[Intent]) -> list[int]:
        """Put intents into the outbox; one that was refused before and can succeed now is queued anew."""
        entries = outbox.submit_many(intents)
        return [(outbox.retry(entry.id) if entry.state is State.REFUSED else entry).id for entry in entries]

    def _settle(self, sender: Sender, entry_id: int) -> ChainReceipt:
        """Wait for the end of an entry of the outbox.

        Raises:
            ContractError: The contract refused.
            TransactionFailedError: It can never take effect, for another reason.
        """
        return self._outcome(sender.wait(entry_id, self._deadline_s))

    def _outcome(self, entry: Entry) -> ChainReceipt:
        """What the chain has of a settled entry; errors as for `_settle`."""
        if entry.state is State.REFUSED:
            if entry.revert_data is not None:
                raise decode_revert(entry.revert_data)
            raise TransactionFailedError(f"{entry.description or entry.key}: {entry.note}", entry=entry.id)
        receipt = None if entry.tx_hash is None else fetch_receipts(self._rpc, [entry.tx_hash]).get(entry.tx_hash)
        if receipt is None:
            raise TransactionFailedError(f"the node has lost the receipt of entry {entry.id}", entry=entry.id)
        return receipt

    def _receipt(self, receipt: ChainReceipt) -> Receipt:
        events = self._events(receipt.logs)
        return Receipt(
            taken=bool(events),
            transaction_hash="0x" + receipt.tx_hash.hex(),
            block_number=receipt.block[0],
            block_hash="0x" + receipt.block[1].hex(),
            gas_used=receipt.gas_used,
            events=tuple(events),
        )

    def _own_logs(self, contract: str, logs: Sequence[Any]) -> list[dict[str, Any]]:
        """The log entries of one of the deployed contracts, without those of other contracts."""
        address = parse_address(self._addresses[contract])
        return [log for log in logs if as_data(log.get("address"), "address of an event", 20) == address]

    def _events(self, logs: Sequence[Any]) -> list[Event]:
        """The events of the deployed contracts among log entries; look-alikes of other contracts are left out."""
        events = []
        for log in logs:
            contract = self._names.get(as_data(log.get("address"), "address of an event", 20))
            decoded = load_abi(contract).decode_event(log) if contract and not log.get("removed") else None
            if contract and decoded:
                events.append(
                    Event(
                        decoded[0],
                        contract,
                        decoded[1],
                        as_quantity(log.get("blockNumber"), "block number"),
                        "0x" + as_data(log.get("blockHash"), "block hash", 32).hex(),
                        "0x" + as_data(log.get("transactionHash"), "transaction hash", 32).hex(),
                        as_quantity(log.get("logIndex"), "log index"),
                    )
                )
        return events


def returned(answer: Any) -> bytes:
    """What a call returned.

    Args:
        answer: The result of an `eth_call`, or the `RpcError` in its place.

    Raises:
        ContractError: The contract refused.
        RpcError: The node refused.
    """
    refusal = refused(answer)
    if refusal is not None:
        raise refusal
    return as_data(answer, "result of a call")


def refused(answer: Any) -> ContractError | None:
    """The refusal in the answer to an `eth_call`, if it is one.

    Raises:
        RpcError: The node refused, and not the contract.
    """
    data = revert_data(answer)
    if data is not None:
        return decode_revert(data)
    if isinstance(answer, RpcError):
        raise answer
    return None
