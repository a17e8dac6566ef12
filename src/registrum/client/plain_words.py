"""What a proposal would do, in plain sentences: every privileged call of every contract, decoded and said.

People decide by these sentences, so they are made of the calls alone, never of the proposer's words, and a call that
cannot be read in full is said to be unreadable, loudly. Decoding is strict (`Abi.decode_call`): what is said is all
that the bytes say. Texts inside a call stand in quotation marks, without characters that could feign another sentence.

Not its job: asking a node; whoever has asked one gives `Names` so that accounts can be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from registrum.chain.codec import FOREVER
from registrum.chain.contracts import (
    ADDRESS_BOOK,
    APPLICATION_REGISTRY,
    CHARTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
    TIMELOCK,
    load_abi,
)
from registrum.client.forms import json_value
from registrum.client.members import Scope
from registrum.client.table_words import codes_words, statuses_words
from registrum.errors import InputError, OfficeCodeError
from registrum.numbers.offices import office_name
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak

if TYPE_CHECKING:
    from registrum.deployment import Manifest
    from registrum.signing.statements import Suspension

__all__ = [
    "SENTENCES",
    "Call",
    "Names",
    "PlainCall",
    "duration_words",
    "moment_words",
    "plain_call",
    "plain_calls",
    "quoted",
    "suspension_words",
]

_CONTRACTS = (
    OFFICE_DIRECTORY,
    APPLICATION_REGISTRY,
    PRIORITY_REGISTER,
    OFFICE_PRACTICE,
    RIGHTS_REGISTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    CHARTER,
    ADDRESS_BOOK,
    TIMELOCK,
)
_LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_ZERO = "0x" + "00" * 20
_ROLES = {
    bytes(32): "administrator",
    **{keccak(f"{name}_ROLE".encode("ascii")): name.lower() for name in ("PROPOSER", "EXECUTOR", "CANCELLER")},
}
"""Roles of OpenZeppelin's `TimelockController`."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a proposal would make.

    Args:
        target: Contract that is called.
        data: Call data.
        value: Wei that are paid with it.

    Raises:
        InputError: The target is no address, or the value no number.
    """

    target: str
    data: bytes
    value: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", checksum_address(parse_address(self.target)))
        if type(self.value) is not int or not 0 <= self.value < 1 << 256:
            raise InputError(f"the value of a call must be a whole number of wei, got {self.value!r}")

    def to_json(self) -> dict[str, Any]:
        """Keys `target, value, data`."""
        return {"target": self.target, "value": str(self.value), "data": "0x" + self.data.hex()}


@dataclass(frozen=True)
class Names:
    """Who is who, for the sentences.

    Attributes:
        contracts: Names of the contracts by address, in EIP-55 form.
        offices: Names of the member offices by code.
        accounts: What accounts are, by address: "seat of EM".
    """

    contracts: Mapping[str, str]
    offices: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, manifest: Manifest) -> Names:
        """The contracts of a deployment and nothing else: what can be known without a node."""
        return cls({contract.address: name for name, contract in manifest.contracts.items()})

    def address(self, account: str) -> str:
        """An address in full, with what it is known to be."""
        if account == _ZERO:
            return "the zero address"
        known = self.contracts.get(account) or self.accounts.get(account)
        return f"{account} ({known})" if known else account

    def office(self, code: str) -> str:
        """A code with the name of the office: the member's, else that of WIPO ST.3."""
        if code in self.offices:
            return f"{code} ({quoted(self.offices[code])})"
        try:
            return f"{code} ({office_name(code)}, by WIPO ST.3)"
        except OfficeCodeError:
            return f"{code} (NOT a code of WIPO ST.3)"


@dataclass(frozen=True, slots=True)
class PlainCall:
    """A call and what it says.

    Attributes:
        contract: Name of the contract; None where it is not one of the deployment.
        function: Its function; None where the call could not be decoded.
        arguments: By name in snake case, times as seconds since 1970; empty where it could not be decoded.
        sentence: In plain words.
        is_readable: Whether the sentence says all that the call does.
    """

    call: Call
    contract: str | None
    function: str | None
    arguments: Mapping[str, Any]
    sentence: str
    is_readable: bool

    def to_json(self) -> dict[str, Any]:
        """Keys `target, value, data, contract, function, arguments, sentence, readable`."""
        return {
            **self.call.to_json(),
            "contract": self.contract,
            "function": self.function,
            "arguments": json_value(dict(self.arguments)),
            "sentence": self.sentence,
            "readable": self.is_readable,
        }


def plain_calls(calls: Sequence[Call], names: Names) -> tuple[PlainCall, ...]:
    """The calls of a proposal in their order; see `plain_call`."""
    return tuple(plain_call(call, names) for call in calls)


def plain_call(call: Call, names: Names) -> PlainCall:
    """What one call does, by the code that the manifest names; nothing is asked."""
    contract = names.contracts.get(call.target)
    decoded = load_abi(contract).decode_call(call.data) if contract in _CONTRACTS else None
    payment = f", and pay it {call.value} wei" if call.value else ""
    if contract is None or decoded is None:
        what = f"its function 0x{call.data[:4].hex()}" if len(call.data) >= 4 else "no function"
        sentence = (
            f"UNKNOWN CALL to {names.address(call.target)}, {what}, {len(call.data)} bytes{payment}:"
            " do not vote for what you cannot read"
        )
        return PlainCall(call, contract, None, {}, sentence, False)
    function, arguments = decoded
    say = SENTENCES.get((contract, function))
    sentence = say(arguments, names) if say else _literally(contract, function, arguments)
    if contract == TIMELOCK and function != "updateDelay":
        sentence += "; the consortium refuses this, so the proposal cannot succeed"
    return PlainCall(call, contract, function, arguments, sentence + payment, True)


def quoted(text: str) -> str:
    """A stranger's text between quotation marks; what could feign an end of it, or a line of its own, is escaped."""
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text.replace("\\", "\\\\"))
    return '"' + safe.replace('"', '\\"') + '"'


def moment_words(seconds: int) -> str:
    """A time of the contracts, in UTC."""
    if seconds > _LAST_SECOND:
        return f"second {seconds} since 1970, after the year 9999"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def duration_words(seconds: int) -> str:
    """A duration, exactly: `2 days 12 hours`."""
    parts = []
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "no time"


_Say = Callable[[Mapping[str, Any], Names], str]


def _until(seconds: int) -> str:
    return "without end" if seconds == FOREVER else f"until {moment_words(seconds)}"


def _scopes(scopes: int) -> str:
    known = Scope(scopes & 15)
    extra = f" and UNKNOWN SCOPES {scopes & ~15}" if scopes & ~15 else ""
    return (", ".join(known.words) or "nothing") + extra


def _day(value: object) -> str:
    return "" if value is None else f", which issued no numbers before {value}"


def _key(key: Mapping[str, Any], names: Names) -> str:
    begin = f"from {moment_words(key['valid_from'])} on" if key["valid_from"] else "at once"
    end = key["valid_until"]
    until = "" if end in (0, FOREVER) else f" until {moment_words(end)}"
    return f"{names.address(key['account'])} for {_scopes(key['scopes'])}, valid {begin}{until}"


def _admit(values: Mapping[str, Any], names: Names) -> str:
    endpoint = f", service at {quoted(values['endpoint'])}" if values["endpoint"] else ""
    keys = values.get("first_keys")
    if keys is None:
        with_keys = ", without keys"
    elif keys:
        with_keys = f", with {_count(len(keys), 'key')}: " + "; ".join(_key(key, names) for key in keys)
    else:
        with_keys = ", without keys"
    return (
        f"admit office {names.office(values['code'])} as {quoted(values['name'])}, seat {names.address(values['seat'])}"
        f"{_day(values['earliest_filing_date'])}{endpoint}{with_keys}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _replace_seat(values: Mapping[str, Any], names: Names) -> str:
    office = names.office(values["office"])
    if values["new_seat"] == _ZERO:
        return f"take back the replacement of the seat of office {office}"
    return (
        f"replace the seat of office {office} by {names.address(values['new_seat'])}, which can take over"
        " once the time for the present seat's objection is over"
    )


def _list_contracts(values: Mapping[str, Any], names: Names) -> str:
    given, accounts = values["names"], values["accounts"]
    if len(given) != len(accounts):
        return f"list {len(given)} names with {len(accounts)} contracts, which cannot succeed"
    pairs = [
        f"{names.address(account)} as the present {quoted(name.rstrip(bytes(1)).decode('ascii', 'backslashreplace'))}"
        for name, account in zip(given, accounts, strict=True)
    ]
    return "list in the address book " + (", ".join(pairs) or "nothing")


def _role(verb: str, link: str) -> _Say:
    def say(values: Mapping[str, Any], names: Names) -> str:
        role = _ROLES.get(values["role"], "0x" + values["role"].hex())
        return f"{verb} the role {role} in the timelock {link} {names.address(values[_account_of(values)])}"

    return say


def _account_of(values: Mapping[str, Any]) -> str:
    return "account" if "account" in values else "caller_confirmation"


def _refused(what: str) -> _Say:
    return lambda values, names: f"{what}: the consortium refuses this, so the proposal cannot succeed"


SENTENCES: Mapping[tuple[str, str], _Say] = {
    (OFFICE_DIRECTORY, "admitOffice"): _admit,
    (OFFICE_DIRECTORY, "admitOfficeWithKeys"): _admit,
    (OFFICE_DIRECTORY, "suspendOffice"): lambda v, n: f"suspend office {n.office(v['office'])} {_until(v['until'])}",
    (OFFICE_DIRECTORY, "reinstateOffice"): lambda v, n: f"end the suspension of office {n.office(v['office'])}",
    (OFFICE_DIRECTORY, "departOffice"): lambda v, n: (
        f"mark office {n.office(v['office'])} as departed, for good: it makes no new records and has no vote"
    ),
    (OFFICE_DIRECTORY, "nameSuccessor"): lambda v, n: (
        f"name office {n.office(v['successor'])} as successor of office {n.office(v['office'])}, for good: it may"
        " correct and withdraw that office's records"
    ),
    (OFFICE_DIRECTORY, "replaceSeat"): _replace_seat,
    (OFFICE_DIRECTORY, "suspendKey"): lambda v, n: (
        f"suspend the key {n.address(v['account'])} of office {n.office(v['office'])} {_until(v['until'])}"
    ),
    (OFFICE_DIRECTORY, "reinstateKey"): lambda v, n: (
        f"end the suspension of the key {n.address(v['account'])} of office {n.office(v['office'])}"
    ),
    (OFFICE_DIRECTORY, "markKeyCompromised"): lambda v, n: (
        f"declare the key {n.address(v['account'])} of office {n.office(v['office'])} compromised since"
        f" {moment_words(v['since'])} and revoke it: records that it made since then are suspect"
    ),
    (OFFICE_DIRECTORY, "transferGovernance"): lambda v, n: (
        f"HAND ALL GOVERNANCE of the directory OVER to {n.address(v['new_governance'])}: this consortium decides"
        " nothing any more after that, and cannot take it back"
    ),
    (OFFICE_DIRECTORY, "setEmergencyBody"): lambda v, n: (
        "let nobody suspend in an emergency any more"
        if v["new_body"] == _ZERO
        else f"let {n.address(v['new_body'])} suspend offices and keys in an emergency, in place of the present body"
    ),
    (OFFICE_DIRECTORY, "setObjectionDelay"): lambda v, n: (
        f"give seats {duration_words(v['new_delay'])} to object to their replacement"
    ),
    (PRIORITY_REGISTER, "setRegistry"): lambda v, n: (
        f"let the priority register read application records from {n.address(v['new_registry'])}"
    ),
    (RIGHTS_REGISTER, "setCodes"): lambda v, n: codes_words(v["rules"], quoted),
    (RIGHTS_REGISTER, "setStatuses"): lambda v, n: statuses_words(v["rules"], quoted),
    (CONSORTIUM, "setVotingDelay"): lambda v, n: (
        f"let votes begin {duration_words(v['new_voting_delay'])} after the proposal"
    ),
    (CONSORTIUM, "setVotingPeriod"): lambda v, n: f"let votes last {duration_words(v['new_voting_period'])}",
    (CONSORTIUM, "setSupermajority"): lambda v, n: (
        f"require {v['numerator']}/{v['denominator']} of the active offices for each proposal"
    ),
    (CONSORTIUM, "setProposalThreshold"): _refused("change how many votes a proposer needs"),
    (CONSORTIUM, "relay"): _refused("call another contract in the name of the consortium itself"),
    (CONSORTIUM, "updateTimelock"): _refused("put another timelock in place of this one"),
    (EMERGENCY_COUNCIL, "setRules"): lambda v, n: (
        f"let {v['quorum']} offices suspend in an emergency, for {duration_words(v['duration'])}"
    ),
    (EMERGENCY_COUNCIL, "restoreRights"): lambda v, n: (
        f"let offices that supported an emergency against office {n.office(v['office'])} do so again"
    ),
    (CHARTER, "adopt"): lambda v, n: (
        f"adopt the charter with SHA-256 0x{v['digest'].hex()}, published at {quoted(v['location'])}"
    ),
    (CHARTER, "listObserver"): lambda v, n: (
        f"list {n.address(v['account'])} as observer {quoted(v['name'])}, without a vote"
    ),
    (CHARTER, "removeObserver"): lambda v, n: f"take the observer {n.address(v['account'])} off the list",
    (ADDRESS_BOOK, "list"): _list_contracts,
    (TIMELOCK, "updateDelay"): lambda v, n: (
        f"let {duration_words(v['new_delay'])} pass between count and execution of a proposal"
    ),
    (TIMELOCK, "grantRole"): _role("GIVE", "to"),
    (TIMELOCK, "revokeRole"): _role("TAKE", "from"),
    (TIMELOCK, "renounceRole"): _role("GIVE UP", "of"),
}
"""A sentence for each function that needs a vote, by contract and function; the tests compare them with the ABIs."""


def _literally(contract: str, function: str, arguments: Mapping[str, Any]) -> str:
    """A call without a sentence of its own: one that needs no vote, or that cannot be proposed."""
    shown = ", ".join(f"{name} {_shown(value)}" for name, value in arguments.items())
    remark = "" if contract == TIMELOCK else ", for which no vote is needed"
    return f"call {function} of {contract}{remark}" + (f", with {shown}" if shown else "")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value if value.startswith("0x") and len(value) == 42 else quoted(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {_shown(item)}" for name, item in value.items()) + ")"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return str(value)


def suspension_words(suspension: Suspension) -> str:
    """What support for an emergency suspension says."""
    office = suspension.office.decode("ascii")
    keys = ", ".join(suspension.accounts)
    whom = f"the {_count(len(suspension.accounts), 'key')} {keys} of office {office}" if keys else f"office {office}"
    return (
        f"suspend {whom} at once, because {quoted(suspension.reason)}; emergency {suspension.round} against it,"
        f" support counts until {moment_words(suspension.valid_until)}"
    )
