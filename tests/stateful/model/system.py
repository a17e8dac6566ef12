"""The whole model behind one door: a call by the contract's and the function's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stateful.model.basics import Clock, Effect
from tests.stateful.model.directory import DirectoryModel
from tests.stateful.model.priority import PriorityModel
from tests.stateful.model.registry import RegistryModel, Signatures
from tests.stateful.model.typed_data import Domain


class SystemModel:
    """Directory, registry and priority register with a common clock."""

    directory_class = DirectoryModel
    registry_class = RegistryModel
    priority_class = PriorityModel

    def __init__(self, governance: str, addresses: dict[str, str], chain_id: int, wallets: dict[str, str]) -> None:
        self.clock = Clock()
        self.directory = self.directory_class(self.clock, governance)
        signatures = Signatures(self.directory, wallets)
        names = ("ApplicationRegistry", "PriorityRegister")
        domains = [Domain(f"Registrum {name}", chain_id, addresses[name]) for name in names]
        self.registry = self.registry_class(self.clock, self.directory, signatures, domains[0])
        self.priority = self.priority_class(self.clock, self.directory, self.registry, signatures, domains[1])
        directory, registry, priority = self.directory, self.registry, self.priority
        self._by_caller: dict[str, Callable[..., Effect]] = {
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
            "publishCalendar": priority.publish_calendar,
        }
        # Who relays a signed statement gives no right, so these do not learn it.
        self._by_signature: dict[str, Callable[..., Effect]] = {
            "register": registry.register,
            "registerBatch": registry.register_batch,
            "anchor": registry.anchor,
            "disclose": registry.disclose,
            "correct": registry.correct,
            "withdraw": registry.withdraw,
            "reinstate": registry.reinstate,
            "reconfirm": registry.reconfirm,
            "recordClaim": priority.record_claim,
        }

    @property
    def now(self) -> int:
        """Return block time."""
        return self.clock.now

    def execute(self, caller: str, function: str, arguments: tuple[Any, ...], at: int) -> Effect:
        """Apply a call at a block time; refused ones raise `Refusal` and change nothing."""
        self.clock.now = at
        if function in self._by_signature:
            return self._by_signature[function](*arguments)
        return self._by_caller[function](caller, *arguments)
