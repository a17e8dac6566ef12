"""What is left to do between the creation of a consortium's contracts and the hand-over to it, as the chain tells.

Each step asks the chain whether it was done, so that an interrupted deployment goes on where it was and a finished one
has nothing to do. What the chain shows otherwise than the founders agreed on is an error: nothing is overwritten.

Not its job: sending (`registrum.deployment.deployer`), or who holds which power (`registrum.deployment.powers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from registrum.chain.contracts import Abi, load_abi
from registrum.chain.rpc import RpcClient, as_data
from registrum.chain.transaction import intrinsic_gas
from registrum.deployment.code_table import missing_rows
from registrum.deployment.consortium_file import ConsortiumTerms, Founder, FounderKey
from registrum.deployment.founding_call import FoundingCall
from registrum.deployment.manifest import CONSORTIUM_CONTRACTS, TIMELOCK, Manifest
from registrum.errors import ConfigError, RpcError
from registrum.signing.addresses import checksum_address

__all__ = ["Remaining", "remaining_calls"]

_ZERO = "0x" + "00" * 20
_FOREVER = 2**40 - 1
_PAGE = 1_000
"""More than there can be offices; more observers than anyone listed."""
_GAS = 150_000
_GAS_ENTRY, _GAS_OFFICE, _GAS_KEY = 200_000, 600_000, 180_000
"""Each well above what a call uses for one thing more."""
_BEFORE = "Nothing was changed. Correct the consortium file, or move the manifest away for a new deployment."
_AFTER = "Nothing was changed. Governance was handed over: from then on the offices change this, not the file."


@dataclass(frozen=True)
class Remaining:
    """What is left: calls in any order, then the hand-over; nothing and None when all is done.

    Attributes:
        calls: All but the hand-over.
        hand_over: The last call, to be sent when the others took effect.
        governance: Who can make them now, in EIP-55 form.
    """

    calls: tuple[FoundingCall, ...]
    hand_over: FoundingCall | None
    governance: str


def remaining_calls(rpc: RpcClient, manifest: Manifest, terms: ConsortiumTerms) -> Remaining:
    """Compare the chain with what the founders agreed on.

    Args:
        rpc: A node of the manifest's chain.
        manifest: With the directory at least; contracts that it lacks are taken as not deployed yet.
        terms: What the founders agreed on.

    Raises:
        ConfigError: The chain shows something else than the terms, with `details["place"]` in the words of the
            consortium file; or governance is held by a third party.
        NodeError: The node does not answer.
        RpcError: The node refuses to tell.
    """
    return _Comparison(rpc, manifest, terms).remaining()


class _Comparison:
    def __init__(self, rpc: RpcClient, manifest: Manifest, terms: ConsortiumTerms) -> None:
        self._rpc = rpc
        self._manifest = manifest
        self._terms = terms
        self._directory = load_abi("OfficeDirectory")
        self._calls: list[FoundingCall] = []
        governance, body, delay = self._ask(
            "OfficeDirectory", [("governance", ()), ("emergencyBody", ()), ("objectionDelay", ())]
        )
        self._governance = checksum_address(governance[12:32])
        self._body = checksum_address(body[12:32])
        self._objection_delay_s = int.from_bytes(delay, "big")
        self._handed_over = self._has(TIMELOCK) and self._governance == manifest.address(TIMELOCK)

    def remaining(self) -> Remaining:
        first = self._manifest.contract("OfficeDirectory").constructor_arguments[0]
        if not self._handed_over and self._governance != first:
            self._differs("governance", f"is {self._governance}", f"{first}, who deployed, or the timelock")
        self._rules()
        self._offices()
        if self._has("RightsRegister") and not self._handed_over:
            # Later the table is the offices' own to change.
            self._calls += missing_rows(self._rpc, self._manifest)
        if self._has("Charter"):
            self._charter()
            self._observers()
        if self._has("AddressBook"):
            self._address_book()
        if self._handed_over:
            if self._calls:
                self._differs("governance", "was handed over", f"first: {self._calls[0].about}")
            return Remaining((), None, self._governance)
        hand_over = None
        if all(self._has(name) for name in CONSORTIUM_CONTRACTS):
            timelock = self._manifest.address(TIMELOCK)
            hand_over = self._call(
                "OfficeDirectory",
                "transferGovernance",
                timelock,
                about=f"hand governance over to the timelock {timelock}",
            )
        return Remaining(tuple(self._calls), hand_over, self._governance)

    def _rules(self) -> None:
        if self._has("EmergencyCouncil"):
            council = self._manifest.address("EmergencyCouncil")
            if self._body == _ZERO:
                self._add("OfficeDirectory", "setEmergencyBody", council, about=f"make {council} the emergency body")
            elif self._body != council:
                self._differs("emergency", f"is for {self._body} to declare", council)
        wanted = self._terms.objection_delay_s
        if wanted is None or wanted == self._objection_delay_s:
            return
        if self._handed_over:
            self._differs("seats.objection_delay", f"is {self._objection_delay_s} s", f"{wanted} s")
        self._add("OfficeDirectory", "setObjectionDelay", wanted, about=f"let seats object for {wanted} s")

    def _offices(self) -> None:
        founders = self._terms.founders
        if not self._handed_over:
            answer = self._ask("OfficeDirectory", [("offices", (0, _PAGE))])[0]
            page, _ = self._directory.decode("offices", answer)
            known = {founder.code for founder in founders}
            for office in page:
                if office["code"] not in known:
                    self._differs("offices", f"has {office['code']} too", "the founders alone")
        calls: list[tuple[str, tuple[Any, ...]]] = []
        for founder in founders:
            calls.append(("officeOf", (founder.code,)))
            calls += [("keyOf", (founder.code, key.account)) for key in founder.keys]
        answers = iter(self._ask("OfficeDirectory", calls))
        for index, founder in enumerate(founders):
            office = self._directory.decode("officeOf", next(answers))
            keys = [self._directory.decode("keyOf", next(answers)) for _ in founder.keys]
            if office["seat"] == _ZERO:
                self._admit(founder)
            else:
                self._same_office(f"offices[{index}]", founder, office, keys)

    def _admit(self, founder: Founder) -> None:
        keys = [
            {
                "account": key.account,
                "scopes": key.scopes,
                "valid_from": key.valid_from,
                "valid_until": key.valid_until,
            }
            for key in founder.keys
        ]
        self._add(
            "OfficeDirectory",
            "admitOfficeWithKeys",
            founder.code,
            founder.seat,
            founder.name,
            founder.endpoint,
            founder.earliest_filing_date,
            keys,
            gas=_GAS_OFFICE + _GAS_KEY * len(keys),
            about=f"admit {founder.code} with seat {founder.seat} and {len(keys)} key{'' if len(keys) == 1 else 's'}",
        )

    def _same_office(
        self, place: str, founder: Founder, office: dict[str, Any], keys: Sequence[dict[str, Any]]
    ) -> None:
        if office["seat"] != founder.seat:
            self._differs(f"{place}.seat", f"of {founder.code} is {office['seat']}", founder.seat)
        if office["name"] != founder.name:
            self._differs(f"{place}.name", f"of {founder.code} is {office['name']!r}", repr(founder.name))
        if self._handed_over:
            # The rest is the office's own to change.
            return
        if office["endpoint"] != founder.endpoint:
            self._differs(f"{place}.endpoint", f"of {founder.code} is {office['endpoint']!r}", repr(founder.endpoint))
        if office["earliest_filing_date"] != founder.earliest_filing_date:
            found, wanted = office["earliest_filing_date"], founder.earliest_filing_date
            self._differs(f"{place}.earliest_filing_date", f"of {founder.code} is {found}", str(wanted))
        for number, (key, found) in enumerate(zip(founder.keys, keys, strict=True)):
            if not _is_key(found, key):
                self._differs(f"{place}.keys[{number}]", f"of {founder.code} is another on the chain", key.account)

    def _charter(self) -> None:
        """Digest and parameters: those of the constructors, or what votes made of them since."""
        terms = load_abi("Charter").decode("terms", self._ask("Charter", [("terms", ())])[0])
        wanted = self._terms
        for place, member, value in (
            ("charter.text", "digest", wanted.charter_digest),
            ("charter.location", "location", wanted.charter_location),
            ("voting.delay", "voting_delay", wanted.voting_delay_s),
            ("voting.period", "voting_period", wanted.voting_period_s),
            ("voting.execution_delay", "execution_delay", wanted.execution_delay_s),
            ("voting.supermajority", "supermajority_numerator", wanted.supermajority[0]),
            ("voting.supermajority", "supermajority_denominator", wanted.supermajority[1]),
            ("emergency.quorum", "emergency_quorum", wanted.emergency_quorum),
            ("emergency.duration", "emergency_duration", wanted.emergency_duration_s),
        ):
            if terms[member] != value:
                self._differs(place, f"is {_shown(terms[member])}", _shown(value))

    def _observers(self) -> None:
        page, _ = load_abi("Charter").decode("observers", self._ask("Charter", [("observers", (0, _PAGE))])[0])
        listed = {entry["account"]: entry["name"] for entry in page}
        wanted = {observer.account: observer.name for observer in self._terms.observers}
        for index, (account, name) in enumerate(wanted.items()):
            if account not in listed:
                self._add("Charter", "listObserver", account, name, gas=_GAS_ENTRY, about=f"list {name} as an observer")
            elif listed[account] != name:
                self._differs(f"observers[{index}].name", f"of {account} is {listed[account]!r}", repr(name))
        surplus = [account for account in listed if account not in wanted]
        if surplus and not self._handed_over:
            self._differs("observers", f"has {surplus[0]} too", "those of the file alone")

    def _address_book(self) -> None:
        abi = load_abi("AddressBook")
        contracts = self._manifest.contracts
        answers = self._ask("AddressBook", [("versions", (_name(name),)) for name in contracts])
        missing: dict[bytes, str] = {}
        for (name, contract), answer in zip(contracts.items(), answers, strict=True):
            versions = [entry["account"] for entry in abi.decode("versions", answer)]
            if not versions:
                missing[_name(name)] = contract.address
            elif contract.address not in versions:
                self._differs("address book", f"has {versions[-1]} as {name}", contract.address)
        # In one call once all are there, so that the book is never half written by an ordinary run.
        if missing and all(self._has(name) for name in CONSORTIUM_CONTRACTS):
            self._add(
                "AddressBook",
                "list",
                list(missing),
                list(missing.values()),
                gas=_GAS_ENTRY * len(missing),
                about=f"list {len(missing)} contracts in the address book",
            )

    def _has(self, contract: str) -> bool:
        return contract in self._manifest.contracts

    def _ask(self, contract: str, calls: Sequence[tuple[str, tuple[Any, ...]]]) -> list[bytes]:
        """Answers of one contract, undecoded."""
        abi: Abi = load_abi(contract)
        to = self._manifest.address(contract)
        requests = [{"to": to, "data": "0x" + abi.encode(name, *values).hex()} for name, values in calls]
        answers = self._rpc.batch(("eth_call", [request, "latest"]) for request in requests)
        for answer in answers:
            if isinstance(answer, RpcError):
                raise answer
        return [as_data(answer, "answer of a contract") for answer in answers]

    def _call(self, contract: str, function: str, *values: Any, about: str, gas: int = 0) -> FoundingCall:
        data = load_abi(contract).encode(function, *values)
        return FoundingCall(contract, self._manifest.address(contract), data, intrinsic_gas(data) + _GAS + gas, about)

    def _add(self, contract: str, function: str, *values: Any, about: str, gas: int = 0) -> None:
        self._calls.append(self._call(contract, function, *values, about=about, gas=gas))

    def _differs(self, place: str, found: str, wanted: str) -> NoReturn:
        raise ConfigError(
            f"on the chain {place} {found}; wanted is {wanted}",
            remedy=_AFTER if self._handed_over else _BEFORE,
            place=place,
        )


def _is_key(found: dict[str, Any], wanted: FounderKey) -> bool:
    """Whether a key of the directory is the one wanted; without a beginning, any beginning will do."""
    until = None if wanted.valid_until in (0, _FOREVER) else datetime.fromtimestamp(wanted.valid_until, UTC)
    return (
        found["scopes"] == wanted.scopes
        and found["valid_until"] == until
        and (not wanted.valid_from or found["valid_from"] == datetime.fromtimestamp(wanted.valid_from, UTC))
    )


def _name(contract: str) -> bytes:
    return contract.encode("ascii").ljust(32, b"\0")


def _shown(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
