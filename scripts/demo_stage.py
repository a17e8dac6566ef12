"""What the chapters of the demonstration share: telling, insisting, voting, letting time pass.

Not its job: the story (`demo.py`, `demo_register.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from registrum import Registry, devnet
from registrum.client.proposals import Draft, Support
from registrum.development import DEVELOPMENT_OFFICES

E = TypeVar("E", bound=Exception)


@dataclass
class Tally:
    """What the demonstration did, for its closing table."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, figure: str) -> None:
        """Note one figure."""
        self.rows.append((what, figure))


def connect(chain: devnet.Devnet, code: str) -> Registry:
    """The registers as the back end of one office sees them: its own signing key, checks at connect."""
    return Registry.connect(chain.rpc_url, chain.manifest_path, signer=DEVELOPMENT_OFFICES[code].signing_key())


def connect_seat(chain: devnet.Devnet, code: str) -> Registry:
    """The same for the seat of an office, which votes and manages its keys."""
    return Registry.connect(chain.rpc_url, chain.manifest_path, signer=DEVELOPMENT_OFFICES[code].seat())


def decide(
    seats: dict[str, Registry],
    draft: Draft,
    proposer: str,
    *,
    by_transaction: tuple[str, ...],
    by_signature: tuple[str, ...],
) -> int:
    """Take a proposal through vote, count, delay and execution; returns the gas of it all."""
    first = seats[proposer]
    receipts = [first.propose(draft)]
    wait(first, seconds=1)
    for code in (proposer, *by_transaction):
        receipts.append(seats[code].vote(draft.id, Support.FOR))
    votes = [seats[code].sign_vote(draft.id, code, Support.FOR) for code in by_signature]
    receipts.append(first.cast_signed_votes(draft.id, votes))
    print(f"  for it: {', '.join((proposer, *by_transaction))}; by a signed vote that {proposer} hands in: ", end="")
    print(", ".join(by_signature))
    terms = first.terms()
    wait(first, seconds=terms.voting_period)
    receipts.append(first.queue(draft.id))
    wait(first, seconds=terms.execution_delay)
    receipts.append(first.execute(draft.id))
    count = first.proposal(draft.id).tally
    print(
        f"  counted: {count.for_votes} of {count.active_offices} for it, {count.needed} needed; executed after a delay"
    )
    return sum(receipt.gas_used or 0 for receipt in receipts)


def wait(registry: Registry, *, seconds: int) -> None:
    """Let time go by on the local chain."""
    registry.rpc.call("evm_increaseTime", [hex(seconds + 1)])
    registry.rpc.call("evm_mine", [])


def provoke(kind: type[E], action: Callable[[], object]) -> E:
    """The error of this kind that `action` must raise."""
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"nothing refused what should be refused as {kind.__name__}")


def first_line(error: Exception) -> str:
    """What an error says, without its remedy."""
    return str(error).splitlines()[0]


def expect(condition: bool, what: str) -> None:
    """Stop the demonstration if what it tells is not what happened."""
    if not condition:
        raise AssertionError(what)


def say(title: str) -> None:
    """Begin a paragraph of the story."""
    print(f"\n{title}")
