"""The register on chain and in the model side by side: one act at a time, predicted and done."""

from __future__ import annotations

from typing import Any

from tests.stateful.driver.codec import Codec, Log
from tests.stateful.driver.engine import GOVERNANCE, named_account
from tests.stateful.driver.governance_world import Act
from tests.stateful.driver.rights_engine import RightsEngine
from tests.stateful.driver.world import Outcome
from tests.stateful.model.basics import Effect, Refusal
from tests.stateful.model.rights_system import RightsSystemModel


class RightsWorld:
    """Runs acts on chain and model, and keeps what invariants look at."""

    def __init__(self, engine: RightsEngine, model_class: type[RightsSystemModel] = RightsSystemModel) -> None:
        self.engine = engine
        self.codec = Codec(engine.abis, engine.addresses)
        self.model = model_class(named_account(GOVERNANCE[0]), engine.addresses, engine.chain_id, engine.wallets)
        self.model.clock.now = engine.start
        self.logs: list[Log] = []
        self.numbers: dict[bytes, None] = {}
        self.memory: dict[str, Any] = {}

    def call(self, contract: str, function: str, *arguments: Any) -> Any:
        """Ask the chain; a single value comes bare, several as a tuple, a revert raises `Refusal`."""
        values = self.codec.returned(contract, function, self.ask(contract, function, *arguments))
        return values[0] if len(values) == 1 else values

    def ask(self, contract: str, function: str, *arguments: Any) -> bytes:
        """Ask the chain; return what it gave as bytes."""
        data = self.codec.call_data(contract, function, arguments)
        receipt = self.engine.call(self.engine.addresses[contract], data)
        if not receipt.success:
            raise self.codec.refusal(receipt.output)
        return receipt.output

    def perform(self, act: Act) -> tuple[Outcome, Effect | Refusal]:
        """Run an act on the chain and in the model; return what each of them said."""
        for number in numbers_of(act):
            self.numbers.setdefault(number)
        predicted = self.model.execute(act.caller, act.function, act.arguments, act.at)
        data = self.codec.call_data(act.contract, act.function, act.arguments)
        receipt = self.engine.send(act.at, act.caller, self.engine.addresses[act.contract], data)
        if not receipt.success:
            return Outcome(refusal=self.codec.refusal(receipt.output)), predicted
        returned = self.codec.returned(act.contract, act.function, receipt.output)
        logs = [self.codec.log(raw, act.at) for raw in receipt.logs]
        self.logs.extend(logs)
        return Outcome(returned, logs), predicted


def numbers_of(act: Act) -> list[bytes]:
    """Return the numbers, well formed or not, that the statements of an act name."""
    if act.function not in ("record", "recordBatch"):
        return []
    statements = [act.arguments[0]] if act.function == "record" else act.arguments[1]
    return [number for statement in statements for number in (statement.number, statement.facts.related) if any(number)]
