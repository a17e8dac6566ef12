"""Emergencies: a few offices suspend another, or keys of it, at once and for a time, by their seats or by signature.

Not its job: what the consortium decides by vote (`registrum.client.consortium`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from registrum.chain.contracts import EMERGENCY_COUNCIL, load_abi
from registrum.chain.rpc import as_data
from registrum.client.consortium import ConsortiumMember
from registrum.client.forms import require_office
from registrum.client.receipts import Receipt
from registrum.client.session import refused
from registrum.client.signed import SignedSupport
from registrum.errors import ContractError, RpcError
from registrum.signing.addresses import parse_address
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import Suspension

if TYPE_CHECKING:
    from registrum.signing.signers import Signer

__all__ = ["EmergencyOutcome", "EmergencySupporter"]

SUPPORT_WINDOW = timedelta(days=7)
"""How far ahead the end of validity of support may lie (`EmergencyCouncil`)."""
_MARGIN = timedelta(minutes=10)
"""What the clocks of chain and office may differ by."""
_SUPPORT_GAS = 400_000
_GAS_A_SUPPORTER = 150_000
_GAS_OF_A_WALLET = 400_000
_GAS_A_KEY = 80_000
_GAS_A_MEMBER = 60_000
"""All members are counted when a suspension takes effect, and an office has up to 32 keys that it touches."""


@dataclass(frozen=True, slots=True)
class EmergencyOutcome:
    """What became of support.

    Attributes:
        suspended: Whether the suspension took effect by it.
        until: First moment after the suspension, where it did.
        supporters: Offices that support it so far.
        needed: How many it takes.
    """

    receipt: Receipt
    suspended: bool
    until: datetime | None
    supporters: tuple[str, ...]
    needed: int


class EmergencySupporter(ConsortiumMember):
    """Supports emergency suspensions; errors as for `ConsortiumMember`."""

    def prepare_suspension(
        self, code: str, reason: str, *, accounts: Iterable[str] = (), valid_until: datetime | None = None
    ) -> Suspension:
        """What offices support: the next emergency against an office.

        Args:
            code: The office concerned.
            reason: In plain words, 1 to 1,000 bytes.
            accounts: Its keys to suspend; none to suspend the office itself.
            valid_until: First moment at which support no longer counts, up to 7 days ahead; nearly that by default.
        """
        number = int(self._read(EMERGENCY_COUNCIL, "roundOf", require_office(code)))
        end = valid_until or self._now() + SUPPORT_WINDOW - _MARGIN
        return Suspension(code.encode("ascii"), tuple(accounts), reason, number, int(end.timestamp()))

    def open_suspensions(self, code: str) -> list[Suspension]:
        """Suspensions of an office or of its keys that could still be brought about, as others have supported them.

        They are read from the transactions that supported them directly; what a contract wallet sent is not found, and
        must be passed on as a file.
        """
        abi, address = load_abi(EMERGENCY_COUNCIL), parse_address(self._manifest.address(EMERGENCY_COUNCIL))
        word = "0x" + require_office(code).encode("ascii").hex().ljust(64, "0")
        logged = self._logged([EMERGENCY_COUNCIL], [abi.topic("SuspensionSupported"), None, word])
        wanted = {
            event.transaction_hash: event.arguments["suspension_id"]
            for event in logged
            if event.name == "SuspensionSupported" and event.arguments["office"] == code
        }
        found: dict[bytes, Suspension] = {}
        answers = self._rpc.batch(("eth_getTransactionByHash", [each]) for each in wanted)
        for transaction, identity in zip(answers, wanted.values(), strict=True):
            if isinstance(transaction, RpcError):
                raise transaction
            sent = transaction if isinstance(transaction, dict) else {}
            if not sent.get("to") or as_data(sent["to"], "recipient", 20) != address:
                continue
            call = abi.decode_call(as_data(sent.get("input"), "call data"))
            if call is None or call[0] != "support":
                continue
            values = {**call[1]["suspension"], "office": call[1]["suspension"]["office"].encode("ascii")}
            made = Suspension(**values)
            if made.struct_hash() == identity and self.supporters(made):
                found[identity] = made
        return list(found.values())

    def supporters(self, suspension: Suspension) -> list[str]:
        """Offices that support a suspension so far and could still bring it about."""
        return list(self._read(EMERGENCY_COUNCIL, "supportersOf", suspension))

    def emergency_rules(self) -> tuple[int, int]:
        """How many offices it takes, and for how many seconds they suspend."""
        quorum, duration = self._read(EMERGENCY_COUNCIL, "rules")
        return int(quorum), int(duration)

    def sign_support(self, suspension: Suspension, supporter: str, *, signer: Signer | None = None) -> SignedSupport:
        """Sign support for others to hand in. Asks no node, and so not whether the key is that of the seat.

        Args:
            suspension: What is supported.
            supporter: The office that supports it.
            signer: Its seat, instead of the registry's key.
        """
        signature = self._office_key(signer).sign(suspension, self.emergency_domain)
        return SignedSupport(suspension, require_office(supporter), signature)

    def check_supports(self, supports: Iterable[SignedSupport]) -> list[ContractError | None]:
        """What would become of each support, handed in alone and now, by an account that is no seat.

        Returns:
            For each None if it would count, or why the contract would refuse it. Balance is checked only when a
            suspension takes effect.
        """
        calls = []
        for each in supports:
            data = load_abi(EMERGENCY_COUNCIL).encode("support", each.suspension, [each.argument()])
            call = {"to": self._manifest.address(EMERGENCY_COUNCIL), "data": "0x" + data.hex()}
            calls.append(("eth_call", [call, "latest"]))
        return [refused(answer) for answer in self._rpc.batch(calls)]

    def support_suspension(self, suspension: Suspension, signed: Sequence[SignedSupport] = ()) -> EmergencyOutcome:
        """Support a suspension: as the office whose seat sends, if it is one, and with what other seats signed.

        When enough offices support it, it takes effect in the same transaction. Support given before is passed over.

        Args:
            suspension: From `prepare_suspension`.
            signed: Support of other seats for the same suspension.

        Raises:
            EmergencyCouncilWrongRoundError: Another emergency against the office came first.
            EmergencyCouncilAlreadyUsedError: An office supported an emergency against this one before.
        """
        data = load_abi(EMERGENCY_COUNCIL).encode("support", suspension, [each.argument() for each in signed])
        wallets = sum(len(each.signature) != SIGNATURE_SIZE for each in signed)
        gas = (
            _SUPPORT_GAS
            + _GAS_A_SUPPORTER * (1 + len(signed))
            + _GAS_OF_A_WALLET * wallets
            + _GAS_A_KEY * max(32, len(suspension.accounts))
            + _GAS_A_MEMBER * len(self.offices())
        )
        self._simulate(EMERGENCY_COUNCIL, "support", data, gas)
        about = f"support a suspension of {suspension.office.decode('ascii')}"
        receipt = self._dispatch(EMERGENCY_COUNCIL, data, gas=gas, description=about, key=self._key("support", data))
        ends = [event.arguments for event in receipt.events if event.name == "SuspendedInEmergency"]
        supporters = ends[0]["supporters"] if ends else self.supporters(suspension)
        return EmergencyOutcome(
            receipt, bool(ends), ends[0]["until"] if ends else None, tuple(supporters), self.emergency_rules()[0]
        )
