"""Chain and model side by side: one step at a time, predicted and done, with everything that the chain told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.stateful.driver.codec import Codec, Log
from tests.stateful.driver.engine import GOVERNANCE, Engine, Receipt, named_account
from tests.stateful.model.basics import Effect, Refusal
from tests.stateful.model.system import SystemModel

VIEWS = ("check",)
CONTRACT_OF = {
    "register": "ApplicationRegistry",
    "registerBatch": "ApplicationRegistry",
    "anchor": "ApplicationRegistry",
    "disclose": "ApplicationRegistry",
    "correct": "ApplicationRegistry",
    "withdraw": "ApplicationRegistry",
    "reinstate": "ApplicationRegistry",
    "reconfirm": "ApplicationRegistry",
    "recordClaim": "PriorityRegister",
    "publishCalendar": "PriorityRegister",
    "check": "PriorityRegister",
}
SIGNED = ("register", "registerBatch", "anchor", "correct", "withdraw", "reinstate", "reconfirm", "recordClaim")


@dataclass(frozen=True)
class Step:
    """One call at a block time; complete in itself, so that steps can be left out and the rest replayed."""

    rule: str
    at: int
    caller: str
    function: str
    arguments: tuple[Any, ...]

    @property
    def contract(self) -> str:
        """Return the contract that is called."""
        return CONTRACT_OF.get(self.function, "OfficeDirectory")

    @property
    def numbers(self) -> list[bytes]:
        """Return the office numbers, well formed or not, that the call names."""
        first: Any = self.arguments[0] if self.arguments else None
        if self.function in ("register", "correct", "check"):
            return [first[0]]
        if self.function in ("registerBatch", "reconfirm"):
            return [application[0] for application in self.arguments[-2]]
        if self.function == "disclose":
            return [self.arguments[2][0]]
        if self.function in ("withdraw", "reinstate"):
            return [self.arguments[0]]
        return [first[0], first[1]] if self.function == "recordClaim" and first else []

    def __str__(self) -> str:
        return f"at {self.at} {self.rule}: {self.caller} {self.function}{readable(self.arguments)}"


def readable(value: Any) -> str:
    """Return call arguments as a person reads them, numbers and codes as text."""
    if isinstance(value, bytes):
        text = value.rstrip(b"\x00")
        plain = bool(text) and len(value) in (1, 2, 32) and all(0x20 < byte < 0x7F for byte in text)
        return text.decode() if plain else "0x" + value.hex()
    if isinstance(value, tuple | list):
        return f"({', '.join(readable(entry) for entry in value)})"
    return str(value)


@dataclass(frozen=True)
class Outcome:
    """What the chain did: return values and logs, or the error."""

    returned: tuple[Any, ...] = ()
    logs: list[Log] = field(default_factory=list)
    refusal: Refusal | None = None


class Finding(AssertionError):  # noqa: N818 - what a test reports, not an error of the harness
    """Chain and expectation differ; `name` says which expectation."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class World:
    """Runs steps on chain and model, and keeps what invariants look at."""

    def __init__(self, engine: Engine, model_class: type[SystemModel] = SystemModel) -> None:
        self.engine = engine
        self.codec = Codec(engine.abis, engine.addresses)
        self.model = model_class(named_account(GOVERNANCE[0]), engine.addresses, engine.chain_id, engine.wallets)
        self.model.clock.now = engine.start
        self.logs: list[Log] = []
        self.numbers: dict[bytes, None] = {}
        self.last_records: dict[bytes, bytes] = {}
        self.memory: dict[str, Any] = {}

    def call(self, contract: str, function: str, *arguments: Any) -> Any:
        """Ask the chain; a single value comes bare, several as a tuple, a revert raises `Refusal`."""
        data = self.codec.call_data(contract, function, arguments)
        receipt = self.engine.call(self.engine.addresses[contract], data)
        if not receipt.success:
            raise self.codec.refusal(receipt.output)
        values = self.codec.returned(contract, function, receipt.output)
        return values[0] if len(values) == 1 else values

    def perform(self, step: Step) -> tuple[Outcome, Effect | Refusal]:
        """Run a step on the chain and in the model; return what each of them said."""
        for number in step.numbers:
            self.numbers.setdefault(number)
        predicted: Effect | Refusal
        if step.function in VIEWS:
            self.model.clock.now = step.at
            try:
                predicted = Effect((self.model.priority.check(step.arguments[0]),))
            except Refusal as refusal:
                predicted = refusal
        else:
            try:
                predicted = self.model.execute(step.caller, step.function, step.arguments, step.at)
            except Refusal as refusal:
                predicted = refusal
        data = self.codec.call_data(step.contract, step.function, step.arguments)
        receipt = self.engine.send(step.at, step.caller, self.engine.addresses[step.contract], data)
        outcome = self._outcome(step, receipt)
        self.logs.extend(outcome.logs)
        return outcome, predicted

    def _outcome(self, step: Step, receipt: Receipt) -> Outcome:
        if not receipt.success:
            return Outcome(refusal=self.codec.refusal(receipt.output))
        returned = self.codec.returned(step.contract, step.function, receipt.output)
        return Outcome(returned, [self.codec.log(raw, step.at) for raw in receipt.logs])
