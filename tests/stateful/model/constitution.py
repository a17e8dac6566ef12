"""Directory, votes, emergencies, charter and address book behind one door: a call by contract and function."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from tests.stateful.model.basics import Clock, Effect, Event, Refusal
from tests.stateful.model.charter import AddressBookModel, CharterModel
from tests.stateful.model.consortium import NOT_AVAILABLE, ROLES, ConsortiumModel, Parameters, approval
from tests.stateful.model.council import CouncilModel
from tests.stateful.model.directory import DirectoryModel
from tests.stateful.model.typed_data import Domain

Call = tuple[str, str, tuple[Any, ...]]
"""Contract, function, arguments."""
# What a refusal in the middle of a call must undo.
KEPT = {
    "directory": ("governance", "emergency_body", "objection_delay", "offices"),
    "consortium": (
        "proposals",
        "voting_delay",
        "voting_period",
        "min_delay",
        "numerator",
        "denominator",
        "own_calls",
    ),
    "council": ("quorum", "duration", "supporters", "rounds", "used", "running_until", "office_until"),
    "charter": ("versions", "observers", "remarks"),
    "book": ("versions",),
}
IN_SEVERAL_PARTS = {"execute", "castSignedVotes", "support", "list"}


class ConstitutionModel:
    """Everything that the consortium's contracts know, with a common clock."""

    directory_class = DirectoryModel
    consortium_class = ConsortiumModel
    council_class = CouncilModel
    charter_class = CharterModel

    def __init__(
        self,
        governance: str,
        addresses: dict[str, str],
        chain_id: int,
        wallets: dict[str, str | None],
        code_hashes: dict[str, bytes],
        other_timelocks: dict[str, int],
        terms: tuple[Parameters, int, int, tuple[bytes, str]],
        decode: Callable[[str, bytes], Call | None],
        start: int,
    ) -> None:
        self.clock = Clock(start)
        self.addresses, self.code_hashes, self.decode = addresses, code_hashes, decode
        self.timelock = addresses["TimelockController"]
        parameters, quorum, duration, text = terms
        approves = approval(wallets)
        names = {"Consortium": "Registrum Consortium", "EmergencyCouncil": "Registrum EmergencyCouncil"}
        names["Charter"] = "Registrum Charter"
        domains = {contract: Domain(name, chain_id, addresses[contract]) for contract, name in names.items()}
        self.directory = self.directory_class(self.clock, governance)
        self.consortium = self.consortium_class(
            self.clock,
            self.directory,
            domains["Consortium"],
            addresses["Consortium"],
            self.timelock,
            parameters,
            approves,
            other_timelocks,
        )
        self.consortium.perform = self._perform
        self.council = self.council_class(
            self.clock,
            self.directory,
            domains["EmergencyCouncil"],
            addresses["EmergencyCouncil"],
            quorum,
            duration,
            approves,
        )
        self.charter = self.charter_class(self.clock, self.consortium, self.council, domains["Charter"], text, approves)
        self.book = AddressBookModel(self.clock, self.directory, code_hashes)
        self._functions = self._directory_functions() | self._consortium_functions() | self._other_functions()

    @property
    def now(self) -> int:
        """Return block time."""
        return self.clock.now

    def execute(self, caller: str, contract: str, function: str, arguments: tuple[Any, ...], at: int) -> Effect:
        """Apply a call at a block time; refused ones raise `Refusal` and change nothing."""
        self.clock.now = at
        if function not in IN_SEVERAL_PARTS:
            return self._functions[contract, function](caller, *arguments)
        kept = pickle.dumps({part: {name: getattr(getattr(self, part), name) for name in KEPT[part]} for part in KEPT})
        try:
            return self._functions[contract, function](caller, *arguments)
        except Refusal:
            for part, values in pickle.loads(kept).items():  # noqa: S301 - written a moment ago
                vars(getattr(self, part)).update(values)
            raise

    def _perform(self, target: str, value: int, data: bytes) -> list[Event]:
        """Do what the timelock does with one call of a proposal; it has no money to send."""
        if value:
            raise Refusal("FailedCall")
        if target not in self.code_hashes:
            return []
        if target == self.addresses["Consortium"] and not data:
            raise Refusal("GovernorDisabledDeposit")
        call = self.decode(target, data)
        if call is None:
            raise Refusal("FailedCall")
        contract, function, arguments = call
        return self._functions[contract, function](self.timelock, *arguments).events

    def _directory_functions(self) -> dict[tuple[str, str], Callable[..., Effect]]:
        directory = self.directory
        functions: dict[str, Callable[..., Effect]] = {
            "transferGovernance": directory.transfer_governance,
            "setEmergencyBody": directory.set_emergency_body,
            "setObjectionDelay": directory.set_objection_delay,
            "admitOffice": directory.admit_office,
            "admitOfficeWithKeys": directory.admit_office_with_keys,
            "suspendOffice": directory.suspend_office,
            "reinstateOffice": directory.reinstate_office,
            "suspendKey": directory.suspend_key,
            "reinstateKey": directory.reinstate_key,
            "departOffice": directory.depart_office,
            "nameSuccessor": directory.name_successor,
            "replaceSeat": directory.replace_seat,
            "objectToReplacement": directory.object_to_replacement,
            "proposeSeat": directory.propose_seat,
            "acceptSeat": directory.accept_seat,
            "setEndpoint": directory.set_endpoint,
            "setEarliestFilingDate": directory.set_earliest_filing_date,
            "addKey": directory.add_key,
            "revokeKey": directory.revoke_key,
            "markKeyCompromised": directory.mark_key_compromised,
        }
        return {("OfficeDirectory", name): function for name, function in functions.items()}

    def _consortium_functions(self) -> dict[tuple[str, str], Callable[..., Effect]]:
        consortium = self.consortium
        functions: dict[str, Callable[..., Effect]] = {
            "propose": consortium.propose,
            "cancel": consortium.cancel,
            "queue": consortium.queue,
            "execute": consortium.execute,
            "castVote": consortium.cast_vote,
            "castVoteWithReason": consortium.cast_vote_with_reason,
            "castVoteWithReasonAndParams": consortium.cast_vote_with_parameters,
            "castSignedVotes": consortium.cast_signed_votes,
            "setSupermajority": consortium.set_supermajority,
            "setVotingDelay": consortium.set_voting_delay,
            "setVotingPeriod": consortium.set_voting_period,
        }
        functions |= {name: consortium.not_available(name) for name in NOT_AVAILABLE}
        timelock: dict[str, Callable[..., Effect]] = {
            "updateDelay": consortium.update_delay,
            "renounceRole": consortium.renounce_role,
            "grantRole": consortium.no_role(bytes(32)),
            "revokeRole": consortium.no_role(bytes(32)),
            "schedule": consortium.no_role(ROLES["PROPOSER"]),
            "scheduleBatch": consortium.no_role(ROLES["PROPOSER"]),
            "execute": consortium.no_role(ROLES["EXECUTOR"]),
            "executeBatch": consortium.no_role(ROLES["EXECUTOR"]),
            "cancel": consortium.no_role(ROLES["CANCELLER"]),
        }
        return {("Consortium", name): function for name, function in functions.items()} | {
            ("TimelockController", name): function for name, function in timelock.items()
        }

    def _other_functions(self) -> dict[tuple[str, str], Callable[..., Effect]]:
        return {
            ("EmergencyCouncil", "support"): self.council.support,
            ("EmergencyCouncil", "restoreRights"): self.council.restore_rights,
            ("EmergencyCouncil", "setRules"): self.council.set_rules,
            ("Charter", "adopt"): self.charter.adopt,
            ("Charter", "listObserver"): self.charter.list_observer,
            ("Charter", "removeObserver"): self.charter.remove_observer,
            ("Charter", "remark"): self.charter.remark,
            ("AddressBook", "list"): self.book.list,
        }
