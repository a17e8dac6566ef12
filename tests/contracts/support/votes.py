"""A consortium of offices under test: its contracts, its proposals, and votes by transaction and by signature.

Signatures are made by eth-account out of the type string that the interface documents, not by the client under test.
Not its job: what the contracts ought to answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, NamedTuple

from brownie import accounts, chain
from eth_abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from hexbytes import HexBytes

from registrum.signing.signers import DEVELOPMENT_MNEMONIC
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, travel_to
from tests.contracts.support.offices import GOVERNANCE, RELAYER

PENDING, ACTIVE, CANCELED, DEFEATED, SUCCEEDED, QUEUED, EXPIRED, EXECUTED = range(8)
"""State of a proposal."""

AGAINST, FOR, ABSTAIN = 0, 1, 2
"""Support."""

VOTING_DELAY, VOTING_PERIOD, EXECUTION_DELAY = DAY, 7 * DAY, 2 * DAY
PARAMETERS = (VOTING_DELAY, VOTING_PERIOD, EXECUTION_DELAY, 2, 3)
"""What the founders of the tests agree on, in the order of the constructor."""

COUNT_WINDOW, EXECUTION_WINDOW = 7 * DAY, 30 * DAY
"""As the interface documents them."""

LEAST_OFFICES = 3
NODE_ACCOUNTS = 30


class Call(NamedTuple):
    """One call of a proposal."""

    target: Any
    data: bytes
    value: int = 0


@dataclass(frozen=True)
class Proposal:
    """A list of calls with its description."""

    description: str
    calls: tuple[Call, ...]

    @property
    def targets(self) -> list[str]:
        return [getattr(call.target, "address", call.target) for call in self.calls]

    @property
    def values(self) -> list[int]:
        return [call.value for call in self.calls]

    @property
    def calldatas(self) -> list[bytes]:
        return [call.data for call in self.calls]

    @property
    def description_hash(self) -> bytes:
        return keccak(text=self.description)

    @property
    def id(self) -> int:
        """What the contract names it by."""
        types = ["address[]", "uint256[]", "bytes[]", "bytes32"]
        return int.from_bytes(keccak(encode(types, list(self.hashed))), "big")

    @property
    def whole(self) -> tuple[Any, ...]:
        """Arguments of `propose`."""
        return self.targets, self.values, self.calldatas, self.description

    @property
    def hashed(self) -> tuple[Any, ...]:
        """Arguments of `queue`, `execute` and `cancel`."""
        return self.targets, self.values, self.calldatas, self.description_hash


class Tally(NamedTuple):
    """A tally, in the order of the ABI."""

    for_votes: int
    against: int
    abstain: int
    active: int
    needed: int
    is_final: bool = False


@dataclass(frozen=True)
class Member:
    """An office without keys: its code and the node's account that holds its seat at the founding."""

    code: bytes
    seat: Any


@dataclass(frozen=True)
class House:
    """What a consortium consists of."""

    directory: Any
    consortium: Any
    timelock: Any


def call(method: Any, *arguments: Any, value: int = 0) -> Call:
    """A call of a contract's method, for a proposal."""
    return Call(method._address, bytes(HexBytes(method.encode_input(*arguments))), value)


def proposal(description: str, *calls: Call) -> Proposal:
    return Proposal(description, calls)


def selector(method: Any) -> bytes:
    """The four bytes that a method is called by."""
    return bytes(HexBytes(method.signature))


def bitmap(*states: int) -> bytes:
    """The states in which something is allowed, as `GovernorUnexpectedProposalState` shows them."""
    return sum(1 << state for state in states).to_bytes(32, "big")


def deploy_consortium(directory: Any, *parameters: Any) -> Any:
    """A consortium of this directory that governs nothing yet."""
    return compiled("Consortium").deploy(directory, parameters or PARAMETERS, {"from": accounts[GOVERNANCE]})


def timelock_of(consortium: Any) -> Any:
    """The timelock that a consortium created."""
    return compiled("TimelockController").at(consortium.timelock())


def found(members: Iterable[Member], *parameters: Any, hand_over: bool = True) -> House:
    """Deploy a directory with these offices and its consortium.

    Args:
        members: The founders.
        parameters: Of the consortium; those of the tests if none.
        hand_over: Whether governance goes to the timelock, or stays with the deployer, who can then suspend, admit and
            part offices in mid-vote without the votes that it takes in life.
    """
    deployer = {"from": accounts[GOVERNANCE]}
    directory = compiled("OfficeDirectory").deploy(accounts[GOVERNANCE], deployer)
    for member in members:
        directory.admitOffice(member.code, member.seat, f"Office {member.code.decode()}", "", 0, deployer)
    consortium = deploy_consortium(directory, *parameters)
    if hand_over:
        directory.transferGovernance(consortium.timelock(), deployer)
    return House(directory, consortium, timelock_of(consortium))


def rotate(directory: Any, office: Any, old: Any, new: Any) -> None:
    """Hand the seat of an office to another account, in the two steps that it takes."""
    directory.proposeSeat(office.code, new, {"from": old})
    directory.acceptSeat(office.code, {"from": new})


def propose(consortium: Any, made: Proposal, office: Any) -> Any:
    """Propose as an office; returns brownie's receipt."""
    return consortium.propose(*made.whole, {"from": office.seat})


def open_vote(consortium: Any, made: Proposal) -> None:
    """Travel to the first second of the vote."""
    travel_to(consortium.proposalSnapshot(made.id) + 1)


def close_vote(consortium: Any, made: Proposal) -> None:
    """Travel to the first second after the vote."""
    travel_to(consortium.proposalDeadline(made.id) + 1)


def put(consortium: Any, made: Proposal, office: Any) -> Proposal:
    """Propose as an office and travel to the first second of the vote; returns the proposal."""
    propose(consortium, made, office)
    open_vote(consortium, made)
    return made


def vote(consortium: Any, made: Proposal, office: Any, support: int = FOR, seat: Any = None) -> Any:
    """Vote by transaction of the seat; returns brownie's receipt."""
    return consortium.castVote(made.id, support, {"from": seat or office.seat})


def queue(consortium: Any, made: Proposal, sender: Any = None) -> Any:
    """Count and queue, which anyone may; returns brownie's receipt."""
    return consortium.queue(*made.hashed, {"from": sender or accounts[RELAYER]})


def execute(consortium: Any, made: Proposal, sender: Any = None, value: int = 0) -> Any:
    """Execute, which anyone may; returns brownie's receipt."""
    return consortium.execute(*made.hashed, {"from": sender or accounts[RELAYER], "value": value})


def ask_to_execute(consortium: Any, made: Proposal) -> Any:
    """What executing would answer now: changes nothing."""
    return consortium.execute.call(*made.hashed, {"from": accounts[RELAYER]})


def ripen(consortium: Any, made: Proposal, voters: Iterable[Any]) -> Proposal:
    """Propose as the first of the voters, all vote for it, queue, and travel to the end of the delay."""
    voters = list(voters)
    put(consortium, made, voters[0])
    for office in voters:
        vote(consortium, made, office)
    close_vote(consortium, made)
    queue(consortium, made)
    travel_to(consortium.proposalEta(made.id))
    return made


def enact(consortium: Any, made: Proposal, voters: Iterable[Any]) -> Any:
    """Bring a proposal all the way; returns the receipt of its execution."""
    return execute(consortium, ripen(consortium, made, voters))


def tally_of(consortium: Any, made: Proposal) -> Tally:
    """What `tallyOf` answers."""
    return Tally(*consortium.tallyOf(made.id))


def needed_of(active: int, share: Fraction = Fraction(2, 3)) -> int:
    """Votes that a proposal needs with so many active offices, by exact fractions."""
    return ceil(max(active, LEAST_OFFICES) * share)


@cache
def seat_key(address: str) -> Any:
    """The private key of one of the node's accounts, as an eth-account `LocalAccount`."""
    Account.enable_unaudited_hdwallet_features()
    for index in range(NODE_ACCOUNTS):
        account = Account.from_mnemonic(DEVELOPMENT_MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
        if account.address == address:
            return account
    raise AssertionError(f"{address} is not one of the node's accounts")


def vote_message(
    consortium: Any,
    proposal_id: int,
    code: bytes,
    support: int = FOR,
    reason: str = "",
    *,
    chain_id: int | None = None,
    contract: str | None = None,
    name: str = "Registrum Consortium",
    version: str = "1",
) -> Any:
    """What the seat of an office signs to vote; the domain can be another one than the consortium's."""
    return encode_typed_data(
        domain_data={
            "name": name,
            "version": version,
            "chainId": chain.id if chain_id is None else chain_id,
            "verifyingContract": contract or consortium.address,
        },
        message_types={
            "Vote": [
                {"name": "proposalId", "type": "uint256"},
                {"name": "office", "type": "bytes2"},
                {"name": "support", "type": "uint8"},
                {"name": "reason", "type": "string"},
            ]
        },
        message_data={"proposalId": proposal_id, "office": code, "support": support, "reason": reason},
    )


def signature_of(message: Any, signer: Any) -> bytes:
    """The 65 bytes of one of the node's accounts, or of an eth-account key, over a typed message."""
    key = signer if hasattr(signer, "sign_message") else seat_key(str(getattr(signer, "address", signer)))
    return bytes(key.sign_message(message).signature)


def signed_vote(
    consortium: Any,
    made: Proposal,
    office: Any,
    support: int = FOR,
    reason: str = "",
    *,
    signer: Any = None,
    **domain: Any,
) -> tuple[Any, ...]:
    """A vote as `castSignedVotes` takes it, signed by the office's seat at the founding or by another signer."""
    message = vote_message(consortium, made.id, office.code, support, reason, **domain)
    return office.code, support, reason, signature_of(message, signer or office.seat)


def cast(consortium: Any, made: Proposal, *votes: tuple[Any, ...]) -> Any:
    """Hand in signed votes as the relayer; returns brownie's receipt."""
    return consortium.castSignedVotes(made.id, list(votes), {"from": accounts[RELAYER]})


def ask_to_cast(consortium: Any, made: Proposal, *votes: tuple[Any, ...]) -> Any:
    """What handing in signed votes would answer now: changes nothing."""
    return consortium.castSignedVotes.call(made.id, list(votes), {"from": accounts[RELAYER]})
