"""Deploying the contracts: in one order, recorded step by step, resumable, and without effect when done before.

Before anything is sent, the journal in the manifest names the account and the nonce, and with them the address. A nonce
is taken once, so whatever is interrupted where, a second run finds what the first one did: code at the address, a
transaction in the pool, or nothing, and then it sends with that same nonce.

What is recorded and no longer on the chain, or there with other code, is never replaced: evidence may rest on it. The
operator who wants a new deployment moves the manifest away.

With a consortium the deployer is governance at first: it admits the founders and hands governance over to the timelock,
last and for good. Those calls need no journal, since the chain itself tells which took effect
(`registrum.deployment.founding`); they are asked for when no transaction of the deployer is under way any more.

Not its job: who deploys (`registrum.deployment.backend`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from registrum.chain.contracts import load_abi
from registrum.chain.profile import NetworkProfile, Snapshot
from registrum.chain.receipts import Receipt, fetch_receipts, revert_data
from registrum.chain.reverts import decode_revert
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.chain.transaction import intrinsic_gas, rlp_bytes, rlp_list, rlp_number
from registrum.deployment.artifacts import Artifact, abi_version, load_artifact
from registrum.deployment.backend import Backend, Call, Creation, RpcBackend
from registrum.deployment.check import check_chain
from registrum.deployment.code_table import missing_rows
from registrum.deployment.consortium_file import ConsortiumTerms
from registrum.deployment.founding import Remaining, remaining_calls
from registrum.deployment.founding_call import FoundingCall
from registrum.deployment.manifest import TIMELOCK, Argument, DeployedContract, Manifest, PendingStep
from registrum.errors import (
    ConfigError,
    NetworkMismatchError,
    OutcomeUnknownError,
    RpcError,
    TransactionFailedError,
)
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak

__all__ = [
    "Backend",
    "Call",
    "Creation",
    "Deployment",
    "Given",
    "RpcBackend",
    "Step",
    "create_address",
    "deploy",
    "plan",
]

_CONSTRUCTOR_GAS = 1_000_000
"""More than twice what any of the constructors uses, but for those that create contracts."""
_CREATED_BY = {"Consortium": TIMELOCK}
"""What a constructor creates: recorded with its creator."""
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.5
_SCAN_BLOCKS = 100
_REORG_DEPTH = 64
_NO_CONTRACT = "0x" + "00" * 20
_MOVE_AWAY = "Nothing was changed. For a new deployment move the manifest away; keep it, records may rest on it."


@dataclass(frozen=True)
class Given:
    """A constructor argument that is known before anything is deployed."""

    value: Argument


@dataclass(frozen=True)
class Step:
    """One contract to deploy, and what its constructor is given.

    Attributes:
        contract: Its name.
        arguments: `governance`, `none`, the names of contracts before it, or values as they stand.
    """

    contract: str
    arguments: tuple[str | Given, ...]


@dataclass(frozen=True)
class Deployment:
    """Outcome of `deploy`: the manifest as saved, and what this run sent (not what it found).

    Attributes:
        manifest: Complete.
        sent: Contracts that this run created.
        calls: What else it did, in plain words.
    """

    manifest: Manifest
    sent: tuple[str, ...]
    calls: tuple[str, ...] = ()


def plan(terms: ConsortiumTerms | None = None) -> tuple[Step, ...]:
    """The steps in their order; `governance` stands for the account that admits offices, `none` for no contract.

    Args:
        terms: What founders agreed on, for a deployment with a consortium.
    """
    registers = (
        Step("OfficeDirectory", ("governance",)),
        Step("ApplicationRegistry", ("OfficeDirectory", "none")),
        Step("PriorityRegister", ("OfficeDirectory", "ApplicationRegistry")),
        Step("OfficePractice", ("OfficeDirectory",)),
        Step("RightsRegister", ("OfficeDirectory", "OfficePractice")),
        Step("RightsStanding", ("RightsRegister",)),
    )
    if terms is None:
        return registers
    parameters = (terms.voting_delay_s, terms.voting_period_s, terms.execution_delay_s, *terms.supermajority)
    rules = (Given(terms.emergency_quorum), Given(terms.emergency_duration_s))
    text = (Given("0x" + terms.charter_digest.hex()), Given(terms.charter_location))
    return (
        *registers,
        Step("Consortium", ("OfficeDirectory", Given(parameters))),
        Step("EmergencyCouncil", ("OfficeDirectory", *rules)),
        Step("Charter", ("Consortium", "EmergencyCouncil", *text)),
        Step("AddressBook", ("OfficeDirectory",)),
    )


def create_address(deployer: str, nonce: int) -> str:
    """Address of the contract that an account creates with a nonce: the hash of both (Yellow Paper, section 7)."""
    return checksum_address(keccak(rlp_list(rlp_bytes(parse_address(deployer)) + rlp_number(nonce)))[12:])


def deploy(
    backend: Backend,
    manifest_path: Path | str,
    *,
    governance: str | None = None,
    consortium: ConsortiumTerms | None = None,
    release: str | None = None,
    discard_other_chain: bool = False,
    timeout_s: float = 120.0,
    report: Callable[[str], object] = lambda line: None,
) -> Deployment:
    """Deploy what the manifest does not record yet; with a consortium, found it and hand governance over.

    Args:
        backend: Who deploys, and where.
        manifest_path: Where the manifest is, or is to be.
        governance: Account that admits and suspends offices, where no consortium does.
        consortium: What the founders agreed on; governance is then the timelock. One of the two is given.
        release: Release to record; that of the installed package by default.
        discard_other_chain: Begin anew if the manifest is of another chain, as local chains are after each start.
        timeout_s: Seconds to wait for the block of each transaction.
        report: Takes one line for each thing done, for people.

    Returns:
        The complete manifest, as saved.

    Raises:
        ConfigError: The manifest cannot be read or written, another run holds it, or it or the chain shows other facts
            than asked for.
        NetworkMismatchError: The manifest is of another chain, or what it records is not on the chain.
        OutcomeUnknownError: No block took the transaction in time. Run again: it resumes.
        TransactionFailedError: A transaction was reverted.
        ContractError: A contract would refuse a call; it was not sent.
        NodeError: The node does not answer. Run again: it resumes.
        RpcError: The node does not take the transaction.
    """
    path = Path(manifest_path)
    if (governance is None) == (consortium is None):
        raise ConfigError("a deployment has either a consortium or one governance account")
    if consortium is not None:
        consortium.check()
    with _exclusive(path):
        manifest = _opened(backend.rpc, path, release, discard_other_chain)
        run = _Run(backend, path, manifest, timeout_s, report)
        if consortium is None:
            run.deploy(checksum_address(parse_address(str(governance))))
        else:
            run.found(consortium)
        return Deployment(run.manifest, tuple(run.sent), tuple(run.called))


def _opened(rpc: RpcClient, path: Path, release: str | None, discard_other_chain: bool) -> Manifest:
    """The manifest of this chain, new if there is none."""
    network = NetworkProfile.read(rpc)
    if path.exists():
        manifest = Manifest.load(path)
        try:
            check_chain(manifest, rpc, network.chain_id, network.genesis)
        except NetworkMismatchError:
            if not discard_other_chain:
                raise
        else:
            return manifest
    if release is None:
        release = _installed_release()
    return Manifest(
        chain_id=network.chain_id,
        genesis_hash=network.genesis,
        release=release,
        abi_version=abi_version(),
        compiler=load_artifact(plan()[0].contract).compiler,
    )


def _installed_release() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("registrum")
    except PackageNotFoundError:
        raise ConfigError("registrum is not installed, so its release is unknown", remedy="Run `make setup`.") from None


class _Run:
    """One run of `deploy`: the manifest as last saved, and what was sent."""

    def __init__(
        self, backend: Backend, path: Path, manifest: Manifest, timeout_s: float, report: Callable[[str], object]
    ) -> None:
        self._backend = backend
        self._rpc = backend.rpc
        self._path = path
        self._timeout_s = timeout_s
        self._report = report
        self.manifest = manifest
        self.sent: list[str] = []
        self.called: list[str] = []

    def deploy(self, governance: str) -> None:
        """Deploy the registers under one account.

        Raises:
            ConfigError: The manifest is of a deployment with a consortium.
        """
        if self.manifest.has_consortium:
            raise ConfigError(
                f"the manifest {self._path} is of a deployment with a consortium",
                remedy="Name its consortium file by REGISTRUM_CONSORTIUM. " + _MOVE_AWAY,
            )
        for step in plan():
            self._perform(step, governance)
        self._load_codes()

    def _load_codes(self) -> None:
        """Fill the table of codes where this run can: only whoever governs may."""
        address = self.manifest.address("OfficeDirectory")
        data = load_abi("OfficeDirectory").encode("governance")
        answer = as_data(
            self._rpc.call("eth_call", [{"to": address, "data": "0x" + data.hex()}, "latest"]), "governance"
        )
        if answer[12:] != parse_address(self._backend.deployer):
            self._report(
                f"the table of codes is for {checksum_address(answer[12:])}, who governs, to fill: by setStatuses and "
                "setCodes of RightsRegister in brownie's console, from registrum.rights.codes.default_codes()"
            )
            return
        if missing_rows(self._rpc, self.manifest):
            self._idle()
            calls = missing_rows(self._rpc, self.manifest)
            self._try(calls)
            self._carry_out(calls)

    def found(self, terms: ConsortiumTerms) -> None:
        """Deploy everything, admit the founders, and hand governance over."""
        steps = plan(terms)
        for name, recorded in self.manifest.contracts.items():
            self._check_recorded(name, recorded)
        if "OfficeDirectory" in self.manifest.contracts:
            # What differs is found before anything more is deployed beside it.
            self._require_governance(remaining_calls(self._rpc, self.manifest, terms))
        governance = self._first_governance()
        if not self.manifest.is_complete or not self.manifest.has_consortium:
            self.manifest = replace(self.manifest, founding=True)
        for step in steps:
            self._perform(step, governance)
        self._arrange(terms)
        if self.manifest.founding:
            self._save(replace(self.manifest, founding=False))

    def _first_governance(self) -> str:
        """Who governs until the hand-over: who began."""
        recorded = self.manifest.contracts.get("OfficeDirectory")
        if recorded is not None:
            return str(recorded.constructor_arguments[0])
        pending = self.manifest.pending
        if pending is not None and pending.contract == "OfficeDirectory":
            return str(pending.constructor_arguments[0])
        return checksum_address(parse_address(self._backend.deployer))

    def _perform(self, step: Step, governance: str) -> None:
        """See to it that one contract is deployed and recorded."""
        artifact = load_artifact(step.contract)
        known: Mapping[str, str] = {"governance": governance, "none": _NO_CONTRACT} | {
            name: contract.address for name, contract in self.manifest.contracts.items()
        }
        arguments = tuple(item.value if isinstance(item, Given) else known[item] for item in step.arguments)
        recorded = self.manifest.contracts.get(step.contract)
        if recorded is not None:
            self._same_arguments(step.contract, recorded.constructor_arguments, arguments)
            self._check_recorded(step.contract, recorded)
            self._report(f"{step.contract} is at {recorded.address} already")
            return
        pending = self.manifest.pending
        if pending is None:
            pending = self._begin(step.contract, arguments)
        else:
            if pending.contract != step.contract:
                raise ConfigError(f"the journal of {self._path} is at {pending.contract}, not at {step.contract}")
            self._same_arguments(step.contract, pending.constructor_arguments, arguments)
            self._report(f"{step.contract} was begun before; looking for it")
        tx_hash: bytes | None = None
        while (code := self._settle(pending, tx_hash)) is None:
            pending, tx_hash = self._send(pending, artifact)
        self._record(pending, artifact, code, tx_hash)

    def _begin(self, contract: str, arguments: tuple[Argument, ...]) -> PendingStep:
        """Journal a step with the account's next nonce."""
        now = Snapshot.read(self._rpc, self._backend.deployer)
        deployer = checksum_address(parse_address(self._backend.deployer))
        pending = PendingStep(contract, deployer, now.pending, arguments, now.head.number)
        self._save(replace(self.manifest, pending=pending))
        return pending

    def _send(self, pending: PendingStep, artifact: Artifact) -> tuple[PendingStep, bytes | None]:
        """Send the creation; with a new nonce if the journalled one went to something else.

        Returns:
            The journalled step, and the transaction's hash where the node told it.
        """
        if parse_address(self._backend.deployer) != parse_address(pending.deployer):
            raise ConfigError(
                f"{pending.contract} was begun by {pending.deployer}, this run is by {self._backend.deployer}",
                remedy="Resume with the account that began; another might deploy the contract a second time.",
            )
        if Snapshot.read(self._rpc, pending.deployer).latest > pending.nonce:
            pending = self._begin(pending.contract, pending.constructor_arguments)
        init_code = artifact.init_code(pending.constructor_arguments)
        words = (len(init_code) + 31) // 32
        # EIP-3860 asks 2 gas a word of init code, every chain 200 a byte of the code that stays, and 32,000 at all.
        gas = intrinsic_gas(init_code) + 32_000 + 2 * words + 200 * len(artifact.runtime_code) + _CONSTRUCTOR_GAS
        if created := _CREATED_BY.get(pending.contract):
            gas += 32_000 + 200 * len(load_artifact(created).runtime_code)
        creation = Creation(
            pending.contract, pending.constructor_arguments, init_code, self.manifest.chain_id, pending.nonce, gas
        )
        try:
            tx_hash = self._backend.create(creation)
        except RpcError:
            # An interrupted run may have sent it already, and the node may have counted it only now.
            if Snapshot.read(self._rpc, pending.deployer).pending > pending.nonce:
                return pending, None
            raise
        self.sent.append(pending.contract)
        return pending, tx_hash

    def _settle(self, pending: PendingStep, tx_hash: bytes | None) -> bytes | None:
        """The code at the address, awaited while a transaction may bring it; None if there is nothing to wait for.

        Raises:
            TransactionFailedError: The transaction that this run sent was reverted.
            OutcomeUnknownError: Time is up.
        """
        address = create_address(pending.deployer, pending.nonce)
        deadline = time.monotonic() + self._timeout_s
        pause = _SHORTEST_PAUSE_S
        while True:
            # Counted before the code is read: a nonce that was spent by then has left its code, if it leaves any.
            now = Snapshot.read(self._rpc, pending.deployer)
            code = _code(self._rpc, address)
            if code:
                return code
            spent, waiting = now.latest > pending.nonce, now.pending > pending.nonce
            if spent and tx_hash is not None:
                receipt = fetch_receipts(self._rpc, [tx_hash]).get(tx_hash)
                if receipt is not None and not receipt.ok:
                    raise TransactionFailedError(
                        f"the creation of {pending.contract} was reverted in block {receipt.block[0]}",
                        remedy="Check that the network takes Shanghai code of this size; then run again.",
                        transaction="0x" + tx_hash.hex(),
                    )
            if spent or (not waiting and tx_hash is None):
                return None
            if time.monotonic() >= deadline:
                raise OutcomeUnknownError(
                    f"no block took the creation of {pending.contract} within {self._timeout_s:g} s",
                    remedy="Check that the network makes blocks, then run again: it resumes with the same nonce.",
                    address=address,
                    nonce=pending.nonce,
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)

    def _record(self, pending: PendingStep, artifact: Artifact, code: bytes, tx_hash: bytes | None) -> None:
        """Check what is at the address, and take it from the journal into the manifest."""
        address = create_address(pending.deployer, pending.nonce)
        if not artifact.matches(code):
            raise NetworkMismatchError(
                f"{pending.contract}: the code at {address} is not that of this package",
                remedy="The contracts were compiled anew between two runs. " + _MOVE_AWAY,
                what="code_hash",
                contract=pending.contract,
                address=address,
            )
        wrong = artifact.wrong_immutables(code, address, self.manifest.chain_id, pending.constructor_arguments)
        if wrong:
            raise NetworkMismatchError(
                f"{pending.contract} at {address} was given other values than asked for: {', '.join(wrong)}",
                what="immutables",
                contract=pending.contract,
                address=address,
            )
        receipt = self._receipt(pending, tx_hash)
        contract = DeployedContract(
            address, keccak(code), pending.constructor_arguments, receipt.tx_hash, receipt.block[0]
        )
        contracts = {**self.manifest.contracts, pending.contract: contract}
        if created := _CREATED_BY.get(pending.contract):
            contracts[created] = self._created(created, contract)
        self._save(replace(self.manifest, contracts=contracts, pending=None))
        self._report(f"{pending.contract} is at {address}, block {contract.block}")

    def _created(self, name: str, creator: DeployedContract) -> DeployedContract:
        """The contract that another one made with itself, and tells the address of under its own name."""
        asked = {"to": creator.address, "data": "0x" + load_abi("Consortium").encode(name.lower()).hex()}
        address = checksum_address(as_data(self._rpc.call("eth_call", [asked, "latest"]), "address", 32)[12:])
        code = _code(self._rpc, address)
        if not load_artifact(name).matches(code):
            raise NetworkMismatchError(
                f"{name}: the code at {address} is not that of this package",
                what="code_hash",
                contract=name,
                address=address,
            )
        return DeployedContract(address, keccak(code), (), creator.transaction, creator.block)

    def _arrange(self, terms: ConsortiumTerms) -> None:
        """Make every call that the founding still needs, the hand-over last."""
        if self.manifest.founding:
            self._idle()
        remaining = remaining_calls(self._rpc, self.manifest, terms)
        while remaining.hand_over is not None:
            self._require_governance(remaining)
            calls = remaining.calls or (remaining.hand_over,)
            self._try(calls)
            self._carry_out(calls)
            remaining = self._seen(terms, calls)
        self._report(f"governance is with the timelock {remaining.governance}")

    def _require_governance(self, remaining: Remaining) -> None:
        """Before the hand-over only the account that governs can go on.

        Raises:
            ConfigError: This run is by another.
        """
        timelock = self.manifest.contracts.get(TIMELOCK)
        if timelock is not None and remaining.governance == timelock.address:
            return
        if parse_address(self._backend.deployer) != parse_address(remaining.governance):
            raise ConfigError(
                f"governance is with {remaining.governance} until the hand-over, this run is by "
                f"{self._backend.deployer}",
                remedy="Nothing was changed. Resume with the account that began.",
            )

    def _try(self, calls: Sequence[FoundingCall]) -> None:
        """Ask the node what the calls would do, so that nothing is sent that a contract refuses.

        Raises:
            ContractError: One would be refused.
        """
        sender = self._backend.deployer
        answers = self._rpc.batch(
            ("eth_call", [{"from": sender, "to": call.to, "data": "0x" + call.data.hex()}, "latest"]) for call in calls
        )
        for call, answer in zip(calls, answers, strict=True):
            if isinstance(answer, RpcError):
                data = revert_data(answer)
                if data is None:
                    raise answer
                error = decode_revert(data)
                error.add_note(f"refused was: {call.about}")
                raise error

    def _carry_out(self, calls: Sequence[FoundingCall]) -> None:
        """Send calls one after another without waiting for each, then see that all took effect."""
        nonce = Snapshot.read(self._rpc, self._backend.deployer).pending
        hashes: dict[bytes, FoundingCall] = {}
        for number, call in enumerate(calls, nonce):
            sent = Call(call.about, call.to, call.data, self.manifest.chain_id, number, call.gas)
            hashes[self._backend.call(sent)] = call
            self.called.append(call.about)
        deadline, pause = time.monotonic() + self._timeout_s, _SHORTEST_PAUSE_S
        while len(receipts := fetch_receipts(self._rpc, hashes)) < len(hashes):
            if time.monotonic() >= deadline:
                raise OutcomeUnknownError(
                    f"no block took {len(hashes) - len(receipts)} of {len(hashes)} calls within {self._timeout_s:g} s",
                    remedy="Check that the network makes blocks, then run again: it resumes.",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
        for tx_hash, call in hashes.items():
            receipt = receipts[tx_hash]
            if not receipt.ok:
                raise TransactionFailedError(
                    f"{call.contract} refused to {call.about}, in block {receipt.block[0]}",
                    remedy="Run again: it tells the reason before it sends.",
                    transaction="0x" + tx_hash.hex(),
                )
            self._report(f"{call.about}: done in block {receipt.block[0]}")

    def _seen(self, terms: ConsortiumTerms, calls: Sequence[FoundingCall]) -> Remaining:
        """Wait until the node shows what the calls did: behind one address there may be several nodes.

        Returns:
            What is left then.

        Raises:
            OutcomeUnknownError: Time is up.
        """
        deadline, pause = time.monotonic() + self._timeout_s, _SHORTEST_PAUSE_S
        while True:
            left = remaining_calls(self._rpc, self.manifest, terms)
            if not {call.data for call in calls} & {call.data for call in (*left.calls, left.hand_over) if call}:
                return left
            if time.monotonic() >= deadline:
                raise OutcomeUnknownError(
                    "the node has blocks with the calls, but does not show what they did",
                    remedy="Run again: it resumes. If that does not help, ask another node.",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)

    def _idle(self) -> None:
        """Wait until nothing that the deployer sent is under way: what an interrupted run sent may still take effect.

        Raises:
            OutcomeUnknownError: Time is up.
        """
        deadline, pause = time.monotonic() + self._timeout_s, _SHORTEST_PAUSE_S
        while (now := Snapshot.read(self._rpc, self._backend.deployer)).pending > now.latest:
            if time.monotonic() >= deadline:
                raise OutcomeUnknownError(
                    f"{now.pending - now.latest} transactions of {self._backend.deployer} wait in the node's pool",
                    remedy="Check that the network makes blocks, then run again: it resumes.",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)

    def _receipt(self, pending: PendingStep, tx_hash: bytes | None) -> Receipt:
        """Receipt of the creation, awaited: a node may show new code a moment before it knows the transaction by hash.

        Raises:
            OutcomeUnknownError: Time is up.
        """
        deadline = time.monotonic() + self._timeout_s
        pause = _SHORTEST_PAUSE_S
        while True:
            tx_hash = tx_hash or self._transaction(pending)
            if tx_hash is not None and (receipt := fetch_receipts(self._rpc, [tx_hash]).get(tx_hash)) is not None:
                return receipt
            if time.monotonic() >= deadline:
                raise OutcomeUnknownError(
                    f"{pending.contract} is on the chain, but the node does not know the transaction that created it",
                    remedy="Run again: it resumes. If that does not help, ask a node that keeps all blocks.",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)

    def _transaction(self, pending: PendingStep) -> bytes | None:
        """Hash of the transaction with the journalled account and nonce, sought in the blocks since."""
        sender = parse_address(pending.deployer)
        head = as_quantity(self._rpc.call("eth_blockNumber"), "block number")
        start = max(0, min(pending.head, head) - _REORG_DEPTH)
        for first in range(start, head + 1, _SCAN_BLOCKS):
            numbers = range(first, min(first + _SCAN_BLOCKS, head + 1))
            for block in self._rpc.batch([("eth_getBlockByNumber", [hex(number), True]) for number in numbers]):
                if isinstance(block, RpcError):
                    raise block
                for entry in (block or {}).get("transactions", ()):
                    nonce = as_quantity(entry.get("nonce"), "nonce")
                    if nonce == pending.nonce and as_data(entry.get("from"), "sender", 20) == sender:
                        return as_data(entry.get("hash"), "transaction hash", 32)
        return None

    def _check_recorded(self, name: str, recorded: DeployedContract) -> None:
        code = _code(self._rpc, recorded.address)
        if keccak(code) != recorded.code_hash:
            raise NetworkMismatchError(
                f"{name}: at {recorded.address} there is {'other' if code else 'no'} code than recorded",
                remedy=_MOVE_AWAY,
                what="code_hash",
                contract=name,
                address=recorded.address,
                expected="0x" + recorded.code_hash.hex(),
                actual="0x" + keccak(code).hex(),
            )
        if not load_artifact(name).matches(code):
            raise ConfigError(
                f"{name} at {recorded.address} was deployed from other sources or settings than those here",
                remedy=_MOVE_AWAY,
            )

    def _same_arguments(self, name: str, recorded: tuple[Argument, ...], wanted: tuple[Argument, ...]) -> None:
        if recorded == wanted:
            return
        remedy = "The consortium file is not the one that this was begun with. "
        if name == "OfficeDirectory":
            remedy = "Governance is handed over by `transferGovernance`, not by deploying again. "
        raise ConfigError(
            f"{name} was deployed or begun with ({_shown(recorded)}), not with ({_shown(wanted)})",
            remedy=remedy + _MOVE_AWAY,
        )

    def _save(self, manifest: Manifest) -> None:
        manifest.save(self._path)
        self.manifest = manifest


def _shown(arguments: tuple[Argument, ...]) -> str:
    return ", ".join(f"({_shown(item)})" if isinstance(item, tuple) else str(item) for item in arguments)


def _code(rpc: RpcClient, address: str) -> bytes:
    return as_data(rpc.call("eth_getCode", [address, "latest"]), "code")


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Keep other deployments out of the manifest's folder; the lock ends with the process, however it ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise ConfigError(f"the folder {path.parent} cannot be used: {error.strerror}") from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(
                f"another deployment is at work in {path.parent}", remedy="Wait for it to end, then run again."
            ) from None
        yield
    finally:
        os.close(folder)
