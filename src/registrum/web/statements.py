"""Signed statements as JSON: what `eth_signTypedData_v4` takes, with the signature beside it, and back into values.

    {"primaryType": "Registration", "message": {"number": "0x...", "filingDate": 20240131, ...}, "signature": "0x..."}

`types` and `domain` may stand there as well, as wallets want them; then they must be the ones of this deployment. The
values are those that were signed: nothing is turned from one form into another here, so what is relayed is what the
office saw. Not its job: relaying (`registrum.web.relay`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from registrum.chain.contracts import APPLICATION_REGISTRY, OFFICE_PRACTICE, PRIORITY_REGISTER, RIGHTS_REGISTER
from registrum.errors import InputError
from registrum.signing.eip712 import type_members
from registrum.signing.rights_statements import (
    Empowerment,
    EntryFactsStatement,
    EventBatch,
    LegalStatusEventStatement,
    RenewalTerms,
)
from registrum.signing.signatures import SIGNATURE_SIZE, check_signature_form, split_erc1271_signature
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Reconfirmation,
    Registration,
    RegistrationBatch,
    Reinstatement,
    Statement,
    Withdrawal,
)

__all__ = ["CONTRACTS", "STATEMENTS", "SignedStatement", "read_signed"]

_OF: Final[tuple[tuple[type[Statement], str], ...]] = (
    (Registration, APPLICATION_REGISTRY),
    (RegistrationBatch, APPLICATION_REGISTRY),
    (Anchor, APPLICATION_REGISTRY),
    (Correction, APPLICATION_REGISTRY),
    (Withdrawal, APPLICATION_REGISTRY),
    (Reinstatement, APPLICATION_REGISTRY),
    (Reconfirmation, APPLICATION_REGISTRY),
    (ClaimOutcome, PRIORITY_REGISTER),
    (LegalStatusEventStatement, RIGHTS_REGISTER),
    (EventBatch, RIGHTS_REGISTER),
    (Empowerment, OFFICE_PRACTICE),
    (RenewalTerms, OFFICE_PRACTICE),
)
STATEMENTS: Final = {next(iter(type_members(kind.TYPE))): kind for kind, _ in _OF}
"""Statements that are relayed, by their EIP-712 primary type."""
CONTRACTS: Final[Mapping[type[Statement], str]] = dict(_OF)
"""Contract that takes each."""

_PARTS: Final[Mapping[str, type[Statement]]] = {**STATEMENTS, "EntryFacts": EntryFactsStatement}
_SNAKE = re.compile(r"(?<!^)([A-Z])")
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_MOST_SIGNATURE_BYTES = 8_192
"""Of a contract wallet with many owners; a key's has 65."""
_REMEDY = "Send what was given to be signed (EIP-712), as it was; docs/rest.md shows an example of each statement."


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """What an office signed.

    Attributes:
        kind: EIP-712 primary type.
        statement: The statement.
        signature: 65 bytes of a key, or the form of a contract wallet.
        domain: As given; None if it was not.
    """

    kind: str
    statement: Statement
    signature: bytes
    domain: Mapping[str, Any] | None

    @property
    def contract(self) -> str:
        """Contract that takes it."""
        return CONTRACTS[type(self.statement)]


def read_signed(document: Any) -> SignedStatement:
    """A signed statement out of JSON.

    Raises:
        InputError: It is none, or not in this form.
    """
    if not isinstance(document, dict):
        raise InputError("a statement is a JSON object", remedy=_REMEDY)
    unknown = sorted(document.keys() - {"primaryType", "message", "signature", "types", "domain"})
    if unknown:
        raise InputError(f"unknown members: {', '.join(map(repr, unknown[:5]))}", remedy=_REMEDY)
    kind = document.get("primaryType")
    if not isinstance(kind, str) or kind not in STATEMENTS:
        raise InputError(
            f"primaryType is none of {', '.join(STATEMENTS)}", remedy="Other statements are not relayed here."
        )
    members = type_members(STATEMENTS[kind].TYPE)
    types = document.get("types")
    if types is not None and _own_types(types) != members:
        raise InputError(f"the types are not those of {kind}", remedy=f"They are {STATEMENTS[kind].TYPE}.")
    domain = document.get("domain")
    if domain is not None and not isinstance(domain, dict):
        raise InputError("domain is no JSON object", remedy=_REMEDY)
    statement = _struct(kind, document.get("message"), members, "message")
    return SignedStatement(kind, statement, _signature(document.get("signature")), domain)


def _own_types(types: Any) -> Any:
    """The types without that of the domain."""
    return {name: of for name, of in types.items() if name != "EIP712Domain"} if isinstance(types, dict) else types


def _signature(value: Any) -> bytes:
    signature = _bytes(value, "signature", None)
    if len(signature) > _MOST_SIGNATURE_BYTES:
        raise InputError(f"the signature has more than {_MOST_SIGNATURE_BYTES} bytes")
    if len(signature) == SIGNATURE_SIZE:
        check_signature_form(signature)
    else:
        split_erc1271_signature(signature)
    return signature


def _struct(kind: str, value: Any, members: Mapping[str, list[dict[str, str]]], where: str) -> Any:
    if not isinstance(value, dict):
        raise InputError(f"{where} is no JSON object", remedy=_REMEDY)
    expected = [member["name"] for member in members[kind]]
    missing = [name for name in expected if name not in value]
    unknown = sorted(value.keys() - set(expected))
    if missing or unknown:
        what = f"lacks {missing[0]}" if missing else f"has no member {unknown[0]!r}"
        raise InputError(f"{where} {what}", remedy=f"{kind} has {', '.join(expected)}.")
    values = {
        _SNAKE.sub(r"_\1", member["name"]).lower(): _value(
            member["type"], value[member["name"]], members, f"{where}.{member['name']}"
        )
        for member in members[kind]
    }
    return _PARTS[kind](**values)


def _value(kind: str, value: Any, members: Mapping[str, list[dict[str, str]]], where: str) -> Any:
    if kind.endswith("[]"):
        if not isinstance(value, list):
            raise InputError(f"{where} is no list", remedy=_REMEDY)
        return tuple(_value(kind[:-2], item, members, f"{where}[{at}]") for at, item in enumerate(value))
    if kind in members:
        return _struct(kind, value, members, where)
    if kind.startswith("bytes"):
        return _bytes(value, where, int(kind[5:]))
    if kind.startswith("uint"):
        return _whole(value, where)
    if kind == "bool":
        if not isinstance(value, bool):
            raise InputError(f"{where} is neither true nor false", remedy=_REMEDY)
        return value
    if not isinstance(value, str):
        raise InputError(f"{where} is no text", remedy=_REMEDY)
    return value


def _whole(value: Any, where: str) -> int:
    """A number; as text too, which is how numbers beyond 2**53 travel."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 78:
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{where} is no whole number", remedy=_REMEDY)
    return value


def _bytes(value: Any, where: str, size: int | None) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise InputError(f"{where} is not 0x and hexadecimal digits", remedy=_REMEDY)
    found = bytes.fromhex(value[2:])
    if size is not None and len(found) != size:
        raise InputError(f"{where} has {len(found)} bytes, and not {size}", remedy=_REMEDY)
    return found
