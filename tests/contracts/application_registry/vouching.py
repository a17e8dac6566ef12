"""Statements about what is recorded already, and statements for any version of the registry.

Built here from the type strings alone, so that the contract is not compared with the client that is built after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from brownie import accounts, chain
from eth_abi import encode
from eth_utils import keccak

from registrum.signing.eip712 import Domain
from registrum.signing.signers import LocalSigner
from registrum.signing.statements import Registration, Statement
from tests.contracts.support.ledger import now
from tests.contracts.support.offices import RELAYER, as_struct, call_for


@dataclass(frozen=True)
class Reinstatement(Statement):
    """A withdrawal is taken back."""

    TYPE: ClassVar[str] = "Reinstatement(bytes32 number,uint8 replaces)"

    number: bytes
    replaces: int

    def _encoded(self) -> bytes:
        return encode(["bytes32", "bytes32", "uint8"], [keccak(text=self.TYPE), self.number, self.replaces])


@dataclass(frozen=True)
class Reconfirmation(Statement):
    """Records of an office were right at a moment, whoever made them."""

    TYPE: ClassVar[str] = "Reconfirmation(bytes2 office,uint40 asOf,Registration[] items)" + Registration.TYPE

    office: bytes
    as_of: int
    items: tuple[Registration, ...]

    def _encoded(self) -> bytes:
        items = keccak(b"".join(item.struct_hash() for item in self.items))
        words = [keccak(text=self.TYPE), self.office, self.as_of, items]
        return encode(["bytes32", "bytes2", "uint40", "bytes32"], words)


def confirming(*items: Registration, office: bytes = b"EM") -> Reconfirmation:
    """Records are right as they stand now."""
    return Reconfirmation(office, now(), items)


def domain_of(contract: Any) -> Domain:
    """The domain that a contract itself describes, whatever its version."""
    _, name, version, _, _, _, _ = contract.eip712Domain()
    return Domain(name, chain.id, contract.address, version)


def signed(contract: Any, statement: Statement, key: LocalSigner) -> bytes:
    """The signature of a statement for a contract of any version."""
    return key.sign(statement, domain_of(contract))


def method_for(contract: Any, statement: Statement, signature: bytes) -> tuple[Any, tuple[Any, ...]]:
    """The method that takes a statement, and its arguments."""
    match statement:
        case Reinstatement():
            return contract.reinstate, (statement.number, statement.replaces, signature)
        case Reconfirmation():
            items = [as_struct(item) for item in statement.items]
            return contract.reconfirm, (statement.office, statement.as_of, items, signature)
        case _:
            return call_for(contract, statement, signature)


def state(contract: Any, statement: Statement, key: LocalSigner, sender: Any = None) -> Any:
    """Sign a statement and send it; returns brownie's receipt."""
    method, arguments = method_for(contract, statement, signed(contract, statement, key))
    return method(*arguments, {"from": sender or accounts[RELAYER]})


def answer(contract: Any, statement: Statement, signature: bytes) -> Any:
    """What sending a signed statement would return now."""
    method, arguments = method_for(contract, statement, signature)
    return method.call(*arguments, {"from": accounts[RELAYER]})


def asked(contract: Any, statement: Statement, key: LocalSigner) -> Any:
    """What stating it under a key would return now."""
    return answer(contract, statement, signed(contract, statement, key))


def compromise(directory: Any, office: Any, key: LocalSigner, since: int) -> None:
    """Declare a key of an office compromised since a moment."""
    directory.markKeyCompromised(office.code, key.address, since, {"from": office.seat})


def depart(directory: Any, governance: Any, office: Any, successor: Any = None) -> None:
    """Have an office leave, and name who acts for it."""
    directory.departOffice(office.code, {"from": governance})
    if successor is not None:
        directory.nameSuccessor(office.code, successor.code, {"from": governance})
