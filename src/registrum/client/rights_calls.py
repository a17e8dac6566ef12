"""Statements about the register as calls of the contracts, and the chains of events that no node is needed for.

Events are written by hand, since they are what importing a register by the ten thousand spends its time on. Not its
job: sending (`registrum.client.rights_recording`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from registrum.chain.contracts import OFFICE_PRACTICE, RIGHTS_REGISTER, load_abi
from registrum.errors import InputError
from registrum.numbers import OfficeNumber
from registrum.rights.model import LegalStatusEvent, Relation, from_ascii
from registrum.signing.rights_statements import Empowerment, EventBatch, LegalStatusEventStatement, RenewalTerms
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import Statement

__all__ = ["MOST_EVENTS", "Chains", "RightsCall", "batch_gas", "call_of", "event_gas", "numbers_of", "recorded_before"]

MOST_EVENTS: Final = 200
"""Most events that the contract takes in one batch."""

_GAS_RECORD = 120_000
_GAS_BATCH = 150_000
_GAS_PRACTICE = 250_000
"""Gas with room to spare; nothing is estimated, since some nodes refuse to."""
_GAS_EVENT = 50_000
_GAS_CREATION = 42_000
_GAS_WORD = 23_000
"""For a place in storage that was empty."""
_GAS_RELATION = {
    Relation.APPLICATION_RECORD: 26_000,
    Relation.BASIS: 26_000,
    Relation.DIVIDED_FROM: 80_000,
    Relation.CONTINUATION_OF: 300_000,
    Relation.CONVERTED_FROM: 26_000,
    Relation.DIVIDES: 30_000,
    Relation.MERGES_INTO: 30_000,
    Relation.ABSORBS: 30_000,
}
_GAS_OF_A_WALLET = 350_000
"""What a contract wallet may burn while it is asked (ERC-1271), and the way to it."""
_WORD = 32
_ZERO = bytes(_WORD)


@dataclass(frozen=True, slots=True)
class RightsCall:
    """A call that hands in a statement.

    Attributes:
        contract: Name of the contract.
        function: Name of the function.
        data: Call data.
        gas: Gas limit.
        description: One line for people.
    """

    contract: str
    function: str
    data: bytes
    gas: int
    description: str


def call_of(statement: Statement, signature: bytes) -> RightsCall:
    """The call that hands in a signed statement.

    Raises:
        InputError: It is none about the register of trade marks and designs.
    """
    wallet = 0 if len(signature) == SIGNATURE_SIZE else _GAS_OF_A_WALLET + 32 * len(signature)
    if isinstance(statement, LegalStatusEventStatement):
        words = statement.abi_words()
        data = words + _number(len(words) + _WORD) + _bytes(signature)
        about = f"record {from_ascii(statement.code)} of {OfficeNumber.from_on_chain(statement.number)}"
        return _register_call("record", data, _GAS_RECORD + event_gas(statement) + wallet, about)
    if isinstance(statement, EventBatch):
        events = b"".join([event.abi_words() for event in statement.events])
        data = b"".join(
            (
                statement.office.ljust(_WORD, b"\0"),
                _number(3 * _WORD),
                _number(4 * _WORD + len(events)),
                _number(len(statement.events)),
                events,
                _bytes(signature),
            )
        )
        about = f"record {len(statement.events)} events of {statement.office.decode('ascii')}"
        return _register_call("recordBatch", data, batch_gas(statement.events) + wallet, about)
    if isinstance(statement, Empowerment | RenewalTerms):
        is_body = isinstance(statement, Empowerment)
        function = "empower" if is_body else "setRenewalTerms"
        data = load_abi(OFFICE_PRACTICE).encode(function, statement, signature)
        about = f"{'empowerment' if is_body else 'renewal terms'} of {statement.office.decode('ascii')}"
        return RightsCall(OFFICE_PRACTICE, function, data, _GAS_PRACTICE + wallet, about)
    raise InputError(f"the register of trade marks and designs takes no {type(statement).__name__}")


def batch_gas(events: Iterable[LegalStatusEventStatement]) -> int:
    """Gas limit for a batch, signed by a key."""
    return _GAS_BATCH + sum(map(event_gas, events))


class Chains:
    """Heads of entries as they will be once what was planned is recorded.

    Args:
        heads: Heads by number; None where there is no entry. Of the entries of events that are to follow, and of those
            that they continue.
    """

    def __init__(self, heads: Mapping[OfficeNumber, bytes | None]) -> None:
        self._heads = dict(heads)

    def previous(self, event: LegalStatusEvent) -> bytes | None:
        """The head that an event is to name; None if it is the first of all."""
        head = self._heads[event.number]
        if head is None and event.facts.relation is Relation.CONTINUATION_OF and event.facts.related is not None:
            return self._heads[event.facts.related]
        return head

    def follow(self, event: LegalStatusEvent) -> tuple[LegalStatusEventStatement, bytes]:
        """The event as it is signed after all that were planned before, and its hash, which is the head after it."""
        statement = event.to_statement(self.previous(event))
        head = self._heads[event.number] = statement.struct_hash()
        return statement, head


def numbers_of(events: Iterable[LegalStatusEvent]) -> list[OfficeNumber]:
    """The entries whose heads `Chains` needs."""
    numbers: dict[OfficeNumber, None] = {}
    for event in events:
        numbers[event.number] = None
        if event.facts.relation is Relation.CONTINUATION_OF and event.facts.related is not None:
            numbers[event.facts.related] = None
    return list(numbers)


def recorded_before(events: Sequence[LegalStatusEvent], heads: Mapping[OfficeNumber, bytes | None]) -> int:
    """How many of the first events of one entry, from its beginning, are those that it has.

    Args:
        events: Of one entry, in order.
        heads: As for `Chains`.
    """
    number = events[0].number
    head = heads[number]
    if head is None:
        return 0
    chains = Chains({**heads, number: None})
    for count, event in enumerate(events, 1):
        if chains.follow(event)[1] == head:
            return count
    return 0


def event_gas(event: LegalStatusEventStatement) -> int:
    """Gas that one event of a batch may take."""
    facts = event.facts
    words = (facts.dossier != _ZERO) + (facts.representation != _ZERO) + (facts.holder != _ZERO) + bool(event.corrects)
    gas = _GAS_EVENT + _GAS_WORD * words + (_GAS_CREATION if event.previous == _ZERO else 0)
    return gas + (_GAS_RELATION[Relation(facts.relation)] if facts.relation else 0)


def _register_call(function: str, data: bytes, gas: int, about: str) -> RightsCall:
    return RightsCall(RIGHTS_REGISTER, function, load_abi(RIGHTS_REGISTER).selector(function) + data, gas, about)


def _number(value: int) -> bytes:
    return value.to_bytes(_WORD, "big")


def _bytes(value: bytes) -> bytes:
    return _number(len(value)) + value + bytes(-len(value) % _WORD)
