"""The consortium on chain and in the model side by side: one act at a time, predicted and done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.stateful.driver.codec import Codec, Log, read_all
from tests.stateful.driver.governance_engine import ANY_TEXT, DEPLOYER, GovernanceEngine
from tests.stateful.driver.world import Outcome, readable
from tests.stateful.model.basics import Effect, Refusal
from tests.stateful.model.constitution import Call, ConstitutionModel


@dataclass(frozen=True)
class Act:
    """One call at a block time; complete in itself, so that acts can be left out and the rest replayed."""

    rule: str
    at: int
    caller: str
    contract: str
    function: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        return f"at {self.at} {self.rule}: {self.caller} {self.contract}.{self.function}{readable(self.arguments)}"


class GovernanceWorld:
    """Runs acts on chain and model, and keeps what invariants look at."""

    def __init__(self, engine: GovernanceEngine, model_class: type[ConstitutionModel] = ConstitutionModel) -> None:
        self.engine = engine
        self.codec = Codec(engine.abis, engine.addresses)
        terms = engine.terms
        self.model = model_class(
            DEPLOYER,
            engine.addresses,
            engine.chain_id,
            engine.wallets,
            engine.code_hashes,
            engine.other_timelocks,
            (terms.parameters, terms.quorum, terms.duration, ANY_TEXT),
            self.decode,
            engine.start,
        )
        self.logs: list[Log] = []
        self.memory: dict[str, Any] = {}

    def call(self, contract: str, function: str, *arguments: Any) -> Any:
        """Ask the chain; a single value comes bare, several as a tuple, a revert raises `Refusal`."""
        data = self.codec.call_data(contract, function, arguments)
        receipt = self.engine.call(self.engine.addresses[contract], data)
        if not receipt.success:
            raise self.codec.refusal(receipt.output)
        values = self.codec.returned(contract, function, receipt.output)
        return values[0] if len(values) == 1 else values

    def attempt(self, caller: str, contract: str, function: str, *arguments: Any) -> Refusal | None:
        """Try a call as somebody and undo it; return why it was refused."""
        data = self.codec.call_data(contract, function, arguments)
        receipt = self.engine.attempt(caller, self.engine.addresses[contract], data)
        return None if receipt.success else self.codec.refusal(receipt.output)

    def perform(self, act: Act) -> tuple[Outcome, Effect | Refusal]:
        """Run an act on the chain and in the model; return what each of them said."""
        if act.function == "support":
            self.memory.setdefault("suspensions", []).append(act.arguments[0])
        predicted: Effect | Refusal
        try:
            predicted = self.model.execute(act.caller, act.contract, act.function, act.arguments, act.at)
        except Refusal as refusal:
            predicted = refusal
        data = self.codec.call_data(act.contract, act.function, act.arguments)
        receipt = self.engine.send(act.at, act.caller, self.engine.addresses[act.contract], data)
        if not receipt.success:
            return Outcome(refusal=self.codec.refusal(receipt.output)), predicted
        returned = self.codec.returned(act.contract, act.function, receipt.output)
        logs = [self.codec.log(raw, act.at) for raw in receipt.logs]
        self.logs.extend(logs)
        return Outcome(returned, logs), predicted

    def decode(self, target: str, data: bytes) -> Call | None:
        """Return which function of which contract call data are for, with the arguments as a caller gives them."""
        contract = self.codec.contracts.get(target)
        for (owner, name), shape in self.codec.functions.items():
            if owner == contract and shape.identifier[:4] == data[:4]:
                if len(data) < 4 + sum(kind.size for kind in shape.kinds):
                    return None
                return owner, name, tuple(_as_given(value) for value in read_all(shape.kinds, data, 4))
        return None


def _as_given(value: Any) -> Any:
    """Return a decoded value as callers write it: structs as tuples."""
    if isinstance(value, dict):
        return tuple(_as_given(entry) for entry in value.values())
    return tuple(_as_given(entry) for entry in value) if isinstance(value, tuple) else value
