"""What offices support in an emergency, signed by their seats or sent by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from typing import Any

from brownie import accounts, chain
from eth_account.messages import _hash_eip191_message, encode_typed_data

from registrum.signing.signers import DevelopmentSigner
from tests.contracts.support.ledger import DAY, now
from tests.contracts.support.offices import RELAYER, Office

QUORUM, DURATION = 3, 30 * DAY
"""The rules that the tests begin with."""

WINDOW = 7 * DAY
"""How far ahead support may be valid."""

REASON = "The seat answers no calls and signs what the office denies."

FIELDS = {
    "Suspension": [
        {"name": "office", "type": "bytes2"},
        {"name": "accounts", "type": "address[]"},
        {"name": "reason", "type": "string"},
        {"name": "round", "type": "uint64"},
        {"name": "validUntil", "type": "uint40"},
    ]
}


@dataclass(frozen=True)
class Suspension:
    """A suspension, in the order of the ABI. No accounts: of the office itself."""

    office: bytes
    accounts: tuple[str, ...]
    reason: str
    round: int
    valid_until: int

    def values(self) -> tuple[Any, ...]:
        """The suspension as the ABI takes it."""
        return astuple(self)

    def but(self, **changes: Any) -> Suspension:
        """Another suspension, with some values changed."""
        return replace(self, **changes)


def against(
    office: Office | bytes, *accounts: str, nth: int = 1, reason: str = REASON, valid_for: int = DAY
) -> Suspension:
    """A suspension of an office or of keys of it, valid from now for so many seconds, in the `nth` round."""
    code = office if isinstance(office, bytes) else office.code
    return Suspension(code, accounts, reason, nth, now() + valid_for)


def digest_of(council: Any, suspension: Suspension, address: str = "") -> bytes:
    """What a seat signs, by `eth_account` and not by the contract."""
    return bytes(_hash_eip191_message(_signable(suspension, address or council.address)))


def identifier(suspension: Suspension) -> bytes:
    """Hash of what is supported, by which the logs call it; the same for every council."""
    return bytes(_signable(suspension, "0x" + "00" * 20).body)


def _signable(suspension: Suspension, council: str) -> Any:
    names = [field["name"] for field in FIELDS["Suspension"]]
    message = dict(zip(names, suspension.values(), strict=True)) | {"accounts": list(suspension.accounts)}
    domain = {
        "name": "Registrum EmergencyCouncil",
        "version": "1",
        "chainId": chain.id,
        "verifyingContract": council,
    }
    return encode_typed_data(domain, FIELDS, message)


def seat_signer(office: Office) -> DevelopmentSigner:
    """The key of an office's seat, which is an account of the node."""
    signer = DevelopmentSigner.account([account.address for account in accounts].index(office.seat.address))
    assert signer.address == office.seat.address
    return signer


def signed(council: Any, suspension: Suspension, *offices: Office) -> list[tuple[bytes, bytes]]:
    """The support of these offices, signed by their seats, as the ABI takes it."""
    digest = digest_of(council, suspension)
    return [(office.code, seat_signer(office).sign_digest(digest)) for office in offices]


def send(council: Any, suspension: Suspension, sender: Any, signatures: Iterable[tuple[bytes, bytes]] = ()) -> Any:
    """Support a suspension as an account, with what others signed; returns brownie's receipt."""
    return council.support(suspension.values(), list(signatures), {"from": sender})


def ask(council: Any, suspension: Suspension, sender: Any, signatures: Iterable[tuple[bytes, bytes]] = ()) -> Any:
    """What `send` would return now."""
    return council.support.call(suspension.values(), list(signatures), {"from": sender})


def relay(council: Any, suspension: Suspension, *offices: Office) -> Any:
    """Hand in the signatures of these offices as nobody in particular; returns brownie's receipt."""
    return send(council, suspension, accounts[RELAYER], signed(council, suspension, *offices))


def codes(values: Any) -> list[bytes]:
    """Codes as bytes, out of what brownie decodes."""
    return [bytes.fromhex(str(value)[2:]) for value in values]
