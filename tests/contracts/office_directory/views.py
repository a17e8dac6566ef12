"""What the directory shows, as values that compare, and blocks at an exact time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eth_utils import keccak, to_checksum_address
from hexbytes import HexBytes

from tests.contracts.support.ledger import FOREVER
from tests.contracts.support.offices import APPLICATIONS

NONE, ACTIVE, SUSPENDED, DEPARTED = 0, 1, 2, 3
"""Status of an office."""

ZERO = "0x" + "00" * 20


@dataclass(frozen=True)
class OfficeView:
    """An office as `officeOf` and `offices` show it, in the order of the ABI."""

    code: bytes
    status: int
    seat: str
    admitted_at: int
    suspended_until: int
    earliest: int
    key_count: int
    name: str
    endpoint: str

    @classmethod
    def of(cls, values: Any) -> OfficeView:
        """Out of what brownie decodes."""
        return cls(bytes(HexBytes(values[0])), *values[1:])


@dataclass(frozen=True)
class KeyView:
    """A key as `keyOf` and `keys` show it, in the order of the ABI."""

    account: str
    scopes: int = APPLICATIONS
    valid_from: int = field(kw_only=True)
    valid_until: int = field(default=FOREVER, kw_only=True)
    revoked_at: int = field(default=0, kw_only=True)
    compromised_since: int = field(default=0, kw_only=True)

    @classmethod
    def of(cls, values: Any) -> KeyView:
        """Out of what brownie decodes."""
        account, scopes, valid_from, valid_until, revoked_at, compromised_since = values
        return cls(
            str(account),
            scopes,
            valid_from=valid_from,
            valid_until=valid_until,
            revoked_at=revoked_at,
            compromised_since=compromised_since,
        )


def office_of(directory: Any, code: bytes) -> OfficeView:
    """What `officeOf` answers."""
    return OfficeView.of(directory.officeOf(code))


def key_of(directory: Any, code: bytes, account: str) -> KeyView:
    """What `keyOf` answers."""
    return KeyView.of(directory.keyOf(code, account))


def fresh(name: str) -> str:
    """An address that nobody has the key of."""
    return str(to_checksum_address(keccak(text=name)[12:]))
