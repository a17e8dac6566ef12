"""Offices with seats and keys, and the statements that they sign and anyone sends."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import Any, TypeVar

from brownie import accounts, chain
from eth_utils import keccak

from registrum.signing.eip712 import APPLICATION_REGISTRY, PRIORITY_REGISTER, Domain
from registrum.signing.signers import LocalSigner
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Registration,
    RegistrationBatch,
    Statement,
    Withdrawal,
)

APPLICATIONS, REGISTER, TRANSACTIONS, KEYS = 1, 2, 4, 8
"""Scopes of a signing key."""

GOVERNANCE, RELAYER, STRANGER = 0, 9, 10
"""Positions of the node's accounts: the owner of the directory, who sends statements, and somebody else."""

AnyStatement = TypeVar("AnyStatement", bound=Statement)


@dataclass(frozen=True)
class Office:
    """An admitted office.

    Attributes:
        code: ST.3 code, 2 bytes.
        seat: Its account at the node.
        key: Its signing key, scope applications, without end.
        second: Another such key.
        earliest: Earliest filing date, 0 for no bound.
    """

    code: bytes
    seat: Any
    key: LocalSigner
    second: LocalSigner
    earliest: int = 0


def signer(name: str) -> LocalSigner:
    """A key that depends on its name alone."""
    return LocalSigner(keccak(text=name))


def make_office(code: str, seat: int, earliest: int = 0) -> Office:
    """An office that sits at the node's account number `seat`; not admitted yet."""
    return Office(code.encode(), accounts[seat], signer(f"{code} key"), signer(f"{code} second key"), earliest)


def admit(directory: Any, office: Office) -> None:
    """Admit an office and add its two keys."""
    name, endpoint = f"Office of {office.code.decode()}", f"https://{office.code.decode().lower()}.example"
    directory.admitOffice(office.code, office.seat, name, endpoint, office.earliest, {"from": accounts[GOVERNANCE]})
    for key in (office.key, office.second):
        add_key(directory, office, key.address)


def add_key(
    directory: Any,
    office: Office,
    account: Any,
    scopes: int = APPLICATIONS,
    valid_from: int = 0,
    valid_until: int = 0,
) -> None:
    """Add a signing key as the seat."""
    directory.addKey(office.code, account, scopes, valid_from, valid_until, {"from": office.seat})


def number(text: str) -> bytes:
    """On-chain form of an office number given as `EM/T/018660437`; nothing is checked."""
    office, right, rest = text.split("/", 2)
    return f"{office}{right}{rest}".encode().ljust(32, b"\0")


def digest(text: str) -> bytes:
    """A digest that depends on a text alone."""
    return keccak(text=text)


def unchecked(kind: type[AnyStatement], **values: Any) -> AnyStatement:
    """A statement that the client would refuse to make, as a hostile or careless one might."""
    statement = object.__new__(kind)
    assert {field.name for field in fields(kind)} == set(values)  # type: ignore[arg-type]
    for name, value in values.items():
        object.__setattr__(statement, name, value)
    return statement


def domain_of(contract: Any) -> Domain:
    """The EIP-712 domain of a contract on this chain."""
    names = {"ApplicationRegistry": APPLICATION_REGISTRY, "PriorityRegister": PRIORITY_REGISTER}
    return Domain(names[contract._name], chain.id, contract.address)


def sign(contract: Any, statement: Statement, key: LocalSigner) -> bytes:
    """The signature of a statement for a contract on this chain."""
    return key.sign(statement, domain_of(contract))


def as_struct(statement: Any) -> tuple[Any, ...]:
    """A statement as the ABI takes it."""
    return astuple(statement)


def call_for(contract: Any, statement: Statement, signature: bytes) -> tuple[Any, tuple[Any, ...]]:
    """The method of a contract that takes a statement, and its arguments."""
    match statement:
        case Registration():
            return contract.register, (as_struct(statement), signature)
        case RegistrationBatch():
            items = [as_struct(item) for item in statement.items]
            return contract.registerBatch, (statement.office, items, signature)
        case Anchor():
            return contract.anchor, (as_struct(statement), signature)
        case Correction():
            return contract.correct, (as_struct(statement), signature)
        case Withdrawal():
            return contract.withdraw, (statement.number, statement.replaces, signature)
        case ClaimOutcome():
            return contract.recordClaim, (as_struct(statement), signature)
        case _:
            raise AssertionError(f"no method takes {statement!r}")


def send(contract: Any, statement: Statement, signature: bytes, sender: Any = None) -> Any:
    """Send a signed statement; returns brownie's receipt."""
    method, arguments = call_for(contract, statement, signature)
    return method(*arguments, {"from": sender or accounts[RELAYER]})


def ask(contract: Any, statement: Statement, signature: bytes, sender: Any = None) -> Any:
    """What sending a signed statement would return now, as an `eth_call`: changes nothing."""
    method, arguments = call_for(contract, statement, signature)
    return method.call(*arguments, {"from": sender or accounts[RELAYER]})


def submit(contract: Any, statement: Statement, key: LocalSigner, sender: Any = None) -> Any:
    """Sign a statement and send it; returns brownie's receipt."""
    return send(contract, statement, sign(contract, statement, key), sender)
