"""The powers audit: who can do what to the deployed contracts, proved by storage and by trying.

Every function that can change something, of every contract of a deployment with a consortium, is called (never sent)
from the deployer, an outsider, seats and the contracts of the consortium: who is not entitled must be refused for that
very reason, who is must not be. Beside that, storage: who governs, who holds which role in the timelock, whether the
deployer is or could become a seat, a key or an observer, and whether code could be exchanged. A function without a rule
(`registrum.deployment.power_rules`) fails the audit.

Where the offices have voted for a new application registry since the manifest was written, the one in force is audited
beside the former ones, which still take records. Functions of code that is not of this package cannot be known: such a
version fails the audit.

Not its job: whether the rules are good ones, and what single offices do with their keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from registrum.chain.codec import canonical_type
from registrum.chain.contracts import Abi
from registrum.chain.profile import read_block
from registrum.chain.receipts import revert_data
from registrum.chain.rpc import Call, RpcClient, as_data
from registrum.deployment.artifacts import load_artifact
from registrum.deployment.check import verify
from registrum.deployment.manifest import TIMELOCK, Manifest
from registrum.deployment.power_calls import Facts, Recorded, call_data
from registrum.deployment.power_rules import RULES, Actor, Holder, Rule
from registrum.errors import ConfigError, RpcError
from registrum.numbers import OfficeNumber
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.keccak import keccak

__all__ = ["Check", "Power", "PowersReport", "Trial", "audit_powers", "forbidden_instructions", "state_changing"]

_REGISTRY, _BOOK = "ApplicationRegistry", "AddressBook"
_ZERO = "0x" + "00" * 20
_ACTIVE = 1
_WITHDRAWN = 3
_NO_OFFICE = "\0\0"
_PAGE = 1_000
_LOG_BLOCKS = 5_000
"""Most blocks that Besu searches at once."""
_ROLES = {
    "DEFAULT_ADMIN_ROLE": bytes(32),
    "PROPOSER_ROLE": keccak(b"PROPOSER_ROLE"),
    "EXECUTOR_ROLE": keccak(b"EXECUTOR_ROLE"),
    "CANCELLER_ROLE": keccak(b"CANCELLER_ROLE"),
}
"""Of OpenZeppelin's `TimelockController`."""
_PROXY_SLOTS = ("eip1967.proxy.implementation", "eip1967.proxy.admin", "eip1967.proxy.beacon")
"""EIP-1967: each slot is the hash of its name, minus one."""
_FORBIDDEN = {0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xFF: "SELFDESTRUCT"}
"""Instructions by which a contract could run code that is not its own, or vanish."""


@dataclass(frozen=True)
class Trial:
    """One call that was tried.

    Attributes:
        actor: From whom.
        account: In EIP-55 form.
        admitted: Whether it must be let through, as far as the caller goes.
        outcome: The error that refused it, or `not refused`.
        ok: Whether that is as it must be.
    """

    actor: Actor
    account: str
    admitted: bool
    outcome: str
    ok: bool


@dataclass(frozen=True)
class Power:
    """One function that can change something.

    Attributes:
        contract: Its contract; with the version where several are in use.
        address: Where that is, in EIP-55 form.
        function: Its signature, such as `departOffice(bytes2)`.
        holder: Who can call it; None if nobody classified it.
        trials: What was tried.
    """

    contract: str
    address: str
    function: str
    holder: Holder | None
    trials: tuple[Trial, ...]

    @property
    def ok(self) -> bool:
        """Whether it is classified, and every trial came out as it must."""
        return self.holder is not None and all(trial.ok for trial in self.trials)

    @property
    def who(self) -> str:
        """Who can call it, in words."""
        return "nobody classified it" if self.holder is None else self.holder.value

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "contract": self.contract,
            "address": self.address,
            "function": self.function,
            "who": None if self.holder is None else self.holder.name.lower(),
            "whoInWords": self.who,
            "ok": self.ok,
            "trials": [
                {
                    "as": trial.actor.value,
                    "account": trial.account,
                    "expected": "not refused" if trial.admitted else "refused",
                    "outcome": trial.outcome,
                    "ok": trial.ok,
                }
                for trial in self.trials
            ],
        }


@dataclass(frozen=True)
class Check:
    """One fact of storage or code: what must be, what was found, and whether that is it."""

    what: str
    found: str
    ok: bool

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {"what": self.what, "found": self.found, "ok": self.ok}


@dataclass(frozen=True)
class PowersReport:
    """Outcome of the audit.

    Attributes:
        deployer: Who deployed, in EIP-55 form.
        deployer_office: Office whose seat the deployer is: it then has that office's powers and no others.
        seats: Seats by office code.
        powers: Every function that can change something.
        checks: Facts of storage and code.
    """

    deployer: str
    deployer_office: str | None
    seats: Mapping[str, str]
    powers: tuple[Power, ...]
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nobody holds a power that the rules do not give."""
        return not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """What is not as it must be, one line each."""
        lines = [f"{check.what}: {check.found}" for check in self.checks if not check.ok]
        for power in self.powers:
            place = f"{power.contract}.{power.function}"
            if power.holder is None:
                lines.append(f"{place}: {power.who}")
            lines += [
                f"{place} as {trial.actor.value} ({trial.account}): {trial.outcome}"
                for trial in power.trials
                if not trial.ok
            ]
        return tuple(lines)

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "ok": self.ok,
            "deployer": self.deployer,
            "deployerOffice": self.deployer_office,
            "seats": dict(self.seats),
            "powers": [power.to_json() for power in self.powers],
            "checks": [check.to_json() for check in self.checks],
            "failures": list(self.failures),
        }


def audit_powers(rpc: RpcClient, manifest: Manifest, *, deployer: str | None = None) -> PowersReport:
    """Find out who can do what.

    Args:
        rpc: A node of the manifest's chain; nothing is sent to it.
        manifest: A complete deployment with a consortium.
        deployer: Who deployed; who governed at first by default, which is the same.

    Returns:
        What was found; `ok` tells whether it is as it must be.

    Raises:
        ConfigError: No consortium governs this deployment, or it is not complete.
        NetworkMismatchError: The node is not on its chain, or the code there is other than recorded.
        NodeError: The node does not answer.
        RpcError: The node refuses to tell.
    """
    if not manifest.has_consortium:
        raise ConfigError(
            "no consortium governs this deployment, but one account",
            remedy="Whoever holds `OfficeDirectory.governance` holds all powers. Deploy with a consortium file.",
        )
    verify(rpc, manifest)
    if deployer is None:
        deployer = str(manifest.contract("OfficeDirectory").constructor_arguments[0])
    return _Audit(rpc, manifest, checksum_address(parse_address(deployer))).report()


def state_changing(abi: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entries of an ABI that can change something: functions that are not `view` or `pure`, and plain transfers."""
    kinds = ("function", "receive", "fallback")
    return [entry for entry in abi if entry["type"] in kinds and entry["stateMutability"] in ("nonpayable", "payable")]


def forbidden_instructions(code: bytes) -> list[str]:
    """Names of instructions in code by which it could run other code or vanish.

    The walk is the one by which the EVM itself tells instructions from data after `PUSH` (Yellow Paper, section 9.4.3),
    so that nothing that can be executed is passed over. The metadata at the end, behind its length, is no code.
    """
    size = int.from_bytes(code[-2:], "big") + 2
    # CBOR of a map begins with 0xa1 to 0xa4; code without such metadata is walked to its end.
    end = len(code) - size if 2 < size < len(code) and 0xA1 <= code[-size] <= 0xA4 else len(code)
    found, position = set(), 0
    while position < end:
        instruction = code[position]
        if instruction in _FORBIDDEN:
            found.add(_FORBIDDEN[instruction])
        position += 1 + (instruction - 0x5F if 0x60 <= instruction <= 0x7F else 0)
    return sorted(found)


@dataclass(frozen=True)
class _Contract:
    """A contract to audit.

    Attributes:
        label: Its name, with the version where several are in use.
        name: Its name in the manifest, of its rules and its ABI.
        address: In EIP-55 form.
        code: As it is on the chain.
        listed_hash: Hash of the code that the offices voted for, where the manifest does not name it.
    """

    label: str
    name: str
    address: str
    code: bytes
    listed_hash: bytes | None = None

    @property
    def is_ours(self) -> bool:
        """Whether the code is of this package."""
        return load_artifact(self.name).matches(self.code)

    @property
    def is_tried(self) -> bool:
        """Whether its functions are those that this package knows; of the manifest's contracts that was verified."""
        return self.listed_hash is None or self.is_ours


class _Audit:
    def __init__(self, rpc: RpcClient, manifest: Manifest, deployer: str) -> None:
        self._rpc = rpc
        self._manifest = manifest
        self._deployer = deployer
        # An address that nobody can have made, so that it is nothing to any contract.
        self._outsider = checksum_address(keccak(b"registrum powers audit: outsider")[12:])
        self._timelock = manifest.address(TIMELOCK)
        self._abis = {name: Abi(load_artifact(name).abi) for name in manifest.contracts}
        self._head = read_block(rpc.call("eth_getBlockByNumber", ["latest", False]))
        book = manifest.address(_BOOK)
        lists = self._ask([(_BOOK, book, "versions", (_name(name),)) for name in manifest.contracts])
        self._listed: dict[str, list[dict[str, Any]]] = dict(zip(manifest.contracts, lists, strict=True))
        self._contracts = self._to_audit()
        self._registries = [contract for contract in self._contracts if contract.name == _REGISTRY]
        self._read_offices()
        self._errors = _error_names()

    def _to_audit(self) -> list[_Contract]:
        """The contracts of the manifest, and the versions of the application registry that came after its own."""
        found: list[tuple[str, str, str, bytes | None]] = []
        for name, contract in self._manifest.contracts.items():
            accounts = [entry["account"] for entry in self._listed[name]]
            # As for the client: no other contract takes over from a predecessor.
            if name != _REGISTRY or contract.address not in accounts[:-1]:
                found.append((name, name, contract.address, None))
                continue
            first = accounts.index(contract.address)
            for number, entry in enumerate(self._listed[name][first:], first + 1):
                state = "in force" if number == len(accounts) else "former"
                listed_hash = entry["code_hash"] if number > first + 1 else None
                found.append((f"{name} (version {number}, {state})", name, entry["account"], listed_hash))
        codes = self._answers([("eth_getCode", [address, "latest"]) for _, _, address, _ in found])
        return [
            _Contract(label, name, address, as_data(code, "code"), listed_hash)
            for (label, name, address, listed_hash), code in zip(found, codes, strict=True)
        ]

    def _read_offices(self) -> None:
        directory, charter = self._manifest.address("OfficeDirectory"), self._manifest.address("Charter")
        offices, observers, seat_of = self._ask(
            [
                ("OfficeDirectory", directory, "offices", (0, _PAGE)),
                ("Charter", charter, "observers", (0, _PAGE)),
                ("OfficeDirectory", directory, "officeOfSeat", (self._deployer,)),
            ]
        )
        self._offices: list[dict[str, Any]] = offices[0]
        self._observers: list[dict[str, Any]] = observers[0]
        self._deployer_office = None if seat_of == _NO_OFFICE else seat_of
        codes = [office["code"] for office in self._offices]
        pages = self._ask([("OfficeDirectory", directory, "keys", (code, 0, _PAGE)) for code in codes])
        self._keys: dict[str, list[dict[str, Any]]] = {code: page for code, (page, _) in zip(codes, pages, strict=True)}

    def report(self) -> PowersReport:
        checks = [*self._code(), *self._wiring(), *self._roles(), *self._deployer_checks(), *self._book()]
        return PowersReport(
            self._deployer,
            self._deployer_office,
            {office["code"]: office["seat"] for office in self._offices},
            tuple(self._powers()),
            tuple(checks),
        )

    # By storage and code

    def _code(self) -> list[Check]:
        slots = [hex(int.from_bytes(keccak(text.encode("ascii")), "big") - 1) for text in _PROXY_SLOTS]
        answers = iter(
            self._answers(
                ("eth_getStorageAt", [contract.address, slot, "latest"])
                for contract in self._contracts
                for slot in slots
            )
        )
        checks = []
        for contract in self._contracts:
            label, same = contract.label, contract.is_ours
            other = "the code is another" + ("" if contract.is_tried else f", at {contract.address}; it was not tried")
            checks.append(Check(f"{label} has the code of this package", "it has" if same else other, same))
            if contract.listed_hash is not None:
                actual = keccak(contract.code)
                voted = actual == contract.listed_hash
                found = "it has" if voted else f"the code has hash 0x{actual.hex()}"
                checks.append(Check(f"{label} has the code that the offices listed", found, voted))
            forbidden = forbidden_instructions(contract.code)
            checks.append(
                Check(
                    f"{label} runs no code but its own and cannot vanish",
                    ", ".join(forbidden) or "no CALLCODE, DELEGATECALL or SELFDESTRUCT",
                    not forbidden,
                )
            )
            used = [text for text in _PROXY_SLOTS if any(as_data(next(answers), "storage"))]
            checks.append(Check(f"{label} is no proxy", ", ".join(used) or "the slots of EIP-1967 are empty", not used))
        return checks

    def _wiring(self) -> list[Check]:
        """Who governs, and that all contracts mean the same directory and the same application registry."""
        place = {contract.label: (contract.name, contract.address) for contract in self._contracts}
        expected = [
            ("OfficeDirectory", "governance", TIMELOCK),
            ("OfficeDirectory", "emergencyBody", "EmergencyCouncil"),
            ("Consortium", "timelock", TIMELOCK),
            *((name, "directory", "OfficeDirectory") for name in ("PriorityRegister", "Consortium")),
            *((name, "directory", "OfficeDirectory") for name in ("OfficePractice", "RightsRegister")),
            ("RightsRegister", "practice", "OfficePractice"),
            ("RightsStanding", "register", "RightsRegister"),
            *((name, "directory", "OfficeDirectory") for name in ("EmergencyCouncil", _BOOK)),
            ("PriorityRegister", "registry", self._registries[-1].label),
            ("Charter", "consortium", "Consortium"),
            ("Charter", "council", "EmergencyCouncil"),
            *((contract.label, "directory", "OfficeDirectory") for contract in self._registries if contract.is_tried),
        ]
        wired = [(label, function, f"the {wanted}", place[wanted][1]) for label, function, wanted in expected]
        # The first version of all has no predecessor, and each later one has that which the offices listed before it.
        before = {entry["account"]: number for number, entry in enumerate(self._listed[_REGISTRY])}
        for contract in self._registries:
            number = before.get(contract.address, 0)
            if contract.is_tried:
                former = self._listed[_REGISTRY][number - 1]["account"] if number else _ZERO
                wanted = f"version {number}" if number else "none"
                wired.append((contract.label, "predecessor", wanted, former))
        answers = self._ask([(*place[label], function, ()) for label, function, _, _ in wired])
        return [
            Check(f"{label}.{function} is {wanted}", found, found == address)
            for (label, function, wanted, address), found in zip(wired, answers, strict=True)
        ]

    def _roles(self) -> list[Check]:
        """Roles of the timelock: by its events since it was made, and by asking it."""
        consortium = self._manifest.address("Consortium")
        wanted = {name: {consortium} for name in _ROLES} | {"DEFAULT_ADMIN_ROLE": {self._timelock}}
        holders = self._role_holders()
        suspects = {consortium, self._timelock, self._deployer, self._outsider, _ZERO}
        suspects |= {account for accounts in holders.values() for account in accounts}
        suspects |= {office["seat"] for office in self._offices}
        asked = [(role, account) for role in _ROLES.values() for account in sorted(suspects)]
        calls = [(TIMELOCK, self._timelock, "hasRole", pair) for pair in asked]
        held: dict[bytes, set[str]] = {role: set() for role in _ROLES.values()}
        for (role, account), answer in zip(asked, self._ask(calls), strict=True):
            if answer:
                held[role].add(account)
        admins = self._ask([(TIMELOCK, self._timelock, "getRoleAdmin", (role,)) for role in _ROLES.values()])
        checks = []
        for (name, role), admin in zip(_ROLES.items(), admins, strict=True):
            found = held[role] | holders.get(role, set())
            shown = ", ".join("everyone" if account == _ZERO else account for account in sorted(found)) or "nobody"
            who = "the timelock itself" if name == "DEFAULT_ADMIN_ROLE" else "the consortium"
            checks.append(Check(f"{name} of the timelock is held by {who} alone", shown, found == wanted[name]))
            checks.append(
                Check(
                    f"{name} of the timelock is given by its administrator alone",
                    "it is" if not any(admin) else f"by holders of 0x{admin.hex()}",
                    not any(admin),
                )
            )
        others = [role for role, accounts in holders.items() if accounts and role not in _ROLES.values()]
        checks.append(
            Check(
                "the timelock has no further roles",
                ", ".join("0x" + role.hex() for role in others) or "none",
                not others,
            )
        )
        return checks

    def _role_holders(self) -> dict[bytes, set[str]]:
        """Who holds which role, by the events."""
        abi = self._abis[TIMELOCK]
        topics = [abi.topic(event) for event in ("RoleGranted", "RoleRevoked")]
        start = self._manifest.contract(TIMELOCK).block
        calls: list[Call] = [
            (
                "eth_getLogs",
                [
                    {
                        "address": self._timelock,
                        "fromBlock": hex(first),
                        "toBlock": hex(min(first + _LOG_BLOCKS - 1, self._head.number)),
                        "topics": [topics],
                    }
                ],
            )
            for first in range(start, self._head.number + 1, _LOG_BLOCKS)
        ]
        holders: dict[bytes, set[str]] = {}
        for logs in self._answers(calls):
            for log in logs:
                event = abi.decode_event(log)
                if event is None:
                    continue
                name, arguments = event
                accounts = holders.setdefault(arguments["role"], set())
                if name == "RoleGranted":
                    accounts.add(arguments["account"])
                else:
                    accounts.discard(arguments["account"])
        return holders

    def _deployer_checks(self) -> list[Check]:
        """What the deployer is, or could become, to any office."""
        directory = self._manifest.address("OfficeDirectory")
        codes = [office["code"] for office in self._offices]
        proposed = self._ask([("OfficeDirectory", directory, "proposedSeatOf", (code,)) for code in codes])
        replaced = self._ask([("OfficeDirectory", directory, "replacementOf", (code,)) for code in codes])
        own = self._deployer_office
        keys = [
            code
            for code, page in self._keys.items()
            if code != own and any(key["account"] == self._deployer for key in page)
        ]
        pending = [code for code, account in zip(codes, proposed, strict=True) if account == self._deployer]
        pending += [code for code, (account, _) in zip(codes, replaced, strict=True) if account == self._deployer]
        observing = [item["name"] for item in self._observers if item["account"] == self._deployer]
        # To be an office's seat is no hidden power: every view shows it, and the trials show that it is no more.
        seat = f"only as the seat of {own}, with that office's powers and no others" if own else "of none"
        return [
            Check("the deployer is a seat of no office, or openly of one", seat, True),
            Check("the deployer is a key of no other office", ", ".join(keys) or "of none", not keys),
            Check("the deployer is the next seat of no office", ", ".join(pending) or "of none", not pending),
            Check("the deployer is no observer", ", ".join(observing) or "it is none", not observing),
        ]

    def _book(self) -> list[Check]:
        checks = []
        for name, contract in self._manifest.contracts.items():
            entries = self._listed[name]
            found = entries[-1]["account"] if entries else "not listed"
            ok = found == contract.address
            if name == _REGISTRY and len(self._registries) > 1:
                ok = True
                found += f", version {len(entries)}, in force; the manifest names a former one, {contract.address}"
            checks.append(Check(f"the address book lists {name}", found, ok))
        return checks

    # By trying

    def _powers(self) -> list[Power]:
        facts = self._facts()
        planned: list[tuple[_Contract, str, Rule | None, list[tuple[Actor, Call]]]] = []
        for contract in self._contracts:
            if not contract.is_tried:
                continue
            if contract.name == _REGISTRY:
                facts = replace(facts, record=self._recorded(contract))
            seen: set[str] = set()
            for entry in state_changing(load_artifact(contract.name).abi):
                name = entry.get("name", entry["type"])
                # A second function of the same name is another function, which the rule was not made for.
                rule = None if name in seen else RULES.get(contract.name, {}).get(name)
                seen.add(name)
                inputs = ",".join(canonical_type(item) for item in entry.get("inputs", ()))
                planned.append((contract, f"{name}({inputs})", rule, self._trials(contract, entry, rule, facts)))
        answers = iter(self._rpc.batch(call for *_, calls in planned for _, call in calls))
        return [
            Power(
                contract.label,
                contract.address,
                function,
                None if rule is None else rule.holder,
                tuple(self._judged(rule, actor, facts.actors[actor], next(answers)) for actor, _ in calls if rule),
            )
            for contract, function, rule, calls in planned
        ]

    def _trials(
        self, contract: _Contract, entry: Mapping[str, Any], rule: Rule | None, facts: Facts
    ) -> list[tuple[Actor, Call]]:
        if rule is None:
            return []
        actors = [actor for actor in (*rule.refused, *rule.admitted) if actor in facts.actors]
        if rule.holder is Holder.ANY_SEAT and self._deployer in (office["seat"] for office in self._offices):
            # It then has the power of that office, which the report says.
            actors.remove(Actor.DEPLOYER)
        calls: list[tuple[Actor, Call]] = []
        for actor in actors:
            request = {"from": facts.actors[actor], "to": contract.address}
            if rule.by_votes:
                data = self._abis[contract.name].encode("getVotes", facts.actors[actor], facts.now)
            else:
                data = call_data(contract.name, entry, facts, actor)
            calls.append((actor, ("eth_call", [{**request, "data": "0x" + data.hex()}, "latest"])))
        return calls

    def _judged(self, rule: Rule, actor: Actor, account: str, answer: Any) -> Trial:
        admitted = actor in rule.admitted
        data = revert_data(answer)
        if isinstance(answer, RpcError) and data is None:
            raise answer
        if rule.by_votes:
            votes = int.from_bytes(as_data(answer, "votes", 32), "big") if data is None else 0
            return Trial(actor, account, admitted, f"has {votes} votes", (votes == 1) is admitted)
        if data is None:
            return Trial(actor, account, admitted, "not refused", admitted)
        outcome = self._errors.get(data[:4], f"0x{data[:4].hex()}" if data else "refused without a reason")
        refused = outcome in rule.refusals
        return Trial(actor, account, admitted, outcome, refused is not admitted)

    # Asking

    def _facts(self) -> Facts:
        """What plausible calls are made of."""
        # Active offices first, and that of the deployer last: what it may not do is shown at another.
        offices = sorted(
            self._offices,
            key=lambda office: (office["status"] != _ACTIVE, office["code"] == self._deployer_office),
        )
        if not offices:
            raise ConfigError("the directory has no office at all", remedy="Run `scripts/deploy.py` to its end.")
        office = offices[0]["code"]
        keys = [key["account"] for key in self._keys[office] if key["revoked_at"] is None]
        council = self._manifest.address("EmergencyCouncil")
        (emergency,) = self._ask([("EmergencyCouncil", council, "roundOf", (office,))])
        actors = {
            Actor.DEPLOYER: self._deployer,
            Actor.OUTSIDER: self._outsider,
            Actor.TIMELOCK: self._timelock,
            Actor.COUNCIL: council,
            Actor.CONSORTIUM: self._manifest.address("Consortium"),
        }
        seats = [item["seat"] for item in offices if item["status"] == _ACTIVE]
        actors |= zip((Actor.SEAT, Actor.OTHER_SEAT), seats, strict=False)
        if self._observers:
            actors[Actor.OBSERVER] = self._observers[0]["account"]
        return Facts(
            actors=actors,
            addresses={name: contract.address for name, contract in self._manifest.contracts.items()},
            office=office,
            offices=frozenset(item["code"] for item in offices),
            key=keys[0] if keys else self._outsider,
            emergency=emergency,
            record=None,
            now=self._head.timestamp,
        )

    def _recorded(self, registry: _Contract) -> Recorded | None:
        """A number that was registered in the newest blocks, if any was, with what this version answers about it."""
        abi = self._abis[_REGISTRY]
        # It answers from those before it too.
        addresses = [each.address for each in self._registries[: self._registries.index(registry) + 1]]
        wanted = {
            "address": addresses,
            "fromBlock": hex(max(0, self._head.number - _LOG_BLOCKS + 1)),
            "toBlock": hex(self._head.number),
            "topics": [abi.topic("ApplicationRegistered")],
        }
        (logs,) = self._answers([("eth_getLogs", [wanted])])
        event = abi.decode_event(logs[-1]) if logs else None
        if event is None or not isinstance(event[1]["number"], OfficeNumber):
            return None
        number = event[1]["number"]
        (record,) = self._ask([(_REGISTRY, registry.address, "recordOf", (number,))])
        return Recorded(number, record["version"], record["status"] == _WITHDRAWN)

    def _ask(self, calls: Sequence[tuple[str, str, str, tuple[Any, ...]]]) -> list[Any]:
        """Decoded answers to (contract, address, function, arguments)."""
        requests: list[Call] = [
            ("eth_call", [{"to": to, "data": "0x" + self._abis[name].encode(function, *values).hex()}, "latest"])
            for name, to, function, values in calls
        ]
        return [
            self._abis[name].decode(function, as_data(answer, "answer of a contract"))
            for (name, _, function, _), answer in zip(calls, self._answers(requests), strict=True)
        ]

    def _answers(self, calls: Iterable[Call]) -> list[Any]:
        answers = self._rpc.batch(calls)
        for answer in answers:
            if isinstance(answer, RpcError):
                raise answer
        return answers


def _error_names() -> dict[bytes, str]:
    """Errors of all contracts by their selectors."""
    names = {keccak(text)[:4]: text.partition(b"(")[0].decode() for text in (b"Panic(uint256)", b"Error(string)")}
    for contract in RULES:
        for entry in load_artifact(contract).abi:
            if entry["type"] == "error":
                inputs = ",".join(canonical_type(item) for item in entry["inputs"])
                names[keccak(f"{entry['name']}({inputs})".encode("ascii"))[:4]] = str(entry["name"])
    return names


def _name(contract: str) -> bytes:
    return contract.encode("ascii").ljust(32, b"\0")
